//! Reading through as a whole: containers, refusals, accounting, and reading again.

use super::*;
use proptest::prelude::*;
use std::path::Path;

mod exchange;

/// What came out of reading some bytes.
struct Outcome {
    rows: Vec<Row>,
    summary: Result<Summary, EvidenceError>,
}

fn read_bytes(bytes: &[u8]) -> Outcome {
    let mut rows = Vec::new();
    let summary = read_from(&mut &bytes[..], Path::new("test"), &mut |_, row| {
        rows.push(row);
        ControlFlow::Continue(())
    });
    Outcome { rows, summary }
}

impl Outcome {
    fn layout(&self) -> &Layout {
        &self.summary.as_ref().unwrap().layout
    }

    /// `user@offset` for a record, the reason for a refusal.
    fn shown(&self) -> Vec<String> {
        self.rows
            .iter()
            .map(|row| match row {
                Row::Records(records, place) => format!("{}@{}", records[0].user, place.offset),
                Row::Inventory(_, place) => format!("inventory@{}", place.offset),
                Row::Refused { reason, .. } => reason.clone(),
            })
            .collect()
    }

    fn refusal(&self) -> &str {
        match &self.summary {
            Err(EvidenceError::Refused { reason, .. }) => reason,
            other => panic!("not refused: {other:?}"),
        }
    }

    fn records(&self) -> Vec<&Record> {
        let rows = self.rows.iter();
        rows.flat_map(|row| match row {
            Row::Records(records, _) => records.as_slice(),
            Row::Inventory(..) | Row::Refused { .. } => &[],
        })
        .collect()
    }
}

fn event(user: &str) -> String {
    format!(
        r#"{{"Operation":"Set-Mailbox","CreationTime":"2023-06-03T08:13:00","UserId":"{user}"}}"#
    )
}

#[test]
fn containers_are_known_by_content() {
    let (one, two) = (event("a"), event("b"));
    let pretty = one.replace(',', ",\n  ");
    for (text, lines, users) in [
        (format!("{one}\n{two}"), true, "a b"),
        (one.clone(), true, "a"),
        (format!("\r\n{one},\r\n\r\n  {two}\r\n"), true, "a b"),
        (format!("[{one},{two}]"), false, "a b"),
        (format!("  [\n{one}\n,\n{two}]\n[{one}]"), false, "a b a"),
        (format!("{pretty}\n{two}{one}"), false, "a b a"),
        (format!("    {pretty}\n    {pretty}"), false, "a a"),
    ] {
        let outcome = read_bytes(text.as_bytes());
        let found: Vec<_> = outcome
            .records()
            .iter()
            .map(|record| &*record.user)
            .collect();
        assert_eq!(found.join(" "), users, "{text}");
        assert_eq!(
            outcome.layout().container == Container::Lines,
            lines,
            "{text}"
        );
        assert_eq!(outcome.layout().format.as_deref(), Some("unified-audit"));
    }
}

#[test]
fn the_place_of_unsound_json_is_a_byte_of_its_row() {
    // Several lines, the last of which is wrong at its fourth byte.
    let document = "{\n \"a\": 1,\n \"b\" 2\n}";
    let at = document.find('2').unwrap();
    let read = |bytes: &[u8]| {
        let mut all = format!("{}\n", event("a")).into_bytes();
        all.extend_from_slice(bytes);
        read_bytes(&all).shown()[1].clone()
    };
    assert_eq!(
        read(b"{\"a\" 1}"),
        "not sound JSON: expected `:` at byte 5 of the row"
    );
    let documents = format!("[{},{document}]", event("a"));
    let shown = read_bytes(documents.as_bytes()).shown();
    assert_eq!(
        shown[1],
        format!("not sound JSON: expected `:` at byte {at} of the row")
    );
    let wide: Vec<u8> = format!("{}\n{{\"é\" 1}}\n", event("a"))
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(
        read_bytes(&wide).shown()[1],
        "not sound JSON: expected `:` at byte 10 of the row"
    );
}

