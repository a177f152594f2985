//! What one record or inventory entry shows of one principal.
//!
//! Not here: what follows from many of them (`identity`).

use crate::hunt::model::PrincipalKind;
use crate::record::{Inventory, Provenance, Record};

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
    /// distinguished name, application id. As written.
    pub ids: Vec<String>,
    /// Spellings that may name others too: alias, directory name, account name without a domain. As written.
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

/// What a record shows of the principals it names.
pub fn of_record(_record: &Record) -> Vec<Fact> {
    Vec::new()
}

/// What an entry of an inventory shows of the principals it names.
pub fn of_entry(_entry: &Inventory) -> Vec<Fact> {
    Vec::new()
}

/// A digest of what a record shows of who is who: two records with one trace show the same.
pub fn trace(_record: &Record) -> Option<u64> {
    None
}
