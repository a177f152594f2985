//! Permissions of applications in listings: app roles, consents, and the policies that narrow them.
//!
//! Not here: Exchange roles of applications (`role`).

use super::{Cover, Entitlement, Knowledge, Listed, Name, Policy, Source};
use crate::hunt::catalog;
use crate::hunt::model::{Road, Scope};
use crate::record::Provenance;
use crate::record::inventory::{
    AppRoleAssignment, ApplicationAccessPolicy, DelegatedPermissionGrant, ServicePrincipal,
};
use crate::text::fold;

/// The role of plain access to an application, which is no permission.
const DEFAULT_ACCESS: &str = "00000000-0000-0000-0000-000000000000";

fn filled(ids: &[&str]) -> Vec<String> {
    let ids = ids.iter().map(|id| fold(id));
    let mut ids: Vec<String> = ids.filter(|id| !id.is_empty()).collect();
    ids.sort();
    ids.dedup();
    ids
}

/// An app role that was assigned: only those of service principals are permissions.
pub(super) fn role(
    entry: &AppRoleAssignment,
    at: Provenance,
    knowledge: &Knowledge,
    listed: &mut Listed,
) {
    let is_person = matches!(fold(&entry.principal_type).as_str(), "user" | "group");
    if is_person || entry.role_id == DEFAULT_ACCESS {
        return;
    }
    let holder = Name::application(&[&entry.principal_id, &entry.app], &entry.principal_name);
    listed.cover(Source::AppRole, Road::AppPermission, holder.clone(), "");
    let right = Entitlement {
        created: entry.created,
        not_before: entry.app_created,
        app_ids: filled(&[&entry.app]),
        ..Entitlement::new(
            Source::AppRole,
            Road::AppPermission,
            Scope::Tenant,
            holder,
            at,
        )
    };
    let permission = named(&entry.role, &entry.role_id, knowledge);
    listed.add(right.with_rights(permission.iter()));
}

/// The name of a permission: as written, as the catalogue or its own application has it, or its id.
fn named(written: &str, id: &str, knowledge: &Knowledge) -> Option<String> {
    let known = || {
        let defined = || knowledge.permissions.get(&fold(id)).cloned();
        catalog::permission_name(id)
            .map(str::to_owned)
            .or_else(defined)
    };
    Some(written.to_owned())
        .filter(|written| !written.is_empty())
        .or_else(known)
        .or_else(|| Some(id.to_owned()))
        .filter(|name| !name.is_empty())
}

/// Scopes that were consented to, by one user or for all.
pub(super) fn consent(entry: &DelegatedPermissionGrant, at: Provenance, listed: &mut Listed) {
    let holder = Name::application(&[&entry.client_id, &entry.app], &entry.client_name);
    listed.cover(Source::Consent, Road::Consent, holder.clone(), "");
    let for_all = entry.consent_type.eq_ignore_ascii_case("AllPrincipals");
    let scope = if for_all {
        Scope::Tenant
    } else {
        Scope::Mailbox
    };
    let mut target = Name::default();
    if !for_all {
        let mut ids = [&entry.principal_id, &entry.principal_name]
            .into_iter()
            .filter(|id| !id.is_empty());
        target = ids.next().map(|id| Name::new(id)).unwrap_or_default();
        target.label.clone_from(&entry.principal_name);
    }
    let right = Entitlement {
        target,
        not_before: entry.app_created,
        app_ids: filled(&[&entry.app]),
        ..Entitlement::new(Source::Consent, Road::Consent, scope, holder, at)
    };
    listed.add(right.with_rights(&entry.scopes));
}

/// The permissions that Defender lists with an application. Which users consented it does not say.
pub(super) fn granted(entry: &ServicePrincipal, at: Provenance, listed: &mut Listed) {
    let holder = Name::application(&[&entry.id, &entry.app], &entry.name);
    for granted in &entry.granted {
        let is_delegated = granted.kind.eq_ignore_ascii_case("Delegated");
        if is_delegated && entry.admin_consented != Some(true) {
            continue;
        }
        let road = if is_delegated {
            Road::Consent
        } else {
            Road::AppPermission
        };
        let right = Entitlement {
            not_before: entry.created,
            app_ids: filled(&[&entry.app]),
            ..Entitlement::new(Source::OAuthApp, road, Scope::Tenant, holder.clone(), at)
        };
        listed.add(right.with_rights([&granted.value]));
    }
    if !entry.granted.is_empty() && entry.lost.is_empty() {
        listed.covers.insert(Cover {
            source: Source::OAuthApp,
            road: Road::AppPermission,
            subject: holder,
            detail: String::new(),
        });
    }
}

/// `Get-ApplicationAccessPolicy`. One that is not in order keeps nobody from anything.
pub(super) fn policy(entry: &ApplicationAccessPolicy, listed: &mut Listed) {
    if entry.valid == Some(false) || entry.app.is_empty() {
        return;
    }
    let denies = entry.right.eq_ignore_ascii_case("DenyAccess");
    if !denies && !entry.right.eq_ignore_ascii_case("RestrictAccess") {
        listed.left_out.incomplete += 1;
        return;
    }
    let sid = entry.scope_raw.split(';').next().unwrap_or_default();
    let mut names = [&entry.scope_identity, &entry.scope_name, &sid.to_owned()]
        .into_iter()
        .filter(|name| !name.is_empty())
        .cloned()
        .collect::<Vec<_>>();
    names.dedup();
    let first = names.first().cloned().unwrap_or_default();
    listed.policies.push(Policy {
        app: fold(&entry.app),
        denies,
        group: Name {
            aliases: names.into_iter().skip(1).collect(),
            ..Name::new(&first)
        },
    });
}
