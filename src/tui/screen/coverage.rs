//! What the evidence can and cannot tell: the account of every file, and the rows that were refused or degraded.
//!
//! ```text
//! 3 files · 128,400 read + 1,200 duplicate + 12 refused = 129,612 rows · 4 degraded
//!  file             format      rows    read  dup. refused  span
//! ▸ual.csv          ual-csv  129,612 128,400 1,200      12  2023-05-01 to 2023-06-30
//! ── ual.csv: refused and degraded rows ─────────────────────────────────────
//! line 17  the cell AuditData is no JSON: …
//! ```

use crate::job::FileCoverage;
use crate::text::{count, grouped};
use crate::tui::app::App;
use crate::tui::command::Command;
use crate::tui::cursor::{Cursor, Motion};
use crate::tui::data::Data;
use crate::tui::filter::Value;
use crate::tui::screen::{Parts, empty};
use crate::tui::theme::Ink;
use crate::tui::widget::canvas::{Canvas, below, line};
use crate::tui::widget::lines::{Line, Piece, piece, wrap};
use crate::tui::widget::table::{self, Column, Grow, Side};
use ratatui::layout::{Rect, Size};
use std::cmp::Reverse;

/// Operations named for one file.
const NAMES_SHOWN: usize = 3;

/// State of the screen.
#[derive(Debug, Clone, Default)]
pub struct CoverageView {
    cursor: Cursor,
    faults: Option<usize>,
}

struct Areas {
    totals: Rect,
    list: Rect,
    rule: Rect,
    faults: Rect,
}

impl Areas {
    fn of(body: Rect) -> Self {
        let rest = below(body, 1);
        let pane = below(rest, rest.height / 2);
        Self {
            totals: line(body, 0),
            list: Rect {
                height: rest.height / 2,
                ..rest
            },
            rule: line(pane, 0),
            faults: below(pane, 1),
        }
    }
}

impl CoverageView {
    fn selected<'a>(&self, data: &'a Data) -> Option<&'a FileCoverage> {
        data.hunt.coverage.files.get(self.cursor.selected)
    }

    /// Whether the pane of faults has the keys.
    pub fn faults_have_focus(&self) -> bool {
        self.faults.is_some()
    }

    /// Gives the keys to the other pane.
    pub fn turn_focus(&mut self) {
        self.faults = if self.faults.is_some() { None } else { Some(0) };
    }

    /// Moves in the pane that has the keys.
    pub fn go(&mut self, motion: Motion, data: &Data, size: Size) {
        let areas = Areas::of(Parts::of_size(size).body);
        let total = data.hunt.coverage.files.len();
        match self.faults {
            None => self.cursor.go(
                motion,
                total,
                usize::from(areas.list.height.saturating_sub(1)),
            ),
            Some(scroll) => {
                let height = usize::from(areas.faults.height);
                let width = usize::from(areas.faults.width);
                let lines = self
                    .selected(data)
                    .map_or(0, |file| fault_lines(file, width).len())
                    + blind_lines(data, width).len();
                self.faults = Some(motion.from(scroll, (lines + 1).saturating_sub(height), height));
            }
        }
    }

    /// Brings the cursor in range.
    pub fn settle(&mut self, data: &Data, size: Size) {
        let list = Areas::of(Parts::of_size(size).body).list;
        self.cursor.settle(
            data.hunt.coverage.files.len(),
            usize::from(list.height.saturating_sub(1)),
        );
    }

    /// Values of the file selected, to copy.
    pub fn values(&self, data: &Data) -> Vec<Value> {
        let Some(file) = self.selected(data) else {
            return Vec::new();
        };
        let mut values = vec![
            ("path", file.path.clone()),
            ("sha256", file.sha256.clone()),
            ("format", file.format.clone()),
            ("rows", file.rows.to_string()),
            ("first", file.first.clone()),
            ("last", file.last.clone()),
            ("fault", file.fault.clone()),
        ];
        values.retain(|(_, value)| !value.is_empty());
        values
    }
}

/// What a column shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    File,
    Format,
    Rows,
    Read,
    Degraded,
    Duplicate,
    Refused,
    Span,
}

