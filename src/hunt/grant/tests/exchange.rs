//! Roads inside Exchange: rights on directory objects, delegates of calendars, application access policies, and the rarer parameters.

use super::*;

#[test]
#[rustfmt::skip]
fn rights_on_directory_objects_reach_a_mailbox_or_all_beneath() {
    const ADD: &str = "Add-ADPermission";
    let database = "CN=DB01,CN=Databases,CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative Groups,CN=Example,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=example,DC=com";
    check(&[
        (ADD, &["Identity=victor", "User=EXAMPLE\\bob", "ExtendedRights=Send As"],
            &["+ ad-permission mailbox: EXAMPLE\\bob (unknown) on victor rights Send-As"]),
        (ADD, &["Identity=victor", "User=bob", "AccessRights=ExtendedRight", "ExtendedRights=Receive-As;Send-As"],
            &["+ ad-permission mailbox: bob (unknown) on victor rights Receive-As, Send-As"]),
        (ADD, &["Identity=victor", "User=bob", "AccessRights=ExtendedRight"],
            &["+ ad-permission mailbox: bob (unknown) on victor rights ExtendedRight"]),
        (ADD, &["Identity=victor", "User=bob", "AccessRights=GenericAll"],
            &["+ ad-permission mailbox: bob (unknown) on victor rights GenericAll"]),
        (ADD, &["Identity=victor", "User=bob", "AccessRights=ReadProperty, WriteDacl, WriteOwner"],
            &["+ ad-permission mailbox: bob (unknown) on victor rights WriteDacl, WriteOwner"]),
        (ADD, &["Identity=victor", "User=bob", "AccessRights=ReadProperty"], &[]),
        (ADD, &["Identity=victor", "User=bob", "ExtendedRights=Send-As", "Deny=True"], &[]),
        (ADD, &["Identity=victor", "Owner=bob"],
            &["+ ad-permission mailbox: bob (unknown) on victor rights Owner"]),
        (ADD, &[&format!("Identity={database}"), "User=svc", "ExtendedRights=ms-Exch-EPI-May-Impersonate"],
            &["+ ad-permission tenant: svc (unknown) rights ms-Exch-EPI-May-Impersonate on DB01 as db01"]),
        (ADD, &["Identity=victor", "User=svc", "ExtendedRights=ms-Exch-EPI-May-Impersonate"],
            &["+ ad-permission mailbox: svc (unknown) on victor rights ms-Exch-EPI-May-Impersonate"]),
        (ADD, &["Identity=EX01", "User=svc", "ExtendedRights=ms-Exch-EPI-Impersonation"],
            &["+ ad-permission tenant: svc (unknown) rights ms-Exch-EPI-Impersonation on EX01 as ex01"]),
        (ADD, &["Identity=example.com/Configuration/Services/Microsoft Exchange/Example/Databases/DB01", "User=svc", "ExtendedRights=receive as"],
            &["+ ad-permission tenant: svc (unknown) rights Receive-As on DB01 as db01"]),
        ("Remove-ADPermission", &["Identity=victor", "User=bob", "ExtendedRights=Send-As"],
            &["- ad-permission mailbox: bob (unknown) on victor rights Send-As"]),
        (ADD, &["Identity=victor", "User=bob", "Owner=bob", "ExtendedRights=Send-As"],
            &["+ ad-permission mailbox: bob (unknown) on victor rights Owner, Send-As"]),
        ("Remove-ADPermission", &["Identity=victor"], &[]),
        ("Remove-ADPermission", &["Identity=victor", "User=bob"],
            &["- ad-permission mailbox: bob (unknown) on victor"]),
        ("Remove-ADPermission", &["Identity=victor", "User=bob", "ExtendedRights=Send-As", "Deny=True"], &[]),
    ]);
}

