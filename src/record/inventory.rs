//! Inventories: what is the case at one moment (permissions, applications, mailboxes), as the cmdlets and APIs list it.
//!
//! An inventory row is no event: it has no time, no actor and no operation. Spellings are the source's own; a field that the source
//! does not have is empty. Every entry has `lost`: the names of the fields that the export destroyed (`System.Object[]`), cut, or
//! wrote in a form that nobody can read; they are empty, or incomplete, for that reason and no other. Not here: reading them
//! (`evidence::format::inventory`), and what they say about a grant (`hunt`).

mod application;
mod directory;
mod mailbox;
mod role;

pub use application::{
    AppRoleAssignment, Credential, DefinedPermission, DelegatedPermissionGrant, GrantedPermission,
    ServicePrincipal,
};
pub use directory::{Mailbox, User};
pub use mailbox::{
    AdPermission, MailboxFolderPermission, MailboxPermission, MailboxPermissionSummary,
    RecipientPermission, UserRight,
};
pub use role::{
    ApplicationAccessPolicy, AuditBypass, ManagementRoleAssignment, RoleGroup, RoleGroupMember,
};

/// Writes the enumeration of kinds and what can be asked of each, from one table.
macro_rules! kinds {
    ($($(#[$text:meta])* $kind:ident => $name:literal,)*) => {
        /// One row of an inventory.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Inventory {
            $($(#[$text])* $kind($kind),)*
        }

        /// The names of all kinds, in the order of the enumeration.
        pub const KINDS: &[&str] = &[$($name),*];

        impl Inventory {
            /// Name of its kind in reports and documents.
            pub fn kind(&self) -> &'static str {
                match self {
                    $(Self::$kind(_) => $name,)*
                }
            }

            /// What of the entry did not survive the export: names of fields, or remarks on the row.
            pub fn lost(&self) -> &[String] {
                match self {
                    $(Self::$kind(entry) => &entry.lost,)*
                }
            }

            /// The same list, to add to.
            pub fn lost_mut(&mut self) -> &mut Vec<String> {
                match self {
                    $(Self::$kind(entry) => &mut entry.lost,)*
                }
            }
        }

        $(impl From<$kind> for Inventory {
            fn from(entry: $kind) -> Self {
                Self::$kind(entry)
            }
        })*
    };
}

kinds! {
    /// A service principal of the directory or of Exchange, or the registration of an application.
    ServicePrincipal => "service-principal",
    /// An application permission that was given.
    AppRoleAssignment => "app-role-assignment",
    /// Delegated permissions that were consented to.
    DelegatedPermissionGrant => "delegated-permission-grant",
    /// A mailbox with the names under which it is known.
    Mailbox => "mailbox",
    /// A user of the directory.
    User => "user",
    /// A right on a mailbox.
    MailboxPermission => "mailbox-permission",
    /// A right to send as a recipient.
    RecipientPermission => "recipient-permission",
    /// A right on a folder of a mailbox.
    MailboxFolderPermission => "mailbox-folder-permission",
    /// All rights on one mailbox, in one row.
    MailboxPermissionSummary => "mailbox-permission-summary",
    /// A management role that was assigned.
    ManagementRoleAssignment => "management-role-assignment",
    /// A role group with its roles and members.
    RoleGroup => "role-group",
    /// A member of a role group.
    RoleGroupMember => "role-group-member",
    /// A policy that limits, or grants, the mailboxes of an application.
    ApplicationAccessPolicy => "application-access-policy",
    /// Whether what an account does is left out of mailbox audit.
    AuditBypass => "audit-bypass",
    /// A right on an object of Active Directory, on premises.
    AdPermission => "ad-permission",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_apart_by_name() {
        let mut names = KINDS.to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), KINDS.len());
        for name in KINDS {
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '-'));
        }
        let mut entry = Inventory::from(User::default());
        entry.lost_mut().push("Mail".to_owned());
        assert_eq!((entry.kind(), entry.lost().len()), ("user", 1));
    }
}
