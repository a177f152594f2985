//! Tables of any length: columns give way by rank when the width is short, and only the lines shown are built.
//!
//! Widths come from the column table and the width of the area, never from the rows, so columns do not dance while one scrolls.

use crate::tui::cursor::Cursor;
use crate::tui::theme::Ink;
use crate::tui::widget::canvas::{Canvas, below, indented, line};
use crate::tui::widget::lines::Piece;
use ratatui::layout::Rect;

/// On which side a column stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Left, for texts.
    Left,
    /// Right, for numbers.
    Right,
}

/// How a column uses room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grow {
    /// Column by column, as names and notes do.
    Smoothly,
    /// From its least width to its most or not at all, as a time does that gains its seconds.
    AtOnce,
}

/// A column of a table: what it shows and how much room it takes.
#[derive(Debug, Clone, Copy)]
pub struct Column<K> {
    /// What it shows.
    pub key: K,
    /// The text above its cells.
    pub head: &'static str,
    /// Least width: below it the column gives way.
    pub least: u16,
    /// Width beyond which it does not grow.
    pub most: u16,
    /// Which column stays longest: 0 is the last to give way.
    pub rank: u8,
    /// On which side its cells stand.
    pub side: Side,
    /// How it uses room.
    pub grow: Grow,
}

/// Width at which names are readable: only beyond it other columns get room.
const COMFORTABLE: u16 = 22;

/// Columns that fit a width, in the order of the table, each with its width. Room left over goes to names until they are readable, then
/// to columns that gain something at once, then to names again.
pub fn fit<K: Copy>(columns: &[Column<K>], width: u16) -> Vec<(Column<K>, u16)> {
    let mut by_rank: Vec<usize> = (0..columns.len()).collect();
    by_rank.sort_by_key(|at| columns.get(*at).map_or(u8::MAX, |column| column.rank));
    let mut widths = vec![0_u16; columns.len()];
    let mut rest = width.saturating_add(1);
    for at in &by_rank {
        let (Some(column), Some(slot)) = (columns.get(*at), widths.get_mut(*at)) else {
            continue;
        };
        if column.least < rest {
            *slot = column.least;
            rest -= column.least + 1;
        } else {
            // A column of lower rank must not stand where a more important one had no room.
            break;
        }
    }
    rest = grow(columns, &mut widths, rest, COMFORTABLE);
    for at in &by_rank {
        let (Some(column), Some(slot)) = (columns.get(*at), widths.get_mut(*at)) else {
            continue;
        };
        let gain = column.most - column.least;
        if *slot > 0 && column.grow == Grow::AtOnce && gain <= rest {
            *slot += gain;
            rest -= gain;
        }
    }
    grow(columns, &mut widths, rest, u16::MAX);
    let fitted = columns.iter().copied().zip(widths);
    fitted.filter(|(_, width)| *width > 0).collect()
}

/// Gives room to smooth columns, one column each in turn, up to a width; returns what is left.
fn grow<K>(columns: &[Column<K>], widths: &mut [u16], mut rest: u16, up_to: u16) -> u16 {
    loop {
        let before = rest;
        for (column, width) in columns.iter().zip(widths.iter_mut()) {
            let most = column.most.min(up_to);
            let grows = column.grow == Grow::Smoothly && *width > 0 && *width < most;
            if grows && rest > 0 {
                *width += 1;
                rest -= 1;
            }
        }
        if rest == 0 || rest == before {
            return rest;
        }
    }
}

/// Draws the heads and the lines shown; `cell` is asked for these only. Returns how many lines were built.
pub fn draw<K: Copy>(
    canvas: &mut Canvas<'_>,
    area: Rect,
    columns: &[Column<K>],
    (cursor, total): (Cursor, usize),
    mut cell: impl FnMut(usize, K, u16) -> Piece,
) -> usize {
    let fitted = fit(columns, area.width.saturating_sub(MARGIN));
    heads(canvas, area, &fitted);
    let body = below(area, 1);
    let shown = cursor.shown(total, usize::from(body.height));
    let built = shown.len();
    for (offset, at) in (0_u16..).zip(shown) {
        let row = line(body, offset);
        let mut x = MARGIN;
        for (column, width) in &fitted {
            let place = Rect {
                width: *width,
                ..indented(row, x)
            };
            let (text, ink) = cell(at, column.key, *width);
            put(canvas, place, column.side, &text, ink);
            x += width + 1;
        }
        if at == cursor.selected {
            canvas.select(row);
            canvas.put(Rect { width: 1, ..row }, "▸", Ink::Strong);
        }
    }
    built
}

/// Column of the mark of the selected line.
const MARGIN: u16 = 1;

fn heads<K>(canvas: &mut Canvas<'_>, area: Rect, fitted: &[(Column<K>, u16)]) {
    let row = line(area, 0);
    canvas.put(row, &" ".repeat(usize::from(row.width)), Ink::Head);
    let mut x = MARGIN;
    for (column, width) in fitted {
        let head = if column.head.chars().count() > usize::from(*width) {
            ""
        } else {
            column.head
        };
        put(
            canvas,
            Rect {
                width: *width,
                ..indented(row, x)
            },
            column.side,
            head,
            Ink::Head,
        );
        x += width + 1;
    }
}

fn put(canvas: &mut Canvas<'_>, place: Rect, side: Side, text: &str, ink: Ink) {
    match side {
        Side::Left => {
            canvas.put(place, text, ink);
        }
        Side::Right => canvas.put_right(place, text, ink),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::Theme;
    use ratatui::buffer::Buffer;

    const COLUMNS: &[Column<char>] = &[
        Column {
            key: 'a',
            head: "a",
            least: 4,
            most: 4,
            rank: 0,
            side: Side::Left,
            grow: Grow::Smoothly,
        },
        Column {
            key: 'b',
            head: "b",
            least: 6,
            most: 20,
            rank: 2,
            side: Side::Left,
            grow: Grow::Smoothly,
        },
        Column {
            key: 'c',
            head: "c",
            least: 6,
            most: 10,
            rank: 1,
            side: Side::Right,
            grow: Grow::Smoothly,
        },
    ];

    fn widths(width: u16) -> Vec<(char, u16)> {
        fit(COLUMNS, width)
            .into_iter()
            .map(|(column, width)| (column.key, width))
            .collect()
    }

    #[test]
    fn columns_give_way_by_rank_and_grow_to_their_most() {
        assert_eq!(widths(3), []);
        assert_eq!(widths(10), [('a', 4)]);
        assert_eq!(widths(11), [('a', 4), ('c', 6)]);
        assert_eq!(widths(18), [('a', 4), ('b', 6), ('c', 6)]);
        assert_eq!(widths(22), [('a', 4), ('b', 8), ('c', 8)]);
        assert_eq!(widths(99), [('a', 4), ('b', 20), ('c', 10)]);
    }

    #[test]
    fn of_a_million_lines_only_those_shown_are_built() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 80, 24));
        let mut canvas = Canvas {
            buffer: &mut buffer,
            theme: Theme::default(),
        };
        let area = canvas.buffer.area;
        let cursor = Cursor {
            top: 999_970,
            selected: 999_980,
        };
        let mut asked = 0;
        let built = draw(
            &mut canvas,
            area,
            COLUMNS,
            (cursor, 1_000_000),
            |at, key, _| {
                asked += 1;
                (format!("{at}{key}"), Ink::Plain)
            },
        );
        assert_eq!((built, asked), (23, 69));
    }
}
