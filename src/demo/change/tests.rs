//! Acts as records: which operations, on what, with which properties.

use super::*;
use crate::demo::client::Client;
use crate::demo::id::PlaceId;
use crate::demo::tenant::{Person, Purpose, Role};
use std::net::{IpAddr, Ipv4Addr};

/// A tenant of one administrator, one user, one application registered here and one of elsewhere.
fn tenant() -> Tenant {
    let person = |alias: &str, role, key| Person {
        name: format!("{alias} of Example"),
        alias: alias.to_owned(),
        upn: format!("{alias}@example.com"),
        sign_in: format!("{alias}@example.com"),
        object: Guid::of(key, 1),
        puid: 0x1003_2000_0000_0000 + key,
        rid: 1000,
        role,
        site: 0,
        home: PlaceId(0),
        department: 1,
        mailbox: None,
        assists: None,
        joins: 0,
        leaves: u16::MAX,
        tenant: Guid::of(9, 9),
        is_planted: false,
    };
    let application = |name: &str, publisher, key| Application {
        name: name.to_owned(),
        app_id: Guid::of(key, 2),
        object: Guid::of(key, 3),
        registration: (publisher == Publisher::Own).then(|| Guid::of(key, 4)),
        owner: Guid::of(9, 9),
        publisher,
        purpose: Purpose::Planted,
        permissions: Vec::new(),
        scopes: Vec::new(),
        place: PlaceId(0),
        credentials: vec![Guid::of(key, 5)],
        is_approved: false,
    };
    Tenant {
        seed: 1,
        domain: "example.com".to_owned(),
        id: Guid::of(9, 9),
        people: vec![
            person("admin", Role::GlobalAdministrator, 1),
            person("user", Role::Staff, 2),
        ],
        applications: vec![
            application("Own", Publisher::Own, 1),
            application("Other", Publisher::Unverified, 2),
        ],
        ..Tenant::default()
    }
}

fn hand(person: u32) -> Hand {
    Hand {
        actor: Actor::Person(PersonId(person)),
        client: Client::EntraPortal,
        address: IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7)),
        place: PlaceId(0),
        session: 0,
    }
}

fn operations(changes: &[Change]) -> Vec<&str> {
    changes.iter().map(|change| &*change.operation).collect()
}

fn property<'c>(change: &'c Change, name: &str) -> (&'c str, &'c str) {
    let found = change.modified.iter().find(|(own, _, _)| own == name);
    let (_, old, new) = found.unwrap();
    (old, new)
}

#[test]
fn a_first_consent_makes_the_service_principal() {
    let given = Consent {
        scopes: "offline_access Mail.Read",
        ..Consent::default()
    };
    let changes = consent(&tenant(), hand(1), ApplicationId(1), &given, 5);
    assert_eq!(
        operations(&changes),
        [
            "Add service principal.",
            "Consent to application.",
            "Add delegated permission grant.",
            "Add app role assignment grant to user."
        ]
    );
    let (old, new) = property(&changes[2], "DelegatedPermissionGrant.Scope");
    assert_eq!((old, new), ("", " offline_access Mail.Read"));
    let (_, list) = property(&changes[1], "ConsentAction.Permissions");
    assert!(list.starts_with("[] => [[Id: "), "{list}");
    assert!(
        list.contains("ClientId: 00000000-0000-0000-0000-000000000000, "),
        "{list}"
    );
    assert!(list.contains("ConsentType: Principal, Scope:  offline_access Mail.Read, "));
    assert!(changes.iter().all(|change| change.correlation == 5));
}

#[test]
fn an_added_scope_stands_in_the_grant_alone() {
    let given = Consent {
        scopes: "openid Mail.Read",
        before: "openid",
        is_for_all: true,
    };
    let changes = consent(&tenant(), hand(0), ApplicationId(1), &given, 5);
    assert_eq!(
        operations(&changes),
        [
            "Consent to application.",
            "Add delegated permission grant.",
            "Remove delegated permission grant."
        ]
    );
    let (_, list) = property(&changes[0], "ConsentAction.Permissions");
    assert!(!list.contains("Mail.Read"), "{list}");
    assert!(list.contains("PrincipalId: , "), "{list}");
    for change in &changes[1..] {
        let scope = property(change, "DelegatedPermissionGrant.Scope");
        assert_eq!(scope, ("openid", "openid Mail.Read"));
    }
}

#[test]
fn registration_and_credentials() {
    let tenant = tenant();
    assert_eq!(
        operations(&register(&tenant, hand(0), ApplicationId(0), 1)),
        [
            "Add application.",
            "Add service principal.",
            "Add owner to application."
        ]
    );
    let key = Guid::of(77, 7);
    let own = credential(&tenant, hand(0), ApplicationId(0), "sync", key, false, 1);
    assert_eq!(
        own.operation,
        "Update application \u{2013} Certificates and secrets management "
    );
    assert_eq!(own.target, Object::Registration(ApplicationId(0)));
    let (old, new) = property(&own, "KeyDescription");
    assert!(!old.contains(&key.to_string()) && new.contains("DisplayName=sync]\""));
    assert_eq!((old.lines().count(), new.lines().count()), (3, 4));
    let taken = credential(&tenant, hand(0), ApplicationId(1), "sync", key, true, 1);
    assert_eq!(taken.operation, "Remove service principal credentials.");
    let (old, new) = property(&taken, "KeyDescription");
    assert!(old.contains(&key.to_string()) && !new.contains(&key.to_string()));
}

#[test]
fn roles_are_named_with_their_templates() {
    let member = Object::Person(PersonId(1));
    let given = role(
        &tenant(),
        hand(0),
        member,
        "Exchange Administrator",
        false,
        1,
    );
    assert_eq!(
        property(&given, "Role.TemplateId").1,
        "29232cdf-9323-42fd-ade2-1d097af3e4de"
    );
    let taken = role(&tenant(), hand(0), member, "Mail Helpers", true, 1);
    assert_eq!(property(&taken, "Role.DisplayName"), ("Mail Helpers", ""));
    assert_eq!(taken.operation, "Remove member from role.");
}

#[test]
fn every_act_on_an_account_has_its_properties() {
    for (operation, first) in [
        ("Reset user password.", None),
        ("Add user.", Some("AccountEnabled")),
        ("Update user.", Some("Department")),
        ("Disable account.", Some("AccountEnabled")),
        ("Enable account.", Some("AccountEnabled")),
        ("Change user license.", Some("AssignedLicense")),
        ("Delete user.", Some("Is Hard Deleted")),
    ] {
        let change = account(&tenant(), hand(0), operation, PersonId(1), 1);
        assert_eq!(change.operation, operation);
        let name = change.modified.first().map(|(name, _, _)| &**name);
        assert_eq!(name, first, "{operation}");
    }
}

#[test]
fn consents_have_the_ids_of_graph() {
    let id = |count| {
        let (a, b, c) = (Guid::of(1, 1), Guid::of(2, 2), Guid::of(3, 3));
        grant_id(a, b, (count == 3).then_some(c))
    };
    assert_eq!((id(2).len(), id(3).len()), (43, 64));
    let token = Guid::read("2073a52e-c2d6-40b2-bbe0-3977b5e73600").unwrap();
    assert_eq!(value::base64_of(&[token]), "LqVzINbCskC74Dl3tec2AA");
}
