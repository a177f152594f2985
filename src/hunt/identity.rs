//! Who is who: the spellings that the evidence itself shows to be one principal.
//!
//! Only what one record says together is joined: object id, principal name and PUID of a directory actor or target; application id
//! and object id of a service principal; the two spellings that an Exchange cmdlet gives of its one object. Display names are labels,
//! never joined on: two people may share one. The result does not depend on the order of records. Not here: inventories.

pub mod fact;

use super::model::{Party, PrincipalKind};
use crate::record::{Record, Target};
use crate::text::fold;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Cmdlets whose `ObjectId` and `Identity` spell the same single object.
const ONE_OBJECT: [&str; 5] = [
    "Add-MailboxPermission",
    "Remove-MailboxPermission",
    "Add-RecipientPermission",
    "Remove-RecipientPermission",
    "Set-Mailbox",
];

/// The principals of the evidence.
#[derive(Debug, Default)]
pub struct Identities {
    /// Folded spelling to principal.
    index: HashMap<String, usize>,
    principals: Vec<Principal>,
}

/// One principal, with all that records show of it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Principal {
    /// Folded spelling to the spelling shown.
    spellings: BTreeMap<String, String>,
    /// Display names: shown, never joined on.
    labels: BTreeSet<String>,
    /// Application ids known for it; empty when there are none.
    apps: BTreeSet<String>,
    kind: Option<PrincipalKind>,
}

/// What one record shows of one principal.
#[derive(Debug, Default, PartialEq, Eq, Hash)]
struct Observation {
    spellings: Vec<String>,
    label: String,
    app: String,
    kind: Option<PrincipalKind>,
}

impl Identities {
    /// Learns from records, in whatever order they come.
    pub fn of<'a>(records: impl IntoIterator<Item = &'a Record>) -> Self {
        let mut identities = Self::default();
        // Most records show what others showed before them, which teaches nothing new.
        let mut known = HashSet::new();
        for observation in records.into_iter().flat_map(observations) {
            if !known.contains(&observation) {
                identities.learn(&observation);
                known.insert(observation);
            }
        }
        identities
    }

    fn learn(&mut self, observation: &Observation) {
        let spellings = observation.spellings.iter();
        let spellings: Vec<(String, &str)> = spellings
            .map(|spelling| (fold(spelling), spelling.trim()))
            .filter(|(folded, _)| names_one(folded))
            .collect();
        if spellings.is_empty() {
            return;
        }
        let known: BTreeSet<usize> = spellings
            .iter()
            .filter_map(|(folded, _)| self.index.get(folded).copied())
            .collect();
        let home = known.first().copied().unwrap_or_else(|| {
            self.principals.push(Principal::default());
            self.principals.len() - 1
        });
        for other in known.into_iter().skip(1) {
            self.join(home, other);
        }
        for (folded, _) in &spellings {
            self.index.insert(folded.clone(), home);
        }
        let Some(principal) = self.principals.get_mut(home) else {
            return;
        };
        for (folded, written) in spellings {
            // The smallest of several cases of one spelling is shown: the same whatever comes first.
            let shown = principal.spellings.entry(folded);
            let shown = shown.or_insert_with(|| written.to_owned());
            if written < shown.as_str() {
                written.clone_into(shown);
            }
        }
        let label = Some(observation.label.clone());
        principal
            .labels
            .extend(label.filter(|label| !label.is_empty()));
        principal
            .apps
            .extend(Some(fold(&observation.app)).filter(|app| !app.is_empty()));
        principal.kind = principal.kind.max(observation.kind);
    }

    fn join(&mut self, home: usize, other: usize) {
        let Some(moved) = self.principals.get_mut(other).map(std::mem::take) else {
            return;
        };
        for spelling in moved.spellings.keys() {
            self.index.insert(spelling.clone(), home);
        }
        if let Some(principal) = self.principals.get_mut(home) {
            principal.spellings.extend(moved.spellings);
            principal.labels.extend(moved.labels);
            principal.apps.extend(moved.apps);
            principal.kind = principal.kind.max(moved.kind);
        }
    }

    fn find(&self, spelling: &str) -> Option<&Principal> {
        self.index
            .get(&fold(spelling))
            .and_then(|at| self.principals.get(*at))
    }

    /// The party that a record names with `name` and perhaps further spellings, with the application ids it is known by.
    pub fn party(
        &self,
        name: &str,
        aliases: &[String],
        kind: PrincipalKind,
    ) -> (Party, Vec<String>) {
        let written = tail(name);
        let mut spellings: BTreeSet<String> = [fold(name), fold(written)]
            .into_iter()
            .chain(aliases.iter().map(|alias| fold(alias)))
            .collect();
        spellings.remove("");
        let mut best = better_name(written, aliases);
        let (mut apps, mut known_kind) = (BTreeSet::new(), None);
        for principal in std::iter::once(name)
            .chain(aliases.iter().map(String::as_str))
            .filter_map(|spelling| self.find(spelling))
        {
            spellings.extend(principal.spellings.keys().cloned());
            apps.extend(principal.apps.iter().cloned());
            known_kind = known_kind.max(principal.kind);
            best = principal.name(&best);
        }
        let kind = if kind == PrincipalKind::Unknown {
            known_kind.unwrap_or_else(|| super::grant::kind_of(&best))
        } else {
            kind
        };
        let key = fold(&best);
        if !key.is_empty() {
            spellings.insert(key.clone());
        }
        (
            Party {
                name: best,
                key,
                kind,
                spellings: spellings.into_iter().collect(),
                ..Party::default()
            },
            apps.into_iter().collect(),
        )
    }
}

