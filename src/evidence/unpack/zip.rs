//! zip archives (PKWARE's APPNOTE 6.3), stored and deflated, zip64 included, by the list of files at their end.
//!
//! The list is read entry by entry where it lies. The `zip` crate would hold all of it in memory and keep one of two entries of the
//! same name; its reader that does neither is declared unstable. Not here: passwords, and archives in several pieces.

use super::meter::{Broken, Counted, Metered};
use super::name::MemberName;
use super::{BLOCK, Seekable, Walk, fill};
use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use std::io::{self, BufReader, Read, SeekFrom, Take};
use std::ops::ControlFlow;

/// Bytes of the end mark without its comment.
const END: usize = 22;

/// Bytes of the place of the zip64 end mark, and of that mark.
const PLACE64: usize = 20;
const END64: usize = 56;

/// Bytes of an entry of the list without its name.
const LISTED: usize = 46;

/// Bytes of the header before a file's own bytes, without its name.
const LOCAL: usize = 30;

/// What a 16-bit and a 32-bit field say when the value stands in a zip64 field.
const ELSEWHERE16: u64 = 0xffff;
const ELSEWHERE32: u64 = 0xffff_ffff;

/// The file that every document of an Office suite begins its contents with.
const OFFICE: &[u8] = b"[Content_Types].xml";

/// What errors call the list, and what to do about them.
const LIST: &str = "its list of files";

/// Goes through an archive in the order of its list.
pub(super) fn walk(
    walk: &mut Walk<'_>,
    file: &mut dyn Seekable,
    name: &MemberName,
    depth: u32,
) -> ControlFlow<()> {
    let list = match List::find(file) {
        Ok(list) => list,
        Err(broken) => {
            walk.fault(name, &format!("is not unpacked: {broken}"));
            return ControlFlow::Continue(());
        }
    };
    if list.is_office(file, walk.budget.entries()) {
        walk.fault(
            name,
            "is a spreadsheet or another Office file; save it as CSV and add that",
        );
        return ControlFlow::Continue(());
    }
    let (mut at, mut listed, mut met) = (list.start, 0, 0_u64);
    let broken = loop {
        match Entry::read(file, at) {
            Ok(Some(entry)) => {
                walk.admit(name)?;
                listed += 1;
                at = entry.next;
                met += u64::from(!entry.is_folder());
                entry_of(walk, file, &entry, &list, name, depth)?;
            }
            Ok(None) => break list.cut_short(listed),
            Err(broken) => break Some(broken),
        }
    };
    walk.leave(name, met, broken)
}

/// One entry to the visitor.
fn entry_of(
    walk: &mut Walk<'_>,
    file: &mut dyn Seekable,
    entry: &Entry,
    list: &List,
    name: &MemberName,
    depth: u32,
) -> ControlFlow<()> {
    if entry.is_folder() {
        return ControlFlow::Continue(());
    }
    let own = walk.labels.entry(name, &entry.name);
    let opened = match entry.refusal() {
        Some(reason) => Err(reason),
        None => entry.open(file, list).map_err(|broken| broken.to_string()),
    };
    match opened {
        Ok(bytes) => {
            let mut metered = Metered::new(bytes, walk.budget);
            walk.stream(&mut metered, &own, Some(entry.size), depth + 1)
        }
        Err(reason) => {
            walk.fault(&own, &reason);
            ControlFlow::Continue(())
        }
    }
}

/// The list of files at the end of an archive.
struct List {
    /// Its first byte.
    start: u64,
    /// How many entries it says it has. Old writers count only to 65,535 and begin again.
    declared: u64,
    /// Bytes that were put before the archive after its places were written.
    shift: u64,
}

