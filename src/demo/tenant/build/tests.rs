//! What a tenant of any size has, by roles, names, mailboxes and memory.

use crate::demo::id::PersonId;
use crate::demo::place;
use crate::demo::tenant::{
    LEAST_USERS, Mailbox, MailboxKind, Person, Publisher, Purpose, Role, Tenant,
};
use std::collections::HashSet;

fn tenant(seed: u64, users: u32) -> Tenant {
    Tenant::new(seed, users, place::of_zone("Europe/Amsterdam").unwrap())
}

#[test]
fn every_size_has_every_role() {
    for (seed, users) in [(1, LEAST_USERS), (2, 40), (3, 300), (4, 5000)] {
        let tenant = tenant(seed, users);
        for (role, least, most) in [
            (Role::ChiefExecutive, 1, 1),
            (Role::ChiefFinance, 1, 1),
            (Role::Executive, 1, 12),
            (Role::Assistant, 2, 8),
            (Role::Finance, 2, 200),
            (Role::HumanResources, 1, 100),
            (Role::GlobalAdministrator, 2, 5),
            (Role::ExchangeAdministrator, 2, 6),
            (Role::Helpdesk, 2, 50),
            (Role::Staff, 1, 5000),
            (Role::Dormant, 3, 100),
            (Role::ServiceAccount, 2, 50),
            (Role::Guest, 3, 300),
            (Role::Partner, 2, 2),
        ] {
            let count = tenant.of_role(role).count();
            assert!((least..=most).contains(&count), "{users} {role:?}: {count}");
        }
        let colleagues = tenant.people.iter();
        let colleagues = colleagues.filter(|person| person.role.is_colleague());
        assert_eq!(colleagues.count(), usize::try_from(users).unwrap());
        for chief in [Role::ChiefExecutive, Role::ChiefFinance] {
            let chief = tenant.of_role(chief).next();
            assert!(tenant.people.iter().any(|person| person.assists == chief));
        }
    }
}

#[test]
fn names_may_be_shared_and_aliases_not() {
    let tenant = tenant(5, 3000);
    let aliases: HashSet<_> = tenant.people.iter().map(|person| &person.alias).collect();
    let names: HashSet<_> = tenant.people.iter().map(|person| &person.name).collect();
    assert_eq!(aliases.len(), tenant.people.len());
    let shared = tenant.people.len() - names.len();
    assert!((1..300).contains(&shared), "{shared}");
    let addresses = tenant.mailboxes.iter().map(|mailbox| &mailbox.address);
    assert_eq!(
        addresses.collect::<HashSet<_>>().len(),
        tenant.mailboxes.len()
    );
    for person in &tenant.people {
        assert!(person.upn.ends_with(&tenant.domain) || person.role == Role::Partner);
        assert!(person.sign_in.ends_with(".example") && person.upn.is_ascii());
    }
}

#[test]
fn ids_are_unique() {
    let tenant = tenant(6, 2000);
    let people = tenant.people.iter().map(|person| (person.puid, person.rid));
    let others = tenant
        .mailboxes
        .iter()
        .filter(|mailbox| mailbox.owner.is_none());
    let others = others.map(|mailbox| (mailbox.puid, mailbox.rid));
    let accounts: Vec<_> = people.chain(others).collect();
    let distinct: HashSet<_> = accounts.iter().map(|(puid, _)| puid).collect();
    assert_eq!(distinct.len(), accounts.len());
    let distinct: HashSet<_> = accounts.iter().map(|(_, rid)| rid).collect();
    assert_eq!(distinct.len(), accounts.len());
    let guids: HashSet<_> = tenant
        .mailboxes
        .iter()
        .map(|mailbox| mailbox.guid)
        .collect();
    assert_eq!(guids.len(), tenant.mailboxes.len());
}

