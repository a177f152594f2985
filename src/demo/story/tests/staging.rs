//! Whether all scenarios stage everywhere, alike and apart.

use super::bench::{PERIOD, all, ids, named, staged, tellings, tenant};
use crate::demo::event::{Act, Actor, Event, Hand, MailOperation};
use crate::demo::label::Mark;
use crate::demo::story::verb::Verb;
use crate::demo::story::word::Words;
use crate::demo::world::{Fault, Period, START};
use crate::demo::{life, place, story};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What a step of a story is, without the indexes that depend on what else is planted.
fn outline(events: &[Event], key: impl Fn(&Event) -> bool) -> Vec<String> {
    let kept = events.iter().filter(|event| key(event));
    kept.map(|event| {
        let what = match &event.act {
            Act::Cmdlet(cmdlet) => format!("{} {:?}", cmdlet.operation, cmdlet.parameters),
            Act::Mail(mail) => format!("{:?} {:?} {}", mail.operation, mail.mailbox, mail.message),
            Act::SignIn(sign_in) => format!("{:?} {}", sign_in.hand.address, sign_in.hand.session),
            Act::Change(change) => change.operation.to_string(),
        };
        format!("{} {:x} {what}", event.time, event.key.0)
    })
    .collect()
}

/// Number of the part that an event belongs to.
fn part(event: &Event) -> u64 {
    event.key.0 >> 20 & 0xff_ffff
}

#[test]
fn every_scenario_stages_in_tenants_of_all_sizes() {
    for (seed, users) in [(1, 15), (2, 15), (3, 40), (4, 40), (5, 300), (6, 300)] {
        let (tenant, staged) = staged(seed, users, &all()).unwrap();
        assert_eq!(staged.labels.stories.len(), 15);
        assert!(staged.labels.look_alikes.len() >= 15);
        assert!(staged.events.is_sorted_by_key(Event::order));
        let keys: BTreeSet<_> = staged.events.iter().map(|event| event.key).collect();
        assert_eq!(keys.len(), staged.events.len(), "keys are unique");
        let month = PERIOD.start + 31 * 86_400 - 43_200;
        assert!(staged.events.iter().all(|event| event.time >= month));
        for event in &staged.events {
            let Act::Mail(mail) = &event.act else {
                continue;
            };
            assert!(tenant.mailbox(mail.mailbox).is_some());
        }
    }
}

#[test]
fn every_zone_can_be_that_of_the_head_office() {
    for zone in place::zones() {
        let mut tenant = tenant(7, 40, zone);
        story::stage(&mut tenant, PERIOD, &all()).unwrap();
    }
}

#[test]
fn every_labelled_id_is_that_of_one_unified_event() {
    let (tenant, staged) = staged(11, 40, &all()).unwrap();
    let mut known: HashMap<String, usize> = HashMap::new();
    for event in staged.events.iter().filter(|event| event.is_unified()) {
        *known
            .entry(event.key.record_id(tenant.seed).to_string())
            .or_default() += 1;
    }
    let labelled = ids(&staged);
    let distinct: BTreeSet<_> = labelled.iter().collect();
    assert_eq!(distinct.len(), labelled.len(), "each id stands once");
    assert!(labelled.len() > 300);
    for id in &labelled {
        assert_eq!(known.get(*id), Some(&1), "{id}");
    }
    let json = staged.labels.json(&tenant);
    for id in distinct {
        assert_eq!(json.matches(*id).count(), 1, "{id}");
    }
}

#[test]
fn a_story_is_the_same_whatever_is_planted_beside_it() {
    let (_, whole) = staged(21, 40, &all()).unwrap();
    for name in story::names() {
        let (_, alone) = staged(21, 40, &named(&[name, name])).unwrap();
        let parts: BTreeSet<u64> = alone.events.iter().map(part).collect();
        assert_eq!(
            outline(&alone.events, |_| true),
            outline(&whole.events, |event| parts.contains(&part(event))),
            "{name}"
        );
        assert_eq!(alone.labels.stories.len(), 1);
    }
}

#[test]
fn no_two_stories_of_one_actor_begin_on_one_day() {
    for seed in 30..40 {
        let (tenant, staged) = staged(seed, 40, &all()).unwrap();
        let mut days: BTreeMap<(u32, i64), BTreeSet<u64>> = BTreeMap::new();
        for event in &staged.events {
            let hand = match &event.act {
                Act::Cmdlet(cmdlet) => cmdlet.hand,
                Act::Change(change) => change.hand,
                _ => continue,
            };
            if let Actor::Person(person) = hand.actor {
                let home = place::info(tenant.person(person).unwrap().home).unwrap();
                let local = event.time + home.offset(event.time);
                let day = (person.0, local.div_euclid(86_400));
                days.entry(day).or_default().insert(part(event));
            }
        }
        let crowded: Vec<_> = days.iter().filter(|(_, parts)| parts.len() > 1).collect();
        assert!(crowded.is_empty(), "seed {seed}: {crowded:?}");
    }
}

