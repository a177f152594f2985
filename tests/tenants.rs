//! Invented tenants as their logs show them: proportions, hours, journeys, and whether the logs of one tenant agree.
//!
//! Everything is counted in what is written, not in what it was written from. Where chance decides, a count may differ from its target
//! by five standard deviations, which happens once in two million counts. Not here: the built program (`tests/generation.rs`).

#![expect(clippy::unwrap_used, reason = "a failing test should panic")]

use grantline::demo::tenant::{Purpose, Role, Tenant};
use grantline::demo::{Options, World, directory, native, place, sign_in};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

/// A tenant with its logs, in order of time.
struct Written {
    world: World,
    unified: Vec<Value>,
    sign_ins: Vec<Value>,
    audits: Vec<Value>,
}

impl Written {
    fn new(seed: u64, users: u32, records: u64, zone: &str, scenarios: Vec<String>) -> Self {
        let world = World::new(Options {
            seed,
            users,
            days: 70,
            records,
            zone: zone.to_owned(),
            scenarios,
        });
        let mut written = Self {
            world: world.unwrap(),
            unified: Vec::new(),
            sign_ins: Vec::new(),
            audits: Vec::new(),
        };
        let (mut hour, mut line) = (Vec::new(), Vec::new());
        let mut events = written.world.events();
        while events.next_hour(&mut hour) {
            for event in hour.drain(..) {
                for (write, into) in [
                    (
                        native::write as fn(&_, &_, &mut _) -> _,
                        &mut written.unified,
                    ),
                    (sign_in::write, &mut written.sign_ins),
                    (directory::write, &mut written.audits),
                ] {
                    line.clear();
                    if write(&written.world.tenant, &event, &mut line) {
                        into.push(serde_json::from_slice(&line).unwrap());
                    }
                }
            }
        }
        written
    }

    fn tenant(&self) -> &Tenant {
        &self.world.tenant
    }

    /// Sign-ins of people that succeed.
    fn good(&self) -> impl Iterator<Item = &Value> {
        self.sign_ins
            .iter()
            .filter(|row| row["status"]["errorCode"] == 0 && row["userPrincipalName"].is_string())
    }
}

/// Seed, people, records, and zone: both halves of the earth, with and without summer time, three weekends.
const TENANTS: [(u64, u32, u64, &str); 4] = [
    (21, 40, 8_000, "Europe/Amsterdam"),
    (22, 25, 5_000, "America/New_York"),
    (23, 60, 5_000, "Asia/Riyadh"),
    (24, 30, 5_000, "Australia/Sydney"),
];

/// Tenants in which only ordinary life happens.
static ORDINARY: LazyLock<Vec<Written>> = LazyLock::new(|| {
    let all = TENANTS.iter();
    all.map(|(seed, users, records, zone)| Written::new(*seed, *users, *records, zone, Vec::new()))
        .collect()
});

/// The same tenants with all that can be planted.
static PLANTED: LazyLock<Vec<Written>> = LazyLock::new(|| {
    let all = TENANTS.iter();
    all.map(|(seed, users, records, zone)| {
        let scenarios = Options::default().scenarios;
        Written::new(*seed, *users, *records, zone, scenarios)
    })
    .collect()
});

fn word<'v>(record: &'v Value, name: &str) -> &'v str {
    record[name].as_str().unwrap_or_default()
}

/// The value of a named property of mailbox audit.
fn property<'v>(record: &'v Value, name: &str) -> &'v str {
    let all = record["OperationProperties"].as_array();
    let found = all.and_then(|all| all.iter().find(|one| one["Name"] == name));
    found.map_or("", |one| word(one, "Value"))
}

/// Seconds since 1970 of the first 19 characters of a time.
fn seconds(text: &str) -> i64 {
    let text = text.get(..19).unwrap();
    chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S")
        .unwrap()
        .and_utc()
        .timestamp()
}

fn is_mailbox_audit(record: &Value) -> bool {
    matches!(record["RecordType"].as_u64(), Some(2 | 3 | 50))
}

fn is_bind(record: &Value) -> bool {
    property(record, "MailAccessType") == "Bind"
}

/// Whether a count is one that chance gives to something that happens so often, in parts of `whole`.
fn assert_share(what: &str, count: usize, all: usize, (part, whole): (u32, u32)) {
    let share = f64::from(part) / f64::from(whole);
    let [count, all] = [count, all].map(|number| f64::from(u32::try_from(number).unwrap()));
    let deviation = (all * share * (1.0 - share)).sqrt();
    assert!(
        (count - all * share).abs() <= 5.0 * deviation + 1.0,
        "{what}: {count} of {all}, not {part} of {whole}"
    );
}

