//! A tenant with all that happens in it, from the options that it follows from.
//!
//! What happens is ordered by time and given hour by hour, so that its length does not decide how much memory is needed. The ordinary
//! part is the same whatever stories are planted. Not here: what ordinary life is (`life`), the stories (`story`), logs of it (`native` and its like).

use super::chance::mixed_text;
use super::event::{Event, Second};
use super::label::Labels;
use super::life::{Day, Life, Throttle};
use super::place;
use super::story;
use super::tenant::{LEAST_USERS, Tenant};

/// What a tenant follows from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The number from which all chance follows.
    pub seed: u64,
    /// People with ordinary work, administrators included; guests, service accounts and dormant accounts come on top.
    pub users: u32,
    /// Days of the log.
    pub days: u32,
    /// Records of ordinary life in the unified audit log; those of stories come on top.
    pub records: u64,
    /// Time zone of the head office, by its name in the IANA database.
    pub zone: String,
    /// Names of the stories to plant, each once.
    pub scenarios: Vec<String>,
}

/// Most people of a tenant.
pub const MOST_USERS: u32 = 1_000_000;

/// Most days of a log: the hour of a key has 16 bits.
pub const MOST_DAYS: u32 = 2_000;

/// Most records of a log.
pub const MOST_RECORDS: u64 = 10_000_000_000;

/// Most records for each day of a log: the events of an hour are in memory at once.
pub const MOST_A_DAY: u64 = 20_000_000;

/// Most records for each person and day: the ordinal of a key has 20 bits, and counts what one person does in an hour.
pub const MOST_A_PERSON: u64 = 100_000;

/// First second of every log: Monday, 2 February 2026, 00:00 UTC. Summer time begins in most of its zones in the eighth week.
pub const START: Second = 1_769_990_400;

/// Version of what is generated: any change to the bytes of a tenant raises it, so that no case mixes two.
pub const VERSION: u32 = 1;

impl Options {
    /// The seed of the tenant of `grantline demo`.
    pub const SEED: u64 = 1;
    /// The people of it.
    pub const USERS: u32 = 40;
    /// The days of its log.
    pub const DAYS: u32 = 63;
    /// The zone of its head office.
    pub const ZONE: &str = "Europe/Amsterdam";

    /// Records of the unified audit log that so many people write in so many days in ordinary life.
    pub fn usual_records(users: u32, days: u32) -> u64 {
        u64::from(users) * u64::from(days) * 11 / 2
    }

    /// A number for what the options lead to, as good as unique.
    pub fn digest(&self) -> u64 {
        mixed_text(0, &format!("{VERSION} {self:?}"))
    }

    /// Name of the case of a tenant.
    pub fn case_name(&self) -> String {
        format!("demo-{:08x}", self.digest() >> 32)
    }
}

impl Default for Options {
    /// The tenant of `grantline demo`.
    fn default() -> Self {
        Self {
            seed: Self::SEED,
            users: Self::USERS,
            days: Self::DAYS,
            records: Self::usual_records(Self::USERS, Self::DAYS),
            zone: Self::ZONE.to_owned(),
            scenarios: story::names().map(str::to_owned).collect(),
        }
    }
}

/// Why there is no such tenant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A number is out of its bounds.
    #[error("{what} must be from {least} to {most}, not {given}")]
    Number {
        /// Which number it is.
        what: &'static str,
        /// Its least value.
        least: u64,
        /// Its greatest value.
        most: u64,
        /// What was asked for.
        given: u64,
    },
    /// A name is in no table.
    #[error("there is no {what} `{given}`; known are {known}")]
    Unknown {
        /// What it should be.
        what: &'static str,
        /// What was asked for.
        given: String,
        /// The names that there are.
        known: String,
    },
    /// A story needs more than there is.
    #[error(
        "the scenario `{scenario}` needs at least {least} {what}; ask for more, or leave it out"
    )]
    Short {
        /// Which story it is.
        scenario: String,
        /// How many it needs.
        least: u64,
        /// Of what there are too few.
        what: &'static str,
    },
    /// A scenario file is wrong.
    #[error("the scenario `{scenario}`: {fault}")]
    Scenario {
        /// Which story it is.
        scenario: String,
        /// What is wrong with it, and where.
        fault: String,
    },
}

