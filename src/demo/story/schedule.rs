//! When parts happen: each on a day of its kind in the second half of the log, spread out, and no two of one actor on one day.
//!
//! Not here: times of day (`stage`).

use super::amount::DAY;
use super::cast::Played;
use super::clock;
use super::root::Root;
use super::script::{DayKind, Needs, Part, Step};
use crate::demo::chance::{Dice, Domain};
use crate::demo::client::Client;
use crate::demo::id::PersonId;
use crate::demo::life;
use crate::demo::tenant::Tenant;
use crate::demo::world::{Fault, Period};
use std::collections::BTreeMap;

/// Who is busy with a part on which days, and how many parts begin on each.
#[derive(Debug, Default)]
pub(super) struct Diary {
    busy: BTreeMap<(PersonId, u32), u32>,
    begun: BTreeMap<u32, u32>,
}

/// Days on which one of the cast acts, from the beginning of the part.
struct Acts<'p> {
    by: &'p str,
    first: u32,
    last: u32,
    /// Whether they do so from wherever they are.
    is_usual: bool,
}

/// Somebody who acts on a day of a part.
#[derive(Debug, Clone, Copy)]
struct Acting {
    person: PersonId,
    at: u32,
    is_usual: bool,
}

impl Diary {
    /// The day on which a part begins.
    pub fn day(
        &mut self,
        tenant: &Tenant,
        period: Period,
        (scenario, needs): (&str, &Needs),
        (part, cast): (&Part, &[Played]),
        key: Root,
    ) -> Result<u32, Fault> {
        let mut acts = Vec::new();
        let length = walk(&part.steps, 0, &mut acts);
        let mut people: Vec<_> = acts
            .iter()
            .flat_map(|act| acting(part, cast, act))
            .collect();
        people.sort_unstable_by_key(|acting| (acting.person, acting.at, !acting.is_usual));
        people.dedup_by_key(|acting| (acting.person, acting.at));
        let last = period.days.saturating_sub(length + 1);
        let site = tenant.sites.first().copied().unwrap_or_default();
        let fits = |first: u32| {
            let days = first..last;
            let days =
                days.filter(|day| clock::is_kind(part.begins.0, site, clock::date(period, *day)));
            days.min_by_key(|day| self.cost(tenant, period, *day, &people, key))
        };
        let half = (period.days / 2).max(needs.days);
        let day = fits(half).or_else(|| fits(needs.days));
        let day = day.ok_or_else(|| Fault::Short {
            scenario: scenario.to_owned(),
            least: u64::from(needs.days + length + slack(part.begins.0)),
            what: "days",
        })?;
        *self.begun.entry(day).or_default() += 1;
        for acting in people {
            let at = (acting.person, day + acting.at);
            *self.busy.entry(at).or_default() += 1;
        }
        Ok(day)
    }

    /// How little a day suits: people who are busy with another part, people who are not where they usually work, parts that begin
    /// near it, and chance.
    fn cost(
        &self,
        tenant: &Tenant,
        period: Period,
        day: u32,
        people: &[Acting],
        key: Root,
    ) -> (u32, usize, u32, u64) {
        let busy = people.iter().map(|acting| {
            let known = self.busy.get(&(acting.person, day + acting.at));
            known.copied().unwrap_or(0)
        });
        let usual = people.iter().filter(|acting| acting.is_usual);
        let out = usual.filter(|acting| is_out(tenant, period, acting.person, day + acting.at));
        let near = |day: u32| self.begun.get(&day).copied().unwrap_or(0);
        let crowd = 2 * near(day) + near(day + 1) + near(day.wrapping_sub(1));
        let dice = [key.0, u64::from(day)];
        let chance = Dice::of(tenant.seed, Domain("story day"), &dice).number();
        (busy.sum(), out.count(), crowd, chance)
    }
}

/// Whether somebody who is supposed to be at work on a working day is elsewhere, or has only a phone at hand.
fn is_out(tenant: &Tenant, period: Period, person: PersonId, day: u32) -> bool {
    const MORNING: u64 = 10 * 3600;
    let home = tenant.person(person).map(|person| person.home);
    let home = home.unwrap_or_default();
    let date = clock::date(period, day);
    if !clock::is_kind(DayKind::Working, home, date) {
        return false;
    }
    let usual = life::usual(tenant, period, person, clock::moment(home, date, MORNING));
    usual.is_some_and(|hand| {
        let is_phone = matches!(hand.client, Client::PhoneApple | Client::PhoneAndroid);
        hand.place != home || is_phone
    })
}

/// Days that a kind of day may let pass before it comes, and one for clocks west of Greenwich.
fn slack(kind: DayKind) -> u32 {
    match kind {
        DayKind::Any => 2,
        DayKind::Working | DayKind::Weekend => 7,
        DayKind::Sunday | DayKind::Friday => 8,
    }
}

/// The people of an act with each of its days.
fn acting<'p>(
    part: &'p Part,
    cast: &'p [Played],
    act: &'p Acts<'p>,
) -> impl Iterator<Item = Acting> + 'p {
    let at = part.cast.iter().position(|one| one.name == act.by);
    let people: &[PersonId] = match at.and_then(|at| cast.get(at)) {
        Some(Played::Person(id)) => std::slice::from_ref(id),
        Some(Played::Several(ids)) => ids,
        _ => &[],
    };
    people.iter().flat_map(|person| {
        (act.first..=act.last).map(|at| Acting {
            person: *person,
            at,
            is_usual: act.is_usual,
        })
    })
}

/// Notes who acts when, and gives the last day.
fn walk<'p>(steps: &'p [Step], begun: u32, acts: &mut Vec<Acts<'p>>) -> u32 {
    let (mut day, mut last) = (begun, begun);
    for step in steps {
        let is_later = step.days.is_some() && !acts.is_empty();
        day = step.day.map_or(day + u32::from(is_later), u32::from);
        let inside = step.steps.as_deref().unwrap_or_default();
        let more = repeated_days(step);
        let noted = acts.len();
        let end = walk(inside, day, acts) + more;
        for act in acts.iter_mut().skip(noted) {
            act.last += more;
        }
        let after = step.after.map_or(0, |span| days(span.0.most));
        let clock = step.clock.map_or(0, |clock| days(clock.0.most));
        for by in [&step.by, &step.on_behalf].into_iter().flatten() {
            acts.push(Acts {
                by,
                first: day,
                last: day + after + clock,
                is_usual: step.from.is_none(),
            });
        }
        day = end.max(day + after);
        last = last.max(day + clock);
    }
    last
}

/// Days that a repetition adds.
fn repeated_days(step: &Step) -> u32 {
    let nights = u32::from(step.days.unwrap_or(1)).saturating_sub(1);
    let nights = if step.working == Some(true) {
        // Weekends, and holidays of a fortnight.
        nights + nights.div_ceil(4) * 3 + 1
    } else {
        nights
    };
    let times = step.times.map_or(0, |times| times.0.most);
    let every = step.every.map_or(0, |every| every.0.most);
    nights + days(times * every)
}

fn days(seconds: u64) -> u32 {
    u32::try_from(seconds / DAY.unsigned_abs()).unwrap_or(u32::MAX / 4)
}
