//! Anything that begins as XML is read or refused, every row is counted once, and rows neither overlap nor leave the file.
#![no_main]

mod accounts;

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    if !bytes.starts_with(b"<") {
        return Corpus::Reject;
    }
    accounts::balance(bytes);
    Corpus::Keep
});
