//! What a record shows of each principal, in its own text and without an allocation: both the facts and their trace are made of it.
//!
//! What is not sure is left out: an application with rights of its own is logged as the owner and is never joined with him. Not here:
//! which spellings can name anybody at all (`form`).

use super::{Shown, Source, is_guest};
use crate::hunt::access::is_access;
use crate::hunt::identity::form::{bare, is_address, is_id, prefixed, puid, undeleted};
use crate::hunt::model::PrincipalKind;
use crate::record::{LogonType, Outcome, Record, Target, UserType};
use crate::text::{is_guid, trimmed};

/// Cmdlets whose `ObjectId` and `Identity` spell the same single object.
const ONE_OBJECT: [&str; 9] = [
    "Add-MailboxPermission",
    "Remove-MailboxPermission",
    "Add-RecipientPermission",
    "Remove-RecipientPermission",
    "Set-Mailbox",
    "Set-CASMailbox",
    "Set-User",
    "Set-ServicePrincipal",
    "Remove-ServicePrincipal",
];

/// Record types of the directory and of sign-ins to it.
const DIRECTORY: [i32; 2] = [8, 15];

/// Operations of sign-ins.
const SIGN_INS: [&str; 2] = ["UserLoggedIn", "UserLoginFailed"];

/// Operations that name the mailbox a message was sent for, with the properties for its address and its guid.
const SENDING: [(&str, &str, &str); 2] = [
    ("SendAs", "SendAsUserSmtp", "SendAsUserMailboxGuid"),
    (
        "SendOnBehalf",
        "SendOnBehalfOfUserSmtp",
        "SendOnBehalfOfUserMailboxGuid",
    ),
];

/// Tells what a record shows, one principal at a time.
pub(super) fn show<'r>(record: &'r Record, tell: &mut impl FnMut(&Shown<'r>)) {
    let tell = &mut |mut shown: Shown<'r>| {
        if shown.is_worth() {
            tell(&shown);
        }
    };
    let is_mailbox = !record.mailbox.owner.is_empty();
    if is_mailbox {
        mailbox(record, tell);
    } else if prefixed(&record.user).is_none() && !is_in_mailbox(record) {
        tell(person(record));
    }
    if let Some(("ServicePrincipal", object)) = prefixed(&record.user) {
        tell(principal(record, object));
    }
    if !record.actors.is_empty() {
        tell(actor(record));
    }
    if !record.app.name.is_empty() {
        tell(caller(record));
    }
    for target in &record.targets {
        tell(of_target(target, record));
    }
    if !is_mailbox && !record.modified.is_empty() {
        tell(changed(record));
        tell(renamed(record));
    }
    if !record.parameters.is_empty() && record.outcome != Outcome::Failed {
        cmdlet(record, tell);
    }
}

/// Whether a record is of what happened in a mailbox, though it may have lost in which: who acted there is then not to be told, for an
/// application shows as the owner. The numbers are those of the schema's `ExchangeItem`, `ExchangeItemGroup` and `ExchangeItemAggregated`.
fn is_in_mailbox(record: &Record) -> bool {
    matches!(record.record_type, Some(2 | 3 | 50)) || is_access(record)
}

/// Whether the record says that an application acted.
fn is_by_application(record: &Record) -> bool {
    matches!(
        record.user_type,
        Some(UserType::Application | UserType::ServicePrincipal)
    )
}

fn is_sign_in(record: &Record) -> bool {
    record.operation.is_any(&SIGN_INS)
}

fn extended<'r>(record: &'r Record, name: &str) -> &'r str {
    let found = record
        .extended
        .iter()
        .find(|property| property.name.eq_ignore_ascii_case(name));
    found.map_or("", |property| trimmed(&property.value))
}

/// The owner of a mailbox, the delegate in it, the sender it lent its name to, and the entry of a folder.
fn mailbox<'r>(record: &'r Record, tell: &mut impl FnMut(Shown<'r>)) {
    let mailbox = &record.mailbox;
    let is_owner = record.user.eq_ignore_ascii_case(&mailbox.owner);
    let by_application = is_by_application(record);
    let key = match record.logon {
        // A copy that lost how somebody logged on must not show more than a whole one.
        Some(LogonType::Owner | LogonType::Delegated) if !by_application => {
            puid(&record.user_key).unwrap_or_default()
        }
        _ => "",
    };
    let own = if is_owner && record.logon != Some(LogonType::Delegated) {
        key
    } else {
        ""
    };
    tell(Shown {
        ids: [&mailbox.owner, &mailbox.guid, &mailbox.sid, own, ""],
        source: Source::Owner,
        ..Shown::default()
    });
    if !is_owner && !by_application && is_address(&record.user) {
        let is_delegate = record.logon == Some(LogonType::Delegated);
        let differs = !record.logon_sid.eq_ignore_ascii_case(&mailbox.sid);
        let sid = if is_delegate && differs {
            &record.logon_sid
        } else {
            ""
        };
        tell(Shown {
            ids: [&record.user, sid, key, "", ""],
            source: Source::Delegate,
            ..Shown::default()
        });
    }
    for (operation, address, guid) in SENDING {
        if record.operation.is(operation) {
            tell(Shown {
                ids: [
                    extended(record, address),
                    extended(record, guid),
                    "",
                    "",
                    "",
                ],
                source: Source::Sender,
                ..Shown::default()
            });
        }
    }
    if let Some(member) = &record.member {
        tell(Shown {
            ids: [&member.upn, &member.sid, "", "", ""],
            source: Source::Member,
            ..Shown::default()
        });
    }
}

