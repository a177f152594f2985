//! Instants in every spelling that exports use, and their one way back to text.
//!
//! All instants are UTC. Spellings without a zone are UTC as the sources document (Management Activity API schema:
//! `CreationTime` is UTC). Not here: working hours of people, which are learned (`hunt::baseline`).

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};

/// A moment in UTC.
pub type Instant = DateTime<Utc>;

/// Ticks of .NET (100 ns) between 0001-01-01 and 1970-01-01.
const TICKS_AT_EPOCH: i64 = 621_355_968_000_000_000;

/// Earliest and latest years believed: outside of them a number was not a time.
const YEARS: std::ops::RangeInclusive<i32> = 1990..=2100;

/// Reads a moment in any spelling seen in exports; `None` when it is none.
///
/// Accepted: RFC 3339 with or without zone and with up to nine digits of fraction; a blank instead of `T`; US order with `AM`/`PM`
/// (`5/18/2021 9:13:33 PM`, also with a comma and a fraction as Log Analytics writes); day-first when the first number is over 12
/// (`18.05.2021 21:13:33`); `/Date(1728364117000)/` in milliseconds, as PowerShell 5 writes; .NET ticks.
/// A date that can be read both ways is read month first: `Search-UnifiedAuditLog` documents US order.
pub fn parse(text: &str) -> Option<Instant> {
    let text = text.trim();
    let instant = parse_iso(text)
        .or_else(|| parse_culture(text))
        .or_else(|| parse_wrapped(text))
        .or_else(|| parse_ticks(text))?;
    YEARS.contains(&instant.year()).then_some(instant)
}

fn parse_iso(text: &str) -> Option<Instant> {
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Some(instant.to_utc());
    }
    let bare = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
    ]
    .iter()
    .find_map(|format| NaiveDateTime::parse_from_str(bare, format).ok())
    .map(|naive| naive.and_utc())
}

/// `M/D/YYYY[,] h:mm:ss[.fff] [AM|PM]` and its day-first and dotted relatives.
fn parse_culture(text: &str) -> Option<Instant> {
    let (date, clock) = text.split_once([' ', ','])?;
    let mut numbers = date.split(['/', '.']).map(|part| part.parse::<u32>().ok());
    let (first, second, year) = (numbers.next()??, numbers.next()??, numbers.next()??);
    if numbers.next().is_some() {
        return None;
    }
    let day_first = first > 12 || date.contains('.');
    let (month, day) = if day_first {
        (second, first)
    } else {
        (first, second)
    };
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    Some(date.and_time(parse_clock(clock.trim())?).and_utc())
}

fn parse_clock(clock: &str) -> Option<NaiveTime> {
    ["%I:%M:%S%.f %p", "%I:%M %p", "%H:%M:%S%.f", "%H:%M"]
        .iter()
        .find_map(|format| NaiveTime::parse_from_str(clock, format).ok())
}

fn parse_wrapped(text: &str) -> Option<Instant> {
    let inner = text
        .trim_matches(['/', '\\'])
        .strip_prefix("Date(")?
        .strip_suffix(')')?;
    // A zone suffix (`+0200`) only says where the writer was; the milliseconds are UTC.
    let sign = inner
        .char_indices()
        .skip(1)
        .find(|(_, character)| matches!(character, '+' | '-'))
        .map_or(inner.len(), |(at, _)| at);
    DateTime::from_timestamp_millis(inner.get(..sign)?.parse().ok()?)
}

fn parse_ticks(text: &str) -> Option<Instant> {
    let ticks: i64 = (text.len() == 18).then(|| text.parse().ok())??;
    DateTime::from_timestamp_micros((ticks - TICKS_AT_EPOCH) / 10)
}

