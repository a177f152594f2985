//! The context of records, from their text.

use super::*;
use crate::hunt::tests::build::{cmdlet, directory, read, with};
use serde_json::{Value, json};

const USER: &str = "0b1a6a83-9f7b-48a6-9bb3-a95ca454451f";
const GROUP: &str = "952cae95-3c2a-4b4e-8f0a-0d2b4c6f1e11";
const SERVICE: &str = "0a1b7ab4-e3c2-4e75-93ad-6ea6d16cffbf";
const CLIENT: &str = "e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd";

/// A context in one line.
fn shown(context: &Context) -> String {
    match context {
        Context::Carries { group, roles } => format!("{group} carries {}", roles.join(", ")),
        Context::Inherits { role, parent } => format!("{role} is {parent}"),
        Context::Member {
            joins,
            group,
            member,
        } => {
            let verb = if *joins { "joins" } else { "leaves" };
            format!("{} {verb} {}", member.join("|"), group.join("|"))
        }
        Context::Principal { fate, spellings } => format!("{fate:?} {}", spellings.join("|")),
    }
}

fn lines(json: &Value) -> Vec<String> {
    context(&read(json)).iter().map(shown).collect()
}

#[test]
#[rustfmt::skip]
fn cmdlets() {
    let long = "EURPR04A009.PROD.OUTLOOK.COM/Microsoft Exchange Hosted Organizations/example.onmicrosoft.com";
    for (operation, parameters, expected) in [
        ("New-RoleGroup", &["Name=MailSync", "Roles=ApplicationImpersonation;Legal Hold", "Members=bob"][..], &["MailSync carries ApplicationImpersonation, Legal Hold"][..]),
        ("New-RoleGroup", &["Name=Empty"], &[]),
        ("Set-RoleGroup", &["Identity=MailSync", "ManagedBy=bob"], &[]),
        ("New-ManagementRoleAssignment", &["Role=x\\ApplicationImpersonation", &format!("SecurityGroup={long}/Ops")], &["Ops carries ApplicationImpersonation"]),
        ("New-ManagementRoleAssignment", &["Role=ApplicationImpersonation", "User=bob"], &[]),
        ("New-ManagementRole", &["Name=Helper", &format!("Parent={long}/ApplicationImpersonation")], &["Helper is ApplicationImpersonation"]),
        ("New-ManagementRole", &["Name=Scripts", "UnScopedTopLevel=True"], &[]),
        ("Add-DistributionGroupMember", &["Identity=ops", "Member=Smith, John"], &["Smith, John joins ops"]),
        ("Remove-DistributionGroupMember", &["Identity=ops", "Member=bob"], &["bob leaves ops"]),
        ("Update-DistributionGroupMember", &["Identity=ops", "Members=bob;carol"], &[" leaves ops", "bob joins ops", "carol joins ops"]),
        ("Update-DistributionGroupMember", &["Identity=ops", "Members=@{Add=\"bob\";Remove=\"carol\"}"], &["bob joins ops", "carol leaves ops"]),
        ("New-DistributionGroup", &["Name=Ops", "PrimarySmtpAddress=ops@example.com", "Members=bob"], &["bob joins Ops|ops@example.com"]),
        ("New-UnifiedGroup", &["DisplayName=Ops", "Members=bob"], &["bob joins Ops"]),
        ("Add-UnifiedGroupLinks", &["Identity=ops", "LinkType=Members", "Links=bob,carol"], &["bob joins ops", "carol joins ops"]),
        ("Add-UnifiedGroupLinks", &["Identity=ops", "LinkType=Owners", "Links=bob"], &[]),
        ("Remove-UnifiedGroupLinks", &["Identity=ops", "LinkType=Member", "Links=bob"], &["bob leaves ops"]),
        ("Remove-Mailbox", &["Identity=bob"], &["Deleted bob"]),
        ("Remove-Mailbox", &["Identity=bob", "Disconnect=True"], &["LeftExchange bob"]),
        ("Disable-Mailbox", &["Identity=bob"], &["LeftExchange bob"]),
        ("Disable-Mailbox", &["Identity=bob", "Archive=True"], &[]),
        ("Undo-SoftDeletedMailbox", &["SoftDeletedObject=bob"], &["Back bob"]),
        ("Remove-ServicePrincipal", &[&format!("Identity={SERVICE}")], &[&format!("LeftExchange {SERVICE}")]),
        ("Remove-DistributionGroup", &["Identity=ops"], &["Deleted ops"]),
        ("Remove-RoleGroup", &["Identity=MailSync"], &["Deleted MailSync"]),
        ("Remove-Mailbox", &["Confirm=False"], &[]),
        ("Set-Mailbox", &["Identity=bob"], &[]),
    ] {
        assert_eq!(lines(&cmdlet(operation, parameters)), expected, "{operation} {parameters:?}");
    }
}

