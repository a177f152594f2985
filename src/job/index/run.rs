//! A run of indexing: file after file through the readers into the index, with commits in between.
//!
//! A commit of the index carries its number; the ledger rows of that commit are written just before it under the same number. Whatever
//! moment the process dies at, the next start finds the last commit that happened, sees no ledger row after it, and goes on where
//! it ended: in the middle of a file too, whose bytes are then hashed again from the start while rows before the mark are passed over.
//! Not here: what is to be read (`plan`), and what is packed (`packed`).

use super::plan::Plan;
use super::{Observer, committed, packed};
use crate::case::{Database, FileState, Position, Tail, Told};
use crate::evidence::{self, EvidenceError, Layout, Place, Row};
use crate::hunt::facet;
use crate::job::JobError;
use crate::job::protocol::Progress;
use crate::record::{Located, Provenance, Record};
use crate::store::{Added, Displaced, Store, Writer};
use crate::time;
use chrono::Utc;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Wait before the first commit: the first grants should be on the screen within a second.
const FIRST_COMMIT: Duration = Duration::from_millis(300);

/// Longest wait between commits: what a killed process has to read again.
const LAST_COMMIT: Duration = Duration::from_secs(20);

/// Ledger rows kept for one file; the counts go on beyond them.
const MOST_POSITIONS: u64 = 10_000;

/// Reads what the plan names. Files that cannot be read whole are told of in the ledger.
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
pub(super) struct Run<'a> {
    writer: Writer,
    database: &'a mut Database,
    pub(super) observer: &'a mut dyn Observer,
    sequence: u64,
    /// Whether the next commit begins the index anew.
    is_anew: bool,
    /// States of all files but the one being read, by number.
    pub(super) states: BTreeMap<u32, FileState>,
    /// Path and member of every file, which decide between copies that are as good as each other.
    names: HashMap<u32, (PathBuf, String)>,
    /// Numbers of the members of packed files, those of one file side by side.
    pub(super) members: BTreeMap<(PathBuf, String), u32>,
    /// Number of the next file that is new.
    next: u32,
    /// Numbers of the files whose state is to be written at the next commit.
    pending: BTreeSet<u32>,
    positions: Vec<Position>,
    pub(super) progress: Progress,
    last_commit: Instant,
    wait: Duration,
    /// The error that stopped a reader from inside its sink.
    pub(super) fault: Option<JobError>,
    /// Folder of the spool.
    pub(super) spool: PathBuf,
    /// Whether anything was written there since the last commit.
    pub(super) is_spool_written: bool,
}

/// A file while it is read.
pub(super) struct Reading {
    pub(super) state: FileState,
    /// Rows before this byte are in the index already.
    resume_at: u64,
    /// Bytes that were done before this file.
    before: u64,
    /// Bytes read so far of the packed file around it; `None` for a plain file.
    packed: Option<Rc<Cell<u64>>>,
    /// The last row seen.
    last: Tail,
    /// Times of the first and the last record seen.
    span: [Option<time::Instant>; 2],
}

