//! Acts on the directory as the records that one act writes: registration, credential, consent, role, password.
//!
//! Operations, targets and changed properties are those that the unified audit log shows (TELEMETRY §3.5); the properties
//! `AppRoleAssignment.CreatedDateTime` and its like are left empty here and get the time of the event when they are written. Not here:
//! when these acts happen (`life`, `story`), how a record spells them (`native`, `directory`).

mod consent;
pub mod resource;
#[cfg(test)]
mod tests;
pub mod value;

use super::chance::mixed_text;
use super::event::{Actor, Change, Hand, Object, Resource};
use super::id::{ApplicationId, Guid, PersonId};
use super::tenant::{Application, Publisher, Role, Tenant};
use resource::Api;
use value::{NOTHING, Property, filled, included, lines, list, put, set};

pub use consent::grant_id;

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
    tenant: &Tenant,
    hand: Hand,
    application: ApplicationId,
    consent: &Consent<'_>,
    correlation: u64,
) -> Vec<Change> {
    consent::consent(tenant, hand, application, consent, correlation)
}

/// An application permission is given: `Add app role assignment to service principal.`, or the removal of one.
pub fn app_role(
    tenant: &Tenant,
    hand: Hand,
    application: ApplicationId,
    resource: Resource,
    permission: &str,
    is_removal: bool,
    correlation: u64,
) -> Change {
    let operation = if is_removal {
        "Remove app role assignment from service principal."
    } else {
        "Add app role assignment to service principal."
    };
    let api = Api::of(resource);
    let mut modified = vec![
        put("AppRole.Id", api.role(permission).to_string(), is_removal),
        put("AppRole.Value", permission, is_removal),
        put(
            "AppRole.DisplayName",
            resource::title(permission),
            is_removal,
        ),
    ];
    if !is_removal {
        modified.extend(created());
    }
    if let Some(client) = tenant.application(application) {
        let app_id = client.app_id.to_string();
        modified.extend([
            put(
                "ServicePrincipal.ObjectID",
                client.object.to_string(),
                is_removal,
            ),
            put(
                "ServicePrincipal.DisplayName",
                client.name.as_str(),
                is_removal,
            ),
            put("ServicePrincipal.AppId", app_id.as_str(), is_removal),
            put("ServicePrincipal.Name", app_id, is_removal),
        ]);
    }
    modified.push(set("TargetId.ServicePrincipalNames", api.names));
    Change {
        operation: operation.into(),
        modified,
        ..plain(hand, Object::Resource(resource), correlation)
    }
}

/// An application is registered here: `Add application.`, `Add service principal.`, `Add owner to application.`.
pub fn register(
    tenant: &Tenant,
    hand: Hand,
    application: ApplicationId,
    correlation: u64,
) -> Vec<Change> {
    let Some(client) = tenant.application(application) else {
        return Vec::new();
    };
    let mut modified = registered(tenant, client);
    modified.push(included(&modified));
    let added = Change {
        operation: "Add application.".into(),
        modified,
        ..plain(hand, Object::Registration(application), correlation)
    };
    let owner =
        person_of(&hand).map(|person| owner(tenant, hand, application, person, false, correlation));
    [added]
        .into_iter()
        .chain(service_principal(tenant, hand, application, correlation))
        .chain(owner)
        .collect()
}

fn registered(tenant: &Tenant, client: &Application) -> Vec<Property> {
    let scope = Api::of(Resource::Graph).scope("User.Read");
    let wanted = format!(
        "{{\r\n    \"ResourceAppId\": \"{}\",\r\n    \"RequiredAppPermissions\": [\r\n      {{\r\n        \"EntitlementId\": \"{scope}\",\
         \r\n        \"DirectAccessGrant\": false,\r\n        \"ImpersonationAccessGrants\": [\r\n          20\r\n        ]\r\n      \
         }}\r\n    ],\r\n    \"EncodingVersion\": 1\r\n  }}",
        Api::of(Resource::Graph).app_id,
    );
    let is_open = client.publisher != Publisher::Own;
    vec![
        filled("AppId", list([client.app_id.to_string().as_str()])),
        filled("AvailableToOtherTenants", lines([is_open.to_string()])),
        filled("DisplayName", list([client.name.as_str()])),
        filled("RequiredResourceAccess", lines([wanted])),
        filled("PublisherDomain", list([tenant.domain.as_str()])),
    ]
}

/// The service principal of an application is made: `Add service principal.`.
pub fn service_principal(
    tenant: &Tenant,
    hand: Hand,
    application: ApplicationId,
    correlation: u64,
) -> Option<Change> {
    let client = tenant.application(application)?;
    let app_id = client.app_id.to_string();
    let mut modified = vec![
        filled("AccountEnabled", lines(["true".to_owned()])),
        filled("AppPrincipalId", list([app_id.as_str()])),
        filled("DisplayName", list([client.name.as_str()])),
        filled("ServicePrincipalName", list([app_id.as_str()])),
        filled("Credential", NOTHING.to_owned()),
    ];
    modified.push(included(&modified));
    modified.push(set("TargetId.ServicePrincipalNames", app_id));
    Some(Change {
        operation: "Add service principal.".into(),
        modified,
        ..plain(hand, Object::ServicePrincipal(application), correlation)
    })
}

