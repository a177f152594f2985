//! Packed evidence: a compressed file or an archive to its members, one after another, however they are nested.
//!
//! What a file is packed with is decided by its first bytes ([`packing`]), never by its name. Members come in the order of their
//! container as streams; no member is held in memory and nothing is written under a name from an archive. An archive is hostile:
//! how much it may unpack to, how deep and into how many members is bounded for the evidence file as a whole ([`Limits`]).
//!
//! Whatever cannot be unpacked is told to the visitor once: as an error of the member's reader where bytes came before it, else as
//! a fault by name. Not here: what the members say, keeping them, and passwords.

mod gzip;
mod meter;
mod name;
mod tar;
mod zip;
mod zstd;

pub use meter::{Broken, Limits};
pub use name::MemberName;

use meter::{Budget, Metered};
use name::Labels;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

/// First bytes that [`packing`] needs to see to be sure: a tar archive tells at byte 257, and by the checksum of its first block.
pub const FIRST: usize = 512;

/// Bytes read ahead from a layer of packing.
const BLOCK: usize = 64 << 10;

/// What a file is packed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// One or more gzip streams (RFC 1952) behind each other.
    Gzip,
    /// One or more Zstandard frames (RFC 8878) behind each other.
    Zstd,
    /// A zip archive.
    Zip,
    /// A tar archive of the POSIX or GNU kind.
    Tar,
}

/// First bytes of what is packed. A tar archive is found by its first block instead.
const MAGIC: [(&[u8], Packing); 5] = [
    (b"\x1f\x8b", Packing::Gzip),
    (b"\x28\xb5\x2f\xfd", Packing::Zstd),
    (b"PK\x03\x04", Packing::Zip),
    // An empty archive is its end mark alone.
    (b"PK\x05\x06", Packing::Zip),
    // A split archive that came out as one piece.
    (b"PK\x07\x08PK\x03\x04", Packing::Zip),
];

/// What a file is packed with, by its first bytes ([`FIRST`] of them, or all); nothing for a plain file.
pub fn packing(first: &[u8]) -> Option<Packing> {
    let known = MAGIC.iter().find(|(magic, _)| first.starts_with(magic));
    // The sixteen magic numbers of skippable frames, which may stand before the first frame.
    let skippable = matches!(first, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..]);
    match known {
        Some((_, packing)) => Some(*packing),
        None if skippable => Some(Packing::Zstd),
        None => tar::is_archive(first).then_some(Packing::Tar),
    }
}

/// Whoever goes through the members of a packed file.
pub trait Visitor {
    /// A member, with its length where the container tells it (unproven) and its unpacked bytes. Some or all may be read; a break ends
    /// the walk. An error of the reader carries a [`Broken`]: the bytes before it count, and it is the visitor's to report.
    fn member(
        &mut self,
        name: &MemberName,
        size_hint: Option<u64>,
        reader: &mut dyn Read,
    ) -> ControlFlow<()>;

    /// Something that is not unpacked, and why, in words that say what to do next. The name is empty for the packed file itself.
    fn fault(&mut self, name: &MemberName, reason: &str);
}

/// Why a packed file could not be gone through at all.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// Its length or its first bytes could not be read.
    #[error("cannot read {}: {source}; copy it again from its source and add the copy", path.display())]
    Read {
        /// Path of the file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// What is unpacked on the way could not be written. Nothing is said of the evidence by that.
    #[error("cannot write a temporary file in {}: {source}; make room there and add the evidence again", path.display())]
    Scratch {
        /// The folder for temporary files.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Its first bytes are of no kind that is unpacked.
    #[error("{} is not packed; read it as it is", path.display())]
    Plain {
        /// Path of the file.
        path: PathBuf,
    },
}

/// Goes through the members of packed bytes in the order of their containers. `path` names the source in errors and gives a compressed
/// member its name; `scratch` is a folder for unnamed temporary files, which a zip archive within another container needs.
pub fn unpack(
    reader: &mut (impl Read + Seek),
    path: &Path,
    limits: &Limits,
    scratch: &Path,
    visitor: &mut dyn Visitor,
) -> Result<(), UnpackError> {
    let (size, packing) = look(reader).map_err(|source| UnpackError::Read {
        path: path.to_owned(),
        source,
    })?;
    let packing = packing.ok_or_else(|| UnpackError::Plain {
        path: path.to_owned(),
    })?;
    let file_name = path.file_name().unwrap_or_default();
    let mut walk = Walk {
        budget: &Budget::new(limits, size),
        labels: Labels::new(limits.name),
        outer: file_name.to_string_lossy().into_owned(),
        depth: limits.depth,
        scratch,
        unwritten: None,
        visitor,
    };
    let whole = MemberName::default();
    // The visitor knows when it broke off; it needs no telling.
    let _ = match packing {
        Packing::Zip if limits.depth > 0 => zip::walk(&mut walk, reader, &whole, 0),
        _ => walk.stream(reader, &whole, None, 0),
    };
    walk.unwritten.map_or(Ok(()), |source| {
        Err(UnpackError::Scratch {
            path: scratch.to_owned(),
            source,
        })
    })
}

/// Length and packing of a file; the reader stands at its beginning again.
fn look(reader: &mut (impl Read + Seek)) -> io::Result<(u64, Option<Packing>)> {
    let size = reader.seek(SeekFrom::End(0))?;
    reader.rewind()?;
    let mut first = Vec::with_capacity(FIRST);
    reader.by_ref().take(FIRST as u64).read_to_end(&mut first)?;
    reader.rewind()?;
    Ok((size, packing(&first)))
}

/// A reader that can go back, which a zip archive needs: the list of its files stands at its end.
trait Seekable: Read + Seek {}

impl<T: Read + Seek> Seekable for T {}

/// One pass through an evidence file.
struct Walk<'a> {
    budget: &'a Budget,
    labels: Labels,
    /// Name of the evidence file.
    outer: String,
    /// Containers that may be nested.
    depth: u32,
    scratch: &'a Path,
    /// Why a temporary file could not be written, which ends the walk.
    unwritten: Option<io::Error>,
    visitor: &'a mut dyn Visitor,
}

