//! Listed rights under a name that proves nobody, paired with the logged grants that they must be.
//!
//! A listing may write `svc-sync` where the log has an address or an id, and no id joins the two. Two things do: that the right was made
//! in the moment of the grant, where the listing says when, or that only one principal has the name and the log gave him this very right.
//! Not here: rights whose holder is known to be the grantee (the parent module).

use super::super::matching::{is_opaque, road_of, target_number, things_of_grant};
use super::{Listing, NO_TIME, Slot, Table, Whose, comes_in, common};
use crate::hunt::model::{Grant, Party, Road};
use crate::text::fold;
use crate::time::Instant;
use chrono::TimeDelta;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The directory may write a right down this much before or after the log has its grant.
const MOMENT: TimeDelta = TimeDelta::seconds(5);

impl Table<'_> {
    /// Confirms the grants that listed rights of another name must be: first by the moment, then by the only one who has the name.
    pub(super) fn pair(&mut self, grants: &mut [Grant], whose: &[Whose]) {
        for how in [How::Moment, How::OnlyOne] {
            let lonely = self.lonely(grants, whose);
            let mut slots: Vec<(Slot, Vec<usize>)> = self
                .slots
                .iter()
                .filter(|(_, shown)| shown.explained.is_empty())
                .map(|(slot, shown)| (slot.clone(), shown.entries.clone()))
                .collect();
            slots.sort();
            let mut pairs = Vec::new();
            for (number, (slot, entries)) in slots.iter().enumerate() {
                for entry in entries {
                    let fits = self.fitting(how, slot, *entry, grants, &lonely);
                    pairs.extend(fits.into_iter().map(|(at, fit)| (number, at, fit)));
                }
            }
            for (number, at) in settled(pairs) {
                if let (Some((slot, _)), Some(grant)) = (slots.get(number), grants.get_mut(at)) {
                    self.explain(how, slot, grant);
                }
            }
        }
    }

    fn lonely(&self, grants: &[Grant], whose: &[Whose]) -> Lonely {
        let mut lonely = Lonely::default();
        let compared = grants.iter().zip(whose).enumerate();
        for (at, (grant, (_, target))) in
            compared.filter(|(_, (grant, _))| comes_in(grant) && grant.listing == Listing::Unknown)
        {
            let target = target_number(grant.scope, *target, &self.parties);
            let things = things_of_grant(grant).into_iter();
            let matters: Vec<Matter> = things
                .map(|thing| (road_of(grant.road), target, thing))
                .collect();
            lonely.add(at, grant.time, &grant.grantee, &matters);
        }
        lonely
    }

    /// The grants that an entry may be, with how well each fits.
    fn fitting(
        &self,
        how: How,
        slot: &Slot,
        entry: usize,
        grants: &[Grant],
        lonely: &Lonely,
    ) -> Vec<(usize, Fit)> {
        let holder = self
            .of_entry
            .get(entry)
            .and_then(|of| self.parties.get(of.0));
        let (Some(right), Some((holder, _))) = (self.listed.rights.get(entry), holder) else {
            return Vec::new();
        };
        let matter = (slot.road, slot.target, slot.thing.clone());
        let found: Vec<usize> = match how {
            How::Moment => right
                .created
                .into_iter()
                .flat_map(|made| lonely.around(&matter, made))
                .collect(),
            How::OnlyOne => lonely.to_only(&matter, holder).collect(),
        };
        let fitting = found.into_iter().filter_map(|at| {
            let grant = grants.get(at)?;
            let fit = fit(holder, &grant.grantee)?;
            (!common(grant, right).is_empty()).then_some((at, fit))
        });
        fitting.collect()
    }

    /// Notes that a slot is a grant.
    fn explain(&mut self, how: How, slot: &Slot, grant: &mut Grant) {
        let Some(shown) = self.slots.get_mut(slot) else {
            return;
        };
        let entries = shown.entries.iter();
        let entries: Vec<_> = entries
            .filter_map(|at| self.listed.rights.get(*at))
            .collect();
        for entry in &entries {
            shown.explained.extend(common(grant, entry));
        }
        // The first by name, whatever the order of the entries.
        let said =
            |entry: &&super::Entitlement| (entry.source.name(), entry.holder.spelling.clone());
        if let Some((source, name)) = entries.iter().map(said).min() {
            let why = match how {
                How::Moment => format!("made in the same moment for {name}"),
                How::OnlyOne => format!("for {name}, a name that nobody else has"),
            };
            grant.listing = Listing::Confirmed;
            grant.listing_reason = format!("{source} lists it, {why}; {NO_TIME}");
        }
    }
}

