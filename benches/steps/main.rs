//! What single steps of the program take, on a generated tenant: reading each format, finding grants, building the index, questions of each
//! class, originals, judging, a frame.
//!
//! ```sh
//! cargo bench                                        # everything, on 50,000 records
//! cargo bench --bench steps -- parse                 # one of them
//! GRANTLINE_SCALE=1000000 cargo bench --bench steps -- ask
//! ```
//!
//! `cargo test` runs each once, on little. Not here: the whole beside other tools (`cargo run --release --example bench_compare`), how
//! memory and time grow (`tests/scale.rs`).

#![expect(
    clippy::expect_used,
    reason = "a measurement that cannot be made should fail where it failed"
)]

mod ask;
#[path = "../measure/asked.rs"]
mod asked;
mod build;
mod each_record;
mod frame;
mod judge;
mod parse;
mod stage;

fn main() {
    divan::main();
}