#[test]
#[rustfmt::skip]
fn delegates_of_a_calendar() {
    let all = "- calendar-delegation mailbox:  (unknown) on room";
    let bob = "+ calendar-delegation mailbox: bob@example.com (user) on room rights Delegate";
    let entry = "- folder-permission folder: bob (unknown) on victor in";
    check(&[
        ("Set-CalendarProcessing", &["Identity=room", "ResourceDelegates=bob@example.com"], &[all, bob]),
        ("Set-CalendarProcessing", &["Identity=room", "ResourceDelegates=@{Add=\"bob@example.com\"}"], &[bob]),
        ("Set-CalendarProcessing", &["Identity=room", "ResourceDelegates=$null"], &[all]),
        ("Set-CalendarProcessing", &["Identity=room", "AutomateProcessing=AutoAccept"], &[]),
        ("Set-MailboxFolderPermission", &["Identity=victor:\\Calendar", "User=bob", "AccessRights=Editor", "SharingPermissionFlags=None"], &[
            &format!("{entry} \\Calendar"),
            "+ folder-permission folder: bob (unknown) on victor in \\Calendar rights Editor",
            "- calendar-delegation mailbox: bob (unknown) on victor",
        ]),
        ("Remove-MailboxFolderPermission", &["Identity=victor:\\Kalender", "User=bob"], &[
            &format!("{entry} \\Kalender"),
            "- calendar-delegation mailbox: bob (unknown) on victor",
        ]),
    ]);
}

fn delegated(more: &Value) -> Value {
    let json = native(
        "UpdateCalendarDelegation",
        &json!({ "RecordType": 2, "ResultStatus": "Succeeded", "MailboxOwnerUPN": "victor@example.com", "MailboxGuid": SERVICE }),
    );
    with(json, more)
}

#[test]
fn audited_delegates_of_a_calendar() {
    let to = |who: &str| {
        vec![format!(
            "+ calendar-delegation mailbox: {who} on victor@example.com rights Delegate"
        )]
    };
    let member = |rights: &str| json!({ "Item": { "ParentFolder": { "Path": "\\Calendar", "MemberUpn": "bob@example.com", "MemberRights": rights } } });
    for (more, expected) in [
        (json!({}), to(" (unknown)")),
        (member("ReadAny, Create"), to("bob@example.com (user)")),
        (
            member("None"),
            vec![
                "- calendar-delegation mailbox: bob@example.com (user) on victor@example.com"
                    .to_owned(),
            ],
        ),
        (
            json!({ "OperationProperties": [{ "Name": "DelegateUser", "Value": "bob@example.com" }, { "Name": "ReceivesDelegateMail", "Value": "True" }] }),
            to("bob@example.com (user)"),
        ),
    ] {
        assert_eq!(lines(&delegated(&more)), expected, "{more}");
    }
}

#[test]
#[rustfmt::skip]
fn the_end_of_an_access_policy_opens_the_rest() {
    let identity = format!("Identity={SERVICE}\\{CLIENT}:S-1-5-21-1-2-3-1001;952cae95-3c2a-4b4e-8f0a-0d2b4c6f1e11");
    let policy = "as 952cae95-3c2a-4b4e-8f0a-0d2b4c6f1e11";
    check(&[
        ("Remove-ApplicationAccessPolicy", &[&identity],
            &[&format!("+ access-policy tenant: {CLIENT} (service-principal) rights unrestricted {policy}")]),
        ("Set-ApplicationAccessPolicy", &[&identity, "PolicyScopeGroupId=everybody@example.com"],
            &[&format!("+ access-policy tenant: {CLIENT} (service-principal) rights restricted to everybody@example.com instead {policy}")]),
        ("Set-ApplicationAccessPolicy", &[&identity, "Description=x"], &[]),
        ("Remove-ApplicationAccessPolicy", &["Identity=952cae95-3c2a-4b4e-8f0a-0d2b4c6f1e11"],
            &[&format!("+ access-policy tenant:  (service-principal) rights unrestricted {policy}")]),
        ("New-ApplicationAccessPolicy", &[&format!("AppId={CLIENT};{SERVICE}"), "AccessRight=RestrictAccess", "PolicyScopeGroupId=board"], &[
            &format!("- access-policy tenant: {CLIENT} (service-principal)"),
            &format!("- access-policy tenant: {SERVICE} (service-principal)"),
        ]),
        ("New-ApplicationAccessPolicy", &[&format!("AppId={CLIENT}"), "AccessRight=DenyAccess", "PolicyScopeGroupId=board"], &[]),
    ]);
    let change = &changes(&read(&cmdlet("Remove-ApplicationAccessPolicy", &[&identity])))[0];
    assert_eq!(change.app_ids, [CLIENT]);
}

