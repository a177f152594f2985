//! Reading on several threads gives what reading on one gives: the same rows, summaries and errors.

use super::super::source::Source;
use super::super::{Container, MAX_ROW, read_from};
use super::files;
use super::*;
use proptest::prelude::*;
use std::path::PathBuf;

/// Keeps rows as they come.
#[derive(Debug, Default)]
struct Kept(Vec<Row>);

impl Gather for Kept {
    fn row(&mut self, row: &Row) {
        self.0.push(row.clone());
    }
}

/// A reader that gives so many bytes at a time, and may fail at the end.
struct Drops<'b> {
    bytes: &'b [u8],
    size: usize,
    fails: bool,
}

impl Read for Drops<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.bytes.is_empty() && self.fails {
            return Err(io::Error::other("cable pulled"));
        }
        let size = self.size.min(buffer.len());
        self.bytes.take(size as u64).read(buffer).inspect(|read| {
            self.bytes = self.bytes.get(*read..).unwrap_or_default();
        })
    }
}

/// Rows, and the summary or error in words.
type Outcome = (Vec<Row>, String);

fn one_thread(bytes: &[u8], fails: bool) -> Outcome {
    let mut rows = Vec::new();
    let size = bytes.len().max(1);
    let mut reader = Drops { bytes, size, fails };
    let summary = read_from(&mut reader, Path::new("test"), &mut |_, row| {
        rows.push(row);
        ControlFlow::Continue(())
    });
    (rows, format!("{summary:?}"))
}

/// How a file is read.
#[derive(Debug, Clone, Copy)]
struct Way {
    threads: usize,
    alone: u64,
    block: usize,
    drop: usize,
    batch: usize,
}

/// Everything at once, on one thread and on several.
const WAYS: [Way; 4] = [
    Way {
        threads: 1,
        alone: 0,
        block: 1 << 20,
        drop: usize::MAX,
        batch: BATCH,
    },
    Way {
        threads: 3,
        alone: 0,
        block: 5000,
        drop: 700,
        batch: BATCH,
    },
    Way {
        threads: 2,
        alone: 9000,
        block: 4096,
        drop: 5000,
        batch: 1,
    },
    Way {
        threads: 0,
        alone: 0,
        block: 4096,
        batch: 700,
        drop: usize::MAX,
    },
];

impl Way {
    fn plan(self) -> Plan {
        Plan {
            threads: self.threads,
            alone: self.alone,
            batch: self.batch,
        }
    }
}

/// Threads from the first row on.
const TOGETHER: Plan = Plan {
    threads: 2,
    alone: 0,
    batch: BATCH,
};

fn threads(way: Way, bytes: &[u8], fails: bool) -> Outcome {
    let mut rows = Vec::new();
    let size = way.drop;
    let mut reader = Drops { bytes, size, fails };
    let source = Source::in_blocks(&mut reader, (way.block, way.block));
    let summary = read_on(
        way.plan(),
        source,
        Path::new("test"),
        &Kept::default,
        &mut |_, kept| {
            assert!(!kept.0.is_empty());
            rows.extend(kept.0);
            ControlFlow::Continue(())
        },
    );
    (rows, format!("{summary:?}"))
}

fn same(way: Way, bytes: &[u8]) {
    for fails in [false, true] {
        let expected = one_thread(bytes, fails);
        let found = threads(way, bytes, fails);
        assert_eq!(found.0.len(), expected.0.len(), "{way:?}");
        for (found, expected) in found.0.iter().zip(&expected.0) {
            assert_eq!(found, expected, "{way:?}");
        }
        assert_eq!(found.1, expected.1, "{way:?}");
    }
}

fn event(user: &str) -> String {
    format!(
        r#"{{"Id":"{user}","Operation":"Set-Mailbox","CreationTime":"2023-06-03T08:13:00","UserId":"{user}"}}"#
    )
}

/// Rows of events, between which every fifth is none.
fn events(count: usize) -> Vec<String> {
    let odd = ["{\"a\":1}", "{\"Operation\":", "{\"b\" 1}"];
    let row = |at: usize| match odd.get(at % 15) {
        Some(odd) if at > 20 => (*odd).to_owned(),
        _ => event(&format!("user{at}@example.com")),
    };
    (0..count).map(row).collect()
}

const HEADER: &str = "CreationTime,Operation,UserId,Parameters";

