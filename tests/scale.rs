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

use serde_json::Value;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Records asked for, of ordinary life; those of the stories come on top.
fn records() -> u64 {
    let asked = std::env::var("GRANTLINE_SCALE").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(200_000)
}

#[test]
#[ignore = "measures; run it on a quiet machine in release mode"]
fn a_large_log_is_read_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (tenant, case) = (folder.path().join("tenant"), folder.path().join("case"));
    let mut arguments = asking(records());
    arguments.extend(["-o".to_owned(), path(&tenant).to_owned()]);
    run(&arguments);
    let (log, labels) = (tenant.join("evidence/native-lines.jsonl"), labels(&tenant));
    let bytes = fs::metadata(&log).unwrap().len();
    let reader = labels["stories"][0]["mailboxes"][0].as_str().unwrap();

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
    let question = format!("mailbox:{reader} is:access");
    let search = run(&["search", &question, "--case", path(&case)]);

    assert!(
        index.output.contains(" 0 duplicate, 0 refused"),
        "{}",
        index.output
    );
    for id in planted(&labels) {
        assert!(
            grants.output.contains(&id),
            "the grant of {id} is not found"
        );
    }
    let megabytes = bytes / 1_000_000;
    println!("| what | figure |\n|---|---|");
    println!(
        "| records of ordinary life, evidence | {}, {megabytes} MB |",
        grouped(records())
    );
    println!(
        "| index: wall, rate | {:.1?}, {} MB/s |",
        index.wall,
        rate(megabytes, index.wall)
    );
    println!("| index: peak memory | {} MB |", index.peak / 1000);
    println!("| case / evidence | {:.3} |", ratio(size(&case), bytes));
    println!("| coverage, whole process | {:.1?} |", reopened.wall);
    let found = grants.output.lines().count() as u64;
    println!(
        "| {} grants, whole process | {:.1?} |",
        grouped(found),
        grants.wall
    );
    println!("| search, whole process | {:.1?} |", search.wall);
}

/// How fast records are made, and in how much memory: to nowhere, so that the disk does not matter.
#[test]
#[ignore = "measures; run it on a quiet machine in release mode"]
fn a_large_log_is_made() {
    println!("| threads | records | MB | wall | MB/s | peak MB |\n|---|---|---|---|---|---|");
    for threads in ["1", "2"] {
        let mut arguments = asking(records());
        arguments.extend(["--threads", threads, "-o", "-"].map(str::to_owned));
        let folder = tempfile::tempdir().unwrap();
        let counted = folder.path().join("bytes");
        let made = piped(&arguments, &counted);
        let megabytes: u64 = fs::read_to_string(&counted)
            .unwrap()
            .trim()
            .parse()
            .unwrap();
        let megabytes = megabytes / 1_000_000;
        println!(
            "| {threads} | {} | {megabytes} | {:.1?} | {} | {} |",
            grouped(records()),
            made.wall,
            rate(megabytes, made.wall),
            made.peak / 1000
        );
    }
}

/// A tenant as large as its log is to be.
fn asking(records: u64) -> Vec<String> {
    let (users, days) = (records.div_ceil(700).clamp(40, 20_000), 63);
    let mut arguments = vec!["demo".to_owned(), "generate".to_owned()];
    for (name, number) in [("--users", users), ("--days", days), ("--records", records)] {
        arguments.extend([name.to_owned(), number.to_string()]);
    }
    arguments
}

fn labels(tenant: &Path) -> Value {
    let text = fs::read(tenant.join("labels.json")).expect("labels are written");
    serde_json::from_slice(&text).expect("labels are JSON")
}

/// The records of the planted grants.
fn planted(labels: &Value) -> Vec<String> {
    let stories = labels["stories"].as_array().into_iter().flatten();
    let grants = stories.flat_map(|story| story["grants"].as_array().into_iter().flatten());
    let ids = grants.flat_map(|grant| grant["record_ids"].as_array().into_iter().flatten());
    ids.filter_map(|id| id.as_str().map(str::to_owned))
        .collect()
}

/// What a run of the program came to.
struct Ran {
    output: String,
    wall: Duration,
    /// Peak resident memory in kB, where the system tells.
    peak: u64,
}

fn run<S: AsRef<std::ffi::OsStr>>(arguments: &[S]) -> Ran {
    let begun = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_grantline"))
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut peak = 0;
    let mut output = String::new();
    if arguments
        .first()
        .is_some_and(|first| first.as_ref() == "index")
    {
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

/// Runs the program with its output counted and thrown away.
fn piped(arguments: &[String], counted: &PathBuf) -> Ran {
    let begun = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_grantline"))
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let output = child.stdout.take().expect("its output is ours");
    let count = Command::new("wc")
        .arg("-c")
        .stdin(output)
        .stdout(File::create(counted).expect("a file can be made"))
        .spawn();
    let mut peak = 0;
    while child
        .try_wait()
        .expect("the program can be waited for")
        .is_none()
    {
        peak = peak.max(peak_of(&child));
        std::thread::sleep(Duration::from_millis(5));
    }
    count
        .and_then(|mut count| count.wait())
        .expect("bytes can be counted");
    Ran {
        output: String::new(),
        wall: begun.elapsed(),
        peak,
    }
}

/// The high-water mark of a process in kB; 0 where there is no `/proc`.
fn peak_of(child: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok())
        .unwrap_or(0)
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
