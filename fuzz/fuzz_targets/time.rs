//! Any text is a moment or none, and a moment reads back as itself.
#![no_main]

use grantline::time::{parse, rfc3339};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Some(instant) = parse(text) {
        assert_eq!(parse(&rfc3339(instant)), Some(instant));
    }
});
