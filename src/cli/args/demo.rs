//! Arguments of `demo`: which tenant, and what to do with it.
//!
//! Not here: what they lead to.

use super::{CaseOption, PlainFormat, ProgressStyle, WorkbenchOptions};
use crate::demo::Options;
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Arguments of `demo`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct DemoArguments {
    /// Which tenant it is.
    #[command(flatten)]
    pub tenant: TenantOptions,
    /// Which case it is.
    #[command(flatten)]
    pub case: CaseOption,
    /// How the workbench looks.
    #[command(flatten)]
    pub workbench: WorkbenchOptions,
    /// What to do instead of opening the workbench.
    #[command(subcommand)]
    pub command: Option<DemoCommand>,
}

/// The commands of `demo`.
#[derive(Debug, Subcommand)]
pub enum DemoCommand {
    /// Write a tenant's logs, inventories and labels into a folder.
    ///
    /// The same options give the same bytes on every machine. In the folder are `evidence/` (this is what to hunt in), `approved.toml`
    /// (what the company knows of and allows), `labels.json` (the truth, for programs) and `answers.md` (the truth, for trainers).
    Generate(GenerateArguments),
    /// List the scenarios, shapes and zones that there are.
    List(ListArguments),
}

/// What a tenant follows from.
#[derive(Debug, Clone, Args)]
pub struct TenantOptions {
    /// The number from which all chance follows: the same number, the same tenant.
    #[arg(long, value_name = "N", default_value_t = Options::SEED)]
    pub seed: u64,
    /// People with ordinary work; guests, partners, service accounts and dormant accounts come on top.
    #[arg(long, value_name = "U", default_value_t = Options::USERS)]
    pub users: u32,
    /// Stories to plant, by name, with commas between; `all` or `none`. `grantline demo list scenarios` has them.
    #[arg(
        long,
        value_name = "LIST",
        value_delimiter = ',',
        default_value = "all"
    )]
    pub scenario: Vec<String>,
}

/// Arguments of `demo generate`.
#[derive(Debug, Args)]
pub struct GenerateArguments {
    /// Which tenant it is.
    #[command(flatten)]
    pub tenant: TenantOptions,
    /// Days of the log.
    #[arg(long, value_name = "D", default_value_t = Options::DAYS)]
    pub days: u32,
    /// Records of ordinary life in the unified audit log; those of stories come on top. Without it, what so many people write in so many days.
    #[arg(long, value_name = "R")]
    pub records: Option<u64>,
    /// Time zone of the head office. `grantline demo list zones` has those that there are.
    #[arg(long, value_name = "Z", default_value = Options::ZONE)]
    pub zone: String,
    /// Shapes of the evidence, with commas between; `all`. A log that none is named for comes in its usual one. `grantline demo list shapes` has them.
    #[arg(long, value_name = "SHAPE", value_delimiter = ',')]
    pub shape: Vec<String>,
    /// Put in the faults of real exports: duplicates, cut rows, odd encodings. Labels stay true.
    #[arg(long)]
    pub damage: bool,
    /// Threads that make records; as many as there are processors without it. They decide nothing but the time it takes.
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u16).range(1..=512))]
    pub threads: Option<u16>,
    /// Folder to write into; it must be empty or not there. `-` writes the log of the first shape to standard output, and nothing else.
    #[arg(short, long, value_name = "DIR")]
    pub output: PathBuf,
    /// Progress on standard error.
    #[arg(long, value_enum, default_value_t, value_name = "HOW")]
    pub progress: ProgressStyle,
}

/// Arguments of `demo list`.
#[derive(Debug, Args)]
pub struct ListArguments {
    /// What to list.
    #[arg(value_enum)]
    pub what: Listed,
    /// How the answer is printed.
    #[arg(long, value_enum, default_value_t)]
    pub format: PlainFormat,
}

/// What `demo list` lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Listed {
    /// Stories that can be planted.
    Scenarios,
    /// Shapes that evidence can be written in.
    Shapes,
    /// Time zones that a head office can have.
    Zones,
}
