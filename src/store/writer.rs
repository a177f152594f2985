//! The one writer: adds records once, and commits with a payload that decides what counts as indexed.
//!
//! Records go into a segment in memory. A commit hands it to a thread that writes it while the next one grows. Not here: which files to read, and
//! the ledger; the payload ties the two together (see `job::index`).

mod lock;

use super::batch::Batch;
use super::key::{id_bits, place};
use super::known::{Displaced, Held, Known, Verdict};
use super::opened::State;
use super::shelf::{Growing, Shelf};
use super::{Fault, StoreError};
use crate::record::Provenance;
use lock::Lock;
use std::io;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

/// Size of a segment in memory from which on it is written before its commit comes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit {
    /// Most rows of it.
    pub rows: usize,
    /// Most bytes of it.
    pub bytes: usize,
}

/// The limit of every writer but those of tests: one segment grows while another is written, so twice that is held, and half as much again to write.
const LIMIT: Limit = Limit {
    rows: 500_000,
    bytes: 72_000_000,
};

/// Most records that room is made for before they come: about 40 bytes each, and up to twice that.
const MOST_EXPECTED: usize = 7_300_000;

/// What became of the records of a batch. All others are new.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// Rows of the batch that are not kept, for a better copy is indexed already, ascending.
    pub duplicates: Vec<u32>,
    /// Rows of the batch that take the place of a lesser copy, ascending. That copy may be a row of the batch itself, before this one.
    pub replaced: Vec<(u32, Displaced)>,
}

/// Adds records to the index. Dropping it forgets those that were added since the last commit was begun.
pub struct Writer {
    folder: PathBuf,
    known: Known,
    growing: Growing,
    /// Slots of rows of other segments that were taken out since the last commit was begun.
    gone: Vec<u32>,
    disk: Disk,
    /// Whether a commit has happened that nobody was told of.
    is_news: bool,
    /// Records that are to come, about.
    expected: usize,
    /// Whether segments were written, or all was forgotten, since the last commit was begun.
    is_ahead: bool,
    limit: Limit,
    // Last, so that it is let go of last.
    _lock: Lock,
}

/// Who has the segments on the disk.
enum Disk {
    /// The writer itself.
    Idle(Shelf),
    /// A thread that writes, and commits if so told.
    Busy {
        handle: JoinHandle<Result<Shelf, Fault>>,
        commits: bool,
    },
    /// Nobody: writing has failed.
    Failed,
}

impl Writer {
    /// Opens the index in a folder for writing. `before` has segments open that need not be opened again.
    pub(super) fn open(folder: &Path, before: &State) -> Result<Self, StoreError> {
        let failed = |source| StoreError::Failed {
            folder: folder.to_owned(),
            source,
        };
        let lock = Lock::take(folder)
            .map_err(failed)?
            .ok_or_else(|| StoreError::Busy {
                folder: folder.to_owned(),
            })?;
        // Read only now: before the lock was held, another process could still commit.
        let state = State::open(folder, before).map_err(failed)?;
        state.manifest.remove_rubbish(folder);
        let mut known = Known::default();
        let live = state.segments.iter().map(|open| open.live() as usize);
        known.reserve(live.sum());
        let mut base = 0_u32;
        for open in &state.segments {
            known.fill(open, base);
            base = base.saturating_add(open.part.rows);
        }
        let (shelf, base) = Shelf::of(folder, &state);
        Ok(Self {
            folder: folder.to_owned(),
            known,
            growing: Growing {
                base,
                ..Growing::default()
            },
            gone: Vec::new(),
            disk: Disk::Idle(shelf),
            is_news: false,
            expected: 0,
            is_ahead: false,
            limit: LIMIT,
            _lock: lock,
        })
    }

    /// Makes room for about so many more records, so that little of it is made twice. A bounded guess: wrong ones cost no more than memory.
    pub fn expect(&mut self, records: u64) {
        self.expected = usize::try_from(records).unwrap_or(usize::MAX);
        self.known.reserve(self.expected.min(MOST_EXPECTED));
        self.make_room();
    }

    /// Makes room in the segment that grows for what is expected.
    fn make_room(&mut self) {
        let rows = self.expected.min(self.limit.rows);
        self.growing.columns.expect(rows);
    }

    /// Sets another limit, so that tests reach it.
    #[cfg(test)]
    pub(super) fn set_limit(&mut self, limit: Limit) {
        self.limit = limit;
    }

