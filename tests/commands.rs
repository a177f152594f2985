//! The commands, from outside: the built program on the sample, its output, its exit codes and what it leaves behind.
//!
//! Not here: what the grants are worth (`src/hunt`), the workbench (`workbench.rs`), broken evidence (`bad_input.rs`).

#![expect(clippy::unwrap_used, reason = "a failing test should panic")]
#![expect(
    clippy::string_slice,
    reason = "the texts are ASCII, and a failing test should panic"
)]

#[expect(dead_code, reason = "each test file uses some of the helpers")]
mod common;

use common::{Lab, SAMPLE, line_breaks, number, sample, size, text};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

/// The record that gave a dormant account `FullAccess` on the mailbox of the CEO (story b of the sample).
const STORY_B: &str = "430ec74c-ae38-4520-bd2b-08de82309ae2";

/// The record of the failed assignment (story g), after which nothing can be read.
const STORY_G: &str = "96538f1f-13f3-4bf1-b42e-08de90492cb1";

#[test]
fn indexing_tells_what_it_could_not_read_and_exits_3() {
    let lab = Lab::with_sample();
    let ran = lab.index().exits(3);
    let ran = ran.says("2 files").says("1 refused");
    ran.complains("grantline coverage --case");
    // The fault is still there the next time, though nothing is read again.
    lab.index().exits(3).says("1 refused");
}

#[test]
fn indexing_whole_evidence_exits_0() {
    let lab = Lab::new();
    let whole: Vec<u8> = sample(SAMPLE[0])
        .split_inclusive(|byte| *byte == b'\n')
        .take(100)
        .flatten()
        .copied()
        .collect();
    lab.write("whole.jsonl", whole);
    let ran = lab.index().exits(0);
    assert_eq!(ran.err, "");
}

/// What the contract promises of a field: `grants --format jsonl` (DESIGN §2).
fn kept(grant: &Value) -> Vec<(&'static str, bool)> {
    let is_text_or_null = |value: &Value| value.is_string() || value.is_null();
    let is_texts = |value: &Value| {
        let items = value.as_array();
        items.is_some_and(|items| items.iter().all(Value::is_string))
    };
    let one_of =
        |value: &Value, words: &[&str]| value.as_str().is_some_and(|word| words.contains(&word));
    let severities = ["info", "low", "medium", "high", "critical"];
    let mut kept = vec![
        ("time", is_text_or_null(&grant["time"])),
        (
            "record_ids",
            is_texts(&grant["record_ids"]) && grant["record_ids"][0].is_string(),
        ),
        ("rights", is_texts(&grant["rights"])),
        ("tags", is_texts(&grant["tags"])),
        (
            "scope",
            one_of(&grant["scope"], &["tenant", "mailbox", "folder"]),
        ),
        ("severity", one_of(&grant["severity"], &severities)),
        (
            "state",
            one_of(&grant["state"], &["standing", "revoked", "unknown"]),
        ),
        (
            "class",
            one_of(&grant["class"], &["candidate", "system", "sanctioned"]),
        ),
        ("score", grant["score"].is_f64()),
        ("accesses", grant["accesses"].is_u64()),
        ("mailboxes", grant["mailboxes"].is_u64()),
        (
            "signals",
            grant["signals"].as_array().unwrap().iter().all(is_signal),
        ),
        (
            "sources",
            grant["sources"].as_array().unwrap().iter().all(is_source),
        ),
    ];
    let texts = [
        "id",
        "road",
        "operation",
        "actor",
        "actor_kind",
        "grantee",
        "grantee_kind",
        "target",
    ];
    kept.extend(texts.map(|name| (name, grant[name].is_string())));
    kept.extend(
        ["revoked_at", "first_access", "verdict"]
            .map(|name| (name, grant.get(name).is_some_and(is_text_or_null))),
    );
    kept.extend(
        ["proven", "presumed", "unknowable"].map(|name| (name, grant["exposure"][name].is_u64())),
    );
    kept
}

fn is_signal(signal: &Value) -> bool {
    signal["name"].is_string()
        && signal["bits"].is_f64()
        && signal["detail"].is_string()
        && signal["record_ids"].is_array()
}

fn is_source(source: &Value) -> bool {
    let numbers = ["line", "offset", "length"];
    let digest = source["sha256"].as_str().unwrap_or_default();
    source["file"].is_string()
        && numbers.iter().all(|name| source[name].is_u64())
        && digest.len() == 64
        && digest.bytes().all(|digit| digit.is_ascii_hexdigit())
}

#[test]
fn every_grant_keeps_the_contract() {
    let lab = Lab::indexed();
    let grants = lab.grants();
    assert!(grants.len() > 30, "{}", grants.len());
    for grant in &grants {
        let broken: Vec<_> = kept(grant).into_iter().filter(|(_, kept)| !kept).collect();
        assert!(broken.is_empty(), "{broken:?} in {grant}");
        assert_eq!(
            grant["sources"].as_array().unwrap().len(),
            grant["record_ids"].as_array().unwrap().len()
        );
        if let Some(time) = grant["time"].as_str() {
            assert!(time.ends_with('Z') && time.as_bytes()[10] == b'T', "{time}");
        }
    }
    let scores: Vec<f64> = grants
        .iter()
        .map(|grant| grant["score"].as_f64().unwrap())
        .collect();
    assert!(
        scores.is_sorted_by(|left, right| left >= right),
        "{scores:?}"
    );
}

