//! Which segments are the index: one small file, replaced as a whole by each commit.
//!
//! A commit writes segments and lists of rows taken out first, then the manifest beside the old one, then renames it: a process that dies
//! leaves the old state or the new one. What no manifest names is rubbish of a death, removed by the next writer. Not here: what
//! segments hold.

use super::Fault;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// Name of the manifest.
const MANIFEST: &str = "manifest.json";

/// Name of the manifest that is to replace it.
const NEXT: &str = "manifest.next";

/// Version of the manifest itself; that of the whole layout is [`super::VERSION`].
const VERSION: u32 = 1;

/// Bytes that are read at once for a checksum.
const SUMMED: usize = 256 << 10;

/// How the folder of a segment begins.
const SEGMENT: &str = "segment-";

/// How a list of rows taken out begins.
const LIST: &str = "dead-";

/// What stands in the file.
#[derive(Serialize, Deserialize)]
struct Written {
    version: u32,
    #[serde(flatten)]
    manifest: Manifest,
}

/// The version alone, whatever else there is.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

/// The index at one commit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// The text that the commit carries.
    pub payload: String,
    /// Number of the next segment.
    pub next: u64,
    /// The segments, oldest first.
    pub segments: Vec<Part>,
}

/// A segment of the index.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Part {
    /// Its number, which names its folder.
    pub number: u64,
    /// Rows in it, with those taken out since.
    pub rows: u32,
    /// Rows taken out since it was written.
    pub dead: u32,
    /// Number of the list of rows taken out; 0 for none.
    pub list: u64,
    /// Bytes of its file of columns: a file of another size is damaged.
    pub size: u64,
    /// Bytes of its file of free text; 0 when it has none.
    pub text: u64,
    /// CRC-32 of its file of columns.
    pub sum: u32,
    /// CRC-32 of its file of free text; 0 when it has none.
    pub text_sum: u32,
}

impl Manifest {
    /// Reads the manifest of a folder; that of an index without a commit is empty.
    pub fn read(folder: &Path) -> Result<Self, Fault> {
        let path = folder.join(MANIFEST);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            Err(source) => return Err(Fault::System { path, source }),
        };
        parse(&bytes).map_err(|what| Fault::Damaged { path, what })
    }

    /// Replaces the manifest of a folder, and waits until the disk has it.
    pub fn write(&self, folder: &Path) -> Result<(), Fault> {
        let next = folder.join(NEXT);
        let written = Written {
            version: VERSION,
            manifest: self.clone(),
        };
        let replace = || {
            let bytes = serde_json::to_vec_pretty(&written)?;
            write_durably(&next, &bytes)?;
            fs::rename(&next, folder.join(MANIFEST))?;
            sync_folder(folder)
        };
        replace().map_err(|source| Fault::System {
            path: folder.join(MANIFEST),
            source,
        })
    }

    /// Removes what it does not name, as far as that can be removed: what is left is no harm. Only for who holds the lock.
    pub fn remove_rubbish(&self, folder: &Path) {
        let _ = fs::remove_file(folder.join(NEXT));
        let segments = self.segments.iter();
        let lists: HashMap<PathBuf, u64> = segments
            .map(|part| (segment_folder(folder, part.number), part.list))
            .collect();
        for path in entries(folder, SEGMENT) {
            match lists.get(&path) {
                None => drop(fs::remove_dir_all(path)),
                Some(list) => entries(&path, LIST)
                    .filter(|entry| *entry != list_path(&path, *list))
                    .for_each(|entry| drop(fs::remove_file(entry))),
            }
        }
    }
}

fn parse(bytes: &[u8]) -> Result<Manifest, String> {
    let versioned: Versioned = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if versioned.version != VERSION {
        return Err(format!(
            "it is of version {}, not {VERSION}",
            versioned.version
        ));
    }
    let written: Written = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    Ok(written.manifest)
}

/// The entries of a folder whose names begin so.
fn entries(folder: &Path, beginning: &'static str) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter(move |entry| entry.file_name().to_string_lossy().starts_with(beginning))
        .map(|entry| entry.path())
}

/// The folder of a segment.
pub(super) fn segment_folder(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{SEGMENT}{number:06}"))
}

fn list_path(segment: &Path, list: u64) -> PathBuf {
    segment.join(format!("{LIST}{list:06}"))
}

/// Reads a list of rows taken out of a segment, ascending.
pub(super) fn dead_rows(folder: &Path, part: &Part) -> Result<Vec<u32>, Fault> {
    if part.list == 0 {
        return Ok(Vec::new());
    }
    let path = list_path(&segment_folder(folder, part.number), part.list);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(source) => return Err(Fault::System { path, source }),
    };
    let (rows, rest) = bytes.as_chunks::<4>();
    let rows: Vec<u32> = rows.iter().map(|row| u32::from_le_bytes(*row)).collect();
    let is_sound = rest.is_empty()
        && rows.len() == part.dead as usize
        && rows.is_sorted_by(|one, other| one < other)
        && rows.last().is_none_or(|last| *last < part.rows);
    if is_sound {
        Ok(rows)
    } else {
        let what = "it is not a list of the rows taken out".into();
        Err(Fault::Damaged { path, what })
    }
}

