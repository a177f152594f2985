//! Building the index: its steps, the whole way from a file into a case, and opening it again.
//!
//! Not here: questions.

use super::asked::read;
use super::stage::{STAGE, index};
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use grantline::hunt::facet;
use grantline::record::Located;
use grantline::store::{Batch, Store};

/// Records that are gathered together, as a block of a file has.
const TOGETHER: usize = 700;

/// What threads that read do with records: their values into the columns of a batch. Counts records.
#[divan::bench(sample_count = 20)]
fn gather(bencher: Bencher<'_, '_>) {
    bencher
        .counter(ItemsCount::new(STAGE.records.len()))
        .bench(gathered);
}

/// What the one thread that decides does with batches: which copies are kept, columns put together, and the segment written. Counts records.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn put_together(bencher: Bencher<'_, '_>) {
    let batches = gathered();
    bencher
        .counter(ItemsCount::new(STAGE.records.len()))
        .with_inputs(|| tempfile::tempdir().expect("a folder can be made"))
        .bench_refs(|folder| {
            let store = Store::open(folder.path()).expect("an index is begun");
            let mut writer = store.writer().expect("nobody else writes");
            for batch in &batches {
                let kept = writer.add_batch(batch, &|one, other| one < other);
                kept.expect("records are added");
            }
            writer.commit("1").expect("it is written");
        });
}

fn gathered() -> Vec<Batch> {
    let gather = |records: &[Located]| {
        let mut batch = Batch::default();
        for Located { record, provenance } in records {
            batch.push(record, &facet::facets(record), *provenance);
        }
        batch
    };
    STAGE.records.chunks(TOGETHER).map(gather).collect()
}

/// The whole way, into a new folder.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn index_a_log(bencher: Bencher<'_, '_>) {
    let bytes = STAGE.log.metadata().expect("the log is there").len();
    bencher
        .counter(BytesCount::new(bytes))
        .with_inputs(|| tempfile::tempdir().expect("a folder can be made"))
        .bench_refs(|folder| {
            index(
                std::slice::from_ref(&STAGE.log),
                &folder.path().join("case"),
            );
        });
}

/// Opens the case and lists its first rows, as the workbench does at the start.
#[divan::bench(sample_count = 50)]
fn reopen() -> usize {
    let session = STAGE.session();
    let found = session.search(&read("")).expect("it is found");
    found.rows(0, 50).expect("rows are there").len()
}
