//! The company itself: name, domain, sites, and what Exchange calls it inside.
//!
//! Not here: its people.

use super::guid;
use crate::demo::chance::{Dice, Domain};
use crate::demo::id::PlaceId;
use crate::demo::place;
use crate::demo::tenant::Tenant;

/// First words of invented company names.
const FIRST: &[&str] = &[
    "Nordhaven",
    "Kestrelmoor",
    "Bramblegate",
    "Oakmere",
    "Velderhof",
    "Tarnfield",
    "Ostermark",
    "Quillbrook",
    "Harrowvale",
    "Silberau",
    "Montclar",
    "Ribeirinha",
    "Falkenrode",
    "Eastwick",
    "Larkhill",
    "Dunmarrow",
    "Skarholm",
    "Pellworth",
    "Castelmar",
    "Winterbourne",
];

/// Their second words: trades.
const SECOND: &[&str] = &[
    "Logistics",
    "Foods",
    "Marine",
    "Instruments",
    "Textiles",
    "Engineering",
    "Insurance",
    "Packaging",
    "Shipping",
    "Laboratories",
    "Timber",
    "Publishing",
    "Energy",
    "Machinery",
    "Pharma",
    "Travel",
];

/// Founds the company of a seed: everything but people, mailboxes and applications.
pub(super) fn found(seed: u64, head_office: PlaceId) -> Tenant {
    let mut dice = Dice::of(seed, Domain("company"), &[]);
    let mut word = |of: &[&'static str]| dice.one(of).copied().unwrap_or_default();
    let (first, second) = (word(FIRST), word(SECOND));
    let mut sid = || u32::try_from(dice.between(100_000_000, 4_200_000_000)).unwrap_or(1);
    let domain = [first, "-", second, ".example"].concat().to_lowercase();
    Tenant {
        seed,
        name: [first, " ", second].concat(),
        domain,
        id: guid(seed, "tenant", 0),
        sid: [sid(), sid(), sid()],
        forest: forest(seed, head_office),
        sites: sites(seed, head_office),
        ..Tenant::default()
    }
}

/// The head office and two more sites in other zones: one of the six nearest by longitude, and any other.
fn sites(seed: u64, head_office: PlaceId) -> Vec<PlaceId> {
    let mut dice = Dice::of(seed, Domain("sites"), &[]);
    let longitude = |id| place::info(id).map_or(0, |place| place.longitude);
    let home = longitude(head_office);
    let mut others: Vec<PlaceId> = place::all()
        .filter(|(id, place)| place.is_site && *id != head_office)
        .map(|(id, _)| id)
        .collect();
    others.sort_by_key(|id| ((longitude(*id) - home).abs(), *id));
    let near = others.remove(dice.index(6.min(others.len())));
    let far = others.remove(dice.index(others.len()));
    vec![head_office, near, far]
}

/// The forest of Exchange that a company of a part of the world is in, as canonical names begin.
fn forest(seed: u64, head_office: PlaceId) -> String {
    let mut dice = Dice::of(seed, Domain("forest"), &[]);
    let (longitude, latitude) =
        place::info(head_office).map_or((0, 0), |place| (place.longitude, place.latitude));
    let region = match longitude {
        ..=-30_000 if latitude < 15_000 => "LAM",
        ..=-30_000 => "NAM",
        -29_999..=60_000 => "EUR",
        _ => "APC",
    };
    let (pod, server) = (dice.between(1, 9), dice.between(1, 12));
    format!("{region}PR0{pod}A{server:03}.PROD.OUTLOOK.COM")
}
