//! One event in several files: whichever copy is read first, in however many runs, the case comes out the same, and so does the hunt of
//! a workbench that watches. And what many small files cost.
//!
//! Not here: runs that die (`interrupted.rs`, `resume.rs`).

#![expect(clippy::unwrap_used, reason = "a failing test should panic")]
#![expect(
    clippy::string_slice,
    reason = "the texts are ASCII, and a failing test should panic"
)]
#![expect(clippy::print_stdout, reason = "a test that measures says what")]

#[expect(dead_code, reason = "each test file uses some of the helpers")]
mod common;

use common::bench::Bench;
use common::packing::zip;
use grantline::job::index::Observer;
use grantline::job::{Hunt, Records};
use grantline::query::Expr;
use grantline::record::{Located, Provenance};
use proptest::prelude::*;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Watches a run as the workbench does.
#[derive(Default)]
struct Watcher(Records);

impl Observer for Watcher {
    fn hunted(&mut self, located: Located) {
        self.0.add(located);
    }

    fn displaced(&mut self, provenance: Provenance) {
        self.0.remove(provenance);
    }
}

impl Bench {
    /// Indexes some evidence and watches; the hunt of the watcher is that of the case.
    #[track_caller]
    fn index(&self, paths: &[PathBuf]) {
        let mut session = self.open();
        let plan = session.plan(paths).unwrap();
        let mut watcher = Watcher::default();
        if !plan.is_anew() {
            for located in session.hunted().unwrap().0 {
                watcher.0.add(located);
            }
        }
        session.index(plan, &mut watcher).unwrap();
        let live = session.hunt(watcher.0.all(), false).unwrap();
        let (whole, faults) = session.hunt_whole().unwrap();
        assert!(faults.is_empty(), "{faults:?}");
        assert_eq!(live, whole);
        for file in whole.coverage.files {
            assert_eq!(file.read + file.duplicate + file.refused, file.rows);
        }
    }

    /// Everything the case tells, without the numbers of its files.
    fn told(&self) -> Vec<String> {
        let mut session = self.open();
        let root = self.root().to_str().unwrap();
        let coverage = session.coverage().unwrap();
        let mut told: Vec<String> = coverage.blind.clone();
        for mut file in coverage.files {
            file.number = 0;
            told.push(serde_json::to_string(&file).unwrap());
        }
        let hunt: Hunt = session.hunt_whole().unwrap().0;
        let at = grantline::time::parse("2026-03-02T08:00:00Z").unwrap();
        let all = |_: &grantline::hunt::Judged<'_>| true;
        let document = session.document(&hunt, &all, "", at, true).unwrap();
        for mut entry in document.entries {
            entry.scored.grant.provenance.clear();
            for access in &mut entry.accesses {
                access.row.provenance.file = 0;
            }
            told.push(format!("{entry:?}"));
        }
        let files = session.files().unwrap();
        let mut records: Vec<String> = self
            .originals()
            .into_iter()
            .map(|located| {
                let number = located.provenance.file;
                let file = files.iter().find(|file| file.file == number).unwrap();
                let at = Provenance {
                    file: 0,
                    ..located.provenance
                };
                format!("{} {at:?} {:?}", file.name().display(), located.record)
            })
            .collect();
        records.sort();
        told.extend(records);
        told.iter().map(|line| line.replace(root, "")).collect()
    }
}

/// How much a copy tells.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Whole,
    Poor,
    /// The same values in another order: as good as the whole one.
    Equal,
    Damaged,
    Refused,
}