#[test]
fn there_are_as_many_records_as_asked_for_and_shares_are_those_stated() {
    for written in ORDINARY.iter() {
        let all = written.unified.len();
        assert_eq!(all as u64, written.world.options.records);
        let count = |is: &dyn Fn(&Value) -> bool| {
            written.unified.iter().filter(|record| is(record)).count()
        };
        let of_apps = count(&|record| record["UserType"] == 5 && is_mailbox_audit(record));
        let background = count(&|record| {
            word(record, "ClientInfoString") == "Client=REST;Client=RESTSystem;;"
                && record["UserType"] == 0
                && record.get("AppAccessContext").is_none()
        });
        let provisioning = count(&|record| {
            let by = word(record, "UserId");
            by.starts_with("NT AUTHORITY\\SYSTEM (") && record["RecordType"] == 1
        });
        // The shares of the other lanes are dealt, not drawn. Planned work comes on top, less than a tenth of a small log, and each hour
        // rounds.
        for (what, count, of_thousand) in [
            ("background", background, 360),
            ("provisioning", provisioning, 96),
            ("applications", of_apps, 28 + 12 + 12 + 7),
        ] {
            let share = count * 1000 / all;
            let least = of_thousand * 9 / 10 - 2;
            assert!(
                (least..=of_thousand + 2).contains(&share),
                "{what}: {share}"
            );
        }
    }
}

/// What owners do, in parts of a thousand; reading is one operation in the log.
const OWNERS: [(&str, u32); 10] = [
    ("MailItemsAccessed", 360),
    ("Send", 130),
    ("Create", 115),
    ("Update", 110),
    ("MoveToDeletedItems", 85),
    ("SoftDelete", 60),
    ("HardDelete", 40),
    ("Move", 50),
    ("AttachmentAccess", 30),
    ("SearchQueryInitiatedExchange", 20),
];

#[test]
fn owners_do_what_is_stated_as_often_as_stated() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for written in ORDINARY.iter() {
        let planner = written.tenant().of_purpose(Purpose::Planner).next();
        let planner = written.tenant().application(planner.unwrap()).unwrap();
        let planner = planner.app_id.to_string();
        let own = written.unified.iter().filter(|record| {
            matches!(record["RecordType"].as_u64(), Some(2 | 3 | 50 | 101))
                && record["UserId"] == record["MailboxOwnerUPN"]
                && record["UserType"] == 0
                && record.get("AppAccessContext").is_some()
                && word(record, "ClientAppId") != planner
        });
        for record in own {
            let name = word(record, "Operation");
            if OWNERS.iter().any(|(operation, _)| *operation == name) {
                *counts.entry(name).or_default() += 1;
            }
        }
    }
    let all = counts.values().sum();
    assert!(all > 4_000, "{all}");
    for (operation, part) in OWNERS {
        assert_share(operation, counts[operation], all, (part, 1000));
    }
}

#[test]
fn a_record_of_reading_names_as_many_messages_as_counted_and_says_how_many() {
    let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
    let mut several = 0;
    for record in ORDINARY.iter().flat_map(|written| &written.unified) {
        if !is_bind(record) {
            continue;
        }
        let folders = record["Folders"].as_array().unwrap();
        let items = folders
            .iter()
            .map(|folder| folder["FolderItems"].as_array().unwrap().len() as u64);
        let count = record["OperationCount"].as_u64().unwrap();
        assert_eq!(items.sum::<u64>(), count, "{record:#}");
        several += usize::from(folders.len() > 1);
        *counts.entry(count).or_default() += 1;
    }
    let all = counts.values().sum();
    assert_share("one message", counts[&1], all, (109, 288));
    assert_share("ten messages", counts[&10], all, (27, 288));
    assert_eq!(counts.keys().max(), Some(&10));
    assert!(
        several * 100 / all >= 2,
        "{several} of {all} have several folders"
    );
}

/// The place of a city, by its name.
fn city(record: &Value) -> Option<&'static place::Place> {
    let name = record["location"]["city"].as_str()?;
    place::all()
        .find(|(_, place)| place.city == name)
        .map(|(_, place)| place)
}

