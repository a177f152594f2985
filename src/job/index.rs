//! Indexing: evidence files through the readers into the index, with the ledger beside it.
//!
//! A commit of the index carries its number; the ledger rows of that commit are written just before it under the same number. Whatever
//! moment the process dies at, the next start finds the last commit that happened, sees no ledger row after it, and goes on where
//! it ended: in the middle of a file too, whose bytes are then hashed again from the start while rows before the mark are passed over.
//! Not here: threads, and what is made of the records.

use super::JobError;
use super::protocol::Progress;
use crate::case::{Database, FileState, Position};
use crate::evidence::{self, Discovery, EvidenceError, Found, Layout, Place, Row};
use crate::hunt::facet;
use crate::record::{Located, Provenance, Record};
use crate::store::{Added, Store, Writer};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Wait before the first commit: the first grants should be on the screen within a second.
const FIRST_COMMIT: Duration = Duration::from_millis(300);

/// Longest wait between commits: what a killed process has to read again.
const LAST_COMMIT: Duration = Duration::from_secs(20);

/// Ledger rows kept for one file; the counts go on beyond them.
const MOST_POSITIONS: u64 = 10_000;

/// Number of the last commit of the index; 0 before the first.
pub fn committed(store: &Store) -> Result<u64, JobError> {
    Ok(store.payload()?.parse().unwrap_or(0))
}

/// What indexing tells while it runs.
pub trait Observer {
    /// How far it is; called often.
    fn progress(&mut self, progress: &Progress);
    /// A record that the hunt needs was added.
    fn hunted(&mut self, located: Located);
    /// Everything added so far is in the index.
    fn committed(&mut self);
    /// Whether to stop; what is committed stays.
    fn is_cancelled(&self) -> bool;
}

/// What is to be read, worked out before anything is written.
pub struct Plan {
    states: Vec<FileState>,
    /// Where each path stands among the states.
    known: HashMap<PathBuf, usize>,
    /// Number of the next file that is new.
    next: u32,
    /// Files to be opened and read.
    work: Vec<usize>,
    /// Folders, pipes and links whose fault is new or gone. They are told of and never opened.
    places: Vec<usize>,
    /// Whatever cannot be looked into now, its fault new or not.
    unseen: HashSet<usize>,
    /// Whether evidence changed under the index, so that all of it is read anew.
    renew: bool,
    sequence: u64,
}

impl Plan {
    /// Compares the evidence with what the case holds. Paths that cannot be looked into become files with a fault.
    pub fn new(store: &Store, database: &Database, paths: &[PathBuf]) -> Result<Self, JobError> {
        let sequence = committed(store)?;
        // Before the first commit of an index built anew, the database still knows the evidence of the one before: all of it is read.
        let is_first = sequence == 0;
        let mut states = database.files(if is_first { u64::MAX } else { sequence })?;
        states.retain(|state| !is_first || !state.is_cured());
        let renew = is_first && !states.is_empty();
        let mut plan = Self {
            renew,
            ..Self::of(states, sequence)
        };
        let discovery = evidence::discover(paths);
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
        plan.work.sort_unstable();
        plan.work.dedup();
        Ok(plan)
    }

