//! Expressions as text that parses to them again: what the prompt shows after a value was filtered for.
//!
//! Not here: making text safe for a screen (`text::safe`), which would no longer parse. Expressions that the parser and the builders
//! of [`Expr`] never make (a nested `And`, bounds that exclude a range's end) print as text of the same meaning.

use super::field::{Field, Kind};
use super::value::{Side, span};
use super::{Expr, Glob, Pattern, Term};
use crate::time::Instant;
use std::fmt;
use std::ops::Bound;

impl fmt::Display for Expr {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => formatter.write_str("*"),
            Self::Not(inner) => {
                formatter.write_str("NOT ")?;
                inner.write_part(formatter, Self::is_compound)
            }
            Self::And(parts) => write_joined(formatter, parts, " ", "*", Self::is_compound),
            Self::Or(parts) => write_joined(formatter, parts, " OR ", "NOT *", |part| {
                matches!(part, Self::Or(_))
            }),
            Self::Term(term) => term.fmt(formatter),
        }
    }
}

impl Expr {
    fn is_compound(&self) -> bool {
        matches!(self, Self::And(_) | Self::Or(_))
    }

    fn write_part(
        &self,
        formatter: &mut fmt::Formatter<'_>,
        needs_parentheses: impl Fn(&Self) -> bool,
    ) -> fmt::Result {
        if needs_parentheses(self) {
            write!(formatter, "({self})")
        } else {
            write!(formatter, "{self}")
        }
    }
}

fn write_joined(
    formatter: &mut fmt::Formatter<'_>,
    parts: &[Expr],
    joint: &str,
    none: &str,
    needs_parentheses: impl Fn(&Expr) -> bool,
) -> fmt::Result {
    if parts.is_empty() {
        return formatter.write_str(none);
    }
    for (place, part) in parts.iter().enumerate() {
        if place > 0 {
            formatter.write_str(joint)?;
        }
        part.write_part(formatter, &needs_parentheses)?;
    }
    Ok(())
}

impl fmt::Display for Term {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => formatter.write_str(&word_text(word.written())),
            Self::Any(glob) => formatter.write_str(&glob_text(glob, word_text)),
            Self::Keyword { field, pattern } => {
                write!(formatter, "{}:{}", field.name(), pattern_text(pattern))
            }
            Self::Present(field) => write!(formatter, "{}:*", field.name()),
            Self::Number { field, low, high } => {
                let show = |number: &f64, _: Side| number_text(*field, *number);
                write_bounds(formatter, *field, low, high, show)
            }
            Self::Time { low, high } => {
                let show = |instant: &Instant, side: Side| instant_text(*instant, side);
                write_bounds(formatter, Field::Time, low, high, show)
            }
        }
    }
}

fn pattern_text(pattern: &Pattern) -> String {
    match pattern {
        Pattern::Exact(value) => value_text(value),
        Pattern::Glob(glob) => glob_text(glob, value_text),
    }
}

fn glob_text(glob: &Glob, piece_text: fn(&str) -> String) -> String {
    let pieces: Vec<String> = glob
        .pieces()
        .iter()
        .map(|piece| match piece.as_str() {
            "" => String::new(),
            piece => piece_text(piece),
        })
        .collect();
    pieces.join("*")
}

/// A word on its own: must not look like a field, a negation or an operator.
fn word_text(word: &str) -> String {
    let looks_special =
        word.contains(':') || word.starts_with('-') || matches!(word, "AND" | "OR" | "NOT");
    if looks_special {
        quoted(word)
    } else {
        value_text(word)
    }
}

/// A value after a colon: must not look like a comparison or a range.
fn value_text(value: &str) -> String {
    let looks_special = value.is_empty() || value.starts_with(['<', '>']) || value.contains("..");
    let special = |character: char| {
        character.is_whitespace()
            || character.is_control()
            || matches!(character, '"' | '*' | '\\' | '(' | ')')
    };
    if looks_special || value.contains(special) {
        quoted(value)
    } else {
        value.to_owned()
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Writes a pair of bounds in the shortest form that reads back the same.
fn write_bounds<T>(
    formatter: &mut fmt::Formatter<'_>,
    field: Field,
    low: &Bound<T>,
    high: &Bound<T>,
    show: impl Fn(&T, Side) -> String,
) -> fmt::Result {
    let name = field.name();
    match (low, high) {
        (Bound::Unbounded, Bound::Unbounded) => write!(formatter, "{name}:*"),
        (Bound::Included(low), Bound::Included(high)) => {
            let (low, high) = (show(low, Side::Start), show(high, Side::End));
            let one = low == high && field.spec().kind != Kind::Keyword;
            if one {
                write!(formatter, "{name}:{low}")
            } else {
                write!(formatter, "{name}:{low}..{high}")
            }
        }
        (low, Bound::Unbounded) => write!(formatter, "{name}:{}", low_text(low, show)),
        (Bound::Unbounded, high) => write!(formatter, "{name}:{}", high_text(high, show)),
        (low, high) => write!(
            formatter,
            "({name}:{} {name}:{})",
            low_text(low, &show),
            high_text(high, &show)
        ),
    }
}

fn low_text<T>(low: &Bound<T>, show: impl Fn(&T, Side) -> String) -> String {
    match low {
        Bound::Included(low) => format!(">={}", show(low, Side::Start)),
        Bound::Excluded(low) => format!(">{}", show(low, Side::End)),
        Bound::Unbounded => "*".to_owned(),
    }
}

fn high_text<T>(high: &Bound<T>, show: impl Fn(&T, Side) -> String) -> String {
    match high {
        Bound::Included(high) => format!("<={}", show(high, Side::End)),
        Bound::Excluded(high) => format!("<{}", show(high, Side::Start)),
        Bound::Unbounded => "*".to_owned(),
    }
}

/// A number, or the name of a rank.
fn number_text(field: Field, number: f64) -> String {
    let mut ranks = field.spec().ranks.iter().zip(0_u32..);
    ranks
        .find(|(_, rank)| f64::from(*rank).total_cmp(&number).is_eq())
        .map_or_else(|| number.to_string(), |(name, _)| (*name).to_owned())
}

/// The spellings of an instant, shortest first. A whole second as the *end* of a span can only be written with a fraction below the
/// microsecond, which makes a point of it and is dropped on reading.
const SPELLINGS: [&str; 5] = [
    "%Y-%m-%d",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%dT%H:%M:%S%.6fZ",
    "%Y-%m-%dT%H:%M:%S%.6f001Z",
];

/// The shortest spelling whose span starts or ends with the instant.
fn instant_text(instant: Instant, side: Side) -> String {
    let mut spellings = SPELLINGS
        .iter()
        .map(|spelling| instant.format(spelling).to_string());
    spellings
        .find(|text| span(text).is_some_and(|span| side.of(span) == instant))
        .unwrap_or_else(|| crate::time::rfc3339(instant))
}
