//! What is said of many files, or of many rows, in one line.
//!
//! Not here: the account of one file (`coverage`), and how any of it looks.

use super::protocol::{FileCoverage, FileKind, LineFault};
use crate::text::{count, grouped};
use std::cmp::Reverse;
use std::collections::HashMap;

/// Lines named of those that share a reason.
const LINES_NAMED: usize = 3;

/// What is said of a file with a fault of which no row was read.
const NOT_READ: &str = "not read";

/// What is said of a file with a fault of which some rows were read before it.
const IN_PART: &str = "in part";

/// How far a file with a fault was read; nothing for one without.
pub fn how_far(file: &FileCoverage) -> Option<&'static str> {
    let said = if file.rows > 0 { IN_PART } else { NOT_READ };
    (!file.fault.is_empty()).then_some(said)
}

/// How many files there are of each kind. Members of packed files are files, the packed files around them are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Tally {
    /// Files with evidence.
    pub evidence: u64,
    /// Of those, files that were not read.
    pub unread: u64,
    /// Of those, files that were read in part.
    pub in_part: u64,
    /// Files of any kind that show signs.
    pub signs: u64,
    /// Files that hold others.
    pub packed: u64,
    /// Of those, files that were not unpacked as a whole.
    pub packed_unread: u64,
    /// Folders, links and pipes that could not be looked into.
    pub places: u64,
    /// What systems left behind.
    pub litter: u64,
}

impl Tally {
    /// Counts some files.
    pub fn of(files: &[FileCoverage]) -> Self {
        let mut tally = Self::default();
        for file in files {
            let unread = u64::from(!file.fault.is_empty());
            tally.signs += u64::from(!file.signs.is_empty());
            match file.kind {
                FileKind::Evidence => {
                    tally.evidence += 1;
                    let is_begun = file.rows > 0;
                    tally.unread += if is_begun { 0 } else { unread };
                    tally.in_part += if is_begun { unread } else { 0 };
                }
                FileKind::Packed => {
                    tally.packed += 1;
                    tally.packed_unread += unread;
                }
                FileKind::Place => tally.places += 1,
                FileKind::Litter => tally.litter += 1,
            }
        }
        tally
    }

    /// What there is beside files: `12 packed`, `3 places not read`.
    pub fn others(&self) -> Vec<String> {
        let packed = match self.packed_unread {
            0 => format!("{} packed", grouped(self.packed)),
            unread => format!(
                "{} packed ({} not whole)",
                grouped(self.packed),
                grouped(unread)
            ),
        };
        let places = format!("{} not read", count(self.places, "place"));
        let litter = format!("{} no evidence", grouped(self.litter));
        let all = [
            (self.packed, packed),
            (self.places, places),
            (self.litter, litter),
        ];
        let there = all.into_iter().filter(|(number, _)| *number > 0);
        there.map(|(_, text)| text).collect()
    }

    /// All of it: `145 files, 28 not read, 2 with signs; 12 packed; 3 places not read`.
    pub fn sentence(&self) -> String {
        let mut out = count(self.evidence, "file");
        for (number, what) in [
            (self.unread, NOT_READ),
            (self.in_part, IN_PART),
            (self.signs, "with signs"),
        ] {
            if number > 0 {
                out += &[", ", &grouped(number), " ", what].concat();
            }
        }
        for other in self.others() {
            out += "; ";
            out += &other;
        }
        out
    }
}

/// The folder that all files lie in, with its separator; a packed file is no folder for its members. Empty when there is none.
pub fn common_folder(files: &[FileCoverage]) -> &str {
    let mut paths = files.iter().map(|file| file.path.as_str());
    let first = paths.next().unwrap_or_default();
    let common = paths.fold(first.len(), |length, path| {
        let same = first.bytes().zip(path.bytes()).take(length);
        same.take_while(|(one, other)| one == other).count()
    });
    let common = first.as_bytes().get(..common).unwrap_or_default();
    let end = common.iter().rposition(|byte| matches!(byte, b'/' | b'\\'));
    first
        .get(..end.map_or(0, |end| end + 1))
        .unwrap_or_default()
}

/// A path below a folder ([`common_folder`]) without it.
pub fn within<'a>(path: &'a str, folder: &str) -> &'a str {
    path.strip_prefix(folder)
        .filter(|rest| !rest.is_empty())
        .unwrap_or(path)
}

/// The names that occur most, each with its count, and how many names there are beside those shown.
pub fn most_frequent<'a>(
    counts: impl IntoIterator<Item = (&'a str, u64)>,
    shown: usize,
) -> (Vec<String>, usize) {
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(name, count)| (Reverse(*count), *name));
    let named = counts.iter().take(shown);
    let named = named.map(|(name, count)| format!("{name} {}", grouped(*count)));
    (named.collect(), counts.len().saturating_sub(shown))
}

/// Rows of one file that are refused or degraded for the same reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SameReason<'a> {
    /// The reason in words.
    pub reason: &'a str,
    /// How many rows there are.
    pub rows: u64,
    /// Where the first row stands.
    first: &'a LineFault,
    /// The first lines, each once, and one more where there are more.
    lines: Vec<u64>,
}

