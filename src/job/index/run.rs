//! A run of indexing: file after file through the readers into the index, with commits in between.
//!
//! A commit of the index carries its number; the ledger rows of that commit are written just before it under the same number. Whatever
//! moment the process dies at, the next start finds the last commit that happened, sees no ledger row after it, and goes on where
//! it ended: in the middle of a file too, whose bytes are then hashed again from the start while rows before the mark are passed over.
//! Not here: what is to be read (`plan`), and what is packed (`packed`).

use super::gather::{Event, Gathered, Spare, What, joined};
use super::plan::Plan;
use super::{Observer, Pace, committed, located_at, packed};
use crate::case::{Commit, Database, FileState, Position, Tail};
use crate::evidence::{self, EvidenceError, Layout, Place};
use crate::hunt::identity::fact::LocatedFact;
use crate::job::JobError;
use crate::job::protocol::Progress;
use crate::record::{Located, Provenance};
use crate::store::{Displaced, Kept, Store, Writer};
use crate::time;
use chrono::Utc;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::BuildHasher;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Wait before the first commit: the first grants should be on the screen within a second.
const FIRST_COMMIT: Duration = Duration::from_millis(300);

/// How much longer each wait is than the one before: every commit is a segment, and a segment costs what its rows do not.
const LONGER: u32 = 4;

/// Longest wait between commits: what a killed process has to read again.
const LAST_COMMIT: Duration = Duration::from_secs(20);

/// Bytes of a record in logs, about.
const RECORD: u64 = 2000;

/// Small files that are read in one go.
const SMALL_AT_ONCE: usize = 1000;

/// Ledger rows kept for one file; the counts go on beyond them.
const MOST_POSITIONS: u64 = 10_000;

/// Facts of who is who that a run remembers to have told; the case keeps each once.
const MOST_FACTS: usize = 1 << 20;

/// Facts that wait for a commit until it is due: evidence that names somebody else in every row must not fill the memory.
const MOST_PENDING: usize = 50_000;

