//! The ledger as it is shown: the accounts of all files, with the signs that something is missing.
//!
//! Not here: what is a sign (`hunt::coverage`), and how it looks.

use super::protocol::{Coverage, FileCoverage, LineFault};
use crate::case::{Account, FileState, Position};
use crate::hunt::coverage::{Gap, absent, cut_off, gaps};
use crate::time;
use std::collections::BTreeMap;

/// Formats whose rows come from searches that return so many rows at most.
const SEARCHED: [&str; 2] = ["unified-audit-search", "unified-audit"];

/// What stands for the format of a file that holds other files.
const PACKED: &str = "packed";

/// The ledger of some files with their positions, by path.
pub(super) fn of(files: Vec<(FileState, Vec<Position>)>) -> Coverage {
    let blind = blind(files.iter().map(|(state, _)| &state.account));
    let mut files: Vec<FileCoverage> = files
        .into_iter()
        .map(|(state, positions)| file(state, positions))
        .collect();
    files.sort_by(|left, right| left.path.cmp(&right.path));
    Coverage { files, blind }
}

/// What all files together cannot tell; nothing is said of a case without records.
fn blind<'a>(accounts: impl Iterator<Item = &'a Account> + Clone) -> Vec<String> {
    let mut days: BTreeMap<i32, u64> = BTreeMap::new();
    for (day, count) in accounts.clone().flat_map(|account| &account.days) {
        *days.entry(*day).or_default() += count;
    }
    if days.is_empty() {
        return Vec::new();
    }
    let operations = accounts.flat_map(|account| account.operations.keys());
    let mut blind: Vec<String> = gaps(&days).iter().map(Gap::sentence).collect();
    blind.extend(absent(operations.map(String::as_str)));
    blind
}

fn file(state: FileState, positions: Vec<Position>) -> FileCoverage {
    let signs = signs(&state);
    let path = state.name().to_string_lossy().into_owned();
    let fault = if state.finished || !state.fault.is_empty() {
        state.fault
    } else {
        format!(
            "{path} is read up to byte {} only; open the case again to go on",
            state.done
        )
    };
    let (format, why, encoding) = match state.layout {
        Some(layout) => (
            layout.format.unwrap_or_default(),
            layout.why,
            layout.encoding.name(),
        ),
        None if state.account.packed.is_empty() => Default::default(),
        None => (PACKED.to_owned(), state.account.packed, ""),
    };
    FileCoverage {
        number: state.file,
        path,
        sha256: state.sha256,
        size: state.size,
        format,
        why,
        encoding: encoding.to_owned(),
        rows: state.rows,
        read: state.read,
        degraded: state.degraded,
        duplicate: state.duplicate,
        refused: state.refused,
        first: state.first.map(time::rfc3339).unwrap_or_default(),
        last: state.last.map(time::rfc3339).unwrap_or_default(),
        fault,
        operations: state.account.operations,
        inventory: state.account.inventory,
        signs,
        lines: positions
            .into_iter()
            .map(|at| LineFault {
                line: at.line,
                offset: at.offset,
                reason: at.reason,
            })
            .collect(),
    }
}

fn signs(state: &FileState) -> Vec<String> {
    let format = state
        .layout
        .as_ref()
        .and_then(|layout| layout.format.as_deref());
    let is_searched = format.is_some_and(|format| SEARCHED.contains(&format));
    let cut_off = is_searched
        .then(|| cut_off(state.rows, state.first, state.last))
        .flatten();
    let gaps = gaps(&state.account.days);
    gaps.iter().map(Gap::sentence).chain(cut_off).collect()
}
