//! `elastic`: documents of Elastic's Microsoft 365 and Entra integrations, from an index, a search or a table of Discover.
//!
//! `event.original` is the record as it was collected and is preferred. Where it was not kept, `o365.audit.*` is the record as the
//! ingest pipeline left it: common members moved to ECS names, lists of names and values turned into objects, a few operations
//! renamed. Of the Entra integration the pipeline keeps too little: without `event.original` its documents are refused.

use super::super::fields::Fields;
use super::super::list::{self, member, text_of};
use super::{Content, degrade, flat, native, read_nested};
use crate::record::{LogonType, value_text};
use crate::text::fold;
use serde_json::{Map, Value, json};

/// What the names of the record's own members begin with.
const AUDIT: &str = "o365.audit.";

/// Why a document is refused that has neither the record nor what the pipeline made of it.
const NO_ORIGINAL: &str =
    "a document of Elastic without the record as it was collected: event.original was not kept";

/// Name of the record type whose mailbox owner the pipeline moves.
const ITEM: &str = "ExchangeItem";

/// What is said where the owner is lost.
const NO_OWNER: &str = "Elastic's pipeline put the user in place of the mailbox's owner";

/// What names that speak for this format begin with, in any case.
const PREFIXES: [&str; 4] = [
    "o365.audit",
    "event.original",
    "azure.auditlogs",
    "azure.signinlogs",
];

/// What Discover puts between the values of a field that has several.
const SEPARATOR: &str = ", ";

/// Lists of objects in a record. Documents that were flattened do not say so.
const LISTS: [&str; 9] = [
    "Folders",
    "FolderItems",
    "Messages",
    "MessageItems",
    "AffectedItems",
    "Actor",
    "Target",
    "OperationProperties",
    "DeviceProperties",
];

/// Members of a record, and where the pipeline moved them to, best first.
const MOVED: &[(&str, &[&str])] = &[
    ("Id", &["event.id"]),
    ("Operation", &["event.action"]),
    ("Workload", &["event.provider"]),
    ("RecordType", &["event.code"]),
    ("CreationTime", &["@timestamp"]),
    ("UserId", &["user.id"]),
    ("OrganizationId", &["organization.id"]),
    ("ObjectId", &["user.target.id", "url.original"]),
    ("UserAgent", &["user_agent.original"]),
];

/// Where the pipeline puts the first of the addresses of a record.
const ADDRESSES: [&str; 4] = ["client.address", "client.ip", "source.address", "source.ip"];

/// Operations that the pipeline renames, by record type.
const RENAMED: [(&str, &str, &str); 5] = [
    ("AzureActiveDirectory", "added-user-account", "Add user."),
    (
        "AzureActiveDirectory",
        "modified-user-account",
        "Update user.",
    ),
    (
        "AzureActiveDirectory",
        "deleted-user-account",
        "Delete user.",
    ),
    ("MicrosoftTeams", "added-group-account-to", "TeamCreated"),
    ("MicrosoftTeams", "added-users-to-group", "MemberAdded"),
];

/// What the names of changed properties begin with that have a full stop behind it; the pipeline makes it an underscore.
const DOTTED: [&str; 7] = [
    "AppRole",
    "ConsentAction",
    "ConsentContext",
    "DelegatedPermissionGrant",
    "Role",
    "ServicePrincipal",
    "TargetId",
];

pub(super) fn recognise(fields: &Fields<'_>) -> bool {
    fields.names().any(starts_with_one)
        || (fields.names_one("_index")
            && (fields.names_one("_source") || fields.names_one("fields")))
        || holds(fields, "o365", "audit")
        || holds(fields, "azure", "auditlogs")
        || holds(fields, "azure", "signinlogs")
        || holds(fields, "event", "original")
}

fn starts_with_one(name: &str) -> bool {
    PREFIXES.iter().any(|prefix| {
        name.get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    })
}

fn holds(fields: &Fields<'_>, outer: &str, inner: &str) -> bool {
    fields.names_one(outer)
        && fields
            .json(outer)
            .is_some_and(|value| member(&value, inner).is_some())
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that all formats share; some rename the fields"
)]
pub(super) fn read(fields: Fields<'_>, depth: usize) -> Result<Content, String> {
    if !fields.names_one("_source") && !fields.names_one("_index") {
        return document(&fields, depth);
    }
    for name in ["_source", "fields"] {
        if let Some(Value::Object(members)) = fields.wrapped(name).as_deref() {
            return document(&Fields::of_members(members), depth);
        }
    }
    document(&fields, depth)
}

