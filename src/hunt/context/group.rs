//! Members of groups: of distribution groups and Microsoft 365 groups by cmdlet, of security groups by directory record.
//!
//! Owners of a group are no members. Not here: role groups, which are a road of their own (`grant`).

use super::{Context, spelled};
use crate::hunt::grant::Effect;
use crate::hunt::grant::value::{edits, parts};
use crate::record::{Record, Target};

/// Adds who joins and who leaves which group by a record.
pub(super) fn members(record: &Record, out: &mut Vec<Context>) {
    let operation = &record.operation;
    if operation.is("Add member to group") {
        in_directory(record, true, out);
    } else if operation.is("Remove member from group") {
        in_directory(record, false, out);
    } else if operation.is("Add-DistributionGroupMember") {
        out.extend(
            record
                .parameter("Member")
                .map(|member| one(record, true, member)),
        );
    } else if operation.is("Remove-DistributionGroupMember") {
        out.extend(
            record
                .parameter("Member")
                .map(|member| one(record, false, member)),
        );
    } else if operation.is_any(&["New-DistributionGroup", "New-UnifiedGroup"]) {
        listed(record, "Members", true, out);
    } else if operation.is("Update-DistributionGroupMember") {
        replaced(record, out);
    } else if operation.is("Add-UnifiedGroupLinks") && links_members(record) {
        listed(record, "Links", true, out);
    } else if operation.is("Remove-UnifiedGroupLinks") && links_members(record) {
        listed(record, "Links", false, out);
    }
}

/// Links of a Microsoft 365 group are of members, owners or subscribers.
fn links_members(record: &Record) -> bool {
    record.parameter("LinkType").is_some_and(|kind| {
        ["member", "members"]
            .iter()
            .any(|word| kind.eq_ignore_ascii_case(word))
    })
}

fn listed(record: &Record, parameter: &str, joins: bool, out: &mut Vec<Context>) {
    let members = record.parameter(parameter).map(parts).unwrap_or_default();
    out.extend(members.iter().map(|member| one(record, joins, member)));
}

/// `Members` replaces the whole list, or adds and removes with a hash table.
fn replaced(record: &Record, out: &mut Vec<Context>) {
    let Some(value) = record.parameter("Members") else {
        return;
    };
    let edits = edits(value).into_iter();
    out.extend(edits.map(|(effect, member)| one(record, effect == Effect::Grants, &member)));
}

/// The group of a cmdlet is named by `Identity`, a new one by its names; `ObjectId` spells it once more.
fn one(record: &Record, joins: bool, member: &str) -> Context {
    let names = [
        "Identity",
        "Name",
        "DisplayName",
        "Alias",
        "PrimarySmtpAddress",
    ];
    let values = names.iter().filter_map(|name| record.parameter(name));
    Context::Member {
        joins,
        group: spelled(values.chain([record.object.as_str()])),
        member: spelled([member]),
    }
}

/// The group stands in the properties `Group.*`, and among the targets where they have several; the member is the other target.
fn in_directory(record: &Record, joins: bool, out: &mut Vec<Context>) {
    let property = |name| {
        let change = record.change(name);
        change
            .into_iter()
            .flat_map(|change| [change.new.as_str(), change.old.as_str()])
    };
    let mut group = spelled(property("Group.ObjectID").chain(property("Group.DisplayName")));
    let is_group = |target: &Target| target.kind.eq_ignore_ascii_case("Group");
    // The first target is the member, which may be a group too.
    let (members, groups): (Vec<_>, Vec<_>) = record
        .targets
        .iter()
        .enumerate()
        .partition(|(at, target)| *at == 0 || !is_group(target) && !group.contains(&target.id));
    for (_, target) in groups {
        group.extend([&target.id, &target.name].into_iter().cloned());
    }
    let group = spelled(group.iter().map(String::as_str));
    let mut members: Vec<_> = members
        .iter()
        .map(|(_, target)| of_target(target))
        .collect();
    if members.is_empty() {
        members.push(spelled([record.object.as_str()]));
    }
    members.retain(|member| !member.is_empty());
    if !group.is_empty() {
        out.extend(members.into_iter().map(|member| Context::Member {
            joins,
            group: group.clone(),
            member,
        }));
    }
}

/// Ids and addresses of a directory object; its display name only where it has neither.
pub(super) fn of_target(target: &Target) -> Vec<String> {
    let ids = spelled([target.upn.as_str(), &target.id, &target.app]);
    if ids.is_empty() {
        spelled([target.name.as_str()])
    } else {
        ids
    }
}
