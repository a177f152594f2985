//! What the threads that read evidence make of its rows: columns for the index, and what the ledger and the hunt need of them.
//!
//! Everything here is about one batch of rows of one file and knows nothing of what else is indexed: which of its records are new is found
//! later, in the order of the evidence (`run`).

use super::located_at;
use crate::case::{Tail, Told};
use crate::evidence::{Gather, Place, Row};
use crate::hunt::facet::{Facets, HUNTED};
use crate::hunt::identity::fact::{self, LocatedFact};
use crate::record::{Provenance, Record, RecordId};
use crate::store::Batch;
use crate::time::{self, Instant};
use hashbrown::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Batches kept to be filled again.
const MOST_SPARE: usize = 8;

/// Traces remembered with a batch: evidence that names somebody else in every row must not fill the memory.
const MOST_TRACES: usize = 1 << 16;

/// Rows of one file, gathered.
pub(super) struct Gathered {
    /// Number of the file in the case.
    file: u32,
    /// Rows before this byte are in the index already.
    resume_at: u64,
    /// What the index keeps of the records.
    pub batch: Batch,
    /// Rows, a row of several records counted as often.
    pub rows: u64,
    /// Rows taken, each counted once.
    pub taken: u64,
    /// Behind the last row that was taken; `None` when none was.
    pub end: Option<u64>,
    /// Records by operation, in the order in which operations were first met.
    pub operations: Counts<String>,
    /// Records by day since 1970, in the order in which days were first met.
    pub days: Counts<i32>,
    /// Inventory entries by kind.
    pub inventory: Counts<String>,
    /// Times of the first and the last record taken.
    pub times: [Option<Instant>; 2],
    /// The same of all records seen.
    pub span: [Option<Instant>; 2],
    /// What is to be told of single rows and records, in their order.
    pub events: Vec<Event>,
    /// The last row seen.
    pub last: Tail,
    /// What the records show of who is who, each thing as a rule once.
    pub facts: Vec<LocatedFact>,
    /// Traces of the records that showed it, in this batch and in those that filled this memory before.
    shown: HashSet<u64>,
}

/// What is to be told of a row or record.
pub(super) struct Event {
    /// Records of the batch before it.
    pub record: u32,
    /// Where its row stands.
    pub place: Place,
    /// What it is.
    pub what: What,
}

/// What is to be told.
pub(super) enum What {
    /// The row could not be read.
    Refused(String),
    /// The record lost something, if it is kept.
    Degraded(String),
    /// The record is one that the hunt needs, if it is kept.
    Hunted(Box<Record>, u16),
}

impl Gathered {
    /// Begins a batch of a file that is in the index already up to a byte.
    fn new(file: u32, resume_at: u64) -> Self {
        Self {
            file,
            resume_at,
            batch: Batch::default(),
            rows: 0,
            taken: 0,
            end: None,
            operations: Counts::default(),
            days: Counts::default(),
            inventory: Counts::default(),
            times: [None; 2],
            span: [None; 2],
            events: Vec::new(),
            last: Tail::default(),
            facts: Vec::new(),
            shown: HashSet::new(),
        }
    }

    /// Forgets all, but keeps the memory.
    fn cleared(self) -> Self {
        let Self {
            mut batch,
            mut operations,
            mut days,
            mut inventory,
            mut events,
            mut facts,
            shown,
            ..
        } = self;
        batch.clear();
        operations.clear();
        days.clear();
        inventory.clear();
        events.clear();
        facts.clear();
        Self {
            batch,
            operations,
            days,
            inventory,
            events,
            facts,
            // Batches come in the order of the evidence: what was shown before need not be shown again.
            shown,
            ..Self::new(0, 0)
        }
    }

    fn tell(&mut self, place: Place, what: What) {
        // A batch holds a few thousand records.
        let record = u32::try_from(self.batch.len()).unwrap_or(u32::MAX);
        self.events.push(Event {
            record,
            place,
            what,
        });
    }

    fn take(&mut self, row: &Row, place: Place) {
        self.taken += 1;
        match row {
            Row::Refused { reason, .. } => {
                self.rows += 1;
                self.tell(place, What::Refused(reason.clone()));
            }
            Row::Inventory(entry, _) => {
                self.rows += 1;
                self.inventory.add(entry.kind());
            }
            Row::Records(records, _) => {
                for (part, record) in (0..).zip(records) {
                    self.rows += 1;
                    self.record(record, place, part);
                }
            }
        }
    }

