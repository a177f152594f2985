//! One tenant in every shape: whatever export it comes in, the same records and the same grants come out.
//!
//! The same records are written in all shapes of the unified log, read back, and compared with what plain lines give, but for what a
//! shape cannot carry. Not here: what the grants are worth (`src/hunt`), the shapes of all other logs and of inventories (`shapes`).

#![expect(clippy::unwrap_used, reason = "a failing test should panic")]

#[expect(dead_code, reason = "each test file uses some of the helpers")]
mod common;
#[path = "differential/lost.rs"]
mod lost;
#[path = "differential/shapes.rs"]
mod shapes;
#[path = "differential/tenant.rs"]
mod tenant;

use common::packing::{gzip, tar, zip};
use common::{Lab, number, text};
use grantline::demo::shape::Shape;
use grantline::evidence::{Row, read_from};
use grantline::record::Record;
use serde_json::Value;
use shapes::{lost_of, written};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::thread;
use tenant::{RECORDS, tenant};

/// Tenants of the usual run.
const SEEDS: u64 = 8;

/// What came out of one file.
struct Read {
    format: String,
    records: BTreeMap<String, Record>,
    refused: Vec<String>,
}

fn read(name: &str, bytes: &[u8]) -> Read {
    let (mut records, mut refused) = (Vec::new(), Vec::new());
    let mut sink = |_: &_, row| {
        match row {
            Row::Records(found, _) => records.extend(found),
            Row::Inventory(entry, _) => refused.push(format!("an inventory: {entry:?}")),
            Row::Refused { reason, .. } => refused.push(reason),
        }
        ControlFlow::Continue(())
    };
    let summary = read_from(&mut &*bytes, Path::new(name), &mut sink);
    let count = records.len();
    let records: BTreeMap<_, _> = records
        .into_iter()
        .map(|record: Record| (record.id.0.clone(), record))
        .collect();
    assert_eq!(count, records.len(), "{name}: ids repeat");
    let summary = summary.map_err(|error| format!("{name}: {error}")).unwrap();
    Read {
        format: summary.layout.format.unwrap_or_default(),
        records,
        refused,
    }
}

/// The first field in which two records differ, as both spell it.
fn difference(one: &Record, other: &Record) -> Option<String> {
    if one == other {
        return None;
    }
    let (one, other) = (format!("{one:#?}"), format!("{other:#?}"));
    let mut field = "";
    for (left, right) in one.lines().zip(other.lines()) {
        if left.starts_with("    ") && !left.starts_with("     ") && left.contains(':') {
            field = left.trim();
        }
        if left != right {
            return Some(format!(
                "in {field}\n  lines: {}\n  shape: {}",
                left.trim(),
                right.trim()
            ));
        }
    }
    Some("one is longer".to_owned())
}

/// What is wrong with a shape of a tenant.
fn faults(shape: &Shape, seed: u64, natives: &[Value], expected: &Read) -> Vec<String> {
    let name = format!("{} of tenant {seed}", shape.name);
    let read = read(&name, &shape.file(natives));
    let mut faults = Vec::new();
    if read.format != shape.format {
        faults.push(format!("{name}: read as {}", read.format));
    }
    faults.extend(
        read.refused
            .iter()
            .map(|reason| format!("{name}: refused: {reason}")),
    );
    if read.records.len() != natives.len() {
        faults.push(format!("{name}: {} records", read.records.len()));
    }
    for native in natives {
        let id = text(&native["Id"]);
        let Some(found) = read.records.get(&id) else {
            faults.push(format!("{name}: {id} is missing"));
            continue;
        };
        let (mut one, mut other) = (expected.records[&id].clone(), found.clone());
        lost_of(shape.name)(native, &mut one);
        lost_of(shape.name)(native, &mut other);
        if let Some(difference) = difference(&one, &other) {
            let operation = text(&native["Operation"]);
            faults.push(format!("{name}: {id} ({operation}) {difference}"));
        }
    }
    faults
}

/// What is wrong with all shapes of a tenant.
fn all_faults(seed: u64) -> Vec<String> {
    let natives = tenant(seed);
    let expected = read("lines", &shapes::native_lines(&natives));
    assert_eq!(expected.records.len(), RECORDS);
    for record in expected.records.values() {
        assert_eq!(record.degraded, "", "{record:#?}");
    }
    let of = |shape| faults(shape, seed, &natives, &expected);
    shapes::all().into_iter().flat_map(of).collect()
}

fn every_shape(seeds: std::ops::Range<u64>) {
    let all: Vec<String> = thread::scope(|scope| {
        let runs: Vec<_> = seeds
            .map(|seed| scope.spawn(move || all_faults(seed)))
            .collect();
        let joined = runs.into_iter().map(|run| run.join().unwrap());
        joined.flatten().collect()
    });
    let shown: Vec<_> = all.iter().take(20).map(String::as_str).collect();
    let count = all.len();
    assert!(count == 0, "{count} differences:\n{}", shown.join("\n"));
}

#[test]
fn every_shape_gives_the_same_records() {
    every_shape(0..SEEDS);
}

