//! Days of stories: which day since 1970 a day of the log is, and of what kind.
//!
//! Not here: zones and holidays (`place`).

use super::amount::DAY;
use super::script::DayKind;
use crate::demo::event::Second;
use crate::demo::id::PlaceId;
use crate::demo::place;
use crate::demo::world::Period;

/// Weekday numbers of `place`.
const FRIDAY: u8 = 4;
const SUNDAY: u8 = 6;

/// The day since 1970 of a day of the log.
pub(super) fn date(period: Period, day: u32) -> i64 {
    period.start.div_euclid(DAY) + i64::from(day)
}

/// The moment at which clocks of a place show so many seconds after midnight of a day since 1970.
pub(super) fn moment(at: PlaceId, date: i64, seconds: u64) -> Second {
    let seconds = i64::try_from(seconds).unwrap_or(0);
    place::info(at).map_or(date * DAY + seconds, |place| place.moment(date, seconds))
}

/// Whether a day since 1970 is of a kind, at a place.
pub(super) fn is_kind(kind: DayKind, at: PlaceId, date: i64) -> bool {
    let Some(place) = place::info(at) else {
        return kind == DayKind::Any;
    };
    match kind {
        DayKind::Any => true,
        DayKind::Working => place.is_working_day(date),
        DayKind::Weekend => place.is_weekend(date),
        DayKind::Sunday => place::weekday(date) == SUNDAY,
        DayKind::Friday => place::weekday(date) == FRIDAY && place.is_working_day(date),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::world::START;

    const PERIOD: Period = Period {
        start: START,
        days: 63,
    };

    #[test]
    fn clocks_follow_summer_time() {
        let amsterdam = place::of_zone("Europe/Amsterdam").unwrap();
        // Summer time begins on Sunday, 29 March: day 55 of the log.
        for (day, hours, utc) in [(54, 12, 11), (56, 12, 10), (54, 25, 24)] {
            let moment = moment(amsterdam, date(PERIOD, day), hours * 3600);
            assert_eq!(
                moment - START,
                i64::from(day) * DAY + utc * 3600,
                "{day} {hours}"
            );
        }
    }

    #[test]
    fn kinds_of_days() {
        let amsterdam = place::of_zone("Europe/Amsterdam").unwrap();
        let is = |kind, day| is_kind(kind, amsterdam, date(PERIOD, day));
        assert!(is(DayKind::Working, 2) && !is(DayKind::Weekend, 2));
        assert!(is(DayKind::Sunday, 6) && is(DayKind::Weekend, 5) && !is(DayKind::Working, 5));
        assert!(is(DayKind::Friday, 4) && !is(DayKind::Friday, 3) && is(DayKind::Any, 3));
    }
}
