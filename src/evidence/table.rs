//! Headers and cells of delimited text.
//!
//! Not here: where rows end (`split`).

use super::fields::fold_key;
use csv_core::{ReadRecordResult, ReaderBuilder, Terminator};
use std::collections::HashMap;

/// The header of a table: where the cell of a column stands.
#[derive(Debug, Clone, Default)]
pub(super) struct Header {
    names: Vec<String>,
    /// Columns by folded name; more than one where names repeat.
    columns: HashMap<String, Vec<usize>>,
    delimiter: u8,
}

impl Header {
    pub(super) fn new(names: &[String], delimiter: char) -> Self {
        let mut columns: HashMap<String, Vec<usize>> = HashMap::new();
        for (column, name) in names.iter().enumerate() {
            columns.entry(fold_key(name)).or_default().push(column);
        }
        Self {
            names: names.to_vec(),
            columns,
            delimiter: u8::try_from(delimiter).unwrap_or(b','),
        }
    }

    /// Names as written.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// The character between cells.
    pub(super) fn delimiter(&self) -> char {
        char::from(self.delimiter)
    }

    /// The columns of a folded name.
    pub(super) fn columns(&self, folded: &str) -> &[usize] {
        self.columns.get(folded).map_or(&[], Vec::as_slice)
    }

    /// The cells of a row.
    pub(super) fn cells(&self, row: &str) -> Vec<String> {
        cells(row, self.delimiter)
    }
}

/// Takes a row apart. The row has no line end; line ends inside are part of quoted cells.
pub(super) fn cells(row: &str, delimiter: u8) -> Vec<String> {
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .terminator(Terminator::Any(b'\n'))
        .build();
    let mut text = vec![0; row.len() + 1];
    // A row of n bytes has at most n delimiters, so n + 1 cells.
    let commas = memchr::memchr_iter(delimiter, row.as_bytes()).count();
    let mut ends = vec![0; commas + 1];
    let (result, _, wrote, count) = reader.read_record(row.as_bytes(), &mut text, &mut ends);
    let count = match result {
        ReadRecordResult::InputEmpty => {
            let (_, _, _, more) = reader.read_record(&[], &mut text[wrote..], &mut ends[count..]);
            count + more
        }
        _ => count,
    };
    let mut start = 0;
    ends.iter()
        .take(count)
        .map(|end| {
            let cell = text.get(start..*end).unwrap_or_default();
            start = *end;
            String::from_utf8_lossy(cell).into_owned()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_apart() {
        for (row, expected) in [
            ("a,b,c", vec!["a", "b", "c"]),
            ("", vec![]),
            (",", vec!["", ""]),
            ("a,", vec!["a", ""]),
            (r#""a""b",c"#, vec![r#"a"b"#, "c"]),
            ("\"a\r\nb\",c", vec!["a\r\nb", "c"]),
            (r#""a"b,c"#, vec!["ab", "c"]),
            (r#"a"b,c"#, vec![r#"a"b"#, "c"]),
            ("a\rb,c", vec!["a\rb", "c"]),
            ("Boîte,é", vec!["Boîte", "é"]),
        ] {
            assert_eq!(cells(row, b','), expected, "{row:?}");
        }
    }

    #[test]
    fn columns_are_found_under_their_folded_names() {
        let names = ["TimeGenerated [UTC]", "Application ID ", "User", "user"].map(String::from);
        let header = Header::new(&names, ',');
        assert_eq!(header.columns("timegenerated"), [0]);
        assert_eq!(header.columns("application id"), [1]);
        assert_eq!(header.columns("user"), [2, 3]);
        assert!(header.columns("operation").is_empty());
    }
}
