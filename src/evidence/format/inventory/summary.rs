//! The mailbox permissions of Microsoft-Extractor-Suite: one row a mailbox, its rights as sentences in the cells.
//!
//! `FullAccessPermissions` holds `Name (address) - Rights: FullAccess, Deny: False, Inheritance: All`, joined with ` | `. Names may
//! hold the same bar: a piece without the words that every sentence has belongs to the next. The row counts its sentences, so a
//! list that came apart wrongly is noticed. Not here: one right a row (`mailbox`).

use super::super::super::fields::Fields;
use super::list::{self, Between};
use super::{Entry, shaped};
use crate::record::Inventory;
use crate::record::inventory::{MailboxPermissionSummary, UserRight};

/// What stands between sentences.
const BAR: &str = " | ";

/// What stands between a user and its rights in a sentence.
const RIGHTS: &str = " - Rights: ";

/// What stands between a user and the type of its right to send.
const TYPE: &str = " - Type: ";

pub(in super::super) fn is_summary(fields: &Fields<'_>) -> bool {
    let needed: &[&[&str]] = &[
        &["UserPrincipalName"],
        &["FullAccessUsers", "FullAccessPermissions"],
        &["SendAsUsers", "SendAsPermissions"],
    ];
    shaped(fields, needed, &[])
}

pub(in super::super) fn read_summary(fields: Fields<'_>) -> Result<Inventory, String> {
    let mut entry = Entry::new(fields);
    let found = MailboxPermissionSummary {
        mailbox: entry.required(&["UserPrincipalName"])?,
        display_name: entry.text(&["DisplayName"]),
        kind: entry.text(&["RecipientTypeDetails"]),
        full_access: rights(&mut entry, &FULL_ACCESS),
        send_as: rights(&mut entry, &SEND_AS),
        send_on_behalf: on_behalf(&mut entry),
        calendar: rights(&mut entry, &CALENDAR),
        inbox: rights(&mut entry, &INBOX),
        lost: entry.lost(),
    };
    Ok(found.into())
}

/// One kind of right in the row: its columns, best first, and the count of its entries.
struct Columns {
    readings: [Reading; 2],
    count: &'static str,
}

/// One column, and how its cell comes apart.
struct Reading {
    name: &'static str,
    /// What joins the entries.
    joint: &'static str,
    /// What stands between user and right in an entry.
    mark: &'static str,
    read: fn(&str) -> Option<Vec<UserRight>>,
}

const FULL_ACCESS: Columns = Columns {
    readings: [
        Reading {
            name: "FullAccessPermissions",
            joint: BAR,
            mark: RIGHTS,
            read: access,
        },
        Reading {
            name: "FullAccessUsers",
            joint: "; ",
            mark: "",
            read: |user| bare(user, "FullAccess"),
        },
    ],
    count: "FullAccessCount",
};

const SEND_AS: Columns = Columns {
    readings: [
        Reading {
            name: "SendAsPermissions",
            joint: BAR,
            mark: TYPE,
            read: sending,
        },
        Reading {
            name: "SendAsUsers",
            joint: "; ",
            mark: "",
            read: |user| bare(user, "SendAs"),
        },
    ],
    count: "SendAsCount",
};

const CALENDAR: Columns = Columns {
    readings: [
        Reading {
            name: "CalendarUsers",
            joint: "; ",
            mark: " - ",
            read: |text| folder(text, " - "),
        },
        Reading {
            name: "CalendarPermissions",
            joint: BAR,
            mark: ": ",
            read: |text| folder(text, ": "),
        },
    ],
    count: "CalendarPermissionCount",
};

const INBOX: Columns = Columns {
    readings: [
        Reading {
            name: "InboxUsers",
            joint: "; ",
            mark: " - ",
            read: |text| folder(text, " - "),
        },
        Reading {
            name: "InboxPermissions",
            joint: BAR,
            mark: ": ",
            read: |text| folder(text, ": "),
        },
    ],
    count: "InboxPermissionCount",
};

