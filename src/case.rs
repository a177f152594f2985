//! The case folder: what a case is, where it lies, and its database of evidence, ledger and marks.
//!
//! Not here: the index inside the folder (`store`) and the work on it (`job`).

mod database;
mod file;
mod folder;
pub mod mark;

pub use database::{Commit, Database, Position};
pub use file::{Account, FileState, Former, Tail, Told};
pub use folder::{CaseFolder, name_for};
pub use mark::Mark;

use crate::store::advice;
use std::path::PathBuf;

/// Why a case could not be opened or changed.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// A file or folder of the case cannot be used.
    #[error("cannot {doing} {}: {source}{}", path.display(), advice(source))]
    Folder {
        /// What was tried.
        doing: &'static str,
        /// Path of the file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// There is no case there.
    #[error("{path} holds no case; name evidence to make one: grantline index EVIDENCE --case DIR")]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// `case.toml` is not what this version writes.
    #[error("{path} cannot be read as a case: {reason}")]
    Description {
        /// Path of the file.
        path: PathBuf,
        /// Why, in words.
        reason: String,
    },
    /// The database failed.
    #[error("the case database {} failed: {source}{}", path.display(), database::advice(source))]
    Database {
        /// Path of the file.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// No place for cases.
    #[error("this account has no data folder; name one with --case DIR")]
    NoHome,
}