/// The way a person reads it: `2023-06-03 08:13:00Z`, to the second.
pub fn show(instant: Instant) -> String {
    instant.format("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// The way a machine reads it: RFC 3339 with `Z`, fraction only where there is one.
pub fn rfc3339(instant: Instant) -> String {
    instant.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
}

/// Microseconds since 1970, the unit of the index.
pub fn micros(instant: Instant) -> i64 {
    instant.timestamp_micros()
}

/// The instant of [`micros`]; out-of-range values give the epoch, which no record carries ([`parse`] refuses it).
pub fn from_micros(micros: i64) -> Instant {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}

/// Hour of the week in UTC: 0 is Monday 00:00 to 00:59, 167 Sunday 23:00 to 23:59.
pub fn hour_of_week(instant: Instant) -> u8 {
    let hour = instant.weekday().num_days_from_monday() * 24 + instant.hour();
    u8::try_from(hour).unwrap_or(0)
}

/// First and last instant that a query bound covers: a day, a minute or a second (`2023-06-03`, `2023-06-03T08:13`, RFC 3339).
/// A date alone is a day in UTC. The pair is inclusive, to the microsecond.
pub fn parse_span(text: &str) -> Option<(Instant, Instant)> {
    span_of(text).filter(|(start, _)| YEARS.contains(&start.year()))
}

fn span_of(text: &str) -> Option<(Instant, Instant)> {
    if let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        let start = date.and_time(NaiveTime::MIN).and_utc();
        return Some((start, end_of(start, TimeDelta::days(1))?));
    }
    if let Ok(minute) = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M") {
        let start = minute.and_utc();
        return Some((start, end_of(start, TimeDelta::minutes(1))?));
    }
    let start = parse(text)?;
    let whole_second = start.nanosecond() == 0;
    Some((
        start,
        if whole_second {
            end_of(start, TimeDelta::seconds(1))?
        } else {
            start
        },
    ))
}

/// The last microsecond of a span; `None` beyond the end of the calendar.
fn end_of(start: Instant, length: TimeDelta) -> Option<Instant> {
    start.checked_add_signed(length - TimeDelta::microseconds(1))
}

/// A length of time in at most two units a person reads at a glance: `4 s`, `12 min`, `3 h 20 min`, `5 d 2 h`. Negative lengths show as zero.
pub fn length(delta: TimeDelta) -> String {
    let seconds = delta.num_seconds().max(0);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..86_400 => two_units(seconds / 3600, "h", seconds % 3600 / 60, "min"),
        _ => two_units(seconds / 86_400, "d", seconds % 86_400 / 3600, "h"),
    }
}

fn two_units(large: i64, large_unit: &str, small: i64, small_unit: &str) -> String {
    if small == 0 {
        format!("{large} {large_unit}")
    } else {
        format!("{large} {large_unit} {small} {small_unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_one_moment() {
        for text in [
            "2021-05-18T21:13:39",
            "2021-05-18T21:13:39Z",
            "2021-05-18T21:13:39.0000000Z",
            "2021-05-18T21:13:39.0000000+00:00",
            "2021-05-18T23:13:39+02:00",
            "2021-05-18 21:13:39",
            "5/18/2021 9:13:39 PM",
            "05/18/2021 21:13:39",
            "18/05/2021 21:13:39",
            "18.05.2021 21:13:39",
            "5/18/2021, 9:13:39.000 PM",
            "/Date(1621372419000)/",
            "\\/Date(1621372419000)\\/",
            "/Date(1621372419000+0200)/",
            "637569692190000000",
        ] {
            assert_eq!(
                parse(text).map(rfc3339).as_deref(),
                Some("2021-05-18T21:13:39Z"),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "0001-01-01T00:00:00",
            "2023-10-10T17:08:65x",
            "1/2/3/4 10:00",
            "13/13/2021 10:00:00",
            "yesterday",
            "9999999999999999999",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn fractions_are_kept() {
        assert_eq!(
            parse("2024-02-08T21:49:53.7643129+00:00")
                .map(rfc3339)
                .as_deref(),
            Some("2024-02-08T21:49:53.764312900Z")
        );
    }

    #[test]
    fn spans_cover_their_unit() {
        let (from, to) = parse_span("2023-06-03").unwrap();
        assert_eq!(
            (rfc3339(from), (to - from).num_seconds()),
            ("2023-06-03T00:00:00Z".to_owned(), 86_399)
        );
        let (from, to) = parse_span("2023-06-03T08:13").unwrap();
        assert_eq!((to - from).num_seconds(), 59);
        assert_eq!(from, parse("2023-06-03T08:13:00Z").unwrap());
        assert!(parse_span("June").is_none());
        assert!(parse_span("+262142-12-31").is_none());
    }

    #[test]
    fn lengths_read_at_a_glance() {
        for (seconds, shown) in [
            (-5, "0 s"),
            (4, "4 s"),
            (720, "12 min"),
            (12_000, "3 h 20 min"),
            (7200, "2 h"),
            (439_200, "5 d 2 h"),
        ] {
            assert_eq!(length(TimeDelta::seconds(seconds)), shown);
        }
    }

    #[test]
    fn hours_of_the_week_start_on_monday() {
        assert_eq!(hour_of_week(parse("2023-06-05T00:30:00Z").unwrap()), 0);
        assert_eq!(hour_of_week(parse("2023-06-11T23:59:00Z").unwrap()), 167);
    }
}
