//! Unpacking as a whole: every container, nested, damaged and hostile.

use super::*;
use ::zip::write::{SimpleFileOptions, ZipWriter};
use flate2::write::GzEncoder;
use proptest::prelude::*;
use std::io::{Cursor, Write};

/// What a visitor was told, a line each: `name: text`, `name: text !error`, `name! fault`.
#[derive(Default)]
struct Told {
    lines: Vec<String>,
    unpacked: usize,
}

impl Visitor for Told {
    fn member(
        &mut self,
        name: &MemberName,
        _: Option<u64>,
        reader: &mut dyn Read,
    ) -> ControlFlow<()> {
        let mut bytes = Vec::new();
        let end = match reader.read_to_end(&mut bytes) {
            Ok(_) => String::new(),
            Err(error) => {
                let kind = match Broken::of(&error) {
                    Some(Broken::Limit(_)) => "limit",
                    Some(Broken::Damage(_)) => "damage",
                    Some(Broken::System(_)) => "system",
                    None => "untyped",
                };
                assert!(reader.read(&mut [0]).is_err(), "an error is no end");
                format!(" !{kind}: {error}")
            }
        };
        self.unpacked += bytes.len();
        let shown = match bytes.len() {
            length @ 100.. => format!("{length} bytes"),
            _ => String::from_utf8_lossy(&bytes).into_owned(),
        };
        self.lines.push(format!("{name}: {shown}{end}"));
        ControlFlow::Continue(())
    }

    fn fault(&mut self, name: &MemberName, reason: &str) {
        self.lines.push(format!("{name}! {reason}"));
    }
}

fn told_within(file_name: &str, bytes: &[u8], limits: &Limits) -> Vec<String> {
    let scratch = tempfile::tempdir().unwrap();
    let mut told = Told::default();
    let mut reader = Cursor::new(bytes);
    let path = Path::new(file_name);
    unpack(&mut reader, path, limits, scratch.path(), &mut told).unwrap();
    let left = fs::read_dir(scratch.path()).unwrap().count();
    assert_eq!(left, 0, "nothing is left behind");
    told.lines
}

fn told(file_name: &str, bytes: &[u8]) -> Vec<String> {
    told_within(file_name, bytes, &Limits::default())
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zst(bytes: &[u8]) -> Vec<u8> {
    ::zstd::encode_all(bytes, 3).unwrap()
}

fn zip_of(entries: &[(&str, &[u8])], options: SimpleFileOptions) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn deflated(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let options = SimpleFileOptions::default();
    zip_of(
        entries,
        options.compression_method(::zip::CompressionMethod::Deflated),
    )
}

fn stored(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let options = SimpleFileOptions::default();
    zip_of(
        entries,
        options.compression_method(::zip::CompressionMethod::Stored),
    )
}

/// One tar entry: header by hand, so that names may be anything.
fn tar_entry(kind: u8, name: &[u8], bytes: &[u8]) -> Vec<u8> {
    let mut header = ::tar::Header::new_gnu();
    header.as_mut_bytes()[..name.len()].copy_from_slice(name);
    header.set_entry_type(::tar::EntryType::new(kind));
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    header.set_cksum();
    let mut out = header.as_bytes().to_vec();
    out.extend(bytes);
    out.resize(out.len().next_multiple_of(512), 0);
    out
}

fn tar_of(entries: &[(&[u8], &[u8])]) -> Vec<u8> {
    let entries = entries
        .iter()
        .flat_map(|(name, bytes)| tar_entry(b'0', name, bytes));
    entries.chain([0; 1024]).collect()
}

/// Bytes that nothing compresses.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    std::iter::repeat_with(next).take(length).collect()
}

#[test]
fn first_bytes_decide() {
    let tar = tar_of(&[(b"a", b"x")]);
    let mut text_that_says_ustar = vec![b'a'; 512];
    text_that_says_ustar[257..262].copy_from_slice(b"ustar");
    let cases: [(&[u8], Option<Packing>); 12] = [
        (&gz(b""), Some(Packing::Gzip)),
        (&zst(b""), Some(Packing::Zstd)),
        (b"\x5a\x2a\x4d\x18", Some(Packing::Zstd)),
        (&deflated(&[("a", b"")]), Some(Packing::Zip)),
        (&deflated(&[]), Some(Packing::Zip)),
        (b"PK\x07\x08PK\x03\x04", Some(Packing::Zip)),
        (&tar, Some(Packing::Tar)),
        (&tar[..511], None),
        (&text_that_says_ustar, None),
        (b"{\"a\": 1}", None),
        (b"PK is a text", None),
        (b"", None),
    ];
    for (bytes, packing_of) in cases {
        assert_eq!(packing(bytes), packing_of, "{bytes:?}");
    }
}

