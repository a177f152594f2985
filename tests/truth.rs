//! What a case says is what its evidence says: the index, the ledger and the grants against all files read row by row on one thread, whatever the
//! pace, the order and the number of files.
//!
//! Not here: what rows mean (the tests of the formats), and single queries (those of the store).

#![expect(clippy::unwrap_used, reason = "a failing test should panic")]
#![expect(
    clippy::print_stdout,
    reason = "a test that passes over itself says so"
)]

#[expect(dead_code, reason = "each test file uses some of the helpers")]
mod common;

use common::bench::Bench;
use common::packing::{gzip, zip};
use common::{NATIVE_SHAPES, REAL_LOGS};
use grantline::case::FileState;
use grantline::demo::shape::Shape;
use grantline::demo::{Options, World};
use grantline::evidence::{Layout, Row, packing_of, read};
use grantline::hunt::{Grant, facet};
use grantline::job::generation::{Order, generate};
use grantline::job::index::{Observer, Pace};
use grantline::job::{Reply, Session, worker};
use grantline::query::{Expr, FIELDS, Faceted, Field, Kind, On, Pattern, Subject, Term};
use grantline::record::{Located, Provenance, Record};
use grantline::text::fold;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::ops::{Bound, ControlFlow};
use std::path::{Path, PathBuf};

/// Values of a field that are asked for.
const VALUES: usize = 5;

/// Watches nothing.
struct Nobody;

impl Observer for Nobody {}

/// A record where it stands: the place of its file among all, byte, number within its row.
type At = (usize, u64, u16);

/// What the ledger should say of a file.
#[derive(Debug, Default, PartialEq)]
struct Account {
    rows: u64,
    read: u64,
    duplicate: u64,
    refused: u64,
    degraded: u64,
    operations: BTreeMap<String, u64>,
    days: BTreeMap<i32, u64>,
    times: [Option<grantline::time::Instant>; 2],
}

impl Account {
    fn row(&mut self, row: &Row) {
        match row {
            Row::Refused { .. } => (self.rows, self.refused) = (self.rows + 1, self.refused + 1),
            Row::Inventory(..) => (self.rows, self.read) = (self.rows + 1, self.read + 1),
            Row::Records(records, _) => {
                self.rows += records.len() as u64;
                for record in records {
                    self.record(record);
                }
            }
        }
    }

    fn record(&mut self, record: &Record) {
        let operation = record.operation.as_str().to_owned();
        *self.operations.entry(operation).or_default() += 1;
        if let Some(time) = record.time {
            let [first, last] = self.times;
            self.times = [
                Some(first.map_or(time, |first| first.min(time))),
                last.max(Some(time)),
            ];
            *self.days.entry(grantline::time::day(time)).or_default() += 1;
        }
    }

    fn of(state: &FileState) -> Self {
        Self {
            rows: state.rows,
            read: state.read,
            duplicate: state.duplicate,
            refused: state.refused,
            degraded: state.degraded,
            operations: state.account.operations.clone(),
            days: state.account.days.clone(),
            times: [state.first, state.last],
        }
    }
}

/// What all files hold, read row by row.
#[derive(Default)]
struct Truth {
    accounts: Vec<Account>,
    kept: BTreeMap<At, Record>,
}

impl Truth {
    /// Files in the order of their paths.
    fn of(files: &[PathBuf]) -> Self {
        let mut truth = Self::default();
        let mut best: HashMap<String, At> = HashMap::new();
        let mut all: BTreeMap<At, Record> = BTreeMap::new();
        for (number, file) in files.iter().enumerate() {
            let mut account = Account::default();
            let _ = read(file, &mut |_: &Layout, row| {
                account.row(&row);
                if let Row::Records(records, place) = row {
                    for (part, record) in (0..).zip(records) {
                        all.insert((number, place.offset, part), record);
                    }
                }
                ControlFlow::Continue(())
            });
            truth.accounts.push(account);
        }
        // In the order of paths, then of places: a later one has to be better.
        for (at, record) in &all {
            let held = best.entry(fold(&record.id.0)).or_insert(*at);
            if all.get(held).unwrap().quality() < record.quality() {
                *held = *at;
            }
        }
        let kept: BTreeSet<At> = best.into_values().collect();
        for (at, record) in all {
            let account = truth.accounts.get_mut(at.0).unwrap();
            if kept.contains(&at) {
                account.read += 1;
                account.degraded += u64::from(!record.degraded.is_empty());
                truth.kept.insert(at, record);
            } else {
                account.duplicate += 1;
            }
        }
        truth
    }

