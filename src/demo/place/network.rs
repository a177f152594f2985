//! Ranges of addresses and addresses out of them.
//!
//! Not here: which range is where (`assets/demo/places.csv`).

use crate::demo::chance::mixed;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A range: its first address; IPv4 are of 16 bits, IPv6 of 32.
pub(super) type Prefix = IpAddr;

/// Reads ranges separated by blanks.
pub(super) fn read(cell: &str) -> Vec<Prefix> {
    cell.split(' ')
        .filter_map(|range| match range.split_once('/')? {
            (first, "16") => Some(IpAddr::V4(first.parse().ok()?)),
            (first, "32") => Some(IpAddr::V6(first.parse().ok()?)),
            _ => None,
        })
        .collect()
}

/// The address of a number in one of some ranges: never the first or last of its neighbourhood.
pub(super) fn address(of: &[Prefix], which: u64) -> IpAddr {
    let chance = mixed(which ^ 0x61d7_ab3c_90e2_4f15);
    let count = u64::try_from(of.len()).unwrap_or(1).max(1);
    let at = usize::try_from(chance % count).unwrap_or(0);
    let bits = chance / count;
    match of.get(at) {
        Some(IpAddr::V4(first)) => {
            let [a, b, ..] = first.octets();
            let [.., c, _] = bits.to_be_bytes();
            let last = 1 + (bits >> 16) % 254;
            IpAddr::V4(Ipv4Addr::new(a, b, c, u8::try_from(last).unwrap_or(1)))
        }
        Some(IpAddr::V6(first)) => {
            let subnet = u128::from(bits >> 24 & 0xffff_ffff);
            let interface = u128::from(mixed(chance));
            IpAddr::V6(Ipv6Addr::from_bits(
                first.to_bits() | subnet << 64 | interface,
            ))
        }
        None => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
    }
}
