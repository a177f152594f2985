//! `wrapped`: rows of any collector that put a record into a member of their own, as an object or as text.
//!
//! It is asked last, and recognises a row by what is inside: a member of one of [`KEYS`] that is an object, or text that holds one.
//! Not here: wrappers that say more than their content does, or reshape it (formats of their own).

use super::super::fields::Fields;
use super::super::list::member;
use super::{Content, degrade, read_nested, too_many};
use serde_json::Value;
use std::borrow::Cow;

/// Members that hold records, most telling first: Wazuh (`office365`), Logstash and SOF-ELK (`raw`), hunting results
/// (`RawEventData`), Splunk's collector (`event`), `LogScale` (`@rawstring`), log shippers (the others).
const KEYS: [&str; 15] = [
    "office365",
    "event.original",
    "_raw",
    "RawEventData",
    "auditData",
    "raw",
    "@rawstring",
    "full_message",
    "message",
    "result",
    "event",
    "log",
    "body",
    "payload",
    "data",
];

/// Members that hold several records inside of a wrapper: an event of an event hub is a batch.
const BATCHES: [&str; 3] = ["records", "value", "items"];

pub(super) fn recognise(fields: &Fields<'_>) -> bool {
    // A header has no values: a table of a log shipper is known by its time.
    inner(fields).is_some()
        || fields.names_one("RawEventData")
        || (fields.names_one("message") && fields.names_one("@timestamp"))
}

/// What the row wraps, an object or a batch of them, and where.
fn inner<'a>(fields: &'a Fields<'_>) -> Option<(&'static str, Cow<'a, Value>)> {
    KEYS.iter()
        .filter_map(|key| Some((*key, fields.wrapped(key)?)))
        .find(|(_, value)| value.is_object() || is_batch(value))
}

fn is_batch(value: &Value) -> bool {
    value
        .as_array()
        .is_some_and(|values| !values.is_empty() && values.iter().all(Value::is_object))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that all formats share; some rename the fields"
)]
pub(super) fn read(fields: Fields<'_>, depth: usize) -> Result<Content, String> {
    let Some((key, value)) = inner(&fields) else {
        return Err("the row wraps no record grantline knows".to_owned());
    };
    let listed = || BATCHES.iter().filter_map(|name| member(&value, name));
    let read = match (&*value, listed().find(|value| is_batch(value))) {
        (Value::Array(values), _) | (_, Some(Value::Array(values))) => batch(values, depth),
        (Value::Object(members), _) => read_nested(Fields::of_members(members), depth + 1),
        _ => Err("no object".to_owned()),
    };
    read.map_err(|reason| format!("{key}: {reason}"))
}

/// Reads several records. What cannot be read is told by the first that can.
fn batch(values: &[Value], depth: usize) -> Result<Content, String> {
    if let Some(reason) = too_many(values.len()) {
        return Err(reason);
    }
    let mut records = Vec::new();
    let mut refused: Vec<String> = Vec::new();
    for members in values.iter().filter_map(Value::as_object) {
        match read_nested(Fields::of_members(members), depth + 1) {
            Ok(Content::Records(read)) => records.extend(read),
            Ok(Content::Inventory(_)) => refused.push("an inventory among records".to_owned()),
            Err(reason) => refused.push(reason),
        }
    }
    match (records.first_mut(), refused.first()) {
        (None, reason) => Err(reason.cloned().unwrap_or_default()),
        (Some(record), Some(reason)) => {
            let note = format!(
                "{} records beside it could not be read ({reason})",
                refused.len()
            );
            degrade(record, &note);
            Ok(Content::Records(records))
        }
        (Some(_), None) => Ok(Content::Records(records)),
    }
}

#[cfg(test)]
mod tests;
