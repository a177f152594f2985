//! Grants before the index: rows that may be grants, searched for ahead of the reader, a piece of every file in turn.
//!
//! A folder may hold gigabytes of sign-ins before the one file with permission changes, and the analyst is waiting. What is found here is shown until the
//! index has it, judged by what the index knows by then, and forgotten when all is read. Not here: reading, and judging.

use super::index::located_at;
use crate::evidence::{self, EvidenceError, Original, Place, Scout, Words};
use crate::hunt::facet::{Facets, HUNTED};
use crate::hunt::grant::ROADS;
use crate::record::{Located, Provenance, Record};
use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

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
    let mut unopened = files.into_iter().filter_map(|(file, path)| {
        let scout = Scout::open(&path).ok()?;
        Some((file, scout?))
    });
    let (mut begun, mut found) = (VecDeque::new(), 0);
    while let Some((file, mut scout)) = unopened.next().or_else(|| begun.pop_front()) {
        if !is_wanted() || found >= ENOUGH {
            return;
        }
        // A file that cannot be read on is the reader's to tell.
        let Ok(records) = scout.look(&words, PIECE) else {
            continue;
        };
        let hunted = hunted(file, records);
        found += hunted.len();
        if !hunted.is_empty() {
            tell(hunted);
        }
        if !scout.has_ended() {
            begun.push_back((file, scout));
        }
    }
}

/// The original of a record that was found ahead, from its file as it stands. The case does not know yet how that is laid out, so its beginning is
/// looked at.
pub fn original(path: &Path, at: Provenance) -> Result<Original, EvidenceError> {
    let begun = evidence::read(path, &mut |_, _| ControlFlow::Break(()))?;
    evidence::reread(path, &begun.layout, at.into())
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
        if Facets::of(&record).has(HUNTED) {
            let provenance = located_at(file, place, part);
            hunted.push(Located { record, provenance });
        }
    }
    hunted
}
