//! The one writer: adds records once, and commits with a payload that decides what counts as indexed.
//!
//! Not here: which files to read, and the ledger; the payload ties the two together (see `job::index`).

use super::StoreError;
use super::schema::{self, Schema};
use crate::query::{self, Field};
use crate::record::{Located, Provenance};
use crate::time;
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use tantivy::directory::error::LockError;
use tantivy::query::doc_predicate_query::{DocPredicateQuery, FunctionPredicate};
use tantivy::{DocId, Index, IndexWriter, SegmentReader, TantivyDocument, TantivyError};

/// Memory in which documents wait to become a segment, in bytes. tantivy refuses less than 15 MB.
const BUFFER: usize = 64_000_000;

/// Bits of a place that hold the offset: files up to 1 TiB, up to 16 million files a case.
const OFFSET_BITS: u32 = 40;

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It is new.
    New,
    /// A better copy of it is indexed already.
    Duplicate,
    /// It takes the place of a lesser copy.
    Replaced(Displaced),
}

/// A copy of a record that gave way to a better one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Displaced {
    /// Where it stands; its length is not known any more.
    pub provenance: Provenance,
    /// Whether it was damaged.
    pub degraded: bool,
}

/// Adds records to the index. Dropping it without a commit forgets them.
pub struct Writer {
    tantivy: IndexWriter,
    schema: Schema,
    folder: PathBuf,
    known: Known,
    /// Places of copies that gave way since the last commit.
    gone: HashSet<u64>,
}

/// The copy of a record that is indexed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    /// Where it stands ([`place`]).
    pub place: u64,
    /// Number of the record within its row.
    pub part: u16,
    /// How much it tells ([`Record::quality`]); 0 for a damaged one.
    pub quality: u16,
}

/// The records that are indexed.
#[derive(Default)]
pub(super) struct Known {
    /// All of them, by the bits of their ids.
    pub copies: HashMap<u128, Held>,
    /// Lines of the damaged ones, by place.
    pub lines: HashMap<u64, u64>,
}

impl Known {
    /// What is told of a copy that is kept no longer.
    fn displaced(&mut self, copy: Held) -> Displaced {
        let (file, offset) = unplace(copy.place, u64::from(copy.part));
        Displaced {
            provenance: Provenance {
                file,
                offset,
                line: self.lines.remove(&copy.place).unwrap_or(0),
                length: 0,
                part: copy.part,
            },
            degraded: copy.quality == 0,
        }
    }
}

impl Writer {
    pub(super) fn open(
        index: &Index,
        schema: Schema,
        folder: PathBuf,
        known: impl FnOnce() -> Result<Known, StoreError>,
    ) -> Result<Self, StoreError> {
        let writer = match index.writer_with_num_threads(1, BUFFER) {
            Ok(writer) => writer,
            Err(TantivyError::LockFailure(LockError::LockBusy, _)) => {
                return Err(StoreError::Busy { folder });
            }
            Err(source) => return Err(StoreError::Failed { folder, source }),
        };
        Ok(Self {
            tantivy: writer,
            schema,
            folder,
            // Asked only now: before the lock was held, another process could still commit.
            known: known()?,
            gone: HashSet::new(),
        })
    }

    /// Adds a record unless a copy of it is indexed that is at least as good. The copy that tells most is kept; of two that tell as much,
    /// the one whose file comes first by `precedes`, then the one that stands first. So which copy is kept does not depend on the
    /// order in which files are read.
    pub fn add(
        &mut self,
        located: &Located,
        facets: &[&str],
        precedes: &dyn Fn(u32, u32) -> bool,
    ) -> Result<Added, StoreError> {
        let id = id_bits(&located.record.id.0);
        let copy = Held {
            place: place(located.provenance),
            part: located.provenance.part,
            quality: located.record.quality(),
        };
        let added = match self.known.copies.get(&id) {
            None => Added::New,
            Some(known) if is_better(copy, *known, precedes) => {
                let known = *known;
                self.gone.insert(known.place);
                Added::Replaced(self.known.displaced(known))
            }
            Some(_) => return Ok(Added::Duplicate),
        };
        self.known.copies.insert(id, copy);
        if copy.quality == 0 {
            let line = located.provenance.line;
            self.known.lines.insert(copy.place, line);
        }
        let document = self.document(located, facets, id);
        self.tantivy
            .add_document(document)
            .map_err(|source| self.failed(source))?;
        Ok(added)
    }

