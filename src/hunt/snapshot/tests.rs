//! Listings against grants, as tables of what each shows.

use super::*;
use crate::hunt::identity::Identities;
use crate::hunt::model::{Act, Class, Grant, Listing, Party, State};
use crate::hunt::tests::build::{at, grant};
use crate::record::inventory::{
    AdPermission, AppRoleAssignment, ApplicationAccessPolicy, DefinedPermission,
    DelegatedPermissionGrant, Mailbox, MailboxFolderPermission, MailboxPermission,
    MailboxPermissionSummary, ManagementRoleAssignment, RecipientPermission, RoleGroup,
    RoleGroupMember, ServicePrincipal, UserRight,
};

const BEGIN: &str = "2023-06-01T00:00:00Z";
const END: &str = "2023-06-30T00:00:00Z";
const APP: &str = "11111111-1111-4111-8111-111111111111";
const GRAPH: &str = "22222222-2222-4222-8222-222222222222";

fn texts(list: &str) -> Vec<String> {
    list.split_whitespace().map(str::to_owned).collect()
}

fn placed(entries: Vec<Inventory>) -> Vec<Placed> {
    let place = |line| Provenance {
        file: 2,
        line,
        offset: line * 100,
        length: 99,
        part: 0,
    };
    let entries = entries.into_iter().zip(1..);
    entries.map(|(entry, line)| (entry, place(line))).collect()
}

fn permission(mailbox: &str, user: &str, rights: &str) -> MailboxPermission {
    MailboxPermission {
        mailbox: mailbox.into(),
        user: user.into(),
        rights: texts(rights),
        deny: Some(false),
        inherited: Some(false),
        ..MailboxPermission::default()
    }
}

fn folder(mailbox: &str, path: &str, user: &str, rights: &str) -> Inventory {
    MailboxFolderPermission {
        mailbox: mailbox.into(),
        identity: format!("{mailbox}:\\{path}"),
        folder: path.into(),
        user: user.into(),
        rights: texts(rights),
        ..MailboxFolderPermission::default()
    }
    .into()
}

fn assignment(role: &str, assignee: &str, kind: &str) -> ManagementRoleAssignment {
    ManagementRoleAssignment {
        name: format!("{role}-{assignee}"),
        role: role.into(),
        assignee: assignee.into(),
        assignee_type: kind.into(),
        delegation: "Regular".into(),
        enabled: Some(true),
        ..ManagementRoleAssignment::default()
    }
}

fn app_role(id: &str, created: &str) -> Inventory {
    AppRoleAssignment {
        role_id: id.into(),
        principal_id: APP.into(),
        principal_name: "Mail Sync".into(),
        principal_type: "ServicePrincipal".into(),
        resource_id: GRAPH.into(),
        created: crate::time::parse(created),
        ..AppRoleAssignment::default()
    }
    .into()
}

/// The rights as `road holder > target folder rights`.
fn lines(listed: &Listed) -> Vec<String> {
    let line = |right: &Entitlement| {
        let mut words = vec![right.road.word().to_owned(), right.holder.spelling.clone()];
        words.push(format!("> {}{}", right.target.spelling, right.folder));
        words.push(right.rights.join(","));
        if !right.default.is_empty() {
            words.push("(default)".to_owned());
        }
        words.join(" ")
    };
    let mut lines: Vec<String> = listed.rights.iter().map(line).collect();
    lines.sort();
    lines
}

fn hunted(grants: Vec<Grant>, entries: Vec<Inventory>) -> Vec<Grant> {
    let listed = entitlements(&placed(entries));
    let span = Some((at(BEGIN), at(END)));
    reconcile(grants, &listed, &Identities::default(), span)
}

#[test]
fn entries_of_mailboxes_show_rights_and_defaults_give_none() {
    let denied = MailboxPermission {
        deny: Some(true),
        ..permission("victor", "mallory", "FullAccess")
    };
    let inherited = MailboxPermission {
        inherited: Some(true),
        ..permission("victor", "EX\\Exchange Servers", "FullAccess")
    };
    let unreadable = MailboxPermission {
        lost: vec!["AccessRights".into()],
        ..permission("victor", "carol", "")
    };
    let listed = entitlements(&placed(vec![
        permission("victor", "NT AUTHORITY\\SELF", "FullAccess ReadPermission").into(),
        permission("victor", "bob", "FullAccess").into(),
        permission(
            "DiscoverySearchMailbox{D919}",
            "Discovery Management",
            "FullAccess",
        )
        .into(),
        denied.into(),
        inherited.into(),
        unreadable.into(),
        folder("victor", "Inbox", "Default", "Reviewer"),
        folder("victor", "Calendar", "Default", "AvailabilityOnly"),
        folder("victor", "Calendar", "Anonymous", "None"),
        folder("", "", "bob", "Owner"),
    ]));
    assert_eq!(
        lines(&listed),
        [
            "folder-permission Default > victor\\Calendar AvailabilityOnly (default)",
            "folder-permission Default > victor\\Inbox Reviewer",
            "mailbox-permission Discovery Management > DiscoverySearchMailbox{D919} FullAccess (default)",
            "mailbox-permission bob > victor FullAccess",
            "mailbox-permission carol > victor ",
        ]
    );
    let out = listed.left_out;
    assert_eq!(
        (out.own, out.inherited, out.denied, out.incomplete),
        (1, 1, 1, 1)
    );
    assert_eq!(listed.denials[0].holder.spelling, "mallory");
}

