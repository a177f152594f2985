//! Whatever happens becomes one line of JSON that its reader reads without loss.

use super::*;
use crate::demo::event::{MailDetail, Resource};
use crate::demo::id::{ApplicationId, MailboxId, PersonId, PlaceId};
use crate::demo::{directory, sign_in as sign_ins};
use proptest::prelude::*;
use std::net::IpAddr;

const SERVICES: [Service; 9] = [
    Service::ServiceHost,
    Service::Servicehost,
    Service::WebProcess,
    Service::MailboxAssistants,
    Service::ForwardSync,
    Service::LocalSystem,
    Service::RestSystem,
    Service::Certificate,
    Service::PasswordWriteBack,
];

const FOLDERS: [Folder; 6] = [
    Folder::Top,
    Folder::Inbox,
    Folder::Sent,
    Folder::Calendar,
    Folder::Own(2),
    Folder::Own(250),
];

fn actor() -> impl Strategy<Value = Actor> {
    let (person, application) = (
        || (0_u32..4).prop_map(PersonId),
        || (0_u32..2).prop_map(ApplicationId),
    );
    prop_oneof![
        person().prop_map(Actor::Person),
        application().prop_map(Actor::Application),
        (application(), person()).prop_map(|(by, of)| Actor::OnBehalf(by, of)),
        prop::sample::select(&SERVICES[..]).prop_map(Actor::Service),
    ]
}

fn any_hand() -> impl Strategy<Value = Hand> {
    let client = prop::sample::select(Client::all().collect::<Vec<_>>());
    (actor(), client, any::<IpAddr>(), any::<u8>(), any::<u64>()).prop_map(
        |(actor, client, address, place, session)| Hand {
            actor,
            client,
            address,
            place: PlaceId(place),
            session,
        },
    )
}

fn any_mail() -> impl Strategy<Value = Act> {
    let operation = prop::sample::select(operations().collect::<Vec<_>>());
    let folder = prop::sample::select(&FOLDERS[..]);
    let detail = (any::<Option<String>>(), any::<String>(), any::<bool>()).prop_map(
        |(subject, text, failed)| MailDetail {
            subject,
            recipients: vec![text.clone()],
            sent_as: Some(SHARED),
            member: Some(Member {
                who: Grantee::Application(OTHER),
                rights: text.clone().into(),
            }),
            rule: Some((text.clone(), text.clone(), text.clone())),
            query: Some(text),
            failed,
            ..MailDetail::default()
        },
    );
    let counts = (0_u32..4, any::<u32>(), 0_u16..6);
    let detail = prop::option::of(detail);
    (any_hand(), operation, folder, counts, detail).prop_map(
        |(hand, operation, folder, (mailbox, message, count), detail)| {
            Act::Mail(Mail {
                mailbox: MailboxId(mailbox),
                folder,
                message,
                count,
                detail: detail.map(Box::new),
                ..mail(operation, hand)
            })
        },
    )
}

fn any_sign_in() -> impl Strategy<Value = Act> {
    let kinds = [
        SignInKind::Interactive,
        SignInKind::NonInteractive,
        SignInKind::ServicePrincipal,
        SignInKind::ManagedIdentity,
    ];
    let errors = prop_oneof![Just(0), Just(50_126), any::<u32>()];
    (any_hand(), prop::sample::select(kinds.to_vec()), errors)
        .prop_map(|(hand, kind, error)| Act::SignIn(sign_in(kind, hand, error)))
}

fn any_change() -> impl Strategy<Value = Act> {
    let target = prop_oneof![
        (0_u32..9).prop_map(|id| Object::Person(PersonId(id))),
        (0_u32..9).prop_map(|id| Object::ServicePrincipal(ApplicationId(id))),
        (0_u32..9).prop_map(|id| Object::Registration(ApplicationId(id))),
        Just(Object::Resource(Resource::Graph)),
        Just(Object::Company),
    ];
    let values = prop::collection::vec((any::<String>(), any::<String>()), 0..4);
    (any_hand(), target, values, any::<Option<String>>()).prop_map(
        |(hand, target, values, failed)| {
            let modified = values
                .into_iter()
                .map(|(old, new)| ("Name".into(), old, new));
            Act::Change(Box::new(Change {
                modified: modified.collect(),
                failed: failed.map(Into::into),
                ..change("Update x.", hand, target)
            }))
        },
    )
}

fn any_cmdlet() -> impl Strategy<Value = Act> {
    let operation = prop::sample::select(vec!["Set-Mailbox", "New-ComplianceSearch"]);
    (any_hand(), operation, any::<String>(), any::<String>()).prop_map(
        |(hand, operation, object, value)| {
            let mut cmdlet = cmdlet(operation, hand, &[]);
            cmdlet.object = object;
            cmdlet.parameters = vec![("Name".into(), value)];
            Act::Cmdlet(Box::new(cmdlet))
        },
    )
}

proptest! {
    #[test]
    fn any_event_is_one_line_and_read_whole(
        act in prop_oneof![any_mail(), any_sign_in(), any_change(), any_cmdlet()],
    ) {
        let tenant = tenant();
        let one = event(1, act);
        for writer in [write, sign_ins::write, directory::write] {
            let mut out = Vec::new();
            if !writer(&tenant, &one, &mut out) {
                prop_assert!(out.is_empty());
                continue;
            }
            prop_assert!(!out.contains(&b'\n'));
            serde_json::from_slice::<serde_json::Value>(&out).unwrap();
            read(writer, std::slice::from_ref(&one));
        }
        let is_mail = matches!(one.act, Act::Mail(_) | Act::Cmdlet(_) | Act::Change(_));
        prop_assert!(!is_mail || write(&tenant, &one, &mut Vec::new()));
    }
}
