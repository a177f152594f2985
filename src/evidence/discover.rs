//! Finding evidence files: every file below the given paths, once.
//!
//! Hidden files count: evidence is not hidden from an analyst by a dot. Not here: whether a file is a log.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, FileType, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// What was found below some paths.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Discovery {
    /// The files, sorted by path.
    pub files: Vec<Found>,
    /// What could not be looked into, in the order met.
    pub faults: Vec<Fault>,
}

/// A file that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its canonical path: absolute, without links.
    pub path: PathBuf,
    /// Its length in bytes.
    pub size: u64,
    /// When it was last changed, in microseconds since 1970; zero where the file system does not say.
    pub modified: i64,
}

/// A path that yields no file, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The path as given or met.
    pub path: PathBuf,
    /// Why, in words.
    pub reason: String,
}

/// Finds the evidence files below the given paths. Links are followed, each file and folder counts once, and whatever cannot be looked
/// into is a fault.
pub fn discover(paths: &[PathBuf]) -> Discovery {
    let mut walk = Walk::default();
    for path in paths {
        walk.visit(path);
    }
    Discovery {
        files: walk.files.into_values().collect(),
        faults: walk.faults,
    }
}

#[derive(Default)]
struct Walk {
    files: BTreeMap<PathBuf, Found>,
    /// Canonical paths of folders entered, which ends loops of links.
    folders: BTreeSet<PathBuf>,
    faults: Vec<Fault>,
}

impl Walk {
    fn visit(&mut self, path: &Path) {
        match fs::canonicalize(path).and_then(|real| Ok((fs::metadata(&real)?, real))) {
            Ok((metadata, real)) if metadata.is_dir() => self.folder(path, real),
            Ok((metadata, real)) if metadata.is_file() => self.file(real, &metadata),
            Ok((metadata, _)) => self.fault(path, kind(metadata.file_type())),
            Err(error) => self.fault(path, &unseen(path, &error)),
        }
    }

    fn file(&mut self, real: PathBuf, metadata: &Metadata) {
        let found = Found {
            path: real.clone(),
            size: metadata.len(),
            modified: modified(metadata),
        };
        self.files.insert(real, found);
    }

    fn folder(&mut self, path: &Path, real: PathBuf) {
        if self.folders.contains(&real) {
            return;
        }
        match children(&real) {
            Ok(children) if children.is_empty() => self.fault(path, "holds no files"),
            Ok(children) => {
                self.folders.insert(real);
                for child in children {
                    self.visit(&child);
                }
            }
            Err(error) => self.fault(path, &format!("cannot be listed: {error}")),
        }
    }

    fn fault(&mut self, path: &Path, reason: &str) {
        self.faults.push(Fault {
            path: path.to_owned(),
            reason: reason.to_owned(),
        });
    }
}

fn children(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut children = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()?;
    children.sort();
    Ok(children)
}

fn unseen(path: &Path, error: &io::Error) -> String {
    if path.is_symlink() {
        format!("is a link that leads nowhere: {error}")
    } else {
        format!("cannot be opened: {error}")
    }
}

fn modified(metadata: &Metadata) -> i64 {
    let Ok(modified) = metadata.modified() else {
        return 0;
    };
    let micros =
        |length: std::time::Duration| i64::try_from(length.as_micros()).unwrap_or(i64::MAX);
    match modified.duration_since(UNIX_EPOCH) {
        Ok(after) => micros(after),
        Err(before) => -micros(before.duration()),
    }
}

/// What a thing is that is neither file nor folder.
#[cfg(unix)]
fn kind(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_socket() {
        "is a socket, no file"
    } else if kind.is_fifo() {
        "is a pipe, no file; save its content to a file first"
    } else {
        "is a device, no file"
    }
}

/// What a thing is that is neither file nor folder.
#[cfg(not(unix))]
fn kind(_: FileType) -> &'static str {
    "is no regular file"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(discovery: &Discovery) -> Vec<String> {
        discovery
            .files
            .iter()
            .filter_map(|found| Some(found.path.file_name()?.to_string_lossy().into_owned()))
            .collect()
    }

    #[test]
    fn files_are_found_once_and_sorted() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir(root.join("b")).unwrap();
        for name in ["z.json", ".hidden", "b/a.csv"] {
            fs::write(root.join(name), "x").unwrap();
        }
        let discovery = discover(&[root.to_owned(), root.join("z.json"), root.join("b")]);
        assert_eq!(names(&discovery), [".hidden", "a.csv", "z.json"]);
        assert!(discovery.faults.is_empty());
        let found = &discovery.files[0];
        assert!(found.path.is_absolute() && found.size == 1 && found.modified > 0);
    }

    #[test]
    fn what_yields_nothing_is_a_fault() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir(root.join("empty")).unwrap();
        let discovery = discover(&[root.to_owned(), root.join("missing")]);
        let faults: Vec<_> = discovery
            .faults
            .iter()
            .map(|fault| (fault.path.clone(), fault.reason.as_str()))
            .collect();
        assert_eq!(faults[0], (faults[0].0.clone(), "holds no files"));
        assert_eq!(faults[1].0, root.join("missing"));
        assert_eq!(faults.len(), 2);
    }

    #[cfg(unix)]
    #[test]
    fn links_and_sockets_are_understood() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::write(root.join("a"), "x").unwrap();
        symlink(root, root.join("loop")).unwrap();
        symlink(root.join("a"), root.join("again")).unwrap();
        symlink(root.join("gone"), root.join("nowhere")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(root.join("socket")).unwrap();
        let discovery = discover(&[root.to_owned()]);
        assert_eq!(names(&discovery), ["a"]);
        let reasons: Vec<_> = discovery.faults.iter().map(|fault| &fault.reason).collect();
        assert!(reasons[0].contains("leads nowhere"), "{reasons:?}");
        assert!(reasons[1].contains("socket"), "{reasons:?}");
    }
}
