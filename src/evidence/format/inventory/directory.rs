//! Accounts: `Get-Mailbox` and Graph `users`.
//!
//! Not here: rights on mailboxes (`mailbox`).

use super::super::super::fields::Fields;
use super::entry::time_of;
use super::list::Between;
use super::{Entry, shaped};
use crate::record::Inventory;
use crate::record::inventory::{Mailbox, User};

/// When an object of Exchange was created. Without `UTC` the time is that of the exporting machine.
pub(super) const CREATED: &[&str] = &["WhenCreatedUTC", "WhenCreated"];

pub(in super::super) fn is_mailbox(fields: &Fields<'_>) -> bool {
    // A recipient of Get-Recipient or Get-RoleGroupMember has none of the second set.
    let needed: &[&[&str]] = &[
        &["PrimarySmtpAddress", "EmailAddresses", "ExchangeGuid"],
        &[
            "UserPrincipalName",
            "GrantSendOnBehalfTo",
            "AuditEnabled",
            "ForwardingAddress",
            "ForwardingSmtpAddress",
        ],
        &[
            "RecipientTypeDetails",
            "ExchangeGuid",
            "GrantSendOnBehalfTo",
        ],
    ];
    let foreign = ["Trustee", "AccessRights", "Roles", "RoleGroup"];
    shaped(fields, needed, &foreign)
}

pub(in super::super) fn read_mailbox(fields: Fields<'_>) -> Result<Inventory, String> {
    let mut entry = Entry::new(fields);
    let mut found = Mailbox {
        identity: entry.text(&["Identity"]),
        name: entry.text(&["Name"]),
        alias: entry.text(&["Alias"]),
        display_name: entry.text(&["DisplayName"]),
        user_principal_name: entry.text(&["UserPrincipalName"]),
        primary_address: entry.text(&["PrimarySmtpAddress"]),
        addresses: entry.list(&["EmailAddresses"], Between::Addresses),
        exchange_guid: entry.text(&["ExchangeGuid"]),
        guid: entry.text(&["Guid"]),
        object_id: entry.text(&["ExternalDirectoryObjectId"]),
        legacy_dn: entry.text(&["LegacyExchangeDN"]),
        distinguished_name: entry.text(&["DistinguishedName"]),
        sid: entry.text(&["Sid"]),
        sam_account_name: entry.text(&["SamAccountName"]),
        kind: entry.text(&["RecipientTypeDetails"]),
        send_on_behalf: entry.list(&["GrantSendOnBehalfTo"], Between::Names),
        forwarding_address: entry.text(&["ForwardingAddress"]),
        forwarding_smtp_address: entry.text(&["ForwardingSmtpAddress"]),
        deliver_and_forward: entry.flag(&["DeliverToMailboxAndForward"]),
        audited: entry.flag(&["AuditEnabled"]),
        created: entry.time(CREATED),
        lost: Vec::new(),
    };
    let names = [
        &found.identity,
        &found.user_principal_name,
        &found.primary_address,
        &found.exchange_guid,
        &found.object_id,
    ];
    if names.iter().all(|name| name.is_empty()) {
        return Err("the row names no mailbox".to_owned());
    }
    found.lost = entry.lost();
    Ok(found.into())
}

pub(in super::super) fn is_user(fields: &Fields<'_>) -> bool {
    let needed: &[&[&str]] = &[
        &["id", "ObjectId"],
        &["userPrincipalName"],
        &[
            "mail",
            "proxyAddresses",
            "otherMails",
            "onPremisesSecurityIdentifier",
            "signInActivity",
        ],
    ];
    let foreign = [
        "appId",
        "AppDisplayName",
        "RecipientTypeDetails",
        "Status",
        "riskState",
    ];
    shaped(fields, needed, &foreign)
}

pub(in super::super) fn read_user(fields: Fields<'_>) -> Result<Inventory, String> {
    let mut entry = Entry::new(fields);
    let activity = entry.object(&["signInActivity"]).unwrap_or_default();
    let found = User {
        user_principal_name: entry.required(&["userPrincipalName"])?,
        id: entry.text(&["id", "ObjectId"]),
        display_name: entry.text(&["displayName"]),
        mail: entry.text(&["mail"]),
        addresses: entry.list(&["proxyAddresses"], Between::Addresses),
        other_mails: entry.list(&["otherMails"], Between::Addresses),
        on_premises_sid: entry.text(&["onPremisesSecurityIdentifier"]),
        sid: entry.text(&["securityIdentifier"]),
        enabled: entry.flag(&["accountEnabled"]),
        kind: entry.text(&["userType"]),
        created: entry.time(&["createdDateTime"]),
        last_sign_in: time_of(&activity, &["lastSignInDateTime"])
            .or_else(|| entry.time(&["lastSignInDateTime"])),
        last_silent_sign_in: time_of(&activity, &["lastNonInteractiveSignInDateTime"])
            .or_else(|| entry.time(&["lastNonInteractiveSignInDateTime"])),
        lost: entry.lost(),
    };
    Ok(found.into())
}
