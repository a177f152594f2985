//! Rows of a file, cut and placed but not read: in batches that any thread can read.
//!
//! Cutting is one thing after another, and cheap. Where every line is a row, even that is left to whoever reads them: only the last line end of
//! a block is looked for, and its lines are counted. Not here: what a row says (`rows`).

use super::encoding::Encoding;
use super::source::{BLOCK, Bytes, Source};
use super::split::{self, Splitter, Step};
use super::{Container, Layout, MAX_ROW, Place};
use std::io;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;

/// Most rows of a batch: what is known of a row before it is read may be larger than the row.
const ROWS: usize = 8 << 10;

/// Rows that were cut together.
pub(super) struct Batch {
    text: Arc<Bytes>,
    /// Where in the text its rows stand.
    range: Range<usize>,
    rows: Rows,
}

enum Rows {
    /// One after another.
    Cut(Vec<Cut>),
    /// Whole lines, the first of which stands here.
    Lines(Place),
}

/// What a cutter made of one row.
enum Cut {
    /// It can be read: where in the text of its batch it stands.
    Whole { range: Range<usize>, place: Place },
    /// It cannot be read.
    Refused { place: Place, reason: String },
}

/// One row of a batch.
pub(super) enum Piece<'b> {
    /// It can be read.
    Whole {
        /// Its bytes, in UTF-8 or what claims to be.
        bytes: &'b [u8],
        /// The same, if they are.
        text: Option<&'b str>,
        /// Where it stands.
        place: Place,
    },
    /// It cannot be read.
    Refused { place: Place, reason: &'b str },
}

impl Batch {
    /// Bytes that it takes, roughly.
    pub(super) fn size(&self) -> usize {
        let cuts = match &self.rows {
            Rows::Cut(cuts) => size_of_val(cuts.as_slice()),
            Rows::Lines(_) => 0,
        };
        self.range.len() + cuts
    }

    /// Shows every row until one breaks.
    pub(super) fn each(
        &self,
        see: &mut dyn FnMut(Piece<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let bytes = self.text.get(self.range.clone()).unwrap_or_default();
        let part = Part {
            bytes,
            text: std::str::from_utf8(bytes).ok(),
        };
        match &self.rows {
            Rows::Lines(first) => part.lines(*first, see),
            Rows::Cut(cuts) => cuts.iter().try_for_each(|cut| match cut {
                Cut::Refused { place, reason } => see(Piece::Refused {
                    place: *place,
                    reason,
                }),
                Cut::Whole { range, place } => {
                    let start = self.range.start;
                    see(part.whole(range.start - start..range.end - start, *place))
                }
            }),
        }
    }
}

/// The text of a batch, looked at as a whole once.
struct Part<'b> {
    bytes: &'b [u8],
    text: Option<&'b str>,
}

impl<'b> Part<'b> {
    fn whole(&self, range: Range<usize>, place: Place) -> Piece<'b> {
        let bytes = self.bytes.get(range.clone()).unwrap_or_default();
        // Where one row is damaged, the others are not.
        let text = match self.text {
            Some(text) => text.get(range),
            None => std::str::from_utf8(bytes).ok(),
        };
        Piece::Whole { bytes, text, place }
    }

    /// Cuts lines as the cutter of one line after another does.
    fn lines(
        &self,
        mut at: Place,
        see: &mut dyn FnMut(Piece<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let mut splitter = split::splitter(&Container::Lines, MAX_ROW);
        let mut from = 0;
        loop {
            let window = self.bytes.get(from..).unwrap_or_default();
            let next = match splitter.step(window, false) {
                Step::Row { start, end, next } => {
                    let place = Place {
                        offset: at.offset + start as u64,
                        length: (end - start) as u64,
                        ..at
                    };
                    see(self.whole(from + start..from + end, place))?;
                    next
                }
                Step::Refuse { end, next, reason } => {
                    let length = end as u64;
                    let place = Place { length, ..at };
                    let reason = &reason;
                    see(Piece::Refused { place, reason })?;
                    next
                }
                Step::Skip(next) => next,
                // There are but whole lines.
                Step::Discard(_) | Step::More | Step::End => return ControlFlow::Continue(()),
            };
            from += next;
            at.offset += next as u64;
            at.line += 1;
        }
    }
}

/// Cuts a source into batches of rows.
pub(super) struct Cutter<'a> {
    source: Source<'a>,
    splitter: Box<dyn Splitter>,
    /// Most rows of a batch.
    most: usize,
    /// Whether blocks of lines are given as they stand.
    in_lines: bool,
    /// Bytes of the window known to hold no line end, where blocks of lines are given.
    scanned: usize,
    /// Whether the window is used up.
    starved: bool,
    /// A row that is being refused while its end is still to come.
    open: Option<Place>,
    /// Where the last row begins, if it may not be whole.
    open_tail: Option<u64>,
}

