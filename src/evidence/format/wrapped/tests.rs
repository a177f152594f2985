//! One grant and one read, wrapped in every shape that is known: the records are equal, but for what a shape cannot carry.

use super::super::reading::as_format;
use crate::evidence::{Row, read_from};
use crate::record::{Address, Outcome, Record};
use serde_json::{Map, Value, json};
use std::ops::ControlFlow;
use std::path::Path;

const GRANT: &str = r#"{"CreationTime":"2024-05-01T10:00:00","Id":"6f1d2c3b-0001-4a5e-9c1d-0a1b2c3d4e5f","Operation":"Add-MailboxPermission","OrganizationId":"0e1f-t",
"RecordType":1,"ResultStatus":"True","UserKey":"10032002643F6746","UserType":2,"Workload":"Exchange","ClientIP":"203.0.113.9","ObjectId":"victim",
"UserId":"admin@example.com","AppId":"fb78d390-0c51-40cd-8e17-fdbfab77341b","ClientAppId":"","AppAccessContext":{"UniqueTokenId":"AbC-1"},"ExternalAccess":false,
"Parameters":[{"Name":"Identity","Value":"victim@example.com"},{"Name":"User","Value":"helper@example.com"},{"Name":"AccessRights","Value":"FullAccess"}],
"ModifiedProperties":[{"Name":"ServicePrincipal.AppId","OldValue":"x","NewValue":"y"}],"SessionId":"9c3e"}"#;

const READ: &str = r#"{"CreationTime":"2024-05-01T11:00:00","Id":"6f1d2c3b-0002-4a5e-9c1d-0a1b2c3d4e5f","Operation":"MailItemsAccessed","OrganizationId":"0e1f-t",
"RecordType":50,"ResultStatus":"Succeeded","UserKey":"10032002643F6746","UserType":0,"Workload":"Exchange","UserId":"helper@example.com","ClientIPAddress":"198.51.100.7",
"ClientInfoString":"Client=OWA;Mozilla","LogonType":2,"LogonUserSid":"S-1-5-21-2","MailboxGuid":"2c1c","MailboxOwnerSid":"S-1-5-21-1","MailboxOwnerUPN":"victim@example.com",
"AppId":"00000003-0000-0000-c000-000000000000","ClientAppId":"395a1045-4185-43f1-ba4f-2b889bf7416b","ExternalAccess":false,
"OperationProperties":[{"Name":"MailAccessType","Value":"Bind"},{"Name":"IsThrottled","Value":"False"}],
"Folders":[{"Path":"\\Inbox","Id":"Lg","FolderItems":[{"InternetMessageId":"<a@example.com>","Subject":"s, t"},{"InternetMessageId":"<b@example.com>","Subject":"u"}]}],
"OperationCount":2,"SessionId":"9c3e"}"#;

fn value(native: &str) -> Map<String, Value> {
    serde_json::from_str(native).unwrap()
}

fn text_at(native: &str, name: &str) -> String {
    crate::record::value_text(&value(native)[name])
}

/// A table of one row.
fn csv(columns: &[(&str, String)]) -> String {
    let line = |cells: Vec<String>| {
        let quoted = cells
            .iter()
            .map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")));
        quoted.collect::<Vec<_>>().join(",")
    };
    let names = columns.iter().map(|(name, _)| (*name).to_owned());
    let cells = columns.iter().map(|(_, cell)| cell.clone());
    format!("{}\r\n{}\r\n", line(names.collect()), line(cells.collect()))
}

fn owned(columns: &[(String, String)]) -> String {
    let columns: Vec<_> = columns
        .iter()
        .map(|(name, cell)| (name.as_str(), cell.clone()))
        .collect();
    csv(&columns)
}

