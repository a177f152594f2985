//! Each road from the text of its records to the change they make.

mod directory;
mod exchange;
mod shapes;

use super::*;
use crate::hunt::tests::build::{cmdlet, directory, native, read, with};
use crate::record::Outcome;
use proptest::prelude::*;
use serde_json::{Value, json};

const SERVICE: &str = "0a1b7ab4-e3c2-4e75-93ad-6ea6d16cffbf";
const CLIENT: &str = "e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd";
const CANONICAL: &str =
    "EURPR04A009.PROD.OUTLOOK.COM/Microsoft Exchange Hosted Organizations/example.onmicrosoft.com";

/// A change in one line: `+`, `-` or `?`, road, reach, grantee (kind), what it is on, rights and handle.
fn shown(change: &PermissionChange) -> String {
    let sign = match change.effect {
        Effect::Grants => '+',
        Effect::Revokes => '-',
        Effect::Requests => '?',
    };
    let mut line = format!(
        "{sign} {} {}: {} ({})",
        change.road, change.scope, change.grantee, change.grantee_kind
    );
    for (label, value) in [
        ("on", change.target.clone()),
        ("in", change.folder.clone()),
        ("rights", change.rights.join(", ")),
        ("as", change.handle.clone()),
    ] {
        if !value.is_empty() {
            line = format!("{line} {label} {value}");
        }
    }
    line
}

fn lines(json: &Value) -> Vec<String> {
    changes(&read(json)).iter().map(shown).collect()
}

