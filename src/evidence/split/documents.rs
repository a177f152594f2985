//! JSON documents and arrays, pretty-printed or not, one after another: every object that stands in no other object is a row, but
//! envelopes, whose rows stand in them.
//!
//! Only structure is looked at (depth, strings, escapes); whether an object is sound JSON is found out when it is read. An object
//! that is not closed, or breaks a line inside a string, ends before the next line that begins like a row and is indented no deeper
//! than the object was: nested lines of pretty-printed JSON are. Whether an object is an envelope (`envelope`, `arrays`) is decided
//! when its end is seen, or when it is longer than a row may be; the cutter then goes back to the first of its rows, so that an
//! envelope of any size is read with no more of it held than one row.

use super::arrays;
use super::envelope;
use super::{RESUMES, Splitter, Step, too_long};
use std::ops::ControlFlow;

/// Where the cutter stands.
enum State {
    /// Outside of any object.
    Between,
    /// In bytes that belong to no object.
    Junk,
    /// Inside a row, or an object that may be an envelope.
    Inside,
    /// Behind the rows of an envelope, before its end.
    Tail,
    /// Behind a broken object, looking for the next row.
    Resync,
}

/// Where the cutter stands as to strings.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quote {
    /// Outside of any string.
    Outside,
    /// Inside a string.
    Inside,
    /// Behind a backslash inside a string.
    Escaped,
}

/// Why an object is refused that holds a line break inside a string.
const RAW_BREAK: &str = "line break inside a JSON string";

/// Why an object is refused that is not closed.
const NOT_CLOSED: &str = "JSON object is not closed (truncated?)";

/// How deep envelopes stand in envelopes that are opened: a Graph batch is two deep.
const NESTED: usize = 4;

/// What the rows of an envelope are.
enum Shape {
    /// Objects, in arrays of known names.
    Objects,
    /// Arrays of values, under these columns.
    Arrays(Vec<String>),
}

/// An array of rows that is open.
struct Open {
    /// Open brackets inside of it, from the beginning of its envelope.
    depth: usize,
    /// Brackets of arrays in it that are open.
    arrays: usize,
    /// Why none of its rows is read.
    refused: Option<String>,
}

/// What was seen of envelopes, for the layout.
#[derive(Default)]
struct Seen {
    opened: Option<&'static str>,
    empty: Option<&'static str>,
    next_page: Option<&'static str>,
}

/// Why the rest of an envelope is refused that goes on and on with arrays of rows.
const TOO_MANY_ARRAYS: &str = "an envelope with more arrays of rows than are read";

/// Cuts out the objects.
pub(super) struct Documents {
    limit: usize,
    shape: Shape,
    /// Arrays of rows that are open, outermost first.
    open: Vec<Open>,
    seen: Seen,
    /// Whether the object holds an array that may be one of rows.
    suspect: bool,
    /// Whether the row cut last was not closed when the file ended.
    unfinished: bool,
    state: State,
    scanned: usize,
    depth: usize,
    quote: Quote,
    discarding: bool,
    resumes: u32,
    line: Line,
}

/// The line on which a row begins.
struct Line {
    /// Blanks before its first other character.
    indent: usize,
    /// Whether it held nothing but blanks so far.
    is_fresh: bool,
}

impl Line {
    const START: Self = Self {
        indent: 0,
        is_fresh: true,
    };
}

impl Documents {
    /// Cuts out objects.
    pub(super) fn new(limit: usize) -> Self {
        Self::of_shape(Shape::Objects, limit)
    }

    /// Cuts out the rows of tables in JSON, under the columns of the first.
    pub(super) fn arrays(header: &[String], limit: usize) -> Self {
        Self::of_shape(Shape::Arrays(header.to_vec()), limit)
    }

    fn of_shape(shape: Shape, limit: usize) -> Self {
        Self {
            limit,
            shape,
            open: Vec::new(),
            seen: Seen::default(),
            suspect: false,
            unfinished: false,
            state: State::Between,
            scanned: 0,
            depth: 0,
            quote: Quote::Outside,
            discarding: false,
            resumes: RESUMES,
            line: Line::START,
        }
    }

    /// The bracket that a row, or an envelope, begins with here.
    fn opener(&self) -> u8 {
        match self.shape {
            Shape::Arrays(_) if !self.open.is_empty() => b'[',
            _ => b'{',
        }
    }

