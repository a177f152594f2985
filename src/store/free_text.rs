//! Free text: the only module that names tantivy's index. One small index for each segment, of the few rows that have texts.
//!
//! About one row in seven has any; the terms of the others are columns. Words have places, so that phrases can be found. It is built as rows come, on
//! a thread of its own (`feed`), and becomes one file (`bundle`) with its segment. Not here: columns.

mod bundle;
mod feed;
#[cfg(test)]
mod tests;
mod words;

pub(super) use feed::Feed;

use super::Fault;
use super::batch::Texts;
use super::manifest::size_of_file;
use bundle::Bundle;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use tantivy::directory::RamDirectory;
use tantivy::query::{EnableScoring, PhraseQuery, Query, TermQuery};
use tantivy::schema::document::{ReferenceValue, ReferenceValueLeaf, Value};
use tantivy::schema::{
    Field, IndexRecordOption, Schema, SchemaBuilder, TextFieldIndexing, TextOptions,
};
use tantivy::store::Compressor;
use tantivy::tokenizer::TokenizerManager;
use tantivy::{
    Document, Index, IndexSettings, SegmentReader, SingleSegmentIndexWriter, TantivyError, Term,
};

/// Name of the file in the folder of a segment.
pub(super) const TEXT: &str = "text";

/// Name of the analyser that makes a folded term of each word.
const WORDS: &str = "words";

/// Bytes from which tantivy reckons how many terms it makes room for at first: some thousands, for most segments are small.
const FIRST_ROOM: usize = 1_000_000;

/// The texts of a segment while it grows. All of it is in memory: 0.4 % of the evidence as a rule.
pub(super) struct Building {
    tantivy: SingleSegmentIndexWriter<Piece>,
    files: RamDirectory,
    field: Field,
    /// The row of each document, numbered as they were added.
    rows: Vec<u32>,
}

impl Building {
    /// Begins with nothing.
    pub fn begin() -> Result<Self, Fault> {
        let (schema, field) = schema();
        let tokenizers = TokenizerManager::new();
        tokenizers.register(WORDS, words::Words::default());
        let files = RamDirectory::create();
        let tantivy = Index::builder()
            .schema(schema)
            .settings(settings())
            .tokenizers(tokenizers)
            .single_segment_index_writer(files.clone(), FIRST_ROOM)?;
        Ok(Self {
            tantivy,
            files,
            field,
            rows: Vec::new(),
        })
    }

    /// Adds texts, whose rows are numbered as they were added to the segment and stand beside each other.
    pub fn add(&mut self, texts: Texts) -> Result<(), Fault> {
        let texts = Arc::new(texts);
        let mut from = 0;
        for group in texts.rows.chunk_by(|one, other| one == other) {
            let piece = Piece {
                field: self.field,
                texts: Arc::clone(&texts),
                range: from..from + group.len(),
            };
            from += group.len();
            self.tantivy.add_document(piece)?;
            self.rows.extend(group.first());
        }
        Ok(())
    }

    /// Bytes that it takes in memory, about.
    pub fn size(&self) -> usize {
        self.tantivy.mem_usage() + self.rows.len() * size_of::<u32>()
    }

    /// Writes it into the folder of its segment and waits until the disk has it. Gives its bytes; 0 when it is not written, for only dead rows
    /// have texts. `placed` is the row of the finished segment for every row added, `u32::MAX` for a dead one.
    pub fn finish(self, placed: &[u32], folder: &Path) -> Result<u64, Fault> {
        let place = |row: &u32| placed.get(*row as usize).copied().unwrap_or(u32::MAX);
        let rows: Vec<u32> = self.rows.iter().map(place).collect();
        if rows.iter().all(|row| *row == u32::MAX) {
            return Ok(0);
        }
        self.tantivy.finalize()?;
        let path = folder.join(TEXT);
        bundle::write(&self.files, &rows, &path)?;
        size_of_file(&path)
    }
}

/// The texts of a finished segment.
pub(super) struct FreeText {
    bundle: Bundle,
    /// Opened when it is asked first.
    reader: Mutex<Option<Arc<Reader>>>,
}

struct Reader {
    segment: SegmentReader,
    schema: Schema,
    field: Field,
}

