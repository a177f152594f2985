//! Questions to programs that run already: what a person waits for who asks one after another. Grantline in this process, `DuckDB` in one of its
//! own, each with the same values and its own clock.
//!
//! Not here: the questions (`asked`), the whole of a process (`steps`).

use super::answer::{self, Answered, Times};
use super::asked::{self, CLASSES, Sample};
use super::evidence::Evidence;
use super::peers::Peers;
use super::{Fault, Options, steps};
use grantline::job::Session;
use serde_json::{Map, Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Records looked at for values: one in seven has a text to be searched for a phrase.
const LOOKED_AT: usize = 700;

/// Times that a case is opened, and originals are read.
const ROUNDS: usize = 20;

/// What was answered, and how fast.
pub struct Answers {
    /// By Grantline, class by class.
    pub ours: Vec<Answered>,
    /// By `DuckDB`, of the classes that its tables can answer.
    pub theirs: Vec<Answered>,
    /// Opening what is on the disk, and a first answer: Grantline's, and `DuckDB`'s when it is there.
    pub reopen: (Times, Option<Times>),
    /// A hundred originals, read and parsed.
    pub originals: Times,
}

/// Asks.
pub fn ask(
    options: &Options,
    evidence: &Evidence,
    peers: &Peers,
    folder: &Path,
) -> Result<Answers, Fault> {
    let case = steps::case(folder);
    let mut session = Session::open(&case)?;
    let samples = asked::samples(&mut session, LOOKED_AT);
    let theirs = theirs(options, evidence, peers, folder, &samples)?;
    Ok(Answers {
        ours: answer::ask(&session, &samples, options.values),
        theirs: theirs.as_ref().map(read_all).unwrap_or_default(),
        reopen: (
            answer::reopen(&case, ROUNDS),
            theirs
                .as_ref()
                .map(|said| Times::of(times(&said["reopen"]))),
        ),
        originals: answer::originals(&mut session, ROUNDS),
    })
}

/// What `DuckDB` says to the same questions; nothing when it is not there or was not asked to read.
fn theirs(
    options: &Options,
    evidence: &Evidence,
    peers: &Peers,
    folder: &Path,
    samples: &[Sample],
) -> Result<Option<Value>, Fault> {
    let store = steps::database(folder);
    if !peers.has("duckdb") || !store.exists() {
        return Ok(None);
    }
    let values = CLASSES.map(|class| {
        let questions = asked::questions(class, samples).into_iter();
        let samples = questions.take(options.values).map(|(_, sample)| sample);
        (class.0.to_owned(), json!(samples.collect::<Vec<&Sample>>()))
    });
    let order = json!({
        "rounds": ROUNDS,
        "mailbox": evidence.mailbox,
        "classes": values.into_iter().collect::<Map<String, Value>>(),
    });
    let (script, questions) = (folder.join("duckdb_peer.py"), folder.join("questions.json"));
    fs::write(&script, steps::DUCKDB_SCRIPT)?;
    fs::write(&questions, serde_json::to_vec(&order)?)?;
    let mut command = Command::new(&peers.python);
    let output = command
        .arg(script)
        .arg("answer")
        .arg(questions)
        .arg(store)
        .output()?;
    if !output.status.success() {
        return Err(format!("DuckDB: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(Some(serde_json::from_slice(&output.stdout)?))
}

fn read_all(said: &Value) -> Vec<Answered> {
    let answered = CLASSES.iter().filter_map(|(class, _)| {
        let said = said["classes"].get(class)?;
        Some(Answered {
            class,
            questions: said["count"].as_array().map_or(0, Vec::len),
            hits: said["hits"].as_u64().unwrap_or_default(),
            count: Times::of(times(&said["count"])),
            screen: Times::of(times(&said["screen"])),
        })
    });
    answered.collect()
}

/// A list of seconds.
fn times(said: &Value) -> Vec<Duration> {
    let numbers = said.as_array().into_iter().flatten();
    let numbers = numbers.filter_map(Value::as_f64);
    numbers.map(Duration::from_secs_f64).collect()
}
