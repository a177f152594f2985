//! Whatever is damaged, what is labelled is there and says the same.

use super::*;
use crate::demo::shape::{Layout, SHAPES, Stream, Writer};
use crate::evidence::{Row, read_from};
use crate::record::Record;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::Path;

const RECORDS: usize = 150;

fn identity(number: usize) -> String {
    format!("{number:08x}-0000-4000-8000-00000000000{}", number % 10)
}

/// Records of cmdlets, of reads and of Microsoft's own service, in turn.
fn natives() -> Vec<Value> {
    let one = |number: usize| {
        let time = format!(
            "2026-03-{:02}T{:02}:05:{:02}",
            1 + number / 24,
            number % 24,
            number % 60
        );
        let common = json!({
            "CreationTime": time, "Id": identity(number), "OrganizationId": "3ffba680-3f74-45bc-945e-cd4f18da083d", "UserType": 2, "Version": 1,
            "UserKey": "10032001266C162C", "UserId": "Ann.Müller@example.com", "Workload": "Exchange", "OriginatingServer": "EX01 (15.20.6609.032)",
            "ExternalAccess": false, "RecordType": 1, "ResultStatus": "True", "ClientIP": "203.0.113.7", "ObjectId": "victim",
        });
        let own = match number % 3 {
            0 => {
                json!({"Operation": "Add-MailboxPermission", "Parameters": [{"Name": "Identity", "Value": "victim@example.com"},
                {"Name": "User", "Value": "Łukasz, \"the\" helper"}, {"Name": "AccessRights", "Value": "FullAccess"}]})
            }
            1 => {
                json!({"Operation": "MailItemsAccessed", "RecordType": 50, "ResultStatus": "Succeeded", "ClientIP": "2001:db8::1", "LogonType": 2, "MailboxOwnerUPN": "victim@example.com",
                "MailboxGuid": identity(7), "ClientInfoString": "Client=OWA;", "Folders": [{"Path": "\\Inbox", "FolderItems": [{"InternetMessageId": format!("<{number}@example.com>")}]}]})
            }
            _ => {
                json!({"Operation": "Set-Mailbox", "UserId": "NT AUTHORITY\\SYSTEM (Microsoft.Exchange.ServiceHost)", "UserKey": "NT AUTHORITY\\SYSTEM (Microsoft.Exchange.ServiceHost)",
                "UserType": 3, "ClientIP": "", "Parameters": [{"Name": "Identity", "Value": "x"}]})
            }
        };
        let mut record = common.as_object().cloned().unwrap();
        record.extend(own.as_object().cloned().unwrap());
        Value::Object(record)
    };
    (0..RECORDS).map(one).collect()
}

/// Every third cmdlet and read is labelled.
fn labelled() -> BTreeSet<String> {
    let all = (0..RECORDS).filter(|number| number % 3 != 2 && number % 7 < 3);
    all.map(identity).collect()
}

fn damage(seed: u64) -> Damage {
    let labelled = labelled();
    Damage::new(seed, move |id| labelled.contains(id))
}

fn write(mut writer: impl Writer, natives: &[Value]) -> Vec<u8> {
    if writer.must_survey() {
        for record in natives {
            writer.survey(record);
        }
    }
    let mut out = Vec::new();
    for record in natives {
        writer.record(record, &mut out);
    }
    writer.end(&mut out);
    out
}

/// The records of a file by id, and how many rows were refused. Of copies the one that tells most counts.
fn read(name: &str, bytes: &[u8]) -> (BTreeMap<String, Record>, usize) {
    let (mut records, mut refused) = (BTreeMap::<String, Record>::new(), 0);
    let mut sink = |_: &_, row| {
        match row {
            Row::Records(found, _) => {
                for record in found {
                    let own = records.entry(record.id.0.clone());
                    let own = own.or_insert_with(|| record.clone());
                    if record.quality() > own.quality() {
                        *own = record;
                    }
                }
            }
            Row::Inventory(..) => {}
            Row::Refused { .. } => refused += 1,
        }
        ControlFlow::Continue(())
    };
    let summary = read_from(&mut &*bytes, Path::new(name), &mut sink);
    summary.map_err(|error| format!("{name}: {error}")).unwrap();
    (records, refused)
}

