//! Reading through as a whole: containers, refusals, accounting, and reading again.

use super::*;
use proptest::prelude::*;
use std::path::Path;

/// What came out of reading some bytes.
struct Outcome {
    rows: Vec<Row>,
    summary: Result<Summary, EvidenceError>,
}

fn read_bytes(bytes: &[u8]) -> Outcome {
    let mut rows = Vec::new();
    let summary = read_from(
        &mut &bytes[..],
        Path::new("test"),
        &mut |_, row| {
            rows.push(row);
            ControlFlow::Continue(())
        },
        &mut |_| {},
    );
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
    assert!(shown[1].starts_with("not sound JSON: EOF"), "{shown:?}");
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
    assert_eq!(outcome.layout().encoding, "UTF-8 with BOM");
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
    let utf16: Vec<u8> = "{\"a\":1}"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let mut marked = b"\xff\xfe".to_vec();
    marked.extend(&utf16);
    for (bytes, reason) in [
        (&b""[..], "it is empty"),
        (b" \n\n ", "it is empty"),
        (&utf16, "UTF-16"),
        (&marked, "UTF-16"),
        (b"\x7fELF\0\0\0\0\x01", "binary"),
        (b"PK\x03\x04stuff", "zip"),
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
        format!("bytes that are not UTF-8 at byte {at}")
    );
    assert!(at > start && records[1].user.starts_with('b'));
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
    let summary = read_from(
        &mut text.as_bytes(),
        Path::new("test"),
        &mut |_, _| ControlFlow::Break(()),
        &mut |_| {},
    )
    .unwrap();
    assert!(!summary.finished && summary.sha256.is_empty());
    assert_eq!(summary.rows, 1);
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
    let error = read_from(
        &mut reader,
        Path::new("disk/file"),
        &mut |_, _| ControlFlow::Continue(()),
        &mut |_| {},
    )
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
        table,
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("evidence");
        std::fs::write(&path, &text).unwrap();
        let mut rows = Vec::new();
        let summary = read(
            &path,
            &mut |_, row| {
                rows.push(row);
                ControlFlow::Continue(())
            },
            &mut |_| {},
        )
        .unwrap();
        let kept = serde_json::to_string(&summary.layout).unwrap();
        let layout: Layout = serde_json::from_str(&kept).unwrap();
        for row in rows {
            let Row::Records(records, place) = row else {
                panic!("refused")
            };
            let original = reread(&path, &layout, place).unwrap();
            assert_eq!(original.records, records);
            assert!(
                original.pretty().starts_with("{\n  \""),
                "{}",
                original.pretty()
            );
        }
        let beyond = Place {
            line: 1,
            offset: text.len() as u64,
            length: 4,
        };
        assert!(matches!(
            reread_many(&path, &layout, &[beyond])[0],
            Err(EvidenceError::Read { .. })
        ));
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
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
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
}
