//! A small tenant for tests, events in it, and the reader's view of what is written of them.

use crate::demo::client::Client;
use crate::demo::event::{
    Act, Actor, Change, Cmdlet, Event, Folder, Hand, Logon, Mail, MailDetail, MailOperation,
    Object, Resource, Second, SignIn, SignInKind,
};
use crate::demo::id::{ApplicationId, Guid, Key, MailboxId, Origin, PersonId, PlaceId};
use crate::demo::tenant::{
    Application, Mailbox, MailboxKind, Person, Publisher, Purpose, Role, Tenant,
};
use crate::evidence::{self, Row};
use crate::record::Record;
use serde_json::Value;
use std::net::IpAddr;
use std::ops::ControlFlow;
use std::path::Path;

/// The moment of events that do not say another: 10 March 2026, 13:05:51 UTC.
pub(in crate::demo) const MOMENT: Second = 1_773_147_951;

pub(in crate::demo) const ADMIN: PersonId = PersonId(0);
pub(in crate::demo) const USER: PersonId = PersonId(1);
pub(in crate::demo) const PARTNER: PersonId = PersonId(2);
pub(in crate::demo) const GUEST: PersonId = PersonId(3);
pub(in crate::demo) const USERS_MAILBOX: MailboxId = MailboxId(1);
pub(in crate::demo) const SHARED: MailboxId = MailboxId(2);
pub(in crate::demo) const GROUP: MailboxId = MailboxId(3);
pub(in crate::demo) const OWN: ApplicationId = ApplicationId(0);
pub(in crate::demo) const OTHER: ApplicationId = ApplicationId(1);

/// A tenant of an administrator, a user, a partner and a guest; of a mailbox each, a shared one and one of a group; of an application
/// registered here and one of elsewhere.
pub(in crate::demo) fn tenant() -> Tenant {
    let home = Guid::of(9, 9);
    Tenant {
        seed: 1,
        name: "Example".to_owned(),
        domain: "example.com".to_owned(),
        id: home,
        forest: "EURPR07A004.PROD.OUTLOOK.COM".to_owned(),
        sid: [11, 22, 33],
        sites: vec![PlaceId(0)],
        people: vec![
            person("admin", Role::GlobalAdministrator, 1, home),
            person("user", Role::Staff, 2, home),
            person("partner", Role::Partner, 3, Guid::of(8, 8)),
            person("guest", Role::Guest, 4, Guid::of(7, 7)),
        ],
        mailboxes: vec![
            mailbox("admin", MailboxKind::User, 1),
            mailbox("user", MailboxKind::User, 2),
            mailbox("desk", MailboxKind::Shared, 5),
            mailbox("team", MailboxKind::Group, 6),
        ],
        applications: vec![
            application("Own", Publisher::Own, 1, home),
            application("Other", Publisher::Unverified, 2, Guid::of(6, 6)),
        ],
    }
}

fn person(alias: &str, role: Role, key: u32, tenant: Guid) -> Person {
    let sign_in = match role {
        Role::Partner | Role::Guest => format!("{alias}@partner.example"),
        _ => format!("{alias}@example.com"),
    };
    let upn = match role {
        Role::Guest => format!("{alias}_partner.example#EXT#@example.com"),
        _ => sign_in.clone(),
    };
    Person {
        name: format!("{alias} \"of\" Example"),
        alias: alias.to_owned(),
        upn,
        sign_in,
        object: Guid::of(u64::from(key), 1),
        puid: 0x1003_2000_0000_0000 + u64::from(key),
        rid: 1000 + key,
        role,
        site: 0,
        home: PlaceId(0),
        department: 1,
        mailbox: (key < 3).then(|| MailboxId(key - 1)),
        assists: None,
        joins: 0,
        leaves: u16::MAX,
        tenant,
        is_planted: false,
    }
}

fn mailbox(alias: &str, kind: MailboxKind, key: u32) -> Mailbox {
    Mailbox {
        kind,
        owner: (kind == MailboxKind::User).then(|| PersonId(key - 1)),
        name: alias.to_owned(),
        alias: alias.to_owned(),
        address: format!("{alias}@example.com"),
        guid: Guid::of(u64::from(key), 3),
        object: Guid::of(u64::from(key), 1),
        puid: 0x1003_2000_0000_0000 + u64::from(key),
        rid: 1000 + key,
        place: PlaceId(0),
        delegates: Vec::new(),
        senders: Vec::new(),
    }
}

