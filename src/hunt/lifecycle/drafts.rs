//! Grants on their way, found again by what a later record can say of them: a party, a handle, a correlation, a moment.
//!
//! A lookup gives every draft that can be meant, and perhaps others: whoever asks compares. Without it each record would be compared with
//! every grant before it. Not here: when two records are one act and which removal ends what (`lifecycle`).

use super::{Draft, is_assigned, is_directory};
use crate::hunt::model::{Grant, Party, Road, State};
use crate::time::Instant;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Seconds in a step of the index by moment: records of one act are in the same step or in neighbours.
const STEP: i64 = super::ONE_ACT_SECONDS + 1;

/// Every draft, in the order in which they were made.
#[derive(Default)]
pub(super) struct Drafts {
    all: Vec<Draft>,
    /// Drafts by digest of what can be said of them. Two things with one digest only make a lookup longer.
    by: HashMap<u64, Vec<usize>>,
    /// The last assignment of each handle, standing or not.
    assignments: HashMap<String, usize>,
    /// Every lookup gives every draft: the reference for tests.
    #[cfg(test)]
    pub(super) finds_all: bool,
}

/// What can be said of a draft.
#[derive(Hash)]
enum Trait<'a> {
    Grantee(Road, &'a str),
    Target(Road, &'a str),
    Handle(&'a str),
    Correlation(&'a str),
    Moment(i64, &'a str),
}

impl Trait<'_> {
    fn digest(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish()
    }
}

impl Drafts {
    /// The grants, in the order in which they were made.
    pub fn into_grants(self) -> Vec<Grant> {
        self.all.into_iter().map(|draft| draft.grant).collect()
    }

    /// A draft by its number.
    pub fn get(&self, at: usize) -> Option<&Draft> {
        self.all.get(at)
    }

    /// A draft by its number, to be changed. Who changes a party tells it to [`Drafts::note`].
    pub fn get_mut(&mut self, at: usize) -> Option<&mut Draft> {
        self.all.get_mut(at)
    }

    /// Adds a draft.
    pub fn push(&mut self, draft: Draft) {
        let at = self.all.len();
        if is_assigned(&draft.grant) {
            self.assignments.insert(draft.handle.clone(), at);
        }
        self.all.push(draft);
        self.note(at);
    }

    /// Makes a draft findable by all that it says now.
    pub fn note(&mut self, at: usize) {
        let Some(draft) = self.all.get(at) else {
            return;
        };
        for digest in traits(draft) {
            let numbers = self.by.entry(digest).or_default();
            if numbers.last() != Some(&at) {
                numbers.push(at);
            }
        }
    }

    /// The last assignment with a handle.
    pub fn assignment(&self, handle: &str) -> Option<&Draft> {
        self.all.get(*self.assignments.get(handle)?)
    }

    /// The standing drafts with a handle, by number.
    pub fn standing_with_handle(&mut self, handle: &str) -> Vec<usize> {
        self.standing(&[Trait::Handle(handle).digest()])
    }

    /// The standing drafts of a road that share a spelling with the grantee and with the target, by number; `None` is anybody. At least
    /// one must be somebody.
    pub fn standing_between(
        &mut self,
        road: Road,
        grantee: Option<&Party>,
        target: Option<&Party>,
    ) -> Vec<usize> {
        let digests = |party: Option<&Party>, named: fn(Road, &str) -> u64| {
            party.map(|party| tokens(party).map(|token| named(road, token)).collect())
        };
        let sides: [Option<Vec<u64>>; 2] = [
            digests(grantee, |road, token| Trait::Grantee(road, token).digest()),
            digests(target, |road, token| Trait::Target(road, token).digest()),
        ];
        // Either side holds all that are meant: the one with fewer is looked at.
        let size = |digests: &Vec<u64>| -> usize {
            let lists = digests.iter().filter_map(|digest| self.by.get(digest));
            lists.map(Vec::len).sum()
        };
        let fewest = sides.into_iter().flatten().min_by_key(size);
        self.standing(&fewest.unwrap_or_default())
    }

    /// The drafts that a directory record of a correlation, or of an actor at a moment, can belong to, the last first.
    pub fn of_act(&self, new: &Draft) -> Vec<usize> {
        let mut digests: Vec<u64> = correlated(new).into_iter().collect();
        let steps = new.grant.time.map(step).into_iter();
        let steps = steps.flat_map(|step| [step - 1, step, step + 1]);
        digests.extend(steps.map(|step| Trait::Moment(step, &new.grant.actor.key).digest()));
        let mut numbers = self.found(&digests);
        numbers.reverse();
        numbers
    }

    /// The standing drafts under some digests; what stands no more never will, and is forgotten.
    fn standing(&mut self, digests: &[u64]) -> Vec<usize> {
        let all = &self.all;
        let stands = |at: &usize| {
            all.get(*at)
                .is_some_and(|draft| draft.grant.state == State::Standing)
        };
        for digest in digests {
            if let Some(numbers) = self.by.get_mut(digest) {
                numbers.retain(stands);
            }
        }
        let mut numbers = self.found(digests);
        numbers.retain(stands);
        numbers
    }

    /// The drafts under some digests, in order, each once.
    fn found(&self, digests: &[u64]) -> Vec<usize> {
        #[cfg(test)]
        if self.finds_all {
            return (0..self.all.len()).collect();
        }
        let lists = digests.iter().filter_map(|digest| self.by.get(digest));
        let mut numbers: Vec<usize> = lists.flatten().copied().collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }
}

/// Digests of all that a draft is looked for by.
fn traits(draft: &Draft) -> Vec<u64> {
    let grant = &draft.grant;
    let mut digests = Vec::new();
    if grant.state == State::Standing {
        let has_handle = is_assigned(grant) || grant.road == Road::RoleGroup;
        let handle = has_handle.then_some(Trait::Handle(&draft.handle));
        let grantee = tokens(&grant.grantee).map(|token| Trait::Grantee(grant.road, token));
        let target = tokens(&grant.target).map(|token| Trait::Target(grant.road, token));
        let said = handle.into_iter().chain(grantee).chain(target);
        digests.extend(said.map(|said| said.digest()));
    }
    if is_directory(grant.road) {
        let moment = grant.time.map(step);
        let moment = moment.map(|step| Trait::Moment(step, &grant.actor.key).digest());
        digests.extend(correlated(draft).into_iter().chain(moment));
    }
    digests
}

/// Digest of the correlation of a draft, if its record has one.
fn correlated(draft: &Draft) -> Option<u64> {
    let correlation = Some(&draft.correlation).filter(|correlation| !correlation.is_empty());
    correlation.map(|correlation| Trait::Correlation(correlation).digest())
}

/// All by which a party can be the same as another: its spellings, and its key where that is none of them.
fn tokens(party: &Party) -> impl Iterator<Item = &str> {
    let key = Some(&party.key).filter(|key| party.spellings.binary_search(key).is_err());
    party.spellings.iter().chain(key).map(String::as_str)
}

fn step(moment: Instant) -> i64 {
    moment.timestamp().div_euclid(STEP)
}
