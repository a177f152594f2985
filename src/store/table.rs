//! The keyword fields of the index: one row each, from which batches, segments and searches are derived.
//!
//! Not here: which values a record has in a field; that is `query::record_keywords`, so that searching the index and matching a record mean
//! the same.

use crate::query::Field;

/// A keyword field of the index.
#[derive(Debug, Clone, Copy)]
pub(super) struct Keyword {
    /// The field of the query language that it answers.
    pub field: Field,
    /// Whether the rows of a value are listed, so that a value among millions of rows is found without looking at each. The others have few
    /// values, or are asked for rarely: a scan of their column takes a millisecond for a million rows.
    pub listed: bool,
}

/// The keyword fields. The order is that of the sections of a segment: another order is another [`super::VERSION`].
#[rustfmt::skip]
pub(super) const FIELDS: [Keyword; 14] = [
    Keyword { field: Field::Operation, listed: false },
    Keyword { field: Field::User, listed: true },
    Keyword { field: Field::Mailbox, listed: true },
    Keyword { field: Field::App, listed: true },
    Keyword { field: Field::Ip, listed: true },
    Keyword { field: Field::Country, listed: false },
    Keyword { field: Field::Session, listed: true },
    Keyword { field: Field::Access, listed: false },
    Keyword { field: Field::Is, listed: false },
    Keyword { field: Field::Workload, listed: false },
    Keyword { field: Field::Outcome, listed: false },
    Keyword { field: Field::Agent, listed: false },
    Keyword { field: Field::Object, listed: true },
    Keyword { field: Field::Folder, listed: false },
];

/// The place of a field in [`FIELDS`]; `None` for a field that is not one of keywords.
pub(super) fn number(field: Field) -> Option<usize> {
    FIELDS.iter().position(|keyword| keyword.field == field)
}
