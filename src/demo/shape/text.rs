//! Values as texts: what a record says under a name, and the names of its numbers.
//!
//! Not here: times (`moment`), the ways of PowerShell (`powershell`).

use crate::record::value_text;
use serde_json::Value;

/// A member as text.
pub(super) fn text_at(record: &Value, name: &str) -> String {
    value_text(&record[name])
}

/// The first member of some names that says something.
pub(super) fn first_of(record: &Value, names: &[&str]) -> String {
    let mut texts = names.iter().map(|name| text_at(record, name));
    texts.find(|text| !text.is_empty()).unwrap_or_default()
}

/// The members of an object.
pub(super) fn members(record: &Value) -> impl Iterator<Item = (&String, &Value)> {
    record.as_object().into_iter().flatten()
}

/// Record types by number. Source: Management Activity API schema, `AuditLogRecordType`.
const KINDS: &[(&str, &str)] = &[
    ("1", "ExchangeAdmin"),
    ("2", "ExchangeItem"),
    ("3", "ExchangeItemGroup"),
    ("8", "AzureActiveDirectory"),
    ("15", "AzureActiveDirectoryStsLogon"),
    ("18", "SecurityComplianceCenterEOPCmdlet"),
    ("50", "ExchangeItemAggregated"),
    ("101", "ExchangeSearch"),
];

/// The record type by name; the number where it has none.
pub(super) fn kind(record: &Value) -> String {
    let number = text_at(record, "RecordType");
    let name = KINDS.iter().find(|(own, _)| *own == number);
    name.map_or(number, |(_, name)| (*name).to_owned())
}

/// Types of users by number. Source: Management Activity API schema, `UserType`.
const USERS: &[&str] = &[
    "Regular",
    "Reserved",
    "Admin",
    "DcAdmin",
    "System",
    "Application",
    "ServicePrincipal",
    "CustomPolicy",
    "SystemPolicy",
    "PartnerTechnician",
    "Guest",
];

/// The type of a user by name; empty where it has none.
pub(super) fn user_kind(number: &Value) -> &'static str {
    of_list(number, USERS)
}

/// The type of a logon by name. Source: Management Activity API schema, `LogonType`.
pub(super) fn logon_kind(number: &Value) -> &'static str {
    of_list(number, &["Owner", "Admin", "Delegated"])
}

fn of_list(number: &Value, names: &[&'static str]) -> &'static str {
    let number = value_text(number).parse().unwrap_or(usize::MAX);
    names.get(number).copied().unwrap_or_default()
}

/// A name as Graph spells those of its enumerations: `exchangeAdmin`.
pub(super) fn camel(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

/// The address from which something was done, as the record has it.
pub(super) fn address(record: &Value) -> String {
    first_of(record, &["ClientIPAddress", "ClientIP", "ActorIpAddress"])
}

/// A record as fields of its own, of one value or of several; lists are marked.
pub(super) fn spread(record: &Value, mark: &str) -> Vec<(String, Vec<String>)> {
    let mut fields = Vec::new();
    put(record, "", mark, &mut fields);
    fields
}

fn put(value: &Value, name: &str, mark: &str, fields: &mut Vec<(String, Vec<String>)>) {
    match value {
        Value::Object(members) => {
            let dot = if name.is_empty() { "" } else { "." };
            for (member, value) in members {
                put(value, &format!("{name}{dot}{member}"), mark, fields);
            }
        }
        Value::Array(values) => {
            for value in values {
                put(value, &format!("{name}{mark}"), mark, fields);
            }
        }
        value => {
            let text = value_text(value);
            match fields.iter_mut().find(|(own, _)| own == name) {
                Some((_, texts)) => texts.push(text),
                None => fields.push((name.to_owned(), vec![text])),
            }
        }
    }
}

/// So many thousandths of a text, up to the end of a character.
pub(super) fn cut(text: &str, thousandths: u16) -> &str {
    let end = text.len().saturating_mul(usize::from(thousandths)) / 1000;
    let end = text.floor_char_boundary(end.min(text.len()));
    text.get(..end).unwrap_or_default()
}
