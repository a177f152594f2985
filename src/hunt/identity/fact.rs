//! What one record or inventory entry shows of one principal.
//!
//! A fact names one principal and nobody else: never the actor and the mailbox he is in, so that there are as many facts as principals
//! and not as pairs of them. Not here: what follows from many of them (`identity`).

mod entry;
mod record;
#[cfg(test)]
mod tests;

use super::form::is_solid;
use crate::hunt::model::PrincipalKind;
use crate::record::{Inventory, Provenance, Record};
use crate::text::trimmed;
use foldhash::fast::FixedState;
use std::hash::{BuildHasher, Hash, Hasher};

/// What a record or an entry shows of one principal.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Default,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(default)]
pub struct Fact {
    /// Spellings that name this principal and nobody else: principal name, addresses, object id, SID, PUID, mailbox guid, legacy and
    /// distinguished name, application id. As written; the principal name comes first where it is known.
    pub ids: Vec<String>,
    /// Spellings that may name others too: alias, directory name, account name without a domain, canonical name. As written.
    pub names: Vec<String>,
    /// Name for people; empty when none is shown.
    pub label: String,
    /// Application id, for an application; empty otherwise.
    pub app: String,
    /// What kind of principal it is, where that is shown.
    pub kind: Option<PrincipalKind>,
    /// Tenant it belongs to, where that is shown; empty otherwise.
    pub tenant: String,
    /// What shows it, in a few words (`a sign-in`, `Get-Mailbox`).
    pub source: String,
}

/// A fact with the place that shows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocatedFact {
    /// What is shown.
    pub fact: Fact,
    /// Where it stands.
    pub at: Provenance,
}

/// A source of facts: its words, and what it tells beside them.
struct Source {
    word: &'static str,
    /// Whether addresses that it shows are of the tenant itself.
    is_home: bool,
    /// Whether the first address that it shows is the principal name, and no other address.
    names: bool,
}

const SIGN_IN: &str = "a sign-in";
const OWNER: &str = "mailbox audit, of the owner";
const DELEGATE: &str = "mailbox audit, of the delegate";
const SENT: &str = "mailbox audit, of the sender";
const MEMBER: &str = "mailbox audit, of a folder's entry";
const ACTOR: &str = "the actor of a record";
const TARGET: &str = "the target of a directory record";
const PROPERTY: &str = "the properties of a directory record";
const CMDLET: &str = "the object of a cmdlet";
const NEW_PRINCIPAL: &str = "New-ServicePrincipal";
const CALLER: &str = "the application of a record";
const GET_MAILBOX: &str = "Get-Mailbox";
const USERS: &str = "the list of users";
const SUMMARY: &str = "the summary of mailbox permissions";

/// Sources that tell more than what they show.
const SOURCES: [Source; 7] = [
    source(SIGN_IN, false, true),
    source(OWNER, true, true),
    source(ACTOR, false, true),
    source(TARGET, false, true),
    source(GET_MAILBOX, true, true),
    source(USERS, true, true),
    source(SUMMARY, true, true),
];

const fn source(word: &'static str, is_home: bool, names: bool) -> Source {
    Source {
        word,
        is_home,
        names,
    }
}

impl Fact {
    /// Whether the addresses of the fact are of the tenant itself: those of its mailboxes and users, but for guests.
    pub(super) fn is_home(&self) -> bool {
        let foreign = matches!(
            self.kind,
            Some(PrincipalKind::Guest | PrincipalKind::External)
        );
        !foreign && self.told(|source| source.is_home) && !self.ids.iter().any(|id| is_guest(id))
    }

    /// Whether the first address of the fact is a principal name.
    pub(super) fn has_principal_name(&self) -> bool {
        self.told(|source| source.names)
    }

    fn told(&self, what: impl Fn(&Source) -> bool) -> bool {
        SOURCES
            .iter()
            .any(|source| source.word == self.source && what(source))
    }
}

