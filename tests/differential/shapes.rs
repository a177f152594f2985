//! The shapes in which collectors and portals hand over records of the unified audit log: how each is written, which format has to
//! read it, and what it cannot carry by its nature.
//!
//! Not here: the records (`tenant`), how bytes are made of rows (`write`), packed files (the tests).

use crate::lost;
use crate::write::{
    Row, bytes, clixml, csv, each, elements, lines, lowered, pages, powershell, raw, row, slashed,
    spread, table, table_of, text_at,
};
use grantline::record::Record;
use serde_json::{Map, Value, json};

/// One shape.
pub struct Shape {
    /// What it is called in messages and files.
    pub name: &'static str,
    /// The format that reads it.
    pub format: &'static str,
    /// Writes a file of it.
    pub write: fn(&[Value]) -> Vec<u8>,
    /// Blanks what it cannot carry of a record, given the native one; the functions of `lost` say why.
    pub lost: fn(&Value, &mut Record),
}

const fn shape(
    name: &'static str,
    format: &'static str,
    write: fn(&[Value]) -> Vec<u8>,
    lost: fn(&Value, &mut Record),
) -> Shape {
    Shape {
        name,
        format,
        write,
        lost,
    }
}

/// Every shape; the first is the one that all others are compared with.
pub const SHAPES: &[Shape] = &[
    shape("native lines", NATIVE, native_lines, lost::nothing),
    shape(
        "native lines, BOM, CRLF",
        NATIVE,
        native_crlf,
        lost::nothing,
    ),
    shape("native lines, UTF-16 LE", NATIVE, native_le, lost::nothing),
    shape("native lines, UTF-16 BE", NATIVE, native_be, lost::nothing),
    shape("API array", NATIVE, native_array, lost::nothing),
    shape("API array, indented", NATIVE, native_pretty, lost::nothing),
    shape("API arrays, appended", NATIVE, native_arrays, lost::nothing),
    shape(
        "AuditDataOnly JSON",
        NATIVE,
        native_documents,
        lost::nothing,
    ),
    shape("event hub batch", NATIVE, native_batch, lost::nothing),
    shape("Panther", NATIVE, panther, lost::nothing),
    shape("AuditDataOnly CSV", NATIVE, flattened, lost::lists_of_csv),
    shape("search CSV", SEARCH, search_csv, lost::nothing),
    shape(
        "search CSV, #TYPE, semicolons",
        SEARCH,
        search_typed,
        lost::nothing,
    ),
    shape(
        "search CSV, remote session",
        SEARCH,
        search_remote,
        lost::nothing,
    ),
    shape(
        "search CSV, tabs, UTF-16",
        SEARCH,
        search_tabs,
        lost::nothing,
    ),
    shape("Purview CSV, old", SEARCH, purview_old, lost::nothing),
    shape("Purview CSV, new", SEARCH, purview_new, lost::nothing),
    shape("search JSON, text", SEARCH, search_text, lost::nothing),
    shape("search JSON, object", SEARCH, search_object, lost::nothing),
    shape("search JSONL", SEARCH, search_lines, lost::nothing),
    shape("search JSON, merged", SEARCH, search_merged, lost::nothing),
    shape("search JSON, depth 2", SEARCH, search_depth, lost::depth),
    shape("search CliXml", SEARCH, search_clixml, lost::nothing),
    shape(
        "portal screen",
        "audit-search-screen",
        screen,
        lost::nothing,
    ),
    shape(
        "Power Query",
        "audit-data-columns",
        power_query,
        lost::lists_of_power_query,
    ),
    shape("Graph pages", GRAPH, graph_pages, lost::nothing),
    shape("Graph JSONL", GRAPH, graph_lines, lost::nothing),
    shape("Graph CSV", GRAPH, graph_csv, lost::nothing),
    shape("Splunk CSV", SPLUNK, splunk_csv, lost::nothing),
    shape("Splunk results", SPLUNK, splunk_results, lost::nothing),
    shape("Splunk of search CSV", SPLUNK, splunk_search, lost::nothing),
    shape("Splunk fields", SPLUNK, splunk_fields, lost::splunk_fields),
    shape(
        "Splunk fields, CSV",
        SPLUNK,
        splunk_fields_csv,
        lost::splunk_fields,
    ),
    shape(
        "Elastic hits, original",
        ELASTIC,
        elastic_original,
        lost::nothing,
    ),
    shape("Elastic hits", ELASTIC, elastic_hits, lost::elastic),
    shape("Elastic lines", ELASTIC, elastic_lines, lost::elastic),
    shape(
        "Elastic Discover",
        ELASTIC,
        elastic_discover,
        lost::discover,
    ),
    shape("OfficeActivity CSV", OFFICE, office_csv, lost::office),
    shape("OfficeActivity JSON", OFFICE, office_json, lost::office),
    shape("OfficeActivity tables", OFFICE, office_tables, lost::office),
    shape("enriched", "enriched-audit", enriched, lost::nothing),
    shape("CloudAppEvents", CLOUD, cloud_json, lost::nothing),
    shape("CloudAppEvents CSV", CLOUD, cloud_csv, lost::nothing),
    shape("hunting stream", STREAM, cloud_stream, lost::nothing),
    shape("hunting stream, batch", STREAM, cloud_batch, lost::nothing),
    shape("Wazuh", "wrapped", wazuh, lost::nothing),
    shape("Logstash", "wrapped", logstash, lost::nothing),
    shape("shipper CSV", "wrapped", shipper, lost::nothing),
    shape("LogScale", "wrapped", log_scale, lost::nothing),
];

