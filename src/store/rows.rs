//! A set of rows of one segment, in the form that costs least: a range, a list of a few, or a flag for each.
//!
//! Not here: which rows a condition finds (`evaluate`).

use super::bits::Bits;
use std::ops::Range;

/// One row of so many must be in a set for flags to be smaller than a list.
const SPARSE: usize = 32;

/// A set of rows.
#[derive(Debug, Clone)]
pub(super) enum Rows {
    /// All rows from one to before another.
    Range(Range<u32>),
    /// Rows ascending, each once.
    List(Vec<u32>),
    /// A flag for each row of the segment.
    Bits(Bits),
}

impl Rows {
    /// No rows at all.
    pub const NONE: Self = Self::Range(0..0);

    /// The rows that are given to a function, in whatever order. `limit` is the number of rows of the segment.
    pub fn gather(limit: u32, give: impl FnOnce(&mut dyn FnMut(u32))) -> Self {
        let mut bits = Bits::none(limit);
        give(&mut |row| bits.insert(row));
        Self::of_bits(bits)
    }

    /// Like [`Rows::gather`], by 64 rows from a first one on: a bit for each, the lowest for the first.
    pub fn gather_64(limit: u32, give: impl FnOnce(&mut dyn FnMut(u32, u64))) -> Self {
        let mut bits = Bits::none(limit);
        give(&mut |first, mask| bits.insert_64(first, mask));
        Self::of_bits(bits)
    }

    /// Flags in the form that costs least.
    pub fn of_bits(bits: Bits) -> Self {
        let count = bits.count();
        let bounds = bits.bounds();
        if count == bounds.len() {
            Self::Range(bounds)
        } else if count < bits.words().len() * 64 / SPARSE {
            let mut list = Vec::with_capacity(count);
            list.extend(bits.iter());
            Self::List(list)
        } else {
            Self::Bits(bits)
        }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Range(range) => range.len(),
            Self::List(list) => list.len(),
            Self::Bits(bits) => bits.count(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Range(range) => range.is_empty(),
            Self::List(list) => list.is_empty(),
            Self::Bits(bits) => bits.words().iter().all(|word| *word == 0),
        }
    }

    /// Whether a row is one of them.
    pub fn contains(&self, row: u32) -> bool {
        match self {
            Self::Range(range) => range.contains(&row),
            Self::List(list) => list.binary_search(&row).is_ok(),
            Self::Bits(bits) => bits.contains(row),
        }
    }

    /// From the first row to behind the last.
    pub fn bounds(&self) -> Range<u32> {
        match self {
            Self::Range(range) => range.clone(),
            Self::List(list) => match (list.first(), list.last()) {
                (Some(least), Some(greatest)) => *least..greatest + 1,
                _ => 0..0,
            },
            Self::Bits(bits) => bits.bounds(),
        }
    }

    /// Calls with every row, ascending.
    pub fn each(&self, mut visit: impl FnMut(u32)) {
        match self {
            Self::Range(range) => range.clone().for_each(visit),
            Self::List(list) => list.iter().for_each(|row| visit(*row)),
            Self::Bits(bits) => bits.iter().for_each(visit),
        }
    }

    /// The rows that pass a test, which is asked once for each.
    pub fn filter(&self, limit: u32, test: impl Fn(u32) -> bool) -> Self {
        match self {
            Self::List(list) => Self::List(list.iter().copied().filter(|row| test(*row)).collect()),
            Self::Range(_) | Self::Bits(_) => Self::gather(limit, |found| {
                self.each(|row| {
                    if test(row) {
                        found(row);
                    }
                });
            }),
        }
    }

