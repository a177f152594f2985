//! Lines made of inked pieces, and their wrapping at words.
//!
//! Only details are wrapped; lists are cut.

use crate::text::safe;
use crate::tui::theme::Ink;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A text with its ink.
pub type Piece = (String, Ink);

/// A line of inked pieces.
pub type Line = Vec<Piece>;

/// A piece of text in an ink.
pub fn piece(text: impl Into<String>, ink: Ink) -> Piece {
    (text.into(), ink)
}

/// Wraps a paragraph at words to a width; all lines but the first begin with `indent` blanks. A word longer than a line is broken.
pub fn wrap(paragraph: &[Piece], width: usize, indent: usize) -> Vec<Line> {
    let indent = indent.min(width / 2);
    let mut wrapped = Wrapped {
        lines: vec![Vec::new()],
        used: 0,
        width: width.max(1),
        indent,
    };
    for (text, ink) in paragraph {
        for word in words(&safe(text)) {
            wrapped.word(word, *ink);
        }
    }
    wrapped.lines
}

/// Keeps so many lines of a paragraph; the last one says by an ellipsis that there were more.
pub fn cut(lines: &mut Vec<Line>, most: usize) {
    if lines.len() > most {
        lines.truncate(most);
        if let Some((last, _)) = lines.last_mut().and_then(|line| line.last_mut()) {
            last.push('…');
        }
    }
}

/// Words with the blanks before them, so that spacing and inks survive.
fn words(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let start = rest
            .find(|character| character != ' ')
            .unwrap_or(rest.len());
        let length = rest
            .get(start..)
            .and_then(|tail| tail.find(' '))
            .unwrap_or(rest.len() - start);
        let (word, tail) = rest.split_at(start + length);
        out.push(word);
        rest = tail;
    }
    out
}

struct Wrapped {
    lines: Vec<Line>,
    used: usize,
    width: usize,
    indent: usize,
}

impl Wrapped {
    fn word(&mut self, word: &str, ink: Ink) {
        let columns = word.width();
        if self.used + columns <= self.width {
            self.push(word, ink);
            return;
        }
        let bare = word.trim_start_matches(' ');
        if self.used > self.indent || self.lines.len() == 1 && self.used > 0 {
            self.next_line();
        }
        if self.used + bare.width() <= self.width {
            self.push(bare, ink);
        } else {
            self.broken(bare, ink);
        }
    }

    fn broken(&mut self, word: &str, ink: Ink) {
        for character in word.chars() {
            if self.used + character.width().unwrap_or(0) > self.width {
                self.next_line();
            }
            self.push(character.encode_utf8(&mut [0; 4]), ink);
        }
    }

    fn next_line(&mut self) {
        self.lines
            .push(vec![piece(" ".repeat(self.indent), Ink::Plain)]);
        self.used = self.indent;
    }

    fn push(&mut self, text: &str, ink: Ink) {
        self.used += text.width();
        let Some(line) = self.lines.last_mut() else {
            return;
        };
        match line.last_mut() {
            Some((last, same)) if *same == ink => last.push_str(text),
            _ => line.push(piece(text, ink)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str, width: usize, indent: usize) -> Vec<String> {
        let lines = wrap(&[piece(text, Ink::Plain)], width, indent);
        lines
            .into_iter()
            .map(|line| line.into_iter().map(|(text, _)| text).collect())
            .collect()
    }

    #[test]
    fn words_are_kept_whole_when_they_fit() {
        assert_eq!(texts("one two three", 7, 0), ["one two", "three"]);
        assert_eq!(texts("one two three", 9, 2), ["one two", "  three"]);
        assert_eq!(texts("", 9, 2), [""]);
    }

    #[test]
    fn long_words_are_broken_and_wide_ones_counted() {
        assert_eq!(texts("abcdefgh", 3, 0), ["abc", "def", "gh"]);
        assert_eq!(texts("日本語", 4, 0), ["日本", "語"]);
        assert_eq!(texts("x\ny", 9, 0), ["x␊y"]);
    }
}