fn document(fields: &Fields<'_>, depth: usize) -> Result<Content, String> {
    let columns = flat::columns(fields)
        .into_iter()
        .map(|(name, value)| (listed(&name), single(value)));
    let rebuilt = flat::rebuild(columns.collect(), SEPARATOR);
    let document = Value::Object(rebuilt.members);
    if let Some(Value::Object(members)) = original(&document) {
        return read_nested(Fields::of_members(&members), depth + 1);
    }
    let Some(Value::Object(audit)) = at(&document, "o365.audit") else {
        return Err(NO_ORIGINAL.to_owned());
    };
    let members = collected(audit, &document);
    let mut record = native::read(Fields::of_members(&members))?;
    if text_at(&document, "event.code") == ITEM && owner(&document, audit).is_none() {
        degrade(&mut record, NO_OWNER);
    }
    for name in rebuilt.torn {
        let name = name.trim_start_matches(AUDIT);
        degrade(
            &mut record,
            &format!("Elastic's columns of {name} do not line up"),
        );
    }
    Ok(Content::Records(vec![record]))
}

/// The record as it was collected, where it was kept.
fn original(document: &Value) -> Option<Value> {
    match at(document, "event.original")? {
        Value::String(text) => Some(list::opened(text)),
        value => Some(value.clone()),
    }
}

/// The value that a name with dots leads to.
fn at<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    name.split('.').try_fold(value, member)
}

/// The same value as text; empty when there is none.
fn text_at(document: &Value, name: &str) -> String {
    at(document, name).map(value_text).unwrap_or_default()
}

/// The name of a column, with the lists in it marked.
fn listed(name: &str) -> String {
    let Some(rest) = name.strip_prefix(AUDIT) else {
        return name.to_owned();
    };
    let mut steps = rest.split('.').peekable();
    let mut listed = AUDIT.to_owned();
    while let Some(step) = steps.next() {
        listed.push_str(step);
        if steps.peek().is_some() {
            listed.push_str(if LISTS.contains(&step) { "{}." } else { "." });
        }
    }
    listed
}

/// A search gives every field as an array.
fn single(value: Value) -> Value {
    match value {
        Value::Array(mut values) if values.len() == 1 && !values.iter().any(Value::is_object) => {
            values.swap_remove(0)
        }
        value => value,
    }
}

/// The record as it was before the pipeline moved, renamed and reshaped parts of it.
fn collected(audit: &Map<String, Value>, document: &Value) -> Map<String, Value> {
    let mut members = audit.clone();
    let put = |members: &mut Map<String, Value>, name: &str, value: String| {
        if is_absent(members, name) && !value.is_empty() {
            members.insert(name.to_owned(), Value::String(value));
        }
    };
    let first = |names: &[&str]| {
        let mut texts = names.iter().map(|name| text_at(document, name));
        texts.find(|text| !text.is_empty()).unwrap_or_default()
    };
    let code = first(&["event.code"]);
    for (name, places) in MOVED {
        let value = first(places);
        let value = if *name == "Operation" {
            operation(&code, value)
        } else {
            value
        };
        put(&mut members, name, value);
    }
    if code == ITEM {
        let owner = owner(document, &members);
        put(&mut members, "MailboxOwnerUPN", owner.unwrap_or_default());
    }
    // An outcome that the pipeline does not know becomes success: only a failure says something.
    if first(&["event.outcome"]) == "failure" {
        put(&mut members, "ResultStatus", "Failed".to_owned());
    }
    // Of several addresses the first was moved; where ClientIP is still there, that was the other.
    let moved = if is_absent(&members, "ClientIP") {
        "ClientIP"
    } else {
        "ClientIPAddress"
    };
    if is_absent(&members, "ClientIPAddress") {
        put(&mut members, moved, first(&ADDRESSES));
    }
    for name in ["Parameters", "ExtendedProperties"] {
        reshape(
            &mut members,
            name,
            |name, value| json!({"Name": name, "Value": value}),
        );
    }
    reshape(
        &mut members,
        "ModifiedProperties",
        |name, value| json!({"Name": property(name), "OldValue": text_of(value, "OldValue"), "NewValue": text_of(value, "NewValue")}),
    );
    members
}

/// The owner of the mailbox. The pipeline moves it to `user.email`, and then writes the user there where that is an address: the two are
/// the same only for an owner.
fn owner(document: &Value, audit: &Map<String, Value>) -> Option<String> {
    let owner = text_at(document, "user.email");
    let logon = audit.get("LogonType").map(value_text).unwrap_or_default();
    let is_owner = LogonType::read(&logon) == Some(LogonType::Owner);
    let is_user = fold(&owner) == fold(&text_at(document, "user.id"));
    (is_owner || !is_user).then_some(owner)
}

fn is_absent(members: &Map<String, Value>, name: &str) -> bool {
    members
        .get(name)
        .is_none_or(|value| value_text(value).trim().is_empty())
}

