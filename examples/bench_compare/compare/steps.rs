//! What each of those who take part is asked to do.
//!
//! Not here: running it (`measure`), questions within a running program (`answers`).

use super::Fault;
use super::evidence::{Evidence, Log};
use super::peers::Peers;
use super::step::{Count, Step, Work};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// What `DuckDB` is asked, in Python.
pub const DUCKDB_SCRIPT: &str = include_str!("duckdb_peer.py");
const SQLITE_SCRIPT: &str = include_str!("sqlite_peer.sql");
const LNAV_FORMAT: &str = include_str!("lnav_peer.json");

/// The case that Grantline leaves behind of the lines.
pub fn case(folder: &Path) -> PathBuf {
    folder.join("lines-case")
}

/// The database that `DuckDB` leaves behind of the lines, with a table of message ids.
pub fn database(folder: &Path) -> PathBuf {
    folder.join("lines-messages.duckdb")
}

/// Everything that is done, in the order of a round.
pub fn steps(peers: &Peers, evidence: &Evidence, folder: &Path) -> Result<Vec<Step>, Fault> {
    let maker = Maker {
        peers,
        evidence,
        folder,
    };
    let mut steps = maker.ours();
    if peers.has("openssl") {
        steps.extend(maker.openssl());
    }
    if peers.has("sha256sum") {
        steps.push(maker.sha256sum());
    }
    if peers.has("duckdb") {
        steps.extend(maker.duckdb()?);
    }
    if peers.has("sqlite3") {
        steps.extend(maker.sqlite()?);
    }
    if peers.has("rg") {
        steps.push(maker.ripgrep());
    }
    if peers.has("jq") {
        steps.push(maker.jq());
    }
    if peers.has("lnav") {
        steps.push(maker.lnav()?);
    }
    Ok(steps)
}

/// Makes the steps of a comparison.
struct Maker<'a> {
    peers: &'a Peers,
    evidence: &'a Evidence,
    folder: &'a Path,
}

