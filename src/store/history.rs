//! What a principal did, in the order of time: the raw material of a baseline.
//!
//! Names are interned, so that a service account with millions of records costs 40 bytes a record here. Not here: what is normal.

use super::intern::Values;
use super::row::Row;
use std::cmp::Ordering;

/// Everything one principal did, by time.
#[derive(Debug, Clone)]
pub struct History {
    /// Acts in the order of time, then by what they say, so that the order of files does not matter. Acts without a time are left out.
    pub seen: Vec<Seen>,
    names: Values,
}

/// One act. Names are numbers into the history ([`History::name`]); 0 is the empty name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Seen {
    /// Microseconds since 1970, UTC.
    pub time: i64,
    /// What was done; 0 when unknown.
    pub operation: u32,
    /// Country; 0 when unknown.
    pub country: u32,
    /// Network of the address (/24 or /48); 0 when unknown.
    pub network: u32,
    /// Session; 0 when unknown.
    pub session: u32,
    /// Mailbox acted in, folded; 0 when none.
    pub mailbox: u32,
    /// Whether it is a sign-in.
    pub sign_in: bool,
}

impl Default for History {
    fn default() -> Self {
        let mut names = Values::default();
        names.number("");
        Self {
            seen: Vec::new(),
            names,
        }
    }
}

impl History {
    /// A history of rows, in whatever order they come.
    pub fn of(rows: &[Row]) -> Self {
        let mut history = Self::default();
        for row in rows {
            let Some(instant) = row.time else { continue };
            let seen = Seen {
                time: crate::time::micros(instant),
                operation: history.number(&row.operation),
                country: history.number(&row.country),
                network: history.number(&network(&row.ip)),
                session: history.number(&row.session),
                mailbox: history.number(&crate::text::fold(&row.mailbox)),
                sign_in: row.facets.iter().any(|facet| facet == "sign-in"),
            };
            history.push(seen);
        }
        history.sort();
        history
    }

    /// Makes room for so many acts.
    pub(super) fn reserve(&mut self, acts: usize) {
        self.seen.reserve(acts);
    }

    /// The order of two acts of one time: by what they say.
    fn order(&self, left: &Seen, right: &Seen) -> Ordering {
        let by_name = |of: fn(&Seen) -> u32| match (of(left), of(right)) {
            (left, right) if left == right => Ordering::Equal,
            (left, right) => self.name(left).cmp(self.name(right)),
        };
        by_name(|seen| seen.country)
            .then_with(|| by_name(|seen| seen.session))
            .then_with(|| by_name(|seen| seen.operation))
            .then_with(|| by_name(|seen| seen.network))
            .then_with(|| by_name(|seen| seen.mailbox))
            .then_with(|| left.sign_in.cmp(&right.sign_in))
    }

    /// Brings the acts in order. They mostly come in the order of time; names are looked at only where times are equal.
    pub(super) fn sort(&mut self) {
        let mut seen = std::mem::take(&mut self.seen);
        if !seen.is_sorted_by_key(|act| act.time) {
            seen.sort_by_key(|act| act.time);
        }
        for same in seen.chunk_by_mut(|left, right| left.time == right.time) {
            same.sort_by(|left, right| self.order(left, right));
        }
        self.seen = seen;
    }

    /// Adds an act; [`History::sort`] follows the last.
    pub(super) fn push(&mut self, seen: Seen) {
        self.seen.push(seen);
    }

    /// The number of a name, new or known.
    pub(super) fn number(&mut self, name: &str) -> u32 {
        self.names.number(name)
    }

    /// The number of a name that occurs.
    pub fn find(&self, name: &str) -> Option<u32> {
        self.names.find(name)
    }

    /// The name behind a number.
    pub fn name(&self, number: u32) -> &str {
        self.names.get(number)
    }

    /// The acts strictly before a moment (microseconds since 1970).
    pub fn before(&self, time: i64) -> &[Seen] {
        let end = self.seen.partition_point(|seen| seen.time < time);
        self.seen.get(..end).unwrap_or_default()
    }

    /// The acts at or after a moment (microseconds since 1970).
    pub fn since(&self, time: i64) -> &[Seen] {
        let start = self.seen.partition_point(|seen| seen.time < time);
        self.seen.get(start..).unwrap_or_default()
    }
}

impl PartialEq for History {
    /// Whether both tell the same: numbers of names depend on where a history was read from.
    fn eq(&self, other: &Self) -> bool {
        let told = |history: &Self, seen: &Seen| {
            let names = [
                seen.operation,
                seen.country,
                seen.network,
                seen.session,
                seen.mailbox,
            ];
            let names = names.map(|number| history.name(number).to_owned());
            (seen.time, seen.sign_in, names)
        };
        let (one, two) = (self.seen.iter(), other.seen.iter());
        one.map(|seen| told(self, seen))
            .eq(two.map(|seen| told(other, seen)))
    }
}

impl Eq for History {}

/// The network of an address as written; empty for what is no address, and for Microsoft's and special ones, which tell nothing.
pub(super) fn network(written: &str) -> String {
    let address = crate::net::parse(written);
    let public = address.filter(|address| crate::net::class(*address) == crate::net::Class::Public);
    public.map(crate::net::network).unwrap_or_default()
}
