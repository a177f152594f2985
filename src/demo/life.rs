//! Ordinary life: what people, applications and Microsoft's own services do, day by day.
//!
//! The number of records is met exactly: each person has a weight on each day, each application and service (a lane) one in each hour,
//! in whole numbers, and what the log shall hold is dealt out along their running sum. A day needs only the sum before it, so days can be
//! made in any order. Not here: abuse and what looks like it (`story`).
//!
//! What shares the records are out of: see `lane::LANES`, whose proportions are checked by a test.

mod admin;
mod habit;
mod lane;
mod mailbox;
mod noise;
mod person;
mod profile;
mod routine;
mod sharing;
mod throttle;

use super::event::{Event, Folder, Hand, Second};
use super::id::{ApplicationId, MailboxId, PersonId, PlaceId};
use super::place::{self, Network};
use super::tenant::Tenant;
use super::world::Period;
use habit::{Habit, date};
use lane::Lanes;
use profile::{DAWN, Shape, WHOLE};
use routine::Routine;
use sharing::Sharing;
use std::net::IpAddr;
use std::sync::Arc;

pub(super) use throttle::Throttle;

/// Ordinary life in a tenant.
#[derive(Debug)]
pub struct Life(Arc<Plan>);

/// What all days of it have in common.
#[derive(Debug)]
struct Plan {
    period: Period,
    habits: Vec<Habit>,
    sharing: Sharing,
    lanes: Lanes,
    routine: Routine,
    deal: Deal,
}

/// One day of it.
#[derive(Debug)]
pub struct Day {
    plan: Arc<Plan>,
    number: i64,
    /// What each person does on the day before, this one and the next by their own clock: all may touch this one by UTC.
    windows: Vec<[Window; 3]>,
    /// How many records of each lane fall into each hour.
    lanes: Vec<[u32; 24]>,
    /// Planned work of the day, in order.
    planned: Vec<Event>,
}

/// A day of a person by their own clock.
#[derive(Debug, Clone, Copy, Default)]
struct Window {
    /// How many records it holds.
    records: u32,
    place: PlaceId,
    shape: Shape,
}

/// Deals records out along a running sum of weights.
#[derive(Debug, Default)]
struct Deal {
    /// How many there are to deal.
    records: u64,
    /// All weights together.
    weight: u64,
    /// The weights before each day, from the one before the log to the one behind it.
    before: Vec<u64>,
}

impl Deal {
    /// How many records have been dealt when so much weight has gone by.
    fn dealt(&self, weight: u64) -> u64 {
        let all = u128::from(self.weight.max(1));
        u64::try_from(u128::from(weight) * u128::from(self.records) / all).unwrap_or(u64::MAX)
    }
}

/// Where the deal of a day stands.
struct Dealer<'d> {
    deal: &'d Deal,
    weight: u64,
    dealt: u64,
}

impl Dealer<'_> {
    /// Passes weights whose share is dealt elsewhere.
    fn skip(&mut self, weight: u64) {
        self.weight += weight;
        self.dealt = self.deal.dealt(self.weight);
    }

    /// The share of the next weight.
    fn next(&mut self, weight: u64) -> u32 {
        if weight == 0 {
            return 0;
        }
        self.weight += weight;
        let dealt = self.deal.dealt(self.weight);
        let share = dealt - self.dealt;
        self.dealt = dealt;
        u32::try_from(share).unwrap_or(u32::MAX)
    }
}

impl Life {
    /// Ordinary life of a tenant, as many records of the unified audit log as asked for.
    pub fn new(tenant: &Tenant, period: Period, records: u64) -> Self {
        let people = (0_u32..).map(PersonId).zip(&tenant.people);
        let mut life = Plan {
            period,
            habits: people
                .map(|(id, person)| Habit::of(tenant, id, person))
                .collect(),
            sharing: Sharing::new(tenant),
            lanes: Lanes::default(),
            routine: Routine::default(),
            deal: Deal::default(),
        };
        life.routine = Routine::new(tenant, period, records);
        life.deal.records = records - life.routine.kept();
        let people: Vec<u64> = habit::days(period)
            .map(|day| life.people_weight(tenant, day))
            .collect();
        life.lanes = Lanes::new(tenant, period, people.iter().sum());
        for (day, people) in habit::days(period).zip(people) {
            life.deal.before.push(life.deal.weight);
            let lanes = life.lanes.day(tenant, period, day);
            life.deal.weight += people + lanes.iter().flatten().sum::<u64>();
        }
        Self(Arc::new(life))
    }

