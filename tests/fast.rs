//! The fast reader of native records reads what the strict one reads, or says no.
//!
//! Not here: what records mean, which the tests of the formats say.

use grantline::evidence::ObjectReader;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How many rows of a kind were read, and how many of them quickly.
#[derive(Default)]
struct Share {
    rows: usize,
    quick: usize,
}

/// Reads a row both ways and compares.
fn check(reader: &mut ObjectReader, row: &str, shares: &mut BTreeMap<String, Share>) {
    let strict = ObjectReader::strict(row);
    let quick = reader.quick(row);
    if let Some(quick) = quick {
        let (records, format) = strict.as_ref().unwrap_or_else(|reason| panic!("{reason}: {row}"));
        assert_eq!(*format, "unified-audit", "{row}");
        assert_eq!(records.as_slice(), std::slice::from_ref(quick), "{row}");
    }
    if let Ok((records, "unified-audit")) = &strict {
        let kind = records[0].operation.to_string();
        let share = shares.entry(kind).or_default();
        share.rows += 1;
        share.quick += usize::from(quick.is_some());
    }
}

fn report(shares: &BTreeMap<String, Share>) -> (usize, usize) {
    for (kind, share) in shares.iter().filter(|(_, share)| share.quick < share.rows) {
        println!("{kind}: {} of {}", share.quick, share.rows);
    }
    let rows = shares.values().map(|share| share.rows).sum();
    let quick = shares.values().map(|share| share.quick).sum();
    println!("all: {quick} of {rows}");
    (rows, quick)
}

#[test]
#[ignore = "needs a folder with logs in FAST_ROWS"]
fn rows_of_a_folder() {
    let folder = std::env::var("FAST_ROWS").unwrap();
    let mut reader = ObjectReader::default();
    let mut shares = BTreeMap::new();
    for path in files(Path::new(&folder)) {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        for row in text.lines() {
            check(&mut reader, row.trim(), &mut shares);
        }
    }
    let (rows, quick) = report(&shares);
    assert!(quick * 100 >= rows * 99);
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}
