//! Hires everybody: roles, sites, departments, who joins and who leaves, and the accounts that are no colleagues'.
//!
//! Not here: their mailboxes.

use super::names::{Names, Style};
use super::{account, guid};
use crate::demo::chance::{Dice, Domain};
use crate::demo::id::{PersonId, PlaceId};
use crate::demo::place;
use crate::demo::tenant::{Person, Role, Tenant};

/// Names of departments, by the number that people have.
pub(in crate::demo::tenant) const DEPARTMENTS: &[&str] = &[
    "Management",
    "Finance",
    "Human Resources",
    "IT",
    "Sales",
    "Operations",
    "Purchasing",
    "Marketing",
    "Legal",
    "Research",
    "Customer Service",
];

/// First department of ordinary staff, and how likely each from there on is.
const STAFF: (u8, [u32; 7]) = (4, [24, 34, 8, 8, 3, 9, 14]);

/// Names of accounts that programs use.
const SERVICES: &[&str] = &[
    "svc-scan",
    "svc-erp",
    "svc-monitor",
    "svc-fax",
    "svc-print",
    "svc-reports",
    "svc-alarm",
    "svc-edi",
];

/// Organisations whose people are invited.
const INVITED: &[&str] = &[
    "brightquay-freight",
    "alderman-audit",
    "sundial-consulting",
    "harbourlight-law",
    "millrace-design",
    "copperleaf-systems",
    "stillwater-tax",
    "northlane-customs",
];

/// Mail domain of the partner with delegated administration.
const PARTNER: &str = "tidewright-it.example";

/// How many there are of each role in a company of so many users, leaders first: the rest is staff.
fn posts(users: u32) -> [(Role, u32); 9] {
    [
        (Role::ChiefExecutive, 1),
        (Role::ChiefFinance, 1),
        (Role::Executive, (users / 60).clamp(1, 12)),
        (Role::Assistant, (users / 120).clamp(2, 8)),
        (Role::Finance, (users / 40).max(2)),
        (Role::HumanResources, (users / 120).max(1)),
        (Role::GlobalAdministrator, (2 + users / 5000).min(5)),
        (Role::ExchangeAdministrator, (2 + users / 4000).min(6)),
        (Role::Helpdesk, 2 + users / 150),
    ]
}

/// The accounts that come on top of so many users.
fn on_top(users: u32) -> [(Role, u32); 4] {
    [
        (Role::Dormant, 3 + users / 60),
        (Role::ServiceAccount, 2 + (users / 200).min(40)),
        (Role::Guest, 3 + users / 25),
        (Role::Partner, 2),
    ]
}

/// Hires so many people, and opens the accounts that come on top.
pub(super) fn hire(tenant: &mut Tenant, users: u32) {
    let style = if users < 300 {
        Style::Initial
    } else {
        Style::Full
    };
    let mut names = Names::new(style);
    let all = users + on_top(users).iter().map(|(_, count)| count).sum::<u32>();
    tenant
        .people
        .reserve_exact(usize::try_from(all).unwrap_or(0));
    for (role, count) in posts(users) {
        for nth in 0..count {
            colleague(tenant, &mut names, role, nth);
        }
    }
    while tenant.people.len() < usize::try_from(users).unwrap_or(0) {
        colleague(tenant, &mut names, Role::Staff, 0);
    }
    come_and_go(tenant);
    for (role, count) in on_top(users) {
        for nth in 0..count {
            match role {
                Role::Guest | Role::Partner => outsider(tenant, &mut names, role, nth),
                Role::ServiceAccount => service(tenant, nth),
                _ => colleague(tenant, &mut names, role, nth),
            }
        }
    }
}

/// Somebody with a desk (or who had one).
fn colleague(tenant: &mut Tenant, names: &mut Names, role: Role, nth: u32) {
    let mut dice = dice(tenant);
    let site = site(role, nth, &mut dice);
    let home = tenant.sites.get(usize::from(site)).copied();
    let home = home.unwrap_or_default();
    let (name, alias) = names.give(country(home), &mut dice);
    let upn = [&alias, "@", &tenant.domain].concat();
    let person = Person {
        name,
        sign_in: upn.clone(),
        upn,
        alias,
        site,
        home,
        department: department(role, &mut dice),
        assists: (role == Role::Assistant).then_some(PersonId(nth)),
        ..blank(tenant, role)
    };
    tenant.people.push(person);
}

/// An account that a program uses.
fn service(tenant: &mut Tenant, nth: u32) {
    let nth = usize::try_from(nth).unwrap_or(0);
    let (name, more) = (SERVICES.get(nth % SERVICES.len()), nth / SERVICES.len());
    let name = name.copied().unwrap_or_default();
    let alias = match more {
        0 => name.to_owned(),
        more => format!("{name}{}", more + 1),
    };
    let upn = [&alias, "@", &tenant.domain].concat();
    let person = Person {
        name: alias.clone(),
        sign_in: upn.clone(),
        upn,
        alias,
        department: 3,
        home: tenant.sites.first().copied().unwrap_or_default(),
        ..blank(tenant, Role::ServiceAccount)
    };
    tenant.people.push(person);
}

