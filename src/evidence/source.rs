//! Bytes of a file in big blocks: digested as they come, handed out as a window, forgotten once consumed.
//!
//! The window is always UTF-8 (or what claims to be): other encodings are turned into it on the way. Places and the digest are those
//! of the file itself. Not here: what the bytes mean.

use super::Place;
use super::encoding::{Encoding, Transcoder};
use crate::text::hex;
use sha2::{Digest, Sha256};
use std::io::{self, ErrorKind, Read};

/// Most bytes asked for at once: large enough that system calls do not count, small enough that a cancel is felt.
const BLOCK: usize = 512 << 10;

/// Bytes asked for first: many files are small, and room for a block costs more than reading them.
const FIRST_BLOCK: usize = 32 << 10;

/// A reader with its window.
pub(super) struct Source<'a> {
    reader: &'a mut dyn Read,
    digest: Sha256,
    encoding: Encoding,
    /// The way of the bytes to UTF-8, if they are not.
    transcoder: Option<Transcoder>,
    buffer: Vec<u8>,
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
        Self {
            reader,
            digest: Sha256::new(),
            encoding: Encoding::Utf8,
            transcoder: None,
            buffer: Vec::new(),
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

    /// Reads another block behind the window.
    pub(super) fn more(&mut self) -> io::Result<()> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        self.buffer.drain(..self.start);
        self.start = 0;
        let held = self.buffer.len();
        // As much as was read so far: a big file soon comes in whole blocks.
        let read = usize::try_from(self.read).unwrap_or(BLOCK);
        self.buffer.resize(held + read.clamp(FIRST_BLOCK, BLOCK), 0);
        let read = self.fill(held);
        self.buffer
            .truncate(held + read.as_ref().map_or(0, |read| *read));
        self.digest
            .update(self.buffer.get(held..).unwrap_or_default());
        self.read += read? as u64;
        if let Some(transcoder) = &mut self.transcoder {
            let block = self.buffer.split_off(held);
            transcoder.push(&block, self.ended, &mut self.buffer);
        }
        Ok(())
    }

    /// From the beginning of the window on, but for a mark that it begins with, bytes are of this encoding.
    pub(super) fn decode_as(&mut self, encoding: Encoding) {
        self.consume(encoding.mark());
        self.encoding = encoding;
        self.transcoder = encoding.transcoder();
        if let Some(transcoder) = &mut self.transcoder {
            let bytes = self.buffer.split_off(self.start);
            (self.buffer, self.start) = (Vec::new(), 0);
            transcoder.push(&bytes, self.ended, &mut self.buffer);
        }
    }

    fn fill(&mut self, from: usize) -> io::Result<usize> {
        loop {
            match self.reader.read(&mut self.buffer[from..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Ok(0) => {
                    self.ended = true;
                    return Ok(0);
                }
                read => return read,
            }
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

    /// Digest in lower-case hex, and number, of the bytes read so far.
    pub(super) fn digest(&self) -> (String, u64) {
        (hex(&self.digest.clone().finalize()), self.read)
    }
}