impl FreeText {
    /// Maps the file in the folder of a segment; a segment without texts has none.
    pub fn open(folder: &Path) -> Result<Option<Self>, Fault> {
        let bundle = Bundle::open(folder, TEXT)?;
        Ok(bundle.map(|bundle| Self {
            bundle,
            reader: Mutex::default(),
        }))
    }

    /// The rows of the segment with a text that has these folded words in a row, ascending, those taken out since among them. No words are in
    /// no text.
    pub fn rows(&self, words: &[String]) -> Result<Vec<u32>, Fault> {
        let reader = self.reader()?;
        let mut terms: Vec<Term> = words
            .iter()
            .map(|word| Term::from_field_text(reader.field, word))
            .collect();
        let query: Box<dyn Query> = match (terms.len(), terms.pop()) {
            (1, Some(term)) => Box::new(TermQuery::new(term, IndexRecordOption::Basic)),
            (_, Some(term)) => {
                terms.push(term);
                Box::new(PhraseQuery::new(terms))
            }
            _ => return Ok(Vec::new()),
        };
        let weight = query.weight(EnableScoring::disabled_from_schema(&reader.schema))?;
        let mut rows = Vec::new();
        weight.for_each_no_score(&reader.segment, &mut |documents| {
            rows.extend(
                documents
                    .iter()
                    .filter_map(|document| self.bundle.row(*document)),
            );
        })?;
        rows.sort_unstable();
        Ok(rows)
    }

    fn reader(&self) -> Result<Arc<Reader>, Fault> {
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reader) = &*reader {
            return Ok(Arc::clone(reader));
        }
        self.bundle.verify()?;
        let index = Index::open(self.bundle.clone())?;
        let segments = index.searchable_segments()?;
        let segment = segments.first().ok_or_else(|| {
            TantivyError::DataCorruption(tantivy::error::DataCorruption::comment_only(
                "it has no segment",
            ))
        })?;
        let schema = index.schema();
        let opened = Arc::new(Reader {
            segment: SegmentReader::open(segment)?,
            field: schema.get_field(TEXT)?,
            schema,
        });
        *reader = Some(Arc::clone(&opened));
        Ok(opened)
    }
}

fn schema() -> (Schema, Field) {
    let words = TextFieldIndexing::default()
        .set_tokenizer(WORDS)
        .set_fieldnorms(false)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let mut builder = SchemaBuilder::default();
    let field = builder.add_text_field(TEXT, TextOptions::default().set_indexing_options(words));
    (builder.build(), field)
}

/// Nothing is stored, so nothing is to be compressed, least of all by a thread.
fn settings() -> IndexSettings {
    IndexSettings {
        docstore_compression: Compressor::None,
        docstore_compress_dedicated_thread: false,
        ..IndexSettings::default()
    }
}

/// The texts of one row: a document that borrows them from those that came with it.
#[derive(Debug)]
struct Piece {
    field: Field,
    texts: Arc<Texts>,
    range: Range<usize>,
}

impl Document for Piece {
    type Value<'a> = Text<'a>;
    type FieldsValuesIter<'a> = Box<dyn Iterator<Item = (Field, Text<'a>)> + 'a>;

    fn iter_fields_and_values(&self) -> Self::FieldsValuesIter<'_> {
        let texts = self.range.clone();
        Box::new(texts.map(|at| (self.field, Text(text_at(&self.texts, at)))))
    }
}

/// A text by its number.
fn text_at(texts: &Texts, at: usize) -> &str {
    let end = |at: usize| texts.ends.get(at).copied().unwrap_or(0);
    let start = at.checked_sub(1).map_or(0, end);
    texts.joined.get(start..end(at)).unwrap_or_default()
}

/// One text of a document.
#[derive(Debug, Clone, Copy)]
struct Text<'a>(&'a str);

impl<'a> Value<'a> for Text<'a> {
    type ArrayIter = std::iter::Empty<Self>;
    type ObjectIter = std::iter::Empty<(&'a str, Self)>;

    fn as_value(&self) -> ReferenceValue<'a, Self> {
        ReferenceValueLeaf::Str(self.0).into()
    }
}
