//! Evidence as collectors hand it over: packed, nested, in other encodings, still growing; and whether it is still what was indexed.
//!
//! Not here: single rows (`bad_input.rs`), and dying in the middle (`resume.rs`).

#![expect(clippy::unwrap_used, reason = "a failing test should panic")]
#[expect(dead_code, reason = "each test file uses some of the helpers")]
mod common;

use common::packing::{gzip, tar, zip};
use common::{Lab, number, text};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::io::{Cursor, Write};

/// A grant of a mailbox, told by a record of its own number.
fn grant(number: u32) -> String {
    format!(
        r#"{{"CreationTime":"2026-03-02T08:{:02}:00","Id":"00000000-0000-4000-8000-{number:012}","Operation":"Add-MailboxPermission","RecordType":1,"ResultStatus":"True","UserType":2,"Workload":"Exchange","UserId":"admin@example.com","OrganizationId":"3ffba680-3f74-45bc-945e-cd4f18da083d","Parameters":[{{"Name":"Identity","Value":"box{number}@example.com"}},{{"Name":"User","Value":"user{number}@example.com"}},{{"Name":"AccessRights","Value":"FullAccess"}}]}}"#,
        number % 60
    )
}

/// One line a grant.
fn lines(numbers: std::ops::Range<u32>) -> String {
    numbers.map(|number| grant(number) + "\n").collect()
}

/// 200 MB of blanks in 200 kB.
fn packed_blanks() -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&vec![b' '; 200 << 20]).unwrap();
    encoder.finish().unwrap()
}

fn utf16(text: &str) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

/// The record ids of all grants.
fn granted(lab: &Lab) -> BTreeSet<String> {
    let ids = |grant: &Value| grant["record_ids"].as_array().unwrap().clone();
    let grants = lab.grants();
    grants.iter().flat_map(ids).map(|id| text(&id)).collect()
}

/// The grants that the sources of a lab should give.
fn expected(numbers: std::ops::Range<u32>) -> BTreeSet<String> {
    let id = |number| format!("00000000-0000-4000-8000-{number:012}");
    numbers.map(id).collect()
}

/// A grant for every way of packing, in one lab.
fn packed() -> Lab {
    let lab = Lab::new();
    lab.write("plain.jsonl", lines(0..2));
    lab.write("one.jsonl.gz", gzip(lines(2..4).as_bytes()));
    let inner = zip([("deep.json", lines(4..6).as_bytes())]);
    let members: [(&str, &[u8]); 3] = [
        ("folder/a.jsonl", &lines(6..8).into_bytes()),
        ("b.jsonl.gz", &gzip(lines(8..10).as_bytes())),
        ("inner.zip", &inner),
    ];
    lab.write("logs.zip", zip(members));
    let tar = tar([("c.jsonl", lines(10..12).as_bytes())]);
    lab.write("logs.tar.gz", gzip(&tar));
    lab.write(
        "d.zst",
        zstd::encode_all(lines(12..14).as_bytes(), 1).unwrap(),
    );
    lab
}

#[test]
fn what_is_packed_is_read_and_shown_like_what_is_not() {
    let lab = packed();
    lab.index().exits(0);
    assert_eq!(granted(&lab), expected(0..14));
    let grants = lab.grants();
    let deep = grants
        .iter()
        .find(|grant| text(&grant["target"]).contains("box4@"))
        .unwrap();
    let source = &deep["sources"][0];
    assert!(
        text(&source["file"]).contains("logs.zip/inner.zip/deep.json"),
        "{source}"
    );
    let coverage = lab.coverage();
    assert_eq!(text(&coverage["logs.zip"]["format"]), "packed");
    assert_eq!(text(&coverage["logs.zip"]["why"]), "zip archive of 3 files");
    assert_eq!(
        text(&coverage["deep.json"]["sha256"]),
        text(&source["sha256"])
    );
    assert_eq!(number(&coverage["deep.json"]["read"]), 2);
}

#[test]
fn packed_evidence_is_read_once_and_its_copies_are_made_again() {
    let lab = packed();
    lab.index().exits(0);
    let before = (lab.coverage(), lab.grants());
    lab.index().exits(0);
    assert_eq!((lab.coverage(), lab.grants()), before);
    // The copies are no evidence: whoever needs the room takes them away.
    for copy in fs::read_dir(lab.case().join("spool")).unwrap() {
        fs::remove_file(copy.unwrap().path()).unwrap();
    }
    lab.ask(&["verify"]).exits(2).says("MISSING");
    lab.index().exits(0);
    lab.ask(&["verify"]).exits(0);
    assert_eq!((lab.coverage(), lab.grants()), before);
}

