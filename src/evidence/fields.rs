//! A row as its formats see it: names without case, values that may be text, JSON, or JSON inside text.
//!
//! A JSON object and a row of a table look the same here. Not here: the shapes of nested lists (`list`).

use super::list;
use super::names::Index;
use super::table::Header;
use crate::record::value_text;
use crate::time::{self, Instant};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use std::borrow::Cow;
use std::fmt;

/// Other names under which a format keeps a field: the native name, and the format's own names, best first.
pub(super) type Aliases = &'static [(&'static str, &'static [&'static str])];

/// A view of a row by name. Where a name repeats, the first value that is not empty counts.
pub(super) struct Fields<'a> {
    values: Values<'a>,
    aliases: Aliases,
}

enum Values<'a> {
    Object {
        index: Index<'a, &'a Value>,
        names: Vec<&'a str>,
    },
    Table {
        header: &'a Header,
        cells: &'a [String],
    },
}

/// One value where it lies. A JSON string is text, as a cell of a table is.
#[derive(Clone, Copy)]
enum Cell<'a> {
    Text(&'a str),
    Json(&'a Value),
}

impl<'a> Cell<'a> {
    fn of(value: &'a Value) -> Self {
        match value {
            Value::String(text) => Self::Text(text),
            value => Self::Json(value),
        }
    }

    /// Whether there is nothing in it: JSON null, or one of the ways in which exports spell it.
    fn is_empty(self) -> bool {
        match self {
            Self::Text(text) => is_null(text),
            Self::Json(value) => value.is_null(),
        }
    }
}

/// Whether a text is one of the ways in which exports spell that there is nothing.
pub(super) fn is_null(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || text.eq_ignore_ascii_case("null") || text.eq_ignore_ascii_case("<null>")
}

impl<'a> Fields<'a> {
    /// The members of a JSON object.
    pub(super) fn of_members(members: impl IntoIterator<Item = (&'a String, &'a Value)>) -> Self {
        let members: Vec<_> = members.into_iter().collect();
        let names = members.iter().map(|(name, _)| name.as_str()).collect();
        let all = members.iter().map(|(name, value)| (name.as_str(), *value));
        let index = Index::new(all, |first, later| {
            if Cell::of(first).is_empty() {
                *first = later;
            }
        });
        Self {
            values: Values::Object { index, names },
            aliases: &[],
        }
    }

    /// The cells of a row; none for the header alone.
    pub(super) fn of_cells(header: &'a Header, cells: &'a [String]) -> Self {
        Self {
            values: Values::Table { header, cells },
            aliases: &[],
        }
    }

    /// The same row, with the names of a format.
    pub(super) fn with_aliases(self, aliases: Aliases) -> Self {
        Self { aliases, ..self }
    }

    /// Names as written, in order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let (members, columns): (&[&str], &[String]) = match &self.values {
            Values::Object { names, .. } => (names, &[]),
            Values::Table { header, .. } => (&[], header.names()),
        };
        let columns = columns.iter().map(String::as_str);
        members.iter().copied().chain(columns)
    }

    /// Whether there is such a name, with a value or without.
    pub(super) fn names_one(&self, name: &str) -> bool {
        self.spellings(name).any(|name| match &self.values {
            Values::Object { index, .. } => index.get(name).is_some(),
            Values::Table { header, .. } => !header.columns(name).is_empty(),
        })
    }

    /// Whether there is a value.
    pub(super) fn has(&self, name: &str) -> bool {
        self.cell(name).is_some()
    }

    /// The names of a field: those of the format, then the native one.
    fn spellings<'n>(&self, name: &'n str) -> impl Iterator<Item = &'n str> + use<'n> {
        let aliases = self.aliases.iter().find(|(native, _)| *native == name);
        let own: &[&str] = aliases.map_or(&[], |(_, own)| own);
        own.iter().copied().chain(std::iter::once(name))
    }

    fn cell(&self, name: &str) -> Option<Cell<'_>> {
        self.spellings(name).find_map(|name| self.own_cell(name))
    }

    fn own_cell(&self, name: &str) -> Option<Cell<'_>> {
        let full = |cell: &Cell<'_>| !cell.is_empty();
        match &self.values {
            Values::Object { index, .. } => index.get(name).copied().map(Cell::of).filter(full),
            Values::Table { header, cells } => header
                .columns(name)
                .iter()
                .filter_map(|column| cells.get(*column))
                .map(|cell| Cell::Text(cell))
                .find(full),
        }
    }

    /// A value as text, trimmed; empty when there is none.
    pub(super) fn text(&self, name: &str) -> String {
        match self.cell(name) {
            None => String::new(),
            Some(Cell::Text(text)) => text.trim().to_owned(),
            Some(Cell::Json(value)) => value_text(value).trim().to_owned(),
        }
    }

    /// A value that is text, as it is written.
    pub(super) fn written(&self, name: &str) -> Option<&str> {
        match self.cell(name)? {
            Cell::Text(text) => Some(text),
            Cell::Json(_) => None,
        }
    }

    /// The first of several values that is not empty.
    pub(super) fn first(&self, names: &[&str]) -> String {
        names
            .iter()
            .map(|name| self.text(name))
            .find(|text| !text.is_empty())
            .unwrap_or_default()
    }

    /// A value as JSON: text that holds JSON is parsed, objects that PowerShell turned into text are put together again, other
    /// text stays a string.
    pub(super) fn json(&self, name: &str) -> Option<Cow<'_, Value>> {
        Some(match self.cell(name)? {
            Cell::Text(text) => Cow::Owned(list::loosen(text)),
            Cell::Json(value) if list::is_damaged(value) => Cow::Owned(list::heal(value)),
            Cell::Json(value) => Cow::Borrowed(value),
        })
    }

    /// A value as it stands: text stays text with the blanks around it, and nothing is repaired.
    pub(super) fn own(&self, name: &str) -> Option<Value> {
        Some(match self.cell(name)? {
            Cell::Text(text) => Value::String(text.to_owned()),
            Cell::Json(value) => value.clone(),
        })
    }

    /// A record or row inside of this one, as it stands: text is parsed, and what PowerShell damaged is repaired where a member is read
    /// that should be a list or an object. A text may look the same.
    pub(super) fn wrapped(&self, name: &str) -> Option<Cow<'_, Value>> {
        Some(match self.cell(name)? {
            Cell::Text(text) => Cow::Owned(list::opened(text)),
            Cell::Json(value) => Cow::Borrowed(value),
        })
    }

    /// A truth value in any spelling.
    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        flag(&self.text(name))
    }

    /// A number, or text that is one.
    pub(super) fn integer(&self, name: &str) -> Option<i64> {
        integer(&self.text(name))
    }

    /// A moment, in any spelling that logs have.
    pub(super) fn time(&self, name: &str) -> Option<Instant> {
        match self.cell(name)? {
            // Windows PowerShell writes a date as an object when it has to: {"value":"\/Date(…)\/","DateTime":"…"}.
            Cell::Json(value @ Value::Object(_)) => time::parse(&list::text_of(value, "value")),
            Cell::Json(value) => time::parse(&value_text(value)),
            Cell::Text(text) => time::parse(text),
        }
    }
}

