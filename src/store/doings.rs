//! Histories and sums of accesses out of columns: acts by the numbers of dictionaries, so that a name is looked up once a segment, however often it occurs.
//!
//! Not here: what a history is (`history`).

use super::history::{self, History, Seen};
use super::hits::Hits;
use super::segment::{Column, Segment};
use super::selection::Selection;
use crate::query::Field;
use hashbrown::HashMap;
use std::borrow::Cow;

/// The facet of a sign-in.
const SIGN_IN: &str = "sign-in";

/// The history that hits tell. Hits without a time are left out.
pub(super) fn read_history(hits: &Hits) -> History {
    let mut history = History::default();
    history.reserve(hits.len());
    for (opened, found) in hits.segments() {
        let segment = &opened.segment;
        let timed = segment.first_at(i64::MAX);
        let mut doings = Doings::of(segment, found);
        found.rows().each(|row| {
            if row < timed {
                let seen = doings.seen(segment.time(row), row, &mut history);
                history.push(seen);
            }
        });
    }
    history.sort();
    history
}

/// What an access adds to sums. Missing values are empty.
#[derive(Debug, Clone, Copy)]
pub struct Touch<'a> {
    /// Microseconds since 1970, UTC.
    pub time: i64,
    /// What was done.
    pub operation: &'a str,
    /// `Bind`, `Sync` or empty.
    pub access: &'a str,
    /// Mailbox acted in, folded.
    pub mailbox: &'a str,
    /// Message ids named.
    pub items: u64,
}

/// Calls with every hit that has a time, those of each segment in the order of time.
pub(super) fn touches(hits: &Hits, visit: &mut dyn FnMut(Touch<'_>)) {
    for (opened, found) in hits.segments() {
        let segment = &opened.segment;
        let timed = segment.first_at(i64::MAX);
        let column = |field| First::new(segment, field);
        let mut operation = column(Field::Operation);
        let mut access = column(Field::Access);
        let mut mailbox = column(Field::Mailbox);
        found.rows().each(|row| {
            if row < timed {
                visit(Touch {
                    time: segment.time(row),
                    operation: operation.of(row),
                    access: access.of(row),
                    mailbox: mailbox.of(row),
                    items: segment.items(row),
                });
            }
        });
    }
}

/// The first value, folded, of rows of a column. The next row often has the same.
struct First<'a> {
    column: Option<Column<'a>>,
    last: (u32, &'a str),
}

impl<'a> First<'a> {
    fn new(segment: &'a Segment, field: Field) -> Self {
        Self {
            column: segment.column(field),
            // The empty set.
            last: (0, ""),
        }
    }

    fn of(&mut self, row: u32) -> &'a str {
        let Some(column) = &self.column else {
            return "";
        };
        let set = column.of(row);
        if set != self.last.0 {
            let first = column.set(set).next();
            self.last = (set, first.map_or("", |value| column.folded(value)));
        }
        self.last.1
    }
}

/// Reads the acts of one segment.
struct Doings<'a> {
    operation: Interned<'a>,
    country: Interned<'a>,
    network: Interned<'a>,
    session: Interned<'a>,
    mailbox: Interned<'a>,
    facets: Option<Column<'a>>,
    /// Sets of facets with that of a sign-in.
    sign_ins: Vec<bool>,
}

impl<'a> Doings<'a> {
    fn of(segment: &'a Segment, found: &Selection) -> Self {
        let interned = |field, convert| Interned::new(segment, field, found.len(), convert);
        let as_written: Convert = |column, value| column.written(value).into();
        let facets = segment.column(Field::Is);
        Self {
            operation: interned(Field::Operation, as_written),
            country: interned(Field::Country, as_written),
            network: interned(Field::Ip, |column, value| {
                history::network(column.written(value)).into()
            }),
            session: interned(Field::Session, as_written),
            mailbox: interned(Field::Mailbox, |column, value| column.folded(value).into()),
            sign_ins: facets.as_ref().map(sign_ins).unwrap_or_default(),
            facets,
        }
    }

    fn seen(&mut self, time: i64, row: u32, history: &mut History) -> Seen {
        let facets = self.facets.as_ref().map(|column| column.of(row) as usize);
        let sign_in = facets.and_then(|set| self.sign_ins.get(set));
        Seen {
            time,
            operation: self.operation.number(row, history),
            country: self.country.number(row, history),
            network: self.network.number(row, history),
            session: self.session.number(row, history),
            mailbox: self.mailbox.number(row, history),
            sign_in: sign_in.copied().unwrap_or(false),
        }
    }
}

fn sign_ins(facets: &Column<'_>) -> Vec<bool> {
    let is_sign_in = |set| {
        let mut values = facets.set(set);
        values.any(|value| facets.written(value) == SIGN_IN)
    };
    (0..facets.sets()).map(is_sign_in).collect()
}

/// Makes the name of a value of a column.
type Convert = for<'a> fn(&Column<'a>, u32) -> Cow<'a, str>;

/// A column whose names become numbers of a history.
struct Interned<'a> {
    column: Option<Column<'a>>,
    known: Known,
    convert: Convert,
}

/// The number in the history of each set that was met.
enum Known {
    /// For every set its number and 1; 0 for one that was not met. For many rows of few sets.
    Every(Vec<u32>),
    /// Of those met alone.
    Some(HashMap<u32, u32>),
}

impl Known {
    fn get(&self, set: u32) -> Option<u32> {
        match self {
            Self::Every(numbers) => numbers.get(set as usize)?.checked_sub(1),
            Self::Some(numbers) => numbers.get(&set).copied(),
        }
    }

    fn insert(&mut self, set: u32, number: u32) {
        match self {
            Self::Every(numbers) => {
                if let Some(known) = numbers.get_mut(set as usize) {
                    *known = number + 1;
                }
            }
            Self::Some(numbers) => {
                numbers.insert(set, number);
            }
        }
    }
}

impl<'a> Interned<'a> {
    /// A column of which so many rows are read.
    fn new(segment: &'a Segment, field: Field, rows: usize, convert: Convert) -> Self {
        let column = segment.column(field);
        let sets = column.as_ref().map_or(0, Column::sets) as usize;
        let known = if sets / 32 <= rows {
            Known::Every(vec![0; sets])
        } else {
            Known::Some(HashMap::new())
        };
        Self {
            column,
            known,
            convert,
        }
    }

    fn number(&mut self, row: u32, history: &mut History) -> u32 {
        let Some(column) = &self.column else {
            return 0;
        };
        let set = column.of(row);
        if let Some(number) = self.known.get(set) {
            return number;
        }
        let first = column.set(set).next();
        let number = first.map_or(0, |value| history.number(&(self.convert)(column, value)));
        self.known.insert(set, number);
        number
    }
}
