//! Acts as records: which operations, on what, with which properties.

use super::*;
use crate::demo::client::Client;
use crate::demo::event::Act;
use crate::demo::native;
use crate::demo::native::stage::{self, ADMIN, OTHER, OWN, USER, tenant};
use crate::hunt::grant::{self, Effect, PermissionChange};
use crate::hunt::model::{Road, Scope};
use crate::record::Record;

fn hand(person: PersonId) -> Hand {
    stage::hand(Actor::Person(person), Client::EntraPortal)
}

/// The records that both logs have of changes.
fn records(changes: &[Change]) -> [Vec<Record>; 2] {
    let events: Vec<_> = (1..)
        .zip(changes)
        .map(|(at, change)| stage::event(at, Act::Change(Box::new(change.clone()))))
        .collect();
    [native::write, crate::demo::directory::write].map(|writer| stage::read(writer, &events).1)
}

/// What the hunt makes of changes: the same from both logs.
fn hunted(changes: &[Change]) -> Vec<PermissionChange> {
    let [unified, graph] = records(changes).map(|records| {
        let changes = records.iter().flat_map(grant::changes);
        changes.collect::<Vec<_>>()
    });
    let short = |changes: &[PermissionChange]| -> Vec<_> {
        let parts = changes.iter().map(|change| {
            (
                change.effect,
                change.road,
                change.scope,
                change.rights.clone(),
            )
        });
        parts.collect()
    };
    assert_eq!(short(&unified), short(&graph));
    unified
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
    let changes = consent(&tenant(), hand(USER), OTHER, &given, 5);
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
    let changes = consent(&tenant(), hand(ADMIN), OTHER, &given, 5);
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
        operations(&register(&tenant, hand(ADMIN), OWN, 1)),
        [
            "Add application.",
            "Add service principal.",
            "Add owner to application."
        ]
    );
    let key = Guid::of(77, 7);
    let own = credential(&tenant, hand(ADMIN), OWN, "sync", key, false, 1);
    assert_eq!(
        own.operation,
        "Update application \u{2013} Certificates and secrets management "
    );
    assert_eq!(own.target, Object::Registration(OWN));
    let (old, new) = property(&own, "KeyDescription");
    assert!(!old.contains(&key.to_string()) && new.contains("DisplayName=sync]\""));
    assert_eq!((old.lines().count(), new.lines().count()), (3, 4));
    let taken = credential(&tenant, hand(ADMIN), OTHER, "sync", key, true, 1);
    assert_eq!(taken.operation, "Remove service principal credentials.");
    let (old, new) = property(&taken, "KeyDescription");
    assert!(old.contains(&key.to_string()) && !new.contains(&key.to_string()));
}

#[test]
fn roles_are_named_with_their_templates() {
    let member = Object::Person(USER);
    let given = role(
        &tenant(),
        hand(ADMIN),
        member,
        "Exchange Administrator",
        false,
        1,
    );
    assert_eq!(
        property(&given, "Role.TemplateId").1,
        "29232cdf-9323-42fd-ade2-1d097af3e4de"
    );
    let taken = role(&tenant(), hand(ADMIN), member, "Mail Helpers", true, 1);
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
        let change = account(&tenant(), hand(ADMIN), operation, USER, 1);
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

#[test]
fn the_hunt_sees_what_was_consented_to() {
    let tenant = tenant();
    let first = Consent {
        scopes: "openid Mail.Read",
        ..Consent::default()
    };
    let hunts = hunted(&consent(&tenant, hand(USER), OTHER, &first, 5));
    assert_eq!(hunts.len(), 2, "{hunts:?}");
    for change in &hunts {
        assert_eq!(
            (change.effect, change.road, change.scope),
            (Effect::Grants, Road::Consent, Scope::Mailbox)
        );
        assert_eq!(change.rights, ["Mail.Read", "openid"]);
        assert_eq!(change.target, "user@example.com");
    }
    let added = Consent {
        scopes: "openid Mail.Read",
        before: "openid",
        is_for_all: true,
    };
    let hunts = hunted(&consent(&tenant, hand(ADMIN), OTHER, &added, 5));
    assert_eq!(hunts.len(), 1, "{hunts:?}");
    assert_eq!(hunts[0].rights, ["Mail.Read"]);
    assert_eq!(hunts[0].scope, Scope::Tenant);
}

#[test]
fn the_hunt_sees_application_permissions_come_and_go() {
    let tenant = tenant();
    for (resource, permission, is_removal, effect) in [
        (Resource::Graph, "Mail.Read", false, Effect::Grants),
        (
            Resource::Exchange,
            "full_access_as_app",
            false,
            Effect::Grants,
        ),
        (Resource::Graph, "Mail.Read", true, Effect::Revokes),
    ] {
        let change = app_role(
            &tenant,
            hand(ADMIN),
            OTHER,
            resource,
            permission,
            is_removal,
            5,
        );
        let hunts = hunted(&[change]);
        assert_eq!(hunts.len(), 1, "{permission}");
        let found = &hunts[0];
        assert_eq!((found.effect, found.road), (effect, Road::AppPermission));
        assert_eq!(found.rights, [permission]);
        assert_eq!(found.grantee, "Other");
        assert_eq!(found.app_ids, [Guid::of(2, 2).to_string()]);
    }
}

#[test]
fn both_logs_tell_the_same_of_every_act() {
    let tenant = tenant();
    let member = Object::ServicePrincipal(OTHER);
    let mut changes = register(&tenant, hand(ADMIN), OWN, 1);
    changes.extend([
        credential(&tenant, hand(ADMIN), OWN, "sync", Guid::of(7, 7), false, 2),
        credential(&tenant, hand(ADMIN), OTHER, "sync", Guid::of(7, 7), true, 2),
        role(
            &tenant,
            hand(ADMIN),
            member,
            "Exchange Administrator",
            false,
            3,
        ),
        owner(&tenant, hand(ADMIN), OTHER, USER, true, 4),
        account(&tenant, hand(ADMIN), "Reset user password.", USER, 5),
        account(&tenant, hand(ADMIN), "Add user.", USER, 6),
    ]);
    let [unified, graph] = records(&changes);
    for ((record, audit), change) in unified.iter().zip(&graph).zip(&changes) {
        assert!(record.operation.is(audit.operation.as_str()), "{record:?}");
        assert_eq!(record.correlation, audit.correlation);
        let seconds = |record: &Record| record.time.map(|time| time.timestamp());
        assert_eq!(seconds(record), seconds(audit));
        assert_eq!(record.targets[0].id, audit.targets[0].id, "{audit:?}");
        assert_eq!(record.outcome, audit.outcome);
        assert_eq!(record.modified.len(), change.modified.len());
        assert_eq!(record.modified.len(), audit.modified.len());
        for (own, other) in record.modified.iter().zip(&audit.modified) {
            assert_eq!(own.name, other.name);
        }
        assert_eq!(record.user, "admin@example.com");
        assert_eq!(audit.user, "admin@example.com");
    }
    let keys: Vec<_> = unified
        .iter()
        .filter(|record| crate::hunt::facet::is_credential(record))
        .collect();
    assert_eq!(keys.len(), 1, "removal from a service principal is none");
}
