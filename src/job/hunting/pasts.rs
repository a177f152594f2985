//! What each actor and grantee did, out of the index: laid out a segment at a time, and kept from one hunt to the next.
//!
//! Segments never change, so that a hunt at the next commit asks only the new ones. Not here: what is normal (`hunt::baseline`).

use crate::hunt::access;
use crate::hunt::baseline::{Part, Past};
use crate::hunt::model::{Grant, Party, PrincipalKind};
use crate::job::JobError;
use crate::query::Expr;
use crate::store::{Snapshot, spread};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A principal by its key and the ids of its applications.
type Who = (String, Vec<String>);

/// What was laid out at the hunt before: for each segment of the index, by what was asked of it. A hunt at the next commit asks no segment
/// again for what it was asked before.
#[derive(Default)]
pub struct Memory(Vec<(Snapshot, Known)>);

/// What was laid out of one segment, by the question as it is written.
type Known = HashMap<Arc<str>, Arc<Part>>;

impl Memory {
    /// What a segment was found to hold; nothing when it was not asked, or records were taken out of it since.
    fn find(&self, piece: &Snapshot, asked: &str) -> Option<Arc<Part>> {
        let mut known = self.0.iter();
        let (_, parts) = known.find(|(known, _)| known.is_same(piece))?;
        parts.get(asked).cloned()
    }
}

/// What each actor and grantee did, laid out once for all grants.
pub(super) struct Pasts(HashMap<Who, Past>);

impl Pasts {
    /// Asks the index for what the parties of some grants did, as far as it is not remembered.
    pub(super) fn of(
        snapshot: &Snapshot,
        grants: &[Grant],
        memory: &mut Memory,
    ) -> Result<Self, JobError> {
        Self::of_parties(snapshot, parties(grants), memory)
    }

    fn of_parties(
        snapshot: &Snapshot,
        parties: Vec<(Who, &Party)>,
        memory: &mut Memory,
    ) -> Result<Self, JobError> {
        let asked: Vec<(Who, Expr, Arc<str>)> = parties
            .into_iter()
            .map(|((key, apps), party)| {
                let doings = access::doings(party, &apps);
                let written = format!("{doings:?}");
                ((key, apps), doings, written.into())
            })
            .collect();
        let pieces = snapshot.pieces();
        let each = pieces
            .iter()
            .flat_map(|piece| asked.iter().map(move |asked| (piece, asked)));
        let each: Vec<_> = each.collect();
        // Most did nothing in most segments.
        let nothing = Arc::new(Part::default());
        let parts = spread(&each, |(piece, (_, doings, written))| {
            if let Some(part) = memory.find(piece, written) {
                return Ok(part);
            }
            let history = piece.history(doings)?;
            Ok(if history.seen.is_empty() {
                Arc::clone(&nothing)
            } else {
                Arc::new(Part::of(history))
            })
        });
        let parts = parts
            .into_iter()
            .collect::<Result<Vec<Arc<Part>>, JobError>>()?;
        let mut of_each: Vec<Vec<Arc<Part>>> = vec![Vec::new(); asked.len()];
        let mut known = vec![Known::new(); pieces.len()];
        let by_piece = parts.chunks(asked.len().max(1));
        for (known, parts) in known.iter_mut().zip(by_piece) {
            for ((own, part), (_, _, written)) in of_each.iter_mut().zip(parts).zip(&asked) {
                known.insert(Arc::clone(written), Arc::clone(part));
                if !part.is_empty() {
                    own.push(Arc::clone(part));
                }
            }
        }
        *memory = Memory(pieces.into_iter().zip(known).collect());
        let whose = asked.into_iter().map(|(who, ..)| who);
        Ok(Self(
            whose.zip(of_each.into_iter().map(Past::joined)).collect(),
        ))
    }

    /// What a party did; nothing of one that does nothing itself.
    pub(super) fn get(&self, party: &Party, apps: &[String]) -> Option<&Past> {
        let who = (party.key.clone(), apps.to_vec());
        self.0.get(&who).filter(|_| acts(party))
    }
}

/// The actors and grantees that do anything themselves. Of two with one key the earlier speaks for both.
fn parties(grants: &[Grant]) -> Vec<(Who, &Party)> {
    let mut parties: Vec<(Who, &Party)> = Vec::new();
    let mut known = HashSet::new();
    for grant in grants {
        let actor = (&grant.actor, &[][..]);
        for (party, apps) in [actor, (&grant.grantee, grant.app_ids.as_slice())] {
            let who = (party.key.clone(), apps.to_vec());
            if acts(party) && known.insert(who.clone()) {
                parties.push((who, party));
            }
        }
    }
    parties
}

/// Whether a party is one that does anything itself.
fn acts(party: &Party) -> bool {
    !party.is_nobody()
        && !matches!(
            party.kind,
            PrincipalKind::System | PrincipalKind::Default | PrincipalKind::Anonymous
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hunt::baseline::{Baseline, Tunables};
    use crate::record::{Provenance, Record, RecordId};
    use crate::store::{Batch, Store};
    use crate::time;

    fn acts(store: &Store, hours: std::ops::Range<u64>) {
        let mut batch = Batch::default();
        for hour in hours {
            let record = Record {
                id: RecordId(format!("event-{hour}")),
                time: time::parse(&format!("2026-01-05T{hour:02}:00:00Z")),
                user: "ann@example.com".into(),
                ..Record::default()
            };
            let provenance = Provenance {
                offset: hour,
                length: 1,
                ..Provenance::default()
            };
            batch.push(&record, &[], provenance);
        }
        let mut writer = store.writer().unwrap();
        writer.add_batch(&batch, &|one, other| one < other).unwrap();
        writer.commit("").unwrap();
    }

    #[test]
    fn the_next_hunt_asks_only_new_segments_and_finds_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let party = Party {
            name: "ann".into(),
            key: "ann".into(),
            kind: PrincipalKind::User,
            spellings: vec!["ann@example.com".into()],
            ..Party::default()
        };
        let mut memory = Memory::default();
        let moment = time::parse("2026-01-20T00:00:00Z").unwrap();
        let mut acts_known = Vec::new();
        let mut before: Vec<Arc<Part>> = Vec::new();
        for hours in [0..5, 5..7, 7..20] {
            acts(&store, hours);
            let snapshot = store.snapshot().unwrap();
            let baseline = |memory: &mut Memory| {
                let who = (party.key.clone(), Vec::new());
                let pasts = Pasts::of_parties(&snapshot, vec![(who, &party)], memory).unwrap();
                let past = pasts.get(&party, &[]).unwrap();
                Baseline::of(past, moment, moment, Tunables::default())
            };
            let remembered = baseline(&mut memory);
            assert_eq!(remembered, baseline(&mut Memory::default()));
            acts_known.push(remembered.acts);
            let now: Vec<Arc<Part>> = memory
                .0
                .iter()
                .flat_map(|(_, parts)| parts.values().cloned())
                .collect();
            assert!(
                before
                    .iter()
                    .zip(&now)
                    .all(|(one, other)| Arc::ptr_eq(one, other))
            );
            before = now;
        }
        assert_eq!((acts_known, before.len()), (vec![5, 7, 20], 3));
    }
}
