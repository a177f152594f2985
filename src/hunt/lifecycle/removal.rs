//! Removals: which grants a record ends, whole or in part, and with them what comes from these grants.
//!
//! Not here: what it gives in their place (`giving`), and what ends because a member or a principal goes (`member`, `fate`).

use super::deed::Deed;
use super::draft::{Draft, grantee, is_assigned, is_directory, same, target};
use super::drafts::Drafts;
use super::giving::{Step, is_repeated};
use crate::hunt::catalog::folder_key;
use crate::hunt::grant::PermissionChange;
use crate::hunt::grant::role_group::MEMBER_OF;
use crate::hunt::identity::Identities;
use crate::hunt::model::{Grant, Party, Road, State};

/// Why something ends.
pub(super) struct Cause<'a> {
    pub(super) deed: &'a Deed<'a>,
    /// In words, for the grant itself.
    words: String,
    /// In words, for what members of its grantee have through it.
    onward: String,
}

impl<'a> Cause<'a> {
    /// A removal that names the grant.
    pub(super) fn of(deed: &'a Deed<'a>) -> Self {
        let operation = &deed.record().operation;
        Self {
            deed,
            words: operation.to_string(),
            onward: format!("the grant to the group ended ({operation})"),
        }
    }

    /// Something that happened to the grantee.
    pub(super) fn worded(deed: &'a Deed<'a>, words: &str) -> Self {
        Self {
            words: format!("{words} ({})", deed.record().operation),
            ..Self::of(deed)
        }
    }

    /// Something that happened to the grantee, with what it is called for members of a group.
    pub(super) fn onward(self, words: &str) -> Self {
        let onward = format!("{words} ({})", self.deed.record().operation);
        Self { onward, ..self }
    }

    /// The same for what comes from the grant.
    pub(super) fn for_child(&self, child: &Draft) -> Self {
        let through_group = child.via.as_ref().is_some_and(|via| via.group.is_some());
        Self {
            deed: self.deed,
            words: if through_group {
                self.onward.clone()
            } else {
                self.words.clone()
            },
            onward: self.onward.clone(),
        }
    }
}

/// Ends what the removals of an act end.
pub(super) fn remove(act: &Step<'_>, identities: &Identities, drafts: &mut Drafts) {
    for change in act.deed.taking() {
        revoke(act, change, identities, drafts);
    }
}

/// Closes the grants that a removal ends, whole or for the rights it names.
fn revoke(act: &Step<'_>, change: &PermissionChange, identities: &Identities, drafts: &mut Drafts) {
    let (grantee, _) = grantee(change, identities);
    let target = target(change, identities);
    let cause = Cause::of(act.deed);
    for at in meant(change, &grantee, &target, drafts) {
        let Some(draft) = drafts.get(at) else {
            continue;
        };
        let is_kept = act.granted.iter().any(|new| is_repeated(draft, new));
        if !is_kept && ends(change, &grantee, &target, draft) {
            end(at, &|right| takes(change, right), &cause, drafts);
        }
    }
}

/// The numbers of the standing drafts that a removal can be about.
fn meant(
    change: &PermissionChange,
    grantee: &Party,
    target: &Party,
    drafts: &mut Drafts,
) -> Vec<usize> {
    let grantee = (!takes_from_everybody(change)).then_some(grantee);
    match change.road {
        Road::ImpersonationRole => drafts.standing_with_handle(&change.handle),
        Road::RoleGroup if grantee.is_none() => drafts.standing_with_handle(&change.handle),
        Road::RoleGroup => drafts.standing_between(change.road, grantee, None),
        _ => drafts.standing_between(change.road, grantee, Some(target)),
    }
}

/// A cmdlet that names nobody takes the right from everybody; a directory record only lost the name.
fn takes_from_everybody(change: &PermissionChange) -> bool {
    change.grantee.is_empty() && !is_directory(change.road)
}

