//! What every export holds, and what no log text can do to it.

use super::*;
use crate::hunt::tests::build::{after, at, followed, grant, unjudged};
use crate::hunt::{Exposure, Grant, Place, Severity, Signal, State, Verdict};
use crate::record::{AppIds, Folder, Item, Provenance, Record, RecordId};
use crate::store::Row;
use serde_json::Value;

const DIGEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const COMMAND: &str = "grantline export --case /cases/one --format csv";

/// A finding with every judgement filled in.
fn scored() -> ScoredGrant {
    let mut scored = unjudged(Grant {
        record_ids: vec![RecordId("record-1".into()), RecordId("record-2".into())],
        state: State::Revoked,
        revoked_at: Some(after(600)),
        revocation_ids: vec![RecordId("record-9".into())],
        place: Place {
            ip: "80.114.221.214".into(),
            country: "NL".into(),
            ..Place::default()
        },
        ..grant()
    });
    let followed = followed(60, 3, 1);
    scored.score = 12.5;
    scored.severity = Severity::High;
    scored.signals = vec![Signal {
        name: "power",
        bits: 2.5,
        detail: "the right opens everything in a mailbox".into(),
        record_ids: vec![RecordId("record-3".into())],
    }];
    scored.unknowns = vec!["where alice was".into()];
    scored.first_access = followed.first;
    scored.accesses = followed.accesses;
    scored.mailboxes = 3;
    scored.exposure = Exposure {
        proven: 1,
        presumed: 1,
        unknowable: 0,
    };
    scored
}

/// A read of a whole folder.
fn access_row() -> Row {
    Row {
        time: Some(after(60)),
        operation: "MailItemsAccessed".into(),
        user: "bob@example.com".into(),
        mailbox: "alice@example.com".into(),
        ip: "80.114.221.214".into(),
        country: "NL".into(),
        access: "Sync".into(),
        items: 4,
        ..Row::default()
    }
}

/// A document with one finding, everything filled in.
fn document() -> Document {
    let source = |line| Source {
        file: "logs/audit.csv".into(),
        line,
        offset: line * 100,
        length: 99,
        sha256: DIGEST.into(),
    };
    Document {
        case: "one".into(),
        command_line: COMMAND.into(),
        written: at("2026-01-02T03:04:05Z"),
        span: Some((at("2023-06-01T00:00:00Z"), after(0))),
        records: 1234,
        files: vec![EvidenceFile {
            path: "logs/audit.csv".into(),
            sha256: DIGEST.into(),
            size: 9999,
            rows: 12,
            read: 11,
            fault: String::new(),
        }],
        entries: vec![Entry {
            scored: scored(),
            mark: Some(Mark {
                grant: "g0123456789ab".into(),
                verdict: Verdict::TruePositive,
                note: "called Alice".into(),
                tags: vec!["phish".into(), "urgent".into()],
                by: "analyst".into(),
                at: at("2026-01-01T00:00:00Z"),
            }),
            sources: vec![source(7), source(8)],
            accesses: vec![Access {
                record: None,
                row: access_row(),
                source: source(9),
            }],
            reached: Some(Reached {
                total: 3,
                mailboxes: vec!["alice@example.com".into(), "carol@example.com".into()],
                link: "bob acted".into(),
            }),
        }],
    }
}

/// The document with a text in every place that a log or a person fills.
fn with_text(text: &str) -> Document {
    let mut document = document();
    let text = text.to_owned();
    for place in [&mut document.case, &mut document.command_line] {
        place.clone_from(&text);
    }
    document.files[0].path.clone_from(&text);
    document.files[0].fault.clone_from(&text);
    let entry = &mut document.entries[0];
    let grant = &mut entry.scored.grant;
    for place in [
        &mut grant.operation,
        &mut grant.actor.name,
        &mut grant.grantee.name,
        &mut grant.target.name,
        &mut grant.folder,
        &mut grant.place.ip,
        &mut grant.place.session,
        &mut grant.rights[0],
        &mut grant.record_ids[0].0,
        &mut grant.class_reason,
    ] {
        place.clone_from(&text);
    }
    grant.app_ids = vec![text.clone()];
    entry.scored.signals[0].detail.clone_from(&text);
    entry.scored.signals[0].record_ids[0].0.clone_from(&text);
    entry.scored.unknowns[0].clone_from(&text);
    entry.sources[0].file.clone_from(&text);
    let row = &mut entry.accesses[0].row;
    for place in [
        &mut row.operation,
        &mut row.user,
        &mut row.mailbox,
        &mut row.ip,
        &mut row.country,
        &mut row.access,
    ] {
        place.clone_from(&text);
    }
    entry.accesses[0].source.file.clone_from(&text);
    let reached = entry.reached.as_mut().unwrap();
    reached.link.clone_from(&text);
    reached.mailboxes[0].clone_from(&text);
    entry.scored.grant.revocation_ids[0].0.clone_from(&text);
    let mark = entry.mark.as_mut().unwrap();
    mark.note.clone_from(&text);
    mark.tags[0].clone_from(&text);
    mark.by.clone_from(&text);
    document
}

