//! What single steps of the program take, on a generated tenant: reading each family of formats, finding grants, building the index,
//! questions of each class, originals, judging, a frame.
//!
//! ```sh
//! cargo bench                                        # everything, on 50,000 records
//! cargo bench --bench steps -- parse                 # one of them
//! GRANTLINE_SCALE=1000000 cargo bench --bench steps -- ask
//! ```
//!
//! Not here: the whole beside other tools (`cargo run --release --example bench_compare`), how memory and time grow (`tests/scale.rs`).

#![expect(
    clippy::expect_used,
    reason = "a measurement that cannot be made should fail where it failed"
)]

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use grantline::demo::shape::Shape;
use grantline::demo::{Options, World};
use grantline::evidence;
use grantline::hunt::baseline::{Baseline, Tunables};
use grantline::hunt::identity::Identities;
use grantline::hunt::{Party, PrincipalKind, access, facet, grant, lifecycle};
use grantline::job::generation::{Order, generate};
use grantline::job::index::Observer;
use grantline::job::{Found, Hunt, Progress, Reply, Session};
use grantline::query::{self, Expr, FIELDS, Kind, On};
use grantline::record::{Located, Provenance};
use grantline::store::Store;
use grantline::tui::{App, ColourMode, Keymap, Message, Settings, draw, update};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Size;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use tempfile::TempDir;

fn main() {
    divan::main();
}

/// Shapes that are read: one or more of each family of readers.
const PARSED: [&str; 16] = [
    "native-lines",
    "native-lines-unicode",
    "native-array",
    "panther",
    "search-csv",
    "search-jsonl",
    "search-clixml",
    "purview-csv",
    "graph-query-jsonl",
    "graph-query-csv",
    "office-activity-csv",
    "cloud-app-events",
    "splunk-csv",
    "graph-sign-ins",
    "sign-in-logs-csv",
    "graph-directory-audits",
];

/// Records of ordinary life in the files that are read in every shape.
const FEW: u64 = 4_000;

/// Records of ordinary life in the case that is asked.
fn many() -> u64 {
    let asked = std::env::var("GRANTLINE_SCALE").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(50_000)
}

/// Days of the logs.
const DAYS: u32 = 63;

/// Questions, one of each class; `MAILBOX` is the busiest.
const QUESTIONS: [&str; 12] = [
    "",
    "mailbox:MAILBOX",
    "mailbox:MAILBOX time:2026-02-10..2026-03-01",
    "op:MailItemsAccessed",
    "time:2026-02-10..2026-03-01",
    "is:grant",
    "is:access -is:delegate",
    "items:>=5",
    "user:a*",
    "agent:*chrome*",
    "outlook",
    "\"full access\"",
];

/// A folder with one tenant's evidence, and a case made of the lines in it.
struct Stage {
    folder: TempDir,
    /// Native records, one a line.
    log: PathBuf,
    /// Every record, in the order of the log.
    records: Vec<Located>,
    /// Owner of the busiest mailbox.
    mailbox: String,
}

/// The case that is asked.
static STAGE: LazyLock<Stage> = LazyLock::new(Stage::new);

/// The tenant in every shape that is read.
static SHAPES: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder can be made");
    written(folder.path(), FEW, &PARSED);
    folder
});

impl Stage {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        written(folder.path(), many(), &["native-lines"]);
        let log = log(folder.path(), "native-lines");
        index(&log, &folder.path().join("case"));
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
        evidence::read(&log, &mut sink).expect("the log is read");
        let mut owners: Vec<&str> = (records.iter())
            .map(|located| located.record.mailbox.owner.as_str())
            .filter(|owner| !owner.is_empty())
            .collect();
        owners.sort_unstable();
        let busiest = owners
            .chunk_by(|one, other| one == other)
            .max_by_key(|run| run.len());
        let mailbox = busiest
            .and_then(<[&str]>::first)
            .copied()
            .unwrap_or_default()
            .to_owned();
        Self {
            folder,
            log,
            records,
            mailbox,
        }
    }

    fn case(&self) -> PathBuf {
        self.folder.path().join("case")
    }

    fn session(&self) -> Session {
        Session::open(&self.case()).expect("the case opens")
    }

    fn question(&self, text: &str) -> Expr {
        query::parse(&text.replace("MAILBOX", &self.mailbox), On::Record).expect("it is a query")
    }

    fn items(&self) -> ItemsCount {
        ItemsCount::new(self.records.len())
    }
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

/// The file of a shape.
fn log(folder: &Path, shape: &str) -> PathBuf {
    let evidence = folder.join("tenant/evidence");
    let entries = fs::read_dir(evidence).expect("the evidence can be listed");
    let mut paths = entries.flatten().map(|entry| entry.path());
    let is_of = |path: &PathBuf| path.file_stem().is_some_and(|stem| stem == shape);
    paths.find(is_of).expect("the shape was written")
}

/// Nobody who watches.
struct Nobody;

