//! Founds a tenant: who works where, with which mailboxes and applications.
//!
//! Not here: what they do (`life`).

use super::Tenant;
use crate::demo::id::PlaceId;

impl Tenant {
    /// The tenant of a seed with so many people and its head office at a place.
    pub fn new(seed: u64, _users: u32, head_office: PlaceId) -> Self {
        Self {
            seed,
            sites: vec![head_office],
            ..Self::default()
        }
    }
}
