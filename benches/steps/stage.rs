//! What is measured on: tenants in files, and cases made of them, each made once and when it is first asked for.
//!
//! Not here: what is measured.

use grantline::demo::shape::Shape;
use grantline::demo::{Options, World};
use grantline::evidence;
use grantline::job::Session;
use grantline::job::generation::{Order, generate};
use grantline::job::index::Observer;
use grantline::record::{Located, Provenance};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use tempfile::TempDir;

/// Days of the logs.
const DAYS: u32 = 63;

/// First day of the logs, as their records write it.
const FIRST_DAY: chrono::NaiveDate =
    chrono::NaiveDate::from_ymd_opt(2026, 2, 2).expect("it is a day");

/// People who make grants among [`GRANTS`]: each has made many before.
const ACTORS: usize = 20;

/// Whether it is measured; `cargo test` only looks whether it works.
fn is_measured() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}

/// Records of ordinary life in the case that is asked.
fn many() -> u64 {
    let asked = std::env::var("GRANTLINE_SCALE").ok();
    let usual = if is_measured() { 50_000 } else { 2_000 };
    asked.and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// Records of ordinary life in the files that are read in every shape.
fn few() -> u64 {
    if is_measured() { 4_000 } else { 100 }
}

/// Grants that are judged.
fn grants() -> usize {
    if is_measured() { 10_000 } else { 300 }
}

/// A folder with one tenant's log and a case made of it.
pub struct Stage {
    folder: TempDir,
    /// Native records, one a line.
    pub log: PathBuf,
    /// Every record, in the order of the log.
    pub records: Vec<Located>,
    /// Who acts most.
    pub busiest: String,
}

/// The case that is asked.
pub static STAGE: LazyLock<Stage> = LazyLock::new(Stage::new);

/// A tenant in every shape that is read.
pub static SHAPES: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder can be made");
    written(folder.path(), few(), &super::parse::shapes());
    folder
});

/// A case of the same log, and of ten thousand grants beside it.
pub static GRANTS: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let log = folder.path().join("grants.jsonl");
    fs::write(&log, many_grants(&STAGE.records)).expect("it can be written");
    index(&[STAGE.log.clone(), log], &folder.path().join("case"));
    folder
});

impl Stage {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        written(folder.path(), many(), &["native-lines"]);
        let log = log(folder.path(), "native-lines");
        index(std::slice::from_ref(&log), &folder.path().join("case"));
        let records = records(&log);
        Self {
            busiest: users(&records).remove(0),
            folder,
            log,
            records,
        }
    }

    /// Its case, opened.
    pub fn session(&self) -> Session {
        opened(self.folder.path())
    }
}

/// The case in a folder, opened.
pub fn opened(folder: &Path) -> Session {
    Session::open(&folder.join("case")).expect("the case opens")
}

/// The file of a shape.
pub fn log(folder: &Path, shape: &str) -> PathBuf {
    let evidence = folder.join("tenant/evidence");
    let entries = fs::read_dir(evidence).expect("the evidence can be listed");
    let mut paths = entries.flatten().map(|entry| entry.path());
    let is_of = |path: &PathBuf| path.file_stem().is_some_and(|stem| stem == shape);
    paths.find(is_of).expect("the shape was written")
}

/// Makes a case of some files.
pub fn index(logs: &[PathBuf], case: &Path) {
    let mut session = Session::open_or_create(case).expect("a case can be made");
    let plan = session.plan(logs).expect("the logs can be planned");
    session
        .index(plan, &mut Nobody)
        .expect("the logs are indexed");
}

/// Writes a tenant in some shapes.
fn written(folder: &Path, records: u64, shapes: &[&str]) {
    let users = records.div_ceil(350).clamp(40, 20_000);
    let world = World::new(Options {
        users: u32::try_from(users).unwrap_or(40),
        days: DAYS,
        records,
        ..Options::default()
    });
    let world = world.expect("there is such a tenant");
    let order = Order {
        shapes: shapes.iter().filter_map(|name| Shape::of(name)).collect(),
        ..Order::of(&world)
    };
    generate(&order, &folder.join("tenant"), &mut |_| {}).expect("the tenant is written");
}

fn records(log: &Path) -> Vec<Located> {
    let mut records: Vec<Located> = Vec::new();
    let mut sink = |_: &evidence::Layout, row: evidence::Row| {
        if let evidence::Row::Records(read, _) = row {
            records.extend(read.into_iter().map(|record| Located {
                record,
                provenance: Provenance::default(),
            }));
        }
        ControlFlow::Continue(())
    };
    evidence::read(log, &mut sink).expect("the log is read");
    records
}

/// The people who act, the busiest first.
fn users(records: &[Located]) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let users = records.iter().map(|located| located.record.user.as_str());
    for user in users.filter(|user| user.contains('@')) {
        *counts.entry(user).or_default() += 1;
    }
    let mut users: Vec<(&str, usize)> = counts.into_iter().collect();
    users.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    users.into_iter().map(|(user, _)| user.to_owned()).collect()
}

/// Permission changes that give one person's mailbox to another, no pair twice, evenly over the time of the log.
fn many_grants(records: &[Located]) -> String {
    let (users, count) = (users(records), grants());
    let step = i64::from(DAYS) * 86_400 / i64::try_from(count).unwrap_or(1);
    let begin = FIRST_DAY.and_time(chrono::NaiveTime::MIN);
    let mut lines = String::new();
    for number in 0..count {
        let (grantee, away) = (number % users.len(), number / users.len() + 1);
        let time = begin + chrono::TimeDelta::seconds(step * i64::try_from(number).unwrap_or(0));
        let _ = writeln!(
            lines,
            r#"{{"CreationTime":"{}","Id":"00000000-0000-4000-8000-{number:012}","Operation":"Add-MailboxPermission","RecordType":1,"ResultStatus":"True","UserType":2,"Workload":"Exchange","UserId":"{}","OrganizationId":"3ffba680-3f74-45bc-945e-cd4f18da083d","Parameters":[{{"Name":"Identity","Value":"{}"}},{{"Name":"User","Value":"{}"}},{{"Name":"AccessRights","Value":"FullAccess"}}]}}"#,
            time.format("%Y-%m-%dT%H:%M:%S"),
            users[number % ACTORS.min(users.len())],
            users[(grantee + away) % users.len()],
            users[grantee],
        );
    }
    lines
}

/// Nobody who watches.
struct Nobody;

impl Observer for Nobody {}
