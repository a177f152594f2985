//! One row of bytes to one record: the step that reading a file and reading a row again share.

use super::encoding::Encoding;
use super::fields::{Fields, Members};
use super::format::{self, Content, Format};
use super::key;
use super::table::Header;
use super::xml;
use super::{Container, Layout};
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
pub(super) type Decoded = Result<(Content, &'static Format), String>;

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
            Self::Json => decode_object(&text)?,
            Self::Table(header, format) => decode_cells(&text, header, *format)?,
            Self::Arrays(header, format) => decode_values(&text, header, *format)?,
            Self::Xml => decode_element(&text)?,
        };
        if let Some(reason) = format::too_many(content.records_mut().len()) {
            return Err(reason);
        }
        if let Some(damage) = damage {
            degrade_all(&mut content, &damage);
        }
        content.records_mut().iter_mut().for_each(key::complete);
        Ok((content, format))
    }
}

fn decode_object(text: &str) -> Decoded {
    let members: Members =
        serde_json::from_str(text).map_err(|error| format!("not sound JSON: {error}"))?;
    decode_members(&members, "a JSON object")
}

fn decode_members(members: &Members, what: &str) -> Decoded {
    let fields = members.fields();
    let format = format::recognise(&fields).ok_or_else(|| {
        let names = shown(&fields.names().collect::<Vec<_>>());
        format!("{what} with {names}: not a record grantline knows")
    })?;
    format.read(fields).map(|content| (content, format))
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
            (Err(reason), read @ Ok(_)) => {
                refused.push(std::mem::take(reason));
                whole = read;
            }
            (_, Err(reason)) => refused.push(reason),
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
    let format = format.ok_or(NO_FORMAT)?;
    let mut content = format.read(Fields::of_cells(header, &cells))?;
    check_width(&mut content, "cells", cells.len(), header);
    Ok((content, format))
}

fn decode_values(text: &str, header: &Header, format: Option<&'static Format>) -> Decoded {
    let values: Vec<Value> =
        serde_json::from_str(text).map_err(|error| format!("not sound JSON: {error}"))?;
    let format = format.ok_or(NO_FORMAT)?;
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
