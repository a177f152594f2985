//! What happens around grants: groups, roles, principals that go and come back.

use super::*;

/// A member joins or leaves a group.
fn membership(id: &str, second: i64, operation: &str, group: &str, member: &str) -> Value {
    let operation = format!("{operation}-DistributionGroupMember");
    let (group, member) = (format!("Identity={group}"), format!("Member={member}"));
    step(id, second, &operation, &[&group, &member])
}

fn full_access(id: &str, second: i64, user: &str) -> Value {
    let user = format!("User={user}");
    let parameters = ["Identity=victor", &user, "AccessRights=FullAccess"];
    step(id, second, "Add-MailboxPermission", &parameters)
}

/// Something that happens to a principal of the directory.
fn fate(id: &str, second: i64, operation: &str, who: &str) -> Value {
    let target = json!({ "Target": [{ "ID": who, "Type": 1 }] });
    dated(with(directory(operation, &[]), &target), id, second)
}

/// How each grant ended.
fn ends(records: &[Value]) -> Vec<String> {
    let grants = grants_of(records);
    let ends = grants.iter().map(|grant| {
        let end = Some(&grant.ended_by).filter(|words| !words.is_empty());
        format!(
            "{}: {}",
            grant.grantee.name,
            end.map_or("stands", |words| words)
        )
    });
    ends.collect()
}

#[test]
fn who_joins_a_group_has_what_it_holds_until_he_leaves() {
    let records = [
        full_access("a", 0, "desk"),
        membership("b", 60, "Add", "desk", "bob"),
        membership("c", 90, "Remove", "desk", "bob"),
    ];
    check(
        &records,
        &[
            "desk FullAccess standing from 0",
            "bob FullAccess+member of desk revoked from 60 to 90",
        ],
    );
    let grants = grants_of(&records);
    let bob = &grants[1];
    assert_eq!(
        (bob.road, bob.target.name.as_str(), bob.operation.as_str()),
        (
            Road::MailboxPermission,
            "victor",
            "Add-DistributionGroupMember"
        )
    );
    assert_eq!(bob.record_ids, [RecordId("b".into())]);
    assert_eq!(
        bob.ended_by,
        "the grantee left the group (Remove-DistributionGroupMember)"
    );
    // Known before he leaves, found after.
    assert_eq!(ids(&grants), ids(&grants_of(&records[..2])));
    // Who was a member before stays with the group, and a removal from him takes nothing that the group has.
    check(
        &[
            membership("a", 0, "Add", "desk", "bob"),
            full_access("b", 60, "desk"),
            take("c", 90, "FullAccess"),
        ],
        &["desk FullAccess standing from 60"],
    );
}

#[test]
fn what_ends_for_a_group_ends_for_its_members() {
    let taken = step(
        "d",
        120,
        "Remove-MailboxPermission",
        &["Identity=victor", "User=desk", "AccessRights=FullAccess"],
    );
    let first = [
        full_access("a", 0, "desk"),
        membership("b", 60, "Add", "desk", "team"),
        membership("c", 90, "Add", "team", "bob"),
    ];
    for (last, group, member) in [
        (
            taken,
            "Remove-MailboxPermission",
            "the grant to the group ended (Remove-MailboxPermission)",
        ),
        (
            fate("d", 120, "Delete group.", "desk"),
            "the grantee was deleted (Delete group)",
            "the group was deleted (Delete group)",
        ),
    ] {
        let records = [&first[..], &[last]].concat();
        let expected = [("desk", group), ("team", member), ("bob", member)];
        let expected = expected.map(|(who, end)| format!("{who}: {end}"));
        assert_eq!(ends(&records), expected);
    }
}

#[test]
fn groups_in_a_circle_end() {
    let mut records = vec![full_access("a", 0, "one")];
    let names = ["one", "two", "three"];
    for number in 0..30 {
        let (group, member) = (names[number % 3], names[(number + 1) % 3]);
        let second = i64::try_from(number).unwrap() + 1;
        records.push(membership(
            &format!("b{number}"),
            second,
            "Add",
            group,
            member,
        ));
    }
    assert_eq!(grants_of(&records).len(), 3);
}

