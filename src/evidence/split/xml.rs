//! XML whose rows are elements: `Event` in the audit exports of Exchange, `Obj` in what PowerShell writes with `Export-Clixml`.
//!
//! Only structure is looked at (tags, quotes, comments, CDATA, instructions); whether an element is sound is found out when it is
//! read. Rows stand below the root element; declarations, comments and the tags of the root stand between them. An element that is
//! not closed ends before the next one that begins like a row: an `Event` inside of an `Event` is always a row, an `Obj` is one when
//! it begins its line and is indented no deeper. No sound attribute holds `<`, so that an open quote ends at the next tag.

use super::{RESUMES, Splitter, Step, too_long};
use memchr::memmem;

/// Names of the root element and of its rows, and whether an element of a row's name may stand inside of a row.
const ROOTS: [(&str, &str, bool); 2] = [("SearchResults", "Event", false), ("Objs", "Obj", true)];

/// Longest name of an element that is looked at, in bytes: longer than all names in [`ROOTS`].
const LONGEST_NAME: usize = 16;

/// Bytes by which a window may exceed a small limit, so that the name of any tag can be told.
pub(super) const LOOKAHEAD: usize = LONGEST_NAME + 2;

/// What text begins with that is no markup, whatever it holds.
const CDATA: &[u8] = b"<![CDATA[";

/// Why an element is refused that is not closed.
const NOT_CLOSED: &str = "XML element is not closed (truncated?)";

/// The name of the rows below a root element; `None` for the root of anything that is no log.
pub(in crate::evidence) fn row_of(root: &str) -> Option<&'static str> {
    let known = ROOTS.iter().find(|(name, ..)| *name == root);
    known.map(|(_, row, _)| *row)
}

/// The name of the first element of a text, as far as it can be told: `None` when it does not stand in the window.
pub(in crate::evidence) fn root(window: &[u8]) -> Option<String> {
    let mut scanner = Scanner::new();
    let names = Names::default();
    loop {
        if let Token::Opens { at, .. } = scanner.next(window, &names)? {
            let name = window.get(at + 1..)?;
            let end = name.iter().position(|byte| ends_name(*byte))?;
            return Some(String::from_utf8_lossy(&name[..end]).into_owned());
        }
    }
}

/// The names that matter in one file.
#[derive(Default)]
struct Names {
    row: String,
    root: &'static str,
    /// Whether an element of the row's name may stand inside of a row.
    nests: bool,
}

impl Names {
    fn of(row: &str) -> Self {
        let known = ROOTS.iter().find(|(_, name, _)| *name == row);
        let (root, _, nests) = known.copied().unwrap_or_default();
        Self {
            row: row.to_owned(),
            root,
            nests,
        }
    }

    fn kind(&self, name: &[u8]) -> Kind {
        if name == self.row.as_bytes() {
            Kind::Row
        } else if name == self.root.as_bytes() {
            Kind::Root
        } else {
            Kind::Other
        }
    }
}

/// Which element a tag belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Row,
    Root,
    Other,
}

/// What the scanner came upon.
enum Token {
    /// A start tag begins here; its name is known.
    Opens { at: usize, kind: Kind },
    /// An end tag begins here; its name is known.
    Leaves { at: usize, kind: Kind },
    /// An end tag, or a start tag that is its own end tag, ends here.
    Shuts { end: usize },
    /// A start tag, a comment, CDATA, an instruction or a declaration ends here.
    Passes { end: usize },
}

/// What a look at the bytes behind the last came to.
enum Look {
    /// More bytes are needed.
    More,
    /// The scanner went on without coming upon anything.
    On,
    Found(Token),
}

/// Where the scanner stands.
#[derive(Clone, Copy)]
enum At {
    /// Outside of any tag.
    Text,
    /// At a `<` whose meaning is not known yet.
    Open,
    /// Inside a tag.
    Tag(Tag),
    /// Inside of what ends with these bytes alone.
    Until(&'static [u8]),
    /// Inside a document type: within which quote, how many brackets deep.
    Type { quote: Option<u8>, depth: usize },
}

/// Where in a tag the scanner stands.
#[derive(Clone, Copy)]
struct Tag {
    /// The quote that is open.
    quote: Option<u8>,
    /// Whether it is an end tag.
    closing: bool,
    /// Whether the last byte was a slash.
    slash: bool,
}

/// Takes markup apart, byte for byte, once.
struct Scanner {
    at: At,
    scanned: usize,
}

impl Scanner {
    fn new() -> Self {
        Self {
            at: At::Text,
            scanned: 0,
        }
    }

