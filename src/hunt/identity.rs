//! Who is who: the spellings that the evidence itself shows to be one principal.
//!
//! What one record or one entry of an inventory says together is a fact ([`fact`]); facts are joined over the spellings that name one
//! principal alone ([`Identities`]). Aliases and names resolve where one principal alone has them, and stay ambiguous where several
//! do; display names are labels, never joined on, for anybody can choose his own. The result depends neither on the order of facts nor
//! on their repetition. Not here: which records there are, and what a principal may do.

pub mod fact;
mod form;
mod join;
mod principal;
mod resemble;
#[cfg(test)]
mod tests;

pub use principal::{Principal, Spelling};

use super::model::{Party, PrincipalKind};
use crate::record::Located;
use crate::text::{fold, trimmed};
use fact::LocatedFact;
use hashbrown::HashMap;
use join::Joined;
use resemble::Known;
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// The principals of the evidence.
#[derive(Debug, Default)]
pub struct Identities {
    joined: Joined,
    /// Known names by what they look like: made when first asked for.
    known: OnceLock<Known>,
}

/// What a spelling resolves to.
#[derive(Debug, Default, Clone)]
struct Resolved<'a> {
    /// The principals that it names: several where a record names one by spellings that nothing else joins.
    is: Vec<&'a Principal>,
    /// The principals that it may name.
    may_be: Vec<&'a Principal>,
    /// Whether the name is one for people, and an id beside it says who is meant.
    is_label: bool,
}

