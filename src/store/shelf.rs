//! The segments of a writer, on the disk: it writes them, takes rows out of them and commits them. Used by one thread at a time, in the background.
//!
//! A row is known to the writer by its slot: its number among all rows added, in the order in which they came. The rows of a segment that is written
//! are sorted, so each segment says where its slots went. Not here: which rows are taken out, and when.

use super::Fault;
use super::building;
use super::free_text::{Feed, TEXT};
use super::manifest::{self, Manifest, Part};
use super::opened::{COLUMNS, State};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A segment that grows.
#[derive(Default)]
pub(super) struct Growing {
    /// Slot of its first row.
    pub base: u32,
    /// Columns of its rows.
    pub columns: building::Building,
    /// Texts of its rows.
    pub texts: Feed,
    /// Rows taken out, numbered as they were added.
    pub dead: BTreeSet<u32>,
}

/// The segments of a writer.
pub(super) struct Shelf {
    folder: PathBuf,
    /// Number of the next segment.
    next: u64,
    segments: Vec<Written>,
}

/// A segment on the disk, committed or not.
struct Written {
    /// Slot of its first row.
    base: u32,
    /// Row of each slot; `None` when they are the same.
    placed: Option<Vec<u32>>,
    part: Part,
    /// Rows taken out, ascending.
    dead: Vec<u32>,
    /// Whether more are taken out than the list on the disk says.
    is_changed: bool,
}

impl Shelf {
    /// The segments of a commit, and the first slot after theirs.
    pub fn of(folder: &Path, state: &State) -> (Self, u32) {
        let mut base = 0_u32;
        let segments = state.segments.iter().map(|open| {
            let first = base;
            base = base.saturating_add(open.part.rows);
            Written {
                base: first,
                placed: None,
                part: open.part.clone(),
                dead: open.dead.rows.clone(),
                is_changed: false,
            }
        });
        let shelf = Self {
            folder: folder.to_owned(),
            next: state.manifest.next,
            segments: segments.collect(),
        };
        (shelf, base)
    }

    /// Forgets all segments.
    pub fn clear(&mut self) {
        self.segments.clear();
    }

    /// Writes a segment, and waits until the disk has it. It is part of the next commit.
    pub fn put(&mut self, growing: Growing) -> Result<(), Fault> {
        let Growing {
            base,
            columns,
            texts,
            dead,
        } = growing;
        if columns.len() == dead.len() {
            return Ok(());
        }
        let number = self.next;
        self.next += 1;
        let folder = manifest::segment_folder(&self.folder, number);
        let failed = |source| Fault::System {
            path: folder.clone(),
            source,
        };
        fs::create_dir(&folder).map_err(failed)?;
        let texts = |placed: &[u32]| match texts.finish()? {
            Some(texts) => texts.finish(placed, &folder),
            None => Ok(0),
        };
        let (placed, text) = columns
            .write_beside(&dead, &folder.join(COLUMNS), texts)
            .map_err(failed)?;
        let text = text?;
        manifest::sync_folder(&folder).map_err(failed)?;
        manifest::sync_folder(&self.folder).map_err(failed)?;
        let sum = manifest::sum_of_file(&folder.join(COLUMNS))?;
        let text_sum = match text {
            0 => 0,
            _ => manifest::sum_of_file(&folder.join(TEXT))?,
        };
        let rows = placed.iter().filter(|row| **row != u32::MAX).count();
        self.segments.push(Written {
            base,
            part: Part {
                number,
                rows: u32::try_from(rows).unwrap_or(u32::MAX),
                size: manifest::size_of_file(&folder.join(COLUMNS))?,
                text,
                sum,
                text_sum,
                ..Part::default()
            },
            placed: Some(placed),
            dead: Vec::new(),
            is_changed: false,
        });
        Ok(())
    }

    /// Takes rows out at the next commit, by their slots.
    pub fn take_out(&mut self, slots: &[u32]) {
        for slot in slots {
            let after = self.segments.partition_point(|part| part.base <= *slot);
            let segment = after
                .checked_sub(1)
                .and_then(|at| self.segments.get_mut(at));
            if let Some(segment) = segment {
                segment.take_out(*slot);
            }
        }
        for segment in self.segments.iter_mut().filter(|part| part.is_changed) {
            segment.dead.sort_unstable();
            segment.dead.dedup();
        }
    }

    /// Makes the segments with what was taken out of them the index, together with `payload`.
    pub fn commit(&mut self, payload: String) -> Result<(), Fault> {
        let before = self.segments.len();
        self.segments.retain(|segment| !segment.is_all_dead());
        let mut is_rubbish_left = self.segments.len() != before;
        for segment in self.segments.iter_mut().filter(|part| part.is_changed) {
            manifest::write_dead_rows(&self.folder, &mut segment.part, &segment.dead)?;
            segment.is_changed = false;
            is_rubbish_left = true;
        }
        let manifest = Manifest {
            payload,
            next: self.next,
            segments: self.parts(),
        };
        manifest.write(&self.folder)?;
        if is_rubbish_left {
            manifest.remove_rubbish(&self.folder);
        }
        Ok(())
    }

    fn parts(&self) -> Vec<Part> {
        let segments = self.segments.iter();
        segments.map(|segment| segment.part.clone()).collect()
    }
}

impl Written {
    fn take_out(&mut self, slot: u32) {
        let at = slot - self.base;
        let row = match &self.placed {
            Some(placed) => placed.get(at as usize).copied(),
            None => Some(at),
        };
        if let Some(row) = row.filter(|row| *row < self.part.rows) {
            self.dead.push(row);
            self.is_changed = true;
        }
    }

    fn is_all_dead(&self) -> bool {
        self.dead.len() == self.part.rows as usize
    }
}
