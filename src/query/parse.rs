//! Tokens to an expression: precedence, parentheses and the fields before the colons.
//!
//! Not here: quotes and escapes (`lex`), the names of fields (`field`), what stands after a colon (`value`).

use super::field::{self, FIELDS, Field, FieldSpec, On};
use super::lex::{self, Glyph, Lexeme, Token};
use super::value;
use super::{Expr, Pattern, QueryError, Term};
use crate::net;
use std::iter::Peekable;
use std::ops::Range;

/// Longest query in bytes: far more than a person types, and little enough for the index to answer at once.
pub const LONGEST: usize = 4_096;

/// Deepest nesting of parentheses: keeps every walk over the tree within the stack.
pub const DEEPEST: usize = 64;

/// Reads a query; a blank one asks for everything. `on` is what is searched: fields of the other side are errors that say so, and
/// [`On::Both`] admits every field.
pub fn parse(text: &str, on: On) -> Result<Expr, QueryError> {
    if text.len() > LONGEST {
        return Err(QueryError::new(
            format!("the query is longer than {LONGEST} bytes"),
            text.floor_char_boundary(LONGEST)..text.len(),
            "shorten it, or search in steps",
        ));
    }
    let lexemes = lex::lex(text)?;
    if lexemes.is_empty() {
        return Ok(Expr::All);
    }
    let mut parser = Parser {
        lexemes: lexemes.into_iter().peekable(),
        end: text.len(),
        depth: 0,
        on,
    };
    let expr = parser.either(None)?;
    match parser.lexemes.next() {
        // Only a closing parenthesis stops the outermost level early.
        Some(stray) => Err(QueryError::new(
            "nothing is open that this parenthesis could close",
            stray.start..stray.end,
            "remove it, or put it in quotes",
        )),
        None => Ok(expr),
    }
}

struct Parser {
    lexemes: Peekable<std::vec::IntoIter<Lexeme>>,
    /// Length of the query, where something missing at its end is reported.
    end: usize,
    depth: usize,
    on: On,
}

impl Parser {
    fn take(&mut self, token: &Token) -> bool {
        self.lexemes
            .next_if(|lexeme| lexeme.token == *token)
            .is_some()
    }

    /// Terms joined by `OR`. `scope` is the field before the parentheses that are being read.
    fn either(&mut self, scope: Option<Field>) -> Result<Expr, QueryError> {
        let mut expr = self.every(scope)?;
        while self.take(&Token::Or) {
            expr = expr.or(self.every(scope)?);
        }
        Ok(expr)
    }

    /// Terms joined by `AND` or by standing side by side.
    fn every(&mut self, scope: Option<Field>) -> Result<Expr, QueryError> {
        let mut expr = self.unary(scope)?;
        while self.take(&Token::And) || self.starts_term() {
            expr = expr.and(self.unary(scope)?);
        }
        Ok(expr)
    }

    fn starts_term(&mut self) -> bool {
        self.lexemes
            .peek()
            .is_some_and(|next| matches!(next.token, Token::Open | Token::Not | Token::Word(_)))
    }

    fn unary(&mut self, scope: Option<Field>) -> Result<Expr, QueryError> {
        let mut negated = false;
        // A loop, not a recursion: two thousand hyphens in a row are a query too.
        while self.take(&Token::Not) {
            negated = !negated;
        }
        let expr = self.primary(scope)?;
        Ok(if negated { !expr } else { expr })
    }

    fn primary(&mut self, scope: Option<Field>) -> Result<Expr, QueryError> {
        let Some(lexeme) = self.lexemes.next() else {
            return Err(missing(self.end..self.end));
        };
        let place = lexeme.start..lexeme.end;
        match lexeme.token {
            Token::Open => self.group(scope, place),
            Token::Word(glyphs) => match scope {
                Some(field) => value::value(field, &glyphs, place),
                None => self.term(&glyphs, place),
            },
            Token::Close | Token::And | Token::Or | Token::Not => Err(missing(place)),
        }
    }

