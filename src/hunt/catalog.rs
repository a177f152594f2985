//! Knowledge kept as data: roles, permissions, first-party applications, and the grants Microsoft's own service makes.
//!
//! The files under `assets/catalog/` name the source of every line. Not here: which record carries which of it.

use crate::query::Pattern;
use crate::text::fold;
use std::collections::HashMap;
use std::sync::LazyLock;

const ROLES: &str = include_str!("../../assets/catalog/roles.csv");
const PERMISSIONS: &str = include_str!("../../assets/catalog/permissions.csv");
const FIRST_PARTY: &str = include_str!("../../assets/catalog/first-party-apps.csv");
const SYSTEM_GRANTS: &str = include_str!("../../assets/catalog/system-grants.csv");

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
    permissions: HashMap<String, Power>,
    permission_names: HashMap<String, String>,
    first_party: HashMap<[u8; APP_ID], String>,
    system_grants: Vec<SystemGrant>,
}

/// A pattern of grants that are Microsoft's own.
struct SystemGrant {
    actor: String,
    target: String,
    grantee: String,
    reason: String,
}

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog {
    roles: rows(ROLES)
        .filter_map(|row| Some((fold(row.first()?), Power::read(row.get(2)?))))
        .collect(),
    permissions: permission_powers(),
    permission_names: rows(PERMISSIONS)
        .filter_map(|row| Some((fold(row.get(3)?), row.get(2)?.to_string())))
        .filter(|(id, _)| !id.is_empty())
        .collect(),
    first_party: rows(FIRST_PARTY)
        .filter_map(|row| Some((app_id(row.first()?)?, row.get(1)?.to_string())))
        .collect(),
    system_grants: rows(SYSTEM_GRANTS)
        .filter_map(|row| {
            let field = |at: usize| row.get(at).map(|text| fold(text));
            Some(SystemGrant {
                actor: field(0)?,
                target: field(1)?,
                grantee: field(2)?,
                reason: row.get(3)?.to_string(),
            })
        })
        .collect(),
});

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

fn rows(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split(',').collect())
}

/// What a management role or role group opens; `None` when it is not in the catalogue (a custom role can open anything).
pub fn role_power(role: &str) -> Option<Power> {
    CATALOG.roles.get(&fold(role)).copied()
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

/// Why a grant is Microsoft's own; `None` when it is not.
pub fn system_reason(actor: &str, target: &str, grantee: &str) -> Option<&'static str> {
    let (actor, target, grantee) = (fold(actor), fold(target), fold(grantee));
    CATALOG
        .system_grants
        .iter()
        .find(|row| {
            fits(&row.actor, &actor) && fits(&row.target, &target) && fits(&row.grantee, &grantee)
        })
        .map(|row| row.reason.as_str())
}

/// Whether a value fits a pattern of the system catalogue.
fn fits(pattern: &str, value: &str) -> bool {
    match pattern {
        "" => true,
        "-" => value.is_empty(),
        _ => Pattern::of_pieces(pattern.split('*')).is_some_and(|pattern| pattern.matches(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_catalogue_line_is_read() {
        let lines = |text: &'static str| rows(text).count();
        assert_eq!(CATALOG.roles.len(), lines(ROLES));
        assert_eq!(CATALOG.first_party.len(), lines(FIRST_PARTY));
        assert_eq!(CATALOG.system_grants.len(), lines(SYSTEM_GRANTS));
        for row in rows(PERMISSIONS) {
            assert_eq!(row.len(), 6, "{row:?}");
            assert!(
                Power::read(row[4]) != Power::None || row[4] == "none",
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

    #[test]
    fn service_grants_are_recognised_in_every_spelling() {
        let discovery = "NAMPR06A007.PROD.OUTLOOK.COM/x/y/DiscoverySearchMailbox{D919BA05-46A6-415f-80AD-7E09334BB852}";
        for (actor, target, grantee, system) in [
            (
                "NT AUTHORITY\\SYSTEM (Microsoft.Exchange.ServiceHost)",
                "a",
                "b",
                true,
            ),
            (
                "nt authority\\system (Microsoft.Exchange.Servicehost)",
                "a",
                "b",
                true,
            ),
            ("", discovery, "x/Discovery Management", true),
            ("", discovery, "mallory@example.com", false),
            (
                "mallory@example.com",
                discovery,
                "x/Discovery Management",
                false,
            ),
            (
                "",
                "Julian Isla",
                "NAMPR06A007\\Mega54612-1308911214",
                false,
            ),
            (
                "alice@example.com",
                "group@example.com",
                "Member@local",
                true,
            ),
        ] {
            assert_eq!(
                system_reason(actor, target, grantee).is_some(),
                system,
                "{actor} {target} {grantee}"
            );
        }
    }
}
