//! The last line: a notice if there is one, else the five keys that matter here, and how far indexing is.
//!
//! The hints come from the keymap; a command without a key is left out.

use crate::text::grouped;
use crate::tui::app::{App, Notice};
use crate::tui::command::{Command, Context};
use crate::tui::data::Worker;
use crate::tui::theme::Ink;
use crate::tui::widget::canvas::{Canvas, indented};
use crate::tui::widget::lines::{Line, piece};
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

/// The commands that matter most in each context.
const HINTS: &[(Context, [Command; 5])] = &[
    (
        Context::Timeline,
        [
            Command::Open,
            Command::Filter,
            Command::Mark,
            Command::Raw,
            Command::Help,
        ],
    ),
    (
        Context::Drilldown,
        [
            Command::Open,
            Command::Filter,
            Command::Mark,
            Command::Back,
            Command::Help,
        ],
    ),
    (
        Context::Search,
        [
            Command::Search,
            Command::Open,
            Command::FilterFor,
            Command::Back,
            Command::Help,
        ],
    ),
    (
        Context::Findings,
        [
            Command::Open,
            Command::Mark,
            Command::Export,
            Command::Unmark,
            Command::Help,
        ],
    ),
    (
        Context::Coverage,
        [
            Command::Open,
            Command::Copy,
            Command::Back,
            Command::Palette,
            Command::Help,
        ],
    ),
    (
        Context::Record,
        [
            Command::Find,
            Command::Copy,
            Command::NextSource,
            Command::Back,
            Command::Help,
        ],
    ),
    (
        Context::Help,
        [
            Command::Down,
            Command::Up,
            Command::PageDown,
            Command::PageUp,
            Command::CloseHelp,
        ],
    ),
    (
        Context::Choice,
        [
            Command::Down,
            Command::Up,
            Command::Accept,
            Command::Cancel,
            Command::Cancel,
        ],
    ),
    (
        Context::Prompt,
        [
            Command::Accept,
            Command::Cancel,
            Command::Earlier,
            Command::Later,
            Command::NextField,
        ],
    ),
];

/// Draws the footer.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    if app.data.worker == Worker::Gone {
        canvas.put(
            area,
            "The worker has stopped: nothing new will come. Leave and start again.",
            Ink::Error,
        );
        return;
    }
    let left = match &app.notice {
        Some(Notice::Said(text)) => vec![piece(text.as_str(), Ink::Good)],
        Some(Notice::Failed(text)) => vec![piece(format!("× {text}"), Ink::Error)],
        None => hints(app),
    };
    let used = canvas.pieces(area, &left);
    let room = area.width.saturating_sub(used + 2);
    if let Some(text) = progress(app, usize::from(room)) {
        canvas.put_right(indented(area, used + 2), &text, Ink::Warning);
    }
}

fn hints(app: &App) -> Line {
    if !app.pending.is_empty() {
        let keys: Vec<String> = app.pending.iter().map(ToString::to_string).collect();
        return vec![piece(format!("{} …", keys.join(" ")), Ink::Key)];
    }
    let context = app.context();
    let commands = HINTS
        .iter()
        .find(|(known, _)| *known == context)
        .map(|(_, commands)| *commands);
    let mut out = Vec::new();
    let mut seen = Vec::new();
    for command in commands.into_iter().flatten() {
        let key = app.settings.keymap.key_of(context, command);
        let leads_nowhere =
            command == Command::NextSource && !app.screens.record.has_other_sources();
        if key.is_empty() || seen.contains(&command) || leads_nowhere {
            continue;
        }
        seen.push(command);
        out.push(piece(key, Ink::Key));
        out.push(piece(
            format!(" {}  ", command.specification().label),
            Ink::Plain,
        ));
    }
    out
}

/// Columns of the progress bar.
const BAR: u64 = 10;

/// How far indexing is, as long as there is room for.
fn progress(app: &App, room: usize) -> Option<String> {
    if !app.data.is_reading() {
        return None;
    }
    let progress = &app.data.progress;
    let percent = progress
        .done
        .saturating_mul(100)
        .checked_div(progress.bytes)
        .unwrap_or(0)
        .min(100);
    let filled = usize::try_from(percent * BAR / 100).unwrap_or(0);
    let bar = format!("{}{}", "█".repeat(filled), "░".repeat(10 - filled));
    let file = progress.file.rsplit(['/', '\\']).next().unwrap_or_default();
    let rows = grouped(progress.rows);
    let forms = [
        format!("{bar} reading {file} {percent} % · {rows} rows"),
        format!("reading {file} {percent} % · {rows} rows"),
        format!("reading {percent} % · {rows} rows"),
        format!("{bar} {percent} %"),
        format!("{percent} %"),
    ];
    forms.into_iter().find(|form| form.width() <= room)
}