#[test]
fn a_source_is_the_very_bytes_of_its_record() {
    let lab = Lab::indexed();
    for grant in lab.grants() {
        let (ids, sources) = (
            grant["record_ids"].as_array().unwrap(),
            grant["sources"].as_array().unwrap(),
        );
        for (id, source) in ids.iter().zip(sources) {
            let bytes = fs::read(source["file"].as_str().unwrap()).unwrap();
            let (from, length) = (size(&source["offset"]), size(&source["length"]));
            let original = String::from_utf8_lossy(&bytes[from..from + length]);
            // A row that holds no record has an id made of its content.
            assert!(
                original.contains(&text(id)) || original.contains("\"\""),
                "{id}: {original}"
            );
            let before = line_breaks(&bytes[..from]);
            assert_eq!(number(&source["line"]), before + 1);
        }
    }
}

/// Everything of a grant but where it stands.
fn without_place(grants: &[Value]) -> BTreeMap<String, Value> {
    let mut grants = grants.to_vec();
    for grant in &mut grants {
        grant.as_object_mut().unwrap().remove("sources");
    }
    grants
        .into_iter()
        .map(|grant| (text(&grant["id"]), grant))
        .collect()
}

#[test]
fn the_same_evidence_gives_the_same_grants_in_any_case_and_any_order() {
    let lab = Lab::indexed();
    let other = Lab::new();
    // Renamed, so that the files are found the other way round, and given one by one.
    let first = other.write("b.txt", sample(SAMPLE[1]));
    let last = other.write("a.txt", sample(SAMPLE[0]));
    other.ask(&["index", last.to_str().unwrap()]).exits(3);
    other.ask(&["index", first.to_str().unwrap()]).exits(3);
    assert_eq!(without_place(&lab.grants()), without_place(&other.grants()));
}

#[test]
fn grants_are_narrowed_by_severity_query_and_class() {
    let lab = Lab::indexed();
    let all = lab.grants().len();
    let severe = lab
        .ask(&["grants", "--format", "jsonl", "--min-severity", "high"])
        .exits(0)
        .lines();
    let is_severe = |grant: &Value| ["high", "critical"].contains(&&*text(&grant["severity"]));
    assert!(!severe.is_empty() && severe.len() < all);
    assert!(severe.iter().all(is_severe));
    let query = "road:mailbox-permission grantee:g.oudshoorn*";
    let found = lab
        .ask(&["grants", "--format", "jsonl", "--query", query])
        .exits(0)
        .lines();
    assert_eq!(found.len(), 1);
    assert_eq!(text(&found[0]["record_ids"][0]), STORY_B);
    let hidden = lab
        .ask(&["grants", "--format", "jsonl", "--hide-system"])
        .exits(0)
        .lines();
    assert!(!hidden.is_empty() && hidden.len() < all);
    assert!(hidden.iter().all(|grant| grant["class"] != "system"));
    let csv = lab.ask(&["grants", "--format", "csv"]).exits(0);
    assert!(csv.out.starts_with("\"id\",\"time_utc\","), "{}", csv.out);
    lab.ask(&["grants"])
        .exits(0)
        .says("severity")
        .says("g.oudshoorn");
}

#[test]
fn an_analyst_may_name_grants_of_a_service() {
    let lab = Lab::indexed();
    let id = lab.grant_of(STORY_B);
    let told = || {
        let mut grants = lab.grants().into_iter();
        grants.find(|grant| grant["id"] == id.as_str()).unwrap()
    };
    let grant = told();
    assert_eq!(grant["class"], "candidate");
    let own = lab.case().join("system-grants.csv");
    let actor = text(&grant["actor"]);
    fs::write(&own, format!("{actor},,,,,our provisioning,ticket 4711\n")).unwrap();
    let grant = told();
    assert_eq!(grant["class"], "system");
    assert_eq!(grant["class_reason"], "our provisioning");
    fs::write(&own, "a,b\n").unwrap();
    let ran = lab.ask(&["grants"]).exits(2);
    ran.complains("system-grants.csv: line 1, column");
}

#[test]
fn a_query_that_cannot_be_read_is_shown_with_a_caret_and_a_hint() {
    let lab = Lab::indexed();
    for command in [
        vec!["grants", "--query", "grante:x"],
        vec!["search", "usr:x"],
    ] {
        let ran = lab
            .ask(&command)
            .exits(2)
            .complains("^")
            .complains("hint: ");
        assert_eq!(ran.out, "");
    }
    lab.ask(&["grants", "--query", "(grantee:x"])
        .exits(2)
        .complains("^");
    lab.ask(&["grants", "--min-severity", "huge"])
        .exits(2)
        .complains("info, low, medium, high, critical");
}

