//! Tests of commits: the writer against a model of it, and death at any moment.

use super::*;
use crate::store::writer::Limit;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// A copy of one of some events: where it stands and how much it tells; nothing is a damaged one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Copy {
    id: u16,
    file: u32,
    row: u64,
    tells: usize,
}

impl Copy {
    fn provenance(self) -> Provenance {
        Provenance {
            part: self.id,
            ..provenance(self.file, self.row)
        }
    }

    /// A word that no other copy has.
    fn word(self) -> String {
        let Self {
            id,
            file,
            row,
            tells,
        } = self;
        format!("told{id}x{file}x{row}x{tells}")
    }

    fn sample(self) -> Sample {
        let mut sample = sample(&format!("event-{}", self.id), Some(0), "alice");
        let Located { record, provenance } = &mut sample.0;
        *provenance = self.provenance();
        record.parameters = vec![Property::default(); self.tells];
        record.object = self.word();
        record.parameters.push(Property {
            name: "Text".into(),
            value: format!("the words {}", self.word()),
        });
        if self.tells == 0 {
            record.degraded = "cut off".into();
        }
        sample
    }

    fn displaced(self) -> Displaced {
        let Provenance {
            file,
            offset,
            line,
            part,
            ..
        } = self.provenance();
        let degraded = self.tells == 0;
        Displaced {
            provenance: Provenance {
                file,
                offset,
                line: if degraded { line } else { 0 },
                length: 0,
                part,
            },
            degraded,
        }
    }
}

/// What is done to a writer.
#[derive(Debug, Clone)]
enum Step {
    Add(Copy),
    Batch(Vec<Copy>),
    Forget(Copy),
    Begin,
    Poll,
    Finish,
    Commit,
    Clear,
    Reopen,
}

fn any_copy() -> impl Strategy<Value = Copy> {
    (0_u16..6, 1_u32..4, 0_u64..4, 0_usize..3).prop_map(|(id, file, row, tells)| Copy {
        id,
        file,
        row,
        tells,
    })
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => any_copy().prop_map(Step::Add),
        4 => proptest::collection::vec(any_copy(), 0..9).prop_map(Step::Batch),
        2 => any_copy().prop_map(Step::Forget),
        3 => Just(Step::Begin),
        2 => Just(Step::Poll),
        1 => Just(Step::Finish),
        1 => Just(Step::Commit),
        1 => Just(Step::Clear),
        1 => Just(Step::Reopen),
    ]
}

/// What the index should hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Model {
    kept: BTreeMap<u16, Copy>,
    payload: String,
}

impl Model {
    fn add(&mut self, copy: Copy) -> Added {
        let rank = |copy: Copy| (std::cmp::Reverse(copy.tells), copy.file, copy.row);
        match self.kept.get(&copy.id).copied() {
            None => drop(self.kept.insert(copy.id, copy)),
            Some(known) if rank(copy) < rank(known) => {
                self.kept.insert(copy.id, copy);
                return Added::Replaced(known.displaced());
            }
            Some(_) => return Added::Duplicate,
        }
        Added::New
    }

    fn batch(&mut self, copies: &[Copy]) -> Kept {
        let mut kept = Kept::default();
        for (row, copy) in (0..).zip(copies) {
            match self.add(*copy) {
                Added::New => {}
                Added::Duplicate => kept.duplicates.push(row),
                Added::Replaced(displaced) => kept.replaced.push((row, displaced)),
            }
        }
        kept
    }

    /// Forgets the row of a copy, with all events that may stand in it.
    fn forget(&mut self, row: Copy) -> Vec<Displaced> {
        let inside = |copy: &Copy| (copy.file, copy.row) == (row.file, row.row);
        let gone = self.kept.extract_if(.., |_, copy| inside(copy));
        gone.map(|(_, copy)| copy.displaced()).collect()
    }
}

fn precedes(one: u32, other: u32) -> bool {
    one < other
}

fn batch(copies: &[Copy]) -> Batch {
    let mut batch = Batch::default();
    for (located, facets) in copies.iter().map(|copy| copy.sample()) {
        batch.push(&located.record, &facets, located.provenance);
    }
    batch
}

/// What an index holds, read by all ways there are.
fn held(store: &Store) -> BTreeMap<u16, Provenance> {
    let snapshot = store.snapshot().unwrap();
    let hits = snapshot.search(&Expr::All).unwrap();
    let rows = snapshot.rows(&hits, 0, usize::MAX).unwrap();
    assert_eq!(snapshot.len(), rows.len() as u64);
    let held: BTreeMap<_, _> = rows
        .iter()
        .map(|row| (row.provenance.part, row.provenance))
        .collect();
    assert_eq!(held.len(), rows.len());
    held
}

