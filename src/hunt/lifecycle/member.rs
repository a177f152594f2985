//! Members of groups: what they have through a group from when they join until they leave, and the roles that a role group gets later.
//!
//! Who was a member before the group got a right stays with the group: only the question who may reach a mailbox now resolves him.
//! Not here: memberships of role groups, which are grants themselves (`giving`).

use super::deed::Deed;
use super::draft::{Draft, Via, anew, same, spelled};
use super::drafts::{Drafts, tokens};
use super::removal::{Cause, end};
use super::roles::{CHILD_OF, Roles, Turn};
use crate::hunt::context::Context;
use crate::hunt::grant::role_group::MEMBER_OF;
use crate::hunt::identity::Identities;
use crate::hunt::model::{Party, Road};
use crate::text::fold;
use std::collections::HashSet;

/// Groups within groups that are followed.
pub(super) const DEPTH: usize = 16;

/// Gives who joins a group by an act what the group holds.
pub(super) fn join(deed: &Deed<'_>, identities: &Identities, drafts: &mut Drafts) {
    for context in &deed.first.contexts {
        let Context::Member {
            joins: true,
            group,
            member,
        } = context
        else {
            continue;
        };
        let joining = Joining {
            deed,
            identities,
            group: spelled(group, identities),
            member: spelled(member, identities),
            spelling: member.first().map_or_else(String::new, |first| fold(first)),
        };
        if joining.member.is_nobody() || same(&joining.group, &joining.member) {
            continue;
        }
        for at in drafts.standing_of(&joining.group) {
            joining.pass_on(at, drafts);
        }
    }
}

/// Somebody who joins a group.
struct Joining<'a> {
    deed: &'a Deed<'a>,
    identities: &'a Identities,
    group: Party,
    member: Party,
    /// The member as its record spells it first, folded.
    spelling: String,
}

impl Joining<'_> {
    /// Gives the member what the group has by one draft, unless he has it through the group already.
    fn pass_on(&self, at: usize, drafts: &mut Drafts) {
        let Some(held) = drafts.get(at) else {
            return;
        };
        let is_his = same(&held.grant.grantee, &self.group) && !held.hidden;
        let chain = drafts.chain(at);
        let is_above = |at: &usize| {
            let above = drafts.get(*at);
            above.is_some_and(|above| same(&above.grant.grantee, &self.member))
        };
        if !is_his || chain.len() > DEPTH || chain.iter().any(is_above) {
            return;
        }
        let new = self.draft(at, held);
        let known = drafts.through(new.root(), &self.member);
        let known = known.into_iter().find(|at| {
            let via = drafts.get(*at).and_then(|known| known.via.as_ref());
            let group = via.and_then(|via| via.group.as_ref());
            group.is_some_and(|group| same(group, &self.group))
        });
        if let Some(known) = known.and_then(|at| drafts.get_mut(at)) {
            super::giving::also(&mut known.grant, &new.grant);
        } else if drafts.has_room() {
            drafts.push(new);
        }
    }

    fn draft(&self, at: usize, held: &Draft) -> Draft {
        let mut grant = anew(&held.grant, self.deed.all(), self.identities);
        let (_, apps) =
            self.identities
                .party(&self.member.name, &self.member.spellings, self.member.kind);
        grant.grantee = self.member.clone();
        grant.app_ids = apps;
        grant.rights.push(format!("{MEMBER_OF}{}", self.group.name));
        grant.rights.sort();
        grant.rights.dedup();
        let ids = held.ids_by(&self.deed.ids(), &self.spelling);
        Draft {
            via: Some(Via {
                from: at,
                root: held.root().to_owned(),
                group: Some(self.group.clone()),
            }),
            ..Draft::new(grant, ids)
        }
    }
}

/// Ends what those who leave a group by an act had through it.
pub(super) fn leave(deed: &Deed<'_>, identities: &Identities, drafts: &mut Drafts) {
    for context in &deed.first.contexts {
        let Context::Member {
            joins: false,
            group,
            member,
        } = context
        else {
            continue;
        };
        let (group, member) = (spelled(group, identities), spelled(member, identities));
        let everybody = member.is_nobody();
        let near = if everybody {
            drafts.standing_through(&group)
        } else {
            drafts.standing_of(&member)
        };
        let staying = staying(deed, identities);
        let cause = Cause::worded(deed, "the grantee left the group");
        for at in near {
            let leaves = |draft: &Draft| {
                let grantee = &draft.grant.grantee;
                let through = draft.via.as_ref().and_then(|via| via.group.as_ref());
                through.is_some_and(|through| same(through, &group))
                    && (everybody || same(grantee, &member))
                    && !(everybody && tokens(grantee).any(|token| staying.contains(token)))
            };
            if drafts.get(at).is_some_and(leaves) {
                end(at, &|_| true, &cause, drafts);
            }
        }
    }
}

