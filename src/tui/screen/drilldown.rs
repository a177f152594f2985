//! What followed a grant: the sentence, what was reached, and every access with its address and session.
//!
//! ```text
//! stinger@… gave lidia@… FullAccess on henrietta@… by Add-MailboxPermission.
//! ▲C 23.4 bits · 42 accesses to 1 mailbox, the first after 12 min
//! 17 messages proven read · 1 folder synchronised whole, presumed read
//! narrow ip:203.0.113.7                                         42 accesses
//!  …histogram and rows (`rows`)…
//! ```

use crate::hunt::ScoredGrant;
use crate::hunt::access::{self, Tie};
use crate::job::{ListKind, Request};
use crate::tui::app::App;
use crate::tui::command::Command;
use crate::tui::cursor::Motion;
use crate::tui::data::Data;
use crate::tui::filter::Filter;
use crate::tui::listing::{Listing, Waiting};
use crate::tui::screen::{Parts, empty, rows, strip};
use crate::tui::sentence;
use crate::tui::theme::Ink;
use crate::tui::widget::canvas::{Canvas, below, line};
use crate::tui::widget::lines::{self, Line, cut, piece, wrap};
use ratatui::layout::{Rect, Size};

/// State of the screen.
#[derive(Debug, Clone)]
pub struct Drilldown {
    /// The grant that is looked into; `None` before the first.
    pub grant: Option<ScoredGrant>,
    /// Narrowing in force.
    pub filter: Filter,
    /// The accesses that followed it.
    pub listing: Listing,
}

impl Default for Drilldown {
    fn default() -> Self {
        Self {
            grant: None,
            filter: Filter::default(),
            listing: Listing::new(ListKind::Accesses),
        }
    }
}

impl Drilldown {
    /// Turns to a grant; nothing of the one before is kept.
    pub fn open(&mut self, grant: ScoredGrant) {
        *self = Self {
            grant: Some(grant),
            ..Self::default()
        };
    }

    /// Takes the grant's newest judgement from a new hunt.
    pub fn follow(&mut self, data: &Data) {
        let newest = self
            .grant
            .as_ref()
            .and_then(|scored| data.grant(&scored.grant.id));
        if let Some(newest) = newest {
            self.grant = Some(newest.clone());
        }
    }

    fn head(&self, data: &Data, body: Rect) -> Vec<Line> {
        let Some(scored) = &self.grant else {
            return Vec::new();
        };
        let width = usize::from(body.width);
        let mut rest = vec![judgement(scored)];
        let exposure = sentence::exposure(scored);
        if !exposure.is_empty() {
            rest.push(vec![piece(exposure, Ink::Plain)]);
        }
        rest.extend(tie(scored, width));
        if let Some(mark) = data.mark(&scored.grant.id) {
            let note = if mark.note.is_empty() {
                String::new()
            } else {
                format!(": {}", mark.note)
            };
            rest.push(vec![
                piece("mark ", Ink::Label),
                piece(format!("{}{note}", mark.verdict), Ink::Plain),
            ]);
        }
        let most = usize::from(body.height / 2).max(1);
        let mut lines = wrap(
            &[piece(sentence::grant(&scored.grant), Ink::Strong)],
            width,
            2,
        );
        cut(
            &mut lines,
            most.saturating_sub(rest.len()).clamp(1, SENTENCE),
        );
        lines.extend(rest);
        lines.truncate(most);
        lines
    }

    fn list_area(&self, data: &Data, body: Rect) -> Rect {
        let lines = u16::try_from(self.head(data, body).len()).unwrap_or(0);
        below(body, lines + 1)
    }

    fn page(&self, data: &Data, size: Size) -> usize {
        rows::page(self.list_area(data, Parts::of_size(size).body))
    }

    /// Moves through the rows.
    pub fn go(&mut self, motion: Motion, data: &Data, size: Size) {
        let page = self.page(data, size);
        self.listing.cursor.go(motion, self.listing.total, page);
    }

