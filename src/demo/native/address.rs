//! Addresses as records show them: those of people, and Microsoft's own where a record shows those instead (TELEMETRY §8.2).
//!
//! Not here: where people are (`place`).

use crate::demo::chance::Dice;
use crate::demo::json::digits;
use crate::demo::tenant::Tenant;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Appends an address.
pub(in crate::demo) fn push(address: IpAddr, out: &mut Vec<u8>) {
    match address {
        IpAddr::V4(address) => {
            for (at, byte) in address.octets().into_iter().enumerate() {
                if at > 0 {
                    out.push(b'.');
                }
                digits(u64::from(byte), 1, out);
            }
        }
        IpAddr::V6(address) => {
            // Writing into a vector cannot fail.
            let _ = write!(out, "{address}");
        }
    }
}

/// Appends an address with its port, as records of cmdlets have it.
pub(super) fn push_with_port(address: IpAddr, port: u64, out: &mut Vec<u8>) {
    if address.is_ipv6() {
        out.push(b'[');
        push(address, out);
        out.push(b']');
    } else {
        push(address, out);
    }
    out.push(b':');
    digits(port, 1, out);
}

/// The front end of Entra and Graph that shows in mailbox audit instead of the application that called.
pub(super) fn front_end(dice: &mut Dice) -> IpAddr {
    let last = byte(dice.between(1, 254));
    let third = byte(dice.below(64));
    let address = if dice.happens(2, 3) {
        Ipv4Addr::new(20, 190, 128 + third, last)
    } else {
        Ipv4Addr::new(40, 126, third, last)
    };
    IpAddr::V4(address)
}

/// A server of Exchange Online, in the block of the tenant's region.
pub(super) fn exchange(tenant: &Tenant, dice: &mut Dice) -> IpAddr {
    let block = match tenant.forest.get(..3) {
        Some("NAM") => 0x10b6,
        Some("APC") => 0x1096,
        _ => 0x10a6,
    };
    let (first, second) = (word(dice.below(0x20)), word(dice.between(0x10, 0x3ff)));
    let last = word(dice.between(1, 0x2f));
    IpAddr::V6(Ipv6Addr::new(0x2603, block, first, second, 0, 0, 0, last))
}

/// The back end of the admin portal that shows on its cmdlets.
pub(super) fn portal(dice: &mut Dice) -> IpAddr {
    let (rack, host) = (word(dice.below(4)), word(dice.between(0x9000, 0x97ff)));
    let address = Ipv6Addr::new(0x2a01, 0x111, 0xf100, 0x9001 + rack, 0, 0, 0x1761, host);
    IpAddr::V6(address)
}

fn byte(number: u64) -> u8 {
    u8::try_from(number).unwrap_or(0)
}

fn word(number: u64) -> u16 {
    u16::try_from(number).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::{Class, class};

    #[test]
    fn microsofts_addresses_are_known_as_such() {
        for forest in ["EURPR07A004", "NAMPR06A003", "APCPR03A010", ""] {
            let tenant = Tenant {
                forest: forest.to_owned(),
                ..Tenant::default()
            };
            for seed in 0..200 {
                let mut dice = Dice::keyed(seed);
                for address in [
                    front_end(&mut dice),
                    exchange(&tenant, &mut dice),
                    portal(&mut dice),
                ] {
                    assert_eq!(class(address), Class::Microsoft, "{address}");
                }
            }
        }
    }

    #[test]
    fn ports_do_not_run_into_addresses() {
        for (address, expected) in [
            ("203.0.113.7", "203.0.113.7:99"),
            ("2001:db8::1", "[2001:db8::1]:99"),
        ] {
            let mut out = Vec::new();
            push_with_port(address.parse().unwrap(), 99, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
