//! A look ahead: rows that hold one of some words, found at the speed of a search, long before the file is read.
//!
//! What is found is provisional: the reader of the whole file tells what a row is, on which line it stands, and whether it is a copy. So a scout
//! passes over whatever is not plain: files in other encodings, documents over several lines, rows that are damaged.
//! Not here: what the words are, and how long to look.

use super::decode::Decoder;
use super::encoding::Encoding;
use super::format::Content;
use super::source::Source;
use super::{Container, EvidenceError, Layout, MAX_ROW, Place, open, sniff};
use crate::record::Record;
use aho_corasick::AhoCorasick;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Bytes searched at once.
const BLOCK: usize = 1 << 20;

/// The words that are looked for.
pub struct Words(AhoCorasick);

impl Words {
    /// Words as they are spelled in logs; `None` when there are too many.
    pub fn new(words: &[&str]) -> Option<Self> {
        AhoCorasick::new(words).ok().map(Self)
    }
}

/// A file that is looked through, piece by piece.
pub struct Scout {
    path: PathBuf,
    file: File,
    layout: Layout,
    decoder: Decoder,
    /// Byte of the file at which `window` begins.
    offset: u64,
    /// Bytes that were read and not searched: the beginning of a row.
    window: Vec<u8>,
    ended: bool,
}

impl Scout {
    /// Opens a file; `None` when it is not one of plain rows on lines.
    pub fn open(path: &Path) -> Result<Option<Self>, EvidenceError> {
        let mut file = open(path)?;
        let failed = |source| EvidenceError::Read {
            path: path.to_owned(),
            offset: 0,
            source,
        };
        let mut source = Source::new(&mut file);
        let sniffed = sniff::sniff(&mut source, path).map_err(failed)?;
        let offset = source.place(0).offset;
        let Ok(layout) = sniffed else {
            return Ok(None);
        };
        let is_plain = layout.encoding == Encoding::Utf8
            && matches!(layout.container, Container::Lines | Container::Table { .. });
        if !is_plain || !layout.is_evidence() {
            return Ok(None);
        }
        file.seek(SeekFrom::Start(offset)).map_err(failed)?;
        Ok(Some(Self {
            path: path.to_owned(),
            file,
            decoder: Decoder::new(&layout),
            layout,
            offset,
            window: Vec::new(),
            ended: false,
        }))
    }

    /// The file that is looked through.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it was looked through to its end.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// Looks through about so many more bytes. Gives the records of whole rows with any of the words; the lines of their places are 0.
    pub fn look(&mut self, words: &Words, bytes: u64) -> io::Result<Vec<(Place, Record)>> {
        let mut found = Vec::new();
        let end = self.offset + bytes;
        while !self.ended && self.offset < end {
            self.block(words, &mut found)?;
        }
        Ok(found)
    }

    fn block(&mut self, words: &Words, found: &mut Vec<(Place, Record)>) -> io::Result<()> {
        let held = self.window.len();
        self.window.resize(held + BLOCK, 0);
        let read = self
            .file
            .read(self.window.get_mut(held..).unwrap_or_default());
        self.window
            .truncate(held + read.as_ref().map_or(0, |read| *read));
        self.ended = read? == 0;
        let whole = if self.ended {
            self.window.len()
        } else {
            memchr::memrchr(b'\n', &self.window).map_or(0, |at| at + 1)
        };
        self.search(words, whole, found);
        // A row that does not end is none that is looked for.
        let done = if whole == 0 && self.window.len() > MAX_ROW {
            self.window.len()
        } else {
            whole
        };
        self.window.drain(..done);
        self.offset += done as u64;
        Ok(())
    }

    fn search(&self, words: &Words, whole: usize, found: &mut Vec<(Place, Record)>) {
        let text = self.window.get(..whole).unwrap_or_default();
        let mut from = 0;
        while let Some(hit) = words.0.find(text.get(from..).unwrap_or_default()) {
            let at = from + hit.start();
            let before = text.get(..at).unwrap_or_default();
            let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
            let behind = text.get(at..).unwrap_or_default();
            let end = memchr::memchr(b'\n', behind).map_or(text.len(), |end| at + end);
            found.extend(self.row(text, start, end));
            from = end;
        }
    }

    fn row(&self, text: &[u8], start: usize, end: usize) -> Vec<(Place, Record)> {
        let row = text.get(start..end).unwrap_or_default().trim_ascii_end();
        let row = row.strip_suffix(b",").unwrap_or(row);
        let place = Place {
            line: 0,
            offset: self.offset + start as u64,
            length: row.len() as u64,
        };
        let decoded = self
            .decoder
            .decode(row, self.layout.encoding, place.offset)
            .ok();
        let records = match decoded {
            Some((Content::Records(records), _)) => records,
            _ => Vec::new(),
        };
        // A row that spans lines is cut by this search, and then is damaged.
        let whole = records
            .into_iter()
            .filter(|record| record.degraded.is_empty());
        whole.map(|record| (place, record)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn file(text: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file
    }

    fn row(id: u32, operation: &str) -> String {
        format!(
            r#"{{"Id":"{id}","CreationTime":"2023-06-05T08:00:00","Operation":"{operation}","UserId":"ann@example.com"}}"#
        )
    }

    #[test]
    fn rows_with_a_word_are_found_where_they_stand() {
        let rows = [
            row(1, "Send"),
            row(2, "Add-MailboxPermission"),
            "Add-MailboxPermission {".to_owned(),
            row(3, "Send"),
            row(4, "Add-MailboxPermission"),
        ];
        let text = rows.join("\n");
        let file = file(&text);
        let words = Words::new(&["Add-MailboxPermission"]).unwrap();
        let mut scout = Scout::open(file.path()).unwrap().unwrap();
        let mut found = Vec::new();
        while !scout.has_ended() {
            found.extend(scout.look(&words, 10).unwrap());
        }
        let ids: Vec<&str> = found.iter().map(|(_, record)| &*record.id.0).collect();
        assert_eq!(ids, ["2", "4"]);
        for (place, record) in &found {
            let start = usize::try_from(place.offset).unwrap();
            let end = start + usize::try_from(place.length).unwrap();
            assert!(
                text.get(start..end)
                    .unwrap()
                    .contains(&format!(r#""Id":"{}""#, record.id))
            );
        }
    }

    #[test]
    fn what_is_not_plain_is_passed_over() {
        for text in ["", "[\n{\"a\":\n1}]", "\u{feff}no log"] {
            assert!(Scout::open(file(text).path()).unwrap().is_none(), "{text}");
        }
    }
}
