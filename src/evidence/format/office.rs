//! `office-activity`: the Log Analytics table `OfficeActivity`, which is the native record under other names (TELEMETRY §2.6), and
//! `enriched-audit`: `EnrichedMicrosoft365AuditLogs`, the same records as Global Secure Access saw them.
//!
//! `Start_Time` and `ElevationTime` repeat the time of ingestion, minutes later: they are never the time of the event. `TenantId` is
//! the workspace, not the tenant.

use super::super::fields::{Aliases, Fields};
use super::native;
use crate::record::Record;
use serde_json::{Map, Value};

/// Native names and their columns.
const ALIASES: Aliases = &[
    ("Id", &["OfficeId", "SourceRecordId"]),
    ("CreationTime", &["TimeGenerated"]),
    ("Workload", &["OfficeWorkload"]),
    ("ObjectId", &["OfficeObjectId"]),
    ("UserId", &["UserId", "UserId_"]),
    ("OrganizationId", &["OrganizationId", "OrganizationId_"]),
    ("ClientIP", &["ClientIP", "ClientIP_"]),
    ("ClientIPAddress", &["Client_IPAddress"]),
    ("LogonType", &["Logon_Type"]),
    ("Target", &["AADTarget"]),
    (
        "AzureActiveDirectoryEventType",
        &["AzureActiveDirectory_EventType"],
    ),
];

pub(super) fn recognise(fields: &Fields<'_>) -> bool {
    let has = |name| fields.names_one(name);
    let full = has("OfficeWorkload") || has("OfficeId") || has("OfficeObjectId");
    // Queries often keep a few columns only (msticpy's demo data has five).
    let short = has("TimeGenerated") && has("UserId") && (has("Parameters") || has("ClientIP"));
    has("Operation") && (full || short)
}

pub(super) fn read(fields: Fields<'_>) -> Result<Record, String> {
    native::read(fields.with_aliases(ALIASES))
}

/// Native names and the columns of the enriched table. Its `ClientIp` is the record's own; `SourceIp` is what the network saw, and
/// stands in where the record has none. `UserType` may be empty beside `ActorUserType`.
const ENRICHED: Aliases = &[
    ("CreationTime", &["TimeGenerated"]),
    ("ClientIP", &["ClientIp", "SourceIp"]),
    ("UserType", &["UserType", "ActorUserType"]),
];

/// The columns of the enriched table.
const COLUMNS: [&str; 16] = [
    "Id",
    "Operation",
    "TimeGenerated",
    "Workload",
    "RecordType",
    "UserId",
    "UserKey",
    "UserType",
    "ActorUserType",
    "OrganizationId",
    "ObjectId",
    "ResultStatus",
    "ClientIp",
    "SourceIp",
    "UniqueTokenId",
    "DeviceId",
];

/// The column that holds the rest of the record.
const REST: &str = "AdditionalProperties";

pub(super) fn recognise_enriched(fields: &Fields<'_>) -> bool {
    fields.names_one("Operation") && fields.names_one("SourceIp") && fields.names_one(REST)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that all formats share; some rename the fields"
)]
pub(super) fn read_enriched(fields: Fields<'_>) -> Result<Record, String> {
    let rest = fields.wrapped(REST);
    let mut members = match rest.as_deref() {
        Some(Value::Object(rest)) => rest.clone(),
        _ => Map::new(),
    };
    for name in COLUMNS {
        let value = fields.text(name);
        if !value.is_empty() {
            members.insert(name.to_owned(), Value::String(value));
        }
    }
    let mut record = native::read(Fields::of_members(&members).with_aliases(ENRICHED))?;
    if rest.is_none_or(|rest| !rest.is_object()) && fields.has(REST) {
        super::degrade(&mut record, "AdditionalProperties is cut off or damaged");
    }
    Ok(record)
}

#[cfg(test)]
mod tests {
    use super::super::super::fields::Members;
    use super::super::reading::as_format;
    use super::*;
    use crate::record::{LogonType, UserType};

    #[test]
    fn the_enriched_table_keeps_the_rest_of_the_record() {
        for (rest, degraded) in [
            (
                r#""{\"MailboxOwnerUPN\":\"v@x\",\"Parameters\":[{\"Name\":\"User\",\"Value\":\"h\"}]}""#,
                "",
            ),
            (
                r#""{\"MailboxOw""#,
                "AdditionalProperties is cut off or damaged",
            ),
        ] {
            let record = as_format(
                "enriched-audit",
                &format!(
                    r#"{{"TimeGenerated":"2024-05-01T10:00:00Z","Id":"a","Operation":"MailItemsAccessed","RecordType":2,"UserId":"p@x","UserType":"",
                        "ActorUserType":"Admin","ClientIp":"","SourceIp":"203.0.113.9","UniqueTokenId":"tOken","TenantId":"workspace","AdditionalProperties":{rest}}}"#
                ),
            )
            .unwrap();
            assert_eq!(record.degraded, degraded);
            assert_eq!(record.address.written, "203.0.113.9");
            assert_eq!(
                (record.token.as_str(), record.tenant.as_str()),
                ("tOken", "")
            );
            assert_eq!(record.user_type, Some(UserType::Admin));
            assert_eq!(record.parameter("User").is_some(), degraded.is_empty());
        }
    }

    #[test]
    fn columns_have_their_native_meaning() {
        let members: Members = serde_json::from_str(
            r#"{"TimeGenerated":"2021-08-02T13:32:07Z","Start_Time":"2021-08-02T13:41:16Z","RecordType":"50","Operation":"MailItemsAccessed",
                "OfficeId":"699e","OfficeWorkload":"Exchange","UserType":"Regular","Logon_Type":"Owner","UserId":"","UserId_":"p@x",
                "ClientIP":"20.190.160.1","Client_IPAddress":"203.0.113.9","ExternalAccess":"FALSE",
                "Folders":"[{\"Path\":\"\\\\Inbox\",\"FolderItems\":[{\"InternetMessageId\":\"<a>\"},{\"InternetMessageId\":\"<b>\"}]}]",
                "OperationProperties":"[{\"Name\":\"MailAccessType\",\"Value\":\"Bind\"}]"}"#,
        )
        .unwrap();
        assert!(recognise(&members.fields()));
        let record = read(members.fields()).unwrap();
        assert_eq!(record.id.0, "699e");
        assert_eq!(record.user, "p@x");
        assert_eq!(record.address.written, "203.0.113.9");
        assert_eq!(record.logon, Some(LogonType::Owner));
        assert_eq!(record.user_type, Some(UserType::Regular));
        assert_eq!(record.external, Some(false));
        assert_eq!(record.property("MailAccessType"), Some("Bind"));
        assert_eq!(record.message_ids().collect::<Vec<_>>(), ["<a>", "<b>"]);
        assert_eq!(record.time, crate::time::parse("2021-08-02T13:32:07Z"));
        assert_eq!(record.degraded, "");
    }
}
