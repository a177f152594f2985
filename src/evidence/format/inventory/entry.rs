//! One row of an inventory on its way into an entry: values by any of several names, and a list of what the export destroyed.
//!
//! Not here: which names belong to which entry.

use super::super::super::fields::Fields;
use super::super::super::list as nested;
use super::list::{self, Between};
use crate::record::value_text;
use crate::time::{self, Instant};
use serde_json::Value;

/// Beginnings of the .NET types that PowerShell writes in place of a value.
const TYPES: [&str; 4] = [
    "System.",
    "Microsoft.Exchange.",
    "Microsoft.Graph.",
    "Microsoft.Open.",
];

/// Members that name an object which PowerShell wrote as JSON instead of its text, best first.
const NAMING: [&str; 9] = [
    "RawIdentity",
    "ProxyAddressString",
    "PrimarySmtpAddress",
    "UserPrincipalName",
    "DistinguishedName",
    "Address",
    "Name",
    "DisplayName",
    "Value",
];

/// A row being read. A field is asked for under all its names, a loss is noted under the one that has a value.
pub(super) struct Entry<'a> {
    fields: Fields<'a>,
    lost: Vec<String>,
}

impl<'a> Entry<'a> {
    pub(super) fn new(fields: Fields<'a>) -> Self {
        Self {
            fields,
            lost: Vec::new(),
        }
    }

    /// What was lost on the way, when all is read.
    pub(super) fn lost(self) -> Vec<String> {
        self.lost
    }

    /// Notes that a field did not survive the export.
    pub(super) fn lose(&mut self, name: &str) {
        if !self.lost.iter().any(|lost| lost == name) {
            self.lost.push(name.to_owned());
        }
    }

    /// The name that has a value; the first when none has.
    fn present<'n>(&self, names: &[&'n str]) -> &'n str {
        let mut all = names.iter();
        let found = all.find(|name| self.fields.has(name)).or(names.first());
        found.copied().unwrap_or_default()
    }

    /// Whether there is a value under one of the names.
    pub(super) fn has(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.fields.has(name))
    }

    /// The first value that is there.
    pub(super) fn value(&self, names: &[&str]) -> Option<Value> {
        let value = names.iter().find_map(|name| self.fields.json(name))?;
        Some(unwrapped(value.into_owned()))
    }

    /// A value as text; empty when there is none, or none survived.
    pub(super) fn text(&mut self, names: &[&str]) -> String {
        let Some(value) = self.value(names) else {
            return String::new();
        };
        let text = named(&value).filter(|text| !is_type(text));
        if text.is_none() && !is_empty(&value) {
            self.lose(self.present(names));
        }
        text.unwrap_or_default()
    }

    /// A text that the entry is nothing without.
    pub(super) fn required(&mut self, names: &[&str]) -> Result<String, String> {
        let text = self.text(names);
        if text.is_empty() {
            return Err(self.missing(self.present(names)));
        }
        Ok(text)
    }

    /// Why a row is refused that lacks a field.
    pub(super) fn missing(&self, name: &str) -> String {
        if self.lost.iter().any(|lost| lost == name) {
            format!("the export destroyed {name} (a .NET type stands in its place)")
        } else {
            format!("the row gives no {name}")
        }
    }

    /// A list; the entries that survived.
    pub(super) fn list(&mut self, names: &[&str], between: Between) -> Vec<String> {
        let Some(value) = self.value(names) else {
            return Vec::new();
        };
        let (found, whole) = match &value {
            Value::String(text) => list::split(text, between),
            value => texts(value),
        };
        let all = found.len();
        let kept: Vec<String> = found.into_iter().filter(|text| !is_type(text)).collect();
        if !whole || kept.len() < all {
            self.lose(self.present(names));
        }
        kept
    }

    /// A list that the entry is nothing without, unless the export destroyed it: then the entry says so.
    pub(super) fn rights(
        &mut self,
        names: &[&str],
        between: Between,
    ) -> Result<Vec<String>, String> {
        let rights = self.list(names, between);
        let name = self.present(names);
        let is_lost = self.lost.iter().any(|lost| lost == name);
        if rights.is_empty() && !is_lost {
            return Err(self.missing(name));
        }
        Ok(rights)
    }

    /// A list of objects; those that survived.
    pub(super) fn objects<T>(&mut self, names: &[&str], read: fn(&Value) -> T) -> Vec<T> {
        let Some(value) = self.value(names) else {
            return Vec::new();
        };
        let entries = match &value {
            Value::Array(entries) => entries.as_slice(),
            value => std::slice::from_ref(value),
        };
        let objects: Vec<T> = entries
            .iter()
            .filter(|entry| entry.is_object())
            .map(read)
            .collect();
        if objects.len() < entries.len() && !is_empty(&value) {
            self.lose(self.present(names));
        }
        objects
    }

    /// An object; none when there is none, or it did not survive.
    pub(super) fn object(&mut self, names: &[&str]) -> Option<Value> {
        let value = self.value(names)?;
        if value.is_object() {
            return Some(value);
        }
        if !is_empty(&value) {
            self.lose(self.present(names));
        }
        None
    }

    /// A truth value in any spelling.
    pub(super) fn flag(&mut self, names: &[&str]) -> Option<bool> {
        self.readable(names, Fields::flag)
    }

    /// A whole number, or text that is one.
    pub(super) fn integer(&mut self, names: &[&str]) -> Option<i64> {
        self.readable(names, Fields::integer)
    }

    /// A moment in any spelling that logs have.
    pub(super) fn time(&mut self, names: &[&str]) -> Option<Instant> {
        self.readable(names, Fields::time)
    }

    /// The first value that can be read; a value that cannot is noted.
    fn readable<T>(
        &mut self,
        names: &[&str],
        read: fn(&Fields<'a>, &str) -> Option<T>,
    ) -> Option<T> {
        let found = names.iter().find_map(|name| read(&self.fields, name));
        if found.is_none() && self.has(names) {
            self.lose(self.present(names));
        }
        found
    }
}

