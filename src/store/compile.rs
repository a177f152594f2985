//! The query language as index queries, meaning what `query` says it means.
//!
//! Not here: the meaning itself. A test compares both on generated records (`store::tests`).

use super::StoreError;
use super::schema::Schema;
use super::writer::{high, id_bits, low};
use crate::query::{Expr, Field, Glob, Pattern, Term, Word};
use crate::time::{self, Instant};
use std::ops::Bound;
use tantivy::query::{
    AllQuery, BooleanQuery, EmptyQuery, Occur, PhraseQuery, Query, RangeQuery, RegexQuery,
    TermQuery,
};
use tantivy::schema::{Field as IndexField, IndexRecordOption};

/// An index query that finds exactly the records that `expr` matches.
pub(super) fn compile(schema: &Schema, expr: &Expr) -> Result<Box<dyn Query>, StoreError> {
    Ok(match expr {
        Expr::All => Box::new(AllQuery),
        Expr::Not(inner) => Box::new(BooleanQuery::new(vec![
            (Occur::Must, Box::new(AllQuery) as Box<dyn Query>),
            (Occur::MustNot, compile(schema, inner)?),
        ])),
        Expr::And(parts) if parts.is_empty() => Box::new(AllQuery),
        Expr::And(parts) => boolean(schema, Occur::Must, parts)?,
        Expr::Or(parts) => boolean(schema, Occur::Should, parts)?,
        Expr::Term(term) => compile_term(schema, term)?,
    })
}

fn boolean(schema: &Schema, occur: Occur, parts: &[Expr]) -> Result<Box<dyn Query>, StoreError> {
    let clauses: Result<Vec<_>, _> = parts
        .iter()
        .map(|part| Ok((occur, compile(schema, part)?)))
        .collect();
    Ok(Box::new(BooleanQuery::new(clauses?)))
}

fn compile_term(schema: &Schema, term: &Term) -> Result<Box<dyn Query>, StoreError> {
    match term {
        Term::Word(word) => compile_word(schema, word),
        Term::Any(glob) => compile_any(schema, glob),
        Term::Keyword {
            field: Field::Id,
            pattern,
        } => compile_id_pattern(schema, pattern),
        Term::Keyword { field, pattern } => compile_pattern(keyword(schema, *field)?, pattern),
        Term::Present(Field::Time) => {
            Ok(range_i64(schema.time, Bound::Unbounded, Bound::Unbounded))
        }
        Term::Present(Field::Id | Field::Items) => Ok(Box::new(AllQuery)),
        Term::Present(field) => regex(keyword(schema, *field)?, "(?s).+"),
        Term::Number {
            field: Field::Items,
            low,
            high,
        } => Ok(range_u64(schema.items, *low, *high)),
        Term::Number { field, .. } => Err(unsupported(*field)),
        Term::Time { low, high } => Ok(range_i64(schema.time, micros(*low), micros(*high))),
    }
}

fn keyword(schema: &Schema, field: Field) -> Result<IndexField, StoreError> {
    schema.keyword(field).ok_or_else(|| unsupported(field))
}

fn unsupported(field: Field) -> StoreError {
    StoreError::Unsupported(format!(
        "{} cannot be asked of records; it belongs to grants",
        field.name()
    ))
}

/// A record id is a column of 128 bits, so only the whole id can be asked for.
fn compile_id_pattern(schema: &Schema, pattern: &Pattern) -> Result<Box<dyn Query>, StoreError> {
    match pattern {
        Pattern::Exact(id) => Ok(compile_id(schema, id)),
        Pattern::Glob(_) => Err(StoreError::Unsupported(
            "id needs the whole record id, without *".to_owned(),
        )),
    }
}

fn compile_id(schema: &Schema, id: &str) -> Box<dyn Query> {
    let bits = id_bits(id);
    let exactly = |field, value: u64| {
        let term = tantivy::Term::from_field_u64(field, value);
        Box::new(RangeQuery::new(
            Bound::Included(term.clone()),
            Bound::Included(term),
        )) as Box<dyn Query>
    };
    Box::new(BooleanQuery::intersection(vec![
        exactly(schema.id.0, high(bits)),
        exactly(schema.id.1, low(bits)),
    ]))
}

fn compile_pattern(field: IndexField, pattern: &Pattern) -> Result<Box<dyn Query>, StoreError> {
    match pattern {
        Pattern::Exact(value) => Ok(term(field, value)),
        Pattern::Glob(glob) => regex(field, &expression(glob.pieces())),
    }
}

