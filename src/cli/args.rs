//! The arguments, as the help shows them.
//!
//! Not here: what they lead to; parsing touches nothing.

mod demo;

pub use demo::{
    DemoArguments, DemoCommand, GenerateArguments, ListArguments, Listed, TenantOptions,
};

use crate::export::Format;
use crate::hunt::{Severity, Verdict};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  grantline demo                                 look around in an invented tenant
  grantline demo generate --seed 7 -o ./lab      write one with labels, to teach or to test with
  grantline exports/                             index a folder and open the workbench
  grantline index exports/ --case ./case         index without a terminal
  grantline grants --case ./case --min-severity high
  grantline grants --case ./case --query 'grantee:*svc* time:>2026-03-01' --format jsonl
  grantline accesses --case ./case g1a2b3c4d5e6f
  grantline who --case ./case --mailbox ceo@example.com --at 2026-03-09

Exit codes: 0 done, 1 nothing found, 2 an error, 3 done but some input could not be read.";

/// Hunts mailbox-permission abuse in Microsoft 365 audit logs: who was given access to whose mailbox, was that normal, and what did they then read?
#[derive(Debug, Parser)]
#[command(name = "grantline", version, args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub struct Arguments {
    /// Exported logs: files and folders. New ones are indexed, then the workbench opens.
    pub evidence: Vec<PathBuf>,
    /// Which case it is.
    #[command(flatten)]
    pub case: CaseOption,
    /// How the workbench looks.
    #[command(flatten)]
    pub workbench: WorkbenchOptions,
    /// What to do instead of opening the workbench.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Which case it is.
#[derive(Debug, Clone, Default, Args)]
pub struct CaseOption {
    /// Folder of the case. Without it the case lives in your data folder, named after the evidence.
    #[arg(long, value_name = "DIR")]
    pub case: Option<PathBuf>,
}

/// A case that must be named.
#[derive(Debug, Clone, Args)]
pub struct NamedCase {
    /// Folder of the case.
    #[arg(long = "case", value_name = "DIR")]
    pub folder: PathBuf,
}

/// How the workbench looks.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct WorkbenchOptions {
    /// Draw with ASCII characters only.
    #[arg(long)]
    pub ascii: bool,
    /// Colours; without it they are used unless `NO_COLOR` is set.
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    pub color: Color,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// Unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Wherever the output goes.
    Always,
    /// Under no circumstances.
    Never,
}

/// The commands of the program.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Open the workbench on an invented tenant with planted, labelled abuse; or write one into a folder.
    Demo(DemoArguments),
    /// Index evidence into a case, without a terminal.
    Index(IndexArguments),
    /// List grants, the most suspicious first.
    Grants(GrantsArguments),
    /// List what happened in mailboxes after a grant, and why it is tied to it.
    Accesses(AccessesArguments),
    /// Say who could reach a mailbox at a time, or what somebody could reach, and by which road.
    ///
    /// Rights come from the log and from permission listings in the evidence. What the evidence cannot tell is said on
    /// standard error, and in the first line of `--format jsonl`.
    Who(WhoArguments),
    /// Search all records.
    Search(SearchArguments),
    /// Say what was read of the evidence and what was not.
    ///
    /// The table shows what fits a terminal; `--format jsonl` has everything: digests, encodings, whole paths, and
    /// refused and degraded rows one by one (the first 1,000 of a file).
    Coverage(CoverageArguments),
    /// Digest the evidence again, and say what is no longer what was indexed.
    Verify(VerifyArguments),
    /// Mark a grant with a verdict.
    Mark(MarkArguments),
    /// Take a mark away.
    Unmark(UnmarkArguments),
    /// Write findings for the next person.
    Export(ExportArguments),
    /// Print the key table of the workbench.
    Keys,
}

/// Arguments of `index`.
#[derive(Debug, Args)]
pub struct IndexArguments {
    /// Exported logs: files and folders. Without any, a case that is there reads on what it knows.
    #[arg(required_unless_present = "case")]
    pub evidence: Vec<PathBuf>,
    /// Which case it is.
    #[command(flatten)]
    pub case: CaseOption,
    /// Progress on standard error.
    #[arg(long, value_enum, default_value_t, value_name = "HOW")]
    pub progress: ProgressStyle,
}

/// How progress is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ProgressStyle {
    /// A line on a terminal, nothing elsewhere.
    #[default]
    Auto,
    /// JSON lines, for programs.
    Json,
    /// Nothing at all.
    None,
}

/// How a listing is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// Aligned columns, for people.
    #[default]
    Table,
    /// One JSON object a line.
    Jsonl,
    /// CSV by RFC 4180, for spreadsheets.
    Csv,
}

/// How a listing without CSV is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum PlainFormat {
    /// Aligned columns, for people.
    #[default]
    Table,
    /// One JSON object a line.
    Jsonl,
}

