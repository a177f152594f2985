//! Sign-ins and directory audits as Azure Monitor delivers them to event hubs and storage accounts (TELEMETRY §5.2).
//!
//! Not here: Defender's tables, which are streamed in an envelope like it (`defender`).

use super::column::text;
use super::directory::{self, DIRECTORY, tenanted};
use super::moment::later;
use super::object::Object;
use super::piece::{BATCH, lines, pieces};
use super::sign_in::{self, SIGN_INS, is_application, is_managed};
use super::{Layout, Shape};
use serde_json::Value;

const SIGNED: Shape = Shape {
    format: "diagnostic-records",
    ..SIGN_INS
};

const AUDITED: Shape = Shape {
    format: "diagnostic-records",
    ..DIRECTORY
};

pub(super) const SHAPES: &[Shape] = &[
    Shape {
        name: "diagnostic-sign-ins",
        what: "sign-ins of all four categories as a storage account keeps them",
        extension: "jsonl",
        layout: Layout::Lines,
        writer: || lines(|record| signed_in(record).compact()),
        ..SIGNED
    },
    Shape {
        name: "diagnostic-sign-ins-batch",
        what: "the same as an event hub delivers them",
        writer: || pieces(BATCH, |record| signed_in(record).compact()),
        ..SIGNED
    },
    Shape {
        name: "diagnostic-directory-audits",
        what: "directory audits as a storage account keeps them",
        extension: "jsonl",
        layout: Layout::Lines,
        writer: || tenanted(lines(|record| audited(record).compact())),
        ..AUDITED
    },
    Shape {
        name: "diagnostic-directory-audits-batch",
        what: "the same as an event hub delivers them",
        writer: || tenanted(pieces(BATCH, |record| audited(record).compact())),
        ..AUDITED
    },
];

/// Seconds after which a record is delivered.
const DELAY: i64 = 67;

fn signed_in(record: &Value) -> Object<'_> {
    let code = text(record, "status.errorCode");
    let is_success = code == "0";
    let tenant = text(record, "resourceTenantId");
    let mut envelope = Object::default()
        .with("time", later(&text(record, "createdDateTime"), DELAY) + "Z")
        .with("resourceId", sign_in::resource(record))
        .with("operationName", "Sign-in activity")
        .with("operationVersion", "1.0")
        .with("category", sign_in::category(record))
        .with("tenantId", tenant)
        .with("resultType", code)
        .with(
            "resultSignature",
            if is_success { "SUCCESS" } else { "FAILURE" },
        );
    if !is_success {
        envelope = envelope.with("resultDescription", sign_in::reason(record));
    }
    envelope = envelope
        .with("durationMs", 0_i64)
        .with("callerIpAddress", text(record, "ipAddress"))
        .with("correlationId", text(record, "correlationId"));
    if !is_application(record) && !is_managed(record) {
        envelope = envelope
            .with("identity", text(record, "userDisplayName"))
            .with("location", text(record, "location.countryOrRegion"));
    }
    envelope
        .with("Level", 4_i64)
        .with("properties", sign_in::ordered(record))
}

fn audited(record: &Value) -> Object<'_> {
    let mut envelope = Object::default()
        .with(
            "time",
            later(&text(record, "activityDateTime"), DELAY) + "Z",
        )
        .with("resourceId", directory::resource(record));
    for (name, value) in directory::named(record) {
        envelope = envelope.with(name, value);
    }
    envelope
        .with("operationVersion", "1.0")
        .with("category", "AuditLogs")
        .with("tenantId", directory::tenant(record))
        .with("resultSignature", "None")
        .with("resultDescription", text(record, "resultReason"))
        .with("durationMs", 0_i64)
        .with("correlationId", text(record, "correlationId"))
        .with("Level", 4_i64)
        .with("properties", directory::ordered(record))
}
