//! Mailbox audit: what was done to which messages, and who is logged how.

use super::*;

#[test]
fn every_operation_is_read_back() {
    for (at, operation) in operations().enumerate() {
        assert_eq!(operation as usize, at);
        let (name, kind) = mail::named(operation);
        let record = unified(Act::Mail(mail(operation, owner())));
        assert_eq!(record.operation.as_str(), name);
        assert_eq!(record.record_type, i32::try_from(kind).ok());
        assert_eq!(record.outcome, Outcome::Succeeded);
        assert_eq!(record.workload, "Exchange");
        assert_eq!(record.user, "user@example.com");
        assert_eq!(record.mailbox.owner, "user@example.com");
        assert_eq!(record.mailbox.sid, "S-1-5-21-11-22-33-1002");
        assert_eq!(record.logon_sid, record.mailbox.sid);
        assert_eq!(record.logon, Some(LogonType::Owner));
        assert_eq!(record.address.ip, Some(address()), "{name}");
        assert_eq!(record.time.unwrap().timestamp(), MOMENT);
        let is_permission = name.ends_with("FolderPermissions");
        assert_eq!(is_access(&record), !is_permission, "{name}");
    }
}

#[test]
fn reads_name_folders_and_messages() {
    let bind = unified(Act::Mail(mail(MailOperation::Bind, owner())));
    assert_eq!(bind.folders.len(), 1);
    assert_eq!(bind.folders[0].items.len(), 3);
    assert_eq!(bind.operation_count, Some(3));
    assert!(bind.folders[0].path.starts_with('\\'));
    let sync = unified(Act::Mail(mail(MailOperation::Sync, owner())));
    assert_eq!(sync.folders[0].path, bind.folders[0].path);
    assert!(sync.folders[0].items.is_empty());
    for (operation, kind, throttled) in [
        (MailOperation::Bind, "Bind", "False"),
        (MailOperation::BindThrottled, "Bind", "True"),
        (MailOperation::Sync, "Sync", "False"),
    ] {
        let record = unified(Act::Mail(mail(operation, owner())));
        assert_eq!(record.property("MailAccessType"), Some(kind));
        assert_eq!(record.property("IsThrottled"), Some(throttled));
    }
    // A folder has no more messages than the number of its newest.
    let few = Mail {
        message: 1,
        ..mail(MailOperation::Bind, owner())
    };
    let few = unified(Act::Mail(few));
    assert_eq!(
        (few.folders[0].items.len(), few.operation_count),
        (2, Some(2))
    );
}

#[test]
fn a_message_has_the_same_ids_whoever_touches_it() {
    let other = hand(Actor::Application(OTHER), Client::Rest);
    let ids = |hand: Hand, operation: MailOperation| -> BTreeSet<String> {
        let record = unified(Act::Mail(mail(operation, hand)));
        let items = record.folders.into_iter().flat_map(|folder| folder.items);
        items.map(|item| item.message_id).collect()
    };
    let read = ids(owner(), MailOperation::Bind);
    assert_eq!(read.len(), 3);
    assert_eq!(read, ids(other, MailOperation::Bind));
    assert_eq!(read, ids(owner(), MailOperation::SoftDelete));
    assert!(read.is_superset(&ids(owner(), MailOperation::Create)));
}

/// Who is logged how: hands, logon type, and what the reader must see.
struct Logged {
    name: &'static str,
    hand: Hand,
    logon: Logon,
    user: &'static str,
    user_type: UserType,
    sid: &'static str,
    app: String,
    agent: &'static str,
    is_person: bool,
    has_session: bool,
    facets: &'static [&'static str],
}

/// A row: what it is called, who and with what, and what the record says.
fn row(name: &'static str, hand: Hand, agent: &'static str) -> Logged {
    Logged {
        name,
        hand,
        logon: Logon::Owner,
        user: "user@example.com",
        user_type: UserType::Regular,
        sid: "S-1-5-21-11-22-33-1002",
        app: String::new(),
        agent,
        is_person: true,
        has_session: true,
        facets: &[],
    }
}

