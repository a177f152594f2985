//! Inventory files of every kind are read: which format they are, and how many entries they hold.
//!
//! The files are invented. Not here: the values of the entries, which the readers' own tests look at.

use grantline::evidence::{Row, read};
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

/// Each file with its format and the number of its entries.
const FILES: &[(&str, &str, usize)] = &[
    ("ad-permissions.csv", "ad-permissions", 2),
    ("app-registrations.csv", "app-registrations", 2),
    ("app-role-assignments.json", "app-role-assignments", 2),
    (
        "application-access-policies.csv",
        "application-access-policies",
        1,
    ),
    (
        "audit-bypass-associations.csv",
        "audit-bypass-associations",
        2,
    ),
    (
        "delegated-permission-grants.json",
        "delegated-permission-grants",
        2,
    ),
    (
        "exchange-service-principals.csv",
        "exchange-service-principals",
        1,
    ),
    (
        "mailbox-folder-permissions.csv",
        "mailbox-folder-permissions",
        3,
    ),
    (
        "mailbox-permission-summaries.csv",
        "mailbox-permission-summaries",
        2,
    ),
    ("mailbox-permissions.csv", "mailbox-permissions", 4),
    ("mailboxes.json", "mailboxes", 2),
    (
        "management-role-assignments.csv",
        "management-role-assignments",
        2,
    ),
    ("oauth-apps.csv", "oauth-apps", 1),
    ("oauth-permissions.csv", "oauth-permissions", 2),
    ("recipient-permissions.csv", "recipient-permissions", 2),
    ("role-group-members.csv", "role-group-members", 2),
    ("role-groups.json", "role-groups", 1),
    ("service-principals.json", "service-principals", 2),
    ("users.json", "users", 2),
];

#[test]
fn every_file_is_read_whole() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/inventories");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), FILES.len());
    for (name, format, entries) in FILES {
        let mut found = 0;
        let mut sink = |_: &_, row| {
            match row {
                Row::Inventory(entry, _) => {
                    assert!(entry.lost().is_empty(), "{name}: {entry:?}");
                    found += 1;
                }
                other => panic!("{name}: {other:?}"),
            }
            ControlFlow::Continue(())
        };
        let summary = read(&folder.join(name), &mut sink).unwrap();
        assert_eq!(summary.layout.format.as_deref(), Some(*format), "{name}");
        assert_eq!(found, *entries, "{name}");
    }
}