    /// Those of the kept records that an expression asks for.
    fn matching(&self, expr: &Expr, facets: &[Vec<&str>]) -> BTreeSet<At> {
        let kept = self.kept.iter().zip(facets);
        kept.filter(|((_, record), facets)| expr.matches(&Faceted { record, facets }))
            .map(|((at, _), _)| *at)
            .collect()
    }
}

/// Queries about some values that records have, and some that none has.
fn queries(truth: &Truth, facets: &[Vec<&str>]) -> Vec<Expr> {
    let mut queries = vec![
        Expr::All,
        Expr::word("no such word"),
        Expr::word("exchange"),
    ];
    for spec in FIELDS.iter().filter(|spec| spec.on != On::Grant) {
        queries.push(Expr::Term(Term::Present(spec.field)));
        queries.push(Expr::Not(Box::new(Expr::Term(Term::Present(spec.field)))));
        match spec.kind {
            Kind::Keyword => keyword_queries(truth, facets, spec.field, &mut queries),
            Kind::Number => queries.extend([(0, 0), (1, 1), (1, 9), (3, 999_999)].map(number)),
            Kind::Time => queries.extend(time_queries(truth)),
        }
    }
    queries
}

fn keyword_queries(truth: &Truth, facets: &[Vec<&str>], field: Field, queries: &mut Vec<Expr>) {
    let mut values = BTreeSet::new();
    for (record, facets) in truth.kept.values().zip(facets) {
        Faceted { record, facets }.keywords(field, &mut |value| {
            values.insert(value.to_owned());
        });
    }
    let step = (values.len() / VALUES).max(1);
    for value in values.iter().step_by(step) {
        queries.push(Expr::exact(field, value));
        queries.push(Expr::exact(field, &value.to_uppercase()));
        queries.push(Expr::word(value));
        if matches!(field, Field::Id | Field::Message) {
            // They are asked for whole.
            continue;
        }
        let middle: String = value.chars().skip(1).take(4).collect();
        let start: String = value.chars().take(5).collect();
        for pieces in [[start.as_str(), ""], ["", &middle]] {
            let pattern = Pattern::of_pieces(pieces);
            queries.extend(pattern.map(|pattern| Expr::Term(Term::Keyword { field, pattern })));
        }
    }
}

fn number((low, high): (u32, u32)) -> Expr {
    Expr::Term(Term::Number {
        field: Field::Items,
        low: Bound::Included(f64::from(low)),
        high: Bound::Included(f64::from(high)),
    })
}

fn time_queries(truth: &Truth) -> Vec<Expr> {
    let times: BTreeSet<_> = truth
        .kept
        .values()
        .filter_map(|record| record.time)
        .collect();
    let times: Vec<_> = times.into_iter().collect();
    let cuts = times.iter().step_by((times.len() / VALUES).max(1));
    let whole = |time: &grantline::time::Instant| {
        grantline::time::from_micros(grantline::time::micros(*time))
    };
    cuts.flat_map(|time| {
        let (low, high) = (Bound::Included(whole(time)), Bound::Excluded(whole(time)));
        [(low, Bound::Unbounded), (Bound::Unbounded, high)]
    })
    .map(|(low, high)| Expr::Term(Term::Time { low, high }))
    .collect()
}

/// The plain files below a folder, in the order of their paths.
fn plain_files(folder: &Path) -> Vec<PathBuf> {
    let found = grantline::evidence::discover(&[folder.to_owned()]).files;
    let paths = found.into_iter().map(|found| found.path);
    let mut paths: Vec<_> = paths
        .filter(|path| matches!(packing_of(path), Ok(None)))
        .collect();
    paths.sort();
    paths
}

