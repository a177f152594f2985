//! Message ids of a segment being written: rows by the hash of the id, in buckets that are sorted.
//!
//! The upper bits of a hash are its bucket, the lower 32 are stored: a row is told wrongly for one of 2^48 ids or so.

use crate::store::intern::number;
use crate::store::segment::bucket;
use crate::store::segment::file::{Fixed, Which, Writer};
use crate::store::segment::numbers::Packing;
use std::io;

/// Message ids in a bucket, on average: few, so that looking at all of them takes no time.
const TOGETHER: usize = 32;

/// Message ids, sorted.
pub(super) struct Sorted {
    /// The lower 32 bits of each hash, then its row.
    messages: Vec<u64>,
    /// Where each bucket begins, and the end of the last.
    starts: Vec<u32>,
}

impl Sorted {
    /// Writes the sections.
    pub fn write(&self, file: &mut Writer) -> io::Result<()> {
        let starts = self.starts.iter().map(|start| (*start).into());
        let hashes = self.messages.iter().map(|message| message >> 32);
        let rows = self.messages.iter();
        let rows = rows.map(|message| message & u64::from(u32::MAX));
        let plain = Packing::Plain;
        file.numbers(Which::Fixed(Fixed::Buckets), plain, starts)?;
        file.numbers(Which::Fixed(Fixed::Messages), plain, hashes)?;
        file.numbers(Which::Fixed(Fixed::MessageRows), plain, rows)
    }
}

/// Sorts the hashes of message ids: `items` says how many each row added has, `placed` where it stands now.
pub(super) fn sorted(hashes: &[u64], items: &[u32], placed: &[u32]) -> Sorted {
    let all = || {
        let rows = items.iter().zip(placed);
        let rows = rows.flat_map(|(items, row)| std::iter::repeat_n(*row, *items as usize));
        hashes.iter().zip(rows).filter(|(_, row)| *row != u32::MAX)
    };
    let count = if placed.contains(&u32::MAX) {
        all().count()
    } else {
        hashes.len()
    };
    let buckets = (count / TOGETHER).next_power_of_two();
    let mut starts = vec![0_u32; buckets + 1];
    for (hash, _) in all() {
        starts[bucket(*hash, buckets) + 1] += 1;
    }
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
    let mut next = starts.clone();
    let mut sorted = vec![0_u64; count];
    for (hash, row) in all() {
        let place = &mut next[bucket(*hash, buckets)];
        sorted[*place as usize] = hash << 32 | u64::from(row);
        *place += 1;
    }
    sort(&mut sorted, &mut starts);
    Sorted {
        messages: sorted,
        starts,
    }
}

/// Sorts each bucket and leaves out what stands twice.
fn sort(messages: &mut Vec<u64>, starts: &mut [u32]) {
    let mut end = 0;
    for at in 1..starts.len() {
        let bucket = starts[at - 1] as usize..starts[at] as usize;
        starts[at - 1] = number(end);
        messages[bucket.clone()].sort_unstable();
        let mut last = None;
        for from in bucket {
            let message = messages[from];
            if last.replace(message) != Some(message) {
                messages[end] = message;
                end += 1;
            }
        }
    }
    if let Some(last) = starts.last_mut() {
        *last = number(end);
    }
    messages.truncate(end);
}
