//! Plays a part: its steps, one after another, as events with their marks.
//!
//! Not here: who plays (`cast`), on which day (`schedule`), what is said of it (`tell`).

mod act;
mod hand;
mod mail;

use super::amount::DAY;
use super::cast::Played;
use super::clock;
use super::fill::fill;
use super::root::{Root, elsewhere};
use super::script::{DayKind, Part, Step};
use super::verb::Verb;
use super::word::Words;
use crate::demo::chance::{Dice, Domain};
use crate::demo::event::{Act, Event, Folder, Resource, Second, SignIn, SignInKind};
use crate::demo::id::{ApplicationId, Guid, Key, MailboxId, Origin, PersonId, PlaceId};
use crate::demo::label::Mark;
use crate::demo::place;
use crate::demo::tenant::Tenant;
use crate::demo::world::Period;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Seconds that a token is used.
const TOKEN: Second = 3_600;

/// A part about to be played.
#[derive(Debug)]
pub(super) struct Setting<'p> {
    /// What is played.
    pub part: &'p Part,
    /// The root of its chance.
    pub root: Root,
    /// Number of the part among all of all scenarios, for the keys of its events.
    pub number: u32,
    /// Who plays, in the order of the cast.
    pub cast: Vec<Played>,
    /// The day of the log on which it begins.
    pub day: u32,
    /// Its places, by name.
    pub places: BTreeMap<String, Somewhere>,
}

/// An event that the one who hunts should know of.
#[derive(Debug, Clone)]
pub(super) struct Marked {
    /// Which of the events.
    pub at: usize,
    /// What it is.
    pub mark: Mark,
    /// Which grant it belongs to, by its place in the part's list; `None` for marks without one.
    pub grant: Option<usize>,
}

/// What a part comes to.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// Its events, in the order of its steps.
    pub events: Vec<Event>,
    /// Which of them matter.
    pub marks: Vec<Marked>,
    /// Mailboxes that were read without a record.
    pub unlogged: Vec<MailboxId>,
}

/// A place of a part.
#[derive(Debug, Clone, Copy)]
pub(super) struct Somewhere {
    /// Where it is.
    pub place: PlaceId,
    /// The address that is used there.
    pub address: IpAddr,
}

/// A part being played.
#[derive(Debug)]
pub(super) struct Stage<'a> {
    tenant: &'a Tenant,
    period: Period,
    setting: &'a Setting<'a>,
    /// What names mean inside a repetition over several.
    bound: Vec<(String, Played)>,
    /// First day of the part, since 1970, and the day of it that is now.
    date: i64,
    day: u64,
    now: Second,
    /// Whether only days on which the head office works count.
    is_working: bool,
    turn: u64,
    sessions: BTreeMap<(String, String, &'static str), u64>,
    credentials: BTreeMap<String, Guid>,
    /// The oldest message that was taken of a folder.
    taken: BTreeMap<(MailboxId, Folder), u32>,
    out: Outcome,
}

/// Plays a part.
pub(super) fn play(
    tenant: &Tenant,
    period: Period,
    setting: &Setting<'_>,
) -> Result<Outcome, String> {
    let date = clock::date(period, setting.day);
    let mut stage = Stage {
        tenant,
        period,
        setting,
        bound: Vec::new(),
        date,
        day: 0,
        now: period.start + i64::from(setting.day) * DAY,
        is_working: false,
        turn: 0,
        sessions: BTreeMap::new(),
        credentials: BTreeMap::new(),
        taken: BTreeMap::new(),
        out: Outcome::default(),
    };
    stage.steps(&setting.part.steps, "")?;
    stage.renew();
    Ok(stage.out)
}

/// The places of a part, each chosen once.
pub(super) fn places(
    tenant: &Tenant,
    part: &Part,
    root: Root,
) -> Result<BTreeMap<String, Somewhere>, String> {
    let mut places = BTreeMap::new();
    for away in &part.places {
        let mut dice = root
            .and(&away.name)
            .dice(tenant.seed, Domain("story place"), 0);
        let place = elsewhere(tenant, &away.country, &mut dice).ok_or_else(|| {
            format!(
                "the place `{}`: no country of its list is in the table of places and away from the tenant",
                away.name
            )
        })?;
        let address = place::address(place, away.network.0, dice.number());
        places.insert(away.name.clone(), Somewhere { place, address });
    }
    Ok(places)
}

