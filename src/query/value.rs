//! What stands after a colon: patterns, comparisons, ranges and times, and what is wrong with those that do not fit the field.
//!
//! Not here: where the value begins and ends (`lex`, `parse`).

use super::field::{Field, Kind};
use super::lex::{self, Glyph};
use super::{Expr, Pattern, QueryError, Term};
use crate::net;
use crate::time;
use crate::time::Instant;
use std::ops::{Bound, Range};

/// Longest value that is tried as a time; the longest spelling has 37 bytes.
const LONGEST_TIME: usize = 64;

/// The value of a field.
pub(super) fn value(
    field: Field,
    glyphs: &[Glyph],
    place: Range<usize>,
) -> Result<Expr, QueryError> {
    let spec = field.spec();
    let Some(pattern) = pattern(glyphs) else {
        return if glyphs.iter().any(|glyph| glyph.is('*')) {
            Ok(Expr::Term(Term::Present(field)))
        } else {
            Err(needs_value(spec.name, place.end..place.end))
        };
    };
    match spec.kind {
        Kind::Keyword if spec.ranks.is_empty() => keyword(field, pattern, glyphs, &place),
        Kind::Keyword => ranked(field, pattern, glyphs, &place),
        Kind::Number => {
            let (low, high) = bounds(glyphs, &place, &number_scale())?;
            Ok(present_or(field, Term::Number { field, low, high }))
        }
        Kind::Time => {
            let (low, high) = bounds(glyphs, &place, &time_scale())?;
            Ok(present_or(field, Term::Time { low, high }))
        }
    }
}

/// A range open on both sides only asks for a value.
fn present_or(field: Field, term: Term) -> Expr {
    Expr::Term(match term {
        Term::Number {
            low: Bound::Unbounded,
            high: Bound::Unbounded,
            ..
        }
        | Term::Time {
            low: Bound::Unbounded,
            high: Bound::Unbounded,
        } => Term::Present(field),
        other => other,
    })
}

fn needs_value(name: &str, place: Range<usize>) -> QueryError {
    QueryError::new(
        format!("{name}: needs a value"),
        place,
        format!("write {name}:* for any value, NOT {name}:* for none"),
    )
}

fn keyword(
    field: Field,
    pattern: Pattern,
    glyphs: &[Glyph],
    place: &Range<usize>,
) -> Result<Expr, QueryError> {
    let name = field.name();
    let shape = Shape::of(glyphs);
    // A message id is written with an angle bracket before it.
    if matches!(shape, Shape::Compare(..)) && field != Field::Message {
        return Err(QueryError::new(
            format!("{name} has no order to compare by"),
            lex::place_of(glyphs, place),
            format!("write {name}:value or {name}:start*, or put the value in quotes"),
        ));
    }
    if field == Field::Ip && is_prefix_notation(&lex::text(glyphs)) {
        return Err(QueryError::new(
            "prefix notation is not understood",
            lex::place_of(glyphs, place),
            "write the start of the address with a star, as in ip:203.0.113.*",
        ));
    }
    Ok(Expr::keyword(field, pattern))
}

fn is_prefix_notation(value: &str) -> bool {
    value
        .split_once('/')
        .is_some_and(|(address, _)| net::parse(address).is_some())
}

/// A keyword with an order: exact values and wildcards are keywords, comparisons and ranges go by rank.
fn ranked(
    field: Field,
    pattern: Pattern,
    glyphs: &[Glyph],
    place: &Range<usize>,
) -> Result<Expr, QueryError> {
    let scale = rank_scale(field.spec().ranks);
    if !matches!(Shape::of(glyphs), Shape::Exactly(_)) {
        let (low, high) = bounds(glyphs, place, &scale)?;
        return Ok(present_or(field, Term::Number { field, low, high }));
    }
    if matches!(pattern, Pattern::Exact(_)) {
        scale.read(glyphs, place)?;
    }
    Ok(Expr::keyword(field, pattern))
}

/// The end of a span to which a bound refers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// Its first moment.
    Start,
    /// Its last moment.
    End,
}

impl Side {
    /// This end of a span.
    pub fn of(self, span: Span<Instant>) -> Instant {
        match self {
            Self::Start => span.0,
            Self::End => span.1,
        }
    }
}

/// How a comparison relates the value of a subject to the one written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Above,
    From,
    Below,
    UpTo,
}

