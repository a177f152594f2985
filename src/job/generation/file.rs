//! The folder of an invented tenant and the files in it: nothing is overwritten, and what fails leaves nothing behind.
//!
//! Not here: what stands in them.

use super::lines::{Need, Rendered};
use super::pen::{Pen, Pens};
use super::{EVIDENCE, LABELS, Written};
use crate::demo::damage::{Damage, Tally};
use crate::demo::shape::Shape;
use crate::job::JobError;
use serde_json::Value;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Bytes that are gathered before they are written.
const GATHERED: usize = 1 << 20;

/// A folder that is removed again, with what was put in, unless it is kept.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    made: Vec<Made>,
}

/// Something that was made, in the order in which it was.
#[derive(Debug)]
enum Made {
    Folder(PathBuf),
    File(PathBuf),
}

impl Folder {
    /// Makes the folder and the one for evidence in it. One that is there must be empty.
    pub fn new(path: &Path) -> Result<Self, JobError> {
        let mut folder = Self {
            path: path.to_owned(),
            made: Vec::new(),
        };
        if !path.exists() {
            folder.make_all(path)?;
        }
        let mut entries = fs::read_dir(path).map_err(|error| failed(path, error))?;
        if entries.next().is_some() {
            return Err(JobError::NotEmpty {
                path: path.to_owned(),
                hint: hint(path),
            });
        }
        folder.make(&path.join(EVIDENCE))?;
        Ok(folder)
    }

    /// A folder with those above it that are not there.
    fn make_all(&mut self, path: &Path) -> Result<(), JobError> {
        let missing: Vec<&Path> = path
            .ancestors()
            .take_while(|above| !above.as_os_str().is_empty() && !above.exists())
            .collect();
        // With `..` in it, a folder can be there as soon as another one is.
        let mut missing = missing.iter().rev();
        missing.try_for_each(|above| {
            if above.is_dir() {
                Ok(())
            } else {
                self.make(above)
            }
        })
    }

    fn make(&mut self, path: &Path) -> Result<(), JobError> {
        fs::create_dir(path).map_err(|error| failed(path, error))?;
        self.made.push(Made::Folder(path.to_owned()));
        Ok(())
    }

    fn file(&mut self, path: &Path) -> Result<File, JobError> {
        let file = OpenOptions::new().write(true).create_new(true).open(path);
        let file = file.map_err(|error| failed(path, error))?;
        self.made.push(Made::File(path.to_owned()));
        Ok(file)
    }

    /// A file about the tenant, or one beside the evidence that is none.
    pub fn bytes(&mut self, name: &str, bytes: &[u8]) -> Result<Written, JobError> {
        let path = self.path.join(name);
        let mut file = self.file(&path)?;
        file.write_all(bytes)
            .map_err(|error| failed(&path, error))?;
        Ok(Written {
            path,
            shape: None,
            records: 0,
            bytes: bytes.len() as u64,
        })
    }

    /// Nothing of it is removed any more.
    pub fn keep(mut self) {
        self.made.clear();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        for made in self.made.iter().rev() {
            // What cannot be removed stays; the error that led here is the one to tell.
            let _ = match made {
                Made::Folder(path) => fs::remove_dir(path),
                Made::File(path) => fs::remove_file(path),
            };
        }
    }
}

/// What to say of a folder that is not empty: whether a run that was killed left it so.
fn hint(path: &Path) -> &'static str {
    if path.join(EVIDENCE).is_dir() && !path.join(LABELS).exists() {
        "; it has evidence without labels, as a run leaves it that was cut short"
    } else {
        ""
    }
}

/// One file of evidence, or a stream of it.
#[derive(Debug)]
pub(super) struct Output<W> {
    shape: &'static Shape,
    path: PathBuf,
    file: W,
    pen: Pen,
    /// Only these records of its stream: those that a damaged log has a second time.
    only: Option<Damage>,
    gathered: Vec<u8>,
    records: u64,
    bytes: u64,
}

impl Output<File> {
    /// A new file of a shape, named after it.
    pub fn new(folder: &mut Folder, shape: &'static Shape, pen: Pen) -> Result<Self, JobError> {
        let name = format!("{}.{}", shape.name, shape.extension);
        Self::named(folder, &name, shape, pen)
    }

