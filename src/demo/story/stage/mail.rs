//! Steps in mailboxes: reading, sending, deleting, folder permissions, inbox rules.
//!
//! Not here: how a record spells them (`native`).

use super::super::cast::Played;
use super::super::script::Step;
use super::{Stage, needed};
use crate::demo::event::{
    Act, Actor, Folder, Grantee, Logon, Mail, MailDetail, MailOperation, Member,
};
use crate::demo::id::MailboxId;
use crate::demo::life;

/// The word for everybody in the tenant.
const DEFAULT: &str = "Default";

impl Stage<'_> {
    /// Does something in a mailbox.
    pub(super) fn mail(&mut self, step: &Step, operation: MailOperation) -> Result<(), String> {
        let hand = self.hand(step)?;
        let mailbox = self.mailbox(needed(step.mailbox.as_ref())?)?;
        let folder = step
            .folder
            .map_or_else(|| usual_folder(operation), |one| one.0);
        let mut dice = self.dice();
        let count = step.messages.map_or(1, |count| count.0.choose(&mut dice));
        let count = u16::try_from(count).unwrap_or(u16::MAX).max(1);
        let message = self.message(mailbox, folder, count, step.newest == Some(true), operation);
        let owner = self.tenant.mailbox(mailbox).and_then(|one| one.owner);
        let logon = match hand.actor {
            Actor::Person(person) if Some(person) != owner => Logon::Delegated,
            _ => Logon::Owner,
        };
        let detail = self.detail(step, operation, mailbox)?;
        self.emit(Act::Mail(Mail {
            hand,
            mailbox,
            logon,
            operation,
            folder,
            message,
            count,
            detail,
        }));
        Ok(())
    }

    /// The newest message of those that are taken: the newest of the folder, or those before the ones that the part took last.
    fn message(
        &mut self,
        mailbox: MailboxId,
        folder: Folder,
        count: u16,
        is_newest: bool,
        operation: MailOperation,
    ) -> u32 {
        let newest = life::newest(self.tenant, mailbox, folder, self.now);
        if operation != MailOperation::Bind {
            return newest;
        }
        let taken = self.taken.get(&(mailbox, folder)).copied();
        let message = taken
            .filter(|oldest| !is_newest && *oldest > u32::from(count))
            .map_or(newest, |oldest| oldest - 1);
        let oldest = (message + 1).saturating_sub(u32::from(count));
        self.taken.insert((mailbox, folder), oldest);
        message
    }

    fn detail(
        &self,
        step: &Step,
        operation: MailOperation,
        mailbox: MailboxId,
    ) -> Result<Option<Box<MailDetail>>, String> {
        let mut detail = MailDetail {
            subject: step
                .subject
                .as_ref()
                .map(|text| self.fill(text))
                .transpose()?,
            destination: step.destination.map(|one| one.0),
            failed: step.failed == Some(true),
            query: step
                .query
                .as_ref()
                .map(|text| self.fill(text))
                .transpose()?,
            member: self.member(step)?,
            ..MailDetail::default()
        };
        for recipient in step.recipients.iter().flatten() {
            detail.recipients.push(self.fill(recipient)?);
        }
        if let Some(rule) = &step.rule {
            let texts = [&rule.name, &rule.condition, &rule.action];
            let [name, condition, action] = texts.map(|text| self.fill(text));
            detail.rule = Some((name?, condition?, action?));
        }
        if matches!(
            operation,
            MailOperation::SendAs | MailOperation::SendOnBehalf
        ) {
            detail.sent_as = Some(mailbox);
        }
        Ok(Some(Box::new(detail)))
    }

    /// The entry of a folder permission that a step changes.
    fn member(&self, step: &Step) -> Result<Option<Member>, String> {
        let (Some(name), Some(rights)) = (&step.member, &step.rights) else {
            return Ok(None);
        };
        let who = match name.as_str() {
            DEFAULT => Grantee::Default,
            name => match self.look(name)? {
                Played::Person(id) => Grantee::Person(*id),
                Played::Application(id) => Grantee::Application(*id),
                _ => return Err(format!("`{name}` cannot have a right")),
            },
        };
        Ok(Some(Member {
            who,
            rights: rights.clone().into(),
        }))
    }
}

/// The folder of an operation that names none.
fn usual_folder(operation: MailOperation) -> Folder {
    match operation {
        MailOperation::Send | MailOperation::SendAs | MailOperation::SendOnBehalf => Folder::Sent,
        MailOperation::UpdateCalendarDelegation => Folder::Calendar,
        _ => Folder::Inbox,
    }
}
