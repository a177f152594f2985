//! The unified log as tables of Log Analytics: `OfficeActivity` and `EnrichedMicrosoft365AuditLogs`.
//!
//! Not here: sign-ins and directory audits as tables (`sign_in`, `directory`).

use super::moment::{self, analytics, later, zulu};
use super::object::{Member, Object, native};
use super::piece::{ARRAY, lines, pieces};
use super::powershell::powershell;
use super::table::{DOWNLOADED, Row, document, row, uneven};
use super::text::{kind, logon_kind, user_kind};
use super::{Layout, Shape, UNIFIED};
use serde_json::{Map, Value, json};
use std::borrow::Cow;

const OFFICE: Shape = Shape {
    format: "office-activity",
    ..UNIFIED
};

pub(super) const SHAPES: &[Shape] = &[
    Shape {
        name: "office-activity-csv",
        what: "OfficeActivity as the portal exports it",
        extension: "csv",
        layout: Layout::Table,
        writer: || uneven(DOWNLOADED, portal),
        ..OFFICE
    },
    Shape {
        name: "office-activity-json",
        what: "OfficeActivity as an array of rows",
        writer: || pieces(ARRAY, object),
        ..OFFICE
    },
    Shape {
        name: "office-activity-tables",
        what: "OfficeActivity as the API of Log Analytics answers",
        writer: || document(office),
        ..OFFICE
    },
    Shape {
        name: "enriched-audit",
        format: "enriched-audit",
        what: "EnrichedMicrosoft365AuditLogs, one row a line",
        extension: "jsonl",
        layout: Layout::Lines,
        writer: || lines(|record| enriched(record).compact()),
        ..UNIFIED
    },
];

/// The workspace that the tables are in; a made-up one, the same for every tenant.
pub(super) const WORKSPACE: &str = "c7d19a52-3e0f-4b86-8a4d-2f5e9b16d083";

/// Native names and the columns of `OfficeActivity` (TELEMETRY §2.6).
const RENAMED: &[(&str, &str)] = &[
    ("Id", "OfficeId"),
    ("CreationTime", "TimeGenerated"),
    ("Workload", "OfficeWorkload"),
    ("ObjectId", "OfficeObjectId"),
    ("ClientIPAddress", "Client_IPAddress"),
    ("LogonType", "Logon_Type"),
    ("Target", "AADTarget"),
    (
        "AzureActiveDirectoryEventType",
        "AzureActiveDirectory_EventType",
    ),
    (
        "SendOnBehalfOfUserMailboxGuid",
        "SendonBehalfOfUserMailboxGuid",
    ),
];

/// What has no column in `OfficeActivity`.
const NO_COLUMN: &[&str] = &[
    "SessionId",
    "OperationCount",
    "Messages",
    "DeviceProperties",
    "ErrorNumber",
    "LogonError",
    "Version",
];

/// Seconds after which Log Analytics has a row.
const DELAY: i64 = 480;

/// A row of `OfficeActivity`: nested values are text, numbers of types are names.
fn office(record: &Value) -> Row {
    let cell = |name: &str, value: &Value| match name {
        "CreationTime" => zulu(moment::of(record)),
        "RecordType" => kind(record),
        "UserType" => user_kind(value).to_owned(),
        "LogonType" => logon_kind(value).to_owned(),
        _ => match value {
            Value::Array(_) | Value::Object(_) => format!("{value:#}"),
            Value::Bool(flag) => flag.to_string(),
            value => powershell(value),
        },
    };
    let mut columns = row([("TenantId", WORKSPACE.to_owned())]);
    for (name, member) in native(record).0 {
        if NO_COLUMN.contains(&&*name) {
            continue;
        }
        let renamed = RENAMED.iter().find(|(native, _)| *native == name);
        let column = renamed.map_or_else(|| name.to_string(), |(_, own)| (*own).to_owned());
        columns.push((Cow::Owned(column), cell(&name, &member.value())));
    }
    columns.extend(row([
        ("SourceSystem", "OfficeActivityManager".to_owned()),
        ("Start_Time", zulu(&later(moment::of(record), DELAY))),
        ("Type", "OfficeActivity".to_owned()),
    ]));
    columns
}

/// The portal's own spelling of times and of its columns of time.
fn portal(record: &Value) -> Row {
    let columns = office(record).into_iter();
    columns
        .map(|(name, cell)| match &*name {
            "TimeGenerated" | "Start_Time" => {
                (Cow::Owned(format!("{name} [UTC]")), analytics(&cell))
            }
            _ => (name, cell),
        })
        .collect()
}

fn object(record: &Value) -> String {
    let columns = office(record).into_iter();
    let members = columns.map(|(name, cell)| (name, Member::from(cell)));
    Object(members.collect()).compact()
}

/// Members that have columns of their own in `EnrichedMicrosoft365AuditLogs`; all others stand in one.
const COLUMNS: &[&str] = &[
    "Id",
    "Operation",
    "OrganizationId",
    "RecordType",
    "ResultStatus",
    "UserId",
    "UserKey",
    "UserType",
    "Workload",
    "ObjectId",
];

fn enriched(record: &Value) -> Object<'static> {
    let mut rest: Map<String, Value> = record.as_object().cloned().unwrap_or_default();
    let mut take = |name: &str| rest.remove(name).unwrap_or_default();
    let time = take("CreationTime");
    let mut row = Object::default().with("TimeGenerated", zulu(time.as_str().unwrap_or_default()));
    for name in COLUMNS {
        row = row.with(*name, take(name));
    }
    row = row.with("ClientIp", take("ClientIP"));
    row.with("SourceIp", Value::Null)
        .with("AdditionalProperties", json!(rest).to_string())
}
