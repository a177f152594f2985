//! The shapes in which collectors and portals hand over logs and inventories: one table, against which the table of readers is checked.
//!
//! Not here: the records themselves (`native`, `sign_in`, `directory`, `inventory`).

use super::world::{Fault, unknown};
use serde_json::Value;

/// What a shape is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stream {
    /// The unified audit log; its writers are given native records.
    Unified,
    /// Sign-ins; its writers are given objects of Graph.
    SignIns,
    /// Directory changes; its writers are given objects of Graph.
    Directory,
    /// One kind of inventory (of `record::inventory::KINDS`).
    Inventory(&'static str),
}

impl Stream {
    /// The word for it in listings.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unified => "unified",
            Self::SignIns => "sign-ins",
            Self::Directory => "directory",
            Self::Inventory(kind) => kind,
        }
    }
}

/// One shape.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Its name on the command line: small letters and hyphens.
    pub name: &'static str,
    /// The format of `evidence` that reads it.
    pub format: &'static str,
    /// What it is of.
    pub stream: Stream,
    /// End of its file's name, without the dot.
    pub extension: &'static str,
    /// What it is, in one line.
    pub what: &'static str,
    /// Whether a file of it is the stream's own records as they are made, one a line: then no writer is asked.
    pub is_plain: bool,
    /// Whether it can hold a record at all.
    pub takes: fn(&Value) -> bool,
    /// Makes a writer for one file.
    pub writer: fn() -> Box<dyn Writer>,
}

/// Writes one file of a shape, record by record.
pub trait Writer: std::fmt::Debug + Send {
    /// Whether every record must be seen once, by [`Writer::survey`], before the first is written: tables whose columns depend on all rows.
    fn must_survey(&self) -> bool {
        false
    }
    /// Takes note of a record, for the header.
    fn survey(&mut self, _record: &Value) {}
    /// Appends a record, and before the first what a file begins with.
    fn record(&mut self, record: &Value, out: &mut Vec<u8>);
    /// Appends what a file ends with.
    fn end(&mut self, out: &mut Vec<u8>);
}

/// The usual shape of each log and inventory.
pub fn usual() -> Vec<&'static Shape> {
    chosen(&[]).unwrap_or_default()
}

/// The shapes of some names, each once, in the order of the table; `all` is every shape.
pub fn named(names: &[String]) -> Result<Vec<&'static Shape>, Fault> {
    let names = || {
        let names = names.iter().map(|name| name.trim());
        names.filter(|name| !name.is_empty())
    };
    let is_known = |name: &str| name == "all" || SHAPES.iter().any(|shape| shape.name == name);
    if let Some(name) = names().find(|name| !is_known(name)) {
        let known: Vec<&str> = SHAPES.iter().map(|shape| shape.name).collect();
        return Err(unknown("shape", name, known.join(", ")));
    }
    let is_named = |shape: &&Shape| names().any(|name| name == "all" || name == shape.name);
    Ok(SHAPES.iter().filter(is_named).collect())
}

/// The same, where a log or inventory that none is named for comes in its usual shape, which is the first of it in the table.
pub fn chosen(names: &[String]) -> Result<Vec<&'static Shape>, Fault> {
    let mut chosen = named(names)?;
    for shape in SHAPES {
        if chosen.iter().all(|other| other.stream != shape.stream) {
            chosen.push(shape);
        }
    }
    Ok(chosen)
}

/// Every shape; the first of each stream is its usual one.
pub const SHAPES: &[Shape] = &[];
