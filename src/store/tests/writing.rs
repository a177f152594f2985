//! Tests of the writer: what it keeps of several copies, and what a commit keeps.

use super::*;

fn add(writer: &mut Writer, samples: &[Sample]) -> Vec<Added> {
    samples
        .iter()
        .map(|sample| add_one(writer, sample, &|a, b| a < b))
        .collect()
}

/// A store in a folder of its own, with what is given indexed in several commits, so that there are several segments.
struct Filled {
    store: Store,
    folder: tempfile::TempDir,
}

impl Filled {
    fn with(samples: &[Sample]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let mut writer = store.writer().unwrap();
        for part in samples.chunks(70) {
            add(&mut writer, part);
            writer.commit("part").unwrap();
        }
        writer.finish().unwrap();
        Self { store, folder }
    }

    fn snapshot(&self) -> Snapshot {
        self.store.snapshot().unwrap()
    }
}

#[test]
fn an_id_is_indexed_once_also_after_reopening() {
    let mut first = [sample("Record-A", Some(0), "alice")];
    first[0].0.provenance = provenance(1, 0);
    let again = [
        sample("record-a ", Some(5), "bob"),
        sample("record-b", None, "bob"),
    ];
    let filled = Filled::with(&first);
    let mut writer = filled.store.writer().unwrap();
    assert_eq!(add(&mut writer, &again), [Added::Duplicate, Added::New]);
    assert_eq!(
        add(&mut writer, &again),
        [Added::Duplicate, Added::Duplicate]
    );
    writer.commit("two").unwrap();
    drop(writer);
    let reopened = Store::open(filled.folder.path()).unwrap();
    assert_eq!(
        add(&mut reopened.writer().unwrap(), &again),
        [Added::Duplicate, Added::Duplicate]
    );
    assert_eq!(reopened.snapshot().unwrap().len(), 2);
}

/// A copy of one of three events: which file it stands in, where, and how much it tells; nothing is a damaged one.
fn copy(id: u8, file: u32, row: u64, tells: usize) -> Sample {
    let mut sample = sample(&format!("event-{id}"), Some(0), "alice");
    let located = &mut sample.0;
    located.provenance = provenance(file, row);
    located.record.parameters = vec![Property::default(); tells];
    if tells == 0 {
        located.record.degraded = "cut off".into();
    }
    sample
}

