//! Questions of every class, with values out of the case that is asked.
//!
//! A class is a text with names in capitals; each record looked at gives values for them. So a class is asked with many values, and whoever
//! else answers it is given the same. Not here: how long answers take (`answer`).

#![expect(
    clippy::expect_used,
    reason = "a measurement that cannot be made should fail where it failed"
)]

use grantline::job::Session;
use grantline::query::{self, Expr, On, Subject};
use grantline::record::{Located, Provenance, Record};
use std::collections::{BTreeMap, BTreeSet};

/// A class of questions: its name, and the question.
pub type Class = (&'static str, &'static str);

/// Every class that has a way of its own to be answered.
pub const CLASSES: [Class; 12] = [
    ("exact, listed", "mailbox:\"MAILBOX\""),
    ("exact, not listed", "op:\"OPERATION\""),
    ("prefix", "user:BEGINNING*"),
    ("contains", "user:*PART*"),
    ("bare word", "PART"),
    ("phrase", "\"PHRASE\""),
    ("time range", "time:>=FROM time:<TO"),
    (
        "and of three",
        "mailbox:\"MAILBOX\" op:\"OPERATION\" time:>=FROM",
    ),
    ("not", "-op:\"OPERATION\""),
    ("everything", ""),
    ("record id", "id:\"RECORD\""),
    ("message id", "\"MESSAGE\""),
];

/// Length in days of a range of time that is asked for.
const RANGE: i64 = 14;

/// Characters of a beginning that is asked for.
const BEGINNING: usize = 4;

/// Values of a record by the names that stand for them; blank ones are not there.
pub type Sample = BTreeMap<&'static str, String>;

/// Values of some records, evenly out of the whole case.
pub fn samples(session: &mut Session, most: usize) -> Vec<Sample> {
    let places = places(session, most, 0);
    let (records, _) = session
        .originals(&places)
        .expect("the evidence is still there");
    let mut samples: Vec<Sample> = records.iter().map(sample).collect();
    // A class without names must be asked too.
    samples.push(Sample::new());
    samples
}

/// Where some records stand, evenly out of the whole case, beginning with one of the first.
pub fn places(session: &Session, most: usize, first: usize) -> Vec<Provenance> {
    let found = session.search(&Expr::All).expect("all is found");
    let step = (found.hits.len() / most).max(1);
    let rows = (0..most).map(|number| found.rows(first % step + number * step, 1));
    let rows = rows.flat_map(|rows| rows.expect("rows are there"));
    rows.map(|row| row.provenance).collect()
}

/// The questions of a class, each once, with the values that fill it.
pub fn questions(class: Class, samples: &[Sample]) -> Vec<(String, &Sample)> {
    let mut seen = BTreeSet::new();
    let filled = samples
        .iter()
        .filter_map(|sample| Some((fill(class.1, sample)?, sample)));
    filled
        .filter(|(text, _)| seen.insert(text.clone()))
        .collect()
}

/// What a question means.
pub fn read(question: &str) -> Expr {
    query::parse(question, On::Record).expect("it is a query")
}

/// Puts values for names; `None` when the record has no value for one.
fn fill(question: &str, sample: &Sample) -> Option<String> {
    let is_name = |character: char| character.is_ascii_uppercase();
    let mut filled = String::new();
    let mut rest = question;
    while let Some(at) = rest.find(is_name) {
        let (before, from) = rest.split_at(at);
        let end = from.find(|character| !is_name(character));
        let (name, after) = from.split_at(end.unwrap_or(from.len()));
        filled.push_str(before);
        filled.push_str(sample.get(name)?);
        rest = after;
    }
    filled.push_str(rest);
    Some(filled)
}

fn sample(located: &Located) -> Sample {
    let record = &located.record;
    let mut sample = Sample::new();
    let mut put = |name, value: &str| {
        // What would have to be escaped in a question is not asked for.
        if !value.trim().is_empty() && !value.contains(['"', '\\', '*']) {
            sample.insert(name, value.to_owned());
        }
    };
    put("MAILBOX", &record.mailbox.owner);
    put("OPERATION", record.operation.as_str());
    let name = record.user.split('@').next().unwrap_or_default();
    let part = longest_run(name);
    if part.len() >= BEGINNING {
        put("PART", part);
        put("BEGINNING", name.get(..BEGINNING).unwrap_or_default());
    }
    put("PHRASE", &phrase(record));
    put("RECORD", &record.id.0);
    put("MESSAGE", record.message_ids().next().unwrap_or_default());
    if let Some(time) = record.time {
        let day = |time: chrono::DateTime<chrono::Utc>| time.format("%Y-%m-%dT%H:%M").to_string();
        put("FROM", &day(time));
        put("TO", &day(time + chrono::TimeDelta::days(RANGE)));
    }
    sample
}

/// The longest run of letters.
fn longest_run(text: &str) -> &str {
    let runs = text.split(|character: char| !character.is_ascii_alphabetic());
    runs.max_by_key(|run| run.len()).unwrap_or_default()
}

/// Two words that stand side by side in a text of the record, the first such pair; empty when there is none.
fn phrase(record: &Record) -> String {
    let mut phrase = String::new();
    Subject::texts(record, &mut |text| {
        if phrase.is_empty() {
            let mut words = text.split_ascii_whitespace();
            if let Some((one, other)) = words.next().zip(words.next()) {
                phrase = format!("{one} {other}");
            }
        }
    });
    phrase
}
