//! Which texts name one principal: two candidates stay two.
//!
//! Addresses are one group when one fact shows them together, or when they are two forms of one guest. Ids that nobody can read (GUID,
//! SID, PUID) are joined where one fact shows them together, and with an address they are shown with. A rename gives an id a second
//! address, but so do a cleaned log and several tenants in one case: ids that several groups of addresses would share are taken apart,
//! each for itself. Nothing depends on the order of facts. Not here: what else facts tell (`join`).

use super::tables::{Sets, Texts};
use crate::hunt::identity::form::home_of_guest;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// The texts of each fact, by number.
#[derive(Default)]
pub(super) struct Shown {
    /// Texts of all facts, one fact after the other.
    texts: Vec<u32>,
    /// Where the texts of each fact end.
    ends: Vec<usize>,
}

impl Shown {
    pub(super) fn push(&mut self, texts: impl Iterator<Item = u32>) {
        self.texts.extend(texts);
        self.ends.push(self.texts.len());
    }

    /// The texts of each fact, in the order in which they were added.
    pub(super) fn facts(&self) -> impl Iterator<Item = &[u32]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let ranges = starts
            .zip(&self.ends)
            .map(|(start, end)| Range { start, end: *end });
        ranges.map(|range| self.texts.get(range).unwrap_or_default())
    }
}

/// What the addresses shown with a set of ids come to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Groups {
    None,
    One(u32),
    Several,
}

/// The parts that texts fall into, each known by the number of one of its texts.
pub(super) struct Parts {
    /// The part of each text; `None` where several may be meant.
    pub of: Vec<Option<u32>>,
    /// The parts that an ambiguous text may be of.
    pub several: BTreeMap<u32, BTreeSet<u32>>,
}

impl Parts {
    pub(super) fn of(texts: &Texts, shown: &Shown) -> Self {
        let mut sets = joined(texts, shown);
        let groups = groups(texts, shown, &mut sets);
        let torn = Torn::of(texts, shown, &mut sets, &groups);
        let (mut of, mut several) = (Vec::new(), BTreeMap::new());
        for number in (0..).take(texts.spellings.len()) {
            let root = sets.root(number);
            let group = groups.get(root as usize).copied();
            of.push(match group.unwrap_or(Groups::None) {
                Groups::None => Some(root),
                Groups::One(group) => Some(group),
                Groups::Several => {
                    let own = torn.groups(number);
                    let one = own.first().copied().filter(|_| own.len() == 1);
                    if one.is_none() {
                        several.insert(number, own);
                    }
                    one
                }
            });
        }
        Self { of, several }
    }
}

/// Addresses of one fact in one set, and ids of one fact in one; the two never mix.
fn joined(texts: &Texts, shown: &Shown) -> Sets {
    let mut sets = Sets::default();
    sets.grow(texts.spellings.len());
    for fact in shown.facts() {
        let (mut address, mut id) = (None, None);
        for number in fact {
            let first = if texts.is_address(*number) {
                &mut address
            } else {
                &mut id
            };
            sets.join(*first.get_or_insert(*number), *number);
        }
    }
    for (number, spelling) in (0..).zip(&texts.spellings) {
        let home = home_of_guest(&spelling.written);
        if let Some(home) = home.and_then(|home| texts.numbers.get(&home)) {
            sets.join(number, *home);
        }
    }
    sets
}

/// The addresses that each set of ids is shown with, by the root of the set.
fn groups(texts: &Texts, shown: &Shown, sets: &mut Sets) -> Vec<Groups> {
    let mut groups = vec![Groups::None; texts.spellings.len()];
    for fact in shown.facts() {
        let Some(group) = group(texts, fact, sets) else {
            continue;
        };
        for id in fact.iter().filter(|number| !texts.is_address(**number)) {
            if let Some(known) = groups.get_mut(sets.root(*id) as usize) {
                *known = match *known {
                    Groups::None => Groups::One(group),
                    Groups::One(one) if one == group => *known,
                    _ => Groups::Several,
                };
            }
        }
    }
    groups
}

/// The group of the addresses of a fact; `None` when it has none.
fn group(texts: &Texts, fact: &[u32], sets: &mut Sets) -> Option<u32> {
    let address = fact.iter().find(|number| texts.is_address(**number));
    address.map(|address| sets.root(*address))
}

/// The ids of sets that were taken apart, with the groups of addresses of each alone.
#[derive(Default)]
struct Torn {
    /// Groups that an id is itself shown with.
    direct: BTreeMap<u32, BTreeSet<u32>>,
    /// Ids without a group, joined among each other.
    loose: BTreeMap<u32, u32>,
    /// Groups of the neighbours of such ids, by the least of them.
    around: BTreeMap<u32, BTreeSet<u32>>,
}

impl Torn {
    fn of(texts: &Texts, shown: &Shown, sets: &mut Sets, groups: &[Groups]) -> Self {
        let mut torn = Self::default();
        let mut facts: Vec<Vec<u32>> = Vec::new();
        for fact in shown.facts() {
            let ids = fact.iter().filter(|number| !texts.is_address(**number));
            // All ids of a fact are of one set.
            let set = ids.clone().next().map(|id| sets.root(*id));
            let set = set.and_then(|root| groups.get(root as usize));
            if set != Some(&Groups::Several) {
                continue;
            }
            if let Some(group) = group(texts, fact, sets) {
                for id in ids.clone() {
                    torn.direct.entry(*id).or_default().insert(group);
                }
            }
            facts.push(ids.copied().collect());
        }
        torn.loosen(&facts);
        torn
    }

    /// Gives ids that stand beside no address the groups of the ids around them.
    fn loosen(&mut self, facts: &[Vec<u32>]) {
        let is_loose = |id: &&u32| !self.direct.contains_key(*id);
        let mut sets = Sets::default();
        let loose: BTreeSet<u32> = facts.iter().flatten().filter(is_loose).copied().collect();
        let places: BTreeMap<u32, u32> = loose.into_iter().zip(0..).collect();
        sets.grow(places.len());
        for fact in facts {
            let mut own = fact.iter().filter_map(|id| places.get(id));
            if let Some(first) = own.next() {
                own.for_each(|other| sets.join(*first, *other));
            }
        }
        for fact in facts {
            let mut own = fact.iter().filter_map(|id| places.get(id));
            if let Some(first) = own.next() {
                let beside = fact.iter().filter_map(|id| self.direct.get(id)).flatten();
                let around = self.around.entry(sets.root(*first)).or_default();
                around.extend(beside);
            }
        }
        let roots = places.into_iter().map(|(id, place)| (id, sets.root(place)));
        self.loose = roots.collect();
    }

    fn groups(&self, id: u32) -> BTreeSet<u32> {
        let around = || self.around.get(self.loose.get(&id)?);
        let own = self.direct.get(&id).or_else(around);
        own.cloned().unwrap_or_default()
    }
}
