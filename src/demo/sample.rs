//! Sample evidence of our own making: an invented tenant with planted, labelled abuse (`assets/demo/README.md` is the key).
//!
//! The sample is ordinary evidence: it is written into its own case folder and read like any other file. Not here: anything that treats
//! it differently.

use sha2::{Digest, Sha256};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The files, by name.
const FILES: [(&str, &[u8]); 2] = [
    (
        "unified-audit-log.jsonl",
        include_bytes!("../../tests/fabrikam/unified-audit-log.jsonl"),
    ),
    (
        "search-unified-audit-log.csv",
        include_bytes!("../../tests/fabrikam/search-unified-audit-log.csv"),
    ),
];

/// Name of the case for this version of the sample.
pub fn case_name() -> String {
    let mut digest = Sha256::new();
    for (_, bytes) in FILES {
        digest.update(bytes);
    }
    let hex: String = crate::text::hex(&digest.finalize())
        .chars()
        .take(8)
        .collect();
    format!("demo-{hex}")
}

/// Writes the sample below a case folder, where it is not there yet, and gives the paths.
pub fn write(case: &Path) -> io::Result<Vec<PathBuf>> {
    let folder = case.join("evidence");
    fs::create_dir_all(&folder)?;
    for (name, bytes) in FILES {
        let path = folder.join(name);
        if fs::metadata(&path).map_or(true, |there| there.len() != bytes.len() as u64) {
            fs::write(path, bytes)?;
        }
    }
    Ok(vec![folder])
}
