//! Management roles and role groups in listings.
//!
//! Assignments that Exchange made when the tenant was made are told here from those that are somebody's act. Not here: what a role opens
//! (`power`).

use super::{Entitlement, Knowledge, Listed, Membership, Name, Source};
use crate::hunt::catalog::{self, Power};
use crate::hunt::grant::management_role::{DELEGATING, WITHIN};
use crate::hunt::grant::role_group::MEMBER_OF;
use crate::hunt::model::{PrincipalKind, Road, Scope};
use crate::record::Provenance;
use crate::record::inventory::{ManagementRoleAssignment, RoleGroup, RoleGroupMember};
use crate::text::fold;
use crate::time::Instant;
use chrono::TimeDelta;

/// The group whose members may hand on every role.
const MANAGERS: &str = "organization management";

/// The policy of every mailbox that has no other.
const EVERYBODYS_POLICY: &str = "default role assignment policy";

/// Exchange makes all its own assignments within this after the first.
const MAKING: TimeDelta = TimeDelta::days(1);

const BUILT_IN_ASSIGNMENT: &str =
    "an assignment that Exchange's built-in role groups have by default";

const SYNCHRONISED: &str =
    "the holders of a directory role, which Microsoft's own service keeps in this role group";

/// The name behind the path of the organisation.
pub(super) fn last_part(name: &str) -> &str {
    name.rsplit(['\\', '/']).next().unwrap_or(name).trim()
}

/// Whether a group is one that Exchange brings along.
pub(super) fn is_built_in(group: &str) -> bool {
    catalog::is_built_in_group(last_part(group))
}

/// Whether an assignment is that of a group: its members hold the role.
pub(super) fn is_for_group(entry: &ManagementRoleAssignment) -> bool {
    fold(&entry.assignee_type).contains("group") && !is_delegating(entry)
}

/// Whether an assignment is in force.
pub(super) fn is_in_force(entry: &ManagementRoleAssignment) -> bool {
    entry.enabled != Some(false)
}

fn is_delegating(entry: &ManagementRoleAssignment) -> bool {
    fold(&entry.delegation).starts_with("delegating")
}

/// An entry of `Get-ManagementRoleAssignment`.
pub(super) fn assignment(
    entry: &ManagementRoleAssignment,
    at: Provenance,
    knowledge: &Knowledge,
    listed: &mut Listed,
) {
    let (role, assignee) = (last_part(&entry.role), last_part(&entry.assignee));
    let kind = fold(&entry.assignee_type);
    cover_assignments(at.file, role, assignee, knowledge, listed);
    // What everybody may do to his own mailbox.
    let is_own = kind == "roleassignmentpolicy"
        || entry.method == "RoleAssignmentPolicy"
        || fold(assignee) == EVERYBODYS_POLICY;
    if !is_in_force(entry) || is_own {
        return;
    }
    let mut holder = Name::new(assignee);
    let mut road = Road::ImpersonationRole;
    match kind.as_str() {
        "serviceprincipal" => {
            holder.kind = PrincipalKind::ServicePrincipal;
            road = Road::RbacForApplications;
        }
        "rolegroup" | "linkedrolegroup" => holder.kind = PrincipalKind::RoleGroup,
        "securitygroup" => holder.kind = PrincipalKind::Group,
        _ => {}
    }
    if is_for_group(entry) && !entry.effective_user.is_empty() {
        effective(entry, &holder, at, listed);
    }
    let default = if is_default(entry, knowledge.begun.get(&at.file).copied()) {
        BUILT_IN_ASSIGNMENT
    } else {
        ""
    };
    let right = Entitlement {
        created: entry.created,
        default,
        ..Entitlement::new(Source::RoleAssignment, road, Scope::Tenant, holder, at)
    };
    listed.add(right.with_rights(&rights(entry, role)));
}

/// Whether Exchange itself made an assignment: one of a built-in role to a built-in group, made when the tenant was. A role that opens
/// every mailbox must be one that the group is known to hold; so must any where the listing does not say when it was made.
fn is_default(entry: &ManagementRoleAssignment, begun: Option<Instant>) -> bool {
    if hands_on_all(entry) {
        return true;
    }
    let is_known = is_known_default(entry);
    let (Some(made), Some(begun)) = (entry.created, begun) else {
        return is_known;
    };
    let power = catalog::role_power(last_part(&entry.role));
    let is_modest = power.is_some_and(|power| power < Power::Full);
    is_to_built_in(entry) && made < begun + MAKING && (is_known || is_modest)
}

/// Whether an assignment is one that every tenant has, whenever it was made: such as tell when the tenant was made.
pub(super) fn is_known_default(entry: &ManagementRoleAssignment) -> bool {
    let (group, role) = (last_part(&entry.assignee), last_part(&entry.role));
    let holds = !is_delegating(entry) && catalog::holds_by_default(group, role);
    is_to_built_in(entry) && (holds || hands_on_all(entry))
}

/// Whether an assignment lets the managers of the organisation hand a role on, as they may every role.
fn hands_on_all(entry: &ManagementRoleAssignment) -> bool {
    is_delegating(entry) && is_to_built_in(entry) && fold(last_part(&entry.assignee)) == MANAGERS
}

/// Whether the assignee is a group of Exchange's own, and nobody who is only called so.
fn is_to_built_in(entry: &ManagementRoleAssignment) -> bool {
    let kind = fold(&entry.assignee_type);
    let group = last_part(&entry.assignee);
    (kind.is_empty() || kind.contains("group")) && (is_built_in(group) || is_synchronised(group))
}

