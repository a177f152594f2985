//! The unified log as audit searches give it: rows of `Search-UnifiedAuditLog` and of the portal, with the record in a cell.
//!
//! A collector searches interval by interval, one session each; the rows of a session are numbered and say how many there are, so
//! that a session is held back until it is over. Not here: asynchronous searches of Graph (`graph`).

use super::clixml::Objects;
use super::moment::{self, Spelling, american, german, plain, ticks, zulu};
use super::native::{compact, slashed};
use super::object::{Member, Object, native};
use super::piece::{Coding, Frame, Framed, INDENTED, LINES, encoded};
use super::powershell::shallowed;
use super::table::{EXPORTED, Look, Row, Sheet, holding, row};
use super::text::{address, kind, text_at};
use super::{Layout, Part, Shape, UNIFIED, Writer};
use serde_json::Value;

const SEARCHED: Shape = Shape {
    format: "unified-audit-search",
    ..UNIFIED
};

const TABLED: Shape = Shape {
    extension: "csv",
    layout: Layout::Table,
    ..SEARCHED
};

pub(super) const SHAPES: &[Shape] = &[
    Shape {
        name: "search-csv",
        what: "Search-UnifiedAuditLog, as CSV of an American machine",
        writer: || rows(EXPORTED, |record, place| searched(record, place, american)),
        ..TABLED
    },
    Shape {
        name: "search-csv-typed",
        what: "the same with the type of the rows before them and semicolons, of a German machine",
        writer: || rows(TYPED, |record, place| searched(record, place, german)),
        ..TABLED
    },
    Shape {
        name: "search-csv-remote",
        what: "the same out of a remote session, with its three columns before the others",
        writer: || rows(EXPORTED, remote),
        ..TABLED
    },
    Shape {
        name: "search-csv-tabs",
        what: "the same as Unicode text of a spreadsheet: tabs and UTF-16",
        extension: "txt",
        layout: Layout::Document,
        writer: || {
            encoded(
                Coding::Unicode,
                rows(TABS, |record, place| searched(record, place, american)),
            )
        },
        ..TABLED
    },
    Shape {
        name: "purview-csv-old",
        what: "an audit search of the compliance portal, four columns",
        writer: || holding(EXPORTED, "AuditData", purview_old),
        ..TABLED
    },
    Shape {
        name: "purview-csv",
        what: "an audit search of Purview, eight columns",
        writer: || holding(EXPORTED, "AuditData", purview),
        ..TABLED
    },
    Shape {
        name: "search-json-text",
        what: "ConvertTo-Json of Search-UnifiedAuditLog, the record as text",
        writer: || {
            objects(INDENTED, |record, place| {
                result(record, place, slashed(record)).indented()
            })
        },
        ..SEARCHED
    },
    Shape {
        name: "search-json",
        what: "the same with the record as an object",
        writer: || objects(INDENTED, whole),
        ..SEARCHED
    },
    Shape {
        name: "search-jsonl",
        what: "the same one result a line, the record as text: Microsoft-Extractor-Suite, Get-UAL -Output JSONL",
        extension: "jsonl",
        layout: Layout::Lines,
        writer: || {
            objects(LINES, |record, place| {
                result(record, place, slashed(record)).compact()
            })
        },
        ..SEARCHED
    },
    Shape {
        name: "search-json-merged",
        what: "the same session by session, appended: Microsoft-Extractor-Suite, Get-UAL -Output JSON",
        writer: || sessions(Form::Appended(0)),
        ..SEARCHED
    },
    Shape {
        name: "search-json-shallow",
        what: "ConvertTo-Json to its usual depth, in which inner lists are lost",
        writer: || objects(INDENTED, shallow),
        ..SEARCHED
    },
    Shape {
        name: "search-clixml",
        what: "Export-Clixml of Search-UnifiedAuditLog",
        extension: "xml",
        writer: || sessions(Form::Clixml(Objects::new(EVENT))),
        ..SEARCHED
    },
    Shape {
        name: "audit-search-screen",
        format: "audit-search-screen",
        what: "the results of an audit search as the page shows them",
        writer: || holding(EXPORTED, "Detail", screen),
        ..TABLED
    },
];

