//! The table of fields: every name that may stand before a colon, what it holds and where it applies.
//!
//! Not here: the values themselves (`subject`), nor how a value is read (`parse`). Help, completion and error hints are all derived
//! from [`FIELDS`].

/// A field that a query can ask for. The order is the order of [`FIELDS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// When it happened.
    Time,
    /// What was done.
    Operation,
    /// Who did it.
    User,
    /// The mailbox acted in.
    Mailbox,
    /// The application used.
    App,
    /// The client address.
    Ip,
    /// The country of the client address.
    Country,
    /// The sign-in session.
    Session,
    /// The workload that logged it.
    Workload,
    /// Whether it succeeded.
    Outcome,
    /// The user agent.
    Agent,
    /// A facet of the record.
    Is,
    /// How mail was accessed (`MailAccessType`).
    Access,
    /// How many messages the record names.
    Items,
    /// The id of a message that the record names.
    Message,
    /// The id of the record or grant.
    Id,
    /// The object acted on.
    Object,
    /// The mail folder, without leading backslash.
    Folder,
    /// Who made the grant.
    Actor,
    /// Who received the right.
    Grantee,
    /// The mailbox, folder or tenant opened by the grant.
    Target,
    /// The way to the mailbox.
    Road,
    /// A right given.
    Right,
    /// How far the grant reaches.
    Scope,
    /// Whether the grant still stands.
    State,
    /// Whether it is for the analyst at all.
    Class,
    /// How severe it is judged to be.
    Severity,
    /// The score in bits.
    Score,
    /// What the analyst decided.
    Verdict,
    /// A tag that the analyst gave.
    Tag,
    /// A reason behind the score.
    Signal,
    /// How many accesses followed.
    Accesses,
    /// How many mailboxes were accessed.
    Mailboxes,
}

/// What the values of a field are, and so how they are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Text that is compared whole and folded, with `*` as wildcard. A keyword field with ranks also takes comparisons.
    Keyword,
    /// An instant: takes spans, comparisons and ranges.
    Time,
    /// A number: takes comparisons and ranges.
    Number,
}

/// What is searched, and so which fields apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum On {
    /// Audit records alone.
    Record,
    /// Permission grants alone.
    Grant,
    /// Both; as the side of a search it admits every field.
    Both,
}

impl On {
    /// Whether a field of `self` can be asked for where `searched` is searched.
    pub fn covers(self, searched: Self) -> bool {
        self == searched || self == Self::Both || searched == Self::Both
    }

    /// What is searched, in the plural, for messages.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Record => "records",
            Self::Grant => "grants",
            Self::Both => "records and grants",
        }
    }
}

/// One line of the table of fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldSpec {
    /// The field described.
    pub field: Field,
    /// The name printed and completed.
    pub name: &'static str,
    /// Other names that are understood.
    pub aliases: &'static [&'static str],
    /// What its values are.
    pub kind: Kind,
    /// Where it applies.
    pub on: On,
    /// For an ordered keyword field its values from lowest to highest; a value's place is its number. Else empty.
    pub ranks: &'static [&'static str],
    /// What it holds, in a sentence for the help screen.
    pub doc: &'static str,
}

/// The severities from lowest to highest; the place of one is the number that [`Field::Severity`] compares by.
pub const SEVERITIES: &[&str] = &["info", "low", "medium", "high", "critical"];

