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
    // A blank in front counts as one behind another.
    let mut last = b' ';
    for byte in name.bytes() {
        let blank = byte == b' ' && last == b' ';
        if blank || !byte.is_ascii() || matches!(byte, b'\t'..=b'\r') {
            return false;
        }
        last = byte;
    }
    last != b' ' && SUFFIXES.iter().all(|suffix| stem(name, suffix).is_none())
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

/// The order of folded names: any that is quick to tell.
fn order(left: &str, right: &str) -> Ordering {
    left.len().cmp(&right.len()).then_with(|| {
        let left = left.bytes().map(|byte| byte.to_ascii_lowercase());
        left.cmp(right.bytes().map(|byte| byte.to_ascii_lowercase()))
    })
}

/// Values by name.
#[derive(Debug, Clone)]
pub(super) struct Index<'a, T> {
    /// In the order of their folded names, none of which stands twice.
    entries: Vec<(Cow<'a, str>, T)>,
}

impl<'a, T> Index<'a, T> {
    /// Values under their names as written; `merge` adds the value of a later one of the same name to that of the first.
    pub(super) fn new(
        pairs: impl IntoIterator<Item = (&'a str, T)>,
        merge: fn(&mut T, &mut T),
    ) -> Self {
        let pairs = pairs.into_iter();
        let mut entries: Vec<_> = pairs.map(|(name, value)| (folded(name), value)).collect();
        entries.sort_by(|(left, _), (right, _)| order(left, right));
        entries.dedup_by(|(later, more), (first, value)| {
            let same = order(later, first).is_eq();
            if same {
                merge(value, more);
            }
            same
        });
        Self { entries }
    }

    /// The value of a name in any case.
    pub(super) fn get(&self, name: &str) -> Option<&T> {
        let name = folded(name);
        let found = self.entries.binary_search_by(|(own, _)| order(own, &name));
        found
            .ok()
            .and_then(|at| self.entries.get(at))
            .map(|(_, value)| value)
    }

    /// The same without the names of others.
    pub(super) fn into_owned(self) -> Index<'static, T> {
        let entries = self.entries.into_iter();
        Index {
            entries: entries
                .map(|(name, value)| (Cow::Owned(name.into_owned()), value))
                .collect(),
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
    }
}