    fn of(states: Vec<FileState>, sequence: u64) -> Self {
        let paths = states.iter().map(|state| state.path.clone());
        Self {
            known: paths.zip(0..).collect(),
            next: states.iter().map(|state| state.file).max().unwrap_or(0) + 1,
            states,
            work: Vec::new(),
            places: Vec::new(),
            unseen: HashSet::new(),
            renew: false,
            sequence,
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

    fn compare(&mut self, found: &Found) {
        let known = self.known.get(&found.path).copied();
        let at = known.unwrap_or_else(|| self.add(&found.path));
        let Some(state) = self.states.get_mut(at) else {
            return;
        };
        let changed = state.size != found.size || state.modified != found.modified;
        let read_before = known.is_some() && (state.read > 0 || state.done > 0);
        (state.size, state.modified) = (found.size, found.modified);
        if changed && read_before {
            self.renew = true;
        }
        // A file that could not be opened is tried again; one that was refused for what it holds is not, until it changes.
        if changed || !state.finished || (!state.fault.is_empty() && state.sha256.is_empty()) {
            self.work.push(at);
        }
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
            state.finished = true;
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

    /// Files whose reading was cut short are read on, whether they are named again or not.
    fn go_on(&mut self) {
        let unfinished = |state: &FileState| !state.finished && state.fault.is_empty();
        let cut_short = self
            .states
            .iter()
            .enumerate()
            .filter(|(_, state)| unfinished(state));
        self.work.extend(cut_short.map(|(at, _)| at));
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
                ..FileState::default()
            };
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

/// Reads what the plan names. Gives the files that could not be read whole.
pub fn run(
    store: &Store,
    database: &mut Database,
    plan: Plan,
    observer: &mut dyn Observer,
) -> Result<(), JobError> {
    if plan.is_empty() {
        return Ok(());
    }
    let mut writer = store.writer()?;
    if committed(store)? != plan.sequence {
        return Err(JobError::Overtaken);
    }
    if plan.renew {
        writer.clear()?;
        database.forget_ledger()?;
    }
    let mut run = Run::new(writer, database, &plan, observer);
    for at in plan.work {
        let Some(state) = plan.states.get(at) else {
            continue;
        };
        // Not as planned: a file read before may have taken a copy from it.
        let Some(state) = run.states.remove(&state.file) else {
            continue;
        };
        run.file(state)?;
        if run.observer.is_cancelled() {
            break;
        }
    }
    run.commit()?;
    run.progress.finished = true;
    run.observer.progress(&run.progress);
    run.writer.finish()?;
    Ok(())
}

/// A run of indexing.
struct Run<'a> {
    writer: Writer,
    database: &'a mut Database,
    observer: &'a mut dyn Observer,
    sequence: u64,
    /// States of all files but the one being read, by number.
    states: BTreeMap<u32, FileState>,
    /// Numbers of the files whose state is to be written at the next commit.
    pending: BTreeSet<u32>,
    positions: Vec<Position>,
    progress: Progress,
    last_commit: Instant,
    wait: Duration,
    /// The error that stopped a reader from inside its sink.
    fault: Option<JobError>,
}

impl<'a> Run<'a> {
    fn new(
        writer: Writer,
        database: &'a mut Database,
        plan: &Plan,
        observer: &'a mut dyn Observer,
    ) -> Self {
        let planned = || plan.work.iter().filter_map(|at| plan.states.get(*at));
        let places = plan.places.iter().filter_map(|at| plan.states.get(*at));
        let bytes = planned().map(|state| state.size).sum();
        Self {
            writer,
            database,
            observer,
            sequence: plan.sequence,
            // Every planned file is on record from the first commit on, so that a killed run is gone on with whatever is named next.
            pending: planned().chain(places).map(|state| state.file).collect(),
            states: (plan.states.iter().cloned())
                .map(|state| (state.file, state))
                .collect(),
            positions: Vec::new(),
            progress: Progress {
                bytes,
                ..Progress::default()
            },
            last_commit: Instant::now(),
            wait: FIRST_COMMIT,
            fault: None,
        }
    }

    fn file(&mut self, mut state: FileState) -> Result<(), JobError> {
        self.progress.file = state
            .path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let before = self.progress.done;
        let resume_at = state.done;
        let path = state.path.clone();
        state.fault.clear();
        let mut sink =
            |layout: &Layout, row: Row| self.row(&mut state, layout, row, resume_at, before);
        let result = evidence::read(&path, &mut sink, &mut |_| {});
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        self.conclude(&mut state, result);
        self.progress.done = before + state.size;
        self.keep(state);
        self.observer.progress(&self.progress);
        self.commit_if_due()
    }

    /// Keeps the state of a file, to be written at the next commit.
    fn keep(&mut self, state: FileState) {
        self.pending.insert(state.file);
        self.states.insert(state.file, state);
    }

    fn conclude(&self, state: &mut FileState, result: Result<evidence::Summary, EvidenceError>) {
        match result {
            Ok(summary) => {
                state.finished = summary.finished;
                state.layout = Some(summary.layout);
                if summary.finished {
                    state.sha256 = summary.sha256;
                    state.size = summary.size;
                    state.done = summary.size;
                }
            }
            Err(error) => {
                state.fault = error.to_string();
                state.finished = !self.observer.is_cancelled();
                if let EvidenceError::Refused { sha256, .. } = error {
                    state.sha256 = sha256;
                }
            }
        }
    }

    fn row(
        &mut self,
        state: &mut FileState,
        layout: &Layout,
        row: Row,
        resume_at: u64,
        before: u64,
    ) -> ControlFlow<()> {
        let place = row.place();
        let end = place.offset + place.length;
        // From the first row on: rows that are committed can be read again, however the reading of the file ends.
        if state
            .layout
            .as_ref()
            .is_none_or(|known| known.format != layout.format)
        {
            state.layout = Some(layout.clone());
        }
        if place.offset >= resume_at {
            if let Err(error) = self.take(state, row, place) {
                self.fault = Some(error);
                return ControlFlow::Break(());
            }
            state.done = end;
        }
        self.progress.done = before + end;
        self.observer.progress(&self.progress);
        if self.is_due() {
            state.layout = Some(layout.clone());
            self.keep(state.clone());
            if let Err(error) = self.commit() {
                self.fault = Some(error);
                return ControlFlow::Break(());
            }
        }
        if self.observer.is_cancelled() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    fn take(&mut self, state: &mut FileState, row: Row, place: Place) -> Result<(), JobError> {
        self.progress.rows += 1;
        match row {
            Row::Refused { reason, .. } => {
                state.rows += 1;
                state.refused += 1;
                self.note(state, place, reason);
            }
            Row::Inventory(..) => {
                state.rows += 1;
                state.read += 1;
            }
            Row::Records(records, _) => {
                for (part, record) in (0..).zip(records) {
                    state.rows += 1;
                    self.add(state, record, place, part)?;
                }
            }
        }
        Ok(())
    }

    fn add(
        &mut self,
        state: &mut FileState,
        record: Record,
        place: Place,
        part: u16,
    ) -> Result<(), JobError> {
        let facets = facet::facets(&record);
        let provenance = Provenance {
            file: state.file,
            line: place.line,
            offset: place.offset,
            length: place.length,
            part,
        };
        let located = Located { record, provenance };
        match self.writer.add(&located, &facets)? {
            Added::New => {}
            Added::Duplicate => {
                state.duplicate += 1;
                return Ok(());
            }
            Added::Replaced(damaged) => self.displace(state, damaged),
        }
        state.read += 1;
        state.first = [state.first, located.record.time]
            .into_iter()
            .flatten()
            .min();
        state.last = state.last.max(located.record.time);
        if !located.record.degraded.is_empty() {
            state.degraded += 1;
            self.note(
                state,
                place,
                format!("degraded: {}", located.record.degraded),
            );
        }
        if facets.contains(&facet::HUNTED) {
            self.observer.hunted(located);
        }
        Ok(())
    }

    /// A damaged copy gave way to the whole record: in its own file, which may be the one being read, it now counts as a duplicate.
    fn displace(&mut self, state: &mut FileState, damaged: Provenance) {
        let holder = if damaged.file == state.file {
            Some(state)
        } else {
            self.pending.insert(damaged.file);
            self.states.get_mut(&damaged.file)
        };
        if let Some(holder) = holder {
            holder.read = holder.read.saturating_sub(1);
            holder.degraded = holder.degraded.saturating_sub(1);
            holder.duplicate += 1;
        }
        self.positions.push(Position {
            file: damaged.file,
            line: damaged.line,
            offset: damaged.offset,
            reason: String::new(),
        });
    }

    fn note(&mut self, state: &FileState, place: Place, reason: String) {
        if state.refused + state.degraded <= MOST_POSITIONS {
            self.positions.push(Position {
                file: state.file,
                line: place.line,
                offset: place.offset,
                reason,
            });
        }
    }

    fn is_due(&self) -> bool {
        self.last_commit.elapsed() >= self.wait
    }

    fn commit_if_due(&mut self) -> Result<(), JobError> {
        if self.is_due() { self.commit() } else { Ok(()) }
    }

    /// Ledger first, index second: the index commit decides.
    fn commit(&mut self) -> Result<(), JobError> {
        let sequence = self.sequence + 1;
        let pending = self.pending.iter();
        let states: Vec<FileState> = pending
            .filter_map(|file| self.states.get(file).cloned())
            .collect();
        self.database.prepare(sequence, &states, &self.positions)?;
        self.writer.commit(&sequence.to_string())?;
        self.sequence = sequence;
        self.pending.clear();
        self.positions.clear();
        self.observer.committed();
        self.wait = (self.wait * 2).min(LAST_COMMIT);
        self.last_commit = Instant::now();
        Ok(())
    }
}

/// The records at some places of the evidence, read again. Places in files that cannot be read are left out and named.
pub fn reread(states: &[FileState], places: &[Provenance]) -> (Vec<Located>, Vec<String>) {
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
                state.path.display()
            ));
            continue;
        };
        let wanted: Vec<Place> = provenances
            .iter()
            .map(|at| Place {
                line: at.line,
                offset: at.offset,
                length: at.length,
            })
            .collect();
        for (provenance, original) in
            provenances
                .iter()
                .zip(evidence::reread_many(&state.path, layout, &wanted))
        {
            let part = usize::from(provenance.part);
            match original.map(|original| original.records.into_iter().nth(part)) {
                Ok(Some(record)) => records.push(Located {
                    record,
                    provenance: *provenance,
                }),
                Ok(None) => faults.push(format!(
                    "{}: line {} is not what was indexed; the file has changed",
                    state.path.display(),
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
        let (records, faults) = reread(&[state], &places);
        assert!(records.is_empty());
        assert_eq!(faults.len(), 2, "{faults:?}");
    }
}
