//! From records to intervals: what opens a grant, what closes it, and which records are one act.

mod around;
mod channels;
mod model;

use super::build::{
    after, at, cmdlet, dated, directory, grants, grants_of, located, native, read, with,
};
use crate::hunt::identity::Identities;
use crate::hunt::lifecycle;
use crate::hunt::model::{Class, Grant, PrincipalKind, Road, Scope, State};
use crate::record::{Record, RecordId};
use crate::time::{self, Instant};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const SERVICE: &str = "0a1b7ab4-e3c2-4e75-93ad-6ea6d16cffbf";
const CLIENT: &str = "e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd";

/// A cmdlet under an id and at a second.
fn step(id: &str, second: i64, operation: &str, parameters: &[&str]) -> Value {
    dated(cmdlet(operation, parameters), id, second)
}

fn add(id: &str, second: i64, rights: &str) -> Value {
    let rights = format!("AccessRights={rights}");
    step(
        id,
        second,
        "Add-MailboxPermission",
        &["Identity=victor", "User=bob", &rights],
    )
}

fn take(id: &str, second: i64, rights: &str) -> Value {
    let rights = format!("AccessRights={rights}");
    step(
        id,
        second,
        "Remove-MailboxPermission",
        &["Identity=victor", "User=bob", &rights],
    )
}

fn failed(json: Value) -> Value {
    with(json, &json!({ "ResultStatus": "False" }))
}

/// Each grant in one line: grantee, rights, state, and seconds from the start to the end.
fn shown(grants: &[Grant]) -> Vec<String> {
    let seconds = |time: Option<Instant>| {
        time.map_or("?".to_owned(), |time| {
            (time - after(0)).num_seconds().to_string()
        })
    };
    grants
        .iter()
        .map(|grant| {
            let end = match (grant.revoked_at, grant.gave_nothing()) {
                (_, true) => " attempt".to_owned(),
                (Some(end), _) => format!(" to {}", seconds(Some(end))),
                (None, _) => String::new(),
            };
            format!(
                "{} {} {} from {}{end}",
                grant.grantee.name,
                grant.rights.join("+"),
                grant.state,
                seconds(grant.time)
            )
        })
        .collect()
}

fn check(records: &[Value], expected: &[&str]) {
    let mut lines = shown(&grants_of(records));
    lines.sort();
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(lines, expected);
}

fn ids(grants: &[Grant]) -> Vec<&str> {
    grants.iter().map(|grant| grant.id.as_str()).collect()
}

#[test]
fn a_removal_ends_a_grant_at_its_time() {
    let records = [add("a", 0, "FullAccess"), take("b", 60, "FullAccess")];
    check(&records, &["bob FullAccess revoked from 0 to 60"]);
    let grant = &grants_of(&records)[0];
    assert_eq!(grant.record_ids, [RecordId("a".into())]);
    assert_eq!(grant.revocation_ids, [RecordId("b".into())]);
}

#[test]
fn a_partial_removal_splits_a_grant() {
    check(
        &[
            add("a", 0, "FullAccess,ReadPermission"),
            take("b", 60, "ReadPermission"),
        ],
        &[
            "bob FullAccess standing from 0",
            "bob ReadPermission revoked from 0 to 60",
        ],
    );
}

#[test]
fn a_grant_split_twice_has_three_ids_that_do_not_change() {
    let all = [
        add("a", 0, "FullAccess,ReadPermission,DeleteItem"),
        take("b", 60, "ReadPermission"),
        take("c", 90, "DeleteItem"),
    ];
    let (one, two) = (grants_of(&all[..2]), grants_of(&all));
    let distinct: BTreeSet<&str> = ids(&two).into_iter().collect();
    assert_eq!(distinct.len(), 3);
    // Every id known before the second removal is still there, and each is `g` and 12 hex digits.
    assert!(ids(&one).iter().all(|id| distinct.contains(id)));
    for id in distinct {
        let hex = id.strip_prefix('g').unwrap();
        assert!(
            hex.len() == 12 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{id}"
        );
    }
    // What the second removal leaves has its id whether the first is in the evidence or not.
    let only_second = grants_of(&[all[0].clone(), all[2].clone()]);
    let standing = |grants: &[Grant]| {
        let left = grants.iter().find(|grant| grant.state == State::Standing);
        left.unwrap().id.clone()
    };
    assert_eq!(standing(&only_second), standing(&two));
}

