//! What administrators do all day that gives nobody a right: settings of mailboxes, users, passwords.
//!
//! Not here: grants by ticket (`routine`).

use crate::demo::chance::Dice;
use crate::demo::change;
use crate::demo::client::Client;
use crate::demo::event::{Act, Cmdlet, Folder, Hand, MailOperation};
use crate::demo::id::{MailboxId, PersonId};
use crate::demo::native::identity::canonical;
use crate::demo::tenant::{MailboxKind, Role, Tenant};

/// How many of a hundred acts of a role are administration.
pub(super) fn share(role: Role) -> u64 {
    match role {
        Role::ExchangeAdministrator => 14,
        Role::GlobalAdministrator => 8,
        Role::Helpdesk => 6,
        Role::Partner => 60,
        _ => 0,
    }
}

/// Cmdlets of everyday administration, on a user's mailbox: name, parameter, its values between bars (`#` is a digit), how often.
const CMDLETS: &[(&str, &str, &str, u32)] = &[
    (
        "Set-Mailbox",
        "IssueWarningQuota",
        "49 GB (52,613,349,376 bytes)",
        10,
    ),
    ("Set-Mailbox", "MaxSendSize", "35 MB (36,700,160 bytes)", 8),
    (
        "Set-Mailbox",
        "HiddenFromAddressListsEnabled",
        "True|True|False",
        6,
    ),
    ("Set-User", "Phone", "+1 555 01##", 14),
    ("Set-User", "Office", "1.0#|1.1#|2.0#|2.1#|3.##", 8),
    (
        "Set-MailboxRegionalConfiguration",
        "LocalizeDefaultFolderName",
        "True",
        10,
    ),
    (
        "Set-MailboxAutoReplyConfiguration",
        "AutoReplyState",
        "Disabled|Enabled|Enabled|Scheduled",
        9,
    ),
    ("Set-CASMailbox", "ActiveSyncEnabled", "True|False", 8),
    ("Set-MailboxJunkEmailConfiguration", "Enabled", "True", 6),
    (
        "Set-CalendarProcessing",
        "AutomateProcessing",
        "AutoAccept",
        6,
    ),
];

/// Something an administrator does.
pub(super) fn act(tenant: &Tenant, hand: Hand, role: Role, dice: &mut Dice) -> Act {
    let correlation = dice.number();
    let account = |client, operation, dice: &mut Dice| {
        let person = anybody(tenant, dice);
        let hand = Hand { client, ..hand };
        Act::Change(Box::new(change::account(
            tenant,
            hand,
            operation,
            person,
            correlation,
        )))
    };
    match (role, dice.below(10)) {
        (Role::Helpdesk, 0..=4) => account(Client::AdminPortal, "Reset user password.", dice),
        (Role::Helpdesk | Role::GlobalAdministrator, 5..=7) => {
            account(Client::EntraPortal, "Update user.", dice)
        }
        (Role::GlobalAdministrator, 0..=4) => {
            account(Client::AdminPortal, "Change user license.", dice)
        }
        _ => cmdlet(tenant, hand, dice),
    }
}

fn cmdlet(tenant: &Tenant, hand: Hand, dice: &mut Dice) -> Act {
    let row = dice.weighted(CMDLETS.iter().map(|(.., weight)| *weight));
    let row = row.and_then(|at| CMDLETS.get(at));
    let &(operation, parameter, value, _) =
        row.unwrap_or(&("Set-Mailbox", "AuditEnabled", "True", 1));
    let mailbox = tenant.mailbox_of(anybody(tenant, dice)).unwrap_or_default();
    let client = if dice.happens(1, 2) {
        Client::ExchangeAdminCenter
    } else {
        Client::ExchangePowerShell
    };
    let hand = Hand { client, ..hand };
    on(
        tenant,
        hand,
        operation,
        mailbox,
        vec![(parameter, one_of(value, dice))],
    )
}

/// One of some values between bars, with its digits.
fn one_of(values: &str, dice: &mut Dice) -> String {
    let values: Vec<&str> = values.split('|').collect();
    let value = dice.one(&values).copied().unwrap_or_default();
    let digit = |dice: &mut Dice| char::from_digit(u32::try_from(dice.below(10)).unwrap_or(0), 10);
    let filled = value.chars().map(|c| match c {
        '#' => digit(dice).unwrap_or('0'),
        other => other,
    });
    filled.collect()
}

/// A cmdlet on a mailbox, with what follows its `Identity`. The web names mailboxes by object id, a shell by what was typed.
pub(super) fn on(
    tenant: &Tenant,
    hand: Hand,
    operation: &'static str,
    mailbox: MailboxId,
    parameters: Vec<(&'static str, String)>,
) -> Act {
    let identity = (("Identity"), spelled(tenant, hand.client, mailbox));
    let parameters = std::iter::once(identity).chain(parameters);
    let object = tenant.mailbox(mailbox).map(|mailbox| match hand.client {
        Client::ExchangePowerShell => canonical(tenant, &mailbox.alias),
        _ => mailbox.object.to_string(),
    });
    Act::Cmdlet(Box::new(Cmdlet {
        hand,
        operation: operation.into(),
        object: object.unwrap_or_default(),
        parameters: parameters
            .map(|(name, value)| (name.into(), value))
            .collect(),
        failed: false,
    }))
}

/// A mailbox as a program of administrators names it.
pub(super) fn spelled(tenant: &Tenant, client: Client, mailbox: MailboxId) -> String {
    let Some(mailbox) = tenant.mailbox(mailbox) else {
        return String::new();
    };
    match client {
        Client::ExchangePowerShell if mailbox.object.0 % 3 == 0 => mailbox.alias.clone(),
        Client::ExchangePowerShell => mailbox.address.clone(),
        _ => mailbox.object.to_string(),
    }
}

/// How many people there are, those of stories left out: they are the last.
pub(super) fn everybody(tenant: &Tenant) -> u32 {
    let planted = tenant
        .people
        .iter()
        .rev()
        .take_while(|person| person.is_planted);
    u32::try_from(tenant.people.len() - planted.count()).unwrap_or(u32::MAX)
}

/// Any colleague who has been there from the first day.
pub(super) fn anybody(tenant: &Tenant, dice: &mut Dice) -> PersonId {
    let people = u64::from(everybody(tenant));
    for _ in 0..16 {
        let id = PersonId(u32::try_from(dice.below(people)).unwrap_or(0));
        let person = tenant.person(id);
        if person.is_some_and(|person| {
            person.role.is_colleague() && person.joins == 0 && person.leaves == u16::MAX
        }) {
            return id;
        }
    }
    PersonId(0)
}

/// The folder in which an assistant does something: they have a right to Inbox and Calendar only.
pub(super) fn assisted_folder(operation: MailOperation, folder: Folder, dice: &mut Dice) -> Folder {
    match operation {
        MailOperation::SendOnBehalf => folder,
        MailOperation::Create | MailOperation::Update => Folder::Calendar,
        _ if dice.happens(1, 3) => Folder::Calendar,
        _ => Folder::Inbox,
    }
}

/// Whether a mailbox is one that people work in.
pub(super) fn is_used(tenant: &Tenant, mailbox: MailboxId) -> bool {
    let kind = tenant.mailbox(mailbox).map(|mailbox| mailbox.kind);
    matches!(kind, Some(MailboxKind::User | MailboxKind::Shared))
}