    /// Forgets the records of these ids that stand in one row, which is about to be read again. Those whose kept copy stands elsewhere
    /// stay. Gives what is forgotten.
    pub fn forget<'a>(
        &mut self,
        row: Provenance,
        ids: impl Iterator<Item = &'a str>,
    ) -> Result<Vec<Displaced>, StoreError> {
        let start = place(Provenance { part: 0, ..row });
        let inside = start..start + row.length.max(1);
        // Copies that gave way too: what is added at their places from now on is to stay.
        let mut gone: HashSet<u64> = self
            .gone
            .extract_if(|place| inside.contains(place))
            .collect();
        let mut forgotten = Vec::new();
        for id in ids.map(id_bits) {
            let known = self.known.copies.get(&id).copied();
            if let Some(copy) = known.filter(|copy| inside.contains(&copy.place)) {
                self.known.copies.remove(&id);
                gone.insert(copy.place);
                forgotten.push(self.known.displaced(copy));
            }
        }
        self.delete(gone)?;
        Ok(forgotten)
    }

    /// Takes out the documents at some places, which are unique, at the next commit. One look at the column of places serves all.
    fn delete(&self, places: HashSet<u64>) -> Result<(), StoreError> {
        if places.is_empty() {
            return Ok(());
        }
        let places = Arc::new(places);
        let predicate = FunctionPredicate::from(move |segment: &SegmentReader| {
            let column = segment.fast_fields().u64(schema::PLACE)?;
            let places = Arc::clone(&places);
            Ok(move |document: DocId| {
                column
                    .first(document)
                    .is_some_and(|place| places.contains(&place))
            })
        });
        self.tantivy
            .delete_query(Box::new(DocPredicateQuery::from(predicate)))
            .map(|_| ())
            .map_err(|source| self.failed(source))
    }

    fn document(&self, located: &Located, facets: &[&str], id: u128) -> TantivyDocument {
        let Located { record, provenance } = located;
        let mut document = TantivyDocument::new();
        for (query, field) in &self.schema.keywords {
            let mut add = |value: &str| document.add_text(*field, value.trim());
            match query {
                Field::Is => facets.iter().for_each(|facet| add(facet)),
                other => query::record_keywords(record, *other, &mut add),
            }
        }
        for text in record.texts() {
            document.add_text(self.schema.text, text);
        }
        if let Some(instant) = record.time {
            document.add_i64(self.schema.time, time::micros(instant));
        }
        let numbers = [
            (self.schema.items, record.message_ids().count() as u64),
            (self.schema.place, place(*provenance)),
            (self.schema.length, provenance.length),
            (self.schema.line, provenance.line),
            (self.schema.part, u64::from(provenance.part)),
            (self.schema.quality, u64::from(record.quality())),
            (self.schema.id.0, high(id)),
            (self.schema.id.1, low(id)),
        ];
        for (field, number) in numbers {
            document.add_u64(field, number);
        }
        document
    }

    /// Makes everything added so far durable and visible, together with `payload`, or nothing of it.
    pub fn commit(&mut self, payload: &str) -> Result<(), StoreError> {
        let gone = std::mem::take(&mut self.gone);
        self.delete(gone)?;
        let commit = |writer: &mut IndexWriter| -> tantivy::Result<()> {
            let mut prepared = writer.prepare_commit()?;
            prepared.set_payload(payload);
            prepared.commit()?;
            Ok(())
        };
        commit(&mut self.tantivy).map_err(|source| self.failed(source))
    }

    /// Forgets every record, at the next commit.
    pub fn clear(&mut self) -> Result<(), StoreError> {
        self.known = Known::default();
        self.gone.clear();
        self.tantivy
            .delete_all_documents()
            .map(|_| ())
            .map_err(|source| self.failed(source))
    }

    /// Ends the writer after the segments it is merging are merged.
    pub fn finish(self) -> Result<(), StoreError> {
        let folder = self.folder;
        self.tantivy
            .wait_merging_threads()
            .map_err(|source| StoreError::Failed { folder, source })
    }

    fn failed(&self, source: TantivyError) -> StoreError {
        StoreError::Failed {
            folder: self.folder.clone(),
            source,
        }
    }
}

