//! `portal-audit-logs`: what the Entra admin center downloads as CSV of the audit log: targets, changes and details in numbered
//! columns.
//!
//! The row is put into the form of Graph `directoryAudit` and read as that. It has no id. Not here: the JSON download, which is
//! Graph's.

use super::Fields;
use crate::evidence::fields::Members;
use crate::record::Record;
use serde_json::{Value, json};

/// Names of Graph and the columns that hold their values.
const COLUMNS: [(&str, &[&str]); 8] = [
    ("activityDateTime", &["Date (UTC)"]),
    ("activityDisplayName", &["Activity"]),
    ("correlationId", &["CorrelationId"]),
    ("loggedByService", &["Service"]),
    ("category", &["Category"]),
    ("result", &["Result"]),
    ("resultReason", &["ResultReason"]),
    ("userAgent", &["UserAgent", "User Agent"]),
];

/// Whether a row has the columns of a download of the audit log.
pub(in super::super) fn recognise(fields: &Fields<'_>) -> bool {
    let has = |name| fields.names_one(name);
    has("Date (UTC)") && has("Activity") && has("ActorType") && has("Target1Type")
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that all formats share; some rename the fields"
)]
/// Reads a row of a download of the audit log.
pub(in super::super) fn read(fields: Fields<'_>) -> Result<Record, String> {
    let plain = COLUMNS.iter().map(|(name, columns)| {
        let value = Value::String(fields.first(columns));
        ((*name).to_owned(), value)
    });
    let lists = [
        ("initiatedBy", actor(&fields)),
        ("targetResources", targets(&fields)),
        ("additionalDetails", details(&fields)),
    ];
    let lists = lists.map(|(name, value)| (name.to_owned(), value));
    super::read(Members(plain.chain(lists).collect()).fields())
}

/// Who acted. An application has no user principal name.
fn actor(fields: &Fields<'_>) -> Value {
    let text = |name| fields.text(name);
    let kind = text("ActorType").to_ascii_lowercase();
    let named = fields.has("ActorServicePrincipalId") && !fields.has("ActorUserPrincipalName");
    if named || kind.starts_with("app") || kind.starts_with("service") {
        return json!({"app": {
            "displayName": fields.first(&["ActorDisplayName", "ActorServicePrincipalName"]),
            "servicePrincipalId": fields.first(&["ActorServicePrincipalId", "ActorObjectId"]),
            "ipAddress": text("IPAddress"),
        }});
    }
    json!({"user": {
        "id": text("ActorObjectId"),
        "displayName": text("ActorDisplayName"),
        "userPrincipalName": text("ActorUserPrincipalName"),
        "ipAddress": text("IPAddress"),
        "homeTenantId": text("ActorHomeTenantId"),
    }})
}

fn targets(fields: &Fields<'_>) -> Value {
    let names = ["Type", "DisplayName", "ObjectId", "UserPrincipalName"];
    numbered(fields, "Target", names, |prefix, [kind, name, id, upn]| {
        let changes = changes(fields, prefix);
        json!({"type": kind, "displayName": name, "id": id, "userPrincipalName": upn, "modifiedProperties": changes})
    })
}

fn changes(fields: &Fields<'_>, target: &str) -> Value {
    let prefix = format!("{target}ModifiedProperty");
    let names = ["Name", "OldValue", "NewValue"];
    numbered(
        fields,
        &prefix,
        names,
        |_, [name, old, new]| json!({"displayName": name, "oldValue": old, "newValue": new}),
    )
}

fn details(fields: &Fields<'_>) -> Value {
    let names = ["Key", "Value"];
    numbered(
        fields,
        "AdditionalDetail",
        names,
        |_, [key, value]| json!({"key": key, "value": value}),
    )
}

/// The groups of columns `<prefix><number><name>`, from 1 until there is none of a number; empty groups are left out.
fn numbered<const N: usize>(
    fields: &Fields<'_>,
    prefix: &str,
    names: [&str; N],
    entry: impl Fn(&str, [String; N]) -> Value,
) -> Value {
    let columns = |number: usize| names.map(|name| format!("{prefix}{number}{name}"));
    (1..)
        .map(|number| (format!("{prefix}{number}"), columns(number)))
        .take_while(|(_, columns)| columns.iter().any(|column| fields.names_one(column)))
        .map(|(group, columns)| (group, columns.map(|column| fields.text(&column))))
        .filter(|(_, texts)| texts.iter().any(|text| !text.is_empty()))
        .map(|(group, texts)| entry(&group, texts))
        .collect()
}
