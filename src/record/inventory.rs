//! Inventories: what is the case at one moment (permissions, applications, mailboxes), as the cmdlets and APIs list it.
//!
//! An inventory row is no event: it has no time, no actor and no operation. Spellings are the source's own. Not here: reading them
//! (`evidence::format::inventory`), and what they say about a grant (`hunt`).

/// One row of an inventory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inventory {
    /// A service principal of the directory (Graph `servicePrincipals`) or of Exchange (`Get-ServicePrincipal`).
    ServicePrincipal(ServicePrincipal),
}

/// A service principal: the identity under which an application acts in a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServicePrincipal {
    /// Object id in the directory.
    pub id: String,
    /// Application (client) id.
    pub app: String,
    /// Display name.
    pub name: String,
}

impl Inventory {
    /// STUB for now.
    pub fn kind(&self) -> &'static str {
        "service-principal"
    }
}
