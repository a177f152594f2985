//! Narrowing a list by a query: the query in force, and queries made from a value on the screen.
//!
//! Not here: the query language (`query`) and searching records, which the worker does.

use crate::case::Mark;
use crate::hunt::{Judged, ScoredGrant};
use crate::query::{self, Expr, On, QueryError};
use crate::store::Row;

/// Whether a grant passes a query.
pub fn grant_matches(expr: &Expr, scored: &ScoredGrant, mark: Option<&Mark>) -> bool {
    let judged = Judged {
        scored,
        verdict: mark.map(|mark| mark.verdict),
        tags: mark.map_or(&[], |mark| mark.tags.as_slice()),
    };
    expr.matches(&judged)
}

/// A query in force: as typed and as understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// As typed; empty for everything.
    pub text: String,
    /// As understood: what subjects are tried against.
    pub expr: Expr,
}

impl Default for Filter {
    fn default() -> Self {
        Self {
            text: String::new(),
            expr: Expr::All,
        }
    }
}

impl Filter {
    /// Reads a query; blank text is everything.
    pub fn parse(text: &str, on: On) -> Result<Self, QueryError> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Self::default());
        }
        Ok(Self {
            text: text.to_owned(),
            expr: query::parse(text, on)?,
        })
    }

    /// Whether it lets everything pass.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

/// Whether a value is to be kept or left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Only lines with the value.
    Only,
    /// Only lines without it.
    Without,
}

/// A query narrowed by one more value.
pub fn narrowed(text: &str, field: &str, value: &str, wanted: Wanted) -> String {
    let escaped = value.replace('\\', "\\\\").replace('"', "\\\"");
    let sign = if wanted == Wanted::Without { "-" } else { "" };
    let clause = format!("{sign}{field}:\"{escaped}\"");
    if text.is_empty() {
        clause
    } else {
        format!("{text} {clause}")
    }
}

/// A field of the query language with its value on a line.
pub type Value = (&'static str, String);

/// The values of a grant that can be filtered for, by the names of the query language.
pub fn grant_values(scored: &ScoredGrant) -> Vec<Value> {
    let grant = &scored.grant;
    let mut values = vec![
        ("grantee", grant.grantee.name.clone()),
        ("target", grant.target.name.clone()),
        ("actor", grant.actor.name.clone()),
        ("road", grant.road.word().to_owned()),
        ("operation", grant.operation.clone()),
        ("severity", scored.severity.word().to_owned()),
        ("class", grant.class.word().to_owned()),
        ("state", grant.state.word().to_owned()),
        ("ip", grant.place.ip.clone()),
        ("country", grant.place.country.clone()),
        ("session", grant.place.session.clone()),
        ("id", grant.id.clone()),
    ];
    values.retain(|(_, value)| !value.is_empty());
    values
}

/// The values of a record that can be filtered for, by the names of the query language.
pub fn row_values(row: &Row) -> Vec<Value> {
    let mut values = vec![
        ("operation", row.operation.clone()),
        ("user", row.user.clone()),
        ("mailbox", row.mailbox.clone()),
        ("app", row.app.clone()),
        ("ip", row.ip.clone()),
        ("country", row.country.clone()),
        ("session", row.session.clone()),
        ("access", row.access.clone()),
    ];
    values.retain(|(_, value)| !value.is_empty());
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted_and_joined() {
        assert_eq!(
            narrowed("", "ip", "203.0.113.7", Wanted::Only),
            r#"ip:"203.0.113.7""#
        );
        assert_eq!(
            narrowed("road:consent", "app", r#"a"b\"#, Wanted::Without),
            r#"road:consent -app:"a\"b\\""#
        );
    }
}
