//! A column of small numbers that takes no more bytes than its greatest needs so far: fresh memory costs time.

/// Numbers of one, two or four bytes.
#[derive(Debug)]
pub(super) enum Narrow {
    /// All below 2^8.
    One(Vec<u8>),
    /// All below 2^16.
    Two(Vec<u16>),
    /// Any of 32 bits.
    Four(Vec<u32>),
}

impl Default for Narrow {
    fn default() -> Self {
        Self::One(Vec::new())
    }
}

impl Narrow {
    /// Adds numbers, none of which is greater than `greatest`.
    pub fn extend(&mut self, greatest: u32, numbers: impl Iterator<Item = u32>) {
        self.widen(greatest);
        match self {
            Self::One(all) => all.extend(numbers.map(low_byte)),
            Self::Two(all) => all.extend(numbers.map(low_bytes)),
            Self::Four(all) => all.extend(numbers),
        }
    }

    fn widen(&mut self, greatest: u32) {
        *self = match self {
            Self::One(all) if greatest > u32::from(u16::MAX) => {
                Self::Four(all.iter().map(|number| (*number).into()).collect())
            }
            Self::One(all) if greatest > u32::from(u8::MAX) => {
                Self::Two(all.iter().map(|number| (*number).into()).collect())
            }
            Self::Two(all) if greatest > u32::from(u16::MAX) => {
                Self::Four(all.iter().map(|number| (*number).into()).collect())
            }
            Self::One(_) | Self::Two(_) | Self::Four(_) => return,
        };
    }

    /// The numbers at some places.
    pub fn gather(&self, places: &[u32]) -> Vec<u32> {
        let places = places.iter().map(|place| *place as usize);
        match self {
            Self::One(all) => places.map(|place| all[place].into()).collect(),
            Self::Two(all) => places.map(|place| all[place].into()).collect(),
            Self::Four(all) => places.map(|place| all[place]).collect(),
        }
    }

    /// Bytes in memory.
    pub fn size(&self) -> usize {
        match self {
            Self::One(all) => all.capacity(),
            Self::Two(all) => all.capacity() * 2,
            Self::Four(all) => all.capacity() * 4,
        }
    }
}

fn low_byte(number: u32) -> u8 {
    let [byte, ..] = number.to_le_bytes();
    byte
}

fn low_bytes(number: u32) -> u16 {
    let [low, high, ..] = number.to_le_bytes();
    u16::from_le_bytes([low, high])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_outlive_widening() {
        let mut narrow = Narrow::default();
        let numbers = [3, 255, 256, 65_535, 65_536, u32::MAX, 0];
        for number in numbers {
            narrow.extend(number, std::iter::once(number));
        }
        assert_eq!(narrow.gather(&[0, 1, 2, 3, 4, 5, 6]), numbers);
        let mut narrow = Narrow::default();
        narrow.extend(255, [255].into_iter());
        narrow.extend(65_536, [65_536].into_iter());
        assert_eq!(narrow.gather(&[1, 0]), [65_536, 255]);
    }
}
