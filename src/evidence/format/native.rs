//! `unified-audit`: native records of the unified audit log, in whatever container they come.
//!
//! The other formats of the same log unwrap or rename and then read here. Not here: mailbox folders and items (`mailbox`).

mod fast;

pub(in crate::evidence) use fast::Fast;

use super::super::fields::Fields;
use super::super::list::{self, identifiers, member, text_of};
use super::{degrade, mailbox};
use crate::record::{
    Address, AppIds, Change, Identifier, LogonType, Mailbox, Operation, Outcome, Property, Record,
    RecordId, Target, UserType,
};
use crate::text::is_guid;
use crate::time;
use serde_json::Value;

/// Record type of sign-ins (`AzureActiveDirectoryStsLogon`).
const STS_LOGON: i32 = 15;

/// Numbers and names of record types. Source: Management Activity API schema, `AuditLogRecordType`; those that matter to the hunt or
/// were met in exports.
const RECORD_TYPES: &[(i32, &str)] = &[
    (1, "ExchangeAdmin"),
    (2, "ExchangeItem"),
    (3, "ExchangeItemGroup"),
    (4, "SharePoint"),
    (6, "SharePointFileOperation"),
    (7, "OneDrive"),
    (8, "AzureActiveDirectory"),
    (9, "AzureActiveDirectoryAccountLogon"),
    (10, "DataCenterSecurityCmdlet"),
    (11, "ComplianceDLPSharePoint"),
    (12, "Sway"),
    (13, "ComplianceDLPExchange"),
    (14, "SharePointSharingOperation"),
    (STS_LOGON, "AzureActiveDirectoryStsLogon"),
    (18, "SecurityComplianceCenterEOPCmdlet"),
    (19, "ExchangeAggregatedOperation"),
    (20, "PowerBIAudit"),
    (21, "CRM"),
    (22, "Yammer"),
    (23, "SkypeForBusinessCmdlets"),
    (24, "Discovery"),
    (25, "MicrosoftTeams"),
    (28, "ThreatIntelligence"),
    (29, "MailSubmission"),
    (30, "MicrosoftFlow"),
    (31, "AeD"),
    (32, "MicrosoftStream"),
    (36, "SharePointListOperation"),
    (40, "SecurityComplianceAlerts"),
    (41, "ThreatIntelligenceUrl"),
    (45, "PowerAppsApp"),
    (47, "ThreatIntelligenceAtpContent"),
    (50, "ExchangeItemAggregated"),
    (52, "DataInsightsRestApiAudit"),
    (54, "SharePointListItemOperation"),
    (55, "SharePointContentTypeOperation"),
    (56, "SharePointFieldOperation"),
    (57, "MicrosoftTeamsAdmin"),
    (64, "AirInvestigation"),
    (65, "Quarantine"),
    (66, "MicrosoftForms"),
    (67, "ApplicationAudit"),
    (68, "ComplianceSupervisionExchange"),
    (78, "WDATPAlerts"),
    (83, "SensitivityLabelAction"),
    (87, "SecurityComplianceRBAC"),
    (98, "MCASAlerts"),
    (101, "ExchangeSearch"),
    (102, "SharePointSearch"),
    (106, "SecurityComplianceUserChange"),
    (113, "MS365DCustomDetection"),
    (275, "OWAAuth"),
    (294, "AadRiskDetection"),
    (295, "AuditSearch"),
    (296, "AuditRetentionPolicy"),
    (297, "AuditConfig"),
    (302, "URBACAssignment"),
    (303, "URBACRole"),
    (304, "URBACEnableState"),
    (372, "CrossTenantAccessPolicy"),
];

/// Error codes of sign-ins that were interrupted: neither success nor failure (TELEMETRY §5.6).
const INTERRUPTS: [i64; 6] = [16_000, 50_058, 50_072, 50_097, 50_140, 65_001];

/// Where the address of the person stands, by record type (TELEMETRY §8.2); the last entry is for all other types.
const ADDRESSES: &[(&[i32], &[&str])] = &[
    (&[2, 3, 50], &["ClientIPAddress", "ClientIP", "ActorIP"]),
    (&[8], &["ActorIpAddress", "ClientIP", "ClientIPAddress"]),
    (
        &[],
        &["ClientIP", "ClientIPAddress", "ActorIpAddress", "ActorIP"],
    ),
];

