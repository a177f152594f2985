//! Which rows have one of some numbers: a look at every row of a column, at the speed of memory.
//!
//! Rows are looked at by 64. Numbers that are wanted mostly lie side by side, and most rows have others: a comparison with the least and the
//! greatest wanted, which the compiler turns into instructions for many rows at once, passes over them. Not here: listed rows (`column`).

use super::numbers::Numbers;
use std::ops::{Range, RangeInclusive};

/// Rows looked at together.
const TOGETHER: usize = 64;

/// Numbers that are wanted, as stored.
#[derive(Debug, Clone)]
pub enum Wanted<'a> {
    /// All from one to another.
    Range(RangeInclusive<u64>),
    /// A flag for each number.
    Flags(&'a [bool]),
}

impl<'a> Wanted<'a> {
    /// The numbers from the least to the greatest wanted, and the flags where not all between are.
    fn narrowed(&self) -> Option<(RangeInclusive<u64>, Option<&'a [bool]>)> {
        let flags = match self {
            Self::Range(range) => return Some((range.clone(), None)),
            Self::Flags(flags) => *flags,
        };
        let least = flags.iter().position(|wanted| *wanted)?;
        let greatest = flags.iter().rposition(|wanted| *wanted)?;
        let between = flags.get(least..=greatest)?;
        let some = between.contains(&false).then_some(flags);
        Some((least as u64..=greatest as u64, some))
    }
}

/// Calls for 64 rows at a time with the first and a bit for each that is wanted, the lowest for the first; not for those without any.
pub fn scan(
    numbers: Numbers<'_>,
    rows: Range<u32>,
    wanted: &Wanted<'_>,
    found: &mut dyn FnMut(u32, u64),
) {
    let end = (rows.end as usize).min(numbers.len());
    let start = (rows.start as usize).min(end);
    let Some((range, flags)) = wanted.narrowed() else {
        return;
    };
    let bytes = |width: usize| {
        let range = start * width..end * width;
        numbers.bytes.get(range).unwrap_or_default()
    };
    let sought = Sought {
        range,
        flags,
        first: rows.start,
    };
    match numbers.width() {
        0 => sought.among(&vec![(); end - start], |()| 0_u8, found),
        1 => sought.among(bytes(1), |byte| *byte, found),
        2 => sought.among(
            bytes(2).as_chunks().0,
            |two| u16::from_le_bytes(*two),
            found,
        ),
        4 => sought.among(
            bytes(4).as_chunks().0,
            |four| u32::from_le_bytes(*four),
            found,
        ),
        _ => sought.among(
            bytes(8).as_chunks().0,
            |eight| u64::from_le_bytes(*eight),
            found,
        ),
    }
}

/// The numbers that are looked for.
struct Sought<'a> {
    range: RangeInclusive<u64>,
    /// Which of them; all where there are no flags.
    flags: Option<&'a [bool]>,
    /// The row of the first number.
    first: u32,
}

/// A number of so many bytes.
trait Stored: Copy + TryFrom<u64> + Into<u64> + PartialOrd {
    /// The greatest there is.
    const GREATEST: Self;
    /// How far it lies above another; far above all where it lies below.
    fn above(self, other: Self) -> Self;
}

macro_rules! stored {
    ($($number:ty),*) => {$(
        impl Stored for $number {
            const GREATEST: Self = <$number>::MAX;

            #[inline]
            fn above(self, other: Self) -> Self {
                self.wrapping_sub(other)
            }
        }
    )*};
}

stored!(u8, u16, u32, u64);

impl Sought<'_> {
    fn among<T, N: Stored>(
        &self,
        stored: &[T],
        number: impl Fn(&T) -> N + Copy,
        found: &mut dyn FnMut(u32, u64),
    ) {
        let Ok(least) = N::try_from(*self.range.start()) else {
            return;
        };
        let greatest = N::try_from(*self.range.end()).unwrap_or(N::GREATEST);
        if greatest < least {
            return;
        }
        let span = greatest.above(least);
        let is_near = |stored: &T| number(stored).above(least) <= span;
        match self.flags {
            None => self.by_64(stored, |together| mask(together, is_near), found),
            Some(flags) => {
                let is_wanted = |stored: &T| {
                    let number = usize::try_from(number(stored).into()).unwrap_or(usize::MAX);
                    flags.get(number).copied().unwrap_or(false)
                };
                let any_near = |together: &[T]| {
                    let near = together.iter();
                    near.fold(false, |near, stored| near | is_near(stored))
                };
                // Without a branch for each row: half of them wanted is no slower than few.
                let mask = |together: &[T]| {
                    if any_near(together) {
                        mask(together, is_wanted)
                    } else {
                        0
                    }
                };
                self.by_64(stored, mask, found);
            }
        }
    }

    fn by_64<T>(&self, stored: &[T], mask: impl Fn(&[T]) -> u64, found: &mut dyn FnMut(u32, u64)) {
        let (whole, rest) = stored.as_chunks::<TOGETHER>();
        let all = whole.iter().map(<[T; TOGETHER]>::as_slice).chain([rest]);
        for (first, together) in (self.first..).step_by(TOGETHER).zip(all) {
            let mask = mask(together);
            if mask != 0 {
                found(first, mask);
            }
        }
    }
}

/// A bit for each of 64 that is wanted. First a byte for each, which takes instructions for many at once, then eight bytes become eight bits.
#[inline]
fn mask<T>(together: &[T], is_wanted: impl Fn(&T) -> bool) -> u64 {
    let mut flags = [0_u8; TOGETHER];
    match together.first_chunk::<TOGETHER>() {
        Some(whole) => {
            for (flag, stored) in flags.iter_mut().zip(whole) {
                *flag = u8::from(is_wanted(stored));
            }
        }
        None => {
            for (flag, stored) in flags.iter_mut().zip(together) {
                *flag = u8::from(is_wanted(stored));
            }
        }
    }
    let eights = flags.as_chunks::<8>().0.iter();
    eights.rev().fold(0, |mask, eight| {
        // Moves the lowest bit of each byte into the highest byte.
        let bits = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        mask << 8 | bits
    })
}

/// Calls with every row of a mask, ascending.
#[inline]
pub fn each(first: u32, mut mask: u64, found: &mut dyn FnMut(u32)) {
    while mask != 0 {
        found(first + mask.trailing_zeros());
        mask &= mask - 1;
    }
}