/// The members of a record as columns, lists as `mark` and their values joined with `separator`.
fn spread(value: &Value, name: &str, mark: &str, separator: &str, out: &mut Vec<(String, String)>) {
    let put = |name: String, text: String, out: &mut Vec<(String, String)>| match out
        .iter_mut()
        .find(|(own, _)| *own == name)
    {
        Some((_, own)) => *own = format!("{own}{separator}{text}"),
        None => out.push((name, text)),
    };
    match value {
        Value::Object(members) => {
            for (member, value) in members {
                let dot = if name.is_empty() { "" } else { "." };
                spread(value, &format!("{name}{dot}{member}"), mark, separator, out);
            }
        }
        Value::Array(values) => {
            for value in values {
                spread(value, &format!("{name}{mark}"), mark, separator, out);
            }
        }
        value => put(name.to_owned(), crate::record::value_text(value), out),
    }
}

fn extracted(native: &str) -> Vec<(String, String)> {
    let mut columns = Vec::new();
    spread(&Value::Object(value(native)), "", "{}", "\n", &mut columns);
    columns
}

/// What Elastic's pipeline makes of a record.
fn ingested(native: &str) -> Map<String, Value> {
    let mut audit = value(native);
    let mut take = |name: &str| audit.remove(name).unwrap_or_default();
    let address = match take("ClientIPAddress") {
        Value::Null => take("ClientIP"),
        address => address,
    };
    let event = json!({"id": take("Id"), "action": take("Operation"), "provider": take("Workload"), "outcome": "success", "dataset": "o365.audit"});
    let organization = json!({"id": take("OrganizationId")});
    let named = |list: Value| -> Value {
        let entries = list.as_array().cloned().unwrap_or_default();
        let pairs = entries.into_iter().map(|entry| {
            let name = entry["Name"].as_str().unwrap().replace(['.', ' '], "_");
            let value = entry.get("Value").cloned();
            (
                name,
                value.unwrap_or_else(
                    || json!({"OldValue": entry["OldValue"], "NewValue": entry["NewValue"]}),
                ),
            )
        });
        Value::Object(pairs.collect())
    };
    for name in ["Parameters", "ModifiedProperties"] {
        if let Some(list) = audit.remove(name) {
            audit.insert(name.to_owned(), named(list));
        }
    }
    let document = json!({"@timestamp": "2024-05-01T12:34:56.000Z", "event": event, "organization": organization,
        "client": {"address": address, "ip": address}, "user": {"id": audit["UserId"]}, "o365": {"audit": audit}});
    serde_json::from_value(document).unwrap()
}

fn discovered(native: &str) -> String {
    let mut columns = Vec::new();
    spread(&Value::Object(ingested(native)), "", "", ", ", &mut columns);
    owned(&columns)
}

fn panther(native: &str) -> String {
    let lower = value(native)
        .into_iter()
        .map(|(name, value)| (name.to_lowercase(), value));
    Value::Object(lower.collect()).to_string()
}

fn office_activity(native: &str) -> String {
    let renamed = |name: &str| {
        match name {
            "Id" => "OfficeId",
            "CreationTime" => "TimeGenerated",
            "Workload" => "OfficeWorkload",
            "ObjectId" => "OfficeObjectId",
            "ClientIPAddress" => "Client_IPAddress",
            "LogonType" => "Logon_Type",
            name => name,
        }
        .to_owned()
    };
    let columns: Vec<_> = value(native)
        .iter()
        .filter(|(name, _)| !["SessionId", "OperationCount"].contains(&name.as_str()))
        .map(|(name, value)| {
            let text = match (name.as_str(), crate::record::value_text(value).as_str()) {
                ("RecordType", "1") => "ExchangeAdmin".to_owned(),
                ("RecordType", _) => "ExchangeItemAggregated".to_owned(),
                ("UserType", "2") => "Admin".to_owned(),
                ("UserType", _) => "Regular".to_owned(),
                ("LogonType", _) => "Delegated".to_owned(),
                (_, text) => text.to_owned(),
            };
            (renamed(name), text)
        })
        .chain([("TenantId".to_owned(), "workspace".to_owned())])
        .collect();
    owned(&columns)
}

