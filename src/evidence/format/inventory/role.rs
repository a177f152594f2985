//! Roles of administrators: assignments, role groups and their members.
//!
//! Not here: roles of applications in the directory (`consent`).

use super::super::super::fields::Fields;
use super::directory::CREATED;
use super::list::Between;
use super::{Entry, shaped};
use crate::record::Inventory;
use crate::record::inventory::{ManagementRoleAssignment, RoleGroup, RoleGroupMember};

pub(in super::super) fn is_role_assignment(fields: &Fields<'_>) -> bool {
    let needed: &[&[&str]] = &[&["Role"], &["RoleAssigneeName", "RoleAssignee"]];
    shaped(fields, needed, &[])
}

pub(in super::super) fn read_role_assignment(fields: Fields<'_>) -> Result<Inventory, String> {
    let mut entry = Entry::new(fields);
    let found = ManagementRoleAssignment {
        role: entry.required(&["Role"])?,
        assignee: entry.required(&["RoleAssigneeName", "RoleAssignee"])?,
        name: entry.text(&["Name", "Identity"]),
        assignee_type: entry.text(&["RoleAssigneeType"]),
        method: entry.text(&["AssignmentMethod"]),
        effective_user: entry.text(&["EffectiveUserName"]),
        delegation: entry.text(&["RoleAssignmentDelegationType"]),
        recipient_read_scope: entry.text(&["RecipientReadScope"]),
        recipient_write_scope: entry.text(&["RecipientWriteScope"]),
        config_read_scope: entry.text(&["ConfigReadScope"]),
        config_write_scope: entry.text(&["ConfigWriteScope"]),
        custom_recipient_write_scope: entry.text(&["CustomRecipientWriteScope"]),
        custom_config_write_scope: entry.text(&["CustomConfigWriteScope"]),
        custom_resource_scope: entry.text(&["CustomResourceScope"]),
        enabled: entry.flag(&["Enabled"]),
        chain: entry.text(&["AssignmentChain"]),
        created: entry.time(CREATED),
        lost: entry.lost(),
    };
    Ok(found.into())
}

pub(in super::super) fn is_role_group(fields: &Fields<'_>) -> bool {
    let needed: &[&[&str]] = &[
        &["Name"],
        &["Roles"],
        &["Members", "ManagedBy", "RoleAssignments"],
    ];
    shaped(fields, needed, &["RecipientType", "RecipientTypeDetails"])
}

pub(in super::super) fn read_role_group(fields: Fields<'_>) -> Result<Inventory, String> {
    let mut entry = Entry::new(fields);
    let found = RoleGroup {
        name: entry.required(&["Name"])?,
        description: entry.text(&["Description"]),
        roles: entry.list(&["Roles"], Between::Rights),
        members: entry.list(&["Members"], Between::Names),
        managed_by: entry.list(&["ManagedBy"], Between::Names),
        created: entry.time(CREATED),
        lost: entry.lost(),
    };
    Ok(found.into())
}

/// Names under which scripts add the group.
const GROUP: &[&str] = &["RoleGroup", "RoleGroupName", "GroupName", "Group"];

pub(in super::super) fn is_role_group_member(fields: &Fields<'_>) -> bool {
    let needed: &[&[&str]] = &[&["Name"], &["RecipientType", "RecipientTypeDetails"]];
    let foreign = [
        "Trustee",
        "AccessRights",
        "GrantSendOnBehalfTo",
        "AuditEnabled",
        "Roles",
    ];
    shaped(fields, needed, &foreign)
}

pub(in super::super) fn read_role_group_member(fields: Fields<'_>) -> Result<Inventory, String> {
    let mut entry = Entry::new(fields);
    let found = RoleGroupMember {
        name: entry.required(&["Name"])?,
        group: entry.text(GROUP),
        identity: entry.text(&["Identity"]),
        alias: entry.text(&["Alias"]),
        display_name: entry.text(&["DisplayName"]),
        primary_address: entry.text(&["PrimarySmtpAddress"]),
        user_principal_name: entry.text(&["UserPrincipalName", "WindowsLiveID"]),
        object_id: entry.text(&["ExternalDirectoryObjectId"]),
        guid: entry.text(&["Guid"]),
        distinguished_name: entry.text(&["DistinguishedName"]),
        kind: entry.text(&["RecipientTypeDetails", "RecipientType"]),
        lost: entry.lost(),
    };
    Ok(found.into())
}
