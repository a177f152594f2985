//! Indexing that dies at a chosen moment, and evidence that changes between two runs: what comes out is what one run over the evidence
//! as it is in the end gives.
//!
//! The process is not killed here: it is made to unwind right behind a commit, which leaves the case as a kill at that moment does,
//! and at the very row that matters. Not here: real deaths (`resume.rs`).

#![expect(clippy::unwrap_used, reason = "a failing test should panic")]
#![expect(
    clippy::string_slice,
    reason = "the texts are ASCII, and a failing test should panic"
)]

#[expect(dead_code, reason = "each test file uses some of the helpers")]
mod common;

use common::bench::Bench;
use common::packing::gzip;
use grantline::job::custody::Standing;
use grantline::job::index::{Observer, Pace};
use grantline::job::{Progress, Session};
use proptest::prelude::*;
use std::fs;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::time::Duration;

/// Row after row, of one file after the other and of several at a time.
const PACES: [Pace; 2] = [
    Pace { batch: 1, small: 0 },
    Pace {
        batch: 1,
        small: 1 << 20,
    },
];

/// Longer than the wait before the first commit.
const LONG: Duration = Duration::from_millis(320);

/// When a run dies.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Death {
    Never,
    /// At the first sign of life, before anything is committed.
    AtOnce,
    /// Right behind a commit of what there is at this call of progress: that of a row, or of the end of a file.
    After(usize),
    /// While that commit is written, if it is not written by the next call of progress.
    Within(usize),
}

/// Does something at the first sign of life of a run.
struct Meddler<F>(Option<F>);

impl<F: FnOnce()> Observer for Meddler<F> {
    fn progress(&mut self, _: &Progress) {
        if let Some(meddle) = self.0.take() {
            meddle();
        }
    }
}

/// Watches a run, and ends it.
struct Mortal {
    death: Death,
    calls: usize,
    has_died: bool,
}

impl Mortal {
    fn new(death: Death) -> Self {
        Self {
            death,
            calls: 0,
            has_died: false,
        }
    }

    fn die(&mut self) {
        self.has_died = true;
        resume_unwind(Box::new("killed"));
    }
}

impl Observer for Mortal {
    fn progress(&mut self, _: &Progress) {
        self.calls += 1;
        match self.death {
            Death::AtOnce => self.die(),
            Death::After(calls) | Death::Within(calls) if calls == self.calls => {
                std::thread::sleep(LONG);
            }
            Death::Within(calls) if calls < self.calls => self.die(),
            Death::Never | Death::After(_) | Death::Within(_) => {}
        }
    }

    fn committed(&mut self) {
        if matches!(self.death, Death::After(calls) | Death::Within(calls) if calls <= self.calls) {
            self.die();
        }
    }
}

impl Bench {
    /// Indexes all evidence, after something was done between planning and reading.
    fn index_after(&self, between: impl FnOnce()) {
        let mut session = self.open();
        let plan = session.plan(&[self.evidence()]).unwrap();
        between();
        session.index(plan, &mut Mortal::new(Death::Never)).unwrap();
    }

    fn index(&self) {
        self.index_after(|| ());
    }

    /// Indexes and dies. Says whether it came to that.
    fn die(&self, death: Death) -> bool {
        self.die_at(death, PACES[0])
    }

    /// Indexes at some pace and dies. Says whether it came to that.
    fn die_at(&self, death: Death, pace: Pace) -> bool {
        let mut mortal = Mortal::new(death);
        let run = || {
            let mut session = self.open();
            let plan = session.plan(&[self.evidence()]).unwrap();
            session.index_at(plan, &mut mortal, pace).unwrap();
        };
        let ended = catch_unwind(AssertUnwindSafe(run));
        assert!(ended.is_ok() || mortal.has_died, "it failed by itself");
        mortal.has_died
    }

    /// The ledger without what depends on where the evidence lies, when it became known, and what it was before.
    fn coverage(&self) -> Vec<String> {
        let root = self.root().to_str().unwrap();
        let files = self.open().coverage().unwrap().files;
        let told = files.into_iter().map(|mut file| {
            file.number = 0;
            // What it was before is remembered of course.
            file.signs.retain(|sign| !sign.contains("indexed before"));
            serde_json::to_string(&file).unwrap().replace(root, "")
        });
        told.collect()
    }

    /// What became of each record of the index, read again from the evidence.
    fn records(&self) -> Vec<String> {
        let mut told: Vec<String> = self
            .originals()
            .iter()
            .map(|located| format!("{:?}", located.record))
            .collect();
        told.sort();
        told
    }