impl Reading {
    pub(super) fn new(state: FileState, before: u64, packed: Option<Rc<Cell<u64>>>) -> Self {
        Self {
            resume_at: state.done,
            state,
            before,
            packed,
            last: Tail::default(),
            span: [None; 2],
        }
    }
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
        let name = |state: &FileState| (state.file, (state.path.clone(), state.member.clone()));
        // Every planned file is on record from the first commit on, so that a killed run is gone on with whatever is named next; when
        // all is read anew, members too, for nothing of them is in the index any more.
        let members = plan
            .states
            .iter()
            .filter(|state| plan.renew && state.is_member());
        let pending = planned().chain(places).chain(members);
        Self {
            writer,
            database,
            observer,
            sequence: plan.sequence,
            pending: pending.map(|state| state.file).collect(),
            is_anew: plan.renew,
            names: plan.states.iter().map(name).collect(),
            members: plan
                .states
                .iter()
                .filter(|state| state.is_member())
                .map(name)
                .map(|(file, name)| (name, file))
                .collect(),
            next: plan.next,
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
            spool: plan.spool.clone(),
            is_spool_written: false,
        }
    }

    fn file(&mut self, mut state: FileState) -> Result<(), JobError> {
        self.progress.file = state
            .path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let (before, size, number) = (self.progress.done, state.size, state.file);
        state.fault.clear();
        // Until it is read through: a commit on the way may be the last for now.
        state.finished = false;
        match evidence::packing_of(&state.path) {
            Ok(Some(packing)) => self.packed(state, packing)?,
            Ok(None) => self.plain(state)?,
            Err(error) => {
                self.conclude(&mut state, Err(error));
                self.keep(state);
            }
        }
        let size = self.states.get(&number).map_or(size, |state| state.size);
        self.progress.done = before + size;
        self.observer.progress(&self.progress);
        self.commit_if_due()
    }

    fn plain(&mut self, mut state: FileState) -> Result<(), JobError> {
        self.reopen(&mut state)?;
        let path = state.path.clone();
        // It may have been packed once.
        self.forget_members(&path, &BTreeSet::new());
        let mut reading = Reading::new(state, self.progress.done, None);
        let mut sink = |layout: &Layout, row: Row| self.row(&mut reading, layout, row);
        let result = evidence::read(&path, &mut sink);
        self.end(reading, result)
    }

    /// Ends the reading of a file.
    pub(super) fn end(
        &mut self,
        mut reading: Reading,
        result: Result<evidence::Summary, EvidenceError>,
    ) -> Result<(), JobError> {
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        let summary = result.as_ref().ok();
        if summary.is_some_and(|summary| summary.finished) {
            // A row that was torn may have told of another time.
            [reading.state.first, reading.state.last] = reading.span;
        }
        let Place { offset, length, .. } = reading.last.place;
        let is_open = summary.and_then(|summary| summary.open_tail) == Some(offset);
        reading.state.account.tail = (is_open && length > 0).then_some(reading.last);
        self.conclude(&mut reading.state, result);
        self.keep(reading.state);
        Ok(())
    }

    /// The state of a member that is known, or that of a new one; to be kept again.
    pub(super) fn member(&mut self, path: &Path, member: &str) -> FileState {
        let name = (path.to_owned(), member.to_owned());
        let known = self.members.get(&name);
        if let Some(state) = known.and_then(|file| self.states.remove(file)) {
            return state;
        }
        let file = self.next;
        self.next += 1;
        self.names.insert(file, name.clone());
        self.members.insert(name, file);
        FileState {
            file,
            path: path.to_owned(),
            member: member.to_owned(),
            ..FileState::default()
        }
    }

    /// Keeps the state of a file, to be written at the next commit.
    pub(super) fn keep(&mut self, state: FileState) {
        self.pending.insert(state.file);
        self.states.insert(state.file, state);
    }

    pub(super) fn conclude(
        &self,
        state: &mut FileState,
        result: Result<evidence::Summary, EvidenceError>,
    ) {
        match result {
            Ok(summary) => {
                state.finished = summary.finished;
                let is_evidence = summary.layout.is_evidence();
                state.layout = Some(summary.layout);
                if summary.finished {
                    state.sha256 = summary.sha256;
                    state.size = summary.size;
                    // Of what is no evidence nothing was read: that a system changes it does not touch the index.
                    state.done = if is_evidence { summary.size } else { 0 };
                }
            }
            Err(error) => {
                state.fault = error.to_string();
                state.finished = !self.observer.is_cancelled();
                if let EvidenceError::Refused { sha256, size, .. } = error {
                    (state.sha256, state.size) = (sha256, size);
                }
            }
        }
        if state.finished {
            state.account.settle(&state.sha256, Utc::now());
        }
    }

    /// Takes back the last row of a file that ended inside of it: the file has grown, and the row with it.
    fn reopen(&mut self, state: &mut FileState) -> Result<(), JobError> {
        let Some(tail) = state.account.tail.take() else {
            return Ok(());
        };
        state.done = tail.place.offset;
        let provenance = located_at(state.file, tail.place, 0);
        let ids = tail.records.iter().map(|told| told.id.as_str());
        let gone = self.writer.forget(provenance, ids)?;
        let known = tail.records.len() as u64;
        let forgotten = gone.len() as u64;
        let damaged = gone.iter().filter(|gone| gone.degraded).count() as u64;
        state.account.uncount_row(&tail);
        if known > 0 {
            state.read = state.read.saturating_sub(forgotten);
            state.degraded = state.degraded.saturating_sub(damaged);
            state.duplicate = state
                .duplicate
                .saturating_sub(known.saturating_sub(forgotten));
        } else if tail.inventory.is_some() {
            state.read = state.read.saturating_sub(1);
        } else {
            state.refused = state.refused.saturating_sub(1);
        }
        state.rows = state.rows.saturating_sub(known.max(1));
        self.take_back(provenance);
        for gone in gone {
            self.observer.displaced(gone.provenance);
        }
        Ok(())
    }

    /// Takes one row: what the sink of every reader does.
    pub(super) fn row(
        &mut self,
        reading: &mut Reading,
        layout: &Layout,
        row: Row,
    ) -> ControlFlow<()> {
        let place = row.place();
        let end = place.offset + place.length;
        let state = &mut reading.state;
        remember(&mut reading.last, &row);
        if let Row::Records(records, _) = &row {
            let times = || records.iter().filter_map(|record| record.time);
            let [first, last] = reading.span;
            reading.span = [times().chain(first).min(), times().chain(last).max()];
        }
        // From the first row on: rows that are committed can be read again, however the reading of the file ends.
        if state
            .layout
            .as_ref()
            .is_none_or(|known| known.format != layout.format)
        {
            state.layout = Some(layout.clone());
        }
        if place.offset >= reading.resume_at {
            if let Err(error) = self.take(state, row, place) {
                self.fault = Some(error);
                return ControlFlow::Break(());
            }
            state.done = end;
        }
        let done = reading.packed.as_ref().map_or(end, |packed| packed.get());
        self.progress.done = reading.before + done;
        self.observer.progress(&self.progress);
        if self.is_due() {
            state.layout = Some(layout.clone());
            self.keep(reading.state.clone());
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
            Row::Inventory(entry, _) => {
                state.rows += 1;
                state.read += 1;
                let kind = entry.kind().to_owned();
                *state.account.inventory.entry(kind).or_default() += 1;
            }
            Row::Records(records, _) => {
                for (part, record) in (0..).zip(records) {
                    state.rows += 1;
                    self.add(state, record, located_at(state.file, place, part))?;
                }
            }
        }
        Ok(())
    }

    fn add(
        &mut self,
        state: &mut FileState,
        record: Record,
        provenance: Provenance,
    ) -> Result<(), JobError> {
        // What a file holds does not depend on which copy of an event is kept.
        state.account.count(record.operation.as_str(), record.time);
        state.first = [state.first, record.time].into_iter().flatten().min();
        state.last = state.last.max(record.time);
        let facets = facet::facets(&record);
        let located = Located { record, provenance };
        let names = &self.names;
        let precedes = |one: u32, other: u32| names.get(&one) < names.get(&other);
        match self.writer.add(&located, &facets, &precedes)? {
            Added::New => {}
            Added::Duplicate => {
                state.duplicate += 1;
                return Ok(());
            }
            Added::Replaced(displaced) => self.displace(state, displaced),
        }
        state.read += 1;
        if !located.record.degraded.is_empty() {
            state.degraded += 1;
            let place = located.provenance.into();
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

    /// A copy gave way to a better one: in its own file, which may be the one being read, it now counts as a duplicate.
    fn displace(&mut self, state: &mut FileState, displaced: Displaced) {
        let Displaced {
            provenance,
            degraded,
        } = displaced;
        let holder = if provenance.file == state.file {
            Some(state)
        } else {
            self.pending.insert(provenance.file);
            self.states.get_mut(&provenance.file)
        };
        if let Some(holder) = holder {
            holder.read = holder.read.saturating_sub(1);
            holder.degraded = holder.degraded.saturating_sub(u64::from(degraded));
            holder.duplicate += 1;
        }
        if degraded {
            self.take_back(provenance);
        }
        self.observer.displaced(provenance);
    }

    /// Takes back what the ledger told of a row.
    fn take_back(&mut self, provenance: Provenance) {
        self.positions.push(Position {
            file: provenance.file,
            line: provenance.line,
            offset: provenance.offset,
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

    /// Copies and ledger first, index second: the index commit decides.
    fn commit(&mut self) -> Result<(), JobError> {
        if std::mem::take(&mut self.is_spool_written) {
            packed::sync(&self.spool)?;
        }
        let sequence = self.sequence + 1;
        let pending = self.pending.iter();
        let states: Vec<FileState> = pending
            .filter_map(|file| self.states.get(file).cloned())
            .collect();
        if self.is_anew {
            self.database
                .prepare_anew(sequence, &states, &self.positions)?;
        } else {
            self.database.prepare(sequence, &states, &self.positions)?;
        }
        self.writer.commit(&sequence.to_string())?;
        (self.sequence, self.is_anew) = (sequence, false);
        self.pending.clear();
        self.positions.clear();
        self.observer.committed();
        self.wait = (self.wait * 2).min(LAST_COMMIT);
        self.last_commit = Instant::now();
        Ok(())
    }
}

/// The provenance of a record.
fn located_at(file: u32, place: Place, part: u16) -> Provenance {
    Provenance {
        file,
        line: place.line,
        offset: place.offset,
        length: place.length,
        part,
    }
}

/// Remembers a row, should it be the last one and grow, in what the row before it took: every row comes by here.
fn remember(tail: &mut Tail, row: &Row) {
    tail.place = row.place();
    tail.inventory = None;
    let records = match row {
        Row::Records(records, _) => records.as_slice(),
        Row::Inventory(entry, _) => {
            tail.inventory = Some(entry.kind().to_owned());
            &[]
        }
        Row::Refused { .. } => &[],
    };
    tail.records.resize_with(records.len(), Told::default);
    for (told, record) in tail.records.iter_mut().zip(records) {
        told.id.clone_from(&record.id.0);
        told.operation.clear();
        told.operation.push_str(record.operation.as_str());
        told.time = record.time.map(time::micros);
    }
}