/// Who acted, under the name and the key of the record.
fn person(record: &Record) -> Shown<'_> {
    if is_by_application(record) || !is_address(&record.user) {
        return Shown::default();
    }
    let is_directory = record
        .record_type
        .is_some_and(|kind| DIRECTORY.contains(&kind));
    let key = trimmed(&record.user_key);
    let key = if is_directory && is_guid(key) {
        key
    } else {
        puid(key).unwrap_or_default()
    };
    let guest = record.user_type == Some(UserType::Guest) || is_guest(&record.user);
    let mut shown = Shown {
        ids: [&record.user, key, "", "", ""],
        kind: guest.then_some(PrincipalKind::Guest),
        source: Source::Actor,
        ..Shown::default()
    };
    if is_sign_in(record) {
        shown.source = Source::SignIn;
        shown.label = extended(record, "userDisplayName");
        shown.tenant = extended(record, "homeTenantId");
    }
    shown
}

/// A service principal that acted, with the application that signed in as it.
fn principal<'r>(record: &'r Record, object: &'r str) -> Shown<'r> {
    let signs_in = is_sign_in(record);
    let is_own = signs_in || record.user_type == Some(UserType::ServicePrincipal);
    let is_managed = signs_in && extended(record, "signInEventTypes").contains("anagedIdentity");
    let kind = if is_managed {
        PrincipalKind::ManagedIdentity
    } else {
        PrincipalKind::ServicePrincipal
    };
    let app = if is_own && is_guid(&record.app.id) {
        record.app.id.as_str()
    } else {
        ""
    };
    Shown {
        ids: [&record.user, object, app, "", ""],
        label: if is_own { &record.app.name } else { "" },
        app,
        kind: Some(kind),
        source: if signs_in {
            Source::SignIn
        } else {
            Source::Actor
        },
        ..Shown::default()
    }
}

/// The actor block of a directory record: `User_<oid>` beside UPN and PUID, or `ServicePrincipal_<oid>` beside the application id. A
/// bare GUID beside a user may be the portal that was used, and is not believed.
fn actor(record: &Record) -> Shown<'_> {
    let mut shown = Shown {
        source: Source::Actor,
        ..Shown::default()
    };
    let mut kind = "";
    for identifier in &record.actors {
        let id = trimmed(&identifier.id);
        match prefixed(id) {
            Some((prefix, object)) if matches!(prefix, "User" | "ServicePrincipal") => {
                kind = prefix;
                (shown.ids[1], shown.ids[2]) = (id, object);
            }
            _ if identifier.kind == 5 => shown.ids[0] = id,
            _ if identifier.kind == 3 => shown.ids[3] = puid(id).unwrap_or(id),
            _ => {}
        }
    }
    match kind {
        "ServicePrincipal" => {
            shown.kind = Some(PrincipalKind::ServicePrincipal);
            let others = || {
                let ids = record
                    .actors
                    .iter()
                    .map(|identifier| trimmed(&identifier.id));
                ids.filter(|id| is_guid(id) && !id.eq_ignore_ascii_case(shown.ids[2]))
            };
            if others().count() == 1 {
                shown.app = others().next().unwrap_or_default();
                shown.ids[4] = shown.app;
            }
            let name = record.actors.iter().find(|identifier| identifier.kind == 1);
            shown.label = name.map_or("", |name| &name.id);
        }
        "User" => {
            shown.tenant = extended(record, "ActorContextId");
            shown.kind = Some(kind_of_user(shown.ids[0], shown.tenant, &record.tenant));
        }
        _ => {}
    }
    shown
}

/// What kind of user acts in a tenant with a principal name, coming from perhaps another.
fn kind_of_user(upn: &str, from: &str, tenant: &str) -> PrincipalKind {
    let elsewhere = is_guid(from) && is_guid(tenant) && !from.eq_ignore_ascii_case(tenant);
    if is_guest(upn) {
        PrincipalKind::Guest
    } else if elsewhere {
        PrincipalKind::External
    } else {
        PrincipalKind::User
    }
}

/// The application through which a record was made, with its name.
fn caller(record: &Record) -> Shown<'_> {
    let app = &record.app;
    let id = if app.client.is_empty() {
        &app.id
    } else {
        &app.client
    };
    if !is_guid(id) {
        return Shown::default();
    }
    Shown {
        ids: [id, "", "", "", ""],
        label: &app.name,
        app: id,
        kind: Some(PrincipalKind::ServicePrincipal),
        source: Source::Caller,
        ..Shown::default()
    }
}

