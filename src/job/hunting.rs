//! Hunting: from the index and the records that change permissions to scored grants.
//!
//! Brings the pure parts of `hunt` what they need from the index: histories of actors and grantees, accesses after each grant,
//! mailboxes without mail access on record. Not here: what any of it means.

mod pasts;

pub use pasts::Memory;

use super::JobError;
use super::inventories::Inventories;
use crate::hunt::access::{self, Accesses, Summary, Tie, Tied};
use crate::hunt::baseline::Tunables;
use crate::hunt::catalog::Noise;
use crate::hunt::identity::Identities;
use crate::hunt::identity::fact::LocatedFact;
use crate::hunt::model::{Class, Exposure, Grant, Road, Scope, ScoredGrant};
use crate::hunt::presumed::presume;
use crate::hunt::signal::{self, Baselines, Facts};
use crate::hunt::snapshot::{Span, reconcile};
use crate::hunt::{facet, lifecycle, score};
use crate::query::{Expr, Field};
use crate::record::{Located, Outcome, RecordId};
use crate::store::{Snapshot, spread};
use crate::text::fold;
use crate::time::{self, Instant};
use chrono::TimeDelta;
use pasts::Pasts;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How long before a grant a new credential of its application counts as fresh.
const CREDENTIAL_DAYS: i64 = 7;

/// What the evidence shows the hunt beside the index.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// The records that change permissions or say who is who.
    pub records: &'a [Located],
    /// What all other records show of who is who.
    pub facts: &'a [LocatedFact],
    /// The permission listings.
    pub inventories: &'a Inventories,
    /// What Microsoft's own service does.
    pub noise: &'a Noise,
}

/// Judges every grant that the records show, against the index, with the memory of the hunt before.
pub fn hunt(
    snapshot: &Snapshot,
    shown: Shown<'_>,
    tunables: Tunables,
    memory: &mut Memory,
) -> Result<Vec<ScoredGrant>, JobError> {
    let grants = Known::of(shown, snapshot.span()?).grants;
    let (ties, followed) = followed(snapshot, &grants)?;
    let hunter = Hunter {
        tunables,
        days: snapshot.days()?,
        pasts: Pasts::of(snapshot, &grants, memory)?,
        credentials: credentials(shown.records),
        dark: dark_mailboxes(snapshot)?,
    };
    let cases = grants.into_iter().zip(ties).zip(followed);
    let mut earlier = Earlier::default();
    let cases: Vec<Case> = cases
        .map(|((grant, tie), followed)| Case {
            earlier: earlier.next(&grant),
            grant,
            tie,
            followed,
        })
        .collect();
    Ok(spread(&cases, |case| hunter.judge(case)))
}

/// Who is who, and every grant, as records and listings together show them.
pub struct Known {
    /// Who is who.
    pub identities: Identities,
    /// The grants of the log beside the listings, by time and then id.
    pub grants: Vec<Grant>,
}

impl Known {
    /// Learns from records and listings. `span` is the first and last time of the log.
    pub fn of(shown: Shown<'_>, span: Span) -> Self {
        let own = Identities::facts(shown.records);
        let facts = own.iter().chain(shown.facts);
        let identities = Identities::of(facts.chain(shown.inventories.facts()));
        let grants = lifecycle::grants_beside(shown.records, &identities, shown.noise);
        let mut grants = reconcile(grants, shown.inventories.listed(), &identities, span);
        presume(&mut grants, &identities);
        Self { identities, grants }
    }
}

/// A grant with what was counted for it alone.
struct Case {
    grant: Grant,
    tie: Tie,
    /// What followed it; `None` when nothing can be tied to it.
    followed: Option<Summary>,
    /// Grants before it by its actor, and of those to its grantee.
    earlier: (u64, u64),
}

/// Grants so far by each actor, and by each pair of actor and grantee.
#[derive(Default)]
struct Earlier {
    by_actor: BTreeMap<String, u64>,
    by_pair: BTreeMap<(String, String), u64>,
}

