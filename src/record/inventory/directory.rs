//! Accounts in inventories: mailboxes and users, with the names under which logs may know them.
//!
//! Not here: joining the names (`hunt`).

use crate::time::Instant;

/// A mailbox, as `Get-Mailbox` lists it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mailbox {
    /// Identity in its own spelling (`Identity`).
    pub identity: String,
    /// Name in the directory (`Name`), which may end in a random suffix.
    pub name: String,
    /// Short name for mail (`Alias`).
    pub alias: String,
    /// Name for people (`DisplayName`).
    pub display_name: String,
    /// Sign-in name (`UserPrincipalName`).
    pub user_principal_name: String,
    /// Address it sends from (`PrimarySmtpAddress`).
    pub primary_address: String,
    /// All addresses with their prefixes (`EmailAddresses`): `SMTP:` primary, `smtp:` alias, `X500:` legacy name.
    pub addresses: Vec<String>,
    /// Mailbox guid of the audit log (`ExchangeGuid`).
    pub exchange_guid: String,
    /// Guid of the object in Exchange's own directory (`Guid`).
    pub guid: String,
    /// Object id in Entra (`ExternalDirectoryObjectId`).
    pub object_id: String,
    /// The legacy name (`LegacyExchangeDN`).
    pub legacy_dn: String,
    /// The directory path (`DistinguishedName`).
    pub distinguished_name: String,
    /// SID of the account (`Sid`).
    pub sid: String,
    /// Logon name before Windows 2000 (`SamAccountName`).
    pub sam_account_name: String,
    /// `UserMailbox`, `SharedMailbox`, … (`RecipientTypeDetails`).
    pub kind: String,
    /// Who may send on behalf (`GrantSendOnBehalfTo`).
    pub send_on_behalf: Vec<String>,
    /// Recipient that mail goes on to (`ForwardingAddress`).
    pub forwarding_address: String,
    /// Address that mail goes on to (`ForwardingSmtpAddress`).
    pub forwarding_smtp_address: String,
    /// Whether mail that goes on also stays (`DeliverToMailboxAndForward`).
    pub deliver_and_forward: Option<bool>,
    /// Whether mailbox audit is on (`AuditEnabled`).
    pub audited: Option<bool>,
    /// When it was created (`WhenCreated`; `WhenCreatedUTC` where given).
    pub created: Option<Instant>,
    /// Fields whose content the export destroyed.
    pub lost: Vec<String>,
}

/// A user of the directory (Graph `users`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct User {
    /// Object id in Entra (`id`).
    pub id: String,
    /// Sign-in name (`userPrincipalName`).
    pub user_principal_name: String,
    /// Name for people (`displayName`).
    pub display_name: String,
    /// Primary address (`mail`).
    pub mail: String,
    /// All addresses with their prefixes (`proxyAddresses`).
    pub addresses: Vec<String>,
    /// Further addresses (`otherMails`).
    pub other_mails: Vec<String>,
    /// SID of the account on premises (`onPremisesSecurityIdentifier`).
    pub on_premises_sid: String,
    /// SID in the directory itself (`securityIdentifier`).
    pub sid: String,
    /// Whether it may sign in (`accountEnabled`).
    pub enabled: Option<bool>,
    /// `Member` or `Guest` (`userType`).
    pub kind: String,
    /// When it was created (`createdDateTime`).
    pub created: Option<Instant>,
    /// Last interactive sign-in (`signInActivity.lastSignInDateTime`).
    pub last_sign_in: Option<Instant>,
    /// Last sign-in by a program (`signInActivity.lastNonInteractiveSignInDateTime`).
    pub last_silent_sign_in: Option<Instant>,
    /// Fields whose content the export destroyed.
    pub lost: Vec<String>,
}
