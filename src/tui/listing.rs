//! A listing that the worker holds: how long it is, and the two screens of it that are here.
//!
//! Rows are asked for before they come into view; an answer to an older question is dropped. Not here: drawing.

use crate::job::{Generation, Histogram, ListKind, Request};
use crate::store::Row;
use crate::tui::cursor::Cursor;
use std::ops::Range;

/// Whether an answer is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Waiting {
    /// Nothing is asked.
    #[default]
    No,
    /// Asked a moment ago: nothing to say yet.
    Quietly,
    /// Asked long enough ago to say so.
    Visibly,
}

/// A listing of the worker.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing {
    /// Which of the worker's listings it is.
    pub kind: ListKind,
    /// Number of the newest question; 0 before the first.
    pub generation: Generation,
    /// How many rows the newest answer has.
    pub total: usize,
    /// Counts over time.
    pub histogram: Histogram,
    /// Where one is.
    pub cursor: Cursor,
    /// Whether an answer is on its way.
    pub waiting: Waiting,
    /// Whether an answer has ever come.
    pub answered: bool,
    /// The rows that are here.
    here: Range<usize>,
    rows: Vec<Row>,
    asked: Option<Range<usize>>,
}

impl Listing {
    /// An empty listing.
    pub fn new(kind: ListKind) -> Self {
        Self {
            kind,
            generation: 0,
            total: 0,
            histogram: Histogram::default(),
            cursor: Cursor::default(),
            waiting: Waiting::No,
            answered: false,
            here: 0..0,
            rows: Vec::new(),
            asked: None,
        }
    }

    /// A question was put: rows stay until its answer comes.
    pub fn asked(&mut self, generation: Generation) {
        self.generation = generation;
        self.waiting = Waiting::Quietly;
        self.asked = None;
    }

    /// Says that an answer is late.
    pub fn late(&mut self) {
        if self.waiting == Waiting::Quietly {
            self.waiting = Waiting::Visibly;
        }
    }

    /// Takes the beginning of a listing; an answer to another question is dropped.
    pub fn take_listed(
        &mut self,
        generation: Generation,
        total: usize,
        rows: Vec<Row>,
        histogram: Histogram,
    ) {
        if generation != self.generation {
            return;
        }
        // While evidence is being read the same question may be answered again: then one stays where one is.
        let again = self.answered && self.waiting == Waiting::No;
        let cursor = if again {
            self.cursor
        } else {
            Cursor::default()
        };
        *self = Self {
            generation,
            total,
            histogram,
            cursor,
            answered: true,
            here: 0..rows.len(),
            rows,
            ..Self::new(self.kind)
        };
    }

    /// Takes rows; those of another question are dropped, and so are those of a listing that is being replaced.
    pub fn take_rows(&mut self, generation: Generation, from: usize, rows: Vec<Row>) {
        if generation != self.generation || self.waiting != Waiting::No {
            return;
        }
        let asked = self.asked.take();
        if let Some(newer) = asked.clone().filter(|range| range.start != from) {
            self.asked = Some(newer);
            return;
        }
        // What was asked for counts as here even when fewer rows came, or it would be asked for again and again.
        let count = asked.map_or(0, |range| range.len()).max(rows.len());
        self.here = from..from + count;
        self.rows = rows;
    }

    /// A row, when it is here.
    pub fn row(&self, at: usize) -> Option<&Row> {
        self.rows.get(at.checked_sub(self.here.start)?)
    }

    /// The selected row, when it is here.
    pub fn selected(&self) -> Option<&Row> {
        self.row(self.cursor.selected)
    }

    /// Brings the cursor in range for a page of `height` rows and asks for rows that are shown but not here.
    pub fn settle(&mut self, height: usize) -> Option<Request> {
        self.cursor.settle(self.total, height);
        let shown = self.cursor.shown(self.total, height);
        let covered = |range: &Range<usize>| range.start <= shown.start && shown.end <= range.end;
        let on_its_way = self.asked.as_ref().is_some_and(covered);
        if self.waiting != Waiting::No || shown.is_empty() || covered(&self.here) || on_its_way {
            return None;
        }
        let from = shown.start.saturating_sub(height);
        let to = (shown.end + height).min(self.total);
        self.asked = Some(from..to);
        Some(Request::Rows {
            generation: self.generation,
            list: self.kind,
            from,
            count: to - from,
        })
    }
}
