//! The query language shared by the workbench's `/` and every command: text to tree to meaning.
//!
//! [`parse()`] reads a text into an [`Expr`]; [`Expr::matches`] is the reference meaning, over anything that is a [`Subject`]; printing
//! an expression gives text that parses to it again. Not here: searching many records (`store` compiles the same tree to its index, and
//! must find exactly what `matches` accepts), nor deciding what a facet means.
//!
//! # The language
//!
//! | write | find |
//! |---|---|
//! | `user:alice@example.com` | a field with exactly this value, without case |
//! | `user:svc-*`, `op:*consent*` | `*` stands for any text |
//! | `user:*` | the field has a value |
//! | `items:>=10`, `score:5..12`, `time:..2023-06-03` | comparisons and ranges; the ends belong to the range |
//! | `time:2023-06-03`, `time:2023-06-03T08:13` | the whole day or minute, in UTC |
//! | `severity:>=high` | severities have an order |
//! | `add-mailboxpermission` | part of any field's value, or these words in a row in any text |
//! | `"full access"` | the same for a phrase |
//! | `*@example.com` | any field's whole value |
//! | `a b`, `a AND b`, `a OR b`, `NOT a`, `-a`, `(a OR b) c` | `NOT` binds tightest, then `AND`, then `OR` |
//! | `user:(alice* OR bob*)` | several values of one field |
//!
//! Quotes, or a backslash before one of `: * " \ ( )` and blank, take a character's special meaning away. Any other backslash is
//! itself, so that `NT\SYSTEM` needs no care.

mod field;
mod lex;
mod matches;
mod parse;
mod print;
mod subject;
mod value;

pub use field::{FIELDS, Field, FieldSpec, Kind, On, SEVERITIES, complete};
pub use parse::{DEEPEST, LONGEST, parse};
pub use subject::{Faceted, Subject, bare_message_id, message_key, record_keywords, sole_keyword};

use crate::net;
use crate::text;
use crate::time::Instant;
use std::ops::Bound;
use unicode_width::UnicodeWidthStr;

/// What a query asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// Everything. `NOT` of it is nothing.
    All,
    /// What the inner expression does not accept.
    Not(Box<Expr>),
    /// What every part accepts; everything when there is no part.
    And(Vec<Expr>),
    /// What at least one part accepts; nothing when there is no part.
    Or(Vec<Expr>),
    /// A single condition.
    Term(Term),
}

/// One condition on a subject.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    /// A bare word or quoted phrase, anywhere.
    Word(Word),
    /// A bare word with wildcards: some keyword value of some field fits it as a whole. Texts are not looked into.
    Any(Glob),
    /// Some value of the keyword field fits the pattern.
    Keyword {
        /// The field, of [`Kind::Keyword`].
        field: Field,
        /// What its value must be like.
        pattern: Pattern,
    },
    /// The field has a value: a keyword that is not blank, a number or a time.
    Present(Field),
    /// The number of the field lies between the bounds. For an ordered keyword field the number is the place among its ranks.
    Number {
        /// The field, of [`Kind::Number`] or with ranks.
        field: Field,
        /// The lower bound.
        low: Bound<f64>,
        /// The upper bound.
        high: Bound<f64>,
    },
    /// The time lies between the bounds. Both are whole microseconds, and the time is compared in whole microseconds, as the index keeps it.
    Time {
        /// The lower bound.
        low: Bound<Instant>,
        /// The upper bound.
        high: Bound<Instant>,
    },
}

/// A text to be found anywhere: as a part of a keyword value, or as words in a row in a free text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    written: String,
    text: String,
    words: Vec<String>,
}

impl Word {
    fn new(written: &str) -> Self {
        let written = written.trim();
        Self {
            written: written.to_owned(),
            text: text::fold(written),
            // Split before folding, as the texts are: folding can turn a letter (`İ`) into two characters that would split a word.
            words: text::words(written).collect(),
        }
    }

    /// As the person wrote it, without outer blanks.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// Folded: what a folded keyword value must contain. Never empty.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The words that a text must contain in a row; empty when there are none (`***`), and then no text matches.
    pub fn words(&self) -> &[String] {
        &self.words
    }
}

/// What a folded keyword value must be like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pattern {
    /// The value itself, folded; never empty.
    Exact(String),
    /// A value with gaps.
    Glob(Glob),
}

/// Folded literal pieces with any text between them. The first and the last may be empty, the inner ones are not, and not all are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob {
    pieces: Vec<String>,
}

