//! Figures on generated logs: how fast they are read, in how much memory and disk, how soon the first grant stands on the screen, how long
//! answers take; as they grow, and in the shapes in which evidence comes.
//!
//! The large one is ignored by default, because it measures; both assert only what was found, never a time. Not here: comparison with other tools
//! (`cargo run --release --example bench_compare`), single steps (`cargo bench`).
//!
//! ```sh
//! cargo test --release --test scale -- --ignored --nocapture
//! GRANTLINE_SCALE=1000000,4000000,10000000 cargo test --release --test scale -- --ignored --nocapture
//! ```
//!
//! Plain logs of each number of records; of the first number every other shape too. Ten million take 25 GB of disk in the folder for temporary
//! files (`TMPDIR`); what does not fit is left out, and the table says so.

#![expect(
    clippy::expect_used,
    reason = "a measurement that cannot be made should fail where it failed"
)]

#[path = "../benches/measure/answer.rs"]
mod answer;
#[path = "../benches/measure/asked.rs"]
mod asked;
#[path = "../benches/measure/child.rs"]
mod child;
#[path = "scale/first.rs"]
mod first;
#[path = "../benches/measure/machine.rs"]
mod machine;
#[path = "scale/measured.rs"]
mod measured;
#[path = "scale/shape.rs"]
mod shape;
#[path = "scale/table.rs"]
mod table;
#[path = "scale/tenant.rs"]
mod tenant;

use machine::Machine;
use measured::{Lab, measured};
use std::path::Path;
use table::Column;
use tenant::Tenant;

/// Bytes of a record as a line, about.
const LINE: u64 = 2_000;

/// Tenths of the log that the disk must have room for: with a case of it, and with everything that another shape of it leaves too.
const ROOM: (u64, u64) = (12, 26);

#[test]
#[ignore = "measures; run it on a quiet machine in release mode"]
fn large_logs_are_read_whole() {
    let asked = std::env::var("GRANTLINE_SCALE").unwrap_or_else(|_| "200000".to_owned());
    let numbers = asked.split(',');
    let numbers: Vec<u64> = numbers
        .map(|number| number.trim().parse().expect("GRANTLINE_SCALE has numbers"))
        .collect();
    let machine = Machine::before();
    let columns = columns(&numbers, 100);
    println!("{}\n\n{}", machine.line(), table::text(&columns));
}

/// The same on little, so that it keeps working.
#[test]
fn small_logs_are_read_whole() {
    let columns = columns(&[300, 400], 3);
    assert_eq!(columns.len(), 7);
    let text = table::text(&columns);
    for row in [
        "| first grant on the screen |",
        "| bare word: screen, p50 / p95 ms |",
    ] {
        assert!(text.contains(row), "no {row:?} in\n{text}");
    }
    assert!(!text.contains("free"), "{text}");
}

/// Measures everything: a plain log of each number of records, and the first in every shape.
fn columns(numbers: &[u64], values: usize) -> Vec<Column> {
    let mut columns = Vec::new();
    for (at, records) in numbers.iter().copied().enumerate() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let tenths = if at == 0 { ROOM.1 } else { ROOM.0 };
        if let Some(lacking) = lacking(folder.path(), records * LINE * tenths / 10) {
            columns.push(Column::without(records, &lacking));
            continue;
        }
        let lab = Lab {
            folder: folder.path(),
            tenant: &Tenant::new(records),
            values,
        };
        of_one_tenant(&lab, at == 0, &mut columns);
    }
    columns
}

fn of_one_tenant(lab: &Lab<'_>, is_in_every_shape: bool, columns: &mut Vec<Column>) {
    let plain = lab.folder.join("plain.jsonl");
    let made = lab.tenant.write("native-lines", &plain);
    let whole = shape::whole(&plain);
    let mut column = measured(lab, "plain", &whole);
    column.made(&made, whole.bytes);
    columns.push(column);
    let others = shape::OTHERS.iter().filter(|_| is_in_every_shape);
    for (name, make) in others {
        let place = lab.folder.join("shape");
        std::fs::create_dir(&place).expect("a folder can be made");
        let evidence = make(lab.tenant, &whole, &place);
        columns.push(measured(lab, name, &evidence));
        std::fs::remove_dir_all(&place).expect("it can be removed");
    }
}

/// What a disk lacks, in words; `None` when it has room for so many bytes.
fn lacking(folder: &Path, bytes: u64) -> Option<String> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    let free = disk.f_bavail * disk.f_frsize;
    let gigabytes = |bytes: u64| bytes.div_ceil(1_000_000_000);
    (free < bytes).then(|| {
        let (needed, free) = (gigabytes(bytes), gigabytes(free));
        format!("left out: needs {needed} GB, {free} GB are free")
    })
}
