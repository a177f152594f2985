//! Amounts of scenario files: times of day, spans and counts, each a value or a range from which the tenant's seed chooses.
//!
//! Not here: what a time of day is in a zone (`clock`).

use crate::demo::chance::Dice;
use serde::de::{Deserialize, Deserializer, Error};

/// Seconds of a day.
pub(super) const DAY: i64 = 86_400;

/// A range, both ends possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    /// Its least value.
    pub least: u64,
    /// Its greatest value.
    pub most: u64,
}

impl Range {
    /// One of its values.
    pub fn choose(self, dice: &mut Dice) -> u64 {
        dice.between(self.least, self.most)
    }

    /// The range that a text spells as one value, or as two with a hyphen.
    fn read(text: &str, one: fn(&str) -> Option<u64>) -> Option<Self> {
        let (least, most) = text.split_once('-').unwrap_or((text, text));
        let (least, most) = (one(least.trim())?, one(most.trim())?);
        Some(Self { least, most })
    }
}

/// A time of day, in seconds since midnight: `02:10`, or `01:20-03:40`; `23:30-01:10` goes over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock(pub Range);

/// How long, in seconds: `40s`, `4m`, `2h`, `1d`, or `30s-3m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span(pub Range);

/// How many: `9`, or `3-12`; a bare number too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Count(pub Range);

impl Clock {
    fn parse(text: &str) -> Option<Self> {
        let one = |text: &str| {
            let (hour, minute) = text.split_once(':')?;
            let digits = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
            let (hour, minute): (u64, u64) = (digits(hour) && digits(minute))
                .then(|| Some((hour.parse().ok()?, minute.parse().ok()?)))??;
            (hour < 24 && minute < 60).then_some(hour * 3600 + minute * 60)
        };
        let mut range = Range::read(text, one)?;
        if range.most < range.least {
            range.most += DAY.unsigned_abs();
        }
        Some(Self(range))
    }
}

impl Span {
    fn parse(text: &str) -> Option<Self> {
        let one = |text: &str| {
            let unit = text.chars().next_back()?;
            let scale = match unit {
                's' => 1,
                'm' => 60,
                'h' => 3600,
                'd' => DAY.unsigned_abs(),
                _ => return None,
            };
            let number: u32 = text.strip_suffix(unit)?.parse().ok()?;
            Some(u64::from(number) * scale)
        };
        Range::read(text, one).filter(Range::is_ordered).map(Self)
    }
}

impl Count {
    fn parse(text: &str) -> Option<Self> {
        let one = |text: &str| text.parse::<u16>().ok().map(u64::from);
        Range::read(text, one).filter(Range::is_ordered).map(Self)
    }
}

impl Range {
    fn is_ordered(&self) -> bool {
        self.least <= self.most
    }
}

/// Reads amounts from texts, and says what they look like where they do not.
macro_rules! amounts {
    ($($name:ident: $looks:literal,)*) => {
        $(impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                let wrong = || D::Error::custom(format!("`{text}` is not {}", $looks));
                Self::parse(&text).ok_or_else(wrong)
            }
        })*
    };
}

amounts! {
    Clock: "a time of day: write `02:10`, or `01:20-03:40` for one of that range",
    Span: "a span: write `40s`, `4m`, `2h` or `1d`, or `30s-3m` for one of that range",
    Count: "a count below 65536: write `\"9\"`, or `\"3-12\"` for one of that range",
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_read_or_refused() {
        let clock = |text: &str| Clock::parse(text).map(|clock| (clock.0.least, clock.0.most));
        assert_eq!(clock("02:10"), Some((7800, 7800)));
        assert_eq!(clock("23:30-01:10"), Some((84_600, 90_600)));
        for wrong in ["24:00", "2:10", "02:60", "+2:10", "noon", "02:10-", ""] {
            assert_eq!(clock(wrong), None, "{wrong}");
        }
        let span = |text: &str| Span::parse(text).map(|span| (span.0.least, span.0.most));
        assert_eq!(span("30s-3m"), Some((30, 180)));
        assert_eq!(span("1d"), Some((86_400, 86_400)));
        for wrong in ["4", "m", "3m-30s", "-4m", "4 weeks", ""] {
            assert_eq!(span(wrong), None, "{wrong}");
        }
        let count = |text: &str| Count::parse(text).map(|count| (count.0.least, count.0.most));
        assert_eq!(count("9"), Some((9, 9)));
        assert_eq!(count("3-12"), Some((3, 12)));
        for wrong in ["12-3", "x", "70000", ""] {
            assert_eq!(count(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,12}") {
            let _ = (Clock::parse(&text), Span::parse(&text), Count::parse(&text));
        }

        #[test]
        fn a_choice_lies_in_its_range(least in 0_u16..500, more in 0_u16..500, seed in any::<u64>()) {
            let count = Count::parse(&format!("{least}-{}", least + more)).unwrap();
            let chosen = count.0.choose(&mut Dice::keyed(seed));
            prop_assert!((u64::from(least)..=u64::from(least + more)).contains(&chosen));
        }
    }
}
