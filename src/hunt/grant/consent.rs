//! Consent: delegated scopes given to an application, by a user for himself or by an admin for all.
//!
//! The *delegated permission grant* record is the authority on scopes: an incremental consent shows its new scope nowhere else. The
//! *consent* record says which application. Both carry one correlation id and become one grant (`lifecycle`). A removal whose new value
//! still holds every old scope is half of an update and no revocation. Source: Microsoft Entra audit activity reference;
//! ATT&CK T1528, T1098.003.

use super::app_permission::{name_application, value};
use super::requested;
use super::{Effect, PermissionChange, RoadSpec};
use crate::hunt::catalog::{self, Power};
use crate::hunt::model::{PrincipalKind, Road, Scope};
use crate::record::{Change, Record};
use crate::text::{fold, is_guid};
use std::collections::{BTreeMap, BTreeSet};

const ADDED: &[&str] = &[
    "Add delegated permission grant",
    "Add OAuth2PermissionGrant",
    "Add delegation entry",
];

/// The operation of old logs that changes a grant: it gives what is new and takes what is gone.
const SET: &str = "Set delegation entry";

/// The row of the table of roads for consent.
pub(super) const SPEC: RoadSpec = RoadSpec {
    road: Road::Consent,
    operations: &[
        "Consent to application",
        "Add delegated permission grant",
        "Add OAuth2PermissionGrant",
        "Remove delegated permission grant",
        "Remove OAuth2PermissionGrant",
        "Add delegation entry",
        "Set delegation entry",
        "Remove delegation entry",
        "Add application",
        "Update application",
    ],
    extract,
};

fn extract(record: &Record, out: &mut Vec<PermissionChange>) {
    if record.operation.is("Consent to application") {
        consented(record, out);
    } else if record
        .operation
        .is_any(&["Add application", "Update application"])
    {
        requested::extract(record, Road::Consent, out);
    } else if record.operation.is(SET) {
        scoped(record, Effect::Revokes, out);
        scoped(record, Effect::Grants, out);
    } else if record.operation.is_any(ADDED) {
        scoped(record, Effect::Grants, out);
    } else {
        scoped(record, Effect::Revokes, out);
    }
}

/// `ConsentAction.Permissions` is `[old grants] => [new grants];` with a `Scope:` list in each grant, and who it is for. One consent may hold
/// grants for several resources; those for one person are one change.
fn consented(record: &Record, out: &mut Vec<PermissionChange>) {
    let text = record
        .new_value("ConsentAction.Permissions")
        .unwrap_or_default();
    let new = text.rsplit("=>").next().unwrap_or(text);
    let for_all = record
        .new_value("ConsentContext.OnBehalfOfAll")
        .is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let mut given: BTreeMap<Whose, BTreeSet<String>> = BTreeMap::new();
    // What stands before a list of scopes belongs to its grant: the part after the list before it.
    let mut parts = new.split("Scope:");
    let mut before = parts.next().unwrap_or_default();
    for rest in parts {
        let whose = if for_all || before.contains("AllPrincipals") {
            Whose::All
        } else {
            whose(record, member(before, "PrincipalId:"))
        };
        given.entry(whose).or_default().extend(scope_list(rest));
        before = rest;
    }
    let risky = record
        .new_value("ConsentAction.Reason")
        .is_some_and(is_risky);
    for (whose, scopes) in given {
        if let Some(mut change) = change(record, Effect::Grants, scopes, &whose) {
            name_target(record, &mut change);
            change.rights.extend(risky.then(|| RISKY.to_owned()));
            out.push(change);
        }
    }
}

/// The right that tells that Microsoft had warned of the application.
pub const RISKY: &str = "risky application";

fn is_risky(reason: &str) -> bool {
    fold(reason).contains("risky")
}

/// The value of a member in the text of one grant.
fn member<'a>(text: &'a str, name: &str) -> &'a str {
    let value = text.rsplit_once(name).map_or("", |(_, value)| value);
    value.split([',', ']']).next().unwrap_or(value).trim()
}

/// Whose mailbox a consent reaches.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Whose {
    /// That of everybody.
    All,
    /// That of the one who consented.
    Own,
    /// That of somebody else, by object id.
    Of(String),
}

/// Whose consent it is: another's only when the record shows the actor's own object id, and it is not that.
fn whose(record: &Record, principal: &str) -> Whose {
    let is_named = |id: &str| id.eq_ignore_ascii_case(principal);
    let mut own = record
        .actors
        .iter()
        .map(|actor| actor.id.as_str())
        .chain([record.user_key.as_str(), &record.user]);
    let known = own.clone().any(is_guid);
    if is_guid(principal) && known && !own.any(is_named) {
        Whose::Of(principal.to_owned())
    } else {
        Whose::Own
    }
}

/// Fills in the application that a consent names as its target.
fn name_target(record: &Record, change: &mut PermissionChange) {
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

/// A property of the grant, under the name that its time gave to grants.
fn property<'a>(record: &'a Record, name: &str) -> Option<&'a Change> {
    const GRANTS: [&str; 4] = [
        "DelegatedPermissionGrant.",
        "OAuth2PermissionGrant.",
        "DelegationEntry.",
        "",
    ];
    GRANTS
        .iter()
        .find_map(|grant| record.change(&format!("{grant}{name}")))
}

/// A delegated permission grant: the scopes that the new value has and the old has not, or the other way round for a removal.
fn scoped(record: &Record, effect: Effect, out: &mut Vec<PermissionChange>) {
    let Some(Change { old, new, .. }) = property(record, "Scope") else {
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
    let consent_type = property(record, "ConsentType");
    let for_all = consent_type.is_some_and(|change| {
        change.new.contains("AllPrincipals") || change.old.contains("AllPrincipals")
    });
    let of_grant = property(record, "PrincipalId").map(|change| &change.name);
    let of_grant = of_grant.and_then(|name| value(record, name.trim()));
    let principal = of_grant
        .or_else(|| value(record, "User.ObjectID"))
        .unwrap_or_default();
    let whose = if for_all {
        Whose::All
    } else {
        whose(record, &principal)
    };
    let Some(mut change) = change(record, effect, scopes, &whose) else {
        return;
    };
    name_application(record, &mut change);
    if effect == Effect::Revokes && new.is_empty() {
        change.rights.push(RISKY.to_owned());
    }
    out.push(change);
}

/// A consent to scopes of which at least one leads to mail. For one user it reaches that user's mailbox, for all every mailbox.
fn change(
    record: &Record,
    effect: Effect,
    scopes: BTreeSet<String>,
    whose: &Whose,
) -> Option<PermissionChange> {
    scopes
        .iter()
        .any(|scope| catalog::permission_power(scope) > Power::None)
        .then(|| {
            let scope = if *whose == Whose::All {
                Scope::Tenant
            } else {
                Scope::Mailbox
            };
            let mut change = PermissionChange::new(effect, Road::Consent, scope);
            change.grantee_kind = PrincipalKind::ServicePrincipal;
            change.rights = scopes.into_iter().collect();
            match whose {
                Whose::All => {}
                Whose::Own => change.target.clone_from(&record.user),
                Whose::Of(principal) => change.target.clone_from(principal),
            }
            change
        })
}