fn target(kind: &str, id: &str, more: &[(&str, i32)]) -> Value {
    let mut ids = vec![
        json!({ "ID": format!("{kind}_{id}"), "Type": 2 }),
        json!({ "ID": id, "Type": 2 }),
        json!({ "ID": kind, "Type": 2 }),
    ];
    ids.extend(
        more.iter()
            .map(|(id, kind)| json!({ "ID": id, "Type": kind })),
    );
    json!({ "Target": ids })
}

/// Operation, changed properties, what it is on, and the context.
type Cases<'a> = &'a [(
    &'a str,
    &'a [(&'a str, &'a str, &'a str)],
    &'a Value,
    &'a [&'a str],
)];

fn check(cases: Cases<'_>) {
    for (operation, changes, target, expected) in cases {
        let json = with(directory(operation, changes), target);
        assert_eq!(lines(&json), *expected, "{operation} {changes:?}");
        let failed = with(json, &json!({ "ResultStatus": "Failure" }));
        assert_eq!(lines(&failed), Vec::<String>::new(), "{operation}");
    }
}

const ON: &str = "[\r\n  true\r\n]";
const OFF: &str = "[\r\n  false\r\n]";

#[test]
#[rustfmt::skip]
fn directory_records_of_users() {
    let user = target("User", USER, &[("bob@example.com", 5)]);
    let gone = format!("{}bob@example.com", USER.replace('-', ""));
    let deleted = target("User", USER, &[(&gone, 5)]);
    let group = [("Group.ObjectID", "", GROUP), ("Group.DisplayName", "", "Ops")];
    let left = [("Group.ObjectID", GROUP, ""), ("Group.DisplayName", "Ops", "")];
    let bob = format!("bob@example.com|{USER}");
    check(&[
        ("Add member to group.", &group, &user, &[&format!("{bob} joins {GROUP}|Ops")]),
        ("Remove member from group.", &left, &user, &[&format!("{bob} leaves {GROUP}|Ops")]),
        ("Add owner to group.", &group, &user, &[]),
        ("Delete user.", &[], &deleted, &[&format!("Deleted {gone}|{USER}|bob@example.com")]),
        ("Hard Delete user.", &[], &user, &[&format!("Deleted {bob}")]),
        ("Restore user.", &[], &user, &[&format!("Back {bob}")]),
        ("Disable account.", &[], &user, &[&format!("Disabled {bob}")]),
        ("Enable account.", &[], &user, &[&format!("Back {bob}")]),
        ("Update user.", &[("AccountEnabled", ON, OFF)], &user, &[&format!("Disabled {bob}")]),
        ("Update user.", &[("AccountEnabled", "[false]", "[true]")], &user, &[&format!("Back {bob}")]),
        ("Update user.", &[("AccountEnabled", "[true]", "[true]")], &user, &[]),
        ("Update user.", &[], &user, &[]),
    ]);
}

#[test]
#[rustfmt::skip]
fn directory_records_of_applications_and_groups() {
    let app = target("ServicePrincipal", SERVICE, &[("Mail Sync", 1), (CLIENT, 2)]);
    let known = format!("{SERVICE}|{CLIENT}");
    check(&[
        ("Update service principal.", &[("AccountEnabled", ON, OFF)], &app, &[&format!("Disabled {known}")]),
        ("Remove service principal.", &[], &app, &[&format!("Deleted {known}")]),
        ("Restore service principal.", &[], &app, &[&format!("Back {known}")]),
        ("Delete application.", &[("AppId", CLIENT, "")], &target("Application", GROUP, &[]), &[&format!("Deleted {GROUP}|{CLIENT}")]),
        ("Delete group.", &[], &target("Group", GROUP, &[("Ops", 1)]), &[&format!("Deleted {GROUP}")]),
    ]);
}

#[test]
fn a_group_may_join_a_group() {
    let json = json!({ "id": "1", "activityDateTime": "2023-06-03T08:13:00Z", "activityDisplayName": "Add member to group", "category": "GroupManagement",
        "result": "success", "loggedByService": "Core Directory", "initiatedBy": { "user": { "id": USER, "userPrincipalName": "alice@example.com" } },
        "targetResources": [
            { "id": USER, "displayName": "Inner", "type": "Group", "modifiedProperties": [{ "displayName": "Group.ObjectID", "oldValue": null, "newValue": format!("\"{GROUP}\"") }] },
            { "id": GROUP, "displayName": "Ops", "type": "Group", "modifiedProperties": [] },
        ] });
    assert_eq!(lines(&json), [format!("{USER} joins {GROUP}|Ops")]);
}

#[test]
fn every_operation_has_a_case_or_a_fate() {
    let source = concat!(include_str!("tests.rs"), include_str!("principal.rs"));
    for operation in OPERATIONS {
        assert!(source.contains(operation), "{operation}");
    }
    for (operation, _, _) in principal::FATES {
        assert!(OPERATIONS.contains(&operation), "{operation}");
    }
}
