//! Tables: a header, and cells in its order.
//!
//! Not here: which columns a row has (the shapes).

use super::text::cut;
use super::{Part, Writer};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Cells under their column names. Of columns that have one name the cells stand in order.
pub(super) type Row = Vec<(Cow<'static, str>, String)>;

/// A row of some cells.
pub(super) fn row<const N: usize>(cells: [(&'static str, String); N]) -> Row {
    let cells = cells.into_iter();
    cells
        .map(|(name, cell)| (Cow::Borrowed(name), cell))
        .collect()
}

/// How a table looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// What stands before the header: a byte order mark, the type of the rows.
    pub(super) head: &'static str,
    /// What stands between cells.
    pub(super) delimiter: char,
    /// Whether all cells are quoted, or those that need it.
    pub(super) is_quoted: bool,
}

/// What `Export-Csv -NoTypeInformation` writes.
pub(super) const EXPORTED: Look = Look {
    head: "",
    delimiter: ',',
    is_quoted: true,
};

/// What portals of Microsoft download.
pub(super) const DOWNLOADED: Look = Look {
    head: "\u{feff}",
    delimiter: ',',
    is_quoted: false,
};

/// A table as far as it is written.
#[derive(Debug)]
pub(super) struct Sheet {
    look: Look,
    header: Vec<Cow<'static, str>>,
    known: BTreeSet<Cow<'static, str>>,
    has_begun: bool,
    /// The column with the record as JSON; empty where there is none.
    record: &'static str,
}

impl Sheet {
    /// Nothing yet; the column named holds the record as JSON.
    pub(super) fn new(look: Look, record: &'static str) -> Self {
        Self {
            look,
            record,
            header: Vec::new(),
            known: BTreeSet::new(),
            has_begun: false,
        }
    }

    /// Adds the columns of a row to the header, in the order in which they are first met.
    fn learn(&mut self, row: &Row) {
        for (name, _) in row {
            if self.known.insert(name.clone()) {
                self.header.push(name.clone());
            }
        }
    }

    /// Appends the header: that of the rows learnt, or of this row.
    fn begin(&mut self, row: &Row, out: &mut Vec<u8>) {
        self.has_begun = true;
        if self.header.is_empty() {
            self.header = row.iter().map(|(name, _)| name.clone()).collect();
        }
        out.extend_from_slice(self.look.head.as_bytes());
        let header = self.header.iter().map(|name| &**name);
        line(self.look, header, out);
    }

    /// Appends a row, and before the first the header: that of the rows learnt, or of this row.
    pub(super) fn put(&mut self, mut row: Row, part: Option<Part>, out: &mut Vec<u8>) {
        if !self.has_begun {
            self.begin(&row, out);
        }
        if let Some(part) = part {
            let own = row.iter_mut().find(|(name, _)| *name == self.record);
            if let Some((_, cell)) = own {
                *cell = left_of(cell, part);
            }
        }
        let cells = (0..).zip(&self.header).map(|(at, name)| {
            // Nearly all rows have the columns of the header in its order.
            let here = row.get(at).filter(|(own, _)| own == name);
            let found = here.or_else(|| row.iter().find(|(own, _)| own == name));
            found.map_or("", |(_, cell)| cell)
        });
        line(self.look, cells, out);
    }
}

fn left_of(cell: &str, part: Part) -> String {
    match part {
        Part::Cut(thousandths) => cut(cell, thousandths).to_owned(),
        Part::Emptied => String::new(),
    }
}

fn line<'c>(look: Look, cells: impl Iterator<Item = &'c str>, out: &mut Vec<u8>) {
    let mut buffer = [0; 4];
    let delimiter = look.delimiter.encode_utf8(&mut buffer).as_bytes();
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            out.extend_from_slice(delimiter);
        }
        let needs_quotes = |byte: &u8| b"\"\r\n".contains(byte) || delimiter == [*byte];
        if look.is_quoted || cell.as_bytes().iter().any(needs_quotes) {
            quoted(cell, out);
        } else {
            out.extend_from_slice(cell.as_bytes());
        }
    }
    out.extend_from_slice(b"\r\n");
}

