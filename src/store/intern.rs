//! Texts and sets of texts as numbers, in the order in which they come: what batches and growing segments have in common.
//!
//! Nothing depends on the order of the tables, so their hash may differ from run to run, as it must against chosen keys. Not here: numbers
//! in a segment on the disk, which are sorted (`building`).

use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::{BuildHasher, Hasher};
use std::ops::Range;
use std::sync::LazyLock;

/// One for the process, so that a hash made for one table serves in another.
static HASHER: LazyLock<DefaultHashBuilder> = LazyLock::new(DefaultHashBuilder::default);

fn hash_of(text: &str) -> u64 {
    let mut hasher = HASHER.build_hasher();
    hasher.write(text.as_bytes());
    hasher.finish()
}

/// A number in a vector of fewer than 2^32: what ends earlier is memory.
pub(super) fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Distinct texts, numbered as they come.
#[derive(Debug, Clone, Default)]
pub(super) struct Values {
    joined: String,
    entries: Vec<Entry>,
    table: HashTable<u32>,
    /// The text asked for last: the next record often has the same.
    last: u32,
}

/// A text of [`Values`].
#[derive(Debug, Clone, Copy)]
struct Entry {
    hash: u64,
    /// Where it ends; it begins where the one before ends.
    end: usize,
}

impl Values {
    /// How many there are.
    pub fn len(&self) -> u32 {
        number(self.entries.len())
    }

    /// The text of a number.
    pub fn get(&self, value: u32) -> &str {
        text_at(&self.joined, &self.entries, value)
    }

    /// The number of a text, a new one if need be.
    pub fn number(&mut self, text: &str) -> u32 {
        if !self.entries.is_empty()
            && bytes_at(&self.joined, &self.entries, self.last) == text.as_bytes()
        {
            return self.last;
        }
        self.last = self.hashed(text, hash_of(text));
        self.last
    }

    /// The number of a text that has one.
    pub fn find(&self, text: &str) -> Option<u32> {
        let hash = hash_of(text);
        let same = |value: &u32| self.get(*value) == text;
        self.table.find(hash, same).copied()
    }

    /// The number of a text of another table.
    pub fn number_from(&mut self, other: &Self, value: u32) -> u32 {
        let hash = other
            .entries
            .get(value as usize)
            .map_or(0, |entry| entry.hash);
        self.hashed(other.get(value), hash)
    }

    fn hashed(&mut self, text: &str, hash: u64) -> u32 {
        let Self {
            joined,
            entries,
            table,
            ..
        } = self;
        let same = |value: &u32| {
            entries[*value as usize].hash == hash
                && bytes_at(joined, entries, *value) == text.as_bytes()
        };
        if let Some(value) = table.find(hash, same) {
            return *value;
        }
        let value = number(entries.len());
        joined.push_str(text);
        entries.push(Entry {
            hash,
            end: joined.len(),
        });
        table.insert_unique(hash, value, |value| entries[*value as usize].hash);
        value
    }

    /// Bytes in memory, about.
    pub fn size(&self) -> usize {
        self.joined.capacity() + self.entries.capacity() * 16 + self.table.capacity() * 5
    }

    /// Forgets all, but keeps the memory.
    pub fn clear(&mut self) {
        self.joined.clear();
        self.entries.clear();
        self.table.clear();
        self.last = 0;
    }
}

fn text_at<'a>(joined: &'a str, entries: &[Entry], value: u32) -> &'a str {
    joined.get(place_at(entries, value)).unwrap_or_default()
}

/// The same, for comparing: where characters begin is not asked.
fn bytes_at<'a>(joined: &'a str, entries: &[Entry], value: u32) -> &'a [u8] {
    let bytes = joined.as_bytes().get(place_at(entries, value));
    bytes.unwrap_or_default()
}

fn place_at(entries: &[Entry], value: u32) -> Range<usize> {
    let at = value as usize;
    let start = at
        .checked_sub(1)
        .and_then(|before| entries.get(before))
        .map_or(0, |entry| entry.end);
    start..entries.get(at).map_or(start, |entry| entry.end)
}

