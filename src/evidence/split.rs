//! Cutting a stream of bytes into rows, one cutter a container.
//!
//! A cutter sees a window of the file and says what its beginning is. It keeps its state between looks, so that no byte is looked at
//! twice while a row grows, and it never asks for a window much longer than the longest row allowed: what is longer is thrown away
//! piece by piece ([`Step::Discard`]) until its end is seen. Not here: whether a row makes sense.

pub(super) mod arrays;
mod documents;
mod envelope;
mod lines;
mod table;
mod walk;
mod xml;

pub(super) use table::Table;
pub(super) use xml::{root, row_of};

use super::Container;

/// What a cutter makes of the bytes in front of it. All positions count from the beginning of the window.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// More bytes are needed to tell.
    More,
    /// Nothing is left.
    End,
    /// So many bytes are between rows.
    Skip(usize),
    /// A row stands at `start..end`; the next look begins at `next`.
    Row {
        /// Its first byte.
        start: usize,
        /// Behind the last byte.
        end: usize,
        /// Behind the line end or separator.
        next: usize,
    },
    /// So many bytes belong to a row that is going to be refused.
    Discard(usize),
    /// The row that is being discarded, or that begins here, ends at `end` and is refused.
    Refuse {
        /// Behind the last byte.
        end: usize,
        /// Behind the line end or separator.
        next: usize,
        /// Why, in words.
        reason: String,
    },
}

/// What cuts bytes into rows.
pub(super) trait Splitter {
    /// Looks at the window; `ended` when it reaches to the end of the file.
    fn step(&mut self, window: &[u8], ended: bool) -> Step;

    /// Whether the row cut last may be but the beginning of one that a program is still writing.
    fn is_open(&self) -> bool {
        false
    }

    /// What was seen between rows that a reader of the file should know, for its layout.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Whether a JSON object is an envelope, which holds rows and is none.
pub(super) fn is_envelope(object: &[u8]) -> bool {
    envelope::find(object, 0).is_one()
}

/// How often a cutter goes back to look for the next row inside of one that never ended. Each time costs up to a row of the greatest
/// length, so a hostile file must not buy it without end.
const RESUMES: u32 = 64;

/// The cutter of a container, with the longest row it lets through.
pub(super) fn splitter(container: &Container, limit: usize) -> Box<dyn Splitter> {
    match container {
        Container::Lines => Box::new(lines::Lines::new(limit)),
        Container::Documents => Box::new(documents::Documents::new(limit)),
        Container::Arrays { header } => Box::new(documents::Documents::arrays(header, limit)),
        Container::Table { header, delimiter } => {
            Box::new(Table::new(*delimiter, header.len(), limit))
        }
        Container::Xml { row } => Box::new(xml::Xml::new(row, limit)),
    }
}

/// Why a row is refused that is longer than the limit.
fn too_long(limit: usize) -> String {
    format!("row is longer than {limit} bytes")
}

#[cfg(test)]
mod tests;