/// The cells of a CSV text by RFC 4180.
fn cells(csv: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let (mut quoted, mut characters) = (false, csv.chars().peekable());
    while let Some(character) = characters.next() {
        let cell = rows.last_mut().unwrap().last_mut().unwrap();
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                cell.extend(characters.next());
            }
            '"' => quoted = !quoted,
            ',' if !quoted => rows.last_mut().unwrap().push(String::new()),
            '\r' if !quoted => {
                assert_eq!(characters.next(), Some('\n'));
                rows.push(vec![String::new()]);
            }
            other => cell.push(other),
        }
    }
    assert_eq!(rows.pop(), Some(vec![String::new()]), "the last row ends");
    rows
}

fn json_lines(document: &Document) -> Vec<Value> {
    write(document, Format::Jsonl)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn every_format_says_where_it_is_from() {
    for format in Format::ALL {
        let text = write(&document(), *format);
        for part in [
            "logs/audit.csv",
            DIGEST,
            "record-1",
            "record-2",
            "g0123456789ab",
            TOOL,
            COMMAND,
            "true-positive",
            "called Alice",
            "phish",
            "urgent",
            "analyst",
            "the right opens everything in a mailbox",
            "where alice was",
        ] {
            assert!(text.contains(part), "{format}: {part}\n{text}");
        }
        assert!(TOOL.contains(env!("CARGO_PKG_VERSION")));
    }
}

#[test]
fn hostile_characters_are_visible_in_every_format() {
    let document = with_text("ad\u{200b}min\u{202e}x\u{1b}[2J\r\ny\u{9b}");
    for format in Format::ALL {
        let text = write(&document, *format);
        let hostile = |character: char| {
            matches!(character, '\u{200b}' | '\u{202e}' | '\u{9b}')
                || (character.is_control() && !matches!(character, '\n' | '\r'))
        };
        assert!(!text.contains(hostile), "{format}");
        let lone = text.replace("\r\n", "");
        assert!(!lone.contains('\r'), "{format}");
        assert!(text.contains("ad⟨200B⟩min⟨202E⟩x␛"), "{format}");
    }
    assert_eq!(cells(&write(&document, Format::Csv)).len(), 2);
    assert_eq!(json_lines(&document).len(), 3);
}

#[test]
fn csv_cells_are_quoted_and_come_back_whole() {
    for text in ["plain", "say \"hi\", or not", "\",\"", "a;b", "naïve 日本"] {
        let rows = cells(&write(&with_text(text), Format::Csv));
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].len(), rows[1].len());
        let column = |name: &str| {
            let at = rows[0].iter().position(|column| column == name).unwrap();
            rows[1][at].as_str()
        };
        for name in ["actor", "grantee", "target", "note", "case", "folder"] {
            assert_eq!(column(name), text, "{name}");
        }
        assert_eq!(column("source_lines"), "7; 8");
        assert_eq!(column("tags"), format!("{text}; urgent"));
        assert_eq!(column("score_bits"), "12.5");
        assert_eq!(column("revoked_at_utc"), "2023-06-03T08:23:00Z");
    }
}

#[test]
fn no_csv_cell_is_a_formula() {
    for text in [
        "=1+1",
        "  =cmd|'/c calc'!A0",
        "+1",
        "-1",
        "@SUM(A1)",
        "|x",
        "\u{a0}=1",
        "＝1",
        "＠x",
    ] {
        let rows = cells(&write(&with_text(text), Format::Csv));
        let formula = |cell: &String| {
            cell.trim_start()
                .starts_with(['=', '+', '-', '@', '|', '＝', '＠'])
        };
        assert!(!rows.iter().flatten().any(formula), "{text}");
        assert!(rows[1].contains(&format!("'{text}")), "{text}");
    }
    // What only looks dangerous inside is left alone.
    let rows = cells(&write(&with_text("a=b"), Format::Csv));
    assert!(rows[1].contains(&"a=b".to_owned()));
}

