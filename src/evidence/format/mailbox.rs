//! Folders, items and folder permissions of mailbox audit records, whichever member of the record they stand in.
//!
//! Source: Management Activity API schema (`ExchangeMailboxAuditRecord` and its relatives), TELEMETRY §1.9 and §4.1.

use super::super::fields::Fields;
use super::super::list::{entries, member, text_of};
use super::native::whole;
use crate::record::{Folder, FolderMember, Item, Record};
use serde_json::Value;

/// What mailbox audit writes for a path it could not find out.
const NO_PATH: &str = "Not Available";

/// Fills in what the record says about folders.
pub(super) fn fill(record: &mut Record, fields: &Fields<'_>) {
    for (name, items) in [("Folders", "FolderItems"), ("Messages", "MessageItems")] {
        if let Some(folders) = whole(record, fields, name) {
            record
                .folders
                .extend(entries(&folders).iter().map(|entry| folder(entry, items)));
        }
    }
    let parent = fields.json("Folder");
    if let Some(affected) = whole(record, fields, "AffectedItems") {
        let parent = parent.as_deref().map(path).unwrap_or_default();
        for item in entries(&affected) {
            add(record, item, &parent);
        }
    }
    if let Some(item) = whole(record, fields, "Item") {
        for item in entries(&item) {
            add(record, item, "");
            record.member = record
                .member
                .take()
                .or_else(|| entry(member(item, "ParentFolder")?));
        }
    }
    if let Some(folder) = parent {
        record.member = record.member.take().or_else(|| entry(&folder));
        bare(record, &folder);
    }
}

fn folder(value: &Value, items: &str) -> Folder {
    let items = member(value, items).map_or(&[][..], entries);
    Folder {
        path: path(value),
        items: items.iter().filter_map(item).collect(),
    }
}

/// Path of a folder; its name where the path is not known.
fn path(folder: &Value) -> String {
    path_or_name(&text_of(folder, "Path"), &text_of(folder, "Name")).to_owned()
}

/// The path of a folder, or its name where the path is not known.
pub(super) fn path_or_name<'t>(path: &'t str, name: &'t str) -> &'t str {
    if path.is_empty() || path == NO_PATH {
        name
    } else {
        path
    }
}

fn item(value: &Value) -> Option<Item> {
    let item = Item {
        message_id: text_of(value, "InternetMessageId"),
        subject: text_of(value, "Subject"),
    };
    (item != Item::default()).then_some(item)
}

/// Adds an item to its folder. A synchronised folder comes as an item without subject and id: the folder alone is kept.
fn add(record: &mut Record, value: &Value, parent: &str) {
    let own = member(value, "ParentFolder").map(path).unwrap_or_default();
    let path = if own.is_empty() { parent } else { &own };
    let item = item(value);
    if path.is_empty() && item.is_none() {
        return;
    }
    match record.folders.iter_mut().find(|folder| folder.path == path) {
        Some(folder) => folder.items.extend(item),
        None => record.folders.push(Folder {
            path: path.to_owned(),
            items: item.into_iter().collect(),
        }),
    }
}

/// Keeps a folder that a record names without any item.
fn bare(record: &mut Record, folder: &Value) {
    let path = path(folder);
    if record.folders.is_empty() && !path.is_empty() {
        record.folders.push(Folder {
            path,
            items: Vec::new(),
        });
    }
}

/// The entry of a folder permission change.
fn entry(folder: &Value) -> Option<FolderMember> {
    let member = FolderMember {
        folder: path(folder),
        upn: text_of(folder, "MemberUpn"),
        sid: text_of(folder, "MemberSid"),
        rights: text_of(folder, "MemberRights"),
    };
    let named = !member.upn.is_empty() || !member.sid.is_empty() || !member.rights.is_empty();
    named.then_some(member)
}
