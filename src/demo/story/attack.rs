//! Names of the ATT&CK objects that scenarios serve, by id.
//!
//! Source: MITRE ATT&CK for Enterprise, version 18. Not here: which techniques a road serves (`hunt::grant`).

use super::word::Words;
use crate::demo::label::Technique;

/// Writes the table, from which the words of scenario files follow.
macro_rules! techniques {
    ($($id:literal $name:literal,)*) => {
        impl Words for Technique {
            const WHAT: &'static str = "ATT&CK id";
            const TABLE: &'static [(&'static str, Self)] = &[$(($id, Technique { id: $id, name: $name }),)*];
        }
    };
}

techniques! {
    "AN0132" "Analytic 0132",
    "AN0803" "Analytic 0803",
    "AN1051" "Analytic 1051",
    "AN1107" "Analytic 1107",
    "AN1350" "Analytic 1350",
    "AN1426" "Analytic 1426",
    "AN1469" "Analytic 1469",
    "AN1487" "Analytic 1487",
    "DET0393" "Detection Strategy for Temporary Elevated Cloud Access Abuse",
    "T1078.004" "Valid Accounts: Cloud Accounts",
    "T1098.001" "Account Manipulation: Additional Cloud Credentials",
    "T1098.002" "Account Manipulation: Additional Email Delegate Permissions",
    "T1098.003" "Account Manipulation: Additional Cloud Roles",
    "T1114.002" "Email Collection: Remote Email Collection",
    "T1114.003" "Email Collection: Email Forwarding Rule",
    "T1136.003" "Create Account: Cloud Account",
    "T1199" "Trusted Relationship",
    "T1528" "Steal Application Access Token",
    "T1548.005" "Abuse Elevation Control Mechanism: Temporary Elevated Cloud Access",
    "T1550.001" "Use Alternate Authentication Material: Application Access Token",
    "T1562.008" "Impair Defenses: Disable or Modify Cloud Logs",
    "T1564.008" "Hide Artifacts: Email Hiding Rules",
    "T1566.002" "Phishing: Spearphishing Link",
    "T1656" "Impersonation",
    "T1671" "Cloud Application Integration",
}
