//! JSON envelopes: objects that are no rows but hold them, as interfaces answer: `{"@odata.context":…,"value":[{…},{…}]}`.
//!
//! The rule. An object is an envelope when
//! 1. a member of it, or of a member `hits` or `body` of it that is an object, is called one of [`NAMES`] (without regard to case) and
//!    is an array that begins with an object, and
//! 2. the names of its own members, before and behind the array, are not those of a row that some format knows.
//!
//! The objects of the array are then the rows, and may be envelopes again; the text around is no row. An array of such a name that
//! is empty makes an envelope without rows. Of an object that is longer than the longest row only that much is looked at, for it is
//! cut into rows as it comes. Not here: the cutting (`documents`).

use super::super::fields::Fields;
use super::super::format;
use super::super::table::Header;
use super::walk::{Token, Walk, blanks, name_before};

/// Names of members that hold rows.
///
/// Source: `value` Graph and others that speak `OData`; `records` Azure diagnostic settings; `Records` their kin; `items` Google Workspace;
/// `results` Splunk and search services; `hits` Elasticsearch, inside of another `hits`; `data` collectors; `responses` Graph batches,
/// each with its answer in `body`.
const NAMES: [&str; 7] = [
    "value",
    "records",
    "items",
    "results",
    "hits",
    "data",
    "responses",
];

/// Members that are objects and hold one of [`NAMES`].
const INNER: [&str; 2] = ["hits", "body"];

/// Members that name the next page, where an answer was not the whole.
const NEXT_PAGE: [&str; 4] = [
    "@odata.nextLink",
    "odata.nextLink",
    "nextLink",
    "nextPageToken",
];

/// What an object is as an envelope.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Envelope {
    /// The array that holds its rows.
    pub(super) rows: Option<Rows>,
    /// Name of an array that could, and is empty.
    pub(super) empty: Option<&'static str>,
    /// Name of the member that names the next page.
    pub(super) next_page: Option<&'static str>,
}

/// The array that holds the rows of an envelope.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rows {
    /// Its name, as the table of names has it.
    pub(super) name: &'static str,
    /// Behind its bracket.
    pub(super) start: usize,
    /// Open brackets there.
    pub(super) depth: usize,
}

/// The entry of a table that is the name of a member.
fn listed(table: &'static [&'static str], name: &[u8]) -> Option<&'static str> {
    table
        .iter()
        .find(|known| name.eq_ignore_ascii_case(known.as_bytes()))
        .copied()
}

/// Whether the array that begins behind this text may hold rows: a look that is cheap, to spare most rows the long one.
pub(super) fn may_hold_rows(text: &[u8], depth: usize) -> bool {
    depth <= 2 && name_before(text).is_some_and(|name| listed(&NAMES, name).is_some())
}

/// What an object is, or the rest of one behind an array that was closed, as far as its text reaches.
pub(super) fn find(text: &[u8], depth: usize) -> Envelope {
    let mut envelope = Envelope::default();
    let mut names = Vec::new();
    // The rest of an object in two brackets is that of an inner one.
    let mut inner = depth == 2;
    let mut value_of = (&b""[..], usize::MAX);
    for token in Walk::new(text, depth) {
        match token {
            Token::Name { name, value, depth } => {
                value_of = (name, value);
                if depth == 1 {
                    names.push(String::from_utf8_lossy(name).into_owned());
                    envelope.next_page = envelope.next_page.or(next_page(text, name, value));
                }
            }
            Token::Open { byte, at, depth } => {
                let name = if value_of.1 == at { value_of.0 } else { b"" };
                if byte == b'[' && (depth == 1 || depth == 2 && inner) {
                    envelope.array(text, name, at, depth);
                }
                if depth == 1 {
                    inner = byte == b'{' && listed(&INNER, name).is_some();
                }
            }
            Token::Close { depth, .. } => inner &= depth > 1,
        }
    }
    if is_row(&names) {
        Envelope::default()
    } else {
        envelope
    }
}

impl Envelope {
    /// Takes note of an array that begins at this byte.
    fn array(&mut self, text: &[u8], name: &[u8], at: usize, depth: usize) {
        let Some(name) = listed(&NAMES, name) else {
            return;
        };
        match text.get(blanks(text, at + 1)) {
            Some(b'{') if self.rows.is_none() => {
                self.rows = Some(Rows {
                    name,
                    start: at + 1,
                    depth: depth + 1,
                });
            }
            Some(b']') => self.empty = Some(name),
            _ => {}
        }
    }

    /// Whether the object is an envelope, with rows or without.
    pub(super) fn is_one(&self) -> bool {
        self.rows.is_some() || self.empty.is_some()
    }
}

/// The name of a member that names a next page: empty text and null name none.
fn next_page(text: &[u8], name: &[u8], value: usize) -> Option<&'static str> {
    let value = text.get(value..)?;
    let named = value.starts_with(b"\"") && !value.starts_with(b"\"\"");
    named.then(|| listed(&NEXT_PAGE, name)).flatten()
}

/// Whether an object with these members is a row itself.
fn is_row(names: &[String]) -> bool {
    let header = Header::new(names, ',');
    format::recognise(&Fields::of_cells(&header, &[])).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `name@start` of the rows, `name` of an empty array, or `-`; with `+` and the name of the member that names a next page.
    fn shown(text: &str) -> String {
        let envelope = find(text.as_bytes(), 0);
        let mut shown = match (&envelope.rows, envelope.empty) {
            (Some(rows), _) => format!("{}@{}/{}", rows.name, rows.start, rows.depth),
            (None, Some(name)) => name.to_owned(),
            (None, None) => "-".to_owned(),
        };
        if let Some(name) = envelope.next_page {
            shown = format!("{shown}+{name}");
        }
        shown
    }

    #[test]
    fn envelopes_are_known_from_rows() {
        for (text, expected) in [
            (r#"{"value":[{}]}"#, "value@10/2"),
            (r#"{"Records" : [ {"#, "records@14/2"),
            (r#"{"value":[]}"#, "value"),
            (r#"{"value":["#, "-"),
            (r#"{"value":[1,{}]}"#, "-"),
            (r#"{"value":["a"],"items":[{}]}"#, "items@24/2"),
            (r#"{"value":{"a":[{}]}}"#, "-"),
            (r#"{"a":{"value":[{}]}}"#, "-"),
            (r#"{"a":"\"value\":[{"}"#, "-"),
            (
                r#"{"took":1,"hits":{"total":{"value":1},"hits":[{}]}}"#,
                "hits@46/3",
            ),
            (r#"{"hits":{"hits":[]}}"#, "hits"),
            (r#"{"id":"1","body":{"value":[{}]}}"#, "value@27/3"),
            (r#"{"hits":{},"b":{"value":[{}]}}"#, "-"),
            (
                r#"{"value":[{}],"@odata.nextLink":"u"}"#,
                "value@10/2+@odata.nextLink",
            ),
            (
                r#"{"nextPageToken":"","items":[{}],"nextLink":null}"#,
                "items@29/2",
            ),
            (r#"{"value":[{}],"Operation":"","CreationTime":""}"#, "-"),
            (r#"{"operation":"","data":[],"creationTime":""}"#, "-"),
            (
                r#"{"value":[{"Operation":"","CreationTime":""}]}"#,
                "value@10/2",
            ),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }
}