/// The role with the scope that narrows it, in the words of the log's grants.
fn rights(entry: &ManagementRoleAssignment, role: &str) -> Vec<String> {
    let scopes = [
        &entry.custom_recipient_write_scope,
        &entry.custom_resource_scope,
    ];
    let within = scopes.into_iter().filter(|scope| !scope.is_empty());
    let delegating = is_delegating(entry).then(|| DELEGATING.to_owned());
    std::iter::once(role.to_owned())
        .chain(within.map(|scope| format!("{WITHIN}{scope}")))
        .chain(delegating)
        .collect()
}

/// What the listing would show: it may have been asked for one role or for one assignee only.
fn cover_assignments(
    file: u32,
    role: &str,
    assignee: &str,
    knowledge: &Knowledge,
    listed: &mut Listed,
) {
    let Some((assignees, roles)) = knowledge.assignments.get(&file) else {
        return;
    };
    let several = |names: &std::collections::BTreeSet<String>| names.len() > 1;
    let (subject, detail) = match (several(assignees), several(roles)) {
        // Whole: of everybody and every role.
        (true, true) => (Name::default(), String::new()),
        (true, false) => (Name::default(), fold(role)),
        (false, true) => (Name::new(assignee), String::new()),
        (false, false) => (Name::new(assignee), fold(role)),
    };
    listed.covers.insert(super::Cover {
        source: Source::RoleAssignment,
        road: Road::ImpersonationRole,
        subject,
        detail,
    });
}

/// `-GetEffectiveUsers` lists the members of a group, one a row.
fn effective(entry: &ManagementRoleAssignment, group: &Name, at: Provenance, listed: &mut Listed) {
    let user = last_part(&entry.effective_user);
    let is_group = fold(user) == "all group members" || fold(user) == fold(&group.spelling);
    if !is_group {
        listed.members.push(Membership {
            group: group.clone(),
            member: Name::new(user),
            at,
        });
    }
}

fn group_name(group: &str) -> Name {
    Name {
        kind: PrincipalKind::RoleGroup,
        ..Name::new(last_part(group))
    }
}

/// An entry of `Get-RoleGroup`.
pub(super) fn group(entry: &RoleGroup, at: Provenance, listed: &mut Listed) {
    let group = group_name(&entry.name);
    let is_lost = |column: &str| {
        let mut lost = entry.lost.iter();
        lost.any(|name| name.eq_ignore_ascii_case(column))
    };
    if !is_lost("Members") {
        let detail = group.spelling.clone();
        listed.cover(Source::RoleGroup, Road::RoleGroup, group.clone(), &detail);
        listed.whole_groups.insert(group.clone());
    }
    for member in &entry.members {
        let mut right = membership(Source::RoleGroup, &group, Name::new(last_part(member)), at);
        right.not_before = entry.created;
        let roles = entry.roles.iter().map(|role| last_part(role).to_owned());
        let roles: Vec<String> = roles.chain(right.rights.clone()).collect();
        listed.add(right.with_rights(&roles));
        listed.members.push(Membership {
            group: group.clone(),
            member: Name::new(last_part(member)),
            at,
        });
    }
}

/// `Get-RoleGroupMember`, where the script added the group.
pub(super) fn member(
    entry: &RoleGroupMember,
    at: Provenance,
    knowledge: &Knowledge,
    listed: &mut Listed,
) {
    if entry.group.is_empty() {
        return;
    }
    let group = group_name(&entry.group);
    let mut ids = [
        &entry.user_principal_name,
        &entry.primary_address,
        &entry.object_id,
        &entry.distinguished_name,
        &entry.name,
        &entry.identity,
        &entry.alias,
        &entry.guid,
    ]
    .into_iter()
    .filter(|id| !id.is_empty());
    let Some(first) = ids.next() else {
        listed.left_out.incomplete += 1;
        return;
    };
    let kind = fold(&entry.kind);
    let mut holder = Name {
        aliases: ids.cloned().collect(),
        label: entry.display_name.clone(),
        ..Name::new(first)
    };
    if kind == "serviceprincipal" {
        holder.kind = PrincipalKind::ServicePrincipal;
    } else if kind.contains("group") {
        holder.kind = PrincipalKind::Group;
    }
    let detail = group.spelling.clone();
    listed.cover(
        Source::RoleGroupMember,
        Road::RoleGroup,
        group.clone(),
        &detail,
    );
    listed.whole_groups.insert(group.clone());
    listed.members.push(Membership {
        group: group.clone(),
        member: holder.clone(),
        at,
    });
    let mut right = membership(Source::RoleGroupMember, &group, holder, at);
    right.not_before = knowledge.made.get(&fold(&group.spelling)).copied();
    let roles = knowledge.roles.get(&fold(&group.spelling));
    let roles = roles.into_iter().flatten().cloned();
    let roles: Vec<String> = roles.chain(right.rights.clone()).collect();
    listed.add(right.with_rights(&roles));
}

/// A member of a role group, with nothing but that.
fn membership(source: Source, group: &Name, member: Name, at: Provenance) -> Entitlement {
    let mut member = member;
    let default = if is_built_in(&group.spelling) && is_synchronised(&member.spelling) {
        member.kind = PrincipalKind::Group;
        SYNCHRONISED
    } else {
        ""
    };
    let mut right = Entitlement::new(source, Road::RoleGroup, Scope::Tenant, member, at);
    right.default = default;
    right.rights = vec![format!("{MEMBER_OF}{}", group.spelling)];
    right
}

/// `TenantAdmins_-1842`: the groups through which the service hands directory roles on.
fn is_synchronised(member: &str) -> bool {
    let folded = fold(member);
    let Some((name, number)) = folded.rsplit_once('_') else {
        return false;
    };
    let is_number = !number.is_empty()
        && number
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-');
    is_number
        && ["admins", "readers", "operators", "administrators"]
            .iter()
            .any(|end| name.ends_with(end))
}
