//! Roads of the directory: roles, permissions asked for, and what consent says beyond its scopes.

use super::*;

const MEMBER: &str = "0b1a6a83-9f7b-48a6-9bb3-a95ca454451f";
const GLOBAL: &str = "62e90394-69f5-4237-9190-012177145e10";
const READER: &str = "4a5d8f65-41da-4de4-8968-e035b65339cf";
const ADD: &str = "Add member to role.";
const CUSTOM: &str = "88d0f110-5eda-4b51-b5cc-115bec111f23";

fn with_role(operation: &str, name: &str, template: &str, target: &Value) -> Value {
    let json = directory(
        operation,
        &[
            ("Role.ObjectID", "", CUSTOM),
            ("Role.DisplayName", "", name),
            ("Role.TemplateId", "", template),
        ],
    );
    with(json, &json!({ "Target": target }))
}

#[test]
fn directory_roles_that_lead_to_mail() {
    let user = json!([{ "ID": format!("User_{MEMBER}"), "Type": 2 }, { "ID": MEMBER, "Type": 2 }, { "ID": "User", "Type": 2 },
        { "ID": "bob@example.com", "Type": 5 }]);
    let app = json!([{ "ID": format!("ServicePrincipal_{SERVICE}"), "Type": 2 }, { "ID": SERVICE, "Type": 2 },
        { "ID": "ServicePrincipal", "Type": 2 }, { "ID": "Mail Sync", "Type": 1 }, { "ID": CLIENT, "Type": 2 }]);
    let group = json!([{ "ID": format!("Group_{MEMBER}"), "Type": 2 }, { "ID": MEMBER, "Type": 2 }, { "ID": "Group", "Type": 2 }]);
    for (operation, name, template, target, expected) in [
        (
            ADD,
            "Global Administrator",
            GLOBAL,
            &user,
            "+ directory-role tenant: bob@example.com (user) rights Global Administrator",
        ),
        (
            ADD,
            "Company Administrator",
            "",
            &user,
            "+ directory-role tenant: bob@example.com (user) rights Company Administrator",
        ),
        (
            ADD,
            "Administrateur général",
            GLOBAL,
            &user,
            "+ directory-role tenant: bob@example.com (user) rights Global Administrator",
        ),
        (
            ADD,
            "",
            GLOBAL,
            &user,
            "+ directory-role tenant: bob@example.com (user) rights Global Administrator",
        ),
        (
            ADD,
            "Exchange Administrator",
            "",
            &app,
            "+ directory-role tenant: Mail Sync (service-principal) rights Exchange Administrator",
        ),
        (
            ADD,
            "Global Administrator",
            GLOBAL,
            &group,
            &format!("+ directory-role tenant: {MEMBER} (group) rights Global Administrator"),
        ),
        (
            ADD,
            "Helpers",
            CUSTOM,
            &user,
            "+ directory-role tenant: bob@example.com (user) rights Helpers",
        ),
        (
            ADD,
            "",
            CUSTOM,
            &user,
            &format!("+ directory-role tenant: bob@example.com (user) rights {CUSTOM}"),
        ),
        (ADD, "Reports Reader", READER, &user, ""),
        (ADD, "Global Administrator", READER, &user, ""),
        (
            "Add eligible member to role.",
            "Global Administrator",
            GLOBAL,
            &user,
            "+ directory-role tenant: bob@example.com (user) rights eligible for Global Administrator",
        ),
        (
            "Remove member from role.",
            "Global Administrator",
            GLOBAL,
            &user,
            "- directory-role tenant: bob@example.com (user) rights Global Administrator",
        ),
    ] {
        let expected: Vec<&str> = Some(expected)
            .filter(|line| !line.is_empty())
            .into_iter()
            .collect();
        assert_eq!(
            lines(&with_role(operation, name, template, target)),
            expected,
            "{operation} {name} {template}"
        );
    }
    let change = &changes(&read(&with_role(ADD, "Exchange Administrator", "", &app)))[0];
    assert_eq!(
        (&change.grantee_aliases[..], &change.app_ids[..]),
        (
            &[SERVICE.to_owned(), CLIENT.to_owned()][..],
            &[CLIENT.to_owned()][..]
        )
    );
}

