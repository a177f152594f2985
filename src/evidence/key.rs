//! The id of a record that brings none: a key made of its content, so that the same row in two files is one record.
//!
//! The key is `row-` and the first 32 hex digits of the SHA-256 of these parts, in this order, each ended by U+001F: operation, time
//! (RFC 3339), user, object, parameters, changed properties, address, targets with name and id, mailbox, folders with their items,
//! correlation. Text is folded (trimmed, lower case); parameters, changes, targets and items are sorted, for exports order them
//! differently; an address is the parsed one, without its port. Two rows that agree in all of this are one event.

use crate::record::{Folder, Record, RecordId};
use crate::text::{fold, hex};
use crate::time::rfc3339;
use sha2::{Digest, Sha256};

/// Hex digits of the digest that are kept: 128 bits.
const DIGITS: usize = 32;

/// Gives the record an id if it has none.
pub(super) fn complete(record: &mut Record) {
    if record.id.0.is_empty() {
        record.id = of(record);
    }
}

fn of(record: &Record) -> RecordId {
    let mut digest = Sha256::new();
    for part in parts(record) {
        digest.update(part.as_bytes());
        digest.update([0x1f]);
    }
    let mut key = hex(&digest.finalize());
    key.truncate(DIGITS);
    RecordId(format!("row-{key}"))
}

fn parts(record: &Record) -> [String; 11] {
    let parameters = record
        .parameters
        .iter()
        .map(|property| pair(&[&property.name, &property.value]));
    let changes = record
        .modified
        .iter()
        .map(|change| pair(&[&change.name, &change.old, &change.new]));
    // Many targets have no name: users that were changed in one second differ in their ids alone.
    let targets = record
        .targets
        .iter()
        .map(|target| pair(&[&target.name, &target.id]));
    let address = match record.address.ip {
        Some(ip) => ip.to_string(),
        None => fold(&record.address.written),
    };
    [
        fold(record.operation.as_str()),
        record.time.map(rfc3339).unwrap_or_default(),
        fold(&record.user),
        fold(&record.object),
        sorted(parameters),
        sorted(changes),
        address,
        sorted(targets),
        fold(&record.mailbox.owner),
        sorted(record.folders.iter().map(folder)),
        fold(&record.correlation),
    ]
}

/// A folder by its path and items: two reads in one second are two events.
fn folder(folder: &Folder) -> String {
    let items = folder.items.iter();
    let items = items.map(|item| pair(&[&item.message_id, &item.subject]));
    pair(&[&folder.path, &sorted(items)])
}

fn pair(texts: &[&str]) -> String {
    texts
        .iter()
        .map(|text| fold(text))
        .collect::<Vec<_>>()
        .join("\u{1e}")
}

fn sorted(texts: impl Iterator<Item = String>) -> String {
    let mut texts: Vec<_> = texts.collect();
    texts.sort_unstable();
    texts.join("\u{1d}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Address, Operation, Property, Target};

    fn row(user: &str, address: &str, parameters: [(&str, &str); 2]) -> Record {
        Record {
            operation: Operation::new("Set-Mailbox"),
            user: user.to_owned(),
            address: Address::read(address),
            parameters: parameters
                .map(|(name, value)| Property {
                    name: name.to_owned(),
                    value: value.to_owned(),
                })
                .to_vec(),
            ..Record::default()
        }
    }

    #[test]
    fn spelling_and_order_do_not_matter_but_content_does() {
        let completed = |mut record: Record| {
            complete(&mut record);
            record
        };
        let one = completed(row("Ann@x", "203.0.113.7:99", [("A", "1"), ("B", "2")]));
        let same = completed(row("ann@X", "203.0.113.7", [("b", "2"), ("a", "1")]));
        let other = completed(row("ann@X", "203.0.113.7", [("b", "2"), ("a", "3")]));
        assert_eq!(one.id, same.id);
        assert_ne!(one.id, other.id);
        assert!(one.id.0.starts_with("row-") && one.id.0.len() == 4 + DIGITS);
    }

    #[test]
    fn changes_of_two_objects_are_two_records() {
        let of_target = |id: &str, correlation: &str| {
            let mut record = row("ann@x", "", [("A", "1"), ("B", "2")]);
            record.targets = vec![Target {
                id: id.to_owned(),
                ..Target::default()
            }];
            record.correlation = correlation.to_owned();
            complete(&mut record);
            record.id
        };
        assert_eq!(of_target("1", "c"), of_target("1", "C"));
        assert_ne!(of_target("1", "c"), of_target("2", "c"));
        assert_ne!(of_target("1", "c"), of_target("1", "d"));
    }

    #[test]
    fn an_id_of_its_own_is_kept() {
        let mut record = row("a", "", [("", ""), ("", "")]);
        record.id = RecordId("own".to_owned());
        complete(&mut record);
        assert_eq!(record.id.0, "own");
    }
}
