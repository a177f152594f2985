//! The marked grants: verdict, grant, note, who decided and when.
//!
//! ```text
//!  verdict              sev bits grantee      target       note            by
//! ▸true-positive        ▲C  23.4 lidia@…      henrietta@…  seen at 3 a.m.  ana
//! ```

use crate::case::Mark;
use crate::hunt::{ScoredGrant, Verdict};
use crate::time::show;
use crate::tui::app::App;
use crate::tui::command::Command;
use crate::tui::cursor::{Cursor, Motion};
use crate::tui::data::Data;
use crate::tui::screen::{Parts, empty, strip};
use crate::tui::sentence;
use crate::tui::theme::Ink;
use crate::tui::widget::canvas::Canvas;
use crate::tui::widget::lines::{Piece, piece};
use crate::tui::widget::table::{self, Column, Grow, Side};
use ratatui::layout::{Rect, Size};

/// State of the screen.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    cursor: Cursor,
}

impl Findings {
    fn page(size: Size) -> usize {
        usize::from(Parts::of_size(size).body.height.saturating_sub(1))
    }

    /// The finding selected.
    pub fn selected<'a>(&self, data: &'a Data) -> Option<(&'a Mark, Option<&'a ScoredGrant>)> {
        data.finding(self.cursor.selected)
    }

    /// Moves through the findings.
    pub fn go(&mut self, motion: Motion, data: &Data, size: Size) {
        self.cursor.go(motion, data.marks.len(), Self::page(size));
    }

    /// Brings the cursor in range.
    pub fn settle(&mut self, data: &Data, size: Size) {
        self.cursor.settle(data.marks.len(), Self::page(size));
    }
}

/// What a column shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Verdict,
    Severity,
    Score,
    Time,
    Grantee,
    Target,
    Note,
    By,
    At,
}

/// The columns. At 80 columns verdict, severity, grantee, target and note are there.
const COLUMNS: &[Column<Key>] = &[
    Column {
        key: Key::Verdict,
        head: "verdict",
        least: 14,
        most: 20,
        rank: 0,
        side: Side::Left,
        grow: Grow::AtOnce,
    },
    Column {
        key: Key::Severity,
        head: "sev",
        least: 3,
        most: 3,
        rank: 1,
        side: Side::Left,
        grow: Grow::Smoothly,
    },
    Column {
        key: Key::Score,
        head: "bits",
        least: 4,
        most: 4,
        rank: 7,
        side: Side::Right,
        grow: Grow::Smoothly,
    },
    Column {
        key: Key::Time,
        head: "granted (UTC)",
        least: 16,
        most: 16,
        rank: 5,
        side: Side::Left,
        grow: Grow::AtOnce,
    },
    Column {
        key: Key::Grantee,
        head: "grantee",
        least: 9,
        most: 30,
        rank: 2,
        side: Side::Left,
        grow: Grow::Smoothly,
    },
    Column {
        key: Key::Target,
        head: "target",
        least: 9,
        most: 30,
        rank: 3,
        side: Side::Left,
        grow: Grow::Smoothly,
    },
    Column {
        key: Key::Note,
        head: "note",
        least: 12,
        most: 80,
        rank: 4,
        side: Side::Left,
        grow: Grow::Smoothly,
    },
    Column {
        key: Key::By,
        head: "by",
        least: 6,
        most: 12,
        rank: 6,
        side: Side::Left,
        grow: Grow::Smoothly,
    },
    Column {
        key: Key::At,
        head: "marked at",
        least: 20,
        most: 20,
        rank: 8,
        side: Side::Left,
        grow: Grow::Smoothly,
    },
];

fn cell(mark: &Mark, scored: Option<&ScoredGrant>, key: Key, width: u16) -> Piece {
    let name = |party: fn(&ScoredGrant) -> &str| {
        scored
            .map_or("–", |scored| sentence::name_or(party(scored), "–"))
            .to_owned()
    };
    match key {
        Key::Verdict => piece(verdict(mark.verdict, width), verdict_ink(mark.verdict)),
        Key::Severity => scored.map_or_else(
            || piece("–", Ink::Dim),
            |scored| {
                piece(
                    sentence::severity_sign(scored.severity),
                    strip::ink(scored.severity),
                )
            },
        ),
        Key::Score => piece(
            scored
                .map(|scored| format!("{:.1}", scored.score))
                .unwrap_or_default(),
            Ink::Plain,
        ),
        // A mark whose grant is not in the evidence (any more) is still shown, by its id.
        Key::Time if scored.is_none() => piece("not in evidence", Ink::Warning),
        Key::Time => {
            let time = scored.and_then(|scored| scored.grant.time);
            piece(
                time.map(|time| time.format("%Y-%m-%d %H:%M").to_string())
                    .unwrap_or_default(),
                Ink::Plain,
            )
        }
        Key::Grantee if scored.is_none() => piece(mark.grant.as_str(), Ink::Warning),
        Key::Grantee => piece(name(|scored| &scored.grant.grantee.name), Ink::Strong),
        Key::Target => {
            let target = scored.map(|scored| sentence::target_short(&scored.grant, width));
            piece(target.unwrap_or_else(|| "–".to_owned()), Ink::Plain)
        }
        Key::Note => piece(mark.note.as_str(), Ink::Plain),
        Key::By => piece(mark.by.as_str(), Ink::Plain),
        Key::At => piece(show(mark.at), Ink::Dim),
    }
}

/// The one long verdict is shortened where it has no room.
fn verdict(verdict: Verdict, width: u16) -> &'static str {
    match verdict {
        Verdict::BenignTruePositive if width < 20 => "benign true-p.",
        other => other.word(),
    }
}

fn verdict_ink(verdict: Verdict) -> Ink {
    match verdict {
        Verdict::TruePositive => Ink::RiskHigh,
        Verdict::FalsePositive | Verdict::BenignTruePositive => Ink::Good,
        Verdict::Unknown => Ink::Warning,
    }
}

/// Draws the screen.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, body: Rect) {
    if app.data.marks.is_empty() {
        let key = |command| app.settings.keymap.key_of(app.place().context(), command);
        let advice = format!(
            "{} goes to the timeline; {} there gives a verdict.",
            key(Command::ShowTimeline),
            key(Command::Mark)
        );
        return empty(canvas, body, "Nothing is marked yet.", &advice);
    }
    let cursor = app.screens.findings.cursor;
    table::draw(
        canvas,
        body,
        COLUMNS,
        (cursor, app.data.marks.len()),
        |at, key, width| {
            app.data.finding(at).map_or_else(
                || piece("", Ink::Plain),
                |(mark, scored)| cell(mark, scored, key, width),
            )
        },
    );
}
