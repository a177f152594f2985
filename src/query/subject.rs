//! What can be asked: the values of a record or grant by field.
//!
//! Not here: how values are compared (`matches`). Grants implement [`Subject`] where they are defined (`hunt`).

use super::field::Field;
use crate::record::{Record, folder_name};
use crate::text;
use crate::time::Instant;

/// Something that a query accepts or not. Fields that do not apply have no value.
pub trait Subject {
    /// Gives every value of a keyword field, as written; comparing folds them. Blank values count as none.
    fn keywords(&self, field: Field, visit: &mut dyn FnMut(&str));

    /// The number of a number field, or the rank of an ordered keyword field.
    fn number(&self, field: Field) -> Option<f64>;

    /// When it happened.
    fn time(&self) -> Option<Instant>;

    /// Gives every free text. A phrase never reaches from one text into the next.
    fn texts(&self, visit: &mut dyn FnMut(&str));
}

impl Subject for Record {
    fn keywords(&self, field: Field, visit: &mut dyn FnMut(&str)) {
        record_keywords(self, field, visit);
    }

    fn number(&self, field: Field) -> Option<f64> {
        (field == Field::Items).then(|| {
            // No record names more than u32 messages; its own bytes end long before.
            f64::from(u32::try_from(self.message_ids().count()).unwrap_or(u32::MAX))
        })
    }

    fn time(&self) -> Option<Instant> {
        self.time
    }

    fn texts(&self, visit: &mut dyn FnMut(&str)) {
        self.texts().for_each(visit);
    }
}

/// A record with the facets that a higher layer found in it: the values of [`Field::Is`].
#[derive(Debug, Clone, Copy)]
pub struct Faceted<'a> {
    /// The record itself.
    pub record: &'a Record,
    /// The facets of it.
    pub facets: &'a [&'a str],
}

impl Subject for Faceted<'_> {
    fn keywords(&self, field: Field, visit: &mut dyn FnMut(&str)) {
        if field == Field::Is {
            self.facets.iter().for_each(|facet| visit(facet));
        } else {
            record_keywords(self.record, field, visit);
        }
    }

    fn number(&self, field: Field) -> Option<f64> {
        self.record.number(field)
    }

    fn time(&self) -> Option<Instant> {
        self.record.time
    }

    fn texts(&self, visit: &mut dyn FnMut(&str)) {
        self.record.texts().for_each(visit);
    }
}

/// Longest value of a keyword field, in characters; the rest of a longer one is not looked at. Terms of the index end at 65,530 bytes,
/// and no identifier comes near this.
const LONGEST_VALUE: usize = 4096;

/// The part of a value that is looked at.
fn bounded(value: &str) -> &str {
    let value = text::trimmed(value);
    // As a rule it is short: then its characters need not be counted.
    if value.len() <= LONGEST_VALUE {
        return value;
    }
    value
        .char_indices()
        .nth(LONGEST_VALUE)
        .and_then(|(end, _)| value.get(..end))
        .unwrap_or(value)
}

/// The form in which message ids are compared: bare ([`bare_message_id`]) and folded. The form of a form is itself.
pub fn message_key(written: &str) -> String {
    text::fold(bare_message_id(written))
}

/// A message id without the angle brackets that logs write around it as a rule. The one place that says what does not belong to an id, for
/// queries, matching and the index.
pub fn bare_message_id(written: &str) -> &str {
    let is_bare = |end: u8| end.is_ascii_graphic() && !matches!(end, b'<' | b'>');
    match written.as_bytes() {
        [b'<', first, .., last, b'>'] if is_bare(*first) && is_bare(*last) => {
            written.get(1..written.len() - 1).unwrap_or_default()
        }
        _ => written.trim_matches(|end: char| end.is_whitespace() || matches!(end, '<' | '>')),
    }
}

/// Gives every value of a keyword field of a record, bounded, else as written, and never blank: the one source for matching and for the
/// index.
///
/// A value may be given twice (an application that is both the caller and the one to judge). [`Field::Is`] has none here: facets are
/// found in a higher layer, see [`Faceted`].
pub fn record_keywords(record: &Record, field: Field, visit: &mut dyn FnMut(&str)) {
    let mut each = |values: &[&str]| {
        values
            .iter()
            .map(|value| bounded(value))
            .filter(|value| !value.is_empty())
            .for_each(&mut *visit);
    };
    if let Some(value) = sole_keyword(record, field) {
        return each(&[value]);
    }
    match field {
        Field::Mailbox => each(&[&record.mailbox.owner, &record.mailbox.guid]),
        Field::App => {
            let app = &record.app;
            each(&[app.judged(), &app.id, &app.client, &app.name]);
        }
        Field::Ip => addresses(record).for_each(|address| each(&[&address])),
        Field::Message => {
            let keys = record.message_ids().map(message_key);
            keys.filter(|key| !key.is_empty())
                .for_each(|key| visit(&key));
        }
        Field::Folder => {
            let paths = record.folders.iter().map(|folder| folder.path.as_str());
            let member = record.member.iter().map(|member| member.folder.as_str());
            let all = paths.chain(member).map(folder_name);
            all.for_each(|name| each(&[name]));
        }
        // Those of one value, and those that records have not: named one by one, so that a new field of records is not forgotten here.
        Field::Operation
        | Field::User
        | Field::Country
        | Field::Session
        | Field::Workload
        | Field::Outcome
        | Field::Agent
        | Field::Access
        | Field::Id
        | Field::Object
        | Field::Time
        | Field::Is
        | Field::Items
        | Field::Actor
        | Field::Grantee
        | Field::Target
        | Field::Road
        | Field::Right
        | Field::Scope
        | Field::State
        | Field::Class
        | Field::Severity
        | Field::Score
        | Field::Verdict
        | Field::Tag
        | Field::Signal
        | Field::Accesses
        | Field::Mailboxes => {}
    }
}

/// The one value of a field that never has several, bounded, else as written, and empty when there is none; nothing for any other field.
pub fn sole_keyword(record: &Record, field: Field) -> Option<&str> {
    let value = match field {
        Field::Operation => record.operation.as_str(),
        Field::User => &record.user,
        Field::Country => record.country_code(),
        Field::Session => &record.session,
        Field::Workload => &record.workload,
        Field::Outcome => record.outcome.word(),
        Field::Agent => &record.agent,
        Field::Access => record.property("MailAccessType").unwrap_or_default(),
        Field::Id => &record.id.0,
        Field::Object => &record.object,
        _ => return None,
    };
    Some(bounded(value))
}

/// The addresses of a record. The person's own comes first: it stands for the record in listings and histories.
fn addresses(record: &Record) -> impl Iterator<Item = String> {
    let all = std::iter::once(&record.address).chain(&record.other_addresses);
    all.map(|address| match address.ip {
        Some(ip) => ip.to_string(),
        None => address.written.clone(),
    })
}
