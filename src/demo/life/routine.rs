//! Planned work: who comes and goes, the sanctioned migration, the renewal of a credential, and tickets.
//!
//! A day is planned from the tenant and its number alone. Where a log is too short for all of it, it is thinned evenly. Not here: what
//! tickets are (`ticket`), work without a plan (`person`).

mod ticket;

use super::habit::{self, Habit, date};
use super::mailbox::mail;
use super::profile::Shape;
use super::{admin, lane};
use crate::demo::chance::{Dice, Domain};
use crate::demo::change;
use crate::demo::client::Client;
use crate::demo::event::{
    Act, Event, Hand, Logon, MailOperation, Resource, Second, SignIn, SignInKind,
};
use crate::demo::id::{Key, MailboxId, Origin, PersonId};
use crate::demo::place;
use crate::demo::tenant::{MailboxKind, Purpose, Role, Tenant};
use crate::demo::world::Period;

/// Planned work of a log: how many of its records there are, and how many are kept.
#[derive(Debug, Default)]
pub(super) struct Routine {
    all: u64,
    kept: u64,
    /// Records planned before each day.
    before: Vec<u64>,
}

impl Routine {
    /// The planned work of a log of so many records: never more than half of them.
    pub(super) fn new(tenant: &Tenant, period: Period, records: u64) -> Self {
        let mut routine = Self::default();
        for day in 0..i64::from(period.days) {
            routine.before.push(routine.all);
            let planned = plan(tenant, period, day);
            let unified = planned.iter().filter(|event| event.is_unified());
            routine.all += u64::try_from(unified.count()).unwrap_or(0);
        }
        routine.kept = routine.all.min(records / 2);
        routine
    }

    /// How many records of planned work the log has.
    pub(super) fn kept(&self) -> u64 {
        self.kept
    }

    /// The planned work of a day, in order.
    pub(super) fn day(&self, tenant: &Tenant, period: Period, day: i64) -> Vec<Event> {
        let at = usize::try_from(day).unwrap_or(usize::MAX);
        let mut number = u128::from(self.before.get(at).copied().unwrap_or(0));
        let mut planned = plan(tenant, period, day);
        let (kept, all) = (u128::from(self.kept), u128::from(self.all.max(1)));
        planned.retain(|event| {
            if !event.is_unified() {
                return true;
            }
            number += 1;
            number * kept / all > (number - 1) * kept / all
        });
        planned
    }
}

/// Work of a day by UTC, in order: that of the day before and the next by local clocks may fall into it.
fn plan(tenant: &Tenant, period: Period, day: i64) -> Vec<Event> {
    let begin = period.start + day * 86_400;
    let mut acts: Vec<(Second, Act)> = Vec::new();
    for near in day - 1..=day + 1 {
        let mut planner = Planner::new(tenant, period, near);
        planner.newcomers();
        planner.leavers();
        planner.projects();
        ticket::plan(&mut planner);
        acts.append(&mut planner.acts);
    }
    acts.retain(|(time, _)| (begin..begin + 86_400).contains(time));
    acts.sort_by_key(|(time, _)| *time);
    let events = (0..).zip(acts).map(|(nth, (time, act))| Event {
        time,
        key: Key::new(Origin::Routine, period.hour(time), 0, nth),
        act,
    });
    events.collect()
}

/// Plans a day by local clocks.
struct Planner<'p> {
    tenant: &'p Tenant,
    period: Period,
    day: i64,
    acts: Vec<(Second, Act)>,
    /// Who gives rights by ticket: Exchange administrators first.
    givers: Vec<PersonId>,
    /// People of the helpdesk.
    helpers: Vec<PersonId>,
}

impl<'p> Planner<'p> {
    fn new(tenant: &'p Tenant, period: Period, day: i64) -> Self {
        let of = |role| tenant.of_role(role).filter(|id| !is_planted(tenant, *id));
        let helpers: Vec<PersonId> = of(Role::Helpdesk).collect();
        let givers = of(Role::ExchangeAdministrator).chain(helpers.iter().copied());
        Self {
            tenant,
            period,
            day,
            acts: Vec::new(),
            givers: givers.collect(),
            helpers,
        }
    }

    fn dice(&self, about: &'static str, which: u64) -> Dice {
        let day = u64::try_from(self.day + 1).unwrap_or(0);
        Dice::of(self.tenant.seed, Domain(about), &[day, which])
    }

