//! The unified log as the Defender XDR table `CloudAppEvents`, exported and streamed.
//!
//! Not here: its tables of sign-ins (`sign_in`).

use super::moment::{self, later, ticks};
use super::native::compact;
use super::object::{Object, native};
use super::piece::{BATCH, INDENTED, lines, pieces};
use super::table::{EXPORTED, Row, holding};
use super::text::{address, kind, text_at};
use super::{Layout, Shape, UNIFIED};
use serde_json::{Value, json};

const CLOUD: Shape = Shape {
    format: "cloud-app-events",
    ..UNIFIED
};

const STREAM: Shape = Shape {
    format: "hunting-stream",
    ..UNIFIED
};

pub(super) const SHAPES: &[Shape] = &[
    Shape {
        name: "cloud-app-events",
        what: "rows of CloudAppEvents, the record in RawEventData",
        writer: || pieces(INDENTED, |record| cloud(record).indented()),
        ..CLOUD
    },
    Shape {
        name: "cloud-app-events-csv",
        what: "the same as CSV of the hunting page",
        extension: "csv",
        layout: Layout::Table,
        writer: || holding(EXPORTED, "RawEventData", row),
        ..CLOUD
    },
    Shape {
        name: "hunting-stream",
        what: "the same as streamed to a storage account, one a line",
        extension: "jsonl",
        layout: Layout::Lines,
        writer: || lines(|record| streamed(record).compact()),
        ..STREAM
    },
    Shape {
        name: "hunting-stream-batch",
        what: "the same as streamed to an event hub",
        writer: || pieces(BATCH, |record| streamed(record).compact()),
        ..STREAM
    },
];

/// Applications of the table by workload, with the numbers that Defender for Cloud Apps has for them.
const APPLICATIONS: &[(&str, &str, i64)] = &[
    ("Exchange", "Microsoft Exchange Online", 20_893),
    ("", "Microsoft 365", 11_161),
];

/// Seconds after which the streaming has a row.
const DELAY: i64 = 900;

fn cloud(record: &Value) -> Object<'_> {
    let workload = text_at(record, "Workload");
    let mut applications = APPLICATIONS.iter();
    let found = applications.find(|(own, ..)| own.is_empty() || *own == workload);
    let (_, application, number) = found.copied().unwrap_or(("", "", 0));
    let time = ticks(moment::of(record));
    let address = address(record);
    let parsed = crate::net::parse(&address);
    let country = parsed.and_then(crate::net::country).unwrap_or_default();
    let shown = parsed.map_or(address, |parsed| parsed.to_string());
    let kind = kind(record);
    let id = text_at(record, "Id");
    Object::default()
        .with("Timestamp", time)
        .with("ActionType", text_at(record, "Operation"))
        .with("Application", application)
        .with("ApplicationId", number)
        .with("AccountObjectId", "")
        .with("AccountId", text_at(record, "UserId"))
        .with("AccountDisplayName", "")
        .with("IsAdminOperation", kind == "ExchangeAdmin")
        .with("DeviceType", "")
        .with("OSPlatform", "")
        .with("IPAddress", shown)
        .with("CountryCode", country)
        .with("UserAgent", text_at(record, "ClientInfoString"))
        .with("ActivityType", "Basic")
        .with("ObjectName", text_at(record, "ObjectId"))
        .with("ReportId", format!("106830890_{number}_{id}"))
        .with("AuditSource", "Defender for Cloud Apps app connector")
        .with("RawEventData", native(record))
}

fn row(record: &Value) -> Row {
    let mut row = cloud(record).cells();
    for (name, cell) in &mut row {
        if name == "RawEventData" {
            *cell = compact(record);
        }
    }
    row
}

fn streamed(record: &Value) -> Object<'_> {
    Object::default()
        .with("time", later(moment::of(record), DELAY) + "Z")
        .with("tenantId", text_at(record, "OrganizationId"))
        .with("operationName", "Publish")
        .with("category", "AdvancedHunting-CloudAppEvents")
        .with("_TimeReceivedBySvc", json!(ticks(moment::of(record))))
        .with("properties", cloud(record))
}