impl List {
    /// Finds the end mark behind which nothing but a comment stands, and by it the list.
    fn find(file: &mut dyn Seekable) -> Result<Self, Broken> {
        let failed = |error: io::Error| Broken::at(LIST, 0, &error);
        let size = file.seek(SeekFrom::End(0)).map_err(failed)?;
        // A comment is at most 65,535 bytes.
        let from = size.saturating_sub(END as u64 + ELSEWHERE16);
        file.seek(SeekFrom::Start(from)).map_err(failed)?;
        let mut tail = Vec::new();
        let mut behind = file.take(END as u64 + ELSEWHERE16);
        behind.read_to_end(&mut tail).map_err(failed)?;
        let (at, mark) = end_mark(&tail).ok_or_else(unlisted)?;
        let at = from + at as u64;
        let (list, length, end) = wide(file, at)?.unwrap_or_else(|| narrow(mark, at));
        list.placed(file, length, end)
    }

    /// Trusts the length of the list before its place: what was put before the archive moves the one and not the other.
    fn placed(self, file: &mut dyn Seekable, length: u64, end: u64) -> Result<Self, Broken> {
        let behind = end.checked_sub(length).filter(|at| *at >= self.start);
        if let Some(start) = behind
            && (self.declared == 0 || is_entry(file, start)?)
        {
            let shift = start - self.start;
            return Ok(Self {
                start,
                shift,
                ..self
            });
        }
        Ok(self)
    }

    /// What is missing when the list ends after so many entries.
    fn cut_short(&self, listed: u64) -> Option<Broken> {
        let short = listed < self.declared;
        short.then(|| {
            Broken::Damage(format!(
                "{LIST} ends after {listed} of {} entries; copy or download it again",
                self.declared
            ))
        })
    }

    /// Whether it is a spreadsheet or the like, by the entries up to `most`.
    fn is_office(&self, file: &mut dyn Seekable, most: u64) -> bool {
        let mut at = self.start;
        for _ in 0..most {
            let Ok(Some(entry)) = Entry::read(file, at) else {
                return false;
            };
            if entry.name == OFFICE {
                return true;
            }
            at = entry.next;
        }
        false
    }
}

/// The last end mark whose comment reaches the end exactly, else the last whose comment is cut off or followed by something.
fn end_mark(tail: &[u8]) -> Option<(usize, &[u8])> {
    let marks = || memchr::memmem::rfind_iter(tail, b"PK\x05\x06");
    let whole = |at: &usize| {
        let mark = tail.get(*at..*at + END);
        mark.is_some_and(|mark| *at as u64 + END as u64 + number(mark, 20, 2) == tail.len() as u64)
    };
    let at = marks()
        .find(whole)
        .or_else(|| marks().find(|at| at + END <= tail.len()))?;
    Some((at, tail.get(at..at + END)?))
}

/// A list, its length as its end mark has it, and where it ends.
type Marked = (List, u64, u64);

/// The list as the end mark at `at` has it.
fn narrow(mark: &[u8], at: u64) -> Marked {
    let list = List {
        start: number(mark, 16, 4),
        declared: number(mark, 10, 2),
        shift: 0,
    };
    (list, number(mark, 12, 4), at)
}

/// The list as the zip64 end mark before the end mark at `at` has it.
fn wide(file: &mut dyn Seekable, at: u64) -> Result<Option<Marked>, Broken> {
    let Some(place_at) = at.checked_sub(PLACE64 as u64) else {
        return Ok(None);
    };
    let place: [u8; PLACE64] = bytes_at(file, place_at)?.unwrap_or([0; _]);
    if !place.starts_with(b"PK\x06\x07") {
        return Ok(None);
    }
    // Where it says, or right before its place if bytes were put before the archive.
    for end in [number(&place, 8, 8), place_at.saturating_sub(END64 as u64)] {
        let mark: [u8; END64] = bytes_at(file, end)?.unwrap_or([0; _]);
        if mark.starts_with(b"PK\x06\x06") {
            let list = List {
                start: number(&mark, 48, 8),
                declared: number(&mark, 32, 8),
                shift: 0,
            };
            return Ok(Some((list, number(&mark, 40, 8), end)));
        }
    }
    Err(unlisted())
}

fn unlisted() -> Broken {
    Broken::Damage(format!(
        "{LIST} is missing at its end: it is cut off or in several pieces; copy or download all of it again"
    ))
}

