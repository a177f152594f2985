//! Records read again from the evidence: the index keeps no originals.
//!
//! Not here: which records are wanted (`session`), and how a row is read (`evidence`).

use crate::case::FileState;
use crate::evidence::{self, Container, Encoding, Layout, MAX_ROW, ObjectReader, Place};
use crate::record::{Located, Provenance, Record};
use crate::store::spread;
use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// Places that a thread reads before it takes more: enough for a file to be opened seldom, few enough for all threads to have some.
const TOGETHER: usize = 256;

/// The records at some places of the evidence, read again, by file and then in the order of the places. Places in files that cannot be
/// read are left out and named.
///
/// `spool` is the folder of copies of packed evidence.
pub fn reread(
    states: &[FileState],
    spool: &Path,
    places: &[Provenance],
) -> (Vec<Located>, Vec<String>) {
    let mut places = places.to_vec();
    places.sort_by_key(|place| place.file);
    let states: HashMap<u32, &FileState> = states.iter().map(|state| (state.file, state)).collect();
    let by_file = places.chunk_by(|one, other| one.file == other.file);
    let pieces: Vec<&[Provenance]> = by_file.flat_map(|same| same.chunks(TOGETHER)).collect();
    let (mut records, mut faults) = (Vec::with_capacity(places.len()), Vec::new());
    let read = |piece: &&[Provenance]| match state_of(&states, piece) {
        Ok((state, layout)) => reread_piece(state, layout, spool, piece),
        Err(fault) => (Vec::new(), vec![fault]),
    };
    for (found, wrong) in spread(&pieces, read) {
        records.extend(found);
        faults.extend(wrong);
    }
    faults.sort();
    faults.dedup();
    (records, faults)
}

/// The account of the file that some places are in, and how it is laid out.
fn state_of<'a>(
    states: &HashMap<u32, &'a FileState>,
    places: &[Provenance],
) -> Result<(&'a FileState, &'a Layout), String> {
    let file = places.first().map_or(0, |place| place.file);
    let state = *states.get(&file).ok_or_else(|| {
        format!(
            "file {file} is in the index and not in the case; index the evidence into a new case"
        )
    })?;
    let layout = state.layout.as_ref().ok_or_else(|| {
        format!(
            "{}: its layout is not known, so its records cannot be shown; index the evidence into a new case",
            state.name().display()
        )
    })?;
    Ok((state, layout))
}

/// Reads some records of one file again.
fn reread_piece(
    state: &FileState,
    layout: &Layout,
    spool: &Path,
    places: &[Provenance],
) -> (Vec<Located>, Vec<String>) {
    let path = state.location(spool);
    let mut quick = Quick::open(&path, layout);
    let quickly: Vec<Option<Record>> = places
        .iter()
        .map(|place| quick.as_mut()?.record(*place))
        .collect();
    let missed = quickly.iter().zip(places);
    let missed = missed.filter_map(|(found, place)| found.is_none().then_some(Place::from(*place)));
    let missed: Vec<Place> = missed.collect();
    let mut strictly = evidence::reread_many(&path, layout, &missed).into_iter();
    let (mut records, mut faults) = (Vec::with_capacity(places.len()), Vec::new());
    for (found, provenance) in quickly.into_iter().zip(places) {
        let found = match (found, provenance.part) {
            (Some(record), _) => Ok(Some(record)),
            (None, part) => strictly.next().map_or(Ok(None), |original| {
                original.map(|original| original.records.into_iter().nth(usize::from(part)))
            }),
        };
        match found {
            Ok(Some(record)) => records.push(Located {
                record,
                provenance: *provenance,
            }),
            Ok(None) => faults.push(format!(
                "{}: line {} is not what was indexed; the file has changed",
                state.name().display(),
                provenance.line
            )),
            Err(error) => faults.push(error.to_string()),
        }
    }
    (records, faults)
}

/// Reads rows again the fast way that they were indexed by; it reads the same record as the strict way, or none.
struct Quick {
    file: File,
    bytes: Vec<u8>,
    reader: ObjectReader,
}

impl Quick {
    /// For a file of JSON objects on lines; nothing for others, and for one that cannot be opened.
    fn open(path: &Path, layout: &Layout) -> Option<Self> {
        let is_plain = layout.container == Container::Lines && layout.encoding == Encoding::Utf8;
        is_plain
            .then(|| evidence::open(path).ok())?
            .map(|file| Self {
                file,
                bytes: Vec::new(),
                reader: ObjectReader::default(),
            })
    }

    /// The record at a place, where its row is read as one; the strict way says what is wrong with others.
    fn record(&mut self, place: Provenance) -> Option<Record> {
        let length = usize::try_from(place.length).ok()?;
        if length > MAX_ROW || place.part > 0 {
            return None;
        }
        self.bytes.resize(length, 0);
        self.file.seek(SeekFrom::Start(place.offset)).ok()?;
        self.file.read_exact(&mut self.bytes).ok()?;
        let row = str::from_utf8(&self.bytes).ok()?;
        self.reader.quick(row).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_that_cannot_be_read_again_are_named() {
        let state = FileState {
            file: 1,
            path: "/evidence/a.jsonl".into(),
            ..FileState::default()
        };
        let places = [1, 2].map(|file| Provenance {
            file,
            ..Provenance::default()
        });
        let (records, faults) = reread(&[state], Path::new("/spool"), &places);
        assert!(records.is_empty());
        assert_eq!(faults.len(), 2, "{faults:?}");
    }
}
