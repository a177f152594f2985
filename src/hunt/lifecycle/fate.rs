//! Principals that go and come back: their grants end, and what ended for that alone opens again.
//!
//! What ended is kept back under its own number, so that removals reach it while its grantee is gone. Any return opens it: the log does
//! not tell a restored account that is still disabled from one that may sign in. Not here: who removed what (`removal`).

use super::deed::Deed;
use super::draft::{anew, is_directory, same, spelled};
use super::drafts::Drafts;
use super::removal::{Cause, close, end};
use crate::hunt::context::{Context, Fate};
use crate::hunt::identity::Identities;
use crate::hunt::model::{Grant, PrincipalKind, State};

/// Ends the grants of the principals that go by an act.
pub(super) fn go(deed: &Deed<'_>, identities: &Identities, drafts: &mut Drafts) {
    for context in &deed.first.contexts {
        let Context::Principal { fate, spellings } = context else {
            continue;
        };
        let Some(happened) = happened(*fate) else {
            continue;
        };
        let who = spelled(spellings, identities);
        for at in drafts.standing_of(&who) {
            let Some(draft) = drafts.get(at) else {
                continue;
            };
            let grant = &draft.grant;
            let stays = *fate == Fate::LeftExchange && is_directory(grant.road);
            if stays || !same(&grant.grantee, &who) {
                continue;
            }
            let words = format!("{} {happened}", noun(grant.grantee.kind));
            let cause = Cause::worded(deed, &words).onward(&format!("the group {happened}"));
            let asleep = true;
            sleep(at, asleep, None, &cause, drafts);
        }
    }
}

/// What happened, in words; `None` for a return.
fn happened(fate: Fate) -> Option<&'static str> {
    match fate {
        Fate::Deleted => Some("was deleted"),
        Fate::Disabled => Some("was disabled"),
        Fate::LeftExchange => Some("left Exchange"),
        Fate::Back => None,
    }
}

fn noun(kind: PrincipalKind) -> &'static str {
    match kind {
        PrincipalKind::ServicePrincipal | PrincipalKind::ManagedIdentity => "the application",
        PrincipalKind::Group | PrincipalKind::RoleGroup => "the group",
        _ => "the grantee",
    }
}

/// Ends a grant, and keeps back what would open again; so for all that comes from it.
fn sleep(at: usize, asleep: bool, parent: Option<usize>, cause: &Cause<'_>, drafts: &mut Drafts) {
    let Some(draft) = drafts.get_mut(at).filter(|draft| draft.stands()) else {
        return;
    };
    if draft.hidden {
        draft.asleep |= asleep;
        if let Some(parent) = parent {
            drafts.hang(at, parent);
        }
        return;
    }
    let mut kept = draft.clone();
    kept.hidden = true;
    kept.asleep = asleep;
    kept.grant.time = cause.deed.time();
    kept.correlation.clear();
    if let Some((via, parent)) = kept.via.as_mut().zip(parent) {
        via.from = parent;
    }
    if !drafts.has_room() {
        end(at, &|_| true, cause, drafts);
        return;
    }
    let children = drafts.children(at);
    close(at, cause, drafts);
    let number = drafts.push(kept);
    for child in children {
        if let Some(cause) = drafts.get(child).map(|child| cause.for_child(child))
            && !drafts.hang_elsewhere(child)
        {
            sleep(child, false, Some(number), &cause, drafts);
        }
    }
}

/// Opens again what ended because somebody was gone who comes back by an act.
pub(super) fn come_back(deed: &Deed<'_>, identities: &Identities, drafts: &mut Drafts) {
    for context in &deed.first.contexts {
        let Context::Principal {
            fate: Fate::Back,
            spellings,
        } = context
        else {
            continue;
        };
        let who = spelled(spellings, identities);
        for at in drafts.standing_of(&who) {
            let Some(draft) = drafts.get_mut(at) else {
                continue;
            };
            if draft.asleep && same(&draft.grant.grantee, &who) {
                draft.asleep = false;
                let parent = draft.via.as_ref().map(|via| via.from);
                let above = parent.and_then(|parent| drafts.get(parent));
                if above.is_none_or(|above| !above.hidden) {
                    wake(at, deed, identities, drafts);
                }
            }
        }
    }
}

/// Opens a kept grant as a new interval, whose id depends on the grant as it was made and on the return.
fn wake(at: usize, deed: &Deed<'_>, identities: &Identities, drafts: &mut Drafts) {
    let Some(draft) = drafts
        .get_mut(at)
        .filter(|draft| draft.hidden && draft.stands())
    else {
        return;
    };
    let gone = draft.grant.time;
    let mut ids = draft.ids_by(&deed.ids(), "").into_iter();
    let id = ids.next().unwrap_or_default();
    draft.hidden = false;
    draft.grant = Grant {
        also_ids: ids.filter(|other| *other != id).collect(),
        id,
        ..anew(&draft.grant, deed.all(), identities)
    };
    if gone == deed.time() {
        // Gone and back in one second, in an order that nobody knows.
        draft.grant.state = State::Unknown;
    }
    for child in drafts.children(at) {
        if drafts
            .get(child)
            .is_some_and(|child| child.hidden && !child.asleep)
        {
            wake(child, deed, identities, drafts);
        }
    }
}
