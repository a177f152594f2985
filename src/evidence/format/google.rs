//! `google-workspace`: activities of the Google Workspace Reports API, and the tables that hold their events one a row (Panther, GAM,
//! `BigQuery`, the Sentinel tables `GWorkspace_ReportsAPI_…_CL`).
//!
//! One activity may hold several events; each is a record. An event has no id of its own, and a table does not say which of an
//! activity's events a row was: the id is made of the activity's key (time, qualifier, application), the name of the event and a
//! digest of its parameters, so that an activity and the table made of it give the same ids and no event hides another. Events of one
//! activity that agree in all of this are numbered. Not here: what an event means (`hunt`).

use super::super::fields::Fields;
use super::super::list::{self, member, text_of};
use super::{Content, degrade, flat, too_many};
use crate::record::{
    Address, AppIds, Operation, Outcome, Property, Record, RecordId, UserType, value_text,
};
use crate::text::hex;
use crate::time::{self, Instant};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// What `kind` begins with.
const KIND: &str = "admin#reports#activity";

/// Columns of tables, and where the API has the same.
const COLUMNS: &[(&str, &str)] = &[
    ("id_time_t", "id.time"),
    ("id_time_s", "id.time"),
    ("time_usec", "id.time"),
    ("id_uniqueQualifier_s", "id.uniqueQualifier"),
    ("unique_identifier", "id.uniqueQualifier"),
    ("id_applicationName_s", "id.applicationName"),
    ("record_type", "id.applicationName"),
    ("id_customerId_s", "id.customerId"),
    ("actor_email_s", "actor.email"),
    ("email", "actor.email"),
    ("actor_profileId_s", "actor.profileId"),
    ("actor_callerType_s", "actor.callerType"),
    ("actor_key_s", "actor.key"),
    ("ownerDomain_s", "ownerDomain"),
    ("IPAddress", "ipAddress"),
    ("ip_address", "ipAddress"),
    ("event_name_s", "name"),
    ("event_name", "name"),
    ("event_type_s", "type"),
    ("event_type", "type"),
    ("events_s", "events"),
];

/// Members of an activity, and of an event that stands alone. Whatever else a table has is a parameter.
const MEMBERS: [&str; 12] = [
    "id",
    "actor",
    "events",
    "networkInfo",
    "ipAddress",
    "name",
    "type",
    "parameters",
    "ownerDomain",
    "resourceDetails",
    "resourceIds",
    "kind",
];

/// Columns that say nothing of the event.
const IGNORED: [&str; 14] = [
    "kind_s",
    "etag",
    "etag_s",
    "TimeGenerated",
    "EventVendor",
    "EventProduct",
    "TenantId",
    "SourceSystem",
    "MG",
    "ManagementGroupName",
    "Computer",
    "RawData",
    "Type",
    "_ResourceId",
];

/// Endings by which Log Analytics tells the types of its custom columns.
const TYPES: [&str; 5] = ["_s", "_d", "_b", "_t", "_g"];

/// What portals put behind the name of a column of times.
const ZONE: &str = " [UTC]";

/// Where the value of a parameter stands, best first.
const VALUES: [&str; 7] = [
    "value",
    "intValue",
    "boolValue",
    "multiValue",
    "multiIntValue",
    "messageValue",
    "multiMessageValue",
];

/// Parameters that name what an event was done to, best first.
const OBJECTS: [&str; 10] = [
    "USER_EMAIL",
    "email_forwarding_destination_address",
    "API_CLIENT_NAME",
    "OAUTH2_APP_NAME",
    "ROLE_NAME",
    "GROUP_EMAIL",
    "app_name",
    "SETTING_NAME",
    "affected_email_address",
    "DOMAIN_NAME",
];

/// Hex digits of the digest of an event's parameters in its id.
const DIGITS: usize = 8;