/// Distinct sets of values, numbered as they come; 0 is the empty one. The values of a set have an order.
#[derive(Debug, Default)]
pub(super) struct Sets {
    /// The set of each value that is alone in one; 0 when there is none.
    singles: Vec<u32>,
    members: Vec<u32>,
    /// Where each set but the empty one ends in `members`.
    ends: Vec<usize>,
    /// Sets of several values.
    table: HashTable<u32>,
}

impl Sets {
    /// How many there are, with the empty one.
    pub fn len(&self) -> u32 {
        number(self.ends.len()) + 1
    }

    /// The values of a set.
    pub fn get(&self, set: u32) -> &[u32] {
        members_at(&self.members, &self.ends, set)
    }

    /// The number of a set, a new one if need be.
    pub fn number(&mut self, values: &[u32]) -> u32 {
        match values {
            [] => 0,
            [value] => self.single(*value),
            several => self.several(several),
        }
    }

    fn single(&mut self, value: u32) -> u32 {
        let at = value as usize;
        if self.singles.len() <= at {
            self.singles.resize(at + 1, 0);
        }
        if self.singles[at] == 0 {
            self.singles[at] = self.push(&[value]);
        }
        self.singles[at]
    }

    fn several(&mut self, values: &[u32]) -> u32 {
        let hash = hash_of_set(values);
        let same = |set: &u32| members_at(&self.members, &self.ends, *set) == values;
        if let Some(set) = self.table.find(hash, same) {
            return *set;
        }
        let set = self.push(values);
        let Self {
            members,
            ends,
            table,
            ..
        } = self;
        table.insert_unique(hash, set, |set| {
            hash_of_set(members_at(members, ends, *set))
        });
        set
    }

    fn push(&mut self, values: &[u32]) -> u32 {
        self.members.extend_from_slice(values);
        self.ends.push(self.members.len());
        number(self.ends.len())
    }

    /// Bytes in memory, about.
    pub fn size(&self) -> usize {
        let numbers = self.singles.capacity() + self.members.capacity();
        numbers * 4 + self.ends.capacity() * 8 + self.table.capacity() * 5
    }

    /// Forgets all, but keeps the memory.
    pub fn clear(&mut self) {
        self.singles.clear();
        self.members.clear();
        self.ends.clear();
        self.table.clear();
    }
}

fn members_at<'a>(members: &'a [u32], ends: &[usize], set: u32) -> &'a [u32] {
    let Some(at) = (set as usize).checked_sub(1) else {
        return &[];
    };
    let start = at
        .checked_sub(1)
        .and_then(|before| ends.get(before))
        .copied()
        .unwrap_or(0);
    let end = ends.get(at).copied().unwrap_or(start);
    members.get(start..end).unwrap_or_default()
}

fn hash_of_set(values: &[u32]) -> u64 {
    let mut hasher = HASHER.build_hasher();
    for value in values {
        hasher.write_u32(*value);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_numbered_as_they_come() {
        let mut values = Values::default();
        let mut other = Values::default();
        for (text, at) in [
            ("", 0),
            ("alice", 1),
            ("bob", 2),
            ("bob", 2),
            ("alice", 1),
            ("", 0),
        ] {
            assert_eq!(values.number(text), at, "{text}");
            assert_eq!(values.get(at), text);
        }
        assert_eq!(other.number_from(&values, 2), 0);
        assert_eq!(other.number("alice"), 1);
        assert_eq!(other.number_from(&values, 1), 1);
        assert_eq!((other.get(0), other.len()), ("bob", 2));
        values.clear();
        assert_eq!((values.len(), values.number("carol")), (0, 0));
    }

    #[test]
    fn sets_have_an_order() {
        let mut sets = Sets::default();
        for (values, at) in [
            (&[][..], 0),
            (&[3], 1),
            (&[0], 2),
            (&[3, 0], 3),
            (&[0, 3], 4),
            (&[3, 0], 3),
            (&[3], 1),
        ] {
            assert_eq!(sets.number(values), at, "{values:?}");
            assert_eq!(sets.get(at), values);
        }
        assert_eq!((sets.len(), sets.get(9)), (5, &[][..]));
    }
}
