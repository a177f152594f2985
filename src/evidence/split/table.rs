//! Delimited text: where rows end, with line ends inside quoted cells.
//!
//! The rules are those of `csv-core`, which takes the cells apart afterwards: a quote opens a cell only at its beginning, a doubled
//! quote is a quote, text behind a closing quote belongs to the cell.

use super::{RESUMES, Splitter, Step, too_long};

/// Where in a row the cutter stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    CellStart,
    Plain,
    Quoted,
    /// Behind a quote inside a quoted cell: its end, or the first half of a doubled quote.
    Quote,
}

/// Cuts where a line ends outside of quotes.
pub(in crate::evidence) struct Table {
    delimiter: u8,
    columns: usize,
    limit: usize,
    scanned: usize,
    at: At,
    resumes: u32,
    /// Whether the beginning of the row was discarded already.
    discarding: bool,
    /// Whether the row cut last has no line end behind it.
    open: bool,
}

impl Table {
    pub(in crate::evidence) fn new(delimiter: char, columns: usize, limit: usize) -> Self {
        Self {
            delimiter: u8::try_from(delimiter).unwrap_or(b','),
            columns,
            limit,
            scanned: 0,
            at: At::CellStart,
            resumes: RESUMES,
            discarding: false,
            open: false,
        }
    }

    /// Goes on to the end of the row; the position of its line end.
    fn row_end(&mut self, window: &[u8]) -> Option<usize> {
        while let Some(rest) = window.get(self.scanned..).filter(|rest| !rest.is_empty()) {
            let found = match self.at {
                At::CellStart | At::Quote => Some(0),
                At::Plain => memchr::memchr2(self.delimiter, b'\n', rest),
                At::Quoted => memchr::memchr(b'"', rest),
            };
            let Some(found) = found else {
                self.scanned = window.len();
                return None;
            };
            let here = self.scanned + found;
            self.scanned = here + 1;
            let byte = window[here];
            if byte == b'\n' && self.at != At::Quoted {
                return Some(here);
            }
            self.at = self.after(byte);
        }
        None
    }

    fn after(&self, byte: u8) -> At {
        match (self.at, byte) {
            (At::Quoted, b'"') => At::Quote,
            (At::CellStart | At::Quote, b'"') | (At::Quoted, _) => At::Quoted,
            (_, byte) if byte == self.delimiter => At::CellStart,
            _ => At::Plain,
        }
    }

    fn row(&mut self, row: &[u8], next: usize) -> Step {
        self.restart();
        if std::mem::take(&mut self.discarding) || row.len() > self.limit {
            return self.refuse(row.len(), next, too_long(self.limit));
        }
        let end = row.strip_suffix(b"\r").unwrap_or(row).len();
        if row.trim_ascii().is_empty() {
            Step::Skip(next)
        } else {
            Step::Row {
                start: 0,
                end,
                next,
            }
        }
    }

    fn restart(&mut self) {
        self.scanned = 0;
        self.at = At::CellStart;
    }

    fn refuse(&mut self, end: usize, next: usize, reason: String) -> Step {
        self.restart();
        self.discarding = false;
        Step::Refuse { end, next, reason }
    }

    /// A quote that is never closed makes one row of all that follows. It ends before the next line that is a whole row by itself.
    fn resume(&mut self, window: &[u8]) -> Option<usize> {
        if self.discarding {
            return None;
        }
        self.resumes = self.resumes.checked_sub(1)?;
        let mut from = memchr::memchr(b'\n', window)? + 1;
        while let Some(length) = memchr::memchr(b'\n', &window[from..]) {
            if self.whole(&window[from..from + length]) {
                return Some(from);
            }
            from += length + 1;
        }
        self.whole(&window[from..]).then_some(from)
    }

    /// Whether a line closes all its quotes and has as many cells as the header.
    fn whole(&self, line: &[u8]) -> bool {
        let mut cells = Self::new(char::from(self.delimiter), 0, usize::MAX);
        let mut count = 1;
        for byte in line {
            cells.at = cells.after(*byte);
            count += usize::from(cells.at == At::CellStart);
        }
        cells.at != At::Quoted && count == self.columns
    }

    fn at_end(&mut self, window: &[u8]) -> Step {
        if self.at != At::Quoted {
            if window.is_empty() && !self.discarding {
                return Step::End;
            }
            self.open = true;
            return self.row(window, window.len());
        }
        let resume = self.resume(window);
        self.open = resume.is_none();
        let end = resume.unwrap_or(window.len());
        let lines = memchr::memchr_iter(b'\n', &window[..end]).count();
        let on = match lines {
            0 => String::new(),
            1 => ", 1 line on".to_owned(),
            _ => format!(", {lines} lines on"),
        };
        let reason = format!("row ends inside a quoted cell (truncated file?){on}");
        self.refuse(end, end, reason)
    }

    fn overlong(&mut self, window: &[u8]) -> Step {
        if let Some(next) = self.resume(window) {
            return self.refuse(next, next, too_long(self.limit));
        }
        self.discarding = true;
        self.scanned = 0;
        Step::Discard(window.len())
    }
}

impl Splitter for Table {
    fn step(&mut self, window: &[u8], ended: bool) -> Step {
        if let Some(end) = self.row_end(window) {
            self.open = false;
            self.row(&window[..end], end + 1)
        } else if ended {
            self.at_end(window)
        } else if window.len() > self.limit {
            self.overlong(window)
        } else {
            Step::More
        }
    }

    fn is_open(&self) -> bool {
        self.open
    }
}
