//! A case that is driven through the library, for what the built program cannot be made to do: die behind a chosen commit, be watched.
//!
//! Not here: what a test does with it; each adds its own.

use grantline::job::Session;
use grantline::query::Expr;
use grantline::record::{Located, Provenance};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Evidence with a case beside it.
pub struct Bench {
    root: TempDir,
}

impl Bench {
    /// A bench with an empty evidence folder and no case.
    pub fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("evidence")).unwrap();
        Self { root }
    }

    /// The folder with evidence and case, which tells nothing about either.
    pub fn root(&self) -> &Path {
        self.root.path()
    }

    /// The folder with evidence.
    pub fn evidence(&self) -> PathBuf {
        self.root().join("evidence")
    }

    /// The folder of the case.
    pub fn case(&self) -> PathBuf {
        self.root().join("case")
    }

    /// Writes an evidence file.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.evidence().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Opens the case.
    pub fn open(&self) -> Session {
        Session::open_or_create(&self.case()).unwrap()
    }

    /// Every record of the index, read again from the evidence.
    #[track_caller]
    pub fn originals(&self) -> Vec<Located> {
        let mut session = self.open();
        let found = session.search(&Expr::All).unwrap();
        let rows = found.rows(0, usize::MAX).unwrap();
        let places: Vec<Provenance> = rows.iter().map(|row| row.provenance).collect();
        let (records, faults) = session.originals(&places).unwrap();
        assert!(faults.is_empty(), "{faults:?}");
        records
    }
}
