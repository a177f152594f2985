//! Where one is in a list of any length: first line shown and line selected.
//!
//! Not here: the lines. A list may have millions; only those shown are ever built.

use crate::tui::command::Command;
use std::ops::Range;

/// A step through a list or a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// One line down.
    Down,
    /// One line up.
    Up,
    /// A page down.
    PageDown,
    /// A page up.
    PageUp,
    /// Half a page down.
    HalfDown,
    /// Half a page up.
    HalfUp,
    /// To the first line.
    First,
    /// To the last line.
    Last,
}

impl Motion {
    /// The motion that a command is, if it is one.
    pub fn of(command: Command) -> Option<Self> {
        Some(match command {
            Command::Down => Self::Down,
            Command::Up => Self::Up,
            Command::PageDown => Self::PageDown,
            Command::PageUp => Self::PageUp,
            Command::HalfDown => Self::HalfDown,
            Command::HalfUp => Self::HalfUp,
            Command::First => Self::First,
            Command::Last => Self::Last,
            _ => return None,
        })
    }

    /// Where it leads from a line of `total` lines shown `height` at a time.
    pub fn from(self, line: usize, total: usize, height: usize) -> usize {
        let last = total.saturating_sub(1);
        // A page keeps one line in view for the eye to hold on to.
        let page = height.saturating_sub(1).max(1);
        let half = (height / 2).max(1);
        let moved = match self {
            Self::Down => line.saturating_add(1),
            Self::Up => line.saturating_sub(1),
            Self::PageDown => line.saturating_add(page),
            Self::PageUp => line.saturating_sub(page),
            Self::HalfDown => line.saturating_add(half),
            Self::HalfUp => line.saturating_sub(half),
            Self::First => 0,
            Self::Last => last,
        };
        moved.min(last)
    }
}

/// First line shown and line selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cursor {
    /// First line shown.
    pub top: usize,
    /// Line selected, from 0.
    pub selected: usize,
}

impl Cursor {
    /// Moves the selection.
    pub fn go(&mut self, motion: Motion, total: usize, height: usize) {
        self.selected = motion.from(self.selected, total, height);
    }

    /// Brings selection and first line within a list shown `height` lines at a time.
    pub fn settle(&mut self, total: usize, height: usize) {
        self.selected = self.selected.min(total.saturating_sub(1));
        let lowest = (self.selected + 1).saturating_sub(height.max(1));
        let highest = self
            .selected
            .min(total.saturating_sub(height.max(1)).max(lowest));
        self.top = self.top.clamp(lowest, highest.max(lowest));
    }

    /// The lines shown.
    pub fn shown(self, total: usize, height: usize) -> Range<usize> {
        let top = self.top.min(total);
        top..total.min(top.saturating_add(height))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selection_is_always_in_view() {
        for total in [0, 1, 5, 100] {
            for height in [0, 1, 7, 200] {
                let mut cursor = Cursor::default();
                for motion in [
                    Motion::Last,
                    Motion::PageUp,
                    Motion::Up,
                    Motion::HalfDown,
                    Motion::First,
                    Motion::PageDown,
                ] {
                    cursor.go(motion, total, height);
                    cursor.settle(total, height);
                    let shown = cursor.shown(total, height.max(1));
                    assert!(
                        total == 0 || shown.contains(&cursor.selected),
                        "{total} {height} {cursor:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_shrunken_list_is_shown_from_where_it_fills_the_page() {
        let mut cursor = Cursor {
            top: 90,
            selected: 95,
        };
        cursor.settle(20, 10);
        assert_eq!(
            cursor,
            Cursor {
                top: 10,
                selected: 19
            }
        );
    }
}
