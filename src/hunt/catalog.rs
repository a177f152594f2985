//! Knowledge kept as data: roles, permissions, first-party applications, and the grants Microsoft's own service makes.
//!
//! The files under `assets/catalog/` name the source of every line. Not here: which record carries which of it.

mod folder;
mod noise;
mod road;
mod role_group;
mod table;

pub use folder::{CALENDAR, folder_key, folder_names};
pub use noise::{Deed, Noise};
pub use road::{RoadText, road};
pub use role_group::{holds_by_default, is_built_in_group};

use crate::text::fold;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;
use table::rows;

const ROLES: &str = include_str!("../../assets/catalog/roles.csv");
const PERMISSIONS: &str = include_str!("../../assets/catalog/permissions.csv");
const FIRST_PARTY: &str = include_str!("../../assets/catalog/first-party-apps.csv");
const DIRECTORY_ROLES: &str = include_str!("../../assets/catalog/directory-roles.csv");
const AD_RIGHTS: &str = include_str!("../../assets/catalog/ad-rights.csv");

/// Characters of the id of an application.
const APP_ID: usize = 36;

/// What a role or permission opens, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Power {
    /// No way to mail.
    None,
    /// Headers or traces of messages.
    Metadata,
    /// Calendars and contacts.
    Calendar,
    /// Mailbox settings: rules and forwarding.
    Settings,
    /// Sending as somebody.
    Send,
    /// Reading messages in a mailbox.
    Read,
    /// Can grant itself the rest.
    Escalate,
    /// Everything in every mailbox in reach.
    Full,
}

impl Power {
    fn read(word: &str) -> Self {
        match word {
            "metadata" => Self::Metadata,
            "calendar" => Self::Calendar,
            "settings" => Self::Settings,
            "send" => Self::Send,
            "read" => Self::Read,
            "escalate" => Self::Escalate,
            "full" => Self::Full,
            _ => Self::None,
        }
    }

    /// What it opens, in words for a sentence.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::None => "no way to mail",
            Self::Metadata => "headers of mail",
            Self::Calendar => "calendars and contacts",
            Self::Settings => "rules and forwarding",
            Self::Send => "sending as somebody else",
            Self::Read => "reading mail",
            Self::Escalate => "granting itself the rest",
            Self::Full => "everything in a mailbox",
        }
    }
}

/// The catalogues, parsed: constants that the compiler cannot build.
struct Catalog {
    roles: HashMap<String, Power>,
    role_groups: HashSet<String>,
    permissions: HashMap<String, Power>,
    permission_names: HashMap<String, String>,
    first_party: HashMap<[u8; APP_ID], String>,
    /// Directory roles by name and by template id, with the name to show.
    directory_roles: HashMap<String, (String, Power)>,
    ad_rights: HashMap<String, Power>,
}

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog {
    roles: powers(ROLES, 2),
    role_groups: rows(ROLES)
        .filter(|row| row.get(1).is_some_and(|kind| kind == "group"))
        .filter_map(|row| row.first().map(|name| fold(name)))
        .collect(),
    permissions: permission_powers(),
    permission_names: rows(PERMISSIONS)
        .filter_map(|row| Some((fold(row.get(3)?), row.get(2)?.clone())))
        .filter(|(id, _)| !id.is_empty())
        .collect(),
    first_party: rows(FIRST_PARTY)
        .filter_map(|row| Some((app_id(row.first()?)?, row.get(1)?.clone())))
        .collect(),
    directory_roles: directory_roles(),
    ad_rights: powers(AD_RIGHTS, 1),
});

/// Powers in a column by the folded name in the first.
fn powers(text: &str, column: usize) -> HashMap<String, Power> {
    rows(text)
        .filter_map(|row| Some((fold(row.first()?), Power::read(row.get(column)?))))
        .collect()
}

/// Roles by each of their names and by template id; the first name is the one to show.
fn directory_roles() -> HashMap<String, (String, Power)> {
    let mut roles = HashMap::new();
    for row in rows(DIRECTORY_ROLES) {
        let (Some(names), Some(id), Some(power)) = (row.first(), row.get(1), row.get(2)) else {
            continue;
        };
        let name = names.split(';').next().unwrap_or(names);
        for key in names.split(';').chain([id.as_str()]) {
            roles.insert(fold(key), (name.to_owned(), Power::read(power)));
        }
    }
    roles
}

