//! The account of one evidence file, or of one member of a packed one: what it is, how far it is read, and what it holds.
//!
//! Not here: keeping it (`case::database`), and what the numbers say about the evidence (`hunt::coverage`).

use crate::evidence::{Layout, Place};
use crate::time::{self, Instant};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Names of operations counted one by one; a log has some hundreds, a hostile file as many as it likes.
const MOST_NAMES: usize = 1000;

/// Days counted one by one: ten years.
const MOST_DAYS: usize = 3660;

/// Former contents that are remembered of one file.
const MOST_FORMER: usize = 16;

/// Under what the operations beyond [`MOST_NAMES`] are counted.
const OTHERS: &str = "(others)";

/// The account of one evidence file. `read + duplicate + refused = rows`; a row that tells of several events counts once for each.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FileState {
    /// Number in the case.
    pub file: u32,
    /// Where it lies; for a member, where the packed file lies.
    pub path: PathBuf,
    /// Names from the packed file down to this member; empty for a file of its own.
    pub member: String,
    /// Length in bytes.
    pub size: u64,
    /// Last change, microseconds since 1970.
    pub modified: i64,
    /// SHA-256 in lower hex; empty until the file is read through.
    pub sha256: String,
    /// How to read a row again; `None` when the file was refused.
    pub layout: Option<Layout>,
    /// Offset up to which its rows are indexed.
    pub done: u64,
    /// Whether it is read through, or refused for good.
    pub finished: bool,
    /// Rows seen so far.
    pub rows: u64,
    /// Records indexed so far, and inventory entries.
    pub read: u64,
    /// Of those, degraded ones.
    pub degraded: u64,
    /// Rows whose record was known.
    pub duplicate: u64,
    /// Rows refused so far.
    pub refused: u64,
    /// Time of the first record.
    pub first: Option<Instant>,
    /// Time of the last record.
    pub last: Option<Instant>,
    /// Why the file as a whole was not read.
    pub fault: String,
    /// What else is known of it.
    pub account: Account,
}

/// What is known of a file beside the counts that decide how it is read on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Account {
    /// What it is packed with, in words; empty for a plain file.
    pub packed: String,
    /// Whether its bytes stand in the spool of the case.
    pub spooled: bool,
    /// The last row, where the file ended inside of it or right behind it: the file may be still growing.
    pub tail: Option<Tail>,
    /// Records by operation, duplicates included.
    pub operations: BTreeMap<String, u64>,
    /// Records by day since 1970 (UTC), duplicates included.
    pub days: BTreeMap<i32, u64>,
    /// Inventory entries by kind.
    pub inventory: BTreeMap<String, u64>,
    /// What it was when it was read before, while it is being read anew.
    pub was: Option<Former>,
    /// Contents that it had when it was read before and no longer has, the oldest first.
    pub former: Vec<Former>,
}

/// A content that a file had when it was read through.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Former {
    /// SHA-256 in lower hex.
    pub sha256: String,
    /// Length in bytes.
    pub size: u64,
    /// Records that were read from it.
    pub read: u64,
    /// When it was found to be something else or gone, microseconds since 1970; 0 while nobody looked.
    pub until: i64,
    /// Whether it is the beginning of what is being read: the file has grown.
    pub is_beginning: bool,
}

/// The last row of a file that may grow, and what it was counted as: it is taken back when there is more of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tail {
    /// Where it stands.
    #[serde(flatten)]
    pub place: Place,
    /// The records it tells of.
    pub records: Vec<Told>,
    /// Its kind, if it stands in an inventory. A row with neither was refused.
    pub inventory: Option<String>,
}

/// A record of the last row.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Under which id it is counted once.
    pub id: String,
    /// What it was counted as.
    pub operation: String,
    /// When it happened, microseconds since 1970.
    pub time: Option<i64>,
}

impl FileState {
    /// Path for display: that of the file, with the names of the member below it.
    pub fn name(&self) -> PathBuf {
        if self.member.is_empty() {
            self.path.clone()
        } else {
            self.path.join(&self.member)
        }
    }

    /// The file to open for its bytes, given the folder of the spool.
    pub fn location(&self, spool: &Path) -> PathBuf {
        if self.account.spooled {
            spool.join(self.spool_name())
        } else {
            self.path.clone()
        }
    }

    /// Whether the file to open for its bytes holds all rows that were read from it. A copy whose making was cut short does not.
    pub fn has_bytes(&self, spool: &Path) -> bool {
        std::fs::metadata(self.location(spool)).is_ok_and(|there| there.len() >= self.done)
    }

    /// Whether there is more of it to read.
    pub fn is_cut_short(&self) -> bool {
        !self.finished && self.fault.is_empty()
    }

    /// Whether something of it was read.
    pub fn was_read(&self) -> bool {
        self.read > 0 || self.done > 0 || !self.account.packed.is_empty()
    }

