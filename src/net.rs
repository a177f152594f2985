//! Client addresses as logs spell them: parsing, class, network, country of registration.
//!
//! Not here: choosing which address of a record is the person's (the readers do, see `evidence`), and what an unusual place means
//! (`hunt::signal`). No lookup leaves the machine.

use crate::text::trimmed;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

/// Microsoft's own ranges, one per line: `range,what,source`. The address of a Microsoft front end says nothing about the person.
const MICROSOFT: &str = include_str!("../assets/catalog/microsoft-ranges.csv");

/// What kind of place an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Reachable on the internet and not known to be Microsoft's.
    Public,
    /// Microsoft's own service ranges: the person behind it is not visible.
    Microsoft,
    /// Private, link-local, loopback, documentation or otherwise not routed.
    Special,
}

/// Reads an address in any spelling seen in exports: bare, with a port, in brackets, IPv4 mapped into IPv6, with a zone.
///
/// `None` for empty, host names and anything else that is no address. A bare IPv6 address is never cut at its last colon.
pub fn parse(text: &str) -> Option<IpAddr> {
    let text = trimmed(text);
    let until = |text: &'_ str, end: u8| text.bytes().position(|byte| byte == end);
    let bare = match text.strip_prefix('[') {
        Some(rest) => rest.get(..until(rest, b']').unwrap_or(rest.len()))?,
        None if text.bytes().filter(|byte| *byte == b':').count() == 1 => {
            text.get(..until(text, b':')?)?
        }
        None => text,
    };
    let bare = bare.get(..until(bare, b'%').unwrap_or(bare.len()))?;
    // Told apart here: the parser of either kind tries the other one first.
    let address = if bare.bytes().any(|byte| byte == b':') {
        IpAddr::V6(bare.parse().ok()?)
    } else {
        IpAddr::V4(bare.parse().ok()?)
    };
    let address = address.to_canonical();
    (!address.is_unspecified()).then_some(address)
}

/// The class of an address.
pub fn class(address: IpAddr) -> Class {
    let special = match address {
        IpAddr::V4(v4) => is_special_v4(v4),
        IpAddr::V6(v6) => is_special_v6(v6),
    };
    if special {
        Class::Special
    } else if RANGES.iter().any(|range| range.contains(address)) {
        Class::Microsoft
    } else {
        Class::Public
    }
}

fn is_special_v4(v4: Ipv4Addr) -> bool {
    let carrier_nat = v4.octets()[0] == 100 && (64..128).contains(&v4.octets()[1]);
    v4.is_private()
        || v4.is_loopback()
        || v4.is_link_local()
        || v4.is_broadcast()
        || v4.is_multicast()
        || v4.octets()[0] == 0
        || carrier_nat
}

fn is_special_v6(v6: Ipv6Addr) -> bool {
    v6.is_loopback() || v6.is_multicast() || v6.is_unique_local() || v6.is_unicast_link_local()
}

/// Country in which the range of a public address is registered (ISO 3166-1 alpha-2, upper case); `None` for Microsoft and special
/// addresses, whose registration says nothing about the person.
///
/// Source: delegated statistics of the regional registries (NRO), embedded by the `iptocc` crate. A registration is not a location.
pub fn country(address: IpAddr) -> Option<&'static str> {
    match class(address) {
        Class::Public => iptocc::country_code(address),
        Class::Microsoft | Class::Special => None,
    }
}

/// The neighbourhood of an address: its /24 (IPv4) or /48 (IPv6).
pub fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(v6) => {
            let [a, b, c, ..] = v6.segments();
            format!("{}/48", Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
    }
}

/// A range in prefix notation, IPv4 mapped into IPv6.
struct Range {
    bits: u128,
    prefix: u32,
}

impl Range {
    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let address: IpAddr = address.parse().ok()?;
        let widen = if address.is_ipv4() { 96 } else { 0 };
        Some(Self {
            bits: bits(address),
            prefix: prefix.parse::<u32>().ok()? + widen,
        })
    }

    fn contains(&self, address: IpAddr) -> bool {
        let shift = 128 - self.prefix.min(128);
        bits(address).checked_shr(shift).unwrap_or(0) == self.bits.checked_shr(shift).unwrap_or(0)
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

/// The parsed catalogue: a constant that the compiler cannot build.
static RANGES: LazyLock<Vec<Range>> = LazyLock::new(|| microsoft_ranges().collect());

fn microsoft_ranges() -> impl Iterator<Item = Range> {
    MICROSOFT
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| Range::parse(line.split(',').next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_an_address() {
        for (text, address) in [
            ("178.85.138.132", "178.85.138.132"),
            ("80.114.221.214:16902", "80.114.221.214"),
            ("[2a09:bac5::1a:9b]:54809", "2a09:bac5::1a:9b"),
            ("[2001:db8::abcd]", "2001:db8::abcd"),
            ("2603:10a6:10:25e::21", "2603:10a6:10:25e::21"),
            ("FE80::", "fe80::"),
            ("::ffff:1.2.3.4", "1.2.3.4"),
            ("[::ffff:1.2.3.4]:99", "1.2.3.4"),
            ("[10.11.12.13]-12345", "10.11.12.13"),
            ("[10.11.12.13]:12345", "10.11.12.13"),
            ("[10.11.12.13]", "10.11.12.13"),
            (
                "[2A01:111:F100:9001::1761:914F]:47114",
                "2a01:111:f100:9001::1761:914f",
            ),
            ("[::ffff:10.11.12.13]", "10.11.12.13"),
            ("2001:db8::1a:9c", "2001:db8::1a:9c"),
            ("2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"),
            ("127.0.0.1", "127.0.0.1"),
            ("fe80::1%eth0", "fe80::1"),
            (" ::1 ", "::1"),
        ] {
            assert_eq!(parse(text), address.parse().ok(), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_none() {
        for text in [
            "",
            "<null>",
            "Not Available",
            "0.0.0.0",
            "localhost:12345",
            "cool.client.local:12345",
            "null",
            "::",
            "[]:1",
            "203.0.113.300",
            "203.0.113.7 (front end)",
            "NOTANIPV4 (10.9000.0.1)",
            "::2a02:cf40:add:4002:91f2:a9b2:e09a:6fc6:1",
            "7a1c4a2e-0000-0000-0000-000000000000",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn microsoft_and_special_addresses_have_no_country() {
        for (text, expected) in [
            ("2603:10a6:5:345::11", Class::Microsoft),
            ("2a01:111:f100:9001::1761:914f", Class::Microsoft),
            ("20.190.160.25", Class::Microsoft),
            ("10.1.2.3", Class::Special),
            ("100.64.0.1", Class::Special),
            ("::1", Class::Special),
            ("185.220.101.1", Class::Public),
        ] {
            let address = parse(text).unwrap();
            assert_eq!(class(address), expected, "{text}");
            assert_eq!(
                country(address).is_some(),
                expected == Class::Public,
                "{text}"
            );
        }
        assert_eq!(country("185.220.101.1".parse().unwrap()), Some("DE"));
    }

    #[test]
    fn networks_are_neighbourhoods() {
        assert_eq!(network("203.0.113.77".parse().unwrap()), "203.0.113.0/24");
        assert_eq!(
            network("2001:db8:1:2::3".parse().unwrap()),
            "2001:db8:1::/48"
        );
    }

    #[test]
    fn every_line_of_the_catalogue_is_a_range() {
        let lines = MICROSOFT
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty())
            .count();
        assert_eq!(microsoft_ranges().count(), lines);
    }
}