/// Every field, in the order of [`Field`].
#[rustfmt::skip]
pub const FIELDS: &[FieldSpec] = &[
    spec(Field::Time, "time", &["when", "date"], Kind::Time, On::Both, "When it happened, in UTC: `time:2023-06-03`, `time:>=2023-06-03T08:13`, `time:2023-06-01..2023-06-07`."),
    spec(Field::Operation, "operation", &["op"], Kind::Keyword, On::Both, "What was done: `op:add-mailboxpermission`, `op:*consent*`."),
    spec(Field::User, "user", &["upn", "who"], Kind::Keyword, On::Record, "Who did it, as the record names them: `user:alice@example.com`, `user:svc-*`."),
    spec(Field::Mailbox, "mailbox", &["mbx", "owner"], Kind::Keyword, On::Record, "The mailbox acted in, by owner or by Exchange GUID."),
    spec(Field::App, "app", &["application", "client"], Kind::Keyword, On::Both, "An application involved, by id or by display name."),
    spec(Field::Ip, "ip", &["address"], Kind::Keyword, On::Both, "A client address in any spelling, or the start of one: `ip:203.0.113.*`, `ip:2603:10a6:*`."),
    spec(Field::Country, "country", &["place"], Kind::Keyword, On::Both, "The country of the client address, as two letters: `country:de`."),
    spec(Field::Session, "session", &["session_id"], Kind::Keyword, On::Both, "The sign-in session."),
    spec(Field::Workload, "workload", &["service"], Kind::Keyword, On::Record, "The service that logged it: `workload:exchange`."),
    spec(Field::Outcome, "outcome", &["result", "status"], Kind::Keyword, On::Record, "Whether it succeeded: `succeeded`, `failed` or `unknown`."),
    spec(Field::Agent, "agent", &["useragent", "user_agent"], Kind::Keyword, On::Both, "The user agent or client string: `agent:*python*`."),
    spec(Field::Is, "is", &["facet"], Kind::Keyword, On::Both, "A facet: `grant`, `attempt`, `request`, `revocation`, `access`, `sign-in`, `credential`, `degraded`; of grants also `system`, `standing`, `used` or `marked`."),
    spec(Field::Access, "access", &["access_type"], Kind::Keyword, On::Record, "How mail was accessed: `bind` for single messages, `sync` for a whole folder."),
    spec(Field::Items, "items", &["messages"], Kind::Number, On::Record, "How many messages the record names: `items:>=10`."),
    spec(Field::Message, "message", &["message_id", "mid"], Kind::Keyword, On::Record, "A message id that the record names, whole: `message:<abc@example.com>`, with or without the brackets."),
    spec(Field::Id, "id", &["record", "grant_id"], Kind::Keyword, On::Both, "The id of the record or grant."),
    spec(Field::Object, "object", &["object_id"], Kind::Keyword, On::Record, "The object acted on, as the record names it."),
    spec(Field::Folder, "folder", &["path"], Kind::Keyword, On::Both, "The mail folder, without its leading backslash: `folder:inbox`, `folder:inbox\\\\*`."),
    spec(Field::Actor, "actor", &["grantor", "by"], Kind::Keyword, On::Grant, "Who made the grant."),
    spec(Field::Grantee, "grantee", &["to", "delegate"], Kind::Keyword, On::Grant, "Who received the right."),
    spec(Field::Target, "target", &["opened"], Kind::Keyword, On::Grant, "The mailbox, folder or tenant that the grant opens."),
    spec(Field::Road, "road", &["via"], Kind::Keyword, On::Grant, "The way to the mailbox: `road:mailbox-permission`, `road:consent`."),
    spec(Field::Right, "right", &["rights"], Kind::Keyword, On::Grant, "A right given: `right:fullaccess`, `right:mail.read*`."),
    spec(Field::Scope, "scope", &["reach"], Kind::Keyword, On::Grant, "How far the grant reaches: `tenant`, `mailbox` or `folder`."),
    spec(Field::State, "state", &["standing"], Kind::Keyword, On::Grant, "Whether the grant still stands: `standing`, `revoked` or `unknown`."),
    spec(Field::Class, "class", &["kind"], Kind::Keyword, On::Grant, "Whether the grant is a `candidate`, the `system`'s own or `sanctioned`."),
    FieldSpec { ranks: SEVERITIES, ..spec(Field::Severity, "severity", &["sev", "level"], Kind::Keyword, On::Grant, "How severe the grant is judged to be: `severity:high`, `severity:>=medium`.") },
    spec(Field::Score, "score", &["bits", "risk"], Kind::Number, On::Grant, "The score in bits; higher is more suspicious: `score:>=12.5`."),
    spec(Field::Verdict, "verdict", &["decision"], Kind::Keyword, On::Grant, "What the analyst decided."),
    spec(Field::Tag, "tag", &["tags"], Kind::Keyword, On::Grant, "A tag that the analyst gave."),
    spec(Field::Signal, "signal", &["signals", "reason"], Kind::Keyword, On::Grant, "The name of a reason behind the score."),
    spec(Field::Accesses, "accesses", &["reads"], Kind::Number, On::Grant, "How many accesses followed the grant."),
    spec(Field::Mailboxes, "mailboxes", &["victims"], Kind::Number, On::Grant, "How many different mailboxes were accessed through the grant."),
];

const fn spec(
    field: Field,
    name: &'static str,
    aliases: &'static [&'static str],
    kind: Kind,
    on: On,
    doc: &'static str,
) -> FieldSpec {
    FieldSpec {
        field,
        name,
        aliases,
        kind,
        on,
        ranks: &[],
        doc,
    }
}

impl FieldSpec {
    /// The name and the aliases.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }
}

impl Field {
    /// The line of the table that describes the field.
    pub fn spec(self) -> &'static FieldSpec {
        // A test holds the table to the order of the enum, so the place always exists.
        &FIELDS[self as usize]
    }

    /// The name printed and completed.
    pub fn name(self) -> &'static str {
        self.spec().name
    }

    /// The field of a name or alias, without case.
    pub fn named(name: &str) -> Option<Self> {
        FIELDS
            .iter()
            .find(|spec| spec.names().any(|known| known.eq_ignore_ascii_case(name)))
            .map(|spec| spec.field)
    }
}

