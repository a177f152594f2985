//! What the index keeps of some records that were read together, gathered on the thread that read them.
//!
//! A batch knows nothing of other batches: its texts have numbers of its own, which [`super::building`] turns into those of a segment. So
//! batches can be gathered on many threads and still be put together in the order of the evidence. Not here: which copy of an event is kept.

use super::intern::{Sets, Values, number};
use super::key;
use super::table::FIELDS;
use crate::query::{Field, record_keywords, sole_keyword};
use crate::record::{Provenance, Record};
use crate::time;
use hashbrown::HashMap;
use std::net::IpAddr;

/// Records gathered column by column. The vectors of numbers are as long as there are records.
#[derive(Debug, Default)]
pub struct Batch {
    /// Ids of records ([`key::id_bits`]).
    pub(super) ids: Vec<u128>,
    /// Microseconds since 1970; `i64::MAX` for none.
    pub(super) times: Vec<i64>,
    /// File and offset ([`key::place`]).
    pub(super) places: Vec<u64>,
    /// Bytes of the row; `u32::MAX` for more.
    pub(super) lengths: Vec<u32>,
    /// Line of the row.
    pub(super) lines: Vec<u64>,
    /// Number of the record within its row.
    pub(super) parts: Vec<u16>,
    /// How much the record tells.
    pub(super) qualities: Vec<u16>,
    /// Message ids named.
    pub(super) items: Vec<u32>,
    /// Values of the keyword fields, in the order of [`FIELDS`].
    pub(super) keywords: [Keywords; FIELDS.len()],
    /// Row and hash ([`key::message_hash`]) of every message id named, in order.
    pub(super) messages: Vec<(u32, u64)>,
    /// Free texts of the records that have any.
    pub(super) texts: Texts,
}

/// The values of one keyword field in a batch. A record has a *set* of values: one as a rule, none, or several. Sets are numbered as they come;
/// set 0 is the empty one. The values of a set keep the order of the record, each once.
#[derive(Debug, Default)]
pub(super) struct Keywords {
    /// Number of the set of each record.
    pub rows: Vec<u32>,
    /// The distinct values.
    pub values: Values,
    /// The distinct sets of values.
    pub sets: Sets,
    /// Values of the record at hand.
    here: Vec<u32>,
    /// For each value, one more than the last row that has it.
    seen: Vec<u32>,
    /// Sets of records whose values follow from one address alone: spelling an address and finding its country is dear.
    addresses: HashMap<IpAddr, u32>,
    /// Sets of facets, by the number of the facets.
    numbered: HashMap<u16, u32>,
}

/// Free texts, one after another.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// Row of each text, ascending; a row with several texts stands here as often.
    pub rows: Vec<u32>,
    /// End of each text in `joined`.
    pub ends: Vec<usize>,
    /// All texts, without anything between them.
    pub joined: String,
}

impl Batch {
    /// Gathers a record with the facets that a higher layer found in it.
    pub fn push(&mut self, record: &Record, facets: &[&str], provenance: Provenance) {
        self.push_with(record, None, &mut facets.iter().copied(), provenance);
    }

    /// The same where facets have a number, which stands for the same words in every record of the batch: they are looked at once.
    pub fn push_numbered(
        &mut self,
        record: &Record,
        (number, facets): (u16, &mut dyn Iterator<Item = &str>),
        provenance: Provenance,
    ) {
        self.push_with(record, Some(number), facets, provenance);
    }