#[test]
fn privileged_identity_management_puts_the_role_among_the_targets() {
    let record = |operation: &str| {
        json!({ "id": operation, "activityDateTime": "2023-06-03T08:13:00Z", "activityDisplayName": operation, "category": "RoleManagement",
            "result": "success", "loggedByService": "PIM", "initiatedBy": { "user": { "id": SERVICE, "userPrincipalName": "alice@example.com" } },
            "targetResources": [
                { "id": GLOBAL, "displayName": "Global Administrator", "type": "Role", "modifiedProperties": [] },
                { "id": CUSTOM, "displayName": "", "type": "Request", "modifiedProperties": [] },
                { "id": MEMBER, "displayName": "Bob", "type": "User", "userPrincipalName": "bob@example.com", "modifiedProperties": [] },
                { "id": CLIENT, "displayName": "Example", "type": "Directory", "modifiedProperties": [] },
            ] })
    };
    let bob = "directory-role tenant: bob@example.com (user) rights";
    for (operation, expected) in [
        (
            "Add member to role completed (PIM activation)",
            format!("+ {bob} Global Administrator"),
        ),
        (
            "Add member to role in PIM completed (timebound)",
            format!("+ {bob} Global Administrator"),
        ),
        (
            "Add eligible member to role in PIM completed (permanent)",
            format!("+ {bob} eligible for Global Administrator"),
        ),
        (
            "Remove member from role (PIM activation expired)",
            format!("- {bob} Global Administrator"),
        ),
        (
            "Remove eligible member from role in PIM completed (timebound)",
            format!("- {bob} eligible for Global Administrator"),
        ),
    ] {
        assert_eq!(lines(&record(operation)), [expected], "{operation}");
    }
    assert_eq!(
        lines(&record("Add member to role requested (PIM activation)")),
        Vec::<String>::new()
    );
}

/// A list of permissions wanted of Microsoft Graph, each with whether it is an application's.
fn wanted(permissions: &[(&str, bool)]) -> String {
    let permissions: Vec<Value> = permissions
        .iter()
        .map(|(id, direct)| json!({ "EntitlementId": id, "DirectAccessGrant": direct, "ImpersonationAccessGrants": [20] }))
        .collect();
    json!([{ "ResourceAppId": "00000003-0000-0000-c000-000000000000", "RequiredAppPermissions": permissions, "EncodingVersion": 1 }]).to_string()
}

#[test]
fn a_registration_asks_for_permissions() {
    const MAIL_READ: &str = "810c84a8-4a9e-49e6-bf7d-12d183f40d01";
    const OWN_MAIL_READ: &str = "570282fd-fa5c-430d-a7fd-fc8dc98a9dca";
    const USER_READ: &str = "e1fe6dd8-ba31-4d61-89e7-88639da4683d";
    let target = json!({ "Target": [{ "ID": format!("Application_{MEMBER}"), "Type": 2 }, { "ID": MEMBER, "Type": 2 },
        { "ID": "Application", "Type": 2 }, { "ID": "Mail Sync", "Type": 1 }] });
    let app = "app-permission tenant: Mail Sync (service-principal) rights";
    let own = "consent tenant: Mail Sync (service-principal) rights";
    let both = wanted(&[
        (MAIL_READ, true),
        (OWN_MAIL_READ, false),
        (USER_READ, false),
    ]);
    for (operation, old, new, expected) in [
        (
            "Update application.",
            "[]",
            both.clone(),
            vec![
                format!("? {app} Mail.Read"),
                format!("? {own} Mail.Read, {USER_READ}"),
            ],
        ),
        (
            "Add application.",
            "[]",
            wanted(&[(MAIL_READ, true)]),
            vec![format!("? {app} Mail.Read")],
        ),
        (
            "Update application.",
            &wanted(&[(MAIL_READ, true)]),
            both.clone(),
            vec![format!("? {own} Mail.Read, {USER_READ}")],
        ),
        (
            "Update application.",
            "[]",
            json!(both).to_string(),
            vec![
                format!("? {app} Mail.Read"),
                format!("? {own} Mail.Read, {USER_READ}"),
            ],
        ),
        (
            "Update application.",
            "[]",
            wanted(&[(USER_READ, false)]),
            Vec::new(),
        ),
        ("Update application.", &both, "[]".to_owned(), Vec::new()),
        (
            "Update application.",
            "",
            "[{\"RequiredAppPermissions\":1},2".to_owned(),
            Vec::new(),
        ),
        (
            "Update application.",
            "",
            "[[],{\"RequiredAppPermissions\":[{\"EntitlementId\":7}]}]".to_owned(),
            Vec::new(),
        ),
    ] {
        let json = directory(
            operation,
            &[("RequiredResourceAccess", old, &new), ("AppId", "", CLIENT)],
        );
        assert_eq!(lines(&with(json, &target)), expected, "{new}");
    }
}

