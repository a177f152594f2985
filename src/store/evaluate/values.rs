//! The values of a dictionary that a condition wants, and the sets of values that have one of them.
//!
//! Not here: the rows of the sets.

use super::super::segment::{self, Column};
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

/// One in so many sets must be wanted for flags to cost less than a list.
const MANY: usize = 16;

/// The sets that have one of some values.
pub(super) fn sets(column: &Column<'_>, values: &Values) -> Sets {
    let count = match values {
        Values::Range(range) => range.len(),
        Values::List(list) => list.len(),
    };
    // Every set but the empty one has a value.
    if count == column.values() as usize {
        return Sets::Range(1..column.sets());
    }
    let flags = match values {
        Values::Range(_) => Vec::new(),
        Values::List(list) => flags(column.values(), list),
    };
    let wanted = match values {
        Values::Range(range) if range.is_empty() => return Sets::List(Vec::new()),
        Values::Range(range) => {
            segment::Wanted::Range(range.start.into()..=u64::from(range.end) - 1)
        }
        Values::List(_) => segment::Wanted::Flags(&flags),
    };
    if count > column.sets() as usize / MANY {
        let mut flags = vec![false; column.sets() as usize];
        column.having(&wanted, &mut |set| {
            if let Some(flag) = flags.get_mut(set as usize) {
                *flag = true;
            }
        });
        return Sets::Flags(flags);
    }
    let mut sets = Vec::new();
    column.having(&wanted, &mut |set| sets.push(set));
    sets.dedup();
    Sets::List(sets)
}

/// A flag for each of so many numbers: whether it stands in a list.
fn flags(of: u32, list: &[u32]) -> Vec<bool> {
    let mut flags = vec![false; of as usize];
    for number in list {
        if let Some(flag) = flags.get_mut(*number as usize) {
            *flag = true;
        }
    }
    flags
}

/// Sets of values of one field, by number.
pub(super) enum Sets {
    /// Sets side by side.
    Range(Range<u32>),
    /// A few, ascending.
    List(Vec<u32>),
    /// A flag for each.
    Flags(Vec<bool>),
}

impl Sets {
    /// Whether it is plain that there are none.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Range(range) => range.is_empty(),
            Self::List(list) => list.is_empty(),
            Self::Flags(_) => false,
        }
    }
}

/// Sets of values of one field: those that a row must have one of.
pub(super) struct Wanted {
    /// The field they are of.
    pub field: Field,
    sets: Known,
    /// Number of sets of the field.
    of: u32,
}

/// Wanted sets as a scan takes them.
enum Known {
    Range(Range<u32>),
    Flags(Vec<bool>),
}

impl Wanted {
    /// Some sets of a field.
    pub fn of(field: Field, column: &Column<'_>, sets: Sets) -> Self {
        let of = column.sets();
        let sets = match sets {
            Sets::Range(range) => Known::Range(range),
            Sets::List(list) => match (list.first(), list.last()) {
                (Some(least), Some(greatest)) if (greatest - least) as usize == list.len() - 1 => {
                    Known::Range(*least..greatest + 1)
                }
                _ => Known::Flags(flags(of, &list)),
            },
            Sets::Flags(flags) => Known::Flags(flags),
        };
        Self { field, sets, of }
    }

    /// The rows of a range with a wanted set, by 64: see [`Column::scan`].
    pub fn scan(&self, column: &Column<'_>, rows: Range<u32>, found: &mut dyn FnMut(u32, u64)) {
        let wanted = match &self.sets {
            Known::Range(range) if range.is_empty() => return,
            Known::Range(range) => {
                segment::Wanted::Range(range.start.into()..=u64::from(range.end) - 1)
            }
            Known::Flags(flags) => segment::Wanted::Flags(flags),
        };
        column.scan(rows, &wanted, found);
    }

    /// Whether a set is wanted.
    pub fn has(&self, set: u32) -> bool {
        match &self.sets {
            Known::Range(range) => range.contains(&set),
            Known::Flags(flags) => flags.get(set as usize).copied().unwrap_or(false),
        }
    }

    /// Wants the sets of another of the same field too.
    pub fn add(&mut self, other: &Self) {
        let both = (0..self.of).map(|set| self.has(set) || other.has(set));
        self.sets = Known::Flags(both.collect());
    }
}
