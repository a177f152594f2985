//! Application access policies, and accounts that mailbox audit passes over.
//!
//! Not here: roles of administrators (`role`).

use super::super::super::fields::Fields;
use super::{Entry, shaped};
use crate::record::Inventory;
use crate::record::inventory::{ApplicationAccessPolicy, AuditBypass};

pub(in super::super) fn is_access_policy(fields: &Fields<'_>) -> bool {
    let needed: &[&[&str]] = &[
        &["AppId"],
        &["AccessRight"],
        &["ScopeName", "ScopeIdentity", "ScopeIdentityRaw"],
    ];
    shaped(fields, needed, &[])
}

pub(in super::super) fn read_access_policy(fields: Fields<'_>) -> Result<Inventory, String> {
    let mut entry = Entry::new(fields);
    let found = ApplicationAccessPolicy {
        app: entry.required(&["AppId"])?,
        right: entry.required(&["AccessRight"])?,
        identity: entry.text(&["Identity"]),
        scope_name: entry.text(&["ScopeName"]),
        scope_identity: entry.text(&["ScopeIdentity"]),
        scope_raw: entry.text(&["ScopeIdentityRaw"]),
        description: entry.text(&["Description"]),
        valid: entry.flag(&["IsValid"]),
        lost: entry.lost(),
    };
    Ok(found.into())
}

pub(in super::super) fn is_audit_bypass(fields: &Fields<'_>) -> bool {
    let needed: &[&[&str]] = &[&["Name", "Identity"], &["AuditBypassEnabled"]];
    shaped(fields, needed, &[])
}

pub(in super::super) fn read_audit_bypass(fields: Fields<'_>) -> Result<Inventory, String> {
    let mut entry = Entry::new(fields);
    let identity = entry.text(&["Identity"]);
    let name = entry.text(&["Name"]);
    if identity.is_empty() && name.is_empty() {
        return Err(entry.missing("Name"));
    }
    let found = AuditBypass {
        bypassed: entry
            .flag(&["AuditBypassEnabled"])
            .ok_or("the row does not say whether audit is bypassed (AuditBypassEnabled)")?,
        name,
        identity,
        guid: entry.text(&["Guid", "ObjectId"]),
        lost: entry.lost(),
    };
    Ok(found.into())
}
