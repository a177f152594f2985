//! Tells a played part: from its marks, what is to be said of its grants, accesses and exposure.
//!
//! Not here: how the telling is written (`label`).

use super::cast::Played;
use super::fill::fill;
use super::script::{Given, Part, Script};
use super::stage::{Marked, Outcome, Setting};
use super::word::Words;
use crate::demo::event::{Act, Actor, Event, Grantee, Hand, MailOperation, Object, SignInKind};
use crate::demo::id::{MailboxId, PersonId};
use crate::demo::label::{
    AccessGroup, Band, Exposure, LabelledGrant, LabelledRecord, Mark, Moment, Party, Telling,
};
use crate::demo::tenant::Tenant;
use crate::hunt::model::State;
use std::collections::BTreeSet;

/// A part with what it came to.
pub(super) struct Teller<'a> {
    /// The tenant, with what the story added.
    pub tenant: &'a Tenant,
    /// The file of the part.
    pub script: &'a Script,
    /// What was played.
    pub setting: &'a Setting<'a>,
    /// What it came to.
    pub outcome: &'a Outcome,
}

impl Teller<'_> {
    /// The telling of the part.
    pub fn tell(&self) -> Result<Telling, String> {
        let Self {
            tenant,
            script,
            setting: Setting { part, .. },
            ..
        } = self;
        let is_abuse = is_abuse(script, part);
        let mut grants = Vec::new();
        for (at, given) in part.grants.iter().enumerate() {
            grants.push(self.grant(at, given)?);
        }
        let ids = |mark| self.marked(mark, None).map(|(id, _)| id).collect();
        let first = self.marked(Mark::Access, None).map(|(_, event)| event.time);
        let hints = script.hints.iter().filter(|_| is_abuse);
        Ok(Telling {
            scenario: script.name.clone(),
            title: if is_abuse { &script.title } else { &part.title }.clone(),
            attack: script.attack.iter().map(|one| one.0).collect(),
            difficulty: script.difficulty,
            severity: if is_abuse {
                Band::AtLeast(part.severity)
            } else {
                Band::AtMost(part.severity)
            },
            story: self.text(&part.story)?,
            hints: hints
                .map(|hint| self.text(hint))
                .collect::<Result<_, _>>()?,
            proof: if is_abuse {
                self.text(&script.proof)?
            } else {
                String::new()
            },
            grants,
            precursors: ids(Mark::Precursor),
            cover_ups: ids(Mark::CoverUp),
            attempts: ids(Mark::Attempt),
            first_access: first.min().map(Moment),
            mailboxes: self.mailboxes(),
            exposure: self.exposure(tenant),
            records: self.records(),
        })
    }

    /// A text of the file with its placeholders filled, on one line.
    fn text(&self, text: &str) -> Result<String, String> {
        let words: Vec<_> = text.split_whitespace().collect();
        fill(self.tenant, &words.join(" "), |name| {
            self.setting.find(name)
        })
    }

    /// Marked events with the ids of their records, in order; those of one grant, or all.
    fn marked(&self, mark: Mark, grant: Option<usize>) -> impl Iterator<Item = (String, &Event)> {
        let seed = self.tenant.seed;
        let fits = move |one: &&Marked| one.mark == mark && (grant.is_none() || one.grant == grant);
        let marks = self.outcome.marks.iter().filter(fits);
        marks
            .filter_map(|one| self.outcome.events.get(one.at))
            .map(move |event| (event.key.record_id(seed).to_string(), event))
    }

    fn grant(&self, at: usize, given: &Given) -> Result<LabelledGrant, String> {
        let made: Vec<_> = self.marked(Mark::Grant, Some(at)).collect();
        let Some((_, first)) = made.first() else {
            return Err(format!("no step makes the grant `{}`", given.name));
        };
        let ended: Vec<_> = self.marked(Mark::Revocation, Some(at)).collect();
        let end = ended.iter().map(|(_, event)| event.time).max();
        if end.is_some_and(|end| end < first.time) {
            return Err(format!("the grant `{}` ends before it is made", given.name));
        }
        Ok(LabelledGrant {
            records: made.iter().map(|(id, _)| id.clone()).collect(),
            time: Moment(first.time),
            road: given.road,
            operation: operation(&first.act),
            actor: self.actor(first),
            grantee: self.party(&given.grantee, "Default")?,
            target: self.party(&given.target, "all")?,
            rights: given.rights.clone(),
            state: if end.is_some() {
                State::Revoked
            } else {
                State::Standing
            },
            revoked_at: end.map(Moment),
            revocations: ended.iter().map(|(id, _)| id.clone()).collect(),
            accesses: self.accesses(at),
        })
    }

    /// What a grant made possible, by mailbox and operation.
    fn accesses(&self, grant: usize) -> Vec<AccessGroup> {
        let mut groups: Vec<AccessGroup> = Vec::new();
        for (id, event) in self.marked(Mark::Access, Some(grant)) {
            let mailbox = mailbox_of(event).map(|id| self.address(id));
            let mailbox = mailbox.unwrap_or_default();
            let operation = operation(&event.act);
            let time = Moment(event.time);
            let known = groups
                .iter_mut()
                .find(|group| group.mailbox == mailbox && group.operation == operation);
            if let Some(group) = known {
                group.first = group.first.min(time);
                group.last = group.last.max(time);
                group.records.push(id);
            } else {
                groups.push(AccessGroup {
                    mailbox,
                    operation,
                    first: time,
                    last: time,
                    records: vec![id],
                });
            }
        }
        groups
    }

    fn mailboxes(&self) -> Vec<String> {
        let accessed = self.marked(Mark::Access, None);
        let logged = accessed.filter_map(|(_, event)| mailbox_of(event));
        let all: BTreeSet<_> = logged
            .chain(self.outcome.unlogged.iter().copied())
            .map(|id| self.address(id))
            .collect();
        all.into_iter().collect()
    }

    fn exposure(&self, tenant: &Tenant) -> Exposure {
        let unlogged: BTreeSet<_> = self.outcome.unlogged.iter().collect();
        let known = unlogged
            .into_iter()
            .filter(|id| tenant.mailbox(**id).is_some());
        let mut exposure = Exposure {
            unknowable: known.count() as u64,
            ..Exposure::default()
        };
        for (_, event) in self.marked(Mark::Access, None) {
            if let Act::Mail(mail) = &event.act {
                match mail.operation {
                    MailOperation::Bind | MailOperation::BindThrottled => {
                        exposure.proven += u64::from(mail.count);
                    }
                    MailOperation::Sync => exposure.presumed += 1,
                    _ => {}
                }
            }
        }
        exposure
    }

    fn records(&self) -> Vec<LabelledRecord> {
        let marked = self.outcome.marks.iter();
        let mut records: Vec<_> = marked
            .filter_map(|one| Some((one.mark, self.outcome.events.get(one.at)?)))
            .collect();
        records.sort_by_key(|(_, event)| event.order());
        let records = records.into_iter().map(|(mark, event)| LabelledRecord {
            id: event.key.record_id(self.tenant.seed).to_string(),
            time: Moment(event.time),
            mark,
            operation: operation(&event.act),
            actor: self.actor(event).name,
            on: self.on(&event.act),
        });
        records.collect()
    }

    /// Who does something, as the one who planted it knows.
    fn actor(&self, event: &Event) -> Party {
        match hand_of(&event.act).actor {
            Actor::Person(id) => self.of_person(id),
            Actor::Application(id) => self.of_application(id),
            Actor::OnBehalf(id, person) => {
                let application = self.of_application(id);
                let person = self.of_person(person);
                Party {
                    name: format!("{} for {}", application.name, person.name),
                    ..application
                }
            }
            Actor::Service(_) => plain("Microsoft"),
        }
    }

    /// Somebody whom a grant names: one of the cast, or the word that stands for itself.
    fn party(&self, name: &str, own: &str) -> Result<Party, String> {
        if name == own {
            return Ok(plain(own));
        }
        // A group that the story makes is nobody of the cast.
        if let Some(group) = name.strip_prefix('=') {
            return Ok(plain(group));
        }
        Ok(match self.setting.look(name)? {
            Played::Person(id) => self.of_person(*id),
            Played::Mailbox(id) => {
                let mailbox = self.tenant.mailbox(*id);
                mailbox.map_or_else(Party::default, |one| Party {
                    name: one.name.clone(),
                    id: one.address.clone(),
                    also: vec![
                        one.alias.clone(),
                        one.object.to_string(),
                        one.guid.to_string(),
                    ],
                })
            }
            Played::Application(id) => self.of_application(*id),
            Played::Several(_) | Played::New | Played::Place(_) => plain(name),
        })
    }

    fn of_person(&self, id: PersonId) -> Party {
        let person = self.tenant.person(id);
        let mailbox = self.tenant.mailbox_of(id);
        let mailbox = mailbox.and_then(|id| self.tenant.mailbox(id));
        person.map_or_else(Party::default, |person| {
            let guid = mailbox.map(|one| one.guid.to_string());
            let home = Some(person.sign_in.clone()).filter(|name| *name != person.upn);
            Party {
                name: person.name.clone(),
                id: person.upn.clone(),
                also: [
                    Some(person.alias.clone()),
                    Some(person.object.to_string()),
                    guid,
                    home,
                ]
                .into_iter()
                .flatten()
                .collect(),
            }
        })
    }

    fn of_application(&self, id: crate::demo::id::ApplicationId) -> Party {
        let application = self.tenant.application(id);
        application.map_or_else(Party::default, |one| Party {
            name: one.name.clone(),
            id: one.object.to_string(),
            also: vec![one.app_id.to_string()],
        })
    }

    fn address(&self, id: MailboxId) -> String {
        let mailbox = self.tenant.mailbox(id);
        mailbox.map_or_else(String::new, |one| one.address.clone())
    }

    /// On what something is done, in a few words.
    fn on(&self, act: &Act) -> String {
        match act {
            Act::Mail(mail) => {
                let member = mail.detail.as_ref().and_then(|one| one.member.as_ref());
                let to = member.map(|member| match member.who {
                    Grantee::Person(id) => format!(" for {}", self.of_person(id).name),
                    Grantee::Application(id) => format!(" for {}", self.of_application(id).name),
                    _ => " for Default".to_owned(),
                });
                format!(
                    "{} {}{}",
                    self.address(mail.mailbox),
                    mail.folder.word(),
                    to.unwrap_or_default()
                )
            }
            Act::SignIn(_) => String::new(),
            Act::Cmdlet(cmdlet) => cmdlet.object.clone(),
            Act::Change(change) => match change.target {
                Object::Person(id) => self.of_person(id).id,
                Object::ServicePrincipal(id) | Object::Registration(id) => {
                    self.of_application(id).name
                }
                Object::Resource(resource) => resource.word().to_owned(),
                Object::Company => self.tenant.name.clone(),
            },
        }
    }
}

