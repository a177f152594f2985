//! What a record of mailbox audit says of folders, messages, permissions and rules.
//!
//! Not here: who did it and how (`mail`).

use super::super::message::{self, Message};
use super::super::property;
use super::{Case, grantee};
use crate::demo::event::{Folder, Logon, MailDetail, MailOperation};
use crate::demo::id::Origin;
use crate::demo::json::Json;
use crate::demo::life;

/// Writes the last members of a record.
pub(super) fn write(case: &Case<'_>, json: &mut Json<'_>) {
    match case.mail.operation {
        MailOperation::Bind | MailOperation::BindThrottled => bind(case, json),
        MailOperation::Sync => synchronised(case, json),
        MailOperation::Send | MailOperation::SendAs | MailOperation::SendOnBehalf => {
            sent(case, json);
        }
        MailOperation::Create | MailOperation::Update => single(case, json),
        MailOperation::Move
        | MailOperation::MoveToDeletedItems
        | MailOperation::SoftDelete
        | MailOperation::HardDelete => group(case, json),
        MailOperation::AttachmentAccess => attachments(case, json),
        MailOperation::Search => search(case, json),
        MailOperation::AddFolderPermissions
        | MailOperation::ModifyFolderPermissions
        | MailOperation::RemoveFolderPermissions
        | MailOperation::UpdateFolderPermissions
        | MailOperation::UpdateCalendarDelegation => permission(case, json),
        MailOperation::UpdateInboxRules => json.name("Item").object(|json| {
            json.name("Id")
                .plain_with(|out| case.folders.push_id(Folder::Inbox, out));
            json.name("ParentFolder")
                .object(|json| case.folders.write(json, Folder::Inbox, true));
        }),
    }
}

fn detail<'c>(case: &'c Case<'_>) -> Option<&'c MailDetail> {
    case.mail.detail.as_deref()
}

/// Numbers of the messages touched: the newest first.
fn numbers(case: &Case<'_>) -> impl Iterator<Item = u32> {
    let newest = case.mail.message;
    (0..u32::from(case.mail.count)).map_while(move |back| newest.checked_sub(back))
}

fn messages(case: &Case<'_>) -> impl Iterator<Item = Message> {
    let (tenant, mailbox, folder) = (case.tenant, case.mail.mailbox, case.mail.folder);
    numbers(case).map(move |number| Message::of(tenant, mailbox, folder, number))
}

fn newest(case: &Case<'_>) -> Message {
    Message::of(
        case.tenant,
        case.mail.mailbox,
        case.mail.folder,
        case.mail.message,
    )
}

fn parent(case: &Case<'_>, json: &mut Json<'_>) {
    json.name("ParentFolder")
        .object(|json| case.folders.write(json, case.mail.folder, true));
}

/// `Id`, `ImmutableId` and `InternetMessageId` of a message.
fn ids(case: &Case<'_>, json: &mut Json<'_>, folder: Folder, message: &Message) {
    json.name("Id")
        .plain_with(|out| case.folders.push_item(folder, message.item, out));
    json.name("ImmutableId")
        .plain_with(|out| case.folders.push_immutable(folder, message.item, out));
    json.name("InternetMessageId")
        .plain_with(|out| message.push_id(case.tenant, out));
}

fn bind(case: &Case<'_>, json: &mut Json<'_>) {
    let second = second(case);
    let whole = u32::from(case.mail.count);
    let first = second.map_or(whole, |(_, _, count)| whole - count);
    json.name("Folders").list(|json| {
        read(case, json, (case.mail.folder, case.mail.message, first));
        if let Some(second) = second {
            read(case, json, second);
        }
    });
    count(case, json);
}

/// Writes a folder with so many messages of it, from a newest one back.
fn read(case: &Case<'_>, json: &mut Json<'_>, (folder, newest, count): (Folder, u32, u32)) {
    let numbers = (0..count).map_while(|back| newest.checked_sub(back));
    json.object(|json| {
        json.name("FolderItems").list(|json| {
            for number in numbers {
                let message = Message::of(case.tenant, case.mail.mailbox, folder, number);
                json.object(|json| {
                    ids(case, json, folder, &message);
                    json.name("SizeInBytes").number(message.size);
                });
            }
        });
        case.folders.write(json, folder, false);
    });
}

