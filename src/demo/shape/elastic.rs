//! The unified log as the Elastic integration for Microsoft 365 keeps it.
//!
//! What its ingest pipeline makes of a record is what that of `packages/o365` says (`default.yml`). Not here: reading it
//! (`evidence`).

use super::moment::{self, millis};
use super::native::compact;
use super::piece::lines;
use super::table::{EXPORTED, Row, uneven};
use super::text::{first_of, kind, spread, text_at};
use super::{Layout, Shape, UNIFIED, Writer};
use crate::record::value_text;
use serde_json::{Map, Value, json};
use std::borrow::Cow;

const ELASTIC: Shape = Shape {
    format: "elastic",
    ..UNIFIED
};

pub(super) const SHAPES: &[Shape] = &[
    Shape {
        name: "elastic-hits-original",
        what: "the answer to a search of Elastic, with the record in event.original",
        writer: || hits(with_original),
        ..ELASTIC
    },
    Shape {
        name: "elastic-hits",
        what: "the same where event.original is not kept",
        writer: || hits(ingested),
        ..ELASTIC
    },
    Shape {
        name: "elastic-lines",
        what: "documents of Elastic, one a line",
        extension: "ndjson",
        layout: Layout::Lines,
        writer: || lines(|record| ingested(record).to_string()),
        ..ELASTIC
    },
    Shape {
        name: "elastic-discover",
        what: "the CSV of Kibana Discover",
        extension: "csv",
        layout: Layout::Table,
        writer: || uneven(EXPORTED, discovered),
        ..ELASTIC
    },
];

/// Most hits that Elastic counts; of more it says that there are at least so many.
const COUNTED: u64 = 10_000;

/// Writes the answer to a search.
#[derive(Debug)]
struct Hits {
    document: fn(&Value) -> Value,
    expected: u64,
    written: u64,
}

fn hits(document: fn(&Value) -> Value) -> Box<dyn Writer> {
    Box::new(Hits {
        document,
        expected: 0,
        written: 0,
    })
}

impl Hits {
    fn head(&self) -> String {
        let total = if self.expected > COUNTED || self.expected == 0 && self.written > 0 {
            json!({"value": COUNTED, "relation": "gte"})
        } else {
            json!({"value": self.expected, "relation": "eq"})
        };
        format!("{{\"took\":3,\"timed_out\":false,\"hits\":{{\"total\":{total},\"hits\":[")
    }
}

impl Writer for Hits {
    fn must_survey(&self) -> bool {
        true
    }

    fn survey(&mut self, _: &Value) {
        self.expected += 1;
    }

    fn record(&mut self, record: &Value, out: &mut Vec<u8>) {
        self.written += 1;
        let before = if self.written == 1 {
            self.head()
        } else {
            ",".to_owned()
        };
        let document = (self.document)(record);
        let id = text_at(record, "Id");
        let hit = json!({"_index": ".ds-logs-o365.audit-default-000001", "_id": id, "_score": null, "_source": document});
        out.extend_from_slice(before.as_bytes());
        out.extend_from_slice(hit.to_string().as_bytes());
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        if self.written == 0 {
            out.extend_from_slice(self.head().as_bytes());
        }
        out.extend_from_slice(b"]}}");
    }
}

fn with_original(record: &Value) -> Value {
    let mut document = ingested(record);
    document["event"]["original"] = json!(compact(record));
    document
}

fn discovered(record: &Value) -> Row {
    let fields = spread(&ingested(record), "").into_iter();
    fields
        .map(|(name, texts)| (Cow::Owned(name), texts.join(", ")))
        .collect()
}

