//! Findings for the next person: one file per format.
//!
//! Every export names the program's version, the command line, when it was written (UTC) and the evidence with its SHA-256, and every
//! finding the records behind it with file, line, offset and digest. Not here: choosing what is exported (the caller brings a
//! [`Document`]) and where it is written.

mod csv;
mod jsonl;
mod markdown;
#[cfg(test)]
mod tests;
mod who;

pub use jsonl::{grant_line, row_line};
pub use who::{answer_line, way_line};

use crate::case::Mark;
use crate::hunt::ScoredGrant;
use crate::record::Record;
use crate::store::Row;
use crate::time::Instant;

crate::hunt::model::words! {
    /// A format of export.
    Format {
        /// A report to read: Markdown.
        Markdown = "markdown",
        /// One row a finding, RFC 4180.
        Csv = "csv",
        /// One JSON object a line: the contract of `grants --format jsonl` with mark and provenance.
        Jsonl = "jsonl",
    }
}

impl Format {
    /// Extension of a file of this format, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
        }
    }
}

/// What is exported.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Name of the case.
    pub case: String,
    /// Command line that made it.
    pub command_line: String,
    /// When it was written.
    pub written: Instant,
    /// First and last record of the evidence.
    pub span: Option<(Instant, Instant)>,
    /// Records in the case.
    pub records: u64,
    /// The files of the evidence, those not read included.
    pub files: Vec<EvidenceFile>,
    /// The findings, by time and then id.
    pub entries: Vec<Entry>,
}

/// A finding: a grant with what was decided about it and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The grant with its judgement.
    pub scored: ScoredGrant,
    /// What an analyst decided.
    pub mark: Option<Mark>,
    /// Where the records of the grant stand, in the order of its `record_ids`.
    pub sources: Vec<Source>,
    /// The first accesses tied to it, at most [`MOST_ACCESSES`].
    pub accesses: Vec<Access>,
    /// What the accesses came to; `None` when they were not asked for.
    pub reached: Option<Reached>,
}

/// Most accesses written for one finding: enough to see what was read, and few enough to read. The total is told beside them.
pub const MOST_ACCESSES: usize = 200;

/// An access tied to a finding.
#[derive(Debug, Clone, PartialEq)]
pub struct Access {
    /// What the index holds of its record.
    pub row: Row,
    /// Where its record stands.
    pub source: Source,
    /// The record, read again; `None` when the evidence cannot be read.
    pub record: Option<Record>,
}

/// What all accesses tied to a finding came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reached {
    /// How many accesses there are, those not written included.
    pub total: u64,
    /// Every mailbox reached, folded and sorted.
    pub mailboxes: Vec<String>,
    /// Why the accesses are tied to the finding, or why none can be.
    pub link: String,
}

/// Where a record stands in the evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Path of the file.
    pub file: String,
    /// Line, from 1.
    pub line: u64,
    /// First byte of the record in the file, from 0.
    pub offset: u64,
    /// Length of the record in bytes.
    pub length: u64,
    /// SHA-256 of the file in lower hex.
    pub sha256: String,
}

/// A file of the evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceFile {
    /// Path of the file.
    pub path: String,
    /// SHA-256 in lower hex; empty when it could not be read.
    pub sha256: String,
    /// Length of the file in bytes.
    pub size: u64,
    /// Rows seen in it.
    pub rows: u64,
    /// Records read from it.
    pub read: u64,
    /// Why it was not read; empty when it was.
    pub fault: String,
}

/// Writes a document.
pub fn write(document: &Document, format: Format) -> String {
    match format {
        Format::Markdown => markdown::write(document),
        Format::Csv => csv::write(document),
        Format::Jsonl => jsonl::write(document),
    }
}

/// Name and version of the program, for exports.
pub const TOOL: &str = concat!("grantline ", env!("CARGO_PKG_VERSION"));