/// The days of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Its first second, a midnight in UTC.
    pub start: Second,
    /// How many days.
    pub days: u32,
}

impl Period {
    /// The first second behind it.
    pub fn end(self) -> Second {
        self.start + i64::from(self.days) * 86_400
    }

    /// The hour of the log that a moment lies in.
    pub fn hour(self, time: Second) -> u32 {
        u32::try_from((time - self.start).div_euclid(3600)).unwrap_or(0)
    }
}

/// A tenant and what happens in it.
#[derive(Debug)]
pub struct World {
    /// What it follows from.
    pub options: Options,
    /// Who there is.
    pub tenant: Tenant,
    /// When it all happens.
    pub period: Period,
    /// What of it is abuse, and what only looks like it.
    pub labels: Labels,
    life: Life,
    planted: Vec<Event>,
}

impl World {
    /// The tenant of some options.
    pub fn new(options: Options) -> Result<Self, Fault> {
        check(&options)?;
        let Some(head_office) = place::of_zone(&options.zone) else {
            let known = place::zones().collect::<Vec<_>>().join(", ");
            return Err(unknown("zone", &options.zone, known));
        };
        let period = Period {
            start: START,
            days: options.days,
        };
        let mut tenant = Tenant::new(options.seed, options.users, head_office);
        let life = Life::new(&tenant, period, options.records);
        let staged = story::stage(&mut tenant, period, &options.scenarios)?;
        Ok(Self {
            options,
            tenant,
            period,
            labels: staged.labels,
            life,
            planted: staged.events,
        })
    }

    /// Everything that happens, from the first hour to the last.
    pub fn events(&self) -> Events<'_> {
        Events {
            world: self,
            hour: 0,
            day: None,
            throttle: Throttle::new(self.tenant.mailboxes.len()),
            planted: 0,
        }
    }
}

/// Walks through what happens, hour by hour.
#[derive(Debug)]
pub struct Events<'w> {
    world: &'w World,
    hour: u32,
    day: Option<Day>,
    throttle: Throttle,
    planted: usize,
}

impl Events<'_> {
    /// Puts the events of the next hour behind those of `into`, in order; false when the log is over.
    pub fn next_hour(&mut self, into: &mut Vec<Event>) -> bool {
        let World {
            tenant,
            period,
            life,
            planted,
            ..
        } = self.world;
        if self.hour >= period.days * 24 {
            return false;
        }
        let begun = into.len();
        if self.hour.is_multiple_of(24) {
            self.day = Some(life.day(tenant, self.hour / 24));
        }
        if let Some(day) = &mut self.day {
            day.hour(tenant, self.hour % 24, into);
        }
        self.hour += 1;
        let end = period.start + i64::from(self.hour) * 3600;
        let due = planted.get(self.planted..).unwrap_or_default();
        let due = due.partition_point(|event| event.time < end);
        into.extend(planted.iter().skip(self.planted).take(due).cloned());
        self.planted += due;
        if let Some(fresh) = into.get_mut(begun..) {
            fresh.sort_unstable_by_key(Event::order);
            for event in fresh {
                self.throttle.pass(self.hour - 1, event);
            }
        }
        true
    }
}

/// Says that a name is in no table.
pub(super) fn unknown(what: &'static str, given: &str, known: String) -> Fault {
    Fault::Unknown {
        what,
        given: given.to_owned(),
        known,
    }
}

/// Most records of a log of so many people and days, and what to call them.
fn most_records(options: &Options) -> (&'static str, u64) {
    let (users, days) = (u64::from(options.users), u64::from(options.days));
    let most = (users * MOST_A_PERSON).min(MOST_A_DAY) * days;
    if most < MOST_RECORDS {
        ("records of so many users and days", most)
    } else {
        ("records", MOST_RECORDS)
    }
}

fn check(options: &Options) -> Result<(), Fault> {
    let (records, most_records) = most_records(options);
    let numbers = [
        (
            "users",
            u64::from(LEAST_USERS),
            u64::from(MOST_USERS),
            u64::from(options.users),
        ),
        ("days", 2, u64::from(MOST_DAYS), u64::from(options.days)),
        (records, 1, most_records, options.records),
    ];
    for (what, least, most, given) in numbers {
        if !(least..=most).contains(&given) {
            return Err(Fault::Number {
                what,
                least,
                most,
                given,
            });
        }
    }
    Ok(())
}
