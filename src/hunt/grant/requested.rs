//! Permissions that the registration of an application asks for: nothing is given until somebody consents.
//!
//! `RequiredResourceAccess` lists ids of permissions by resource; what the new list has and the old has not is asked for. Names come from the
//! catalogue; an id that it does not have stays an id. Both roads of applications share this: application permissions and delegated scopes.
//! Source: Microsoft Entra audit activity reference; Microsoft Graph permissions reference.

use super::{Effect, PermissionChange};
use crate::hunt::catalog::{self, Power};
use crate::hunt::model::{PrincipalKind, Road, Scope};
use crate::record::Record;
use serde_json::Value;
use std::collections::BTreeSet;

/// Adds the request of a registration for permissions of one road, when one of them leads to mail.
pub(super) fn extract(record: &Record, road: Road, out: &mut Vec<PermissionChange>) {
    let Some(change) = record.change("RequiredResourceAccess") else {
        return;
    };
    let (old, new) = (asked(&change.old, road), asked(&change.new, road));
    let rights: BTreeSet<String> = new.difference(&old).cloned().collect();
    if rights
        .iter()
        .all(|right| catalog::permission_power(right) == Power::None)
    {
        return;
    }
    let mut request = PermissionChange::new(Effect::Requests, road, Scope::Tenant);
    name(record, &mut request);
    request.rights = rights.into_iter().collect();
    out.push(request);
}

/// The registration, in all its spellings.
fn name(record: &Record, request: &mut PermissionChange) {
    let target = record.targets.first();
    let app = record.new_value("AppId").map(|app| {
        app.trim_matches(['[', ']', '"', ' ', '\r', '\n'])
            .to_owned()
    });
    let app = app
        .or_else(|| target.map(|target| target.app.clone()))
        .unwrap_or_default();
    let of_target = target
        .into_iter()
        .flat_map(|target| [target.name.clone(), target.id.clone()]);
    let mut spellings: Vec<String> = of_target
        .chain([app.clone()])
        .filter(|text| !text.is_empty())
        .collect();
    if spellings.is_empty() {
        spellings.push(record.object.clone());
    }
    request.grantee = spellings.remove(0);
    request.grantee_aliases = spellings;
    request.grantee_kind = PrincipalKind::ServicePrincipal;
    request.app_ids = Some(app)
        .filter(|app| !app.is_empty())
        .into_iter()
        .collect();
}

/// Names of the permissions of one road in a list, ids where no name is known.
fn asked(list: &str, road: Road) -> BTreeSet<String> {
    let resources = match serde_json::from_str(list.trim()) {
        // Some channels quote the list once more.
        Ok(Value::String(inner)) => serde_json::from_str(&inner).unwrap_or_default(),
        resources => resources.unwrap_or_default(),
    };
    let Value::Array(resources) = resources else {
        return BTreeSet::new();
    };
    let permissions = resources.iter().filter_map(|resource| {
        member(resource, &["RequiredAppPermissions", "ResourceAccess"])?.as_array()
    });
    let wanted = permissions
        .flatten()
        .filter(|permission| is_application(permission) == (road == Road::AppPermission));
    wanted
        .filter_map(|permission| member(permission, &["EntitlementId", "id"])?.as_str())
        .map(|id| catalog::permission_name(id).unwrap_or(id).to_owned())
        .collect()
}

/// Whether an application permission is wanted, and not a delegated scope: as audit writes it, or as a manifest does.
fn is_application(permission: &Value) -> bool {
    match member(permission, &["DirectAccessGrant", "type"]) {
        Some(Value::Bool(direct)) => *direct,
        Some(Value::String(word)) => ["true", "role"]
            .iter()
            .any(|yes| word.eq_ignore_ascii_case(yes)),
        _ => false,
    }
}

fn member<'a>(value: &'a Value, names: &[&str]) -> Option<&'a Value> {
    let members = value.as_object()?;
    members
        .iter()
        .find(|(key, _)| names.iter().any(|name| key.eq_ignore_ascii_case(name)))
        .map(|(_, value)| value)
}