/// A credential is added (or removed) on the registration (`Update application – Certificates and secrets management `), or on the service
/// principal (`Add service principal credentials.`) where the application is registered elsewhere.
pub fn credential(
    tenant: &Tenant,
    hand: Hand,
    application: ApplicationId,
    name: &str,
    key: Guid,
    is_removal: bool,
    correlation: u64,
) -> Change {
    let client = tenant.application(application);
    let is_ours = client.is_some_and(|client| client.registration.is_some());
    let others = client.map_or(&[][..], |client| &client.credentials);
    let rest: Vec<String> = (1..)
        .zip(others)
        .filter(|(_, other)| **other != key)
        .map(|(at, other)| described(*other, &format!("key {at}")))
        .collect();
    let own = described(key, name);
    let with = list(rest.iter().map(String::as_str).chain([own.as_str()]));
    let without = list(rest.iter().map(String::as_str));
    let (old, new) = if is_removal {
        (with, without)
    } else {
        (without, with)
    };
    let mut modified: Vec<Property> = vec![("KeyDescription".into(), old, new)];
    modified.push(included(&modified));
    if let Some(client) = client.filter(|_| !is_ours) {
        modified.push(set(
            "TargetId.ServicePrincipalNames",
            client.app_id.to_string(),
        ));
    }
    let (operation, target) = match (is_ours, is_removal) {
        (true, _) => (
            "Update application \u{2013} Certificates and secrets management ",
            Object::Registration(application),
        ),
        (false, false) => (
            "Add service principal credentials.",
            Object::ServicePrincipal(application),
        ),
        (false, true) => (
            "Remove service principal credentials.",
            Object::ServicePrincipal(application),
        ),
    };
    Change {
        operation: operation.into(),
        modified,
        ..plain(hand, target, correlation)
    }
}

fn described(key: Guid, name: &str) -> String {
    format!("[KeyIdentifier={key},KeyType=Password,KeyUsage=Verify,DisplayName={name}]")
}

/// Directory roles: name, template, well-known name. Source: Microsoft Entra built-in roles.
pub const ROLES: &[(&str, Guid, &str)] = &[
    (
        "Global Administrator",
        Guid(0x62e9_0394_69f5_4237_9190_0121_7714_5e10),
        "TenantAdmins",
    ),
    (
        "Exchange Administrator",
        Guid(0x2923_2cdf_9323_42fd_ade2_1d09_7af3_e4de),
        "ExchangeServiceAdmins",
    ),
    (
        "Helpdesk Administrator",
        Guid(0x7298_27e3_9c14_49f7_bb1b_9608_f156_bbb8),
        "HelpdeskAdmins",
    ),
    (
        "User Administrator",
        Guid(0xfe93_0be7_5e62_47db_91af_98c3_a49a_38b1),
        "UserAccountAdmins",
    ),
    (
        "Application Administrator",
        Guid(0x9b89_5d92_2cd3_44c7_9d02_a6ac_2d5e_a5c3),
        "ApplicationAdministrators",
    ),
    (
        "Cloud Application Administrator",
        Guid(0x158c_047a_c907_4556_b7ef_4465_51a6_b5f7),
        "CloudApplicationAdministrators",
    ),
    (
        "Privileged Role Administrator",
        Guid(0xe861_1ab8_c189_46e8_94e1_6021_3ab1_f814),
        "PrivilegedRoleAdmins",
    ),
    (
        "Privileged Authentication Administrator",
        Guid(0x7be4_4c8a_adaf_4e2a_84d6_ab26_49e0_8a13),
        "PrivilegedAuthenticationAdmins",
    ),
    (
        "Security Administrator",
        Guid(0x194a_e4cb_b126_40b2_bd5b_6091_b380_977d),
        "SecurityAdmins",
    ),
    (
        "Compliance Administrator",
        Guid(0x1731_5797_102d_40b4_93e0_4320_62ca_ca18),
        "ComplianceAdmins",
    ),
    (
        "Global Reader",
        Guid(0xf2ef_992c_3afb_46b9_b7cf_a126_ee74_c451),
        "GlobalReaders",
    ),
];

/// Object id of a directory role in a tenant, by the id of its template.
pub fn role_object(tenant: &Tenant, template: Guid) -> Guid {
    Guid::of(value::key(template), tenant.seed)
}

/// A directory role is given or taken: `Add member to role.`, `Remove member from role.`.
pub fn role(
    tenant: &Tenant,
    hand: Hand,
    member: Object,
    role: &str,
    is_removal: bool,
    correlation: u64,
) -> Change {
    let known = ROLES.iter().find(|(name, _, _)| *name == role);
    let custom = || {
        let key = mixed_text(1, role);
        (role, Guid::of(key, tenant.seed), "")
    };
    let (name, template, well_known) = known.copied().unwrap_or_else(custom);
    let object = role_object(tenant, template).to_string();
    let modified = vec![
        put("Role.ObjectID", object, is_removal),
        put("Role.DisplayName", name, is_removal),
        put("Role.TemplateId", template.to_string(), is_removal),
        put("Role.WellKnownObjectName", well_known, is_removal),
    ];
    let operation = if is_removal {
        "Remove member from role."
    } else {
        "Add member to role."
    };
    Change {
        operation: operation.into(),
        modified,
        ..plain(hand, member, correlation)
    }
}

