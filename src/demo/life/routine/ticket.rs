//! Tickets, and what people arrange themselves: passwords, rights to mailboxes and calendars, rules, consents.
//!
//! Not here: rights of newcomers (the parent module).

use super::{Planner, colleague, tool};
use crate::demo::chance::Dice;
use crate::demo::change::{self, Consent};
use crate::demo::client::Client;
use crate::demo::event::{
    Act, Cmdlet, Folder, Grantee, Hand, Logon, Mail, MailDetail, MailOperation, Member, Second,
};
use crate::demo::id::{MailboxId, PersonId};
use crate::demo::life::admin;
use crate::demo::tenant::{MailboxKind, Purpose};

/// What somebody wants.
#[derive(Debug, Clone, Copy)]
enum Wish {
    Password,
    License,
    SharedMailbox,
    SendAs,
    OnBehalf,
    Calendar,
    NoLonger,
    OwnCalendar,
    OwnRule,
    Consent,
}

/// Wishes and how common each is.
const WISHES: [(Wish, u32); 10] = [
    (Wish::Password, 30),
    (Wish::License, 12),
    (Wish::SharedMailbox, 9),
    (Wish::SendAs, 6),
    (Wish::OnBehalf, 3),
    (Wish::Calendar, 6),
    (Wish::NoLonger, 4),
    (Wish::OwnCalendar, 13),
    (Wish::OwnRule, 12),
    (Wish::Consent, 5),
];

/// Wishes of a thousand people on a day.
const DAILY: u64 = 22;

/// Plans the wishes of a day.
pub(super) fn plan(planner: &mut Planner<'_>) {
    let mut dice = planner.dice("wishes", 0);
    let people = u64::from(admin::everybody(planner.tenant));
    let count = (people * DAILY + dice.below(1000)) / 1000;
    for nth in 0..count {
        let mut dice = planner.dice("wish", nth);
        let wish = dice.weighted(WISHES.iter().map(|(_, weight)| *weight));
        if let Some((wish, _)) = wish.and_then(|at| WISHES.get(at)) {
            fulfil(planner, *wish, &mut dice);
        }
    }
}

fn fulfil(planner: &mut Planner<'_>, wish: Wish, dice: &mut Dice) {
    let person = admin::anybody(planner.tenant, dice);
    match wish {
        Wish::OwnCalendar | Wish::OwnRule | Wish::Consent => {
            if let Some((time, hand)) = planner.at_work(person, dice) {
                arrange(planner, wish, (time, hand), person, dice);
            }
        }
        Wish::Password | Wish::License => {
            let operation = match wish {
                Wish::Password => "Reset user password.",
                _ => "Change user license.",
            };
            if let Some((time, hand)) = planner.on_duty(&planner.helpers, dice) {
                planner.account(time, hand, operation, person);
            }
        }
        _ => {
            if let Some((time, hand)) = planner.on_duty(&planner.givers, dice) {
                let hand = Hand {
                    client: tool(dice),
                    ..hand
                };
                give(planner, wish, (time, hand), person, dice);
            }
        }
    }
}

/// An administrator gives a right, or takes one.
fn give(
    planner: &mut Planner<'_>,
    wish: Wish,
    (time, hand): (Second, Hand),
    person: PersonId,
    dice: &mut Dice,
) {
    let Some(shared) = shared(planner, dice) else {
        return;
    };
    match wish {
        Wish::SharedMailbox => {
            planner.full_access(time, hand, "Add-MailboxPermission", shared, person);
        }
        Wish::NoLonger => {
            planner.full_access(time, hand, "Remove-MailboxPermission", shared, person);
        }
        Wish::SendAs => planner.send_as(time, hand, shared, person),
        Wish::OnBehalf => planner.send_on_behalf(time, hand, shared, person),
        _ => {
            let other = colleague(planner.tenant, person, dice);
            if let Some(mailbox) = planner.tenant.mailbox_of(other) {
                planner.calendar(time, hand, mailbox, person);
            }
        }
    }
}

fn shared(planner: &Planner<'_>, dice: &mut Dice) -> Option<MailboxId> {
    let mailboxes = &planner.tenant.mailboxes;
    let first = mailboxes.partition_point(|mailbox| mailbox.kind == MailboxKind::User);
    let rest = mailboxes.get(first..)?;
    let count = rest
        .iter()
        .take_while(|mailbox| mailbox.kind == MailboxKind::Shared)
        .count();
    u32::try_from(first + dice.index(count)).ok().map(MailboxId)
}

