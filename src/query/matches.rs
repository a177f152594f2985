//! The reference meaning of an expression, one subject at a time.
//!
//! Written to be plainly right, not fast: the index answers for many records and is tested against this.

use super::field::{FIELDS, Field, Kind};
use super::subject::{Subject, message_key};
use super::{Expr, Glob, Pattern, Term, Word};
use crate::text;
use crate::time;
use crate::time::Instant;
use std::ops::{Bound, RangeBounds};

impl Expr {
    /// Whether the subject is one of those asked for.
    pub fn matches(&self, subject: &dyn Subject) -> bool {
        match self {
            Self::All => true,
            Self::Not(inner) => !inner.matches(subject),
            Self::And(parts) => parts.iter().all(|part| part.matches(subject)),
            Self::Or(parts) => parts.iter().any(|part| part.matches(subject)),
            Self::Term(term) => term.matches(subject),
        }
    }
}

impl Term {
    /// Whether the subject meets this condition.
    pub fn matches(&self, subject: &dyn Subject) -> bool {
        match self {
            Self::Word(word) => word.matches(subject),
            Self::Any(glob) => any_field(subject, |value| glob.matches(value)),
            Self::Keyword { field, pattern } => {
                any_value(subject, *field, |value| pattern.matches(value))
            }
            Self::Present(field) => is_present(subject, *field),
            Self::Number { field, low, high } => subject
                .number(*field)
                .is_some_and(|number| (*low, *high).contains(&number)),
            Self::Time { low, high } => subject
                .time()
                .is_some_and(|instant| is_between(instant, *low, *high)),
        }
    }
}

impl Word {
    /// Whether some keyword value contains the text, or some free text the words in a row, or it is the id or that of a message.
    pub fn matches(&self, subject: &dyn Subject) -> bool {
        any_field(subject, |value| value.contains(&self.text))
            || any_value(subject, Field::Id, |value| value == self.text)
            || self.is_message(subject)
            || self.is_in_texts(subject)
    }

    fn is_message(&self, subject: &dyn Subject) -> bool {
        let key = message_key(&self.text);
        any_value(subject, Field::Message, |value| value == key)
    }

    fn is_in_texts(&self, subject: &dyn Subject) -> bool {
        let mut found = false;
        if !self.words.is_empty() {
            subject.texts(&mut |text| found = found || self.is_in_text(text));
        }
        found
    }

    fn is_in_text(&self, text: &str) -> bool {
        let words: Vec<String> = text::words(text).collect();
        words
            .windows(self.words.len())
            .any(|window| window == self.words)
    }
}

impl Pattern {
    /// Whether a folded value fits.
    pub fn matches(&self, folded: &str) -> bool {
        match self {
            Self::Exact(value) => value == folded,
            Self::Glob(glob) => glob.matches(folded),
        }
    }
}

impl Glob {
    /// Whether a folded value has the pieces in their order, beginning with the first and ending with the last.
    pub fn matches(&self, folded: &str) -> bool {
        let [first, middle @ .., last] = self.pieces.as_slice() else {
            return false;
        };
        // Taking each middle piece at its earliest place leaves the most room for those after it.
        middle
            .iter()
            .try_fold(folded.strip_prefix(first.as_str()), |rest, piece| {
                Some(rest?.split_once(piece.as_str()).map(|(_, after)| after))
            })
            .flatten()
            .is_some_and(|rest| rest.ends_with(last.as_str()))
    }
}

fn any_value(subject: &dyn Subject, field: Field, test: impl Fn(&str) -> bool) -> bool {
    let mut found = false;
    subject.keywords(field, &mut |value| {
        if !found {
            let folded = text::fold(value);
            found = !folded.is_empty() && test(&folded);
        }
    });
    found
}

fn any_field(subject: &dyn Subject, test: impl Fn(&str) -> bool) -> bool {
    FIELDS
        .iter()
        // Ids are found whole or not at all: the index keeps no dictionary of unique values.
        .filter(|spec| spec.kind == Kind::Keyword)
        .filter(|spec| !matches!(spec.field, Field::Id | Field::Message))
        .any(|spec| any_value(subject, spec.field, &test))
}

fn is_present(subject: &dyn Subject, field: Field) -> bool {
    match field.spec().kind {
        // Whether a message is named at all is what the number of them says.
        _ if field == Field::Message => subject
            .number(Field::Items)
            .is_some_and(|items| items > 0.0),
        Kind::Keyword => any_value(subject, field, |_| true),
        Kind::Number => subject.number(field).is_some(),
        Kind::Time => subject.time().is_some(),
    }
}

fn is_between(instant: Instant, low: Bound<Instant>, high: Bound<Instant>) -> bool {
    (low.map(time::micros), high.map(time::micros)).contains(&time::micros(instant))
}
