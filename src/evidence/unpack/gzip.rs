//! gzip streams (RFC 1952), one behind another, as loggers that append and `cat` make them.
//!
//! The name and comment inside a header are passed over: they say what whoever packed the file wanted. Not here: limits.

use super::meter::{Broken, Counted};
use flate2::bufread::GzDecoder;
use std::io::{self, BufRead, Read};

/// What errors call it.
const WHAT: &str = "the gzip stream";

/// The unpacked bytes of all streams.
pub(super) struct Gzip<R> {
    /// Nothing behind the last stream.
    decoder: Option<GzDecoder<Counted<R>>>,
}

impl<R: BufRead> Gzip<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            decoder: Some(GzDecoder::new(Counted::new(reader, 0))),
        }
    }

    /// Goes on to the stream behind the one that ended, if there is one.
    fn next(&mut self) -> io::Result<()> {
        let Some(decoder) = self.decoder.take() else {
            return Ok(());
        };
        let mut reader = decoder.into_inner();
        let first = behind_zeros(&mut reader);
        match first.map_err(|error| Broken::at(WHAT, reader.taken(), &error))? {
            None => Ok(()),
            Some(0x1f) => {
                self.decoder = Some(GzDecoder::new(reader));
                Ok(())
            }
            Some(_) => Err(trailing(reader.taken()).into()),
        }
    }
}

/// The byte behind the zeros that tapes and block devices pad with.
fn behind_zeros(reader: &mut impl BufRead) -> io::Result<Option<u8>> {
    loop {
        let held = reader.fill_buf()?;
        if held.is_empty() {
            return Ok(None);
        }
        let found = held.iter().position(|byte| *byte != 0);
        let byte = found.and_then(|at| held.get(at)).copied();
        let zeros = found.unwrap_or(held.len());
        reader.consume(zeros);
        if byte.is_some() {
            return Ok(byte);
        }
    }
}

fn trailing(at: u64) -> Broken {
    Broken::Damage(format!(
        "{WHAT} is followed by bytes that are no gzip at byte {at} of the packed file; what stands before them was unpacked; compare it with its source"
    ))
}

impl<R: BufRead> Read for Gzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(decoder) = &mut self.decoder {
            let read = decoder.read(buffer);
            let at = decoder.get_ref().taken();
            match read.map_err(|error| Broken::at(WHAT, at, &error))? {
                0 if !buffer.is_empty() => self.next()?,
                read => return Ok(read),
            }
        }
        Ok(0)
    }
}