/// A search whose rows wrap usual records and others.
fn search() -> String {
    let whole = event("u@example.com");
    let inner = [
        whole.clone(),
        whole.clone(),
        format!(" {whole}\t"),
        whole.replace("\"Id\":\"u@example.com\",", ""),
        whole.replace("CreationTime", "Time"),
        whole.replace("2023-06-03T08:13:00", "3/6/2023 8:13"),
        whole.replace("UserId", "Workload"),
        whole.replace('}', ",\"Operation\":\"Other\"}"),
        whole.replace('}', ""),
        whole.replace("u@", "ü@"),
        whole.replace(
            '}',
            ",\"RecordType\":1,\"Parameters\":[{\"Name\":\"Identity\",\"Value\":\"a\\\"b\"}]}",
        ),
        "{}".to_owned(),
        String::new(),
    ];
    let row = |at: usize| {
        let data = inner[at % inner.len()].replace('"', "\"\"");
        let tail = if at % 31 == 30 { "" } else { ",identity" };
        format!(
            "ExchangeAdmin,6/3/2023 8:14:00 AM,user@example.com,Set-Mailbox,\"{data}\"{tail}\r\n"
        )
    };
    let rows = (0..400).map(row).collect::<Vec<_>>().concat();
    format!("RecordType,CreationDate,UserIds,Operations,AuditData,Identity\r\n{rows}")
}

/// A file of each container.
fn files_of_each() -> Vec<String> {
    let rows = events(900);
    let whole: Vec<_> = (0..900).map(|at| event(&format!("ü{at}"))).collect();
    let cells = (0..900).map(|at| match at % 50 {
        7 => "2023-06-03 08:13:00,A,u,\"[\r\n\r\n]\"\r\n".to_owned(),
        9 => "\r\n".to_owned(),
        _ => format!("2023-06-03 08:13:00,A,user{at},p\r\n"),
    });
    let table: String = cells.collect();
    let columns = ["TimeGenerated", "Operation", "OfficeId", "UserId"]
        .map(|name| format!("{{\"name\":\"{name}\"}}"));
    let values: Vec<_> = (0..300)
        .map(|at| format!("[\"2023-06-03T08:13:00Z\",\"A\",\"{at}\",\"u\"]"))
        .collect();
    let element = |at| {
        let time = "2023-06-03T08:13:00+00:00";
        format!(
            "<Event MailboxOwnerUPN=\"u{at}@example.com\" Operation=\"SendAs\" LastAccessed=\"{time}\"/>\n"
        )
    };
    let elements = (0..300).map(element).collect::<Vec<_>>().concat();
    vec![
        rows.join("\n"),
        format!("{}\n", rows.join(",\r\n\r\n  ")),
        format!("{}\n{{\"Oper", rows.join("\n")),
        format!("[{}]", whole.join(",\n")),
        format!("[\n{}\n]", rows.join(",\n")),
        format!("{{\"value\":[{}]}}", whole.join(",")),
        format!("{HEADER}\r\n{table}"),
        format!("{HEADER}\r\n{table}x,A,u,\"open\n{table}"),
        format!(
            "{{\"tables\":[{{\"name\":\"PrimaryResult\",\"columns\":[{}],\"rows\":[{}]}}]}}",
            columns.join(","),
            values.join(",")
        ),
        format!("<SearchMailboxAuditLog>{elements}</SearchMailboxAuditLog>"),
        search(),
        "Words, and\nmore of them\n".repeat(900),
        String::new(),
    ]
}

/// The text as UTF-8 with a mark, and as UTF-16 in both orders.
fn encoded(text: &str) -> [Vec<u8>; 3] {
    let wide = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect();
    [
        format!("\u{feff}{text}").into_bytes(),
        wide(u16::to_le_bytes),
        wide(u16::to_be_bytes),
    ]
}

#[test]
fn every_container_comes_out_as_on_one_thread() {
    for text in files_of_each() {
        for way in WAYS {
            same(way, text.as_bytes());
        }
    }
}

#[test]
fn every_encoding_comes_out_as_on_one_thread() {
    for text in files_of_each() {
        for bytes in encoded(&text) {
            same(WAYS[1], &bytes);
        }
        let mut damaged = text.into_bytes();
        for at in (2000..damaged.len()).step_by(1777) {
            damaged[at] = 0xff;
        }
        same(WAYS[1], &damaged);
    }
}

