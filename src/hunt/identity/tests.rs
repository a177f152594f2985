//! Tests of who is who.

use super::fact::Fact;
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

const OBJECT: &str = "e4ad2d28-703e-4189-9752-6b827ef9107d";
const OTHER: &str = "11111111-703e-4189-9752-6b827ef9107d";
const APP: &str = "e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd";
const PUID: &str = "10032001266C162C";
const UNKNOWN: PrincipalKind = PrincipalKind::Unknown;

/// A fact with these ids and names, from an inventory of mailboxes.
fn fact(ids: &[&str], names: &[&str]) -> Fact {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Fact {
        ids: owned(ids),
        names: owned(names),
        source: "Get-Mailbox".to_owned(),
        ..Fact::default()
    }
}

/// Facts, each on a line of its own.
fn located(facts: impl IntoIterator<Item = Fact>) -> Vec<LocatedFact> {
    let located = facts.into_iter().zip(1..).map(|(fact, line)| LocatedFact {
        fact,
        at: Provenance {
            line,
            ..Provenance::default()
        },
    });
    located.collect()
}

fn of(facts: impl IntoIterator<Item = Fact>) -> Identities {
    Identities::of(&located(facts))
}

fn named(identities: &Identities, name: &str) -> Party {
    identities.party(name, &[], UNKNOWN).0
}

fn labelled(fact: Fact, label: &str, kind: PrincipalKind) -> Fact {
    Fact {
        label: label.to_owned(),
        kind: Some(kind),
        ..fact
    }
}

fn application(ids: &[&str], label: &str, app: &str) -> Fact {
    Fact {
        app: app.to_owned(),
        ..labelled(fact(ids, &[]), label, PrincipalKind::ServicePrincipal)
    }
}

#[test]
fn an_object_id_that_only_a_sign_in_has_is_its_user() {
    let sign_in = Record {
        operation: Operation::new("UserLoggedIn"),
        record_type: Some(15),
        user: "bob@example.com".into(),
        user_key: OBJECT.into(),
        ..Record::default()
    };
    let party = named(&learned([&sign_in]), OBJECT);
    assert_eq!(party.name, "bob@example.com");
    assert_eq!(party.spellings, ["bob@example.com", OBJECT]);
}

#[test]
fn an_id_in_any_wrapping_is_the_same_principal() {
    let identities = of([
        fact(&["bob@example.com", OBJECT, PUID], &["bob", "Brown, Bob"]),
        application(
            &[&format!("ServicePrincipal_{OTHER}"), OTHER, APP],
            "Mail Sync",
            APP,
        ),
    ]);
    for written in [
        "BOB@example.com",
        "smtp:bob@example.com",
        "Bob B (bob@example.com)",
        "bob",
        "EXAMPLE\\bob",
        "PROD.EXAMPLE/Hosted/example.onmicrosoft.com/bob",
        &format!("example.onmicrosoft.com\\{OBJECT}"),
        &format!("PROD.EXAMPLE/Hosted/example.onmicrosoft.com/{OBJECT}"),
        "CN=bob,OU=example.onmicrosoft.com,DC=x",
        "CN=Brown\\, Bob,OU=example.onmicrosoft.com,DC=x",
        "i:0h.f|membership|10032001266c162c@live.com",
        "10032001266C162C@example.com",
        &format!("User_{OBJECT}"),
    ] {
        let party = named(&identities, written);
        assert_eq!(party.name, "bob@example.com", "{written}");
        assert!(party.spellings.contains(&OBJECT.to_owned()), "{written}");
        assert_eq!(identities.find(written).len(), 1, "{written}");
    }
    let (party, apps) = identities.party(OTHER, &[], UNKNOWN);
    assert_eq!(
        (party.name.as_str(), party.kind),
        ("Mail Sync", PrincipalKind::ServicePrincipal)
    );
    assert_eq!(apps, [APP]);
    assert!(
        party
            .spellings
            .contains(&format!("serviceprincipal_{OTHER}"))
    );
}