    /// What stands between parentheses, the opening one taken.
    fn group(&mut self, scope: Option<Field>, open: Range<usize>) -> Result<Expr, QueryError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(QueryError::new(
                format!("parentheses are nested deeper than {DEEPEST} levels"),
                open,
                "remove those that are not needed",
            ));
        }
        let expr = self.either(scope)?;
        self.depth -= 1;
        if self.take(&Token::Close) {
            Ok(expr)
        } else {
            Err(QueryError::new(
                "this parenthesis is never closed",
                open,
                "close it with ), or put it in quotes",
            ))
        }
    }

    /// A word that may start with the name of a field.
    fn term(&mut self, glyphs: &[Glyph], place: Range<usize>) -> Result<Expr, QueryError> {
        let Some((name, values)) = split_name(glyphs) else {
            return Ok(word(glyphs));
        };
        let name_place = place.start..place.start + name.len();
        let Some(field) = Field::named(&name) else {
            return if is_address(glyphs) {
                Ok(word(glyphs))
            } else {
                Err(unknown_field(&name, name_place, self.on))
            };
        };
        let after_colon = name_place.end + 1;
        self.check_side(field.spec(), name_place)?;
        match self.opened_at(after_colon) {
            Some(open) if values.is_empty() => self.group(Some(field), open),
            _ => value::value(field, values, place),
        }
    }

    /// Takes an opening parenthesis that stands right here.
    fn opened_at(&mut self, at: usize) -> Option<Range<usize>> {
        self.lexemes
            .next_if(|next| next.token == Token::Open && next.start == at)
            .map(|open| open.start..open.end)
    }

    fn check_side(&self, spec: &FieldSpec, place: Range<usize>) -> Result<(), QueryError> {
        if spec.on.covers(self.on) {
            return Ok(());
        }
        Err(QueryError::new(
            format!(
                "{} is a field of {}; here {} are searched",
                spec.name,
                spec.on.noun(),
                self.on.noun()
            ),
            place,
            known_fields(self.on),
        ))
    }
}

fn missing(place: Range<usize>) -> QueryError {
    QueryError::new(
        "a term is missing here",
        place,
        "write a word, field:value or ( … ); put AND, OR, NOT in quotes to search for the word",
    )
}

fn unknown_field(name: &str, place: Range<usize>, on: On) -> QueryError {
    let remedy = match field::nearest(name, on) {
        Some(near) => format!("did you mean {near}:"),
        None => known_fields(on),
    };
    QueryError::new(
        format!("{name} is no field"),
        place,
        format!("{remedy}; to search for the text itself, put it in quotes"),
    )
}

fn known_fields(on: On) -> String {
    let names: Vec<&str> = FIELDS
        .iter()
        .filter(|spec| spec.on.covers(on))
        .map(|spec| spec.name)
        .collect();
    format!("fields of {}: {}", on.noun(), names.join(", "))
}

/// The letters before a colon and what follows it; `None` when the word does not have that form.
fn split_name(glyphs: &[Glyph]) -> Option<(String, &[Glyph])> {
    let colon = glyphs.iter().position(|glyph| glyph.is(':'))?;
    let (name, values) = glyphs.split_at_checked(colon)?;
    let is_name = !name.is_empty()
        && name
            .iter()
            .all(|glyph| glyph.plain && field::is_name_character(glyph.character));
    is_name.then_some((lex::text(name), values.get(1..)?))
}

/// `dead:beef::1` is an address, not a field.
fn is_address(glyphs: &[Glyph]) -> bool {
    net::parse(&lex::text(glyphs)).is_some()
}

/// A word without a field.
fn word(glyphs: &[Glyph]) -> Expr {
    match value::pattern(glyphs) {
        None => Expr::All,
        Some(Pattern::Exact(_)) => Expr::word(&lex::text(glyphs)),
        Some(Pattern::Glob(glob)) => Expr::Term(Term::Any(glob)),
    }
}