/// The form of a value.
#[derive(Debug)]
enum Shape<'a> {
    Exactly(&'a [Glyph]),
    Compare(Comparison, &'a [Glyph]),
    Between(&'a [Glyph], &'a [Glyph]),
}

impl<'a> Shape<'a> {
    fn of(glyphs: &'a [Glyph]) -> Self {
        if let Some((comparison, rest)) = split_comparison(glyphs) {
            return Self::Compare(comparison, rest);
        }
        let dots = glyphs
            .windows(2)
            .position(|pair| pair.iter().all(|glyph| glyph.is('.')));
        let halves =
            dots.and_then(|at| Some((glyphs.get(..at)?, glyphs.get(at.saturating_add(2)..)?)));
        match halves {
            Some((low, high)) => Self::Between(low, high),
            None => Self::Exactly(glyphs),
        }
    }
}

fn split_comparison(glyphs: &[Glyph]) -> Option<(Comparison, &[Glyph])> {
    let (sign, rest) = glyphs.split_first()?;
    let (strict, inclusive) = if sign.is('>') {
        (Comparison::Above, Comparison::From)
    } else if sign.is('<') {
        (Comparison::Below, Comparison::UpTo)
    } else {
        return None;
    };
    match rest.split_first() {
        Some((equals, rest)) if equals.is('=') => Some((inclusive, rest)),
        _ => Some((strict, rest)),
    }
}

/// First and last value of what was written.
type Span<T> = (T, T);

/// Reads what was written.
type Reader<T> = dyn Fn(&str) -> Option<Span<T>>;

/// How the values of an ordered field are read: each is a span, for numbers one of a single value.
struct Scale<T> {
    read: Box<Reader<T>>,
    noun: &'static str,
    hint: String,
}

impl<T> Scale<T> {
    fn read(&self, glyphs: &[Glyph], place: &Range<usize>) -> Result<Span<T>, QueryError> {
        let written = lex::text(glyphs);
        (self.read)(written.trim()).ok_or_else(|| {
            let message = if written.is_empty() {
                format!("{} is missing here", self.noun)
            } else {
                format!("{written} is not {}", self.noun)
            };
            QueryError::new(message, lex::place_of(glyphs, place), &self.hint)
        })
    }
}

fn number_scale() -> Scale<f64> {
    Scale {
        read: Box::new(|text| {
            let number: f64 = text.parse().ok()?;
            number.is_finite().then_some((number, number))
        }),
        noun: "a number",
        hint: "write 5, >=5 or 5..10".to_owned(),
    }
}

fn time_scale() -> Scale<Instant> {
    Scale {
        read: Box::new(span),
        noun: "a time",
        hint: "write 2023-06-03, 2023-06-03T08:13 or 2023-06-03T08:13:00Z, in UTC".to_owned(),
    }
}

fn rank_scale(ranks: &'static [&'static str]) -> Scale<f64> {
    Scale {
        read: Box::new(|text| {
            let rank = ranks
                .iter()
                .zip(0_u32..)
                .find(|(name, _)| name.eq_ignore_ascii_case(text))
                .map(|(_, rank)| f64::from(rank))?;
            Some((rank, rank))
        }),
        noun: "one of the known values",
        hint: format!("write one of {}", ranks.join(", ")),
    }
}

/// First and last instant of a written time, in whole microseconds.
pub(super) fn span(text: &str) -> Option<Span<Instant>> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    // The calendar reaches years of six digits, where adding a day overflows. Eighteen digits are ticks.
    let plausible = text.len() <= LONGEST_TIME
        && (matches!(digits, 1..=4 | 18) || text.starts_with(['/', '\\']));
    let (start, end) = plausible.then(|| time::parse_span(text)).flatten()?;
    let whole = |instant| time::from_micros(time::micros(instant));
    Some((whole(start), whole(end)))
}

/// The bounds that a value sets.
fn bounds<T: PartialOrd + Copy>(
    glyphs: &[Glyph],
    place: &Range<usize>,
    scale: &Scale<T>,
) -> Result<(Bound<T>, Bound<T>), QueryError> {
    match Shape::of(glyphs) {
        Shape::Exactly(value) => {
            let (start, end) = scale.read(value, place)?;
            Ok((Bound::Included(start), Bound::Included(end)))
        }
        Shape::Compare(comparison, value) => {
            let (start, end) = scale.read(value, place)?;
            Ok(match comparison {
                Comparison::Above => (Bound::Excluded(end), Bound::Unbounded),
                Comparison::From => (Bound::Included(start), Bound::Unbounded),
                Comparison::Below => (Bound::Unbounded, Bound::Excluded(start)),
                Comparison::UpTo => (Bound::Unbounded, Bound::Included(end)),
            })
        }
        Shape::Between(low, high) => {
            let low = side(low, place, scale)?.map(|span| span.0);
            let high = side(high, place, scale)?.map(|span| span.1);
            check_order(low, high, lex::place_of(glyphs, place))?;
            Ok((included(low), included(high)))
        }
    }
}

/// One side of a range, which may be left out.
fn side<T>(
    glyphs: &[Glyph],
    place: &Range<usize>,
    scale: &Scale<T>,
) -> Result<Option<Span<T>>, QueryError> {
    if glyphs.is_empty() {
        Ok(None)
    } else {
        scale.read(glyphs, place).map(Some)
    }
}

fn included<T>(value: Option<T>) -> Bound<T> {
    value.map_or(Bound::Unbounded, Bound::Included)
}

fn check_order<T: PartialOrd>(
    low: Option<T>,
    high: Option<T>,
    place: Range<usize>,
) -> Result<(), QueryError> {
    match (low, high) {
        (Some(low), Some(high)) if low > high => Err(QueryError::new(
            "the range ends before it begins",
            place,
            "write the lower value first",
        )),
        _ => Ok(()),
    }
}

/// The pattern that a value or bare word spells; `None` when nothing but blanks and stars is in it.
pub(super) fn pattern(glyphs: &[Glyph]) -> Option<Pattern> {
    let pieces: Vec<String> = glyphs.split(|glyph| glyph.is('*')).map(lex::text).collect();
    Pattern::of_pieces(pieces.iter().map(String::as_str))
}
