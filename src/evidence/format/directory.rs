//! `audit-logs`: Entra directory audit as the Log Analytics table `AuditLogs`, and under the same names as Graph `directoryAudit`.
//!
//! The same event has another id in the unified audit log: the two are not one record. JSON may stand in text at every level.

use super::super::fields::Fields;
use super::super::list::{self, entries, member, text_of};
use super::native::{extended_agent, nested, note_time, properties, whole};
use crate::record::{Address, Identifier, Operation, Outcome, Record, RecordId, Target, UserType};
use serde_json::Value;

/// Workload and record type under which the unified audit log has the same events.
const WORKLOAD: &str = "AzureActiveDirectory";
const RECORD_TYPE: i32 = 8;

/// Type codes of identifiers, as the unified audit log has them.
const NAME: i32 = 1;
const OTHER: i32 = 2;
const UPN: i32 = 5;

pub(super) fn recognise(fields: &Fields<'_>) -> bool {
    let has = |name| fields.names_one(name);
    (has("OperationName") || has("ActivityDisplayName"))
        && (has("InitiatedBy") || has("TargetResources"))
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
    record.agent = fields.text("UserAgent");
    if record.agent.is_empty() {
        record.agent = extended_agent(&record.extended);
    }
    note_time(&mut record, &fields, "ActivityDateTime");
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
fn changes_of(value: &Value) -> Vec<crate::record::Change> {
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
mod tests {
    use super::super::reading::as_format;
    use super::*;

    fn read_json(json: &str) -> Record {
        as_format("audit-logs", json).unwrap()
    }

    #[test]
    fn a_user_grants_a_permission() {
        let record = read_json(
            r#"{"ActivityDateTime":"2021-08-02T13:27:20.017Z","OperationName":"Add delegated permission grant","Result":"success","CorrelationId":"c",
                "InitiatedBy":"{\"user\":{\"id\":\"oid\",\"userPrincipalName\":\"p@x\",\"ipAddress\":\"203.0.113.7\"}}",
                "AdditionalDetails":"[{\"key\":\"User-Agent\",\"value\":\"curl\"}]",
                "TargetResources":"[{\"id\":\"r\",\"displayName\":\"Microsoft Graph\",\"type\":\"ServicePrincipal\",\"modifiedProperties\":[{\"displayName\":\"DelegatedPermissionGrant.Scope\",\"oldValue\":\"\\\"User.Read\\\"\",\"newValue\":\"\\\"User.Read Mail.ReadWrite\\\"\"}]}]"}"#,
        );
        assert_eq!(
            (record.user.as_str(), record.user_key.as_str()),
            ("p@x", "oid")
        );
        assert_eq!(record.address.written, "203.0.113.7");
        assert_eq!(
            record.new_value("DelegatedPermissionGrant.Scope"),
            Some("User.Read Mail.ReadWrite")
        );
        assert_eq!(record.object, "Microsoft Graph");
        assert_eq!(record.agent, "curl");
        assert_eq!(record.outcome, Outcome::Succeeded);
        assert_eq!(record.degraded, "");
    }

    #[test]
    fn an_application_acts_as_its_service_principal() {
        let record = read_json(
            r#"{"OperationName":"Add user","InitiatedBy":{"user":null,"app":{"appId":"a","displayName":"App","servicePrincipalId":"s"}},"TargetResources":[]}"#,
        );
        assert_eq!(record.user, "ServicePrincipal_s");
        assert_eq!(
            (record.app.id.as_str(), record.app.name.as_str()),
            ("a", "App")
        );
        assert_eq!(record.degraded, "no time column");
    }
}
