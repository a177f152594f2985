//! The root of chance of a part, and what stories choose abroad with it.
//!
//! Not here: what is decided with it.

use crate::demo::chance::{Dice, Domain, mixed, mixed_text};
use crate::demo::id::PlaceId;
use crate::demo::place;
use crate::demo::tenant::Tenant;

/// A number from which all chance of a part follows: of the name of its scenario and its place in the file, not of what is planted
/// beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Root(pub u64);

impl Root {
    /// The root of a part of a scenario.
    pub fn of(scenario: &str, part: u64) -> Self {
        Self(part).and(scenario)
    }

    /// A root of its own for something named.
    pub fn and(self, name: &str) -> Self {
        Self(mixed_text(mixed(self.0), name))
    }

    /// The dice of a decision.
    pub fn dice(self, seed: u64, domain: Domain, which: u64) -> Dice {
        Dice::of(seed, domain, &[self.0, which])
    }
}

/// A place in one of some countries, none of those in which the tenant has a site.
pub(super) fn elsewhere(tenant: &Tenant, countries: &[String], dice: &mut Dice) -> Option<PlaceId> {
    let home = tenant.sites.iter().filter_map(|site| place::info(*site));
    let home: Vec<_> = home.map(|place| place.country).collect();
    let places = countries
        .iter()
        .filter(|country| !home.contains(&country.as_str()))
        .filter_map(|country| place::in_country(country));
    let places: Vec<_> = places.collect();
    dice.one(&places).copied()
}
