//! Invented tenants as the built program writes them: what is asked for wrongly, what comes out, whether it is the same every time,
//! and whether what is planted is found again.
//!
//! Not here: what happens in a tenant (`src/demo`), each shape by itself (`tests/shapes.rs`).

#![expect(clippy::unwrap_used, reason = "a failing test should panic")]

#[expect(dead_code, reason = "each test file uses some of the helpers")]
mod common;

use common::{Lab, text};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// A tenant that is quick to make, with all that there is in it.
const SMALL: &[&str] = &[
    "--users",
    "20",
    "--days",
    "56",
    "--records",
    "3000",
    "--seed",
    "5",
];

/// Writes a tenant into the evidence folder of a lab, and gives its labels.
fn tenant(lab: &Lab, arguments: &[&str]) -> Value {
    let folder = lab.path("tenant");
    let mut all = vec!["demo", "generate"];
    all.extend(arguments);
    all.extend(["-o", folder.to_str().unwrap()]);
    lab.run(&all).exits(0);
    serde_json::from_slice(&fs::read(folder.join("labels.json")).unwrap()).unwrap()
}

/// All files below a folder, by name.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            let below = files(&path).into_iter();
            found.extend(below.map(|(own, bytes)| (format!("{name}/{own}"), bytes)));
        } else {
            found.insert(name, fs::read(&path).unwrap());
        }
    }
    found
}

/// What is asked for wrongly, and what is said about it.
const WRONG: &[(&[&str], &str)] = &[
    (&["--users", "0"], "users must be from 15"),
    (&["--users", "999999999"], "users must be from"),
    (&["--users=-1"], "--users"),
    (&["--users", "many"], "--users"),
    (&["--days", "0"], "days must be from"),
    (&["--days", "1"], "days must be from"),
    (&["--days", "100000"], "days must be from"),
    (&["--days", "3"], "needs at least"),
    (&["--records", "0"], "must be from 1 to"),
    (&["--records", "99999999999999"], "must be from 1 to"),
    (
        &["--users", "15", "--records", "9999999999"],
        "records of so many users and days must be from 1 to 94500000",
    ),
    (&["--scenario", "nonsense"], "consent-phishing"),
    (
        &["--scenario", "all,\u{1b}[31m"],
        "no scenario `\u{241b}[31m`",
    ),
    (&["--shape", "nonsense"], "native-lines"),
    (&["--zone", "Mars/Base"], "Europe/Amsterdam"),
    (&["--threads", "0"], "--threads"),
];

#[test]
fn what_is_asked_for_wrongly_is_said_and_nothing_is_written() {
    let lab = Lab::new();
    let folder = lab.path("tenant");
    for (arguments, complaint) in WRONG {
        let mut all = vec!["demo", "generate", "-o", folder.to_str().unwrap()];
        all.extend(*arguments);
        lab.run(&all).exits(2).complains(complaint);
        assert!(!folder.exists(), "{arguments:?}");
    }
    lab.run(&["demo", "generate"])
        .exits(2)
        .complains("--output");
}

#[test]
fn nothing_is_overwritten_and_what_fails_leaves_nothing() {
    let lab = Lab::new();
    let kept = lab.write("kept.txt", "mine");
    let evidence = lab.evidence();
    let mut all = vec!["demo", "generate", "-o", evidence.to_str().unwrap()];
    all.extend(SMALL);
    lab.run(&all).exits(2).complains("is not empty");
    assert_eq!(files(&evidence).len(), 1);
    assert_eq!(fs::read(&kept).unwrap(), b"mine");

    let below = kept.join("tenant");
    let mut all = vec!["demo", "generate", "-o", below.to_str().unwrap()];
    all.extend(SMALL);
    lab.run(&all).exits(2).complains("cannot write");
    assert_eq!(files(&evidence).len(), 1);
}

/// Places where no tenant can be put, and what is said about them.
#[cfg(unix)]
#[test]
fn a_place_that_will_not_do_is_named_and_left_as_it_was() {
    let lab = Lab::new();
    fs::create_dir_all(lab.path("places/cut/evidence")).unwrap();
    fs::write(lab.path("places/cut/evidence/native-lines.jsonl"), "{").unwrap();
    fs::create_dir(lab.path("places/hidden")).unwrap();
    fs::write(lab.path("places/hidden/.kept"), "").unwrap();
    std::os::unix::fs::symlink("nowhere", lab.path("places/dangling")).unwrap();
    let before = all_below(&lab.path("places"));
    for (place, complaint) in [
        ("places/cut", "evidence without labels"),
        ("places/hidden", "hidden is not empty"),
        ("places/hidden/.kept", "cannot write"),
        ("places/dangling", "cannot write"),
        ("places/new/..", "is not empty"),
        ("places/new/../hidden", "is not empty"),
        ("", "--output"),
    ] {
        let mut all = vec!["demo", "generate", "-o", place];
        all.extend(SMALL);
        lab.run(&all).exits(2).complains(complaint);
        assert_eq!(all_below(&lab.path("places")), before, "{place}");
    }
}