/// Parts of a boolean query.
type Clauses = Vec<(Occur, Box<dyn Query>)>;

/// Any keyword value that fits as a whole.
fn compile_any(schema: &Schema, glob: &Glob) -> Result<Box<dyn Query>, StoreError> {
    Ok(Box::new(BooleanQuery::new(in_keywords(
        schema,
        &expression(glob.pieces()),
    )?)))
}

fn in_keywords(schema: &Schema, pattern: &str) -> Result<Clauses, StoreError> {
    schema
        .keywords
        .iter()
        .map(|(_, field)| Ok((Occur::Should, regex(*field, pattern)?)))
        .collect()
}

/// Any keyword value that holds the text, or any text that holds its words in a row, or the id itself.
fn compile_word(schema: &Schema, word: &Word) -> Result<Box<dyn Query>, StoreError> {
    let mut any = in_keywords(schema, &format!("(?s).*{}.*", escape(word.text())))?;
    any.push((Occur::Should, compile_id(schema, word.text())));
    match word.words() {
        [] => {}
        [single] => any.push((Occur::Should, term(schema.text, single))),
        several => {
            let terms = several
                .iter()
                .map(|word| tantivy::Term::from_field_text(schema.text, word))
                .collect();
            any.push((Occur::Should, Box::new(PhraseQuery::new(terms))));
        }
    }
    Ok(Box::new(BooleanQuery::new(any)))
}

fn term(field: IndexField, value: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(
        tantivy::Term::from_field_text(field, value),
        IndexRecordOption::Basic,
    ))
}

/// A regular expression for literal pieces with anything between them.
fn expression(pieces: &[String]) -> String {
    let escaped: Vec<String> = pieces.iter().map(|piece| escape(piece)).collect();
    format!("(?s){}", escaped.join(".*"))
}

/// A literal as a regular expression. `<` and `>` stay bare: escaped they would stand for the ends of words.
fn escape(literal: &str) -> String {
    let mut out = String::with_capacity(literal.len() + 8);
    for character in literal.chars() {
        if character.is_ascii_punctuation() && !matches!(character, '<' | '>') {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

fn regex(field: IndexField, pattern: &str) -> Result<Box<dyn Query>, StoreError> {
    let query = RegexQuery::from_pattern(pattern, field).map_err(|error| {
        StoreError::Unsupported(format!("this pattern is too large to search for: {error}"))
    })?;
    Ok(Box::new(query))
}

fn micros(bound: Bound<Instant>) -> Bound<i64> {
    bound.map(time::micros)
}

fn range_i64(field: IndexField, low: Bound<i64>, high: Bound<i64>) -> Box<dyn Query> {
    let term = |value| tantivy::Term::from_field_i64(field, value);
    // A range without both bounds has no field to look at: the widest bound stands for none.
    let low = if low == Bound::Unbounded {
        Bound::Included(i64::MIN)
    } else {
        low
    };
    Box::new(RangeQuery::new(low.map(term), high.map(term)))
}

fn range_u64(field: IndexField, low: Bound<f64>, high: Bound<f64>) -> Box<dyn Query> {
    let (Some(low), Some(high)) = (lowest(low), highest(high)) else {
        return Box::new(EmptyQuery);
    };
    let term = |value| Bound::Included(tantivy::Term::from_field_u64(field, value));
    Box::new(RangeQuery::new(term(low), term(high)))
}

/// The smallest whole number that a lower bound admits.
fn lowest(bound: Bound<f64>) -> Option<u64> {
    match bound {
        Bound::Unbounded => Some(0),
        Bound::Included(value) => whole(value.ceil()),
        Bound::Excluded(value) => whole(value.floor() + 1.0),
    }
}

/// The largest whole number that an upper bound admits; `None` when it admits none.
fn highest(bound: Bound<f64>) -> Option<u64> {
    let value = match bound {
        Bound::Unbounded => return Some(u64::MAX),
        Bound::Included(value) => value.floor(),
        Bound::Excluded(value) => value.ceil() - 1.0,
    };
    if value < 0.0 { None } else { whole(value) }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "float to integer casts saturate, which is the bound that is meant"
)]
fn whole(value: f64) -> Option<u64> {
    (!value.is_nan()).then_some(value as u64)
}
