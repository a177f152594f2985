//! Rights on folders, as `Get-MailboxFolderPermission` lists them for the Inbox, the Calendar and wherever somebody was given one.
//!
//! Not here: rights on whole mailboxes (`access`).

use super::View;
use super::names::Holder;
use super::state::{FolderAccess, FolderRights};
use crate::demo::event::Folder;
use crate::demo::id::MailboxId;
use crate::demo::native::folder::Folders;
use crate::demo::tenant::{Mailbox, MailboxKind, Tenant};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Words of a list, whatever stands between them.
pub(super) fn words(list: &str) -> Vec<String> {
    let words = list.split(|c: char| c.is_whitespace() || ";,{}\"".contains(c));
    words
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Rights of mailbox audit and what cmdlets call them (TELEMETRY §3.4).
const RIGHTS: &[(&str, &str)] = &[
    ("ReadAny", "ReadItems"),
    ("Create", "CreateItems"),
    ("EditOwned", "EditOwnedItems"),
    ("DeleteOwned", "DeleteOwnedItems"),
    ("EditAny", "EditAllItems"),
    ("DeleteAny", "DeleteAllItems"),
    ("CreateSubfolder", "CreateSubfolders"),
    ("Owner", "FolderOwner"),
    ("Contact", "FolderContact"),
    ("Visible", "FolderVisible"),
    ("FreeBusySimple", "AvailabilityOnly"),
    ("FreeBusyDetailed", "LimitedDetails"),
    ("None", "None"),
];

/// Roles and the rights they consist of. Source: Microsoft, Add-MailboxFolderPermission.
const ROLES: &[(&str, &[&str])] = &[
    ("Reviewer", &["FolderVisible", "ReadItems"]),
    ("Contributor", &["CreateItems", "FolderVisible"]),
    (
        "Author",
        &[
            "CreateItems",
            "DeleteOwnedItems",
            "EditOwnedItems",
            "FolderVisible",
            "ReadItems",
        ],
    ),
    (
        "Editor",
        &[
            "CreateItems",
            "DeleteAllItems",
            "DeleteOwnedItems",
            "EditAllItems",
            "EditOwnedItems",
            "FolderVisible",
            "ReadItems",
        ],
    ),
    (
        "Owner",
        &[
            "CreateItems",
            "CreateSubfolders",
            "DeleteAllItems",
            "DeleteOwnedItems",
            "EditAllItems",
            "EditOwnedItems",
            "FolderContact",
            "FolderOwner",
            "FolderVisible",
            "ReadItems",
        ],
    ),
];

/// Rights of mailbox audit as cmdlets list them: a role where they are one.
pub(super) fn exchange(rights: &str) -> Vec<String> {
    let words = words(rights);
    let named = words.iter().map(|word| {
        let found = RIGHTS.iter().find(|(own, _)| own == word);
        found.map_or(word.as_str(), |(_, name)| name)
    });
    let named: BTreeSet<&str> = named.collect();
    // Rights on a calendar come with what free time they show.
    let plain = || {
        named
            .iter()
            .filter(|name| !["AvailabilityOnly", "LimitedDetails"].contains(name))
    };
    let role = ROLES.iter().find(|(_, rights)| plain().eq(rights.iter()));
    match role {
        Some((role, _)) => vec![(*role).to_owned()],
        None if plain().count() == 0 => named.iter().map(|name| (*name).to_owned()).collect(),
        None => plain().map(|name| (*name).to_owned()).collect(),
    }
}

/// Folders that lists are made of for every mailbox, and what everybody may do in them from the beginning.
const LISTED: &[(Folder, &str)] = &[
    (Folder::Inbox, "None"),
    (Folder::Calendar, "AvailabilityOnly"),
];

/// Folders that cmdlets know by their English names whatever the language of the mailbox is.
const WELL_KNOWN: &[(&str, Folder)] = &[
    ("Inbox", Folder::Inbox),
    ("Calendar", Folder::Calendar),
    ("Sent Items", Folder::Sent),
    ("Drafts", Folder::Drafts),
    ("Deleted Items", Folder::Deleted),
    ("Contacts", Folder::Contacts),
    ("Archive", Folder::Archive),
];

/// The path of a folder in the language of its mailbox, without the first backslash.
pub(super) fn path(tenant: &Tenant, mailbox: MailboxId, folder: Folder) -> String {
    let path = Folders::of(tenant, mailbox).path(folder);
    path.trim_start_matches('\\').to_owned()
}

/// The same of a folder as a cmdlet names it.
pub(super) fn named(tenant: &Tenant, mailbox: MailboxId, name: &str) -> String {
    let name = name.trim_start_matches('\\');
    let known = WELL_KNOWN.iter().find(|(own, _)| *own == name);
    known.map_or_else(
        || name.to_owned(),
        |(_, folder)| path(tenant, mailbox, *folder),
    )
}

/// Rights on a folder, by who holds them.
type Entries = BTreeMap<Holder, FolderRights>;

/// All rights on the folders of a mailbox, with those that each folder begins with.
pub(super) fn of_mailbox(view: View<'_>, mailbox: MailboxId) -> BTreeMap<String, Entries> {
    let mut folders: BTreeMap<String, Entries> = BTreeMap::new();
    let right = |folder: &str, right: &str| FolderRights {
        folder: folder.to_owned(),
        rights: vec![right.to_owned()],
        flags: Vec::new(),
    };
    for (folder, all) in LISTED {
        let folder = path(view.tenant, mailbox, *folder);
        let entries = folders.entry(folder.to_lowercase()).or_default();
        entries.insert(Holder::Default, right(&folder, all));
        entries.insert(Holder::Anonymous, right(&folder, "None"));
    }
    let first = FolderAccess {
        mailbox,
        folder: String::new(),
        holder: Holder::Default,
    };
    let own = view.state.folders.range(first..);
    for (access, rights) in own.take_while(|(access, _)| access.mailbox == mailbox) {
        let entries = folders.entry(access.folder.clone()).or_insert_with(|| {
            let none = right(&rights.folder, "None");
            [(Holder::Default, none.clone()), (Holder::Anonymous, none)].into()
        });
        entries.insert(access.holder.clone(), rights.clone());
    }
    folders
}

/// Whether a mailbox is there, and one that cmdlets list unless asked for others.
pub(super) fn is_listed(view: View<'_>, mailbox: &Mailbox) -> bool {
    let owner = mailbox.owner;
    let is_there = owner.is_none_or(|owner| view.state.has_person(view.tenant, owner));
    is_there && mailbox.kind != MailboxKind::Group
}

/// `Get-MailboxFolderPermission` of every mailbox.
pub(super) fn permissions(view: View<'_>, give: &mut dyn FnMut(Value)) {
    for (id, mailbox) in (0..).map(MailboxId).zip(&view.tenant.mailboxes) {
        if !is_listed(view, mailbox) || mailbox.kind == MailboxKind::Discovery {
            continue;
        }
        for entries in of_mailbox(view, id).into_values() {
            for (holder, rights) in entries {
                give(entry(view, mailbox, &holder, &rights));
            }
        }
    }
}

fn entry(view: View<'_>, mailbox: &Mailbox, holder: &Holder, rights: &FolderRights) -> Value {
    let folder = match rights.folder.rsplit('\\').next() {
        None | Some("") => "Top of Information Store",
        Some(name) => name,
    };
    json!({
        "Mailbox": mailbox.address,
        "Identity": format!("{}:\\{}", mailbox.address, rights.folder),
        "FolderName": folder,
        "User": holder.display(view),
        "AccessRights": rights.rights,
        "SharingPermissionFlags": rights.flags,
    })
}