impl Earlier {
    /// How many there were before a grant, which counts from now on.
    fn next(&mut self, grant: &Grant) -> (u64, u64) {
        let actor = grant.actor.key.clone();
        let pair = (actor.clone(), grant.grantee.key.clone());
        let counts = u64::from(
            grant.class != Class::System && !grant.gave_nothing() && grant.time.is_some(),
        );
        let count = |known: &mut u64| std::mem::replace(known, *known + counts);
        (
            count(self.by_actor.entry(actor).or_default()),
            count(self.by_pair.entry(pair).or_default()),
        )
    }
}

/// What judging needs beside the grant.
struct Hunter {
    tunables: Tunables,
    /// Days with a record, since 1970.
    days: BTreeSet<i64>,
    pasts: Pasts,
    /// Changes of credentials, by folded spelling of the application.
    credentials: HashMap<String, Vec<(Instant, RecordId)>>,
    dark: Dark,
}

impl Hunter {
    fn judge(&self, case: &Case) -> ScoredGrant {
        let Case { grant, tie, .. } = case;
        let summary = case.followed.as_ref();
        let exposure = summary.map_or_else(Exposure::default, |summary| {
            summary.exposure(self.dark.within(grant))
        });
        let credentials = self.fresh_credentials(grant);
        let facts = Facts {
            grant,
            actor: self.pasts.get(&grant.actor, &[]),
            grantee: self.pasts.get(&grant.grantee, &grant.app_ids),
            log_start: self.log_start(grant.time),
            earlier_by_actor: case.earlier.0,
            earlier_to_grantee: case.earlier.1,
            credentials: &credentials,
            // A possible tie is shown, never held against anybody.
            after: summary.filter(|_| matches!(tie, Tie::Named(_))),
            tunables: self.tunables,
            baselines: Baselines::default(),
        };
        let inferred = inferred_place(&facts);
        let mut scored = score::score(grant.clone(), &facts, exposure);
        if let Some(summary) = summary {
            scored.first_access = summary.first;
            scored.accesses = summary.accesses;
            scored.mailboxes = summary.mailboxes.len() as u64;
        }
        if let Some((country, how)) = inferred {
            scored.grant.place.country = country;
            scored.grant.place.inferred = how;
        }
        if !matches!(tie, Tie::Named(_)) && !grant.gave_nothing() {
            scored
                .unknowns
                .push(format!("who used it: {}", tie.reason()));
        }
        scored
    }

    /// When the log begins as far as a grant goes: its time less the days of the window that hold any record.
    fn log_start(&self, time: Option<Instant>) -> Instant {
        let moment = time.unwrap_or_default();
        let last = i64::from(time::day(moment));
        let days = self
            .days
            .range(last - self.tunables.window_days..last)
            .count();
        moment - TimeDelta::days(i64::try_from(days).unwrap_or(0))
    }

    fn fresh_credentials(&self, grant: &Grant) -> Vec<(Instant, RecordId)> {
        let Some(moment) = grant.time else {
            return Vec::new();
        };
        let earliest = moment - TimeDelta::days(CREDENTIAL_DAYS);
        let spellings: BTreeSet<&String> = grant
            .grantee
            .spellings
            .iter()
            .chain(&grant.app_ids)
            .collect();
        let mut fresh: Vec<_> = spellings
            .into_iter()
            .filter_map(|spelling| self.credentials.get(spelling))
            .flatten()
            .filter(|(time, _)| (earliest..=moment).contains(time))
            .cloned()
            .collect();
        fresh.sort();
        fresh.dedup();
        fresh
    }
}

/// How each grant is tied to accesses, and what those add up to: `None` where nothing can be tied.
fn followed(
    snapshot: &Snapshot,
    grants: &[Grant],
) -> Result<(Vec<Tie>, Vec<Option<Summary>>), JobError> {
    let (ties, asked): (Vec<Tie>, Vec<Option<Tied>>) = grants.iter().map(access::tied).unzip();
    let mut summaries = vec![None; grants.len()];
    let stretches = stretches(asked);
    let summed = spread(&stretches, |stretch| stretch.summaries(snapshot));
    for (stretch, sums) in stretches.iter().zip(summed) {
        for (grant, summary) in stretch.grants.iter().zip(sums?) {
            if let Some(place) = summaries.get_mut(grant.0) {
                *place = Some(summary);
            }
        }
    }
    Ok((ties, summaries))
}

