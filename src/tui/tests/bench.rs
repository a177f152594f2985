//! `given(state).keys("j j <Enter>").sees("...")`.
//!
//! Keys are written as in the keymap, separated by blanks; a text in braces is typed letter by letter.

use crate::job::{Reply, Request};
use crate::tui::app::{App, Effect, ExitReason, Message, Timer, update};
use crate::tui::key::{Chord, Code, Key};
use crate::tui::keymap::Keymap;
use crate::tui::run::Settings;
use crate::tui::screen::draw_on;
use crate::tui::theme::{ColourMode, INKS, SELECTED};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Rect, Size};
use std::fmt::Write as _;
use std::path::PathBuf;

/// A workbench in a test, with what it asked for since the last key.
pub struct Bench {
    pub app: App,
    pub effects: Vec<Effect>,
}

/// Settings that vary with nothing.
pub fn settings() -> Settings {
    Settings {
        title: "grantline".into(),
        keymap: Keymap::built_in(),
        ascii: false,
        colour: ColourMode::Palette,
        export_folder: PathBuf::from("/cases/demo"),
        export_stem: "demo-findings".into(),
    }
}

/// A workbench at 80×24 that has heard some replies.
pub fn given(replies: Vec<Reply>) -> Bench {
    let app = App::new(
        settings(),
        Size {
            width: 80,
            height: 24,
        },
    );
    Bench {
        app,
        effects: Vec::new(),
    }
    .replies(replies)
}

impl Bench {
    pub fn size(mut self, width: u16, height: u16) -> Self {
        update(&mut self.app, Message::Resize(Size { width, height }));
        self
    }

    pub fn with(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.app.settings);
        self
    }

    pub fn replies(mut self, replies: Vec<Reply>) -> Self {
        for reply in replies {
            let effects = update(&mut self.app, Message::Reply(reply));
            self.effects.extend(effects);
        }
        self
    }

    pub fn reply(self, reply: Reply) -> Self {
        self.replies(vec![reply])
    }

    pub fn message(mut self, message: Message) -> Self {
        let effects = update(&mut self.app, message);
        self.effects.extend(effects);
        self
    }

    pub fn deadline(self, timer: Timer) -> Self {
        self.message(Message::Deadline(timer))
    }

    /// Presses keys, forgetting the effects of those before.
    pub fn keys(mut self, text: &str) -> Self {
        self.effects.clear();
        for part in text.split_inclusive('}') {
            let (keys, typed) = part.split_once('{').unwrap_or((part, ""));
            let keys = Chord::parse(keys).map(|chord| chord.0).unwrap_or_default();
            let typed = typed
                .trim_end_matches('}')
                .chars()
                .map(|character| Key::plain(Code::Character(character)));
            for key in keys.into_iter().chain(typed) {
                let effects = update(&mut self.app, Message::Key(key));
                self.effects.extend(effects);
            }
        }
        self
    }

    pub fn requests(&self) -> Vec<&Request> {
        self.effects
            .iter()
            .filter_map(|effect| {
                if let Effect::Ask(request) = effect {
                    Some(request)
                } else {
                    None
                }
            })
            .collect()
    }

    pub fn asked(&self) -> String {
        self.requests()
            .iter()
            .map(|request| format!("{request:?}"))
            .collect::<Vec<_>>()
            .join("\n")
    }

    pub fn quits(&self) -> Option<ExitReason> {
        self.effects.iter().find_map(|effect| {
            if let Effect::Quit(reason) = effect {
                Some(*reason)
            } else {
                None
            }
        })
    }

    pub fn copied(&self) -> Option<&str> {
        self.effects.iter().find_map(|effect| {
            if let Effect::Copy(text) = effect {
                Some(text.as_str())
            } else {
                None
            }
        })
    }

    pub fn buffer(&self) -> Buffer {
        let Size { width, height } = self.app.size;
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        draw_on(&self.app, &mut buffer);
        buffer
    }

    pub fn text(&self) -> String {
        let buffer = self.buffer();
        let width = usize::from(buffer.area.width);
        let lines = buffer
            .content
            .chunks(width.max(1))
            .map(|cells| cells.iter().map(Cell::symbol).collect::<String>());
        lines
            .map(|line| line.trim_end().to_owned())
            .collect::<Vec<_>>()
            .join("\n")
    }

    pub fn sees(self, part: &str) -> Self {
        let text = self.text();
        assert!(text.contains(part), "does not see {part:?}:\n{text}");
        self
    }

    pub fn sees_not(self, part: &str) -> Self {
        let text = self.text();
        assert!(!text.contains(part), "sees {part:?}:\n{text}");
        self
    }

    /// The line that holds a text sees another text.
    pub fn line_of(&self, part: &str) -> String {
        self.text()
            .lines()
            .find(|line| line.contains(part))
            .unwrap_or_else(|| panic!("no line with {part:?}:\n{}", self.text()))
            .to_owned()
    }
}

/// A frame as text, each line followed by the runs of its styles by name.
pub fn frame_text(buffer: &Buffer) -> String {
    let width = usize::from(buffer.area.width);
    let mut out = String::new();
    for (number, cells) in buffer.content.chunks(width.max(1)).enumerate() {
        // The cell behind a wide character is blank; it is left out so that the line is as wide as on a terminal.
        let mut text = String::new();
        let mut skip = 0;
        for cell in cells {
            if skip == 0 {
                text.push_str(cell.symbol());
                skip = unicode_width::UnicodeWidthStr::width(cell.symbol()).max(1);
            }
            skip -= 1;
        }
        let styles = runs(cells);
        let _ = writeln!(out, "{number:>2}│{text}│");
        if !styles.is_empty() {
            let _ = writeln!(out, "  └ {styles}");
        }
    }
    out
}

fn runs(cells: &[Cell]) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut start = 0;
    while let Some(cell) = cells.get(start) {
        let name = style_name(cell);
        let length = cells
            .iter()
            .skip(start)
            .take_while(|other| style_name(other) == name)
            .count();
        if name != "PLAIN" {
            out.push(format!("{start}-{} {name}", start + length - 1));
        }
        start += length;
    }
    out.join(", ")
}

/// Name of the ink of a cell, with `+SELECTED` or `+DIM` for what was added to it.
fn style_name(cell: &Cell) -> String {
    let matches = |added: ratatui::style::Modifier| {
        INKS.iter().find(|(.., style)| {
            style.fg == Some(cell.fg)
                && style.add_modifier | added == cell.modifier
                && !style.add_modifier.contains(added)
        })
    };
    if let Some((_, name, _)) = matches(ratatui::style::Modifier::empty()).or_else(|| {
        INKS.iter()
            .find(|(.., style)| style.fg == Some(cell.fg) && style.add_modifier == cell.modifier)
    }) {
        return (*name).to_owned();
    }
    for (added, word) in [
        (SELECTED, "SELECTED"),
        (ratatui::style::Modifier::DIM, "DIM"),
    ] {
        if let Some((_, name, _)) = matches(added) {
            return format!("{name}+{word}");
        }
    }
    format!("{:?} {:?}", cell.fg, cell.modifier)
}
