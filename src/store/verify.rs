//! Whether the files of the index are still what was written: every byte is read, which opening does not do.
//!
//! Not here: the evidence (`job::custody`), and what to do about a damaged index (`advice`).

use super::Fault;
use super::free_text::TEXT;
use super::manifest::{self, Manifest, Part};
use super::opened::{COLUMNS, require_size};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// How often a look at files that a writer took away meanwhile is repeated.
const TRIES: usize = 20;

/// The files of the last commit that are not what was written.
pub(super) fn verify(folder: &Path) -> Result<Vec<(PathBuf, Fault)>, Fault> {
    let mut faults = Vec::new();
    for _ in 0..TRIES {
        let manifest = Manifest::read(folder)?;
        let parts = manifest.segments.iter();
        faults = parts.flat_map(|part| verify_part(folder, part)).collect();
        if faults.is_empty() || Manifest::read(folder)? == manifest {
            break;
        }
    }
    Ok(faults)
}

fn verify_part(folder: &Path, part: &Part) -> Vec<(PathBuf, Fault)> {
    let segment = manifest::segment_folder(folder, part.number);
    let columns = (segment.join(COLUMNS), part.size, part.sum);
    let text = (segment.join(TEXT), part.text, part.text_sum);
    let mut faults = Vec::new();
    for (path, size, sum) in [columns, text] {
        if size > 0
            && let Err(fault) = verify_file(&path, size, sum)
        {
            faults.push((path.clone(), told(path, fault)));
        }
    }
    if let Err(fault) = manifest::dead_rows(folder, part) {
        faults.push((segment.clone(), told(segment, fault)));
    }
    faults
}

fn verify_file(path: &Path, size: u64, sum: u32) -> Result<(), Fault> {
    require_size(path, size)?;
    if manifest::sum_of_file(path)? == sum {
        return Ok(());
    }
    Err(Fault::Damaged {
        path: path.to_owned(),
        what: "its bytes are not those that were written".to_owned(),
    })
}

/// A file that is gone is damage, for which there is something to do.
fn told(path: PathBuf, fault: Fault) -> Fault {
    match fault {
        Fault::System { source, .. } if source.kind() == ErrorKind::NotFound => Fault::Damaged {
            path,
            what: "it is missing".to_owned(),
        },
        other => other,
    }
}
