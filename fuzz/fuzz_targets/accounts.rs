//! The account that every reading must balance: every row is counted once, and rows neither overlap nor leave the file.
//!
//! Not here: which bytes are read; the targets choose them.

use grantline::evidence::{Row, read_from};
use std::ops::ControlFlow;
use std::path::Path;

/// Reads some bytes and checks the account.
pub fn balance(mut bytes: &[u8]) {
    let (mut rows, mut end) = (0, 0);
    let mut sink = |_: &_, row: Row| {
        let place = row.place();
        assert!(place.offset >= end);
        end = place.offset + place.length;
        rows += 1;
        ControlFlow::Continue(())
    };
    if let Ok(summary) = read_from(&mut bytes, Path::new("fuzz"), &mut sink) {
        assert_eq!(summary.rows, rows);
        assert!(end <= summary.size);
    }
}
