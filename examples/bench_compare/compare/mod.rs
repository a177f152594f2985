//! The comparison: makes the evidence, lets everybody do the same work on it in turn, prints what it took.
//!
//! Not here: who takes part (`step`), how one run is measured (`measure`), what the table looks like (`table`).

mod evidence;
mod measure;
mod step;
mod table;

use measure::Figures;
use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;
use step::{Peers, Step};

/// A set variable of this name makes the example act as the program itself.
pub const ACT_AS_PROGRAM: &str = "GRANTLINE_BENCH_ACT_AS_PROGRAM";

/// Whatever went wrong, in words.
pub type Fault = Box<dyn Error>;

/// What is compared.
#[derive(Debug, Clone, clap::Parser)]
#[command(about = "Grantline beside its peers, on the same files, as a Markdown table")]
pub struct Options {
    /// Records of ordinary life in the log; those of the planted stories come on top.
    #[arg(long, default_value_t = 1_000_000)]
    pub records: u64,
    /// Rounds in which everybody runs once.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pub runs: u32,
    /// A few hundred records and one round: whether it works, not how fast.
    #[arg(long)]
    pub tiny: bool,
    /// A log of native records, one a line, to be used instead of a generated one; then there is no CSV.
    #[arg(long)]
    pub evidence: Option<PathBuf>,
    /// An empty folder to work in, which is kept; without it one for temporary files, which is not.
    #[arg(long)]
    pub folder: Option<PathBuf>,
    /// Only steps whose name contains this text, beside those of Grantline.
    #[arg(long)]
    pub only: Option<String>,
    /// The program to be measured; without it this example acts as it.
    #[arg(long)]
    pub program: Option<PathBuf>,
}

/// A step with what it took, round after round.
pub(crate) struct Measured {
    step: Step,
    runs: Vec<Figures>,
}

/// Compares, and prints the table.
pub fn run(options: &Options, out: &mut dyn Write) -> Result<(), Fault> {
    let temporary = tempfile::tempdir()?;
    let folder = options.folder.as_deref().unwrap_or(temporary.path());
    std::fs::create_dir_all(folder)?;
    let options = &Options {
        records: if options.tiny { 300 } else { options.records },
        runs: if options.tiny { 1 } else { options.runs },
        ..options.clone()
    };
    let begun = Instant::now();
    let evidence = evidence::make(options, folder)?;
    let made = begun.elapsed();
    let peers = Peers::find(options)?;
    let steps = step::steps(&peers, &evidence, folder)?;
    let is_asked = |step: &Step| {
        let only = options.only.as_deref();
        step.is_ours || only.is_none_or(|only| step.name.contains(only))
    };
    let steps = steps.into_iter().filter(is_asked);
    let mut measured: Vec<Measured> = steps
        .map(|step| Measured {
            step,
            runs: Vec::new(),
        })
        .collect();
    for round in 1..=options.runs {
        for one in &mut measured {
            say(&format!("round {round}: {}", one.step.name));
            one.runs.push(measure::run(&one.step)?);
        }
    }
    table::print(out, &evidence, made, &peers, &measured)?;
    Ok(())
}

/// A line for who waits.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
