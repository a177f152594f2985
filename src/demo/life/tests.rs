//! Ordinary life as a whole: how much, by whom, when, where from, and in which proportions.

use super::lane::LANES;
use super::*;
use crate::demo::client::Client;
use crate::demo::event::{
    Act, Actor, Grantee, Logon, Mail, MailOperation, Object, Service, SignIn, SignInKind,
};
use crate::demo::id::{Key, MailboxId};
use crate::demo::tenant::{Person, Role};
use crate::demo::world::START;
use crate::net;
use std::collections::{BTreeMap, HashSet};

fn tenant(seed: u64, users: u32, zone: &str) -> Tenant {
    Tenant::new(seed, users, place::of_zone(zone).unwrap())
}

fn period(days: u32) -> Period {
    Period { start: START, days }
}

/// All events of a life, in the order in which they are given.
fn lived(tenant: &Tenant, period: Period, records: u64) -> Vec<Event> {
    let life = Life::new(tenant, period, records);
    let mut events = Vec::new();
    for day in 0..period.days {
        let mut today = life.day(tenant, day);
        for hour in 0..24 {
            let begun = events.len();
            today.hour(tenant, hour, &mut events);
            let from = period.start + i64::from(day * 24 + hour) * 3600;
            for event in &events[begun..] {
                assert!((from..from + 3600).contains(&event.time), "{event:?}");
            }
        }
    }
    events
}

fn hand(act: &Act) -> Hand {
    match act {
        Act::Mail(mail) => mail.hand,
        Act::SignIn(sign_in) => sign_in.hand,
        Act::Cmdlet(cmdlet) => cmdlet.hand,
        Act::Change(change) => change.hand,
    }
}

fn mails(events: &[Event]) -> impl Iterator<Item = &Mail> {
    events.iter().filter_map(|event| match &event.act {
        Act::Mail(mail) => Some(mail),
        _ => None,
    })
}

/// What people do themselves, by person and in order of time.
fn own_acts(events: &[Event]) -> BTreeMap<PersonId, Vec<(Second, Hand)>> {
    let mut acts: BTreeMap<PersonId, Vec<(Second, Hand)>> = BTreeMap::new();
    for event in events {
        let hand = hand(&event.act);
        // Keys of lanes are above those of people: strangers who try their passwords.
        let is_lane = event.key.0 >> 43 & 1 == 1;
        if let (Actor::Person(person), false) = (hand.actor, is_lane) {
            acts.entry(person).or_default().push((event.time, hand));
        }
    }
    for acts in acts.values_mut() {
        acts.sort_by_key(|(time, _)| *time);
    }
    acts
}

#[test]
fn the_number_of_records_is_met_exactly() {
    for (seed, users, days, records, zone) in [
        (1, 40, 63, 14_000, "Europe/Amsterdam"),
        (2, 15, 2, 1, "Europe/Amsterdam"),
        (3, 15, 2, 10, "Asia/Tokyo"),
        (4, 60, 9, 5_001, "America/Los_Angeles"),
        (5, 200, 3, 40_000, "Asia/Riyadh"),
        (6, 20, 70, 30, "Australia/Sydney"),
        (7, 300, 14, 33_333, "Asia/Kolkata"),
    ] {
        let tenant = tenant(seed, users, zone);
        let events = lived(&tenant, period(days), records);
        let unified = events.iter().filter(|event| event.is_unified()).count();
        assert_eq!(unified, usize::try_from(records).unwrap(), "{zone} {users}");
    }
}

#[test]
fn keys_are_unique_and_ids_valid() {
    let tenant = tenant(8, 80, "America/New_York");
    let events = lived(&tenant, period(15), 60_000);
    let keys: HashSet<Key> = events.iter().map(|event| event.key).collect();
    assert_eq!(keys.len(), events.len());
    for event in &events {
        let hand = hand(&event.act);
        let is_known = match hand.actor {
            Actor::Person(person) => tenant.person(person).is_some(),
            Actor::Application(application) => tenant.application(application).is_some(),
            Actor::OnBehalf(application, person) => {
                tenant.application(application).is_some() && tenant.person(person).is_some()
            }
            Actor::Service(_) => true,
        };
        assert!(is_known && place::info(hand.place).is_some(), "{event:?}");
        if let Act::Mail(mail) = &event.act {
            assert!(tenant.mailbox(mail.mailbox).is_some());
            assert!(u32::from(mail.count) <= mail.message.max(1));
        }
    }
}

