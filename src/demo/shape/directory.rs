//! Directory audits as Graph, Log Analytics and the Entra admin center hand them over.
//!
//! Writers are given objects of Graph (`directoryAudit`). Not here: diagnostic records (`diagnostic`).

use super::column::{
    Columns,
    From::{At, Fixed, Made, When},
    cells, text,
};
use super::log_analytics::WORKSPACE;
use super::moment::{analytics, ticks};
use super::object::{Object, arranged, text_or_json};
use super::page::pages;
use super::piece::lines;
use super::table::{DOWNLOADED, Row, table};
use super::text::text_at;
use super::{Layout, Shape, Stream, UNIFIED};
use serde_json::Value;
use std::borrow::Cow;

/// What all shapes of directory audits have alike.
pub(super) const DIRECTORY: Shape = Shape {
    format: "graph-directory-audits",
    stream: Stream::Directory,
    ..UNIFIED
};

pub(super) const SHAPES: &[Shape] = &[
    Shape {
        name: "graph-directory-audits",
        what: "directory audits of Graph, one a line",
        extension: "jsonl",
        layout: Layout::Lines,
        is_plain: true,
        writer: || lines(|record| ordered(record).compact()),
        ..DIRECTORY
    },
    Shape {
        name: "graph-directory-audit-pages",
        what: "pages of Graph, one behind the other",
        writer: || {
            pages("auditLogs/directoryAudits", |record| {
                ordered(record).compact()
            })
        },
        ..DIRECTORY
    },
    Shape {
        name: "audit-logs-csv",
        format: "audit-logs",
        what: "the Log Analytics table AuditLogs as the portal exports it",
        extension: "csv",
        layout: Layout::Table,
        writer: || table(DOWNLOADED, |record| cells(ANALYTICS, record)),
        ..DIRECTORY
    },
    Shape {
        name: "portal-audit-logs-csv",
        format: "portal-audit-logs",
        what: "the directory audit downloaded from the Entra admin center",
        extension: "csv",
        layout: Layout::Table,
        takes: is_narrow,
        writer: || table(DOWNLOADED, portal),
        ..DIRECTORY
    },
];

/// Members of a directory audit in the order of Graph.
const ORDER: &[&str] = &[
    "id",
    "category",
    "correlationId",
    "result",
    "resultReason",
    "activityDisplayName",
    "activityDateTime",
    "loggedByService",
    "operationType",
    "userAgent",
    "initiatedBy",
    "targetResources",
    "additionalDetails",
];

/// A directory audit with its members in the order of Graph.
pub(super) fn ordered(record: &Value) -> Object<'_> {
    arranged(record, &[ORDER], &[])
}

/// The tenant of a directory audit, where its initiator says it.
fn tenant(record: &Value) -> String {
    text(record, "initiatedBy.user.homeTenantId")
}

/// The tenant, as part of the path of a resource of Azure.
pub(super) fn resource(record: &Value) -> String {
    format!("/tenants/{}/providers/Microsoft.aadiam", tenant(record))
}

const ANALYTICS: Columns = &[
    ("TenantId", Fixed(WORKSPACE)),
    ("SourceSystem", Fixed("Azure AD")),
    ("TimeGenerated [UTC]", When("activityDateTime", analytics)),
    ("ResourceId", Made(resource)),
    ("OperationName", At("activityDisplayName")),
    ("OperationVersion", Fixed("1.0")),
    ("Category", At("category")),
    ("ResultType", Fixed("")),
    ("ResultSignature", Fixed("None")),
    ("ResultDescription", At("resultReason")),
    ("DurationMs", Fixed("0")),
    ("CorrelationId", At("correlationId")),
    ("Resource", Fixed("Microsoft.aadiam")),
    ("Identity", At("initiatedBy.app.displayName")),
    ("Level", Fixed("4")),
    ("AdditionalDetails", At("additionalDetails")),
    ("Id", At("id")),
    ("InitiatedBy", At("initiatedBy")),
    ("LoggedByService", At("loggedByService")),
    ("Result", At("result")),
    ("ResultReason", At("resultReason")),
    ("TargetResources", At("targetResources")),
    ("AADTenantId", Made(tenant)),
    ("ActivityDisplayName", At("activityDisplayName")),
    (
        "ActivityDateTime [UTC]",
        When("activityDateTime", analytics),
    ),
    ("AADOperationType", At("operationType")),
    ("Type", Fixed("AuditLogs")),
];

