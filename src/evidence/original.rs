//! One row again, byte for byte: what the file says, not what was made of it.
//!
//! Not here: finding the place; the case keeps it.

use super::decode::Decoder;
use super::encoding::Encoding;
use super::format::Content;
use super::table::Header;
use super::{EvidenceError, Layout, MAX_ROW, Place};
use crate::record::{Inventory, Record};
use serde_json::Value;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Blanks that one level of nesting is indented by.
const INDENT: &str = "  ";

/// A row as it stands in its file.
#[derive(Debug, Clone)]
pub struct Original {
    /// Its bytes, in the encoding of its file. Of a row that was refused for its length, only the first [`MAX_ROW`] or twice as many.
    pub bytes: Vec<u8>,
    /// The records it is read as; none for a row that is refused, or that stands in an inventory.
    pub records: Vec<Record>,
    /// The inventory entry it is read as.
    pub inventory: Option<Inventory>,
    encoding: Encoding,
    /// The header above the row, if it stands in a table.
    header: Option<Arc<Header>>,
    /// Whether what stands under the header is a JSON array.
    is_array: bool,
}

impl Original {
    /// A row that stands in no table.
    pub fn new(bytes: Vec<u8>, records: Vec<Record>) -> Self {
        Self {
            bytes,
            records,
            inventory: None,
            encoding: Encoding::Utf8,
            header: None,
            is_array: false,
        }
    }
}

/// Reads one row again; `layout` is that of the file's [`super::Summary`].
pub fn reread(path: &Path, layout: &Layout, place: Place) -> Result<Original, EvidenceError> {
    Reader::open(path, layout)?.row(place)
}

/// Reads several rows again, opening the file once.
pub fn reread_many(
    path: &Path,
    layout: &Layout,
    places: &[Place],
) -> Vec<Result<Original, EvidenceError>> {
    match Reader::open(path, layout) {
        Ok(mut reader) => places.iter().map(|place| reader.row(*place)).collect(),
        // The error of the system cannot be cloned; opening again for each row gives each its own.
        Err(_) => places
            .iter()
            .map(|place| reread(path, layout, *place))
            .collect(),
    }
}

struct Reader<'a> {
    path: &'a Path,
    file: File,
    decoder: Decoder,
    encoding: Encoding,
    header: Option<Arc<Header>>,
}

impl<'a> Reader<'a> {
    fn open(path: &'a Path, layout: &Layout) -> Result<Self, EvidenceError> {
        let file = super::open(path)?;
        let decoder = Decoder::new(layout);
        let header = match &decoder {
            Decoder::Json | Decoder::Xml => None,
            Decoder::Table(header, _) | Decoder::Arrays(header, _) => {
                Some(Arc::new(header.clone()))
            }
        };
        Ok(Self {
            path,
            file,
            decoder,
            encoding: layout.encoding,
            header,
        })
    }

    fn row(&mut self, place: Place) -> Result<Original, EvidenceError> {
        let longest = MAX_ROW * self.encoding.widest();
        let length = usize::try_from(place.length).map_or(longest, |length| length.min(longest));
        let mut bytes = vec![0; length];
        read_at(&mut self.file, &mut bytes, place.offset).map_err(|source| {
            EvidenceError::Read {
                path: self.path.to_owned(),
                offset: place.offset,
                source,
            }
        })?;
        let whole = length as u64 == place.length;
        let text = self.encoding.to_utf8(&bytes);
        let content = self.decoder.decode(&text, self.encoding, place.offset);
        let (records, inventory) = match content.ok().filter(|_| whole) {
            Some((Content::Records(records), _)) => (records, None),
            Some((Content::Inventory(inventory), _)) => (Vec::new(), Some(*inventory)),
            None => (Vec::new(), None),
        };
        Ok(Original {
            bytes,
            records,
            inventory,
            encoding: self.encoding,
            header: self.header.clone(),
            is_array: matches!(self.decoder, Decoder::Arrays(..)),
        })
    }
}

