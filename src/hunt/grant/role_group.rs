//! Role groups: whoever is a member of a group that carries a role holds the role.
//!
//! `New-RoleGroup -Roles ApplicationImpersonation -Members X` grants impersonation without any role assignment. The roles of a group
//! are known from its creation in the log or from the catalogue; `lifecycle` fills them into later memberships.
//! Source: Exchange cmdlet reference; ATT&CK T1098.002, T1548.005.

use super::value::{edits, parts};
use super::{Effect, PermissionChange, RoadSpec, kind_of};
use crate::hunt::model::{PrincipalKind, Road, Scope};
use crate::record::Record;
use crate::text::fold;

/// The row of the table of roads for role groups.
pub(super) const SPEC: RoadSpec = RoadSpec {
    road: Road::RoleGroup,
    operations: &[
        "New-RoleGroup",
        "Set-RoleGroup",
        "Add-RoleGroupMember",
        "Update-RoleGroupMember",
        "Remove-RoleGroupMember",
        "Remove-RoleGroup",
    ],
    extract,
};

/// Right of who may change the members of a role group: he can join it himself.
pub const MANAGER_OF: &str = "manager of ";

/// Right under which a membership is kept; what the group carries stands beside it.
pub const MEMBER_OF: &str = "member of ";

fn extract(record: &Record, out: &mut Vec<PermissionChange>) {
    let group = group_name(record);
    if record.operation.is("New-RoleGroup") {
        created(record, &group, out);
        managed(record, &group, out);
    } else if record.operation.is("Set-RoleGroup") {
        managed(record, &group, out);
    } else if record.operation.is("Remove-RoleGroup") {
        out.push(change(Effect::Revokes, &group, "", &[]));
    } else if record.operation.is("Remove-RoleGroupMember") {
        out.extend(memberships(Effect::Revokes, &group, &member(record)));
    } else if record.operation.is("Update-RoleGroupMember") {
        updated(record, &group, out);
    } else {
        out.extend(memberships(Effect::Grants, &group, &member(record)));
    }
}

fn memberships(
    effect: Effect,
    group: &str,
    members: &[String],
) -> impl Iterator<Item = PermissionChange> {
    members
        .iter()
        .map(move |member| change(effect, group, member, &[]))
}

/// A new group gives its roles to its first members, or to itself while it has none.
fn created(record: &Record, group: &str, out: &mut Vec<PermissionChange>) {
    let roles = record.parameter("Roles").map(parts).unwrap_or_default();
    let members = record.parameter("Members").map(parts).unwrap_or_default();
    for member in &members {
        out.push(change(Effect::Grants, group, member, &roles));
    }
    if members.is_empty() && !roles.is_empty() {
        let mut itself = change(Effect::Grants, group, group, &roles);
        itself.grantee_kind = PrincipalKind::RoleGroup;
        out.push(itself);
    }
}

/// `ManagedBy` replaces the list of those who may change the members, or adds and removes.
fn managed(record: &Record, group: &str, out: &mut Vec<PermissionChange>) {
    let Some(value) = record.parameter("ManagedBy") else {
        return;
    };
    let manager = |effect, name: &str| {
        let mut change = change(effect, group, name, &[]);
        change.rights = vec![format!("{MANAGER_OF}{group}")];
        change.handle = fold(&format!("{MANAGER_OF}{group}"));
        change
    };
    // A new group had no managers before.
    let is_new = record.operation.is("New-RoleGroup");
    let edits = edits(value).into_iter();
    let edits = edits.filter(|(_, name)| !(is_new && name.is_empty()));
    out.extend(edits.map(|(effect, name)| manager(effect, &name)));
}

/// `Members` replaces the whole list, or adds and removes: `@{Add="a";Remove="b"}`.
fn updated(record: &Record, group: &str, out: &mut Vec<PermissionChange>) {
    let Some(value) = record.parameter("Members") else {
        return;
    };
    let edits = edits(value).into_iter();
    out.extend(edits.map(|(effect, member)| change(effect, group, &member, &[])));
}

fn change(effect: Effect, group: &str, member: &str, roles: &[String]) -> PermissionChange {
    let mut change = PermissionChange::new(effect, Road::RoleGroup, Scope::Tenant);
    member.clone_into(&mut change.grantee);
    change.grantee_kind = kind_of(member);
    change.rights = roles
        .iter()
        .cloned()
        .chain([format!("{MEMBER_OF}{group}")])
        .collect();
    change.handle = fold(group);
    change
}

/// `Member` names one member: a comma in it is part of the name.
fn member(record: &Record) -> Vec<String> {
    let member = record.parameter("Member");
    member.map(str::to_owned).into_iter().collect()
}

/// The group's name without the path of its organisation.
fn group_name(record: &Record) -> String {
    let named = record
        .parameter("Name")
        .filter(|_| record.operation.is("New-RoleGroup"));
    let name = named
        .or(record.parameter("Identity"))
        .unwrap_or(&record.object);
    name.rsplit(['/', '\\'])
        .next()
        .unwrap_or(name)
        .trim()
        .to_owned()
}
