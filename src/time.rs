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
/// Accepted: RFC 3339 with or without zone and with up to nine digits of fraction; a blank instead of `T`; dates of a culture
/// (`5/18/2021 9:13:33 PM`, also with a comma and a fraction as Log Analytics writes, `18.05.2021 21:13:33`); mail order
/// (`Tue, 18 May 2021 21:13:39 GMT`); `/Date(1728364117000)/` in milliseconds, as PowerShell 5 writes; .NET ticks (18 digits);
/// seconds (10 digits, also with a fraction, as Splunk writes) or milliseconds (13 digits) since 1970. Behind all but the last four a zone may stand: `Z`, `UTC`, `GMT`,
/// `+02:00`, `+0200`; without one it is UTC. A number of any other length is no moment.
///
/// Day and month in a date of a culture: where the year comes first, the month follows; where the first number is over 12 or dots
/// stand between, the day comes first; else the month comes first, for `Search-UnifiedAuditLog` documents US order
/// ([`is_ambiguous`] tells where that is a guess).
pub fn parse(text: &str) -> Option<Instant> {
    let text = text.trim();
    let instant = parse_native(text)
        .or_else(|| parse_zoned(text))
        .or_else(|| parse_mail(text))
        .or_else(|| parse_wrapped(text))
        .or_else(|| parse_number(text))?;
    YEARS.contains(&instant.year()).then_some(instant)
}

/// Whether a moment can be read in two ways: day and month stand in the order of an unknown culture, differ, and each may be a month.
///
/// Browsers write a comma behind the date and `AM` or `PM` in capitals only where the month comes first, so Log Analytics is plain.
pub fn is_ambiguous(text: &str) -> bool {
    let text = text.trim();
    if is_year(text.as_bytes()) {
        return false;
    }
    if text.contains(',') && (text.ends_with("AM") || text.ends_with("PM")) {
        return false;
    }
    let date = text.split([' ', ',']).next().unwrap_or(text);
    let numbers: Vec<u32> = date
        .split(['/', '-'])
        .map_while(|part| part.parse().ok())
        .collect();
    let may_be_months = |pair: &[u32]| pair.iter().all(|number| (1..=12).contains(number));
    match numbers.as_slice() {
        [first, second, _] => may_be_months(&[*first, *second]) && first != second,
        _ => false,
    }
}

/// Whether a text begins with a year of four digits and a dash, which the month follows.
fn is_year(text: &[u8]) -> bool {
    matches!(
        text,
        [b'1'..=b'9', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'-', ..]
    )
}

/// `2021-05-18T21:13:39`, also with `Z`, which most records have: the other ways take a microsecond.
fn parse_native(text: &str) -> Option<Instant> {
    let bytes: &[u8; 19] = text
        .strip_suffix('Z')
        .unwrap_or(text)
        .as_bytes()
        .try_into()
        .ok()?;
    let &[
        y3,
        y2,
        y1,
        y0,
        b'-',
        m1,
        m0,
        b'-',
        d1,
        d0,
        b'T',
        h1,
        h0,
        b':',
        i1,
        i0,
        b':',
        s1,
        s0,
    ] = bytes
    else {
        return None;
    };
    let pair = |ten: u8, one: u8| {
        let digits = ten.is_ascii_digit() && one.is_ascii_digit();
        digits.then(|| u32::from(ten - b'0') * 10 + u32::from(one - b'0'))
    };
    let year = i32::try_from(pair(y3, y2)? * 100 + pair(y1, y0)?).ok()?;
    let date = NaiveDate::from_ymd_opt(year, pair(m1, m0)?, pair(d1, d0)?)?;
    let time = NaiveTime::from_hms_opt(pair(h1, h0)?, pair(i1, i0)?, pair(s1, s0)?)?;
    Some(date.and_time(time).and_utc())
}

