//! Permissions that were given to applications: app role assignments and delegated grants, from Graph and from collectors.
//!
//! Not here: the ids of roles, which service principals decode (`application`).

use super::super::super::fields::Fields;
use super::list::Between;
use super::{Entry, shaped};
use crate::record::Inventory;
use crate::record::inventory::{AppRoleAssignment, DelegatedPermissionGrant};
use crate::text::is_guid;

pub(in super::super) fn is_app_role_assignment(fields: &Fields<'_>) -> bool {
    let needed: &[&[&str]] = &[&["appRoleId"], &["principalId"], &["resourceId"]];
    shaped(fields, needed, &[])
}

pub(in super::super) fn read_app_role_assignment(fields: Fields<'_>) -> Result<Inventory, String> {
    let mut entry = Entry::new(fields);
    let found = AppRoleAssignment {
        principal_id: entry.required(&["principalId"])?,
        role_id: entry.required(&["appRoleId"])?,
        id: entry.text(&["id"]),
        principal_name: entry.text(&["principalDisplayName"]),
        principal_type: entry.text(&["principalType"]),
        resource_id: entry.text(&["resourceId"]),
        resource_name: entry.text(&["resourceDisplayName"]),
        created: entry.time(&["createdDateTime", "creationTimestamp"]),
        lost: entry.lost(),
        ..AppRoleAssignment::default()
    };
    Ok(found.into())
}

pub(in super::super) fn is_delegated_grant(fields: &Fields<'_>) -> bool {
    let needed: &[&[&str]] = &[&["clientId"], &["consentType"], &["resourceId"], &["scope"]];
    shaped(fields, needed, &[])
}

pub(in super::super) fn read_delegated_grant(fields: Fields<'_>) -> Result<Inventory, String> {
    let mut entry = Entry::new(fields);
    let found = DelegatedPermissionGrant {
        client_id: entry.required(&["clientId"])?,
        scopes: entry.rights(&["scope"], Between::Words)?,
        id: entry.text(&["id", "ObjectId"]),
        consent_type: entry.text(&["consentType"]),
        principal_id: entry.text(&["principalId"]),
        resource_id: entry.text(&["resourceId"]),
        expires: entry.time(&["expiryTime"]),
        lost: entry.lost(),
        ..DelegatedPermissionGrant::default()
    };
    Ok(found.into())
}

pub(in super::super) fn is_oauth_permission(fields: &Fields<'_>) -> bool {
    let needed: &[&[&str]] = &[
        &["PermissionType"],
        &["ClientObjectId"],
        &["ResourceObjectId"],
        &["Permission"],
    ];
    shaped(fields, needed, &[])
}

/// A row of the collector is of either kind.
pub(in super::super) fn read_oauth_permission(fields: Fields<'_>) -> Result<Inventory, String> {
    let mut entry = Entry::new(fields);
    let kind = entry.required(&["PermissionType"])?;
    match kind.to_ascii_lowercase().as_str() {
        "application" => collected_assignment(entry),
        "delegated" => collected_grant(entry),
        _ => Err(format!(
            "PermissionType is neither Application nor Delegated: {kind}"
        )),
    }
}

/// Names of the columns of the application, the older ones last.
const NAME: &[&str] = &["AppDisplayName", "ClientDisplayName"];

fn collected_assignment(mut entry: Entry<'_>) -> Result<Inventory, String> {
    let permission = entry.required(&["Permission"])?;
    // The tool gives the id where it cannot resolve the name.
    let (role_id, role) = if is_guid(&permission) {
        (permission, String::new())
    } else {
        (String::new(), permission)
    };
    let found = AppRoleAssignment {
        role_id,
        role,
        principal_id: entry.required(&["ClientObjectId"])?,
        principal_name: entry.text(NAME),
        app: entry.text(&["AppId"]),
        resource_id: entry.text(&["ResourceObjectId"]),
        resource_name: entry.text(&["ResourceDisplayName"]),
        created: entry.time(&["CreationTimestamp"]),
        app_created: entry.time(&["CreatedDateTime"]),
        owner_tenant: entry.text(&["AppOwnerOrganizationId"]),
        publisher: entry.text(&["PublisherName"]),
        lost: entry.lost(),
        ..AppRoleAssignment::default()
    };
    Ok(found.into())
}

fn collected_grant(mut entry: Entry<'_>) -> Result<Inventory, String> {
    let found = DelegatedPermissionGrant {
        client_id: entry.required(&["ClientObjectId"])?,
        scopes: entry.rights(&["Permission"], Between::Words)?,
        app: entry.text(&["AppId"]),
        client_name: entry.text(NAME),
        consent_type: entry.text(&["ConsentType"]),
        principal_id: entry.text(&["PrincipalObjectId"]),
        principal_name: entry.text(&["PrincipalDisplayName"]),
        resource_id: entry.text(&["ResourceObjectId"]),
        resource_name: entry.text(&["ResourceDisplayName"]),
        expires: entry.time(&["ExpiryTime"]),
        app_created: entry.time(&["CreatedDateTime"]),
        owner_tenant: entry.text(&["AppOwnerOrganizationId"]),
        publisher: entry.text(&["PublisherName"]),
        lost: entry.lost(),
        ..DelegatedPermissionGrant::default()
    };
    Ok(found.into())
}
