//! What one record or inventory entry shows of one principal.
//!
//! A fact names one principal and nobody else: never the actor and the mailbox he is in, so that there are as many facts as principals
//! and not as pairs of them. Not here: what follows from many of them (`identity`).

mod entry;
mod record;
#[cfg(test)]
mod tests;

use super::form::{LONGEST, solid};
use crate::hunt::model::PrincipalKind;
use crate::record::{Inventory, Provenance, Record};
use foldhash::fast::FixedState;
use std::hash::{BuildHasher, Hasher};

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

/// Declares the sources of facts among records, with their words.
macro_rules! sources {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)+) => {
        /// What in a record shows something.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        enum Source { $($(#[$doc])* $name,)+ }

        impl Source {
            const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }
        }
    };
}

sources! {
    /// The actor, under his name and key or in the block of a directory record.
    #[default]
    Actor = "the actor of a record",
    /// Who signed in.
    SignIn = "a sign-in",
    /// The owner of a mailbox.
    Owner = "mailbox audit, of the owner",
    /// Another in it.
    Delegate = "mailbox audit, of the delegate",
    /// In whose name a message was sent.
    Sender = "mailbox audit, of the sender",
    /// The entry of a folder.
    Member = "mailbox audit, of a folder's entry",
    /// An object that was acted on.
    Target = "the target of a directory record",
    /// A user who got another principal name.
    Renamed = "a new principal name",
    /// The service principal of a grant.
    Property = "the properties of a directory record",
    /// The one object of a cmdlet.
    Cmdlet = "the object of a cmdlet",
    /// What a cmdlet made.
    NewPrincipal = "New-ServicePrincipal",
    /// Through what something was done.
    Caller = "the application of a record",
}

const GET_MAILBOX: &str = "Get-Mailbox";
const USERS: &str = "the list of users";
const SUMMARY: &str = "the summary of mailbox permissions";

/// Sources of which the first address is the principal name, and how many of their addresses are sure to be of the tenant itself: any
/// address may stand in the `mail` of a user.
const NAMING: [(&str, usize); 8] = [
    (GET_MAILBOX, usize::MAX),
    (USERS, 1),
    (SUMMARY, 1),
    (Source::Owner.word(), 1),
    (Source::SignIn.word(), 0),
    (Source::Actor.word(), 0),
    (Source::Target.word(), 0),
    (Source::Renamed.word(), 0),
];

impl Fact {
    /// How many of its addresses are of the tenant itself: those of its mailboxes and users, but for guests.
    pub(super) fn home_addresses(&self) -> usize {
        let foreign = matches!(
            self.kind,
            Some(PrincipalKind::Guest | PrincipalKind::External)
        );
        let home = self.naming().unwrap_or(0);
        if home == 0 || foreign || self.ids.iter().any(|id| is_guest(id)) {
            0
        } else {
            home
        }
    }

    /// Whether the first address of the fact is a principal name.
    pub(super) fn has_principal_name(&self) -> bool {
        self.naming().is_some()
    }

    fn naming(&self) -> Option<usize> {
        let mut naming = NAMING.iter();
        let found = naming.find(|(source, _)| *source == self.source)?;
        Some(found.1)
    }
}

/// Whether a principal name is that of a guest.
fn is_guest(upn: &str) -> bool {
    let mut parts = upn.as_bytes().windows(5);
    upn.contains('#') && parts.any(|part| part.eq_ignore_ascii_case(b"#EXT#"))
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
    source: Source,
}

impl Shown<'_> {
    /// Lets go of what names nobody; whether anything is left that a single spelling would not show.
    fn is_worth(&mut self) -> bool {
        let clean = |texts: &mut [&str]| {
            for text in &mut *texts {
                *text = solid(text);
            }
            texts.iter().filter(|text| !text.is_empty()).count()
        };
        let (ids, names) = (clean(&mut self.ids), clean(&mut self.names));
        self.label = solid(self.label);
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
            source: self.source.word().to_owned(),
        }
    }

    fn hash(&self, hasher: &mut impl Hasher) {
        // Lengths are told together: texts that stand in other places are other texts. Of ids and names it does not count at which
        // place they stand, for a fact keeps their order alone; an empty text ends each list.
        let mut lengths = self.source as u64;
        let ids = self.ids.iter().filter(|id| !id.is_empty());
        let names = self.names.iter().filter(|name| !name.is_empty());
        let rest = ["", self.label, self.app, self.tenant];
        for text in ids.chain(&[""]).chain(names).chain(&rest) {
            lengths = lengths.wrapping_mul(LONGEST as u64 + 1) + text.len() as u64;
            if !text.is_empty() {
                hasher.write(text.as_bytes());
            }
        }
        let kind = self.kind.map_or(0, |kind| 1 + kind as u64);
        hasher.write_u64(lengths.wrapping_mul(16).wrapping_add(kind));
    }
}
