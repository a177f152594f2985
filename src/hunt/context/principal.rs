//! Principals that go and come back: users, applications, groups and mailboxes.
//!
//! Not here: which grants that ends (`lifecycle`).

use super::group::of_target;
use super::{Context, Fate, spelled};
use crate::hunt::grant::value::is_true;
use crate::record::Record;

/// How an operation names the principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// By the targets of a directory record.
    Targets,
    /// By the `Identity` of a cmdlet.
    Identity,
}

/// Operations with what they do to a principal, and how they name it.
pub(super) const FATES: [(&str, Fate, Named); 26] = [
    ("Delete user", Fate::Deleted, Named::Targets),
    ("Hard Delete user", Fate::Deleted, Named::Targets),
    ("Restore user", Fate::Back, Named::Targets),
    ("Disable account", Fate::Disabled, Named::Targets),
    ("Enable account", Fate::Back, Named::Targets),
    ("Remove service principal", Fate::Deleted, Named::Targets),
    (
        "Hard Delete service principal",
        Fate::Deleted,
        Named::Targets,
    ),
    ("Restore service principal", Fate::Back, Named::Targets),
    ("Delete application", Fate::Deleted, Named::Targets),
    ("Hard Delete application", Fate::Deleted, Named::Targets),
    ("Restore application", Fate::Back, Named::Targets),
    ("Delete group", Fate::Deleted, Named::Targets),
    ("Hard Delete group", Fate::Deleted, Named::Targets),
    ("Restore group", Fate::Back, Named::Targets),
    ("Remove-Mailbox", Fate::Deleted, Named::Identity),
    ("Remove-RemoteMailbox", Fate::Deleted, Named::Identity),
    ("Remove-MailUser", Fate::Deleted, Named::Identity),
    ("Remove-DistributionGroup", Fate::Deleted, Named::Identity),
    (
        "Remove-DynamicDistributionGroup",
        Fate::Deleted,
        Named::Identity,
    ),
    ("Remove-UnifiedGroup", Fate::Deleted, Named::Identity),
    ("Remove-RoleGroup", Fate::Deleted, Named::Identity),
    (
        "Remove-ServicePrincipal",
        Fate::LeftExchange,
        Named::Identity,
    ),
    (
        "Disable-DistributionGroup",
        Fate::LeftExchange,
        Named::Identity,
    ),
    ("Disable-Mailbox", Fate::LeftExchange, Named::Identity),
    ("Disable-RemoteMailbox", Fate::LeftExchange, Named::Identity),
    ("Disable-MailUser", Fate::LeftExchange, Named::Identity),
];

/// Operations that bring back a mailbox or a group, which they name in several parameters.
const RESTORING: [&str; 3] = [
    "Connect-Mailbox",
    "Undo-SoftDeletedMailbox",
    "Undo-SoftDeletedUnifiedGroup",
];

/// Operations that may switch the sign-in of a principal among other changes.
const UPDATES: [&str; 2] = ["Update user", "Update service principal"];

/// What a record does to a principal.
pub(super) fn fate(record: &Record) -> Option<Context> {
    let row = FATES.iter().find(|(name, _, _)| record.operation.is(name));
    let (fate, spellings) = if let Some((_, fate, named)) = row {
        let spellings = match named {
            Named::Targets => targets(record),
            Named::Identity => identity(record, &["Identity"]),
        };
        (of_cmdlet(record, *fate)?, spellings)
    } else if record.operation.is_any(&RESTORING) {
        (
            Fate::Back,
            identity(
                record,
                &["Identity", "User", "SoftDeletedObject", "WindowsLiveID"],
            ),
        )
    } else if record.operation.is_any(&UPDATES) {
        (switched(record)?, targets(record))
    } else {
        return None;
    };
    (!spellings.is_empty()).then_some(Context::Principal { fate, spellings })
}

/// What a cmdlet does with its switches: an archive alone takes nothing from anybody, and a disconnected mailbox leaves its account.
fn of_cmdlet(record: &Record, fate: Fate) -> Option<Fate> {
    let has = |switch| is_true(record.parameter(switch));
    if has("Archive") || has("RemoteArchive") {
        None
    } else if has("Disconnect") {
        Some(Fate::LeftExchange)
    } else {
        Some(fate)
    }
}

/// Whether `AccountEnabled` was turned: its values are `[true]` and `[false]`, with blanks and line breaks in unified audit.
fn switched(record: &Record) -> Option<Fate> {
    let change = record.change("AccountEnabled")?;
    let is = |text: &str| {
        let bare = text.trim_matches(|character: char| !character.is_ascii_alphabetic());
        ["true", "false"]
            .into_iter()
            .find(|word| bare.eq_ignore_ascii_case(word))
    };
    match (is(&change.old), is(&change.new)?) {
        (Some(old), new) if old == new => None,
        (_, "false") => Some(Fate::Disabled),
        _ => Some(Fate::Back),
    }
}

fn identity(record: &Record, names: &[&str]) -> Vec<String> {
    let values = names.iter().filter_map(|name| record.parameter(name));
    spelled(values.chain([record.object.as_str()]))
}

/// The first target in all its spellings; the object where there is none.
fn targets(record: &Record) -> Vec<String> {
    let mut spellings = record.targets.first().map(of_target).unwrap_or_default();
    if spellings.is_empty() {
        spellings = spelled([record.object.as_str()]);
    }
    let before = spellings.iter().filter_map(|spelling| undeleted(spelling));
    let app = record
        .change("AppId")
        .map(|change| [change.new.as_str(), &change.old]);
    let more: Vec<String> = before
        .chain(app.into_iter().flatten())
        .map(str::to_owned)
        .collect();
    spelled(spellings.iter().chain(&more).map(String::as_str))
}

/// The name of a user before he was deleted: the directory puts his object id, without hyphens, before it.
fn undeleted(name: &str) -> Option<&str> {
    const ID: usize = 32;
    let (id, rest) = name.split_at_checked(ID)?;
    let is_id = id.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_id && rest.contains('@') && !rest.starts_with('@')).then_some(rest)
}
