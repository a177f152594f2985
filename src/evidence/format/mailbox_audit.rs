//! `mailbox-audit-log`: what `Search-MailboxAuditLog -ShowDetails` gives on any way out of PowerShell, and the XML of
//! `New-MailboxAuditLogSearch`.
//!
//! The operations are those of the unified audit log. The user is the display name of the account that was logged on, or its SID
//! where it has none: these exports hold no other spelling of the user. Times of a table are taken for UTC, as in `admin_audit`. Not
//! here: what an access means (`hunt`).

use super::super::fields::{Aliases, Fields};
use super::super::list::{self, entries, text_of};
use super::admin_audit::{WORKLOAD, own_id};
use super::native;
use crate::record::{Address, Folder, Item, Property, Record};
use serde_json::Value;

/// Record types under which the unified audit log has the same events: one item, several items, aggregated.
const ITEM: i32 = 2;
const ITEM_GROUP: i32 = 3;
const AGGREGATED: i32 = 50;

/// What the cmdlet and the XML call the native fields.
const ALIASES: Aliases = &[
    ("CreationTime", &["LastAccessed"]),
    ("ResultStatus", &["OperationResult"]),
    (
        "UserId",
        &["LogonUserDisplayName", "LogonUserDN", "LogonUserSid"],
    ),
    (
        "MailboxOwnerUPN",
        &["MailboxOwnerUPN", "MailboxResolvedOwnerName", "Owner"],
    ),
    ("Folders", &["AggregatedRecordFoldersData"]),
    (
        "OperationCount",
        &["AuditOperationsCountInAggregatedRecord"],
    ),
];

/// Names that stand beside the last access in rows of mailbox audit.
const BESIDE: [&str; 4] = [
    "MailboxGuid",
    "MailboxOwnerUPN",
    "MailboxResolvedOwnerName",
    "OperationResult",
];

/// Where the folder stands, for one item and for several.
const PATHS: [&str; 4] = [
    "FolderPathName",
    "SourceItemFolderPathNamesList",
    "FolderName",
    "SourceFolderPathNamesList",
];

/// Where subjects and message ids stand, in the row and in the entries of `SourceItems`.
const SUBJECTS: [&str; 3] = ["ItemSubject", "SourceItemSubjectsList", "Subject"];
const MESSAGES: [&str; 3] = [
    "ItemInternetMessageId",
    "SourceItemInternetMessageIdsList",
    "InternetMessageId",
];

/// Why a row is refused that only says when a mailbox was accessed last.
const SUMMARY: &str = "the row names a mailbox and its last access, but no operation; run Search-MailboxAuditLog with -ShowDetails";

pub(super) fn recognise(fields: &Fields<'_>) -> bool {
    fields.names_one("LastAccessed") && BESIDE.iter().any(|name| fields.names_one(name))
}

pub(super) fn read(fields: Fields<'_>) -> Result<Record, String> {
    let fields = fields.with_aliases(ALIASES);
    if !fields.has("Operation") {
        return Err(SUMMARY.to_owned());
    }
    let mut record = native::record(&fields)?;
    WORKLOAD.clone_into(&mut record.workload);
    record.id = own_id(&fields);
    record.address = Address::read(&fields.first(&["ClientIPAddress", "ClientIP"]));
    record.record_type = Some(if !record.folders.is_empty() {
        AGGREGATED
    } else if several(&fields) {
        ITEM_GROUP
    } else {
        ITEM
    });
    if let Some(written) = fields.json("OperationProperties") {
        properties(&mut record, &written);
    }
    folders(&mut record, &fields);
    native::note_time(&mut record, &fields, "CreationTime");
    native::note_order(&mut record, &fields, "CreationTime");
    Ok(record)
}

/// Whether the row tells of what was done to a group of items.
fn several(fields: &Fields<'_>) -> bool {
    let items = fields.json("SourceItems");
    items.is_some_and(|items| !entries(&items).is_empty()) || fields.has("SourceItemIdsList")
}

/// Properties written as `MailAccessType:Bind`, in a list or in one text.
fn properties(record: &mut Record, written: &Value) {
    let texts: Option<Vec<&str>> = match written {
        Value::String(text) => Some(vec![text]),
        Value::Array(entries) => entries.iter().map(Value::as_str).collect(),
        _ => None,
    };
    let Some(texts) = texts.filter(|_| !list::is_lost(written)) else {
        return;
    };
    let between = |character: char| character.is_whitespace() || ",;{}".contains(character);
    let words = texts.iter().flat_map(|text| text.split(between));
    record.properties = words
        .filter_map(|word| word.split_once(':'))
        .map(|(name, value)| Property {
            name: name.to_owned(),
            value: value.to_owned(),
        })
        .collect();
}

/// Folders with their items, unless the row is aggregated and has them as the unified audit log does.
fn folders(record: &mut Record, fields: &Fields<'_>) {
    if !record.folders.is_empty() {
        return;
    }
    let path = fields.first(&PATHS);
    let sources = native::whole(record, fields, "SourceItems");
    for source in sources.as_deref().map_or(&[][..], entries) {
        let own = text_of(source, "FolderPathName");
        let path = if own.is_empty() { &path } else { &own };
        let text = |names: &[&str]| {
            let mut texts = names.iter().map(|name| text_of(source, name));
            texts.find(|text| !text.is_empty()).unwrap_or_default()
        };
        add(record, path, items(&text(&MESSAGES), text(&SUBJECTS)));
    }
    if record.folders.iter().all(|folder| folder.items.is_empty()) {
        let found = items(&fields.first(&MESSAGES), fields.first(&SUBJECTS));
        add(record, &path, found);
    }
}

