//! Inventories as cmdlets, Graph, Defender and Microsoft-Extractor-Suite list them.
//!
//! Writers are given the entries of a kind. Where several tools list one thing each in its own way, an entry has a member for each.
//! Not here: what the entries say (`demo::inventory`).

use super::column::{
    Columns,
    From::{At, Made, When},
    cells, text,
};
use super::moment::{american, zulu};
use super::object::arranged;
use super::piece::{INDENTED, lines, pieces};
use super::table::{EXPORTED, table};
use super::{Layout, Shape, Stream, UNIFIED};
use serde_json::Value;

/// A table of a kind of inventory.
const fn tabled(kind: &'static str) -> Shape {
    Shape {
        stream: Stream::Inventory(kind),
        extension: "csv",
        layout: Layout::Table,
        ..UNIFIED
    }
}

/// A document of JSON of a kind of inventory.
const fn document(kind: &'static str) -> Shape {
    Shape {
        stream: Stream::Inventory(kind),
        ..UNIFIED
    }
}

pub(super) const SHAPES: &[Shape] = &[
    Shape {
        name: "service-principals",
        format: "service-principals",
        what: "service principals of Graph",
        takes: |entry| entry["graph"].is_object(),
        writer: || pieces(INDENTED, |entry| graph(entry, PRINCIPAL)),
        ..document("service-principal")
    },
    Shape {
        name: "exchange-service-principals-csv",
        format: "exchange-service-principals",
        what: "Get-ServicePrincipal of Exchange",
        takes: |entry| entry["exchange"].is_object(),
        writer: || table(EXPORTED, |entry| cells(EXCHANGE, entry)),
        ..tabled("service-principal")
    },
    Shape {
        name: "app-registrations",
        format: "app-registrations",
        what: "registrations of applications of Graph",
        takes: |entry| entry["registration"].is_object(),
        writer: || {
            pieces(INDENTED, |entry| {
                arranged(&entry["registration"], &[PRINCIPAL], &[]).indented()
            })
        },
        ..document("service-principal")
    },
    Shape {
        name: "app-registrations-csv",
        format: "app-registrations",
        what: "the same by Microsoft-Extractor-Suite",
        takes: |entry| entry["registration"].is_object(),
        writer: || table(EXPORTED, |entry| cells(REGISTRATION, entry)),
        ..tabled("service-principal")
    },
    Shape {
        name: "oauth-apps-csv",
        format: "oauth-apps",
        what: "the Defender table OAuthAppInfo",
        takes: |entry| entry["defender"].is_object(),
        writer: || table(EXPORTED, |entry| cells(DEFENDER, entry)),
        ..tabled("service-principal")
    },
    Shape {
        name: "app-role-assignments",
        format: "app-role-assignments",
        what: "application permissions of Graph",
        writer: || pieces(INDENTED, |entry| graph(entry, ASSIGNMENT)),
        ..document("app-role-assignment")
    },
    Shape {
        name: "oauth-permissions-application-csv",
        format: "oauth-permissions",
        what: "application permissions by Microsoft-Extractor-Suite",
        writer: || table(EXPORTED, |entry| cells(COLLECTED, entry)),
        ..tabled("app-role-assignment")
    },
    Shape {
        name: "delegated-permission-grants",
        format: "delegated-permission-grants",
        what: "delegated permissions of Graph, one a line",
        extension: "jsonl",
        layout: Layout::Lines,
        writer: || lines(|entry| arranged(&entry["graph"], &[GRANT], &[]).compact()),
        ..document("delegated-permission-grant")
    },
    Shape {
        name: "oauth-permissions-delegated-csv",
        format: "oauth-permissions",
        what: "delegated permissions by Microsoft-Extractor-Suite",
        writer: || table(EXPORTED, |entry| cells(COLLECTED, entry)),
        ..tabled("delegated-permission-grant")
    },
    Shape {
        name: "mailboxes",
        format: "mailboxes",
        what: "Get-Mailbox, by ConvertTo-Json",
        writer: || {
            pieces(INDENTED, |entry| {
                arranged(entry, &[MAILBOX], &[]).indented()
            })
        },
        ..document("mailbox")
    },
    Shape {
        name: "mailboxes-csv",
        format: "mailboxes",
        what: "Get-Mailbox, lists joined",
        writer: || table(EXPORTED, |entry| cells(MAILBOX_CELLS, entry)),
        ..tabled("mailbox")
    },
    Shape {
        name: "users",
        format: "users",
        what: "users of Graph",
        writer: || pieces(INDENTED, |entry| arranged(entry, &[USER], &[]).indented()),
        ..document("user")
    },
    Shape {
        name: "mailbox-permissions-csv",
        format: "mailbox-permissions",
        what: "Get-MailboxPermission",
        writer: || table(EXPORTED, |entry| cells(MAILBOX_PERMISSION, entry)),
        ..tabled("mailbox-permission")
    },
    Shape {
        name: "recipient-permissions-csv",
        format: "recipient-permissions",
        what: "Get-RecipientPermission",
        writer: || table(EXPORTED, |entry| cells(RECIPIENT_PERMISSION, entry)),
        ..tabled("recipient-permission")
    },
    Shape {
        name: "mailbox-folder-permissions-csv",
        format: "mailbox-folder-permissions",
        what: "Get-MailboxFolderPermission with a column of the mailbox, as scripts add it",
        writer: || table(EXPORTED, |entry| cells(FOLDER_PERMISSION, entry)),
        ..tabled("mailbox-folder-permission")
    },
    Shape {
        name: "mailbox-permission-summaries-csv",
        format: "mailbox-permission-summaries",
        what: "Get-MailboxPermissions of Microsoft-Extractor-Suite, one row a mailbox",
        writer: || table(EXPORTED, |entry| cells(SUMMARY, entry)),
        ..tabled("mailbox-permission-summary")
    },
    Shape {
        name: "management-role-assignments-csv",
        format: "management-role-assignments",
        what: "Get-ManagementRoleAssignment",
        writer: || table(EXPORTED, |entry| cells(ROLE_ASSIGNMENT, entry)),
        ..tabled("management-role-assignment")
    },
    Shape {
        name: "role-groups",
        format: "role-groups",
        what: "Get-RoleGroup, by ConvertTo-Json",
        writer: || {
            pieces(INDENTED, |entry| {
                arranged(entry, &[ROLE_GROUP], &[]).indented()
            })
        },
        ..document("role-group")
    },
    Shape {
        name: "role-group-members-csv",
        format: "role-group-members",
        what: "Get-RoleGroupMember with a column of the group, as scripts add it",
        writer: || table(EXPORTED, |entry| cells(ROLE_GROUP_MEMBER, entry)),
        ..tabled("role-group-member")
    },
    Shape {
        name: "application-access-policies-csv",
        format: "application-access-policies",
        what: "Get-ApplicationAccessPolicy",
        writer: || table(EXPORTED, |entry| cells(ACCESS_POLICY, entry)),
        ..tabled("application-access-policy")
    },
    Shape {
        name: "audit-bypass-associations-csv",
        format: "audit-bypass-associations",
        what: "Get-MailboxAuditBypassAssociation",
        writer: || table(EXPORTED, |entry| cells(AUDIT_BYPASS, entry)),
        ..tabled("audit-bypass")
    },
    Shape {
        name: "ad-permissions-csv",
        format: "ad-permissions",
        what: "Get-ADPermission of an Exchange server of its own",
        writer: || table(EXPORTED, |entry| cells(AD_PERMISSION, entry)),
        ..tabled("ad-permission")
    },
];

