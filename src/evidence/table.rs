//! Headers and cells of delimited text.
//!
//! Not here: where rows end (`split`).

use super::names::Index;
use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};
use std::sync::{Arc, Mutex, PoisonError};

/// The header of a table: where the cell of a column stands.
#[derive(Debug, Clone)]
pub(super) struct Header {
    names: Vec<String>,
    /// Columns by name; more than one where names repeat.
    columns: Index<'static, Vec<usize>>,
    delimiter: u8,
    /// Shared, for to make one takes longer than to read a row, and its copies know nothing of the delimiter.
    reader: Arc<Mutex<Reader>>,
}

impl Header {
    pub(super) fn new(names: &[String], delimiter: char) -> Self {
        let all = names.iter().enumerate();
        let all = all.map(|(column, name)| (name.as_str(), vec![column]));
        let columns = Index::new(all, Vec::append).into_owned();
        let delimiter = u8::try_from(delimiter).unwrap_or(b',');
        Self {
            names: names.to_vec(),
            columns,
            delimiter,
            reader: Arc::new(Mutex::new(reader(delimiter))),
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

    /// The columns of a name in any case.
    pub(super) fn columns(&self, name: &str) -> &[usize] {
        self.columns.get(name).map_or(&[], Vec::as_slice)
    }

    /// The cells of a row.
    pub(super) fn cells(&self, row: &str) -> Vec<String> {
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        reader.reset();
        split(row, self.delimiter, &mut reader)
    }
}

/// Takes a row apart. The row has no line end; line ends inside are part of quoted cells.
pub(super) fn cells(row: &str, delimiter: u8) -> Vec<String> {
    split(row, delimiter, &mut reader(delimiter))
}

fn reader(delimiter: u8) -> Reader {
    ReaderBuilder::new()
        .delimiter(delimiter)
        .terminator(Terminator::Any(b'\n'))
        .build()
}

fn split(row: &str, delimiter: u8, reader: &mut Reader) -> Vec<String> {
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
        let header = Header::new(&[], ',');
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
            assert_eq!(header.cells(row), expected, "{row:?}");
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
