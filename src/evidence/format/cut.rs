//! What is left of a JSON object that was cut off: spreadsheets cut cells at 32,767 characters, Splunk events at 10,000.
//!
//! Not here: finding out that it was cut, which is for the formats that wrap records.

use super::super::fields::Fields;
use super::{degrade, native};
use crate::record::{Property, Record};
use serde_json::Value;

/// What is left of the record in a field, with a note; nothing when that names no operation. The text stays searchable.
pub(super) fn record(fields: &Fields<'_>, name: &str, note: &str) -> Option<Record> {
    let left = salvage(&fields.text(name))?;
    let mut record = native::record(&Fields::of_members(left.as_object()?)).ok()?;
    lessen(&mut record, fields, name, note);
    Some(record)
}

/// Notes that what a field held is lost in part, and keeps its text searchable as an extended property.
pub(super) fn lessen(record: &mut Record, fields: &Fields<'_>, name: &str, note: &str) {
    degrade(record, note);
    let value = fields.text(name);
    if !value.is_empty() {
        record.extended.push(Property {
            name: name.to_owned(),
            value,
        });
    }
}

/// The object up to the last value that is whole; nothing when the text is no object, or was not cut.
pub(super) fn salvage(text: &str) -> Option<Value> {
    let text = text.trim();
    if !text.starts_with('{') {
        return None;
    }
    let (end, closing) = last_whole(text)?;
    let whole = format!("{}{closing}", text.get(..end)?);
    serde_json::from_str(&whole).ok()
}

/// Most brackets that are open at a time: JSON is not parsed deeper.
const DEEPEST: usize = 128;

/// Where the last whole value ends, and what closes the brackets that are open there.
fn last_whole(text: &str) -> Option<(usize, String)> {
    let mut open: Vec<char> = Vec::new();
    let (mut quoted, mut escaped) = (false, false);
    let mut last = None;
    for (at, character) in text.char_indices() {
        let end = match character {
            _ if escaped => {
                escaped = false;
                continue;
            }
            '\\' if quoted => {
                escaped = true;
                continue;
            }
            '"' => {
                quoted = !quoted;
                continue;
            }
            '{' | '[' if !quoted => {
                open.push(if character == '{' { '}' } else { ']' });
                if open.len() > DEEPEST {
                    return None;
                }
                continue;
            }
            '}' | ']' if !quoted => {
                open.pop()?;
                at + 1
            }
            ',' if !quoted => at,
            _ => continue,
        };
        if open.is_empty() {
            return None;
        }
        // Whatever closes later ends a value of its own: these brackets stay as they are.
        last = Some((end, open.len()));
    }
    let (end, depth) = last?;
    Some((end, open.iter().take(depth).rev().collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_whole_is_kept() {
        for (text, expected) in [
            (r#"{"a":1,"b":"x"#, Some(json!({"a":1}))),
            (
                r#"{"a":"},\"]","b":[{"c":1},{"c":2,"d"#,
                Some(json!({"a":"},\"]","b":[{"c":1},{"c":2}]})),
            ),
            (r#"{"a":[1,2],"b"#, Some(json!({"a":[1,2]}))),
            (r#"{"a":[1,2]"#, Some(json!({"a":[1,2]}))),
            (r#"{"a":1"#, None),
            (r#"{"a":1}"#, None),
            (r#"{"a":1}]"#, None),
            ("text, more", None),
            ("", None),
        ] {
            assert_eq!(salvage(text), expected, "{text}");
        }
    }

    #[test]
    fn deep_text_takes_no_longer() {
        assert_eq!(salvage(&format!("{{{}", "[,".repeat(1 << 20))), None);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_cut_safely(text in r#"\{[{}\[\]"\\:,a1é]{0,40}"#) {
            let _ = salvage(&text);
        }
    }
}