    fn between(&mut self, window: &[u8], ended: bool) -> Step {
        let opener = self.opener();
        for (at, byte) in window.iter().enumerate() {
            match byte {
                b'\n' => self.line = Line::START,
                b' ' | b'\t' => self.line.indent += usize::from(self.line.is_fresh),
                b'\r' => {}
                byte if *byte == opener => return self.begin(State::Inside, at),
                b'[' => self.array_opens(),
                b']' if self.array_closes() => return self.begin(State::Tail, at + 1),
                b',' | b']' => self.line.is_fresh = false,
                _ => return self.begin(State::Junk, at),
            }
        }
        match (window.is_empty(), ended) {
            (false, _) => Step::Skip(window.len()),
            (true, true) => Step::End,
            (true, false) => Step::More,
        }
    }

    fn begin(&mut self, state: State, at: usize) -> Step {
        self.state = state;
        self.line.is_fresh = false;
        Step::Skip(at)
    }

    fn array_opens(&mut self) {
        self.line.is_fresh = false;
        if let Some(open) = self.open.last_mut() {
            open.arrays += 1;
        }
    }

    /// Closes an array; whether it was the one that holds the rows of an envelope.
    fn array_closes(&mut self) -> bool {
        let Some(open) = self.open.last_mut() else {
            return false;
        };
        if let Some(arrays) = open.arrays.checked_sub(1) {
            open.arrays = arrays;
            return false;
        }
        self.depth = open.depth - 1;
        true
    }

    fn junk(&mut self, window: &[u8], ended: bool) -> Step {
        let opener = self.opener();
        let close = if self.open.is_empty() { opener } else { b']' };
        match memchr::memchr3(b'\n', opener, close, window) {
            None if !ended && window.is_empty() => Step::More,
            None if !ended => Step::Discard(window.len()),
            end => {
                let end = end.unwrap_or(window.len());
                self.refuse(end, self.not_a_row().to_owned())
            }
        }
    }

