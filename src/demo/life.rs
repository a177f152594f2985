//! Ordinary life: what people, applications and Microsoft's own services do, day by day.
//!
//! The number of records is met exactly: each principal has a weight in each hour, in whole numbers, and what the log shall hold is
//! dealt out along their running sum. Not here: abuse and what looks like it (`story`).

use super::event::{Actor, Event, Hand, Second};
use super::id::PersonId;
use super::tenant::Tenant;
use super::world::Period;

/// Ordinary life in a tenant.
#[derive(Debug)]
pub struct Life {
    period: Period,
}

/// One day of it.
#[derive(Debug)]
pub struct Day {
    day: u32,
}

impl Life {
    /// Ordinary life of a tenant, as many records of the unified audit log as asked for.
    pub fn new(_tenant: &Tenant, period: Period, _records: u64) -> Self {
        Self { period }
    }

    /// A day of it, from 0.
    pub fn day(&self, _tenant: &Tenant, day: u32) -> Day {
        Day { day }
    }
}

impl Day {
    /// Puts the events of an hour of the day (0 to 23, UTC) into a list, in no order; hours are asked for from the first to the last.
    pub fn hour(&mut self, _tenant: &Tenant, _hour: u32, _into: &mut Vec<Event>) {}
}

/// The hands of a person at a moment as they usually are: where they are that day, with the program they use, in that day's session.
pub fn usual(_tenant: &Tenant, _period: Period, _person: PersonId, _time: Second) -> Option<Hand> {
    None
}
