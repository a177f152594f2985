//! The main screen: grants over time, the list, and why the selected one stands out.
//!
//! ```text
//!     9 ▁  ▂    ▁      █▃
//! worst L  M    ·      CH
//!   UTC ╵2023-05-01        ╵05-20
//!  sev ↓bits time (UTC)       road     grantee            target           st mark
//! ▸▲C  23.4 2023-06-03 08:13  mailbox  lidia@…            henrietta@…      ●  T
//!  ▲H  14.0 …
//! ── why ────────────────────────────────────────────────────────────────────
//! stinger@… gave lidia@… FullAccess on henrietta@… by Add-MailboxPermission.
//!     +6.2  stinger never gave anybody rights before …
//! ```
//!
//! The reasons stand on the right from 110 columns on. Not here: judging, and the reasons' wording (`why`, `sentence`).

use crate::case::Mark;
use crate::hunt::{Class, ScoredGrant};
use crate::text::grouped;
use crate::tui::app::App;
use crate::tui::command::Command;
use crate::tui::cursor::{Cursor, Motion};
use crate::tui::data::Data;
use crate::tui::filter::{Filter, grant_matches};
use crate::tui::input::History;
use crate::tui::screen::strip::Density;
use crate::tui::screen::{Parts, empty, strip, why};
use crate::tui::sentence;
use crate::tui::theme::Ink;
use crate::tui::widget::canvas::{Canvas, below, indented, line};
use crate::tui::widget::lines::{Piece, piece};
use crate::tui::widget::table::{self, Column, Grow, Side};
use ratatui::layout::{Rect, Size};
use std::cmp::Ordering;

/// What the list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// By score, the riskiest first.
    #[default]
    Risk,
    /// By time, the oldest first.
    Time,
}

/// Which way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// As the sort says.
    #[default]
    Usual,
    /// The other way.
    Reversed,
}

/// Whether grants by Microsoft's own services are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum System {
    #[default]
    Folded,
    Shown,
}

/// State of the pane of reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Why {
    /// Beside the list.
    #[default]
    Shown,
    /// With the keys, scrolled to a line.
    Focused(usize),
    /// Not shown: the list has the room.
    Hidden,
}

/// State of the screen.
#[derive(Debug, Clone, Default)]
pub struct Timeline {
    /// Query in force.
    pub filter: Filter,
    /// Queries typed before.
    pub history: History,
    sort: Sort,
    order: Order,
    system: System,
    why: Why,
    /// Places in the hunt of the grants listed, in the order of the list.
    pub(in crate::tui) visible: Vec<usize>,
    /// Where one is.
    pub(in crate::tui) cursor: Cursor,
    density: Density,
}

/// Areas of the screen.
struct Areas {
    strip: Rect,
    query: Rect,
    list: Rect,
    rule: Rect,
    why: Rect,
}

/// Columns from which the reasons stand on the right.
const WIDE: u16 = 110;

impl Timeline {
    fn areas(&self, body: Rect) -> Areas {
        let strip = Rect {
            height: if body.height >= 17 { strip::HEIGHT } else { 0 },
            ..body
        };
        let rest = below(body, strip.height);
        let query = Rect {
            height: u16::from(!self.filter.is_empty()),
            ..rest
        };
        let rest = below(rest, query.height);
        let none = Rect {
            width: 0,
            height: 0,
            ..rest
        };
        let (list, pane, wide) = match self.why {
            Why::Hidden => (rest, none, true),
            Why::Shown | Why::Focused(_) if body.width >= WIDE => {
                let width = (rest.width * 3 / 8).clamp(44, 80);
                let list = Rect {
                    width: rest.width - width - 1,
                    ..rest
                };
                (list, indented(rest, list.width + 1), true)
            }
            Why::Shown | Why::Focused(_) => {
                let height = if rest.height < 10 {
                    0
                } else {
                    (rest.height * 9 / 20).min(16)
                };
                let list = Rect {
                    height: rest.height - height,
                    ..rest
                };
                (list, below(rest, list.height), false)
            }
        };
        Areas {
            strip,
            query,
            list,
            rule: line(pane, 0),
            why: indented(below(pane, 1), u16::from(wide)),
        }
    }