fn operation(code: &str, action: String) -> String {
    RENAMED
        .iter()
        .find(|(kind, renamed, _)| *kind == code && *renamed == action)
        .map_or(action, |(_, _, native)| (*native).to_owned())
}

/// Turns an object that maps names to values into a list again. A list that was text stands under `_raw`.
fn reshape(members: &mut Map<String, Value>, name: &str, entry: fn(&str, &Value) -> Value) {
    let Some(Value::Object(mapped)) = members.get(name) else {
        return;
    };
    let list = match mapped.get("_raw") {
        Some(raw) => raw.clone(),
        None => mapped
            .iter()
            .map(|(name, value)| entry(name, value))
            .collect(),
    };
    members.insert(name.to_owned(), list);
}

/// The name of a changed property, with the full stop that became an underscore.
fn property(name: &str) -> String {
    DOTTED
        .iter()
        .find_map(|start| {
            let rest = name.strip_prefix(start)?.strip_prefix('_')?;
            Some(format!("{start}.{rest}"))
        })
        .unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::reading::as_format;
    use super::*;
    use crate::record::{Outcome, Record};

    fn read_json(json: &str) -> Result<Record, String> {
        as_format("elastic", json)
    }

    #[test]
    fn the_pipeline_is_undone() {
        let record = read_json(
            r#"{"@timestamp":"2024-05-01T10:00:00.000Z","event":{"id":"a","action":"added-user-account","code":"AzureActiveDirectory","provider":"AzureActiveDirectory","outcome":"success"},
                "client":{"ip":"203.0.113.9","address":"203.0.113.9"},"organization":{"id":"t"},"user":{"id":"u@example.com","target":{"id":"o"}},
                "o365":{"audit":{"ModifiedProperties":{"ServicePrincipal_AppId":{"OldValue":"","NewValue":"app"}},"ExtendedProperties":{"_raw":"[{\"Name\":\"n\",\"Value\":\"v\"}]"},"ActorIpAddress":"198.51.100.7"}}}"#,
        )
        .unwrap();
        assert!(record.operation.is("Add user"));
        assert_eq!(
            (record.id.0.as_str(), record.user.as_str()),
            ("a", "u@example.com")
        );
        assert_eq!((record.tenant.as_str(), record.object.as_str()), ("t", "o"));
        assert_eq!(record.record_type, Some(8));
        assert_eq!(record.address.written, "198.51.100.7");
        assert_eq!(record.new_value("ServicePrincipal.AppId"), Some("app"));
        assert_eq!(record.extended[0].value, "v");
        assert_eq!(record.outcome, Outcome::Unknown);
        assert_eq!(record.degraded, "");
    }

    #[test]
    fn an_owner_and_a_failure_come_back_and_the_persons_address_stays_first() {
        let record = read_json(
            r#"{"o365.audit.CreationTime":"2024-05-01T10:00:00","o365.audit.ClientIP":"198.51.100.7","event.action":"SendAs","event.code":"ExchangeItem",
                "event.outcome":"failure","user.email":"v@example.com","client.ip":"203.0.113.9"}"#,
        )
        .unwrap();
        assert_eq!(record.mailbox.owner, "v@example.com");
        assert_eq!(record.outcome, Outcome::Failed);
        assert_eq!(record.address.written, "203.0.113.9");
    }

    #[test]
    fn the_user_is_not_taken_for_the_owner() {
        for (user, logon, owner, degraded) in [
            ("v@example.com", "2", "", NO_OWNER),
            ("V@example.com", "0", "v@example.com", ""),
            ("S-1-5-18", "1", "v@example.com", ""),
        ] {
            let record = read_json(&format!(
                r#"{{"event":{{"action":"SendAs","code":"ExchangeItem"}},"user":{{"id":"{user}","email":"v@example.com"}},
                    "o365":{{"audit":{{"CreationTime":"2024-05-01T10:00:00","LogonType":"{logon}","Item":{{"Subject":"@{{a=b}}"}}}}}}}}"#
            ))
            .unwrap();
            assert_eq!(
                (record.mailbox.owner.as_str(), record.degraded.as_str()),
                (owner, degraded)
            );
            assert_eq!(record.folders[0].items[0].subject, "@{a=b}");
        }
    }

    #[test]
    fn without_the_original_entra_documents_are_refused() {
        for json in [
            r#"{"azure":{"auditlogs":{"operation_name":"Add user"}}}"#,
            r#"{"_index":"i","_source":{"azure.signinlogs.category":"SignInLogs"}}"#,
        ] {
            assert_eq!(read_json(json).unwrap_err(), NO_ORIGINAL);
        }
    }
}
