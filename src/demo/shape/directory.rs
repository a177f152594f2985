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
use super::object::{Object, ranked, text_or_json};
use super::page::pages;
use super::piece::lines;
use super::table::{DOWNLOADED, Row, table, uneven};
use super::text::text_at;
use super::{Layout, Part, Shape, Stream, UNIFIED, Writer};
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
        writer: || tenanted(table(DOWNLOADED, |record| cells(ANALYTICS, record))),
        ..DIRECTORY
    },
    Shape {
        name: "portal-audit-logs-csv",
        format: "portal-audit-logs",
        what: "the directory audit downloaded from the Entra admin center",
        extension: "csv",
        layout: Layout::Table,
        writer: || uneven(DOWNLOADED, portal),
        ..DIRECTORY
    },
];

/// Members of a directory audit, and of the objects in it, in the order of Graph.
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
    "user",
    "app",
    "appId",
    "displayName",
    "servicePrincipalId",
    "servicePrincipalName",
    "type",
    "userPrincipalName",
    "ipAddress",
    "userType",
    "homeTenantId",
    "homeTenantName",
    "groupType",
    "modifiedProperties",
    "oldValue",
    "newValue",
    "key",
    "value",
];

/// A directory audit with its members in the order of Graph.
pub(super) fn ordered(record: &Value) -> Object<'_> {
    let Object(mut members) = ranked(record, ORDER);
    members.retain(|(name, _)| name != TENANT);
    Object(members)
}

/// Member under which a directory audit is told its tenant, which Graph does not write.
const TENANT: &str = "tenantId";

/// Tells the writer of each record its tenant.
#[derive(Debug)]
struct Tenanted {
    inner: Box<dyn Writer>,
    tenant: String,
}

/// A writer of records that are told their tenant. It must not write what depends on all records.
pub(super) fn tenanted(inner: Box<dyn Writer>) -> Box<dyn Writer> {
    let tenant = String::new();
    Box::new(Tenanted { inner, tenant })
}

impl Writer for Tenanted {
    fn in_tenant(&mut self, id: &str) {
        id.clone_into(&mut self.tenant);
    }

    fn record(&mut self, record: &Value, out: &mut Vec<u8>) {
        let mut record = record.clone();
        record[TENANT] = Value::from(self.tenant.as_str());
        self.inner.record(&record, out);
    }

    fn part(&mut self, record: &Value, part: Part, out: &mut Vec<u8>) -> bool {
        self.inner.part(record, part, out)
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        self.inner.end(out);
    }
}

/// The tenant of a directory audit, as its writer was told.
pub(super) fn tenant(record: &Value) -> String {
    text(record, TENANT)
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

/// Targets, changes of each, and details that a download has columns for, and more where a record has more.
const TARGETS: usize = 3;
const CHANGES: usize = 5;
const DETAILS: usize = 4;

/// Columns for so many entries of a list.
fn columns_of(list: &Value, least: usize) -> usize {
    list.as_array().map_or(0, Vec::len).max(least)
}

fn portal(record: &Value) -> Row {
    let mut row = cells(PORTAL, record);
    let targets = &record["targetResources"];
    for number in 1..=columns_of(targets, TARGETS) {
        put_target(&mut row, number, &targets[number - 1]);
    }
    let details = &record["additionalDetails"];
    for number in 1..=columns_of(details, DETAILS) {
        let names = [("Key", "key"), ("Value", "value")];
        let head = format!("AdditionalDetail{number}");
        put(&mut row, &head, &names, &details[number - 1]);
    }
    row
}

fn put_target(row: &mut Row, number: usize, target: &Value) {
    let names = [
        ("Type", "type"),
        ("DisplayName", "displayName"),
        ("ObjectId", "id"),
        ("UserPrincipalName", "userPrincipalName"),
    ];
    put(row, &format!("Target{number}"), &names, target);
    let changes = &target["modifiedProperties"];
    for change in 1..=columns_of(changes, CHANGES) {
        let names = [
            ("Name", "displayName"),
            ("OldValue", "oldValue"),
            ("NewValue", "newValue"),
        ];
        let head = format!("Target{number}ModifiedProperty{change}");
        put(row, &head, &names, &changes[change - 1]);
    }
}

/// Adds members of an object as columns of a group.
fn put(row: &mut Row, head: &str, names: &[(&str, &str)], object: &Value) {
    row.extend(names.iter().map(|(column, name)| {
        let column = Cow::Owned(format!("{head}{column}"));
        (column, text_or_json(&object[*name]))
    }));
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
