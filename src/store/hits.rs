//! The records that a search found: counted, placed in time, and read a window at a time, without sorting them all.
//!
//! The rows of each segment are sorted already, so the order over all segments needs only their heads. Not here: which records are found.

use super::opened::{OpenSegment, State};
use super::row::{self, Row};
use super::segment::Segment;
use super::selection::Selection;
use crate::record::Provenance;
use crate::time::{self, Instant};
use std::sync::Arc;

/// The records that a search found, by time, then by place in the evidence. Records without a time come last.
#[derive(Clone)]
pub struct Hits {
    state: Arc<State>,
    /// The rows found in each segment of the state.
    found: Arc<Vec<Selection>>,
}

/// What hits are ordered by: time and place.
type Key = (i64, u64);

impl Hits {
    pub(super) fn new(state: Arc<State>, found: Vec<Selection>) -> Self {
        Self {
            state,
            found: Arc::new(found),
        }
    }

    /// How many records were found.
    pub fn len(&self) -> usize {
        self.found.iter().map(Selection::len).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// First and last time; `None` when no hit has one.
    pub fn span(&self) -> Option<(Instant, Instant)> {
        let (first, last) = self.bounds()?;
        Some((time::from_micros(first), time::from_micros(last)))
    }

    /// Counts in `steps` equal steps from the first to the last hit with a time. Empty when there is none.
    pub fn histogram(&self, steps: usize) -> Vec<u64> {
        let Some((first, last)) = self.bounds() else {
            return Vec::new();
        };
        let steps = steps.max(1);
        let mut before = 0;
        let mut counts = Vec::with_capacity(steps);
        for step in 1..=steps {
            let upto = self.before(step_start(first, last, step, steps));
            counts.push((upto - before) as u64);
            before = upto;
        }
        counts
    }

    /// The days, counted from 1970, on which any hit happened, ascending in each segment.
    pub(super) fn days(&self, visit: &mut dyn FnMut(i64)) {
        for (opened, found) in self.segments() {
            let segment = &opened.segment;
            let mut next = 0;
            while let Some(row) = found.nth(next) {
                let time = segment.time(row);
                if time == i64::MAX {
                    break;
                }
                let day = time.div_euclid(MICROS_A_DAY);
                visit(day);
                let end = (day + 1).saturating_mul(MICROS_A_DAY);
                next = found.rank(segment.first_at(end)).max(next + 1);
            }
        }
    }

    /// The lines of a listing from `from` on, at most `count`.
    pub(super) fn rows(&self, from: usize, count: usize) -> Vec<Row> {
        self.read(from, count, Row::read)
    }

    /// Where the originals of all hits stand, in the order of the listing.
    pub fn places(&self) -> Vec<Provenance> {
        self.read(0, self.len(), row::provenance)
    }

    /// What is read of each of some hits.
    fn read<T>(&self, from: usize, count: usize, read: fn(&Segment, u32) -> T) -> Vec<T> {
        let count = count.min(self.len().saturating_sub(from));
        let mut heads = self.heads(from);
        let mut all = Vec::with_capacity(count);
        while all.len() < count
            && let Some((opened, row)) = next(&mut heads)
        {
            all.push(read(&opened.segment, row));
        }
        all
    }

    /// The segments with what was found in them.
    pub(super) fn segments(&self) -> impl Iterator<Item = (&OpenSegment, &Selection)> {
        let segments = self.state.segments.iter().map(AsRef::as_ref);
        segments.zip(self.found.iter())
    }

    /// Microseconds of the first and last hit with a time.
    fn bounds(&self) -> Option<(i64, i64)> {
        let ends = self.segments().filter_map(|(opened, found)| {
            let timed = found.rank(opened.segment.first_at(i64::MAX));
            let time = |number| found.nth(number).map(|row| opened.segment.time(row));
            Some((time(0)?, time(timed.checked_sub(1)?)?))
        });
        ends.reduce(|(first, last), (low, high)| (first.min(low), last.max(high)))
    }

    /// How many hits happened before a time.
    fn before(&self, time: i64) -> usize {
        let before =
            |(opened, found): (&OpenSegment, &Selection)| found.rank(opened.segment.first_at(time));
        self.segments().map(before).sum()
    }

    /// In every segment the hits that are left after the first `from` of all.
    fn heads(&self, from: usize) -> Vec<Head<'_>> {
        let alone = self.found.len() == 1;
        let key = if alone { None } else { self.key_of(from) };
        let mut heads: Vec<Head<'_>> = self
            .segments()
            .map(|(opened, found)| Head {
                opened,
                found,
                number: match key {
                    None => from,
                    Some(key) => rank(opened, found, key),
                },
            })
            .collect();
        // Hits of one key, of which a damaged index may hold several.
        let passed: usize = heads.iter().map(|head| head.number).sum();
        for _ in passed..from {
            next(&mut heads);
        }
        heads
    }

