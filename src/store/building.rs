//! A segment while it grows in memory: batches put together, their numbers turned into those of the segment.
//!
//! Not here: the file that it becomes (`segment`), free text (`text`), and which copies are kept (`writer`).

mod field;
mod messages;
mod narrow;

use super::batch::Batch;
use super::intern::number;
use super::key;
use super::segment::file::{Fixed, Which, Writer};
use super::segment::numbers::Packing;
use super::segment::sortable;
use super::table::FIELDS;
use field::Growing;
use std::collections::BTreeSet;
use std::io;
use std::path::Path;

/// Message ids of a record, about, on average.
const MESSAGES: usize = 3;

/// Rows in the order in which they came; sorted when they are written.
#[derive(Debug, Default)]
pub(super) struct Building {
    ids: Vec<u128>,
    times: Vec<i64>,
    places: Vec<u64>,
    lengths: Vec<u32>,
    lines: Vec<u64>,
    parts: Vec<u16>,
    qualities: Vec<u16>,
    items: Vec<u32>,
    keywords: [Growing; FIELDS.len()],
    /// Hashes of the message ids of all rows: of each row as many as [`Building::items`] says.
    messages: Vec<u64>,
}

impl Building {
    /// Adds the records of a batch but those whose rows (numbers in the batch, ascending) are left out. Gives the first row of this batch in
    /// the segment being built; rows that are left out take no number.
    pub fn append(&mut self, batch: &Batch, left_out: &[u32]) -> u32 {
        let first = self.len();
        let kept = (!left_out.is_empty()).then(|| kept(batch.len(), left_out));
        let kept = kept.as_deref();
        extend(&mut self.ids, &batch.ids, kept);
        extend(&mut self.times, &batch.times, kept);
        extend(&mut self.places, &batch.places, kept);
        extend(&mut self.lengths, &batch.lengths, kept);
        extend(&mut self.lines, &batch.lines, kept);
        extend(&mut self.parts, &batch.parts, kept);
        extend(&mut self.qualities, &batch.qualities, kept);
        extend(&mut self.items, &batch.items, kept);
        for (growing, keywords) in self.keywords.iter_mut().zip(&batch.keywords) {
            growing.append(keywords, kept);
        }
        let is_kept = |row: &u32| left_out.binary_search(row).is_err();
        let messages = batch.messages.iter();
        if kept.is_none() {
            self.messages.extend(messages.map(|(_, hash)| hash));
        } else {
            let messages = messages.filter(|(row, _)| is_kept(row));
            self.messages.extend(messages.map(|(_, hash)| hash));
        }
        number(first)
    }

    /// Makes room for so many rows in all, of which nothing is touched before they come: columns that grow are copied, and leave holes behind.
    pub fn expect(&mut self, rows: usize) {
        let more = rows.saturating_sub(self.len());
        self.ids.reserve(more);
        self.times.reserve(more);
        self.places.reserve(more);
        self.lengths.reserve(more);
        self.lines.reserve(more);
        self.parts.reserve(more);
        self.qualities.reserve(more);
        self.items.reserve(more);
        let messages = more * MESSAGES;
        self.messages.reserve(messages);
    }

    /// Rows so far.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Bytes that it takes in memory, about.
    pub fn size(&self) -> usize {
        let keywords: usize = self.keywords.iter().map(Growing::size).sum();
        self.ids.len() * 52 + self.messages.len() * 8 + keywords
    }

    /// The place of a row.
    pub fn place(&self, row: u32) -> u64 {
        self.places.get(row as usize).copied().unwrap_or(u64::MAX)
    }

    /// Writes the rows but the dead ones into the file of a segment, as [`Building::write_beside`] does.
    #[cfg(test)]
    pub fn write(self, dead: &BTreeSet<u32>, path: &Path) -> io::Result<Vec<u32>> {
        Ok(self.write_beside(dead, path, |_| ())?.0)
    }

