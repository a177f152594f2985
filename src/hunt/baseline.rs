//! Baselines: what was normal for a principal as of a moment, from nothing but what came before it.
//!
//! Counts, never verdicts: "seen n times, first, last, in a window of d days". When the log does not reach back far enough the baseline
//! says so ([`Baseline::is_short`]) and nobody concludes anything from silence. What a principal did is counted once ([`Past`]), so that
//! hundreds of grants to a busy one cost no more than as many to others. Not here: bits (`score`).

use crate::store::{History, Seen};
use crate::time::{self, Instant};
use chrono::TimeDelta;
use hashbrown::HashMap;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;

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

/// Everything a principal did, in parts that are laid out once and counted together: one for each segment of the index, so that a later hunt lays
/// out no more than what is new.
#[derive(Debug, Default)]
pub struct Past {
    parts: Vec<Arc<Part>>,
}

/// A part of what a principal did, laid out so that what came before any moment is counted without a look at each act. Lists hold numbers of
/// acts, ascending.
#[derive(Debug, Default)]
pub struct Part {
    history: History,
    /// Acts in each hour of the day, UTC.
    hours: [Vec<u32>; 24],
    /// First act of each day.
    days: Vec<u32>,
    /// Acts with a known country.
    placed: Vec<u32>,
    /// The same by country.
    countries: BTreeMap<String, Vec<u32>>,
    /// The same by session, ascending: its number in the history, and the act.
    sessions: Vec<(u32, u32)>,
    /// When each mailbox was first acted in, by its number in the history: microseconds since 1970.
    mailboxes: HashMap<u32, i64>,
}

impl Past {
    /// Lays out a history that is whole.
    pub fn of(history: History) -> Self {
        Self::joined(vec![Arc::new(Part::of(history))])
    }

    /// Parts that are laid out already, in any order.
    pub fn joined(parts: Vec<Arc<Part>>) -> Self {
        Self { parts }
    }

    /// Whether a mailbox, folded, was acted in before a moment, its last day left out.
    pub fn used(&self, mailbox: &str, moment: Instant, tunables: Tunables) -> bool {
        let learned_to = time::micros(learned_to(moment, tunables));
        let first = |part: &Arc<Part>| part.first_use(mailbox);
        self.parts
            .iter()
            .filter_map(first)
            .any(|first| first < learned_to)
    }

    /// The last of the acts that each part gives, with its country: of several at one moment that of the last country, as within a history.
    fn last<'a>(&'a self, of: impl Fn(&'a Part) -> Option<&'a Seen>) -> Option<(i64, &'a str)> {
        let seen = self.parts.iter().filter_map(|part| {
            let seen = of(part)?;
            Some((seen.time, part.history.name(seen.country)))
        });
        seen.max()
    }
}

impl Part {
    /// Lays out a history.
    pub fn of(history: History) -> Self {
        let mut past = Self::default();
        let mut countries: HashMap<u32, Vec<u32>> = HashMap::new();
        let mut today = None;
        for (at, seen) in (0..).zip(&history.seen) {
            let hour = seen.time.div_euclid(HOUR);
            if let Some(acts) = past.hours.get_mut(clock_hour(hour)) {
                acts.push(at);
            }
            let day = Some(hour.div_euclid(24));
            if today != day {
                today = day;
                past.days.push(at);
            }
            if is_placed(seen) {
                past.placed.push(at);
                countries.entry(seen.country).or_default().push(at);
                past.sessions.push((seen.session, at));
            }
            if seen.mailbox > 0 {
                past.mailboxes.entry(seen.mailbox).or_insert(seen.time);
            }
        }
        past.sessions.sort_unstable();
        let named = |(country, acts)| (history.name(country).to_owned(), acts);
        past.countries = countries.into_iter().map(named).collect();
        past.history = history;
        past
    }

    /// Whether there is no act in it.
    pub fn is_empty(&self) -> bool {
        self.history.seen.is_empty()
    }

    /// When a mailbox, folded, was first acted in: microseconds since 1970.
    fn first_use(&self, mailbox: &str) -> Option<i64> {
        let number = self.history.find(mailbox)?;
        self.mailboxes.get(&number).copied()
    }

    /// The number of acts before a time in microseconds.
    fn before(&self, time: i64) -> u32 {
        number(self.history.before(time).len())
    }

    /// The last act of a session before a time in microseconds, of those with a known country.
    fn last_of(&self, session: &str, time: i64) -> Option<&Seen> {
        let number = self.history.find(session).filter(|number| *number > 0)?;
        let before = self.before(time);
        let end = self.sessions.partition_point(|own| *own < (number, before));
        let (own, last) = self.sessions.get(end.checked_sub(1)?)?;
        self.seen(*last).filter(|_| *own == number)
    }