/// Who does something, and how.
fn hand(event: &Event) -> Hand {
    match &event.act {
        Act::Mail(mail) => mail.hand,
        Act::SignIn(sign_in) => sign_in.hand,
        Act::Cmdlet(cmdlet) => cmdlet.hand,
        Act::Change(change) => change.hand,
    }
}

#[test]
fn whoever_acts_away_from_the_usual_has_signed_in_there() {
    let (tenant, staged) = staged(13, 40, &all()).unwrap();
    let mut signed_in = BTreeSet::new();
    for event in &staged.events {
        let hand = hand(event);
        if let Act::SignIn(sign_in) = &event.act {
            if sign_in.error == 0 {
                signed_in.insert((part(event), hand.session, hand.address));
            }
            continue;
        }
        let usual = match hand.actor {
            Actor::Person(person) => life::usual(&tenant, PERIOD, person, event.time),
            _ => None,
        };
        if usual.is_some_and(|usual| usual.session == hand.session) || is_delegated(&hand) {
            continue;
        }
        let known = signed_in.contains(&(part(event), hand.session, hand.address));
        assert!(known, "{event:?}");
    }
}

/// Whether an application acts for a person: its tokens are renewed for weeks.
fn is_delegated(hand: &Hand) -> bool {
    matches!(hand.actor, Actor::OnBehalf(..))
}

#[test]
fn labels_say_what_a_story_needs() {
    let (tenant, staged) = staged(12, 40, &all()).unwrap();
    for telling in tellings(&staged) {
        let name = &telling.title;
        assert!(
            !telling.story.contains('{') && !telling.story.is_empty(),
            "{name}"
        );
        assert!(!telling.grants.is_empty(), "{name}");
        assert!(
            telling.records.iter().any(|one| one.mark == Mark::Grant),
            "{name}"
        );
        for grant in &telling.grants {
            assert!(
                grant.revoked_at.is_none_or(|end| end > grant.time),
                "{name}"
            );
            for group in &grant.accesses {
                assert!(group.first >= grant.time, "{name}: {group:?}");
            }
        }
    }
    let told = |name: &str| {
        let found = staged.labels.stories.iter();
        found.clone().find(|one| one.scenario == name).unwrap()
    };
    assert_eq!(told("audit-bypass-first").exposure.unknowable, 1);
    assert_eq!(told("grant-sync-revoke").exposure.presumed, 3);
    assert!(told("slow-reader").exposure.proven <= 20);
    let answers = staged.labels.answers(&tenant);
    for name in story::names() {
        assert!(answers.contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
fn faults_name_what_is_missing() {
    let mut tenant = tenant(1, 40, "Europe/Amsterdam");
    let odd = story::stage(&mut tenant, PERIOD, &named(&["no-such-story"]));
    let text = odd.unwrap_err().to_string();
    assert!(
        text.contains("no-such-story") && text.contains("slow-reader"),
        "{text}"
    );
    let short = Period {
        start: START,
        days: 9,
    };
    let fault = story::stage(&mut tenant, short, &named(&["slow-reader"]));
    assert!(
        matches!(fault, Err(Fault::Short { what: "days", .. })),
        "{fault:?}"
    );
    assert!(story::stage(&mut tenant, short, &[]).is_ok());
}

#[test]
fn listings_go_from_easy_to_hard() {
    let scenarios: Vec<_> = story::scenarios().collect();
    assert_eq!(scenarios.len(), 15);
    assert!(scenarios.is_sorted_by_key(|one| (one.difficulty, one.name)));
    for one in &scenarios {
        assert!(one.look_alikes >= 1 && one.attack().count() >= 3 && !one.title.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_tenant_takes_all_stories(seed in any::<u64>(), users in 15_u32..200, days in 50_u32..120) {
        let mut tenant = tenant(seed, users, "Europe/Lisbon");
        let period = Period { start: START, days };
        let staged = story::stage(&mut tenant, period, &all()).unwrap();
        let days = period.start..period.end();
        prop_assert!(staged.events.iter().all(|event| days.contains(&event.time)));
    }
}

#[test]
fn the_page_on_scenario_files_names_every_verb() {
    let page = include_str!("../../../../assets/scenarios/README.md");
    let own = Verb::TABLE.iter().map(|(word, _)| *word);
    let mail = MailOperation::TABLE.iter().map(|(word, _)| *word);
    for word in own.chain(mail) {
        assert!(page.contains(&format!("`{word}`")), "{word}");
    }
}