impl Principal {
    /// The best name to show: a principal name, else a display name, else what the record wrote.
    fn name(&self, written: &str) -> String {
        let principal_name = self
            .spellings
            .values()
            .filter(|spelling| spelling.contains('@'))
            .min();
        let label = self.labels.first().filter(|_| is_opaque(written));
        principal_name
            .or(label)
            .cloned()
            .unwrap_or_else(|| written.to_owned())
    }
}

/// A name a person can read, of those in one record.
fn better_name(written: &str, aliases: &[String]) -> String {
    let readable = aliases
        .iter()
        .find(|alias| !is_opaque(alias))
        .filter(|_| is_opaque(written));
    readable.map_or(written, |alias| tail(alias)).to_owned()
}

/// Whether a spelling is an id that tells a person nothing.
fn is_opaque(spelling: &str) -> bool {
    let folded = fold(spelling);
    is_guid(&folded)
        || folded.is_empty()
        || folded.starts_with("s-1-")
        || folded.starts_with("serviceprincipal_")
}

/// Whether a text has the length and the hyphens of a GUID.
pub(super) fn is_guid(text: &str) -> bool {
    text.len() == 36 && text.bytes().filter(|byte| *byte == b'-').count() == 4
}

/// Whether a folded spelling can name one principal: not empty, not a filler, not a well-known SID that is the same in every tenant.
fn names_one(folded: &str) -> bool {
    let filler = matches!(folded, "" | "not available" | "unknown" | "<null>");
    let well_known = folded.starts_with("s-1-") && !folded.starts_with("s-1-5-21-");
    let nil = folded.bytes().all(|byte| matches!(byte, b'0' | b'-'));
    !filler && !well_known && !nil
}

/// The last part of a canonical name (`forest/organisations/tenant/alice`); anything else whole.
fn tail(name: &str) -> &str {
    let canonical = name.contains('/') && !name.contains("://");
    if canonical {
        name.rsplit('/').next().unwrap_or(name).trim()
    } else {
        name.trim()
    }
}

/// What a record shows of the principals it names.
fn observations(record: &Record) -> Vec<Observation> {
    let mut all: Vec<Observation> = record.targets.iter().map(of_target).collect();
    all.push(of_actor(record));
    all.push(of_service_principal(record));
    if record.operation.is_any(&ONE_OBJECT) {
        let identity = record.parameter("Identity").unwrap_or_default();
        all.push(Observation {
            spellings: vec![record.object.clone(), identity.to_owned()],
            ..Observation::default()
        });
    }
    if !record.mailbox.owner.is_empty() {
        let mailbox = &record.mailbox;
        let spellings = vec![
            mailbox.owner.clone(),
            mailbox.guid.clone(),
            mailbox.sid.clone(),
        ];
        all.push(Observation {
            spellings,
            ..Observation::default()
        });
    }
    all
}

fn of_target(target: &Target) -> Observation {
    let kind = match target.kind.as_str() {
        "ServicePrincipal" | "Application" => Some(PrincipalKind::ServicePrincipal),
        "Group" => Some(PrincipalKind::Group),
        "User" if target.upn.to_uppercase().contains("#EXT#") => Some(PrincipalKind::Guest),
        "User" => Some(PrincipalKind::User),
        _ => None,
    };
    let spellings = vec![target.id.clone(), target.upn.clone(), target.app.clone()];
    Observation {
        spellings,
        label: target.name.clone(),
        app: target.app.clone(),
        kind,
    }
}

/// The actor block of a directory record: `User_<oid>` beside UPN and PUID, or `ServicePrincipal_<oid>`. A bare GUID may be the portal
/// that was used, so only the prefixed one is believed.
fn of_actor(record: &Record) -> Observation {
    let mut observation = Observation::default();
    for identifier in &record.actors {
        let prefixed = ["User_", "ServicePrincipal_"]
            .iter()
            .find_map(|prefix| identifier.id.strip_prefix(prefix));
        if let Some(object) = prefixed {
            observation
                .spellings
                .extend([identifier.id.clone(), object.to_owned()]);
        } else if matches!(identifier.kind, 3 | 5) {
            observation.spellings.push(identifier.id.clone());
        }
    }
    observation
}

