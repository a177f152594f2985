//! Steps that are sign-ins, cmdlets or changes of the directory.
//!
//! Not here: what is done in mailboxes (`mail`).

use super::super::cast::Played;
use super::super::script::Step;
use super::super::verb::Verb;
use super::{Stage, needed};
use crate::demo::change::{self, Consent};
use crate::demo::client::Client;
use crate::demo::event::{Act, Actor, Change, Cmdlet, Hand, Object, Resource, SignIn, SignInKind};
use crate::demo::id::{ApplicationId, Guid};

/// Operations on accounts, as the log spells them, by the words of scenario files.
const ACCOUNT: &[(&str, &str)] = &[
    ("reset-password", "Reset user password."),
    ("add", "Add user."),
    ("update", "Update user."),
    ("disable", "Disable account."),
    ("enable", "Enable account."),
    ("change-license", "Change user license."),
    ("delete", "Delete user."),
];

/// Beginnings of the names of directory operations that give something; what else the same act writes only goes with it.
const GIVING: &[&str] = &[
    "Consent to application",
    "Add delegated permission grant",
    "Add app role assignment to service principal",
    "Add member to role",
];

/// Whether an event of a step that makes a grant is the record of it.
pub(super) fn is_grant(act: &Act) -> bool {
    match act {
        Act::Change(change) => GIVING
            .iter()
            .any(|giving| change.operation.starts_with(giving)),
        Act::Mail(_) | Act::SignIn(_) | Act::Cmdlet(_) => true,
    }
}

