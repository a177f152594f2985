//! Reading on several threads: one takes bytes and cuts rows, one digests, the others read rows; what they make of them comes out in the
//! order of the file.
//!
//! The caller's thread reads, cuts and takes results; the digest of a file is a chain that no second core can help with, so it never waits for
//! anything else. Rows travel in batches of whole rows, bounded in number. A file that is read in no time is read on the caller's thread alone.
//! Not here: what is made of rows.

mod crew;
mod files;

pub use files::{FilePart, read_files};

use super::cutter::{Batch, Cutter};
use super::pass::{Pass, read_through};
use super::rows::{Rows, Tally};
use super::source::{BLOCK, Block, Source};
use super::{EvidenceError, Layout, Row, Summary};
use crew::{Crew, Lost, joined, with_crew};
use sha2::{Digest, Sha256};
use std::collections::VecDeque;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::thread::{self, Builder, Scope, ScopedJoinHandle};

/// Most bytes of rows that are read and not given out yet: full batches, and one that holds a row of the greatest length with what was read behind
/// it.
pub const AHEAD: usize = 32 << 20;

/// Bytes of rows that are read together as a rule.
pub const BATCH: usize = BLOCK;

/// Bytes of rows in batches that are not given out, from which on no other is cut.
const FULL: usize = 10 << 20;

/// Bytes of a file that are read before there are threads: to start them takes longer than to read so many rows.
const ALONE: u64 = BLOCK as u64;

/// Blocks that wait to be digested: as many as keep the digest going while a batch is given out.
const DIGESTS: usize = 8;

/// What is made of the rows of one batch, on the thread that reads them.
pub trait Gather: Send {
    /// Takes the next row. It is lent: the next one is read into the same memory.
    fn row(&mut self, row: &Row);
}

/// What takes batches.
type Sink<'s, G> = dyn FnMut(&Layout, G) -> ControlFlow<()> + 's;

/// What was made of a batch, and what its rows say of their file.
type Done<G> = (G, Tally);

/// Reads rows from any source of bytes, as [`super::read_from`] does, on several threads: `new` begins a batch, `sink` takes batches in the
/// order of the file, with the layout as far as it is known by then. Whatever the number of threads, the same rows come in the same order; where
/// one batch ends and the next begins says nothing. There are no batches without rows. `batch` is about how many bytes of rows are read together, as
/// a rule [`BATCH`]; 1 makes every row a batch.
pub fn read_batches<G: Gather>(
    reader: &mut dyn Read,
    path: &Path,
    batch: usize,
    new: &(dyn Fn() -> G + Sync),
    sink: &mut dyn FnMut(&Layout, G) -> ControlFlow<()>,
) -> Result<Summary, EvidenceError> {
    let plan = Plan {
        // The digest takes less of a core than a thread that reads rows: none is kept free for it.
        threads: cores(),
        alone: ALONE,
        batch,
    };
    read_on(plan, Source::new(reader), path, new, sink)
}

/// Where rows are read.
#[derive(Debug, Clone, Copy)]
struct Plan {
    /// Threads that read rows.
    threads: usize,
    /// Bytes of a file that are read before there are any.
    alone: u64,
    /// About how many bytes of rows are read together.
    batch: usize,
}

/// Threads that run at the same time.
fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// The same from a source, by a plan.
fn read_on<G: Gather>(
    plan: Plan,
    source: Source<'_>,
    path: &Path,
    new: &(dyn Fn() -> G + Sync),
    sink: &mut Sink<'_, G>,
) -> Result<Summary, EvidenceError> {
    read_through(source, path, |cutter, pass| {
        let mut cutter = cutter.in_batches(&pass.layout, plan.batch);
        match alone(&mut cutter, pass, plan, new, sink) {
            Ok(None) => together(plan.threads, cutter, pass, new, sink),
            Ok(Some(flow)) => (cutter, Ok(flow)),
            Err(error) => (cutter, Err(error)),
        }
    })
}

/// Reads on this thread; nothing when so many bytes are read, and there are more.
fn alone<G: Gather>(
    cutter: &mut Cutter<'_>,
    pass: &mut Pass,
    plan: Plan,
    new: &dyn Fn() -> G,
    sink: &mut Sink<'_, G>,
) -> io::Result<Option<ControlFlow<()>>> {
    let mut rows = Rows::new(&pass.layout);
    loop {
        let (mut gather, mut tally, mut size) = (new(), Tally::default(), 0);
        let next = loop {
            let next = cutter.next();
            let Ok(Some(batch)) = &next else { break next };
            rows.gather(batch, &mut gather, &mut tally);
            size += batch.size();
            if size >= plan.batch || cutter.source().read() >= plan.alone {
                break next;
            }
        };
        if give(pass, (gather, tally), sink).is_break() {
            return Ok(Some(ControlFlow::Break(())));
        }
        if next?.is_none() {
            return Ok(Some(ControlFlow::Continue(())));
        }
        if cutter.source().read() >= plan.alone && !cutter.source().ended() {
            return Ok(None);
        }
    }
}

