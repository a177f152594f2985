//! Joining facts: spellings that one fact names together belong to one principal, through however many facts.
//!
//! Neither the order nor the repetition of facts changes the result. Names that may belong to several never join; a fact that has
//! nothing else goes to the one principal that has one of its names. Not here: what a spelling in a grant resolves to (`identity`).

use super::fact::{Fact, LocatedFact};
use super::form::{domain, is_address, is_solid};
use super::principal::{Principal, Spelling};
use crate::text::{fold, trimmed};
use hashbrown::HashMap;
use std::collections::{BTreeMap, BTreeSet};

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
}

/// Texts by number, each with its best evidence.
#[derive(Default)]
struct Texts {
    numbers: HashMap<String, u32>,
    /// The least spelling of each, which is the same in whatever order they come.
    spellings: Vec<Spelling>,
    /// Whether a fact has it as a principal name.
    principal_names: Vec<bool>,
    folded: String,
}

impl Texts {
    fn number(&mut self, written: &str, located: &LocatedFact) -> u32 {
        let written = trimmed(written);
        self.folded.clear();
        if written.is_ascii() {
            self.folded.push_str(written);
            self.folded.make_ascii_lowercase();
        } else {
            self.folded.push_str(&fold(written));
        }
        if let Some(number) = self.numbers.get(&self.folded) {
            if let Some(known) = self.spellings.get_mut(*number as usize) {
                lower(known, written, located);
            }
            return *number;
        }
        let number = u32::try_from(self.spellings.len()).unwrap_or(u32::MAX);
        self.numbers.insert(self.folded.clone(), number);
        self.spellings.push(spelling(written, located));
        self.principal_names.push(false);
        number
    }

    fn is_principal_name(&mut self, number: u32) {
        if let Some(is) = self.principal_names.get_mut(number as usize) {
            *is = true;
        }
    }
}

fn spelling(written: &str, located: &LocatedFact) -> Spelling {
    Spelling {
        written: written.to_owned(),
        source: located.fact.source.clone(),
        at: located.at,
    }
}

/// Keeps the lesser of two spellings of one text.
fn lower(known: &mut Spelling, written: &str, located: &LocatedFact) {
    let new = (written, located.fact.source.as_str(), located.at);
    if new < (known.written.as_str(), known.source.as_str(), known.at) {
        *known = spelling(written, located);
    }
}

/// Sets of texts that belong together.
#[derive(Default)]
struct Sets(Vec<u32>);

impl Sets {
    fn root(&mut self, of: u32) -> u32 {
        let mut at = of;
        while let Some(next) = self.0.get(at as usize).copied().filter(|next| *next != at) {
            // The path is halved on the way.
            let after = self.0.get(next as usize).copied().unwrap_or(next);
            if let Some(parent) = self.0.get_mut(at as usize) {
                *parent = after;
            }
            at = after;
        }
        at
    }

    fn join(&mut self, left: u32, right: u32) {
        let (left, right) = (self.root(left), self.root(right));
        // The older one stays: without ranks, but with halved paths, that is quick enough.
        if let Some(parent) = self.0.get_mut(left.max(right) as usize) {
            *parent = left.min(right);
        }
    }

    fn grow(&mut self, len: usize) {
        let from = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        let to = u32::try_from(len).unwrap_or(u32::MAX);
        self.0.extend(from..to);
    }
}

/// Names with the principals that have them.
#[derive(Default)]
struct Names {
    numbers: HashMap<String, u32>,
    holders: HashMap<(u32, u32), Spelling>,
    /// Principals of each name, in no order.
    of: Vec<Vec<u32>>,
}

