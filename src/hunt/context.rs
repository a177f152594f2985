//! What gives nothing by itself but changes what grants mean: roles of groups, custom roles, members of groups, principals that go.
//!
//! One record, its context, in the record's own spellings. A display name stands in for a directory object only where the record has no
//! id of it: somebody could delete a namesake of his own. Sources: Exchange cmdlet reference; Microsoft Entra audit activity reference.
//! Not here: what follows from it for a grant (`lifecycle`), and grants themselves (`grant`).

mod group;
mod principal;
#[cfg(test)]
mod tests;

use super::grant::management_role::last_part;
use super::grant::value::parts;
use crate::record::{Outcome, Record};

/// What a record changes around the grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Context {
    /// A role group carries roles from now on, beside those it had.
    Carries {
        /// Name of the group.
        group: String,
        /// Names of the roles.
        roles: Vec<String>,
    },
    /// A custom role has the powers of another.
    Inherits {
        /// Name of the custom role.
        role: String,
        /// Name of the role it was made from.
        parent: String,
    },
    /// Somebody joins or leaves a group that is no role group.
    Member {
        /// Whether he joins.
        joins: bool,
        /// The group in all its spellings.
        group: Vec<String>,
        /// The member in all his spellings; empty when all who were members leave, for a new list replaces the old one.
        member: Vec<String>,
    },
    /// A principal can act no more, or again.
    Principal {
        /// What happened to it.
        fate: Fate,
        /// The principal in all its spellings.
        spellings: Vec<String>,
    },
}

/// What happens to a principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It was deleted.
    Deleted,
    /// Its sign-in was disabled.
    Disabled,
    /// Exchange knows it no more, as mailbox, group or application: its rights in Exchange are gone, those of the directory stand.
    LeftExchange,
    /// It was restored or enabled again.
    Back,
}

/// Operations that have a context, in their normal form.
pub const OPERATIONS: &[&str] = &[
    "New-RoleGroup",
    "Set-RoleGroup",
    "New-ManagementRoleAssignment",
    "New-ManagementRole",
    "Add member to group",
    "Remove member from group",
    "New-DistributionGroup",
    "Add-DistributionGroupMember",
    "Remove-DistributionGroupMember",
    "Update-DistributionGroupMember",
    "New-UnifiedGroup",
    "Add-UnifiedGroupLinks",
    "Remove-UnifiedGroupLinks",
    "Delete user",
    "Hard Delete user",
    "Restore user",
    "Disable account",
    "Enable account",
    "Update user",
    "Remove service principal",
    "Hard Delete service principal",
    "Restore service principal",
    "Update service principal",
    "Delete application",
    "Hard Delete application",
    "Restore application",
    "Delete group",
    "Hard Delete group",
    "Restore group",
    "Remove-Mailbox",
    "Disable-Mailbox",
    "Connect-Mailbox",
    "Undo-SoftDeletedMailbox",
    "Remove-RemoteMailbox",
    "Disable-RemoteMailbox",
    "Remove-MailUser",
    "Disable-MailUser",
    "Remove-ServicePrincipal",
    "Remove-DistributionGroup",
    "Disable-DistributionGroup",
    "Remove-DynamicDistributionGroup",
    "Remove-UnifiedGroup",
    "Undo-SoftDeletedUnifiedGroup",
    "Remove-RoleGroup",
];

/// The context of a record. Failed changes have none.
pub fn context(record: &Record) -> Vec<Context> {
    if record.outcome == Outcome::Failed || !record.operation.is_any(OPERATIONS) {
        return Vec::new();
    }
    let mut out = Vec::new();
    out.extend(carries(record));
    out.extend(inherits(record));
    group::members(record, &mut out);
    out.extend(principal::fate(record));
    out
}

/// The roles that a new group is made with, or that an assignment gives to a group.
fn carries(record: &Record) -> Option<Context> {
    let (group, roles) = if record.operation.is("New-RoleGroup") {
        ("Name", "Roles")
    } else if record.operation.is("Set-RoleGroup") {
        ("Identity", "Roles")
    } else if record.operation.is("New-ManagementRoleAssignment") {
        ("SecurityGroup", "Role")
    } else {
        return None;
    };
    let named = record.parameter(group).or(Some(&record.object)
        .filter(|_| group != "SecurityGroup")
        .map(String::as_str));
    let group = last_part(named?).trim().to_owned();
    let roles = match record.parameter(roles)? {
        // A role's name may have a comma; only a list may hold several.
        role if roles == "Role" => vec![last_part(role).to_owned()],
        list => parts(list)
            .iter()
            .map(|role| last_part(role).to_owned())
            .collect(),
    };
    (!group.is_empty() && !roles.is_empty()).then_some(Context::Carries { group, roles })
}

/// The role that a new one is made from.
fn inherits(record: &Record) -> Option<Context> {
    if !record.operation.is("New-ManagementRole") {
        return None;
    }
    let role = record.parameter("Name").unwrap_or(&record.object);
    let role = last_part(role).trim().to_owned();
    let parent = last_part(record.parameter("Parent")?).trim().to_owned();
    (!role.is_empty() && !parent.is_empty()).then_some(Context::Inherits { role, parent })
}

/// The spellings that are there, each once, in their order.
fn spelled<'a>(spellings: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for spelling in spellings.into_iter().map(str::trim) {
        if !spelling.is_empty() && !kept.iter().any(|known| known == spelling) {
            kept.push(spelling.to_owned());
        }
    }
    kept
}
