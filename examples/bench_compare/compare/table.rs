//! The figures as one Markdown table, with the machine they were taken on.
//!
//! Not here: how they were taken (`measure`).

use super::evidence::Evidence;
use super::measure::Figures;
use super::step::{Peers, Work};
use super::{Fault, Measured};
use grantline::text::grouped;
use std::fs;
use std::io::Write;
use std::time::Duration;

/// Prints everything.
pub fn print(
    out: &mut dyn Write,
    evidence: &Evidence,
    made: Duration,
    peers: &Peers,
    measured: &[Measured],
) -> Result<(), Fault> {
    let rounds = measured.first().map_or(0, |one| one.runs.len());
    writeln!(out, "{}", machine())?;
    let versions = peers
        .found
        .iter()
        .map(|(name, version)| format!("{name} {version}"));
    let versions: Vec<String> = versions.collect();
    writeln!(
        out,
        "grantline {}, {}. Missing: {}.",
        env!("CARGO_PKG_VERSION"),
        versions.join(", "),
        if peers.missing.is_empty() {
            "none".to_owned()
        } else {
            peers.missing.join(", ")
        }
    )?;
    writeln!(
        out,
        "Evidence: {}{}.",
        evidence.origin,
        sizes(evidence, made)
    )?;
    writeln!(
        out,
        "Medians of {rounds} rounds in which everybody runs once; the files are in the page cache.\n"
    )?;
    writeln!(
        out,
        "| who: what | wall | processor | MB/s | peak MB | leaves MB (of evidence) | records | Grantline ÷ it: wall | processor |"
    )?;
    writeln!(out, "|---|---|---|---|---|---|---|---|---|")?;
    for work in Work::ALL {
        let rows: Vec<&Measured> = measured
            .iter()
            .filter(|one| one.step.work == work)
            .collect();
        let (Some(ours), Some(log)) = (rows.first(), work.log(evidence)) else {
            continue;
        };
        writeln!(out, "| *{}* | | | | | | | | |", work.heading())?;
        for row in &rows {
            writeln!(out, "{}", line(row, ours, log.bytes))?;
        }
    }
    out.flush()?;
    Ok(())
}

fn sizes(evidence: &Evidence, made: Duration) -> String {
    let table = evidence.table.as_ref();
    let table = table.map(|table| {
        format!(
            ", {} MB of CSV, made in {}",
            megabytes(table.bytes),
            seconds(made)
        )
    });
    let lines = megabytes(evidence.lines.bytes);
    format!(", {lines} MB of NDJSON{}", table.unwrap_or_default())
}

/// The row of one step.
fn line(row: &Measured, ours: &Measured, bytes: u64) -> String {
    let wall = median(&row.runs, |run| Some(run.wall.as_secs_f64()));
    let processor = median(&row.runs, |run| {
        run.processor.map(|time| time.as_secs_f64())
    });
    let peak = row.runs.iter().filter_map(|run| run.peak).max();
    let last = row.runs.last();
    let left = last
        .and_then(|run| run.left)
        .map(|left| format!("{} ({:.3})", megabytes(left), float(left) / float(bytes)));
    let counted = last.and_then(|run| run.counted).map(grouped);
    // What does not read the evidence has no rate.
    let is_reading = row.step.work != Work::Question;
    let rate = wall
        .filter(|_| is_reading)
        .map(|wall| format!("{:.0}", float(bytes) / 1e6 / wall));
    let ratio = |figure: fn(&Figures) -> Option<Duration>| {
        let both = ours.runs.iter().zip(&row.runs).filter_map(|(ours, it)| {
            let (ours, it) = (figure(ours)?.as_secs_f64(), figure(it)?.as_secs_f64());
            (it > 0.0).then_some(ours / it)
        });
        let ratio = middle(both.collect()).filter(|_| !row.step.is_ours);
        ratio.map(|ratio| format!("{ratio:.2}"))
    };
    let figures = [
        wall.map(time),
        processor.map(time),
        rate,
        peak.map(|peak| format!("{}", peak / 1000)),
        left,
        counted,
        ratio(|run| Some(run.wall)),
        ratio(|run| run.processor),
    ];
    let figures: Vec<String> = figures.into_iter().map(Option::unwrap_or_default).collect();
    format!("| {} | {} |", row.step.name, figures.join(" | "))
}

fn median(runs: &[Figures], figure: impl Fn(&Figures) -> Option<f64>) -> Option<f64> {
    middle(runs.iter().filter_map(figure).collect())
}

/// The middle one of some numbers, or the mean of the two in the middle.
fn middle(mut numbers: Vec<f64>) -> Option<f64> {
    numbers.sort_by(f64::total_cmp);
    let (low, high) = (numbers.len().checked_sub(1)? / 2, numbers.len() / 2);
    Some(f64::midpoint(*numbers.get(low)?, *numbers.get(high)?))
}

fn time(seconds: f64) -> String {
    if seconds < 1.0 {
        format!("{:.0} ms", seconds * 1000.0)
    } else {
        format!("{seconds:.2} s")
    }
}

fn seconds(duration: Duration) -> String {
    time(duration.as_secs_f64())
}

fn megabytes(bytes: u64) -> String {
    if bytes < 10_000_000 {
        format!("{:.1}", float(bytes) / 1e6)
    } else {
        grouped(bytes / 1_000_000)
    }
}

#[expect(clippy::cast_precision_loss, reason = "sizes stay far below 2^52")]
fn float(number: u64) -> f64 {
    number as f64
}

/// The machine in one line: processors, model, memory, system.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let model =
        told("/proc/cpuinfo", "model name").unwrap_or_else(|| "processor unknown".to_owned());
    let memory = told("/proc/meminfo", "MemTotal")
        .and_then(|text| text.trim_end_matches(" kB").parse::<u64>().ok());
    let memory = memory.map_or_else(
        || "memory unknown".to_owned(),
        |kilobytes| format!("{} GB", kilobytes / 1_000_000),
    );
    let system = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let build = if cfg!(debug_assertions) {
        "; **a debug build: of no account**"
    } else {
        ""
    };
    format!(
        "Machine: {cores} cores, {model}, {memory}, {} {}{build}.",
        std::env::consts::OS,
        system.trim()
    )
}

/// The value of a name in a file of the system.
fn told(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim_start().trim_start_matches(':').trim().to_owned())
}
