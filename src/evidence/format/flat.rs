//! Names with dots put together again: objects that an export spread over columns (`Item.ParentFolder.Path`), and lists that it
//! wrote as columns of equal length (`Parameters{}.Name` beside `Parameters{}.Value`).
//!
//! Not here: what the names mean (the formats).

use super::super::fields::Fields;
use super::super::names::fold_key;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashSet};

/// What a name of a list carries, and how the entries of a list stand in text.
const LIST: &str = "{}";

/// Most parts of a name that are objects of their own: records are not deeper, hostile names are.
const STEPS: usize = 8;

/// Most lists inside of each other.
const LISTS: usize = 3;

/// Names by which the entries of a list are told apart, best first. They are in every entry; values may be missing or hold the
/// separator themselves.
const KEYS: [&str; 5] = ["Name", "Path", "InternetMessageId", "ID", "Id"];

/// A row put together again.
#[derive(Debug, Default)]
pub(super) struct Rebuilt {
    /// Its members, by name.
    pub(super) members: Map<String, Value>,
    /// Names of the lists whose columns do not line up: entries of them lack values.
    pub(super) torn: Vec<String>,
}

/// The values of a row under their names as written. Text stays text, with the separators at its ends: values may be empty. Of names
/// that repeat, the first has the value: a copy for each would make gigabytes of one row.
pub(super) fn columns(fields: &Fields<'_>) -> Vec<(String, Value)> {
    let mut seen = HashSet::new();
    let names = fields.names().filter(|name| seen.insert(fold_key(name)));
    let values = names.map(|name| Some((name.trim().to_owned(), fields.own(name)?)));
    values.flatten().collect()
}

/// Puts columns together. The entries of a list stand in one text with `separator` between them, or in an array.
pub(super) fn rebuild(columns: Vec<(String, Value)>, separator: &str) -> Rebuilt {
    nested(columns, separator, LISTS)
}

fn nested(columns: Vec<(String, Value)>, separator: &str, depth: usize) -> Rebuilt {
    let mut rebuilt = Rebuilt::default();
    let mut lists: BTreeMap<String, Vec<(String, Value)>> = BTreeMap::new();
    for (name, value) in columns {
        match name.split_once(LIST) {
            Some((list, rest)) if depth > 0 => {
                let rest = rest.trim_start_matches('.').to_owned();
                lists
                    .entry(list.to_owned())
                    .or_default()
                    .push((rest, value));
            }
            _ => insert(&mut rebuilt.members, &name, value),
        }
    }
    for (name, columns) in lists {
        let (entries, whole) = list(columns, separator, depth - 1);
        insert(&mut rebuilt.members, &name, Value::Array(entries));
        if !whole {
            rebuilt.torn.push(name);
        }
    }
    rebuilt
}

/// The entries of a list, and whether its columns line up.
fn list(columns: Vec<(String, Value)>, separator: &str, depth: usize) -> (Vec<Value>, bool) {
    let (inner, own): (Vec<_>, Vec<_>) = columns
        .into_iter()
        .partition(|(name, _)| name.contains(LIST) && depth > 0);
    let (mut entries, mut whole) = rows(own, separator);
    if !inner.is_empty() {
        let inner = nested(inner, separator, depth);
        whole &= inner.torn.is_empty();
        match entries.as_mut_slice() {
            [Value::Object(only)] => only.extend(inner.members),
            [] => entries.push(Value::Object(inner.members)),
            _ => {
                // Which entry the inner ones belong to is not said: they stand beside.
                entries.push(Value::Object(inner.members));
                whole = false;
            }
        }
    }
    (entries, whole)
}

/// Pairs the columns of a list. A column of another length than that of the key is left out.
fn rows(columns: Vec<(String, Value)>, separator: &str) -> (Vec<Value>, bool) {
    let mut columns: BTreeMap<String, Vec<Value>> = columns
        .into_iter()
        .map(|(name, value)| (name, parts(value, separator)))
        .collect();
    let key = KEYS.iter().find_map(|key| columns.get(*key).map(Vec::len));
    let Some(length) = key.or_else(|| columns.values().map(Vec::len).max()) else {
        return (Vec::new(), true);
    };
    if length == 1 {
        for parts in columns.values_mut() {
            *parts = vec![joined(parts, separator)];
        }
    }
    let whole = columns.values().all(|parts| parts.len() == length);
    columns.retain(|_, parts| parts.len() == length);
    let entry = |at: usize| {
        let mut members = Map::new();
        for (name, parts) in &columns {
            let value = parts.get(at).cloned().unwrap_or_default();
            if name.is_empty() {
                return value;
            }
            insert(&mut members, name, value);
        }
        Value::Object(members)
    };
    ((0..length).map(entry).collect(), whole)
}