/// Whether a copy of a record is to be kept instead of the one that is known.
fn is_better(copy: Held, known: Held, precedes: &dyn Fn(u32, u32) -> bool) -> bool {
    if copy.quality != known.quality {
        return copy.quality > known.quality;
    }
    let file = |copy: Held| unplace(copy.place, 0).0;
    if file(copy) == file(known) {
        copy.place < known.place
    } else {
        precedes(file(copy), file(known))
    }
}

/// File, offset and part as one number that is no other record's and sorts by file, then offset, then part. A row has more bytes than
/// records, so the parts of one row stay short of the next.
pub(super) fn place(provenance: Provenance) -> u64 {
    let offset = provenance.offset + u64::from(provenance.part);
    u64::from(provenance.file) << OFFSET_BITS | offset & offset_mask()
}

/// File and offset of the [`place`] of a part.
pub(super) fn unplace(place: u64, part: u64) -> (u32, u64) {
    (
        u32::try_from(place >> OFFSET_BITS).unwrap_or(u32::MAX),
        (place & offset_mask()).saturating_sub(part),
    )
}

const fn offset_mask() -> u64 {
    (1 << OFFSET_BITS) - 1
}

/// The 128 bits under which a record id is known: those of a GUID are its own, any other id is hashed.
pub(super) fn id_bits(id: &str) -> u128 {
    let text = crate::text::fold(id);
    guid_bits(&text).unwrap_or_else(|| {
        let digest = Sha256::digest(text.as_bytes());
        digest
            .iter()
            .take(16)
            .fold(0, |bits, byte| bits << 8 | u128::from(*byte))
    })
}

fn guid_bits(text: &str) -> Option<u128> {
    // Strict, so that no two ids share their bits: `from_str_radix` alone would take a sign for a digit.
    crate::text::is_guid(text).then(|| u128::from_str_radix(&text.replace('-', ""), 16).ok())?
}

/// Upper half of 128 bits.
pub(super) fn high(bits: u128) -> u64 {
    u64::try_from(bits >> 64).unwrap_or(0)
}

/// Lower half of 128 bits.
pub(super) fn low(bits: u128) -> u64 {
    u64::try_from(bits & u128::from(u64::MAX)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::schema;

    #[test]
    fn guids_are_their_own_bits_and_case_does_not_matter() {
        let id = id_bits;
        assert_eq!(
            id("97fc1f52-4cd1-498b-f05e-08db8b78efd7"),
            0x97fc_1f52_4cd1_498b_f05e_08db_8b78_efd7
        );
        assert_eq!(
            id("97FC1F52-4CD1-498B-F05E-08DB8B78EFD7"),
            id("97fc1f52-4cd1-498b-f05e-08db8b78efd7")
        );
        assert_ne!(id("Directory_1"), id("Directory_2"));
        assert_ne!(
            id("+7fc1f52-4cd1-498b-f05e-08db8b78efd7"),
            id("07fc1f52-4cd1-498b-f05e-08db8b78efd7")
        );
    }

    #[test]
    fn places_keep_file_and_offset() {
        let provenance = Provenance {
            file: 70_000,
            offset: (1 << 40) - 8,
            line: 1,
            length: 1,
            part: 7,
        };
        assert_eq!(unplace(place(provenance), 7), (70_000, (1 << 40) - 8));
    }

    #[test]
    fn names_of_columns_are_in_the_schema() {
        let schema = Schema::new();
        for name in [
            schema::TIME,
            schema::ITEMS,
            schema::PLACE,
            schema::LENGTH,
            schema::LINE,
            schema::PART,
            schema::QUALITY,
            schema::ID_HIGH,
            schema::ID_LOW,
        ] {
            assert!(schema.tantivy.get_field(name).is_ok(), "{name}");
        }
    }
}