/// Whether a principal name is that of a guest.
fn is_guest(upn: &str) -> bool {
    upn.bytes()
        .zip(upn.bytes().skip(1))
        .any(|pair| pair == (b'#', b'e') || pair == (b'#', b'E'))
        && upn.to_ascii_uppercase().contains("#EXT#")
}

/// What a record shows of the principals it names.
pub fn of_record(record: &Record) -> Vec<Fact> {
    let mut facts = Vec::new();
    record::show(record, &mut |shown| facts.push(shown.fact()));
    facts
}

/// What an entry of an inventory shows of the principals it names.
pub fn of_entry(entry: &Inventory) -> Vec<Fact> {
    entry::show(entry)
}

/// A digest of what [`of_record`] makes facts of; `None` when there are none. Records with one trace give the same facts, so that all
/// but the first can be skipped. It costs no memory, and differs between machines: it is not to be stored.
///
/// Whoever writes records could craft two with one trace and so hide what the second shows, at no gain over leaving it out.
pub fn trace(record: &Record) -> Option<u64> {
    let mut hasher = None;
    record::show(record, &mut |shown| {
        let hasher = hasher.get_or_insert_with(|| FixedState::with_seed(0).build_hasher());
        shown.hash(hasher);
    });
    hasher.map(|hasher| hasher.finish())
}

/// What a record shows, in its own text.
#[derive(Debug, Clone, Copy, Default)]
struct Shown<'r> {
    ids: [&'r str; 5],
    names: [&'r str; 2],
    label: &'r str,
    app: &'r str,
    kind: Option<PrincipalKind>,
    tenant: &'r str,
    source: &'static str,
}

impl Shown<'_> {
    /// Lets go of what names nobody; whether anything is left that a single spelling would not show.
    fn is_worth(&mut self) -> bool {
        let mut ids = 0;
        for id in &mut self.ids {
            *id = if is_solid(id) { trimmed(id) } else { "" };
            ids += usize::from(!id.is_empty());
        }
        let mut names = 0;
        for name in &mut self.names {
            *name = if is_solid(name) { trimmed(name) } else { "" };
            names += usize::from(!name.is_empty());
        }
        self.label = if is_solid(self.label) {
            trimmed(self.label)
        } else {
            ""
        };
        match (ids, names) {
            (0, 0) => false,
            (1, 0) => !self.label.is_empty() || self.kind.is_some(),
            (0, 1) => self.kind.is_some(),
            (0, _) => {
                let [first, second] = self.names;
                self.kind.is_some() || !first.eq_ignore_ascii_case(second)
            }
            (2, 0) => !self.is_one() || !self.label.is_empty() || self.kind.is_some(),
            _ => true,
        }
    }

    /// Whether all its ids are one, in other case.
    fn is_one(&self) -> bool {
        let mut ids = self.ids.iter().filter(|id| !id.is_empty());
        let first = ids.next().copied().unwrap_or_default();
        ids.all(|id| id.eq_ignore_ascii_case(first))
    }

    fn fact(&self) -> Fact {
        let owned = |texts: &[&str]| {
            let texts = texts.iter().filter(|text| !text.is_empty());
            texts.map(|text| (*text).to_owned()).collect()
        };
        Fact {
            ids: owned(&self.ids),
            names: owned(&self.names),
            label: self.label.to_owned(),
            app: self.app.to_owned(),
            kind: self.kind,
            tenant: self.tenant.to_owned(),
            source: self.source.to_owned(),
        }
    }

    fn hash(&self, hasher: &mut impl Hasher) {
        // An empty place costs a byte, not a string.
        let mut places = 0_u32;
        for text in self.ids.iter().chain(&self.names) {
            places = places << 1 | u32::from(!text.is_empty());
            if !text.is_empty() {
                text.hash(hasher);
            }
        }
        let kind = self.kind.map_or(0, |kind| 1 + kind as u32);
        hasher.write_u32(places << 8 | kind);
        for text in [self.label, self.app, self.tenant] {
            if !text.is_empty() {
                text.hash(hasher);
            }
            hasher.write_u8(u8::from(!text.is_empty()));
        }
        // Sources are told apart by their place in the program's own text.
        self.source.hash(hasher);
    }
}
