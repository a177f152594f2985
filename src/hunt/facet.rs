//! Facets: what a record is to the hunt, decided once when it is indexed and asked for with `is:`.
//!
//! One table, [`FACETS`], from which the documentation and the query completion come. Not here: scores, which need other records.

use super::access;
use super::context;
use super::grant::{Effect, ROADS, changes};
use crate::record::{LogonType, Operation, Outcome, Record, UserType};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// A facet: its word and what it says.
pub struct Facet {
    /// The word after `is:`.
    pub word: &'static str,
    /// What it says.
    pub what: &'static str,
    applies: fn(&Look<'_>) -> bool,
}

/// A record, with what several facets ask of it found once.
struct Look<'a> {
    record: &'a Record,
    kinds: Kinds,
    /// What its changes do, each effect once.
    effects: BTreeSet<Effect>,
    /// Whether the client is the one of applications and of Microsoft's own background reads.
    rest_system: bool,
}

impl<'a> Look<'a> {
    fn at(record: &'a Record) -> Self {
        let kinds = Kinds::of(&record.operation);
        // Few operations change a permission: the others are not read for changes at all.
        let changes = if kinds.has(Kind::Permission) {
            changes(record)
        } else {
            Vec::new()
        };
        Self {
            record,
            kinds,
            effects: changes.iter().map(|change| change.effect).collect(),
            rest_system: record.agent.contains("RESTSystem"),
        }
    }

    fn has(&self, effect: Effect) -> bool {
        self.effects.contains(&effect)
    }

    fn failed(&self) -> bool {
        self.record.outcome == Outcome::Failed
    }
}

/// Facet of the records that the hunt reads again at every start.
pub const HUNTED: &str = "permission";

/// Every facet, with the records that have it.
pub const FACETS: &[Facet] = &[
    Facet {
        word: HUNTED,
        what: "changes a permission or what permissions mean, or says who is who",
        applies: |look| {
            !look.effects.is_empty()
                || look.kinds.has(Kind::Credential)
                || look.kinds.has(Kind::Identity)
                || look.kinds.has(Kind::Context)
        },
    },
    Facet {
        word: "grant",
        what: "gives a way to a mailbox",
        applies: |look| look.has(Effect::Grants) && !look.failed(),
    },
    Facet {
        word: "attempt",
        what: "tried to give one and failed",
        applies: |look| look.has(Effect::Grants) && look.failed(),
    },
    Facet {
        word: "revocation",
        what: "takes one away",
        applies: |look| look.has(Effect::Revokes),
    },
    Facet {
        word: "request",
        what: "asks for one in the registration of an application",
        applies: |look| look.has(Effect::Requests),
    },
    Facet {
        word: "credential",
        what: "adds or changes a credential of an application",
        applies: |look| look.kinds.has(Kind::Credential),
    },
    Facet {
        word: "access",
        what: "happened inside a mailbox",
        applies: |look| look.kinds.has(Kind::Access),
    },
    Facet {
        word: "sign-in",
        what: "is a sign-in",
        applies: |look| look.kinds.has(Kind::SignIn),
    },
    Facet {
        word: "delegate",
        what: "was done by a delegate",
        applies: |look| look.record.logon == Some(LogonType::Delegated),
    },
    Facet {
        word: "app-only",
        what: "was done by an application with rights of its own",
        applies: is_app_only,
    },
    Facet {
        word: "third-party",
        what: "was done by an application that is not Microsoft's",
        applies: is_third_party,
    },
    Facet {
        word: "throttled",
        what: "mailbox audit was throttled: later reads are missing",
        applies: |look| {
            look.record
                .property("IsThrottled")
                .is_some_and(|value| value.eq_ignore_ascii_case("true"))
        },
    },
    Facet {
        word: "degraded",
        what: "lost something on its way into the export",
        applies: |look| !look.record.degraded.is_empty(),
    },
];

/// The facets of one record: a bit for each row of [`FACETS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Facets(u16);

