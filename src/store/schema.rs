//! Which fields the index has, and how text becomes terms.
//!
//! Keyword fields are one folded term a value, so that names compare without case; their columns keep the spelling of the log.
//! Not here: which value of a record goes into which field; that is `query::record_keywords`, so that searching the index and
//! matching a record mean the same.

use crate::query::Field as QueryField;
use crate::text;
use tantivy::Index;
use tantivy::schema::{
    FAST, Field, IndexRecordOption, SchemaBuilder, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// Name of the analyser that makes one folded term of a value.
const FOLDED: &str = "folded";
/// Name of the analyser that makes a folded term of each word.
const WORDS: &str = "words";

/// Whether a keyword field also has a column.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    /// Shown in listings or read by histories.
    Yes,
    /// Only searched for.
    No,
}

/// The keyword fields: name in the index, field of the query language, whether it has a column.
const KEYWORDS: [(&str, QueryField, Column); 14] = [
    ("operation", QueryField::Operation, Column::Yes),
    ("user", QueryField::User, Column::Yes),
    ("mailbox", QueryField::Mailbox, Column::Yes),
    ("app", QueryField::App, Column::Yes),
    ("ip", QueryField::Ip, Column::Yes),
    ("country", QueryField::Country, Column::Yes),
    ("session", QueryField::Session, Column::Yes),
    ("access", QueryField::Access, Column::Yes),
    ("is", QueryField::Is, Column::Yes),
    ("workload", QueryField::Workload, Column::No),
    ("outcome", QueryField::Outcome, Column::No),
    ("agent", QueryField::Agent, Column::No),
    ("object", QueryField::Object, Column::No),
    ("folder", QueryField::Folder, Column::No),
];

/// Names of the number columns.
pub(super) const TIME: &str = "time";
pub(super) const ITEMS: &str = "items";
pub(super) const PLACE: &str = "place";
pub(super) const LENGTH: &str = "length";
pub(super) const LINE: &str = "line";
pub(super) const PART: &str = "part";
pub(super) const QUALITY: &str = "quality";
pub(super) const ID_HIGH: &str = "id_high";
pub(super) const ID_LOW: &str = "id_low";

/// The schema and handles to its fields.
#[derive(Clone)]
pub(super) struct Schema {
    pub tantivy: tantivy::schema::Schema,
    /// Keyword fields with the query field they answer.
    pub keywords: Vec<(QueryField, Field)>,
    /// Free text: parameters, changed values, targets, subjects. About 15 % of the rows have any.
    pub text: Field,
    /// Microseconds since 1970; absent when the record has no time.
    pub time: Field,
    /// Message ids named.
    pub items: Field,
    /// File and offset in one number ([`super::writer::place`]): unique, and the final tie-break of every order.
    pub place: Field,
    /// Bytes of the row.
    pub length: Field,
    /// Line of the row.
    pub line: Field,
    /// Number of the record within its row.
    pub part: Field,
    /// How much the record tells (see `Record::quality`), to choose among copies.
    pub quality: Field,
    /// Upper and lower half of the record id's 128 bits.
    pub id: (Field, Field),
}

impl Schema {
    pub fn new() -> Self {
        let mut builder = SchemaBuilder::default();
        let keywords = KEYWORDS
            .iter()
            .map(|(name, query, column)| {
                (
                    *query,
                    builder.add_text_field(name, keyword_options(*column)),
                )
            })
            .collect();
        let words = TextFieldIndexing::default()
            .set_tokenizer(WORDS)
            .set_fieldnorms(false)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let text =
            builder.add_text_field("text", TextOptions::default().set_indexing_options(words));
        let time = builder.add_i64_field(TIME, FAST);
        let [items, place, length, line, part, quality, high, low] =
            [ITEMS, PLACE, LENGTH, LINE, PART, QUALITY, ID_HIGH, ID_LOW]
                .map(|name| builder.add_u64_field(name, FAST));
        Self {
            tantivy: builder.build(),
            keywords,
            text,
            time,
            items,
            place,
            length,
            line,
            part,
            quality,
            id: (high, low),
        }
    }

    /// The index field that answers a keyword field of the query language.
    pub fn keyword(&self, field: QueryField) -> Option<Field> {
        self.keywords
            .iter()
            .find(|entry| entry.0 == field)
            .map(|entry| entry.1)
    }
}

fn keyword_options(column: Column) -> TextOptions {
    let terms = TextFieldIndexing::default()
        .set_tokenizer(FOLDED)
        .set_fieldnorms(false)
        .set_index_option(IndexRecordOption::Basic);
    let options = TextOptions::default().set_indexing_options(terms);
    match column {
        Column::Yes => options.set_fast("raw"),
        Column::No => options,
    }
}

/// Teaches an opened index the two analysers.
pub(super) fn register(index: &Index) {
    let folded = Terms(|value| Box::new(std::iter::once(text::fold(value))));
    index.tokenizers().register(FOLDED, folded);
    let words = Terms(|value| Box::new(text::words(value)));
    index.tokenizers().register(WORDS, words);
}

/// How a text becomes terms: by the functions that the reference meaning uses, for tantivy's own lower-caser disagrees with them
/// (it folds letter by letter, so that `ΟΔΟΣ` ends in another sigma).
#[derive(Clone)]
struct Terms(for<'a> fn(&'a str) -> Box<dyn Iterator<Item = String> + 'a>);

impl Tokenizer for Terms {
    type TokenStream<'a> = Stream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream<'a> {
        Stream {
            rest: (self.0)(text),
            token: Token::default(),
        }
    }
}

/// The terms of one text, one position each. Offsets are not kept: nothing is highlighted.
struct Stream<'a> {
    rest: Box<dyn Iterator<Item = String> + 'a>,
    token: Token,
}

impl TokenStream for Stream<'_> {
    fn advance(&mut self) -> bool {
        let Some(text) = self.rest.next() else {
            return false;
        };
        self.token.text = text;
        // A new token stands before the first place.
        self.token.position = self.token.position.wrapping_add(1);
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