fn parts(value: Value, separator: &str) -> Vec<Value> {
    match value {
        Value::Array(values) => values,
        Value::String(text) => text.split(separator).map(Value::from).collect(),
        value => vec![value],
    }
}

/// The one value that a separator inside of it had split.
fn joined(parts: &mut Vec<Value>, separator: &str) -> Value {
    match parts.as_mut_slice() {
        [only] => only.take(),
        parts => {
            let texts: Vec<&str> = parts.iter().filter_map(Value::as_str).collect();
            Value::String(texts.join(separator))
        }
    }
}

/// Puts a value where its name says. What stands there already stays, unless both are objects.
pub(super) fn insert(members: &mut Map<String, Value>, name: &str, value: Value) {
    let mut steps: Vec<&str> = name.splitn(STEPS, '.').collect();
    let last = steps.pop().unwrap_or_default();
    let mut here = members;
    for step in steps {
        let next = here
            .entry(step)
            .or_insert_with(|| Value::Object(Map::new()));
        match next {
            Value::Object(members) => here = members,
            _ => return,
        }
    }
    match (here.get_mut(last), value) {
        (Some(Value::Object(own)), Value::Object(more)) => {
            for (name, value) in more {
                own.entry(name).or_insert(value);
            }
        }
        (Some(own), value) if own.is_null() => *own = value,
        (Some(_), _) => {}
        (None, value) => {
            here.insert(last.to_owned(), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rebuilt(columns: &[(&str, Value)]) -> (Value, Vec<String>) {
        let columns = columns
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()));
        let rebuilt = rebuild(columns.collect(), "\n");
        (Value::Object(rebuilt.members), rebuilt.torn)
    }

    #[test]
    fn names_with_dots_are_objects_and_parallel_columns_are_lists() {
        let lined_up: Vec<String> = Vec::new();
        for (columns, expected, torn) in [
            (
                vec![
                    ("a.b.c", json!("1")),
                    ("a.b.d", json!(2)),
                    ("e", json!("f.g")),
                ],
                json!({"a":{"b":{"c":"1","d":2}},"e":"f.g"}),
                lined_up.clone(),
            ),
            (
                vec![
                    ("P{}.Name", json!("x\ny")),
                    ("P{}.Value", json!(["1", "2"])),
                ],
                json!({"P":[{"Name":"x","Value":"1"},{"Name":"y","Value":"2"}]}),
                lined_up.clone(),
            ),
            (
                vec![("P{}.Name", json!("x")), ("P{}.Value", json!("[\n1\n]"))],
                json!({"P":[{"Name":"x","Value":"[\n1\n]"}]}),
                lined_up.clone(),
            ),
            (
                vec![("P{}.Name", json!("x\ny")), ("P{}.Value", json!("1"))],
                json!({"P":[{"Name":"x"},{"Name":"y"}]}),
                vec!["P".to_owned()],
            ),
            (
                vec![("L{}", json!("x\ny"))],
                json!({"L":["x","y"]}),
                lined_up.clone(),
            ),
            (
                vec![
                    ("F{}.Path", json!("\\Inbox")),
                    ("F{}.I{}.Id", json!("a\nb")),
                ],
                json!({"F":[{"Path":"\\Inbox","I":[{"Id":"a"},{"Id":"b"}]}]}),
                lined_up,
            ),
            (
                vec![
                    ("F{}.Path", json!("p\nq")),
                    ("F{}.I{}.Id", json!("a\nb\nc")),
                ],
                json!({"F":[{"Path":"p"},{"Path":"q"},{"I":[{"Id":"a"},{"Id":"b"},{"Id":"c"}]}]}),
                vec!["F".to_owned()],
            ),
        ] {
            assert_eq!(rebuilt(&columns), (expected, torn), "{columns:?}");
        }
    }

    #[test]
    fn a_name_that_repeats_has_one_value() {
        let row = r#"{"a{}":"text"#.to_owned() + &r#"","A{} ":"more"#.repeat(3) + r#""}"#;
        let members: crate::evidence::fields::Members = serde_json::from_str(&row).unwrap();
        let columns = columns(&members.fields());
        assert_eq!(columns, [("a{}".to_owned(), json!("text"))]);
    }

    #[test]
    fn hostile_names_stay_shallow() {
        let (value, _) = rebuilt(&[
            (&"a.".repeat(100_000), json!("1")),
            (&"b{}".repeat(100_000), json!("2")),
            ("c", json!("text")),
            ("c.d", json!("lost")),
        ]);
        assert_eq!(value["c"], "text");
    }
}
