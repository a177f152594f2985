//! The audit logs that Exchange itself keeps: of administrators (`Search-AdminAuditLog`) and of mailboxes (`Search-MailboxAuditLog`).
//!
//! They hold cmdlets and accesses to mailboxes, nothing of the directory, and no ids of the unified log. Not here: the unified log.

use super::clixml::{escaped, exported};
use super::column::{
    Columns,
    From::{At, Fixed, Made, When},
    at, cells, text,
};
use super::moment::{self, american, zulu};
use super::object::Object;
use super::piece::{Coding, Frame, INDENTED, encoded, pieces};
use super::table::{EXPORTED, Row, table};
use super::text::{address, logon_kind, text_at};
use super::{Layout, Shape, UNIFIED};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::fmt::Write as _;

const ADMINISTRATORS: Shape = Shape {
    format: "admin-audit-log",
    takes: is_cmdlet,
    ..UNIFIED
};

const MAILBOXES: Shape = Shape {
    format: "mailbox-audit-log",
    takes: is_access,
    ..UNIFIED
};

pub(super) const SHAPES: &[Shape] = &[
    Shape {
        name: "admin-audit-log-xml",
        what: "cmdlets, as New-AdminAuditLogSearch sends them by mail",
        extension: "xml",
        writer: || pieces(XML, event),
        ..ADMINISTRATORS
    },
    Shape {
        name: "admin-audit-log-json",
        what: "cmdlets, as Search-AdminAuditLog lists them, by ConvertTo-Json -Depth 5",
        writer: || pieces(INDENTED, |record| listed(record).indented()),
        ..ADMINISTRATORS
    },
    Shape {
        name: "mailbox-audit-log-csv",
        what: "accesses to mailboxes, as Search-MailboxAuditLog -ShowDetails lists them",
        extension: "csv",
        layout: Layout::Table,
        writer: || table(EXPORTED, access),
        ..MAILBOXES
    },
    Shape {
        name: "mailbox-audit-log-clixml",
        what: "the same by Export-Clixml, in UTF-16",
        extension: "xml",
        writer: || encoded(Coding::Unicode, exported(EVENT, object)),
        ..MAILBOXES
    },
];

/// Cmdlets that only Exchange Online has.
const ONLINE: &[&str] = &[
    "Add-RecipientPermission",
    "Remove-RecipientPermission",
    "New-ServicePrincipal",
    "Set-ServicePrincipal",
    "Remove-ServicePrincipal",
];

/// Whether it is a cmdlet of Exchange with its parameters, and one that servers have too.
fn is_cmdlet(record: &Value) -> bool {
    let operation = text_at(record, "Operation");
    text_at(record, "RecordType") == "1"
        && record["Parameters"].is_array()
        && !ONLINE.contains(&operation.as_str())
}

/// Whether it is something done in a mailbox that such a row can tell whole: rights on folders and what was attached it cannot.
fn is_access(record: &Value) -> bool {
    let is_mailbox = ["2", "3", "50"].contains(&text_at(record, "RecordType").as_str());
    let has_member = at(record, "Item.ParentFolder.MemberRights").is_string();
    is_mailbox && !has_member && record["Messages"].is_null()
}

const XML: Frame = Frame {
    head: "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<SearchResults>\r\n",
    between: "",
    behind: "\r\n",
    tail: "</SearchResults>\r\n",
};

/// Text in an attribute of XML.
fn attribute(text: &str) -> String {
    escaped(text)
        .replace('"', "&quot;")
        .replace('\r', "&#xD;")
        .replace('\n', "&#xA;")
        .replace('\t', "&#x9;")
}

fn succeeded(record: &Value) -> bool {
    text_at(record, "ResultStatus").eq_ignore_ascii_case("true")
}

/// What a failed cmdlet says; Exchange writes `None` for all others.
fn error(record: &Value) -> &'static str {
    if succeeded(record) {
        "None"
    } else {
        "The operation couldn't be performed."
    }
}

fn server(record: &Value) -> String {
    text_at(record, "OriginatingServer").trim().to_owned()
}

fn event(record: &Value) -> String {
    let attributes = [
        ("Caller", text_at(record, "UserId")),
        ("Cmdlet", text_at(record, "Operation")),
        ("ObjectModified", text_at(record, "ObjectId")),
        ("RunDate", zulu(moment::of(record)).replace('Z', "+00:00")),
        ("Succeeded", succeeded(record).to_string()),
        ("Error", error(record).to_owned()),
        ("OriginatingServer", server(record)),
    ];
    let mut xml = String::from("  <Event");
    for (name, value) in attributes {
        let _ = write!(xml, " {name}=\"{}\"", attribute(&value));
    }
    xml.push_str(">\r\n    <CmdletParameters>\r\n");
    for parameter in entries(&record["Parameters"]) {
        let (name, value) = (text_at(parameter, "Name"), text_at(parameter, "Value"));
        let (name, value) = (attribute(&name), attribute(&value));
        let _ = write!(
            xml,
            "      <Parameter Name=\"{name}\" Value=\"{value}\" />\r\n"
        );
    }
    xml + "    </CmdletParameters>\r\n  </Event>"
}

