//! The right to send on behalf of a mailbox: `GrantSendOnBehalfTo` of `Set-Mailbox` and its kin.
//!
//! The parameter sets the whole list, or adds and removes with `@{Add=…;Remove=…}`; set to nothing it takes the right from everybody.
//! Source: Exchange cmdlet reference; ATT&CK T1098.002.

use super::mailbox_permission::on_mailbox;
use super::value::{add_and_remove, parts};
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
    let Some(property) = record
        .parameters
        .iter()
        .find(|property| property.name.trim().eq_ignore_ascii_case(PARAMETER))
    else {
        return;
    };
    let change = |effect, grantee: &str| {
        let mut change = on_mailbox(record, effect, Road::SendOnBehalf, PARAMETER);
        grantee.clone_into(&mut change.grantee);
        change.grantee_kind = kind_of(grantee);
        change.rights = vec!["SendOnBehalf".to_owned()];
        change
    };
    if let Some((added, removed)) = add_and_remove(&property.value) {
        out.extend(added.iter().map(|grantee| change(Effect::Grants, grantee)));
        out.extend(
            removed
                .iter()
                .map(|grantee| change(Effect::Revokes, grantee)),
        );
    } else {
        // A plain list replaces what was there: everybody loses the right, those on the list get it again.
        out.push(change(Effect::Revokes, ""));
        let cleared = property.value.trim().eq_ignore_ascii_case("$null");
        let listed = if cleared {
            Vec::new()
        } else {
            parts(&property.value)
        };
        out.extend(listed.iter().map(|grantee| change(Effect::Grants, grantee)));
    }
}
