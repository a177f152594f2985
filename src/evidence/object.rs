//! One JSON object, without a file around it, to its records: the fast way that native records have, and the strict way of all rows.
//!
//! Whatever the fast way reads, the strict way reads into the same record: here the two can be held against each other. Not here: reading
//! files, which takes the fast way where it can.

use super::Encoding;
use super::decode::Decoder;
use super::format::{Content, Fast};
use crate::record::Record;

/// Reads objects one after the other into the same memory.
#[derive(Debug, Default)]
pub struct ObjectReader {
    fast: Fast,
    record: Record,
}

impl ObjectReader {
    /// The record of an object as native records usually are; nothing when it has to be read the strict way.
    pub fn quick(&mut self, row: &str) -> Option<&Record> {
        self.fast
            .read(row, &mut self.record)
            .then_some(&self.record)
    }

    /// The records of any object with the name of the format it was read by, or why there are none. An inventory entry holds none.
    pub fn strict(row: &str) -> Result<(Vec<Record>, &'static str), String> {
        let decoded = Decoder::Json.decode(row.as_bytes(), Encoding::Utf8, 0);
        let (content, format) = decoded.map_err(|unread| unread.reason)?;
        let records = match content {
            Content::Records(records) => records,
            Content::Inventory(_) => Vec::new(),
        };
        Ok((records, format.name))
    }
}
