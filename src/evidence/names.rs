//! Names of columns and members without case, and an index by them.
//!
//! Every row is asked for some hundred names, most of which it does not have: nothing is copied to compare two names, and a row of
//! hostile names costs no more to ask than an honest one of the same size. Not here: other names of the same field (`fields`).

use std::borrow::Cow;
use std::cmp::Ordering;

/// Endings that portals put behind a column's name: the zone of its times, and the type where a column had two.
const SUFFIXES: [&str; 3] = [" [utc]", "_dynamic", "_string"];

/// The form under which names are compared, but for the case of ASCII letters: blanks trimmed and collapsed, without the endings of
/// portals.
fn folded(name: &str) -> Cow<'_, str> {
    if is_plain(name) {
        Cow::Borrowed(name)
    } else {
        Cow::Owned(fold_key(name))
    }
}

/// Whether a name is its own folded form.
fn is_plain(name: &str) -> bool {
    // Most names by far are one word.
    if name
        .bytes()
        .fold(true, |all, byte| all & byte.is_ascii_graphic())
    {
        // The only endings without a blank.
        let may_end = name.ends_with(['c', 'C', 'g', 'G']);
        return !may_end || !has_suffix(name);
    }
    // A blank in front counts as one behind another.
    let mut last = b' ';
    for byte in name.bytes() {
        let blank = byte == b' ' && last == b' ';
        if blank || !byte.is_ascii() || matches!(byte, b'\t'..=b'\r') {
            return false;
        }
        last = byte;
    }
    last != b' ' && !has_suffix(name)
}

fn has_suffix(name: &str) -> bool {
    SUFFIXES.iter().any(|suffix| stem(name, suffix).is_some())
}

/// What is before an ending in any case.
fn stem<'n>(name: &'n str, suffix: &str) -> Option<&'n str> {
    let (stem, end) = name.split_at_checked(name.len().checked_sub(suffix.len())?)?;
    end.eq_ignore_ascii_case(suffix).then_some(stem)
}

/// The form under which names are compared, in lower case.
pub(super) fn fold_key(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for word in name.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().flat_map(char::to_lowercase));
    }
    let mut stems = SUFFIXES.iter().filter_map(|suffix| stem(&folded, suffix));
    let length = stems.next().map_or(folded.len(), str::len);
    folded.truncate(length);
    folded
}

/// A number that is the same for equal names, and as good as never for two of one row: from the first and last bytes and the length.
fn key(name: &str) -> u64 {
    // A letter in either case has the same bits here.
    const CASE: u64 = 0x2020_2020_2020_2020;
    // Odd, with its bits well mixed, so that each bit of the names reaches the upper ones.
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    let bytes = name.as_bytes();
    let ends = bytes.first_chunk().zip(bytes.last_chunk());
    let (head, tail) = ends.map_or_else(
        || (short(bytes), 0),
        |(head, tail)| (u64::from_le_bytes(*head), u64::from_le_bytes(*tail)),
    );
    let mixed = ((head | CASE) ^ bytes.len() as u64).wrapping_mul(SPREAD);
    (mixed ^ mixed >> 32 ^ (tail | CASE)).wrapping_mul(SPREAD)
}

/// The bytes of a name of less than eight.
fn short(bytes: &[u8]) -> u64 {
    (bytes.iter()).fold(0, |all, byte| all << 8 | u64::from(*byte | 0x20))
}

/// The order of folded names of one key: any that tells them apart.
fn order(left: &str, right: &str) -> Ordering {
    if left == right {
        return Ordering::Equal;
    }
    left.len().cmp(&right.len()).then_with(|| {
        let left = left.bytes().map(|byte| byte.to_ascii_lowercase());
        left.cmp(right.bytes().map(|byte| byte.to_ascii_lowercase()))
    })
}

/// Values by name.
#[derive(Debug, Clone)]
pub(super) struct Index<'a, T> {
    /// In the order of their keys, then of their folded names, none of which stands twice.
    entries: Vec<Entry<'a, T>>,
    /// The keys that there may be, by their upper eight bits: tells of most names that they are not there.
    present: [u64; 4],
}

#[derive(Debug, Clone)]
struct Entry<'a, T> {
    key: u64,
    name: Cow<'a, str>,
    value: T,
}