pub(super) fn recognise(fields: &Fields<'_>) -> bool {
    fields.names_one("Operation") && fields.names_one("CreationTime")
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that all formats share; some rename the fields"
)]
pub(super) fn read(fields: Fields<'_>) -> Result<Record, String> {
    let mut record = record(&fields)?;
    note_time(&mut record, &fields, "CreationTime");
    note_order(&mut record, &fields, "CreationTime");
    Ok(record)
}

/// Reads a record under its native names. Its time may be missing: the caller may know it from elsewhere.
pub(super) fn record(fields: &Fields<'_>) -> Result<Record, String> {
    let operation = Operation::new(&fields.text("Operation"));
    if operation.as_str().is_empty() {
        return Err("the record names no operation".to_owned());
    }
    let mut record = Record {
        id: RecordId(fields.text("Id")),
        time: fields.time("CreationTime"),
        operation,
        workload: fields.text("Workload"),
        record_type: record_type(&fields.text("RecordType")),
        user: fields.text("UserId"),
        user_key: fields.text("UserKey"),
        user_type: UserType::read(&fields.text("UserType")),
        tenant: fields.text("OrganizationId"),
        object: fields.text("ObjectId"),
        external: fields.flag("ExternalAccess"),
        correlation: fields.first(&["InterSystemsId", "CorrelationId"]),
        mailbox: owner(fields),
        logon: LogonType::read(&fields.text("LogonType")),
        logon_sid: fields.text("LogonUserSid"),
        operation_count: count(fields),
        ..Record::default()
    };
    lists(&mut record, fields);
    directory(&mut record, fields);
    mailbox::fill(&mut record, fields);
    client(&mut record, fields);
    application(&mut record, fields);
    result(&mut record, fields);
    Ok(record)
}

/// Notes a time that is missing or cannot be read.
pub(super) fn note_time(record: &mut Record, fields: &Fields<'_>, name: &str) {
    if record.time.is_some() {
        return;
    }
    let note = match fields.text(name) {
        written if !written.is_empty() => format!("the time {written:?} cannot be read"),
        _ if fields.names_one(name) => "the time is empty".to_owned(),
        _ => "no time column".to_owned(),
    };
    degrade(record, &note);
}

/// Notes that the time, which is this one, is spelled as the exporting machine spells dates, so that day and month may be a guess.
pub(super) fn note_order(record: &mut Record, fields: &Fields<'_>, name: &str) {
    if record.time.is_some() && time::is_ambiguous(&fields.text(name)) {
        degrade(record, "day and month may be swapped");
    }
}

/// A record type as number, from number or name; Graph writes names with a small first letter.
pub(super) fn record_type(written: &str) -> Option<i32> {
    written.parse().ok().or_else(|| {
        RECORD_TYPES
            .iter()
            .find(|(_, name)| name.eq_ignore_ascii_case(written))
            .map(|(number, _)| *number)
    })
}

fn owner(fields: &Fields<'_>) -> Mailbox {
    Mailbox {
        owner: fields.text("MailboxOwnerUPN"),
        guid: fields.text("MailboxGuid"),
        sid: fields.text("MailboxOwnerSid"),
    }
}

fn count(fields: &Fields<'_>) -> Option<u64> {
    u64::try_from(fields.integer("OperationCount")?).ok()
}

fn lists(record: &mut Record, fields: &Fields<'_>) {
    record.parameters = properties(record, fields, "Parameters");
    record.extended = properties(record, fields, "ExtendedProperties");
    record.extended.extend(extras(fields));
    record.properties = properties(record, fields, "OperationProperties");
    record.modified = changes(record, fields, "ModifiedProperties");
}

/// Members that have no field of their own in a record and that say who really acted, or as whom: the tenant and object id of the token
/// (a partner's differ from the mailbox's), and the mailboxes of messages sent or moved for others (TELEMETRY §1.8, §1.9).
const EXTRAS: [&str; 10] = [
    "TokenTenantId",
    "TokenObjectId",
    "ActorContextId",
    "ExternalUserTenantId",
    "SendAsUserSmtp",
    "SendAsUserMailboxGuid",
    "SendOnBehalfOfUserSmtp",
    "SendOnBehalfOfUserMailboxGuid",
    "DestMailboxOwnerUPN",
    "HostAppId",
];

/// The values of [`EXTRAS`], under their own names.
fn extras(fields: &Fields<'_>) -> impl Iterator<Item = Property> {
    let values = EXTRAS.iter().map(|name| Property {
        name: (*name).to_owned(),
        value: fields.text(name),
    });
    values.filter(|extra| !extra.value.is_empty())
}