    fn not_a_row(&self) -> &'static str {
        match self.opener() {
            b'[' => "not a JSON array, as the rows of its table are",
            _ => "not a JSON object",
        }
    }

    fn inside(&mut self, window: &[u8], ended: bool) -> Step {
        let found = self.object_end(window);
        let (end, whole) = match found {
            Some(ControlFlow::Continue(end)) => (end, end <= self.limit),
            Some(ControlFlow::Break(line_break)) => (line_break, false),
            None if ended || window.len() > self.limit => (window.len(), false),
            None => return Step::More,
        };
        let head = window.get(..end.min(self.limit)).unwrap_or_default();
        if let Some(step) = self.envelope(head, whole) {
            return step;
        }
        match found {
            Some(ControlFlow::Continue(end)) => self.whole(end, whole),
            Some(ControlFlow::Break(line_break)) => {
                self.leave_tail();
                self.broken(window, ended, line_break)
            }
            None if ended => self.unfinished(window),
            None => self.overlong(window),
        }
    }

    /// An object, an array or the rest of an envelope that ends here.
    fn whole(&mut self, end: usize, short: bool) -> Step {
        let tail = self.leave_tail();
        if self.discarding || !short {
            return self.refuse(end, too_long(self.limit));
        }
        if tail && self.suspect && self.resumes == 0 {
            return self.refuse(end, TOO_MANY_ARRAYS.to_owned());
        }
        if tail {
            self.restart();
            return Step::Skip(end);
        }
        if let Some(reason) = self.open.last().and_then(|open| open.refused.clone()) {
            return self.refuse(end, reason);
        }
        self.restart();
        Step::Row {
            start: 0,
            end,
            next: end,
        }
    }

    /// Leaves the envelope whose rest was looked at, if one was.
    fn leave_tail(&mut self) -> bool {
        let tail = matches!(self.state, State::Tail);
        if tail {
            self.open.pop();
        }
        tail
    }

    /// Opens an envelope: goes to the first of its rows, or over one without rows.
    fn envelope(&mut self, head: &[u8], whole: bool) -> Option<Step> {
        let tail = matches!(self.state, State::Tail);
        if self.discarding || !self.may_open(tail) {
            return None;
        }
        let depth = if tail { self.open.last()?.depth - 1 } else { 0 };
        let (start, open) = match &self.shape {
            Shape::Objects => {
                let found = envelope::find(head, depth);
                self.seen.next_page = self.seen.next_page.or(found.next_page);
                if found.rows.is_none() && found.empty.is_some() && whole && !tail {
                    self.seen.empty = self.seen.empty.or(found.empty);
                    return Some(self.skip(head, head.len()));
                }
                let rows = found.rows?;
                self.seen.opened = self.seen.opened.or(Some(rows.name));
                (rows.start, Open::new(rows.depth, None))
            }
            Shape::Arrays(header) => {
                let table = arrays::find(head, depth)?;
                (table.start, Open::new(table.depth, table.refused(header)))
            }
        };
        if !self.leave_tail() && self.open.len() == NESTED {
            // So deep are only envelopes whose ends were lost.
            self.open.remove(0);
            self.resumes -= 1;
        } else if tail {
            self.resumes -= 1;
        }
        self.open.push(open);
        Some(self.skip(head, start))
    }

    /// Whether an envelope may be opened here. To look at the same text again and again costs its length each time.
    fn may_open(&self, tail: bool) -> bool {
        let may_resume = self.resumes > 0;
        match self.shape {
            _ if tail => may_resume,
            Shape::Objects => self.suspect && (self.open.len() < NESTED || may_resume),
            Shape::Arrays(_) => self.suspect && self.open.is_empty(),
        }
    }

    /// Goes over text of an envelope; the line on which the next row begins may have begun in it.
    fn skip(&mut self, head: &[u8], end: usize) -> Step {
        let text = head.get(..end).unwrap_or_default();
        if let Some(line_break) = memchr::memrchr(b'\n', text) {
            let line = text.get(line_break + 1..).unwrap_or_default();
            let blank = |byte: &&u8| matches!(byte, b' ' | b'\t');
            self.line.indent = line.iter().take_while(blank).count();
        }
        self.restart();
        Step::Skip(end)
    }

    /// Goes on to the end of the object, or to a line break inside a string.
    fn object_end(&mut self, window: &[u8]) -> Option<ControlFlow<usize, usize>> {
        while let Some(byte) = window.get(self.scanned) {
            if self.quote != Quote::Outside {
                let found = self.string_step(&window[self.scanned..]);
                self.scanned += found?;
                if window.get(self.scanned - 1) == Some(&b'\n') {
                    return Some(ControlFlow::Break(self.scanned - 1));
                }
                continue;
            }
            self.suspect |= *byte == b'[' && self.may_hold_rows(window);
            self.scanned += 1;
            match byte {
                b'"' => self.quote = Quote::Inside,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => self.depth -= 1,
                _ => {}
            }
            if self.depth == 0 {
                return Some(ControlFlow::Continue(self.scanned));
            }
        }
        None
    }

    /// Whether the array that begins at the byte looked at may be one of rows.
    fn may_hold_rows(&self, window: &[u8]) -> bool {
        let text = window.get(..self.scanned).unwrap_or_default();
        match self.shape {
            Shape::Objects => envelope::may_hold_rows(text, self.depth),
            Shape::Arrays(_) => arrays::may_hold_rows(text, self.depth),
        }
    }

    /// Goes to behind the next byte that matters inside a string; `None` (and to the end) when there is none.
    fn string_step(&mut self, rest: &[u8]) -> Option<usize> {
        if self.quote == Quote::Escaped {
            self.quote = Quote::Inside;
            return Some(1);
        }
        let Some(at) = memchr::memchr3(b'"', b'\\', b'\n', rest) else {
            self.scanned += rest.len();
            return None;
        };
        self.quote = match rest[at] {
            b'"' => Quote::Outside,
            b'\\' => Quote::Escaped,
            _ => Quote::Inside,
        };
        Some(at + 1)
    }

    fn overlong(&mut self, window: &[u8]) -> Step {
        if let Some(next) = self.try_resume(window) {
            self.leave_tail();
            return self.refuse(next, too_long(self.limit));
        }
        self.discarding = true;
        self.scanned = 0;
        Step::Discard(window.len())
    }

    fn unfinished(&mut self, window: &[u8]) -> Step {
        if !self.discarding && window.trim_ascii().is_empty() {
            // Nothing is left but the end of an envelope that never came.
            return if window.is_empty() {
                Step::End
            } else {
                Step::Skip(window.len())
            };
        }
        let resume = self.try_resume(window);
        self.leave_tail();
        let step = self.refuse(resume.unwrap_or(window.len()), NOT_CLOSED.to_owned());
        self.unfinished = resume.is_none();
        step
    }

    /// The next row inside of the window of an object that did not end, if it may still be looked for.
    fn try_resume(&mut self, window: &[u8]) -> Option<usize> {
        if self.discarding {
            return None;
        }
        self.resumes = self.resumes.checked_sub(1)?;
        let mut from = 0;
        while let Some(at) = memchr::memchr(b'\n', &window[from..]) {
            from += at + 1;
            if let Resume::Here(at) = resume(&window[from..], self.line.indent) {
                return Some(from + at);
            }
        }
        None
    }

    /// Leaves an object at a line break inside a string. What lies before it is discarded first, so that the break opens the window.
    fn broken(&mut self, window: &[u8], ended: bool, line_break: usize) -> Step {
        self.restart();
        self.state = State::Resync;
        if line_break == 0 {
            return self.resync(window, ended);
        }
        self.discard_to(line_break)
    }

    fn discard_to(&mut self, end: usize) -> Step {
        if end == 0 {
            return Step::More;
        }
        self.discarding = true;
        Step::Discard(end)
    }

    fn resync(&mut self, window: &[u8], ended: bool) -> Step {
        let mut from = 0;
        while let Some(at) = memchr::memchr(b'\n', &window[from..]) {
            let line_break = from + at;
            from = line_break + 1;
            match resume(&window[from..], self.line.indent) {
                Resume::Here(at) => return self.refuse(from + at, RAW_BREAK.to_owned()),
                Resume::Unknown if !ended => return self.discard_to(line_break),
                Resume::Unknown | Resume::No => {}
            }
        }
        if ended {
            self.refuse(window.len(), RAW_BREAK.to_owned())
        } else {
            self.discard_to(window.len())
        }
    }

    fn refuse(&mut self, end: usize, reason: String) -> Step {
        self.restart();
        self.discarding = false;
        Step::Refuse {
            end,
            next: end,
            reason,
        }
    }

    fn restart(&mut self) {
        self.state = State::Between;
        self.scanned = 0;
        self.depth = 0;
        self.quote = Quote::Outside;
        self.suspect = false;
        self.unfinished = false;
    }
}