    fn page(&self, size: Size) -> usize {
        usize::from(
            self.areas(Parts::of_size(size).body)
                .list
                .height
                .saturating_sub(1),
        )
    }

    fn why_height(&self, size: Size) -> (usize, usize) {
        let area = self.areas(Parts::of_size(size).body).why;
        (usize::from(area.width), usize::from(area.height))
    }

    /// The grant selected.
    pub fn selected<'a>(&self, data: &'a Data) -> Option<&'a ScoredGrant> {
        self.at(data, self.cursor.selected)
    }

    fn at<'a>(&self, data: &'a Data, line: usize) -> Option<&'a ScoredGrant> {
        data.hunt.grants.get(*self.visible.get(line)?)
    }

    /// Id of the grant selected, to find it again.
    pub fn selected_id(&self, data: &Data) -> Option<String> {
        self.selected(data).map(|scored| scored.grant.id.clone())
    }

    /// Whether grants by Microsoft's own services are folded away.
    pub fn system_is_folded(&self) -> bool {
        self.system == System::Folded
    }

    /// Whether the reasons have the keys.
    pub fn why_has_focus(&self) -> bool {
        matches!(self.why, Why::Focused(_))
    }

    /// Gives the keys to the other pane.
    pub fn turn_focus(&mut self, size: Size) {
        self.why = match self.why {
            Why::Focused(_) => Why::Shown,
            Why::Shown | Why::Hidden => Why::Focused(0),
        };
        if self.why_height(size).1 == 0 {
            self.why = Why::Shown;
        }
    }

    /// Lists anew: what passes, in order; the grant selected before stays selected, and a list nobody has moved in stays at its top.
    pub fn refresh(&mut self, data: &Data, size: Size, kept: Option<&str>) {
        let grants = &data.hunt.grants;
        self.visible = (0..grants.len())
            .filter(|at| {
                grants
                    .get(*at)
                    .is_some_and(|scored| self.passes(scored, data))
            })
            .collect();
        let (sort, order) = (self.sort, self.order);
        self.visible.sort_by(|one, other| {
            let found = grants.get(*one).zip(grants.get(*other));
            found.map_or(Ordering::Equal, |(one, other)| {
                compare(sort, order, one, other)
            })
        });
        let untouched = self.cursor == Cursor::default();
        let kept = kept.filter(|_| !untouched);
        let again = kept.and_then(|id| {
            self.visible
                .iter()
                .position(|at| grants.get(*at).is_some_and(|scored| scored.grant.id == id))
        });
        if let Some(again) = again {
            self.cursor.selected = again;
        }
        self.measure(data, size);
    }

    fn passes(&self, scored: &ScoredGrant, data: &Data) -> bool {
        let folded = self.system == System::Folded && scored.grant.class == Class::System;
        !folded
            && (self.filter.is_empty()
                || grant_matches(&self.filter.expr, scored, data.mark(&scored.grant.id)))
    }

    /// Counts the grants over time for a terminal of a size.
    pub fn measure(&mut self, data: &Data, size: Size) {
        let listed = self
            .visible
            .iter()
            .filter_map(|at| data.hunt.grants.get(*at));
        self.density = Density::of(listed, size);
    }

    /// Puts a query in force.
    pub fn set_filter(&mut self, filter: Filter, data: &Data, size: Size) {
        let kept = self.selected_id(data);
        self.filter = filter;
        self.refresh(data, size, kept.as_deref());
    }

    /// Moves in the pane that has the keys.
    pub fn go(&mut self, motion: Motion, data: &Data, size: Size) {
        if let Why::Focused(scroll) = self.why {
            let (width, height) = self.why_height(size);
            let total = self
                .selected(data)
                .map_or(0, |scored| why::lines(scored, data, width).len());
            let tops = (total + 1).saturating_sub(height);
            self.why = Why::Focused(motion.from(scroll, tops, height));
        } else {
            self.cursor.go(motion, self.visible.len(), self.page(size));
        }
    }

    /// Brings the cursor in range.
    pub fn settle(&mut self, _data: &Data, size: Size) {
        self.cursor.settle(self.visible.len(), self.page(size));
    }

    /// Commands that only change what is looked at; tells whether there was anything to do.
    pub fn look(&mut self, command: Command, data: &Data, size: Size) -> bool {
        let kept = self.selected_id(data);
        match command {
            Command::Sort => {
                self.sort = if self.sort == Sort::Risk {
                    Sort::Time
                } else {
                    Sort::Risk
                }
            }
            Command::Reverse => {
                self.order = if self.order == Order::Usual {
                    Order::Reversed
                } else {
                    Order::Usual
                }
            }
            Command::ToggleSystem => {
                self.system = if self.system == System::Folded {
                    System::Shown
                } else {
                    System::Folded
                }
            }
            Command::ToggleWhy => {
                self.why = if self.why == Why::Hidden {
                    Why::Shown
                } else {
                    Why::Hidden
                };
                return true;
            }
            Command::NextUnmarked => return self.unmarked(data, 1),
            Command::PreviousUnmarked => return self.unmarked(data, -1),
            Command::NextBucket => return self.bucket(data, 1),
            Command::PreviousBucket => return self.bucket(data, -1),
            _ => return false,
        }
        self.refresh(data, size, kept.as_deref());
        true
    }

    fn unmarked(&mut self, data: &Data, step: isize) -> bool {
        let mut at = self.cursor.selected;
        while let Some(next) = at
            .checked_add_signed(step)
            .filter(|next| *next < self.visible.len())
        {
            at = next;
            if self
                .at(data, at)
                .is_some_and(|scored| data.mark(&scored.grant.id).is_none())
            {
                self.cursor.selected = at;
                return true;
            }
        }
        false
    }

    /// Goes to the worst grant of the nearest step of time, before or after, that has one.
    fn bucket(&mut self, data: &Data, step: isize) -> bool {
        let time = self.selected(data).and_then(|scored| scored.grant.time);
        let Some(mut at) = time.and_then(|time| self.density.bucket_of(time)) else {
            return false;
        };
        while let Some(next) = at.checked_add_signed(step) {
            let Some(bucket) = self.density.buckets.get(next) else {
                return false;
            };
            at = next;
            if bucket.count > 0 {
                return self.select_worst(data, at);
            }
        }
        false
    }

    fn select_worst(&mut self, data: &Data, bucket: usize) -> bool {
        let score = |line: usize| {
            let scored = self.at(data, line)?;
            let here = scored
                .grant
                .time
                .and_then(|time| self.density.bucket_of(time))
                == Some(bucket);
            here.then_some((scored.score, line))
        };
        let worst = (0..self.visible.len())
            .filter_map(score)
            .max_by(|one, other| one.0.total_cmp(&other.0).then(other.1.cmp(&one.1)));
        if let Some((_, line)) = worst {
            self.cursor.selected = line;
        }
        worst.is_some()
    }
}

