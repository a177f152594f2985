//! From bytes in memory to records: splitting, text, meaning; and hashing alone.
//!
//! Not here: unpacking, and what is made of records.

use super::stage::{SHAPES, STAGE, log};
use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use grantline::demo::shape::{SHAPES as ALL, Shape, Stream};
use grantline::evidence;
use std::fs;
use std::ops::ControlFlow;

/// Shapes that are read: of each format of logs the first of each kind of file.
pub fn shapes() -> Vec<&'static str> {
    let mut chosen: Vec<&Shape> = Vec::new();
    for shape in ALL {
        let is_log = !matches!(shape.stream, Stream::Inventory(_)) && !shape.is_refused;
        let is_like =
            |other: &&Shape| other.format == shape.format && other.extension == shape.extension;
        if is_log && !chosen.iter().any(is_like) {
            chosen.push(shape);
        }
    }
    // Decoding comes on top.
    let names = chosen.into_iter().map(|shape| shape.name);
    names.chain(["native-lines-unicode"]).collect()
}

/// A file of each shape, hashed on the way.
#[divan::bench(args = shapes(), sample_count = 10)]
fn parse(bencher: Bencher<'_, '_>, shape: &str) {
    let path = log(SHAPES.path(), shape);
    let bytes = fs::read(&path).expect("the file is there");
    let read = || {
        evidence::read_from(&mut bytes.as_slice(), &path, &mut |_, row| {
            black_box(row);
            ControlFlow::Continue(())
        })
    };
    bencher.counter(BytesCount::new(bytes.len())).bench(read);
}

/// SHA-256 of a file in the page cache: what no way of reading it can be faster than.
#[divan::bench(sample_count = 10)]
fn digest(bencher: Bencher<'_, '_>) {
    let bytes = STAGE.log.metadata().expect("the log is there").len();
    bencher
        .counter(BytesCount::new(bytes))
        .bench(|| evidence::digest(&STAGE.log, None));
}