fn application(name: &str, publisher: Publisher, key: u64, owner: Guid) -> Application {
    Application {
        name: name.to_owned(),
        app_id: Guid::of(key, 2),
        object: Guid::of(key, 4),
        registration: (publisher == Publisher::Own).then(|| Guid::of(key, 5)),
        owner,
        publisher,
        purpose: Purpose::Planted,
        permissions: Vec::new(),
        scopes: Vec::new(),
        place: PlaceId(0),
        credentials: vec![Guid::of(key, 6)],
        is_approved: false,
    }
}

/// Where people act from.
pub(in crate::demo) fn address() -> IpAddr {
    IpAddr::from([203, 0, 113, 7])
}

/// Hands with a program, in session 77 for people.
pub(in crate::demo) fn hand(actor: Actor, client: Client) -> Hand {
    let has_session = matches!(actor, Actor::Person(_) | Actor::OnBehalf(..));
    Hand {
        actor,
        client,
        address: address(),
        place: PlaceId(0),
        session: if has_session { 77 } else { 0 },
    }
}

/// An event of an act.
pub(in crate::demo) fn event(ordinal: u32, act: Act) -> Event {
    Event {
        time: MOMENT,
        key: Key::new(Origin::Ordinary, 9, 1, ordinal),
        act,
    }
}

/// Three messages of the Inbox of the user's mailbox, or as much of them as the operation takes.
pub(in crate::demo) fn mail(operation: MailOperation, hand: Hand) -> Mail {
    Mail {
        hand,
        mailbox: USERS_MAILBOX,
        logon: Logon::Owner,
        operation,
        folder: Folder::Inbox,
        message: 40,
        count: 3,
        detail: None,
    }
}

/// A detail with one thing changed.
pub(in crate::demo) fn detail(change: impl FnOnce(&mut MailDetail)) -> Box<MailDetail> {
    let mut detail = MailDetail::default();
    change(&mut detail);
    Box::new(detail)
}

/// A cmdlet with parameters as `name=value`.
pub(in crate::demo) fn cmdlet(operation: &'static str, hand: Hand, parameters: &[&str]) -> Cmdlet {
    let parameters = parameters.iter().map(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap();
        (name.to_owned().into(), value.to_owned())
    });
    Cmdlet {
        hand,
        operation: operation.into(),
        object: "user".to_owned(),
        parameters: parameters.collect(),
        failed: false,
    }
}

/// A sign-in to Exchange.
pub(in crate::demo) fn sign_in(kind: SignInKind, hand: Hand, error: u32) -> SignIn {
    SignIn {
        kind,
        hand,
        resource: Resource::Exchange,
        error,
        credential: None,
    }
}

/// A change of nothing.
pub(in crate::demo) fn change(operation: &'static str, hand: Hand, target: Object) -> Change {
    Change {
        hand,
        operation: operation.into(),
        target,
        modified: Vec::new(),
        correlation: 5,
        failed: None,
    }
}

/// Writes events one a line.
pub(in crate::demo) fn written(
    writer: fn(&Tenant, &Event, &mut Vec<u8>) -> bool,
    events: &[Event],
) -> Vec<u8> {
    let tenant = tenant();
    let mut out = Vec::new();
    for event in events {
        assert!(writer(&tenant, event, &mut out), "{event:?}");
        out.push(b'\n');
    }
    out
}

/// The one line of an event, as JSON.
pub(in crate::demo) fn json(
    writer: fn(&Tenant, &Event, &mut Vec<u8>) -> bool,
    event: &Event,
) -> Value {
    let out = written(writer, std::slice::from_ref(event));
    serde_json::from_slice(&out).unwrap()
}

/// The records that a reader makes of events, and the format that it takes them for. None of them may be degraded.
pub(in crate::demo) fn read(
    writer: fn(&Tenant, &Event, &mut Vec<u8>) -> bool,
    events: &[Event],
) -> (String, Vec<Record>) {
    let bytes = written(writer, events);
    let mut found = Vec::new();
    let summary = evidence::read_from(&mut &bytes[..], Path::new("test"), &mut |_, row| {
        let Row::Records(records, _) = row else {
            panic!("refused: {row:?}")
        };
        found.extend(records);
        ControlFlow::Continue(())
    })
    .unwrap();
    for record in &found {
        assert_eq!(record.degraded, "", "{record:?}");
    }
    assert_eq!(found.len(), events.len());
    (summary.layout.format.unwrap(), found)
}

/// The record of one event of the unified log.
pub(in crate::demo) fn unified(act: Act) -> Record {
    let (format, mut records) = read(crate::demo::native::write, &[event(1, act)]);
    assert_eq!(format, "unified-audit");
    records.pop().unwrap()
}