fn people() -> Vec<Logged> {
    let by = |person, client| hand(Actor::Person(person), client);
    let web = "Client=OWA;Action=ViaProxy";
    vec![
        Logged {
            app: "d3590ed6-52b3-4102-aeff-aad2292ab01c".to_owned(),
            ..row(
                "owner, Outlook",
                by(USER, Client::Outlook),
                "Client=MSExchangeRPC",
            )
        },
        row("owner, web", by(USER, Client::WebEdge), web),
        Logged {
            logon: Logon::Delegated,
            user: "admin@example.com",
            sid: "S-1-5-21-11-22-33-1001",
            facets: &["delegate"],
            ..row("delegate, web", by(ADMIN, Client::WebChrome), web)
        },
        Logged {
            app: "27922004-5251-4030-b22d-91ecd9a37ea4".to_owned(),
            ..row(
                "owner, phone",
                by(USER, Client::PhoneApple),
                "Client=OutlookService;Outlook-iOS/2.0;",
            )
        },
        Logged {
            logon: Logon::Delegated,
            user: "guest_partner.example#EXT#@example.com",
            user_type: UserType::Guest,
            sid: "S-1-5-21-11-22-33-1004",
            facets: &["delegate"],
            ..row("guest, web", by(GUEST, Client::WebFirefox), web)
        },
    ]
}

fn applications() -> Vec<Logged> {
    let own = |client| hand(Actor::Application(OTHER), client);
    vec![
        Logged {
            user_type: UserType::Application,
            app: app(OTHER),
            is_person: false,
            has_session: false,
            facets: &["app-only", "third-party"],
            ..row(
                "app, Graph",
                own(Client::Rest),
                "Client=REST;Client=RESTSystem;;",
            )
        },
        Logged {
            user_type: UserType::Application,
            app: app(OTHER),
            has_session: false,
            facets: &["app-only", "third-party"],
            ..row(
                "app, EWS",
                own(Client::Ews),
                "Client=WebServices;ExchangeServicesClient/",
            )
        },
        Logged {
            user_type: UserType::Application,
            app: app(OTHER),
            has_session: false,
            facets: &["app-only", "third-party"],
            ..row("app, IMAP", own(Client::Imap), "Client=POP3/IMAP4;")
        },
        Logged {
            app: app(OTHER),
            is_person: false,
            facets: &["third-party"],
            ..row(
                "app for a person",
                hand(Actor::OnBehalf(OTHER, USER), Client::Rest),
                "Client=REST;;",
            )
        },
    ]
}

#[test]
fn who_is_logged_how() {
    for case in people().into_iter().chain(applications()) {
        let record = unified(Act::Mail(Mail {
            logon: case.logon,
            ..mail(MailOperation::Bind, case.hand)
        }));
        let name = case.name;
        assert_eq!(record.user, case.user, "{name}");
        assert_eq!(record.user_type, Some(case.user_type), "{name}");
        assert_eq!(record.logon_sid, case.sid, "{name}");
        assert_eq!(record.app.judged(), case.app, "{name}");
        assert!(
            record.agent.starts_with(case.agent),
            "{name}: {}",
            record.agent
        );
        assert_eq!(!record.session.is_empty(), case.has_session, "{name}");
        let ip = record.address.ip.unwrap();
        assert_eq!(ip == address(), case.is_person, "{name}");
        assert_eq!(class(ip) == Class::Microsoft, !case.is_person, "{name}");
        let found = facets(&record);
        for facet in ["delegate", "app-only", "third-party"] {
            assert_eq!(
                found.contains(&facet),
                case.facets.contains(&facet),
                "{name}: {facet} {found:?}"
            );
        }
    }
}