#[test]
fn days_are_the_same_in_any_order_and_whatever_is_planted() {
    let mut tenant = tenant(9, 50, "Europe/Lisbon");
    let life = Life::new(&tenant, period(20), 9_000);
    let day = |tenant: &Tenant, day| {
        let mut events = Vec::new();
        let mut today = life.day(tenant, day);
        (0..24).for_each(|hour| today.hour(tenant, hour, &mut events));
        format!("{events:?}")
    };
    let forth: Vec<String> = (0..20).map(|number| day(&tenant, number)).collect();
    let planted = Person {
        is_planted: true,
        ..tenant.people[4].clone()
    };
    let id = tenant.add_person(planted);
    let application = tenant.applications[0].clone();
    tenant.add_application(crate::demo::tenant::Application {
        purpose: crate::demo::tenant::Purpose::Planted,
        ..application
    });
    for number in (0..20).rev() {
        let again = day(&tenant, number);
        assert!(again == forth[usize::try_from(number).unwrap()], "{number}");
    }
    assert_eq!(usual(&tenant, period(20), id, START + 40_000), None);
}

#[test]
fn people_work_in_the_hours_of_their_place() {
    for zone in [
        "Europe/Amsterdam",
        "America/Los_Angeles",
        "Asia/Riyadh",
        "Asia/Tokyo",
    ] {
        let tenant = tenant(10, 150, zone);
        let events = lived(&tenant, period(28), 40_000);
        let (mut within, mut all) = (0, 0);
        for (person, acts) in own_acts(&events) {
            if !tenant.person(person).unwrap().role.is_colleague() {
                continue;
            }
            for (time, hand) in acts {
                let there = place::info(hand.place).unwrap();
                let local = there.local(time);
                let is_within = there.is_working_day(local.day) && (7..19).contains(&local.hour);
                within += u32::from(is_within);
                all += 1;
            }
        }
        assert!(within * 100 >= all * 85, "{zone}: {within} of {all}");
        assert!(within < all, "some evenings and weekends");
    }
}

#[test]
fn nobody_travels_faster_than_an_aircraft() {
    for seed in 11..14 {
        let tenant = tenant(seed, 150, "Europe/Amsterdam");
        let events = lived(&tenant, period(63), 60_000);
        let mut journeys = 0;
        for (person, acts) in own_acts(&events) {
            for pair in acts.windows(2) {
                let [(first, from), (second, to)] = pair else {
                    unreachable!()
                };
                if from.place == to.place {
                    continue;
                }
                journeys += 1;
                let kilometres = distance(from.place, to.place);
                let hours = f64::from(u32::try_from(second - first).unwrap()) / 3600.0;
                assert!(
                    kilometres <= 900.0 * hours,
                    "{person:?}: {kilometres} km in {hours} h"
                );
            }
        }
        assert!(journeys > 20, "people travel: {journeys}");
    }
}

/// Kilometres between two places along the sphere.
fn distance(from: PlaceId, to: PlaceId) -> f64 {
    let radians = |id| {
        let place = place::info(id).unwrap();
        let [latitude, longitude] =
            [place.latitude, place.longitude].map(|part| (f64::from(part) / 1000.0).to_radians());
        (latitude, longitude)
    };
    let ((a, b), (c, d)) = (radians(from), radians(to));
    let cosine = a.sin() * c.sin() + a.cos() * c.cos() * (b - d).cos();
    6371.0 * cosine.clamp(-1.0, 1.0).acos()
}

#[test]
fn addresses_are_of_the_place_where_people_are() {
    let tenant = tenant(14, 60, "Europe/Berlin");
    let events = lived(&tenant, period(14), 6_000);
    for acts in own_acts(&events).values() {
        for (_, hand) in acts {
            let country = place::info(hand.place).map(|place| place.country);
            assert_eq!(net::country(hand.address), country, "{hand:?}");
            assert_ne!(hand.session, 0);
        }
    }
}

/// So many of the first in a hundred of the second.
fn percent(part: usize, whole: usize) -> usize {
    part * 100 / whole.max(1)
}

