//! Applications: service principals of Graph, of Exchange and of Defender, and registrations.
//!
//! Not here: what was given to them (`consent`).

use super::super::super::fields::Fields;
use super::entry::{text_of, time_of};
use super::list::Between;
use super::{Entry, shaped};
use crate::record::Inventory;
use crate::record::inventory::{
    Credential, DefinedPermission, GrantedPermission, ServicePrincipal,
};
use serde_json::Value;

/// Columns that only service principals have.
const PRINCIPAL: &[&str] = &[
    "servicePrincipalType",
    "servicePrincipalNames",
    "appOwnerOrganizationId",
    "appOwnerTenantId",
    "appRoleAssignmentRequired",
    "AppDescription",
];

/// Columns that tell of something that merely names an application.
const MENTION: &[&str] = &[
    "PermissionType",
    "ResourceId",
    "UserPrincipalName",
    "Timestamp",
];

pub(in super::super) fn is_service_principal(fields: &Fields<'_>) -> bool {
    let needed: &[&[&str]] = &[&["appId"], &["displayName", "AppDisplayName"], PRINCIPAL];
    shaped(fields, needed, MENTION)
}

pub(in super::super) fn read_service_principal(fields: Fields<'_>) -> Result<Inventory, String> {
    let mut entry = Entry::new(fields);
    let mut found = application(&mut entry)?;
    found.id = entry.text(&["id", "ObjectId"]);
    found.kind = entry.text(&["servicePrincipalType"]);
    found.owner_tenant = entry.text(&["appOwnerOrganizationId", "appOwnerTenantId"]);
    found.enabled = entry.flag(&["accountEnabled"]);
    found.names = entry.list(&["servicePrincipalNames"], Between::Words);
    found.scopes = entry.objects(&["oauth2PermissionScopes", "Oauth2Permissions"], defined);
    found.lost = entry.lost();
    Ok(found.into())
}

/// What service principals and registrations have alike.
fn application(entry: &mut Entry<'_>) -> Result<ServicePrincipal, String> {
    let verified = entry.object(&["verifiedPublisher"]).unwrap_or_default();
    Ok(ServicePrincipal {
        app: entry.required(&["appId"])?,
        name: entry.text(&["displayName", "AppDisplayName"]),
        description: entry.text(&["description", "AppDescription"]),
        created: entry.time(&["createdDateTime"]),
        created_by_app: entry.text(&["createdByAppId"]),
        tags: entry.list(&["tags"], Between::Names),
        reply_urls: entry.list(&["replyUrls"], Between::Words),
        app_roles: entry.objects(&["appRoles"], defined),
        keys: entry.objects(&["keyCredentials"], credential),
        passwords: entry.objects(&["passwordCredentials"], credential),
        publisher: entry.text(&["publisherName", "PublisherDisplayName", "publisherDomain"]),
        verified_publisher: text_of(&verified, &["displayName"]),
        verified_publisher_id: text_of(&verified, &["verifiedPublisherId"]),
        ..ServicePrincipal::default()
    })
}

fn defined(value: &Value) -> DefinedPermission {
    DefinedPermission {
        id: text_of(value, &["id"]),
        value: text_of(value, &["value"]),
        name: text_of(value, &["displayName", "adminConsentDisplayName"]),
    }
}

fn credential(value: &Value) -> Credential {
    Credential {
        id: text_of(value, &["keyId"]),
        name: text_of(value, &["displayName"]),
        start: time_of(value, &["startDateTime", "startDate"]),
        end: time_of(value, &["endDateTime", "endDate"]),
    }
}

pub(in super::super) fn is_app_registration(fields: &Fields<'_>) -> bool {
    let needed: &[&[&str]] = &[
        &["appId"],
        &["id", "ObjectId"],
        &["displayName"],
        &[
            "createdDateTime",
            "requiredResourceAccess",
            "identifierUris",
            "publisherDomain",
        ],
    ];
    shaped(fields, needed, MENTION) && !shaped(fields, &[PRINCIPAL], &[]) && !has_sid(fields)
}

fn has_sid(fields: &Fields<'_>) -> bool {
    fields.names_one("Sid")
}

pub(in super::super) fn read_app_registration(fields: Fields<'_>) -> Result<Inventory, String> {
    let mut entry = Entry::new(fields);
    let mut found = application(&mut entry)?;
    found.application_object = entry.text(&["id", "ObjectId"]);
    found.names = entry.list(&["identifierUris"], Between::Words);
    let api = entry.object(&["api"]).unwrap_or_default();
    if let Some(Value::Array(scopes)) = api.get("oauth2PermissionScopes") {
        found.scopes = scopes.iter().map(defined).collect();
    }
    found.lost = entry.lost();
    Ok(found.into())
}

pub(in super::super) fn is_exchange_service_principal(fields: &Fields<'_>) -> bool {
    let needed: &[&[&str]] = &[&["AppId"], &["ObjectId", "ServiceId"], &["Sid"]];
    shaped(fields, needed, MENTION)
}

pub(in super::super) fn read_exchange_service_principal(
    fields: Fields<'_>,
) -> Result<Inventory, String> {
    let mut entry = Entry::new(fields);
    let found = ServicePrincipal {
        app: entry.required(&["AppId"])?,
        id: entry.text(&["ObjectId", "ServiceId"]),
        name: entry.text(&["DisplayName", "Name"]),
        sid: entry.text(&["Sid"]),
        lost: entry.lost(),
        ..ServicePrincipal::default()
    };
    Ok(found.into())
}

pub(in super::super) fn is_oauth_app(fields: &Fields<'_>) -> bool {
    let needed: &[&[&str]] = &[
        &["OAuthAppId"],
        &["AppName"],
        &["ServicePrincipalId", "AppStatus", "Permissions"],
    ];
    shaped(fields, needed, &[])
}

pub(in super::super) fn read_oauth_app(fields: Fields<'_>) -> Result<Inventory, String> {
    let mut entry = Entry::new(fields);
    let verified = entry.object(&["VerifiedPublisher"]).unwrap_or_default();
    let found = ServicePrincipal {
        app: entry.required(&["OAuthAppId"])?,
        id: entry.text(&["ServicePrincipalId"]),
        name: entry.text(&["AppName"]),
        created: entry.time(&["AddedOnTime"]),
        status: entry.text(&["AppStatus"]),
        granted: entry.objects(&["Permissions"], granted),
        consented_users: entry.integer(&["ConsentedUsersCount"]),
        admin_consented: entry.flag(&["IsAdminConsented"]),
        origin: entry.text(&["AppOrigin"]),
        owner_tenant: entry.text(&["AppOwnerTenantId"]),
        last_used: entry.time(&["LastUsedTime"]),
        last_modified: entry.time(&["LastModifiedTime"]),
        privilege: entry.text(&["PrivilegeLevel"]),
        verified_publisher: text_of(&verified, &["displayName"]),
        verified_publisher_id: text_of(&verified, &["verifiedPublisherId"]),
        lost: entry.lost(),
        ..ServicePrincipal::default()
    };
    Ok(found.into())
}

fn granted(value: &Value) -> GrantedPermission {
    GrantedPermission {
        value: text_of(value, &["PermissionValue"]),
        kind: text_of(value, &["PermissionType"]),
        resource_app: text_of(value, &["TargetAppId"]),
        resource_name: text_of(value, &["TargetAppDisplayName"]),
    }
}
