//! A segment on the disk: columns of rows sorted by time, never changed once written.
//!
//! One file of sections, little-endian, each beginning at a multiple of eight bytes: a header with a version, the number of rows, the table of
//! sections and a checksum of both; for every keyword field its dictionary, sets, rows and, for listed fields, the rows of each set; the
//! numbers; the message ids. It is mapped, not read: opening costs nothing that grows with it. Numbers take one, two, four or eight bytes, as the
//! greatest needs. Every look is bounded: a damaged file gives wrong answers or an error, never a panic.
//! Not here: what is asked of it (`evaluate`), and which rows were taken out since (`manifest`).

mod column;
pub(super) mod file;
pub(super) mod numbers;
mod scan;
#[cfg(test)]
mod tests;

pub(super) use column::Column;
pub(super) use scan::Wanted;

use super::{Fault, key, table};
use crate::query::Field;
use file::{Fixed, Reader, Which};
use numbers::Numbers;
use std::ops::{Range, RangeInclusive};
use std::path::Path;

/// A segment that is open.
pub(super) struct Segment {
    file: Reader,
}

/// The bucket of a hash of a message id among so many, which are a power of two: its upper bits. The lower 32 are stored.
pub(super) fn bucket(hash: u64, buckets: usize) -> usize {
    let bits = buckets.max(1).ilog2();
    let upper = hash.checked_shr(64 - bits).unwrap_or(0);
    usize::try_from(upper).unwrap_or(0)
}

impl Segment {
    /// Opens the file of a segment.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        Ok(Self {
            file: Reader::open(path)?,
        })
    }

    fn numbers(&self, fixed: Fixed) -> Numbers<'_> {
        Numbers::new(self.file.section(Which::Fixed(fixed)))
    }

    #[inline]
    fn number(&self, fixed: Fixed, row: u32) -> u64 {
        self.numbers(fixed).get(row as usize)
    }

    /// Number of rows, with those that were taken out since.
    pub fn len(&self) -> u32 {
        self.file.rows
    }

    /// Microseconds since 1970 of a row; `i64::MAX` for none. Rows are sorted by it, then by place.
    #[inline]
    pub fn time(&self, row: u32) -> i64 {
        time(self.numbers(Fixed::Times), row)
    }

    /// The first row at or after a time: rows from it on are no earlier.
    pub fn first_at(&self, at: i64) -> u32 {
        let times = self.numbers(Fixed::Times);
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if time(times, middle) < at {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// File and offset of a row.
    pub fn place(&self, row: u32) -> u64 {
        self.number(Fixed::Places, row)
    }

    /// Bytes of a row in the evidence.
    pub fn length(&self, row: u32) -> u64 {
        self.number(Fixed::Lengths, row)
    }

    /// Line of a row in the evidence.
    pub fn line(&self, row: u32) -> u64 {
        self.number(Fixed::Lines, row)
    }

    /// Number of a record within its row of the evidence.
    pub fn part(&self, row: u32) -> u16 {
        u16::try_from(self.number(Fixed::Parts, row)).unwrap_or(u16::MAX)
    }

    /// How much a record tells.
    pub fn quality(&self, row: u32) -> u16 {
        u16::try_from(self.number(Fixed::Qualities, row)).unwrap_or(u16::MAX)
    }

    /// Message ids named by a record.
    #[inline]
    pub fn items(&self, row: u32) -> u64 {
        self.number(Fixed::Items, row)
    }

    /// Calls for 64 rows of a range at a time with the first and a bit for each that names so many message ids, the lowest for the first.
    pub fn scan_items(
        &self,
        rows: Range<u32>,
        items: &RangeInclusive<u64>,
        found: &mut dyn FnMut(u32, u64),
    ) {
        let numbers = self.numbers(Fixed::Items);
        if let Some(stored) = numbers.stored_range(items) {
            scan::scan(numbers, rows, &Wanted::Range(stored), found);
        }
    }

    /// The bits of a record's id.
    pub fn id(&self, row: u32) -> u128 {
        u128::from(self.number(Fixed::IdsHigh, row)) << 64
            | u128::from(self.number(Fixed::IdsLow, row))
    }

    /// The rows with an id of these bits: none or one as a rule. A scan.
    pub fn rows_of_id(&self, id: u128) -> Vec<u32> {
        let sought = key::low(id).to_le_bytes();
        let halves = self.numbers(Fixed::IdsLow).bytes.as_chunks::<8>().0;
        let mut found = Vec::new();
        for (first, together) in (0_u32..).step_by(64).zip(halves.chunks(64)) {
            let any = together
                .iter()
                .fold(0, |any, half| any | u8::from(*half == sought));
            if any != 0 {
                let rows = (first..).zip(together);
                let same = rows.filter(|(row, half)| **half == sought && self.id(*row) == id);
                found.extend(same.map(|(row, _)| row));
            }
        }
        found
    }

    /// The rows that name a message id of this hash ([`super::key::message_hash`]), ascending, each once.
    pub fn rows_of_message(&self, hash: u64) -> Vec<u32> {
        let starts = self.numbers(Fixed::Buckets);
        let hashes = self.numbers(Fixed::Messages);
        let rows = self.numbers(Fixed::MessageRows);
        let bucket = bucket(hash, starts.len().saturating_sub(1));
        let sought = hash & u64::from(u32::MAX);
        starts
            .span(bucket, hashes.len().min(rows.len()))
            .filter(|at| hashes.get(*at) == sought)
            .map(|at| rows.short(at))
            .filter(|row| *row < self.len())
            .collect()
    }

    /// A keyword field; `None` for a field that is not one.
    pub fn column(&self, field: Field) -> Option<Column<'_>> {
        table::number(field).map(|number| Column::new(&self.file, number))
    }
}

fn time(times: Numbers<'_>, row: u32) -> i64 {
    if (row as usize) < times.len() {
        from_sortable(times.get(row as usize))
    } else {
        i64::MAX
    }
}

/// A time as a number without sign that sorts like it.
pub(super) fn sortable(time: i64) -> u64 {
    time.cast_unsigned() ^ 1 << 63
}

fn from_sortable(number: u64) -> i64 {
    (number ^ 1 << 63).cast_signed()
}
