//! Invented tenants with planted, labelled abuse: for demonstrations, tests, figures and evaluation.
//!
//! Everything follows from [`Options`]: the same options give the same bytes on every machine and with any number of threads. What
//! happens is a stream of events in order of time ([`World`]); what a log says of it is written from the event alone. Pure: no files,
//! threads, clocks. Not here: folders and threads (`job::generation`).

pub mod chance;
pub mod change;
pub mod client;
pub mod damage;
pub mod directory;
pub mod event;
pub mod id;
pub mod inventory;
pub mod json;
pub mod label;
pub mod life;
pub mod native;
pub mod place;
pub mod shape;
pub mod sign_in;
pub mod story;
pub mod tenant;
mod world;

pub use world::{Events, Fault, Options, Period, World};
