//! The table of places: registration of its ranges, clocks, calendars.

use super::*;
use crate::net::{self, Class};
use std::collections::HashSet;

const NETWORKS: [Network; 4] = [
    Network::Office,
    Network::Home,
    Network::Phone,
    Network::Hosting,
];

#[test]
fn every_row_is_read() {
    let rows = PLACES.lines().filter(|line| !line.starts_with('#')).count() - 1;
    assert_eq!(TABLE.len(), rows);
    let zones: HashSet<_> = zones().collect();
    assert_eq!(zones.len(), rows, "one place a zone");
    for (id, place) in all() {
        assert_eq!(of_zone(place.zone), Some(id));
        assert!(!place.city.is_empty() && place.language.len() == 2);
        assert!((-90_000..=90_000).contains(&place.latitude));
        assert!((-180_000..=180_000).contains(&place.longitude));
        for network in &place.networks {
            assert!(!network.is_empty(), "{}", place.zone);
        }
    }
}

#[test]
fn every_range_is_registered_in_its_country() {
    for (_, place) in all() {
        for prefix in place.networks.iter().flatten() {
            for which in 0..=255_u32 {
                let address = match prefix {
                    IpAddr::V4(first) => IpAddr::from((first.to_bits() | which << 8).to_be_bytes()),
                    IpAddr::V6(first) => {
                        IpAddr::from((first.to_bits() | u128::from(which) << 88).to_be_bytes())
                    }
                };
                assert_eq!(net::class(address), Class::Public, "{address}");
                assert_eq!(net::country(address), Some(place.country), "{address}");
            }
        }
    }
}

#[test]
fn no_range_is_of_two_networks() {
    let mut seen = HashSet::new();
    for (_, place) in all() {
        for prefix in place.networks.iter().flatten() {
            assert!(seen.insert(prefix), "{prefix}");
        }
    }
}

#[test]
fn addresses_are_of_their_place() {
    for (id, place) in all() {
        for network in NETWORKS {
            let mut seen = HashSet::new();
            for which in 0..200 {
                let address = address(id, network, which);
                assert_eq!(net::country(address), Some(place.country), "{address}");
                seen.insert(address);
            }
            assert!(seen.len() > 195, "{}", place.zone);
        }
        assert_eq!(address(id, Network::Home, 7), address(id, Network::Home, 7));
    }
}

#[test]
fn countries_of_offices_and_of_intruders_are_there() {
    for country in ["NL", "US", "JP", "NG", "RU", "RO", "VN", "IR", "DE", "SA"] {
        let place = in_country(country).and_then(info);
        assert_eq!(place.map(|place| place.country), Some(country));
    }
    assert_eq!(in_country("XX"), None);
    assert_eq!(of_zone("Mars/Olympus"), None);
}

#[test]
fn clocks_follow_summer_time() {
    // 29 March 2026, 00:30 and 01:30 UTC: Europe changes at 01:00.
    let day = 1_774_742_400;
    for (zone, time, hour, minute, weekday) in [
        ("Europe/Amsterdam", day + 1800, 1, 30, 6),
        ("Europe/Amsterdam", day + 5400, 3, 30, 6),
        ("Europe/Lisbon", day + 5400, 2, 30, 6),
        ("Asia/Kolkata", day + 1800, 6, 0, 6),
        ("America/Los_Angeles", day + 1800, 17, 30, 5),
        ("Australia/Sydney", day + 1800, 11, 30, 6),
    ] {
        let place = of_zone(zone).and_then(info).unwrap();
        let local = place.local(time);
        assert_eq!(
            (local.hour, local.minute, local.weekday),
            (hour, minute, weekday),
            "{zone}"
        );
        let seconds = i64::from(local.hour) * 3600 + i64::from(local.minute) * 60;
        assert_eq!(place.moment(local.day, seconds), time, "{zone}");
    }
}

#[test]
fn weekends_are_those_of_the_country() {
    // Friday, 6 February 2026.
    let friday = 20_490;
    for (country, works) in [
        ("NL", [true, false, false, true]),
        ("AE", [true, false, false, true]),
        ("SA", [false, false, true, true]),
    ] {
        let place = in_country(country).and_then(info).unwrap();
        let found = [0, 1, 2, 3].map(|later| place.is_working_day(friday + later));
        assert_eq!(found, works, "{country}");
    }
}
