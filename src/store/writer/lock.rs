//! The lock that one writer holds. The system lets go of it when its process dies.
//!
//! Not here: readers, which need none.

use crate::store::Fault;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

/// Name of the file that is locked. It stays, for removing it would let two in.
const LOCK: &str = "lock";

/// A lock that is held.
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of an index; `None` when another holds it.
    pub fn take(folder: &Path) -> Result<Option<Self>, Fault> {
        let path = folder.join(LOCK);
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        let locked = options.open(&path).and_then(|file| match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        });
        locked.map_err(|source| Fault::System { path, source })
    }
}
