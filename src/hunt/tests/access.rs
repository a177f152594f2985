//! Which accesses are tied to a grant, and what they add up to.

use super::build::{after, at, grant};
use crate::hunt::access::{Accesses, Summary, Tie, doings, query};
use crate::hunt::facet;
use crate::hunt::model::{Act, Exposure, Grant, Party, PrincipalKind, Road, Scope};
use crate::query::Faceted;
use crate::record::{AppIds, Folder, LogonType, Mailbox, Operation, Record, UserType};
use crate::store::{Row, Touch};
use crate::text::fold;
use crate::time;
use proptest::prelude::*;

/// An access to a mailbox by a user or application, some seconds after the grant.
struct Access {
    operation: &'static str,
    mailbox: &'static str,
    user: &'static str,
    app: &'static str,
    seconds: i64,
    delegate: bool,
}

const READ: Access = Access {
    operation: "MailItemsAccessed",
    mailbox: "victor@example.com",
    user: "bob@example.com",
    app: "",
    seconds: 60,
    delegate: true,
};

fn is_tied(grant: &Grant, access: &Access) -> bool {
    let record = Record {
        operation: Operation::new(access.operation),
        time: Some(after(access.seconds)),
        user: access.user.to_owned(),
        mailbox: Mailbox {
            owner: access.mailbox.to_owned(),
            ..Mailbox::default()
        },
        app: AppIds {
            client: access.app.to_owned(),
            ..AppIds::default()
        },
        logon: access.delegate.then_some(LogonType::Delegated),
        ..Record::default()
    };
    let facets = facet::facets(&record);
    let expr = query(grant).1.unwrap();
    expr.matches(&Faceted {
        record: &record,
        facets: &facets,
    })
}

fn to(kind: PrincipalKind, name: &str) -> Grant {
    Grant {
        grantee: Party::new(name, kind),
        ..grant()
    }
}

/// Accesses, and whether they are tied to a grant that stood for 100 seconds.
const BY_NAME: &[(Access, bool)] = &[
    (READ, true),
    (
        Access {
            user: "BOB@example.com",
            ..READ
        },
        true,
    ),
    (
        Access {
            mailbox: "Victor@Example.com",
            ..READ
        },
        true,
    ),
    (Access { seconds: 0, ..READ }, true),
    (
        Access {
            seconds: 100,
            ..READ
        },
        true,
    ),
    (
        Access {
            seconds: -1,
            ..READ
        },
        false,
    ),
    (
        Access {
            seconds: 101,
            ..READ
        },
        false,
    ),
    (
        Access {
            user: "carol@example.com",
            ..READ
        },
        false,
    ),
    (
        Access {
            mailbox: "bob@example.com",
            ..READ
        },
        false,
    ),
    (
        Access {
            operation: "UserLoggedIn",
            ..READ
        },
        false,
    ),
];

#[test]
fn a_user_is_tied_by_name_to_the_mailbox_within_the_interval() {
    let closed = Grant {
        revoked_at: Some(after(100)),
        ..grant()
    };
    for (access, tied) in BY_NAME {
        assert_eq!(
            is_tied(&closed, access),
            *tied,
            "{} {} {}",
            access.user,
            access.mailbox,
            access.seconds
        );
    }
    assert!(is_tied(
        &grant(),
        &Access {
            seconds: 1_000_000,
            ..READ
        }
    ));
}

#[test]
fn a_right_to_send_is_tied_to_sending_only() {
    for (road, operation) in [
        (Road::SendAs, "SendAs"),
        (Road::SendOnBehalf, "SendOnBehalf"),
    ] {
        let grant = Grant { road, ..grant() };
        assert!(is_tied(&grant, &Access { operation, ..READ }));
        assert!(!is_tied(&grant, &READ));
    }
}

#[test]
fn everybody_is_any_delegate() {
    for kind in [PrincipalKind::Default, PrincipalKind::Anonymous] {
        let grant = to(kind, "Default");
        assert!(matches!(query(&grant).0, Tie::Possible(_)));
        assert!(is_tied(
            &grant,
            &Access {
                user: "carol@example.com",
                ..READ
            }
        ));
        assert!(!is_tied(
            &grant,
            &Access {
                delegate: false,
                ..READ
            }
        ));
    }
}

#[test]
fn an_application_is_known_by_its_id() {
    let access = Access {
        user: "victor@example.com",
        app: "e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd",
        delegate: false,
        ..READ
    };
    let named = Grant {
        app_ids: vec![access.app.to_owned()],
        ..to(PrincipalKind::ServicePrincipal, "Mail Sync")
    };
    assert!(matches!(query(&named).0, Tie::Named(_)));
    assert!(is_tied(&named, &access));
    assert!(!is_tied(
        &named,
        &Access {
            app: "other",
            ..access
        }
    ));
    let tenant = Grant {
        scope: Scope::Tenant,
        target: Party::new("all mailboxes", PrincipalKind::Unknown),
        ..named
    };
    assert!(is_tied(
        &tenant,
        &Access {
            mailbox: "wanda@example.com",
            ..access
        }
    ));
    // Known by object id only: whatever is not Microsoft's may be it.
    let unnamed = to(
        PrincipalKind::ServicePrincipal,
        "0a1b7ab4-e3c2-4e75-93ad-6ea6d16cffbf",
    );
    let tie = query(&unnamed).0;
    assert!(matches!(tie, Tie::Possible(_)) && tie.reason().contains("only by its object id"));
    assert!(is_tied(&unnamed, &access));
    assert!(!is_tied(&unnamed, &Access { app: "", ..access }));
}