/// Paths of all that is below a folder.
fn all_below(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(all_below(&path));
        }
        found.push(path);
    }
    found.sort();
    found
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_and_a_reader_that_has_had_enough_is_not() {
    let lab = Lab::new();
    let all = [&["demo", "generate", "-o", "-"], SMALL].concat();
    let full = fs::OpenOptions::new().write(true).open("/dev/full");
    let full = lab.command().args(&all).stdout(full.unwrap()).output();
    let full = full.unwrap();
    assert_eq!(full.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&full.stderr).contains("No space left"));

    let mut command = lab.command();
    command.args(&all).stdout(std::process::Stdio::piped());
    command.stderr(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
}

#[test]
fn scenarios_named_twice_or_in_another_order_are_the_same() {
    let lab = Lab::new();
    let say = |names: &str, folder: &str| {
        let all = ["demo", "generate", "--scenario", names, "-o", folder];
        lab.run(&[&all, SMALL].concat()).exits(0).out
    };
    let once = say("consent-phishing,slow-reader", "once");
    let twice = say(" slow-reader,,consent-phishing,slow-reader", "twice");
    assert!(once.contains("2 planted scenarios"), "{once}");
    assert_eq!(once, twice);
    assert_eq!(files(&lab.path("once")), files(&lab.path("twice")));
}

#[test]
fn an_empty_folder_and_folders_that_are_not_there_are_filled() {
    let lab = Lab::new();
    fs::create_dir(lab.path("tenant")).unwrap();
    tenant(&lab, SMALL);
    let deep = lab.path("a/b/c");
    let mut all = vec!["demo", "generate", "-o", deep.to_str().unwrap()];
    all.extend(SMALL);
    lab.run(&all).exits(0).says("labels.json");
    assert_eq!(files(&deep), files(&lab.path("tenant")));
}

#[test]
fn threads_decide_nothing() {
    let written = ["1", "2", "7"].map(|threads| {
        let lab = Lab::new();
        let arguments = [SMALL, &["--threads", threads, "--damage"]].concat();
        tenant(&lab, &arguments);
        files(&lab.path("tenant"))
    });
    for other in &written[1..] {
        for (name, bytes) in &written[0] {
            assert!(other.get(name) == Some(bytes), "{name} differs");
        }
        assert_eq!(other.len(), written[0].len());
    }
}

/// A tenant in every shape, as the bytes of its files. What changes them raises `VERSION` in `src/demo/world.rs`, and is taken over by
///
/// ```sh
/// INSTA_UPDATE=always cargo test --test generation pinned
/// ```
#[test]
fn the_bytes_of_a_tenant_are_pinned() {
    let lab = Lab::new();
    let small = ["--users", "20", "--days", "56", "--records", "500"];
    tenant(
        &lab,
        &[&small[..], &["--shape", "all", "--damage"]].concat(),
    );
    let digests = files(&lab.path("tenant")).into_iter().map(|(name, bytes)| {
        let digest = Sha256::digest(&bytes);
        let first = digest.iter().take(6);
        let short = first.fold(0_u64, |short, byte| short << 8 | u64::from(*byte));
        format!("{short:012x} {name}\n")
    });
    let mut settings = insta::Settings::clone_current();
    settings.set_description("The bytes of tenants change: raise VERSION in src/demo/world.rs.");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!("tenant", digests.collect::<String>()));
}

#[test]
fn the_machine_decides_nothing() {
    let settings: [&[(&str, &str)]; 2] = [
        &[],
        &[
            ("TZ", "Pacific/Kiritimati"),
            ("LC_ALL", "tr_TR.UTF-8"),
            ("HOME", "/nonexistent"),
        ],
    ];
    let written = settings.map(|settings| {
        let lab = Lab::new();
        let mut command = lab.command();
        command
            .args(["demo", "generate", "-o", "tenant"])
            .args(SMALL);
        command.envs(settings.iter().copied());
        assert!(command.output().unwrap().status.success());
        files(&lab.path("tenant"))
    });
    assert!(written[0] == written[1]);
}