/// A list of named values; notes what PowerShell lost of it.
pub(super) fn properties(record: &mut Record, fields: &Fields<'_>, name: &str) -> Vec<Property> {
    whole(record, fields, name).map_or_else(Vec::new, |value| list::properties(&value))
}

fn changes(record: &mut Record, fields: &Fields<'_>, name: &str) -> Vec<Change> {
    whole(record, fields, name).map_or_else(Vec::new, |value| list::changes(&value))
}

/// A nested value, with a note in the record when some of it is lost.
pub(super) fn whole<'a>(
    record: &mut Record,
    fields: &'a Fields<'_>,
    name: &str,
) -> Option<std::borrow::Cow<'a, Value>> {
    let value = fields.json(name)?;
    if list::is_lost(&value) {
        degrade(record, &format!("PowerShell lost lists inside {name}"));
    }
    Some(value)
}

fn directory(record: &mut Record, fields: &Fields<'_>) {
    if let Some(actors) = whole(record, fields, "Actor") {
        record.actors = identifiers(&actors);
    }
    if let Some(found) = whole(record, fields, "Target") {
        targets(&identifiers(&found), &mut record.targets, Target::default);
    }
}

/// Kinds of directory objects, which prefix their object ids (`ServicePrincipal_<guid>`) and stand alone beside them.
const KINDS: [&str; 7] = [
    "User",
    "ServicePrincipal",
    "Application",
    "Group",
    "Role",
    "Device",
    "Policy",
];

/// Objects acted on, put together from their identifiers by type and prefix: positions differ between records (TELEMETRY §1.10).
/// Another prefixed object id begins another object.
fn targets(identifiers: &[Identifier], targets: &mut Vec<Target>, mut new: impl FnMut() -> Target) {
    let ids: Vec<&str> = identifiers
        .iter()
        .filter_map(|id| Some(prefixed(&id.id)?.1))
        .collect();
    for identifier in identifiers {
        let another = prefixed(&identifier.id).is_some_and(|(_, id)| {
            targets
                .last()
                .is_some_and(|last| !last.id.is_empty() && last.id != id)
        });
        if targets.is_empty() || another {
            targets.push(new());
        }
        if let Some(target) = targets.last_mut() {
            add(target, identifier, &ids);
        }
    }
}

fn prefixed(id: &str) -> Option<(&str, &str)> {
    let (kind, id) = id.split_once('_')?;
    KINDS
        .contains(&kind)
        .then_some((kind, id))
        .filter(|(_, id)| is_guid(id))
}

fn add(target: &mut Target, identifier: &Identifier, ids: &[&str]) {
    let id = identifier.id.as_str();
    if let Some((kind, id)) = prefixed(id) {
        kind.clone_into(&mut target.kind);
        id.clone_into(&mut target.id);
    } else if KINDS.contains(&id) {
        id.clone_into(&mut target.kind);
    } else if identifier.kind == 5 {
        id.clone_into(&mut target.upn);
    } else if identifier.kind == 1 {
        id.clone_into(&mut target.name);
    } else if is_guid(id) && !ids.contains(&id) && target.app.is_empty() {
        id.clone_into(&mut target.app);
    }
}

fn client(record: &mut Record, fields: &Fields<'_>) {
    let names = ADDRESSES
        .iter()
        .find(|(types, _)| is_among(record.record_type, types))
        .map_or(&[][..], |(_, names)| names);
    record.address = Address::read(&fields.first(names));
    record.other_addresses = others(&record.address, names, fields);
    record.agent = fields.first(&["ClientInfoString", "UserAgent"]);
    if record.agent.is_empty() {
        record.agent = extended_agent(&record.extended);
    }
    if record.agent.is_empty() {
        record.agent = fields.text("ActorInfoString");
    }
}

/// Whether an entry of [`ADDRESSES`] is for a record type.
fn is_among(record_type: Option<i32>, types: &[i32]) -> bool {
    types.is_empty() || record_type.is_some_and(|kind| types.contains(&kind))
}

/// The addresses of a record beside the person's: each once, and only what is an address.
fn others(address: &Address, names: &[&str], fields: &Fields<'_>) -> Vec<Address> {
    let mut others: Vec<Address> = Vec::new();
    for name in names {
        let other = Address::read(&fields.text(name));
        let is_known = others
            .iter()
            .chain(std::iter::once(address))
            .any(|known| known.ip == other.ip);
        if other.ip.is_some() && !is_known {
            others.push(other);
        }
    }
    others
}

/// The user agent among extended properties: an entry of its own, or inside the JSON of `additionalDetails`.
pub(super) fn extended_agent(extended: &[Property]) -> String {
    own_agent(extended).map_or_else(|| detailed_agent(extended), str::to_owned)
}

