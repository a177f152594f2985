//! Indexing that is killed at any moment, again and again: what comes out in the end is what an undisturbed run gives.
//!
//! No record is lost or counted twice, and between two deaths the case can be opened and its ledger agrees with its index. Not here:
//! what indexing makes of records.

#![expect(clippy::unwrap_used, reason = "a failing test should panic")]
#![expect(
    clippy::string_slice,
    reason = "the texts are ASCII, and a failing test should panic"
)]
#![expect(
    clippy::print_stdout,
    reason = "a test that passes over itself says so"
)]

#[expect(dead_code, reason = "each test file uses some of the helpers")]
mod common;

use common::packing::{gzip, zip};
use common::{Lab, Ran, number, text};
use grantline::case::{Commit, Database, Position};
use grantline::job::Session;
use grantline::query::Expr;
use grantline::record::Located;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Records of a run that is to be killed many times.
const MANY: usize = 6_000;

/// Records where one death is enough: still longer than the wait between two lines of progress.
const SOME: usize = 8_000;

/// Files they are spread over.
const FILES: usize = 4;

/// One record in so many is a grant.
const GRANTS: usize = 200;

/// A sequence of numbers that looks random and is the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        // Knuth's MMIX constants; the high bits are the good ones.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % sides
    }
}

fn id(number: usize) -> String {
    format!("10000000-0000-4000-8000-{number:012}")
}

/// One record: mostly reads, some grants.
fn record(number: usize, dice: &mut Dice) -> String {
    let (day, hour, minute) = (1 + number % 28, dice.roll(24), dice.roll(60));
    let (user, mailbox) = (dice.roll(40), dice.roll(60));
    let head = format!(
        r#"{{"CreationTime":"2026-03-{day:02}T{hour:02}:{minute:02}:00","Id":"{}","OrganizationId":"3ffba680-3f74-45bc-945e-cd4f18da083d","Workload":"Exchange","UserId":"user{user}@example.com","ClientIP":"203.0.113.{user}""#,
        id(number)
    );
    let tail = if number % GRANTS == 7 {
        format!(
            r#","Operation":"Add-MailboxPermission","RecordType":1,"ResultStatus":"True","UserType":2,"Parameters":[{{"Name":"Identity","Value":"box{mailbox}@example.com"}},{{"Name":"User","Value":"user{user}@example.com"}},{{"Name":"AccessRights","Value":"FullAccess"}}]}}"#
        )
    } else {
        format!(
            r#","Operation":"MailItemsAccessed","RecordType":50,"ResultStatus":"Succeeded","UserType":0,"LogonType":2,"MailboxOwnerUPN":"box{mailbox}@example.com","OperationProperties":[{{"Name":"MailAccessType","Value":"Bind"}}],"Folders":[{{"Path":"\\Inbox","FolderItems":[{{"InternetMessageId":"<{number}@example.com>"}}]}}]}}"#
        )
    };
    head + &tail
}

/// Texts of lines: some records stand in two of them, and some are broken.
fn texts(records: usize, files: usize) -> Vec<String> {
    let mut dice = Dice(20_260_302);
    let mut texts = vec![String::new(); files];
    for number in 0..records {
        let line = record(number, &mut dice);
        let at = number * files / records;
        let _ = writeln!(texts[at], "{line}");
        if dice.roll(50) == 0 {
            let _ = writeln!(texts[dice.roll(files)], "{line}");
        }
        if dice.roll(100) == 0 {
            let _ = writeln!(texts[at], "{}", &line[..line.len() / 2]);
        }
    }
    texts
}

/// Evidence of several files with some records told twice and some broken.
fn evidence(lab: &Lab, records: usize) {
    for (number, text) in texts(records, FILES).iter().enumerate() {
        lab.write(format!("log-{number}.jsonl"), text);
    }
}

