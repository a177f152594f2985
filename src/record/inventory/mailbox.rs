//! Rights on mailboxes, recipients, folders and directory objects in inventories.
//!
//! Denied and inherited entries are entries like others. Not here: which of them are defaults, or read mail (`hunt`).

/// A right on a mailbox, as `Get-MailboxPermission` lists it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MailboxPermission {
    /// The mailbox (`Identity`).
    pub mailbox: String,
    /// Who holds the right (`User`), `NT AUTHORITY\SELF` included.
    pub user: String,
    /// The rights (`AccessRights`).
    pub rights: Vec<String>,
    /// Whether the rights are denied (`Deny`).
    pub deny: Option<bool>,
    /// Whether the entry comes from above (`IsInherited`).
    pub inherited: Option<bool>,
    /// Where it goes on to (`InheritanceType`).
    pub inheritance: String,
    /// Fields whose content the export destroyed.
    pub lost: Vec<String>,
}

/// A right to send as a recipient, as `Get-RecipientPermission` lists it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecipientPermission {
    /// The recipient (`Identity`).
    pub recipient: String,
    /// Who holds the right (`Trustee`).
    pub trustee: String,
    /// `Allow` or `Deny` (`AccessControlType`).
    pub control: String,
    /// The rights (`AccessRights`), as a rule `SendAs`.
    pub rights: Vec<String>,
    /// Whether the entry comes from above (`IsInherited`).
    pub inherited: Option<bool>,
    /// Where it goes on to (`InheritanceType`).
    pub inheritance: String,
    /// Fields whose content the export destroyed.
    pub lost: Vec<String>,
}

/// A right on a folder, as `Get-MailboxFolderPermission` lists it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MailboxFolderPermission {
    /// The mailbox, where the collecting script added it (`Mailbox`, `UserPrincipalName`) or `Identity` holds it; else empty.
    pub mailbox: String,
    /// `Identity` as written: the entry itself, or `mailbox:\Folder`.
    pub identity: String,
    /// The folder (`FolderName`).
    pub folder: String,
    /// Who holds the right (`User`), `Default` and `Anonymous` included.
    pub user: String,
    /// A role or the single rights (`AccessRights`).
    pub rights: Vec<String>,
    /// `Delegate`, `CanViewPrivateItems` (`SharingPermissionFlags`).
    pub sharing: Vec<String>,
    /// Fields whose content the export destroyed.
    pub lost: Vec<String>,
}

/// All rights on one mailbox, in one row: the mailbox permissions of Microsoft-Extractor-Suite.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MailboxPermissionSummary {
    /// The mailbox (`UserPrincipalName`).
    pub mailbox: String,
    /// Its name for people (`DisplayName`).
    pub display_name: String,
    /// `UserMailbox`, `SharedMailbox`, … (`RecipientTypeDetails`).
    pub kind: String,
    /// Rights on the mailbox (`FullAccessPermissions`, or `FullAccessUsers` without it).
    pub full_access: Vec<UserRight>,
    /// Rights to send as it (`SendAsPermissions`, or `SendAsUsers` without it).
    pub send_as: Vec<UserRight>,
    /// Who may send on its behalf (`SendOnBehalfUsers`).
    pub send_on_behalf: Vec<String>,
    /// Rights on its calendar (`CalendarUsers`, or `CalendarPermissions` without it).
    pub calendar: Vec<UserRight>,
    /// Rights on its inbox (`InboxUsers`, or `InboxPermissions` without it).
    pub inbox: Vec<UserRight>,
    /// Columns whose content the export destroyed, or whose entries are not as many as the row counts.
    pub lost: Vec<String>,
}

/// One user and one right, out of a row that holds many.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserRight {
    /// Who holds it, as a rule `Name (address)`.
    pub user: String,
    /// The one right.
    pub right: String,
    /// Whether it is denied (`Deny`, or `Type` for sending), where the row says.
    pub deny: Option<bool>,
}

/// A right on an object of Active Directory, as `Get-ADPermission` lists it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AdPermission {
    /// The object (`Identity`).
    pub object: String,
    /// Who holds the right (`User`).
    pub user: String,
    /// The rights (`AccessRights`): `ExtendedRight`, `GenericAll`, …
    pub rights: Vec<String>,
    /// The extended rights (`ExtendedRights`): `Send-As`, `Receive-As`, …
    pub extended: Vec<String>,
    /// Whether the rights are denied (`Deny`).
    pub deny: Option<bool>,
    /// Whether the entry comes from above (`IsInherited`).
    pub inherited: Option<bool>,
    /// Where it goes on to (`InheritanceType`).
    pub inheritance: String,
    /// Fields whose content the export destroyed.
    pub lost: Vec<String>,
}