/// Every order ends in time and id, so that equal scores never change places.
fn compare(sort: Sort, order: Order, one: &ScoredGrant, other: &ScoredGrant) -> Ordering {
    let risk = match sort {
        Sort::Risk => other.score.total_cmp(&one.score),
        Sort::Time => Ordering::Equal,
    };
    let found = risk
        .then_with(|| one.grant.time.cmp(&other.grant.time))
        .then_with(|| one.grant.id.cmp(&other.grant.id));
    if order == Order::Reversed {
        found.reverse()
    } else {
        found
    }
}

/// What a column shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Severity,
    Score,
    Time,
    Road,
    Actor,
    Grantee,
    Target,
    Rights,
    State,
    Accesses,
    Mark,
}

/// The columns. At 80 columns severity, score, time, road, grantee, target, state and mark are there.
const COLUMNS: &[Column<Key>] = &[
    Column {
        key: Key::Severity,
        head: "sev",
        least: 3,
        most: 3,
        rank: 0,
        side: Side::Left,
        grow: Grow::Smoothly,
    },
    Column {
        key: Key::Score,
        head: "bits",
        least: 5,
        most: 5,
        rank: 6,
        side: Side::Right,
        grow: Grow::Smoothly,
    },
    Column {
        key: Key::Time,
        head: "time (UTC)",
        least: 16,
        most: 20,
        rank: 1,
        side: Side::Left,
        grow: Grow::AtOnce,
    },
    Column {
        key: Key::Road,
        head: "road",
        least: 8,
        most: 8,
        rank: 4,
        side: Side::Left,
        grow: Grow::Smoothly,
    },
    Column {
        key: Key::Actor,
        head: "actor",
        least: 14,
        most: 28,
        rank: 8,
        side: Side::Left,
        grow: Grow::Smoothly,
    },
    Column {
        key: Key::Grantee,
        head: "grantee",
        least: 13,
        most: 34,
        rank: 2,
        side: Side::Left,
        grow: Grow::Smoothly,
    },
    Column {
        key: Key::Target,
        head: "target",
        least: 13,
        most: 34,
        rank: 3,
        side: Side::Left,
        grow: Grow::Smoothly,
    },
    Column {
        key: Key::Rights,
        head: "rights",
        least: 10,
        most: 24,
        rank: 9,
        side: Side::Left,
        grow: Grow::Smoothly,
    },
    Column {
        key: Key::State,
        head: "st",
        least: 2,
        most: 8,
        rank: 7,
        side: Side::Left,
        grow: Grow::AtOnce,
    },
    Column {
        key: Key::Accesses,
        head: "read",
        least: 6,
        most: 7,
        rank: 10,
        side: Side::Right,
        grow: Grow::Smoothly,
    },
    Column {
        key: Key::Mark,
        head: "mark",
        least: 4,
        most: 4,
        rank: 5,
        side: Side::Left,
        grow: Grow::Smoothly,
    },
];

