//! `office-activity`: the Log Analytics table `OfficeActivity`, which is the native record under other names (TELEMETRY §2.6).
//!
//! `Start_Time` and `ElevationTime` repeat the time of ingestion, minutes later: they are never the time of the event. `TenantId` is
//! the workspace, not the tenant.

use super::super::fields::{Aliases, Fields};
use super::native;
use crate::record::Record;

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

#[cfg(test)]
mod tests {
    use super::super::super::fields::Members;
    use super::*;
    use crate::record::{LogonType, UserType};

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
