//! Rights on mailboxes and folders in listings.
//!
//! Not here: which grants they confirm (`reconcile`).

use super::{Denial, Entitlement, Knowledge, Listed, Name, Source};
use crate::hunt::catalog;
use crate::hunt::catalog::folder_key;
use crate::hunt::model::{PrincipalKind, Road, Scope};
use crate::record::Provenance;
use crate::record::inventory::{
    AdPermission, Mailbox, MailboxFolderPermission, MailboxPermission, MailboxPermissionSummary,
    RecipientPermission, UserRight,
};
use crate::text::fold;
use std::collections::BTreeMap;

/// Column of those who may send on behalf.
pub(super) const ON_BEHALF: &str = "send-on-behalf";

/// Column of rights on the calendar.
const CALENDAR: &str = "calendar";

/// Column of rights on the inbox.
const INBOX: &str = "inbox";

/// The right to send on behalf, as the log's grants have it.
const SEND_ON_BEHALF: &str = "SendOnBehalf";

/// The right to send as somebody, as the log's grants have it.
const SEND_AS: &str = "SendAs";

const OF_SYSTEM: &str = "an account of the system itself";

const EVERYBODYS_CALENDAR: &str =
    "Exchange's default: everybody sees when the owner of a calendar is busy";

/// What an entry of an access list says beside its right.
struct Entry<'a> {
    holder: &'a str,
    denied: bool,
    inherited: bool,
    rights: &'a [String],
}

/// Whether an entry gives its holder anything on another's mailbox; what does not is counted, and a denial kept.
fn gives(entry: &Entry<'_>, source: Source, target: &Name, listed: &mut Listed) -> bool {
    let left_out = &mut listed.left_out;
    if entry.inherited {
        left_out.inherited += 1;
    } else if is_self(entry.holder) {
        left_out.own += 1;
    } else if entry.denied {
        left_out.denied += 1;
        listed.denials.push(Denial {
            source,
            target: target.clone(),
            holder: Name::new(entry.holder),
            rights: entry.rights.to_vec(),
        });
    } else {
        return true;
    }
    false
}

/// Whether an entry says if it allows or denies: one that lost it proves no right.
fn is_whole(columns: &[String], listed: &mut Listed) -> bool {
    let is_whole = !lost(columns, "Deny");
    listed.left_out.incomplete += u64::from(!is_whole);
    is_whole
}

/// The entry that every mailbox has for its owner, by name or by SID.
fn is_self(holder: &str) -> bool {
    matches!(fold(holder).as_str(), "nt authority\\self" | "s-1-5-10")
}

/// Why an entry is there by itself; empty when somebody made it.
fn default_of(target: &Name, holder: &Name) -> &'static str {
    let of_holder = match holder.kind {
        PrincipalKind::System => OF_SYSTEM,
        _ => "",
    };
    catalog::system_reason("", &target.spelling, &holder.spelling).unwrap_or(of_holder)
}

fn lost(lost: &[String], column: &str) -> bool {
    lost.iter().any(|name| name.eq_ignore_ascii_case(column))
}

/// A right that an entry gives on a mailbox.
fn on_mailbox(
    source: Source,
    road: Road,
    target: &Name,
    holder: Name,
    at: Provenance,
) -> Entitlement {
    let default = default_of(target, &holder);
    Entitlement {
        target: target.clone(),
        default,
        ..Entitlement::new(source, road, Scope::Mailbox, holder, at)
    }
}

/// An entry of `Get-MailboxPermission`.
pub(super) fn permission(entry: &MailboxPermission, at: Provenance, listed: &mut Listed) {
    let source = Source::MailboxPermission;
    let target = Name::new(&entry.mailbox);
    listed.cover(source, Road::MailboxPermission, target.clone(), "");
    let said = Entry {
        holder: &entry.user,
        denied: entry.deny == Some(true),
        inherited: entry.inherited == Some(true),
        rights: &entry.rights,
    };
    if is_whole(&entry.lost, listed) && gives(&said, source, &target, listed) {
        let holder = Name::new(&entry.user);
        let right = on_mailbox(source, Road::MailboxPermission, &target, holder, at);
        listed.add(right.with_rights(&entry.rights));
    }
}

