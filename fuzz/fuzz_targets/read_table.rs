//! Any rows under a known header are read or refused, and what is read stays inside of its place.
#![no_main]

use grantline::evidence::{Row, read_from};
use libfuzzer_sys::fuzz_target;
use std::ops::ControlFlow;
use std::path::Path;

fuzz_target!(|bytes: &[u8]| {
    let (delimiter, rest) = match bytes.split_first() {
        Some((b';', rest)) => (";", rest),
        Some((b'\t', rest)) => ("\t", rest),
        _ => (",", bytes),
    };
    let header = "CreationDate,UserIds,Operations,AuditData\n".replace(',', delimiter);
    let mut file = header.into_bytes();
    let start = file.len() as u64;
    file.extend_from_slice(rest);
    let mut end = start;
    let mut sink = |_: &_, row: Row| {
        let place = row.place();
        assert!(place.offset >= end && place.line > 1);
        end = place.offset + place.length;
        ControlFlow::Continue(())
    };
    if let Ok(summary) = read_from(&mut file.as_slice(), Path::new("fuzz"), &mut sink) {
        assert!(end <= summary.size);
        let ended = file.last() == Some(&b'\n');
        assert!(!ended || summary.open_tail.is_none() || file.contains(&b'"'));
    }
});
