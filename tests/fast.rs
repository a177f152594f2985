//! The fast reader of native records reads what the strict one reads, or says no: on real logs, on generated ones, and on rows that were
//! tampered with.
//!
//! Not here: what records mean, which the tests of the formats say.

#![expect(clippy::unwrap_used, reason = "a failing test should panic")]
#![expect(
    clippy::string_slice,
    reason = "rows are tampered with at bounds of characters"
)]
#![expect(
    clippy::print_stdout,
    reason = "a test that passes over itself says so, and measurements are printed"
)]

#[expect(dead_code, reason = "each test file uses some of the helpers")]
mod common;

use common::{NATIVE_SHAPES, REAL_LOGS};
use grantline::demo::shape::Shape;
use grantline::demo::{Options, World};
use grantline::evidence::{Layout, ObjectReader, Row, read};
use grantline::job::generation::{Order, generate};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Instant;

/// Native rows of kinds of records, native rows read quickly.
#[derive(Default)]
struct Shares(BTreeMap<String, (usize, usize)>);

impl Shares {
    /// Reads a row both ways and compares.
    fn check(&mut self, reader: &mut ObjectReader, row: &str) {
        let strict = ObjectReader::strict(row);
        let quick = reader.quick(row);
        if let Some(quick) = quick {
            let (records, format) = strict.as_ref().unwrap();
            assert_eq!(*format, "unified-audit", "{row}");
            assert_eq!(records.as_slice(), std::slice::from_ref(quick), "{row}");
        }
        if let Ok((records, "unified-audit")) = &strict {
            let kind = records[0].operation.to_string();
            let (native, quickly) = self.0.entry(kind).or_default();
            *native += 1;
            *quickly += usize::from(quick.is_some());
        }
    }

    /// Prints which kinds are not all read quickly; the share of rows that are, in percent.
    fn percent(&self) -> usize {
        let slow = self.0.iter().filter(|(_, (native, quick))| quick < native);
        for (kind, (native, quick)) in slow {
            println!("{kind}: {quick} of {native}");
        }
        let native: usize = self.0.values().map(|(native, _)| native).sum();
        let quick: usize = self.0.values().map(|(_, quick)| quick).sum();
        println!("{quick} of {native} native rows are read quickly");
        quick * 100 / native.max(1)
    }
}

/// The rows of a file that are UTF-8.
fn rows(path: &Path) -> Vec<String> {
    let bytes = std::fs::read(path).unwrap();
    let mut rows = Vec::new();
    let mut sink = |_: &Layout, row: Row| {
        let place = row.place();
        let [start, end] =
            [place.offset, place.offset + place.length].map(|at| usize::try_from(at).unwrap());
        rows.extend(str::from_utf8(&bytes[start..end]).map(str::to_owned));
        ControlFlow::Continue(())
    };
    // What is no log has no rows.
    let _ = read(path, &mut sink);
    rows
}

/// Records in the cells of a table, in text, or under a member of an object.
fn records_inside(row: &str) -> Vec<String> {
    let mut found = Vec::new();
    for cell in row.split("\"{\"\"").skip(1) {
        let ends = cell.match_indices("}\"").map(|(at, _)| at + 1);
        let end = ends.filter(|at| !cell[*at..].starts_with("\"\"")).last();
        let cell = &cell[..end.unwrap_or(cell.len())];
        found.push(format!("{{\"{}", cell.replace("\"\"", "\"")));
    }
    if let Ok(Value::Object(members)) = serde_json::from_str(row) {
        let values = members.values();
        found.extend(values.map(|value| value.as_str().map_or(value.to_string(), str::to_owned)));
    }
    found
}

