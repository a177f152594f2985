//! Rows of inventories: permissions, applications and accounts as cmdlets, Graph and collectors list them.
//!
//! Tables and JSON, Graph's spelling and PowerShell's are one thing here ([`Entry`]); what PowerShell wrote instead of a value is
//! noted and never taken for one. Not here: what entries mean (`hunt`).

mod application;
mod consent;
mod directory;
mod entry;
mod list;
mod mailbox;
mod policy;
mod role;
mod summary;

pub(super) use application::{
    is_app_registration, is_exchange_service_principal, is_oauth_app, is_service_principal,
    read_app_registration, read_exchange_service_principal, read_oauth_app, read_service_principal,
};
pub(super) use consent::{
    is_app_role_assignment, is_delegated_grant, is_oauth_permission, read_app_role_assignment,
    read_delegated_grant, read_oauth_permission,
};
pub(super) use directory::{is_mailbox, is_user, read_mailbox, read_user};
pub(super) use mailbox::{
    is_ad_permission, is_folder_permission, is_mailbox_permission, is_recipient_permission,
    read_ad_permission, read_folder_permission, read_mailbox_permission, read_recipient_permission,
};
pub(super) use policy::{is_access_policy, is_audit_bypass, read_access_policy, read_audit_bypass};
pub(super) use role::{
    is_role_assignment, is_role_group, is_role_group_member, read_role_assignment, read_role_group,
    read_role_group_member,
};
pub(super) use summary::{is_summary, read_summary};

use super::super::fields::Fields;
use entry::Entry;

/// Columns of events. A row that has one is no entry of an inventory, whatever else it has.
const EVENT: &[&str] = &[
    "Operation",
    "Operations",
    "OperationName",
    "CreationTime",
    "CreationDate",
    "ActionType",
    "ActivityDisplayName",
    "AuditData",
    "CmdletName",
    "CorrelationId",
    "IPAddress",
    "RecordType",
    "ResultType",
];

/// Whether a row has one name of each set, and none of what tells it to be something else.
fn shaped(fields: &Fields<'_>, needed: &[&[&str]], foreign: &[&str]) -> bool {
    let has = |name: &&str| fields.names_one(name);
    needed.iter().all(|set| set.iter().any(has)) && !EVENT.iter().chain(foreign).any(has)
}

#[cfg(test)]
mod tests;
