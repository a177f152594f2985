//! Places of the world: zone, country, language and networks of each, from one table (`assets/demo/places.csv`), and their calendars.
//!
//! Addresses are of ranges that were chosen by their country of registration only. Not here: who is where (`life`).

mod calendar;
mod network;

use super::event::Second;
use super::id::PlaceId;
use chrono::{Offset, TimeZone};
use chrono_tz::Tz;
use network::Prefix;
use std::net::IpAddr;
use std::sync::LazyLock;

/// The table of places: what its columns mean stands at its head.
const PLACES: &str = include_str!("../../assets/demo/places.csv");

/// What kind of network an address is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Network {
    /// Of an office.
    Office,
    /// Of somebody's home.
    Home,
    /// Of a phone.
    Phone,
    /// Of a hosting company: servers, and those who hide behind them.
    Hosting,
}

/// A place of the table.
#[derive(Debug)]
pub struct Place {
    /// Its zone, by its name in the IANA database.
    pub zone: &'static str,
    /// Its country, ISO 3166-1 alpha-2.
    pub country: &'static str,
    /// State or province, as sign-ins name it; empty where there is none.
    pub region: &'static str,
    /// The city itself.
    pub city: &'static str,
    /// Latitude in thousandths of a degree, north positive.
    pub latitude: i32,
    /// Longitude in thousandths of a degree, east positive.
    pub longitude: i32,
    /// Language of the folders of mailboxes there (ISO 639-1).
    pub language: &'static str,
    /// Whether companies have sites there; where not, nobody of the company lives.
    pub is_site: bool,
    tz: Tz,
    weekend: Vec<&'static str>,
    networks: [Vec<Prefix>; 4],
}

/// A moment by the clock of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Local {
    /// Days since 1 January 1970 by the calendar of the place.
    pub day: i64,
    /// Day of the week, 0 for Monday.
    pub weekday: u8,
    /// Hour of the day, 0 to 23.
    pub hour: u8,
    /// Minute of the hour.
    pub minute: u8,
}

impl Place {
    /// Seconds by which the clock is ahead of UTC at a moment.
    pub fn offset(&self, time: Second) -> i64 {
        chrono::DateTime::from_timestamp(time, 0).map_or(0, |moment| {
            let offset = self.tz.offset_from_utc_datetime(&moment.naive_utc());
            i64::from(offset.fix().local_minus_utc())
        })
    }

    /// What the clock shows at a moment.
    pub fn local(&self, time: Second) -> Local {
        let shown = time + self.offset(time);
        let day = shown.div_euclid(86_400);
        let seconds = shown.rem_euclid(86_400);
        Local {
            day,
            weekday: weekday(day),
            hour: u8::try_from(seconds / 3600).unwrap_or(0),
            minute: u8::try_from(seconds / 60 % 60).unwrap_or(0),
        }
    }

    /// The moment at which the clock shows so many seconds of a day (of those since 1970); where the clock jumps, one near it.
    pub fn moment(&self, day: i64, seconds: i64) -> Second {
        let shown = day * 86_400 + seconds;
        let first = shown - self.offset(shown);
        shown - self.offset(first)
    }

    /// Whether offices work on a day (of those since 1970): neither weekend nor a holiday of the country.
    pub fn is_working_day(&self, day: i64) -> bool {
        !self.is_weekend(day) && !calendar::is_holiday(self.country, day)
    }

    /// Whether a day is one of the weekend.
    pub fn is_weekend(&self, day: i64) -> bool {
        let name = calendar::WEEKDAYS
            .get(usize::from(weekday(day)))
            .unwrap_or(&"");
        self.weekend.contains(name)
    }

    /// Whether a day is a holiday of the country.
    pub fn is_holiday(&self, day: i64) -> bool {
        calendar::is_holiday(self.country, day)
    }
}

/// Day of the week of a day since 1970 (a Thursday), 0 for Monday.
pub fn weekday(day: i64) -> u8 {
    u8::try_from((day + 3).rem_euclid(7)).unwrap_or(0)
}

static TABLE: LazyLock<Vec<Place>> = LazyLock::new(|| {
    let rows = PLACES.lines().filter(|line| !line.starts_with('#'));
    rows.skip(1).filter_map(read).collect()
});

fn read(line: &'static str) -> Option<Place> {
    let mut cells = line.split(',');
    let mut cell = || cells.next();
    let zone = cell()?;
    Some(Place {
        zone,
        tz: zone.parse().ok()?,
        country: cell()?,
        region: cell()?,
        city: cell()?,
        latitude: cell()?.parse().ok()?,
        longitude: cell()?.parse().ok()?,
        language: cell()?,
        weekend: cell()?.split(' ').collect(),
        is_site: cell()? == "site",
        networks: [
            network::read(cell()?),
            network::read(cell()?),
            network::read(cell()?),
            network::read(cell()?),
        ],
    })
}

/// A place; `None` for an index that the table does not have.
pub fn info(place: PlaceId) -> Option<&'static Place> {
    TABLE.get(place.index())
}

/// Every place with its index, in the order of the table.
pub fn all() -> impl Iterator<Item = (PlaceId, &'static Place)> {
    (0_u8..).map(PlaceId).zip(TABLE.iter())
}

/// The place of a zone; `None` for one that is not in the table.
pub fn of_zone(zone: &str) -> Option<PlaceId> {
    all()
        .find(|(_, place)| place.zone == zone)
        .map(|(id, _)| id)
}

/// The zones of the table, in its order.
pub fn zones() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|place| place.zone)
}

/// A place in a country (ISO 3166-1 alpha-2, upper case); `None` where the table has none.
pub fn in_country(country: &str) -> Option<PlaceId> {
    all()
        .find(|(_, place)| place.country == country)
        .map(|(id, _)| id)
}

/// An address at a place: the same `which` is the same address.
pub fn address(place: PlaceId, network: Network, which: u64) -> IpAddr {
    let prefixes = info(place).and_then(|place| place.networks.get(network as usize));
    network::address(prefixes.map_or(&[], Vec::as_slice), which)
}

#[cfg(test)]
mod tests;