fn enriched(native: &str) -> String {
    let mut rest = value(native);
    let mut row = Map::new();
    for name in [
        "Id",
        "Operation",
        "OrganizationId",
        "RecordType",
        "ResultStatus",
        "UserId",
        "UserKey",
        "UserType",
        "Workload",
        "ObjectId",
    ] {
        row.insert(name.to_owned(), rest.remove(name).unwrap_or_default());
    }
    let time = rest.remove("CreationTime").unwrap();
    row.insert("TimeGenerated".to_owned(), time);
    row.insert(
        "ClientIp".to_owned(),
        rest.remove("ClientIP").unwrap_or_default(),
    );
    row.insert("SourceIp".to_owned(), Value::Null);
    row.insert("AdditionalProperties".to_owned(), Value::Object(rest));
    Value::Object(row).to_string()
}

/// A table in which lists are lost.
fn without_lists(native: &str, prefix: &str, list: &str) -> String {
    let columns: Vec<_> = value(native)
        .iter()
        .map(|(name, value)| {
            let text = match value {
                Value::Array(_) => list.to_owned(),
                Value::Object(_) => "@{UniqueTokenId=AbC-1}".to_owned(),
                value => crate::record::value_text(value),
            };
            (format!("{prefix}{name}"), text)
        })
        .collect();
    owned(&columns)
}

fn cloud_app(native: &str) -> Value {
    json!({"Timestamp": "2024-05-01T12:00:00Z", "ActionType": "X", "Application": "Microsoft Exchange Online", "RawEventData": value(native)})
}

/// What shapes without lists cannot carry.
fn no_lists(record: &mut Record) {
    record.parameters.clear();
    record.modified.clear();
    record.properties.clear();
    record.folders.clear();
    record.degraded.clear();
}

/// What `OfficeActivity` has no columns for.
fn no_session(record: &mut Record) {
    record.session.clear();
    record.operation_count = None;
}

fn nothing(_: &mut Record) {}

