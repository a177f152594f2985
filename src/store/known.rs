//! The records that are indexed, by id, and which of two copies is kept.
//!
//! One entry of 32 bytes a record, in memory while a writer is open. Entries stand side by side in the order in which they came, and what is searched
//! is a table of their numbers: it is so much smaller that most of it stays in the cache. Ids are chosen by whoever writes logs, so the hash has a
//! key. Not here: how a copy that gave way is taken out of the index (`writer`, `shelf`).

use super::intern::number;
use super::key::unplace;
use super::opened::OpenSegment;
use crate::record::Provenance;
use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
use std::hash::BuildHasher;

/// A copy of a record that gave way to a better one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Displaced {
    /// Where it stands; its length is not known any more.
    pub provenance: Provenance,
    /// Whether it was damaged.
    pub degraded: bool,
}

/// The copy of a record that is indexed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    /// Where it stands ([`super::key::place`]).
    pub place: u64,
    /// Its number among all rows that the writer knows of.
    pub slot: u32,
    /// Number of the record within its row.
    pub part: u16,
    /// How much it tells ([`crate::record::Record::quality`]); 0 for a damaged one.
    pub quality: u16,
}

/// What becomes of a copy.
#[derive(Debug, Clone, Copy)]
pub(super) enum Verdict {
    /// It is new.
    New,
    /// One that is at least as good is kept.
    Duplicate,
    /// It is kept instead of this one.
    Better(Held),
}

/// The records that are indexed.
#[derive(Default)]
pub(super) struct Known {
    /// All of them, with the bits of their ids; those that were forgotten too.
    copies: Vec<(u128, Held)>,
    /// Their places in `copies`, by those bits.
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
    /// Lines of the damaged ones, by place.
    lines: HashMap<u64, u64>,
}

impl Known {
    /// Makes room for so many more.
    pub fn reserve(&mut self, more: usize) {
        let Self {
            copies,
            table,
            hasher,
            ..
        } = self;
        copies.reserve(more);
        table.reserve(more, |at| hasher.hash_one(copies[*at as usize].0));
    }

    /// Where the record of an id stands in the table, or would.
    fn entry(&mut self, id: u128) -> (Entry<'_, u32>, &mut Vec<(u128, Held)>) {
        let Self {
            copies,
            table,
            hasher,
            ..
        } = self;
        let entry = table.entry(
            hasher.hash_one(id),
            |at| copies[*at as usize].0 == id,
            |at| hasher.hash_one(copies[*at as usize].0),
        );
        (entry, copies)
    }

    /// Keeps a copy, if there is none or it is better than the one that is kept.
    fn keep(&mut self, id: u128, copy: Held, is_better: impl FnOnce(Held) -> bool) -> Verdict {
        match self.entry(id) {
            (Entry::Vacant(entry), copies) => {
                entry.insert(number(copies.len()));
                copies.push((id, copy));
                Verdict::New
            }
            (Entry::Occupied(entry), copies) => {
                let known = &mut copies[*entry.get() as usize].1;
                if is_better(*known) {
                    Verdict::Better(std::mem::replace(known, copy))
                } else {
                    Verdict::Duplicate
                }
            }
        }
    }

    /// Takes in the rows of a segment, the first of which has this slot.
    pub fn fill(&mut self, open: &OpenSegment, base: u32) {
        let segment = &open.segment;
        for row in (0..segment.len()).filter(|row| !open.is_dead(*row)) {
            let copy = Held {
                place: segment.place(row),
                slot: base + row,
                part: segment.part(row),
                quality: segment.quality(row),
            };
            if copy.quality == 0 {
                self.lines.insert(copy.place, segment.line(row));
            }
            self.keep(segment.id(row), copy, |_| true);
        }
    }

    /// Judges a copy, and keeps it unless one is kept that is at least as good.
    pub fn judge(
        &mut self,
        id: u128,
        copy: Held,
        line: u64,
        precedes: &dyn Fn(u32, u32) -> bool,
    ) -> Verdict {
        let verdict = self.keep(id, copy, |known| is_better(copy, known, precedes));
        if copy.quality == 0 && !matches!(verdict, Verdict::Duplicate) {
            self.lines.insert(copy.place, line);
        }
        verdict
    }

    /// Forgets the record of an id, if its kept copy stands at one of these places. Gives that copy.
    pub fn forget(&mut self, id: u128, places: &std::ops::Range<u64>) -> Option<Held> {
        let (Entry::Occupied(entry), copies) = self.entry(id) else {
            return None;
        };
        let copy = copies[*entry.get() as usize].1;
        places.contains(&copy.place).then(|| {
            entry.remove();
            copy
        })
    }

    /// What is told of a copy that is kept no longer.
    pub fn displaced(&mut self, copy: Held) -> Displaced {
        let (file, offset) = unplace(copy.place, u64::from(copy.part));
        // A better copy may stand at the same place, of a row that was read again; only damaged ones have a line here.
        let line = if copy.quality == 0 {
            self.lines.remove(&copy.place)
        } else {
            None
        };
        Displaced {
            provenance: Provenance {
                file,
                offset,
                line: line.unwrap_or(0),
                length: 0,
                part: copy.part,
            },
            degraded: copy.quality == 0,
        }
    }
}

/// Whether a copy of a record is to be kept instead of the one that is known: the one that tells more; of two that tell as much, the one whose file
/// comes first, then the one that stands first.
fn is_better(copy: Held, known: Held, precedes: &dyn Fn(u32, u32) -> bool) -> bool {
    if copy.quality != known.quality {
        return copy.quality > known.quality;
    }
    let file = |copy: Held| unplace(copy.place, 0).0;
    if file(copy) == file(known) {
        copy.place < known.place
    } else {
        precedes(file(copy), file(known))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_takes_32_bytes() {
        assert_eq!(size_of::<(u128, Held)>(), 32);
    }
}