    /// The hands of somebody who works on the day, at a moment between nine and half past four by their clock; `None` for a day off.
    fn at_work(&self, person: PersonId, dice: &mut Dice) -> Option<(Second, Hand)> {
        let who = self.tenant.person(person)?;
        let today = Habit::of(self.tenant, person, who).day(self.tenant, person, self.day);
        if !matches!(today.shape, Shape::Office | Shape::Home | Shape::Away) {
            return None;
        }
        let seconds = i64::try_from(dice.between(9 * 3600, 16 * 3600 + 1800)).unwrap_or(0);
        let time = place::info(today.place)?.moment(date(self.day), seconds);
        Some((time, habit::usual(self.tenant, person, time)?))
    }

    /// The first of some people, from a random one on, who works on the day.
    fn on_duty(&self, of: &[PersonId], dice: &mut Dice) -> Option<(Second, Hand)> {
        let first = dice.index(of.len());
        let mut turned = of.iter().cycle().skip(first).take(of.len());
        turned.find_map(|person| self.at_work(*person, dice))
    }

    /// Notes what is done, and that the token for it was renewed.
    fn add(&mut self, time: Second, act: Act) {
        let hand = *act.hand();
        if hand.session != 0 {
            let renewal = SignIn {
                kind: SignInKind::NonInteractive,
                hand,
                resource: Resource::Exchange,
                error: 0,
                credential: None,
            };
            self.acts.push((time - 1, Act::SignIn(renewal)));
        }
        self.acts.push((time, act));
    }

    fn account(&mut self, time: Second, hand: Hand, operation: &'static str, person: PersonId) {
        let mut dice = self.dice("account", u64::from(person.0));
        let client = if dice.happens(2, 5) {
            Client::EntraPortal
        } else {
            Client::AdminPortal
        };
        let hand = Hand { client, ..hand };
        let correlation = dice.number();
        let change = change::account(self.tenant, hand, operation, person, correlation);
        self.add(time, Act::Change(Box::new(change)));
    }

    /// Full access, or the end of it.
    fn full_access(
        &mut self,
        time: Second,
        hand: Hand,
        operation: &'static str,
        mailbox: MailboxId,
        person: PersonId,
    ) {
        let mut dice = self.dice("full-access", u64::from(person.0));
        let by_hand = hand.client == Client::ExchangePowerShell;
        // What is typed differs from time to time; portals always say the same.
        let (name, value) = match (by_hand, operation) {
            (true, "Remove-MailboxPermission") => ("Confirm", "False"),
            (true, _) if dice.happens(1, 3) => ("AutoMapping", "False"),
            (true, _) if dice.happens(1, 4) => ("AutoMapping", "True"),
            _ => ("InheritanceType", "All"),
        };
        let parameters = vec![
            ("User", self.spelled(hand.client, person)),
            ("AccessRights", "FullAccess".to_owned()),
            (name, value.to_owned()),
        ];
        let act = admin::on(self.tenant, hand, operation, mailbox, parameters);
        self.add(time, act);
    }

    /// The right to send as a mailbox.
    fn send_as(&mut self, time: Second, hand: Hand, mailbox: MailboxId, person: PersonId) {
        let parameters = vec![
            ("Trustee", self.spelled(hand.client, person)),
            ("AccessRights", "SendAs".to_owned()),
            ("Confirm", "False".to_owned()),
        ];
        let act = admin::on(
            self.tenant,
            hand,
            "Add-RecipientPermission",
            mailbox,
            parameters,
        );
        self.add(time, act);
    }

    /// The right to send on behalf of a mailbox.
    fn send_on_behalf(&mut self, time: Second, hand: Hand, mailbox: MailboxId, person: PersonId) {
        let parameters = vec![("GrantSendOnBehalfTo", self.spelled(hand.client, person))];
        let act = admin::on(self.tenant, hand, "Set-Mailbox", mailbox, parameters);
        self.add(time, act);
    }

    /// A right to a calendar.
    fn calendar(&mut self, time: Second, hand: Hand, mailbox: MailboxId, person: PersonId) {
        let folder = [
            &admin::spelled(self.tenant, hand.client, mailbox),
            ":\\Calendar",
        ]
        .concat();
        let parameters = vec![
            ("User", self.spelled(hand.client, person)),
            ("AccessRights", "Reviewer".to_owned()),
        ];
        let mut act = admin::on(
            self.tenant,
            hand,
            "Add-MailboxFolderPermission",
            mailbox,
            parameters,
        );
        if let Act::Cmdlet(cmdlet) = &mut act
            && let Some((_, identity)) = cmdlet.parameters.first_mut()
        {
            *identity = folder;
        }
        self.add(time, act);
    }