#[test]
fn nothing_found_exits_1() {
    let lab = Lab::indexed();
    assert_eq!(
        lab.ask(&["grants", "--query", "grantee:nobody-at-all"])
            .exits(1)
            .out
            .lines()
            .count(),
        1
    );
    lab.ask(&["search", "no-such-word-anywhere"]).exits(1);
    lab.ask(&["unmark", "g000"]).exits(1);
    let attempt = lab.grant_of(STORY_G);
    lab.ask(&["accesses", &attempt])
        .exits(1)
        .complains("no access can be tied");
}

#[test]
fn accesses_say_what_was_read_and_why_it_is_tied_to_the_grant() {
    let lab = Lab::indexed();
    let grant = lab.grant_of(STORY_B);
    let accesses = lab
        .ask(&["accesses", &grant, "--format", "jsonl"])
        .exits(0)
        .lines();
    // Five delegated reads and a Sync (tests/fabrikam/README.md, story b).
    assert_eq!(accesses.len(), 6, "{accesses:#?}");
    for access in &accesses {
        for name in [
            "time",
            "operation",
            "mailbox",
            "principal",
            "app_id",
            "ip",
            "country",
            "session",
            "access_type",
            "link",
        ] {
            assert!(access[name].is_string(), "{name} in {access}");
        }
        assert!(!text(&access["link"]).is_empty());
        assert!(access["record_ids"][0].is_string());
        assert!(text(&access["mailbox"]).starts_with("h.oosterveld@"));
        let is_sync = access["access_type"] == "Sync";
        let messages = access["message_ids"].as_array().unwrap();
        assert_eq!(messages.is_empty(), is_sync, "{access}");
    }
    let sync = "c8731354-cb14-4ab7-95f0-08de82341d5d";
    assert!(
        accesses
            .iter()
            .any(|access| access["record_ids"][0] == sync)
    );
    let table = lab
        .ask(&["accesses", &grant])
        .exits(0)
        .says("MailItemsAccessed");
    assert_eq!(table.out.lines().count(), 7);
    table.complains("g.oudshoorn");
    let narrowed = [
        "accesses",
        &grant,
        "--query",
        "access:sync",
        "--format",
        "jsonl",
    ];
    assert_eq!(lab.ask(&narrowed).exits(0).lines().len(), 1);
}

#[test]
fn search_finds_records_by_word_and_field() {
    let lab = Lab::indexed();
    let found = lab
        .ask(&[
            "search",
            "--format",
            "jsonl",
            "operation:New-ManagementRoleAssignment",
        ])
        .exits(0)
        .lines();
    let ids: BTreeSet<String> = found
        .iter()
        .map(|record| text(&record["record_ids"][0]))
        .collect();
    assert!(ids.contains(STORY_G) && ids.len() >= 2, "{ids:?}");
    assert!(found.iter().all(|record| record["link"].is_null()));
    lab.ask(&["search", "\"Journal Sync Service\""])
        .exits(0)
        .says("New-ServicePrincipal");
    let limited = lab
        .ask(&["search", "--limit", "5"])
        .exits(0)
        .complains("5 shown");
    assert_eq!(limited.out.lines().count(), 6);
}

#[test]
fn coverage_accounts_for_every_row() {
    let lab = Lab::indexed();
    let files = lab.coverage();
    assert_eq!(
        files.keys().collect::<BTreeSet<_>>(),
        SAMPLE
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<BTreeSet<_>>()
            .iter()
            .collect()
    );
    for (name, file) in &files {
        let sum: u64 = ["read", "duplicate", "refused"]
            .iter()
            .map(|part| number(&file[part]))
            .sum();
        assert_eq!(sum, number(&file["rows"]), "{name}");
        assert_eq!(number(&file["size"]), sample(name).len() as u64);
        assert_eq!(text(&file["fault"]), "");
    }
    let log = &files[SAMPLE[0]];
    let lines = line_breaks(&sample(SAMPLE[0]));
    assert_eq!(number(&log["rows"]), lines);
    assert_eq!(number(&log["refused"]), 1);
    let fault = &log["lines"][0];
    let cut = sample(SAMPLE[0]);
    let cut = &cut[size(&fault["offset"])..];
    assert!(String::from_utf8_lossy(cut).contains("0a10d40f-3e3c-4d37-8588-08de84e42c12"));
    assert!(text(&files[SAMPLE[1]]["lines"][0]["reason"]).contains("AuditData is empty"));
    lab.ask(&["coverage"])
        .exits(0)
        .says("degraded: AuditData is empty")
        .says("not sound JSON");
}

