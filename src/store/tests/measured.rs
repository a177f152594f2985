//! What searches cost on a million made-up rows. Run by hand:
//! `cargo test --release --lib store::tests::measured -- --ignored --nocapture`
//!
//! Times are those of the thread on a processor, so that a busy machine does not matter. Not here: what is right.

use super::*;
use crate::query::{On, parse};

const ROWS: u64 = 1_000_000;

/// Rounds of each measurement.
const ROUNDS: u64 = 100;

/// Nanoseconds that this thread has run.
fn clock() -> u64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    told.split(' ').next().unwrap().parse().unwrap()
}

/// Numbers that look like chance.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    /// Small numbers are frequent, as few people do most.
    fn skewed(&mut self, limit: u64) -> u64 {
        let one = self.below(limit) + 1;
        self.below(one)
    }
}

#[expect(clippy::too_many_lines, reason = "one field after another")]
fn made_up(number: u64, chance: &mut Chance) -> Sample {
    let kind = chance.below(100);
    let (operation, facet) = match kind {
        0..70 => ("MailItemsAccessed", "access"),
        70..85 => ("UserLoggedIn", "sign-in"),
        85..95 => ("Send", ""),
        _ => ("Set-Mailbox", "permission"),
    };
    let person = chance.skewed(20_000);
    // One service in five does the most of all.
    let user = if chance.below(5) == 0 {
        "svc-archive@example.com".into()
    } else {
        format!("person{person}@example.com")
    };
    let owner = if (70..95).contains(&kind) {
        String::new()
    } else {
        format!("person{}@example.com", chance.skewed(20_000))
    };
    let items = if kind < 70 { chance.below(5) } else { 0 };
    let item = |item| Item {
        message_id: format!("<{number}.{item}@mail.example.com>"),
        subject: String::new(),
    };
    let texts = if kind >= 85 {
        format!(
            "Invoice {} of contract {}",
            chance.below(500),
            chance.below(5_000)
        )
    } else {
        String::new()
    };
    let record = Record {
        id: RecordId(format!(
            "97fc1f52-4cd1-498b-{:04x}-{number:012x}",
            number % 7
        )),
        time: Some(time::from_micros(
            1_685_000_000_000_000
                + i64::try_from(number).unwrap() * 15_552_000
                + i64::try_from(chance.below(3_600_000_000)).unwrap(),
        )),
        operation: Operation::new(operation),
        user,
        workload: if kind < 70 {
            "Exchange"
        } else {
            "AzureActiveDirectory"
        }
        .into(),
        agent: format!(
            "Client=REST;Client=RESTSystem;Version {}",
            chance.skewed(300)
        ),
        session: if kind < 85 {
            format!(
                "{:08x}-4cd1-498b-f05e-{:012x}",
                chance.below(150_000) * 7919,
                person
            )
        } else {
            String::new()
        },
        address: Address::read(&format!(
            "198.51.{}.{}",
            chance.below(31),
            chance.below(256)
        )),
        country: ["DE", "NL", "FR", "NG"][usize::try_from(chance.skewed(4)).unwrap()].into(),
        app: AppIds {
            id: format!("00000003-0000-0ff1-ce00-{:012x}", chance.skewed(500)),
            ..AppIds::default()
        },
        mailbox: Mailbox {
            guid: if owner.is_empty() {
                String::new()
            } else {
                format!("guid-of-{owner}")
            },
            owner,
            ..Mailbox::default()
        },
        parameters: if texts.is_empty() {
            Vec::new()
        } else {
            vec![property("Subject", texts)]
        },
        folders: vec![Folder {
            path: "\\Inbox".into(),
            items: (0..items).map(item).collect(),
        }],
        ..Record::default()
    };
    let facets = if facet.is_empty() {
        Vec::new()
    } else {
        vec![facet]
    };
    (
        Located {
            record,
            provenance: provenance(u32::try_from(number % 3).unwrap(), number),
        },
        facets,
    )
}

