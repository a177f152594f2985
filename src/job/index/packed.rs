//! Packed evidence: every member is read as a file of its own, and its bytes go into the spool of the case on the way.
//!
//! The spool is what makes a row of a compressed file readable again by its place. A member that holds no row leaves nothing there.
//! Not here: unpacking and its bounds (`evidence`), and rows (`run`).

use super::gather::Gathered;
use super::run::{Reading, Run};
use crate::case::FileState;
use crate::evidence::{
    self, EvidenceError, Layout, Limits, MemberName, Packing, UnpackError, Visitor,
};
use crate::job::JobError;
use crate::text::count;
use chrono::Utc;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Bytes of a member held back until its first row shows that it is a log; the sniffing of a file looks at no more than a row's, and as much again is
/// read before that row comes out.
const HELD: usize = 2 * evidence::MAX_ROW + evidence::AHEAD;

impl Run<'_> {
    /// Reads the members of a packed file.
    pub(super) fn packed(
        &mut self,
        mut state: FileState,
        packing: Packing,
    ) -> Result<(), JobError> {
        let file = match evidence::open(&state.path) {
            Ok(file) => file,
            Err(error) => {
                self.unreadable(state, error);
                return Ok(());
            }
        };
        state.finished = false;
        let consumed = Rc::new(Cell::new(0));
        let mut counted = Counted {
            file,
            consumed: Rc::clone(&consumed),
        };
        let mut unpacking = Unpacking {
            path: state.path.clone(),
            before: self.progress.done,
            consumed,
            seen: BTreeSet::new(),
            refusal: None,
            fault: None,
            run: self,
        };
        unpacking.run.keep(state.clone());
        let limits = Limits::default();
        let spool = unpacking.run.spool.clone();
        let walked = evidence::unpack(&mut counted, &state.path, &limits, &spool, &mut unpacking);
        let Unpacking {
            seen,
            refusal,
            fault,
            ..
        } = unpacking;
        if let Some(fault) = fault {
            return Err(fault);
        }
        if self.observer.is_cancelled() {
            return Ok(());
        }
        match walked {
            Ok(()) => {
                state.fault = refusal.unwrap_or_default();
                self.packed_end(state, packing, &seen);
                Ok(())
            }
            Err(UnpackError::Scratch { path, source }) => Err(JobError::Spool { path, source }),
            Err(error) => {
                (state.fault, state.finished) = (error.to_string(), true);
                // Without a digest it is tried again.
                state.sha256.clear();
                self.keep(state);
                Ok(())
            }
        }
    }

    fn packed_end(&mut self, mut state: FileState, packing: Packing, seen: &BTreeSet<u32>) {
        let members = count(seen.len() as u64, "file");
        state.account.packed = format!("{} of {members}", words(packing));
        state.finished = true;
        let planned = (state.size, state.modified);
        let digest = evidence::digest(&state.path, None);
        let found = evidence::discover(std::slice::from_ref(&state.path)).files;
        let is_as_planned = found
            .iter()
            .all(|found| (found.size, found.modified) == planned);
        match digest {
            Ok(digest) => {
                (state.sha256, state.size) = (digest.sha256, digest.size);
                state.done = state.size;
            }
            Err(error) => return self.unreadable(state, error),
        }
        if is_as_planned {
            state.account.settle(&state.sha256, Utc::now());
        } else {
            state.fault = format!(
                "{} changed while it was read; index it again",
                state.path.display()
            );
            // Nobody knows which of its bytes this is the digest of.
            state.sha256.clear();
        }
        self.forget_members(&state.path, seen);
        self.keep(state);
    }

    /// Tells of members that a packed file no longer has.
    pub(super) fn forget_members(&mut self, path: &Path, seen: &BTreeSet<u32>) {
        let first = (path.to_owned(), String::new());
        let members = self.members.range(first..);
        let members = members.take_while(|((there, _), _)| there == path);
        let gone: Vec<FileState> = members
            .filter(|(_, number)| !seen.contains(number))
            .filter_map(|(_, number)| self.states.get(number).cloned())
            .collect();
        for mut member in gone {
            member.fault = format!(
                "{} is no longer in its packed file",
                member.name().display()
            );
            member.finished = true;
            member.account.settle("", Utc::now());
            // What is left of it in the spool is of no use; that it cannot be removed does no harm.
            let _ = fs::remove_file(self.spool.join(member.spool_name()));
            self.keep(member);
        }
    }

    fn unreadable(&mut self, mut state: FileState, error: EvidenceError) {
        self.conclude(&mut state, Err(error));
        self.keep(state);
    }
}

/// What a file is packed with, in words.
fn words(packing: Packing) -> &'static str {
    match packing {
        Packing::Gzip => "gzip",
        Packing::Zstd => "zstd",
        Packing::Zip => "zip archive",
        Packing::Tar => "tar archive",
    }
}

/// A walk through a packed file.
struct Unpacking<'r, 'a> {
    run: &'r mut Run<'a>,
    path: PathBuf,
    /// Bytes that were done before this file.
    before: u64,
    /// Bytes read of the packed file.
    consumed: Rc<Cell<u64>>,
    /// Numbers of the members met.
    seen: BTreeSet<u32>,
    /// Why the packed file as a whole holds no evidence.
    refusal: Option<String>,
    fault: Option<JobError>,
}

