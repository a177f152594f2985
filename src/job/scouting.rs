//! Grants before the index: rows that may be grants, searched for ahead of the reader, a piece of every file in turn.
//!
//! A folder may hold gigabytes of sign-ins before the one file with permission changes, and the analyst is waiting. What is found here is shown until the
//! index has it, judged by what the index knows by then, and forgotten when all is read. Not here: reading, and judging.

use crate::evidence::{Place, Scout, Words};
use crate::hunt::facet;
use crate::hunt::grant::ROADS;
use crate::record::{Located, Provenance, Record};
use std::collections::VecDeque;
use std::path::PathBuf;

/// Bytes looked through in one file before it is the next one's turn.
const PIECE: u64 = 32 << 20;

/// Records after which there is enough to begin with.
const ENOUGH: usize = 1000;

/// Looks ahead in some files (numbers in the case, paths) until all are looked through, enough is found, or nobody wants more. Files that cannot
/// be looked into are left to the reader, which says why.
pub fn scout(
    files: Vec<(u32, PathBuf)>,
    is_wanted: &dyn Fn() -> bool,
    tell: &mut dyn FnMut(Vec<Located>),
) {
    let operations: Vec<&str> = ROADS
        .iter()
        .flat_map(|road| road.operations)
        .copied()
        .collect();
    let Some(words) = Words::new(&operations) else {
        return;
    };
    let unopened = files.into_iter();
    let mut found = 0;
    let mut look = |file: u32, scout: &mut Scout| {
        // A file that cannot be read on is the reader's to tell.
        let hunted = hunted(file, scout.look(&words, PIECE).unwrap_or_default());
        found += hunted.len();
        if !hunted.is_empty() {
            tell(hunted);
        }
        found < ENOUGH
    };
    let mut begun = VecDeque::new();
    for (file, path) in unopened {
        let Ok(Some(mut scout)) = Scout::open(&path) else {
            continue;
        };
        if !is_wanted() || !look(file, &mut scout) {
            return;
        }
        if !scout.has_ended() {
            begun.push_back((file, scout));
        }
    }
    while let Some((file, mut scout)) = begun.pop_front() {
        if !is_wanted() || !look(file, &mut scout) {
            return;
        }
        if !scout.has_ended() {
            begun.push_back((file, scout));
        }
    }
}

/// Those of the records that the hunt needs.
fn hunted(file: u32, records: Vec<(Place, Record)>) -> Vec<Located> {
    let mut hunted = Vec::new();
    let mut part = 0;
    let mut row = None;
    for (place, record) in records {
        part = if row.replace(place) == Some(place) {
            part + 1
        } else {
            0
        };
        if facet::facets(&record).contains(&facet::HUNTED) {
            let provenance = Provenance {
                file,
                line: place.line,
                offset: place.offset,
                length: place.length,
                part,
            };
            hunted.push(Located { record, provenance });
        }
    }
    hunted
}