#[test]
fn every_container_alone_and_inside_others() {
    let tar = tar_of(&[(b"logs/a.json", b"one"), (b"b.json", b"two")]);
    let two = [gz(b"one "), gz(b""), gz(b"two")].concat();
    let frames = [
        zst(b"one "),
        b"\x50\x2a\x4d\x18\x02\0\0\0xx".to_vec(),
        zst(b"two"),
    ]
    .concat();
    let skippable_first = [b"\x50\x2a\x4d\x18\0\0\0\0".to_vec(), zst(b"one")].concat();
    let three = deflated(&[("b.json", b"one")]);
    let nested = deflated(&[("a.gz", &gz(b"one")), ("in.zip", &three), ("c", b"")]);
    let moved = [b"PK\x03\x04 put before".to_vec(), three.clone()].concat();
    let commented = [&three[..three.len() - 2], b"\x05\0hello"].concat();
    let padded = [gz(b"one"), vec![0; 600]].concat();
    let twice = [tar.clone(), tar_of(&[(b"b.json", b"three")])].concat();
    let cases: [(&str, &[u8], &[&str]); 17] = [
        ("a.json.gz", &gz(b"one"), &["a.json: one"]),
        ("plain", &gz(b"one"), &["plain: one"]),
        (".gz", &gz(b"one"), &["unnamed: one"]),
        ("a.gz", &two, &["a: one two"]),
        ("a.gz", &padded, &["a: one"]),
        ("A.JSON.ZST", &zst(b"one"), &["A.JSON: one"]),
        ("a.zst", &frames, &["a: one two"]),
        ("a.zst", &skippable_first, &["a: one"]),
        ("a.zip", &three, &["b.json: one"]),
        ("a.zip", &moved, &["b.json: one"]),
        ("a.zip", &commented, &["b.json: one"]),
        ("a.zip", &stored(&[("a", b"one"), ("d/", b"")]), &["a: one"]),
        ("a.tar", &tar, &["logs/a.json: one", "b.json: two"]),
        (
            "a.tar",
            &twice,
            &["logs/a.json: one", "b.json: two", "b.json#2: three"],
        ),
        (
            "a.tgz",
            &gz(&tar),
            &["a.tar/logs/a.json: one", "a.tar/b.json: two"],
        ),
        (
            "a.tar.zst",
            &zst(&tar),
            &["a.tar/logs/a.json: one", "a.tar/b.json: two"],
        ),
        (
            "a.zip",
            &nested,
            &["a.gz/a: one", "in.zip/b.json: one", "c: "],
        ),
    ];
    for (name, bytes, lines) in cases {
        assert_eq!(told(name, bytes), lines, "{name}");
    }
}

#[test]
fn zip64_and_data_descriptors() {
    let large = zip_of(
        &[("a", b"one")],
        SimpleFileOptions::default().large_file(true),
    );
    assert_eq!(told("a.zip", &large), ["a: one"]);
    let mut writer = ZipWriter::new_stream(Vec::new());
    writer
        .start_file("a", SimpleFileOptions::default())
        .unwrap();
    writer.write_all(b"one").unwrap();
    let streamed = writer.finish().unwrap().into_inner();
    assert_eq!(told("a.zip", &streamed), ["a: one"]);
    assert_eq!(
        told("a.zip", &as_zip64(&stored(&[("a", b"one")]))),
        ["a: one"]
    );
}

/// The archive with its places in zip64 fields.
fn as_zip64(zip: &[u8]) -> Vec<u8> {
    let end = zip.len() - END_OF_ZIP;
    let (start, length) = (word(&zip[end + 16..]), word(&zip[end + 12..]));
    let mut out = zip[..end].to_vec();
    out.extend(b"PK\x06\x06\x2c\0\0\0\0\0\0\0\x2d\0\x2d\0\0\0\0\0\0\0\0\0");
    for value in [1, 1, length, start] {
        out.extend(u64::from(value).to_le_bytes());
    }
    out.extend(b"PK\x06\x07\0\0\0\0");
    out.extend((end as u64).to_le_bytes());
    out.extend(b"\x01\0\0\0PK\x05\x06\0\0\0\0");
    out.extend([0xff; 12]);
    out.extend([0; 2]);
    out
}

