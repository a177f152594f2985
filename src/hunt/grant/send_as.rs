//! The right to send as a mailbox: `Add-RecipientPermission` and its removal. The grantee is the *trustee*.
//!
//! Send-as does not read. Source: Exchange cmdlet reference; ATT&CK T1098.002.

use super::mailbox_permission::on_mailbox;
use super::value::is_true;
use super::{Effect, PermissionChange, RoadSpec};
use crate::hunt::model::Road;
use crate::record::Record;

/// The row of the table of roads for the right to send as a mailbox.
pub(super) const SPEC: RoadSpec = RoadSpec {
    road: Road::SendAs,
    what: "the right to send as a mailbox",
    attack: &["T1098.002"],
    source: "Exchange cmdlet reference: Add-RecipientPermission",
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
    out.push(on_mailbox(record, effect, Road::SendAs, "Trustee"));
}