/// An entry of `Get-RecipientPermission`.
pub(super) fn recipient(entry: &RecipientPermission, at: Provenance, listed: &mut Listed) {
    let source = Source::RecipientPermission;
    let target = Name::new(&entry.recipient);
    listed.cover(source, Road::SendAs, target.clone(), "");
    let said = Entry {
        holder: &entry.trustee,
        denied: fold(&entry.control) == "deny",
        inherited: entry.inherited == Some(true),
        rights: &entry.rights,
    };
    if gives(&said, source, &target, listed) {
        let holder = Name::new(&entry.trustee);
        let right = on_mailbox(source, Road::SendAs, &target, holder, at);
        listed.add(right.with_rights(&entry.rights));
    }
}

/// An entry of `Get-MailboxFolderPermission`.
pub(super) fn folder(entry: &MailboxFolderPermission, at: Provenance, listed: &mut Listed) {
    let path = entry.identity.split_once(":\\").map(|(_, path)| path);
    // The entry of a subfolder is known by its own name alone.
    let folder = path.map_or_else(|| entry.folder.clone(), |path| format!("\\{path}"));
    let target = Name::new(&entry.mailbox);
    let rights = entry.rights.iter().chain(&entry.sharing);
    let holder = Name::new(&entry.user);
    let shown = Shown {
        source: Source::FolderPermission,
        folder,
        at,
    };
    on_folder(&shown, &target, holder, rights, listed);
}

/// An entry of a folder's list.
struct Shown {
    source: Source,
    folder: String,
    at: Provenance,
}

fn on_folder<'a>(
    shown: &Shown,
    target: &Name,
    holder: Name,
    rights: impl Iterator<Item = &'a String>,
    listed: &mut Listed,
) {
    let (source, road) = (shown.source, Road::FolderPermission);
    listed.cover(source, road, target.clone(), &folder_key(&shown.folder));
    let rights: Vec<&String> = rights.collect();
    let is_none = |right: &&String| right.eq_ignore_ascii_case("None");
    if !rights.is_empty() && rights.iter().all(is_none) {
        return;
    }
    let rights = rights.into_iter().filter(|right| !is_none(right));
    let mut right = Entitlement {
        folder: shown.folder.clone(),
        scope: Scope::Folder,
        ..on_mailbox(source, road, target, holder, shown.at)
    }
    .with_rights(rights);
    let only_busy = |right: &String| {
        ["AvailabilityOnly", "FreeBusySimple"]
            .iter()
            .any(|known| right.eq_ignore_ascii_case(known))
    };
    if right.holder.kind == PrincipalKind::Default
        && !right.rights.is_empty()
        && right.rights.iter().all(only_busy)
    {
        right.default = EVERYBODYS_CALENDAR;
    }
    listed.add(right);
}

/// `Get-Mailbox`: who may send on its behalf, and what kind it is.
pub(super) fn mailbox(entry: &Mailbox, at: Provenance, knowledge: &Knowledge, listed: &mut Listed) {
    let mut ids = [
        &entry.user_principal_name,
        &entry.primary_address,
        &entry.object_id,
        &entry.exchange_guid,
        &entry.identity,
        &entry.name,
    ]
    .into_iter()
    .filter(|id| !id.is_empty());
    let Some(first) = ids.next() else {
        return;
    };
    let target = Name {
        aliases: ids.cloned().collect(),
        label: entry.display_name.clone(),
        ..Name::new(first)
    };
    listed
        .mailboxes
        .entry(target.clone())
        .or_insert_with(|| entry.kind.clone());
    let on_behalf = OnBehalf {
        source: Source::Mailbox,
        holders: &entry.send_on_behalf,
        // A listing without the column says nothing about anybody.
        is_whole: knowledge.columns.contains(&(at.file, ON_BEHALF))
            && !lost(&entry.lost, "GrantSendOnBehalfTo"),
    };
    on_behalf.read(&target, at, listed);
}

/// Those who may send on behalf of a mailbox.
struct OnBehalf<'a> {
    source: Source,
    holders: &'a [String],
    is_whole: bool,
}

impl OnBehalf<'_> {
    fn read(&self, target: &Name, at: Provenance, listed: &mut Listed) {
        if self.is_whole {
            listed.cover(self.source, Road::SendOnBehalf, target.clone(), "");
        }
        for holder in self.holders {
            let holder = Name::with_address(holder);
            let right = on_mailbox(self.source, Road::SendOnBehalf, target, holder, at);
            listed.add(right.with_rights([&SEND_ON_BEHALF.to_owned()]));
        }
    }
}

