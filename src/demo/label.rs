//! The truth about a tenant: which records are abuse, which only look like it, and what should be said of them.
//!
//! Not here: how the truth comes about (`story`).

/// The truth about a tenant.
#[derive(Debug, Clone, Default)]
pub struct Labels {}
