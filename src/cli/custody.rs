//! The commands about the evidence itself: what was read of it, and whether it is still what was read.
//!
//! Not here: working that out (`job::coverage`, `job::custody`).

use super::args::{CoverageArguments, PlainFormat, VerifyArguments};
use super::commands::{open, outcome};
use super::output::{Out, Table, out};
use super::{CliError, Outcome};
use crate::job::custody::{Standing, Verified};
use crate::job::{
    Coverage, FileCoverage, Tally, by_reason, common_folder, how_far, most_frequent, within,
};
use crate::text::{clip, count, grouped, safe};
use std::collections::BTreeMap;
use std::io::Write;

/// Operations named below the table.
const OPERATIONS_SHOWN: usize = 10;

/// Reasons named of one file below the table.
const REASONS_SHOWN: usize = 20;

/// Widest format in the table: with numbers of six digits, at 120 columns there is room for 30 of the path.
const WIDEST_FORMAT: usize = 22;

/// Runs the command `coverage`.
pub(super) fn coverage(arguments: &CoverageArguments) -> Result<Outcome, CliError> {
    let coverage = open(&arguments.case)?.coverage()?;
    let mut out = out();
    match arguments.format {
        PlainFormat::Jsonl => {
            for file in &coverage.files {
                writeln!(out, "{}", serde_json::json!(file))?;
            }
            let all = serde_json::json!({
                "files": coverage.files.len(),
                "kinds": Tally::of(&coverage.files),
                "blind": coverage.blind,
            });
            writeln!(out, "{all}")?;
        }
        PlainFormat::Table => print_coverage(&mut out, &coverage)?,
    }
    out.flush()?;
    Ok(outcome(!coverage.files.is_empty(), true))
}

fn print_coverage(out: &mut Out, coverage: &Coverage) -> Result<(), CliError> {
    let files = &coverage.files;
    let folder = common_folder(files);
    coverage_table(files, folder).print(out)?;
    writeln!(out)?;
    if !folder.is_empty() {
        writeln!(out, "all files are in {}", safe(folder))?;
    }
    let sum = |value: fn(&FileCoverage) -> u64| files.iter().map(value).sum::<u64>();
    writeln!(
        out,
        "{} read + {} duplicate + {} refused = {} in {}",
        grouped(sum(|file| file.read)),
        grouped(sum(|file| file.duplicate)),
        grouped(sum(|file| file.refused)),
        count(sum(|file| file.rows), "row"),
        Tally::of(files).sentence()
    )?;
    for file in files {
        if !file.fault.is_empty() {
            writeln!(out, "{}", safe(&file.fault))?;
        }
        for sign in &file.signs {
            writeln!(out, "{}: {}", safe(&file.path), safe(sign))?;
        }
        print_reasons(out, file)?;
    }
    for blind in &coverage.blind {
        writeln!(out, "all files: {}", safe(blind))?;
    }
    print_operations(out, files)
}

/// Why rows of a file are refused or degraded, each reason once.
fn print_reasons(out: &mut Out, file: &FileCoverage) -> Result<(), CliError> {
    let path = safe(&file.path);
    let mut told = 0;
    for same in by_reason(&file.lines).iter().take(REASONS_SHOWN) {
        told += same.rows;
        writeln!(out, "{path}, {}: {}", same.place(), safe(same.reason))?;
    }
    let rows = (file.refused + file.degraded).max(file.lines.len() as u64);
    if told > 0 && rows > told {
        writeln!(out, "{path}: {}", count(rows - told, "more row"))?;
    }
    Ok(())
}

/// The operations of all files that occur most.
fn print_operations(out: &mut Out, files: &[FileCoverage]) -> Result<(), CliError> {
    let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
    for (operation, count) in files.iter().flat_map(|file| &file.operations) {
        *sums.entry(operation).or_default() += count;
    }
    if sums.is_empty() {
        return Ok(());
    }
    let (shown, more) = most_frequent(sums, OPERATIONS_SHOWN);
    let more = match more {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    writeln!(out, "operations: {}{more}", safe(&shown.join(", ")))?;
    Ok(())
}

/// What fits a terminal; digests, encodings and whole paths are in the JSON lines.
fn coverage_table(files: &[FileCoverage], folder: &str) -> Table {
    let head = [
        "format", "rows", "read", "dup.", "ref.", "deg.", "first", "last", "file",
    ];
    let mut table = Table::new(&head, &[1, 2, 3, 4, 5]).whole(&[8]);
    for file in files {
        let format = how_far(file).unwrap_or(&file.format);
        let numbers = [
            file.rows,
            file.read,
            file.duplicate,
            file.refused,
            file.degraded,
        ]
        .map(grouped);
        let day = |time: &str| time.split('T').next().unwrap_or_default().to_owned();
        // Many files of one name are usual (PT1H.json of storage accounts): the path within the folder of all comes last, whole.
        table.row(
            [clip(&safe(format), WIDEST_FORMAT).into_owned()]
                .into_iter()
                .chain(numbers)
                .chain([
                    day(&file.first),
                    day(&file.last),
                    within(&file.path, folder).to_owned(),
                ]),
        );
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
    let is_bad = |file: &Verified| file.standing.is_difference() || is_damaged(file);
    Ok(if verified.iter().any(is_bad) {
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
    let number = |is: fn(&Verified) -> bool| verified.iter().filter(|file| is(file)).count() as u64;
    let differ = number(|file| file.standing.is_difference());
    let unread = number(|file| file.standing == Standing::Unread);
    let damaged = number(is_damaged);
    let same = verified.len() as u64 - differ - unread - damaged;
    writeln!(
        out,
        "{} as indexed, {} different, {} not read and so not compared",
        count(same, "file"),
        grouped(differ),
        grouped(unread)
    )?;
    match damaged {
        0 => writeln!(out, "the index is as written")?,
        damaged => writeln!(out, "{} of the index damaged", count(damaged, "file"))?,
    }
    Ok(())
}

/// Whether it is a file of the index that is not what was written.
fn is_damaged(file: &Verified) -> bool {
    file.standing == Standing::Damaged
}