#[test]
fn the_table_of_coverage_is_for_a_terminal() {
    let lab = Lab::with_sample();
    let blob =
        r#"{"contentUri":"https://example.com/a","contentId":"a","contentType":"Audit.Exchange"}"#;
    lab.write("content.jsonl", format!("{blob}\n").repeat(1200));
    lab.write("cut.jsonl", r#"{"Operation":"Set-Mailbox","#);
    lab.index().exits(3);
    let ran = lab.ask(&["coverage"]).exits(0);
    let told = lab.evidence().canonicalize().unwrap();
    let ran = ran
        .says(&format!("all files are in {}/\n", told.display()))
        .says("content.jsonl, lines 1, 2, 3 … (1,000 rows): a list of content blobs")
        .says("content.jsonl: 200 more rows\n")
        .says("of the row (truncated?)")
        .says("rows in 4 files\n");
    let table = ran.out.lines().take_while(|line| !line.is_empty());
    let table: Vec<&str> = table.collect();
    assert_eq!(table.len(), 5, "{}", ran.out);
    for line in &table {
        assert!(line.chars().count() <= 120, "{line}");
    }
    let content = table.iter().find(|line| line.ends_with("  content.jsonl"));
    let content: Vec<&str> = content.unwrap().split_whitespace().collect();
    assert_eq!(
        content,
        [
            "audit-content-list",
            "1,200",
            "0",
            "0",
            "1,200",
            "0",
            "content.jsonl"
        ]
    );
    assert_eq!(ran.out.matches("content blobs").count(), 1);
    let file = &lab.coverage()["content.jsonl"];
    assert_eq!(file["lines"].as_array().unwrap().len(), 1000, "row by row");
    lab.run(&["coverage", "--help"])
        .exits(0)
        .says("jsonl` has everything");
}

#[test]
fn what_is_marked_is_exported_with_note_and_provenance_in_every_format() {
    let lab = Lab::indexed();
    let grant = lab.grant_of(STORY_B);
    lab.ask(&[
        "mark",
        &grant,
        "--verdict",
        "true-positive",
        "--note",
        "seen with the CEO",
    ])
    .exits(0)
    .complains("by tester");
    let digest = text(&lab.coverage()[SAMPLE[0]]["sha256"]);
    for format in ["markdown", "csv", "jsonl"] {
        let export = lab.ask(&["export", "--format", format]).exits(0);
        for needed in [
            &*grant,
            "true-positive",
            "seen with the CEO",
            "tester",
            &digest,
            STORY_B,
            "export --format",
            "unified-audit-log.jsonl",
        ] {
            assert!(
                export.out.contains(needed),
                "no {needed:?} in {format}:\n{}",
                export.out
            );
        }
        let path = lab.path(format);
        lab.ask(&["export", "--format", format, "-o", path.to_str().unwrap()])
            .exits(0)
            .complains("1 finding");
        let first = fs::read(&path).unwrap();
        lab.ask(&["export", "--format", format, "-o", path.to_str().unwrap()])
            .exits(2)
            .complains("cannot write");
        assert_eq!(
            fs::read(&path).unwrap(),
            first,
            "an export overwrites nothing"
        );
    }
    let lines = lab.ask(&["export", "--format", "jsonl"]).lines();
    let grants = lines.iter().filter(|line| line["type"] == "grant");
    assert_eq!(grants.count(), 1);
    assert_eq!(
        text(&lab.grants().iter().find(|one| one["id"] == *grant).unwrap()["verdict"]),
        "true-positive"
    );
}

#[test]
fn a_mark_is_taken_away_and_then_nothing_is_left_to_export() {
    let lab = Lab::indexed();
    let nothing = |lab: &Lab| {
        lab.ask(&["export", "--format", "markdown"])
            .exits(1)
            .complains("mark a grant first")
            .out
    };
    assert_eq!(nothing(&lab), "");
    let grant = lab.grant_of(STORY_B);
    lab.ask(&["mark", &grant, "--verdict", "false-positive"])
        .exits(0);
    lab.ask(&["mark", &grant, "--verdict", "benign-true-positive"])
        .exits(0);
    lab.ask(&[
        "grants",
        "--query",
        "verdict:benign-true-positive",
        "--format",
        "jsonl",
    ])
    .exits(0)
    .says(&grant);
    lab.ask(&["unmark", &grant]).exits(0);
    lab.ask(&["unmark", &grant]).exits(1);
    assert_eq!(nothing(&lab), "");
    let query = ["export", "--format", "jsonl", "--query", "road:send-as"];
    assert!(lab.ask(&query).exits(0).lines().len() > 2);
}

#[test]
fn a_verdict_without_a_note_keeps_the_note_that_is_there() {
    let lab = Lab::indexed();
    let grant = lab.grant_of(STORY_B);
    let note = || {
        let grants = lab.grants();
        text(&grants.iter().find(|one| one["id"] == *grant).unwrap()["note"])
    };
    let decide = |more: &[&str]| {
        let mut command = vec!["mark", &grant, "--verdict", "unknown"];
        command.extend(more);
        lab.ask(&command).exits(0);
    };
    decide(&["--note", "called the owner"]);
    decide(&[]);
    assert_eq!(note(), "called the owner");
    decide(&["--note", ""]);
    assert_eq!(note(), "");
}

#[test]
fn unmarking_takes_away_the_mark_of_one_grant_and_says_which() {
    let lab = Lab::indexed();
    let grant = lab.grant_of(STORY_B);
    lab.ask(&["mark", &grant, "--verdict", "unknown"]).exits(0);
    lab.ask(&["unmark", ""]).exits(2).complains("empty");
    lab.ask(&["unmark", "g"]).exits(2).complains("several ids");
    let other = lab.grant_of(STORY_G);
    lab.ask(&["unmark", &other])
        .exits(1)
        .complains("is not marked");
    lab.ask(&["unmark", "gzzz"])
        .exits(1)
        .complains("no grant and no mark has the id gzzz");
    lab.ask(&["unmark", &grant[..10]])
        .exits(0)
        .complains(&format!("the mark on {grant} is taken away"));
}

#[test]
fn a_mark_whose_grant_is_gone_can_be_taken_away() {
    let lab = Lab::indexed();
    let grant = lab.grant_of(STORY_B);
    lab.ask(&["mark", &grant, "--verdict", "unknown"]).exits(0);
    lab.write(SAMPLE[0], b"{}\n");
    lab.index();
    assert!(lab.grants().iter().all(|one| one["id"] != *grant));
    lab.ask(&["unmark", &grant[..10]])
        .exits(0)
        .complains(&grant);
    lab.ask(&["unmark", &grant]).exits(1);
}

#[test]
fn a_grant_is_named_by_its_other_ids_too() {
    let lab = Lab::indexed();
    let grants = lab.grants();
    let has_two = |grant: &&Value| !grant["also_ids"].as_array().unwrap().is_empty();
    let grant = grants.iter().find(has_two).unwrap();
    let (id, other) = (text(&grant["id"]), text(&grant["also_ids"][0]));
    lab.ask(&["mark", &other, "--verdict", "unknown"])
        .exits(0)
        .complains(&id);
    lab.ask(&["unmark", &other]).exits(0).complains(&id);
    let marked = ["grants", "--query", "is:marked"];
    lab.ask(&marked).exits(1);
}

/// Makes the index of a case one that another version wrote.
fn age(lab: &Lab) {
    let path = lab.case().join("case.toml");
    let description = fs::read_to_string(&path).unwrap();
    let aged: Vec<&str> = description
        .lines()
        .map(|line| {
            if line.starts_with("index =") {
                "index = 0"
            } else {
                line
            }
        })
        .collect();
    fs::write(&path, aged.join("\n")).unwrap();
}

#[test]
fn an_index_of_another_version_is_kept_until_the_evidence_is_read_again() {
    let lab = Lab::indexed();
    let grant = lab.grant_of(STORY_B);
    lab.ask(&["mark", &grant, "--verdict", "true-positive"])
        .exits(0);
    let (grants, records) = (lab.grants(), lab.searched());
    age(&lab);
    for command in [
        vec!["grants"],
        vec!["search", "x"],
        vec!["coverage"],
        vec!["unmark", &grant],
    ] {
        lab.ask(&command)
            .exits(2)
            .complains(
                "the index was made by another version of grantline; `grantline index --case ",
            )
            .complains("reads the evidence again");
    }
    assert!(lab.case().join("index/manifest.json").exists());
    lab.ask(&["index"]).exits(3).says("2 files");
    assert_eq!((lab.grants(), lab.searched()), (grants, records));
    let marked = lab
        .ask(&["grants", "--query", "is:marked", "--format", "jsonl"])
        .exits(0)
        .lines();
    assert_eq!(text(&marked[0]["id"]), grant);
}

#[test]
fn an_index_that_is_gone_is_made_again_from_what_the_case_knows() {
    let lab = Lab::indexed();
    let grants = lab.grants();
    age(&lab);
    fs::remove_dir_all(lab.case().join("index")).unwrap();
    lab.ask(&["index"]).exits(3);
    assert_eq!(lab.grants(), grants);
}

#[test]
fn indexing_without_evidence_needs_a_case_that_is_there() {
    let lab = Lab::new();
    lab.ask(&["index"]).exits(2).complains("holds no case");
    assert!(!lab.case().exists());
    lab.run(&["index"]).exits(2).complains("EVIDENCE");
}

#[cfg(unix)]
#[test]
fn a_case_in_a_folder_that_others_can_read_is_private_all_the_same() {
    use std::os::unix::fs::PermissionsExt;
    let lab = Lab::with_sample();
    fs::create_dir(lab.case()).unwrap();
    fs::set_permissions(lab.case(), fs::Permissions::from_mode(0o755)).unwrap();
    lab.index().exits(3);
    let mode = |name: &str| {
        let path = lab.case().join(name);
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    };
    assert_eq!(mode(""), 0o755, "a folder that was there is left alone");
    assert_eq!(
        (mode("index"), mode("case.db"), mode("case.toml")),
        (0o700, 0o600, 0o600)
    );
}

#[test]
fn finding_nothing_says_that_a_value_is_matched_whole() {
    let lab = Lab::indexed();
    let hint =
        "nothing found; a field's value is matched whole: user:d.vloet* finds what begins with it";
    lab.ask(&["search", "user:d.vloet"])
        .exits(1)
        .complains(hint);
    lab.ask(&["search", "items:>=0", "user:D.Vloet"])
        .exits(1)
        .complains(hint);
    lab.ask(&["grants", "--query", "grantee:nobody"])
        .exits(1)
        .complains("grantee:nobody* finds what begins with it");
    for query in [
        "no-such-word-anywhere",
        "user:nobody-*",
        "no-such-word-anywhere NOT user:nobody",
    ] {
        let ran = lab.ask(&["search", query]).exits(1);
        assert_eq!(ran.err, "nothing found\n", "{query}");
    }
    let ran = lab.ask(&["grants", "--query", "is:marked"]).exits(1);
    assert_eq!(ran.err, "nothing found\n");
    let ran = lab.ask(&["search", "user:d.vloet*"]).exits(0);
    assert_eq!(ran.err, "");
}

#[test]
fn the_table_of_grants_names_the_folder() {
    let lab = Lab::indexed();
    lab.ask(&["grants", "--query", "road:folder-permission"])
        .exits(0)
        .says("d.vloet@fabrikam-logistics.example \\Inbox\\Treasury");
}

#[test]
fn an_export_says_what_was_read_through_the_grant() {
    let lab = Lab::indexed();
    let grant = lab.grant_of(STORY_B);
    let export = |format| {
        let query = format!("id:{grant}");
        lab.ask(&["export", "--format", format, "--query", &query])
            .exits(0)
    };
    // Five delegated reads and a Sync (tests/fabrikam/README.md, story b).
    let lines = export("jsonl").lines();
    assert_eq!(lines.len(), 2 + 6);
    for access in &lines[2..] {
        assert_eq!(access["type"], "access");
        assert_eq!(access["grant"], *grant);
        assert!(text(&access["mailbox"]).starts_with("h.oosterveld@"));
        assert!(text(&access["file"]).contains("/evidence/"));
        assert!(number(&access["line"]) > 0);
    }
    let report = export("markdown").says("* Mailboxes reached: h.oosterveld@");
    let reads = report
        .out
        .lines()
        .filter(|line| line.contains("| MailItemsAccessed |"));
    assert_eq!(reads.count(), 6, "{}", report.out);
    export("csv")
        .says("mailboxes_accessed")
        .says("\"h.oosterveld@fabrikam-logistics.example\"");
}

#[test]
fn a_mark_survives_that_the_evidence_is_indexed_anew() {
    let lab = Lab::indexed();
    let grant = lab.grant_of(STORY_B);
    lab.ask(&["mark", &grant, "--verdict", "true-positive"])
        .exits(0);
    let mut longer = sample(SAMPLE[0]);
    longer.extend_from_slice(b"{\"CreationTime\":\"2026-04-06T08:00:00\",\"Id\":\"5b7d0a32-91d5-4a53-9d3c-2f5a3a1f0001\",\"Operation\":\"MailItemsAccessed\",\"Workload\":\"Exchange\",\"RecordType\":50,\"UserId\":\"x@fabrikam-logistics.example\"}\n");
    lab.write(SAMPLE[0], longer);
    lab.index().exits(3);
    let marked = lab
        .ask(&["grants", "--query", "is:marked", "--format", "jsonl"])
        .exits(0)
        .lines();
    assert_eq!(marked.len(), 1);
    assert_eq!(text(&marked[0]["id"]), grant);
}

#[test]
fn a_grant_is_named_by_enough_of_its_id() {
    let lab = Lab::indexed();
    let grant = lab.grant_of(STORY_B);
    lab.ask(&["accesses", &grant[..10]]).exits(0);
    lab.ask(&["accesses", "gzzz"])
        .exits(2)
        .complains("no grant has the id gzzz")
        .complains("grantline grants");
    lab.ask(&["accesses", "g"])
        .exits(2)
        .complains("several ids");
    lab.ask(&["mark", "g", "--verdict", "unknown"])
        .exits(2)
        .complains("several ids");
}

#[test]
fn a_missing_case_says_how_to_make_one() {
    let lab = Lab::new();
    for command in [
        vec!["grants"],
        vec!["search", "x"],
        vec!["coverage"],
        vec!["unmark", "g1"],
        vec!["export", "--format", "csv"],
        vec!["accesses", "g1"],
    ] {
        lab.ask(&command)
            .exits(2)
            .complains("holds no case")
            .complains("grantline index");
        assert!(!lab.case().exists(), "{command:?} made a case");
    }
    lab.run(&["index", "not-there"])
        .exits(2)
        .complains("not-there is not there");
    lab.run(&["grants"]).exits(2).complains("--case");
}

#[test]
fn a_closed_pipe_is_no_error() {
    let lab = Lab::indexed();
    let case = lab.case();
    let mut command = lab.command();
    command
        .args(["search", "--format", "jsonl", "--limit", "100000", "--case"])
        .arg(case);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut line).unwrap();
    assert!(line.starts_with('{'), "{line}");
    drop(out);
    let mut complaint = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut complaint)
        .unwrap();
    assert_eq!((child.wait().unwrap().code(), &*complaint), (Some(0), ""));
}