#[test]
fn a_removal_that_names_no_rights_takes_all() {
    let removal = step(
        "b",
        60,
        "Remove-MailboxPermission",
        &["Identity=victor", "ResetDefault=True"],
    );
    check(
        &[add("a", 0, "FullAccess,ReadPermission"), removal],
        &["bob FullAccess+ReadPermission revoked from 0 to 60"],
    );
}

#[test]
fn a_grant_given_again_is_another_grant() {
    check(
        &[
            add("a", 0, "FullAccess"),
            take("b", 60, "FullAccess"),
            add("c", 90, "FullAccess"),
        ],
        &[
            "bob FullAccess revoked from 0 to 60",
            "bob FullAccess standing from 90",
        ],
    );
}

#[test]
fn a_removal_on_another_mailbox_or_from_another_ends_nothing() {
    let remove = |id: &str, mailbox: &str, user: &str| {
        let parameters = [
            format!("Identity={mailbox}"),
            format!("User={user}"),
            "AccessRights=FullAccess".to_owned(),
        ];
        let parameters = parameters.each_ref().map(String::as_str);
        step(id, 60, "Remove-MailboxPermission", &parameters)
    };
    check(
        &[
            add("a", 0, "FullAccess"),
            remove("b", "victoria", "bob"),
            remove("c", "victor", "bobby"),
            take("d", 61, "SendAs"),
        ],
        &["bob FullAccess standing from 0"],
    );
}

#[test]
fn a_replaced_list_keeps_who_stays_and_ends_who_goes() {
    let list = |id: &str, second, value: &str| {
        let value = format!("GrantSendOnBehalfTo={value}");
        step(id, second, "Set-Mailbox", &["Identity=victor", &value])
    };
    check(
        &[
            list("a", 0, "bob;carol"),
            list("b", 60, "carol;dave"),
            list("c", 90, "@{Remove=\"dave\"}"),
        ],
        &[
            "bob SendOnBehalf revoked from 0 to 60",
            "carol SendOnBehalf standing from 0",
            "dave SendOnBehalf revoked from 60 to 90",
        ],
    );
    check(
        &[list("a", 0, "bob"), list("b", 60, "$null")],
        &["bob SendOnBehalf revoked from 0 to 60"],
    );
}

#[test]
fn a_list_that_only_repeats_is_found_by_its_own_id_too() {
    let list = |id: &str, second| {
        step(
            id,
            second,
            "Set-Mailbox",
            &["Identity=victor", "GrantSendOnBehalfTo=bob"],
        )
    };
    let alone = grants_of(&[list("b", 60)]);
    let both = grants_of(&[list("a", 0), list("b", 60)]);
    assert_eq!(both.len(), 1);
    assert_eq!(both[0].also_ids, ids(&alone));
}

#[test]
fn a_role_group_gives_its_roles_to_later_members() {
    let group = |id: &str, second, operation: &str, more: &[&str]| {
        let mut parameters = vec!["Identity=org\\MailSync"];
        parameters.extend(more);
        step(id, second, operation, &parameters)
    };
    let created = step(
        "a",
        0,
        "New-RoleGroup",
        &[
            "Name=MailSync",
            "Roles=ApplicationImpersonation",
            "Members=bob",
        ],
    );
    let rights = "ApplicationImpersonation+member of MailSync";
    check(
        &[
            created.clone(),
            group("b", 60, "Add-RoleGroupMember", &["Member=carol"]),
            group("c", 90, "Update-RoleGroupMember", &["Members=carol;dave"]),
            group("d", 120, "Remove-RoleGroupMember", &["Member=dave"]),
            group("e", 150, "Remove-RoleGroup", &[]),
        ],
        &[
            &format!("bob {rights} revoked from 0 to 90"),
            &format!("carol {rights} revoked from 60 to 150"),
            &format!("dave {rights} revoked from 90 to 120"),
        ],
    );
    // A group that could not be made carries nothing, nor does one that is made later.
    let early = group("0", -60, "Add-RoleGroupMember", &["Member=carol"]);
    for records in [
        [
            failed(created.clone()),
            group("b", 60, "Add-RoleGroupMember", &["Member=carol"]),
        ],
        [created, early],
    ] {
        let grants = grants_of(&records);
        let carol = grants.iter().find(|grant| grant.grantee.name == "carol");
        assert_eq!(carol.unwrap().rights, ["member of MailSync"]);
    }
}

