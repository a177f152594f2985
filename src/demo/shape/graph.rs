//! The unified log as asynchronous searches of Microsoft Graph give it (`auditLogRecord`).
//!
//! Not here: sign-ins and directory audits of Graph (`sign_in`, `directory`).

use super::moment::{self, zulu};
use super::object::{Object, native};
use super::page::pages;
use super::piece::lines;
use super::table::{EXPORTED, holding};
use super::text::{address, camel, kind, text_at, user_kind};
use super::{Layout, Shape, UNIFIED};
use serde_json::{Value, json};

const QUERIED: Shape = Shape {
    format: "graph-audit-query",
    ..UNIFIED
};

pub(super) const SHAPES: &[Shape] = &[
    Shape {
        name: "graph-query-pages",
        what: "pages of a Graph audit log query, one behind the other",
        writer: || pages(PATH, |record| queried(record).compact()),
        ..QUERIED
    },
    Shape {
        name: "graph-query-jsonl",
        what: "records of a Graph audit log query, one a line",
        extension: "jsonl",
        layout: Layout::Lines,
        writer: || lines(|record| queried(record).compact()),
        ..QUERIED
    },
    Shape {
        name: "graph-query-csv",
        what: "the same as CSV: Microsoft-Extractor-Suite, Get-UALGraph",
        extension: "csv",
        layout: Layout::Table,
        writer: || holding(EXPORTED, "auditData", |record| queried(record).cells()),
        ..QUERIED
    },
];

/// What is asked for; the id is that of the query.
const PATH: &str = "security/auditLog/queries('5a1c2f60-7d34-4be2-a6c8-90e1f7b35d12')/records";

/// The object of a Graph query that wraps a record.
fn queried(record: &Value) -> Object<'_> {
    let client = address(record);
    let client = if client.is_empty() {
        Value::Null
    } else {
        json!(client)
    };
    Object::default()
        .with("@odata.type", "#microsoft.graph.security.auditLogRecord")
        .with("id", text_at(record, "Id"))
        .with("createdDateTime", zulu(moment::of(record)))
        .with("auditLogRecordType", camel(&kind(record)))
        .with("operation", text_at(record, "Operation"))
        .with("organizationId", text_at(record, "OrganizationId"))
        .with("userType", camel(user_kind(&record["UserType"])))
        .with("userId", text_at(record, "UserId"))
        .with("service", text_at(record, "Workload"))
        .with("objectId", text_at(record, "ObjectId"))
        .with("userPrincipalName", text_at(record, "UserId"))
        .with("clientIp", client)
        .with("administrativeUnits", json!([""]))
        .with("auditData", native(record))
}