impl Identities {
    /// Learns from facts, in whatever order they come.
    pub fn of<'a>(facts: impl IntoIterator<Item = &'a LocatedFact>) -> Self {
        Self {
            joined: Joined::of(facts),
            known: OnceLock::new(),
        }
    }

    /// Learns from what records show, in whatever order they come.
    pub fn of_records(records: &[Located]) -> Self {
        Self::of(&Self::facts(records))
    }

    /// What records show of who is who, each thing as a rule once.
    pub fn facts(records: &[Located]) -> Vec<LocatedFact> {
        // Most records show what others showed before them; of those the first in the evidence counts.
        let mut shown: HashMap<u64, &Located> = HashMap::new();
        for located in records {
            if let Some(trace) = fact::trace(&located.record) {
                let first = shown.entry(trace).or_insert(located);
                if located.provenance < first.provenance {
                    *first = located;
                }
            }
        }
        shown
            .into_values()
            .flat_map(|located| {
                let facts = fact::of_record(&located.record).into_iter();
                facts.map(|fact| LocatedFact {
                    fact,
                    at: located.provenance,
                })
            })
            .collect()
    }

    /// Every principal, by its first spelling.
    pub fn principals(&self) -> &[Principal] {
        &self.joined.principals
    }

    /// Everybody whom a spelling may name: by its ids, else by its names, else by the names for people.
    pub fn find(&self, spelling: &str) -> Vec<&Principal> {
        let resolved = self.resolve(spelling, &[], PrincipalKind::Unknown);
        let found = if resolved.is.is_empty() {
            resolved.may_be
        } else {
            resolved.is
        };
        if found.is_empty() {
            self.labelled(spelling)
        } else {
            found
        }
    }

    /// Everybody who has a name for people.
    pub(super) fn labelled(&self, label: &str) -> Vec<&Principal> {
        let labelled = self.joined.labels.get(&fold(label));
        self.all(labelled.map_or(&[], Vec::as_slice))
    }

    fn all(&self, numbers: &[u32]) -> Vec<&Principal> {
        numbers
            .iter()
            .filter_map(|number| self.principal(*number))
            .collect()
    }

    fn principal(&self, number: u32) -> Option<&Principal> {
        self.joined.principals.get(number as usize)
    }

    /// Whom a record means by a name and its aliases: an id counts, then the name, then an alias of one principal. A name for people
    /// names nobody where an id stands beside it, though it have the form of somebody's address.
    fn resolve(&self, name: &str, aliases: &[String], said: PrincipalKind) -> Resolved<'_> {
        let beside: BTreeSet<u32> = aliases
            .iter()
            .filter_map(|alias| self.by_id(alias))
            .collect();
        let has_label = |number: &u32| {
            let label = fold(name);
            let principal = self.principal(*number);
            principal.is_some_and(|principal| principal.labels.iter().any(|own| fold(own) == label))
        };
        let by_application = said == PrincipalKind::ServicePrincipal && !form::is_opaque(name);
        let is_label = !beside.is_empty() && (by_application || beside.iter().any(has_label));
        let named = Some(name).filter(|_| !is_label);
        let named = named.and_then(|name| self.by_id(name));
        // What an application does in a mailbox is logged under its owner's name.
        let named = named.filter(|number| !(by_application && self.is_person(*number)));
        let is: BTreeSet<u32> = beside.into_iter().chain(named).collect();
        if !is.is_empty() {
            return Resolved {
                is: self.all(&is.into_iter().collect::<Vec<u32>>()),
                is_label,
                ..Resolved::default()
            };
        }
        let spellings = std::iter::once(name).chain(aliases.iter().map(String::as_str));
        let mut named = spellings.filter_map(|spelling| {
            let mut forms = form::forms(spelling).into_iter();
            forms.find_map(|form| self.joined.names.get(&form))
        });
        let all = named.next().map_or(&[][..], Vec::as_slice);
        match all {
            [_] => Resolved {
                is: self.all(all),
                ..Resolved::default()
            },
            _ => Resolved {
                may_be: self.all(all),
                ..Resolved::default()
            },
        }
    }

    fn is_person(&self, number: u32) -> bool {
        let kind = self.principal(number).and_then(|principal| principal.kind);
        let people = [
            PrincipalKind::User,
            PrincipalKind::Guest,
            PrincipalKind::External,
        ];
        kind.is_none_or(|kind| people.contains(&kind))
    }

    /// The principal that an id names, in whatever wrapping.
    fn by_id(&self, spelling: &str) -> Option<u32> {
        let mut forms = form::forms(spelling).into_iter();
        forms.find_map(|form| self.joined.ids.get(&form).copied())
    }

    /// The party that a record names with `name` and perhaps further spellings, with the application ids it is known by.
    pub fn party(
        &self,
        name: &str,
        aliases: &[String],
        kind: PrincipalKind,
    ) -> (Party, Vec<String>) {
        let resolved = self.resolve(name, aliases, kind);
        let written = if resolved.is_label {
            trimmed(name)
        } else {
            form::bare(name)
        };
        let named = self.address_of(written);
        let named = named.filter(|named| resolved.is.iter().any(|is| std::ptr::eq(*is, *named)));
        let common = named.map_or_else(
            || best_name(written, aliases, &resolved.is),
            |principal| principal.address.clone(),
        );
        let spellings = self.spellings(name, aliases, &resolved);
        let key = key(&common, &spellings, &resolved);
        let best = self.shown(written, common);
        let labels = resolved.is.iter().flat_map(|principal| &principal.labels);
        let label = labels.filter(|label| fold(label) != fold(&best)).min();
        let label = label.cloned().unwrap_or_default();
        let apps: BTreeSet<String> = resolved
            .is
            .iter()
            .flat_map(|principal| principal.apps.iter().cloned())
            .collect();
        let party = Party {
            kind: self.kind(kind, &best, &resolved),
            candidates: self.candidates(&best, &resolved),
            resembles: self.imitated(&best, &resolved.is),
            name: best,
            key,
            spellings: spellings.into_iter().collect(),
            label,
        };
        (party, apps.into_iter().collect())
    }

    /// Who has an address.
    fn address_of(&self, written: &str) -> Option<&Principal> {
        let number = form::is_address(written).then(|| self.by_id(written));
        let principal = number.flatten().and_then(|number| self.principal(number));
        principal.filter(|principal| !principal.address.is_empty())
    }

    /// The name to show for what a record wrote: an address stays as it is, unless a fact shows it together with the better one.
    fn shown(&self, written: &str, best: String) -> String {
        let unknown = || self.by_id(written).is_none();
        let folded = fold(written);
        let stays = form::is_address(written)
            && !form::is_opaque(written)
            && folded != fold(&best)
            && (self.joined.apart.contains(&folded) || unknown());
        if stays { written.to_owned() } else { best }
    }

    /// Every folded spelling of a party: what the record wrote, and what its principal is known by. A name for people is no spelling
    /// of a principal that an id names, for another may have chosen it, and a name of several is none either.
    fn spellings(
        &self,
        name: &str,
        aliases: &[String],
        resolved: &Resolved<'_>,
    ) -> BTreeSet<String> {
        let name = Some(name).filter(|_| !resolved.is_label);
        let written = name.into_iter().chain(aliases.iter().map(String::as_str));
        let mut spellings: BTreeSet<String> = written
            .flat_map(|spelling| [fold(spelling), fold(form::bare(spelling))])
            // What several are called says less than the id beside it.
            .filter(|spelling| resolved.is.is_empty() || self.is_unique(spelling))
            .collect();
        for principal in &resolved.is {
            let ids = principal.spellings.iter();
            spellings.extend(ids.map(|spelling| fold(&spelling.written)));
            let names = principal
                .names
                .iter()
                .map(|spelling| fold(&spelling.written));
            spellings.extend(names.filter(|name| self.is_unique(name)));
        }
        spellings.remove("");
        spellings
    }

    fn is_unique(&self, name: &str) -> bool {
        self.joined.names.get(name).is_none_or(|all| all.len() == 1)
    }

    /// The names of all whom a party may be, sorted: those who have its name, else those whom people call so.
    fn candidates(&self, best: &str, resolved: &Resolved<'_>) -> Vec<String> {
        let mut all = resolved.may_be.clone();
        if all.is_empty() && resolved.is.is_empty() {
            all = self.labelled(best);
        }
        let names: BTreeSet<&str> = all.iter().map(|principal| principal.name()).collect();
        names.into_iter().map(str::to_owned).collect()
    }

    /// What kind of principal a party is: what its record says, unless that was read off the spelling alone and the evidence knows
    /// better. Of several candidates what all are.
    fn kind(&self, said: PrincipalKind, best: &str, resolved: &Resolved<'_>) -> PrincipalKind {
        let kinds = resolved.is.iter().map(|principal| principal.kind);
        let known = kinds.max().flatten();
        match (said, known) {
            (PrincipalKind::ServicePrincipal, Some(PrincipalKind::ManagedIdentity)) => {
                PrincipalKind::ManagedIdentity
            }
            (PrincipalKind::Unknown | PrincipalKind::User, Some(known)) => known,
            (PrincipalKind::Unknown, None) if !resolved.may_be.is_empty() => {
                agreed(&resolved.may_be)
            }
            (PrincipalKind::Unknown, None) => self.at_home(super::grant::kind_of(best), best),
            _ => self.at_home(said, best),
        }
    }

    /// A user is external when his address is of none of the tenant's domains, where those are known. A domain that every tenant has
    /// one of (`*.onmicrosoft.com`) tells nothing.
    fn at_home(&self, kind: PrincipalKind, name: &str) -> PrincipalKind {
        let home = &self.joined.domains;
        let is_home = |domain: &str| {
            let within = |inner: &str, outer: &str| {
                inner
                    .strip_suffix(outer)
                    .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            };
            within(domain, "onmicrosoft.com")
                || home
                    .iter()
                    .any(|own| within(domain, own) || within(own, domain))
        };
        match form::domain(name) {
            Some(domain) if kind == PrincipalKind::User && !home.is_empty() => {
                if is_home(&fold(domain)) {
                    kind
                } else {
                    PrincipalKind::External
                }
            }
            _ => kind,
        }
    }

    /// The known name that a party's own imitates; empty when there is none. Microsoft's own applications imitate nobody.
    fn imitated(&self, best: &str, is: &[&Principal]) -> String {
        let labels = || is.iter().flat_map(|principal| &principal.labels);
        let no_name = form::is_opaque(best) && labels().next().is_none();
        if no_name || is.iter().any(|principal| principal.first_party) {
            return String::new();
        }
        let worn = labels().find_map(|label| self.worn(label, is));
        let joined = &self.joined;
        let known = self
            .known
            .get_or_init(|| Known::of(&joined.principals, &joined.domains));
        let is_foreign = is
            .iter()
            .any(|principal| !principal.apps.is_empty() && !principal.tenants.is_empty());
        let names: Vec<&str> = std::iter::once(best)
            .chain(labels().map(String::as_str))
            .collect();
        worn.unwrap_or_else(|| known.imitated(&names, is_foreign))
    }

    /// The address of another that somebody has for a name.
    fn worn(&self, label: &str, is: &[&Principal]) -> Option<String> {
        let address = Some(form::bare(label)).filter(|label| form::is_address(label))?;
        let whose = self.principal(self.by_id(address)?)?;
        let own = is.iter().any(|principal| principal.key() == whose.key());
        (!own).then(|| address.to_owned())
    }
}

