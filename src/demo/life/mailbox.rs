//! What is done with mail: folders, messages and how many, so that people read what is new.
//!
//! Messages of a folder are numbered as they come: their number follows from the mailbox and the moment alone. Not here: who does it.

use crate::demo::chance::{Dice, mixed};
use crate::demo::client::Client;
use crate::demo::event::{Folder, Hand, Logon, Mail, MailDetail, MailOperation, Second};
use crate::demo::id::MailboxId;
use crate::demo::world::START;

/// Number of the newest message in a folder at a moment.
pub(super) fn newest(seed: u64, mailbox: MailboxId, folder: Folder, time: Second) -> u32 {
    let chance = mixed(seed ^ mixed(u64::from(mailbox.0) ^ 0x3a11));
    let since = u64::try_from(time - START).unwrap_or(0);
    let base = 900 + chance % 4000;
    // An Inbox gets 15 to 60 messages a day; what is filed, a tenth. What is made here has a number of its own each quarter of a minute.
    let (base, every) = match folder {
        Folder::Inbox => (base, 86_400 / (15 + (chance >> 16) % 46)),
        Folder::Sent | Folder::Drafts | Folder::Outbox | Folder::Calendar => (base / 2, 15),
        _ => (base / 4, 20_000 + (chance >> 24) % 20_000),
    };
    u32::try_from(base + since / every).unwrap_or(u32::MAX)
}

/// How many messages one record of reading names: counted in a real log (of 288 records 109 had one, 27 had ten), smoothed.
const READ: [(u16, u32); 10] = [
    (1, 109),
    (2, 44),
    (3, 29),
    (4, 21),
    (5, 16),
    (6, 13),
    (7, 11),
    (8, 10),
    (9, 8),
    (10, 27),
];

/// What owners do, in parts of a thousand. A third of it is reading.
pub(super) const OWN: [(MailOperation, u32); 11] = [
    (MailOperation::Bind, 285),
    (MailOperation::Sync, 75),
    (MailOperation::Send, 130),
    (MailOperation::Create, 115),
    (MailOperation::Update, 110),
    (MailOperation::MoveToDeletedItems, 85),
    (MailOperation::SoftDelete, 60),
    (MailOperation::HardDelete, 40),
    (MailOperation::Move, 50),
    (MailOperation::AttachmentAccess, 30),
    (MailOperation::Search, 20),
];

/// One of a table of operations.
pub(super) fn operation(of: &[(MailOperation, u32)], dice: &mut Dice) -> MailOperation {
    let at = dice.weighted(of.iter().map(|(_, weight)| *weight));
    at.and_then(|at| of.get(at))
        .map_or(MailOperation::Bind, |(operation, _)| *operation)
}

/// Whether a program fetches whole folders: those on desks, and on phones.
fn fetches(client: Client) -> bool {
    matches!(
        client,
        Client::Outlook
            | Client::OutlookMac
            | Client::PhoneApple
            | Client::PhoneAndroid
            | Client::Ews
            | Client::Imap
    )
}

/// A folder that something is done in.
fn folder(operation: MailOperation, dice: &mut Dice) -> Folder {
    let chance = dice.below(100);
    match operation {
        MailOperation::Send | MailOperation::SendAs | MailOperation::SendOnBehalf => Folder::Sent,
        MailOperation::Create if chance < 60 => Folder::Drafts,
        MailOperation::Create if chance < 90 => Folder::Calendar,
        MailOperation::Create => Folder::Contacts,
        MailOperation::SoftDelete | MailOperation::HardDelete if chance < 70 => Folder::Deleted,
        MailOperation::Update if chance < 25 => Folder::Calendar,
        MailOperation::Search => Folder::Top,
        _ => match chance {
            0..76 => Folder::Inbox,
            76..83 => Folder::Sent,
            83..93 => Folder::Own(u8::try_from(chance % 6).unwrap_or(0)),
            93..96 => Folder::Calendar,
            96..98 => Folder::Archive,
            _ => Folder::Deleted,
        },
    }
}

/// Somebody does something in a mailbox, with what is new there.
pub(super) fn mail(
    seed: u64,
    hand: Hand,
    (mailbox, logon): (MailboxId, Logon),
    operation: MailOperation,
    (time, dice): (Second, &mut Dice),
) -> Mail {
    let operation = match operation {
        MailOperation::Sync if !fetches(hand.client) => MailOperation::Bind,
        other => other,
    };
    let folder = folder(operation, dice);
    let newest = newest(seed, mailbox, folder, time);
    // Half of what is looked at is among the last few, the rest among the last hundred.
    let back = if dice.happens(1, 2) {
        dice.below(6)
    } else {
        dice.below(100)
    };
    let (back, count) = match operation {
        MailOperation::Bind => (back, read(dice)),
        MailOperation::Sync
        | MailOperation::Send
        | MailOperation::SendAs
        | MailOperation::SendOnBehalf
        | MailOperation::Create => (0, 1),
        MailOperation::MoveToDeletedItems
        | MailOperation::SoftDelete
        | MailOperation::HardDelete => (back, u16::try_from(1 + dice.below(3)).unwrap_or(1)),
        _ => (back, 1),
    };
    Mail {
        hand,
        mailbox,
        logon,
        operation,
        folder,
        message: newest
            .saturating_sub(u32::try_from(back).unwrap_or(0))
            .max(u32::from(count)),
        count,
        detail: detail(operation, mailbox, dice),
    }
}

fn read(dice: &mut Dice) -> u16 {
    let at = dice.weighted(READ.iter().map(|(_, weight)| *weight));
    at.and_then(|at| READ.get(at))
        .map_or(1, |(count, _)| *count)
}

fn detail(
    operation: MailOperation,
    mailbox: MailboxId,
    dice: &mut Dice,
) -> Option<Box<MailDetail>> {
    let mut detail = MailDetail::default();
    match operation {
        MailOperation::Move => {
            let own = u8::try_from(dice.below(6)).unwrap_or(0);
            detail.destination = Some(if own == 5 {
                Folder::Archive
            } else {
                Folder::Own(own)
            });
        }
        MailOperation::MoveToDeletedItems => detail.destination = Some(Folder::Deleted),
        MailOperation::SendAs | MailOperation::SendOnBehalf => detail.sent_as = Some(mailbox),
        MailOperation::Search => detail.query = dice.one(QUERIES).map(|text| (*text).to_owned()),
        _ => return None,
    }
    Some(Box::new(detail))
}

/// What people look for.
const QUERIES: &[&str] = &[
    "minutes",
    "offer",
    "from:support",
    "agenda",
    "contract draft",
    "delivery",
    "travel",
    "subject:planning",
    "hasattachment:true",
    "holiday",
];