    /// Writes the rows but the dead ones into the file of a segment, sorted by time, then place, and waits until the disk has it. Gives the row
    /// of the file for every row added; `u32::MAX` for a dead one. The same is told, once it is known, to what is done meanwhile on another thread.
    pub fn write_beside<T: Send>(
        mut self,
        dead: &BTreeSet<u32>,
        path: &Path,
        beside: impl FnOnce(&[u32]) -> T + Send,
    ) -> io::Result<(Vec<u32>, T)> {
        let order = self.order(dead);
        let placed = placed(&order, self.len());
        let mut file = Writer::create(path, number(order.len()))?;
        let messages = std::mem::take(&mut self.messages);
        let items = std::mem::take(&mut self.items);
        let keywords = std::mem::take(&mut self.keywords);
        let done = std::thread::scope(|scope| {
            let (items, placed) = (&items, &placed);
            let sorted = scope.spawn(move || messages::sorted(&messages, items, placed));
            let beside = scope.spawn(move || beside(placed));
            self.write_numbers(items, &order, &mut file)?;
            drop(self);
            for ((field, growing), keyword) in keywords.into_iter().enumerate().zip(&FIELDS) {
                growing.write(field, keyword.listed, &order, &mut file)?;
            }
            let sorted = sorted.join();
            let sorted = sorted.map_err(|_| io::Error::other("message ids could not be sorted"))?;
            sorted.write(&mut file)?;
            file.finish()?;
            let beside = beside.join();
            beside.map_err(|_| io::Error::other("free text could not be written"))
        })?;
        Ok((placed, done))
    }

    /// The rows that live, as they are sorted in the file. The id decides where all else is equal, so that the order in which they came
    /// never does.
    fn order(&self, dead: &BTreeSet<u32>) -> Vec<u32> {
        let mut rows: Vec<(i64, u32)> = (0..)
            .zip(&self.times)
            .map(|(row, time)| (*time, row))
            .collect();
        if !dead.is_empty() {
            rows.retain(|(_, row)| !dead.contains(row));
        }
        rows.sort_by(|left, right| {
            let rest = |row: u32| (self.place(row), self.ids.get(row as usize));
            left.0
                .cmp(&right.0)
                .then_with(|| rest(left.1).cmp(&rest(right.1)))
        });
        rows.into_iter().map(|(_, row)| row).collect()
    }

    fn write_numbers(&self, items: &[u32], order: &[u32], file: &mut Writer) -> io::Result<()> {
        let at = |row: &u32| *row as usize;
        let with_time = order.partition_point(|row| self.times[at(row)] != i64::MAX);
        let times = order[..with_time]
            .iter()
            .map(|row| sortable(self.times[at(row)]));
        write(file, Fixed::Times, times)?;
        let rows = order.iter();
        write(
            file,
            Fixed::Places,
            rows.clone().map(|row| self.places[at(row)]),
        )?;
        write(
            file,
            Fixed::Lengths,
            rows.clone().map(|row| self.lengths[at(row)].into()),
        )?;
        write(
            file,
            Fixed::Lines,
            rows.clone().map(|row| self.lines[at(row)]),
        )?;
        write(
            file,
            Fixed::Parts,
            rows.clone().map(|row| self.parts[at(row)].into()),
        )?;
        write(
            file,
            Fixed::Qualities,
            rows.clone().map(|row| self.qualities[at(row)].into()),
        )?;
        write(
            file,
            Fixed::Items,
            rows.clone().map(|row| items[at(row)].into()),
        )?;
        self.write_ids(order, file)
    }

    /// Writes ids in two halves, eight bytes each whatever they are: they are searched as they stand.
    fn write_ids(&self, order: &[u32], file: &mut Writer) -> io::Result<()> {
        for (fixed, half) in [
            (Fixed::IdsHigh, key::high as fn(u128) -> u64),
            (Fixed::IdsLow, key::low),
        ] {
            let ids = order.iter().map(|row| half(self.ids[*row as usize]));
            file.numbers(Which::Fixed(fixed), Packing::Whole, ids)?;
        }
        Ok(())
    }
}

fn write(
    file: &mut Writer,
    fixed: Fixed,
    numbers: impl ExactSizeIterator<Item = u64> + Clone,
) -> io::Result<()> {
    file.numbers(Which::Fixed(fixed), Packing::Least, numbers)
}

/// The rows of a batch that are not left out.
fn kept(rows: usize, left_out: &[u32]) -> Vec<u32> {
    let mut left_out = left_out.iter().peekable();
    (0..number(rows))
        .filter(|row| left_out.next_if_eq(&row).is_none())
        .collect()
}

fn extend<T: Copy>(all: &mut Vec<T>, some: &[T], kept: Option<&[u32]>) {
    match kept {
        None => all.extend_from_slice(some),
        Some(kept) => all.extend(kept.iter().map(|row| some[*row as usize])),
    }
}

/// The place of each row in an order of some of them; `u32::MAX` for one that is not in it.
fn placed(order: &[u32], rows: usize) -> Vec<u32> {
    let mut placed = vec![u32::MAX; rows];
    for (place, row) in (0..).zip(order) {
        placed[*row as usize] = place;
    }
    placed
}