#[test]
fn a_principal_that_goes_ends_its_grants_and_comes_back_to_them() {
    for (gone, back, words) in [
        ("Delete user.", "Restore user.", "was deleted (Delete user)"),
        (
            "Disable account.",
            "Enable account.",
            "was disabled (Disable account)",
        ),
    ] {
        let records = [
            add("a", 0, "FullAccess,ReadPermission"),
            fate("b", 60, gone, "bob"),
            take("c", 70, "ReadPermission"),
            fate("d", 90, back, "bob"),
        ];
        check(
            &records,
            &[
                "bob FullAccess+ReadPermission revoked from 0 to 60",
                "bob FullAccess standing from 90",
            ],
        );
        let grants = grants_of(&records);
        assert_eq!(grants[0].ended_by, format!("the grantee {words}"));
        assert_eq!(grants[1].record_ids, [RecordId("d".into())]);
        assert_ne!(grants[0].id, grants[1].id);
    }
    // In one second nobody knows the order.
    check(
        &[
            add("a", 0, "FullAccess"),
            fate("b", 60, "Delete user.", "bob"),
            fate("c", 60, "Restore user.", "bob"),
        ],
        &[
            "bob FullAccess revoked from 0 to 60",
            "bob FullAccess unknown from 60",
        ],
    );
    check(
        &[
            add("a", 0, "FullAccess"),
            fate("b", 0, "Delete user.", "bob"),
        ],
        &["bob FullAccess unknown from 0"],
    );
    // A return without a departure gives nothing.
    check(
        &[
            add("a", 0, "FullAccess"),
            fate("b", 60, "Restore user.", "bob"),
        ],
        &["bob FullAccess standing from 0"],
    );
}

#[test]
fn an_application_that_goes_ends_its_consents() {
    let mut records = consent("one").to_vec();
    let target = json!({ "Target": [{ "ID": SERVICE, "Type": 2 }, { "ID": CLIENT, "Type": 2 }] });
    let removed = directory("Remove service principal.", &[]);
    records.push(dated(with(removed, &target), "r", 60));
    let grant = &grants_of(&records)[0];
    assert_eq!(grant.state, State::Revoked);
    assert_eq!(
        grant.ended_by,
        "the application was deleted (Remove service principal)"
    );
}

#[test]
fn who_leaves_exchange_keeps_what_the_directory_gave() {
    let role = directory(
        "Add app role assignment to service principal.",
        &[
            ("AppRole.Value", "", "Mail.Read"),
            ("ServicePrincipal.ObjectID", "", SERVICE),
        ],
    );
    let user = format!("User={SERVICE}");
    let access = ["Identity=victor", &user, "AccessRights=FullAccess"];
    let gone = format!("Identity={SERVICE}");
    let grants = grants_of(&[
        dated(role, "a", 0),
        step("b", 10, "Add-MailboxPermission", &access),
        step("c", 60, "Remove-ServicePrincipal", &[&gone]),
    ]);
    assert_eq!(
        grants.iter().map(|grant| grant.state).collect::<Vec<_>>(),
        [State::Standing, State::Revoked]
    );
}

#[test]
fn a_role_given_to_a_role_group_later_reaches_its_members() {
    let member = |id: &str, second, operation: &str, who: &str| {
        let who = format!("Member={who}");
        let operation = format!("{operation}-RoleGroupMember");
        step(id, second, &operation, &["Identity=Desk", &who])
    };
    let assigned = [
        "Name=Desk-Search",
        "Role=Mailbox Search",
        "SecurityGroup=Desk",
    ];
    let records = [
        member("a", 0, "Add", "bob"),
        step("b", 60, "New-ManagementRoleAssignment", &assigned),
        member("c", 90, "Add", "carol"),
        member("d", 120, "Remove", "carol"),
        step(
            "e",
            150,
            "Remove-ManagementRoleAssignment",
            &["Identity=Desk-Search"],
        ),
        member("f", 180, "Add", "dave"),
    ];
    check(
        &records,
        &[
            "bob member of Desk standing from 0",
            "bob Mailbox Search+member of Desk revoked from 60 to 150",
            "Desk Mailbox Search revoked from 60 to 150",
            "carol Mailbox Search+member of Desk revoked from 90 to 120",
            "dave member of Desk standing from 180",
        ],
    );
    let grants = grants_of(&records);
    let gained = grants
        .iter()
        .find(|grant| grant.grantee.name == "bob" && grant.rights.len() > 1);
    let gained = gained.unwrap();
    assert_eq!(gained.record_ids, [RecordId("b".into())]);
    assert_eq!(
        gained.ended_by,
        "the role was taken from the group (Remove-ManagementRoleAssignment)"
    );
}

#[test]
fn an_assignment_to_a_role_group_switched_off_and_on_takes_the_role_and_gives_it() {
    let switch = |id: &str, second, value: &str| {
        step(
            id,
            second,
            "Set-ManagementRoleAssignment",
            &["Identity=Sync", value],
        )
    };
    let records = [
        assign("a", 0, &["SecurityGroup=Desk"]),
        step(
            "b",
            30,
            "Add-RoleGroupMember",
            &["Identity=Desk", "Member=bob"],
        ),
        switch("c", 60, "Enabled=False"),
        switch("d", 90, "Enabled=True"),
    ];
    let role = "ApplicationImpersonation";
    check(
        &records,
        &[
            &format!("Desk {role} revoked from 0 to 60"),
            &format!("bob {role}+member of Desk revoked from 30 to 60"),
            "bob member of Desk standing from 30",
            &format!("Desk {role} standing from 90"),
            &format!("bob {role}+member of Desk standing from 90"),
        ],
    );
}

