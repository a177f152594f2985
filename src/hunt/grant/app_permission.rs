//! Application permissions: app roles of Microsoft Graph and Exchange Online given to a service principal.
//!
//! The target of the record is the *resource*; the grantee stands in the `ServicePrincipal.*` properties. Only permissions that lead to
//! mail, or that can grant such a permission, are roads to a mailbox; of Exchange Online, those too that nobody knows. Source: Microsoft Graph permissions reference;
//! ATT&CK T1098.003, T1098.002.

use super::requested;
use super::{Effect, PermissionChange, RoadSpec};
use crate::hunt::catalog::{self, Power};
use crate::hunt::model::{PrincipalKind, Road, Scope};
use crate::record::Record;

/// The row of the table of roads for application permissions.
pub(super) const SPEC: RoadSpec = RoadSpec {
    road: Road::AppPermission,
    operations: &[
        "Add app role assignment to service principal",
        "Remove app role assignment from service principal",
        "Add application",
        "Update application",
    ],
    extract,
};

/// Application id of Office 365 Exchange Online, whose permissions all open mailboxes.
const EXCHANGE: &str = "00000002-0000-0ff1-ce00-000000000000";

fn extract(record: &Record, out: &mut Vec<PermissionChange>) {
    if record
        .operation
        .is_any(&["Add application", "Update application"])
    {
        requested::extract(record, Road::AppPermission, out);
    } else {
        assigned(record, out);
    }
}

fn assigned(record: &Record, out: &mut Vec<PermissionChange>) {
    let value = |name: &str| value(record, name);
    let id = value("AppRole.Id");
    let name = value("AppRole.Value")
        .or_else(|| catalog::permission_name(&id.clone()?).map(str::to_owned));
    let Some(permission) = name.or_else(|| id.clone()) else {
        return;
    };
    let power = catalog::permission_power(&permission)
        .max(id.as_deref().map_or(Power::None, catalog::permission_power));
    let is_exchange = |app: &str| app.eq_ignore_ascii_case(EXCHANGE);
    if power == Power::None && !record.targets.iter().any(|target| is_exchange(&target.app)) {
        return;
    }
    let effect = if record
        .operation
        .is("Add app role assignment to service principal")
    {
        Effect::Grants
    } else {
        Effect::Revokes
    };
    let mut change = PermissionChange::new(effect, Road::AppPermission, Scope::Tenant);
    name_application(record, &mut change);
    change.rights = vec![permission];
    out.push(change);
}

/// Old or new value of a changed property: removals have only an old one.
pub(super) fn value(record: &Record, name: &str) -> Option<String> {
    let change = record.change(name)?;
    [&change.new, &change.old]
        .into_iter()
        .map(|text| text.trim())
        .find(|text| !text.is_empty())
        .map(str::to_owned)
}

/// Fills in the application that a directory record grants to: from the `ServicePrincipal.*` properties, and from the target that has
/// the same object id.
pub(super) fn name_application(record: &Record, change: &mut PermissionChange) {
    let object = value(record, "ServicePrincipal.ObjectID");
    let same = record
        .targets
        .iter()
        .find(|target| Some(&target.id) == object.as_ref());
    let name = value(record, "ServicePrincipal.DisplayName").or_else(|| {
        same.map(|target| target.name.clone())
            .filter(|name| !name.is_empty())
    });
    let app = value(record, "ServicePrincipal.AppId").or_else(|| {
        same.map(|target| target.app.clone())
            .filter(|app| !app.is_empty())
    });
    change.grantee_kind = PrincipalKind::ServicePrincipal;
    let mut spellings = [name, object, app.clone()].into_iter().flatten();
    change.grantee = spellings.next().unwrap_or_default();
    change.grantee_aliases = spellings.collect();
    change.app_ids = app.into_iter().collect();
}