/// Asserts that an index holds what a model says.
fn check_index(store: &Store, model: &Model) {
    let meant: BTreeMap<_, _> = model
        .kept
        .values()
        .map(|copy| (copy.id, copy.provenance()))
        .collect();
    assert_eq!(held(store), meant);
    assert_eq!(store.payload().unwrap(), model.payload);
    let snapshot = store.snapshot().unwrap();
    for copy in model.kept.values() {
        let found = snapshot.search(&Expr::word(&format!("words {}", copy.word())));
        let found = snapshot.rows(&found.unwrap(), 0, 9).unwrap();
        let places: Vec<_> = found.iter().map(|row| row.provenance).collect();
        assert_eq!(places, [copy.provenance()]);
    }
}

/// A writer beside its model.
struct Pair {
    store: Store,
    folder: tempfile::TempDir,
    limit: Limit,
    writer: Option<Writer>,
    model: Model,
    /// What the last commit that was begun holds.
    begun: Model,
    is_begun: bool,
}

impl Pair {
    fn new(limit: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let limit = Limit {
            rows: limit,
            bytes: usize::MAX,
        };
        let mut pair = Self {
            store: Store::open(folder.path()).unwrap(),
            folder,
            limit,
            writer: None,
            model: Model::default(),
            begun: Model::default(),
            is_begun: false,
        };
        pair.reopen();
        pair
    }

    fn reopen(&mut self) {
        // The lock is let go of first; a commit that was begun happens.
        self.writer = None;
        check_index(&self.store, &self.begun);
        let mut writer = self.store.writer().unwrap();
        writer.set_limit(self.limit);
        self.writer = Some(writer);
        self.model = self.begun.clone();
        self.is_begun = false;
    }

    fn begin(&mut self, payload: usize) {
        self.model.payload = payload.to_string();
        let writer = self.writer.as_mut().unwrap();
        writer.begin_commit(&self.model.payload).unwrap();
        self.begun = self.model.clone();
        self.is_begun = true;
    }

    fn finish(&mut self) {
        let happened = self.writer.as_mut().unwrap().finish_commit().unwrap();
        assert_eq!(happened, std::mem::take(&mut self.is_begun));
        check_index(&self.store, &self.begun);
    }

