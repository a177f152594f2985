//! A small case for tests: an intruder's grant, an application's, a routine one, a system one, an attempt.

use crate::case::Mark;
use crate::evidence::Original;
use crate::hunt::{
    Act, Class, Exposure, Grant, Listing, Party, Place, PrincipalKind, Road, Scope, ScoredGrant,
    Severity, Signal, State, Verdict,
};
use crate::job::{
    Coverage, FileCoverage, FileKind, Histogram, Hunt, LineFault, ListKind, Progress, Reply,
};
use crate::record::{Provenance, RecordId};
use crate::store::Row;
use crate::time::{Instant, parse};
use std::collections::BTreeMap;
use std::sync::Arc;

pub fn at(text: &str) -> Instant {
    parse(text).unwrap()
}

fn signal(name: &'static str, bits: f64, detail: &str) -> Signal {
    Signal {
        name,
        bits,
        detail: detail.into(),
        record_ids: Vec::new(),
    }
}

pub fn grant(id: &str, time: &str, road: Road, people: [&str; 3], score: f64) -> ScoredGrant {
    let [actor, grantee, target] = people;
    let severity = match score {
        20.0.. => Severity::Critical,
        14.0.. => Severity::High,
        8.0.. => Severity::Medium,
        3.0.. => Severity::Low,
        _ => Severity::Info,
    };
    ScoredGrant {
        grant: Grant {
            degraded: String::new(),
            also_ids: Vec::new(),
            id: id.into(),
            time: parse(time),
            road,
            operation: "Add-MailboxPermission".into(),
            actor: Party::new(actor, PrincipalKind::User),
            grantee: Party::new(grantee, PrincipalKind::User),
            target: Party::new(target, PrincipalKind::User),
            scope: Scope::Mailbox,
            rights: vec!["FullAccess".into()],
            act: Act::Given,
            ended_by: String::new(),
            listing: Listing::Unknown,
            listing_reason: String::new(),
            class: Class::Candidate,
            class_reason: String::new(),
            state: State::Standing,
            revoked_at: None,
            record_ids: vec![RecordId(format!("{id}-record"))],
            revocation_ids: Vec::new(),
            provenance: vec![Provenance {
                file: 1,
                line: 17,
                offset: 20_480,
                length: 1204,
                ..Provenance::default()
            }],
            place: Place {
                ip: "203.0.113.7".into(),
                country: "NG".into(),
                ..Place::default()
            },
            presumed_app_ids: Vec::new(),
            presumed_reason: String::new(),
            app_ids: Vec::new(),
            folder: String::new(),
        },
        score,
        severity,
        signals: Vec::new(),
        unknowns: Vec::new(),
        first_access: None,
        accesses: 0,
        mailboxes: 0,
        exposure: Exposure::default(),
    }
}

fn intruder() -> ScoredGrant {
    let mut scored = grant(
        "g1a2b3c4d5e6",
        "2023-06-03T03:13:05Z",
        Road::MailboxPermission,
        [
            "stinger@contoso.com",
            "lidia@contoso.com",
            "henrietta@contoso.com",
        ],
        23.4,
    );
    scored
        .grant
        .record_ids
        .push(RecordId("second-record".into()));
    scored.grant.provenance.push(Provenance {
        file: 1,
        line: 18,
        offset: 21_684,
        length: 990,
        ..Provenance::default()
    });
    scored.signals = vec![
        signal(
            "actor-operation",
            7.1,
            "stinger@contoso.com ran Add-MailboxPermission for the first time; 412 operations in 30 days before, none of this kind.",
        ),
        signal(
            "hour",
            5.2,
            "Saturday 03:13 UTC: 0 of 412 earlier operations fell in this hour of the week.",
        ),
        signal(
            "place",
            4.6,
            "From NG, where stinger@contoso.com was never seen (30 days: NL 398, BE 14).",
        ),
        signal(
            "pair",
            4.0,
            "lidia@contoso.com never opened henrietta@contoso.com’s mailbox before.",
        ),
        signal("fast-use", 2.5, "First access 12 min after the grant."),
    ];
    scored.unknowns =
        vec!["whether lidia@contoso.com has a second factor: no sign-in log was given.".into()];
    scored.accesses = 42;
    scored.mailboxes = 1;
    scored.first_access = Some(at("2023-06-03T03:25:11Z"));
    scored.exposure = Exposure {
        proven: 17,
        presumed: 1,
        unknowable: 0,
    };
    scored
}

fn application() -> ScoredGrant {
    let mut scored = grant(
        "gbbbbbbbbbbbb",
        "2023-06-04T11:20:41Z",
        Road::AppPermission,
        ["admin@contoso.com", "Mail Sync Pr0", "all mailboxes"],
        17.8,
    );
    scored.grant.operation = "Add app role assignment to service principal".into();
    scored.grant.rights = vec!["full_access_as_app".into()];
    scored.grant.grantee.kind = PrincipalKind::ServicePrincipal;
    scored.grant.grantee.resembles = "Mail Sync Pro".into();
    scored.grant.listing = Listing::Confirmed;
    scored.grant.listing_reason = "the listing of app role assignments has it".into();
    scored.grant.scope = Scope::Tenant;
    scored.accesses = 1310;
    scored.mailboxes = 12;
    scored
}