/// What a record says, whatever way it spells it.
fn said(record: &Record) -> String {
    let lists = (&record.parameters, &record.folders, &record.mailbox.owner);
    let user = record.user.to_lowercase();
    format!(
        "{:?} {:?} {:?} {user} {:?} {lists:?}",
        record.time, record.operation, record.outcome, record.address.ip
    )
}

#[test]
fn what_is_labelled_is_whole_in_every_shape() {
    let natives = natives();
    let labelled = labelled();
    let shapes = SHAPES
        .iter()
        .filter(|shape| shape.stream == Stream::Unified && !shape.is_refused);
    let is_whole = |shape: &&crate::demo::shape::Shape| !shape.format.ends_with("-audit-log");
    for (file, shape) in (0..).zip(shapes.filter(is_whole)) {
        let (plain, _) = read(shape.name, &shape.file(&natives));
        let hard = Damage {
            times: 100,
            ..damage(3)
        };
        let (found, _) = read(shape.name, &write(hard.writer(shape, file), &natives));
        for id in &labelled {
            let own = found.get(id).map(said);
            assert_eq!(own, plain.get(id).map(said), "{}", shape.name);
        }
        assert!(
            found.len() + 12 > RECORDS,
            "{}: {}",
            shape.name,
            found.len()
        );
    }
}

#[test]
fn every_fault_is_met_and_told() {
    let natives = natives();
    let damage = Damage {
        times: 10,
        ..Damage::new(11, |_| false)
    };
    let mut tally = Tally::default();
    let again = natives
        .iter()
        .filter(|record| damage.is_again(record))
        .count();
    tally.count(Fault::Again, again.try_into().unwrap());
    tally.count(Fault::Litter, damage.litter().len().try_into().unwrap());
    let names = [
        "native-lines",
        "search-csv",
        "splunk-csv",
        "graph-query-jsonl",
        "purview-csv",
    ];
    for file in 0..40 {
        let shape = Shape::of(names[file % names.len()]).unwrap();
        let mut writer = damage.writer(shape, file.try_into().unwrap());
        let mut out = Vec::new();
        for record in &natives {
            writer.record(record, &mut out);
        }
        writer.end(&mut out);
        tally.add(writer.tally());
    }
    let names: Vec<_> = tally.counts().into_iter().map(|(name, _)| name).collect();
    let all: Vec<_> = Fault::ALL.iter().map(|fault| fault.name()).collect();
    assert_eq!(names, all, "{:?}", tally.counts());
}

#[test]
fn rates_are_about_right() {
    let damage = Damage::new(5, |_| false);
    let natives: Vec<Value> = (0..20_000)
        .map(|number| json!({"Id": identity(number)}))
        .collect();
    for fault in Fault::ALL {
        let met = natives
            .iter()
            .filter(|record| damage.happens(*fault, 1, record))
            .count();
        let expected = usize::try_from(fault.rate() * 2).unwrap();
        assert!(
            met.abs_diff(expected) <= 20 + expected / 8,
            "{fault:?}: {met} of {expected}"
        );
    }
}

#[test]
fn damage_follows_from_its_seed() {
    let natives = natives();
    let shape = Shape::of("native-lines").unwrap();
    let bytes = |seed, file| write(damage(seed).writer(shape, file), &natives);
    assert_eq!(bytes(1, 1), bytes(1, 1));
    assert_ne!(bytes(1, 1), bytes(2, 1));
    assert_ne!(bytes(1, 1), bytes(1, 2));
}

#[test]
fn documents_stay_documents() {
    let natives = natives();
    for shape in SHAPES
        .iter()
        .filter(|shape| shape.stream == Stream::Unified && shape.layout == Layout::Document)
    {
        let writer = damage(4).writer(shape, 0);
        let counts = writer.tally().counts();
        assert!(counts.is_empty(), "{}: {counts:?}", shape.name);
    }
    let shape = Shape::of("native-array").unwrap();
    let bytes = write(damage(4).writer(shape, 0), &natives);
    let all: Vec<Value> = serde_json::from_slice(&bytes).unwrap();
    assert!(all.len() > RECORDS);
}

#[test]
fn entries_of_inventories_are_only_encoded() {
    let shape = Shape::of("users").unwrap();
    let users = [json!({"id": identity(1), "userPrincipalName": "Ann@example.com", "mail": null})];
    assert_eq!(
        write(damage(1).writer(shape, 0), &users),
        shape.file(&users)
    );
}