    /// The case is what a case is that one run makes of the evidence as it is now.
    #[track_caller]
    fn is_like_new(&self) {
        let other = Bench::new();
        for name in fs::read_dir(self.evidence()).unwrap() {
            let name = name.unwrap().file_name();
            let to = other.evidence().join(&name);
            fs::copy(self.evidence().join(name), to).unwrap();
        }
        other.index();
        assert_eq!(self.coverage(), other.coverage());
        assert_eq!(self.records(), other.records());
    }
}

fn record(number: usize) -> String {
    format!(
        r#"{{"CreationTime":"2026-03-{:02}T08:{:02}:00","Id":"20000000-0000-4000-8000-{number:012}","Operation":"{}","RecordType":50,"ResultStatus":"Succeeded","UserType":0,"Workload":"Exchange","UserId":"user{number}@example.com","MailboxOwnerUPN":"box@example.com","OrganizationId":"3ffba680-3f74-45bc-945e-cd4f18da083d"}}"#,
        1 + number % 28,
        number % 60,
        ["MailItemsAccessed", "Send", "Set-Mailbox"][number % 3],
    )
}

fn lines(numbers: std::ops::Range<usize>) -> String {
    numbers.map(|number| record(number) + "\n").collect()
}

const HEADER: &str = "RecordType,CreationDate,UserIds,Operations,AuditData\n";

fn row(number: usize) -> String {
    let day = 1 + number % 28;
    let data = record(number).replace('"', "\"\"");
    format!("ExchangeItem,2026-03-{day:02}T08:00:00,a@example.com,Send,\"{data}\"\n")
}

fn append(path: &Path, bytes: &[u8]) {
    let mut file = fs::File::options().append(true).open(path).unwrap();
    file.write_all(bytes).unwrap();
}

/// Every death by a call of progress, at every pace.
fn deaths(calls: std::ops::Range<usize>) -> Vec<(Death, Pace)> {
    let deaths = calls.flat_map(|calls| [Death::After(calls), Death::Within(calls)]);
    deaths
        .flat_map(|death| PACES.map(|pace| (death, pace)))
        .collect()
}

/// Copies the case while a run goes on, as a kill at that moment would leave it.
struct Copier {
    from: std::path::PathBuf,
    calls: usize,
    /// Copies are made from this call of progress on.
    first: usize,
    copies: Vec<tempfile::TempDir>,
}

impl Observer for Copier {
    fn progress(&mut self, _: &Progress) {
        self.calls += 1;
        if self.calls == self.first {
            std::thread::sleep(LONG);
        } else if self.calls > self.first {
            let copy = tempfile::tempdir().unwrap();
            // What says which commit was the last comes first: a kill leaves nothing that is older than that.
            let manifest = self.from.join("index/manifest.json");
            fs::create_dir(copy.path().join("index")).unwrap();
            let _ = fs::copy(manifest, copy.path().join("index/manifest.json"));
            copy_folder(&self.from, copy.path());
            self.copies.push(copy);
        }
    }
}

/// Copies what is in a folder and not in the other yet. What vanishes meanwhile is left out.
fn copy_folder(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).into_iter().flatten().flatten() {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            let _ = fs::create_dir(&to);
            copy_folder(&entry.path(), &to);
        } else if !to.exists() {
            let _ = fs::copy(entry.path(), to);
        }
    }
}

#[test]
fn what_a_kill_leaves_while_a_commit_is_written_is_gone_on_with() {
    for (first, pace) in (1..8).zip(PACES.into_iter().cycle()) {
        let bench = Bench::new();
        bench.write("a.csv", HEADER.to_owned() + &row(1) + &row(1) + &row(2));
        bench.write("b.jsonl", lines(0..3) + "{\"broken\n" + &lines(3..6));
        bench.write("c.jsonl.gz", gzip(lines(2..9).as_bytes()));
        let mut copier = Copier {
            from: bench.case(),
            calls: 0,
            first,
            copies: Vec::new(),
        };
        let mut session = bench.open();
        let plan = session.plan(&[bench.evidence()]).unwrap();
        session.index_at(plan, &mut copier, pace).unwrap();
        drop(session);
        bench.is_like_new();
        assert!(copier.copies.len() > 3);
        for copy in copier.copies.into_iter().take(4) {
            fs::remove_dir_all(bench.case()).unwrap();
            fs::create_dir(bench.case()).unwrap();
            copy_folder(copy.path(), &bench.case());
            bench.index();
            bench.is_like_new();
        }
    }
}

