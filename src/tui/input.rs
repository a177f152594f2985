//! A line of text being typed: the characters, the cursor, and the entries typed before.
//!
//! Not here: what the text means.

use crate::tui::command::Command;

/// A line being typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Input {
    before: String,
    after: String,
}

impl Input {
    /// A line that holds a text, with the cursor behind it.
    pub fn with(text: &str) -> Self {
        Self {
            before: text.to_owned(),
            after: String::new(),
        }
    }

    /// The whole text.
    pub fn text(&self) -> String {
        format!("{}{}", self.before, self.after)
    }

    /// Text before and from the cursor on.
    pub fn halves(&self) -> (&str, &str) {
        (&self.before, &self.after)
    }

    /// Types a text. A line is one line: breaks become blanks.
    pub fn insert(&mut self, text: &str) {
        let one_line = text.trim_end_matches(['\r', '\n']);
        self.before.extend(one_line.chars().map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        }));
    }

    /// Carries out an editing command; tells whether it was one.
    pub fn edit(&mut self, command: Command) -> bool {
        match command {
            Command::CursorLeft => {
                if let Some(character) = self.before.pop() {
                    self.after.insert(0, character);
                }
            }
            Command::CursorRight => {
                if !self.after.is_empty() {
                    self.before.push(self.after.remove(0));
                }
            }
            Command::CursorStart => {
                *self = Self {
                    before: String::new(),
                    after: self.text(),
                }
            }
            Command::CursorEnd => *self = Self::with(&self.text()),
            Command::DeleteLeft => {
                self.before.pop();
            }
            Command::DeleteRight => self.after = self.after.chars().skip(1).collect(),
            Command::DeleteWord => self.delete_word(),
            Command::DeleteAll => *self = Self::default(),
            _ => return false,
        }
        true
    }

    fn delete_word(&mut self) {
        let kept = self
            .before
            .trim_end()
            .trim_end_matches(|character: char| !character.is_whitespace());
        self.before.truncate(kept.len());
    }
}

/// Texts entered before, oldest first, and which one is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    entries: Vec<String>,
    at: Option<usize>,
}

impl History {
    /// Most texts that are remembered.
    const LONGEST: usize = 100;

    /// Remembers a text as the newest.
    pub fn remember(&mut self, text: &str) {
        self.at = None;
        if text.is_empty() {
            return;
        }
        self.entries.retain(|entry| entry != text);
        self.entries.push(text.to_owned());
        if self.entries.len() > Self::LONGEST {
            self.entries.remove(0);
        }
    }

    /// The text before the one shown, if there is one.
    pub fn earlier(&mut self) -> Option<&str> {
        let at = self.at.unwrap_or(self.entries.len()).checked_sub(1)?;
        self.at = Some(at);
        self.entries.get(at).map(String::as_str)
    }

    /// The text after the one shown; an empty line after the newest.
    pub fn later(&mut self) -> Option<&str> {
        let at = self.at? + 1;
        self.at = (at < self.entries.len()).then_some(at);
        Some(self.entries.get(at).map_or("", String::as_str))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editing_keeps_whole_characters() {
        let mut input = Input::with("boîte de");
        for command in [
            Command::CursorLeft,
            Command::CursorLeft,
            Command::DeleteLeft,
            Command::DeleteLeft,
        ] {
            assert!(input.edit(command));
        }
        assert_eq!(input.text(), "boîtde");
        input.edit(Command::DeleteRight);
        assert_eq!(input.halves(), ("boît", "e"));
        input.edit(Command::CursorStart);
        input.insert("x\ny\n");
        assert_eq!(input.text(), "x yboîte");
        input.edit(Command::CursorEnd);
        input.edit(Command::DeleteWord);
        assert_eq!(input.text(), "x ");
        assert!(!input.edit(Command::Accept));
    }

    #[test]
    fn history_walks_back_and_forth() {
        let mut history = History::default();
        for text in ["a", "b", "a", ""] {
            history.remember(text);
        }
        assert_eq!(history.earlier(), Some("a"));
        assert_eq!(history.earlier(), Some("b"));
        assert_eq!(history.earlier(), None);
        assert_eq!(history.later(), Some("a"));
        assert_eq!(history.later(), Some(""));
        assert_eq!(history.later(), None);
    }
}
