//! Questions to the index, class by class, each with many values in turn; and originals.
//!
//! Not here: the questions themselves (`asked`).

use super::asked::{CLASSES, places, questions, read, samples};
use super::stage::STAGE;
use divan::Bencher;
use divan::counter::ItemsCount;
use grantline::job::{Found, Session};
use grantline::query::Expr;
use grantline::store::Store;

/// Records looked at for values.
const LOOKED_AT: usize = 400;

/// Rows of a window, and originals read at a time.
const ROWS: usize = 100;

/// Steps of counts over time: as many as a wide screen has columns.
const STEPS: usize = 160;

fn classes() -> [&'static str; CLASSES.len()] {
    CLASSES.map(|class| class.0)
}

/// The questions of a class, without end.
fn of_class(session: &mut Session, name: &str) -> impl Iterator<Item = Expr> + use<> {
    let class = CLASSES.into_iter().find(|class| class.0 == name);
    let samples = samples(session, LOOKED_AT);
    let asked = questions(class.expect("there is such a class"), &samples);
    assert!(!asked.is_empty(), "no record has values for {name}");
    let read: Vec<Expr> = asked.iter().map(|(text, _)| read(text)).collect();
    read.into_iter().cycle()
}

fn found(session: &Session, question: &Expr) -> Found {
    session.search(question).expect("it is answered")
}

/// How many records there are.
#[divan::bench(args = classes())]
fn number(bencher: Bencher<'_, '_>, class: &str) {
    let mut session = STAGE.session();
    let mut questions = of_class(&mut session, class);
    let store = Store::open(&session.folder().index()).expect("the index opens");
    let snapshot = store.snapshot().expect("it was committed");
    bencher.bench_local(|| questions.next().map(|question| snapshot.count(&question)));
}

/// All that a screen needs: the listing in order, its first rows, the counts over time.
#[divan::bench(args = classes())]
fn screen(bencher: Bencher<'_, '_>, class: &str) {
    let mut session = STAGE.session();
    let mut questions = of_class(&mut session, class);
    bencher.bench_local(|| {
        let found = found(&session, &questions.next()?);
        Some((found.rows(0, ROWS), found.hits.histogram(STEPS)))
    });
}

/// A window of rows out of the middle of everything.
#[divan::bench]
fn window(bencher: Bencher<'_, '_>) {
    let found = found(&STAGE.session(), &Expr::All);
    let middle = found.hits.len() / 2;
    bencher.bench_local(|| found.rows(middle, ROWS));
}

/// The counts of everything over time.
#[divan::bench]
fn histogram(bencher: Bencher<'_, '_>) {
    let found = found(&STAGE.session(), &Expr::All);
    bencher.bench_local(|| found.hits.histogram(STEPS));
}

/// A hundred originals from all over the log, read and parsed.
#[divan::bench]
fn originals(bencher: Bencher<'_, '_>) {
    let mut session = STAGE.session();
    let places = places(&session, ROWS, 0);
    bencher
        .counter(ItemsCount::new(places.len()))
        .bench_local(|| session.originals(&places));
}