/// The columns of a summary that hold anything and that not every summary has.
pub(super) fn columns(entry: &MailboxPermissionSummary) -> Vec<&'static str> {
    let columns = [
        (ON_BEHALF, entry.send_on_behalf.is_empty()),
        (CALENDAR, entry.calendar.is_empty()),
        (INBOX, entry.inbox.is_empty()),
    ];
    let filled = columns.into_iter().filter(|(_, is_empty)| !is_empty);
    filled.map(|(name, _)| name).collect()
}

/// All rights on one mailbox, of a collector.
pub(super) fn summary(
    entry: &MailboxPermissionSummary,
    at: Provenance,
    knowledge: &Knowledge,
    listed: &mut Listed,
) {
    let target = Name {
        label: entry.display_name.clone(),
        ..Name::new(&entry.mailbox)
    };
    listed
        .mailboxes
        .entry(target.clone())
        .or_insert_with(|| entry.kind.clone());
    let is_lost = |start: &str| entry.lost.iter().any(|name| name.starts_with(start));
    let lists = [
        (
            Source::MailboxPermission,
            Road::MailboxPermission,
            &entry.full_access,
            "FullAccess",
        ),
        (
            Source::RecipientPermission,
            Road::SendAs,
            &entry.send_as,
            SEND_AS,
        ),
    ];
    for (source, road, rights, column) in lists {
        if !is_lost(column) {
            listed.cover(source, road, target.clone(), "");
        }
        for (holder, rights) in by_holder(rights, source, &target, listed) {
            let right = on_mailbox(source, road, &target, holder, at);
            let rights = rights.iter().map(|right| named(road, right));
            listed.add(right.with_rights(&rights.collect::<Vec<_>>()));
        }
    }
    let on_behalf = OnBehalf {
        source: Source::Mailbox,
        holders: &entry.send_on_behalf,
        is_whole: knowledge.columns.contains(&(at.file, ON_BEHALF))
            && !is_lost("SendOnBehalfUsers"),
    };
    on_behalf.read(&target, at, listed);
    for (folder, rights) in [("\\Calendar", &entry.calendar), ("\\Inbox", &entry.inbox)] {
        let shown = Shown {
            source: Source::FolderPermission,
            folder: folder.to_owned(),
            at,
        };
        for (holder, rights) in by_holder(rights, shown.source, &target, listed) {
            on_folder(&shown, &target, holder, rights.iter(), listed);
        }
    }
}

/// The right as the cmdlets write it: a sentence of a collector may only say `Allow`.
fn named(road: Road, right: &str) -> String {
    match road {
        Road::SendAs => SEND_AS.to_owned(),
        _ => right.to_owned(),
    }
}

/// The rights of each holder in a row, but for those denied and the owner's own.
fn by_holder(
    rights: &[UserRight],
    source: Source,
    target: &Name,
    listed: &mut Listed,
) -> BTreeMap<Name, Vec<String>> {
    let mut holders: BTreeMap<Name, Vec<String>> = BTreeMap::new();
    for right in rights {
        let said = Entry {
            holder: &right.user,
            denied: right.deny == Some(true),
            inherited: false,
            rights: std::slice::from_ref(&right.right),
        };
        if gives(&said, source, target, listed) {
            let holder = holders.entry(Name::with_address(&right.user));
            holder.or_default().push(right.right.clone());
        }
    }
    holders
}

/// An entry of `Get-ADPermission`.
pub(super) fn directory(entry: &AdPermission, at: Provenance, listed: &mut Listed) {
    let source = Source::AdPermission;
    let target = Name::new(&entry.object);
    listed.cover(source, Road::AdPermission, target.clone(), "");
    let said = Entry {
        holder: &entry.user,
        denied: entry.deny == Some(true),
        inherited: entry.inherited == Some(true),
        rights: &entry.rights,
    };
    if is_whole(&entry.lost, listed) && gives(&said, source, &target, listed) {
        let holder = Name::new(&entry.user);
        let right = on_mailbox(source, Road::AdPermission, &target, holder, at);
        // Which extended right it is stands beside the words `ExtendedRight`.
        let is_plain = |right: &&String| {
            !right.eq_ignore_ascii_case("ExtendedRight") || entry.extended.is_empty()
        };
        let rights = entry.rights.iter().filter(is_plain).chain(&entry.extended);
        listed.add(right.with_rights(rights));
    }
}