const END_OF_ZIP: usize = 22;

fn word(bytes: &[u8]) -> u32 {
    u32::from_le_bytes(*bytes.first_chunk().unwrap())
}

/// Where a zip archive of one small entry begins its list.
fn list_of(zip: &[u8]) -> usize {
    word(&zip[zip.len() - END_OF_ZIP + 16..]) as usize
}

#[test]
fn what_came_before_the_damage_is_given_out() {
    let body = noise(200_000);
    let packed = gz(&body);
    let lines = told("a.gz", &packed[..100_000]);
    assert!(lines[0].ends_with(
        "bytes !damage: the gzip stream ends early at byte 100000 of the packed file; copy or download it again"
    ), "{lines:?}");
    let length: usize = lines[0]
        .trim_start_matches("a: ")
        .split(' ')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    assert!(length > 90_000, "{lines:?}");
}

#[test]
fn damage_says_what_and_where() {
    let body = noise(200_000);
    let mut wrong = gz(b"one");
    let at = wrong.len() - 8;
    wrong[at] ^= 1;
    let trailing = [gz(b"one"), b"and text".to_vec()].concat();
    let mut zip = stored(&[("a", b"one"), ("b", b"two")]);
    let at = zip.windows(3).position(|window| window == b"one").unwrap();
    zip[at] = b'O';
    let tar = tar_of(&[(b"a", b"one"), (b"b", &body), (b"c", b"")]);
    let cut_tgz = gz(&tar);
    let cases: [(&str, &[u8], &[&str]); 10] = [
        (
            "a.gz",
            &wrong,
            &[
                "a: one !damage: the gzip stream is damaged (corrupt gzip stream does not have a matching checksum)",
            ],
        ),
        (
            "a.gz",
            &trailing,
            &["a: one !damage: the gzip stream is followed by bytes that are no gzip at byte 23"],
        ),
        (
            "a.gz",
            b"\x1f\x8bthis is no gzip",
            &["a! the gzip stream is damaged (invalid gzip header) at byte 10"],
        ),
        (
            "a.gz",
            b"\x1f\x8b",
            &["a! the gzip stream ends early at byte 2"],
        ),
        (
            "a.zst",
            &zst(&body)[..8],
            &["a! the zstd stream ends early at byte 8"],
        ),
        (
            "a.zip",
            &zip,
            &[
                "a: One !damage: it is damaged (its length or checksum does not match)",
                "b: two",
            ],
        ),
        (
            "a.zip",
            &zip[..60],
            &["! is not unpacked: its list of files is missing at its end"],
        ),
        (
            "a.tar",
            &tar[..1536],
            &[
                "a: one",
                "b!",
                "! its rest is not unpacked: the tar archive ends early at byte 1536",
            ],
        ),
        (
            "a.tar",
            &tar[..1024],
            &[
                "a: one",
                "! its rest is not unpacked: the tar archive has no end mark at byte 1024",
            ],
        ),
        (
            "a.tgz",
            &cut_tgz[..100_000],
            &[
                "a.tar/a: one",
                "a.tar/b: ",
                "a.tar! its rest is not unpacked: the gzip stream ends early at byte 100000",
            ],
        ),
    ];
    for (name, bytes, expected) in cases {
        let lines = told(name, bytes);
        let same = lines
            .iter()
            .zip(expected)
            .all(|(line, start)| line.starts_with(start));
        assert!(
            same && lines.len() == expected.len(),
            "{lines:#?}\nexpected {expected:#?}"
        );
    }
}

#[test]
fn one_damaged_entry_of_a_list_does_not_hide_the_others() {
    let mut zip = stored(&[("a", b"one"), ("b", b"two")]);
    zip[0] = b'X';
    zip.splice(0..0, *b"PK\x03\x04");
    let lines = told("a.zip", &zip);
    assert!(
        lines[0].starts_with("a! its bytes are not where"),
        "{lines:?}"
    );
    assert_eq!(lines[1], "b: two");
    let mut short = stored(&[("a", b"one"), ("b", b"two")]);
    let second = short
        .windows(4)
        .rposition(|window| window == b"PK\x01\x02")
        .unwrap();
    short[second] = b'X';
    let lines = told("a.zip", &short);
    assert_eq!(lines[0], "a: one");
    assert!(
        lines[1].contains("its list of files ends after 1 of 2 entries"),
        "{lines:?}"
    );
}