/// An object that a directory record acted on. A deleted user is known by the name that he had, too.
fn of_target<'r>(target: &'r Target, record: &'r Record) -> Shown<'r> {
    let kind = match target.kind.as_str() {
        "ServicePrincipal" | "Application" => Some(PrincipalKind::ServicePrincipal),
        "Group" => Some(PrincipalKind::Group),
        "User" if is_guest(&target.upn) => Some(PrincipalKind::Guest),
        "User" => Some(PrincipalKind::User),
        "Role" | "Device" | "Policy" => return Shown::default(),
        _ => None,
    };
    let app = match kind {
        Some(PrincipalKind::ServicePrincipal) if target.app.is_empty() => detailed_app(record),
        Some(PrincipalKind::ServicePrincipal) => &target.app,
        _ => "",
    };
    let had = undeleted(&target.upn, &target.id);
    Shown {
        ids: [
            had.unwrap_or(&target.upn),
            &target.id,
            app,
            had.map_or("", |_| &target.upn),
            "",
        ],
        label: &target.name,
        app,
        kind,
        source: Source::Target,
        ..Shown::default()
    }
}

/// The application id in the details of a record about one application alone.
fn detailed_app(record: &Record) -> &str {
    if record.targets.len() != 1 {
        return "";
    }
    let changed = record.change("AppId").map_or("", |change| &change.new);
    let detail = |name| extended(record, name);
    let details = detail("additionalDetails").split_once("\"AppId\"");
    let inner = details.map_or("", |(_, rest)| rest);
    [changed, detail("AppId"), inner]
        .into_iter()
        .find_map(first_guid)
        .unwrap_or_default()
}

/// The GUID that a text begins with, behind the punctuation of JSON.
fn first_guid(text: &str) -> Option<&str> {
    let start = text.trim_start_matches([' ', ':', '"', '[', '\\', '\r', '\n']);
    start.get(..36).filter(|id| is_guid(id))
}

/// The service principal that the properties of a directory record describe; removals have old values alone.
fn changed(record: &Record) -> Shown<'_> {
    let value = |name| {
        let change = record.change(name);
        change.map_or("", |change| {
            if change.new.trim().is_empty() {
                change.old.trim()
            } else {
                change.new.trim()
            }
        })
    };
    let app = value("ServicePrincipal.AppId");
    let object = value("ServicePrincipal.ObjectID");
    if app.is_empty() && object.is_empty() {
        return Shown::default();
    }
    Shown {
        ids: [object, app, "", "", ""],
        label: value("ServicePrincipal.DisplayName"),
        app,
        kind: Some(PrincipalKind::ServicePrincipal),
        source: Source::Property,
        ..Shown::default()
    }
}

/// A user whose principal name was changed, under the new and the old one: nothing else shows that both are his.
fn renamed(record: &Record) -> Shown<'_> {
    let user = match record.targets.as_slice() {
        [target] if record.operation.is("Update user") => target,
        _ => return Shown::default(),
    };
    let change = record.change("UserPrincipalName");
    let (old, new) = change.map_or(("", ""), |change| (inner(&change.old), inner(&change.new)));
    if record.outcome == Outcome::Failed || !is_address(old) || !is_address(new) {
        return Shown::default();
    }
    Shown {
        ids: [new, old, &user.id, "", ""],
        source: Source::Renamed,
        ..Shown::default()
    }
}

/// The one text in a list of JSON, or the text itself.
fn inner(value: &str) -> &str {
    value.trim_matches(['[', ']', '"', ' ', '\r', '\n'])
}

/// What the parameters of a cmdlet say of its one object.
fn cmdlet<'r>(record: &'r Record, tell: &mut impl FnMut(Shown<'r>)) {
    let value = |name| record.parameter(name).unwrap_or_default();
    if record.operation.is_any(&ONE_OBJECT) {
        let mut shown = Shown {
            source: Source::Cmdlet,
            ..Shown::default()
        };
        for (place, spelling) in [&*record.object, value("Identity")].into_iter().enumerate() {
            let core = bare(spelling);
            let (places, spelling) = if is_id(core) {
                (&mut shown.ids[..], core)
            } else {
                (&mut shown.names[..], trimmed(spelling))
            };
            if let Some(free) = places.get_mut(place) {
                *free = spelling;
            }
        }
        tell(shown);
    } else if record.operation.is("New-ServicePrincipal") {
        let app = value("AppId");
        let object = record.parameter("ObjectId").unwrap_or(value("ServiceId"));
        tell(Shown {
            ids: [object, app, "", "", ""],
            label: value("DisplayName"),
            app,
            kind: Some(PrincipalKind::ServicePrincipal),
            source: Source::NewPrincipal,
            ..Shown::default()
        });
    }
}