fn attempt() -> ScoredGrant {
    let mut scored = grant(
        "gcccccccccccc",
        "2023-06-02T22:58:00Z",
        Road::RoleGroup,
        [
            "stinger@contoso.com",
            "stinger@contoso.com",
            "all mailboxes",
        ],
        12.0,
    );
    scored.grant.act = crate::hunt::Act::Failed;
    scored.grant.state = State::Unknown;
    scored
}

fn system() -> ScoredGrant {
    let mut scored = grant(
        "gdddddddddddd",
        "2023-05-11T06:00:00Z",
        Road::MailboxPermission,
        [
            "NT AUTHORITY\\SYSTEM",
            "Discovery Management",
            "DiscoverySearchMailbox",
        ],
        0.4,
    );
    scored.grant.class = Class::System;
    scored.grant.class_reason =
        "made by NT AUTHORITY\\SYSTEM (Microsoft.Exchange.ServiceHost)".into();
    scored
}

fn revoked() -> ScoredGrant {
    let mut scored = grant(
        "geeeeeeeeeeee",
        "2023-05-20T09:30:00Z",
        Road::SendOnBehalf,
        [
            "helpdesk@contoso.com",
            "tom@contoso.com",
            "sales@contoso.com",
        ],
        4.2,
    );
    scored.grant.state = State::Revoked;
    scored.grant.revoked_at = Some(at("2023-05-25T10:00:00Z"));
    scored.grant.ended_by = "Set-Mailbox".into();
    scored
}

/// The grants, in the order of time.
pub fn grants() -> Vec<ScoredGrant> {
    let routine = grant(
        "gffffffffffff",
        "2023-05-04T08:00:00Z",
        Road::FolderPermission,
        ["anna@contoso.com", "bert@contoso.com", "anna@contoso.com"],
        1.1,
    );
    vec![
        routine,
        system(),
        revoked(),
        attempt(),
        intruder(),
        application(),
    ]
}

pub fn hunt_of(grants: Vec<ScoredGrant>) -> Hunt {
    Hunt {
        grants,
        records: 128_412,
        span: Some((at("2023-05-01T00:00:00Z"), at("2023-06-30T23:59:59Z"))),
        coverage: coverage(),
        case: "contoso".into(),
        indexing: false,
    }
}

pub fn hunt() -> Reply {
    Reply::Hunt(Arc::new(hunt_of(grants())))
}

fn coverage() -> Coverage {
    let ual = FileCoverage {
        number: 1,
        kind: FileKind::Evidence,
        path: "/evidence/export-2023/ual-2023-06.csv".into(),
        sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
        size: 1_234_567,
        format: "ual-csv".into(),
        why: "a header with AuditData".into(),
        encoding: "UTF-16 LE with BOM".into(),
        rows: 129_612,
        read: 128_400,
        degraded: 4,
        duplicate: 1200,
        refused: 12,
        first: "2023-05-01T00:01:02Z".into(),
        last: "2023-06-30T22:10:00Z".into(),
        fault: String::new(),
        operations: [("MailItemsAccessed".to_owned(), 120_000), ("Add-MailboxPermission".to_owned(), 9)].into(),
        inventory: BTreeMap::new(),
        gaps: Vec::new(),
        signs: vec!["no record on 2023-06-07, with 312 the day before and 280 the day after".into()],
        lines: vec![
            LineFault { line: 17, offset: 20_480, reason: "the cell AuditData is no JSON: it ends inside a string; it was cut at 32,767 characters by a spreadsheet".into() },
            LineFault { line: 902, offset: 1_204_331, reason: "no time: CreationTime is 0001-01-01T00:00:00".into() },
        ],
    };
    let picture = FileCoverage {
        path: "/evidence/export-2023/screenshot.png".into(),
        fault: "not a log: a PNG picture".into(),
        ..FileCoverage::default()
    };
    let signins = FileCoverage {
        path: "/evidence/signins.jsonl".into(),
        format: "entra-signin-jsonl".into(),
        rows: 12,
        read: 12,
        ..FileCoverage::default()
    };
    Coverage {
        files: vec![picture, ual, signins],
        blind: vec!["no UserLoggedIn: where an actor was cannot be taken from sign-ins".into()],
    }
}

