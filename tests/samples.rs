//! Acceptance on real logs: what an analyst must find in the samples, through the commands alone.
//!
//! The samples lie beside the repository and are not part of it: without them the tests say so and pass. Not here: how each format
//! is read (`evidence_samples.rs`).

#![expect(
    clippy::print_stdout,
    reason = "a test that passes over itself says so"
)]

#[expect(dead_code, reason = "each test file uses some of the helpers")]
mod common;

use common::{Lab, number, repository, text};
use serde_json::Value;
use std::path::PathBuf;

/// A lab whose case holds all samples, or nothing with a note.
fn lab() -> Option<Lab> {
    let samples = samples()?;
    let lab = Lab::new();
    lab.ask(&["index", samples.to_str()?]).exits(3);
    Some(lab)
}

fn samples() -> Option<PathBuf> {
    let samples = repository().join("../shared/samples");
    if !samples.is_dir() {
        println!("skipped: there are no samples at {}", samples.display());
        return None;
    }
    Some(samples)
}

/// The grants that answer to a query.
fn asked(lab: &Lab, query: &str) -> Vec<Value> {
    lab.ask(&["grants", "--format", "jsonl", "--query", query])
        .lines()
}

/// The one grant that answers to a query.
#[track_caller]
fn the(lab: &Lab, query: &str) -> Value {
    let mut grants = asked(lab, query);
    assert_eq!(grants.len(), 1, "{query}: {grants:#?}");
    grants.remove(0)
}

#[test]
fn the_delegations_of_the_detection_engineering_samples_are_found() {
    let Some(lab) = lab() else { return };
    let full = the(&lab, "road:mailbox-permission grantee:lidia*");
    assert_eq!(text(&full["target"]), "Henrietta@contoso.onmicrosoft.com");
    assert_eq!(text(&full["actor"]), "stinger@contoso.onmicrosoft.com");
    assert_eq!(full["rights"], serde_json::json!(["FullAccess"]));
    assert_eq!(full["time"], "2023-07-23T12:32:53Z");
    assert_eq!(full["class"], "candidate");
    let send = the(&lab, "road:send-as");
    assert_eq!(text(&send["target"]), "Henrietta@contoso.onmicrosoft.com");
    assert_eq!(send["rights"], serde_json::json!(["SendAs"]));
    let reset = the(&lab, "target:vic@contoso.com");
    assert_eq!(reset["rights"], serde_json::json!(["FullAccess"]));
}

#[test]
fn impersonation_through_a_new_role_group_reaches_the_whole_tenant() {
    let Some(lab) = lab() else { return };
    let group = the(&lab, "road:role-group");
    assert_eq!(group["operation"], "New-RoleGroup");
    assert_eq!(group["scope"], "tenant");
    assert_eq!(group["rights"][0], "ApplicationImpersonation");
    assert_eq!(text(&group["actor"]), "stinger@contoso.onmicrosoft.com");
    assert!(["high", "critical"].contains(&&*text(&group["severity"])));
}

#[test]
fn the_one_grant_among_the_noise_of_the_msticpy_log_is_no_system_grant() {
    let Some(lab) = lab() else { return };
    let grant = the(&lab, "target:\"Julian Isla\"");
    assert!(text(&grant["grantee"]).contains("Mega54612-1308911214"));
    assert_eq!(grant["class"], "candidate");
    assert!(text(&grant["sources"][0]["file"]).ends_with("demo_exchange_data.csv"));
}

#[test]
fn grants_on_the_discovery_mailbox_are_the_systems_own_even_without_an_actor() {
    let Some(lab) = lab() else { return };
    let grants = asked(&lab, "target:discoverysearchmailbox*");
    assert_eq!(grants.len(), 5);
    assert!(grants.iter().all(|grant| grant["class"] == "system"));
    let nameless = grants.iter().filter(|grant| grant["actor"] == "");
    assert_eq!(nameless.count(), 4);
}