/// What tells that a listed right is a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    /// Both were made in one moment.
    Moment,
    /// The grantee is the only one who has the listed name.
    OnlyOne,
}

/// What a right is besides its holder: road, number of the mailbox, the one thing.
type Matter = (Road, usize, String);

/// How well a listed name fits a grantee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// The name says nothing about who it is.
    Silent,
    /// It is one that the grantee may be called by.
    Name,
}

/// How a listed holder fits a grantee of another number; `None` where the two contradict each other.
fn fit(holder: &Party, grantee: &Party) -> Option<Fit> {
    let (held, given) = (names(holder), names(grantee));
    if !held.is_disjoint(&given) {
        return Some(Fit::Name);
    }
    // Several have the name, and which it means is not said.
    let is_ambiguous = |party: &Party| party.candidates.len() > 1;
    // An id that nothing resolves.
    let is_unknown = |party: &Party| party.spellings.len() < 2 && is_opaque(&party.key);
    let is_silent = [holder, grantee]
        .into_iter()
        .any(|party| is_ambiguous(party) || is_unknown(party));
    is_silent.then_some(Fit::Silent)
}

/// Folded names that are somebody's: his spellings, and what people call him.
fn own_names(party: &Party) -> BTreeSet<String> {
    let written = [&party.name, &party.label].into_iter();
    let folded = written.chain(&party.spellings).map(|name| fold(name));
    folded.filter(|name| !name.is_empty()).collect()
}

/// Folded names that somebody may be called by: his own, those of whom he may be, and what stands before the `@`.
fn names(party: &Party) -> BTreeSet<String> {
    let mut names = own_names(party);
    names.extend(party.candidates.iter().map(|name| fold(name)));
    let short = |name: &String| Some(fold(name.split_once('@')?.0));
    let short = party
        .candidates
        .iter()
        .chain([&party.name])
        .filter_map(short);
    names.extend(short.filter(|short| !short.is_empty()));
    names
}

/// Logged grants that no listed right is known to be, to be looked up.
#[derive(Default)]
struct Lonely {
    in_time: BTreeSet<(Matter, Instant, usize)>,
    by_name: HashMap<(Matter, String), BTreeSet<usize>>,
}

impl Lonely {
    /// Adds a grant by its number in the log.
    fn add(&mut self, at: usize, time: Option<Instant>, grantee: &Party, matters: &[Matter]) {
        for matter in matters {
            if let Some(time) = time {
                self.in_time.insert((matter.clone(), time, at));
            }
            for name in own_names(grantee) {
                let named = self.by_name.entry((matter.clone(), name)).or_default();
                named.insert(at);
            }
        }
    }

    /// The grants of a matter made in a moment.
    fn around(&self, matter: &Matter, moment: Instant) -> impl Iterator<Item = usize> + '_ {
        let from = (matter.clone(), moment - MOMENT, 0);
        let to = (matter.clone(), moment + MOMENT, usize::MAX);
        self.in_time.range(from..=to).map(|(_, _, at)| *at)
    }

    /// The grants of a matter to the only one whom a holder's name may mean.
    fn to_only(&self, matter: &Matter, holder: &Party) -> impl Iterator<Item = usize> + '_ {
        let only = match holder.candidates.as_slice() {
            [only] => self.by_name.get(&(matter.clone(), fold(only))),
            _ => None,
        };
        only.into_iter().flatten().copied()
    }
}

/// Of pairs with how well each fits, those in which either side has no other that fits as well. Each side is in one pair at most.
fn settled(pairs: Vec<(usize, usize, Fit)>) -> Vec<(usize, usize)> {
    let mut left: BTreeSet<(Fit, usize, usize)> = pairs
        .into_iter()
        .map(|(one, other, fit)| (fit, one, other))
        .collect();
    let mut settled = Vec::new();
    for fit in [Fit::Name, Fit::Silent] {
        let of: Vec<(usize, usize)> = left
            .iter()
            .filter(|(found, ..)| *found == fit)
            .map(|(_, one, other)| (*one, *other))
            .collect();
        let mut ones: BTreeMap<usize, usize> = BTreeMap::new();
        let mut others: BTreeMap<usize, usize> = BTreeMap::new();
        for (one, other) in &of {
            *ones.entry(*one).or_default() += 1;
            *others.entry(*other).or_default() += 1;
        }
        // What fits best and is not settled is settled by nothing weaker.
        left.retain(|(_, one, other)| !ones.contains_key(one) && !others.contains_key(other));
        settled.extend(
            of.into_iter()
                .filter(|(one, other)| ones.get(one) == Some(&1) && others.get(other) == Some(&1)),
        );
    }
    settled
}
