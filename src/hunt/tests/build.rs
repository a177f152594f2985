//! Records for tests, in the words of the log: JSON text that goes through the real reader, and grants in their shortest form.

use crate::evidence::{self, Row};
use crate::hunt::identity::Identities;
use crate::hunt::model::{
    Act, Class, Exposure, Grant, Listing, Party, Place, PrincipalKind, Road, Scope, ScoredGrant,
    Severity, State,
};
use crate::hunt::{access::Summary, lifecycle};
use crate::record::{Located, Provenance, Record, RecordId};
use crate::time::{self, Instant};
use serde_json::{Value, json};
use std::ops::ControlFlow;
use std::path::Path;

/// The moment of records that do not say another.
pub(crate) const MOMENT: &str = "2023-06-03T08:13:00Z";

/// The moment that a text spells.
pub(crate) fn at(text: &str) -> Instant {
    time::parse(text).unwrap()
}

/// A moment some seconds after [`MOMENT`].
pub(crate) fn after(seconds: i64) -> Instant {
    at(MOMENT) + chrono::TimeDelta::seconds(seconds)
}

/// The record that the reader makes of a JSON object.
pub(crate) fn read(json: &Value) -> Record {
    let mut found = None;
    evidence::read_from(
        &mut json.to_string().as_bytes(),
        Path::new("test"),
        &mut |_, row| {
            let Row::Records(mut records, _) = row else {
                panic!("refused: {row:?}")
            };
            found = records.pop();
            ControlFlow::Break(())
        },
    )
    .unwrap();
    found.unwrap()
}

/// A unified-audit record as JSON: an operation, by Alice, with further members over the usual ones.
pub(crate) fn native(operation: &str, more: &Value) -> Value {
    let mut json = json!({
        "Id": format!("{operation}-1"), "CreationTime": "2023-06-03T08:13:00", "Operation": operation, "RecordType": 1,
        "ResultStatus": "True", "UserType": 2, "Workload": "Exchange", "UserId": "alice@example.com",
    });
    let members = json.as_object_mut().unwrap();
    for (name, value) in more.as_object().unwrap() {
        members.insert(name.clone(), value.clone());
    }
    json
}

/// A cmdlet with its parameters as `name=value` lines, in their order.
pub(crate) fn cmdlet(operation: &str, parameters: &[&str]) -> Value {
    let parameters: Vec<Value> = parameters
        .iter()
        .map(|line| {
            let (name, value) = line.split_once('=').unwrap();
            json!({ "Name": name, "Value": value })
        })
        .collect();
    native(operation, &json!({ "Parameters": parameters }))
}

/// A directory record with changed properties as name, old and new value.
pub(crate) fn directory(operation: &str, changes: &[(&str, &str, &str)]) -> Value {
    let modified: Vec<Value> = changes
        .iter()
        .map(|(name, old, new)| json!({ "Name": name, "OldValue": old, "NewValue": new }))
        .collect();
    native(
        operation,
        &json!({ "RecordType": 8, "Workload": "AzureActiveDirectory", "ResultStatus": "Success", "ModifiedProperties": modified }),
    )
}

/// The same JSON with some members replaced.
pub(crate) fn with(mut json: Value, more: &Value) -> Value {
    for (name, value) in more.as_object().unwrap() {
        json[name] = value.clone();
    }
    json
}

/// The same JSON under an id and at a second after [`MOMENT`].
pub(crate) fn dated(json: Value, id: &str, seconds: i64) -> Value {
    let time = time::rfc3339(after(seconds));
    with(json, &json!({ "Id": id, "CreationTime": time }))
}

/// Records with places in one file, in the order given.
pub(crate) fn located(records: impl IntoIterator<Item = Record>) -> Vec<Located> {
    let records = records.into_iter().zip(1..);
    records
        .map(|(record, line)| Located {
            record,
            provenance: Provenance {
                file: 1,
                line,
                offset: line * 1000,
                length: 999,
                ..Provenance::default()
            },
        })
        .collect()
}

/// The grants of some records.
pub(crate) fn grants(records: &[Located]) -> Vec<Grant> {
    let identities = Identities::of_records(records);
    lifecycle::grants(records, &identities)
}

/// The grants of some records as JSON.
pub(crate) fn grants_of(records: &[Value]) -> Vec<Grant> {
    grants(&located(records.iter().map(read)))
}

/// A grant in its shortest form: Alice gave Bob full access to Victor's mailbox.
pub(crate) fn grant() -> Grant {
    let user = |name| Party::new(name, PrincipalKind::User);
    Grant {
        degraded: String::new(),
        id: "g0123456789ab".to_owned(),
        also_ids: Vec::new(),
        time: Some(at(MOMENT)),
        road: Road::MailboxPermission,
        operation: "Add-MailboxPermission".to_owned(),
        actor: user("alice@example.com"),
        grantee: user("bob@example.com"),
        target: user("victor@example.com"),
        scope: Scope::Mailbox,
        rights: vec!["FullAccess".to_owned()],
        act: Act::Given,
        ended_by: String::new(),
        listing: Listing::Unknown,
        listing_reason: String::new(),
        class: Class::Candidate,
        class_reason: String::new(),
        state: State::Standing,
        revoked_at: None,
        record_ids: vec![RecordId("record-1".to_owned())],
        revocation_ids: Vec::new(),
        provenance: vec![Provenance::default()],
        place: Place::default(),
        app_ids: Vec::new(),
        presumed_app_ids: Vec::new(),
        presumed_reason: String::new(),
        folder: String::new(),
    }
}

/// A grant with nothing judged.
pub(crate) fn unjudged(grant: Grant) -> ScoredGrant {
    ScoredGrant {
        grant,
        score: 0.0,
        severity: Severity::Info,
        signals: Vec::new(),
        unknowns: Vec::new(),
        first_access: None,
        accesses: 0,
        mailboxes: 0,
        exposure: Exposure::default(),
    }
}

/// What followed a grant: accesses to so many mailboxes, the first some seconds after.
pub(crate) fn followed(seconds: i64, mailboxes: usize, synchronised: u64) -> Summary {
    Summary {
        first: Some(after(seconds)),
        accesses: mailboxes as u64,
        mailboxes: (0..mailboxes)
            .map(|number| format!("m{number}@example.com"))
            .collect(),
        bound: 1,
        synchronised,
    }
}