/// Gives out what was made of a batch.
fn give<G>(pass: &mut Pass, done: Done<G>, sink: &mut Sink<'_, G>) -> ControlFlow<()> {
    let (gather, tally) = done;
    if tally.rows == 0 {
        return ControlFlow::Continue(());
    }
    pass.add(&tally);
    sink(&pass.layout, gather)
}

/// Reads the rest with so many threads for rows, and one for the digest.
fn together<'r, G: Gather>(
    threads: usize,
    mut cutter: Cutter<'r>,
    pass: &mut Pass,
    new: &(dyn Fn() -> G + Sync),
    sink: &mut Sink<'_, G>,
) -> (Cutter<'r>, io::Result<ControlFlow<()>>) {
    let layout = pass.layout.clone();
    let worker = || {
        let mut rows = Rows::new(&layout);
        move |batch: Batch| {
            let (mut gather, mut tally) = (new(), Tally::default());
            rows.gather(&batch, &mut gather, &mut tally);
            (gather, tally)
        }
    };
    let worker = &worker;
    thread::scope(move |scope| {
        let digest = digest_on(scope, cutter.source());
        let done = with_crew(threads, worker, |crew| {
            let mut line = Line {
                crew,
                sizes: VecDeque::new(),
                full: ((threads + 2) * BLOCK).min(FULL),
                pass,
                sink,
            };
            line.run(&mut cutter)
        });
        if let Some(digest) = digest {
            // The thread ends when nobody can send it blocks any more.
            cutter.source().digest_here(Sha256::new());
            cutter.source().digest_here(joined(digest));
        }
        (cutter, done)
    })
}

/// Starts a thread that digests what is read from now on; none when the system has none, and what is read is digested where it is read.
fn digest_on<'s>(
    scope: &'s Scope<'s, '_>,
    source: &mut Source<'_>,
) -> Option<ScopedJoinHandle<'s, Sha256>> {
    let (sender, blocks) = sync_channel::<Block>(DIGESTS);
    let so_far = source.digest_there(sender);
    let mut digest = so_far.clone();
    let thread = Builder::new().spawn_scoped(scope, move || {
        for (bytes, from) in blocks {
            digest.update(bytes.get(from..).unwrap_or_default());
        }
        digest
    });
    if thread.is_err() {
        source.digest_here(so_far);
    }
    thread.ok()
}

/// Batches on their way to those who read them, and what comes back.
struct Line<'l, 's, G, W> {
    crew: &'l mut Crew<Batch, Done<G>, W>,
    /// Bytes of the batches whose results are to come.
    sizes: VecDeque<usize>,
    /// So many bytes are enough.
    full: usize,
    pass: &'l mut Pass,
    sink: &'l mut Sink<'s, G>,
}

impl<G: Gather, W: FnMut(Batch) -> Done<G>> Line<'_, '_, G, W> {
    /// Cuts to the end, or until the sink breaks. A failure to read comes behind the rows before it.
    fn run(&mut self, cutter: &mut Cutter<'_>) -> io::Result<ControlFlow<()>> {
        loop {
            if self.give_out(self.full).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            match cutter.next() {
                Ok(Some(batch)) => {
                    self.sizes.push_back(batch.size());
                    self.crew.give(batch);
                }
                end => {
                    let flow = self.give_out(0);
                    return match end {
                        Err(error) if flow.is_continue() => Err(error),
                        _ => Ok(flow),
                    };
                }
            }
        }
    }

    /// Gives out what is done, and waits for it as long as so many bytes of rows, or more, are to come.
    fn give_out(&mut self, full: usize) -> ControlFlow<()> {
        loop {
            let wait = self.sizes.iter().sum::<usize>() >= full;
            match self.crew.take(wait) {
                Ok(Some(done)) => {
                    self.sizes.pop_front();
                    give(self.pass, done, self.sink)?;
                }
                Ok(None) => return ControlFlow::Continue(()),
                Err(Lost) => return ControlFlow::Break(()),
            }
        }
    }
}

#[cfg(test)]
mod tests;
