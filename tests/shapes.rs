//! Every shape is read as the format that it says, with nothing refused, and every format has a shape.
//!
//! Not here: whether all shapes of the unified log say the same (`differential`), the values that readers make of a row (their own
//! tests).

#![expect(clippy::unwrap_used, reason = "a failing test should panic")]

#[path = "differential/tenant.rs"]
mod tenant;

use grantline::demo::id::PlaceId;
use grantline::demo::inventory::Inventories;
use grantline::demo::shape::{EXEMPT, SHAPES, Shape, Stream};
use grantline::demo::tenant::Tenant;
use grantline::evidence::{FORMATS, Row, read_from};
use grantline::record::{Inventory, Record};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::Path;

#[test]
fn every_format_has_a_shape_or_says_why_not() {
    let shaped: BTreeSet<_> = SHAPES.iter().map(|shape| shape.format).collect();
    let exempt: BTreeSet<_> = EXEMPT.iter().map(|(format, _)| *format).collect();
    let all: BTreeSet<_> = FORMATS.iter().map(|format| format.name).collect();
    assert_eq!(shaped.intersection(&exempt).count(), 0);
    let both: BTreeSet<_> = shaped.union(&exempt).copied().collect();
    assert_eq!(both, all);
}

/// What came out of a file.
#[derive(Debug, Default)]
struct Read {
    format: String,
    records: Vec<Record>,
    entries: Vec<Inventory>,
    refused: Vec<String>,
}

fn read(name: &str, bytes: &[u8]) -> Read {
    let mut read = Read::default();
    let mut sink = |_: &_, row| {
        match row {
            Row::Records(found, _) => read.records.extend(found),
            Row::Inventory(entry, _) => read.entries.push(*entry),
            Row::Refused { reason, .. } => read.refused.push(reason),
        }
        ControlFlow::Continue(())
    };
    let summary = read_from(&mut &*bytes, Path::new(name), &mut sink);
    let summary = summary.map_err(|error| format!("{name}: {error}")).unwrap();
    read.format = summary.layout.format.unwrap_or_default();
    read
}

/// A sign-in of a kind as Graph lists it.
fn sign_in(number: usize, kind: &str, error: i64) -> Value {
    let is_person = kind.ends_with("User");
    let mut sign_in = json!({
        "id": format!("aaaa0000-0000-4000-8000-{number:012}"),
        "createdDateTime": format!("2026-03-{:02}T18:55:0{}Z", 1 + number, number % 10),
        "appId": "9199bf20-a13f-4107-85dc-02114787ef48", "appDisplayName": "One Outlook Web",
        "ipAddress": "203.0.113.7", "clientAppUsed": "Browser", "userAgent": "Mozilla/5.0 (X11; \"x\", y)",
        "correlationId": "bbbb0000-0000-4000-8000-00000000000b", "conditionalAccessStatus": "notApplied",
        "isInteractive": kind == "interactiveUser", "riskLevelDuringSignIn": "none", "riskState": "none",
        "resourceDisplayName": "Office 365 Exchange Online", "resourceId": "00000002-0000-0ff1-ce00-000000000000",
        "resourceTenantId": "11111111-0000-4000-8000-000000000001", "homeTenantId": "11111111-0000-4000-8000-000000000001",
        "userType": "member", "incomingTokenType": "primaryRefreshToken", "authenticationRequirement": "singleFactorAuthentication",
        "autonomousSystemNumber": 64500, "uniqueTokenIdentifier": "AbCdEf-2_gHiJkLmNoPq", "sessionId": "9c3e0000-0000-4000-8000-000000000003",
        "signInEventTypes": [kind], "status": {"errorCode": error, "failureReason": if error == 0 { "Other." } else { "It failed, \"again\"." }, "additionalDetails": null},
        "deviceDetail": {"deviceId": "", "displayName": "", "operatingSystem": "Linux", "browser": "Firefox 125.0", "isCompliant": false, "isManaged": false, "trustType": ""},
        "location": {"city": "Delft", "state": "Zuid-Holland", "countryOrRegion": "NL", "geoCoordinates": {"altitude": null, "latitude": 52.01, "longitude": 4.36}},
    });
    let own = if is_person {
        json!({"userDisplayName": "Zoë Helper", "userPrincipalName": "helper@example.com", "userId": "88880000-0000-4000-8000-000000000008"})
    } else {
        json!({"servicePrincipalId": "55550000-0000-4000-8000-000000000005", "servicePrincipalName": "MailSync",
            "servicePrincipalCredentialKeyId": "dddd0000-0000-4000-8000-00000000000d", "userType": null,
            "location": {"city": "", "state": "", "countryOrRegion": "", "geoCoordinates": {"latitude": 0.0, "longitude": 0.0}}})
    };
    sign_in
        .as_object_mut()
        .unwrap()
        .extend(own.as_object().cloned().unwrap());
    sign_in
}

