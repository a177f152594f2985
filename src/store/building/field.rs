//! A keyword field of a segment while it grows, and how it is written: its values sorted, its sets in the order of their values.
//!
//! What is written depends only on the rows: neither on the order in which they came, nor on values of rows that were left out.

use super::narrow::Narrow;
use crate::store::batch::Keywords;
use crate::store::intern::{Sets, Values, number};
use crate::store::segment::file::{Part, SEPARATOR, Which, Writer};
use crate::store::segment::numbers::Packing;
use crate::text;
use std::io;

/// A number that is not known yet.
const UNKNOWN: u32 = u32::MAX;

/// A keyword field of a segment that grows.
#[derive(Debug, Default)]
pub(super) struct Growing {
    values: Values,
    sets: Sets,
    rows: Narrow,
    /// For the values and sets of the batch at hand: their numbers here.
    value_here: Vec<u32>,
    set_here: Vec<u32>,
    members: Vec<u32>,
}

impl Growing {
    /// Adds the rows of a batch, or those of them that are kept. One look-up for each value and set of the batch.
    pub fn append(&mut self, batch: &Keywords, kept: Option<&[u32]>) {
        self.value_here.clear();
        self.value_here.resize(batch.values.len() as usize, UNKNOWN);
        self.set_here.clear();
        self.set_here.resize(batch.sets.len() as usize, UNKNOWN);
        let mut greatest = 0;
        if let Some(kept) = kept {
            for row in kept {
                greatest = greatest.max(self.translate(batch, batch.rows[*row as usize]));
            }
        } else {
            for set in 0..batch.sets.len() {
                greatest = greatest.max(self.translate(batch, set));
            }
        }
        let here = &self.set_here;
        let here = |set: &u32| here[*set as usize];
        match kept {
            None => self.rows.extend(greatest, batch.rows.iter().map(here)),
            Some(kept) => {
                let rows = kept.iter().map(|row| here(&batch.rows[*row as usize]));
                self.rows.extend(greatest, rows);
            }
        }
    }

    /// The number here of a set of a batch.
    fn translate(&mut self, batch: &Keywords, set: u32) -> u32 {
        let known = self.set_here[set as usize];
        if known != UNKNOWN {
            return known;
        }
        self.members.clear();
        for value in batch.sets.get(set) {
            let here = &mut self.value_here[*value as usize];
            if *here == UNKNOWN {
                *here = self.values.number_from(&batch.values, *value);
            }
            self.members.push(*here);
        }
        let number = self.sets.number(&self.members);
        self.set_here[set as usize] = number;
        number
    }

    /// Bytes in memory, about.
    pub fn size(&self) -> usize {
        self.values.size() + self.sets.size() + self.rows.size()
    }

    /// Writes the field of a number, its rows in an order.
    pub fn write(
        self,
        field: usize,
        listed: bool,
        order: &[u32],
        file: &mut Writer,
    ) -> io::Result<()> {
        let mut rows = self.rows.gather(order);
        let mut counts = vec![0_u32; self.sets.len() as usize];
        for set in &rows {
            counts[*set as usize] += 1;
        }
        let mut file = FieldWriter { field, file };
        let value_numbers = file.values(&self.values, &self.used(&counts))?;
        let sets = self.sorted_sets(&counts, &value_numbers);
        file.sets(&self.sets, &sets, &value_numbers)?;
        let mut set_numbers = vec![0; counts.len()];
        for (new, set) in (0..).zip(&sets) {
            set_numbers[*set as usize] = new;
        }
        for set in &mut rows {
            *set = set_numbers[*set as usize];
        }
        file.numbers(Part::Rows, rows.iter().copied())?;
        if listed {
            let counts = sets.iter().map(|set| counts[*set as usize]);
            file.lists(counts, &rows)?;
        }
        Ok(())
    }

    /// Which values some row has.
    fn used(&self, counts: &[u32]) -> Vec<bool> {
        let mut used = vec![false; self.values.len() as usize];
        for (set, count) in (0..).zip(counts) {
            if *count > 0 {
                for value in self.sets.get(set) {
                    used[*value as usize] = true;
                }
            }
        }
        used
    }

    /// The sets that some row has, in the order of the new numbers of their values; the empty one first, always.
    fn sorted_sets(&self, counts: &[u32], value_numbers: &[u32]) -> Vec<u32> {
        let new = |value: &u32| value_numbers[*value as usize];
        let mut sets: Vec<(u64, u32)> = (0..)
            .zip(counts)
            .filter(|(set, count)| *set == 0 || **count > 0)
            .map(|(set, _)| {
                let members = self.sets.get(set);
                // The first two values mostly decide. One more than each: none sorts first.
                let key = |at: usize| members.get(at).map_or(0, |value| u64::from(new(value)) + 1);
                (key(0) << 32 | key(1), set)
            })
            .collect();
        sets.sort_unstable_by(|left, right| {
            let rest = |set: u32| self.sets.get(set).iter().map(new);
            left.0
                .cmp(&right.0)
                .then_with(|| rest(left.1).cmp(rest(right.1)))
        });
        sets.into_iter().map(|(_, set)| set).collect()
    }
}

