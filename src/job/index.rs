//! Indexing: evidence files through the readers into the index, with the ledger beside it.
//!
//! Not here: threads, and what is made of the records.

mod gather;
mod packed;
mod plan;
mod run;
mod small;

pub use plan::Plan;
pub use run::run;

use super::JobError;
use super::protocol::Progress;
use crate::evidence::{self, Place};
use crate::record::{Located, Provenance};
use crate::store::Store;

/// Number of the last commit of the index; 0 before the first.
pub fn committed(store: &Store) -> Result<u64, JobError> {
    Ok(store.payload()?.parse().unwrap_or(0))
}

/// How much indexing reads together before it looks up: to commit, to tell how far it is, to stop. What comes out does not depend on it.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// About how many bytes of rows are read together; 1 for one row after another.
    pub batch: usize,
    /// Size in bytes below which plain files are read several at a time.
    pub small: u64,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            batch: evidence::BATCH,
            small: 4 << 20,
        }
    }
}

/// What indexing tells while it runs. An observer says what it listens to; the rest passes it by, and it never stops the run.
pub trait Observer {
    /// How far it is; called often.
    fn progress(&mut self, _progress: &Progress) {}
    /// A record that the hunt needs was added.
    fn hunted(&mut self, _located: Located) {}
    /// A record that was added before gave way to a better copy of it, or its row is read again.
    fn displaced(&mut self, _provenance: Provenance) {}
    /// Everything added so far is in the index.
    fn committed(&mut self) {}
    /// Whether to stop; what is committed stays.
    fn is_cancelled(&self) -> bool {
        false
    }
}

/// The provenance of a record.
pub(super) fn located_at(file: u32, place: Place, part: u16) -> Provenance {
    Provenance {
        file,
        line: place.line,
        offset: place.offset,
        length: place.length,
        part,
    }
}
