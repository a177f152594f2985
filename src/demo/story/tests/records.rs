//! Whether the records of stories come out of the readers, and whether the hunt finds in them what the labels say.

use super::bench::{all, ids, staged, tellings};
use crate::demo::event::{Act, MailOperation};
use crate::demo::label::LabelledGrant;
use crate::demo::native;
use crate::demo::story::Staged;
use crate::demo::tenant::Tenant;
use crate::evidence::{self, Row};
use crate::hunt::identity::Identities;
use crate::hunt::{Grant, Scope, access, lifecycle};
use crate::record::{Located, Provenance};
use crate::time;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;

/// The records of all events of stories, as the reader gives them.
fn read(tenant: &Tenant, staged: &Staged) -> Vec<Located> {
    let mut lines = Vec::new();
    for event in &staged.events {
        let before = lines.len();
        if native::write(tenant, event, &mut lines) {
            lines.push(b'\n');
        }
        assert_eq!(lines.len() > before, event.is_unified(), "{event:?}");
    }
    let mut records = Vec::new();
    evidence::read_from(
        &mut lines.as_slice(),
        Path::new("stories.jsonl"),
        &mut |_, row| {
            let Row::Records(read, _) = row else {
                panic!("refused: {row:?}")
            };
            records.extend(read);
            ControlFlow::Continue(())
        },
    )
    .unwrap();
    let located = (1..).zip(records).map(|(line, record)| Located {
        record,
        provenance: Provenance {
            line,
            offset: line * 1000,
            ..Provenance::default()
        },
    });
    located.collect()
}

/// The grants of the hunt whose records a labelled grant has.
fn found<'g>(grants: &'g [Grant], labelled: &LabelledGrant) -> Vec<&'g Grant> {
    let is_its = |grant: &&Grant| {
        let mut own = grant.record_ids.iter().map(ToString::to_string);
        own.any(|id| labelled.records.contains(&id))
    };
    grants.iter().filter(is_its).collect()
}

#[test]
fn every_record_is_read_back() {
    for (seed, users) in [(1, 15), (2, 40), (3, 300)] {
        let (tenant, staged) = staged(seed, users, &all()).unwrap();
        let records = read(&tenant, &staged);
        let read: BTreeSet<_> = records
            .iter()
            .map(|one| one.record.id.to_string())
            .collect();
        assert_eq!(read.len(), records.len());
        for id in ids(&staged) {
            assert!(read.contains(id), "{id}");
        }
    }
}

#[test]
fn the_hunt_finds_the_grants_that_are_labelled() {
    for (seed, users) in [(1, 15), (2, 40), (3, 40), (4, 300)] {
        let (tenant, staged) = staged(seed, users, &all()).unwrap();
        let records = read(&tenant, &staged);
        let identities = Identities::of_records(&records);
        let grants = lifecycle::grants(&records, &identities);
        for telling in tellings(&staged) {
            for labelled in &telling.grants {
                let of = format!("seed {seed}: {}: {labelled:#?}", telling.title);
                let found = found(&grants, labelled);
                assert!(!found.is_empty(), "not found: {of}");
                for grant in &found {
                    let of = format!("{of}\n{grant:#?}");
                    assert_eq!(grant.road, labelled.road, "{of}");
                    assert!(!grant.gave_nothing(), "{of}");
                    // Somebody may have typed their name with capitals.
                    let actor = crate::text::fold(&grant.actor.name);
                    assert_eq!(actor, crate::text::fold(&labelled.actor.id), "{of}");
                    assert_eq!(grant.state, labelled.state, "{of}");
                    let shown = grant.revoked_at.map(time::rfc3339);
                    let ended = labelled.revoked_at.map(|at| at.to_string());
                    assert_eq!(shown, ended, "{of}");
                    assert_eq!(
                        grant.scope == Scope::Tenant,
                        labelled.target.id == "all"
                            || grant.road.word() == "consent" && grant.scope == Scope::Tenant,
                        "{of}"
                    );
                    let spelt = &grant.grantee.spellings;
                    let own = [&labelled.grantee.id, &labelled.grantee.name];
                    let own = own.into_iter().chain(&labelled.grantee.also);
                    let mut own: Vec<_> = own.map(|one| crate::text::fold(one)).collect();
                    // Mailbox audit has a word of its own for everybody.
                    own.extend(
                        own.contains(&"default".to_owned())
                            .then(|| "everyone".to_owned()),
                    );
                    assert!(own.iter().any(|one| spelt.contains(one)), "{of}");
                }
                let rights: BTreeSet<_> = found.iter().flat_map(|one| &one.rights).collect();
                for right in &labelled.rights {
                    assert!(rights.contains(right), "{right}: {of} {rights:?}");
                }
            }
        }
    }
}

#[test]
fn attempts_are_found_as_attempts() {
    let (tenant, staged) = staged(5, 40, &all()).unwrap();
    let records = read(&tenant, &staged);
    let identities = Identities::of_records(&records);
    let grants = lifecycle::grants(&records, &identities);
    let attempts: Vec<_> = tellings(&staged).flat_map(|one| &one.attempts).collect();
    assert!(!attempts.is_empty());
    for id in attempts {
        let mut made = grants.iter().filter(|grant| {
            let mut own = grant.record_ids.iter().map(ToString::to_string);
            own.any(|one| one == *id)
        });
        assert!(made.all(crate::hunt::model::Grant::gave_nothing), "{id}");
    }
}

#[test]
fn accesses_are_accesses_to_the_hunt() {
    let (tenant, staged) = staged(6, 40, &all()).unwrap();
    let records = read(&tenant, &staged);
    for telling in tellings(&staged) {
        for group in telling.grants.iter().flat_map(|grant| &grant.accesses) {
            for id in &group.records {
                let record = records.iter().find(|one| one.record.id.to_string() == *id);
                let record = &record.unwrap().record;
                let is_sign_in = group.operation.starts_with("UserLoggedIn");
                assert!(access::is_access(record) || is_sign_in, "{group:?}");
            }
        }
    }
}

#[test]
fn what_is_proven_is_what_the_records_name() {
    let (tenant, staged) = staged(8, 40, &all()).unwrap();
    let records = read(&tenant, &staged);
    for event in &staged.events {
        let Act::Mail(mail) = &event.act else {
            continue;
        };
        if mail.operation == MailOperation::Bind {
            let id = event.key.record_id(tenant.seed).to_string();
            let record = records.iter().find(|one| one.record.id.to_string() == id);
            let folders = &record.unwrap().record.folders;
            let items: usize = folders.iter().map(|one| one.items.len()).sum();
            assert_eq!(items, usize::from(mail.count), "{id}");
        }
    }
}
