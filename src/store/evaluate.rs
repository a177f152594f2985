//! The rows of one segment that an expression finds, meaning what `query` says it means.
//!
//! An expression becomes a plan first: what is listed (values of listed fields, ids, words of free text, spans of time) is looked up and is a
//! set of rows at once; what must be scanned waits, so that it is looked at only where the rest leaves rows possible.
//! Not here: the meaning itself. A test compares both on generated records (`store::tests`).

mod bounds;
mod values;

use super::Fault;
use super::key::{id_bits, message_hash};
use super::opened::OpenSegment;
use super::rows::Rows;
use super::segment::{Column, Segment};
use super::table::FIELDS;
use crate::query::{Expr, Field, Glob, Kind, On, Pattern, Term, Word, message_key};
use memchr::memmem;
use std::ops::RangeInclusive;
use values::{Sets, Values, Wanted};

/// What is wrong with an expression that no segment can be asked; `None` when nothing is.
pub(super) fn refusal(expr: &Expr) -> Option<String> {
    match expr {
        Expr::All => None,
        Expr::Not(inner) => refusal(inner),
        Expr::And(parts) | Expr::Or(parts) => parts.iter().find_map(refusal),
        Expr::Term(term) => refusal_of_term(term),
    }
}

fn refusal_of_term(term: &Term) -> Option<String> {
    let (field, pattern) = match term {
        Term::Word(_) | Term::Any(_) | Term::Time { .. } => return None,
        Term::Keyword { field, pattern } => (*field, Some(pattern)),
        Term::Present(field) | Term::Number { field, .. } => (*field, None),
    };
    let name = field.name();
    let is_number = field.spec().kind == Kind::Number;
    if !field.spec().on.covers(On::Record) || matches!(term, Term::Number { .. }) && !is_number {
        return Some(format!(
            "{name} cannot be asked of records; it belongs to grants"
        ));
    }
    let noun = match field {
        Field::Id => "record",
        Field::Message => "message",
        _ => return None,
    };
    matches!(pattern, Some(Pattern::Glob(_)))
        .then(|| format!("{name} needs the whole {noun} id, without *"))
}

/// Whether an expression has whole dictionaries and texts looked through.
pub(super) fn is_dear(expr: &Expr) -> bool {
    match expr {
        Expr::All => false,
        Expr::Not(inner) => is_dear(inner),
        Expr::And(parts) | Expr::Or(parts) => parts.iter().any(is_dear),
        Expr::Term(term) => matches!(term, Term::Word(_) | Term::Any(_)),
    }
}

/// The rows of a segment that an expression finds, without those taken out.
pub(super) fn evaluate(opened: &OpenSegment, expr: &Expr) -> Result<Rows, Fault> {
    let limit = opened.segment.len();
    let every = Rows::Range(0..limit);
    let asked = Asked { opened, limit };
    let found = asked.plan(expr)?.within(&every, limit);
    Ok(match found {
        Rows::List(_) => found.filter(limit, |row| !opened.is_dead(row)),
        Rows::Range(_) | Rows::Bits(_) if opened.dead.rows.is_empty() => found,
        Rows::Range(_) | Rows::Bits(_) => {
            found.without(&Rows::List(opened.dead.rows.clone()), limit)
        }
    })
}