impl<T> Entry<'_, T> {
    fn order(&self, key: u64, name: &str) -> Ordering {
        self.key.cmp(&key).then_with(|| order(&self.name, name))
    }
}

/// Where a key is marked among those present.
fn mark(key: u64) -> (usize, u64) {
    let word = usize::try_from(key >> 62).unwrap_or(0);
    (word, 1 << (key >> 56 & 63))
}

impl<'a, T> Index<'a, T> {
    /// Values under their names as written; `merge` adds the value of a later one of the same name to that of the first.
    pub(super) fn new(
        pairs: impl IntoIterator<Item = (&'a str, T)>,
        merge: fn(&mut T, &mut T),
    ) -> Self {
        let entry = |(name, value)| {
            let name = folded(name);
            Entry {
                key: key(&name),
                name,
                value,
            }
        };
        let mut entries: Vec<_> = pairs.into_iter().map(entry).collect();
        entries.sort_by(|left, right| left.order(right.key, &right.name));
        entries.dedup_by(|later, first| {
            let same = first.order(later.key, &later.name).is_eq();
            if same {
                merge(&mut first.value, &mut later.value);
            }
            same
        });
        let mut present = [0; 4];
        for entry in &entries {
            let (word, bit) = mark(entry.key);
            if let Some(word) = present.get_mut(word) {
                *word |= bit;
            }
        }
        Self { entries, present }
    }

    /// The value of a name in any case.
    pub(super) fn get(&self, name: &str) -> Option<&T> {
        let name = folded(name);
        let key = key(&name);
        let (word, bit) = mark(key);
        if self.present.get(word).is_none_or(|word| word & bit == 0) {
            return None;
        }
        let found = self
            .entries
            .binary_search_by(|entry| entry.order(key, &name));
        found
            .ok()
            .and_then(|at| self.entries.get(at))
            .map(|entry| &entry.value)
    }

    /// The same without the names of others.
    pub(super) fn into_owned(self) -> Index<'static, T> {
        let owned = |entry: Entry<'_, T>| Entry {
            key: entry.key,
            name: Cow::Owned(entry.name.into_owned()),
            value: entry.value,
        };
        Index {
            entries: self.entries.into_iter().map(owned).collect(),
            present: self.present,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_differ_in_case_blanks_and_endings() {
        let names = [
            "UserId",
            "USERID",
            "Application ID ",
            "TimeGenerated [UTC]",
            "Place_dynamic",
            "Place_String",
            "É  x",
            "",
        ];
        let all = names.iter().enumerate().map(|(at, name)| (*name, vec![at]));
        let index = Index::new(all, Vec::append);
        for (name, expected) in [
            ("userid", Some(vec![0, 1])),
            (" UserID", Some(vec![0, 1])),
            ("application  id", Some(vec![2])),
            ("TimeGenerated", Some(vec![3])),
            ("timegenerated [utc]", Some(vec![3])),
            ("place", Some(vec![4, 5])),
            ("é X", Some(vec![6])),
            (" ", Some(vec![7])),
            ("User Id", None),
            ("Place_", None),
        ] {
            assert_eq!(index.get(name).cloned(), expected, "{name}");
        }
    }

    proptest::proptest! {
        #[test]
        fn folded_names_are_alike(name in r"[aB_ \tÉ]{0,6}( \[UTC\]|_dynamic|_STRING)?") {
            proptest::prop_assert!(order(&folded(&name), &fold_key(&name)).is_eq());
        }

        #[test]
        fn every_name_is_found_and_no_other(
            names in proptest::collection::vec(r"[aAb]{0,3}(Identif|x)?[aA]{0,9}[bB]?|[\PC]{0,12}", 0..40),
            asked in r"[aAb]{0,3}(Identif|x)?[aA]{0,9}[bB]?",
        ) {
            let all = || names.iter().enumerate();
            let index = Index::new(all().map(|(at, name)| (name.as_str(), vec![at])), Vec::append);
            for name in names.iter().chain([&asked]) {
                let alike = |other: &str| fold_key(other).eq_ignore_ascii_case(&fold_key(name));
                let slow: Vec<usize> = all().filter(|(_, other)| alike(other)).map(|(at, _)| at).collect();
                let found = index.get(name).cloned().unwrap_or_default();
                proptest::prop_assert_eq!(found, slow, "{}", name);
            }
        }
    }
}
