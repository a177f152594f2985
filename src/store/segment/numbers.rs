//! Numbers packed into one, two, four or eight bytes each, as the greatest of them needs.
//!
//! Not here: where they stand in the file (`file`).

use super::file::Section;

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
    pub fn len(&self) -> usize {
        usize::try_from(self.section.count).unwrap_or(0)
    }

    /// Bytes of each.
    pub fn width(&self) -> u32 {
        self.section.width
    }

    /// The number at a place.
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
    pub fn short(&self, at: usize) -> u32 {
        u32::try_from(self.get(at)).unwrap_or(u32::MAX)
    }

    /// A number as a place in another section.
    pub fn index(&self, at: usize) -> usize {
        usize::try_from(self.get(at)).unwrap_or(usize::MAX)
    }

    /// The places of a part of another section: from this number to the next, no further than the end of it.
    pub fn span(&self, at: usize, end: usize) -> std::ops::Range<usize> {
        let to = if at + 1 < self.len() {
            self.index(at + 1).min(end)
        } else {
            0
        };
        self.index(at).min(to)..to
    }

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
}

/// Packs numbers into bytes.
pub fn pack(
    packing: Packing,
    numbers: impl ExactSizeIterator<Item = u64> + Clone,
) -> (Section, Vec<u8>) {
    let least = match packing {
        Packing::Plain => 0,
        Packing::Least => numbers.clone().min().unwrap_or(0),
    };
    let step = match packing {
        Packing::Plain => 1,
        Packing::Least => step(numbers.clone().map(|number| number - least)),
    };
    let greatest = numbers.clone().max().unwrap_or(0);
    let greatest = greatest.saturating_sub(least) / u64::from(step);
    let width = width_of(greatest);
    let section = Section {
        offset: 0,
        count: numbers.len() as u64,
        base: least,
        step,
        width,
    };
    let stored = numbers.map(|number| number - least);
    let bytes = match (step, width) {
        (_, 0) => Vec::new(),
        (1, 1) => bytes::<1>(stored),
        (1, 2) => bytes::<2>(stored),
        (1, 4) => bytes::<4>(stored),
        (1, _) => bytes::<8>(stored),
        (_, 1) => bytes::<1>(stored.map(|number| number / u64::from(step))),
        (_, 2) => bytes::<2>(stored.map(|number| number / u64::from(step))),
        (_, 4) => bytes::<4>(stored.map(|number| number / u64::from(step))),
        (_, _) => bytes::<8>(stored.map(|number| number / u64::from(step))),
    };
    (section, bytes)
}

/// Numbers of eight bytes each, whatever they are.
pub fn whole(numbers: impl ExactSizeIterator<Item = u64>) -> (Section, Vec<u8>) {
    let section = Section {
        offset: 0,
        count: numbers.len() as u64,
        base: 0,
        step: 1,
        width: 8,
    };
    (section, bytes::<8>(numbers))
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

fn bytes<const WIDTH: usize>(numbers: impl ExactSizeIterator<Item = u64>) -> Vec<u8> {
    let mut bytes = vec![0; numbers.len() * WIDTH];
    for (place, number) in bytes.as_chunks_mut::<WIDTH>().0.iter_mut().zip(numbers) {
        place.copy_from_slice(&number.to_le_bytes()[..WIDTH]);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

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
                let (section, bytes) = pack(packing, numbers.iter().copied());
                assert_eq!(section.width, width, "{numbers:?}");
                let packed = Numbers::new((section, &bytes));
                let back: Vec<u64> = (0..packed.len()).map(|at| packed.get(at)).collect();
                assert_eq!(back, numbers);
            }
        }
    }

    #[test]
    fn a_look_past_the_end_is_bounded() {
        let (section, bytes) = pack(Packing::Plain, [3, 9, 400].into_iter());
        let numbers = Numbers::new((section, &bytes));
        assert_eq!(numbers.get(usize::MAX), 0);
        assert_eq!(numbers.span(0, 5), 3..5);
        assert_eq!(numbers.span(1, 500), 9..400);
        assert_eq!(numbers.span(2, 500), 0..0);
        assert_eq!(numbers.span(usize::MAX - 1, 500), 0..0);
    }
}
