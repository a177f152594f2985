//! How activity spreads over a day by the local clock: tables of half-hours, from 04:00 to 04:00.
//!
//! Nothing happens between 00:00 and 04:00, shifted clocks included: summer time begins and ends there, and an hour that is missing or comes
//! twice must hold nothing. Not here: who has which day (`habit`).

/// Seconds from midnight to where a day of activity begins.
pub(super) const DAWN: i64 = 4 * 3600;

/// Parts that the activity of a whole day has.
pub(super) const WHOLE: u64 = 1 << 16;

/// How much has happened at each half-hour from dawn, in parts of [`WHOLE`].
type Curve = [u64; 49];

/// A working day: an hour of arriving, a dip at noon, some evening on the phone.
const WORK: Curve = curve(&[
    0, 0, 0, 0, 0, 1, 2, 6, // 04:00
    30, 60, 80, 80, 75, 70, 70, 65, // 08:00
    35, 25, 60, 70, 72, 70, 68, 64, // 12:00
    60, 48, 28, 12, 5, 4, 4, 4, // 16:00
    5, 5, 5, 4, 2, 0, 0, 0, // 20:00
    0, 0, 0, 0, 0, 0, 0, 0,
]);

/// A day off: a look at the phone now and then.
const QUIET: Curve = curve(&[
    0, 0, 0, 0, 0, 0, 0, 0, // 04:00
    1, 2, 5, 7, 8, 8, 8, 7, // 08:00
    6, 6, 5, 5, 5, 6, 6, 7, // 12:00
    8, 8, 7, 6, 6, 7, 8, 9, // 16:00
    9, 8, 6, 4, 2, 0, 0, 0, // 20:00
    0, 0, 0, 0, 0, 0, 0, 0,
]);

/// The clock round, for accounts that programs use; by UTC, which knows no summer time.
const ROUND: Curve = curve(&[1; 48]);

const fn curve(weights: &[u64; 48]) -> Curve {
    let mut sums = [0; 49];
    let mut at = 0;
    while at < 48 {
        sums[at + 1] = sums[at] + weights[at];
        at += 1;
    }
    let all = sums[48];
    at = 0;
    while at < 49 {
        sums[at] = sums[at] * WHOLE / all;
        at += 1;
    }
    sums
}

/// What kind of day somebody has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Shape {
    /// Nothing happens: away, travelling, not there yet or any more.
    #[default]
    None,
    /// Work in the office.
    Office,
    /// Work at home.
    Home,
    /// Work at another place.
    Away,
    /// A day off, with a phone.
    Quiet,
    /// A program at all hours.
    Round,
}

impl Shape {
    /// How much of the day has happened so many seconds after dawn, in parts of [`WHOLE`].
    pub(super) fn until(self, seconds: i64) -> u64 {
        let curve = match self {
            Self::None => return 0,
            Self::Office | Self::Home | Self::Away => &WORK,
            Self::Quiet => &QUIET,
            Self::Round => &ROUND,
        };
        let seconds = u64::try_from(seconds.clamp(0, 86_400)).unwrap_or(0);
        let at = usize::try_from(seconds / 1800).unwrap_or(0);
        let from = curve.get(at).copied().unwrap_or(WHOLE);
        let to = curve.get(at + 1).copied().unwrap_or(WHOLE);
        from + (to - from) * (seconds % 1800) / 1800
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_rise_from_nothing_to_all() {
        for shape in [
            Shape::Office,
            Shape::Home,
            Shape::Away,
            Shape::Quiet,
            Shape::Round,
        ] {
            let sums: Vec<u64> = (0..=24).map(|hour| shape.until(hour * 3600)).collect();
            assert_eq!((sums[0], sums[24]), (0, WHOLE), "{shape:?}");
            assert!(sums.is_sorted(), "{shape:?}");
        }
        let work = |hour: i64| Shape::Office.until(hour * 3600 - DAWN);
        assert!((work(18) - work(8)) * 100 > WHOLE * 90);
        assert_eq!(work(24), WHOLE, "nothing after midnight");
    }
}
