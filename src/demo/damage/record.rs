//! Faults in how a record spells something: it says the same in another way.
//!
//! Not here: whether the record is there at all (`writer`).

use super::{Damage, Fault, Tally};
use crate::demo::chance::Dice;
use serde_json::{Value, json};
use std::net::IpAddr;

/// Changes how a record spells something; false where it has nothing of the kind.
type Spell = fn(&mut Value, &mut Dice) -> bool;

/// The faults of records and what they do.
const SPELLINGS: &[(Fault, Spell)] = &[
    (Fault::UserCase, user_case),
    (Fault::ServiceHost, service_host),
    (Fault::Address, address),
    (Fault::Text, text),
    (Fault::Blanks, blanks),
];

/// Puts the faults of a record in.
pub(super) fn spell(damage: &Damage, file: u64, record: &mut Value, tally: &mut Tally) {
    for (fault, spell) in SPELLINGS {
        let mut dice = damage.dice(*fault, file, record);
        if dice.happens(fault.rate(), 10_000) && spell(record, &mut dice) {
            tally.count(*fault, 1);
        }
    }
}

/// A member that is text, to be changed.
fn text_of<'r>(record: &'r mut Value, name: &str) -> Option<&'r mut String> {
    match record.get_mut(name)? {
        Value::String(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

/// Members that hold the name of a person.
const USERS: [&str; 2] = ["UserId", "userPrincipalName"];

fn user_case(record: &mut Value, dice: &mut Dice) -> bool {
    let is_small = dice.happens(1, 2);
    let mut changed = false;
    for name in USERS {
        // What is no address is a name of the system, whose spellings are its own.
        let Some(own) = text_of(record, name).filter(|own| own.contains('@')) else {
            continue;
        };
        let other = if is_small {
            own.to_lowercase()
        } else {
            titled(own)
        };
        changed |= *own != other;
        *own = other;
    }
    changed
}

/// The first letters of all words as capitals: `Ann.Lee@Contoso.Example`.
fn titled(text: &str) -> String {
    let mut is_first = true;
    let letters = text.chars().map(|letter| {
        let begins = std::mem::replace(&mut is_first, !letter.is_alphanumeric());
        if begins {
            letter.to_ascii_uppercase()
        } else {
            letter
        }
    });
    letters.collect()
}

/// Both spellings of the service host (TRAPS 20).
const HOSTS: [&str; 2] = ["ServiceHost", "Servicehost"];

fn service_host(record: &mut Value, _: &mut Dice) -> bool {
    let [one, other] = HOSTS;
    let mut changed = false;
    for name in ["UserId", "UserKey"] {
        if let Some(own) = text_of(record, name) {
            let swapped = if own.contains(one) {
                own.replace(one, other)
            } else {
                own.replace(other, one)
            };
            changed |= *own != swapped;
            *own = swapped;
        }
    }
    changed
}

/// Members of the unified log that hold an address.
const ADDRESSES: [&str; 3] = ["ClientIP", "ClientIPAddress", "ActorIpAddress"];

fn address(record: &mut Value, dice: &mut Dice) -> bool {
    let (form, port) = (dice.below(3), dice.between(1_024, 65_535));
    let mut changed = false;
    for name in ADDRESSES {
        let own = text_of(record, name);
        // One that has a port already is no plain address.
        let Some((own, plain)) = own.and_then(|own| own.parse().ok().map(|plain| (own, plain)))
        else {
            continue;
        };
        *own = match (plain, form) {
            (IpAddr::V4(plain), 0) => format!("{plain}:{port}"),
            (IpAddr::V4(plain), 1) => format!("::ffff:{plain}"),
            (plain, _) => format!("[{plain}]:{port}"),
        };
        changed = true;
    }
    changed
}

/// Members that are numbers or truth values, and that exports write as text (TRAPS 12).
const NUMBERS: [&str; 7] = [
    "RecordType",
    "UserType",
    "LogonType",
    "InternalLogonType",
    "ExternalAccess",
    "Version",
    "autonomousSystemNumber",
];

fn text(record: &mut Value, _: &mut Dice) -> bool {
    let mut changed = false;
    for name in NUMBERS {
        let Some(own) = record.get_mut(name) else {
            continue;
        };
        let text = match own {
            Value::Bool(true) => "True".to_owned(),
            Value::Bool(false) => "False".to_owned(),
            Value::Number(number) => number.to_string(),
            _ => continue,
        };
        *own = json!(text);
        changed = true;
    }
    changed
}

fn blanks(record: &mut Value, _: &mut Dice) -> bool {
    let own = text_of(record, "OriginatingServer").filter(|own| !own.ends_with('\n'));
    if let Some(own) = own {
        own.push_str("\r\n");
        return true;
    }
    let own = text_of(record, "ClientInfoString").filter(|own| !own.ends_with(' '));
    own.map(|own| own.push(' ')).is_some()
}
