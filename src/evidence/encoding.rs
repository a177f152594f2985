//! How the text of a file is encoded, and its way to UTF-8.
//!
//! A file of UTF-16 is turned into UTF-8 block by block, so that everything behind sees one encoding; places count in bytes of the
//! file all the same ([`Encoding::span`]). Bytes that do not belong in their encoding never stop a row: they are read as best can be
//! and the row says so. Not here: finding out which encoding a file has (`sniff`).

use encoding_rs::{WINDOWS_1252, mem};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// How text is encoded. Layouts are kept under its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Encoding {
    /// UTF-8 without a byte order mark.
    Utf8,
    /// UTF-8 behind a byte order mark.
    Utf8Marked,
    /// UTF-16, low byte first, without a mark.
    Utf16Le,
    /// UTF-16, low byte first, behind a mark; what Windows PowerShell calls `Unicode`.
    Utf16LeMarked,
    /// UTF-16, high byte first, without a mark.
    Utf16Be,
    /// UTF-16, high byte first, behind a mark.
    Utf16BeMarked,
}

/// Every encoding that is read: its name in layouts and reports, and its mark. Those with a mark come first, for every file begins
/// with none.
const ENCODINGS: [(Encoding, &str, &[u8]); 6] = [
    (
        Encoding::Utf8Marked,
        "UTF-8 with BOM",
        b"\xef\xbb\xbf".as_slice(),
    ),
    (Encoding::Utf16LeMarked, "UTF-16 LE with BOM", b"\xff\xfe"),
    (Encoding::Utf16BeMarked, "UTF-16 BE with BOM", b"\xfe\xff"),
    (Encoding::Utf8, "UTF-8", b""),
    (Encoding::Utf16Le, "UTF-16 LE", b""),
    (Encoding::Utf16Be, "UTF-16 BE", b""),
];

impl Encoding {
    /// The encoding whose byte order mark a file begins with.
    pub(super) fn marked(bytes: &[u8]) -> Option<Self> {
        let mut marks = ENCODINGS.iter().filter(|(_, _, mark)| !mark.is_empty());
        marks
            .find(|(_, _, mark)| bytes.starts_with(mark))
            .map(|(encoding, ..)| *encoding)
    }

    /// Its name in words: `UTF-16 LE with BOM`.
    pub fn name(self) -> &'static str {
        self.entry().map_or("UTF-8", |(_, name, _)| name)
    }

    /// Bytes of its mark.
    pub(super) fn mark(self) -> usize {
        self.entry().map_or(0, |(_, _, mark)| mark.len())
    }

    fn entry(self) -> Option<&'static (Self, &'static str, &'static [u8])> {
        ENCODINGS.iter().find(|(encoding, ..)| *encoding == self)
    }

    /// How two bytes make a unit of UTF-16; `None` for UTF-8.
    fn unit(self) -> Option<fn([u8; 2]) -> u16> {
        match self {
            Self::Utf8 | Self::Utf8Marked => None,
            Self::Utf16Le | Self::Utf16LeMarked => Some(u16::from_le_bytes),
            Self::Utf16Be | Self::Utf16BeMarked => Some(u16::from_be_bytes),
        }
    }

    /// The way of a file of this encoding to UTF-8; `None` when it is UTF-8.
    pub(super) fn transcoder(self) -> Option<Transcoder> {
        self.unit().map(|unit| Transcoder {
            unit,
            rest: Vec::new(),
        })
    }

    /// Bytes that text, already turned into UTF-8, takes in a file of this encoding.
    pub(super) fn span(self, text: &[u8]) -> u64 {
        if self.unit().is_none() {
            return text.len() as u64;
        }
        // A character is one unit, or two where UTF-8 has four bytes.
        let characters = text.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
        let pairs = text.iter().filter(|byte| **byte >= 0xf0).count();
        (characters + pairs) as u64 * 2
    }

    /// The most bytes that one byte of UTF-8 takes in a file of this encoding.
    pub(super) fn widest(self) -> usize {
        if self.unit().is_some() { 2 } else { 1 }
    }

    /// A row of a file as UTF-8, but for damage ([`Encoding::text`]).
    pub(super) fn to_utf8(self, row: &[u8]) -> Cow<'_, [u8]> {
        match self.transcoder() {
            None => Cow::Borrowed(row),
            Some(mut transcoder) => {
                let mut text = Vec::new();
                transcoder.push(row, true, &mut text);
                Cow::Owned(text)
            }
        }
    }

    /// The text of a row that was turned into UTF-8 and begins at this byte of its file, with a note where it is damaged.
    ///
    /// In a file of UTF-8, bytes that are not are read as Windows-1252, the code page of Western Europe and America that older
    /// collectors write. In UTF-16, half of a pair has become U+FFFD; one that the file itself holds looks the same.
    pub(super) fn text(self, row: &[u8], offset: u64) -> (Cow<'_, str>, Option<String>) {
        match std::str::from_utf8(row) {
            Err(error) => {
                let at = offset + error.valid_up_to() as u64;
                let note = format!("not UTF-8 at byte {at}; read as Windows-1252");
                (Cow::Owned(western(row)), Some(note))
            }
            Ok(text) if self.unit().is_some() => {
                let lost = text.find(char::REPLACEMENT_CHARACTER);
                let note = lost.map(|at| {
                    let at = offset + self.span(row.get(..at).unwrap_or_default());
                    format!("a character that is lost (U+FFFD, or half of a pair of UTF-16) at byte {at}")
                });
                (Cow::Borrowed(text), note)
            }
            Ok(text) => (Cow::Borrowed(text), None),
        }
    }
}

