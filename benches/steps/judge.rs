//! The hunt: from what the index knows to grants with scores.
//!
//! Not here: finding permission changes in records (`each_record`).

use super::stage::{GRANTS, STAGE, opened};
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use grantline::hunt::baseline::{Baseline, Past, Tunables};
use grantline::hunt::identity::Identities;
use grantline::hunt::{Party, PrincipalKind, access, lifecycle};
use grantline::query::Expr;
use grantline::store::{Snapshot, Store};

/// The records that the hunt needs, read again.
#[divan::bench(sample_count = 10)]
fn read_again(bencher: Bencher<'_, '_>) {
    let mut session = opened(GRANTS.path());
    bencher.bench_local(|| session.hunted());
}

/// From records to grants.
#[divan::bench(sample_count = 10)]
fn grants(bencher: Bencher<'_, '_>) {
    let hunted = opened(GRANTS.path()).hunted();
    let (records, _) = hunted.expect("records are there");
    bencher
        .counter(ItemsCount::new(records.len()))
        .bench_local(|| {
            let identities = Identities::of_records(&records);
            lifecycle::grants(&records, &identities)
        });
}

/// Ten thousand grants judged against the index: histories, baselines, accesses, scores. Counts grants.
#[divan::bench(sample_count = 5)]
fn scores(bencher: Bencher<'_, '_>) {
    let mut session = opened(GRANTS.path());
    let (records, _) = session.hunted().expect("records are there");
    let hunt = session.hunt(&records, false).expect("they are judged");
    bencher
        .counter(ItemsCount::new(hunt.grants.len()))
        .bench_local(|| session.hunt(&records, false));
}

/// What the one who acts most did: out of the index.
#[divan::bench(sample_count = 20)]
fn history(bencher: Bencher<'_, '_>) {
    let (snapshot, doings) = busiest();
    bencher.bench_local(|| snapshot.history(&doings));
}

/// The same, laid out for baselines.
#[divan::bench(sample_count = 20)]
fn past(bencher: Bencher<'_, '_>) {
    let (snapshot, doings) = busiest();
    let history = snapshot.history(&doings).expect("it is read");
    bencher
        .with_inputs(|| history.clone())
        .bench_local_values(Past::of);
}

/// What is usual for the one who acts most, as of the end of the log: counted out of what is laid out.
#[divan::bench(sample_count = 20)]
fn baseline(bencher: Bencher<'_, '_>) {
    let (snapshot, doings) = busiest();
    let span = snapshot.span().expect("it has times");
    let (first, last) = span.expect("it has times");
    let past = Past::of(snapshot.history(&doings).expect("it is read"));
    bencher.bench_local(|| {
        black_box(Baseline::of(&past, last, first, Tunables::default()));
    });
}

/// The index, and the question for everything that the busiest did.
fn busiest() -> (Snapshot, Expr) {
    let index = STAGE.session().folder().index();
    let store = Store::open(&index).expect("the index opens");
    let snapshot = store.snapshot().expect("it was committed");
    let doings = access::doings(&Party::new(&STAGE.busiest, PrincipalKind::User), &[]);
    (snapshot, doings)
}
