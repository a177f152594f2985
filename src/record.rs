//! The one vocabulary: what every reader fills and every later stage reads, whatever export a record came in.
//!
//! A [`Record`] is one audited event. Text that the source does not have is empty; `None` is kept for values where absence has a
//! meaning of its own. Spellings are the source's own (nothing is folded here), so that a screen shows what the log says; comparing
//! goes through [`crate::text::fold`]. Not here: reading (`evidence`) and judging (`hunt`).

mod actor;
pub mod inventory;
mod operation;

pub use actor::{LogonType, UserType};
pub use inventory::Inventory;
pub use operation::Operation;

use crate::text::trimmed;
use crate::time::Instant;
use serde_json::Value;
use std::fmt;
use std::net::IpAddr;

/// One audited event in the vocabulary of the unified audit log (Management Activity API schema), which the other sources map onto.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Record {
    /// The record's own id, or a content key where it has none.
    pub id: RecordId,
    /// When it happened (`CreationTime`); `None` for a degraded row that lost its time.
    pub time: Option<Instant>,
    /// What was done.
    pub operation: Operation,
    /// `Exchange`, `AzureActiveDirectory`, … as written.
    pub workload: String,
    /// Number of the record type (Management Activity API `AuditLogRecordType`), where given.
    pub record_type: Option<i32>,
    /// Whether it succeeded.
    pub outcome: Outcome,
    /// The status as written (`True`, `PartiallySucceeded`, an error number), for display.
    pub status: String,
    /// Who did it: `UserId` as written. May be a system string, a GUID or empty.
    pub user: String,
    /// `UserKey` as written: PUID, object id or application id.
    pub user_key: String,
    /// What kind of account the source says acted.
    pub user_type: Option<UserType>,
    /// Tenant (`OrganizationId`), empty when unknown.
    pub tenant: String,
    /// `ObjectId`: the object acted on, in whatever spelling.
    pub object: String,
    /// Whether the source calls the actor external (`ExternalAccess`: Microsoft, a partner, or another domain).
    pub external: Option<bool>,
    /// The address that says most about the person, and how it was written.
    pub address: Address,
    /// Further addresses of the record, those of front ends as a rule: found by a search, never judged.
    pub other_addresses: Vec<Address>,
    /// Country the source itself gives (sign-in location), ISO alpha-2 upper case; empty when it gives none.
    pub country: String,
    /// User agent or `ClientInfoString`.
    pub agent: String,
    /// Ids of applications involved.
    pub app: AppIds,
    /// Id of the sign-in session.
    pub session: String,
    /// Token id (`UniqueTokenId`), case-sensitive.
    pub token: String,
    /// Correlation id (`InterSystemsId`, `CorrelationId`).
    pub correlation: String,
    /// The mailbox acted in, for mailbox audit records.
    pub mailbox: Mailbox,
    /// How the actor was logged on to the mailbox.
    pub logon: Option<LogonType>,
    /// SID of the account that was logged on to the mailbox.
    pub logon_sid: String,
    /// Parameters of the cmdlet, in order.
    pub parameters: Vec<Property>,
    /// Properties changed, with old and new value.
    pub modified: Vec<Change>,
    /// `ExtendedProperties` or `AdditionalDetails`.
    pub extended: Vec<Property>,
    /// `OperationProperties` (`MailAccessType`, `IsThrottled`, …).
    pub properties: Vec<Property>,
    /// Identifiers of the actor in directory records.
    pub actors: Vec<Identifier>,
    /// Objects acted on in directory records.
    pub targets: Vec<Target>,
    /// Folders and the items touched in them.
    pub folders: Vec<Folder>,
    /// How many operations an aggregated record stands for (`OperationCount`); `None` when it is not aggregated.
    pub operation_count: Option<u64>,
    /// The entry that a mailbox-audited permission change made: on whom, and with which rights afterwards.
    pub member: Option<FolderMember>,
    /// Why the record is less than its source said; empty when it is whole.
    pub degraded: String,
}