    /// Adds the records of a batch, one after another: each unless a copy of it is indexed that is at least as good. The copy that tells most is
    /// kept; of two that tell as much, the one whose file comes first by `precedes`, then the one that stands first. So which copy is kept does
    /// not depend on the order in which files are read.
    pub fn add_batch(
        &mut self,
        batch: &Batch,
        precedes: &dyn Fn(u32, u32) -> bool,
    ) -> Result<Kept, StoreError> {
        let kept = self.judge(batch, precedes)?;
        let first = self.growing.columns.append(batch, &kept.duplicates);
        self.feed(batch, first, &kept.duplicates)
            .map_err(|fault| self.failed(fault))?;
        if self.is_full() {
            self.settle()?;
            self.start(None)?;
        }
        Ok(kept)
    }

    /// Judges every record of a batch.
    fn judge(
        &mut self,
        batch: &Batch,
        precedes: &dyn Fn(u32, u32) -> bool,
    ) -> Result<Kept, StoreError> {
        let mut kept = Kept::default();
        let mut slot = self.next_slot(batch.len())?;
        let columns = (batch.ids.iter().zip(&batch.places))
            .zip(batch.parts.iter().zip(&batch.qualities))
            .zip(&batch.lines);
        for (row, (((id, place), (part, quality)), line)) in (0..).zip(columns) {
            let copy = Held {
                place: *place,
                slot,
                part: *part,
                quality: *quality,
            };
            match self.known.judge(*id, copy, *line, precedes) {
                Verdict::New => {}
                Verdict::Duplicate => {
                    kept.duplicates.push(row);
                    continue;
                }
                Verdict::Better(lesser) => {
                    let displaced = self.take_out(lesser);
                    kept.replaced.push((row, displaced));
                }
            }
            slot += 1;
        }
        Ok(kept)
    }

    /// The slot of the next row, if there are enough for so many more.
    fn next_slot(&self, more: usize) -> Result<u32, StoreError> {
        let next = self.growing.base as usize + self.growing.columns.len();
        let is_room = next + more < u32::MAX as usize;
        let next = u32::try_from(next).ok().filter(|_| is_room);
        next.ok_or_else(|| {
            self.failed(Fault::System {
                path: self.folder.clone(),
                source: io::Error::other("a case holds no more than four thousand million records"),
            })
        })
    }

    /// Takes a copy out, which is known no longer.
    fn take_out(&mut self, copy: Held) -> Displaced {
        match copy.slot.checked_sub(self.growing.base) {
            Some(row) => drop(self.growing.dead.insert(row)),
            None => self.gone.push(copy.slot),
        }
        self.known.displaced(copy)
    }

    /// Sends the texts of the rows that are kept to be indexed. `first` is the first such row of the segment.
    fn feed(&mut self, batch: &Batch, first: u32, left_out: &[u32]) -> Result<(), Fault> {
        let texts = &batch.texts;
        let (mut start, mut left_out) = (0, left_out.iter().copied().peekable());
        let (mut skipped, mut last) = (0, None);
        for (row, end) in texts.rows.iter().zip(&texts.ends) {
            let text = texts.joined.get(start..*end).unwrap_or_default();
            start = *end;
            while left_out.next_if(|left_out| left_out < row).is_some() {
                skipped += 1;
            }
            if left_out.peek() == Some(row) {
                continue;
            }
            if last != Some(row) {
                self.growing.texts.send_if_full()?;
            }
            last = Some(row);
            self.growing.texts.push(first + row - skipped, text);
        }
        Ok(())
    }

    fn is_full(&self) -> bool {
        let Growing { columns, texts, .. } = &self.growing;
        columns.len() >= self.limit.rows || columns.size() + texts.size() >= self.limit.bytes
    }

