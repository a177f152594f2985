//! The analytic: from records to grants, intervals, baselines, scores and what followed.
//!
//! Pure: no files, threads, clocks or terminal. The questions that need the index are put as queries ([`access::query`]) or answered
//! from histories that the caller brings ([`baseline`]). Not here: reading evidence, and showing anything.

pub mod access;
pub mod baseline;
pub mod catalog;
pub mod context;
pub mod coverage;
pub mod facet;
pub mod grant;
pub mod identity;
pub mod lifecycle;
pub mod model;
pub mod power;
pub mod presumed;
pub mod score;
pub mod signal;
pub mod snapshot;
mod subject;
#[cfg(test)]
pub(crate) mod tests;
pub mod who;

pub use model::{
    Act, Class, Exposure, Grant, Listing, Party, Place, PrincipalKind, Road, Scope, ScoredGrant,
    Severity, Signal, State, Verdict,
};
pub use subject::Judged;
