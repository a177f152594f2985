//! Who takes part: the program under measurement, and those of the others that are installed.
//!
//! Not here: what each is asked (`steps`).

use super::{ACT_AS_PROGRAM, Fault, Options};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A tool that may be installed.
struct Tool {
    name: &'static str,
    /// Arguments upon which it says its version.
    version: &'static [&'static str],
}

/// Every peer that is one program. `DuckDB` is a module of Python's.
const TOOLS: [Tool; 6] = [
    Tool {
        name: "openssl",
        version: &["version"],
    },
    Tool {
        name: "sha256sum",
        version: &["--version"],
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
    pub program: (PathBuf, Vec<(OsString, OsString)>),
    /// The Python that has `DuckDB`.
    pub python: PathBuf,
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

    /// Whether one is there.
    pub fn has(&self, name: &str) -> bool {
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