    /// Forgets the records of these ids that stand in one row, which is about to be read again. Those whose kept copy stands elsewhere
    /// stay. Gives what is forgotten.
    pub fn forget<'a>(
        &mut self,
        row: Provenance,
        ids: impl Iterator<Item = &'a str>,
    ) -> Result<Vec<Displaced>, StoreError> {
        let start = place(Provenance { part: 0, ..row });
        let inside = start..start + row.length.max(1);
        let mut forgotten = Vec::new();
        for id in ids.map(id_bits) {
            if let Some(copy) = self.known.forget(id, &inside) {
                forgotten.push(self.take_out(copy));
            }
        }
        Ok(forgotten)
    }

    /// Forgets every record, at the next commit.
    pub fn clear(&mut self) -> Result<(), StoreError> {
        self.settle()?;
        if let Disk::Idle(segments) = &mut self.disk {
            segments.clear();
        }
        self.known = Known::default();
        self.is_ahead = true;
        self.gone.clear();
        self.growing = Growing {
            base: self.next_slot(0)?,
            ..Growing::default()
        };
        Ok(())
    }

    /// Makes everything added so far durable and visible, together with `payload`, or nothing of it.
    pub fn commit(&mut self, payload: &str) -> Result<(), StoreError> {
        self.begin_commit(payload)?;
        self.finish_commit().map(drop)
    }

    /// Begins a commit of everything added so far. What is added from now on belongs to the next one. Waits for the commit before it, of whose
    /// end nobody is told after this.
    pub fn begin_commit(&mut self, payload: &str) -> Result<(), StoreError> {
        self.settle()?;
        self.is_news = false;
        self.start(Some(payload.to_owned()))
    }

    /// Whether records were added or taken out since the last commit was begun.
    pub fn is_changed(&self) -> bool {
        self.is_ahead || self.growing.columns.len() > 0 || !self.gone.is_empty()
    }

    /// Whether a commit was begun and [`Writer::poll_commit`] has not told of its end.
    pub fn is_committing(&self) -> bool {
        self.is_news || matches!(self.disk, Disk::Busy { commits: true, .. })
    }

    /// Waits for a commit that was begun. Whether there was one whose end nobody was told of.
    pub fn finish_commit(&mut self) -> Result<bool, StoreError> {
        if self.is_committing() {
            self.settle()?;
        }
        Ok(std::mem::take(&mut self.is_news))
    }

    /// Whether a commit that was begun has happened since this was asked last. Does not wait.
    pub fn poll_commit(&mut self) -> Result<bool, StoreError> {
        if matches!(&self.disk, Disk::Busy { handle, .. } if handle.is_finished()) {
            self.settle()?;
        }
        Ok(std::mem::take(&mut self.is_news))
    }

    /// Ends the writer when a commit that was begun has happened.
    pub fn finish(mut self) -> Result<(), StoreError> {
        self.settle()
    }

    /// Waits until nothing is being written.
    fn settle(&mut self) -> Result<(), StoreError> {
        match std::mem::replace(&mut self.disk, Disk::Failed) {
            Disk::Idle(segments) => self.disk = Disk::Idle(segments),
            Disk::Busy { handle, commits } => {
                let segments = handle.join().unwrap_or_else(|_| Err(self.stopped()));
                self.disk = Disk::Idle(segments.map_err(|fault| self.failed(fault))?);
                self.is_news |= commits;
            }
            Disk::Failed => {}
        }
        Ok(())
    }

    /// Hands what has grown to a thread that writes it, and commits it if there is a payload. Nothing else is being written.
    fn start(&mut self, payload: Option<String>) -> Result<(), StoreError> {
        let base = self.next_slot(0)?;
        let Disk::Idle(segments) = std::mem::replace(&mut self.disk, Disk::Failed) else {
            return Err(self.failed(self.stopped()));
        };
        let commits = payload.is_some();
        self.is_ahead = !commits;
        let next = Growing {
            base,
            ..Growing::default()
        };
        let growing = std::mem::replace(&mut self.growing, next);
        self.expected = self.expected.saturating_sub(growing.columns.len());
        self.make_room();
        let gone = if commits {
            std::mem::take(&mut self.gone)
        } else {
            Vec::new()
        };
        let handle = thread::Builder::new()
            .name("index".into())
            .spawn(move || write(segments, growing, &gone, payload))
            .map_err(|source| {
                self.failed(Fault::System {
                    path: self.folder.clone(),
                    source,
                })
            })?;
        self.disk = Disk::Busy { handle, commits };
        Ok(())
    }

    /// What is said after writing has failed, or its thread died.
    fn stopped(&self) -> Fault {
        Fault::System {
            path: self.folder.clone(),
            source: io::Error::other("writing to it has failed before"),
        }
    }

    fn failed(&self, source: Fault) -> StoreError {
        StoreError::Failed {
            folder: self.folder.clone(),
            source,
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // The lock is held until nothing is written any more. A commit that was begun has happened or not: both are states to go on from.
        let _ = self.settle();
    }
}

/// What the thread in the background does.
fn write(
    mut shelf: Shelf,
    growing: Growing,
    gone: &[u32],
    payload: Option<String>,
) -> Result<Shelf, Fault> {
    shelf.put(growing)?;
    if let Some(payload) = payload {
        shelf.take_out(gone);
        shelf.commit(payload)?;
    }
    Ok(shelf)
}