/// The id under which a record is counted once, whichever files and shapes it came in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RecordId(pub String);

impl fmt::Display for RecordId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Whether an operation succeeded. A failed grant is an attempt: kept, never counted as a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Outcome {
    /// It took effect, wholly or in part.
    Succeeded,
    /// It was refused or failed.
    Failed,
    /// The source does not say.
    #[default]
    Unknown,
}

impl Outcome {
    /// The word used in queries and exports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }

    /// Reads `ResultStatus` and its relatives, without case (TELEMETRY §1.5). Sign-ins must not use this: their status may say
    /// `Success` for a failed logon.
    pub fn of_status(status: &str) -> Self {
        let status = status.trim();
        let is_any = |words: [&str; 4]| words.iter().any(|word| status.eq_ignore_ascii_case(word));
        if is_any(["true", "success", "succeeded", "partiallysucceeded"]) {
            Self::Succeeded
        } else if is_any(["false", "failed", "failure", "timeout"]) {
            Self::Failed
        } else {
            Self::Unknown
        }
    }
}

/// A client address: what could be parsed, and what was written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Address {
    /// The address without port, brackets or zone; `None` when what was written is no address.
    pub ip: Option<IpAddr>,
    /// The operation as written.
    pub written: String,
}

impl Address {
    /// Reads an address as written.
    pub fn read(written: &str) -> Self {
        Self {
            ip: crate::net::parse(written),
            written: trimmed(written).to_owned(),
        }
    }

    /// Reads another address in place of this one, into the same memory.
    pub fn set(&mut self, written: &str) {
        self.ip = crate::net::parse(written);
        trimmed(written).clone_into(&mut self.written);
    }
}

/// The application ids of a record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AppIds {
    /// `AppId`: the application, or the API (Graph, Exchange Online) when another application called through it.
    pub id: String,
    /// `ClientAppId`: the original caller.
    pub client: String,
    /// Display name, where the source gives one.
    pub name: String,
    /// The resource asked for, in sign-ins and directory records.
    pub resource: String,
}

/// Application ids of the two APIs through which other applications reach mail: Microsoft Graph, Office 365 Exchange Online.
/// Source: Microsoft's list of first-party application ids.
pub const MAIL_APIS: [&str; 2] = [
    "00000003-0000-0000-c000-000000000000",
    "00000002-0000-0ff1-ce00-000000000000",
];

impl AppIds {
    /// The application to judge: the original caller when the record names one, else the application itself. Empty when unknown or
    /// when only the API is known.
    pub fn judged(&self) -> &str {
        if !self.client.is_empty() {
            &self.client
        } else if MAIL_APIS.contains(&self.id.as_str()) {
            ""
        } else {
            &self.id
        }
    }
}

/// A mailbox as mailbox audit names it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mailbox {
    /// The owner, from `MailboxOwnerUPN`.
    pub owner: String,
    /// `MailboxGuid` (the Exchange GUID, not the directory object id).
    pub guid: String,
    /// The SID, from `MailboxOwnerSid` or `MemberSid`.
    pub sid: String,
}

/// A named value. `value` is text; nested JSON stays JSON text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Property {
    /// Name as written.
    pub name: String,
    /// Value; empty when the entry has none.
    pub value: String,
}

/// A property that a directory or admin record changed. JSON quoting of the source is removed once (`"\"True\""` is `True`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Change {
    /// Name as written.
    pub name: String,
    /// Its value before.
    pub old: String,
    /// Its value after.
    pub new: String,
}

/// One spelling of who acted or was acted on, with the type code of the directory record
/// (0 claim, 1 name, 2 other, 3 PUID, 4 SPN, 5 UPN).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Identifier {
    /// The id as written.
    pub id: String,
    /// Type code; -1 when the source has none.
    pub kind: i32,
}