/// Exchange gathers what is read within two minutes, so that one record in five of three messages or more has a second folder: its
/// newest message, and how many. What a story tells stays in one, and whoever has a right to some folders only stays there.
fn second(case: &Case<'_>) -> Option<(Folder, u32, u32)> {
    const FOLDERS: [Folder; 5] = [
        Folder::Sent,
        Folder::Sent,
        Folder::Own(1),
        Folder::Own(4),
        Folder::Deleted,
    ];
    let mail = case.mail;
    let is_told = case.event.key.0 >> 60 == Origin::Story as u64;
    if is_told || mail.count < 3 || mail.logon != Logon::Owner || mail.folder == Folder::Calendar {
        return None;
    }
    let mut dice = case.dice("second folder");
    if !dice.happens(1, 5) {
        return None;
    }
    let folder = *dice.one(&FOLDERS)?;
    let newest = life::newest(case.tenant, mail.mailbox, folder, case.event.time);
    let back = u32::try_from(dice.below(20)).unwrap_or(0);
    let count = 1 + u32::try_from(dice.below(u64::from(mail.count / 2))).unwrap_or(0);
    (folder != mail.folder).then_some((folder, newest.saturating_sub(back), count))
}

/// A whole folder. Now and then Exchange does not know its path.
fn synchronised(case: &Case<'_>, json: &mut Json<'_>) {
    let folder = case.mail.folder;
    let push_id = |out: &mut Vec<u8>| case.folders.push_id(folder, out);
    json.name("Item").object(|json| {
        json.name("Id").plain_with(push_id);
        if !case.dice("path").happens(1, 50) {
            parent(case, json);
            return;
        }
        json.name("ParentFolder").object(|json| {
            json.name("Id").plain_with(push_id);
            json.name("Name").text(case.folders.name(folder));
            json.name("Path").plain("Not Available");
        });
    });
}

/// `OperationCount`: as many as the folders name.
fn count(case: &Case<'_>, json: &mut Json<'_>) {
    let touched = numbers(case).count();
    json.name("OperationCount")
        .number(u64::try_from(touched).unwrap_or(0));
}

fn attachments(case: &Case<'_>, json: &mut Json<'_>) {
    json.name("Messages").list(|json| {
        json.object(|json| {
            json.name("Id")
                .plain_with(|out| case.folders.push_id(case.mail.folder, out));
            json.name("MessageItems").list(|json| {
                for message in messages(case) {
                    json.object(|json| {
                        ids(case, json, case.mail.folder, &message);
                        json.name("SizeInBytes").number(message.size);
                    });
                }
            });
            json.name("Path").text(&case.folders.path(case.mail.folder));
        });
    });
    count(case, json);
}

fn subject(case: &Case<'_>, json: &mut Json<'_>, message: &Message) {
    let told = detail(case).and_then(|detail| detail.subject.as_deref());
    match told {
        Some(subject) => json.name("Subject").text(subject),
        None => json.name("Subject").text(&message.subject()),
    }
}

/// `Item` with one message.
fn item(case: &Case<'_>, json: &mut Json<'_>, has_record: bool) {
    let message = newest(case);
    json.name("Item").object(|json| {
        if let Some(attachments) = message.attachments() {
            json.name("Attachments").text(&attachments);
        }
        ids(case, json, case.mail.folder, &message);
        if has_record {
            json.name("IsRecord").flag(false);
        }
        parent(case, json);
        json.name("SizeInBytes").number(message.size);
        subject(case, json, &message);
    });
}

fn single(case: &Case<'_>, json: &mut Json<'_>) {
    const CHANGED: [&str; 4] = [
        "RecipientCollection",
        "AttachmentCollection",
        "SubjectProperty",
        "ItemPropertyCollection",
    ];
    item(case, json, true);
    if case.mail.operation == MailOperation::Update {
        let changed = case.dice("changed").one(&CHANGED).copied();
        json.name("ModifiedProperties")
            .list(|json| json.plain(changed.unwrap_or_default()));
    }
}

fn sent(case: &Case<'_>, json: &mut Json<'_>) {
    item(case, json, false);
    json.name("SaveToSentItems").flag(true);
    let told = detail(case).and_then(|detail| detail.sent_as);
    let from = told.unwrap_or(case.mail.mailbox);
    let names = match case.mail.operation {
        MailOperation::SendAs => Some(["SendAsUserMailboxGuid", "SendAsUserSmtp"]),
        MailOperation::SendOnBehalf => {
            Some(["SendOnBehalfOfUserMailboxGuid", "SendOnBehalfOfUserSmtp"])
        }
        _ => None,
    };
    if let (Some([guid, address]), Some(from)) = (names, case.tenant.mailbox(from)) {
        json.name(guid).guid(from.guid);
        json.name(address).text(&from.address);
    }
    recipients(case, json);
}