#[test]
fn indexing_again_reads_nothing_and_changes_nothing() {
    let lab = Lab::indexed();
    let (grants, coverage) = (lab.grants(), lab.coverage());
    let evidence = lab.evidence();
    let ran = lab
        .ask(&["index", "--progress", "json", evidence.to_str().unwrap()])
        .exits(3);
    let progress: Vec<&str> = ran
        .err
        .lines()
        .filter(|line| line.starts_with('{'))
        .collect();
    assert!(progress.is_empty(), "nothing was to be read: {progress:?}");
    assert_eq!(lab.coverage(), coverage);
    assert_eq!(lab.grants(), grants);
}

#[test]
fn a_file_that_is_added_is_the_only_one_read() {
    let lab = Lab::new();
    lab.write(SAMPLE[1], sample(SAMPLE[1]));
    lab.index().exits(0);
    let before = lab.coverage();
    lab.write(SAMPLE[0], sample(SAMPLE[0]));
    let evidence = lab.evidence();
    let ran = lab
        .ask(&["index", "--progress", "json", evidence.to_str().unwrap()])
        .exits(3);
    let last: Value =
        serde_json::from_str(ran.err.lines().rfind(|line| line.starts_with('{')).unwrap()).unwrap();
    let added = sample(SAMPLE[0]);
    let rows = line_breaks(&added);
    assert_eq!(
        (number(&last["rows"]), number(&last["bytes"])),
        (rows, added.len() as u64)
    );
    let after = lab.coverage();
    assert_eq!(after.len(), 2);
    assert_eq!(after[SAMPLE[1]], before[SAMPLE[1]]);
}

