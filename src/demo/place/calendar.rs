//! Holidays of countries, by the rules of one table (`assets/demo/holidays.csv`).
//!
//! Not here: weekends (a column of the places), leave of people (`life`).

use chrono::{NaiveDate, Weekday};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// The table of holidays: how rules are written stands at its head.
const HOLIDAYS: &str = include_str!("../../../assets/demo/holidays.csv");

/// Names of days as tables write them, from Monday.
pub(super) const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// First and last year for which holidays are worked out: longer than any log.
const YEARS: std::ops::RangeInclusive<i32> = 2025..=2032;

static DAYS: LazyLock<BTreeSet<(&'static str, i64)>> = LazyLock::new(|| {
    rules()
        .flat_map(|(country, rule)| {
            let days = YEARS.filter_map(move |year| day_of(rule, year));
            days.map(move |date| (country, since_1970(date)))
        })
        .collect()
});

fn rules() -> impl Iterator<Item = (&'static str, &'static str)> {
    let rows = HOLIDAYS.lines().filter(|line| !line.starts_with('#'));
    rows.skip(1).filter_map(|line| line.split_once(','))
}

/// Whether a day since 1970 is a holiday of a country.
pub(super) fn is_holiday(country: &'static str, day: i64) -> bool {
    DAYS.contains(&(country, day))
}

/// Days from 1 January 1970 to a date.
pub(super) fn since_1970(date: NaiveDate) -> i64 {
    let first = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap_or_default();
    date.signed_duration_since(first).num_days()
}

/// The date of a rule in a year; `None` where it has none.
fn day_of(rule: &str, year: i32) -> Option<NaiveDate> {
    if let Some(days) = rule.strip_prefix("easter") {
        let days = chrono::TimeDelta::days(days.parse().ok()?);
        return easter(year)?.checked_add_signed(days);
    }
    if let Some((nth, rest)) = rule.split_once(' ') {
        let (name, month) = rest.split_once(' ')?;
        return nth_weekday(year, month.parse().ok()?, name, nth.parse().ok()?);
    }
    let mut parts = rule.rsplitn(3, '-');
    let (day, month) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    match parts.next() {
        Some(only) if only.parse() != Ok(year) => None,
        _ => NaiveDate::from_ymd_opt(year, month, day),
    }
}

fn nth_weekday(year: i32, month: u32, name: &str, nth: i8) -> Option<NaiveDate> {
    let weekday: Weekday = name.parse().ok()?;
    if nth > 0 {
        return NaiveDate::from_weekday_of_month_opt(year, month, weekday, nth.unsigned_abs());
    }
    (4..=5)
        .filter_map(|nth| NaiveDate::from_weekday_of_month_opt(year, month, weekday, nth))
        .next_back()
}

/// Easter Sunday of the Gregorian calendar (the algorithm of Meeus, Jones and Butcher).
fn easter(year: i32) -> Option<NaiveDate> {
    let golden = year % 19;
    let (century, rest) = (year / 100, year % 100);
    let correction = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - correction + 15) % 30;
    let days = (32 + 2 * (century % 4) + 2 * (rest / 4) - epact - rest % 4) % 7;
    let late = (golden + 11 * epact + 22 * days) / 451;
    let sum = epact + days - 7 * late + 114;
    let month = u32::try_from(sum / 31).ok()?;
    NaiveDate::from_ymd_opt(year, month, u32::try_from(sum % 31 + 1).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_falls_when_the_church_says() {
        for (year, month, day) in [
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2028, 4, 16),
            (2029, 4, 1),
            (2030, 4, 21),
            (2031, 4, 13),
            (2032, 3, 28),
        ] {
            assert_eq!(easter(year), NaiveDate::from_ymd_opt(year, month, day));
        }
    }

    #[test]
    fn every_rule_names_days() {
        for (country, rule) in rules() {
            let days = YEARS.filter_map(|year| day_of(rule, year)).count();
            assert!(days > 0, "{country} {rule}");
            assert!(crate::demo::place::in_country(country).is_some());
        }
    }

    #[test]
    fn holidays_are_where_calendars_have_them() {
        for (country, date, is_one) in [
            ("NL", (2026, 4, 27), true),
            ("NL", (2026, 4, 6), true),
            ("NL", (2026, 4, 3), false),
            ("PT", (2026, 2, 17), true),
            ("PT", (2026, 4, 3), true),
            ("US", (2026, 11, 26), true),
            ("US", (2026, 2, 16), true),
            ("GB", (2026, 5, 25), true),
            ("GB", (2026, 5, 4), true),
            ("JP", (2026, 3, 20), true),
            ("JP", (2029, 3, 20), false),
        ] {
            let date = NaiveDate::from_ymd_opt(date.0, date.1, date.2).unwrap();
            assert_eq!(
                is_holiday(country, since_1970(date)),
                is_one,
                "{country} {date}"
            );
        }
    }
}