/// Whom a new list of members names, by all his spellings.
fn staying(deed: &Deed<'_>, identities: &Identities) -> HashSet<String> {
    let joining = deed.first.contexts.iter().filter_map(|context| {
        let Context::Member {
            joins: true,
            member,
            ..
        } = context
        else {
            return None;
        };
        Some(spelled(member, identities))
    });
    let named = joining.flat_map(|party| tokens(&party).map(str::to_owned).collect::<Vec<_>>());
    named.collect()
}

/// Gives the members of a role group the roles that it got after they joined, each as a grant of its own.
pub(super) fn gain(
    deed: &Deed<'_>,
    turn: &Turn,
    roles: &Roles,
    identities: &Identities,
    drafts: &mut Drafts,
) {
    if !drafts.has_room() {
        return;
    }
    let members = drafts.standing_with_handle(&turn.group);
    let members: Vec<usize> = members
        .into_iter()
        .filter(|at| {
            drafts
                .get(*at)
                .is_some_and(|draft| is_member(draft, &turn.group))
        })
        .collect();
    let held: HashSet<(String, String)> = members
        .iter()
        .filter_map(|at| drafts.get(*at))
        .flat_map(|draft| {
            let rights = draft.grant.rights.iter();
            rights.map(|right| (draft.grant.grantee.key.clone(), fold(right)))
        })
        .collect();
    for at in members {
        let Some(member) = drafts.get(at).filter(|draft| draft.via.is_none()) else {
            continue;
        };
        let key = &member.grant.grantee.key;
        let new = turn.roles.iter();
        let new = new.filter(|role| !held.contains(&(key.clone(), fold(role))));
        let new: Vec<String> = new.cloned().collect();
        if !new.is_empty() {
            let gained = gained(at, member, new, deed, roles, identities);
            drafts.push(gained);
        }
    }
}

/// Whether a draft makes somebody else than the group itself a member of a role group.
fn is_member(draft: &Draft, group: &str) -> bool {
    let grant = &draft.grant;
    grant.road == Road::RoleGroup && draft.handle == group && grant.grantee.key != group
}

fn gained(
    at: usize,
    member: &Draft,
    new: Vec<String>,
    deed: &Deed<'_>,
    roles: &Roles,
    identities: &Identities,
) -> Draft {
    let ids = member.ids_by(&deed.ids(), &fold(&new.join(",")));
    let mut grant = anew(&member.grant, deed.all(), identities);
    grant.rights.retain(|right| right.starts_with(MEMBER_OF));
    grant.rights.extend(new);
    roles.add_parents(&mut grant.rights, deed.time());
    let gained = Draft::new(grant, ids);
    Draft {
        handle: member.handle.clone(),
        via: Some(Via {
            from: at,
            root: gained.origin.clone(),
            group: None,
        }),
        hidden: member.hidden,
        ..gained
    }
}

/// Takes from the members of a role group the roles that it carries no more.
pub(super) fn lose(deed: &Deed<'_>, turn: &Turn, roles: &Roles, drafts: &mut Drafts) {
    let cause = Cause::worded(deed, "the role was taken from the group");
    for at in drafts.standing_with_handle(&turn.group) {
        let Some(draft) = drafts.get(at).filter(|draft| is_member(draft, &turn.group)) else {
            continue;
        };
        let moment = deed.time();
        let is_lost = |right: &str| turn.roles.iter().any(|role| fold(role) == fold(right));
        let rights = draft.grant.rights.iter();
        let kept = rights.filter(|right| !is_lost(right) && !right.starts_with(CHILD_OF));
        let parents: Vec<String> = kept
            .filter_map(|right| roles.ancestor(right, moment))
            .collect();
        let takes = |right: &str| {
            is_lost(right)
                || right.starts_with(CHILD_OF) && !parents.iter().any(|kept| kept == right)
        };
        if draft.grant.rights.iter().any(|right| is_lost(right)) {
            end(at, &takes, &cause, drafts);
        }
    }
}
