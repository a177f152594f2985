//! Sign-ins of Graph, read back by the reader that reads real ones.

use super::*;
use crate::demo::client::Client;
use crate::demo::event::{Actor, Hand, Mail, MailOperation};
use crate::demo::native;
use crate::demo::native::stage::{
    GUEST, OTHER, USER, address as from, event, hand, json, mail, read, sign_in, unified,
};
use crate::record::{Outcome, Record};

fn person() -> Hand {
    hand(Actor::Person(USER), Client::WebEdge)
}

fn robot() -> Hand {
    hand(Actor::Application(OTHER), Client::Rest)
}

fn listed(sign: SignIn) -> Record {
    let (format, mut records) = read(write, &[event(1, Act::SignIn(sign))]);
    assert_eq!(format, "graph-sign-ins");
    records.pop().unwrap()
}

fn extended<'r>(record: &'r Record, name: &str) -> &'r str {
    let found = record.extended.iter().find(|entry| entry.name == name);
    found.map_or("", |entry| entry.value.as_str())
}

#[test]
fn all_four_kinds_are_read_back() {
    for (at, (kind, name)) in KINDS.into_iter().enumerate() {
        assert_eq!(kind as usize, at);
        let is_person = at < 2;
        let record = listed(sign_in(kind, if is_person { person() } else { robot() }, 0));
        assert_eq!(extended(&record, "signInEventTypes"), name);
        assert_eq!(record.outcome, Outcome::Succeeded);
        let user = if is_person { "user@example.com" } else { "" };
        assert!(record.user.contains(user), "{}", record.user);
        assert_eq!(!record.country.is_empty(), is_person, "{name}");
        let has_address = kind != SignInKind::ManagedIdentity;
        assert_eq!(record.address.ip == Some(from()), has_address, "{name}");
        assert_eq!(record.app.resource, "00000002-0000-0ff1-ce00-000000000000");
    }
}

#[test]
fn service_principals_are_nowhere() {
    let mut sign = sign_in(SignInKind::ServicePrincipal, robot(), 7_000_215);
    sign.credential = Some(Guid::of(1, 1));
    let written = json(write, &event(1, Act::SignIn(sign.clone())));
    let place = &written["location"];
    assert_eq!(place["city"], "");
    assert_eq!(place["geoCoordinates"]["latitude"], 0.0);
    let record = listed(sign);
    assert_eq!(record.outcome, Outcome::Failed);
    assert_eq!(
        extended(&record, "servicePrincipalCredentialKeyId"),
        Guid::of(1, 1).to_string()
    );
}

#[test]
fn both_logs_have_one_id_session_and_correlation() {
    let sign = sign_in(SignInKind::Interactive, person(), 0);
    let (other, own) = (listed(sign.clone()), unified(Act::SignIn(sign)));
    assert_eq!(own.id, other.id);
    assert_eq!(own.session, other.session);
    assert_eq!(own.correlation, other.correlation);
    assert_eq!(own.user_key, other.user_key);
    assert_eq!(own.app.id, other.app.id);
    assert_eq!(own.address.ip, other.address.ip);
}

#[test]
fn the_token_that_reads_mail_is_that_of_the_sign_in() {
    for (kind, hand, resource) in [
        (
            SignInKind::Interactive,
            person(),
            crate::demo::event::Resource::Exchange,
        ),
        (
            SignInKind::ServicePrincipal,
            robot(),
            crate::demo::event::Resource::Graph,
        ),
    ] {
        let mut sign = sign_in(kind, hand, 0);
        sign.resource = resource;
        let read = unified(Act::Mail(Mail {
            ..mail(MailOperation::Bind, hand)
        }));
        assert_eq!(read.token, listed(sign.clone()).token);
        assert!(!read.token.is_empty());
        sign.resource = crate::demo::event::Resource::Management;
        assert_ne!(read.token, listed(sign).token);
    }
}

#[test]
fn guests_show_their_home() {
    let sign = sign_in(
        SignInKind::Interactive,
        hand(Actor::Person(GUEST), Client::WebEdge),
        0,
    );
    let record = listed(sign);
    assert_eq!(record.user, "guest@partner.example");
    assert_eq!(
        extended(&record, "crossTenantAccessType"),
        "b2bCollaboration"
    );
}

#[test]
fn only_sign_ins_are_listed() {
    let read = event(1, Act::Mail(mail(MailOperation::Bind, person())));
    let tenant = native::stage::tenant();
    assert!(!write(&tenant, &read, &mut Vec::new()));
}
