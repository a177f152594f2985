//! Batches put together, written and read again are what was pushed, whatever the order in which they came.

use super::*;
use crate::query::record_keywords;
use crate::record::{
    Address, Change, Folder, Item, Located, Mailbox, Operation, Outcome, Property, Provenance,
    Record, RecordId,
};
use crate::store::batch::Batch;
use crate::store::building::Building;
use crate::store::key::message_hash;
use crate::store::table::FIELDS;
use crate::text;
use crate::time;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use tempfile::TempDir;

/// A record with the facets found in it.
#[derive(Debug, Clone)]
struct Given {
    located: Located,
    facets: Vec<&'static str>,
}

fn record(id: u64, at: Option<i64>, user: &str, address: &str) -> Given {
    let mut record = Record {
        id: RecordId(format!("00000000-0000-4000-8000-{id:012x}")),
        time: at.map(time::from_micros),
        operation: Operation::new("MailItemsAccessed"),
        outcome: Outcome::Succeeded,
        user: user.into(),
        ..Record::default()
    };
    record.address = Address::read(address);
    Given {
        located: Located {
            record,
            provenance: Provenance {
                file: 1,
                line: id + 1,
                offset: id * 100,
                length: 99,
                part: 0,
            },
        },
        facets: vec!["access"],
    }
}

/// What a field of a record holds, by the one meaning of it.
fn values(given: &Given, field: Field) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    let mut add = |value: &str| {
        let value = value.trim().to_owned();
        if !value.is_empty() && !values.contains(&value) {
            values.push(value);
        }
    };
    match field {
        Field::Is => given.facets.iter().for_each(|facet| add(facet)),
        other => record_keywords(&given.located.record, other, &mut add),
    }
    values
}

fn batch(records: &[Given]) -> Batch {
    let mut batch = Batch::default();
    for given in records {
        batch.push(
            &given.located.record,
            &given.facets,
            given.located.provenance,
        );
    }
    batch
}

fn building<'a>(batches: impl IntoIterator<Item = &'a [Given]>) -> Building {
    let mut building = Building::default();
    for records in batches {
        building.append(&batch(records), &[]);
    }
    building
}

/// Writes records into a folder; gives the segment and where each record stands in it.
fn written(folder: &TempDir, records: &[Given]) -> (Segment, Vec<u32>) {
    let path = folder.path().join("columns");
    let placed = building([records]).write(&BTreeSet::new(), &path).unwrap();
    (Segment::open(&path).unwrap(), placed)
}

fn sample() -> Vec<Given> {
    let mut records = vec![
        record(3, Some(3_000_000), "alice@example.com", "203.0.113.7"),
        record(1, Some(1_000_000), "Alice@Example.com", "203.0.113.7:443"),
        record(2, None, "bob@example.com", ""),
        record(4, Some(1_000_000), "", "198.51.100.9"),
        record(5, Some(-5_000_000), "carol@example.com", "not an address"),
    ];
    let first = &mut records[0].located.record;
    first.mailbox = Mailbox {
        owner: "alice@example.com".into(),
        guid: "11111111-2222-3333-4444-555555555555".into(),
        ..Mailbox::default()
    };
    first.other_addresses = vec![Address::read("198.51.100.9"), Address::read("203.0.113.7")];
    first.folders = vec![
        folder("\\Inbox", &["<one@example.com>", "<Two@example.com>"]),
        folder("\\Boîte de réception", &["<one@example.com>"]),
        folder("Inbox", &[]),
    ];
    records[3].located.record.folders = vec![folder("\\Sent", &["<two@EXAMPLE.com>"])];
    records[3].facets = vec!["grant", "access"];
    records
}

fn folder(path: &str, ids: &[&str]) -> Folder {
    let item = |id: &&str| Item {
        message_id: (*id).into(),
        subject: String::new(),
    };
    Folder {
        path: path.into(),
        items: ids.iter().map(item).collect(),
    }
}

#[test]
fn rows_are_sorted_by_time_then_place() {
    let folder = TempDir::new().unwrap();
    let (segment, placed) = written(&folder, &sample());
    assert_eq!(placed, [3, 1, 4, 2, 0]);
    let times: Vec<i64> = (0..segment.len()).map(|row| segment.time(row)).collect();
    assert_eq!(
        times,
        [-5_000_000, 1_000_000, 1_000_000, 3_000_000, i64::MAX]
    );
    for (at, first) in [
        (i64::MIN, 0),
        (-5_000_000, 0),
        (-4_999_999, 1),
        (1_000_000, 1),
        (1_000_001, 3),
        (3_000_001, 4),
        (i64::MAX, 4),
    ] {
        assert_eq!(segment.first_at(at), first, "{at}");
    }
}

