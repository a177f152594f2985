//! Values of cmdlet parameters: lists, switches and hash tables, as PowerShell and the audit log write them.
//!
//! Not here: which parameter means what; that is each road's.

use super::Effect;
use crate::record::value_text;
use crate::text::fold;
use serde_json::Value;

/// The parts of a multi-valued parameter: `A;B`, `A, B`, `("A","B")`. Quotes hold a part together; a distinguished name is one part
/// although it has commas.
pub(crate) fn parts(value: &str) -> Vec<String> {
    let inner = unwrapped(value);
    let mut pieces = split(inner, ';');
    if pieces.len() == 1 {
        pieces = split(inner, ',');
        if is_distinguished_name(&pieces) {
            return vec![inner.to_owned()];
        }
    }
    pieces
        .into_iter()
        .map(|piece| unquoted(piece).to_owned())
        .filter(|piece| !piece.is_empty())
        .collect()
}

/// A value without the brackets around the whole of it.
fn unwrapped(value: &str) -> &str {
    const PAIRS: [(&str, char); 4] = [("@(", ')'), ("(", ')'), ("{", '}'), ("[", ']')];
    let value = value.trim();
    PAIRS
        .iter()
        .find_map(|(open, close)| {
            let inner = value.strip_prefix(open)?.strip_suffix(*close)?;
            // `(a) and (b)` begins and ends with brackets that are not a pair.
            let opens = inner.find(open.trim_start_matches('@'));
            let is_pair = inner
                .find(*close)
                .is_none_or(|end| opens.is_some_and(|begin| begin < end));
            is_pair.then(|| unwrapped(inner))
        })
        .unwrap_or(value)
}

/// The pieces between separators that stand outside quotes. A quote opens only where a piece or a value begins: `O'Brien` has none.
fn split(value: &str, separator: char) -> Vec<&str> {
    let (mut pieces, mut start, mut quote, mut before) = (Vec::new(), 0, None, None);
    for (at, character) in value.char_indices() {
        match quote {
            Some(open) if open == character => quote = None,
            None if character == separator => {
                pieces.extend(value.get(start..at));
                start = at + character.len_utf8();
            }
            None if matches!(character, '"' | '\'')
                && matches!(before, None | Some(';' | ',' | '=' | '(')) =>
            {
                quote = Some(character);
            }
            Some(_) | None => {}
        }
        if !character.is_whitespace() {
            before = Some(character);
        }
    }
    pieces.extend(value.get(start..));
    pieces
}

fn unquoted(piece: &str) -> &str {
    let piece = piece.trim();
    ['"', '\'']
        .iter()
        .find_map(|quote| piece.strip_prefix(*quote)?.strip_suffix(*quote))
        .unwrap_or(piece)
        .trim()
}

/// Whether the pieces are those of one `CN=alice,OU=people,DC=example`.
fn is_distinguished_name(pieces: &[&str]) -> bool {
    let is_attribute = |piece: &&str| {
        piece.split_once('=').is_some_and(|(name, _)| {
            matches!(fold(name).as_str(), "cn" | "ou" | "dc" | "o" | "c" | "l")
        })
    };
    pieces.len() > 1 && pieces.iter().all(is_attribute)
}

/// What a parameter with a list changes, in order: who is added and who removed of a hash table; of a plain list, which replaces the one
/// before, a removal of everybody, who has no name, and then each name on it.
pub(crate) fn edits(value: &str) -> Vec<(Effect, String)> {
    let named = |effect, names: Vec<String>| names.into_iter().map(move |name| (effect, name));
    match add_and_remove(value) {
        Some((added, removed)) => named(Effect::Grants, added)
            .chain(named(Effect::Revokes, removed))
            .collect(),
        None => std::iter::once((Effect::Revokes, String::new()))
            .chain(named(Effect::Grants, parts(value)))
            .collect(),
    }
}

/// The two lists of `@{Add="a","b";Remove="c"}`; `None` when the value is a plain list.
fn add_and_remove(value: &str) -> Option<(Vec<String>, Vec<String>)> {
    let inner = hash_table(value.trim())?;
    let (mut added, mut removed) = (Vec::new(), Vec::new());
    let mut adds = None;
    for piece in split(&inner, ';') {
        let named = piece
            .split_once('=')
            .and_then(|(name, rest)| Some((self::adds(name)?, rest)));
        adds = named.map(|(adds, _)| adds).or(adds);
        let values = parts(named.map_or(piece, |(_, rest)| rest));
        match adds {
            Some(true) => added.extend(values),
            Some(false) => removed.extend(values),
            // Before the first name there is nothing to add to.
            None => {}
        }
    }
    Some((added, removed))
}

