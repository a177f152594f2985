//! Bytes of a file in big blocks: digested as they come, handed out as a window, forgotten once consumed.
//!
//! The window is always UTF-8 (or what claims to be): other encodings are turned into it on the way. Places and the digest are those
//! of the file itself. A block is shared, not copied, with whoever digests it and whoever reads its rows; it is used again once all let go of it.
//! Not here: what the bytes mean, and the thread that digests (`pipeline`).

use super::Place;
use super::encoding::{Encoding, Transcoder};
use crate::text::hex;
use sha2::{Digest, Sha256};
use std::io::{self, ErrorKind, Read};
use std::ops::Deref;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

/// Most bytes asked for at once while rows are short: large enough that neither system calls nor the passing on of a block count, small enough that
/// a cancel is felt and a block stays in the cache until its rows are read.
pub(super) const BLOCK: usize = 1 << 20;

/// Most bytes asked for at once behind a row that is longer than a block: its beginning is copied before each.
const LONG_BLOCK: usize = 4 << 20;

/// Bytes asked for first: many files are small, and room for a block costs more than reading them.
const FIRST_BLOCK: usize = 32 << 10;

/// Bytes as they were read, to be digested from this one on.
pub(super) type Block = (Arc<Bytes>, usize);

/// The first bytes of a buffer. Those behind them are of an earlier use: a buffer that is used again is not cleared first, and is filled in one go.
#[derive(Default)]
pub(super) struct Bytes {
    buffer: Vec<u8>,
    length: usize,
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.buffer.get(..self.length).unwrap_or_default()
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(buffer: Vec<u8>) -> Self {
        Self {
            length: buffer.len(),
            buffer,
        }
    }
}

impl Bytes {
    /// Puts these bytes in front, then as many of a reader as there are, but no more than so many. Gives how many were read, and why no more.
    fn fill(
        &mut self,
        front: &[u8],
        reader: &mut dyn Read,
        most: usize,
    ) -> (usize, io::Result<()>) {
        self.length = front.len();
        if let Some(place) = self.buffer.get_mut(..front.len()) {
            place.copy_from_slice(front);
        }
        let end = front.len() + most;
        let done = loop {
            let room = self.buffer.get_mut(self.length..end).unwrap_or_default();
            if room.is_empty() {
                break Ok(());
            }
            let room_length = room.len();
            match reader.read(room) {
                Ok(0) => break Ok(()),
                Ok(read) => self.length += read.min(room_length),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => break Err(error),
            }
        };
        (self.length - front.len(), done)
    }
}

/// Who digests what is read.
enum Digester {
    /// The thread that reads.
    Here(Sha256),
    /// A thread of its own.
    There(SyncSender<Block>),
}

impl Digester {
    fn update(&mut self, bytes: &Arc<Bytes>, from: usize) {
        match self {
            Self::Here(digest) => digest.update(bytes.get(from..).unwrap_or_default()),
            // A thread that is gone has panicked, and whoever waits for it says so.
            Self::There(blocks) => _ = blocks.send((Arc::clone(bytes), from)),
        }
    }
}

/// A reader with its window.
pub(super) struct Source<'a> {
    reader: &'a mut dyn Read,
    /// Fewest and most bytes asked for at once.
    blocks: (usize, usize),
    digest: Digester,
    encoding: Encoding,
    /// The way of the bytes to UTF-8, if they are not.
    transcoder: Option<Transcoder>,
    buffer: Arc<Bytes>,
    /// Every buffer of the usual size, those that others still hold among them.
    pool: Vec<Arc<Bytes>>,
    /// First byte of the buffer that is not consumed.
    start: usize,
    /// Bytes read from the reader.
    read: u64,
    /// Byte of the file at which the window begins.
    offset: u64,
    /// Line of the first byte of the window, from 1.
    line: u64,
    ended: bool,
    /// Why nothing more can be read, while what was read before is still of use.
    failed: Option<io::Error>,
}

impl<'a> Source<'a> {
    pub(super) fn new(reader: &'a mut dyn Read) -> Self {
        Self::in_blocks(reader, (FIRST_BLOCK, BLOCK))
    }

    /// A source that asks for no fewer, and but behind long rows for no more bytes at once.
    pub(super) fn in_blocks(reader: &'a mut dyn Read, blocks: (usize, usize)) -> Self {
        Self {
            reader,
            blocks,
            digest: Digester::Here(Sha256::new()),
            encoding: Encoding::Utf8,
            transcoder: None,
            buffer: Arc::default(),
            pool: Vec::new(),
            start: 0,
            read: 0,
            offset: 0,
            line: 1,
            ended: false,
            failed: None,
        }
    }

    /// The bytes read and not consumed.
    pub(super) fn window(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }

    /// Whether the window reaches to the end of the file.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// Reads another block behind the window, or leaves a failure to the next call while the window holds something.
    pub(super) fn peek(&mut self) -> io::Result<()> {
        match self.more() {
            Err(error) if !self.window().is_empty() => self.failed = Some(error),
            done => done?,
        }
        Ok(())
    }

