//! Chain of custody: whether the evidence is still what was indexed, and the index what was written, byte for byte.
//!
//! Everything is read and nothing is written. Not here: what changed inside of a file, and how the index is checked (`store`).

use crate::case::FileState;
use crate::evidence;
use crate::store::StoreError;
use crate::time::{from_micros, show};
use serde::Serialize;
use std::path::Path;

/// How a file stands to what was indexed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Every byte is the same.
    Unchanged,
    /// What was indexed is unchanged, and more stands behind it.
    Grown,
    /// It holds something else.
    Changed,
    /// It is what was indexed last, and was something else when it was indexed before.
    Replaced,
    /// It cannot be opened or read.
    Missing,
    /// It was never read through, so that there is nothing to compare with.
    Unread,
    /// It is a file of the index, and not what was written.
    Damaged,
}

impl Standing {
    /// The word used in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Grown => "grown",
            Self::Changed => "CHANGED",
            Self::Replaced => "REPLACED",
            Self::Missing => "MISSING",
            Self::Unread => "unread",
            Self::Damaged => "DAMAGED",
        }
    }

    /// Whether the evidence is no longer what was indexed.
    pub fn is_difference(self) -> bool {
        matches!(
            self,
            Self::Grown | Self::Changed | Self::Replaced | Self::Missing
        )
    }
}

/// One file, compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Number of the file in the case; 0 for a file of the index.
    pub number: u32,
    /// Path, with the names of a member below that of its packed file.
    pub path: String,
    /// How it stands.
    pub standing: Standing,
    /// SHA-256 when it was indexed, in lower hex; empty when it was never read through.
    pub sha256: String,
    /// SHA-256 now; empty when it cannot be read.
    pub now: String,
    /// What there is to say, in one sentence; empty when unchanged.
    pub detail: String,
}

/// Digests every file of the case again. Members of packed files are compared by their copies in the spool.
pub fn verify(files: &[FileState], spool: &Path) -> Vec<Verified> {
    let opened = files.iter().filter(|state| !state.is_place());
    opened.map(|state| verify_one(state, spool)).collect()
}

/// A file of the index that is damaged.
pub fn damaged(path: &Path, error: &StoreError) -> Verified {
    Verified {
        number: 0,
        path: path.to_string_lossy().into_owned(),
        standing: Standing::Damaged,
        sha256: String::new(),
        now: String::new(),
        detail: error.to_string(),
    }
}

fn verify_one(state: &FileState, spool: &Path) -> Verified {
    // A member that was refused as a whole left no copy behind: its packed file vouches for it.
    let is_vouched = state.is_member() && !state.account.spooled;
    let (standing, now, detail) = if state.sha256.is_empty() || is_vouched {
        unread(state, is_vouched)
    } else {
        compare(state, &state.location(spool))
    };
    let (standing, detail) = with_former(state, standing, detail);
    Verified {
        number: state.file,
        path: state.name().to_string_lossy().into_owned(),
        standing,
        sha256: state.sha256.clone(),
        now,
        detail,
    }
}

/// Adds what the file was when it was indexed before, which a new digest must not cover up.
fn with_former(state: &FileState, standing: Standing, detail: String) -> (Standing, String) {
    let former = state.account.former.iter();
    // What cannot be read now is compared when it is back; until then it is not forgotten either.
    let was = state.account.was.iter();
    let was = was.filter(|_| !state.fault.is_empty());
    let told: Vec<String> = former
        .chain(was)
        .filter(|former| former.sha256 != state.sha256)
        .map(|former| {
            let until = match former.until {
                0 => String::new(),
                until => format!(", until {}", show(from_micros(until))),
            };
            format!(
                "it was indexed before with the SHA-256 {} ({} bytes){until}",
                former.sha256, former.size
            )
        })
        .collect();
    if told.is_empty() {
        return (standing, detail);
    }
    let standing = match standing {
        Standing::Unchanged => Standing::Replaced,
        // It was read once.
        Standing::Unread => Standing::Missing,
        other => other,
    };
    let parts = std::iter::once(detail).chain(told);
    let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
    (standing, parts.join("; "))
}

fn unread(state: &FileState, is_vouched: bool) -> (Standing, String, String) {
    let detail = if is_vouched {
        "it was not read, and no copy of it is kept; the packed file stands for it".to_owned()
    } else if state.fault.is_empty() {
        "it was not read through; index the evidence again".to_owned()
    } else {
        state.fault.clone()
    };
    (Standing::Unread, String::new(), detail)
}

fn compare(state: &FileState, path: &Path) -> (Standing, String, String) {
    let now = match evidence::digest(path, None) {
        Ok(now) => now,
        Err(error) if state.is_member() => {
            let detail = format!(
                "the copy of it that the case keeps is lost; index the evidence again to make it anew ({error})"
            );
            return (Standing::Missing, String::new(), detail);
        }
        Err(error) => return (Standing::Missing, String::new(), error.to_string()),
    };
    if now.sha256 == state.sha256 {
        return (Standing::Unchanged, now.sha256, String::new());
    }
    let before = evidence::digest(path, Some(state.size)).ok();
    let is_longer = now.size > state.size;
    if is_longer && before.is_some_and(|before| before.sha256 == state.sha256) {
        let more = now.size - state.size;
        let detail = format!(
            "{more} bytes were added behind what was indexed; index the evidence again to read them"
        );
        return (Standing::Grown, now.sha256, detail);
    }
    let detail = format!(
        "its content differs from what was indexed: it had {} bytes then and has {} now; what was indexed cannot be shown from it any more",
        state.size, now.size
    );
    (Standing::Changed, now.sha256, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn state(path: &Path, content: &str) -> FileState {
        fs::write(path, content).unwrap();
        let digest = evidence::digest(path, None).unwrap();
        FileState {
            path: path.to_owned(),
            size: digest.size,
            sha256: digest.sha256,
            finished: true,
            ..FileState::default()
        }
    }

    #[test]
    fn what_happened_to_a_file_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        let known = state(&path, "one\n");
        let standing = || verify(std::slice::from_ref(&known), folder.path())[0].standing;
        assert_eq!(standing(), Standing::Unchanged);
        fs::write(&path, "one\ntwo\n").unwrap();
        assert_eq!(standing(), Standing::Grown);
        fs::write(&path, "two\n").unwrap();
        assert_eq!(standing(), Standing::Changed);
        fs::remove_file(&path).unwrap();
        assert_eq!(standing(), Standing::Missing);
    }

    #[test]
    fn a_member_is_compared_by_its_copy() {
        let folder = tempfile::tempdir().unwrap();
        let mut known = state(&folder.path().join("000007"), "row\n");
        known.file = 7;
        known.path = "/evidence/logs.zip".into();
        known.member = "a.json".to_owned();
        known.account.spooled = true;
        let verified = &verify(std::slice::from_ref(&known), folder.path())[0];
        assert_eq!(verified.standing, Standing::Unchanged);
        assert!(verified.path.ends_with("logs.zip/a.json"));
        fs::remove_file(folder.path().join("000007")).unwrap();
        let verified = &verify(std::slice::from_ref(&known), folder.path())[0];
        assert_eq!(verified.standing, Standing::Missing);
        assert!(verified.detail.starts_with("the copy"), "{verified:?}");
        known.account.spooled = false;
        let verified = &verify(&[known], folder.path())[0];
        assert_eq!(verified.standing, Standing::Unread);
    }
}
