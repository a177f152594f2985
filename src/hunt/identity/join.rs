//! Joining facts: what is told of one principal, through however many facts.
//!
//! Which spellings belong together is decided in `part`; an id that several may have is a name of each of them. Neither the order nor the repetition of facts changes the result. Names that may belong to several never join; a fact that has
//! nothing else goes to the one principal that has one of its names. Not here: what a spelling in a grant resolves to (`identity`).

mod part;
mod tables;

use super::fact::{Fact, LocatedFact};
use super::form::{domain, is_solid};
use super::principal::Principal;
use crate::text::fold;
use hashbrown::{HashMap, HashSet};
use part::{Parts, Shown};
use std::collections::{BTreeMap, BTreeSet};
use tables::{Names, Texts};

/// What facts add up to.
#[derive(Debug, Default)]
pub(super) struct Joined {
    /// Every principal, by its first spelling.
    pub principals: Vec<Principal>,
    /// Folded id to its principal.
    pub ids: HashMap<String, u32>,
    /// Folded name to all principals that have it, sorted.
    pub names: HashMap<String, Vec<u32>>,
    /// Folded name for people to all principals that have it, sorted.
    pub labels: HashMap<String, Vec<u32>>,
    /// Domains of the tenant, folded.
    pub domains: BTreeSet<String>,
    /// Addresses, folded, that no fact shows with the best one of their principal.
    pub apart: HashSet<String>,
}

impl Joined {
    pub(super) fn of<'a>(facts: impl IntoIterator<Item = &'a LocatedFact>) -> Self {
        let mut joining = Joining::default();
        let (mut located, mut shown) = (Vec::new(), Shown::default());
        for fact in facts {
            located.push(fact);
            joining.ids_of(fact, &mut shown);
        }
        joining.gather(&shown);
        let mut nameless = Vec::new();
        for (fact, texts) in located.iter().zip(shown.facts()) {
            let home = joining.home(texts);
            joining.doubtful(texts, home, fact);
            match home {
                Some(home) => joining.learn(home, fact),
                None if texts.is_empty() => nameless.push(*fact),
                // Of several principals a fact tells nothing.
                None => {}
            }
        }
        joining.nameless(nameless.into_iter());
        joining.finish()
    }
}

/// Facts while they are joined.
#[derive(Default)]
struct Joining {
    texts: Texts,
    /// The principal of each text; `None` where several may be meant.
    homes: Vec<Option<u32>>,
    /// The principals that an ambiguous text may name.
    several: BTreeMap<u32, BTreeSet<u32>>,
    principals: Vec<Principal>,
    names: Names,
    domains: BTreeSet<String>,
    /// Addresses that no fact shows with the best one of their principal.
    apart: HashSet<String>,
}

impl Joining {
    /// Numbers the ids of a fact.
    fn ids_of(&mut self, located: &LocatedFact, shown: &mut Shown) {
        let fact = &located.fact;
        let (mut numbers, mut addresses) = (Vec::new(), 0);
        let home = fact.home_addresses();
        for id in fact.ids.iter().filter(|id| is_solid(id)) {
            let number = self.texts.number(id, located);
            numbers.push(number);
            let Some(domain) = domain(id).filter(|_| self.texts.is_address(number)) else {
                continue;
            };
            if addresses == 0 && fact.has_principal_name() {
                self.texts.set_principal_name(number);
            }
            if addresses < home && !self.domains.contains(domain) {
                self.domains.insert(fold(domain));
            }
            addresses += 1;
        }
        shown.push(numbers.into_iter());
    }

    /// Makes the principals with their ids.
    fn gather(&mut self, shown: &Shown) {
        let parts = Parts::of(&self.texts, shown);
        let mut homes: HashMap<u32, u32> = HashMap::new();
        for (number, part) in (0_u32..).zip(&parts.of) {
            let home = part.map(|part| {
                let next = u32::try_from(homes.len()).unwrap_or(u32::MAX);
                *homes.entry(part).or_insert(next)
            });
            self.homes.push(home);
            self.principals.resize_with(homes.len(), Principal::default);
            let spelling = self.texts.spellings.get(number as usize);
            let principal = home.and_then(|home| self.principals.get_mut(home as usize));
            if let Some((principal, spelling)) = principal.zip(spelling) {
                principal.spellings.push(spelling.clone());
            }
        }
        for (text, parts) in parts.several {
            let homes = parts.iter().filter_map(|part| homes.get(part).copied());
            self.several.insert(text, homes.collect());
        }
        let best = self.best_addresses();
        self.set_apart(shown, &best);
    }

    /// Gives each principal its best address: of principal names the least, of other addresses only where there is no principal name.
    /// The numbers of the addresses, by principal.
    fn best_addresses(&mut self) -> Vec<Option<u32>> {
        let mut best: Vec<Option<(bool, &str, u32)>> = vec![None; self.principals.len()];
        for (number, (home, written)) in (0..).zip(self.homes.iter().zip(&self.texts.spellings)) {
            let best = home.and_then(|home| best.get_mut(home as usize));
            if let Some(best) = best.filter(|_| self.texts.is_address(number)) {
                let is_other = !self.texts.is_principal_name(number);
                let address = (is_other, written.written.as_str(), number);
                *best = Some(best.map_or(address, |known| known.min(address)));
            }
        }
        for (principal, best) in self.principals.iter_mut().zip(&best) {
            if let Some((_, address, _)) = best {
                (*address).clone_into(&mut principal.address);
            }
        }
        best.into_iter().map(|best| Some(best?.2)).collect()
    }