fn sign_ins() -> Vec<Value> {
    let kinds = [
        "interactiveUser",
        "nonInteractiveUser",
        "servicePrincipal",
        "managedIdentity",
    ];
    let errors = [0, 50_126, 50_140];
    let all = (0..12).map(|number| sign_in(number, kinds[number % 4], errors[number / 4]));
    all.collect()
}

fn audit(number: usize, initiator: &Value) -> Value {
    json!({
        "id": format!("Directory_bbbb0000-0000-4000-8000-{number:012}_ABCDE_1234567"), "category": "ApplicationManagement",
        "correlationId": format!("bbbb0000-0000-4000-8000-{number:012}"), "result": if number.is_multiple_of(2) { "success" } else { "failure" }, "resultReason": "",
        "activityDisplayName": "Update application \u{2013} Certificates and secrets management ", "activityDateTime": format!("2026-03-1{number}T09:30:00.1234567Z"),
        "loggedByService": "Core Directory", "operationType": "Update", "initiatedBy": initiator,
        "targetResources": [{"id": "66660000-0000-4000-8000-000000000006", "displayName": "Mail, \"Sync\"", "type": "Application", "userPrincipalName": null,
            "modifiedProperties": [{"displayName": "KeyDescription", "oldValue": "[]", "newValue": "[\"[KeyIdentifier=1,KeyType=Password,KeyUsage=Verify,DisplayName=x]\"]"}]}],
        "additionalDetails": [{"key": "User-Agent", "value": "Mozilla/5.0"}, {"key": "AppId", "value": "cccc0000-0000-4000-8000-00000000000c"}],
    })
}

fn audits() -> Vec<Value> {
    let user = json!({"app": null, "user": {"id": "99990000-0000-4000-8000-000000000009", "displayName": null, "userPrincipalName": "admin@example.com",
        "ipAddress": "203.0.113.9", "homeTenantId": "11111111-0000-4000-8000-000000000001"}});
    let app = json!({"user": null, "app": {"appId": null, "displayName": "Sync Service", "servicePrincipalId": "55550000-0000-4000-8000-000000000005", "servicePrincipalName": null}});
    let initiators = [user, app];
    (0..4)
        .map(|number| audit(number, &initiators[number / 2]))
        .collect()
}

/// Records of each stream.
struct Given {
    natives: Vec<Value>,
    sign_ins: Vec<Value>,
    audits: Vec<Value>,
    tenant: Tenant,
    inventories: Inventories,
}

impl Given {
    fn new() -> Self {
        let tenant = Tenant::new(7, 15, PlaceId(0));
        Self {
            natives: tenant::tenant(1),
            sign_ins: sign_ins(),
            audits: audits(),
            inventories: Inventories::new(&tenant),
            tenant,
        }
    }

    /// What a shape is given.
    fn of(&self, shape: &Shape) -> Vec<Value> {
        let all = match shape.stream {
            Stream::Unified => self.natives.clone(),
            Stream::SignIns => self.sign_ins.clone(),
            Stream::Directory => self.audits.clone(),
            Stream::Inventory(kind) => self.inventories.entries(&self.tenant, kind),
        };
        all.into_iter()
            .filter(|value| (shape.takes)(value))
            .collect()
    }
}