impl SameReason<'_> {
    /// Where the rows stand: `line 17, byte 20480`, or `lines 3, 7, 9 … (180 rows)`.
    pub fn place(&self) -> String {
        // Places are written as other programs take them, without commas.
        let first = format!("line {}, byte {}", self.first.line, self.first.offset);
        match self.lines.as_slice() {
            // Rows of a document without line breaks.
            [_] if self.rows > 1 => format!("{first} … ({})", count(self.rows, "row")),
            [_] | [] => first,
            lines => {
                let named = lines.iter().take(LINES_NAMED);
                let named: Vec<String> = named.map(u64::to_string).collect();
                let more = if lines.len() > LINES_NAMED {
                    " …"
                } else {
                    ""
                };
                let rows = count(self.rows, "row");
                format!("lines {}{more} ({rows})", named.join(", "))
            }
        }
    }
}

/// Puts rows with the same reason together, in the order of the first of each.
pub fn by_reason(lines: &[LineFault]) -> Vec<SameReason<'_>> {
    let mut known: HashMap<&str, usize> = HashMap::new();
    let mut out: Vec<SameReason<'_>> = Vec::new();
    for fault in lines {
        let at = *known.entry(&fault.reason).or_insert(out.len());
        if at == out.len() {
            out.push(SameReason {
                reason: &fault.reason,
                rows: 0,
                first: fault,
                lines: Vec::new(),
            });
        }
        let Some(same) = out.get_mut(at) else {
            continue;
        };
        same.rows += 1;
        if same.lines.len() <= LINES_NAMED && !same.lines.contains(&fault.line) {
            same.lines.push(fault.line);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, kind: FileKind, fault: &str) -> FileCoverage {
        FileCoverage {
            path: path.to_owned(),
            kind,
            fault: fault.to_owned(),
            ..FileCoverage::default()
        }
    }

    #[test]
    fn files_are_counted_apart_from_what_holds_them() {
        let mut files = vec![
            file("a.zip", FileKind::Packed, ""),
            file("a.zip/a.json", FileKind::Evidence, ""),
            file("a.zip/.DS_Store", FileKind::Litter, ""),
            file("b.zip", FileKind::Packed, "is cut"),
            file("empty", FileKind::Place, "holds no files"),
            file("picture.png", FileKind::Evidence, "no log"),
        ];
        files[1].signs.push("no rows".to_owned());
        files.push(FileCoverage {
            rows: 3,
            ..file("cut.json", FileKind::Evidence, "ends early")
        });
        assert_eq!(
            [0, 5, 6].map(|at| how_far(&files[at])),
            [None, Some("not read"), Some("in part")]
        );
        assert_eq!(
            Tally::of(&files).sentence(),
            "3 files, 1 not read, 1 in part, 1 with signs; 2 packed (1 not whole); 1 place not read; 1 no evidence"
        );
        assert_eq!(Tally::of(&[]).sentence(), "0 files");
    }

    #[test]
    fn the_folder_of_all_files_is_found() {
        for (paths, folder) in [
            (vec![], ""),
            (vec!["/e/a/log.json"], "/e/a/"),
            (vec!["/e/a/d=01/P.json", "/e/a/d=02/P.json"], "/e/a/"),
            (vec!["/e/a.zip", "/e/a.zip/x.json"], "/e/"),
            (vec!["/e/é.json", "/e/è.json"], "/e/"),
            (vec![r"C:\e\a.json", r"C:\e\b.json"], r"C:\e\"),
            (vec!["a.json", "b.json"], ""),
        ] {
            let files: Vec<FileCoverage> = paths
                .iter()
                .map(|path| file(path, FileKind::Evidence, ""))
                .collect();
            assert_eq!(common_folder(&files), folder, "{paths:?}");
        }
        assert_eq!(within("/e/a/log.json", "/e/a/"), "log.json");
        assert_eq!(within("/e/a/", "/e/a/"), "/e/a/");
    }

    #[test]
    fn rows_with_one_reason_are_told_together() {
        let fault = |line: u64, reason: &str| LineFault {
            line,
            offset: line * 1000,
            reason: reason.to_owned(),
        };
        let mut lines: Vec<LineFault> = (3..183).map(|line| fault(line, "no records")).collect();
        lines.insert(1, fault(4, "cut"));
        lines.extend([7, 7].map(|line| fault(line, "a document")));
        lines.extend([8, 9].map(|line| fault(line, "two")));
        let told: Vec<String> = by_reason(&lines)
            .iter()
            .map(|same| format!("{}: {}", same.place(), same.reason))
            .collect();
        assert_eq!(
            told,
            [
                "lines 3, 4, 5 … (180 rows): no records",
                "line 4, byte 4000: cut",
                "line 7, byte 7000 … (2 rows): a document",
                "lines 8, 9 (2 rows): two",
            ]
        );
    }
}