#[test]
fn a_delegated_grant_leads_to_the_mail_its_application_read() {
    let Some(lab) = lab() else { return };
    let grant = the(
        &lab,
        "road:consent right:mail.readwrite -operation:\"Update application\"",
    );
    assert_eq!(text(&grant["actor"]), "pgustavo@simulandlabs.com");
    let id = text(&grant["id"]);
    let accesses = lab.ask(&["accesses", &id, "--format", "jsonl"]);
    let accesses = accesses.exits(0).lines();
    let wanted = "699e0b10-1c53-403e-976f-ce0847a92b44";
    let found = accesses
        .iter()
        .find(|access| access["record_ids"][0] == wanted)
        .unwrap();
    assert_eq!(found["operation"], "MailItemsAccessed");
    assert!(!text(&found["link"]).is_empty());
    assert_eq!(number(&grant["accesses"]), accesses.len() as u64);
}

#[test]
fn an_application_known_by_its_object_id_is_presumably_the_one_asked_for_before() {
    let Some(samples) = samples() else { return };
    let lab = Lab::new();
    let samples = samples.join("otrf-golden-saml");
    lab.ask(&["index", samples.to_str().unwrap()]).exits(3);
    let given = the(&lab, "road:consent is:grant");
    let grantee = &given["parties"]["grantee"];
    assert_eq!(grantee["candidates"], serde_json::json!(["SimuLandApp"]));
    assert!(
        given["unknowns"]
            .to_string()
            .contains("asked for Mail.ReadWrite 2 min before")
    );
    let ids = &given["presumed_app_ids"];
    assert_eq!(
        ids,
        &serde_json::json!(["5a95e683-08ad-424e-a441-1d1aec52c02c"])
    );
    let id = text(&given["id"]);
    let accesses = lab.ask(&["accesses", &id, "--format", "jsonl"]).lines();
    assert_eq!(accesses.len(), 1);
    assert_eq!(
        accesses[0]["app_id"],
        "5a95e683-08ad-424e-a441-1d1aec52c02c"
    );
    // The application that was asked for is the one that got a credential.
    let asked = the(&lab, "road:consent is:request");
    assert_eq!(text(&asked["grantee"]), "SimuLandApp");
    let objects = &asked["parties"]["grantee"]["spellings"];
    let application = objects[0].as_str().unwrap();
    let query = format!("is:credential {application}");
    let credentials = lab.ask(&["search", "--format", "jsonl", &query]).lines();
    assert_eq!(credentials.len(), 1);
}

#[test]
fn every_row_of_every_sample_is_accounted_for() {
    let Some(lab) = lab() else { return };
    let mut files = lab.ask(&["coverage", "--format", "jsonl"]).lines();
    let all = files.pop().unwrap();
    assert_eq!(number(&all["files"]), files.len() as u64);
    let mut read = 0;
    for file in &files {
        let parts = ["read", "duplicate", "refused"].map(|part| number(&file[part]));
        assert_eq!(parts.iter().sum::<u64>(), number(&file["rows"]), "{file}");
        assert_eq!(text(&file["sha256"]).len(), 64, "{file}");
        let refused = file["lines"].as_array().unwrap().len() as u64;
        assert!(
            refused >= parts[2],
            "every refused row has its line: {file}"
        );
        read += parts[0];
    }
    assert_eq!(files.len(), 52);
    assert_eq!(lab.searched() as u64, read);
}

#[test]
fn what_is_no_log_is_named_with_the_reason() {
    let Some(lab) = lab() else { return };
    let files = lab.coverage();
    for (name, reason) in [
        ("README.md", "no JSON and no table header"),
        ("LICENSE", "no JSON and no table header"),
        ("signinLogs.csv", "the result of a query?"),
    ] {
        let fault = text(&files[name]["fault"]);
        assert!(fault.contains(name) && fault.contains(reason), "{fault}");
    }
    let faulty = files.values().filter(|file| file["fault"] != "");
    assert_eq!(faulty.count(), 3);
}

#[test]
fn a_defender_table_says_of_each_row_it_leaves_out_why() {
    let Some(lab) = lab() else { return };
    let table = &lab.coverage()["Microsoft365DefenderEvents.json"];
    assert_eq!(number(&table["refused"]), 7);
    let lines = table["lines"].as_array().unwrap();
    let named = lines
        .iter()
        .filter(|line| text(&line["reason"]).contains("no mailbox, sign-in or consent activity"));
    assert_eq!(named.count(), 7);
}
