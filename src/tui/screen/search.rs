//! The search over everything indexed.
//!
//! ```text
//! search user:lidia operation:New-InboxRule                     1,204 records
//!  …histogram and rows (`rows`)…
//! ```

use crate::job::{ListKind, Request};
use crate::tui::app::App;
use crate::tui::command::Command;
use crate::tui::cursor::Motion;
use crate::tui::filter::Filter;
use crate::tui::input::History;
use crate::tui::listing::{Listing, Waiting};
use crate::tui::overlay::Purpose;
use crate::tui::screen::{Parts, empty, rows};
use crate::tui::theme::Ink;
use crate::tui::widget::canvas::{Canvas, below, line};
use crate::tui::widget::lines::piece;
use ratatui::layout::{Rect, Size};

/// State of the screen.
#[derive(Debug, Clone)]
pub struct Search {
    /// Query in force.
    pub filter: Filter,
    /// Queries typed before, here and in the drill-down.
    pub history: History,
    /// The records found.
    pub listing: Listing,
}

impl Default for Search {
    fn default() -> Self {
        Self {
            filter: Filter::default(),
            history: History::default(),
            listing: Listing::new(ListKind::Search),
        }
    }
}

/// Lines above the listing.
const HEAD: u16 = 1;

impl Search {
    fn page(size: Size) -> usize {
        rows::page(below(Parts::of_size(size).body, HEAD))
    }

    /// Moves through the rows.
    pub fn go(&mut self, motion: Motion, size: Size) {
        self.listing
            .cursor
            .go(motion, self.listing.total, Self::page(size));
    }

    /// Brings the cursor in range and asks for rows that are missing.
    pub fn settle(&mut self, size: Size) -> Option<Request> {
        self.listing.settle(Self::page(size))
    }
}

/// Draws the screen.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, body: Rect) {
    let search = &app.screens.search;
    let key = |command| app.settings.keymap.key_of(app.place().context(), command);
    let mut pieces = vec![piece("search ", Ink::Label)];
    if search.filter.is_empty() {
        pieces.push(piece(
            format!(
                "everything; {} to type a query, {}",
                key(Command::Search),
                Purpose::Search.example()
            ),
            Ink::Dim,
        ));
    } else {
        pieces.push(piece(search.filter.text.as_str(), Ink::Strong));
    }
    let status = rows::status(&search.listing, "record");
    let text: String = status.iter().map(|(text, _)| text.as_str()).collect();
    let width = u16::try_from(text.chars().count()).unwrap_or(0);
    canvas.pieces(
        Rect {
            width: body.width.saturating_sub(width + 1),
            ..line(body, 0)
        },
        &pieces,
    );
    canvas.put_right(
        line(body, 0),
        &text,
        status.first().map_or(Ink::Dim, |(_, ink)| *ink),
    );
    let list = below(body, HEAD);
    if search.listing.total == 0 && search.listing.waiting == Waiting::No {
        empty(
            canvas,
            list,
            "No record passes the query.",
            &format!(
                "{} changes it, {} shows what was read.",
                key(Command::Search),
                key(Command::ShowCoverage)
            ),
        );
    } else {
        rows::draw(canvas, list, &search.listing);
    }
}
