//! What gives nothing by itself but changes what grants mean: roles of groups, custom roles, members of groups, principals that go.
//!
//! One record, its context, in the record's own spellings. Not here: what follows from it for a grant (`lifecycle`), and grants
//! themselves (`grant`).

use crate::record::Record;

/// What a record changes around the grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Context {
    /// A role group carries roles from now on.
    Carries {
        /// Name of the group.
        group: String,
        /// Names of the roles.
        roles: Vec<String>,
    },
    /// A custom role has the powers of another.
    Inherits {
        /// Name of the custom role.
        role: String,
        /// Name of the role it was made from.
        parent: String,
    },
    /// Somebody joins or leaves a group that is no role group.
    Member {
        /// Whether he joins.
        joins: bool,
        /// The group in all its spellings.
        group: Vec<String>,
        /// The member in all his spellings.
        member: Vec<String>,
    },
    /// A principal can act no more, or again.
    Principal {
        /// What happened to it.
        fate: Fate,
        /// The principal in all its spellings.
        spellings: Vec<String>,
    },
}

/// What happens to a principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It was deleted.
    Deleted,
    /// Its sign-in was disabled.
    Disabled,
    /// It was restored or enabled again.
    Back,
}

/// Operations that have a context, in their normal form.
pub const OPERATIONS: &[&str] = &[];

/// The context of a record. Failed changes have none.
pub fn context(_record: &Record) -> Vec<Context> {
    Vec::new()
}
