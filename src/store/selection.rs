//! The found rows of one segment, made ready for asking which is the n-th and how many come before a row.
//!
//! Not here: how they are found (`evaluate`), and the order among segments (`hits`).

use super::bits::Ones;
use super::rows::Rows;

/// Words of flags that are counted together.
const BLOCK: usize = 8;

/// Bits of a word of flags.
const WORD: usize = 64;

/// Rows that were found, ascending.
#[derive(Debug)]
pub(super) struct Selection {
    rows: Rows,
    /// For flags: how many rows come before each block, and after the last how many there are.
    before: Vec<u32>,
    length: usize,
}

impl Selection {
    /// Makes rows ready.
    pub fn new(rows: Rows) -> Self {
        let before = match &rows {
            Rows::Range(_) | Rows::List(_) => Vec::new(),
            Rows::Bits(bits) => bits
                .words()
                .chunks(BLOCK)
                .scan(0, |before, block| {
                    let ones: u32 = block.iter().map(|word| word.count_ones()).sum();
                    Some(std::mem::replace(before, *before + ones))
                })
                .collect(),
        };
        Self {
            length: rows.len(),
            rows,
            before,
        }
    }

    /// The rows found.
    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.length
    }

    /// How many rows come before a row, which need not be one of them.
    pub fn rank(&self, row: u32) -> usize {
        match &self.rows {
            Rows::Range(range) => row.clamp(range.start, range.end).abs_diff(range.start) as usize,
            Rows::List(list) => list.partition_point(|found| *found < row),
            Rows::Bits(bits) => {
                let at = row as usize / WORD;
                let block = at / BLOCK;
                let Some(before) = self.before.get(block) else {
                    return self.length;
                };
                let words = bits.words();
                let whole = words.get(block * BLOCK..at).unwrap_or_default();
                let last = words
                    .get(at)
                    .map_or(0, |word| word & ((1 << (row % 64)) - 1));
                let ones = whole.iter().chain([&last]).map(|word| word.count_ones());
                (*before + ones.sum::<u32>()) as usize
            }
        }
    }

    /// The row before which so many come; `None` behind the last.
    pub fn nth(&self, number: usize) -> Option<u32> {
        if number >= self.length {
            return None;
        }
        match &self.rows {
            Rows::Range(range) => Some(range.start + u32::try_from(number).ok()?),
            Rows::List(list) => list.get(number).copied(),
            Rows::Bits(bits) => {
                let number = u32::try_from(number).ok()?;
                let block = self.before.partition_point(|before| *before <= number) - 1;
                let mut left = number - self.before.get(block)?;
                for (at, word) in bits.words().iter().enumerate().skip(block * BLOCK) {
                    if left < word.count_ones() {
                        let bit = Ones(*word).nth(left as usize)?;
                        return Some(u32::try_from(at * WORD).ok()? + bit);
                    }
                    left -= word.count_ones();
                }
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::bits::Bits;
    use super::*;

    #[test]
    fn ranks_and_places_agree_in_every_form() {
        let limit = 2_000;
        let bits = |step: usize| {
            let mut bits = Bits::none(limit);
            (7..limit).step_by(step).for_each(|row| bits.insert(row));
            bits
        };
        let list = |step: usize| Rows::List((7..limit).step_by(step).collect());
        for rows in [
            Rows::NONE,
            Rows::Range(5..1_500),
            list(90),
            list(3),
            Rows::Bits(bits(1)),
            Rows::Bits(bits(5)),
            Rows::Bits(bits(600)),
        ] {
            let selection = Selection::new(rows.clone());
            let mut number = 0;
            for row in 0..limit {
                assert_eq!(selection.rank(row), number, "{row}");
                if rows.contains(row) {
                    assert_eq!(selection.nth(number), Some(row));
                    number += 1;
                }
            }
            assert_eq!(
                (selection.len(), selection.rank(u32::MAX)),
                (number, number)
            );
            assert_eq!(selection.nth(number), None);
        }
    }
}