/// Something done to an account: `Reset user password.`, `Add user.`, `Update user.`, `Disable account.`, `Enable account.`, `Change user license.`, `Delete user.`.
pub fn account(
    tenant: &Tenant,
    hand: Hand,
    operation: &'static str,
    person: PersonId,
    correlation: u64,
) -> Change {
    Change {
        operation: operation.into(),
        modified: account_properties(tenant, operation, person),
        ..plain(hand, Object::Person(person), correlation)
    }
}

fn account_properties(tenant: &Tenant, operation: &str, person: PersonId) -> Vec<Property> {
    let switched = |from: &str, to: &str| {
        let (from, to) = (lines([from.to_owned()]), lines([to.to_owned()]));
        vec![("AccountEnabled".into(), from, to)]
    };
    let is_guest = tenant
        .person(person)
        .is_some_and(|person| person.role == Role::Guest);
    let user = if is_guest { "Guest" } else { "Member" };
    let mut modified: Vec<Property> = match operation {
        "Add user." => match tenant.person(person) {
            Some(person) => vec![
                filled("AccountEnabled", lines(["true".to_owned()])),
                filled("DisplayName", list([person.name.as_str()])),
                filled("MailNickname", list([person.alias.as_str()])),
                filled("UserPrincipalName", list([person.upn.as_str()])),
                filled("UserType", list([user])),
            ],
            None => Vec::new(),
        },
        "Update user." => {
            let number = tenant.person(person).map_or(0, |person| person.department);
            vec![filled("Department", list([tenant.department(number)]))]
        }
        "Disable account." => switched("true", "false"),
        "Enable account." => switched("false", "true"),
        "Delete user." => return vec![set("Is Hard Deleted", "False")],
        "Change user license." => vec![filled("AssignedLicense", list([license(tenant).as_str()]))],
        _ => return Vec::new(),
    };
    modified.push(included(&modified));
    modified.push(set("TargetId.UserType", user));
    modified
}

fn license(tenant: &Tenant) -> String {
    format!(
        "[SkuName=ENTERPRISEPACK, AccountId={}, SkuId=6fd2c87f-b296-42f0-b197-1e91e994b900, DisabledPlans=[]]",
        tenant.id
    )
}

/// An owner is added: `Add owner to application.`, `Add owner to service principal.`.
pub fn owner(
    tenant: &Tenant,
    hand: Hand,
    application: ApplicationId,
    owner: PersonId,
    of_service_principal: bool,
    correlation: u64,
) -> Change {
    let mut modified = Vec::new();
    if let Some(client) = tenant.application(application) {
        let app_id = client.app_id.to_string();
        let registration = client.registration.unwrap_or(client.object).to_string();
        modified = if of_service_principal {
            vec![
                set("ServicePrincipal.ObjectID", client.object.to_string()),
                set("ServicePrincipal.DisplayName", client.name.as_str()),
                set("ServicePrincipal.AppId", app_id.as_str()),
                set("ServicePrincipal.Name", app_id),
            ]
        } else {
            vec![
                set("Application.ObjectID", registration),
                set("Application.DisplayName", client.name.as_str()),
                set("Application.AppId", app_id),
            ]
        };
    }
    let operation = if of_service_principal {
        "Add owner to service principal."
    } else {
        "Add owner to application."
    };
    Change {
        operation: operation.into(),
        modified,
        ..plain(hand, Object::Person(owner), correlation)
    }
}

/// The times of an assignment, which get the event's own when they are written.
fn created() -> [Property; 2] {
    [
        set(CREATED, ""),
        set("AppRoleAssignment.LastModifiedDateTime", ""),
    ]
}

/// Property that holds the time of an assignment.
const CREATED: &str = "AppRoleAssignment.CreatedDateTime";

/// Whether a property holds the time of the change.
pub(super) fn is_time(name: &str) -> bool {
    name == CREATED || name == "AppRoleAssignment.LastModifiedDateTime"
}

/// A PUID as records write it.
pub(super) fn puid(puid: u64) -> String {
    format!("{puid:016X}")
}

/// The person whose hand it is.
fn person_of(hand: &Hand) -> Option<PersonId> {
    match hand.actor {
        Actor::Person(person) | Actor::OnBehalf(_, person) => Some(person),
        Actor::Application(_) | Actor::Service(_) => None,
    }
}

fn plain(hand: Hand, target: Object, correlation: u64) -> Change {
    Change {
        hand,
        operation: "Update application.".into(),
        target,
        modified: Vec::new(),
        correlation,
        failed: None,
    }
}
