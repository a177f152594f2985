//! The unified log as the Management Activity API gives it, and what collectors make of it without an envelope.
//!
//! Not here: rows that wrap a record (`search`, `graph`, `wrapped`).

use super::object::{Object, native};
use super::page::blobs;
use super::piece::{ARRAY, BATCH, Coding, Frame, encoded, lines, pieces};
use super::powershell::{LIST, powershell};
use super::table::{EXPORTED, Row, row, uneven};
use super::text::{members, text_at};
use super::{Layout, Shape, UNIFIED};
use serde_json::{Map, Value};
use std::borrow::Cow;

const LINED: Shape = Shape {
    layout: Layout::Lines,
    extension: "jsonl",
    ..UNIFIED
};

pub(super) const SHAPES: &[Shape] = &[
    Shape {
        name: "native-lines",
        what: "native records, one a line",
        is_plain: true,
        writer: || lines(compact),
        ..LINED
    },
    Shape {
        name: "native-lines-windows",
        what: "the same with a byte order mark and line ends of Windows, as Out-File -Encoding UTF8 writes",
        layout: Layout::Document,
        writer: || encoded(Coding::MarkedWindows, lines(compact)),
        ..LINED
    },
    Shape {
        name: "native-lines-unicode",
        what: "the same in UTF-16, as Out-File of Windows PowerShell writes",
        layout: Layout::Document,
        writer: || encoded(Coding::Unicode, lines(compact)),
        ..LINED
    },
    Shape {
        name: "native-lines-unicode-big",
        what: "the same in UTF-16 with the high byte first",
        layout: Layout::Document,
        writer: || encoded(Coding::BigEndianUnicode, lines(compact)),
        ..LINED
    },
    Shape {
        name: "native-array",
        what: "a blob of the Management Activity API",
        writer: || pieces(ARRAY, slashed),
        ..UNIFIED
    },
    Shape {
        name: "native-array-indented",
        what: "an array of native records over several lines",
        writer: || pieces(super::piece::INDENTED, indented),
        ..UNIFIED
    },
    Shape {
        name: "native-arrays",
        what: "blobs of the Management Activity API, appended",
        writer: || blobs(slashed),
        ..UNIFIED
    },
    Shape {
        name: "native-documents",
        what: "documents one behind the other: Microsoft-Extractor-Suite, -AuditDataOnly as JSON",
        writer: || pieces(DOCUMENTS, indented),
        ..UNIFIED
    },
    Shape {
        name: "native-batch",
        what: "a batch of an event hub",
        writer: || pieces(BATCH, compact),
        ..UNIFIED
    },
    Shape {
        name: "panther",
        what: "native records with names in lower case, as Panther keeps them",
        writer: || lines(lowered),
        ..LINED
    },
    Shape {
        name: "audit-data-only-csv",
        what: "Export-Csv of native records, in which lists are lost: Microsoft-Extractor-Suite, -AuditDataOnly as CSV",
        extension: "csv",
        layout: Layout::Table,
        writer: || uneven(EXPORTED, flattened),
        ..UNIFIED
    },
    Shape {
        name: "power-query",
        format: "audit-data-columns",
        what: "records opened into columns by Power Query, lists left closed",
        extension: "csv",
        layout: Layout::Table,
        writer: || uneven(EXPORTED, opened),
        ..UNIFIED
    },
];

/// Documents one behind the other.
const DOCUMENTS: Frame = Frame {
    head: "",
    between: "\r\n\r\n",
    behind: "",
    tail: "\r\n",
};

/// A native record on one line.
pub(super) fn compact(record: &Value) -> String {
    native(record).compact()
}

/// The same with `\/`, as Microsoft's own writers spell it.
pub(super) fn slashed(record: &Value) -> String {
    native(record).slashed()
}

fn indented(record: &Value) -> String {
    native(record).indented()
}

/// The names of a record in lower case; those inside of lists stay.
fn lowered(record: &Value) -> String {
    let lowered: Map<String, Value> = members(record)
        .map(|(name, value)| (name.to_lowercase(), value.clone()))
        .collect();
    Value::Object(lowered).to_string()
}

/// The members of a record as cells, under names of their own.
fn cells(record: &Value, name: impl Fn(&str) -> String, cell: impl Fn(&Value) -> String) -> Row {
    let Object(members) = native(record);
    let cells = members
        .iter()
        .map(|(own, member)| (Cow::Owned(name(own)), cell(&member.value())));
    cells.collect()
}

/// `Export-Csv` of a record: of lists the content is gone.
fn flattened(record: &Value) -> Row {
    let closed = |value: &Value| match value {
        Value::Array(_) => LIST.to_owned(),
        value => powershell(value),
    };
    cells(record, str::to_owned, closed)
}

/// A record opened into columns, with what Power Query was not told to open.
fn opened(record: &Value) -> Row {
    let closed = |value: &Value| match value {
        Value::Array(_) => "[List]".to_owned(),
        Value::Object(_) => "[Record]".to_owned(),
        value => powershell(value),
    };
    let mut columns = row([("RecordId", text_at(record, "Id"))]);
    for (name, cell) in cells(record, |name| format!("AuditData.{name}"), closed) {
        match (&*name, &record["AppAccessContext"]) {
            ("AuditData.AppAccessContext", Value::Object(inside)) => {
                let inside = inside.iter();
                columns.extend(inside.map(|(member, value)| {
                    let name = format!("AuditData.AppAccessContext.{member}");
                    (Cow::Owned(name), powershell(value))
                }));
            }
            _ => columns.push((name, cell)),
        }
    }
    columns
}