#[test]
fn values_are_found_by_name_beginning_and_part() {
    let folder = TempDir::new().unwrap();
    let (segment, _) = written(&folder, &sample());
    let users = segment.column(Field::User).unwrap();
    let all: Vec<&str> = (0..users.values())
        .map(|value| users.written(value))
        .collect();
    assert_eq!(
        all,
        [
            "Alice@Example.com",
            "alice@example.com",
            "bob@example.com",
            "carol@example.com"
        ]
    );
    for (folded, named, beginning, containing) in [
        ("alice@example.com", 0..2, 0..2, vec![0, 1]),
        ("alice", 0..0, 0..2, vec![0, 1]),
        ("bob@example.com", 2..3, 2..3, vec![2]),
        ("", 0..0, 0..4, vec![0, 1, 2, 3]),
        ("example", 4..4, 4..4, vec![0, 1, 2, 3]),
        ("comb", 4..4, 4..4, vec![]),
        ("ar", 2..2, 2..2, vec![3]),
        ("zoe", 4..4, 4..4, vec![]),
        ("Alice", 0..0, 0..0, vec![]),
    ] {
        assert_eq!(users.named(folded), named, "{folded}");
        assert_eq!(users.beginning(folded), beginning, "{folded}");
        let mut found = Vec::new();
        users.containing(folded, &mut |value| found.push(value));
        assert_eq!(found, containing, "{folded}");
    }
    assert!(segment.column(Field::Id).is_none());
}

#[test]
fn messages_are_found_in_any_case_and_rows_once() {
    let folder = TempDir::new().unwrap();
    let (segment, placed) = written(&folder, &sample());
    for (id, rows) in [
        ("<ONE@example.com>", vec![placed[0]]),
        ("<two@example.com>", vec![placed[3], placed[0]]),
        ("<three@example.com>", vec![]),
    ] {
        assert_eq!(segment.rows_of_message(message_hash(id)), rows, "{id}");
    }
    assert_eq!(segment.items(placed[0]), 3);
}

#[test]
fn rows_that_are_left_out_or_dead_leave_nothing_behind() {
    let folder = TempDir::new().unwrap();
    let records = sample();
    let live: Vec<Given> = records[1..4].to_vec();
    let plain = folder.path().join("plain");
    building([live.as_slice()])
        .write(&BTreeSet::new(), &plain)
        .unwrap();

    let mut left_out = Building::default();
    assert_eq!(left_out.append(&batch(&records), &[0, 4]), 0);
    assert_eq!(left_out.append(&batch(&records), &[0, 1, 2, 3, 4]), 3);
    assert_eq!((left_out.len(), left_out.place(0)), (3, (1 << 40) + 100));
    let path = folder.path().join("left-out");
    left_out.write(&BTreeSet::new(), &path).unwrap();
    assert!(fs::read(&path).unwrap() == fs::read(&plain).unwrap());

    let path = folder.path().join("dead");
    let placed = building([records.as_slice()])
        .write(&BTreeSet::from([0, 4]), &path)
        .unwrap();
    assert_eq!(placed, [u32::MAX, 0, 2, 1, u32::MAX]);
    assert!(fs::read(&path).unwrap() == fs::read(&plain).unwrap());
}

#[test]
fn a_segment_without_rows_answers() {
    let folder = TempDir::new().unwrap();
    let (segment, placed) = written(&folder, &[]);
    assert!(placed.is_empty());
    assert_eq!((segment.len(), segment.first_at(0)), (0, 0));
    assert!(segment.rows_of_id(0).is_empty() && segment.rows_of_message(0).is_empty());
    for keyword in &FIELDS {
        let column = segment.column(keyword.field).unwrap();
        assert_eq!((column.values(), column.sets()), (0, 1));
        assert_eq!(column.rows(0).is_some(), keyword.listed);
    }
}

#[test]
fn texts_without_a_word_are_not_kept() {
    let mut given = record(1, None, "", "");
    given.located.record.object = "--".into();
    given.located.record.parameters = vec![Property {
        name: "Name".into(),
        value: "move all".into(),
    }];
    given.located.record.modified = vec![Change {
        old: " ".into(),
        new: "№1".into(),
        ..Change::default()
    }];
    let mut batch = batch(&[record(0, None, "", ""), given]);
    assert_eq!(batch.texts.rows, [1, 1]);
    assert_eq!(
        (batch.texts.joined.as_str(), &*batch.texts.ends),
        ("move all№1", &[8, 12][..])
    );
    batch.clear();
    assert!(batch.is_empty() && batch.texts.rows.is_empty());
}

