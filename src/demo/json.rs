//! JSON written straight into bytes, without a value of it in between: hundreds of megabytes a second are wanted.
//!
//! Names and plain texts are trusted to need no escape; whatever comes from a tenant, a story or a user goes through [`Json::text`].
//! Not here: what is written.

use super::event::Second;
use super::id::Guid;

/// Writes JSON behind what is there already. Whether a comma is due is seen from the last byte written.
#[derive(Debug)]
pub struct Json<'o>(pub &'o mut Vec<u8>);

impl Json<'_> {
    /// One whole object, whatever stands before it.
    pub fn document(out: &mut Vec<u8>, fill: impl FnOnce(&mut Json<'_>)) {
        out.push(b'{');
        fill(&mut Json(out));
        out.push(b'}');
    }

    /// An object with the members that `fill` writes.
    pub fn object(&mut self, fill: impl FnOnce(&mut Self)) {
        self.separate();
        self.0.push(b'{');
        fill(self);
        self.0.push(b'}');
    }

    /// A list with the values that `fill` writes.
    pub fn list(&mut self, fill: impl FnOnce(&mut Self)) {
        self.separate();
        self.0.push(b'[');
        fill(self);
        self.0.push(b']');
    }

    /// The name of a member; its value must follow.
    pub fn name(&mut self, name: &str) -> &mut Self {
        self.separate();
        self.0.push(b'"');
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b"\":");
        self
    }

    /// Any text, escaped where needed.
    pub fn text(&mut self, text: &str) {
        self.separate();
        self.0.push(b'"');
        escape(text, self.0);
        self.0.push(b'"');
    }

    /// A text that is known to need no escape.
    pub fn plain(&mut self, text: &str) {
        self.plain_with(|out| out.extend_from_slice(text.as_bytes()));
    }

    /// A text that `fill` writes and that is known to need no escape.
    pub fn plain_with(&mut self, fill: impl FnOnce(&mut Vec<u8>)) {
        self.separate();
        self.0.push(b'"');
        fill(self.0);
        self.0.push(b'"');
    }

    /// A GUID as text.
    pub fn guid(&mut self, guid: Guid) {
        self.plain_with(|out| guid.push(out));
    }

    /// A whole number.
    pub fn number(&mut self, number: u64) {
        self.separate();
        digits(number, 1, self.0);
    }

    /// `true` or `false`.
    pub fn flag(&mut self, on: bool) {
        self.raw(if on { "true" } else { "false" });
    }

    /// Nothing at all: `null`.
    pub fn null(&mut self) {
        self.raw("null");
    }

    /// A moment as `2026-02-02T08:15:00`, without a zone.
    pub fn time(&mut self, time: Second) {
        self.plain_with(|out| push_time(time, out));
    }

    /// What is JSON already.
    pub fn raw(&mut self, json: &str) {
        self.separate();
        self.0.extend_from_slice(json.as_bytes());
    }

    fn separate(&mut self) {
        if !matches!(self.0.last(), None | Some(b'{' | b'[' | b':')) {
            self.0.push(b',');
        }
    }
}

/// What each byte needs inside a JSON text: nothing (0), `\u00..` (`u`), or the letter behind its backslash.
const ESCAPES: [u8; 256] = {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 0x20 {
        table[at] = b'u';
        at += 1;
    }
    table[0x08] = b'b';
    table[0x09] = b't';
    table[0x0a] = b'n';
    table[0x0c] = b'f';
    table[0x0d] = b'r';
    table[b'"' as usize] = b'"';
    table[b'\\' as usize] = b'\\';
    table
};

/// Appends a text as it stands between the quotes of JSON.
pub fn escape(text: &str, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let bytes = text.as_bytes();
    let mut from = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let Some(letter) = ESCAPES
            .get(usize::from(*byte))
            .filter(|letter| **letter != 0)
        else {
            continue;
        };
        out.extend_from_slice(bytes.get(from..at).unwrap_or_default());
        out.extend_from_slice(&[b'\\', *letter]);
        if *letter == b'u' {
            out.extend_from_slice(b"00");
            out.extend(HEX.get(usize::from(byte >> 4)));
            out.extend(HEX.get(usize::from(byte & 15)));
        }
        from = at + 1;
    }
    out.extend_from_slice(bytes.get(from..).unwrap_or_default());
}

/// Appends a number with at least so many digits.
pub fn digits(mut number: u64, least: usize, out: &mut Vec<u8>) {
    let start = out.len();
    while number > 0 || out.len() - start < least {
        out.push(b'0' + u8::try_from(number % 10).unwrap_or(0));
        number /= 10;
    }
    if let Some(written) = out.get_mut(start..) {
        written.reverse();
    }
}

