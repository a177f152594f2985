//! One row of bytes to one record: the step that reading a file and reading a row again share.

use super::encoding::Encoding;
use super::fields::{Fields, Members};
use super::format::{self, Content, Fast, Format};
use super::key;
use super::table::Header;
use super::xml;
use super::{Container, Layout};
use crate::record::Record;
use serde_json::Value;

/// Names of a row that are shown when it is not recognised.
const NAMES_SHOWN: usize = 8;

/// Reads the rows of one layout.
pub(super) enum Decoder {
    /// Rows are JSON objects, each of which may be of another format.
    Json,
    /// Rows are cells under a header, which gave them their format.
    Table(Header, Option<&'static Format>),
    /// Rows are JSON arrays of values under a header, which gave them their format.
    Arrays(Header, Option<&'static Format>),
    /// Rows are XML elements, each of which may be of another format.
    Xml,
}

/// What a row says and the format it was read by, or why it says nothing.
pub(super) type Decoded = Result<(Content, &'static Format), Unread>;

/// Why a row says nothing.
#[derive(Debug, Default)]
pub(super) struct Unread {
    /// The reason in words.
    pub reason: String,
    /// The format that knows such rows and refused this one.
    pub format: Option<&'static Format>,
}

impl From<String> for Unread {
    fn from(reason: String) -> Self {
        Self {
            reason,
            format: None,
        }
    }
}

impl Decoder {
    pub(super) fn new(layout: &Layout) -> Self {
        let format = layout.format.as_deref().and_then(format::named);
        match &layout.container {
            Container::Lines | Container::Documents => Self::Json,
            Container::Table { header, delimiter } => {
                Self::Table(Header::new(header, *delimiter), format)
            }
            Container::Arrays { header } => Self::Arrays(Header::new(header, ','), format),
            Container::Xml { .. } => Self::Xml,
        }
    }

    /// Reads a row that begins at this byte of its file, of this encoding, and was turned into UTF-8.
    pub(super) fn decode(&self, bytes: &[u8], encoding: Encoding, offset: u64) -> Decoded {
        let (text, damage) = encoding.text(bytes, offset);
        let (mut content, format) = match self {
            Self::Json => decode_object(&text, encoding)?,
            Self::Table(header, format) => decode_cells(&text, header, *format)?,
            Self::Arrays(header, format) => decode_values(&text, encoding, header, *format)?,
            Self::Xml => decode_element(&text)?,
        };
        if let Some(reason) = format::too_many(content.records_mut().len()) {
            return Err(reason.into());
        }
        if let Some(damage) = damage {
            degrade_all(&mut content, &damage);
        }
        content.records_mut().iter_mut().for_each(key::complete);
        Ok((content, format))
    }

    /// Reads a usual row into `record`, as [`Self::decode`] does: one native record, or a row under a header that wraps one. False when it is to be
    /// read by that; `record` then holds nothing of use.
    pub(super) fn decode_fast(&self, text: &str, fast: &mut Fast, record: &mut Record) -> bool {
        let read = match self {
            Self::Json => fast.read(text, record),
            Self::Table(header, Some(format)) => {
                let cells = header.cells(text);
                cells.len() == header.names().len()
                    && format.read_fast(&Fields::of_cells(header, &cells), fast, record)
            }
            Self::Table(_, None) | Self::Arrays(..) | Self::Xml => false,
        };
        if read {
            key::complete(record);
        }
        read
    }
}

fn decode_object(text: &str, encoding: Encoding) -> Decoded {
    let members: Members =
        serde_json::from_str(text).map_err(|error| unsound(text, encoding, &error))?;
    decode_members(&members, "a JSON object")
}

/// What is wrong with JSON, and at which byte of its row in the file, from 0. The parser counts lines from the beginning of the row,
/// which beside the line of the file would say something else.
fn unsound(text: &str, encoding: Encoding, error: &serde_json::Error) -> String {
    let told = error.to_string();
    let what = told
        .rsplit_once(" at line ")
        .map_or(told.as_str(), |(what, _)| what);
    let bytes = text.as_bytes();
    let breaks = memchr::memchr_iter(b'\n', bytes).map(|at| at + 1);
    let line = std::iter::once(0)
        .chain(breaks)
        .nth(error.line().max(1) - 1);
    // A column is that of the byte that does not fit, from 1; at the end there is none.
    let column = error.column().saturating_sub(usize::from(!error.is_eof()));
    let before = bytes.get(..line.unwrap_or(0) + column).unwrap_or(bytes);
    let end = if error.is_eof() { " (truncated?)" } else { "" };
    format!(
        "not sound JSON: {what} at byte {} of the row{end}",
        encoding.span(before)
    )
}

fn decode_members(members: &Members, what: &str) -> Decoded {
    let fields = members.fields();
    let format = format::recognise(&fields).ok_or_else(|| {
        let names = shown(&fields.names().collect::<Vec<_>>());
        format!("{what} with {names}: not a record grantline knows")
    })?;
    match format.read(fields) {
        Ok(content) => Ok((content, format)),
        Err(reason) => Err(Unread {
            reason,
            format: format.is_particular().then_some(format),
        }),
    }
}

/// An element is one object, or a list of objects that PowerShell wrote as one: what can be read of a list is kept.
fn decode_element(text: &str) -> Decoded {
    let read = xml::read(text)?;
    let mut objects = read.objects.iter();
    let mut whole = decode_members(
        objects.next().unwrap_or(&Members::default()),
        "an XML element",
    );
    let mut refused = Vec::new();
    for object in objects {
        match (&mut whole, decode_members(object, "an object of a list")) {
            (Ok((Content::Records(all), _)), Ok((Content::Records(more), _))) => all.extend(more),
            (Ok(_), Ok(_)) => refused.push("objects of two kinds in one list".to_owned()),
            (Err(unread), read @ Ok(_)) => {
                refused.push(std::mem::take(&mut unread.reason));
                whole = read;
            }
            (_, Err(unread)) => refused.push(unread.reason),
        }
    }
    let (mut content, format) = whole?;
    if let Some(first) = refused.first() {
        let note = format!("{} objects beside it are refused: {first}", refused.len());
        degrade_all(&mut content, &note);
    }
    for note in read.notes {
        degrade_all(&mut content, &note);
    }
    Ok((content, format))
}

fn decode_cells(text: &str, header: &Header, format: Option<&'static Format>) -> Decoded {
    let cells = header.cells(text);
    let format = format.ok_or_else(|| NO_FORMAT.to_owned())?;
    let mut content = format.read(Fields::of_cells(header, &cells))?;
    check_width(&mut content, "cells", cells.len(), header);
    Ok((content, format))
}

fn decode_values(
    text: &str,
    encoding: Encoding,
    header: &Header,
    format: Option<&'static Format>,
) -> Decoded {
    let values: Vec<Value> =
        serde_json::from_str(text).map_err(|error| unsound(text, encoding, &error))?;
    let format = format.ok_or_else(|| NO_FORMAT.to_owned())?;
    let mut content = format.read(Fields::of_members(header.names().iter().zip(&values)))?;
    check_width(&mut content, "values", values.len(), header);
    Ok((content, format))
}

/// Why no row is read of a table whose layout was tampered with, or is of another version.
const NO_FORMAT: &str = "the layout of the table names no format";

/// Notes a row that is shorter or longer than the header.
fn check_width(content: &mut Content, what: &str, found: usize, header: &Header) {
    let columns = header.names().len();
    if found != columns {
        let note = format!("{found} {what} where the header has {columns}");
        degrade_all(content, &note);
    }
}

/// Adds a reason why the events of a row are less than it said.
fn degrade_all(content: &mut Content, note: &str) {
    if let Content::Inventory(entry) = content {
        entry.lost_mut().push(note.to_owned());
    }
    for record in content.records_mut() {
        format::degrade(record, note);
    }
}

/// The first names of a row or header, for a message.
pub(super) fn shown(names: &[&str]) -> String {
    let mut shown = names
        .iter()
        .take(NAMES_SHOWN)
        .map(|name| name.chars().take(40).collect::<String>())
        .collect::<Vec<_>>()
        .join(", ");
    if names.is_empty() {
        shown.push_str("no names");
    } else if names.len() > NAMES_SHOWN {
        shown.push_str(", …");
    }
    shown
}