/// Whether a removal is about a grant. What somebody has through a group ends with the grant to the group, never by a removal from him.
fn ends(change: &PermissionChange, grantee: &Party, target: &Party, draft: &Draft) -> bool {
    let grant = &draft.grant;
    if draft.via.as_ref().is_some_and(|via| via.group.is_some()) {
        return false;
    }
    if change.road == Road::ImpersonationRole {
        return is_assigned(grant) && !change.handle.is_empty() && change.handle == draft.handle;
    }
    let somebody = takes_from_everybody(change) || same(grantee, &grant.grantee);
    let there = match change.road {
        Road::RoleGroup => change.handle == draft.handle,
        Road::FolderPermission => {
            same(target, &grant.target) && folder_key(&change.folder) == folder_key(&grant.folder)
        }
        _ => {
            let there = change.handle.is_empty() || change.handle == draft.handle;
            there && same(target, &grant.target)
        }
    };
    change.road == grant.road && somebody && there
}

/// Whether a removal takes a right; one that names no rights takes all.
fn takes(change: &PermissionChange, right: &str) -> bool {
    matches!(change.road, Road::RoleGroup | Road::ImpersonationRole)
        || change.rights.is_empty()
        || change
            .rights
            .iter()
            .any(|taken| taken.eq_ignore_ascii_case(right))
}

/// Ends a standing grant for the rights that are taken, and likewise all that comes from it. Gives the number of the draft under which
/// it goes on, if it does.
pub(super) fn end(
    at: usize,
    takes: &dyn Fn(&str) -> bool,
    cause: &Cause<'_>,
    drafts: &mut Drafts,
) -> Option<usize> {
    let draft = drafts.get(at).filter(|draft| draft.stands())?;
    let rights = &draft.grant.rights;
    let left = rights.iter().filter(|right| !takes(right)).cloned();
    let mut left: Vec<String> = left.collect();
    if left.len() == rights.len() && !left.is_empty() {
        return Some(at);
    }
    if is_gained(draft) && left.iter().all(|right| right.starts_with(MEMBER_OF)) {
        // A role that a group got later is gone; the membership itself stands elsewhere.
        left.clear();
    }
    let whole = left.is_empty();
    let children = drafts.children(at);
    let rest = (!whole).then(|| split(at, left, cause, drafts)).flatten();
    close(at, cause, drafts);
    for child in children {
        let Some(cause) = drafts.get(child).map(|child| cause.for_child(child)) else {
            continue;
        };
        if let Some(rest) = rest {
            // A role that a group got later is taken for itself.
            let kept = if drafts.get(child).is_some_and(is_gained) {
                Some(child)
            } else {
                end(child, takes, &cause, drafts)
            };
            if let Some(kept) = kept {
                drafts.hang(kept, rest);
            }
        } else if !drafts.hang_elsewhere(child) {
            end(child, &|_| true, &cause, drafts);
        }
    }
    rest
}

/// Whether a draft is a role that a role group got after its member joined.
fn is_gained(draft: &Draft) -> bool {
    draft.via.as_ref().is_some_and(|via| via.group.is_none())
}

/// The part of a grant that a partial removal leaves standing, as a grant of its own. Its id depends on the grant as it was made and on
/// the removal, so that it is the same whether earlier removals are in the evidence or not.
fn split(at: usize, left: Vec<String>, cause: &Cause<'_>, drafts: &mut Drafts) -> Option<usize> {
    let draft = drafts.get_mut(at)?;
    let mut rest = draft.clone();
    // Both parts say of which group.
    draft
        .grant
        .rights
        .retain(|right| !left.contains(right) || right.starts_with(MEMBER_OF));
    let mut ids = draft.ids_by(&cause.deed.ids(), "").into_iter();
    rest.grant.id = ids.next()?;
    rest.grant.also_ids = ids.filter(|id| *id != rest.grant.id).collect();
    rest.grant.rights = left;
    rest.correlation.clear();
    rest.wordings.clear();
    Some(drafts.push(rest))
}

/// Closes a draft whole.
pub(super) fn close(at: usize, cause: &Cause<'_>, drafts: &mut Drafts) {
    let Some(draft) = drafts.get_mut(at) else {
        return;
    };
    let Grant { revocation_ids, .. } = &mut draft.grant;
    revocation_ids.extend(cause.deed.ids().cloned());
    revocation_ids.sort();
    let (grant, time) = (&mut draft.grant, cause.deed.time());
    grant.ended_by.clone_from(&cause.words);
    if time.is_none() || time == grant.time {
        grant.state = State::Unknown;
    } else {
        grant.state = State::Revoked;
        grant.revoked_at = time;
    }
}
