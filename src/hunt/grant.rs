//! Roads: which records give or take a way to a mailbox, and what exactly they say.
//!
//! Each road is one row of [`ROADS`] and one file with its extractor. An extractor reads one record and says what changed, in the
//! record's own spellings; who is who, which change ends which, and what it is worth come later (`identity`, `lifecycle`, `score`).

mod app_permission;
mod consent;
pub(crate) mod folder_permission;
mod mailbox_permission;
pub(crate) mod management_role;
pub(crate) mod role_group;
mod send_as;
mod send_on_behalf;
#[cfg(test)]
mod tests;
mod value;

use super::model::{PrincipalKind, Road, Scope};
use crate::record::Record;
use crate::text::fold;
use std::collections::BTreeSet;

/// What a record changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// It gives a right.
    Grants,
    /// It takes a right away.
    Revokes,
    /// It asks for a right that somebody has still to give.
    Requests,
}

/// One change of a permission, as its record spells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermissionChange {
    /// Gives or takes.
    pub effect: Effect,
    /// Which way to a mailbox it opens or closes.
    pub road: Road,
    /// How far it reaches.
    pub scope: Scope,
    /// Who gets or loses it. Empty for a removal that names only an assignment, or that takes it from everybody.
    pub grantee: String,
    /// What kind of principal the record says the grantee is.
    pub grantee_kind: PrincipalKind,
    /// Further spellings of the grantee in the same record (object id beside a name).
    pub grantee_aliases: Vec<String>,
    /// Application ids of the grantee, for applications.
    pub app_ids: Vec<String>,
    /// Whose mailbox; empty for tenant-wide changes.
    pub target: String,
    /// Further spellings of the target in the same record.
    pub target_aliases: Vec<String>,
    /// Folder of a folder permission.
    pub folder: String,
    /// Rights in the words of the source, sorted, without repetition. Empty in a removal means all.
    pub rights: Vec<String>,
    /// Name by which a removal may refer to this change (a role assignment, a role group); empty when there is none.
    pub handle: String,
}

impl PermissionChange {
    /// A change with nothing but its road and reach.
    pub fn new(effect: Effect, road: Road, scope: Scope) -> Self {
        Self {
            effect,
            road,
            scope,
            grantee: String::new(),
            grantee_kind: PrincipalKind::Unknown,
            grantee_aliases: Vec::new(),
            app_ids: Vec::new(),
            target: String::new(),
            target_aliases: Vec::new(),
            folder: String::new(),
            rights: Vec::new(),
            handle: String::new(),
        }
    }
}

/// A road: what it is, where its operations are documented, and the extractor that reads them.
pub struct RoadSpec {
    /// Which road this row describes.
    pub road: Road,
    /// What it gives, in one line.
    pub what: &'static str,
    /// ATT&CK techniques it serves.
    pub attack: &'static [&'static str],
    /// Where operations and fields are documented.
    pub source: &'static str,
    /// Operations that the extractor reads, in their normal form.
    pub operations: &'static [&'static str],
    extract: fn(&Record, &mut Vec<PermissionChange>),
}

/// Every road, in the order of [`Road::ALL`] but for the two that one cmdlet serves.
pub const ROADS: &[RoadSpec] = &[
    management_role::IMPERSONATION,
    role_group::SPEC,
    management_role::APPLICATIONS,
    app_permission::SPEC,
    consent::SPEC,
    mailbox_permission::SPEC,
    send_as::SPEC,
    send_on_behalf::SPEC,
    folder_permission::SPEC,
];

/// Reads the permission changes of a record, failed ones included. Most records have none.
pub fn changes(record: &Record) -> Vec<PermissionChange> {
    let mut changes = Vec::new();
    for spec in ROADS
        .iter()
        .filter(|spec| record.operation.is_any(spec.operations))
    {
        (spec.extract)(record, &mut changes);
    }
    for change in &mut changes {
        change.rights.sort();
        change.rights.dedup();
    }
    // A list may name one grantee twice; that is one change, and one id.
    let mut seen = BTreeSet::new();
    changes.retain(|change| {
        seen.insert((
            change.effect,
            change.road,
            fold(&change.grantee),
            fold(&change.target),
            fold(&change.folder),
        ))
    });
    changes
}

/// What kind of principal a spelling alone shows. Only what is certain: names and GUIDs stay unknown.
pub fn kind_of(spelling: &str) -> PrincipalKind {
    let folded = fold(spelling);
    let tail = folded.rsplit('/').next().unwrap_or(&folded);
    match tail {
        "default" | "everyone" | "s-1-1-0" => PrincipalKind::Default,
        "anonymous" | "s-1-5-7" => PrincipalKind::Anonymous,
        "member@local" | "owner@local" | "s-1-5-18" | "s-1-5-20" => PrincipalKind::System,
        _ if folded.starts_with("nt authority\\") || folded.starts_with("nt service\\") => {
            PrincipalKind::System
        }
        _ if folded.starts_with("serviceprincipal_") => PrincipalKind::ServicePrincipal,
        _ if folded.contains("#ext#") => PrincipalKind::Guest,
        _ if super::catalog::role_power(tail).is_some() => PrincipalKind::RoleGroup,
        _ if tail.contains('@') => PrincipalKind::User,
        _ => PrincipalKind::Unknown,
    }
}
