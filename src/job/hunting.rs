//! Hunting: from the index and the records that change permissions to scored grants.
//!
//! Brings the pure parts of `hunt` what they need from the index: histories of actors and grantees, accesses after each grant,
//! mailboxes without mail access on record. Not here: what any of it means.

use super::JobError;
use crate::hunt::access::{self, Summary, Tie};
use crate::hunt::baseline::Tunables;
use crate::hunt::identity::Identities;
use crate::hunt::model::{Class, Exposure, Grant, Party, PrincipalKind, Road, Scope, ScoredGrant};
use crate::hunt::signal::{self, Baselines, Facts};
use crate::hunt::{facet, lifecycle, score};
use crate::query::{Expr, Field};
use crate::record::{Located, Outcome, RecordId};
use crate::store::{History, Snapshot};
use crate::text::fold;
use crate::time::Instant;
use chrono::TimeDelta;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// How long before a grant a new credential of its application counts as fresh.
const CREDENTIAL_DAYS: i64 = 7;

/// Rows of accesses looked at in one go, so that a right with millions of uses costs no memory.
const CHUNK: usize = 10_000;

/// Judges every grant that the records show, against the index.
pub fn hunt(
    snapshot: &Snapshot,
    records: &[Located],
    tunables: Tunables,
) -> Result<Vec<ScoredGrant>, JobError> {
    let identities = Identities::of(records.iter().map(|located| &located.record));
    let grants = lifecycle::grants(records, &identities);
    let mut hunter = Hunter {
        snapshot,
        tunables,
        days: snapshot.days()?,
        histories: HashMap::new(),
        credentials: credentials(records),
        dark: dark_mailboxes(snapshot)?,
        by_actor: BTreeMap::new(),
        by_pair: BTreeMap::new(),
    };
    grants
        .into_iter()
        .map(|grant| hunter.judge(grant))
        .collect()
}

/// What judging needs beside the grant.
struct Hunter<'a> {
    snapshot: &'a Snapshot,
    tunables: Tunables,
    /// Days with a record, since 1970.
    days: BTreeSet<i64>,
    histories: HashMap<(String, Vec<String>), Arc<History>>,
    /// Changes of credentials, by folded spelling of the application.
    credentials: HashMap<String, Vec<(Instant, RecordId)>>,
    dark: Dark,
    /// Grants so far by each actor, and by each pair of actor and grantee.
    by_actor: BTreeMap<String, u64>,
    by_pair: BTreeMap<(String, String), u64>,
}

impl Hunter<'_> {
    fn judge(&mut self, grant: Grant) -> Result<ScoredGrant, JobError> {
        let actor = self.history(&grant.actor, &[])?;
        let grantee = self.history(&grant.grantee, &grant.app_ids)?;
        let (tie, summary) = self.accesses(&grant)?;
        let exposure = summary.as_ref().map_or_else(Exposure::default, |summary| {
            summary.exposure(self.dark.within(&grant))
        });
        let pair = (grant.actor.key.clone(), grant.grantee.key.clone());
        let credentials = self.fresh_credentials(&grant);
        let facts = Facts {
            grant: &grant,
            actor: actor.as_deref(),
            grantee: grantee.as_deref(),
            log_start: self.log_start(grant.time),
            earlier_by_actor: self.by_actor.get(&grant.actor.key).copied().unwrap_or(0),
            earlier_to_grantee: self.by_pair.get(&pair).copied().unwrap_or(0),
            credentials: &credentials,
            // A possible tie is shown, never held against anybody.
            after: summary.as_ref().filter(|_| matches!(tie, Tie::Named(_))),
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
        if !matches!(tie, Tie::Named(_)) && !grant.attempt {
            scored
                .unknowns
                .push(format!("who used it: {}", tie.reason()));
        }
        if grant.class != Class::System && !grant.attempt && grant.time.is_some() {
            *self.by_actor.entry(grant.actor.key).or_default() += 1;
            *self.by_pair.entry(pair).or_default() += 1;
        }
        Ok(scored)
    }

    fn history(
        &mut self,
        party: &Party,
        apps: &[String],
    ) -> Result<Option<Arc<History>>, JobError> {
        if party.is_nobody()
            || matches!(
                party.kind,
                PrincipalKind::System | PrincipalKind::Default | PrincipalKind::Anonymous
            )
        {
            return Ok(None);
        }
        let key = (party.key.clone(), apps.to_vec());
        if let Some(known) = self.histories.get(&key) {
            return Ok(Some(Arc::clone(known)));
        }
        let history = Arc::new(self.snapshot.history(&access::doings(party, apps))?);
        self.histories.insert(key, Arc::clone(&history));
        Ok(Some(history))
    }

    fn accesses(&self, grant: &Grant) -> Result<(Tie, Option<Summary>), JobError> {
        let (tie, query) = access::query(grant);
        let Some(query) = query else {
            return Ok((tie, None));
        };
        let hits = self.snapshot.search(&query)?;
        let mut summary = Summary::default();
        for from in (0..hits.len()).step_by(CHUNK) {
            summary.add(&self.snapshot.rows(&hits, from, CHUNK)?);
        }
        Ok((tie, Some(summary)))
    }

    /// When the log begins as far as a grant goes: its time less the days of the window that hold any record.
    fn log_start(&self, time: Option<Instant>) -> Instant {
        let moment = time.unwrap_or_default();
        let last = day(moment);
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

/// Number of a day since 1970.
fn day(moment: Instant) -> i64 {
    moment.timestamp().div_euclid(86_400)
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