const _: () = assert!(FACETS.len() <= u16::BITS as usize);

impl Facets {
    /// The facets that a record has.
    pub fn of(record: &Record) -> Self {
        let look = Look::at(record);
        let bits = FACETS.iter().enumerate();
        Self(bits.fold(0, |bits, (at, facet)| {
            bits | u16::from((facet.applies)(&look)) << at
        }))
    }

    /// All of them as one number.
    pub fn number(self) -> u16 {
        self.0
    }

    /// Their words, in the order of [`FACETS`].
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        let facets = FACETS.iter().enumerate();
        facets
            .filter(move |(at, _)| self.0 >> at & 1 == 1)
            .map(|(_, facet)| facet.word)
    }

    /// Whether one of them has this word.
    pub fn has(self, word: &str) -> bool {
        self.words().any(|has| has == word)
    }
}

/// The facets of a record.
pub fn facets(record: &Record) -> Vec<&'static str> {
    Facets::of(record).words().collect()
}

/// What an operation alone shows of its records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Permission,
    Credential,
    Identity,
    Context,
    Access,
    SignIn,
}

/// A bit for each [`Kind`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Kinds(u8);

/// The operations of each kind; those that change a permission stand in [`ROADS`].
const OPERATIONS: [(Kind, &[&str]); 5] = [
    (Kind::Credential, &CREDENTIAL_OPERATIONS),
    (Kind::Identity, &IDENTITY_OPERATIONS),
    (Kind::Context, context::OPERATIONS),
    (Kind::Access, &access::OPERATIONS),
    (Kind::SignIn, &SIGN_IN_OPERATIONS),
];

/// Every operation of a kind, by its length: few share one.
static BY_LENGTH: LazyLock<Vec<Vec<(&'static str, Kinds)>>> = LazyLock::new(|| {
    let roads = ROADS.iter().map(|road| (Kind::Permission, road.operations));
    let mut all: Vec<Vec<(&str, Kinds)>> = Vec::new();
    for (kind, names) in roads.chain(OPERATIONS) {
        for name in names {
            if all.len() <= name.len() {
                all.resize_with(name.len() + 1, Vec::new);
            }
            if let Some(known) = all.get_mut(name.len()) {
                known.push((name, Kinds::of_name(known, name).with(kind)));
            }
        }
    }
    all
});

impl Kinds {
    /// The kinds of an operation, without case.
    fn of(operation: &Operation) -> Self {
        let name = operation.as_str();
        let known = BY_LENGTH.get(name.len()).map_or(&[][..], Vec::as_slice);
        Self::of_name(known, name)
    }

    /// What the last entry of a name says: each adds to those before.
    fn of_name(known: &[(&str, Self)], name: &str) -> Self {
        let mut known = known.iter().rev();
        known
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map_or_else(Self::default, |(_, kinds)| *kinds)
    }

    fn with(self, kind: Kind) -> Self {
        Self(self.0 | 1 << kind as u8)
    }

    fn has(self, kind: Kind) -> bool {
        self.0 >> kind as u8 & 1 == 1
    }
}

const CREDENTIAL_OPERATIONS: [&str; 4] = [
    "Add service principal credentials",
    "Update application - Certificates and secrets management",
    "Create application - Certificates and secrets management",
    "Update service principal - Certificates and secrets management",
];

/// Directory operations that show which ids are one principal. A few a day in a tenant, unlike sign-ins.
const IDENTITY_OPERATIONS: [&str; 8] = [
    "Add user",
    "Update user",
    "Invite external user",
    "Reset user password",
    "Add service principal",
    "Add application",
    "Add member to role",
    "New-ServicePrincipal",
];

const SIGN_IN_OPERATIONS: [&str; 4] = [
    "UserLoggedIn",
    "UserLoginFailed",
    "ServicePrincipalLoggedIn",
    "ManagedIdentityLoggedIn",
];

/// Whether a record adds or changes a credential of an application.
pub fn is_credential(record: &Record) -> bool {
    record.operation.is_any(&CREDENTIAL_OPERATIONS)
}