#[test]
fn proportions_are_those_that_were_counted() {
    for (seed, users, records) in [(15, 40, 14_000), (16, 200, 60_000), (17, 80, 200_000)] {
        let tenant = tenant(seed, users, "Europe/Amsterdam");
        let events = lived(&tenant, period(63), records);
        let by = |service: Service| {
            let acts = events.iter().map(|event| hand(&event.act).actor);
            acts.filter(|actor| *actor == Actor::Service(service))
                .count()
        };
        let is_read = |mail: &&Mail| {
            matches!(
                mail.operation,
                MailOperation::Bind | MailOperation::Sync | MailOperation::BindThrottled
            )
        };
        let reads = mails(&events).filter(is_read).count();
        let background = percent(by(Service::RestSystem), reads);
        assert!((58..=70).contains(&background), "{background} of 64");
        let spellings = by(Service::ServiceHost) * 10 / by(Service::Servicehost).max(1);
        assert!((25..=42).contains(&spellings), "{spellings} of 33");
        let modified = |member: Option<Grantee>| {
            let changes = mails(&events)
                .filter(|mail| mail.operation == MailOperation::ModifyFolderPermissions);
            let member_of = |mail: &&Mail| {
                mail.detail
                    .as_ref()?
                    .member
                    .as_ref()
                    .map(|member| member.who)
            };
            changes
                .filter(|mail| member.is_none() || member_of(mail) == member)
                .count()
        };
        assert!(modified(None) > 3 && modified(Some(Grantee::LocalMembers)) > 0);
        let unified = events.iter().filter(|event| event.is_unified()).count();
        let provisioning = by(Service::ServiceHost) + by(Service::Servicehost);
        assert!(
            (7..=11).contains(&percent(provisioning, unified)),
            "a tenth"
        );
        let grants = events.iter().filter(|event| match &event.act {
            Act::Cmdlet(cmdlet) => cmdlet.object.contains("DiscoverySearchMailbox{"),
            _ => false,
        });
        let grants = grants.count() * 1000 / provisioning;
        assert!((6..=24).contains(&grants), "{grants} of 13 in a thousand");
    }
}

#[test]
fn failed_sign_ins_come_before_good_ones_and_sign_ins_before_acts() {
    let tenant = tenant(18, 60, "Europe/Paris");
    let events = lived(&tenant, period(30), 40_000);
    let sign_ins = events.iter().filter_map(|event| match &event.act {
        Act::SignIn(sign_in) if sign_in.kind == SignInKind::Interactive => Some(sign_in),
        _ => None,
    });
    let errors: Vec<u32> = sign_ins.map(|sign_in: &SignIn| sign_in.error).collect();
    let failed = errors.iter().filter(|error| **error != 0).count();
    assert!((5..=30).contains(&percent(failed, errors.len())));
    for code in [50126, 50140, 50053] {
        assert!(errors.contains(&code), "{code}");
    }
    let kinds: HashSet<SignInKind> = events
        .iter()
        .filter_map(|event| match &event.act {
            Act::SignIn(sign_in) => Some(sign_in.kind),
            _ => None,
        })
        .collect();
    assert_eq!(kinds.len(), 4, "all four logs have some");
}

#[test]
fn delegates_assistants_and_programs_read_what_is_not_theirs() {
    let tenant = tenant(19, 60, "Europe/London");
    let events = lived(&tenant, period(30), 40_000);
    let has = |wanted: &dyn Fn(&Mail) -> bool| mails(&events).any(wanted);
    let chief = tenant
        .of_role(Role::ChiefExecutive)
        .next()
        .and_then(|id| tenant.mailbox_of(id));
    let is_assisted = |mail: &Mail| Some(mail.mailbox) == chief && mail.logon == Logon::Delegated;
    assert!(has(
        &|mail| is_assisted(mail) && mail.operation == MailOperation::Bind
    ));
    assert!(has(
        &|mail| is_assisted(mail) && mail.operation == MailOperation::SendOnBehalf
    ));
    assert!(has(&|mail| mail.operation == MailOperation::SendAs));
    assert!(has(
        &|mail| matches!(mail.hand.actor, Actor::OnBehalf(..)) && mail.hand.client == Client::Rest
    ));
    assert!(has(&|mail| mail.hand.client == Client::Ews));
    for mail in mails(&events).filter(|mail| mail.logon == Logon::Delegated) {
        let Actor::Person(person) = mail.hand.actor else {
            panic!("{mail:?}")
        };
        assert_ne!(tenant.mailbox_of(person), Some(mail.mailbox));
    }
    let backed: HashSet<MailboxId> = mails(&events)
        .filter(|mail| {
            mail.hand.actor
                == Actor::Application(
                    tenant
                        .of_purpose(crate::demo::tenant::Purpose::Backup)
                        .next()
                        .unwrap(),
                )
        })
        .map(|mail| mail.mailbox)
        .collect();
    assert!(backed.len() > 60, "{}", backed.len());
}

