//! Delegates of a calendar: who also gets its meeting requests and may answer them.
//!
//! Three ways say it: `Set-CalendarProcessing -ResourceDelegates`, the sharing flags of a folder cmdlet on the calendar, and
//! `UpdateCalendarDelegation` of mailbox audit. The rights on the calendar folder are a road of their own (`folder_permission`).
//! Source: Exchange cmdlet reference; mailbox auditing actions; ATT&CK T1098.002.

use super::mailbox_permission::on_mailbox;
use super::value::{edits, is_true, parts};
use super::{Effect, PermissionChange, RoadSpec, kind_of};
use crate::hunt::catalog::{CALENDAR, folder_key};
use crate::hunt::model::{Road, Scope};
use crate::record::{Record, folder_name};

/// The row of the table of roads for delegates of a calendar.
pub(super) const SPEC: RoadSpec = RoadSpec {
    road: Road::CalendarDelegation,
    operations: &[
        "Set-CalendarProcessing",
        "Add-MailboxFolderPermission",
        "Set-MailboxFolderPermission",
        "Remove-MailboxFolderPermission",
        "UpdateCalendarDelegation",
    ],
    extract,
};

/// The right of a delegate, as the sharing flags name it.
const DELEGATE: &str = "Delegate";

fn extract(record: &Record, out: &mut Vec<PermissionChange>) {
    if record.operation.is("Set-CalendarProcessing") {
        processed(record, out);
    } else if record.operation.is("UpdateCalendarDelegation") {
        audited(record, out);
    } else {
        shared(record, out);
    }
}

/// `ResourceDelegates` replaces the whole list, or adds and removes.
fn processed(record: &Record, out: &mut Vec<PermissionChange>) {
    const PARAMETER: &str = "ResourceDelegates";
    let Some(value) = record.parameter_as_written(PARAMETER) else {
        return;
    };
    let change = |effect, grantee: &str| {
        let mut change = on_mailbox(record, effect, Road::CalendarDelegation, PARAMETER);
        name(&mut change, grantee);
        // From everybody it is taken whatever it was.
        change.rights = (!grantee.is_empty())
            .then(|| DELEGATE.to_owned())
            .into_iter()
            .collect();
        change
    };
    let edits = edits(value);
    let is_whole = edits.first().is_some_and(|(_, grantee)| grantee.is_empty());
    let named = edits
        .iter()
        .filter(|(_, grantee)| !(is_whole && grantee.eq_ignore_ascii_case("$null")));
    out.extend(named.map(|(effect, grantee)| change(*effect, grantee)));
}

/// The sharing flags of a folder cmdlet, which only a calendar takes. An entry that is set or removed without them loses them.
fn shared(record: &Record, out: &mut Vec<PermissionChange>) {
    let identity = record.parameter("Identity").unwrap_or(&record.object);
    let (mailbox, folder) = identity.split_once(":\\").unwrap_or((identity, ""));
    let flags = record.parameter("SharingPermissionFlags").map(parts);
    let change = |effect| {
        let mut change = PermissionChange::new(effect, Road::CalendarDelegation, Scope::Mailbox);
        mailbox.clone_into(&mut change.target);
        name(&mut change, record.parameter("User").unwrap_or_default());
        change
    };
    let is_calendar = folder_key(folder) == CALENDAR;
    let ends =
        !record.operation.is("Add-MailboxFolderPermission") && (flags.is_some() || is_calendar);
    if is_true(record.parameter("ResetDelegateUserCollection")) {
        out.push(PermissionChange {
            grantee: String::new(),
            ..change(Effect::Revokes)
        });
        return;
    }
    // A removal from nobody is not one from everybody.
    out.extend(
        ends.then(|| change(Effect::Revokes))
            .filter(|change| !change.grantee.is_empty()),
    );
    let mut rights = flags.unwrap_or_default();
    rights.retain(|flag| !flag.eq_ignore_ascii_case("None"));
    let delegates = rights
        .iter()
        .any(|flag| flag.eq_ignore_ascii_case(DELEGATE));
    if delegates && !record.operation.is("Remove-MailboxFolderPermission") {
        out.push(PermissionChange {
            rights,
            ..change(Effect::Grants)
        });
    }
}

/// Mailbox audit names the delegate as the member of the folder, or in a property that has `delegate` in its name; some records do not name him.
fn audited(record: &Record, out: &mut Vec<PermissionChange>) {
    let mut change =
        PermissionChange::new(Effect::Grants, Road::CalendarDelegation, Scope::Mailbox);
    change.target.clone_from(&record.mailbox.owner);
    let ids = [&record.mailbox.guid, &record.mailbox.sid].into_iter();
    change.target_aliases = ids.filter(|id| !id.is_empty()).cloned().collect();
    change.rights = vec![DELEGATE.to_owned()];
    let mut delegates = delegates(record);
    if let Some(member) = &record.member {
        let rights = parts(&member.rights);
        if !rights.is_empty()
            && rights
                .iter()
                .all(|right| right.eq_ignore_ascii_case("None"))
        {
            change.effect = Effect::Revokes;
            change.rights.clear();
        }
        let spelling = if member.upn.is_empty() {
            &member.sid
        } else {
            &member.upn
        };
        delegates.extend(Some(spelling.clone()).filter(|name| !name.is_empty()));
    }
    if delegates.is_empty() && change.effect == Effect::Grants {
        delegates.push(String::new());
    }
    for delegate in delegates {
        name(&mut change, &delegate);
        out.push(change.clone());
    }
}

/// The delegates in the properties of a mailbox audit record.
fn delegates(record: &Record) -> Vec<String> {
    let properties = record.properties.iter().chain(&record.extended);
    let values = properties.map(|property| (&property.name, &property.value));
    let changed = record
        .modified
        .iter()
        .map(|change| (&change.name, &change.new));
    let of_delegates = values.chain(changed).filter(|(name, _)| {
        let name = name.to_ascii_lowercase();
        name.contains("delegate") && !name.contains("flag")
    });
    let is_switch = |value: &String| {
        ["true", "false"]
            .iter()
            .any(|word| value.eq_ignore_ascii_case(word))
    };
    let lists = of_delegates.flat_map(|(_, value)| parts(value));
    lists
        .filter(|value| !is_switch(value) && !folder_name(value).is_empty())
        .collect()
}

fn name(change: &mut PermissionChange, grantee: &str) {
    grantee.trim().clone_into(&mut change.grantee);
    change.grantee_kind = kind_of(&change.grantee);
}