/// A date and a time with or without a zone behind them.
fn parse_zoned(text: &str) -> Option<Instant> {
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Some(instant.to_utc());
    }
    // Browsers put a narrow blank before AM and PM.
    let text = text.replace(['\u{202f}', '\u{a0}'], " ");
    let (bare, east) = split_zone(&text);
    let naive = parse_iso(bare).or_else(|| parse_culture(bare))?;
    naive.and_utc().checked_sub_signed(east)
}

/// Splits off the zone: what is left, and how far east of Greenwich its clock is.
fn split_zone(text: &str) -> (&str, TimeDelta) {
    let none = (text, TimeDelta::zero());
    for name in ["Z", "z", "UTC", "GMT"] {
        if let Some(bare) = text.strip_suffix(name) {
            return (bare.trim_end(), TimeDelta::zero());
        }
    }
    let sign = text.rfind(['+', '-']).filter(|at| *at > 0);
    let Some((bare, zone)) = sign.and_then(|at| text.split_at_checked(at)) else {
        return none;
    };
    // A sign before the clock belongs to the date.
    match offset(zone).filter(|_| bare.contains(':')) {
        Some(east) => (bare.trim_end(), east),
        None => none,
    }
}

/// `+02:00`, `-0700` or `+02`.
fn offset(zone: &str) -> Option<TimeDelta> {
    let (sign, digits) = zone.split_at_checked(1)?;
    let digits = digits.replacen(':', "", 1);
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = digits.split_at_checked(2)?;
    let minutes = minutes.parse().unwrap_or(0);
    let east = TimeDelta::minutes(hours.parse::<i64>().ok()? * 60 + minutes);
    Some(if sign == "-" { -east } else { east })
}

fn parse_iso(text: &str) -> Option<NaiveDateTime> {
    [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",
    ]
    .iter()
    .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
}

/// `M/D/YYYY[,] h:mm:ss[.fff] [AM|PM]` and its relatives: day first, year first, with dots or dashes.
fn parse_culture(text: &str) -> Option<NaiveDateTime> {
    let (date, clock) = text.split_once([' ', ','])?;
    let mut numbers = date
        .split(['/', '.', '-'])
        .map(|part| part.parse::<u32>().ok());
    let (first, second, third) = (numbers.next()??, numbers.next()??, numbers.next()??);
    if numbers.next().is_some() {
        return None;
    }
    let (year, month, day) = if first > 31 {
        (first, second, third)
    } else if first > 12 || date.contains('.') {
        (third, second, first)
    } else {
        (third, first, second)
    };
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    Some(date.and_time(parse_clock(clock.trim())?))
}

fn parse_clock(clock: &str) -> Option<NaiveTime> {
    ["%I:%M:%S%.f %p", "%I:%M %p", "%H:%M:%S%.f", "%H:%M"]
        .iter()
        .find_map(|format| NaiveTime::parse_from_str(clock, format).ok())
}

