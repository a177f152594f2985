//! tar archives of the POSIX and GNU kinds, as a stream: header, bytes, header, bytes.
//!
//! The headers are parsed by the `tar` crate; the walk is our own, because the crate's holds extended names and the maps of sparse
//! files in memory, however long they say they are, and stops at the first end mark, behind which `cat` puts another archive.
//! Not here: owners, times and rights.

use super::Walk;
use super::fill;
use super::meter::Broken;
use super::name::MemberName;
use ::tar::Header;
use std::io::{self, Read};
use std::ops::ControlFlow;

/// Bytes of a header, and what the bytes of a file are padded to.
const BLOCK: usize = 512;

/// Longest extended header that is read. It holds a name and some times; a longer one carries what an archiver put there for itself.
const EXTENSION: u64 = 1 << 20;

/// What errors call it.
const WHAT: &str = "the tar archive";

/// Whether bytes begin with the header of a POSIX or GNU archive. The checksum counts: text that only says `ustar` in the right
/// place is text.
pub(super) fn is_archive(first: &[u8]) -> bool {
    let block: Option<&[u8; BLOCK]> = first.first_chunk();
    block.is_some_and(|block| block[257..].starts_with(b"ustar") && header(block).is_some())
}

/// The header in a block, if its checksum is right.
fn header(block: &[u8; BLOCK]) -> Option<Header> {
    let mut header = Header::new_old();
    header.as_mut_bytes().copy_from_slice(block);
    // The checksum field itself counts as blanks.
    let sum = |bytes: &[u8]| bytes.iter().map(|byte| u32::from(*byte)).sum::<u32>();
    let found = sum(&block[..148]) + 8 * u32::from(b' ') + sum(&block[156..]);
    (header.cksum().ok()? == found).then_some(header)
}

/// Goes through an archive to the end of its bytes.
pub(super) fn walk(
    walk: &mut Walk<'_>,
    reader: &mut dyn Read,
    name: &MemberName,
    depth: u32,
) -> ControlFlow<()> {
    let mut archive = Archive {
        reader,
        position: 0,
        ended: false,
    };
    let mut met = 0_u64;
    let rest = loop {
        match archive.next() {
            Ok(Some(entry)) => {
                walk.admit(name)?;
                met += u64::from(!matches!(entry.kind, Kind::Folder));
                entry_of(walk, &mut archive, &entry, name, depth)?;
                if let Err(broken) = archive.skip(entry.padding) {
                    break Some(broken);
                }
            }
            Ok(None) => break (!archive.ended).then(|| archive.unended()),
            Err(broken) => break Some(broken),
        }
    };
    walk.leave(name, met, rest)
}

/// One entry to the visitor. What it leaves of the entry's bytes is passed over.
fn entry_of(
    walk: &mut Walk<'_>,
    archive: &mut Archive<'_>,
    entry: &Entry,
    name: &MemberName,
    depth: u32,
) -> ControlFlow<()> {
    let reason = match entry.kind {
        Kind::Folder => None,
        Kind::File => {
            let own = walk.labels.entry(name, &entry.path);
            let mut data = Data {
                left: entry.size,
                archive,
            };
            walk.stream(&mut data, &own, Some(entry.size), depth + 1)?;
            // An error here comes again when the next header is read.
            let _ = io::copy(&mut data, &mut io::sink());
            return ControlFlow::Continue(());
        }
        Kind::Link => Some("is a link; not followed, add what it points to"),
        Kind::Device => Some("is a device or a pipe; it holds no evidence"),
        Kind::Sparse => {
            Some("is a sparse file, which is not unpacked here; unpack it with tar and add it")
        }
        Kind::Piece => {
            Some("is a piece of a file in several archives; join them with tar and add the file")
        }
    };
    if let Some(reason) = reason {
        let own = walk.labels.entry(name, &entry.path);
        walk.fault(&own, reason);
    }
    // As above: what fails now fails again.
    let _ = archive.skip(entry.size);
    ControlFlow::Continue(())
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Folder,
    Link,
    Device,
    Sparse,
    /// The rest of a file that begins in another archive.
    Piece,
}

impl Kind {
    /// By the type byte of a header. A type that nobody knows is a file, as POSIX has it.
    fn of(byte: u8) -> Self {
        match byte {
            b'1' | b'2' => Self::Link,
            b'3' | b'4' | b'6' => Self::Device,
            // A folder, GNU's list of what is in one, and the label of a tape.
            b'5' | b'D' | b'V' => Self::Folder,
            b'S' => Self::Sparse,
            b'M' => Self::Piece,
            _ => Self::File,
        }
    }
}

/// One entry, with whatever the headers before it say about it.
struct Entry {
    path: Vec<u8>,
    size: u64,
    padding: u64,
    kind: Kind,
}

/// What extended headers say about the entry behind them.
#[derive(Default)]
struct Extended {
    path: Option<Vec<u8>>,
    size: Option<u64>,
    sparse: bool,
}

/// The bytes of an archive.
struct Archive<'a> {
    reader: &'a mut dyn Read,
    position: u64,
    /// Whether the last block was an end mark.
    ended: bool,
}

