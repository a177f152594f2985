//! How long the answers of a case take, class by class: in this process, as the workbench asks.
//!
//! Two kinds of answers: the number of records alone; and what a screen needs, which is that number, the first hundred rows in order of
//! time, and the counts over time. Not here: the questions (`asked`).

#![expect(
    clippy::expect_used,
    reason = "a measurement that cannot be made should fail where it failed"
)]

use super::asked::{CLASSES, Sample, places, questions, read};
use grantline::job::Session;
use grantline::store::Store;
use std::path::Path;
use std::time::{Duration, Instant};

/// Rows of a screen, with some to spare.
const ROWS: usize = 100;

/// Steps of the counts over time.
const STEPS: usize = 160;

/// Times of one kind of answer.
#[derive(Debug, Clone, Copy, Default)]
pub struct Times {
    /// The middle one.
    pub p50: Duration,
    /// The one that 19 of 20 do not exceed.
    pub p95: Duration,
}

impl Times {
    /// Sums some times up; zero when there are none.
    pub fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let at = |part: usize| {
            let rank = (times.len() * part).div_ceil(100).saturating_sub(1);
            times.get(rank).copied().unwrap_or_default()
        };
        Self {
            p50: at(50),
            p95: at(95),
        }
    }

    /// Both in milliseconds, as a cell of a table.
    pub fn cell(self) -> String {
        let milliseconds = |time: Duration| {
            let time = time.as_secs_f64() * 1000.0;
            let digits = match time {
                time if time < 0.1 => 4,
                time if time < 10.0 => 2,
                _ => 0,
            };
            format!("{time:.digits$}")
        };
        format!("{} / {}", milliseconds(self.p50), milliseconds(self.p95))
    }
}

/// What a class came to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Answered {
    /// Name of the class.
    pub class: &'static str,
    /// Questions asked.
    pub questions: usize,
    /// Records found by all of them together.
    pub hits: u64,
    /// Of numbers alone.
    pub count: Times,
    /// Of all that a screen needs.
    pub screen: Times,
}

/// Asks every class with at most so many values.
pub fn ask(session: &Session, samples: &[Sample], most: usize) -> Vec<Answered> {
    let store = Store::open(&session.folder().index()).expect("the index opens");
    let snapshot = store.snapshot().expect("it was committed");
    let answered = CLASSES.map(|class| {
        let (mut counts, mut screens, mut hits) = (Vec::new(), Vec::new(), 0);
        let questions = questions(class, samples);
        for (text, _) in questions.iter().take(most) {
            let question = read(text);
            let begun = Instant::now();
            hits += snapshot.count(&question).expect("it is counted");
            counts.push(begun.elapsed());
            let begun = Instant::now();
            let found = session.search(&question).expect("it is answered");
            let rows = found.rows(0, ROWS).expect("rows are there");
            std::hint::black_box((found.hits.len(), rows, found.hits.histogram(STEPS)));
            screens.push(begun.elapsed());
        }
        Answered {
            class: class.0,
            questions: counts.len(),
            hits,
            count: Times::of(counts),
            screen: Times::of(screens),
        }
    });
    answered.into()
}

/// Opens a case and answers a first question, again and again.
pub fn reopen(case: &Path, rounds: usize) -> Times {
    let times = (0..rounds).map(|_| {
        let begun = Instant::now();
        let session = Session::open(case).expect("the case opens");
        let found = session.search(&read("is:grant")).expect("it is answered");
        std::hint::black_box(found.rows(0, ROWS).expect("rows are there"));
        begun.elapsed()
    });
    Times::of(times.collect())
}

/// Reads a hundred originals from all over the evidence and parses them, again and again.
pub fn originals(session: &mut Session, rounds: usize) -> Times {
    let times = (0..rounds).map(|round| {
        let places = places(session, ROWS, round * 7919);
        let begun = Instant::now();
        std::hint::black_box(session.originals(&places).expect("they are there"));
        begun.elapsed()
    });
    Times::of(times.collect())
}