fn quoted(cell: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for (at, piece) in cell.split('"').enumerate() {
        if at > 0 {
            out.extend_from_slice(b"\"\"");
        }
        out.extend_from_slice(piece.as_bytes());
    }
    out.push(b'"');
}

/// What a record is as a row.
pub(super) type RowOf = fn(&Value) -> Row;

/// Writes each record as a row.
#[derive(Debug)]
struct Table {
    sheet: Sheet,
    row: RowOf,
    /// Whether rows have columns of their own.
    is_uneven: bool,
}

impl Writer for Table {
    fn must_survey(&self) -> bool {
        self.is_uneven
    }

    fn survey(&mut self, record: &Value) {
        if self.is_uneven {
            self.sheet.learn(&(self.row)(record));
        }
    }

    fn record(&mut self, record: &Value, out: &mut Vec<u8>) {
        self.sheet.put((self.row)(record), None, out);
    }

    fn part(&mut self, record: &Value, part: Part, out: &mut Vec<u8>) -> bool {
        let has_record = !self.sheet.record.is_empty();
        if has_record {
            self.sheet.put((self.row)(record), Some(part), out);
        }
        has_record
    }

    /// A download of nothing has its header; `Export-Csv` writes nothing for nothing.
    fn end(&mut self, out: &mut Vec<u8>) {
        if !self.sheet.has_begun && !self.sheet.look.is_quoted {
            self.sheet.begin(&(self.row)(&Value::Null), out);
        }
    }
}

/// A writer of a table in which all rows have the same columns.
pub(super) fn table(look: Look, row: RowOf) -> Box<dyn Writer> {
    holding(look, "", row)
}

/// The same, where one column holds the record as JSON.
pub(super) fn holding(look: Look, record: &'static str, row: RowOf) -> Box<dyn Writer> {
    let sheet = Sheet::new(look, record);
    Box::new(Table {
        sheet,
        row,
        is_uneven: false,
    })
}

/// A writer of a table in which every column stands that a row has.
pub(super) fn uneven(look: Look, row: RowOf) -> Box<dyn Writer> {
    let sheet = Sheet::new(look, "");
    Box::new(Table {
        sheet,
        row,
        is_uneven: true,
    })
}

/// Writes a table as one document of JSON, as the API of Log Analytics answers.
#[derive(Debug)]
struct Tables {
    header: Sheet,
    row: RowOf,
    has_begun: bool,
}

impl Tables {
    fn begin(&mut self, out: &mut Vec<u8>) {
        let between = if std::mem::replace(&mut self.has_begun, true) {
            ",".to_owned()
        } else {
            let columns = self.header.header.iter();
            let columns =
                columns.map(|name| serde_json::json!({"name": name, "type": "string"}).to_string());
            let columns: Vec<String> = columns.collect();
            format!(
                "{{\"tables\":[{{\"name\":\"PrimaryResult\",\"columns\":[{}],\"rows\":[",
                columns.join(",")
            )
        };
        out.extend_from_slice(between.as_bytes());
    }
}

impl Writer for Tables {
    fn must_survey(&self) -> bool {
        true
    }

    fn survey(&mut self, record: &Value) {
        self.header.learn(&(self.row)(record));
    }

    fn record(&mut self, record: &Value, out: &mut Vec<u8>) {
        let row = (self.row)(record);
        if self.header.header.is_empty() {
            self.header.learn(&row);
        }
        self.begin(out);
        let cells = self.header.header.iter().map(|name| {
            let found = row.iter().find(|(own, _)| own == name);
            found.map_or("", |(_, cell)| cell)
        });
        let cells: Value = cells.collect();
        out.extend_from_slice(cells.to_string().as_bytes());
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        if !self.has_begun {
            self.begin(out);
        }
        out.extend_from_slice(b"]}]}");
    }
}

/// A writer of a table as one document of JSON.
pub(super) fn document(row: RowOf) -> Box<dyn Writer> {
    let header = Sheet::new(EXPORTED, "");
    Box::new(Tables {
        header,
        row,
        has_begun: false,
    })
}