/// Writes a new list of the rows taken out of a segment, ascending, and waits until the disk has it. The part names it from then on.
pub(super) fn write_dead_rows(folder: &Path, part: &mut Part, rows: &[u32]) -> Result<(), Fault> {
    let segment = segment_folder(folder, part.number);
    let path = list_path(&segment, part.list + 1);
    let bytes: Vec<u8> = rows.iter().flat_map(|row| row.to_le_bytes()).collect();
    write_durably(&path, &bytes)
        .and_then(|()| sync_folder(&segment))
        .map_err(|source| Fault::System { path, source })?;
    part.list += 1;
    part.dead = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    Ok(())
}

/// Bytes of a file.
pub(super) fn size_of_file(path: &Path) -> Result<u64, Fault> {
    fs::metadata(path)
        .map(|metadata| metadata.len())
        .map_err(|source| Fault::System {
            path: path.to_owned(),
            source,
        })
}

/// CRC-32 of a file. Read as it was written, it mostly comes from memory.
pub(super) fn sum_of_file(path: &Path) -> Result<u32, Fault> {
    let sum = || -> io::Result<u32> {
        let mut file = File::open(path)?;
        let (mut sum, mut bytes) = (flate2::Crc::new(), vec![0; SUMMED]);
        loop {
            match file.read(&mut bytes)? {
                0 => return Ok(sum.sum()),
                read => sum.update(bytes.get(..read).unwrap_or_default()),
            }
        }
    };
    sum().map_err(|source| Fault::System {
        path: path.to_owned(),
        source,
    })
}

fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Waits until the disk knows the names in a folder. Only unix can.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::free_text::TEXT;
    use crate::store::opened::COLUMNS;

    fn manifest() -> Manifest {
        let part = |number| Part {
            number,
            rows: 10,
            ..Part::default()
        };
        Manifest {
            payload: "7".into(),
            next: 3,
            segments: vec![part(1), part(2)],
        }
    }

    #[test]
    fn a_manifest_is_read_back_and_replaced_as_a_whole() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Manifest::read(folder.path()).unwrap(), Manifest::default());
        manifest().write(folder.path()).unwrap();
        assert_eq!(Manifest::read(folder.path()).unwrap(), manifest());
        // Died while it wrote the next one.
        fs::write(folder.path().join(NEXT), "{").unwrap();
        assert_eq!(Manifest::read(folder.path()).unwrap(), manifest());
        Manifest::default().write(folder.path()).unwrap();
        assert_eq!(Manifest::read(folder.path()).unwrap(), Manifest::default());
    }

    #[test]
    fn what_is_no_manifest_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        for (text, told) in [
            ("", "EOF"),
            ("{\"version\":2}", "of version 2, not 1"),
            ("{\"version\":1}", "missing field"),
            ("[]", "invalid"),
        ] {
            fs::write(folder.path().join(MANIFEST), text).unwrap();
            let error = Manifest::read(folder.path()).unwrap_err();
            assert!(matches!(error, Fault::Damaged { .. }));
            assert!(error.to_string().contains(told), "{error}");
        }
    }

    #[test]
    fn lists_of_rows_are_checked() {
        let folder = tempfile::tempdir().unwrap();
        let mut part = manifest().segments.remove(0);
        let segment = segment_folder(folder.path(), 1);
        fs::create_dir(&segment).unwrap();
        assert!(dead_rows(folder.path(), &part).unwrap().is_empty());
        write_dead_rows(folder.path(), &mut part, &[2, 9]).unwrap();
        assert_eq!((part.dead, part.list), (2, 1));
        assert_eq!(dead_rows(folder.path(), &part).unwrap(), [2, 9]);
        let list = list_path(&segment, 1);
        for damaged in [
            &[1, 0, 0][..],
            &[9, 0, 0, 0, 2, 0, 0, 0],
            &[2, 0, 0, 0, 10, 0, 0, 0],
        ] {
            fs::write(&list, damaged).unwrap();
            let fault = dead_rows(folder.path(), &part).unwrap_err();
            assert!(matches!(fault, Fault::Damaged { .. }), "{fault}");
        }
        fs::remove_file(&list).unwrap();
        let fault = dead_rows(folder.path(), &part).unwrap_err();
        assert!(matches!(fault, Fault::System { .. }), "{fault}");
    }

    #[test]
    fn only_rubbish_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        for segment in 1..=3 {
            fs::create_dir(segment_folder(path, segment)).unwrap();
        }
        let mut manifest = manifest();
        let mut part = manifest.segments.remove(0);
        write_dead_rows(path, &mut part, &[1]).unwrap();
        write_dead_rows(path, &mut part, &[1, 2]).unwrap();
        manifest.segments.push(part);
        let keep = segment_folder(path, 1);
        for file in [
            &keep.join(COLUMNS),
            &keep.join(TEXT),
            &path.join("lock"),
            &path.join(NEXT),
        ] {
            fs::write(file, "").unwrap();
        }
        manifest.remove_rubbish(path);
        let names = |path: &Path| {
            let entries = fs::read_dir(path).unwrap();
            let mut names: Vec<_> = entries
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            names
        };
        assert_eq!(names(path), ["lock", "segment-000001", "segment-000002"]);
        assert_eq!(names(&keep), [COLUMNS, "dead-000002", TEXT]);
    }
}
