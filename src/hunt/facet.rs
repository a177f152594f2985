//! Facets: what a record is to the hunt, decided once when it is indexed and asked for with `is:`.
//!
//! One table, [`FACETS`], from which the documentation and the query completion come. Not here: scores, which need other records.

use super::access;
use super::grant::{Effect, PermissionChange, changes};
use crate::record::{LogonType, Outcome, Record, UserType};

/// A facet: its word and what it says.
pub struct Facet {
    /// The word after `is:`.
    pub word: &'static str,
    /// What it says.
    pub what: &'static str,
    applies: fn(&Look<'_>) -> bool,
}

/// A record, with its permission changes read once for all facets.
struct Look<'a> {
    record: &'a Record,
    changes: Vec<PermissionChange>,
}

impl Look<'_> {
    fn has(&self, effect: Effect) -> bool {
        self.changes.iter().any(|change| change.effect == effect)
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
        what: "changes a permission or says who is who",
        applies: |look| {
            !look.changes.is_empty()
                || is_credential(look.record)
                || look.record.operation.is_any(&IDENTITY_OPERATIONS)
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
        word: "credential",
        what: "adds or changes a credential of an application",
        applies: |look| is_credential(look.record),
    },
    Facet {
        word: "access",
        what: "happened inside a mailbox",
        applies: |look| access::is_access(look.record),
    },
    Facet {
        word: "sign-in",
        what: "is a sign-in",
        applies: |look| is_sign_in(look.record),
    },
    Facet {
        word: "delegate",
        what: "was done by a delegate",
        applies: |look| look.record.logon == Some(LogonType::Delegated),
    },
    Facet {
        word: "app-only",
        what: "was done by an application with rights of its own",
        applies: |look| is_app_only(look.record),
    },
    Facet {
        word: "third-party",
        what: "was done by an application that is not Microsoft's",
        applies: |look| is_third_party(look.record),
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

/// The facets of a record.
pub fn facets(record: &Record) -> Vec<&'static str> {
    let look = Look {
        record,
        changes: changes(record),
    };
    FACETS
        .iter()
        .filter(|facet| (facet.applies)(&look))
        .map(|facet| facet.word)
        .collect()
}

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

/// Whether a record adds or changes a credential of an application.
pub fn is_credential(record: &Record) -> bool {
    const OPERATIONS: [&str; 4] = [
        "Add service principal credentials",
        "Update application - Certificates and secrets management",
        "Create application - Certificates and secrets management",
        "Update service principal - Certificates and secrets management",
    ];
    record.operation.is_any(&OPERATIONS)
}

fn is_sign_in(record: &Record) -> bool {
    record.operation.is_any(&[
        "UserLoggedIn",
        "UserLoginFailed",
        "ServicePrincipalLoggedIn",
        "ManagedIdentityLoggedIn",
    ])
}

/// An application with rights of its own shows as the owner, but for its user type and, in older records, `RESTSystem`.
fn is_app_only(record: &Record) -> bool {
    matches!(
        record.user_type,
        Some(UserType::Application | UserType::ServicePrincipal)
    ) || record.agent.contains("RESTSystem")
}

fn is_third_party(record: &Record) -> bool {
    let app = record.app.judged();
    // Microsoft's own background reads name nobody as their caller; an application that is named is one, whatever client it shows.
    let is_background = record.app.client.is_empty() && record.agent.contains("RESTSystem");
    !app.is_empty() && super::catalog::first_party(app).is_none() && !is_background
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Operation;

    #[test]
    fn words_are_unique_and_plain() {
        let mut words: Vec<&str> = FACETS.iter().map(|facet| facet.word).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), FACETS.len());
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
