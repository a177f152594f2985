//! Who could read what when: tables of small worlds, and a plain model that steps through what happened.

use super::*;
use crate::hunt::model::Act;
use crate::hunt::snapshot::{Placed, entitlements};
use crate::hunt::tests::build::{after, grant};
use crate::record::Inventory;
use crate::record::inventory::{
    ApplicationAccessPolicy, AuditBypass, Mailbox, MailboxPermission, RoleGroup,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A grant in a few words.
fn given(id: &str, road: Road, grantee: &str, mailbox: &str, rights: &str) -> Grant {
    let is_tenant = mailbox.is_empty();
    Grant {
        id: id.to_owned(),
        road,
        grantee: Party::new(grantee, crate::hunt::grant::kind_of(grantee)),
        target: Party::new(mailbox, PrincipalKind::User),
        scope: if is_tenant {
            Scope::Tenant
        } else {
            Scope::Mailbox
        },
        rights: rights.split(", ").map(str::to_owned).collect(),
        time: Some(after(0)),
        ..grant()
    }
}

fn full(grantee: &str) -> Grant {
    given(
        "g1",
        Road::MailboxPermission,
        grantee,
        "victor",
        "FullAccess",
    )
}

fn listed(entries: Vec<Inventory>) -> Listed {
    let entries = entries.into_iter();
    let placed: Vec<Placed> = entries
        .map(|entry| (entry, Provenance::default()))
        .collect();
    entitlements(&placed)
}

fn member(group: &str, member: &str, since: Option<i64>, until: Option<i64>) -> Member {
    Member {
        group: Party::new(group, PrincipalKind::Group),
        member: Party::new(member, PrincipalKind::Unknown),
        during: Interval {
            since: since.map(after),
            until: until.map(after),
        },
    }
}

/// The one answer to a question over a small world.
fn ask(
    grants: &[Grant],
    listed: &Listed,
    members: Vec<Member>,
    subject: Subject<'_>,
    at: i64,
) -> Answer {
    let identities = Identities::default();
    let span = Some((after(-100), after(1000)));
    let world = World::new(grants, listed, members, &identities, span);
    let mut answers = world.ask(subject, Some(When::at(after(at))), &BTreeSet::new());
    assert_eq!(answers.len(), 1);
    answers.pop().unwrap()
}

/// The rows of an answer but the owner: `principal road power via`.
fn rows(answer: &Answer) -> Vec<String> {
    let line = |way: &Way| {
        let via: Vec<&str> = way.via.iter().map(|link| link.group.as_str()).collect();
        let road = way.road.map_or("owner", Road::word);
        let power = power_word(way.power);
        let line = format!("{} {road} {power} {}", way.principal.name, via.join(" < "));
        line.trim_end().to_owned()
    };
    let ways = answer.ways.iter().filter(|way| way.road.is_some());
    ways.map(line).collect()
}

#[test]
fn a_right_holds_from_its_grant_until_its_removal() {
    let revoked = Grant {
        state: State::Revoked,
        revoked_at: Some(after(10)),
        ..full("bob")
    };
    let failed = Grant {
        act: Act::Failed,
        state: State::Unknown,
        ..full("mallory")
    };
    let grants = [revoked, failed];
    for (at, readers) in [(-1, 0), (0, 1), (9, 1), (10, 0)] {
        let answer = ask(
            &grants,
            &Listed::default(),
            Vec::new(),
            Subject::Mailbox("Victor"),
            at,
        );
        assert_eq!(rows(&answer).len(), readers, "{at}");
        assert!(answer.is_known && answer.ways[0].road.is_none());
    }
    let identities = Identities::default();
    let world = World::new(
        &grants,
        &Listed {
            ..Listed::default()
        },
        Vec::new(),
        &identities,
        None,
    )
    .ask(
        Subject::Mailbox("victor"),
        Some(When {
            from: after(-50),
            to: after(0),
        }),
        &BTreeSet::new(),
    );
    assert_eq!(rows(&world[0]).len(), 1, "at any moment of a stretch");
}

#[test]
fn every_road_leads_to_the_mailbox() {
    let grants = [
        full("bob"),
        given("g2", Road::SendAs, "carol", "victor", "SendAs"),
        Grant {
            folder: "\\Inbox".into(),
            scope: Scope::Folder,
            ..given("g3", Road::FolderPermission, "dave", "victor", "Reviewer")
        },
        given(
            "g4",
            Road::ImpersonationRole,
            "svc",
            "",
            "ApplicationImpersonation",
        ),
        given(
            "g5",
            Road::RoleGroup,
            "mike",
            "",
            "member of Discovery Management",
        ),
        given("g6", Road::AppPermission, "app", "", "Mail.Read"),
        given("g7", Road::Consent, "client", "", "Mail.Send"),
        given(
            "g8",
            Road::MailboxPermission,
            "bob",
            "another",
            "FullAccess",
        ),
        given("g9", Road::AppPermission, "strange", "", "Not.Listed"),
    ];
    let answer = ask(
        &grants,
        &Listed::default(),
        Vec::new(),
        Subject::Mailbox("victor"),
        5,
    );
    assert_eq!(
        rows(&answer),
        [
            "bob mailbox-permission full",
            "mike role-group full",
            // What no list has can be anything.
            "strange app-permission unknown",
            "svc impersonation-role full",
            "app app-permission read",
            "dave folder-permission read",
            "carol send-as send",
            "client consent send",
        ]
    );
    let of = |name: &str| {
        let answer = ask(
            &grants,
            &Listed::default(),
            Vec::new(),
            Subject::Principal(name),
            5,
        );
        let ways = answer.ways.iter();
        let mailboxes: Vec<String> = ways.map(|way| way.mailbox.name.clone()).collect();
        mailboxes.join(" ")
    };
    assert_eq!(of("bob"), "another victor");
    assert_eq!(of("dave"), "victor");
}

#[test]
fn groups_hand_their_rights_on_while_somebody_is_in_them() {
    let grants = [Grant {
        grantee: Party::new("Sales", PrincipalKind::Group),
        ..full("Sales")
    }];
    let members = || {
        vec![
            member("sales", "bob", None, Some(20)),
            member("Sales", "Juniors", Some(10), None),
            member("Juniors", "carol", Some(0), None),
            // A circle ends.
            member("Juniors", "Sales", None, None),
        ]
    };
    let nothing = Listed::default();
    for (at, expected) in [
        (
            5,
            &[
                "bob mailbox-permission full Sales",
                "sales mailbox-permission full",
            ][..],
        ),
        (
            15,
            &[
                "bob mailbox-permission full Sales",
                "carol mailbox-permission full Sales < Juniors",
                "juniors mailbox-permission full Sales",
                "sales mailbox-permission full",
            ],
        ),
    ] {
        let answer = ask(&grants, &nothing, members(), Subject::Mailbox("victor"), at);
        let lower: Vec<String> = rows(&answer).iter().map(|row| row.to_lowercase()).collect();
        let expected: Vec<String> = expected.iter().map(|row| row.to_lowercase()).collect();
        assert_eq!(lower, expected, "{at}");
    }
    let reach = ask(
        &grants,
        &nothing,
        members(),
        Subject::Principal("carol"),
        15,
    );
    assert_eq!(
        rows(&reach),
        ["carol mailbox-permission full Sales < Juniors"]
    );
    let early = ask(&grants, &nothing, members(), Subject::Principal("carol"), 5);
    assert_eq!(rows(&early).len(), 0);
    let unlisted = ask(&grants, &nothing, Vec::new(), Subject::Mailbox("victor"), 5);
    let says =
        |answer: &Answer, text: &str| answer.unknowns.iter().any(|unknown| unknown.contains(text));
    assert!(says(&unlisted, "the members of Sales are not listed"));
    assert!(says(
        &unlisted,
        "no listing of this mailbox in the evidence by Get-"
    ));
    assert!(says(&unlisted, "the log begins on 2023-06-03 08:11:20Z"));
    let late = ask(
        &grants,
        &nothing,
        Vec::new(),
        Subject::Mailbox("victor"),
        2000,
    );
    assert!(says(&late, "the log ends on"), "{:?}", late.unknowns);
    let before = ask(
        &grants,
        &nothing,
        Vec::new(),
        Subject::Mailbox("victor"),
        -200,
    );
    assert!(says(&before, "before the log begins"));
}

#[test]
fn listings_are_told_with_what_they_leave_open() {
    let by = |listing| Grant {
        listing,
        time: (listing != Listing::WithoutRecord).then(|| after(0)),
        ..full("bob")
    };
    for (listing, certainty) in [
        (Listing::Unknown, "logged"),
        (Listing::Confirmed, "logged and listed"),
        (Listing::WithoutRecord, "listed"),
        (Listing::Vanished, "logged, listing lacks it"),
    ] {
        let grants = [by(listing)];
        let answer = ask(
            &grants,
            &Listed::default(),
            Vec::new(),
            Subject::Mailbox("victor"),
            5,
        );
        assert_eq!(answer.ways[1].certainty.word(), certainty);
        let says = answer
            .unknowns
            .iter()
            .any(|text| text.contains("since when"));
        assert_eq!(says, listing == Listing::WithoutRecord);
    }
    let group = RoleGroup {
        name: "Discovery Management".into(),
        members: vec!["mike".into()],
        ..RoleGroup::default()
    };
    let grants = [Grant {
        grantee: Party::new("Discovery Management", PrincipalKind::RoleGroup),
        ..full("x")
    }];
    let listed = listed(vec![group.into()]);
    let answer = ask(&grants, &listed, Vec::new(), Subject::Mailbox("victor"), 5);
    let mike = answer.ways.iter().find(|way| way.principal.name == "mike");
    assert_eq!(mike.unwrap().via[0].certainty, Certainty::Listed);
}

#[test]
fn denials_policies_and_shared_mailboxes_are_said() {
    const APP: &str = "11111111-1111-4111-8111-111111111111";
    let denied = MailboxPermission {
        mailbox: "victor".into(),
        user: "bob".into(),
        rights: vec!["FullAccess".into()],
        deny: Some(true),
        ..MailboxPermission::default()
    };
    let policy = ApplicationAccessPolicy {
        app: APP.into(),
        right: "RestrictAccess".into(),
        scope_name: "Tickets".into(),
        ..ApplicationAccessPolicy::default()
    };
    let shared = Mailbox {
        user_principal_name: "victor".into(),
        kind: "SharedMailbox".into(),
        ..Mailbox::default()
    };
    let bypass = AuditBypass {
        name: "bob".into(),
        bypassed: true,
        ..AuditBypass::default()
    };
    let listed = listed(vec![
        denied.into(),
        policy.into(),
        shared.into(),
        bypass.into(),
    ]);
    let grants = [
        full("bob"),
        Grant {
            app_ids: vec![APP.into()],
            ..given("g2", Road::AppPermission, APP, "", "Mail.Read")
        },
    ];
    let limits = |members| -> Vec<String> {
        let answer = ask(&grants, &listed, members, Subject::Mailbox("victor"), 5);
        assert!(answer.ways.iter().all(|way| way.road.is_some()));
        answer.ways.into_iter().flat_map(|way| way.limits).collect()
    };
    assert_eq!(
        limits(Vec::new()),
        [
            "Get-MailboxPermission denies FullAccess",
            "mailbox audit leaves out what its holder does",
            "a policy (RestrictAccess) keeps it to Tickets, whose members are not listed",
        ]
    );
    let inside = limits(vec![member("Tickets", "victor", None, None)]);
    assert!(
        inside[2].ends_with("of which this mailbox is a member"),
        "{inside:?}"
    );
}

#[test]
fn an_unknown_name_is_said_to_be_unknown() {
    let grants = [full("bob")];
    let answer = ask(
        &grants,
        &Listed::default(),
        Vec::new(),
        Subject::Mailbox("nobody"),
        5,
    );
    assert!(!answer.is_known);
}

/// Something that happens: somebody gets or loses a right on a mailbox, or joins or leaves a group.
#[derive(Debug, Clone)]
struct Step {
    gives: bool,
    in_group: bool,
    who: usize,
    what: usize,
}

const PEOPLE: [&str; 3] = ["ann", "ben", "cid"];
const GROUPS: [&str; 3] = ["red", "green", "blue"];
const BOXES: [&str; 2] = ["box-one", "box-two"];

/// People, then groups.
fn named(who: usize) -> &'static str {
    let all = [PEOPLE, GROUPS].concat();
    all[who % all.len()]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (any::<bool>(), any::<bool>(), 0..6_usize, 0..3_usize);
    let step = step.prop_map(|(gives, in_group, who, what)| Step {
        gives,
        in_group,
        who,
        what,
    });
    prop::collection::vec(step, 0..24)
}