impl Names {
    fn add(&mut self, written: &str, principal: u32, located: &LocatedFact) {
        let written = trimmed(written);
        let next = u32::try_from(self.of.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(fold(written)).or_insert(next);
        if number == next {
            self.of.push(Vec::new());
        }
        match self.holders.entry((number, principal)) {
            hashbrown::hash_map::Entry::Occupied(mut known) => {
                lower(known.get_mut(), written, located);
            }
            hashbrown::hash_map::Entry::Vacant(free) => {
                free.insert(spelling(written, located));
                if let Some(of) = self.of.get_mut(number as usize) {
                    of.push(principal);
                }
            }
        }
    }

    fn holders(&self, name: &str) -> &[u32] {
        let number = self.numbers.get(&fold(name));
        number
            .and_then(|number| self.of.get(*number as usize))
            .map_or(&[], Vec::as_slice)
    }
}

impl Joined {
    pub(super) fn of<'a>(facts: impl IntoIterator<Item = &'a LocatedFact>) -> Self {
        let mut joining = Joining::default();
        let mut located: Vec<(&LocatedFact, Option<u32>)> = Vec::new();
        for fact in facts {
            located.push((fact, joining.ids_of(fact)));
        }
        joining.gather();
        for (fact, first) in &mut located {
            *first = first.and_then(|text| joining.homes.get(text as usize).copied());
            if let Some(home) = *first {
                joining.learn(home, fact);
            }
        }
        joining.nameless(
            located
                .iter()
                .filter(|(_, home)| home.is_none())
                .map(|(fact, _)| *fact),
        );
        joining.finish()
    }
}

/// Facts while they are joined.
#[derive(Default)]
struct Joining {
    texts: Texts,
    sets: Sets,
    /// The principal of each text.
    homes: Vec<u32>,
    principals: Vec<Principal>,
    names: Names,
    domains: BTreeSet<String>,
}

impl Joining {
    /// Joins the ids of a fact; the number of the first.
    fn ids_of(&mut self, located: &LocatedFact) -> Option<u32> {
        let fact = &located.fact;
        let (mut first, mut addresses) = (None, 0);
        let home = fact.home_addresses();
        for id in fact.ids.iter().filter(|id| is_solid(id)) {
            let number = self.texts.number(id, located);
            self.sets.grow(self.texts.spellings.len());
            match first {
                None => first = Some(number),
                Some(first) => self.sets.join(first, number),
            }
            let Some(domain) = domain(id).filter(|_| is_address(id)) else {
                continue;
            };
            if addresses == 0 && fact.has_principal_name() {
                self.texts.is_principal_name(number);
            }
            if addresses < home && !self.domains.contains(domain) {
                self.domains.insert(fold(domain));
            }
            addresses += 1;
        }
        first
    }

    /// Makes the principals with their ids.
    fn gather(&mut self) {
        let mut homes = vec![u32::MAX; self.texts.spellings.len()];
        // Of principal names the least is shown, of other addresses only where there is no principal name.
        let mut best: Vec<(bool, &str)> = Vec::new();
        for (number, written) in (0..).zip(&self.texts.spellings) {
            let root = self.sets.root(number) as usize;
            let next = u32::try_from(best.len()).unwrap_or(u32::MAX);
            let Some(home) = homes.get_mut(root) else {
                continue;
            };
            if *home == u32::MAX {
                *home = next;
                best.push((true, ""));
                self.principals.push(Principal::default());
            }
            let home = *home;
            if let Some(own) = homes.get_mut(number as usize) {
                *own = home;
            }
            if let Some(principal) = self.principals.get_mut(home as usize) {
                principal.spellings.push(written.clone());
            }
            let is_other = !self
                .texts
                .principal_names
                .get(number as usize)
                .is_some_and(|is| *is);
            let address = (is_other, written.written.as_str());
            if let Some(best) = best.get_mut(home as usize)
                && is_address(address.1)
                && (best.1.is_empty() || address < *best)
            {
                *best = address;
            }
        }
        for (principal, (_, address)) in self.principals.iter_mut().zip(best) {
            address.clone_into(&mut principal.address);
        }
        self.homes = homes;
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
            .filter_map(|number| self.homes.get(*number as usize))
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