impl Stage<'_> {
    /// Does a step that is no repetition.
    pub(super) fn act(&mut self, step: &Step) -> Result<(), String> {
        match step.verb.0 {
            Verb::SignIn => self.sign_in(step),
            Verb::Cmdlet => self.cmdlet(step),
            Verb::Mail(operation) => self.mail(step, operation),
            Verb::Unlogged => {
                let mailbox = self.mailbox(needed(step.mailbox.as_ref())?)?;
                self.out.unlogged.push(mailbox);
                Ok(())
            }
            Verb::Repeat => Ok(()),
            _ => {
                let hand = self.hand(step)?;
                let correlation = self.dice().number();
                for change in self.changes(step, hand, correlation)? {
                    self.emit(Act::Change(Box::new(change)));
                }
                Ok(())
            }
        }
    }

    fn sign_in(&mut self, step: &Step) -> Result<(), String> {
        let by = needed(step.by.as_ref())?;
        let is_silent = step.silent == Some(true);
        let error = step.error.unwrap_or(0);
        let mut hand = self.hand(step)?;
        let kind = match hand.actor {
            Actor::Application(_) => SignInKind::ServicePrincipal,
            _ if is_silent => SignInKind::NonInteractive,
            _ => SignInKind::Interactive,
        };
        let is_phone = matches!(hand.client, Client::PhoneApple | Client::PhoneAndroid);
        if let Actor::OnBehalf(_, person) = hand.actor
            && (is_phone || kind == SignInKind::Interactive)
        {
            // A person typed something, or it runs on their phone: the address is theirs, not that of the program.
            let name = needed(step.on_behalf.as_ref())?;
            let theirs = self.of_person(person, name, step)?;
            hand = Hand {
                actor: hand.actor,
                client: hand.client,
                ..theirs
            };
        } else if kind == SignInKind::Interactive && error == 0 {
            let from = step.from.as_deref().unwrap_or_default();
            hand.session = self.begin_session(by, from, hand.client);
        }
        let credential = self.key_of(step, hand.actor)?;
        self.emit(Act::SignIn(SignIn {
            kind,
            hand,
            resource: step.resource.map_or(Resource::Exchange, |one| one.0),
            error,
            credential,
        }));
        Ok(())
    }

    /// The credential with which an application signs in: the named one of the story, or its first of before the log.
    fn key_of(&self, step: &Step, actor: Actor) -> Result<Option<Guid>, String> {
        let Actor::Application(id) = actor else {
            return Ok(None);
        };
        match &step.key {
            Some(name) => {
                let known = self.credentials.get(name).copied();
                known
                    .map(Some)
                    .ok_or_else(|| format!("no step before it adds the credential `{name}`"))
            }
            None => Ok(self
                .tenant
                .application(id)
                .and_then(|one| one.credentials.first().copied())),
        }
    }

    fn cmdlet(&mut self, step: &Step) -> Result<(), String> {
        let hand = self.hand(step)?;
        let mut parameters = Vec::new();
        for (name, value) in needed(step.parameters.as_ref())? {
            parameters.push((name.clone().into(), self.fill(value)?));
        }
        let cmdlet = Cmdlet {
            hand,
            operation: needed(step.operation.as_ref())?.clone().into(),
            object: self.fill(needed(step.object.as_ref())?)?,
            parameters,
            failed: step.failed == Some(true),
        };
        self.emit(Act::Cmdlet(Box::new(cmdlet)));
        Ok(())
    }

    /// The changes of the directory that a step writes.
    fn changes(
        &mut self,
        step: &Step,
        hand: Hand,
        correlation: u64,
    ) -> Result<Vec<Change>, String> {
        if let Some(name) = &step.application {
            let application = self.application(name)?;
            return self.changed_application(step, hand, application, correlation);
        }
        if step.verb.0 == Verb::Role {
            let member = match self.look(needed(step.member.as_ref())?)? {
                Played::Application(id) => Object::ServicePrincipal(*id),
                Played::Person(id) => Object::Person(*id),
                _ => return Err("a role is given to a person or an application".to_owned()),
            };
            let role = needed(step.role.as_ref())?;
            let is_removal = step.removal == Some(true);
            let change = change::role(self.tenant, hand, member, role, is_removal, correlation);
            return Ok(vec![change]);
        }
        let person = self.person(needed(step.person.as_ref())?)?;
        let operation = needed(step.operation.as_ref())?;
        let spelt = ACCOUNT.iter().find(|(word, _)| word == operation);
        let (_, spelt) = spelt.ok_or_else(|| {
            let known: Vec<_> = ACCOUNT.iter().map(|(word, _)| *word).collect();
            format!(
                "there is no `{operation}` of accounts; known are {}",
                known.join(", ")
            )
        })?;
        let change = change::account(self.tenant, hand, spelt, person, correlation);
        Ok(vec![change])
    }

    /// The changes of a step that is about an application.
    fn changed_application(
        &mut self,
        step: &Step,
        hand: Hand,
        application: ApplicationId,
        correlation: u64,
    ) -> Result<Vec<Change>, String> {
        let tenant = self.tenant;
        let is_removal = step.removal == Some(true);
        let one = match step.verb.0 {
            Verb::Register => return Ok(change::register(tenant, hand, application, correlation)),
            Verb::Consent => {
                let consent = Consent {
                    scopes: needed(step.scopes.as_ref())?,
                    before: step.before.as_deref().unwrap_or_default(),
                    is_for_all: step.everybody == Some(true),
                };
                return Ok(change::consent(
                    tenant,
                    hand,
                    application,
                    &consent,
                    correlation,
                ));
            }
            Verb::Credential => {
                let key = self.credential(needed(step.key.as_ref())?, is_removal)?;
                let name = needed(step.name.as_ref())?;
                change::credential(
                    tenant,
                    hand,
                    application,
                    name,
                    key,
                    is_removal,
                    correlation,
                )
            }
            Verb::AppRole => {
                let resource = needed(step.resource.as_ref())?.0;
                let permission = needed(step.permission.as_ref())?;
                change::app_role(
                    tenant,
                    hand,
                    application,
                    resource,
                    permission,
                    is_removal,
                    correlation,
                )
            }
            _ => {
                let owner = self.person(needed(step.person.as_ref())?)?;
                change::owner(tenant, hand, application, owner, false, correlation)
            }
        };
        Ok(vec![one])
    }

    /// The key id of a credential of the story: a new one, or the one that is taken away.
    fn credential(&mut self, name: &str, is_removal: bool) -> Result<Guid, String> {
        let known = self.credentials.get(name).copied();
        if is_removal {
            return known.ok_or_else(|| format!("no step before it adds the credential `{name}`"));
        }
        let key = Guid::of(self.dice().number(), self.tenant.seed);
        self.credentials.insert(name.to_owned(), key);
        Ok(key)
    }
}