#[test]
fn members_are_read_again_when_a_run_that_reads_anew_dies_before_it_reaches_them() {
    for (death, pace) in deaths(1..5) {
        let bench = Bench::new();
        let changed = bench.write("a.jsonl", lines(0..2));
        bench.write("b.jsonl.gz", gzip(lines(2..5).as_bytes()));
        bench.index();
        fs::write(changed, lines(1..3)).unwrap();
        assert!(bench.die_at(death, pace));
        bench.index();
        bench.is_like_new();
    }
}

#[test]
fn an_index_of_another_version_is_made_anew_however_often_that_dies() {
    let bench = Bench::new();
    bench.write("a.jsonl", lines(0..2) + "{\"broken\n");
    bench.write("b.jsonl.gz", gzip(lines(2..5).as_bytes()));
    bench.index();
    let description = bench.case().join("case.toml");
    let text = fs::read_to_string(&description).unwrap();
    let old = text.replace(
        &format!("index = {}", grantline::store::VERSION),
        "index = 1",
    );
    fs::write(&description, old).unwrap();
    for death in [
        Death::AtOnce,
        Death::After(1),
        Death::After(1),
        Death::After(2),
    ] {
        assert!(bench.die(death));
        if death == Death::AtOnce {
            // Not a case without grants: its evidence is still to be read.
            let refused = Session::open(&bench.case()).map(|_| ()).unwrap_err();
            assert!(refused.to_string().contains("grantline index"), "{refused}");
        }
    }
    bench.index();
    bench.is_like_new();
}

#[test]
fn what_a_file_grew_by_is_read_when_the_run_dies_before_or_in_it() {
    for (death, pace) in deaths(1..7) {
        let bench = Bench::new();
        bench.write("a.jsonl", lines(0..2));
        let path = bench.write("b.jsonl", lines(2..4) + &record(4)[..90]);
        bench.index();
        bench.write("a-new.jsonl", lines(10..12));
        append(
            &path,
            (record(4)[90..].to_owned() + "\n" + &lines(5..7)).as_bytes(),
        );
        bench.die_at(death, pace);
        bench.index();
        bench.is_like_new();
    }
}

#[test]
fn a_packed_file_that_changes_between_two_runs_that_died_is_read_anew() {
    let bench = Bench::new();
    bench.write("log.jsonl.gz", gzip(lines(0..5).as_bytes()));
    assert!(bench.die(Death::After(3)));
    bench.write("log.jsonl.gz", gzip(lines(20..22).as_bytes()));
    bench.index();
    bench.is_like_new();
}

#[test]
fn a_file_that_changes_after_a_run_died_in_it_is_read_anew_though_nobody_names_it() {
    for packed in [false, true] {
        let bench = Bench::new();
        let content = |text: String| {
            if packed {
                gzip(text.as_bytes())
            } else {
                text.into_bytes()
            }
        };
        let path = bench.write("log", content(lines(0..5)));
        assert!(bench.die(Death::After(3)));
        fs::write(&path, content(record(40) + &lines(20..24))).unwrap();
        let mut session = bench.open();
        let plan = session.plan(&[]).unwrap();
        session.index(plan, &mut Mortal::new(Death::Never)).unwrap();
        drop(session);
        bench.index();
        bench.is_like_new();
    }
}

#[test]
fn evidence_that_is_written_over_while_it_is_read_ends_as_what_it_is() {
    // Longer than what is read at a time.
    let long = lines(0..4_000);
    let contents = [
        (long.clone().into_bytes(), lines(7..9).into_bytes()),
        (gzip(long.as_bytes()), gzip(lines(7..9).as_bytes())),
        (gzip(lines(0..3).as_bytes()), gzip(lines(7..9).as_bytes())),
    ];
    for (before, after) in contents {
        let bench = Bench::new();
        let path = bench.write("log", before);
        let mut session = bench.open();
        let plan = session.plan(&[bench.evidence()]).unwrap();
        let meddler = || {
            fs::write(&path, after).unwrap();
            let later = std::time::SystemTime::now() + Duration::from_secs(2);
            let file = fs::File::options().append(true).open(&path).unwrap();
            file.set_modified(later).unwrap();
        };
        session.index(plan, &mut Meddler(Some(meddler))).unwrap();
        drop(session);
        bench.index();
        bench.is_like_new();
    }
}

