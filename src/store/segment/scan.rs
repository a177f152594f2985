//! Which rows have one of some sets: a look at every row of a column, at the speed of memory.
//!
//! Rows are looked at by 64. Sets that are wanted mostly lie side by side, and most rows have others: a comparison with the least and the
//! greatest wanted, which the compiler turns into instructions for many rows at once, passes over them. Not here: listed rows (`column`).

use super::numbers::Numbers;
use std::ops::Range;

/// Rows looked at together.
const TOGETHER: usize = 64;

/// Calls for 64 rows at a time with the first and a bit for each that is wanted, the lowest for the first; not for those without any.
pub fn scan(
    numbers: Numbers<'_>,
    rows: Range<u32>,
    wanted: &[bool],
    found: &mut dyn FnMut(u32, u64),
) {
    let end = (rows.end as usize).min(numbers.len());
    let start = (rows.start as usize).min(end);
    let least = wanted.iter().position(|wanted| *wanted);
    let greatest = wanted.iter().rposition(|wanted| *wanted);
    let (Some(least), Some(greatest)) = (least, greatest) else {
        return;
    };
    let sought = Sought {
        least: u32::try_from(least).unwrap_or(u32::MAX),
        span: u32::try_from(greatest - least).unwrap_or(u32::MAX),
        all: wanted
            .get(least..=greatest)
            .is_some_and(|some| some.iter().all(|wanted| *wanted)),
        wanted,
        first: rows.start,
    };
    let bytes = |width: usize| {
        let range = start * width..end * width;
        numbers.bytes.get(range).unwrap_or_default()
    };
    match numbers.width() {
        0 => sought.among(&vec![(); end - start], |()| 0, found),
        1 => sought.among(bytes(1), |byte| u32::from(*byte), found),
        2 => sought.among(
            bytes(2).as_chunks().0,
            |two| u32::from(u16::from_le_bytes(*two)),
            found,
        ),
        4 => sought.among(
            bytes(4).as_chunks().0,
            |four| u32::from_le_bytes(*four),
            found,
        ),
        _ => {}
    }
}

/// The numbers that are wanted.
struct Sought<'a> {
    least: u32,
    /// The greatest less the least.
    span: u32,
    /// Whether all between are wanted too.
    all: bool,
    wanted: &'a [bool],
    /// The row of the first number.
    first: u32,
}

impl Sought<'_> {
    fn is_wanted(&self, number: u32) -> bool {
        self.wanted.get(number as usize).copied().unwrap_or(false)
    }

    fn is_near(&self, number: u32) -> bool {
        number.wrapping_sub(self.least) <= self.span
    }

    fn among<T>(&self, stored: &[T], number: impl Fn(&T) -> u32, found: &mut dyn FnMut(u32, u64)) {
        let firsts = (self.first..).step_by(TOGETHER);
        for (first, together) in firsts.zip(stored.chunks(TOGETHER)) {
            let near = together
                .iter()
                .fold(false, |near, stored| near | self.is_near(number(stored)));
            if near {
                // Without a branch for each row: half of them wanted is no slower than few.
                let mask = if self.all {
                    mask(together, |stored| self.is_near(number(stored)))
                } else {
                    mask(together, |stored| self.is_wanted(number(stored)))
                };
                if mask != 0 {
                    found(first, mask);
                }
            }
        }
    }
}

fn mask<T>(together: &[T], is_wanted: impl Fn(&T) -> bool) -> u64 {
    let bits = together.iter().enumerate();
    bits.fold(0, |mask, (at, stored)| {
        mask | u64::from(is_wanted(stored)) << at
    })
}

/// Calls with every row of a mask, ascending.
pub fn each(first: u32, mut mask: u64, found: &mut dyn FnMut(u32)) {
    while mask != 0 {
        found(first + mask.trailing_zeros());
        mask &= mask - 1;
    }
}
