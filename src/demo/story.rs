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

/// How hard a story is to find.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difficulty {
    /// One look is enough.
    Easy,
}

impl Difficulty {
    /// The word for it.
    pub fn word(self) -> &'static str {
        "easy"
    }
}

/// A story as its file tells it.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// What happens, in one line.
    pub title: String,
    /// ATT&CK ids.
    pub attack: Vec<String>,
    /// How hard it is to find.
    pub difficulty: Difficulty,
}

/// The scenarios, in order of difficulty and name.
pub fn scenarios() -> impl Iterator<Item = &'static Scenario> {
    [].into_iter()
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
