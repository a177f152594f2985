//! One run of one program: wall, processor time, peak memory, what it said.
//!
//! Processor time and memory come from `/proc`; elsewhere they are unknown. Not here: which programs, and what their figures mean.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Wait between two looks at the memory of a program: its high-water mark only rises, so that no more is lost than its last moments.
const LOOK: Duration = Duration::from_millis(4);

/// Length of a clock tick of `/proc` on every Linux that matters.
const TICK: Duration = Duration::from_millis(10);

/// What a run took, and what it came to.
#[derive(Debug)]
pub struct Ran {
    /// From start to end.
    pub wall: Duration,
    /// In user and system mode, in ticks of 10 ms.
    pub processor: Option<Duration>,
    /// Most resident memory in kB, mapped files included; of the largest process, where it started others.
    pub peak: Option<u64>,
    /// What it wrote to standard output, unless that went elsewhere.
    pub said: String,
    /// What it wrote to standard error, unless that went elsewhere.
    pub complained: String,
    /// How it ended.
    pub status: ExitStatus,
}

/// Runs a program to its end, alone: processor time is that of all children that end meanwhile.
pub fn run(command: &mut Command) -> io::Result<Ran> {
    let before = processor_time_of_children();
    let begun = Instant::now();
    let child = command.spawn()?;
    let (id, is_over) = (child.id(), AtomicBool::new(false));
    let (output, wall, peak) = thread::scope(|scope| {
        let watcher = scope.spawn(|| watch(id, &is_over));
        let output = child.wait_with_output();
        let wall = begun.elapsed();
        is_over.store(true, Ordering::Relaxed);
        (output, wall, watcher.join().ok().flatten())
    });
    let (output, after) = (output?, processor_time_of_children());
    Ok(Ran {
        wall,
        processor: before
            .zip(after)
            .map(|(before, after)| after.saturating_sub(before)),
        peak,
        said: text(&output.stdout),
        complained: text(&output.stderr),
        status: output.status,
    })
}

/// Bytes of a file, or of all files in a folder.
pub fn size(path: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(path) else {
        return path.metadata().map_or(0, |data| data.len());
    };
    entries.flatten().map(|entry| size(&entry.path())).sum()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The high-water mark of a process until it is over.
fn watch(id: u32, is_over: &AtomicBool) -> Option<u64> {
    let mut peak = None;
    while !is_over.load(Ordering::Relaxed) {
        peak = peak.max(peak_of(&id.to_string()));
        thread::sleep(LOOK);
    }
    peak
}

/// The high-water mark in kB of a process or of one that it started; nothing where there is no `/proc`, and of a process that is gone.
fn peak_of(id: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let mut lines = status.lines();
    let line = lines.find_map(|line| line.strip_prefix("VmHWM:"));
    let own = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
    let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children"));
    let children = children.unwrap_or_default();
    let theirs = children.split_whitespace().filter_map(peak_of);
    own.max(theirs.max())
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