/// Whether an account that a program uses signs in.
fn is_program(written: &Written, row: &Value) -> bool {
    let name = word(row, "userPrincipalName");
    let mut programs = written.tenant().people.iter();
    programs.any(|one| one.role == Role::ServiceAccount && one.sign_in.to_lowercase() == name)
}

#[test]
fn people_work_by_the_clock_of_their_place_before_and_after_it_changes() {
    for written in ORDINARY.iter() {
        let zone = &written.world.options.zone;
        let (mut within, mut all) = (0, 0);
        // Sum of minutes of the day, and how many, by the distance of the clock from UTC.
        let mut means: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
        for row in written.good() {
            let Some(there) = city(row).filter(|_| !is_program(written, row)) else {
                continue;
            };
            let time = seconds(word(row, "createdDateTime"));
            let local = there.local(time);
            assert!(local.hour >= 4, "{zone}: nobody works at night: {row:#}");
            if !there.is_working_day(local.day) {
                continue;
            }
            all += 1;
            within += u32::from((7..19).contains(&local.hour));
            if there.zone == zone {
                let (sum, count) = means.entry(there.offset(time)).or_default();
                *sum += i64::from(local.hour) * 60 + i64::from(local.minute);
                *count += 1;
            }
        }
        assert!(within * 100 >= all * 85, "{zone}: {within} of {all}");
        let changes = place::info(place::of_zone(zone).unwrap()).unwrap();
        let changes = changes.offset(1_770_000_000) != changes.offset(1_775_400_000);
        assert_eq!(means.len(), 1 + usize::from(changes), "{zone}: {means:?}");
        let means: Vec<i64> = means.values().map(|(sum, count)| sum / count).collect();
        // A clock that is missed is an hour; the mean of a few hundred sign-ins is exact to a quarter of one.
        let apart = means.iter().max().unwrap() - means.iter().min().unwrap();
        assert!(apart <= 30, "{zone}: {means:?}");
    }
}

#[test]
fn days_off_are_for_the_phone() {
    for written in ORDINARY.iter() {
        let mut on_phone = 0;
        for row in written.good() {
            let Some(there) = city(row) else { continue };
            // Days begin at four.
            let time = seconds(word(row, "createdDateTime")) - 4 * 3600;
            if there.is_working_day(there.local(time).day) || is_program(written, row) {
                continue;
            }
            let system = word(&row["deviceDetail"], "operatingSystem").to_lowercase();
            assert!(
                system.contains("ios") || system.contains("android"),
                "{row:#}"
            );
            on_phone += 1;
        }
        assert!(on_phone > 20, "{on_phone}");
    }
}

#[test]
fn newcomers_are_not_there_before_they_come() {
    let mut newcomers = 0;
    for written in ORDINARY.iter() {
        let joins: HashMap<String, i64> = written
            .tenant()
            .people
            .iter()
            .filter(|person| person.joins > 0)
            .map(|person| {
                let there = place::info(person.home).unwrap();
                let first = written.world.period.start.div_euclid(86_400) + i64::from(person.joins);
                (person.upn.to_lowercase(), there.moment(first, 0))
            })
            .collect();
        newcomers += joins.len();
        for record in &written.unified {
            // Programs and Microsoft know a mailbox from midnight by UTC of its first day.
            let time = seconds(word(record, "CreationTime")) + 86_400;
            for name in ["UserId", "MailboxOwnerUPN"] {
                let joins = joins.get(&word(record, name).to_lowercase());
                assert!(joins.is_none_or(|joins| *joins <= time), "{record:#}");
            }
        }
    }
    assert!(newcomers >= 4, "{newcomers}");
}

#[test]
fn strangers_try_passwords_and_do_not_get_in() {
    for written in ORDINARY.iter() {
        let sites: BTreeSet<&str> = place::all()
            .filter(|(_, place)| place.is_site)
            .map(|(_, place)| place.city)
            .collect();
        let far: Vec<&Value> = written
            .sign_ins
            .iter()
            .filter(|row| {
                row["location"]["city"]
                    .as_str()
                    .is_some_and(|city| !city.is_empty() && !sites.contains(city))
            })
            .collect();
        assert_share("from afar", far.len(), written.unified.len(), (8, 1000));
        for row in far {
            let code = row["status"]["errorCode"].as_u64();
            assert!(matches!(code, Some(50_053 | 50_126)), "{row:#}");
        }
        let failed = written.unified.iter();
        let failed: Vec<&Value> = failed
            .filter(|record| record["Operation"] == "UserLoginFailed")
            .collect();
        let success = failed
            .iter()
            .filter(|record| record["ResultStatus"] == "Success");
        assert_share("said to succeed", success.count(), failed.len(), (2, 3));
    }
}

