//! Columns of tables as data: what stands in each, by its place in the object that the row is made of.
//!
//! Not here: the columns themselves (the shapes).

use super::moment::Spelling;
use super::object::text_or_json;
use super::table::Row;
use serde_json::Value;
use std::borrow::Cow;

/// Where the cells of a column come from.
#[derive(Debug, Clone, Copy)]
pub(super) enum From {
    /// A member, inner ones behind dots; truth values as PowerShell writes them, lists and objects as JSON.
    At(&'static str),
    /// A time, in a spelling.
    When(&'static str, Spelling),
    /// The same text in every row.
    Fixed(&'static str),
    /// What is made of the whole object.
    Made(fn(&Value) -> String),
}

/// Columns in their order.
pub(super) type Columns = &'static [(&'static str, From)];

/// A member of an object, inner ones behind dots.
pub(super) fn at<'r>(record: &'r Value, path: &str) -> &'r Value {
    path.split('.').fold(record, |value, name| &value[name])
}

/// The same as text.
pub(super) fn text(record: &Value, path: &str) -> String {
    text_or_json(at(record, path))
}

/// The row of an object.
pub(super) fn cells(columns: Columns, record: &Value) -> Row {
    let cell = |from: &From| match from {
        From::At(path) => text(record, path),
        From::When(path, spell) => match text(record, path) {
            none if none.is_empty() => none,
            time => spell(&time),
        },
        From::Fixed(text) => (*text).to_owned(),
        From::Made(make) => make(record),
    };
    let columns = columns.iter();
    columns
        .map(|(name, from)| (Cow::Borrowed(*name), cell(from)))
        .collect()
}
