//! The workbench: what the hunt found, on a terminal, one key away from the evidence.
//!
//! Reading order: [`mod@run`] is the loop that owns the terminal; [`app`] is the state and the pure `update`; [`screen`] draws it. A key
//! becomes a [`command`] through the [`keymap`]; help, footer and the key table are printed from that same keymap. Not here: any work
//! on evidence, which is asked of the worker (`job`), and any judgement, which is the hunt's.

mod act;
pub mod app;
pub mod command;
mod cursor;
mod data;
mod filter;
mod input;
pub mod key;
pub mod keymap;
mod listing;
mod overlay;
pub mod run;
pub mod screen;
mod sentence;
mod term;
pub mod theme;
mod widget;

#[cfg(test)]
mod tests;

pub use app::{App, Effect, ExitReason, Message, update};
pub use filter::grant_matches;
pub use keymap::{Keymap, KeymapError, keys_table};
pub use run::{Settings, run};
pub use screen::draw;
pub use theme::ColourMode;
