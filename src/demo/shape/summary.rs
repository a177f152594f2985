//! Tables and lists that come with audit logs and hold no records: readers refuse them by name.
//!
//! Not here: authentication details, which come with sign-ins (`portal`).

use super::column::{
    Columns,
    From::{At, Fixed, Made},
    cells,
};
use super::moment::{self, later};
use super::piece::{Framed, INDENTED};
use super::table::{EXPORTED, table};
use super::text::{address, text_at};
use super::{Layout, Shape, UNIFIED, Writer};
use serde_json::{Value, json};

pub(super) const SHAPES: &[Shape] = &[
    Shape {
        name: "mail-access-summary-csv",
        format: "mail-access-summary",
        what: "reads of mail as Microsoft-Extractor-Suite sums them up (Get-Sessions), which holds no records",
        extension: "csv",
        layout: Layout::Table,
        takes: |record| text_at(record, "Operation") == "MailItemsAccessed",
        is_refused: true,
        writer: || table(EXPORTED, |record| cells(SESSIONS, record)),
        ..UNIFIED
    },
    Shape {
        name: "audit-content-list",
        format: "audit-content-list",
        what: "the list of blobs of the Management Activity API, which holds no records",
        is_refused: true,
        writer: listing,
        ..UNIFIED
    },
];

fn property(record: &Value, name: &str) -> String {
    let pairs = record["OperationProperties"].as_array();
    let mut pairs = pairs.into_iter().flatten();
    let found = pairs.find(|pair| text_at(pair, "Name") == name);
    found.map_or_else(String::new, |pair| text_at(pair, "Value"))
}

const SESSIONS: Columns = &[
    ("TimeStamp", At("CreationTime")),
    ("User", At("UserId")),
    ("Action", Fixed("MailItemsAccessed")),
    ("SessionId", At("SessionId")),
    ("ClientIP", Made(address)),
    (
        "MailAccessType",
        Made(|record| property(record, "MailAccessType")),
    ),
    (
        "IsThrottled",
        Made(|record| property(record, "IsThrottled")),
    ),
    ("OperationCount", At("OperationCount")),
];

/// Writes one entry for as many records as a blob holds.
#[derive(Debug)]
struct Listing {
    framed: Framed,
    records: usize,
}

fn listing() -> Box<dyn Writer> {
    Box::new(Listing {
        framed: Framed::new(INDENTED),
        records: 0,
    })
}

/// Records of one blob.
const BLOB: usize = 20;

/// Seconds after which a blob is there, and for which it is kept.
const AVAILABLE: i64 = 3_600;
const KEPT: i64 = 604_800;

impl Writer for Listing {
    fn record(&mut self, record: &Value, out: &mut Vec<u8>) {
        if self.records.is_multiple_of(BLOB) {
            let entry = entry(record, self.records / BLOB);
            self.framed.put(&format!("{entry:#}"), out);
        }
        self.records += 1;
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        self.framed.end(out);
    }
}

fn entry(record: &Value, number: usize) -> Value {
    let time = later(moment::of(record), AVAILABLE);
    let digits: String = time.chars().filter(char::is_ascii_digit).collect();
    let id = format!("{digits}{number:012}$audit_exchange$emea");
    let tenant = text_at(record, "OrganizationId");
    json!({
        "contentUri": format!("https://manage.office.com/api/v1.0/{tenant}/activity/feed/audit/{id}"),
        "contentId": id,
        "contentType": "Audit.Exchange",
        "contentCreated": format!("{time}.000Z"),
        "contentExpiration": later(&time, KEPT) + ".000Z",
    })
}