/// Compares all rows of files, and the records inside of them.
fn compare(paths: &[PathBuf]) -> Shares {
    let (mut reader, mut shares) = (ObjectReader::default(), Shares::default());
    for path in paths {
        for row in rows(path) {
            shares.check(&mut reader, &row);
            for inner in records_inside(&row) {
                shares.check(&mut reader, &inner);
            }
        }
    }
    shares
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let mut files: Vec<_> = entries
        .flat_map(|entry| {
            let path = entry.path();
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect();
    files.sort();
    files
}

/// The rows of the log of a generated tenant in a shape.
fn generated(seed: u64, records: u64, shape: &str, is_damaged: bool) -> Vec<String> {
    let world = World::new(Options {
        seed,
        records,
        ..Options::default()
    });
    let world = world.unwrap();
    let order = Order {
        shapes: Shape::of(shape).into_iter().collect(),
        is_damaged,
        ..Order::of(&world)
    };
    let folder = tempfile::tempdir().unwrap();
    let written = generate(&order, &folder.path().join("tenant"), &mut |_| {}).unwrap();
    let mut files = written.files.iter();
    let file = files.find(|file| file.shape == Some(shape)).unwrap();
    rows(&file.path)
}

#[test]
fn real_logs_are_read_alike() {
    let samples = Path::new(REAL_LOGS);
    if samples.is_dir() {
        assert!(compare(&files(samples)).percent() > 90);
    } else {
        println!("skipped: there are no samples at {REAL_LOGS}");
    }
}

#[test]
fn generated_logs_are_read_alike() {
    let mut reader = ObjectReader::default();
    for (seed, shape) in (10..).zip(NATIVE_SHAPES) {
        let (mut shares, is_damaged) = (Shares::default(), seed % 2 == 0);
        for row in generated(seed, 200, shape, is_damaged) {
            shares.check(&mut reader, &row);
        }
        let percent = shares.percent();
        assert!(
            percent > 99 || is_damaged || !shape.starts_with("native"),
            "{shape}"
        );
    }
}

/// A row of each kind of record.
static KINDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut kinds = BTreeMap::new();
    for row in generated(5, 500, "native-lines", false) {
        let record: Value = serde_json::from_str(&row).unwrap();
        let kind = (
            record["Operation"].to_string(),
            record.as_object().unwrap().len(),
        );
        kinds.entry(kind).or_insert(row);
    }
    kinds.into_values().collect()
});

/// What is put into rows.
const SNIPPETS: [&str; 48] = [
    r#""Operation":"Send","#,
    r#""operation":"","#,
    r#""UserId":null,"#,
    r#""Id":"","#,
    r#""Id ":"x","#,
    r#""Operation_string":"x","#,
    r#""CorrelationID":"c","#,
    r#""CorrelationId":"d","#,
    r#""properties":{},"#,
    r#""Unheard":[{"a":"@{b"}],"#,
    r#""x{}":1,"#,
    r#""SessionId":"s","#,
    r#""AppId":7,"#,
    r#""ClientAppId":" <NULL> ","#,
    r#""ErrorNumber":"50140","#,
    r#""LogonError":"x","#,
    r#""ClientIP":"[203.0.113.7]:1","#,
    r#""ActorIP":"198.51.100.4","#,
    r#""HostAppId":true,"#,
    r#""Folder":{"Name":"n","Path":"Not Available","MemberUpn":"u"},"#,
    r#""Messages":[{"Path":"p","MessageItems":[{"Subject":"s"}]}],"#,
    r#""Item":{"ParentFolder":{"Path":"p","MemberRights":"r"}},"#,
    r#""AffectedItems":[{"Subject":"s","ParentFolder":{"Name":"n"}}],"#,
    r#""Parameters":[{"Name":" a ","Value":1},{"Name":"b"}],"#,
    r#""Parameters":{"Name":"a","Value":"b"},"#,
    r#""ModifiedProperties":["a",{"Name":"b","OldValue":"\"x\""}],"#,
    r#""Actor":[{"ID":"a","Type":"5"},{"Type":5},{"ID":"b","Type":null}],"#,
    r#""Target":[{"ID":"User_e4ad2d28-703e-4189-9752-6b827ef9107d","Type":2}],"#,
    r#""DeviceProperties":[{"Name":"sessionid","Value":"d"}],"#,
    r#""ParentFolder":"","#,
    r#""Count":2,"#,
    r#""Path":"x","#,
    r#""path":"x","#,
    r#"{"Name":"User-Agent","Value":"agent"},"#,
    r"\u0041",
    r"\ud83d\ude00",
    r"\ud83d",
    r"\u0000",
    r"\x",
    "@{",
    "System.Object[]",
    "[AppId=e4ad2d28-703e-4189-9752-6b827ef9107d]",
    "\u{a0}",
    " ",
    "\n",
    "\t",
    "\t\":",
    "–",
];