/// What the pipeline makes of a record where `event.original` is not kept.
fn ingested(record: &Value) -> Value {
    let mut audit = record.as_object().cloned().unwrap_or_default();
    let code = kind(record);
    let event = event(record, &mut audit, &code);
    let mut take = |name: &str| audit.remove(name).filter(|value| !value.is_null());
    let organization = json!({"id": take("OrganizationId")});
    let agent = take("UserAgent");
    let mut addresses = ["ClientIPAddress", "ClientIP", "ActorIpAddress"].iter();
    let address = addresses.find_map(|name| take(name)).unwrap_or_default();
    let user = user(record, &mut audit, &code);
    let time = millis(moment::of(record));
    let mut document = json!({"@timestamp": time, "event": event, "organization": organization, "client": client(&address), "user": user,
        "tags": ["forwarded"]});
    by_name(&mut audit);
    let agent = audit
        .get_mut("ExtendedProperties")
        .and_then(|named| named.as_object_mut()?.remove("UserAgent"))
        .or(agent);
    if let Some(agent) = agent {
        document["user_agent"] = json!({"original": agent});
    }
    for name in ["RecordType", "UserType", "LogonType", "Version"] {
        if let Some(value) = audit.get_mut(name) {
            *value = json!(value_text(value));
        }
    }
    document["o365"] = json!({"audit": audit});
    document
}

fn event(record: &Value, audit: &mut Map<String, Value>, code: &str) -> Value {
    let status = text_at(record, "ResultStatus").to_lowercase();
    let is_failure = ["failed", "false"].contains(&status.as_str());
    let outcome = if is_failure { "failure" } else { "success" };
    let mut event = json!({"dataset": "o365.audit", "outcome": outcome, "code": code});
    for (name, place) in [
        ("Id", "id"),
        ("Operation", "action"),
        ("Workload", "provider"),
    ] {
        event[place] = audit.remove(name).unwrap_or_default();
    }
    event
}

fn user(record: &Value, audit: &mut Map<String, Value>, code: &str) -> Value {
    let mut user = json!({"id": record["UserId"]});
    if code == "ExchangeItem" {
        user["email"] = audit.remove("MailboxOwnerUPN").unwrap_or_default();
    }
    if text_at(record, "UserId").contains('@') {
        user["email"] = record["UserId"].clone();
    }
    if code == "AzureActiveDirectory" {
        user["target"] = json!({"id": record["ObjectId"]});
    }
    user
}

/// The pipeline keeps the address without port and brackets.
fn client(address: &Value) -> Value {
    let text = address.as_str().unwrap_or_default();
    let text = text.strip_prefix("::ffff:").unwrap_or(text);
    match crate::net::parse(text) {
        Some(ip) => json!({"address": ip.to_string(), "ip": ip.to_string()}),
        None if text.contains(' ') => json!({"address": text}),
        None if text.is_empty() => json!({}),
        None => json!({"domain": text}),
    }
}

/// Lists of names and values become objects; entries without a value are dropped.
fn by_name(audit: &mut Map<String, Value>) {
    for name in ["Parameters", "ExtendedProperties"] {
        if let Some(text @ Value::String(_)) = audit.get_mut(name) {
            *text = json!({"_raw": text});
        } else if let Some(list) = audit.get_mut(name) {
            let entries = list.as_array().cloned().unwrap_or_default();
            let named = entries.iter().filter(|entry| !entry["Value"].is_null());
            *list = named
                .map(|entry| (text_at(entry, "Name"), entry["Value"].clone()))
                .collect::<Map<_, _>>()
                .into();
        }
    }
    if let Some(list) = audit.get_mut("ModifiedProperties") {
        let entries = list.as_array().cloned().unwrap_or_default();
        *list = entries.iter().map(changed).collect::<Map<_, _>>().into();
    }
}

/// A changed property under its name, which is written without blanks.
fn changed(entry: &Value) -> (String, Value) {
    match entry {
        Value::String(name) => (name.clone(), json!({})),
        entry => (
            first_of(entry, &["Name"]).replace([' ', '.'], "_"),
            json!({"OldValue": entry["OldValue"], "NewValue": entry["NewValue"]}),
        ),
    }
}
