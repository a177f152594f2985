//! The index at one commit: searches, listings, counts over time.
//!
//! Not here: writing, and the originals.

use super::doings::{self, Touch, read_history};
use super::evaluate::{evaluate, is_dear, refusal};
use super::history::History;
use super::hits::Hits;
use super::opened::{OpenSegment, State};
use super::row::Row;
use super::selection::Selection;
use super::spread::spread;
use super::{Fault, StoreError};
use crate::query::{Expr, Field};
use crate::time::Instant;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

/// A fixed state of the index.
#[derive(Clone)]
pub struct Snapshot {
    state: Arc<State>,
    folder: PathBuf,
}

impl Snapshot {
    pub(super) fn new(state: State, folder: PathBuf) -> Self {
        Self {
            state: Arc::new(state),
            folder,
        }
    }

    /// Each of its segments by itself. What is found in one stays as it is from one commit to the next, unless records are taken out of it.
    pub fn pieces(&self) -> Vec<Self> {
        let piece = |opened: &Arc<OpenSegment>| {
            let state = State {
                manifest: Arc::clone(&self.state.manifest),
                segments: vec![Arc::clone(opened)],
            };
            Self::new(state, self.folder.clone())
        };
        self.state.segments.iter().map(piece).collect()
    }

    /// Whether both hold the same records out of the same segments, though they may be of two commits.
    pub fn is_same(&self, other: &Self) -> bool {
        let (one, other) = (&self.state.segments, &other.state.segments);
        one.len() == other.len()
            && one
                .iter()
                .zip(other)
                .all(|(one, other)| Arc::ptr_eq(one, other))
    }

    /// Records in the index.
    pub fn len(&self) -> u64 {
        let live = self.state.segments.iter().map(|opened| opened.live());
        live.map(u64::from).sum()
    }

    /// Whether the index is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Finds the records that match.
    pub fn search(&self, expr: &Expr) -> Result<Hits, StoreError> {
        if let Some(refusal) = refusal(expr) {
            return Err(StoreError::Unsupported(refusal));
        }
        let segments = &self.state.segments;
        let find = |opened: &Arc<OpenSegment>| Ok(Selection::new(evaluate(opened, expr)?));
        // Threads cost more than most questions; those that look through dictionaries and texts are dear.
        let found: Result<Vec<_>, Fault> = if is_dear(expr) {
            spread(segments, find).into_iter().collect()
        } else {
            segments.iter().map(find).collect()
        };
        let found = found.map_err(|source| self.failed(source))?;
        Ok(Hits::new(Arc::clone(&self.state), found))
    }

    /// Counts the records that match.
    pub fn count(&self, expr: &Expr) -> Result<u64, StoreError> {
        Ok(self.search(expr)?.len() as u64)
    }

    /// The rows of a listing from `from` on, at most `count`.
    pub fn rows(&self, hits: &Hits, from: usize, count: usize) -> Result<Vec<Row>, StoreError> {
        Ok(hits.rows(from, count))
    }

    /// First and last time of all records; `None` when none has a time.
    pub fn span(&self) -> Result<Option<(Instant, Instant)>, StoreError> {
        Ok(self.search(&Expr::All)?.span())
    }

    /// The days, counted from 1970, on which any record happened.
    pub fn days(&self) -> Result<BTreeSet<i64>, StoreError> {
        let mut days = BTreeSet::new();
        self.search(&Expr::All)?.days(&mut |day| {
            days.insert(day);
        });
        Ok(days)
    }

    /// The distinct mailboxes, folded, that the matching records happened in.
    pub fn mailboxes(&self, expr: &Expr) -> Result<BTreeSet<String>, StoreError> {
        let mut mailboxes = BTreeSet::new();
        for (opened, found) in self.search(expr)?.segments() {
            let Some(column) = opened.segment.column(Field::Mailbox) else {
                continue;
            };
            let mut met = vec![false; column.sets() as usize];
            found.rows().each(|row| {
                if let Some(met) = met.get_mut(column.of(row) as usize) {
                    *met = true;
                }
            });
            let sets = (0..).zip(met).filter_map(|(set, met)| met.then_some(set));
            // The owner comes first; the mailbox's GUID stands beside it.
            let owners = sets.filter_map(|set| column.set(set).next());
            mailboxes.extend(owners.map(|owner| column.folded(owner).to_owned()));
        }
        Ok(mailboxes)
    }

    /// What the records that match say of a principal's doings. Reads columns by the numbers of their dictionaries: a name is looked up
    /// once, however often it occurs.
    pub fn history(&self, expr: &Expr) -> Result<History, StoreError> {
        Ok(read_history(&self.search(expr)?))
    }

    /// Calls with every matching record that has a time: those of one segment in the order of time, the segments one after another.
    pub fn touches(&self, expr: &Expr, visit: &mut dyn FnMut(Touch<'_>)) -> Result<(), StoreError> {
        doings::touches(&self.search(expr)?, visit);
        Ok(())
    }

    fn failed(&self, source: Fault) -> StoreError {
        StoreError::Failed {
            folder: self.folder.clone(),
            source,
        }
    }
}