impl Unpacking<'_, '_> {
    fn read(&mut self, mut state: FileState, reader: &mut dyn Read) -> Result<(), JobError> {
        state.fault.clear();
        state.account.spooled = true;
        let spool = Rc::new(RefCell::new(Spool::new(state.location(&self.run.spool))));
        state.account.spooled = false;
        let name = state.name();
        let mut reader = Spooling {
            reader,
            spool: Rc::clone(&spool),
        };
        let mut reading = Reading::new(state, self.before, Some(Rc::clone(&self.consumed)));
        let run = &mut *self.run;
        let (new, batch) = (reading.gatherer(&run.spare), run.pace.batch);
        let mut sink = |layout: &Layout, gathered: Gathered| {
            if let Err(error) = spool.borrow_mut().open() {
                run.fault = Some(error);
                return ControlFlow::Break(());
            }
            reading.state.account.spooled = true;
            run.is_spool_written = true;
            run.batch(&mut reading, layout, gathered)
        };
        let result = evidence::read_batches(&mut reader, &name, batch, &new, &mut sink);
        spool.borrow_mut().close()?;
        self.run.end(reading, result)
    }
}

impl Visitor for Unpacking<'_, '_> {
    fn member(
        &mut self,
        name: &MemberName,
        _size_hint: Option<u64>,
        reader: &mut dyn Read,
    ) -> ControlFlow<()> {
        let state = self.run.member(&self.path, name.as_str());
        self.seen.insert(state.file);
        let is_read = state.finished
            && (state.sha256.is_empty()
                || !state.account.spooled
                || state.has_bytes(&self.run.spool));
        if is_read {
            self.run.keep(state);
            return ControlFlow::Continue(());
        }
        if let Err(error) = self.read(state, reader) {
            self.fault = Some(error);
            return ControlFlow::Break(());
        }
        self.run.go_on()
    }

    fn fault(&mut self, name: &MemberName, reason: &str) {
        if name.is_empty() {
            self.refusal = Some(format!("{} {reason}", self.path.display()));
            return;
        }
        let mut state = self.run.member(&self.path, name.as_str());
        self.seen.insert(state.file);
        state.fault = format!("{} {reason}", state.name().display());
        state.finished = true;
        self.run.keep(state);
    }
}

/// A packed file that tells how much of it is read.
struct Counted {
    file: File,
    consumed: Rc<Cell<u64>>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.consumed.set(self.consumed.get() + read as u64);
        Ok(read)
    }
}

impl Seek for Counted {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = self.file.seek(to)?;
        self.consumed.set(at);
        Ok(at)
    }
}

/// The copy of a member in the spool. Nothing is written before the first row: what is no log leaves no copy.
struct Spool {
    path: PathBuf,
    file: Option<File>,
    /// Bytes that wait for the first row.
    held: Vec<u8>,
    written: u64,
    /// Whether more bytes went by without a row than a log can have before its first.
    is_passed: bool,
    /// Why bytes could not be written.
    fault: Option<io::Error>,
}

impl Spool {
    fn new(path: PathBuf) -> Self {
        Self {
            path,
            file: None,
            held: Vec::new(),
            written: 0,
            is_passed: false,
            fault: None,
        }
    }

    /// Takes bytes that were read.
    fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.written += bytes.len() as u64;
        if let Some(file) = &mut self.file {
            return file.write_all(bytes).map_err(|error| {
                let kind = error.kind();
                self.fault = Some(error);
                kind.into()
            });
        }
        if self.held.len() + bytes.len() > HELD {
            self.held = Vec::new();
            self.is_passed = true;
        }
        if !self.is_passed {
            self.held.extend_from_slice(bytes);
        }
        Ok(())
    }

    /// Begins the copy with what was held back. An old copy of a run that was cut short is written over: it is the same.
    fn open(&mut self) -> Result<(), JobError> {
        if self.file.is_some() {
            return Ok(());
        }
        let mut open = || -> io::Result<File> {
            if self.is_passed {
                return Err(io::Error::other(
                    "its first row stands too far behind its beginning",
                ));
            }
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(false);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(&self.path)?;
            file.write_all(&std::mem::take(&mut self.held))?;
            Ok(file)
        };
        match open() {
            Ok(file) => {
                self.file = Some(file);
                Ok(())
            }
            Err(source) => Err(failed(&self.path, source)),
        }
    }

    /// Ends the copy where the member ended. It is made to last with the next commit ([`sync`]).
    fn close(&mut self) -> Result<(), JobError> {
        if let Some(fault) = self.fault.take() {
            return Err(failed(&self.path, fault));
        }
        let Some(file) = self.file.take() else {
            return Ok(());
        };
        let end = || {
            file.set_len(self.written)?;
            if SYNCS_TOGETHER {
                Ok(())
            } else {
                file.sync_data()
            }
        };
        end().map_err(|source| failed(&self.path, source))
    }
}

/// Whether the system makes all copies last in one go. One by one they cost more than reading them.
const SYNCS_TOGETHER: bool = cfg!(target_os = "linux");

/// Makes all copies in the spool last.
pub(super) fn sync(spool: &Path) -> Result<(), JobError> {
    #[cfg(target_os = "linux")]
    File::open(spool)
        .and_then(|folder| Ok(rustix::fs::syncfs(folder)?))
        .map_err(|source| failed(spool, source))?;
    #[cfg(not(target_os = "linux"))]
    let _ = spool;
    Ok(())
}

fn failed(path: &Path, source: io::Error) -> JobError {
    JobError::Spool {
        path: path.to_owned(),
        source,
    }
}

/// A member whose bytes go into the spool as they are read.
struct Spooling<'a> {
    reader: &'a mut dyn Read,
    spool: Rc<RefCell<Spool>>,
}

impl Read for Spooling<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.spool
            .borrow_mut()
            .take(buffer.get(..read).unwrap_or_default())?;
        Ok(read)
    }
}
