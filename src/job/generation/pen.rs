//! What writes the records of one file: nothing but the lines themselves, the writer of a shape, or one that puts in faults.
//!
//! Not here: files (`file`), faults (`demo::damage`).

use crate::demo::World;
use crate::demo::damage::{Damage, Damaged, Tally};
use crate::demo::shape::{Shape, Writer};
use serde_json::Value;
use std::collections::HashSet;

/// Writes the records of a file.
#[derive(Debug)]
pub(super) enum Pen {
    /// The lines of the stream are the file.
    Plain,
    /// Writes them in a shape.
    Shaped(Box<dyn Writer>),
    /// Writes them in a shape, and some of them wrongly.
    Damaged(Box<Damaged>),
}

/// Makes the pens of an order.
#[derive(Debug)]
pub(super) struct Pens {
    tenant: String,
    damage: Option<Damage>,
}

impl Pens {
    /// Pens for the files of a tenant, with the faults of real exports or without.
    pub fn new(world: &World, is_damaged: bool) -> Self {
        Self {
            tenant: world.tenant.id.to_string(),
            damage: is_damaged.then(|| {
                let labelled: HashSet<String> = world.labels.ids().map(str::to_owned).collect();
                Damage::new(world.tenant.seed, move |id| labelled.contains(id))
            }),
        }
    }

    /// The faults, where there shall be any.
    pub fn damage(&self) -> Option<&Damage> {
        self.damage.as_ref()
    }

    /// The pen of the file of a number.
    pub fn pen(&self, shape: &'static Shape, file: u64) -> Pen {
        let mut pen = match &self.damage {
            Some(damage) => Pen::Damaged(Box::new(damage.writer(shape, file))),
            None if shape.is_plain => Pen::Plain,
            None => Pen::Shaped((shape.writer)()),
        };
        if let Some(writer) = pen.writer() {
            writer.in_tenant(&self.tenant);
        }
        pen
    }
}

impl Pen {
    fn writer(&mut self) -> Option<&mut dyn Writer> {
        match self {
            Self::Plain => None,
            Self::Shaped(writer) => Some(writer.as_mut()),
            Self::Damaged(writer) => Some(writer.as_mut()),
        }
    }

    /// Whether the lines of the stream are the file.
    pub fn is_plain(&self) -> bool {
        matches!(self, Self::Plain)
    }

    /// Whether all records must be seen before the first is written.
    pub fn must_survey(&self) -> bool {
        match self {
            Self::Plain => false,
            Self::Shaped(writer) => writer.must_survey(),
            Self::Damaged(writer) => writer.must_survey(),
        }
    }

    /// Sees a record that will be written later.
    pub fn survey(&mut self, record: &Value) {
        if let Some(writer) = self.writer() {
            writer.survey(record);
        }
    }

    /// Writes a record.
    pub fn record(&mut self, record: &Value, out: &mut Vec<u8>) {
        if let Some(writer) = self.writer() {
            writer.record(record, out);
        }
    }

    /// Writes what the file ends with.
    pub fn end(&mut self, out: &mut Vec<u8>) {
        if let Some(writer) = self.writer() {
            writer.end(out);
        }
    }

    /// The faults that were put in.
    pub fn tally(&self) -> Option<&Tally> {
        match self {
            Self::Damaged(writer) => Some(writer.tally()),
            Self::Plain | Self::Shaped(_) => None,
        }
    }
}
