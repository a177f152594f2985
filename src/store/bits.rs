//! A flag for every row of a segment: 125 KB for a million rows.
//!
//! Not here: when a set of rows is kept so; that is [`super::rows`].

use std::ops::Range;

/// Rows that fit into one word.
const WORD: u32 = u64::BITS;

/// A set of rows below a limit. What is at or above the limit is left out in silence: only a damaged file names such rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bits {
    words: Vec<u64>,
}

impl Bits {
    /// No rows of so many.
    pub fn none(limit: u32) -> Self {
        Self {
            words: vec![0; limit.div_ceil(WORD) as usize],
        }
    }

    /// The words, lowest rows first.
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// Puts a row in.
    #[inline]
    pub fn insert(&mut self, row: u32) {
        if let Some(word) = self.words.get_mut((row / WORD) as usize) {
            *word |= 1 << (row % WORD);
        }
    }

    /// Puts rows in: a bit for each of 64 from the first on, the lowest for the first.
    #[inline]
    pub fn insert_64(&mut self, first: u32, mask: u64) {
        let (at, shift) = ((first / WORD) as usize, first % WORD);
        if let Some(word) = self.words.get_mut(at) {
            *word |= mask << shift;
        }
        let more = mask.checked_shr(WORD - shift).unwrap_or(0);
        if more != 0
            && let Some(word) = self.words.get_mut(at + 1)
        {
            *word |= more;
        }
    }

    /// Takes a row out.
    pub fn remove(&mut self, row: u32) {
        if let Some(word) = self.words.get_mut((row / WORD) as usize) {
            *word &= !(1 << (row % WORD));
        }
    }

    /// Whether a row is in it.
    #[inline]
    pub fn contains(&self, row: u32) -> bool {
        let word = self.words.get((row / WORD) as usize);
        word.is_some_and(|word| word >> (row % WORD) & 1 == 1)
    }

    /// Number of rows in it.
    pub fn count(&self) -> usize {
        let ones = |word: &u64| word.count_ones() as usize;
        self.words.iter().map(ones).sum()
    }

    /// Puts a range of rows in.
    pub fn fill(&mut self, rows: &Range<u32>) {
        for (at, mask) in masks(rows) {
            if let Some(word) = self.words.get_mut(at) {
                *word |= mask;
            }
        }
    }

    /// Takes a range of rows out.
    pub fn clear(&mut self, rows: &Range<u32>) {
        for (at, mask) in masks(rows) {
            if let Some(word) = self.words.get_mut(at) {
                *word &= !mask;
            }
        }
    }

    /// Combines it with another of the same limit, word by word.
    pub fn combine(&mut self, other: &Self, combine: impl Fn(u64, u64) -> u64) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word = combine(*word, *other);
        }
    }

    /// Its rows, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        let numbered = (0_u32..).zip(&self.words);
        numbered.flat_map(|(at, word)| Ones(*word).map(move |bit| at * WORD + bit))
    }

    /// From its first to behind its last row.
    pub fn bounds(&self) -> Range<u32> {
        let full = |word: &u64| *word != 0;
        let (Some(first), Some(last)) = (
            self.words.iter().position(full),
            self.words.iter().rposition(full),
        ) else {
            return 0..0;
        };
        let at = |index: usize| {
            let word = self.words.get(index).copied().unwrap_or(0);
            (u32::try_from(index).unwrap_or(u32::MAX) * WORD, word)
        };
        let ((start, low), (end, high)) = (at(first), at(last));
        start + low.trailing_zeros()..end + (WORD - high.leading_zeros())
    }
}

/// The words that a range of rows touches, with the bits of it.
fn masks(rows: &Range<u32>) -> impl Iterator<Item = (usize, u64)> + use<> {
    let Range { start, end } = *rows;
    let touched = if start < end {
        start / WORD..end.div_ceil(WORD)
    } else {
        0..0
    };
    touched.map(move |at| {
        let first = at * WORD;
        let low = start.saturating_sub(first).min(WORD);
        let high = (end - first).min(WORD);
        let below = |bit: u32| {
            if bit == WORD {
                u64::MAX
            } else {
                (1 << bit) - 1
            }
        };
        (at as usize, below(high) & !below(low))
    })
}

/// The bits that are set in a word, lowest first.
pub(super) struct Ones(pub u64);

impl Iterator for Ones {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let bit = (self.0 != 0).then(|| self.0.trailing_zeros());
        self.0 &= self.0.wrapping_sub(1);
        bit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_filled_and_cleared_bit_by_bit() {
        for (start, end) in [
            (0, 0),
            (0, 1),
            (63, 65),
            (64, 128),
            (5, 200),
            (190, 200),
            (9, 3),
        ] {
            let mut bits = Bits::none(200);
            bits.fill(&(start..end));
            assert!(bits.iter().eq(start..end), "{start}..{end}");
            assert_eq!(bits.count(), (start..end).len());
            if start < end {
                assert_eq!(bits.bounds(), start..end);
            }
            bits.clear(&(start + 1..end));
            assert!(bits.iter().eq((start < end).then_some(start)));
        }
    }

    #[test]
    fn rows_are_put_in_by_64_wherever_they_begin() {
        for first in [0, 1, 63, 64, 100, 190, 1_000] {
            let mask = 0x8000_0000_0000_0101;
            let mut bits = Bits::none(256);
            bits.insert_64(first, mask);
            let rows = Ones(mask).map(|bit| first + bit);
            assert!(bits.iter().eq(rows.filter(|row| *row < 256)), "{first}");
        }
    }

    #[test]
    fn rows_beyond_the_limit_are_left_out() {
        let mut bits = Bits::none(10);
        bits.insert(1_000);
        bits.remove(2_000);
        assert!(!bits.contains(1_000) && bits.count() == 0 && bits.bounds() == (0..0));
    }
}