#[test]
fn a_name_of_several_is_ambiguous_and_stays_itself() {
    let user = |ids: &[&str], label| labelled(fact(ids, &["alex"]), label, PrincipalKind::User);
    let identities = of([
        user(&["alex.a@example.com", OBJECT], "Alex A"),
        user(&["alex.b@example.com", OTHER], "Alex B"),
    ]);
    let party = named(&identities, "PROD/x/alex");
    assert_eq!(
        party.candidates,
        ["alex.a@example.com", "alex.b@example.com"]
    );
    assert_eq!(
        (party.name.as_str(), party.kind),
        ("alex", PrincipalKind::User)
    );
    assert_eq!(party.spellings, ["alex", "prod/x/alex"]);
    // One who is named by an id is sure, and does not answer to the common name.
    let sure = named(&identities, OBJECT);
    assert!(sure.candidates.is_empty());
    assert!(!sure.spellings.contains(&"alex".to_owned()));
    assert_eq!(sure.label, "Alex A");
    let (both, _) = identities.party("alex", &[OBJECT.to_owned()], UNKNOWN);
    assert_eq!(both.spellings, ["alex.a@example.com", OBJECT]);
    let group = labelled(fact(&[], &["alex"]), "", PrincipalKind::RoleGroup);
    let identities = of([user(&["alex.a@example.com"], ""), group]);
    let party = named(&identities, "alex");
    assert_eq!((party.candidates.len(), party.kind), (2, UNKNOWN));
}

#[test]
fn facts_with_names_alone_go_to_the_one_that_has_them() {
    let identities = of([
        fact(&[], &["victor_1ea0eb0f93", "victor"]),
        fact(&["victor@example.com"], &["victor"]),
        fact(&[], &["wendy", "wendy_1ea0eb0f93"]),
    ]);
    assert_eq!(
        named(&identities, "victor_1ea0eb0f93").name,
        "victor@example.com"
    );
    let wendy = named(&identities, "wendy");
    assert_eq!(wendy.spellings, ["wendy", "wendy_1ea0eb0f93"]);
}

#[test]
fn applications_with_one_label_stay_two() {
    let identities = of([
        application(&[OBJECT], "Mail Sync", APP),
        application(&[OTHER], "Mail Sync", ""),
    ]);
    let party = |id: &str| {
        let kind = PrincipalKind::ServicePrincipal;
        identities.party("Mail Sync", &[id.to_owned()], kind).0
    };
    let (left, right) = (party(OBJECT), party(OTHER));
    assert_eq!(
        (left.name.as_str(), right.name.as_str()),
        ("Mail Sync", "Mail Sync")
    );
    assert_ne!(left.key, right.key);
    assert!(
        !left
            .spellings
            .iter()
            .any(|spelling| right.spellings.contains(spelling))
    );
    assert_eq!(
        (left.resembles.as_str(), right.resembles.as_str()),
        ("", "")
    );
    assert_eq!(identities.find("mail sync").len(), 2);
}

#[test]
fn a_name_for_people_is_nobody_elses_address() {
    let user = labelled(
        fact(&["ceo@example.com", OTHER], &[]),
        "Carol C",
        PrincipalKind::User,
    );
    for label in ["ceo@example.com", "Sync (ceo@example.com)"] {
        let identities = of([user.clone(), application(&[OBJECT], label, APP)]);
        let kind = PrincipalKind::ServicePrincipal;
        let (party, apps) = identities.party(label, &[OBJECT.to_owned()], kind);
        assert_eq!(
            (party.name.as_str(), party.spellings.as_slice()),
            (label, &[OBJECT.to_owned()][..])
        );
        assert_eq!(
            (party.resembles.as_str(), apps.as_slice()),
            ("ceo@example.com", &[APP.to_owned()][..])
        );
    }
    // An application that acts under the name of a mailbox's owner is not the owner.
    let identities = of([user.clone()]);
    let (party, _) = identities.party("ceo@example.com", &[], PrincipalKind::ServicePrincipal);
    assert_eq!(party.spellings, ["ceo@example.com"]);
    // Whom people call so is a candidate, and no more.
    let identities = of([user]);
    let party = named(&identities, "Carol C");
    assert_eq!(party.candidates, ["ceo@example.com"]);
    assert_eq!(
        (party.spellings, party.kind),
        (vec!["carol c".to_owned()], UNKNOWN)
    );
}