/// The service principal of a grant or of `New-ServicePrincipal`: object id and application id in one record.
fn of_service_principal(record: &Record) -> Observation {
    let value = |property: &str, parameter: &str| {
        let creates = record.operation.is("New-ServicePrincipal");
        let parameter = if creates {
            record.parameter(parameter)
        } else {
            None
        };
        record
            .new_value(property)
            .or(parameter)
            .unwrap_or_default()
            .to_owned()
    };
    let app = value("ServicePrincipal.AppId", "AppId");
    let spellings = vec![value("ServicePrincipal.ObjectID", "ObjectId"), app.clone()];
    Observation {
        spellings,
        label: value("ServicePrincipal.DisplayName", "DisplayName"),
        app,
        kind: Some(PrincipalKind::ServicePrincipal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Identifier, Operation, Property};

    fn directory_record(object: &str, upn: &str) -> Record {
        let target = Target {
            id: object.into(),
            upn: upn.into(),
            kind: "User".into(),
            ..Target::default()
        };
        Record {
            targets: vec![target],
            ..Record::default()
        }
    }

    #[test]
    fn an_object_id_is_the_user_that_a_directory_record_names_with_it() {
        let identities = Identities::of([&directory_record(
            "288FC35B-236b-4b73-868a-11f9d367bb13",
            "vic@contoso.com",
        )]);
        let (party, _) = identities.party(
            "288fc35b-236b-4b73-868a-11f9d367bb13",
            &[],
            PrincipalKind::Unknown,
        );
        assert_eq!(
            (party.name.as_str(), party.kind),
            ("vic@contoso.com", PrincipalKind::User)
        );
        assert!(
            party
                .spellings
                .contains(&"288fc35b-236b-4b73-868a-11f9d367bb13".to_owned())
        );
    }

    #[test]
    fn order_of_records_does_not_matter() {
        let cmdlet = Record {
            operation: Operation::new("Add-MailboxPermission"),
            object: "alice_1ea0eb0f93".into(),
            parameters: vec![Property {
                name: "Identity".into(),
                value: "11111111-236b-4b73-868a-11f9d367bb13".into(),
            }],
            ..Record::default()
        };
        let directory =
            directory_record("11111111-236b-4b73-868a-11f9d367bb13", "Alice@example.com");
        for records in [[&cmdlet, &directory], [&directory, &cmdlet]] {
            let (party, _) =
                Identities::of(records).party("alice_1ea0eb0f93", &[], PrincipalKind::Unknown);
            assert_eq!(party.name, "Alice@example.com");
            assert_eq!(party.spellings.len(), 3);
        }
    }

    #[test]
    fn display_names_are_never_joined_on() {
        let target = |id: &str| Target {
            id: id.into(),
            name: "Mail Sync".into(),
            kind: "ServicePrincipal".into(),
            ..Target::default()
        };
        let record = Record {
            targets: vec![target("one"), target("two")],
            ..Record::default()
        };
        let identities = Identities::of([&record]);
        let (party, _) = identities.party("one", &[], PrincipalKind::Unknown);
        assert!(!party.spellings.contains(&"two".to_owned()));
    }

    #[test]
    fn the_portal_in_an_actor_block_is_not_the_actor() {
        let identifier = |id: &str, kind| Identifier {
            id: id.into(),
            kind,
        };
        let record = Record {
            actors: vec![
                identifier("alice@example.com", 5),
                identifier("18ed3507-a475-4ccb-b669-d66bc9f2a36e", 2),
                identifier("User_22222222-236b-4b73-868a-11f9d367bb13", 2),
            ],
            ..Record::default()
        };
        let (party, _) =
            Identities::of([&record]).party("alice@example.com", &[], PrincipalKind::User);
        assert!(
            party
                .spellings
                .contains(&"22222222-236b-4b73-868a-11f9d367bb13".to_owned())
        );
        assert!(
            !party
                .spellings
                .iter()
                .any(|spelling| spelling.starts_with("18ed3507"))
        );
    }

    #[test]
    fn a_canonical_name_shows_its_last_part() {
        let (party, _) = Identities::default().party(
            "EURPR04A009.PROD.OUTLOOK.COM/x/contoso.onmicrosoft.com/alice",
            &[],
            PrincipalKind::Unknown,
        );
        assert_eq!(
            (party.name.as_str(), party.key.as_str()),
            ("alice", "alice")
        );
    }
}
