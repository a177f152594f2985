//! `diagnostic-records`: Azure Monitor records of Entra logs, as event hubs and storage accounts keep them, with the event itself in
//! `properties` (TELEMETRY §2.9, §5.2).
//!
//! `time` is when the record was delivered, not when the event happened. Records of other categories are refused by name. Not here:
//! arrays of such records, which are taken apart before.

use super::super::fields::Fields;
use super::{degrade, directory, sign_in};
use crate::record::Record;
use serde_json::Value;

/// Reads the event of a category.
type Read = fn(Fields<'_>) -> Result<Record, String>;

/// Categories and what reads them. Those of Defender tables are another format (`hunting-stream`).
const CATEGORIES: &[(&str, Read)] = &[
    ("SignInLogs", sign_in::graph::read),
    ("NonInteractiveUserSignInLogs", sign_in::graph::read),
    ("ServicePrincipalSignInLogs", sign_in::graph::read),
    ("ManagedIdentitySignInLogs", sign_in::graph::read),
    ("ADFSSignInLogs", sign_in::graph::read),
    ("AuditLogs", directory::read),
];

/// What stands beside `properties`, and the names under which the readers know it. What `properties` has itself counts first.
const BESIDE: [(&str, &str); 7] = [
    ("category", "category"),
    ("tenantId", "AADTenantId"),
    ("correlationId", "correlationId"),
    ("callerIpAddress", "ipAddress"),
    ("operationName", "activityDisplayName"),
    ("resultType", "resultType"),
    ("resultDescription", "resultDescription"),
];

/// Characters of a category that a refusal shows.
const SHOWN: usize = 60;

/// Whether a row is the envelope of a diagnostic record.
pub(super) fn recognise(fields: &Fields<'_>) -> bool {
    let names = ["time", "category", "properties"];
    names.iter().all(|name| fields.names_one(name))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that all formats share; some rename the fields"
)]
/// Reads the event in the envelope, by its category.
pub(super) fn read(fields: Fields<'_>) -> Result<Record, String> {
    let category = fields.text("category");
    let mut known = CATEGORIES.iter();
    let (_, read) = known
        .find(|(name, _)| name.eq_ignore_ascii_case(&category))
        .ok_or_else(|| refusal(&category))?;
    let properties = fields.wrapped("properties");
    let Some(Value::Object(inside)) = properties.as_deref() else {
        return Err(format!(
            "the properties of a record of {category} are missing or damaged"
        ));
    };
    let beside = BESIDE.map(|(name, known)| (known.to_owned(), Value::String(fields.text(name))));
    let beside = beside.iter().map(|(name, value)| (name, value));
    let mut record = read(Fields::of_members(inside.iter().chain(beside)))?;
    if record.time.is_none() {
        record.time = fields.time("time");
        degrade(&mut record, "the time is that of its delivery");
    }
    Ok(record)
}

fn refusal(category: &str) -> String {
    let category: String = category.chars().take(SHOWN).collect();
    format!(
        "an Azure Monitor record of the category {category:?}: neither sign-ins nor directory audit"
    )
}
