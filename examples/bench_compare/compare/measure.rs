//! One run of one step: what it took, what it left behind, what it counted.
//!
//! Not here: which steps (`steps`), and how a program is watched (`child`).

use super::Fault;
use super::child::{self, size};
use super::step::{Count, Step};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// What a run took.
#[derive(Debug, Clone, Copy)]
pub struct Figures {
    /// From start to end.
    pub wall: Duration,
    /// In user and system mode, in ticks of 10 ms.
    pub processor: Option<Duration>,
    /// Most resident memory in kB, mapped files included.
    pub peak: Option<u64>,
    /// Bytes it left on the disk.
    pub left: Option<u64>,
    /// The records it counted.
    pub counted: Option<u64>,
}

/// Runs a step, on a clean place.
pub fn run(step: &Step) -> Result<Figures, Fault> {
    if let Some(leaves) = &step.leaves {
        remove(leaves)?;
    }
    // What others left half written would be written while this one is measured.
    rustix::fs::sync();
    let input = match &step.input {
        Some(path) => Stdio::from(fs::File::open(path)?),
        None => Stdio::null(),
    };
    let mut command = Command::new(&step.program);
    command
        .args(&step.arguments)
        .envs(step.environment.iter().cloned())
        .stdin(input)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let ran = child::run(&mut command)
        .map_err(|error| format!("{}: {}: {error}", step.name, step.program.display()))?;
    if !ran.status.success() {
        return Err(format!("{}: {}: {}", step.name, ran.status, ran.complained).into());
    }
    Ok(Figures {
        wall: ran.wall,
        processor: ran.processor,
        peak: ran.peak,
        left: step.leaves.as_deref().map(size),
        counted: match step.count {
            Count::Said => first_number(&ran.said),
            Count::Noticed => first_number(&ran.complained),
            Count::Nothing => None,
        },
    })
}

/// The first number that stands alone, commas within it left out.
fn first_number(text: &str) -> Option<u64> {
    text.split_whitespace()
        .find_map(|word| word.replace(',', "").parse().ok())
}

fn remove(path: &Path) -> Result<(), Fault> {
    if path.is_dir() {
        fs::remove_dir_all(path)?;
    } else if path.exists() {
        fs::remove_file(path)?;
    }
    Ok(())
}