#[test]
fn progress_lines_are_json_and_the_last_one_says_so() {
    let lab = Lab::with_sample();
    let evidence = lab.evidence();
    let ran = lab
        .ask(&["index", "--progress", "json", evidence.to_str().unwrap()])
        .exits(3);
    let lines: Vec<Value> = ran
        .err
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let last = lines.last().unwrap();
    assert_eq!(last["finished"], true);
    assert_eq!(last["done"], last["bytes"]);
    assert!(lines.iter().all(|line| number(&line["done"]) <= number(&line["bytes"]) && line["file"].is_string()));
    let silent = Lab::with_sample();
    let ran = silent
        .ask(&[
            "index",
            "--progress",
            "none",
            silent.evidence().to_str().unwrap(),
        ])
        .exits(3);
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
}

#[test]
fn evidence_is_never_written_to() {
    let lab = Lab::with_sample();
    let state = || {
        SAMPLE.map(|name| {
            let path = lab.evidence().join(name);
            let there = fs::metadata(&path).unwrap();
            (
                there.modified().unwrap(),
                there.len(),
                fs::read(&path).unwrap(),
            )
        })
    };
    let before = state();
    lab.index().exits(3);
    let grant = lab.grant_of(STORY_B);
    lab.ask(&["accesses", &grant]).exits(0);
    lab.ask(&["mark", &grant, "--verdict", "unknown"]).exits(0);
    lab.ask(&["export", "--format", "markdown"]).exits(0);
    assert!(before == state());
    let there = fs::read_dir(lab.evidence()).unwrap().count();
    assert_eq!(there, SAMPLE.len(), "nothing was put beside the evidence");
}