pub(super) fn recognise(fields: &Fields<'_>) -> bool {
    let all = |names: &[&str]| names.iter().all(|name| fields.names_one(name));
    fields.text("kind").starts_with(KIND) && !all(&["items"])
        || all(&["id", "actor", "events"])
        || all(&["id.time", "actor.email", "name"])
        || all(&["id_time_t", "event_name_s"])
        || all(&["id_applicationName_s"])
        || all(&["time_usec", "event_name", "record_type"])
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that all formats share; some rename the fields"
)]
pub(super) fn read(fields: Fields<'_>) -> Result<Content, String> {
    let activity = Value::Object(activity(&fields));
    let alone = !text_of(&activity, "name").is_empty();
    let events = if alone {
        std::slice::from_ref(&activity)
    } else {
        member(&activity, "events").map_or(&[][..], list::entries)
    };
    if let Some(reason) = too_many(events.len()) {
        return Err(reason);
    }
    let mut records: Vec<Record> = Vec::new();
    for event in events {
        let record = record(&activity, event);
        if record.operation.as_str().is_empty() {
            return Err("an event of the activity has no name".to_owned());
        }
        records.push(record);
    }
    if records.is_empty() {
        return Err("the activity holds no event".to_owned());
    }
    number(&mut records);
    Ok(Content::Records(records))
}

/// The row as the API would write it; an event that stands alone in it has its members beside those of the activity.
fn activity(fields: &Fields<'_>) -> Map<String, Value> {
    let mut activity = Map::new();
    let mut parameters = Map::new();
    let typed = fields.names_one("id_time_t") || fields.names_one("event_name_s");
    for (name, value) in flat::columns(fields) {
        let name = name.strip_suffix(ZONE).unwrap_or(&name);
        let native = COLUMNS.iter().find(|(column, _)| *column == name);
        let path = native.map_or(name, |(_, path)| path);
        let first = path.split('.').next().unwrap_or_default();
        if MEMBERS.contains(&first) {
            let value = if native.is_none_or(|(_, path)| *path == "events") {
                opened(value)
            } else {
                value
            };
            flat::insert(&mut activity, path, value);
        } else if !IGNORED.contains(&path) && !path.starts_with("p_") {
            let endings = if typed { &TYPES[..] } else { &[] };
            let name = endings.iter().find_map(|ending| path.strip_suffix(ending));
            parameters.insert(name.unwrap_or(path).to_owned(), value);
        }
    }
    let own = Value::Object(parameters);
    activity.entry("parameters").or_insert(own);
    activity
}

/// A value that a table holds as text.
fn opened(value: Value) -> Value {
    match value {
        Value::String(text) if text.starts_with(['{', '[']) => list::loosen(&text),
        value => value,
    }
}

fn record(activity: &Value, event: &Value) -> Record {
    let within = |outer: &str, name: &str| {
        member(activity, outer).map_or_else(String::new, |inner| text_of(inner, name))
    };
    let application = within("id", "applicationName");
    let operation = text_of(event, "name");
    let mut record = Record {
        time: moment(&within("id", "time")),
        outcome: outcome(&operation),
        operation: Operation::new(&operation),
        workload: format!("GoogleWorkspace.{application}"),
        user: within("actor", "email"),
        user_key: within("actor", "profileId"),
        tenant: within("id", "customerId"),
        address: Address::read(&text_of(activity, "ipAddress")),
        country: within("networkInfo", "regionCode").to_ascii_uppercase(),
        parameters: member(event, "parameters").map_or_else(Vec::new, parameters),
        ..Record::default()
    };
    if record.user.is_empty() {
        record.user = within("actor", "key");
    }
    if within("actor", "callerType") == "KEY" {
        record.user_type = Some(UserType::Application);
    }
    described(&mut record, activity, event);
    let mut qualifier = within("id", "uniqueQualifier");
    if qualifier.is_empty() {
        qualifier = within("id", "uniqQualifier");
    }
    if !qualifier.is_empty() {
        record.id = id(&record, &qualifier, &application);
    }
    if record.time.is_none() {
        degrade(&mut record, "the activity has no time that can be read");
    }
    record
}

/// A failed login is the one event that says it failed.
fn outcome(event: &str) -> Outcome {
    if event == "login_failure" {
        Outcome::Failed
    } else {
        Outcome::Succeeded
    }
}

