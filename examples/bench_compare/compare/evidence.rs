//! The files that everybody works on.
//!
//! Not here: what is in them, which is the generator's affair (`grantline::demo`).

use super::{Fault, Options};
use grantline::demo::shape::Shape;
use grantline::demo::{self, World};
use grantline::job::generation::{EVIDENCE, Order, Written, generate};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
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

/// The files of one log.
pub struct Evidence {
    /// Native records, one a line.
    pub lines: Log,
    /// The same as the CSV of `Search-UnifiedAuditLog`; `None` when the lines were brought along.
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
    let users = options.records / demo::Options::usual_records(1, DAYS);
    let users = u32::try_from(users.clamp(40, MOST_USERS))?;
    let world = World::new(demo::Options {
        users,
        days: DAYS,
        records: options.records,
        ..demo::Options::default()
    })?;
    let shapes = [LINES, TABLE].map(Shape::of);
    let order = Order {
        shapes: shapes.into_iter().flatten().collect(),
        ..Order::of(&world)
    };
    let tenant = folder.join("tenant");
    let generated = generate(&order, &tenant, &mut |_| {})?;
    let of = |shape| {
        generated
            .files
            .iter()
            .find(|file| file.shape == Some(shape))
    };
    let (Some(lines), Some(table)) = (of(LINES), of(TABLE)) else {
        return Err(format!("no files in {}", tenant.join(EVIDENCE).display()).into());
    };
    let path = |written: &Written| log(written.path.clone());
    Ok(Evidence {
        mailbox: busy_mailbox(&lines.path)?,
        lines: path(lines)?,
        table: Some(path(table)?),
        origin: format!("a generated tenant of {users} people over {DAYS} days, seed 1"),
    })
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
