//! Objects of JSON whose members stand in the order in which their sources write them; [`Value`] sorts them by name.
//!
//! Not here: which members they have (the shapes).

use crate::record::value_text;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::borrow::Cow;

/// An object with its members in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Object<'r>(pub(super) Vec<(Cow<'r, str>, Member<'r>)>);

/// What a member of it is.
#[derive(Debug, Clone)]
pub(super) enum Member<'r> {
    /// A value of the record that it is made from.
    Own(&'r Value),
    /// A value made for it.
    Made(Value),
    /// An object inside of it.
    Object(Object<'r>),
    /// A value of the record, with the members of all objects in it in an order.
    Ranked(Ranked<'r>),
}

/// A value whose objects have their members in the order of a list of names; those that are not in it come last, by name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ranked<'r> {
    value: &'r Value,
    order: &'static [&'static str],
}

impl<'r> Ranked<'r> {
    /// The members of an object in their order; none for other values.
    fn members(self) -> Vec<(&'r String, Self)> {
        let order = self.order;
        let members = self.value.as_object().into_iter().flatten();
        let mut members: Vec<_> = members
            .map(|(name, value)| (name, Self { value, order }))
            .collect();
        let rank = |name: &str| order.iter().position(|own| *own == name);
        members.sort_by_key(|(name, _)| rank(name).unwrap_or(order.len()));
        members
    }
}

impl Serialize for Ranked<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.value {
            Value::Object(_) => serializer.collect_map(self.members()),
            Value::Array(values) => {
                let order = self.order;
                serializer.collect_seq(values.iter().map(|value| Self { value, order }))
            }
            value => value.serialize(serializer),
        }
    }
}

/// An object and all in it with members in the order of a list of names.
pub(super) fn ranked<'r>(value: &'r Value, order: &'static [&'static str]) -> Object<'r> {
    let members = Ranked { value, order }.members().into_iter();
    Object(
        members
            .map(|(name, member)| (Cow::Borrowed(name.as_str()), Member::Ranked(member)))
            .collect(),
    )
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, member) in &self.0 {
            map.serialize_entry(name, member)?;
        }
        map.end()
    }
}

impl Serialize for Member<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Own(value) => value.serialize(serializer),
            Self::Made(value) => value.serialize(serializer),
            Self::Object(object) => object.serialize(serializer),
            Self::Ranked(value) => value.serialize(serializer),
        }
    }
}

impl<'r> From<&'r Value> for Member<'r> {
    fn from(value: &'r Value) -> Self {
        Self::Own(value)
    }
}

impl<'r> From<Object<'r>> for Member<'r> {
    fn from(object: Object<'r>) -> Self {
        Self::Object(object)
    }
}

/// Makes members of what values are made of.
macro_rules! made {
    ($($kind:ty),*) => {
        $(impl From<$kind> for Member<'_> {
            fn from(value: $kind) -> Self {
                Self::Made(Value::from(value))
            }
        })*
    };
}

made!(Value, &str, String, bool, i64, u64);

impl Member<'_> {
    /// The value, copied.
    pub(super) fn value(&self) -> Value {
        match self {
            Self::Own(value) => (*value).clone(),
            Self::Made(value) => value.clone(),
            Self::Object(object) => serde_json::to_value(object).unwrap_or_default(),
            Self::Ranked(ranked) => ranked.value.clone(),
        }
    }

    /// The value as text of its own, and what is made of others as JSON.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Own(value) => text_or_json(value),
            Self::Made(value) => text_or_json(value),
            Self::Object(object) => object.compact(),
            Self::Ranked(ranked) => text_or_json(ranked.value),
        }
    }
}

/// A plain value as text, with truth values as PowerShell writes them; lists and objects as JSON.
pub(super) fn text_or_json(value: &Value) -> String {
    match value {
        Value::Object(_) | Value::Array(_) => value.to_string(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        value => value_text(value),
    }
}

impl<'r> Object<'r> {
    /// The same with one more member.
    pub(super) fn with(
        mut self,
        name: impl Into<Cow<'r, str>>,
        member: impl Into<Member<'r>>,
    ) -> Self {
        self.0.push((name.into(), member.into()));
        self
    }

    /// On one line.
    pub(super) fn compact(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// As Microsoft's own writers spell it: on one line, with `\/`.
    pub(super) fn slashed(&self) -> String {
        self.compact().replace('/', "\\/")
    }

    /// Over several lines.
    pub(super) fn indented(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Its members as cells of a table.
    pub(super) fn cells(&self) -> super::table::Row {
        let cell = |(name, member): &(Cow<'r, str>, Member<'r>)| {
            (Cow::Owned(name.clone().into_owned()), member.text())
        };
        self.0.iter().map(cell).collect()
    }
}

/// Members that stand before all others in records of the unified log, as they do in real ones.
const NATIVE: &[&str] = &[
    "AppAccessContext",
    "CreationTime",
    "Id",
    "Operation",
    "OrganizationId",
    "RecordType",
    "ResultStatus",
    "UserKey",
    "UserType",
    "Version",
    "Workload",
    "ClientIP",
    "ObjectId",
    "UserId",
    "AzureActiveDirectoryEventType",
];

/// Those that follow in records of the directory.
const OF_DIRECTORY: &[&str] = &["ExtendedProperties", "ModifiedProperties"];

/// Those that stand behind all others.
const LAST: &[&str] = &[
    "ApplicationId",
    "DeviceProperties",
    "ErrorNumber",
    "LogonError",
    "QuerySource",
    "QueryText",
    "ScenarioName",
    "Item",
    "AffectedItems",
    "CrossMailboxOperation",
    "DestFolder",
    "Folder",
    "Folders",
    "Messages",
    "OperationCount",
];

/// A record of the unified log with its members in the order of real ones; those that are not named are sorted by name, as real ones are.
pub(super) fn native(record: &Value) -> Object<'_> {
    let is_directory = record.get("AzureActiveDirectoryEventType").is_some();
    let second = if is_directory { OF_DIRECTORY } else { &[] };
    arranged(record, &[NATIVE, second], LAST)
}

/// An object with members of some names before and behind all others.
pub(super) fn arranged<'r>(record: &'r Value, first: &[&[&str]], last: &[&str]) -> Object<'r> {
    let place = |name: &str| {
        let names = first.iter().copied().flatten();
        let begin = names.clone().position(|own| *own == name);
        let end = || {
            last.iter()
                .position(|own| *own == name)
                .map(|at| (2_u8, at))
        };
        begin.map(|at| (0, at)).or_else(end).unwrap_or((1, 0))
    };
    let members = record.as_object().into_iter().flatten();
    let mut placed: Vec<_> = members
        .map(|(name, value)| (place(name), name, value))
        .collect();
    placed.sort_by_key(|(place, ..)| *place);
    let members = placed.into_iter();
    Object(
        members
            .map(|(_, name, value)| (Cow::Borrowed(name.as_str()), Member::Own(value)))
            .collect(),
    )
}