/// Writes the sections of a field.
struct FieldWriter<'a> {
    field: usize,
    file: &'a mut Writer,
}

impl FieldWriter<'_> {
    fn numbers(
        &mut self,
        part: Part,
        numbers: impl ExactSizeIterator<Item = u32> + Clone,
    ) -> io::Result<()> {
        let which = Which::Field(self.field, part);
        self.file
            .numbers(which, Packing::Plain, numbers.map(u64::from))
    }

    fn texts(&mut self, part: (Part, Part), starts: &[u64], joined: &[u8]) -> io::Result<()> {
        let [starts_of, texts] = [part.0, part.1].map(|part| Which::Field(self.field, part));
        self.file
            .numbers(starts_of, Packing::Plain, starts.iter().copied())?;
        self.file.bytes(texts, joined)
    }

    /// Writes the values that are used, sorted by their folded text, then as written. Gives the new number of each.
    fn values(&mut self, values: &Values, used: &[bool]) -> io::Result<Vec<u32>> {
        let mut folded = Folded::default();
        for (value, _) in (0..).zip(used).filter(|(_, used)| **used) {
            folded.push(value, values.get(value));
        }
        folded.sort(values);
        let mut numbers = vec![UNKNOWN; used.len()];
        let (mut joined, mut starts) = (Vec::with_capacity(folded.joined.len()), vec![0]);
        let (mut written, mut written_starts) = (Vec::new(), vec![0]);
        for (new, value) in (0..).zip(&folded.values) {
            numbers[value.number as usize] = new;
            let text = folded.get(value);
            joined.extend_from_slice(text.as_bytes());
            joined.push(SEPARATOR);
            starts.push(joined.len() as u64);
            let as_written = values.get(value.number);
            if as_written != text {
                written.extend_from_slice(as_written.as_bytes());
            }
            written_starts.push(written.len() as u64);
        }
        self.texts((Part::FoldedStarts, Part::Folded), &starts, &joined)?;
        self.texts(
            (Part::WrittenStarts, Part::Written),
            &written_starts,
            &written,
        )?;
        Ok(numbers)
    }

    fn sets(&mut self, sets: &Sets, sorted: &[u32], value_numbers: &[u32]) -> io::Result<()> {
        let (mut starts, mut members) = (vec![0], Vec::new());
        for set in sorted {
            let values = sets.get(*set).iter();
            members.extend(values.map(|value| value_numbers[*value as usize]));
            starts.push(number(members.len()));
        }
        self.numbers(Part::SetStarts, starts.into_iter())?;
        self.numbers(Part::Members, members.into_iter())
    }

    /// Writes the rows of each set. `counts` says how many each has.
    fn lists(&mut self, counts: impl Iterator<Item = u32>, rows: &[u32]) -> io::Result<()> {
        let mut starts = vec![0];
        let mut end = 0;
        for count in counts {
            end += count;
            starts.push(end);
        }
        let mut next = starts.clone();
        let mut listed = vec![0; rows.len()];
        for (row, set) in (0_u32..).zip(rows) {
            let place = &mut next[*set as usize];
            listed[*place as usize] = row;
            *place += 1;
        }
        self.numbers(Part::ListStarts, starts.into_iter())?;
        self.numbers(Part::Listed, listed.into_iter())
    }
}

/// Folded values that are to be sorted.
#[derive(Default)]
struct Folded {
    joined: String,
    values: Vec<FoldedValue>,
}

/// A value of [`Folded`].
struct FoldedValue {
    /// Its first bytes, which mostly decide.
    first: u128,
    start: usize,
    end: usize,
    /// Its number before it was sorted.
    number: u32,
}

impl Folded {
    fn push(&mut self, number: u32, value: &str) {
        let start = self.joined.len();
        if value.is_ascii() {
            // What `text::fold` makes of it, without a text of its own.
            self.joined.push_str(value.trim());
            if let Some(folded) = self.joined.get_mut(start..) {
                folded.make_ascii_lowercase();
            }
        } else {
            self.joined.push_str(&text::fold(value));
        }
        let folded = self.joined.as_bytes().get(start..).unwrap_or_default();
        let mut first = [0; 16];
        let length = folded.len().min(16);
        first[..length].copy_from_slice(&folded[..length]);
        self.values.push(FoldedValue {
            first: u128::from_be_bytes(first),
            start,
            end: self.joined.len(),
            number,
        });
    }

    fn get(&self, value: &FoldedValue) -> &str {
        self.joined.get(value.start..value.end).unwrap_or_default()
    }

    fn sort(&mut self, written: &Values) {
        let mut values = std::mem::take(&mut self.values);
        values.sort_unstable_by(|left, right| {
            let text = |value: &FoldedValue| (self.get(value), written.get(value.number));
            left.first
                .cmp(&right.first)
                .then_with(|| text(left).cmp(&text(right)))
        });
        self.values = values;
    }
}
