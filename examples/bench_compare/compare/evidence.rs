//! The files that everybody works on.
//!
//! Not here: what is in them, which is the generator's affair (`grantline::demo`).

use super::{Fault, Options};
use grantline::demo::shape::Shape;
use grantline::demo::{self, World};
use grantline::job::generation::{Order, stream};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter};
use std::path::{Path, PathBuf};

/// The shape of the lines.
const LINES: &str = "native-lines";

/// The shape of the table.
const TABLE: &str = "search-csv";

/// Days of a generated log.
const DAYS: u32 = 63;

/// Most people of a generated tenant: beyond, they write more each.
const MOST_USERS: u64 = 20_000;

/// Lines that are looked at for a mailbox to ask for.
const LOOKED_AT: usize = 5_000;

/// One file.
pub struct Log {
    /// Its path.
    pub path: PathBuf,
    /// Its length in bytes.
    pub bytes: u64,
}

/// The files that are read.
pub struct Evidence {
    /// Native records, one a line.
    pub lines: Log,
    /// Another log as the CSV of `Search-UnifiedAuditLog`; `None` when the lines were brought along.
    pub table: Option<Log>,
    /// Where the records come from, in words.
    pub origin: String,
    /// A mailbox that is busy at the beginning of the log.
    pub mailbox: String,
}

/// Makes the files, or takes the one that was brought along.
pub fn make(options: &Options, folder: &Path) -> Result<Evidence, Fault> {
    if let Some(path) = &options.evidence {
        return Ok(Evidence {
            mailbox: busy_mailbox(path)?,
            lines: log(path.clone())?,
            table: None,
            origin: "the log that was brought along".to_owned(),
        });
    }
    let lines = written(options.records, LINES, folder)?;
    let table = written(options.csv_records, TABLE, folder)?;
    Ok(Evidence {
        mailbox: busy_mailbox(&lines.path)?,
        lines,
        table: Some(table),
        origin: format!("generated tenants over {DAYS} days, seed 1"),
    })
}

/// Writes the log of a tenant that fits it, in one shape.
fn written(records: u64, shape: &str, folder: &Path) -> Result<Log, Fault> {
    let users = records / demo::Options::usual_records(1, DAYS);
    let world = World::new(demo::Options {
        users: u32::try_from(users.clamp(40, MOST_USERS))?,
        days: DAYS,
        records,
        ..demo::Options::default()
    })?;
    let shape = Shape::of(shape).ok_or("there is no such shape")?;
    let path = folder.join(format!("{}.{}", shape.name, shape.extension));
    let to = BufWriter::with_capacity(1 << 20, File::create(&path)?);
    stream(&Order::of(&world), shape, to, &mut |_| {})?;
    log(path)
}

fn log(path: PathBuf) -> Result<Log, Fault> {
    let bytes = path.metadata()?.len();
    Ok(Log { path, bytes })
}

/// The owner that most of the first records name.
fn busy_mailbox(path: &Path) -> Result<String, Fault> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for line in BufReader::new(File::open(path)?).lines().take(LOOKED_AT) {
        let record: Value = serde_json::from_str(&line?)?;
        if let Some(owner) = record.get("MailboxOwnerUPN").and_then(Value::as_str) {
            *counts.entry(owner.to_owned()).or_default() += 1;
        }
    }
    let busiest = counts.into_iter().max_by_key(|(_, count)| *count);
    Ok(busiest.map(|(owner, _)| owner).unwrap_or_default())
}
