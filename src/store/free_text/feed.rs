//! The thread that indexes texts while records are read, and the way to it.
//!
//! Not here: what it does with a text.

use super::Building;
use crate::store::Fault;
use crate::store::batch::Texts;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread::{self, JoinHandle};

/// Bytes of text that go over together.
const CHUNK: usize = 128 * 1024;

/// Chunks that may wait.
const WAITING: usize = 8;

/// Takes the texts of a segment that grows.
#[derive(Default)]
pub(in crate::store) struct Feed {
    next: Texts,
    thread: Option<Thread>,
}

struct Thread {
    sender: SyncSender<Texts>,
    handle: JoinHandle<Result<Building, Fault>>,
    size: Arc<AtomicUsize>,
}

impl Feed {
    /// Takes a copy of some texts, one after another, of the same row or of later ones.
    pub fn push(&mut self, row: u32, text: &str) {
        self.next.rows.push(row);
        self.next.joined.push_str(text);
        self.next.ends.push(self.next.joined.len());
    }

    /// Sends what was taken, if it is enough. To be called between rows: the texts of one row go together.
    pub fn send_if_full(&mut self) -> Result<(), Fault> {
        if self.next.joined.len() < CHUNK {
            return Ok(());
        }
        self.send()
    }

    fn send(&mut self) -> Result<(), Fault> {
        if self.next.rows.is_empty() {
            return Ok(());
        }
        if self.thread.is_none() {
            self.thread = Some(start()?);
        }
        if let Some(thread) = &self.thread {
            // Refused when the thread has failed, which is told when it is asked for what it made.
            let _ = thread.sender.send(std::mem::take(&mut self.next));
        }
        Ok(())
    }

    /// Bytes that it takes in memory, about.
    pub fn size(&self) -> usize {
        let thread = self.thread.as_ref();
        thread.map_or(0, |thread| thread.size.load(Ordering::Relaxed))
    }

    /// Waits for all texts to be indexed. `None` when there were none.
    pub fn finish(mut self) -> Result<Option<Building>, Fault> {
        self.send()?;
        let Some(Thread { sender, handle, .. }) = self.thread.take() else {
            return Ok(None);
        };
        drop(sender);
        handle.join().unwrap_or_else(|_| Err(died())).map(Some)
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        if let Some(Thread { sender, handle, .. }) = self.thread.take() {
            drop(sender);
            // What it made is not wanted.
            let _ = handle.join();
        }
    }
}

fn start() -> Result<Thread, Fault> {
    let (sender, receiver) = mpsc::sync_channel(WAITING);
    let size = Arc::<AtomicUsize>::default();
    let told = Arc::clone(&size);
    let handle = thread::Builder::new()
        .name("free text".into())
        .spawn(move || index(&receiver, &told))
        .map_err(|source| Fault::System {
            path: "a thread for free text".into(),
            source,
        })?;
    Ok(Thread {
        sender,
        handle,
        size,
    })
}

fn index(receiver: &Receiver<Texts>, size: &AtomicUsize) -> Result<Building, Fault> {
    let mut building = Building::begin()?;
    for texts in receiver {
        building.add(texts)?;
        size.store(building.size(), Ordering::Relaxed);
    }
    Ok(building)
}

fn died() -> Fault {
    tantivy::TantivyError::SystemError("the thread that indexes free text died".into()).into()
}