fn graph(entry: &Value, order: &[&str]) -> String {
    arranged(&entry["graph"], &[order], &[]).indented()
}

/// A list in one cell, with something between its entries.
fn joined(entry: &Value, path: &str, between: &str) -> String {
    match super::column::at(entry, path) {
        Value::Array(values) => {
            let texts: Vec<String> = values.iter().map(crate::record::value_text).collect();
            texts.join(between)
        }
        value => crate::record::value_text(value),
    }
}

/// A list as PowerShell shows it: one entry bare, several in braces.
fn braced(entry: &Value, path: &str) -> String {
    let joined = joined(entry, path, ", ");
    match super::column::at(entry, path).as_array().map(Vec::len) {
        Some(0..2) | None => joined,
        Some(_) => format!("{{{joined}}}"),
    }
}

fn rights(entry: &Value) -> String {
    braced(entry, "AccessRights")
}

const PRINCIPAL: &[&str] = &[
    "id",
    "accountEnabled",
    "appDisplayName",
    "appId",
    "appOwnerOrganizationId",
    "createdDateTime",
    "displayName",
    "publisherName",
    "servicePrincipalNames",
    "servicePrincipalType",
    "signInAudience",
    "tags",
    "verifiedPublisher",
];

const EXCHANGE: Columns = &[
    ("DisplayName", At("exchange.DisplayName")),
    ("ObjectId", At("exchange.ObjectId")),
    ("AppId", At("exchange.AppId")),
    ("Sid", At("exchange.Sid")),
    ("Identity", At("exchange.ObjectId")),
    ("ServiceId", At("exchange.ObjectId")),
];

const REGISTRATION: Columns = &[
    ("Id", At("registration.id")),
    ("DisplayName", At("registration.displayName")),
    ("AppId", At("registration.appId")),
    (
        "CreatedDateTime",
        When("registration.createdDateTime", american),
    ),
];

