//! Zstandard frames (RFC 8878), one behind another, skippable ones passed over.
//!
//! Not here: limits, but for the memory that a frame asks for.

use super::meter::{Broken, Counted};
use std::io::{self, BufRead, Read};
use zstd::stream::read::Decoder;

/// What errors call it.
const WHAT: &str = "the zstd stream";

/// Largest window, as a power of two: 128 MiB, what `zstd` itself unpacks unasked. Each layer of nesting may hold one.
const WINDOW: u32 = 27;

/// The unpacked bytes of all frames.
pub(super) struct Zstd<R: BufRead> {
    decoder: Decoder<'static, Counted<R>>,
}

impl<R: BufRead> Zstd<R> {
    pub(super) fn new(reader: R) -> io::Result<Self> {
        let mut decoder = Decoder::with_buffer(Counted::new(reader, 0))?;
        decoder.window_log_max(WINDOW)?;
        Ok(Self { decoder })
    }
}

impl<R: BufRead> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.decoder.read(buffer);
        let at = self.decoder.get_ref().taken();
        read.map_err(|error| {
            if error.to_string().contains("too much memory") {
                return Broken::Limit(wide()).into();
            }
            Broken::at(WHAT, at, &error).into()
        })
    }
}

fn wide() -> String {
    format!(
        "{WHAT} asks for more than {} MiB of memory; unpack it with `zstd --decompress --long=31` and add the result",
        (1_u64 << WINDOW) >> 20
    )
}
