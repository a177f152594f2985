//! Who takes part, and what each is asked to do.
//!
//! Three pieces of work: read the lines, read the table, and count the records of one mailbox. Not here: running it (`measure`).

use super::evidence::{Evidence, Log};
use super::{ACT_AS_PROGRAM, Fault, Options};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const DUCKDB_SCRIPT: &str = include_str!("duckdb_peer.py");
const SQLITE_SCRIPT: &str = include_str!("sqlite_peer.sql");
const LNAV_FORMAT: &str = include_str!("lnav_peer.json");

/// A piece of work that several do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Read the lines, and leave something to ask.
    Lines,
    /// Read the table.
    Table,
    /// Answer a question, from nothing to the answer, with what reading has left or without.
    Question,
}

impl Work {
    /// Every piece of work, in the order of the table.
    pub const ALL: [Self; 3] = [Self::Lines, Self::Table, Self::Question];

    /// The heading of its rows.
    pub fn heading(self) -> &'static str {
        match self {
            Self::Lines => "read NDJSON",
            Self::Table => "read CSV",
            Self::Question => "count the records of one mailbox, from process start",
        }
    }

    /// The file it is about.
    pub fn log(self, evidence: &Evidence) -> Option<&Log> {
        match self {
            Self::Table => evidence.table.as_ref(),
            Self::Lines | Self::Question => Some(&evidence.lines),
        }
    }
}

/// Where a step says how many records there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// In its answer.
    Said,
    /// In what it says beside it.
    Noticed,
    /// It says nothing of it.
    Nothing,
}

/// One program with one piece of work.
#[derive(Debug, Clone)]
pub struct Step {
    /// What is done, by whom.
    pub name: String,
    /// The work that it is compared by.
    pub work: Work,
    /// Whether it is Grantline's.
    pub is_ours: bool,
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Variables set for it.
    pub environment: Vec<(OsString, OsString)>,
    /// What it reads from standard input.
    pub input: Option<PathBuf>,
    /// The file or folder it leaves behind, which must not be there before.
    pub leaves: Option<PathBuf>,
    /// Where it says how many records there are.
    pub count: Count,
}

/// A tool that may be installed.
struct Tool {
    name: &'static str,
    /// Arguments upon which it says its version.
    version: &'static [&'static str],
}

/// Every peer that is one program. `DuckDB` is a module of Python's.
const TOOLS: [Tool; 5] = [
    Tool {
        name: "openssl",
        version: &["version"],
    },
    Tool {
        name: "sqlite3",
        version: &["--version"],
    },
    Tool {
        name: "rg",
        version: &["--version"],
    },
    Tool {
        name: "jq",
        version: &["--version"],
    },
    Tool {
        name: "lnav",
        version: &["-V"],
    },
];

/// Who is there.
pub struct Peers {
    /// The program under measurement, with what is set for it.
    program: (PathBuf, Vec<(OsString, OsString)>),
    /// The Python that has `DuckDB`.
    python: PathBuf,
    /// Names and versions of those that are there.
    pub found: Vec<(&'static str, String)>,
    /// Names of those that are not.
    pub missing: Vec<&'static str>,
}

impl Peers {
    /// Looks who is there.
    pub fn find(options: &Options) -> Result<Self, Fault> {
        let program = match &options.program {
            Some(program) => (program.clone(), Vec::new()),
            None => (
                std::env::current_exe()?,
                vec![(ACT_AS_PROGRAM.into(), "1".into())],
            ),
        };
        let python = std::env::var_os("GRANTLINE_PEERS_PYTHON");
        let python = python.map_or_else(|| PathBuf::from("python3"), PathBuf::from);
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        let mut note = |name, version: Option<String>| match version {
            Some(version) => found.push((name, version)),
            None => missing.push(name),
        };
        let duckdb = version(&python, &["-c", "import duckdb; print(duckdb.__version__)"]);
        note("duckdb", duckdb);
        for tool in &TOOLS {
            note(tool.name, version(Path::new(tool.name), tool.version));
        }
        Ok(Self {
            program,
            python,
            found,
            missing,
        })
    }

    fn has(&self, name: &str) -> bool {
        self.found.iter().any(|(found, _)| *found == name)
    }
}

/// The first number in what a program says of its version.
fn version(program: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let number = |word: &&str| {
        word.trim_start_matches("jq-")
            .starts_with(|first: char| first.is_ascii_digit())
    };
    let word = said.split_whitespace().find(number)?;
    output.status.success().then(|| word.to_owned())
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
            ..plain(name, work, program, arguments)
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
                ..plain(name, work, Path::new("openssl"), arguments)
            }
        };
        self.logs().map(step).collect()
    }

    fn duckdb(&self) -> Result<Vec<Step>, Fault> {
        let script = self.written("duckdb_peer.py", DUCKDB_SCRIPT)?;
        let step = |name: &str, work, what: &str, subject: OsString, store: PathBuf| {
            let arguments = vec![script.clone().into(), what.into(), subject, store.into()];
            plain(name, work, &self.peers.python, arguments)
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
            ..plain(name, Work::Lines, program, ask(reads))
        };
        let name = "SQLite: from its table and indexes";
        Ok(vec![load, plain(name, Work::Question, program, ask(asks))])
    }

    fn ripgrep(&self) -> Step {
        let pattern = format!("\"MailboxOwnerUPN\":\"{}\"", self.evidence.mailbox);
        let mut arguments = words(&["--count", "--fixed-strings", &pattern]);
        arguments.push(self.evidence.lines.path.clone().into());
        let name = "ripgrep: the text in the evidence";
        plain(name, Work::Question, Path::new("rg"), arguments)
    }

    fn jq(&self) -> Step {
        let filter =
            "reduce inputs as $row (0; if $row.MailboxOwnerUPN == $who then . + 1 else . end)";
        let mut arguments = words(&["-n", "--arg", "who", &self.evidence.mailbox, filter]);
        arguments.push(self.evidence.lines.path.clone().into());
        let name = "jq: a filter over the evidence";
        plain(name, Work::Question, Path::new("jq"), arguments)
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
        Ok(Step {
            environment: vec![("HOME".into(), home.into())],
            ..plain(name, Work::Question, Path::new("lnav"), arguments)
        })
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

/// A step that says its count, and nothing else of note.
fn plain(name: &str, work: Work, program: &Path, arguments: Vec<OsString>) -> Step {
    Step {
        name: name.to_owned(),
        work,
        is_ours: false,
        program: program.to_owned(),
        arguments,
        environment: Vec::new(),
        input: None,
        leaves: None,
        count: Count::Said,
    }
}

fn words(words: &[&str]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}
