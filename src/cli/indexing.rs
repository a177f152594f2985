//! `index`: evidence into a case, with progress on standard error.
//!
//! Not here: reading and indexing (`job::index`).

use super::args::ProgressStyle;
use super::output::{notice, out};
use super::{CliError, Outcome};
use crate::case::name_for;
use crate::job::index::Observer;
use crate::job::{Coverage, JobError, Progress, Session, Tally};
use crate::text::{count, grouped};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Least time between two lines of progress.
const NOTICE: Duration = Duration::from_millis(200);

/// Indexes what is new and says what came of it.
pub(super) fn run(
    evidence: &[PathBuf],
    case: Option<&Path>,
    style: ProgressStyle,
) -> Result<Outcome, CliError> {
    check_paths(evidence)?;
    let mut session = session(evidence, case)?;
    let plan = session.plan(evidence)?;
    let mut shown = Shown {
        style,
        last: None,
        is_terminal: io::stderr().is_terminal(),
    };
    session.index(plan, &mut shown)?;
    shown.end();
    let coverage = session.coverage()?;
    report(&coverage, &session)?;
    Ok(if is_complete(&coverage) {
        Outcome::Done
    } else {
        Outcome::Incomplete
    })
}

/// The case to read evidence into. Without evidence it must be there, and reads on what it knows.
pub(super) fn session(evidence: &[PathBuf], case: Option<&Path>) -> Result<Session, CliError> {
    Ok(match case {
        Some(case) if evidence.is_empty() => Session::open_to_index(case)?,
        Some(case) => Session::open_or_create(case)?,
        None => Session::open_or_create(&name_for(evidence).map_err(JobError::from)?)?,
    })
}

/// Evidence that is not there is an error before anything is made, not a line in a ledger.
pub(super) fn check_paths(evidence: &[PathBuf]) -> Result<(), CliError> {
    match evidence
        .iter()
        .find(|path| path.symlink_metadata().is_err())
    {
        Some(missing) => Err(CliError::Usage(format!(
            "{} is not there; name files or folders with exported logs",
            missing.display()
        ))),
        None => Ok(()),
    }
}

/// Whether every file and row was read.
fn is_complete(coverage: &Coverage) -> bool {
    coverage
        .files
        .iter()
        .all(|file| file.fault.is_empty() && file.refused == 0)
}

fn report(coverage: &Coverage, session: &Session) -> Result<(), CliError> {
    let sum =
        |value: fn(&crate::job::FileCoverage) -> u64| coverage.files.iter().map(value).sum::<u64>();
    let tally = Tally::of(&coverage.files);
    let mut out = out();
    writeln!(
        out,
        "{}: {} read in {} ({} degraded), {} duplicate, {} refused",
        session.folder().path().display(),
        count(sum(|file| file.read), "row"),
        count(tally.evidence, "file"),
        grouped(sum(|file| file.degraded)),
        grouped(sum(|file| file.duplicate)),
        grouped(sum(|file| file.refused)),
    )?;
    if !tally.others().is_empty() {
        writeln!(out, "beside files: {}", tally.others().join(", "))?;
    }
    for file in coverage.files.iter().filter(|file| !file.fault.is_empty()) {
        let how_far = if file.rows > 0 {
            "read in part"
        } else {
            "not read"
        };
        writeln!(out, "{how_far}: {}", crate::text::safe(&file.fault))?;
    }
    let signed = tally.signs;
    if signed > 0 {
        notice(&format!(
            "{} signs that something is missing or was replaced; grantline coverage --case {} says which",
            if signed == 1 {
                "1 file shows".to_owned()
            } else {
                format!("{} files show", grouped(signed))
            },
            session.folder().path().display()
        ));
    }
    if !is_complete(coverage) {
        notice(&format!(
            "some input could not be read; grantline coverage --case {} says what and why",
            session.folder().path().display()
        ));
    }
    Ok(out.flush()?)
}

/// Progress on standard error.
struct Shown {
    style: ProgressStyle,
    last: Option<Instant>,
    is_terminal: bool,
}

impl Shown {
    fn end(&self) {
        if self.style == ProgressStyle::Auto && self.is_terminal && self.last.is_some() {
            let _ = writeln!(io::stderr());
        }
    }

    fn show(&self, progress: &Progress) {
        let Progress {
            done,
            bytes,
            rows,
            file,
            finished,
        } = progress;
        match self.style {
            ProgressStyle::Json => {
                let line = serde_json::json!({ "done": done, "bytes": bytes, "rows": rows, "file": crate::text::safe(file), "finished": finished });
                let _ = writeln!(io::stderr(), "{line}");
            }
            ProgressStyle::Auto if self.is_terminal => {
                let percent = if *bytes == 0 { 100 } else { done * 100 / bytes };
                let name = crate::text::safe(file);
                let _ = write!(
                    io::stderr(),
                    "\r{percent:>3} % {} {}\x1b[K",
                    count(*rows, "row"),
                    crate::text::clip(&name, 40)
                );
            }
            ProgressStyle::Auto | ProgressStyle::None => {}
        }
    }
}

impl Observer for Shown {
    fn progress(&mut self, progress: &Progress) {
        let due = progress.finished || self.last.is_none_or(|last| last.elapsed() >= NOTICE);
        if due {
            self.last = Some(Instant::now());
            self.show(progress);
        }
    }
}