    fn push_with(
        &mut self,
        record: &Record,
        facet_number: Option<u16>,
        facets: &mut dyn Iterator<Item = &str>,
        provenance: Provenance,
    ) {
        let row = number(self.len());
        for (keyword, gathered) in FIELDS.iter().zip(&mut self.keywords) {
            if keyword.field == Field::Is {
                gathered.push_facets(facet_number, facets);
            } else {
                gathered.push(record, keyword.field);
            }
        }
        let texts = record.texts().filter(|text| has_words(text));
        texts.for_each(|text| self.texts.push(row, text));
        let before = self.messages.len();
        let hashes = record.message_ids().map(|id| (row, key::message_hash(id)));
        self.messages.extend(hashes);
        self.items.push(number(self.messages.len() - before));
        self.ids.push(key::id_bits(&record.id.0));
        self.times.push(record.time.map_or(i64::MAX, time::micros));
        self.places.push(key::place(provenance));
        self.lengths
            .push(u32::try_from(provenance.length).unwrap_or(u32::MAX));
        self.lines.push(provenance.line);
        self.parts.push(provenance.part);
        self.qualities.push(record.quality());
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Forgets the records, but keeps the memory for others.
    pub fn clear(&mut self) {
        let Self {
            ids,
            times,
            places,
            lengths,
            lines,
            parts,
            qualities,
            items,
            keywords,
            messages,
            texts,
        } = self;
        ids.clear();
        times.clear();
        places.clear();
        lengths.clear();
        lines.clear();
        parts.clear();
        qualities.clear();
        items.clear();
        keywords.iter_mut().for_each(Keywords::clear);
        messages.clear();
        texts.clear();
    }
}

impl Keywords {
    fn push(&mut self, record: &Record, field: Field) {
        let address = address_behind(record, field);
        let known = address.and_then(|address| self.addresses.get(&address).copied());
        let set = known.unwrap_or_else(|| self.set_of(record, field));
        if let (Some(address), None) = (address, known) {
            self.addresses.insert(address, set);
        }
        self.rows.push(set);
    }

    fn set_of(&mut self, record: &Record, field: Field) -> u32 {
        match sole_keyword(record, field) {
            Some("") => 0,
            Some(value) => self.sets.number(&[self.values.number(value)]),
            None => self.set_of_several(|add| record_keywords(record, field, add)),
        }
    }

    fn push_facets(&mut self, number: Option<u16>, facets: &mut dyn Iterator<Item = &str>) {
        let known = number.and_then(|number| self.numbered.get(&number).copied());
        let set = known.unwrap_or_else(|| self.set_of_several(|add| facets.for_each(add)));
        if let (Some(number), None) = (number, known) {
            self.numbered.insert(number, set);
        }
        self.rows.push(set);
    }

    fn set_of_several(&mut self, each: impl FnOnce(&mut dyn FnMut(&str))) -> u32 {
        let Self {
            values,
            here,
            seen,
            rows,
            ..
        } = self;
        here.clear();
        let stamp = number(rows.len()) + 1;
        each(&mut |value: &str| {
            let value = values.number(value);
            if seen.len() <= value as usize {
                seen.resize(value as usize + 1, 0);
            }
            if std::mem::replace(&mut seen[value as usize], stamp) != stamp {
                here.push(value);
            }
        });
        self.sets.number(&self.here)
    }

    fn clear(&mut self) {
        self.rows.clear();
        self.values.clear();
        self.sets.clear();
        self.here.clear();
        self.seen.clear();
        self.addresses.clear();
        self.numbered.clear();
    }
}

/// The address from which alone the values of a field follow, if they do.
fn address_behind(record: &Record, field: Field) -> Option<IpAddr> {
    let alone = match field {
        Field::Ip => record.other_addresses.is_empty(),
        Field::Country => record.country.is_empty(),
        _ => false,
    };
    record.address.ip.filter(|_| alone)
}

/// Whether a search for words can find anything in a text.
fn has_words(text: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric();
    text.bytes().any(is_word) || text.chars().any(char::is_alphanumeric)
}

impl Texts {
    fn push(&mut self, row: u32, text: &str) {
        self.rows.push(row);
        self.joined.push_str(text);
        self.ends.push(self.joined.len());
    }

    fn clear(&mut self) {
        self.rows.clear();
        self.ends.clear();
        self.joined.clear();
    }
}
