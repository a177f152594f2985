//! The buffer being drawn, with the theme: the one place where text becomes cells, and therefore where it is made safe.
//!
//! Never draws outside the buffer, whatever is asked.

use crate::text::{clip, safe};
use crate::tui::theme::{Ink, SELECTED, Theme};
use crate::tui::widget::lines::Piece;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use unicode_width::UnicodeWidthStr;

/// How many characters are looked at for each column of a cell: enough for combining marks, bounded against hostile length.
const CHARACTERS_PER_COLUMN: usize = 4;

/// The buffer being drawn.
#[derive(Debug)]
pub struct Canvas<'a> {
    /// The cells that are drawn into.
    pub buffer: &'a mut Buffer,
    /// How each ink looks.
    pub theme: Theme,
}

impl Canvas<'_> {
    /// Draws a text in one line from the left of an area, cut to its width; returns the columns used.
    pub fn put(&mut self, area: Rect, text: &str, ink: Ink) -> u16 {
        let area = area.intersection(self.buffer.area);
        if area.is_empty() {
            return 0;
        }
        let width = usize::from(area.width);
        let short: String = text
            .chars()
            .take(width * CHARACTERS_PER_COLUMN + 1)
            .collect();
        let shown = safe(&short);
        let cut = clip(&shown, width).into_owned();
        let style = self.theme.style(ink);
        let (end, _) = self.buffer.set_stringn(area.x, area.y, &cut, width, style);
        if shown != short.as_str() || cut.contains('⟨') {
            self.warn_of_hidden(area, end);
        }
        end - area.x
    }

    /// Gives the visible stand-ins of hidden characters their own ink.
    fn warn_of_hidden(&mut self, area: Rect, end: u16) {
        let style = self.theme.style(Ink::Hostile);
        let mut inside = false;
        for x in area.x..end {
            let Some(cell) = self.buffer.cell_mut((x, area.y)) else {
                continue;
            };
            let first = cell.symbol().chars().next().unwrap_or(' ');
            inside |= first == '⟨';
            if inside || ('\u{2400}'..='\u{2421}').contains(&first) {
                cell.set_style(style);
            }
            inside &= first != '⟩';
        }
    }

    /// Draws a text against the right edge of an area.
    pub fn put_right(&mut self, area: Rect, text: &str, ink: Ink) {
        let used = u16::try_from(safe(text).width())
            .unwrap_or(u16::MAX)
            .min(area.width);
        let from = Rect {
            x: area.right().saturating_sub(used),
            width: used,
            ..area
        };
        self.put(from, text, ink);
    }

    /// Draws inked pieces one after the other; returns the columns used.
    pub fn pieces(&mut self, area: Rect, pieces: &[Piece]) -> u16 {
        let mut used = 0;
        for (text, ink) in pieces {
            let rest = Rect {
                x: area.x.saturating_add(used),
                width: area.width.saturating_sub(used),
                ..area
            };
            used += self.put(rest, text, *ink);
        }
        used
    }

    /// Adds a modifier to everything in an area.
    pub fn add(&mut self, area: Rect, modifier: Modifier) {
        let area = area.intersection(self.buffer.area);
        self.buffer
            .set_style(area, Style::new().add_modifier(modifier));
    }

    /// Marks an area as selected.
    pub fn select(&mut self, area: Rect) {
        self.add(area, SELECTED);
    }

    /// Draws a rule across the first line of an area with a title in it.
    pub fn rule(&mut self, area: Rect, title: &str, ink: Ink) {
        self.put(line(area, 0), &"─".repeat(usize::from(area.width)), ink);
        if !title.is_empty() {
            let within = Rect {
                x: area.x.saturating_add(1),
                width: area.width.saturating_sub(2),
                height: 1,
                ..area
            };
            self.put(within, &format!(" {title} "), ink);
        }
    }

    /// Clears an area.
    pub fn put_blank(&mut self, area: Rect) {
        for position in area.intersection(self.buffer.area).positions() {
            if let Some(cell) = self.buffer.cell_mut(position) {
                cell.reset();
            }
        }
    }

    /// Clears an area and draws a frame with a title around it; returns what is inside.
    pub fn popup(&mut self, area: Rect, title: &str) -> Rect {
        let area = area.intersection(self.buffer.area);
        self.put_blank(area);
        if area.width < 4 || area.height < 3 {
            return area;
        }
        let inner_width = usize::from(area.width - 2);
        let across = "─".repeat(inner_width);
        self.put(line(area, 0), &format!("┌{across}┐"), Ink::Focus);
        self.put(
            line(area, area.height - 1),
            &format!("└{across}┘"),
            Ink::Focus,
        );
        for y in 1..area.height - 1 {
            let row = line(area, y);
            self.put(Rect { width: 1, ..row }, "│", Ink::Focus);
            self.put(
                Rect {
                    x: row.right() - 1,
                    width: 1,
                    ..row
                },
                "│",
                Ink::Focus,
            );
        }
        self.put(
            Rect {
                x: area.x + 2,
                width: area.width - 4,
                ..line(area, 0)
            },
            &format!(" {title} "),
            Ink::Focus,
        );
        Rect {
            x: area.x + 2,
            y: area.y + 1,
            width: area.width - 4,
            height: area.height - 2,
        }
    }
}

/// One line of an area, counted from its top; empty when the area has no such line.
pub fn line(area: Rect, at: u16) -> Rect {
    let height = u16::from(at < area.height);
    Rect {
        y: area.y.saturating_add(at),
        height,
        ..area
    }
}

/// What is left of an area below its first lines.
pub fn below(area: Rect, lines: u16) -> Rect {
    let lines = lines.min(area.height);
    Rect {
        y: area.y + lines,
        height: area.height - lines,
        ..area
    }
}

/// An area without so many columns on its left.
pub fn indented(area: Rect, columns: u16) -> Rect {
    let columns = columns.min(area.width);
    Rect {
        x: area.x + columns,
        width: area.width - columns,
        ..area
    }
}

/// An area of at most a size in the middle of another.
pub fn middle(area: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 2,
        width,
        height,
    }
}
