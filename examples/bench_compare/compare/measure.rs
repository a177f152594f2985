//! One run of one program: wall, processor time, peak memory, what it left behind, what it counted.
//!
//! Processor time and memory come from `/proc`; elsewhere they are unknown. Not here: which programs.

use super::Fault;
use super::step::{Count, Step};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Wait between two looks at the memory of a program: its high-water mark only rises, so that no more is lost than its last moments.
const LOOK: Duration = Duration::from_millis(4);

/// Length of a clock tick of `/proc` on every Linux that matters.
const TICK: Duration = Duration::from_millis(10);

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
    let before = processor_time_of_children();
    let begun = Instant::now();
    let input = match &step.input {
        Some(path) => Stdio::from(fs::File::open(path)?),
        None => Stdio::null(),
    };
    let child = Command::new(&step.program)
        .args(&step.arguments)
        .envs(step.environment.iter().cloned())
        .stdin(input)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{}: {}: {error}", step.name, step.program.display()))?;
    let (id, is_over) = (child.id(), AtomicBool::new(false));
    let (output, wall, peak) = thread::scope(|scope| {
        let watcher = scope.spawn(|| watch(id, &is_over));
        let output = child.wait_with_output();
        let wall = begun.elapsed();
        is_over.store(true, Ordering::Relaxed);
        (output, wall, watcher.join().ok().flatten())
    });
    let output = output?;
    let (said, complained) = (text(&output.stdout), text(&output.stderr));
    if !output.status.success() {
        return Err(format!("{}: {}: {complained}", step.name, output.status).into());
    }
    let after = processor_time_of_children();
    Ok(Figures {
        wall,
        processor: before
            .zip(after)
            .map(|(before, after)| after.saturating_sub(before)),
        peak,
        left: step.leaves.as_deref().map(size),
        counted: match step.count {
            Count::Said => first_number(&said),
            Count::Noticed => first_number(&complained),
            Count::Nothing => None,
        },
    })
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The first number that stands alone, commas within it left out.
fn first_number(text: &str) -> Option<u64> {
    text.split_whitespace()
        .find_map(|word| word.replace(',', "").parse().ok())
}

/// The high-water mark of a process until it is over.
fn watch(id: u32, is_over: &AtomicBool) -> Option<u64> {
    let mut peak = None;
    while !is_over.load(Ordering::Relaxed) {
        peak = peak.max(peak_of(id));
        thread::sleep(LOOK);
    }
    peak
}

/// The high-water mark of a process in kB; nothing where there is no `/proc`, and of a process that is gone.
fn peak_of(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// Processor time of all programs that have run and ended so far.
fn processor_time_of_children() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the process may hold blanks; it ends with the last bracket. Fields 16 and 17 count from 1.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(13);
    let mut ticks = || fields.next()?.parse::<u32>().ok();
    Some(TICK * (ticks()? + ticks()?))
}

fn remove(path: &Path) -> Result<(), Fault> {
    if path.is_dir() {
        fs::remove_dir_all(path)?;
    } else if path.exists() {
        fs::remove_file(path)?;
    }
    Ok(())
}

/// Bytes of a file, or of all files in a folder.
fn size(path: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(path) else {
        return path.metadata().map_or(0, |data| data.len());
    };
    entries.flatten().map(|entry| size(&entry.path())).sum()
}
