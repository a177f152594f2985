//! Text to tokens: where quotes and backslashes lose their meaning and take that of others away.
//!
//! Not here: what a token means (`parse`). A word keeps, for every character, where it stood and whether it may be special.

use super::QueryError;
use std::iter::Peekable;
use std::ops::Range;
use std::str::CharIndices;

/// One character of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Glyph {
    /// The character itself.
    pub character: char,
    /// Neither quoted nor escaped, so that it may be special.
    pub plain: bool,
    /// Byte of the query at which it, or its backslash, stands.
    pub at: usize,
    /// Byte after it.
    pub end: usize,
}

impl Glyph {
    fn new(character: char, plain: bool, at: usize) -> Self {
        Self {
            character,
            plain,
            at,
            end: at + character.len_utf8(),
        }
    }

    /// Whether it is this character and may be special.
    pub fn is(&self, character: char) -> bool {
        self.plain && self.character == character
    }
}

/// The characters of glyphs.
pub(super) fn text(glyphs: &[Glyph]) -> String {
    glyphs.iter().map(|glyph| glyph.character).collect()
}

/// The bytes that glyphs cover, or the end of `place` when there are none.
pub(super) fn place_of(glyphs: &[Glyph], place: &Range<usize>) -> Range<usize> {
    match (glyphs.first(), glyphs.last()) {
        (Some(first), Some(last)) => first.at..last.end,
        _ => place.end..place.end,
    }
}

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// An opening parenthesis.
    Open,
    /// A closing parenthesis.
    Close,
    /// The word `AND`.
    And,
    /// The word `OR`.
    Or,
    /// `NOT`, or a hyphen before a term.
    Not,
    /// Anything else up to a blank or a parenthesis; may be empty (`""`).
    Word(Vec<Glyph>),
}

/// A token with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lexeme {
    /// What it is.
    pub token: Token,
    /// Its first byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

/// Splits a query into tokens. The only fault is a quote that is never closed.
pub(super) fn lex(text: &str) -> Result<Vec<Lexeme>, QueryError> {
    let mut lexer = Lexer {
        text,
        rest: text.char_indices().peekable(),
    };
    let mut lexemes = Vec::new();
    while let Some((start, first)) = lexer.rest.peek().copied() {
        if first.is_whitespace() {
            lexer.rest.next();
            continue;
        }
        let token = lexer.token(start, first)?;
        let end = lexer.place();
        lexemes.push(Lexeme { token, start, end });
    }
    Ok(lexemes)
}

struct Lexer<'a> {
    text: &'a str,
    rest: Peekable<CharIndices<'a>>,
}

impl Lexer<'_> {
    /// Byte at which the next character stands.
    fn place(&mut self) -> usize {
        self.rest.peek().map_or(self.text.len(), |(at, _)| *at)
    }

    fn token(&mut self, start: usize, first: char) -> Result<Token, QueryError> {
        let token = match first {
            '(' => Token::Open,
            ')' => Token::Close,
            '-' if self.starts_term(start + 1) => Token::Not,
            _ => return self.word().map(operator_or_word),
        };
        self.rest.next();
        Ok(token)
    }

    /// Whether a term starts at this byte: a hyphen before a blank is a word, not a negation.
    fn starts_term(&self, at: usize) -> bool {
        self.text
            .get(at..)
            .and_then(|rest| rest.chars().next())
            .is_some_and(|next| !next.is_whitespace() && next != ')')
    }

    fn word(&mut self) -> Result<Vec<Glyph>, QueryError> {
        let mut glyphs = Vec::new();
        while let Some((at, character)) = self
            .rest
            .next_if(|(_, next)| !next.is_whitespace() && !matches!(next, '(' | ')'))
        {
            match character {
                '"' => self.quoted(at, &mut glyphs)?,
                '\\' => glyphs.push(self.escaped(at, is_escapable)),
                _ => glyphs.push(Glyph::new(character, true, at)),
            }
        }
        Ok(glyphs)
    }

    /// The rest of a quoted part, its opening quote taken.
    fn quoted(&mut self, opened: usize, glyphs: &mut Vec<Glyph>) -> Result<(), QueryError> {
        while let Some((at, character)) = self.rest.next() {
            match character {
                '"' => return Ok(()),
                '\\' => glyphs.push(self.escaped(at, |next| matches!(next, '"' | '\\'))),
                _ => glyphs.push(Glyph::new(character, false, at)),
            }
        }
        Err(QueryError::new(
            "this quote is never closed",
            opened..self.text.len(),
            "close it with \", or write \\\" to search for the character",
        ))
    }

    /// The character after a backslash where it can be escaped, else the backslash itself.
    fn escaped(&mut self, at: usize, can_escape: fn(char) -> bool) -> Glyph {
        match self.rest.next_if(|(_, next)| can_escape(*next)) {
            Some((place, character)) => Glyph {
                at,
                ..Glyph::new(character, false, place)
            },
            None => Glyph::new('\\', false, at),
        }
    }
}

fn is_escapable(character: char) -> bool {
    character.is_whitespace() || matches!(character, ':' | '*' | '"' | '\\' | '(' | ')')
}

fn operator_or_word(glyphs: Vec<Glyph>) -> Token {
    let plain: Option<String> = glyphs
        .iter()
        .map(|glyph| glyph.plain.then_some(glyph.character))
        .collect();
    match plain.as_deref() {
        Some("AND") => Token::And,
        Some("OR") => Token::Or,
        Some("NOT") => Token::Not,
        _ => Token::Word(glyphs),
    }
}