/// A million rows in so many segments, which overlap in time by an hour.
fn state(segments: u64, folder: &Path) -> State {
    let mut chance = Chance(42);
    let each = ROWS / segments;
    let segments = (0..segments).map(|number| {
        let (mut building, mut texts) =
            (Building::default(), free_text::Building::begin().unwrap());
        for from in (number * each..(number + 1) * each).step_by(2_000) {
            let mut batch = Batch::default();
            for number in from..from + 2_000 {
                let (located, facets) = made_up(number, &mut chance);
                batch.push(&located.record, &facets, located.provenance);
            }
            let first = building.append(&batch, &[]);
            batch.texts.rows.iter_mut().for_each(|row| *row += first);
            texts.add(batch.texts).unwrap();
        }
        let folder = folder.join(format!("{each}-{number}"));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("columns");
        let placed = building.write(&BTreeSet::new(), &path).unwrap();
        texts.finish(&placed, &folder).unwrap();
        let dead: Vec<u32> = (0..100).map(|row| row * 1_000).collect();
        let rows = u32::try_from(each).unwrap();
        Arc::new(OpenSegment {
            part: Part {
                rows,
                dead: 100,
                ..Part::default()
            },
            segment: Arc::new(Segment::open(&path).unwrap()),
            dead: Dead::new(dead, rows),
            text: FreeText::open(&folder).unwrap().map(Arc::new),
        })
    });
    State {
        segments: segments.collect(),
        ..State::default()
    }
}

/// Prints what one of many rounds takes on average, in microseconds. The system counts by whole ticks, so single rounds tell nothing.
fn measure(what: &str, mut round: impl FnMut() -> usize) {
    let before = clock();
    let found = (0..ROUNDS).map(|_| round()).max();
    let each = (clock() - before) / 1_000 / ROUNDS;
    println!("{what:<44} {each:>8} us  {}", found.unwrap_or(0));
}

fn read(text: &str) -> Expr {
    parse(text, On::Record).unwrap()
}

#[test]
#[ignore = "takes a minute and measures"]
fn searches_on_a_million_rows() {
    let folder = tempfile::tempdir().unwrap();
    for segments in [1, 8] {
        println!("--- {segments} segments: time of a round, found");
        let snapshot = Snapshot::new(state(segments, folder.path()), folder.path().into());
        for query in [
            "user:person77@example.com",
            "mailbox:person5@example.com",
            "session:0000c111-4cd1-498b-f05e-000000000001",
            "id:97fc1f52-4cd1-498b-0003-00000000000a",
            "message:<500000.0@mail.example.com>",
            "operation:mailitemsaccessed",
            "country:ng",
            "user:person1*",
            "user:*77@*",
            "session:*4cd1*",
            "exchange",
            "person77",
            "a",
            "e",
            "*archive*",
            "\"contract 77\"",
            "contract",
            "time:2023-06-03..2023-07-03",
            "user:person77@example.com operation:mailitemsaccessed time:2023-06-03..2023-07-03",
            "operation:mailitemsaccessed country:ng workload:exchange",
            "NOT user:person77@example.com",
            "NOT operation:mailitemsaccessed",
            "items:>=2",
            "message:*",
            "user:* session:*",
            "user:svc-archive@example.com OR mailbox:person5@example.com OR country:fr",
            "",
        ] {
            let expr = read(query);
            measure(&format!("{query:?}"), || {
                let hits = snapshot.search(&expr).unwrap();
                let rows = snapshot.rows(&hits, hits.len() / 2, 200).unwrap();
                let counts = hits.histogram(240);
                assert!(rows.len() <= 200 && counts.len() <= 240);
                hits.len()
            });
        }
        let service = read("user:svc-archive@example.com");
        measure("history of 200,000", || {
            snapshot.history(&service).unwrap().seen.len()
        });
        let person = read("user:person77@example.com");
        measure("history of a person", || {
            snapshot.history(&person).unwrap().seen.len()
        });
        let accesses = read("is:access");
        measure("mailboxes of accesses", || {
            snapshot.mailboxes(&accesses).unwrap().len()
        });
        measure("mailboxes of all", || {
            snapshot.mailboxes(&Expr::All).unwrap().len()
        });
        measure("days", || snapshot.days().unwrap().len());
        measure("span", || usize::from(snapshot.span().unwrap().is_some()));
        measure("count NOT", || {
            usize::try_from(snapshot.count(&!person.clone()).unwrap()).unwrap()
        });
    }
}
