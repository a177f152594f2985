//! Figures on a generated log: how fast it is read, how much memory and disk that takes, how soon grants can be listed.
//!
//! Ignored by default, because it measures; it asserts only what was found, never a time. Not here: comparison with other tools.
//!
//! ```sh
//! cargo test --release --test scale -- --ignored --nocapture
//! GRANTLINE_SCALE=1000000 cargo test --release --test scale -- --ignored --nocapture
//! ```

#![expect(
    clippy::expect_used,
    reason = "a measurement that cannot be made should fail where it failed"
)]

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// One grant in this many records.
const GRANT_EVERY: u64 = 1000;

/// People of the generated tenant.
const PEOPLE: u64 = 2000;

#[test]
#[ignore = "measures; run it on a quiet machine in release mode"]
fn a_large_log_is_read_whole() {
    let records = std::env::var("GRANTLINE_SCALE")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(200_000);
    let folder = tempfile::tempdir().unwrap();
    let (log, case) = (folder.path().join("log.jsonl"), folder.path().join("case"));
    generate(&log, records);
    let bytes = fs::metadata(&log).unwrap().len();

    let index = run(&[
        "index",
        path(&log),
        "--case",
        path(&case),
        "--progress",
        "none",
    ]);
    let reopened = run(&["coverage", "--case", path(&case)]);
    let grants = run(&["grants", "--case", path(&case), "--format", "jsonl"]);
    let search = run(&[
        "search",
        "user:person7@contoso.example is:access",
        "--case",
        path(&case),
    ]);

    assert!(
        index
            .output
            .contains(&format!("{} rows read", grouped(records))),
        "{}",
        index.output
    );
    assert_eq!(grants.output.lines().count() as u64, records / GRANT_EVERY);
    let megabytes = bytes / 1_000_000;
    println!("| what | figure |\n|---|---|");
    println!(
        "| records, evidence | {}, {megabytes} MB |",
        grouped(records)
    );
    println!(
        "| index: wall, rate | {:.1?}, {} MB/s |",
        index.wall,
        rate(megabytes, index.wall)
    );
    println!("| index: peak memory | {} MB |", index.peak / 1000);
    println!("| case / evidence | {:.3} |", ratio(size(&case), bytes));
    println!("| coverage, whole process | {:.1?} |", reopened.wall);
    println!("| grants, whole process | {:.1?} |", grants.wall);
    println!("| search, whole process | {:.1?} |", search.wall);
}

/// What a run of the program came to.
struct Ran {
    output: String,
    wall: Duration,
    /// Peak resident memory in kB, where the system tells.
    peak: u64,
}

fn run(arguments: &[&str]) -> Ran {
    let begun = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_grantline"))
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut peak = 0;
    let mut output = String::new();
    if arguments.first() == Some(&"index") {
        while child
            .try_wait()
            .expect("the program can be waited for")
            .is_none()
        {
            peak = peak.max(peak_of(&child));
            std::thread::yield_now();
        }
    }
    let wall_of_index = begun.elapsed();
    let finished = child.wait_with_output().expect("the program ends");
    output.push_str(&String::from_utf8_lossy(&finished.stdout));
    let wall = if peak > 0 {
        wall_of_index
    } else {
        begun.elapsed()
    };
    Ran { output, wall, peak }
}

/// The high-water mark of a process in kB; 0 where there is no `/proc`.
fn peak_of(child: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok())
        .unwrap_or(0)
}

/// Mail reads, sign-ins and grants of one tenant, one record every 15 seconds, the same on every machine.
fn generate(log: &Path, records: u64) {
    let mut out = BufWriter::new(File::create(log).expect("a file can be made"));
    let mut chance = 0x9e37_79b9_7f4a_7c15_u64;
    for number in 0..records {
        chance = chance
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        writeln!(out, "{}", record(number, chance >> 16)).expect("a file can be written");
    }
}

