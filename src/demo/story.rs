//! Stories of abuse and look-alikes: scenario files (`assets/scenarios/*.toml`) cast with the people of a tenant and put into its days.
//!
//! Every scenario is cast and given its days, planted or not; only then are the wanted ones played. So a story is the same whatever
//! is planted beside it. Not here: what a record of a step looks like (`native`), ordinary life (`life`).

mod amount;
mod attack;
mod cast;
mod clock;
mod fill;
mod novel;
mod root;
mod schedule;
mod script;
mod stage;
mod tell;
#[cfg(test)]
mod tests;
mod verb;
mod word;

use super::event::Event;
use super::label::{Difficulty, Labels, Technique};
use super::tenant::Tenant;
use super::world::{Fault, Period, unknown};
use cast::{Played, Troupe};
use root::Root;
use schedule::Diary;
use script::{Part, Script};
use stage::Setting;
use std::sync::LazyLock;
use tell::Teller;

/// What stories come to.
#[derive(Debug, Default)]
pub struct Staged {
    /// All their events, in order.
    pub events: Vec<Event>,
    /// What is what.
    pub labels: Labels,
}

/// A scenario, for listings.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is, in a few words.
    pub title: &'static str,
    /// How hard it is to find.
    pub difficulty: Difficulty,
    /// How many look-alikes come with it.
    pub look_alikes: usize,
    script: &'static Script,
}

impl Scenario {
    /// ATT&CK objects that it serves.
    pub fn attack(&self) -> impl Iterator<Item = Technique> {
        self.script.attack.iter().map(|one| one.0)
    }
}

/// Writes the table of the files, each named as its scenario.
macro_rules! files {
    ($($name:literal,)*) => {
        /// The scenario files, by name.
        const FILES: &[(&str, &str)] = &[$(($name, include_str!(concat!("../../assets/scenarios/", $name, ".toml"))),)*];
    };
}

files! {
    "impersonation-service-principal",
    "full-access-dormant",
    "rbac-for-applications",
    "fresh-app-permission",
    "role-group-detour",
    "inbox-to-default",
    "guest-send-as",
    "grant-sync-revoke",
    "working-hours-portal",
    "self-grant-chief-executive",
    "consent-phishing",
    "hijacked-service-principal",
    "partner-chain",
    "audit-bypass-first",
    "slow-reader",
}

/// Most parts of a scenario: its number in a key.
const MOST_PARTS: usize = 64;

/// The scenarios as read, in the order of the files.
static SCRIPTS: LazyLock<Vec<Result<Script, Fault>>> =
    LazyLock::new(|| FILES.iter().map(|(name, text)| read(name, text)).collect());

/// Reads a scenario file.
fn read(name: &str, text: &str) -> Result<Script, Fault> {
    let fault = |fault| Fault::Scenario {
        scenario: name.to_owned(),
        fault,
    };
    let file = format!("assets/scenarios/{name}.toml");
    let script = Script::read(&file, text).map_err(fault)?;
    if script.name != name {
        return Err(fault(format!("{file}: it calls itself `{}`", script.name)));
    }
    if script.look_alike.is_empty() || script.parts().count() > MOST_PARTS {
        return Err(fault(format!(
            "{file}: it needs a look-alike, and not too many"
        )));
    }
    Ok(script)
}

/// The scenarios, in order of difficulty and name.
pub fn scenarios() -> impl Iterator<Item = Scenario> {
    let mut all: Vec<_> = SCRIPTS.iter().flatten().collect();
    all.sort_by_key(|script| (script.difficulty, &script.name));
    all.into_iter().map(|script| Scenario {
        name: &script.name,
        title: &script.title,
        difficulty: script.difficulty,
        look_alikes: script.look_alike.len(),
        script,
    })
}

/// Names of the scenarios, in order of difficulty and name.
pub fn names() -> impl Iterator<Item = &'static str> {
    scenarios().map(|scenario| scenario.name)
}

/// Puts stories into a tenant; a name given twice counts once.
pub fn stage(tenant: &mut Tenant, period: Period, scenarios: &[String]) -> Result<Staged, Fault> {
    for name in scenarios {
        if !FILES.iter().any(|(known, _)| known == name) {
            let known: Vec<_> = FILES.iter().map(|(name, _)| *name).collect();
            return Err(unknown("scenario", name, known.join(", ")));
        }
    }
    let scripts: Vec<_> = SCRIPTS.iter().map(Result::as_ref).collect();
    let is_wanted = |name: &str| scenarios.iter().any(|one| one == name);
    run(tenant, period, &scripts, &is_wanted)
}

