//! The mailbox permissions of Microsoft-Extractor-Suite: one row a mailbox, its rights as sentences in the cells.
//!
//! The tool leaves out the entries that every mailbox has. Not here: one right a row (`access`, `folder`).

use super::View;
use super::access::{self, shown};
use super::folder::{self, is_listed};
use super::names::Holder;
use crate::demo::event::Folder;
use crate::demo::id::MailboxId;
use crate::demo::tenant::Mailbox;
use serde_json::{Value, json};

/// `Get-MailboxPermissions` of every mailbox.
pub(super) fn summaries(view: View<'_>, give: &mut dyn FnMut(Value)) {
    for (id, mailbox) in (0..).map(MailboxId).zip(&view.tenant.mailboxes) {
        if is_listed(view, mailbox) {
            give(summary(view, id, mailbox));
        }
    }
}

fn summary(view: View<'_>, id: MailboxId, mailbox: &Mailbox) -> Value {
    let full: Vec<_> = access::of_mailbox(view, id).collect();
    let full_users = full.iter().map(|(own, _)| shown(view, &own.holder));
    let full_rights = full.iter().map(|(own, rights)| {
        let (user, rights) = (shown(view, &own.holder), rights.join(", "));
        let deny = if own.is_denied { "True" } else { "False" };
        format!("{user} - Rights: {rights}, Deny: {deny}, Inheritance: All")
    });
    let senders: Vec<String> = access::senders(view, id)
        .map(|own| shown(view, own))
        .collect();
    let sending = senders
        .iter()
        .map(|user| format!("{user} - Type: Allow, Rights: SendAs, Inheritance: None"));
    let on_behalf = view.state.on_behalf.get(&id).into_iter().flatten();
    let on_behalf: Vec<String> = on_behalf.map(|own| shown(view, own)).collect();
    let (calendar, inbox) = (
        folder_rights(view, id, Folder::Calendar),
        folder_rights(view, id, Folder::Inbox),
    );
    json!({
        "UserPrincipalName": mailbox.address,
        "DisplayName": mailbox.name,
        "RecipientTypeDetails": access::kind(mailbox),
        "FullAccessUsers": joined(full_users, "; "),
        "FullAccessPermissions": joined(full_rights, " | "),
        "SendAsUsers": joined(senders.iter().cloned(), "; "),
        "SendAsPermissions": joined(sending, " | "),
        "SendOnBehalfUsers": joined(on_behalf.iter().cloned(), "; "),
        "CalendarUsers": joined(calendar.iter().map(|(user, _, right)| format!("{user} - {right}")), "; "),
        "CalendarPermissions": joined(calendar.iter().map(|(_, name, right)| format!("{name}: {right}")), " | "),
        "InboxUsers": joined(inbox.iter().map(|(user, _, right)| format!("{user} - {right}")), "; "),
        "InboxPermissions": joined(inbox.iter().map(|(_, name, right)| format!("{name}: {right}")), " | "),
        "FullAccessCount": full.len(),
        "SendAsCount": senders.len(),
        "SendOnBehalfCount": on_behalf.len(),
        "CalendarPermissionCount": calendar.len(),
        "InboxPermissionCount": inbox.len(),
    })
}

fn joined(texts: impl Iterator<Item = String>, between: &str) -> String {
    texts.collect::<Vec<_>>().join(between)
}

/// Who holds which right on a folder, by the longer and the shorter name; everybody's entries count where they allow anything.
fn folder_rights(view: View<'_>, id: MailboxId, which: Folder) -> Vec<(String, String, String)> {
    let mut folders = folder::of_mailbox(view, id);
    let own = folder::path(view.tenant, id, which).to_lowercase();
    let entries = folders.remove(&own).unwrap_or_default().into_iter();
    let told = entries.filter(|(holder, rights)| {
        let usual = ["None", "AvailabilityOnly"];
        let is_all = matches!(holder, Holder::Default | Holder::Anonymous);
        !(is_all
            && rights
                .rights
                .iter()
                .all(|right| usual.contains(&right.as_str())))
    });
    told.map(|(holder, rights)| {
        let right = rights.rights.join(", ");
        (shown(view, &holder), holder.display(view), right)
    })
    .collect()
}