#[cfg(unix)]
#[test]
fn the_case_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let lab = Lab::indexed();
    let mode = |name: &str| {
        let path = lab.case().join(name);
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    };
    assert_eq!(
        (mode(""), mode("index"), mode("case.db")),
        (0o700, 0o700, 0o600)
    );
    let grant = lab.grant_of(STORY_B);
    lab.ask(&["mark", &grant, "--verdict", "unknown"]).exits(0);
    lab.ask(&[
        "export",
        "--format",
        "csv",
        "-o",
        lab.case().join("out.csv").to_str().unwrap(),
    ])
    .exits(0);
    assert_eq!(mode("out.csv"), 0o600);
}

#[test]
fn a_case_without_a_name_is_found_again_by_its_evidence() {
    let lab = Lab::with_sample();
    let evidence = lab.evidence();
    for _ in 0..2 {
        lab.run(&["index", evidence.to_str().unwrap()]).exits(3);
    }
    let cases: Vec<_> = fs::read_dir(lab.path("home/data/grantline/cases"))
        .unwrap()
        .collect();
    assert_eq!(cases.len(), 1);
    let case = cases[0].as_ref().unwrap().path();
    lab.run(&["grants", "--case", case.to_str().unwrap()])
        .exits(0);
}

#[test]
fn keys_prints_the_table_of_the_workbench() {
    let lab = Lab::new();
    let keys = lab.run(&["keys"]).exits(0);
    let keys = keys
        .says("### Timeline of grants")
        .says("| `m` | Give a verdict on the grant | mark |");
    assert!(keys.out.lines().count() > 50);
    fs::create_dir_all(lab.path("home/config/grantline")).unwrap();
    let user = lab.path("home/config/grantline/keymap.toml");
    fs::write(
        &user,
        "[timeline]\nmark = { keys = [\"M\"], about = \"Decide\" }\n",
    )
    .unwrap();
    lab.run(&["keys"]).exits(0).says("| `M` | Decide | mark |");
    fs::write(&user, "[timeline]\nmark = { keys = [\"Nokey\"] }\n").unwrap();
    lab.run(&["keys"])
        .exits(2)
        .complains("keymap.toml")
        .complains("line 2");
}

#[test]
fn the_workbench_refuses_politely_without_a_terminal() {
    let lab = Lab::indexed();
    let case = lab.case();
    lab.run(&["--case", case.to_str().unwrap()])
        .exits(2)
        .complains("needs a terminal")
        .complains("grantline grants");
    let demo = lab.path("demo");
    lab.run(&["demo", "--case", demo.to_str().unwrap()])
        .exits(2)
        .complains("needs a terminal");
    assert!(!demo.exists());
    lab.run::<&str>(&[]).exits(2).complains("grantline demo");
}