impl<'a> Cutter<'a> {
    /// Cuts row by row.
    pub(super) fn new(source: Source<'a>, layout: &Layout) -> Self {
        Self {
            source,
            splitter: split::splitter(&layout.container, MAX_ROW),
            most: ROWS,
            in_lines: false,
            scanned: 0,
            starved: false,
            open: None,
            open_tail: None,
        }
    }

    /// Cuts batches of about so many bytes. If they are as large as blocks it is left to whoever reads a batch to find its lines, where every line
    /// is a row and its bytes are those of the file.
    pub(super) fn in_batches(mut self, layout: &Layout, batch: usize) -> Self {
        self.most = batch.clamp(1, ROWS);
        self.in_lines = batch >= BLOCK
            && layout.container == Container::Lines
            && matches!(layout.encoding, Encoding::Utf8 | Encoding::Utf8Marked);
        self
    }

    /// The source of the rows.
    pub(super) fn source(&mut self) -> &mut Source<'a> {
        &mut self.source
    }

    /// Where the row cut last begins, if it may be but the beginning of what a program is still writing.
    pub(super) fn open_tail(&self) -> Option<u64> {
        self.open_tail
    }

    /// What was seen between rows that a reader of the file should know.
    pub(super) fn notes(&self) -> Vec<String> {
        self.splitter.notes()
    }

    /// The next rows; none at the end of the source. A failure comes behind all rows before it.
    pub(super) fn next(&mut self) -> io::Result<Option<Batch>> {
        if std::mem::take(&mut self.starved) {
            self.source.more()?;
        }
        if self.open.is_none()
            && let Some(lines) = self.lines()?
        {
            return Ok(Some(lines));
        }
        let most = if self.in_lines { 1 } else { self.most };
        let mut cuts = Vec::new();
        while cuts.len() < most {
            match self
                .splitter
                .step(self.source.window(), self.source.ended())
            {
                Step::End => break,
                Step::More if cuts.is_empty() => self.source.more()?,
                Step::More => {
                    self.starved = true;
                    break;
                }
                Step::Skip(length) => self.source.consume(length),
                Step::Discard(length) => self.discard(length),
                Step::Row { start, end, next } => cuts.push(self.row(start, end, next)),
                Step::Refuse { end, next, reason } => cuts.push(self.refuse(end, next, reason)),
            }
        }
        Ok(self.batch(cuts))
    }

    fn batch(&self, cuts: Vec<Cut>) -> Option<Batch> {
        let ranges = || {
            cuts.iter().filter_map(|cut| match cut {
                Cut::Whole { range, .. } => Some(range),
                Cut::Refused { .. } => None,
            })
        };
        let start = ranges().next().map_or(0, |range| range.start);
        let end = ranges().next_back().map_or(start, |range| range.end);
        (!cuts.is_empty()).then(|| Batch {
            text: self.source.shared(),
            range: start..end,
            rows: Rows::Cut(cuts),
        })
    }

    /// The whole lines in front; none where a row has to be looked at by itself: it is very long, or the last and without a line end.
    fn lines(&mut self) -> io::Result<Option<Batch>> {
        while self.in_lines {
            let window = self.source.window();
            let rest = window.get(self.scanned..).unwrap_or_default();
            if let Some(at) = memchr::memrchr(b'\n', rest) {
                let length = std::mem::take(&mut self.scanned) + at + 1;
                let (text, start) = (self.source.shared(), self.source.start());
                let first = self.source.place(0);
                self.source.consume(length);
                self.open_tail = None;
                return Ok(Some(Batch {
                    text,
                    range: start..start + length,
                    rows: Rows::Lines(first),
                }));
            }
            self.scanned = window.len();
            if self.source.ended() || window.len() > MAX_ROW {
                self.scanned = 0;
                break;
            }
            self.source.more()?;
        }
        Ok(None)
    }

    fn discard(&mut self, length: usize) {
        let place = self.open.get_or_insert(self.source.place(0));
        place.length += self.source.span(length);
        self.source.consume(length);
    }

    fn refuse(&mut self, end: usize, next: usize, reason: String) -> Cut {
        let mut place = self.open.take().unwrap_or(self.source.place(0));
        place.length += self.source.span(end);
        self.source.consume(next);
        self.note_tail(place);
        Cut::Refused { place, reason }
    }

    fn row(&mut self, start: usize, end: usize, next: usize) -> Cut {
        self.source.consume(start);
        let place = self.source.place(end - start);
        let from = self.source.start();
        self.source.consume(next - start);
        self.note_tail(place);
        Cut::Whole {
            range: from..from + end - start,
            place,
        }
    }

    fn note_tail(&mut self, place: Place) {
        self.open_tail = self.splitter.is_open().then_some(place.offset);
    }
}