/// Whether an application acted.
fn is_application(record: &Value) -> bool {
    record["initiatedBy"]["app"].is_object()
}

fn actor(record: &Value, of_user: &str, of_application: &str) -> String {
    if is_application(record) {
        text(record, &format!("initiatedBy.app.{of_application}"))
    } else {
        text(record, &format!("initiatedBy.user.{of_user}"))
    }
}

fn actor_kind(record: &Value) -> String {
    let kind = if is_application(record) {
        "Application"
    } else {
        "User"
    };
    kind.to_owned()
}

const PORTAL: Columns = &[
    ("Date (UTC)", When("activityDateTime", ticks)),
    ("CorrelationId", At("correlationId")),
    ("Service", At("loggedByService")),
    ("Category", At("category")),
    ("Activity", At("activityDisplayName")),
    ("Result", At("result")),
    ("ResultReason", At("resultReason")),
    ("User Agent", At("userAgent")),
    ("ActorType", Made(actor_kind)),
    (
        "ActorDisplayName",
        Made(|record| actor(record, "displayName", "displayName")),
    ),
    ("ActorObjectId", Made(|record| actor(record, "id", ""))),
    (
        "ActorUserPrincipalName",
        Made(|record| actor(record, "userPrincipalName", "")),
    ),
    (
        "IPAddress",
        Made(|record| actor(record, "ipAddress", "ipAddress")),
    ),
    (
        "ActorHomeTenantId",
        Made(|record| actor(record, "homeTenantId", "")),
    ),
    ("ActorHomeTenantName", Fixed("")),
    (
        "ActorServicePrincipalId",
        Made(|record| actor(record, "", "servicePrincipalId")),
    ),
    (
        "ActorServicePrincipalName",
        Made(|record| actor(record, "", "servicePrincipalName")),
    ),
];

/// Targets, changes of each, and details that a download has columns for.
const TARGETS: usize = 3;
const CHANGES: usize = 5;
const DETAILS: usize = 4;

/// Whether a directory audit has no more targets, changes and details than there are columns.
fn is_narrow(record: &Value) -> bool {
    let length = |value: &Value| value.as_array().map_or(0, Vec::len);
    let targets = record["targetResources"].as_array();
    length(&record["targetResources"]) <= TARGETS
        && length(&record["additionalDetails"]) <= DETAILS
        && targets
            .into_iter()
            .flatten()
            .all(|target| length(&target["modifiedProperties"]) <= CHANGES)
}

fn portal(record: &Value) -> Row {
    let mut row = cells(PORTAL, record);
    let mut put = |name: String, value: &Value| row.push((Cow::Owned(name), text_or_json(value)));
    for number in 1..=TARGETS {
        let target = &record["targetResources"][number - 1];
        let head = format!("Target{number}");
        for (column, name) in [
            ("Type", "type"),
            ("DisplayName", "displayName"),
            ("ObjectId", "id"),
            ("UserPrincipalName", "userPrincipalName"),
        ] {
            put(format!("{head}{column}"), &target[name]);
        }
        for change in 1..=CHANGES {
            let property = &target["modifiedProperties"][change - 1];
            for (column, name) in [
                ("Name", "displayName"),
                ("OldValue", "oldValue"),
                ("NewValue", "newValue"),
            ] {
                put(
                    format!("{head}ModifiedProperty{change}{column}"),
                    &property[name],
                );
            }
        }
    }
    for number in 1..=DETAILS {
        let detail = &record["additionalDetails"][number - 1];
        for (column, name) in [("Key", "key"), ("Value", "value")] {
            put(format!("AdditionalDetail{number}{column}"), &detail[name]);
        }
    }
    row
}

/// What a directory audit says of itself, for the envelope of diagnostic records.
pub(super) fn named(record: &Value) -> [(&'static str, String); 2] {
    let user = text(record, "initiatedBy.user.ipAddress");
    let address = if user.is_empty() {
        text(record, "initiatedBy.app.ipAddress")
    } else {
        user
    };
    [
        ("operationName", text_at(record, "activityDisplayName")),
        ("callerIpAddress", address),
    ]
}
