//! Keys by name: what the terminal sends, what `keymap.toml` writes and what the footer shows are one spelling.
//!
//! Not here: what a key does (`keymap`).

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use std::fmt;

/// A key without modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// A character, shift applied.
    Character(char),
    /// A function key.
    Function(u8),
    /// A key that is no character, by its name.
    Named(&'static str),
}

/// Names of keys that are no characters, with the codes of the terminal library. One spelling each, as keyboards print them.
const NAMED: &[(&str, KeyCode)] = &[
    ("Enter", KeyCode::Enter),
    ("Esc", KeyCode::Esc),
    ("Tab", KeyCode::Tab),
    ("BackTab", KeyCode::BackTab),
    ("Backspace", KeyCode::Backspace),
    ("Delete", KeyCode::Delete),
    ("Insert", KeyCode::Insert),
    ("Up", KeyCode::Up),
    ("Down", KeyCode::Down),
    ("Left", KeyCode::Left),
    ("Right", KeyCode::Right),
    ("Home", KeyCode::Home),
    ("End", KeyCode::End),
    ("PgUp", KeyCode::PageUp),
    ("PgDn", KeyCode::PageDown),
];

/// A blank would not be seen in a list of keys.
const SPACE: &str = "Space";

/// A key with its modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The key without its modifiers.
    pub code: Code,
    /// Whether Ctrl is held.
    pub control: bool,
    /// Whether Alt is held.
    pub alt: bool,
}

impl Key {
    /// A key without modifiers.
    pub fn plain(code: Code) -> Self {
        Self {
            code,
            control: false,
            alt: false,
        }
    }

    /// The key of a terminal event; `None` for releases and for keys that have no name here.
    pub fn of_event(event: KeyEvent) -> Option<Self> {
        if event.kind == KeyEventKind::Release {
            return None;
        }
        Some(Self {
            code: Code::of_terminal(event.code)?,
            control: event.modifiers.contains(KeyModifiers::CONTROL),
            alt: event.modifiers.contains(KeyModifiers::ALT),
        })
    }

    /// Reads one key: `a`, `G`, `Enter`, `Ctrl-d`, `Alt-x`, `F5`. Names are read without case, characters with it.
    pub fn parse(text: &str) -> Option<Self> {
        let (control, rest) = strip(text, "ctrl-");
        let (alt, rest) = strip(rest, "alt-");
        Some(Self {
            code: Code::parse(rest)?,
            control,
            alt,
        })
    }

    /// The character this key types, if it types one.
    pub fn typed(self) -> Option<char> {
        match self.code {
            Code::Character(character) if !self.control && !self.alt => Some(character),
            _ => None,
        }
    }
}

fn strip<'a>(text: &'a str, prefix: &str) -> (bool, &'a str) {
    match text.split_at_checked(prefix.len()) {
        Some((head, rest)) if head.eq_ignore_ascii_case(prefix) && !rest.is_empty() => (true, rest),
        _ => (false, text),
    }
}

impl Code {
    fn of_terminal(code: KeyCode) -> Option<Self> {
        match code {
            KeyCode::Char(character) => Some(Self::Character(character)),
            KeyCode::F(number) => Some(Self::Function(number)),
            other => NAMED
                .iter()
                .find(|(_, known)| *known == other)
                .map(|(name, _)| Self::Named(name)),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let mut characters = text.chars();
        if let (Some(only), None) = (characters.next(), characters.next()) {
            return Some(Self::Character(only));
        }
        if text.eq_ignore_ascii_case(SPACE) {
            return Some(Self::Character(' '));
        }
        let named = NAMED
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(text));
        named
            .map(|(name, _)| Self::Named(name))
            .or_else(|| Some(Self::Function(text.strip_prefix(['F', 'f'])?.parse().ok()?)))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.control {
            formatter.write_str("Ctrl-")?;
        }
        if self.alt {
            formatter.write_str("Alt-")?;
        }
        match self.code {
            Code::Character(' ') => formatter.write_str(SPACE),
            Code::Character(character) => write!(formatter, "{character}"),
            Code::Function(number) => write!(formatter, "F{number}"),
            Code::Named(name) => formatter.write_str(name),
        }
    }
}

/// Keys pressed one after the other, as written in the keymap: `g g`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chord(pub Vec<Key>);

impl Chord {
    /// Reads keys separated by blanks; `None` when one has no name or there is none.
    pub fn parse(text: &str) -> Option<Self> {
        let keys: Option<Vec<Key>> = text.split_whitespace().map(Key::parse).collect();
        keys.filter(|keys| !keys.is_empty()).map(Self)
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self.0.iter().map(Key::to_string).collect();
        formatter.pad(&names.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printing_and_parsing_is_identity() {
        for (name, _) in NAMED {
            for prefix in ["", "Ctrl-", "Alt-", "Ctrl-Alt-"] {
                let text = format!("{prefix}{name}");
                assert_eq!(Key::parse(&text).unwrap().to_string(), text);
            }
        }
        for text in ["a", "G", "/", "?", "-", "Ctrl-d", "Ctrl--", "Space", "F12"] {
            assert_eq!(Key::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn names_are_read_without_case_and_nonsense_is_refused() {
        assert_eq!(Key::parse("pgdn"), Key::parse("PgDn"));
        assert_eq!(Key::parse("CTRL-D").unwrap().to_string(), "Ctrl-D");
        for text in ["", "Entre", "Ctrl-", "é́x", "F"] {
            let read = Key::parse(text).filter(|key| !matches!(key.code, Code::Character('F')));
            assert!(read.is_none(), "{text}");
        }
    }
}