#[test]
fn a_copy_of_packed_evidence_is_whole_when_the_run_that_makes_it_again_dies() {
    for death in [Death::AtOnce, Death::After(2)] {
        let bench = Bench::new();
        // More than a reader holds at a time, so that the copy is not whole at its first rows.
        bench.write("log.jsonl.gz", gzip(lines(0..4_000).as_bytes()));
        bench.index();
        let before = (bench.coverage(), bench.records());
        for copy in fs::read_dir(bench.case().join("spool")).unwrap() {
            fs::remove_file(copy.unwrap().path()).unwrap();
        }
        assert!(bench.die(death));
        bench.index();
        assert!((bench.coverage(), bench.records()) == before);
    }
}

#[test]
fn evidence_that_vanishes_before_it_is_read_is_told_and_read_when_it_is_back() {
    // A new one, one that is known, and one that grew.
    for (known, now) in [(0, 4), (4, 4), (2, 4)] {
        for death in [
            Death::Never,
            Death::AtOnce,
            Death::After(1),
            Death::After(2),
        ] {
            let bench = Bench::new();
            bench.write("other.jsonl", lines(100..101));
            let path = bench.write("log.jsonl", lines(0..known));
            let away = bench.root().join("away");
            if known > 0 {
                bench.index();
            }
            fs::write(&path, lines(0..now)).unwrap();
            bench.index_after(|| fs::rename(&path, &away).unwrap());
            bench.open().coverage().unwrap();
            fs::rename(&away, &path).unwrap();
            bench.die(death);
            bench.index();
            bench.is_like_new();
        }
    }
}

#[test]
fn a_file_that_was_not_to_be_found_once_has_no_fault_when_it_is_back() {
    let bench = Bench::new();
    let path = bench.write("log.jsonl", lines(0..3));
    let away = bench.root().join("away");
    bench.index();
    fs::rename(&path, &away).unwrap();
    fs::create_dir(&path).unwrap();
    bench.index();
    let told = bench.open().coverage().unwrap().files;
    assert!(told.iter().any(|file| !file.fault.is_empty()), "{told:?}");
    fs::remove_dir(&path).unwrap();
    fs::rename(&away, &path).unwrap();
    bench.index();
    bench.is_like_new();
}

#[test]
fn lines_that_were_refused_are_told_until_the_run_that_reads_anew_commits() {
    let bench = Bench::new();
    let path = bench.write("log.jsonl", lines(0..2) + "{\"broken\n" + &lines(2..3));
    bench.index();
    let (before, content) = (bench.coverage(), fs::read(&path).unwrap());
    fs::write(&path, "{\"broken too\n".to_owned() + &lines(1..6)).unwrap();
    assert!(bench.die(Death::AtOnce));
    assert_eq!(bench.coverage(), before);
    fs::write(&path, content).unwrap();
    bench.index();
    assert_eq!(bench.coverage(), before);
    fs::write(&path, "{\"broken too\n".to_owned() + &lines(1..6)).unwrap();
    bench.index();
    bench.is_like_new();
}

#[test]
fn what_a_file_was_before_it_grew_is_remembered_when_the_run_that_reads_on_dies() {
    let bench = Bench::new();
    let path = bench.write("log.jsonl", lines(0..3));
    bench.index();
    let before = bench.open().verify().unwrap().remove(0).sha256;
    append(&path, lines(3..9).as_bytes());
    assert!(bench.die(Death::After(5)));
    bench.write("log.jsonl", lines(20..40));
    bench.index();
    let verified = bench.open().verify().unwrap().remove(0);
    assert_eq!(verified.standing, Standing::Replaced);
    assert!(verified.detail.contains(&before), "{}", verified.detail);
}

#[test]
fn a_file_that_only_grew_is_not_said_to_have_been_replaced() {
    let bench = Bench::new();
    let path = bench.write("log.jsonl", lines(0..3));
    bench.index();
    for number in 3..5 {
        append(&path, lines(number..number + 4).as_bytes());
        bench.die(Death::After(5));
        bench.index();
        let verified = bench.open().verify().unwrap().remove(0);
        assert_eq!(verified.standing, Standing::Unchanged, "{verified:?}");
    }
    // Vanished between planning and reading: it is told what it was.
    append(&path, lines(20..24).as_bytes());
    let whole = fs::read(&path).unwrap();
    bench.index_after(|| fs::remove_file(&path).unwrap());
    let verified = bench.open().verify().unwrap().remove(0);
    assert_eq!(verified.standing, Standing::Missing, "{verified:?}");
    fs::write(&path, whole).unwrap();
    bench.index();
    bench.is_like_new();
}