/// Kilometres between two points in thousandths of a degree.
fn distance(from: (f64, f64), to: (f64, f64)) -> f64 {
    let [(a, b), (c, d)] = [from, to].map(|(a, b)| (a.to_radians(), b.to_radians()));
    let cosine = a.sin() * c.sin() + a.cos() * c.cos() * (b - d).cos();
    6371.0 * cosine.clamp(-1.0, 1.0).acos()
}

/// The look-alike that is about one person who is in two countries at a time: a service through which a browser goes out.
const TWO_COUNTRIES: &str = "A new way out to the internet";

/// Names of those who act in stories, and in the look-alike that is about it: intruders have their passwords.
fn elsewhere(written: &Written) -> BTreeSet<String> {
    let labels = &written.world.labels;
    let out = labels.look_alikes.iter();
    let out = out.filter(|telling| telling.title == TWO_COUNTRIES);
    let tellings = labels.stories.iter().chain(out);
    let mut actors = BTreeSet::new();
    for telling in tellings {
        actors.extend(
            telling
                .records
                .iter()
                .map(|record| record.actor.to_lowercase()),
        );
        let grants = telling.grants.iter();
        for party in grants.flat_map(|grant| [&grant.actor, &grant.grantee, &grant.target]) {
            actors.insert(party.id.to_lowercase());
            actors.insert(party.name.to_lowercase());
        }
        actors.extend(
            telling
                .mailboxes
                .iter()
                .map(|mailbox| mailbox.to_lowercase()),
        );
    }
    actors
}

#[test]
fn nobody_benign_travels_faster_than_an_aircraft() {
    let mut journeys = 0;
    for written in PLANTED.iter() {
        let elsewhere = elsewhere(written);
        let mut points: HashMap<&str, (f64, f64)> = HashMap::new();
        let mut stays: BTreeMap<String, Vec<(i64, &str)>> = BTreeMap::new();
        for row in written.good() {
            let point = &row["location"]["geoCoordinates"];
            let [latitude, longitude] = ["latitude", "longitude"].map(|name| point[name].as_f64());
            points.insert(
                word(row, "ipAddress"),
                (latitude.unwrap(), longitude.unwrap()),
            );
            let name = word(row, "userPrincipalName");
            let time = seconds(word(row, "createdDateTime"));
            stays
                .entry(name.to_lowercase())
                .or_default()
                .push((time, word(row, "ipAddress")));
        }
        // What is done through Microsoft's servers has an address that nobody signs in from.
        for record in written
            .unified
            .iter()
            .filter(|record| is_mailbox_audit(record))
        {
            let address = word(record, "ClientIPAddress");
            if record.get("SessionId").is_some() && points.contains_key(address) {
                let name = word(record, "UserId").to_lowercase();
                let time = seconds(word(record, "CreationTime"));
                stays.entry(name).or_default().push((time, address));
            }
        }
        let names: HashMap<String, String> = written
            .tenant()
            .people
            .iter()
            .map(|person| (person.sign_in.to_lowercase(), person.name.to_lowercase()))
            .collect();
        for (name, mut stays) in stays {
            let shown = names.get(&name).cloned().unwrap_or_default();
            if elsewhere.contains(&name) || elsewhere.contains(&shown) {
                continue;
            }
            stays.sort_unstable();
            for pair in stays.windows(2) {
                let [(first, from), (second, to)] = *pair else {
                    continue;
                };
                let kilometres = distance(points[from], points[to]);
                journeys += usize::from(kilometres > 100.0);
                let hours = f64::from(u32::try_from(second - first).unwrap()) / 3600.0;
                assert!(
                    kilometres <= 900.0 * hours + 1.0,
                    "{name}: {kilometres} km in {hours} h from {first}"
                );
            }
        }
    }
    assert!(journeys > 10, "{journeys}");
}