/// `Export-Csv -UseCulture` of Windows PowerShell where numbers have commas.
const TYPED: Look = Look {
    head: "#TYPE Microsoft.Exchange.Data.ApplicationLogic.UnifiedAuditLogEvent\r\n",
    delimiter: ';',
    is_quoted: true,
};

const TABS: Look = Look {
    delimiter: '\t',
    ..EXPORTED
};

/// Most results of one session that a collector accepts before it asks for a shorter interval.
const MOST: usize = 5_000;

/// Seconds that one session is about: collectors ask for half a day at a time.
const INTERVAL: i64 = 43_200;

/// The type of the objects of a search.
const EVENT: &str = "Deserialized.Microsoft.Exchange.Data.ApplicationLogic.UnifiedAuditLogEvent";

/// Where a result stands in its session.
#[derive(Debug, Clone, Copy)]
struct Place {
    index: usize,
    count: usize,
}

/// How sessions are written.
#[derive(Debug)]
enum Form {
    /// Rows of one table.
    Rows(Sheet, fn(&Value, Place) -> Row),
    /// Texts in one frame.
    Objects(Framed, fn(&Value, Place) -> String),
    /// A document each, and how many there are: an array, or a single result by itself.
    Appended(usize),
    /// Objects of `Export-Clixml`.
    Clixml(Objects),
}

/// Writes the results of searches.
#[derive(Debug)]
struct Sessions {
    form: Form,
    held: Vec<(Value, Option<Part>)>,
    /// When the session is over that is held.
    until: i64,
}

fn sessions(form: Form) -> Box<dyn Writer> {
    Box::new(Sessions {
        form,
        held: Vec::new(),
        until: i64::MIN,
    })
}

fn rows(look: Look, row: fn(&Value, Place) -> Row) -> Box<dyn Writer> {
    sessions(Form::Rows(Sheet::new(look, "AuditData"), row))
}

fn objects(frame: Frame, text: fn(&Value, Place) -> String) -> Box<dyn Writer> {
    sessions(Form::Objects(Framed::new(frame), text))
}

impl Sessions {
    fn hold(&mut self, record: &Value, part: Option<Part>, out: &mut Vec<u8>) {
        let time = moment::seconds(moment::of(record));
        if time >= self.until || self.held.len() == MOST {
            self.flush(out);
            self.until = (time.div_euclid(INTERVAL) + 1) * INTERVAL;
        }
        self.held.push((record.clone(), part));
    }

    fn flush(&mut self, out: &mut Vec<u8>) {
        let held = std::mem::take(&mut self.held);
        let count = held.len();
        let placed = (1..)
            .zip(&held)
            .map(|(index, (record, part))| (record, *part, Place { index, count }));
        match &mut self.form {
            Form::Rows(sheet, row) => {
                placed.for_each(|(record, part, place)| sheet.put(row(record, place), part, out));
            }
            Form::Objects(framed, text) => {
                placed.for_each(|(record, _, place)| framed.put(&text(record, place), out));
            }
            Form::Clixml(objects) => {
                placed.for_each(|(record, _, place)| {
                    objects.put(&searched(record, place, zulu), out);
                });
            }
            Form::Appended(documents) => {
                let texts: Vec<String> = placed
                    .map(|(record, _, place)| whole(record, place))
                    .collect();
                if let Some(document) = appended(&texts) {
                    let between = if *documents > 0 { "\r\n\r\n\r\n" } else { "" };
                    out.extend_from_slice(between.as_bytes());
                    out.extend_from_slice(document.as_bytes());
                    *documents += 1;
                }
            }
        }
    }
}

/// An array of objects, or a single one by itself, as `ConvertTo-Json` writes it.
fn appended(texts: &[String]) -> Option<String> {
    match texts {
        [] => None,
        [single] => Some(single.clone()),
        several => Some(format!("[\r\n{}\r\n]", several.join(",\r\n"))),
    }
}