const DEFENDER: Columns = &[
    ("Timestamp", When("defender.Timestamp", zulu)),
    ("OAuthAppId", At("defender.OAuthAppId")),
    ("ServicePrincipalId", At("defender.ServicePrincipalId")),
    ("AppName", At("defender.AppName")),
    ("AddedOnTime", When("defender.AddedOnTime", zulu)),
    ("LastModifiedTime", At("defender.LastModifiedTime")),
    ("AppStatus", At("defender.AppStatus")),
    ("VerifiedPublisher", At("defender.VerifiedPublisher")),
    ("PrivilegeLevel", At("defender.PrivilegeLevel")),
    ("Permissions", At("defender.Permissions")),
    ("ConsentedUsersCount", At("defender.ConsentedUsersCount")),
    (
        "IsAdminConsented",
        Made(|entry| text(entry, "defender.IsAdminConsented").to_lowercase()),
    ),
    ("AppOrigin", At("defender.AppOrigin")),
    ("AppOwnerTenantId", At("defender.AppOwnerTenantId")),
    ("LastUsedTime", At("defender.LastUsedTime")),
];

const ASSIGNMENT: &[&str] = &["id", "deletedDateTime", "appRoleId", "createdDateTime"];

const GRANT: &[&str] = &[
    "clientId",
    "consentType",
    "id",
    "principalId",
    "resourceId",
    "scope",
];

const COLLECTED: Columns = &[
    ("PermissionType", At("collected.PermissionType")),
    ("AppId", At("collected.AppId")),
    ("ClientObjectId", At("collected.ClientObjectId")),
    ("AppDisplayName", At("collected.AppDisplayName")),
    ("ResourceObjectId", At("collected.ResourceObjectId")),
    ("ResourceDisplayName", At("collected.ResourceDisplayName")),
    ("Permission", At("collected.Permission")),
    ("ConsentType", At("collected.ConsentType")),
    ("PrincipalObjectId", At("collected.PrincipalObjectId")),
    ("PrincipalDisplayName", At("collected.PrincipalDisplayName")),
    ("Homepage", At("collected.Homepage")),
    ("PublisherName", At("collected.PublisherName")),
    ("ReplyUrls", At("collected.ReplyUrls")),
    ("ExpiryTime", At("collected.ExpiryTime")),
    (
        "CreatedDateTime",
        When("collected.CreatedDateTime", american),
    ),
    (
        "AppOwnerOrganizationId",
        At("collected.AppOwnerOrganizationId"),
    ),
    ("ApplicationStatus", At("collected.ApplicationStatus")),
    (
        "ApplicationVisibility",
        At("collected.ApplicationVisibility"),
    ),
];

const MAILBOX: &[&str] = &[
    "Name",
    "Alias",
    "DisplayName",
    "UserPrincipalName",
    "PrimarySmtpAddress",
    "EmailAddresses",
    "ExchangeGuid",
    "Guid",
    "ExternalDirectoryObjectId",
    "LegacyExchangeDN",
    "DistinguishedName",
    "Identity",
    "RecipientTypeDetails",
    "GrantSendOnBehalfTo",
    "ForwardingAddress",
    "ForwardingSmtpAddress",
    "DeliverToMailboxAndForward",
    "AuditEnabled",
    "WhenCreated",
    "WhenCreatedUTC",
];

const MAILBOX_CELLS: Columns = &[
    ("Name", At("Name")),
    ("Alias", At("Alias")),
    ("DisplayName", At("DisplayName")),
    ("UserPrincipalName", At("UserPrincipalName")),
    ("PrimarySmtpAddress", At("PrimarySmtpAddress")),
    (
        "EmailAddresses",
        Made(|entry| joined(entry, "EmailAddresses", ";")),
    ),
    ("ExchangeGuid", At("ExchangeGuid")),
    ("ExternalDirectoryObjectId", At("ExternalDirectoryObjectId")),
    ("LegacyExchangeDN", At("LegacyExchangeDN")),
    ("Identity", At("Identity")),
    ("RecipientTypeDetails", At("RecipientTypeDetails")),
    (
        "GrantSendOnBehalfTo",
        Made(|entry| joined(entry, "GrantSendOnBehalfTo", ";")),
    ),
    ("ForwardingAddress", At("ForwardingAddress")),
    ("ForwardingSmtpAddress", At("ForwardingSmtpAddress")),
    (
        "DeliverToMailboxAndForward",
        At("DeliverToMailboxAndForward"),
    ),
    ("AuditEnabled", At("AuditEnabled")),
    ("WhenCreatedUTC", When("WhenCreatedUTC", american)),
];

const USER: &[&str] = &[
    "id",
    "userPrincipalName",
    "displayName",
    "mail",
    "proxyAddresses",
    "otherMails",
    "userType",
    "accountEnabled",
    "createdDateTime",
    "securityIdentifier",
];

