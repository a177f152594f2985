//! Application access policies: they keep an application that may read every mailbox to those of one group, and their end gives it the rest.
//!
//! A removal names the policy only: `<organisation>\<application id>:<group sid>;<policy guid>`. A new policy that restricts ends what a
//! removal opened; one that denies a group does not. Source: Exchange cmdlet reference; ATT&CK T1098.003.

use super::value::parts;
use super::{Effect, PermissionChange, RoadSpec};
use crate::hunt::model::{PrincipalKind, Road, Scope};
use crate::record::Record;
use crate::text::{fold, is_guid};

/// The row of the table of roads for application access policies.
pub(super) const SPEC: RoadSpec = RoadSpec {
    road: Road::AccessPolicy,
    operations: &[
        "Remove-ApplicationAccessPolicy",
        "Set-ApplicationAccessPolicy",
        "New-ApplicationAccessPolicy",
    ],
    extract,
};

fn extract(record: &Record, out: &mut Vec<PermissionChange>) {
    if record.operation.is("New-ApplicationAccessPolicy") {
        created(record, out);
    } else if record.operation.is("Remove-ApplicationAccessPolicy") {
        out.push(opened(record, "unrestricted".to_owned()));
    } else if let Some(group) = record.parameter("PolicyScopeGroupId") {
        out.push(opened(record, format!("restricted to {group} instead")));
    } else if record.parameter("AccessRight").is_some() || record.parameter("AppId").is_some() {
        out.push(opened(record, "changed".to_owned()));
    }
    // A new description changes nothing.
}

/// A policy that restricts names one application or several.
fn created(record: &Record, out: &mut Vec<PermissionChange>) {
    let right = record.parameter("AccessRight").unwrap_or_default();
    if !right.eq_ignore_ascii_case("RestrictAccess") {
        return;
    }
    for app in record.parameter("AppId").map(parts).unwrap_or_default() {
        out.push(of_application(Effect::Revokes, &app));
    }
}

/// What a policy that ends or changes opens to its application.
fn opened(record: &Record, right: String) -> PermissionChange {
    let resolved = Some(record.object.as_str()).filter(|object| !object.trim().is_empty());
    let spellings = [record.parameter("Identity"), resolved];
    let mut identities = spellings.into_iter().flatten().map(Identity::read);
    let first = identities.next().unwrap_or_default();
    let names_app = |identity: &Identity<'_>| !identity.app.is_empty();
    let identity = Some(first)
        .filter(names_app)
        .or_else(|| identities.find(names_app))
        .unwrap_or(first);
    let mut change = of_application(Effect::Grants, identity.app);
    change.rights = vec![right];
    change.handle = fold(identity.policy);
    change
}

fn of_application(effect: Effect, app: &str) -> PermissionChange {
    let mut change = PermissionChange::new(effect, Road::AccessPolicy, Scope::Tenant);
    app.clone_into(&mut change.grantee);
    change.grantee_kind = PrincipalKind::ServicePrincipal;
    change.app_ids = Some(app.to_owned())
        .filter(|app| !app.is_empty())
        .into_iter()
        .collect();
    change
}

/// The parts of a policy's identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Identity<'a> {
    /// Application id; empty when the identity has none.
    app: &'a str,
    /// What is left to name the policy by: its id, or the identity as it stands.
    policy: &'a str,
}

impl<'a> Identity<'a> {
    fn read(text: &'a str) -> Self {
        let text = text.trim();
        let inner = text.rsplit(['\\', '/']).next().unwrap_or(text);
        let app = inner.split([':', ';']).next().unwrap_or(inner).trim();
        let policy = inner
            .rsplit_once(';')
            .map_or(inner, |(_, policy)| policy)
            .trim();
        // A bare id may be that of the policy: then nothing names the application.
        let names_app = is_guid(app) && app.len() < inner.len();
        Self {
            app: if names_app { app } else { "" },
            policy,
        }
    }
}