/// An application with rights of its own shows as the owner, but for its user type and, in older records, `RESTSystem`.
fn is_app_only(look: &Look<'_>) -> bool {
    matches!(
        look.record.user_type,
        Some(UserType::Application | UserType::ServicePrincipal)
    ) || look.rest_system
}

fn is_third_party(look: &Look<'_>) -> bool {
    let app = &look.record.app;
    // Microsoft's own background reads name nobody as their caller; an application that is named is one, whatever client it shows.
    let is_background = app.client.is_empty() && look.rest_system;
    let judged = app.judged();
    !is_background && !judged.is_empty() && super::catalog::first_party(judged).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{AppIds, Change, Property};
    use proptest::prelude::*;

    #[test]
    fn words_are_unique_and_plain() {
        let mut words: Vec<&str> = FACETS.iter().map(|facet| facet.word).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), FACETS.len());
    }

    /// The plain definition: every operation compared with every name, every record read for changes.
    fn plain(record: &Record) -> Vec<&'static str> {
        let changes = changes(record);
        let has = |effect| changes.iter().any(|change| change.effect == effect);
        let is_any = |names: &[&str]| record.operation.is_any(names);
        let failed = record.outcome == Outcome::Failed;
        let rest_system = record.agent.contains("RESTSystem");
        let app = record.app.judged();
        let by_application = [UserType::Application, UserType::ServicePrincipal];
        let applies = [
            !changes.is_empty()
                || is_credential(record)
                || is_any(&IDENTITY_OPERATIONS)
                || is_any(context::OPERATIONS),
            has(Effect::Grants) && !failed,
            has(Effect::Grants) && failed,
            has(Effect::Revokes),
            has(Effect::Requests),
            is_credential(record),
            access::is_access(record),
            is_any(&SIGN_IN_OPERATIONS),
            record.logon == Some(LogonType::Delegated),
            record
                .user_type
                .is_some_and(|kind| by_application.contains(&kind))
                || rest_system,
            !app.is_empty()
                && crate::hunt::catalog::first_party(app).is_none()
                && !(record.app.client.is_empty() && rest_system),
            record
                .property("IsThrottled")
                .is_some_and(|value| value.eq_ignore_ascii_case("true")),
            !record.degraded.is_empty(),
        ];
        let words = FACETS.iter().zip(applies);
        words
            .filter(|(_, applies)| *applies)
            .map(|(facet, _)| facet.word)
            .collect()
    }

    /// Every operation that anything here knows, and some that nothing does.
    fn operations() -> Vec<&'static str> {
        let roads = ROADS.iter().flat_map(|road| road.operations);
        let others = OPERATIONS.iter().flat_map(|(_, names)| *names);
        let unknown = [
            "",
            "FileAccessed",
            "Add user2",
            "Sende",
            "Set-Mailboxe",
            "\u{212a}elvin",
        ];
        roads.chain(others).copied().chain(unknown).collect()
    }

    /// A record of any operation in any spelling, with or without each thing that a facet looks at.
    fn any_record() -> impl Strategy<Value = Record> {
        let spelling = (proptest::sample::select(operations()), 0..5_usize);
        let spelling = spelling.prop_map(|(name, spelling)| match spelling {
            0 => name.to_owned(),
            1 => name.to_uppercase(),
            2 => name.to_lowercase(),
            3 => format!(" {name}. "),
            _ => name.replace('-', "\u{2013}"),
        });
        let outcome = vec![Outcome::Succeeded, Outcome::Failed, Outcome::Unknown];
        let ids = vec![
            "",
            "e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd",
            "00000003-0000-0000-c000-000000000000",
            " 00000006-0000-0FF1-CE00-000000000000 ",
            "Mail sync",
        ];
        let ids = || proptest::sample::select(ids.clone());
        let app = (ids(), ids());
        let agents = vec!["", "Client=REST;Client=RESTSystem;;", "Outlook"];
        let agent = proptest::sample::select(agents);
        let kinds = vec![None, Some(UserType::Regular), Some(UserType::Application)];
        let user_type = proptest::sample::select(kinds);
        let flags = any::<[bool; 4]>();
        let outcome = proptest::sample::select(outcome);
        (spelling, outcome, app, agent, user_type, flags).prop_map(
            |(operation, outcome, (id, client), agent, user_type, flags)| {
                let [throttled, degraded, delegate, has_values] = flags;
                let property = |name: &str, value: &str| Property {
                    name: name.to_owned(),
                    value: value.to_owned(),
                };
                let named = [
                    ("Identity", "victor"),
                    ("User", "bob"),
                    ("AccessRights", "FullAccess"),
                    ("Members", "bob;carol"),
                    ("GrantSendOnBehalfTo", "@{Add=\"bob\"}"),
                ];
                let values = named.map(|(name, value)| property(name, value));
                let modified = [
                    ("AppRole.Value", "Mail.Read"),
                    ("DelegatedPermissionGrant.Scope", "Mail.Read"),
                ];
                let modified = modified.map(|(name, new)| Change {
                    name: name.to_owned(),
                    new: new.to_owned(),
                    ..Change::default()
                });
                let is_throttled = if throttled { "True" } else { "" };
                Record {
                    operation: Operation::new(&operation),
                    outcome,
                    app: AppIds {
                        id: id.to_owned(),
                        client: client.to_owned(),
                        ..AppIds::default()
                    },
                    agent: agent.to_owned(),
                    user_type,
                    logon: delegate.then_some(LogonType::Delegated),
                    parameters: values.into_iter().filter(|_| has_values).collect(),
                    modified: modified.into_iter().filter(|_| has_values).collect(),
                    properties: vec![property("isthrottled", is_throttled)],
                    degraded: if degraded {
                        "cut".to_owned()
                    } else {
                        String::new()
                    },
                    ..Record::default()
                }
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn facets_are_those_of_the_plain_definition(record in any_record()) {
            let words = facets(&record);
            prop_assert_eq!(&words, &plain(&record));
            let has: Vec<&str> = FACETS
                .iter()
                .map(|facet| facet.word)
                .filter(|word| Facets::of(&record).has(word))
                .collect();
            prop_assert_eq!(has, words);
        }
    }

    /// What the facets of a record cost on the threads that read: run with `--release -- --ignored --nocapture`.
    #[test]
    #[ignore = "a measurement"]
    fn facets_cost() {
        const TIMES: u32 = 1_000_000;
        let record = |operation: &str| Record {
            operation: Operation::new(operation),
            agent: "Client=OutlookService;Outlook-Android/2.0;".to_owned(),
            app: AppIds {
                client: "27922004-5251-4030-b22d-91ecd9a37ea4".to_owned(),
                ..AppIds::default()
            },
            properties: ["MailAccessType", "IsThrottled"]
                .map(|name| Property {
                    name: name.to_owned(),
                    value: "False".to_owned(),
                })
                .to_vec(),
            ..Record::default()
        };
        for operation in [
            "MailItemsAccessed",
            "UserLoggedIn",
            "FileAccessed",
            "Set-Mailbox",
        ] {
            let record = record(operation);
            let measure = |what: &str, facets: &mut dyn FnMut()| {
                let start = std::time::Instant::now();
                (0..TIMES).for_each(|_| facets());
                println!("{operation} {what}: {:?}", start.elapsed() / TIMES);
            };
            measure("plain", &mut || {
                std::hint::black_box(plain(std::hint::black_box(&record)));
            });
            measure("facets", &mut || {
                std::hint::black_box(Facets::of(std::hint::black_box(&record)));
            });
        }
    }

    #[test]
    fn a_sign_in_is_no_access() {
        let record = Record {
            operation: Operation::new("UserLoggedIn"),
            ..Record::default()
        };
        assert_eq!(facets(&record), ["sign-in"]);
    }
}
