//! Giving: which records are one act, what only repeats what stands, and what a change of an assignment leaves unsaid.
//!
//! Not here: what ends a grant (`removal`).

use super::ONE_ACT_SECONDS;
use super::deed::{Deed, Said};
use super::draft::{Draft, draft, is_assigned, is_directory, same};
use super::drafts::Drafts;
use super::removal::{Cause, end};
use super::roles::Roles;
use crate::hunt::catalog::{Noise, folder_key};
use crate::hunt::grant::management_role::WITHIN;
use crate::hunt::grant::{Effect, PermissionChange};
use crate::hunt::identity::Identities;
use crate::hunt::model::{Grant, Road};
use crate::record::RecordId;
use std::collections::BTreeMap;

/// One act with the grants it asks for.
pub(super) struct Step<'a> {
    /// What was done.
    pub(super) deed: &'a Deed<'a>,
    /// One draft for each change that gives.
    pub(super) granted: Vec<Draft>,
}

/// The grants that an act asks for, given what stands before it.
pub(super) fn step<'a>(
    deed: &'a Deed<'a>,
    (identities, noise): (&Identities, &Noise),
    roles: &Roles,
    drafts: &Drafts,
) -> Step<'a> {
    let granted = deed
        .giving()
        .map(|change| {
            let mut new = draft(deed.first.located, change, (identities, noise), roles);
            for said in &deed.again {
                again(&mut new, said, (identities, noise), roles);
            }
            if let Some(known) = assignment(change, drafts) {
                refer(&mut new, known);
            }
            new
        })
        .collect();
    Step { deed, granted }
}

/// Adds what a record of another channel says of the same grant.
fn again(new: &mut Draft, said: &Said<'_>, known: (&Identities, &Noise), roles: &Roles) {
    let giving = said.changes.iter();
    let giving = giving.filter(|change| change.effect != Effect::Revokes);
    let mut drafts = giving.map(|change| draft(said.located, change, known, roles));
    let told = drafts.find(|told| {
        let (one, other) = (&new.grant, &told.grant);
        one.road == other.road
            && one.grantee.key == other.grantee.key
            && one.target.key == other.target.key
            && folder_key(&one.folder) == folder_key(&other.folder)
            && new.handle == told.handle
    });
    if let Some(told) = told {
        new.merge(&told);
    }
}

/// The earlier assignment of a role that a change only refers to by name.
fn assignment<'a>(change: &PermissionChange, drafts: &'a Drafts) -> Option<&'a Draft> {
    let refers = change.road == Road::ImpersonationRole
        && change.grantee.is_empty()
        && !change.handle.is_empty();
    refers.then(|| drafts.assignment(&change.handle)).flatten()
}

/// Fills in what a change of an assignment leaves unsaid: who is assigned and which role. Scopes it names replace those before.
fn refer(new: &mut Draft, known: &Draft) {
    let Draft { grant, .. } = new;
    let rescoped = grant.rights.iter().any(|right| right.starts_with(WITHIN));
    let kept = known.grant.rights.iter();
    let kept = kept.filter(|right| !(rescoped && right.starts_with(WITHIN)));
    grant.rights.extend(kept.cloned());
    grant.rights.sort();
    grant.rights.dedup();
    grant.road = known.grant.road;
    grant.grantee.clone_from(&known.grant.grantee);
    grant.app_ids.clone_from(&known.grant.app_ids);
}

/// Adds the grants of an act: as new ones, as further records of a known act, or not at all when they only repeat what stands.
pub(super) fn give(act: &Step<'_>, drafts: &mut Drafts) {
    for (new, change) in act.granted.iter().zip(act.deed.giving()) {
        if let Some(at) = standing(act, new, drafts) {
            if let Some(draft) = drafts.get_mut(at).filter(|draft| !draft.hidden) {
                also(&mut draft.grant, &new.grant);
                continue;
            }
            // Said anew of somebody who was gone: what was kept back for his return is not given twice.
            end(at, &|_| true, &Cause::of(act.deed), drafts);
        }
        let changes_one = is_policy(new) || assignment(change, drafts).is_some();
        if !new.grant.gave_nothing() && changes_one {
            replace(new, act.deed, drafts);
        }
        match of_one_act(new, drafts) {
            Some(at) => {
                if let Some(draft) = drafts.get_mut(at) {
                    draft.merge(new);
                }
                drafts.note(at);
            }
            None => {
                drafts.push(new.clone());
            }
        }
    }
}

/// The number of the last draft that a new grant is a further record of.
fn of_one_act(new: &Draft, drafts: &Drafts) -> Option<usize> {
    let is_its = |at: &usize| {
        drafts.get(*at).is_some_and(|draft| {
            draft.via.is_none()
                && !draft.hidden
                && is_one_act(&draft.grant, &draft.correlation, new)
        })
    };
    is_directory(new.grant.road)
        .then(|| drafts.of_act(new).into_iter().find(is_its))
        .flatten()
}

