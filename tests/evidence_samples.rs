//! Every real log of the samples folder is read, and every row of it is accounted for.
//!
//! The samples lie beside the repository and are not part of it: without them the tests say so and pass.

#![expect(clippy::unwrap_used, reason = "a failing test should panic")]
#![expect(
    clippy::print_stdout,
    reason = "a test that passes over itself says so"
)]

use grantline::evidence::{
    Container, EvidenceError, Place, Row, Summary, discover, read, reread_many,
};
use grantline::record::{Outcome, Record};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Where the samples lie, from the repository.
const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/samples");

/// The samples, or nothing with a note.
fn samples() -> Option<PathBuf> {
    let path = PathBuf::from(SAMPLES);
    if !path.is_dir() {
        println!("skipped: there are no samples at {SAMPLES}");
        return None;
    }
    Some(path)
}

/// What came out of one file.
struct Read {
    path: PathBuf,
    records: Vec<(Record, Place)>,
    refused: Vec<String>,
    summary: Result<Summary, EvidenceError>,
}

impl Read {
    fn of(path: &Path) -> Self {
        let (mut records, mut refused) = (Vec::new(), Vec::new());
        let mut sink = |_: &_, row| {
            match row {
                Row::Records(found, place) => {
                    records.extend(found.into_iter().map(|record| (record, place)));
                }
                Row::Inventory(entry, _) => refused.push(entry.kind().to_owned()),
                Row::Refused { reason, .. } => refused.push(reason),
            }
            ControlFlow::Continue(())
        };
        let summary = read(path, &mut sink);
        Self {
            path: path.to_owned(),
            records,
            refused,
            summary,
        }
    }

    fn format(&self) -> &str {
        let summary = self.summary.as_ref().unwrap();
        summary.layout.format.as_deref().unwrap()
    }
}

