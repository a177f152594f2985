//! From permission changes to grants: who is who, which records describe one act, and which removal ends which grant.
//!
//! A grant is an interval, opened by its records and closed by the matching removal, or by what happens to who holds it. Acts are taken
//! in the order of time; within one second the log has no order, so a removal in the same second as its grant leaves the state unknown.
//! The result depends on neither the order nor the repetition of records. Not here: scores.

mod channel;
mod deed;
mod draft;
mod drafts;
mod fate;
mod giving;
mod member;
mod removal;
mod roles;
mod wording;

pub use roles::CHILD_OF;
pub use wording::sentence;

use super::catalog::Noise;
use super::identity::Identities;
use super::model::Grant;
use crate::record::Located;
use deed::{Deed, deeds};
use drafts::Drafts;
use giving::{Step, give, step};
use removal::remove;
use roles::Roles;

/// Name shown for the target of a tenant-wide grant.
pub const EVERY_MAILBOX: &str = "all mailboxes";

/// Records of one act may be this far apart, in seconds.
const ONE_ACT_SECONDS: i64 = 2;

/// Every grant and attempt that the records show, by time and then id.
pub fn grants(records: &[Located], identities: &Identities) -> Vec<Grant> {
    grants_beside(records, identities, Noise::embedded())
}

/// As [`grants`], with other patterns of what Microsoft's own service does.
pub fn grants_beside(records: &[Located], identities: &Identities, noise: &Noise) -> Vec<Grant> {
    grants_among(Drafts::default(), records, (identities, noise))
}

fn grants_among(
    drafts: Drafts,
    records: &[Located],
    (identities, noise): (&Identities, &Noise),
) -> Vec<Grant> {
    let deeds = deeds(records, identities);
    let mut hunt = Course {
        roles: Roles::of(&deeds),
        drafts,
        identities,
        noise,
    };
    for moment in deeds.chunk_by(|left, right| left.time() == right.time()) {
        hunt.pass(moment);
    }
    let mut grants = hunt.drafts.into_grants();
    grants.sort_by(|left, right| (left.time, &left.id).cmp(&(right.time, &right.id)));
    grants
}

/// How things stand, from moment to moment.
struct Course<'i> {
    roles: Roles,
    drafts: Drafts,
    identities: &'i Identities,
    noise: &'i Noise,
}

impl Course<'_> {
    /// Takes in all acts of one moment. Within it the log has no order: what ends something also meets what was given after it in the
    /// order of ids.
    fn pass(&mut self, moment: &[Deed<'_>]) {
        let Self {
            roles,
            drafts,
            identities,
            noise,
        } = self;
        let turns: Vec<_> = moment.iter().map(|deed| roles.open(deed)).collect();
        let mut acts: Vec<Step<'_>> = Vec::new();
        for deed in moment {
            let act = step(deed, (identities, noise), roles, drafts);
            remove(&act, identities, drafts);
            give(&act, drafts);
            acts.push(act);
        }
        for (deed, turns) in moment.iter().zip(turns) {
            for turn in turns {
                member::gain(deed, &turn, roles, identities, drafts);
            }
        }
        for deed in moment {
            member::join(deed, identities, drafts);
        }
        for act in &acts {
            remove(act, identities, drafts);
        }
        for deed in moment {
            member::leave(deed, identities, drafts);
            for turn in roles.close(deed) {
                member::lose(deed, &turn, roles, drafts);
            }
        }
        for deed in moment {
            fate::go(deed, identities, drafts);
        }
        for deed in moment {
            fate::come_back(deed, identities, drafts);
        }
    }
}

/// The grants of some records, each compared with every grant before it: the reference of the tests for [`Drafts`].
#[cfg(test)]
pub(super) fn grants_by_comparing_all(records: &[Located], identities: &Identities) -> Vec<Grant> {
    let mut drafts = Drafts::default();
    drafts.finds_all = true;
    grants_among(drafts, records, (identities, Noise::embedded()))
}