fn assign(id: &str, second: i64, more: &[&str]) -> Value {
    let mut parameters = vec!["Name=Sync", "Role=ApplicationImpersonation"];
    parameters.extend(more);
    step(id, second, "New-ManagementRoleAssignment", &parameters)
}

#[test]
fn an_assignment_is_removed_by_its_name() {
    let app = format!("App={SERVICE}");
    for (assignee, road) in [
        ("User=bob", Road::ImpersonationRole),
        (app.as_str(), Road::RbacForApplications),
    ] {
        let removed = step(
            "b",
            60,
            "Remove-ManagementRoleAssignment",
            &["Identity=example.onmicrosoft.com\\SYNC"],
        );
        let grants = grants_of(&[assign("a", 0, &[assignee]), removed]);
        assert_eq!(grants.len(), 1);
        assert_eq!(
            (grants[0].road, grants[0].revoked_at),
            (road, Some(after(60)))
        );
    }
}

#[test]
fn a_changed_assignment_replaces_the_one_before() {
    let set = |id: &str, second, parameter: &str| {
        step(
            id,
            second,
            "Set-ManagementRoleAssignment",
            &["Identity=Sync", parameter],
        )
    };
    let new = assign("a", 0, &["User=bob", "CustomRecipientWriteScope=Board"]);
    let role = "ApplicationImpersonation+within";
    check(
        &[
            new.clone(),
            set("b", 60, "Enabled=False"),
            set("c", 90, "Enabled=True"),
            set("d", 120, "CustomRecipientWriteScope=Everybody"),
            set("e", 150, "CustomRecipientWriteScope=Everybody"),
        ],
        &[
            &format!("bob {role} Board revoked from 0 to 60"),
            &format!("bob {role} Board revoked from 90 to 120"),
            &format!("bob {role} Everybody standing from 120"),
        ],
    );
    check(
        &[
            new,
            failed(set("b", 60, "CustomRecipientWriteScope=Everybody")),
        ],
        &[
            &format!("bob {role} Board standing from 0"),
            &format!("bob {role} Everybody unknown from 60 attempt"),
        ],
    );
    let unknown = grants_of(&[set("b", 60, "CustomRecipientWriteScope=Everybody")]);
    assert!(unknown[0].grantee.is_nobody());
}

#[test]
fn a_replaced_folder_entry_ends_the_rights_before() {
    let entry = |id: &str, second, operation: &str, rights: &str| {
        let rights = format!("AccessRights={rights}");
        step(
            id,
            second,
            operation,
            &["Identity=victor:\\Inbox", "User=bob", &rights],
        )
    };
    check(
        &[
            entry("a", 0, "Add-MailboxFolderPermission", "Owner"),
            entry("b", 60, "Set-MailboxFolderPermission", "Reviewer"),
            entry("c", 90, "Set-MailboxFolderPermission", "Reviewer"),
            entry("d", 120, "Set-MailboxFolderPermission", "None"),
        ],
        &[
            "bob Owner revoked from 0 to 60",
            "bob Reviewer revoked from 60 to 120",
        ],
    );
}

#[test]
fn the_same_rights_on_another_folder_are_another_grant() {
    let entry = |id: &str, second, folder: &str| {
        let identity = format!("Identity=victor:\\{folder}");
        let operation = "Set-MailboxFolderPermission";
        step(
            id,
            second,
            operation,
            &[&identity, "User=bob", "AccessRights=Reviewer"],
        )
    };
    let given = grants_of(&[
        entry("a", 0, "Inbox"),
        entry("b", 60, "Inbox\\Treasury"),
        entry("c", 90, "inbox"),
    ]);
    let folders: Vec<&str> = given.iter().map(|grant| grant.folder.as_str()).collect();
    assert_eq!(folders, ["\\Inbox", "\\Inbox\\Treasury"]);
}

