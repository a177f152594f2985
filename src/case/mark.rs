//! What analysts decide: a verdict, a note and tags on a grant, hung on its stable id so that it survives re-indexing.
//!
//! Not here: how marks are kept (`case::database`) and how they are shown or exported.

use crate::hunt::{Grant, Verdict};
use crate::time::Instant;

/// A mark on a grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Stable id of the grant.
    pub grant: String,
    /// What was decided.
    pub verdict: Verdict,
    /// Free text; empty when there is none.
    pub note: String,
    /// Tags, sorted by name.
    pub tags: Vec<String>,
    /// Who last changed it (the account's name on this machine).
    pub by: String,
    /// When it was last changed.
    pub at: Instant,
}

/// The mark on a grant, whichever of its ids it was made under.
pub fn of<'a>(marks: &'a [Mark], grant: &Grant) -> Option<&'a Mark> {
    grant
        .ids()
        .find_map(|id| marks.iter().find(|mark| mark.grant == id))
}