/// An object acted on in a directory record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Target {
    /// Id of the object.
    pub id: String,
    /// Name for display.
    pub name: String,
    /// `User`, `ServicePrincipal`, `Application`, `Group`, …; empty when unknown.
    pub kind: String,
    /// User principal name, for users.
    pub upn: String,
    /// Application id, for service principals and applications that name it.
    pub app: String,
}

/// A mailbox folder with the items a record touched in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Folder {
    /// Path as written, localised (`\Inbox`, `\Boîte de réception`).
    pub path: String,
    /// Items; empty for a whole-folder access.
    pub items: Vec<Item>,
}

/// A mail item.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Item {
    /// Its id, from `InternetMessageId`.
    pub message_id: String,
    /// Subject, where logged.
    pub subject: String,
}

/// The member entry of a mailbox-audited folder permission change.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FolderMember {
    /// Path of its folder.
    pub folder: String,
    /// `MemberUpn`; `Everyone` is the `Default` entry.
    pub upn: String,
    /// The SID, from `MailboxOwnerSid` or `MemberSid`.
    pub sid: String,
    /// `MemberRights` after the change, comma-separated.
    pub rights: String,
}

/// Where a record stands in the evidence: enough to read the original again and to prove it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Provenance {
    /// Evidence file (its number in the case).
    pub file: u32,
    /// Line on which the row starts, from 1.
    pub line: u64,
    /// First byte of the row.
    pub offset: u64,
    /// Bytes of the row.
    pub length: u64,
    /// Number of the record within its row, from 0: one activity of Google Workspace holds several events.
    pub part: u16,
}

/// A record with its place in the evidence.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Located {
    /// The record itself.
    pub record: Record,
    /// Where it stands.
    pub provenance: Provenance,
}

impl Record {
    /// Value of a cmdlet parameter by name, without case; empty and absent are both `None`.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        find(&self.parameters, name)
    }

    /// Value of a cmdlet parameter by name, without case, as written: set to nothing it is empty, and only absent it is `None`.
    pub fn parameter_as_written(&self, name: &str) -> Option<&str> {
        let mut parameters = self.parameters.iter();
        let found = parameters.find(|property| trimmed(&property.name).eq_ignore_ascii_case(name));
        found.map(|property| property.value.as_str())
    }

    /// Value of an operation property (`MailAccessType`, `IsThrottled`) by name, without case.
    pub fn property(&self, name: &str) -> Option<&str> {
        find(&self.properties, name)
    }

    /// A changed property by name, without case.
    pub fn change(&self, name: &str) -> Option<&Change> {
        self.modified
            .iter()
            .find(|change| change.name.trim().eq_ignore_ascii_case(name))
    }

    /// New value of a changed property; empty and absent are both `None`.
    pub fn new_value(&self, name: &str) -> Option<&str> {
        self.change(name)
            .map(|change| change.new.trim())
            .filter(|value| !value.is_empty())
    }

    /// Distinct folders' worth of message ids named by the record.
    pub fn message_ids(&self) -> impl Iterator<Item = &str> {
        self.folders
            .iter()
            .flat_map(|folder| &folder.items)
            .map(|item| item.message_id.as_str())
            .filter(|id| !id.is_empty())
    }

    /// How much the record tells: the number of values in it. Where one event stands in several exports, the copy that tells most is
    /// kept, whichever is read first; a damaged copy tells nothing as long as there is a whole one.
    pub fn quality(&self) -> u16 {
        let texts = [
            &self.workload,
            &self.status,
            &self.user,
            &self.user_key,
            &self.tenant,
            &self.object,
            &self.address.written,
            &self.country,
            &self.agent,
            &self.app.id,
            &self.app.client,
            &self.app.name,
            &self.app.resource,
            &self.session,
            &self.token,
            &self.correlation,
            &self.mailbox.owner,
            &self.mailbox.guid,
            &self.mailbox.sid,
            &self.logon_sid,
        ];
        let options = [
            self.time.is_some(),
            self.record_type.is_some(),
            self.user_type.is_some(),
            self.external.is_some(),
            self.logon.is_some(),
            self.operation_count.is_some(),
            self.member.is_some(),
            self.outcome != Outcome::Unknown,
        ];
        let items: usize = self
            .folders
            .iter()
            .map(|folder| 1 + folder.items.len())
            .sum();
        let told = texts.iter().filter(|text| !text.is_empty()).count()
            + options.iter().filter(|told| **told).count()
            + self.parameters.len()
            + self.modified.len()
            + self.extended.len()
            + self.properties.len()
            + self.actors.len()
            + self.other_addresses.len()
            + self.targets.len()
            + items;
        if self.degraded.is_empty() {
            u16::try_from(told + 1).unwrap_or(u16::MAX)
        } else {
            0
        }
    }

    /// Country of the record: the one its source gives, else the country of registration of its address; empty when neither is known.
    pub fn country_code(&self) -> &str {
        if self.country.is_empty() {
            self.address
                .ip
                .and_then(crate::net::country)
                .unwrap_or_default()
        } else {
            &self.country
        }
    }

    /// The texts that free-text search looks into, beside the keyword fields.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let parameters = self
            .parameters
            .iter()
            .map(|property| property.value.as_str());
        let changes = self
            .modified
            .iter()
            .flat_map(|change| [change.old.as_str(), change.new.as_str()]);
        let targets = self.targets.iter().flat_map(|target| {
            [
                target.name.as_str(),
                target.upn.as_str(),
                target.id.as_str(),
                target.app.as_str(),
            ]
        });
        let subjects = self
            .folders
            .iter()
            .flat_map(|folder| &folder.items)
            .map(|item| item.subject.as_str());
        let member = self
            .member
            .iter()
            .flat_map(|member| [member.upn.as_str(), member.folder.as_str()]);
        std::iter::once(self.object.as_str())
            .chain(parameters)
            .chain(changes)
            .chain(targets)
            .chain(subjects)
            .chain(member)
            .filter(|text| !text.is_empty())
    }
}