#[test]
fn a_summary_says_the_same_as_the_cmdlets() {
    let right = |user: &str, right: &str, deny| UserRight {
        user: user.into(),
        right: right.into(),
        deny,
    };
    let summary = MailboxPermissionSummary {
        mailbox: "victor@example.com".into(),
        kind: "SharedMailbox".into(),
        full_access: vec![
            right("Bob (bob@example.com)", "FullAccess", Some(false)),
            right("Bob (bob@example.com)", "ReadPermission", Some(false)),
            right("Mallory", "FullAccess", Some(true)),
        ],
        send_as: vec![right("Carol (sales)", "Allow", None)],
        send_on_behalf: vec!["dave".into()],
        calendar: vec![
            right("Default", "AvailabilityOnly", None),
            right("Bob", "Editor", None),
        ],
        ..MailboxPermissionSummary::default()
    };
    let listed = entitlements(&placed(vec![summary.into()]));
    assert_eq!(
        lines(&listed),
        [
            "folder-permission Bob > victor@example.com\\Calendar Editor",
            "folder-permission Default > victor@example.com\\Calendar AvailabilityOnly (default)",
            "mailbox-permission bob@example.com > victor@example.com FullAccess,ReadPermission",
            "send-as Carol (sales) > victor@example.com SendAs",
            "send-on-behalf dave > victor@example.com SendOnBehalf",
        ]
    );
    assert_eq!(listed.left_out.denied, 1);
}

#[test]
fn permissions_of_applications_are_named_by_whoever_knows_their_id() {
    let api = ServicePrincipal {
        id: GRAPH.into(),
        app_roles: vec![DefinedPermission {
            id: "33333333-3333-4333-8333-333333333333".into(),
            value: "Mail.Peek".into(),
            ..DefinedPermission::default()
        }],
        ..ServicePrincipal::default()
    };
    let person = AppRoleAssignment {
        role_id: "810c84a8-4a9e-49e6-bf7d-12d183f40d01".into(),
        principal_id: "u".into(),
        principal_type: "User".into(),
        ..AppRoleAssignment::default()
    };
    let consent = DelegatedPermissionGrant {
        client_id: APP.into(),
        consent_type: "Principal".into(),
        principal_id: "u".into(),
        scopes: texts("Mail.Read offline_access"),
        ..DelegatedPermissionGrant::default()
    };
    let policy = |right: &str, valid| ApplicationAccessPolicy {
        app: APP.into(),
        right: right.into(),
        scope_name: "Sales".into(),
        valid: Some(valid),
        ..ApplicationAccessPolicy::default()
    };
    let listed = entitlements(&placed(vec![
        app_role("810c84a8-4a9e-49e6-bf7d-12d183f40d01", ""),
        app_role("33333333-3333-4333-8333-333333333333", ""),
        app_role("44444444-4444-4444-8444-444444444444", ""),
        api.into(),
        person.into(),
        consent.into(),
        policy("RestrictAccess", true).into(),
        policy("DenyAccess", false).into(),
    ]));
    assert_eq!(
        lines(&listed),
        [
            format!("app-permission {APP} >  44444444-4444-4444-8444-444444444444"),
            format!("app-permission {APP} >  Mail.Peek"),
            format!("app-permission {APP} >  Mail.Read"),
            format!("consent {APP} > u Mail.Read,offline_access"),
        ]
    );
    assert_eq!(listed.policies.len(), 1);
    assert!(!listed.policies[0].denies);
}