/// Where the kept copies stand, after adding in this order with a commit after so many.
fn kept(copies: &[Sample], every: usize) -> Vec<Provenance> {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    for part in copies.chunks(every) {
        let mut writer = store.writer().unwrap();
        add(&mut writer, part);
        writer.commit("part").unwrap();
        writer.finish().unwrap();
    }
    let snapshot = store.snapshot().unwrap();
    let hits = snapshot.search(&Expr::All).unwrap();
    let rows = snapshot.rows(&hits, 0, usize::MAX).unwrap();
    rows.into_iter().map(|row| row.provenance).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn which_copy_is_kept_does_not_depend_on_the_order(
        copies in proptest::collection::vec((0_u8..3, 1_u32..4, 0_usize..3), 1..12).prop_map(|parts| {
            let numbered = (0..).zip(parts);
            numbered.map(|(row, (id, file, tells))| copy(id, file, row, tells)).collect::<Vec<_>>()
        }),
        seed in any::<u64>(),
        every in 1_usize..5)
    {
        let mut shuffled: Vec<_> = copies.clone();
        let key = |sample: &Sample| (sample.0.provenance.offset ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        shuffled.sort_by_key(key);
        prop_assert_eq!(kept(&shuffled, every), kept(&copies, 100));
    }
}

/// Forgets the row of a sample; says of each record whether it was damaged.
fn forget(writer: &mut Writer, sample: &Sample) -> Vec<bool> {
    let Located { record, provenance } = &sample.0;
    let gone = writer.forget(*provenance, std::iter::once(&*record.id.0));
    gone.unwrap().iter().map(|gone| gone.degraded).collect()
}

#[test]
fn a_row_that_is_read_again_is_forgotten_first() {
    let samples = [copy(0, 1, 0, 1), copy(1, 1, 1, 0), copy(2, 2, 1, 1)];
    let filled = Filled::with(&samples);
    let mut writer = filled.store.writer().unwrap();
    assert_eq!(forget(&mut writer, &samples[1]), [true]);
    assert_eq!(
        add(&mut writer, &samples[1..]),
        [Added::New, Added::Duplicate]
    );
    writer.commit("again").unwrap();
    assert_eq!(filled.snapshot().len(), 3);
}

#[test]
fn a_row_that_gave_way_and_is_read_again_stays() {
    let torn = copy(1, 2, 0, 0);
    let filled = Filled::with(std::slice::from_ref(&torn));
    let mut writer = filled.store.writer().unwrap();
    let added = add(&mut writer, &[copy(1, 1, 1, 1)]);
    assert!(matches!(added[..], [Added::Replaced(_)]));
    assert!(forget(&mut writer, &torn).is_empty());
    let added = add(&mut writer, &[copy(1, 2, 0, 2)]);
    assert!(matches!(added[..], [Added::Replaced(_)]));
    writer.commit("again").unwrap();
    assert_eq!(filled.snapshot().len(), 1);
}

#[test]
fn what_was_not_committed_is_gone_after_reopening() {
    let filled = Filled::with(&[sample("a", Some(0), "alice")]);
    let later = [sample("b", Some(1), "bob")];
    let mut writer = filled.store.writer().unwrap();
    add(&mut writer, &later);
    drop(writer);
    let reopened = Store::open(filled.folder.path()).unwrap();
    assert_eq!(reopened.snapshot().unwrap().len(), 1);
    assert_eq!(reopened.payload().unwrap(), "part");
    assert_eq!(add(&mut reopened.writer().unwrap(), &later), [Added::New]);
}

#[test]
fn a_snapshot_does_not_see_later_commits() {
    let filled = Filled::with(&[sample("a", Some(0), "alice")]);
    let before = filled.snapshot();
    let mut writer = filled.store.writer().unwrap();
    add(&mut writer, &[sample("b", Some(1), "bob")]);
    writer.commit("later").unwrap();
    assert_eq!((before.len(), filled.snapshot().len()), (1, 2));
    assert_eq!(filled.store.payload().unwrap(), "later");
}

#[test]
fn an_empty_index_answers_everything_with_nothing() {
    let filled = Filled::with(&[]);
    let snapshot = filled.snapshot();
    assert!(snapshot.is_empty());
    assert_eq!(snapshot.span().unwrap(), None);
    assert_eq!(snapshot.mailboxes(&Expr::All).unwrap(), BTreeSet::new());
    let hits = snapshot.search(&Expr::All).unwrap();
    assert!(hits.is_empty() && hits.histogram(10).is_empty() && hits.span().is_none());
    assert_eq!(filled.store.payload().unwrap(), "");
}

#[test]
fn clearing_forgets_the_records_and_their_ids() {
    let samples = [sample("a", Some(0), "alice")];
    let filled = Filled::with(&samples);
    let mut writer = filled.store.writer().unwrap();
    writer.clear().unwrap();
    assert_eq!(add(&mut writer, &samples), [Added::New]);
    writer.commit("anew").unwrap();
    assert_eq!(filled.snapshot().len(), 1);
}

#[test]
fn a_second_writer_is_told_that_the_case_is_busy() {
    let filled = Filled::with(&[]);
    let _writer = filled.store.writer().unwrap();
    let other = Store::open(filled.folder.path()).unwrap();
    assert!(matches!(other.writer(), Err(StoreError::Busy { .. })));
}

#[test]
fn every_file_of_the_index_is_compared_with_what_was_written() {
    let samples: Vec<Sample> = (0..100)
        .map(|number| {
            let mut sample = sample(&format!("event-{number}"), Some(number), "alice");
            sample.0.provenance = provenance(1, number.unsigned_abs());
            sample.0.record.parameters = vec![property("Text", "some free text".into())];
            sample
        })
        .collect();
    let filled = Filled::with(&samples);
    let mut writer = filled.store.writer().unwrap();
    let forgotten = writer.forget(provenance(1, 3), ["event-3"].into_iter());
    assert_eq!(forgotten.unwrap().len(), 1);
    writer.commit("less").unwrap();
    drop(writer);
    let damaged = || -> Vec<String> {
        let faults = filled.store.verify().unwrap();
        faults.iter().map(|(_, error)| error.to_string()).collect()
    };
    assert!(damaged().is_empty(), "{:?}", damaged());
    let segment = filled.folder.path().join("segment-000000");
    for (file, whole) in [("columns", true), ("text", true), ("dead-000001", false)] {
        let path = segment.join(file);
        let bytes = std::fs::read(&path).unwrap();
        let at = bytes.len() / 2;
        let flipped: Vec<u8> = (0..)
            .zip(&bytes)
            .map(|(place, byte)| byte ^ u8::from(place == at) << 7)
            .collect();
        let shorter = bytes[..at].to_vec();
        for written in [flipped, shorter].iter().take(if whole { 2 } else { 1 }) {
            std::fs::write(&path, written).unwrap();
            let told = damaged();
            assert_eq!(told.len(), 1, "{file}: {told:?}");
            assert!(told[0].contains("index the evidence again"), "{told:?}");
        }
        std::fs::remove_file(&path).unwrap();
        assert!(damaged()[0].contains("is missing"), "{:?}", damaged());
        std::fs::write(&path, &bytes).unwrap();
    }
    assert!(damaged().is_empty(), "{:?}", damaged());
}
