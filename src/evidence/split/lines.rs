//! One JSON object a line.

use super::{Splitter, Step, too_long};

/// Cuts at line ends; blanks around an object and a comma behind it are not part of the row.
pub(super) struct Lines {
    limit: usize,
    /// Bytes of the window known to hold no line end.
    scanned: usize,
    /// Whether the line's beginning was discarded already.
    discarding: bool,
    /// Whether the row cut last has no line end behind it.
    open: bool,
}

impl Lines {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            scanned: 0,
            discarding: false,
            open: false,
        }
    }

    fn line(&mut self, line: &[u8], next: usize) -> Step {
        self.scanned = 0;
        if std::mem::take(&mut self.discarding) || line.len() > self.limit {
            return Step::Refuse {
                end: line.len(),
                next,
                reason: too_long(self.limit),
            };
        }
        let trimmed = line.trim_ascii_end();
        let end = trimmed
            .strip_suffix(b",")
            .map_or(trimmed, <[u8]>::trim_ascii_end)
            .len();
        let start = line.len() - line.trim_ascii_start().len();
        if start < end {
            Step::Row { start, end, next }
        } else {
            Step::Skip(next)
        }
    }
}

impl Splitter for Lines {
    fn step(&mut self, window: &[u8], ended: bool) -> Step {
        let rest = window.get(self.scanned..).unwrap_or_default();
        if let Some(at) = memchr::memchr(b'\n', rest) {
            let end = self.scanned + at;
            self.open = false;
            return self.line(&window[..end], end + 1);
        }
        if ended {
            return if window.is_empty() && !self.discarding {
                Step::End
            } else {
                self.open = true;
                self.line(window, window.len())
            };
        }
        if window.len() > self.limit {
            self.discarding = true;
            self.scanned = 0;
            return Step::Discard(window.len());
        }
        self.scanned = window.len();
        Step::More
    }

    fn is_open(&self) -> bool {
        self.open
    }
}