#[test]
fn a_removal_at_the_same_moment_leaves_the_state_unknown_whichever_comes_first() {
    for (grant, removal) in [("a", "b"), ("b", "a")] {
        let records = [add(grant, 0, "FullAccess"), take(removal, 0, "FullAccess")];
        check(&records, &["bob FullAccess unknown from 0"]);
        assert_eq!(grants_of(&records)[0].revocation_ids.len(), 1);
    }
    // An older grant ends all the same.
    check(
        &[
            add("a", 0, "FullAccess"),
            add("c", 60, "FullAccess"),
            take("b", 60, "FullAccess"),
        ],
        &[
            "bob FullAccess revoked from 0 to 60",
            "bob FullAccess unknown from 60",
        ],
    );
}

#[test]
fn records_without_a_time_leave_the_state_unknown() {
    let timeless = |json| with(json, &json!({ "CreationTime": "" }));
    check(
        &[timeless(add("a", 0, "FullAccess"))],
        &["bob FullAccess unknown from ?"],
    );
    check(
        &[
            add("b", 0, "FullAccess"),
            timeless(take("a", 0, "FullAccess")),
        ],
        &["bob FullAccess unknown from 0"],
    );
}

#[test]
fn failures_are_attempts_and_end_nothing() {
    check(
        &[
            add("a", 0, "FullAccess"),
            failed(take("b", 60, "FullAccess")),
            failed(add("c", 90, "SendAs")),
            take("d", 120, "SendAs"),
        ],
        &[
            "bob FullAccess standing from 0",
            "bob SendAs unknown from 90 attempt",
        ],
    );
}

#[test]
fn grants_of_microsoft_itself_are_classed_so() {
    let json = with(
        add("a", 0, "FullAccess"),
        &json!({ "UserId": "NT AUTHORITY\\SYSTEM (Microsoft.Exchange.ServiceHost)", "UserType": 3 }),
    );
    let grant = &grants_of(&[json])[0];
    assert_eq!(grant.class, Class::System);
    assert!(!grant.class_reason.is_empty());
}

/// The three records of one consent: to the application, its delegated grant, and an application role that opens mail.
fn consent(correlation: &str) -> [Value; 3] {
    let target = json!([{ "ID": format!("ServicePrincipal_{SERVICE}"), "Type": 2 }, { "ID": "eM Client", "Type": 1 }, { "ID": CLIENT, "Type": 2 }]);
    let shared = json!({ "InterSystemsId": correlation });
    let consented = directory(
        "Consent to application.",
        &[(
            "ConsentAction.Permissions",
            "",
            "[] => [[ConsentType: Principal, Scope:  openid Mail.Read]]; ",
        )],
    );
    let scoped = directory(
        "Add delegated permission grant.",
        &[
            (
                "DelegatedPermissionGrant.Scope",
                "",
                "openid Mail.Read Mail.Send",
            ),
            ("DelegatedPermissionGrant.ConsentType", "", "Principal"),
            ("ServicePrincipal.ObjectID", "", SERVICE),
        ],
    );
    let role = directory(
        "Add app role assignment grant to user.",
        &[("AppRole.Id", "", "00000000-0000-0000-0000-000000000000")],
    );
    let consented = with(consented, &json!({ "Target": target }));
    [
        dated(with(consented, &shared), "c1", 0),
        dated(with(scoped, &shared), "c2", 0),
        dated(with(role, &shared), "c3", 0),
    ]
}

#[test]
fn the_records_of_one_consent_are_one_grant() {
    for correlation in ["one", ""] {
        let mut records = consent(correlation);
        if correlation.is_empty() {
            // Without a correlation only a record that does not name the application is joined.
            records[1]["ModifiedProperties"]
                .as_array_mut()
                .unwrap()
                .pop();
        }
        let grants = grants_of(&records);
        assert_eq!(grants.len(), 1, "{correlation}");
        let grant = &grants[0];
        assert_eq!(grant.rights, ["Mail.Read", "Mail.Send", "openid"]);
        assert_eq!(grant.grantee.name, "eM Client");
        assert_eq!(grant.grantee.kind, PrincipalKind::ServicePrincipal);
        assert_eq!(
            (grant.app_ids.as_slice(), grant.scope),
            (&[CLIENT.to_owned()][..], Scope::Mailbox)
        );
        assert_eq!(grant.record_ids, ["c1", "c2"].map(|id| RecordId(id.into())));
        assert_eq!(grant.provenance.len(), 2);
    }
}

