//! Baselines: what was normal for a principal as of a moment, from nothing but what came before it.
//!
//! Counts, never verdicts: "seen n times, first, last, in a window of d days". When the log does not reach back far enough the baseline
//! says so ([`Baseline::is_short`]) and nobody concludes anything from silence. Not here: bits (`score`).

use crate::store::{History, Seen};
use crate::time::{self, Instant};
use chrono::TimeDelta;
use std::collections::{BTreeMap, BTreeSet};

/// Lengths and thresholds, named as in the settings. Defaults: `DESIGN` of the analytic; 30 days of baseline and 14 of history are
/// what commercial detections of this kind document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tunables {
    /// `time_window`: days of history a baseline looks back.
    pub window_days: i64,
    /// `min_history`: days the log must reach back before silence means anything.
    pub history_days: i64,
    /// Fewest acts in the window from which hours and places are judged.
    pub fewest_acts: u64,
    /// Hours just before a grant that nothing is learned from: what happened then may be the intrusion itself.
    pub unlearned_hours: i64,
    /// Seconds after a grant in which first use counts as fast.
    pub fast_use_seconds: i64,
    /// Seconds after a grant in which its removal counts as soon.
    pub soon_removed_seconds: i64,
    /// `mail_access_volume_threshold`: mailboxes from which one grantee's reading counts as many.
    pub many_mailboxes: usize,
}

impl Default for Tunables {
    fn default() -> Self {
        Self {
            window_days: 30,
            history_days: 14,
            fewest_acts: 20,
            unlearned_hours: 24,
            fast_use_seconds: 3600,
            soon_removed_seconds: 86_400,
            many_mailboxes: 5,
        }
    }
}

/// What a principal did before a moment, the last day left out ([`Tunables::unlearned_hours`]).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Baseline {
    /// Acts in the window.
    pub acts: u64,
    /// Days with an act in the window.
    pub active_days: u64,
    /// Acts before the moment at all.
    pub ever: u64,
    /// Last act before the moment.
    pub last: Option<Instant>,
    /// Acts by hour of the day, UTC, in the window.
    pub hours: [u64; 24],
    /// Acts with a known country in the window, by country.
    pub countries: BTreeMap<String, u64>,
    /// Mailboxes acted in before the moment, folded.
    pub mailboxes: BTreeSet<String>,
    /// Days that the log reaches back from the moment, at most the window; the day left out counts too.
    pub days: i64,
    /// Length of the window in days.
    pub window_days: i64,
    /// Days the log must reach back.
    pub history_days: i64,
}

impl Baseline {
    /// The baseline as of `moment`. `log_start` is when the log begins as far as it counts.
    pub fn of(history: &History, moment: Instant, log_start: Instant, tunables: Tunables) -> Self {
        let learned_to = moment - TimeDelta::hours(tunables.unlearned_hours);
        let before = history.before(time::micros(learned_to));
        let window_start = time::micros(moment - TimeDelta::days(tunables.window_days));
        let begin = before.partition_point(|seen| seen.time < window_start);
        let window: &[Seen] = before.get(begin..).unwrap_or_default();
        let mut baseline = Self {
            acts: window.len() as u64,
            ever: before.len() as u64,
            last: before.last().map(|seen| time::from_micros(seen.time)),
            days: (moment - log_start)
                .num_days()
                .clamp(0, tunables.window_days),
            window_days: tunables.window_days,
            history_days: tunables.history_days,
            ..Self::default()
        };
        let mut days = BTreeSet::new();
        for seen in window {
            let instant = time::from_micros(seen.time);
            days.insert(instant.date_naive());
            let hour = usize::from(time::hour_of_week(instant)) % 24;
            if let Some(count) = baseline.hours.get_mut(hour) {
                *count += 1;
            }
            if seen.country > 0 && !history.name(seen.country).is_empty() {
                *baseline
                    .countries
                    .entry(history.name(seen.country).to_owned())
                    .or_default() += 1;
            }
        }
        baseline.active_days = days.len() as u64;
        baseline.mailboxes = history.mailboxes_before(time::micros(learned_to));
        baseline
    }

