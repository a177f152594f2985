//! Files of every format are read: which format they are, how many records or entries they hold, and what is refused.
//!
//! The files are small and invented. Not here: the values of records and entries, which the readers' own tests look at, and one event
//! in all its shapes (`differential`).

use grantline::evidence::{EvidenceError, FORMATS, Row, read};
use std::collections::HashSet;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

/// What a file holds.
#[derive(Debug, Default, PartialEq)]
struct Counts {
    /// Records, or entries of an inventory.
    read: usize,
    /// Rows that were refused.
    refused: usize,
    /// Those of the records that lost something on their way.
    degraded: usize,
}

/// So many records or entries, all of them whole.
const fn whole(read: usize) -> Counts {
    counts(read, 0, 0)
}

/// Rows of a kind that holds no records.
const fn refused(refused: usize) -> Counts {
    counts(0, refused, 0)
}

const fn counts(read: usize, refused: usize, degraded: usize) -> Counts {
    Counts {
        read,
        refused,
        degraded,
    }
}

/// Each file with its format and what it holds.
const FILES: &[(&str, &str, Counts)] = &[
    ("splunk.csv", "splunk", whole(3)),
    ("splunk.jsonl", "splunk", counts(2, 1, 0)),
    ("graph-audit-query.json", "graph-audit-query", whole(3)),
    ("unified-audit-search.csv", "unified-audit-search", whole(3)),
    ("purview.csv", "unified-audit-search", whole(3)),
    ("convertto-json.json", "unified-audit-search", whole(2)),
    ("hunting-stream.jsonl", "hunting-stream", whole(2)),
    ("cloud-app-events.csv", "cloud-app-events", whole(2)),
    ("diagnostic-records.jsonl", "diagnostic-records", whole(3)),
    ("portal-sign-ins.csv", "portal-sign-ins", whole(3)),
    (
        "portal-sign-ins-application.csv",
        "portal-sign-ins",
        whole(1),
    ),
    (
        "portal-authentication-details.csv",
        "portal-authentication-details",
        refused(2),
    ),
    ("defender-sign-ins.csv", "defender-sign-ins", whole(2)),
    ("script-sign-ins.csv", "script-sign-ins", whole(2)),
    ("sign-in-logs.csv", "sign-in-logs", whole(2)),
    ("graph-sign-ins.json", "graph-sign-ins", whole(3)),
    ("portal-audit-logs.csv", "portal-audit-logs", whole(2)),
    (
        "graph-directory-audits.json",
        "graph-directory-audits",
        whole(2),
    ),
    ("audit-logs.csv", "audit-logs", whole(2)),
    ("unified-audit.json", "unified-audit", whole(3)),
    ("elastic.ndjson", "elastic", whole(3)),
    (
        "audit-data-columns.csv",
        "audit-data-columns",
        counts(2, 0, 1),
    ),
    (
        "audit-search-screen.csv",
        "audit-search-screen",
        counts(2, 0, 1),
    ),
    ("google-workspace.json", "google-workspace", whole(2)),
    ("enriched-audit.json", "enriched-audit", whole(2)),
    ("office-activity.csv", "office-activity", whole(2)),
    ("office-activity-tables.json", "office-activity", whole(3)),
    ("admin-audit-log.xml", "admin-audit-log", whole(2)),
    ("admin-audit-log.json", "admin-audit-log", whole(1)),
    ("mailbox-audit-log.csv", "mailbox-audit-log", whole(2)),
    ("mailbox-audit-log.clixml", "mailbox-audit-log", whole(2)),
    ("audit-content-list.json", "audit-content-list", refused(2)),
    ("mail-access-summary.csv", "mail-access-summary", refused(2)),
    ("wrapped.jsonl", "wrapped", whole(2)),
    ("ad-permissions.csv", "ad-permissions", whole(2)),
    ("app-registrations.csv", "app-registrations", whole(2)),
    (
        "app-role-assignments.json",
        "app-role-assignments",
        whole(2),
    ),
    (
        "application-access-policies.csv",
        "application-access-policies",
        whole(1),
    ),
    (
        "audit-bypass-associations.csv",
        "audit-bypass-associations",
        whole(2),
    ),
    (
        "delegated-permission-grants.json",
        "delegated-permission-grants",
        whole(2),
    ),
    (
        "exchange-service-principals.csv",
        "exchange-service-principals",
        whole(1),
    ),
    (
        "mailbox-folder-permissions.csv",
        "mailbox-folder-permissions",
        whole(3),
    ),
    (
        "mailbox-permission-summaries.csv",
        "mailbox-permission-summaries",
        whole(2),
    ),
    ("mailbox-permissions.csv", "mailbox-permissions", whole(4)),
    ("mailboxes.json", "mailboxes", whole(2)),
    (
        "management-role-assignments.csv",
        "management-role-assignments",
        whole(2),
    ),
    ("oauth-apps.csv", "oauth-apps", whole(1)),
    ("oauth-permissions.csv", "oauth-permissions", whole(2)),
    (
        "recipient-permissions.csv",
        "recipient-permissions",
        whole(2),
    ),
    ("role-group-members.csv", "role-group-members", whole(2)),
    ("role-groups.json", "role-groups", whole(1)),
    ("service-principals.json", "service-principals", whole(2)),
    ("users.json", "users", whole(2)),
];

/// Reads a file through: the format it was taken for, and what it held.
fn held(path: &Path) -> Result<(Option<String>, Counts), EvidenceError> {
    let mut found = Counts::default();
    let mut sink = |_: &_, row| {
        match row {
            Row::Records(records, _) => {
                found.read += records.len();
                let lost = records.iter().filter(|record| !record.degraded.is_empty());
                found.degraded += lost.count();
            }
            Row::Inventory(entry, _) => {
                found.read += 1;
                found.degraded += usize::from(!entry.lost().is_empty());
            }
            Row::Refused { reason, .. } => {
                assert!(!reason.is_empty(), "{}", path.display());
                found.refused += 1;
            }
        }
        ControlFlow::Continue(())
    };
    let summary = read(path, &mut sink)?;
    Ok((summary.layout.format, found))
}

#[test]
fn every_file_is_read_as_what_it_is() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), FILES.len());
    for (name, format, expected) in FILES {
        let (found, counts) = held(&folder.join(name)).unwrap();
        assert_eq!(found.as_deref(), Some(*format), "{name}");
        assert_eq!(counts, *expected, "{name}");
    }
}

#[test]
fn every_format_has_a_file() {
    let with_file: HashSet<_> = FILES.iter().map(|(_, format, _)| *format).collect();
    for format in FORMATS {
        assert!(with_file.contains(format.name), "{}", format.name);
    }
}
