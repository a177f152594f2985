//! What the Entra admin center downloads as CSV of sign-ins (TELEMETRY §5.5).
//!
//! Headers repeat and end in blanks, as they do in real downloads. Not here: its download of the directory audit (`directory`).

use super::column::{
    Columns,
    From::{At, Fixed, Made, When},
    cells, text,
};
use super::moment::zulu;
use super::sign_in::{SIGN_INS, is_application, is_interactive, is_managed, is_silent, status};
use super::table::{DOWNLOADED, table};
use super::{Layout, Shape};
use serde_json::Value;

const DOWNLOAD: Shape = Shape {
    format: "portal-sign-ins",
    extension: "csv",
    layout: Layout::Table,
    ..SIGN_INS
};

pub(super) const SHAPES: &[Shape] = &[
    Shape {
        name: "portal-sign-ins-csv",
        what: "interactive sign-ins downloaded from the Entra admin center",
        takes: is_interactive,
        writer: || table(DOWNLOADED, |record| cells(PEOPLE, record)),
        ..DOWNLOAD
    },
    Shape {
        name: "portal-sign-ins-non-interactive-csv",
        what: "non-interactive sign-ins downloaded from the Entra admin center",
        takes: is_silent,
        writer: || table(DOWNLOADED, |record| cells(PEOPLE, record)),
        ..DOWNLOAD
    },
    Shape {
        name: "portal-sign-ins-application-csv",
        what: "sign-ins of applications downloaded from the Entra admin center",
        takes: |record| is_application(record) || is_managed(record),
        writer: || table(DOWNLOADED, |record| cells(APPLICATIONS, record)),
        ..DOWNLOAD
    },
    Shape {
        name: "portal-authentication-details-csv",
        format: "portal-authentication-details",
        what: "the second file of a download of sign-ins, which holds none",
        takes: is_interactive,
        is_refused: true,
        writer: || table(DOWNLOADED, |record| cells(DETAILS, record)),
        ..DOWNLOAD
    },
];

/// Words of Graph as the portal spells them.
const WORDS: &[(&str, &str)] = &[
    ("none", "None"),
    ("singleFactorAuthentication", "Single-factor authentication"),
    ("multiFactorAuthentication", "Multifactor authentication"),
    ("primaryRefreshToken", "Primary refresh token"),
    ("refreshToken", "Refresh token"),
    ("clientSecret", "Client secret"),
    ("clientAssertion", "Client assertion"),
    ("certificate", "Certificate"),
    ("managedIdentity", "Managed identity"),
    ("deviceCode", "Device code"),
    ("b2bCollaboration", "B2B collaboration"),
    ("serviceProvider", "Service provider"),
    ("success", "Success"),
    ("failure", "Failure"),
    ("notApplied", "Not Applied"),
    ("member", "Member"),
    ("guest", "Guest"),
    ("True", "Yes"),
    ("False", "No"),
];

/// A member in the words of the portal.
fn word(record: &Value, path: &str) -> String {
    let own = text(record, path);
    let found = WORDS.iter().find(|(word, _)| *word == own);
    found.map_or(own, |(_, word)| (*word).to_owned())
}

/// `City, State, CC`; the commas stand where there is nothing between them.
fn location(record: &Value) -> String {
    let parts = ["city", "state", "countryOrRegion"];
    parts
        .map(|part| text(record, &format!("location.{part}")))
        .join(", ")
}

/// Owner of Microsoft's own applications and resources.
const MICROSOFT: &str = "f8cdef31-a31e-4b4a-93e4-5f571e91255a";

/// The tenant that owns the application of a sign-in; of people's programs it is Microsoft.
fn owner(record: &Value) -> String {
    match text(record, "appOwnerTenantId") {
        none if none.is_empty() => MICROSOFT.to_owned(),
        owner => owner,
    }
}