#[test]
fn planned_work_is_there() {
    let tenant = tenant(20, 200, "Europe/Amsterdam");
    let events = lived(&tenant, period(63), 60_000);
    let cmdlets: BTreeMap<&str, usize> = events
        .iter()
        .filter_map(|event| match (&event.act, hand(&event.act).actor) {
            (Act::Cmdlet(cmdlet), Actor::Person(_)) => Some(&*cmdlet.operation),
            _ => None,
        })
        .fold(BTreeMap::new(), |mut counts, operation| {
            *counts.entry(operation).or_default() += 1;
            counts
        });
    for operation in [
        "Add-MailboxPermission",
        "Remove-MailboxPermission",
        "Add-RecipientPermission",
        "Add-MailboxFolderPermission",
        "New-InboxRule",
        "New-MigrationBatch",
        "Set-Mailbox",
    ] {
        assert!(cmdlets.contains_key(operation), "{operation}: {cmdlets:?}");
    }
    for operation in [
        MailOperation::AddFolderPermissions,
        MailOperation::UpdateInboxRules,
    ] {
        assert!(
            mails(&events).any(|mail| mail.operation == operation),
            "{operation:?}"
        );
    }
    for wanted in ["Reset user password.", "Add user.", "Disable account."] {
        let is_there = events.iter().any(|event| match &event.act {
            Act::Change(change) => {
                change.operation == wanted && matches!(change.target, Object::Person(_))
            }
            _ => false,
        });
        assert!(is_there, "{wanted}");
    }
}

#[test]
fn usual_hands_are_those_of_the_day() {
    let tenant = tenant(21, 40, "Europe/Amsterdam");
    let events = lived(&tenant, period(28), 8_000);
    let (mut same, mut all) = (0, 0);
    for (person, acts) in own_acts(&events) {
        for (time, hand) in acts {
            let usual = usual(&tenant, period(28), person, time).unwrap();
            assert_eq!(usual.place, hand.place, "{person:?} at {time}");
            same += u32::from(usual.session == hand.session && usual.address == hand.address);
            all += 1;
        }
    }
    assert!(same * 100 > all * 75, "{same} of {all}");
}

#[test]
fn nothing_happens_to_those_who_are_not_there() {
    let tenant = tenant(22, 120, "Europe/Amsterdam");
    let events = lived(&tenant, period(63), 30_000);
    for (person, acts) in own_acts(&events) {
        let who = tenant.person(person).unwrap();
        assert_ne!(who.role, Role::Dormant);
        let day = |time: Second| habit::day_at(who.home, time);
        assert!(
            acts.iter()
                .all(|(time, _)| day(*time) >= i64::from(who.joins)),
            "{who:?}"
        );
        assert!(
            acts.iter()
                .all(|(time, _)| day(*time) < i64::from(who.leaves)),
            "{who:?}"
        );
    }
}

#[test]
fn a_large_tenant_costs_a_few_bytes_a_person_and_an_hour_of_events() {
    let tenant = tenant(23, 20_000, "Europe/Amsterdam");
    let period = period(6);
    let life = Life::new(&tenant, period, 10_000_000);
    assert!(size_of::<Habit>() <= 16 && size_of::<[Window; 3]>() <= 24);
    assert!(life.0.sharing.of(PersonId(3)).len() < 50);
    let mut events = Vec::new();
    let mut today = life.day(&tenant, 1);
    today.hour(&tenant, 9, &mut events);
    assert!(today.planned.len() < 3_000, "{}", today.planned.len());
    assert!(
        (50_000..400_000).contains(&events.len()),
        "{}",
        events.len()
    );
    assert!(size_of::<Event>() <= 128, "{}", size_of::<Event>());
}

#[test]
fn shares_of_lanes_add_up() {
    let lanes: u64 = LANES.iter().map(|(_, share)| share).sum();
    assert_eq!(lanes + lane::PEOPLE, 1000);
}
