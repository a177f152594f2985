//! Nested lists of `{Name, Value}` in every shape that exports give them, and repair of what PowerShell did to objects.
//!
//! Not here: which list of a record is which (`format`).

use crate::record::{Change, Identifier, Property, value_text};
use serde_json::{Map, Value};

/// What PowerShell writes for a list that it did not follow: the content is gone.
const LOST: &str = "System.Object[]";

/// How an object begins that PowerShell turned into text.
const OBJECT_TEXT: &str = "@{";

/// Whether a text inside of a list is what PowerShell makes of an object, or of a list that it did not follow.
pub(super) fn is_powershell(text: &str) -> bool {
    text.starts_with(OBJECT_TEXT) || text.trim() == LOST
}

/// An object in an object, of which PowerShell leaves nothing where it turns the outer one into text.
pub(super) const OBJECT: &str = "ParentFolder";

/// Names of the name in an entry of a list of values.
const NAMES: [&str; 2] = ["Name", "Key"];

/// Names of the name in an entry of a list of changes; directory audit says `displayName`.
const CHANGE_NAMES: [&str; 2] = ["Name", "DisplayName"];

/// Text that holds JSON or an object written by PowerShell, as JSON; other text as a string. Objects inside are put together again.
pub(super) fn loosen(text: &str) -> Value {
    match parsed(text) {
        Some(value) if is_damaged(&value) => heal(&value),
        Some(value) => value,
        None => put_together(text),
    }
}

/// The same, with what is inside as it stands.
pub(super) fn opened(text: &str) -> Value {
    parsed(text).unwrap_or_else(|| put_together(text))
}

fn put_together(text: &str) -> Value {
    heal(&Value::String(text.trim().to_owned()))
}

fn parsed(text: &str) -> Option<Value> {
    let trimmed = text.trim();
    match trimmed.as_bytes().first() {
        Some(b'{' | b'[' | b'"') => serde_json::from_str(trimmed).ok(),
        _ => None,
    }
}

/// Members that are text by nature: what they hold was written by a person, whatever it looks like.
const TEXTS: [&str; 4] = ["Value", "OldValue", "NewValue", "Subject"];

fn is_text(name: &str) -> bool {
    TEXTS.iter().any(|text| text.eq_ignore_ascii_case(name))
}

/// Whether an object was turned into text somewhere inside.
pub(super) fn is_damaged(value: &Value) -> bool {
    match value {
        Value::String(text) => text.starts_with(OBJECT_TEXT),
        Value::Array(entries) => entries.iter().any(is_damaged),
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| is_damaged(value) && !(is_text(name) && value.is_string())),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Puts objects together again that were turned into text: `@{Value=Bind; Name=MailAccessType}`.
pub(super) fn heal(value: &Value) -> Value {
    match value {
        Value::String(text) => powershell(text).map_or_else(|| value.clone(), Value::Object),
        Value::Array(entries) => entries.iter().map(heal).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| match value {
                Value::String(_) if is_text(name) => (name.clone(), value.clone()),
                value => (name.clone(), heal(value)),
            })
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// Takes `@{Name=x; Value=y}` apart. A value may hold `; ` itself: only a word and `=` begin the next member.
fn powershell(text: &str) -> Option<Map<String, Value>> {
    let inner = text.trim().strip_prefix("@{")?.strip_suffix('}')?;
    let mut members: Vec<(&str, String)> = Vec::new();
    for part in inner.split("; ") {
        match (part.split_once('='), members.last_mut()) {
            (Some((name, value)), _) if is_name(name) => members.push((name, value.to_owned())),
            (_, Some((_, last))) => {
                last.push_str("; ");
                last.push_str(part);
            }
            (_, None) => return None,
        }
    }
    Some(
        members
            .into_iter()
            .map(|(name, value)| (name.to_owned(), Value::String(value)))
            .collect(),
    )
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|character| character.is_alphanumeric() || matches!(character, '.' | '_' | '-'))
}

/// Whether PowerShell lost a list somewhere inside, or an object.
pub(super) fn is_lost(value: &Value) -> bool {
    match value {
        Value::String(text) => text.trim() == LOST,
        Value::Array(entries) => entries.iter().any(is_lost),
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| is_lost(value) || name == OBJECT && value == ""),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The entries of a list: those of an array, or the one object that stands for a list of one (PowerShell unwraps such lists).
pub(super) fn entries(value: &Value) -> &[Value] {
    let value = unboxed(value);
    match value {
        Value::Array(entries) => entries,
        Value::Object(_) => std::slice::from_ref(value),
        _ => &[],
    }
}

/// The list inside of `{"value":[…],"Count":n}`, as which Windows PowerShell writes some lists.
fn unboxed(value: &Value) -> &Value {
    let is_box = |members: &Map<String, Value>| members.len() == 2 && members.contains_key("Count");
    let inner = value.as_object().filter(|members| is_box(members));
    inner
        .and_then(|members| members.get("value"))
        .filter(|inner| inner.is_array())
        .unwrap_or(value)
}

/// A member of an object, by name without case.
pub(super) fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let members = value.as_object()?;
    members.get(name).or_else(|| {
        members
            .iter()
            .find(|(key, _)| key.trim().eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    })
}

/// A member of an object as text; empty when there is none.
pub(super) fn text_of(value: &Value, name: &str) -> String {
    member(value, name).map(joined).unwrap_or_default()
}

fn first_of<'a>(value: &'a Value, names: &[&str]) -> Option<&'a Value> {
    names.iter().find_map(|name| member(value, name))
}

