//! Management role assignments: the impersonation role given to people and groups, and roles given to applications.
//!
//! `New-ManagementRoleAssignment` names the assignee in exactly one of five parameters; `-App` makes it RBAC for Applications.
//! `Remove-` names only the assignment. Source: Exchange cmdlet reference; ATT&CK T1548.005 (AN1107), T1098.002.

use super::value::is_true;
use super::{Effect, PermissionChange, RoadSpec, kind_of};
use crate::hunt::identity::is_guid;
use crate::hunt::model::{PrincipalKind, Road, Scope};
use crate::record::Record;
use crate::text::fold;

const OPERATIONS: &[&str] = &[
    "New-ManagementRoleAssignment",
    "Set-ManagementRoleAssignment",
    "Remove-ManagementRoleAssignment",
];

/// Parameters that name who is assigned, with what they say of its kind.
const ASSIGNEES: [(&str, PrincipalKind); 4] = [
    ("User", PrincipalKind::Unknown),
    ("SecurityGroup", PrincipalKind::Group),
    ("Policy", PrincipalKind::Unknown),
    ("Computer", PrincipalKind::Unknown),
];

/// Parameters that narrow an assignment to some mailboxes.
const SCOPES: [&str; 9] = [
    "CustomRecipientWriteScope",
    "ExclusiveRecipientWriteScope",
    "RecipientOrganizationalUnitScope",
    "RecipientRelativeWriteScope",
    "CustomConfigWriteScope",
    "ExclusiveConfigWriteScope",
    "CustomResourceScope",
    "RecipientAdministrativeUnitScope",
    "RecipientGroupScope",
];

/// Right under which the scope of an assignment is kept.
pub const WITHIN: &str = "within ";

/// Right of an assignment that may be handed on.
pub const DELEGATING: &str = "delegating";

/// Right of an assignment of a role without a parent, whose scripts run without a scope.
pub const UNSCOPED: &str = "unscoped";

/// Roles for people and groups.
pub(super) const IMPERSONATION: RoadSpec = RoadSpec {
    road: Road::ImpersonationRole,
    operations: OPERATIONS,
    extract: |record, out| extract(record, Road::ImpersonationRole, out),
};

/// Roles for applications.
pub(super) const APPLICATIONS: RoadSpec = RoadSpec {
    road: Road::RbacForApplications,
    operations: OPERATIONS,
    extract: |record, out| extract(record, Road::RbacForApplications, out),
};

fn extract(record: &Record, road: Road, out: &mut Vec<PermissionChange>) {
    if record.operation.is("New-ManagementRoleAssignment") {
        created(record, road, out);
    } else if record.operation.is("Remove-ManagementRoleAssignment") || is_disabled(record) {
        referred(record, road, Effect::Revokes, out);
    } else if record.parameter("Enabled").is_some() || !rights(record).is_empty() {
        referred(record, road, Effect::Grants, out);
    }
}

fn is_disabled(record: &Record) -> bool {
    record.parameter("Enabled").is_some() && !is_true(record.parameter("Enabled"))
}

fn created(record: &Record, road: Road, out: &mut Vec<PermissionChange>) {
    let app = record.parameter("App");
    if app.is_some() != (road == Road::RbacForApplications) {
        return;
    }
    let assignee = ASSIGNEES
        .iter()
        .find_map(|(name, kind)| Some((record.parameter(name)?, *kind)));
    let (grantee, kind) = app
        .map(|app| (app, PrincipalKind::ServicePrincipal))
        .or(assignee)
        .unwrap_or(("", PrincipalKind::Unknown));
    let mut change = PermissionChange::new(Effect::Grants, road, Scope::Tenant);
    grantee.clone_into(&mut change.grantee);
    change.grantee_kind = if kind == PrincipalKind::Unknown {
        kind_of(grantee)
    } else {
        kind
    };
    change.rights = rights(record);
    change.handle = handle(record, &change);
    out.push(change);
}

/// A change that names an assignment made earlier. One road is enough for it: the assignment decides which it was.
fn referred(record: &Record, road: Road, effect: Effect, out: &mut Vec<PermissionChange>) {
    if road != Road::ImpersonationRole {
        return;
    }
    let mut change = PermissionChange::new(effect, road, Scope::Tenant);
    change.handle = referred_handle(record);
    if effect == Effect::Grants {
        change.rights = rights(record);
    }
    out.push(change);
}

/// The name of the assignment referred to: as given, or as Exchange resolved it when a GUID was given.
fn referred_handle(record: &Record) -> String {
    let identity = record.parameter("Identity").map(last_part);
    let resolved = Some(last_part(&record.object)).filter(|name| !name.is_empty());
    let name = identity.filter(|name| !is_guid(name)).or(resolved);
    fold(name.or(identity).unwrap_or_default())
}

/// The role, the scope that narrows it, and whether it may be handed on.
fn rights(record: &Record) -> Vec<String> {
    let role = record.parameter("Role").map(last_part);
    let scope = SCOPES
        .iter()
        .filter_map(|name| record.parameter(name))
        .map(|value| format!("{WITHIN}{value}"));
    let unscoped = is_true(record.parameter("UnScopedTopLevel")).then(|| UNSCOPED.to_owned());
    let delegating = is_true(record.parameter("Delegating")).then(|| DELEGATING.to_owned());
    role.into_iter()
        .map(str::to_owned)
        .chain(scope)
        .chain(delegating)
        .chain(unscoped)
        .collect()
}

/// A role or an assignment may be given as name, canonical name or `organisation\name`.
pub(crate) fn last_part(role: &str) -> &str {
    role.rsplit(['\\', '/']).next().unwrap_or(role)
}

/// The name of the assignment: given, as Exchange resolved it, or the name it generates (`Role-Assignee`).
fn handle(record: &Record, change: &PermissionChange) -> String {
    let resolved = Some(last_part(&record.object)).filter(|name| !name.is_empty());
    let name = record.parameter("Name").map(last_part).or(resolved);
    let generated = || {
        let role = record.parameter("Role").map_or("", last_part);
        format!("{role}-{}", last_part(&change.grantee))
    };
    fold(&name.map_or_else(generated, str::to_owned))
}