#[test]
fn bombs_end_at_a_limit() {
    let zeros = vec![0; 3 << 20];
    let limits = Limits {
        ratio: 20,
        ratio_from: 1 << 20,
        ..Limits::default()
    };
    let tar = gz(&tar_of(&[(b"a", &zeros), (b"b", b"one")]));
    let bombs: [(&str, Vec<u8>, &[&str]); 5] = [
        ("a.gz", gz(&zeros), &["a: 1048576 bytes !limit"]),
        ("a.zst", zst(&zeros), &["a: 1048576 bytes !limit"]),
        (
            "a.zip",
            deflated(&[("a", &zeros), ("b", b"one")]),
            &[
                "a: 1048576 bytes !limit",
                "! is not unpacked further: unpacks to more than 20 times",
            ],
        ),
        (
            "a.tgz",
            tar,
            &[
                "a.tar/a: 1048064 bytes !limit",
                "a.tar! its rest is not unpacked: unpacks to more than 20 times",
            ],
        ),
        ("a.gz", gz(&deflated(&[("a", &zeros)])), &["a/a: 1045"]),
    ];
    for (name, bytes, expected) in bombs {
        let lines = told_within(name, &bytes, &limits);
        let same = lines
            .iter()
            .zip(expected)
            .all(|(line, start)| line.starts_with(start));
        assert!(
            same && lines.len() == expected.len(),
            "{lines:#?}\nexpected {expected:#?}"
        );
    }
    let total = Limits {
        total: 5,
        ..Limits::default()
    };
    assert_eq!(told_within("a.gz", &gz(b"12345"), &total), ["a: 12345"]);
    let lines = told_within("a.gz", &gz(b"123456"), &total);
    assert!(
        lines[0].starts_with("a: 12345 !limit: unpacks to more than 5 bytes"),
        "{lines:?}"
    );
}

#[test]
fn a_frame_that_asks_for_much_memory_is_refused() {
    // A window of 256 MiB, then an empty raw block.
    let lines = told("a.zst", b"\x28\xb5\x2f\xfd\x00\x90\x01\0\0");
    assert_eq!(
        lines,
        [
            "a! the zstd stream asks for more than 128 MiB of memory; unpack it with `zstd --decompress --long=31` and add the result"
        ]
    );
}

#[test]
fn entries_that_share_their_bytes_count_each_time() {
    let body = noise(40_000);
    let mut zip = stored(&[("a", &body)]);
    let start = list_of(&zip);
    let end = zip.len() - END_OF_ZIP;
    let entry = zip[start..end].to_vec();
    let mut mark = zip.split_off(end);
    for _ in 1..50 {
        zip.extend(&entry);
    }
    let length = u32::try_from(entry.len() * 50).unwrap();
    mark[8..10].copy_from_slice(&[50, 0]);
    mark[10..12].copy_from_slice(&[50, 0]);
    mark[12..16].copy_from_slice(&length.to_le_bytes());
    zip.extend(mark);
    let limits = Limits {
        ratio: 10,
        ratio_from: 0,
        ..Limits::default()
    };
    let lines = told_within("a.zip", &zip, &limits);
    assert_eq!(lines[1], "a#2: 40000 bytes");
    assert!(
        lines.len() < 15
            && lines
                .last()
                .unwrap()
                .starts_with("! is not unpacked further")
    );
}

#[test]
fn nesting_ends_at_a_depth_and_lists_at_a_length() {
    let mut zip = deflated(&[("a", b"one")]);
    for _ in 0..4 {
        zip = deflated(&[("in.zip", &zip)]);
    }
    let lines = told("a.zip", &zip);
    assert_eq!(
        lines,
        [
            "in.zip/in.zip/in.zip/in.zip! is packed inside more than 4 others; unpack it yourself and add what is inside"
        ]
    );
    let limits = Limits {
        depth: 5,
        ..Limits::default()
    };
    let lines = told_within("a.zip", &zip, &limits);
    assert_eq!(lines, ["in.zip/in.zip/in.zip/in.zip/a: one"]);
    let limits = Limits {
        entries: 2,
        ..Limits::default()
    };
    let last = "! is not unpacked further: holds more than 2 entries; unpack it yourself and add what is evidence";
    let zip = deflated(&[("a", b"1"), ("b", b"2"), ("c", b"3")]);
    assert_eq!(told_within("a.zip", &zip, &limits), ["a: 1", "b: 2", last]);
    let tar = tar_of(&[(b"a", b"1"), (b"b", b"2"), (b"c", b"3")]);
    assert_eq!(told_within("a.tar", &tar, &limits), ["a: 1", "b: 2", last]);
}

