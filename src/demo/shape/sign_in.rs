//! Sign-ins as Graph, Log Analytics, Defender and scripts hand them over.
//!
//! Writers are given objects of Graph (`signIn`, beta). Not here: downloads of the portal (`portal`), diagnostic records
//! (`diagnostic`).

mod analytics;
mod hunting;

use super::column::{
    Columns,
    From::{At, Made, When},
    cells, text,
};
use super::moment::american;
use super::object::{Object, ranked};
use super::page::pages;
use super::piece::{ARRAY, lines, pieces};
use super::table::{DOWNLOADED, EXPORTED, table};
use super::{Layout, Shape, Stream, UNIFIED};
use serde_json::Value;

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
        writer: || table(DOWNLOADED, |record| cells(analytics::INTERACTIVE, record)),
        ..ANALYTICS
    },
    Shape {
        name: "sign-in-logs-non-interactive-csv",
        what: "the table AADNonInteractiveUserSignInLogs",
        takes: is_silent,
        writer: || table(DOWNLOADED, |record| cells(analytics::SILENT, record)),
        ..ANALYTICS
    },
    Shape {
        name: "sign-in-logs-application-csv",
        what: "the table AADServicePrincipalSignInLogs",
        takes: is_application,
        writer: || table(DOWNLOADED, |record| cells(analytics::APPLICATION, record)),
        ..ANALYTICS
    },
    Shape {
        name: "sign-in-logs-managed-csv",
        what: "the table AADManagedIdentitySignInLogs",
        takes: is_managed,
        writer: || table(DOWNLOADED, |record| cells(analytics::MANAGED, record)),
        ..ANALYTICS
    },
    Shape {
        name: "sign-in-logs-json",
        what: "all four tables as an array of rows",
        extension: "json",
        layout: Layout::Document,
        writer: || pieces(ARRAY, analytics::object),
        ..ANALYTICS
    },
    Shape {
        name: "defender-sign-ins-csv",
        format: "defender-sign-ins",
        what: "the Defender table EntraIdSignInEvents: sign-ins of people",
        takes: |record| is_interactive(record) || is_silent(record),
        writer: || table(DOWNLOADED, |record| cells(hunting::DEFENDER, record)),
        ..TABLED
    },
    Shape {
        name: "defender-sign-ins-application-csv",
        format: "defender-sign-ins",
        what: "the Defender table EntraIdSpnSignInEvents: sign-ins of applications",
        takes: |record| is_application(record) || is_managed(record),
        writer: || {
            table(DOWNLOADED, |record| {
                cells(hunting::DEFENDER_APPLICATION, record)
            })
        },
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