    /// Finds the addresses that no fact shows with the best one of their principal.
    fn set_apart(&mut self, shown: &Shown, best: &[Option<u32>]) {
        let best_of = |home: Option<u32>| *best.get(home? as usize)?;
        let home = |text: u32| self.homes.get(text as usize).copied().flatten();
        let mut near: Vec<bool> = vec![false; self.texts.spellings.len()];
        for texts in shown.facts() {
            let address = texts.iter().find(|text| self.texts.is_address(**text));
            let best = address.and_then(|address| best_of(home(*address)));
            if best.is_some_and(|best| texts.contains(&best)) {
                for text in texts {
                    if let Some(near) = near.get_mut(*text as usize) {
                        *near = true;
                    }
                }
            }
        }
        for ((number, near), spelling) in (0..).zip(near).zip(&self.texts.spellings) {
            if !near && self.texts.is_address(number) {
                self.apart.insert(fold(&spelling.written));
            }
        }
    }

    /// The principal of a fact: that of its addresses, else the one that its unambiguous ids are of.
    fn home(&self, texts: &[u32]) -> Option<u32> {
        let homes = || {
            texts
                .iter()
                .map(|text| (*text, self.homes.get(*text as usize)))
        };
        let address = homes().find(|(text, _)| self.texts.is_address(*text));
        if let Some((_, home)) = address {
            return home.copied().flatten();
        }
        let mut sure = homes().filter_map(|(_, home)| home.copied().flatten());
        let first = sure.next()?;
        sure.all(|other| other == first).then_some(first)
    }

    /// Keeps the ambiguous ids of a fact as names of all whom they may be of, as far as the fact shows.
    fn doubtful(&mut self, texts: &[u32], home: Option<u32>, located: &LocatedFact) {
        for text in texts {
            let holders = self.several.get(text).into_iter().flatten();
            let holders = holders.filter(|holder| home.is_none_or(|home| home == **holder));
            if let Some(spelling) = self.texts.spellings.get(*text as usize) {
                for holder in holders {
                    self.names.add(&spelling.written, *holder, located);
                }
            }
        }
    }

    /// Takes in what a fact tells of its principal beside ids.
    fn learn(&mut self, home: u32, located: &LocatedFact) {
        for name in located.fact.names.iter().filter(|name| is_solid(name)) {
            self.names.add(name, home, located);
        }
        if let Some(principal) = self.principals.get_mut(home as usize) {
            principal.learn(&located.fact);
        }
    }

    /// Finds a home for facts that have names alone: the one principal that has one of the names and can be of their kind, or one of
    /// their own. Where several have, the fact tells nothing.
    fn nameless<'a>(&mut self, facts: impl Iterator<Item = &'a LocatedFact>) {
        let mut own: BTreeMap<(BTreeSet<String>, _), Vec<&LocatedFact>> = BTreeMap::new();
        let mut found = Vec::new();
        for located in facts {
            let fact = &located.fact;
            let names = fact.names.iter().filter(|name| is_solid(name));
            let names: BTreeSet<String> = names.map(|name| fold(name)).collect();
            let homes = self.homes(fact, &names);
            match (homes.len(), homes.first()) {
                (1, Some(home)) => found.push((*home, located)),
                (0, _) if !names.is_empty() => {
                    own.entry((names, fact.kind)).or_default().push(located);
                }
                _ => {}
            }
        }
        for (home, located) in found {
            self.learn(home, located);
        }
        for facts in own.into_values() {
            let home = u32::try_from(self.principals.len()).unwrap_or(u32::MAX);
            self.principals.push(Principal::default());
            for located in facts {
                self.learn(home, located);
            }
        }
    }

    /// Principals that have one of the names, as an id or as a name, and can be what a fact says.
    fn homes(&self, fact: &Fact, names: &BTreeSet<String>) -> BTreeSet<u32> {
        let others = names.iter().flat_map(|name| self.names.holders(name));
        let numbers = names.iter().filter_map(|name| self.texts.numbers.get(name));
        let holders = numbers
            .filter_map(|number| self.homes.get(*number as usize)?.as_ref())
            .chain(others);
        let fits = |home: &&u32| {
            let kind = self
                .principals
                .get(**home as usize)
                .and_then(|home| home.kind);
            fact.kind.is_none() || kind.is_none() || kind == fact.kind
        };
        holders.filter(fits).copied().collect()
    }

    /// Orders the principals by their first spelling, and makes the tables.
    fn finish(mut self) -> Joined {
        for ((_, principal), spelling) in self.names.holders {
            if let Some(principal) = self.principals.get_mut(principal as usize) {
                principal.names.push(spelling);
            }
        }
        self.principals.iter_mut().for_each(Principal::finish);
        self.principals.sort_by_cached_key(|principal| {
            let names: Vec<String> = principal
                .names
                .iter()
                .map(|name| fold(&name.written))
                .collect();
            (
                principal.spellings.is_empty(),
                principal.key(),
                names,
                principal.kind,
            )
        });
        let mut joined = Joined {
            domains: self.domains,
            apart: self.apart,
            ..Joined::default()
        };
        for (number, principal) in (0..).zip(&self.principals) {
            for spelling in &principal.spellings {
                joined.ids.insert(fold(&spelling.written), number);
            }
            let names = principal.names.iter().map(|name| fold(&name.written));
            for name in names {
                joined.names.entry(name).or_default().push(number);
            }
            let labels: BTreeSet<String> =
                principal.labels.iter().map(|label| fold(label)).collect();
            for label in labels {
                joined.labels.entry(label).or_default().push(number);
            }
        }
        joined.principals = self.principals;
        joined
    }
}
