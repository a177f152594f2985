//! JSON documents and arrays, pretty-printed or not, one after another: every object that stands in no other object is a row.
//!
//! Only structure is looked at (depth, strings, escapes); whether an object is sound JSON is found out when it is read. An object
//! that is not closed, or breaks a line inside a string, ends before the next line that begins like a row and is indented no deeper
//! than the object was: nested lines of pretty-printed JSON are. Envelopes (`{"value":[…]}`) are one row here; to open them, this is
//! the place.

use super::{RESUMES, Splitter, Step, too_long};
use std::ops::ControlFlow;

/// Where the cutter stands.
enum State {
    /// Outside of any object.
    Between,
    /// In bytes that belong to no object.
    Junk,
    /// Inside an object.
    Inside,
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

/// Cuts out the objects.
pub(super) struct Documents {
    limit: usize,
    state: State,
    scanned: usize,
    depth: usize,
    quote: Quote,
    discarding: bool,
    resumes: u32,
    /// Blanks before the first other character of the line on which the row begins.
    indent: usize,
    /// Whether that line held nothing but blanks so far.
    fresh_line: bool,
}

impl Documents {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            state: State::Between,
            scanned: 0,
            depth: 0,
            quote: Quote::Outside,
            discarding: false,
            resumes: RESUMES,
            indent: 0,
            fresh_line: true,
        }
    }

    fn between(&mut self, window: &[u8], ended: bool) -> Step {
        for (at, byte) in window.iter().enumerate() {
            match byte {
                b'\n' => (self.indent, self.fresh_line) = (0, true),
                b' ' | b'\t' => self.indent += usize::from(self.fresh_line),
                b'\r' => {}
                b',' | b'[' | b']' => self.fresh_line = false,
                byte => {
                    self.fresh_line = false;
                    self.state = if *byte == b'{' {
                        State::Inside
                    } else {
                        State::Junk
                    };
                    return Step::Skip(at);
                }
            }
        }
        match (window.is_empty(), ended) {
            (false, _) => Step::Skip(window.len()),
            (true, true) => Step::End,
            (true, false) => Step::More,
        }
    }

    fn junk(&mut self, window: &[u8], ended: bool) -> Step {
        match memchr::memchr2(b'\n', b'{', window) {
            None if !ended && window.is_empty() => Step::More,
            None if !ended => Step::Discard(window.len()),
            end => {
                let end = end.unwrap_or(window.len());
                self.refuse(end, "not a JSON object".to_owned())
            }
        }
    }

    fn inside(&mut self, window: &[u8], ended: bool) -> Step {
        if let Some(end) = self.object_end(window) {
            return match end {
                ControlFlow::Continue(end) if self.discarding || end > self.limit => {
                    self.refuse(end, too_long(self.limit))
                }
                ControlFlow::Continue(end) => {
                    self.restart();
                    Step::Row {
                        start: 0,
                        end,
                        next: end,
                    }
                }
                ControlFlow::Break(line_break) => self.broken(window, ended, line_break),
            };
        }
        if ended {
            return self.unfinished(window);
        }
        if window.len() > self.limit {
            return self.overlong(window);
        }
        Step::More
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
            return self.refuse(next, too_long(self.limit));
        }
        self.discarding = true;
        self.scanned = 0;
        Step::Discard(window.len())
    }

    fn unfinished(&mut self, window: &[u8]) -> Step {
        let end = self.try_resume(window).unwrap_or(window.len());
        self.refuse(end, NOT_CLOSED.to_owned())
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
            if let Resume::Here(at) = resume(&window[from..], self.indent) {
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
            match resume(&window[from..], self.indent) {
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
    }
}

impl Splitter for Documents {
    fn step(&mut self, window: &[u8], ended: bool) -> Step {
        match self.state {
            State::Between => self.between(window, ended),
            State::Junk => self.junk(window, ended),
            State::Inside => self.inside(window, ended),
            State::Resync => self.resync(window, ended),
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