#[test]
fn a_row_beyond_the_limit_is_refused_as_on_one_thread() {
    let long = "x".repeat(MAX_ROW + 5);
    let fits = "y".repeat(MAX_ROW - event("").len() - 200);
    for text in [
        format!("{}\n{{\"a\":\"{long}\"}}\n{}\n", event("a"), event("b")),
        format!("{}\n{}\n{}", event("a"), event(&fits), event("b")),
        format!("{}\n{long}", event("a")),
        format!("[{},{{\"a\":\"{long}\"}},{}]", event("a"), event("b")),
        format!("{HEADER}\nt,A,a,p\nt,A,u,\"{long}\"\nt,A,b,p\n"),
    ] {
        let way = Way {
            block: 32 << 10,
            ..WAYS[0]
        };
        let (expected, found) = (
            one_thread(text.as_bytes(), false),
            threads(way, text.as_bytes(), false),
        );
        assert!(found == expected);
    }
}

#[test]
fn a_sink_that_breaks_stops_the_reading() {
    let text = events(5000).join("\n");
    for way in WAYS {
        let mut reader = text.as_bytes();
        let source = Source::in_blocks(&mut reader, (way.block, way.block));
        let mut given = 0;
        let summary = read_on(
            way.plan(),
            source,
            Path::new("test"),
            &Kept::default,
            &mut |_, kept| {
                given += kept.0.len();
                ControlFlow::Break(())
            },
        );
        let summary = summary.unwrap();
        assert!(!summary.finished && summary.sha256.is_empty());
        assert_eq!((summary.rows, summary.open_tail), (given as u64, None));
        assert!(summary.size <= text.len() as u64);
    }
}

#[test]
fn the_layout_is_as_far_known_as_the_rows_are() {
    let rows = vec!["{\"a\":1}".to_owned(); 2000].join("\n");
    let text = format!("{rows}\n{}\n", events(2000).join("\n"));
    let mut reader = text.as_bytes();
    let source = Source::in_blocks(&mut reader, (4096, 4096));
    let _ = read_on(
        TOGETHER,
        source,
        Path::new("test"),
        &Kept::default,
        &mut |layout, kept| {
            assert_eq!(layout.container, Container::Lines);
            let read = |row: &Row| matches!(row, Row::Records(..));
            if kept.0.iter().any(read) {
                assert_eq!(layout.format.as_deref(), Some("unified-audit"));
            } else if kept.0[0].place().line == 1 {
                assert_eq!(layout.format, None);
            }
            ControlFlow::Continue(())
        },
    );
}

#[test]
fn a_panic_of_a_thread_is_one_of_the_caller() {
    struct Panics;
    impl Gather for Panics {
        fn row(&mut self, row: &Row) {
            assert!(row.place().line < 900, "a row too many");
        }
    }
    let text = vec![event("a"); 2000].join("\n");
    for panics_here in [false, true] {
        let read = || {
            let mut reader = text.as_bytes();
            let source = Source::in_blocks(&mut reader, (4096, 4096));
            read_on(
                TOGETHER,
                source,
                Path::new("test"),
                &|| Panics,
                &mut |_, _| {
                    assert!(!panics_here, "a batch too many");
                    ControlFlow::Continue(())
                },
            )
        };
        let panic = std::panic::catch_unwind(read).unwrap_err();
        let words = panic.downcast_ref::<&str>().copied().unwrap_or("formatted");
        assert_eq!(
            words,
            if panics_here {
                "a batch too many"
            } else {
                "a row too many"
            }
        );
    }
}

