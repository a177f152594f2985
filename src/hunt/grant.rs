//! Roads: which records give or take a way to a mailbox, and what exactly they say.
//!
//! Each road is one row of [`ROADS`] and one file with its extractor. An extractor reads one record and says what changed, in the
//! record's own spellings; who is who, which change ends which, and what it is worth come later (`identity`, `lifecycle`, `score`).

mod access_policy;
pub(crate) mod ad_permission;
mod app_permission;
pub(crate) mod calendar_delegation;
pub(crate) mod consent;
pub(crate) mod directory_role;
pub(crate) mod folder_permission;
mod mailbox_permission;
pub(crate) mod management_role;
mod requested;
pub(crate) mod role_group;
mod send_as;
mod send_on_behalf;
#[cfg(test)]
mod tests;
pub(crate) mod value;

use super::catalog::{Deed, Noise, RoadText};
use super::model::{PrincipalKind, Road, Scope};
use crate::record::Record;
use crate::text::fold;
use std::collections::BTreeMap;

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

/// A road: the operations that open and close it, and the extractor that reads them. What is said of it is data ([`RoadSpec::text`]).
pub struct RoadSpec {
    /// Which road this row describes.
    pub road: Road,
    /// Operations that the extractor reads, in their normal form.
    pub operations: &'static [&'static str],
    extract: fn(&Record, &mut Vec<PermissionChange>),
}

impl RoadSpec {
    /// What the road gives, its ATT&CK techniques, its source.
    pub fn text(&self) -> &'static RoadText {
        super::catalog::road(self.road)
    }
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
    ad_permission::SPEC,
    calendar_delegation::SPEC,
    access_policy::SPEC,
    directory_role::SPEC,
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
    let mut changes = once_each(changes);
    for change in &mut changes {
        change.rights.sort();
        change.rights.dedup();
    }
    changes
}

/// Each change once: a list may name one grantee twice, or two parameters give him two rights; that is one change, and one id.
fn once_each(changes: Vec<PermissionChange>) -> Vec<PermissionChange> {
    let mut kept: Vec<PermissionChange> = Vec::with_capacity(changes.len());
    let mut places = BTreeMap::new();
    for change in changes {
        let key = (
            change.effect,
            change.road,
            fold(&change.grantee),
            fold(&change.target),
            fold(&change.folder),
        );
        let place = *places.entry(key).or_insert(kept.len());
        match kept.get_mut(place) {
            // A removal that names no rights takes all.
            Some(known) if known.effect == Effect::Revokes && known.rights.is_empty() => {}
            Some(known) if change.effect == Effect::Revokes && change.rights.is_empty() => {
                known.rights.clear();
            }
            Some(known) => known.rights.extend(change.rights),
            None => kept.push(change),
        }
    }
    kept
}

/// Why a change is Microsoft's own; `None` when it is not.
pub fn system_reason<'a>(
    record: &Record,
    change: &PermissionChange,
    noise: &'a Noise,
) -> Option<&'a str> {
    noise.reason(&Deed {
        actor: &record.user,
        target: &change.target,
        grantee: &change.grantee,
        operation: record.operation.as_str(),
        rights: &change.rights,
    })
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
        _ if super::catalog::is_role_group(tail) => PrincipalKind::RoleGroup,
        _ if tail.contains('@') => PrincipalKind::User,
        _ => PrincipalKind::Unknown,
    }
}
