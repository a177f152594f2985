//! An original record, as it stands in the evidence, with the proof of where it stands.
//!
//! ```text
//! evidence/ual.csv  line 17  offset 20,480  length 1,204             record 1 of 2
//! SHA-256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
//! ───────────────────────────────────────────────────────────────────────────
//! {
//!   "CreationTime": "2023-06-03T08:13:00",
//! ```

use crate::evidence::Original;
use crate::job::Generation;
use crate::record::Provenance;
use crate::text::{fold, grouped};
use crate::tui::app::App;
use crate::tui::cursor::Motion;
use crate::tui::screen::Parts;
use crate::tui::theme::Ink;
use crate::tui::widget::canvas::{Canvas, below, line};
use crate::tui::widget::lines::{Line, piece, wrap};
use ratatui::layout::{Rect, Size};
use std::sync::Arc;

/// What has come of the record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Content {
    /// It is on its way.
    #[default]
    Awaited,
    /// Its text, as the evidence has it.
    Read(String),
    /// Why it could not be read.
    Unread(String),
}

/// State of the screen.
#[derive(Debug, Clone, Default)]
pub struct RecordView {
    sources: Vec<Provenance>,
    at: usize,
    generation: Generation,
    file: String,
    sha256: String,
    content: Content,
    lines: Vec<Line>,
    scroll: usize,
    sought: String,
    found: Option<usize>,
}

/// Lines above the text.
const HEAD: u16 = 3;

/// Blanks before the second and later lines of a wrapped line.
const HANG: usize = 6;

fn text_area(size: Size) -> Rect {
    below(Parts::of_size(size).body, HEAD)
}

impl RecordView {
    /// Turns to records; nothing of those before is kept.
    pub fn open(&mut self, sources: Vec<Provenance>) {
        *self = Self {
            sources,
            ..Self::default()
        };
    }

    /// Whether there is another record to turn to.
    pub fn has_other_sources(&self) -> bool {
        self.sources.len() > 1
    }

    /// Turns to the record so many steps on; `None` when there is none.
    pub fn turn(&mut self, step: isize, generation: Generation) -> Option<Provenance> {
        let at = self.at.checked_add_signed(step)?;
        let provenance = *self.sources.get(at)?;
        let sources = std::mem::take(&mut self.sources);
        *self = Self {
            sources,
            at,
            generation,
            ..Self::default()
        };
        Some(provenance)
    }

    /// Takes the answer to the newest question; answers to others are dropped.
    pub fn take(
        &mut self,
        generation: Generation,
        file: String,
        sha256: String,
        provenance: Provenance,
        original: Result<Arc<Original>, String>,
        size: Size,
    ) {
        if generation != self.generation || self.sources.get(self.at) != Some(&provenance) {
            return;
        }
        self.file = file;
        self.sha256 = sha256;
        self.content = match original {
            Ok(original) => Content::Read(original.pretty()),
            Err(why) => Content::Unread(why),
        };
        self.fit(size);
    }

    /// Wraps the text to a terminal.
    pub fn fit(&mut self, size: Size) {
        let width = usize::from(text_area(size).width);
        self.lines = match &self.content {
            Content::Awaited => Vec::new(),
            Content::Read(text) => text
                .lines()
                .flat_map(|text| json_line(text, width))
                .collect(),
            Content::Unread(why) => wrap(
                &[piece(
                    format!("This record could not be read: {why}"),
                    Ink::Error,
                )],
                width,
                2,
            ),
        };
    }

    /// The text of the record.
    pub fn text(&self) -> &str {
        match &self.content {
            Content::Read(text) => text,
            Content::Awaited | Content::Unread(_) => "",
        }
    }

    /// Scrolls by a step; the last page stays full.
    pub fn go(&mut self, motion: Motion, size: Size) {
        let height = usize::from(text_area(size).height);
        self.scroll = motion.from(
            self.scroll,
            (self.lines.len() + 1).saturating_sub(height),
            height,
        );
    }

    /// Keeps the last page full.
    pub fn settle(&mut self, size: Size) {
        let height = usize::from(text_area(size).height);
        self.scroll = self.scroll.min(self.lines.len().saturating_sub(height));
    }

