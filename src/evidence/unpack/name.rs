//! Names of members: labels, nothing else. They come from an archive, so they are made harmless and told apart.
//!
//! Not here: writing anything under them. Nobody does.

use crate::text;
use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::fmt;
use std::fmt::Write as _;
use std::hash::{Hash, Hasher};

/// Where a member stands in a packed file: the names of its containers and its own, joined by `/`, as `inner.tar/logs/a.json`.
///
/// It is a relative path of plain parts in printable text, and no other member of the file has it. Empty for the packed file itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct MemberName(String);

impl MemberName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it stands for the packed file itself.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for MemberName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Name of an entry that has none.
const UNNAMED: &str = "unnamed";

/// Ends of names of compressed files, and what stands there once they are unpacked.
const ENDINGS: [(&str, &str); 6] = [
    (".tgz", ".tar"),
    (".tzst", ".tar"),
    (".gz", ""),
    (".gzip", ""),
    (".zst", ""),
    (".zstd", ""),
];

/// The names given out in one evidence file.
pub(super) struct Labels {
    /// By the hash of a name, which number its next namesake gets. Names of a hundred thousand entries would be hundreds of megabytes;
    /// should two names share a hash, one gets a number without need, the same one every time.
    used: HashMap<u64, u64>,
    longest: usize,
}

impl Labels {
    /// No names yet; each is cut to `longest` bytes.
    pub(super) fn new(longest: usize) -> Self {
        Self {
            used: HashMap::new(),
            longest,
        }
    }

    /// The name of an entry of a container, by the bytes the container has for it.
    pub(super) fn entry(&mut self, container: &MemberName, raw: &[u8]) -> MemberName {
        let part = cut(harmless(raw), self.longest);
        let full = if container.is_empty() {
            part
        } else {
            format!("{container}/{part}")
        };
        MemberName(self.unique(full))
    }

    /// The name of what a compressed file unpacks to: its own without the ending. `outer` is the name of the evidence file.
    pub(super) fn unpacked(&mut self, packed: &MemberName, outer: &str) -> MemberName {
        let own = packed.0.rsplit('/').next().unwrap_or_default();
        let own = if own.is_empty() { outer } else { own };
        let plain = without_ending(own);
        self.entry(packed, plain.as_bytes())
    }

    fn unique(&mut self, name: String) -> String {
        let Some(next) = self.used.get(&hash(&name)).copied() else {
            self.used.insert(hash(&name), 2);
            return name;
        };
        let mut number = next;
        let mut numbered = format!("{name}#{number}");
        while self.used.contains_key(&hash(&numbered)) {
            number += 1;
            numbered = format!("{name}#{number}");
        }
        self.used.insert(hash(&name), number + 1);
        self.used.insert(hash(&numbered), 2);
        numbered
    }
}

fn hash(name: &str) -> u64 {
    // Fixed keys, unlike a map's own: the same file gives the same names.
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

fn without_ending(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let found = ENDINGS.iter().find(|(ending, _)| lower.ends_with(ending));
    let Some((ending, instead)) = found else {
        return name.to_owned();
    };
    let stem = name.get(..name.len() - ending.len()).unwrap_or_default();
    format!("{stem}{instead}")
}

/// The name as a relative path of plain parts in printable text.
fn harmless(raw: &[u8]) -> String {
    let written = readable(raw).replace('\\', "/");
    let parts = written
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".");
    let parts: Vec<String> = parts.map(plain).collect();
    if parts.is_empty() {
        UNNAMED.to_owned()
    } else {
        parts.join("/")
    }
}

/// Bytes as text; what is no UTF-8 as hex in brackets.
fn readable(raw: &[u8]) -> String {
    let mut out = String::with_capacity(raw.len());
    for chunk in raw.utf8_chunks() {
        out.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(out, "⟨{byte:02X}⟩");
        }
    }
    out
}

/// One part of a path: no way up, no drive letter, nothing unprintable.
fn plain(part: &str) -> String {
    if part == ".." {
        return "__".to_owned();
    }
    let is_drive = matches!(part.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    let part = text::safe(part);
    if is_drive {
        part.replacen(':', "_", 1)
    } else {
        part.into_owned()
    }
}

fn cut(mut name: String, longest: usize) -> String {
    if name.len() > longest {
        name.truncate(name.floor_char_boundary(longest));
        // A cut may leave a bare slash or dots at the end, which would be no plain part.
        let kept = name.trim_end_matches(['/', '.']).len();
        name.truncate(kept);
        name.push('…');
    }
    name
}