#[test]
fn every_row_of_every_sample_is_accounted_for() {
    let Some(samples) = samples() else { return };
    let discovery = discover(&[samples]);
    assert_eq!(discovery.faults, []);
    let mut counts: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for found in &discovery.files {
        let read = Read::of(&found.path);
        let Ok(summary) = &read.summary else { continue };
        assert_eq!(summary.size, found.size);
        let rows = (read.records.len() + read.refused.len()) as u64;
        assert_eq!(summary.rows, rows, "{}", found.path.display());
        let folder = found.path.parent().unwrap().file_name().unwrap();
        let key = format!("{} {}", folder.to_string_lossy(), read.format());
        let count = counts.entry(key).or_default();
        *count = (count.0 + rows, count.1 + read.refused.len() as u64);
    }
    for (key, (rows, refused)) in &counts {
        println!("{key}: {rows} rows, {refused} refused");
    }
    let expected = [
        ("det-eng unified-audit", (76, 0)),
        ("det-eng unified-audit-search", (49, 0)),
        ("msticpy office-activity", (1334, 0)),
        ("otrf-golden-saml audit-logs", (4, 0)),
        ("otrf-golden-saml cloud-app-events", (9, 7)),
        ("otrf-golden-saml office-activity", (1, 0)),
        ("plaso unified-audit", (4, 0)),
        ("sentinel-training-lab audit-logs", (5, 0)),
        ("sentinel-training-lab office-activity", (268, 0)),
        ("sentinel-training-lab sign-in-logs", (60, 0)),
    ];
    let expected = expected.map(|(key, count)| (key.to_owned(), count));
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn what_is_no_log_is_refused_politely() {
    let Some(samples) = samples() else { return };
    for (name, reason) in [
        ("README.md", "no JSON and no table header"),
        ("det-eng/LICENSE", "no JSON and no table header"),
        (
            "sentinel-training-lab/signinLogs.csv",
            "columns StartTime [UTC], EndTime [UTC], IPAddress",
        ),
    ] {
        let read = Read::of(&samples.join(name));
        let error = read.summary.unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
        assert!(read.records.is_empty() && read.refused.is_empty());
    }
}

#[test]
fn every_record_is_read_again_as_it_was() {
    let Some(samples) = samples() else { return };
    for found in discover(&[samples]).files {
        let read = Read::of(&found.path);
        let Ok(summary) = &read.summary else { continue };
        let places: Vec<_> = read.records.iter().map(|(_, place)| *place).collect();
        let originals = reread_many(&read.path, &summary.layout, &places);
        for ((record, _), original) in read.records.iter().zip(originals) {
            let original = original.unwrap();
            assert_eq!(original.records.first(), Some(record));
            assert!(original.pretty().contains("\n  \""));
        }
    }
}

/// The records of one sample.
fn records(samples: &Path, name: &str) -> Vec<Record> {
    let read = Read::of(&samples.join(name));
    read.records.into_iter().map(|(record, _)| record).collect()
}

#[test]
fn grants_say_who_gave_what_to_whom() {
    let Some(samples) = samples() else { return };
    let name = "det-eng/t1098.002_Mail Account Delegation full access permissions.json";
    let grant = &records(&samples, name)[0];
    assert!(grant.operation.is("Add-MailboxPermission"));
    assert_eq!(
        grant.parameter("Identity"),
        Some("Henrietta@contoso.onmicrosoft.com")
    );
    assert_eq!(grant.parameter("AccessRights"), Some("FullAccess"));
    assert_eq!(grant.user, "stinger@contoso.onmicrosoft.com");
    assert_eq!(grant.address.ip, "2a09:bac5:114:105::1a:9b".parse().ok());
    assert_eq!(grant.outcome, Outcome::Succeeded);
    assert_eq!(grant.record_type, Some(1));
    let wrapped = &records(&samples, "det-eng/t1098.002_ApplicationImpersonation.csv")[0];
    assert_eq!(wrapped.parameter("Roles"), Some("ApplicationImpersonation"));
}

#[test]
fn one_event_in_two_tables_is_one_record() {
    let Some(samples) = samples() else { return };
    let office = &records(&samples, "otrf-golden-saml/OfficeActivityEvents.json")[0];
    let defender = records(&samples, "otrf-golden-saml/Microsoft365DefenderEvents.json");
    let same = defender
        .iter()
        .find(|record| record.id == office.id)
        .unwrap();
    assert_eq!(
        (&same.user, &same.address, same.time),
        (&office.user, &office.address, office.time)
    );
    assert_eq!(same.country, "US");
    assert_eq!(office.message_ids().count(), 7);
    assert_eq!(same.folders[0].path, r"\Inbox");
    assert!(same.degraded.contains("Folders"), "{}", same.degraded);
}

#[test]
fn only_rows_without_their_time_are_degraded() {
    let Some(samples) = samples() else { return };
    for (name, note) in [
        (
            "sentinel-training-lab/office_activity_inbox_rule.csv",
            "no time column",
        ),
        (
            "sentinel-training-lab/AuditLogs_Hunting.csv",
            "no time column",
        ),
        (
            "sentinel-training-lab/disable_accounts.csv",
            "no time column",
        ),
        ("sentinel-training-lab/office_activity.csv", ""),
        ("sentinel-training-lab/sign-in_adelete.csv", ""),
        ("msticpy/demo_exchange_data.csv", ""),
        ("det-eng/t1564.008_rule_mark_as_read_move.json", ""),
    ] {
        for record in records(&samples, name) {
            assert_eq!(record.degraded, note, "{name}");
            assert_eq!(record.time.is_some(), note.is_empty());
        }
    }
}

#[test]
fn sign_ins_have_country_and_outcome() {
    let Some(samples) = samples() else { return };
    let disabled = records(&samples, "sentinel-training-lab/disable_accounts.csv");
    for record in &disabled {
        assert!(record.operation.is("UserLoginFailed"));
        assert_eq!((record.outcome, &*record.country), (Outcome::Failed, "KP"));
    }
    let sprayed = records(&samples, "det-eng/t1110.003_msolspray-powershell.json");
    let failed = sprayed
        .iter()
        .filter(|record| record.outcome == Outcome::Failed);
    assert_eq!((sprayed.len(), failed.count()), (11, 10));
}

#[test]
fn containers_are_told_by_content() {
    let Some(samples) = samples() else { return };
    for (name, lines) in [
        ("det-eng/t1531_mass_delete_users.json", true),
        ("det-eng/t1562_Set-Mailbox-AuditLogAgeLimitoZero.json", true),
        ("det-eng/t1564.008_rule_mark_as_read_move.json", false),
        ("plaso/microsoft_audit_log.jsonl", true),
    ] {
        let summary = Read::of(&samples.join(name)).summary.unwrap();
        assert_eq!(
            summary.layout.container == Container::Lines,
            lines,
            "{name}"
        );
    }
}