    /// A day of it, from 0.
    pub fn day(&self, tenant: &Tenant, day: u32) -> Day {
        let day = i64::from(day);
        let plan = &self.0;
        Day {
            plan: Arc::clone(plan),
            number: day,
            windows: plan.windows(tenant, day),
            lanes: plan.lane_counts(tenant, day),
            planned: plan.routine.day(tenant, plan.period, day),
        }
    }
}

impl Plan {
    /// How much each person does on the day before, a day, and the next.
    fn windows(&self, tenant: &Tenant, day: i64) -> Vec<[Window; 3]> {
        let mut windows = vec![[Window::default(); 3]; self.habits.len()];
        for (at, near) in (day - 1..=day + 1).enumerate() {
            let mut dealer = self.dealer(near);
            let people = self.habits.iter().zip(&mut windows);
            for (id, (habit, windows)) in (0..).map(PersonId).zip(people) {
                let (weight, mut window) = self.window(tenant, habit, id, near);
                window.records = dealer.next(weight);
                if let Some(place) = windows.get_mut(at) {
                    *place = window;
                }
            }
        }
        windows
    }

    /// How many records of each lane fall into each hour of a day: they are dealt behind those of the people.
    fn lane_counts(&self, tenant: &Tenant, day: i64) -> Vec<[u32; 24]> {
        let mut dealer = self.dealer(day);
        dealer.skip(self.people_weight(tenant, day));
        let weights = self.lanes.day(tenant, self.period, day);
        weights
            .iter()
            .map(|hours| hours.map(|weight| dealer.next(weight)))
            .collect()
    }

    fn dealer(&self, day: i64) -> Dealer<'_> {
        let at = usize::try_from(day + 1).unwrap_or(usize::MAX);
        let weight = self.deal.before.get(at).copied();
        let weight = weight.unwrap_or(self.deal.weight);
        Dealer {
            deal: &self.deal,
            weight,
            dealt: self.deal.dealt(weight),
        }
    }

    fn people_weight(&self, tenant: &Tenant, day: i64) -> u64 {
        let people = (0..).map(PersonId).zip(&self.habits);
        people
            .map(|(id, habit)| self.window(tenant, habit, id, day).0)
            .sum()
    }

    /// The weight of a person on a day by their own clock, as far as it lies in the log, and the day itself.
    fn window(&self, tenant: &Tenant, habit: &Habit, id: PersonId, day: i64) -> (u64, Window) {
        let today = habit.day(tenant, id, day);
        let window = Window {
            records: 0,
            place: today.place,
            shape: today.shape,
        };
        let whole = u64::from(habit.rate) * u64::from(today.much);
        let inner = 1..i64::from(self.period.days) - 1;
        let weight = if inner.contains(&day) {
            whole * WHOLE
        } else {
            let (from, to) = self.bounds(habit, day, window);
            whole * (to - from)
        };
        (weight >> 8, window)
    }

    /// The parts of a person's day at which the log begins and ends: nothing and all but at its edges.
    fn bounds(&self, habit: &Habit, day: i64, window: Window) -> (u64, u64) {
        let part = |time| {
            let offset = offset(window, time);
            window.shape.until(after_dawn(habit, day, time + offset))
        };
        (part(self.period.start), part(self.period.end()))
    }
}

/// Seconds by which the clock of a window is ahead of UTC; programs know no zone.
fn offset(window: Window, time: Second) -> i64 {
    match window.shape {
        Shape::None | Shape::Round => 0,
        _ => place::info(window.place).map_or(0, |place| place.offset(time)),
    }
}

