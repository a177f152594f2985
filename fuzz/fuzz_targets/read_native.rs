//! Whatever the fast reader of native records reads, the strict reader reads into the same record, and as nothing but a native record.
#![no_main]

use grantline::evidence::ObjectReader;
use libfuzzer_sys::fuzz_target;
use std::cell::RefCell;

thread_local! {
    // What one row leaves behind must not show in the next.
    static READER: RefCell<ObjectReader> = RefCell::default();
}

/// Without these hardly any row is a record.
const BEGINNING: &str = r#"{"Operation":"UserLoggedIn","CreationTime":"2023-06-03T08:13:00","Id":"1","#;

fn check(row: &str) {
    READER.with_borrow_mut(|reader| {
        if let Some(quick) = reader.quick(row) {
            let (records, format) = ObjectReader::strict(row).unwrap();
            assert_eq!(format, "unified-audit");
            assert_eq!(records, std::slice::from_ref(quick));
        }
    });
}

fuzz_target!(|text: &str| {
    check(text);
    check(&format!("{BEGINNING}{text}"));
});
