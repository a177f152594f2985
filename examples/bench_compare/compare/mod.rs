//! The comparison: makes the evidence, lets everybody do the same work on it in turn, prints what it took.
//!
//! Not here: who takes part (`peers`), what they are asked (`steps`, `answers`), how one run is measured (`measure`), what the tables look
//! like (`table`).

#[path = "../../../benches/measure/answer.rs"]
mod answer;
mod answers;
#[path = "../../../benches/measure/asked.rs"]
mod asked;
#[path = "../../../benches/measure/child.rs"]
mod child;
mod evidence;
#[path = "../../../benches/measure/machine.rs"]
mod machine;
mod measure;
mod peers;
mod step;
mod steps;
mod table;

use machine::Machine;
use measure::Figures;
use peers::Peers;
use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use step::Step;

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
    /// Records in the CSV, which is a log of its own, never a larger one than the other.
    #[arg(long, default_value_t = 200_000)]
    pub csv_records: u64,
    /// Rounds in which everybody runs once.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pub rounds: u32,
    /// Most values with which a class of questions is asked.
    #[arg(long, default_value_t = 100)]
    pub values: usize,
    /// A few hundred records and one round: whether it works, not how fast.
    #[arg(long)]
    pub tiny: bool,
    /// A log of native records, one a line, to be used instead of a generated one; then there is no CSV.
    #[arg(long)]
    pub evidence: Option<PathBuf>,
    /// An empty folder to work in, which is kept; without it one for temporary files, which is not.
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
    /// Only steps whose name contains one of these texts, beside those of Grantline.
    #[arg(long, value_delimiter = ',')]
    pub only: Vec<String>,
    /// The program to be measured; without it this example acts as it.
    #[arg(long)]
    pub program: Option<PathBuf>,
}

impl Options {
    /// The options as they count.
    fn in_force(&self) -> Self {
        let tiny = Self {
            records: 300,
            rounds: 1,
            values: 5,
            ..self.clone()
        };
        let mut options = if self.tiny { tiny } else { self.clone() };
        options.csv_records = options.csv_records.min(options.records);
        options
    }

    fn asks(&self, step: &Step) -> bool {
        let is_named = |text: &String| step.name.contains(text.as_str());
        step.is_ours || self.only.is_empty() || self.only.iter().any(is_named)
    }
}

/// A step with what it took, round after round.
pub(crate) struct Measured {
    step: Step,
    runs: Vec<Figures>,
}

/// Compares, and prints the tables.
pub fn run(options: &Options, out: &mut dyn Write) -> Result<(), Fault> {
    let temporary = tempfile::tempdir()?;
    let folder = options.keep.as_deref().unwrap_or(temporary.path());
    std::fs::create_dir_all(folder)?;
    let options = &options.in_force();
    say("making the evidence");
    let evidence = evidence::make(options, folder)?;
    let peers = Peers::find(options)?;
    let machine = Machine::before();
    let steps = steps::steps(&peers, &evidence, folder)?;
    let steps = steps.into_iter().filter(|step| options.asks(step));
    let measured = measure_all(steps.collect(), options.rounds)?;
    say("questions");
    let answers = answers::ask(options, &evidence, &peers, folder)?;
    table::head(out, &machine, &peers, &evidence, options.rounds)?;
    table::work(out, &evidence, &measured)?;
    table::questions(out, &answers)?;
    out.flush()?;
    Ok(())
}

/// Everybody once, then everybody again: a busy moment strikes all of them.
fn measure_all(steps: Vec<Step>, rounds: u32) -> Result<Vec<Measured>, Fault> {
    let measured = steps.into_iter().map(|step| Measured {
        step,
        runs: Vec::new(),
    });
    let mut measured: Vec<Measured> = measured.collect();
    for round in 1..=rounds {
        for one in &mut measured {
            say(&format!("round {round}: {}", one.step.name));
            one.runs.push(measure::run(&one.step)?);
        }
    }
    Ok(measured)
}

/// A line for who waits.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