#[test]
fn a_file_whose_rows_are_all_refused_has_their_format() {
    let blob =
        r#"{"contentUri":"https://example.com/a","contentId":"a","contentType":"Audit.Exchange"}"#;
    let outcome = read_bytes(format!("[{blob},{blob}]").as_bytes());
    let layout = outcome.layout();
    assert_eq!(layout.format.as_deref(), Some("audit-content-list"));
    assert!(layout.why.contains("content blobs"), "{}", layout.why);
    // A row that is read says more than one that is refused before it.
    let outcome = read_bytes(format!("{blob}\n{}\n", event("a")).as_bytes());
    let format = outcome.layout().format.as_deref();
    assert_eq!(format, Some("unified-audit"));
    // An object with another inside is no format.
    let outcome = read_bytes(br#"{"a":{"b":1}}"#);
    assert_eq!(outcome.layout().format, None);
}

#[test]
fn a_broken_line_is_refused_and_the_next_is_read() {
    let text = format!(
        "{}\n{{\"Operation\":\n[1]\n{{\"a\":1}}\n{}",
        event("a"),
        event("b")
    );
    let outcome = read_bytes(text.as_bytes());
    let shown = outcome.shown();
    assert_eq!(shown.len(), 5, "{shown:?}");
    assert_eq!(shown[0], "a@0");
    assert_eq!(
        shown[1],
        "not sound JSON: EOF while parsing a value at byte 13 of the row (truncated?)"
    );
    assert!(
        shown[3].contains("a JSON object with a: not a record"),
        "{shown:?}"
    );
    assert!(shown[4].starts_with("b@"));
}

#[test]
fn a_broken_document_ends_before_the_next_row() {
    let event = event("b");
    for (text, expected) in [
        // A raw line break inside a string.
        (
            format!("[\n  {{\"a\":\n    \"x\ny\"\n  }},\n  {event}\n]"),
            "line break",
        ),
        // Never closed.
        (
            format!("[\n  {{\"a\": {{\n    \"b\": 1\n  ,\n  {event}\n]"),
            "not closed",
        ),
        // No object at all.
        (format!("[\n  3, \"x\"\n,  {event}\n]"), "not a JSON object"),
    ] {
        let shown = read_bytes(text.as_bytes()).shown();
        assert!(shown[0].contains(expected), "{text}: {shown:?}");
        assert_eq!(
            shown.last(),
            Some(&format!("b@{}", text.find("{\"Op").unwrap()))
        );
    }
}

#[test]
fn a_truncated_document_is_refused() {
    let text = format!("[{},\n{{\"Operation\":\"x", event("a"));
    let shown = read_bytes(text.as_bytes()).shown();
    assert_eq!(shown, ["a@1", "JSON object is not closed (truncated?)"]);
}

const HEADER: &str = "CreationTime,Operation,UserId,Parameters";

#[test]
fn tables_keep_line_breaks_in_cells() {
    let text = format!(
        "\u{feff}#TYPE Selected\r\n{HEADER}\r\n2023-06-03 08:13:00,A,u,\"[\r\n  {{\"\"Name\"\":\"\"Identity\"\",\"\"Value\"\":\"\"x\"\"}}\r\n]\"\r\n\r\n2023-06-03 08:13:00,B,v,\r\n"
    );
    let outcome = read_bytes(text.as_bytes());
    let records = outcome.records();
    assert_eq!(records.len(), 2);
    assert_eq!(records[0].parameter("Identity"), Some("x"));
    assert_eq!(outcome.layout().encoding, Encoding::Utf8Marked);
    let Row::Records(_, place) = &outcome.rows[1] else {
        panic!("refused")
    };
    assert_eq!(
        (place.line, usize::try_from(place.offset).ok()),
        (7, text.find("2023-06-03 08:13:00,B"))
    );
}

#[test]
fn other_delimiters_and_odd_rows_are_read() {
    for delimiter in [";", "\t"] {
        let text = format!("{HEADER}\nt,A,u,p\n").replace(',', delimiter);
        assert_eq!(read_bytes(text.as_bytes()).records()[0].user, "u");
    }
    let outcome = read_bytes(
        format!("{HEADER}\n2023-06-03 08:13:00,A,u\n2023-06-03 08:13:00,A,u,,,\n").as_bytes(),
    );
    let notes: Vec<_> = outcome
        .records()
        .iter()
        .map(|record| &*record.degraded)
        .collect();
    assert_eq!(
        notes,
        [
            "3 cells where the header has 4",
            "6 cells where the header has 4"
        ]
    );
}

#[test]
fn an_open_quote_does_not_swallow_the_rest() {
    let row = "2023-06-03 08:13:00,A,u,p\n";
    let text = format!("{HEADER}\n{row}x,A,u,\"open\n{row}{row}");
    let outcome = read_bytes(text.as_bytes());
    assert_eq!(outcome.records().len(), 3);
    assert!(
        outcome.shown()[1].contains("ends inside a quoted cell"),
        "{:?}",
        outcome.shown()
    );
}

#[test]
fn what_is_no_log_is_refused_with_its_digest() {
    let wide = |mark: &[u8]| -> Vec<u8> {
        let low_first = "{\"a\":1}".chars().flat_map(|c| u32::from(c).to_le_bytes());
        mark.iter().copied().chain(low_first).collect()
    };
    let (utf32, marked) = (wide(b""), wide(b"\xff\xfe\0\0"));
    for (bytes, reason) in [
        (&b""[..], "it is empty"),
        (b" \n\n ", "it is empty"),
        (b"\xff\xfe", "it is empty"),
        (&utf32, "UTF-32"),
        (&marked, "UTF-32"),
        (b"+/v8-{", "UTF-7"),
        (
            br#"{"tables":[{"rows":[[1]],"columns":[{"name":"a"}]}]}"#,
            "rows stand before its columns",
        ),
        (
            br#"{"tables":[{"columns":[{"name":"a"},{"name":"b"}],"rows":[[1,2]]}]}"#,
            "columns a, b",
        ),
        (b"\x7fELF\0\0\0\0\x01", "binary"),
        (b"PK\x03\x04stuff", "zip"),
        (b"7z\xbc\xaf\x27\x1c\0\x04", "unpack it"),
        (b"Rar!\x1a\x07\x01\0", "unpack it"),
        (b"BZh91AY&SY\x01", "unpack it"),
        (b"\xfd7zXZ\0\0", "unpack it"),
        (b"%PDF-1.7\n%\xe2\xe3,\xcf\n", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "old Office document"),
        (b"!BDN\x01\x02", "mailbox file"),
        (b"ElfFile\0\0", "Windows event log"),
        (b"\x89PNG\r\n\x1a\n\x01\x02,\x03", "binary"),
        (
            b"[.ShellClassInfo]\r\nIconResource=x\r\n",
            "no JSON and no table header",
        ),
        (
            b"[2024-02-01 10:00] [INFO] Running\n",
            "no JSON and no table header",
        ),
        (
            b"    License\n\n  Words, words",
            "no JSON and no table header",
        ),
        (b"# Title, and more\n\nprose", "no JSON and no table header"),
        (b"Start,End,Count\n1,2,3\n", "columns Start, End, Count"),
        (b"Start,End,Count", "columns Start, End, Count"),
    ] {
        let outcome = read_bytes(bytes);
        assert!(
            outcome.refusal().contains(reason),
            "{bytes:?}: {}",
            outcome.refusal()
        );
        let Err(EvidenceError::Refused { sha256, size, .. }) = outcome.summary else {
            panic!()
        };
        assert_eq!((sha256.len(), size), (64, bytes.len() as u64));
    }
}

#[test]
fn bytes_that_are_not_utf8_degrade_their_row_alone() {
    let mut bytes = event("a").into_bytes();
    bytes.push(b'\n');
    let start = bytes.len();
    bytes.extend(event("b?").into_bytes());
    let at = bytes.iter().rposition(|byte| *byte == b'?').unwrap();
    bytes[at] = 0xff;
    let outcome = read_bytes(&bytes);
    let records = outcome.records();
    assert_eq!(records[0].degraded, "");
    assert_eq!(
        records[1].degraded,
        format!("not UTF-8 at byte {at}; read as Windows-1252")
    );
    assert!(at > start && records[1].user == "bÿ");
}

#[test]
fn a_stray_zero_is_no_reason_to_lose_a_file() {
    let text = format!("{0}\n{0}\0\n{0}\n", event("a"));
    let outcome = read_bytes(text.as_bytes());
    assert_eq!(outcome.records().len(), 2);
    assert!(outcome.shown()[1].starts_with("not sound JSON"));
}

#[test]
fn a_file_of_broken_rows_takes_no_longer_than_its_length() {
    // Each of these opens something that never closes: looking for the next row must not cost the rest of the file each time.
    for text in [
        "{\n".repeat(1 << 17),
        format!("{HEADER}\n{}", "\",\"\n".repeat(1 << 17)),
    ] {
        let outcome = read_bytes(text.as_bytes());
        assert!(outcome.summary.is_ok() && outcome.rows.len() > 10);
    }
}

#[test]
fn a_row_beyond_the_limit_is_refused_without_being_held() {
    let long = "x".repeat(MAX_ROW + 5);
    for text in [
        format!("{}\n{{\"a\":\"{long}\"}}\n{}\n", event("a"), event("b")),
        format!("[{},{{\"a\":\"{long}\"}},{}]", event("a"), event("b")),
        format!("{HEADER}\nt,A,a,p\nt,A,u,{long}\nt,A,b,p\n"),
        format!("{HEADER}\nt,A,a,p\nt,A,u,\"{long}\"\nt,A,b,p\n"),
    ] {
        let outcome = read_bytes(text.as_bytes());
        let users: Vec<_> = outcome
            .records()
            .iter()
            .map(|record| &*record.user)
            .collect();
        assert_eq!(users, ["a", "b"]);
        let Row::Refused { place, reason } = &outcome.rows[1] else {
            panic!("read")
        };
        assert!(reason.contains("longer than"), "{reason}");
        assert!(place.length > MAX_ROW as u64 && place.offset > 0);
    }
}

#[test]
fn a_sink_that_breaks_stops_the_reading() {
    let text = format!("{0}\n{0}\n", event("a"));
    let summary = read_from(&mut text.as_bytes(), Path::new("test"), &mut |_, _| {
        ControlFlow::Break(())
    })
    .unwrap();
    assert!(!summary.finished && summary.sha256.is_empty());
    assert_eq!(summary.rows, 1);
}

#[test]
fn what_came_before_a_failure_is_read_however_short() {
    struct Torn;
    impl Read for Torn {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(Broken::Damage("the stream is damaged; copy it again".to_owned()).into())
        }
    }
    let text = format!("{}\n{}\n{{\"Id", event("a"), event("b"));
    let mut rows = Vec::new();
    let error = read_from(
        &mut text.as_bytes().chain(Torn),
        Path::new("log.gz/log"),
        &mut |_, row| {
            rows.push(row);
            ControlFlow::Continue(())
        },
    )
    .unwrap_err();
    let summary = Err(EvidenceError::Refused {
        path: "unused".into(),
        reason: String::new(),
        sha256: String::new(),
        size: 0,
    });
    let shown = Outcome { rows, summary }.shown();
    assert_eq!(shown.len(), 2, "{shown:?}");
    assert!(
        error
            .to_string()
            .ends_with("the stream is damaged; copy it again"),
        "{error}"
    );
}

