//! Which rows have one of some sets: a look at every row of a column, at the speed of memory.
//!
//! Rows are looked at by 64. Sets that are wanted mostly lie side by side, and most rows have others: a comparison with the least and the
//! greatest wanted, which the compiler turns into instructions for many rows at once, passes over them. Not here: listed rows (`column`).

use super::numbers::Numbers;
use std::ops::Range;

/// Rows looked at together.
const TOGETHER: usize = 64;

/// Calls with every row of a range whose number is wanted, ascending.
pub fn scan(numbers: Numbers<'_>, rows: Range<u32>, wanted: &[bool], found: &mut dyn FnMut(u32)) {
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
        wanted,
    };
    let bytes = |width: usize| {
        let range = start * width..end * width;
        numbers.bytes.get(range).unwrap_or_default()
    };
    let first = rows.start;
    match numbers.width() {
        0 if sought.is_wanted(0) => (first..u32::try_from(end).unwrap_or(0)).for_each(found),
        1 => sought.among(
            bytes(1).as_chunks().0,
            |[byte]| (*byte).into(),
            first,
            found,
        ),
        2 => sought.among(
            bytes(2).as_chunks().0,
            |two| u16::from_le_bytes(*two).into(),
            first,
            found,
        ),
        4 => sought.among(
            bytes(4).as_chunks().0,
            |four| u32::from_le_bytes(*four),
            first,
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
    wanted: &'a [bool],
}

impl Sought<'_> {
    fn is_wanted(&self, number: u32) -> bool {
        self.wanted.get(number as usize).copied().unwrap_or(false)
    }

    fn is_near(&self, number: u32) -> bool {
        number.wrapping_sub(self.least) <= self.span
    }

    fn among<T>(
        &self,
        stored: &[T],
        number: impl Fn(&T) -> u32,
        first: u32,
        found: &mut dyn FnMut(u32),
    ) {
        let mut row = first;
        for together in stored.chunks(TOGETHER) {
            let near = together
                .iter()
                .fold(false, |near, stored| near | self.is_near(number(stored)));
            if near {
                for (row, stored) in (row..).zip(together) {
                    if self.is_wanted(number(stored)) {
                        found(row);
                    }
                }
            }
            row += TOGETHER as u32;
        }
    }
}