#[test]
fn a_tenant_wide_right_does_not_count_what_a_person_does_at_home() {
    let grant = Grant {
        scope: Scope::Tenant,
        target: Party::new("all mailboxes", PrincipalKind::Unknown),
        road: Road::ImpersonationRole,
        ..grant()
    };
    assert!(is_tied(
        &grant,
        &Access {
            mailbox: "wanda@example.com",
            ..READ
        }
    ));
    assert!(!is_tied(
        &grant,
        &Access {
            mailbox: "bob@example.com",
            ..READ
        }
    ));
}

#[test]
fn what_cannot_be_tied_has_no_query_and_says_why() {
    for (grant, reason) in [
        (to(PrincipalKind::Group, "Sales"), "members of Sales"),
        (
            to(PrincipalKind::RoleGroup, "MailSync"),
            "members of MailSync",
        ),
        (to(PrincipalKind::Unknown, ""), "does not name the grantee"),
        (
            Grant {
                time: None,
                ..grant()
            },
            "lost its time",
        ),
    ] {
        let (tie, expr) = query(&grant);
        assert!(matches!(tie, Tie::None(_)), "{tie:?}");
        assert!(tie.reason().contains(reason), "{}", tie.reason());
        assert_eq!(expr, None);
    }
    assert_eq!(
        query(&Grant {
            act: Act::Failed,
            ..grant()
        })
        .1,
        None
    );
    let nameless = query(&to(PrincipalKind::ServicePrincipal, "")).0;
    assert!(
        nameless
            .reason()
            .starts_with("the record does not name the application")
    );
}

#[test]
fn doings_are_found_under_any_spelling_and_application() {
    let party = Party {
        spellings: vec!["bob".into(), "bob@example.com".into()],
        ..Party::new("bob", PrincipalKind::User)
    };
    let by = |user: &str, app: &str| {
        let record = Record {
            user: user.to_owned(),
            app: AppIds {
                id: app.to_owned(),
                ..AppIds::default()
            },
            ..Record::default()
        };
        doings(&party, &["app-1".to_owned()]).matches(&record)
    };
    assert!(by("BOB@example.com", "") && by("bob", "") && by("x", "APP-1"));
    assert!(!by("bobby", "") && !by("", ""));
}

#[test]
fn a_summary_counts_by_microsofts_rules() {
    let row = |time: Option<&str>, mailbox: &str, access: &str, items| Row {
        time: time.map(at),
        mailbox: mailbox.to_owned(),
        access: access.to_owned(),
        operation: "MailItemsAccessed".to_owned(),
        items,
        ..Row::default()
    };
    // Items of other operations are named, not read.
    let sent = Row {
        operation: "SendAs".to_owned(),
        ..row(None, "victor@example.com", "", 1)
    };
    let mut rows = [
        row(
            Some("2023-06-03T10:00:00Z"),
            "Victor@example.com",
            "Bind",
            3,
        ),
        row(None, "victor@example.com", "", 2),
        row(Some("2023-06-03T09:00:00Z"), "wanda@example.com", "sync", 0),
        row(None, "", "Bind", 0),
        sent,
    ];
    let summary = Summary::of(&rows);
    assert_eq!(summary.first, Some(at("2023-06-03T09:00:00Z")));
    assert_eq!((summary.accesses, summary.mailboxes.len()), (5, 2));
    assert!(summary.mailboxes.contains(&fold("victor@example.com")));
    assert_eq!(
        summary.exposure(7),
        Exposure {
            proven: 3,
            presumed: 1,
            unknowable: 7
        }
    );
    rows.reverse();
    assert_eq!(Summary::of(&rows), summary);
    assert_eq!(Summary::of(&[]), Summary::default());
}

/// A record of what somebody did in a mailbox, with a folder and perhaps an application acting for itself.
fn done(user: &str, mailbox: &str, folder: &str) -> Record {
    Record {
        time: Some(after(10)),
        operation: Operation::new("MailItemsAccessed"),
        user: user.to_owned(),
        mailbox: Mailbox {
            owner: mailbox.to_owned(),
            ..Mailbox::default()
        },
        folders: vec![Folder {
            path: folder.to_owned(),
            items: Vec::new(),
        }],
        ..Record::default()
    }
}