/// Grants of the same accesses whose times overlap: what follows them is read once for all.
struct Stretch {
    what: Tied,
    /// Number of each grant, and from when to when the accesses are its own.
    grants: Vec<(usize, Instant, Option<Instant>)>,
}

/// The stretches of all grants that accesses can be tied to.
fn stretches(tied: Vec<Option<Tied>>) -> Vec<Stretch> {
    // What is asked has no order, but what it is written as has.
    let numbered = tied.into_iter().enumerate();
    let mut asked: Vec<(String, usize, Tied)> = numbered
        .filter_map(|(grant, tied)| tied.map(|tied| (format!("{:?}", tied.what), grant, tied)))
        .collect();
    asked.sort_by(|left, right| (&left.0, left.2.from).cmp(&(&right.0, right.2.from)));
    let mut stretches: Vec<Stretch> = Vec::new();
    for (_, grant, tied) in asked {
        let own = (grant, tied.from, tied.to);
        match stretches.last_mut() {
            Some(last)
                if last.what.what == tied.what && last.what.to.is_none_or(|to| to >= tied.from) =>
            {
                last.grants.push(own);
                last.what.to = last.what.to.zip(tied.to).map(|(one, other)| one.max(other));
            }
            _ => stretches.push(Stretch {
                grants: vec![own],
                what: tied,
            }),
        }
    }
    stretches
}

impl Stretch {
    fn summaries(&self, snapshot: &Snapshot) -> Result<Vec<Summary>, JobError> {
        let mut accesses = Accesses::default();
        let query = self.what.clone().query();
        snapshot.touches(&query, &mut |touch| accesses.add(&touch))?;
        accesses.finish();
        let grants = self.grants.iter();
        Ok(grants
            .map(|(_, from, to)| accesses.between(*from, *to))
            .collect())
    }
}

/// Where the actor was, and how it is known, when the record itself does not tell.
fn inferred_place(facts: &Facts<'_>) -> Option<(String, String)> {
    let unknown = facts.grant.place.country.is_empty();
    facts
        .grant
        .time
        .filter(|_| unknown)
        .and_then(|moment| signal::actor_country(facts, moment))
}

/// Credential changes by every id the record gives for its application.
fn credentials(records: &[Located]) -> HashMap<String, Vec<(Instant, RecordId)>> {
    let mut changes: HashMap<String, Vec<(Instant, RecordId)>> = HashMap::new();
    for located in records
        .iter()
        .filter(|located| located.record.outcome != Outcome::Failed)
        .filter(|located| facet::is_credential(&located.record))
    {
        let Some(time) = located.record.time else {
            continue;
        };
        let ids = located
            .record
            .targets
            .iter()
            .flat_map(|target| [&target.id, &target.app]);
        for id in ids.map(|id| fold(id)).filter(|id| !id.is_empty()) {
            changes
                .entry(id)
                .or_default()
                .push((time, located.record.id.clone()));
        }
    }
    changes
}

/// Mailboxes with anything on record, and those of them without a single `MailItemsAccessed`.
struct Dark {
    read: BTreeSet<String>,
    dark: u64,
}

fn dark_mailboxes(snapshot: &Snapshot) -> Result<Dark, JobError> {
    let all = snapshot.mailboxes(&Expr::exact(Field::Is, "access"))?;
    let read = snapshot.mailboxes(&Expr::exact(Field::Operation, "MailItemsAccessed"))?;
    let dark = all.difference(&read).count() as u64;
    Ok(Dark { read, dark })
}

impl Dark {
    /// How many mailboxes in reach of a grant the log cannot speak of.
    fn within(&self, grant: &Grant) -> u64 {
        match (grant.road, grant.scope) {
            (Road::SendAs | Road::SendOnBehalf, _) => 0,
            (_, Scope::Tenant) => self.dark,
            _ => u64::from(
                !grant
                    .target
                    .spellings
                    .iter()
                    .any(|spelling| self.read.contains(spelling)),
            ),
        }
    }
}
