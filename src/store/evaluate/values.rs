//! The values of a dictionary that a condition wants, and the sets of values that have one of them.
//!
//! Not here: the rows of the sets.

use super::super::segment::Column;
use crate::query::{Field, Glob, Pattern};
use std::ops::Range;

/// Values of a dictionary, by number.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Values {
    /// Values side by side.
    Range(Range<u32>),
    /// Values here and there, ascending.
    List(Vec<u32>),
}

/// The values that are like a pattern.
pub(super) fn like(column: &Column<'_>, pattern: &Pattern) -> Values {
    match pattern {
        Pattern::Exact(value) => Values::Range(column.named(value)),
        Pattern::Glob(glob) => fitting(column, glob),
    }
}

/// The values that fit a glob as a whole.
pub(super) fn fitting(column: &Column<'_>, glob: &Glob) -> Values {
    let pieces = glob.pieces();
    let fits = |value: &u32| glob.matches(column.folded(*value));
    match pieces {
        [first, rest @ ..] if !first.is_empty() => {
            let begun = column.beginning(first);
            if rest.iter().all(String::is_empty) {
                Values::Range(begun)
            } else {
                Values::List(begun.filter(fits).collect())
            }
        }
        [_, piece, last] if last.is_empty() => holding(column, piece),
        _ => {
            let longest = pieces.iter().max_by_key(|piece| piece.len());
            let mut found = Vec::new();
            if let Some(longest) = longest {
                column.containing(longest, &mut |value| found.push(value));
            }
            found.retain(fits);
            Values::List(found)
        }
    }
}

/// The values that hold a text.
pub(super) fn holding(column: &Column<'_>, text: &str) -> Values {
    let mut found = Vec::new();
    column.containing(text, &mut |value| found.push(value));
    Values::List(found)
}

/// All values but blank ones.
pub(super) fn any(column: &Column<'_>) -> Values {
    // A blank value is none.
    Values::Range(column.named("").end..column.values())
}

/// The sets that have one of some values, ascending.
pub(super) fn sets(column: &Column<'_>, values: &Values) -> Vec<u32> {
    let mut wanted = Vec::new();
    match values {
        Values::Range(range) if range.is_empty() => return Vec::new(),
        Values::List(list) if list.is_empty() => return Vec::new(),
        Values::Range(range) => {
            wanted.resize(range.start as usize, false);
            wanted.resize(range.end as usize, true);
        }
        Values::List(list) => {
            wanted.resize(column.values() as usize, false);
            for value in list {
                if let Some(flag) = wanted.get_mut(*value as usize) {
                    *flag = true;
                }
            }
        }
    }
    let mut sets = Vec::new();
    column.having(&wanted, &mut |set| sets.push(set));
    sets.dedup();
    sets
}

/// Sets of values of one field: those that a row must have one of.
pub(super) struct Wanted {
    /// The field they are of.
    pub field: Field,
    flags: Vec<bool>,
}

impl Wanted {
    /// Some sets of a field.
    pub fn of(field: Field, column: &Column<'_>, sets: &[u32]) -> Self {
        let mut flags = vec![false; column.sets() as usize];
        for set in sets {
            if let Some(flag) = flags.get_mut(*set as usize) {
                *flag = true;
            }
        }
        Self { field, flags }
    }

    /// A flag for each set.
    pub fn flags(&self) -> &[bool] {
        &self.flags
    }

    /// Whether a set is wanted.
    pub fn has(&self, set: u32) -> bool {
        self.flags.get(set as usize).copied().unwrap_or(false)
    }

    /// Wants the sets of another of the same field too.
    pub fn add(&mut self, other: &Self) {
        for (flag, more) in self.flags.iter_mut().zip(&other.flags) {
            *flag |= more;
        }
    }
}
