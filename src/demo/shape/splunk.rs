//! The unified log as Splunk exports it: the record in `_raw`, or its fields.
//!
//! Not here: what Splunk makes of diagnostic records, which it exports alike.

use super::moment::{self, later, offset};
use super::native::{compact, slashed};
use super::object::Object;
use super::piece::lines;
use super::search::alone;
use super::table::{EXPORTED, Row, holding, row, uneven};
use super::text::spread;
use super::{Layout, Shape, UNIFIED};
use serde_json::{Map, Value, json};
use std::borrow::Cow;

const TABLED: Shape = Shape {
    format: "splunk",
    extension: "csv",
    layout: Layout::Table,
    ..UNIFIED
};

const LINED: Shape = Shape {
    format: "splunk",
    layout: Layout::Lines,
    extension: "jsonl",
    ..UNIFIED
};

pub(super) const SHAPES: &[Shape] = &[
    Shape {
        name: "splunk-csv",
        what: "results of Splunk as CSV, the record in _raw",
        writer: || holding(EXPORTED, "_raw", raw),
        ..TABLED
    },
    Shape {
        name: "splunk-results",
        what: "results of Splunk as JSON, the record in _raw",
        writer: || lines(|record| result(record).compact()),
        ..LINED
    },
    Shape {
        name: "splunk-search-csv",
        what: "a search CSV that was indexed by Splunk as it stood, and exported again",
        writer: || holding(EXPORTED, "AuditData", indexed),
        ..TABLED
    },
    Shape {
        name: "splunk-fields",
        what: "results of Splunk as JSON, fields extracted and no _raw",
        writer: || lines(fields),
        ..LINED
    },
    Shape {
        name: "splunk-fields-csv",
        what: "the same as CSV",
        writer: || uneven(EXPORTED, columns),
        ..TABLED
    },
];

fn raw(record: &Value) -> Row {
    row([
        ("_raw", compact(record)),
        ("_time", offset(moment::of(record))),
        ("host", "splunk".to_owned()),
        ("index", "o365".to_owned()),
        ("sourcetype", "o365:management:activity".to_owned()),
    ])
}

fn result(record: &Value) -> Object<'static> {
    let inner = Object::default()
        .with("_raw", compact(record))
        .with("_time", moment::seconds(moment::of(record)).to_string());
    Object::default()
        .with("preview", false)
        .with("offset", 7_i64)
        .with("result", inner)
}

/// A search that was indexed as it stood: `_raw` is the row, and Splunk's own columns stand behind those of the search.
fn indexed(record: &Value) -> Row {
    let columns = alone(record);
    let cells: Vec<&str> = columns.iter().map(|(_, cell)| cell.as_str()).collect();
    let joined = cells.join(",");
    let time = moment::of(record);
    let hour = time.get(11..13).unwrap_or_default();
    let hour = hour.trim_start_matches('0');
    let own = [
        ("_raw", joined),
        ("_time", offset(time)),
        (
            "_indextime",
            moment::seconds(&later(time, 5_400)).to_string(),
        ),
        (
            "date_hour",
            if hour.is_empty() { "0" } else { hour }.to_owned(),
        ),
    ];
    let mut row = row([("AuditData", slashed(record))]);
    row.extend(columns.into_iter().filter(|(name, _)| name != "AuditData"));
    row.extend(own.map(|(name, cell)| (Cow::Borrowed(name), cell)));
    row
}

fn fields(record: &Value) -> String {
    let fields = spread(record, "{}").into_iter().map(|(name, texts)| {
        let value = match texts.as_slice() {
            [single] => json!(single),
            several => json!(several),
        };
        (name, value)
    });
    json!({"preview": false, "result": fields.collect::<Map<_, _>>()}).to_string()
}

fn columns(record: &Value) -> Row {
    let fields = spread(record, "{}").into_iter();
    fields
        .map(|(name, texts)| (Cow::Owned(name), texts.join("\n")))
        .collect()
}