/// A shape: the format that has to read it, how a record is put into it, and what it cannot carry.
type Shape = (&'static str, fn(&str) -> String, fn(&mut Record));

const SHAPES: &[Shape] = &[
    ("unified-audit", |native| native.replace('\n', ""), nothing),
    ("unified-audit", |native| format!("[{native}]"), nothing),
    ("unified-audit", panther, nothing),
    (
        "unified-audit-search",
        |native| {
            csv(&[
                ("PSComputerName", "outlook.office365.com".to_owned()),
                ("RunspaceId", "r".to_owned()),
                ("PSShowComputerName", "False".to_owned()),
                ("RecordType", "ExchangeAdmin".to_owned()),
                ("CreationDate", "5/1/2024 12:00:00 PM".to_owned()),
                ("UserIds", text_at(native, "UserId")),
                ("Operations", text_at(native, "Operation")),
                ("AuditData", native.to_owned()),
                ("Identity", text_at(native, "Id")),
            ])
        },
        nothing,
    ),
    (
        "unified-audit-search",
        |native| {
            csv(&[
                ("RecordId", text_at(native, "Id")),
                ("CreationDate", "2024-05-01T12:00:00.0000000Z".to_owned()),
                ("RecordType", text_at(native, "RecordType")),
                ("Operation", text_at(native, "Operation")),
                ("UserId", text_at(native, "UserId")),
                ("AuditData", native.to_owned()),
                ("AssociatedAdminUnits", String::new()),
            ])
        },
        nothing,
    ),
    (
        "unified-audit-search",
        |native| {
            json!({"CreationDate": "/Date(1714561200000)/", "AuditData": value(native), "IsValid": true}).to_string()
        },
        nothing,
    ),
    (
        "audit-data-columns",
        |native| without_lists(native, "AuditData.", "[List]"),
        no_lists,
    ),
    (
        "unified-audit",
        |native| without_lists(native, "", "System.Object[]"),
        no_lists,
    ),
    (
        "audit-search-screen",
        |native| {
            csv(&[
                ("Date", "2024-05-01 12:00:00".to_owned()),
                ("IP address", String::new()),
                ("User", text_at(native, "UserId")),
                ("Activity", "Did something".to_owned()),
                ("Item", String::new()),
                ("Detail", native.to_owned()),
            ])
        },
        nothing,
    ),
    (
        "graph-audit-query",
        |native| {
            json!({"id": "x", "auditLogRecordType": "exchangeAdmin", "userPrincipalName": "x", "auditData": value(native)}).to_string()
        },
        nothing,
    ),
    (
        "graph-audit-query",
        |native| {
            csv(&[
                ("auditLogRecordType", "exchangeAdmin".to_owned()),
                ("auditData", native.to_owned()),
            ])
        },
        nothing,
    ),
    (
        "splunk",
        |native| {
            csv(&[
                ("_raw", native.to_owned()),
                ("_time", "2024-05-01T12:00:00Z".to_owned()),
            ])
        },
        nothing,
    ),
    (
        "splunk",
        |native| {
            csv(&[
                ("AuditData", native.to_owned()),
                ("Operations", text_at(native, "Operation")),
                ("_raw", "\"2024\",\"{\"\"Oper".to_owned()),
            ])
        },
        nothing,
    ),
    (
        "splunk",
        |native| {
            let ended = r#"{"preview":false,"lastrow":true}"#;
            format!(
                "{}\n{ended}",
                json!({"preview": false, "offset": 0, "result": {"_raw": native}})
            )
        },
        nothing,
    ),
    (
        "splunk",
        |native| {
            let members = extracted(native)
                .into_iter()
                .map(|(name, text)| (name, Value::String(text)));
            json!({"preview": false, "result": Value::Object(members.collect())}).to_string()
        },
        nothing,
    ),
    ("splunk", |native| owned(&extracted(native)), nothing),
    (
        "elastic",
        |native| {
            json!({"_index": "i", "_source": {"event": {"original": native}, "o365": {"audit": {}}}}).to_string()
        },
        nothing,
    ),
    (
        "elastic",
        |native| {
            json!({"event.original": native, "@timestamp": "2024-05-01T12:00:00Z"}).to_string()
        },
        nothing,
    ),
    (
        "elastic",
        |native| json!({"_index": "i", "_source": ingested(native)}).to_string(),
        by_name,
    ),
    (
        "elastic",
        |native| Value::Object(ingested(native)).to_string(),
        by_name,
    ),
    ("elastic", discovered, |record| {
        by_name(record);
        // A comma in a subject is not told from one between subjects.
        for item in record
            .folders
            .iter_mut()
            .flat_map(|folder| &mut folder.items)
        {
            item.subject.clear();
        }
        record.degraded.clear();
    }),
    (
        "cloud-app-events",
        |native| cloud_app(native).to_string(),
        nothing,
    ),
    (
        "hunting-stream",
        |native| {
            json!({"time": "2024-05-01T12:00:00Z", "tenantId": "x", "operationName": "Publish", "category": "AdvancedHunting-CloudAppEvents", "properties": cloud_app(native)}).to_string()
        },
        nothing,
    ),
    ("office-activity", office_activity, no_session),
    ("enriched-audit", enriched, nothing),
    (
        "wrapped",
        |native| json!({"integration": "office365", "office365": value(native)}).to_string(),
        nothing,
    ),
    (
        "wrapped",
        |native| {
            json!({"rule": {"id": "1"}, "data": {"integration": "office365", "office365": value(native)}}).to_string()
        },
        nothing,
    ),
    (
        "wrapped",
        |native| json!({"@version": "1", "raw": value(native)}).to_string(),
        nothing,
    ),
    (
        "wrapped",
        |native| json!({"@timestamp": "x", "message": native}).to_string(),
        nothing,
    ),
    (
        "wrapped",
        |native| json!({"sourcetype": "x", "event": value(native)}).to_string(),
        nothing,
    ),
    (
        "wrapped",
        |native| json!({"log": json!({"body": native}).to_string()}).to_string(),
        nothing,
    ),
    (
        "unified-audit",
        |native| json!({"body": {"records": [value(native)]}}).to_string(),
        nothing,
    ),
    (
        "wrapped",
        |native| {
            csv(&[
                ("@timestamp", "x".to_owned()),
                ("message", native.to_owned()),
            ])
        },
        nothing,
    ),
];

/// Elastic keeps lists of names and values by name, in no order.
fn by_name(record: &mut Record) {
    record
        .parameters
        .sort_by(|one, other| one.name.cmp(&other.name));
}

#[test]
fn one_record_in_every_shape() {
    for (format, wrap, blank) in SHAPES {
        for native in [GRANT, READ] {
            let mut expected = as_format("unified-audit", native).unwrap();
            assert!(!expected.address.written.is_empty() && expected.outcome == Outcome::Succeeded);
            let text = wrap(native);
            let mut records = Vec::new();
            let summary = read_from(&mut text.as_bytes(), Path::new("test"), &mut |_, row| {
                if let Row::Records(read, _) = row {
                    records.extend(read);
                }
                ControlFlow::Continue(())
            });
            let layout = summary
                .unwrap_or_else(|error| panic!("{error}: {text}"))
                .layout;
            assert_eq!(layout.format.as_deref(), Some(*format), "{text}");
            assert_eq!(records.len(), 1, "{text}");
            blank(&mut expected);
            blank(&mut records[0]);
            assert_eq!(records[0], expected, "{text}");
        }
    }
}

#[test]
fn batches_of_batches_are_no_more_than_can_be_numbered() {
    let record = json!({"Operation": "A", "CreationTime": "2024-05-01T10:00:00"});
    let batch = json!({"event": vec![record; 33_000]});
    let row = json!({"event": [batch, batch]}).to_string();
    let mut reasons = Vec::new();
    let mut sink = |_: &_, row| {
        if let Row::Refused { reason, .. } = row {
            reasons.push(reason);
        }
        ControlFlow::Continue(())
    };
    read_from(&mut row.as_bytes(), Path::new("test"), &mut sink).unwrap();
    assert!(reasons[0].contains("66000 records"), "{reasons:?}");
}

proptest::proptest! {
    #[test]
    fn no_row_panics(parts in proptest::collection::vec((r"(o365\.audit|azure|_source|_index|event|result|preview|_raw|kind|id|actor|events|name|parameters|AuditData|auditLogRecordType|Folders|FolderItems|Path|Operation|CreationTime|\{\}|\.){1,5}", r#"[{}\[\]a-z0-9":,\n]{0,20}|admin#reports#activity"#), 0..8)) {
        let members: Map<String, Value> = parts
            .into_iter()
            .map(|(name, text)| (name, serde_json::from_str(&text).unwrap_or(Value::String(text))))
            .collect();
        let json = Value::Object(members).to_string();
        let mut rows = 0;
        let summary = read_from(&mut json.as_bytes(), Path::new("test"), &mut |_, _| { rows += 1; ControlFlow::Continue(()) });
        proptest::prop_assert!(summary.is_ok() && rows == 1);
    }
}

#[test]
fn wrappers_are_opened_to_a_bound() {
    let mut row = value(GRANT);
    for depth in 1..40 {
        row = Map::from_iter([("data".to_owned(), Value::Object(row))]);
        let read = as_format("wrapped", &Value::Object(row.clone()).to_string());
        assert_eq!(read.is_ok(), depth <= 4, "{depth}");
    }
}

#[test]
fn a_row_that_wraps_nothing_known_says_so() {
    let error = as_format("wrapped", r#"{"data":{"a":1}}"#).unwrap_err();
    assert!(error.contains("no record grantline knows"), "{error}");
    let record = as_format(
        "wrapped",
        &json!({"body": {"records": [value(GRANT), {"a": 1}]}}).to_string(),
    )
    .unwrap();
    assert!(
        record.degraded.starts_with("1 records beside it"),
        "{}",
        record.degraded
    );
    assert_eq!(record.address, Address::read("203.0.113.9"));
}
