//! Sign-ins as Graph, Log Analytics, Defender and scripts hand them over.
//!
//! Writers are given objects of Graph (`signIn`, beta). Not here: downloads of the portal (`portal`), diagnostic records
//! (`diagnostic`).

use super::column::{
    Columns,
    From::{At, Fixed, Made, When},
    cells, text,
};
use super::log_analytics::WORKSPACE;
use super::moment::{american, analytics, ticks, zulu};
use super::object::{Member, Object, ranked};
use super::page::pages;
use super::piece::{ARRAY, lines, pieces};
use super::table::{DOWNLOADED, EXPORTED, Row, table};
use super::{Layout, Shape, Stream, UNIFIED};
use serde_json::{Value, json};

/// What all shapes of sign-ins have alike.
pub(super) const SIGN_INS: Shape = Shape {
    format: "graph-sign-ins",
    stream: Stream::SignIns,
    ..UNIFIED
};

const TABLED: Shape = Shape {
    extension: "csv",
    layout: Layout::Table,
    ..SIGN_INS
};

const ANALYTICS: Shape = Shape {
    format: "sign-in-logs",
    ..TABLED
};

pub(super) const SHAPES: &[Shape] = &[
    Shape {
        name: "graph-sign-ins",
        what: "sign-ins of Graph (beta), one a line",
        extension: "jsonl",
        layout: Layout::Lines,
        is_plain: true,
        writer: || lines(|record| ordered(record).compact()),
        ..SIGN_INS
    },
    Shape {
        name: "graph-sign-in-pages",
        what: "pages of Graph, one behind the other",
        writer: || pages("auditLogs/signIns", |record| ordered(record).compact()),
        ..SIGN_INS
    },
    Shape {
        name: "sign-in-logs-csv",
        what: "the table SigninLogs as the portal exports it: interactive sign-ins",
        takes: is_interactive,
        writer: || table(DOWNLOADED, |record| cells(INTERACTIVE, record)),
        ..ANALYTICS
    },
    Shape {
        name: "sign-in-logs-non-interactive-csv",
        what: "the table AADNonInteractiveUserSignInLogs",
        takes: is_silent,
        writer: || table(DOWNLOADED, |record| cells(SILENT, record)),
        ..ANALYTICS
    },
    Shape {
        name: "sign-in-logs-application-csv",
        what: "the table AADServicePrincipalSignInLogs",
        takes: is_application,
        writer: || table(DOWNLOADED, |record| cells(APPLICATION, record)),
        ..ANALYTICS
    },
    Shape {
        name: "sign-in-logs-managed-csv",
        what: "the table AADManagedIdentitySignInLogs",
        takes: is_managed,
        writer: || table(DOWNLOADED, |record| cells(MANAGED, record)),
        ..ANALYTICS
    },
    Shape {
        name: "sign-in-logs-json",
        what: "all four tables as an array of rows",
        extension: "json",
        layout: Layout::Document,
        writer: || pieces(ARRAY, analytics_object),
        ..ANALYTICS
    },
    Shape {
        name: "defender-sign-ins-csv",
        format: "defender-sign-ins",
        what: "the Defender table EntraIdSignInEvents: sign-ins of people",
        takes: |record| is_interactive(record) || is_silent(record),
        writer: || table(DOWNLOADED, |record| cells(DEFENDER, record)),
        ..TABLED
    },
    Shape {
        name: "defender-sign-ins-application-csv",
        format: "defender-sign-ins",
        what: "the Defender table EntraIdSpnSignInEvents: sign-ins of applications",
        takes: |record| is_application(record) || is_managed(record),
        writer: || table(DOWNLOADED, |record| cells(DEFENDER_APPLICATION, record)),
        ..TABLED
    },
    Shape {
        name: "script-sign-ins-csv",
        format: "script-sign-ins",
        what: "a table that a script made of Graph's interactive sign-ins, on an American machine",
        takes: is_interactive,
        writer: || table(EXPORTED, |record| cells(SCRIPT, record)),
        ..TABLED
    },
];

