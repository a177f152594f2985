//! Grantline beside the tools one would reach for instead, on the same files: as Markdown.
//!
//! ```sh
//! cargo run --release --example bench_compare -- [--records N] [--rounds K] [--only TEXT,...] [--keep DIR] [--tiny]
//! ```
//!
//! It generates a tenant, writes its unified log as NDJSON and as the CSV of `Search-UnifiedAuditLog`, and lets Grantline and whatever
//! is installed of the others do their work on these files: in turn, one round after another, so that a busy moment strikes all of
//! them. Figures are medians; ratios are medians of the ratios within a round, and steadier than the times themselves.
//!
//! The others, and where they come from (Debian names):
//!
//! * `openssl dgst -sha256`: what hashing alone takes (`apt install openssl`);
//! * `DuckDB`, the Python module (`python3 -m venv peers && peers/bin/pip install duckdb`, then `GRANTLINE_PEERS_PYTHON=peers/bin/python`);
//! * `sqlite3` from 3.38 on, with JSON (`apt install sqlite3`), `rg` (`apt install ripgrep`), `jq`, `lnav`.
//!
//! Who is missing is named in the table. One million records take 5 GB of disk in the folder for temporary files; `TMPDIR` or
//! `--keep` puts them elsewhere. Not here: what single steps of the program take (`cargo bench`), and any assertion about time.

mod compare;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    // The program under measurement is this one under another name: built from the same library, so never an older one.
    if std::env::var_os(compare::ACT_AS_PROGRAM).is_some() {
        return grantline::cli::main();
    }
    let options = compare::Options::parse();
    match compare::run(&options, &mut std::io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            grantline_says(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

fn grantline_says(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "bench_compare: {text}");
}
