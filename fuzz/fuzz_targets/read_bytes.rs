//! Any bytes are read or refused, every row is counted once, and rows neither overlap nor leave the file.
#![no_main]

use grantline::evidence::{Row, read_from};
use libfuzzer_sys::fuzz_target;
use std::ops::ControlFlow;
use std::path::Path;

fuzz_target!(|bytes: &[u8]| {
    let (mut rows, mut end) = (0, 0);
    let mut sink = |_: &_, row: Row| {
        let place = row.place();
        assert!(place.offset >= end);
        end = place.offset + place.length;
        rows += 1;
        ControlFlow::Continue(())
    };
    let mut reader = bytes;
    if let Ok(summary) = read_from(&mut reader, Path::new("fuzz"), &mut sink) {
        assert_eq!(summary.rows, rows);
        assert!(end <= summary.size);
    }
});