impl Glob {
    /// The pieces between the stars: at least two. `svc-*` is `["svc-", ""]`, `*consent*` is `["", "consent", ""]`.
    pub fn pieces(&self) -> &[String] {
        &self.pieces
    }
}

impl Pattern {
    /// The pattern of the pieces between stars, as written; a single piece is an exact value. `None` when all are blank.
    pub fn of_pieces<'a>(pieces: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let mut pieces: Vec<String> = pieces.into_iter().map(str::to_lowercase).collect();
        // Folded values have no outer blanks, so a pattern with some could never match.
        if let Some(first) = pieces.first_mut() {
            *first = first.trim_start().to_owned();
        }
        if let Some(last) = pieces.last_mut() {
            *last = last.trim_end().to_owned();
        }
        if pieces.iter().all(String::is_empty) {
            return None;
        }
        let end = pieces.len() - 1;
        if end == 0 {
            return pieces.pop().map(Self::Exact);
        }
        let mut place = 0;
        pieces.retain(|piece| {
            place += 1;
            place == 1 || place == end + 1 || !piece.is_empty()
        });
        Some(Self::Glob(Glob { pieces }))
    }
}

impl Expr {
    /// Whether it plainly asks for everything, so that no search is needed.
    pub fn is_all(&self) -> bool {
        match self {
            Self::All => true,
            Self::And(parts) => parts.is_empty(),
            Self::Not(_) | Self::Or(_) | Self::Term(_) => false,
        }
    }

    /// What both accept. Nested `And` is kept flat, and everything adds nothing.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        if self.is_all() {
            return other;
        }
        if other.is_all() {
            return self;
        }
        let mut parts = match self {
            Self::And(parts) => parts,
            part => vec![part],
        };
        match other {
            Self::And(more) => parts.extend(more),
            part => parts.push(part),
        }
        Self::And(parts)
    }

    /// What either accepts. Nested `Or` is kept flat.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let mut parts = match self {
            Self::Or(parts) => parts,
            part => vec![part],
        };
        match other {
            Self::Or(more) => parts.extend(more),
            part => parts.push(part),
        }
        Self::Or(parts)
    }

    /// A word or phrase to be found anywhere; everything when it is blank. No character is special.
    pub fn word(written: &str) -> Self {
        let word = Word::new(written);
        if word.text.is_empty() {
            Self::All
        } else {
            Self::Term(Term::Word(word))
        }
    }

    /// A keyword field with exactly this value, as when a value on the screen is filtered for; everything without one when it is blank.
    /// No character is special.
    pub fn exact(field: Field, value: &str) -> Self {
        match Pattern::of_pieces([value]) {
            Some(pattern) => Self::keyword(field, pattern),
            None => !Self::Term(Term::Present(field)),
        }
    }

    fn keyword(field: Field, pattern: Pattern) -> Self {
        let pattern = match pattern {
            // All spellings of an address are one address; the subjects give the canonical one.
            Pattern::Exact(value) if field == Field::Ip => Pattern::Exact(
                net::parse(&value).map_or(value, |address| text::fold(&address.to_string())),
            ),
            Pattern::Exact(value) if field == Field::Message => Pattern::Exact(
                // Brackets around nothing stay: no message id has them, so none is found.
                Some(message_key(&value))
                    .filter(|key| !key.is_empty())
                    .unwrap_or(value),
            ),
            other => other,
        };
        Self::Term(Term::Keyword { field, pattern })
    }
}

impl std::ops::Not for Expr {
    type Output = Self;

    /// What the expression does not accept; two negations cancel.
    fn not(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }
}

/// Why a text is no query: what, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct QueryError {
    /// What is wrong.
    pub message: String,
    /// Byte of the query at which it starts.
    pub at: usize,
    /// How many bytes it covers; 0 when something is missing there.
    pub length: usize,
    /// What to do about it.
    pub hint: String,
}

impl QueryError {
    fn new(
        message: impl Into<String>,
        span: std::ops::Range<usize>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            message: message.into(),
            at: span.start,
            length: span.len(),
            hint: hint.into(),
        }
    }

    /// The message, the query made safe to show, and carets under the fault, on three lines without a line break at the end.
    pub fn caret(&self, query: &str) -> String {
        let before = text::safe(query.get(..self.at).unwrap_or(query)).width();
        let fault = query.get(self.at..self.at + self.length).unwrap_or("");
        let carets = text::safe(fault).width().max(1);
        format!(
            "{}\n  {}\n  {}{}",
            text::safe(&self.message),
            text::safe(query),
            " ".repeat(before),
            "^".repeat(carets)
        )
    }
}

#[cfg(test)]
mod tests;