    fn step(&mut self, number: usize, step: &Step) {
        let writer = self.writer.as_mut().unwrap();
        match step {
            Step::Add(copy) => {
                let added = add_one(writer, &copy.sample(), &precedes);
                assert_eq!(added, self.model.add(*copy));
            }
            Step::Batch(copies) => {
                let kept = writer.add_batch(&batch(copies), &precedes).unwrap();
                assert_eq!(kept, self.model.batch(copies));
            }
            Step::Forget(copy) => {
                let row = provenance(copy.file, copy.row);
                let ids: Vec<String> = (0..6).map(|id| format!("event-{id}")).collect();
                let gone = writer.forget(row, ids.iter().map(String::as_str)).unwrap();
                assert_eq!(gone, self.model.forget(*copy));
            }
            Step::Begin => self.begin(number),
            Step::Poll => {
                if writer.poll_commit().unwrap() {
                    assert!(std::mem::take(&mut self.is_begun));
                }
                assert_eq!(writer.is_committing(), self.is_begun);
            }
            Step::Finish => self.finish(),
            Step::Commit => {
                self.begin(number);
                self.finish();
            }
            Step::Clear => {
                writer.clear().unwrap();
                self.model.kept.clear();
            }
            Step::Reopen => self.reopen(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn a_writer_does_what_its_model_does(
        steps in proptest::collection::vec(any_step(), 1..24),
        limit in proptest::sample::select(vec![1_usize, 3, 7, 1000]))
    {
        let mut pair = Pair::new(limit);
        for (number, step) in steps.iter().enumerate() {
            pair.step(number, step);
        }
        pair.reopen();
        // Nothing is left in the folder that the commit does not name.
        let manifest = manifest::Manifest::read(pair.folder.path()).unwrap();
        let before = files(pair.folder.path());
        manifest.remove_rubbish(pair.folder.path());
        prop_assert_eq!(files(pair.folder.path()), before);
    }
}

/// The files of a folder by their paths in it.
fn files(folder: &Path) -> BTreeMap<std::path::PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(here) = folders.pop() {
        for entry in fs::read_dir(here).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_owned();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

fn put(folder: &Path, name: &Path, bytes: &[u8]) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

#[test]
fn whatever_moment_a_process_dies_at_the_old_commit_or_the_new_one_is_there() {
    let copies: Vec<Copy> = (0..40).map(|at| copy_of(at, 2, 1)).collect();
    let mut pair = Pair::new(1000);
    pair.step(0, &Step::Batch(copies));
    pair.step(1, &Step::Commit);
    let before = (files(pair.folder.path()), pair.begun.clone());
    // A new segment, and rows taken out of the old one.
    let better = (20..60).map(|at| copy_of(at, 1, 2)).collect();
    pair.step(2, &Step::Batch(better));
    pair.step(3, &Step::Commit);
    let after = files(pair.folder.path());
    let written = after.iter().filter(|(name, bytes)| {
        name.as_os_str() != "manifest.json" && before.0.get(*name) != Some(bytes)
    });
    let written: Vec<_> = written.collect();
    assert!(written.len() >= 3, "{written:?}");
    let manifest = &after[Path::new("manifest.json")];
    for whole in 0..=written.len() {
        for half in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            before
                .0
                .iter()
                .for_each(|(name, bytes)| put(folder.path(), name, bytes));
            let done = written.iter().take(whole);
            done.for_each(|(name, bytes)| put(folder.path(), name, bytes));
            match written.get(whole) {
                Some((name, bytes)) if half => put(folder.path(), name, &bytes[..bytes.len() / 2]),
                None if half => put(folder.path(), Path::new("manifest.next"), &manifest[..50]),
                _ => {}
            }
            let store = Store::open(folder.path()).unwrap();
            check_index(&store, &before.1);
            let mut writer = store.writer().unwrap();
            assert_eq!(files(folder.path()), before.0);
            add_one(&mut writer, &copy_of(99, 1, 1).sample(), &precedes);
            writer.commit("on").unwrap();
            assert_eq!(held(&store).len(), 41);
        }
    }
}

fn copy_of(at: u16, file: u32, tells: usize) -> Copy {
    Copy {
        id: at,
        file,
        row: at.into(),
        tells,
    }
}

#[test]
fn a_commit_that_is_begun_holds_what_was_added_before_it_alone() {
    let mut pair = Pair::new(1000);
    pair.step(0, &Step::Add(copy_of(1, 2, 1)));
    pair.step(1, &Step::Begin);
    // Takes the place of a row that is being written.
    pair.step(2, &Step::Add(copy_of(1, 1, 2)));
    pair.step(3, &Step::Add(copy_of(2, 1, 2)));
    pair.finish();
    assert_eq!(pair.begun.kept.len(), 1);
    pair.step(4, &Step::Commit);
    assert_eq!(pair.begun.kept.len(), 2);
}

#[test]
fn a_snapshot_outlives_the_files_it_was_opened_from() {
    let mut pair = Pair::new(1000);
    pair.step(0, &Step::Add(copy_of(1, 2, 1)));
    pair.step(1, &Step::Commit);
    let snapshot = pair.store.snapshot().unwrap();
    pair.step(2, &Step::Clear);
    pair.step(3, &Step::Commit);
    assert!(pair.store.snapshot().unwrap().is_empty());
    let found = snapshot.search(&Expr::word(&copy_of(1, 2, 1).word()));
    assert_eq!(found.unwrap().len(), 1);
}

#[cfg(unix)]
#[test]
fn an_index_that_may_not_be_written_is_read() {
    use std::os::unix::fs::PermissionsExt;
    let mut pair = Pair::new(1000);
    pair.step(0, &Step::Add(copy_of(1, 2, 1)));
    pair.step(1, &Step::Commit);
    pair.writer = None;
    let before = files(pair.folder.path());
    let mode = |mode| fs::set_permissions(pair.folder.path(), fs::Permissions::from_mode(mode));
    mode(0o500).unwrap();
    let store = Store::open(pair.folder.path()).unwrap();
    check_index(&store, &pair.begun);
    mode(0o700).unwrap();
    // Who may do everything is not stopped, but has nothing written either.
    assert_eq!(files(pair.folder.path()), before);
}

#[test]
fn a_missing_or_short_file_is_told_of_with_what_to_do() {
    let mut pair = Pair::new(1000);
    pair.step(0, &Step::Add(copy_of(1, 2, 1)));
    pair.step(1, &Step::Commit);
    pair.writer = None;
    let segment = manifest::segment_folder(pair.folder.path(), 0);
    let columns = segment.join(opened::COLUMNS);
    let text = segment.join(free_text::TEXT);
    let told = || {
        let store = Store::open(pair.folder.path()).unwrap();
        let error = store.snapshot().err().unwrap().to_string();
        assert!(error.contains("remove this folder"), "{error}");
        error
    };
    let bytes = fs::read(&text).unwrap();
    fs::remove_file(&text).unwrap();
    assert!(told().contains("missing"));
    fs::write(&text, bytes).unwrap();
    let bytes = fs::read(&columns).unwrap();
    fs::write(&columns, &bytes[1..]).unwrap();
    assert!(told().contains("bytes, not"));
    fs::remove_file(&columns).unwrap();
    assert!(told().contains("missing"));
    fs::write(pair.folder.path().join("manifest.json"), "{").unwrap();
    let error = Store::open(pair.folder.path()).err().unwrap().to_string();
    assert!(error.contains("remove this folder"), "{error}");
}

#[test]
fn the_lock_is_held_until_a_commit_that_was_begun_has_happened() {
    let mut pair = Pair::new(1000);
    pair.step(0, &Step::Add(copy_of(1, 2, 1)));
    pair.step(1, &Step::Begin);
    assert!(matches!(pair.store.writer(), Err(StoreError::Busy { .. })));
    pair.reopen();
}
