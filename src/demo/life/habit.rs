//! Habits of people: when they begin, what they work with, where they are each day; trips and leave.
//!
//! All of it follows from the seed, the person and the day alone, so that anybody can be asked for at any moment. Nobody is at two places
//! within a journey's time: the days around a trip are silent. Not here: what they do (`person`).

use super::profile::{DAWN, Shape};
use crate::demo::chance::{Dice, Domain, mixed};
use crate::demo::client::Client;
use crate::demo::event::{Actor, Hand, Second};
use crate::demo::id::{PersonId, PlaceId};
use crate::demo::place::{self, Network};
use crate::demo::tenant::{Person, Role, Tenant};
use crate::demo::world::Period;
use std::net::IpAddr;
use std::sync::LazyLock;

/// What somebody always does the same way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Habit {
    /// How much they do on a working day.
    pub(super) rate: u16,
    /// Minutes by which their day is later than that of others.
    pub(super) shift: i16,
    /// The program at their desk.
    pub(super) desktop: Client,
    /// That on their phone, for those who have mail there.
    pub(super) phone: Option<Client>,
    /// What they do.
    pub(super) role: Role,
    /// Where they live.
    pub(super) home: PlaceId,
    /// Days of the week on which they work at home, one bit each from Monday.
    pub(super) at_home: u8,
    joins: u16,
    leaves: u16,
}

/// Programs at desks and how common they are.
const DESKTOPS: [(Client, u32); 6] = [
    (Client::Outlook, 62),
    (Client::WebEdge, 15),
    (Client::WebChrome, 10),
    (Client::OutlookMac, 7),
    (Client::WebSafari, 4),
    (Client::WebFirefox, 2),
];

impl Habit {
    /// The habits of a person.
    pub(super) fn of(tenant: &Tenant, id: PersonId, person: &Person) -> Self {
        let mut dice = Dice::of(tenant.seed, Domain("habit"), &[u64::from(id.0)]);
        let vigour = dice.between(60, 160);
        let rate = rate(person) * vigour / 100;
        let shift = i16::try_from(dice.between(0, 8)).unwrap_or(4) * 15 - 60;
        let desktop = dice.weighted(DESKTOPS.iter().map(|(_, weight)| *weight));
        let desktop = desktop.and_then(|at| DESKTOPS.get(at));
        let desktop = desktop.map_or(Client::Outlook, |(client, _)| *client);
        let phone = match dice.below(10) {
            0..=3 => Some(Client::PhoneApple),
            4..=6 => Some(Client::PhoneAndroid),
            _ => None,
        };
        let is_program = person.role == Role::ServiceAccount;
        Self {
            rate: u16::try_from(rate).unwrap_or(u16::MAX),
            shift: if is_program { 0 } else { shift },
            desktop: if is_program { Client::Imap } else { desktop },
            phone: phone.filter(|_| person.role.is_colleague()),
            role: person.role,
            home: person.home,
            at_home: at_home(&mut dice),
            joins: person.joins,
            leaves: person.leaves,
        }
    }

    /// How much of a whole working day somebody does on a day (of those since 1970; `day` of the log), and where and how.
    pub(super) fn day(&self, tenant: &Tenant, id: PersonId, day: i64) -> Today {
        let silent = Today::default();
        if day < i64::from(self.joins) || day >= i64::from(self.leaves) || self.rate == 0 {
            return silent;
        }
        if self.role == Role::ServiceAccount {
            return Today::new(Shape::Round, self.home, 256);
        }
        let whose = u64::from(id.0);
        let stay = self.stay(tenant, whose, day);
        let place = match stay {
            Stay::Gone => return silent,
            Stay::Away(place) => place,
            Stay::Home | Stay::Leave => self.home,
        };
        let Some(there) = place::info(place) else {
            return silent;
        };
        let date = date(day);
        if stay == Stay::Leave || !there.is_working_day(date) {
            // A day off is spent without a desk.
            let much = if self.phone.is_some() { 10 } else { 0 };
            return Today::new(Shape::Quiet, place, much);
        }
        let chance = mixed(tenant.seed ^ mixed(whose << 32 ^ u64::try_from(date).unwrap_or(0)));
        let weekday = place::weekday(date);
        let shape = match stay {
            Stay::Away(_) => Shape::Away,
            _ if self.at_home >> weekday & 1 == 1 => Shape::Home,
            _ => Shape::Office,
        };
        let noise = 128 + chance % 256;
        Today::new(shape, place, u32::try_from(noise).unwrap_or(256))
    }