impl Walk<'_> {
    /// A stream of bytes inside `depth` containers: a member, or a container of its own.
    fn stream(
        &mut self,
        reader: &mut dyn Read,
        name: &MemberName,
        size_hint: Option<u64>,
        depth: u32,
    ) -> ControlFlow<()> {
        let mut first = [0; FIRST];
        let (length, failed) = fill(reader, &mut first);
        let first = first.get(..length).unwrap_or_default();
        if let Some(error) = failed.filter(|_| first.is_empty()) {
            self.fault(name, &error.to_string());
            return ControlFlow::Continue(());
        }
        let mut whole = BufReader::with_capacity(BLOCK, first.chain(reader));
        match packing(first) {
            None => self.visitor.member(name, size_hint, &mut whole),
            Some(_) if depth >= self.depth => {
                self.fault(name, &too_deep(self.depth));
                ControlFlow::Continue(())
            }
            Some(Packing::Gzip) => self.compressed(gzip::Gzip::new(whole), name, depth),
            Some(Packing::Zstd) => match zstd::Zstd::new(whole) {
                Ok(zstd) => self.compressed(zstd, name, depth),
                Err(error) => {
                    self.fault(name, &error.to_string());
                    ControlFlow::Continue(())
                }
            },
            Some(Packing::Tar) => tar::walk(self, &mut whole, name, depth),
            Some(Packing::Zip) => self.zip_within(&mut whole, name, depth),
        }
    }

    /// The one member of a compressed stream.
    fn compressed(
        &mut self,
        unpacked: impl Read,
        name: &MemberName,
        depth: u32,
    ) -> ControlFlow<()> {
        let inner = self.labels.unpacked(name, &self.outer);
        let mut metered = Metered::new(unpacked, self.budget);
        self.stream(&mut metered, &inner, None, depth + 1)
    }

    /// A zip archive that comes as a stream is copied first.
    fn zip_within(
        &mut self,
        reader: &mut dyn Read,
        name: &MemberName,
        depth: u32,
    ) -> ControlFlow<()> {
        match copied(reader, self.scratch) {
            Ok(mut file) => zip::walk(self, &mut file, name, depth),
            Err(error) => {
                if let Some(broken) = Broken::of(&error) {
                    self.fault(name, &broken.to_string());
                    return ControlFlow::Continue(());
                }
                self.unwritten = Some(error);
                ControlFlow::Break(())
            }
        }
    }

    /// Whether one more entry of a container may be looked at; the walk ends where not, which is told once.
    fn admit(&mut self, container: &MemberName) -> ControlFlow<()> {
        match self.budget.entry() {
            Ok(()) => ControlFlow::Continue(()),
            Err(reason) => {
                self.fault(container, &format!("is not unpacked further: {reason}"));
                ControlFlow::Break(())
            }
        }
    }

    /// Ends a container in which so many members were met: what broke it off is told, and that it is empty.
    fn leave(
        &mut self,
        container: &MemberName,
        met: u64,
        broken: Option<Broken>,
    ) -> ControlFlow<()> {
        if let Some(broken) = broken {
            self.fault(container, &format!("its rest is not unpacked: {broken}"));
        } else if met == 0 {
            self.fault(container, "holds no files");
        }
        ControlFlow::Continue(())
    }

    fn fault(&mut self, name: &MemberName, reason: &str) {
        self.visitor.fault(name, reason);
    }
}

fn too_deep(depth: u32) -> String {
    format!("is packed inside more than {depth} others; unpack it yourself and add what is inside")
}

/// Reads until the buffer is full; how far it came, and what stopped it short of the end.
fn fill(reader: &mut dyn Read, buffer: &mut [u8]) -> (usize, Option<io::Error>) {
    let mut length = 0;
    while length < buffer.len() {
        match reader.read(buffer.get_mut(length..).unwrap_or_default()) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return (length, Some(error)),
        }
    }
    (length, None)
}

/// A stream copied to a temporary file that has no name any more. An error that carries no [`Broken`] is that of writing.
fn copied(reader: &mut dyn Read, scratch: &Path) -> io::Result<File> {
    let mut file = unnamed(scratch)?;
    io::copy(reader, &mut file)?;
    Ok(file)
}

/// A new file whose name is removed at once: it is gone with its handle, even if the program is killed.
fn unnamed(scratch: &Path) -> io::Result<File> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let path = scratch.join(format!("unpack-{}-{number}.tmp", process::id()));
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&path)?;
    fs::remove_file(&path)?;
    Ok(file)
}

#[cfg(test)]
mod tests;
