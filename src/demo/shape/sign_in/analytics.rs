//! The Log Analytics tables of sign-ins, in the spelling of the portal and of its API.
//!
//! Not here: the unified log in Log Analytics (`log_analytics`).

use super::super::column::{
    Columns,
    From::{At, Fixed, Made, When},
    cells, text,
};
use super::super::log_analytics::WORKSPACE;
use super::super::moment::{analytics, ticks};
use super::super::object::{Member, Object};
use super::super::table::Row;
use super::{category, kind, reason, resource};
use serde_json::Value;

fn capital(record: &Value) -> String {
    match text(record, "userType").as_str() {
        "guest" => "Guest".to_owned(),
        _ => "Member".to_owned(),
    }
}

fn truth(record: &Value) -> String {
    text(record, "isInteractive").to_uppercase()
}

/// Columns that all tables of sign-ins begin with, in the spelling of the portal.
macro_rules! analytics {
    ($($column:expr,)*) => {
        &[
            ("TenantId", Fixed(WORKSPACE)),
            ("SourceSystem", Fixed("Azure AD")),
            ("TimeGenerated [UTC]", When("createdDateTime", analytics)),
            ("ResourceId", Made(resource)),
            ("OperationName", Fixed("Sign-in activity")),
            ("Category", Made(|record| category(record).to_owned())),
            ("ResultType", At("status.errorCode")),
            ("ResultDescription", Made(reason)),
            ("CorrelationId", At("correlationId")),
            ("Level", Fixed("4")),
            ("Location", At("location.countryOrRegion")),
            ("AppId", At("appId")),
            ("ConditionalAccessStatus", At("conditionalAccessStatus")),
            ("CreatedDateTime [UTC]", When("createdDateTime", analytics)),
            ("Id", At("id")),
            ("IPAddress", At("ipAddress")),
            ("ResourceDisplayName", At("resourceDisplayName")),
            ("ResourceIdentity", At("resourceId")),
            ("AADTenantId", At("resourceTenantId")),
            ("UniqueTokenIdentifier", At("uniqueTokenIdentifier")),
            ("AutonomousSystemNumber", At("autonomousSystemNumber")),
            $($column,)*
        ]
    };
}

/// Columns of `SigninLogs`.
pub(super) const INTERACTIVE: Columns = analytics![
    ("Identity", At("userDisplayName")),
    ("AppDisplayName", At("appDisplayName")),
    ("AuthenticationRequirement", At("authenticationRequirement")),
    ("ClientAppUsed", At("clientAppUsed")),
    ("DeviceDetail_dynamic", At("deviceDetail")),
    ("DeviceDetail_string", Fixed("")),
    ("IsInteractive", Made(truth)),
    ("LocationDetails_dynamic", At("location")),
    ("LocationDetails_string", Fixed("")),
    ("RiskLevelDuringSignIn", At("riskLevelDuringSignIn")),
    ("RiskState", At("riskState")),
    ("Status_dynamic", At("status")),
    ("Status_string", Fixed("")),
    ("UserAgent", At("userAgent")),
    ("UserDisplayName", At("userDisplayName")),
    ("UserId", At("userId")),
    ("UserPrincipalName", At("userPrincipalName")),
    ("UserType", Made(capital)),
    ("ResourceTenantId", At("resourceTenantId")),
    ("HomeTenantId", At("homeTenantId")),
    ("SessionId", At("sessionId")),
    ("Type", Fixed("SigninLogs")),
];

/// Columns of `AADNonInteractiveUserSignInLogs`.
pub(super) const SILENT: Columns = analytics![
    ("Identity", At("userDisplayName")),
    ("AppDisplayName", At("appDisplayName")),
    ("AuthenticationRequirement", At("authenticationRequirement")),
    ("ClientAppUsed", At("clientAppUsed")),
    ("DeviceDetail", At("deviceDetail")),
    ("IsInteractive", Fixed("FALSE")),
    ("LocationDetails", At("location")),
    ("RiskLevelDuringSignIn", At("riskLevelDuringSignIn")),
    ("RiskState", At("riskState")),
    ("Status", At("status")),
    ("UserAgent", At("userAgent")),
    ("UserDisplayName", At("userDisplayName")),
    ("UserId", At("userId")),
    ("UserPrincipalName", At("userPrincipalName")),
    ("UserType", Made(capital)),
    ("ResourceTenantId", At("resourceTenantId")),
    ("HomeTenantId", At("homeTenantId")),
    ("SessionId", At("sessionId")),
    ("Type", Fixed("AADNonInteractiveUserSignInLogs")),
];

/// Columns of `AADServicePrincipalSignInLogs`.
pub(super) const APPLICATION: Columns = analytics![
    ("LocationDetails", At("location")),
    ("ServicePrincipalId", At("servicePrincipalId")),
    ("ServicePrincipalName", At("servicePrincipalName")),
    (
        "ServicePrincipalCredentialKeyId",
        At("servicePrincipalCredentialKeyId")
    ),
    (
        "ServicePrincipalCredentialThumbprint",
        At("servicePrincipalCredentialThumbprint")
    ),
    (
        "ResourceServicePrincipalId",
        At("resourceServicePrincipalId")
    ),
    ("ClientCredentialType", At("clientCredentialType")),
    ("FederatedCredentialId", At("federatedCredentialId")),
    ("Type", Fixed("AADServicePrincipalSignInLogs")),
];

/// Columns of `AADManagedIdentitySignInLogs`.
pub(super) const MANAGED: Columns = analytics![
    ("LocationDetails", At("location")),
    ("ServicePrincipalId", At("servicePrincipalId")),
    ("ServicePrincipalName", At("servicePrincipalName")),
    (
        "ServicePrincipalCredentialKeyId",
        At("servicePrincipalCredentialKeyId")
    ),
    (
        "ServicePrincipalCredentialThumbprint",
        At("servicePrincipalCredentialThumbprint")
    ),
    (
        "ResourceServicePrincipalId",
        At("resourceServicePrincipalId")
    ),
    ("FederatedCredentialId", At("federatedCredentialId")),
    ("Type", Fixed("AADManagedIdentitySignInLogs")),
];

/// A row as the API gives it: plain names, times of ISO 8601.
pub(super) fn object(record: &Value) -> String {
    let columns = match kind(record) {
        "nonInteractiveUser" => SILENT,
        "servicePrincipal" => APPLICATION,
        "managedIdentity" => MANAGED,
        _ => INTERACTIVE,
    };
    let row: Row = cells(columns, record);
    let members = row
        .into_iter()
        .filter(|(name, _)| !name.ends_with("_string"));
    let members = members.map(|(name, cell)| {
        if let Some(plain) = name.strip_suffix(" [UTC]") {
            let time = ticks(&text(record, "createdDateTime"));
            return (plain.to_owned().into(), Member::from(time));
        }
        let plain = name.strip_suffix("_dynamic").unwrap_or(&name).to_owned();
        (plain.into(), Member::from(cell))
    });
    Object(members.collect()).compact()
}