#[test]
fn a_reader_that_fails_is_reported_with_its_place() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("cable pulled"))
        }
    }
    let start = event("a");
    let mut reader = start.as_bytes().chain(Broken);
    let error = read_from(&mut reader, Path::new("disk/file"), &mut |_, _| {
        ControlFlow::Continue(())
    })
    .unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains(&format!("disk/file at byte {}", start.len()))
            && text.contains("cable pulled")
    );
}

#[test]
fn rows_are_read_again_as_they_were() {
    let table = format!(
        "{HEADER},Note\n2023-06-03 08:13:00,A,u,\"[{{\"\"Name\"\":\"\"n\"\",\"\"Value\"\":\"\"v\"\"}}]\",\n"
    );
    for text in [
        format!("{}\n{}\n", event("a"), event("b")),
        format!("[{}\n]", event("a")),
        format!("{{\"value\":[{}, {}]}}", event("a"), event("b")),
        answer(&[COLUMNS], &[&[r#""2023-06-03T08:13:00Z","A","u",null"#]]),
        table,
    ] {
        for bytes in encoded(&text) {
            is_read_again(&bytes);
        }
    }
}

/// The text in every encoding that is read.
fn encoded(text: &str) -> Vec<Vec<u8>> {
    let utf16 = |mark: &str, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        let units = mark.encode_utf16().chain(text.encode_utf16());
        units.flat_map(bytes).collect()
    };
    vec![
        text.as_bytes().to_vec(),
        format!("\u{feff}{text}").into_bytes(),
        utf16("", u16::to_le_bytes),
        utf16("\u{feff}", u16::to_le_bytes),
        utf16("", u16::to_be_bytes),
        utf16("\u{feff}", u16::to_be_bytes),
    ]
}

fn is_read_again(bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("evidence");
    std::fs::write(&path, bytes).unwrap();
    let Outcome { rows, summary } = read_bytes(bytes);
    let kept = serde_json::to_string(&summary.unwrap().layout).unwrap();
    let layout: Layout = serde_json::from_str(&kept).unwrap();
    assert!(!rows.is_empty());
    for row in rows {
        let Row::Records(records, place) = row else {
            panic!("refused: {row:?}")
        };
        let original = reread(&path, &layout, place).unwrap();
        assert_eq!(original.records, records);
        let from = usize::try_from(place.offset).unwrap();
        assert!(bytes[from..].starts_with(&original.bytes));
        let pretty = original.pretty();
        assert!(pretty.starts_with("{\n  \""), "{pretty}");
    }
    let beyond = Place {
        line: 1,
        offset: bytes.len() as u64,
        length: 4,
    };
    assert!(matches!(
        reread_many(&path, &layout, &[beyond])[0],
        Err(EvidenceError::Read { .. })
    ));
}

#[test]
fn one_export_in_every_encoding() {
    let text = format!(
        "{HEADER}\r\n2023-06-03 08:13:00,A,Zoë😀,\r\n2023-06-03 08:13:00,B,v,\"a\r\nb\"\r\n"
    );
    let names = [
        "UTF-8",
        "UTF-8 with BOM",
        "UTF-16 LE",
        "UTF-16 LE with BOM",
        "UTF-16 BE",
        "UTF-16 BE with BOM",
    ];
    let expected = read_bytes(text.as_bytes());
    assert_eq!(expected.records()[0].user, "Zoë😀");
    for (bytes, name) in encoded(&text).iter().zip(names) {
        let outcome = read_bytes(bytes);
        assert_eq!(outcome.layout().encoding.name(), name);
        assert_eq!(outcome.records(), expected.records(), "{name}");
        let summary = outcome.summary.as_ref().unwrap();
        assert_eq!(summary.size, bytes.len() as u64);
        let lines: Vec<_> = outcome.rows.iter().map(|row| row.place().line).collect();
        assert_eq!(lines, [2, 3], "{name}");
        is_read_again(bytes);
    }
}

#[test]
fn half_a_pair_degrades_its_row_alone() {
    let text = format!("{}\n{}\n", event("a"), event("b?"));
    let mut units: Vec<u16> = text.encode_utf16().collect();
    let at = units
        .iter()
        .rposition(|unit| *unit == u16::from(b'?'))
        .unwrap();
    units[at] = 0xd800;
    let mut bytes: Vec<u8> = units.into_iter().flat_map(u16::to_le_bytes).collect();
    bytes.push(0x20);
    let outcome = read_bytes(&bytes);
    let records = outcome.records();
    assert_eq!(records[0].degraded, "");
    assert_eq!(records[1].user, "b\u{fffd}");
    let note = format!("at byte {}", at * 2);
    assert!(
        records[1].degraded.ends_with(&note),
        "{}",
        records[1].degraded
    );
    let last = outcome.rows.last().unwrap().place();
    assert_eq!(
        (last.offset + last.length, last.length),
        (bytes.len() as u64, 1)
    );
}

#[test]
fn envelopes_are_opened() {
    let (one, two) = (event("a"), event("b"));
    let page = |user: &str| format!("{{\"value\":[{}]}}", event(user));
    for (text, users, why) in [
        (
            format!("{{\"@odata.context\":\"u\",\"value\":[{one},{two}]}}"),
            "a b",
            "in value",
        ),
        (format!("{{\"Records\":[{one}]}}\n"), "a", "in records"),
        (
            format!(
                "{{\n  \"items\": [\n    {one},\n    {two}\n  ],\n  \"nextPageToken\": \"t\"\n}}\n"
            ),
            "a b",
            "names a next page: nextPageToken",
        ),
        (
            format!(
                "{{\"took\":1,\"hits\":{{\"total\":{{\"value\":2}},\"hits\":[{one},{two}]}},\"data\":[{one}]}}"
            ),
            "a b a",
            "in hits",
        ),
        (
            format!(
                "{{\"responses\":[{{\"id\":\"1\",\"body\":{}}},{{\"id\":\"2\",\"body\":{}}}]}}",
                page("a"),
                page("b")
            ),
            "a b",
            "in responses",
        ),
        (format!("{}{}", page("a"), page("b")), "a b", "in value"),
        (format!("{}\n{}\n", page("a"), page("b")), "a b", "in value"),
        (
            format!("[{},{}]{one}", page("a"), page("b")),
            "a b a",
            "in value",
        ),
        (
            format!("{{\"value\":[]}}\n{}", page("b")),
            "b",
            "an envelope holds no rows in value",
        ),
        (
            format!("{{\"value\":[{one},"),
            "a",
            "ends inside of an envelope",
        ),
    ] {
        let outcome = read_bytes(text.as_bytes());
        let records = outcome.records();
        let found: Vec<_> = records.iter().map(|record| &*record.user).collect();
        assert_eq!(found.join(" "), users, "{text}");
        assert_eq!(
            outcome.rows.len(),
            records.len(),
            "{text}: {:?}",
            outcome.shown()
        );
        let layout = outcome.layout();
        assert!(layout.why.contains(why), "{text}: {}", layout.why);
        assert_eq!(layout.format.as_deref(), Some("unified-audit"));
    }
}

#[test]
fn a_record_is_no_envelope() {
    let with = |member: &str| event("a").replacen('{', &format!("{{{member},"), 1);
    let behind = event("a").replacen('}', ",\"data\":[{\"b\":1}]}", 1);
    for row in [
        with("\"items\":[{\"b\":1}]"),
        with("\"value\":[]"),
        with("\"value\":[1,2]"),
        behind,
    ] {
        for text in [
            row.clone(),
            format!("[{row},{row}]"),
            row.replace(',', ",\n"),
        ] {
            let outcome = read_bytes(text.as_bytes());
            assert_eq!(
                outcome.records().len(),
                outcome.rows.len(),
                "{text}: {:?}",
                outcome.shown()
            );
            assert!(outcome.records().iter().all(|record| record.user == "a"));
        }
    }
    let unknown = read_bytes(br#"{"a":1,"value":[1,2]}"#);
    assert!(unknown.shown()[0].contains("not a record grantline knows"));
}

#[test]
fn a_file_without_rows_says_so() {
    for text in [
        "{\"value\":[]}",
        "{\n\"hits\":{\"hits\":[ ]}}",
        "[]",
        HEADER,
    ] {
        let outcome = read_bytes(text.as_bytes());
        assert!(outcome.rows.is_empty(), "{text}");
        assert!(outcome.layout().why.ends_with("it holds no rows"), "{text}");
    }
}

#[test]
fn an_envelope_of_any_size_is_not_held() {
    let padding = format!(r#"{{"Padding":"{}","#, "x".repeat(1 << 18));
    let row = format!("{},", event("a").replacen('{', &padding, 1));
    let count = MAX_ROW / row.len() + 2;
    let text = format!(
        "{{\"value\":[{}{}],\"n\":1}}",
        row.repeat(count),
        event("b")
    );
    let outcome = read_bytes(text.as_bytes());
    assert_eq!(outcome.records().len(), count + 1);
    assert_eq!(outcome.rows.len(), count + 1);
}

#[test]
fn a_broken_row_in_an_envelope_leaves_the_others() {
    let (one, two) = (event("a"), event("b"));
    for (text, expected) in [
        (
            format!("{{\"value\":[\n{one},\n{{\"x\ny\":1}},\n{two}\n],\"a\":1}}"),
            ["a@", "line break", "b@"].as_slice(),
        ),
        (
            format!("{{\"value\":[{one},3,{two}]}}"),
            &["a@", "not a JSON object", "b@"],
        ),
        (
            format!("{{\"value\":[{one},{{\"Operation\":\"x"),
            &["a@", "JSON object is not closed (truncated?)"],
        ),
        (
            format!("{{\"value\":[{one}],\"next"),
            &["a@", "JSON object is not closed"],
        ),
    ] {
        let shown = read_bytes(text.as_bytes()).shown();
        assert_eq!(shown.len(), expected.len(), "{text}: {shown:?}");
        for (shown, expected) in shown.iter().zip(expected) {
            assert!(shown.starts_with(expected), "{text}: {shown}");
        }
    }
}

#[test]
fn pages_behind_broken_pages_are_opened() {
    let broken = format!("{{\"value\":[{},{{\"Operation\":\"x\n", event("a"));
    let text = format!("{}{{\"value\":[{}]}}\n", broken.repeat(9), event("b"));
    let outcome = read_bytes(text.as_bytes());
    assert_eq!(outcome.records().len(), 10, "{:?}", outcome.shown());
    assert_eq!(outcome.rows.len(), 19);
}

#[test]
fn hostile_envelopes_take_no_longer_than_their_length() {
    let count = 1 << 14;
    for text in [
        "{\"value\":[".repeat(count),
        "{\"value\":[{".repeat(count),
        "{\"value\":[\n".repeat(count),
        format!("{{{}\"a\":1}}", "\"value\":[{}],".repeat(count)),
        format!(
            "{{\"tables\":[{}",
            "{\"columns\":[{\"name\":\"a\"}],\"rows\":[[]]},".repeat(count)
        ),
    ] {
        let _ = read_bytes(text.as_bytes());
    }
}

const COLUMNS: &[&str] = &["TimeGenerated", "Operation", "OfficeId", "UserId"];

/// What the Log Analytics interface answers: tables of these columns with these rows.
fn answer(columns: &[&[&str]], rows: &[&[&str]]) -> String {
    let tables = columns.iter().zip(rows).map(|(columns, rows)| {
        let columns: Vec<_> = columns
            .iter()
            .map(|name| format!("{{\"name\":\"{name}\",\"type\":\"string\"}}"))
            .collect();
        let rows: Vec<_> = rows.iter().map(|row| format!("[{row}]")).collect();
        let (columns, rows) = (columns.join(","), rows.join(",\n"));
        format!("{{\"name\":\"PrimaryResult\",\"columns\":[{columns}],\"rows\":[{rows}]}}")
    });
    format!("{{\"tables\":[{}]}}", tables.collect::<Vec<_>>().join(","))
}

#[test]
fn tables_in_json_are_read() {
    let row = r#""2023-06-03T08:13:00Z","A",null,"u""#;
    let short = r#""2023-06-03T08:13:00Z","B","[]""#;
    let text = answer(
        &[COLUMNS, &["Count"], COLUMNS],
        &[&[row, short, "[],{},"], &["7"], &[row]],
    );
    let older = answer(&[COLUMNS], &[&[row]])
        .replace("tables", "Tables")
        .replace("columns", "Columns")
        .replace("\"name\"", "\"ColumnName\"")
        .replace("rows", "Rows");
    let outcome = read_bytes(text.as_bytes());
    let shown = outcome.shown();
    assert_eq!(shown.len(), 5, "{shown:?}");
    assert_eq!(shown[0], format!("u@{}", text.find("[\"2023").unwrap()));
    assert_eq!(
        outcome.records()[1].degraded,
        "3 values where the header has 4"
    );
    assert!(shown[2].starts_with("not sound JSON"), "{shown:?}");
    assert_eq!(
        shown[3],
        "row of another table of the file, with the columns Count"
    );
    assert_eq!(shown[4], format!("u@{}", text.rfind("[\"2023").unwrap()));
    assert_eq!(outcome.layout().format.as_deref(), Some("office-activity"));
    assert_eq!(read_bytes(older.as_bytes()).records().len(), 1);
    let cut = read_bytes(&text.as_bytes()[..text.find("B\",").unwrap()]).shown();
    assert_eq!(cut[1], "JSON object is not closed (truncated?)");
}

#[test]
fn an_unfinished_last_row_is_pointed_at() {
    let (one, two) = (event("a"), event("b"));
    let row = "2023-06-03 08:13:00,A,u,";
    for (text, expected) in [
        (format!("{one}\n{two}\n"), None),
        (format!("{one}\r\n{two}\r\n  "), None),
        (format!("{one}\n{two}"), Some(two.as_str())),
        (format!("{one}\n{{\"Oper"), Some("{\"Oper")),
        (format!("[{one},{two}]"), None),
        (format!("[{one},{two}"), None),
        (format!("[{one},\n{{\"Oper"), Some("{\"Oper")),
        (format!("{{\"value\":[{one},{{\"Oper"), Some("{\"Oper")),
        (format!("{HEADER}\n{row}p\n"), None),
        (
            format!("{HEADER}\n{row}p\n{row}q"),
            Some("2023-06-03 08:13:00,A,u,q"),
        ),
        (
            format!("{HEADER}\n{row}p\n{row}\"q\nr"),
            Some("2023-06-03 08:13:00,A,u,\"q"),
        ),
    ] {
        for bytes in encoded(&text) {
            let outcome = read_bytes(&bytes);
            let summary = outcome.summary.as_ref().unwrap();
            let last = outcome.rows.last().unwrap().place();
            assert_eq!(summary.open_tail, expected.map(|_| last.offset), "{text}");
        }
        let open = read_bytes(text.as_bytes()).summary.unwrap().open_tail;
        let at = expected.map(|row| text.rfind(row).unwrap() as u64);
        assert_eq!(open, at, "{text}");
    }
}

/// Every byte that is no blank belongs to a row, to the header, or to the punctuation between documents; rows do not overlap.
fn accounts(bytes: &[u8]) {
    let outcome = read_bytes(bytes);
    let Ok(summary) = &outcome.summary else {
        assert!(matches!(
            outcome.summary,
            Err(EvidenceError::Refused { .. })
        ));
        assert!(outcome.rows.is_empty());
        return;
    };
    assert_eq!(summary.rows, outcome.rows.len() as u64);
    assert_eq!(summary.size, bytes.len() as u64);
    let mut end = 0;
    for row in &outcome.rows {
        let place = row.place();
        assert!(place.offset >= end, "rows overlap");
        let before = &bytes[..usize::try_from(place.offset).unwrap()];
        let lines = memchr::memchr_iter(b'\n', before).count();
        assert_eq!(place.line, lines as u64 + 1);
        gap(
            &summary.layout,
            &bytes[usize::try_from(end).unwrap()..usize::try_from(place.offset).unwrap()],
        );
        end = place.offset + place.length;
    }
    assert!(end <= summary.size);
    gap(&summary.layout, &bytes[usize::try_from(end).unwrap()..]);
}

fn gap(layout: &Layout, bytes: &[u8]) {
    if matches!(layout.container, Container::Table { .. }) {
        return;
    }
    if layout.encoding != Encoding::Utf8 && layout.encoding != Encoding::Utf8Marked {
        return;
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if matches!(layout.container, Container::Xml { .. }) {
        // Declarations, comments and the tags of the root stand between the elements that are rows.
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_start_matches('\u{feff}').trim();
        assert!(
            text.is_empty() || text.starts_with('<'),
            "{text:?} is in no row"
        );
        return;
    }
    let between = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b'[' | b']');
    assert!(
        text.iter().all(between),
        "{:?} is in no row",
        String::from_utf8_lossy(text)
    );
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic_and_are_accounted_for(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        accounts(&bytes);
    }

    #[test]
    fn mangled_json_never_panics_and_is_accounted_for(parts in proptest::collection::vec(
        prop_oneof![
            Just("{"), Just("}"), Just("["), Just("]"), Just("\""), Just("\\"), Just("\n"), Just("  "), Just(","), Just("x"), Just(":"),
            Just("{\"Operation\":\"A\",\"CreationTime\":\"\"}"), Just("é")
        ], 0..40), open in prop_oneof![Just("{"), Just("["), Just("{\"a\":1}\n{")])
    {
        accounts(format!("{open}{}", parts.concat()).as_bytes());
    }

    #[test]
    fn mangled_tables_never_panic_and_are_accounted_for(parts in proptest::collection::vec(
        prop_oneof![Just("\""), Just(","), Just("\n"), Just("\r\n"), Just("x"), Just("\"\""), Just("a,b,c,d\n"), Just("é")], 0..40))
    {
        accounts(format!("{HEADER}\n{}", parts.concat()).as_bytes());
    }
    #[test]
    fn mangled_envelopes_never_panic(parts in proptest::collection::vec(
        prop_oneof![
            Just("{"), Just("}"), Just("["), Just("]"), Just("\""), Just("\n"), Just("  "), Just(","), Just("3"), Just("\"value\":["),
            Just("\"hits\":{"), Just("{\"value\":[{}]}"), Just("\"columns\":[{\"name\":\"Operation\"},{\"name\":\"OfficeId\"}]"), Just("\"rows\":[["),
            Just("{\"Operation\":\"A\",\"CreationTime\":\"\"}")
        ], 0..40), open in prop_oneof![Just("{\"value\":[{"), Just("{\"tables\":[{\"columns\":[{\"name\":\"Operation\"},{\"name\":\"OfficeId\"}],\"rows\":[["), Just("{\"hits\":{\"hits\":[")])
    {
        let outcome = read_bytes(format!("{open}{}", parts.concat()).as_bytes());
        let mut end = 0;
        for row in &outcome.rows {
            let place = row.place();
            prop_assert!(place.offset >= end);
            end = place.offset + place.length;
        }
    }

    /// UTF-16 gives the rows of UTF-8, and places that count its bytes.
    #[test]
    fn places_in_utf16_are_those_of_the_file(parts in proptest::collection::vec(
        prop_oneof![
            Just("{"), Just("}"), Just("["), Just("]"), Just("\""), Just("\n"), Just(" "), Just(","), Just("é"), Just("😀"), Just("語"),
            Just("{\"Operation\":\"é😀\",\"CreationTime\":\"\"}")
        ], 0..40), open in prop_oneof![Just("{\"a\":1}\n"), Just("[{\"abcdef\":1},"), Just("CreationTime,Operation\n")], encoding in 2_usize..6)
    {
        let text = format!("{open}{}", parts.concat());
        let (narrow, wide) = (read_bytes(text.as_bytes()), read_bytes(&encoded(&text)[encoding]));
        prop_assert_eq!(narrow.rows.len(), wide.rows.len());
        let mark = if encoding % 2 == 1 { 2 } else { 0 };
        let units = |until: u64| {
            let text = text.get(..usize::try_from(until).unwrap()).unwrap();
            text.encode_utf16().count() as u64 * 2
        };
        for (narrow, wide) in narrow.rows.iter().zip(&wide.rows) {
            let (at, place) = (narrow.place(), wide.place());
            prop_assert_eq!(place.line, at.line);
            prop_assert_eq!(place.offset, mark + units(at.offset));
            prop_assert_eq!(place.offset + place.length, mark + units(at.offset + at.length));
        }
    }
}
