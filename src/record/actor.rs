//! Enumerations of the audit schema that say who acts: user type and logon type, by number and by name.
//!
//! Source: Management Activity API schema. `OfficeActivity` gives names where the API gives numbers, mailbox audit cmdlets say
//! `Delegate` where the log says `Delegated`; each type reads all of them.

/// `UserType`. Entra records never say `Admin`; a service principal acting in Entra shows as `System`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UserType {
    /// Number 0 in logs.
    Regular,
    /// Number 1 in logs.
    Reserved,
    /// 2: ran an admin cmdlet, which ordinary users do too.
    Admin,
    /// 3: Microsoft data centre administrator or system account.
    DcAdmin,
    /// Number 4 in logs.
    System,
    /// Number 5 in logs.
    Application,
    /// Number 6 in logs.
    ServicePrincipal,
    /// Number 7 in logs.
    CustomPolicy,
    /// Number 8 in logs.
    SystemPolicy,
    /// 9: user of a partner tenant under delegated administration.
    PartnerTechnician,
    /// Number 10 in logs.
    Guest,
}

/// Number, name and value of each user type.
const USER_TYPES: [(&str, UserType); 11] = [
    ("Regular", UserType::Regular),
    ("Reserved", UserType::Reserved),
    ("Admin", UserType::Admin),
    ("DcAdmin", UserType::DcAdmin),
    ("System", UserType::System),
    ("Application", UserType::Application),
    ("ServicePrincipal", UserType::ServicePrincipal),
    ("CustomPolicy", UserType::CustomPolicy),
    ("SystemPolicy", UserType::SystemPolicy),
    ("PartnerTechnician", UserType::PartnerTechnician),
    ("Guest", UserType::Guest),
];

impl UserType {
    /// Reads a number or a name, without case.
    pub fn read(written: &str) -> Option<Self> {
        read(&USER_TYPES, written)
    }

    /// The schema's name.
    pub fn name(self) -> &'static str {
        name(&USER_TYPES, self)
    }
}

/// `LogonType` of mailbox audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogonType {
    /// 0. Applications with rights of their own show as owner too.
    Owner,
    /// Number 1 in logs.
    Admin,
    /// Number 2 in logs.
    Delegated,
    /// Number 3 in logs.
    Transport,
    /// Number 4 in logs.
    SystemService,
    /// Number 5 in logs.
    BestAccess,
    /// Number 6 in logs.
    DelegatedAdmin,
}

/// Number, name and value of each logon type.
const LOGON_TYPES: [(&str, LogonType); 7] = [
    ("Owner", LogonType::Owner),
    ("Admin", LogonType::Admin),
    ("Delegated", LogonType::Delegated),
    ("Transport", LogonType::Transport),
    ("SystemService", LogonType::SystemService),
    ("BestAccess", LogonType::BestAccess),
    ("DelegatedAdmin", LogonType::DelegatedAdmin),
];

impl LogonType {
    /// Reads a number or a name, without case; `Delegate` is `Delegated`.
    pub fn read(written: &str) -> Option<Self> {
        if written.trim().eq_ignore_ascii_case("Delegate") {
            return Some(Self::Delegated);
        }
        read(&LOGON_TYPES, written)
    }

    /// The schema's name.
    pub fn name(self) -> &'static str {
        name(&LOGON_TYPES, self)
    }
}

/// The entry at a number, or with a name; the position in a table is the schema's number.
fn read<T: Copy>(table: &[(&str, T)], written: &str) -> Option<T> {
    let written = written.trim();
    match written.parse::<usize>() {
        Ok(number) => table.get(number).map(|entry| entry.1),
        Err(_) => table
            .iter()
            .find(|entry| entry.0.eq_ignore_ascii_case(written))
            .map(|entry| entry.1),
    }
}

fn name<T: Copy + PartialEq>(table: &[(&'static str, T)], value: T) -> &'static str {
    table
        .iter()
        .find(|entry| entry.1 == value)
        .map_or("", |entry| entry.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_read_alike() {
        assert_eq!(UserType::read("2"), Some(UserType::Admin));
        assert_eq!(UserType::read("dcadmin"), Some(UserType::DcAdmin));
        assert_eq!(UserType::read("99"), None);
        assert_eq!(LogonType::read("Delegate"), Some(LogonType::Delegated));
        assert_eq!(LogonType::read("2"), Some(LogonType::Delegated));
        assert_eq!(LogonType::read(""), None);
    }

    #[test]
    fn names_read_back() {
        for (written, value) in USER_TYPES {
            assert_eq!(
                (UserType::read(written), value.name()),
                (Some(value), written)
            );
        }
        for (written, value) in LOGON_TYPES {
            assert_eq!(
                (LogonType::read(written), value.name()),
                (Some(value), written)
            );
        }
    }
}
