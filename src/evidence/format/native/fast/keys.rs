//! Names of the members of objects, with what each is, and which came behind which: the next record has its members in the same order as a rule,
//! and then a name is not searched for but compared at once with the one that is expected.
//!
//! Not here: what names mean, which those say who ask for them.

use std::borrow::Cow;
use wide::u8x16;

/// Bytes that are compared at once: of a name, its quotes and the colon behind.
const WIDTH: usize = 32;

/// Names, the first of which stands for the beginning of an object.
#[derive(Debug)]
pub(super) struct Keys<T> {
    all: Vec<Key<T>>,
    /// The number of a name at its place or behind: a power of two of them, many more than names. Zero is none.
    places: Vec<u16>,
}

/// A name that was met.
#[derive(Debug)]
struct Key<T> {
    name: Cow<'static, str>,
    /// With its quotes and the colon, as it is written as a rule.
    written: [u8; WIDTH],
    /// Bytes that count of `written`; zero for a name that is too long.
    length: usize,
    /// Numbers of the names that came behind this one last, and before that.
    next: [u16; 2],
    what: T,
}

impl<T: Copy> Keys<T> {
    /// No names, with room for so many; `nothing` is what the beginning is.
    pub(super) fn new(room: usize, nothing: T) -> Self {
        let mut keys = Self {
            all: Vec::new(),
            places: vec![0; (room * 4).next_power_of_two()],
        };
        keys.push(Cow::Borrowed(""), nothing);
        keys
    }

    /// How many names there are.
    pub(super) fn len(&self) -> usize {
        self.all.len() - 1
    }

    /// All the names.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.all.iter().skip(1).map(|key| &*key.name)
    }

    /// Whether there is room for another name.
    pub(super) fn has_room(&self) -> bool {
        self.len() * 4 < self.places.len()
    }

    /// What a name is that came behind `last` before and stands here again, with its number and the bytes it takes.
    #[inline]
    pub(super) fn guess(&self, last: u16, rest: &[u8]) -> Option<(u16, usize, T)> {
        let [one, other] = self.all.get(usize::from(last))?.next;
        self.stands(one, rest).or_else(|| self.stands(other, rest))
    }

    #[inline]
    fn stands(&self, number: u16, rest: &[u8]) -> Option<(u16, usize, T)> {
        let key = self.all.get(usize::from(number))?;
        let stands = match rest.first_chunk() {
            Some(chunk) => key.is_at(chunk),
            None => rest.starts_with(key.written.get(..key.length)?),
        };
        (stands && key.length > 0).then_some((number, key.length, key.what))
    }

    /// Notes that a name came behind another.
    pub(super) fn follow(&mut self, last: u16, number: u16) {
        if let Some(key) = self.all.get_mut(usize::from(last)) {
            key.next = [number, key.next[0]];
        }
    }

    /// The number of a name and what it is, or the place where it would be.
    pub(super) fn find(&self, name: &[u8]) -> Result<(u16, T), usize> {
        let last = self.places.len() - 1;
        let mut at = place(name) & last;
        loop {
            let number = self.places.get(at).copied().unwrap_or(0);
            match self.all.get(usize::from(number)) {
                Some(key) if number > 0 && key.name.as_bytes() == name => {
                    return Ok((number, key.what));
                }
                Some(_) if number > 0 => at = (at + 1) & last,
                _ => return Err(at),
            }
        }
    }

    /// Adds a name, if it is another one and there is room; gives its number.
    pub(super) fn insert(&mut self, name: Cow<'static, str>, what: T) -> Option<u16> {
        match self.find(name.as_bytes()) {
            Ok((number, _)) => Some(number),
            Err(at) if self.has_room() => {
                let number = u16::try_from(self.all.len()).ok()?;
                *self.places.get_mut(at)? = number;
                self.push(name, what);
                Some(number)
            }
            Err(_) => None,
        }
    }

    fn push(&mut self, name: Cow<'static, str>, what: T) {
        let whole = format!("\"{name}\":");
        let mut written = [0; WIDTH];
        let room = written.get_mut(..whole.len()).filter(|_| !name.is_empty());
        let length = room.map_or(0, |room| {
            room.copy_from_slice(whole.as_bytes());
            whole.len()
        });
        self.all.push(Key {
            name,
            written,
            length,
            next: [0; 2],
            what,
        });
    }
}

impl<T> Key<T> {
    /// Whether these bytes begin with it.
    #[inline]
    fn is_at(&self, bytes: &[u8; WIDTH]) -> bool {
        let ([own_low, own_high], _) = self.written.as_chunks::<16>() else {
            return false;
        };
        let ([low, high], _) = bytes.as_chunks::<16>() else {
            return false;
        };
        let same = |own: &[u8; 16], other: &[u8; 16]| {
            let same = u8x16::new(*own).simd_eq(u8x16::new(*other));
            u64::from(same.to_bitmask())
        };
        let (low, high) = (same(own_low, low), same(own_high, high));
        let counted = (1_u64 << self.length) - 1;
        (high << 16 | low) & counted == counted
    }
}

/// Where to look for a name, before it is cut to the number of places.
fn place(name: &[u8]) -> usize {
    // Odd, with its bits well mixed, so that each bit of the name reaches the upper ones.
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    let ends = name.first_chunk().zip(name.last_chunk());
    let (head, tail) = ends.map_or_else(
        || (short(name), 0),
        |(head, tail)| (u64::from_le_bytes(*head), u64::from_le_bytes(*tail)),
    );
    let mixed = (head ^ tail.rotate_left(23) ^ name.len() as u64).wrapping_mul(SPREAD);
    usize::try_from(mixed >> 48).unwrap_or(0)
}

/// The bytes of a name of less than eight.
fn short(name: &[u8]) -> u64 {
    name.iter().fold(0, |all, byte| all << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_came_behind_another_are_expected_there() {
        let mut keys = Keys::new(8, 0);
        let long = "x".repeat(40);
        for (what, name) in ["Id", "Path", "AzureActiveDirectoryEventType", &long]
            .into_iter()
            .enumerate()
        {
            let name = Cow::Owned(name.to_owned());
            assert_eq!(keys.insert(name, what + 1), u16::try_from(what + 1).ok());
        }
        let rows = [
            ("\"Path\":1", Some((2, 7, 2))),
            ("\"Path\" :1", None),
            ("\"Path2\":1", None),
            ("\"Pat", None),
            ("", None),
        ];
        for (rest, expected) in rows {
            for rest in [rest.to_owned(), rest.to_owned() + &" ".repeat(WIDTH)] {
                assert_eq!(keys.guess(1, rest.as_bytes()), None, "{rest}");
                keys.follow(1, 4);
                keys.follow(1, 2);
                assert_eq!(keys.guess(1, rest.as_bytes()), expected, "{rest}");
                keys.follow(1, 3);
                assert_eq!(keys.guess(1, rest.as_bytes()), expected, "{rest}");
                keys.follow(1, 0);
                keys.follow(1, 4);
            }
        }
        keys.follow(0, 4);
        assert_eq!(keys.guess(0, format!("\"{long}\":1").as_bytes()), None);
        assert_eq!(keys.find(b"Path"), Ok((2, 2)));
        assert!(keys.find(b"path").is_err());
    }

    #[test]
    fn there_is_an_end_to_names() {
        let mut keys = Keys::new(4, 0);
        let inserted = (0..100).filter_map(|name: u32| keys.insert(name.to_string().into(), 1));
        assert!((4..16).contains(&inserted.count()));
        assert!(keys.find(b"99").is_err());
    }
}