#[test]
fn a_merged_grant_is_found_by_the_id_of_either_record() {
    let records = consent("one");
    let merged = &grants_of(&records)[0];
    for alone in &records[..2] {
        let id = &grants_of(std::slice::from_ref(alone))[0].id;
        assert!(*id == merged.id || merged.also_ids.contains(id), "{id}");
    }
    let swapped: Vec<Value> = records.iter().rev().cloned().collect();
    assert_eq!(ids(&grants_of(&swapped)), [merged.id.as_str()]);
}

#[test]
fn roles_given_to_one_application_in_one_act_are_one_grant() {
    let role = |id: &str, value: &str| {
        let json = directory(
            "Add app role assignment to service principal.",
            &[
                ("AppRole.Value", "", value),
                ("ServicePrincipal.ObjectID", "", SERVICE),
            ],
        );
        dated(with(json, &json!({ "InterSystemsId": "one" })), id, 0)
    };
    let records = [
        role("a", "Mail.Read"),
        role("b", "Mail.Send"),
        role("c", "Contacts.Read"),
        role("d", "User.Read.All"),
    ];
    let grants = grants_of(&records);
    assert_eq!(grants.len(), 1);
    assert_eq!(grants[0].record_ids.len(), 3);
    assert_eq!(grants[0].also_ids.len(), 2);
}

#[test]
fn consents_of_two_acts_stay_apart() {
    let mut records = consent("one").to_vec();
    records.extend(consent("two").map(|json| {
        let id = format!("{}-again", json["Id"].as_str().unwrap());
        dated(json, &id, 1)
    }));
    assert_eq!(grants_of(&records).len(), 2);
}

#[test]
fn a_directory_removal_that_names_no_application_ends_nothing() {
    let removal = |service: &str, kind: &str| {
        let json = directory(
            "Remove delegated permission grant.",
            &[
                (
                    "DelegatedPermissionGrant.Scope",
                    "openid Mail.Read Mail.Send",
                    "",
                ),
                ("DelegatedPermissionGrant.ConsentType", kind, ""),
                ("ServicePrincipal.ObjectID", service, ""),
            ],
        );
        dated(json, "r", 60)
    };
    let state = |removal| {
        let mut records = consent("one").to_vec();
        records.push(removal);
        grants_of(&records)[0].state
    };
    assert_eq!(state(removal("", "Principal")), State::Standing);
    // What everybody had goes; what the user had of his own stays.
    assert_eq!(state(removal(SERVICE, "AllPrincipals")), State::Standing);
    assert_eq!(state(removal(SERVICE, "Principal")), State::Revoked);
}

#[test]
fn the_place_of_an_act_comes_from_whichever_record_has_one() {
    let [first, second, _] = consent("one");
    let second = with(second, &json!({ "ActorIpAddress": "80.114.221.214" }));
    assert_eq!(grants_of(&[first, second])[0].place.ip, "80.114.221.214");
}

/// One step of a made-up history of mailbox permissions.
#[derive(Debug, Clone)]
struct Step {
    second: i64,
    gives: bool,
    user: usize,
    mailbox: usize,
    rights: Vec<&'static str>,
    fails: bool,
}

const RIGHTS: [&str; 3] = ["DeleteItem", "FullAccess", "ReadPermission"];

fn any_step() -> impl Strategy<Value = Step> {
    let rights = proptest::sample::subsequence(RIGHTS.to_vec(), 1..=3);
    (any::<bool>(), 0..2_usize, 0..2_usize, rights, 0..8_u8).prop_map(
        |(gives, user, mailbox, rights, luck)| Step {
            second: 0,
            gives,
            user,
            mailbox,
            rights,
            fails: luck == 0,
        },
    )
}

/// Steps at distinct seconds, so that their order is known.
fn any_script() -> impl Strategy<Value = Vec<Step>> {
    proptest::collection::vec(any_step(), 0..10).prop_map(|steps| {
        let dated = (0..).zip(steps);
        dated
            .map(|(second, step)| Step { second, ..step })
            .collect()
    })
}

fn record_of(step: &Step) -> Record {
    let operation = if step.gives {
        "Add-MailboxPermission"
    } else {
        "Remove-MailboxPermission"
    };
    let parameters = [
        format!("Identity=mailbox{}", step.mailbox),
        format!("User=user{}", step.user),
        format!("AccessRights={}", step.rights.join(",")),
    ];
    let json = cmdlet(operation, &parameters.each_ref().map(String::as_str));
    let json = dated(json, &format!("record{}", step.second), step.second);
    read(&if step.fails { failed(json) } else { json })
}

