//! How much a packed file may unpack to, and the readers that keep to it.
//!
//! Not here: the containers.

use crate::text;
use std::cell::Cell;
use std::io::{self, BufRead, ErrorKind, Read};

/// How far a packed file is unpacked, nested containers included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Times its own size that a file may unpack to: every layer of compression counts what it gives out. JSON logs reach 20 to 100;
    /// deflate alone cannot exceed 1,032, but nested and with overlapping zip entries there is no end.
    pub ratio: u64,
    /// Unpacked bytes that are always allowed, whatever the ratio: a small file of blanks is no attack.
    pub ratio_from: u64,
    /// Most unpacked bytes of one evidence file.
    pub total: u64,
    /// Containers inside each other: a tar.gz is two.
    pub depth: u32,
    /// Entries of all archives in one evidence file, folders and links included.
    pub entries: u64,
    /// Longest name of an entry, in bytes; a longer one is cut.
    pub name: usize,
}

impl Default for Limits {
    /// Room for a year of a large tenant, and for an archive of archives of `tar.gz`, but not for a bomb.
    fn default() -> Self {
        Self {
            ratio: 500,
            ratio_from: 64 << 20,
            total: 1 << 40,
            depth: 4,
            entries: 100_000,
            name: 4096,
        }
    }
}

/// Why the bytes of a member end before their end. It is inside the [`io::Error`] that its reader returns ([`Broken::of`]).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// A limit was crossed: of unpacked bytes, after which nothing else of the evidence file is unpacked, or of memory.
    #[error("{0}")]
    Limit(String),
    /// The packed bytes are damaged or end early.
    #[error("{0}")]
    Damage(String),
    /// The system failed to deliver the packed bytes.
    #[error("{0}")]
    System(String),
}

impl Broken {
    /// What an error of a member's reader carries; nothing for an error from elsewhere.
    pub fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }

    /// What an error in a stream means. `what` names the stream, `at` is the byte of it at which the error shows.
    pub(super) fn at(what: &str, at: u64, error: &io::Error) -> Self {
        if let Some(broken) = Self::of(error) {
            return broken.clone();
        }
        if error.raw_os_error().is_some() {
            return Self::System(format!(
                "cannot be read: {error}; copy it again from its source and add the copy"
            ));
        }
        let shape = if error.kind() == ErrorKind::UnexpectedEof {
            "ends early".to_owned()
        } else {
            format!("is damaged ({error})")
        };
        Self::Damage(format!(
            "{what} {shape} at byte {at} of the packed file; copy or download it again"
        ))
    }
}

impl From<Broken> for io::Error {
    fn from(broken: Broken) -> Self {
        let kind = match broken {
            Broken::Limit(_) => ErrorKind::FileTooLarge,
            Broken::Damage(_) => ErrorKind::InvalidData,
            Broken::System(_) => ErrorKind::Other,
        };
        Self::new(kind, broken)
    }
}

/// What is left of the limits of one evidence file.
pub(super) struct Budget {
    /// Unpacked bytes allowed.
    allowed: u64,
    spent: Cell<u64>,
    /// Why no more bytes than these.
    reason: String,
    crossed: Cell<bool>,
    entries: u64,
    entered: Cell<u64>,
}

impl Budget {
    /// The budget of an evidence file of this size.
    pub(super) fn new(limits: &Limits, size: u64) -> Self {
        let by_ratio = size.saturating_mul(limits.ratio).max(limits.ratio_from);
        let reason = if by_ratio < limits.total {
            let times = text::grouped(limits.ratio);
            format!("unpacks to more than {times} times its size")
        } else {
            let total = text::grouped(limits.total);
            format!("unpacks to more than {total} bytes")
        };
        Self {
            allowed: by_ratio.min(limits.total),
            spent: Cell::new(0),
            reason: format!("{reason}; unpack it yourself and add what is evidence"),
            crossed: Cell::new(false),
            entries: limits.entries,
            entered: Cell::new(0),
        }
    }

    /// Counts one entry of an archive, or says why there may be no more.
    pub(super) fn entry(&self) -> Result<(), String> {
        if self.crossed.get() {
            return Err(self.reason.clone());
        }
        if self.entered.get() >= self.entries {
            let most = text::grouped(self.entries);
            return Err(format!(
                "holds more than {most} entries; unpack it yourself and add what is evidence"
            ));
        }
        self.entered.set(self.entered.get() + 1);
        Ok(())
    }

    /// Entries that all archives together may hold.
    pub(super) fn entries(&self) -> u64 {
        self.entries
    }

    fn left(&self) -> u64 {
        self.allowed.saturating_sub(self.spent.get())
    }

    fn cross(&self) -> Broken {
        self.crossed.set(true);
        Broken::Limit(self.reason.clone())
    }
}

/// Unpacked bytes, counted. Once it failed it fails in the same way for ever, so that nobody takes a later silence for the end.
pub(super) struct Metered<'a, R> {
    inner: R,
    budget: &'a Budget,
    broken: Option<Broken>,
}

impl<'a, R: Read> Metered<'a, R> {
    pub(super) fn new(inner: R, budget: &'a Budget) -> Self {
        Self {
            inner,
            budget,
            broken: None,
        }
    }

    fn step(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.budget.left()).unwrap_or(usize::MAX);
        let room = buffer.len().min(left);
        if room == 0 && !buffer.is_empty() {
            // Exactly at the limit is still within it.
            let more = self.inner.read(&mut [0])?;
            return if more == 0 {
                Ok(0)
            } else {
                Err(self.budget.cross().into())
            };
        }
        let read = self
            .inner
            .read(buffer.get_mut(..room).unwrap_or_default())?;
        let spent = self.budget.spent.get();
        self.budget.spent.set(spent.saturating_add(read as u64));
        Ok(read)
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(broken) = &self.broken {
            return Err(broken.clone().into());
        }
        self.step(buffer).map_err(|error| {
            let broken = Broken::at("it", self.budget.spent.get(), &error);
            self.broken = Some(broken.clone());
            broken.into()
        })
    }
}

/// Packed bytes, counted as a decoder takes them, so that an error can be placed.
pub(super) struct Counted<R> {
    inner: R,
    taken: u64,
}

impl<R: BufRead> Counted<R> {
    /// Counts from `taken` on.
    pub(super) fn new(inner: R, taken: u64) -> Self {
        Self { inner, taken }
    }

    /// Bytes taken so far.
    pub(super) fn taken(&self) -> u64 {
        self.taken
    }
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        // A decoder may keep an interruption as its last word.
        while let Err(error) = self.inner.fill_buf() {
            if error.kind() != ErrorKind::Interrupted {
                return Err(error);
            }
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.taken += amount as u64;
        self.inner.consume(amount);
    }
}
