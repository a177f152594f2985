//! Rights on one folder: the cmdlets, and the mailbox audit records written when a client or a cmdlet changes a folder's entries.
//!
//! A mailbox audit record carries the rights *after* the change, and so does `Set-`: what the entry had before is replaced; `None` takes
//! it away. A record that names no rights changes nothing. `Everyone` is the `Default` entry.
//! Source: Exchange cmdlet reference and mailbox auditing documentation; ATT&CK T1098.002 (AN1051).

use super::value::parts;
use super::{Effect, PermissionChange, RoadSpec, kind_of};
use crate::hunt::model::{Road, Scope};
use crate::record::{FolderMember, Record};

/// The row of the table of roads for folder permissions.
pub(super) const SPEC: RoadSpec = RoadSpec {
    road: Road::FolderPermission,
    operations: &[
        "Add-MailboxFolderPermission",
        "Set-MailboxFolderPermission",
        "Remove-MailboxFolderPermission",
        "AddFolderPermissions",
        "ModifyFolderPermissions",
        "UpdateFolderPermissions",
        "RemoveFolderPermissions",
    ],
    extract,
};

/// Operations that take an entry away.
const REMOVING: &[&str] = &["Remove-MailboxFolderPermission", "RemoveFolderPermissions"];

/// Operations after which the entry has the rights named and no others.
const REPLACING: &[&str] = &[
    "Set-MailboxFolderPermission",
    "ModifyFolderPermissions",
    "UpdateFolderPermissions",
];

fn extract(record: &Record, out: &mut Vec<PermissionChange>) {
    let mut change = PermissionChange::new(Effect::Grants, Road::FolderPermission, Scope::Folder);
    match &record.member {
        Some(member) => audited(record, member, &mut change),
        None => cmdlet(record, &mut change),
    }
    change.grantee_kind = kind_of(&change.grantee);
    let is_none = |right: &String| right.eq_ignore_ascii_case("None");
    let removes = record.operation.is_any(REMOVING)
        || (!change.rights.is_empty() && change.rights.iter().all(is_none));
    change.rights.retain(|right| !is_none(right));
    if removes {
        change.rights.clear();
        out.extend(of_named(&change, Effect::Revokes));
    } else if !change.rights.is_empty() {
        if record.operation.is_any(REPLACING) {
            let earlier = PermissionChange {
                rights: Vec::new(),
                ..change.clone()
            };
            out.extend(of_named(&earlier, Effect::Revokes));
        }
        out.push(change);
    }
}

/// The change with another effect, when it says on whom: a removal from nobody is not one from everybody.
fn of_named(change: &PermissionChange, effect: Effect) -> Option<PermissionChange> {
    let named = !change.grantee.trim().is_empty();
    named.then(|| PermissionChange {
        effect,
        ..change.clone()
    })
}

fn audited(record: &Record, member: &FolderMember, change: &mut PermissionChange) {
    change.target.clone_from(&record.mailbox.owner);
    change.target_aliases = [&record.mailbox.guid, &record.mailbox.sid]
        .into_iter()
        .filter(|id| !id.is_empty())
        .cloned()
        .collect();
    change.folder.clone_from(&member.folder);
    change.grantee = if member.upn.is_empty() {
        member.sid.clone()
    } else {
        member.upn.clone()
    };
    // The SID of a well-known entry is the same in every tenant and names nobody.
    change.grantee_aliases = Some(&member.sid)
        .filter(|sid| sid.starts_with("S-1-5-21-"))
        .cloned()
        .into_iter()
        .collect();
    change.rights = parts(&member.rights);
}

/// `Identity` is `mailbox:\Folder`.
fn cmdlet(record: &Record, change: &mut PermissionChange) {
    let identity = record.parameter("Identity").unwrap_or(&record.object);
    let (mailbox, folder) = identity.split_once(":\\").unwrap_or((identity, ""));
    mailbox.clone_into(&mut change.target);
    change.folder = format!("\\{folder}");
    record
        .parameter("User")
        .unwrap_or_default()
        .clone_into(&mut change.grantee);
    change.rights = record
        .parameter("AccessRights")
        .map(parts)
        .unwrap_or_default();
    change.rights.extend(
        record
            .parameter("SharingPermissionFlags")
            .map(parts)
            .unwrap_or_default(),
    );
}

/// Whether a right on a folder lets its holder read messages (folder roles and audited right names).
pub fn reads(right: &str) -> bool {
    const READING: [&str; 10] = [
        "Owner",
        "PublishingEditor",
        "Editor",
        "PublishingAuthor",
        "Author",
        "NonEditingAuthor",
        "Reviewer",
        "ReadItems",
        "ReadAny",
        "FullAccess",
    ];
    READING.iter().any(|name| right.eq_ignore_ascii_case(name))
}