#[test]
fn names_are_labels() {
    let long = "n".repeat(90);
    let names: [(&[u8], &str); 12] = [
        (b"../../etc/passwd", "__/__/etc/passwd"),
        (b"/etc/passwd", "etc/passwd"),
        (b"C:\\logs\\a.json", "C_/logs/a.json"),
        (b"\\\\server\\share", "server/share"),
        (b"./a//b/.", "a/b"),
        (b"a\x1b[2Jb", "a␛[2Jb"),
        (b"caf\xe9.json", "caf⟨E9⟩.json"),
        ("caf\u{e9}\u{202e}.json".as_bytes(), "café⟨202E⟩.json"),
        (b"/", "unnamed"),
        (b"a/b", "a/b#2"),
        (b"a/b", "a/b#3"),
        (long.as_bytes(), "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnn…"),
    ];
    let entries: Vec<(&[u8], &[u8])> = names.iter().map(|(raw, _)| (*raw, &b"x"[..])).collect();
    let expected: Vec<String> = names
        .iter()
        .map(|(_, shown)| format!("{shown}: x"))
        .collect();
    let limits = Limits {
        name: 30,
        ..Limits::default()
    };
    assert_eq!(told_within("a.tar", &tar_of(&entries), &limits), expected);
    let mut labels = Labels::new(4096);
    let whole = MemberName::default();
    let mut name = |raw: &str| labels.entry(&whole, raw.as_bytes()).to_string();
    assert_eq!(
        ["a#2", "a", "a", "a", "a\0b"].map(&mut name),
        ["a#2", "a", "a#3", "a#4", "a␀b"]
    );
}

#[test]
fn long_names_and_sizes_of_extended_headers() {
    let path = format!("{}/a.json", "d".repeat(200));
    let record = format!("{} path={path}\n", path.len() + 10);
    assert_eq!(record.len(), path.len() + 10);
    let tar = [
        tar_entry(b'g', b"pax_global", b"17 comment=hello\n"),
        tar_entry(b'x', b"pax", record.as_bytes()),
        tar_entry(b'0', b"short", b"one"),
        tar_entry(b'L', b"././@LongLink", format!("{path}\0").as_bytes()),
        tar_entry(b'0', b"short", b"two"),
        tar_entry(b'x', b"pax", &vec![b'x'; 2 << 20]),
        tar_entry(b'0', b"short", b"three"),
        vec![0; 1024],
    ]
    .concat();
    let expected = [
        format!("{path}: one"),
        format!("{path}#2: two"),
        "short: three".to_owned(),
    ];
    assert_eq!(told("a.tar", &tar), expected);
}

#[test]
fn what_is_no_file_is_named_or_passed_over() {
    let tar = [
        tar_entry(b'5', b"folder/", b""),
        tar_entry(b'2', b"link", b""),
        tar_entry(b'3', b"device", b""),
        tar_entry(b'S', b"sparse", &[7; 600]),
        tar_entry(b'x', b"pax", b"22 GNU.sparse.major=1\n"),
        tar_entry(b'0', b"sparse too", b"1\n"),
        tar_entry(b'0', b"__MACOSX/._a", b"x"),
        vec![0; 1024],
    ]
    .concat();
    let starts = [
        "link! is a link",
        "device! is a device",
        "sparse! is a sparse",
        "sparse too! is a sparse",
        "__MACOSX/._a: x",
    ];
    let lines = told("a.tar", &tar);
    assert!(
        lines
            .iter()
            .zip(starts)
            .all(|(line, start)| line.starts_with(start)),
        "{lines:#?}"
    );
    assert_eq!(lines.len(), starts.len());
    let empty = ["! holds no files"];
    assert_eq!(told("a.zip", &deflated(&[])), empty);
    assert_eq!(told("a.zip", &stored(&[("d/", b"")])), empty);
    let folders = [tar_entry(b'5', b"folder/", b""), vec![0; 1024]].concat();
    assert_eq!(told("a.tar", &folders), empty);
    let office = deflated(&[("xl/a.xml", b"x"), ("[Content_Types].xml", b"x")]);
    assert!(told("a.xlsx", &office)[0].starts_with("! is a spreadsheet"));
}

