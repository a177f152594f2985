//! The permission listings of a case, read again from the evidence files that hold any.
//!
//! The index keeps no entry of a listing: they are few, and read whole. What was read of a file is kept for as long as the case is open
//! and the file the same. A file that is no longer what was indexed is told, and left out. Not here: what entries mean
//! (`hunt::snapshot`).

use crate::case::FileState;
use crate::evidence::{self, Row};
use crate::hunt::identity::fact::{self, LocatedFact};
use crate::hunt::snapshot::{self, Listed, Placed};
use crate::record::Provenance;
use crate::store::spread;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

/// What was read of one file, or why it was not.
type File = Result<Vec<Placed>, String>;

/// A file as it was indexed: number, digest, and the bytes that were read.
type Key = (u32, String, u64);

/// The entries of all listings of a case.
#[derive(Default, Clone)]
pub struct Inventories {
    files: BTreeMap<Key, Arc<File>>,
    /// What they show, laid out once.
    listed: Arc<Listed>,
    /// What they show of who is who.
    facts: Arc<Vec<LocatedFact>>,
}

impl Inventories {
    /// The same for the files as they are now: those that did not change are not read again.
    pub fn read(&self, states: &[FileState], spool: &Path) -> Self {
        let mut digests = BTreeSet::new();
        // Of two copies of a file the first speaks for both.
        let wanted = states.iter().filter(|state| {
            !state.account.inventory.is_empty()
                && (state.sha256.is_empty() || digests.insert(state.sha256.as_str()))
        });
        let wanted: Vec<(Key, &FileState)> = wanted.map(|state| (key(state), state)).collect();
        let is_same = wanted.len() == self.files.len()
            && wanted.iter().all(|(key, _)| self.files.contains_key(key));
        if is_same {
            return self.clone();
        }
        let read = spread(&wanted, |(key, state)| {
            let known = self.files.get(key).cloned();
            known.unwrap_or_else(|| Arc::new(entries(state, spool)))
        });
        let keys = wanted.into_iter().map(|(key, _)| key);
        let mut all = Self {
            files: keys.zip(read).collect(),
            ..Self::default()
        };
        all.listed = Arc::new(snapshot::entitlements(all.entries()));
        let facts = all.entries().flat_map(|(entry, at)| {
            let facts = fact::of_entry(entry).into_iter();
            facts.map(|fact| LocatedFact { fact, at: *at })
        });
        all.facts = Arc::new(facts.collect());
        all
    }

    /// Every entry with its place.
    pub fn entries(&self) -> impl Iterator<Item = &Placed> + Clone {
        let files = self
            .files
            .values()
            .filter_map(|file| file.as_ref().as_ref().ok());
        files.flatten()
    }

    /// What the listings show.
    pub fn listed(&self) -> &Listed {
        &self.listed
    }

    /// What the listings show of who is who.
    pub fn facts(&self) -> &[LocatedFact] {
        &self.facts
    }

    /// Why files could not be read again, one sentence each.
    pub fn faults(&self) -> Vec<String> {
        let faults = self
            .files
            .values()
            .filter_map(|file| file.as_ref().as_ref().err());
        faults.cloned().collect()
    }
}

fn key(state: &FileState) -> Key {
    let read = if state.finished {
        state.size
    } else {
        state.done
    };
    (state.file, state.sha256.clone(), read)
}

/// The entries of one file, as far as it was indexed.
fn entries(state: &FileState, spool: &Path) -> File {
    let path = state.location(spool);
    let fault = |why: &str| {
        let name = state.name();
        format!(
            "{}: its permission listings could not be read again: {why}",
            name.display()
        )
    };
    let file = evidence::open(&path).map_err(|error| fault(&error.to_string()))?;
    let (_, _, size) = key(state);
    let mut found = Vec::new();
    let mut sink = |_: &evidence::Layout, row: Row| {
        if let Row::Inventory(entry, place) = row {
            let at = Provenance {
                file: state.file,
                line: place.line,
                offset: place.offset,
                length: place.length,
                part: 0,
            };
            found.push((*entry, at));
        }
        ControlFlow::Continue(())
    };
    let read = evidence::read_from(&mut file.take(size), &path, &mut sink);
    let summary = read.map_err(|error| fault(&error.to_string()))?;
    if !state.sha256.is_empty() && summary.sha256 != state.sha256 {
        return Err(fault("it is no longer what was indexed"));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const LISTING: &str = "Identity,User,AccessRights,IsInherited,Deny\n\
        victor,bob,FullAccess,False,False\nvictor,carol,FullAccess,False,False\n";

    fn state(path: &Path, file: u32) -> FileState {
        let digest = evidence::digest(path, None).unwrap();
        let mut state = FileState {
            file,
            path: path.to_owned(),
            size: digest.size,
            sha256: digest.sha256,
            finished: true,
            ..FileState::default()
        };
        let kind = "mailbox-permission".to_owned();
        state.account.inventory.insert(kind, 2);
        state
    }

    #[test]
    fn listings_are_read_once_and_again_when_the_file_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("permissions.csv");
        fs::write(&path, LISTING).unwrap();
        let copy = folder.path().join("copy.csv");
        fs::copy(&path, &copy).unwrap();
        let states = [state(&path, 1), state(&copy, 2)];
        let read = Inventories::default().read(&states, folder.path());
        assert_eq!((read.entries().count(), read.faults().len()), (2, 0));
        assert_eq!(read.listed().rights.len(), 2);
        assert_eq!(read.listed().rights[1].at.line, 3);
        // What is known is not read again, whatever became of the file.
        fs::write(&path, LISTING.replace("bob", "rob")).unwrap();
        let again = read.read(&states, folder.path());
        assert!(Arc::ptr_eq(&again.listed, &read.listed));
        let anew = Inventories::default().read(&states, folder.path());
        assert_eq!(anew.entries().count(), 0);
        assert!(anew.faults()[0].ends_with("it is no longer what was indexed"));
        fs::remove_file(&path).unwrap();
        let gone = Inventories::default().read(&states, folder.path());
        assert_eq!(gone.faults().len(), 1);
    }

    #[test]
    fn what_was_added_to_a_file_since_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("permissions.csv");
        fs::write(&path, LISTING).unwrap();
        let states = [state(&path, 1)];
        fs::write(
            &path,
            format!("{LISTING}victor,dave,FullAccess,False,False\n"),
        )
        .unwrap();
        let read = Inventories::default().read(&states, folder.path());
        assert_eq!((read.entries().count(), read.faults().len()), (2, 0));
    }
}