/// Members of a sign-in, and of the objects in it, in the order of Graph.
const ORDER: &[&str] = &[
    "id",
    "createdDateTime",
    "userDisplayName",
    "userPrincipalName",
    "userId",
    "appId",
    "appDisplayName",
    "ipAddress",
    "ipAddressFromResourceProvider",
    "clientAppUsed",
    "userAgent",
    "correlationId",
    "conditionalAccessStatus",
    "originalRequestId",
    "isInteractive",
    "tokenIssuerName",
    "tokenIssuerType",
    "clientCredentialType",
    "processingTimeInMilliseconds",
    "riskDetail",
    "riskLevelAggregated",
    "riskLevelDuringSignIn",
    "riskState",
    "riskEventTypes_v2",
    "resourceDisplayName",
    "resourceId",
    "resourceTenantId",
    "homeTenantId",
    "homeTenantName",
    "authenticationMethodsUsed",
    "authenticationRequirement",
    "signInIdentifier",
    "signInIdentifierType",
    "signInEventTypes",
    "servicePrincipalName",
    "servicePrincipalId",
    "federatedCredentialId",
    "userType",
    "flaggedForReview",
    "isTenantRestricted",
    "autonomousSystemNumber",
    "crossTenantAccessType",
    "servicePrincipalCredentialKeyId",
    "servicePrincipalCredentialThumbprint",
    "uniqueTokenIdentifier",
    "incomingTokenType",
    "authenticationProtocol",
    "resourceServicePrincipalId",
    "signInTokenProtectionStatus",
    "originalTransferMethod",
    "isThroughGlobalSecureAccess",
    "globalSecureAccessIpAddress",
    "sessionId",
    "mfaDetail",
    "agent",
    "status",
    "errorCode",
    "failureReason",
    "additionalDetails",
    "deviceDetail",
    "deviceId",
    "displayName",
    "operatingSystem",
    "browser",
    "isCompliant",
    "isManaged",
    "trustType",
    "location",
    "city",
    "state",
    "countryOrRegion",
    "geoCoordinates",
    "appliedConditionalAccessPolicies",
    "authenticationProcessingDetails",
    "networkLocationDetails",
    "authenticationDetails",
    "authenticationStepDateTime",
    "authenticationMethod",
    "authenticationMethodDetail",
    "succeeded",
    "authenticationStepResultDetail",
    "authenticationStepRequirement",
    "authenticationRequirementPolicies",
    "sessionLifetimePolicies",
    "appliedEventListeners",
];

/// A sign-in with its members in the order of Graph.
pub(super) fn ordered(record: &Value) -> Object<'_> {
    ranked(record, ORDER)
}

/// The kind of a sign-in in the words of Graph.
pub(super) fn kind(record: &Value) -> &str {
    let kinds = record["signInEventTypes"].as_array();
    let first = kinds.and_then(|kinds| kinds.first()?.as_str());
    first.unwrap_or("interactiveUser")
}

/// Whether a person typed something.
pub(super) fn is_interactive(record: &Value) -> bool {
    kind(record) == "interactiveUser"
}

/// Whether a program renewed a person's token.
pub(super) fn is_silent(record: &Value) -> bool {
    kind(record) == "nonInteractiveUser"
}

/// Whether an application signed in with a credential.
pub(super) fn is_application(record: &Value) -> bool {
    kind(record) == "servicePrincipal"
}

/// Whether a resource of Azure signed in.
pub(super) fn is_managed(record: &Value) -> bool {
    kind(record) == "managedIdentity"
}

/// The category of the log in which a sign-in stands.
pub(super) fn category(record: &Value) -> &'static str {
    match kind(record) {
        "nonInteractiveUser" => "NonInteractiveUserSignInLogs",
        "servicePrincipal" => "ServicePrincipalSignInLogs",
        "managedIdentity" => "ManagedIdentitySignInLogs",
        _ => "SignInLogs",
    }
}

/// The tenant, as part of the path of a resource of Azure.
pub(super) fn resource(record: &Value) -> String {
    let tenant = text(record, "resourceTenantId");
    format!("/tenants/{tenant}/providers/Microsoft.aadiam")
}

/// What is said of a failure; nothing of a success.
pub(super) fn reason(record: &Value) -> String {
    if text(record, "status.errorCode") == "0" {
        String::new()
    } else {
        text(record, "status.failureReason")
    }
}

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

const INTERACTIVE: Columns = analytics![
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

const SILENT: Columns = analytics![
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

const APPLICATION: Columns = analytics![
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

const MANAGED: Columns = analytics![
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
fn analytics_object(record: &Value) -> String {
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

const DEFENDER: Columns = &[
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

const DEFENDER_APPLICATION: Columns = &[
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

/// How a sign-in ended in one word, as the portal and scripts say it.
pub(super) fn status(record: &Value) -> String {
    let code = text(record, "status.errorCode");
    let word = match code.as_str() {
        "0" => "Success",
        // Interrupts, which are neither (TELEMETRY §5.6).
        "16000" | "50058" | "50072" | "50097" | "50140" | "65001" => "Interrupted",
        _ => "Failure",
    };
    word.to_owned()
}

const SCRIPT: Columns = &[
    ("CreatedDateTime", When("createdDateTime", american)),
    ("UserPrincipalName", At("userPrincipalName")),
    ("UserDisplayName", At("userDisplayName")),
    ("AppDisplayName", At("appDisplayName")),
    ("IPAddress", At("ipAddress")),
    ("City", At("location.city")),
    ("Country", At("location.countryOrRegion")),
    ("Device", At("deviceDetail.displayName")),
    ("Browser", At("deviceDetail.browser")),
    ("Status", Made(status)),
    ("RiskLevelDuringSignIn", At("riskLevelDuringSignIn")),
    ("ConditionalAccessStatus", At("conditionalAccessStatus")),
    ("Id", At("id")),
    ("ErrorCode", At("status.errorCode")),
    ("FailureReason", At("status.failureReason")),
];