    /// Name of its copy in the spool, if there is one.
    pub fn spool_name(&self) -> String {
        format!("{:06}", self.file)
    }

    /// Whether it is a member of a packed file.
    pub fn is_member(&self) -> bool {
        !self.member.is_empty()
    }

    /// Whether it stands for a folder or link that could not be looked into, not for a file that was opened.
    pub fn is_place(&self) -> bool {
        self.finished
            && !self.is_member()
            && !self.fault.is_empty()
            && self.sha256.is_empty()
            && self.size == 0
    }

    /// Whether it is a folder or link that can be looked into by now: nothing is left to tell.
    pub fn is_cured(&self) -> bool {
        self.finished && self.fault.is_empty() && self.sha256.is_empty()
    }
}

impl Account {
    /// Compares what a file is with what it was; its digest is empty when it cannot be read any more. What it was is not forgotten:
    /// evidence that was replaced stays so, however often it is indexed.
    pub fn settle(&mut self, sha256: &str, now: Instant) {
        let Some(was) = self.was.take().filter(|was| was.sha256 != sha256) else {
            return;
        };
        if was.is_beginning {
            // It was compared when the growth was found. Of a file that cannot be read it is all that is known.
            self.was = sha256.is_empty().then_some(was);
            return;
        }
        self.former.push(Former {
            until: time::micros(now),
            ..was
        });
        if self.former.len() > MOST_FORMER {
            // The first stays: it is what was handed over.
            self.former.remove(1);
        }
    }

    /// Counts records of one operation.
    pub fn count_operation(&mut self, operation: &str, records: u64) {
        if let Some(count) = self.operations.get_mut(operation) {
            *count += records;
        } else {
            let full = self.operations.len() >= MOST_NAMES;
            let name = if full { OTHERS } else { operation };
            *self.operations.entry(name.to_owned()).or_default() += records;
        }
    }

    /// Counts records of one day ([`time::day`]).
    pub fn count_day(&mut self, day: i32, records: u64) {
        if self.days.len() < MOST_DAYS || self.days.contains_key(&day) {
            *self.days.entry(day).or_default() += records;
        }
    }

    /// Takes a record back that is about to be counted again.
    fn uncount(&mut self, operation: &str, time: Option<Instant>) {
        let is_named = self.operations.contains_key(operation);
        take_one(
            &mut self.operations,
            if is_named { operation } else { OTHERS },
        );
        if let Some(time) = time {
            take_one(&mut self.days, &time::day(time));
        }
    }

    /// Takes back what the last row was counted as.
    pub fn uncount_row(&mut self, row: &Tail) {
        for Told {
            operation, time, ..
        } in &row.records
        {
            self.uncount(operation, time.map(time::from_micros));
        }
        if let Some(kind) = &row.inventory {
            take_one(&mut self.inventory, kind);
        }
    }
}

fn take_one<K: Ord + std::borrow::Borrow<Q>, Q: Ord + ?Sized>(
    counts: &mut BTreeMap<K, u64>,
    key: &Q,
) {
    if let Some(count) = counts.get_mut(key) {
        *count = count.saturating_sub(1);
        if *count == 0 {
            counts.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_counted_by_operation_and_day_and_taken_back() {
        let mut account = Account::default();
        let at = time::parse("2023-06-05T23:59:59Z");
        account.count_operation("Set-Mailbox", 2);
        account.count_day(time::day(at.unwrap()), 1);
        assert_eq!(account.operations["Set-Mailbox"], 2);
        assert_eq!(account.days, BTreeMap::from([(19_513, 1)]));
        account.uncount("Set-Mailbox", at);
        assert_eq!(account.operations["Set-Mailbox"], 1);
        assert!(account.days.is_empty());
    }

    #[test]
    fn what_a_file_was_is_not_forgotten() {
        let now = time::parse("2023-06-05T23:59:59Z").unwrap();
        let was = |digest: &str| Former {
            sha256: digest.to_owned(),
            size: 3,
            ..Former::default()
        };
        let mut account = Account {
            was: Some(was("aa")),
            ..Account::default()
        };
        account.settle("aa", now);
        assert_eq!((&account.was, account.former.len()), (&None, 0));
        for number in 0..30 {
            account.was = Some(was(&number.to_string()));
            account.settle("", now);
        }
        assert_eq!(account.former.len(), MOST_FORMER);
        assert_eq!(account.former[0].sha256, "0");
        assert_eq!(account.former[MOST_FORMER - 1].sha256, "29");
        assert_eq!(account.former[0].until, time::micros(now));
    }

    #[test]
    fn a_hostile_file_cannot_fill_the_memory_with_names() {
        let mut account = Account::default();
        for number in 0..MOST_NAMES + 5 {
            account.count_operation(&format!("operation {number}"), 1);
        }
        assert_eq!(account.operations.len(), MOST_NAMES + 1);
        assert_eq!(account.operations[OTHERS], 5);
    }
}