/// A trimmed text as a truth value.
pub(super) fn flag(text: &str) -> Option<bool> {
    let is_any = |words: [&str; 3]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is_any(["true", "1", "yes"]) {
        Some(true)
    } else {
        is_any(["false", "0", "no"]).then_some(false)
    }
}

/// A trimmed text as a number; digits behind a point have to be zeros.
pub(super) fn integer(text: &str) -> Option<i64> {
    let whole = text
        .split_once('.')
        .filter(|(_, rest)| rest.bytes().all(|byte| byte == b'0'))
        .map_or(text, |(whole, _)| whole);
    whole.parse().ok()
}

/// The members of a JSON object in file order. `serde_json::Map` sorts them and keeps the last of two equal names; here the first
/// that is not empty has to win.
#[derive(Debug, Default)]
pub(super) struct Members(pub(super) Vec<(String, Value)>);

impl Members {
    /// The members as [`Fields`].
    pub(super) fn fields(&self) -> Fields<'_> {
        Fields::of_members(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(json: &str) -> Members {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn names_are_folded_and_the_first_value_wins() {
        let row = members(r#"{"userid":"","UserId":"a","USERID":"b","ExternalAccess ":"False"}"#);
        let fields = row.fields();
        assert_eq!(fields.text("UserId"), "a");
        assert_eq!(fields.flag("ExternalAccess"), Some(false));
    }

    #[test]
    fn empty_has_many_spellings() {
        let row = members(r#"{"a":null,"b":"<null>","c":" ","d":"NULL","e":0}"#);
        let fields = row.fields();
        for name in ["a", "b", "c", "d", "f"] {
            assert!(!fields.has(name), "{name}");
        }
        assert!(fields.has("e"));
        assert!(fields.names_one("a"));
    }

    #[test]
    fn values_change_their_types() {
        let row = members(
            r#"{"n":"15","m":3,"f":"1000.0","g":"1.5","yes":"TRUE","no":0,"json":"[1, 2]","text":"[1",
                "date":{"value":"\/Date(1621372419000)\/"},"time":"5/18/2021 9:13:39 PM"}"#,
        );
        let fields = row.fields();
        assert_eq!(fields.integer("n"), Some(15));
        assert_eq!(fields.integer("m"), Some(3));
        assert_eq!(fields.integer("f"), Some(1000));
        assert_eq!(fields.integer("g"), None);
        assert_eq!(fields.flag("yes"), Some(true));
        assert_eq!(fields.flag("no"), Some(false));
        assert!(fields.json("json").unwrap().is_array());
        assert!(fields.json("text").unwrap().is_string());
        assert_eq!(fields.time("date"), fields.time("time"));
        assert!(fields.time("time").is_some());
    }

    #[test]
    fn portals_split_and_suffix_columns() {
        let names = ["Created [UTC]", "Place_dynamic", "Place_string"].map(String::from);
        let header = Header::new(&names, ',');
        let cells = ["now", "", "there"].map(String::from);
        let fields = Fields::of_cells(&header, &cells);
        assert_eq!(fields.text("Created"), "now");
        assert_eq!(fields.text("Place"), "there");
    }

    #[test]
    fn aliases_come_before_the_native_name() {
        let row = members(r#"{"Id":"native","OfficeId":"own"}"#);
        let fields = row.fields().with_aliases(&[("Id", &["OfficeId"])]);
        assert_eq!(fields.text("Id"), "own");
    }
}
