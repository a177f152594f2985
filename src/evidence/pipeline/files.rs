//! Many small files, each read by one thread from beginning to end.
//!
//! A small file alone would keep one core busy: here several are read at the same time, and what is made of them comes out in their order.
//! Not here: files that are large, or packed.

use super::super::pass::read_through;
use super::super::source::Source;
use super::super::{EvidenceError, Layout, Summary, open};
use super::crew::{Lost, with_crew};
use super::{Gather, Plan, alone, cores};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Something of one file on its way out.
#[derive(Debug)]
pub enum FilePart<G> {
    /// Rows, with the layout as far as it is known by then.
    Rows(Layout, G),
    /// What reading the file came to: its last part.
    End(Result<Summary, EvidenceError>),
}

/// Reads plain files as [`super::read_batches`] does, one a thread: `new` begins a batch of a file, `sink` takes the parts of one file after the
/// other, in order, with the number of the file among `paths`. What is made of a file waits as a whole in memory until it is given out, at
/// most two files a core: they should be small.
///
/// A `sink` that breaks stops the reading; the files it did not take have no end.
pub fn read_files<G: Gather>(
    paths: &[PathBuf],
    batch: usize,
    new: &(dyn Fn(usize) -> G + Sync),
    sink: &mut dyn FnMut(usize, FilePart<G>) -> ControlFlow<()>,
) {
    read_on((cores(), batch), paths, new, sink);
}

/// The same with so many threads, and batches of so many bytes.
pub(super) fn read_on<G: Gather>(
    (threads, batch): (usize, usize),
    paths: &[PathBuf],
    new: &(dyn Fn(usize) -> G + Sync),
    sink: &mut dyn FnMut(usize, FilePart<G>) -> ControlFlow<()>,
) {
    let worker = || |(at, path): (usize, &PathBuf)| (at, parts(path, batch, &|| new(at)));
    with_crew(threads.min(paths.len()), &worker, |crew| {
        let mut given = paths.iter().enumerate();
        loop {
            while crew.ahead() <= threads * 2
                && let Some(job) = given.next()
            {
                crew.give(job);
            }
            let (at, parts) = match crew.take(true) {
                Ok(Some(done)) => done,
                Ok(None) | Err(Lost) => return,
            };
            if parts.into_iter().any(|part| sink(at, part).is_break()) {
                return;
            }
        }
    });
}

/// Everything of one file.
fn parts<G: Gather>(path: &Path, batch: usize, new: &dyn Fn() -> G) -> Vec<FilePart<G>> {
    let mut parts = Vec::new();
    let end = file(path, batch, new, &mut |layout, gather| {
        parts.push(FilePart::Rows(layout.clone(), gather));
        ControlFlow::Continue(())
    });
    parts.push(FilePart::End(end));
    parts
}

fn file<G: Gather>(
    path: &Path,
    batch: usize,
    new: &dyn Fn() -> G,
    sink: &mut dyn FnMut(&Layout, G) -> ControlFlow<()>,
) -> Result<Summary, EvidenceError> {
    let mut file = open(path)?;
    let plan = Plan {
        threads: 0,
        alone: u64::MAX,
        batch,
    };
    read_through(Source::new(&mut file), path, |cutter, pass| {
        let mut cutter = cutter.in_batches(&pass.layout, batch);
        let done = alone(&mut cutter, pass, plan, new, sink);
        (
            cutter,
            done.map(|flow| flow.unwrap_or(ControlFlow::Continue(()))),
        )
    })
}