    /// The next token; `None` when the window ends before it.
    fn next(&mut self, window: &[u8], names: &Names) -> Option<Token> {
        loop {
            let rest = window.get(self.scanned..).unwrap_or_default();
            let look = match self.at {
                At::Text => self.text(rest),
                At::Open => self.open(rest, names),
                At::Tag(tag) => self.tag(rest, tag),
                At::Until(mark) => self.until(rest, mark),
                At::Type { quote, depth } => self.document_type(rest, quote, depth),
            };
            match look {
                Look::More => return None,
                Look::On => {}
                Look::Found(token) => return Some(token),
            }
        }
    }

    fn text(&mut self, rest: &[u8]) -> Look {
        let Some(at) = memchr::memchr(b'<', rest) else {
            self.scanned += rest.len();
            return Look::More;
        };
        self.scanned += at;
        self.at = At::Open;
        Look::On
    }

    /// Finds out what a `<` begins.
    fn open(&mut self, rest: &[u8], names: &Names) -> Look {
        const MARKS: [(&[u8], &[u8]); 3] = [(b"<!--", b"-->"), (CDATA, b"]]>"), (b"<?", b"?>")];
        for (mark, end) in MARKS {
            if rest.starts_with(mark) {
                self.scanned += mark.len();
                self.at = At::Until(end);
                return Look::On;
            }
            if mark.starts_with(rest) {
                return Look::More;
            }
        }
        if rest.starts_with(b"<!") {
            self.scanned += 2;
            let (quote, depth) = (None, 0);
            self.at = At::Type { quote, depth };
            return Look::On;
        }
        self.named(rest, names).map_or(Look::More, Look::Found)
    }

    fn named(&mut self, rest: &[u8], names: &Names) -> Option<Token> {
        let closing = rest.get(1)? == &b'/';
        let from = 1 + usize::from(closing);
        let name = rest.get(from..).unwrap_or_default();
        let end = name
            .iter()
            .take(LONGEST_NAME)
            .position(|byte| ends_name(*byte));
        let length = match end {
            Some(end) => end,
            None if name.len() < LONGEST_NAME => return None,
            None => LONGEST_NAME,
        };
        let kind = names.kind(&name[..length]);
        let at = self.scanned;
        self.scanned += from + length;
        self.at = At::Tag(Tag {
            quote: None,
            closing,
            slash: false,
        });
        Some(if closing {
            Token::Leaves { at, kind }
        } else {
            Token::Opens { at, kind }
        })
    }

    /// Goes on to the end of a tag, or to a `<` that no tag may hold.
    fn tag(&mut self, rest: &[u8], mut tag: Tag) -> Look {
        let mut at = 0;
        while let Some(byte) = rest.get(at) {
            if let Some(open) = tag.quote.filter(|open| open != byte && *byte != b'<') {
                let value = &rest[at..];
                at += memchr::memchr2(open, b'<', value).unwrap_or(value.len());
                tag.slash = false;
                continue;
            }
            match (tag.quote, byte) {
                (_, b'<') => {
                    self.scanned += at;
                    self.at = At::Open;
                    return Look::On;
                }
                (None, b'>') => return Look::Found(self.shut(at + 1, tag)),
                (None, b'"' | b'\'') if !tag.closing => tag.quote = Some(*byte),
                (Some(_), _) => tag.quote = None,
                (None, _) => {}
            }
            tag.slash = *byte == b'/';
            at += 1;
        }
        self.scanned += rest.len();
        self.at = At::Tag(tag);
        Look::More
    }

    fn shut(&mut self, length: usize, tag: Tag) -> Token {
        let end = self.ended(length);
        if tag.closing || tag.slash {
            Token::Shuts { end }
        } else {
            Token::Passes { end }
        }
    }

    /// Goes to behind what ends here.
    fn ended(&mut self, length: usize) -> usize {
        self.scanned += length;
        self.at = At::Text;
        self.scanned
    }

    fn until(&mut self, rest: &[u8], mark: &[u8]) -> Look {
        if let Some(at) = memmem::find(rest, mark) {
            let end = self.ended(at + mark.len());
            return Look::Found(Token::Passes { end });
        }
        // The mark may have begun.
        self.scanned += rest.len().saturating_sub(mark.len() - 1);
        Look::More
    }

