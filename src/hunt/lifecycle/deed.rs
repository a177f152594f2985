//! The acts of the log in the order in which they happened: what each record changes, and which records tell of one act.
//!
//! Not here: what a change gives or ends (`giving`, `removal`).

use super::channel;
use crate::hunt::context::{Context, context};
use crate::hunt::grant::{Effect, PermissionChange, changes};
use crate::hunt::identity::Identities;
use crate::record::{Located, Outcome, Record, RecordId};
use crate::time::Instant;

/// What one record says.
pub(super) struct Said<'a> {
    /// The record with its place.
    pub(super) located: &'a Located,
    /// The permissions that it changes.
    pub(super) changes: Vec<PermissionChange>,
    /// What it changes around grants.
    pub(super) contexts: Vec<Context>,
}

impl Said<'_> {
    pub(super) fn record(&self) -> &Record {
        &self.located.record
    }
}

/// One act: what its first record says, and what records of other channels say of it again.
pub(super) struct Deed<'a> {
    /// The earliest record, at one moment the one with the smallest id.
    pub(super) first: Said<'a>,
    /// The records of other channels.
    pub(super) again: Vec<Said<'a>>,
}

impl Deed<'_> {
    pub(super) fn record(&self) -> &Record {
        self.first.record()
    }

    pub(super) fn time(&self) -> Option<Instant> {
        self.record().time
    }

    /// Every record of the act, the first one first.
    pub(super) fn all(&self) -> impl Iterator<Item = &Said<'_>> + Clone {
        std::iter::once(&self.first).chain(&self.again)
    }

    /// Ids of its records, the first one first.
    pub(super) fn ids(&self) -> impl Iterator<Item = &RecordId> + Clone {
        self.all().map(|said| &said.record().id)
    }

    /// The changes that give, or try or ask to.
    pub(super) fn giving(&self) -> impl Iterator<Item = &PermissionChange> {
        let changes = self.first.changes.iter();
        changes.filter(|change| change.effect != Effect::Revokes)
    }

    /// The changes that take away. Failed removals change nothing.
    pub(super) fn taking(&self) -> impl Iterator<Item = &PermissionChange> {
        let takes = self.record().outcome != Outcome::Failed;
        let changes = self.first.changes.iter();
        changes.filter(move |change| takes && change.effect == Effect::Revokes)
    }

    /// Whether it says what holds from now on, rather than what is added: a whole list, or an assignment as changed.
    pub(super) fn replaces(&self) -> bool {
        self.first.changes.len() > 1 || self.giving().any(|change| change.grantee.is_empty())
    }
}

/// The acts of all records in the order of time, then record id: each record once, whatever the order it came in. Records without a
/// time come last, for a removal among them can end whatever stands.
pub(super) fn deeds<'a>(records: &'a [Located], identities: &Identities) -> Vec<Deed<'a>> {
    let mut unique: Vec<&Located> = records.iter().collect();
    unique.sort_by(|left, right| {
        // Of two copies the whole one counts, wherever it stands.
        let key = |located: &Located| {
            let Located { record, provenance } = located;
            (!record.degraded.is_empty(), record.time, *provenance)
        };
        left.record
            .id
            .cmp(&right.record.id)
            .then_with(|| key(left).cmp(&key(right)))
    });
    unique.dedup_by(|left, right| left.record.id == right.record.id);
    unique.sort_by_key(|located| {
        let time = located.record.time;
        (time.is_none(), time, &located.record.id)
    });
    let said = unique.into_iter().map(|located| Said {
        located,
        changes: changes(&located.record),
        contexts: context(&located.record),
    });
    let telling = said.filter(|said| !said.changes.is_empty() || !said.contexts.is_empty());
    channel::joined(telling.collect(), identities)
}
