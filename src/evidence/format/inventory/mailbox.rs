//! Rights, one entry a row: on mailboxes, recipients, folders and objects of Active Directory.
//!
//! Not here: rows that hold all rights on a mailbox (`summary`).

use super::super::super::fields::Fields;
use super::list::Between;
use super::{Entry, shaped};
use crate::record::Inventory;
use crate::record::inventory::{
    AdPermission, MailboxFolderPermission, MailboxPermission, RecipientPermission,
};

/// Names of the object that a right is on.
const OBJECT: &[&str] = &["Identity", "Mailbox"];

const RIGHTS: &[&str] = &["AccessRights"];

pub(in super::super) fn is_mailbox_permission(fields: &Fields<'_>) -> bool {
    let foreign = [
        "Trustee",
        "FolderName",
        "SharingPermissionFlags",
        "ExtendedRights",
    ];
    shaped(fields, &[OBJECT, &["User"], RIGHTS], &foreign)
}

pub(in super::super) fn read_mailbox_permission(fields: Fields<'_>) -> Result<Inventory, String> {
    let mut entry = Entry::new(fields);
    let found = MailboxPermission {
        mailbox: entry.required(OBJECT)?,
        user: entry.required(&["User"])?,
        rights: entry.rights(RIGHTS, Between::Words)?,
        deny: entry.flag(&["Deny"]),
        inherited: entry.flag(&["IsInherited"]),
        inheritance: entry.text(&["InheritanceType"]),
        lost: entry.lost(),
    };
    Ok(found.into())
}

pub(in super::super) fn is_recipient_permission(fields: &Fields<'_>) -> bool {
    let foreign = ["FolderName", "ExtendedRights"];
    shaped(fields, &[OBJECT, &["Trustee"], RIGHTS], &foreign)
}

pub(in super::super) fn read_recipient_permission(fields: Fields<'_>) -> Result<Inventory, String> {
    let mut entry = Entry::new(fields);
    let found = RecipientPermission {
        recipient: entry.required(OBJECT)?,
        trustee: entry.required(&["Trustee"])?,
        rights: entry.rights(RIGHTS, Between::Words)?,
        control: entry.text(&["AccessControlType"]),
        inherited: entry.flag(&["IsInherited"]),
        inheritance: entry.text(&["InheritanceType"]),
        lost: entry.lost(),
    };
    Ok(found.into())
}

pub(in super::super) fn is_folder_permission(fields: &Fields<'_>) -> bool {
    let needed: &[&[&str]] = &[&["FolderName"], &["User"], RIGHTS];
    shaped(fields, needed, &["Trustee", "ExtendedRights"])
}

pub(in super::super) fn read_folder_permission(fields: Fields<'_>) -> Result<Inventory, String> {
    let mut entry = Entry::new(fields);
    let identity = entry.text(&["Identity"]);
    let mut mailbox = entry.text(&["Mailbox", "MailboxIdentity", "UserPrincipalName"]);
    if let Some((owner, _)) = identity.split_once(":\\").filter(|_| mailbox.is_empty()) {
        owner.clone_into(&mut mailbox);
    }
    let found = MailboxFolderPermission {
        user: entry.required(&["User"])?,
        rights: entry.rights(RIGHTS, Between::Words)?,
        mailbox,
        identity,
        folder: entry.text(&["FolderName"]),
        sharing: entry.list(&["SharingPermissionFlags"], Between::Words),
        lost: entry.lost(),
    };
    Ok(found.into())
}

pub(in super::super) fn is_ad_permission(fields: &Fields<'_>) -> bool {
    let needed: &[&[&str]] = &[&["Identity"], &["User"], &["ExtendedRights"]];
    shaped(fields, needed, &["Trustee", "FolderName"])
}

pub(in super::super) fn read_ad_permission(fields: Fields<'_>) -> Result<Inventory, String> {
    let mut entry = Entry::new(fields);
    let object = entry.required(&["Identity"])?;
    let user = entry.required(&["User"])?;
    let extended = entry.list(&["ExtendedRights"], Between::Rights);
    // Either column may say alone which right it is.
    let rights = if extended.is_empty() {
        entry.rights(RIGHTS, Between::Rights)?
    } else {
        entry.list(RIGHTS, Between::Rights)
    };
    let found = AdPermission {
        object,
        user,
        rights,
        extended,
        deny: entry.flag(&["Deny"]),
        inherited: entry.flag(&["IsInherited"]),
        inheritance: entry.text(&["InheritanceType"]),
        lost: entry.lost(),
    };
    Ok(found.into())
}
