//! Stories of abuse and look-alikes: scenario files (`assets/scenarios/*.toml`) cast with the people of a tenant and put into its days.
//!
//! Not here: what a record of a step looks like (`native`), ordinary life (`life`).

use super::event::Event;
use super::label::Labels;
use super::tenant::Tenant;
use super::world::{Fault, Period};

/// What stories come to.
#[derive(Debug, Default)]
pub struct Staged {
    /// All their events, in order.
    pub events: Vec<Event>,
    /// What is what.
    pub labels: Labels,
}

/// Names of the scenarios, in order of difficulty and name.
pub fn names() -> impl Iterator<Item = &'static str> {
    [].into_iter()
}

/// Puts stories into a tenant.
pub fn stage(
    _tenant: &mut Tenant,
    _period: Period,
    _scenarios: &[String],
) -> Result<Staged, Fault> {
    Ok(Staged::default())
}
