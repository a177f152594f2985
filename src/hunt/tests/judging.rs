//! Signals and scores: when each fires, stays silent or is unknown, and the laws that hold for all of them.

use super::build::{after, followed, grant};
use crate::hunt::access::Summary;
use crate::hunt::baseline::{Past, Tunables};
use crate::hunt::model::{
    Class, Exposure, Grant, Listing, Party, PrincipalKind, Road, Scope, ScoredGrant, Severity,
    Signal,
};
use crate::hunt::score::{BANDS, score, severity};
use crate::hunt::signal::{Baselines, Direction, Facts, SIGNALS, judge};
use crate::record::RecordId;
use crate::store::{History, Row};
use crate::time::Instant;
use chrono::TimeDelta;
use proptest::prelude::*;

/// Facts with everything owned, so that a case can change what it is about.
#[derive(Debug, Clone)]
struct Case {
    grant: Grant,
    actor: Option<Vec<Row>>,
    grantee: Option<Vec<Row>>,
    log_start: Instant,
    earlier_by_actor: u64,
    earlier_to_grantee: u64,
    credentials: Vec<(Instant, RecordId)>,
    after: Option<Summary>,
    tunables: Tunables,
}

impl Case {
    fn with<T>(&self, judge: impl FnOnce(&Facts<'_>) -> T) -> T {
        let [actor, grantee] =
            [&self.actor, &self.grantee].map(|rows| Some(Past::of(History::of(rows.as_deref()?))));
        judge(&Facts {
            grant: &self.grant,
            actor: actor.as_ref(),
            grantee: grantee.as_ref(),
            log_start: self.log_start,
            earlier_by_actor: self.earlier_by_actor,
            earlier_to_grantee: self.earlier_to_grantee,
            credentials: &self.credentials,
            after: self.after.as_ref(),
            tunables: self.tunables,
            baselines: Baselines::default(),
        })
    }

    fn judge(&self) -> (Vec<Signal>, Vec<String>) {
        self.with(judge)
    }

    fn score(&self) -> ScoredGrant {
        self.with(|facts| score(self.grant.clone(), facts, Exposure::default()))
    }
}

/// An act some hours before (or after) the grant.
fn act(hours: i64, country: &str, mailbox: &str) -> Row {
    Row {
        time: Some(after(0) - TimeDelta::hours(hours)),
        country: country.to_owned(),
        mailbox: mailbox.to_owned(),
        ..Row::default()
    }
}

/// Acts at the same hour on each of so many days before.
fn daily(days: i64, country: &str, mailbox: &str) -> Vec<Row> {
    (1..=days)
        .map(|day| act(24 * day, country, mailbox))
        .collect()
}

/// A grant about which nothing is odd but the right itself: everybody does every day what he does now.
fn quiet() -> Case {
    let mut grant = grant();
    grant.place.country = "NL".to_owned();
    grant.place.ip = "80.114.221.214".to_owned();
    Case {
        grant,
        actor: Some(daily(29, "NL", "")),
        grantee: Some(daily(29, "NL", "victor@example.com")),
        log_start: after(0) - TimeDelta::days(60),
        earlier_by_actor: 5,
        earlier_to_grantee: 3,
        credentials: Vec::new(),
        after: None,
        tunables: Tunables::default(),
    }
}

fn changed(change: impl FnOnce(&mut Case)) -> Case {
    let mut case = quiet();
    change(&mut case);
    case
}

/// What a signal says: bits and sentence, nothing, or `?`.
fn says(case: &Case, name: &str) -> String {
    let (signals, _) = case.judge();
    signals
        .iter()
        .find(|signal| signal.name == name)
        .map_or_else(String::new, |signal| {
            format!("{:.1} {}", signal.bits, signal.detail)
        })
}

/// Each case: signal, what is changed, and what the signal says then.
type Table<'a> = &'a [(&'a str, fn(&mut Case), &'a str)];

fn check(table: Table<'_>) {
    for (name, change, expected) in table {
        assert_eq!(says(&changed(change), name), *expected, "{name}");
    }
}

/// Each case: what is changed, and a part of what is then said to be unknown.
type Unknowns<'a> = &'a [(fn(&mut Case), &'a str)];

fn check_unknown(table: Unknowns<'_>) {
    for (change, expected) in table {
        let unknowns = changed(change).judge().1;
        assert!(
            unknowns.iter().any(|unknown| unknown.contains(expected)),
            "{expected}: {unknowns:?}"
        );
    }
}

fn rights(case: &mut Case, road: Road, right: &str) {
    case.grant.road = road;
    case.grant.rights = vec![right.to_owned()];
}

fn to(case: &mut Case, kind: PrincipalKind) {
    case.grant.grantee.kind = kind;
}

#[test]
fn a_quiet_grant_has_only_its_power() {
    let (signals, unknowns) = quiet().judge();
    let names: Vec<&str> = signals.iter().map(|signal| signal.name).collect();
    assert_eq!((names, unknowns), (vec!["power"], Vec::new()));
}

#[test]
#[rustfmt::skip]
fn what_the_right_opens() {
    check(&[
        ("power", |_| {}, "3.0 the right opens everything in a mailbox"),
        ("power", |case| rights(case, Road::MailboxPermission, "ReadPermission"), "0.5 the right opens headers of mail"),
        ("power", |case| rights(case, Road::SendAs, "SendAs"), "1.0 the right opens sending as somebody else"),
        ("power", |case| rights(case, Road::FolderPermission, "Reviewer"), "2.0 the right opens reading mail"),
        ("power", |case| rights(case, Road::FolderPermission, "FreeBusySimple"), ""),
        ("power", |case| { rights(case, Road::RoleGroup, "member of Discovery Management"); case.grant.scope = Scope::Tenant; }, "8.0 the right opens everything in a mailbox"),
        ("power", |case| { rights(case, Road::RoleGroup, "member of Anything"); case.grant.scope = Scope::Tenant; }, ""),
        ("scope", |_| {}, ""),
        ("scope", |case| case.grant.scope = Scope::Tenant, "4.0 it reaches every mailbox of the organisation"),
        ("scope", |case| { rights(case, Road::RoleGroup, "member of Anything"); case.grant.scope = Scope::Tenant; }, "1.0 it reaches the whole organisation, with rights that are not known to open mail"),
    ]);
    check_unknown(&[
        (|case| rights(case, Road::RoleGroup, "member of Anything"), "what Anything opens: the evidence and the catalogue do not say"),
        (|case| rights(case, Road::ImpersonationRole, "Custom"), "what Custom opens"),
    ]);
    let known = changed(|case| rights(case, Road::ImpersonationRole, "within Board"));
    assert_eq!(known.judge().1, Vec::<String>::new());
}

#[test]
#[rustfmt::skip]
fn who_gets_it() {
    check(&[
        ("grantee-kind", |_| {}, ""),
        ("grantee-kind", |case| to(case, PrincipalKind::ServicePrincipal), "3.0 bob@example.com is an application"),
        ("grantee-kind", |case| to(case, PrincipalKind::ManagedIdentity), "3.0 bob@example.com is an application"),
        ("grantee-kind", |case| to(case, PrincipalKind::Guest), "4.0 bob@example.com is a guest"),
        ("grantee-kind", |case| to(case, PrincipalKind::External), "4.0 bob@example.com belongs to another organisation"),
        ("grantee-kind", |case| to(case, PrincipalKind::Default), "4.0 everybody in the organisation gets it"),
        ("grantee-kind", |case| to(case, PrincipalKind::Anonymous), "4.0 anybody without an account gets it"),
        ("grantee-kind", |case| { to(case, PrincipalKind::Default); rights(case, Road::FolderPermission, "FreeBusySimple"); }, ""),
        ("self-grant", |_| {}, ""),
        ("self-grant", |case| case.grant.grantee = case.grant.actor.clone(), "3.0 alice@example.com gave it to himself"),
        ("self-grant", |case| { case.grant.grantee = case.grant.actor.clone(); case.grant.target = case.grant.actor.clone(); }, ""),
    ]);
    check_unknown(&[
        (|case| to(case, PrincipalKind::Unknown), "what kind of principal bob@example.com is"),
        (|case| case.grant.grantee = Party::new("", PrincipalKind::Unknown), "the record does not name the grantee"),
    ]);
}

/// So many acts at the hour of the grant and so many six hours off, spread over four weeks.
fn hours(usual: i64, here: i64) -> Vec<Row> {
    let other = (0..usual).map(|number| act(24 * (number % 28 + 2) + 6, "NL", ""));
    other
        .chain((0..here).map(|number| act(24 * (number % 28 + 2), "NL", "")))
        .collect()
}

#[test]
#[rustfmt::skip]
fn when_it_was() {
    check(&[
        ("off-hours", |_| {}, ""),
        ("off-hours", |case| case.actor = Some(hours(100, 0)), "4.7 at 08h UTC: 0 of 100 acts in the 30 days up to the day before were within an hour of it"),
        ("off-hours", |case| case.actor = Some(hours(1000, 1)), "6.0 at 08h UTC: 1 of 1,001 acts in the 30 days up to the day before were within an hour of it"),
        // Half as often as an even spread over the day would have it is no surprise yet.
        ("off-hours", |case| case.actor = Some(hours(93, 7)), ""),
        ("off-hours", |case| case.actor = Some(hours(96, 4)), "1.5 at 08h UTC: 4 of 100 acts in the 30 days up to the day before were within an hour of it"),
        ("off-hours", |case| case.actor = Some(hours(19, 0)), ""),
    ]);
    check_unknown(&[
        (|case| case.actor = Some(hours(19, 0)), "the usual hours of alice@example.com: only 19 acts in the window"),
        (|case| case.actor = Some(hours(1, 0)), "only 1 act in the window"),
        (|case| case.actor = None, "who granted: the record names no actor"),
        (|case| case.grant.time = None, "when it happened: the record lost its time"),
        (|case| case.log_start = after(0) - TimeDelta::days(13), "what is normal for alice@example.com: not enough history (13 days of log before the grant, 14 needed)"),
    ]);
}

/// So many acts in the Netherlands, and so many in Nigeria.
fn countries(usual: i64, odd: i64) -> Vec<Row> {
    let mut rows: Vec<Row> = (0..usual)
        .map(|number| act(24 * (number % 28 + 2), "NL", ""))
        .collect();
    rows.extend((0..odd).map(|number| act(24 * (number % 28 + 2) + 5, "NG", "")));
    rows
}

#[test]
#[rustfmt::skip]
fn where_it_was() {
    check(&[
        ("new-country", |_| {}, ""),
        ("new-country", |case| case.grant.place.country = "NG".into(), "5.9 from NG (address 80.114.221.214 of the grant): 0 of 28 acts up to the day before were there, NL is usual"),
        ("new-country", |case| { case.grant.place.country = "NG".into(); case.actor = Some(countries(1000, 0)); }, "8.0 from NG (address 80.114.221.214 of the grant): 0 of 1,000 acts up to the day before were there, NL is usual"),
        ("new-country", |case| { case.grant.place.country = "NG".into(); case.actor = Some(countries(40, 40)); }, ""),
        ("new-country", |case| { case.grant.place.country = "NG".into(); case.actor = Some(countries(19, 0)); }, ""),
        // The grant shows Microsoft's address: the actor's last act tells.
        ("new-country", |case| {
            case.grant.place.country = String::new();
            case.grant.place.microsoft = true;
            case.actor.as_mut().unwrap().push(act(2, "NG", ""));
        }, "5.9 from NG (the grant shows Microsoft's address; country of the nearest act, 2 h before): 0 of 28 acts up to the day before were there, NL is usual"),
    ]);
    check_unknown(&[
        (|case| case.grant.place.country = String::new(), "where alice@example.com was: no usable address on the grant or on a sign-in before it"),
        (|case| case.actor = Some(countries(19, 0)), "the usual places of alice@example.com: only 19 acts with a country"),
    ]);
}

#[test]
#[rustfmt::skip]
fn how_rare_the_grantee_is() {
    check(&[
        ("rare-grantee", |_| {}, ""),
        ("rare-grantee", |case| case.grantee = Some(Vec::new()), "5.0 bob@example.com is not seen once in the 30 days of log up to the day before"),
        // The day before is not learned from: it may be the intrusion itself.
        ("rare-grantee", |case| case.grantee = Some(vec![act(2, "", "")]), "5.0 bob@example.com is not seen once in the 30 days of log up to the day before"),
        ("rare-grantee", |case| case.grantee = Some(vec![act(48, "", "")]), "4.4 bob@example.com was active on 1 of 30 days, last 2 d before"),
        ("rare-grantee", |case| case.grantee = Some(vec![act(24 * 40, "", "")]), "5.0 bob@example.com was active on 0 of 30 days, last 40 d before"),
        ("rare-grantee", |case| case.grantee = Some(daily(12, "", "")), ""),
        ("rare-grantee", |case| { case.grantee = Some(Vec::new()); to(case, PrincipalKind::ManagedIdentity); }, "5.0 bob@example.com is not seen once in the 30 days of log up to the day before"),
        ("rare-grantee", |case| { case.grantee = Some(Vec::new()); to(case, PrincipalKind::Group); }, ""),
        ("new-mailbox", |_| {}, ""),
        ("new-mailbox", |case| case.grantee = Some(daily(29, "", "other@example.com")), "1.0 bob@example.com never used victor@example.com before"),
        ("new-mailbox", |case| { case.grantee = Some(daily(29, "", "")); case.grant.scope = Scope::Tenant; }, ""),
        ("new-mailbox", |case| { case.grantee = Some(daily(29, "", "")); rights(case, Road::FolderPermission, "FreeBusySimple"); }, ""),
    ]);
    check_unknown(&[
        (|case| case.log_start = after(0), "how often bob@example.com is active: not enough history before the grant"),
        (|case| case.grantee = None, "what bob@example.com did before: no history was read"),
    ]);
}

#[test]
#[rustfmt::skip]
fn who_granted_to_whom_before() {
    check(&[
        ("new-pair", |_| {}, ""),
        ("new-pair", |case| { case.earlier_to_grantee = 0; case.earlier_by_actor = 0; }, "2.0 alice@example.com never granted anything before"),
        ("new-pair", |case| { case.earlier_to_grantee = 0; case.earlier_by_actor = 1; }, "1.7 alice@example.com never granted to bob@example.com before (1 earlier grant to others)"),
        ("new-pair", |case| { case.earlier_to_grantee = 0; case.earlier_by_actor = 5; }, "2.0 alice@example.com never granted to bob@example.com before (5 earlier grants to others)"),
        // A log that begins with the grant cannot say "never".
        ("new-pair", |case| { case.earlier_to_grantee = 0; case.earlier_by_actor = 0; case.log_start = after(0); }, ""),
        ("fresh-credential", |_| {}, ""),
        ("fresh-credential", |case| case.credentials = vec![(after(-7200), RecordId("key".into()))], "3.0 bob@example.com got a credential 2 h before"),
    ]);
    let case = changed(|case| case.credentials = vec![(after(-60), RecordId("key".into()))]);
    let fresh = case.judge().0;
    assert!(fresh.iter().any(|signal| signal.record_ids == [RecordId("key".into())]));
}

#[test]
#[rustfmt::skip]
fn what_followed() {
    check(&[
        ("fast-first-use", |_| {}, ""),
        ("fast-first-use", |case| case.after = Some(followed(3600, 1, 0)), "2.0 first used 1 h after the grant"),
        ("fast-first-use", |case| case.after = Some(followed(3601, 1, 0)), ""),
        ("many-mailboxes", |case| case.after = Some(followed(0, 4, 0)), ""),
        ("many-mailboxes", |case| case.after = Some(followed(0, 5, 0)), "2.0 5 mailboxes reached through it"),
        ("many-mailboxes", |case| case.after = Some(followed(0, 1000, 0)), "4.0 1,000 mailboxes reached through it"),
        ("many-mailboxes", |case| { case.tunables.many_mailboxes = 1; case.after = Some(followed(0, 1, 0)); }, "2.0 1 mailbox reached through it"),
        ("many-mailboxes", |case| { case.tunables.many_mailboxes = 0; case.after = Some(followed(0, 0, 0)); }, ""),
        ("whole-folders", |case| case.after = Some(followed(0, 1, 0)), ""),
        ("whole-folders", |case| case.after = Some(followed(0, 1, 3)), "2.0 3 folders synchronised whole: presume every message in them read"),
        ("removed-soon", |case| { case.after = Some(followed(0, 1, 0)); case.grant.revoked_at = Some(after(600)); }, "3.0 used, then removed 10 min after it was given"),
        ("removed-soon", |case| { case.after = Some(followed(0, 1, 0)); case.grant.revoked_at = Some(after(86_401)); }, ""),
        ("removed-soon", |case| case.grant.revoked_at = Some(after(600)), ""),
    ]);
}

#[test]
fn every_signal_has_a_case_above_and_a_cap() {
    let source = include_str!("judging.rs");
    for spec in SIGNALS {
        assert!(
            source.contains(&format!("(\"{}\", ", spec.name)),
            "{}",
            spec.name
        );
        assert!(spec.cap > 0.0 && !spec.what.is_empty() && !spec.knob.is_empty());
    }
}

#[test]
fn a_score_of_nothing_is_zero_and_not_minus_zero() {
    let scored = changed(|case| rights(case, Road::FolderPermission, "FreeBusySimple")).score();
    assert!(scored.signals.is_empty());
    assert!(scored.score.is_sign_positive());
    assert_eq!(format!("{:.1}", scored.score), "0.0");
}

#[test]
fn bands_begin_at_their_lowest_score() {
    for (lowest, band) in BANDS.iter().take(4) {
        assert_eq!(severity(*lowest), *band);
        assert!(severity(lowest - 0.1) < *band);
    }
    assert_eq!(
        (severity(0.0), severity(f64::MAX)),
        (Severity::Info, Severity::Critical)
    );
}

#[test]
fn a_grant_of_microsoft_itself_keeps_its_score_and_is_information() {
    let case = changed(|case| {
        case.grant.scope = Scope::Tenant;
        to(case, PrincipalKind::Guest);
        case.earlier_to_grantee = 0;
    });
    let system = Case {
        grant: Grant {
            class: Class::System,
            ..case.grant.clone()
        },
        ..case.clone()
    };
    assert!(case.score().severity >= Severity::High);
    assert_eq!(system.score().severity, Severity::Info);
    assert!((system.score().score - case.score().score).abs() < f64::EPSILON);
}

fn any_rows() -> impl Strategy<Value = Vec<Row>> {
    let country = proptest::sample::select(vec!["NL", "NG", ""]);
    let mailbox = proptest::sample::select(vec!["victor@example.com", "wanda@example.com", ""]);
    let row = (1..1500_i64, country, mailbox)
        .prop_map(|(hours, country, mailbox)| act(hours, country, mailbox));
    proptest::collection::vec(row, 0..80)
}

/// Cases in which much or little is odd, the grantee an ordinary user.
fn any_case() -> impl Strategy<Value = Case> {
    let country = proptest::sample::select(vec!["NL", "NG", ""]);
    let right = proptest::sample::select(vec!["FullAccess", "ReadPermission", "Nothing"]);
    let scope = proptest::sample::select(vec![Scope::Tenant, Scope::Mailbox]);
    let used = proptest::option::of((0..8000_i64, 0..30_usize, 0..3_u64));
    (
        any_rows(),
        any_rows(),
        country,
        right,
        scope,
        used,
        0..4_u64,
        0..90_i64,
        any::<bool>(),
    )
        .prop_map(
            |(actor, grantee, country, right, scope, used, earlier, days, soon)| {
                changed(|case| {
                    case.actor = Some(actor);
                    case.grantee = Some(grantee);
                    case.grant.place.country = country.to_owned();
                    case.grant.rights = vec![right.to_owned()];
                    case.grant.scope = scope;
                    case.grant.revoked_at = soon.then(|| after(900));
                    case.after =
                        used.map(|(first, mailboxes, folders)| followed(first, mailboxes, folders));
                    case.earlier_to_grantee = earlier / 2;
                    case.earlier_by_actor = earlier;
                    case.log_start = after(0) - TimeDelta::days(days);
                })
            },
        )
}

/// Facts that make a grant more suspicious, one at a time.
const WORSE: &[fn(&mut Case)] = &[
    |case| case.grant.scope = Scope::Tenant,
    |case| case.grant.rights.push("FullAccess".to_owned()),
    |case| to(case, PrincipalKind::Guest),
    |case| to(case, PrincipalKind::External),
    |case| to(case, PrincipalKind::ServicePrincipal),
    |case| to(case, PrincipalKind::ManagedIdentity),
    |case| {
        let actor = case.grant.actor.key.clone();
        case.grant.grantee.spellings.push(actor);
    },
    |case| case.credentials.push((after(-60), RecordId("key".into()))),
    |case| case.earlier_to_grantee = 0,
    |case| case.grantee = Some(Vec::new()),
    |case| {
        let after = case.after.get_or_insert_with(|| followed(60, 1, 0));
        after.first = Some(super::build::after(1));
        after.synchronised += 1;
        after.accesses += 50;
        after
            .mailboxes
            .extend((0..50).map(|number| format!("further{number}")));
    },
    |case| {
        case.after.get_or_insert_with(|| followed(60, 1, 0));
        case.grant.revoked_at = Some(after(120));
    },
];

fn before(signals: &[Signal]) -> Vec<Signal> {
    let is_before = |signal: &&Signal| {
        SIGNALS
            .iter()
            .any(|spec| spec.name == signal.name && spec.direction == Direction::Before)
    };
    signals.iter().filter(is_before).cloned().collect()
}

proptest! {
    #[test]
    fn a_further_suspicious_fact_never_lowers_a_score(case in any_case()) {
        for (number, worsen) in WORSE.iter().enumerate() {
            let mut worse = case.clone();
            worsen(&mut worse);
            prop_assert!(worse.score().score >= case.score().score, "{number}: {:?} {:?}", case.score().signals, worse.score().signals);
        }
    }

    #[test]
    fn nothing_after_the_grant_changes_what_came_before(case in any_case(), later in any_rows()) {
        let mut more = case.clone();
        let later = later.into_iter().map(|row| {
            // From the very moment of the grant on.
            let ago = after(0) - row.time.unwrap();
            Row { time: Some(after(0) + (ago - TimeDelta::hours(1))), ..row }
        });
        let later: Vec<Row> = later.collect();
        more.actor.as_mut().unwrap().extend(later.clone());
        more.grantee.as_mut().unwrap().extend(later);
        more.after = Some(followed(1, 100, 5));
        more.grant.revoked_at = Some(after(5));
        prop_assert_eq!(before(&case.judge().0), before(&more.judge().0));
        prop_assert_eq!(case.judge().1, more.judge().1);
    }

    #[test]
    fn missing_data_adds_no_bits_and_is_named(case in any_case()) {
        let whole = case.judge();
        let missing: [fn(&mut Case); 4] = [
            |case| case.actor = None,
            |case| case.grantee = None,
            |case| case.log_start = after(0),
            |case| case.grant.time = None,
        ];
        for take in missing {
            let mut less = case.clone();
            take(&mut less);
            let (signals, unknowns) = less.judge();
            prop_assert!(signals.iter().all(|signal| whole.0.contains(signal)), "{signals:?} {:?}", whole.0);
            prop_assert!(!unknowns.is_empty());
        }
    }

    #[test]
    fn order_of_acts_does_not_matter(case in any_case(), turn in any::<proptest::sample::Index>()) {
        let mut other = case.clone();
        for rows in [&mut other.actor, &mut other.grantee].into_iter().flatten() {
            if !rows.is_empty() {
                let middle = turn.index(rows.len());
                rows.rotate_left(middle);
                rows.reverse();
            }
        }
        prop_assert_eq!(case.judge(), other.judge());
    }

    #[test]
    fn signals_are_capped_rounded_and_sorted(case in any_case()) {
        let scored = case.score();
        for signal in &scored.signals {
            let spec = SIGNALS.iter().find(|spec| spec.name == signal.name).unwrap();
            prop_assert!(signal.bits > 0.0 && signal.bits <= spec.cap, "{signal:?}");
            prop_assert!(signal.detail.len() > 5 && !signal.detail.ends_with('.'));
        }
        prop_assert!(scored.signals.is_sorted_by(|left, right| left.bits >= right.bits));
        let sum: f64 = scored.signals.iter().map(|signal| signal.bits).sum();
        prop_assert!((scored.score - sum).abs() < 0.05);
    }
}

#[test]
fn a_right_from_before_the_log_stays_below_high_until_it_is_used() {
    let listed = |made: Option<i64>, reached: usize| {
        changed(|case| {
            case.grant.road = Road::AppPermission;
            case.grant.scope = Scope::Tenant;
            case.grant.rights = vec!["Mail.ReadWrite".to_owned()];
            case.grant.grantee.kind = PrincipalKind::ServicePrincipal;
            case.grant.listing = Listing::WithoutRecord;
            case.grant.time = made.map(after);
            case.log_start = after(-10);
            case.after = (reached > 0).then(|| followed(60, reached, 0));
        })
        .score()
    };
    let held = listed(None, 0);
    assert_eq!(held.severity, Severity::Medium);
    assert!(
        held.signals
            .iter()
            .any(|signal| signal.name == "before-log")
    );
    assert_eq!(listed(Some(-20), 0).severity, Severity::Medium);
    // Made while the log was kept, and not in it: nothing holds that back.
    assert!(listed(Some(0), 0).severity >= Severity::High);
    assert!(listed(Some(-20), 50).score > held.score);
}
