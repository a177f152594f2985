//! One pass over a file: what it is, how its rows are read, and what that came to.
//!
//! Not here: on which threads (`pipeline`).

use super::cutter::Cutter;
use super::format::Format;
use super::rows::Tally;
use super::sniff;
use super::source::Source;
use super::{EvidenceError, Layout, Summary};
use std::io;
use std::ops::ControlFlow;
use std::path::Path;

/// What is known of a file so far.
pub(super) struct Pass {
    /// How it is laid out.
    pub layout: Layout,
    rows: u64,
    /// The first format that knew a row and refused it.
    refused_by: Option<&'static Format>,
}

/// Why reading came to nothing, before it is known what the file is called.
enum Stop {
    /// The system failed to deliver bytes.
    Read(io::Error),
    /// The content is no log.
    Refused(String),
}

impl Stop {
    fn told(self, path: &Path, source: &Source<'_>) -> EvidenceError {
        let (sha256, size) = source.digest();
        let path = path.to_owned();
        match self {
            Self::Read(source) => EvidenceError::Read {
                path,
                offset: size,
                source,
            },
            Self::Refused(reason) => EvidenceError::Refused {
                path,
                reason,
                sha256,
                size,
            },
        }
    }
}

/// Reads rows from a source of bytes as `go` does, which gives back what it was given, and whether it was stopped.
pub(super) fn read_through<'r>(
    mut source: Source<'r>,
    path: &Path,
    go: impl FnOnce(Cutter<'r>, &mut Pass) -> (Cutter<'r>, io::Result<ControlFlow<()>>),
) -> Result<Summary, EvidenceError> {
    let mut pass = match begin(&mut source, path) {
        Ok(pass) => pass,
        Err(stop) => return Err(stop.told(path, &source)),
    };
    let cutter = Cutter::new(source, &pass.layout);
    if !pass.layout.is_evidence() {
        return Ok(pass.summary(cutter, true));
    }
    let (mut cutter, done) = go(cutter, &mut pass);
    match done {
        Ok(flow) => {
            let finished = flow.is_continue();
            if finished {
                pass.conclude(&cutter.notes());
            }
            Ok(pass.summary(cutter, finished))
        }
        Err(error) => Err(Stop::Read(error).told(path, cutter.source())),
    }
}

/// Finds out what a file is. Of one that is no evidence nothing but the digest is wanted.
fn begin(source: &mut Source<'_>, path: &Path) -> Result<Pass, Stop> {
    let verdict = sniff::sniff(source, path).map_err(Stop::Read)?;
    if !verdict.as_ref().is_ok_and(Layout::is_evidence) {
        source.drain().map_err(Stop::Read)?;
    }
    Ok(Pass {
        layout: verdict.map_err(Stop::Refused)?,
        rows: 0,
        refused_by: None,
    })
}

impl Pass {
    /// Takes what the next rows say of the file.
    pub(super) fn add(&mut self, tally: &Tally) {
        self.rows += tally.rows;
        self.refused_by = self.refused_by.or(tally.refused_by);
        if let Some(format) = tally.recognised {
            self.recognised(format);
        }
    }

    /// The first row that is recognised gives a JSON file its format.
    fn recognised(&mut self, format: &Format) {
        if self.layout.format.is_none() {
            self.layout.format = Some(format.name.to_owned());
            self.layout.why = format!("{}; its rows are {}", self.layout.why, format.what);
        }
    }

    /// Adds to the reasons of the layout what only the whole file shows.
    fn conclude(&mut self, notes: &[String]) {
        // Of a file whose rows are all refused, too, it is known what it is.
        if let Some(format) = self.refused_by {
            self.recognised(format);
        }
        let empty = (self.rows == 0).then_some("it holds no rows");
        for note in notes.iter().map(String::as_str).chain(empty) {
            self.layout.why = format!("{}; {note}", self.layout.why);
        }
    }

    fn summary(self, mut cutter: Cutter<'_>, finished: bool) -> Summary {
        let (sha256, size) = cutter.source().digest();
        Summary {
            layout: self.layout,
            sha256: if finished { sha256 } else { String::new() },
            size,
            rows: self.rows,
            finished,
            open_tail: cutter.open_tail().filter(|_| finished),
        }
    }
}
