//! A piece of work, and a step: one program that does it.
//!
//! Three pieces of work: read the lines, read the table, and count the records of one mailbox. Not here: who takes part (`peers`), what
//! each is asked (`steps`), running it (`measure`).

use super::evidence::{Evidence, Log};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// A piece of work that several do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Read the lines, and leave something to ask.
    Lines,
    /// Read the table.
    Table,
    /// Answer a question, from nothing to the answer, with what reading has left or without.
    Question,
}

impl Work {
    /// Every piece of work, in the order of the table.
    pub const ALL: [Self; 3] = [Self::Lines, Self::Table, Self::Question];

    /// The heading of its rows.
    pub fn heading(self) -> &'static str {
        match self {
            Self::Lines => {
                "read NDJSON (digests, ripgrep, jq and lnav leave nothing that can be asked)"
            }
            Self::Table => "read CSV",
            Self::Question => "count the records of one mailbox, from process start",
        }
    }

    /// The file it is about.
    pub fn log(self, evidence: &Evidence) -> Option<&Log> {
        match self {
            Self::Table => evidence.table.as_ref(),
            Self::Lines | Self::Question => Some(&evidence.lines),
        }
    }
}

/// Where a step says how many records there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// In its answer.
    Said,
    /// In what it says beside it.
    Noticed,
    /// It says nothing of it.
    Nothing,
}

/// One program with one piece of work.
#[derive(Debug, Clone)]
pub struct Step {
    /// What is done, by whom.
    pub name: String,
    /// The work that it is compared by.
    pub work: Work,
    /// Other work that it can be compared by as well: who keeps nothing reads everything to answer.
    pub also: Option<Work>,
    /// Whether it is Grantline's.
    pub is_ours: bool,
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Variables set for it.
    pub environment: Vec<(OsString, OsString)>,
    /// What it reads from standard input.
    pub input: Option<PathBuf>,
    /// The file or folder it leaves behind, which must not be there before.
    pub leaves: Option<PathBuf>,
    /// Where it says how many records there are.
    pub count: Count,
}

impl Step {
    /// A step that says its count, and nothing else of note.
    pub fn plain(name: &str, work: Work, program: &Path, arguments: Vec<OsString>) -> Self {
        Self {
            name: name.to_owned(),
            work,
            also: None,
            is_ours: false,
            program: program.to_owned(),
            arguments,
            environment: Vec::new(),
            input: None,
            leaves: None,
            count: Count::Said,
        }
    }

    /// Whether it does some work.
    pub fn does(&self, work: Work) -> bool {
        self.work == work || self.also == Some(work)
    }
}