#[test]
fn labelled_records_are_there_once_as_labelled() {
    for written in PLANTED.iter() {
        let mut by_id: HashMap<&str, Vec<&Value>> = HashMap::new();
        for record in &written.unified {
            by_id.entry(word(record, "Id")).or_default().push(record);
        }
        assert!(
            by_id.values().all(|records| records.len() == 1),
            "ids are unique"
        );
        let labels = &written.world.labels;
        let tellings = labels.stories.iter().chain(&labels.look_alikes);
        let labelled: Vec<_> = tellings.flat_map(|telling| &telling.records).collect();
        assert!(labelled.len() > 150, "{}", labelled.len());
        for label in labelled {
            let [record] = by_id[label.id.as_str()][..] else {
                unreachable!()
            };
            let operation = label.operation.split(" (").next().unwrap();
            assert_eq!(word(record, "Operation").trim(), operation.trim());
            assert_eq!(seconds(word(record, "CreationTime")), label.time.0);
        }
    }
}

#[test]
fn what_is_ordinary_is_the_same_with_and_without_stories() {
    for (ordinary, planted) in ORDINARY.iter().zip(PLANTED.iter()) {
        let ids = |written: &Written| -> BTreeSet<String> {
            let ids = written
                .unified
                .iter()
                .map(|record| word(record, "Id").to_owned());
            ids.collect()
        };
        assert!(ids(ordinary).is_subset(&ids(planted)));
    }
}

#[test]
fn sessions_begin_with_a_sign_in_and_acts_come_from_where_somebody_signed_in() {
    for written in PLANTED.iter() {
        let mut begun: HashMap<&str, i64> = HashMap::new();
        let mut signed: HashMap<(&str, &str), Vec<i64>> = HashMap::new();
        for row in written.good() {
            let time = seconds(word(row, "createdDateTime"));
            let session = word(row, "sessionId");
            if !session.is_empty() {
                begun.entry(session).or_insert(time);
                signed
                    .entry((session, word(row, "ipAddress")))
                    .or_default()
                    .push(time);
            }
        }
        let mut seen = 0;
        for record in written
            .unified
            .iter()
            .filter(|record| is_mailbox_audit(record))
        {
            let context = word(&record["AppAccessContext"], "AADSessionId");
            let own = word(record, "SessionId");
            let time = seconds(word(record, "CreationTime"));
            for session in [context, own]
                .into_iter()
                .filter(|session| !session.is_empty())
            {
                seen += 1;
                let first = begun.get(session);
                assert!(
                    first.is_some_and(|first| *first <= time),
                    "{first:?} {record:#}"
                );
            }
            let address = word(record, "ClientIPAddress");
            if own.is_empty() {
                continue;
            }
            let near = signed.get(&(own, address)).into_iter().flatten();
            let is_near = near
                .clone()
                .any(|signed| (signed - time).abs() < 3 * 86_400);
            assert!(is_near, "{record:#}");
        }
        assert!(seen > 1_000, "{seen}");
    }
}

#[test]
fn the_four_kinds_of_sign_ins_agree_with_the_unified_log() {
    for written in PLANTED.iter() {
        let of_kind = |kind: &str| {
            let rows = written.sign_ins.iter();
            let kind = kind.to_owned();
            rows.filter(move |row| row["signInEventTypes"][0] == kind.as_str())
        };
        let typed: BTreeSet<&str> = of_kind("interactiveUser")
            .map(|row| word(row, "id"))
            .collect();
        let logged = written
            .unified
            .iter()
            .filter(|record| record["RecordType"] == 15);
        let logged: BTreeSet<&str> = logged.map(|record| word(record, "Id")).collect();
        assert_eq!(typed, logged);
        for kind in ["nonInteractiveUser", "managedIdentity"] {
            assert!(of_kind(kind).count() > 100, "{kind}");
        }
        let mut signed: HashMap<&str, Vec<i64>> = HashMap::new();
        for row in of_kind("servicePrincipal") {
            let time = seconds(word(row, "createdDateTime"));
            signed.entry(word(row, "appId")).or_default().push(time);
        }
        for record in &written.unified {
            if record["UserType"] != 5 || !is_mailbox_audit(record) {
                continue;
            }
            let time = seconds(word(record, "CreationTime"));
            let mut signed = signed[word(record, "ClientAppId")].iter();
            // One night's work may begin on the day before.
            let is_known = signed.any(|signed| (time - 86_400..=time).contains(signed));
            assert!(is_known, "{record:#}");
        }
    }
}

