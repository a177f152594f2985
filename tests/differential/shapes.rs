//! The shapes of the unified log, each with what it cannot carry by its nature.
//!
//! Not here: the shapes themselves (`demo::shape`), the records (`tenant`), packed files (the tests).

use crate::lost;
use grantline::demo::shape::{SHAPES, Shape, Stream};
use grantline::record::Record;
use serde_json::Value;

/// Blanks what a shape cannot carry of a record, given the native one; the functions of `lost` say why.
pub type Lost = fn(&Value, &mut Record);

/// Shapes that lose something; all others carry everything.
const LOST: &[(&str, Lost)] = &[
    ("audit-data-only-csv", lost::lists_of_csv),
    ("power-query", lost::lists_of_power_query),
    ("search-json-shallow", lost::depth),
    ("splunk-fields", lost::splunk_fields),
    ("splunk-fields-csv", lost::splunk_fields),
    ("elastic-hits", lost::elastic),
    ("elastic-lines", lost::elastic),
    ("elastic-discover", lost::discover),
    ("office-activity-csv", lost::office),
    ("office-activity-json", lost::office),
    ("office-activity-tables", lost::office),
];

/// Logs of Exchange itself, which have some of the records under other ids; `shapes` tests what they carry.
const OTHERS: [&str; 2] = ["admin-audit-log", "mailbox-audit-log"];

/// Every shape that has all records; the first is the one that all others are compared with.
pub fn all() -> Vec<&'static Shape> {
    let is_whole = |shape: &&Shape| {
        shape.stream == Stream::Unified && !shape.is_refused && !OTHERS.contains(&shape.format)
    };
    SHAPES.iter().filter(is_whole).collect()
}

/// What a shape cannot carry.
pub fn lost_of(name: &str) -> Lost {
    let found = LOST.iter().find(|(own, _)| *own == name);
    found.map_or(lost::nothing, |(_, lost)| *lost)
}

/// A file of a shape.
pub fn written(name: &str, natives: &[Value]) -> Vec<u8> {
    Shape::of(name).unwrap().file(natives)
}

/// One native record a line, which is what all shapes are compared with.
pub fn native_lines(natives: &[Value]) -> Vec<u8> {
    written("native-lines", natives)
}