fn record(number: u64, chance: u64) -> String {
    let second = number * 15;
    let time = format!(
        "2026-{:02}-{:02}T{:02}:{:02}:{:02}",
        1 + second / 2_419_200 % 12,
        1 + second / 86_400 % 28,
        second / 3600 % 24,
        second / 60 % 60,
        second % 60
    );
    let id = format!(
        "{:08x}-0000-4000-8000-{:012x}",
        chance & 0xffff_ffff,
        number
    );
    let person = chance % PEOPLE;
    let common = format!(
        r#""CreationTime":"{time}","Id":"{id}","OrganizationId":"8d4121ed-0008-406d-bff9-0d5bb312183c","UserKey":"10032000{person:08X}","Version":1"#
    );
    if number % GRANT_EVERY == GRANT_EVERY - 1 {
        let (mailbox, grantee) = (chance / 7 % PEOPLE, chance / 11 % PEOPLE);
        return format!(
            r#"{{{common},"Operation":"Add-MailboxPermission","RecordType":1,"ResultStatus":"True","UserType":2,"Workload":"Exchange","ClientIP":"145.97.{}.7:4433","UserId":"person{}@contoso.example","Parameters":[{{"Name":"Identity","Value":"person{mailbox}@contoso.example"}},{{"Name":"User","Value":"person{grantee}@contoso.example"}},{{"Name":"AccessRights","Value":"FullAccess"}}]}}"#,
            person % 250,
            person % 20
        );
    }
    if chance.is_multiple_of(5) {
        return format!(
            r#"{{{common},"Operation":"UserLoggedIn","RecordType":15,"ResultStatus":"Success","UserType":0,"Workload":"AzureActiveDirectory","ClientIP":"145.97.{}.{}","UserId":"person{person}@contoso.example","ErrorNumber":"0","DeviceProperties":[{{"Name":"OS","Value":"Windows10"}},{{"Name":"SessionId","Value":"{id}"}}],"ExtendedProperties":[{{"Name":"UserAgent","Value":"Mozilla/5.0 (Windows NT 10.0; Win64; x64)"}}]}}"#,
            person % 250,
            1 + chance % 9
        );
    }
    let mut items = String::new();
    for item in 0..=chance % 6 {
        let comma = if item == 0 { "" } else { "," };
        let _ = write!(
            items,
            r#"{comma}{{"Id":"RgAAAA{number:040x}{item}","InternetMessageId":"<{chance:016x}{item}@mail.contoso.example>","SizeInBytes":{}}}"#,
            1000 + item
        );
    }
    format!(
        r#"{{{common},"Operation":"MailItemsAccessed","RecordType":50,"ResultStatus":"Succeeded","UserType":0,"Workload":"Exchange","ClientIPAddress":"145.97.{}.{}","UserId":"person{person}@contoso.example","ClientInfoString":"Client=OWA;Action=ViaProxy","LogonType":0,"MailboxOwnerUPN":"person{person}@contoso.example","MailboxGuid":"00000000-0000-4000-8000-{person:012x}","OperationProperties":[{{"Name":"MailAccessType","Value":"Bind"}},{{"Name":"IsThrottled","Value":"False"}}],"Folders":[{{"Path":"\\Inbox","FolderItems":[{items}]}}],"OperationCount":1}}"#,
        person % 250,
        1 + chance % 9
    )
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a temporary path is UTF-8")
}

fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder)
        .expect("a case can be listed")
        .flatten();
    entries
        .map(|entry| {
            if entry.path().is_dir() {
                size(&entry.path())
            } else {
                entry.metadata().map_or(0, |data| data.len())
            }
        })
        .sum()
}

fn rate(megabytes: u64, wall: Duration) -> u64 {
    let milliseconds = u64::try_from(wall.as_millis()).unwrap_or(u64::MAX).max(1);
    megabytes * 1000 / milliseconds
}

#[expect(clippy::cast_precision_loss, reason = "sizes stay far below 2^52")]
fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

fn grouped(number: u64) -> String {
    grantline::text::grouped(number)
}