impl Archive<'_> {
    /// The next entry; the reader then stands at its bytes.
    fn next(&mut self) -> Result<Option<Entry>, Broken> {
        let mut extended = Extended::default();
        while let Some(block) = self.block()? {
            if block == [0; BLOCK] {
                self.ended = true;
                continue;
            }
            let header = header(&block).ok_or_else(|| self.damaged())?;
            self.ended = false;
            let size = header.entry_size().map_err(|_| self.damaged())?;
            match header.entry_type().as_byte() {
                b'x' | b'X' => self.extension(size)?.into_iter().for_each(|body| {
                    extended.read(&body);
                }),
                b'L' => extended.path = self.extension(size)?.map(until_nul),
                // What holds for all entries behind it, and the target of a link.
                b'g' | b'K' => self.skip(size.saturating_add(padding(size)))?,
                kind => return self.entry(kind, &block, &header, extended).map(Some),
            }
        }
        Ok(None)
    }

    fn entry(
        &mut self,
        byte: u8,
        block: &[u8; BLOCK],
        header: &Header,
        extended: Extended,
    ) -> Result<Entry, Broken> {
        let own = header.entry_size().map_err(|_| self.damaged())?;
        let size = extended.size.unwrap_or(own);
        let path = extended
            .path
            .unwrap_or_else(|| header.path_bytes().into_owned());
        let mut kind = Kind::of(byte);
        if kind == Kind::Sparse {
            self.sparse_map(block)?;
        } else if extended.sparse {
            kind = Kind::Sparse;
        } else if kind == Kind::File && size == 0 && path.ends_with(b"/") {
            // Archives older than the type of folders.
            kind = Kind::Folder;
        }
        Ok(Entry {
            path,
            size,
            padding: padding(size),
            kind,
        })
    }

    /// Passes over the blocks in which GNU tar goes on with the map of a sparse file: they stand before its bytes and outside its size.
    fn sparse_map(&mut self, block: &[u8; BLOCK]) -> Result<(), Broken> {
        let mut more = block[482] == 1;
        while more {
            let block = self.block()?.ok_or_else(|| self.early())?;
            more = block[504] == 1;
        }
        Ok(())
    }

    /// The bytes of an extended header, if they are not too many to be one.
    fn extension(&mut self, size: u64) -> Result<Option<Vec<u8>>, Broken> {
        let mut body = Vec::new();
        if size <= EXTENSION {
            let read = self.reader.take(size).read_to_end(&mut body);
            self.position += body.len() as u64;
            read.map_err(|error| Broken::at(WHAT, self.position, &error))?;
        }
        self.skip((size - body.len() as u64).saturating_add(padding(size)))?;
        Ok((size <= EXTENSION).then_some(body))
    }

    /// The next block; nothing at the end of the bytes.
    fn block(&mut self) -> Result<Option<[u8; BLOCK]>, Broken> {
        let mut block = [0; BLOCK];
        let (length, failed) = fill(self.reader, &mut block);
        self.position += length as u64;
        match failed {
            Some(error) => Err(Broken::at(WHAT, self.position, &error)),
            None if length == 0 => Ok(None),
            None if length < BLOCK => Err(self.early()),
            None => Ok(Some(block)),
        }
    }

    fn skip(&mut self, length: u64) -> Result<(), Broken> {
        let copied = io::copy(&mut self.reader.take(length), &mut io::sink());
        let copied = copied.map_err(|error| Broken::at(WHAT, self.position, &error))?;
        self.position += copied;
        if copied < length {
            return Err(self.early());
        }
        Ok(())
    }

    fn early(&self) -> Broken {
        Broken::at(WHAT, self.position, &io::ErrorKind::UnexpectedEof.into())
    }

    fn unended(&self) -> Broken {
        Broken::Damage(format!(
            "{WHAT} has no end mark at byte {}, so that files may be missing; compare it with its source",
            self.position
        ))
    }

    fn damaged(&self) -> Broken {
        let at = self.position;
        Broken::Damage(if self.ended {
            format!("{WHAT} is followed by bytes that are no entries before byte {at}")
        } else {
            format!("{WHAT} is damaged in the entry before byte {at}; copy or download it again")
        })
    }
}

impl Extended {
    /// Takes what counts from the records of a POSIX extended header: `length key=value\n`, the length counting itself.
    fn read(&mut self, mut body: &[u8]) {
        while let Some((key, value, rest)) = record(body) {
            body = rest;
            match key {
                b"path" | b"GNU.sparse.name" => self.path = Some(value.to_vec()),
                b"size" => self.size = number(value),
                _ => {}
            }
            self.sparse |= key.starts_with(b"GNU.sparse.");
        }
    }
}

/// Key, value, and what follows.
type Record<'a> = (&'a [u8], &'a [u8], &'a [u8]);

fn record(body: &[u8]) -> Option<Record<'_>> {
    let blank = memchr::memchr(b' ', body)?;
    let length = usize::try_from(number(body.get(..blank)?)?).ok()?;
    let record = body.get(blank + 1..length)?.strip_suffix(b"\n")?;
    let equals = memchr::memchr(b'=', record)?;
    Some((
        record.get(..equals)?,
        record.get(equals + 1..)?,
        body.get(length..)?,
    ))
}

fn number(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn until_nul(mut name: Vec<u8>) -> Vec<u8> {
    let end = memchr::memchr(0, &name).unwrap_or(name.len());
    name.truncate(end);
    name
}

/// Bytes from the end of a file's bytes to the next header.
fn padding(size: u64) -> u64 {
    size.wrapping_neg() % BLOCK as u64
}

/// The bytes of one entry.
struct Data<'a, 'b> {
    archive: &'a mut Archive<'b>,
    left: u64,
}

impl Read for Data<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let room = usize::try_from(self.left).unwrap_or(usize::MAX);
        let room = room.min(buffer.len());
        if room == 0 {
            return Ok(0);
        }
        let archive = &mut *self.archive;
        let read = archive
            .reader
            .read(buffer.get_mut(..room).unwrap_or_default())?;
        archive.position += read as u64;
        self.left -= read as u64;
        if read == 0 {
            return Err(archive.early().into());
        }
        Ok(read)
    }
}