    /// Goes to the first line from here on that holds a text.
    pub fn find(&mut self, text: &str) -> bool {
        self.sought = fold(text);
        self.found = None;
        self.find_next(0)
    }

    /// Goes to the next line that holds the text sought, in a direction; 0 is from here on.
    pub fn find_next(&mut self, step: isize) -> bool {
        if self.sought.is_empty() {
            return false;
        }
        let holds = |at: &usize| {
            self.lines
                .get(*at)
                .is_some_and(|line| fold(&joined(line)).contains(&self.sought))
        };
        let here = self.found.unwrap_or(self.scroll);
        let found = match step {
            0 => (here..self.lines.len()).find(holds),
            1.. => (here + 1..self.lines.len()).find(holds),
            _ => (0..here).rev().find(holds),
        };
        if let Some(found) = found {
            self.found = Some(found);
            // Two lines above give context.
            self.scroll = found.saturating_sub(2);
        }
        found.is_some()
    }
}

fn joined(line: &Line) -> String {
    line.iter().map(|(text, _)| text.as_str()).collect()
}

/// A line of indented JSON with its key inked.
fn json_line(text: &str, width: usize) -> Vec<Line> {
    let indent = text
        .chars()
        .take_while(|character| *character == ' ')
        .count();
    let key_end = text
        .trim_start()
        .strip_prefix('"')
        .and_then(|rest| rest.find("\":"));
    // Blanks, quote, key, quote, colon.
    let split = key_end.and_then(|end| text.split_at_checked(indent + 1 + end + 2));
    let pieces = match split {
        Some((key, value)) => vec![piece(key, Ink::Label), piece(value, Ink::Plain)],
        None => vec![piece(text, Ink::Plain)],
    };
    wrap(&pieces, width, indent + HANG)
}

/// Draws the screen.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, body: Rect) {
    let view = &app.screens.record;
    draw_head(canvas, body, view);
    let area = below(body, HEAD);
    if view.content == Content::Awaited {
        canvas.put(line(area, 0), "reading the evidence…", Ink::Dim);
    }
    for (y, (at, pieces)) in (0..area.height).zip(view.lines.iter().enumerate().skip(view.scroll)) {
        canvas.pieces(line(area, y), pieces);
        if view.found == Some(at) {
            canvas.select(line(area, y));
        }
    }
}

fn draw_head(canvas: &mut Canvas<'_>, body: Rect, view: &RecordView) {
    let place = view.sources.get(view.at).copied().unwrap_or_default();
    let file = if view.file.is_empty() {
        format!("file {}", place.file)
    } else {
        view.file.clone()
    };
    let where_it_is = format!(
        "  line {}  offset {}  length {}",
        grouped(place.line),
        grouped(place.offset),
        grouped(place.length)
    );
    let count = if view.sources.len() > 1 {
        format!("record {} of {}", view.at + 1, view.sources.len())
    } else {
        String::new()
    };
    // The file is cut rather than its line and offset.
    let kept = where_it_is.chars().count() + count.chars().count() + 2;
    let room = usize::from(body.width).saturating_sub(kept);
    let head = [
        piece(
            crate::text::clip(&crate::text::safe(&file), room),
            Ink::Strong,
        ),
        piece(where_it_is, Ink::Plain),
    ];
    canvas.pieces(line(body, 0), &head);
    canvas.put_right(line(body, 0), &count, Ink::Key);
    let digest = if view.sha256.is_empty() {
        "…"
    } else {
        &view.sha256
    };
    canvas.pieces(
        line(body, 1),
        &[piece("SHA-256 ", Ink::Label), piece(digest, Ink::Dim)],
    );
    let end = view.scroll + usize::from(body.height.saturating_sub(HEAD));
    let shown = format!(
        "lines {} to {} of {}",
        view.scroll + 1,
        end.min(view.lines.len()),
        view.lines.len()
    );
    let title = if view.lines.is_empty() {
        "original record".to_owned()
    } else {
        format!("original record · {shown}")
    };
    canvas.rule(line(body, 2), &title, Ink::Dim);
}