#[test]
fn a_batch_that_is_used_again_is_like_a_new_one() {
    let folder = TempDir::new().unwrap();
    let mut used = batch(&sample()[2..]);
    used.clear();
    for given in &sample()[..2] {
        used.push(
            &given.located.record,
            &given.facets,
            given.located.provenance,
        );
    }
    let mut again = Building::default();
    again.append(&used, &[]);
    let paths = ["again", "new"].map(|name| folder.path().join(name));
    again.write(&BTreeSet::new(), &paths[0]).unwrap();
    building([&sample()[..2]])
        .write(&BTreeSet::new(), &paths[1])
        .unwrap();
    assert!(fs::read(&paths[0]).unwrap() == fs::read(&paths[1]).unwrap());
}

/// Everything that a segment tells of itself must be what was pushed.
fn assert_told(segment: &Segment, records: &[Given], placed: &[u32]) {
    assert_eq!(segment.len() as usize, records.len());
    let mut messages: BTreeMap<u64, BTreeSet<u32>> = BTreeMap::new();
    for (given, row) in records.iter().zip(placed) {
        let (Located { record, provenance }, row) = (&given.located, *row);
        assert_eq!(
            segment.time(row),
            record.time.map_or(i64::MAX, time::micros)
        );
        assert_eq!(segment.place(row), key::place(*provenance));
        assert_eq!(
            (segment.length(row), segment.line(row)),
            (provenance.length, provenance.line)
        );
        assert_eq!(
            (segment.part(row), segment.quality(row)),
            (provenance.part, record.quality())
        );
        assert_eq!(segment.items(row), record.message_ids().count() as u64);
        let id = key::id_bits(&record.id.0);
        assert_eq!(segment.id(row), id);
        assert!(segment.rows_of_id(id).contains(&row));
        for id in record.message_ids() {
            messages.entry(message_hash(id)).or_default().insert(row);
        }
        for keyword in &FIELDS {
            let column = segment.column(keyword.field).unwrap();
            let told: Vec<&str> = column
                .set(column.of(row))
                .map(|value| column.written(value))
                .collect();
            assert_eq!(told, values(given, keyword.field));
        }
    }
    for (hash, rows) in messages {
        assert_eq!(segment.rows_of_message(hash), Vec::from_iter(rows));
    }
    for keyword in &FIELDS {
        let column = segment.column(keyword.field).unwrap();
        assert_column(&column, keyword.listed, segment.len());
    }
}

fn assert_column(column: &Column<'_>, listed: bool, rows: u32) {
    let texts: Vec<(&str, &str)> = (0..column.values())
        .map(|value| (column.folded(value), column.written(value)))
        .collect();
    assert!(texts.is_sorted_by(|left, right| left < right));
    for (folded, written) in &texts {
        assert_eq!(*folded, text::fold(written));
        let same: Vec<u32> = (0..)
            .zip(&texts)
            .filter(|(_, text)| text.0 == *folded)
            .map(|(value, _)| value)
            .collect();
        assert_eq!(column.named(folded).collect::<Vec<_>>(), same);
    }
    assert_eq!(column.set(0).count(), 0);
    let all: Vec<u32> = (0..rows).map(|row| column.of(row)).collect();
    for set in 0..column.sets() {
        let expected: Vec<u32> = (0..rows).filter(|row| all[*row as usize] == set).collect();
        assert!(set == 0 || !expected.is_empty());
        assert_eq!(
            column.rows(set).map(Vec::from_iter),
            listed.then(|| expected.clone())
        );
        let mut wanted = vec![false; column.sets() as usize];
        wanted[set as usize] = true;
        let mut found = Vec::new();
        column.scan(0..rows, &Wanted::Flags(&wanted), &mut |first, mask| {
            scan::each(first, mask, &mut |row| found.push(row));
        });
        assert_eq!(found, expected);
    }
}

/// Texts as logs have them, few enough that records share some.
fn text_of() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[ab]{1,2}",
        "[aAΣσßİ \t]{0,3}",
        "203\\.0\\.113\\.[0-9]",
        "2001:db8::[0-9]",
        "[a-c]{17,19}",
    ]
}