    /// A new file for records that stand in another one already.
    pub fn again(
        folder: &mut Folder,
        shape: &'static Shape,
        pens: &Pens,
        number: u64,
    ) -> Result<Option<Self>, JobError> {
        let Some(damage) = pens.damage() else {
            return Ok(None);
        };
        let name = format!("again-{}.{}", shape.name, shape.extension);
        let mut output = Self::named(folder, &name, shape, pens.pen(shape, number))?;
        output.only = Some(damage.clone());
        Ok(Some(output))
    }

    fn named(
        folder: &mut Folder,
        name: &str,
        shape: &'static Shape,
        pen: Pen,
    ) -> Result<Self, JobError> {
        let path = folder.path.join(EVIDENCE).join(name);
        let file = folder.file(&path)?;
        Ok(Self::to(file, path, shape, pen))
    }

    /// Ends the file that was finished.
    pub fn end(self) -> Result<Written, JobError> {
        // What a full disk refuses late is refused here, not after the labels say that all is there.
        let synced = self.file.sync_all();
        synced.map_err(|error| failed(&self.path, error))?;
        Ok(self.written())
    }
}

impl<W: Write> Output<W> {
    /// An output of a shape; the path is for messages.
    pub fn to(file: W, path: PathBuf, shape: &'static Shape, pen: Pen) -> Self {
        Self {
            shape,
            file,
            path,
            pen,
            only: None,
            gathered: Vec::with_capacity(GATHERED),
            records: 0,
            bytes: 0,
        }
    }

    /// How it needs its stream.
    pub fn need(&self) -> Need {
        if self.pen.is_plain() {
            Need::Lines
        } else {
            Need::Values
        }
    }

    /// The shape it has.
    pub fn shape(&self) -> &'static Shape {
        self.shape
    }

    /// Whether all records must be seen before the first is written.
    pub fn must_survey(&self) -> bool {
        self.pen.must_survey()
    }

    /// Sees records that will be written later.
    pub fn survey(&mut self, rendered: &Rendered) {
        if let Some(lines) = rendered.stream(self.shape.stream) {
            for value in &lines.values {
                if self.takes(value) {
                    self.pen.survey(value);
                }
            }
        }
    }

    /// Writes the records of its stream.
    pub fn take(&mut self, rendered: &Rendered) -> Result<(), JobError> {
        let Some(lines) = rendered.stream(self.shape.stream) else {
            return Ok(());
        };
        if self.pen.is_plain() {
            self.records += lines.count;
            self.put(&lines.bytes)
        } else {
            self.values(&lines.values)
        }
    }

    /// Writes records given as values.
    pub fn values(&mut self, values: &[Value]) -> Result<(), JobError> {
        for value in values {
            if !self.takes(value) {
                continue;
            }
            self.pen.record(value, &mut self.gathered);
            self.records += 1;
            if self.gathered.len() >= GATHERED {
                self.flush()?;
            }
        }
        Ok(())
    }

    /// Writes what the shape ends with, and what was gathered.
    pub fn finish(&mut self) -> Result<(), JobError> {
        self.pen.end(&mut self.gathered);
        self.flush()
    }

    /// The faults that were put in.
    pub fn tally(&self) -> Option<&Tally> {
        self.pen.tally()
    }

    /// What was written.
    pub fn written(&self) -> Written {
        Written {
            path: self.path.clone(),
            shape: Some(self.shape.name),
            records: self.records,
            bytes: self.bytes,
        }
    }

    /// Whether the file has a record of its stream.
    fn takes(&self, value: &Value) -> bool {
        let is_for = |only: &Damage| only.is_again(value);
        (self.shape.takes)(value) && self.only.as_ref().is_none_or(is_for)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), JobError> {
        self.gathered.extend_from_slice(bytes);
        if self.gathered.len() >= GATHERED {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), JobError> {
        let written = self.file.write_all(&self.gathered);
        written.map_err(|error| failed(&self.path, error))?;
        self.bytes += self.gathered.len() as u64;
        self.gathered.clear();
        Ok(())
    }
}

/// The error of a file that could not be written.
pub(super) fn failed(path: &Path, source: io::Error) -> JobError {
    JobError::Write {
        path: path.to_owned(),
        source,
    }
}
