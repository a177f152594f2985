//! Parts that screens are drawn from: lines of inked pieces, tables, bars, frames.
//!
//! They know no screen and no grant; every text they draw passes `text::safe`.

pub mod bars;
pub mod canvas;
pub mod lines;
pub mod table;
