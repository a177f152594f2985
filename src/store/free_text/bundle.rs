//! The one file that holds an index of free text: a header, the row of each document, and the files of tantivy one after another.
//!
//! One file is one wait for the disk, and needs no lock to be read. It is mapped; its checksum is looked at when it is first searched. Not here:
//! what tantivy's files mean.

use crate::store::Fault;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    DirectoryLock, FileHandle, FileSlice, Lock, MmapDirectory, OwnedBytes, RamDirectory,
    WatchCallback, WatchHandle, WritePtr,
};
use tantivy::{Directory, HasLen};

/// The list that tantivy keeps of its files.
const MANAGED: &str = ".managed.json";

/// Bytes of the length of the header, at the start of the file.
const PREFIX: usize = 8;

/// What the file begins with, after its length.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Header {
    /// How many documents there are.
    documents: usize,
    /// Name and bytes of each file.
    files: Vec<(PathBuf, usize)>,
    /// Checksum of all that follows.
    sum: u32,
}

/// Writes the files of an index and the row of each document into a new file, and waits until the disk has it.
pub(super) fn write(files: &RamDirectory, rows: &[u32], path: &Path) -> Result<(), Fault> {
    let names = read(files, Path::new(MANAGED)).map_err(tantivy::TantivyError::from)?;
    let names: BTreeSet<PathBuf> = serde_json::from_slice(&names)
        .map_err(|error| tantivy::TantivyError::InternalError(error.to_string()))?;
    let mut parts = vec![(
        PathBuf::new(),
        rows.iter().flat_map(|row| row.to_le_bytes()).collect(),
    )];
    for name in names {
        if files.exists(&name).map_err(tantivy::TantivyError::from)? {
            let bytes = read(files, &name).map_err(tantivy::TantivyError::from)?;
            parts.push((name, bytes));
        }
    }
    let mut sum = flate2::Crc::new();
    for (_, bytes) in &parts {
        sum.update(bytes);
    }
    let header = Header {
        documents: rows.len(),
        files: (parts.iter().skip(1))
            .map(|(name, bytes)| (name.clone(), bytes.len()))
            .collect(),
        sum: sum.sum(),
    };
    let bytes = parts.iter().map(|(_, bytes)| bytes.as_slice());
    put(&header, bytes, path).map_err(|source| Fault::System {
        path: path.to_owned(),
        source,
    })
}

fn read(files: &RamDirectory, name: &Path) -> Result<Vec<u8>, OpenReadError> {
    let failed = |error| OpenReadError::wrap_io_error(error, name.to_owned());
    let bytes = files.open_read(name)?.read_bytes().map_err(failed)?;
    Ok(bytes.to_vec())
}

fn put<'a>(header: &Header, parts: impl Iterator<Item = &'a [u8]>, path: &Path) -> io::Result<()> {
    let header = serde_json::to_vec(header)?;
    let mut file = File::create(path)?;
    file.write_all(&(header.len() as u64).to_le_bytes())?;
    file.write_all(&header)?;
    for part in parts {
        file.write_all(part)?;
    }
    file.sync_data()
}

/// The file, mapped: the directory that tantivy reads from.
#[derive(Debug, Clone)]
pub(super) struct Bundle {
    path: PathBuf,
    /// The row of each document, four bytes each.
    rows: OwnedBytes,
    /// All that the checksum is of.
    content: FileSlice,
    sum: u32,
    files: Arc<Vec<(PathBuf, FileSlice)>>,
}

impl Bundle {
    /// Maps a file of a folder, if there is one.
    pub fn open(folder: &Path, name: &str) -> Result<Option<Self>, Fault> {
        let path = folder.join(name);
        match path.symlink_metadata() {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(Fault::System { path, source }),
        }
        let directory = MmapDirectory::open(folder).map_err(tantivy::TantivyError::from)?;
        let whole = directory
            .open_read(Path::new(name))
            .map_err(tantivy::TantivyError::from)?;
        match Self::of(&whole, &path) {
            Some(bundle) => Ok(Some(bundle)),
            None => Err(Fault::Damaged {
                path,
                what: "it does not begin as it should".into(),
            }),
        }
    }

    fn of(whole: &FileSlice, path: &Path) -> Option<Self> {
        let prefix = (whole.len() >= PREFIX).then(|| whole.slice_to(PREFIX))?;
        let prefix = prefix.read_bytes().ok()?;
        let length = u64::from_le_bytes(prefix.as_slice().try_into().ok()?);
        let mut rest = whole.slice_from(PREFIX);
        let header = cut(&mut rest, usize::try_from(length).ok()?)?;
        let header: Header = serde_json::from_slice(&header.read_bytes().ok()?).ok()?;
        let content = rest.clone();
        let rows = cut(&mut rest, header.documents.checked_mul(size_of::<u32>())?)?;
        let mut files = Vec::new();
        for (name, length) in header.files {
            files.push((name, cut(&mut rest, length)?));
        }
        Some(Self {
            path: path.to_owned(),
            rows: rows.read_bytes().ok()?,
            content,
            sum: header.sum,
            files: Arc::new(files),
        })
    }

    /// Compares the checksum: tantivy trusts what it reads.
    pub fn verify(&self) -> Result<(), Fault> {
        let bytes = self.content.read_bytes().map_err(|source| Fault::System {
            path: self.path.clone(),
            source,
        })?;
        let mut sum = flate2::Crc::new();
        sum.update(&bytes);
        if sum.sum() == self.sum {
            return Ok(());
        }
        Err(Fault::Damaged {
            path: self.path.clone(),
            what: "its checksum is another".into(),
        })
    }

    /// The row of a document; `None` for one that was dead when its segment was written.
    pub fn row(&self, document: u32) -> Option<u32> {
        let at = document as usize * size_of::<u32>();
        let bytes = self.rows.get(at..at + size_of::<u32>())?;
        let row = u32::from_le_bytes(bytes.try_into().ok()?);
        (row != u32::MAX).then_some(row)
    }

    fn file(&self, path: &Path) -> Option<&FileSlice> {
        let mut files = self.files.iter();
        files.find(|(name, _)| name == path).map(|(_, file)| file)
    }
}

/// Cuts so many bytes off the front.
fn cut(rest: &mut FileSlice, length: usize) -> Option<FileSlice> {
    if length > rest.len() {
        return None;
    }
    let (part, after) = rest.clone().split(length);
    *rest = after;
    Some(part)
}

impl Directory for Bundle {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        let file = self.file(path);
        let file = file.ok_or_else(|| OpenReadError::FileDoesNotExist(path.to_owned()))?;
        Ok(Arc::new(file.clone()))
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        Ok(self.file(path).is_some())
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        let bytes = self.open_read(path)?.read_bytes();
        let bytes = bytes.map_err(|error| OpenReadError::wrap_io_error(error, path.to_owned()))?;
        Ok(bytes.to_vec())
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        Err(DeleteError::FileDoesNotExist(path.to_owned()))
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        Err(OpenWriteError::FileAlreadyExists(path.to_owned()))
    }

    fn atomic_write(&self, _path: &Path, _data: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }

    fn acquire_lock(&self, _lock: &Lock) -> Result<DirectoryLock, LockError> {
        Ok(DirectoryLock::from(Box::new(())))
    }

    fn watch(&self, _callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}
