//! Walks over the JSON of a row and believes nothing of it: what is not sound, or not plain enough, is a `None`.
//!
//! Where strings may end is marked for the whole row first, one bit a byte, so that the walk never looks at the bytes of a string. Not here:
//! what members mean.

use super::keys::Keys;
use crate::evidence::list;
use wide::u8x16;

/// Deepest nesting of values that are passed over; a deeper row is for the strict reader, which has a limit of its own.
const DEEPEST: usize = 16;

/// Most digits of a whole number that is text as it stands: all of them fit 64 bits.
const DIGITS: usize = 18;

/// Most bytes of a number with a fraction, which is far from too large for any reader.
const LONGEST_NUMBER: usize = 40;

/// Marks the bytes of a row at which a string ends or is not plain: quotes, backslashes, control characters, and the end of the row.
pub(super) fn mark(row: &[u8], marks: &mut Vec<u64>) {
    marks.clear();
    let (blocks, rest) = row.as_chunks::<64>();
    marks.extend(blocks.iter().map(marks_of));
    // Zeros are control characters.
    let mut last = [0; 64];
    last.iter_mut()
        .zip(rest)
        .for_each(|(byte, own)| *byte = *own);
    marks.push(marks_of(&last));
}

/// The marks of 64 bytes, the first in the lowest bit.
#[inline]
fn marks_of(block: &[u8; 64]) -> u64 {
    let part = |bytes: &[u8; 16]| {
        let bytes = u8x16::new(*bytes);
        let control = bytes.min(u8x16::splat(0x1f)).simd_eq(bytes);
        let end = bytes.simd_eq(u8x16::splat(b'"'));
        let escape = bytes.simd_eq(u8x16::splat(b'\\'));
        u64::from((control | end | escape).to_bitmask())
    };
    match block.as_chunks() {
        ([one, two, three, four], _) => {
            part(four) << 48 | part(three) << 32 | part(two) << 16 | part(one)
        }
        _ => 0,
    }
}

/// Where a text stands: in the row, or, counted on from its end, among the texts that had escapes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Text {
    start: usize,
    end: usize,
}

/// A place in a row.
pub(super) struct Cursor<'a> {
    row: &'a str,
    marks: &'a [u64],
    at: usize,
    /// Texts without their escapes, one behind the other.
    plain: &'a mut String,
    /// Whether a text was met that PowerShell may have made of something else.
    pub(super) is_odd: bool,
}

impl<'a> Cursor<'a> {
    /// The beginning of a row with its marks, and memory for texts that have escapes.
    pub(super) fn new(row: &'a str, marks: &'a [u64], plain: &'a mut String) -> Self {
        plain.clear();
        Self {
            row,
            marks,
            at: 0,
            plain,
            is_odd: false,
        }
    }