/// `Tue, 18 May 2021 21:13:39 GMT`, the order of mail and of the web.
fn parse_mail(text: &str) -> Option<Instant> {
    let instant = DateTime::parse_from_rfc2822(text).ok()?;
    Some(instant.to_utc())
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

/// A bare number, of which its length tells the unit.
fn parse_number(text: &str) -> Option<Instant> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if !digits(whole) || !digits(fraction) {
        return None;
    }
    let number: i64 = whole.parse().ok()?;
    match (whole.len(), text.len() - whole.len()) {
        (10, ..=10) => DateTime::from_timestamp(number, format!("{fraction:0<9}").parse().ok()?),
        (13, 0) => DateTime::from_timestamp_millis(number),
        (18, 0) => DateTime::from_timestamp_micros((number - TICKS_AT_EPOCH) / 10),
        _ => None,
    }
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

/// Number of the day of an instant since 1970, in UTC.
pub fn day(instant: Instant) -> i32 {
    /// Days from the first of January of the year 1 to 1970, as chrono counts them.
    const EPOCH: i32 = 719_163;
    instant.num_days_from_ce() - EPOCH
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
            "2021-05-18T14:13:39-07:00",
            "2021-05-18T14:13:39.000-0700",
            "2021-05-18T21:13:39+00",
            "2021-05-18 21:13:39",
            "2021-05-18 21:13:39.000000000",
            "2021-05-18 21:13:39.000000000 UTC",
            "2021-05-18 21:13:39 +00:00",
            "2021-05-18 23:13:39 +0200",
            " 2021-05-18 21:13:39Z ",
            "2021/05/18 21:13:39",
            "5/18/2021 9:13:39 PM",
            "05/18/2021 21:13:39",
            "18/05/2021 21:13:39",
            "18-05-2021 21:13:39",
            "18.05.2021 21:13:39",
            "18.05.2021, 21:13:39",
            "5/18/2021, 9:13:39.000 PM",
            "5/18/2021, 9:13:39\u{202f}PM",
            "5/18/2021 9:13:39 PM UTC",
            "5/18/2021 10:13:39 PM +01:00",
            "/Date(1621372419000)/",
            "\\/Date(1621372419000)\\/",
            "/Date(1621372419000+0200)/",
            "637569692190000000",
            "1621372419",
            "1621372419.000",
            "1621372419000",
            "Tue, 18 May 2021 21:13:39 GMT",
            "Tue, 18 May 2021 23:13:39 +0200",
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
            "2021-05-18",
            "5/18/2021",
            "2023-10-10T17:08:65",
            "05.18.2021 10:00:00",
            "2021-05-18T21:13:39+2",
            "162137241",
            "16213724190",
            "1621372419.",
            "1621372419.1234567890",
            "1621372419000.5",
            "1621372419.-5",
            "0000000000",
            "-162137241",
            "9999999999999",
            "9999999999999999999",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn fractions_and_orders_are_kept() {
        for (text, expected) in [
            (
                "2024-02-08T21:49:53.7643129+00:00",
                "2024-02-08T21:49:53.764312900Z",
            ),
            ("2024-03-13T11:24:59.810Z", "2024-03-13T11:24:59.810Z"),
            ("2022-12-12 22:19:00.474000000", "2022-12-12T22:19:00.474Z"),
            (
                "2022-12-12T22:19:00.123456789+02:00",
                "2022-12-12T20:19:00.123456789Z",
            ),
            ("1/9/2007 10:41:00 AM +01:00", "2007-01-09T09:41:00Z"),
            ("4/28/2021, 3:05:26.000 PM", "2021-04-28T15:05:26Z"),
            ("3/24/2022 2:42:35 PM", "2022-03-24T14:42:35Z"),
            ("12/31/2021 12:00:00 AM", "2021-12-31T00:00:00Z"),
            ("03.06.2023 08:13:00", "2023-06-03T08:13:00Z"),
            ("03/06/2023 08:13", "2023-03-06T08:13:00Z"),
            ("638754711120000000", "2025-02-18T10:25:12Z"),
            ("1728364117123", "2024-10-08T05:08:37.123Z"),
        ] {
            assert_eq!(
                parse(text).map(rfc3339).as_deref(),
                Some(expected),
                "{text}"
            );
        }
    }

    #[test]
    fn a_date_that_can_be_read_both_ways_is_known() {
        for (text, expected) in [
            ("03/06/2023 08:13", true),
            ("3/6/2023 8:13:00 AM", true),
            ("3-6-2023 8:13:00 AM", true),
            (" 1/9/2007, 10:41:00 AM", false),
            (" 1/9/2007, 10:41:00 am", true),
            (" 1/9/2007, 10:41:00", true),
            ("6/6/2023 8:13:00 AM", false),
            ("6/13/2023 8:13:00 AM", false),
            ("13/6/2023 08:13:00", false),
            ("03.06.2023 08:13:00", false),
            ("2023/03/06 08:13:00", false),
            ("2023-03-06T08:13:00", false),
            ("/Date(1621372419000)/", false),
            ("0/6/2023 08:13", false),
            ("", false),
        ] {
            assert_eq!(is_ambiguous(text), expected, "{text}");
        }
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