/// The columns. At 80 columns all but the degraded count and the span are there.
const COLUMNS: &[Column<Key>] = &[
    Column {
        key: Key::File,
        head: "file",
        least: 16,
        most: 60,
        rank: 0,
        side: Side::Left,
        grow: Grow::Smoothly,
    },
    Column {
        key: Key::Format,
        head: "format",
        least: 10,
        most: 22,
        rank: 3,
        side: Side::Left,
        grow: Grow::Smoothly,
    },
    Column {
        key: Key::Rows,
        head: "rows",
        least: 11,
        most: 11,
        rank: 1,
        side: Side::Right,
        grow: Grow::Smoothly,
    },
    Column {
        key: Key::Read,
        head: "read",
        least: 11,
        most: 11,
        rank: 2,
        side: Side::Right,
        grow: Grow::Smoothly,
    },
    Column {
        key: Key::Duplicate,
        head: "duplicate",
        least: 9,
        most: 9,
        rank: 5,
        side: Side::Right,
        grow: Grow::Smoothly,
    },
    Column {
        key: Key::Refused,
        head: "refused",
        least: 7,
        most: 7,
        rank: 4,
        side: Side::Right,
        grow: Grow::Smoothly,
    },
    Column {
        key: Key::Degraded,
        head: "degraded",
        least: 8,
        most: 8,
        rank: 6,
        side: Side::Right,
        grow: Grow::Smoothly,
    },
    Column {
        key: Key::Span,
        head: "span (UTC)",
        least: 24,
        most: 24,
        rank: 7,
        side: Side::Left,
        grow: Grow::Smoothly,
    },
];

fn cell(file: &FileCoverage, key: Key) -> Piece {
    match key {
        Key::File if file.fault.is_empty() => piece(name(file), Ink::Plain),
        Key::File => piece(format!("× {}", name(file)), Ink::Error),
        Key::Format if !file.fault.is_empty() => piece("not read", Ink::Error),
        Key::Format => piece(file.format.as_str(), Ink::Plain),
        Key::Rows => number(file.rows, Ink::Plain),
        Key::Read => number(file.read, Ink::Plain),
        Key::Degraded => number(file.degraded, Ink::Warning),
        Key::Duplicate => number(file.duplicate, Ink::Plain),
        Key::Refused => number(file.refused, Ink::Error),
        Key::Span if file.first.is_empty() => piece("–", Ink::Dim),
        Key::Span => piece(
            format!("{} to {}", day(&file.first), day(&file.last)),
            Ink::Plain,
        ),
    }
}

/// The file's own name says more than the beginning of its path; the pane below has the path.
fn name(file: &FileCoverage) -> &str {
    file.path.rsplit(['/', '\\']).next().unwrap_or_default()
}

fn number(number: u64, ink: Ink) -> Piece {
    if number == 0 {
        piece("0", Ink::Dim)
    } else {
        piece(grouped(number), ink)
    }
}

fn day(rfc3339: &str) -> &str {
    rfc3339.split('T').next().unwrap_or_default()
}

fn fault_lines(file: &FileCoverage, width: usize) -> Vec<Line> {
    let mut out = Vec::new();
    let mut add = |label: &str, text: &str, ink: Ink| {
        if !text.is_empty() {
            out.extend(wrap(
                &[piece(format!("{label}  "), Ink::Label), piece(text, ink)],
                width,
                8,
            ));
        }
    };
    add("fault ", &file.fault, Ink::Error);
    add("path  ", &file.path, Ink::Plain);
    add("sha256", &file.sha256, Ink::Dim);
    if file.fault.is_empty() || !file.format.is_empty() {
        add("format", &format(file), Ink::Plain);
    }
    if !file.first.is_empty() {
        add(
            "span  ",
            &format!("{} to {}", file.first, file.last),
            Ink::Plain,
        );
    }
    add("holds ", &holds(file), Ink::Plain);
    for sign in &file.signs {
        add("sign  ", sign, Ink::Warning);
    }
    for fault in &file.lines {
        let label = format!(
            "line {}, byte {}",
            grouped(fault.line),
            grouped(fault.offset)
        );
        out.extend(wrap(
            &[
                piece(label, Ink::Warning),
                piece(format!("  {}", fault.reason), Ink::Plain),
            ],
            width,
            8,
        ));
    }
    let listed = file.lines.len() as u64;
    let all = file.refused + file.degraded;
    if all > listed && listed > 0 {
        out.push(vec![piece(
            format!("and {} more", grouped(all - listed)),
            Ink::Dim,
        )]);
    }
    out
}

