//! What the rights of a grant open, by the catalogue.
//!
//! Not here: how much that weighs (`signal`), and what is tied to it (`access`).

use super::catalog::{self, Power};
use super::grant::ad_permission::right_of;
use super::grant::directory_role::role_of;
use super::grant::folder_permission;
use super::grant::management_role::{DELEGATING, UNSCOPED, WITHIN};
use super::grant::role_group::{MANAGER_OF, MEMBER_OF};
use super::lifecycle::CHILD_OF;
use super::model::{Grant, Road};

/// What the strongest right of a grant opens.
pub fn strongest(grant: &Grant) -> Power {
    let of_right = |right: &String| match grant.road {
        Road::ImpersonationRole | Road::RoleGroup | Road::RbacForApplications => {
            exchange_role(right)
        }
        Road::AppPermission | Road::Consent => catalog::permission_power(right),
        Road::MailboxPermission => mailbox_right(right).unwrap_or(Power::None),
        Road::SendAs | Road::SendOnBehalf => Power::Send,
        Road::FolderPermission if folder_permission::reads(right) => Power::Read,
        Road::FolderPermission => Power::None,
        Road::CalendarDelegation => Power::Calendar,
        Road::AdPermission => catalog::ad_right_power(right_of(right)).unwrap_or(Power::None),
        Road::DirectoryRole => {
            catalog::directory_role(role_of(right)).map_or(Power::None, |(_, power)| power)
        }
        // What its consent lets an application do is not in the record; policies are there for those that read.
        Road::AccessPolicy => Power::Read,
    };
    grant
        .rights
        .iter()
        .map(of_right)
        .max()
        .unwrap_or(Power::None)
}

/// What a role, a membership or the management of a role group opens: a manager can join.
fn exchange_role(right: &str) -> Power {
    match right.strip_prefix(MANAGER_OF) {
        Some(group) if catalog::role_power(group) == Some(Power::None) => Power::None,
        Some(_) => Power::Escalate,
        None => catalog::role_power(of_group(right)).unwrap_or(Power::None),
    }
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
    let qualifies = |right: &str| {
        [DELEGATING, UNSCOPED].contains(&right)
            || right.starts_with(WITHIN)
            || right.starts_with(MANAGER_OF)
    };
    let is_unlisted = |right: &&str| match grant.road {
        Road::ImpersonationRole | Road::RoleGroup | Road::RbacForApplications => {
            !qualifies(right) && catalog::role_power(right).is_none()
        }
        Road::MailboxPermission => mailbox_right(right).is_none(),
        Road::AdPermission => catalog::ad_right_power(right_of(right)).is_none(),
        Road::DirectoryRole => catalog::directory_role(role_of(right)).is_none(),
        Road::AppPermission => strongest(grant) == Power::None,
        _ => false,
    };
    // Elsewhere the group only says through which members have the right.
    let counts = |right: &&String| grant.road == Road::RoleGroup || !right.starts_with(MEMBER_OF);
    let rights = grant.rights.iter().filter(counts);
    rights.map(|right| of_group(right)).find(is_unlisted)
}

/// The name of the role, of the role that a custom one was made from, or of the role group that a membership is of.
fn of_group(right: &str) -> &str {
    let prefixes = [MEMBER_OF, CHILD_OF];
    let named = prefixes
        .iter()
        .find_map(|prefix| right.strip_prefix(prefix));
    named.unwrap_or(right)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hunt::tests::build::grant;

    #[test]
    fn what_rights_of_every_road_open() {
        for (road, right, power, is_unlisted) in [
            (
                Road::ImpersonationRole,
                "ApplicationImpersonation",
                Power::Full,
                false,
            ),
            (Road::ImpersonationRole, "Helper", Power::None, true),
            (Road::ImpersonationRole, "MyBaseOptions", Power::None, false),
            (Road::ImpersonationRole, "unscoped", Power::None, false),
            (
                Road::RoleGroup,
                "member of Discovery Management",
                Power::Full,
                false,
            ),
            (
                Road::RoleGroup,
                "manager of MailSync",
                Power::Escalate,
                false,
            ),
            (
                Road::RoleGroup,
                "manager of View-Only Organization Management",
                Power::None,
                false,
            ),
            (
                Road::AppPermission,
                "Exchange.ManageAsApp",
                Power::Escalate,
                false,
            ),
            (Road::AppPermission, "SMTP.SendAsApp", Power::Send, false),
            (
                Road::AppPermission,
                "88d0f110-5eda-4b51-b5cc-115bec111f23",
                Power::None,
                true,
            ),
            (Road::Consent, "openid", Power::None, false),
            (Road::AdPermission, "Receive-As on DB01", Power::Read, false),
            (Road::AdPermission, "Send As", Power::Send, false),
            (
                Road::AdPermission,
                "ms-Exch-EPI-Impersonation on EX01",
                Power::Full,
                false,
            ),
            (Road::AdPermission, "WriteDacl", Power::Escalate, false),
            (Road::AdPermission, "Whatever", Power::None, true),
            (Road::CalendarDelegation, "Delegate", Power::Calendar, false),
            (Road::AccessPolicy, "unrestricted", Power::Read, false),
            (
                Road::DirectoryRole,
                "Company Administrator",
                Power::Escalate,
                false,
            ),
            (
                Road::DirectoryRole,
                "eligible for Exchange Administrator",
                Power::Escalate,
                false,
            ),
            (
                Road::DirectoryRole,
                "Compliance Administrator",
                Power::Read,
                false,
            ),
            (Road::DirectoryRole, "Helpers", Power::None, true),
        ] {
            let grant = Grant {
                road,
                rights: vec![right.to_owned()],
                ..grant()
            };
            assert_eq!(strongest(&grant), power, "{road} {right}");
            assert_eq!(unlisted(&grant).is_some(), is_unlisted, "{road} {right}");
        }
    }
}
