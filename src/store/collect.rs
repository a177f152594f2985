//! What a search gathers: hits, or the distinct mailboxes of hits. No scores are ever computed; order is made once, at the end.
//!
//! Not here: reading what the hits hold.

use super::columns::{Columns, Hit};
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader, TantivyError};

/// The columns of every segment, by the segment's number.
pub(super) type Segments = Arc<Vec<Columns>>;

fn columns(segments: &Segments, segment: SegmentOrdinal) -> tantivy::Result<&Columns> {
    let missing = || TantivyError::InternalError(format!("segment {segment} is not open"));
    segments.get(segment as usize).ok_or_else(missing)
}

/// Gathers every hit, with its time and place.
pub(super) struct HitCollector(pub Segments);

/// The hits of one segment.
pub(super) struct SegmentHits {
    segment: SegmentOrdinal,
    time: Column<i64>,
    place: Column<u64>,
    hits: Vec<Hit>,
}

impl Collector for HitCollector {
    type Fruit = Vec<Hit>;
    type Child = SegmentHits;

    fn for_segment(
        &self,
        segment: SegmentOrdinal,
        _reader: &SegmentReader,
    ) -> tantivy::Result<SegmentHits> {
        let columns = columns(&self.0, segment)?;
        Ok(SegmentHits {
            segment,
            time: columns.time.clone(),
            place: columns.place.clone(),
            hits: Vec::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, fruits: Vec<Vec<Hit>>) -> tantivy::Result<Vec<Hit>> {
        let mut hits = fruits.concat();
        hits.sort_unstable();
        Ok(hits)
    }
}

impl SegmentCollector for SegmentHits {
    type Fruit = Vec<Hit>;

    fn collect(&mut self, document: DocId, _score: Score) {
        self.hits.push(Hit {
            time: self.time.first(document).unwrap_or(i64::MAX),
            place: self.place.first(document).unwrap_or(0),
            address: DocAddress::new(self.segment, document),
        });
    }

    fn harvest(self) -> Vec<Hit> {
        self.hits
    }
}

/// Gathers the distinct owners of mailboxes: numbers of the segment's dictionary while collecting, folded names at the end.
pub(super) struct MailboxCollector(pub Segments);

/// The mailboxes of one segment.
pub(super) struct SegmentMailboxes {
    column: Option<StrColumn>,
    ordinals: HashSet<u64>,
}

impl Collector for MailboxCollector {
    type Fruit = BTreeSet<String>;
    type Child = SegmentMailboxes;

    fn for_segment(
        &self,
        segment: SegmentOrdinal,
        _reader: &SegmentReader,
    ) -> tantivy::Result<SegmentMailboxes> {
        Ok(SegmentMailboxes {
            column: columns(&self.0, segment)?.mailbox.clone(),
            ordinals: HashSet::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, fruits: Vec<BTreeSet<String>>) -> tantivy::Result<BTreeSet<String>> {
        Ok(fruits.into_iter().flatten().collect())
    }
}

impl SegmentCollector for SegmentMailboxes {
    type Fruit = BTreeSet<String>;

    fn collect(&mut self, document: DocId, _score: Score) {
        let column = self.column.as_ref();
        self.ordinals
            .extend(column.and_then(|column| column.term_ords(document).next()));
    }

    fn harvest(self) -> BTreeSet<String> {
        let Some(column) = self.column else {
            return BTreeSet::new();
        };
        let name = |ordinal: u64| {
            let mut name = String::new();
            let read = column.ord_to_str(ordinal, &mut name);
            read.is_ok().then(|| crate::text::fold(&name))
        };
        self.ordinals.into_iter().filter_map(name).collect()
    }
}