/// The rights of one kind, from the best column that has any.
fn rights(entry: &mut Entry<'_>, columns: &Columns) -> Vec<UserRight> {
    let count = entry
        .integer(&[columns.count])
        .and_then(|count| usize::try_from(count).ok());
    let Some(reading) = columns
        .readings
        .iter()
        .find(|reading| entry.has(&[reading.name]))
    else {
        if count.is_some_and(|count| count > 0) {
            entry.lose(columns.readings[0].name);
        }
        return Vec::new();
    };
    let cell = entry.text(&[reading.name]);
    let pieces = pieces(&cell, reading.joint, reading.mark);
    let read: Vec<Vec<UserRight>> = pieces
        .iter()
        .filter_map(|piece| (reading.read)(piece))
        .collect();
    let is_whole = read.len() == pieces.len() && count.is_none_or(|count| count == read.len());
    if !is_whole {
        entry.lose(reading.name);
    }
    read.into_iter().flatten().collect()
}

fn on_behalf(entry: &mut Entry<'_>) -> Vec<String> {
    let users = entry.list(&["SendOnBehalfUsers"], Between::Names);
    let count = entry.integer(&["SendOnBehalfCount"]);
    if count.is_some_and(|count| usize::try_from(count) != Ok(users.len())) {
        entry.lose("SendOnBehalfUsers");
    }
    users
}

/// The entries of a cell; a piece without the mark is the beginning of the next.
fn pieces(cell: &str, joint: &str, mark: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut begun = String::new();
    // A mark may begin in what was looked at before, but no earlier than this.
    let mut from = 0;
    for part in cell.split(joint) {
        begun.push_str(part);
        if begun.get(from..).is_some_and(|text| text.contains(mark)) {
            found.push(std::mem::take(&mut begun));
            from = 0;
        } else {
            from = begun.floor_char_boundary(begun.len().saturating_sub(mark.len()));
            begun.push_str(joint);
        }
    }
    if !begun.is_empty() {
        found.push(begun);
    }
    found.retain(|piece| !piece.trim().is_empty());
    found
}

/// `Name (address) - Rights: FullAccess,ReadPermission, Deny: False, Inheritance: All`.
fn access(text: &str) -> Option<Vec<UserRight>> {
    let (user, rest) = text.rsplit_once(RIGHTS)?;
    let (rights, rest) = rest.split_once(", Deny: ").unwrap_or((rest, ""));
    let deny = rest.split(',').next().and_then(truth);
    pairs(user, rights, deny)
}

/// `Name (address) - Type: Allow, Rights: SendAs, Inheritance: None`.
fn sending(text: &str) -> Option<Vec<UserRight>> {
    let (user, rest) = text.rsplit_once(TYPE)?;
    let (control, rest) = rest.split_once(", Rights: ")?;
    let rights = rest.split(", Inheritance: ").next().unwrap_or(rest);
    let deny = match control.trim().to_ascii_lowercase().as_str() {
        "deny" => Some(true),
        "allow" => Some(false),
        _ => None,
    };
    pairs(user, rights, deny)
}

/// `Name (address) - Editor`, or `Name: Editor`.
fn folder(text: &str, mark: &str) -> Option<Vec<UserRight>> {
    let (user, rights) = text.rsplit_once(mark)?;
    pairs(user, rights, None)
}

/// A user in a column that says the right by its name.
#[expect(
    clippy::unnecessary_wraps,
    reason = "one of the ways to read an entry, of which others fail"
)]
fn bare(user: &str, right: &str) -> Option<Vec<UserRight>> {
    Some(vec![UserRight {
        user: user.trim().to_owned(),
        right: right.to_owned(),
        deny: None,
    }])
}

fn truth(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// One pair for each right; nothing when the entry names no user or no right.
fn pairs(user: &str, rights: &str, deny: Option<bool>) -> Option<Vec<UserRight>> {
    let user = user.trim();
    let (rights, _) = list::split(rights, Between::Words);
    let is_whole = !user.is_empty() && !rights.is_empty();
    is_whole.then(|| {
        rights
            .into_iter()
            .map(|right| UserRight {
                user: user.to_owned(),
                right,
                deny,
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_end_with_their_marks() {
        for (cell, expected) in [
            ("A - X; B - Y", vec!["A - X", "B - Y"]),
            ("A; B - Y", vec!["A; B - Y"]),
            // The mark begins in what joins the entries.
            ("A; - Y; B", vec!["A; - Y", "B; "]),
        ] {
            assert_eq!(pieces(cell, "; ", " - "), expected, "{cell}");
        }
        assert_eq!(pieces(&BAR.repeat(300_000), BAR, RIGHTS).len(), 1);
    }
}