/// One row: a copy of an event.
fn row(event: usize, kind: Kind) -> String {
    let id = format!("30000000-0000-4000-8000-{event:012}");
    let time = format!("2026-03-{:02}T08:00:00", 1 + event);
    let rights = r#""Parameters":[{"Name":"Identity","Value":"box@example.com"},{"Name":"User","Value":"user@example.com"},{"Name":"AccessRights","Value":"FullAccess"}]"#;
    let head = format!(
        r#""CreationTime":"{time}","Id":"{id}","RecordType":1,"UserType":2,"Workload":"Exchange","UserId":"admin{event}@example.com","OrganizationId":"3ffba680-3f74-45bc-945e-cd4f18da083d","Operation":"Add-MailboxPermission""#
    );
    let data = match kind {
        Kind::Poor => format!("{{{head},{rights}}}"),
        Kind::Equal => {
            format!(r#"{{{rights},"ResultStatus":"True","ClientIP":"198.51.100.{event}",{head}}}"#)
        }
        _ => format!(r#"{{{head},"ResultStatus":"True","ClientIP":"203.0.113.{event}",{rights}}}"#),
    };
    let data = match kind {
        Kind::Damaged => &data[..data.len() - 40],
        Kind::Refused => return "ExchangeAdmin,,,,\n".to_owned(),
        _ => &data,
    };
    let data = data.replace('"', "\"\"");
    format!("ExchangeAdmin,{time},admin{event}@example.com,Add-MailboxPermission,\"{data}\"\n")
}

fn table(rows: &[(usize, Kind)]) -> String {
    let rows = rows.iter().map(|(event, kind)| row(*event, *kind));
    "RecordType,CreationDate,UserIds,Operations,AuditData\n".to_owned() + &rows.collect::<String>()
}

/// Few cases, or as many as the environment asks for.
fn config() -> ProptestConfig {
    let config = ProptestConfig::default();
    let is_asked = std::env::var_os("PROPTEST_CASES").is_some();
    ProptestConfig {
        cases: if is_asked { config.cases } else { 30 },
        failure_persistence: None,
        ..config
    }
}

fn kinds() -> impl Strategy<Value = Kind> {
    prop_oneof![
        3 => Just(Kind::Whole),
        2 => Just(Kind::Poor),
        2 => Just(Kind::Equal),
        2 => Just(Kind::Damaged),
        1 => Just(Kind::Refused)
    ]
}

proptest! {
    #![proptest_config(config())]
    #[test]
    fn which_copy_is_kept_depends_on_nothing_but_the_evidence(
        files in proptest::collection::vec(proptest::collection::vec((0_usize..5, kinds()), 1..7), 2..5),
        packed in proptest::collection::vec(any::<bool>(), 5),
        order in Just((0_usize..5).collect::<Vec<_>>()).prop_shuffle(),
        runs in 1_usize..4,
        cut in 0.0_f64..1.0,
        grows in any::<bool>(),
    ) {
        let (one, other) = (Bench::new(), Bench::new());
        let mut names = Vec::new();
        let mut rest = Vec::new();
        for (number, rows) in files.iter().enumerate() {
            let text = table(rows);
            let bytes = text.as_bytes();
            if packed[number] {
                let name = format!("{number}.zip");
                let half = table(&rows[..rows.len() / 2]);
                let members = [("b.csv".to_owned(), bytes), ("a.csv".to_owned(), half.as_bytes())];
                let archive = zip(members);
                one.write(&name, &archive);
                other.write(&name, &archive);
                names.push(name);
                continue;
            }
            let name = format!("{number}.csv");
            one.write(&name, bytes);
            #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some byte of a short text")]
            let at = if grows { (cut * bytes.len() as f64) as usize } else { bytes.len() };
            rest.push((other.write(&name, &bytes[..at]), bytes[at..].to_vec()));
            names.push(name);
        }
        one.index(&[one.evidence()]);
        let order: Vec<usize> = order.into_iter().filter(|at| *at < names.len()).collect();
        for part in order.chunks(names.len().div_ceil(runs)) {
            let paths: Vec<PathBuf> = part.iter().map(|at| other.evidence().join(&names[*at])).collect();
            other.index(&paths);
        }
        for (path, bytes) in rest {
            append(&path, &bytes);
            other.index(&[path]);
        }
        other.index(&[other.evidence()]);
        let (one, other) = (one.told(), other.told());
        for (one, other) in one.iter().zip(&other) {
            prop_assert_eq!(one, other);
        }
        prop_assert_eq!(one.len(), other.len());
    }
}

fn append(path: &Path, bytes: &[u8]) {
    let mut file = fs::File::options().append(true).open(path).unwrap();
    file.write_all(bytes).unwrap();
}

/// Times what is done, and says so.
fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    println!("{what}: {:?}", start.elapsed());
    done
}

/// How many small files there are, unless the environment tells another number.
fn many() -> usize {
    let asked = std::env::var("SMALL_FILES").ok();
    asked.and_then(|asked| asked.parse().ok()).unwrap_or(500)
}

#[test]
fn many_small_files_are_read_and_asked_about() {
    let rows = |number: usize| table(&[(number % 28, Kind::Whole), (number % 7, Kind::Damaged)]);
    let texts: Vec<String> = (0..many()).map(rows).collect();
    let (folder, archive) = (Bench::new(), Bench::new());
    for (number, text) in texts.iter().enumerate() {
        folder.write(&format!("{number}.csv"), text);
    }
    let members = texts.iter().enumerate();
    let members = members.map(|(number, text)| (format!("{number}.csv"), text.as_bytes()));
    archive.write("all.zip", zip(members));
    for (name, bench, files) in [
        ("folder", folder, texts.len()),
        ("archive", archive, texts.len() + 1),
    ] {
        println!("{name}");
        let mut session = bench.open();
        let plan = timed("plan", || session.plan(&[bench.evidence()]).unwrap());
        timed("index", || {
            session.index(plan, &mut Watcher::default()).unwrap();
        });
        let coverage = timed("coverage", || session.coverage().unwrap());
        assert_eq!(coverage.files.len(), files);
        let row = timed("search", || session.search(&Expr::All).unwrap().rows(0, 1));
        let at = row.unwrap()[0].provenance;
        timed("original", || session.original(at).unwrap().1.unwrap());
        let hunt = timed("hunt", || session.hunt_whole().unwrap().0);
        assert!(!hunt.grants.is_empty());
        timed("verify", || session.verify().unwrap());
        let mut session = timed("open again", || bench.open());
        let plan = timed("plan again", || session.plan(&[bench.evidence()]).unwrap());
        assert!(plan.is_empty());
    }
}