/// The kind that all of some principals are; unknown when they differ.
fn agreed(all: &[&Principal]) -> PrincipalKind {
    let mut kinds = all
        .iter()
        .map(|principal| principal.kind.unwrap_or_default());
    let first = kinds.next().unwrap_or_default();
    if kinds.all(|kind| kind == first) {
        first
    } else {
        PrincipalKind::Unknown
    }
}

/// The folded identity of a party: its name, or its first id where the name is only for people.
fn key(best: &str, spellings: &BTreeSet<String>, resolved: &Resolved<'_>) -> String {
    let folded = fold(best);
    let first = resolved.is.first().filter(|_| !spellings.contains(&folded));
    first.map_or(folded, |principal| principal.key())
}

/// The best name to show: a principal name, else what the record wrote if a person can read it, else a name for people.
fn best_name(written: &str, aliases: &[String], is: &[&Principal]) -> String {
    let addresses = is.iter().map(|principal| principal.address.as_str());
    let address = addresses.filter(|address| !address.is_empty()).min();
    let readable = || {
        let aliases = aliases.iter().map(|alias| form::bare(alias));
        let mut all = std::iter::once(written).chain(aliases);
        all.find(|spelling| !form::is_opaque(spelling))
    };
    let known = || {
        let labels = is.iter().flat_map(|principal| &principal.labels);
        let names = is.iter().flat_map(|principal| &principal.names);
        labels
            .min()
            .or(names.map(|name| &name.written).min())
            .map(String::as_str)
    };
    address
        .or_else(readable)
        .or_else(known)
        .unwrap_or(written)
        .to_owned()
}

/// Whether a spelling is an id that tells a person nothing.
pub(super) fn is_opaque(text: &str) -> bool {
    form::is_opaque(text)
}

/// Whether a text has the form of a GUID.
pub(super) fn is_guid(text: &str) -> bool {
    crate::text::is_guid(trimmed(text))
}
