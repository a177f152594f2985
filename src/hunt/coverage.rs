//! What the evidence can and cannot tell, from counts alone: days that are missing, pulls that were cut off, operations never logged.
//!
//! Not here: counting (`case::Account`), and single rows that could not be read (the ledger).

use crate::time::{self, Instant};
use chrono::{DateTime, Datelike, TimeDelta, Weekday};
use std::collections::{BTreeMap, BTreeSet};

/// Records on the last day before and the first day after a gap, from which on its emptiness says something.
const MANY: u64 = 20;

/// Most rows that one `Search-UnifiedAuditLog` returns; the portal's limit of 50,000 is a multiple of it.
/// Source: Microsoft, Search-UnifiedAuditLog, `ResultSize`.
const PULL: u64 = 5000;

/// Days without a single record between days with many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Start of the first day without a record (UTC).
    pub from: Instant,
    /// Days without a record.
    pub days: u64,
    /// Records on the day before.
    pub before: u64,
    /// Records on the day after.
    pub after: u64,
}

impl Gap {
    /// Start of the day after the last day without a record.
    pub fn to(&self) -> Instant {
        self.from + TimeDelta::days(i64::try_from(self.days).unwrap_or(0))
    }

    /// The gap in one sentence.
    pub fn sentence(&self) -> String {
        let date = |instant: Instant| instant.format("%Y-%m-%d").to_string();
        let last = date(self.to() - TimeDelta::days(1));
        let span = if self.days == 1 {
            format!("on {last}")
        } else {
            format!("from {} to {last} ({} days)", date(self.from), self.days)
        };
        format!(
            "no record {span}, with {} the day before and {} the day after",
            self.before, self.after
        )
    }
}

/// The gaps among counts of records by day since 1970. A weekend is a gap only where other weekends have records: many a tenant rests.
pub fn gaps(days: &BTreeMap<i32, u64>) -> Vec<Gap> {
    let works_weekends = days.keys().any(|day| is_weekend(*day));
    let next = days.iter().skip(1);
    days.iter()
        .zip(next)
        .filter(|((one, before), (other, after))| {
            *other - *one > 1 && **before >= MANY && **after >= MANY
        })
        .filter(|((one, _), (other, _))| works_weekends || !(**one + 1..**other).all(is_weekend))
        .map(|((one, before), (other, after))| Gap {
            from: start_of(one + 1),
            days: u64::from((other - one - 1).unsigned_abs()),
            before: *before,
            after: *after,
        })
        .collect()
}

fn is_weekend(day: i32) -> bool {
    matches!(start_of(day).weekday(), Weekday::Sat | Weekday::Sun)
}

fn start_of(day: i32) -> Instant {
    DateTime::from_timestamp(i64::from(day) * 86_400, 0).unwrap_or_default()
}

/// The sign of a pull that was cut off: rows that fill whole searches to the last.
pub fn cut_off(rows: u64, first: Option<Instant>, last: Option<Instant>) -> Option<String> {
    let is_full = rows > 0 && rows.is_multiple_of(PULL);
    let show = |instant: Option<Instant>| instant.map_or("?".to_owned(), time::show);
    is_full.then(|| {
        format!(
            "{} rows are a multiple of {PULL}, the most that one search returns: records before {} or after {} may be missing; search again in shorter spans",
            crate::text::grouped(rows),
            show(first),
            show(last)
        )
    })
}

/// Operations without which something cannot be seen, and what.
/// Source: ATT&CK AN1107 and its log sources; Microsoft, mailbox auditing and sign-in logs.
const NEEDED: [(&str, &str); 4] = [
    (
        "MailItemsAccessed",
        "what was read in a mailbox cannot be told (the licence or the audit settings may lack it)",
    ),
    (
        "UserLoggedIn",
        "where an actor was cannot be taken from sign-ins",
    ),
    (
        "Add-MailboxPermission",
        "grants of mailbox rights by administrators are not in the log, or there were none",
    ),
    (
        "Consent to application.",
        "consents to applications are not in the log, or there were none",
    ),
];

/// What cannot be told because no record of an operation is there.
pub fn absent<'a>(operations: impl Iterator<Item = &'a str>) -> Vec<String> {
    let fold = |name: &str| crate::text::fold(name.trim_end_matches(['.', ' ']));
    let seen: BTreeSet<String> = operations.map(fold).collect();
    NEEDED
        .iter()
        .filter(|(operation, _)| !seen.contains(&fold(operation)))
        .map(|(operation, lost)| format!("no {operation}: {lost}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fifth of June 2023, a Monday.
    const MONDAY: i32 = 19_513;

    fn found(days: &[(i32, u64)]) -> Vec<String> {
        let days = days.iter().map(|(day, count)| (MONDAY + day, *count));
        gaps(&days.collect()).iter().map(Gap::sentence).collect()
    }

    #[test]
    fn empty_days_between_full_ones_are_gaps() {
        assert_eq!(
            found(&[(0, 300), (1, 20), (3, 280)]),
            ["no record on 2023-06-07, with 20 the day before and 280 the day after"]
        );
        assert_eq!(
            found(&[(0, 300), (4, 280)]),
            [
                "no record from 2023-06-06 to 2023-06-08 (3 days), with 300 the day before and 280 the day after"
            ]
        );
        assert!(
            found(&[(0, 300), (1, 3), (3, 280)]).is_empty(),
            "a quiet neighbour"
        );
        assert!(found(&[]).is_empty());
    }

    #[test]
    fn a_tenant_may_rest_at_weekends() {
        assert!(found(&[(4, 300), (7, 280)]).is_empty());
        assert_eq!(
            found(&[(4, 300), (7, 280), (12, 1)]).len(),
            1,
            "others work"
        );
        assert_eq!(
            found(&[(3, 300), (7, 280)]).len(),
            1,
            "a Friday is among them"
        );
    }

    #[test]
    fn a_pull_that_fills_its_searches_is_told() {
        let at = time::parse("2023-06-05T08:00:00Z");
        assert!(cut_off(10_000, at, at).unwrap().starts_with("10,000 rows"));
        for rows in [0, 1, 4999, 10_001] {
            assert_eq!(cut_off(rows, at, at), None);
        }
    }

    #[test]
    fn what_was_never_logged_is_told() {
        let seen = [
            "mailitemsaccessed",
            "UserLoggedIn",
            "Consent to application",
        ];
        let absent = absent(seen.into_iter());
        assert_eq!(absent.len(), 1);
        assert!(absent[0].starts_with("no Add-MailboxPermission"));
    }
}