    /// The last act before a time in microseconds, of those with a known country.
    fn last_placed(&self, time: i64) -> Option<&Seen> {
        let last = before(&self.placed, self.before(time)).last();
        last.and_then(|last| self.seen(*last))
    }

    fn seen(&self, at: u32) -> Option<&Seen> {
        self.history.seen.get(at as usize)
    }

    /// Adds the acts of a window (microseconds since 1970) to a baseline; gives the days, counted from 1970, on which they happened.
    fn count(&self, window: &Range<i64>, baseline: &mut Baseline) -> impl Iterator<Item = i64> {
        let end = self.before(window.end);
        let begin = self.before(window.start).min(end);
        baseline.acts += u64::from(end - begin);
        baseline.ever += u64::from(end);
        let last = end.checked_sub(1).and_then(|last| self.seen(last));
        let last = last.map(|seen| time::from_micros(seen.time));
        baseline.last = baseline.last.max(last);
        for (sum, acts) in baseline.hours.iter_mut().zip(&self.hours) {
            *sum += between(acts, begin, end);
        }
        for (country, acts) in &self.countries {
            let acts = between(acts, begin, end);
            if acts > 0 {
                *baseline.countries.entry(country.clone()).or_default() += acts;
            }
        }
        // The day of the first act, and each that begins after it.
        let same_day = self.days.partition_point(|act| *act <= begin);
        let later = before(&self.days, end).get(same_day..).unwrap_or_default();
        let first = (begin < end).then_some(begin);
        let acts = first.into_iter().chain(later.iter().copied());
        acts.filter_map(|act| Some(self.seen(act)?.time.div_euclid(24 * HOUR)))
    }
}

/// Whether the country of an act is known: 0 is the empty name.
fn is_placed(seen: &Seen) -> bool {
    seen.country > 0
}

/// The hour of the day of an hour since 1970.
fn clock_hour(hour: i64) -> usize {
    usize::try_from(hour.rem_euclid(24)).unwrap_or(0)
}

/// A number of acts as histories count them.
fn number(acts: usize) -> u32 {
    u32::try_from(acts).unwrap_or(u32::MAX)
}

/// Up to when is learned from what came before a moment.
fn learned_to(moment: Instant, tunables: Tunables) -> Instant {
    moment - TimeDelta::hours(tunables.unlearned_hours)
}

/// How many acts of a list lie from one act up to another, that one left out.
fn between(acts: &[u32], from: u32, to: u32) -> u64 {
    (before(acts, to)
        .len()
        .saturating_sub(before(acts, from).len())) as u64
}

/// The acts of a list before one act.
fn before(acts: &[u32], to: u32) -> &[u32] {
    let end = acts.partition_point(|act| *act < to);
    acts.get(..end).unwrap_or_default()
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
    /// Days that the log reaches back from the moment, at most the window; the day left out counts too.
    pub days: i64,
    /// Length of the window in days.
    pub window_days: i64,
    /// Days the log must reach back.
    pub history_days: i64,
}