#[test]
#[rustfmt::skip]
fn who_manages_a_role_group_can_join_it() {
    let manager = |sign: &str, who: &str| format!("{sign} role-group tenant: {who} rights manager of MailSync as manager of mailsync");
    check(&[
        ("Set-RoleGroup", &["Identity=MailSync", "ManagedBy=bob"], &[&manager("-", " (unknown)"), &manager("+", "bob (unknown)")]),
        ("Set-RoleGroup", &["Identity=MailSync", "ManagedBy=@{Add=\"bob\";Remove=\"carol\"}"],
            &[&manager("+", "bob (unknown)"), &manager("-", "carol (unknown)")]),
        ("Set-RoleGroup", &["Identity=MailSync", "Description=x"], &[]),
        ("New-RoleGroup", &["Name=MailSync", "ManagedBy=bob"], &[&manager("+", "bob (unknown)")]),
        ("New-RoleGroup", &["Name=MailSync", "Members=bob", "ManagedBy=bob"],
            &["+ role-group tenant: bob (unknown) rights manager of MailSync, member of MailSync as mailsync"]),
    ]);
}

#[test]
#[rustfmt::skip]
fn rarer_parameters() {
    const NEW: &str = "New-ManagementRoleAssignment";
    check(&[
        (NEW, &["Role=ApplicationImpersonation", "User=bob", "CustomConfigWriteScope=Servers of the board"],
            &["+ impersonation-role tenant: bob (unknown) rights ApplicationImpersonation, within Servers of the board as applicationimpersonation-bob"]),
        (NEW, &["Role=Scripts", "User=bob", "UnScopedTopLevel=True", "ExclusiveConfigWriteScope=x"],
            &["+ impersonation-role tenant: bob (unknown) rights Scripts, unscoped, within x as scripts-bob"]),
        (NEW, &[&format!("Role={SERVICE}"), "User=bob"],
            &[&format!("+ impersonation-role tenant: bob (unknown) rights {SERVICE} as {SERVICE}-bob")]),
        ("Set-ManagementRoleAssignment", &["Identity=Sync", "Force=True"], &[]),
        ("Set-DynamicDistributionGroup", &["Identity=victor", "GrantSendOnBehalfTo=@{Add=\"bob\"}"],
            &["+ send-on-behalf mailbox: bob (unknown) on victor rights SendOnBehalf"]),
        ("Set-MailPublicFolder", &["Identity=victor", "GrantSendOnBehalfTo=@{Add=\"bob\"}"],
            &["+ send-on-behalf mailbox: bob (unknown) on victor rights SendOnBehalf"]),
        ("Add-RecipientPermission", &["Identity=victor", "MultiTrustees=bob;carol", "AccessRights=SendAs"], &[
            "+ send-as mailbox: bob (unknown) on victor rights SendAs",
            "+ send-as mailbox: carol (unknown) on victor rights SendAs",
        ]),
        ("Add-MailboxPermission", &["Identity=victor", "User=bob", "AccessRights=ChangePermission, ChangeOwner, DeleteItem, ExternalAccount"],
            &["+ mailbox-permission mailbox: bob (unknown) on victor rights ChangeOwner, ChangePermission, DeleteItem, ExternalAccount"]),
        ("Add-MailboxPermission", &["Identity=victor", &format!("User={SERVICE}"), "AccessRights=Whatever"],
            &[&format!("+ mailbox-permission mailbox: {SERVICE} (unknown) on victor rights Whatever")]),
    ]);
}
