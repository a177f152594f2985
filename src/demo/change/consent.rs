//! Consent to an application, as the records that one click writes.
//!
//! The record of an incremental consent does not show its new scope: both its lists are the old one. Only the delegated grant does, and
//! that comes with a removal of the same values (TELEMETRY §3.5). Not here: application permissions.

use super::resource::Api;
use super::value::{NOTHING, Property, base64_of, set};
use super::{Consent, person_of, plain, service_principal};
use crate::demo::chance::{Dice, Domain};
use crate::demo::event::{Change, Hand, Object, Resource};
use crate::demo::id::{ApplicationId, Guid, PersonId};
use crate::demo::tenant::{Application, Person, Role, Tenant};

/// The records of a consent, in the order in which they are written.
pub(super) fn consent(
    tenant: &Tenant,
    hand: Hand,
    application: ApplicationId,
    consent: &Consent<'_>,
    correlation: u64,
) -> Vec<Change> {
    let Some(client) = tenant.application(application) else {
        return Vec::new();
    };
    let case = Case {
        tenant,
        hand,
        application,
        client,
        person: person_of(&hand),
        consent,
        correlation,
    };
    let mut records = Vec::new();
    if case.is_first() && client.registration.is_none() {
        records.extend(service_principal(tenant, hand, application, correlation));
    }
    records.push(case.consented());
    records.push(case.delegated("Add delegated permission grant."));
    if case.is_first() {
        records.extend(case.assigned());
    } else {
        records.push(case.delegated("Remove delegated permission grant."));
    }
    records
}

/// Everything that one consent is about.
struct Case<'a> {
    tenant: &'a Tenant,
    hand: Hand,
    application: ApplicationId,
    client: &'a Application,
    person: Option<PersonId>,
    consent: &'a Consent<'a>,
    correlation: u64,
}

impl Case<'_> {
    fn is_first(&self) -> bool {
        self.consent.before.trim().is_empty()
    }

    fn who(&self) -> Option<&Person> {
        self.tenant.person(self.person?)
    }

    /// Scopes as consents write them: a user's begin with a blank.
    fn scopes(&self, scopes: &str) -> String {
        let scopes = scopes.trim();
        if scopes.is_empty() || self.consent.is_for_all {
            scopes.to_owned()
        } else {
            format!(" {scopes}")
        }
    }

    fn kind(&self) -> &'static str {
        if self.consent.is_for_all {
            "AllPrincipals"
        } else {
            "Principal"
        }
    }

    fn record(&self, operation: &'static str, target: Object, modified: Vec<Property>) -> Change {
        Change {
            operation: operation.into(),
            modified,
            ..plain(self.hand, target, self.correlation)
        }
    }

    fn consented(&self) -> Change {
        let is_admin = self.consent.is_for_all
            || self
                .who()
                .is_some_and(|person| person.role == Role::GlobalAdministrator);
        let modified = vec![
            set("ConsentContext.IsAdminConsent", flag(is_admin)),
            set("ConsentContext.IsAppOnly", flag(false)),
            set(
                "ConsentContext.OnBehalfOfAll",
                flag(self.consent.is_for_all),
            ),
            set(
                "ConsentContext.Tags",
                "WindowsAzureActiveDirectoryIntegratedApp",
            ),
            set("ConsentAction.Permissions", self.permissions()),
            set(
                "TargetId.ServicePrincipalNames",
                self.client.app_id.to_string(),
            ),
        ];
        let target = Object::ServicePrincipal(self.application);
        self.record("Consent to application.", target, modified)
    }

    /// `old => new`; equal in an incremental consent.
    fn permissions(&self) -> String {
        if self.is_first() {
            let new = self.grant(self.consent.scopes);
            format!("{NOTHING} => [[{new}]]; ")
        } else {
            let old = self.grant(self.consent.before);
            format!("[[{old}]] => [[{old}]]; ")
        }
    }

    fn grant(&self, scopes: &str) -> String {
        let resource = Api::of(Resource::Graph).object(self.tenant);
        let principal = self.who().filter(|_| !self.consent.is_for_all);
        let principal = principal.map(|person| person.object);
        // The service principal is made by this very consent: its id is not known yet.
        let is_made_now = self.is_first() && self.client.registration.is_none();
        let client = if is_made_now {
            Guid::default()
        } else {
            self.client.object
        };
        format!(
            "Id: {}, ClientId: {client}, PrincipalId: {}, ResourceId: {resource}, ConsentType: {}, Scope: {}, CreatedDateTime: , \
             LastModifiedDateTime ",
            grant_id(self.client.object, resource, principal),
            principal.map_or_else(String::new, |id| id.to_string()),
            self.kind(),
            self.scopes(scopes),
        )
    }

    fn delegated(&self, operation: &'static str) -> Change {
        let api = Api::of(Resource::Graph);
        let old_kind = if self.is_first() { "" } else { self.kind() };
        let modified = vec![
            (
                "DelegatedPermissionGrant.Scope".into(),
                self.scopes(self.consent.before),
                self.scopes(self.consent.scopes),
            ),
            (
                "DelegatedPermissionGrant.ConsentType".into(),
                old_kind.to_owned(),
                self.kind().to_owned(),
            ),
            set("ServicePrincipal.ObjectID", self.client.object.to_string()),
            set("ServicePrincipal.DisplayName", ""),
            set("ServicePrincipal.AppId", ""),
            set("ServicePrincipal.Name", ""),
            set("TargetId.ServicePrincipalNames", api.names),
        ];
        self.record(operation, Object::Resource(api.resource), modified)
    }

    /// The assignment of the person to the application. Real logs have it failed in 8 of 27: it was there already.
    fn assigned(&self) -> Option<Change> {
        let person = self.who()?;
        let mut modified = vec![
            set("AppRole.Id", Guid::default().to_string()),
            set("AppRole.Value", ""),
            set("AppRole.DisplayName", ""),
        ];
        modified.extend(super::created());
        modified.extend([
            set("User.ObjectID", person.object.to_string()),
            set("User.UPN", person.upn.clone()),
            set("User.PUID", super::puid(person.puid)),
            set(
                "TargetId.ServicePrincipalNames",
                self.client.app_id.to_string(),
            ),
        ]);
        let target = Object::ServicePrincipal(self.application);
        let mut dice = Dice::of(
            self.tenant.seed,
            Domain("consent-assigned"),
            &[self.correlation],
        );
        let failed = dice
            .happens(8, 27)
            .then_some("Microsoft.Online.DirectoryServices.DirectoryValueExistsException");
        Some(Change {
            failed: failed.map(Into::into),
            ..self.record("Add app role assignment grant to user.", target, modified)
        })
    }
}

/// Id of a delegated permission grant, as consents and inventories have it: the ids of client, resource and, for one user, that user.
pub fn grant_id(client: Guid, resource: Guid, principal: Option<Guid>) -> String {
    let ids: Vec<Guid> = [client, resource].into_iter().chain(principal).collect();
    base64_of(&ids)
}

fn flag(on: bool) -> &'static str {
    if on { "True" } else { "False" }
}