fn is_entry(file: &mut dyn Seekable, at: u64) -> Result<bool, Broken> {
    Ok(bytes_at(file, at)?.is_some_and(|bytes: [u8; 4]| &bytes == b"PK\x01\x02"))
}

/// An entry of the list.
struct Entry {
    name: Vec<u8>,
    flags: u64,
    method: u64,
    checksum: u64,
    packed: u64,
    size: u64,
    /// Rights as Unix has them; zero where another system wrote the entry.
    mode: u64,
    /// Where the header before its bytes stands.
    local: u64,
    /// Where the next entry of the list would stand.
    next: u64,
}

impl Entry {
    /// The entry at a byte of the list; nothing where the list ends.
    fn read(file: &mut dyn Seekable, at: u64) -> Result<Option<Self>, Broken> {
        let fixed: Option<[u8; LISTED]> = bytes_at(file, at)?;
        let Some(fixed) = fixed.filter(|fixed| fixed.starts_with(b"PK\x01\x02")) else {
            return Ok(None);
        };
        let (name, extra) = (number(&fixed, 28, 2), number(&fixed, 30, 2));
        let mut tail = Vec::new();
        let read = file.take(name + extra).read_to_end(&mut tail);
        read.map_err(|error| Broken::at(LIST, at, &error))?;
        if (tail.len() as u64) < name + extra {
            return Err(Broken::at(LIST, at, &io::ErrorKind::UnexpectedEof.into()));
        }
        let extra = tail.split_off(usize::try_from(name).unwrap_or_default());
        let by_unix = fixed[5] == 3;
        let mut entry = Self {
            name: tail,
            flags: number(&fixed, 8, 2),
            method: number(&fixed, 10, 2),
            checksum: number(&fixed, 16, 4),
            packed: number(&fixed, 20, 4),
            size: number(&fixed, 24, 4),
            mode: if by_unix { number(&fixed, 40, 2) } else { 0 },
            local: number(&fixed, 42, 4),
            next: at + LISTED as u64 + name + extra.len() as u64 + number(&fixed, 32, 2),
        };
        entry.widen(&extra);
        Ok(Some(entry))
    }

    /// Takes the values that did not fit from the zip64 field, in which only those stand, in this order.
    fn widen(&mut self, extra: &[u8]) {
        let mut rest = extra;
        while let Some((head, behind)) = rest.split_first_chunk::<4>() {
            let length = usize::try_from(number(head, 2, 2)).unwrap_or_default();
            let field = behind.get(..length).unwrap_or(behind);
            rest = behind.get(length..).unwrap_or_default();
            if number(head, 0, 2) == 1 {
                let mut values = field.chunks_exact(8);
                for narrow in [&mut self.size, &mut self.packed, &mut self.local] {
                    if *narrow == ELSEWHERE32 {
                        *narrow = values.next().map_or(*narrow, |value| number(value, 0, 8));
                    }
                }
                return;
            }
        }
    }

    /// An entry that ends in a slash and is nothing but a name.
    fn is_folder(&self) -> bool {
        self.size == 0 && matches!(self.name.last(), Some(b'/' | b'\\'))
    }

    /// Why it is not unpacked, whatever its bytes are.
    fn refusal(&self) -> Option<String> {
        // Encrypted; strongly encrypted; with its list encrypted. Method 99 is AES.
        if self.flags & (1 | 1 << 6 | 1 << 13) != 0 || self.method == 99 {
            return Some("is encrypted; unpack it with its password and add it".to_owned());
        }
        if self.mode & 0o170_000 == 0o120_000 {
            return Some("is a link; not followed, add what it points to".to_owned());
        }
        let is_known = matches!(self.method, 0 | 8);
        (!is_known).then(|| {
            let method = method_name(self.method);
            format!("is packed with {method}, which is not unpacked here; unpack it and add it")
        })
    }

