//! Records of the unified log, read back by the reader that reads real ones.

use super::stage::{
    ADMIN, GROUP, GUEST, MOMENT, OTHER, OWN, PARTNER, SHARED, USER, USERS_MAILBOX, address, change,
    cmdlet, detail, event, hand, json, mail, read, sign_in, tenant, unified,
};
use super::*;
use crate::demo::client::Client;
use crate::demo::event::{
    Actor, Change, Folder, Grantee, Hand, Logon, Mail, MailOperation, Member, Object, Service,
    SignInKind,
};
use crate::demo::id::{Guid, Key, Origin};
use crate::hunt::access::is_access;
use crate::hunt::facet::facets;
use crate::hunt::grant::{self, Effect};
use crate::hunt::model::Road;
use crate::net::{Class, class};
use crate::record::{LogonType, Outcome, Record, UserType};
use std::collections::BTreeSet;

mod any;
mod mailbox;
mod speed;

fn operations() -> impl Iterator<Item = MailOperation> {
    mail::OPERATIONS.iter().map(|(operation, _, _)| *operation)
}

fn owner() -> Hand {
    hand(Actor::Person(USER), Client::Outlook)
}

fn app(of: crate::demo::id::ApplicationId) -> String {
    tenant().application(of).unwrap().app_id.to_string()
}

#[test]
fn cmdlets_show_the_address_of_their_tool() {
    let parameters = [
        "Identity=user@example.com",
        "User=admin@example.com",
        "AccessRights=FullAccess",
    ];
    let run = |hand: Hand| {
        let cmdlet = cmdlet("Add-MailboxPermission", hand, &parameters);
        unified(Act::Cmdlet(Box::new(cmdlet)))
    };
    for client in [
        Client::ExchangeAdminCenter,
        Client::ExchangePowerShell,
        Client::WebEdge,
    ] {
        let record = run(hand(Actor::Person(ADMIN), client));
        assert_eq!(record.address.ip, Some(address()), "{client:?}");
        assert!(record.address.written.starts_with("203.0.113.7:"));
        assert_eq!(record.user_type, Some(UserType::Admin));
        assert_eq!(record.user_key, "1003200000000001");
        assert_eq!(record.external, Some(false));
        assert!(!record.session.is_empty());
        let changes = grant::changes(&record);
        assert_eq!(changes.len(), 1);
        assert_eq!(changes[0].road, Road::MailboxPermission);
        assert_eq!(changes[0].grantee, "admin@example.com");
    }
    let portal = run(hand(Actor::Person(ADMIN), Client::AdminPortal));
    assert_eq!(class(portal.address.ip.unwrap()), Class::Microsoft);
    assert_eq!(portal.app.id, "00000006-0000-0ff1-ce00-000000000000");
    let partner = run(hand(Actor::Person(PARTNER), Client::ExchangePowerShell));
    assert_eq!(partner.external, Some(true));
    assert_eq!(partner.user_type, Some(UserType::PartnerTechnician));
    let other = partner
        .extended
        .iter()
        .find(|entry| entry.name == "TokenTenantId");
    assert_eq!(other.unwrap().value, Guid::of(8, 8).to_string());
    let robot = run(hand(Actor::Application(OTHER), Client::ExchangePowerShell));
    assert_eq!(robot.app.judged(), app(OTHER));
    assert!(robot.user.starts_with("ServicePrincipal_"));
}

#[test]
fn cmdlets_of_services_begin_with_a_domain_controller() {
    for service in [
        Service::ServiceHost,
        Service::Servicehost,
        Service::WebProcess,
    ] {
        let hand = hand(Actor::Service(service), Client::Server);
        let cmdlet = cmdlet("Set-TransportConfig", hand, &["Identity=x"]);
        let record = unified(Act::Cmdlet(Box::new(cmdlet)));
        assert_eq!(record.parameters[0].name, "DomainController");
        assert_eq!(record.parameters.len(), 2);
        assert_eq!(record.user, record.user_key);
        assert_eq!(record.user_type, Some(UserType::DcAdmin));
        assert_eq!(record.address.ip, None);
        assert_eq!(record.external, Some(true));
    }
}