    fn spelled(&self, client: Client, person: PersonId) -> String {
        let mailbox = self.tenant.mailbox_of(person);
        mailbox.map_or_else(String::new, |mailbox| {
            admin::spelled(self.tenant, client, mailbox)
        })
    }

    /// People of some day: those whose `of` it is.
    fn people(&self, day: i64, of: impl Fn(&crate::demo::tenant::Person) -> u16) -> Vec<PersonId> {
        let people = (0..).map(PersonId).zip(&self.tenant.people);
        people
            .filter(|(_, person)| day > 0 && i64::from(of(person)) == day)
            .map(|(id, _)| id)
            .collect()
    }

    /// Accounts of newcomers on the Friday before; rights to the mailbox of their desk and a colleague's calendar on their first morning.
    fn newcomers(&mut self) {
        for (nth, person) in (0..).zip(self.people(self.day + 3, |person| person.joins)) {
            let mut dice = self.dice("account-made", 0);
            if let Some((time, hand)) = self.on_duty(&self.helpers, &mut dice) {
                let time = time + nth * 240;
                self.account(time, hand, "Add user.", person);
                self.account(time + 45, hand, "Change user license.", person);
            }
        }
        for (nth, person) in (0..).zip(self.people(self.day, |person| person.joins)) {
            // One administrator does all of a morning, one after the other.
            let mut dice = self.dice("onboarding", u64::try_from(nth / 40).unwrap_or(0));
            let Some((time, hand)) = self.on_duty(&self.givers, &mut dice) else {
                continue;
            };
            let hand = Hand {
                client: tool(&mut dice),
                ..hand
            };
            let time = time + nth % 40 * 200;
            let mut own = self.dice("newcomer", u64::from(person.0));
            if let Some(desk) = desk(self.tenant, person) {
                self.full_access(time, hand, "Add-MailboxPermission", desk, person);
                self.send_as(time + 40, hand, desk, person);
            }
            let colleague = colleague(self.tenant, person, &mut own);
            if let Some(mailbox) = self.tenant.mailbox_of(colleague) {
                self.calendar(time + 95, hand, mailbox, person);
            }
        }
    }

    /// Accounts of leavers are disabled; a colleague reads their mail for two weeks.
    fn leavers(&mut self) {
        for person in self.people(self.day, |person| person.leaves) {
            let mut dice = self.dice("leaver", u64::from(person.0));
            if let Some((time, hand)) = self.on_duty(&self.helpers, &mut dice) {
                self.account(time, hand, "Disable account.", person);
            }
            self.heir(person, "Add-MailboxPermission");
        }
        for person in self.people(self.day - 14, |person| person.leaves) {
            self.heir(person, "Remove-MailboxPermission");
        }
        for later in 1..11 {
            for person in self.people(self.day - later, |person| person.leaves) {
                self.read_leavers(person);
            }
        }
    }

    fn heir(&mut self, leaver: PersonId, operation: &'static str) {
        let mut dice = self.dice("heir", u64::from(leaver.0));
        let heir = heir(self.tenant, leaver);
        if let (Some((time, hand)), Some(mailbox)) = (
            self.on_duty(&self.givers, &mut dice),
            self.tenant.mailbox_of(leaver),
        ) {
            let hand = Hand {
                client: tool(&mut dice),
                ..hand
            };
            self.full_access(time, hand, operation, mailbox, heir);
        }
    }

    fn read_leavers(&mut self, leaver: PersonId) {
        let mut dice = self.dice("leavers-mail", u64::from(leaver.0));
        let heir = heir(self.tenant, leaver);
        let Some(mailbox) = self
            .tenant
            .mailbox_of(leaver)
            .filter(|_| dice.happens(1, 2))
        else {
            return;
        };
        for _ in 0..2 {
            if let Some((time, hand)) = self.at_work(heir, &mut dice) {
                let act = mail(
                    self.tenant.seed,
                    hand,
                    (mailbox, Logon::Delegated),
                    MailOperation::Bind,
                    (time, &mut dice),
                );
                self.add(time, Act::Mail(act));
            }
        }
    }