#[test]
fn every_shape_is_read_as_its_format() {
    let given = Given::new();
    for shape in SHAPES {
        let name = shape.name;
        let taken = given.of(shape);
        assert!(!taken.is_empty(), "{name} takes nothing");
        let read = read(name, &shape.file(&taken));
        assert_eq!(read.format, shape.format, "{name}");
        if shape.is_refused {
            assert!(
                !read.refused.is_empty() && read.records.is_empty(),
                "{name}"
            );
            continue;
        }
        assert_eq!(read.refused, [""; 0], "{name}");
        assert_eq!(
            read.records.len() + read.entries.len(),
            taken.len(),
            "{name}"
        );
        let lost: Vec<_> = read
            .entries
            .iter()
            .filter(|entry| !entry.lost().is_empty())
            .collect();
        assert!(lost.is_empty(), "{name}: {lost:?}");
    }
}

#[test]
fn a_file_of_nothing_is_no_harm() {
    for shape in SHAPES {
        let bytes = shape.file(&[]);
        assert!(bytes.len() < 3_000, "{}", shape.name);
    }
}

/// What of a record every shape of its stream carries.
fn core(record: &Record) -> String {
    let Record {
        time,
        operation,
        outcome,
        user,
        address,
        targets,
        modified,
        ..
    } = record;
    let time = time.map(|time| time.timestamp());
    let targets: Vec<_> = targets
        .iter()
        .map(|target| (&target.id, &target.name, &target.kind))
        .collect();
    format!(
        "{time:?} {operation:?} {outcome:?} {user} {} {targets:?} {modified:?}",
        address.written
    )
}

#[test]
fn shapes_of_sign_ins_and_directory_audits_say_the_same() {
    let given = Given::new();
    for plain in ["graph-sign-ins", "graph-directory-audits"] {
        let plain = Shape::of(plain).unwrap();
        let by_core = |shape: &Shape, values: &[Value]| -> BTreeMap<String, Record> {
            let read = read(shape.name, &shape.file(values));
            read.records
                .into_iter()
                .map(|record| (core(&record), record))
                .collect()
        };
        let same = |shape: &&Shape| shape.stream == plain.stream && !shape.is_refused;
        for shape in SHAPES.iter().filter(same) {
            let taken = given.of(shape);
            let (expected, found) = (by_core(plain, &taken), by_core(shape, &taken));
            let keys = |records: &BTreeMap<String, Record>| -> Vec<String> {
                records.keys().cloned().collect()
            };
            assert_eq!(keys(&found), keys(&expected), "{}", shape.name);
            for (key, record) in found {
                let is_whole = ["", "day and month may be swapped"].contains(&&*record.degraded);
                assert!(is_whole, "{}: {}", shape.name, record.degraded);
                let plain = &expected[&key];
                let is_portal = shape.name == "portal-audit-logs-csv";
                assert!(record.id == plain.id || is_portal, "{}", shape.name);
            }
        }
    }
}

#[test]
fn logs_of_exchange_itself_tell_what_the_unified_log_tells() {
    let given = Given::new();
    for (name, is_sid) in [
        ("admin-audit-log-xml", false),
        ("admin-audit-log-json", false),
        ("mailbox-audit-log-csv", true),
        ("mailbox-audit-log-clixml", true),
    ] {
        let shape = Shape::of(name).unwrap();
        let taken = given.of(shape);
        let plain = read("plain", &Shape::of("native-lines").unwrap().file(&taken)).records;
        let found = read(name, &shape.file(&taken)).records;
        for (plain, found) in plain.iter().zip(&found) {
            assert_eq!(
                (plain.time, &plain.operation),
                (found.time, &found.operation),
                "{name}"
            );
            assert_eq!(plain.user, found.user, "{name}");
            assert_eq!(plain.mailbox.owner.is_empty(), !is_sid);
            assert_eq!(plain.mailbox.owner, found.mailbox.owner, "{name}");
            assert_eq!(plain.logon, found.logon, "{name}");
        }
    }
}

#[test]
fn directory_audits_are_told_their_tenant() {
    let given = Given::new();
    let names = ["audit-logs-csv", "diagnostic-directory-audits"];
    for shape in names.map(|name| Shape::of(name).unwrap()) {
        let (mut writer, mut out) = ((shape.writer)(), Vec::new());
        writer.in_tenant("11111111-0000-4000-8000-000000000001");
        for record in given.of(shape) {
            writer.record(&record, &mut out);
        }
        writer.end(&mut out);
        for record in read(shape.name, &out).records {
            assert_eq!(record.tenant, "11111111-0000-4000-8000-000000000001");
        }
    }
}
