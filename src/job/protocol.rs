//! What the workbench and the background worker say to each other.
//!
//! Requests go down, replies come up; every answer carries the number of its question, so that a late answer to an old question is
//! dropped. Not here: threads (`job::worker`) and what a screen does with an answer (`tui`).

use crate::case::Mark;
use crate::evidence::Original;
use crate::export::Format;
use crate::hunt::{ScoredGrant, Verdict};
use crate::query::Expr;
use crate::record::Provenance;
use crate::store::Row;
use crate::time::Instant;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// Number of a question. A screen counts up on each new one and ignores answers to older ones.
pub type Generation = u64;

/// A question or an order to the worker.
#[derive(Debug, Clone)]
pub enum Request {
    /// List the records that match.
    Search {
        /// Number of the question.
        generation: Generation,
        /// What to look for.
        query: Expr,
    },
    /// List the accesses that a grant made possible, narrowed by a query.
    Accesses {
        /// Number of the question.
        generation: Generation,
        /// Id of the grant.
        grant: String,
        /// Narrowing; everything for none.
        query: Expr,
    },
    /// Fetch the rows of a listing that are about to be on the screen.
    Rows {
        /// Number of the question whose listing is meant.
        generation: Generation,
        /// Which listing it is.
        list: ListKind,
        /// Number of the first row.
        from: usize,
        /// How many rows.
        count: usize,
    },
    /// Read an original record again.
    Original {
        /// Number of the question.
        generation: Generation,
        /// Where it stands.
        provenance: Provenance,
    },
    /// Set or change a mark.
    Mark {
        /// Id of the grant.
        grant: String,
        /// What was decided.
        verdict: Verdict,
        /// Why, in words.
        note: String,
    },
    /// Remove a mark.
    Unmark {
        /// Id of the grant.
        grant: String,
    },
    /// Write the marked grants to a file.
    Export {
        /// Format of the file.
        format: Format,
        /// File to write; it must not exist.
        path: PathBuf,
    },
}

/// The listings a screen can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListKind {
    /// Accesses after a grant.
    Accesses,
    /// Records found by a search.
    Search,
}

/// An answer or a notice from the worker.
#[derive(Debug, Clone)]
pub enum Reply {
    /// How far indexing is.
    Progress(Progress),
    /// A new state of the hunt: while indexing, again and again; the last one is complete.
    Hunt(Arc<Hunt>),
    /// A listing is ready.
    Listed {
        /// Number of the question.
        generation: Generation,
        /// Which listing it is.
        list: ListKind,
        /// How many rows.
        total: usize,
        /// The first rows.
        rows: Vec<Row>,
        /// Counts over time.
        histogram: Histogram,
    },
    /// Rows of a listing.
    Rows {
        /// Number of the question whose listing is meant.
        generation: Generation,
        /// Which listing it is.
        list: ListKind,
        /// Number of the first row.
        from: usize,
        /// The rows themselves.
        rows: Vec<Row>,
    },
    /// An original record.
    Original {
        /// Number of the question.
        generation: Generation,
        /// Path of its file, for display.
        file: String,
        /// SHA-256 of its file.
        sha256: String,
        /// Where it stands.
        provenance: Provenance,
        /// What was read, or why it could not be.
        original: Result<Arc<Original>, String>,
    },
    /// All marks, after each change.
    Marks(Arc<Vec<Mark>>),
    /// Something was done, in one sentence.
    Said(String),
    /// Something went wrong, in one sentence that says what to do next.
    Failed(String),
}

/// How far indexing is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Progress {
    /// Bytes read of `bytes`.
    pub done: u64,
    /// Bytes of all evidence that is new.
    pub bytes: u64,
    /// Rows read so far.
    pub rows: u64,
    /// File being read.
    pub file: String,
    /// Whether there is nothing left to do.
    pub finished: bool,
}

/// The state of the hunt at one moment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Hunt {
    /// Every grant and attempt, system ones included, in the order of time and then id.
    pub grants: Vec<ScoredGrant>,
    /// Records in the index.
    pub records: u64,
    /// First and last time of the records.
    pub span: Option<(Instant, Instant)>,
    /// The ledger of all files.
    pub coverage: Coverage,
    /// Name of the case, for the title.
    pub case: String,
    /// Whether the evidence is still being read.
    pub indexing: bool,
}

/// What the evidence can and cannot tell.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Coverage {
    /// One entry a file, by path; members of packed files follow their file.
    pub files: Vec<FileCoverage>,
    /// What all files together cannot tell: days without a record, operations never logged; one sentence each.
    pub blind: Vec<String>,
}

/// What a path of the ledger is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    /// A file with evidence, or a member of a packed one.
    #[default]
    Evidence,
    /// A file that holds others.
    Packed,
    /// A folder, link or pipe that could not be looked into.
    Place,
    /// What a system left behind, which is no evidence.
    Litter,
}

/// The account of one evidence file. `read + duplicate + refused = rows`.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize)]
pub struct FileCoverage {
    /// Number of the file in the case, as provenance names it.
    pub number: u32,
    /// What it is.
    pub kind: FileKind,
    /// Path as given.
    pub path: String,
    /// SHA-256 in lower hex; empty when the file could not be read through.
    pub sha256: String,
    /// Length in bytes.
    pub size: u64,
    /// Format, empty when refused as a whole; for a packed file, what it is packed with.
    pub format: String,
    /// Why this format.
    pub why: String,
    /// How its text is encoded; empty when it is no text.
    pub encoding: String,
    /// Rows seen so far.
    pub rows: u64,
    /// Records indexed so far.
    pub read: u64,
    /// Of those, records that lost something on their way.
    pub degraded: u64,
    /// Rows whose record was already known.
    pub duplicate: u64,
    /// Rows refused so far.
    pub refused: u64,
    /// Earliest record (RFC 3339), empty when none.
    pub first: String,
    /// Latest record (RFC 3339), empty when none.
    pub last: String,
    /// Why the file as a whole was not read; empty when it was.
    pub fault: String,
    /// Records by operation, duplicates included.
    pub operations: BTreeMap<String, u64>,
    /// Inventory entries by kind.
    pub inventory: BTreeMap<String, u64>,
    /// Days without a record between days with many.
    pub gaps: Vec<GapCoverage>,
    /// The same gaps, the sign of a pull that was cut off, that it holds no rows, and what it was before; one sentence each.
    pub signs: Vec<String>,
    /// The first refused or degraded rows, with line and reason.
    pub lines: Vec<LineFault>,
}

/// Days without a single record between days with many.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct GapCoverage {
    /// Start of the first day without a record (RFC 3339).
    pub from: String,
    /// Start of the day after the last one (RFC 3339).
    pub to: String,
    /// Days without a record.
    pub days: u64,
    /// Records on the day before.
    pub before: u64,
    /// Records on the day after.
    pub after: u64,
}

/// One row that was refused or degraded.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct LineFault {
    /// Line, from 1.
    pub line: u64,
    /// Byte offset, from 0.
    pub offset: u64,
    /// Why, in words.
    pub reason: String,
}

/// Counts in equal steps of time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Histogram {
    /// Start of the first step.
    pub from: Option<Instant>,
    /// End of the last step.
    pub to: Option<Instant>,
    /// The counts, step by step.
    pub counts: Vec<u64>,
}