/// A value as text; several are joined with `;`, as Exchange itself joins them.
fn joined(value: &Value) -> String {
    match unboxed(value) {
        Value::Array(values) if values.iter().all(|value| !value.is_object()) => {
            values.iter().map(value_text).collect::<Vec<_>>().join(";")
        }
        value => value_text(value),
    }
}

/// Named values, from an array of entries, an object map, JSON in text, or cmdlet text.
pub(super) fn properties(value: &Value) -> Vec<Property> {
    match unboxed(value) {
        Value::Array(values) => values.iter().flat_map(properties).collect(),
        Value::Object(members) => entry(value).map_or_else(
            || {
                let all = members.iter();
                all.map(|(name, value)| property(name, Some(value)))
                    .collect()
            },
            |property| vec![property],
        ),
        Value::String(text) if text.trim() == LOST => Vec::new(),
        Value::String(text) if text.trim_start().starts_with('-') => cmdlet(text),
        // A bare word in a list is a name without a value; a bare sentence is a value without a name.
        Value::String(text) if is_name(text) => vec![property(text, None)],
        Value::String(_) => vec![property("", Some(value))],
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

/// An object with a name and a value, or with a name alone. An object that holds a name among other things maps names to values
/// (`Name` is a parameter of `New-InboxRule`).
fn entry(value: &Value) -> Option<Property> {
    let name = value_text(first_of(value, &NAMES)?);
    let content = member(value, "Value");
    let alone = value.as_object().is_some_and(|members| members.len() == 1);
    (content.is_some() || alone).then(|| property(&name, content))
}

fn property(name: &str, value: Option<&Value>) -> Property {
    Property {
        name: name.trim().to_owned(),
        value: value.map(joined).unwrap_or_default(),
    }
}

/// Parameters written as a command line: `-Identity "x" -AccessRights ("FullAccess","ReadPermission")`.
fn cmdlet(text: &str) -> Vec<Property> {
    let mut properties: Vec<Property> = Vec::new();
    for token in tokens(text) {
        let name = token
            .strip_prefix('-')
            .filter(|rest| rest.starts_with(|first: char| first.is_ascii_alphabetic()));
        match (name, properties.last_mut()) {
            (Some(name), _) => {
                let (name, value) = name.split_once(':').unwrap_or((name, ""));
                properties.push(Property {
                    name: name.to_owned(),
                    value: argument(value),
                });
            }
            (None, Some(last)) => {
                if !last.value.is_empty() {
                    last.value.push(' ');
                }
                last.value.push_str(&argument(&token));
            }
            (None, None) => {}
        }
    }
    properties
}

/// Splits at blanks outside of quotes and brackets.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = vec![String::new()];
    let (mut quote, mut depth) = (None, 0_usize);
    for character in text.chars() {
        match (quote, character) {
            (Some(open), close) if open == close => quote = None,
            (None, '"' | '\'') => quote = Some(character),
            (None, '(' | '{') => depth += 1,
            (None, ')' | '}') => depth = depth.saturating_sub(1),
            (None, blank) if blank.is_whitespace() && depth == 0 => {
                tokens.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(token) = tokens.last_mut() {
            token.push(character);
        }
    }
    tokens.retain(|token| !token.is_empty());
    tokens
}

/// The value of an argument: quotes removed, the elements of a list joined with `;`.
fn argument(text: &str) -> String {
    let inner = text
        .strip_prefix('@')
        .unwrap_or(text)
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'));
    match inner {
        Some(inner) => inner
            .split(',')
            .map(|element| unquoted(element.trim()))
            .collect::<Vec<_>>()
            .join(";"),
        None => unquoted(text).to_owned(),
    }
}

fn unquoted(text: &str) -> &str {
    ['"', '\'']
        .iter()
        .find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote))
        .unwrap_or(text)
}

/// Changed properties, under the native names (`Name`, `OldValue`, `NewValue`) or those of directory audit (`displayName`, …).
pub(super) fn changes(value: &Value) -> Vec<Change> {
    match unboxed(value) {
        Value::Array(values) => values.iter().flat_map(changes).collect(),
        Value::Object(_) => vec![Change {
            name: first_of(value, &CHANGE_NAMES)
                .map(value_text)
                .unwrap_or_default(),
            old: unescaped(&text_of(value, "OldValue")),
            new: unescaped(&text_of(value, "NewValue")),
        }],
        Value::String(name) if name.trim() != LOST && !name.trim().is_empty() => vec![Change {
            name: name.clone(),
            ..Change::default()
        }],
        _ => Vec::new(),
    }
}

/// Removes one layer of JSON quoting: `"\"True\""` is `True`. Lists stay text.
pub(super) fn unescaped(text: &str) -> String {
    if text.starts_with('"') {
        serde_json::from_str(text).unwrap_or_else(|_| text.to_owned())
    } else {
        text.to_owned()
    }
}

/// `{ID, Type}` entries of `Actor` and `Target`.
pub(super) fn identifiers(value: &Value) -> Vec<Identifier> {
    entries(value)
        .iter()
        .map(|entry| Identifier {
            id: text_of(entry, "ID"),
            kind: text_of(entry, "Type").trim().parse().unwrap_or(-1),
        })
        .filter(|identifier| !identifier.id.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        properties(&loosen(text))
            .into_iter()
            .map(|property| (property.name, property.value))
            .collect()
    }

    #[test]
    fn one_list_in_every_shape() {
        for text in [
            r#"[{"Name":"Identity","Value":"bob"},{"Name":"AccessRights","Value":"FullAccess;ReadPermission"}]"#,
            r#"[{"Value":"bob","Name":"Identity"},{"value":["FullAccess","ReadPermission"],"name":"AccessRights"}]"#,
            r#"{"AccessRights":["FullAccess","ReadPermission"],"Identity":"bob"}"#,
            r#"-Identity "bob" -AccessRights ("FullAccess","ReadPermission")"#,
            "-Identity:bob -AccessRights @('FullAccess', 'ReadPermission')",
            r#"["@{Name=Identity; Value=bob}","@{Value=FullAccess;ReadPermission; Name=AccessRights}"]"#,
            r#"[{"key":"Identity","value":"bob"},{"key":"AccessRights","value":"FullAccess;ReadPermission"}]"#,
            r#"{"value":[{"Name":"Identity","Value":"bob"},{"Name":"AccessRights","Value":{"value":["FullAccess","ReadPermission"],"Count":2}}],"Count":2}"#,
        ] {
            let mut pairs = pairs(text);
            pairs.sort();
            assert_eq!(
                pairs,
                [
                    (
                        "AccessRights".to_owned(),
                        "FullAccess;ReadPermission".to_owned()
                    ),
                    ("Identity".to_owned(), "bob".to_owned())
                ],
                "{text}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_some_list(text in r#"[-@{}\[\]"'\\:=; ,a-c()]{0,40}|\PC{0,20}"#) {
            let value = loosen(&text);
            let _ = (properties(&value), changes(&value), identifiers(&value));
        }
    }

    #[test]
    fn odd_entries_are_kept() {
        for (text, expected) in [
            (r#"[{"Name":"RuleName"}]"#, vec![("RuleName", "")]),
            (
                r#"["AttachmentCollection"]"#,
                vec![("AttachmentCollection", "")],
            ),
            ("some words", vec![("", "some words")]),
            ("[]", vec![]),
            ("System.Object[]", vec![]),
            (
                r#"-StartReceivedDate "4/25/2021 7:00:00 AM" -Force -Days -5"#,
                vec![
                    ("StartReceivedDate", "4/25/2021 7:00:00 AM"),
                    ("Force", ""),
                    ("Days", "-5"),
                ],
            ),
            (
                r#"[{"Name":"Blob","Value":{"a":1}}]"#,
                vec![("Blob", r#"{"a":1}"#)],
            ),
        ] {
            let expected: Vec<_> = expected
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect();
            assert_eq!(pairs(text), expected, "{text}");
        }
    }

    #[test]
    fn powershell_damage_is_repaired_or_noticed() {
        let value = loosen(r#"["@{Id=Lg; Path=\\Inbox; FolderItems=System.Object[]}"]"#);
        assert_eq!(text_of(&value[0], "Path"), r"\Inbox");
        assert!(is_lost(&value));
        assert!(is_lost(&loosen("@{Id=Lg; ParentFolder=; Subject=s}")));
        assert!(!is_lost(&loosen(r#"{"ParentFolder":{"Path":"x"}}"#)));
        let value = loosen(r#"[{"Name":"a","Value":"@{Add=x}"},"@{Name=b; Value=@{Add=x}}"]"#);
        let texts = properties(&value)
            .into_iter()
            .map(|property| property.value);
        assert_eq!(texts.collect::<Vec<_>>(), ["@{Add=x}"; 2]);
        let value = loosen("@{Name=Subject; Value=hello; world}");
        assert_eq!(text_of(&value, "Value"), "hello; world");
    }

    #[test]
    fn quoted_values_are_unquoted_once() {
        let value = loosen(
            r#"[{"displayName":"A","oldValue":"[\r\n  \"x\"\r\n]","newValue":"\"True\""},{"Name":"B","NewValue":"bare"},"C"]"#,
        );
        let changes = changes(&value);
        assert_eq!(changes[0].new, "True");
        assert_eq!(changes[0].old, "[\r\n  \"x\"\r\n]");
        assert_eq!(
            (changes[1].name.as_str(), changes[1].new.as_str()),
            ("B", "bare")
        );
        assert_eq!(changes[2].name, "C");
    }
}
