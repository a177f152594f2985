//! The right to send on behalf of a mailbox: `GrantSendOnBehalfTo` of `Set-Mailbox` and its kin.
//!
//! The parameter sets the whole list, or adds and removes with `@{Add=…;Remove=…}`; set to nothing it takes the right from everybody.
//! Source: Exchange cmdlet reference; ATT&CK T1098.002.

use super::mailbox_permission::on_mailbox;
use super::value::edits;
use super::{Effect, PermissionChange, RoadSpec, kind_of};
use crate::hunt::model::Road;
use crate::record::Record;

const PARAMETER: &str = "GrantSendOnBehalfTo";

/// The row of the table of roads for the right to send on behalf of a mailbox.
pub(super) const SPEC: RoadSpec = RoadSpec {
    road: Road::SendOnBehalf,
    operations: &[
        "Set-Mailbox",
        "Set-DistributionGroup",
        "Set-DynamicDistributionGroup",
        "Set-UnifiedGroup",
        "Set-RemoteMailbox",
        "Set-MailUser",
        "Set-MailPublicFolder",
    ],
    extract,
};

fn extract(record: &Record, out: &mut Vec<PermissionChange>) {
    let Some(value) = record.parameter_as_written(PARAMETER) else {
        return;
    };
    let change = |effect, grantee: &str| {
        let mut change = on_mailbox(record, effect, Road::SendOnBehalf, PARAMETER);
        grantee.clone_into(&mut change.grantee);
        change.grantee_kind = kind_of(grantee);
        change.rights = vec!["SendOnBehalf".to_owned()];
        change
    };
    let is_cleared = value.trim().eq_ignore_ascii_case("$null");
    let edits = edits(value).into_iter();
    let edits = edits.filter(|(effect, _)| !is_cleared || *effect == Effect::Revokes);
    out.extend(edits.map(|(effect, grantee)| change(effect, &grantee)));
}
