//! Who plays in a part: people, mailboxes and applications of the tenant, chosen so that different parts use different ones while
//! there are enough.
//!
//! Every part of every scenario is cast, planted or not, so that a story has the same people whatever is planted beside it. Not here:
//! the days (`schedule`), making what is new (`novel`).

use super::root::Root;
use super::script::{Casting, Part};
use super::word::Named;
use crate::demo::chance::{Dice, Domain};
use crate::demo::id::{ApplicationId, MailboxId, PersonId, PlaceId};
use crate::demo::tenant::{MailboxKind, Person, Role, Tenant};
use crate::demo::world::Fault;
use std::collections::{BTreeMap, BTreeSet};

/// Who or what plays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Played {
    /// One person of the tenant.
    Person(PersonId),
    /// A mailbox without an owner.
    Mailbox(MailboxId),
    /// An application of the tenant.
    Application(ApplicationId),
    /// Several people of the tenant.
    Several(Vec<PersonId>),
    /// Something that is not there before the part is staged.
    New,
    /// A place, where a name may stand for one.
    Place(PlaceId),
}

/// Most people among whom a part is cast: of a large company those who come first in a random place of its list.
const MOST: usize = 4096;

/// Who can play, and how often each has played.
#[derive(Debug)]
pub(super) struct Troupe {
    able: BTreeMap<Role, Vec<PersonId>>,
    people: BTreeMap<PersonId, u32>,
    mailboxes: BTreeMap<MailboxId, u32>,
    applications: BTreeMap<ApplicationId, u32>,
}

/// What is chosen for one part.
struct Choice<'t> {
    tenant: &'t Tenant,
    key: Root,
    scenario: &'t str,
    taken: BTreeSet<PersonId>,
    cast: Vec<Played>,
}

impl Troupe {
    /// Those of a tenant who can play.
    pub fn new(tenant: &Tenant) -> Self {
        let mut able: BTreeMap<Role, Vec<PersonId>> = BTreeMap::new();
        let ids = (0_u32..).map(PersonId).zip(&tenant.people);
        for (id, person) in ids.filter(|(_, person)| is_there(person)) {
            able.entry(person.role).or_default().push(id);
        }
        Self {
            able,
            people: BTreeMap::new(),
            mailboxes: BTreeMap::new(),
            applications: BTreeMap::new(),
        }
    }

    /// The cast of a part, in the order of its list.
    pub fn cast(
        &mut self,
        tenant: &Tenant,
        scenario: &str,
        part: &Part,
        key: Root,
    ) -> Result<Vec<Played>, Fault> {
        let mut choice = Choice {
            tenant,
            key,
            scenario,
            taken: BTreeSet::new(),
            cast: Vec::new(),
        };
        for casting in &part.cast {
            let played = self.one(&mut choice, part, casting)?;
            choice.cast.push(played);
        }
        Ok(choice.cast)
    }

    fn one(
        &mut self,
        choice: &mut Choice<'_>,
        part: &Part,
        casting: &Casting,
    ) -> Result<Played, Fault> {
        let wrong = |what: &str| Fault::Scenario {
            scenario: choice.scenario.to_owned(),
            fault: format!("the cast `{}` {what}", casting.name),
        };
        let forms = [
            casting.role.is_some(),
            casting.assisted_by.is_some(),
            casting.shared.is_some(),
            casting.application.is_some(),
            casting.new.is_some(),
        ];
        if forms.into_iter().filter(|form| *form).count() != 1 {
            return Err(wrong(
                "must have one of `role`, `assisted-by`, `shared`, `application` and `new`",
            ));
        }
        if casting.new.is_some() {
            return Ok(Played::New);
        }
        if casting.role.is_some() {
            return self.people(choice, casting);
        }
        if let Some(words) = &casting.shared {
            return self.mailbox(choice, words);
        }
        if casting.application.is_some() {
            return self.application(choice, casting);
        }
        let assistant = casting.assisted_by.as_deref().unwrap_or_default();
        let at = part.cast.iter().position(|other| other.name == assistant);
        let Some(Played::Person(assistant)) = at.and_then(|at| choice.cast.get(at)) else {
            return Err(wrong("names no person of the cast before it"));
        };
        let boss = choice.tenant.person(*assistant);
        let boss = boss.and_then(|person| person.assists);
        let boss = boss.ok_or_else(|| choice.short(1, "assistants"))?;
        choice.taken.insert(boss);
        Ok(Played::Person(boss))
    }

