//! What is to be read: the evidence as it lies there now, against what the case holds.
//!
//! A file that only grew is read on; a file that was touched without changing is left; any other change of a file that was read means
//! that the places in the index are no longer true, and all evidence is read anew. Not here: reading it (`run`).

use super::committed;
use crate::case::{Database, FileState, Former};
use crate::evidence::{self, Discovery, Found};
use crate::job::JobError;
use crate::store::Store;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// What is to be read, worked out before anything is written.
pub struct Plan {
    pub(super) states: Vec<FileState>,
    /// Where each path stands among the states; members of packed files are not here.
    known: HashMap<PathBuf, usize>,
    /// Where the members of each packed file stand among the states.
    members: HashMap<PathBuf, Vec<usize>>,
    /// Number of the next file that is new.
    pub(super) next: u32,
    /// Files to be opened and read.
    pub(super) work: Vec<usize>,
    /// Folders, pipes and links whose fault is new or gone, and files that were only touched. They are told of and never opened.
    pub(super) places: Vec<usize>,
    /// Whatever cannot be looked into now, its fault new or not.
    unseen: HashSet<usize>,
    /// Whether evidence changed under the index, so that all of it is read anew.
    pub(super) renew: bool,
    pub(super) sequence: u64,
    /// Folder of the spool.
    pub(super) spool: PathBuf,
}

/// How a file differs from what was read of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    /// Not at all: it was copied or touched.
    None,
    /// Bytes were added behind those that were read.
    Grown,
    /// It is another file.
    Other,
}

impl Plan {
    /// Compares the evidence with what the case holds. Paths that cannot be looked into become files with a fault.
    pub fn new(
        store: &Store,
        database: &Database,
        spool: &Path,
        paths: &[PathBuf],
    ) -> Result<Self, JobError> {
        let sequence = committed(store)?;
        // Before the first commit of an index built anew, the database still knows the evidence of the one before: all of it is read.
        let is_first = sequence == 0;
        let mut states = database.files(if is_first { u64::MAX } else { sequence })?;
        states.retain(|state| !is_first || !state.is_cured());
        let renew = is_first && !states.is_empty();
        let mut plan = Self {
            renew,
            spool: spool.to_owned(),
            ..Self::of(states, sequence)
        };
        // Files whose reading was cut short are read on, whether they are named again or not: if they are still what they were.
        let cut_short = plan.states.iter().filter(|state| state.is_cut_short());
        let cut_short = cut_short.map(|state| state.path.clone());
        let all: Vec<PathBuf> = paths.iter().cloned().chain(cut_short).collect();
        let discovery = evidence::discover(&all);
        for found in &discovery.files {
            plan.compare(found);
        }
        plan.cure(&discovery, paths);
        for fault in &discovery.faults {
            plan.faulty(&fault.path, &fault.reason);
        }
        if plan.renew {
            plan.start_over();
        } else {
            plan.go_on();
        }
        // By path, so that what a run does first does not depend on the order in which evidence became known.
        plan.work
            .sort_by(|one, other| plan.states[*one].path.cmp(&plan.states[*other].path));
        plan.work.dedup();
        Ok(plan)
    }

