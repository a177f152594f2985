//! What the tests of the index share: records and expressions made up near enough to each other, and an index of them.

mod commits;
mod reading;
mod writing;

use super::building::Building;
use super::free_text::{self, FreeText};
use super::manifest::Part;
use super::opened::{Dead, OpenSegment, State};
use super::segment::Segment;
use super::*;
use crate::query::{Expr, Faceted, Field, Pattern, Term, record_keywords};
use crate::record::{
    Address, AppIds, Change, Folder, Item, Located, Mailbox, Operation, Outcome, Property,
    Provenance, Record, RecordId,
};
use crate::time::{self, Instant};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::Arc;

/// What became of one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Added {
    New,
    Duplicate,
    Replaced(Displaced),
}

/// Adds a batch of one record.
fn add_one(
    writer: &mut Writer,
    (located, facets): &Sample,
    precedes: &dyn Fn(u32, u32) -> bool,
) -> Added {
    let mut batch = Batch::default();
    batch.push(&located.record, facets, located.provenance);
    let kept = writer.add_batch(&batch, precedes).unwrap();
    match kept.replaced.first() {
        Some((_, displaced)) => Added::Replaced(*displaced),
        None if kept.duplicates.is_empty() => Added::New,
        None => Added::Duplicate,
    }
}

/// Values as logs have them and as attackers write them: several scripts, letters that change length or form when folded, characters
/// that mean something to a query or to a regular expression, controls and marks.
const VALUES: &[&str] = &[
    "",
    "Alice@Example.com",
    "alice",
    "bob@example.com",
    "NT AUTHORITY\\SYSTEM (Microsoft.Exchange.ServiceHost)",
    "EURPR04A009.PROD.OUTLOOK.COM/Microsoft Exchange Hosted Organizations/Alice",
    "<abc.def@mail>",
    "a+b?c[d]{e}^f$g|h(i)j*k",
    "#&-~ \"quoted\" 'single' `back`",
    "İstanbul ΟΔΟΣ ΣΑΣ straße ǅ",
    "ΟΔΟΣ",
    "日本語 受信トレイ",
    "Boîte de réception",
    "ad\u{200b}min\u{202e}nimda",
    "line\nbreak\ttab\u{1b}[2J",
    "  blank around  ",
    "FullAccess;ReadPermission",
    "full access full",
    "a",
    "b a",
];

const FACETS: &[&str] = &["grant", "access", "sign-in", "permission"];

fn any_value() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => proptest::sample::select(VALUES.to_vec()).prop_map(str::to_owned),
        2 => "[a-c]{1,3}",
        // So that a dictionary is large beside the rows.
        1 => "[a-c]{0,2}x{2000}",
        1 => any::<String>(),
    ]
}

fn any_time() -> impl Strategy<Value = Option<Instant>> {
    proptest::option::weighted(0.9, 0..50_i64).prop_map(|step| {
        step.map(|step| time::from_micros(1_685_000_000_000_000 + step * 37_000_000))
    })
}

fn property(name: &str, value: String) -> Property {
    Property {
        name: name.to_owned(),
        value,
    }
}

/// A folder with so many messages.
fn inbox(items: usize) -> Folder {
    let item = |item| Item {
        message_id: format!("<{item}@x>"),
        subject: "Full access".into(),
    };
    Folder {
        path: "\\Inbox".into(),
        items: (0..items).map(item).collect(),
    }
}

fn any_record() -> impl Strategy<Value = Record> {
    let names = (
        any_value(),
        any_value(),
        any_value(),
        any_value(),
        any_value(),
    );
    let more = (any_value(), any_value(), any_value(), any_value());
    let address = proptest::sample::select(vec![
        "",
        "80.114.221.214:16902",
        "[2603:10A6:0:0::21]:443",
        "not an address",
    ]);
    let outcome =
        proptest::sample::select(vec![Outcome::Succeeded, Outcome::Failed, Outcome::Unknown]);
    (names, more, any_time(), address, outcome, 0..4_usize).prop_map(
        |(
            (user, owner, object, agent, app),
            (first, second, third, access),
            time,
            address,
            outcome,
            items,
        )| Record {
            operation: Operation::new(&first),
            time,
            user,
            object,
            agent,
            session: third.clone(),
            outcome,
            workload: "Exchange".to_owned(),
            address: Address::read(address),
            app: AppIds {
                id: app,
                client: second.clone(),
                ..AppIds::default()
            },
            mailbox: Mailbox {
                owner,
                guid: first.clone(),
                ..Mailbox::default()
            },
            parameters: vec![
                property("Identity", second),
                property("User", third.clone()),
            ],
            modified: vec![Change {
                name: "x".into(),
                old: first,
                new: third,
            }],
            properties: vec![property("MailAccessType", access)],
            folders: vec![inbox(items)],
            ..Record::default()
        },
    )
}

