//! The comparison with other tools works: on a few hundred records, with whoever is installed.
//!
//! Not here: any time; `cargo run --release --example bench_compare` measures.

#[path = "../examples/bench_compare/compare/mod.rs"]
mod compare;

use compare::Options;

#[test]
fn the_comparison_prints_a_table() {
    let options = Options {
        records: 0,
        csv_records: 300,
        rounds: 0,
        values: 0,
        tiny: true,
        evidence: None,
        keep: None,
        only: Vec::new(),
        program: Some(env!("CARGO_BIN_EXE_grantline").into()),
    };
    let mut out = Vec::new();
    compare::run(&options, &mut out).unwrap();
    let table = String::from_utf8(out).unwrap();
    for text in [
        "Machine: ",
        "Missing: ",
        "| *read NDJSON",
        "| *read CSV* |",
        "grantline index",
        "grantline search",
        "grantline grants",
        "| exact, listed |",
        "| open, and a first answer |",
        "| 100 originals, read and parsed |",
    ] {
        assert!(table.contains(text), "no {text:?} in\n{table}");
    }
}
