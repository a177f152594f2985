//! Tests of facts: what each kind of record and entry shows, what none shows, and that traces tell as much as facts.

use super::*;
use crate::record::inventory::{
    Mailbox as MailboxEntry, MailboxPermission, ServicePrincipal, User,
};
use crate::record::{
    AppIds, Change, FolderMember, Identifier, LogonType, Mailbox, Operation, Outcome, Property,
    Target, UserType,
};
use proptest::prelude::*;

const OBJECT: &str = "e4ad2d28-703e-4189-9752-6b827ef9107d";
const APP: &str = "e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd";
const GUID: &str = "11111111-703e-4189-9752-6b827ef9107d";
const PUID: &str = "10032001266C162C";
const SID: &str = "S-1-5-21-1-2-3-1001";
const OTHER_SID: &str = "S-1-5-21-1-2-3-1002";

fn property(name: &str, value: &str) -> Property {
    Property {
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

/// A record of somebody in a mailbox.
fn access(user: &str, logon: LogonType, kind: UserType) -> Record {
    Record {
        operation: Operation::new("MailItemsAccessed"),
        record_type: Some(50),
        user: user.to_owned(),
        user_key: PUID.to_owned(),
        user_type: Some(kind),
        logon: Some(logon),
        logon_sid: OTHER_SID.to_owned(),
        mailbox: Mailbox {
            owner: "victor@example.com".to_owned(),
            guid: GUID.to_owned(),
            sid: SID.to_owned(),
        },
        ..Record::default()
    }
}

/// The ids and names of each fact, in one line.
fn told(facts: &[Fact]) -> Vec<String> {
    let line = |fact: &Fact| format!("{} | {}", fact.ids.join(" "), fact.names.join(" "));
    facts
        .iter()
        .map(|fact| line(fact).trim_end_matches([' ', '|']).to_owned())
        .collect()
}

fn lines(record: &Record) -> Vec<String> {
    told(&of_record(record))
}

#[test]
fn a_sign_in_shows_the_object_id_beside_the_address() {
    let record = Record {
        operation: Operation::new("UserLoggedIn"),
        record_type: Some(15),
        user: "bob@example.com".to_owned(),
        user_key: OBJECT.to_owned(),
        extended: vec![
            property("userDisplayName", "Bob B"),
            property("homeTenantId", GUID),
        ],
        ..Record::default()
    };
    let facts = of_record(&record);
    let expected = Fact {
        ids: vec!["bob@example.com".to_owned(), OBJECT.to_owned()],
        label: "Bob B".to_owned(),
        tenant: GUID.to_owned(),
        source: Source::SignIn.word().to_owned(),
        ..Fact::default()
    };
    assert_eq!(facts, [expected]);
    let nobody = Record {
        user: "Not Available".to_owned(),
        ..record
    };
    assert!(of_record(&nobody).is_empty());
    assert_eq!(trace(&nobody), None);
}

#[test]
fn a_sign_in_of_an_application_shows_its_ids_and_whether_it_is_managed() {
    let user = format!("ServicePrincipal_{OBJECT}");
    let record = Record {
        operation: Operation::new("UserLoggedIn"),
        record_type: Some(15),
        user_key: OBJECT.to_owned(),
        user_type: Some(UserType::ServicePrincipal),
        app: AppIds {
            id: APP.to_owned(),
            name: "Mail Sync".to_owned(),
            ..AppIds::default()
        },
        extended: vec![property("signInEventTypes", "managedIdentity")],
        user: user.clone(),
        ..Record::default()
    };
    let facts = of_record(&record);
    assert_eq!(facts[0].ids, [&user, OBJECT, APP]);
    assert_eq!(
        (
            facts[0].label.as_str(),
            facts[0].app.as_str(),
            facts[0].kind
        ),
        ("Mail Sync", APP, Some(PrincipalKind::ManagedIdentity))
    );
}

#[test]
fn an_access_shows_its_owner_and_its_delegate_apart() {
    let owner = format!("victor@example.com {GUID} {SID}");
    for (record, expected) in [
        (
            access("Victor@example.com", LogonType::Owner, UserType::Regular),
            vec![format!("{owner} {PUID}")],
        ),
        (
            access("bob@example.com", LogonType::Delegated, UserType::Regular),
            vec![owner.clone(), format!("bob@example.com {OTHER_SID} {PUID}")],
        ),
        // An application with rights of its own is logged as the owner.
        (
            access(
                "victor@example.com",
                LogonType::Owner,
                UserType::Application,
            ),
            vec![owner.clone()],
        ),
        // Of an administrator the record does not say whose SID it has.
        (
            access("bob@example.com", LogonType::Admin, UserType::Regular),
            vec![owner.clone()],
        ),
        (
            access(
                "victor@example.com",
                LogonType::Delegated,
                UserType::Regular,
            ),
            vec![owner.clone()],
        ),
    ] {
        assert_eq!(lines(&record), expected, "{record:?}");
    }
}

#[test]
fn a_folder_entry_and_a_sender_show_two_ids_of_one() {
    let mut record = access(
        "victor@example.com",
        LogonType::Owner,
        UserType::Application,
    );
    record.member = Some(FolderMember {
        upn: "bob@example.com".to_owned(),
        sid: OTHER_SID.to_owned(),
        ..FolderMember::default()
    });
    assert_eq!(lines(&record)[1], format!("bob@example.com {OTHER_SID}"));
    for upn in ["Everyone", "Member@local", ""] {
        record.member.as_mut().unwrap().upn = upn.to_owned();
        assert_eq!(lines(&record).len(), 1, "{upn}");
    }
    record.operation = Operation::new("SendAs");
    record.extended = vec![
        property("SendAsUserSmtp", "info@example.com"),
        property("SendAsUserMailboxGuid", OBJECT),
    ];
    assert_eq!(lines(&record)[1], format!("info@example.com {OBJECT}"));
}

#[test]
fn a_cmdlet_shows_its_actor_and_both_spellings_of_its_object() {
    let record = |object: &str, identity: &str| Record {
        operation: Operation::new("Add-MailboxPermission"),
        record_type: Some(1),
        user: "alice@example.com".to_owned(),
        user_key: PUID.to_owned(),
        object: object.to_owned(),
        parameters: vec![property("Identity", identity)],
        ..Record::default()
    };
    let actor = format!("alice@example.com {PUID}");
    for (object, identity, expected) in [
        (
            OBJECT,
            "victor@example.com",
            Some(format!("{OBJECT} victor@example.com")),
        ),
        (
            "victor_1ea0eb0f93",
            OBJECT,
            Some(format!("{OBJECT} | victor_1ea0eb0f93")),
        ),
        (
            &*format!("example.onmicrosoft.com\\{OBJECT}"),
            "smtp:victor@example.com",
            Some(format!("{OBJECT} victor@example.com")),
        ),
        ("victor", "VICTOR", None),
        (
            "victor",
            "victor_1ea0eb0f93",
            Some("| victor victor_1ea0eb0f93".to_owned()),
        ),
        (OBJECT, "", None),
    ] {
        let mut all = vec![actor.clone()];
        all.extend(expected);
        let lines = lines(&record(object, identity));
        let lines: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
        assert_eq!(lines, all, "{object} {identity}");
    }
    let failed = Record {
        outcome: Outcome::Failed,
        ..record(OBJECT, "victor@example.com")
    };
    assert_eq!(lines(&failed), [actor]);
}

#[test]
fn a_directory_record_shows_targets_actors_and_properties() {
    let identifier = |id: &str, kind| Identifier {
        id: id.to_owned(),
        kind,
    };
    let change = |name: &str, old: &str| Change {
        name: name.to_owned(),
        old: old.to_owned(),
        ..Change::default()
    };
    let deleted = format!("{}bob@example.com", OBJECT.replace('-', ""));
    let record = Record {
        record_type: Some(8),
        user: "NT AUTHORITY\\SYSTEM".to_owned(),
        actors: vec![
            identifier("Mail Sync", 1),
            identifier(APP, 2),
            identifier(&format!("ServicePrincipal_{GUID}"), 2),
            identifier(GUID, 2),
            identifier("ServicePrincipal", 2),
        ],
        targets: vec![
            Target {
                id: OBJECT.to_owned(),
                upn: deleted.clone(),
                kind: "User".to_owned(),
                ..Target::default()
            },
            Target {
                id: APP.to_owned(),
                name: "Exchange Administrator".to_owned(),
                kind: "Role".to_owned(),
                ..Target::default()
            },
        ],
        modified: vec![
            change("ServicePrincipal.ObjectID", GUID),
            change("ServicePrincipal.AppId", APP),
        ],
        ..Record::default()
    };
    assert_eq!(
        lines(&record),
        [
            format!("ServicePrincipal_{GUID} {GUID} {APP}"),
            format!("bob@example.com {OBJECT} {deleted}"),
            format!("{GUID} {APP}"),
        ]
    );
}

#[test]
fn a_registration_shows_its_application_id_in_the_details() {
    for (modified, extended) in [
        (
            vec![Change {
                name: "AppId".into(),
                new: format!("[\r\n  \"{APP}\"\r\n]"),
                ..Change::default()
            }],
            vec![],
        ),
        (
            vec![],
            vec![property(
                "additionalDetails",
                &format!("{{\"User-Agent\":\"x\",\"AppId\":\"{APP}\"}}"),
            )],
        ),
        (vec![], vec![property("AppId", APP)]),
    ] {
        let record = Record {
            record_type: Some(8),
            targets: vec![Target {
                id: OBJECT.to_owned(),
                kind: "Application".to_owned(),
                ..Target::default()
            }],
            modified,
            extended,
            ..Record::default()
        };
        assert_eq!(lines(&record), [format!("{OBJECT} {APP}")]);
    }
}

#[test]
fn entries_show_every_spelling() {
    let mailbox = MailboxEntry {
        user_principal_name: "victor@example.com".to_owned(),
        alias: "victor".to_owned(),
        name: "victor_1ea0eb0f93".to_owned(),
        addresses: vec![
            "SMTP:v.v@example.com".to_owned(),
            "X500:/o=EX/cn=victor".to_owned(),
            "SPO:SPO_1@SPO_1".to_owned(),
        ],
        exchange_guid: GUID.to_owned(),
        identity: "PROD/x/victor".to_owned(),
        kind: "UserMailbox".to_owned(),
        ..MailboxEntry::default()
    };
    let facts = of_entry(&mailbox.into());
    assert_eq!(
        told(&facts),
        [format!(
            "victor@example.com {GUID} v.v@example.com /o=EX/cn=victor | victor_1ea0eb0f93 victor PROD/x/victor"
        )]
    );
    assert_eq!(facts[0].kind, Some(PrincipalKind::User));
    let permission = MailboxPermission {
        user: "Bob B (bob@example.com)".to_owned(),
        mailbox: "victor".to_owned(),
        ..MailboxPermission::default()
    };
    let facts = of_entry(&permission.into());
    assert_eq!(
        (
            told(&facts),
            facts[0].label.as_str(),
            facts[0].source.as_str()
        ),
        (
            vec!["bob@example.com".to_owned()],
            "Bob B",
            "Get-MailboxPermission"
        )
    );
    let application = ServicePrincipal {
        id: OBJECT.to_owned(),
        app: APP.to_owned(),
        sid: SID.to_owned(),
        names: vec![APP.to_owned(), "https://example.com/api".to_owned()],
        ..ServicePrincipal::default()
    };
    let facts = of_entry(&application.into());
    assert_eq!(told(&facts), [format!("{APP} {OBJECT} {SID} {APP}")]);
    let guest = User {
        id: OBJECT.to_owned(),
        user_principal_name: "bob_other.example#EXT#@example.onmicrosoft.com".to_owned(),
        mail: "bob@other.example".to_owned(),
        ..User::default()
    };
    let facts = of_entry(&guest.into());
    assert_eq!(
        (facts[0].kind, facts[0].home_addresses()),
        (Some(PrincipalKind::Guest), 0)
    );
}

#[test]
fn a_change_of_the_principal_name_shows_both() {
    let record = |old: &str, new: &str| Record {
        operation: Operation::new("Update user."),
        record_type: Some(8),
        targets: vec![Target {
            id: OBJECT.to_owned(),
            kind: "User".to_owned(),
            ..Target::default()
        }],
        modified: vec![Change {
            name: "UserPrincipalName".to_owned(),
            old: old.to_owned(),
            new: new.to_owned(),
        }],
        ..Record::default()
    };
    let both = format!("new@example.com old@example.com {OBJECT}");
    for (old, new) in [
        ("old@example.com", "new@example.com"),
        ("[\r\n  \"old@example.com\"\r\n]", "[\"new@example.com\"]"),
    ] {
        assert_eq!(lines(&record(old, new))[1], both);
    }
    assert_eq!(lines(&record("", "new@example.com")).len(), 1);
    let failed = Record {
        outcome: Outcome::Failed,
        ..record("old@example.com", "new@example.com")
    };
    assert_eq!(lines(&failed).len(), 1);
}

#[test]
fn a_text_at_another_place_of_the_record_is_the_same_fact_with_the_same_trace() {
    let mailbox = |guid: &str, sid: &str| Record {
        mailbox: Mailbox {
            owner: OTHER_SID.to_owned(),
            guid: guid.to_owned(),
            sid: sid.to_owned(),
        },
        ..Record::default()
    };
    let key = "10032001266C162C@example.com";
    let (left, right) = (mailbox(key, "S-1-5-18"), mailbox("Not Available", key));
    assert_eq!(of_record(&left), of_record(&right));
    assert_eq!(trace(&left), trace(&right));
    // An id is no name, though the same texts follow each other.
    let shown = |ids, names| {
        let shown = Shown {
            ids,
            names,
            ..Shown::default()
        };
        let mut hasher = FixedState::with_seed(0).build_hasher();
        shown.hash(&mut hasher);
        hasher.finish()
    };
    assert_ne!(
        shown([OBJECT, "a", "", "", ""], ["", ""]),
        shown([OBJECT, "", "", "", ""], ["a", ""])
    );
}

/// A record of random parts that facts are made of.
fn any_record() -> impl Strategy<Value = Record> {
    let text = || {
        let texts = [
            "",
            "bob@example.com",
            "BOB@example.com",
            "victor@example.com",
            OBJECT,
            GUID,
            APP,
            PUID,
            SID,
            OTHER_SID,
            "Not Available",
            "alice",
            "S-1-5-18",
            "10032001266C162C@example.com",
        ];
        let prefixed = [
            format!("ServicePrincipal_{OBJECT}"),
            format!("User_{OBJECT}"),
        ];
        let texts: Vec<String> = texts
            .map(str::to_owned)
            .into_iter()
            .chain(prefixed)
            .collect();
        proptest::sample::select(texts)
    };
    let operations = [
        "MailItemsAccessed",
        "UserLoggedIn",
        "SendAs",
        "Set-Mailbox",
        "New-ServicePrincipal",
        "Add user",
    ];
    let kinds = [
        None,
        Some(UserType::Regular),
        Some(UserType::ServicePrincipal),
        Some(UserType::Guest),
    ];
    let logons = [None, Some(LogonType::Owner), Some(LogonType::Delegated)];
    let head = (
        proptest::sample::select(operations.to_vec()),
        proptest::sample::select(kinds.to_vec()),
        proptest::sample::select(logons.to_vec()),
        proptest::sample::select(vec![None, Some(1), Some(8), Some(15), Some(50)]),
    );
    let texts = proptest::collection::vec(text(), 17);
    (head, texts, any::<[bool; 4]>()).prop_map(
        |((operation, kind, logon, number), texts, [a, b, c, d])| {
            let text = |at: usize| texts[at].clone();
            let names = ["Identity", "AppId", "ObjectId"];
            let parameters = names.iter().zip(&texts[10..]).filter(|_| a);
            Record {
                operation: Operation::new(operation),
                user_type: kind,
                logon,
                record_type: number,
                user: text(0),
                user_key: text(1),
                object: text(2),
                logon_sid: text(3),
                mailbox: Mailbox {
                    owner: if b { text(4) } else { String::new() },
                    guid: text(5),
                    sid: text(6),
                },
                app: AppIds {
                    id: text(7),
                    name: if c { text(8) } else { String::new() },
                    ..AppIds::default()
                },
                parameters: parameters
                    .map(|(name, value)| property(name, value))
                    .collect(),
                actors: texts[13..]
                    .iter()
                    .zip([5, 3, 2, 2])
                    .filter(|_| d)
                    .map(|(id, kind)| Identifier {
                        id: id.clone(),
                        kind,
                    })
                    .collect(),
                targets: Some(Target {
                    id: text(9),
                    upn: text(10),
                    kind: "User".into(),
                    ..Target::default()
                })
                .filter(|_| d)
                .into_iter()
                .collect(),
                ..Record::default()
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn one_trace_one_set_of_facts(records in proptest::collection::vec(any_record(), 1..8)) {
        let mut known = std::collections::HashMap::new();
        for record in &records {
            let facts = of_record(record);
            prop_assert_eq!(trace(record).is_none(), facts.is_empty());
            if let Some(trace) = trace(record) {
                let first = known.entry(trace).or_insert_with(|| facts.clone());
                prop_assert_eq!(&*first, &facts);
            }
            // A change of what no fact is made of changes no trace.
            let other = Record { session: "other".to_owned(), agent: "other".to_owned(), ..record.clone() };
            prop_assert_eq!(trace(record), trace(&other));
        }
    }

    #[test]
    fn different_facts_have_different_traces(left in any_record(), right in any_record()) {
        let same = of_record(&left) == of_record(&right);
        prop_assert_eq!(same, trace(&left) == trace(&right));
    }
}

/// What a trace costs on the threads that read: run with `--release -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement"]
fn traces_cost() {
    const TIMES: u32 = 2_000_000;
    let owner = access("victor@example.com", LogonType::Owner, UserType::Regular);
    let delegate = access("bob@example.com", LogonType::Delegated, UserType::Regular);
    let sign_in = Record {
        operation: Operation::new("UserLoggedIn"),
        record_type: Some(15),
        user: "bob@example.com".to_owned(),
        user_key: OBJECT.to_owned(),
        ..Record::default()
    };
    let file = Record {
        operation: Operation::new("FileAccessed"),
        user: "bob@example.com".to_owned(),
        user_key: format!("i:0h.f|membership|{PUID}@live.com"),
        ..Record::default()
    };
    for (what, mut record) in [
        ("owner", owner),
        ("delegate", delegate),
        ("sign-in", sign_in),
        ("file", file),
    ] {
        record.extended = ["TokenObjectId", "TokenTenantId"]
            .map(|name| property(name, OBJECT))
            .to_vec();
        record.properties = ["MailAccessType", "IsThrottled"]
            .map(|name| property(name, "False"))
            .to_vec();
        let start = std::time::Instant::now();
        for _ in 0..TIMES {
            std::hint::black_box(trace(std::hint::black_box(&record)));
        }
        println!("{what}: {:?}", start.elapsed() / TIMES);
    }
}