#[test]
fn help_and_version_are_no_errors() {
    let lab = Lab::new();
    lab.run(&["--help"]).exits(0).says("Exit codes: 0 done");
    lab.run(&["--version"])
        .exits(0)
        .says(env!("CARGO_PKG_VERSION"));
    for command in [
        "index", "grants", "accesses", "search", "coverage", "mark", "unmark", "export", "keys",
        "demo",
    ] {
        lab.run(&[command, "--help"])
            .exits(0)
            .says("Usage: grantline");
    }
    lab.run(&["nonsense"]).exits(2);
}

#[test]
fn who_could_read_a_mailbox_is_told_with_its_road_and_place() {
    let lab = Lab::indexed();
    let grants = lab.grants();
    let standing = |grant: &&Value| {
        grant["road"] == "mailbox-permission"
            && grant["state"] == "standing"
            && grant["act"] == "grant"
    };
    let grant = grants.iter().find(standing).unwrap();
    let (mailbox, grantee) = (text(&grant["target"]), text(&grant["grantee"]));
    let jsonl = |arguments: &[&str]| {
        let arguments = [&["who", "--format", "jsonl"], arguments].concat();
        lab.ask(&arguments).exits(0).lines()
    };
    let ours = |rows: &[Value]| {
        let row = rows.iter().find(|row| row["grant"] == grant["id"]);
        row.cloned()
    };
    let rows = jsonl(&["--mailbox", &mailbox.to_uppercase()]);
    assert_eq!(rows[0]["type"], "answer");
    assert_eq!(size(&rows[0]["rows"]), rows.len() - 1);
    assert!(!rows[0]["unknowns"].as_array().unwrap().is_empty());
    let row = ours(&rows).unwrap();
    assert_eq!(row["principal"], grant["grantee"]);
    assert_eq!(row["since"], grant["time"]);
    assert!(is_source(&row["source"]));
    // The other way round, and a day before.
    let reach = jsonl(&["--principal", &grantee]);
    assert_eq!(ours(&reach).unwrap()["mailbox"], grant["target"]);
    let before = jsonl(&["--mailbox", &mailbox, "--at", "2000-01-01"]);
    assert!(ours(&before).is_none());
    let table = lab.ask(&["who", "--mailbox", &mailbox]).exits(0);
    table
        .says(&grantee)
        .complains("not known: the log begins on");
}

#[test]
fn who_of_nobody_known_names_those_near_it() {
    let lab = Lab::indexed();
    let grants = lab.grants();
    let mailbox = grants.iter().map(|grant| text(&grant["target"]));
    let mailbox = mailbox.into_iter().find(|name| name.contains('@')).unwrap();
    let wrong = format!("x{mailbox}");
    let ran = lab.ask(&["who", "--mailbox", &wrong]).exits(1);
    ran.complains(&format!("the evidence knows no mailbox {wrong}"))
        .complains(&mailbox);
    lab.ask(&["who", "--mailbox", &mailbox, "--at", "soon"])
        .exits(2)
        .complains("is no time");
    lab.ask(&["who"]).exits(2);
    lab.ask(&["who", "--mailbox", "a", "--principal", "b"])
        .exits(2);
}

#[test]
fn a_listing_in_the_evidence_confirms_grants_and_shows_others() {
    let lab = Lab::with_sample();
    lab.index();
    let before = lab.grants();
    let standing = |grant: &&Value| {
        grant["road"] == "mailbox-permission"
            && grant["state"] == "standing"
            && grant["act"] == "grant"
    };
    let grant = before.iter().find(standing).unwrap();
    let (mailbox, grantee) = (text(&grant["target"]), text(&grant["grantee"]));
    let right = text(&grant["rights"][0]);
    let listing = format!(
        "Identity,User,AccessRights,IsInherited,Deny\n{mailbox},{grantee},{right},False,False\n{mailbox},ghost@example.com,FullAccess,False,False\n"
    );
    let path = lab.write("permissions.csv", listing);
    lab.index();
    let grants = lab.grants();
    let of = |listing: &'static str| {
        grants
            .iter()
            .filter(move |grant| grant["listing"] == listing)
    };
    assert!(of("confirmed").any(|found| found["id"] == grant["id"]));
    let ghost = of("without-record").next().unwrap();
    assert_eq!(ghost["grantee"], "ghost@example.com");
    assert_eq!(ghost["operation"], "Get-MailboxPermission");
    assert_eq!(ghost["time"], Value::Null);
    assert_eq!(number(&ghost["sources"][0]["line"]), 3);
    let who = lab
        .ask(&["who", "--mailbox", &mailbox, "--format", "jsonl"])
        .lines();
    let row = who
        .iter()
        .find(|row| row["principal"] == "ghost@example.com");
    assert_eq!(row.unwrap()["certainty"], "listed");
    // A listing that is gone is told, and the grants are there all the same.
    fs::remove_file(path).unwrap();
    let ran = lab.ask(&["who", "--mailbox", &mailbox]).exits(3);
    ran.complains("its permission listings could not be read again");
}
