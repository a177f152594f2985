//! Drawing: what every screen shares (title, tabs, footer, notices) and the order in which layers are drawn.
//!
//! ```text
//! demo                      1 Timeline  2 Search  3 Findings  4 Coverage
//! 128 grants · 9 candidates · 110 system folded · 3 attempts
//! …the screen…
//! Enter open  / filter  m mark  v record  ? help      reading x.jsonl 43 %
//! ```
//!
//! Drawing only reads the state. Not here: what the lists mean; each screen has its own file.

pub mod coverage;
pub mod drilldown;
pub mod findings;
mod footer;
mod overlay;
pub mod record;
mod rows;
pub mod search;
mod strip;
pub mod timeline;
mod why;

use crate::text::{count, grouped};
use crate::tui::app::{App, Place, SCREENS};
use crate::tui::command::{Command, Context};
use crate::tui::theme::{Ink, Theme, ascii};
use crate::tui::widget::canvas::{Canvas, indented, line};
use crate::tui::widget::lines::{Line, piece};
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};

/// The least size at which there is something to see.
pub const LEAST: Size = Size {
    width: 40,
    height: 10,
};

/// Draws the state.
pub fn draw(app: &App, frame: &mut Frame<'_>) {
    draw_on(app, frame.buffer_mut());
}

/// Draws the state on a buffer.
pub(super) fn draw_on(app: &App, buffer: &mut Buffer) {
    let area = buffer.area;
    let mut canvas = Canvas {
        buffer,
        theme: Theme {
            colour: app.settings.colour,
        },
    };
    if area.width < LEAST.width || area.height < LEAST.height {
        canvas.put(
            line(area, 0),
            &format!("needs {}×{}", LEAST.width, LEAST.height),
            Ink::Warning,
        );
    } else {
        draw_screen(app, &mut canvas);
    }
    if app.settings.ascii {
        to_ascii(buffer);
    }
}

fn draw_screen(app: &App, canvas: &mut Canvas<'_>) {
    let parts = Parts::of(canvas.buffer.area);
    title(app, canvas, parts.title);
    counts(app, canvas, parts.counts);
    match app.place() {
        Place::Timeline => timeline::draw(app, canvas, parts.body),
        Place::Search => search::draw(app, canvas, parts.body),
        Place::Findings => findings::draw(app, canvas, parts.body),
        Place::Coverage => coverage::draw(app, canvas, parts.body),
        Place::Drilldown => drilldown::draw(app, canvas, parts.body),
        Place::Record => record::draw(app, canvas, parts.body),
    }
    footer::draw(app, canvas, parts.footer);
    for overlay in &app.overlays {
        overlay::draw(app, canvas, parts.body, overlay);
    }
}

fn to_ascii(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        if let Some(plain) = ascii(cell.symbol()) {
            cell.set_symbol(plain);
        }
    }
}

/// The areas that every screen has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parts {
    title: Rect,
    counts: Rect,
    /// What is left for the screen.
    pub body: Rect,
    footer: Rect,
}

impl Parts {
    /// The areas of a terminal.
    pub fn of(area: Rect) -> Self {
        Self {
            title: line(area, 0),
            counts: line(area, 1),
            body: Rect {
                y: area.y + 2.min(area.height),
                height: area.height.saturating_sub(3),
                ..area
            },
            footer: line(area, area.height.saturating_sub(1)),
        }
    }

    /// The areas of a terminal of a size.
    pub fn of_size(size: Size) -> Self {
        Self::of(Rect {
            x: 0,
            y: 0,
            width: size.width,
            height: size.height,
        })
    }
}

fn title(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let tabs = tabs(app);
    let width: usize = tabs.iter().map(|(text, _)| text.chars().count()).sum();
    let width = u16::try_from(width).unwrap_or(area.width);
    let room = area.width.saturating_sub(width + 1);
    // The name of the case matters more than the tabs, which the help has too.
    let shows_tabs = room >= 12;
    let name = if app.data.hunt.case.is_empty() {
        &app.settings.title
    } else {
        &app.data.hunt.case
    };
    let room = if shows_tabs { room } else { area.width };
    canvas.put(
        Rect {
            width: room,
            ..area
        },
        name,
        Ink::Title,
    );
    if shows_tabs {
        canvas.pieces(indented(area, area.width - width), &tabs);
    }
}

fn tabs(app: &App) -> Line {
    let base = app.places.first().copied().unwrap_or(Place::Timeline);
    let mut out = Vec::new();
    for (place, name) in SCREENS {
        let command = match place {
            Place::Search => Command::ShowSearch,
            Place::Findings => Command::ShowFindings,
            Place::Coverage => Command::ShowCoverage,
            Place::Timeline | Place::Drilldown | Place::Record => Command::ShowTimeline,
        };
        let key = app.settings.keymap.key_of(Context::Global, command);
        let ink = if *place == base {
            Ink::TabHere
        } else {
            Ink::Dim
        };
        let marks = if *place == Place::Findings && !app.data.marks.is_empty() {
            format!(" {}", app.data.marks.len())
        } else {
            String::new()
        };
        out.push(piece(format!(" {key} {name}{marks} "), ink));
    }
    out
}

/// The counts, most important first; what does not fit is left out whole.
fn counts(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let counts = app.data.counts;
    let hunt = &app.data.hunt;
    let mut parts = vec![
        count(counts.grants, "grant"),
        count(counts.candidates, "candidate"),
    ];
    if counts.system > 0 {
        let folded = if app.screens.timeline.system_is_folded() {
            "folded"
        } else {
            "shown"
        };
        parts.push(format!("{} system {folded}", grouped(counts.system)));
    }
    if counts.attempts > 0 {
        parts.push(count(counts.attempts, "attempt"));
    }
    parts.push(count(hunt.records, "record"));
    if let Some((from, to)) = hunt.span {
        parts.push(format!(
            "{} to {} UTC",
            from.format("%Y-%m-%d"),
            to.format("%Y-%m-%d")
        ));
    }
    let mut text = String::new();
    for part in parts {
        let longer = if text.is_empty() {
            part
        } else {
            format!("{text} · {part}")
        };
        if longer.chars().count() > usize::from(area.width) {
            break;
        }
        text = longer;
    }
    canvas.put(area, &text, Ink::Plain);
}

/// Draws what to say when there is nothing to list: a sentence and what to do about it.
fn empty(canvas: &mut Canvas<'_>, area: Rect, sentence: &str, advice: &str) {
    let at = area.height / 3;
    canvas.put(indented(line(area, at), 2), sentence, Ink::Strong);
    canvas.put(indented(line(area, at + 1), 2), advice, Ink::Plain);
}

/// Lines of the help of a context.
pub(super) fn help_length(app: &App, context: Context) -> usize {
    overlay::help_lines(app, context).len()
}

/// Lines of help that a terminal shows at once.
pub(super) fn help_height(size: Size) -> usize {
    usize::from(
        overlay::help_area(Parts::of_size(size).body)
            .height
            .saturating_sub(2),
    )
}