/// Fields that `grants --format jsonl` promises (DESIGN §2).
const GRANT_FIELDS: [&str; 27] = [
    "id",
    "time",
    "road",
    "operation",
    "actor",
    "actor_kind",
    "grantee",
    "grantee_kind",
    "target",
    "scope",
    "rights",
    "record_ids",
    "score",
    "severity",
    "signals",
    "state",
    "revoked_at",
    "first_access",
    "accesses",
    "mailboxes",
    "exposure",
    "sources",
    "verdict",
    "tags",
    "class",
    "unknowns",
    "also_ids",
];

/// Fields that `accesses --format jsonl` promises (DESIGN §2).
const ACCESS_FIELDS: [&str; 12] = [
    "record_ids",
    "time",
    "operation",
    "mailbox",
    "principal",
    "app_id",
    "ip",
    "country",
    "session",
    "access_type",
    "message_ids",
    "link",
];

fn has(value: &Value, names: &[&str]) {
    for name in names {
        assert!(value.get(name).is_some(), "{name} in {value}");
    }
}

#[test]
fn a_grant_line_keeps_the_contract() {
    let lines = json_lines(&document());
    assert_eq!(lines.len(), 3);
    has(
        &lines[0],
        &[
            "tool",
            "command_line",
            "evidence",
            "written",
            "first",
            "last",
        ],
    );
    assert_eq!(lines[0]["evidence"][0]["sha256"], DIGEST);
    let grant = &lines[1];
    has(grant, &GRANT_FIELDS);
    has(
        &grant["signals"][0],
        &["name", "bits", "detail", "record_ids"],
    );
    has(&grant["exposure"], &["proven", "presumed", "unknowable"]);
    has(
        &grant["sources"][0],
        &["file", "line", "offset", "length", "sha256"],
    );
    assert_eq!(grant["time"], "2023-06-03T08:13:00Z");
    assert_eq!(grant["revoked_at"], "2023-06-03T08:23:00Z");
    assert_eq!(grant["first_access"], "2023-06-03T08:14:00Z");
    assert_eq!(grant["score"], 12.5);
    assert_eq!(
        (&grant["scope"], &grant["severity"], &grant["state"]),
        (&"mailbox".into(), &"high".into(), &"revoked".into())
    );
    assert_eq!(grant["verdict"], "true-positive");
}

#[test]
fn a_grant_without_a_mark_has_every_field_too() {
    let entry = Entry {
        scored: unjudged(Grant {
            time: None,
            ..grant()
        }),
        mark: None,
        sources: Vec::new(),
        accesses: Vec::new(),
        reached: None,
    };
    let value: Value = serde_json::from_str(&grant_line(&entry)).unwrap();
    has(&value, &GRANT_FIELDS);
    assert!(value["verdict"].is_null() && value["time"].is_null());
    assert_eq!(value["tags"], serde_json::json!([]));
    assert!(grant_line(&entry).contains("\"score\":0.0"));
}

#[test]
fn an_access_line_keeps_the_contract() {
    let row = Row {
        time: Some(at("2023-06-03T08:13:00Z")),
        operation: "MailItemsAccessed".into(),
        user: "bob\u{202e}".into(),
        items: 1,
        provenance: Provenance {
            line: 3,
            offset: 30,
            length: 29,
            ..Provenance::default()
        },
        ..Row::default()
    };
    let record = Record {
        id: RecordId("record-1".into()),
        app: AppIds::default(),
        folders: vec![Folder {
            path: "\\Inbox".into(),
            items: vec![Item {
                message_id: "<a\u{1b}@x>".into(),
                subject: String::new(),
            }],
        }],
        ..Record::default()
    };
    let value: Value =
        serde_json::from_str(&row_line(&row, Some(&record), Some("bob acted"))).unwrap();
    has(&value, &ACCESS_FIELDS);
    assert_eq!(
        (&value["type"], &value["principal"]),
        (&"access".into(), &"bob⟨202E⟩".into())
    );
    assert_eq!(value["message_ids"][0], "<a␛@x>");
    assert_eq!(value["record_ids"][0], "record-1");
    let bare: Value = serde_json::from_str(&row_line(&row, None, None)).unwrap();
    has(&bare, &ACCESS_FIELDS);
    assert_eq!(bare["type"], "record");
}