    /// Whether the log reaches back too little for silence to mean anything.
    pub fn is_short(&self) -> bool {
        self.days < self.history_days
    }

    /// Acts within an hour of the clock around `hour`, either side included.
    pub fn around(&self, hour: u8) -> u64 {
        let hour = usize::from(hour);
        [23, 0, 1]
            .iter()
            .filter_map(|shift| self.hours.get((hour + shift) % 24))
            .sum()
    }

    /// Acts with a known country.
    pub fn placed(&self) -> u64 {
        self.countries.values().sum()
    }
}

/// Where an actor was at a moment when the record itself does not tell: from a sign-in of the same session, else from the nearest
/// act with a country before it, at most `hours` back. Gives the country and the words for how it is known.
pub fn place_at(
    history: &History,
    session: &str,
    moment: Instant,
    hours: i64,
) -> Option<(String, String)> {
    let earliest = time::micros(moment - TimeDelta::hours(hours));
    let upto = history.before(time::micros(moment));
    let placed = |seen: &&Seen| seen.country > 0 && !history.name(seen.country).is_empty();
    let of_session = upto
        .iter()
        .rev()
        .filter(placed)
        .find(|seen| !session.is_empty() && history.name(seen.session) == session);
    let nearest = || {
        upto.iter()
            .rev()
            .take_while(|seen| seen.time >= earliest)
            .find(placed)
    };
    let (seen, same_session) = of_session
        .map(|seen| (seen, true))
        .or_else(|| nearest().map(|seen| (seen, false)))?;
    let ago = time::length(moment - time::from_micros(seen.time));
    let how = if same_session {
        format!("of the same session, {ago} before")
    } else {
        format!("of the nearest act, {ago} before")
    };
    Some((history.name(seen.country).to_owned(), how))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Row;

    fn row(time: &str, country: &str, session: &str) -> Row {
        Row {
            time: time::parse(time),
            country: country.into(),
            session: session.into(),
            ..Row::default()
        }
    }

    #[test]
    fn a_baseline_looks_only_back() {
        let history = History::of(&[
            row("2026-01-05T09:00:00Z", "NL", ""),
            row("2026-01-06T10:00:00Z", "NL", ""),
            row("2026-02-01T03:00:00Z", "NG", ""),
        ]);
        let moment = time::parse("2026-01-20T00:00:00Z").unwrap();
        let start = time::parse("2026-01-01T00:00:00Z").unwrap();
        let baseline = Baseline::of(&history, moment, start, Tunables::default());
        assert_eq!(
            (baseline.acts, baseline.active_days, baseline.days),
            (2, 2, 19)
        );
        assert_eq!(baseline.countries, BTreeMap::from([("NL".to_owned(), 2)]));
        assert_eq!((baseline.around(9), baseline.around(3)), (2, 0));
        assert!(!baseline.is_short());
    }

    #[test]
    fn midnight_has_neighbours_on_both_sides() {
        let baseline = Baseline {
            hours: std::array::from_fn(|hour| u64::from(hour == 23 || hour == 1)),
            ..Baseline::default()
        };
        assert_eq!(baseline.around(0), 2);
    }

    #[test]
    fn a_short_log_is_said_to_be_short() {
        let moment = time::parse("2026-01-03T00:00:00Z").unwrap();
        let baseline = Baseline::of(
            &History::default(),
            moment,
            time::parse("2026-01-01T00:00:00Z").unwrap(),
            Tunables::default(),
        );
        assert!(baseline.is_short());
    }

    #[test]
    fn the_place_comes_from_the_session_first() {
        let history = History::of(&[
            row("2026-01-05T08:00:00Z", "NG", "s1"),
            row("2026-01-05T09:00:00Z", "NL", "s2"),
        ]);
        let at = |session: &str| {
            place_at(
                &history,
                session,
                time::parse("2026-01-05T09:30:00Z").unwrap(),
                12,
            )
            .map(|place| place.0)
        };
        assert_eq!(at("s1").as_deref(), Some("NG"));
        assert_eq!(at("").as_deref(), Some("NL"));
    }
}
