//! A line of a listing: what the columns of the index hold of a record, without reading the evidence.
//!
//! Not here: the original record, which is read again by its provenance.

use super::key::unplace;
use super::segment::Segment;
use crate::query::Field;
use crate::record::Provenance;
use crate::time::{self, Instant};

/// A record as the columns of the index hold it. Missing values are empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// When it happened.
    pub time: Option<Instant>,
    /// What was done.
    pub operation: String,
    /// Account that acted.
    pub user: String,
    /// Mailbox acted in (owner).
    pub mailbox: String,
    /// Application to judge.
    pub app: String,
    /// Address of the client.
    pub ip: String,
    /// Code of the country.
    pub country: String,
    /// Id of the sign-in session.
    pub session: String,
    /// `Bind`, `Sync` or empty.
    pub access: String,
    /// Message ids named.
    pub items: u64,
    /// Facets: `grant`, `access`, `sign-in`, …
    pub facets: Vec<String>,
    /// Where the original stands.
    pub provenance: Provenance,
}

impl Row {
    /// Reads a row of a segment.
    pub(super) fn read(segment: &Segment, row: u32) -> Self {
        let micros = segment.time(row);
        let first = |field| values(segment, field, row).next().unwrap_or_default();
        Self {
            time: (micros < i64::MAX).then(|| time::from_micros(micros)),
            operation: first(Field::Operation),
            user: first(Field::User),
            mailbox: first(Field::Mailbox),
            app: first(Field::App),
            ip: first(Field::Ip),
            country: first(Field::Country),
            session: first(Field::Session),
            access: first(Field::Access),
            items: segment.items(row),
            facets: values(segment, Field::Is, row).collect(),
            provenance: provenance(segment, row),
        }
    }
}

/// The values of a row in a keyword field, as written.
fn values(segment: &Segment, field: Field, row: u32) -> impl Iterator<Item = String> {
    let column = segment.column(field).into_iter();
    column.flat_map(move |column| {
        let set = column.set(column.of(row));
        set.map(move |value| column.written(value).to_owned())
    })
}

/// Where the original of a row stands.
pub(super) fn provenance(segment: &Segment, row: u32) -> Provenance {
    let part = segment.part(row);
    let (file, offset) = unplace(segment.place(row), u64::from(part));
    Provenance {
        file,
        offset,
        line: segment.line(row),
        length: segment.length(row),
        part,
    }
}