/// Somebody arranges something in their own mailbox.
fn arrange(
    planner: &mut Planner<'_>,
    wish: Wish,
    (time, hand): (Second, Hand),
    person: PersonId,
    dice: &mut Dice,
) {
    let Some(own) = planner.tenant.mailbox_of(person) else {
        return;
    };
    let is_web = matches!(
        hand.client,
        Client::WebEdge | Client::WebChrome | Client::WebFirefox | Client::WebSafari
    );
    match wish {
        Wish::OwnCalendar => {
            let other = colleague(planner.tenant, person, dice);
            let act = calendar(hand, own, other, dice);
            planner.add(time, act);
            if is_web {
                planner.calendar(time + 1, hand, own, other);
            }
        }
        Wish::OwnRule => {
            let act = if is_web {
                web_rule(planner, hand, own, dice)
            } else {
                rule(hand, own, dice)
            };
            planner.add(time, act);
        }
        _ => consent(planner, time, hand, dice),
    }
}

/// Rights that people give to their calendars, as mailbox audit writes them.
const RIGHTS: [&str; 3] = [
    "ReadAny, Visible",
    "FreeBusyDetailed",
    "ReadAny, Create, EditOwned, DeleteOwned, EditAny, DeleteAny, Visible",
];

fn calendar(hand: Hand, own: MailboxId, other: PersonId, dice: &mut Dice) -> Act {
    let rights = dice.one(&RIGHTS).copied().unwrap_or_default();
    let member = Member {
        who: Grantee::Person(other),
        rights: rights.into(),
    };
    let is_new = dice.happens(3, 4);
    let operation = if is_new {
        MailOperation::AddFolderPermissions
    } else {
        MailOperation::ModifyFolderPermissions
    };
    let detail = MailDetail {
        member: Some(member),
        ..MailDetail::default()
    };
    settings(hand, own, operation, Folder::Calendar, detail)
}

fn settings(
    hand: Hand,
    mailbox: MailboxId,
    operation: MailOperation,
    folder: Folder,
    detail: MailDetail,
) -> Act {
    Act::Mail(Mail {
        hand,
        mailbox,
        logon: Logon::Owner,
        operation,
        folder,
        message: 0,
        count: 0,
        detail: Some(Box::new(detail)),
    })
}

/// Rules that people make: name, word in the subject, folder.
const RULES: &[(&str, &str, &str)] = &[
    ("Newsletters", "newsletter", "Newsletters"),
    ("Orders", "order confirmation", "Orders"),
    ("Monitoring", "alert", "Monitoring"),
    ("Canteen", "menu of the week", "Canteen"),
    ("Travel", "booking", "Travel"),
];

fn picked(dice: &mut Dice) -> (&'static str, &'static str, &'static str) {
    dice.one(RULES)
        .copied()
        .unwrap_or(("Orders", "order", "Orders"))
}

/// A rule made in Outlook.
fn rule(hand: Hand, own: MailboxId, dice: &mut Dice) -> Act {
    let (name, word, folder) = picked(dice);
    let condition = format!("(SubjectProperty contains \"{word}\")");
    let actions = format!("[{{\"ActionType\":\"Move\",\"Folder\":\"{folder}\"}}]");
    let detail = MailDetail {
        rule: Some((name.to_owned(), condition, actions)),
        ..MailDetail::default()
    };
    settings(
        hand,
        own,
        MailOperation::UpdateInboxRules,
        Folder::Inbox,
        detail,
    )
}

/// A rule made on the web.
fn web_rule(planner: &Planner<'_>, hand: Hand, own: MailboxId, dice: &mut Dice) -> Act {
    let (name, word, folder) = picked(dice);
    let mailbox = planner.tenant.mailbox(own);
    let alias = mailbox.map_or("", |mailbox| mailbox.alias.as_str());
    let parameters = [
        ("AlwaysDeleteOutlookRulesBlob", "False".to_owned()),
        ("Force", "False".to_owned()),
        ("MoveToFolder", folder.to_owned()),
        ("Name", name.to_owned()),
        ("SubjectContainsWords", word.to_owned()),
        ("StopProcessingRules", "True".to_owned()),
    ];
    Act::Cmdlet(Box::new(Cmdlet {
        hand,
        operation: "New-InboxRule".into(),
        object: [alias, "\\", name].concat(),
        parameters: parameters
            .map(|(name, value)| (name.into(), value))
            .to_vec(),
        failed: false,
    }))
}

/// Somebody consents to the planner: the records of one act, in one second.
fn consent(planner: &mut Planner<'_>, time: Second, hand: Hand, dice: &mut Dice) {
    let tenant = planner.tenant;
    let Some(application) = tenant.of_purpose(Purpose::Planner).next() else {
        return;
    };
    let scopes = tenant
        .application(application)
        .map(|known| known.scopes.join(" "));
    let scopes = scopes.unwrap_or_default();
    let consent = Consent {
        scopes: &scopes,
        ..Consent::default()
    };
    for change in change::consent(tenant, hand, application, &consent, dice.number()) {
        planner.add(time, Act::Change(Box::new(change)));
    }
}