    /// The greatest key before which no more than `from` hits come; `None` behind the last hit.
    fn key_of(&self, from: usize) -> Option<Key> {
        if from >= self.len() {
            return None;
        }
        let before = |key| -> usize {
            let rank = |(opened, found)| rank(opened, found, key);
            self.segments().map(rank).sum()
        };
        // Times first: `low` always has few enough before it.
        let time = greatest(i64::MIN.into(), i64::MAX.into(), |time| {
            before((short(time), 0)) <= from
        });
        let place = greatest(0, u64::MAX.into(), |place| {
            before((short(time), u64::try_from(place).unwrap_or(u64::MAX))) <= from
        });
        Some((short(time), u64::try_from(place).unwrap_or(u64::MAX)))
    }
}

/// Microseconds of a day.
const MICROS_A_DAY: i64 = 86_400_000_000;

fn short(number: i128) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The greatest number from `low` to `high` that passes a test, which `low` passes, and none above one that fails.
fn greatest(mut low: i128, mut high: i128, passes: impl Fn(i128) -> bool) -> i128 {
    while low < high {
        let middle = low + (high - low + 1) / 2;
        if passes(middle) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    low
}

/// The first microsecond of a step of a histogram: the least time that is not in an earlier step.
fn step_start(first: i64, last: i64, step: usize, steps: usize) -> i64 {
    let width = i128::from(last) - i128::from(first) + 1;
    let (step, steps) = (step as i128, steps as i128);
    let offset = (step * width + steps - 1) / steps;
    short(i128::from(first) + offset)
}

/// How many hits of a segment come before a key.
fn rank(opened: &OpenSegment, found: &Selection, (time, place): Key) -> usize {
    let segment = &opened.segment;
    let (mut low, mut high) = (
        segment.first_at(time),
        time.checked_add(1)
            .map_or(segment.len(), |next| segment.first_at(next)),
    );
    if place == 0 {
        high = low;
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if segment.place(middle) < place {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    found.rank(low)
}

/// The hits of a segment that are still to come.
struct Head<'a> {
    opened: &'a OpenSegment,
    found: &'a Selection,
    number: usize,
}

impl Head<'_> {
    fn row(&self) -> Option<u32> {
        self.found.nth(self.number)
    }

    fn key(&self) -> Option<Key> {
        let segment = &self.opened.segment;
        self.row()
            .map(|row| (segment.time(row), segment.place(row)))
    }
}

/// Takes the first of what is still to come.
fn next<'a>(heads: &mut [Head<'a>]) -> Option<(&'a OpenSegment, u32)> {
    let head = match heads {
        [head] => head,
        several => several
            .iter_mut()
            .filter_map(|head| Some((head.key()?, head)))
            .min_by_key(|(key, _)| *key)
            .map(|(_, head)| head)?,
    };
    let row = head.row()?;
    head.number += 1;
    Some((head.opened, row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_begin_where_a_division_says() {
        for (first, last, steps) in [
            (0, 9, 3),
            (-5, 100, 7),
            (3, 3, 4),
            (i64::MIN, i64::MAX - 1, 240),
        ] {
            let width = i128::from(last) - i128::from(first) + 1;
            let step_of = |time: i64| (i128::from(time) - i128::from(first)) * steps / width;
            for step in 1..steps {
                let start = step_start(
                    first,
                    last,
                    usize::try_from(step).unwrap(),
                    usize::try_from(steps).unwrap(),
                );
                assert!(start > last || step_of(start) >= step);
                assert!(step_of(start - 1) < step);
            }
        }
    }
}
