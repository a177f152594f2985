//! Applications: service principals of Graph, of Exchange and of Defender, registrations, and policies on their mailboxes.
//!
//! Not here: what was given to them (`consent`).

use super::View;
use super::account::time;
use super::consent::permissions;
use super::names::sid;
use super::state::{Credential, before};
use crate::demo::chance::{Dice, Domain};
use crate::demo::change::resource::Api;
use crate::demo::event::{Resource, Second};
use crate::demo::id::{ApplicationId, Guid};
use crate::demo::tenant::{Application, Publisher, Purpose, Tenant};
use serde_json::{Value, json};

/// The APIs that tokens are for.
const APIS: [Resource; 4] = [
    Resource::Exchange,
    Resource::Graph,
    Resource::Management,
    Resource::AzureManagement,
];

/// The tenant that owns Microsoft's services (published).
const MICROSOFT: &str = "f8cdef31-a31e-4b4a-93e4-5f571e91255a";

/// Whether an application is there: one of a story is only where the log made it, or it owned something or was approved before.
pub(super) fn is_there(view: View<'_>, id: ApplicationId) -> bool {
    let Some(application) = view.tenant.application(id) else {
        return false;
    };
    let stood = application.purpose != Purpose::Planted
        || application.is_approved
        || !application.permissions.is_empty()
        || !application.credentials.is_empty();
    let changed = view.state.made_applications.contains_key(&id)
        || view
            .state
            .credentials
            .get(&id)
            .is_some_and(|own| !own.is_empty())
        || view.state.grants.keys().any(|(own, _)| *own == id)
        || view.state.app_roles.keys().any(|(own, ..)| *own == id);
    (stood || changed) && !view.state.gone_applications.contains(&id)
}

/// When an application came to the tenant.
pub(super) fn made(view: View<'_>, id: ApplicationId) -> Second {
    let own = view.state.made_applications.get(&id).copied();
    own.unwrap_or_else(|| before(view.tenant, "application", u64::from(id.0)))
}

/// The API that an application of Microsoft is, if it is one.
fn api(application: &Application) -> Option<&'static Api> {
    let mut apis = APIS.iter().map(|resource| Api::of(*resource));
    apis.find(|api| api.app_id == application.app_id)
}

/// The APIs, and all applications that are there.
pub(super) fn principals(view: View<'_>, give: &mut dyn FnMut(Value)) {
    for resource in APIS {
        let api = Api::of(resource);
        give(json!({"graph": api_principal(view, api)}));
    }
    for (id, application) in (0..).map(ApplicationId).zip(&view.tenant.applications) {
        if is_there(view, id) && api(application).is_none() {
            give(principal(view, id, application));
        }
    }
}

/// Application permissions whose ids an API explains.
const ROLES: &[&str] = &[
    "Mail.Read",
    "Mail.ReadWrite",
    "Mail.ReadBasic.All",
    "Mail.Send",
    "Calendars.Read",
    "Calendars.ReadWrite",
    "Contacts.Read",
    "Contacts.ReadWrite",
    "MailboxSettings.Read",
    "MailboxSettings.ReadWrite",
    "User.Read.All",
    "Directory.Read.All",
    "Sites.Read.All",
    "full_access_as_app",
    "Exchange.ManageAsApp",
    "IMAP.AccessAsApp",
];

/// Delegated permissions in the same way.
const SCOPES: &[&str] = &[
    "User.Read",
    "Mail.Read",
    "Mail.ReadWrite",
    "Mail.Send",
    "Calendars.Read",
    "Calendars.ReadWrite",
    "Contacts.ReadWrite",
    "offline_access",
];