/// Whether a member of a hash table adds; `None` when it neither adds nor removes.
fn adds(name: &str) -> Option<bool> {
    match fold(name).as_str() {
        "add" => Some(true),
        "remove" => Some(false),
        _ => None,
    }
}

/// The members of a hash table, `;` between them: as written, or as JSON, which the readers make of what PowerShell wrote.
fn hash_table(value: &str) -> Option<String> {
    if let Some(inner) = value.strip_prefix("@{") {
        return inner.strip_suffix('}').map(str::to_owned);
    }
    let Ok(Value::Object(members)) = serde_json::from_str(value) else {
        return None;
    };
    let members = members
        .iter()
        .filter(|(name, _)| adds(name).is_some())
        .map(|(name, value)| format!("{name}={}", listed(value)));
    Some(members.collect::<Vec<_>>().join(";"))
}

fn listed(value: &Value) -> String {
    let quoted = |entry: &Value| format!("\"{}\"", value_text(entry));
    match value {
        Value::Array(entries) => entries.iter().map(quoted).collect::<Vec<_>>().join(","),
        other => value_text(other),
    }
}

/// Whether a switch parameter is on.
pub(crate) fn is_true(value: Option<&str>) -> bool {
    value.is_some_and(|value| matches!(fold(value).as_str(), "true" | "$true" | "1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_in_every_spelling() {
        for (value, expected) in [
            ("FullAccess", &["FullAccess"][..]),
            (
                "FullAccess, ReadPermission",
                &["FullAccess", "ReadPermission"],
            ),
            (
                "(\"FullAccess\",\"ReadPermission\")",
                &["FullAccess", "ReadPermission"],
            ),
            ("@('a', 'b')", &["a", "b"]),
            ("[\"a\",\"b\"]", &["a", "b"]),
            ("{a}", &["a"]),
            ("a;b;", &["a", "b"]),
            ("Bob (Sales)", &["Bob (Sales)"]),
            ("(a) and (b)", &["(a) and (b)"]),
            (
                "DiscoverySearchMailbox{D919}",
                &["DiscoverySearchMailbox{D919}"],
            ),
            ("Smith, John;Doe, Jane", &["Smith, John", "Doe, Jane"]),
            ("\"Smith, John\",Bob", &["Smith, John", "Bob"]),
            ("Miles O'Brien,Kira", &["Miles O'Brien", "Kira"]),
            ("CN=a,OU=b,DC=c", &["CN=a,OU=b,DC=c"]),
            ("CN=a,OU=b;CN=d,OU=b", &["CN=a,OU=b", "CN=d,OU=b"]),
            (" ; ,", &[","]),
            ("()", &[]),
            ("", &[]),
        ] {
            assert_eq!(parts(value), expected, "{value}");
        }
    }

    #[test]
    fn hash_tables_add_and_remove() {
        let lists = |value| {
            add_and_remove(value)
                .map(|(added, removed)| added.join("|") + " - " + &removed.join("|"))
        };
        for (value, expected) in [
            ("a;b", None),
            ("@{Add=\"a\",\"b\";Remove=\"c\"}", Some("a|b - c")),
            ("@{remove='c'; add='a;b'}", Some("a;b - c")),
            ("@{Add=a;b}", Some("a|b - ")),
            ("@{Add=\"CN=a,OU=b\"}", Some("CN=a,OU=b - ")),
            ("@{Remove=CN=a,OU=b}", Some(" - CN=a,OU=b")),
            ("@{}", Some(" - ")),
            (r#"{"Add":"\"a\",\"b\";Remove=\"c\""}"#, Some("a|b - c")),
            (
                r#"{"Add":["a","Smith, John"],"@odata.type":"x"}"#,
                Some("a|Smith, John - "),
            ),
            ("{a}", None),
            ("@{Other=x}", Some(" - ")),
        ] {
            assert_eq!(lists(value).as_deref(), expected, "{value}");
        }
    }
}
