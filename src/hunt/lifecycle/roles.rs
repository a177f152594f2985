//! Roles as of a moment: which of them role groups carry, and which built-in role a custom one was made from.
//!
//! Stepped through the acts in the order of time. Not here: memberships, which are grants (`draft`).

use super::deed::Deed;
use super::draft::gives_roles;
use crate::hunt::context::Context;
use crate::hunt::grant::PermissionChange;
use crate::hunt::model::Road;
use crate::text::fold;
use crate::time::Instant;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Right under which the built-in role is kept that a custom role was made from.
pub const CHILD_OF: &str = "child of ";

/// Steps from a custom role to its parents that are followed.
const GENERATIONS: usize = 32;

/// What role groups carry now, and custom roles.
#[derive(Default)]
pub(super) struct Roles {
    /// Of a folded group, each folded role with its name and the assignments that give it.
    carried: HashMap<String, BTreeMap<String, Carried>>,
    /// Of the handle of an assignment, the group and its roles.
    assigned: HashMap<String, (String, Vec<String>)>,
    /// Of a folded custom role, its parents in the order of time.
    parents: HashMap<String, Vec<(Option<Instant>, String)>>,
}

/// A role that a group carries.
struct Carried {
    name: String,
    /// Handles of the assignments; empty for the roles a group was made with.
    by: BTreeSet<String>,
}

/// Roles that a group gets or loses by an act.
pub(super) struct Turn {
    /// The folded group.
    pub(super) group: String,
    /// Names of the roles.
    pub(super) roles: Vec<String>,
}

impl Roles {
    /// Learns the custom roles of all acts, and what groups carry by acts without a time, which may have been at any.
    pub(super) fn of(deeds: &[Deed<'_>]) -> Self {
        let mut roles = Self::default();
        for deed in deeds {
            for context in &deed.first.contexts {
                if let Context::Inherits { role, parent } = context {
                    let parents = roles.parents.entry(fold(role)).or_default();
                    parents.push((deed.time(), parent.trim().to_owned()));
                }
            }
            if deed.time().is_none() {
                roles.open(deed);
            }
        }
        roles
    }

    /// What groups carry from an act on, as far as they did not before.
    pub(super) fn open(&mut self, deed: &Deed<'_>) -> Vec<Turn> {
        let creates = deed.record().operation.is("New-RoleGroup");
        let handle = deed.giving().find(|change| change.road != Road::RoleGroup);
        let handle = handle.map_or("", |change| &change.handle).to_owned();
        let mut turns = Vec::new();
        for context in &deed.first.contexts {
            let Context::Carries { group, roles } = context else {
                continue;
            };
            let group = group_key(group);
            if creates {
                // A group of this name was another one before.
                self.carried.remove(&group);
            }
            if !handle.is_empty() {
                let assigned = (group.clone(), roles.clone());
                self.assigned.insert(handle.clone(), assigned);
            }
            turns.push(self.carry(&group, roles, &handle));
        }
        if let Some((group, roles)) = self.enabled(deed) {
            turns.push(self.carry(&group, &roles, &handle));
        }
        turns.retain(|turn| !turn.roles.is_empty());
        turns
    }

    /// The group and roles of an assignment that an act only refers to and leaves in force.
    fn enabled(&self, deed: &Deed<'_>) -> Option<(String, Vec<String>)> {
        let refers = |change: &&PermissionChange| {
            change.road == Road::ImpersonationRole && change.grantee.is_empty()
        };
        let change = deed.giving().find(refers)?;
        let given = deed.record().outcome != crate::record::Outcome::Failed;
        self.assigned.get(&change.handle).filter(|_| given).cloned()
    }

    fn carry(&mut self, group: &str, roles: &[String], by: &str) -> Turn {
        let carried = self.carried.entry(group.to_owned()).or_default();
        let mut new = Vec::new();
        for role in roles {
            let known = carried.entry(fold(role)).or_insert_with(|| {
                new.push(role.clone());
                Carried {
                    name: role.clone(),
                    by: BTreeSet::new(),
                }
            });
            known.by.insert(by.to_owned());
        }
        Turn {
            group: group.to_owned(),
            roles: new,
        }
    }

    /// What groups carry no more after an act.
    pub(super) fn close(&mut self, deed: &Deed<'_>) -> Vec<Turn> {
        let mut turns = Vec::new();
        for change in deed.taking() {
            if change.road == Road::RoleGroup && deed.record().operation.is("Remove-RoleGroup") {
                self.carried.remove(&change.handle);
            }
            let assigned = self.assigned.get(&change.handle);
            let Some((group, roles)) = assigned.filter(|_| change.road == Road::ImpersonationRole)
            else {
                continue;
            };
            let Some(carried) = self.carried.get_mut(group) else {
                continue;
            };
            let mut lost = Vec::new();
            for role in roles.iter().map(|role| fold(role)) {
                let Some(known) = carried.get_mut(&role) else {
                    continue;
                };
                if known.by.remove(&change.handle) && known.by.is_empty() {
                    lost.extend(carried.remove(&role).map(|role| role.name));
                }
            }
            turns.push(Turn {
                group: group.clone(),
                roles: lost,
            });
        }
        turns.retain(|turn| !turn.roles.is_empty());
        turns
    }

    /// The rights that a change gives; a membership gives what the group carries at that moment too, and a custom role has its parent
    /// beside it.
    pub(super) fn rights(&self, change: &PermissionChange, moment: Option<Instant>) -> Vec<String> {
        let mut rights = change.rights.clone();
        if let Some(carried) = self.carried.get(&change.handle)
            && change.road == Road::RoleGroup
        {
            rights.extend(carried.values().map(|role| role.name.clone()));
        }
        if gives_roles(change.road) {
            self.add_parents(&mut rights, moment);
        }
        rights.sort();
        rights.dedup();
        rights
    }

    /// Adds what custom roles among some rights were made from.
    pub(super) fn add_parents(&self, rights: &mut Vec<String>, moment: Option<Instant>) {
        let parents = rights
            .iter()
            .filter_map(|right| self.ancestor(right, moment));
        let parents: Vec<String> = parents.collect();
        rights.extend(parents);
        rights.sort();
        rights.dedup();
    }

    /// The right that says what a custom role was made from: the last of its parents that is known.
    pub(super) fn ancestor(&self, role: &str, moment: Option<Instant>) -> Option<String> {
        let mut last = None;
        let mut seen = BTreeSet::from([fold(role)]);
        let mut next = self.parent(role, moment);
        while let Some(parent) = next.filter(|parent| seen.insert(fold(parent))) {
            last = Some(parent);
            if seen.len() > GENERATIONS {
                break;
            }
            next = self.parent(parent, moment);
        }
        last.map(|parent| format!("{CHILD_OF}{parent}"))
    }

    fn parent(&self, role: &str, moment: Option<Instant>) -> Option<&str> {
        let parents = self.parents.get(&fold(role))?;
        let until = |made: &Option<Instant>| {
            made.is_none() || moment.is_none() || made.is_some_and(|made| Some(made) <= moment)
        };
        let mut made = parents.iter().rev().filter(|(made, _)| until(made));
        made.next().map(|(_, parent)| parent.as_str())
    }
}

/// A group by its name without the path of its organisation, as the handle of a membership has it.
fn group_key(group: &str) -> String {
    fold(group.rsplit(['/', '\\']).next().unwrap_or(group))
}
