//! The table of records that drill-down and search share: histogram, rows, placeholders for rows on their way.
//!
//! ```text
//!  ▁▁▂█▃▁         ▁
//! ╵2023-06-03        ╵06-05
//!  time (UTC)          operation          mailbox         user       ip
//! ▸2023-06-03 09:02:11Z MailItemsAccessed  henrietta@…    lidia@…    203.0.113.7
//!  …
//! ```

use crate::hunt::catalog;
use crate::store::Row;
use crate::text::{count, grouped};
use crate::tui::listing::{Listing, Waiting};
use crate::tui::theme::Ink;
use crate::tui::widget::bars;
use crate::tui::widget::canvas::{Canvas, below, indented, line};
use crate::tui::widget::lines::{Line, Piece, piece};
use crate::tui::widget::table::{self, Column, Grow, Side};
use ratatui::layout::Rect;
use ratatui::style::Modifier;

/// What a column shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Time,
    Operation,
    Mailbox,
    User,
    App,
    Ip,
    Country,
    Access,
    Items,
    Session,
}

/// The columns. At 80 columns all but the application, the count of items and the session are there.
const COLUMNS: &[Column<Key>] = &[
    Column {
        key: Key::Time,
        head: "time (UTC)",
        least: 14,
        most: 20,
        rank: 0,
        side: Side::Left,
        grow: Grow::AtOnce,
    },
    Column {
        key: Key::Operation,
        head: "operation",
        least: 17,
        most: 26,
        rank: 1,
        side: Side::Left,
        grow: Grow::Smoothly,
    },
    Column {
        key: Key::Mailbox,
        head: "mailbox",
        least: 10,
        most: 34,
        rank: 2,
        side: Side::Left,
        grow: Grow::Smoothly,
    },
    Column {
        key: Key::User,
        head: "user",
        least: 10,
        most: 34,
        rank: 3,
        side: Side::Left,
        grow: Grow::Smoothly,
    },
    Column {
        key: Key::App,
        head: "app",
        least: 12,
        most: 36,
        rank: 8,
        side: Side::Left,
        grow: Grow::Smoothly,
    },
    Column {
        key: Key::Ip,
        head: "address",
        least: 15,
        most: 39,
        rank: 4,
        side: Side::Left,
        grow: Grow::Smoothly,
    },
    Column {
        key: Key::Country,
        head: "CC",
        least: 2,
        most: 2,
        rank: 6,
        side: Side::Left,
        grow: Grow::Smoothly,
    },
    Column {
        key: Key::Access,
        head: "kind",
        least: 4,
        most: 4,
        rank: 5,
        side: Side::Left,
        grow: Grow::Smoothly,
    },
    Column {
        key: Key::Items,
        head: "items",
        least: 5,
        most: 6,
        rank: 7,
        side: Side::Right,
        grow: Grow::Smoothly,
    },
    Column {
        key: Key::Session,
        head: "session",
        least: 10,
        most: 36,
        rank: 9,
        side: Side::Left,
        grow: Grow::Smoothly,
    },
];

fn cell(row: &Row, key: Key, width: u16) -> Piece {
    let text = match key {
        Key::Time => return piece(time(row, width), Ink::Plain),
        Key::Operation => &row.operation,
        Key::Mailbox => return piece(row.mailbox.as_str(), Ink::Strong),
        Key::User => &row.user,
        Key::App => {
            let name = catalog::first_party(&row.app).unwrap_or(&row.app);
            return piece(name, Ink::Plain);
        }
        Key::Ip => &row.ip,
        Key::Country => &row.country,
        Key::Access => &row.access,
        Key::Items if row.items == 0 => return piece("–", Ink::Dim),
        Key::Items => return piece(grouped(row.items), Ink::Plain),
        Key::Session => &row.session,
    };
    piece(text.as_str(), Ink::Plain)
}

/// Without room for the year and the zone, the axis above still has both.
fn time(row: &Row, width: u16) -> String {
    let format = if width >= 20 {
        "%Y-%m-%d %H:%M:%SZ"
    } else {
        "%m-%d %H:%M:%S"
    };
    row.time.map_or_else(
        || "time unknown".to_owned(),
        |time| time.format(format).to_string(),
    )
}

/// Lines of histogram and its axis in an area.
fn histogram_height(area: Rect) -> u16 {
    if area.height >= 14 { 3 } else { 0 }
}

/// Rows of the listing that an area shows.
pub fn page(area: Rect) -> usize {
    usize::from(area.height.saturating_sub(histogram_height(area) + 1))
}

/// Draws histogram and rows. Old rows are dimmed while a new answer is late.
pub fn draw(canvas: &mut Canvas<'_>, area: Rect, listing: &Listing) {
    let height = histogram_height(area);
    if height > 0 {
        let plot = indented(Rect { height, ..area }, 1);
        bars::draw(
            canvas,
            Rect {
                height: height - 1,
                ..plot
            },
            &listing.histogram.counts,
        );
        if let (Some(from), Some(to)) = (listing.histogram.from, listing.histogram.to) {
            bars::axis(canvas, line(plot, height - 1), from, to);
        }
    }
    let body = below(area, height);
    table::draw(
        canvas,
        body,
        COLUMNS,
        (listing.cursor, listing.total),
        |at, key, width| {
            listing
                .row(at)
                .map_or_else(|| piece("…", Ink::Dim), |row| cell(row, key, width))
        },
    );
    if listing.waiting == Waiting::Visibly {
        canvas.add(area, Modifier::DIM);
    }
}

/// How many there are, or that they are on their way.
pub fn status(listing: &Listing, noun: &str) -> Line {
    match listing.waiting {
        Waiting::Visibly => vec![piece("searching…", Ink::Warning)],
        Waiting::Quietly if !listing.answered => Vec::new(),
        Waiting::No | Waiting::Quietly => {
            let total = listing.total as u64;
            // The plural of `access` is the one that adding `s` does not make.
            let text = if noun == "access" && total != 1 {
                format!("{} accesses", grouped(total))
            } else {
                count(total, noun)
            };
            vec![piece(text, Ink::Dim)]
        }
    }
}