#[test]
fn a_folder_of_trouble_is_told_file_by_file() {
    let lab = Lab::new();
    lab.write("good.jsonl", lines(0..3));
    let bomb = packed_blanks();
    lab.write("bomb.gz", &bomb);
    let whole = gzip(lines(3..3000).as_bytes());
    lab.write("cut.jsonl.gz", whole.get(..whole.len() / 2).unwrap());
    let csv = format!(
        "RecordType,CreationDate,UserIds,Operations,AuditData\r\nExchangeAdmin,6/3/2023 8:13:00 AM,a@example.com,Set-Mailbox,\"{}\"\r\n",
        grant(4000).replace('"', "\"\"")
    );
    lab.write("utf16.csv", utf16(&csv));
    lab.write("unrelated.csv", "city,inhabitants\nBerne,134000\n");
    #[cfg(unix)]
    std::os::unix::fs::symlink(lab.evidence(), lab.evidence().join("loop")).unwrap();
    lab.index().exits(3);
    let coverage = lab.coverage();
    for (name, told) in [
        ("bomb", "500 times"),
        ("cut.jsonl", "ends early"),
        ("unrelated.csv", "not a log"),
    ] {
        let fault = text(&coverage[name]["fault"]);
        assert!(fault.contains(told), "{name}: {fault}");
    }
    assert!(
        number(&coverage["cut.jsonl"]["read"]) > 1000,
        "rows before the cut are kept"
    );
    let encoding = text(&coverage["utf16.csv"]["encoding"]);
    assert!(encoding.contains("UTF-16"), "{encoding}");
    assert_eq!(number(&coverage["utf16.csv"]["read"]), 1);
    assert!(granted(&lab).contains("00000000-0000-4000-8000-000000004000"));
    assert_eq!(coverage.len(), 7, "{:?}", coverage.keys());
}

#[test]
fn a_file_that_grew_is_read_on() {
    let lab = Lab::new();
    lab.write("other.jsonl", lines(100..102));
    let torn = grant(3);
    let (start, rest) = torn.split_at(torn.len() / 2);
    let mut content = lines(0..3) + start;
    lab.write("log.jsonl", &content);
    lab.index().exits(3);
    assert_eq!(number(&lab.coverage()["log.jsonl"]["refused"]), 1);
    content += rest;
    content += "\n";
    content += &lines(4..6);
    lab.write("log.jsonl", &content);
    let ran = lab.ask(&[
        "index",
        "--progress",
        "json",
        lab.evidence().to_str().unwrap(),
    ]);
    let last: Value =
        serde_json::from_str(ran.err.lines().rfind(|line| line.starts_with('{')).unwrap()).unwrap();
    assert_eq!(number(&last["rows"]), 3, "only what is new is read");
    let file = &lab.coverage()["log.jsonl"];
    let counts = ["rows", "read", "refused"].map(|part| number(&file[part]));
    assert_eq!(counts, [6, 6, 0], "{file}");
    assert!(file["lines"].as_array().unwrap().is_empty(), "{file}");
    assert_eq!(granted(&lab).len(), 8);
    assert_eq!(file["operations"]["Add-MailboxPermission"], 6);
}

#[test]
fn a_table_that_grew_is_read_on_from_the_row_that_was_torn() {
    let row = |number| {
        format!(
            "ExchangeAdmin,2026-03-02T08:00:00,a@example.com,Add-MailboxPermission,\"{}\"",
            grant(number).replace('"', "\"\"")
        )
    };
    let header = "RecordType,CreationDate,UserIds,Operations,AuditData\n";
    let lab = Lab::new();
    let whole = format!("{header}{}\n{}\n{}\n", row(0), row(1), row(2));
    // Torn where the row still looks like one: inside of its fourth cell.
    let torn = whole.find(&row(1)).unwrap() + 60;
    lab.write("log.csv", whole.get(..torn).unwrap());
    lab.index();
    lab.write("log.csv", &whole);
    lab.index().exits(0);
    let file = &lab.coverage()["log.csv"];
    let counts = ["rows", "read", "degraded", "refused"].map(|part| number(&file[part]));
    assert_eq!(counts, [3, 3, 0, 0], "{file}");
    assert_eq!(granted(&lab), expected(0..3));
}