    /// Whether no more will come: the file has ended, or could not be read on.
    pub(super) fn exhausted(&self) -> bool {
        self.ended || self.failed.is_some()
    }

    /// The buffer that holds the window.
    pub(super) fn shared(&self) -> Arc<Bytes> {
        Arc::clone(&self.buffer)
    }

    /// Where in its buffer the window begins.
    pub(super) fn start(&self) -> usize {
        self.start
    }

    /// Bytes read from the reader.
    pub(super) fn read(&self) -> u64 {
        self.read
    }

    /// Reads another block behind the window.
    pub(super) fn more(&mut self) -> io::Result<()> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let held = self.window().len();
        // As much as was read so far: a big file soon comes in whole blocks.
        let read = usize::try_from(self.read).unwrap_or(usize::MAX);
        let (fewest, most) = self.blocks;
        let size = read.clamp(fewest, most.max(held.min(LONG_BLOCK)));
        let kept = if self.transcoder.is_some() { 0 } else { held };
        let block = self.block(kept, size)?;
        self.buffer = match &mut self.transcoder {
            None => block,
            Some(transcoder) => {
                let mut text = self.buffer.get(self.start..).unwrap_or_default().to_vec();
                transcoder.push(&block, self.ended, &mut text);
                Arc::new(text.into())
            }
        };
        self.start = 0;
        Ok(())
    }

    /// From the beginning of the window on, but for a mark that it begins with, bytes are of this encoding.
    pub(super) fn decode_as(&mut self, encoding: Encoding) {
        self.consume(encoding.mark());
        self.encoding = encoding;
        self.transcoder = encoding.transcoder();
        if let Some(transcoder) = &mut self.transcoder {
            let mut text = Vec::new();
            let bytes = self.buffer.get(self.start..).unwrap_or_default();
            transcoder.push(bytes, self.ended, &mut text);
            (self.buffer, self.start) = (Arc::new(text.into()), 0);
        }
    }

    /// Reads and digests a block, behind a copy of so many bytes of the window.
    fn block(&mut self, held: usize, size: usize) -> io::Result<Arc<Bytes>> {
        let mut bytes = self.room(held + size);
        let front = self.buffer.get(self.start..).unwrap_or_default();
        let front = front.get(..held).unwrap_or_default();
        let (read, done) = bytes.fill(front, self.reader, size);
        match done {
            Ok(()) => self.ended = read < size,
            Err(error) if read == 0 => return Err(error),
            Err(error) => self.failed = Some(error),
        }
        self.read += read as u64;
        let shared = Arc::new(bytes);
        if shared.buffer.len() <= BLOCK * 2 {
            self.pool.push(Arc::clone(&shared));
        }
        if read > 0 {
            self.digest.update(&shared, held);
        }
        Ok(shared)
    }

    /// A buffer for so many bytes: one that nobody holds any more, or a new one.
    fn room(&mut self, size: usize) -> Bytes {
        let free = self
            .pool
            .iter_mut()
            .position(|held| Arc::get_mut(held).is_some());
        let free = free.map(|at| self.pool.swap_remove(at));
        let free = free.and_then(Arc::into_inner).unwrap_or_default();
        if free.buffer.len() >= size {
            return free;
        }
        Bytes {
            buffer: vec![0; size.next_multiple_of(FIRST_BLOCK)],
            length: 0,
        }
    }

    /// Leaves the first bytes of the window behind.
    pub(super) fn consume(&mut self, length: usize) {
        let gone = self.window().get(..length).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', gone).count() as u64;
        self.offset += self.span(length);
        self.start += length;
    }

    /// Bytes of the file that the first bytes of the window stand for. An odd last byte of UTF-16 stands for itself alone.
    pub(super) fn span(&self, length: usize) -> u64 {
        let text = self.window().get(..length).unwrap_or_default();
        self.encoding.span(text).min(self.read - self.offset)
    }

    /// Reads the rest for its digest alone.
    pub(super) fn drain(&mut self) -> io::Result<()> {
        while !self.ended {
            self.start = self.buffer.len();
            self.more()?;
        }
        Ok(())
    }

    /// The place of a row of this length at the beginning of the window.
    pub(super) fn place(&self, length: usize) -> Place {
        Place {
            line: self.line,
            offset: self.offset,
            length: self.span(length),
        }
    }

    /// Digest in lower-case hex, and number, of the bytes read so far. There is no digest while another thread has it.
    pub(super) fn digest(&self) -> (String, u64) {
        let digest = match &self.digest {
            Digester::Here(digest) => hex(&digest.clone().finalize()),
            Digester::There(_) => String::new(),
        };
        (digest, self.read)
    }

    /// From now on blocks go to whoever takes them from this channel; the digest of what was read so far.
    pub(super) fn digest_there(&mut self, blocks: SyncSender<Block>) -> Sha256 {
        match std::mem::replace(&mut self.digest, Digester::There(blocks)) {
            Digester::Here(digest) => digest,
            Digester::There(_) => Sha256::new(),
        }
    }

    /// What another thread made of the blocks; from now on they are digested here.
    pub(super) fn digest_here(&mut self, digest: Sha256) {
        self.digest = Digester::Here(digest);
    }
}