/// Packed logs of a storage account, whose blobs all have one name, with what does not belong to them.
pub fn blobs() -> Reply {
    let folder = "/evidence/2023/export.zip";
    let file = |path: &str, format: &str| FileCoverage {
        path: format!("{folder}{path}"),
        format: format.into(),
        why: "as its first rows say".into(),
        ..FileCoverage::default()
    };
    let mut files = vec![
        FileCoverage {
            kind: FileKind::Packed,
            ..file("", "packed")
        },
        FileCoverage {
            kind: FileKind::Litter,
            ..file("/__MACOSX/._logs", "no evidence")
        },
    ];
    let refused = |line| LineFault {
        line,
        offset: 100 * line,
        reason: "a list of content blobs, no records".into(),
    };
    for day in 1..4 {
        let mut blob = file(
            &format!("/insights-logs-signinlogs/y=2023/m=06/d=0{day}/h=00/m=00/PT1H.json"),
            "diagnostic-settings",
        );
        (blob.rows, blob.read) = (180 * day, 180 * day);
        if day == 2 {
            (blob.read, blob.refused) = (180, 180);
            blob.lines = (3..183).map(refused).collect();
            blob.signs = vec!["no record on 2023-06-02".into()];
        }
        files.push(blob);
    }
    files.push(FileCoverage {
        path: "/evidence/2023/pipe".into(),
        kind: FileKind::Place,
        fault: "/evidence/2023/pipe is a pipe, no file".into(),
        ..FileCoverage::default()
    });
    let mut hunt = hunt_of(grants());
    hunt.coverage.files = files;
    Reply::Hunt(Arc::new(hunt))
}

pub fn reading() -> Vec<Reply> {
    let mut hunt = hunt_of(grants().split_off(3));
    hunt.indexing = true;
    hunt.records = 12_345;
    let progress = Progress {
        done: 43,
        bytes: 100,
        rows: 12_345,
        file: "/evidence/export-2023/ual-2023-06.csv".into(),
        finished: false,
    };
    vec![Reply::Progress(progress), Reply::Hunt(Arc::new(hunt))]
}

pub fn mark(grant: &str, verdict: Verdict, note: &str) -> Mark {
    Mark {
        grant: grant.into(),
        verdict,
        note: note.into(),
        tags: Vec::new(),
        by: "ana".into(),
        at: at("2023-07-01T03:10:00Z"),
    }
}

pub fn marks() -> Reply {
    Reply::Marks(Arc::new(vec![
        mark("gbbbbbbbbbbbb", Verdict::BenignTruePositive, ""),
        mark(
            "g1a2b3c4d5e6",
            Verdict::TruePositive,
            "seen again on the 5th, called the owner",
        ),
        mark("g000000000000", Verdict::Unknown, "from an older export"),
    ]))
}

pub fn row(number: usize) -> Row {
    Row {
        time: Some(
            at("2023-06-03T03:25:11Z")
                + chrono::TimeDelta::minutes(i64::try_from(number).unwrap() * 7),
        ),
        operation: "MailItemsAccessed".into(),
        user: "lidia@contoso.com".into(),
        mailbox: "henrietta@contoso.com".into(),
        app: "5d661950-3475-41cd-a2c3-d671a3162bc1".into(),
        ip: "203.0.113.7".into(),
        country: "NG".into(),
        session: "0f1e2d3c-aaaa".into(),
        access: if number.is_multiple_of(5) {
            "Sync".into()
        } else {
            "Bind".into()
        },
        items: (number % 4) as u64,
        facets: vec!["access".into()],
        provenance: Provenance {
            file: 1,
            line: 100 + number as u64,
            offset: 4096,
            length: 812,
            ..Provenance::default()
        },
    }
}

pub fn rows(from: usize, to: usize) -> Vec<Row> {
    (from..to).map(row).collect()
}

pub fn listed(generation: u64, list: ListKind, total: usize) -> Reply {
    let histogram = Histogram {
        from: Some(at("2023-06-03T03:00:00Z")),
        to: Some(at("2023-06-05T03:00:00Z")),
        counts: (0..48)
            .map(|hour| [9, 4, 0, 1, 0, 0, 2, 30][hour % 8])
            .collect(),
    };
    Reply::Listed {
        generation,
        list,
        total,
        rows: rows(0, total.min(50)),
        histogram,
    }
}

const JSON: &str = r#"{
  "CreationTime": "2023-06-03T03:13:05",
  "Id": "7d1f2c9a-0000-4000-8000-000000000017",
  "Operation": "Add-MailboxPermission",
  "UserId": "stinger@contoso.com",
  "ClientIP": "203.0.113.7:50122",
  "Parameters": [
    {
      "Name": "Identity",
      "Value": "henrietta"
    },
    {
      "Name": "AccessRights",
      "Value": "FullAccess"
    }
  ],
  "Long": "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore magna aliqua."
}"#;

pub fn original(generation: u64, provenance: Provenance) -> Reply {
    let original = Original::new(JSON.as_bytes().to_vec(), Vec::new());
    Reply::Original {
        generation,
        file: "/evidence/export-2023/ual-2023-06.csv".into(),
        sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
        provenance,
        original: Ok(Arc::new(original)),
    }
}
