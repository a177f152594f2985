//! `splunk`: what Splunk exports: rows with the event in `_raw`, results inside of `result`, and fields that it extracted.
//!
//! Splunk cuts `_raw` at 10,000 characters on its way in, and leaves it out where a search did not ask for it. The columns beside it
//! then still say most: those of the audit search that was indexed (`AuditData`), or the members of the record, spread over columns
//! (`Parameters{}.Name`). Not here: putting such columns together (`flat`).

use super::super::fields::Fields;
use super::super::list::{entries, text_of};
use super::{Content, cut, degrade, flat, native, read_nested, search};
use crate::record::Record;
use serde_json::{Map, Value};

/// The event as it was indexed.
const RAW: &str = "_raw";

/// What is said of an event that is not whole.
const CUT: &str = "_raw is cut off or damaged";

/// What Splunk puts between the values of a field that has several.
const SEPARATOR: &str = "\n";

pub(super) fn recognise(fields: &Fields<'_>) -> bool {
    fields.names_one(RAW) || is_envelope(fields) || fields.names().any(|name| name.contains("{}"))
}

/// A line of a streamed export: one result, or the news that there are no more.
fn is_envelope(fields: &Fields<'_>) -> bool {
    let has = |name| fields.names_one(name);
    has("lastrow") || (has("preview") && (has("result") || has("messages")))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that all formats share; some rename the fields"
)]
pub(super) fn read(fields: Fields<'_>, depth: usize) -> Result<Content, String> {
    if !is_envelope(&fields) {
        return row(&fields, depth);
    }
    match fields.wrapped("result").as_deref() {
        Some(Value::Object(members)) => row(&Fields::of_members(members), depth),
        _ => Err("a line by which Splunk ends or comments its results: it holds none".to_owned()),
    }
}

fn row(fields: &Fields<'_>, depth: usize) -> Result<Content, String> {
    if search::is_whole(fields) {
        return search::record(fields).map(one);
    }
    let raw = fields.wrapped(RAW);
    let failed = match raw.as_deref() {
        Some(Value::Object(members)) => match read_nested(Fields::of_members(members), depth + 1) {
            Ok(content) => return Ok(content),
            Err(reason) => reason,
        },
        Some(_) => {
            if let Some(content) = salvaged(fields, depth) {
                return Ok(content);
            }
            CUT.to_owned()
        }
        None => String::new(),
    };
    let beside = if search::recognise(fields) {
        search::record(fields)
    } else {
        extracted(fields)
    };
    let mut record = beside.map_err(|reason| {
        let known = Some(&failed).filter(|failed| !failed.is_empty());
        known.map_or(reason, |failed| {
            format!("{failed}, and the columns beside it name no operation")
        })
    })?;
    if !failed.is_empty() {
        cut::lessen(&mut record, fields, RAW, &failed);
    }
    Ok(one(record))
}

/// What is left of an event that was cut off, with what the columns beside it know.
fn salvaged(fields: &Fields<'_>, depth: usize) -> Option<Content> {
    let left = cut::salvage(&fields.text(RAW))?;
    let mut content = read_nested(Fields::of_members(left.as_object()?), depth + 1).ok()?;
    for record in content.records_mut() {
        *record = search::completed(std::mem::take(record), fields);
        record.time = record.time.or_else(|| fields.time("_time"));
        cut::lessen(record, fields, RAW, CUT);
    }
    Some(content)
}

fn one(record: Record) -> Content {
    Content::Records(vec![record])
}

/// The record whose members Splunk wrote as fields of their own.
fn extracted(fields: &Fields<'_>) -> Result<Record, String> {
    let mut rebuilt = flat::rebuild(flat::columns(fields), SEPARATOR);
    if !rebuilt.members.contains_key("CreationTime") {
        let time = fields.text("_time");
        flat::insert(&mut rebuilt.members, "CreationTime", Value::String(time));
    }
    if named(&mut rebuilt.members) {
        rebuilt.torn.retain(|name| name != "Parameters");
    }
    let mut record = native::read(Fields::of_members(&rebuilt.members))?;
    for name in rebuilt.torn {
        degrade(
            &mut record,
            &format!("Splunk's columns of {name} do not line up"),
        );
    }
    Ok(record)
}

