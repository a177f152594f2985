//! What the tests of the built program share: a folder of its own for each test, the program run in it, and what it said.
//!
//! Not here: anything about one command or one kind of evidence.

#![expect(clippy::unwrap_used, reason = "a failing test should panic")]

pub mod bench;
pub mod packing;
pub mod terminal;

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// Where the real logs lie, from the repository.
pub const REAL_LOGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/samples");

/// Shapes of generated logs whose rows are native records, and some whose rows only look like them.
pub const NATIVE_SHAPES: [&str; 9] = [
    "native-lines",
    "native-array-indented",
    "native-documents",
    "panther",
    "search-json",
    "cloud-app-events",
    "wazuh",
    "graph-query-jsonl",
    "office-activity-json",
];

/// The files of the sample that comes with the program.
pub const SAMPLE: [&str; 2] = ["unified-audit-log.jsonl", "search-unified-audit-log.csv"];

/// A folder of one test: a home, evidence and a case, gone when the test ends.
pub struct Lab {
    root: TempDir,
}

impl Lab {
    /// A lab with an empty evidence folder.
    pub fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        for folder in ["home", "evidence"] {
            fs::create_dir(root.path().join(folder)).unwrap();
        }
        Self { root }
    }

    /// A lab whose evidence is the sample.
    pub fn with_sample() -> Self {
        let lab = Self::new();
        for name in SAMPLE {
            lab.write(name, sample(name));
        }
        lab
    }

    /// A lab with the sample already indexed.
    pub fn indexed() -> Self {
        let lab = Self::with_sample();
        lab.index().exits(3);
        lab
    }

    /// A path below the root.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// The folder with evidence.
    pub fn evidence(&self) -> PathBuf {
        self.path("evidence")
    }

    /// The folder of the case.
    pub fn case(&self) -> PathBuf {
        self.path("case")
    }

    /// Writes an evidence file.
    pub fn write(&self, name: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.evidence().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    /// The program, with a home and data folder inside the lab and nothing else of this machine's settings.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_grantline"));
        command.current_dir(self.root.path()).stdin(Stdio::null());
        for (name, value) in self.environment() {
            command.env(name, value);
        }
        command
    }

    /// The settings every run has.
    pub fn environment(&self) -> Vec<(&'static str, PathBuf)> {
        let home = self.path("home");
        vec![
            ("XDG_DATA_HOME", home.join("data")),
            ("XDG_CONFIG_HOME", home.join("config")),
            ("HOME", home),
            ("USER", PathBuf::from("tester")),
            ("NO_COLOR", PathBuf::from("")),
        ]
    }

    /// Runs the program to its end.
    pub fn run<S: AsRef<std::ffi::OsStr>>(&self, arguments: &[S]) -> Ran {
        Ran::of(&self.command().args(arguments).output().unwrap())
    }

    /// Runs a command on the case.
    pub fn ask(&self, arguments: &[&str]) -> Ran {
        let case = self.case();
        let mut command = self.command();
        command.args(arguments).arg("--case").arg(case);
        Ran::of(&command.output().unwrap())
    }

    /// Indexes the evidence folder into the case.
    pub fn index(&self) -> Ran {
        let evidence = self.evidence();
        self.ask(&["index", evidence.to_str().unwrap()])
    }

    /// The grants of the case, one object each.
    pub fn grants(&self) -> Vec<Value> {
        self.ask(&["grants", "--format", "jsonl"]).lines()
    }

    /// The id of the grant that a record of the evidence made.
    pub fn grant_of(&self, record: &str) -> String {
        let made = |grant: &Value| {
            let ids = grant["record_ids"].as_array().unwrap();
            ids.iter().any(|id| id == record)
        };
        let grants = self.grants();
        let grant = grants.iter().find(|grant| made(grant));
        text(&grant.unwrap()["id"])
    }

    /// The account of every evidence file, by file name.
    pub fn coverage(&self) -> BTreeMap<String, Value> {
        let files = self.ask(&["coverage", "--format", "jsonl"]).lines();
        let name = |file: &Value| text(&file["path"]).rsplit('/').next().unwrap().to_owned();
        // The last line is of all files together.
        let files = files.into_iter().filter(|file| file["path"].is_string());
        files.map(|file| (name(&file), file)).collect()
    }

    /// How many records a search over everything finds.
    pub fn searched(&self) -> usize {
        let all = self.ask(&["search", "--limit", "10000000"]);
        all.out.lines().skip(1).count()
    }
}

/// A file of the sample.
pub fn sample(name: &str) -> Vec<u8> {
    fs::read(repository().join("tests/fabrikam").join(name)).unwrap()
}

/// The top of the repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A JSON text as a string.
#[track_caller]
pub fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// A JSON number as a count.
#[track_caller]
pub fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

/// A JSON number as a length in memory.
#[track_caller]
pub fn size(value: &Value) -> usize {
    usize::try_from(number(value)).unwrap()
}

/// How many line breaks there are.
pub fn line_breaks(bytes: &[u8]) -> u64 {
    bytes.split(|byte| *byte == b'\n').count() as u64 - 1
}

/// What a run came to.
pub struct Ran {
    /// Exit code.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ran {
    /// Reads the output of a run; whatever it is, it is text, and no run panics.
    #[track_caller]
    pub fn of(output: &Output) -> Self {
        let ran = Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout.clone()).unwrap(),
            err: String::from_utf8(output.stderr.clone()).unwrap(),
        };
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
        ran
    }

    /// Checks the exit code.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        let Self { out, err, .. } = &self;
        assert_eq!(self.code, Some(code), "stdout:\n{out}\nstderr:\n{err}");
        self
    }

    /// Checks that standard error says something.
    #[track_caller]
    pub fn complains(self, about: &str) -> Self {
        assert!(self.err.contains(about), "no {about:?} in:\n{}", self.err);
        self
    }

    /// Checks that standard output says something.
    #[track_caller]
    pub fn says(self, what: &str) -> Self {
        assert!(self.out.contains(what), "no {what:?} in:\n{}", self.out);
        self
    }

    /// Standard output as JSON lines.
    #[track_caller]
    pub fn lines(&self) -> Vec<Value> {
        let parse = |line| serde_json::from_str(line).unwrap();
        self.out.lines().map(parse).collect()
    }
}