/// Fills in what parameters say, and what has no field of its own.
fn described(record: &mut Record, activity: &Value, event: &Value) {
    let parameter = |name: &str| record.parameter(name).unwrap_or_default().to_owned();
    let mut objects = OBJECTS.iter().map(|name| parameter(name));
    record.object = objects.find(|text| !text.is_empty()).unwrap_or_default();
    let parameter = |name: &str| record.parameter(name).unwrap_or_default().to_owned();
    let (agent, status) = (parameter("user_agent"), parameter("login_failure_type"));
    let app = AppIds {
        id: parameter("client_id"),
        name: parameter("app_name"),
        ..AppIds::default()
    };
    (record.agent, record.status, record.app) = (agent, status, app);
    for (place, name) in [
        (event, "type"),
        (event, "resourceIds"),
        (activity, "resourceDetails"),
        (activity, "ownerDomain"),
    ] {
        let value = text_of(place, name);
        if !value.is_empty() {
            record.properties.push(Property {
                name: name.to_owned(),
                value,
            });
        }
    }
}

/// Parameters, from the API's list or from an object that maps names to values.
fn parameters(value: &Value) -> Vec<Property> {
    let property = |name: &str, value: Option<&Value>| Property {
        name: name.to_owned(),
        value: value.map(text).unwrap_or_default(),
    };
    match value {
        Value::Array(entries) => entries
            .iter()
            .map(|entry| {
                let value = VALUES.iter().find_map(|name| member(entry, name));
                property(&text_of(entry, "name"), value)
            })
            .collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| property(name, Some(value)))
            .collect(),
        _ => Vec::new(),
    }
}

/// A value as text; several are joined with `;`, messages stay JSON.
fn text(value: &Value) -> String {
    match value {
        Value::Array(values) if !values.iter().any(Value::is_object) => {
            values.iter().map(value_text).collect::<Vec<_>>().join(";")
        }
        value => value_text(value),
    }
}

/// A moment; `BigQuery` counts microseconds.
fn moment(written: &str) -> Option<Instant> {
    time::parse(written).or_else(|| {
        let micros = written.parse().ok()?;
        time::parse(&time::rfc3339(time::from_micros(micros)))
    })
}

fn id(record: &Record, qualifier: &str, application: &str) -> RecordId {
    let mut pairs: Vec<String> = record
        .parameters
        .iter()
        .map(|property| format!("{}\u{1e}{}\u{1f}", property.name, property.value))
        .collect();
    pairs.sort_unstable();
    let mut digest = hex(&Sha256::digest(pairs.concat().as_bytes()));
    digest.truncate(DIGITS);
    let time = record.time.map(time::rfc3339).unwrap_or_default();
    let event = record.operation.as_str();
    RecordId(format!("{time}/{qualifier}/{application}/{event}/{digest}"))
}

