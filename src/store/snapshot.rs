//! The index at one commit: searches, listings, counts over time.
//!
//! Not here: writing, and the originals.

use super::StoreError;
use super::collect::{HitCollector, MailboxCollector, Segments};
use super::columns::{Columns, Hit};
use super::compile::compile;
use super::history::History;
use super::row::Row;
use super::schema::{self, Schema};
use super::writer::{Held, Known};
use crate::query::Expr;
use crate::time::{self, Instant};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use tantivy::Searcher;
use tantivy::collector::Count;
use tantivy::columnar::Column;

/// Microseconds of a day.
const MICROS_A_DAY: i64 = 86_400_000_000;

/// A fixed state of the index.
#[derive(Clone)]
pub struct Snapshot {
    searcher: Searcher,
    segments: Segments,
    schema: Schema,
    folder: PathBuf,
}

/// The records that a search found, by time, then by place in the evidence. Records without a time come last.
#[derive(Clone)]
pub struct Hits {
    hits: Arc<Vec<Hit>>,
}

impl Hits {
    /// How many records were found.
    pub fn len(&self) -> usize {
        self.hits.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.hits.is_empty()
    }

    /// First and last time; `None` when no hit has one.
    pub fn span(&self) -> Option<(Instant, Instant)> {
        let timed = self.timed();
        Some((
            time::from_micros(timed.first()?.time),
            time::from_micros(timed.last()?.time),
        ))
    }

    /// Counts in `steps` equal steps from the first to the last hit with a time. Empty when there is none.
    pub fn histogram(&self, steps: usize) -> Vec<u64> {
        let timed = self.timed();
        let (Some(first), Some(last)) = (timed.first(), timed.last()) else {
            return Vec::new();
        };
        let mut counts = vec![0; steps.max(1)];
        let width = i128::from(last.time) - i128::from(first.time) + 1;
        for hit in timed {
            let at = (i128::from(hit.time) - i128::from(first.time)) * counts.len() as i128 / width;
            if let Some(count) = usize::try_from(at).ok().and_then(|at| counts.get_mut(at)) {
                *count += 1;
            }
        }
        counts
    }

    fn timed(&self) -> &[Hit] {
        let end = self.hits.partition_point(|hit| hit.time < i64::MAX);
        self.hits.get(..end).unwrap_or_default()
    }
}

impl Snapshot {
    pub(super) fn new(
        searcher: Searcher,
        schema: Schema,
        folder: PathBuf,
    ) -> tantivy::Result<Self> {
        let segments: tantivy::Result<Vec<Columns>> = searcher
            .segment_readers()
            .iter()
            .map(Columns::open)
            .collect();
        Ok(Self {
            segments: Arc::new(segments?),
            searcher,
            schema,
            folder,
        })
    }

    /// Records in the index.
    pub fn len(&self) -> u64 {
        self.searcher.num_docs()
    }

    /// Whether the index is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Finds the records that match.
    pub fn search(&self, expr: &Expr) -> Result<Hits, StoreError> {
        let query = compile(&self.schema, expr)?;
        let hits = self
            .searcher
            .search(&query, &HitCollector(Arc::clone(&self.segments)))
            .map_err(|source| self.failed(source))?;
        Ok(Hits {
            hits: Arc::new(hits),
        })
    }

    /// Counts the records that match.
    pub fn count(&self, expr: &Expr) -> Result<u64, StoreError> {
        let query = compile(&self.schema, expr)?;
        let count = self
            .searcher
            .search(&query, &Count)
            .map_err(|source| self.failed(source))?;
        Ok(count as u64)
    }

    /// The rows of a listing from `from` on, at most `count`.
    pub fn rows(&self, hits: &Hits, from: usize, count: usize) -> Result<Vec<Row>, StoreError> {
        let end = hits.len().min(from.saturating_add(count));
        let window = hits.hits.get(from.min(end)..end).unwrap_or_default();
        self.read(window).map_err(|source| self.failed(source))
    }