#[test]
fn microsofts_own_services_in_mailboxes() {
    let reading = hand(Actor::Service(Service::RestSystem), Client::RestSystem);
    let record = unified(Act::Mail(mail(MailOperation::Bind, reading)));
    assert_eq!(record.user, "user@example.com");
    assert_eq!(record.agent, "Client=REST;Client=RESTSystem;;");
    assert!(record.address.written.starts_with("2603:10a6:"));
    // What no public list of Microsoft's applications has is taken for somebody else's, as in real logs.
    let is_known = record.app.client.is_empty();
    assert_eq!(!facets(&record).contains(&"third-party"), is_known);
    let making = hand(Actor::Service(Service::LocalSystem), Client::Server);
    let record = unified(Act::Mail(Mail {
        mailbox: GROUP,
        logon: Logon::Admin,
        detail: Some(detail(|detail| {
            detail.member = Some(Member {
                who: Grantee::LocalMembers,
                rights: "ReadAny, Visible".into(),
            });
        })),
        ..mail(MailOperation::ModifyFolderPermissions, making)
    }));
    assert_eq!(
        (record.user.as_str(), record.user_key.as_str()),
        ("S-1-5-18", "S-1-5-18")
    );
    assert_eq!(record.external, Some(true));
    let member = record.member.unwrap();
    assert_eq!(member.upn, "Member@local");
    assert!(member.sid.starts_with("S-1-8-") && member.sid.ends_with("-1"));
}

#[test]
fn folder_permissions_become_grants_of_their_road() {
    for (operation, who, rights, expected) in [
        (
            MailOperation::AddFolderPermissions,
            Grantee::Person(ADMIN),
            "ReadAny, Visible",
            Some((Effect::Grants, "admin@example.com")),
        ),
        (
            MailOperation::ModifyFolderPermissions,
            Grantee::Default,
            "ReadAny",
            Some((Effect::Grants, "Everyone")),
        ),
        (
            MailOperation::RemoveFolderPermissions,
            Grantee::Person(ADMIN),
            "None",
            Some((Effect::Revokes, "admin@example.com")),
        ),
        (
            MailOperation::UpdateCalendarDelegation,
            Grantee::Person(ADMIN),
            "ReadAny",
            Some((Effect::Grants, "admin@example.com")),
        ),
    ] {
        let record = unified(Act::Mail(Mail {
            detail: Some(detail(|detail| {
                detail.member = Some(Member {
                    who,
                    rights: rights.into(),
                });
            })),
            ..mail(operation, owner())
        }));
        let changes = grant::changes(&record);
        let last = changes.last().map(|change| {
            let is_delegation = operation == MailOperation::UpdateCalendarDelegation;
            let road = if is_delegation {
                Road::CalendarDelegation
            } else {
                Road::FolderPermission
            };
            assert_eq!(change.road, road);
            assert_eq!(change.target, "user@example.com");
            (change.effect, change.grantee.as_str())
        });
        assert_eq!(last, expected, "{operation:?}");
    }
}

#[test]
fn sending_for_others_says_for_whom() {
    for (operation, name) in [
        (MailOperation::SendAs, "SendAsUserSmtp"),
        (MailOperation::SendOnBehalf, "SendOnBehalfOfUserSmtp"),
    ] {
        let record = unified(Act::Mail(Mail {
            detail: Some(detail(|detail| {
                detail.sent_as = Some(SHARED);
                detail.subject = Some("A \"quoted\" subject\\".to_owned());
                detail.recipients = vec!["x@partner.example".to_owned()];
                detail.failed = true;
            })),
            ..mail(operation, owner())
        }));
        assert_eq!(record.outcome, Outcome::Failed);
        let told = record.extended.iter().find(|entry| entry.name == name);
        assert_eq!(told.unwrap().value, "desk@example.com");
        assert_eq!(record.folders[0].items[0].subject, "A \"quoted\" subject\\");
    }
}

#[test]
fn now_and_then_a_path_is_not_known_and_the_name_tells() {
    let events: Vec<Event> = (1..400)
        .map(|at| event(at, Act::Mail(mail(MailOperation::Sync, owner()))))
        .collect();
    let unknown = events
        .iter()
        .filter(|one| json(write, one)["Item"]["ParentFolder"]["Path"] == "Not Available");
    assert!((2..20).contains(&unknown.count()));
    let (_, records) = read(write, &events);
    let names: BTreeSet<&str> = records
        .iter()
        .map(|record| crate::record::folder_name(&record.folders[0].path))
        .collect();
    assert_eq!(names.len(), 1, "{names:?}");
}
