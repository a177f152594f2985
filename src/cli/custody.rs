//! The commands about the evidence itself: what was read of it, and whether it is still what was read.
//!
//! Not here: working that out (`job::coverage`, `job::custody`).

use super::args::{CoverageArguments, PlainFormat, VerifyArguments};
use super::commands::{open, outcome};
use super::output::{Out, Table, out};
use super::{CliError, Outcome};
use crate::job::custody::{Standing, Verified};
use crate::job::{Coverage, FileCoverage};
use crate::text::{count, grouped, safe};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::Write;

/// Operations named below the table.
const OPERATIONS_SHOWN: usize = 10;

/// Runs the command `coverage`.
pub(super) fn coverage(arguments: &CoverageArguments) -> Result<Outcome, CliError> {
    let coverage = open(&arguments.case)?.coverage()?;
    let mut out = out();
    match arguments.format {
        PlainFormat::Jsonl => {
            for file in &coverage.files {
                writeln!(out, "{}", serde_json::json!(file))?;
            }
            let all = serde_json::json!({ "files": coverage.files.len(), "blind": coverage.blind });
            writeln!(out, "{all}")?;
        }
        PlainFormat::Table => print_coverage(&mut out, &coverage)?,
    }
    out.flush()?;
    Ok(outcome(!coverage.files.is_empty(), true))
}

fn print_coverage(out: &mut Out, coverage: &Coverage) -> Result<(), CliError> {
    let files = &coverage.files;
    coverage_table(files).print(out)?;
    let sum = |value: fn(&FileCoverage) -> u64| files.iter().map(value).sum::<u64>();
    writeln!(
        out,
        "\n{} read + {} duplicate + {} refused = {} in {}",
        grouped(sum(|file| file.read)),
        grouped(sum(|file| file.duplicate)),
        grouped(sum(|file| file.refused)),
        count(sum(|file| file.rows), "row"),
        count(files.len() as u64, "file")
    )?;
    for file in files {
        if !file.fault.is_empty() {
            writeln!(out, "{}", safe(&file.fault))?;
        }
        for sign in &file.signs {
            writeln!(out, "{}: {}", safe(&file.path), safe(sign))?;
        }
        for line in &file.lines {
            writeln!(
                out,
                "{}, line {}, byte {}: {}",
                safe(&file.path),
                line.line,
                line.offset,
                safe(&line.reason)
            )?;
        }
    }
    for blind in &coverage.blind {
        writeln!(out, "all files: {}", safe(blind))?;
    }
    print_operations(out, files)
}

/// The operations of all files that occur most.
fn print_operations(out: &mut Out, files: &[FileCoverage]) -> Result<(), CliError> {
    let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
    for (operation, count) in files.iter().flat_map(|file| &file.operations) {
        *sums.entry(operation).or_default() += count;
    }
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.sort_by_key(|(operation, count)| (Reverse(*count), *operation));
    if sums.is_empty() {
        return Ok(());
    }
    let shown = sums.iter().take(OPERATIONS_SHOWN);
    let shown: Vec<String> = shown
        .map(|(operation, count)| format!("{} {}", safe(operation), grouped(*count)))
        .collect();
    let more = match sums.len().saturating_sub(OPERATIONS_SHOWN) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    writeln!(out, "operations: {}{more}", shown.join(", "))?;
    Ok(())
}

fn coverage_table(files: &[FileCoverage]) -> Table {
    let mut table = Table::new(
        &[
            "format",
            "rows",
            "read",
            "degraded",
            "duplicate",
            "refused",
            "encoding",
            "first",
            "last",
            "sha-256",
            "file",
        ],
        &[1, 2, 3, 4, 5],
    )
    .whole(&[10]);
    for file in files {
        let format = if file.fault.is_empty() {
            &file.format
        } else {
            "not read"
        };
        let numbers = [
            file.rows,
            file.read,
            file.degraded,
            file.duplicate,
            file.refused,
        ]
        .map(grouped);
        let digest = file.sha256.chars().take(16).collect();
        // Many files of one name are usual (PT1H.json of storage accounts): the whole path comes last, where it harms no column.
        table.row([format.to_owned()].into_iter().chain(numbers).chain([
            file.encoding.clone(),
            file.first.clone(),
            file.last.clone(),
            digest,
            file.path.clone(),
        ]));
    }
    table
}

/// Runs the command `verify`.
pub(super) fn verify(arguments: &VerifyArguments) -> Result<Outcome, CliError> {
    let verified = open(&arguments.case)?.verify()?;
    let mut out = out();
    match arguments.format {
        PlainFormat::Jsonl => verified
            .iter()
            .try_for_each(|file| writeln!(out, "{}", serde_json::json!(file)))?,
        PlainFormat::Table => print_verified(&mut out, &verified)?,
    }
    out.flush()?;
    let differs = verified.iter().any(|file| file.standing.is_difference());
    Ok(if differs {
        Outcome::Different
    } else {
        outcome(!verified.is_empty(), true)
    })
}

fn print_verified(out: &mut Out, verified: &[Verified]) -> Result<(), CliError> {
    let mut table = Table::new(&["standing", "sha-256", "file"], &[]).whole(&[1, 2]);
    for file in verified {
        table.row([
            file.standing.word().to_owned(),
            file.sha256.clone(),
            file.path.clone(),
        ]);
    }
    table.print(out)?;
    for file in verified.iter().filter(|file| !file.detail.is_empty()) {
        writeln!(out, "{}: {}", safe(&file.path), safe(&file.detail))?;
    }
    let differ = verified
        .iter()
        .filter(|file| file.standing.is_difference())
        .count() as u64;
    let unread = verified
        .iter()
        .filter(|file| file.standing == Standing::Unread)
        .count() as u64;
    let same = verified.len() as u64 - differ - unread;
    writeln!(
        out,
        "{} as indexed, {} different, {} not read and so not compared",
        count(same, "file"),
        grouped(differ),
        grouped(unread)
    )?;
    Ok(())
}