    /// First and last time of all records; `None` when none has a time.
    pub fn span(&self) -> Result<Option<(Instant, Instant)>, StoreError> {
        let mut span: Option<(i64, i64)> = None;
        for columns in self.segments.iter() {
            let column = &columns.time;
            if column.values.num_vals() > 0 {
                let (low, high) = (column.min_value(), column.max_value());
                span = Some(span.map_or((low, high), |(first, last)| {
                    (first.min(low), last.max(high))
                }));
            }
        }
        Ok(span.map(|(low, high)| (time::from_micros(low), time::from_micros(high))))
    }

    /// The days, counted from 1970, on which any record happened.
    pub fn days(&self) -> Result<BTreeSet<i64>, StoreError> {
        let mut days = HashSet::new();
        for columns in self.segments.iter() {
            let times = columns.time.values.iter();
            days.extend(times.map(|time| time.div_euclid(MICROS_A_DAY)));
        }
        Ok(days.into_iter().collect())
    }

    /// The distinct mailboxes, folded, that the matching records happened in.
    pub fn mailboxes(&self, expr: &Expr) -> Result<BTreeSet<String>, StoreError> {
        let query = compile(&self.schema, expr)?;
        self.searcher
            .search(&query, &MailboxCollector(Arc::clone(&self.segments)))
            .map_err(|source| self.failed(source))
    }

    /// What the records that match say of a principal's doings. Reads columns by the numbers of their dictionaries: a name is looked up
    /// once, however often it occurs.
    pub fn history(&self, expr: &Expr) -> Result<History, StoreError> {
        let hits = self.search(expr)?;
        self.read_history(hits.timed())
            .map_err(|source| self.failed(source))
    }

    fn read_history(&self, hits: &[Hit]) -> tantivy::Result<History> {
        let mut history = History::default();
        let mut segments = self
            .segments
            .iter()
            .map(Columns::doings)
            .collect::<tantivy::Result<Vec<_>>>()?;
        for hit in hits {
            if let Some(doings) = segments.get_mut(hit.address.segment_ord as usize) {
                let seen = doings.seen(*hit, &mut history)?;
                history.push(seen);
            }
        }
        history.sort();
        Ok(history)
    }

    /// Every record by the 128 bits of its id, with its place and how much it tells.
    pub(super) fn known(&self) -> Result<Known, StoreError> {
        let size = usize::try_from(self.len()).unwrap_or(0);
        let mut known = Known {
            copies: HashMap::with_capacity(size),
            ..Known::default()
        };
        for segment in self.searcher.segment_readers() {
            let columns = segment.fast_fields();
            let open = |name| columns.u64(name).map_err(|source| self.failed(source));
            let (high, low) = (open(schema::ID_HIGH)?, open(schema::ID_LOW)?);
            let (places, lines) = (open(schema::PLACE)?, open(schema::LINE)?);
            let (parts, qualities) = (open(schema::PART)?, open(schema::QUALITY)?);
            for document in segment.doc_ids_alive() {
                let number = |column: &Column<u64>| column.first(document).unwrap_or(0);
                let small = |column| u16::try_from(number(column)).unwrap_or(u16::MAX);
                let copy = Held {
                    place: number(&places),
                    part: small(&parts),
                    quality: small(&qualities),
                };
                if copy.quality == 0 {
                    known.lines.insert(copy.place, number(&lines));
                }
                let id = u128::from(number(&high)) << 64 | u128::from(number(&low));
                known.copies.insert(id, copy);
            }
        }
        Ok(known)
    }

    fn read(&self, window: &[Hit]) -> tantivy::Result<Vec<Row>> {
        let columns = |hit: &Hit| self.segments.get(hit.address.segment_ord as usize);
        window
            .iter()
            .filter_map(|hit| Some(columns(hit)?.row(*hit)))
            .collect()
    }

    fn failed(&self, source: tantivy::TantivyError) -> StoreError {
        StoreError::Failed {
            folder: self.folder.clone(),
            source,
        }
    }
}
