//! Permissions of applications: app role assignments and delegated grants, as Graph and Microsoft-Extractor-Suite list them.
//!
//! Not here: the applications themselves (`application`).

use super::View;
use super::account::time;
use super::application::{is_there, made};
use crate::demo::change::grant_id;
use crate::demo::change::resource::Api;
use crate::demo::change::value::base64_of;
use crate::demo::event::Resource;
use crate::demo::id::{ApplicationId, Guid};
use crate::demo::tenant::{Application, Person};
use serde_json::{Value, json};

/// What an application holds: permission, of which kind, of which API.
pub(super) fn permissions(
    view: View<'_>,
    id: ApplicationId,
) -> Vec<(String, &'static str, Resource)> {
    let roles = view.state.app_roles.keys().filter(|(own, ..)| *own == id);
    let roles = roles.map(|(_, resource, role)| (role.clone(), "Application", *resource));
    let grants = view.state.grants.iter().filter(|((own, _), _)| *own == id);
    let scopes = grants.flat_map(|(_, scopes)| scopes);
    let scopes = scopes.map(|scope| (scope.clone(), "Delegated", Resource::Graph));
    let mut all: Vec<_> = roles.chain(scopes).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Application permissions, as entries of their kind.
pub(super) fn assignments(view: View<'_>, give: &mut dyn FnMut(Value)) {
    for ((id, resource, role), given) in &view.state.app_roles {
        let Some(application) = view.tenant.application(*id).filter(|_| is_there(view, *id)) else {
            continue;
        };
        let api = Api::of(*resource);
        let (object, role_id) = (api.object(view.tenant), api.role(role));
        let given = time(given.unwrap_or_else(|| made(view, *id)));
        let key = Guid(object.0 ^ role_id.0);
        let graph = json!({
            "id": base64_of(&[application.object, key]),
            "deletedDateTime": null,
            "appRoleId": role_id.to_string(),
            "createdDateTime": given,
            "principalDisplayName": application.name,
            "principalId": application.object.to_string(),
            "principalType": "ServicePrincipal",
            "resourceDisplayName": api.name,
            "resourceId": object.to_string(),
        });
        let collected = collected(view, *id, application, api, "Application", role, None);
        give(json!({"graph": graph, "collected": collected}));
    }
}

/// Delegated permissions, as entries of their kind.
pub(super) fn grants(view: View<'_>, give: &mut dyn FnMut(Value)) {
    let api = Api::of(Resource::Graph);
    let object = api.object(view.tenant);
    for ((id, person), scopes) in &view.state.grants {
        let Some(application) = view.tenant.application(*id).filter(|_| is_there(view, *id)) else {
            continue;
        };
        let person = person.and_then(|person| view.tenant.person(person));
        let principal = person.map(|person| person.object);
        let scopes = scopes.join(" ");
        let graph = json!({
            "clientId": application.object.to_string(),
            "consentType": consent_kind(person),
            "id": grant_id(application.object, object, principal),
            "principalId": principal.map(|principal| principal.to_string()),
            "resourceId": object.to_string(),
            "scope": scopes,
        });
        let collected = collected(view, *id, application, api, "Delegated", &scopes, person);
        give(json!({"graph": graph, "collected": collected}));
    }
}

fn consent_kind(person: Option<&Person>) -> &'static str {
    if person.is_some() {
        "Principal"
    } else {
        "AllPrincipals"
    }
}

/// A row of Microsoft-Extractor-Suite.
fn collected(
    view: View<'_>,
    id: ApplicationId,
    application: &Application,
    api: &Api,
    kind: &str,
    permission: &str,
    person: Option<&Person>,
) -> Value {
    let consent = if kind == "Delegated" {
        consent_kind(person)
    } else {
        ""
    };
    json!({
        "PermissionType": kind,
        "AppId": application.app_id.to_string(),
        "ClientObjectId": application.object.to_string(),
        "AppDisplayName": application.name,
        "ResourceObjectId": api.object(view.tenant).to_string(),
        "ResourceDisplayName": api.name,
        "Permission": permission,
        "ConsentType": consent,
        "PrincipalObjectId": person.map_or_else(String::new, |person| person.object.to_string()),
        "PrincipalDisplayName": person.map_or("", |person| &person.name),
        "Homepage": "",
        "PublisherName": "",
        "ReplyUrls": "",
        "ExpiryTime": "",
        "CreatedDateTime": time(made(view, id)),
        "AppOwnerOrganizationId": application.owner.to_string(),
        "ApplicationStatus": "Enabled",
        "ApplicationVisibility": "Visible",
    })
}