#[test]
fn mailboxes_have_owners_and_delegates() {
    for (seed, users) in [(7, 40), (8, LEAST_USERS), (9, 700)] {
        let tenant = tenant(seed, users);
        for (id, person) in (0_u32..).map(PersonId).zip(&tenant.people) {
            let mailbox = person.mailbox.and_then(|mailbox| tenant.mailbox(mailbox));
            let owner = mailbox.map(|mailbox| mailbox.owner);
            let has_none = !person.role.is_colleague() && person.role != Role::Dormant;
            assert!(
                owner == Some(Some(id)) || owner.is_none() && has_none,
                "{person:?}"
            );
        }
        let shared = |alias: &str| {
            let mut found = tenant.mailboxes.iter();
            found.find(|mailbox| mailbox.alias == alias).unwrap()
        };
        for alias in ["invoices", "sales", "hr", "support"] {
            let mailbox = shared(alias);
            assert!(
                mailbox.delegates.len() > 1 && !mailbox.senders.is_empty(),
                "{users} {alias}"
            );
            let distinct: HashSet<_> = mailbox.delegates.iter().collect();
            assert_eq!(distinct.len(), mailbox.delegates.len());
        }
        for kind in [MailboxKind::Room, MailboxKind::Group] {
            assert!(tenant.mailboxes.iter().any(|mailbox| mailbox.kind == kind));
        }
        let discovery = shared("DiscoverySearchMailbox{D919BA05-46A6-415f-80AD-7E09334BB852}");
        assert_eq!(discovery.kind, MailboxKind::Discovery);
    }
}

#[test]
fn every_purpose_has_an_application() {
    let tenant = tenant(8, 20);
    for purpose in [
        Purpose::Backup,
        Purpose::Customers,
        Purpose::Scanner,
        Purpose::Planner,
        Purpose::MailProgram,
        Purpose::Internal,
        Purpose::Migration,
        Purpose::Microsoft,
    ] {
        assert!(tenant.of_purpose(purpose).next().is_some(), "{purpose:?}");
    }
    for application in &tenant.applications {
        let is_own = application.publisher == Publisher::Own;
        assert_eq!(application.registration.is_some(), is_own);
        assert_eq!(application.owner == tenant.id, is_own);
        assert_ne!(application.app_id.0, 0);
    }
}

#[test]
fn newcomers_begin_on_mondays_and_some_leave() {
    let tenant = tenant(9, 400);
    let joins = tenant.people.iter().map(|person| person.joins);
    let newcomers: Vec<u16> = joins.filter(|day| *day > 0).collect();
    assert!(newcomers.len() > 8);
    assert!(newcomers.iter().all(|day| day.is_multiple_of(7)));
    let mondays: HashSet<_> = newcomers.iter().collect();
    assert!(mondays.len() < newcomers.len(), "in bursts");
    assert!(tenant.people.iter().any(|person| person.leaves < 63));
}

#[test]
fn sites_are_in_three_zones_and_the_first_is_the_greatest() {
    for seed in 0..20 {
        let tenant = tenant(seed, 500);
        let sites: HashSet<_> = tenant.sites.iter().collect();
        assert_eq!(sites.len(), 3);
        let there = tenant.people.iter().filter(|person| person.site == 0);
        assert!(there.count() * 100 / tenant.people.len() > 50);
    }
}

#[test]
fn the_same_seed_is_the_same_tenant() {
    let [first, again, other] = [3, 3, 4].map(|seed| tenant(seed, 60));
    assert_eq!(first.people, again.people);
    assert_eq!(first.mailboxes, again.mailboxes);
    assert_eq!(first.applications, again.applications);
    assert_ne!(first.people, other.people);
}

#[test]
fn a_hundred_thousand_people_take_less_than_a_hundred_megabytes() {
    let tenant = tenant(1, 20_000);
    // A small block of memory costs up to sixteen bytes more than it holds.
    let bytes = |texts: &[&String]| texts.iter().map(|text| text.capacity() + 16).sum::<usize>();
    let people = tenant.people.iter().map(|person| {
        let texts = bytes(&[&person.name, &person.alias, &person.upn, &person.sign_in]);
        size_of::<Person>() + texts
    });
    let mailboxes = tenant.mailboxes.iter().map(|mailbox| {
        size_of::<Mailbox>() + bytes(&[&mailbox.name, &mailbox.alias, &mailbox.address])
    });
    let bytes = people.sum::<usize>() + mailboxes.sum::<usize>();
    assert!(bytes * 5 < 100_000_000, "{bytes}");
}