/// Arguments of `grants`.
#[derive(Debug, Args)]
pub struct GrantsArguments {
    /// Which case it is.
    #[command(flatten)]
    pub case: NamedCase,
    /// Only grants that match.
    #[arg(long, value_name = "QUERY", default_value = "")]
    pub query: String,
    /// Only grants of at least this severity.
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    pub min_severity: Option<Severity>,
    /// How the answer is printed.
    #[arg(long, value_enum, default_value_t)]
    pub format: ListFormat,
    /// Leave out grants that Microsoft's own service made. They are listed otherwise, as class `system`.
    #[arg(long)]
    pub hide_system: bool,
}

/// Arguments of `accesses`.
#[derive(Debug, Args)]
pub struct AccessesArguments {
    /// Id of the grant, or the beginning of it.
    pub grant: String,
    /// Which case it is.
    #[command(flatten)]
    pub case: NamedCase,
    /// Only accesses that match.
    #[arg(long, value_name = "QUERY", default_value = "")]
    pub query: String,
    /// How the answer is printed.
    #[arg(long, value_enum, default_value_t)]
    pub format: PlainFormat,
}

/// Arguments of `who`.
#[derive(Debug, Args)]
#[group(id = "whom", required = true, multiple = false, args = ["mailbox", "principal"])]
pub struct WhoArguments {
    /// Who could read this mailbox, send as it, or read a folder of it: a name or id in any spelling.
    #[arg(long, value_name = "MAILBOX")]
    pub mailbox: Option<String>,
    /// Which mailboxes this person or application could reach.
    #[arg(long, value_name = "PRINCIPAL")]
    pub principal: Option<String>,
    /// Which case it is.
    #[command(flatten)]
    pub case: NamedCase,
    /// When, as in queries: a day or a minute means any moment of it. Without it, the end of the log.
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// How the answer is printed.
    #[arg(long, value_enum, default_value_t)]
    pub format: PlainFormat,
}

/// Arguments of `search`.
#[derive(Debug, Args)]
pub struct SearchArguments {
    /// What to look for: words, `field:value`, `AND OR NOT`, parentheses.
    pub query: Vec<String>,
    /// Which case it is.
    #[command(flatten)]
    pub case: NamedCase,
    /// Most rows to print.
    #[arg(long, default_value_t = 1000)]
    pub limit: usize,
    /// How the answer is printed.
    #[arg(long, value_enum, default_value_t)]
    pub format: PlainFormat,
}

/// Arguments of `coverage`.
#[derive(Debug, Args)]
pub struct CoverageArguments {
    /// Which case it is.
    #[command(flatten)]
    pub case: NamedCase,
    /// How the answer is printed.
    #[arg(long, value_enum, default_value_t)]
    pub format: PlainFormat,
}

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArguments {
    /// Which case it is.
    #[command(flatten)]
    pub case: NamedCase,
    /// How the answer is printed.
    #[arg(long, value_enum, default_value_t)]
    pub format: PlainFormat,
}

/// Arguments of `mark`.
#[derive(Debug, Args)]
pub struct MarkArguments {
    /// Id of the grant, or the beginning of it.
    pub grant: String,
    /// Which case it is.
    #[command(flatten)]
    pub case: NamedCase,
    /// Verdict: true-positive, false-positive, benign-true-positive, unknown.
    #[arg(long, value_parser = verdict)]
    pub verdict: Verdict,
    /// Why you decided so. Without it a note that is there stays; an empty one takes it away.
    #[arg(long)]
    pub note: Option<String>,
}

/// Arguments of `unmark`.
#[derive(Debug, Args)]
pub struct UnmarkArguments {
    /// Id of the grant, or the beginning of it; also of one that the evidence no longer has.
    pub grant: String,
    /// Which case it is.
    #[command(flatten)]
    pub case: NamedCase,
}

/// Arguments of `export`.
#[derive(Debug, Args)]
pub struct ExportArguments {
    /// Which case it is.
    #[command(flatten)]
    pub case: NamedCase,
    /// Format: markdown, csv, jsonl.
    #[arg(long, value_parser = format)]
    pub format: Format,
    /// The marked grants (this is what is exported without --query).
    #[arg(long, conflicts_with = "query")]
    pub marked: bool,
    /// Grants that match, marked or not.
    #[arg(long, value_name = "QUERY")]
    pub query: Option<String>,
    /// File to write; it must not exist. Without it, standard output.
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
}

fn severity(word: &str) -> Result<Severity, String> {
    Severity::read(word).ok_or_else(|| one_of(Severity::ALL.iter().map(|value| value.word())))
}

fn verdict(word: &str) -> Result<Verdict, String> {
    Verdict::read(word).ok_or_else(|| one_of(Verdict::ALL.iter().map(|value| value.word())))
}

fn format(word: &str) -> Result<Format, String> {
    Format::read(word).ok_or_else(|| one_of(Format::ALL.iter().map(|value| value.word())))
}

fn one_of<'a>(words: impl Iterator<Item = &'a str>) -> String {
    format!("it must be one of {}", words.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