    fn record(&mut self, record: &Record, place: Place, part: u16) {
        // What a file holds does not depend on which copy of an event is kept.
        self.operations.add(record.operation.as_str());
        if let Some(time) = record.time {
            self.days.add(&time::day(time));
            widen(&mut self.times, time);
        }
        let facets = Facets::of(record);
        if !record.degraded.is_empty() {
            self.tell(place, What::Degraded(record.degraded.clone()));
        }
        if facets.has(HUNTED) {
            self.tell(place, What::Hunted(Box::new(record.clone()), part));
        }
        let at = located_at(self.file, place, part);
        self.learn(record, at);
        let facets = (
            facets.number(),
            &mut facets.words() as &mut dyn Iterator<Item = _>,
        );
        self.batch.push_numbered(record, facets, at);
    }

    /// Keeps what a record shows of who is who, unless one before it showed the same.
    fn learn(&mut self, record: &Record, at: Provenance) {
        let Some(trace) = fact::trace(record) else {
            return;
        };
        if self.shown.len() >= MOST_TRACES {
            self.shown.clear();
        }
        if self.shown.insert(trace) {
            let facts = fact::of_record(record).into_iter();
            self.facts
                .extend(facts.map(|fact| LocatedFact { fact, at }));
        }
    }
}

/// Batches to be filled again: fresh memory costs time.
#[derive(Clone, Default)]
pub(super) struct Spare(Arc<Mutex<Vec<Gathered>>>);

impl Spare {
    /// Begins a batch of a file that is in the index already up to a byte.
    pub fn begin(&self, file: u32, resume_at: u64) -> Gathered {
        let used = self.batches().pop();
        let Some(used) = used else {
            return Gathered::new(file, resume_at);
        };
        Gathered {
            file,
            resume_at,
            ..used
        }
    }

    /// Takes a batch that is not needed any more.
    pub fn give_back(&self, batch: Gathered) {
        let batch = batch.cleared();
        let mut batches = self.batches();
        if batches.len() < MOST_SPARE {
            batches.push(batch);
        }
    }

    fn batches(&self) -> MutexGuard<'_, Vec<Gathered>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Gather for Gathered {
    fn row(&mut self, row: &Row) {
        let place = row.place();
        remember(&mut self.last, row);
        if let Row::Records(records, _) = row {
            let times = records.iter().filter_map(|record| record.time);
            times.for_each(|time| widen(&mut self.span, time));
        }
        if place.offset >= self.resume_at {
            self.take(row, place);
            self.end = Some(place.offset + place.length);
        }
    }
}

fn widen(span: &mut [Option<Instant>; 2], time: Instant) {
    let [first, last] = *span;
    *span = [
        Some(first.map_or(time, |first| first.min(time))),
        last.max(Some(time)),
    ];
}

/// The earliest and latest of two spans.
pub(super) fn joined(
    one: [Option<Instant>; 2],
    other: [Option<Instant>; 2],
) -> [Option<Instant>; 2] {
    let first = [one[0], other[0]].into_iter().flatten().min();
    [first, one[1].max(other[1])]
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
        let RecordId(id) = &record.id;
        told.id.clone_from(id);
        told.operation.clear();
        told.operation.push_str(record.operation.as_str());
        told.time = record.time.map(time::micros);
    }
}

/// How often each of some keys was met, in the order in which they were first met.
pub(super) struct Counts<K> {
    met: Vec<(K, u64)>,
    /// Where each key stands.
    at: HashMap<K, usize>,
    /// Where the last one stands: the next one is the same as a rule.
    last: usize,
}

impl<K> Default for Counts<K> {
    fn default() -> Self {
        Self {
            met: Vec::new(),
            at: HashMap::new(),
            last: 0,
        }
    }
}

impl<K> Counts<K> {
    fn add<Q>(&mut self, key: &Q)
    where
        K: std::borrow::Borrow<Q> + Eq + std::hash::Hash + Clone,
        Q: ?Sized + Eq + std::hash::Hash + ToOwned<Owned = K>,
    {
        let is_last = |(known, _): &(K, u64)| known.borrow() == key;
        if !self.met.get(self.last).is_some_and(is_last) {
            self.last = self.at.get(key).copied().unwrap_or(self.met.len());
        }
        if let Some((_, count)) = self.met.get_mut(self.last) {
            *count += 1;
        } else {
            self.met.push((key.to_owned(), 1));
            self.at.insert(key.to_owned(), self.last);
        }
    }

    fn clear(&mut self) {
        self.met.clear();
        self.at.clear();
        self.last = 0;
    }

    /// Every key with its count.
    pub fn iter(&self) -> impl Iterator<Item = &(K, u64)> {
        self.met.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_counted_in_the_order_in_which_they_are_met() {
        let mut counts: Counts<String> = Counts::default();
        for name in ["b", "a", "a", "b", "c"] {
            counts.add(name);
        }
        let told: Vec<_> = counts
            .iter()
            .map(|(name, count)| (&**name, *count))
            .collect();
        assert_eq!(told, [("b", 2), ("a", 2), ("c", 1)]);
    }
}
