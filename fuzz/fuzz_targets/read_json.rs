//! Any JSON text, in envelopes or not, is cut the same whichever way it comes: in UTF-8 or UTF-16, and in blocks of any size.
#![no_main]

use grantline::evidence::{Row, read_from};
use libfuzzer_sys::fuzz_target;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::Path;

/// Gives few bytes at a time.
struct Slow<'a>(&'a [u8], usize);

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = buffer.len().min(self.1);
        self.0.read(&mut buffer[..length])
    }
}

/// Lines and lengths in characters are the same in every encoding; whether a row is refused is, too.
fn rows(reader: &mut dyn Read) -> Vec<(u64, bool)> {
    let (mut rows, mut end) = (Vec::new(), 0);
    let mut sink = |_: &_, row: Row| {
        let place = row.place();
        assert!(place.offset >= end);
        end = place.offset + place.length;
        rows.push((place.line, matches!(row, Row::Refused { .. })));
        ControlFlow::Continue(())
    };
    if let Ok(summary) = read_from(reader, Path::new("fuzz"), &mut sink) {
        assert!(end <= summary.size);
        assert!(summary.open_tail.is_none_or(|at| at < summary.size));
    }
    rows
}

fuzz_target!(|text: &str| {
    // The first byte chooses how the text begins, so that most of it is reached.
    let mut rest = text.chars();
    let beginning = match rest.next() {
        Some('v') => "{\"value\":[{",
        Some('h') => "{\"hits\":{\"hits\":[{",
        Some('t') => "{\"tables\":[{\"columns\":[{\"name\":\"Operation\"},{\"name\":\"OfficeId\"}],\"rows\":[[",
        Some('d') => "[\n{",
        _ => "{",
    };
    let text = format!("{beginning}{}", rest.as_str());
    let whole = rows(&mut text.as_bytes());
    assert_eq!(whole, rows(&mut Slow(text.as_bytes(), 7)));
    let units = "\u{feff}".encode_utf16().chain(text.encode_utf16());
    let wide: Vec<u8> = units.flat_map(u16::to_be_bytes).collect();
    // Zeros may make what claims to be UTF-8 binary, or UTF-16; a mark settles it.
    if !text.contains('\0') {
        assert_eq!(whole, rows(&mut Slow(&wide, 4095)));
    }
});