impl Writer for Sessions {
    fn record(&mut self, record: &Value, out: &mut Vec<u8>) {
        self.hold(record, None, out);
    }

    fn part(&mut self, record: &Value, part: Part, out: &mut Vec<u8>) -> bool {
        let has_cell = matches!(self.form, Form::Rows(..));
        if has_cell {
            self.hold(record, Some(part), out);
        }
        has_cell
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        self.flush(out);
        match &mut self.form {
            Form::Objects(framed, _) => framed.end(out),
            Form::Clixml(objects) => objects.end(out),
            Form::Rows(..) | Form::Appended(_) => {}
        }
    }
}

/// The row of a search, with the date as the exporting machine writes it.
fn searched(record: &Value, place: Place, date: Spelling) -> Row {
    row([
        ("RecordType", kind(record)),
        ("CreationDate", date(moment::of(record))),
        ("UserIds", text_at(record, "UserId")),
        ("Operations", text_at(record, "Operation")),
        ("AuditData", slashed(record)),
        ("ResultIndex", place.index.to_string()),
        ("ResultCount", place.count.to_string()),
        ("Identity", text_at(record, "Id")),
        ("IsValid", "True".to_owned()),
        ("ObjectState", "Unchanged".to_owned()),
    ])
}

/// The columns of a search, for those who index it as it stands.
pub(super) fn alone(record: &Value) -> Row {
    let (index, count) = (1, 1);
    searched(record, Place { index, count }, american)
}

fn remote(record: &Value, place: Place) -> Row {
    let mut row = row([
        ("PSComputerName", "outlook.office365.com".to_owned()),
        // That of one session for all of its rows.
        (
            "RunspaceId",
            "1f0d7c52-8b3e-4c61-9a57-6e2b40d8f913".to_owned(),
        ),
        ("PSShowComputerName", "False".to_owned()),
    ]);
    row.extend(searched(record, place, american));
    row
}

fn purview_old(record: &Value) -> Row {
    row([
        ("CreationDate", ticks(moment::of(record))),
        ("UserIds", text_at(record, "UserId")),
        ("Operations", text_at(record, "Operation")),
        ("AuditData", compact(record)),
    ])
}

fn purview(record: &Value) -> Row {
    row([
        ("RecordId", text_at(record, "Id")),
        ("CreationDate", american(moment::of(record))),
        ("RecordType", text_at(record, "RecordType")),
        ("Operation", text_at(record, "Operation")),
        ("UserId", text_at(record, "UserId")),
        ("AuditData", compact(record)),
        ("AssociatedAdminUnits", String::new()),
        ("AssociatedAdminUnitsNames", String::new()),
    ])
}

fn screen(record: &Value) -> Row {
    row([
        ("Date", plain(moment::of(record))),
        ("IP address", address(record)),
        ("User", text_at(record, "UserId")),
        ("Activity", text_at(record, "Operation")),
        ("Item", text_at(record, "ObjectId")),
        ("Detail", compact(record)),
    ])
}

/// The object of a search, as `ConvertTo-Json` of Windows PowerShell writes it.
fn result<'r>(record: &'r Value, place: Place, data: impl Into<Member<'r>>) -> Object<'r> {
    let number = |number: usize| Member::Made(Value::from(number));
    Object::default()
        .with("RecordType", kind(record))
        .with("CreationDate", moment::wrapped(moment::of(record)))
        .with("UserIds", text_at(record, "UserId"))
        .with("Operations", text_at(record, "Operation"))
        .with("AuditData", data)
        .with("ResultIndex", number(place.index))
        .with("ResultCount", number(place.count))
        .with("Identity", text_at(record, "Id"))
        .with("IsValid", true)
        .with("ObjectState", 0_i64)
}

fn whole(record: &Value, place: Place) -> String {
    let text = result(record, place, native(record)).indented();
    text.replace('/', "\\/")
}

fn shallow(record: &Value, place: Place) -> String {
    result(record, place, shallowed(native(record))).indented()
}
