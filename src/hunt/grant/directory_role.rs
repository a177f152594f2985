//! Directory roles whose holder comes to mail: by giving himself mailboxes, by managing their applications, by resetting the sign-in of their
//! owners, or by searching their content. Given for good, for a time, or to be activated (`eligible`).
//!
//! The member is the target of the record; the role stands in `Role.*` properties, in records of Privileged Identity Management among the
//! targets. Roles of the directory that open no mail are no road; a role that is not built in can open anything. What is only requested
//! shows again when it is completed. Source: Microsoft Entra built-in roles; Microsoft Entra audit activity reference; ATT&CK T1098.003.

use super::{Effect, PermissionChange, RoadSpec, kind_of};
use crate::hunt::catalog::{self, Power};
use crate::hunt::model::{PrincipalKind, Road, Scope};
use crate::record::{Record, Target};
use crate::text::is_guid;

/// The row of the table of roads for directory roles.
pub(super) const SPEC: RoadSpec = RoadSpec {
    road: Road::DirectoryRole,
    operations: &[
        "Add member to role",
        "Add eligible member to role",
        "Add scoped member to role",
        "Add member to role completed (PIM activation)",
        "Add member to role in PIM completed (permanent)",
        "Add member to role in PIM completed (timebound)",
        "Add member to role outside of PIM (permanent)",
        "Add eligible member to role in PIM completed (permanent)",
        "Add eligible member to role in PIM completed (timebound)",
        "Remove member from role",
        "Remove eligible member from role",
        "Remove scoped member from role",
        "Remove member from role (PIM activation expired)",
        "Remove member from role completed (PIM deactivate)",
        "Remove member from role in PIM completed (permanent)",
        "Remove member from role in PIM completed (timebound)",
        "Remove eligible member from role in PIM completed (permanent)",
        "Remove eligible member from role in PIM completed (timebound)",
        "Remove permanent direct role assignment",
        "Remove permanent eligible role assignment",
    ],
    extract,
};

/// What stands before a role that its holder has yet to activate.
const ELIGIBLE: &str = "eligible for ";

/// The role that a right is, or is to become.
pub fn role_of(right: &str) -> &str {
    right.strip_prefix(ELIGIBLE).unwrap_or(right)
}

fn extract(record: &Record, out: &mut Vec<PermissionChange>) {
    let Some(role) = role(record) else {
        return;
    };
    let operation = record.operation.as_str().to_ascii_lowercase();
    let effect = if operation.starts_with("add") {
        Effect::Grants
    } else {
        Effect::Revokes
    };
    let right = if operation.contains("eligible") {
        format!("{ELIGIBLE}{role}")
    } else {
        role
    };
    let is_member = |target: &&Target| {
        ["User", "ServicePrincipal", "Group"]
            .iter()
            .any(|kind| target.kind.eq_ignore_ascii_case(kind))
    };
    let mut members: Vec<PermissionChange> = record
        .targets
        .iter()
        .filter(is_member)
        .map(|target| member(effect, target))
        .collect();
    if members.is_empty() && !record.object.is_empty() {
        let mut unknown = PermissionChange::new(effect, Road::DirectoryRole, Scope::Tenant);
        unknown.grantee.clone_from(&record.object);
        unknown.grantee_kind = kind_of(&record.object);
        members.push(unknown);
    }
    for mut change in members {
        change.rights = vec![right.clone()];
        // A removal from nobody is not one from everybody.
        if effect == Effect::Grants || !change.grantee.is_empty() {
            out.push(change);
        }
    }
}

/// The name of the role, when it leads to mail or is not known.
fn role(record: &Record) -> Option<String> {
    let value = |name: &str| {
        let change = record.change(name)?;
        [&change.new, &change.old]
            .into_iter()
            .map(|text| text.trim())
            .find(|text| !text.is_empty())
    };
    let target = record
        .targets
        .iter()
        .find(|target| target.kind.eq_ignore_ascii_case("Role"));
    let of_target = |text: fn(&Target) -> &str| target.map(text).filter(|text| !text.is_empty());
    let extended = |name: &str| {
        let mut properties = record.extended.iter();
        let property =
            properties.find(|property| property.name.trim().eq_ignore_ascii_case(name))?;
        Some(property.value.trim()).filter(|value| is_guid(value))
    };
    let name = value("Role.DisplayName").or_else(|| of_target(|target| &target.name));
    let template = value("Role.TemplateId")
        .or_else(|| extended("TemplateId"))
        .or_else(|| extended("RoleDefinitionOriginId"))
        .or_else(|| value("Role.ObjectID"))
        .or_else(|| of_target(|target| &target.id));
    let known = template
        .and_then(catalog::directory_role)
        .or_else(|| catalog::directory_role(name?));
    match (known, name.or(template)) {
        (Some((_, Power::None)), _) | (_, None) => None,
        // The name as written, where the catalogue has it too.
        (Some((shown, _)), Some(written)) => Some(
            catalog::directory_role(written)
                .filter(|_| !is_guid(written))
                .map_or(shown, |_| written)
                .to_owned(),
        ),
        (None, Some(written)) => Some(written.to_owned()),
    }
}

fn member(effect: Effect, target: &Target) -> PermissionChange {
    let mut change = PermissionChange::new(effect, Road::DirectoryRole, Scope::Tenant);
    let is_application = target.kind.eq_ignore_ascii_case("ServicePrincipal");
    let spellings = if is_application {
        [&target.name, &target.id, &target.app]
    } else {
        [&target.upn, &target.id, &target.name]
    };
    let mut spellings = spellings
        .into_iter()
        .filter(|text| !text.is_empty())
        .cloned();
    change.grantee = spellings.next().unwrap_or_default();
    // The display name of a person may be that of others.
    change.grantee_aliases = spellings
        .filter(|text| is_application || *text != target.name)
        .collect();
    change.grantee_kind = match kind_of(&change.grantee) {
        _ if is_application => PrincipalKind::ServicePrincipal,
        _ if target.kind.eq_ignore_ascii_case("Group") => PrincipalKind::Group,
        PrincipalKind::Unknown => PrincipalKind::User,
        kind => kind,
    };
    if is_application {
        change.app_ids = Some(target.app.clone())
            .filter(|app| !app.is_empty())
            .into_iter()
            .collect();
    }
    change
}
