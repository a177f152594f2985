//! Rights on mailboxes and recipients, with those that are always there (TELEMETRY §6.1).
//!
//! Not here: rights on folders (`folder`).

use super::View;
use super::folder::is_listed;
use super::names::Holder;
use super::state::Access;
use crate::demo::id::MailboxId;
use crate::demo::tenant::{Mailbox, MailboxKind, Role};
use serde_json::{Value, json};

/// Groups of the servers' own domain that Exchange lets nobody read mail by.
const DENIED: &[&str] = &[
    "Domain Admins",
    "Enterprise Admins",
    "Organization Management",
];

/// Those it works by.
const ALLOWED: &[(&str, &str)] = &[
    ("Exchange Servers", "FullAccess"),
    ("Exchange Trusted Subsystem", "FullAccess"),
    ("Managed Availability Servers", "ReadPermission"),
];

/// Rights that people and applications hold on a mailbox.
pub(super) fn of_mailbox(
    view: View<'_>,
    mailbox: MailboxId,
) -> impl Iterator<Item = (&Access, &Vec<String>)> {
    let first = Access {
        mailbox,
        holder: Holder::Default,
        is_denied: false,
    };
    let own = view.state.access.range(first..);
    own.take_while(move |(access, _)| access.mailbox == mailbox)
}

/// Who may send as a mailbox.
pub(super) fn senders(view: View<'_>, mailbox: MailboxId) -> impl Iterator<Item = &Holder> {
    let own = view.state.senders.range((mailbox, Holder::Default)..);
    own.take_while(move |(own, _)| *own == mailbox)
        .map(|(_, holder)| holder)
}

/// `Get-MailboxPermission` of every mailbox.
pub(super) fn mailbox_permissions(view: View<'_>, give: &mut dyn FnMut(Value)) {
    let domain = view.tenant.forest.split('.').next().unwrap_or_default();
    for (id, mailbox) in (0..).map(MailboxId).zip(&view.tenant.mailboxes) {
        if !is_listed(view, mailbox) {
            continue;
        }
        let mut put = |user: &str, rights: Value, is_inherited: bool, is_denied: bool| {
            give(json!({
                "Identity": mailbox.alias, "User": user, "AccessRights": rights, "IsInherited": is_inherited, "Deny": is_denied,
                "InheritanceType": "All",
            }));
        };
        let own = json!(["FullAccess", "ReadPermission"]);
        put("NT AUTHORITY\\SELF", own, false, false);
        for (access, rights) in of_mailbox(view, id) {
            let user = access.holder.user(view);
            put(&user, json!(rights), false, access.is_denied);
        }
        if mailbox.kind == MailboxKind::Discovery {
            put("Discovery Management", json!(["FullAccess"]), false, false);
        }
        for group in DENIED {
            put(
                &format!("{domain}\\{group}"),
                json!(["FullAccess"]),
                true,
                true,
            );
        }
        for (group, right) in ALLOWED {
            put(&format!("{domain}\\{group}"), json!([right]), true, false);
        }
        put("NT AUTHORITY\\SYSTEM", json!(["FullAccess"]), true, false);
    }
}

/// `Get-RecipientPermission` of every mailbox.
pub(super) fn recipient_permissions(view: View<'_>, give: &mut dyn FnMut(Value)) {
    for (id, mailbox) in (0..).map(MailboxId).zip(&view.tenant.mailboxes) {
        if !is_listed(view, mailbox) {
            continue;
        }
        let mut put = |trustee: &str| {
            give(json!({
                "Identity": mailbox.alias, "Trustee": trustee, "AccessControlType": "Allow", "AccessRights": ["SendAs"],
                "IsInherited": false, "InheritanceType": "None",
            }));
        };
        put("NT AUTHORITY\\SELF");
        for holder in senders(view, id) {
            put(&holder.user(view));
        }
    }
}

/// `Get-ADPermission` of a server that the company had before it moved: what administrators had been given there on the mailboxes of
/// the board. Nothing in the log explains or changes it.
pub(super) fn ad_permissions(view: View<'_>, give: &mut dyn FnMut(Value)) {
    let domain = view.tenant.domain.split('.').next().unwrap_or_default();
    let domain = domain.to_uppercase();
    let roles = [Role::ChiefExecutive, Role::ChiefFinance, Role::Executive];
    let board = view
        .tenant
        .people
        .iter()
        .filter(|person| roles.contains(&person.role));
    let helper = view
        .tenant
        .people
        .iter()
        .find(|person| person.role == Role::ExchangeAdministrator);
    for (number, person) in board.enumerate() {
        let object = format!("{}/Users/{}", view.tenant.domain, person.name);
        let mut put = |user: &str, right: &str, extended: &[&str], is_inherited: bool| {
            give(json!({
                "Identity": object, "User": user, "AccessRights": [right], "ExtendedRights": extended, "Deny": false,
                "IsInherited": is_inherited, "InheritanceType": if is_inherited { "All" } else { "None" },
            }));
        };
        put("NT AUTHORITY\\SELF", "ExtendedRight", &["Send-As"], false);
        put(&format!("{domain}\\Domain Admins"), "GenericAll", &[], true);
        let exchange = format!("{domain}\\Exchange Windows Permissions");
        put(&exchange, "WriteDacl", &[], true);
        if let Some(helper) = helper.filter(|_| number == 0) {
            let user = format!("{domain}\\{}", helper.alias);
            put(&user, "ExtendedRight", &["Send-As", "Receive-As"], false);
        }
    }
}

/// The mailbox in a summary: with what a person is called and where mail reaches them.
pub(super) fn shown(view: View<'_>, holder: &Holder) -> String {
    let name = holder.display(view);
    match holder {
        Holder::Person(_) => format!("{name} ({})", holder.user(view)),
        _ => name,
    }
}

/// `RecipientTypeDetails` of a mailbox.
pub(super) fn kind(mailbox: &Mailbox) -> &'static str {
    match mailbox.kind {
        MailboxKind::User => "UserMailbox",
        MailboxKind::Shared => "SharedMailbox",
        MailboxKind::Room => "RoomMailbox",
        MailboxKind::Group => "GroupMailbox",
        MailboxKind::Discovery => "DiscoveryMailbox",
    }
}