/// Items by their ids. One subject belongs to one item; which of several is whose the texts do not say, so that they stay together.
fn items(ids: &str, subject: String) -> Vec<Item> {
    let mut items: Vec<Item> = ids
        .split([',', ';', ' '])
        .filter(|id| !id.is_empty())
        .map(|id| Item {
            message_id: id.to_owned(),
            subject: String::new(),
        })
        .collect();
    if subject.is_empty() {
        return items;
    }
    match items.first_mut() {
        Some(first) => first.subject = subject,
        None => items.push(Item {
            message_id: String::new(),
            subject,
        }),
    }
    items
}

fn add(record: &mut Record, path: &str, items: Vec<Item>) {
    if path.is_empty() && items.is_empty() {
        return;
    }
    match record.folders.iter_mut().find(|folder| folder.path == path) {
        Some(folder) => folder.items.extend(items),
        None => record.folders.push(Folder {
            path: path.to_owned(),
            items,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::reading::as_format;
    use super::*;

    fn read_json(members: &str) -> Result<Record, String> {
        let json = format!(
            r#"{{"LastAccessed":"\/Date(1685779980000)\/","MailboxGuid":"6d4fbdae-e3ae-4530-8d0b-f62a14687939",{members}}}"#
        );
        as_format("mailbox-audit-log", &json)
    }

    #[test]
    fn a_summary_is_refused_with_what_to_do() {
        let refused = read_json(r#""MailboxResolvedOwnerName":"Victim","Operation":"""#);
        assert!(refused.unwrap_err().contains("-ShowDetails"));
    }

    #[test]
    fn properties_come_in_every_spelling() {
        for written in [
            r#"["IsThrottled:True","MailAccessType:Sync"]"#,
            r#""IsThrottled:True MailAccessType:Sync""#,
            r#""{IsThrottled:True, MailAccessType:Sync}""#,
            r#"[{"Name":"IsThrottled","Value":"True"},{"Name":"MailAccessType","Value":"Sync"}]"#,
        ] {
            let record = read_json(&format!(
                r#""Operation":"MailItemsAccessed","OperationProperties":{written}"#
            ))
            .unwrap();
            assert_eq!(record.property("IsThrottled"), Some("True"), "{written}");
            assert_eq!(record.property("MailAccessType"), Some("Sync"), "{written}");
        }
    }

    #[test]
    fn items_stand_in_their_folders() {
        for (members, kind, expected) in [
            (
                r#""FolderPathName":"\\Inbox","ItemSubject":"s","ItemInternetMessageId":"<a@x>""#,
                ITEM,
                r"\Inbox: <a@x> s",
            ),
            (r#""FolderPathName":"\\Inbox""#, ITEM, r"\Inbox:"),
            (
                r#""SourceItems":[{"Subject":"s","FolderPathName":"\\Sent"},{"Subject":"t","FolderPathName":"\\Sent"}]"#,
                ITEM_GROUP,
                r"\Sent:  s,  t",
            ),
            (
                r#""SourceItemIdsList":"1","SourceItemFolderPathNamesList":"\\Sent","SourceItemSubjectsList":"s, t","SourceItemInternetMessageIdsList":"<a>, <b>""#,
                ITEM_GROUP,
                r"\Sent: <a> s, t, <b> ",
            ),
            (
                r#""AggregatedRecordFoldersData":"[{\"Path\":\"\\\\Inbox\",\"FolderItems\":[{\"InternetMessageId\":\"<a>\"}]}]","AuditOperationsCountInAggregatedRecord":"1""#,
                AGGREGATED,
                r"\Inbox: <a> ",
            ),
        ] {
            let record = read_json(&format!(r#""Operation":"X",{members}"#)).unwrap();
            let shown = record.folders.iter().map(|folder| {
                let items = folder.items.iter();
                let items = items.map(|item| format!(" {} {}", item.message_id, item.subject));
                format!("{}:{}", folder.path, items.collect::<Vec<_>>().join(","))
            });
            assert_eq!(shown.collect::<Vec<_>>().join(" | "), expected, "{members}");
            assert_eq!(record.record_type, Some(kind), "{members}");
        }
    }

    #[test]
    fn the_user_is_a_name_or_a_sid() {
        for (members, user) in [
            (
                r#""LogonUserDisplayName":"Mallory","LogonUserSid":"S-1-5-21-7""#,
                "Mallory",
            ),
            (r#""LogonUserDN":"Mallory""#, "Mallory"),
            (
                r#""LogonUserDisplayName":"","LogonUserSid":"S-1-5-21-7""#,
                "S-1-5-21-7",
            ),
        ] {
            let record = read_json(&format!(r#""Operation":"FolderBind",{members}"#)).unwrap();
            assert_eq!(record.user, user);
        }
    }
}