#[test]
fn permissions_by_id_and_those_nobody_knows() {
    const ADD: &str = "Add app role assignment to service principal.";
    let exchange = json!({ "Target": [{ "ID": format!("ServicePrincipal_{MEMBER}"), "Type": 2 }, { "ID": MEMBER, "Type": 2 },
        { "ID": "ServicePrincipal", "Type": 2 }, { "ID": "Office 365 Exchange Online", "Type": 1 }, { "ID": "00000002-0000-0ff1-ce00-000000000000", "Type": 2 }] });
    let given = |right: &str| {
        vec![format!(
            "+ app-permission tenant: Mail Sync (service-principal) rights {right}"
        )]
    };
    for (value, id, on_exchange, expected) in [
        (
            "",
            "5e5addcd-3e8d-4e90-baf5-964efab2b20a",
            false,
            given("IMAP.AccessAsApp"),
        ),
        ("POP.AccessAsApp", "", false, given("POP.AccessAsApp")),
        ("SMTP.SendAsApp", "", false, given("SMTP.SendAsApp")),
        (
            "",
            "dc50a0fb-09a3-484d-be87-e023b12c6440",
            false,
            given("Exchange.ManageAsApp"),
        ),
        ("", CUSTOM, true, given(CUSTOM)),
        ("", CUSTOM, false, Vec::new()),
    ] {
        let mut json = app_role(ADD, ("", value), ("", id));
        if on_exchange {
            json = with(json, &exchange);
        }
        assert_eq!(lines(&json), expected, "{value} {id}");
    }
    assert_eq!(
        lines(&native(
            "Add app role assignment grant to user.",
            &json!({})
        )),
        Vec::<String>::new()
    );
    assert_eq!(
        lines(&native("Set delegation entry.", &json!({}))),
        Vec::<String>::new()
    );
}

fn for_principal(kind: &str, principal: &str, resource: &str, scopes: &str) -> String {
    format!(
        "[Id: kgME, ClientId: {SERVICE}, PrincipalId: {principal}, ResourceId: {resource}, ConsentType: {kind}, Scope: {scopes}]"
    )
}

#[test]
fn a_consent_reaches_the_mailbox_of_its_principal() {
    let actor = json!({ "Actor": [{ "ID": "alice@example.com", "Type": 5 }, { "ID": format!("User_{CUSTOM}"), "Type": 2 }, { "ID": CUSTOM, "Type": 2 }, { "ID": "User", "Type": 2 }] });
    let on = |whose: &str, rights: &str| {
        format!("+ consent mailbox: eM Client (service-principal) on {whose} rights {rights}")
    };
    let all =
        |rights: &str| format!("+ consent tenant: eM Client (service-principal) rights {rights}");
    for (list, risky, expected) in [
        (
            for_principal("Principal", CUSTOM, "y", " Mail.Read"),
            false,
            vec![on("alice@example.com", "Mail.Read")],
        ),
        (
            for_principal("Principal", MEMBER, "y", " Mail.Read"),
            false,
            vec![on(MEMBER, "Mail.Read")],
        ),
        (
            for_principal("Principal", CUSTOM, "y", " Mail.Read"),
            true,
            vec![on("alice@example.com", "Mail.Read, risky application")],
        ),
        (
            format!(
                "{}, {}",
                for_principal("Principal", CUSTOM, "y", "Mail.Read"),
                for_principal("Principal", CUSTOM, "z", "ActivityFeed.Read")
            ),
            false,
            vec![on("alice@example.com", "ActivityFeed.Read, Mail.Read")],
        ),
        (
            format!(
                "{}, {}",
                for_principal("AllPrincipals", "", "y", "Mail.Read"),
                for_principal("Principal", MEMBER, "y", "Mail.Send")
            ),
            false,
            vec![all("Mail.Read"), on(MEMBER, "Mail.Send")],
        ),
    ] {
        let reason = [("ConsentAction.Reason", "", "Risky application detected")];
        let json = consent(
            "[]",
            &format!("[{list}]"),
            if risky { &reason } else { &[] },
        );
        assert_eq!(lines(&with(json, &actor)), expected, "{list}");
    }
    // Without an object id of the actor nobody can say whether it is another's.
    let json = consent(
        "[]",
        &format!("[{}]", for_principal("Principal", MEMBER, "y", "Mail.Read")),
        &[],
    );
    assert_eq!(lines(&json), [on("alice@example.com", "Mail.Read")]);
}

#[test]
fn delegation_entries_of_old_logs_are_consent() {
    let entry = |operation: &str, old: &str, new: &str| {
        let changes = [
            ("DelegationEntry.Scope", old, new),
            ("ServicePrincipal.ObjectID", "", SERVICE),
        ];
        lines(&directory(operation, &changes))
    };
    let line = |sign: &str, rights: &str| own(sign, rights).remove(0);
    assert_eq!(
        entry("Add delegation entry.", "", "Mail.Read"),
        [line("+", "Mail.Read")]
    );
    assert_eq!(
        entry(
            "Set delegation entry.",
            "Mail.Send openid",
            "Mail.Read openid"
        ),
        [line("-", "Mail.Send"), line("+", "Mail.Read")]
    );
    assert_eq!(
        entry("Remove delegation entry.", "Mail.Read", ""),
        [line("-", "Mail.Read, risky application")]
    );
    assert!(entry("Add delegation entry.", "", "User.Read").is_empty());
}