/// What all files together cannot tell.
fn blind_lines(data: &Data, width: usize) -> Vec<Line> {
    let blind = data.hunt.coverage.blind.iter();
    blind
        .flat_map(|text| {
            let pieces = [
                piece("all files  ", Ink::Label),
                piece(text.as_str(), Ink::Warning),
            ];
            wrap(&pieces, width, 8)
        })
        .collect()
}

/// The format, why it was chosen, and the encoding.
fn format(file: &FileCoverage) -> String {
    let why = [&file.why, &file.encoding];
    let why: Vec<&str> = why
        .into_iter()
        .filter(|text| !text.is_empty())
        .map(String::as_str)
        .collect();
    let name = if file.format.is_empty() {
        "none"
    } else {
        file.format.as_str()
    };
    format!("{name} ({})", why.join("; "))
}

/// What there is most of in a file.
fn holds(file: &FileCoverage) -> String {
    let mut counts: Vec<_> = file.operations.iter().chain(&file.inventory).collect();
    counts.sort_by_key(|(name, count)| (Reverse(**count), *name));
    let shown = counts.iter().take(NAMES_SHOWN);
    let mut shown: Vec<String> = shown
        .map(|(name, count)| format!("{name} {}", grouped(**count)))
        .collect();
    if counts.len() > NAMES_SHOWN {
        shown.push(format!("{} more", counts.len() - NAMES_SHOWN));
    }
    shown.join(", ")
}

/// Draws the screen.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, body: Rect) {
    let files = &app.data.hunt.coverage.files;
    if files.is_empty() {
        let key = |command| app.settings.keymap.key_of(app.place().context(), command);
        return empty(
            canvas,
            body,
            "No file has been read yet.",
            &format!("{} goes back to the timeline.", key(Command::Back)),
        );
    }
    let view = &app.screens.coverage;
    let areas = Areas::of(body);
    totals(canvas, areas.totals, files);
    table::draw(
        canvas,
        areas.list,
        COLUMNS,
        (view.cursor, files.len()),
        |at, key, _| {
            files
                .get(at)
                .map_or_else(|| piece("", Ink::Plain), |file| cell(file, key))
        },
    );
    let Some(file) = view.selected(&app.data) else {
        return;
    };
    let ink = if view.faults_have_focus() {
        Ink::Focus
    } else {
        Ink::Dim
    };
    canvas.rule(
        areas.rule,
        &format!("{}: where it is, and rows refused or degraded", name(file)),
        ink,
    );
    let mut lines = fault_lines(file, usize::from(areas.faults.width));
    lines.extend(blind_lines(&app.data, usize::from(areas.faults.width)));
    for (y, pieces) in (0..areas.faults.height).zip(lines.iter().skip(view.faults.unwrap_or(0))) {
        canvas.pieces(line(areas.faults, y), pieces);
    }
}

fn totals(canvas: &mut Canvas<'_>, area: Rect, files: &[FileCoverage]) {
    let sum = |of: fn(&FileCoverage) -> u64| files.iter().map(of).sum::<u64>();
    let (read, duplicate, refused, rows) = (
        sum(|file| file.read),
        sum(|file| file.duplicate),
        sum(|file| file.refused),
        sum(|file| file.rows),
    );
    let unread = files.iter().filter(|file| !file.fault.is_empty()).count() as u64;
    let mut pieces = vec![piece(count(files.len() as u64, "file"), Ink::Plain)];
    if unread > 0 {
        pieces.push(piece(format!(", {} not read", grouped(unread)), Ink::Error));
    }
    let sum = format!(
        " · {} read + {} duplicate + {} refused = {} rows",
        grouped(read),
        grouped(duplicate),
        grouped(refused),
        grouped(rows)
    );
    pieces.push(piece(sum, Ink::Plain));
    canvas.pieces(area, &pieces);
}