#[test]
fn small_files_come_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let mut paths: Vec<PathBuf> = Vec::new();
    for (at, text) in files_of_each().iter().cycle().take(40).enumerate() {
        let path = folder.path().join(at.to_string());
        std::fs::write(&path, text).unwrap();
        paths.push(path);
    }
    paths.insert(3, folder.path().join("missing"));
    for threads in [0, 1, 3] {
        let mut found: Vec<(Vec<Row>, Vec<String>)> = vec![Default::default(); paths.len()];
        let mut last = 0;
        files::read_on(
            (threads, BATCH),
            &paths,
            &|_| Kept::default(),
            &mut |at, part| {
                assert!(at >= last);
                last = at;
                match part {
                    FilePart::Rows(_, kept) => found[at].0.extend(kept.0),
                    FilePart::End(end) => found[at].1.push(format!("{end:?}")),
                }
                ControlFlow::Continue(())
            },
        );
        for (path, (rows, ends)) in paths.iter().zip(found) {
            let mut expected = Vec::new();
            let end = super::super::read(path, &mut |_, row| {
                expected.push(row);
                ControlFlow::Continue(())
            });
            assert!(rows == expected);
            assert_eq!(ends, [format!("{end:?}")]);
        }
    }
    let mut taken = Vec::new();
    files::read_on((3, BATCH), &paths, &|_| Kept::default(), &mut |at, part| {
        taken.push(at);
        if at == 2 && matches!(part, FilePart::End(_)) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    taken.dedup();
    assert_eq!(taken, [0, 1, 2]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn mangled_files_come_out_as_on_one_thread(
        parts in proptest::collection::vec(prop_oneof![
            Just("{"), Just("}"), Just("["), Just("]"), Just("\""), Just("\\"), Just("\n"), Just("\r\n"), Just("\n\n"), Just("  "), Just(","), Just("x"),
            Just("\"value\":["), Just("a,b,c,d\n"), Just("{\"Operation\":\"A\",\"CreationTime\":\"\"}\n"), Just("é"), Just("\u{fffd}")
        ], 0..60),
        open in prop_oneof![
            Just("{"), Just("["), Just("{\"a\":1}\n{"), Just("{\"a\":1}\n{\"b\":2},\n\n"), Just("{\"value\":[{"),
            Just("CreationTime,Operation,UserId,Parameters\n"), Just("<SearchMailboxAuditLog><Event>")
        ],
        encoding in 0_usize..4, drop in 1_usize..50, block in 1_usize..200, threads in 0_usize..4, alone in 0_u64..100,
        batch in prop_oneof![Just(1), Just(30), Just(BATCH)],
    ) {
        let text = format!("{open}{}", parts.concat());
        let bytes = match encoding {
            0 => text.into_bytes(),
            other => encoded(&text)[other - 1].clone(),
        };
        same(Way { threads, alone, block, drop, batch }, &bytes);
    }
}

/// Counts rows, and those that were read.
#[derive(Default)]
struct Count(u64, u64);

impl Gather for Count {
    fn row(&mut self, row: &Row) {
        self.0 += 1;
        self.1 += u64::from(matches!(row, Row::Records(..)));
    }
}

/// Figures for one file, or a folder of files: `MEASURE=file cargo test --release --lib measure_reading -- --ignored --nocapture`.
#[test]
#[ignore = "measures"]
fn measure_reading() {
    let path = PathBuf::from(std::env::var_os("MEASURE").unwrap());
    let ways = std::env::var("WAYS").unwrap_or_else(|_| "from batches".to_owned());
    for way in ways.split(' ') {
        let (started, cpu) = (std::time::Instant::now(), cpu());
        let mut count = Count::default();
        if path.is_dir() {
            let mut paths: Vec<_> = std::fs::read_dir(&path)
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .collect();
            paths.sort();
            let mut each = |part: FilePart<Count>| {
                if let FilePart::Rows(_, more) = part {
                    count.0 += more.0;
                    count.1 += more.1;
                }
            };
            if way == "batches" {
                for path in &paths {
                    let mut file = super::super::open(path).unwrap();
                    read_batches(
                        &mut file,
                        path,
                        BATCH,
                        &Count::default,
                        &mut |layout, more| {
                            each(FilePart::Rows(layout.clone(), more));
                            ControlFlow::Continue(())
                        },
                    )
                    .unwrap();
                }
            } else {
                read_files(&paths, BATCH, &|_| Count::default(), &mut |_, part| {
                    each(part);
                    ControlFlow::Continue(())
                });
            }
        } else if way == "from" {
            super::super::read(&path, &mut |_, row| {
                count.row(&row);
                ControlFlow::Continue(())
            })
            .unwrap();
        } else {
            let mut file = super::super::open(&path).unwrap();
            read_batches(&mut file, &path, BATCH, &Count::default, &mut |_, more| {
                count.0 += more.0;
                count.1 += more.1;
                ControlFlow::Continue(())
            })
            .unwrap();
        }
        println!(
            "{way}: {} rows, {} read, {:.3} s, cpu {:.3} s",
            count.0,
            count.1,
            started.elapsed().as_secs_f64(),
            self::cpu() - cpu
        );
    }
}

/// CPU time of the process so far, in seconds.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<_> = stat.rsplit(") ").next().unwrap().split(' ').collect();
    let ticks = |at: usize| fields[at].parse::<f64>().unwrap();
    (ticks(11) + ticks(12)) / 100.0
}
