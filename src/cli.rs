//! Arguments and headless commands.
//!
//! Results go to standard output, progress and errors to standard error. Exit codes: 0 done, 1 nothing found, 2 an error or evidence
//! that is no longer what was indexed, 3 done but
//! some input could not be read. A closed pipe is no error. Not here: the work itself (`job`) and the screens (`tui`).

mod args;
mod commands;
mod custody;
mod demo;
mod indexing;
mod output;
mod who;
mod workbench;

pub use args::Arguments;

use crate::job::JobError;
use args::{Command, DemoArguments, IndexArguments};
use clap::Parser;
use std::io;
use std::process::ExitCode;

/// What a command came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Done, and something was found.
    Done,
    /// Done, and nothing was found.
    NothingFound,
    /// Done, but some input could not be read.
    Incomplete,
    /// Done, and the evidence is no longer what was indexed.
    Different,
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The work failed.
    #[error(transparent)]
    Job(#[from] JobError),
    /// A query is wrong.
    #[error("{0}")]
    Query(String),
    /// Standard output or a file failed.
    #[error("cannot write: {0}")]
    Output(#[from] io::Error),
    /// What was asked cannot be done; the text says what to do.
    #[error("{0}")]
    Usage(String),
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    match run(arguments) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::NothingFound) => ExitCode::from(1),
        Ok(Outcome::Different) => ExitCode::from(2),
        Ok(Outcome::Incomplete) => ExitCode::from(3),
        Err(CliError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(error) => {
            output::complain(&error.to_string());
            ExitCode::from(2)
        }
    }
}

fn run(arguments: Arguments) -> Result<Outcome, CliError> {
    let Arguments {
        evidence,
        case,
        workbench,
        command,
    } = arguments;
    match command {
        None => workbench::open(&evidence, case.case.as_deref(), workbench),
        Some(Command::Demo(DemoArguments {
            command: Some(command),
            ..
        })) => demo::run(&command),
        Some(Command::Demo(arguments)) => workbench::demo(&arguments),
        Some(Command::Index(IndexArguments {
            evidence,
            case,
            progress,
        })) => indexing::run(&evidence, case.case.as_deref(), progress),
        Some(Command::Grants(arguments)) => commands::grants(&arguments),
        Some(Command::Accesses(arguments)) => commands::accesses(&arguments),
        Some(Command::Who(arguments)) => who::who(&arguments),
        Some(Command::Search(arguments)) => commands::search(&arguments),
        Some(Command::Coverage(arguments)) => custody::coverage(&arguments),
        Some(Command::Verify(arguments)) => custody::verify(&arguments),
        Some(Command::Mark(arguments)) => commands::mark(&arguments),
        Some(Command::Unmark(arguments)) => commands::unmark(&arguments),
        Some(Command::Export(arguments)) => commands::export(&arguments),
        Some(Command::Keys) => workbench::keys(),
    }
}

/// The command line of this process, for exports.
fn command_line() -> String {
    let quote = |argument: String| {
        if argument.contains([' ', '"']) {
            format!("{argument:?}")
        } else {
            argument
        }
    };
    std::env::args_os()
        .map(|argument| quote(argument.to_string_lossy().into_owned()))
        .collect::<Vec<_>>()
        .join(" ")
}