#[test]
fn the_compliance_centre_has_a_record_type_of_its_own() {
    let hand = hand(Actor::Person(ADMIN), Client::ExchangePowerShell);
    let cmdlet = cmdlet(
        "New-ComplianceSearch",
        hand,
        &["Name=audit \"2026\"", "ExchangeLocation=All"],
    );
    let record = unified(Act::Cmdlet(Box::new(cmdlet)));
    assert_eq!(record.record_type, Some(18));
    assert_eq!(record.outcome, Outcome::Succeeded);
    assert_eq!(record.parameter("ExchangeLocation"), Some("All"));
}

fn act_of(sign: crate::demo::event::SignIn) -> Act {
    Act::SignIn(sign)
}

#[test]
fn sign_ins_of_people_stand_in_the_unified_log() {
    for (error, operation, outcome, status) in [
        (0, "UserLoggedIn", Outcome::Succeeded, None),
        (
            50_126,
            "UserLoginFailed",
            Outcome::Failed,
            Some("50126 InvalidUserNameOrPassword"),
        ),
        (
            50_074,
            "UserLoginFailed",
            Outcome::Failed,
            Some("50074 UserStrongAuthClientAuthNRequiredInterrupt"),
        ),
        (
            50_140,
            "UserLoginFailed",
            Outcome::Unknown,
            Some("50140 KmsiInterrupt"),
        ),
    ] {
        let hand = hand(Actor::Person(USER), Client::WebEdge);
        let record = unified(act_of(sign_in(SignInKind::Interactive, hand, error)));
        assert_eq!(record.operation.as_str(), operation);
        assert_eq!(record.outcome, outcome, "{error}");
        assert_eq!(status.unwrap_or("Success"), record.status);
        assert_eq!(record.address.ip, Some(address()));
        assert_eq!(record.app.id, "9199bf20-a13f-4107-85dc-02114787ef48");
        assert!(record.agent.contains("Edg/"), "{}", record.agent);
        assert!(!record.session.is_empty());
    }
    let program = hand(Actor::Person(USER), Client::Outlook);
    let event = event(1, act_of(sign_in(SignInKind::NonInteractive, program, 0)));
    assert!(!write(&tenant(), &event, &mut Vec::new()));
}

#[test]
fn two_failed_sign_ins_in_three_have_the_status_of_success() {
    let hand = hand(Actor::Person(USER), Client::WebEdge);
    let statuses = (1..300).map(|at| {
        let event = event(at, act_of(sign_in(SignInKind::Interactive, hand, 50_126)));
        json(write, &event)["ResultStatus"] == "Success"
    });
    let count = statuses.filter(|is| *is).count();
    assert!((170..=230).contains(&count), "{count}");
}

#[test]
fn sessions_join_mail_cmdlets_and_sign_ins() {
    let hand = hand(Actor::Person(USER), Client::WebEdge);
    let acts = [
        Act::Mail(mail(MailOperation::Bind, hand)),
        Act::Cmdlet(Box::new(cmdlet("New-InboxRule", hand, &[]))),
        act_of(sign_in(SignInKind::Interactive, hand, 0)),
    ];
    let sessions: BTreeSet<_> = acts.into_iter().map(|act| unified(act).session).collect();
    assert_eq!(sessions.len(), 1, "{sessions:?}");
}

#[test]
fn actors_of_directory_changes() {
    for (actor, client, user, user_type, kinds) in [
        (
            Actor::Person(ADMIN),
            Client::AdminPortal,
            "admin@example.com",
            UserType::Regular,
            &[5, 3, 2, 2, 2][..],
        ),
        (
            Actor::Application(OWN),
            Client::Rest,
            "ServicePrincipal_",
            UserType::System,
            &[1, 2, 2, 2, 2],
        ),
        (
            Actor::Service(Service::Certificate),
            Client::Server,
            "Certificate",
            UserType::System,
            &[0],
        ),
        (
            Actor::Service(Service::PasswordWriteBack),
            Client::Server,
            "fim_password_service@support.onmicrosoft.com",
            UserType::Regular,
            &[5, 3],
        ),
    ] {
        let act = change("Update user.", hand(actor, client), Object::Person(USER));
        let record = unified(Act::Change(Box::new(act)));
        assert!(record.user.starts_with(user), "{}", record.user);
        assert_eq!(record.user_type, Some(user_type));
        let found: Vec<i32> = record.actors.iter().map(|actor| actor.kind).collect();
        assert_eq!(found, kinds, "{user}");
        assert_eq!(record.targets[0].upn, "user@example.com");
    }
}