const MAILBOX_PERMISSION: Columns = &[
    ("Identity", At("Identity")),
    ("User", At("User")),
    ("AccessRights", Made(rights)),
    ("IsInherited", At("IsInherited")),
    ("Deny", At("Deny")),
    ("InheritanceType", At("InheritanceType")),
];

const RECIPIENT_PERMISSION: Columns = &[
    ("Identity", At("Identity")),
    ("Trustee", At("Trustee")),
    ("AccessControlType", At("AccessControlType")),
    ("AccessRights", Made(rights)),
    ("IsInherited", At("IsInherited")),
    ("InheritanceType", At("InheritanceType")),
];

const FOLDER_PERMISSION: Columns = &[
    ("Mailbox", At("Mailbox")),
    ("Identity", At("Identity")),
    ("FolderName", At("FolderName")),
    ("User", At("User")),
    ("AccessRights", Made(rights)),
    (
        "SharingPermissionFlags",
        Made(|entry| joined(entry, "SharingPermissionFlags", ", ")),
    ),
];

const SUMMARY: Columns = &[
    ("UserPrincipalName", At("UserPrincipalName")),
    ("DisplayName", At("DisplayName")),
    ("RecipientTypeDetails", At("RecipientTypeDetails")),
    ("FullAccessUsers", At("FullAccessUsers")),
    ("FullAccessPermissions", At("FullAccessPermissions")),
    ("SendAsUsers", At("SendAsUsers")),
    ("SendAsPermissions", At("SendAsPermissions")),
    ("SendOnBehalfUsers", At("SendOnBehalfUsers")),
    ("CalendarUsers", At("CalendarUsers")),
    ("CalendarPermissions", At("CalendarPermissions")),
    ("InboxUsers", At("InboxUsers")),
    ("InboxPermissions", At("InboxPermissions")),
    ("FullAccessCount", At("FullAccessCount")),
    ("SendAsCount", At("SendAsCount")),
    ("SendOnBehalfCount", At("SendOnBehalfCount")),
    ("CalendarPermissionCount", At("CalendarPermissionCount")),
    ("InboxPermissionCount", At("InboxPermissionCount")),
];

const ROLE_ASSIGNMENT: Columns = &[
    ("Name", At("Name")),
    ("Role", At("Role")),
    ("RoleAssigneeName", At("RoleAssigneeName")),
    ("RoleAssigneeType", At("RoleAssigneeType")),
    ("AssignmentMethod", At("AssignmentMethod")),
    ("EffectiveUserName", At("EffectiveUserName")),
    (
        "RoleAssignmentDelegationType",
        At("RoleAssignmentDelegationType"),
    ),
    ("RecipientReadScope", At("RecipientReadScope")),
    ("RecipientWriteScope", At("RecipientWriteScope")),
    ("CustomRecipientWriteScope", At("CustomRecipientWriteScope")),
    ("CustomResourceScope", At("CustomResourceScope")),
    ("Enabled", At("Enabled")),
    ("WhenCreatedUTC", When("WhenCreatedUTC", american)),
];

const ROLE_GROUP: &[&str] = &[
    "Name",
    "Description",
    "Roles",
    "Members",
    "ManagedBy",
    "WhenCreatedUTC",
];

const ROLE_GROUP_MEMBER: Columns = &[
    ("RoleGroup", At("RoleGroup")),
    ("Name", At("Name")),
    ("Alias", At("Alias")),
    ("DisplayName", At("DisplayName")),
    ("RecipientType", At("RecipientType")),
    ("PrimarySmtpAddress", At("PrimarySmtpAddress")),
    ("ExternalDirectoryObjectId", At("ExternalDirectoryObjectId")),
];

const ACCESS_POLICY: Columns = &[
    ("ScopeName", At("ScopeName")),
    ("ScopeIdentity", At("ScopeIdentity")),
    ("Identity", At("Identity")),
    ("AppId", At("AppId")),
    ("ScopeIdentityRaw", At("ScopeIdentityRaw")),
    ("Description", At("Description")),
    ("AccessRight", At("AccessRight")),
    ("ShardType", At("ShardType")),
    ("IsValid", At("IsValid")),
    ("ObjectState", At("ObjectState")),
];

const AUDIT_BYPASS: Columns = &[
    ("Name", At("Name")),
    ("Identity", At("Identity")),
    ("AuditBypassEnabled", At("AuditBypassEnabled")),
];

const AD_PERMISSION: Columns = &[
    ("Identity", At("Identity")),
    ("User", At("User")),
    ("AccessRights", Made(rights)),
    (
        "ExtendedRights",
        Made(|entry| braced(entry, "ExtendedRights")),
    ),
    ("Deny", At("Deny")),
    ("IsInherited", At("IsInherited")),
    ("InheritanceType", At("InheritanceType")),
];
