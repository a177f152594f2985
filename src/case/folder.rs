//! The folder of a case: `case.toml`, `index/`, `spool/`, `case.db`, readable by its owner alone.
//!
//! A folder that was there keeps its mode, for it may hold more than the case; what the case puts into it is private all the same.
//! A case without a name given lives in the user's data folder, named after its evidence, so that the same evidence finds its case
//! again. Not here: what is inside index and database.

use super::CaseError;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;

/// Version of the folder's layout.
const VERSION: u32 = 1;

/// What `case.toml` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Description {
    /// Version of the folder's layout.
    version: u32,
    /// Version of the index layout; another one is built anew.
    index: u32,
    /// Version of the program that made it.
    made_by: String,
}

/// An open case folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFolder {
    path: PathBuf,
    /// Whether the index is of another version and must be built anew.
    stale_index: bool,
}

impl CaseFolder {
    /// Opens the case in a folder, making it when there is none.
    pub fn open_or_create(path: &Path, index_version: u32) -> Result<Self, CaseError> {
        make_private_folder(path)?;
        if !path.join("case.toml").exists() {
            describe(path, index_version)?;
        }
        Self::open_to_write(path, index_version)
    }

    /// Opens the case in a folder to write into it: a folder in it that is missing is made again.
    pub fn open_to_write(path: &Path, index_version: u32) -> Result<Self, CaseError> {
        let folder = Self::open(path, index_version)?;
        make_private_folder(&folder.index())?;
        make_private_folder(&folder.spool())?;
        Ok(folder)
    }

    /// Opens the case in a folder.
    pub fn open(path: &Path, index_version: u32) -> Result<Self, CaseError> {
        let description = description(path)?;
        let path = fs::canonicalize(path).map_err(|source| CaseError::Folder {
            doing: "find",
            path: path.to_owned(),
            source,
        })?;
        Ok(Self {
            path,
            stale_index: description.index != index_version,
        })
    }

    /// Path of the folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The name to show: the last part of the path.
    pub fn name(&self) -> String {
        self.path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default()
    }

    /// Folder of the index.
    pub fn index(&self) -> PathBuf {
        self.path.join("index")
    }

    /// Folder of seekable copies of evidence that was packed.
    pub fn spool(&self) -> PathBuf {
        self.path.join("spool")
    }

    /// Path of the file in which an analyst may name grants that a service makes; it need not be there.
    pub fn system_grants(&self) -> PathBuf {
        self.path.join("system-grants.csv")
    }

    /// Path of the database.
    pub fn database(&self) -> PathBuf {
        self.path.join("case.db")
    }

    /// Refuses an index of another version, and says how to make it anew.
    pub fn require_current_index(&self) -> Result<(), CaseError> {
        if !self.stale_index {
            return Ok(());
        }
        let reason = format!(
            "the index was made by another version of grantline; `grantline index --case {}` (or opening the workbench on it) reads the evidence again",
            self.path.display()
        );
        Err(CaseError::Folder {
            doing: "use",
            path: self.index(),
            source: io::Error::other(reason),
        })
    }

    /// Whether the index is of another version.
    pub fn is_stale(&self) -> bool {
        self.stale_index
    }

    /// Takes away an index of another version, so that it is built anew; marks stay. Says whether it did. For one process at a time.
    pub fn renew_index(&mut self, index_version: u32) -> Result<bool, CaseError> {
        if !self.stale_index {
            return Ok(false);
        }
        if description(&self.path)?.index == index_version {
            // Another process did, and may be writing by now.
            self.stale_index = false;
            return Ok(false);
        }
        let index = self.index();
        match fs::remove_dir_all(&index) {
            // A run that was killed here has removed it already.
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                return Err(CaseError::Folder {
                    doing: "remove",
                    path: index,
                    source,
                });
            }
            _ => {}
        }
        make_private_folder(&index)?;
        describe(&self.path, index_version)?;
        self.stale_index = false;
        Ok(true)
    }
}

/// What `case.toml` says.
fn description(path: &Path) -> Result<Description, CaseError> {
    let file = path.join("case.toml");
    if !file.exists() {
        return Err(CaseError::Missing {
            path: path.to_owned(),
        });
    }
    let text = fs::read_to_string(&file).map_err(|source| CaseError::Folder {
        doing: "read",
        path: file.clone(),
        source,
    })?;
    let wrong = |reason: String| CaseError::Description {
        path: file.clone(),
        reason,
    };
    let description: Description = toml::from_str(&text).map_err(|error| {
        let what = error.message();
        wrong(format!(
            "{what}; put a copy of it back, or index the evidence into a new case"
        ))
    })?;
    if description.version > VERSION {
        return Err(wrong(format!(
            "it was made by {}, which is newer; update grantline",
            description.made_by
        )));
    }
    Ok(description)
}