    /// People of any of the roles that the casting names, those that have played least first.
    fn people(&mut self, choice: &mut Choice<'_>, casting: &Casting) -> Result<Played, Fault> {
        let roles = casting.role.as_deref().unwrap_or_default();
        let of_role = |role: &Named<Role>| {
            let able = self.able.get(&role.0).map_or(&[][..], Vec::as_slice);
            let first = choice.lot(u64::MAX) % u64::try_from(able.len().max(1)).unwrap_or(1);
            let first = usize::try_from(first).unwrap_or(0);
            able.iter().cycle().skip(first).take(able.len().min(MOST))
        };
        let mut fitting: Vec<_> = roles.iter().flat_map(of_role).copied().collect();
        fitting.retain(|id| !choice.taken.contains(id));
        fitting.sort_by_cached_key(|id| {
            let played = self.people.get(id).copied().unwrap_or(0);
            (played, choice.lot(u64::from(id.0)), *id)
        });
        let count = usize::from(casting.count.unwrap_or(1));
        let least = casting.least.map_or(count, usize::from);
        if fitting.len() < least {
            let what = roles.first().map_or("people", |role| plural(role.0));
            return Err(choice.short(least, what));
        }
        fitting.truncate(count);
        for id in &fitting {
            *self.people.entry(*id).or_default() += 1;
            choice.taken.insert(*id);
        }
        Ok(match (casting.count, fitting.first()) {
            (None, Some(only)) => Played::Person(*only),
            _ => Played::Several(fitting),
        })
    }

    fn mailbox(&mut self, choice: &Choice<'_>, words: &[String]) -> Result<Played, Fault> {
        let ids = (0_u32..).map(MailboxId).zip(&choice.tenant.mailboxes);
        let shared = ids.filter(|(_, mailbox)| mailbox.kind == MailboxKind::Shared);
        let chosen = shared.min_by_key(|(id, mailbox)| {
            let is_meant = words
                .iter()
                .any(|word| mailbox.alias.contains(word.as_str()));
            let played = self.mailboxes.get(id).copied().unwrap_or(0);
            (!is_meant, played, choice.lot(u64::from(id.0)), *id)
        });
        let (id, _) = chosen.ok_or_else(|| choice.short(1, "shared mailboxes"))?;
        *self.mailboxes.entry(id).or_default() += 1;
        Ok(Played::Mailbox(id))
    }

    fn application(&mut self, choice: &Choice<'_>, casting: &Casting) -> Result<Played, Fault> {
        let purposes = casting.application.as_deref().unwrap_or_default();
        let ids = (0_u32..).map(ApplicationId);
        let ids = ids.zip(&choice.tenant.applications);
        let chosen = ids
            .filter(|(_, one)| purposes.iter().any(|purpose| purpose.0 == one.purpose))
            .map(|(id, _)| id)
            .min_by_key(|id| {
                let played = self.applications.get(id).copied().unwrap_or(0);
                (played, choice.lot(u64::from(id.0)), *id)
            });
        let id = chosen.ok_or_else(|| choice.short(1, "applications of the wanted purpose"))?;
        *self.applications.entry(id).or_default() += 1;
        Ok(Played::Application(id))
    }
}

impl Choice<'_> {
    /// The lot that somebody draws: it decides between those who have played equally often.
    fn lot(&self, whose: u64) -> u64 {
        Dice::of(
            self.tenant.seed,
            Domain("story cast"),
            &[self.key.0, self.cast.len() as u64, whose],
        )
        .number()
    }

    fn short(&self, least: usize, what: &'static str) -> Fault {
        Fault::Short {
            scenario: self.scenario.to_owned(),
            least: least as u64,
            what,
        }
    }
}

/// Whether somebody is there, with a mailbox, from the first day of the log to the last; accounts that never work are there too.
fn is_there(person: &Person) -> bool {
    match person.role {
        Role::Dormant => person.mailbox.is_some() && !person.is_planted,
        Role::ServiceAccount | Role::Guest | Role::Partner => !person.is_planted,
        _ => {
            person.mailbox.is_some()
                && !person.is_planted
                && person.joins == 0
                && person.leaves == u16::MAX
        }
    }
}

/// Several people of a role, for a fault.
fn plural(role: Role) -> &'static str {
    match role {
        Role::Staff => "people with ordinary work",
        Role::ChiefExecutive => "chief executives",
        Role::ChiefFinance => "chiefs of finance",
        Role::Executive => "executives",
        Role::Assistant => "assistants",
        Role::Finance => "people in finance",
        Role::HumanResources => "people in human resources",
        Role::GlobalAdministrator => "global administrators",
        Role::ExchangeAdministrator => "Exchange administrators",
        Role::Helpdesk => "people at the helpdesk",
        Role::ServiceAccount => "service accounts",
        Role::Dormant => "dormant accounts",
        Role::Guest => "guests",
        Role::Partner => "technicians of a partner",
    }
}
