//! Times of records as the cultures and programs of exports write them (TELEMETRY §8.4).
//!
//! Records say when they were made as `2026-03-12T08:05:03`, with or without fraction and zone, always UTC. A text that is none is
//! left as it is. Not here: reading what others write (`time`).

use serde_json::Value;

/// A moment taken apart.
#[derive(Debug, Clone, Copy)]
struct Parts {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    /// Of ten millionths of a second.
    fraction: i64,
}

fn parts(text: &str) -> Option<Parts> {
    let number = |at: std::ops::Range<usize>| text.get(at)?.parse::<i64>().ok();
    let fraction = text.get(19..).unwrap_or_default();
    let digits: String = fraction
        .chars()
        .skip(1)
        .take_while(char::is_ascii_digit)
        .take(7)
        .collect();
    Some(Parts {
        year: number(0..4)?,
        month: number(5..7)?,
        day: number(8..10)?,
        hour: number(11..13)?,
        minute: number(14..16)?,
        second: number(17..19)?,
        fraction: if fraction.starts_with('.') {
            format!("{digits:0<7}").parse().unwrap_or(0)
        } else {
            0
        },
    })
}

impl Parts {
    /// Seconds since 1970 (days from civil, after Howard Hinnant).
    fn seconds(self) -> i64 {
        let year = if self.month <= 2 {
            self.year - 1
        } else {
            self.year
        };
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let of_year = (153 * ((self.month + 9) % 12) + 2) / 5 + self.day - 1;
        let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
        days * 86_400 + self.hour * 3600 + self.minute * 60 + self.second
    }

    /// The hour of a clock of twelve, and which half of the day it is.
    fn twelve(self) -> (i64, &'static str) {
        let half = if self.hour < 12 { "AM" } else { "PM" };
        ((self.hour + 11) % 12 + 1, half)
    }
}

/// A time as an export writes it.
pub(super) type Spelling = fn(&str) -> String;

fn spelt(text: &str, write: impl Fn(Parts) -> String) -> String {
    parts(text).map_or_else(|| text.to_owned(), write)
}

/// `3/12/2026 8:05:03 AM`: .NET in the culture of the United States.
pub(super) fn american(text: &str) -> String {
    spelt(text, |at| {
        let (hour, half) = at.twelve();
        let (month, day, year) = (at.month, at.day, at.year);
        format!(
            "{month}/{day}/{year} {hour}:{:02}:{:02} {half}",
            at.minute, at.second
        )
    })
}

/// `12.03.2026 08:05:03`: .NET in the culture of Germany, in which lists are separated by semicolons.
pub(super) fn german(text: &str) -> String {
    spelt(text, |at| {
        let (year, month, day) = (at.year, at.month, at.day);
        format!(
            "{day:02}.{month:02}.{year:04} {:02}:{:02}:{:02}",
            at.hour, at.minute, at.second
        )
    })
}

/// `3/12/2026, 8:05:03.000 AM`: the portal of Log Analytics.
pub(super) fn analytics(text: &str) -> String {
    spelt(text, |at| {
        let ((hour, half), thousandths) = (at.twelve(), at.fraction / 10_000);
        let (month, day, year) = (at.month, at.day, at.year);
        format!(
            "{month}/{day}/{year}, {hour}:{:02}:{:02}.{thousandths:03} {half}",
            at.minute, at.second
        )
    })
}

/// `2026-03-12T08:05:03` with so many digits of fraction, without a zone.
fn iso(text: &str, between: char, digits: u32) -> String {
    spelt(text, |at| {
        let (year, month, day) = (at.year, at.month, at.day);
        let whole = format!(
            "{year:04}-{month:02}-{day:02}{between}{:02}:{:02}:{:02}",
            at.hour, at.minute, at.second
        );
        let fraction = at.fraction / 10_i64.pow(7 - digits.min(7));
        let width = usize::try_from(digits).unwrap_or(0);
        if digits == 0 {
            whole
        } else {
            format!("{whole}.{fraction:0width$}")
        }
    })
}

/// `2026-03-12T08:05:03Z`: the time to the second, with its zone.
pub(super) fn zulu(text: &str) -> String {
    iso(text, 'T', 0) + "Z"
}

/// `2026-03-12T08:05:03.000Z`: the time to the millisecond, as JavaScript and Elastic write it.
pub(super) fn millis(text: &str) -> String {
    iso(text, 'T', 3) + "Z"
}

/// `2026-03-12T08:05:03.0000000Z`: the time to the tick, as .NET writes it.
pub(super) fn ticks(text: &str) -> String {
    iso(text, 'T', 7) + "Z"
}

/// `2026-03-12 08:05:03`: as screens show it.
pub(super) fn plain(text: &str) -> String {
    iso(text, ' ', 0)
}

/// `2026-03-12T08:05:03.000+00:00`: as Splunk writes it.
pub(super) fn offset(text: &str) -> String {
    iso(text, 'T', 3) + "+00:00"
}

/// Seconds since 1970; 0 for a text that is no time.
pub(super) fn seconds(text: &str) -> i64 {
    parts(text).map_or(0, Parts::seconds)
}

/// `/Date(1772000000000)/`: as `ConvertTo-Json` of Windows PowerShell writes it.
pub(super) fn wrapped(text: &str) -> String {
    spelt(text, |at| {
        format!("/Date({})/", at.seconds() * 1000 + at.fraction / 10_000)
    })
}

/// When a record of the unified log was made, as it says it.
pub(super) fn of(record: &Value) -> &str {
    record["CreationTime"].as_str().unwrap_or_default()
}

/// The same moment a little later, as what collects and indexes records writes its own time; to the second.
pub(super) fn later(text: &str, seconds: i64) -> String {
    let moment = i64::checked_mul(self::seconds(text) + seconds, 1_000_000);
    let moment = moment.map(crate::time::from_micros).unwrap_or_default();
    crate::time::rfc3339(moment)
        .trim_end_matches('Z')
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_of_the_same_moment() {
        let text = "2026-03-12T00:05:03.1234567Z";
        let spellings: &[(Spelling, &str)] = &[
            (american, "3/12/2026 12:05:03 AM"),
            (german, "12.03.2026 00:05:03"),
            (analytics, "3/12/2026, 12:05:03.123 AM"),
            (zulu, "2026-03-12T00:05:03Z"),
            (millis, "2026-03-12T00:05:03.123Z"),
            (ticks, "2026-03-12T00:05:03.1234567Z"),
            (plain, "2026-03-12 00:05:03"),
            (offset, "2026-03-12T00:05:03.123+00:00"),
            (wrapped, "/Date(1773273903123)/"),
        ];
        for (spell, expected) in spellings {
            assert_eq!(spell(text), *expected);
            let read = crate::time::parse(expected).unwrap();
            assert_eq!(read.timestamp(), seconds(text), "{expected}");
        }
        assert_eq!(american("2026-03-12T13:05:03"), "3/12/2026 1:05:03 PM");
        assert_eq!(american("when"), "when");
        assert_eq!(later("2026-03-12T23:59:59", 61), "2026-03-13T00:01:00");
    }
}
