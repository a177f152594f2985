//! `defender-sign-ins`: the Defender XDR tables `EntraIdSignInEvents` and `EntraIdSpnSignInEvents`, and those they replaced
//! (`AADSignInEventsBeta`, `AADSpnSignInEventsBeta`; TELEMETRY §5.3).
//!
//! They hold numbers where Graph has words. Not here: `CloudAppEvents`, and tables of devices and on-premises directories.

use super::{Fields, KIND};
use crate::evidence::fields::Aliases;
use crate::record::{Property, Record};

/// Names of Graph and their columns.
const ALIASES: Aliases = &[
    ("id", &["RequestId"]),
    ("createdDateTime", &["Timestamp"]),
    ("userPrincipalName", &["AccountUpn"]),
    ("userId", &["AccountObjectId"]),
    ("userDisplayName", &["AccountDisplayName"]),
    ("appId", &["ApplicationId"]),
    ("appDisplayName", &["Application"]),
    ("uniqueTokenIdentifier", &["UniqueTokenId"]),
    ("deviceId", &["EntraIdDeviceId", "AadDeviceId"]),
    (KIND, &["LogonType"]),
];

/// Numbers of these tables and what Graph says for them. Source: Microsoft, the tables in the advanced hunting schema.
const NUMBERS: &[(&str, &[(&str, &str)])] = &[
    (
        "riskLevelDuringSignIn",
        &[
            ("0", ""),
            ("1", "none"),
            ("10", "low"),
            ("50", "medium"),
            ("100", "high"),
        ],
    ),
    (
        "riskState",
        &[
            ("0", "none"),
            ("1", "confirmedSafe"),
            ("2", "remediated"),
            ("3", "dismissed"),
            ("4", "atRisk"),
            ("5", "confirmedCompromised"),
        ],
    ),
    (
        "conditionalAccessStatus",
        &[("0", "success"), ("1", "failure"), ("2", "notApplied")],
    ),
];

/// Whether a row has the columns of a Defender table of sign-ins.
pub(in super::super) fn recognise(fields: &Fields<'_>) -> bool {
    let has = |name| fields.names_one(name);
    let time = has("Timestamp") || has("TimeGenerated");
    let who = has("AccountUpn") || has("AccountObjectId") || has("ServicePrincipalId");
    let what = has("Application") || has("ApplicationId");
    time && who && what && has("ErrorCode") && !has("ActionType")
}

/// Reads a row of a Defender table of sign-ins.
pub(in super::super) fn read(fields: Fields<'_>) -> Result<Record, String> {
    let mut record = super::record(&fields.with_aliases(ALIASES))?;
    record.extended.iter_mut().for_each(spell);
    record
        .extended
        .retain(|property| !property.value.is_empty());
    Ok(record)
}

/// Puts the word of Graph for a number.
fn spell(property: &mut Property) {
    let words = NUMBERS.iter().find(|(name, _)| *name == property.name);
    let word = words.and_then(|(_, words)| words.iter().find(|(code, _)| *code == property.value));
    if let Some((_, word)) = word {
        (*word).clone_into(&mut property.value);
    }
}