/// A party that stands for itself.
fn plain(name: &str) -> Party {
    Party {
        name: name.to_owned(),
        id: name.to_owned(),
        also: Vec::new(),
    }
}

fn hand_of(act: &Act) -> Hand {
    match act {
        Act::Mail(mail) => mail.hand,
        Act::SignIn(sign_in) => sign_in.hand,
        Act::Cmdlet(cmdlet) => cmdlet.hand,
        Act::Change(change) => change.hand,
    }
}

fn mailbox_of(event: &Event) -> Option<MailboxId> {
    match &event.act {
        Act::Mail(mail) => Some(mail.mailbox),
        _ => None,
    }
}

/// The operation of an event as the log spells it; of mail reading with its type.
fn operation(act: &Act) -> String {
    match act {
        Act::Mail(mail) => mail_operation(mail.operation).to_owned(),
        Act::SignIn(sign_in) => match (sign_in.kind, sign_in.error) {
            (SignInKind::Interactive, 0) => "UserLoggedIn".to_owned(),
            (SignInKind::Interactive, error) => format!("UserLoginFailed ({error})"),
            _ => "sign-in".to_owned(),
        },
        Act::Cmdlet(cmdlet) => cmdlet.operation.clone().into_owned(),
        Act::Change(change) => change.operation.trim().to_owned(),
    }
}