fn ties(grant: &Grant, record: &Record) -> bool {
    let facets = facet::facets(record);
    let faceted = Faceted {
        record,
        facets: &facets,
    };
    query(grant).1.is_some_and(|query| query.matches(&faceted))
}

#[test]
fn a_right_on_one_folder_is_tied_to_that_folder() {
    let grant = Grant {
        road: Road::FolderPermission,
        scope: Scope::Folder,
        rights: vec!["Reviewer".to_owned()],
        folder: "\\Inbox\\Treasury".to_owned(),
        ..grant()
    };
    let read = |folder| {
        ties(
            &grant,
            &done("bob@example.com", "victor@example.com", folder),
        )
    };
    assert!(read("\\Inbox\\Treasury") && read("inbox\\treasury"));
    assert!(!read("\\Inbox"));
}

#[test]
fn what_a_right_cannot_open_is_not_tied_to_it() {
    for (road, right) in [
        (Road::FolderPermission, "Visible"),
        (Road::AppPermission, "Calendars.Read"),
        (Road::AppPermission, "MailboxSettings.Read"),
    ] {
        let grant = Grant {
            road,
            rights: vec![right.to_owned()],
            ..grant()
        };
        let (tie, query) = query(&grant);
        assert!(
            query.is_none() && tie.reason().contains("by another"),
            "{right}: {tie:?}"
        );
    }
    let failed = Grant {
        act: Act::Failed,
        ..grant()
    };
    assert!(query(&failed).0.reason().contains("failed"));
}

#[test]
fn reads_by_an_application_under_the_owners_name_are_not_the_owners() {
    let person = Party::new("bob@example.com", PrincipalKind::User);
    let in_person = done("bob@example.com", "bob@example.com", "\\Inbox");
    let by_app = Record {
        user_type: Some(UserType::Application),
        ..in_person.clone()
    };
    for (record, is_his) in [(&in_person, true), (&by_app, false)] {
        let facets = facet::facets(record);
        let faceted = Faceted {
            record,
            facets: &facets,
        };
        assert_eq!(doings(&person, &[]).matches(&faceted), is_his);
    }
}

#[test]
fn passwords_that_others_try_are_not_what_a_person_does() {
    let person = Party::new("bob@example.com", PrincipalKind::User);
    for (operation, is_his) in [("UserLoggedIn", true), ("UserLoginFailed", false)] {
        let record = Record {
            operation: Operation::new(operation),
            user: "bob@example.com".to_owned(),
            ..Record::default()
        };
        assert_eq!(doings(&person, &[]).matches(&record), is_his, "{operation}");
    }
}

#[test]
fn a_person_at_home_does_not_use_a_tenant_wide_right() {
    let grant = Grant {
        scope: Scope::Tenant,
        ..grant()
    };
    assert!(ties(
        &grant,
        &done("bob@example.com", "victor@example.com", "")
    ));
    assert!(!ties(
        &grant,
        &done("bob@example.com", "bob@example.com", "")
    ));
    assert!(!ties(&grant, &done("bob@example.com", "", "")));
}

/// Accesses in the order of time, some at one moment.
fn any_accesses() -> impl Strategy<Value = Vec<Row>> {
    let select = proptest::sample::select::<&str>;
    let row = (
        0..30_i64,
        select(vec!["MailItemsAccessed", "mailitemsaccessed", "SendAs"]),
        select(vec![
            "",
            "Victor@example.com",
            "victor@example.com",
            "wanda@example.com",
        ]),
        select(vec!["", "Bind", "sync"]),
        0..4_u64,
    );
    let row = row.prop_map(|(second, operation, mailbox, access, items)| Row {
        time: Some(after(second)),
        operation: operation.to_owned(),
        mailbox: mailbox.to_owned(),
        access: access.to_owned(),
        items,
        ..Row::default()
    });
    proptest::collection::vec(row, 0..20).prop_map(|mut rows| {
        rows.sort_by_key(|row| row.time);
        rows
    })
}

proptest! {
    #[test]
    fn accesses_laid_out_add_up_as_their_rows_do(
        rows in any_accesses(),
        from in -1..32_i64,
        to in proptest::option::of(-1..32_i64),
        is_reversed in any::<bool>(),
    ) {
        let (from, to) = (after(from), to.map(after));
        let mut accesses = Accesses::default();
        let mut coming: Vec<&Row> = rows.iter().collect();
        if is_reversed {
            coming.reverse();
        }
        for row in coming {
            accesses.add(&Touch {
                time: row.time.map_or(i64::MAX, time::micros),
                operation: &row.operation,
                access: &row.access,
                mailbox: &fold(&row.mailbox),
                items: row.items,
            });
        }
        accesses.finish();
        let within: Vec<Row> = rows
            .iter()
            .filter(|row| row.time >= Some(from) && to.is_none_or(|to| row.time <= Some(to)))
            .cloned()
            .collect();
        prop_assert_eq!(accesses.between(from, to), Summary::of(&within));
    }
}