    /// Where somebody stays on a day of the log: at most one trip in four weeks, at most one leave in thirteen.
    fn stay(&self, tenant: &Tenant, whose: u64, day: i64) -> Stay {
        if let Some(is_reachable) = self.leave(tenant.seed, whose, day) {
            return if is_reachable {
                Stay::Leave
            } else {
                Stay::Gone
            };
        }
        let Some(trip) = self.trip(tenant, whose, day.div_euclid(28)) else {
            return Stay::Home;
        };
        match day - trip.first {
            0.. if day <= trip.last => Stay::Away(trip.place),
            _ if day >= trip.first - trip.journey && day <= trip.last + trip.journey => Stay::Gone,
            _ => Stay::Home,
        }
    }

    /// Whether a day is one of leave, and if so whether the phone is looked at.
    fn leave(&self, seed: u64, whose: u64, day: i64) -> Option<bool> {
        let block = day.div_euclid(91);
        let chance =
            mixed(seed ^ mixed(whose ^ 0x1ea5_e000 ^ u64::try_from(block + 1).unwrap_or(0) << 40));
        if chance % 10 < 4 || !self.role.is_colleague() {
            return None;
        }
        // From a Monday: START is one, and thirteen weeks are a block.
        let first = block * 91 + 7 * i64::try_from(chance >> 8 & 7).unwrap_or(0) + 7;
        let length = [5, 5, 8, 12][usize::try_from(chance >> 16 & 3).unwrap_or(0)];
        let is_on = (first..first + length).contains(&day);
        is_on.then_some((chance >> 20).is_multiple_of(4))
    }

    /// The trip of four weeks, for those who make one then and have no leave in it.
    fn trip(&self, tenant: &Tenant, whose: u64, block: i64) -> Option<Trip> {
        let often = match self.role {
            Role::ChiefExecutive | Role::ChiefFinance | Role::Executive => 40,
            Role::Staff | Role::Finance | Role::HumanResources => 14,
            _ => 5,
        };
        let block_key = u64::try_from(block + 1).unwrap_or(0);
        let mut chance = mixed(tenant.seed ^ mixed(whose ^ 0x7219_0000_0000 ^ block_key << 48));
        if chance % 100 >= often || !self.role.is_colleague() {
            return None;
        }
        let mut dice = Dice::keyed(mixed(chance));
        chance >>= 32;
        let place = match chance % 3 {
            0 => dice.one(&PLACES).copied(),
            _ => dice.one(&tenant.sites).copied(),
        }?;
        if place == self.home {
            return None;
        }
        let first = block * 28 + 3 + i64::try_from(dice.below(15)).unwrap_or(0);
        let last = first + 1 + i64::try_from(dice.below(4)).unwrap_or(0);
        let journey = journey(self.home, place);
        let mut span = first - journey..=last + journey;
        let is_free = span.all(|day| self.leave(tenant.seed, whose, day).is_none());
        is_free.then_some(Trip {
            place,
            first,
            last,
            journey,
        })
    }
}

/// Days without any activity before and after a stay: more where the clocks are far apart.
fn journey(from: PlaceId, to: PlaceId) -> i64 {
    let longitude = |id| place::info(id).map_or(0, |place| place.longitude);
    let apart = (longitude(from) - longitude(to)).abs();
    if apart > 60_000 { 2 } else { 1 }
}

/// Places that trips go to besides the company's own sites.
static PLACES: LazyLock<Vec<PlaceId>> = LazyLock::new(|| {
    let sites = place::all().filter(|(_, place)| place.is_site);
    sites.map(|(id, _)| id).collect()
});

/// Where somebody is on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stay {
    Home,
    Away(PlaceId),
    Leave,
    Gone,
}

/// A stay at another place, from its first day to its last.
struct Trip {
    place: PlaceId,
    first: i64,
    last: i64,
    journey: i64,
}

/// Somebody's day: where, of what kind, and how much is done (256 for an ordinary working day).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Today {
    pub(super) shape: Shape,
    pub(super) place: PlaceId,
    pub(super) much: u32,
}

impl Today {
    fn new(shape: Shape, place: PlaceId, much: u32) -> Self {
        Self { shape, place, much }
    }
}