/// Fills the buffer from a position, without moving a shared cursor.
#[cfg(unix)]
#[expect(
    clippy::needless_pass_by_ref_mut,
    reason = "other systems have to move the cursor"
)]
fn read_at(file: &mut File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

/// Fills the buffer from a position.
#[cfg(not(unix))]
fn read_at(file: &mut File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    use std::io::{Read, Seek, SeekFrom};
    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(buffer)
}

impl Original {
    /// The row as indented JSON, in its own order and spelling. A row of a table is shown as an object from column to cell, in which
    /// JSON inside cells is opened; what is no JSON is shown as text.
    pub fn pretty(&self) -> String {
        let text = self.encoding.to_utf8(&self.bytes);
        let (text, _) = self.encoding.text(&text, 0);
        match &self.header {
            Some(header) if !self.is_array => indent(&object(header, &text)),
            _ if !is_json(&text) => text.into_owned(),
            Some(header) => indent(&joined(header, elements(&text).map(str::to_owned))),
            None => indent(&text),
        }
    }
}

/// Nesting is bounded by the parser, so that indentation cannot grow with the square of a hostile row.
fn is_json(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok()
}

/// The cells of a row as one JSON object; empty cells are left out.
fn object(header: &Header, row: &str) -> String {
    let cells = header.cells(row).into_iter();
    joined(
        header,
        cells.map(|cell| if cell.is_empty() { cell } else { value(&cell) }),
    )
}

/// Values in JSON under the names of their columns; those that are empty are left out.
fn joined(header: &Header, values: impl Iterator<Item = String>) -> String {
    let unnamed = String::from("(no column)");
    let names = header.names().iter().chain(std::iter::repeat(&unnamed));
    let members: Vec<String> = names
        .zip(values)
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{}:{value}", quoted(name)))
        .collect();
    format!("{{{}}}", members.join(","))
}

/// The values of a sound JSON array as they are spelled.
fn elements(array: &str) -> impl Iterator<Item = &str> {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    let inner = array.trim().strip_prefix('[').unwrap_or_default();
    let inner = inner.strip_suffix(']').unwrap_or_default();
    inner
        .split(move |character| {
            let was_escaped = std::mem::take(&mut escaped);
            match character {
                '"' if !was_escaped => quoted = !quoted,
                '\\' if quoted => escaped = !was_escaped,
                '[' | '{' if !quoted => depth += 1,
                ']' | '}' if !quoted => depth = depth.saturating_sub(1),
                _ => {}
            }
            character == ',' && !quoted && depth == 0
        })
        .map(str::trim)
}

fn value(cell: &str) -> String {
    let nested = cell.trim_start().starts_with(['{', '[']);
    if nested && is_json(cell) {
        cell.trim().to_owned()
    } else {
        quoted(cell)
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// Indents sound JSON without reading it as values, which would sort names and rewrite numbers and escapes.
fn indent(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let mut depth = 0;
    let mut rest = json.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            blank if blank.is_ascii_whitespace() => continue,
            '}' | ']' => {
                depth -= 1;
                break_line(&mut out, depth);
            }
            _ => {}
        }
        out.push(character);
        match character {
            '"' => copy_string(&mut rest, &mut out),
            ':' => out.push(' '),
            ',' => break_line(&mut out, depth),
            '{' | '[' => {
                while rest.next_if(char::is_ascii_whitespace).is_some() {}
                if let Some(close) = rest.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(close);
                } else {
                    depth += 1;
                    break_line(&mut out, depth);
                }
            }
            _ => {}
        }
    }
    out
}

/// Copies a string to behind its closing quote.
fn copy_string(rest: &mut impl Iterator<Item = char>, out: &mut String) {
    let mut escaped = false;
    for character in rest {
        out.push(character);
        if character == '"' && !escaped {
            return;
        }
        escaped = character == '\\' && !escaped;
    }
}

fn break_line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n(INDENT, depth));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_indented_in_its_own_order_and_spelling() {
        let json = r#"{"b":"x\"{,:y\\","a":[1.0,{ }, [ ]],"c":{"d":"\/"}}"#;
        let expected = r#"{
  "b": "x\"{,:y\\",
  "a": [
    1.0,
    {},
    []
  ],
  "c": {
    "d": "\/"
  }
}"#;
        assert_eq!(indent(json), expected);
    }

    #[test]
    fn cells_become_members_and_their_json_is_opened() {
        let names = ["Id", "Data", "None", "Odd"].map(String::from);
        let header = Header::new(&names, ',');
        let row = r#"7,"{""a"":""b""}",,{not json,extra"#;
        let values = elements(r#" [7, "a,\"]", {"b":[1,2]},null,1.0 ] "#).map(str::to_owned);
        assert_eq!(
            joined(&header, values),
            r#"{"Id":7,"Data":"a,\"]","None":{"b":[1,2]},"Odd":null,"(no column)":1.0}"#
        );
        assert_eq!(
            object(&header, row),
            r#"{"Id":"7","Data":{"a":"b"},"Odd":"{not json","(no column)":"extra"}"#
        );
    }
}