#[test]
fn any_address_may_stand_in_the_mail_of_a_user() {
    let users = Fact {
        source: "the list of users".to_owned(),
        ..fact(&["alice@example.com", "alice@elsewhere.example"], &[])
    };
    let identities = of([users]);
    assert_eq!(
        named(&identities, "eve@elsewhere.example").kind,
        PrincipalKind::External
    );
}

#[test]
fn kinds_come_from_the_evidence() {
    let user = |address: &str| labelled(fact(&[address], &[]), "", PrincipalKind::User);
    let managed = labelled(
        fact(&[OTHER], &[]),
        "Function",
        PrincipalKind::ManagedIdentity,
    );
    let guest = labelled(
        fact(&["g_x.example#EXT#@e.onmicrosoft.com", "g@x.example"], &[]),
        "",
        PrincipalKind::Guest,
    );
    let identities = of([user("alice@example.com"), managed, guest]);
    for (name, kind) in [
        ("alice@example.com", PrincipalKind::User),
        ("new@example.com", PrincipalKind::User),
        ("new@eu.example.com", PrincipalKind::User),
        ("admin@example.onmicrosoft.com", PrincipalKind::User),
        ("eve@elsewhere.example", PrincipalKind::External),
        ("eve@notexample.com", PrincipalKind::External),
        ("g@x.example", PrincipalKind::Guest),
        (
            "h_x.example#EXT#@example.onmicrosoft.com",
            PrincipalKind::Guest,
        ),
        (OTHER, PrincipalKind::ManagedIdentity),
        ("Default", PrincipalKind::Default),
        ("Anonymous", PrincipalKind::Anonymous),
        ("NT AUTHORITY\\SYSTEM", PrincipalKind::System),
        ("Organization Management", PrincipalKind::RoleGroup),
        ("somebody", UNKNOWN),
    ] {
        assert_eq!(named(&identities, name).kind, kind, "{name}");
    }
    // What a record says itself goes before a guess from the spelling, and where no domain is known there is no guess.
    let said = identities
        .party("eve@elsewhere.example", &[], PrincipalKind::Group)
        .0;
    assert_eq!(said.kind, PrincipalKind::Group);
    let unknown = named(&Identities::default(), "eve@elsewhere.example");
    assert_eq!(unknown.kind, PrincipalKind::User);
}

#[test]
fn applications_of_microsoft_are_told_and_imitate_nobody() {
    let ours = Fact {
        tenant: "F8CDEF31-a31e-4b4a-93e4-5f571e91255a".to_owned(),
        ..application(&[OBJECT, APP], "0ffice Thing", APP)
    };
    let graph = application(
        &["00000003-0000-0000-c000-000000000000"],
        "",
        "00000003-0000-0000-c000-000000000000",
    );
    let false_one = Fact {
        tenant: OTHER.to_owned(),
        ..application(&[OTHER], "Microsoft Graph", OTHER)
    };
    let identities = of([ours, graph, false_one]);
    let told: Vec<bool> = identities
        .principals()
        .iter()
        .map(|one| one.first_party)
        .collect();
    assert_eq!(told.iter().filter(|told| **told).count(), 2);
    assert_eq!(named(&identities, OBJECT).resembles, "");
    // A name of Microsoft's on an application registered elsewhere is worn, not owned.
    assert_eq!(named(&identities, OTHER).resembles, "Microsoft Graph");
}

#[test]
fn look_alikes_are_told() {
    let identities = of([
        fact(&["alice@example.com"], &[]),
        application(&[OBJECT], "rnicrosoft graph", APP),
    ]);
    for (name, resembles) in [
        ("a1ice@example.com", "alice@example.com"),
        ("bob@exarnple.com", "example.com"),
        (OBJECT, "Microsoft Graph"),
        ("alice@example.com", ""),
        ("bob@example.com", ""),
    ] {
        assert_eq!(named(&identities, name).resembles, resembles, "{name}");
    }
}

