//! Tables in JSON, as the Log Analytics interface answers: `{"tables":[{"name":…,"columns":[{"name":…}],"rows":[[…],[…]]}]}`.
//!
//! The older spelling (`Tables`, `Columns`, `ColumnName`, `Rows`) is the same but for case. Not here: cutting the rows (`documents`).

use super::super::decode::shown;
use super::walk::{Token, Walk, name_before};
use serde_json::Value;

/// Brackets that are open around the members of a table: those of the answer, of the array of tables, of the table.
const INSIDE: usize = 3;

/// Rows of a table in JSON.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::evidence) struct Table {
    /// Names of the columns, if they stand before the rows.
    pub(in crate::evidence) columns: Option<Vec<String>>,
    /// Behind the bracket that begins the rows.
    pub(super) start: usize,
    /// Open brackets there.
    pub(super) depth: usize,
}

impl Table {
    /// Why none of its rows is read in a file whose first table has these columns.
    pub(super) fn refused(&self, header: &[String]) -> Option<String> {
        match &self.columns {
            Some(columns) if columns == header => None,
            Some(columns) => {
                let names: Vec<&str> = columns.iter().map(String::as_str).collect();
                Some(format!(
                    "row of another table of the file, with the columns {}",
                    shown(&names)
                ))
            }
            None => {
                Some("row of another table of the file, whose columns are not known".to_owned())
            }
        }
    }
}

/// Whether an object holds tables, by the beginning of its text.
pub(in crate::evidence) fn holds_tables(text: &[u8]) -> bool {
    Walk::new(text, 0).any(|token| match token {
        Token::Open {
            byte: b'[',
            at,
            depth: 1,
        } => is_before(text, at, b"tables"),
        _ => false,
    })
}

/// Whether the array that begins behind this text may hold rows.
pub(super) fn may_hold_rows(text: &[u8], depth: usize) -> bool {
    depth == INSIDE && is_before(text, text.len(), b"rows")
}

fn is_before(text: &[u8], at: usize, name: &[u8]) -> bool {
    name_before(text.get(..at).unwrap_or_default())
        .is_some_and(|found| found.eq_ignore_ascii_case(name))
}

/// The first rows in an answer, or in the rest of one behind rows that were closed.
pub(in crate::evidence) fn find(text: &[u8], depth: usize) -> Option<Table> {
    let mut open = None;
    let mut columns = None;
    for token in Walk::new(text, depth) {
        match token {
            Token::Open { depth, .. } if depth < INSIDE => columns = None,
            Token::Open {
                byte: b'[',
                at,
                depth: INSIDE,
            } => {
                let before = text.get(..at)?;
                if may_hold_rows(before, INSIDE) {
                    return Some(Table {
                        columns,
                        start: at + 1,
                        depth: INSIDE + 1,
                    });
                }
                open = is_before(text, at, b"columns").then_some(at);
            }
            Token::Close { at, depth: INSIDE } => {
                let array = open.take().and_then(|open| text.get(open..=at));
                columns = array.and_then(names).or(columns);
            }
            _ => {}
        }
    }
    None
}

/// Names of columns.
fn names(columns: &[u8]) -> Option<Vec<String>> {
    let columns: Vec<Value> = serde_json::from_slice(columns).ok()?;
    columns
        .iter()
        .map(|column| {
            let name = column.get("name").or_else(|| column.get("ColumnName"));
            name.and_then(Value::as_str).map(str::to_owned)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_behind_their_columns() {
        for (text, expected) in [
            (
                r#"{"tables":[{"name":"T","columns":[{"name":"a","type":"x"},{"name":"b"}],"rows":[["#,
                Some((Some("a b"), 80)),
            ),
            (
                r#"{"Tables":[{"Columns":[{"ColumnName":"a"}],"Rows":[]"#,
                Some((Some("a"), 51)),
            ),
            (r#"{"tables":[{"rows":[]"#, Some((None, 20))),
            (
                r#"{"tables":[{"columns":[{"name":"a"}]},{"rows":[]"#,
                Some((None, 47)),
            ),
            (r#"{"tables":[{"columns":[{"nam"#, None),
            (r#"{"tables":[],"rows":[[1]]}"#, None),
        ] {
            let found = find(text.as_bytes(), 0);
            let shown = found.as_ref().map(|table| {
                (
                    table.columns.as_ref().map(|names| names.join(" ")),
                    table.start,
                )
            });
            let expected = expected.map(|(names, start)| (names.map(str::to_owned), start));
            assert_eq!(shown, expected, "{text}");
            assert!(holds_tables(text.as_bytes()));
        }
        assert!(!holds_tables(br#"{"a":{"tables":[]}}"#));
    }
}