    /// A text without its escapes.
    #[inline]
    pub(super) fn text(&self, text: Text) -> &str {
        let found = if text.start < self.row.len() {
            self.row.get(text.start..text.end)
        } else {
            let begin = self.row.len();
            self.plain.get(text.start - begin..text.end - begin)
        };
        found.unwrap_or_default()
    }

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.row.as_bytes().get(self.at).copied()
    }

    /// The next byte that is no blank.
    #[inline]
    pub(super) fn peek(&mut self) -> Option<u8> {
        loop {
            match self.byte()? {
                b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
                byte => return Some(byte),
            }
        }
    }

    #[inline]
    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    #[inline]
    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.next()? == byte).then_some(())
    }

    /// Whether nothing is left but blanks.
    pub(super) fn is_done(&mut self) -> bool {
        self.peek().is_none()
    }

    /// Walks over an object; names with escapes are none of ours.
    pub(super) fn object(
        &mut self,
        mut each: impl FnMut(&mut Self, &'a [u8]) -> Option<()>,
    ) -> Option<()> {
        self.expect(b'{')?;
        if self.peek()? == b'}' {
            self.at += 1;
            return Some(());
        }
        loop {
            let name = self.name()?;
            self.peek()?;
            each(self, name)?;
            match self.next()? {
                b',' => {}
                b'}' => return Some(()),
                _ => return None,
            }
        }
    }

    /// Walks over an object whose names were met before as a rule; `learn` says what another one is, and may add it.
    pub(super) fn members<T: Copy>(
        &mut self,
        keys: &mut Keys<T>,
        learn: impl Fn(&mut Keys<T>, &[u8]) -> Option<T>,
        mut each: impl FnMut(&mut Self, T) -> Option<()>,
    ) -> Option<()> {
        self.expect(b'{')?;
        if self.peek()? == b'}' {
            self.at += 1;
            return Some(());
        }
        let mut last = 0;
        loop {
            let what = self.member(keys, &mut last, &learn)?;
            self.peek()?;
            each(self, what)?;
            match self.next()? {
                b',' => {}
                b'}' => return Some(()),
                _ => return None,
            }
        }
    }

    /// What the member that begins here is, behind another; passes over its name and the colon.
    #[inline]
    fn member<T: Copy>(
        &mut self,
        keys: &mut Keys<T>,
        last: &mut u16,
        learn: &impl Fn(&mut Keys<T>, &[u8]) -> Option<T>,
    ) -> Option<T> {
        let rest = self.row.as_bytes().get(self.at..)?;
        if let Some((number, length, what)) = keys.guess(*last, rest) {
            self.at += length;
            *last = number;
            return Some(what);
        }
        let name = self.name()?;
        match keys.find(name) {
            Ok((number, what)) => {
                keys.follow(*last, number);
                *last = number;
                Some(what)
            }
            Err(_) => learn(keys, name),
        }
    }

    /// A name with the colon behind it.
    #[inline]
    fn name(&mut self) -> Option<&'a [u8]> {
        self.expect(b'"')?;
        let (start, end) = (self.at, self.mark_from(self.at)?);
        // Not `expect`: a line break in a name is no blank.
        self.at = end + 1;
        if self.row.as_bytes().get(end) != Some(&b'"') {
            return None;
        }
        self.expect(b':')?;
        self.row.as_bytes().get(start..end)
    }

    /// Walks over an array.
    pub(super) fn array(&mut self, mut each: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.expect(b'[')?;
        if self.peek()? == b']' {
            self.at += 1;
            return Some(());
        }
        loop {
            self.peek()?;
            each(self)?;
            match self.next()? {
                b',' => {}
                b']' => return Some(()),
                _ => return None,
            }
        }
    }

    /// A string, a whole number or a truth value as text; null as an empty one.
    #[inline]
    pub(super) fn scalar(&mut self) -> Option<Text> {
        match self.peek()? {
            b'"' => self.string(),
            b'n' => self.word(b"null").map(|_| Text::default()),
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            _ => self.integer(),
        }
    }

    /// The same inside of a list, where PowerShell may have been at work.
    #[inline]
    pub(super) fn inner(&mut self) -> Option<Text> {
        let text = self.scalar()?;
        self.look(text);
        Some(text)
    }

    /// Passes over a value that is sound.
    pub(super) fn skip(&mut self, depth: usize) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        match self.peek()? {
            b'"' => {
                let kept = self.plain.len();
                let text = self.string()?;
                self.look(text);
                self.plain.truncate(kept);
                Some(())
            }
            b'{' => self.object(|cursor, name| {
                cursor.is_odd |= name == list::OBJECT.as_bytes();
                cursor.skip(depth + 1)
            }),
            b'[' => self.array(|cursor| cursor.skip(depth + 1)),
            b'n' => self.word(b"null").map(|_| ()),
            b't' => self.word(b"true").map(|_| ()),
            b'f' => self.word(b"false").map(|_| ()),
            _ => self.number(),
        }
    }

    /// Notices what PowerShell left of an object or list.
    #[inline]
    fn look(&mut self, text: Text) {
        let text = self.text(text);
        // Nearly all texts begin with something else than those and the blanks before them.
        if let Some(b'@' | b'S' | ..=b' ' | 0x7f..) = text.as_bytes().first() {
            self.is_odd |= list::is_powershell(text);
        }
    }

    /// The first marked byte from here on.
    #[inline]
    fn mark_from(&self, at: usize) -> Option<usize> {
        let mut word = at / 64;
        let bits = self.marks.get(word)? >> (at % 64);
        if bits != 0 {
            return Some(at + bits.trailing_zeros() as usize);
        }
        loop {
            word += 1;
            let bits = *self.marks.get(word)?;
            if bits != 0 {
                return Some(word * 64 + bits.trailing_zeros() as usize);
            }
        }
    }

    #[inline]
    fn string(&mut self) -> Option<Text> {
        let start = self.at + 1;
        let end = self.mark_from(start)?;
        if self.row.as_bytes().get(end) == Some(&b'"') {
            self.at = end + 1;
            return Some(Text { start, end });
        }
        self.escaped(start, end)
    }

    /// A string of which the first escape is known.
    fn escaped(&mut self, start: usize, mut end: usize) -> Option<Text> {
        let begin = self.row.len() + self.plain.len();
        self.plain.push_str(self.row.get(start..end)?);
        loop {
            self.at = end + 1;
            match self.row.as_bytes().get(end)? {
                b'"' => break,
                b'\\' => self.escape()?,
                _ => return None,
            }
            end = self.mark_from(self.at)?;
            self.plain.push_str(self.row.get(self.at..end)?);
        }
        Some(Text {
            start: begin,
            end: self.row.len() + self.plain.len(),
        })
    }

    /// One escape behind its backslash.
    fn escape(&mut self) -> Option<()> {
        let byte = self.byte()?;
        self.at += 1;
        let character = match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => self.unit().and_then(|unit| self.character(unit))?,
            _ => return None,
        };
        self.plain.push(character);
        Some(())
    }

    /// The character of a unit of UTF-16 and, where that is half of a pair, of the next.
    fn character(&mut self, unit: u32) -> Option<char> {
        if !(0xd800..0xdc00).contains(&unit) {
            return char::from_u32(unit);
        }
        let next = self.row.as_bytes().get(self.at..self.at + 2)?;
        if next != br"\u" {
            return None;
        }
        self.at += 2;
        let low = self
            .unit()?
            .checked_sub(0xdc00)
            .filter(|low| *low < 0x400)?;
        char::from_u32(0x1_0000 + ((unit - 0xd800) << 10 | low))
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Option<u32> {
        let digits = self.row.as_bytes().get(self.at..self.at + 4)?;
        self.at += 4;
        digits.iter().try_fold(0, |unit, digit| {
            Some(unit << 4 | char::from(*digit).to_digit(16)?)
        })
    }

    fn word(&mut self, word: &[u8]) -> Option<Text> {
        let (start, end) = (self.at, self.at + word.len());
        if self.row.as_bytes().get(start..end)? != word {
            return None;
        }
        self.at = end;
        Some(Text { start, end })
    }

    /// A whole number that is written as every writer would write it.
    fn integer(&mut self) -> Option<Text> {
        let start = self.at;
        let is_negative = self.byte()? == b'-';
        self.at += usize::from(is_negative);
        let (first, digits) = (self.byte()?, self.digits());
        let is_plain = digits == 1 || first != b'0';
        let is_zero = is_negative && first == b'0';
        let is_whole = !matches!(self.byte()?, b'.' | b'e' | b'E');
        let is_ours = (1..=DIGITS).contains(&digits) && is_plain && !is_zero && is_whole;
        is_ours.then_some(Text {
            start,
            end: self.at,
        })
    }

    /// Any number without an exponent.
    fn number(&mut self) -> Option<()> {
        let start = self.at;
        self.at += usize::from(self.byte()? == b'-');
        let (first, digits) = (self.byte()?, self.digits());
        if digits == 0 || (first == b'0' && digits > 1) {
            return None;
        }
        if self.byte()? == b'.' {
            self.at += 1;
            if self.digits() == 0 {
                return None;
            }
        }
        let is_ours = !matches!(self.byte()?, b'e' | b'E') && self.at - start <= LONGEST_NUMBER;
        is_ours.then_some(())
    }

    /// Passes over digits and says how many.
    #[inline]
    fn digits(&mut self) -> usize {
        let rest = self.row.as_bytes().get(self.at..).unwrap_or_default();
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += digits;
        digits
    }
}
