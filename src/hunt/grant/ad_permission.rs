//! Rights on directory objects, on premises: `Add-ADPermission` and its removal.
//!
//! On a mailbox they reach that mailbox; on a database, a server or the configuration above them, every mailbox beneath. An extended right that
//! is not named is all of them. `-Deny` is no grant, and taking a denial back no removal. Rights without a way to mail are left out.
//! Source: Exchange cmdlet reference; Exchange impersonation documentation; ATT&CK T1098.002.

use super::mailbox_permission::on_mailbox;
use super::management_role::last_part;
use super::value::{is_true, parts};
use super::{Effect, PermissionChange, RoadSpec, kind_of};
use crate::hunt::catalog::{self, Power};
use crate::hunt::model::{Road, Scope};
use crate::record::Record;
use crate::text::fold;

/// The row of the table of roads for rights on directory objects.
pub(super) const SPEC: RoadSpec = RoadSpec {
    road: Road::AdPermission,
    operations: &["Add-ADPermission", "Remove-ADPermission"],
    extract,
};

/// What stands between a right and the database or server it is on.
const ON: &str = " on ";

/// The right alone, without the database or server it is on.
pub fn right_of(right: &str) -> &str {
    right.split_once(ON).map_or(right, |(right, _)| right)
}

fn extract(record: &Record, out: &mut Vec<PermissionChange>) {
    if is_true(record.parameter("Deny")) {
        return;
    }
    let effect = if record.operation.is("Add-ADPermission") {
        Effect::Grants
    } else {
        Effect::Revokes
    };
    let (named, rights) = rights(record);
    // A removal that names no rights takes all of them, but from somebody.
    let takes_all = !named && effect == Effect::Revokes;
    let from_nobody = effect == Effect::Revokes && record.parameter("User").is_none();
    if !from_nobody && (takes_all || !rights.is_empty()) {
        out.push(change(record, effect, "User", rights));
    }
    if record.parameter("Owner").is_some() {
        out.push(change(record, effect, "Owner", vec!["Owner".to_owned()]));
    }
}

fn change(record: &Record, effect: Effect, grantee: &str, rights: Vec<String>) -> PermissionChange {
    let mut change = on_mailbox(record, effect, Road::AdPermission, grantee);
    change.grantee_kind = kind_of(&change.grantee);
    change.rights = rights;
    if is_above_mailboxes(record, &change) {
        let place = common_name(&change.target).to_owned();
        change.scope = Scope::Tenant;
        change.handle = fold(&place);
        change.target.clear();
        change.target_aliases.clear();
        for right in &mut change.rights {
            *right = format!("{right}{ON}{place}");
        }
    }
    change
}

/// The rights that lead to mail, or that nobody knows; and whether the record names any.
fn rights(record: &Record) -> (bool, Vec<String>) {
    let list = |name| record.parameter(name).map(parts).unwrap_or_default();
    let extended = list("ExtendedRights");
    let mut access = list("AccessRights");
    if !extended.is_empty() {
        access.retain(|right| !right.eq_ignore_ascii_case("ExtendedRight"));
    }
    let all: Vec<String> = access.into_iter().chain(extended).collect();
    let leads = |right: &String| catalog::ad_right_power(right) != Some(Power::None);
    let kept = all
        .iter()
        .filter(|right| leads(right))
        .map(|right| spelled(right));
    (!all.is_empty(), kept.collect())
}

/// `Send As` is written with a blank or a hyphen: one spelling, that a removal finds the grant.
fn spelled(right: &str) -> String {
    match fold(right).replace([' ', '-'], "").as_str() {
        "sendas" => "Send-As".to_owned(),
        "receiveas" => "Receive-As".to_owned(),
        _ => right.to_owned(),
    }
}

/// Whether the object holds mailboxes: it stands in the configuration of the organisation, or the right works on servers only.
fn is_above_mailboxes(record: &Record, change: &PermissionChange) -> bool {
    const PLACES: [&str; 6] = [
        "/configuration/",
        "cn=configuration,",
        "cn=databases,",
        "cn=servers,",
        "exchange administrative group",
        "/microsoft exchange/",
    ];
    let spellings = [change.target.as_str(), &record.object].map(fold);
    let is_place = spellings
        .iter()
        .any(|spelling| PLACES.iter().any(|place| spelling.contains(place)));
    let is_server_right = |right: &String| right.eq_ignore_ascii_case("ms-Exch-EPI-Impersonation");
    is_place || change.rights.iter().any(is_server_right)
}

/// The name of an object by itself: of `CN=DB01,CN=Databases,…` and `example.com/…/DB01` it is `DB01`.
fn common_name(name: &str) -> &str {
    let is_distinguished = name
        .get(..3)
        .is_some_and(|start| start.eq_ignore_ascii_case("cn="));
    if is_distinguished {
        let first = name.split_once(',').map_or(name, |(first, _)| first);
        first.get(3..).unwrap_or(first)
    } else {
        last_part(name)
    }
}
