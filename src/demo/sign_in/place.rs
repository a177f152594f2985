//! Where a sign-in says it came from: city and coordinates of the place, and a number for its network.
//!
//! Not here: the table of places (`super::super::place`).

use crate::demo::chance::mixed;
use crate::demo::id::PlaceId;
use crate::demo::json::{Json, digits};
use crate::demo::place;
use std::net::IpAddr;

/// A place as a sign-in writes it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Where {
    city: &'static str,
    region: &'static str,
    country: &'static str,
    /// Thousandths of a degree, north and east positive.
    latitude: i32,
    longitude: i32,
}

/// What service principals show.
pub(super) const NOWHERE: Where = Where {
    city: "",
    region: "",
    country: "",
    latitude: 0,
    longitude: 0,
};

/// How the place of a hand is written; nowhere for one that is not in the table.
pub(super) fn of(place: PlaceId) -> Where {
    place::info(place).map_or(NOWHERE, |place| Where {
        city: place.city,
        region: place.region,
        country: place.country,
        latitude: place.latitude,
        longitude: place.longitude,
    })
}

impl Where {
    /// Writes the members of `location`.
    pub(super) fn write(&self, json: &mut Json<'_>) {
        json.name("city").text(self.city);
        json.name("state").text(self.region);
        json.name("countryOrRegion").text(self.country);
        json.name("geoCoordinates").object(|json| {
            json.name("altitude").null();
            json.name("latitude").raw(&degrees(self.latitude));
            json.name("longitude").raw(&degrees(self.longitude));
        });
    }
}

/// Thousandths of a degree as degrees: `-8.61` is written `-8.610`.
fn degrees(thousandths: i32) -> String {
    let mut out = Vec::new();
    if thousandths < 0 {
        out.push(b'-');
    }
    let size = u64::from(thousandths.unsigned_abs());
    digits(size / 1000, 1, &mut out);
    out.push(b'.');
    if size == 0 {
        out.push(b'0');
    } else {
        digits(size % 1000, 3, &mut out);
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// A number for the network of an address: made up, of the range for private use, the same for all of its /16 (IPv6: /32).
pub(super) fn network(address: IpAddr) -> u64 {
    let block = match address {
        IpAddr::V4(address) => {
            let [a, b, ..] = address.octets();
            u64::from(a) << 8 | u64::from(b)
        }
        IpAddr::V6(address) => {
            let [a, b, ..] = address.segments();
            u64::from(a) << 16 | u64::from(b)
        }
    };
    64_512 + mixed(block) % 1_023
}
