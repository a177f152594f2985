//! The work: indexing, hunting, searching, on threads of its own, for the workbench and the commands alike.
//!
//! [`Session`] is an open case with the questions one can ask of it; the commands use it directly, the workbench through
//! [`worker::start`]. Not here: what is evidence, a grant or a match; this module only brings the lower layers together.

mod coverage;
pub mod custody;
pub mod generation;
mod hunting;
pub mod index;
mod inventories;
mod originals;
pub mod protocol;
mod records;
mod scouting;
mod session;
mod tally;
pub mod worker;

pub use protocol::{
    Coverage, FileCoverage, FileKind, GapCoverage, Generation, Histogram, Hunt, LineFault,
    ListKind, Progress, Reply, Request,
};
pub use records::Records;
pub use session::{Access, Found, Session, Who, whoami};
pub use tally::{SameReason, Tally, by_reason, common_folder, how_far, most_frequent, within};

use crate::case::CaseError;
use crate::store::{StoreError, advice_on_new};
use std::path::{Path, PathBuf};

/// Why work could not be done. Faults of single files and rows are no errors: they go to the ledger.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The case failed.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// The index failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A catalogue of the case cannot be read.
    #[error("{}: {fault}; mend it, or move it away: the program has its own", path.display())]
    Catalog {
        /// Path of the file.
        path: PathBuf,
        /// Where and what is wrong.
        fault: String,
    },
    /// There is no grant of that id.
    #[error("no grant has the id {id}; `grantline grants` lists them")]
    NoGrant {
        /// The id asked for.
        id: String,
    },
    /// An export or a tenant could not be written; nothing of it is left.
    #[error("cannot write {}: {source}{}", path.display(), advice_on_new(source))]
    Write {
        /// Path of the file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The copy of packed evidence could not be written.
    #[error(
        "cannot write {path}, the copy of packed evidence: {source}; make room and index the evidence again"
    )]
    Spool {
        /// Path of the copy.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Another process indexed between planning and writing.
    #[error("another grantline has just indexed this case; open it again")]
    Overtaken,
    /// A run died before anything was in the index, which may have been one that makes the index of another version anew.
    #[error(
        "the evidence of the case in {path} is not in its index; `grantline index --case {path}` reads it"
    )]
    NotIndexed {
        /// The folder of the case.
        path: PathBuf,
    },
    /// A folder for a tenant holds something already.
    #[error("{} is not empty, and nothing is overwritten{hint}; name another folder", path.display())]
    NotEmpty {
        /// Path of the folder.
        path: PathBuf,
        /// What may have left it so; empty, or with its mark in front.
        hint: &'static str,
    },
    /// A thread stopped where it should not: a fault of the program.
    #[error(
        "{doing} stopped: {what}; what is in the index stays, and indexing the evidence again goes on from there"
    )]
    Panicked {
        /// What was being done.
        doing: &'static str,
        /// What the thread said.
        what: String,
    },
    /// Nothing is marked.
    #[error("nothing is marked yet; mark a grant first, or export by query")]
    NothingMarked,
}

impl JobError {
    /// A catalogue at a path is at fault.
    fn catalog(path: &Path, fault: String) -> Self {
        let path = path.to_owned();
        Self::Catalog { path, fault }
    }
}