/// Writes `case.toml` whole or not at all.
fn describe(path: &Path, index_version: u32) -> Result<(), CaseError> {
    let description = Description {
        version: VERSION,
        index: index_version,
        made_by: format!("grantline {}", env!("CARGO_PKG_VERSION")),
    };
    let text = toml::to_string(&description).map_err(|error| CaseError::Description {
        path: path.to_owned(),
        reason: error.to_string(),
    })?;
    // Two processes may make a case at once; each writes a file of its own.
    let new = path.join(format!("case.toml.{}.new", process::id()));
    let file = path.join("case.toml");
    let failed = |source| CaseError::Folder {
        doing: "write",
        path: file.clone(),
        source,
    };
    write_private(&new, &text).map_err(failed)?;
    fs::rename(&new, &file).map_err(failed)
}

/// Writes a file that only its owner can read.
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    // One of a dead process with the same number would keep its mode.
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}

/// Makes a folder that only its owner can look into. One that is there is left as it is.
fn make_private_folder(path: &Path) -> Result<(), CaseError> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|source| CaseError::Folder {
        doing: "make",
        path: path.to_owned(),
        source,
    })
}

/// The folder of the case for some evidence, below the user's data folder: the first name, and a digest of all paths.
pub fn name_for(evidence: &[PathBuf]) -> Result<PathBuf, CaseError> {
    let home = directories::ProjectDirs::from("", "", "grantline").ok_or(CaseError::NoHome)?;
    let mut paths: Vec<PathBuf> = evidence
        .iter()
        .map(|path| fs::canonicalize(path).unwrap_or_else(|_| path.clone()))
        .collect();
    paths.sort();
    paths.dedup();
    let mut digest = Sha256::new();
    for path in &paths {
        digest.update(path.as_os_str().as_encoded_bytes());
        digest.update([0]);
    }
    let hex: String = crate::text::hex(&digest.finalize())
        .chars()
        .take(8)
        .collect();
    let first = paths
        .first()
        .and_then(|path| path.file_stem())
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let plain: String = first
        .chars()
        .map(|character| {
            if character.is_alphanumeric() || character == '-' {
                character
            } else {
                '-'
            }
        })
        .take(40)
        .collect();
    Ok(home.data_dir().join("cases").join(format!("{plain}-{hex}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_a_case_is_said_to_have_none() {
        let folder = tempfile::tempdir().unwrap();
        let error = CaseFolder::open(folder.path(), 1).unwrap_err();
        assert!(error.to_string().contains("holds no case"), "{error}");
    }

    #[test]
    fn a_case_opens_again_and_an_old_index_is_renewed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("case");
        assert!(
            !CaseFolder::open_or_create(&path, 1)
                .unwrap()
                .renew_index(1)
                .unwrap()
        );
        let mut newer = CaseFolder::open(&path, 2).unwrap();
        let refused = newer.require_current_index().unwrap_err().to_string();
        assert!(refused.contains("grantline index --case"), "{refused}");
        assert!(newer.renew_index(2).unwrap());
        assert!(!CaseFolder::open(&path, 2).unwrap().renew_index(2).unwrap());
    }

    #[test]
    fn an_index_that_another_process_renewed_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("case");
        CaseFolder::open_or_create(&path, 1).unwrap();
        let [mut one, mut other] = [2, 2].map(|version| CaseFolder::open(&path, version).unwrap());
        assert!(one.renew_index(2).unwrap());
        fs::write(one.index().join("segment"), "").unwrap();
        assert!(!other.renew_index(2).unwrap());
        assert!(one.index().join("segment").exists());
    }

    #[test]
    fn a_case_of_a_newer_program_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(
            folder.path().join("case.toml"),
            "version = 99\nindex = 1\nmade_by = \"grantline 99\"\n",
        )
        .unwrap();
        let error = CaseFolder::open(folder.path(), 1).unwrap_err().to_string();
        assert!(error.contains("newer"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_look_into_a_case() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let case = CaseFolder::open_or_create(&folder.path().join("case"), 1).unwrap();
        assert_eq!(
            fs::metadata(case.path()).unwrap().permissions().mode() & 0o777,
            0o700
        );
    }

    #[test]
    fn the_same_evidence_has_the_same_case_in_any_order() {
        let paths = |names: [&str; 2]| names.map(PathBuf::from);
        assert_eq!(
            name_for(&paths(["/a/x.csv", "/b"])).unwrap(),
            name_for(&paths(["/b", "/a/x.csv"])).unwrap()
        );
        assert_ne!(
            name_for(&paths(["/a/x.csv", "/b"])).unwrap(),
            name_for(&paths(["/a/x.csv", "/c"])).unwrap()
        );
    }
}
