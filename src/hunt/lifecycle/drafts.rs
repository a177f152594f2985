//! Grants on their way, found again by what a later record can say of them: a party, a handle, a correlation, a moment, a group.
//!
//! A lookup gives every draft that can be meant, and perhaps others: whoever asks compares. Without it each record would be compared with
//! every grant before it. Not here: when two records are one act and which removal ends what (`lifecycle`).

use super::draft::{Draft, is_assigned, is_directory, same};
use super::member::DEPTH;
use crate::hunt::model::{Grant, Party, Road, State};
use crate::time::Instant;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Seconds in a step of the index by moment: records of one act are in the same step or in neighbours.
const STEP: i64 = super::ONE_ACT_SECONDS + 1;

/// Most drafts that no record gives by itself: a log that gives a group ten thousand rights and ten thousand members is no reason to run
/// out of memory.
const MOST_DERIVED: usize = 200_000;

/// Every draft, in the order in which they were made.
#[derive(Default)]
pub(super) struct Drafts {
    all: Vec<Draft>,
    /// Drafts by digest of what can be said of them. Two things with one digest only make a lookup longer.
    by: HashMap<u64, Vec<usize>>,
    /// The last assignment of each handle, standing or not.
    assignments: HashMap<String, usize>,
    /// The drafts that come from each draft.
    children: HashMap<usize, Vec<usize>>,
    /// How many drafts no record gave by itself.
    derived: usize,
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
    /// Whoever has something through a group.
    Through(&'a str),
    /// What somebody has of a grant through groups.
    Of(&'a str, &'a str),
}

impl Trait<'_> {
    fn digest(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish()
    }
}

impl Drafts {
    /// The grants, in the order in which they were made, without those kept back.
    pub fn into_grants(self) -> Vec<Grant> {
        let shown = self.all.into_iter().filter(|draft| !draft.hidden);
        let ordered = shown.map(|draft| {
            let mut grant = draft.grant;
            grant.also_ids.sort();
            grant.also_ids.dedup();
            grant
        });
        ordered.collect()
    }

    /// A draft by its number.
    pub fn get(&self, at: usize) -> Option<&Draft> {
        self.all.get(at)
    }

    /// A draft by its number, to be changed. Who changes a party tells it to [`Drafts::note`].
    pub fn get_mut(&mut self, at: usize) -> Option<&mut Draft> {
        self.all.get_mut(at)
    }

    /// Adds a draft, and gives its number.
    pub fn push(&mut self, draft: Draft) -> usize {
        let at = self.all.len();
        self.derived += usize::from(draft.via.is_some() || draft.hidden);
        match &draft.via {
            Some(via) => self.children.entry(via.from).or_default().push(at),
            None if is_assigned(&draft.grant) => {
                self.assignments.insert(draft.handle.clone(), at);
            }
            None => {}
        }
        self.all.push(draft);
        self.note(at);
        at
    }

    /// Whether there is room for a draft that no record gives by itself.
    pub fn has_room(&self) -> bool {
        self.derived < MOST_DERIVED
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

    /// The standing drafts of every road that share a spelling with the grantee, by number.
    pub fn standing_of(&mut self, grantee: &Party) -> Vec<usize> {
        let roads = Road::ALL.iter();
        let digests: Vec<u64> = roads
            .flat_map(|road| tokens(grantee).map(|token| Trait::Grantee(*road, token).digest()))
            .collect();
        self.standing(&digests)
    }

    /// The standing drafts of those who have something through a group, by number.
    pub fn standing_through(&mut self, group: &Party) -> Vec<usize> {
        let digests: Vec<u64> = tokens(group)
            .map(|token| Trait::Through(token).digest())
            .collect();
        self.standing(&digests)
    }

    /// The standing drafts by which somebody has a grant, known by its origin, through groups.
    pub fn through(&mut self, root: &str, grantee: &Party) -> Vec<usize> {
        let digests: Vec<u64> = tokens(grantee)
            .map(|token| Trait::Of(root, token).digest())
            .collect();
        let mut found = self.standing(&digests);
        let is_it = |draft: &Draft| {
            draft.via.as_ref().is_some_and(|via| via.root == root)
                && same(&draft.grant.grantee, grantee)
        };
        found.retain(|at| self.get(*at).is_some_and(is_it));
        found
    }

    /// The standing drafts that come from a draft.
    pub fn children(&self, at: usize) -> Vec<usize> {
        let children = self.children.get(&at).into_iter().flatten().copied();
        let is_its = |child: &usize| {
            let child = self.get(*child).filter(|child| child.stands());
            child.is_some_and(|child| child.via.as_ref().is_some_and(|via| via.from == at))
        };
        children.filter(is_its).collect()
    }

    /// Says that a draft comes from another one now.
    pub fn hang(&mut self, child: usize, parent: usize) {
        let via = self.get_mut(child).and_then(|child| child.via.as_mut());
        if let Some(via) = via.filter(|via| via.from != parent) {
            via.from = parent;
            self.children.entry(parent).or_default().push(child);
        }
    }

    /// Finds the group, through which somebody has a grant, another standing way to that grant. Whether there is one.
    pub fn hang_elsewhere(&mut self, child: usize) -> bool {
        let via = self.get(child).and_then(|child| child.via.as_ref());
        let Some((from, root, group)) = via.and_then(|via| {
            let group = via.group.clone()?;
            Some((via.from, via.root.clone(), group))
        }) else {
            return false;
        };
        let height = self.height(child);
        let other = self.through(&root, &group).into_iter().find(|at| {
            let chain = self.chain(*at);
            *at != from
                && self.get(*at).is_some_and(|draft| !draft.hidden)
                && !chain.contains(&child)
                && chain.len() + height <= DEPTH
        });
        if let Some(other) = other {
            self.hang(child, other);
        }
        other.is_some()
    }

    /// A draft and those it comes from, up to the grant that a record gave.
    pub fn chain(&self, at: usize) -> Vec<usize> {
        let above = |at: &usize| {
            let via = self.get(*at).and_then(|draft| draft.via.as_ref());
            via.map(|via| via.from)
        };
        std::iter::successors(Some(at), above).collect()
    }

    /// Steps from a draft down to the last that comes from it.
    fn height(&self, at: usize) -> usize {
        let children = self.children(at).into_iter();
        children
            .map(|child| 1 + self.height(child))
            .max()
            .unwrap_or(0)
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
        let named = matches!(grant.road, Road::RoleGroup | Road::AccessPolicy);
        let has_handle = (is_assigned(grant) || named) && !draft.handle.is_empty();
        let handle = has_handle.then_some(Trait::Handle(&draft.handle));
        let grantee = tokens(&grant.grantee).map(|token| Trait::Grantee(grant.road, token));
        let target = tokens(&grant.target).map(|token| Trait::Target(grant.road, token));
        let said = handle.into_iter().chain(grantee).chain(target);
        digests.extend(said.map(|said| said.digest()));
    }
    if let Some(via) = &draft.via {
        let group = via.group.iter().flat_map(tokens).map(Trait::Through);
        let has = tokens(&grant.grantee).map(|token| Trait::Of(&via.root, token));
        digests.extend(group.chain(has).map(|said| said.digest()));
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
pub(super) fn tokens(party: &Party) -> impl Iterator<Item = &str> {
    let key = Some(&party.key).filter(|key| party.spellings.binary_search(key).is_err());
    party.spellings.iter().chain(key).map(String::as_str)
}

fn step(moment: Instant) -> i64 {
    moment.timestamp().div_euclid(STEP)
}
