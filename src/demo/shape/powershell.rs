//! Values as PowerShell writes them, and what it loses.
//!
//! Not here: tables (`table`), which records are written so (`native`, `search`).

use super::object::{Member, Object};
use crate::record::value_text;
use serde_json::{Map, Value, json};

/// What is left of a list.
pub(super) const LIST: &str = "System.Object[]";

/// A value in a string of PowerShell: `@{Name=x; Value=y}`; of what lies deeper only the type is left, or nothing.
pub(super) fn powershell(value: &Value) -> String {
    let inner = |value: &Value| match value {
        Value::Array(_) => LIST.to_owned(),
        Value::Object(_) => String::new(),
        value => powershell(value),
    };
    match value {
        Value::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("{name}={}", inner(value)))
                .collect();
            format!("@{{{}}}", members.join("; "))
        }
        Value::Array(_) => LIST.to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        value => value_text(value),
    }
}

/// Depth to which `ConvertTo-Json` follows objects unless told otherwise.
const DEPTH: usize = 2;

/// What `ConvertTo-Json` leaves of a value that stands so deep.
fn shallow(value: &Value, depth: usize) -> Value {
    match value {
        Value::Object(_) | Value::Array(_) if depth > DEPTH => json!(powershell(value)),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), shallow(value, depth + 1)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(values) => values
            .iter()
            .map(|value| shallow(value, depth + 1))
            .collect(),
        value => value.clone(),
    }
}

/// An object one level below the top, as `ConvertTo-Json` leaves it.
pub(super) fn shallowed(object: Object<'_>) -> Object<'_> {
    let members = object.0.into_iter();
    Object(
        members
            .map(|(name, member)| (name, Member::Made(shallow(&member.value(), DEPTH))))
            .collect(),
    )
}