fn api_principal(view: View<'_>, api: &Api) -> Value {
    let is_own = |permission: &&&str| super::state::resource_of(permission) == api.resource;
    let is_graph = api.resource == Resource::Graph;
    let roles = ROLES
        .iter()
        .filter(is_own)
        .filter(|_| is_graph || api.resource == Resource::Exchange);
    let roles = roles
        .map(|role| json!({"id": api.role(role).to_string(), "value": role, "displayName": role}));
    let scopes = SCOPES.iter().filter(|_| is_graph);
    let scopes =
        scopes.map(|scope| json!({"id": api.scope(scope).to_string(), "value": scope, "adminConsentDisplayName": scope}));
    json!({
        "id": api.object(view.tenant).to_string(),
        "accountEnabled": true,
        "appDisplayName": api.name,
        "appId": api.app_id.to_string(),
        "appOwnerOrganizationId": MICROSOFT,
        "createdDateTime": time(before(view.tenant, "exchange", 0)),
        "displayName": api.name,
        "publisherName": "Microsoft Services",
        "servicePrincipalNames": api.names.split(';').collect::<Vec<_>>(),
        "servicePrincipalType": "Application",
        "tags": [],
        "verifiedPublisher": {"displayName": null, "verifiedPublisherId": null},
        "appRoles": roles.collect::<Value>(),
        "oauth2PermissionScopes": scopes.collect::<Value>(),
        "keyCredentials": [],
        "passwordCredentials": [],
    })
}

/// Years that a credential is good for.
const GOOD: i64 = 2 * 365 * 86_400;

fn credentials(own: &[Credential], kind: &str) -> Value {
    let of_kind = own
        .iter()
        .filter(|credential| credential.kind.contains(kind));
    let listed = of_kind.map(|credential| {
        json!({
            "keyId": credential.key.to_string(),
            "displayName": credential.name,
            "startDateTime": time(credential.made),
            "endDateTime": time(credential.made + GOOD),
        })
    });
    listed.collect()
}

/// Name of the publisher as the directory has it.
fn publisher(tenant: &Tenant, application: &Application) -> String {
    let first = application.name.split(' ').next().unwrap_or_default();
    match application.publisher {
        Publisher::Own => tenant.name.clone(),
        Publisher::Verified => format!("{first} Software"),
        Publisher::Unverified => String::new(),
        Publisher::Microsoft => "Microsoft Services".to_owned(),
    }
}

fn verified(tenant: &Tenant, application: &Application) -> Value {
    if application.publisher == Publisher::Verified {
        let number = Dice::of(0, Domain("publisher"), &[low(application.owner)]).below(10_000_000);
        json!({"displayName": publisher(tenant, application), "verifiedPublisherId": number.to_string()})
    } else {
        json!({"displayName": null, "verifiedPublisherId": null})
    }
}

fn low(id: Guid) -> u64 {
    u64::try_from(id.0 & u128::from(u64::MAX)).unwrap_or(0)
}

fn principal(view: View<'_>, id: ApplicationId, application: &Application) -> Value {
    let mut entry = json!({"graph": graph(view, id, application)});
    if view.state.pointed.contains(&id) {
        entry["exchange"] = exchange(view.tenant, application);
    }
    if application.registration.is_some() {
        entry["registration"] = registration(view, id, application);
    }
    if application.publisher != Publisher::Microsoft {
        entry["defender"] = defender(view, id, application);
    }
    entry
}

fn graph(view: View<'_>, id: ApplicationId, application: &Application) -> Value {
    let own = view
        .state
        .credentials
        .get(&id)
        .map_or(&[][..], Vec::as_slice);
    let own = if application.registration.is_some() {
        &[]
    } else {
        own
    };
    json!({
        "id": application.object.to_string(),
        "accountEnabled": true,
        "appDisplayName": application.name,
        "appId": application.app_id.to_string(),
        "appOwnerOrganizationId": application.owner.to_string(),
        "createdDateTime": time(made(view, id)),
        "displayName": application.name,
        "publisherName": publisher(view.tenant, application),
        "servicePrincipalNames": [application.app_id.to_string()],
        "servicePrincipalType": "Application",
        "signInAudience": if application.publisher == Publisher::Own { "AzureADMyOrg" } else { "AzureADMultipleOrgs" },
        "tags": ["WindowsAzureActiveDirectoryIntegratedApp"],
        "verifiedPublisher": verified(view.tenant, application),
        "appRoles": [],
        "oauth2PermissionScopes": [],
        "keyCredentials": credentials(own, "Asymmetric"),
        "passwordCredentials": credentials(own, "Password"),
    })
}

/// The last part of a SID that Exchange gave: not that of any account.
fn rid(tenant: &Tenant, which: u64) -> u32 {
    let mut dice = Dice::of(tenant.seed, Domain("exchange-sid"), &[which]);
    u32::try_from(dice.between(40_000_000, 60_000_000)).unwrap_or(u32::MAX)
}

