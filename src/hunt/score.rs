//! Scores: the sum of the signals in bits, and the severity band it falls into.
//!
//! Invariants, each a property test: a further suspicious fact never lowers a score; nothing after the grant changes what its *before*
//! signals say; missing data adds nothing. Not here: the signals themselves (`signal`).

use super::model::{Class, Exposure, Grant, Listing, ScoredGrant, Severity, Signal};
use super::signal::{BEFORE_LOG, Facts, is_after, judge};

/// Lowest score of each band, in bits. Chosen on the sample data under `tests/fabrikam` and the public samples: onboarding and
/// assistants' delegations stay below `high`, each planted attack reaches it.
pub const BANDS: [(f64, Severity); 5] = [
    (17.0, Severity::Critical),
    (12.0, Severity::High),
    (7.0, Severity::Medium),
    (3.0, Severity::Low),
    (f64::NEG_INFINITY, Severity::Info),
];

/// The band of a score.
pub fn severity(score: f64) -> Severity {
    BANDS
        .iter()
        .find(|(lowest, _)| score >= *lowest)
        .map_or(Severity::Info, |(_, severity)| *severity)
}

/// Most bits that what is dangerous in itself weighs for a right that only a listing shows, made before the log begins or nobody knows
/// when: nothing of the act can be judged, so it stays below `high` until what followed speaks against it.
pub const UNSEEN: f64 = 11.9;

/// Keeps the signals of a right whose making no log can show below [`UNSEEN`], with a signal that says so.
fn hold_back(facts: &Facts<'_>, signals: &mut Vec<Signal>) {
    let is_unseen = facts.grant.listing == Listing::WithoutRecord
        && facts.grant.time.is_none_or(|time| facts.log_start >= time);
    let before = signals.iter().filter(|signal| !is_after(signal.name));
    let bits: f64 = before.map(|signal| signal.bits).sum();
    if is_unseen && bits > UNSEEN {
        signals.push(Signal {
            name: BEFORE_LOG,
            bits: ((UNSEEN - bits) * 10.0).round() / 10.0,
            detail: "only a listing shows it, made before the log begins or at an unknown time: nothing of the act can be judged".to_owned(),
            record_ids: Vec::new(),
        });
    }
}

/// Judges a grant by its facts. Microsoft's own grants keep their score but are never more than `info`.
pub fn score(grant: Grant, facts: &Facts<'_>, exposure: Exposure) -> ScoredGrant {
    let (mut signals, unknowns) = judge(facts);
    hold_back(facts, &mut signals);
    // Folded from zero: the sum of no numbers is -0.0, which prints as it is.
    let sum = signals.iter().fold(0.0, |sum, signal| sum + signal.bits);
    let score = (sum * 10.0).round() / 10.0;
    let severity = if grant.class == Class::System {
        Severity::Info
    } else {
        severity(score)
    };
    let after = facts.after;
    ScoredGrant {
        score,
        severity,
        signals,
        unknowns,
        first_access: after.and_then(|after| after.first),
        accesses: after.map_or(0, |after| after.accesses),
        mailboxes: after.map_or(0, |after| after.mailboxes.len() as u64),
        exposure,
        grant,
    }
}
