//! Entra directory audit: Graph `directoryAudit`, the Log Analytics table `AuditLogs`, and what reads them and their relatives.
//!
//! The same event has another id in the unified audit log: the two are not one record. JSON may stand in text at every level. Not
//! here: the envelope of diagnostic records (`diagnostic`).

pub(super) mod portal;

use super::super::fields::Fields;
use super::super::list::{self, entries, member, text_of};
use super::native::{extended_agent, nested, note_order, note_time, properties, whole};
use crate::record::{
    Address, Change, Identifier, Operation, Outcome, Property, Record, RecordId, Target, UserType,
};
use serde_json::Value;

/// Workload and record type under which the unified audit log has the same events.
const WORKLOAD: &str = "AzureActiveDirectory";
const RECORD_TYPE: i32 = 8;

/// Type codes of identifiers, as the unified audit log has them.
const NAME: i32 = 1;
const OTHER: i32 = 2;
const UPN: i32 = 5;

/// Facts that have no place of their own in a record; they are kept as extended properties under these names.
const EXTRAS: [&str; 3] = ["loggedByService", "category", "resultReason"];

/// Whether a row has the columns of the table `AuditLogs`.
pub(super) fn recognise(fields: &Fields<'_>) -> bool {
    let has = |name| fields.names_one(name);
    (has("OperationName") || has("ActivityDisplayName"))
        && (has("InitiatedBy") || has("TargetResources"))
}

/// Whether a row has the names of a directory audit of Graph.
pub(super) fn recognise_graph(fields: &Fields<'_>) -> bool {
    let times = ["activityDateTime", "activityDisplayName"];
    recognise(fields)
        && times.iter().all(|name| fields.names_one(name))
        && !fields.names_one("OperationName")
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that all formats share; some rename the fields"
)]
pub(super) fn read(fields: Fields<'_>) -> Result<Record, String> {
    let operation = Operation::new(&fields.first(&["OperationName", "ActivityDisplayName"]));
    if operation.as_str().is_empty() {
        return Err("the row names no operation".to_owned());
    }
    let status = fields.first(&["Result", "ResultSignature"]);
    let mut record = Record {
        id: RecordId(fields.text("Id")),
        time: ["ActivityDateTime", "TimeGenerated"]
            .iter()
            .find_map(|name| fields.time(name)),
        operation,
        workload: WORKLOAD.to_owned(),
        record_type: Some(RECORD_TYPE),
        outcome: Outcome::of_status(&status),
        status,
        tenant: fields.text("AADTenantId"),
        correlation: fields.text("CorrelationId"),
        ..Record::default()
    };
    actor(&mut record, &fields);
    targets(&mut record, &fields);
    record.extended = properties(&mut record, &fields, "AdditionalDetails");
    record.extended.extend(extras(&fields));
    record.agent = fields.text("UserAgent");
    if record.agent.is_empty() {
        record.agent = extended_agent(&record.extended);
    }
    note_time(&mut record, &fields, "ActivityDateTime");
    note_order(&mut record, &fields, "ActivityDateTime");
    Ok(record)
}

fn actor(record: &mut Record, fields: &Fields<'_>) {
    let Some(initiator) = whole(record, fields, "InitiatedBy") else {
        return;
    };
    if let Some(user) = member(&initiator, "user").filter(|user| user.is_object()) {
        acting_user(record, user);
    } else if let Some(app) = member(&initiator, "app").filter(|app| app.is_object()) {
        acting_app(record, app);
    }
    if record.address.written.is_empty() {
        record.address = Address::read(&nested(&initiator, ["app", "ipAddress"]));
    }
    if record.address.written.is_empty() {
        record.address = Address::read(&fields.text("ipAddress"));
    }
}

fn extras(fields: &Fields<'_>) -> Vec<Property> {
    let own = EXTRAS.iter().map(|name| (*name, fields.text(name)));
    let initiator = fields.json("InitiatedBy");
    let home = initiator.map_or_else(String::new, |initiator| {
        nested(&initiator, ["user", "homeTenantId"])
    });
    own.chain([("homeTenantId", home)])
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| Property {
            name: name.to_owned(),
            value,
        })
        .collect()
}

fn acting_user(record: &mut Record, user: &Value) {
    record.user = text_of(user, "userPrincipalName");
    record.user_key = text_of(user, "id");
    record.user_type = Some(UserType::Regular);
    record.address = Address::read(&text_of(user, "ipAddress"));
    identify(record, &record.user.clone(), UPN);
    identify(record, &record.user_key.clone(), OTHER);
    if record.user.is_empty() {
        record.user = text_of(user, "displayName");
    }
}

/// An application acts as its service principal, written as the unified audit log writes it.
fn acting_app(record: &mut Record, app: &Value) {
    let principal = text_of(app, "servicePrincipalId");
    let name = text_of(app, "displayName");
    record.user = if principal.is_empty() {
        name.clone()
    } else {
        format!("ServicePrincipal_{principal}")
    };
    record.user_type = Some(UserType::ServicePrincipal);
    record.app.id = text_of(app, "appId");
    record.app.name.clone_from(&name);
    identify(record, &name, NAME);
    identify(record, &record.app.id.clone(), OTHER);
    identify(record, &principal, OTHER);
}

fn identify(record: &mut Record, id: &str, kind: i32) {
    if !id.is_empty() {
        record.actors.push(Identifier {
            id: id.to_owned(),
            kind,
        });
    }
}

fn targets(record: &mut Record, fields: &Fields<'_>) {
    let Some(resources) = whole(record, fields, "TargetResources") else {
        return;
    };
    for resource in entries(&resources) {
        record.targets.push(target(resource));
        if let Some(changes) = member(resource, "modifiedProperties") {
            record.modified.extend(changes_of(changes));
        }
    }
    if let Some(first) = record.targets.first() {
        let spellings = [&first.upn, &first.name, &first.id];
        let spelling = spellings.iter().find(|text| !text.is_empty());
        record.object = spelling.map_or_else(String::new, |text| (*text).clone());
    }
}

/// Changes of a target, which may be JSON in text once more.
fn changes_of(value: &Value) -> Vec<Change> {
    match value {
        Value::String(text) => list::changes(&list::loosen(text)),
        value => list::changes(value),
    }
}

fn target(resource: &Value) -> Target {
    Target {
        id: text_of(resource, "id"),
        name: text_of(resource, "displayName"),
        kind: text_of(resource, "type"),
        upn: text_of(resource, "userPrincipalName"),
        app: text_of(resource, "appId"),
    }
}

#[cfg(test)]
mod tests;
