//! Writes a file with faults: records spelt otherwise, twice, late, cut, and the whole in another encoding.
//!
//! Not here: which faults there are and how often (`super`).

use super::file::Coding;
use super::record::spell;
use super::{Damage, Fault, Tally, id};
use crate::demo::chance::{Dice, Domain};
use crate::demo::shape::{Layout, Part, Shape, Stream, Writer};
use serde_json::Value;
use std::collections::VecDeque;

/// Most records that are held back at a time.
const MOST_HELD: usize = 500;

/// Records after which a duplicate follows at the latest.
const NEARBY: u64 = 40;

/// Records that a late one is behind at most.
const LATEST: u64 = 200;

/// The writer of a damaged file.
#[derive(Debug)]
pub struct Damaged {
    damage: Damage,
    inner: Box<dyn Writer>,
    layout: Layout,
    /// Whether its records are entries of an inventory, which come whole and once.
    is_list: bool,
    file: u64,
    coding: Coding,
    has_begun: bool,
    /// How many records came.
    number: u64,
    /// Records that are due after so many.
    held: VecDeque<(u64, Value)>,
    /// The last record, for a torn line.
    last: Option<Value>,
    text: Vec<u8>,
    tally: Tally,
}

impl Damaged {
    pub(super) fn new(damage: Damage, shape: &Shape, file: u64) -> Self {
        let mut tally = Tally::default();
        let mut dice = Dice::of(damage.seed, Domain(Fault::Encoding.name()), &[file]);
        let is_encoded = dice.happens(Fault::Encoding.rate(), 10_000);
        let mut coding = Coding::Plain;
        if is_encoded {
            coding = Coding::other(shape.layout, &mut dice);
            tally.count(Fault::Encoding, u64::from(coding != Coding::Plain));
        }
        Self {
            damage,
            inner: (shape.writer)(),
            layout: shape.layout,
            is_list: matches!(shape.stream, Stream::Inventory(_)),
            file,
            coding,
            has_begun: false,
            number: 0,
            held: VecDeque::new(),
            last: None,
            text: Vec::new(),
            tally,
        }
    }

    /// What was put in so far.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    fn happens(&self, fault: Fault, record: &Value) -> bool {
        !self.is_list && self.damage.happens(fault, self.file, record)
    }

    /// After how many records something is due that a fault puts off.
    fn due(&self, fault: Fault, record: &Value, most: u64) -> u64 {
        let mut dice = self
            .damage
            .dice(fault, self.file.wrapping_add(1 << 32), record);
        self.number + dice.between(1, most)
    }

    fn hold(&mut self, due: u64, record: Value) {
        self.held.push_back((due, record));
    }

    /// Writes those that are due, and the oldest where there are too many.
    fn release(&mut self, out: &mut Vec<u8>) {
        while let Some(at) = self.held.iter().position(|(due, _)| *due <= self.number) {
            if let Some((_, record)) = self.held.remove(at) {
                self.whole(&record, out);
            }
        }
        while self.held.len() > MOST_HELD {
            if let Some((_, record)) = self.held.pop_front() {
                self.whole(&record, out);
            }
        }
    }

    fn whole(&mut self, record: &Value, out: &mut Vec<u8>) {
        self.inner.record(record, &mut self.text);
        let is_line = self.layout == Layout::Lines && self.text.ends_with(b"\n");
        if is_line && self.happens(Fault::BlankLine, record) {
            self.text.push(b'\n');
            self.tally.count(Fault::BlankLine, 1);
        }
        self.pass(out);
    }

    /// Writes what is left of a record; false, and nothing, where the shape cannot.
    fn part(&mut self, fault: Fault, record: &Value, part: Part, out: &mut Vec<u8>) -> bool {
        let is_written = self.inner.part(record, part, &mut self.text);
        if is_written {
            self.tally.count(fault, 1);
            self.pass(out);
        }
        is_written
    }

    fn pass(&mut self, out: &mut Vec<u8>) {
        if self.text.is_empty() {
            return;
        }
        if !std::mem::replace(&mut self.has_begun, true) {
            self.coding.begin(out);
        }
        self.coding.put(&self.text, out);
        self.text.clear();
    }

    /// Whether a part of a record may stand here. Where all rows are damaged by a code page, readers might keep the part of a labelled
    /// one and not the whole; by what a file begins with they find out what it is.
    fn may_be_part(&self, record: &Value) -> bool {
        self.has_begun && (self.coding != Coding::CodePage || !(self.damage.keep)(id(record)))
    }

    /// Whether a part of the record was written in its stead. Of a labelled one it is written beside it.
    fn is_replaced(&mut self, record: &Value, out: &mut Vec<u8>) -> bool {
        if !self.may_be_part(record) {
            return false;
        }
        let mut dice = self
            .damage
            .dice(Fault::Cut, self.file.wrapping_add(1 << 33), record);
        let cut = Part::Cut(u16::try_from(dice.between(300, 950)).unwrap_or(500));
        for (fault, part) in [(Fault::Cut, cut), (Fault::Emptied, Part::Emptied)] {
            if self.happens(fault, record) && self.part(fault, record, part, out) {
                return !(self.damage.keep)(id(record));
            }
        }
        false
    }

    /// The record as this file spells it.
    fn spelt(&mut self, record: &Value) -> Value {
        let mut record = record.clone();
        if !self.is_list {
            spell(&self.damage, self.file, &mut record, &mut self.tally);
        }
        record
    }

    /// A line that was begun and not written to its end: once more the last record, so that nothing is lost.
    fn tear(&mut self, out: &mut Vec<u8>) {
        let mut dice = Dice::of(self.damage.seed, Domain(Fault::Torn.name()), &[self.file]);
        let is_torn = self.layout == Layout::Lines && dice.happens(Fault::Torn.rate(), 10_000);
        let last = self.last.take().filter(|_| is_torn && !self.is_list);
        let Some(last) = last.filter(|last| self.may_be_part(last)) else {
            return;
        };
        if self.inner.part(&last, Part::Cut(500), &mut self.text) {
            while self.text.ends_with(b"\n") {
                self.text.pop();
            }
            self.tally.count(Fault::Torn, 1);
            self.pass(out);
        }
    }
}

impl Writer for Damaged {
    fn must_survey(&self) -> bool {
        self.inner.must_survey()
    }

    fn in_tenant(&mut self, id: &str) {
        self.inner.in_tenant(id);
    }

    fn survey(&mut self, record: &Value) {
        self.inner.survey(record);
        if self.happens(Fault::Duplicate, record) {
            self.inner.survey(record);
        }
    }

    fn record(&mut self, record: &Value, out: &mut Vec<u8>) {
        self.number += 1;
        let record = self.spelt(record);
        self.last = Some(record.clone());
        if self.happens(Fault::Duplicate, &record) {
            self.tally.count(Fault::Duplicate, 1);
            let due = self.due(Fault::Duplicate, &record, NEARBY);
            self.hold(due, record.clone());
        }
        if !self.is_replaced(&record, out) {
            if self.happens(Fault::Late, &record) {
                self.tally.count(Fault::Late, 1);
                let due = self.due(Fault::Late, &record, LATEST);
                self.hold(due, record);
            } else {
                self.whole(&record, out);
            }
        }
        self.release(out);
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        while let Some((_, record)) = self.held.pop_front() {
            self.whole(&record, out);
        }
        self.tear(out);
        self.inner.end(&mut self.text);
        self.pass(out);
    }
}
