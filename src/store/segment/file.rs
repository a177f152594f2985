//! The file of a segment as sections of numbers: where each is, how it is packed, and how it is written.
//!
//! Header: eight bytes of name, version, number of rows, then a line for each section, then SipHash-1-3 of all of that. Not here: what the
//! sections mean (`segment`), nor how a section is unpacked (`numbers`).

use super::numbers::{Packing, pack};
use crate::store::table::FIELDS;
use crate::store::{Fault, VERSION};
use siphasher::sip::SipHasher13;
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use tantivy::Directory;
use tantivy::directory::{MmapDirectory, OwnedBytes};

/// First bytes of the file of a segment.
const NAME: &[u8; 8] = b"grantseg";

/// Sections that every segment has once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fixed {
    /// Microseconds since 1970 of the rows that have a time: the first rows.
    Times,
    /// Place of each row.
    Places,
    /// Bytes of each row.
    Lengths,
    /// Line of each row.
    Lines,
    /// Number of each record within its row of the evidence.
    Parts,
    /// How much each record tells.
    Qualities,
    /// Message ids named by each record.
    Items,
    /// Upper halves of the ids.
    IdsHigh,
    /// Lower halves of the ids.
    IdsLow,
    /// Where each bucket of message ids begins, and the end of the last.
    Buckets,
    /// Lower 32 bits of the hashes of message ids, ascending in each bucket.
    Messages,
    /// Row of each message id.
    MessageRows,
    /// Not a section: how many there are.
    Count,
}

/// Sections that every keyword field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Where each value begins in [`Part::Folded`], and the end of the last.
    FoldedStarts,
    /// The folded values, [`SEPARATOR`] after each.
    Folded,
    /// Where each value begins in [`Part::Written`], and the end of the last.
    WrittenStarts,
    /// The values as written; nothing for one that is written as it is folded.
    Written,
    /// Where each set begins in [`Part::Members`], and the end of the last.
    SetStarts,
    /// Values of the sets.
    Members,
    /// Set of each row.
    Rows,
    /// Where the rows of each set begin in [`Part::Listed`], and the end of the last; empty for a field that is not listed.
    ListStarts,
    /// Rows of the sets.
    Listed,
    /// Not a section: how many there are.
    Count,
}

/// Stands after each folded value: no text in UTF-8 holds this byte, so no search runs from one value into the next.
pub const SEPARATOR: u8 = 0xff;

const SECTIONS: usize = Fixed::Count as usize + FIELDS.len() * Part::Count as usize;
/// Bytes of a section in the header.
const LINE: usize = 32;
/// Bytes before the sections in the header.
const HEAD: usize = 16;
/// Bytes of the header.
pub const HEADER: usize = HEAD + SECTIONS * LINE + 8;

/// Which section: of the segment, or of a field by its place in [`FIELDS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// One that stands once.
    Fixed(Fixed),
    /// One of a keyword field.
    Field(usize, Part),
}

impl Which {
    fn number(self) -> usize {
        match self {
            Self::Fixed(fixed) => fixed as usize,
            Self::Field(field, part) => {
                Fixed::Count as usize + field * Part::Count as usize + part as usize
            }
        }
    }
}

/// A section: numbers of one width. Each number is `base + step * stored`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Section {
    /// First byte in the file.
    pub offset: u64,
    /// How many numbers.
    pub count: u64,
    /// The least number.
    pub base: u64,
    /// What all numbers less the least are multiples of.
    pub step: u32,
    /// Bytes of each number: 0 when all are the least, else 1, 2, 4 or 8.
    pub width: u32,
}

impl Section {
    /// Bytes of the section in the file.
    fn range(&self) -> Option<std::ops::Range<usize>> {
        let length = self.count.checked_mul(u64::from(self.width))?;
        let end = self.offset.checked_add(length)?;
        Some(usize::try_from(self.offset).ok()?..usize::try_from(end).ok()?)
    }

    fn line(&self) -> [u8; LINE] {
        let mut line = [0; LINE];
        line[..8].copy_from_slice(&self.offset.to_le_bytes());
        line[8..16].copy_from_slice(&self.count.to_le_bytes());
        line[16..24].copy_from_slice(&self.base.to_le_bytes());
        line[24..28].copy_from_slice(&self.step.to_le_bytes());
        line[28..].copy_from_slice(&self.width.to_le_bytes());
        line
    }

    fn read(line: &[u8]) -> Self {
        Self {
            offset: long(line, 0),
            count: long(line, 8),
            base: long(line, 16),
            step: short(line, 24),
            width: short(line, 28),
        }
    }
}