#[test]
fn seeds_decide() {
    let [one, other] = ["1", "2"].map(|seed| {
        let lab = Lab::new();
        let arguments = [&SMALL[..6], &["--seed", seed]].concat();
        let labels = tenant(&lab, &arguments);
        (files(&lab.path("tenant")), labels)
    });
    assert_ne!(one, other);
}

#[test]
fn standard_output_has_the_same_log() {
    let lab = Lab::new();
    tenant(&lab, SMALL);
    for (shape, file) in [("native-lines", "native-lines.jsonl"), ("search-csv", "")] {
        let mut all = vec!["demo", "generate", "-o", "-", "--shape", shape];
        all.extend(SMALL);
        let ran = lab.run(&all).exits(0);
        if !file.is_empty() {
            let written = fs::read_to_string(lab.path("tenant/evidence").join(file)).unwrap();
            assert!(ran.out == written, "{shape}");
        }
        assert!(ran.out.lines().count() >= 3000);
    }
    let mut all = vec!["demo", "generate", "-o", "-", "--shape", "all"];
    all.extend(SMALL);
    lab.run(&all).exits(2).complains("one shape");
}

/// Ids of the records under a name in the labels, wherever it stands.
fn labelled<'a>(labels: &'a Value, name: &str, into: &mut Vec<&'a str>) {
    match labels {
        Value::Object(members) => {
            for (own, value) in members {
                if own == name {
                    into.extend(
                        value
                            .as_array()
                            .unwrap()
                            .iter()
                            .map(|id| id.as_str().unwrap()),
                    );
                } else {
                    labelled(value, name, into);
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| labelled(value, name, into)),
        _ => {}
    }
}

fn labelled_ids(labels: &Value) -> Vec<&str> {
    let mut ids = Vec::new();
    labelled(labels, "record_ids", &mut ids);
    ids
}

#[test]
fn every_labelled_record_is_in_the_evidence_once() {
    let lab = Lab::new();
    let labels = tenant(&lab, SMALL);
    let log = fs::read_to_string(lab.path("tenant/evidence/native-lines.jsonl")).unwrap();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for line in log.lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        *seen.entry(text(&record["Id"])).or_default() += 1;
    }
    assert!(seen.values().all(|times| *times == 1));
    let ids = labelled_ids(&labels);
    assert!(ids.len() > 100, "{}", ids.len());
    for id in &ids {
        assert_eq!(seen.get(*id), Some(&1), "{id}");
    }
}

/// What is planted, as the labels tell it: every grant with its story's name.
fn planted(labels: &Value) -> Vec<(String, Value)> {
    let stories = labels["stories"].as_array().unwrap();
    let grants = stories.iter().flat_map(|story| {
        let name = text(&story["scenario"]);
        let grants = story["grants"].as_array().unwrap().clone();
        grants.into_iter().map(move |grant| (name.clone(), grant))
    });
    grants.collect()
}

/// The grants of the case by the records that made them.
fn found(lab: &Lab) -> BTreeMap<String, Value> {
    let mut by_record = BTreeMap::new();
    for grant in lab.grants() {
        for id in grant["record_ids"].as_array().unwrap() {
            by_record.insert(text(id), grant.clone());
        }
    }
    by_record
}

#[test]
fn what_is_planted_is_found_with_or_without_damage() {
    let (mut labels, mut written) = (Vec::new(), Vec::new());
    for (damage, code) in [(false, 0), (true, 3)] {
        let lab = Lab::new();
        let extra: &[&str] = if damage { &["--damage"] } else { &[] };
        labels.push(tenant(&lab, &[SMALL, extra].concat()));
        written.push(fs::read(lab.path("tenant/labels.json")).unwrap());
        let evidence = lab.path("tenant/evidence");
        lab.ask(&["index", evidence.to_str().unwrap()]).exits(code);
        let found = found(&lab);
        for (story, grant) in planted(&labels[0]) {
            for id in grant["record_ids"].as_array().unwrap() {
                let hit = found.get(&text(id));
                let road = hit.map(|hit| text(&hit["road"]));
                assert_eq!(road, Some(text(&grant["road"])), "{story}: {grant:#}");
            }
        }
    }
    assert!(written[0] == written[1], "damage changes no label");
}

