//! Consent: delegated scopes given to an application, by a user for himself or by an admin for all.
//!
//! The *delegated permission grant* record is the authority on scopes: an incremental consent shows its new scope nowhere else. The
//! *consent* record says which application. Both carry one correlation id and become one grant (`lifecycle`). A removal whose new value
//! still holds every old scope is half of an update and no revocation. Source: Microsoft Entra audit activity reference;
//! ATT&CK T1528, T1098.003.

use super::app_permission::name_application;
use super::{Effect, PermissionChange, RoadSpec};
use crate::hunt::catalog::{self, Power};
use crate::hunt::identity::is_guid;
use crate::hunt::model::{PrincipalKind, Road, Scope};
use crate::record::{Change, Record};
use std::collections::BTreeSet;

const ADDED: &[&str] = &[
    "Add delegated permission grant",
    "Add OAuth2PermissionGrant",
];

/// The row of the table of roads for consent.
pub(super) const SPEC: RoadSpec = RoadSpec {
    road: Road::Consent,
    what: "delegated scopes consented to, for one user or for all",
    attack: &["T1528", "T1098.003", "T1550.001"],
    source: "Microsoft Entra audit activity reference; Microsoft Graph permissions reference",
    operations: &[
        "Consent to application",
        "Add delegated permission grant",
        "Add OAuth2PermissionGrant",
        "Remove delegated permission grant",
        "Remove OAuth2PermissionGrant",
    ],
    extract,
};

fn extract(record: &Record, out: &mut Vec<PermissionChange>) {
    if record.operation.is("Consent to application") {
        consented(record, out);
    } else if record.operation.is_any(ADDED) {
        scoped(record, Effect::Grants, out);
    } else {
        scoped(record, Effect::Revokes, out);
    }
}

/// `ConsentAction.Permissions` is `[old grants] => [new grants];` with a `Scope:` list in each grant.
fn consented(record: &Record, out: &mut Vec<PermissionChange>) {
    let text = record
        .new_value("ConsentAction.Permissions")
        .unwrap_or_default();
    let new = text.rsplit("=>").next().unwrap_or(text);
    let scopes: BTreeSet<String> = new.split("Scope:").skip(1).flat_map(scope_list).collect();
    let for_all = new.contains("AllPrincipals")
        || record
            .new_value("ConsentContext.OnBehalfOfAll")
            .is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let Some(mut change) = change(record, Effect::Grants, scopes, for_all) else {
        return;
    };
    let application = record
        .targets
        .iter()
        .find(|target| !target.id.is_empty() || !target.app.is_empty());
    if let Some(target) = application {
        let mut spellings = [&target.name, &target.id, &target.app]
            .into_iter()
            .filter(|text| !text.is_empty())
            .cloned();
        change.grantee = spellings.next().unwrap_or_default();
        change.grantee_aliases = spellings.collect();
        change.app_ids = Some(target.app.clone())
            .filter(|app| !app.is_empty())
            .into_iter()
            .collect();
    }
    if change.app_ids.is_empty() && is_guid(&record.object) {
        change.app_ids.push(record.object.clone());
    }
    out.push(change);
}

/// The names up to the end of one grant in the list: blank-separated, ended by `,`, `]` or `;`.
fn scope_list(rest: &str) -> Vec<String> {
    rest.split([',', ']', ';'])
        .next()
        .unwrap_or(rest)
        .split_whitespace()
        .map(str::to_owned)
        .collect()
}

/// A delegated permission grant: the scopes that the new value has and the old has not, or the other way round for a removal.
fn scoped(record: &Record, effect: Effect, out: &mut Vec<PermissionChange>) {
    let Some(Change { old, new, .. }) = record.change("DelegatedPermissionGrant.Scope") else {
        return;
    };
    let set = |text: &str| {
        text.split_whitespace()
            .map(str::to_owned)
            .collect::<BTreeSet<String>>()
    };
    let (old, new) = (set(old), set(new));
    let scopes: BTreeSet<String> = match effect {
        Effect::Grants | Effect::Requests => new.difference(&old).cloned().collect(),
        Effect::Revokes => old.difference(&new).cloned().collect(),
    };
    let consent_type = record.change("DelegatedPermissionGrant.ConsentType");
    let for_all = consent_type.is_some_and(|change| {
        change.new.contains("AllPrincipals") || change.old.contains("AllPrincipals")
    });
    let Some(mut change) = change(record, effect, scopes, for_all) else {
        return;
    };
    name_application(record, &mut change);
    out.push(change);
}

/// A consent to scopes of which at least one leads to mail. For one user it reaches that user's mailbox, for all every mailbox.
fn change(
    record: &Record,
    effect: Effect,
    scopes: BTreeSet<String>,
    for_all: bool,
) -> Option<PermissionChange> {
    scopes
        .iter()
        .any(|scope| catalog::permission_power(scope) > Power::None)
        .then(|| {
            let scope = if for_all {
                Scope::Tenant
            } else {
                Scope::Mailbox
            };
            let mut change = PermissionChange::new(effect, Road::Consent, scope);
            change.grantee_kind = PrincipalKind::ServicePrincipal;
            change.rights = scopes.into_iter().collect();
            if !for_all {
                change.target.clone_from(&record.user);
            }
            change
        })
}