#[test]
#[ignore = "a minute: cargo test --test differential -- --ignored"]
fn every_shape_gives_the_same_records_for_many_tenants() {
    every_shape(SEEDS..SEEDS + 40);
}

/// The name of a shape, and whether it loses some of a member.
type Losing = (&'static str, fn(&Value) -> bool);

/// Shapes in which PowerShell or Power Query lose lists and objects of objects, and which members of a record those are.
const LOSING: &[Losing] = &[
    ("audit-data-only-csv", |value| {
        value.is_array() || value["ParentFolder"].is_object()
    }),
    ("power-query", |value| {
        value.is_array() || value["ParentFolder"].is_object()
    }),
    ("search-json-shallow", |value| {
        ["FolderItems", "MessageItems", "ParentFolder"]
            .iter()
            .any(|name| value[0].get(name).is_some())
    }),
];

#[test]
fn what_is_lost_is_said() {
    let natives = tenant(3);
    for (name, is_lost) in LOSING {
        let read = read(name, &written(name, &natives));
        for native in &natives {
            let record = &read.records[&text(&native["Id"])];
            let loses = native.as_object().unwrap().values().any(is_lost);
            let operation = record.operation.as_str();
            assert_eq!(!record.degraded.is_empty(), loses, "{name}: {operation}");
        }
    }
}

/// The grants of a case, but for where their records were read.
fn grants(lab: &Lab) -> BTreeMap<String, Value> {
    let without_sources = |mut grant: Value| {
        grant["sources"] = Value::Null;
        (text(&grant["id"]), grant)
    };
    lab.grants().into_iter().map(without_sources).collect()
}

#[track_caller]
fn same_grants(name: &str, found: &BTreeMap<String, Value>, expected: &BTreeMap<String, Value>) {
    for (id, grant) in expected {
        assert_eq!(found.get(id), Some(grant), "{name}");
    }
    assert_eq!(found.len(), expected.len(), "{name}");
}

/// A case of one file, which holds no fault.
fn case_of(name: &str, bytes: &[u8]) -> Lab {
    let lab = Lab::new();
    lab.write(name, bytes);
    lab.index().exits(0);
    assert_eq!(lab.searched(), RECORDS, "{name}");
    lab
}

/// Ways of packing a file.
type Packing = (&'static str, fn(&[u8]) -> Vec<u8>);

const PACKED: &[Packing] = &[
    ("a.gz", gzip),
    ("a.zst", |bytes| zstd::encode_all(bytes, 1).unwrap()),
    ("a.zip", |bytes| zip([("logs/Ünïcode.txt", bytes)])),
    ("a.tar", |bytes| tar([("logs/a", bytes)])),
    ("a.tar.gz", |bytes| gzip(&tar([("logs/a", bytes)]))),
];

/// Shapes that carry all that a grant is made of, one of each family.
const WHOLE: &[&str] = &[
    "native-lines-unicode",
    "search-csv-typed",
    "search-json-merged",
    "graph-query-pages",
    "splunk-csv",
    "elastic-hits-original",
    "hunting-stream-batch",
    "enriched-audit",
    "wazuh",
];

#[test]
fn the_same_grants_come_out_of_every_shape() {
    let natives = tenant(1);
    let plain = shapes::native_lines(&natives);
    let expected = grants(&case_of("plain", &plain));
    assert!(expected.len() > RECORDS / 4, "{}", expected.len());
    for name in WHOLE {
        let lab = case_of(name, &written(name, &natives));
        same_grants(name, &grants(&lab), &expected);
    }
    for (name, pack) in PACKED {
        let lab = case_of(name, &pack(&plain));
        same_grants(name, &grants(&lab), &expected);
    }
}

/// All shapes of one tenant in one case, in the order of the table or the other way round.
fn all_in_one(natives: &[Value], is_reversed: bool) -> Lab {
    let lab = Lab::new();
    let shapes = shapes::all();
    for (at, shape) in shapes.iter().enumerate() {
        let place = if is_reversed { shapes.len() - at } else { at };
        lab.write(format!("{place:03} {}", shape.name), shape.file(natives));
    }
    lab.index().exits(0);
    let coverage = lab.coverage();
    let sum = |part: &str| -> u64 { coverage.values().map(|file| number(&file[part])).sum() };
    let all = (shapes.len() * RECORDS) as u64;
    let told = RECORDS as u64;
    let counts = ["rows", "read", "duplicate", "refused", "degraded"].map(sum);
    assert_eq!(counts, [all, told, all - told, 0, 0]);
    assert_eq!(lab.searched(), RECORDS);
    lab
}

#[test]
fn of_all_shapes_in_one_case_the_copy_that_tells_most_is_kept() {
    let natives = tenant(2);
    let expected = grants(&case_of("plain", &shapes::native_lines(&natives)));
    let [forward, backward] =
        [false, true].map(|is_reversed| grants(&all_in_one(&natives, is_reversed)));
    same_grants("backward", &backward, &forward);
    same_grants("forward", &forward, &expected);
}