    /// The rows in both.
    pub fn and(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Range(left), Self::Range(right)) => {
                let (start, end) = (left.start.max(right.start), left.end.min(right.end));
                Self::Range(start..end.max(start))
            }
            (Self::Range(range), Self::List(list)) | (Self::List(list), Self::Range(range)) => {
                Self::List(part(list, range).to_vec())
            }
            (Self::Range(range), Self::Bits(bits)) | (Self::Bits(bits), Self::Range(range)) => {
                let mut bits = bits.clone();
                bits.clear(&(0..range.start));
                bits.clear(&(range.end..64 * words(&bits)));
                Self::of_bits(bits)
            }
            (Self::List(list), rows) | (rows, Self::List(list)) => {
                let both = list.iter().copied().filter(|row| rows.contains(*row));
                Self::List(both.collect())
            }
            (Self::Bits(left), Self::Bits(right)) => {
                let mut bits = left.clone();
                bits.combine(right, |left, right| left & right);
                Self::of_bits(bits)
            }
        }
    }

    /// The rows in either.
    pub fn or(self, other: Self, limit: u32) -> Self {
        if self.is_empty() || other.covers(&self) {
            return other;
        }
        if other.is_empty() || self.covers(&other) {
            return self;
        }
        let (mut bits, rest) = match (self, other) {
            (Self::Bits(bits), rest) | (rest, Self::Bits(bits)) => (bits, rest),
            (left, right) => {
                let mut bits = Bits::none(limit);
                left.fill(&mut bits);
                (bits, right)
            }
        };
        rest.fill(&mut bits);
        Self::of_bits(bits)
    }

    /// The rows that are not in the other.
    pub fn without(&self, other: &Self, limit: u32) -> Self {
        if let Self::List(list) = self {
            let left = list.iter().copied().filter(|row| !other.contains(*row));
            return Self::List(left.collect());
        }
        if self.and(&Self::Range(other.bounds())).is_empty() {
            return self.clone();
        }
        let mut bits = match self {
            Self::Bits(bits) => bits.clone(),
            Self::Range(_) | Self::List(_) => {
                let mut bits = Bits::none(limit);
                self.fill(&mut bits);
                bits
            }
        };
        match other {
            Self::Range(range) => bits.clear(range),
            Self::List(list) => list.iter().for_each(|row| bits.remove(*row)),
            Self::Bits(other) => bits.combine(other, |left, right| left & !right),
        }
        Self::of_bits(bits)
    }

    /// Whether it is plain that all rows of the other are in it.
    fn covers(&self, other: &Self) -> bool {
        let Self::Range(range) = self else {
            return false;
        };
        let inner = other.bounds();
        range.start <= inner.start && inner.end <= range.end
    }

    fn fill(&self, bits: &mut Bits) {
        match self {
            Self::Range(range) => bits.fill(range),
            Self::List(list) => list.iter().for_each(|row| bits.insert(*row)),
            Self::Bits(other) => bits.combine(other, |left, right| left | right),
        }
    }
}

fn words(bits: &Bits) -> u32 {
    u32::try_from(bits.words().len()).unwrap_or(u32::MAX / 64)
}

/// The part of a list that lies in a range.
fn part<'a>(list: &'a [u32], range: &Range<u32>) -> &'a [u32] {
    let start = list.partition_point(|row| *row < range.start);
    let end = list.partition_point(|row| *row < range.end);
    list.get(start..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    const LIMIT: u32 = 300;

    fn any_rows() -> impl Strategy<Value = Rows> {
        let range =
            (0..LIMIT, 0..LIMIT).prop_map(|(start, end)| Rows::Range(start..end.max(start)));
        let list = proptest::collection::btree_set(0..LIMIT, 0..20)
            .prop_map(|rows| Rows::List(rows.into_iter().collect()));
        let bits = proptest::collection::btree_set(0..LIMIT, 0..200).prop_map(|rows| {
            let mut bits = Bits::none(LIMIT);
            for row in rows {
                bits.insert(row);
            }
            Rows::Bits(bits)
        });
        prop_oneof![range, list, bits]
    }

    fn set(rows: &Rows) -> BTreeSet<u32> {
        let mut set = BTreeSet::new();
        rows.each(|row| assert!(set.insert(row)));
        assert_eq!(rows.len(), set.len());
        assert_eq!(rows.is_empty(), set.is_empty());
        set
    }

    proptest! {
        #[test]
        fn rows_are_sets_whatever_their_form(left in any_rows(), right in any_rows()) {
            let (one, two) = (set(&left), set(&right));
            prop_assert_eq!(set(&left.and(&right)), &one & &two);
            prop_assert_eq!(set(&left.without(&right, LIMIT)), &one - &two);
            prop_assert_eq!(set(&left.clone().or(right.clone(), LIMIT)), &one | &two);
            prop_assert_eq!(set(&left.filter(LIMIT, |row| right.contains(row))), &one & &two);
            let bounds = left.bounds();
            prop_assert!(one.iter().all(|row| bounds.contains(row)));
        }
    }
}
