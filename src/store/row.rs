//! A line of a listing: what the columns of the index hold of a record, without reading the evidence.
//!
//! Not here: the original record, which is read again by its provenance.

use crate::record::Provenance;
use crate::time::Instant;

/// A record as the columns of the index hold it. Missing values are empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// When it happened.
    pub time: Option<Instant>,
    /// What was done.
    pub operation: String,
    /// Account that acted.
    pub user: String,
    /// Mailbox acted in (owner).
    pub mailbox: String,
    /// Application to judge.
    pub app: String,
    /// Address of the client.
    pub ip: String,
    /// Code of the country.
    pub country: String,
    /// Id of the sign-in session.
    pub session: String,
    /// `Bind`, `Sync` or empty.
    pub access: String,
    /// Message ids named.
    pub items: u64,
    /// Facets: `grant`, `access`, `sign-in`, …
    pub facets: Vec<String>,
    /// Where the original stands.
    pub provenance: Provenance,
}
