//! The index at one commit, open: what a snapshot looks into.
//!
//! Segments that were open already stay so from one commit to the next; only the rows taken out of them differ. Files are mapped when a state is
//! opened, so that it stays whole whatever later writers remove. Not here: what is asked of it (`snapshot`), and who writes (`writer`).

use super::Fault;
use super::free_text::{FreeText, TEXT};
use super::manifest::{self, Manifest, Part};
use super::segment::Segment;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use tantivy::TantivyError;
use tantivy::directory::error::{OpenDirectoryError, OpenReadError};

/// Name of the file of columns in the folder of a segment.
pub(super) const COLUMNS: &str = "columns";

/// How often a reader that came between two commits looks again.
const TRIES: usize = 20;

/// The index at one commit. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct State {
    /// What the commit says.
    pub manifest: Arc<Manifest>,
    /// Its segments, in the order of the manifest.
    pub segments: Vec<Arc<OpenSegment>>,
}

/// A segment with what was taken out of it up to one commit.
pub(super) struct OpenSegment {
    /// What the manifest says of it.
    pub part: Part,
    /// Its columns, open.
    pub segment: Arc<Segment>,
    /// Rows taken out.
    pub dead: Dead,
    /// Its free text; `None` when no row has any.
    pub text: Option<Arc<FreeText>>,
}

/// Rows taken out of a segment.
#[derive(Debug, Default)]
pub(super) struct Dead {
    /// Their numbers, ascending.
    pub rows: Vec<u32>,
    /// A bit for each row of the segment; empty when none is taken out.
    pub bits: Vec<u64>,
}

impl Dead {
    /// Of rows that are ascending and below `of`.
    pub fn new(rows: Vec<u32>, of: u32) -> Self {
        let words = if rows.is_empty() { 0 } else { of.div_ceil(64) };
        let mut bits = vec![0_u64; words as usize];
        for row in &rows {
            if let Some(word) = bits.get_mut((row / 64) as usize) {
                *word |= 1 << (row % 64);
            }
        }
        Self { rows, bits }
    }

    /// Whether a row is taken out.
    pub fn contains(&self, row: u32) -> bool {
        let word = self.bits.get((row / 64) as usize);
        word.is_some_and(|word| word >> (row % 64) & 1 == 1)
    }
}

impl OpenSegment {
    /// Number of rows that are not taken out.
    pub fn live(&self) -> u32 {
        self.part.rows.saturating_sub(self.part.dead)
    }

    /// Whether a row is taken out.
    pub fn is_dead(&self, row: u32) -> bool {
        self.dead.contains(row)
    }
}

impl State {
    /// Opens the last commit of the index in a folder. What `before` has open is used again.
    pub fn open(folder: &Path, before: &State) -> Result<Self, Fault> {
        let mut last = None;
        for _ in 0..TRIES {
            let manifest = Manifest::read(folder)?;
            if manifest == *before.manifest {
                return Ok(before.clone());
            }
            // A missing file was removed by a writer since its manifest was read, or else is lost.
            if last.as_ref().is_some_and(|(seen, _)| *seen == manifest) {
                break;
            }
            match Self::of(folder, &manifest, before) {
                Err(fault) if is_missing(&fault) => last = Some((manifest, fault)),
                result => return result,
            }
        }
        Err(match last {
            Some((_, Fault::System { path, .. })) => Fault::Damaged {
                path,
                what: "it is missing".into(),
            },
            Some((_, fault)) => fault,
            None => Fault::Damaged {
                path: folder.to_owned(),
                what: "it changes all the time".into(),
            },
        })
    }

    fn of(folder: &Path, manifest: &Manifest, before: &State) -> Result<Self, Fault> {
        let segments = manifest.segments.iter();
        let segments: Result<_, Fault> = segments
            .map(|part| open_segment(folder, part, before))
            .collect();
        Ok(Self {
            manifest: Arc::new(manifest.clone()),
            segments: segments?,
        })
    }
}

fn open_segment(folder: &Path, part: &Part, before: &State) -> Result<Arc<OpenSegment>, Fault> {
    let mut known = before.segments.iter();
    let same = |part: &Part| (part.number, part.rows, part.size);
    let known = known.find(|known| same(&known.part) == same(part));
    if let Some(known) = known.filter(|known| known.part == *part) {
        return Ok(Arc::clone(known));
    }
    let (segment, text) = if let Some(known) = known {
        (Arc::clone(&known.segment), known.text.clone())
    } else {
        let folder = manifest::segment_folder(folder, part.number);
        (
            Arc::new(open_columns(&folder, part)?),
            open_text(&folder, part)?,
        )
    };
    let dead = Dead::new(manifest::dead_rows(folder, part)?, part.rows);
    Ok(Arc::new(OpenSegment {
        part: part.clone(),
        segment,
        dead,
        text,
    }))
}

/// Opens the columns of a segment, which are as many and as long as the manifest says.
fn open_columns(folder: &Path, part: &Part) -> Result<Segment, Fault> {
    let path = folder.join(COLUMNS);
    require_size(&path, part.size)?;
    let segment = Segment::open(&path)?;
    if segment.len() == part.rows {
        return Ok(segment);
    }
    let what = format!("it has {} rows, not {}", segment.len(), part.rows);
    Err(Fault::Damaged { path, what })
}

/// Opens the free text of a segment, if it has any.
fn open_text(folder: &Path, part: &Part) -> Result<Option<Arc<FreeText>>, Fault> {
    if part.text == 0 {
        return Ok(None);
    }
    let path = folder.join(TEXT);
    require_size(&path, part.text)?;
    match FreeText::open(folder)? {
        Some(text) => Ok(Some(Arc::new(text))),
        None => Err(Fault::System {
            path,
            source: ErrorKind::NotFound.into(),
        }),
    }
}

/// A file that is not as long as it was written is damaged.
pub(super) fn require_size(path: &Path, size: u64) -> Result<(), Fault> {
    let found = manifest::size_of_file(path)?;
    if found == size {
        return Ok(());
    }
    Err(Fault::Damaged {
        path: path.to_owned(),
        what: format!("it has {found} bytes, not {size}"),
    })
}

fn is_missing(fault: &Fault) -> bool {
    match fault {
        Fault::System { source, .. } => source.kind() == ErrorKind::NotFound,
        Fault::Text(error) => matches!(
            error,
            TantivyError::OpenReadError(OpenReadError::FileDoesNotExist(_))
                | TantivyError::OpenDirectoryError(OpenDirectoryError::DoesNotExist(_))
        ),
        Fault::Damaged { .. } => false,
    }
}