/// What values become.
const VALUES: [&str; 24] = [
    "null",
    "true",
    "0",
    "-0",
    "-7",
    "007",
    "1.0",
    "1e2",
    "1e999",
    "12345678901234567890",
    "18446744073709551616",
    r#""""#,
    r#"" ""#,
    r#""NULL""#,
    r#""System.Object[]""#,
    r#""@{a=b}""#,
    r#""2023-06-03T08:13:00.5Z""#,
    r#""3/6/2023 8:13:00 AM""#,
    r#""[]""#,
    "[]",
    "{}",
    r#"["a",1,null]"#,
    r#"[{"Name":"a","Value":["b","c"]}]"#,
    r#"{"value":[{"Name":"a","Value":"b"}],"Count":1}"#,
];

/// A way to tamper with a row, the place and what to put there.
type Tampering = (u8, prop::sample::Index, prop::sample::Index);

fn tampered(row: &str, (way, place, choice): &Tampering) -> String {
    let colons: Vec<usize> = row.match_indices("\":").map(|(at, _)| at + 2).collect();
    let places: Vec<usize> = row.char_indices().map(|(at, _)| at).collect();
    if colons.is_empty() {
        return row.to_owned();
    }
    let (any, colon) = (*place.get(&places), *place.get(&colons));
    let names: Vec<usize> = row
        .match_indices(['{', ','])
        .map(|(at, _)| at + 1)
        .collect();
    let name = if names.is_empty() {
        0
    } else {
        *place.get(&names)
    };
    let end = |from: usize, most: usize| {
        let end = from + choice.index(most);
        (end..=row.len())
            .find(|at| row.is_char_boundary(*at))
            .unwrap_or(row.len())
    };
    let pick = |of: &[&'static str]| *choice.get(of);
    let value = || {
        let rest = &row[colon..];
        let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
        let is_value = stream.next().is_some_and(|value| value.is_ok());
        colon + if is_value { stream.byte_offset() } else { 0 }
    };
    let replaced =
        |start: usize, end: usize, new: &str| format!("{}{new}{}", &row[..start], &row[end..]);
    match way {
        0 => replaced(
            any,
            end(any, 3),
            pick(&["\"", "\\", "{", "}", "[", ",", ":", "9", "-", "\u{1}"]),
        ),
        1 => replaced(any, end(any, 40), ""),
        2 => replaced(any, any, pick(&SNIPPETS)),
        3 => replaced(name, name, &row[name..end(name, 200)]),
        4 => replaced(colon, value(), pick(&VALUES)),
        5 => replaced(colon, colon, pick(&[" ", "\n", "\t", "\u{b}"])),
        _ => replaced(name, name, pick(&SNIPPETS)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn tampered_rows_are_read_alike(
        row: prop::sample::Index,
        other: prop::sample::Index,
        ways in prop::collection::vec((0u8..8, any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..4),
    ) {
        let row = ways.iter().fold(row.get(KINDS.as_slice()).clone(), |row, way| tampered(&row, way));
        let mut reader = ObjectReader::default();
        // What another record left behind must not show.
        reader.quick(other.get(KINDS.as_slice()).as_str());
        Shares::default().check(&mut reader, &row);
    }
}

#[test]
#[ignore = "compares the logs in the folder FAST_ROWS"]
fn rows_of_a_folder() {
    compare(&files(Path::new(&std::env::var("FAST_ROWS").unwrap()))).percent();
}

#[test]
#[ignore = "measures reading the rows of the file FAST_FILE"]
fn speed() {
    let text = std::fs::read_to_string(std::env::var("FAST_FILE").unwrap()).unwrap();
    let rows: Vec<&str> = text.lines().collect();
    let mut reader = ObjectReader::default();
    for _ in 0..12 {
        let begin = Instant::now();
        let quick = rows
            .iter()
            .filter(|row| reader.quick(row).is_some())
            .count();
        let nanoseconds = begin.elapsed().as_nanos();
        let thousandths = text.len() as u128 * 1000 / nanoseconds;
        println!("{quick} of {} rows, {thousandths} MB/s", rows.len());
    }
}
