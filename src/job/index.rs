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
use crate::case::FileState;
use crate::evidence::{self, Place};
use crate::hunt::identity::fact::LocatedFact;
use crate::record::{Located, Provenance};
use crate::store::Store;
use std::collections::HashMap;
use std::path::Path;

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
    /// Something new of who is who; it may have been known to the case before.
    fn learned(&mut self, _fact: &LocatedFact) {}
    /// A record that was added before gave way to a better copy of it, or its row is read again.
    fn displaced(&mut self, _provenance: Provenance) {}
    /// Everything added so far is in the index.
    fn committed(&mut self) {}
    /// Whether to stop; what is committed stays.
    fn is_cancelled(&self) -> bool {
        false
    }
}

/// The records at some places of the evidence, read again. Places in files that cannot be read are left out and named.
///
/// `spool` is the folder of copies of packed evidence.
pub fn reread(
    states: &[FileState],
    spool: &Path,
    places: &[Provenance],
) -> (Vec<Located>, Vec<String>) {
    let mut by_file: HashMap<u32, Vec<Provenance>> = HashMap::new();
    for provenance in places {
        by_file
            .entry(provenance.file)
            .or_default()
            .push(*provenance);
    }
    let mut by_file: Vec<_> = by_file.into_iter().collect();
    by_file.sort_unstable_by_key(|(file, _)| *file);
    let states: HashMap<u32, &FileState> = states.iter().map(|state| (state.file, state)).collect();
    let (mut records, mut faults) = (Vec::new(), Vec::new());
    for (file, provenances) in by_file {
        let Some(state) = states.get(&file) else {
            faults.push(format!(
                "file {file} is in the index and not in the case; index the evidence into a new case"
            ));
            continue;
        };
        let Some(layout) = &state.layout else {
            faults.push(format!(
                "{}: its layout is not known, so its records cannot be shown; index the evidence into a new case",
                state.name().display()
            ));
            continue;
        };
        let wanted: Vec<Place> = provenances.iter().copied().map(Place::from).collect();
        for (provenance, original) in provenances.iter().zip(evidence::reread_many(
            &state.location(spool),
            layout,
            &wanted,
        )) {
            let part = usize::from(provenance.part);
            match original.map(|original| original.records.into_iter().nth(part)) {
                Ok(Some(record)) => records.push(Located {
                    record,
                    provenance: *provenance,
                }),
                Ok(None) => faults.push(format!(
                    "{}: line {} is not what was indexed; the file has changed",
                    state.name().display(),
                    provenance.line
                )),
                Err(error) => faults.push(error.to_string()),
            }
        }
    }
    faults.sort();
    faults.dedup();
    (records, faults)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_that_cannot_be_read_again_are_named() {
        let state = FileState {
            file: 1,
            path: "/evidence/a.jsonl".into(),
            ..FileState::default()
        };
        let places = [1, 2].map(|file| Provenance {
            file,
            ..Provenance::default()
        });
        let (records, faults) = reread(&[state], Path::new("/spool"), &places);
        assert!(records.is_empty());
        assert_eq!(faults.len(), 2, "{faults:?}");
    }
}
