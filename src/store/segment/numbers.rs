//! Numbers packed into one, two, four or eight bytes each, as the greatest of them needs.
//!
//! Not here: where they stand in the file (`file`).

use super::file::Section;
use std::io;
use std::ops::RangeInclusive;

/// Bytes that are written at once: fresh memory for all of a section would cost more time than packing it.
const CHUNK: usize = 64 << 10;

/// A section of numbers. Every look is bounded: what is not there is the least number.
#[derive(Debug, Clone, Copy)]
pub struct Numbers<'a> {
    /// The numbers as stored.
    pub bytes: &'a [u8],
    section: Section,
}

impl<'a> Numbers<'a> {
    /// The numbers of a section with its bytes.
    pub fn new((section, bytes): (Section, &'a [u8])) -> Self {
        Self { bytes, section }
    }

    /// How many there are.
    #[inline]
    pub fn len(&self) -> usize {
        usize::try_from(self.section.count).unwrap_or(0)
    }

    /// Bytes of each.
    #[inline]
    pub fn width(&self) -> u32 {
        self.section.width
    }

    /// The number at a place.
    #[inline]
    pub fn get(&self, at: usize) -> u64 {
        let stored = match self.section.width {
            1 => self.bytes.get(at).copied().map_or(0, u64::from),
            2 => u64::from(u16::from_le_bytes(self.stored(at))),
            4 => u64::from(u32::from_le_bytes(self.stored(at))),
            8 => u64::from_le_bytes(self.stored(at)),
            _ => 0,
        };
        let more = stored.wrapping_mul(u64::from(self.section.step));
        self.section.base.wrapping_add(more)
    }

    /// A number of no more than 32 bits.
    #[inline]
    pub fn short(&self, at: usize) -> u32 {
        u32::try_from(self.get(at)).unwrap_or(u32::MAX)
    }

    /// A number as a place in another section.
    #[inline]
    pub fn index(&self, at: usize) -> usize {
        usize::try_from(self.get(at)).unwrap_or(usize::MAX)
    }

    /// The places of a part of another section: from this number to the next, no further than the end of it.
    #[inline]
    pub fn span(&self, at: usize, end: usize) -> std::ops::Range<usize> {
        let to = if at + 1 < self.len() {
            self.index(at + 1).min(end)
        } else {
            0
        };
        self.index(at).min(to)..to
    }

    /// How the numbers from one to another are stored; `None` when none of them can be.
    pub fn stored_range(&self, range: &RangeInclusive<u64>) -> Option<RangeInclusive<u64>> {
        let (base, step) = (self.section.base, u64::from(self.section.step).max(1));
        let low = range.start().saturating_sub(base).div_ceil(step);
        let high = range.end().checked_sub(base)? / step;
        (low <= high).then_some(low..=high)
    }

    #[inline]
    fn stored<const WIDTH: usize>(&self, at: usize) -> [u8; WIDTH] {
        let found = self.bytes.as_chunks::<WIDTH>().0.get(at);
        found.copied().unwrap_or([0; WIDTH])
    }
}

/// How numbers may be packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// As they are: what is stored is the number.
    Plain,
    /// Less the least, and in milliseconds or seconds where all are whole.
    Least,
    /// As they are, eight bytes each.
    Whole,
}