/// The number of the grant in force already that an act only repeats.
fn standing(act: &Step<'_>, new: &Draft, drafts: &mut Drafts) -> Option<usize> {
    if !act.deed.replaces() && !is_policy(new) {
        return None;
    }
    let grant = &new.grant;
    let near = drafts.standing_between(grant.road, Some(&grant.grantee), Some(&grant.target));
    near.into_iter()
        .find(|at| drafts.get(*at).is_some_and(|draft| is_repeated(draft, new)))
}

/// Whether two drafts say the same of the same grantee. What somebody has through a group is no entry of his own.
pub(super) fn is_repeated(old: &Draft, new: &Draft) -> bool {
    // The rights of a membership are what the group carries.
    let rights_count = old.grant.road != Road::RoleGroup;
    let own = old.via.as_ref().is_none_or(|via| via.group.is_none());
    own && old.grant.road == new.grant.road
        && same(&old.grant.grantee, &new.grant.grantee)
        && same(&old.grant.target, &new.grant.target)
        && folder_key(&old.grant.folder) == folder_key(&new.grant.folder)
        && old.handle == new.handle
        && (!rights_count || agrees(old, new))
}

/// Whether two drafts have the same rights in the words of any of their records.
fn agrees(old: &Draft, new: &Draft) -> bool {
    let words = |draft: &Draft, rights: &Vec<String>| {
        draft.grant.rights == *rights || draft.wordings.contains(rights)
    };
    words(old, &new.grant.rights) || new.wordings.iter().any(|rights| words(old, rights))
}

/// Whether a grant says how far a policy that has a name lets its application reach from now on.
fn is_policy(new: &Draft) -> bool {
    new.grant.road == Road::AccessPolicy && !new.handle.is_empty()
}

/// Ends the assignment, or what a policy opened, that a change of it replaces.
fn replace(new: &Draft, deed: &Deed<'_>, drafts: &mut Drafts) {
    let is_it = |old: &Draft| {
        let kind = is_assigned(&old.grant) || old.grant.road == new.grant.road;
        kind && old.handle == new.handle && old.via.is_none()
    };
    for at in drafts.standing_with_handle(&new.handle) {
        if drafts.get(at).is_some_and(is_it) {
            end(at, &|_| true, &Cause::of(deed), drafts);
        }
    }
}

/// Whether a new grant is a further record of an act known already: directory records of one correlation, or agreeing rights given by
/// the same actor within two seconds where one of the records does not name the grantee.
fn is_one_act(old: &Grant, correlation: &str, new: &Draft) -> bool {
    if !is_directory(old.road) || old.road != new.grant.road || old.act != new.grant.act {
        return false;
    }
    if !correlation.is_empty() && !new.correlation.is_empty() {
        return correlation == new.correlation
            && (same(&old.grantee, &new.grant.grantee)
                || old.grantee.is_nobody()
                || new.grant.grantee.is_nobody());
    }
    let close = old
        .time
        .zip(new.grant.time)
        .is_some_and(|(old, new)| (old - new).num_seconds().abs() <= ONE_ACT_SECONDS);
    let unnamed = old.grantee.is_nobody() || new.grant.grantee.is_nobody();
    let covered = |some: &[String], all: &[String]| some.iter().all(|right| all.contains(right));
    let agree = covered(&old.rights, &new.grant.rights) || covered(&new.grant.rights, &old.rights);
    close && unnamed && agree && old.actor.key == new.grant.actor.key
}

/// Keeps the ids that a grant would have if its other records were missing, so that a mark made then is found. They are put in order in
/// the end: one list may be repeated many times.
pub(super) fn also(old: &mut Grant, new: &Grant) {
    let ids = new.also_ids.iter().chain([&new.id]);
    let ids: Vec<String> = ids.filter(|id| **id != old.id).cloned().collect();
    old.also_ids.extend(ids);
}

/// Adds a further record of the same act to a grant; whatever it lacks, the later record fills in.
pub(super) fn merge(old: &mut Grant, new: Grant) {
    also(old, &new);
    if old.place.ip.is_empty() {
        old.place = new.place;
    }
    if old.grantee.is_nobody()
        || (!old.grantee.name.contains(' ')
            && new.grantee.spellings.len() > old.grantee.spellings.len())
    {
        old.grantee = new.grantee;
    }
    if new.scope < old.scope {
        old.scope = new.scope;
        old.target = new.target;
    }
    old.rights.extend(new.rights);
    old.rights.sort();
    old.rights.dedup();
    old.app_ids.extend(new.app_ids);
    old.app_ids.sort();
    old.app_ids.dedup();
    let sources = old
        .record_ids
        .iter()
        .cloned()
        .zip(old.provenance.iter().copied())
        .chain(new.record_ids.into_iter().zip(new.provenance));
    let sources: BTreeMap<RecordId, _> = sources.collect();
    (old.record_ids, old.provenance) = sources.into_iter().unzip();
}
