//! Which keys run which command where: `keymap.toml`, the user's file over it, and the texts printed from the result.
//!
//! Not here: what a command does. Nothing else in the program knows a key, so help, footer and README cannot lie.

use crate::tui::command::{COMMANDS, CONTEXTS, Command, Context, nearest};
use crate::tui::key::{Chord, Key};
use std::fmt::Write as _;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The keymap that the program is built with.
pub const DEFAULT: &str = include_str!("../../keymap.toml");

/// A fault of a keymap, with its place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("keymap, line {line}, column {column}: {message}")]
pub struct KeymapError {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// What is wrong and what to do.
    pub message: String,
}

/// An entry of the keymap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// Where it is in force.
    pub context: Context,
    /// What it runs.
    pub command: Command,
    /// What the command is given; empty for nothing.
    pub argument: String,
    /// Keys, the first one being shown in the footer.
    pub keys: Vec<Chord>,
    /// What it does, as the help says it.
    pub about: String,
}

/// What pressed keys lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A command with its argument.
    Runs(Command, String),
    /// The beginning of longer keys.
    Begins,
    /// Nothing is bound to them.
    Nothing,
}

/// All bindings in force, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap {
    bindings: Vec<Binding>,
}

/// A binding as read, with the place of each key for errors.
struct Entry {
    binding: Binding,
    places: Vec<Range<usize>>,
}

impl Keymap {
    /// The built-in keymap. A test holds that it reads.
    pub fn built_in() -> Self {
        Self::empty()
            .merged(DEFAULT)
            .unwrap_or_else(|_| Self::empty())
    }

    /// The built-in keymap with the user's file over it.
    pub fn with_user(text: &str) -> Result<Self, KeymapError> {
        Self::built_in().merged(text)
    }

    fn empty() -> Self {
        Self {
            bindings: Vec::new(),
        }
    }

    /// This keymap with the entries of a text over it: its keys are taken from whatever had them in the same context.
    fn merged(mut self, text: &str) -> Result<Self, KeymapError> {
        let entries = read(text)?;
        check_unique(&entries, text)?;
        for entry in &entries {
            self.release(&entry.binding);
        }
        for entry in &entries {
            self.place(entry.binding.clone());
        }
        self.check_prefixes(&entries, text)?;
        Ok(self)
    }

    fn release(&mut self, new: &Binding) {
        for old in self
            .bindings
            .iter_mut()
            .filter(|old| old.context == new.context)
        {
            old.keys.retain(|chord| !new.keys.contains(chord));
        }
    }

    fn place(&mut self, new: Binding) {
        let same = |old: &&mut Binding| {
            old.context == new.context && old.command == new.command && old.argument == new.argument
        };
        match self.bindings.iter_mut().find(same) {
            Some(old) => *old = new,
            None => self.bindings.push(new),
        }
    }

    /// A chord must not begin with another one of its context: the longer one could never be pressed.
    fn check_prefixes(&self, entries: &[Entry], text: &str) -> Result<(), KeymapError> {
        for entry in entries {
            for (chord, place) in entry.binding.keys.iter().zip(&entry.places) {
                if let Some(other) = self.conflict(entry.binding.context, chord) {
                    let message = format!(
                        "`{chord}` and `{other}` begin alike, so one of them could never be pressed; change one"
                    );
                    return Err(fault(text, place.start, message));
                }
            }
        }
        Ok(())
    }

    fn conflict(&self, context: Context, chord: &Chord) -> Option<&Chord> {
        let others = self
            .bindings
            .iter()
            .filter(|binding| binding.context == context);
        others.flat_map(|binding| &binding.keys).find(|other| {
            *other != chord && (other.0.starts_with(&chord.0) || chord.0.starts_with(&other.0))
        })
    }

    /// What pressed keys lead to in a context.
    pub fn find(&self, context: Context, pressed: &[Key]) -> Found {
        for place in context.chain() {
            let here = || {
                self.bindings
                    .iter()
                    .filter(|binding| binding.context == *place)
            };
            let exact = here().find(|binding| binding.keys.iter().any(|chord| chord.0 == pressed));
            if let Some(binding) = exact {
                return Found::Runs(binding.command, binding.argument.clone());
            }
            if here().any(|binding| {
                binding
                    .keys
                    .iter()
                    .any(|chord| chord.0.starts_with(pressed))
            }) {
                return Found::Begins;
            }
        }
        Found::Nothing
    }

    /// The first key of a command as seen from a context; empty when it is only in the palette.
    pub fn key_of(&self, context: Context, command: Command) -> String {
        let chain = context.chain().iter();
        let mut found = chain
            .flat_map(|place| self.bindings_of(*place))
            .filter(|binding| binding.command == command);
        found
            .find_map(|binding| binding.keys.first())
            .map(Chord::to_string)
            .unwrap_or_default()
    }

