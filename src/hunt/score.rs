//! Scores: the sum of the signals in bits, and the severity band it falls into.
//!
//! Invariants, each a property test: a further suspicious fact never lowers a score; nothing after the grant changes what its *before*
//! signals say; missing data adds nothing. Not here: the signals themselves (`signal`).

use super::model::{Class, Exposure, Grant, ScoredGrant, Severity};
use super::signal::{Facts, judge};

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

/// Judges a grant by its facts. Microsoft's own grants keep their score but are never more than `info`.
pub fn score(grant: Grant, facts: &Facts<'_>, exposure: Exposure) -> ScoredGrant {
    let (signals, unknowns) = judge(facts);
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
