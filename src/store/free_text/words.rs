//! The analyser: the words of `text::words`, made without a new string for each.
//!
//! tantivy's own lower-caser disagrees with that of the reference meaning (it folds letter by letter, so that `ΟΔΟΣ` ends in another sigma).
//! Not here: what counts as a text.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// Makes a folded term of each word.
#[derive(Clone, Default)]
pub(super) struct Words {
    /// Used again from word to word.
    token: Token,
}

impl Tokenizer for Words {
    type TokenStream<'a> = Stream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream<'a> {
        // One before the first place.
        self.token.position = usize::MAX;
        Stream {
            token: &mut self.token,
            rest: text,
        }
    }
}

/// The words of one text, one position each. Offsets are not kept: nothing is highlighted.
pub(super) struct Stream<'a> {
    token: &'a mut Token,
    rest: &'a str,
}

impl TokenStream for Stream<'_> {
    fn advance(&mut self) -> bool {
        let Some(word) = next_word(&mut self.rest) else {
            return false;
        };
        if word.is_ascii() {
            self.token.text.clear();
            self.token.text.push_str(word);
            self.token.text.make_ascii_lowercase();
        } else {
            self.token.text = word.to_lowercase();
        }
        self.token.position = self.token.position.wrapping_add(1);
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

/// Cuts the next run of letters and digits off a text.
fn next_word<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let start = length_of(rest, |is_part| !is_part);
    let from = rest.get(start..).filter(|from| !from.is_empty())?;
    let (word, after) = from.split_at_checked(length_of(from, |is_part| is_part))?;
    *rest = after;
    Some(word)
}

/// Bytes of the characters at the start of a text which are wanted, by whether they are part of a word.
fn length_of(text: &str, wanted: impl Fn(bool) -> bool) -> usize {
    let bytes = text.as_bytes();
    // Looking for the end byte by byte is right as long as there is nothing but ASCII.
    let plain = bytes
        .iter()
        .take_while(|byte| byte.is_ascii() && wanted(byte.is_ascii_alphanumeric()))
        .count();
    if bytes.get(plain).is_none_or(u8::is_ascii) {
        return plain;
    }
    let more = text.get(plain..).unwrap_or_default().chars();
    let more = more.take_while(|character| wanted(character.is_alphanumeric()));
    plain + more.map(char::len_utf8).sum::<usize>()
}
