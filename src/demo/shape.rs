//! The shapes in which collectors and portals hand over logs and inventories: one table, against which the table of readers is checked.
//!
//! A shape streams: what it keeps in memory does not grow with the log. Not here: the records themselves (`native`, `sign_in`,
//! `directory`, `inventory`), the faults of real exports (`damage`).

mod clixml;
mod column;
mod defender;
mod diagnostic;
mod directory;
mod elastic;
mod graph;
mod inventory;
mod log_analytics;
mod moment;
mod native;
mod object;
mod on_premises;
mod page;
mod piece;
mod portal;
mod powershell;
mod search;
mod sign_in;
mod splunk;
mod summary;
mod table;
mod text;
mod wrapped;

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

/// How the rows of a file stand beside each other, which decides what faults it can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layout {
    /// One row a line: a torn line is nobody else's harm.
    Lines,
    /// A table with a header.
    Table,
    /// One document, or text in an encoding of its own: only the records in it can be faulty.
    Document,
}

/// One shape of one stream.
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
    /// How its rows stand beside each other.
    pub layout: Layout,
    /// Whether a file of it is the stream's own records as they are made, one a line: then no writer need be asked.
    pub is_plain: bool,
    /// Whether it can hold a record at all: an administrators' log has no sign-ins.
    pub takes: fn(&Value) -> bool,
    /// Whether its readers refuse every row by name: it is handed over with logs, and is none.
    pub is_refused: bool,
    /// Makes a writer for one file.
    pub writer: fn() -> Box<dyn Writer>,
}

/// How much of a record arrives, where an export lost some of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Its text is cut behind so many thousandths of it.
    Cut(u16),
    /// Its text is gone, and what stands beside it is there.
    Emptied,
}

/// Writes one file of a shape, record by record.
pub trait Writer: std::fmt::Debug + Send {
    /// Whether every record must be seen once, by [`Writer::survey`], before the first is written: tables whose columns depend on all
    /// rows, answers that say first how much there is. Without it they are written from what the first record has.
    fn must_survey(&self) -> bool {
        false
    }
    /// Says in which tenant the records are, by its id: where they do not say it themselves, and what stands around them does. To be
    /// called before anything else.
    fn in_tenant(&mut self, _id: &str) {}
    /// Takes note of a record, for the header.
    fn survey(&mut self, _record: &Value) {}
    /// Appends a record, and before the first what a file begins with. Some are held back until those that belong to them are there
    /// (a page, a session of a search), never more than a few thousand.
    fn record(&mut self, record: &Value, out: &mut Vec<u8>);
    /// The same for a record of which only a part arrives; false, and nothing is done, where the shape knows no such fault.
    fn part(&mut self, _record: &Value, _part: Part, _out: &mut Vec<u8>) -> bool {
        false
    }
    /// Appends what a file ends with.
    fn end(&mut self, out: &mut Vec<u8>);
}

/// What comes only where it is asked for: lists that servers on premises have, and one that says once more what others say.
const RARE: &[Stream] = &[
    Stream::Inventory("ad-permission"),
    Stream::Inventory("mailbox-permission-summary"),
];

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
    for shape in SHAPES.iter().filter(|shape| !RARE.contains(&shape.stream)) {
        if chosen.iter().all(|other| other.stream != shape.stream) {
            chosen.push(shape);
        }
    }
    Ok(chosen)
}

impl Shape {
    /// The shape of a name.
    pub fn of(name: &str) -> Option<&'static Self> {
        SHAPES.iter().find(|shape| shape.name == name)
    }

    /// A whole file of records, of those that the shape takes: for few records.
    pub fn file(&self, records: &[Value]) -> Vec<u8> {
        let mut writer = (self.writer)();
        let taken = || records.iter().filter(|record| (self.takes)(record));
        if writer.must_survey() {
            taken().for_each(|record| writer.survey(record));
        }
        let mut out = Vec::new();
        for record in taken() {
            writer.record(record, &mut out);
        }
        writer.end(&mut out);
        out
    }
}

/// What most shapes of the unified log have alike.
const UNIFIED: Shape = Shape {
    name: "",
    format: "unified-audit",
    stream: Stream::Unified,
    extension: "json",
    what: "",
    layout: Layout::Document,
    is_plain: false,
    takes: |_| true,
    is_refused: false,
    writer: piece::none,
};

/// The shapes by what they have in common.
const FAMILIES: &[&[Shape]] = &[
    native::SHAPES,
    search::SHAPES,
    graph::SHAPES,
    splunk::SHAPES,
    elastic::SHAPES,
    log_analytics::SHAPES,
    defender::SHAPES,
    wrapped::SHAPES,
    on_premises::SHAPES,
    summary::SHAPES,
    sign_in::SHAPES,
    portal::SHAPES,
    directory::SHAPES,
    diagnostic::SHAPES,
    inventory::SHAPES,
];

/// Every shape; the first of each stream is its usual one.
pub const SHAPES: &[Shape] = &joined::<{ number(FAMILIES) }>(FAMILIES);

/// Formats that no shape is of, and why.
pub const EXEMPT: &[(&str, &str)] = &[(
    "google-workspace",
    "another product: applications, scopes and ids of a Microsoft 365 tenant have no counterpart in it, and labels name records of this one",
)];

const fn number(families: &[&[Shape]]) -> usize {
    let (mut family, mut number) = (0, 0);
    while family < families.len() {
        number += families[family].len();
        family += 1;
    }
    number
}

const fn joined<const N: usize>(families: &[&[Shape]]) -> [Shape; N] {
    let mut all = [UNIFIED; N];
    let (mut family, mut at) = (0, 0);
    while family < families.len() {
        let mut own = 0;
        while own < families[family].len() {
            all[at] = families[family][own];
            (own, at) = (own + 1, at + 1);
        }
        family += 1;
    }
    all
}

#[cfg(test)]
mod tests;