/// Gives parameters that lack a value that of the field of their name: the Microsoft 365 add-on makes one of each. Whether all have
/// one then.
fn named(members: &mut Map<String, Value>) -> bool {
    let Some(parameters) = members.get("Parameters").filter(|list| list.is_array()) else {
        return true;
    };
    let mut whole = true;
    let complete = |parameter: &Value| {
        let name = text_of(parameter, "Name");
        let mut parameter = parameter.clone();
        if let Some(own) = parameter.as_object_mut() {
            let value = own.get("Value").or_else(|| members.get(&name)).cloned();
            whole &= value.is_some();
            own.insert("Value".to_owned(), value.unwrap_or_default());
        }
        parameter
    };
    let parameters: Vec<Value> = entries(parameters).iter().map(complete).collect();
    members.insert("Parameters".to_owned(), Value::Array(parameters));
    whole
}

#[cfg(test)]
mod tests {
    use super::super::reading::as_format;
    use super::*;

    fn read_json(json: &str) -> Result<Record, String> {
        as_format("splunk", json)
    }

    #[test]
    fn a_cut_event_leaves_the_columns_beside_it() {
        let record = read_json(
            r#"{"_raw":"{\"Operation\":\"Add us","CreationDate":"5/18/2021 9:13:33 PM","Operations":"Add user.","UserIds":"u","AuditData":""}"#,
        )
        .unwrap();
        assert!(record.operation.is("Add user") && record.time.is_some());
        assert_eq!(
            record.degraded,
            "AuditData is empty; _raw is cut off or damaged"
        );
        assert!(record.extended.iter().any(|property| property.name == RAW));
        let record = read_json(
            r#"{"_raw":"{\"Operation\":\"Se","_time":"2023-06-03T08:13:00.000+00:00","Operation":"Set-Mailbox","UserId":"u"}"#,
        )
        .unwrap();
        assert_eq!(record.degraded, "_raw is cut off or damaged");
        assert_eq!(record.time, crate::time::parse("2023-06-03T08:13:00Z"));
    }

    #[test]
    fn what_stands_before_the_cut_is_read() {
        let record = read_json(
            r#"{"_time":"2023-06-03T08:13:00Z","_raw":"{\"CreationTime\":\"2023-06-03T08:12:00\",\"Id\":\"a\",\"Operation\":\"Add user.\",\"UserId\":\"u\",\"Extended"}"#,
        )
        .unwrap();
        assert_eq!((record.id.0.as_str(), record.user.as_str()), ("a", "u"));
        assert_eq!(record.time, crate::time::parse("2023-06-03T08:12:00Z"));
        assert_eq!(record.degraded, CUT);
    }

    #[test]
    fn parameters_that_do_not_line_up_are_found_under_their_names() {
        for (user, degraded) in [
            (r#","User":"bob@example.com""#, ""),
            ("", "Splunk's columns of Parameters do not line up"),
        ] {
            let record = read_json(&format!(
                r#"{{"preview":false,"offset":0,"result":{{"CreationTime":"2023-06-03T08:13:00","Operation":"Add-MailboxPermission",
                    "Parameters{{}}.Name":"Identity\nUser\nAccessRights","Parameters{{}}.Value":["v@example.com","FullAccess"],
                    "Identity":"v@example.com","AccessRights":"FullAccess"{user}}}}}"#
            ))
            .unwrap();
            assert_eq!(record.degraded, degraded);
            assert_eq!(record.parameter("AccessRights"), Some("FullAccess"));
            assert_eq!(record.parameter("User").is_some(), degraded.is_empty());
        }
    }

    #[test]
    fn rows_without_a_result_say_what_they_are() {
        for (json, reason) in [
            (r#"{"preview":false,"lastrow":true}"#, "ends or comments"),
            (r#"{"preview":true,"messages":[]}"#, "ends or comments"),
            (r#"{"_raw":"GET / 200"}"#, "_raw is cut off or damaged"),
            (r#"{"_raw":"{\"a\":1}"}"#, "no record grantline knows"),
        ] {
            let error = read_json(json).unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
    }
}