/// How the rows of an expression are found.
enum Plan<'a> {
    /// They are known.
    Rows(Rows),
    /// Those with a wanted set in a column.
    Column(Box<Column<'a>>, Wanted),
    /// Those that name so many messages.
    Items(&'a Segment, RangeInclusive<u64>),
    /// Those with any keyword value that a text is held by or a glob fits.
    Keywords(&'a Asked<'a>, Needle<'a>),
    /// Those that another plan does not find.
    Not(Box<Self>),
    /// Those that all plans find.
    All(Vec<Self>),
    /// Those that any plan finds.
    Any(Vec<Self>),
}

impl Plan<'_> {
    /// The rows that it finds among some.
    fn within(&self, rows: &Rows, limit: u32) -> Rows {
        if rows.is_empty() {
            return Rows::NONE;
        }
        match self {
            Plan::Rows(found) => rows.and(found),
            Plan::Column(column, wanted) => sift(
                rows,
                limit,
                |range, found| wanted.scan(column, range, found),
                |row| wanted.has(column.of(row)),
            ),
            Plan::Items(segment, items) => sift(
                rows,
                limit,
                |range, found| segment.scan_items(range, items, found),
                |row| items.contains(&segment.items(row)),
            ),
            Plan::Keywords(asked, needle) => asked.keywords_within(needle, rows),
            Plan::Not(inner) => rows.without(&inner.within(rows, limit), limit),
            Plan::All(plans) => {
                let mut left = rows.clone();
                for plan in plans {
                    left = plan.within(&left, limit);
                }
                left
            }
            Plan::Any(plans) => {
                let (mut found, mut left) = (Rows::NONE, rows.clone());
                for plan in plans {
                    let more = plan.within(&left, limit);
                    if more.is_empty() {
                        continue;
                    }
                    left = left.without(&more, limit);
                    found = found.or(more, limit);
                }
                found
            }
        }
    }

    /// Rows that have to be looked at, about: known ones come first.
    fn cost(&self) -> usize {
        match self {
            Plan::Rows(rows) => rows.len(),
            Plan::Column(..) | Plan::Items(..) => SCAN,
            Plan::Keywords(..) => SCAN * FIELDS.len(),
            Plan::Not(inner) => SCAN.max(inner.cost()),
            Plan::All(plans) => plans.iter().map(Plan::cost).min().unwrap_or(0),
            Plan::Any(plans) => plans.iter().map(Plan::cost).fold(0, usize::saturating_add),
        }
    }
}

/// One in so many rows must be listed for a scan to cost less than the lists.
const LONG: usize = 32;

/// Bytes of a dictionary that are searched in the time in which the values of a row are looked at.
const DEAR: usize = 512;

/// The cost of a scan: more than that of any rows that are known.
const SCAN: usize = 1 << 33;

/// The rows among some that pass a test: by a scan of the range that they lie in, or one by one where they are few in it.
fn sift(
    rows: &Rows,
    limit: u32,
    scan: impl FnOnce(std::ops::Range<u32>, &mut dyn FnMut(u32, u64)),
    test: impl Fn(u32) -> bool,
) -> Rows {
    let bounds = rows.bounds();
    if rows.len() < bounds.len() / 4 {
        return rows.filter(limit, test);
    }
    let found = Rows::gather_64(limit, |found| scan(bounds, found));
    match rows {
        Rows::Range(_) => found,
        Rows::List(_) | Rows::Bits(_) => found.and(rows),
    }
}

/// A segment that is asked.
struct Asked<'a> {
    opened: &'a OpenSegment,
    /// Number of its rows.
    limit: u32,
}

/// What a keyword value is looked through for.
enum Needle<'a> {
    /// A text that it holds.
    Text(&'a str),
    /// A glob that it fits as a whole.
    Glob(&'a Glob),
}

impl Needle<'_> {
    fn values(&self, column: &Column<'_>) -> Values {
        match self {
            Self::Text(text) => values::holding(column, text),
            Self::Glob(glob) => values::fitting(column, glob),
        }
    }

    fn is_in(&self, folded: &str) -> bool {
        match self {
            Self::Text(text) => memmem::find(folded.as_bytes(), text.as_bytes()).is_some(),
            Self::Glob(glob) => glob.matches(folded),
        }
    }
}