#[test]
fn a_file_that_was_only_touched_is_not_read_again() {
    let lab = Lab::new();
    let path = lab.write("log.jsonl", lines(0..3));
    lab.index().exits(0);
    let before = lab.coverage();
    let later = std::time::SystemTime::now() + std::time::Duration::from_mins(1);
    fs::File::options()
        .write(true)
        .open(path)
        .unwrap()
        .set_modified(later)
        .unwrap();
    let ran = lab.ask(&[
        "index",
        "--progress",
        "json",
        lab.evidence().to_str().unwrap(),
    ]);
    assert!(!ran.err.contains("\"rows\":3"), "{}", ran.err);
    assert_eq!(lab.coverage(), before);
}

#[test]
fn verify_tells_what_is_no_longer_what_was_indexed() {
    let lab = Lab::new();
    let path = lab.write("log.jsonl", lines(0..3));
    lab.write("other.jsonl", lines(3..4));
    lab.index().exits(0);
    lab.ask(&["verify"]).exits(0).says("unchanged");
    fs::write(&path, lines(1..4)).unwrap();
    let ran = lab.ask(&["verify", "--format", "jsonl"]).exits(2);
    let standing = |file: &Value| (text(&file["path"]), text(&file["standing"]));
    let standings: Vec<_> = ran.lines().iter().map(standing).collect();
    let ends = |name: &str, word: &str| {
        standings
            .iter()
            .any(|(path, standing)| path.ends_with(name) && standing == word)
    };
    assert!(
        ends("log.jsonl", "changed") && ends("other.jsonl", "unchanged"),
        "{standings:?}"
    );
    fs::write(&path, lines(0..4)).unwrap();
    lab.ask(&["verify"]).exits(2).says("grown");
    fs::remove_file(&path).unwrap();
    lab.ask(&["verify"]).exits(2).says("MISSING");
}

#[test]
fn verify_tells_which_files_of_the_index_are_damaged() {
    let lab = Lab::new();
    lab.write("log.jsonl", lines(0..3));
    lab.index().exits(0);
    lab.ask(&["verify"])
        .exits(0)
        .says("the index is as written");
    let columns = lab.case().join("index/segment-000000/columns");
    let mut bytes = fs::read(&columns).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&columns, bytes).unwrap();
    for told in [
        "DAMAGED",
        "1 file of the index damaged",
        "index the evidence again",
    ] {
        lab.ask(&["verify"]).exits(2).says(told);
    }
    let ran = lab.ask(&["verify", "--format", "jsonl"]).exits(2);
    let standings: Vec<String> = ran
        .lines()
        .iter()
        .map(|file| text(&file["standing"]))
        .collect();
    assert_eq!(standings, ["unchanged", "damaged"]);
}

#[test]
fn indexing_again_does_not_cover_up_what_was_changed() {
    let lab = Lab::new();
    let changed = lab.write("changed.jsonl", lines(0..3));
    let gone = lab.write("gone.jsonl", lines(3..5));
    lab.index().exits(0);
    let digest = text(&lab.coverage()["changed.jsonl"]["sha256"]);
    fs::write(&changed, lines(1..4)).unwrap();
    fs::remove_file(&gone).unwrap();
    for _ in 0..2 {
        lab.index().exits(3).complains("was replaced");
        let ran = lab.ask(&["verify"]).exits(2);
        let ran = ran.says("REPLACED").says("MISSING");
        assert!(ran.out.contains(&digest), "{}", ran.out);
    }
    let coverage = lab.coverage();
    let signs = |name: &str| coverage[name]["signs"].to_string();
    assert!(
        signs("changed.jsonl").contains(&digest),
        "{}",
        signs("changed.jsonl")
    );
    assert!(
        signs("gone.jsonl").contains("2 rows read"),
        "{}",
        signs("gone.jsonl")
    );
    // The very file that was handed over is back.
    fs::write(&changed, lines(0..3)).unwrap();
    fs::write(&gone, lines(3..5)).unwrap();
    lab.index().exits(0);
    lab.ask(&["verify"]).exits(2).says("REPLACED");
}

#[test]
fn an_export_without_rows_is_told() {
    let lab = Lab::new();
    lab.write("good.jsonl", lines(0..1));
    for (name, content) in [
        ("array.json", "[]"),
        ("page.json", "{\"value\":[]}"),
        (
            "table.csv",
            "RecordType,CreationDate,UserIds,Operations,AuditData\n",
        ),
    ] {
        lab.write(name, content);
    }
    lab.index().exits(0).complains("3 files show signs");
    for name in ["array.json", "page.json", "table.csv"] {
        let signs = lab.coverage()[name]["signs"].to_string();
        assert!(signs.contains("no rows"), "{name}: {signs}");
    }
}