impl Setting<'_> {
    /// One of the cast, by its name.
    pub fn look(&self, name: &str) -> Result<&Played, String> {
        let cast = &self.part.cast;
        let at = cast.iter().position(|one| one.name == name);
        at.and_then(|at| self.cast.get(at)).ok_or_else(|| {
            let known: Vec<_> = cast.iter().map(|one| one.name.as_str()).collect();
            format!(
                "there is no `{name}` in the cast, which is {}",
                known.join(", ")
            )
        })
    }

    /// One of the cast or of the places, by its name.
    pub fn find(&self, name: &str) -> Result<Played, String> {
        let place = self.places.get(name).map(|one| Played::Place(one.place));
        place.map_or_else(|| self.look(name).cloned(), Ok)
    }
}

impl Stage<'_> {
    fn steps(&mut self, steps: &[Step], above: &str) -> Result<(), String> {
        for (number, step) in (1..).zip(steps) {
            let number = format!("{above}{number}");
            self.step(step, &number).map_err(|fault| {
                // A step inside a repetition has said where it is.
                if fault.starts_with("step ") {
                    return fault;
                }
                format!("step {number} (`{}`): {fault}", step.verb.0.word())
            })?;
        }
        Ok(())
    }

    fn step(&mut self, step: &Step, number: &str) -> Result<(), String> {
        check(step)?;
        self.wait(step)?;
        if step.verb.0 == Verb::Repeat {
            return self.repeat(step, &format!("{number}."));
        }
        let begun = self.out.events.len();
        self.act(step)?;
        self.mark(step, begun)
    }

    /// Moves the clock to when a step happens.
    fn wait(&mut self, step: &Step) -> Result<(), String> {
        if let Some(day) = step.day {
            self.day = u64::from(day);
        }
        let mut dice = self.dice();
        match (step.clock, step.after) {
            (Some(_), Some(_)) => return Err("`clock` and `after` exclude each other".to_owned()),
            (Some(clock), None) => {
                let seconds = clock.0.choose(&mut dice) + dice.below(60);
                let place = self.clock_place(step)?;
                self.now = clock::moment(place, self.today(), seconds);
                // Somebody far to the east has that hour before the grant is made: it is the next day's then.
                while self.granted().is_some_and(|granted| self.now <= granted) {
                    self.next_day();
                    self.now = clock::moment(place, self.today(), seconds);
                }
            }
            (None, Some(after)) => self.pass(after.0.choose(&mut dice)),
            (None, None) if step.verb.0 != Verb::Repeat => self.pass(dice.between(15, 75)),
            (None, None) => {}
        }
        Ok(())
    }

    /// When the last grant so far was made.
    fn granted(&self) -> Option<Second> {
        let grants = self
            .out
            .marks
            .iter()
            .filter(|mark| mark.mark == Mark::Grant);
        let events = grants.filter_map(|mark| self.out.events.get(mark.at));
        events.map(|event| event.time).max()
    }

    /// Goes on to the next day, or the next that counts.
    fn next_day(&mut self) {
        let site = self.tenant.sites.first().copied().unwrap_or_default();
        self.day += 1;
        while self.is_working && !clock::is_kind(DayKind::Working, site, self.today()) {
            self.day += 1;
        }
    }

    /// The day since 1970 that is now.
    fn today(&self) -> i64 {
        self.date + i64::try_from(self.day).unwrap_or(0)
    }

    /// Lets time pass.
    fn pass(&mut self, seconds: u64) {
        self.now += i64::try_from(seconds).unwrap_or(0);
    }

    /// The place whose clock a step goes by.
    fn clock_place(&self, step: &Step) -> Result<PlaceId, String> {
        let Some(name) = step.zone.as_deref().or(step.by.as_deref()) else {
            let first = self.tenant.sites.first().copied();
            return Ok(first.unwrap_or_default());
        };
        if let Some(somewhere) = self.setting.places.get(name) {
            return Ok(somewhere.place);
        }
        Ok(match self.look(name)? {
            Played::Person(id) => self.tenant.person(*id).map(|one| one.home),
            Played::Application(id) => self.tenant.application(*id).map(|one| one.place),
            Played::Mailbox(id) => self.tenant.mailbox(*id).map(|one| one.place),
            Played::Several(_) | Played::New | Played::Place(_) => None,
        }
        .unwrap_or_default())
    }

    /// Does other steps several times: over several of the cast, on several days, or so many times with a span between.
    fn repeat(&mut self, step: &Step, above: &str) -> Result<(), String> {
        let inside = step.steps.as_deref().unwrap_or_default();
        match (&step.over, step.days, step.times) {
            (Some(name), None, None) => {
                let Played::Several(people) = self.look(name)?.clone() else {
                    return Err(format!("`{name}` is not several: give it a `count`"));
                };
                for person in people {
                    self.bound.push((name.clone(), Played::Person(person)));
                    self.steps(inside, above)?;
                    self.bound.pop();
                    self.pause(step);
                }
                Ok(())
            }
            (None, Some(days), None) => self.over_days(step, days, inside, above),
            (None, None, Some(times)) => {
                let mut dice = self.dice();
                for _ in 0..times.0.choose(&mut dice) {
                    self.steps(inside, above)?;
                    self.pause(step);
                }
                Ok(())
            }
            _ => Err("it needs one of `over`, `days` and `times`".to_owned()),
        }
    }

    fn over_days(
        &mut self,
        step: &Step,
        days: u16,
        inside: &[Step],
        above: &str,
    ) -> Result<(), String> {
        let site = self.tenant.sites.first().copied().unwrap_or_default();
        let mut left = days;
        self.is_working = step.working == Some(true);
        // Days that are not named come after what has happened already.
        self.day += u64::from(step.day.is_none() && !self.out.events.is_empty());
        while left > 0 {
            let counts = !self.is_working || clock::is_kind(DayKind::Working, site, self.today());
            if counts {
                self.steps(inside, above)?;
                left -= 1;
            }
            self.day += u64::from(left > 0);
        }
        self.is_working = false;
        Ok(())
    }

    /// Waits between two times of a repetition.
    fn pause(&mut self, step: &Step) {
        if let Some(every) = step.every {
            let mut dice = self.dice();
            let seconds = every.0.choose(&mut dice);
            self.pass(seconds);
            self.day += seconds / DAY.unsigned_abs();
        }
    }

    /// Notes what the events of a step are to the one who hunts.
    fn mark(&mut self, step: &Step, begun: usize) -> Result<(), String> {
        let Some(mark) = step.label else {
            return Ok(());
        };
        let grant = self.grant(step, mark)?;
        let fresh = self.out.events.iter().enumerate().skip(begun);
        for (at, event) in fresh {
            if !event.is_unified() {
                return Err(
                    "it stands in no record of the unified log, so it cannot have a label"
                        .to_owned(),
                );
            }
            let mark = if mark == Mark::Grant && !act::is_grant(&event.act) {
                Mark::Precursor
            } else {
                mark
            };
            self.out.marks.push(Marked { at, mark, grant });
        }
        Ok(())
    }

    /// Which grant a marked step belongs to.
    fn grant(&self, step: &Step, mark: Mark) -> Result<Option<usize>, String> {
        let grants = &self.setting.part.grants;
        match (&step.of, mark) {
            (Some(name), _) => {
                let at = grants.iter().position(|grant| grant.name == *name);
                at.map(Some)
                    .ok_or_else(|| format!("there is no grant `{name}`"))
            }
            (None, Mark::Grant | Mark::Access | Mark::Revocation) if grants.len() != 1 => {
                Err("it must say `of` which grant".to_owned())
            }
            (None, Mark::Grant | Mark::Access | Mark::Revocation) => Ok(Some(0)),
            (None, _) => Ok(None),
        }
    }

    /// The dice of the next decision.
    fn dice(&mut self) -> Dice {
        self.turn += 1;
        self.setting
            .root
            .dice(self.tenant.seed, Domain("story step"), self.turn)
    }

    /// Puts an event on the stage.
    fn emit(&mut self, act: Act) {
        let ordinal = u32::try_from(self.out.events.len()).unwrap_or(u32::MAX);
        let hour = self.period.hour(self.now);
        self.out.events.push(Event {
            time: self.now,
            key: Key::new(Origin::Story, hour, self.setting.number, ordinal),
            act,
        });
    }

    /// Sessions that no sign-in of the part began are those of somebody's day: a program renews their tokens. Behind all other events, so
    /// that marks stay where they are.
    fn renew(&mut self) {
        let mut known: BTreeMap<u64, Option<Second>> = BTreeMap::new();
        let mut renewals = Vec::new();
        let mut events: Vec<&Event> = self.out.events.iter().collect();
        events.sort_by_key(|event| event.time);
        for event in events {
            let hand = *event.act.hand();
            match &event.act {
                _ if hand.session == 0 => {}
                Act::SignIn(sign_in) if sign_in.error == 0 => {
                    known.entry(hand.session).or_insert(None);
                }
                Act::SignIn(_) => {}
                _ => {
                    let last = known.entry(hand.session).or_insert(Some(Second::MIN));
                    if let Some(last) = last
                        .as_mut()
                        .filter(|last| event.time >= last.saturating_add(TOKEN))
                    {
                        *last = event.time;
                        renewals.push((event.time - 1, hand));
                    }
                }
            }
        }
        for (time, hand) in renewals {
            self.now = time;
            self.emit(Act::SignIn(SignIn {
                kind: SignInKind::NonInteractive,
                hand,
                resource: Resource::Exchange,
                error: 0,
                credential: None,
            }));
        }
    }

    /// One of the cast, by its name; inside a repetition over several the one whose turn it is.
    fn look(&self, name: &str) -> Result<&Played, String> {
        let turn = self.bound.iter().rev().find(|(known, _)| known == name);
        turn.map_or_else(|| self.setting.look(name), |(_, played)| Ok(played))
    }

    fn person(&self, name: &str) -> Result<PersonId, String> {
        match self.look(name)? {
            Played::Person(id) => Ok(*id),
            _ => Err(format!("`{name}` is not one person")),
        }
    }

    fn application(&self, name: &str) -> Result<ApplicationId, String> {
        match self.look(name)? {
            Played::Application(id) => Ok(*id),
            _ => Err(format!("`{name}` is no application")),
        }
    }

    fn mailbox(&self, name: &str) -> Result<MailboxId, String> {
        match self.look(name)? {
            Played::Mailbox(id) => Some(*id),
            Played::Person(id) => self.tenant.mailbox_of(*id),
            _ => None,
        }
        .ok_or_else(|| format!("`{name}` has no mailbox"))
    }

    fn fill(&self, text: &str) -> Result<String, String> {
        fill(self.tenant, text, |name| {
            let turn = self.look(name).cloned();
            turn.or_else(|_| self.setting.find(name))
        })
    }
}

/// Whether a step says what its verb needs, and nothing that it has no use for.
fn check(step: &Step) -> Result<(), String> {
    let takes = step.verb.0.takes();
    let present = step.present();
    if let Some(missing) = takes.needs.iter().find(|field| !present.contains(field)) {
        return Err(format!("it needs `{missing}`"));
    }
    let is_known = |field: &&&str| takes.needs.contains(field) || takes.may.contains(field);
    if let Some(odd) = present.iter().find(|field| !is_known(field)) {
        return Err(format!("it has no use for `{odd}`"));
    }
    Ok(())
}

/// What a step that was checked cannot lack.
fn needed<T>(field: Option<&T>) -> Result<&T, String> {
    field.ok_or_else(|| "it lacks a field that its verb needs".to_owned())
}