/// The user agent that is an entry of its own.
fn own_agent(extended: &[Property]) -> Option<&str> {
    let is_agent = |property: &&Property| {
        let names = ["useragent", "user-agent"];
        let name = property.name.trim();
        names.iter().any(|agent| name.eq_ignore_ascii_case(agent))
    };
    let own = extended.iter().find(is_agent);
    own.map(|property| property.value.as_str())
}

/// The user agent inside of `additionalDetails`.
fn detailed_agent(extended: &[Property]) -> String {
    extended
        .iter()
        .filter(|property| property.name.eq_ignore_ascii_case("additionalDetails"))
        .map(|property| text_of(&list::loosen(&property.value), "User-Agent"))
        .find(|agent| !agent.is_empty())
        .unwrap_or_default()
}

fn application(record: &mut Record, fields: &Fields<'_>) {
    let context = whole(record, fields, "AppAccessContext");
    let context = |name: &str| {
        let entries = context.as_deref().map_or(&[][..], list::entries);
        let mut found = entries.iter().map(|entry| text_of(entry, name));
        found.find(|text| !text.is_empty()).unwrap_or_default()
    };
    record.app = AppIds {
        id: fields.first(&["AppId", "ApplicationId"]),
        client: or(fields.text("ClientAppId"), || context("ClientAppId")),
        name: or(context("ClientAppName"), || {
            fields.text("ApplicationDisplayName")
        }),
        resource: String::new(),
    };
    if record.app.id.is_empty() && record.app.client.is_empty() {
        embedded_app(&record.agent).clone_into(&mut record.app.id);
    }
    if is_sign_in(record) {
        record.app.resource.clone_from(&record.object);
    }
    record.token = or(context("UniqueTokenId"), || fields.text("UniqueTokenId"));
    record.session = or(fields.text("SessionId"), || context("AADSessionId"));
    if record.session.is_empty() {
        record.session = device_session(record, fields);
    }
}

fn or(text: String, other: impl FnOnce() -> String) -> String {
    if text.is_empty() { other() } else { text }
}

/// EWS and older REST clients put the application into the text `[AppId=<guid>]`.
fn embedded_app(agent: &str) -> &str {
    // A bracket is looked for faster than a word, and few agents have one.
    let bracketed = agent.find('[').and_then(|at| agent.get(at..));
    bracketed
        .unwrap_or_default()
        .split_once("[AppId=")
        .and_then(|(_, rest)| rest.split(']').next())
        .filter(|id| is_guid(id))
        .unwrap_or_default()
}

fn device_session(record: &mut Record, fields: &Fields<'_>) -> String {
    let Some(device) = whole(record, fields, "DeviceProperties") else {
        return String::new();
    };
    list::properties(&device)
        .into_iter()
        .find(|property| property.name.eq_ignore_ascii_case("SessionId"))
        .map(|property| property.value)
        .unwrap_or_default()
}

fn is_sign_in(record: &Record) -> bool {
    record.record_type == Some(STS_LOGON)
        || record
            .operation
            .is_any(&["UserLoggedIn", "UserLoginFailed"])
}

fn result(record: &mut Record, fields: &Fields<'_>) {
    record.status = fields.text("ResultStatus");
    if !is_sign_in(record) {
        record.outcome = Outcome::of_status(&record.status);
        return;
    }
    let error = fields.integer("ErrorNumber").unwrap_or(0);
    judge_sign_in(record, error, &fields.text("LogonError"));
}

/// Outcome and status of a sign-in, from its error.
fn judge_sign_in(record: &mut Record, error: i64, logon_error: &str) {
    record.outcome = if error == 0 && logon_error.is_empty() && record.operation.is("UserLoggedIn")
    {
        Outcome::Succeeded
    } else {
        outcome_of_error(error)
    };
    if error != 0 || !logon_error.is_empty() {
        format!("{error} {logon_error}")
            .trim_end()
            .clone_into(&mut record.status);
    }
}

/// Outcome of a sign-in that ended with an error code.
pub(super) fn outcome_of_error(error: i64) -> Outcome {
    if INTERRUPTS.contains(&error) {
        Outcome::Unknown
    } else {
        Outcome::Failed
    }
}

/// The text of a member of a member.
pub(super) fn nested(value: &Value, names: [&str; 2]) -> String {
    member(value, names[0]).map_or_else(String::new, |inner| text_of(inner, names[1]))
}

#[cfg(test)]
mod tests;