impl Maker<'_> {
    /// The logs with the work of reading them.
    fn logs(&self) -> impl Iterator<Item = (Work, &Log)> {
        let works = [Work::Lines, Work::Table].into_iter();
        works.filter_map(|work| Some((work, work.log(self.evidence)?)))
    }

    fn own(&self, name: &str, work: Work, arguments: Vec<OsString>) -> Step {
        let (program, environment) = &self.peers.program;
        Step {
            is_ours: true,
            environment: environment.clone(),
            ..Step::plain(name, work, program, arguments)
        }
    }

    fn ours(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        for (work, log) in self.logs() {
            let case = self.place(work, "case");
            let mut arguments = words(&["index", "--progress", "none", "--case"]);
            arguments.extend([case.clone().into(), log.path.clone().into()]);
            let name = "**grantline index**: SHA-256, de-duplication, ledger, index";
            steps.push(Step {
                leaves: Some(case),
                ..self.own(name, work, arguments)
            });
        }
        let mailbox = format!("mailbox:{}", self.evidence.mailbox);
        let questions = [
            (
                "**grantline search**",
                vec!["search", &mailbox, "--limit", "1"],
                Count::Noticed,
            ),
            (
                "grantline coverage: reopen, account of every file",
                vec!["coverage"],
                Count::Nothing,
            ),
            (
                "grantline grants: read again, judged, ranked",
                vec!["grants", "--format", "jsonl"],
                Count::Nothing,
            ),
        ];
        for (name, question, count) in questions {
            let mut arguments = words(&question);
            arguments.extend(["--case".into(), self.place(Work::Lines, "case").into()]);
            steps.push(Step {
                count,
                ..self.own(name, Work::Question, arguments)
            });
        }
        steps
    }

    fn openssl(&self) -> Vec<Step> {
        let step = |(work, log): (Work, &Log)| {
            let mut arguments = words(&["dgst", "-sha256"]);
            arguments.push(log.path.clone().into());
            let name = "openssl dgst -sha256: the digest alone";
            Step {
                count: Count::Nothing,
                ..Step::plain(name, work, Path::new("openssl"), arguments)
            }
        };
        self.logs().map(step).collect()
    }

    fn sha256sum(&self) -> Step {
        let arguments = vec![self.evidence.lines.path.clone().into()];
        let name = "sha256sum: the digest alone";
        Step {
            count: Count::Nothing,
            ..Step::plain(name, Work::Lines, Path::new("sha256sum"), arguments)
        }
    }

    fn duckdb(&self) -> Result<Vec<Step>, Fault> {
        let script = self.written("duckdb_peer.py", DUCKDB_SCRIPT)?;
        let step = |name: &str, work, what: &str, subject: OsString, store: PathBuf| {
            let arguments = vec![script.clone().into(), what.into(), subject, store.into()];
            Step::plain(name, work, &self.peers.python, arguments)
        };
        let mut steps = Vec::new();
        for (work, log) in self.logs() {
            let loads: &[(&str, &str)] = match work {
                Work::Table => &[("csv", "DuckDB: 15 columns out of AuditData")],
                Work::Lines | Work::Question => &[
                    ("columns", "DuckDB: 15 columns"),
                    ("messages", "DuckDB: 23 columns and a table of message ids"),
                ],
            };
            for (what, name) in loads {
                let store = self.place(work, &format!("{what}.duckdb"));
                let subject = log.path.clone().into();
                steps.push(Step {
                    leaves: Some(store.clone()),
                    ..step(name, work, what, subject, store)
                });
            }
        }
        let (mailbox, store) = (
            &self.evidence.mailbox,
            self.place(Work::Lines, "columns.duckdb"),
        );
        let name = "DuckDB: from its table of 15 columns";
        steps.push(step(name, Work::Question, "ask", mailbox.into(), store));
        Ok(steps)
    }

    fn sqlite(&self) -> Result<Vec<Step>, Fault> {
        let evidence = self.evidence.lines.path.display().to_string();
        let load = SQLITE_SCRIPT.replace("EVIDENCE", &evidence.replace('\'', "''"));
        let script = self.written("sqlite_peer.sql", &load)?;
        let store = self.place(Work::Lines, "sqlite");
        let program = Path::new("sqlite3");
        let ask = |question: String| vec!["-batch".into(), store.clone().into(), question.into()];
        let mailbox = self.evidence.mailbox.replace('\'', "''");
        let reads = format!(".read '{}'", script.display());
        let asks = format!("SELECT count(*) FROM record WHERE mailbox = '{mailbox}'");
        let name = "SQLite: 15 columns by json_extract, 6 indexes";
        let load = Step {
            leaves: Some(store.clone()),
            ..Step::plain(name, Work::Lines, program, ask(reads))
        };
        let name = "SQLite: from its table and indexes";
        Ok(vec![
            load,
            Step::plain(name, Work::Question, program, ask(asks)),
        ])
    }

    fn ripgrep(&self) -> Step {
        let pattern = format!("\"MailboxOwnerUPN\":\"{}\"", self.evidence.mailbox);
        let mut arguments = words(&["--count", "--fixed-strings", &pattern]);
        arguments.push(self.evidence.lines.path.clone().into());
        let name = "ripgrep: the text in the evidence";
        reading(Step::plain(
            name,
            Work::Question,
            Path::new("rg"),
            arguments,
        ))
    }

    fn jq(&self) -> Step {
        let filter =
            "reduce inputs as $row (0; if $row.MailboxOwnerUPN == $who then . + 1 else . end)";
        let mut arguments = words(&["-n", "--arg", "who", &self.evidence.mailbox, filter]);
        arguments.push(self.evidence.lines.path.clone().into());
        let name = "jq: a filter over the evidence";
        reading(Step::plain(
            name,
            Work::Question,
            Path::new("jq"),
            arguments,
        ))
    }

    fn lnav(&self) -> Result<Step, Fault> {
        // A home of its own, so that it learns the format here and nowhere else.
        let home = self.folder.join("lnav");
        let formats = home.join(".lnav/formats/installed");
        fs::create_dir_all(&formats)?;
        fs::write(formats.join("unified_audit.json"), LNAV_FORMAT)?;
        let mailbox = self.evidence.mailbox.replace('\'', "''");
        let question =
            format!(";SELECT count(*) AS n FROM unified_audit WHERE MailboxOwnerUPN = '{mailbox}'");
        let mut arguments = words(&["-n", "-c", &question]);
        arguments.push(self.evidence.lines.path.clone().into());
        let name = "lnav: SQL over the evidence";
        Ok(reading(Step {
            environment: vec![("HOME".into(), home.into())],
            ..Step::plain(name, Work::Question, Path::new("lnav"), arguments)
        }))
    }

    /// Where something is left behind.
    fn place(&self, work: Work, name: &str) -> PathBuf {
        let before = if work == Work::Table {
            "table"
        } else {
            "lines"
        };
        self.folder.join(format!("{before}-{name}"))
    }

    fn written(&self, name: &str, text: &str) -> Result<PathBuf, Fault> {
        let path = self.folder.join(name);
        fs::write(&path, text)?;
        Ok(path)
    }
}

fn words(words: &[&str]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}

/// A step that answers its question by reading everything, and keeps nothing.
fn reading(step: Step) -> Step {
    Step {
        also: Some(Work::Lines),
        ..step
    }
}