/// Numbers events that agree in everything their ids are made of.
fn number(records: &mut [Record]) {
    let mut seen = std::collections::HashMap::new();
    for record in records {
        let count = seen.entry(record.id.clone()).or_insert(0_usize);
        *count += 1;
        if *count > 1 && !record.id.0.is_empty() {
            record.id = RecordId(format!("{}/{count}", record.id));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::fields::Members;
    use super::*;

    fn read_json(json: &str) -> Result<Vec<Record>, String> {
        let members: Members = serde_json::from_str(json).unwrap();
        assert!(recognise(&members.fields()), "{json}");
        match read(members.fields())? {
            Content::Records(records) => Ok(records),
            Content::Inventory(_) => panic!("no inventory"),
        }
    }

    fn one(json: &str) -> Record {
        let mut records = read_json(json).unwrap();
        assert_eq!(records.len(), 1);
        records.swap_remove(0)
    }

    const HEAD: &str = r#""kind":"admin#reports#activity","id":{"time":"2024-03-13T11:24:59.810Z","uniqueQualifier":"-12","applicationName":"token","customerId":"C0"},
        "actor":{"callerType":"USER","email":"u@example.com","profileId":"77"},"ipAddress":"203.0.113.9","networkInfo":{"regionCode":"de"}"#;

    #[test]
    fn an_activity_and_every_table_of_its_events_give_one_record() {
        let parameters = r#""parameters":[{"name":"client_id","value":"app"},{"name":"app_name","value":"Mailer"},{"name":"scope","multiValue":["a","b"]},{"name":"n","intValue":"3"}]"#;
        let activity = one(&format!(
            r#"{{{HEAD},"events":[{{"type":"auth","name":"authorize",{parameters}}}]}}"#
        ));
        assert_eq!(
            (activity.app.id.as_str(), activity.app.name.as_str()),
            ("app", "Mailer")
        );
        assert_eq!(activity.workload, "GoogleWorkspace.token");
        assert_eq!(
            (activity.user.as_str(), activity.user_key.as_str()),
            ("u@example.com", "77")
        );
        assert_eq!(
            (activity.country.as_str(), activity.tenant.as_str()),
            ("DE", "C0")
        );
        assert_eq!(activity.object, "Mailer");
        assert_eq!(activity.parameter("scope"), Some("a;b"));
        assert_eq!(activity.parameter("n"), Some("3"));
        assert_eq!(activity.property("type"), Some("auth"));
        assert_eq!(activity.outcome, Outcome::Succeeded);
        assert!(
            activity
                .id
                .0
                .starts_with("2024-03-13T11:24:59.810Z/-12/token/authorize/")
        );
        for row in [
            format!(r#"{{{HEAD},"type":"auth","name":"authorize","parameters":{{"scope":["a","b"],"n":3,"client_id":"app","app_name":"Mailer"}}}}"#),
            r#"{"id_time_t [UTC]":"3/13/2024, 11:24:59.810 AM","id_uniqueQualifier_s":"-12","id_applicationName_s":"token","id_customerId_s":"C0","actor_email_s":"u@example.com",
                "actor_profileId_s":"77","IPAddress":"203.0.113.9","event_type_s":"auth","event_name_s":"authorize","scope_s":"a;b","n_d":3,"client_id_s":"app","app_name_s":"Mailer",
                "TenantId":"workspace","Type":"GWorkspace_ReportsAPI_token_CL"}"#.to_owned(),
            r#"{"id.time":"2024-03-13T11:24:59.810Z","id.uniqueQualifier":"-12","id.applicationName":"token","id.customerId":"C0","actor.email":"u@example.com",
                "actor.profileId":"77","ipAddress":"203.0.113.9","type":"auth","name":"authorize","scope":"a;b","n":"3","client_id":"app","app_name":"Mailer"}"#.to_owned(),
        ] {
            let mut row = one(&row);
            row.country.clone_from(&activity.country);
            row.parameters = activity.parameters.clone();
            assert_eq!(row, activity);
        }
    }

    #[test]
    fn several_events_are_several_records() {
        let records = read_json(&format!(
            r#"{{{HEAD},"events":[{{"name":"a","parameters":[{{"name":"USER_EMAIL","value":"v@example.com"}}]}},{{"name":"a"}},{{"name":"a"}},{{"name":"login_failure","parameters":[{{"name":"login_failure_type","value":"invalid_password"}}]}}]}}"#
        ))
        .unwrap();
        let mut ids: Vec<_> = records.iter().map(|record| &record.id).collect();
        ids.dedup();
        assert_eq!(ids.len(), 4);
        assert!(records[2].id.0.ends_with("/2"));
        assert_eq!(records[0].object, "v@example.com");
        assert_eq!(records[3].outcome, Outcome::Failed);
        assert_eq!(records[3].status, "invalid_password");
    }

    #[test]
    fn messages_stay_json_and_odd_activities_are_told() {
        let record = one(&format!(
            r#"{{{HEAD},"events":[{{"name":"a","parameters":[{{"name":"scope_data","multiMessageValue":[{{"parameter":[{{"name":"scope_name","value":"s"}}]}}]}},{{"name":"b","boolValue":true}}]}}]}}"#
        ));
        assert!(record.parameters[0].value.contains("scope_name"));
        assert_eq!(record.parameter("b"), Some("true"));
        let record = one(
            r#"{"time_usec":1710329099810000,"event_name":"login_success","event_type":"login","record_type":"login","email":"u@example.com","unique_identifier":"5"}"#,
        );
        assert_eq!(record.time, time::parse("2024-03-13T11:24:59.810Z"));
        for events in ["[]", r#"[{"type":"x"}]"#] {
            assert!(read_json(&format!(r#"{{{HEAD},"events":{events}}}"#)).is_err());
        }
    }
}