/// Each case: operation, parameters, and the changes.
type Cases<'a> = &'a [(&'a str, &'a [&'a str], &'a [&'a str])];

fn check(cases: Cases<'_>) {
    for (operation, parameters, expected) in cases {
        let json = cmdlet(operation, parameters);
        assert_eq!(lines(&json), *expected, "{operation} {parameters:?}");
    }
}

#[test]
#[rustfmt::skip]
fn management_roles_name_their_assignee_in_one_of_five_parameters() {
    const NEW: &str = "New-ManagementRoleAssignment";
    check(&[
        (NEW, &["Role=ApplicationImpersonation", "User=mallory@example.com"],
            &["+ impersonation-role tenant: mallory@example.com (user) rights ApplicationImpersonation as applicationimpersonation-mallory@example.com"]),
        (NEW, &["Name=Sync", "SecurityGroup=Ops", "Role=example.onmicrosoft.com\\ApplicationImpersonation"],
            &["+ impersonation-role tenant: Ops (group) rights ApplicationImpersonation as sync"]),
        (NEW, &["Role=Application Mail.Read", &format!("App={SERVICE}"), "CustomResourceScope=Board"],
            &[&format!("+ rbac-for-applications tenant: {SERVICE} (service-principal) rights Application Mail.Read, within Board as application mail.read-{SERVICE}")]),
        (NEW, &["Role=Mailbox Search", "Policy=Default Role Assignment Policy", "Delegating=True", "RecipientRelativeWriteScope=Self"],
            &["+ impersonation-role tenant: Default Role Assignment Policy (unknown) rights Mailbox Search, delegating, within Self as mailbox search-default role assignment policy"]),
        (NEW, &["Role=ApplicationImpersonation", "Computer=EX01", "Delegating=False"],
            &["+ impersonation-role tenant: EX01 (unknown) rights ApplicationImpersonation as applicationimpersonation-ex01"]),
        ("Set-ManagementRoleAssignment", &["Identity=example.onmicrosoft.com\\Sync", "CustomRecipientWriteScope=All"],
            &["+ impersonation-role tenant:  (unknown) rights within All as sync"]),
        ("Set-ManagementRoleAssignment", &["Identity=Sync", "Enabled=False"],
            &["- impersonation-role tenant:  (unknown) as sync"]),
        ("Set-ManagementRoleAssignment", &["Identity=Sync", "Enabled=$true"],
            &["+ impersonation-role tenant:  (unknown) as sync"]),
        ("Remove-ManagementRoleAssignment", &["Confirm=False", "Identity=SYNC"],
            &["- impersonation-role tenant:  (unknown) as sync"]),
    ]);
}

#[test]
fn an_assignment_referred_to_by_guid_goes_by_its_resolved_name() {
    let removed = cmdlet(
        "Remove-ManagementRoleAssignment",
        &[&format!("Identity={SERVICE}")],
    );
    let removed = with(removed, &json!({ "ObjectId": format!("{CANONICAL}/Sync") }));
    assert_eq!(changes(&read(&removed))[0].handle, "sync");
}

#[test]
#[rustfmt::skip]
fn role_groups_pass_their_roles_to_members() {
    check(&[
        ("New-RoleGroup", &["Name=MailSync", "Roles=ApplicationImpersonation;Legal Hold", &format!("Members={SERVICE};bob@example.com;BOB@example.com")], &[
            &format!("+ role-group tenant: {SERVICE} (unknown) rights ApplicationImpersonation, Legal Hold, member of MailSync as mailsync"),
            "+ role-group tenant: bob@example.com (user) rights ApplicationImpersonation, Legal Hold, member of MailSync as mailsync",
        ]),
        ("New-RoleGroup", &["Name=MailSync", "Roles=ApplicationImpersonation"],
            &["+ role-group tenant: MailSync (role-group) rights ApplicationImpersonation, member of MailSync as mailsync"]),
        ("New-RoleGroup", &["Name=Empty"], &[]),
        ("Add-RoleGroupMember", &["Member=Smith, John", &format!("Identity={CANONICAL}/Discovery Management")],
            &["+ role-group tenant: Smith, John (unknown) rights member of Discovery Management as discovery management"]),
        ("Update-RoleGroupMember", &["Identity=MailSync", "Members=bob;carol"], &[
            "- role-group tenant:  (unknown) rights member of MailSync as mailsync",
            "+ role-group tenant: bob (unknown) rights member of MailSync as mailsync",
            "+ role-group tenant: carol (unknown) rights member of MailSync as mailsync",
        ]),
        ("Update-RoleGroupMember", &["Identity=MailSync", "Members=@{Add=\"bob\",\"dave\";Remove=\"carol\"}"], &[
            "+ role-group tenant: bob (unknown) rights member of MailSync as mailsync",
            "+ role-group tenant: dave (unknown) rights member of MailSync as mailsync",
            "- role-group tenant: carol (unknown) rights member of MailSync as mailsync",
        ]),
        ("Update-RoleGroupMember", &["Identity=MailSync"], &[]),
        ("Remove-RoleGroupMember", &["Identity=example.onmicrosoft.com\\MailSync", "Member=bob"],
            &["- role-group tenant: bob (unknown) rights member of MailSync as mailsync"]),
        ("Remove-RoleGroup", &["Identity=MailSync"],
            &["- role-group tenant:  (unknown) rights member of MailSync as mailsync"]),
    ]);
}

#[test]
#[rustfmt::skip]
fn mailbox_permissions_are_read_by_name() {
    let both = &["+ mailbox-permission mailbox: bob@example.com (user) on victor rights FullAccess, ReadPermission"];
    check(&[
        ("Add-MailboxPermission", &["Identity=victor", "User=bob@example.com", "AccessRights=FullAccess, ReadPermission"], both),
        ("Add-MailboxPermission", &["DomainController=", "AccessRights=(\"FullAccess\",\"ReadPermission\")", "InheritanceType=All", "User=bob@example.com", "Identity=victor"], both),
        ("Add-MailboxPermission", &["AccessRights=ReadPermission;FullAccess;FullAccess", "User=bob@example.com", "Identity=victor"], both),
        ("Add-MailboxPermission", &["Identity=victor", "User=bob", "AccessRights=FullAccess", "Deny=True"], &[]),
        ("Add-MailboxPermission", &["Identity=victor", "User=bob", "AccessRights=FullAccess", "Deny=False"],
            &["+ mailbox-permission mailbox: bob (unknown) on victor rights FullAccess"]),
        ("Add-MailboxPermission", &["Identity=victor", "Owner=bob"],
            &["+ mailbox-permission mailbox: bob (unknown) on victor rights Owner"]),
        ("Add-MailboxPermission", &[&format!("Identity={CANONICAL}/victor"), &format!("User={CANONICAL}/Discovery Management"), "AccessRights=FullAccess"],
            &[&format!("+ mailbox-permission mailbox: {CANONICAL}/Discovery Management (role-group) on {CANONICAL}/victor rights FullAccess")]),
        ("Remove-MailboxPermission", &["Identity=victor", "User=bob", "AccessRights=FullAccess"],
            &["- mailbox-permission mailbox: bob (unknown) on victor rights FullAccess"]),
        ("Remove-MailboxPermission", &["Identity=victor", "ResetDefault=True"],
            &["- mailbox-permission mailbox:  (unknown) on victor"]),
        ("Remove-MailboxPermission", &["Identity=victor", "ClearAutoMapping=True"], &[]),
        ("Remove-MailboxPermission", &["Identity=victor", "User=bob", "AccessRights=FullAccess", "Deny=True"], &[]),
    ]);
}

#[test]
fn the_object_is_a_further_spelling_of_the_mailbox() {
    let json = cmdlet(
        "Add-MailboxPermission",
        &["Identity=victor", "User=bob", "AccessRights=FullAccess"],
    );
    let spelled = |object: &str| {
        changes(&read(&with(json.clone(), &json!({ "ObjectId": object }))))[0]
            .target_aliases
            .clone()
    };
    assert_eq!(spelled("victor_1ea0eb0f93"), ["victor_1ea0eb0f93"]);
    assert_eq!(spelled("victor"), Vec::<String>::new());
}

#[test]
#[rustfmt::skip]
fn sending_as_is_given_to_a_trustee() {
    check(&[
        ("Add-RecipientPermission", &["Trustee=bob", "AccessRights=SendAs", "Identity=victor"],
            &["+ send-as mailbox: bob (unknown) on victor rights SendAs"]),
        ("Add-RecipientPermission", &["Identity=victor", "User=bob", "AccessRights=SendAs"],
            &["+ send-as mailbox:  (unknown) on victor rights SendAs"]),
        ("Add-RecipientPermission", &["Identity=victor", "Trustee=bob", "AccessRights=SendAs", "AccessControlType=Deny"], &[]),
        ("Remove-RecipientPermission", &["Identity=victor", "Trustee=bob", "AccessRights=SendAs"],
            &["- send-as mailbox: bob (unknown) on victor rights SendAs"]),
        ("Remove-RecipientPermission", &["Identity=victor", "Trustee=bob", "AccessRights=SendAs", "AccessControlType=Deny"], &[]),
    ]);
}

#[test]
#[rustfmt::skip]
fn sending_on_behalf_is_a_list_that_is_replaced() {
    let all = "- send-on-behalf mailbox:  (unknown) on victor rights SendOnBehalf";
    let [bob, carol] = ["bob", "carol"].map(|name| format!("+ send-on-behalf mailbox: {name} (unknown) on victor rights SendOnBehalf"));
    check(&[
        ("Set-Mailbox", &["Identity=victor", &format!("GrantSendOnBehalfTo={CANONICAL}/bob")],
            &[all, &format!("+ send-on-behalf mailbox: {CANONICAL}/bob (unknown) on victor rights SendOnBehalf")]),
        ("Set-Mailbox", &["GrantSendOnBehalfTo=bob;carol", "Identity=victor"], &[all, &bob, &carol]),
        ("Set-UnifiedGroup", &["GrantSendOnBehalfTo=@{Add=\"bob\"}", "Identity=victor"], &[&bob]),
        ("Set-DistributionGroup", &["GrantSendOnBehalfTo=@{Remove=\"carol\";Add=\"bob\"}", "Identity=victor"],
            &[&bob, "- send-on-behalf mailbox: carol (unknown) on victor rights SendOnBehalf"]),
        ("Set-Mailbox", &["GrantSendOnBehalfTo=$null", "Identity=victor"], &[all]),
        ("Set-Mailbox", &["GrantSendOnBehalfTo=", "Identity=victor"], &[all]),
        ("Set-Mailbox", &["GrantSendOnBehalfTo=@{}", "Identity=victor"], &[]),
        ("Set-Mailbox", &["Identity=victor", "ForwardingSmtpAddress=smtp:x@example.org"], &[]),
    ]);
}

#[test]
#[rustfmt::skip]
fn folder_cmdlets_name_mailbox_and_folder_together() {
    check(&[
        ("Add-MailboxFolderPermission", &["Identity=victor@example.com:\\Inbox", "User=bob@example.com", "AccessRights=Reviewer"],
            &["+ folder-permission folder: bob@example.com (user) on victor@example.com in \\Inbox rights Reviewer"]),
        ("Add-MailboxFolderPermission", &["Identity=victor:\\Calendar", "User=Default", "AccessRights=Editor", "SharingPermissionFlags=Delegate,CanViewPrivateItems"],
            &["+ folder-permission folder: Default (default) on victor in \\Calendar rights CanViewPrivateItems, Delegate, Editor",
              "+ calendar-delegation mailbox: Default (default) on victor rights CanViewPrivateItems, Delegate"]),
        ("Add-MailboxFolderPermission", &["Identity=victor", "User=Anonymous", "AccessRights=Reviewer", "SharingPermissionFlags=None"],
            &["+ folder-permission folder: Anonymous (anonymous) on victor in \\ rights Reviewer"]),
        ("Set-MailboxFolderPermission", &["Identity=victor:\\Inbox", "User=bob", "AccessRights=Owner"], &[
            "- folder-permission folder: bob (unknown) on victor in \\Inbox",
            "+ folder-permission folder: bob (unknown) on victor in \\Inbox rights Owner",
        ]),
        ("Set-MailboxFolderPermission", &["Identity=victor:\\Inbox", "User=bob", "AccessRights=None"],
            &["- folder-permission folder: bob (unknown) on victor in \\Inbox"]),
        ("Set-MailboxFolderPermission", &["Identity=victor:\\Inbox", "User=bob", "SendNotificationToUser=True"], &[]),
        ("Remove-MailboxFolderPermission", &["Identity=victor:\\Inbox", "User=bob"],
            &["- folder-permission folder: bob (unknown) on victor in \\Inbox"]),
        ("Remove-MailboxFolderPermission", &["Identity=victor:\\Calendar", "ResetDelegateUserCollection=True"],
            &["- calendar-delegation mailbox:  (unknown) on victor"]),
    ]);
}

fn audited(operation: &str, upn: &str, rights: &str) -> Value {
    native(
        operation,
        &json!({ "RecordType": 2, "ResultStatus": "Succeeded", "MailboxOwnerUPN": "victor@example.com", "MailboxGuid": SERVICE,
            "Item": { "ParentFolder": { "Path": "\\Inbox", "Name": "Inbox", "MemberUpn": upn, "MemberSid": "S-1-5-21-1-2-3-1001", "MemberRights": rights } } }),
    )
}

#[test]
fn audited_folder_changes_carry_the_rights_afterwards() {
    let removed =
        |who| format!("- folder-permission folder: {who} on victor@example.com in \\Inbox");
    let given = |who, rights| {
        format!(
            "+ folder-permission folder: {who} on victor@example.com in \\Inbox rights {rights}"
        )
    };
    let everyone = "Everyone (default)";
    for (operation, upn, rights, expected) in [
        (
            "ModifyFolderPermissions",
            "Everyone",
            "ReadAny, Visible",
            vec![removed(everyone), given(everyone, "ReadAny, Visible")],
        ),
        (
            "UpdateFolderPermissions",
            "Everyone",
            "None",
            vec![removed(everyone)],
        ),
        (
            "AddFolderPermissions",
            "Member@local",
            "ReadAny",
            vec![given("Member@local (system)", "ReadAny")],
        ),
        (
            "RemoveFolderPermissions",
            "bob@example.com",
            "ReadAny",
            vec![removed("bob@example.com (user)")],
        ),
        ("ModifyFolderPermissions", "bob@example.com", "", Vec::new()),
    ] {
        assert_eq!(
            lines(&audited(operation, upn, rights)),
            expected,
            "{operation}"
        );
    }
    let change = &changes(&read(&audited("AddFolderPermissions", "", "ReadAny")))[0];
    assert_eq!(change.grantee, "S-1-5-21-1-2-3-1001");
    assert_eq!(change.target_aliases, [SERVICE]);
}

#[test]
fn a_folder_change_that_names_nobody_takes_nothing_from_everybody() {
    for rights in ["", "None"] {
        let json = native(
            "ModifyFolderPermissions",
            &json!({ "RecordType": 2, "MailboxOwnerUPN": "victor@example.com", "Item": { "ParentFolder": { "Path": "\\Inbox", "MemberRights": rights } } }),
        );
        assert_eq!(lines(&json), Vec::<String>::new(), "{rights}");
    }
}

fn app_role(operation: &str, value: (&str, &str), id: (&str, &str)) -> Value {
    directory(
        operation,
        &[
            ("AppRole.Id", id.0, id.1),
            ("AppRole.Value", value.0, value.1),
            ("ServicePrincipal.ObjectID", "", SERVICE),
            ("ServicePrincipal.DisplayName", "", "Mail Sync"),
            ("ServicePrincipal.AppId", "", CLIENT),
        ],
    )
}

#[test]
fn app_roles_are_known_by_value_or_by_id() {
    const ADD: &str = "Add app role assignment to service principal.";
    const REMOVE: &str = "Remove app role assignment from service principal.";
    let mail_read = "810c84a8-4a9e-49e6-bf7d-12d183f40d01";
    let on = |sign: &str, right: &str| {
        vec![format!(
            "{sign} app-permission tenant: Mail Sync (service-principal) rights {right}"
        )]
    };
    for (operation, value, id, expected) in [
        (ADD, ("", "Mail.Read"), ("", ""), on("+", "Mail.Read")),
        (
            ADD,
            ("", "\"full_access_as_app\""),
            ("", ""),
            on("+", "full_access_as_app"),
        ),
        (ADD, ("", ""), ("", mail_read), on("+", "Mail.Read")),
        (
            ADD,
            ("", "Renamed.Role"),
            ("", mail_read),
            on("+", "Renamed.Role"),
        ),
        (REMOVE, ("Mail.Read", ""), ("", ""), on("-", "Mail.Read")),
        (ADD, ("", "User.Read.All"), ("", ""), Vec::new()),
        (ADD, ("", ""), ("", ""), Vec::new()),
    ] {
        assert_eq!(
            lines(&app_role(operation, value, id)),
            expected,
            "{value:?} {id:?}"
        );
    }
    let change = &changes(&read(&app_role(ADD, ("", "Mail.Read"), ("", ""))))[0];
    assert_eq!(change.grantee_aliases, [SERVICE, CLIENT]);
    assert_eq!(change.app_ids, [CLIENT]);
}

/// A consent record whose permissions text has these lists of grants, old and new.
fn consent(old: &str, new: &str, more: &[(&str, &str, &str)]) -> Value {
    let text = format!("{old} => {new}; ");
    let mut changes = vec![("ConsentAction.Permissions", "", text.as_str())];
    changes.extend(more);
    let target = json!([{ "ID": format!("ServicePrincipal_{SERVICE}"), "Type": 2 }, { "ID": SERVICE, "Type": 2 },
        { "ID": "ServicePrincipal", "Type": 2 }, { "ID": "eM Client", "Type": 1 }, { "ID": CLIENT, "Type": 2 }]);
    with(
        directory("Consent to application.", &changes),
        &json!({ "Target": target }),
    )
}

fn granted(kind: &str, scopes: &str) -> String {
    format!(
        "[Id: kgME, ClientId: {SERVICE}, PrincipalId: x, ResourceId: y, ConsentType: {kind}, Scope: {scopes}, CreatedDateTime: , LastModifiedDateTime ]"
    )
}

#[test]
fn a_consent_gives_its_scopes_to_an_application() {
    let own = |rights: &str| {
        vec![format!(
            "+ consent mailbox: eM Client (service-principal) on alice@example.com rights {rights}"
        )]
    };
    let all = |rights: &str| {
        vec![format!(
            "+ consent tenant: eM Client (service-principal) rights {rights}"
        )]
    };
    let one = |kind, scopes| format!("[{}]", granted(kind, scopes));
    let two = format!(
        "[{}, {}]",
        granted("Principal", " Mail.Read"),
        granted("Principal", "User.Read Mail.Send")
    );
    let admin = [
        ("ConsentContext.IsAdminConsent", "", "True"),
        ("ConsentContext.OnBehalfOfAll", "", "False"),
    ];
    let for_all = [("ConsentContext.OnBehalfOfAll", "", "True")];
    for (old, new, more, expected) in [
        (
            "[]",
            one("Principal", " offline_access Mail.Read"),
            &[][..],
            own("Mail.Read, offline_access"),
        ),
        ("[]", two, &[], own("Mail.Read, Mail.Send, User.Read")),
        (
            "[]",
            one("Principal", " Mail.Read"),
            &admin,
            own("Mail.Read"),
        ),
        (
            "[]",
            one("AllPrincipals", "Mail.Read"),
            &[],
            all("Mail.Read"),
        ),
        (
            "[]",
            one("Principal", "Mail.Read"),
            &for_all,
            all("Mail.Read"),
        ),
        ("[]", one("Principal", " User.Read openid"), &[], Vec::new()),
        ("[]", "[]".to_owned(), &[], Vec::new()),
    ] {
        assert_eq!(lines(&consent(old, &new, more)), expected, "{new} {more:?}");
    }
    let change = &changes(&read(&consent("[]", &one("Principal", "Mail.Read"), &[])))[0];
    assert_eq!(change.grantee_aliases, [SERVICE, CLIENT]);
    assert_eq!(change.app_ids, [CLIENT]);
}

fn scoped(operation: &str, old: &str, new: &str, kind: &str) -> Value {
    directory(
        operation,
        &[
            ("DelegatedPermissionGrant.Scope", old, new),
            ("DelegatedPermissionGrant.ConsentType", "", kind),
            ("ServicePrincipal.ObjectID", "", SERVICE),
        ],
    )
}

const ADD: &str = "Add delegated permission grant.";
const REMOVE: &str = "Remove delegated permission grant.";

/// Operation, scopes before and after, kind of consent, and the changes read.
type Delegated = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Vec<String>,
);

/// The change of one's own consent, with its sign and rights.
fn own(sign: &str, rights: &str) -> Vec<String> {
    vec![format!(
        "{sign} consent mailbox: {SERVICE} (service-principal) on alice@example.com rights {rights}"
    )]
}

fn additions() -> Vec<Delegated> {
    vec![
        (
            ADD,
            "",
            " Mail.Read openid",
            "Principal",
            own("+", "Mail.Read, openid"),
        ),
        (
            ADD,
            "openid",
            "openid Mail.Read",
            "Principal",
            own("+", "Mail.Read"),
        ),
        (
            "Add OAuth2PermissionGrant.",
            "",
            "Mail.Send",
            "Principal",
            own("+", "Mail.Send"),
        ),
        (
            ADD,
            "",
            "Mail.Read",
            "AllPrincipals",
            vec![format!(
                "+ consent tenant: {SERVICE} (service-principal) rights Mail.Read"
            )],
        ),
        (
            ADD,
            "Mail.Read",
            "Mail.Read openid",
            "Principal",
            Vec::new(),
        ),
        (ADD, "", "User.Read", "Principal", Vec::new()),
    ]
}

fn removals() -> Vec<Delegated> {
    vec![
        // Half of an update: every old scope is still there.
        (
            REMOVE,
            "openid",
            "openid Mail.Read",
            "Principal",
            Vec::new(),
        ),
        (
            REMOVE,
            "openid Mail.Read",
            "",
            "Principal",
            own("-", "Mail.Read, openid, risky application"),
        ),
        (
            REMOVE,
            "openid Mail.Read",
            "openid",
            "Principal",
            own("-", "Mail.Read"),
        ),
    ]
}

#[test]
fn a_delegated_grant_gives_what_is_new_and_takes_what_is_gone() {
    for (operation, old, new, kind, expected) in additions().into_iter().chain(removals()) {
        assert_eq!(
            lines(&scoped(operation, old, new, kind)),
            expected,
            "{operation} {old} {new}"
        );
    }
}

#[test]
fn a_failed_change_is_read_all_the_same() {
    let json = with(
        cmdlet(
            "Add-MailboxPermission",
            &["Identity=v", "User=b", "AccessRights=FullAccess"],
        ),
        &json!({ "ResultStatus": "False" }),
    );
    let record = read(&json);
    assert_eq!(
        (record.outcome, changes(&record).len()),
        (Outcome::Failed, 1)
    );
}

#[test]
fn every_road_has_a_case_above() {
    let source = concat!(
        include_str!("tests.rs"),
        include_str!("tests/directory.rs"),
        include_str!("tests/exchange.rs")
    );
    for spec in ROADS {
        assert!(
            source.contains(&format!(" {} ", spec.road)),
            "{}",
            spec.road
        );
    }
}

/// Names and values as they and their relatives occur in parameters and changed properties.
fn any_member() -> impl Strategy<Value = (String, String)> {
    let names = [
        "Identity",
        "User",
        "Trustee",
        "Member",
        "Members",
        "Name",
        "Role",
        "Roles",
        "App",
        "SecurityGroup",
        "Owner",
        "Deny",
        "Enabled",
        "AccessRights",
        "GrantSendOnBehalfTo",
        "SharingPermissionFlags",
        "AppRole.Id",
        "AppRole.Value",
        "ServicePrincipal.ObjectID",
        "ManagedBy",
        "ResourceDelegates",
        "ExtendedRights",
        "AppId",
        "PolicyScopeGroupId",
        "AccessRight",
        "Role.DisplayName",
        "Role.TemplateId",
        "RequiredResourceAccess",
        "ConsentAction.Permissions",
        "DelegatedPermissionGrant.Scope",
        "DelegatedPermissionGrant.ConsentType",
    ];
    let values = [
        "",
        " ",
        "bob@example.com",
        "victor:\\Inbox",
        "@{Add=\"a\",\"b\";Remove=\"c\"}",
        "@{",
        "@{}",
        "@{=;=}",
        "(\"FullAccess\"",
        "None",
        "$null",
        "True",
        "Mail.Read",
        "[] => [[Scope: Mail.Read",
        "=>=>Scope:Scope: Mail.Read]]",
        "a;;,b",
        "RestrictAccess",
        "x\\810c84a8-4a9e-49e6-bf7d-12d183f40d01:S-1-5-21-1;y",
        "Global Administrator",
        "[{\"RequiredAppPermissions\":[{\"EntitlementId\":\"810c84a8-4a9e-49e6-bf7d-12d183f40d01\",\"DirectAccessGrant\":true}]}]",
        "CN=a,OU=b",
        "Default",
    ];
    let value = prop_oneof![
        4 => proptest::sample::select(values.to_vec()).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    (
        proptest::sample::select(names.to_vec()).prop_map(str::to_owned),
        value,
    )
}

fn any_operation() -> impl Strategy<Value = &'static str> {
    let all: Vec<&str> = ROADS
        .iter()
        .flat_map(|spec| spec.operations)
        .copied()
        .collect();
    proptest::sample::select(all)
}

proptest! {
    #[test]
    fn no_record_makes_an_absurd_change(
        operation in any_operation(),
        members in proptest::collection::vec(any_member(), 0..6),
        object in "[a-c/\\\\:]{0,6}",
        status in proptest::sample::select(vec!["True", "False", "Success", ""]),
    ) {
        let modified: Vec<Value> = members.iter().map(|(name, value)| json!({ "Name": name, "NewValue": value, "OldValue": "" })).collect();
        let parameters: Vec<Value> = members.iter().map(|(name, value)| json!({ "Name": name, "Value": value })).collect();
        let record = read(&native(operation, &json!({ "ResultStatus": status, "ObjectId": object, "Parameters": parameters, "ModifiedProperties": modified })));
        let mut seen = std::collections::BTreeSet::new();
        for change in changes(&record) {
            prop_assert!(change.road != Road::SendOnBehalf || !change.grantee.contains("Add"), "{change:?}");
            prop_assert!(change.rights.is_sorted() && change.rights.iter().all(|right| !right.trim().is_empty()), "{change:?}");
            prop_assert!(change.scope != Scope::Tenant || change.target.is_empty(), "{change:?}");
            prop_assert!(change.scope == Scope::Folder || change.folder.is_empty(), "{change:?}");
            let folder_from_nobody = change.effect == Effect::Revokes && change.road == Road::FolderPermission && change.grantee.is_empty();
            prop_assert!(!folder_from_nobody, "{change:?}");
            prop_assert!(seen.insert((change.effect, change.road, fold(&change.grantee), fold(&change.target))), "twice: {change:?}");
        }
    }
}
