//! Which entry of a listing is about the same as which grant: the same somebody, the same mailbox, the same thing.
//!
//! Parties are numbered so that two that share a spelling have one number: laying a listing beside the grants is then a look into a
//! table. Not here: what follows from a match (`reconcile`).

use super::folder::folder_thing;
use super::{Entitlement, Name};
use crate::hunt::catalog::folder_key;
use crate::hunt::grant::management_role::{DELEGATING, WITHIN};
use crate::hunt::grant::role_group::MEMBER_OF;
use crate::hunt::identity::Identities;
use crate::hunt::model::{Grant, Party, PrincipalKind, Road, Scope};
use crate::text::{fold, is_guid};
use std::collections::{BTreeSet, HashMap};

/// Number of the party that stands for every mailbox.
const EVERY: usize = usize::MAX;

/// Parties under one number each, however they are spelled.
pub(in crate::hunt) struct Parties<'a> {
    identities: &'a Identities,
    /// Numbers of names that were asked for.
    names: HashMap<&'a Name, usize>,
    resolved: Vec<(Party, Vec<String>)>,
    /// The party that each is the same as, itself where it is the first.
    same: Vec<usize>,
    /// First party with a spelling.
    tokens: HashMap<String, usize>,
}

impl<'a> Parties<'a> {
    /// No parties yet.
    pub fn new(identities: &'a Identities) -> Self {
        Self {
            identities,
            names: HashMap::new(),
            resolved: Vec::new(),
            same: Vec::new(),
            tokens: HashMap::new(),
        }
    }

    /// Adds somebody by his name in an entry; gives the number by which [`Self::get`] knows him.
    pub fn add_name(&mut self, name: &'a Name) -> usize {
        if let Some(at) = self.names.get(name) {
            return *at;
        }
        let (party, apps) = resolve(self.identities, name);
        let at = self.add(party, apps);
        self.names.insert(name, at);
        at
    }

    /// Adds somebody out of a grant.
    pub fn add_party(&mut self, party: &Party) -> usize {
        self.add(party.clone(), Vec::new())
    }

    /// Adds whom each of some grants is to and on: grantee and target.
    pub fn add_grants(&mut self, grants: &[Grant]) -> Vec<(usize, usize)> {
        let grants = grants.iter();
        let pairs = grants.map(|grant| {
            (
                self.add_party(&grant.grantee),
                self.add_party(&grant.target),
            )
        });
        pairs.collect()
    }

    /// Adds both of some pairs of names: a holder and a target.
    pub fn add_pairs(
        &mut self,
        pairs: impl Iterator<Item = (&'a Name, &'a Name)>,
    ) -> Vec<(usize, usize)> {
        pairs
            .map(|(holder, target)| (self.add_name(holder), self.add_name(target)))
            .collect()
    }

    fn add(&mut self, party: Party, apps: Vec<String>) -> usize {
        let at = self.resolved.len();
        self.same.push(at);
        for token in tokens(&party) {
            match self.tokens.get(&token) {
                Some(first) => {
                    let (first, own) = (self.find(*first), self.find(at));
                    let (low, high) = (first.min(own), first.max(own));
                    if let Some(same) = self.same.get_mut(high) {
                        *same = low;
                    }
                }
                None => {
                    self.tokens.insert(token, at);
                }
            }
        }
        self.resolved.push((party, apps));
        at
    }

    fn find(&self, mut at: usize) -> usize {
        while let Some(next) = self.same.get(at).copied().filter(|next| *next != at) {
            at = next;
        }
        at
    }

    /// The numbers of the parties that somebody shares a spelling with, once every party is added.
    pub fn lookup(&self, party: &Party) -> BTreeSet<usize> {
        let tokens = tokens(party);
        let known = tokens.iter().filter_map(|token| self.tokens.get(token));
        known.map(|at| self.find(*at)).collect()
    }

    /// The number that all spellings of a party share, once every party is added.
    pub fn number(&self, at: usize) -> usize {
        self.find(at)
    }

    /// The party added under a number, with the ids of its applications.
    pub fn get(&self, at: usize) -> Option<&(Party, Vec<String>)> {
        self.resolved.get(at)
    }
}

