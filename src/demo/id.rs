//! Ids of an invented tenant: GUIDs, keys of events, and the indexes by which people, mailboxes and applications are named inside.
//!
//! Not here: how a record spells them (`native`).

use super::chance::mixed;
use std::fmt;

/// A GUID, as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Guid(pub u128);

impl Guid {
    /// A random-looking GUID (version 4) of two numbers; different `own` numbers give different GUIDs.
    pub fn of(own: u64, of: u64) -> Self {
        // Version and variant replace six bits of the second half and its neighbour only, so the first half alone tells keys apart
        // but for the four bits of the version, which stand in the second.
        let first = mixed(own ^ of.rotate_left(32));
        let second = mixed(first ^ of);
        let low = (second & 0x3fff_ffff_ffff_ffff) | 0x8000_0000_0000_0000;
        let high = (first & !0xf000) | 0x4000;
        // The four bits of the first half that the version hides.
        let hidden = (first >> 12) & 0xf;
        let low = (low & !0xf) | hidden;
        Self((u128::from(high) << 64) | u128::from(low))
    }

    /// Reads 32 hexadecimal digits with or without hyphens; for tables.
    pub fn read(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|c| *c != '-').collect();
        (digits.len() == 32)
            .then(|| u128::from_str_radix(&digits, 16).ok())
            .flatten()
            .map(Self)
    }

    /// Appends the 36 characters of its usual form.
    pub fn push(self, out: &mut Vec<u8>) {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        for (at, byte) in self.0.to_be_bytes().into_iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                out.push(b'-');
            }
            for digit in [byte >> 4, byte & 0xf] {
                out.extend(HEX.get(usize::from(digit)));
            }
        }
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Vec::with_capacity(36);
        self.push(&mut text);
        formatter.write_str(&String::from_utf8_lossy(&text))
    }
}

/// Writes index types.
macro_rules! indexes {
    ($($(#[$text:meta])* $name:ident($number:ty),)*) => {
        $($(#[$text])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub $number);

        impl $name {
            /// Its place in the list.
            pub fn index(self) -> usize {
                usize::try_from(self.0).unwrap_or(usize::MAX)
            }
        })*
    };
}

indexes! {
    /// A person or account in [`super::tenant::Tenant::people`].
    PersonId(u32),
    /// A mailbox in [`super::tenant::Tenant::mailboxes`].
    MailboxId(u32),
    /// An application in [`super::tenant::Tenant::applications`].
    ApplicationId(u32),
    /// A place in the table of places ([`super::place::all`]).
    PlaceId(u8),
}

/// What an event came out of; the first part of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// What people and applications do all day.
    Ordinary = 0,
    /// Planned work: onboarding, tickets, a migration.
    Routine = 1,
    /// Microsoft's own service.
    Service = 2,
    /// A story or a look-alike.
    Story = 3,
    /// The sign-ins that go with what people and applications do.
    SignIn = 4,
}

/// The key of an event: unique in the tenant, the root of its record id and of all chance inside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub u64);

impl Key {
    /// The key of an event: its origin, the hour of the log (below 2^16), whose it is (below 2^24), and the how manieth (below 2^20).
    pub fn new(origin: Origin, hour: u32, whose: u32, ordinal: u32) -> Self {
        let origin = origin as u64;
        let (hour, whose) = (u64::from(hour & 0xffff), u64::from(whose & 0xff_ffff));
        Self(origin << 60 | hour << 44 | whose << 20 | u64::from(ordinal & 0xf_ffff))
    }

    /// The id of its record in the log of a tenant.
    pub fn record_id(self, seed: u64) -> Guid {
        Guid::of(self.0, seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn guids_have_their_form_and_differ() {
        let mut seen = HashSet::new();
        for own in 0..10_000 {
            let text = Guid::of(own, 42).to_string();
            assert!(crate::text::is_guid(&text), "{text}");
            assert_eq!(Guid::read(&text), Some(Guid::of(own, 42)));
            assert!(matches!(
                text.as_bytes(),
                [.., b'-', _, _, _, _, _, _, _, _, _, _, _, _]
            ));
            assert!(seen.insert(text));
        }
    }

    #[test]
    fn keys_keep_their_parts_apart() {
        let keys = [
            Key::new(Origin::Ordinary, 1, 2, 3),
            Key::new(Origin::Ordinary, 1, 3, 2),
            Key::new(Origin::Ordinary, 2, 1, 3),
            Key::new(Origin::Story, 1, 2, 3),
        ];
        let distinct: HashSet<_> = keys.iter().collect();
        assert_eq!(distinct.len(), keys.len());
    }
}
