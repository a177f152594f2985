//! The ledger as it is shown: the accounts of all files, with the signs that something is missing.
//!
//! Not here: what is a sign (`hunt::coverage`), and how it looks.

use super::protocol::{Coverage, FileCoverage, FileKind, GapCoverage, LineFault};
use crate::case::{Account, FileState, Position};
use crate::evidence::Layout;
use crate::hunt::coverage::{Gap, absent, cut_off, gaps};
use crate::text::count;
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
    let kind = kind(&state);
    let [format, why, encoding] = format(&state, kind);
    let gaps = gaps(&state.account.days);
    let sentences = gaps.iter().map(Gap::sentence);
    let signs = former_signs(&state)
        .chain(empty_sign(&state))
        .chain(sentences)
        .chain(cut_off_sign(&state))
        .collect();
    let path = state.name().to_string_lossy().into_owned();
    let fault = if state.finished || !state.fault.is_empty() {
        state.fault
    } else {
        format!(
            "{path} is read up to byte {} only; open the case again to go on",
            state.done
        )
    };
    FileCoverage {
        number: state.file,
        kind,
        path,
        sha256: state.sha256,
        size: state.size,
        format,
        why,
        encoding,
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
        gaps: gaps.iter().map(gap).collect(),
        signs,
        lines: positions.into_iter().map(line_fault).collect(),
    }
}

fn line_fault(at: Position) -> LineFault {
    LineFault {
        line: at.line,
        offset: at.offset,
        reason: at.reason,
    }
}

/// The format of a file, why it was chosen, and the encoding.
fn format(state: &FileState, kind: FileKind) -> [String; 3] {
    match &state.layout {
        Some(layout) => {
            let is_text = kind != FileKind::Litter;
            let encoding = if is_text { layout.encoding.name() } else { "" };
            [
                layout.format.clone().unwrap_or_default(),
                layout.why.clone(),
                encoding.to_owned(),
            ]
        }
        None if state.account.packed.is_empty() => Default::default(),
        None => [
            PACKED.to_owned(),
            state.account.packed.clone(),
            String::new(),
        ],
    }
}

/// What a path is: files are counted apart from what holds them and from what is none.
fn kind(state: &FileState) -> FileKind {
    match &state.layout {
        Some(layout) if !layout.is_evidence() => FileKind::Litter,
        None if !state.account.packed.is_empty() => FileKind::Packed,
        None if state.is_place() => FileKind::Place,
        _ => FileKind::Evidence,
    }
}

/// What the file was when it was read before. When that was is left to `verify`: the same evidence has the same ledger.
fn former_signs(state: &FileState) -> impl Iterator<Item = String> {
    let former = state.account.former.iter();
    former
        .filter(|former| former.sha256 != state.sha256)
        .map(|former| {
            let records = count(former.read, "row");
            format!(
                "it was something else when it was indexed before ({} bytes, {records} read, SHA-256 {}); what was read of that is no longer in the case",
                former.size, former.sha256
            )
        })
}

/// That a file which is a log, or should be one, holds nothing.
fn empty_sign(state: &FileState) -> Option<String> {
    let is_log = state.layout.as_ref().is_some_and(Layout::is_evidence);
    let is_empty = state.finished && state.rows == 0 && is_log;
    (is_empty && state.fault.is_empty()).then(|| {
        "it holds no rows: either there was nothing to export, or the export failed".to_owned()
    })
}

/// The sign of a pull that was cut off, for rows that come from searches.
fn cut_off_sign(state: &FileState) -> Option<String> {
    let layout = state.layout.as_ref()?;
    let format = layout.format.as_deref()?;
    let is_searched = SEARCHED.contains(&format);
    is_searched
        .then(|| cut_off(state.rows, state.first, state.last))
        .flatten()
}

fn gap(gap: &Gap) -> GapCoverage {
    GapCoverage {
        from: time::rfc3339(gap.from),
        to: time::rfc3339(gap.to()),
        days: gap.days,
        before: gap.before,
        after: gap.after,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Container, Encoding};

    /// A file with so many rows of a search, on days counted from the fifth of June 2023.
    fn file(number: u32, rows: u64, days: &[(i32, u64)]) -> FileState {
        let mut state = FileState {
            file: number,
            path: format!("/evidence/{number}.csv").into(),
            rows,
            read: rows,
            finished: true,
            layout: Some(Layout {
                container: Container::Lines,
                format: Some(SEARCHED[0].to_owned()),
                why: String::new(),
                encoding: Encoding::Utf8,
            }),
            ..FileState::default()
        };
        state.account.days = days
            .iter()
            .map(|(day, count)| (19_513 + day, *count))
            .collect();
        state.account.count_operation("MailItemsAccessed", 1);
        state
    }

    #[test]
    fn signs_are_told_of_the_file_and_of_all_files() {
        let one = file(2, 10_000, &[(0, 300), (2, 300)]);
        let other = file(1, 12, &[(1, 12)]);
        let coverage = of(vec![(one, Vec::new()), (other, Vec::new())]);
        assert!(coverage.files[0].signs.is_empty());
        let signs = &coverage.files[1].signs;
        assert!(signs[0].starts_with("no record on 2023-06-06"), "{signs:?}");
        assert!(signs[1].starts_with("10,000 rows"), "{signs:?}");
        assert_eq!(coverage.files[1].gaps[0].from, "2023-06-06T00:00:00Z");
        // The other file fills the gap, and nothing stands for sign-ins.
        assert!(
            coverage
                .blind
                .iter()
                .all(|text| !text.contains("2023-06-06"))
        );
        assert!(
            coverage
                .blind
                .iter()
                .any(|text| text.starts_with("no UserLoggedIn"))
        );
    }

    #[test]
    fn a_packed_file_has_its_packing_for_a_format() {
        let mut state = file(1, 0, &[]);
        state.layout = None;
        state.account = Account {
            packed: "zip archive of 3 files".to_owned(),
            ..Account::default()
        };
        let coverage = of(vec![(state, Vec::new())]);
        let file = &coverage.files[0];
        assert_eq!(
            (&*file.format, &*file.why),
            (PACKED, "zip archive of 3 files")
        );
        assert_eq!(file.kind, FileKind::Packed);
        assert!(
            coverage.blind.is_empty(),
            "nothing is said of a case without records"
        );
    }
}