/// Seconds from the dawn of a person's day to a moment by their clock.
fn after_dawn(habit: &Habit, day: i64, shown: i64) -> i64 {
    shown - date(day) * 86_400 - DAWN - i64::from(habit.shift) * 60
}

/// An hour of the log, for those who fill it.
struct Scene<'s> {
    plan: &'s Plan,
    tenant: &'s Tenant,
    /// Hour of the log.
    hour: u32,
    /// Its first second.
    time: Second,
}

impl Day {
    /// Puts the events of an hour of the day (0 to 23, UTC) into a list, in no order; hours are asked for from the first to the last.
    pub fn hour(&mut self, tenant: &Tenant, hour: u32, into: &mut Vec<Event>) {
        let plan = &*self.plan;
        let time = plan.period.start + self.number * 86_400 + i64::from(hour) * 3600;
        let scene = Scene {
            plan,
            tenant,
            hour: plan.period.hour(time),
            time,
        };
        let due = |event: &&Event| event.time >= time && event.time < time + 3600;
        into.extend(self.planned.iter().filter(due).cloned());
        let offsets: Vec<i64> = place::all().map(|(_, place)| place.offset(time)).collect();
        let people = (0..)
            .map(PersonId)
            .zip(plan.habits.iter().zip(&self.windows));
        for (id, (habit, windows)) in people {
            let mut ordinal = 0;
            for (day, window) in (self.number - 1..).zip(windows) {
                if window.records == 0 {
                    continue;
                }
                let offset = match window.shape {
                    Shape::Round => 0,
                    _ => offsets.get(window.place.index()).copied().unwrap_or(0),
                };
                let seconds = after_dawn(habit, day, time + offset);
                if seconds <= -3600 || seconds >= 86_400 {
                    continue;
                }
                let (from, to) = plan.share(habit, id, day, *window, seconds);
                if from < to {
                    let part = person::Part {
                        id,
                        habit,
                        day,
                        window: *window,
                        from,
                        to,
                    };
                    ordinal = person::fill(&scene, &part, ordinal, into);
                }
            }
        }
        let at = usize::try_from(hour).unwrap_or(0);
        let counts = self.lanes.iter().map(|hours| hours.get(at).copied());
        plan.lanes
            .fill(&scene, counts.map(Option::unwrap_or_default), into);
    }
}

impl Plan {
    /// Which of the records of a person's day fall into the hour that begins so many seconds after its dawn: from one to before another.
    fn share(
        &self,
        habit: &Habit,
        id: PersonId,
        day: i64,
        window: Window,
        seconds: i64,
    ) -> (u32, u32) {
        let is_inner = (1..i64::from(self.period.days) - 1).contains(&day);
        let (first, last) = if is_inner {
            (0, WHOLE)
        } else {
            self.bounds(habit, day, window)
        };
        let span = (last - first).max(1);
        let key = u64::from(id.0) << 20 ^ u64::try_from(day + 1).unwrap_or(0);
        let luck = super::chance::mixed(key) % span;
        let until = |seconds| {
            let part = window.shape.until(seconds).clamp(first, last) - first;
            u32::try_from((u64::from(window.records) * part + luck) / span).unwrap_or(0)
        };
        (until(seconds), until(seconds + 3600))
    }
}

/// The hands of a person at a moment as they usually are: where they are that day, with the program they use, in that day's session.
/// `None` for people who are there for a story only.
pub fn usual(tenant: &Tenant, _period: Period, person: PersonId, time: Second) -> Option<Hand> {
    habit::usual(tenant, person, time)
}

/// The address of somebody's desk, at home or at the office of their place.
pub fn desk(tenant: &Tenant, person: PersonId, network: Network) -> Option<IpAddr> {
    habit::desk(tenant, person, network)
}

/// The address of an application's own servers.
pub fn servers(tenant: &Tenant, application: ApplicationId) -> Option<IpAddr> {
    lane::servers(tenant, application)
}

/// Number of the newest message in a folder at a moment.
pub fn newest(tenant: &Tenant, mailbox: MailboxId, folder: Folder, time: Second) -> u32 {
    mailbox::newest(tenant.seed, mailbox, folder, time)
}

#[cfg(test)]
mod tests;