/// A member of an object as a moment.
pub(super) fn time_of(value: &Value, names: &[&str]) -> Option<Instant> {
    names
        .iter()
        .find_map(|name| time::parse(&nested::text_of(value, name)))
}

/// A member of an object as text, under the first name that has one.
pub(super) fn text_of(value: &Value, names: &[&str]) -> String {
    names
        .iter()
        .map(|name| nested::text_of(value, name).trim().to_owned())
        .find(|text| !text.is_empty())
        .unwrap_or_default()
}

/// Whether a .NET type stands where a value should.
fn is_type(text: &str) -> bool {
    let is_path = |c: char| c.is_ascii_alphanumeric() || ".`[]+,=_".contains(c);
    let text = text.trim();
    TYPES.iter().any(|start| text.starts_with(start)) && text.chars().all(is_path)
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty() || text.trim() == "{}",
        Value::Array(entries) => entries.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Windows PowerShell wraps some lists: `{"value":[…],"Count":2}`.
fn unwrapped(mut value: Value) -> Value {
    let is_wrapped = nested::member(&value, "Count").is_some()
        && value.get("value").is_some_and(Value::is_array);
    if is_wrapped {
        value.get_mut("value").map(Value::take).unwrap_or_default()
    } else {
        value
    }
}

/// The text of a value; of an object, that which names it. Nothing when none does.
fn named(value: &Value) -> Option<String> {
    match value {
        Value::Object(_) => {
            let direct = text_of(value, &NAMING);
            let recipient = nested::member(value, "ADRecipient");
            recipient
                .map(|recipient| text_of(recipient, &NAMING))
                .filter(|text| !text.is_empty())
                .or_else(|| (!direct.is_empty()).then_some(direct))
        }
        Value::Array(entries) => {
            let all: Option<Vec<String>> = entries.iter().map(named).collect();
            all.map(|all| all.join(";"))
        }
        value => Some(value_text(value).trim().to_owned()),
    }
}

/// The texts of a JSON list, and whether every entry had one.
fn texts(value: &Value) -> (Vec<String>, bool) {
    let entries = match value {
        Value::Array(entries) => entries.as_slice(),
        value => std::slice::from_ref(value),
    };
    let found: Vec<Option<String>> = entries.iter().map(named).collect();
    let whole = is_empty(value) || found.iter().all(Option::is_some);
    let kept = found.into_iter().flatten().filter(|text| !text.is_empty());
    (kept.collect(), whole)
}