/// To whom a message went: those that are told, or one or two of the tenant and of those it deals with.
fn recipients(case: &Case<'_>, json: &mut Json<'_>) {
    let told = detail(case).map_or(&[][..], |detail| &detail.recipients);
    let mut dice = case.dice("recipients");
    let count = if told.is_empty() {
        dice.between(1, 2)
    } else {
        u64::try_from(told.len()).unwrap_or(0)
    };
    json.name("recipientCount").number(count);
    json.name("recipientList").list(|json| {
        for recipient in told {
            json.text(recipient);
        }
        let mailboxes = &case.tenant.mailboxes;
        for _ in 0..if told.is_empty() { count } else { 0 } {
            if dice.happens(2, 5) {
                json.plain_with(|out| message::push_partner_address(dice.number(), out));
            } else if let Some(mailbox) = dice.one(mailboxes) {
                json.text(&mailbox.address);
            }
        }
    });
}

fn group(case: &Case<'_>, json: &mut Json<'_>) {
    json.name("AffectedItems").list(|json| {
        for message in messages(case) {
            json.object(|json| {
                if let Some(attachments) = message.attachments() {
                    json.name("Attachments").text(&attachments);
                }
                ids(case, json, case.mail.folder, &message);
                json.name("ParentFolder")
                    .object(|json| case.folders.write(json, case.mail.folder, false));
                subject(case, json, &message);
            });
        }
    });
    json.name("CrossMailboxOperation").flag(false);
    let told = detail(case).and_then(|detail| detail.destination);
    let destination = match case.mail.operation {
        MailOperation::MoveToDeletedItems => Some(told.unwrap_or(Folder::Deleted)),
        MailOperation::Move => Some(told.unwrap_or(Folder::Archive)),
        _ => None,
    };
    if let Some(destination) = destination {
        json.name("DestFolder")
            .object(|json| case.folders.write(json, destination, false));
    }
    json.name("Folder")
        .object(|json| case.folders.write(json, case.mail.folder, false));
}

fn search(case: &Case<'_>, json: &mut Json<'_>) {
    let query = detail(case).and_then(|detail| detail.query.as_deref());
    json.name("QuerySource").plain("Email");
    json.name("QueryText").text(query.unwrap_or_default());
    json.name("ScenarioName").plain("owa.react");
}

fn permission(case: &Case<'_>, json: &mut Json<'_>) {
    let folder = case.mail.folder;
    let member = detail(case).and_then(|detail| detail.member.as_ref());
    json.name("Item").object(|json| {
        json.name("Id")
            .plain_with(|out| case.folders.push_id(folder, out));
        json.name("ParentFolder").object(|json| {
            json.name("Id")
                .plain_with(|out| case.folders.push_id(folder, out));
            if let Some(member) = member {
                let (upn, sid) = grantee(case.tenant, case.mailbox, member.who);
                json.name("MemberRights").text(&member.rights);
                json.name("MemberSid").plain(&sid);
                json.name("MemberUpn").text(&upn);
            }
            json.name("Name").text(case.folders.name(folder));
            json.name("Path").text(&case.folders.path(folder));
        });
    });
}

/// `OperationProperties` of a changed inbox rule.
pub(super) fn rule(case: &Case<'_>, json: &mut Json<'_>) {
    let rule = detail(case).and_then(|detail| detail.rule.as_ref());
    let (name, condition, actions) = rule.map_or(("", "", ""), |(name, condition, actions)| {
        (name.as_str(), condition.as_str(), actions.as_str())
    });
    let id = case.dice("rule").number().to_string();
    json.name("OperationProperties").list(|json| {
        property(json, "RuleOperation", "AddMailboxRule");
        property(json, "RuleId", &id);
        property(json, "RuleState", "Enabled");
        property(json, "RuleCondition", condition);
        property(json, "RuleName", name);
        property(json, "RuleProvider", "RuleOrganizer");
        property(json, "RuleActions", actions);
    });
}