/// A line without the characters that are escaped in it.
fn unescaped(line: &str) -> String {
    let mut characters = line.chars();
    let mut out = String::new();
    while let Some(character) = characters.next() {
        if character == '\\' {
            characters.next();
        } else {
            out.push(character);
        }
    }
    out
}

/// The tables of a report: the bars that are not escaped, line by line.
fn bars(markdown: &str) -> Vec<usize> {
    markdown
        .lines()
        .filter(|line| line.starts_with('|'))
        .map(|line| unescaped(line).matches('|').count())
        .collect()
}

#[test]
fn log_text_breaks_no_table_and_makes_no_markup() {
    let plain = write(&document(), Format::Markdown);
    for text in [
        "a | b || c",
        "\\|",
        "`code` | `more`",
        "[click](https://evil.example)",
        "<script>alert(1)</script>",
        "**bold** _under_ ~~gone~~ # head",
        "&#x202e;evil&lt;",
        "$x$ ![i](https://evil.example)",
    ] {
        let mut hostile = with_text(text);
        // The digest column says why a file was not read instead; the shape must be the same.
        hostile.files[0].fault = String::new();
        let report = write(&hostile, Format::Markdown);
        assert_eq!(bars(&report), bars(&plain), "{text}\n{report}");
        for line in report.lines().filter(|line| !line.contains('`')) {
            let bare = unescaped(line);
            for raw in ["](", "<script", "bold**", "&#x", "~gone", "://", "$x"] {
                assert!(!bare.contains(raw), "{raw}: {line}");
            }
        }
    }
    let fault = write(&with_text("a | b"), Format::Markdown);
    assert_eq!(bars(&fault), bars(&plain));
    let link = write(&with_text("www.evil.example"), Format::Markdown);
    assert!(link.contains("www\\.evil.example"));
}

#[test]
fn a_report_reads_well() {
    let report = write(&document(), Format::Markdown);
    for line in [
        "# Findings: one",
        "| high | 1 |",
        "* Actor: alice@example.com (user), from `80.114.221.214` `NL`",
        "* State: revoked, 2023-06-03 08:23:00Z (10 min after)",
        "* 3 accesses, the first 2023-06-03 08:14:00Z, 1 min after the grant; mailboxes: 3",
        "* Exposure: 1 message read proven, 1 folder presumed whole, 0 unknowable",
        "* Tags: phish, urgent",
        "* Revoked by: `record-9`",
        "* Mailboxes reached: alice@example.com, carol@example.com",
        "| 2023-06-03 08:14:00Z | MailItemsAccessed | alice@example.com | bob@example.com | 80.114.221.214 | NL | Sync | 4 | logs/audit.csv line 9 |",
        "and 2 more; `grantline accesses` lists them.",
    ] {
        assert!(report.lines().any(|has| has == line), "{line}\n{report}");
    }
    let bytes = "line 7, bytes 700 to 799";
    assert!(report.contains(bytes), "{report}");
}

#[test]
fn an_export_says_what_was_read_and_a_listing_leaves_it_out() {
    let access = &json_lines(&document())[2];
    assert_eq!(access["type"], "access");
    assert_eq!(access["grant"], json_lines(&document())[1]["id"]);
    assert_eq!(
        (&access["file"], &access["line"], &access["link"]),
        (&"logs/audit.csv".into(), &0.into(), &"bob acted".into())
    );
    has(access, &ACCESS_FIELDS);
    let table = cells(&write(&document(), Format::Csv));
    let at = table[0]
        .iter()
        .position(|name| name == "mailboxes_accessed");
    assert_eq!(
        table[1][at.unwrap()],
        "alice@example.com; carol@example.com"
    );
    let mut listing = document();
    listing.entries[0].reached = None;
    assert!(!write(&listing, Format::Csv).contains("mailboxes_accessed"));
}

#[test]
fn a_record_whose_place_is_not_known_is_listed_all_the_same() {
    let mut document = document();
    document.entries[0].sources.clear();
    document.entries[0].scored.grant.place = Place::default();
    let report = write(&document, Format::Markdown);
    assert!(report.contains("* `record-2` in a file that is not known"));
    assert!(report.contains("from a place that is not known"));
}

#[test]
fn formats_have_words_and_extensions() {
    for format in Format::ALL {
        assert_eq!(Format::read(&format.word().to_uppercase()), Some(*format));
        assert!(!format.extension().contains('.'));
    }
    assert_eq!(Format::read("stix"), None);
}