/// Packs numbers, part after part. Gives what to find them by.
pub fn pack(
    packing: Packing,
    numbers: impl ExactSizeIterator<Item = u64> + Clone,
    write: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<Section> {
    let (least, step) = match packing {
        Packing::Plain | Packing::Whole => (0, 1),
        Packing::Least => {
            let least = numbers.clone().min().unwrap_or(0);
            let above = numbers.clone().map(|number| number - least);
            (least, step(above))
        }
    };
    let width = match packing {
        Packing::Whole => 8,
        Packing::Plain | Packing::Least => {
            let greatest = numbers.clone().max().unwrap_or(0);
            width_of(greatest.saturating_sub(least) / u64::from(step))
        }
    };
    let section = Section {
        offset: 0,
        count: numbers.len() as u64,
        base: least,
        step,
        width,
    };
    let stored = numbers.map(|number| number - least);
    let long = u64::from(step);
    match (step, width) {
        (_, 0) => Ok(()),
        (1, 1) => put::<1>(stored, write),
        (1, 2) => put::<2>(stored, write),
        (1, 4) => put::<4>(stored, write),
        (1, _) => put::<8>(stored, write),
        (_, 1) => put::<1>(stored.map(|number| number / long), write),
        (_, 2) => put::<2>(stored.map(|number| number / long), write),
        (_, 4) => put::<4>(stored.map(|number| number / long), write),
        (_, _) => put::<8>(stored.map(|number| number / long), write),
    }?;
    Ok(section)
}

/// What numbers are multiples of: microseconds in a second, in a millisecond, or 1.
fn step(mut numbers: impl Iterator<Item = u64> + Clone) -> u32 {
    let all = |step: u64| move |number: u64| number.is_multiple_of(step);
    if numbers.clone().all(all(1_000_000)) {
        1_000_000
    } else if numbers.all(all(1_000)) {
        1_000
    } else {
        1
    }
}

fn width_of(greatest: u64) -> u32 {
    match greatest {
        0 => 0,
        1..=0xff => 1,
        0x100..=0xffff => 2,
        0x1_0000..=0xffff_ffff => 4,
        _ => 8,
    }
}

fn put<const WIDTH: usize>(
    mut numbers: impl ExactSizeIterator<Item = u64>,
    write: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut chunk = vec![0; CHUNK.min(numbers.len() * WIDTH)];
    while numbers.len() > 0 {
        let together = numbers.len().min(CHUNK / WIDTH);
        // The places come first: what there is none for is left for the next part.
        let places = chunk.as_chunks_mut::<WIDTH>().0.iter_mut();
        for (place, number) in places.zip(&mut numbers) {
            place.copy_from_slice(&number.to_le_bytes()[..WIDTH]);
        }
        write(chunk.get(..together * WIDTH).unwrap_or_default())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(packing: Packing, numbers: &[u64]) -> (Section, Vec<u8>) {
        let mut bytes = Vec::new();
        let numbers = numbers.iter().copied();
        let section = pack(packing, numbers, &mut |more| {
            bytes.extend_from_slice(more);
            Ok(())
        });
        (section.unwrap(), bytes)
    }

    #[test]
    fn parts_follow_each_other() {
        let numbers: Vec<u64> = (0..3 * CHUNK as u64 / 2).collect();
        for packing in [Packing::Plain, Packing::Least, Packing::Whole] {
            let (section, bytes) = packed(packing, &numbers);
            let packed = Numbers::new((section, &bytes));
            assert!(
                (0..packed.len())
                    .map(|at| packed.get(at))
                    .eq(0..numbers.len() as u64)
            );
        }
    }

    #[test]
    fn numbers_come_back_in_as_few_bytes_as_they_need() {
        for (numbers, plain, least) in [
            (&[][..], 0, 0),
            (&[0, 0], 0, 0),
            (&[7, 7, 7], 1, 0),
            (&[255, 0], 1, 1),
            (&[1_000_255, 1_000_000], 4, 1),
            (&[256, 1], 2, 1),
            (&[65_536, 0], 4, 4),
            (&[1 << 32, 0], 8, 8),
            (&[u64::MAX, 1], 8, 8),
            (&[u64::MAX, 0, 5], 8, 8),
            (&[1_600_000_000_000_000, 1_600_000_255_000_000], 8, 1),
            (&[1_600_000_000_000_000, 1_600_000_255_001_000], 8, 4),
        ] {
            for (packing, width) in [(Packing::Plain, plain), (Packing::Least, least)] {
                let (section, bytes) = packed(packing, numbers);
                assert_eq!(section.width, width, "{numbers:?}");
                let packed = Numbers::new((section, &bytes));
                let back: Vec<u64> = (0..packed.len()).map(|at| packed.get(at)).collect();
                assert_eq!(back, numbers);
            }
        }
    }

    #[test]
    fn a_look_past_the_end_is_bounded() {
        let (section, bytes) = packed(Packing::Plain, &[3, 9, 400]);
        let numbers = Numbers::new((section, &bytes));
        assert_eq!(numbers.get(usize::MAX), 0);
        assert_eq!(numbers.span(0, 5), 3..5);
        assert_eq!(numbers.span(1, 500), 9..400);
        assert_eq!(numbers.span(2, 500), 0..0);
        assert_eq!(numbers.span(usize::MAX - 1, 500), 0..0);
    }
}
