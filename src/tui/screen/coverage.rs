//! What the evidence can and cannot tell: the account of every file, and the rows that were refused or degraded.
//!
//! ```text
//! 3 files, 1 not read, 1 with signs · 2 packed
//! 128,400 read + 1,200 duplicate + 12 refused = 129,612 rows
//!   file                      format      rows    read  dup. ref. deg. span (UTC)
//! ▸!march/ual.csv             ual-csv  129,612 128,400 1,200   12    4 2023-05-01 to 2023-06-30
//!  ×march/screenshot.png      not read       0       0     0    0    0 –
//! ── march/ual.csv: where it is, and rows refused or degraded ───────────────
//! line 17, byte 20480  the cell AuditData is no JSON: …
//! ```

use crate::job::{
    FileCoverage, FileKind, Tally, by_reason, common_folder, how_far, most_frequent, within,
};
use crate::text::{clip_start, count, grouped, safe};
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

/// Operations named for one file.
const NAMES_SHOWN: usize = 3;

/// Lines of totals: files, and rows.
const TOTALS: u16 = 2;

/// Width that names of files get before anything else does: the last three parts of a path to a blob of a storage account.
const LEAST_NAME: u16 = 24;

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
    /// The list takes half of the room at most, and no more than it has files.
    fn of(body: Rect, files: usize) -> Self {
        let rest = below(body, TOTALS);
        let wanted = u16::try_from(files + 1).unwrap_or(u16::MAX);
        let height = wanted.min(rest.height / 2);
        let pane = below(rest, height);
        Self {
            totals: Rect {
                height: TOTALS.min(body.height),
                ..body
            },
            list: Rect { height, ..rest },
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
        let total = data.hunt.coverage.files.len();
        let areas = Areas::of(Parts::of_size(size).body, total);
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
        let total = data.hunt.coverage.files.len();
        let list = Areas::of(Parts::of_size(size).body, total).list;
        let height = usize::from(list.height.saturating_sub(1));
        self.cursor.settle(total, height);
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
    Mark,
    File,
    Format,
    Rows,
    Read,
    Degraded,
    Duplicate,
    Refused,
    Span,
}

/// A column of numbers.
struct Number {
    key: Key,
    head: &'static str,
    of: fn(&FileCoverage) -> u64,
    rank: u8,
}

const NUMBERS: [Number; 5] = [
    Number {
        key: Key::Rows,
        head: "rows",
        of: |file| file.rows,
        rank: 1,
    },
    Number {
        key: Key::Read,
        head: "read",
        of: |file| file.read,
        rank: 2,
    },
    Number {
        key: Key::Duplicate,
        head: "dup.",
        of: |file| file.duplicate,
        rank: 5,
    },
    Number {
        key: Key::Refused,
        head: "ref.",
        of: |file| file.refused,
        rank: 4,
    },
    Number {
        key: Key::Degraded,
        head: "deg.",
        of: |file| file.degraded,
        rank: 6,
    },
];

/// The columns for some files on a screen of this width. Numbers take as much room as the largest of all files, so that nothing moves
/// while one scrolls; at 80 columns all but the span are there.
fn columns(files: &[FileCoverage], folder: &str, width: u16) -> Vec<Column<Key>> {
    let longest = |of: fn(&FileCoverage) -> usize| files.iter().map(of).max().unwrap_or(0);
    let name = longest(|file| file.path.len()).saturating_sub(folder.len());
    let name = u16::try_from(name).unwrap_or(u16::MAX);
    let format = u16::try_from(longest(|file| file.format.len())).unwrap_or(u16::MAX);
    let left = |key, head, (least, most), rank| Column {
        key,
        head,
        least,
        most,
        rank,
        side: Side::Left,
        grow: Grow::Smoothly,
    };
    let least = name.clamp(LEAST_NAME, LEAST_NAME.max(width * 2 / 5));
    let mut columns = vec![
        left(Key::Mark, "", (1, 1), 0),
        left(Key::File, "file", (least, name.clamp(least, 100)), 0),
        left(Key::Format, "format", (10, format.clamp(10, 28)), 3),
    ];
    for Number {
        key,
        head,
        of,
        rank,
    } in NUMBERS
    {
        let most = files.iter().map(of).max().unwrap_or(0);
        let wide = grouped(most).len().max(head.len());
        let wide = u16::try_from(wide).unwrap_or(u16::MAX);
        columns.push(Column {
            side: Side::Right,
            ..left(key, head, (wide, wide), rank)
        });
    }
    columns.push(left(Key::Span, "span (UTC)", (24, 24), 7));
    columns
}

fn cell(file: &FileCoverage, key: Key, folder: &str, width: u16) -> Piece {
    match key {
        Key::Mark => mark(file),
        Key::File => piece(name(file, folder, width.into()), name_ink(file)),
        Key::Format => piece(how_far(file).unwrap_or(&file.format), name_ink(file)),
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

/// What stands out about a file, by a sign of its own and not by colour alone.
fn mark(file: &FileCoverage) -> Piece {
    if !file.fault.is_empty() {
        piece("×", Ink::Error)
    } else if !file.signs.is_empty() {
        piece("!", Ink::Warning)
    } else {
        piece("", Ink::Plain)
    }
}

fn name_ink(file: &FileCoverage) -> Ink {
    if !file.fault.is_empty() {
        Ink::Error
    } else if file.kind == FileKind::Litter {
        Ink::Dim
    } else {
        Ink::Plain
    }
}

/// The path within the folder of all files: many files of one name are usual (`PT1H.json`). The pane below has the whole path.
fn name(file: &FileCoverage, folder: &str, width: usize) -> String {
    clip_start(&safe(within(&file.path, folder)), width).into_owned()
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
    for same in by_reason(&file.lines) {
        out.extend(wrap(
            &[
                piece(same.place(), Ink::Warning),
                piece(format!("  {}", same.reason), Ink::Plain),
            ],
            width,
            8,
        ));
    }
    let listed = file.lines.len() as u64;
    let all = file.refused + file.degraded;
    if all > listed && listed > 0 {
        out.push(vec![piece(
            format!("and {}", count(all - listed, "more row")),
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
    let counts = file.operations.iter().chain(&file.inventory);
    let counts = counts.map(|(name, count)| (name.as_str(), *count));
    let (mut shown, more) = most_frequent(counts, NAMES_SHOWN);
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    shown.join(", ")
}

/// What the pane of one file is about.
const TITLE: &str = ": where it is, and rows refused or degraded";

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
    let areas = Areas::of(body, files.len());
    let folder = common_folder(files);
    totals(canvas, areas.totals, files);
    table::draw(
        canvas,
        areas.list,
        &columns(files, folder, areas.list.width),
        (view.cursor, files.len()),
        |at, key, width| {
            files.get(at).map_or_else(
                || piece("", Ink::Plain),
                |file| cell(file, key, folder, width),
            )
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
    // A rule has a line before its title and behind it.
    let room = usize::from(areas.rule.width).saturating_sub(TITLE.len() + 4);
    canvas.rule(
        areas.rule,
        &format!("{}{TITLE}", name(file, folder, room)),
        ink,
    );
    let mut lines = fault_lines(file, usize::from(areas.faults.width));
    lines.extend(blind_lines(&app.data, usize::from(areas.faults.width)));
    for (y, pieces) in (0..areas.faults.height).zip(lines.iter().skip(view.faults.unwrap_or(0))) {
        canvas.pieces(line(areas.faults, y), pieces);
    }
}

fn totals(canvas: &mut Canvas<'_>, area: Rect, files: &[FileCoverage]) {
    let tally = Tally::of(files);
    let mut pieces = vec![piece(count(tally.evidence, "file"), Ink::Plain)];
    let mut add = |number: u64, what: &str, ink: Ink| {
        if number > 0 {
            pieces.push(piece(format!(", {} {what}", grouped(number)), ink));
        }
    };
    add(tally.unread, "not read", Ink::Error);
    add(tally.in_part, "in part", Ink::Error);
    add(tally.signs, "with signs", Ink::Warning);
    for other in tally.others() {
        pieces.push(piece(format!(" · {other}"), Ink::Plain));
    }
    canvas.pieces(line(area, 0), &pieces);
    let sum = |of: fn(&FileCoverage) -> u64| grouped(files.iter().map(of).sum::<u64>());
    let sums = format!(
        "{} read + {} duplicate + {} refused = {} rows",
        sum(|file| file.read),
        sum(|file| file.duplicate),
        sum(|file| file.refused),
        sum(|file| file.rows)
    );
    canvas.pieces(line(area, 1), &[piece(sums, Ink::Plain)]);
}