/// A case of some files says what they say.
fn check(name: &str, files: &[PathBuf], pace: Pace) {
    let bench = Bench::new();
    let mut session = bench.open();
    let plan = session.plan(files).unwrap();
    session.index_at(plan, &mut Nobody, pace).unwrap();
    let truth = Truth::of(files);
    let states = session.files().unwrap();
    let numbers: HashMap<u32, usize> = states
        .iter()
        .map(|state| {
            let is_it = |path: &PathBuf| fs::canonicalize(path).unwrap() == state.path;
            (state.file, files.iter().position(is_it).unwrap())
        })
        .collect();
    assert_eq!(numbers.len(), files.len(), "{name}");
    for state in &states {
        let number = numbers[&state.file];
        assert_eq!(
            Account::of(state),
            truth.accounts[number],
            "{name}: {}",
            files[number].display()
        );
    }
    let facets: Vec<Vec<&str>> = truth.kept.values().map(facet::facets).collect();
    let queries = queries(&truth, &facets);
    let mut finding = 0;
    for expr in &queries {
        let rows = session.search(expr).unwrap().rows(0, usize::MAX).unwrap();
        let at = |at: Provenance| (numbers[&at.file], at.offset, at.part);
        let found: BTreeSet<At> = rows.iter().map(|row| at(row.provenance)).collect();
        assert_eq!(found.len(), rows.len(), "{name}: {expr:?}");
        let expected = truth.matching(expr, &facets);
        assert!(
            found == expected,
            "{name}: {expr:?}: {} and {}",
            found.len(),
            expected.len()
        );
        finding += usize::from(!found.is_empty());
    }
    println!(
        "{name}: {} records, {} queries, {finding} find something",
        truth.kept.len(),
        queries.len()
    );
    originals(&mut session, &truth, &numbers);
}

/// Every record of the index is read again as it was read before.
fn originals(session: &mut Session, truth: &Truth, numbers: &HashMap<u32, usize>) {
    let rows = session
        .search(&Expr::All)
        .unwrap()
        .rows(0, usize::MAX)
        .unwrap();
    let places: Vec<Provenance> = rows.iter().map(|row| row.provenance).collect();
    let (records, faults) = session.originals(&places).unwrap();
    assert!(faults.is_empty(), "{faults:?}");
    assert_eq!(records.len(), truth.kept.len());
    for Located { record, provenance } in records {
        let at = (
            numbers[&provenance.file],
            provenance.offset,
            provenance.part,
        );
        assert_eq!(record, truth.kept[&at]);
    }
}

/// Writes the logs of a generated tenant in a shape. Gives the paths of its files.
fn generated(seed: u64, records: u64, shape: &str, is_damaged: bool, to: &Path) -> Vec<PathBuf> {
    let world = World::new(Options {
        seed,
        records,
        ..Options::default()
    });
    let world = world.unwrap();
    let order = Order {
        shapes: Shape::of(shape).into_iter().collect(),
        is_damaged,
        ..Order::of(&world)
    };
    generate(&order, to, &mut |_| {}).unwrap();
    plain_files(to)
}

#[test]
fn a_case_of_a_generated_tenant_says_what_its_files_say() {
    for (seed, shape) in (20..).zip(NATIVE_SHAPES) {
        let folder = tempfile::tempdir().unwrap();
        let files = generated(
            seed,
            250,
            shape,
            seed % 3 == 0,
            &folder.path().join("tenant"),
        );
        check(shape, &files, Pace::default());
    }
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for shape in NATIVE_SHAPES.into_iter().take(5) {
        files.extend(generated(7, 150, shape, false, &folder.path().join(shape)));
    }
    files.sort();
    for (batch, small) in [(1 << 20, 4 << 20), (1, 0), (3000, 0), (1, 1 << 20)] {
        check("copies of one log", &files, Pace { batch, small });
    }
}

#[test]
fn a_case_of_the_samples_says_what_they_say() {
    let samples = Path::new(REAL_LOGS);
    if !samples.is_dir() {
        println!("skipped: there are no samples at {REAL_LOGS}");
        return;
    }
    check("samples", &plain_files(samples), Pace::default());
}

/// The grants of a case, without where they stand.
fn grants(session: &mut Session) -> Vec<(Grant, String)> {
    let (hunt, faults) = session.hunt_whole().unwrap();
    assert!(faults.is_empty(), "{faults:?}");
    let told = hunt.grants.into_iter().map(|mut scored| {
        scored.grant.provenance.clear();
        let rest = format!("{scored:?}");
        (scored.grant, rest)
    });
    told.collect()
}

