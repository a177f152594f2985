//! Who administers Exchange, what limits applications, and who is left out of audit, in inventories.
//!
//! Not here: which roles reach mail (`hunt`).

use crate::time::Instant;

/// A management role that was assigned, as `Get-ManagementRoleAssignment` lists it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ManagementRoleAssignment {
    /// Name of the assignment (`Name`).
    pub name: String,
    /// The role (`Role`), such as `ApplicationImpersonation`.
    pub role: String,
    /// Who holds it (`RoleAssigneeName`, or `RoleAssignee`); an application is an object id.
    pub assignee: String,
    /// `User`, `RoleGroup`, `ServicePrincipal`, … (`RoleAssigneeType`).
    pub assignee_type: String,
    /// `Direct`, `RoleGroup`, … (`AssignmentMethod`).
    pub method: String,
    /// The user it reaches (`EffectiveUserName`).
    pub effective_user: String,
    /// `Regular` or a delegating kind (`RoleAssignmentDelegationType`).
    pub delegation: String,
    /// Recipients that it may read (`RecipientReadScope`).
    pub recipient_read_scope: String,
    /// Recipients that it may change (`RecipientWriteScope`).
    pub recipient_write_scope: String,
    /// Settings that it may read (`ConfigReadScope`).
    pub config_read_scope: String,
    /// Settings that it may change (`ConfigWriteScope`).
    pub config_write_scope: String,
    /// A scope of recipients by name (`CustomRecipientWriteScope`).
    pub custom_recipient_write_scope: String,
    /// A scope of settings by name (`CustomConfigWriteScope`).
    pub custom_config_write_scope: String,
    /// The scope of an application (`CustomResourceScope`).
    pub custom_resource_scope: String,
    /// Whether it is in force (`Enabled`).
    pub enabled: Option<bool>,
    /// Through which groups it goes (`AssignmentChain`).
    pub chain: String,
    /// When it was created (`WhenCreated`; `WhenCreatedUTC` where given).
    pub created: Option<Instant>,
    /// Fields whose content the export destroyed.
    pub lost: Vec<String>,
}

/// A role group, as `Get-RoleGroup` lists it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RoleGroup {
    /// Name of the group (`Name`).
    pub name: String,
    /// What it is for (`Description`).
    pub description: String,
    /// Roles that its members hold (`Roles`).
    pub roles: Vec<String>,
    /// Its members (`Members`).
    pub members: Vec<String>,
    /// Who may change its members (`ManagedBy`).
    pub managed_by: Vec<String>,
    /// When it was created (`WhenCreated`; `WhenCreatedUTC` where given).
    pub created: Option<Instant>,
    /// Fields whose content the export destroyed.
    pub lost: Vec<String>,
}

/// A recipient that `Get-RoleGroupMember` listed.
///
/// The cmdlet does not say of which group, and its rows look like those of `Get-Recipient`: an entry without a group proves no
/// membership, only which names belong to one recipient.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RoleGroupMember {
    /// The group, where the collecting script added it (`RoleGroup`, `GroupName`); else empty.
    pub group: String,
    /// Name in the directory (`Name`).
    pub name: String,
    /// Identity in its own spelling (`Identity`).
    pub identity: String,
    /// Short name for mail (`Alias`).
    pub alias: String,
    /// Name for people (`DisplayName`).
    pub display_name: String,
    /// Primary address (`PrimarySmtpAddress`).
    pub primary_address: String,
    /// Sign-in name (`WindowsLiveID`, `UserPrincipalName`).
    pub user_principal_name: String,
    /// Object id in Entra (`ExternalDirectoryObjectId`).
    pub object_id: String,
    /// Guid of the object in Exchange's own directory (`Guid`).
    pub guid: String,
    /// The directory path (`DistinguishedName`).
    pub distinguished_name: String,
    /// `UserMailbox`, `Group`, … (`RecipientTypeDetails`, or `RecipientType`).
    pub kind: String,
    /// Fields whose content the export destroyed.
    pub lost: Vec<String>,
}

/// What mailboxes an application may reach, as `Get-ApplicationAccessPolicy` lists it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ApplicationAccessPolicy {
    /// Identity of the policy (`Identity`).
    pub identity: String,
    /// Application id (`AppId`).
    pub app: String,
    /// `RestrictAccess` or `DenyAccess` (`AccessRight`).
    pub right: String,
    /// Name of the group of mailboxes (`ScopeName`).
    pub scope_name: String,
    /// Identity of the group of mailboxes (`ScopeIdentity`).
    pub scope_identity: String,
    /// The same as it is stored, with its SID (`ScopeIdentityRaw`).
    pub scope_raw: String,
    /// Why it is there, in its author's words (`Description`).
    pub description: String,
    /// Whether it is in order (`IsValid`).
    pub valid: Option<bool>,
    /// Fields whose content the export destroyed.
    pub lost: Vec<String>,
}

/// Whether what an account does is left out of mailbox audit, as `Get-MailboxAuditBypassAssociation` lists it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditBypass {
    /// Name of the account (`Name`).
    pub name: String,
    /// Identity in its own spelling (`Identity`).
    pub identity: String,
    /// Object id in Exchange's own directory (`Guid`, `ObjectId`).
    pub guid: String,
    /// Whether it is left out (`AuditBypassEnabled`).
    pub bypassed: bool,
    /// Fields whose content the export destroyed.
    pub lost: Vec<String>,
}
