//! Any bytes are unpacked or told about, within the limits, under names that are plain and all different.
#![no_main]

use grantline::evidence::{Limits, MemberName, Visitor, unpack};
use libfuzzer_sys::fuzz_target;
use std::collections::HashSet;
use std::io::{self, Cursor, Read};
use std::ops::ControlFlow;
use std::path::Path;

#[derive(Default)]
struct Checks {
    names: HashSet<String>,
    told: u64,
    unpacked: u64,
}

impl Visitor for Checks {
    fn member(
        &mut self,
        name: &MemberName,
        _: Option<u64>,
        reader: &mut dyn Read,
    ) -> ControlFlow<()> {
        self.told += 1;
        let parts: Vec<&str> = name.as_str().split('/').collect();
        assert!(
            parts.iter().all(|part| !["", ".", ".."].contains(part)),
            "{name}"
        );
        assert!(
            !name
                .as_str()
                .contains(|c: char| c.is_control() || c == '\\')
        );
        assert!(self.names.insert(name.to_string()), "{name} twice");
        let mut counted = Counted(0);
        let _ = io::copy(reader, &mut counted);
        self.unpacked += counted.0;
        ControlFlow::Continue(())
    }

    fn fault(&mut self, _: &MemberName, reason: &str) {
        self.told += 1;
        assert!(!reason.is_empty());
    }
}

struct Counted(u64);

impl io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits {
        ratio_from: 1 << 20,
        total: 4 << 20,
        entries: 1000,
        ..Limits::default()
    };
    let mut checks = Checks::default();
    let scratch = std::env::temp_dir();
    let mut reader = Cursor::new(bytes);
    let done = unpack(
        &mut reader,
        Path::new("fuzz.gz"),
        &limits,
        &scratch,
        &mut checks,
    );
    assert!(done.is_err() || checks.told > 0);
    // A plain tar archive gives out no more than it holds.
    assert!(checks.unpacked <= (4 << 20) + bytes.len() as u64);
});
