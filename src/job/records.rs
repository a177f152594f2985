//! The records that the hunt needs, while indexing adds to them and takes from them.
//!
//! Not here: which records these are (`hunt::facet`), and what is made of them (`hunting`).

use crate::record::{Located, Provenance};
use std::collections::HashMap;

/// File, offset and part of a record.
type Key = (u32, u64, u16);

/// Records by their place: any of them gives way without a look at all the others.
#[derive(Default)]
pub struct Records {
    all: Vec<Located>,
    /// Where each stands in `all`.
    at: HashMap<Key, usize>,
}

impl Records {
    /// All of them, in no order.
    pub fn all(&self) -> &[Located] {
        &self.all
    }

    /// Adds a record; one that stands at its place gives way.
    pub fn add(&mut self, located: Located) {
        self.remove(located.provenance);
        self.at.insert(key(located.provenance), self.all.len());
        self.all.push(located);
    }

    /// Takes out the record at a place, if there is one.
    pub fn remove(&mut self, place: Provenance) {
        let Some(at) = self.at.remove(&key(place)) else {
            return;
        };
        self.all.swap_remove(at);
        if let Some(moved) = self.all.get(at) {
            self.at.insert(key(moved.provenance), at);
        }
    }
}

impl FromIterator<Located> for Records {
    fn from_iter<T: IntoIterator<Item = Located>>(records: T) -> Self {
        let mut all = Self::default();
        records.into_iter().for_each(|located| all.add(located));
        all
    }
}

fn key(place: Provenance) -> Key {
    (place.file, place.offset, place.part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_and_go_by_place() {
        let place = |offset, part| Provenance {
            offset,
            part,
            ..Provenance::default()
        };
        let located = |(offset, part)| Located {
            provenance: place(offset, part),
            ..Located::default()
        };
        let mut records: Records = [(0, 0), (9, 0), (9, 1), (9, 1)]
            .into_iter()
            .map(located)
            .collect();
        records.remove(place(0, 0));
        records.remove(place(5, 0));
        let left = |records: &Records| -> Vec<_> {
            let places = records.all().iter().map(|located| located.provenance);
            let mut places: Vec<_> = places.map(|at| (at.offset, at.part)).collect();
            places.sort_unstable();
            places
        };
        assert_eq!(left(&records), [(9, 0), (9, 1)]);
        // What moved into the gap is found there.
        records.remove(place(9, 1));
        assert_eq!(left(&records), [(9, 0)]);
    }
}
