//! Building the index: the whole way from a file into a case, and opening it again.
//!
//! Not here: questions.

use super::asked::read;
use super::stage::{STAGE, index};
use divan::Bencher;
use divan::counter::BytesCount;

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