impl Baseline {
    /// The baseline as of `moment`. `log_start` is when the log begins as far as it counts.
    pub fn of(past: &Past, moment: Instant, log_start: Instant, tunables: Tunables) -> Self {
        let window_start = moment - TimeDelta::days(tunables.window_days);
        let window = time::micros(window_start)..time::micros(learned_to(moment, tunables));
        let mut baseline = Self {
            days: (moment - log_start)
                .num_days()
                .clamp(0, tunables.window_days),
            window_days: tunables.window_days,
            history_days: tunables.history_days,
            ..Self::default()
        };
        let mut days = Vec::new();
        for part in &past.parts {
            days.extend(part.count(&window, &mut baseline));
        }
        days.sort_unstable();
        days.dedup();
        baseline.active_days = days.len() as u64;
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
    past: &Past,
    session: &str,
    moment: Instant,
    hours: i64,
) -> Option<(String, String)> {
    let earliest = time::micros(moment - TimeDelta::hours(hours));
    let upto = time::micros(moment);
    let last = past.last(|part| part.last_placed(upto));
    let nearest = || last.filter(|(time, _)| *time >= earliest);
    let ((time, country), same_session) = past
        .last(|part| part.last_of(session, upto))
        .map(|seen| (seen, true))
        .or_else(|| nearest().map(|seen| (seen, false)))?;
    Some((country.to_owned(), how_known(time, same_session, moment)))
}

/// The words for how a place is known from an act (microseconds since 1970) before a moment.
fn how_known(time: i64, same_session: bool, moment: Instant) -> String {
    let ago = time::length(moment - time::from_micros(time));
    if same_session {
        format!("of the same session, {ago} before")
    } else {
        format!("of the nearest act, {ago} before")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Row;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn row(time: &str, country: &str, session: &str) -> Row {
        Row {
            time: time::parse(time),
            country: country.into(),
            session: session.into(),
            ..Row::default()
        }
    }

    fn past(rows: &[Row]) -> Past {
        Past::of(History::of(rows))
    }

    /// The plain definition of a baseline: a look at every act.
    fn plain(
        history: &History,
        moment: Instant,
        log_start: Instant,
        tunables: Tunables,
    ) -> Baseline {
        let learned_to = moment - TimeDelta::hours(tunables.unlearned_hours);
        let before = history.before(time::micros(learned_to));
        let window_start = time::micros(moment - TimeDelta::days(tunables.window_days));
        let begin = before.partition_point(|seen| seen.time < window_start);
        let window: &[Seen] = before.get(begin..).unwrap_or_default();
        let mut baseline = Baseline {
            acts: window.len() as u64,
            ever: before.len() as u64,
            last: before.last().map(|seen| time::from_micros(seen.time)),
            days: (moment - log_start)
                .num_days()
                .clamp(0, tunables.window_days),
            window_days: tunables.window_days,
            history_days: tunables.history_days,
            ..Baseline::default()
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
        baseline
    }

    /// The plain definition of [`place_at`].
    fn plain_place_at(
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
        let how = how_known(seen.time, same_session, moment);
        Some((history.name(seen.country).to_owned(), how))
    }

    /// Acts within some hours, so that windows begin and end among them, some at one moment.
    fn any_rows() -> impl Strategy<Value = Vec<Row>> {
        let select = proptest::sample::select::<&str>;
        let row = (
            0..2000_i64,
            select(vec!["", "NL", "NG"]),
            select(vec!["", "s1", "s2"]),
            select(vec!["", "Victor@example.com", "bob@example.com"]),
        );
        let row = row.prop_map(|(hours, country, session, mailbox)| Row {
            time: Some(start() + TimeDelta::minutes(hours * 30)),
            mailbox: mailbox.to_owned(),
            country: country.to_owned(),
            session: session.to_owned(),
            ..Row::default()
        });
        proptest::collection::vec(row, 0..40)
    }

    fn start() -> Instant {
        time::parse("1969-12-20T23:30:00Z").unwrap_or_default()
    }

    proptest! {
        #[test]
        fn what_is_counted_beforehand_is_what_a_look_at_every_act_finds(
            rows in any_rows(),
            halves in 0..2200_i64,
            (window_days, unlearned_hours) in (0..40_i64, 0..60_i64),
            session in proptest::sample::select(vec!["", "s1", "s2", "s3"]),
            parts in 1..4_usize,
        ) {
            let moment = start() + TimeDelta::minutes(halves * 30);
            let tunables = Tunables { window_days, unlearned_hours, ..Tunables::default() };
            let history = History::of(&rows);
            // However the acts are dealt to parts.
            let deal = |part: usize| -> Vec<Row> {
                rows.iter().skip(part).step_by(parts).cloned().collect()
            };
            let dealt = (0..parts).map(|part| Arc::new(Part::of(History::of(&deal(part)))));
            let past = Past::joined(dealt.collect());
            prop_assert_eq!(
                Baseline::of(&past, moment, start(), tunables),
                plain(&history, moment, start(), tunables)
            );
            prop_assert_eq!(
                place_at(&past, session, moment, 12),
                plain_place_at(&history, session, moment, 12)
            );
            let before = history.before(time::micros(learned_to(moment, tunables)));
            for mailbox in ["", "victor@example.com", "bob@example.com"] {
                let mut names = before.iter().map(|seen| history.name(seen.mailbox));
                let used = !mailbox.is_empty() && names.any(|name| name == mailbox);
                prop_assert_eq!(past.used(mailbox, moment, tunables), used);
            }
        }
    }

    #[test]
    fn a_baseline_looks_only_back() {
        let past = past(&[
            row("2026-01-05T09:00:00Z", "NL", ""),
            row("2026-01-06T10:00:00Z", "NL", ""),
            row("2026-02-01T03:00:00Z", "NG", ""),
        ]);
        let moment = time::parse("2026-01-20T00:00:00Z").unwrap();
        let start = time::parse("2026-01-01T00:00:00Z").unwrap();
        let baseline = Baseline::of(&past, moment, start, Tunables::default());
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
            &Past::default(),
            moment,
            time::parse("2026-01-01T00:00:00Z").unwrap(),
            Tunables::default(),
        );
        assert!(baseline.is_short());
    }

    #[test]
    fn the_place_comes_from_the_session_first() {
        let past = past(&[
            row("2026-01-05T08:00:00Z", "NG", "s1"),
            row("2026-01-05T09:00:00Z", "NL", "s2"),
        ]);
        let at = |session: &str| {
            place_at(
                &past,
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
