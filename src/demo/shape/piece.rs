//! Files that are texts one behind the other: lines, arrays, documents, and what wraps a list of records.
//!
//! Not here: tables (`table`), files whose parts depend on how many records there are (`page`, `search`).

use super::text::cut;
use super::{Part, Writer};
use serde_json::Value;

/// What stands around texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    /// What a file begins with.
    pub(super) head: &'static str,
    /// What stands between two texts.
    pub(super) between: &'static str,
    /// What stands behind each.
    pub(super) behind: &'static str,
    /// What a file ends with.
    pub(super) tail: &'static str,
}

/// One text a line.
pub(super) const LINES: Frame = Frame {
    head: "",
    between: "",
    behind: "\n",
    tail: "",
};

/// An array on one line.
pub(super) const ARRAY: Frame = Frame {
    head: "[",
    between: ",",
    behind: "",
    tail: "]",
};

/// An array of objects that are over several lines each.
pub(super) const INDENTED: Frame = Frame {
    head: "[\r\n",
    between: ",\r\n",
    behind: "",
    tail: "\r\n]\r\n",
};

/// What Azure wraps lists of records in.
pub(super) const BATCH: Frame = Frame {
    head: "{\"records\":[",
    between: ",",
    behind: "",
    tail: "]}",
};

/// Puts texts into a frame.
#[derive(Debug)]
pub(super) struct Framed {
    frame: Frame,
    has_begun: bool,
}

impl Framed {
    /// Nothing is written yet.
    pub(super) fn new(frame: Frame) -> Self {
        Self {
            frame,
            has_begun: false,
        }
    }

    /// Appends one text.
    pub(super) fn put(&mut self, text: &str, out: &mut Vec<u8>) {
        let before = if self.has_begun {
            self.frame.between
        } else {
            self.frame.head
        };
        self.has_begun = true;
        for part in [before, text, self.frame.behind] {
            out.extend_from_slice(part.as_bytes());
        }
    }

    /// Appends what comes last.
    pub(super) fn end(&self, out: &mut Vec<u8>) {
        if !self.has_begun {
            out.extend_from_slice(self.frame.head.as_bytes());
        }
        out.extend_from_slice(self.frame.tail.as_bytes());
    }
}

/// What a record is as text.
pub(super) type Text = fn(&Value) -> String;

/// Writes each record as a text.
#[derive(Debug)]
struct Pieces {
    framed: Framed,
    text: Text,
}

impl Writer for Pieces {
    fn record(&mut self, record: &Value, out: &mut Vec<u8>) {
        self.framed.put(&(self.text)(record), out);
    }

    fn part(&mut self, record: &Value, part: Part, out: &mut Vec<u8>) -> bool {
        match part {
            Part::Cut(thousandths) if self.framed.frame == LINES => {
                self.framed.put(cut(&(self.text)(record), thousandths), out);
                true
            }
            Part::Cut(_) | Part::Emptied => false,
        }
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        self.framed.end(out);
    }
}

/// A writer of texts in a frame.
pub(super) fn pieces(frame: Frame, text: Text) -> Box<dyn Writer> {
    let framed = Framed::new(frame);
    Box::new(Pieces { framed, text })
}

/// A writer of one text a line.
pub(super) fn lines(text: Text) -> Box<dyn Writer> {
    pieces(LINES, text)
}

/// A writer of nothing: what a shape has before it is given one.
pub(super) fn none() -> Box<dyn Writer> {
    lines(|_| String::new())
}

/// Encodings of whole files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// UTF-8 behind a mark, with line ends of Windows.
    MarkedWindows,
    /// UTF-16, low byte first, behind a mark: what Windows PowerShell calls `Unicode`.
    Unicode,
    /// UTF-16, high byte first, behind a mark.
    BigEndianUnicode,
}

impl Coding {
    /// Appends a text, which begins and ends between characters.
    fn encode(self, text: &[u8], out: &mut Vec<u8>) {
        let text = String::from_utf8_lossy(text);
        match self {
            Self::MarkedWindows => out.extend_from_slice(text.replace('\n', "\r\n").as_bytes()),
            Self::Unicode => out.extend(text.encode_utf16().flat_map(u16::to_le_bytes)),
            Self::BigEndianUnicode => out.extend(text.encode_utf16().flat_map(u16::to_be_bytes)),
        }
    }
}

/// Writes what another writer writes in an encoding.
#[derive(Debug)]
struct Encoded {
    inner: Box<dyn Writer>,
    coding: Coding,
    has_begun: bool,
    text: Vec<u8>,
}

impl Encoded {
    fn pass(&mut self, out: &mut Vec<u8>) {
        if !std::mem::replace(&mut self.has_begun, true) {
            self.coding.encode("\u{feff}".as_bytes(), out);
        }
        self.coding.encode(&self.text, out);
        self.text.clear();
    }
}

impl Writer for Encoded {
    fn must_survey(&self) -> bool {
        self.inner.must_survey()
    }

    fn in_tenant(&mut self, id: &str) {
        self.inner.in_tenant(id);
    }

    fn survey(&mut self, record: &Value) {
        self.inner.survey(record);
    }

    fn record(&mut self, record: &Value, out: &mut Vec<u8>) {
        self.inner.record(record, &mut self.text);
        self.pass(out);
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        self.inner.end(&mut self.text);
        self.pass(out);
    }
}

/// A writer of what another one writes, in an encoding.
pub(super) fn encoded(coding: Coding, inner: Box<dyn Writer>) -> Box<dyn Writer> {
    Box::new(Encoded {
        inner,
        coding,
        has_begun: false,
        text: Vec::new(),
    })
}