prop_compose! {
    fn given_record()(
        id in 0_u64..1 << 40,
        at in prop_oneof![Just(None), (-3_i64..9).prop_map(|second| Some(second * 1_000_000)), (0_i64..50).prop_map(Some)],
        texts in proptest::array::uniform8(text_of()),
        others in proptest::collection::vec(text_of(), 0..3),
        folders in proptest::collection::vec((text_of(), proptest::collection::vec(text_of(), 0..4)), 0..4),
        facets in proptest::sample::subsequence(vec!["grant", "access", "sign-in"], 0..3),
        part in 0_u16..3,
        length in 3_u64..300,
    ) -> Given {
        let mut given = record(id, at, &texts[0], &texts[1]);
        given.facets = facets;
        given.located.provenance.part = part;
        given.located.provenance.length = length;
        let record = &mut given.located.record;
        record.mailbox.owner.clone_from(&texts[2]);
        record.mailbox.guid.clone_from(&texts[3]);
        record.app.client.clone_from(&texts[4]);
        record.app.name.clone_from(&texts[5]);
        record.country.clone_from(&texts[6]);
        record.object.clone_from(&texts[7]);
        record.other_addresses = others.iter().map(|other| Address::read(other)).collect();
        record.folders = folders
            .iter()
            .map(|(path, ids)| folder(path, &ids.iter().map(String::as_str).collect::<Vec<_>>()))
            .collect();
        given
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_is_what_was_pushed(records in proptest::collection::vec(given_record(), 0..120)) {
        let folder = TempDir::new().unwrap();
        let (segment, placed) = written(&folder, &records);
        assert_told(&segment, &records, &placed);
    }

    #[test]
    fn bytes_depend_on_the_rows_alone(
        records in proptest::collection::vec(given_record(), 1..60),
        seed in any::<prop::sample::Index>(),
        split in 1_usize..20,
        order in any::<u64>(),
    ) {
        let folder = TempDir::new().unwrap();
        // Places are unique, as they are in evidence.
        let mut records = records;
        for (at, given) in (0..).zip(&mut records) {
            given.located.provenance.offset = at * 10;
        }
        let _ = written(&folder, &records);
        let mut shuffled = records.clone();
        let turn = seed.index(shuffled.len());
        shuffled.rotate_left(turn);
        if order % 2 == 0 {
            shuffled.reverse();
        }
        let path = folder.path().join("other");
        building(shuffled.chunks(split)).write(&BTreeSet::new(), &path).unwrap();
        prop_assert!(fs::read(&path).unwrap() == fs::read(folder.path().join("columns")).unwrap());
    }

    #[test]
    fn damage_is_an_error_or_a_wrong_answer(
        records in proptest::collection::vec(given_record(), 1..40),
        flips in proptest::collection::vec((any::<prop::sample::Index>(), 1_u8..), 1..200),
        cut in proptest::option::of(any::<prop::sample::Index>()),
        spare_header in any::<bool>(),
    ) {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("columns");
        let _ = written(&folder, &records);
        let mut bytes = fs::read(&path).unwrap();
        let start = if spare_header { file::HEADER } else { 0 };
        for (at, flip) in flips {
            let at = start + at.index(bytes.len() - start);
            bytes[at] ^= flip;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let path = folder.path().join("damaged");
        fs::write(&path, bytes).unwrap();
        match Segment::open(&path) {
            Ok(segment) => ask_everything(&segment),
            Err(fault) => prop_assert!(matches!(fault, Fault::Damaged { .. }), "{fault}"),
        }
    }
}

/// Asks a segment everything, with numbers that are in it and numbers that are not.
fn ask_everything(segment: &Segment) {
    let rows = segment.len();
    for row in (0..rows).chain([rows, u32::MAX]) {
        let _ = (
            segment.time(row),
            segment.place(row),
            segment.length(row),
            segment.line(row),
        );
        let _ = (segment.part(row), segment.quality(row), segment.items(row));
        let _ = segment.rows_of_id(segment.id(row));
    }
    for at in [i64::MIN, 0, 1_000_000, i64::MAX] {
        assert!(segment.first_at(at) <= rows);
    }
    for hash in [0, 1, u64::MAX, message_hash("a")] {
        assert!(segment.rows_of_message(hash).iter().all(|row| *row < rows));
    }
    for column in FIELDS
        .iter()
        .filter_map(|keyword| segment.column(keyword.field))
    {
        for value in (0..column.values()).chain([u32::MAX]) {
            let (written, folded) = (column.written(value), column.folded(value));
            let _ = (column.named(written), column.beginning(folded));
        }
        for part in ["", "a", "203", "ς"] {
            let mut last = None;
            column.containing(part, &mut |value| {
                assert!(value < column.values() && last.replace(value) < Some(value));
            });
        }
        for set in (0..column.sets()).chain([u32::MAX]) {
            assert!(column.set(set).all(|value| value < column.values()));
            assert!(
                column
                    .rows(set)
                    .is_none_or(|mut rows_of| rows_of.all(|row| row < rows))
            );
        }
        for row in (0..rows).chain([u32::MAX]) {
            assert!(column.of(row) < column.sets());
        }
        let wanted = vec![true; column.sets() as usize];
        column.scan(0..u32::MAX, &Wanted::Flags(&wanted), &mut |first, mask| {
            scan::each(first, mask, &mut |row| assert!(row < rows));
        });
    }
}

#[test]
fn files_that_are_no_segments_are_refused() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("columns");
    assert!(matches!(Segment::open(&path), Err(Fault::System { .. })));
    for bytes in [&b""[..], b"grantseg", &[0; 10_000]] {
        fs::write(&path, bytes).unwrap();
        assert!(matches!(Segment::open(&path), Err(Fault::Damaged { .. })));
    }
}