/// Ways to lay the lines of a log out in files.
fn layouts(lines: &[&str]) -> Vec<Vec<(String, Vec<u8>)>> {
    let text = |lines: &[&str]| (lines.join("\n") + "\n").into_bytes();
    let split = |size: usize| lines.chunks(size).map(text).collect::<Vec<_>>();
    let named = |parts: Vec<Vec<u8>>, is_turned: bool| {
        let count = parts.len();
        let name = |at: usize| format!("log-{:04}.jsonl", if is_turned { count - at } else { at });
        let named = parts.into_iter().enumerate();
        named.map(|(at, part)| (name(at), part)).collect::<Vec<_>>()
    };
    let packed = vec![
        (
            "half.jsonl.gz".to_owned(),
            gzip(&text(lines.get(..lines.len() / 2).unwrap())),
        ),
        ("rest.zip".to_owned(), zip(named(split(97), true))),
    ];
    vec![
        named(split(lines.len()), false),
        named(split(lines.len() / 3), true),
        named(split(40), false),
        named(split(40), true),
        packed,
    ]
}

#[test]
fn grants_do_not_depend_on_files_paces_and_runs() {
    let folder = tempfile::tempdir().unwrap();
    let files = generated(
        3,
        2500,
        "native-lines",
        false,
        &folder.path().join("tenant"),
    );
    let text = fs::read_to_string(
        files
            .iter()
            .max_by_key(|file| file.metadata().unwrap().len())
            .unwrap(),
    )
    .unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let mut expected: Option<(u64, Vec<(Grant, String)>)> = None;
    for (number, layout) in layouts(&lines).into_iter().enumerate() {
        for (pace, runs) in [
            (Pace::default(), 1),
            (Pace { batch: 1, small: 0 }, 1),
            (Pace::default(), 3),
        ] {
            let bench = Bench::new();
            let mut session = bench.open();
            for part in layout.chunks(layout.len().div_ceil(runs)).rev() {
                for (name, bytes) in part {
                    bench.write(name, bytes);
                }
                let plan = session.plan(&[bench.evidence()]).unwrap();
                session.index_at(plan, &mut Nobody, pace).unwrap();
            }
            let records = session.search(&Expr::All).unwrap().hits.len() as u64;
            let found = (records, grants(&mut session));
            assert!(found.1.len() > 3);
            match &expected {
                None => expected = Some(found),
                Some(expected) => assert_eq!(found, *expected, "{number} {pace:?} {runs}"),
            }
        }
    }
}

/// Values that are easily taken for others, or for none.
const ODD: [&str; 22] = [
    "", " ", "\t", "\0", "\0a", "a\0b", "a", "A", " a ", "\u{7}", "İ", "i̇", "ß", "SS", "ſ", "Σ",
    "ς", "é", "e\u{301}", "\u{feff}", "😀", "*",
];

/// A record with odd values everywhere.
fn odd_record(number: usize) -> serde_json::Value {
    let odd = |step: usize| *ODD.get((number / step + number) % ODD.len()).unwrap();
    let long = |step: usize| match number % 40 {
        7 => odd(step).repeat(60_000),
        8 => format!("{}{}", "x".repeat(4096), odd(step)),
        _ => odd(step).to_owned(),
    };
    let folders = if number % 97 == 5 { 1_000 } else { number % 4 };
    let folder = |at: usize| {
        let id = format!("<{}{at}{}>", odd(3), odd(1));
        serde_json::json!({ "Path": format!("\\{}{}", odd(2), at % 1000), "FolderItems": [
            { "InternetMessageId": id, "Subject": odd(5) }, { "InternetMessageId": odd(1) }] })
    };
    serde_json::json!({
        "CreationTime": format!("2026-03-{:02}T08:{:02}:00", 1 + number % 28, number % 60),
        "Id": if number.is_multiple_of(3) { long(1) } else { format!("20000000-0000-4000-8000-{number:012}") },
        "Operation": if number.is_multiple_of(2) { "MailItemsAccessed" } else { "Set-Mailbox" },
        "RecordType": 50, "ResultStatus": odd(7), "UserType": 0, "Workload": odd(6), "UserId": long(2), "MailboxOwnerUPN": long(3),
        "ClientIPAddress": odd(4), "SessionId": long(5), "AppId": odd(8), "ClientInfoString": long(4), "ObjectId": long(9),
        "Folders": (0..folders).map(folder).collect::<Vec<_>>(),
        "Parameters": [{ "Name": odd(2), "Value": long(6) }],
    })
}

