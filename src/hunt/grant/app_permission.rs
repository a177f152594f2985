//! Application permissions: app roles of Microsoft Graph and Exchange Online given to a service principal.
//!
//! The target of the record is the *resource*; the grantee stands in the `ServicePrincipal.*` properties. Only permissions that lead to
//! mail, or that can grant such a permission, are roads to a mailbox. Source: Microsoft Graph permissions reference;
//! ATT&CK T1098.003, T1098.002.

use super::{Effect, PermissionChange, RoadSpec};
use crate::hunt::catalog::{self, Power};
use crate::hunt::model::{PrincipalKind, Road, Scope};
use crate::record::Record;

/// The row of the table of roads for application permissions.
pub(super) const SPEC: RoadSpec = RoadSpec {
    road: Road::AppPermission,
    what: "an application permission of Graph or Exchange Online",
    attack: &["T1098.003", "T1098.002", "T1528"],
    source: "Microsoft Entra audit activity reference; Microsoft Graph permissions reference",
    operations: &[
        "Add app role assignment to service principal",
        "Remove app role assignment from service principal",
    ],
    extract,
};

fn extract(record: &Record, out: &mut Vec<PermissionChange>) {
    let value = |name: &str| value(record, name);
    let id = value("AppRole.Id");
    let name = value("AppRole.Value")
        .or_else(|| catalog::permission_name(&id.clone()?).map(str::to_owned));
    let Some(permission) = name.or_else(|| id.clone()) else {
        return;
    };
    let power = catalog::permission_power(&permission)
        .max(id.as_deref().map_or(Power::None, catalog::permission_power));
    if power == Power::None {
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
fn value(record: &Record, name: &str) -> Option<String> {
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