#[test]
fn roles_that_are_in_force_count_and_those_of_built_in_groups_are_defaults() {
    let off = ManagementRoleAssignment {
        enabled: Some(false),
        ..assignment("ApplicationImpersonation", "off", "User")
    };
    let own = assignment("MyBaseOptions", "Default Policy", "RoleAssignmentPolicy");
    let handing = ManagementRoleAssignment {
        delegation: "DelegatingOrgWide".into(),
        ..assignment(
            "ApplicationImpersonation",
            "Organization Management",
            "RoleGroup",
        )
    };
    let scoped = ManagementRoleAssignment {
        custom_resource_scope: "Tickets".into(),
        ..assignment("Application Mail.Read", APP, "ServicePrincipal")
    };
    let group = RoleGroup {
        name: "Case 118".into(),
        roles: texts("Mailbox-Search"),
        members: texts("mike"),
        ..RoleGroup::default()
    };
    let member = RoleGroupMember {
        group: "Organization Management".into(),
        name: "TenantAdmins_-1842".into(),
        ..RoleGroupMember::default()
    };
    let listed = entitlements(&placed(vec![
        off.into(),
        own.into(),
        handing.into(),
        scoped.into(),
        assignment("ApplicationImpersonation", "svc", "User").into(),
        assignment(
            "ApplicationImpersonation",
            "Organization Management",
            "RoleGroup",
        )
        .into(),
        group.into(),
        member.into(),
    ]));
    assert_eq!(
        lines(&listed),
        [
            "impersonation-role Organization Management >  ApplicationImpersonation".to_owned(),
            "impersonation-role Organization Management >  ApplicationImpersonation,delegating (default)"
                .to_owned(),
            "impersonation-role svc >  ApplicationImpersonation".to_owned(),
            format!("rbac-for-applications {APP} >  Application Mail.Read,within Tickets"),
            "role-group TenantAdmins_-1842 >  ApplicationImpersonation,member of Organization Management (default)"
                .to_owned(),
            "role-group mike >  Mailbox-Search,member of Case 118".to_owned(),
        ]
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn assignments_made_with_the_tenant_are_defaults_and_later_ones_are_not() {
    const MADE: &str = "2022-03-01T10:00:00Z";
    const LATER: &str = "2023-06-10T10:00:00Z";
    // Role, assignee, kind, delegation, when it was made, whether it is a default.
    let table = [
        (
            "Mail Recipients",
            "Organization Management",
            "RoleGroup",
            "Regular",
            MADE,
            true,
        ),
        (
            "Journaling",
            "Security Operator",
            "RoleGroup",
            "Regular",
            MADE,
            true,
        ),
        (
            "Journaling",
            "TenantAdmins_-1842",
            "RoleGroup",
            "Regular",
            MADE,
            true,
        ),
        (
            "Journaling",
            "EX\\Security Operator",
            "RoleGroup",
            "Regular",
            "2022-03-02T09:00:00Z",
            true,
        ),
        (
            "Journaling",
            "Security Operator",
            "RoleGroup",
            "Regular",
            LATER,
            false,
        ),
        (
            "Mail Recipients",
            "Organization Management",
            "RoleGroup",
            "Regular",
            LATER,
            false,
        ),
        (
            "Mail Recipients",
            "Organization Management",
            "RoleGroup",
            "Regular",
            "",
            true,
        ),
        (
            "Mail Recipients",
            "Help Desk",
            "RoleGroup",
            "Regular",
            "",
            false,
        ),
        (
            "Mail Recipients",
            "Help Desk",
            "User",
            "Regular",
            MADE,
            false,
        ),
        (
            "Mail Recipients",
            "Sales",
            "RoleGroup",
            "Regular",
            MADE,
            false,
        ),
        (
            "A role of ours",
            "Help Desk",
            "RoleGroup",
            "Regular",
            MADE,
            false,
        ),
        (
            "Mailbox Search",
            "Discovery Management",
            "RoleGroup",
            "Regular",
            MADE,
            true,
        ),
        (
            "ApplicationImpersonation",
            "Hygiene Management",
            "RoleGroup",
            "Regular",
            MADE,
            true,
        ),
        (
            "ApplicationImpersonation",
            "Help Desk",
            "RoleGroup",
            "Regular",
            MADE,
            false,
        ),
        (
            "Mailbox Import Export",
            "Organization Management",
            "RoleGroup",
            "Regular",
            MADE,
            false,
        ),
        (
            "Mailbox Import Export",
            "Organization Management",
            "RoleGroup",
            "DelegatingOrgWide",
            LATER,
            true,
        ),
        (
            "Reset Password",
            "Help Desk",
            "RoleGroup",
            "DelegatingOrgWide",
            LATER,
            false,
        ),
    ];
    let entry =
        |role: &str, assignee: &str, kind: &str, delegation: &str, made: &str| -> Inventory {
            ManagementRoleAssignment {
                delegation: delegation.into(),
                created: crate::time::parse(made),
                ..assignment(role, assignee, kind)
            }
            .into()
        };
    for (role, assignee, kind, delegation, made, expected) in table {
        let first = entry(
            "Legal Hold",
            "Organization Management",
            "RoleGroup",
            "Regular",
            MADE,
        );
        let entries = vec![entry(role, assignee, kind, delegation, made), first];
        let listed = entitlements(&placed(entries));
        let is_default = !listed.rights[0].default.is_empty();
        assert_eq!(
            is_default, expected,
            "{role} of {assignee}, {delegation}, {made}"
        );
    }
    // One assignment alone does not tell when the tenant was made, and the policy of everybody is about his own mailbox.
    let alone = vec![
        entry(
            "Mail Recipients",
            "Help Desk",
            "RoleGroup",
            "Regular",
            LATER,
        ),
        entry(
            "MyBaseOptions",
            "Default Role Assignment Policy",
            "",
            "Regular",
            LATER,
        ),
    ];
    let listed = entitlements(&placed(alone));
    assert_eq!(
        lines(&listed),
        ["impersonation-role Help Desk >  Mail Recipients"]
    );
}

/// A grant of the log, in a few words: road, grantee, mailbox, folder and rights.
fn logged(road: Road, grantee: &str, target: &str, rights: &str) -> Grant {
    let tenant = target.is_empty();
    Grant {
        road,
        grantee: Party::new(grantee, super::super::grant::kind_of(grantee)),
        target: Party::new(target, PrincipalKind::User),
        scope: if tenant {
            Scope::Tenant
        } else {
            Scope::Mailbox
        },
        rights: rights.split(", ").map(str::to_owned).collect(),
        ..grant()
    }
}

/// What it shows, the grant, the entries, and how they compare.
type Case = (&'static str, Grant, Vec<Inventory>, Listing);

/// Rights on mailboxes against their lists.
fn on_mailboxes() -> Vec<Case> {
    use Listing::{Confirmed, Unknown, Vanished};
    let bob = |rights| vec![permission("victor@example.com", "BOB@example.com", rights).into()];
    let other =
        || vec![permission("victor@example.com", "NT AUTHORITY\\SELF", "FullAccess").into()];
    let full = || {
        logged(
            Road::MailboxPermission,
            "bob@example.com",
            "victor@example.com",
            "FullAccess",
        )
    };
    vec![
        ("listed", full(), bob("FullAccess"), Confirmed),
        (
            "with more",
            full(),
            bob("FullAccess ReadPermission"),
            Confirmed,
        ),
        ("gone", full(), other(), Vanished),
        ("another right", full(), bob("ReadPermission"), Vanished),
        ("the right is lost", full(), bob(""), Unknown),
        (
            "not asked",
            full(),
            vec![permission("carol", "dave", "FullAccess").into()],
            Unknown,
        ),
        (
            "failed",
            Grant {
                act: Act::Failed,
                state: State::Unknown,
                ..full()
            },
            other(),
            Unknown,
        ),
        (
            "asks",
            Grant {
                act: Act::Requested,
                ..full()
            },
            other(),
            Unknown,
        ),
        (
            "revoked",
            Grant {
                state: State::Revoked,
                ..full()
            },
            other(),
            Unknown,
        ),
        (
            "a listing of another kind",
            logged(Road::SendAs, "bob", "victor@example.com", "SendAs"),
            other(),
            Unknown,
        ),
        (
            "a short name may be his",
            full(),
            vec![permission("victor@example.com", "bob", "FullAccess").into()],
            Unknown,
        ),
    ]
}

/// Rights on folders against their lists.
fn on_folders() -> Vec<Case> {
    use Listing::{Confirmed, Unknown, Vanished};
    let in_folder = |path: &str, right: &str| Grant {
        folder: path.into(),
        scope: Scope::Folder,
        ..logged(Road::FolderPermission, "bob", "victor", right)
    };
    let in_folder_of = |grantee: &str| Grant {
        grantee: Party::new(grantee, PrincipalKind::Default),
        ..in_folder("\\Inbox", "ReadAny")
    };
    vec![
        (
            "folder",
            in_folder("\\Inbox", "ReadAny"),
            vec![folder("victor", "Inbox", "bob", "Reviewer")],
            Confirmed,
        ),
        (
            "folder, weaker",
            in_folder("\\Inbox", "ReadAny"),
            vec![folder("victor", "Inbox", "bob", "Contributor")],
            Vanished,
        ),
        (
            "another folder",
            in_folder("\\Inbox", "ReadAny"),
            vec![folder("victor", "Sent", "bob", "Reviewer")],
            Unknown,
        ),
        (
            "gone from the folder",
            in_folder("\\Inbox", "ReadAny"),
            vec![folder("victor", "Inbox", "Default", "None")],
            Vanished,
        ),
        (
            "everyone is the default",
            in_folder_of("Everyone"),
            vec![folder("victor", "Inbox", "Default", "Reviewer")],
            Confirmed,
        ),
    ]
}

/// Roles and permissions against their lists.
fn of_tenant() -> Vec<Case> {
    use Listing::{Confirmed, Unknown, Vanished};
    vec![
        (
            "a role",
            logged(
                Road::ImpersonationRole,
                "svc",
                "",
                "ApplicationImpersonation",
            ),
            vec![assignment("ApplicationImpersonation", "svc", "User").into()],
            Confirmed,
        ),
        (
            "a role of another",
            logged(
                Road::ImpersonationRole,
                "svc",
                "",
                "ApplicationImpersonation",
            ),
            vec![
                assignment("Reset Password", "svc", "User").into(),
                assignment("Legal Hold", "mike", "User").into(),
            ],
            Vanished,
        ),
        (
            "a role nobody asked for",
            logged(
                Road::ImpersonationRole,
                "svc",
                "",
                "ApplicationImpersonation",
            ),
            vec![assignment("Reset Password", "mike", "User").into()],
            Unknown,
        ),
        (
            "handing on is another right",
            logged(
                Road::ImpersonationRole,
                "svc",
                "",
                "ApplicationImpersonation, delegating",
            ),
            vec![
                assignment("ApplicationImpersonation", "svc", "User").into(),
                assignment("Legal Hold", "mike", "User").into(),
            ],
            Vanished,
        ),
        (
            "a permission",
            logged(Road::AppPermission, APP, "", "Mail.Read"),
            vec![app_role("810c84a8-4a9e-49e6-bf7d-12d183f40d01", "")],
            Confirmed,
        ),
        (
            "another permission",
            logged(Road::AppPermission, APP, "", "Mail.Send"),
            vec![app_role("810c84a8-4a9e-49e6-bf7d-12d183f40d01", "")],
            Vanished,
        ),
        (
            "another application",
            logged(Road::AppPermission, GRAPH, "", "Mail.Read"),
            vec![app_role("810c84a8-4a9e-49e6-bf7d-12d183f40d01", "")],
            Unknown,
        ),
    ]
}

#[test]
fn a_grant_is_confirmed_gone_or_unknown() {
    use Listing::Unknown;
    let tables = [on_mailboxes(), on_folders(), of_tenant()].concat();
    for (what, grant, entries, expected) in tables {
        let id = grant.id.clone();
        let grants = hunted(vec![grant], entries);
        let found = grants.iter().find(|grant| grant.id == id).unwrap();
        assert_eq!(found.listing, expected, "{what}: {}", found.listing_reason);
        assert_eq!(
            found.listing_reason.is_empty(),
            expected == Unknown,
            "{what}"
        );
    }
}

#[test]
fn members_of_role_groups_and_senders_are_compared_with_their_lists() {
    let group = |members: &str| -> Inventory {
        RoleGroup {
            name: "Sync".into(),
            roles: vec!["ApplicationImpersonation".into()],
            members: texts(members),
            ..RoleGroup::default()
        }
        .into()
    };
    let member = |name: &str| {
        logged(
            Road::RoleGroup,
            name,
            "",
            "ApplicationImpersonation, member of Sync",
        )
    };
    let listing = |grant: Grant, entries| {
        let id = grant.id.clone();
        let grants = hunted(vec![grant], entries);
        grants
            .into_iter()
            .find(|grant| grant.id == id)
            .unwrap()
            .listing
    };
    assert_eq!(
        listing(member("bob"), vec![group("bob")]),
        Listing::Confirmed
    );
    assert_eq!(listing(member("bob"), vec![group("")]), Listing::Vanished);
    // A new group without members has nobody in it, itself neither.
    assert_eq!(listing(member("Sync"), vec![group("")]), Listing::Confirmed);
    let mailbox = |name: &str, senders: &str| -> Inventory {
        Mailbox {
            identity: name.into(),
            send_on_behalf: texts(senders),
            ..Mailbox::default()
        }
        .into()
    };
    let behalf = || logged(Road::SendOnBehalf, "bob", "victor", "SendOnBehalf");
    assert_eq!(
        listing(behalf(), vec![mailbox("victor", "bob")]),
        Listing::Confirmed
    );
    // A listing without the column says nothing.
    assert_eq!(
        listing(behalf(), vec![mailbox("victor", "")]),
        Listing::Unknown
    );
    let others = vec![mailbox("victor", ""), mailbox("carol", "dave")];
    assert_eq!(listing(behalf(), others), Listing::Vanished);
}

#[test]
fn a_right_that_no_grant_explains_is_a_grant_without_a_record() {
    let mail_read = "810c84a8-4a9e-49e6-bf7d-12d183f40d01";
    let revoked = Grant {
        state: State::Revoked,
        ..logged(Road::MailboxPermission, "bob", "victor", "FullAccess")
    };
    let entries = vec![
        permission("victor", "bob", "FullAccess").into(),
        app_role(mail_read, "2023-06-03T08:00:00Z"),
        app_role(
            "e2a3a72e-5f79-4c64-b1b1-878b674786c9",
            "2022-01-01T00:00:00Z",
        ),
        app_role("7ab1d382-f21e-4acd-a863-ba3e13f7da61", ""),
        folder("victor", "Calendar", "Default", "AvailabilityOnly"),
    ];
    let grants = hunted(vec![revoked], entries.clone());
    let shown: Vec<String> = grants
        .iter()
        .filter(|grant| grant.listing == Listing::WithoutRecord)
        .map(|grant| {
            assert!(grant.actor.is_nobody() && grant.record_ids.is_empty());
            assert_eq!((grant.state, grant.provenance.len()), (State::Standing, 1));
            let reason = grant.listing_reason.split(": ").nth(1).unwrap();
            let class = grant.class.word();
            format!(
                "{} {} {class}: {reason}",
                grant.operation,
                grant.rights.join(",")
            )
        })
        .collect();
    let mut shown = shown;
    shown.sort();
    assert_eq!(
        shown,
        [
            "Get-MailboxFolderPermission AvailabilityOnly system: the listing does not say when it was made, and the log begins only on 2023-06-01 00:00:00Z",
            "Get-MailboxPermission FullAccess candidate: the listing does not say when it was made, and the log begins only on 2023-06-01 00:00:00Z",
            "appRoleAssignments Mail.Read candidate: it was made on 2023-06-03 08:00:00Z, which the log covers",
            "appRoleAssignments Mail.ReadWrite candidate: it was made on 2022-01-01 00:00:00Z, before the log begins on 2023-06-01 00:00:00Z",
        ]
    );
    // The same however the entries come, and however often.
    let mut again = entries.clone();
    again.extend(entries);
    again.reverse();
    let of =
        |grants: &[Grant]| -> Vec<String> { grants.iter().map(|grant| grant.id.clone()).collect() };
    let revoked = Grant {
        state: State::Revoked,
        ..logged(Road::MailboxPermission, "bob", "victor", "FullAccess")
    };
    assert_eq!(of(&hunted(vec![revoked], again)), of(&grants));
}

#[test]
fn what_a_grant_explains_is_no_grant_of_its_own() {
    let scopes = |rights: &str| -> Inventory {
        DelegatedPermissionGrant {
            client_id: APP.into(),
            consent_type: "AllPrincipals".into(),
            scopes: texts(rights),
            ..DelegatedPermissionGrant::default()
        }
        .into()
    };
    let consent = || logged(Road::Consent, APP, "", "Mail.Read");
    let new = |grants: Vec<Grant>, entries| -> Vec<String> {
        let grants = hunted(grants, entries).into_iter();
        let new = grants.filter(|grant| grant.listing == Listing::WithoutRecord);
        new.map(|grant| format!("{} {}", grant.grantee.name, grant.rights.join(",")))
            .collect()
    };
    let nothing: [&str; 0] = [];
    assert_eq!(
        new(vec![consent()], vec![scopes("Mail.Read openid")]),
        nothing
    );
    let more = new(vec![consent()], vec![scopes("Mail.Read Mail.Send openid")]);
    assert_eq!(more, [format!("{APP} Mail.Send,openid")]);
    let full = logged(Road::MailboxPermission, "bob", "victor", "FullAccess");
    let entry = permission("victor", "bob", "FullAccess ReadPermission");
    assert_eq!(new(vec![full], vec![entry.into()]), nothing);
    // A role group that the log made, and one that has listed members.
    let created = logged(
        Road::RoleGroup,
        "svc",
        "",
        "ApplicationImpersonation, member of Sync",
    );
    let of_group =
        || -> Inventory { assignment("ApplicationImpersonation", "Sync", "RoleGroup").into() };
    assert_eq!(new(vec![created], vec![of_group()]), nothing);
    assert_eq!(
        new(Vec::new(), vec![of_group()]),
        ["Sync ApplicationImpersonation"]
    );
    let member = RoleGroupMember {
        group: "Sync".into(),
        name: "mike".into(),
        ..RoleGroupMember::default()
    };
    let listed = new(Vec::new(), vec![of_group(), member.into()]);
    assert_eq!(listed, ["mike ApplicationImpersonation,member of Sync"]);
    // A delegate of the calendar has a right on its folder.
    let delegate = logged(Road::CalendarDelegation, "bob", "victor", "Editor");
    let entry = folder("victor", "Calendar", "bob", "Editor Delegate");
    assert_eq!(new(vec![delegate], vec![entry]), nothing);
}

#[test]
fn a_name_of_several_people_neither_confirms_nor_denies() {
    let mut ambiguous = logged(Road::MailboxPermission, "bob", "victor", "FullAccess");
    ambiguous.grantee.label = "Bob Brown".into();
    let entry = permission("victor", "Bob Brown", "FullAccess");
    let grants = hunted(vec![ambiguous], vec![entry.into()]);
    let listings: Vec<Listing> = grants.iter().map(|grant| grant.listing).collect();
    assert!(listings.contains(&Listing::Unknown), "{listings:?}");
    assert!(!listings.contains(&Listing::Vanished), "{listings:?}");
}

#[test]
fn other_entries_are_read_too() {
    let send = RecipientPermission {
        recipient: "victor".into(),
        trustee: "bob".into(),
        control: "Allow".into(),
        rights: vec!["SendAs".into()],
        ..RecipientPermission::default()
    };
    let object = AdPermission {
        object: "example.com/Users/Victor".into(),
        user: "EX\\helper".into(),
        rights: vec!["ExtendedRight".into()],
        extended: vec!["Send-As".into(), "Receive-As".into()],
        ..AdPermission::default()
    };
    let listed = entitlements(&placed(vec![send.into(), object.into()]));
    assert_eq!(
        lines(&listed),
        [
            "ad-permission EX\\helper > example.com/Users/Victor Receive-As,Send-As",
            "send-as bob > victor SendAs",
        ]
    );
    assert!(listed.shows(Road::SendAs) && !listed.shows(Road::Consent));
    assert_eq!(listed.rights[0].source, Source::RecipientPermission);
    let class = |grant: &Grant| grant.class;
    let grants = reconcile(Vec::new(), &listed, &Identities::default(), None);
    assert!(grants.iter().all(|grant| class(grant) == Class::Candidate));
}

/// Somebody in the log: name, name for people, and whom he may be.
fn somebody(name: &str, label: &str, candidates: &str) -> Party {
    Party {
        label: label.into(),
        candidates: texts(candidates),
        ..Party::new(name, PrincipalKind::User)
    }
}

/// How each of several grants compares with one listing, and which rights no grant explains.
fn compared(grants: Vec<Grant>, entries: Vec<Inventory>) -> (Vec<Listing>, usize) {
    let all = hunted(grants, entries);
    let of_log = all
        .iter()
        .filter(|grant| grant.listing != Listing::WithoutRecord);
    let mut of_log: Vec<&Grant> = of_log.collect();
    of_log.sort_by(|one, other| one.id.cmp(&other.id));
    let listings = of_log.iter().map(|grant| grant.listing).collect();
    (listings, all.len() - of_log.len())
}

/// What is tried, the grants of the log, the listing, how they compare then, and rights without a record.
type Told = (
    &'static str,
    Vec<Grant>,
    &'static str,
    &'static [Listing],
    usize,
);

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn a_listed_right_is_the_grant_of_the_same_moment() {
    use Listing::{Confirmed, Unknown};
    const MADE: &str = "2023-06-03T08:00:00Z";
    const OF_NOBODY: &str = "55555555-5555-4555-8555-555555555555";
    let given = |id: &str, name: &str, label: &str, candidates: &str, when: &str| Grant {
        id: id.into(),
        time: crate::time::parse(when),
        grantee: somebody(name, label, candidates),
        ..logged(
            Road::ImpersonationRole,
            name,
            "",
            "ApplicationImpersonation",
        )
    };
    let address = |when: &str| given("g1", "svc@example.com", "", "", when);
    let other = |grant: Grant, name: &str| Grant {
        grantee: somebody(name, "", ""),
        id: "g2".into(),
        ..grant
    };
    // What it shows, the grants, the listed name, how the grants compare, and how many rights are left without a record.
    let table: [Told; 12] = [
        (
            "local part",
            vec![address("2023-06-03T08:00:00Z")],
            "svc",
            &[Confirmed],
            0,
        ),
        (
            "four seconds before",
            vec![address("2023-06-03T07:59:56Z")],
            "svc",
            &[Confirmed],
            0,
        ),
        (
            "six seconds after",
            vec![address("2023-06-03T08:00:06Z")],
            "svc",
            &[Unknown],
            1,
        ),
        (
            "label",
            vec![given("g1", "s@example.com", "Mail sync", "", MADE)],
            "Mail Sync",
            &[Confirmed],
            0,
        ),
        (
            "may be several",
            vec![given("g1", "s", "", "s@example.com s@example.org", MADE)],
            "svc",
            &[Confirmed],
            0,
        ),
        (
            "an id of nobody",
            vec![address(MADE)],
            OF_NOBODY,
            &[Confirmed],
            0,
        ),
        (
            "another name",
            vec![address(MADE)],
            "mallory",
            &[Unknown],
            1,
        ),
        ("without time", vec![address("")], "svc", &[Unknown], 1),
        (
            "revoked",
            vec![Grant {
                state: State::Revoked,
                ..address(MADE)
            }],
            "svc",
            &[Unknown],
            1,
        ),
        (
            "another role",
            vec![Grant {
                rights: vec!["Mailbox Search".into()],
                ..address(MADE)
            }],
            "svc",
            &[Unknown],
            1,
        ),
        (
            "the name that fits",
            vec![address(MADE), other(address(MADE), "carol")],
            "svc",
            &[Confirmed, Unknown],
            0,
        ),
        (
            "two that fit",
            vec![address(MADE), other(address(MADE), "svc@example.org")],
            "svc",
            &[Unknown, Unknown],
            1,
        ),
    ];
    for (what, grants, name, expected, left) in table {
        let entry = ManagementRoleAssignment {
            created: crate::time::parse(MADE),
            ..assignment("ApplicationImpersonation", name, "User")
        };
        let found = compared(grants, vec![entry.into()]);
        assert_eq!(found, (expected.to_vec(), left), "{what}");
    }
}

#[test]
fn one_grant_is_one_listed_right() {
    let entry = |name: &str| -> Inventory {
        ManagementRoleAssignment {
            created: crate::time::parse("2023-06-03T08:00:00Z"),
            ..assignment("ApplicationImpersonation", name, "User")
        }
        .into()
    };
    let grant = Grant {
        time: crate::time::parse("2023-06-03T08:00:00Z"),
        grantee: somebody("svc@example.com", "Mail sync", ""),
        ..logged(
            Road::ImpersonationRole,
            "svc",
            "",
            "ApplicationImpersonation",
        )
    };
    let of = |names: &[&str]| {
        let entries = names.iter().map(|name| entry(name)).collect();
        compared(vec![grant.clone()], entries)
    };
    assert_eq!(of(&["svc", "svc"]), (vec![Listing::Confirmed], 0));
    assert_eq!(of(&["svc", "mallory"]), (vec![Listing::Confirmed], 1));
    assert_eq!(of(&["svc", "mail sync"]), (vec![Listing::Unknown], 2));
}

#[test]
fn a_folder_of_one_path_is_shown_once() {
    let bare = |name: &str| -> Inventory {
        MailboxFolderPermission {
            mailbox: "victor".into(),
            folder: name.into(),
            user: "bob".into(),
            rights: texts("Editor"),
            ..MailboxFolderPermission::default()
        }
        .into()
    };
    let path = |path: &str| folder("victor", path, "bob", "Editor Delegate");
    // Entries and the rights that no grant explains.
    let table = [
        (vec![path("Calendar"), bare("calendar")], 1),
        (vec![path("Inbox\\Old"), bare("Old")], 1),
        (vec![path("Inbox\\Old"), path("Sent\\Old"), bare("Old")], 3),
        (vec![path("Calendar"), path("Inbox")], 2),
        (vec![path("Calendar"), path("Calendar")], 1),
    ];
    for (entries, expected) in table {
        let what = format!("{entries:?}");
        assert_eq!(hunted(Vec::new(), entries).len(), expected, "{what}");
    }
    // A summary and the list of the folder show one right.
    let summary = MailboxPermissionSummary {
        mailbox: "victor".into(),
        calendar: vec![UserRight {
            user: "bob".into(),
            right: "Editor".into(),
            deny: None,
        }],
        ..MailboxPermissionSummary::default()
    };
    let both = hunted(Vec::new(), vec![summary.into(), path("Calendar")]);
    assert_eq!(both.len(), 1);
    assert_eq!(
        (both[0].rights.join(","), both[0].provenance.len()),
        ("Delegate,Editor".into(), 2)
    );
}

#[test]
fn a_name_that_one_principal_has_is_his_where_the_log_gave_him_the_right() {
    use crate::hunt::identity::fact::{Fact, LocatedFact};
    let fact = |id: &str| LocatedFact {
        fact: Fact {
            ids: texts(id),
            label: "svc".into(),
            ..Fact::default()
        },
        at: Provenance::default(),
    };
    // Label of the grantee, mailbox and rights of the grant, ids of those who have the name, whether it is listed.
    let table = [
        ("svc", "victor", "FullAccess", vec![APP], Listing::Confirmed),
        ("", "victor", "FullAccess", vec![APP], Listing::Unknown),
        ("svc", "carol", "FullAccess", vec![APP], Listing::Unknown),
        (
            "svc",
            "victor",
            "ReadPermission",
            vec![APP],
            Listing::Unknown,
        ),
        (
            "svc",
            "victor",
            "FullAccess",
            vec!["one@example.com", "two@example.com"],
            Listing::Unknown,
        ),
    ];
    for (label, target, rights, ids, expected) in table {
        let what = format!("{label} {target} {rights} {ids:?}");
        let facts: Vec<LocatedFact> = ids.into_iter().map(fact).collect();
        let identities = Identities::of(&facts);
        let entry = permission("victor", "svc", "FullAccess");
        let listed = entitlements(&placed(vec![entry.into()]));
        let grant = Grant {
            grantee: somebody("svc@example.com", label, ""),
            ..logged(Road::MailboxPermission, "svc", target, rights)
        };
        let id = grant.id.clone();
        let all = reconcile(vec![grant], &listed, &identities, None);
        let found = all.iter().find(|grant| grant.id == id).unwrap();
        assert_eq!(
            found.listing,
            expected,
            "{what}: {:?}",
            all.last().unwrap().grantee
        );
        assert_eq!(all.len() == 1, expected == Listing::Confirmed, "{what}");
    }
}