    /// Whether the answer is that there is no access.
    pub fn is_empty(&self) -> bool {
        self.listing.total == 0 && self.listing.waiting == Waiting::No
    }

    /// Brings the cursor in range and asks for rows that are missing.
    pub fn settle(&mut self, data: &Data, size: Size) -> Option<Request> {
        let page = self.page(data, size);
        self.listing.settle(page)
    }
}

/// Most lines of the grant's sentence.
const SENTENCE: usize = 4;

/// Most lines that say why the accesses are listed.
const TIE: usize = 2;

/// Why the accesses are listed: what ties them to the grant. Of an attempt nothing could follow.
fn tie(scored: &ScoredGrant, width: usize) -> Vec<Line> {
    if scored.grant.gave_nothing() {
        return Vec::new();
    }
    let (tie, _) = access::query(&scored.grant);
    let (label, ink) = match tie {
        Tie::Named(_) => ("tied because ", Ink::Label),
        Tie::Possible(_) => ("only perhaps tied: ", Ink::Warning),
        Tie::None(_) => ("cannot be tied: ", Ink::Warning),
    };
    let mut lines = wrap(
        &[piece(label, ink), piece(tie.reason(), Ink::Plain)],
        width,
        2,
    );
    cut(&mut lines, TIE);
    lines
}

fn judgement(scored: &ScoredGrant) -> Line {
    vec![
        piece(
            format!(
                "{} {:.1} bits",
                sentence::severity_sign(scored.severity).trim(),
                scored.score
            ),
            strip::ink(scored.severity),
        ),
        piece(
            format!(
                " · {} · {}",
                sentence::state_word(&scored.grant),
                sentence::accesses(scored)
            ),
            Ink::Plain,
        ),
    ]
}

/// Draws the screen.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, body: Rect) {
    let drilldown = &app.screens.drilldown;
    let head = drilldown.head(&app.data, body);
    for (y, pieces) in (0_u16..).zip(&head) {
        canvas.pieces(line(body, y), pieces);
    }
    let rest = below(body, u16::try_from(head.len()).unwrap_or(0));
    draw_status(app, canvas, line(rest, 0));
    let list = drilldown.list_area(&app.data, body);
    let listing = &drilldown.listing;
    if !drilldown.is_empty() {
        return rows::draw(canvas, list, listing);
    }
    draw_empty(app, canvas, list);
}

fn draw_empty(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let drilldown = &app.screens.drilldown;
    let key = |command| app.settings.keymap.key_of(app.place().context(), command);
    let failed = drilldown
        .grant
        .as_ref()
        .is_some_and(|scored| scored.grant.gave_nothing());
    let (sentence, advice) = if !drilldown.filter.is_empty() {
        let advice = format!(
            "{} clears it, {} changes it.",
            key(Command::Back),
            key(Command::Filter)
        );
        ("No access passes the query.", advice)
    } else if failed {
        let advice = format!(
            "{} shows its record; {} goes back.",
            key(Command::Raw),
            key(Command::Back)
        );
        (
            "This attempt failed: it gave nothing, so nothing followed from it.",
            advice,
        )
    } else {
        let advice = format!(
            "{} shows the grant’s record, {} whether mail access was read at all; {} goes back.",
            key(Command::Raw),
            key(Command::ShowCoverage),
            key(Command::Back)
        );
        ("No access after this grant is in the evidence.", advice)
    };
    empty(canvas, area, sentence, &advice);
}

fn draw_status(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let drilldown = &app.screens.drilldown;
    canvas.rule(area, "", Ink::Dim);
    let mut pieces: lines::Line = vec![piece("─ ", Ink::Dim)];
    pieces.extend(rows::status(&drilldown.listing, "access"));
    if !drilldown.filter.is_empty() {
        pieces.push(piece(" narrowed to ", Ink::Label));
        pieces.push(piece(drilldown.filter.text.as_str(), Ink::Strong));
    }
    pieces.push(piece(" ", Ink::Plain));
    canvas.pieces(area, &pieces);
}