fn mail_operation(operation: MailOperation) -> &'static str {
    match operation {
        MailOperation::Bind => "MailItemsAccessed (Bind)",
        MailOperation::BindThrottled => "MailItemsAccessed (Bind, throttled)",
        MailOperation::Sync => "MailItemsAccessed (Sync)",
        MailOperation::Send => "Send",
        MailOperation::SendAs => "SendAs",
        MailOperation::SendOnBehalf => "SendOnBehalf",
        MailOperation::Create => "Create",
        MailOperation::Update => "Update",
        MailOperation::Move => "Move",
        MailOperation::MoveToDeletedItems => "MoveToDeletedItems",
        MailOperation::SoftDelete => "SoftDelete",
        MailOperation::HardDelete => "HardDelete",
        MailOperation::AttachmentAccess => "AttachmentAccess",
        MailOperation::Search => "SearchQueryInitiatedExchange",
        MailOperation::AddFolderPermissions => "AddFolderPermissions",
        MailOperation::ModifyFolderPermissions => "ModifyFolderPermissions",
        MailOperation::RemoveFolderPermissions => "RemoveFolderPermissions",
        MailOperation::UpdateFolderPermissions => "UpdateFolderPermissions",
        MailOperation::UpdateCalendarDelegation => "UpdateCalendarDelegation",
        MailOperation::UpdateInboxRules => "UpdateInboxRules",
    }
}

/// Whether a part is the abuse of its script.
pub(super) fn is_abuse(script: &Script, part: &Part) -> bool {
    std::ptr::eq(part, &raw const script.abuse)
}