/// Names of the fields that fit what is typed before the cursor (a byte offset), in the order of the table.
///
/// Empty where no field name can stand: inside quotes, after a colon, inside a word, off a character border.
pub fn complete(text: &str, cursor: usize, on: On) -> Vec<&'static str> {
    let Some(typed) = text.get(..cursor).and_then(name_being_typed) else {
        return Vec::new();
    };
    let typed = typed.to_ascii_lowercase();
    FIELDS
        .iter()
        .filter(|spec| spec.on.covers(on) && spec.names().any(|name| name.starts_with(&typed)))
        .map(|spec| spec.name)
        .collect()
}

/// The letters at the end of `before`, when a term starts with them.
fn name_being_typed(before: &str) -> Option<&str> {
    let rest = before.trim_end_matches(is_name_character);
    let starts_term = rest
        .trim_end_matches('-')
        .chars()
        .next_back()
        .is_none_or(|previous| previous.is_whitespace() || matches!(previous, '(' | ')'));
    let outside_quotes = super::lex::lex(before).is_ok();
    (starts_term && outside_quotes)
        .then(|| before.get(rest.len()..))
        .flatten()
}

/// Whether a character can be part of a field name.
pub(super) fn is_name_character(character: char) -> bool {
    character.is_ascii_alphabetic() || character == '_'
}

/// The name, among those that apply, nearest to a misspelt one; `None` when none is near.
pub(super) fn nearest(name: &str, on: On) -> Option<&'static str> {
    FIELDS
        .iter()
        .filter(|spec| spec.on.covers(on))
        .flat_map(|spec| spec.names().map(|known| (spec.name, known)))
        .map(|(shown, known)| (distance(&name.to_ascii_lowercase(), known), shown))
        .min_by_key(|(edits, _)| *edits)
        .filter(|(edits, _)| *edits <= name.len().div_ceil(3))
        .map(|(_, shown)| shown)
}

/// Levenshtein distance: how many letters must be put in, taken out or replaced.
pub(super) fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (line, left) in from.chars().enumerate() {
        let mut diagonal = line;
        let mut before = line + 1;
        let mut next = vec![before];
        for (right, above) in to.chars().zip(row.iter().skip(1)) {
            before = (diagonal + usize::from(left != right))
                .min(above + 1)
                .min(before + 1);
            diagonal = *above;
            next.push(before);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (place, spec) in FIELDS.iter().enumerate() {
            assert_eq!(spec.field as usize, place, "{}", spec.name);
            assert_eq!(spec.field.spec(), spec);
        }
        assert_eq!(Field::Mailboxes as usize + 1, FIELDS.len());
    }

    #[test]
    fn names_are_unique_documented_and_no_part_of_an_address() {
        let mut seen = HashSet::new();
        for spec in FIELDS {
            assert!(spec.doc.ends_with('.'), "{}", spec.name);
            for name in spec.names() {
                assert!(seen.insert(name), "{name} is there twice");
                assert!(name.chars().all(is_name_character), "{name}");
                assert_eq!(name, name.to_ascii_lowercase());
                // `fade::1` must stay an address.
                assert!(!name.chars().all(|c| c.is_ascii_hexdigit()), "{name}");
                assert_eq!(Field::named(&name.to_uppercase()), Some(spec.field));
            }
        }
    }

    #[test]
    fn completion_offers_what_fits() {
        for (text, on, expected) in [
            ("us", On::Record, &["user", "agent"][..]),
            ("SEV", On::Grant, &["severity"]),
            ("sev", On::Record, &[]),
            ("user:bob (op", On::Record, &["operation"]),
            ("-(-ou", On::Record, &["outcome"]),
            ("op", On::Grant, &["operation", "target"]),
            ("user:o", On::Record, &[]),
            ("Add-op", On::Record, &[]),
            ("\"a op", On::Record, &[]),
            ("\"a\" op", On::Record, &["operation"]),
        ] {
            assert_eq!(complete(text, text.len(), on), expected, "{text}");
        }
        assert_eq!(complete("é", 1, On::Both), Vec::<&str>::new());
        assert_eq!(complete("", 0, On::Both).len(), FIELDS.len());
        assert_eq!(complete("op:x", 2, On::Record), ["operation"]);
        assert_eq!(complete("op", 99, On::Record), Vec::<&str>::new());
    }

    #[test]
    fn the_nearest_name_is_found() {
        for (typed, on, name) in [
            ("usr", On::Record, Some("user")),
            ("mailbx", On::Record, Some("mailbox")),
            ("sevrity", On::Grant, Some("severity")),
            ("http", On::Record, None),
            ("operations", On::Both, Some("operation")),
        ] {
            assert_eq!(nearest(typed, on), name, "{typed}");
        }
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }
}