const PEOPLE: Columns = &[
    ("Date (UTC)", When("createdDateTime", zulu)),
    ("Request ID", At("id")),
    ("User agent", At("userAgent")),
    ("Correlation ID", At("correlationId")),
    ("User ID", At("userId")),
    ("User", At("userDisplayName")),
    ("Username", At("userPrincipalName")),
    ("User type", Made(|record| word(record, "userType"))),
    (
        "Cross tenant access type",
        Made(|record| word(record, "crossTenantAccessType")),
    ),
    (
        "Incoming token type",
        Made(|record| word(record, "incomingTokenType")),
    ),
    (
        "Authentication Protocol",
        Made(|record| word(record, "authenticationProtocol")),
    ),
    ("Unique token identifier", At("uniqueTokenIdentifier")),
    (
        "Original transfer method",
        Made(|record| word(record, "originalTransferMethod")),
    ),
    (
        "Client credential type",
        Made(|record| word(record, "clientCredentialType")),
    ),
    ("Token Protection - Sign In Session", Fixed("unbound")),
    (
        "Token Protection - Sign In Session StatusCode",
        Fixed("1002"),
    ),
    ("Application", At("appDisplayName")),
    ("Application ID ", At("appId")),
    ("App owner tenant ID", Made(owner)),
    ("Resource", At("resourceDisplayName")),
    ("Resource ID ", At("resourceId")),
    ("Resource tenant ID", At("resourceTenantId")),
    ("Resource owner tenant ID", Fixed(MICROSOFT)),
    ("Home tenant ID", At("homeTenantId")),
    ("Home tenant name", Fixed("")),
    ("IP address", At("ipAddress")),
    ("Location", Made(location)),
    ("Status", Made(status)),
    ("Sign-in error code", At("status.errorCode")),
    ("Failure reason", At("status.failureReason")),
    ("Client app", At("clientAppUsed")),
    ("Device ID", At("deviceDetail.deviceId")),
    ("Browser", At("deviceDetail.browser")),
    ("Operating System", At("deviceDetail.operatingSystem")),
    (
        "Compliant",
        Made(|record| word(record, "deviceDetail.isCompliant")),
    ),
    (
        "Managed",
        Made(|record| word(record, "deviceDetail.isManaged")),
    ),
    ("Join Type", At("deviceDetail.trustType")),
    ("Multifactor authentication result", Fixed("")),
    ("Multifactor authentication auth method", Fixed("")),
    ("Multifactor authentication auth detail", Fixed("")),
    (
        "Authentication requirement",
        Made(|record| word(record, "authenticationRequirement")),
    ),
    ("Sign-in identifier", At("userPrincipalName")),
    ("Session ID", At("sessionId")),
    (
        "IP address (seen by resource)",
        At("ipAddressFromResourceProvider"),
    ),
    ("Through Global Secure Access", Fixed("No")),
    ("Global Secure Access IP address", Fixed("")),
    ("Autonomous system  number", At("autonomousSystemNumber")),
    ("Flagged for review", Fixed("No")),
    ("Token issuer type", Fixed("Azure AD")),
    (
        "Incoming token type",
        Made(|record| word(record, "incomingTokenType")),
    ),
    ("Token issuer name", Fixed("")),
    ("Latency", Made(latency)),
    (
        "Conditional Access",
        Made(|record| word(record, "conditionalAccessStatus")),
    ),
    ("Managed Identity type", Fixed("None")),
    ("Associated Resource Id", Fixed("")),
    ("Federated Token Id", Fixed("")),
    ("Federated Token Issuer", Fixed("")),
];

/// Milliseconds that a sign-in took, some number of it that is always the same.
fn latency(record: &Value) -> String {
    let id = text(record, "id");
    let sum: u64 = id.bytes().map(u64::from).sum();
    (80 + sum % 400).to_string()
}

const APPLICATIONS: Columns = &[
    ("Date (UTC)", When("createdDateTime", zulu)),
    ("Request ID", At("id")),
    ("Correlation ID", At("correlationId")),
    ("Service principal ID", At("servicePrincipalId")),
    ("Service principal name", At("servicePrincipalName")),
    ("Credential key ID", At("servicePrincipalCredentialKeyId")),
    (
        "Credential thumbprint",
        At("servicePrincipalCredentialThumbprint"),
    ),
    ("Application", At("appDisplayName")),
    ("Application ID ", At("appId")),
    ("App owner tenant ID", Made(owner)),
    ("Resource", At("resourceDisplayName")),
    ("Resource ID ", At("resourceId")),
    ("Resource tenant ID", At("resourceTenantId")),
    ("Resource owner tenant ID", Fixed(MICROSOFT)),
    ("Home tenant ID", At("homeTenantId")),
    ("Home tenant name", Fixed("")),
    ("IP address", At("ipAddress")),
    ("Location", Made(location)),
    ("Status", Made(status)),
    ("Sign-in error code", At("status.errorCode")),
    ("Failure reason", At("status.failureReason")),
    (
        "Conditional Access",
        Made(|record| word(record, "conditionalAccessStatus")),
    ),
];

fn succeeded(record: &Value) -> String {
    (text(record, "status.errorCode") == "0").to_string()
}

fn result(record: &Value) -> String {
    match text(record, "status.errorCode").as_str() {
        "0" => "Correct password".to_owned(),
        _ => text(record, "status.failureReason"),
    }
}

const DETAILS: Columns = &[
    ("Request ID", At("id")),
    ("Date (UTC)", When("createdDateTime", zulu)),
    ("Authentication method", Fixed("Password")),
    (
        "Authentication method detail",
        Fixed("Password in the cloud"),
    ),
    ("Succeeded", Made(succeeded)),
    ("Result detail", Made(result)),
    ("Requirement", Fixed("Primary authentication")),
];