#[test]
fn what_there_is_can_be_listed() {
    let lab = Lab::new();
    for (what, needed) in [
        ("scenarios", "consent-phishing"),
        ("shapes", "native-lines"),
        ("zones", "Europe/Amsterdam"),
    ] {
        lab.run(&["demo", "list", what]).exits(0).says(needed);
        let lines = lab
            .run(&["demo", "list", what, "--format", "jsonl"])
            .lines();
        assert!(lines.len() > 5, "{what}");
    }
}

/// Tenants in which the hunt is held against the labels: seed, people, zone of the head office.
const HELD: &[(&str, &str, &str)] = &[
    ("2", "20", "Europe/Amsterdam"),
    ("3", "40", "America/Chicago"),
    ("6", "15", "Asia/Tokyo"),
];

/// Scenarios with an access that cannot be tied to a grant of theirs, and why.
const UNTIED: &[(&str, &str)] = &[(
    "audit-bypass-first",
    "nothing that is done in the mailbox is logged",
)];

/// A tenant of the list, indexed, with its labels.
fn held(seed: &str, users: &str, zone: &str) -> (Lab, Value) {
    let lab = Lab::new();
    let options = ["--seed", seed, "--users", users, "--zone", zone];
    let labels = tenant(&lab, &[&options[..], &["--records", "3000"]].concat());
    let evidence = lab.path("tenant/evidence");
    lab.ask(&["index", evidence.to_str().unwrap()]).exits(0);
    (lab, labels)
}

/// Stories and look-alikes.
fn tellings(labels: &Value) -> impl Iterator<Item = &Value> {
    let kinds = ["stories", "look_alikes"].into_iter();
    kinds.flat_map(|kind| labels[kind].as_array().unwrap())
}

fn ids(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(text).collect()
}

/// Whether the evidence itself says who and where a grant is: by address or as an application, not by an alias or an object id that
/// no record joins to an address, as only an inventory would.
fn is_resolved(hit: &Value) -> bool {
    let is_known = |name: &Value| text(name).contains('@');
    let is_application = hit["grantee_kind"] == "service-principal";
    (is_application || is_known(&hit["grantee"]))
        && (hit["scope"] == "tenant" || is_known(&hit["target"]))
}

#[test]
fn the_hunt_and_the_labels_agree() {
    for (seed, users, zone) in HELD {
        let (lab, labels) = held(seed, users, zone);
        let found = found(&lab);
        let mut tied = 0;
        for telling in tellings(&labels) {
            let story = format!("{} of seed {seed}", text(&telling["title"]));
            for id in ids(&telling["attempts"]) {
                let attempt = found.get(&id).unwrap_or_else(|| panic!("{story}: {id}"));
                assert_eq!(attempt["state"], "unknown", "{story}: {id}");
            }
            for grant in telling["grants"].as_array().unwrap() {
                for id in ids(&grant["record_ids"]) {
                    let hit = found.get(&id).unwrap_or_else(|| panic!("{story}: {id}"));
                    for same in ["road", "state", "revoked_at"] {
                        assert_eq!(hit[same], grant[same], "{story}: {same} of {id}");
                    }
                }
                tied += tie(&lab, telling, grant, &found);
            }
        }
        assert!(tied > 100, "{tied} accesses tied with seed {seed}");
    }
}

/// How many labelled accesses the hunt tied to a grant: all, wherever the evidence says who and where.
fn tie(lab: &Lab, telling: &Value, grant: &Value, found: &BTreeMap<String, Value>) -> usize {
    let accesses = grant["accesses"].as_array().unwrap().iter();
    let labelled: Vec<_> = accesses.flat_map(|one| ids(&one["record_ids"])).collect();
    let scenario = text(&telling["scenario"]);
    // A grant of several records has its accesses after the last.
    let last = ids(&grant["record_ids"]).pop().unwrap();
    let hit = &found[&last];
    let is_exempt = UNTIED.iter().any(|(exempt, _)| *exempt == scenario);
    if labelled.is_empty() || is_exempt || !is_resolved(hit) {
        return 0;
    }
    let lines = lab.ask(&["accesses", &text(&hit["id"]), "--format", "jsonl"]);
    let lines = lines.lines();
    let tied: Vec<_> = lines
        .iter()
        .flat_map(|line| ids(&line["record_ids"]))
        .collect();
    for id in &labelled {
        assert!(tied.contains(id), "{scenario}: access {id} of {last}");
    }
    labelled.len()
}