#[test]
fn a_custom_role_has_beside_it_what_it_was_made_from() {
    let made = |id: &str, second, name: &str, parent: &str| {
        let (name, parent) = (format!("Name={name}"), format!("Parent={parent}"));
        step(id, second, "New-ManagementRole", &[&name, &parent])
    };
    let assigned = |second, role: &str| {
        let role = format!("Role={role}");
        step(
            "z",
            second,
            "New-ManagementRoleAssignment",
            &["Name=Sync", &role, "User=bob"],
        )
    };
    for (records, rights) in [
        (
            vec![
                made("a", 0, "Helper", "ApplicationImpersonation"),
                assigned(60, "Helper"),
            ],
            "Helper+child of ApplicationImpersonation",
        ),
        (
            vec![
                made("a", 0, "Helper", "ApplicationImpersonation"),
                made("b", 10, "Aide", "helper"),
                assigned(60, "AIDE"),
            ],
            "AIDE+child of ApplicationImpersonation",
        ),
        // A role made later is another one.
        (
            vec![
                made("a", 90, "Helper", "ApplicationImpersonation"),
                assigned(60, "Helper"),
            ],
            "Helper",
        ),
        // A circle has no end to name: the last parent before it closes is named.
        (
            vec![
                made("a", 0, "Helper", "Aide"),
                made("b", 10, "Aide", "Helper"),
                assigned(60, "Helper"),
            ],
            "Helper+child of Aide",
        ),
    ] {
        check(&records, &[&format!("bob {rights} standing from 60")]);
    }
}

#[test]
fn a_list_that_names_somebody_who_is_gone_opens_his_grant_anew() {
    let list = |id: &str, second| {
        step(
            id,
            second,
            "Set-Mailbox",
            &["Identity=victor", "GrantSendOnBehalfTo=bob"],
        )
    };
    check(
        &[
            list("a", 0),
            fate("b", 60, "Delete user.", "bob"),
            list("c", 90),
            fate("d", 120, "Restore user.", "bob"),
        ],
        &[
            "bob SendOnBehalf revoked from 0 to 60",
            "bob SendOnBehalf standing from 90",
        ],
    );
}

#[test]
fn every_road_is_closed_by_what_closes_it() {
    let policy = format!("Identity=org\\{SERVICE}:S-1-5-21-1;{CLIENT}");
    let app = format!("AppId={SERVICE}");
    let role = |operation: &str, old: &str, new: &str| {
        let json = directory(operation, &[("Role.DisplayName", old, new)]);
        with(json, &json!({ "ObjectId": "bob@example.com" }))
    };
    let at_mailbox = ["Identity=victor", "User=bob", "ExtendedRights=Receive-As"];
    let at_database = [
        "Identity=CN=Mailbox Database 1,CN=Databases,CN=Services,CN=Configuration,DC=example",
        "User=bob",
        "ExtendedRights=Receive-As",
    ];
    let delegates = |value: &str| {
        let value = format!("ResourceDelegates={value}");
        cmdlet("Set-CalendarProcessing", &["Identity=victor", &value])
    };
    for (road, gives, takes) in [
        (
            Road::AccessPolicy,
            cmdlet("Remove-ApplicationAccessPolicy", &[&policy]),
            cmdlet(
                "New-ApplicationAccessPolicy",
                &[
                    &app,
                    "AccessRight=RestrictAccess",
                    "PolicyScopeGroupId=desk",
                ],
            ),
        ),
        (
            Road::DirectoryRole,
            role("Add member to role.", "", "Exchange Administrator"),
            role("Remove member from role.", "Exchange Administrator", ""),
        ),
        (
            Road::AdPermission,
            cmdlet("Add-ADPermission", &at_mailbox),
            cmdlet("Remove-ADPermission", &at_mailbox),
        ),
        (
            Road::AdPermission,
            cmdlet("Add-ADPermission", &at_database),
            cmdlet("Remove-ADPermission", &at_database),
        ),
        (
            Road::CalendarDelegation,
            delegates("bob;carol"),
            delegates("carol"),
        ),
    ] {
        let taking = takes["Operation"]
            .as_str()
            .unwrap()
            .trim_end_matches('.')
            .to_owned();
        let grants = grants_of(&[dated(gives, "a", 0), dated(takes, "b", 60)]);
        let grant = &grants
            .iter()
            .find(|grant| grant.grantee.name != "carol")
            .unwrap();
        assert_eq!(
            (grant.road, grant.state, &grant.ended_by),
            (road, State::Revoked, &taking)
        );
    }
    // One place is not the other.
    let [one, other] = [at_mailbox, at_database];
    let left = grants_of(&[
        step("a", 0, "Add-ADPermission", &one),
        step("b", 60, "Remove-ADPermission", &other),
    ]);
    assert_eq!(left[0].state, State::Standing);
}

