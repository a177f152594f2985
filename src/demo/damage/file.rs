//! Faults of whole files: encodings, line ends, and files that are no evidence.
//!
//! Not here: rows (`writer`).

use crate::demo::chance::Dice;
use crate::demo::shape::Layout;
use encoding_rs::WINDOWS_1252;

/// How a file is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// UTF-8, as written.
    Plain,
    /// UTF-8 behind a byte order mark.
    Marked,
    /// UTF-8 with the line ends of Windows.
    Windows,
    /// UTF-16, low byte first, behind a mark.
    Unicode,
    /// UTF-16, high byte first, behind a mark.
    BigEndianUnicode,
    /// The code page of Western Europe, where all of a row can be written in it: else the row stays as it is, as in files that two
    /// tools have written to.
    CodePage,
}

/// The codings of lines, and of tables, whose line ends are those of Windows already and whose cells may hold others.
const OF_LINES: [Coding; 5] = [
    Coding::Marked,
    Coding::Windows,
    Coding::Unicode,
    Coding::BigEndianUnicode,
    Coding::CodePage,
];
const OF_TABLES: [Coding; 3] = [Coding::Unicode, Coding::BigEndianUnicode, Coding::CodePage];

impl Coding {
    /// Another coding for a file; none for documents.
    pub(super) fn other(layout: Layout, dice: &mut Dice) -> Self {
        let codings: &[Self] = match layout {
            Layout::Lines => &OF_LINES,
            Layout::Table => &OF_TABLES,
            Layout::Document => &[],
        };
        dice.one(codings).copied().unwrap_or(Self::Plain)
    }

    /// Appends what a file begins with.
    pub(super) fn begin(self, out: &mut Vec<u8>) {
        if matches!(self, Self::Marked | Self::Unicode | Self::BigEndianUnicode) {
            self.put("\u{feff}".as_bytes(), out);
        }
    }

    /// Appends text, which begins and ends between characters.
    pub(super) fn put(self, bytes: &[u8], out: &mut Vec<u8>) {
        let text = String::from_utf8_lossy(bytes);
        // A table that brings a mark of its own has that of the file.
        let text = match self {
            Self::Unicode | Self::BigEndianUnicode if text.len() > 3 => {
                text.trim_start_matches('\u{feff}')
            }
            _ => &text,
        };
        match self {
            Self::Plain | Self::Marked => out.extend_from_slice(bytes),
            Self::Windows => out.extend_from_slice(text.replace('\n', "\r\n").as_bytes()),
            Self::Unicode => out.extend(text.encode_utf16().flat_map(u16::to_le_bytes)),
            Self::BigEndianUnicode => out.extend(text.encode_utf16().flat_map(u16::to_be_bytes)),
            Self::CodePage => {
                let (encoded, _, is_lossy) = WINDOWS_1252.encode(text);
                let is_mapped = !is_lossy && !text.starts_with('\u{feff}');
                out.extend_from_slice(if is_mapped { &encoded } else { bytes });
            }
        }
    }
}

/// A table of another system that somebody put beside the evidence.
const FOREIGN: &str = "\"Asset\",\"Serial\",\"Room\",\"Purchased\"\r\n\"Laptop 14\",\"QX-20391\",\"2.07\",\"2024-11-04\"\r\n\
    \"Dock\",\"DK-8812\",\"2.07\",\"2024-11-04\"\r\n\"Screen 27\",\"MN-55120\",\"1.15\",\"2023-05-22\"\r\n";

/// Files that are no evidence.
pub(super) fn litter() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("asset-list.csv", FOREIGN.as_bytes().to_vec()),
        ("unified-audit-log-part3.csv", Vec::new()),
    ]
}
