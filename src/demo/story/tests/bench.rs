//! Tenants with stories in them, for tests.

use crate::demo::label::Telling;
use crate::demo::place;
use crate::demo::story::{self, Staged};
use crate::demo::tenant::Tenant;
use crate::demo::world::{Fault, Period, START};

/// The usual length of a log.
pub const PERIOD: Period = Period {
    start: START,
    days: 63,
};

/// A tenant without stories.
pub fn tenant(seed: u64, users: u32, zone: &str) -> Tenant {
    Tenant::new(seed, users, place::of_zone(zone).unwrap())
}

/// Names as they come from the command line.
pub fn named(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// The names of all scenarios.
pub fn all() -> Vec<String> {
    story::names().map(str::to_owned).collect()
}

/// A tenant with stories.
pub fn staged(seed: u64, users: u32, scenarios: &[String]) -> Result<(Tenant, Staged), Fault> {
    let mut tenant = tenant(seed, users, "Europe/Amsterdam");
    let staged = story::stage(&mut tenant, PERIOD, scenarios)?;
    Ok((tenant, staged))
}

/// Everything that is told.
pub fn tellings(staged: &Staged) -> impl Iterator<Item = &Telling> {
    staged
        .labels
        .stories
        .iter()
        .chain(&staged.labels.look_alikes)
}

/// Every id that the labels name.
pub fn ids(staged: &Staged) -> Vec<&str> {
    let mut ids: Vec<&str> = Vec::new();
    for telling in tellings(staged) {
        let lists = [&telling.precursors, &telling.cover_ups, &telling.attempts];
        ids.extend(lists.into_iter().flatten().map(String::as_str));
        for grant in &telling.grants {
            ids.extend(grant.records.iter().map(String::as_str));
            ids.extend(grant.revocations.iter().map(String::as_str));
            for group in &grant.accesses {
                ids.extend(group.records.iter().map(String::as_str));
            }
        }
    }
    ids
}