/// What macOS knows of a file.
const DOUBLE: &[u8] = b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        ";

#[test]
fn what_systems_leave_behind_makes_no_index_incomplete() {
    let lab = Lab::new();
    let members: [(&str, &[u8]); 3] = [
        ("log.jsonl", &lines(0..3).into_bytes()),
        ("__MACOSX/._log.jsonl", DOUBLE),
        (".DS_Store", b"\0\0\0\x01Bud1\0\0"),
    ];
    lab.write("logs.zip", zip(members));
    lab.write(
        "desktop.ini",
        utf16("\r\n[.ShellClassInfo]\r\nIconFile=x\r\n"),
    );
    lab.write("Thumbs.db", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0");
    let ran = lab.index().exits(0);
    ran.says("in 1 file ")
        .says("beside files: 1 packed, 4 no evidence");
    let coverage = lab.coverage();
    for name in ["._log.jsonl", ".DS_Store", "desktop.ini", "Thumbs.db"] {
        let file = &coverage[name];
        let told = ["kind", "format", "fault"].map(|part| text(&file[part]));
        assert_eq!(told, ["litter", "no evidence", ""], "{file}");
        assert!(!text(&file["why"]).is_empty() && !text(&file["sha256"]).is_empty());
        assert!(file["signs"].as_array().unwrap().is_empty(), "{file}");
    }
    lab.ask(&["verify"]).exits(0);
    // A system writes such files whenever it likes: that is no reason to read evidence anew.
    lab.write("Thumbs.db", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0");
    let ran = lab.index().exits(0);
    assert!(!ran.err.contains("signs"), "{}", ran.err);
    lab.ask(&["verify"]).exits(0);
    // A log of such a name is read, and whatever else has it is a fault.
    lab.write("._hidden.jsonl", lines(3..5));
    lab.index().exits(0);
    assert_eq!(granted(&lab), expected(0..5));
    lab.write(".DS_Store", "neither one nor the other");
    lab.index().exits(3);
}

#[cfg(unix)]
#[test]
fn files_are_counted_apart_from_what_holds_them() {
    let lab = packed();
    fs::create_dir(lab.evidence().join("empty")).unwrap();
    lab.index().exits(3);
    lab.ask(&["coverage"])
        .exits(0)
        .says("in 7 files; 4 packed; 1 place not read\n");
}

#[cfg(target_os = "linux")]
#[test]
fn the_times_of_evidence_are_left_alone() {
    use std::os::linux::fs::MetadataExt;
    let lab = Lab::new();
    let path = lab.write("log.jsonl", lines(0..3));
    let old = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    let times = fs::FileTimes::new().set_accessed(old).set_modified(old);
    fs::File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_times(times)
        .unwrap();
    lab.index().exits(0);
    lab.ask(&["verify"]).exits(0);
    let there = fs::metadata(&path).unwrap();
    assert_eq!(
        (there.st_atime(), there.st_mtime()),
        (1_000_000_000, 1_000_000_000)
    );
}

/// Runs a command with files limited to so many blocks of 512 bytes: a write beyond fails as it does on a full disk.
#[cfg(unix)]
fn with_limit(lab: &Lab, blocks: u32) -> common::Ran {
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let mut command = std::process::Command::new("sh");
    command
        .arg("-c")
        .arg(script)
        .arg(env!("CARGO_BIN_EXE_grantline"));
    command
        .arg("index")
        .arg(lab.evidence())
        .arg("--case")
        .arg(lab.case());
    for (name, value) in lab.environment() {
        command.env(name, value);
    }
    common::Ran::of(&command.output().unwrap())
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_told_and_the_case_still_opens() {
    for (name, bytes) in [
        ("log.jsonl", lines(0..5_000).into_bytes()),
        ("log.jsonl.gz", gzip(lines(0..5_000).as_bytes())),
    ] {
        let lab = Lab::new();
        lab.write("first.jsonl", lines(30_000..30_003));
        lab.index().exits(0);
        lab.write(name, bytes);
        let ran = with_limit(&lab, 64);
        if ran.code == Some(0) {
            println!("passed over for {name}: this system does not limit the size of files");
            continue;
        }
        let ran = ran.exits(2);
        assert!(
            ran.err.contains("make room") || ran.err.contains("not full"),
            "{}",
            ran.err
        );
        assert!(granted(&lab).len() >= 3, "what was committed is there");
        lab.index().exits(0);
        assert_eq!(granted(&lab).len(), 5_003);
    }
}

/// A zip archive within a compressed tar archive, which is copied into the case to be unpacked, and a log beside it.
fn nested(numbers: std::ops::Range<u32>) -> Vec<u8> {
    let half = u32::midpoint(numbers.start, numbers.end);
    let inner = zip_stored("deep.jsonl", lines(numbers.start..half).as_bytes());
    let plain = lines(half..numbers.end);
    let members: [(&str, &[u8]); 2] = [("inner.zip", &inner), ("plain.jsonl", plain.as_bytes())];
    gzip(&tar(members))
}

fn zip_stored(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = ::zip::write::SimpleFileOptions::default()
        .compression_method(::zip::CompressionMethod::Stored);
    archive.start_file(name, options).unwrap();
    archive.write_all(bytes).unwrap();
    archive.finish().unwrap().into_inner()
}

#[cfg(unix)]
#[test]
fn a_disk_that_is_full_at_any_point_costs_nothing_but_time() {
    let mut full = 0;
    // From a database that cannot be made to a run that just fits.
    for blocks in [1, 8, 24, 48, 64, 80, 96, 128, 192, 256, 400] {
        let lab = Lab::new();
        lab.write("first.jsonl", lines(30_000..30_003));
        lab.index().exits(0);
        lab.write("log.tar.gz", nested(0..400));
        let ran = with_limit(&lab, blocks);
        if ran.code == Some(0) {
            continue;
        }
        full += 1;
        let ran = ran.exits(2);
        let said = ran.err.trim_end();
        println!("{blocks} blocks: {said}");
        assert!(
            said.contains("cannot") || said.contains("failed"),
            "{blocks}: {said}"
        );
        assert!(
            granted(&lab).len() >= 3,
            "{blocks}: what was committed is there"
        );
        lab.index().exits(0);
        assert_eq!(granted(&lab).len(), 403, "{blocks}");
        assert!(
            lab.coverage()
                .values()
                .all(|file| text(&file["fault"]).is_empty())
        );
    }
    println!("full at {full} of 11 sizes");
}

#[test]
fn a_spool_that_is_missing_is_made_again_and_one_that_is_no_folder_is_told() {
    let lab = packed();
    lab.index().exits(0);
    let before = (lab.coverage(), lab.grants());
    let spool = lab.case().join("spool");
    fs::remove_dir_all(&spool).unwrap();
    lab.ask(&["index"]).exits(0);
    lab.index().exits(0);
    assert_eq!((lab.coverage(), lab.grants()), before);
    fs::remove_dir_all(&spool).unwrap();
    fs::write(&spool, "in the way").unwrap();
    lab.index().exits(2).complains("spool");
    lab.ask(&["coverage"]).exits(0);
    fs::remove_file(&spool).unwrap();
    lab.index().exits(0);
    assert_eq!((lab.coverage(), lab.grants()), before);
}

#[test]
fn of_two_runs_at_once_over_packed_evidence_one_reads_it_whole() {
    let lab = packed();
    lab.write("large.jsonl.gz", gzip(lines(1000..4000).as_bytes()));
    let start = || {
        let mut command = lab.command();
        command.arg("index").arg(lab.evidence());
        command.arg("--case").arg(lab.case());
        command.stdout(std::process::Stdio::piped());
        command.stderr(std::process::Stdio::piped());
        command.spawn().unwrap()
    };
    let runs = [start(), start()];
    for run in runs {
        let ran = common::Ran::of(&run.wait_with_output().unwrap());
        if ran.code == Some(2) {
            ran.complains("another grantline ");
        } else {
            ran.exits(0);
        }
    }
    lab.index().exits(0);
    lab.ask(&["verify"]).exits(0);
    assert_eq!(granted(&lab).len(), 3014);
}

#[test]
fn a_database_that_another_program_holds_is_told_and_nothing_is_lost() {
    let lab = packed();
    lab.index().exits(0);
    lab.write("new.jsonl", lines(14..20));
    let database = rusqlite::Connection::open(lab.case().join("case.db")).unwrap();
    database.execute_batch("BEGIN IMMEDIATE").unwrap();
    lab.index()
        .exits(2)
        .complains("case.db failed: database is locked")
        .complains("wait for the program that uses it");
    assert_eq!(granted(&lab), expected(0..14));
    database.execute_batch("ROLLBACK").unwrap();
    lab.index().exits(0);
    assert_eq!(granted(&lab), expected(0..20));
}