/// Reads what the plan names. Files that cannot be read whole are told of in the ledger.
pub fn run(
    store: &Store,
    database: &mut Database,
    plan: Plan,
    observer: &mut dyn Observer,
    pace: Pace,
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
    let unread = |state: &FileState| state.size.saturating_sub(state.done);
    writer.expect(plan.planned().map(unread).sum::<u64>() / RECORD);
    let files: Vec<u32> = plan.planned().map(|state| state.file).collect();
    let mut files = files.into_iter().peekable();
    let mut run = Run::new((writer, database), plan, observer, pace);
    while let Some(file) = files.next() {
        if run.is_small(file) {
            let mut small = vec![file];
            let together = std::iter::from_fn(|| files.next_if(|file| run.is_small(*file)));
            small.extend(together.take(SMALL_AT_ONCE));
            run.small(&small)?;
        } else {
            run.file(file)?;
        }
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
    /// How much is read together.
    pub(super) pace: Pace,
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
    /// What is new of who is who since the last commit.
    facts: Vec<LocatedFact>,
    /// Digests of all that this run found of it.
    known_facts: HashSet<u64>,
    pub(super) progress: Progress,
    last_commit: Instant,
    wait: Duration,
    /// The error that stopped a reader from inside its sink.
    pub(super) fault: Option<JobError>,
    /// Folder of the spool.
    pub(super) spool: PathBuf,
    /// Whether anything was written there since the last commit.
    pub(super) is_spool_written: bool,
    /// Batches that were taken, to be filled again.
    pub(super) spare: Spare,
}

/// A file while it is read.
pub(super) struct Reading {
    pub(super) state: FileState,
    /// Rows before this byte are in the index already.
    resume_at: u64,
    /// Bytes that were done before this file.
    pub(super) before: u64,
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

    /// What begins a batch of the file.
    pub(super) fn gatherer(&self, spare: &Spare) -> impl Fn() -> Gathered + Sync + use<> {
        let (file, resume_at, spare) = (self.state.file, self.resume_at, spare.clone());
        move || spare.begin(file, resume_at)
    }
}

impl<'a> Run<'a> {
    fn new(
        (writer, database): (Writer, &'a mut Database),
        plan: Plan,
        observer: &'a mut dyn Observer,
        pace: Pace,
    ) -> Self {
        let places = plan.places.iter().filter_map(|at| plan.states.get(*at));
        let bytes = plan.planned().map(|state| state.size).sum();
        let name = |state: &FileState| (state.file, (state.path.clone(), state.member.clone()));
        // Every planned file is on record from the first commit on, so that a killed run is gone on with whatever is named next; when
        // all is read anew, members too, for nothing of them is in the index any more.
        let members = plan
            .states
            .iter()
            .filter(|state| plan.renew && state.is_member());
        let pending = plan.planned().chain(places).chain(members);
        let pending = pending.map(|state| state.file).collect();
        Self {
            writer,
            database,
            pace,
            observer,
            sequence: plan.sequence,
            pending,
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
            states: (plan.states.into_iter())
                .map(|state| (state.file, state))
                .collect(),
            positions: Vec::new(),
            facts: Vec::new(),
            known_facts: HashSet::new(),
            progress: Progress {
                bytes,
                ..Progress::default()
            },
            last_commit: Instant::now(),
            wait: FIRST_COMMIT,
            fault: None,
            spool: plan.spool,
            is_spool_written: false,
            spare: Spare::default(),
        }
    }

    /// The state of a file that is about to be read. It is as it is now, not as planned: a file read before may have taken a copy from it.
    pub(super) fn begin(&mut self, file: u32) -> Option<FileState> {
        let mut state = self.states.remove(&file)?;
        let name = state.path.file_name().unwrap_or_default();
        self.progress.file = name.to_string_lossy().into_owned();
        state.fault.clear();
        // Until it is read through: a commit on the way may be the last for now.
        state.finished = false;
        Some(state)
    }

    fn file(&mut self, number: u32) -> Result<(), JobError> {
        let Some(mut state) = self.begin(number) else {
            return Ok(());
        };
        let (before, size) = (self.progress.done, state.size);
        match evidence::packing_of(&state.path) {
            Ok(Some(packing)) => self.packed(state, packing)?,
            Ok(None) => self.plain(state)?,
            Err(error) => {
                self.conclude(&mut state, Err(error));
                self.keep(state);
            }
        }
        self.passed(number, before, size)
    }

    /// A file is done with; its size is the one that was found when it was read.
    pub(super) fn passed(&mut self, file: u32, before: u64, size: u64) -> Result<(), JobError> {
        let size = self.states.get(&file).map_or(size, |state| state.size);
        self.progress.done = before + size;
        self.observer.progress(&self.progress);
        self.commit_if_due()
    }

    fn plain(&mut self, mut state: FileState) -> Result<(), JobError> {
        self.reopen(&mut state)?;
        let path = state.path.clone();
        let mut reading = self.plain_reading(state);
        let (new, batch) = (reading.gatherer(&self.spare), self.pace.batch);
        let mut sink = |layout: &Layout, gathered| self.batch(&mut reading, layout, gathered);
        let result = evidence::open(&path)
            .and_then(|mut file| evidence::read_batches(&mut file, &path, batch, &new, &mut sink));
        self.end(reading, result)
    }

    /// Begins the reading of a plain file.
    pub(super) fn plain_reading(&mut self, state: FileState) -> Reading {
        // It may have been packed once.
        self.forget_members(&state.path, &BTreeSet::new());
        Reading::new(state, self.progress.done, None)
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

    /// Takes a batch of rows: what the sink of every reader does.
    pub(super) fn batch(
        &mut self,
        reading: &mut Reading,
        layout: &Layout,
        mut gathered: Gathered,
    ) -> ControlFlow<()> {
        let state = &mut reading.state;
        // From the first row on: rows that are committed can be read again, however the reading of the file ends.
        if state
            .layout
            .as_ref()
            .is_none_or(|known| known.format != layout.format)
        {
            state.layout = Some(layout.clone());
        }
        reading.span = joined(reading.span, gathered.span);
        let end = gathered.last.place.offset + gathered.last.place.length;
        reading.last = std::mem::take(&mut gathered.last);
        let done = reading.packed.as_ref().map_or(end, |packed| packed.get());
        let taken = self.take(state, &mut gathered);
        self.spare.give_back(gathered);
        if let Err(error) = taken {
            self.fault = Some(error);
            return ControlFlow::Break(());
        }
        self.progress.done = reading.before + done;
        self.observer.progress(&self.progress);
        self.pause(reading)
    }

    /// Commits if it is time to, with the file that is being read as far as it is read, and looks whether to go on.
    fn pause(&mut self, reading: &Reading) -> ControlFlow<()> {
        let mut look = || -> Result<(), JobError> {
            if self.is_due()? {
                self.keep(reading.state.clone());
                self.begin_commit()?;
            }
            Ok(())
        };
        if let Err(error) = look() {
            self.fault = Some(error);
            return ControlFlow::Break(());
        }
        self.go_on()
    }

    /// Whether to go on.
    pub(super) fn go_on(&self) -> ControlFlow<()> {
        if self.observer.is_cancelled() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    fn take(&mut self, state: &mut FileState, gathered: &mut Gathered) -> Result<(), JobError> {
        self.progress.rows += gathered.taken;
        for (operation, records) in gathered.operations.iter() {
            state.account.count_operation(operation, *records);
        }
        for (day, records) in gathered.days.iter() {
            state.account.count_day(*day, *records);
        }
        for (kind, entries) in gathered.inventory.iter() {
            *state.account.inventory.entry(kind.clone()).or_default() += entries;
            state.read += entries;
        }
        [state.first, state.last] = joined([state.first, state.last], gathered.times);
        state.rows += gathered.rows;
        state.done = gathered.end.unwrap_or(state.done);
        let names = &self.names;
        let precedes = |one: u32, other: u32| names.get(&one) < names.get(&other);
        let kept = self.writer.add_batch(&gathered.batch, &precedes)?;
        let duplicate = kept.duplicates.len() as u64;
        state.duplicate += duplicate;
        state.read += gathered.batch.len() as u64 - duplicate;
        self.tell(state, gathered.events.drain(..), kept);
        gathered
            .facts
            .drain(..)
            .for_each(|located| self.learn(located));
        Ok(())
    }

    /// Keeps a fact of who is who that is new to this run.
    fn learn(&mut self, located: LocatedFact) {
        if self.known_facts.len() >= MOST_FACTS {
            self.known_facts.clear();
        }
        let digest = self.known_facts.hasher().hash_one(&located.fact);
        if self.known_facts.insert(digest) {
            self.facts.push(located);
        }
    }

    /// Tells of single rows and records, in their order: as if they had come one by one.
    fn tell(&mut self, state: &mut FileState, events: impl Iterator<Item = Event>, kept: Kept) {
        let mut replaced = kept.replaced.into_iter().peekable();
        for event in events {
            let is_own = matches!(event.what, What::Refused(_));
            while let Some((_, displaced)) =
                replaced.next_if(|(at, _)| *at < event.record || *at == event.record && !is_own)
            {
                self.displace(state, displaced);
            }
            let is_kept = || kept.duplicates.binary_search(&event.record).is_err();
            match event.what {
                What::Refused(reason) => {
                    state.refused += 1;
                    self.note(state, event.place, reason);
                }
                What::Degraded(reason) if is_kept() => {
                    state.degraded += 1;
                    self.note(state, event.place, format!("degraded: {reason}"));
                }
                What::Hunted(record, part) if is_kept() => self.observer.hunted(Located {
                    record: *record,
                    provenance: located_at(state.file, event.place, part),
                }),
                What::Degraded(_) | What::Hunted(..) => {}
            }
        }
        for (_, displaced) in replaced {
            self.displace(state, displaced);
        }
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

    /// Whether a commit is due; one that was under way and has happened is told of.
    fn is_due(&mut self) -> Result<bool, JobError> {
        if self.writer.poll_commit()? {
            self.observer.committed();
        }
        let is_time = self.last_commit.elapsed() >= self.wait || self.facts.len() >= MOST_PENDING;
        Ok(is_time && !self.writer.is_committing())
    }

    fn commit_if_due(&mut self) -> Result<(), JobError> {
        if self.is_due()? {
            self.begin_commit()?;
        }
        Ok(())
    }

    fn commit(&mut self) -> Result<(), JobError> {
        self.end_commit()?;
        let is_told = self.pending.is_empty()
            && self.positions.is_empty()
            && self.facts.is_empty()
            && !self.is_anew;
        if is_told && !self.writer.is_changed() {
            return Ok(());
        }
        self.begin_commit()?;
        self.end_commit()
    }

    /// Waits for the commit that is under way.
    fn end_commit(&mut self) -> Result<(), JobError> {
        if self.writer.finish_commit()? {
            self.observer.committed();
        }
        Ok(())
    }

    /// Copies and ledger first, index second: the index commit decides. It is written while reading goes on; there is never more than one
    /// under way, so the ledger never holds rows of two commits that did not happen.
    fn begin_commit(&mut self) -> Result<(), JobError> {
        if std::mem::take(&mut self.is_spool_written) {
            packed::sync(&self.spool)?;
        }
        let sequence = self.sequence + 1;
        let pending = self.pending.iter();
        let states: Vec<FileState> = pending
            .filter_map(|file| self.states.get(file).cloned())
            .collect();
        self.database.prepare(&Commit {
            sequence,
            is_anew: self.is_anew,
            files: &states,
            positions: &self.positions,
            facts: &self.facts,
        })?;
        self.writer.begin_commit(&sequence.to_string())?;
        (self.sequence, self.is_anew) = (sequence, false);
        self.pending.clear();
        self.positions.clear();
        self.facts.clear();
        self.wait = (self.wait * LONGER).min(LAST_COMMIT);
        self.last_commit = Instant::now();
        Ok(())
    }
}