    /// The reader of its unpacked bytes.
    fn open<'a>(&self, file: &'a mut dyn Seekable, list: &List) -> Result<Bytes<'a>, Broken> {
        let header = self.local.saturating_add(list.shift);
        let local: Option<[u8; LOCAL]> = bytes_at(file, header)?;
        let local = local.filter(|local| local.starts_with(b"PK\x03\x04"));
        let local = local.ok_or_else(|| misplaced(header))?;
        let start = header + LOCAL as u64 + number(&local, 26, 2) + number(&local, 28, 2);
        let sought = file.seek(SeekFrom::Start(start));
        sought.map_err(|error| Broken::at("it", start, &error))?;
        let packed = BufReader::with_capacity(BLOCK, file.take(self.packed));
        let packed = Counted::new(packed, start);
        Ok(Bytes {
            source: if self.method == 8 {
                Unpacking::Deflated(Box::new(DeflateDecoder::new(packed)))
            } else {
                Unpacking::Stored(packed)
            },
            found: Crc::new(),
            length: 0,
            checksum: self.checksum,
            size: self.size,
        })
    }
}

fn misplaced(at: u64) -> Broken {
    Broken::Damage(format!(
        "its bytes are not where the archive says, at byte {at}; copy or download it again"
    ))
}

/// Names of the methods of packing that archives are met with.
fn method_name(method: u64) -> String {
    match method {
        9 => "deflate64".to_owned(),
        12 => "bzip2".to_owned(),
        14 => "LZMA".to_owned(),
        93 => "zstd".to_owned(),
        95 => "xz".to_owned(),
        98 => "PPMd".to_owned(),
        other => format!("method {other}"),
    }
}

/// Part of an archive.
type Part<'a> = Counted<BufReader<Take<&'a mut dyn Seekable>>>;

enum Unpacking<'a> {
    Stored(Part<'a>),
    Deflated(Box<DeflateDecoder<Part<'a>>>),
}

/// The unpacked bytes of an entry, held against its length and checksum.
struct Bytes<'a> {
    source: Unpacking<'a>,
    found: Crc,
    length: u64,
    checksum: u64,
    size: u64,
}

impl Bytes<'_> {
    /// Bytes of the archive up to where unpacking came.
    fn taken(&self) -> u64 {
        match &self.source {
            Unpacking::Stored(part) => part.taken(),
            Unpacking::Deflated(decoder) => decoder.get_ref().taken(),
        }
    }

    /// At the end: whether it is all there.
    fn verdict(&self) -> Result<(), Broken> {
        let at = self.taken();
        if self.length < self.size {
            return Err(Broken::at("it", at, &io::ErrorKind::UnexpectedEof.into()));
        }
        let is_sound = self.length == self.size && u64::from(self.found.sum()) == self.checksum;
        if is_sound {
            return Ok(());
        }
        let error = io::Error::other("its length or checksum does not match");
        Err(Broken::at("it", at, &error))
    }
}

impl Read for Bytes<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.source {
            Unpacking::Stored(part) => part.read(buffer),
            Unpacking::Deflated(decoder) => decoder.read(buffer),
        };
        let read = read.map_err(|error| Broken::at("it", self.taken(), &error))?;
        self.found.update(buffer.get(..read).unwrap_or_default());
        self.length += read as u64;
        if read == 0 && !buffer.is_empty() {
            self.verdict()?;
        }
        Ok(read)
    }
}

/// So many bytes at a place; nothing where the archive ends before.
fn bytes_at<const LENGTH: usize>(
    file: &mut dyn Seekable,
    at: u64,
) -> Result<Option<[u8; LENGTH]>, Broken> {
    let failed = |error: io::Error| Broken::at(LIST, at, &error);
    // A place that no file can have is no error of the system.
    if i64::try_from(at).is_err() {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(at)).map_err(failed)?;
    let mut bytes = [0; LENGTH];
    match fill(file, &mut bytes) {
        (_, Some(error)) => Err(failed(error)),
        (length, None) => Ok((length == LENGTH).then_some(bytes)),
    }
}

/// The little-endian number of `length` bytes at a place; bytes that are not there are zero.
fn number(bytes: &[u8], at: usize, length: usize) -> u64 {
    let field = bytes.get(at..at + length).unwrap_or_default();
    let digits = field.iter().rev();
    digits.fold(0, |value, byte| value << 8 | u64::from(*byte))
}