const NATIVE: &str = "unified-audit";
const SEARCH: &str = "unified-audit-search";
const GRAPH: &str = "graph-audit-query";
const SPLUNK: &str = "splunk";
const ELASTIC: &str = "elastic";
const OFFICE: &str = "office-activity";
const CLOUD: &str = "cloud-app-events";
const STREAM: &str = "hunting-stream";

/// One native record a line, which is what all shapes are compared with.
pub fn native_lines(records: &[Value]) -> Vec<u8> {
    lines(records, Value::to_string)
}

/// What `Out-File` of Windows PowerShell makes of it, told to write UTF-8.
fn native_crlf(records: &[Value]) -> Vec<u8> {
    let text = String::from_utf8_lossy(&native_lines(records)).replace('\n', "\r\n");
    format!("\u{feff}{text}").into_bytes()
}

fn native_le(records: &[Value]) -> Vec<u8> {
    let text = format!(
        "\u{feff}{}",
        String::from_utf8_lossy(&native_lines(records))
    );
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn native_be(records: &[Value]) -> Vec<u8> {
    let text = format!(
        "\u{feff}{}",
        String::from_utf8_lossy(&native_lines(records))
    );
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

fn native_array(records: &[Value]) -> Vec<u8> {
    format!("[{}]", each(records, slashed, ",")).into_bytes()
}

fn native_pretty(records: &[Value]) -> Vec<u8> {
    bytes(&json!(records), true)
}

/// Blobs of the API, one behind the other.
fn native_arrays(records: &[Value]) -> Vec<u8> {
    let (one, other) = records.split_at(records.len() / 3);
    [native_pretty(one), native_array(other)].join(&b"\r\n"[..])
}

fn native_documents(records: &[Value]) -> Vec<u8> {
    let document = |record: &Value| format!("{record:#}");
    each(records, document, "\r\n\r\n").into_bytes()
}

fn native_batch(records: &[Value]) -> Vec<u8> {
    bytes(&json!({"records": records}), false)
}

fn panther(records: &[Value]) -> Vec<u8> {
    lines(records, |record| lowered(record).to_string())
}

/// `Export-Csv` of the records: of lists the content is gone.
fn flattened(records: &[Value]) -> Vec<u8> {
    let closed = |(name, value): (&String, &Value)| {
        let text = match value {
            Value::Array(_) => "System.Object[]".to_owned(),
            value => powershell(value),
        };
        (name.clone(), text)
    };
    csv(records, |record| elements(record).map(closed).collect())
}

/// The row of a search that wraps a record, with the date as an American machine writes it.
fn search_row(record: &Value) -> Row {
    row(&[
        ("RecordType", "ExchangeAdmin".to_owned()),
        ("CreationDate", "3/12/2026 8:05:03 AM".to_owned()),
        ("UserIds", text_at(record, "UserId")),
        ("Operations", text_at(record, "Operation")),
        ("AuditData", slashed(record)),
        ("ResultIndex", "1".to_owned()),
        ("ResultCount", "60".to_owned()),
        ("Identity", text_at(record, "Id")),
        ("IsValid", "True".to_owned()),
        ("ObjectState", "Unchanged".to_owned()),
    ])
}

fn search_csv(records: &[Value]) -> Vec<u8> {
    csv(records, search_row)
}

fn search_typed(records: &[Value]) -> Vec<u8> {
    let table = table(records, ';', search_row);
    format!("#TYPE Microsoft.Exchange.Data.ApplicationLogic.UnifiedAuditLogEvent\r\n{table}")
        .into_bytes()
}

fn search_remote(records: &[Value]) -> Vec<u8> {
    csv(records, |record| {
        let mut row = row(&[
            ("PSComputerName", "outlook.office365.com".to_owned()),
            ("RunspaceId", "0b1c".to_owned()),
            ("PSShowComputerName", "False".to_owned()),
        ]);
        row.extend(search_row(record));
        row
    })
}

/// The Unicode text of a spreadsheet.
fn search_tabs(records: &[Value]) -> Vec<u8> {
    let text = format!("\u{feff}{}", table(records, '\t', search_row));
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn purview_old(records: &[Value]) -> Vec<u8> {
    csv(records, |record| {
        row(&[
            ("CreationDate", "2026-03-12T08:05:03.0000000Z".to_owned()),
            ("UserIds", text_at(record, "UserId")),
            ("Operations", text_at(record, "Operation")),
            ("AuditData", record.to_string()),
        ])
    })
}

fn purview_new(records: &[Value]) -> Vec<u8> {
    csv(records, |record| {
        row(&[
            ("RecordId", text_at(record, "Id")),
            ("CreationDate", "3/12/2026 8:05:03 AM".to_owned()),
            ("RecordType", text_at(record, "RecordType")),
            ("Operation", text_at(record, "Operation")),
            ("UserId", text_at(record, "UserId")),
            ("AuditData", record.to_string()),
            ("AssociatedAdminUnits", String::new()),
            ("AssociatedAdminUnitsNames", String::new()),
        ])
    })
}

/// The object of a search, as `ConvertTo-Json` of Windows PowerShell writes it.
fn searched(record: &Value, data: &Value) -> Value {
    json!({"RecordType": 1, "CreationDate": "/Date(1772000000000)/", "UserIds": text_at(record, "UserId"), "Operations": text_at(record, "Operation"),
        "AuditData": data, "ResultIndex": 1, "ResultCount": 60, "Identity": text_at(record, "Id"), "IsValid": true, "ObjectState": 0})
}

fn search_text(records: &[Value]) -> Vec<u8> {
    let objects = records
        .iter()
        .map(|record| searched(record, &json!(slashed(record))));
    bytes(&objects.collect(), true)
}

fn search_object(records: &[Value]) -> Vec<u8> {
    let objects = records.iter().map(|record| searched(record, record));
    let text = format!("{:#}", objects.collect::<Value>());
    text.replace('/', "\\/").into_bytes()
}

fn search_lines(records: &[Value]) -> Vec<u8> {
    lines(records, |record| {
        searched(record, &json!(slashed(record))).to_string()
    })
}

/// Files of several runs, appended: arrays, and a single result that is a bare object.
fn search_merged(records: &[Value]) -> Vec<u8> {
    let (first, rest) = records.split_at(1);
    let (one, other) = rest.split_at(rest.len() / 2);
    let single = searched(&first[0], &first[0]);
    [
        search_object(one),
        bytes(&single, true),
        search_object(other),
    ]
    .join(&b"\r\n\r\n\r\n"[..])
}

/// `ConvertTo-Json` follows objects to its default depth.
fn search_depth(records: &[Value]) -> Vec<u8> {
    let objects = records
        .iter()
        .map(|record| searched(record, &raw(record, 1)));
    bytes(&objects.collect(), true)
}

fn search_clixml(records: &[Value]) -> Vec<u8> {
    clixml(records, search_row)
}

fn screen(records: &[Value]) -> Vec<u8> {
    csv(records, |record| {
        row(&[
            ("Date", "2026-03-12 08:05:03".to_owned()),
            ("IP address", String::new()),
            ("User", text_at(record, "UserId")),
            ("Activity", "Did something".to_owned()),
            ("Item", String::new()),
            ("Detail", record.to_string()),
        ])
    })
}

/// Records opened into columns, lists left closed.
fn power_query(records: &[Value]) -> Vec<u8> {
    csv(records, |record| {
        let mut columns = row(&[("RecordId", text_at(record, "Id"))]);
        for (name, value) in elements(record) {
            match (name.as_str(), value) {
                ("AppAccessContext", Value::Object(members)) => {
                    for (member, value) in members {
                        columns.push((format!("AuditData.{name}.{member}"), powershell(value)));
                    }
                }
                (_, Value::Array(_)) => {
                    columns.push((format!("AuditData.{name}"), "[List]".to_owned()));
                }
                (_, Value::Object(_)) => {
                    columns.push((format!("AuditData.{name}"), "[Record]".to_owned()));
                }
                (_, value) => columns.push((format!("AuditData.{name}"), powershell(value))),
            }
        }
        columns
    })
}

/// The object of a Graph query that wraps a record.
fn queried(record: &Value) -> Value {
    json!({"@odata.type": "#microsoft.graph.security.auditLogRecord", "id": text_at(record, "Id"), "createdDateTime": format!("{}Z", text_at(record, "CreationTime")),
        "auditLogRecordType": "exchangeAdmin", "operation": text_at(record, "Operation"), "organizationId": text_at(record, "OrganizationId"), "userType": "regular",
        "userId": text_at(record, "UserId"), "service": text_at(record, "Workload"), "objectId": text_at(record, "ObjectId"),
        "userPrincipalName": text_at(record, "UserId"), "clientIp": null, "administrativeUnits": [""], "auditData": record})
}

fn graph_pages(records: &[Value]) -> Vec<u8> {
    let objects: Vec<Value> = records.iter().map(queried).collect();
    pages(&objects).into_bytes()
}

fn graph_lines(records: &[Value]) -> Vec<u8> {
    lines(records, |record| queried(record).to_string())
}

fn graph_csv(records: &[Value]) -> Vec<u8> {
    csv(records, |record| {
        elements(&queried(record))
            .map(|(name, value)| (name.clone(), powershell_or_json(value)))
            .collect()
    })
}

fn powershell_or_json(value: &Value) -> String {
    match value {
        Value::Object(_) | Value::Array(_) => value.to_string(),
        value => powershell(value),
    }
}

fn splunk_csv(records: &[Value]) -> Vec<u8> {
    csv(records, |record| {
        row(&[
            ("_raw", record.to_string()),
            ("_time", "2026-03-12T08:05:03.000+00:00".to_owned()),
            ("host", "splunk".to_owned()),
            ("sourcetype", "o365:management:activity".to_owned()),
        ])
    })
}

fn splunk_results(records: &[Value]) -> Vec<u8> {
    lines(records, |record| {
        json!({"preview": false, "offset": 7, "result": {"_raw": record.to_string(), "_time": "1772000000"}}).to_string()
    })
}

/// A search that was indexed as it stood, and exported again: `_raw` is the row.
fn splunk_search(records: &[Value]) -> Vec<u8> {
    csv(records, |record| {
        let columns = search_row(record);
        let cells: Vec<String> = columns.iter().map(|(_, cell)| cell.clone()).collect();
        let mut row = row(&[("AuditData", slashed(record))]);
        row.extend(columns.into_iter().filter(|(name, _)| name != "AuditData"));
        row.push(("_raw".to_owned(), cells.join(",")));
        row.push(("date_hour".to_owned(), "8".to_owned()));
        row
    })
}

fn splunk_fields(records: &[Value]) -> Vec<u8> {
    let results = records.iter().map(|record| {
        let fields = spread(record, "{}").into_iter().map(|(name, mut texts)| {
            let value = if texts.len() == 1 {
                json!(texts.remove(0))
            } else {
                json!(texts)
            };
            (name, value)
        });
        json!({"preview": false, "result": fields.collect::<Map<_, _>>()})
    });
    lines(&results.collect::<Vec<_>>(), Value::to_string)
}

fn splunk_fields_csv(records: &[Value]) -> Vec<u8> {
    csv(records, |record| {
        spread(record, "{}")
            .into_iter()
            .map(|(name, texts)| (name, texts.join("\n")))
            .collect()
    })
}

/// Documents in the answer of a search.
fn hits(documents: impl Iterator<Item = Value>) -> Vec<u8> {
    let hits = documents.map(|document| json!({"_index": ".ds-logs-o365.audit-default", "_id": "x", "_score": null, "_source": document}));
    bytes(
        &json!({"took": 3, "timed_out": false, "hits": {"total": {"value": 60}, "hits": hits.collect::<Value>()}}),
        false,
    )
}

fn elastic_original(records: &[Value]) -> Vec<u8> {
    hits(records.iter().map(|record| {
        let mut document = ingested(record);
        document["event"]["original"] = json!(record.to_string());
        document
    }))
}

fn elastic_hits(records: &[Value]) -> Vec<u8> {
    hits(records.iter().map(ingested))
}

fn elastic_lines(records: &[Value]) -> Vec<u8> {
    lines(records, |record| ingested(record).to_string())
}

fn elastic_discover(records: &[Value]) -> Vec<u8> {
    csv(records, |record| {
        spread(&ingested(record), "")
            .into_iter()
            .map(|(name, texts)| (name, texts.join(", ")))
            .collect()
    })
}

/// Record types of the tenant by number, as Elastic and Log Analytics name them.
const KINDS: &[(&str, &str)] = &[
    ("1", "ExchangeAdmin"),
    ("2", "ExchangeItem"),
    ("3", "ExchangeItemGroup"),
    ("8", "AzureActiveDirectory"),
    ("15", "AzureActiveDirectoryStsLogon"),
    ("50", "ExchangeItemAggregated"),
];

fn kind(record: &Value) -> &'static str {
    let number = text_at(record, "RecordType");
    let mut kinds = KINDS.iter();
    kinds
        .find(|(own, _)| *own == number)
        .map_or("", |(_, name)| name)
}

/// What the ingest pipeline of Elastic makes of a record (`packages/o365`, `default.yml`), where `event.original` is not kept.
fn ingested(record: &Value) -> Value {
    let mut audit = record.as_object().cloned().unwrap_or_default();
    let code = kind(record);
    let mut take = |name: &str| audit.remove(name).filter(|value| !value.is_null());
    let mut event = json!({"dataset": "o365.audit", "outcome": outcome(record), "code": code});
    for (name, place) in [
        ("Id", "id"),
        ("Operation", "action"),
        ("Workload", "provider"),
    ] {
        event[place] = take(name).unwrap_or_default();
    }
    let organization = json!({"id": take("OrganizationId")});
    let agent = take("UserAgent");
    let address = ["ClientIPAddress", "ClientIP", "ActorIpAddress"]
        .iter()
        .find_map(|name| take(name));
    let client = client(&address.unwrap_or_default());
    let mut user = json!({"id": record["UserId"]});
    if code == "ExchangeItem" {
        user["email"] = take("MailboxOwnerUPN").unwrap_or_default();
    }
    if text_at(record, "UserId").contains('@') {
        user["email"] = record["UserId"].clone();
    }
    if code == "AzureActiveDirectory" {
        user["target"] = json!({"id": record["ObjectId"]});
    }
    let mut document = json!({"@timestamp": format!("{}.000Z", text_at(record, "CreationTime")), "event": event, "organization": organization,
        "client": client, "user": user, "tags": ["forwarded"]});
    by_name(&mut audit);
    let agent = audit
        .get_mut("ExtendedProperties")
        .and_then(|named| named.as_object_mut()?.remove("UserAgent"))
        .or(agent);
    if let Some(agent) = agent {
        document["user_agent"] = json!({"original": agent});
    }
    for name in ["RecordType", "UserType", "LogonType", "Version"] {
        if audit.contains_key(name) {
            audit.insert(name.to_owned(), json!(text_at(record, name)));
        }
    }
    document["o365"] = json!({"audit": audit});
    document
}

fn outcome(record: &Value) -> &'static str {
    let status = text_at(record, "ResultStatus").to_lowercase();
    if ["failed", "false"].contains(&status.as_str()) {
        "failure"
    } else {
        "success"
    }
}

/// The pipeline keeps the address without port and brackets.
fn client(address: &Value) -> Value {
    let text = address.as_str().unwrap_or_default();
    let text = text.strip_prefix("::ffff:").unwrap_or(text);
    let found = grantline::net::parse(text);
    match found {
        Some(ip) => json!({"address": ip.to_string(), "ip": ip.to_string()}),
        None if text.contains(' ') => json!({"address": text}),
        None if text.is_empty() => json!({}),
        None => json!({"domain": text}),
    }
}

/// Lists of names and values become objects; entries without a value are dropped.
fn by_name(audit: &mut Map<String, Value>) {
    for name in ["Parameters", "ExtendedProperties"] {
        if let Some(text @ Value::String(_)) = audit.get_mut(name) {
            *text = json!({"_raw": text});
        } else if let Some(list) = audit.get_mut(name) {
            let entries = list.as_array().cloned().unwrap_or_default();
            let named = entries.iter().filter(|entry| !entry["Value"].is_null());
            *list = named
                .map(|entry| (text_at(entry, "Name"), entry["Value"].clone()))
                .collect::<Map<_, _>>()
                .into();
        }
    }
    if let Some(list) = audit.get_mut("ModifiedProperties") {
        let entries = list.as_array().cloned().unwrap_or_default();
        let named = entries.iter().map(|entry| match entry {
            Value::String(name) => (name.clone(), json!({})),
            entry => (
                text_at(entry, "Name").replace([' ', '.'], "_"),
                json!({"OldValue": entry["OldValue"], "NewValue": entry["NewValue"]}),
            ),
        });
        *list = named.collect::<Map<_, _>>().into();
    }
}

/// Native names and the columns of `OfficeActivity`.
const RENAMED: &[(&str, &str)] = &[
    ("Id", "OfficeId"),
    ("CreationTime", "TimeGenerated"),
    ("Workload", "OfficeWorkload"),
    ("ObjectId", "OfficeObjectId"),
    ("ClientIPAddress", "Client_IPAddress"),
    ("LogonType", "Logon_Type"),
    ("Target", "AADTarget"),
    (
        "AzureActiveDirectoryEventType",
        "AzureActiveDirectory_EventType",
    ),
];

/// What has no column in `OfficeActivity`.
const NO_COLUMN: &[&str] = &[
    "SessionId",
    "OperationCount",
    "Messages",
    "DeviceProperties",
    "ErrorNumber",
    "LogonError",
    "Version",
];

/// A row of `OfficeActivity`: nested values are text, numbers of types are names.
fn office_row(record: &Value) -> Row {
    let cell = |name: &str, value: &Value| match name {
        "RecordType" => kind(record).to_owned(),
        "UserType" => named(
            value,
            &["Regular", "Reserved", "Admin", "DcAdmin", "System"],
        ),
        "LogonType" => named(value, &["Owner", "Admin", "Delegated"]),
        _ => match value {
            Value::Array(_) | Value::Object(_) => format!("{value:#}"),
            Value::Bool(flag) => flag.to_string(),
            value => powershell(value),
        },
    };
    let mut columns = row(&[
        ("TenantId", "workspace".to_owned()),
        ("Start_Time", "2026-03-30T00:00:00Z".to_owned()),
        ("Type", "OfficeActivity".to_owned()),
    ]);
    for (name, value) in elements(record).filter(|(name, _)| !NO_COLUMN.contains(&name.as_str())) {
        let renamed = RENAMED.iter().find(|(native, _)| native == name);
        let column = renamed.map_or(name.as_str(), |(_, column)| column);
        columns.push((column.to_owned(), cell(name, value)));
    }
    columns
}

fn named(number: &Value, names: &[&str]) -> String {
    let number = powershell(number).parse().unwrap_or(usize::MAX);
    names.get(number).map_or("", |name| name).to_owned()
}

/// The portal's own spelling of times and of its columns of time.
fn office_csv(records: &[Value]) -> Vec<u8> {
    let text = table(records, ',', |record| {
        let columns = office_row(record).into_iter().map(|(name, cell)| {
            if name == "TimeGenerated" {
                ("TimeGenerated [UTC]".to_owned(), american(&cell))
            } else {
                (name, cell)
            }
        });
        columns.collect()
    });
    format!("\u{feff}{text}").into_bytes()
}

/// `2026-03-02T08:05:03` as `3/2/2026, 8:05:03.000 AM`.
fn american(time: &str) -> String {
    let number = |at: std::ops::Range<usize>| time[at].parse::<u32>().unwrap_or(0);
    let (month, day, hour) = (number(5..7), number(8..10), number(11..13));
    let half = if hour < 12 { "AM" } else { "PM" };
    let hour = (hour + 11) % 12 + 1;
    format!("{month}/{day}/2026, {hour}:{}.000 {half}", &time[14..19])
}

fn office_json(records: &[Value]) -> Vec<u8> {
    let objects = records.iter().map(|record| {
        office_row(record)
            .into_iter()
            .collect::<std::collections::BTreeMap<_, _>>()
    });
    bytes(&json!(objects.collect::<Vec<_>>()), false)
}

fn office_tables(records: &[Value]) -> Vec<u8> {
    let (header, rows) = table_of(records, office_row);
    let columns = header
        .iter()
        .map(|name| json!({"name": name, "type": "string"}));
    let table =
        json!({"name": "PrimaryResult", "columns": columns.collect::<Value>(), "rows": rows});
    bytes(&json!({"tables": [table]}), false)
}

fn enriched(records: &[Value]) -> Vec<u8> {
    lines(records, |record| {
        let mut rest = record.as_object().cloned().unwrap_or_default();
        let mut row = Map::new();
        for name in [
            "Id",
            "Operation",
            "OrganizationId",
            "RecordType",
            "ResultStatus",
            "UserId",
            "UserKey",
            "UserType",
            "Workload",
            "ObjectId",
        ] {
            row.insert(name.to_owned(), rest.remove(name).unwrap_or_default());
        }
        let time = rest.remove("CreationTime").unwrap_or_default();
        row.insert("TimeGenerated".to_owned(), time);
        row.insert(
            "ClientIp".to_owned(),
            rest.remove("ClientIP").unwrap_or_default(),
        );
        row.insert("SourceIp".to_owned(), Value::Null);
        let rest = Value::Object(rest);
        row.insert("AdditionalProperties".to_owned(), json!(rest.to_string()));
        Value::Object(row).to_string()
    })
}

fn cloud(record: &Value) -> Value {
    json!({"Timestamp": format!("{}.0000000Z", text_at(record, "CreationTime")), "ActionType": text_at(record, "Operation"), "Application": "Microsoft Exchange Online", "ApplicationId": 20893,
        "AccountObjectId": "", "IsAdminOperation": false, "IPAddress": "", "CountryCode": "", "UserAgent": "",
        "ReportId": format!("106830890_20893_{}", text_at(record, "Id")), "RawEventData": record})
}

fn cloud_json(records: &[Value]) -> Vec<u8> {
    bytes(&records.iter().map(cloud).collect(), true)
}

fn cloud_csv(records: &[Value]) -> Vec<u8> {
    csv(records, |record| {
        elements(&cloud(record))
            .map(|(name, value)| (name.clone(), powershell_or_json(value)))
            .collect()
    })
}

fn streamed(record: &Value) -> Value {
    json!({"time": "2026-03-30T00:00:00Z", "tenantId": "another", "operationName": "Publish", "category": "AdvancedHunting-CloudAppEvents", "properties": cloud(record)})
}

fn cloud_stream(records: &[Value]) -> Vec<u8> {
    lines(records, |record| streamed(record).to_string())
}

fn cloud_batch(records: &[Value]) -> Vec<u8> {
    let batch: Value = records.iter().map(streamed).collect();
    bytes(&json!({"records": batch}), false)
}

fn wazuh(records: &[Value]) -> Vec<u8> {
    lines(records, |record| {
        let mut record = record.clone();
        record["Subscription"] = json!("Audit.Exchange");
        record["RecordType"] = json!(text_at(&record, "RecordType"));
        json!({"timestamp": "2026-03-30T00:00:00.000+0000", "rule": {"id": "91575"}, "decoder": {"name": "json"}, "location": "office365",
            "data": {"integration": "office365", "office365": record}}).to_string()
    })
}

fn logstash(records: &[Value]) -> Vec<u8> {
    lines(records, |record| {
        json!({"@version": "1", "@timestamp": "2026-03-30T00:00:00.000Z", "type": "office365", "raw": record}).to_string()
    })
}

fn shipper(records: &[Value]) -> Vec<u8> {
    csv(records, |record| {
        row(&[
            ("@timestamp", "2026-03-30T00:00:00.000Z".to_owned()),
            ("message", record.to_string()),
        ])
    })
}

fn log_scale(records: &[Value]) -> Vec<u8> {
    lines(records, |record| {
        json!({"@id": "x", "@timestamp": 1_772_000_000_000_i64, "@rawstring": record.to_string()})
            .to_string()
    })
}