impl Splitter for Documents {
    fn step(&mut self, window: &[u8], ended: bool) -> Step {
        match self.state {
            State::Between => self.between(window, ended),
            State::Junk => self.junk(window, ended),
            State::Inside | State::Tail => self.inside(window, ended),
            State::Resync => self.resync(window, ended),
        }
    }

    fn is_open(&self) -> bool {
        self.unfinished
    }

    fn notes(&self) -> Vec<String> {
        let seen = [
            (self.seen.opened, "its rows stand in an envelope, in"),
            (self.seen.empty, "an envelope holds no rows in"),
            (self.seen.next_page, "names a next page:"),
        ];
        let mut notes: Vec<String> = seen
            .iter()
            .filter_map(|(name, words)| name.map(|name| format!("{words} {name}")))
            .collect();
        if !self.open.is_empty() {
            notes.push("ends inside of an envelope (truncated?)".to_owned());
        }
        notes
    }
}

impl Open {
    fn new(depth: usize, refused: Option<String>) -> Self {
        Self {
            depth,
            arrays: 0,
            refused,
        }
    }
}

/// Whether a new row begins on a line.
enum Resume {
    /// At this byte of the line.
    Here(usize),
    /// Not on this line.
    No,
    /// The line is not read yet.
    Unknown,
}

/// Looks at a line from its beginning.
fn resume(line: &[u8], indent: usize) -> Resume {
    let blanks = line
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count();
    match line.get(blanks) {
        _ if blanks > indent => Resume::No,
        None => Resume::Unknown,
        Some(b'{' | b'[' | b',' | b']') => Resume::Here(blanks),
        // The end of the broken object itself: what follows on its line is outside.
        Some(b'}') => Resume::Here(blanks + 1),
        Some(_) => Resume::No,
    }
}
