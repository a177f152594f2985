//! Grantline: who was given access to whose mailbox, was that normal, and what did they then read?
//!
//! A workbench for one hunt (MITRE ATT&CK analytic AN1107, detection strategy DET0393, technique T1548.005) over exported
//! Microsoft 365 audit logs. Evidence is read where it lies, indexed once into a case folder, and shown as a timeline of permission
//! grants with reasons, from which one key leads to the mailbox accesses that followed and to the original record.
//!
//! # Layers
//!
//! A module names only modules above it in this list; `tests/layers.rs` checks it.
//!
//! | module | is |
//! |---|---|
//! | [`text`], [`time`], [`net`] | safe display text; instants; addresses |
//! | [`record`] | the one vocabulary |
//! | [`query`] | the query language: text to meaning |
//! | [`evidence`] | files to records, and what could not be read |
//! | [`store`] | the index: columns of its own, and free text; the only module that names tantivy |
//! | [`hunt`] | the analytic, pure |
//! | [`case`] | the case folder and its database |
//! | [`export`] | findings for the next person |
//! | [`demo`] | invented tenants with planted, labelled abuse |
//! | [`job`] | the work: index, hunt, search, on threads |
//! | [`tui`] | the workbench |
//! | [`cli`] | arguments and headless commands |
//!
//! # Reading order
//!
//! Start at [`job`], which joins all the lower layers; then [`hunt`] for what the product is about; then `tui/run.rs`, `tui/app.rs` and
//! the screens.

pub mod case;
pub mod cli;
pub mod demo;
pub mod evidence;
pub mod export;
pub mod hunt;
pub mod job;
pub mod net;
pub mod query;
pub mod record;
pub mod store;
pub mod text;
pub mod time;
pub mod tui;

/// The allocator of the program and of everything that is measured of it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
