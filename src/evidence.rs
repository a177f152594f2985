//! Evidence: files to records, and what could not be read.
//!
//! A file is opened read-only and read once from beginning to end ([`read`]): its digest, its rows and their places come out of the
//! same pass. Every row is exactly one [`Row`]: the records it tells of, an entry of an inventory, or a refusal that says where and
//! why. One row can be read again by its place ([`reread`]). What a file is, is decided by its content, never by its name (but for what
//! systems leave beside files, which is passed over by both: `litter`); what kinds
//! of rows there are is one table, [`FORMATS`]. What a packed file holds is taken out before ([`unpack()`]).
//!
//! Not here: what records mean (`hunt`), keeping them (`store`), and counting one event once although two files hold it: the readers
//! only see to it that both rows carry the same [`crate::record::RecordId`].

mod cutter;
mod decode;
mod discover;
mod encoding;
mod fields;
mod format;
mod key;
mod list;
mod litter;
mod names;
mod object;
mod original;
mod pass;
mod pipeline;
mod rows;
mod scout;
mod sniff;
mod source;
mod split;
mod table;
mod unpack;
mod xml;

pub use discover::{Discovery, Fault, Found, discover};
pub use encoding::Encoding;
pub use format::{FORMATS, Format};
pub use object::ObjectReader;
pub use original::{Original, reread, reread_many};
pub use pipeline::{AHEAD, BATCH, FilePart, Gather, read_batches, read_files};
pub use scout::{Scout, Words};
pub use unpack::{
    Broken, FIRST, Limits, MemberName, Packing, UnpackError, Visitor, packing, unpack,
};

use crate::record::{Inventory, Provenance, Record};
use cutter::Cutter;
use rows::{Rows, Tally};
use serde::{Deserialize, Serialize};
use source::Source;
use std::fs::File;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Longest row, in bytes of UTF-8, that is read. The largest audit record on record is some hundreds of kilobytes (spreadsheets cut cells at
/// 32,767 characters); a longer row is refused without being held in memory.
pub const MAX_ROW: usize = 16 << 20;

/// How a file is laid out: enough, with offset and length, to read one row again. It is kept in the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// How the file is cut into rows.
    pub container: Container,
    /// Name of the format chosen for the table header, or of the first row that was recognised.
    pub format: Option<String>,
    /// Why container and format were chosen, in words.
    pub why: String,
    /// How its text is encoded.
    pub encoding: Encoding,
}

impl Layout {
    /// Whether the file is evidence at all: what systems leave beside it is passed over and holds no rows.
    pub fn is_evidence(&self) -> bool {
        self.format.as_deref() != Some(litter::FORMAT)
    }
}

/// How a file is cut into rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Container {
    /// One JSON object a line.
    Lines,
    /// JSON documents and arrays, pretty-printed or not, one after another, in envelopes or not.
    Documents,
    /// Delimited text with a header.
    Table {
        /// Names of the columns as written.
        header: Vec<String>,
        /// The character between cells.
        delimiter: char,
    },
    /// A table in JSON, as the Log Analytics interface answers: one array of values a row.
    Arrays {
        /// Names of the columns as written.
        header: Vec<String>,
    },
    /// XML, one element a row.
    Xml {
        /// Name of the elements that are rows.
        row: String,
    },
}

/// One row on its way out.
#[derive(Debug, Clone, PartialEq)]
pub enum Row {
    /// It was read: one record as a rule, several where one row tells of several events, never none.
    Records(Vec<Record>, Place),
    /// It is a row of an inventory.
    Inventory(Box<Inventory>, Place),
    /// It could not be read.
    Refused {
        /// Where it stands.
        place: Place,
        /// Why, in words.
        reason: String,
    },
}

impl Row {
    /// Where it stands.
    pub fn place(&self) -> Place {
        match self {
            Self::Records(_, place) | Self::Inventory(_, place) | Self::Refused { place, .. } => {
                *place
            }
        }
    }
}

/// Where a row stands in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Place {
    /// Line on which the row starts, from 1.
    pub line: u64,
    /// First byte of the row.
    pub offset: u64,
    /// Bytes of the row, without its line end.
    pub length: u64,
}

impl From<Provenance> for Place {
    fn from(at: Provenance) -> Self {
        Self {
            line: at.line,
            offset: at.offset,
            length: at.length,
        }
    }
}

/// What reading a file through came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// How the file is laid out.
    pub layout: Layout,
    /// SHA-256 of the whole file in lower-case hex; empty when reading did not finish, for a digest of a part identifies nothing.
    pub sha256: String,
    /// Bytes of the file, or those read until the sink stopped.
    pub size: u64,
    /// Rows given to the sink. Blank lines and the header of a table are no rows.
    pub rows: u64,
    /// Whether the file was read to its end; false when the sink stopped.
    pub finished: bool,
    /// First byte of the last row, if that may be but the beginning of what a program is still writing: a line without its line end,
    /// an object that is not closed.
    pub open_tail: Option<u64>,
}

