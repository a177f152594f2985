//! Values of changed properties as the unified audit log spells them: lists as JSON on several lines, other values as bare text.
//!
//! Not here: which property has which value.

use super::super::json::Json;
use crate::demo::chance::mixed;
use crate::demo::id::Guid;
use std::borrow::Cow;

/// A changed property: name, old value, new value.
pub(super) type Property = (Cow<'static, str>, String, String);

/// What a list with nothing in it looks like.
pub(super) const NOTHING: &str = "[]";

/// A list of texts: one a line, indented, with the line ends of Windows.
pub(super) fn list<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    lines(texts.into_iter().map(|text| {
        let mut quoted = Vec::new();
        Json(&mut quoted).text(text);
        String::from_utf8_lossy(&quoted).into_owned()
    }))
}

/// A list of values that are JSON already.
pub(super) fn lines(values: impl IntoIterator<Item = String>) -> String {
    let lines: Vec<String> = values
        .into_iter()
        .map(|value| format!("\r\n  {value}"))
        .collect();
    if lines.is_empty() {
        NOTHING.to_owned()
    } else {
        format!("[{}\r\n]", lines.join(","))
    }
}

/// A property that was not there before.
pub(super) fn set(name: &'static str, new: impl Into<String>) -> Property {
    (name.into(), String::new(), new.into())
}

/// A property that is no longer there, or one that was not before.
pub(super) fn put(name: &'static str, value: impl Into<String>, is_removal: bool) -> Property {
    if is_removal {
        (name.into(), value.into(), String::new())
    } else {
        set(name, value)
    }
}

/// A list that had nothing in it before.
pub(super) fn filled(name: &'static str, new: String) -> Property {
    (name.into(), NOTHING.to_owned(), new)
}

/// `Included Updated Properties`: the names of what changed.
pub(super) fn included(of: &[Property]) -> Property {
    let names: Vec<&str> = of.iter().map(|(name, _, _)| &**name).collect();
    set("Included Updated Properties", names.join(", "))
}

/// Base64 with `-` and `_`, without padding, of GUIDs in the byte order of Microsoft: ids of consents and of tokens.
pub fn base64_of(guids: &[Guid]) -> String {
    let mut bytes = Vec::with_capacity(guids.len() * 16);
    for guid in guids {
        bytes.extend(guid_bytes(*guid));
    }
    let mut out = Vec::new();
    crate::demo::json::base64(&bytes, crate::demo::json::URL, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// The bytes of a GUID as Microsoft keeps them: the first three parts little-endian.
pub fn guid_bytes(guid: Guid) -> [u8; 16] {
    let mut bytes = guid.0.to_be_bytes();
    for part in [0..4, 4..6, 6..8] {
        if let Some(part) = bytes.get_mut(part) {
            part.reverse();
        }
    }
    bytes
}

/// A key made of both halves of a GUID.
pub(super) fn key(guid: Guid) -> u64 {
    let half = |bits: u128| u64::try_from(bits & u128::from(u64::MAX)).unwrap_or(0);
    mixed(half(guid.0 >> 64)) ^ half(guid.0)
}