#[test]
fn failed_changes_say_why() {
    let act = Change {
        failed: Some("Microsoft.Online.Example".into()),
        ..change(
            "Consent to application.",
            hand(Actor::Person(USER), Client::WebEdge),
            Object::ServicePrincipal(OTHER),
        )
    };
    let record = unified(Act::Change(Box::new(act)));
    assert_eq!(record.outcome, Outcome::Failed);
    assert_eq!(
        record.new_value("MethodExecutionResult."),
        Some("Microsoft.Online.Example")
    );
    assert_eq!(record.agent, "EvoSTS");
}

#[test]
fn no_two_keys_give_one_id() {
    let tenant = tenant();
    let mut seen = BTreeSet::new();
    for (origin, hour) in [
        (Origin::Ordinary, 0),
        (Origin::Ordinary, 1),
        (Origin::Story, 0),
    ] {
        for (whose, ordinal) in (0..40).flat_map(|whose| (0..40).map(move |at| (whose, at))) {
            let event = Event {
                key: Key::new(origin, hour, whose, ordinal),
                ..event(0, Act::Mail(mail(MailOperation::Sync, owner())))
            };
            let mut out = Vec::new();
            assert!(write(&tenant, &event, &mut out));
            let id = event.key.record_id(tenant.seed).to_string();
            assert!(String::from_utf8(out).unwrap().contains(&id));
            assert!(seen.insert(id));
        }
    }
}

#[test]
fn whatever_names_say_the_json_holds() {
    let mut tenant = tenant();
    let hostile = "a\"b\\c\n\u{7}\u{2028}é";
    for person in &mut tenant.people {
        person.upn = hostile.to_owned();
        person.name = hostile.to_owned();
    }
    for mailbox in &mut tenant.mailboxes {
        mailbox.address = hostile.to_owned();
    }
    hostile.clone_into(&mut tenant.domain);
    let parameter = format!("Name={hostile}");
    let delegate = hand(Actor::Person(ADMIN), Client::Outlook);
    let acts = operations()
        .map(|operation| {
            Act::Mail(Mail {
                mailbox: USERS_MAILBOX,
                logon: Logon::Delegated,
                folder: Folder::Own(3),
                ..mail(operation, delegate)
            })
        })
        .chain([
            Act::Cmdlet(Box::new(cmdlet("New-InboxRule", delegate, &[&parameter]))),
            Act::Cmdlet(Box::new(cmdlet(
                "New-ComplianceTag",
                delegate,
                &[&parameter],
            ))),
            act_of(sign_in(SignInKind::Interactive, delegate, 0)),
            Act::Change(Box::new(change(
                "Add user.",
                delegate,
                Object::Person(USER),
            ))),
            Act::Change(Box::new(change("Set x.", delegate, Object::Company))),
        ]);
    for act in acts {
        let mut out = Vec::new();
        assert!(write(&tenant, &event(1, act), &mut out));
        assert!(!out.contains(&b'\n'));
        serde_json::from_slice::<serde_json::Value>(&out).unwrap();
    }
}

#[test]
fn all_lines_together_are_one_file() {
    let events: Vec<Event> = (1..)
        .zip(operations())
        .map(|(at, operation)| event(at, Act::Mail(mail(operation, owner()))))
        .collect();
    let (format, records): (String, Vec<Record>) = read(write, &events);
    assert_eq!((format.as_str(), records.len()), ("unified-audit", 20));
}