    /// The migration is prepared the day before; the credential of the customer database is renewed once, the old one taken a week later.
    fn projects(&mut self) {
        let mut dice = self.dice("project", 0);
        let seniors: Vec<PersonId> = self.givers.iter().take(1).copied().collect();
        if self.day == lane::migration(self.period) - 1
            && let Some((time, hand)) = self.on_duty(&seniors, &mut dice)
        {
            let hand = Hand {
                client: Client::ExchangePowerShell,
                ..hand
            };
            for (later, operation) in [(0, "New-MigrationEndpoint"), (260, "New-MigrationBatch")] {
                let mut act = admin::on(self.tenant, hand, operation, MailboxId(0), Vec::new());
                if let Act::Cmdlet(cmdlet) = &mut act {
                    cmdlet.object = [&self.tenant.domain, "\\Archive move"].concat();
                    cmdlet.parameters = vec![("Name".into(), "Archive move".to_owned())];
                }
                self.add(time + later, act);
            }
        }
        let renewal = renewal(self.tenant);
        let is_removal = self.day == renewal + 7;
        let administrator = self.tenant.of_role(Role::GlobalAdministrator).next();
        let application = self.tenant.of_purpose(Purpose::Customers).next();
        if let (Some(administrator), Some(application)) = (administrator, application)
            && (self.day == renewal || is_removal)
            && let Some((time, hand)) = self.at_work(administrator, &mut dice)
        {
            let hand = Hand {
                client: Client::EntraPortal,
                ..hand
            };
            let old = self
                .tenant
                .application(application)
                .and_then(|known| known.credentials.first().copied());
            let key = match old {
                Some(old) if is_removal => old,
                _ => lane::renewed(self.tenant, application),
            };
            let change = change::credential(
                self.tenant,
                hand,
                application,
                "customers-sync",
                key,
                is_removal,
                dice.number(),
            );
            self.add(time, Act::Change(Box::new(change)));
        }
    }
}

/// The day of the log on which the first global administrator renews the credential of the customer database: the first working day of theirs
/// in the fourth week.
pub(super) fn renewal(tenant: &Tenant) -> i64 {
    let works = |day: &i64| {
        let administrator = tenant.of_role(Role::GlobalAdministrator).next();
        administrator.is_some_and(|id| {
            tenant.person(id).is_some_and(|person| {
                let today = |day| Habit::of(tenant, id, person).day(tenant, id, day).shape;
                let is_at_work =
                    |day| matches!(today(day), Shape::Office | Shape::Home | Shape::Away);
                is_at_work(*day) && is_at_work(*day + 7)
            })
        })
    };
    (22..40).find(works).unwrap_or(22)
}

/// A tool with which rights are given.
fn tool(dice: &mut Dice) -> Client {
    match dice.below(10) {
        0..=4 => Client::ExchangeAdminCenter,
        5..=7 => Client::AdminPortal,
        _ => Client::ExchangePowerShell,
    }
}

fn is_planted(tenant: &Tenant, id: PersonId) -> bool {
    tenant.person(id).is_none_or(|person| person.is_planted)
}

/// The shared mailbox of somebody's department, which newcomers are given.
pub(super) fn desk(tenant: &Tenant, person: PersonId) -> Option<MailboxId> {
    let department = tenant.person(person)?.department;
    let first = tenant
        .mailboxes
        .partition_point(|mailbox| mailbox.kind == MailboxKind::User);
    let shared = tenant.mailboxes.iter().enumerate().skip(first).take(16);
    let mut shared = shared.filter(|(_, mailbox)| mailbox.kind == MailboxKind::Shared);
    let fits = |id: &PersonId| {
        tenant
            .person(*id)
            .is_some_and(|other| other.department == department)
    };
    let (at, _) = shared.find(|(_, mailbox)| mailbox.delegates.iter().any(fits))?;
    u32::try_from(at).ok().map(MailboxId)
}

/// A colleague of the same department, as near as chance comes.
fn colleague(tenant: &Tenant, person: PersonId, dice: &mut Dice) -> PersonId {
    let department = tenant.person(person).map(|person| person.department);
    let mut last = admin::anybody(tenant, dice);
    for _ in 0..20 {
        if last != person && tenant.person(last).map(|other| other.department) == department {
            break;
        }
        last = admin::anybody(tenant, dice);
    }
    last
}

/// Who looks after the mail of somebody who leaves.
fn heir(tenant: &Tenant, leaver: PersonId) -> PersonId {
    let mut dice = Dice::of(tenant.seed, Domain("heir-of"), &[u64::from(leaver.0)]);
    colleague(tenant, leaver, &mut dice)
}
