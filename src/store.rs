//! The index: columns of its own for all that is one value, and tantivy, which nothing else names, for free text.
//!
//! It answers plain questions (search, rows, histogram, history of a principal) and keeps nothing but terms and columns: originals
//! are read again from the evidence by their place. Record ids are columns of 128 bits, enough to recognise a duplicate.
//! A `batch` of records becomes part of a `segment`, by way of the one `writer`; a `manifest` says which segments are the index; a `snapshot` looks
//! into what is `opened` of them. The columns are not tantivy's: its dictionaries and postings for fields in which nearly every value is
//! another one (sessions, objects, ids) cost five times what reading the evidence costs (`benches`, `examples/bench_compare`).
//! Not here: what the answers mean.

mod advice;
mod batch;
mod bits;
mod building;
mod doings;
mod evaluate;
mod free_text;
mod history;
mod hits;
mod intern;
mod key;
mod known;
mod manifest;
mod opened;
mod row;
mod rows;
mod segment;
mod selection;
mod shelf;
mod snapshot;
mod spread;
mod table;
#[cfg(test)]
mod tests;
mod verify;
mod writer;

pub use advice::{advice, advice_on_new};
pub use batch::Batch;
pub use doings::Touch;
pub use history::{History, Seen};
pub use hits::Hits;
pub use known::Displaced;
pub use row::Row;
pub use snapshot::Snapshot;
pub use spread::spread;
pub use writer::{Kept, Writer};

use advice::advice_on_index;
use manifest::Manifest;
use opened::State;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Version of the index layout. An index of another version is built anew from the evidence.
pub const VERSION: u32 = 5;

/// The index of a case.
pub struct Store {
    folder: PathBuf,
    /// What was open last, of which the next snapshot uses what is still the same.
    opened: Mutex<State>,
}

/// Why the index could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The index cannot be opened or created.
    #[error("cannot open the index in {}: {source}{}", folder.display(), advice_on_index(source))]
    Open {
        /// Where it should be.
        folder: PathBuf,
        /// What is wrong.
        source: Fault,
    },
    /// Another process is writing to it.
    #[error(
        "another grantline is indexing the case in {folder}; wait for it, or open the case without naming evidence"
    )]
    Busy {
        /// Where it is.
        folder: PathBuf,
    },
    /// Reading or writing failed.
    #[error("the index in {} failed: {source}{}", folder.display(), advice_on_index(source))]
    Failed {
        /// Where it is.
        folder: PathBuf,
        /// What is wrong.
        source: Fault,
    },
    /// The query asks what the index does not hold.
    #[error("{0}")]
    Unsupported(String),
}

/// What is wrong with a file of the index.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The system failed.
    #[error("{path}: {source}", path = path.display())]
    System {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The index of free text failed.
    #[error("free text: {0}")]
    Text(#[from] tantivy::TantivyError),
    /// A file is not what it was written as.
    #[error("{path} is damaged: {what}", path = path.display())]
    Damaged {
        /// The file that is damaged.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
}

impl Store {
    /// Opens the index in a folder that exists; one in which nothing was committed is empty. Nothing is written.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        require_folder(folder)
            .and_then(|()| Manifest::read(folder))
            .map_err(|source| StoreError::Open {
                folder: folder.to_owned(),
                source,
            })?;
        Ok(Self {
            folder: folder.to_owned(),
            opened: Mutex::default(),
        })
    }

    /// The state at the last commit, fixed: later commits do not change it.
    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        Ok(Snapshot::new(self.state()?, self.folder.clone()))
    }

    /// The last commit, open. It stays open for those after it.
    fn state(&self) -> Result<State, StoreError> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        *opened = State::open(&self.folder, &opened).map_err(|source| self.failed(source))?;
        Ok(opened.clone())
    }

    /// The text that the last commit carried; empty before the first.
    pub fn payload(&self) -> Result<String, StoreError> {
        let manifest = Manifest::read(&self.folder).map_err(|source| self.failed(source))?;
        Ok(manifest.payload)
    }

    /// Opens the one writer. Fails with [`StoreError::Busy`] while another process holds it; a killed process does not.
    pub fn writer(&self) -> Result<Writer, StoreError> {
        let before = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        let before = before.clone();
        Writer::open(&self.folder, &before)
    }

    /// Reads every file of the last commit, and says of each that is not what was written.
    pub fn verify(&self) -> Result<Vec<(PathBuf, StoreError)>, StoreError> {
        let faults = verify::verify(&self.folder).map_err(|source| self.failed(source))?;
        let told = faults.into_iter();
        Ok(told
            .map(|(path, fault)| (path, self.failed(fault)))
            .collect())
    }

    fn failed(&self, source: Fault) -> StoreError {
        StoreError::Failed {
            folder: self.folder.clone(),
            source,
        }
    }
}

fn require_folder(folder: &Path) -> Result<(), Fault> {
    let source = match folder.metadata() {
        Ok(metadata) if metadata.is_dir() => return Ok(()),
        Ok(_) => ErrorKind::NotADirectory.into(),
        Err(error) => error,
    };
    let path = folder.to_owned();
    Err(Fault::System { path, source })
}
