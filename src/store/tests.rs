//! Tests of the index against the reference meaning, and of what a commit keeps.

use super::*;
use crate::query::{Expr, Faceted, Field, Pattern, Term, record_keywords};
use crate::record::{
    Address, AppIds, Change, Folder, Item, Located, Mailbox, Operation, Outcome, Property,
    Provenance, Record, RecordId,
};
use crate::text::fold;
use crate::time::{self, Instant};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::collections::BTreeSet;
use std::ops::Bound;

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

fn add(writer: &mut Writer, samples: &[Sample]) -> Vec<Added> {
    samples
        .iter()
        .map(|(located, facets)| writer.add(located, facets, &|a, b| a < b).unwrap())
        .collect()
}

/// A store in a folder of its own, with what is given indexed in several commits, so that there are several segments.
struct Filled {
    store: Store,
    folder: tempfile::TempDir,
}

impl Filled {
    fn with(samples: &[Sample]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let mut writer = store.writer().unwrap();
        for part in samples.chunks(70) {
            add(&mut writer, part);
            writer.commit("part").unwrap();
        }
        writer.finish().unwrap();
        Self { store, folder }
    }

    fn snapshot(&self) -> Snapshot {
        self.store.snapshot().unwrap()
    }

    fn rows(&self, expr: &Expr) -> Vec<Row> {
        let snapshot = self.snapshot();
        let hits = snapshot.search(expr).unwrap();
        let rows = snapshot.rows(&hits, 0, usize::MAX).unwrap();
        assert_eq!(snapshot.count(expr).unwrap(), rows.len() as u64);
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
fn check(filled: &Filled, samples: &[Sample], expr: &Expr) -> usize {
    let found: BTreeSet<Provenance> = filled.rows(expr).iter().map(|row| row.provenance).collect();
    let meant: BTreeSet<Provenance> = matching(samples, expr)
        .map(|(located, _)| located.provenance)
        .collect();
    let differing: Vec<_> = samples
        .iter()
        .filter(|(located, _)| {
            found.contains(&located.provenance) != meant.contains(&located.provenance)
        })
        .take(1)
        .collect();
    assert!(differing.is_empty(), "{expr:?}: {differing:?}");
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
        1 => proptest::sample::select(vec![Field::Time, Field::Items, Field::Id]).prop_map(|field| Expr::Term(Term::Present(field))),
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

#[test]
fn the_index_finds_what_the_reference_accepts() {
    let samples = samples(200);
    let filled = Filled::with(&samples);
    let mut leaves_that_find = 0;
    for expr in generate(&any_leaf(), 400) {
        let found = check(&filled, &samples, &expr);
        leaves_that_find += usize::from(found > 0 && found < samples.len());
    }
    // The queries are near enough to the records to say something.
    assert!(leaves_that_find > 130, "{leaves_that_find}");
    for expr in generate(&any_expr(), 250) {
        check(&filled, &samples, &expr);
    }
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

#[test]
fn only_the_first_4096_characters_of_a_value_are_looked_at_by_both() {
    let long = format!("{}ΟΔΟΣ-tail", "é".repeat(4092));
    let samples = [sample("a", Some(0), &long)];
    let filled = Filled::with(&samples);
    let pattern = |pieces: [&str; 2]| {
        Expr::Term(Term::Keyword {
            field: Field::User,
            pattern: Pattern::of_pieces(pieces).unwrap(),
        })
    };
    let cut: String = long.chars().take(4096).collect();
    for (expr, found) in [
        (user(&long), 0),
        (user(&cut), 1),
        (pattern(["", "-tail"]), 0),
        (pattern(["é", ""]), 1),
        (Expr::word("tail"), 0),
        (Expr::word("ΟΔΟΣ"), 1),
    ] {
        assert_eq!(check(&filled, &samples, &expr), found);
    }
}

#[test]
fn a_text_longer_than_any_keyword_is_searched_to_its_end() {
    let (mut located, facets) = sample("a", Some(0), "x");
    let value = format!("{} ending here", "word ".repeat(20_000));
    located.record.parameters = vec![Property {
        name: "Blob".into(),
        value,
    }];
    let samples = [(located, facets)];
    let filled = Filled::with(&samples);
    assert_eq!(check(&filled, &samples, &Expr::word("ending here")), 1);
    assert_eq!(check(&filled, &samples, &Expr::word("here ending")), 0);
}

#[test]
fn an_id_is_indexed_once_also_after_reopening() {
    let mut first = [sample("Record-A", Some(0), "alice")];
    first[0].0.provenance = provenance(1, 0);
    let again = [
        sample("record-a ", Some(5), "bob"),
        sample("record-b", None, "bob"),
    ];
    let filled = Filled::with(&first);
    let mut writer = filled.store.writer().unwrap();
    assert_eq!(add(&mut writer, &again), [Added::Duplicate, Added::New]);
    assert_eq!(
        add(&mut writer, &again),
        [Added::Duplicate, Added::Duplicate]
    );
    writer.commit("two").unwrap();
    drop(writer);
    let reopened = Store::open(filled.folder.path()).unwrap();
    assert_eq!(
        add(&mut reopened.writer().unwrap(), &again),
        [Added::Duplicate, Added::Duplicate]
    );
    assert_eq!(reopened.snapshot().unwrap().len(), 2);
}

/// A copy of one of three events: which file it stands in, where, and how much it tells; nothing is a damaged one.
fn copy(id: u8, file: u32, row: u64, tells: usize) -> Sample {
    let mut sample = sample(&format!("event-{id}"), Some(0), "alice");
    let located = &mut sample.0;
    located.provenance = provenance(file, row);
    located.record.parameters = vec![Property::default(); tells];
    if tells == 0 {
        located.record.degraded = "cut off".into();
    }
    sample
}

/// Where the kept copies stand, after adding in this order with a commit after so many.
fn kept(copies: &[Sample], every: usize) -> Vec<Provenance> {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    for part in copies.chunks(every) {
        let mut writer = store.writer().unwrap();
        add(&mut writer, part);
        writer.commit("part").unwrap();
        writer.finish().unwrap();
    }
    let snapshot = store.snapshot().unwrap();
    let hits = snapshot.search(&Expr::All).unwrap();
    let rows = snapshot.rows(&hits, 0, usize::MAX).unwrap();
    rows.into_iter().map(|row| row.provenance).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn which_copy_is_kept_does_not_depend_on_the_order(
        copies in proptest::collection::vec((0_u8..3, 1_u32..4, 0_usize..3), 1..12).prop_map(|parts| {
            let numbered = (0..).zip(parts);
            numbered.map(|(row, (id, file, tells))| copy(id, file, row, tells)).collect::<Vec<_>>()
        }),
        seed in any::<u64>(),
        every in 1_usize..5)
    {
        let mut shuffled: Vec<_> = copies.clone();
        let key = |sample: &Sample| (sample.0.provenance.offset ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        shuffled.sort_by_key(key);
        prop_assert_eq!(kept(&shuffled, every), kept(&copies, 100));
    }
}

/// Forgets the row of a sample; says of each record whether it was damaged.
fn forget(writer: &mut Writer, sample: &Sample) -> Vec<bool> {
    let Located { record, provenance } = &sample.0;
    let gone = writer.forget(*provenance, std::iter::once(&*record.id.0));
    gone.unwrap().iter().map(|gone| gone.degraded).collect()
}

#[test]
fn a_row_that_is_read_again_is_forgotten_first() {
    let samples = [copy(0, 1, 0, 1), copy(1, 1, 1, 0), copy(2, 2, 1, 1)];
    let filled = Filled::with(&samples);
    let mut writer = filled.store.writer().unwrap();
    assert_eq!(forget(&mut writer, &samples[1]), [true]);
    assert_eq!(
        add(&mut writer, &samples[1..]),
        [Added::New, Added::Duplicate]
    );
    writer.commit("again").unwrap();
    assert_eq!(filled.snapshot().len(), 3);
}

#[test]
fn a_row_that_gave_way_and_is_read_again_stays() {
    let torn = copy(1, 2, 0, 0);
    let filled = Filled::with(std::slice::from_ref(&torn));
    let mut writer = filled.store.writer().unwrap();
    let added = add(&mut writer, &[copy(1, 1, 1, 1)]);
    assert!(matches!(added[..], [Added::Replaced(_)]));
    assert!(forget(&mut writer, &torn).is_empty());
    let added = add(&mut writer, &[copy(1, 2, 0, 2)]);
    assert!(matches!(added[..], [Added::Replaced(_)]));
    writer.commit("again").unwrap();
    assert_eq!(filled.snapshot().len(), 1);
}

#[test]
fn what_was_not_committed_is_gone_after_reopening() {
    let filled = Filled::with(&[sample("a", Some(0), "alice")]);
    let later = [sample("b", Some(1), "bob")];
    let mut writer = filled.store.writer().unwrap();
    add(&mut writer, &later);
    drop(writer);
    let reopened = Store::open(filled.folder.path()).unwrap();
    assert_eq!(reopened.snapshot().unwrap().len(), 1);
    assert_eq!(reopened.payload().unwrap(), "part");
    assert_eq!(add(&mut reopened.writer().unwrap(), &later), [Added::New]);
}

#[test]
fn a_snapshot_does_not_see_later_commits() {
    let filled = Filled::with(&[sample("a", Some(0), "alice")]);
    let before = filled.snapshot();
    let mut writer = filled.store.writer().unwrap();
    add(&mut writer, &[sample("b", Some(1), "bob")]);
    writer.commit("later").unwrap();
    assert_eq!((before.len(), filled.snapshot().len()), (1, 2));
    assert_eq!(filled.store.payload().unwrap(), "later");
}

#[test]
fn an_empty_index_answers_everything_with_nothing() {
    let filled = Filled::with(&[]);
    let snapshot = filled.snapshot();
    assert!(snapshot.is_empty());
    assert_eq!(snapshot.span().unwrap(), None);
    assert_eq!(snapshot.mailboxes(&Expr::All).unwrap(), BTreeSet::new());
    let hits = snapshot.search(&Expr::All).unwrap();
    assert!(hits.is_empty() && hits.histogram(10).is_empty() && hits.span().is_none());
    assert_eq!(filled.store.payload().unwrap(), "");
}

#[test]
fn clearing_forgets_the_records_and_their_ids() {
    let samples = [sample("a", Some(0), "alice")];
    let filled = Filled::with(&samples);
    let mut writer = filled.store.writer().unwrap();
    writer.clear().unwrap();
    assert_eq!(add(&mut writer, &samples), [Added::New]);
    writer.commit("anew").unwrap();
    assert_eq!(filled.snapshot().len(), 1);
}

#[test]
fn a_second_writer_is_told_that_the_case_is_busy() {
    let filled = Filled::with(&[]);
    let _writer = filled.store.writer().unwrap();
    let other = Store::open(filled.folder.path()).unwrap();
    assert!(matches!(other.writer(), Err(StoreError::Busy { .. })));
}

#[test]
fn hits_are_ordered_by_time_then_place_and_the_timeless_come_last() {
    let samples = samples(200);
    let filled = Filled::with(&samples);
    let rows = filled.rows(&Expr::All);
    let keys: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row.time.is_none(),
                row.time,
                row.provenance.file,
                row.provenance.offset,
            )
        })
        .collect();
    assert!(keys.is_sorted() && keys.len() == 200);
    assert!(keys.first().unwrap().1.is_some() && keys.last().unwrap().1.is_none());
    let snapshot = filled.snapshot();
    let hits = snapshot.search(&Expr::All).unwrap();
    assert_eq!(snapshot.rows(&hits, 50, 10).unwrap(), rows[50..60]);
    assert_eq!(snapshot.rows(&hits, 195, 10).unwrap(), rows[195..]);
    assert_eq!(snapshot.rows(&hits, 900, 10).unwrap(), []);
}

/// The first value of a keyword field.
fn first(record: &Record, field: Field) -> String {
    let mut values = Vec::new();
    record_keywords(record, field, &mut |value| values.push(value.to_owned()));
    values.into_iter().next().unwrap_or_default()
}

#[test]
fn rows_give_back_what_was_indexed() {
    let samples = samples(200);
    let filled = Filled::with(&samples);
    for row in filled.rows(&Expr::All) {
        let (Located { record, provenance }, facets) = samples
            .iter()
            .find(|(located, _)| located.provenance == row.provenance)
            .unwrap();
        let first = |field| first(record, field);
        let expected = Row {
            time: record.time,
            operation: first(Field::Operation),
            user: first(Field::User),
            mailbox: first(Field::Mailbox),
            app: first(Field::App),
            ip: first(Field::Ip),
            country: first(Field::Country),
            session: first(Field::Session),
            access: first(Field::Access),
            items: record.message_ids().count() as u64,
            facets: facets.iter().copied().map(str::to_owned).collect(),
            provenance: *provenance,
        };
        assert_eq!(row, expected);
    }
}

#[test]
fn histogram_and_span_count_what_has_a_time() {
    let samples = samples(200);
    let filled = Filled::with(&samples);
    let snapshot = filled.snapshot();
    let times: BTreeSet<Instant> = samples
        .iter()
        .filter_map(|(located, _)| located.record.time)
        .collect();
    let span = times.first().copied().zip(times.last().copied());
    assert_eq!(snapshot.span().unwrap(), span);
    let hits = snapshot.search(&Expr::All).unwrap();
    assert_eq!(hits.span(), span);
    let counted = samples
        .iter()
        .filter(|(located, _)| located.record.time.is_some())
        .count() as u64;
    for steps in [0, 1, 7, 50, 100_000] {
        let counts = hits.histogram(steps);
        assert_eq!(counts.len(), steps.max(1));
        assert_eq!(counts.iter().sum::<u64>(), counted);
        assert!(counts.first().unwrap() > &0 && counts.last().unwrap() > &0);
    }
}

#[test]
fn one_moment_fills_one_step_of_a_histogram() {
    let filled = Filled::with(&[
        sample("a", Some(7), "x"),
        sample("b", Some(7), "x"),
        sample("c", None, "x"),
    ]);
    let hits = filled.snapshot().search(&Expr::All).unwrap();
    assert_eq!(hits.histogram(3), [2, 0, 0]);
    let timeless = filled
        .snapshot()
        .search(&!Expr::Term(Term::Present(Field::Time)))
        .unwrap();
    assert_eq!(
        (timeless.len(), timeless.histogram(3), timeless.span()),
        (1, Vec::new(), None)
    );
}

#[test]
fn mailboxes_are_counted_by_owner_and_folded() {
    let owned = |id: &str, owner: &str, guid: &str| {
        let (mut located, facets) = sample(id, Some(0), "alice");
        located.record.mailbox = Mailbox {
            owner: owner.into(),
            guid: guid.into(),
            ..Mailbox::default()
        };
        (located, facets)
    };
    let filled = Filled::with(&[
        owned("a", "Zoe@example.com", "11111111"),
        owned("b", "zoe@EXAMPLE.com", "11111111"),
        owned("c", "", "22222222"),
        owned("d", "", ""),
    ]);
    let all = filled.snapshot().mailboxes(&Expr::All).unwrap();
    assert_eq!(
        all.into_iter().collect::<Vec<_>>(),
        ["22222222", "zoe@example.com"]
    );
    let one = filled
        .snapshot()
        .mailboxes(&Expr::exact(Field::Mailbox, "22222222"))
        .unwrap();
    assert_eq!(one.len(), 1);
}

#[test]
fn what_belongs_to_grants_is_refused_in_words() {
    let filled = Filled::with(&[]);
    let glob = Pattern::of_pieces(["a", ""]).unwrap();
    for (expr, message) in [
        (
            Expr::exact(Field::Grantee, "bob"),
            "grantee cannot be asked of records",
        ),
        (
            Expr::Term(Term::Number {
                field: Field::Score,
                low: Bound::Unbounded,
                high: Bound::Unbounded,
            }),
            "score cannot be asked",
        ),
        (
            Expr::Term(Term::Keyword {
                field: Field::Id,
                pattern: glob,
            }),
            "id needs the whole record id",
        ),
    ] {
        let error = filled.snapshot().search(&expr).err().unwrap().to_string();
        assert!(error.contains(message), "{error}");
    }
}

#[test]
fn a_history_is_the_same_whatever_the_order_of_its_rows() {
    let row = |second: i64, country: &str| Row {
        time: Some(time::from_micros(second)),
        country: country.to_owned(),
        ..Row::default()
    };
    let told = |rows: &[Row]| {
        let history = History::of(rows);
        let seen = history.seen.iter();
        seen.map(|seen| (seen.time, history.name(seen.country).to_owned()))
            .collect::<Vec<_>>()
    };
    let mut rows = vec![row(2, "NL"), row(1, "NG"), row(1, "DE"), Row::default()];
    let straight = told(&rows);
    rows.reverse();
    assert_eq!(told(&rows), straight);
    assert_eq!(
        straight,
        [
            (1, "DE".to_owned()),
            (1, "NG".to_owned()),
            (2, "NL".to_owned())
        ]
    );
    let history = History::of(&rows);
    assert_eq!(
        (
            history.before(2).len(),
            history.since(2).len(),
            history.before(1).len()
        ),
        (2, 1, 0)
    );
    assert_eq!(fold(history.name(99)), "");
}