/// Name of a folder without its leading backslashes, which logs write single, double or not at all.
pub fn folder_name(path: &str) -> &str {
    trimmed(path).trim_start_matches('\\')
}

fn find<'a>(properties: &'a [Property], name: &str) -> Option<&'a str> {
    properties
        .iter()
        .find(|property| trimmed(&property.name).eq_ignore_ascii_case(name))
        .map(|property| trimmed(&property.value))
        .filter(|value| !value.is_empty())
}

/// Text of a JSON value as a person would write it: strings bare, numbers and booleans as they are, null empty, the rest as JSON.
pub fn value_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_of_every_observed_status() {
        for (status, outcome) in [
            ("True", Outcome::Succeeded),
            ("TRUE", Outcome::Succeeded),
            ("PartiallySucceeded", Outcome::Succeeded),
            ("success", Outcome::Succeeded),
            ("Failure", Outcome::Failed),
            ("False", Outcome::Failed),
            ("InProgress", Outcome::Unknown),
            ("", Outcome::Unknown),
        ] {
            assert_eq!(Outcome::of_status(status), outcome, "{status}");
        }
    }

    #[test]
    fn the_judged_application_is_the_caller() {
        let app = |id: &str, client: &str| AppIds {
            id: id.into(),
            client: client.into(),
            ..AppIds::default()
        };
        assert_eq!(app(MAIL_APIS[0], "caller").judged(), "caller");
        assert_eq!(app(MAIL_APIS[0], "").judged(), "");
        assert_eq!(app("outlook", "").judged(), "outlook");
    }

    #[test]
    fn parameters_are_found_by_name_not_by_place() {
        let record = Record {
            parameters: vec![
                Property {
                    name: "DomainController".into(),
                    value: String::new(),
                },
                Property {
                    name: "accessrights".into(),
                    value: " FullAccess ".into(),
                },
            ],
            ..Record::default()
        };
        assert_eq!(record.parameter("AccessRights"), Some("FullAccess"));
        assert_eq!(record.parameter("DomainController"), None);
    }
}