/// What holds after some steps: pairs of holder and thing.
type Facts = BTreeSet<(bool, usize, usize)>;

fn apply(facts: &mut Facts, step: &Step) {
    let fact = (step.in_group, step.who, step.what);
    if step.gives {
        facts.insert(fact);
    } else {
        facts.remove(&fact);
    }
}

/// Who reaches a mailbox, by the plain rule.
fn model(facts: &Facts, mailbox: usize) -> BTreeSet<String> {
    let mut found: BTreeSet<usize> = facts
        .iter()
        .filter(|(in_group, _, what)| !in_group && what % BOXES.len() == mailbox)
        .map(|(_, who, _)| *who)
        .collect();
    loop {
        let more: Vec<usize> = facts
            .iter()
            .filter(|(in_group, _, group)| *in_group && found.contains(&(group + PEOPLE.len())))
            .map(|(_, who, _)| *who)
            .filter(|who| !found.contains(who))
            .collect();
        if more.is_empty() {
            return found.into_iter().map(|who| named(who).to_owned()).collect();
        }
        found.extend(more);
    }
}

/// The same steps as grants and memberships with intervals.
fn intervals(steps: &[Step]) -> (Vec<Grant>, Vec<Member>) {
    let mut open: BTreeMap<(bool, usize, usize), i64> = BTreeMap::new();
    let (mut grants, mut members) = (Vec::new(), Vec::new());
    let mut close =
        |(in_group, who, what): (bool, usize, usize), since: i64, until: Option<i64>| {
            if in_group {
                members.push(member(GROUPS[what], named(who), Some(since), until));
            } else {
                let kind = if who < PEOPLE.len() {
                    PrincipalKind::User
                } else {
                    PrincipalKind::Group
                };
                grants.push(Grant {
                    id: format!("g{since}"),
                    time: Some(after(since)),
                    revoked_at: until.map(after),
                    state: if until.is_some() {
                        State::Revoked
                    } else {
                        State::Standing
                    },
                    grantee: Party::new(named(who), kind),
                    target: Party::new(BOXES[what % BOXES.len()], PrincipalKind::User),
                    ..grant()
                });
            }
        };
    for (time, step) in (0..).zip(steps) {
        let key = (step.in_group, step.who, step.what);
        if step.gives {
            open.entry(key).or_insert(time);
        } else if let Some(since) = open.remove(&key) {
            close(key, since, Some(time));
        }
    }
    for (key, since) in open {
        close(key, since, None);
    }
    (grants, members)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn at_any_moment_the_answer_is_what_the_steps_so_far_come_to(steps in steps()) {
        let (grants, members) = intervals(&steps);
        let nothing = Listed::default();
        let mut facts = Facts::new();
        for (time, step) in (0..).zip(&steps) {
            apply(&mut facts, step);
            for (mailbox, name) in BOXES.iter().enumerate() {
                let answer = ask(&grants, &nothing, members.clone(), Subject::Mailbox(name), time);
                let ways = answer.ways.iter().filter(|way| way.road.is_some());
                let readers: BTreeSet<String> = ways.map(|way| way.principal.name.clone()).collect();
                let expected = model(&facts, mailbox);
                prop_assert_eq!(&readers, &expected, "{} at {}", name, time);
                for who in 0..PEOPLE.len() + GROUPS.len() {
                    let reach = ask(&grants, &nothing, members.clone(), Subject::Principal(named(who)), time);
                    let reaches = reach.ways.iter().any(|way| way.mailbox.name == *name);
                    prop_assert_eq!(reaches, expected.contains(named(who)), "{} of {}", name, named(who));
                }
            }
        }
    }
}
