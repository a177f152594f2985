//! One act that several channels tell of.

use super::*;

/// An id as the unified audit log has them.
fn unified(number: i64) -> String {
    format!("{number:08x}-1111-4222-8333-444444444444")
}

/// An id as exports without ids get them.
fn content(number: i64) -> String {
    format!("row-{number:032x}")
}

fn directory_id(number: i64) -> String {
    format!("Directory_{number}_AAAA_1")
}

#[test]
fn a_cmdlet_in_two_logs_is_one_grant_and_so_is_its_removal() {
    let records = [
        add(&unified(1), 0, "FullAccess"),
        add(&content(1), 2, "FullAccess"),
        take(&unified(2), 60, "FullAccess"),
        add(&unified(3), 61, "FullAccess"),
        // What the other log tells late is what was told before, not a removal of what was given since.
        take(&content(2), 62, "FullAccess"),
        add(&content(3), 63, "FullAccess"),
    ];
    check(
        &records,
        &[
            "bob FullAccess revoked from 0 to 60",
            "bob FullAccess standing from 61",
        ],
    );
    let grants = grants_of(&records);
    assert_eq!(grants[0].record_ids.len(), 2);
    assert_eq!(grants[0].provenance.len(), 2);
    assert_eq!(grants[0].revocation_ids.len(), 2);
    // Each record alone makes a grant that is found by its id.
    for (alone, grant) in [(0, 0), (1, 0), (3, 1), (5, 1)] {
        let alone = grants_of(&records[alone..=alone]);
        assert!(grants[grant].ids().any(|id| id == alone[0].id), "{alone:?}");
    }
    assert_eq!(grants[0].id, grants_of(&records[..1])[0].id);
}

#[test]
fn a_part_that_stands_is_found_whichever_log_told_of_the_removal() {
    let given = [
        add(&unified(1), 0, "FullAccess,ReadPermission"),
        add(&content(1), 1, "FullAccess,ReadPermission"),
    ];
    let taken = [
        take(&unified(2), 60, "ReadPermission"),
        take(&content(2), 61, "ReadPermission"),
    ];
    let all = grants_of(&[given.clone(), taken.clone()].concat());
    let known: BTreeSet<&str> = all.iter().flat_map(Grant::ids).collect();
    for given in &given {
        for taken in &taken {
            for grant in grants_of(&[given.clone(), taken.clone()]) {
                assert!(known.contains(grant.id.as_str()), "{}", grant.id);
            }
        }
    }
}

#[test]
fn what_was_done_twice_stays_two_grants() {
    let [one, two] = [
        add(&unified(1), 0, "FullAccess"),
        add(&unified(2), 1, "FullAccess"),
    ];
    let [three, four] = [
        add(&content(1), 2, "FullAccess"),
        add(&content(2), 3, "FullAccess"),
    ];
    assert_eq!(grants_of(&[one.clone(), two.clone()]).len(), 2);
    let grants = grants_of(&[one.clone(), two, three, four]);
    let told: Vec<usize> = grants.iter().map(|grant| grant.record_ids.len()).collect();
    assert_eq!(told, [2, 2]);
    // Others of whom, by whom, when and what.
    let other = |id: &str, second, more: &Value| with(add(id, second, "FullAccess"), more);
    for unlike in [
        other(&content(1), 6, &json!({})),
        other(&content(1), 0, &json!({ "UserId": "mallory@example.com" })),
        other(&content(1), 0, &json!({ "ResultStatus": "False" })),
        add(&content(1), 0, "ReadPermission"),
        add("a", 6, "FullAccess"),
    ] {
        assert_eq!(grants_of(&[one.clone(), unlike]).len(), 2);
    }
}

#[test]
fn a_change_of_the_directory_in_two_logs_is_one_grant() {
    let role = |id: &str, second, correlation: &str| {
        let json = directory(
            "Add app role assignment to service principal.",
            &[
                ("AppRole.Value", "", "Mail.Read"),
                ("ServicePrincipal.ObjectID", "", SERVICE),
            ],
        );
        let shared = json!({ "InterSystemsId": correlation });
        dated(with(json, &shared), id, second)
    };
    for (one, two) in [("one", "one"), ("one", "two"), ("", "")] {
        let grants = grants_of(&[role(&unified(1), 0, one), role(&directory_id(1), 1, two)]);
        assert_eq!(grants.len(), 1, "{one} {two}");
        assert_eq!(grants[0].record_ids.len(), 2);
    }
    // Two acts that each log has stay two.
    let four = [
        role(&unified(1), 0, "one"),
        role(&unified(2), 1, "two"),
        role(&directory_id(1), 1, "one"),
        role(&directory_id(2), 2, "two"),
    ];
    assert_eq!(grants_of(&four).len(), 2);
}

#[test]
fn a_cmdlet_and_what_the_mailbox_tells_of_it_are_one_grant() {
    let entry = |number, second, operation: &str, rights: &str| {
        let rights = format!("AccessRights={rights}");
        let parameters = ["Identity=victor@example.com:\\Inbox", "User=bob", &rights];
        step(&unified(number), second, operation, &parameters)
    };
    let audited = |number, second, operation: &str, rights: &str| {
        let folder = json!({ "Path": "\\Inbox", "MemberUpn": "bob", "MemberSid": "S-1-5-21-1-2-3-4", "MemberRights": rights });
        let json = native(
            operation,
            &json!({ "RecordType": 2, "MailboxOwnerUPN": "victor@example.com", "Item": { "ParentFolder": folder } }),
        );
        dated(json, &unified(number), second)
    };
    let records = [
        entry(1, 0, "Add-MailboxFolderPermission", "Reviewer"),
        audited(2, 1, "AddFolderPermissions", "ReadAny, Visible"),
        // The same once more is nothing new, in the words of either.
        entry(3, 60, "Set-MailboxFolderPermission", "Reviewer"),
        audited(4, 90, "ModifyFolderPermissions", "ReadAny, Visible"),
        entry(5, 120, "Remove-MailboxFolderPermission", ""),
        audited(6, 121, "RemoveFolderPermissions", ""),
    ];
    check(
        &records,
        &["bob ReadAny+Reviewer+Visible revoked from 0 to 120"],
    );
    let grant = &grants_of(&records)[0];
    assert_eq!((grant.record_ids.len(), grant.revocation_ids.len()), (2, 2));
    assert_eq!(grant.operation, "Add-MailboxFolderPermission");
}

#[test]
fn a_member_who_joins_in_two_logs_joins_once() {
    let member = |id: &str, second| {
        step(
            id,
            second,
            "Add-DistributionGroupMember",
            &["Identity=bob", "Member=carol"],
        )
    };
    let records = [
        add("a", 0, "FullAccess"),
        member(&unified(1), 60),
        member(&content(1), 61),
    ];
    let grants = grants_of(&records);
    assert_eq!(grants.len(), 2);
    assert_eq!(grants[1].record_ids.len(), 2);
    let alone = grants_of(&[records[0].clone(), records[2].clone()]);
    assert!(grants[1].ids().any(|id| id == alone[1].id));
}