#[test]
fn every_spelling_has_its_evidence() {
    let identities = of([
        fact(&["Bob@example.com", OBJECT], &["bob"]),
        fact(&["bob@example.com"], &["bob"]),
    ]);
    let principal = identities.find("bob")[0];
    let told: Vec<(&str, &str, u64)> = principal
        .spellings
        .iter()
        .chain(&principal.names)
        .map(|spelling| {
            (
                spelling.written.as_str(),
                spelling.source.as_str(),
                spelling.at.line,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("Bob@example.com", "Get-Mailbox", 1),
            (OBJECT, "Get-Mailbox", 1),
            ("bob", "Get-Mailbox", 1),
        ]
    );
    assert!(identities.find("nobody").is_empty());
}

#[test]
fn the_principal_name_is_shown_before_other_addresses() {
    let sign_in = Fact {
        source: "a sign-in".to_owned(),
        ..fact(&["victor@example.com", OBJECT], &[])
    };
    let aliases = fact(
        &["victor@example.com", "a.v@example.com", "A.V@example.com"],
        &[],
    );
    for facts in [[sign_in.clone(), aliases.clone()], [aliases, sign_in]] {
        assert_eq!(named(&of(facts), OBJECT).name, "victor@example.com");
    }
}

#[test]
fn two_candidates_stay_two() {
    let pairs = [
        ["alex@example.com", PUID],
        ["Stinger@example.com", PUID],
        ["alex@example.com", OBJECT],
        ["stinger@example.com", OTHER],
    ];
    // What stands beside an ambiguous id alone is ambiguous too, beside a sure one as sure.
    let unread = fact(&[PUID, "S-1-5-21-1-2-3-1001"], &[]);
    let own = fact(&[OTHER, "S-1-5-21-1-2-3-1002", PUID], &[]);
    let both = ["alex@example.com", "Stinger@example.com"];
    let facts: Vec<Fact> = pairs.iter().map(|pair| fact(pair, &[])).collect();
    let identities = of(facts.into_iter().chain([unread, own]));
    for (written, name, candidates) in [
        ("alex@example.com", "alex@example.com", &[][..]),
        ("STINGER@example.com", "Stinger@example.com", &[]),
        (OBJECT, "alex@example.com", &[]),
        (OTHER, "Stinger@example.com", &[]),
        (PUID, PUID, &both),
        ("S-1-5-21-1-2-3-1001", "S-1-5-21-1-2-3-1001", &both),
    ] {
        let party = named(&identities, written);
        let mut expected = candidates.to_vec();
        expected.sort_unstable();
        assert_eq!(
            (party.name.as_str(), party.candidates),
            (name, expected.into_iter().map(str::to_owned).collect()),
            "{written}"
        );
    }
    let alias = [PUID.to_owned()];
    let party = identities.party("stinger@example.com", &alias, UNKNOWN).0;
    assert!(party.candidates.is_empty() && !party.spellings.contains(&fold(PUID)));
    assert_eq!(identities.find(PUID).len(), 2);
}

#[test]
fn a_fact_with_both_addresses_makes_them_one() {
    let pairs = [
        fact(&["old@example.com", OBJECT], &[]),
        fact(&["new@example.com", OBJECT], &[]),
    ];
    assert_eq!(named(&of(pairs.clone()), OBJECT).candidates.len(), 2);
    let rename = Fact {
        source: "a new principal name".to_owned(),
        ..fact(&["new@example.com", "old@example.com"], &[])
    };
    let party = named(&of(pairs.into_iter().chain([rename])), OBJECT);
    assert!(party.candidates.is_empty());
    assert_eq!(party.spellings.len(), 3);
    let guest = "g_other.example#EXT#@example.onmicrosoft.com";
    let identities = of([
        fact(&[guest, OBJECT], &[]),
        fact(&["g@other.example", OBJECT], &[]),
    ]);
    assert_eq!(named(&identities, OBJECT).spellings.len(), 3);
    // No fact shows the two together, so each is shown as it is written, and both are one.
    let parties = [guest, "G@other.example"].map(|written| named(&identities, written));
    let [left, right] = parties;
    assert_eq!(left.key, right.key);
    assert_ne!(fold(&left.name), fold(&right.name));
}

#[test]
fn an_address_is_shown_unless_a_fact_shows_a_better_one_with_it() {
    let identities = of([
        fact(&["a@example.com", "b@example.com"], &[]),
        fact(&["b@example.com", "c@example.com"], &[]),
    ]);
    for (written, name) in [
        ("A@example.com", "a@example.com"),
        ("b@example.com", "a@example.com"),
        ("C@example.com", "C@example.com"),
        ("D@example.com", "D@example.com"),
    ] {
        assert_eq!(named(&identities, written).name, name);
    }
    assert_eq!(named(&identities, "c@example.com").key, "a@example.com");
}

#[test]
fn the_form_of_a_guid_is_checked() {
    assert!(is_guid(OBJECT));
    assert!(!is_guid("zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz"));
    assert!(!is_guid("-------------------------------- ----"));
}

proptest::proptest! {
    #[test]
    fn facts_join_alike_in_any_order_and_number(
        facts in proptest::collection::vec(
            (proptest::collection::vec(0..12_u8, 0..4), proptest::collection::vec(0..5_u8, 0..3), 0..3_u8), 0..14),
        turn in 0..14_usize,
    ) {
        let facts: Vec<Fact> = facts
            .iter()
            .map(|(ids, names, kind)| Fact {
                // Half of them are addresses, and half ids that nobody can read.
                ids: ids.iter().map(|id| if id % 2 == 0 { format!("u{id}@Example.com") } else { format!("1003200126{id:06}") }).collect(),
                names: names.iter().map(|name| format!("name{name}")).collect(),
                kind: [None, Some(PrincipalKind::User), Some(PrincipalKind::Group)][usize::from(*kind)],
                source: "Get-Mailbox".to_owned(),
                ..Fact::default()
            })
            .collect();
        let all = located(facts);
        let mut turned = all.clone();
        turned.rotate_left(turn.min(all.len()));
        turned.extend(all.iter().take(3).cloned());
        turned.reverse();
        let (plain, turned) = (Identities::of(&all), Identities::of(&turned));
        proptest::prop_assert_eq!(plain.principals(), turned.principals());
        for written in ["u2@example.com", "name1", "x/name2", "u4@EXAMPLE.com", "1003200126000001", "1003200126000003"] {
            proptest::prop_assert_eq!(named(&plain, written), named(&turned, written));
        }
        // Two addresses of one fact are of one principal.
        for located in &all {
            let found: BTreeSet<*const Principal> = located.fact.ids.iter()
                .filter(|id| form::is_address(id)).flat_map(|id| plain.find(id)).map(std::ptr::from_ref).collect();
            proptest::prop_assert!(found.len() <= 1);
        }
    }
}

/// What joining costs: run with `--release -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement"]
fn joining_costs() {
    let facts = (0..300_000_u32).map(|number| {
        let who = number % 60_000;
        let address = format!("user{who}@example.com");
        let id = format!(
            "{:08x}-703e-4189-9752-6b827ef91{:03x}",
            who * 7919,
            number % 5
        );
        let own = format!("{:08x}-aaaa-4189-9752-6b827ef91000", who * 7919);
        Fact {
            label: format!("User {who}"),
            ..fact(&[&address, &id, &own], &[&format!("user{who}")])
        }
    });
    let facts = located(facts);
    let start = std::time::Instant::now();
    let identities = Identities::of(&facts);
    println!(
        "{} facts, {} principals: {:?}",
        facts.len(),
        identities.principals().len(),
        start.elapsed()
    );
    let start = std::time::Instant::now();
    named(&identities, "user7@example.com");
    println!(
        "first party, with the table of look-alikes: {:?}",
        start.elapsed()
    );
    let start = std::time::Instant::now();
    (0..10_000).for_each(|who| {
        std::hint::black_box(named(&identities, &format!("user{who}@example.com")));
    });
    println!("a further party: {:?}", start.elapsed() / 10_000);
}
