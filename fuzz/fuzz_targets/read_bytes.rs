//! Any bytes are read or refused, every row is counted once, and rows neither overlap nor leave the file.
#![no_main]

mod accounts;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| accounts::balance(bytes));