fn entries(list: &Value) -> &[Value] {
    list.as_array().map_or(&[], Vec::as_slice)
}

/// The id of a record in the mailbox that keeps the log: that of an item, made of the record's own.
fn identity(record: &Value) -> String {
    STANDARD.encode(format!("Audit/{}", text_at(record, "Id")))
}

fn listed(record: &Value) -> Object<'_> {
    Object::default()
        .with("ObjectModified", text_at(record, "ObjectId"))
        .with("CmdletName", text_at(record, "Operation"))
        .with("CmdletParameters", &record["Parameters"])
        .with("ModifiedProperties", json!([]))
        .with("Caller", text_at(record, "UserId"))
        .with("ExternalAccess", &record["ExternalAccess"])
        .with("Succeeded", succeeded(record))
        .with("Error", error(record))
        .with("RunDate", moment::wrapped(moment::of(record)))
        .with("OriginatingServer", server(record))
        .with("Identity", identity(record))
        .with("IsValid", true)
        .with("ObjectState", "New")
}

/// The type of the objects of a search.
const EVENT: &str = "Deserialized.Microsoft.Exchange.Data.ApplicationLogic.MailboxAuditLogEvent";

/// Who was logged on: the log has a delegate where the unified one has him `Delegated`.
fn logon(record: &Value) -> String {
    match logon_kind(&record["LogonType"]) {
        "Delegated" => "Delegate",
        other => other,
    }
    .to_owned()
}

/// The name of the account that was logged on, or its user name where the record has none.
fn user(record: &Value) -> String {
    let name = text_at(record, "LogonUserDisplayName");
    if name.is_empty() {
        text_at(record, "UserId")
    } else {
        name
    }
}

fn folder(record: &Value) -> String {
    let item = text(record, "Item.ParentFolder.Path");
    if item.is_empty() {
        text(record, "Folder.Path")
    } else {
        item
    }
}

/// `Name:Value` of each property.
fn properties(record: &Value) -> String {
    let pairs = entries(&record["OperationProperties"]).iter();
    let pairs: Vec<String> = pairs
        .map(|pair| format!("{}:{}", text_at(pair, "Name"), text_at(pair, "Value")))
        .collect();
    pairs.join(" ")
}

/// What the affected items are called, in one cell.
fn affected(record: &Value, name: &str) -> String {
    let texts = entries(&record["AffectedItems"]).iter();
    let texts: Vec<String> = texts.map(|item| text_at(item, name)).collect();
    texts.join(", ")
}

fn folders(record: &Value) -> String {
    match &record["Folders"] {
        Value::Null => String::new(),
        folders => folders.to_string(),
    }
}

const ACCESS: Columns = &[
    ("RunspaceId", Fixed("1f0d7c52-8b3e-4c61-9a57-6e2b40d8f913")),
    ("Operation", At("Operation")),
    ("OperationResult", At("ResultStatus")),
    ("LogonType", Made(logon)),
    ("ExternalAccess", At("ExternalAccess")),
    ("FolderPathName", Made(folder)),
    ("ClientInfoString", At("ClientInfoString")),
    ("ClientIPAddress", Made(address)),
    ("ClientMachineName", At("ClientMachineName")),
    ("ClientProcessName", At("ClientProcessName")),
    ("ClientVersion", At("ClientVersion")),
    ("InternalLogonType", Fixed("Owner")),
    ("MailboxOwnerUPN", At("MailboxOwnerUPN")),
    ("MailboxOwnerSid", At("MailboxOwnerSid")),
    ("LogonUserDisplayName", Made(user)),
    ("LogonUserSid", At("LogonUserSid")),
    ("SourceItems", Fixed("")),
    (
        "SourceItemSubjectsList",
        Made(|record| affected(record, "Subject")),
    ),
    (
        "SourceItemInternetMessageIdsList",
        Made(|record| affected(record, "InternetMessageId")),
    ),
    ("SourceItemFolderPathNamesList", Made(folder)),
    ("ItemSubject", At("Item.Subject")),
    ("ItemInternetMessageId", At("Item.InternetMessageId")),
    ("AggregatedRecordFoldersData", Made(folders)),
    (
        "AuditOperationsCountInAggregatedRecord",
        At("OperationCount"),
    ),
    ("OperationProperties", Made(properties)),
    ("SessionId", At("SessionId")),
    ("MailboxGuid", At("MailboxGuid")),
    ("MailboxResolvedOwnerName", At("MailboxOwnerUPN")),
    ("LastAccessed", When("CreationTime", american)),
    ("Identity", Made(identity)),
];

fn access(record: &Value) -> Row {
    cells(ACCESS, record)
}

/// The same as an object, whose times are not in the culture of a machine.
fn object(record: &Value) -> Row {
    let mut row = access(record);
    for (name, cell) in &mut row {
        if name == "LastAccessed" {
            *cell = zulu(moment::of(record));
        }
    }
    row
}
