//! The right to send as a mailbox: `Add-RecipientPermission` and its removal. The grantee is the *trustee*.
//!
//! Send-as does not read. Source: Exchange cmdlet reference; ATT&CK T1098.002.

use super::mailbox_permission::on_mailbox;
use super::value::{is_true, parts};
use super::{Effect, PermissionChange, RoadSpec, kind_of};
use crate::hunt::model::Road;
use crate::record::Record;

/// The row of the table of roads for the right to send as a mailbox.
pub(super) const SPEC: RoadSpec = RoadSpec {
    road: Road::SendAs,
    operations: &["Add-RecipientPermission", "Remove-RecipientPermission"],
    extract,
};

fn extract(record: &Record, out: &mut Vec<PermissionChange>) {
    let adds = record.operation.is("Add-RecipientPermission");
    let denies = is_true(record.parameter("Deny"))
        || record
            .parameter("AccessControlType")
            .is_some_and(|kind| kind.eq_ignore_ascii_case("Deny"));
    if denies {
        return;
    }
    let effect = if adds {
        Effect::Grants
    } else {
        Effect::Revokes
    };
    let trustees = record
        .parameter("MultiTrustees")
        .map(parts)
        .unwrap_or_default();
    let change = on_mailbox(record, effect, Road::SendAs, "Trustee");
    if trustees.is_empty() {
        out.push(change);
        return;
    }
    for trustee in trustees {
        out.push(PermissionChange {
            grantee_kind: kind_of(&trustee),
            grantee: trustee,
            ..change.clone()
        });
    }
}