/// The pointer that Exchange has to an application, with the SID that it gave it.
fn exchange(tenant: &Tenant, application: &Application) -> Value {
    let rid = rid(tenant, low(application.object));
    json!({
        "DisplayName": application.name,
        "ObjectId": application.object.to_string(),
        "AppId": application.app_id.to_string(),
        "Sid": sid(tenant, rid),
    })
}

fn registration(view: View<'_>, id: ApplicationId, application: &Application) -> Value {
    let own = view
        .state
        .credentials
        .get(&id)
        .map_or(&[][..], Vec::as_slice);
    let object = application.registration.unwrap_or(application.object);
    json!({
        "id": object.to_string(),
        "appId": application.app_id.to_string(),
        "displayName": application.name,
        "createdDateTime": time(made(view, id)),
        "identifierUris": [],
        "publisherDomain": view.tenant.domain,
        "signInAudience": "AzureADMyOrg",
        "requiredResourceAccess": [],
        "keyCredentials": credentials(own, "Asymmetric"),
        "passwordCredentials": credentials(own, "Password"),
    })
}

fn defender(view: View<'_>, id: ApplicationId, application: &Application) -> Value {
    let permissions = permissions(view, id);
    let reads_mail = permissions
        .iter()
        .any(|(value, ..)| value.starts_with("Mail") || value == "full_access_as_app");
    let listed = permissions.iter().map(|(value, kind, resource)| {
        let api = Api::of(*resource);
        json!({"TargetAppId": api.app_id.to_string(), "TargetAppDisplayName": api.name, "PermissionValue": value,
            "PermissionType": kind, "PrivilegeLevel": if value.starts_with("Mail") { "High" } else { "Low" }})
    });
    let users = view
        .state
        .grants
        .keys()
        .filter(|(own, person)| *own == id && person.is_some());
    let is_for_all = view.state.grants.contains_key(&(id, None));
    json!({
        "Timestamp": time(view.state.now),
        "OAuthAppId": application.app_id.to_string(),
        "ServicePrincipalId": application.object.to_string(),
        "AppName": application.name,
        "AddedOnTime": time(made(view, id)),
        "LastModifiedTime": "",
        "AppStatus": "Enabled",
        "VerifiedPublisher": verified(view.tenant, application),
        "PrivilegeLevel": if reads_mail { "High" } else { "Low" },
        "Permissions": listed.collect::<Value>(),
        "ConsentedUsersCount": users.count(),
        "IsAdminConsented": is_for_all || permissions.iter().any(|(_, kind, _)| *kind == "Application"),
        "AppOrigin": if application.publisher == Publisher::Own { "Internal" } else { "External" },
        "AppOwnerTenantId": application.owner.to_string(),
        "LastUsedTime": "",
    })
}

/// `Get-ApplicationAccessPolicy`: what the log made, and one that stood before on an application that may read all mail.
pub(super) fn policies(view: View<'_>, give: &mut dyn FnMut(Value)) {
    for (identity, own) in &view.state.policies {
        give(policy(
            view,
            identity,
            &own.application,
            &own.scope,
            &own.right,
            &own.description,
        ));
    }
    let mut applications = view.tenant.applications.iter();
    let standing = applications.find(|own| own.purpose == Purpose::Customers && own.is_approved);
    if let Some(own) = standing {
        let application = own.app_id.to_string();
        let identity = format!("{}\\{application}:sales", view.tenant.id);
        let description = format!("{} reads the mailboxes of sales only", own.name);
        give(policy(
            view,
            &identity,
            &application,
            "Sales",
            "RestrictAccess",
            &description,
        ));
    }
}

fn policy(
    view: View<'_>,
    identity: &str,
    application: &str,
    scope: &str,
    right: &str,
    description: &str,
) -> Value {
    let rid = rid(view.tenant, identity.bytes().map(u64::from).sum());
    json!({
        "ScopeName": scope,
        "ScopeIdentity": scope,
        "Identity": identity,
        "AppId": application,
        "ScopeIdentityRaw": format!("{};{}", sid(view.tenant, rid), view.tenant.id),
        "Description": description,
        "AccessRight": right,
        "ShardType": "All",
        "IsValid": true,
        "ObjectState": "Unchanged",
    })
}