/// What is UTF-8 as it is, what is not as Windows-1252: a row that was cut inside of a character stays readable.
pub(super) fn western(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
    }
    text
}

impl From<Encoding> for String {
    fn from(encoding: Encoding) -> Self {
        encoding.name().to_owned()
    }
}

impl TryFrom<String> for Encoding {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let found = ENCODINGS.iter().find(|(_, known, _)| *known == name);
        found
            .map(|(encoding, ..)| *encoding)
            .ok_or_else(|| format!("{name}: not an encoding grantline knows"))
    }
}

/// Bytes of UTF-16 on their way to UTF-8.
pub(super) struct Transcoder {
    unit: fn([u8; 2]) -> u16,
    /// Bytes that wait for what follows them: the first half of a pair, the first byte of a unit.
    rest: Vec<u8>,
}

impl Transcoder {
    /// Appends a block to `text`, always whole characters. Half a pair, and an odd byte at the end of the last block, become U+FFFD.
    pub(super) fn push(&mut self, block: &[u8], last: bool, text: &mut Vec<u8>) {
        let mut bytes = std::mem::take(&mut self.rest);
        bytes.extend_from_slice(block);
        let (pairs, odd) = bytes.as_chunks::<2>();
        let mut units: Vec<u16> = pairs.iter().map(|pair| (self.unit)(*pair)).collect();
        let mut kept = odd.len();
        if last {
            units.extend(odd.iter().map(|_| 0xfffd));
        } else if units
            .pop_if(|unit| (0xd800..0xdc00).contains(unit))
            .is_some()
        {
            kept += 2;
        }
        if !last {
            self.rest = bytes.split_off(bytes.len() - kept);
        }
        let held = text.len();
        text.resize(held + units.len() * 3, 0);
        let room = text.get_mut(held..).unwrap_or_default();
        let wrote = mem::convert_utf16_to_utf8(&units, room);
        text.truncate(held + wrote);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_kept_and_read_back() {
        for (encoding, name, mark) in ENCODINGS {
            assert_eq!(encoding.name(), name);
            assert_eq!(encoding.mark(), mark.len());
            let kept = serde_json::to_string(&encoding).unwrap();
            assert_eq!(kept, format!("\"{name}\""));
            assert_eq!(serde_json::from_str::<Encoding>(&kept).unwrap(), encoding);
        }
        assert!(serde_json::from_str::<Encoding>("\"UTF-7\"").is_err());
    }

    #[test]
    fn bytes_of_a_code_page_are_read_and_noted() {
        for (bytes, text, note) in [
            (&b"Bo\xeete"[..], "Boîte", Some(12)),
            (b"\x80uro\x9d", "€uro\u{9d}", Some(10)),
            ("Boîte".as_bytes(), "Boîte", None),
            (b"\xc3\xae \xc3", "î Ã", Some(13)),
        ] {
            let (read, noted) = Encoding::Utf8.text(bytes, 10);
            let note = note.map(|at| format!("not UTF-8 at byte {at}; read as Windows-1252"));
            assert_eq!((&*read, noted), (text, note));
        }
    }

    #[test]
    fn half_a_pair_is_one_lost_character() {
        let units = [0x61, 0xd800, 0x62, 0xdc00, 0xd83d, 0xde00, 0xd83d];
        let mut bytes: Vec<u8> = units.into_iter().flat_map(u16::to_be_bytes).collect();
        bytes.push(0);
        let text = Encoding::Utf16Be.to_utf8(&bytes);
        let (text, note) = Encoding::Utf16Be.text(&text, 100);
        assert_eq!(text, "a\u{fffd}b\u{fffd}😀\u{fffd}\u{fffd}");
        assert!(note.unwrap().ends_with("at byte 102"));
    }

    proptest! {
        #[test]
        fn blocks_do_not_matter(units in proptest::collection::vec(prop_oneof![any::<u16>(), 0xd700_u16..0xe100, 0_u16..128], 0..40), odd in any::<bool>(), block in 1_usize..9) {
            let mut bytes: Vec<u8> = units.iter().copied().flat_map(u16::to_le_bytes).collect();
            bytes.extend(odd.then_some(7));
            let mut transcoder = Encoding::Utf16Le.transcoder().unwrap();
            let mut text = Vec::new();
            for block in bytes.chunks(block) {
                transcoder.push(block, false, &mut text);
            }
            transcoder.push(&[], true, &mut text);
            prop_assert_eq!(Encoding::Utf16Le.span(&text), (bytes.len() + usize::from(odd)) as u64);
            let expected = String::from_utf16_lossy(&units) + if odd { "\u{fffd}" } else { "" };
            prop_assert_eq!(text, expected.into_bytes());
        }
    }
}