/// The lines as a search of the audit log gives them, in the encoding of Windows PowerShell.
fn wide_table(lines: &str) -> Vec<u8> {
    let mut table = "RecordType,CreationDate,UserIds,Operations,AuditData\r\n".to_owned();
    for line in lines.lines() {
        let data = line.replace('"', "\"\"");
        let _ = write!(
            table,
            "50,2026-03-02T08:00:00,a@example.com,Send,\"{data}\"\r\n"
        );
    }
    let units = std::iter::once(0xfeff).chain(table.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

/// As [`evidence`], in every shape: plain, packed, packed twice, in another encoding, and an inventory beside it.
fn mixed_evidence(lab: &Lab, records: usize) {
    let texts = texts(records, 6);
    lab.write("log-0.jsonl", &texts[0]);
    lab.write("log-1.jsonl.gz", gzip(texts[1].as_bytes()));
    let inner = gzip(texts[3].as_bytes());
    let members: [(&str, &[u8]); 2] = [
        ("two.jsonl", texts[2].as_bytes()),
        ("three.jsonl.gz", &inner),
    ];
    lab.write("logs.zip", zip(members));
    lab.write("log-4.csv", wide_table(&texts[4]));
    lab.write("log-5.jsonl", &texts[5]);
    let mut inventory = "Identity,User,AccessRights,IsInherited,Deny,InheritanceType\n".to_owned();
    for number in 0..records / 20 {
        let _ = writeln!(
            inventory,
            "box{number},user{number}@example.com,{{FullAccess}},False,False,All"
        );
    }
    lab.write("permissions.csv", inventory);
}

/// Everything that must not depend on how often indexing was interrupted.
#[derive(Debug, PartialEq)]
struct Outcome {
    coverage: BTreeMap<String, Value>,
    grants: BTreeMap<String, Value>,
    records: usize,
    /// File, line and content of each record, read again from the evidence.
    originals: Vec<(String, u64, String)>,
}

fn originals(lab: &Lab) -> Vec<(String, u64, String)> {
    let mut session = Session::open(&lab.case()).unwrap();
    let found = session.search(&Expr::All).unwrap();
    let rows = found.rows(0, usize::MAX).unwrap();
    let places: Vec<_> = rows.iter().map(|row| row.provenance).collect();
    let (records, faults) = session.originals(&places).unwrap();
    assert!(faults.is_empty(), "{faults:?}");
    let names: BTreeMap<u32, String> = (session.files().unwrap().iter())
        .map(|state| {
            (
                state.file,
                state
                    .name()
                    .strip_prefix(lab.evidence())
                    .unwrap()
                    .display()
                    .to_string(),
            )
        })
        .collect();
    let mut told: Vec<_> = (records.into_iter())
        .map(|Located { record, provenance }| {
            (
                names[&provenance.file].clone(),
                provenance.line,
                format!("{record:?}"),
            )
        })
        .collect();
    told.sort();
    told
}

fn without_folder(mut value: Value) -> Value {
    value["path"] = Value::Null;
    if let Some(sources) = value["sources"].as_array_mut() {
        for source in sources {
            source["file"] = Value::from(text(&source["file"]).rsplit('/').next());
        }
    }
    value
}

fn coverage(lab: &Lab) -> BTreeMap<String, Value> {
    let coverage = lab.coverage().into_iter();
    coverage
        .map(|(name, file)| (name, without_folder(file)))
        .collect()
}

fn outcome(lab: &Lab) -> Outcome {
    let grants = lab.grants().into_iter();
    Outcome {
        coverage: coverage(lab),
        grants: grants
            .map(|grant| (text(&grant["id"]), without_folder(grant)))
            .collect(),
        records: lab.searched(),
        originals: originals(lab),
    }
}

/// Indexes for some time, then kills it. Says whether it was killed before it was done.
fn index_and_kill_after(lab: &Lab, time: Duration) -> bool {
    let mut command = lab.command();
    command
        .arg("index")
        .arg(lab.evidence())
        .arg("--case")
        .arg(lab.case());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    std::thread::sleep(time);
    child.kill().unwrap();
    child.wait().unwrap().code().is_none()
}

/// Indexes until that many lines of progress were seen, then kills it. Says whether it was killed before it was done.
fn index_and_kill(lab: &Lab, lines: usize) -> bool {
    let mut command = lab.command();
    command
        .args(["index", "--progress", "json"])
        .arg(lab.evidence())
        .arg("--case")
        .arg(lab.case());
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let progress = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut seen = progress
        .map_while(Result::ok)
        .filter(|line| line.starts_with('{'));
    let last = (0..lines).map_while(|_| seen.next()).last();
    // SIGKILL: nothing is flushed, nothing tidied up.
    child.kill().unwrap();
    child.wait().unwrap();
    last.is_some_and(|line| !line.contains("\"finished\":true"))
}

/// The ledger tells of exactly the records that the index holds.
#[track_caller]
fn ledger_agrees(lab: &Lab) {
    let coverage = lab.coverage();
    for (name, file) in &coverage {
        let parts = ["read", "duplicate", "refused"].map(|part| number(&file[part]));
        assert_eq!(parts.iter().sum::<u64>(), number(&file["rows"]), "{name}");
    }
    let entries = |file: &Value| -> u64 {
        let kinds = file["inventory"].as_object().unwrap();
        kinds.values().map(number).sum()
    };
    let read = |file: &Value| number(&file["read"]) - entries(file);
    let read: u64 = coverage.values().map(read).sum();
    assert_eq!(read, lab.searched() as u64, "{coverage:#?}");
}

fn dies_often(deaths: u64, seed: u64) {
    let (calm, killed) = (Lab::new(), Lab::new());
    mixed_evidence(&calm, MANY);
    mixed_evidence(&killed, MANY);
    let start = Instant::now();
    calm.index().exits(3);
    let time = usize::try_from(start.elapsed().as_micros()).unwrap();
    let mut dice = Dice(seed);
    let (mut died, mut ended) = (0, 0);
    while died < deaths {
        let has_died = match dice.roll(3) {
            0 => index_and_kill(&killed, 1 + dice.roll(2)),
            _ => index_and_kill_after(&killed, Duration::from_micros(dice.roll(time) as u64)),
        };
        if !has_died {
            // It came to its end, and is to begin again.
            ended += 1;
            assert!(ended < deaths + 5, "it is hardly ever killed in the middle");
            killed.index().exits(3);
            assert!(coverage(&killed) == coverage(&calm));
            fs::remove_dir_all(killed.case()).unwrap();
            continue;
        }
        died += 1;
        let database = killed.case().join("case.db");
        if database.exists() && killed.case().join("case.toml").exists() && dice.roll(2) == 0 {
            ledger_agrees(&killed);
        }
    }
    println!("killed {died} times before the end, came to the end {ended} times");
    killed.index().exits(3);
    let (calm, killed) = (outcome(&calm), outcome(&killed));
    // Of the rows that are cut in half some are records without an id that is known.
    assert!(calm.records >= MANY && calm.records < MANY + MANY / 50);
    // Those of the log, and one for each right in the listing, which no record made.
    assert_eq!(calm.grants.len(), MANY / GRANTS + MANY / 20);
    assert_eq!(killed.records, calm.records);
    assert_eq!(killed.coverage, calm.coverage);
    assert!(killed.grants == calm.grants, "the grants differ");
    assert!(killed.originals == calm.originals, "the records differ");
}

#[test]
fn a_run_killed_eight_times_ends_like_one_that_was_not() {
    dies_often(8, 1);
}

#[test]
#[ignore = "minutes: cargo test --test resume -- --ignored"]
fn a_run_killed_fifty_times_ends_like_one_that_was_not() {
    dies_often(50, 2);
}

#[test]
fn the_ledger_tells_of_no_commit_that_did_not_happen() {
    let lab = Lab::new();
    let mut dice = Dice(3);
    let line = record(1, &mut dice);
    lab.write("log.jsonl", format!("{line}\n"));
    lab.index().exits(0);
    let before = lab.coverage();
    // What a process leaves behind that dies between the ledger's commit and the index's.
    let mut database = Database::open(&lab.case().join("case.db")).unwrap();
    let never = 1_000_000;
    let mut state = database.files(never).unwrap().remove(0);
    state.rows += 10;
    state.read += 9;
    state.refused += 1;
    let position = Position {
        file: state.file,
        line: 7,
        offset: 700,
        reason: "never happened".to_owned(),
    };
    let commit = Commit {
        sequence: never,
        files: &[state],
        positions: &[position],
        ..Commit::default()
    };
    database.prepare(&commit).unwrap();
    drop(database);
    ledger_agrees(&lab);
    assert_eq!(lab.coverage(), before);
    lab.index().exits(0);
    assert_eq!(lab.coverage(), before);
}

#[test]
fn a_run_killed_while_changed_evidence_is_read_anew_loses_nothing() {
    let (calm, killed) = (Lab::new(), Lab::new());
    for lab in [&calm, &killed] {
        evidence(lab, SOME);
        lab.index().exits(3);
        // A line more at the end: every offset of the file is in doubt.
        let path = lab.evidence().join("log-0.jsonl");
        let longer = fs::read_to_string(&path).unwrap() + &record(90_000, &mut Dice(4)) + "\n";
        fs::write(path, longer).unwrap();
    }
    calm.index().exits(3);
    let mut died = 0;
    for lines in [1, 1, 2] {
        died += u64::from(index_and_kill(&killed, lines));
        ledger_agrees(&killed);
    }
    assert!(died > 0, "it was never killed in the middle");
    killed.index().exits(3);
    assert!(outcome(&killed) == outcome(&calm));
}

#[test]
fn of_two_runs_at_once_each_is_right_or_refused_and_nothing_is_lost() {
    let (calm, shared) = (Lab::new(), Lab::new());
    evidence(&calm, SOME);
    evidence(&shared, SOME);
    calm.index().exits(3);
    let start = |name: &str| {
        let mut command = shared.command();
        command.arg("index").arg(shared.evidence().join(name));
        command.arg("--case").arg(shared.case());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    };
    let runs = ["log-0.jsonl", "log-1.jsonl", "log-2.jsonl"].map(start);
    let mut refused = 0;
    for run in runs {
        let ran = Ran::of(&run.wait_with_output().unwrap());
        if ran.code == Some(2) {
            ran.complains("another grantline ");
            refused += 1;
        } else {
            ran.exits(3);
        }
    }
    println!("{refused} of 3 runs were refused");
    ledger_agrees(&shared);
    shared.index().exits(3);
    let (calm, shared) = (outcome(&calm), outcome(&shared));
    assert_eq!(shared.records, calm.records);
    assert_eq!(shared.grants.len(), calm.grants.len());
}

/// A grant inside a row of the unified audit log search, whole or with its inner record cut off.
fn wrapped(is_whole: bool) -> String {
    let inner = record(GRANTS + 7, &mut Dice(5));
    let end = if is_whole {
        inner.len()
    } else {
        inner.len() / 2
    };
    let data = Value::from(&inner[..end]);
    format!(
        r#"{{"RecordType":"ExchangeAdmin","CreationDate":"2026-03-12T10:00:00Z","UserIds":"user1@example.com","Operations":"Add-MailboxPermission","Identity":"{}","AuditData":{data}}}"#,
        id(GRANTS + 7)
    ) + "\n"
}

/// What a grant is, whichever file it was read from.
fn ids_and_rights(lab: &Lab) -> Vec<(Value, Value, Value)> {
    let grants = lab.grants().into_iter();
    grants
        .map(|grant| {
            let part = |name: &str| grant[name].clone();
            (part("id"), part("record_ids"), part("rights"))
        })
        .collect()
}

#[test]
fn a_damaged_copy_gives_way_to_the_whole_record_whichever_is_read_first() {
    let orders = [
        [("a.jsonl", false), ("b.jsonl", true)],
        [("a.jsonl", true), ("b.jsonl", false)],
    ];
    let mut seen = Vec::new();
    for order in orders {
        // In one run, and with a run for each file.
        for is_one_run in [true, false] {
            let lab = Lab::new();
            for (name, is_whole) in order {
                lab.write(name, wrapped(is_whole));
                if !is_one_run {
                    lab.index();
                }
            }
            lab.index();
            ledger_agrees(&lab);
            let coverage = lab.coverage();
            for (name, is_whole) in order {
                let file = &coverage[name];
                let counts = ["read", "degraded", "duplicate"].map(|part| number(&file[part]));
                let meant = if is_whole { [1, 0, 0] } else { [0, 0, 1] };
                assert_eq!(counts, meant, "{name} of {order:?}");
            }
            seen.push(ids_and_rights(&lab));
        }
    }
    assert_eq!(seen[0].len(), 1);
    assert!(seen.iter().all(|grants| *grants == seen[0]), "{seen:#?}");
}

#[test]
fn a_damaged_copy_gives_way_within_one_file() {
    let lab = Lab::new();
    lab.write("a.jsonl", wrapped(false) + &wrapped(true));
    lab.index();
    ledger_agrees(&lab);
    let file = &lab.coverage()["a.jsonl"];
    let counts = ["read", "degraded", "duplicate"].map(|part| number(&file[part]));
    assert_eq!(counts, [1, 0, 1]);
    assert_eq!(lab.grants().len(), 1);
}
