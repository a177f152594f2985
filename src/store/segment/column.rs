//! A keyword field of a segment: its values, its sets of values, the set of each row, and the rows of each set.
//!
//! Not here: rows by the million at once (`scan`).

use super::file::{Part, Reader, SEPARATOR, Which};
use super::numbers::Numbers;
use super::scan::{Wanted, each, scan};
use memchr::memmem;
use std::ops::Range;

/// A keyword field of a segment.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    folded_starts: Numbers<'a>,
    folded: &'a [u8],
    written_starts: Numbers<'a>,
    written: &'a [u8],
    set_starts: Numbers<'a>,
    members: Numbers<'a>,
    rows: Numbers<'a>,
    list_starts: Numbers<'a>,
    listed: Numbers<'a>,
}

/// How many things lie between so many starts, the last of which is the end.
fn between(starts: Numbers<'_>) -> u32 {
    u32::try_from(starts.len().saturating_sub(1)).unwrap_or(u32::MAX)
}

impl<'a> Column<'a> {
    /// The field of a place in the table of fields.
    pub(super) fn new(file: &'a Reader, field: usize) -> Self {
        let numbers = |part| Numbers::new(file.section(Which::Field(field, part)));
        Self {
            folded_starts: numbers(Part::FoldedStarts),
            folded: numbers(Part::Folded).bytes,
            written_starts: numbers(Part::WrittenStarts),
            written: numbers(Part::Written).bytes,
            set_starts: numbers(Part::SetStarts),
            members: numbers(Part::Members),
            rows: numbers(Part::Rows),
            list_starts: numbers(Part::ListStarts),
            listed: numbers(Part::Listed),
        }
    }

    /// Number of distinct values. They are sorted by their folded text, then as written.
    pub fn values(&self) -> u32 {
        between(self.folded_starts)
    }

    /// A value as written, of its number.
    pub fn written(&self, value: u32) -> &'a str {
        let span = self.written_starts.span(value as usize, self.written.len());
        let written = self.written.get(span).unwrap_or_default();
        if written.is_empty() {
            self.folded(value)
        } else {
            std::str::from_utf8(written).unwrap_or_default()
        }
    }

    /// A value folded, of its number.
    pub fn folded(&self, value: u32) -> &'a str {
        std::str::from_utf8(self.folded_bytes(value)).unwrap_or_default()
    }

    #[inline]
    fn folded_bytes(&self, value: u32) -> &'a [u8] {
        let span = self.folded_starts.span(value as usize, self.folded.len());
        let folded = self.folded.get(span).unwrap_or_default();
        folded.strip_suffix(&[SEPARATOR]).unwrap_or(folded)
    }

    /// The values whose folded text is this: spellings of one name stand side by side.
    pub fn named(&self, folded: &str) -> Range<u32> {
        let folded = folded.as_bytes();
        let start = self.first_value(|value| value < folded);
        start..self.first_value(|value| value <= folded).max(start)
    }

    /// The values whose folded text begins with this.
    pub fn beginning(&self, folded: &str) -> Range<u32> {
        let folded = folded.as_bytes();
        let start = self.first_value(|value| value < folded);
        let end = self.first_value(|value| value < folded || value.starts_with(folded));
        start..end.max(start)
    }

    /// The first value that is not before the place looked for.
    fn first_value(&self, is_before: impl Fn(&[u8]) -> bool) -> u32 {
        let (mut low, mut high) = (0, self.values());
        while low < high {
            let middle = low + (high - low) / 2;
            if is_before(self.folded_bytes(middle)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// Calls with every value whose folded text contains this, ascending: one search over the whole dictionary.
    pub fn containing(&self, folded: &str, found: &mut dyn FnMut(u32)) {
        let finder = memmem::Finder::new(folded.as_bytes());
        let (mut value, mut from) = (0, 0);
        while value < self.values() {
            let rest = self.folded.get(from..).unwrap_or_default();
            let Some(at) = finder.find(rest) else {
                return;
            };
            value = last_begun(self.folded_starts, value, self.values(), from + at);
            found(value);
            value += 1;
            from = self.folded_starts.index(value as usize).max(from + at);
        }
    }

    /// Number of distinct sets of values; set 0 is the empty one.
    #[inline]
    pub fn sets(&self) -> u32 {
        between(self.set_starts).max(1)
    }

    /// The values of a set, in the order of the records that have it.
    #[inline]
    pub fn set(&self, set: u32) -> impl ExactSizeIterator<Item = u32> + use<'a> {
        let (members, values) = (self.members, self.values());
        let end = if values == 0 { 0 } else { members.len() };
        let span = self.set_starts.span(set as usize, end);
        span.map(move |at| members.short(at).min(values.saturating_sub(1)))
    }

    /// Calls with every set that has a wanted value, ascending; more than once with one that has several.
    pub fn having(&self, wanted: &Wanted<'_>, found: &mut dyn FnMut(u32)) {
        let members = u32::try_from(self.members.len()).unwrap_or(u32::MAX);
        let mut set = 0;
        scan(self.members, 0..members, wanted, &mut |first, mask| {
            each(first, mask, &mut |member| {
                set = last_begun(self.set_starts, set, self.sets(), member as usize);
                found(set);
            });
        });
    }

    /// The set of a row.
    #[inline]
    pub fn of(&self, row: u32) -> u32 {
        self.rows.short(row as usize).min(self.sets() - 1)
    }

    /// The rows of a set, ascending; `None` when the field is not listed and [`Column::scan`] is the way.
    pub fn rows(&self, set: u32) -> Option<impl ExactSizeIterator<Item = u32> + use<'a>> {
        let (listed, rows) = (self.listed, between(self.rows));
        let span = self.list_starts.span(set as usize, listed.len());
        (self.list_starts.len() > 0).then(|| span.map(move |at| listed.short(at).min(rows)))
    }

    /// For 64 rows of a range at a time, counted from the first of it: calls with the first of them and a bit for each whose set is
    /// wanted, the lowest for the first. A scan at the speed of memory.
    pub fn scan(&self, rows: Range<u32>, wanted: &Wanted<'_>, found: &mut dyn FnMut(u32, u64)) {
        scan(self.rows, rows, wanted, found);
    }

    /// Bytes of its values, folded.
    pub fn size(&self) -> usize {
        self.folded.len()
    }
}

/// What lies at a place: of things that begin at known places, from a known one on, the last that does not begin later. Places that are looked
/// for one after another lie close together or far apart: steps double.
fn last_begun(starts: Numbers<'_>, from: u32, count: u32, place: usize) -> u32 {
    let begins_later = |at: u32| starts.index(at as usize) > place;
    let (mut low, mut step) = (from, 1);
    let mut high = loop {
        let next = low.saturating_add(step).min(count);
        if next == count || begins_later(next) {
            break next;
        }
        low = next;
        step = step.saturating_mul(2);
    };
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if begins_later(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    low
}