/// A record with its facets.
type Sample = (Located, Vec<&'static str>);

fn any_sample() -> impl Strategy<Value = (Record, Vec<&'static str>)> {
    (
        any_record(),
        proptest::sample::subsequence(FACETS.to_vec(), 0..3),
    )
}

/// The same values on every run.
fn generate<T: std::fmt::Debug>(strategy: &impl Strategy<Value = T>, count: usize) -> Vec<T> {
    let mut runner = TestRunner::deterministic();
    (0..count)
        .map(|_| strategy.new_tree(&mut runner).unwrap().current())
        .collect()
}

fn provenance(file: u32, number: u64) -> Provenance {
    Provenance {
        file,
        line: number + 1,
        offset: number * 1000,
        length: 900 + number,
        ..Provenance::default()
    }
}

/// Records with ids of both kinds and places in two files.
fn samples(count: usize) -> Vec<Sample> {
    let numbered = (0_u64..).zip(generate(&any_sample(), count));
    numbered
        .map(|(number, (mut record, facets))| {
            record.id = RecordId(if number % 2 == 0 {
                format!("97FC1F52-4cd1-498b-f05e-{number:012x}")
            } else {
                format!("Directory_{number}")
            });
            let file = u32::try_from(number % 2).unwrap();
            (
                Located {
                    record,
                    provenance: provenance(file, number),
                },
                facets,
            )
        })
        .collect()
}

/// An index of samples, a segment for every 70 of them. Every ninth is taken out again.
struct Built {
    snapshot: Snapshot,
    /// The samples that are not taken out.
    live: Vec<Sample>,
    _folder: tempfile::TempDir,
}

/// Whether a sample is taken out.
fn is_dead(sample: &Sample, samples: &[Sample]) -> bool {
    samples.len() > 9 && sample.0.provenance.line.is_multiple_of(9)
}

/// A segment of samples in a folder.
fn segment(samples: &[Sample], folder: &Path, dead: impl Fn(&Sample) -> bool) -> OpenSegment {
    let (mut batch, mut building) = (Batch::default(), Building::default());
    for (located, facets) in samples {
        batch.push(&located.record, facets, located.provenance);
    }
    building.append(&batch, &[]);
    let mut texts = free_text::Building::begin().unwrap();
    texts.add(batch.texts).unwrap();
    std::fs::create_dir_all(folder).unwrap();
    let path = folder.join("columns");
    let placed = building.write(&BTreeSet::new(), &path).unwrap();
    texts.finish(&placed, folder).unwrap();
    let dead = placed
        .iter()
        .zip(samples)
        .filter(|(_, sample)| dead(sample));
    let dead: BTreeSet<u32> = dead.map(|(row, _)| *row).collect();
    let rows = u32::try_from(samples.len()).unwrap();
    OpenSegment {
        part: Part {
            rows,
            dead: u32::try_from(dead.len()).unwrap(),
            ..Part::default()
        },
        segment: Arc::new(Segment::open(&path).unwrap()),
        dead: Dead::new(dead.into_iter().collect(), rows),
        text: FreeText::open(folder).unwrap().map(Arc::new),
    }
}

impl Built {
    fn with(samples: &[Sample]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let is_dead = |sample: &Sample| is_dead(sample, samples);
        let numbered = samples.chunks(70).enumerate();
        let segments = numbered.map(|(number, part)| {
            let folder = folder.path().join(number.to_string());
            Arc::new(segment(part, &folder, is_dead))
        });
        let state = State {
            segments: segments.collect(),
            ..State::default()
        };
        Self {
            snapshot: Snapshot::new(state, folder.path().to_owned()),
            live: samples
                .iter()
                .filter(|sample| !is_dead(sample))
                .cloned()
                .collect(),
            _folder: folder,
        }
    }

    fn rows(&self, expr: &Expr) -> Vec<Row> {
        let hits = self.snapshot.search(expr).unwrap();
        let rows = self.snapshot.rows(&hits, 0, usize::MAX).unwrap();
        assert_eq!((hits.len(), hits.is_empty()), (rows.len(), rows.is_empty()));
        assert_eq!(self.snapshot.count(expr).unwrap(), rows.len() as u64);
        rows
    }
}

fn matching<'a>(samples: &'a [Sample], expr: &'a Expr) -> impl Iterator<Item = &'a Sample> {
    samples.iter().filter(|(located, facets)| {
        expr.matches(&Faceted {
            record: &located.record,
            facets,
        })
    })
}

/// Asserts that index and reference find the same records.
fn check(built: &Built, expr: &Expr) -> usize {
    let rows = built.rows(expr);
    let found: BTreeSet<Provenance> = rows.iter().map(|row| row.provenance).collect();
    assert_eq!(found.len(), rows.len());
    let meant: BTreeSet<Provenance> = matching(&built.live, expr)
        .map(|(located, _)| located.provenance)
        .collect();
    let differs = |sample: &&Sample| {
        let place = sample.0.provenance;
        found.contains(&place) != meant.contains(&place)
    };
    let differing = built.live.iter().find(differs);
    assert!(differing.is_none(), "{expr:?}: {differing:?}");
    found.len()
}

fn any_field() -> impl Strategy<Value = Field> {
    proptest::sample::select(vec![
        Field::Operation,
        Field::User,
        Field::Mailbox,
        Field::App,
        Field::Ip,
        Field::Country,
        Field::Session,
        Field::Workload,
        Field::Outcome,
        Field::Agent,
        Field::Is,
        Field::Access,
        Field::Object,
        Field::Folder,
    ])
}

/// A part of a value, from one character to another.
fn any_part() -> impl Strategy<Value = String> {
    (any_value(), 0..6_usize, 1..30_usize)
        .prop_map(|(value, skip, take)| value.chars().skip(skip).take(take).collect())
}

fn any_pattern() -> impl Strategy<Value = Option<Pattern>> {
    let pieces = prop_oneof![
        any_value().prop_map(|value| vec![value]),
        any_part().prop_map(|part| vec![part, String::new()]),
        any_part().prop_map(|part| vec![String::new(), part]),
        any_part().prop_map(|part| vec![String::new(), part, String::new()]),
        proptest::collection::vec(any_part(), 2..4),
        proptest::sample::select(vec![
            "grant",
            "access",
            "exchange",
            "nl",
            "failed",
            "2603:10a6::21",
            "not an address"
        ])
        .prop_map(|value| vec![value.to_owned()]),
    ];
    pieces.prop_map(|pieces| Pattern::of_pieces(pieces.iter().map(String::as_str)))
}

fn any_bound<T: Clone + std::fmt::Debug>(
    value: impl Strategy<Value = T>,
) -> impl Strategy<Value = Bound<T>> {
    (value, 0..3_u8).prop_map(|(value, kind)| match kind {
        0 => Bound::Unbounded,
        1 => Bound::Included(value),
        _ => Bound::Excluded(value),
    })
}

fn any_measure() -> impl Strategy<Value = Expr> {
    let number = || {
        any_bound(proptest::sample::select(vec![
            -1.0, 0.0, 0.5, 1.0, 2.0, 2.5, 3.0, 1e30,
        ]))
    };
    let moment = || any_bound(any_time().prop_map(Option::unwrap_or_default));
    prop_oneof![
        (number(), number()).prop_map(|(low, high)| Expr::Term(Term::Number {
            field: Field::Items,
            low,
            high
        })),
        (moment(), moment()).prop_map(|(low, high)| Expr::Term(Term::Time { low, high })),
    ]
}

fn any_id() -> impl Strategy<Value = Expr> {
    let id = proptest::sample::select(vec![
        "Directory_3",
        "directory_5",
        "Directory_4",
        "97fc1f52-4cd1-498b-f05e-000000000004",
        "97FC1F52-4CD1-498B-F05E-00000000000A",
        "97fc1f52",
    ]);
    (id, any::<bool>()).prop_map(|(id, bare)| {
        if bare {
            Expr::word(id)
        } else {
            Expr::exact(Field::Id, id)
        }
    })
}

fn any_message() -> impl Strategy<Value = Expr> {
    let id = proptest::sample::select(vec!["<0@x>", "1@X", " <2@x> ", "<>", "0@", "3@x"]);
    (id, any::<bool>()).prop_map(|(id, bare)| {
        if bare {
            Expr::word(id)
        } else {
            Expr::exact(Field::Message, id)
        }
    })
}

fn any_leaf() -> impl Strategy<Value = Expr> {
    let keyword = (any_field(), any_pattern()).prop_map(|(field, pattern)| {
        Expr::Term(
            pattern.map_or(Term::Present(field), |pattern| Term::Keyword {
                field,
                pattern,
            }),
        )
    });
    let anywhere = any_pattern().prop_map(|pattern| match pattern {
        Some(Pattern::Glob(glob)) => Expr::Term(Term::Any(glob)),
        _ => Expr::Term(Term::Present(Field::Time)),
    });
    prop_oneof![
        4 => any_part().prop_map(|part| Expr::word(&part)),
        2 => any_value().prop_map(|value| Expr::word(&value)),
        4 => keyword,
        1 => any_field().prop_map(|field| Expr::Term(Term::Present(field))),
        1 => anywhere,
        2 => any_measure(),
        1 => any_id(),
        1 => any_message(),
        1 => proptest::sample::select(vec![Field::Time, Field::Items, Field::Id, Field::Message]).prop_map(|field| Expr::Term(Term::Present(field))),
        1 => Just(Expr::All),
        1 => Just(Expr::Or(Vec::new())),
    ]
}

fn any_expr() -> impl Strategy<Value = Expr> {
    any_leaf().prop_recursive(3, 10, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|expr| !expr),
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Expr::And),
            proptest::collection::vec(inner, 0..4).prop_map(Expr::Or),
        ]
    })
}

/// A record with one user, at a second, under an id.
fn sample(id: &str, second: Option<i64>, user: &str) -> Sample {
    let record = Record {
        id: RecordId(id.to_owned()),
        time: second.map(|second| time::from_micros(second * 1_000_000)),
        user: user.to_owned(),
        ..Record::default()
    };
    let number = u64::from(id.bytes().last().unwrap());
    (
        Located {
            record,
            provenance: provenance(1, number),
        },
        Vec::new(),
    )
}

fn user(value: &str) -> Expr {
    Expr::exact(Field::User, value)
}
