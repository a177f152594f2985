//! What to do about a disk that refuses: the last part of a complaint.
//!
//! Not here: evidence that cannot be read, which says itself what to do.

use super::Fault;
use std::io::{self, ErrorKind};
use tantivy::TantivyError;
use tantivy::directory::error::{LockError, OpenDirectoryError, OpenReadError, OpenWriteError};

/// What to do when the index is not to be read.
const REBUILD: &str =
    "; remove this folder and index the evidence again: what was marked is kept elsewhere";

/// What to do about an error of the system where the case writes.
pub fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            "; make room on its disk and do it again: what was done before is kept"
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            "; make it writable for your account, or choose another place"
        }
        ErrorKind::AlreadyExists => "; choose another name: nothing is written over",
        ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::IsADirectory => {
            "; check the path, and that its disk is there"
        }
        // Made by this program, and said with it.
        ErrorKind::Other => "",
        _ => "; check its disk and do it again",
    }
}

/// The same for something new, of which nothing is kept when it fails.
pub fn advice_on_new(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            "; make room on its disk and do it again"
        }
        _ => advice(error),
    }
}

/// What to do about a fault of the index.
pub(super) fn advice_on_index(fault: &Fault) -> &'static str {
    match fault {
        Fault::System { source, .. } => advice(source),
        Fault::Text(error) => advice_on_text(error),
        Fault::Damaged { .. } => REBUILD,
    }
}

fn advice_on_text(error: &TantivyError) -> &'static str {
    match error {
        TantivyError::IoError(error)
        | TantivyError::OpenDirectoryError(OpenDirectoryError::IoError {
            io_error: error, ..
        })
        | TantivyError::OpenReadError(OpenReadError::IoError {
            io_error: error, ..
        })
        | TantivyError::OpenWriteError(OpenWriteError::IoError {
            io_error: error, ..
        })
        | TantivyError::LockFailure(LockError::IoError(error), _) => advice(error),
        TantivyError::OpenDirectoryError(_) => "; index the evidence again to make it anew",
        TantivyError::DataCorruption(_)
        | TantivyError::IncompatibleIndex(_)
        | TantivyError::SchemaError(_)
        | TantivyError::OpenReadError(_) => REBUILD,
        _ => "; make sure that its disk is there, writable and not full, and do it again",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_apart_from_one_that_may_not_be_written() {
        let on = |kind: ErrorKind| advice(&kind.into());
        assert!(on(ErrorKind::StorageFull).contains("make room"));
        assert!(on(ErrorKind::PermissionDenied).contains("writable"));
        assert!(!advice_on_new(&ErrorKind::StorageFull.into()).contains("kept"));
        assert_eq!(advice(&io::Error::other("said with it")), "");
    }

    #[test]
    fn a_damaged_index_is_to_be_made_anew() {
        let damaged = Fault::Damaged {
            path: "index/manifest.json".into(),
            what: "EOF".into(),
        };
        assert_eq!(advice_on_index(&damaged), REBUILD);
        let full = Fault::System {
            path: "index".into(),
            source: ErrorKind::StorageFull.into(),
        };
        assert!(advice_on_index(&full).contains("make room"));
        let text = Fault::from(TantivyError::SchemaError("no field".into()));
        assert_eq!(advice_on_index(&text), REBUILD);
    }
}
