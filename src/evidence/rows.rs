//! Batches of rows to what is made of them: the step that takes the time, on whatever thread.
//!
//! Not here: where rows begin and end (`cutter`), and the order of batches (`pipeline`).

use super::cutter::{Batch, Piece};
use super::decode::Decoder;
use super::encoding::Encoding;
use super::format::{self, Content, Fast, Format};
use super::pipeline::Gather;
use super::{Layout, Place, Row};
use crate::record::Record;
use std::ops::ControlFlow;

/// What the rows of a batch say of their file.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// How many they are.
    pub rows: u64,
    /// The format of the first that was recognised.
    pub recognised: Option<&'static Format>,
    /// The first format that knew a row and refused it.
    pub refused_by: Option<&'static Format>,
}

/// Reads the rows of one layout.
pub(super) struct Rows {
    decoder: Decoder,
    encoding: Encoding,
    fast: Option<Quick>,
}

/// The reader of usual rows, with the row it reads into.
struct Quick {
    reader: Fast,
    row: Row,
    /// The format of what it reads: one for all rows.
    format: &'static Format,
}

impl Rows {
    pub(super) fn new(layout: &Layout) -> Self {
        let decoder = Decoder::new(layout);
        let is_utf8 = matches!(layout.encoding, Encoding::Utf8 | Encoding::Utf8Marked);
        let format = match &decoder {
            Decoder::Json => format::native(),
            Decoder::Table(_, format) => format.filter(|format| format.is_fast()),
            Decoder::Arrays(..) | Decoder::Xml => None,
        };
        Self {
            decoder,
            encoding: layout.encoding,
            fast: format.filter(|_| is_utf8).map(|format| Quick {
                reader: Fast::default(),
                row: Row::Records(vec![Record::default()], Place::default()),
                format,
            }),
        }
    }

    /// Reads every row of a batch; adds to what they say of the file.
    pub(super) fn gather<G: Gather>(&mut self, batch: &Batch, gather: &mut G, tally: &mut Tally) {
        let _ = batch.each(&mut |piece| {
            if let Piece::Whole {
                text: Some(text),
                place,
                ..
            } = &piece
                && let Some(fast) = &mut self.fast
                && fast.read(&self.decoder, text, *place)
            {
                tally.rows += 1;
                tally.recognised = tally.recognised.or(Some(fast.format));
                gather.row(&fast.row);
            } else {
                gather.row(&self.read(&piece, tally));
            }
            ControlFlow::Continue(())
        });
    }

    /// Reads one row strictly; adds to what rows say of the file.
    pub(super) fn read(&self, piece: &Piece<'_>, tally: &mut Tally) -> Row {
        tally.rows += 1;
        let (bytes, place) = match piece {
            Piece::Whole { bytes, place, .. } => (*bytes, *place),
            Piece::Refused { place, reason } => {
                return Row::Refused {
                    place: *place,
                    reason: (*reason).to_owned(),
                };
            }
        };
        match self.decoder.decode(bytes, self.encoding, place.offset) {
            Ok((content, format)) => {
                tally.recognised = tally.recognised.or(Some(format));
                match content {
                    Content::Records(records) => Row::Records(records, place),
                    Content::Inventory(inventory) => Row::Inventory(inventory, place),
                }
            }
            Err(unread) => {
                tally.refused_by = tally.refused_by.or(unread.format);
                Row::Refused {
                    place,
                    reason: unread.reason,
                }
            }
        }
    }
}

impl Quick {
    /// Reads a row into the one that is kept; false when the strict reader has to.
    fn read(&mut self, decoder: &Decoder, text: &str, place: Place) -> bool {
        let Row::Records(records, at) = &mut self.row else {
            return false;
        };
        *at = place;
        records
            .first_mut()
            .is_some_and(|record| decoder.decode_fast(text, &mut self.reader, record))
    }
}
