//! Names that somebody who mistyped one may have meant.
//!
//! Not here: who a name belongs to (`identity`).

use crate::text::fold;

/// Most names that are proposed.
const MOST: usize = 5;

/// Longest name that is compared letter by letter; longer ones only as a whole.
const LONGEST: usize = 64;

/// The known names nearest to one that is not known, the nearest first: those that hold it, and those a few letters away.
pub fn near<'a>(asked: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let asked = fold(asked);
    if asked.is_empty() {
        return Vec::new();
    }
    let scored = known.into_iter().filter_map(|name| {
        let distance = distance(&asked, &fold(name))?;
        Some((distance, name))
    });
    let mut scored: Vec<(usize, &str)> = scored.collect();
    scored.sort_unstable();
    scored.dedup_by(|left, right| left.1 == right.1);
    scored.truncate(MOST);
    scored.into_iter().map(|(_, name)| name).collect()
}

/// How far two names are apart; `None` when nobody would take one for the other.
fn distance(asked: &str, name: &str) -> Option<usize> {
    if name.contains(asked) {
        return Some(usize::from(!name.starts_with(asked)));
    }
    let local = |name: &str| name.split('@').next().unwrap_or_default().to_owned();
    let (ours, theirs) = (local(asked), local(name));
    let most = ours.chars().count() / 4 + 1;
    [(asked, name), (&ours, &theirs)]
        .into_iter()
        .filter_map(|(one, other)| edits(one, other, most))
        .min()
        .map(|edits| edits + 1)
}

/// Letters to change, add or leave out, up to a bound.
fn edits(one: &str, other: &str, most: usize) -> Option<usize> {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let is_far = one.len().abs_diff(other.len()) > most;
    if is_far || one.len() > LONGEST || other.len() > LONGEST || one.is_empty() {
        return None;
    }
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in one.iter().enumerate() {
        let mut before = line;
        let mut left = line + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, their) in row.iter_mut().skip(1).zip(&other) {
            let changed = before + usize::from(letter != their);
            before = *cell;
            left = changed.min(left + 1).min(*cell + 1);
            *cell = left;
        }
    }
    row.last().copied().filter(|edits| *edits <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_hold_it_come_before_those_with_a_slip() {
        let known = [
            "victor@example.com",
            "viktor@example.com",
            "bob@example.com",
            "team-victor@example.com",
        ];
        assert_eq!(
            near("victor", known),
            [
                "victor@example.com",
                "team-victor@example.com",
                "viktor@example.com"
            ]
        );
        assert_eq!(
            near("Vitcor@example.com", known),
            ["victor@example.com", "viktor@example.com"]
        );
        assert!(near("zzz", known).is_empty() && near(" ", known).is_empty());
    }
}
