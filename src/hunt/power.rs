//! What the rights of a grant open, by the catalogue.
//!
//! Not here: how much that weighs (`signal`), and what is tied to it (`access`).

use super::catalog::{self, Power};
use super::grant::folder_permission;
use super::grant::management_role::{DELEGATING, WITHIN};
use super::grant::role_group::MEMBER_OF;
use super::model::{Grant, Road};

/// What the strongest right of a grant opens.
pub fn strongest(grant: &Grant) -> Power {
    let of_right = |right: &String| match grant.road {
        Road::ImpersonationRole | Road::RoleGroup | Road::RbacForApplications => {
            catalog::role_power(of_group(right)).unwrap_or(Power::None)
        }
        Road::AppPermission | Road::Consent => catalog::permission_power(right),
        Road::MailboxPermission => mailbox_right(right).unwrap_or(Power::None),
        Road::SendAs | Road::SendOnBehalf => Power::Send,
        Road::FolderPermission if folder_permission::reads(right) => Power::Read,
        Road::FolderPermission => Power::None,
        Road::CalendarDelegation => Power::Calendar,
        Road::AdPermission | Road::AccessPolicy | Road::DirectoryRole => Power::None,
    };
    grant
        .rights
        .iter()
        .map(of_right)
        .max()
        .unwrap_or(Power::None)
}

/// What a right on a mailbox opens; `None` for a right that Exchange does not document.
fn mailbox_right(right: &str) -> Option<Power> {
    match right.to_ascii_lowercase().as_str() {
        "fullaccess" | "owner" => Some(Power::Full),
        "changepermission" | "changeowner" => Some(Power::Escalate),
        "readpermission" | "deleteitem" | "externalaccount" => Some(Power::Metadata),
        "sendas" => Some(Power::Send),
        _ => None,
    }
}

/// The role or mailbox right of a grant that no list explains: it can open anything. `None` when all are known.
pub fn unlisted(grant: &Grant) -> Option<&str> {
    let qualifies = |right: &str| right == DELEGATING || right.starts_with(WITHIN);
    let is_unlisted = |right: &&str| match grant.road {
        Road::ImpersonationRole | Road::RoleGroup | Road::RbacForApplications => {
            !qualifies(right) && catalog::role_power(right).is_none()
        }
        Road::MailboxPermission => mailbox_right(right).is_none(),
        _ => false,
    };
    let rights = grant.rights.iter().map(|right| of_group(right));
    rights.into_iter().find(is_unlisted)
}

/// The name of the role, or of the role group that a membership is of.
fn of_group(right: &str) -> &str {
    right.strip_prefix(MEMBER_OF).unwrap_or(right)
}
