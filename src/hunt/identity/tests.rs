//! Tests of who is who.

use super::*;
use crate::record::{Identifier, Operation, Property, Provenance, Record, Target};

fn learned<'a>(records: impl IntoIterator<Item = &'a Record>) -> Identities {
    let located: Vec<Located> = records
        .into_iter()
        .map(|record| Located {
            record: record.clone(),
            provenance: Provenance::default(),
        })
        .collect();
    Identities::of_records(&located)
}

fn directory_record(object: &str, upn: &str) -> Record {
    let target = Target {
        id: object.into(),
        upn: upn.into(),
        kind: "User".into(),
        ..Target::default()
    };
    Record {
        targets: vec![target],
        ..Record::default()
    }
}

#[test]
fn an_object_id_is_the_user_that_a_directory_record_names_with_it() {
    let identities = learned([&directory_record(
        "288FC35B-236b-4b73-868a-11f9d367bb13",
        "vic@contoso.com",
    )]);
    let (party, _) = identities.party(
        "288fc35b-236b-4b73-868a-11f9d367bb13",
        &[],
        PrincipalKind::Unknown,
    );
    assert_eq!(
        (party.name.as_str(), party.kind),
        ("vic@contoso.com", PrincipalKind::User)
    );
    assert!(
        party
            .spellings
            .contains(&"288fc35b-236b-4b73-868a-11f9d367bb13".to_owned())
    );
}

#[test]
fn order_of_records_does_not_matter() {
    let cmdlet = Record {
        operation: Operation::new("Add-MailboxPermission"),
        object: "alice_1ea0eb0f93".into(),
        parameters: vec![Property {
            name: "Identity".into(),
            value: "11111111-236b-4b73-868a-11f9d367bb13".into(),
        }],
        ..Record::default()
    };
    let directory = directory_record("11111111-236b-4b73-868a-11f9d367bb13", "Alice@example.com");
    for records in [[&cmdlet, &directory], [&directory, &cmdlet]] {
        let (party, _) = learned(records).party("alice_1ea0eb0f93", &[], PrincipalKind::Unknown);
        assert_eq!(party.name, "Alice@example.com");
        assert_eq!(party.spellings.len(), 3);
    }
}

#[test]
fn display_names_are_never_joined_on() {
    let target = |id: &str| Target {
        id: id.into(),
        name: "Mail Sync".into(),
        kind: "ServicePrincipal".into(),
        ..Target::default()
    };
    let record = Record {
        targets: vec![target("one"), target("two")],
        ..Record::default()
    };
    let identities = learned([&record]);
    let (party, _) = identities.party("one", &[], PrincipalKind::Unknown);
    assert!(!party.spellings.contains(&"two".to_owned()));
}

#[test]
fn the_portal_in_an_actor_block_is_not_the_actor() {
    let identifier = |id: &str, kind| Identifier {
        id: id.into(),
        kind,
    };
    let record = Record {
        actors: vec![
            identifier("alice@example.com", 5),
            identifier("18ed3507-a475-4ccb-b669-d66bc9f2a36e", 2),
            identifier("User_22222222-236b-4b73-868a-11f9d367bb13", 2),
        ],
        ..Record::default()
    };
    let (party, _) = learned([&record]).party("alice@example.com", &[], PrincipalKind::User);
    assert!(
        party
            .spellings
            .contains(&"22222222-236b-4b73-868a-11f9d367bb13".to_owned())
    );
    assert!(
        !party
            .spellings
            .iter()
            .any(|spelling| spelling.starts_with("18ed3507"))
    );
}

#[test]
fn a_canonical_name_shows_its_last_part() {
    let (party, _) = Identities::default().party(
        "EURPR04A009.PROD.OUTLOOK.COM/x/contoso.onmicrosoft.com/alice",
        &[],
        PrincipalKind::Unknown,
    );
    assert_eq!(
        (party.name.as_str(), party.key.as_str()),
        ("alice", "alice")
    );
}