fn long(bytes: &[u8], at: usize) -> u64 {
    let found = bytes.get(at..).and_then(<[u8]>::first_chunk);
    found.map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

fn short(bytes: &[u8], at: usize) -> u32 {
    let found = bytes.get(at..).and_then(<[u8]>::first_chunk);
    found.map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

/// Writes the file of a segment.
pub struct Writer {
    file: File,
    rows: u32,
    sections: Vec<Section>,
    offset: u64,
}

impl Writer {
    /// Begins a file, which must not exist.
    pub fn create(path: &Path, rows: u32) -> io::Result<Self> {
        let mut file = File::create_new(path)?;
        file.write_all(&[0; HEADER])?;
        Ok(Self {
            file,
            rows,
            sections: vec![Section::default(); SECTIONS],
            offset: HEADER as u64,
        })
    }

    /// Writes a section of numbers.
    pub fn numbers(
        &mut self,
        which: Which,
        packing: Packing,
        numbers: impl ExactSizeIterator<Item = u64> + Clone,
    ) -> io::Result<()> {
        let file = &mut self.file;
        let section = pack(packing, numbers, &mut |bytes| file.write_all(bytes))?;
        self.end(which, section)
    }

    /// Writes a section of bytes.
    pub fn bytes(&mut self, which: Which, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        let section = Section {
            count: bytes.len() as u64,
            step: 1,
            width: 1,
            ..Section::default()
        };
        self.end(which, section)
    }

    /// Ends a section that is written; its offset is found here.
    fn end(&mut self, which: Which, section: Section) -> io::Result<()> {
        if let Some(place) = self.sections.get_mut(which.number()) {
            *place = Section {
                offset: self.offset,
                ..section
            };
        }
        let length = section.count * u64::from(section.width);
        let padded = length.next_multiple_of(8);
        let padding = usize::try_from(padded - length).unwrap_or(0);
        self.file.write_all(&[0; 8][..padding])?;
        self.offset += padded;
        Ok(())
    }

    /// Writes the header and waits until the disk has everything.
    pub fn finish(mut self) -> io::Result<()> {
        let mut header = Vec::with_capacity(HEADER);
        header.extend_from_slice(NAME);
        header.extend_from_slice(&VERSION.to_le_bytes());
        header.extend_from_slice(&self.rows.to_le_bytes());
        for section in &self.sections {
            header.extend_from_slice(&section.line());
        }
        header.extend_from_slice(&checksum(&header).to_le_bytes());
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&header)?;
        self.file.sync_all()
    }
}

fn checksum(header: &[u8]) -> u64 {
    SipHasher13::new().hash(header)
}

/// A file that is open, with a header that holds and sections that fit.
pub struct Reader {
    bytes: OwnedBytes,
    /// The sections, and where their bytes are.
    sections: Vec<(Section, std::ops::Range<usize>)>,
    /// Number of rows.
    pub rows: u32,
}

impl Reader {
    /// Opens a file and checks its header.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        let bytes = map(path).map_err(|source| Fault::System {
            path: path.to_owned(),
            source,
        })?;
        Self::read(bytes).map_err(|what| Fault::Damaged {
            path: path.to_owned(),
            what: what.to_owned(),
        })
    }

    fn read(bytes: OwnedBytes) -> Result<Self, &'static str> {
        let header = bytes.get(..HEADER).ok_or("it ends within its header")?;
        let (told, sum) = header.split_at(HEADER - 8);
        if told.get(..8) != Some(NAME) {
            return Err("it is no segment");
        }
        if short(told, 8) != VERSION {
            return Err("it is of another version");
        }
        if long(sum, 0) != checksum(told) {
            return Err("its header is not what was written");
        }
        let sections = told[HEAD..].chunks_exact(LINE).map(Section::read);
        let sections = sections.map(|section| {
            let range = section.range().filter(|range| range.end <= bytes.len());
            let known = matches!(section.width, 0 | 1 | 2 | 4 | 8);
            range.filter(|_| known).map(|range| (section, range))
        });
        let sections = sections
            .collect::<Option<Vec<_>>>()
            .ok_or("it ends before its last section")?;
        Ok(Self {
            rows: short(told, 12),
            sections,
            bytes,
        })
    }

    /// A section with its bytes.
    pub fn section(&self, which: Which) -> (Section, &[u8]) {
        let Some((section, range)) = self.sections.get(which.number()) else {
            return (Section::default(), &[]);
        };
        let bytes = self.bytes.get(range.clone()).unwrap_or_default();
        (*section, bytes)
    }
}

/// Maps a file into memory. A detour through tantivy, which has a safe way to do it.
fn map(path: &Path) -> io::Result<OwnedBytes> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    if !path.try_exists()? {
        return Err(io::ErrorKind::NotFound.into());
    }
    let folder = MmapDirectory::open(folder).map_err(io::Error::other)?;
    let file = folder
        .open_read(Path::new(name))
        .map_err(io::Error::other)?;
    file.read_bytes()
}