#[test]
fn a_case_of_odd_values_says_what_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<PathBuf> = (0..3)
        .map(|file| {
            let records = (0..150).map(|number| odd_record(file * 100 + number));
            let lines: Vec<String> = records.map(|record| record.to_string()).collect();
            let path = folder.path().join(format!("{file}.jsonl"));
            fs::write(&path, lines.join("\n")).unwrap();
            path
        })
        .collect();
    for (batch, small) in [(1 << 20, 4 << 20), (1, 0)] {
        check("odd values", &files, Pace { batch, small });
    }
}

/// Starts a workbench's threads on the evidence of a bench.
fn work(bench: &Bench) -> (worker::Worker, tokio::sync::mpsc::Receiver<Reply>) {
    let (sender, replies) = tokio::sync::mpsc::channel(4);
    let evidence = vec![bench.evidence()];
    let worker = worker::start(bench.open(), evidence, String::new(), sender).unwrap();
    (worker, replies)
}

/// Evidence with grants that are looked ahead at, and copies and damaged rows of them.
fn evidence_with_grants() -> Bench {
    let bench = Bench::new();
    let grant = |number: usize, more: &str| {
        format!(
            r#"{{"CreationTime":"2026-03-02T08:00:{number:02}","Id":"40000000-0000-4000-8000-{number:012}","Operation":"Add-MailboxPermission","RecordType":1,"Workload":"Exchange","UserId":"admin@example.com","ObjectId":"box{number}","Parameters":[{{"Name":"Identity","Value":"box{number}"}},{{"Name":"User","Value":"ann@example.com"}},{{"Name":"AccessRights","Value":"FullAccess"}}]{more}}}"#
        ) + "\n"
    };
    let all = |more: &str| {
        (0..40)
            .map(|number| grant(number, more))
            .collect::<String>()
    };
    bench.write("a.jsonl", all(""));
    bench.write(
        "b.jsonl",
        all(r#","ClientIP":"203.0.113.7""#) + &all("") + r#"{"Operation":"Add-MailboxPermission""#,
    );
    bench.write(
        "c.jsonl.gz",
        gzip(all(r#","ClientIP":"203.0.113.7","UserType":2"#).as_bytes()),
    );
    bench
}

#[test]
fn a_workbench_that_watches_ends_with_the_hunt_of_the_case() {
    let bench = evidence_with_grants();
    let (worker, mut replies) = work(&bench);
    let mut last = None;
    while let Some(reply) = replies.blocking_recv() {
        match reply {
            Reply::Hunt(hunt) => {
                let is_over = !hunt.indexing;
                last = Some(hunt);
                if is_over {
                    break;
                }
            }
            Reply::Failed(reason) => panic!("{reason}"),
            _ => {}
        }
    }
    drop(replies);
    worker.stop();
    let (hunt, faults) = bench.open().hunt_whole().unwrap();
    assert!(faults.is_empty() && hunt.grants.len() == 40, "{faults:?}");
    let (last, whole) = (format!("{:#?}", last.unwrap()), format!("{hunt:#?}"));
    for (one, other) in last.lines().zip(whole.lines()) {
        assert_eq!(one, other);
    }
    assert_eq!(last.len(), whole.len());
}

#[test]
fn the_threads_of_a_workbench_end_whenever_nobody_looks_any_more() {
    for taken in 0..6 {
        let bench = evidence_with_grants();
        let (worker, mut replies) = work(&bench);
        for _ in 0..taken {
            replies.blocking_recv();
        }
        drop(replies);
        worker.stop();
        let mut session = bench.open();
        let plan = session.plan(&[bench.evidence()]).unwrap();
        session.index(plan, &mut Nobody).unwrap();
        assert_eq!(session.hunt_whole().unwrap().0.grants.len(), 40, "{taken}");
    }
}

#[test]
fn a_workbench_whose_case_cannot_be_written_says_so() {
    let bench = evidence_with_grants();
    let session = bench.open();
    fs::remove_dir_all(bench.case().join("index")).unwrap();
    let (sender, mut replies) = tokio::sync::mpsc::channel(4);
    let worker = worker::start(session, vec![bench.evidence()], String::new(), sender).unwrap();
    let mut reasons = Vec::new();
    while let Some(reply) = replies.blocking_recv() {
        match reply {
            Reply::Failed(reason) => reasons.push(reason),
            Reply::Progress(progress) if progress.finished => break,
            _ => {}
        }
    }
    drop(replies);
    worker.stop();
    assert!(
        reasons.iter().any(|reason| reason.contains("index")),
        "{reasons:?}"
    );
}