impl Observer for Nobody {
    fn progress(&mut self, _: &Progress) {}
    fn hunted(&mut self, _: Located) {}
    fn displaced(&mut self, _: Provenance) {}
    fn committed(&mut self) {}
    fn is_cancelled(&self) -> bool {
        false
    }
}

fn index(log: &Path, case: &Path) {
    let mut session = Session::open_or_create(case).expect("a case can be made");
    let plan = session
        .plan(&[log.to_owned()])
        .expect("the log can be planned");
    session
        .index(plan, &mut Nobody)
        .expect("the log is indexed");
}

/// From bytes in memory to records: hashing, splitting, JSON, meaning.
#[divan::bench(args = PARSED, sample_count = 10)]
fn parse(bencher: Bencher<'_, '_>, shape: &str) {
    let path = log(SHAPES.path(), shape);
    let bytes = fs::read(&path).expect("the file is there");
    let read = || {
        evidence::read_from(&mut bytes.as_slice(), &path, &mut |_, row| {
            black_box(row);
            ControlFlow::Continue(())
        })
    };
    bencher.counter(BytesCount::new(bytes.len())).bench(read);
}

/// SHA-256 of a file in the page cache: what no way of reading it can be faster than.
#[divan::bench(sample_count = 10)]
fn digest(bencher: Bencher<'_, '_>) {
    let bytes = STAGE.log.metadata().expect("the log is there").len();
    bencher
        .counter(BytesCount::new(bytes))
        .bench(|| evidence::digest(&STAGE.log, None));
}

/// What is found out about each record before it is indexed.
mod each_record {
    use super::{Bencher, FIELDS, Kind, Located, STAGE, black_box, facet, grant, query};

    fn over_all(bencher: Bencher<'_, '_>, look: impl Fn(&Located) + Sync) {
        bencher
            .counter(STAGE.items())
            .bench(|| STAGE.records.iter().for_each(&look));
    }

    /// The permission changes in it.
    #[divan::bench(sample_count = 20)]
    fn changes(bencher: Bencher<'_, '_>) {
        over_all(bencher, |located| {
            black_box(grant::changes(&located.record));
        });
    }

    /// Its facets, changes among them.
    #[divan::bench(sample_count = 20)]
    fn facets(bencher: Bencher<'_, '_>) {
        over_all(bencher, |located| {
            black_box(facet::facets(&located.record));
        });
    }

    /// The values of its keyword fields.
    #[divan::bench(sample_count = 20)]
    fn keywords(bencher: Bencher<'_, '_>) {
        over_all(bencher, |located| {
            for field in FIELDS.iter().filter(|field| field.kind == Kind::Keyword) {
                query::record_keywords(&located.record, field.field, &mut |value| {
                    black_box(value);
                });
            }
        });
    }

    /// How much it tells.
    #[divan::bench(sample_count = 20)]
    fn quality(bencher: Bencher<'_, '_>) {
        over_all(bencher, |located| {
            black_box(located.record.quality());
        });
    }
}

/// The whole way from a file into a case, its folder made new.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn index_a_log(bencher: Bencher<'_, '_>) {
    let bytes = STAGE.log.metadata().expect("the log is there").len();
    bencher
        .counter(BytesCount::new(bytes))
        .with_inputs(|| tempfile::tempdir().expect("a folder can be made"))
        .bench_refs(|folder| index(&STAGE.log, &folder.path().join("case")));
}

/// Opens the case and lists its first rows, as the workbench does at the start.
#[divan::bench(sample_count = 50)]
fn reopen() -> usize {
    let session = STAGE.session();
    let found = session.search(&Expr::All).expect("it is found");
    found.rows(0, 50).expect("rows are there").len()
}

/// Questions to the index.
mod ask {
    use super::{Bencher, Found, QUESTIONS, STAGE, Session};

    fn found(session: &Session, text: &str) -> Found {
        session
            .search(&STAGE.question(text))
            .expect("it is answered")
    }

    /// The whole listing, in order.
    #[divan::bench(args = QUESTIONS)]
    fn listing(bencher: Bencher<'_, '_>, text: &str) {
        let session = STAGE.session();
        bencher.bench_local(|| found(&session, text).hits.len());
    }

    /// A hundred rows out of its middle.
    #[divan::bench(args = QUESTIONS)]
    fn rows(bencher: Bencher<'_, '_>, text: &str) {
        let session = STAGE.session();
        let found = found(&session, text);
        let middle = found.hits.len() / 2;
        bencher.bench_local(|| found.rows(middle, 100));
    }

    /// Its counts over time, in as many steps as a screen is wide.
    #[divan::bench(args = QUESTIONS)]
    fn histogram(bencher: Bencher<'_, '_>, text: &str) {
        let found = found(&STAGE.session(), text);
        bencher.bench_local(|| found.hits.histogram(160));
    }
}

