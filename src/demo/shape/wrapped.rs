//! The unified log as other collectors wrap it: Wazuh, Logstash, shippers of lines, `LogScale`.
//!
//! Not here: Splunk and Elastic, which have readers of their own (`splunk`, `elastic`).

use super::moment::{self, later, millis};
use super::native::compact;
use super::object::{Object, native};
use super::piece::lines;
use super::table::{EXPORTED, Row, holding, row};
use super::text::text_at;
use super::{Layout, Shape, UNIFIED};
use serde_json::{Value, json};

const WRAPPED: Shape = Shape {
    format: "wrapped",
    layout: Layout::Lines,
    extension: "jsonl",
    ..UNIFIED
};

pub(super) const SHAPES: &[Shape] = &[
    Shape {
        name: "wazuh",
        what: "events of Wazuh's module for Microsoft 365",
        writer: || lines(|record| wazuh(record).compact()),
        ..WRAPPED
    },
    Shape {
        name: "logstash",
        what: "events of Logstash, as SOF-ELK keeps them, the record under raw",
        writer: || lines(|record| logstash(record).compact()),
        ..WRAPPED
    },
    Shape {
        name: "shipper-csv",
        what: "CSV of a shipper of lines, the record in message",
        extension: "csv",
        layout: Layout::Table,
        writer: || holding(EXPORTED, "message", shipped),
        ..WRAPPED
    },
    Shape {
        name: "log-scale",
        what: "events of LogScale, the record in @rawstring",
        writer: || lines(|record| log_scale(record).compact()),
        ..WRAPPED
    },
];

/// Seconds after which a collector that asks the Management Activity API has a record.
const DELAY: i64 = 4_500;

/// Contents of the Management Activity API by workload.
fn subscription(record: &Value) -> &'static str {
    match text_at(record, "Workload").as_str() {
        "Exchange" => "Audit.Exchange",
        "AzureActiveDirectory" => "Audit.AzureActiveDirectory",
        _ => "Audit.General",
    }
}

fn wazuh(record: &Value) -> Object<'static> {
    let time = later(moment::of(record), DELAY) + ".000+0000";
    let mut own = record.clone();
    own["Subscription"] = json!(subscription(record));
    own["RecordType"] = json!(text_at(record, "RecordType"));
    let data = json!({"integration": "office365", "office365": own});
    Object::default()
        .with("timestamp", time)
        .with(
            "rule",
            json!({"id": "91575", "level": 3, "description": "Office 365: event."}),
        )
        .with("decoder", json!({"name": "json"}))
        .with("data", data)
        .with("location", "office365")
}

fn logstash(record: &Value) -> Object<'_> {
    Object::default()
        .with("@version", "1")
        .with("@timestamp", millis(moment::of(record)))
        .with("type", "office365")
        .with("raw", native(record))
}

fn shipped(record: &Value) -> Row {
    row([
        ("@timestamp", millis(&later(moment::of(record), DELAY))),
        ("message", compact(record)),
    ])
}

fn log_scale(record: &Value) -> Object<'static> {
    let time = moment::seconds(moment::of(record));
    Object::default()
        .with("@id", format!("o365_{}", text_at(record, "Id")))
        .with("@timestamp", time * 1000)
        .with("@rawstring", compact(record))
}