/// Plans all scripts and plays the wanted ones.
fn run(
    tenant: &mut Tenant,
    period: Period,
    scripts: &[Result<&Script, &Fault>],
    is_wanted: &dyn Fn(&str) -> bool,
) -> Result<Staged, Fault> {
    let mut staged = Staged::default();
    for (plan, script) in plans(tenant, period, scripts).into_iter().zip(scripts) {
        let script = script.map_err(Clone::clone)?;
        if is_wanted(&script.name) {
            for plan in plan? {
                perform(tenant, period, script, plan, &mut staged)?;
            }
        }
    }
    staged.events.sort_by_key(Event::order);
    Ok(staged)
}

/// A part with its people and its day.
#[derive(Debug)]
struct Plan<'s> {
    part: &'s Part,
    root: Root,
    number: u32,
    cast: Vec<Played>,
    day: u32,
}

/// The plans of all scenarios; a fault where the tenant or the log is too small for one.
fn plans<'s>(
    tenant: &Tenant,
    period: Period,
    scripts: &[Result<&'s Script, &Fault>],
) -> Vec<Result<Vec<Plan<'s>>, Fault>> {
    let (mut troupe, mut diary) = (Troupe::new(tenant), Diary::default());
    let mut one = |number: usize, script: &'s Script| {
        enough(tenant, script)?;
        let mut plans = Vec::new();
        for (at, part) in script.parts().enumerate() {
            let root = Root::of(&script.name, at as u64);
            let cast = troupe.cast(tenant, &script.name, part, root)?;
            let of = (script.name.as_str(), &script.needs);
            let day = diary.day(tenant, period, of, (part, &cast), root)?;
            plans.push(Plan {
                part,
                root,
                number: u32::try_from(number * MOST_PARTS + at).unwrap_or(u32::MAX),
                cast,
                day,
            });
        }
        Ok(plans)
    };
    let scripts = scripts.iter().enumerate();
    scripts
        .map(|(number, script)| one(number, script.map_err(Clone::clone)?))
        .collect()
}

/// Whether the tenant has the people that a scenario asks for.
fn enough(tenant: &Tenant, script: &Script) -> Result<(), Fault> {
    let people = tenant.people.iter().filter(|person| !person.is_planted);
    if people.count() < script.needs.users as usize {
        return Err(Fault::Short {
            scenario: script.name.clone(),
            least: u64::from(script.needs.users),
            what: "users",
        });
    }
    Ok(())
}

/// Plays a part and tells it.
fn perform(
    tenant: &mut Tenant,
    period: Period,
    script: &Script,
    plan: Plan<'_>,
    staged: &mut Staged,
) -> Result<(), Fault> {
    let is_abuse = tell::is_abuse(script, plan.part);
    let of = if is_abuse {
        "the abuse".to_owned()
    } else {
        format!("the look-alike `{}`", plan.part.title)
    };
    let fault = |fault: String| Fault::Scenario {
        scenario: script.name.clone(),
        fault: format!("{of}: {fault}"),
    };
    let mut cast = plan.cast;
    for (casting, played) in plan.part.cast.iter().zip(&mut cast) {
        if let (Some(kind), Played::New) = (casting.new, &played) {
            *played = novel::make(tenant, casting, kind, plan.root).map_err(fault)?;
        }
    }
    let setting = Setting {
        part: plan.part,
        root: plan.root,
        number: plan.number,
        cast,
        day: plan.day,
        places: stage::places(tenant, plan.part, plan.root).map_err(fault)?,
    };
    let outcome = stage::play(tenant, period, &setting).map_err(fault)?;
    let days = period.start..period.end();
    if outcome
        .events
        .iter()
        .any(|event| !days.contains(&event.time))
    {
        return Err(fault("it does not fit into the days of the log".to_owned()));
    }
    let teller = Teller {
        tenant,
        script,
        setting: &setting,
        outcome: &outcome,
    };
    let telling = teller.tell().map_err(fault)?;
    if is_abuse {
        staged.labels.stories.push(telling);
    } else {
        staged.labels.look_alikes.push(telling);
    }
    staged.events.extend(outcome.events);
    Ok(())
}