/// One right of one user on one mailbox from one second to another.
type Span = (usize, usize, &'static str, i64, Option<i64>);

/// The reference: every right given is a span of its own; a removal ends all open spans of its right.
fn model(script: &[Step]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for step in script.iter().filter(|step| !step.fails) {
        for right in &step.rights {
            if step.gives {
                spans.push((step.user, step.mailbox, right, step.second, None));
                continue;
            }
            for span in &mut spans {
                let meant = (span.0, span.1, span.2) == (step.user, step.mailbox, *right);
                if meant && span.4.is_none() {
                    span.4 = Some(step.second);
                }
            }
        }
    }
    spans.sort_unstable();
    spans
}

fn spans(grants: &[Grant]) -> Vec<Span> {
    let number = |name: &str| usize::from(name.ends_with('1'));
    let second = |time: Instant| (time - after(0)).num_seconds();
    let mut spans: Vec<Span> = grants
        .iter()
        .filter(|grant| !grant.gave_nothing())
        .flat_map(|grant| {
            RIGHTS
                .into_iter()
                .filter(|right| grant.rights.iter().any(|has| has == right))
                .map(|right| {
                    (
                        number(&grant.grantee.name),
                        number(&grant.target.name),
                        right,
                        second(grant.time.unwrap()),
                        grant.revoked_at.map(second),
                    )
                })
        })
        .collect();
    spans.sort_unstable();
    spans
}

/// Records of every road that refers to others, some at the same moment.
fn any_tangle() -> impl Strategy<Value = Vec<Value>> {
    let kinds = [
        (
            "Add-MailboxPermission",
            "User=bob|AccessRights=FullAccess,ReadPermission",
        ),
        (
            "Remove-MailboxPermission",
            "User=bob|AccessRights=ReadPermission",
        ),
        ("Set-Mailbox", "GrantSendOnBehalfTo=bob;carol"),
        ("Set-Mailbox", "GrantSendOnBehalfTo=carol"),
        (
            "New-RoleGroup",
            "Name=victor|Roles=ApplicationImpersonation|Members=bob",
        ),
        ("Update-RoleGroupMember", "Members=bob;carol"),
        ("Remove-RoleGroupMember", "Member=carol"),
        (
            "New-ManagementRoleAssignment",
            "Name=victor|Role=Mailbox Search|User=bob",
        ),
        (
            "Set-ManagementRoleAssignment",
            "CustomRecipientWriteScope=Board",
        ),
        ("Remove-ManagementRoleAssignment", "Confirm=False"),
        (
            "Set-MailboxFolderPermission",
            "User=bob|AccessRights=Reviewer",
        ),
        ("Set-MailboxFolderPermission", "User=bob|AccessRights=None"),
    ];
    let step = (proptest::sample::select(kinds.to_vec()), 0..4_i64);
    let cmdlets = proptest::collection::vec(step, 0..12).prop_map(|steps| {
        let numbered = steps.into_iter().enumerate();
        let record = |(number, ((operation, parameters), second)): (usize, ((&str, &str), i64))| {
            let mut parameters: Vec<&str> = parameters.split('|').collect();
            parameters.push("Identity=victor");
            step_named(number, second, operation, &parameters)
        };
        numbered.map(record).collect::<Vec<Value>>()
    });
    (cmdlets, any::<bool>()).prop_map(|(mut records, consents)| {
        records.extend(consent("one").into_iter().filter(|_| consents));
        records
    })
}

/// A directory record that gives or takes, with the second it happened: with and without a correlation, an application, a scope in common.
fn any_directory_step() -> impl Strategy<Value = (Value, i64)> {
    let select = proptest::sample::select::<&str>;
    let kinds = vec![
        "Add app role assignment to service principal.",
        "Remove app role assignment from service principal.",
        "Add delegated permission grant.",
        "Remove delegated permission grant.",
    ];
    let said = (
        select(kinds),
        select(vec!["", "one", "two"]),
        select(vec!["", SERVICE, "11111111-e3c2-4e75-93ad-6ea6d16cffbf"]),
        select(vec!["Mail.Read", "Mail.Send", "Mail.Read Mail.Send"]),
        select(vec!["alice@example.com", "admin@example.com"]),
    );
    (said, 0..9_i64).prop_map(|((kind, correlation, service, rights, actor), second)| {
        let (old, new) = if kind.starts_with("Add") {
            ("", rights)
        } else {
            (rights, "")
        };
        let role = rights.split(' ').next().unwrap_or_default();
        let json = directory(
            kind,
            &[
                ("AppRole.Value", "", role),
                ("DelegatedPermissionGrant.Scope", old, new),
                ("DelegatedPermissionGrant.ConsentType", "", "Principal"),
                ("ServicePrincipal.ObjectID", "", service),
            ],
        );
        let more = json!({ "InterSystemsId": correlation, "UserId": actor });
        (with(json, &more), second)
    })
}

fn step_named(number: usize, second: i64, operation: &str, parameters: &[&str]) -> Value {
    // Ids in another order than the numbers, so that ids and times disagree.
    let id = format!("{}-{number}", number * 7 % 5);
    step(&id, second, operation, parameters)
}

/// What of a grant must not depend on the order of records. Places in the evidence may: each copy of a record has its own.
fn essence(grants: Vec<Grant>) -> Vec<Grant> {
    grants
        .into_iter()
        .map(|grant| Grant {
            provenance: Vec::new(),
            ..grant
        })
        .collect()
}

proptest! {
    #[test]
    fn mailbox_permissions_follow_the_reference(script in any_script()) {
        let grants = grants(&located(script.iter().map(record_of)));
        prop_assert_eq!(spans(&grants), model(&script), "{:?}", shown(&grants));
        let attempts = script.iter().filter(|step| step.gives && step.fails).count();
        prop_assert_eq!(grants.iter().filter(|grant| grant.gave_nothing()).count(), attempts);
    }

    #[test]
    fn what_is_looked_up_is_what_comparing_all_would_find(
        mut records in any_tangle(),
        acts in proptest::collection::vec(any_directory_step(), 0..12),
        moved in proptest::collection::vec((0..3_usize, 0..3_usize), 24),
    ) {
        // Several mailboxes, groups and grantees, so that there is something to tell apart.
        for (json, (whose, who)) in records.iter_mut().zip(moved) {
            let text = json.to_string();
            let text = text.replace("victor", ["victor", "Victor", "wendy"][whose]);
            *json = serde_json::from_str(&text.replace("bob", ["bob", "BOB", "mallory"][who])).unwrap();
        }
        let acts = acts.into_iter().enumerate();
        records.extend(acts.map(|(number, (json, second))| dated(json, &format!("act{number}"), second)));
        let records = located(records.iter().map(read));
        let identities = Identities::of_records(&records);
        prop_assert_eq!(
            lifecycle::grants(&records, &identities),
            lifecycle::grants_by_comparing_all(&records, &identities)
        );
    }

    #[test]
    fn order_and_duplicates_do_not_matter(
        records in any_tangle(),
        shuffled in any::<proptest::sample::Index>(),
        twice in any::<proptest::sample::Index>(),
    ) {
        let straight: Vec<Record> = records.iter().map(read).collect();
        let mut other = straight.clone();
        if !other.is_empty() {
            let middle = shuffled.index(other.len());
            other.rotate_left(middle);
            other.reverse();
            other.push(straight[twice.index(straight.len())].clone());
        }
        let (one, two) = (grants(&located(straight)), grants(&located(other)));
        prop_assert_eq!(essence(one.clone()), essence(two));
        let mut known = BTreeSet::new();
        for grant in &one {
            prop_assert_eq!(grant.record_ids.len(), grant.provenance.len());
            prop_assert!(grant.state == State::Revoked || grant.revoked_at.is_none());
            prop_assert!(grant.revoked_at.is_none_or(|end| Some(end) > grant.time));
            prop_assert!(known.insert(grant.id.clone()), "{} twice", grant.id);
        }
    }
}

#[test]
fn times_of_records_are_kept_whole() {
    let json = native(
        "Add-MailboxPermission",
        &json!({ "CreationTime": "2023-06-03T08:13:00.25Z", "Parameters": [{ "Name": "User", "Value": "b" }] }),
    );
    let time = grants_of(&[json])[0].time;
    assert_eq!(time, Some(at("2023-06-03T08:13:00.25Z")));
    assert_eq!(time.map(time::micros).unwrap() % 1_000_000, 250_000);
}