#[test]
fn what_needs_a_password_or_another_method_is_refused_by_name() {
    // Byte of the entry in the list, its value, the reason.
    let cases: [(usize, u8, &str); 3] = [
        (8, 1, "a! is encrypted"),
        (10, 99, "a! is encrypted"),
        (10, 14, "a! is packed with LZMA"),
    ];
    for (at, value, start) in cases {
        let mut zip = stored(&[("a", b"one"), ("b", b"two")]);
        let list = list_of(&zip);
        zip[list + at] = value;
        let lines = told("a.zip", &zip);
        assert!(lines[0].starts_with(start), "{lines:?}");
        assert_eq!(lines[1], "b: two");
    }
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    writer.add_symlink("link", "/etc/passwd", options).unwrap();
    let zip = writer.finish().unwrap().into_inner();
    assert!(told("a.zip", &zip)[0].starts_with("link! is a link"));
}

#[test]
fn a_plain_file_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.gz");
    let mut visitor = Told::default();
    let mut run = |path: &Path| {
        let mut file = fs::File::open(path).unwrap();
        unpack(
            &mut file,
            path,
            &Limits::default(),
            folder.path(),
            &mut visitor,
        )
        .map_err(|error| error.to_string())
    };
    fs::write(&path, "{}").unwrap();
    assert!(
        run(&path)
            .unwrap_err()
            .ends_with("is not packed; read it as it is")
    );
    fs::write(&path, gz(b"one")).unwrap();
    run(&path).unwrap();
    assert_eq!(visitor.lines, ["a: one"]);
}

#[test]
fn a_folder_for_copies_that_is_missing_is_said() {
    let zip = deflated(&[("a", b"one")]);
    let mut visitor = Told::default();
    let mut reader = Cursor::new(gz(&zip));
    let missing = Path::new("/missing/folder");
    let unpacked = unpack(
        &mut reader,
        Path::new("a.gz"),
        &Limits::default(),
        missing,
        &mut visitor,
    );
    let error = unpacked.unwrap_err().to_string();
    assert!(
        error.starts_with("cannot write a temporary file in /missing/folder: "),
        "{error}"
    );
    assert!(visitor.lines.is_empty(), "it is no fault of the evidence");
}

/// Breaks off at the first member, having read nothing.
struct Once(u32);

impl Visitor for Once {
    fn member(&mut self, _: &MemberName, _: Option<u64>, _: &mut dyn Read) -> ControlFlow<()> {
        self.0 += 1;
        ControlFlow::Break(())
    }

    fn fault(&mut self, _: &MemberName, _: &str) {
        self.0 += 10;
    }
}

#[test]
fn a_break_ends_the_walk() {
    let tar = tar_of(&[(b"a", b"1"), (b"b", b"2")]);
    for bytes in [gz(&tar), deflated(&[("a", b"1"), ("b", b"2")])] {
        let mut once = Once(0);
        let mut reader = Cursor::new(bytes);
        let path = Path::new("a");
        unpack(&mut reader, path, &Limits::default(), path, &mut once).unwrap();
        assert_eq!(once.0, 1);
    }
}

proptest! {
    #[test]
    fn any_bytes_behind_any_magic_come_to_an_end(
        kind in 0_usize..7,
        at in 0_usize..400,
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let sound = [
            gz(b"some text"),
            zst(b"some text"),
            deflated(&[("a", b"some text"), ("b", b"")]),
            tar_of(&[(b"a", b"some text")]),
            gz(&tar_of(&[(b"a", b"some text")])),
            deflated(&[("a.zip", &deflated(&[("b", b"some text")]))]),
            b"PK\x05\x06".to_vec(),
        ];
        let mut file = sound[kind].clone();
        let at = at.min(file.len()).max(4);
        let end = (at + bytes.len()).min(file.len());
        file.splice(at..end, bytes);
        let mut told = Told::default();
        let scratch = tempfile::tempdir().unwrap();
        let limits = Limits { ratio_from: 1 << 20, total: 4 << 20, ..Limits::default() };
        let mut reader = Cursor::new(&file);
        let done = unpack(&mut reader, Path::new("a"), &limits, scratch.path(), &mut told);
        prop_assert!(done.is_err() || !told.lines.is_empty());
        prop_assert!(told.unpacked <= 4 << 20);
    }
}