/// A hundred originals from all over the log, read and parsed.
#[divan::bench]
fn originals(bencher: Bencher<'_, '_>) {
    let mut session = STAGE.session();
    let found = session.search(&Expr::All).expect("it is found");
    let rows = found.rows(0, usize::MAX).expect("rows are there");
    let step = rows.len().div_ceil(100).max(1);
    let places: Vec<Provenance> = rows
        .iter()
        .step_by(step)
        .map(|row| row.provenance)
        .collect();
    bencher
        .counter(ItemsCount::new(places.len()))
        .bench_local(|| session.originals(&places));
}

/// The hunt.
mod judge {
    use super::{
        Baseline, Bencher, Identities, ItemsCount, Party, PrincipalKind, STAGE, Store, Tunables,
        access, black_box, lifecycle,
    };

    /// The records that the hunt needs, read again.
    #[divan::bench(sample_count = 10)]
    fn read_again(bencher: Bencher<'_, '_>) {
        let mut session = STAGE.session();
        bencher.bench_local(|| session.hunted());
    }

    /// From records to grants.
    #[divan::bench(sample_count = 10)]
    fn grants(bencher: Bencher<'_, '_>) {
        let (records, _) = STAGE.session().hunted().expect("records are there");
        bencher
            .counter(ItemsCount::new(records.len()))
            .bench_local(|| {
                let identities = Identities::of(records.iter().map(|located| &located.record));
                lifecycle::grants(&records, &identities)
            });
    }

    /// All grants judged against the index: histories, baselines, accesses, scores. Counts grants.
    #[divan::bench(sample_count = 10)]
    fn scores(bencher: Bencher<'_, '_>) {
        let mut session = STAGE.session();
        let (records, _) = session.hunted().expect("records are there");
        let hunt = session.hunt(&records, false).expect("they are judged");
        bencher
            .counter(ItemsCount::new(hunt.grants.len()))
            .bench_local(|| session.hunt(&records, false));
    }

    /// What the owner of the busiest mailbox usually does, as of the end of the log: the history out of the index, then its sum.
    #[divan::bench(sample_count = 20)]
    fn baseline(bencher: Bencher<'_, '_>) {
        let store = Store::open(&STAGE.case().join("index")).expect("the index opens");
        let snapshot = store.snapshot().expect("it was committed");
        let span = snapshot.span().expect("it has times");
        let (first, last) = span.expect("it has times");
        let doings = access::doings(&Party::new(&STAGE.mailbox, PrincipalKind::User), &[]);
        bencher.bench_local(|| {
            let history = snapshot.history(&doings).expect("it is read");
            black_box(Baseline::of(&history, last, first, Tunables::default()))
        });
    }
}

/// The screen.
mod frame {
    use super::{
        App, Arc, Bencher, ColourMode, Hunt, Keymap, Message, PathBuf, Reply, STAGE, Settings,
        Size, Terminal, TestBackend, draw, update,
    };
    use grantline::tui::key::{Code, Key};

    const SIZE: Size = Size {
        width: 160,
        height: 48,
    };

    fn hunt() -> Hunt {
        STAGE.session().hunt_whole().expect("it is judged").0
    }

    fn app() -> App {
        let settings = Settings {
            title: "grantline".to_owned(),
            keymap: Keymap::built_in(),
            ascii: false,
            colour: ColourMode::Palette,
            export_folder: PathBuf::from("/"),
            export_stem: "findings".to_owned(),
        };
        App::new(settings, SIZE)
    }

    /// The timeline, drawn.
    #[divan::bench]
    fn timeline(bencher: Bencher<'_, '_>) {
        let mut app = app();
        update(&mut app, Message::Reply(Reply::Hunt(Arc::new(hunt()))));
        let mut terminal = terminal();
        bencher.bench_local(|| terminal.draw(|frame| draw(&app, frame)).map(|_| ()));
    }

    /// A key, and the frame after it.
    #[divan::bench]
    fn key_to_frame(bencher: Bencher<'_, '_>) {
        let mut app = app();
        update(&mut app, Message::Reply(Reply::Hunt(Arc::new(hunt()))));
        let mut terminal = terminal();
        let keys = ['j', 'k'].map(|key| Key::plain(Code::Character(key)));
        let mut keys = keys.into_iter().cycle();
        bencher.bench_local(|| {
            if let Some(key) = keys.next() {
                update(&mut app, Message::Key(key));
            }
            terminal.draw(|frame| draw(&app, frame)).map(|_| ())
        });
    }

    /// A new state of the hunt, taken in.
    #[divan::bench]
    fn news(bencher: Bencher<'_, '_>) {
        let (mut app, hunt) = (app(), Arc::new(hunt()));
        bencher.bench_local(|| update(&mut app, Message::Reply(Reply::Hunt(Arc::clone(&hunt)))));
    }

    fn terminal() -> Terminal<TestBackend> {
        Terminal::new(TestBackend::new(SIZE.width, SIZE.height)).expect("it is memory")
    }
}
