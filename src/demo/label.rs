//! The truth about a tenant: which records are abuse, which only look like it, and what should be said of them.
//!
//! Not here: how the truth comes about (`story`).

/// The truth about a tenant.
#[derive(Debug, Clone, Default)]
pub struct Labels {}

impl Labels {
    /// The labels as one JSON document.
    pub fn json(&self, _tenant: &super::tenant::Tenant) -> String {
        String::new()
    }

    /// The trainer's key, as Markdown.
    pub fn answers(&self, _tenant: &super::tenant::Tenant) -> String {
        String::new()
    }
}