/// Why a file as a whole could not be read.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// The file could not be opened.
    #[error("cannot open {}: {source}; check that it is there and that you may read it", path.display())]
    Open {
        /// Path of the file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file could not be read on.
    #[error("cannot read {} at byte {offset}: {source}{}", path.display(), advice(source))]
    Read {
        /// Path of the file.
        path: PathBuf,
        /// Byte from which reading failed.
        offset: u64,
        /// What the system said.
        source: io::Error,
    },
    /// The file was read and is no log. Its digest is known all the same, so that a report can name it.
    #[error("{} is not read: {reason}", path.display())]
    Refused {
        /// Path of the file.
        path: PathBuf,
        /// What it is, and what to do about it.
        reason: String,
        /// SHA-256 of the whole file in lower-case hex.
        sha256: String,
        /// Bytes of the file.
        size: u64,
    },
}

/// What to do about bytes that could not be read; a member of a packed file says it itself.
fn advice(error: &io::Error) -> &'static str {
    if Broken::of(error).is_some() {
        ""
    } else {
        "; copy it again from its source and add the copy"
    }
}

/// Reads a whole file through, giving every row to `sink` in file order, with the layout as far as it is known by then.
///
/// A `sink` that breaks stops the reading: the summary then says that it did not finish.
pub fn read(
    path: &Path,
    sink: &mut dyn FnMut(&Layout, Row) -> ControlFlow<()>,
) -> Result<Summary, EvidenceError> {
    let mut file = open(path)?;
    read_from(&mut file, path, sink)
}

/// Digest and size of a file, or of its first bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileDigest {
    /// SHA-256 in lower-case hex.
    pub sha256: String,
    /// How many bytes were digested.
    pub size: u64,
}

/// Digests a file, or at most its first bytes.
pub fn digest(path: &Path, most: Option<u64>) -> Result<FileDigest, EvidenceError> {
    let file = open(path)?;
    let mut reader = file.take(most.unwrap_or(u64::MAX));
    let mut source = Source::new(&mut reader);
    let drained = source.drain();
    let (sha256, size) = source.digest();
    match drained {
        Ok(()) => Ok(FileDigest { sha256, size }),
        Err(error) => Err(EvidenceError::Read {
            path: path.to_owned(),
            offset: size,
            source: error,
        }),
    }
}

/// What a file is packed with; nothing for a plain file.
pub fn packing_of(path: &Path) -> Result<Option<Packing>, EvidenceError> {
    let mut first = Vec::with_capacity(FIRST);
    open(path)?
        .take(FIRST as u64)
        .read_to_end(&mut first)
        .map_err(|source| EvidenceError::Read {
            path: path.to_owned(),
            offset: first.len() as u64,
            source,
        })?;
    Ok(packing(&first))
}

/// Opens a regular file for reading and nothing else: opening a pipe would wait for whoever writes to it. Its time of last access is left
/// alone where the system allows it, which is for the owner of the file.
pub fn open(path: &Path) -> Result<File, EvidenceError> {
    let open = || {
        if std::fs::metadata(path)?.is_file() {
            open_quietly(path).or_else(|_| File::open(path))
        } else {
            Err(io::Error::other("it is no regular file"))
        }
    };
    open().map_err(|source| EvidenceError::Open {
        path: path.to_owned(),
        source,
    })
}

#[cfg(target_os = "linux")]
fn open_quietly(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = File::options();
    let quietly = rustix::fs::OFlags::NOATIME.bits().cast_signed();
    options.read(true).custom_flags(quietly).open(path)
}

#[cfg(not(target_os = "linux"))]
fn open_quietly(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Reads rows from any source of bytes, as [`read`] does from a file; `path` only names the source in errors.
pub fn read_from(
    reader: &mut dyn Read,
    path: &Path,
    sink: &mut dyn FnMut(&Layout, Row) -> ControlFlow<()>,
) -> Result<Summary, EvidenceError> {
    pass::read_through(Source::new(reader), path, |mut cutter, pass| {
        let rows = Rows::new(&pass.layout);
        let mut cut = |cutter: &mut Cutter<'_>| -> io::Result<ControlFlow<()>> {
            while let Some(batch) = cutter.next()? {
                let flow = batch.each(&mut |piece| {
                    let mut tally = Tally::default();
                    let row = rows.read(&piece, &mut tally);
                    pass.add(&tally);
                    sink(&pass.layout, row)
                });
                if flow.is_break() {
                    return Ok(flow);
                }
            }
            Ok(ControlFlow::Continue(()))
        };
        let done = cut(&mut cutter);
        (cutter, done)
    })
}

#[cfg(test)]
mod tests;
