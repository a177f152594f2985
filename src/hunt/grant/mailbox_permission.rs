//! Rights on a whole mailbox: `Add-MailboxPermission` and its removal.
//!
//! `-Deny` is no grant, and taking a denial back no removal; `-Owner` makes somebody owner. `ObjectId` and `Identity` spell the same mailbox in two ways.
//! Source: Exchange cmdlet reference; ATT&CK T1098.002.

use super::value::{is_true, parts};
use super::{Effect, PermissionChange, RoadSpec, kind_of};
use crate::hunt::model::{Road, Scope};
use crate::record::Record;

/// The row of the table of roads for mailbox permissions.
pub(super) const SPEC: RoadSpec = RoadSpec {
    road: Road::MailboxPermission,
    operations: &["Add-MailboxPermission", "Remove-MailboxPermission"],
    extract,
};

fn extract(record: &Record, out: &mut Vec<PermissionChange>) {
    let adds = record.operation.is("Add-MailboxPermission");
    // A denial given or taken back gives and takes no right; `ClearAutoMapping` only changes what Outlook opens by itself.
    if ["Deny", "ClearAutoMapping"]
        .iter()
        .any(|switch| is_true(record.parameter(switch)))
    {
        return;
    }
    let effect = if adds {
        Effect::Grants
    } else {
        Effect::Revokes
    };
    let mut change = on_mailbox(record, effect, Road::MailboxPermission, "User");
    if let Some(owner) = record
        .parameter("Owner")
        .filter(|_| change.grantee.is_empty())
    {
        owner.clone_into(&mut change.grantee);
        change.grantee_kind = kind_of(owner);
        change.rights.push("Owner".to_owned());
    }
    out.push(change);
}

/// A change on the mailbox that the record names, for the grantee in `grantee`, with the rights in `AccessRights`.
pub(super) fn on_mailbox(
    record: &Record,
    effect: Effect,
    road: Road,
    grantee: &str,
) -> PermissionChange {
    let mut change = PermissionChange::new(effect, road, Scope::Mailbox);
    record
        .parameter("Identity")
        .unwrap_or(&record.object)
        .clone_into(&mut change.target);
    if !record.object.is_empty() && record.object != change.target {
        change.target_aliases.push(record.object.clone());
    }
    record
        .parameter(grantee)
        .unwrap_or_default()
        .clone_into(&mut change.grantee);
    change.grantee_kind = kind_of(&change.grantee);
    change.rights = record
        .parameter("AccessRights")
        .map(parts)
        .unwrap_or_default();
    change
}
