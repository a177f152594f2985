//! The figures as Markdown, with the machine they were taken on.
//!
//! Not here: how they were taken (`measure`).

use super::answer::Times;
use super::answers::Answers;
use super::evidence::Evidence;
use super::machine::Machine;
use super::measure::Figures;
use super::peers::Peers;
use super::step::Work;
use super::{Fault, Measured};
use grantline::text::grouped;
use std::io::Write;
use std::time::Duration;

/// Prints what the figures were taken on and of.
pub fn head(
    out: &mut dyn Write,
    machine: &Machine,
    peers: &Peers,
    evidence: &Evidence,
    rounds: u32,
) -> Result<(), Fault> {
    writeln!(out, "{}", machine.line())?;
    let versions = peers.found.iter();
    let versions = versions.map(|(name, version)| format!("{name} {version}"));
    let versions: Vec<String> = versions.collect();
    let missing = if peers.missing.is_empty() {
        "none".to_owned()
    } else {
        peers.missing.join(", ")
    };
    let ours = env!("CARGO_PKG_VERSION");
    let versions = versions.join(", ");
    writeln!(out, "grantline {ours}, {versions}. Missing: {missing}.")?;
    let (origin, sizes) = (&evidence.origin, sizes(evidence));
    writeln!(out, "Evidence: {origin}, {sizes}.")?;
    writeln!(
        out,
        "Medians of {rounds} rounds in which everybody runs once; the files are in the page cache."
    )?;
    Ok(())
}

/// Prints what each step took, under the work that it does.
pub fn work(out: &mut dyn Write, evidence: &Evidence, measured: &[Measured]) -> Result<(), Fault> {
    writeln!(
        out,
        "\n| who: what | wall | processor | MB/s | peak MB | leaves MB (of evidence) | records | Grantline ÷ it: wall | processor |"
    )?;
    writeln!(out, "|---|---|---|---|---|---|---|---|---|")?;
    for work in Work::ALL {
        let rows = measured.iter().filter(|one| one.step.does(work));
        let rows: Vec<&Measured> = rows.collect();
        let (Some(ours), Some(log)) = (rows.first(), work.log(evidence)) else {
            continue;
        };
        writeln!(out, "| *{}* | | | | | | | | |", work.heading())?;
        for row in &rows {
            writeln!(out, "{}", line(row, ours, log.bytes))?;
        }
    }
    Ok(())
}

/// Prints how fast those answer who are asked one question after another.
pub fn questions(out: &mut dyn Write, answers: &Answers) -> Result<(), Fault> {
    writeln!(
        out,
        "\nWithin a running process, p50 / p95 in ms. *number*: how many records; *screen*: that, the first 100 rows in order of time, and \
         counts over time in 160 steps.\n"
    )?;
    writeln!(
        out,
        "| question | asked | found: Grantline, DuckDB | number: Grantline | DuckDB | p95 ÷ | screen: Grantline | DuckDB | p95 ÷ |"
    )?;
    writeln!(out, "|---|---|---|---|---|---|---|---|---|")?;
    for ours in &answers.ours {
        let theirs = answers.theirs.iter().find(|it| it.class == ours.class);
        let found = theirs.map_or_else(String::new, |it| format!(", {}", grouped(it.hits)));
        writeln!(
            out,
            "| {} | {} | {}{found} | {} | {} |",
            ours.class,
            ours.questions,
            grouped(ours.hits),
            beside(ours.count, theirs.map(|it| it.count)),
            beside(ours.screen, theirs.map(|it| it.screen)),
        )?;
    }
    let (ours, theirs) = answers.reopen;
    writeln!(
        out,
        "| open, and a first answer | | | {} | | | |",
        beside(ours, theirs)
    )?;
    let originals = beside(answers.originals, None);
    writeln!(
        out,
        "| 100 originals, read and parsed | | | {originals} | | | |"
    )?;
    Ok(())
}

/// Our times, theirs, and how many times as long ours take.
fn beside(ours: Times, theirs: Option<Times>) -> String {
    let theirs = theirs.filter(|theirs| !theirs.p95.is_zero());
    let ratio = theirs.map(|theirs| ours.p95.as_secs_f64() / theirs.p95.as_secs_f64());
    format!(
        "{} | {} | {}",
        ours.cell(),
        theirs.map(Times::cell).unwrap_or_default(),
        ratio.map(|ratio| format!("{ratio:.3}")).unwrap_or_default()
    )
}

fn sizes(evidence: &Evidence) -> String {
    let table = evidence.table.as_ref();
    let table = table.map(|table| format!(", {} MB of CSV", megabytes(table.bytes)));
    let lines = megabytes(evidence.lines.bytes);
    format!("{lines} MB of NDJSON{}", table.unwrap_or_default())
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
    let is_reading = row.step.does(Work::Lines) || row.step.does(Work::Table);
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