/// Appends a number as upper-case hexadecimal digits, the last so many of them.
pub fn hex(number: u64, count: u32, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for at in (0..count).rev() {
        let digit = (number >> (at * 4)) & 15;
        out.extend(HEX.get(usize::try_from(digit).unwrap_or(0)));
    }
}

/// Year, month and day of a moment (the civil calendar, by the algorithm of days from the first of March).
pub fn day_of(time: Second) -> (u64, u64, u64) {
    let days = time.div_euclid(86_400) + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year + era * 400 + i64::from(month <= 2);
    let number = |value: i64| u64::try_from(value).unwrap_or(0);
    (number(year), number(month), number(day))
}

/// Hour, minute and second of a moment.
pub fn clock_of(time: Second) -> (u64, u64, u64) {
    let second = u64::try_from(time.rem_euclid(86_400)).unwrap_or(0);
    (second / 3600, second / 60 % 60, second % 60)
}

/// Appends a moment as `2026-02-02T08:15:00`.
pub fn push_time(time: Second, out: &mut Vec<u8>) {
    let (year, month, day) = day_of(time);
    let (hour, minute, second) = clock_of(time);
    digits(year, 4, out);
    for (mark, part) in [
        (b'-', month),
        (b'-', day),
        (b'T', hour),
        (b':', minute),
        (b':', second),
    ] {
        out.push(mark);
        digits(part, 2, out);
    }
}

/// The letters of base64.
pub const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The letters of base64 in addresses.
pub const URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Appends bytes in base64 without padding.
pub fn base64(bytes: &[u8], letters: &[u8; 64], out: &mut Vec<u8>) {
    for chunk in bytes.chunks(3) {
        let mut three = [0; 3];
        for (to, from) in three.iter_mut().zip(chunk) {
            *to = *from;
        }
        let [a, b, c] = three;
        let bits = u32::from(a) << 16 | u32::from(b) << 8 | u32::from(c);
        for at in 0..=chunk.len() {
            let shift = 18 - 6 * u32::try_from(at).unwrap_or(0);
            let letter = usize::try_from(bits >> shift & 63).unwrap_or(0);
            out.extend(letters.get(letter));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    #[test]
    fn commas_stand_where_they_must() {
        let mut out = Vec::from(*b"{}\n");
        Json::document(&mut out, |json| {
            json.name("a").number(1);
            json.name("b").list(|json| {
                json.text("{");
                json.plain("[");
                json.flag(true);
                json.null();
                json.object(|_| ());
                json.list(|_| ());
            });
            json.name("c").object(|json| json.name("d").time(0));
            json.name("e").guid(Guid::default());
        });
        let written: Value = serde_json::from_slice(&out[3..]).unwrap();
        assert_eq!(
            written,
            json!({"a": 1, "b": ["{", "[", true, null, {}, []], "c": {"d": "1970-01-01T00:00:00"},
                   "e": "00000000-0000-0000-0000-000000000000"})
        );
    }

    #[test]
    fn times_are_those_of_the_calendar() {
        for time in [
            0,
            951_782_400,
            951_868_799,
            1_769_990_400,
            4_107_542_399,
            -1,
        ] {
            let mut out = Vec::new();
            push_time(time, &mut out);
            let expected = chrono::DateTime::from_timestamp(time, 0).unwrap();
            assert_eq!(
                String::from_utf8(out).unwrap(),
                expected.format("%Y-%m-%dT%H:%M:%S").to_string()
            );
        }
    }

    #[test]
    fn base64_is_that_of_everybody() {
        for (bytes, expected) in [
            (&b""[..], ""),
            (b"a", "YQ"),
            (b"ab", "YWI"),
            (b"abc", "YWJj"),
            (b"\xff\xff\xfe", "///+"),
        ] {
            let mut out = Vec::new();
            base64(bytes, STANDARD, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }

    #[test]
    fn digits_are_padded() {
        let mut out = Vec::new();
        digits(7, 2, &mut out);
        digits(0, 1, &mut out);
        digits(1234, 2, &mut out);
        hex(0xBEEF, 6, &mut out);
        assert_eq!(out, b"070123400BEEF");
    }

    proptest! {
        #[test]
        fn any_text_is_read_back(text in any::<String>()) {
            let mut out = Vec::new();
            Json(&mut out).text(&text);
            prop_assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        }
    }
}