#[test]
fn a_policy_opens_as_far_as_its_last_change_says() {
    let policy = format!("Identity=org\\{SERVICE}:S-1-5-21-1;{CLIENT}");
    let set = |id: &str, second, group: &str| {
        let group = format!("PolicyScopeGroupId={group}");
        step(
            id,
            second,
            "Set-ApplicationAccessPolicy",
            &[&policy, &group],
        )
    };
    let records = [
        set("a", 0, "desk"),
        set("b", 60, "desk"),
        set("c", 90, "everybody"),
        step("d", 120, "Remove-ApplicationAccessPolicy", &[&policy]),
    ];
    let spans: Vec<_> = grants_of(&records)
        .iter()
        .map(|grant| (grant.time, grant.revoked_at))
        .collect();
    assert_eq!(
        spans,
        [
            (Some(after(0)), Some(after(90))),
            (Some(after(90)), Some(after(120))),
            (Some(after(120)), None),
        ]
    );
}

#[test]
fn an_update_of_a_consent_takes_nothing_and_a_shorter_list_takes_what_it_lacks() {
    let scoped = |id: &str, second, operation: &str, old: &str, new: &str| {
        let json = directory(
            operation,
            &[
                ("DelegatedPermissionGrant.Scope", old, new),
                ("DelegatedPermissionGrant.ConsentType", "", "Principal"),
                ("ServicePrincipal.ObjectID", "", SERVICE),
            ],
        );
        let shared = json!({ "InterSystemsId": format!("at {second}") });
        dated(with(json, &shared), id, second)
    };
    let (add, remove) = (
        "Add delegated permission grant.",
        "Remove delegated permission grant.",
    );
    check(
        &[
            scoped("a", 0, add, "", "Mail.Read"),
            scoped("b", 60, add, "Mail.Read", "Mail.Read Mail.Send"),
            scoped("c", 60, remove, "Mail.Read", "Mail.Read Mail.Send"),
            scoped("d", 90, remove, "Mail.Read Mail.Send", "Mail.Send"),
        ],
        &[
            &format!("{SERVICE} Mail.Read revoked from 0 to 90"),
            &format!("{SERVICE} Mail.Send standing from 60"),
        ],
    );
}

/// Processor time of this thread so far, in nanoseconds: the clock on the wall counts what others do, too.
fn processor_time() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ')
        .next()
        .and_then(|number| number.parse().ok())
        .unwrap_or_default()
}

/// A record of a long history in which every kind of act meets what others gave.
fn of_many(number: i64) -> Value {
    let id = format!("{number:08x}-0000-4000-8000-000000000000");
    let (who, mailbox) = (number * 7919 / 10 % 5000, number % 701);
    let (user, group) = (format!("user{who}"), format!("user{}", who / 50));
    let named = [
        format!("Identity=box{mailbox}"),
        format!("User={user}"),
        "AccessRights=FullAccess,ReadPermission".to_owned(),
    ];
    let named = named.each_ref().map(String::as_str);
    let second = number / 3;
    match number % 10 {
        0..=3 => step(&id, second, "Add-MailboxPermission", &named),
        4 | 5 => step(&id, second, "Remove-MailboxPermission", &named[..1]),
        6 => membership(&id, second, "Add", &group, &user),
        7 => membership(&id, second, "Remove", &group, &user),
        8 => {
            let member = format!("Member={user}");
            step(
                &id,
                second,
                "Add-RoleGroupMember",
                &["Identity=Desk", &member],
            )
        }
        _ if number % 20 == 9 => fate(&id, second, "Delete user.", &user),
        _ => fate(&id, second, "Restore user.", &user),
    }
}

/// A hundred thousand acts, and the same told by two logs: `cargo test --release -- --ignored --nocapture lifecycle_cost`.
#[test]
#[ignore = "a measurement"]
fn lifecycle_cost() {
    let mut records: Vec<Record> = (0..100_000).map(|number| read(&of_many(number))).collect();
    let again: Vec<Record> = records
        .iter()
        .map(|record| {
            let mut again = record.clone();
            again.id.0 = format!("row-{}", record.id.0);
            again
        })
        .collect();
    for told in ["once", "twice"] {
        let located = located(records.clone());
        let identities = Identities::of_records(&located);
        let start = processor_time();
        let grants = lifecycle::grants(&located, &identities);
        let spent = (processor_time() - start) / 1_000_000;
        println!("acts told {told}: {} grants in {spent} ms", grants.len());
        records.extend(again.iter().cloned());
    }
}