    fn of(states: Vec<FileState>, sequence: u64) -> Self {
        let files = states
            .iter()
            .zip(0..)
            .filter(|(state, _)| !state.is_member());
        let mut members: HashMap<PathBuf, Vec<usize>> = HashMap::new();
        for (at, member) in states.iter().enumerate() {
            if member.is_member() {
                members.entry(member.path.clone()).or_default().push(at);
            }
        }
        Self {
            known: files.map(|(state, at)| (state.path.clone(), at)).collect(),
            members,
            next: states.iter().map(|state| state.file).max().unwrap_or(0) + 1,
            states,
            work: Vec::new(),
            places: Vec::new(),
            unseen: HashSet::new(),
            renew: false,
            sequence,
            spool: PathBuf::new(),
        }
    }

    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.work.is_empty() && self.places.is_empty()
    }

    /// Whether evidence changed, so that all of it is read anew.
    pub fn is_anew(&self) -> bool {
        self.renew
    }

    /// The files to be opened and read, in order.
    pub(super) fn planned(&self) -> impl Iterator<Item = &FileState> {
        self.work.iter().filter_map(|at| self.states.get(*at))
    }

    /// The files that are read from their beginning, with their numbers: where to look ahead.
    pub fn ahead(&self) -> Vec<(u32, PathBuf)> {
        let unread = self.planned().filter(|state| state.done == 0);
        unread
            .map(|state| (state.file, state.path.clone()))
            .collect()
    }

    fn compare(&mut self, found: &Found) {
        let known = self.known.get(&found.path).copied();
        let at = known.unwrap_or_else(|| self.add(&found.path));
        let is_spool_lost = self.is_spool_lost(at);
        let has_members = self.members.contains_key(&found.path);
        let Some(state) = self.states.get_mut(at) else {
            return;
        };
        let differs = state.size != found.size || state.modified != found.modified;
        let was_read = known.is_some() && (has_members || state.was_read());
        let change = match (differs, was_read) {
            (true, true) => change(state, found),
            (true, false) => Change::Grown,
            (false, _) => Change::None,
        };
        if differs && change == Change::None {
            self.places.push(at);
        }
        let size_before = state.size;
        (state.size, state.modified) = (found.size, found.modified);
        self.renew |= change == Change::Other;
        if change == Change::Grown {
            // From the first commit on, which may be the last for now: the digest is that of a beginning.
            state.finished = false;
            let is_beginning = true;
            let was = former(std::mem::take(&mut state.sha256), size_before, state.read);
            let was = was.map(|was| Former {
                is_beginning,
                ..was
            });
            state.account.was = state.account.was.take().or(was);
        }
        // A file that could not be opened is tried again; one that was refused for what it holds is not, until it changes.
        let was_refused = !state.fault.is_empty() && state.sha256.is_empty();
        if change != Change::None || !state.finished || was_refused || is_spool_lost {
            self.work.push(at);
        }
    }

    /// Whether a copy in the spool is gone that members of this file are read from. It is made again; their rows are not added again.
    fn is_spool_lost(&mut self, at: usize) -> bool {
        let Some(file) = self.states.get(at) else {
            return false;
        };
        if file.account.packed.is_empty() {
            return false;
        }
        let mut is_lost = false;
        for member in self.members.get(&file.path).into_iter().flatten() {
            let Some(member) = self.states.get_mut(*member) else {
                continue;
            };
            if member.account.spooled && !member.has_bytes(&self.spool) {
                member.finished = false;
                is_lost = true;
            }
        }
        is_lost
    }

    /// Takes the fault off what lies below the named paths and is found without one now.
    fn cure(&mut self, discovery: &Discovery, paths: &[PathBuf]) {
        let named: Vec<PathBuf> = paths
            .iter()
            .filter_map(|path| path.canonicalize().ok())
            .collect();
        let faulty: HashSet<&Path> = discovery.faults.iter().map(|fault| &*fault.path).collect();
        for (at, state) in self.states.iter_mut().enumerate() {
            let is_named = || named.iter().any(|path| state.path.starts_with(path));
            if state.is_place() && !faulty.contains(&*state.path) && is_named() {
                state.fault.clear();
                self.places.push(at);
            }
        }
    }

    fn faulty(&mut self, path: &Path, reason: &str) {
        let reason = format!("{} {reason}", path.display());
        let known = self.known.get(path).copied();
        let at = known.unwrap_or_else(|| self.add(path));
        self.unseen.insert(at);
        if let Some(state) = self
            .states
            .get_mut(at)
            .filter(|state| state.fault != reason)
        {
            state.fault = reason;
            // What was read once is read through again when it is back.
            state.finished = !state.was_read();
            self.places.push(at);
        }
    }

    fn add(&mut self, path: &Path) -> usize {
        let at = self.states.len();
        self.states.push(FileState {
            file: self.next,
            path: path.to_owned(),
            ..FileState::default()
        });
        self.next += 1;
        self.known.insert(path.to_owned(), at);
        at
    }

    /// A member whose reading was cut short is read on with its packed file.
    fn go_on(&mut self) {
        let cut_short = self.states.iter().filter(|state| state.is_cut_short());
        let files = cut_short.filter_map(|state| self.known.get(&state.path));
        self.work.extend(files);
    }

    /// The offsets in the index point into evidence that is no longer what it was: everything is read anew. Marks stay. What is no
    /// file keeps its fault and is not opened: a pipe would never end.
    fn start_over(&mut self) {
        let found: HashSet<usize> = self.work.drain(..).collect();
        for (at, state) in self.states.iter_mut().enumerate() {
            let is_unseen = self.unseen.contains(&at);
            let is_place = is_unseen || state.is_place() || state.is_cured();
            let old = std::mem::take(state);
            *state = FileState {
                file: old.file,
                path: old.path,
                member: old.member,
                ..FileState::default()
            };
            state.account.former = old.account.former;
            let was = old.account.was;
            state.account.was = was.or(former(old.sha256, old.size, old.read));
            if let Some(was) = &mut state.account.was {
                was.is_beginning = false;
            }
            if state.is_member() {
                continue;
            }
            if found.contains(&at) || !is_place {
                (state.size, state.modified) = (old.size, old.modified);
                self.work.push(at);
            } else {
                (state.fault, state.finished) = (old.fault, true);
                self.places.push(at);
            }
        }
    }
}

/// What a file was when it was read through; nothing is known of one that was not.
fn former(sha256: String, size: u64, read: u64) -> Option<Former> {
    let known = Former {
        sha256,
        size,
        read,
        ..Former::default()
    };
    (!known.sha256.is_empty()).then_some(known)
}

/// How a file that was read differs from what was read of it: its first bytes are digested as far as they were read then.
fn change(state: &FileState, found: &Found) -> Change {
    if state.sha256.is_empty() || found.size < state.size {
        return Change::Other;
    }
    let is_same = evidence::digest(&found.path, Some(state.size))
        .is_ok_and(|digest| digest.sha256 == state.sha256 && digest.size == state.size);
    match (is_same, found.size == state.size) {
        (false, _) => Change::Other,
        (true, true) => Change::None,
        // What is packed cannot be read on: its end changes what stands before it.
        (true, false) if !state.account.packed.is_empty() => Change::Other,
        (true, false) => Change::Grown,
    }
}