/// Somebody of another organisation: a guest (three of each firm), or a technician of the partner.
fn outsider(tenant: &mut Tenant, names: &mut Names, role: Role, nth: u32) {
    let mut dice = dice(tenant);
    let home = outside(tenant, &mut dice);
    let (name, alias) = names.give(country(home), &mut dice);
    let firm = usize::try_from(nth / 3).unwrap_or(0);
    let domain = match role {
        Role::Partner => PARTNER.to_owned(),
        _ => firm_domain(firm),
    };
    let sign_in = [&alias, "@", &domain].concat();
    let upn = match role {
        Role::Partner => sign_in.clone(),
        _ => [&alias, "_", &domain, "#EXT#@", &tenant.domain].concat(),
    };
    let kind = if role == Role::Partner {
        "partner"
    } else {
        "firm"
    };
    let person = Person {
        name,
        alias,
        upn,
        sign_in,
        home,
        tenant: guid(tenant.seed, kind, firm),
        ..blank(tenant, role)
    };
    tenant.people.push(person);
}

/// The domain of the `nth` organisation whose people are invited.
fn firm_domain(nth: usize) -> String {
    let name = INVITED.get(nth % INVITED.len()).copied();
    let name = name.unwrap_or_default();
    match nth / INVITED.len() {
        0 => [name, ".example"].concat(),
        more => format!("{name}-{more}.example"),
    }
}

/// What is decided about the next person of a tenant.
fn dice(tenant: &Tenant) -> Dice {
    let which = u64::try_from(tenant.people.len()).unwrap_or(0);
    Dice::of(tenant.seed, Domain("person"), &[which])
}

/// The next person of a tenant, with the ids of their account and nothing of their own yet.
fn blank(tenant: &Tenant, role: Role) -> Person {
    let which = tenant.people.len();
    let (puid, rid) = account(tenant.seed, which);
    Person {
        name: String::new(),
        alias: String::new(),
        upn: String::new(),
        sign_in: String::new(),
        object: guid(tenant.seed, "person-object", which),
        puid,
        rid,
        role,
        site: 0,
        home: PlaceId(0),
        department: 0,
        mailbox: None,
        assists: None,
        joins: 0,
        leaves: u16::MAX,
        tenant: tenant.id,
        is_planted: false,
    }
}

/// The site of the `nth` of a role: leaders and administrators are at the head office, every second of the helpdesk at the next site.
fn site(role: Role, nth: u32, dice: &mut Dice) -> u8 {
    match role {
        Role::ChiefExecutive
        | Role::ChiefFinance
        | Role::Executive
        | Role::Assistant
        | Role::GlobalAdministrator
        | Role::ExchangeAdministrator => 0,
        Role::Helpdesk => u8::from(nth % 2 == 1),
        _ => weighted(dice, &[60, 25, 15]),
    }
}

fn department(role: Role, dice: &mut Dice) -> u8 {
    match role {
        Role::ChiefExecutive | Role::Executive | Role::Assistant => 0,
        Role::ChiefFinance | Role::Finance => 1,
        Role::HumanResources => 2,
        Role::GlobalAdministrator | Role::ExchangeAdministrator | Role::Helpdesk => 3,
        _ => STAFF.0 + weighted(dice, &STAFF.1),
    }
}

fn weighted(dice: &mut Dice, weights: &[u32]) -> u8 {
    let drawn = dice.weighted(weights.iter().copied());
    u8::try_from(drawn.unwrap_or(0)).unwrap_or(0)
}

fn country(place: PlaceId) -> &'static str {
    place::info(place).map_or("", |place| place.country)
}

/// Where an outsider lives: half of them where the head office is, the others at any place with offices.
fn outside(tenant: &Tenant, dice: &mut Dice) -> PlaceId {
    let places = place::all().filter(|(_, place)| place.is_site);
    let places: Vec<PlaceId> = places.map(|(id, _)| id).collect();
    let elsewhere = dice.one(&places).copied().unwrap_or_default();
    match tenant.sites.first() {
        Some(head_office) if dice.happens(1, 2) => *head_office,
        _ => elsewhere,
    }
}

/// Weeks of the log on whose Monday newcomers begin, and how many of them do: the first of a month counts more.
const MONDAYS: [(u16, u32); 11] = [
    (2, 3),
    (3, 1),
    (4, 8),
    (5, 2),
    (6, 1),
    (7, 1),
    (8, 6),
    (9, 1),
    (10, 1),
    (11, 1),
    (12, 6),
];

/// Some of the staff begin during the log, in bursts on Mondays; some leave, from its second week on.
fn come_and_go(tenant: &mut Tenant) {
    let seed = tenant.seed;
    let is_staff = |at: &usize| {
        tenant
            .people
            .get(*at)
            .is_some_and(|person| person.role == Role::Staff)
    };
    let staff: Vec<usize> = (0..tenant.people.len()).filter(is_staff).collect();
    let newcomers = (staff.len() / 22).max(2.min(staff.len() / 4));
    let leavers = (staff.len() / 45).max(1.min(staff.len() / 4));
    let mut week = None;
    for (nth, at) in (0..).zip(staff.iter().rev().take(newcomers)) {
        let mut dice = Dice::of(seed, Domain("joins"), &[nth]);
        let drawn = dice.weighted(MONDAYS.iter().map(|(_, weight)| *weight));
        let drawn = drawn.and_then(|at| MONDAYS.get(at)).map(|(week, _)| *week);
        // Few newcomers come together, many spread themselves.
        week = week.filter(|_| dice.happens(2, 3)).or(drawn);
        if let (Some(person), Some(week)) = (tenant.people.get_mut(*at), week) {
            person.joins = week * 7;
        }
    }
    for (nth, at) in (0..).zip(staff.iter().take(leavers)) {
        let day = Dice::of(seed, Domain("leaves"), &[nth]).between(8, 60);
        if let Some(person) = tenant.people.get_mut(*at) {
            person.leaves = u16::try_from(day).unwrap_or(u16::MAX);
        }
    }
}
