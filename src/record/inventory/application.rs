//! Applications in inventories: service principals, and the permissions that were given to them.
//!
//! Not here: which permissions read mail (`hunt`).

use crate::time::Instant;

/// A service principal: the identity under which an application acts in a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServicePrincipal {
    /// Object id in the directory (Graph `id`, `ObjectId`, Defender `ServicePrincipalId`).
    pub id: String,
    /// Object id of the registration (Graph `applications` `id`), which is not that of the service principal.
    pub application_object: String,
    /// Application (client) id (`appId`, `OAuthAppId`).
    pub app: String,
    /// Display name (`displayName`, `AppDisplayName`, `AppName`).
    pub name: String,
    /// What it is, in its owner's words (`description`, `AppDescription`).
    pub description: String,
    /// `servicePrincipalType` as written: `Application`, `ManagedIdentity`, `Legacy`, …
    pub kind: String,
    /// Tenant of the registration (`appOwnerOrganizationId`, `AppOwnerTenantId`).
    pub owner_tenant: String,
    /// Whether it may sign in (`accountEnabled`).
    pub enabled: Option<bool>,
    /// The state as Defender words it (`AppStatus`).
    pub status: String,
    /// When it was created (`createdDateTime`, Defender `AddedOnTime`).
    pub created: Option<Instant>,
    /// Application that created it (`createdByAppId`).
    pub created_by_app: String,
    /// `servicePrincipalNames`: application id and the addresses of the API.
    pub names: Vec<String>,
    /// The `tags` of the object, such as `WindowsAzureActiveDirectoryIntegratedApp`.
    pub tags: Vec<String>,
    /// Addresses that tokens are sent to (`replyUrls`).
    pub reply_urls: Vec<String>,
    /// Application permissions that this API defines (`appRoles`): decodes role ids.
    pub app_roles: Vec<DefinedPermission>,
    /// Delegated permissions that this API defines (`oauth2PermissionScopes`): decodes scope ids.
    pub scopes: Vec<DefinedPermission>,
    /// Its certificates (`keyCredentials`).
    pub keys: Vec<Credential>,
    /// Secrets, without their content (`passwordCredentials`).
    pub passwords: Vec<Credential>,
    /// Publisher, unverified (`publisherName`, `PublisherDisplayName`).
    pub publisher: String,
    /// Name of the verified publisher (`verifiedPublisher.displayName`).
    pub verified_publisher: String,
    /// Id of the verified publisher (`verifiedPublisher.verifiedPublisherId`).
    pub verified_publisher_id: String,
    /// SID under which Exchange knows it (`Sid` of `Get-ServicePrincipal`).
    pub sid: String,
    /// Permissions it holds, where the source lists them with it (Defender `Permissions`).
    pub granted: Vec<GrantedPermission>,
    /// How far its permissions reach, in Defender's words (`PrivilegeLevel`).
    pub privilege: String,
    /// Where it comes from, in Defender's words (`AppOrigin`).
    pub origin: String,
    /// Whether an administrator consented for everybody (`IsAdminConsented`).
    pub admin_consented: Option<bool>,
    /// How many users consented (`ConsentedUsersCount`).
    pub consented_users: Option<i64>,
    /// When it was last used (`LastUsedTime`).
    pub last_used: Option<Instant>,
    /// When it was last changed (`LastModifiedTime`).
    pub last_modified: Option<Instant>,
    /// Fields whose content the export destroyed.
    pub lost: Vec<String>,
}

/// A permission that an API defines: what an id stands for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DefinedPermission {
    /// The `id` of the role or scope.
    pub id: String,
    /// Its name in tokens and consents (`value`), such as `Mail.Read`.
    pub value: String,
    /// Its name for people (`displayName`, `adminConsentDisplayName`).
    pub name: String,
}

/// A certificate or secret of an application; never the secret itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Credential {
    /// The `keyId` of the credential.
    pub id: String,
    /// Its label (`displayName`).
    pub name: String,
    /// From when it is good (`startDateTime`).
    pub start: Option<Instant>,
    /// Until when it is good (`endDateTime`).
    pub end: Option<Instant>,
}

/// A permission that an application holds, as Defender lists it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GrantedPermission {
    /// Name of the permission (`PermissionValue`).
    pub value: String,
    /// `Application` or `Delegated` (`PermissionType`).
    pub kind: String,
    /// Application id of the API (`TargetAppId`).
    pub resource_app: String,
    /// Name of the API (`TargetAppDisplayName`).
    pub resource_name: String,
}

/// An application permission (app role) that was given to a principal.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AppRoleAssignment {
    /// Id of the assignment (`id`).
    pub id: String,
    /// Id of the role (`appRoleId`), where the source gives ids.
    pub role_id: String,
    /// Name of the role, where the source gives names (collector `Permission`).
    pub role: String,
    /// Object id of the holder (`principalId`, collector `ClientObjectId`).
    pub principal_id: String,
    /// Name of the holder (`principalDisplayName`, collector `AppDisplayName`).
    pub principal_name: String,
    /// `ServicePrincipal`, `User` or `Group` (`principalType`).
    pub principal_type: String,
    /// Application id of the holder (collector `AppId`).
    pub app: String,
    /// Object id of the API (`resourceId`, collector `ResourceObjectId`).
    pub resource_id: String,
    /// Name of the API (`resourceDisplayName`).
    pub resource_name: String,
    /// When it was assigned (`createdDateTime`, collector `CreationTimestamp`).
    pub created: Option<Instant>,
    /// When the application came into the tenant (collector `CreatedDateTime`).
    pub app_created: Option<Instant>,
    /// Tenant of the registration (collector `AppOwnerOrganizationId`).
    pub owner_tenant: String,
    /// Publisher of the application (collector `PublisherName`).
    pub publisher: String,
    /// Fields whose content the export destroyed.
    pub lost: Vec<String>,
}

/// Delegated permissions: what an application may do in the name of a user, or of every user.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DelegatedPermissionGrant {
    /// Id of the grant (`id`).
    pub id: String,
    /// Object id of the service principal (`clientId`, collector `ClientObjectId`).
    pub client_id: String,
    /// Its application id (collector `AppId`).
    pub app: String,
    /// Name of the application (collector `AppDisplayName`).
    pub client_name: String,
    /// `AllPrincipals` or `Principal` (`consentType`).
    pub consent_type: String,
    /// Object id of the user (`principalId`); empty for all.
    pub principal_id: String,
    /// Name of the user (collector `PrincipalDisplayName`).
    pub principal_name: String,
    /// Object id of the API (`resourceId`, collector `ResourceObjectId`).
    pub resource_id: String,
    /// Name of the API (collector `ResourceDisplayName`).
    pub resource_name: String,
    /// Names of the permissions (`scope`, collector `Permission`).
    pub scopes: Vec<String>,
    /// Until when it was good (`expiryTime`, which the services ignore).
    pub expires: Option<Instant>,
    /// When the application came into the tenant (collector `CreatedDateTime`).
    pub app_created: Option<Instant>,
    /// Tenant of the registration (collector `AppOwnerOrganizationId`).
    pub owner_tenant: String,
    /// Publisher of the application (collector `PublisherName`).
    pub publisher: String,
    /// Fields whose content the export destroyed.
    pub lost: Vec<String>,
}
