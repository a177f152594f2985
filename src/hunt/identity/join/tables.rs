//! The tables of joining: texts by number, sets of them, and names with their holders.
//!
//! Not here: what belongs together (`part`), and what is learned (`join`).

use crate::hunt::identity::fact::LocatedFact;
use crate::hunt::identity::form::{is_address, is_opaque};
use crate::hunt::identity::principal::Spelling;
use crate::text::{fold, trimmed};
use hashbrown::HashMap;

/// Texts by number, each with its best evidence.
#[derive(Default)]
pub(super) struct Texts {
    pub(super) numbers: HashMap<String, u32>,
    /// The least spelling of each, which is the same in whatever order they come.
    pub(super) spellings: Vec<Spelling>,
    /// Whether a fact has it as a principal name.
    pub(super) principal_names: Vec<bool>,
    /// Whether it is the address of somebody, and not an id that nobody can read.
    addresses: Vec<bool>,
    folded: String,
}

impl Texts {
    pub(super) fn number(&mut self, written: &str, located: &LocatedFact) -> u32 {
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
        self.addresses
            .push(is_address(written) && !is_opaque(written));
        number
    }

    pub(super) fn is_address(&self, number: u32) -> bool {
        self.addresses
            .get(number as usize)
            .is_some_and(|address| *address)
    }

    pub(super) fn is_principal_name(&self, number: u32) -> bool {
        self.principal_names
            .get(number as usize)
            .is_some_and(|is| *is)
    }

    pub(super) fn set_principal_name(&mut self, number: u32) {
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
pub(super) struct Sets(Vec<u32>);

impl Sets {
    pub(super) fn root(&mut self, of: u32) -> u32 {
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

    pub(super) fn join(&mut self, left: u32, right: u32) {
        let (left, right) = (self.root(left), self.root(right));
        // The older one stays: without ranks, but with halved paths, that is quick enough.
        if let Some(parent) = self.0.get_mut(left.max(right) as usize) {
            *parent = left.min(right);
        }
    }

    pub(super) fn grow(&mut self, len: usize) {
        let from = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        let to = u32::try_from(len).unwrap_or(u32::MAX);
        self.0.extend(from..to);
    }
}

/// Names with the principals that have them.
#[derive(Default)]
pub(super) struct Names {
    numbers: HashMap<String, u32>,
    pub(super) holders: HashMap<(u32, u32), Spelling>,
    /// Principals of each name, in no order.
    of: Vec<Vec<u32>>,
}

impl Names {
    pub(super) fn add(&mut self, written: &str, principal: u32, located: &LocatedFact) {
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

    pub(super) fn holders(&self, name: &str) -> &[u32] {
        let number = self.numbers.get(&fold(name));
        number
            .and_then(|number| self.of.get(*number as usize))
            .map_or(&[], Vec::as_slice)
    }
}