    /// Goes on to the end of a document type. Nothing in it is ever read: entities of its own stay unknown.
    fn document_type(&mut self, rest: &[u8], mut quote: Option<u8>, mut depth: usize) -> Look {
        for (at, byte) in rest.iter().enumerate() {
            match (quote, byte) {
                (None, b'>') if depth == 0 => {
                    let end = self.ended(at + 1);
                    return Look::Found(Token::Passes { end });
                }
                (None, b'"' | b'\'') => quote = Some(*byte),
                (None, b'[') => depth += 1,
                (None, b']') => depth = depth.saturating_sub(1),
                (Some(open), close) if open == *close => quote = None,
                _ => {}
            }
        }
        self.scanned += rest.len();
        self.at = At::Type { quote, depth };
        Look::More
    }

    /// Forgets bytes at the beginning of the window that were looked at.
    fn forget(&mut self, length: usize) {
        self.scanned = self.scanned.saturating_sub(length);
    }
}

fn ends_name(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/' | b'<' | b'=' | b'"' | b'\'')
}

/// Where the cutter stands.
enum State {
    /// Outside of any row.
    Between,
    /// In what is neither a row nor markup between rows.
    Junk,
    /// Inside a row, so many elements deep.
    Inside { depth: usize },
}

/// Cuts out the elements that are rows.
pub(super) struct Xml {
    names: Names,
    limit: usize,
    state: State,
    scanner: Scanner,
    discarding: bool,
    resumes: u32,
    /// Blanks before the first other character of the line on which the window begins.
    indent: usize,
    /// Whether that line held nothing but blanks so far.
    fresh_line: bool,
}

impl Xml {
    pub(super) fn new(row: &str, limit: usize) -> Self {
        Self {
            names: Names::of(row),
            limit,
            state: State::Between,
            scanner: Scanner::new(),
            discarding: false,
            resumes: RESUMES,
            indent: 0,
            fresh_line: true,
        }
    }

    fn between(&mut self, window: &[u8], ended: bool) -> Step {
        let blanks = window.len() - window.trim_ascii_start().len();
        if blanks > 0 {
            self.scanner = Scanner::new();
            return Step::Skip(blanks);
        }
        match window.first() {
            None if ended => return Step::End,
            None => return Step::More,
            Some(b'<') => {}
            Some(_) => return self.junk(window, ended),
        }
        match self.markup(window) {
            Some(Ok(_)) if window.starts_with(CDATA) => self.junk(window, ended),
            Some(Ok(end)) => {
                self.scanner = Scanner::new();
                Step::Skip(end)
            }
            Some(Err(Kind::Row)) => {
                self.state = State::Inside { depth: 1 };
                self.inside(window, ended)
            }
            Some(Err(_)) => self.junk(window, ended),
            None if ended => self.unfinished(window, NOT_CLOSED.to_owned()),
            None if window.len() > self.limit.max(LOOKAHEAD) => self.junk(window, ended),
            None => Step::More,
        }
    }

    /// The end of the markup that the window begins with, or the kind of an element that does not stand between rows.
    fn markup(&mut self, window: &[u8]) -> Option<Result<usize, Kind>> {
        loop {
            match self.scanner.next(window, &self.names)? {
                // A tag of the root that was left open ends before the next tag.
                Token::Opens { at, .. } | Token::Leaves { at, .. } if at > 0 => {
                    return Some(Ok(at));
                }
                Token::Opens { kind, .. } if kind != Kind::Root => return Some(Err(kind)),
                Token::Leaves { kind, .. } if kind != Kind::Root => return Some(Err(Kind::Other)),
                Token::Opens { .. } | Token::Leaves { .. } => {}
                Token::Shuts { end } | Token::Passes { end } => return Some(Ok(end)),
            }
        }
    }

    /// Refuses what stands here up to the next tag that has its place between rows.
    fn junk(&mut self, window: &[u8], ended: bool) -> Step {
        // The first byte is known not to begin any; later windows begin with one that may.
        let mut from = usize::from(!matches!(self.state, State::Junk));
        self.state = State::Junk;
        while let Some(found) = window
            .get(from..)
            .and_then(|rest| memchr::memchr(b'<', rest))
        {
            let at = from + found;
            match self.belongs(&window[at..]) {
                Some(true) => return self.refuse(at, self.foreign()),
                None if !ended => return self.discard(at),
                Some(false) | None => from = at + 1,
            }
        }
        if ended {
            self.refuse(window.len(), self.foreign())
        } else {
            self.discard(window.len())
        }
    }

    /// Whether a tag begins a row, or is one of the root; `None` when its name is not read yet.
    fn belongs(&self, tag: &[u8]) -> Option<bool> {
        let mut scanner = Scanner::new();
        match scanner.open(tag, &self.names) {
            Look::More => None,
            Look::Found(Token::Opens { kind, .. }) => Some(kind != Kind::Other),
            Look::Found(Token::Leaves { kind, .. }) => Some(kind == Kind::Root),
            Look::On | Look::Found(_) => Some(false),
        }
    }

