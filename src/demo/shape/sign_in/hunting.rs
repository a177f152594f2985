//! The Defender XDR tables of sign-ins, which have numbers where Graph has words.
//!
//! Not here: `CloudAppEvents` (`defender`).

use super::super::column::{
    Columns,
    From::{At, Made, When},
    text,
};
use super::super::moment::zulu;
use super::{is_managed, kind};
use serde_json::{Value, json};

/// A number of the Defender tables for a word of Graph.
fn number(words: &[(&str, u8)], word: &str) -> String {
    let found = words.iter().find(|(own, _)| *own == word);
    found.map_or_else(String::new, |(_, number)| number.to_string())
}

/// Levels of risk. Source: Microsoft, `EntraIdSignInEvents`.
const LEVELS: &[(&str, u8)] = &[
    ("hidden", 0),
    ("none", 1),
    ("low", 10),
    ("medium", 50),
    ("high", 100),
];

/// States of risk, of the same source.
const STATES: &[(&str, u8)] = &[
    ("none", 0),
    ("confirmedSafe", 1),
    ("remediated", 2),
    ("dismissed", 3),
    ("atRisk", 4),
    ("confirmedCompromised", 5),
];

/// How conditional access ended, of the same source.
const ACCESS: &[(&str, u8)] = &[("success", 0), ("failure", 1), ("notApplied", 2)];

fn bit(record: &Value, path: &str) -> String {
    let is_so = text(record, path) == "True";
    u8::from(is_so).to_string()
}

fn guest(record: &Value) -> String {
    u8::from(text(record, "userType") == "guest").to_string()
}

fn report(record: &Value) -> String {
    let user = text(record, "userId");
    let head: String = user.chars().take(2).collect();
    format!("{head}_{}", text(record, "id"))
}

/// Columns of `EntraIdSignInEvents`.
pub(super) const DEFENDER: Columns = &[
    ("Timestamp", When("createdDateTime", zulu)),
    ("Application", At("appDisplayName")),
    ("ApplicationId", At("appId")),
    (
        "LogonType",
        Made(|record| json!([kind(record)]).to_string()),
    ),
    ("ErrorCode", At("status.errorCode")),
    ("CorrelationId", At("correlationId")),
    ("SessionId", At("sessionId")),
    ("AccountDisplayName", At("userDisplayName")),
    ("AccountObjectId", At("userId")),
    ("AccountUpn", At("userPrincipalName")),
    ("IsExternalUser", Made(guest)),
    ("IsGuestUser", Made(guest)),
    ("ResourceDisplayName", At("resourceDisplayName")),
    ("ResourceId", At("resourceId")),
    ("ResourceTenantId", At("resourceTenantId")),
    ("DeviceName", At("deviceDetail.displayName")),
    ("EntraIdDeviceId", At("deviceDetail.deviceId")),
    ("OSPlatform", At("deviceDetail.operatingSystem")),
    (
        "IsManaged",
        Made(|record| bit(record, "deviceDetail.isManaged")),
    ),
    (
        "IsCompliant",
        Made(|record| bit(record, "deviceDetail.isCompliant")),
    ),
    ("AuthenticationRequirement", At("authenticationRequirement")),
    (
        "RiskLevelDuringSignIn",
        Made(|record| number(LEVELS, &text(record, "riskLevelDuringSignIn"))),
    ),
    (
        "RiskState",
        Made(|record| number(STATES, &text(record, "riskState"))),
    ),
    ("UserAgent", At("userAgent")),
    ("ClientAppUsed", At("clientAppUsed")),
    ("Browser", At("deviceDetail.browser")),
    (
        "ConditionalAccessStatus",
        Made(|record| number(ACCESS, &text(record, "conditionalAccessStatus"))),
    ),
    ("IPAddress", At("ipAddress")),
    ("Country", At("location.countryOrRegion")),
    ("State", At("location.state")),
    ("City", At("location.city")),
    ("Latitude", At("location.geoCoordinates.latitude")),
    ("Longitude", At("location.geoCoordinates.longitude")),
    ("RequestId", At("id")),
    ("ReportId", Made(report)),
    ("UniqueTokenId", At("uniqueTokenIdentifier")),
];

/// Columns of `EntraIdSpnSignInEvents`.
pub(super) const DEFENDER_APPLICATION: Columns = &[
    ("Timestamp", When("createdDateTime", zulu)),
    ("Application", At("appDisplayName")),
    ("ApplicationId", At("appId")),
    (
        "IsManagedIdentity",
        Made(|record| u8::from(is_managed(record)).to_string()),
    ),
    ("ErrorCode", At("status.errorCode")),
    ("CorrelationId", At("correlationId")),
    ("ServicePrincipalName", At("servicePrincipalName")),
    ("ServicePrincipalId", At("servicePrincipalId")),
    ("ResourceDisplayName", At("resourceDisplayName")),
    ("ResourceId", At("resourceId")),
    ("ResourceTenantId", At("resourceTenantId")),
    ("IPAddress", At("ipAddress")),
    ("Country", At("location.countryOrRegion")),
    ("State", At("location.state")),
    ("City", At("location.city")),
    ("Latitude", At("location.geoCoordinates.latitude")),
    ("Longitude", At("location.geoCoordinates.longitude")),
    ("RequestId", At("id")),
    ("ReportId", Made(report)),
];