/// Power by name and by id. A name that several resources use has the strongest power of them.
fn permission_powers() -> HashMap<String, Power> {
    let mut powers = HashMap::new();
    for row in rows(PERMISSIONS) {
        let (Some(name), Some(id), Some(power)) = (row.get(2), row.get(3), row.get(4)) else {
            continue;
        };
        for key in [fold(name), fold(id)]
            .into_iter()
            .filter(|key| !key.is_empty())
        {
            let entry = powers.entry(key).or_insert(Power::None);
            *entry = (*entry).max(Power::read(power));
        }
    }
    powers
}

/// What a management role or role group opens; `None` when it is not in the catalogue (a custom role can open anything).
pub fn role_power(role: &str) -> Option<Power> {
    CATALOG.roles.get(&fold(role)).copied()
}

/// Whether a name is that of a role group that every organisation has.
pub fn is_role_group(name: &str) -> bool {
    CATALOG.role_groups.contains(&fold(name))
}

/// What a permission opens, by name or id. Unknown permissions open nothing.
pub fn permission_power(name_or_id: &str) -> Power {
    CATALOG
        .permissions
        .get(&fold(name_or_id))
        .copied()
        .unwrap_or(Power::None)
}

/// Name of a permission given by id; `None` when it is not in the catalogue.
pub fn permission_name(id: &str) -> Option<&'static str> {
    CATALOG.permission_names.get(&fold(id)).map(String::as_str)
}

/// Name of an application of Microsoft itself.
pub fn first_party(app: &str) -> Option<&'static str> {
    CATALOG.first_party.get(&app_id(app)?).map(String::as_str)
}

/// The names of all applications of Microsoft itself, in no order.
pub fn first_party_names() -> impl Iterator<Item = &'static str> {
    CATALOG.first_party.values().map(String::as_str)
}

/// The folded id of an application; `None` when it has another length. Asked of every record: costs no memory.
fn app_id(written: &str) -> Option<[u8; APP_ID]> {
    let mut id: [u8; APP_ID] = written.trim().as_bytes().try_into().ok()?;
    id.make_ascii_lowercase();
    Some(id)
}

/// What a directory role opens, by any of its names or its template id: the name to show and the power. `None` when it is not built in (a
/// custom role can open anything).
pub fn directory_role(name_or_id: &str) -> Option<(&'static str, Power)> {
    let (name, power) = CATALOG.directory_roles.get(&fold(name_or_id))?;
    Some((name, *power))
}

/// What a right on a directory object opens, without case, blanks and hyphens; `None` when it is not in the catalogue.
pub fn ad_right_power(right: &str) -> Option<Power> {
    let bare = fold(right).replace([' ', '-'], "");
    CATALOG.ad_rights.get(&bare).copied()
}

/// Why a grant is Microsoft's own, by the embedded patterns that name neither operation nor rights; `None` when it is not.
pub fn system_reason(actor: &str, target: &str, grantee: &str) -> Option<&'static str> {
    Noise::embedded().reason(&Deed {
        actor,
        target,
        grantee,
        ..Deed::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::is_guid;

    #[test]
    fn every_catalogue_line_is_read() {
        let lines = |text: &'static str| table::lines(text).map(Result::unwrap).count();
        assert_eq!(CATALOG.roles.len(), lines(ROLES));
        assert_eq!(CATALOG.first_party.len(), lines(FIRST_PARTY));
        assert_eq!(CATALOG.ad_rights.len(), lines(AD_RIGHTS));
        for row in rows(DIRECTORY_ROLES) {
            assert!(row.len() == 4 && is_guid(&row[1]), "{row:?}");
            assert!(
                Power::read(&row[2]) != Power::None || row[2] == "none",
                "{row:?}"
            );
        }
        for row in rows(PERMISSIONS) {
            assert_eq!(row.len(), 6, "{row:?}");
            assert!(
                Power::read(&row[4]) != Power::None || row[4] == "none",
                "{row:?}"
            );
        }
    }

    #[test]
    fn powers_by_name_and_id() {
        assert_eq!(role_power("applicationimpersonation"), Some(Power::Full));
        assert_eq!(role_power("Custom role"), None);
        assert_eq!(permission_power("Mail.Read"), Power::Read);
        assert_eq!(
            permission_power("DC890D15-9560-4A4C-9B7F-A736EC74EC40"),
            Power::Full
        );
        assert_eq!(permission_power("User.Read"), Power::None);
        assert_eq!(
            permission_name("810c84a8-4a9e-49e6-bf7d-12d183f40d01"),
            Some("Mail.Read")
        );
    }
}
