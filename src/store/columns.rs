//! The columns of one segment, opened once for a snapshot: what listings, orders and histories read without touching the evidence.
//!
//! Not here: which documents to read.

use super::history::{self, History, Seen};
use super::row::Row;
use super::schema;
use super::writer::unplace;
use crate::record::Provenance;
use crate::time;
use std::collections::HashMap;
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocAddress, DocId, SegmentReader};

/// One found record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hit {
    /// Microseconds since 1970; `i64::MAX` for none.
    pub time: i64,
    /// File and offset: the final tie-break.
    pub place: u64,
    /// Where the index keeps it.
    pub address: DocAddress,
}

/// The columns of one segment. A text column that no document of the segment has is `None`.
pub(super) struct Columns {
    pub time: Column<i64>,
    pub place: Column<u64>,
    operation: Option<StrColumn>,
    user: Option<StrColumn>,
    /// The owner comes first; the mailbox's GUID stands beside it.
    pub mailbox: Option<StrColumn>,
    app: Option<StrColumn>,
    ip: Option<StrColumn>,
    country: Option<StrColumn>,
    session: Option<StrColumn>,
    access: Option<StrColumn>,
    facets: Option<StrColumn>,
    items: Column<u64>,
    length: Column<u64>,
    line: Column<u64>,
    part: Column<u64>,
}

impl Columns {
    pub fn open(segment: &SegmentReader) -> tantivy::Result<Self> {
        let columns = segment.fast_fields();
        Ok(Self {
            time: columns.i64(schema::TIME)?,
            place: columns.u64(schema::PLACE)?,
            operation: columns.str("operation")?,
            user: columns.str("user")?,
            mailbox: columns.str("mailbox")?,
            app: columns.str("app")?,
            ip: columns.str("ip")?,
            country: columns.str("country")?,
            session: columns.str("session")?,
            access: columns.str("access")?,
            facets: columns.str("is")?,
            items: columns.u64(schema::ITEMS)?,
            length: columns.u64(schema::LENGTH)?,
            line: columns.u64(schema::LINE)?,
            part: columns.u64(schema::PART)?,
        })
    }

    /// A line of a listing.
    pub fn row(&self, hit: Hit) -> tantivy::Result<Row> {
        let document = hit.address.doc_id;
        let part = self.part.first(document).unwrap_or(0);
        let (file, offset) = unplace(hit.place, part);
        Ok(Row {
            time: (hit.time < i64::MAX).then(|| time::from_micros(hit.time)),
            operation: first(self.operation.as_ref(), document)?,
            user: first(self.user.as_ref(), document)?,
            mailbox: first(self.mailbox.as_ref(), document)?,
            app: first(self.app.as_ref(), document)?,
            ip: first(self.ip.as_ref(), document)?,
            country: first(self.country.as_ref(), document)?,
            session: first(self.session.as_ref(), document)?,
            access: first(self.access.as_ref(), document)?,
            items: self.items.first(document).unwrap_or(0),
            facets: all(self.facets.as_ref(), document)?,
            provenance: Provenance {
                file,
                offset,
                line: self.line.first(document).unwrap_or(0),
                length: self.length.first(document).unwrap_or(0),
                part: u16::try_from(part).unwrap_or(0),
            },
        })
    }

    /// A reader of acts for one history.
    pub fn doings(&self) -> tantivy::Result<Doings<'_>> {
        let sign_in = match &self.facets {
            Some(column) => column.dictionary().term_ord("sign-in")?,
            None => None,
        };
        Ok(Doings {
            operation: Interned::new(self.operation.as_ref(), str::to_owned),
            country: Interned::new(self.country.as_ref(), str::to_owned),
            network: Interned::new(self.ip.as_ref(), history::network),
            session: Interned::new(self.session.as_ref(), str::to_owned),
            mailbox: Interned::new(self.mailbox.as_ref(), crate::text::fold),
            facets: self.facets.as_ref(),
            sign_in,
        })
    }
}

/// Reads acts by the numbers of the segment's dictionaries: a name is looked up once, however often it occurs.
pub(super) struct Doings<'a> {
    operation: Interned<'a>,
    country: Interned<'a>,
    network: Interned<'a>,
    session: Interned<'a>,
    mailbox: Interned<'a>,
    facets: Option<&'a StrColumn>,
    /// Number of the facet `sign-in` in this segment.
    sign_in: Option<u64>,
}

impl Doings<'_> {
    pub fn seen(&mut self, hit: Hit, history: &mut History) -> tantivy::Result<Seen> {
        let document = hit.address.doc_id;
        let facets = self.facets.into_iter();
        let mut facets = facets.flat_map(|column| column.term_ords(document));
        Ok(Seen {
            time: hit.time,
            sign_in: self
                .sign_in
                .is_some_and(|sign_in| facets.any(|facet| facet == sign_in)),
            operation: self.operation.number(document, history)?,
            country: self.country.number(document, history)?,
            network: self.network.number(document, history)?,
            session: self.session.number(document, history)?,
            mailbox: self.mailbox.number(document, history)?,
        })
    }
}

/// A column whose names become numbers of a history.
struct Interned<'a> {
    column: Option<&'a StrColumn>,
    /// Number in the segment's dictionary to number in the history.
    known: HashMap<u64, u32>,
    convert: fn(&str) -> String,
}

impl<'a> Interned<'a> {
    fn new(column: Option<&'a StrColumn>, convert: fn(&str) -> String) -> Self {
        Self {
            column,
            known: HashMap::new(),
            convert,
        }
    }

    fn number(&mut self, document: DocId, history: &mut History) -> tantivy::Result<u32> {
        let Some(column) = self.column else {
            return Ok(0);
        };
        let Some(ordinal) = column.term_ords(document).next() else {
            return Ok(0);
        };
        if let Some(number) = self.known.get(&ordinal) {
            return Ok(*number);
        }
        let mut name = String::new();
        column.ord_to_str(ordinal, &mut name)?;
        let number = history.number(&(self.convert)(&name));
        self.known.insert(ordinal, number);
        Ok(number)
    }
}

fn first(column: Option<&StrColumn>, document: DocId) -> tantivy::Result<String> {
    let mut value = String::new();
    if let Some(column) = column
        && let Some(ordinal) = column.term_ords(document).next()
    {
        column.ord_to_str(ordinal, &mut value)?;
    }
    Ok(value)
}

fn all(column: Option<&StrColumn>, document: DocId) -> tantivy::Result<Vec<String>> {
    let ordinals = column.into_iter().flat_map(|column| {
        column
            .term_ords(document)
            .map(move |ordinal| (column, ordinal))
    });
    let mut values = Vec::new();
    for (column, ordinal) in ordinals {
        let mut value = String::new();
        column.ord_to_str(ordinal, &mut value)?;
        values.push(value);
    }
    Ok(values)
}
