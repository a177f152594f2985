//! The faults of real exports, put into evidence between the records and the bytes: one table of them, each with its rate.
//!
//! A damaged file is written by a [`Damaged`], which is a [`Writer`](super::shape::Writer) around that of a shape:
//!
//! ```text
//! let damage = Damage::new(seed, move |id| labelled.contains(id));
//! let mut writer = damage.writer(shape, number_of_the_file);   // one for each file, also of shapes that are written plain
//! writer.survey(&record);                                      // where `must_survey`, as with every writer
//! writer.record(&record, &mut out);                            // may write nothing now, or several rows
//! writer.end(&mut out);
//! tally.add(writer.tally());
//! if damage.is_again(&record) { second.record(&record, &mut out) }   // a second file, of any shape, holds some records again
//! for (name, bytes) in damage.litter() { … }                   // files that are no evidence
//! tally.counts()                                               // what was done, for labels and reports
//! ```
//!
//! What is labelled is never lost and never says anything else: rows are cut and emptied only of other records, or as additional
//! copies. All of it follows from the seed, the number of the file and the id of the record. Not here: shapes that lose something by
//! their nature (`shape`).

mod file;
mod record;
mod writer;

pub use writer::Damaged;

use super::chance::{Dice, Domain, mixed_text};
use super::shape::Shape;
use serde_json::Value;
use std::fmt;
use std::sync::Arc;

/// What a fault touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touch {
    /// How a record spells something.
    Record,
    /// Whether a row is whole, where it stands, and how often.
    Row,
    /// A whole file.
    File,
}

/// Writes the table of faults and their names as a type.
macro_rules! faults {
    ($($(#[doc = $what:literal])+ $fault:ident $name:literal $touch:ident $rate:literal,)*) => {
        /// A fault of real exports.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Fault {
            $($(#[doc = $what])+ $fault,)*
        }

        impl Fault {
            /// Every fault, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$fault),*];

            /// Its name in reports.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$fault => $name,)*
                }
            }

            /// How many of 10,000 that it could touch it does touch.
            pub fn rate(self) -> u64 {
                match self {
                    $(Self::$fault => $rate,)*
                }
            }

            /// What it touches.
            pub fn touch(self) -> Touch {
                match self {
                    $(Self::$fault => Touch::$touch,)*
                }
            }
        }
    };
}

faults! {
    /// The user in another case: all small, or with capitals.
    UserCase "user in another case" Record 900,
    /// The other spelling of Microsoft's service host.
    ServiceHost "service host spelt otherwise" Record 2_300,
    /// A port, brackets or `::ffff:` around an address.
    Address "address with port, brackets or prefix" Record 700,
    /// Numbers and truth values as texts.
    Text "numbers and truth values as text" Record 500,
    /// Blanks and line ends behind a text that nothing depends on.
    Blanks "blanks and line ends behind texts" Record 300,
    /// The same record again, a little later in the same file.
    Duplicate "record again nearby" Row 600,
    /// The same record again in a second file.
    Again "record again in a second file" Row 400,
    /// A record later in its file than its time.
    Late "record out of order" Row 1_500,
    /// A row whose record is cut in the middle.
    Cut "row cut in the middle" Row 6,
    /// A row whose record is gone: an empty `AuditData`.
    Emptied "row without its record" Row 4,
    /// An empty line behind a row.
    BlankLine "blank line" Row 15,
    /// A last line that was not written to its end.
    Torn "torn last line" File 7_000,
    /// A whole file in another encoding, or with other line ends.
    Encoding "file in another encoding" File 6_000,
    /// Files that are no evidence: a foreign table, one without a byte.
    Litter "file that is no evidence" File 10_000,
}

/// The faults of one run.
#[derive(Clone)]
pub struct Damage {
    seed: u64,
    keep: Arc<dyn Fn(&str) -> bool + Send + Sync>,
    /// How many times as often as in real exports; tests have more than one.
    times: u64,
}

impl fmt::Debug for Damage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Damage")
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

/// The id of a record of any stream; empty for entries of inventories.
fn id(record: &Value) -> &str {
    let ids = ["Id", "id"].map(|name| record[name].as_str());
    ids.into_iter().flatten().next().unwrap_or_default()
}

impl Damage {
    /// The faults that follow from a seed; `keep` says of the id of a record whether it is labelled.
    pub fn new(seed: u64, keep: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        Self {
            seed,
            keep: Arc::new(keep),
            times: 1,
        }
    }

    /// The writer of a damaged file, which is the `file`th of the run.
    pub fn writer(&self, shape: &Shape, file: u64) -> Damaged {
        Damaged::new(self.clone(), shape, file)
    }

    /// Whether a record stands in a second file, too.
    pub fn is_again(&self, record: &Value) -> bool {
        self.happens(Fault::Again, 0, record)
    }

    /// Files that stand among evidence and are none: name and bytes.
    pub fn litter(&self) -> Vec<(&'static str, Vec<u8>)> {
        file::litter()
    }

    /// The dice of a fault in a record of a file.
    fn dice(&self, fault: Fault, file: u64, record: &Value) -> Dice {
        Dice::of(
            self.seed,
            Domain(fault.name()),
            &[file, mixed_text(0, id(record))],
        )
    }

    fn happens(&self, fault: Fault, file: u64, record: &Value) -> bool {
        self.dice(fault, file, record)
            .happens(fault.rate() * self.times, 10_000)
    }
}

/// How often each fault was put in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally(Vec<(Fault, u64)>);

impl Tally {
    /// Counts a fault so many times more.
    pub fn count(&mut self, fault: Fault, times: u64) {
        match self.0.iter_mut().find(|(own, _)| *own == fault) {
            Some((_, own)) => *own += times,
            None => self.0.push((fault, times)),
        }
    }

    /// Adds what another one counted.
    pub fn add(&mut self, other: &Self) {
        for (fault, times) in &other.0 {
            self.count(*fault, *times);
        }
    }

    /// The faults that were put in, by name, with how many of each, in the order of the table.
    pub fn counts(&self) -> Vec<(&'static str, u64)> {
        let mut counts = self.0.clone();
        counts.retain(|(_, times)| *times > 0);
        counts.sort_unstable();
        let counts = counts.into_iter();
        counts.map(|(fault, times)| (fault.name(), times)).collect()
    }
}

#[cfg(test)]
mod tests;
