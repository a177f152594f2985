//! One principal, with every spelling that the evidence has for it and where.
//!
//! Not here: which spellings belong together (`join`).

use super::fact::Fact;
use crate::hunt::catalog;
use crate::hunt::model::PrincipalKind;
use crate::record::Provenance;
use crate::text::{fold, is_guid};
use std::collections::BTreeSet;

/// Tenants in which Microsoft registers its own applications. Source: Microsoft, verifying first-party applications.
const MICROSOFT: [&str; 2] = [
    "f8cdef31-a31e-4b4a-93e4-5f571e91255a",
    "72f988bf-86f1-41af-91ab-2d7cd011db47",
];

/// A spelling of a principal, with the evidence for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Spelling {
    /// The spelling as written; of several cases the smallest.
    pub written: String,
    /// What shows it, in a few words (`a sign-in`, `Get-Mailbox`).
    pub source: String,
    /// Where that stands.
    pub at: Provenance,
}

/// A principal: everything that facts show to be one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Principal {
    /// Spellings that name it and nobody else, by their folded text.
    pub spellings: Vec<Spelling>,
    /// Spellings that may name others too, by their folded text.
    pub names: Vec<Spelling>,
    /// Names for people, sorted: shown, never joined on.
    pub labels: BTreeSet<String>,
    /// Application ids known for it, folded; empty for all but applications.
    pub apps: BTreeSet<String>,
    /// What kind of principal it is, where that is shown.
    pub kind: Option<PrincipalKind>,
    /// Tenants it belongs to, folded: one as a rule.
    pub tenants: BTreeSet<String>,
    /// Its best principal name or address; empty when it has none.
    pub address: String,
    /// Whether it is an application of Microsoft itself: a label, never an all-clear.
    pub first_party: bool,
}

impl Principal {
    /// The best name to show: its principal name, else its name for people, else an alias, else an id.
    pub fn name(&self) -> &str {
        let label = self.labels.first().map(String::as_str);
        let spelled = self.names.iter().chain(&self.spellings).next();
        Some(self.address.as_str())
            .filter(|address| !address.is_empty())
            .or(label)
            .or(spelled.map(|spelling| spelling.written.as_str()))
            .unwrap_or_default()
    }

    /// The id under which it is compared where its name is no spelling of it.
    pub(super) fn key(&self) -> String {
        let mut all = self.spellings.iter().chain(&self.names);
        all.next()
            .map_or_else(String::new, |first| fold(&first.written))
    }

    /// Takes in what a fact tells beside spellings.
    pub(super) fn learn(&mut self, fact: &Fact) {
        if !fact.label.is_empty() && !self.labels.contains(&fact.label) {
            self.labels.insert(fact.label.clone());
        }
        for (texts, text) in [
            (&mut self.apps, &fact.app),
            (&mut self.tenants, &fact.tenant),
        ] {
            if is_guid(text) {
                texts.insert(fold(text));
            }
        }
        self.kind = self.kind.max(fact.kind);
    }

    /// Sorts what was gathered, and sees whose application it is.
    pub(super) fn finish(&mut self) {
        for spellings in [&mut self.spellings, &mut self.names] {
            spellings.sort_by_cached_key(|spelling| fold(&spelling.written));
        }
        let of_microsoft = |tenant: &String| MICROSOFT.contains(&tenant.as_str());
        self.first_party = self
            .apps
            .iter()
            .any(|app| catalog::first_party(app).is_some())
            || (!self.apps.is_empty() && self.tenants.iter().any(of_microsoft));
    }
}