/// How much people do on a working day, by role; a service account without a mailbox hardly shows.
fn rate(person: &Person) -> u64 {
    match person.role {
        Role::Staff => 100,
        Role::ChiefExecutive | Role::ChiefFinance | Role::Executive | Role::Finance => 130,
        Role::Assistant => 200,
        Role::HumanResources | Role::ExchangeAdministrator => 110,
        Role::GlobalAdministrator => 90,
        Role::Helpdesk => 120,
        Role::ServiceAccount if person.mailbox.is_some() => 40,
        Role::ServiceAccount => 3,
        Role::Dormant => 0,
        Role::Guest => 4,
        Role::Partner => 12,
    }
}

/// Days at home: none, or one to three of a week.
fn at_home(dice: &mut Dice) -> u8 {
    match dice.below(4) {
        0 => 0,
        days => (0..days).fold(0, |bits, _| bits | 1 << dice.below(5)),
    }
}

/// The day since 1970 of a day of the log.
pub(super) fn date(day: i64) -> i64 {
    crate::demo::world::START / 86_400 + day
}

/// The day of the log that a moment belongs to by the clock of a place: days begin at dawn.
pub(super) fn day_at(place: PlaceId, time: Second) -> i64 {
    let offset = place::info(place).map_or(0, |place| place.offset(time));
    (time + offset - DAWN).div_euclid(86_400) - date(0)
}

/// Which of somebody's devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Device {
    Desktop,
    Phone,
}

impl Habit {
    /// Somebody's hands on a day with a device.
    pub(super) fn hand(
        &self,
        seed: u64,
        id: PersonId,
        day: i64,
        today: Today,
        device: Device,
    ) -> Hand {
        let whose = u64::from(id.0);
        let phone = self.phone.filter(|_| device == Device::Phone);
        let day_key = mixed(u64::try_from(day + 2).unwrap_or(0) ^ 0xda10);
        let (network, which) = match (phone, today.shape) {
            (Some(_), _) => (Network::Phone, mixed(whose) ^ day_key),
            (None, Shape::Office | Shape::Round) => (Network::Office, office(whose, today.place)),
            // Abroad: the office of the place, or a hotel.
            (None, Shape::Away) if whose % 2 == 0 => (Network::Office, office(whose, today.place)),
            (None, Shape::Away) => (Network::Home, mixed(whose ^ day_key >> 60)),
            (None, _) => (Network::Home, mixed(whose)),
        };
        let session = mixed(seed ^ mixed(whose << 1 | u64::from(phone.is_some())) ^ day_key) | 1;
        Hand {
            actor: Actor::Person(id),
            client: phone.unwrap_or(self.desktop),
            address: place::address(today.place, network, seed ^ which),
            place: today.place,
            session,
        }
    }
}

/// The address of somebody's desk, at home or at the office of their place.
pub(super) fn desk(tenant: &Tenant, id: PersonId, network: Network) -> Option<IpAddr> {
    let home = tenant.person(id)?.home;
    let whose = u64::from(id.0);
    let which = match network {
        Network::Office => office(whose, home),
        _ => mixed(whose),
    };
    Some(place::address(home, network, tenant.seed ^ which))
}

/// An office has three addresses towards the internet; a desk always uses the same.
fn office(whose: u64, place: PlaceId) -> u64 {
    0x0ff1_ce00 + u64::from(place.0) * 16 + whose % 3
}

/// The hands of a person at a moment as they usually are: where they are that day, with the program they use, in that day's session.
/// `None` for people who are there for a story only.
pub(super) fn usual(tenant: &Tenant, id: PersonId, time: Second) -> Option<Hand> {
    let person = tenant.person(id).filter(|person| !person.is_planted)?;
    let habit = Habit::of(tenant, id, person);
    let day = day_at(habit.home, time);
    let mut today = habit.day(tenant, id, day);
    if today.shape == Shape::None {
        today = Today::new(Shape::Home, habit.home, 0);
    }
    let there = place::info(today.place)?;
    let is_late = !(7..19).contains(&there.local(time).hour);
    let device = match today.shape {
        Shape::Quiet => Device::Phone,
        _ if is_late => Device::Phone,
        _ => Device::Desktop,
    };
    // Late at a desk is late at the one at home.
    if is_late && today.shape == Shape::Office {
        today.shape = Shape::Home;
    }
    Some(habit.hand(tenant.seed, id, day_at(today.place, time), today, device))
}

/// The days around a period on which somebody's activity can fall into it.
pub(super) fn days(period: Period) -> std::ops::Range<i64> {
    -1..i64::from(period.days) + 1
}