#[test]
fn directory_audits_are_the_changes_of_the_unified_log() {
    for written in PLANTED.iter() {
        let unified = written
            .unified
            .iter()
            .filter(|record| record["RecordType"] == 8);
        let mut unified: Vec<(&str, i64, &str)> = unified
            .map(|record| {
                let time = seconds(word(record, "CreationTime"));
                let name = word(record, "Operation").trim().trim_end_matches('.');
                (word(record, "InterSystemsId"), time, name)
            })
            .collect();
        let mut audits: Vec<(&str, i64, &str)> = written
            .audits
            .iter()
            .map(|row| {
                let time = seconds(word(row, "activityDateTime"));
                (
                    word(row, "correlationId"),
                    time,
                    word(row, "activityDisplayName").trim(),
                )
            })
            .collect();
        unified.sort_unstable();
        audits.sort_unstable();
        assert_eq!(unified, audits);
    }
}

/// Most records of reading of a mailbox in 24 hours, the one included that says that it is throttled.
const THROTTLE: usize = 1000;

#[test]
fn reading_is_not_logged_for_a_day_after_it_is_throttled() {
    let crowded = crowded();
    let mut throttled = 0;
    for written in std::iter::once(&crowded).chain(PLANTED.iter()) {
        let mut binds: BTreeMap<&str, Vec<(i64, bool)>> = BTreeMap::new();
        for record in written.unified.iter().filter(|record| is_bind(record)) {
            let is_last = property(record, "IsThrottled") == "True";
            let time = seconds(word(record, "CreationTime"));
            binds
                .entry(word(record, "MailboxGuid"))
                .or_default()
                .push((time, is_last));
        }
        for (mailbox, binds) in binds {
            for (at, (time, is_last)) in binds.iter().enumerate() {
                if *is_last {
                    throttled += 1;
                    let next = binds.get(at + 1).map(|(next, _)| next - time);
                    assert!(
                        next.is_none_or(|next| next >= 86_400),
                        "{mailbox}: {next:?}"
                    );
                }
                // The bind a thousand places on is another day's.
                let later = binds.get(at + THROTTLE).map(|(later, _)| later - time);
                assert!(
                    later.is_none_or(|later| later >= 86_400),
                    "{mailbox}: {later:?}"
                );
            }
        }
    }
    assert!(
        throttled > 0,
        "a mailbox that is read very much is throttled"
    );
}

/// A log of two days in which few people have very much to do.
fn crowded() -> Written {
    let world = World::new(Options {
        seed: 32,
        users: 15,
        days: 2,
        records: 100_000,
        zone: "Europe/Madrid".to_owned(),
        scenarios: Vec::new(),
    });
    let world = world.unwrap();
    let mut unified = Vec::new();
    let (mut hour, mut line) = (Vec::new(), Vec::new());
    let mut events = world.events();
    while events.next_hour(&mut hour) {
        for event in hour.drain(..) {
            line.clear();
            let is_bind = native::write(&world.tenant, &event, &mut line)
                && line.windows(14).any(|part| part == b"MailAccessType");
            if is_bind {
                unified.push(serde_json::from_slice(&line).unwrap());
            }
        }
    }
    Written {
        world,
        unified,
        sign_ins: Vec::new(),
        audits: Vec::new(),
    }
}

/// Every message that a record names, with the mailbox it lies in.
fn messages<'v>(record: &'v Value, into: &mut Vec<&'v Value>) {
    match record {
        Value::Object(members) if members.contains_key("InternetMessageId") => into.push(record),
        Value::Object(members) => members.values().for_each(|value| messages(value, into)),
        Value::Array(values) => values.iter().for_each(|value| messages(value, into)),
        _ => {}
    }
}

#[test]
fn a_message_has_the_same_ids_whoever_touches_it() {
    for written in PLANTED.iter() {
        let mut known: HashMap<(&str, &str), &str> = HashMap::new();
        let mut back: HashMap<(&str, &str), &str> = HashMap::new();
        let mut readers: HashMap<(&str, &str), BTreeSet<(&str, &str)>> = HashMap::new();
        for record in &written.unified {
            let mailbox = word(record, "MailboxGuid");
            let mut found = Vec::new();
            messages(record, &mut found);
            for message in found {
                let [own, internet] = ["Id", "InternetMessageId"].map(|name| word(message, name));
                assert_eq!(*known.entry((mailbox, own)).or_insert(internet), internet);
                assert_eq!(*back.entry((mailbox, internet)).or_insert(own), own);
                let reader = (word(record, "UserId"), word(record, "ClientAppId"));
                readers
                    .entry((mailbox, internet))
                    .or_default()
                    .insert(reader);
            }
        }
        let shared = readers.values().filter(|readers| readers.len() > 1).count();
        assert!(shared > 100, "{shared}");
    }
}
