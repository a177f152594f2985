//! Any text is an address or none, and an address reads back as itself.
#![no_main]

use grantline::net::{class, country, network, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Some(address) = parse(text) {
        assert_eq!(parse(&address.to_string()), Some(address));
        let _ = (class(address), country(address), network(address));
    }
});