/// The columns with an arrow at the head of the one that the list is sorted by.
fn columns(sort: Sort, order: Order) -> Vec<Column<Key>> {
    let (key, head) = match (sort, order) {
        (Sort::Risk, Order::Usual) => (Key::Score, "↓bits"),
        (Sort::Risk, Order::Reversed) => (Key::Score, "↑bits"),
        (Sort::Time, Order::Usual) => (Key::Time, "time (UTC) ↑"),
        (Sort::Time, Order::Reversed) => (Key::Time, "time (UTC) ↓"),
    };
    let mut columns = COLUMNS.to_vec();
    for column in columns.iter_mut().filter(|column| column.key == key) {
        column.head = head;
    }
    columns
}

fn cell(scored: &ScoredGrant, mark: Option<&Mark>, key: Key, width: u16) -> Piece {
    let grant = &scored.grant;
    match key {
        Key::Severity => piece(
            sentence::severity_sign(scored.severity),
            strip::ink(scored.severity),
        ),
        Key::Score => piece(format!("{:.1}", scored.score), Ink::Plain),
        Key::Time => piece(time(scored, width), Ink::Plain),
        Key::Road => piece(sentence::road_short(grant.road), Ink::Plain),
        Key::Actor => piece(sentence::marked_name(&grant.actor), Ink::Plain),
        Key::Grantee => piece(sentence::marked_name(&grant.grantee), Ink::Strong),
        Key::Target => piece(sentence::target_short(grant, width), Ink::Plain),
        Key::Rights => piece(grant.rights.join(", "), Ink::Plain),
        Key::State if width < 8 => piece(sentence::state_sign(grant), Ink::Plain),
        Key::State => piece(sentence::state_word(grant), Ink::Plain),
        Key::Accesses if scored.accesses == 0 => piece("–", Ink::Dim),
        Key::Accesses => piece(grouped(scored.accesses), Ink::Plain),
        Key::Mark => mark_cell(mark),
    }
}

fn time(scored: &ScoredGrant, width: u16) -> String {
    let format = if width >= 20 {
        "%Y-%m-%d %H:%M:%SZ"
    } else {
        "%Y-%m-%d %H:%M"
    };
    scored.grant.time.map_or_else(
        || "time unknown".to_owned(),
        |time| time.format(format).to_string(),
    )
}