    fn foreign(&self) -> String {
        format!("not an {} element", self.names.row)
    }

    fn inside(&mut self, window: &[u8], ended: bool) -> Step {
        while let Some(token) = self.scanner.next(window, &self.names) {
            let State::Inside { depth } = &mut self.state else {
                break;
            };
            match token {
                Token::Opens { at, kind } if kind == Kind::Row && !self.names.nests => {
                    return self.refuse(at, self.reason());
                }
                Token::Leaves {
                    at,
                    kind: Kind::Root,
                } => {
                    let end = self.try_resume(&window[..at]).unwrap_or(at);
                    return self.refuse(end, self.reason());
                }
                Token::Opens { .. } => *depth += 1,
                Token::Shuts { end } if *depth <= 1 => return self.row(end),
                Token::Shuts { .. } => *depth -= 1,
                Token::Leaves { .. } | Token::Passes { .. } => {}
            }
        }
        if ended {
            return self.unfinished(window, self.reason());
        }
        if window.len() > self.limit.max(LOOKAHEAD) {
            return self.overlong(window);
        }
        Step::More
    }

    fn reason(&self) -> String {
        if self.discarding {
            too_long(self.limit)
        } else {
            NOT_CLOSED.to_owned()
        }
    }

    fn row(&mut self, end: usize) -> Step {
        if self.discarding || end > self.limit {
            return self.refuse(end, too_long(self.limit));
        }
        self.restart();
        Step::Row {
            start: 0,
            end,
            next: end,
        }
    }

    fn overlong(&mut self, window: &[u8]) -> Step {
        if let Some(next) = self.try_resume(window) {
            return self.refuse(next, too_long(self.limit));
        }
        let length = self.scanner.scanned;
        self.scanner.forget(length);
        self.discard(length)
    }

    fn unfinished(&mut self, window: &[u8], reason: String) -> Step {
        let end = self.try_resume(window).unwrap_or(window.len());
        self.refuse(end, reason)
    }

    /// The next row inside of the window of one that did not end, if it may still be looked for.
    fn try_resume(&mut self, window: &[u8]) -> Option<usize> {
        if self.discarding {
            return None;
        }
        self.resumes = self.resumes.checked_sub(1)?;
        let mut from = 1;
        // Behind the last line break, as long as no tag followed.
        let mut line = None;
        while let Some(found) = window
            .get(from..)
            .and_then(|rest| memchr::memchr2(b'<', b'\n', rest))
        {
            let at = from + found;
            from = at + 1;
            if window[at] == b'\n' {
                line = Some(from);
                continue;
            }
            let before = line.take().and_then(|line| window.get(line..at));
            if self.belongs(&window[at..]) == Some(true) && self.resumes_behind(before) {
                return Some(at);
            }
        }
        None
    }

    /// Whether a row may begin behind this beginning of a line; nothing where a tag stands before it.
    fn resumes_behind(&self, line: Option<&[u8]>) -> bool {
        let is_indent = |line: &[u8]| line.len() <= self.indent && line.trim_ascii().is_empty();
        !self.names.nests || line.is_some_and(is_indent)
    }

    fn discard(&mut self, length: usize) -> Step {
        if length == 0 {
            return Step::More;
        }
        self.discarding = true;
        Step::Discard(length)
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
        self.scanner = Scanner::new();
    }

    /// Keeps count of the indentation of the line on which the next window begins.
    fn pass(&mut self, gone: &[u8]) {
        let line = match memchr::memrchr(b'\n', gone) {
            Some(at) => {
                (self.indent, self.fresh_line) = (0, true);
                gone.get(at + 1..).unwrap_or_default()
            }
            None => gone,
        };
        let blanks = line.len() - line.trim_ascii_start().len();
        if self.fresh_line {
            self.indent += blanks;
            self.fresh_line = blanks == line.len();
        }
    }
}

impl Splitter for Xml {
    fn step(&mut self, window: &[u8], ended: bool) -> Step {
        let step = match self.state {
            State::Between => self.between(window, ended),
            State::Junk => self.junk(window, ended),
            State::Inside { .. } => self.inside(window, ended),
        };
        if let Step::Skip(gone)
        | Step::Discard(gone)
        | Step::Row { next: gone, .. }
        | Step::Refuse { next: gone, .. } = &step
        {
            self.pass(window.get(..*gone).unwrap_or_default());
        }
        step
    }
}