#[test]
fn packed_evidence_that_is_replaced_by_something_plain_is_at_rest() {
    let bench = Bench::new();
    bench.write("log.gz", gzip(lines(0..3).as_bytes()));
    bench.index();
    bench.write("log.gz", lines(0..3));
    bench.index();
    let told = bench.coverage();
    assert_eq!(bench.records().len(), 3);
    let plan = bench.open().plan(&[bench.evidence()]).unwrap();
    assert!(plan.is_empty(), "{told:?}");
}

#[test]
fn a_record_whose_row_was_torn_and_known_elsewhere_is_kept_when_its_row_is_whole() {
    let whole = format!("{HEADER}{}", row(0));
    // Torn inside of its fourth and of its fifth cell.
    for torn in [HEADER.len() + 48, whole.len() - 30] {
        let bench = Bench::new();
        let path = bench.write("b.csv", &whole[..torn]);
        bench.index();
        bench.write("a.csv", &whole);
        bench.write("c.jsonl", lines(0..1));
        append(&path, &whole.as_bytes()[torn..]);
        bench.index();
        bench.is_like_new();
    }
}

/// How a log may be written.
#[derive(Debug, Clone, Copy)]
enum Writing {
    Lines,
    Table,
    Dated,
    Wide,
    Pretty,
    Array,
    Envelope,
}

impl Writing {
    fn of(self, records: usize) -> Vec<u8> {
        let value =
            |number| -> serde_json::Value { serde_json::from_str(&record(number)).unwrap() };
        let pretty = |value: &serde_json::Value| serde_json::to_string_pretty(value).unwrap();
        let values: Vec<serde_json::Value> = (0..records).map(value).collect();
        let table = || HEADER.to_owned() + &(0..records).map(row).collect::<String>();
        let text = match self {
            Self::Lines => lines(0..records),
            Self::Table => table(),
            Self::Dated => {
                let row = |number: usize| {
                    let day = 1 + number % 28;
                    format!(
                        "20000000-0000-4000-8000-{number:012},a@example.com,Send,2026-03-{day:02}T08:00:00\n"
                    )
                };
                "Id,UserIds,Operations,CreationDate\n".to_owned()
                    + &(0..records).map(row).collect::<String>()
            }
            Self::Wide => {
                let units =
                    std::iter::once(0xfeff).chain(table().encode_utf16().collect::<Vec<_>>());
                return units.flat_map(u16::to_le_bytes).collect();
            }
            Self::Pretty => values.iter().map(|one| pretty(one) + "\n").collect(),
            Self::Array => pretty(&serde_json::Value::Array(values)),
            Self::Envelope => pretty(&serde_json::json!({ "value": values })),
        };
        text.into_bytes()
    }
}

/// Few cases, or as many as the environment asks for.
fn config() -> ProptestConfig {
    let config = ProptestConfig::default();
    let is_asked = std::env::var_os("PROPTEST_CASES").is_some();
    ProptestConfig {
        cases: if is_asked { config.cases } else { 8 },
        failure_persistence: None,
        ..config
    }
}

proptest! {
    #![proptest_config(config())]
    #[test]
    fn a_file_read_while_it_grows_is_read_like_the_whole_file(
        writing in prop_oneof![
            Just(Writing::Lines), Just(Writing::Table), Just(Writing::Dated), Just(Writing::Wide), Just(Writing::Pretty),
            Just(Writing::Array), Just(Writing::Envelope)
        ],
        records in 1_usize..6,
        cuts in proptest::collection::vec(0.0_f64..1.0, 1..4),
        dies in any::<bool>(),
    ) {
        let whole = writing.of(records);
        let mut cuts: Vec<usize> = cuts.iter().map(|part| {
            #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some byte of a short text")]
            let at = (part * whole.len() as f64) as usize;
            at
        }).collect();
        cuts.sort_unstable();
        let bench = Bench::new();
        bench.write("other.jsonl", lines(1..2));
        let path = bench.write("log", "");
        let mut from = 0;
        for to in cuts {
            append(&path, &whole[from..to]);
            from = to;
            if dies {
                bench.die(Death::After(2));
            }
            bench.index();
        }
        append(&path, &whole[from..]);
        bench.index();
        bench.is_like_new();
    }
}
