//! Acts on the directory as the records that one act writes: registration, credential, consent, role, password.
//!
//! Not here: when they happen (`life`, `story`), how a record spells them (`native`, `directory`).

use super::event::{Change, Hand, Resource};
use super::id::{ApplicationId, Guid, PersonId};
use super::tenant::Tenant;

/// A consent: to which scopes, whether for everybody, and what had been consented to before.
#[derive(Debug, Clone, Default)]
pub struct Consent<'a> {
    /// The scopes afterwards, separated by blanks.
    pub scopes: &'a str,
    /// The scopes before; empty for a first consent.
    pub before: &'a str,
    /// Whether an administrator consents for the whole tenant.
    pub is_for_all: bool,
}

/// Somebody (the person of the hand) consents to an application: `Consent to application.`, `Add delegated permission grant.` (and its
/// `Remove` twin where scopes are added) and, the first time, `Add service principal.` and `Add app role assignment grant to user.`.
pub fn consent(
    _tenant: &Tenant,
    _hand: Hand,
    _application: ApplicationId,
    _consent: &Consent<'_>,
    _correlation: u64,
) -> Vec<Change> {
    Vec::new()
}

/// An application permission is given: `Add app role assignment to service principal.`, or the removal of one.
pub fn app_role(
    _tenant: &Tenant,
    hand: Hand,
    application: ApplicationId,
    resource: Resource,
    _permission: &str,
    _is_removal: bool,
    correlation: u64,
) -> Change {
    plain(
        hand,
        super::event::Object::Resource(resource),
        correlation,
        application,
    )
}

/// An application is registered here: `Add application.`, `Add service principal.`, `Add owner to application.`.
pub fn register(
    _tenant: &Tenant,
    _hand: Hand,
    _application: ApplicationId,
    _correlation: u64,
) -> Vec<Change> {
    Vec::new()
}

/// A credential is added (or removed) on the registration (`Update application – Certificates and secrets management `), or on the service
/// principal (`Add service principal credentials.`) where the application is registered elsewhere.
pub fn credential(
    _tenant: &Tenant,
    hand: Hand,
    application: ApplicationId,
    _name: &str,
    _key: Guid,
    _is_removal: bool,
    correlation: u64,
) -> Change {
    plain(
        hand,
        super::event::Object::Registration(application),
        correlation,
        application,
    )
}

/// A directory role is given or taken: `Add member to role.`, `Remove member from role.`.
pub fn role(
    _tenant: &Tenant,
    hand: Hand,
    member: super::event::Object,
    _role: &str,
    _is_removal: bool,
    correlation: u64,
) -> Change {
    plain(hand, member, correlation, ApplicationId(0))
}

/// Something done to an account: `Reset user password.`, `Add user.`, `Update user.`, `Disable account.`, `Enable account.`, `Change user license.`, `Delete user.`.
pub fn account(
    _tenant: &Tenant,
    hand: Hand,
    operation: &'static str,
    person: PersonId,
    correlation: u64,
) -> Change {
    Change {
        operation: operation.into(),
        ..plain(
            hand,
            super::event::Object::Person(person),
            correlation,
            ApplicationId(0),
        )
    }
}

/// An owner is added: `Add owner to application.`, `Add owner to service principal.`.
pub fn owner(
    _tenant: &Tenant,
    hand: Hand,
    application: ApplicationId,
    owner: PersonId,
    _of_service_principal: bool,
    correlation: u64,
) -> Change {
    plain(
        hand,
        super::event::Object::Person(owner),
        correlation,
        application,
    )
}

fn plain(
    hand: Hand,
    target: super::event::Object,
    correlation: u64,
    _application: ApplicationId,
) -> Change {
    Change {
        hand,
        operation: "Update application.".into(),
        target,
        modified: Vec::new(),
        correlation,
        failed: None,
    }
}