impl<'a> Asked<'a> {
    fn segment(&self) -> &'a Segment {
        &self.opened.segment
    }

    fn plan<'b>(&'b self, expr: &'b Expr) -> Result<Plan<'b>, Fault> {
        Ok(match expr {
            Expr::All => self.every(),
            Expr::Not(inner) => Plan::Not(Box::new(self.plan(inner)?)),
            Expr::And(parts) => self.all(parts)?,
            Expr::Or(parts) => {
                let plans: Result<Vec<_>, _> = parts.iter().map(|part| self.plan(part)).collect();
                self.any(plans?)
            }
            Expr::Term(term) => self.term(term)?,
        })
    }

    fn every(&self) -> Plan<'a> {
        Plan::Rows(Rows::Range(0..self.limit))
    }

    /// What all parts find, those first that leave least. Nothing is looked up behind a part that finds nothing.
    fn all<'b>(&'b self, parts: &'b [Expr]) -> Result<Plan<'b>, Fault> {
        let mut plans = Vec::with_capacity(parts.len());
        for part in parts {
            let plan = self.plan(part)?;
            if let Plan::Rows(rows) = &plan
                && rows.is_empty()
            {
                return Ok(plan);
            }
            plans.push(plan);
        }
        plans.sort_by_cached_key(Plan::cost);
        Ok(Plan::All(plans))
    }

    /// What any plan finds. Known rows become one set, and what is wanted of one column is scanned for once.
    fn any<'b>(&self, plans: Vec<Plan<'b>>) -> Plan<'b> {
        let mut known = Rows::NONE;
        let mut rest: Vec<Plan<'b>> = Vec::new();
        for plan in plans {
            match plan {
                Plan::Rows(rows) => known = known.or(rows, self.limit),
                Plan::Column(column, wanted) => {
                    let same = rest.iter_mut().find_map(|plan| match plan {
                        Plan::Column(_, other) if other.field == wanted.field => Some(other),
                        _ => None,
                    });
                    match same {
                        Some(other) => other.add(&wanted),
                        None => rest.push(Plan::Column(column, wanted)),
                    }
                }
                other => rest.push(other),
            }
        }
        if rest.is_empty() {
            return Plan::Rows(known);
        }
        rest.insert(0, Plan::Rows(known));
        Plan::Any(rest)
    }

    fn term<'b>(&'b self, term: &'b Term) -> Result<Plan<'b>, Fault> {
        Ok(match term {
            Term::Word(word) => self.word(word)?,
            Term::Any(glob) => Plan::Keywords(self, Needle::Glob(glob)),
            Term::Keyword { field, pattern } => self.keyword(*field, pattern),
            Term::Present(field) => self.present(*field),
            Term::Number { low, high, .. } => match bounds::whole(*low, *high) {
                Some(range) => Plan::Items(self.segment(), range),
                None => Plan::Rows(Rows::NONE),
            },
            Term::Time { low, high } => Plan::Rows(bounds::rows(self.segment(), *low, *high)),
        })
    }

    /// Any keyword value that holds the text, or any text that holds its words in a row, or the id itself or that of a message.
    fn word<'b>(&'b self, word: &'b Word) -> Result<Plan<'b>, Fault> {
        let text = word.text();
        let mut found = self
            .id(text)
            .or(self.message(&message_key(text)), self.limit);
        if !word.words().is_empty()
            && let Some(texts) = &self.opened.text
        {
            found = found.or(Rows::List(texts.rows(word.words())?), self.limit);
        }
        Ok(self.any(vec![
            Plan::Rows(found),
            Plan::Keywords(self, Needle::Text(text)),
        ]))
    }

    /// The rows among some with any keyword value that is wanted. Small dictionaries come first: a frequent word leaves few rows for the
    /// great ones, whose values are then looked at row by row.
    fn keywords_within(&self, needle: &Needle<'_>, rows: &Rows) -> Rows {
        let mut columns: Vec<(Field, Column<'a>)> = FIELDS
            .iter()
            .filter_map(|keyword| Some((keyword.field, self.segment().column(keyword.field)?)))
            .collect();
        columns.sort_by_key(|(_, column)| column.size());
        let (mut found, mut left) = (Rows::NONE, rows.clone());
        for (field, column) in columns {
            let more = if left.len() < column.size() / DEAR {
                let has = |set| {
                    column
                        .set(set)
                        .any(|value| needle.is_in(column.folded(value)))
                };
                left.filter(self.limit, |row| has(column.of(row)))
            } else {
                let values = needle.values(&column);
                self.column(field, &column, &values)
                    .within(&left, self.limit)
            };
            if !more.is_empty() {
                left = left.without(&more, self.limit);
                found = found.or(more, self.limit);
            }
            if left.is_empty() {
                break;
            }
        }
        found
    }

    fn keyword(&self, field: Field, pattern: &Pattern) -> Plan<'a> {
        match (field, pattern) {
            (Field::Id, Pattern::Exact(id)) => Plan::Rows(self.id(id)),
            (Field::Message, Pattern::Exact(id)) => Plan::Rows(self.message(id)),
            _ => match self.segment().column(field) {
                Some(column) => {
                    let values = values::like(&column, pattern);
                    self.column(field, &column, &values)
                }
                None => Plan::Rows(Rows::NONE),
            },
        }
    }

    fn present(&self, field: Field) -> Plan<'a> {
        match field {
            Field::Time => Plan::Rows(bounds::timed(self.segment())),
            // A record without an id of its own has one of its content.
            Field::Id | Field::Items => self.every(),
            Field::Message => Plan::Items(self.segment(), 1..=u64::MAX),
            field => match self.segment().column(field) {
                Some(column) => {
                    let values = values::any(&column);
                    self.column(field, &column, &values)
                }
                None => Plan::Rows(Rows::NONE),
            },
        }
    }

    fn id(&self, id: &str) -> Rows {
        Rows::List(self.segment().rows_of_id(id_bits(id)))
    }

    fn message(&self, id: &str) -> Rows {
        if id.is_empty() {
            return Rows::NONE;
        }
        Rows::List(self.segment().rows_of_message(message_hash(id)))
    }

    /// The rows with one of some values: at once where they are listed and not many, else by a scan.
    fn column(&self, field: Field, column: &Column<'a>, values: &Values) -> Plan<'a> {
        let sets = values::sets(column, values);
        if sets.is_empty() {
            return Plan::Rows(Rows::NONE);
        }
        let rows = match &sets {
            Sets::List(list) => listed(column, list, self.limit),
            Sets::Range(_) | Sets::Flags(_) => None,
        };
        match rows {
            Some(rows) => Plan::Rows(rows),
            None => Plan::Column(Box::new(*column), Wanted::of(field, column, sets)),
        }
    }
}

/// The rows of some sets of a listed field; `None` where a scan is cheaper.
fn listed(column: &Column<'_>, sets: &[u32], limit: u32) -> Option<Rows> {
    let most = limit as usize / LONG;
    let mut total = sets.len();
    for set in sets {
        total += column.rows(*set)?.len();
        if total > most {
            return None;
        }
    }
    let rows = sets.iter().filter_map(|set| column.rows(*set)).flatten();
    let mut list: Vec<u32> = rows.filter(|row| *row < limit).collect();
    if sets.len() > 1 {
        list.sort_unstable();
        list.dedup();
    }
    Some(Rows::List(list))
}