/// Verdict as a letter, with a star when there is a note.
pub(super) fn mark_cell(mark: Option<&Mark>) -> Piece {
    let Some(mark) = mark else {
        return piece("", Ink::Plain);
    };
    let star = if mark.note.is_empty() { "" } else { "*" };
    piece(
        format!("{}{star}", sentence::verdict_letter(mark.verdict)),
        Ink::Key,
    )
}

/// Draws the screen.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, body: Rect) {
    let timeline = &app.screens.timeline;
    let areas = timeline.areas(body);
    let selected = timeline.selected(&app.data);
    if areas.strip.height > 0 {
        strip::draw(
            canvas,
            areas.strip,
            &timeline.density,
            selected.and_then(|scored| scored.grant.time),
        );
    }
    draw_query(app, canvas, areas.query);
    if timeline.visible.is_empty() {
        return draw_empty(app, canvas, areas.list);
    }
    table::draw(
        canvas,
        areas.list,
        &columns(timeline.sort, timeline.order),
        (timeline.cursor, timeline.visible.len()),
        |at, key, width| {
            let scored = timeline.at(&app.data, at);
            scored.map_or_else(
                || piece("…", Ink::Dim),
                |scored| cell(scored, app.data.mark(&scored.grant.id), key, width),
            )
        },
    );
    if let Some(scored) = selected {
        draw_why(app, canvas, &areas, scored);
    }
}

fn draw_query(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let timeline = &app.screens.timeline;
    let shown = grouped(timeline.visible.len() as u64);
    let all = grouped(app.data.hunt.grants.len() as u64);
    let pieces = [
        piece("filter ", Ink::Label),
        piece(timeline.filter.text.as_str(), Ink::Strong),
        piece(format!("  {shown} of {all}"), Ink::Dim),
    ];
    canvas.pieces(area, &pieces);
}

fn draw_empty(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let timeline = &app.screens.timeline;
    let key = |command| app.settings.keymap.key_of(app.place().context(), command);
    if !timeline.filter.is_empty() {
        empty(
            canvas,
            area,
            "The filter hides every grant.",
            &format!(
                "{} clears the filter, {} changes it.",
                key(Command::Back),
                key(Command::Filter)
            ),
        );
    } else if app.data.is_reading() {
        empty(
            canvas,
            area,
            "No grant found yet; evidence is being read.",
            "Grants appear here as they are found.",
        );
    } else if app.data.counts.system > 0 {
        empty(
            canvas,
            area,
            "Every grant was made by Microsoft’s own services.",
            &format!(
                "{} shows them; {} shows what was read.",
                key(Command::ToggleSystem),
                key(Command::ShowCoverage)
            ),
        );
    } else {
        empty(
            canvas,
            area,
            "No grant found in this evidence.",
            &format!(
                "Press {} to see what was read and what was not, {} to search all records.",
                key(Command::ShowCoverage),
                key(Command::ShowSearch)
            ),
        );
    }
}

fn draw_why(app: &App, canvas: &mut Canvas<'_>, areas: &Areas, scored: &ScoredGrant) {
    let timeline = &app.screens.timeline;
    let (scroll, ink) = match timeline.why {
        Why::Focused(scroll) => (scroll, Ink::Focus),
        Why::Shown | Why::Hidden => (0, Ink::Dim),
    };
    let lines = why::lines(scored, &app.data, usize::from(areas.why.width));
    let hidden = lines
        .len()
        .saturating_sub(scroll + usize::from(areas.why.height));
    let key = app
        .settings
        .keymap
        .key_of(app.place().context(), Command::NextPane);
    let title = if hidden == 0 {
        "why".to_owned()
    } else {
        format!("why · {hidden} more lines, {key} to scroll")
    };
    canvas.rule(areas.rule, &title, ink);
    for (y, pieces) in (0..areas.why.height).zip(lines.iter().skip(scroll)) {
        canvas.pieces(line(areas.why, y), pieces);
    }
}
