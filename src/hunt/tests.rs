//! Tests of the analytic, and the records they are made of.

mod access;
pub(crate) mod build;
mod judging;
mod lifecycle;