/// Who somebody in an entry is.
fn resolve(identities: &Identities, name: &Name) -> (Party, Vec<String>) {
    let (mut party, mut apps) = identities.party(&name.spelling, &name.aliases, name.kind);
    // Some cmdlets list people by their names: one that a single principal has is his.
    if let [only] = party.candidates.as_slice() {
        let written = std::mem::take(&mut party.name);
        let only = only.clone();
        (party, apps) = identities.party(&only, &[], name.kind);
        party.label = written;
    }
    if !name.label.is_empty() && is_opaque(&party.name) {
        party.name.clone_from(&name.label);
    } else if party.label.is_empty() && name.label != party.name {
        party.label.clone_from(&name.label);
    }
    (party, apps)
}

/// Whether a name is an id that says nothing to people.
pub(super) fn is_opaque(name: &str) -> bool {
    is_guid(name) || fold(name).starts_with("s-1-")
}

/// The spellings that make two parties the same. A name that may be several people's joins nobody, and that of an application joins no
/// two with ids of their own.
fn tokens(party: &Party) -> Vec<String> {
    // `Everyone` of mailbox audit is the `Default` of the cmdlets.
    if matches!(
        party.kind,
        PrincipalKind::Default | PrincipalKind::Anonymous
    ) {
        return vec![format!("\0{}", party.kind.word())];
    }
    if !party.candidates.is_empty() {
        return vec![format!("\0{}", party.key)];
    }
    let mut tokens: Vec<String> = party.spellings.clone();
    tokens.push(party.key.clone());
    tokens.retain(|token| !token.is_empty());
    let is_application = matches!(
        party.kind,
        PrincipalKind::ServicePrincipal | PrincipalKind::ManagedIdentity
    );
    if is_application && tokens.iter().any(|token| is_guid(token)) {
        tokens.retain(|token| is_guid(token));
    }
    tokens
}

/// What an entry or a grant is about: road, holder, mailbox and the one thing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Slot {
    pub road: Road,
    pub holder: usize,
    pub target: usize,
    /// The folder, permission, role or group; empty where a road has one slot a mailbox.
    pub thing: String,
}

/// Roads that a listing does not tell apart are one.
pub(super) fn road_of(road: Road) -> Road {
    match road {
        Road::RbacForApplications => Road::ImpersonationRole,
        other => other,
    }
}

/// The number of a target among parties; tenant-wide rights have one of their own.
pub(super) fn target_number(scope: Scope, at: usize, parties: &Parties<'_>) -> usize {
    if scope == Scope::Tenant {
        EVERY
    } else {
        parties.number(at)
    }
}

/// The things that an entry is about.
pub(super) fn things_of_entry(entry: &Entitlement) -> Vec<String> {
    match entry.road {
        Road::FolderPermission => vec![folder_thing(&entry.folder)],
        road => things(road, &entry.rights),
    }
}

/// The things that a grant is about, each with the right that stands for it; an entry may name a folder without its path.
pub(super) fn things_of_grant(grant: &Grant) -> Vec<String> {
    match grant.road {
        Road::FolderPermission => {
            let key = folder_key(&grant.folder);
            let leaf = key.rsplit('\\').next().unwrap_or(&key).to_owned();
            vec![format!("\\{key}"), leaf]
        }
        road => things(road, &grant.rights),
    }
}

fn things(road: Road, rights: &[String]) -> Vec<String> {
    match road_of(road) {
        Road::ImpersonationRole => {
            let end = if is_delegating(rights) {
                "\0hands on"
            } else {
                ""
            };
            let roles = rights.iter().filter(|right| is_role(right));
            roles.map(|role| fold(role) + end).collect()
        }
        Road::RoleGroup => {
            let groups = rights
                .iter()
                .filter_map(|right| right.strip_prefix(MEMBER_OF));
            groups.map(fold).collect()
        }
        Road::AppPermission | Road::DirectoryRole => {
            rights.iter().map(|right| fold(right)).collect()
        }
        _ => vec![String::new()],
    }
}

/// Whether a right of an assignment is its role.
pub(super) fn is_role(right: &str) -> bool {
    right != DELEGATING && !right.starts_with(WITHIN)
}

fn is_delegating(rights: &[String]) -> bool {
    rights.iter().any(|right| right == DELEGATING)
}

/// A right as it is compared: without case, blanks and hyphens (`Send-As`, `Send As`).
pub(super) fn right_key(right: &str) -> String {
    let mut key = fold(right);
    key.retain(|character| !matches!(character, ' ' | '-' | '_'));
    key
}