    /// The bindings of a context, in the order of the file, unbound ones left out.
    pub fn bindings_of(&self, context: Context) -> impl Iterator<Item = &Binding> {
        self.bindings
            .iter()
            .filter(move |binding| binding.context == context && !binding.keys.is_empty())
    }
}

impl Binding {
    /// Its keys in one text: `j, Down`.
    pub fn keys_text(&self) -> String {
        let names: Vec<String> = self.keys.iter().map(Chord::to_string).collect();
        names.join(", ")
    }
}

/// The key table of the README and of `grantline keys`, in Markdown.
pub fn keys_table(keymap: &Keymap) -> String {
    let mut out = String::new();
    for (context, _, title) in CONTEXTS {
        let _ = write!(
            out,
            "### {title}\n\n| key | does | command |\n|---|---|---|\n"
        );
        for binding in keymap.bindings_of(*context) {
            let keys: Vec<String> = binding
                .keys
                .iter()
                .map(|chord| format!("`{chord}`"))
                .collect();
            let name = binding.command.specification().name;
            let _ = writeln!(out, "| {} | {} | {name} |", keys.join(" "), binding.about);
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn fault(text: &str, at: usize, message: String) -> KeymapError {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    KeymapError {
        line: before.matches('\n').count() + 1,
        column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
        message,
    }
}

fn read(text: &str) -> Result<Vec<Entry>, KeymapError> {
    let document = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        fault(text, at, error.message().to_owned())
    })?;
    let mut entries = Vec::new();
    for (heading, value) in document.get_ref() {
        read_context(text, heading, value, &mut entries)?;
    }
    // The TOML map is sorted by name; help follows the file.
    entries.sort_by_key(|(at, _)| *at);
    Ok(entries.into_iter().map(|(_, entry)| entry).collect())
}

type Name<'a> = Spanned<std::borrow::Cow<'a, str>>;

fn read_context(
    text: &str,
    heading: &Name<'_>,
    value: &Spanned<DeValue<'_>>,
    entries: &mut Vec<(usize, Entry)>,
) -> Result<(), KeymapError> {
    let at = heading.span().start;
    let Some(context) = Context::read(heading.get_ref()) else {
        let known = nearest(heading.get_ref(), CONTEXTS.iter().map(|(_, name, _)| *name))
            .unwrap_or_default();
        return Err(fault(
            text,
            at,
            format!(
                "there is no place `{}`; did you mean `{known}`?",
                heading.get_ref()
            ),
        ));
    };
    let DeValue::Table(table) = value.get_ref() else {
        return Err(fault(
            text,
            at,
            format!(
                "`{}` is a place: write `[{0}]` and commands below it",
                heading.get_ref()
            ),
        ));
    };
    for (name, value) in table {
        let entry = read_entry(text, context, name, value)?;
        entries.push((name.span().start, entry));
    }
    Ok(())
}

fn read_entry(
    text: &str,
    context: Context,
    name: &Name<'_>,
    value: &Spanned<DeValue<'_>>,
) -> Result<Entry, KeymapError> {
    let at = name.span().start;
    let (command, argument) =
        read_command(name.get_ref(), context).map_err(|message| fault(text, at, message))?;
    let DeValue::Table(table) = value.get_ref() else {
        return Err(fault(
            text,
            at,
            "write `{ keys = [\"x\"], about = \"...\" }`".to_owned(),
        ));
    };
    let (mut keys, mut places) = (Vec::new(), Vec::new());
    let mut about = command.specification().about.to_owned();
    for (field, value) in table {
        match (field.get_ref().as_ref(), value.get_ref()) {
            ("about", DeValue::String(text)) => about = text.to_string(),
            ("keys", DeValue::Array(array)) => {
                for item in array {
                    keys.push(read_chord(text, item)?);
                    places.push(item.span());
                }
            }
            (other, _) => {
                let message = format!(
                    "`{other}` is not understood here: an entry has `keys`, a list, and `about`, a text"
                );
                return Err(fault(text, field.span().start, message));
            }
        }
    }
    Ok(Entry {
        binding: Binding {
            context,
            command,
            argument,
            keys,
            about,
        },
        places,
    })
}

fn read_command(name: &str, context: Context) -> Result<(Command, String), String> {
    let (word, argument) = name.split_once(' ').unwrap_or((name, ""));
    let usable = || {
        COMMANDS
            .iter()
            .filter(|row| row.contexts.contains(&context))
    };
    let Some(row) = usable().find(|row| row.name == word) else {
        let known = nearest(word, usable().map(|row| row.name)).unwrap_or_default();
        return Err(format!(
            "there is no command `{word}` here; did you mean `{known}`?"
        ));
    };
    if row.parameter.is_empty() && !argument.is_empty() {
        return Err(format!("`{word}` takes nothing after its name"));
    }
    Ok((row.command, argument.trim().to_owned()))
}

fn read_chord(text: &str, item: &Spanned<DeValue<'_>>) -> Result<Chord, KeymapError> {
    let written = item.get_ref().as_str().unwrap_or_default();
    Chord::parse(written).ok_or_else(|| {
        let message = format!(
            "`{written}` is no key; write one like \"a\", \"Enter\", \"Ctrl-d\" or \"g g\""
        );
        fault(text, item.span().start, message)
    })
}

fn check_unique(entries: &[Entry], text: &str) -> Result<(), KeymapError> {
    let mut seen: Vec<(Context, &Chord, &str)> = Vec::new();
    for entry in entries {
        let Binding {
            context,
            command,
            keys,
            ..
        } = &entry.binding;
        for (chord, place) in keys.iter().zip(&entry.places) {
            if let Some((.., other)) = seen
                .iter()
                .find(|(at, known, _)| at == context && *known == chord)
            {
                let message = format!("`{chord}` is bound to `{other}` already in the same place");
                return Err(fault(text, place.start, message));
            }
            seen.push((*context, chord, command.specification().name));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn default_keymap() -> Keymap {
        Keymap::empty().merged(DEFAULT).unwrap()
    }

    #[test]
    fn the_default_reads_without_duplicates_or_prefix_conflicts() {
        assert!(default_keymap().bindings.len() > 50);
    }

    #[test]
    fn every_command_is_bound_in_each_of_its_contexts() {
        let keymap = default_keymap();
        for row in COMMANDS {
            for context in row.contexts {
                let bound = keymap
                    .bindings_of(*context)
                    .any(|binding| binding.command == row.command);
                assert!(bound, "{} has no key in {context:?}", row.name);
            }
        }
    }

    #[test]
    fn a_users_key_is_taken_from_the_default() {
        let keymap = Keymap::with_user("[timeline]\nmark = { keys = [\"c\"] }\n\"filter severity:high\" = { keys = [\"H\"] }\n").unwrap();
        let find = |text: &str| keymap.find(Context::Timeline, &Chord::parse(text).unwrap().0);
        assert_eq!(find("c"), Found::Runs(Command::Mark, String::new()));
        assert_eq!(find("m"), Found::Nothing);
        assert_eq!(
            find("H"),
            Found::Runs(Command::Filter, "severity:high".into())
        );
        assert_eq!(find("/"), Found::Runs(Command::Filter, String::new()));
        assert_eq!(keymap.key_of(Context::Timeline, Command::Note), "");
    }

    #[test]
    fn chords_begin_and_then_run() {
        let keymap = Keymap::with_user("[motion]\nfirst = { keys = [\"g g\"] }\n").unwrap();
        let find = |text: &str| keymap.find(Context::Timeline, &Chord::parse(text).unwrap().0);
        assert_eq!(find("g"), Found::Begins);
        assert_eq!(find("g g"), Found::Runs(Command::First, String::new()));
    }

    #[test]
    fn faults_have_a_place_and_say_what_to_do() {
        for (text, line, column, part) in [
            (
                "[timeline]\nopne = { keys = [\"o\"] }",
                2,
                1,
                "did you mean `open`?",
            ),
            ("[timline]\n", 1, 2, "did you mean `timeline`?"),
            (
                "[timeline]\nopen = { keys = [\"Entre\"] }",
                2,
                18,
                "is no key",
            ),
            (
                "[timeline]\nopen = { keys = [\"o\"] }\nmark = { keys = [\"o\"] }",
                3,
                18,
                "bound to `open` already",
            ),
            (
                "[motion]\nfirst = { keys = [\"j x\"] }",
                2,
                19,
                "begin alike",
            ),
            (
                "[timeline]\nopen = { key = [\"o\"] }",
                2,
                10,
                "not understood",
            ),
            ("[timeline]\nopen = ", 2, 8, ""),
            (
                "[timeline]\n\"mark x\" = { keys = [] }",
                2,
                1,
                "takes nothing",
            ),
        ] {
            let error = Keymap::with_user(text).unwrap_err();
            assert_eq!(
                (error.line, error.column),
                (line, column),
                "{text}: {error}"
            );
            assert!(error.message.contains(part), "{error}");
        }
    }

    #[test]
    fn the_key_table_names_every_bound_command() {
        let table = keys_table(&default_keymap());
        assert!(
            table.contains("| `j` `Down` | Go down one line | down |"),
            "{table}"
        );
        for row in COMMANDS {
            assert!(
                table.contains(&format!("| {} |\n", row.name)),
                "{}",
                row.name
            );
        }
    }
}
