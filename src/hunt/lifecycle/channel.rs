//! One act in several channels: the unified audit log, the audit log of the directory or of Exchange, and mailbox audit each have a
//! record of it, under ids of their own.
//!
//! Two records are one act when they say the same of the same people within a few seconds and come from different channels. A channel
//! tells of an act once, so that what was done twice stays two acts. The form of its id shows where a record comes from. Not here:
//! records of one channel that are one act (`giving`).

use super::deed::{Deed, Said};
use super::draft::{actor, grantee, target};
use crate::hunt::catalog::folder_key;
use crate::hunt::context::Context;
use crate::hunt::grant::{Effect, PermissionChange};
use crate::hunt::identity::Identities;
use crate::hunt::model::Road;
use crate::record::{Outcome, Record};
use crate::text::{fold, is_guid};
use std::collections::{BTreeSet, HashMap, VecDeque};

/// Clocks of two channels may differ by this much, in seconds.
const SECONDS: i64 = 5;

/// Shortest id of an item in Base64.
const ITEM: usize = 32;

/// What mailbox audit calls the acts of cmdlets.
const AUDITED: [(&str, &str); 4] = [
    ("AddFolderPermissions", "Add-MailboxFolderPermission"),
    ("ModifyFolderPermissions", "Set-MailboxFolderPermission"),
    ("UpdateFolderPermissions", "Set-MailboxFolderPermission"),
    ("RemoveFolderPermissions", "Remove-MailboxFolderPermission"),
];

/// Where a record comes from, as far as it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Channel {
    form: Form,
    /// Whether a mailbox tells, and not the cmdlet that changed it.
    audited: bool,
}

/// Forms of ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Form {
    /// A GUID: the unified audit log.
    Guid,
    /// `Directory_…`: the audit log of the directory.
    Directory,
    /// A digest of the content: an export without ids.
    Content,
    /// An item of an audit log of Exchange.
    Item,
    /// Any other form.
    Other,
}

impl Channel {
    fn of(record: &Record) -> Self {
        let id = fold(&record.id.0);
        let form = if is_guid(&id) {
            Form::Guid
        } else if id.starts_with("directory_") {
            Form::Directory
        } else if id.starts_with("row-") {
            Form::Content
        } else if id.len() >= ITEM {
            Form::Item
        } else {
            Form::Other
        };
        Self {
            form,
            audited: record.member.is_some(),
        }
    }
}

/// What two records of one act have in common.
#[derive(PartialEq, Eq, Hash)]
struct Likeness {
    /// Operation under one name for all channels.
    operation: String,
    /// Whether it failed.
    failed: bool,
    /// Key of who acted.
    actor: String,
    /// What it changes, in one order for all channels.
    parts: Vec<Part>,
}

/// One change, or one piece of context, by whom it is about.
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Part {
    Change(Effect, Road, [String; 4], Vec<String>),
    Around(String, [String; 2], Vec<String>),
}

/// Joins the records of one act, which stand in the order of time.
pub(super) fn joined<'a>(said: Vec<Said<'a>>, identities: &Identities) -> Vec<Deed<'a>> {
    let crowd = Crowd::of(&said);
    let mut deeds: Vec<Deed<'a>> = Vec::new();
    let mut open: HashMap<Likeness, VecDeque<usize>> = HashMap::new();
    for said in said {
        let likeness = crowd
            .has_another(&said)
            .then(|| likeness(&said, identities))
            .flatten();
        let Some(likeness) = likeness else {
            deeds.push(alone(said));
            continue;
        };
        let near = open.entry(likeness).or_default();
        // The records come in the order of time: what is too old now is too old for all that follow.
        while near
            .front()
            .is_some_and(|at| deeds.get(*at).is_none_or(|deed| !is_near(deed, &said)))
        {
            near.pop_front();
        }
        let takes_in = |at: &&usize| deeds.get(**at).is_some_and(|deed| is_again(deed, &said));
        let known = near.iter().find(takes_in).copied();
        if let Some(deed) = known.and_then(|at| deeds.get_mut(at)) {
            deed.again.push(said);
        } else {
            near.push_back(deeds.len());
            deeds.push(alone(said));
        }
    }
    deeds
}

fn alone(said: Said<'_>) -> Deed<'_> {
    Deed {
        first: said,
        again: Vec::new(),
    }
}

fn is_near(deed: &Deed<'_>, said: &Said<'_>) -> bool {
    let times = deed.time().zip(said.record().time);
    times.is_some_and(|(one, other)| (other - one).num_milliseconds().abs() <= SECONDS * 1000)
}

/// Whether a record that is like an act tells of it again: from a channel that has not, and in rights that agree. Mailbox audit has
/// words of its own for rights.
fn is_again(deed: &Deed<'_>, said: &Said<'_>) -> bool {
    let channel = Channel::of(said.record());
    let rights = |said: &Said<'_>| {
        let rights = said.changes.iter().map(|change| change.rights.clone());
        rights.collect::<BTreeSet<_>>()
    };
    is_near(deed, said)
        && deed.all().all(|known| {
            let other = Channel::of(known.record());
            other != channel && (other.audited != channel.audited || rights(known) == rights(said))
        })
}

/// Which channels tell of an operation at about a time: most records need no closer look.
struct Crowd(HashMap<(String, i64), BTreeSet<Channel>>);

impl Crowd {
    fn of(said: &[Said<'_>]) -> Self {
        let mut channels: HashMap<_, BTreeSet<_>> = HashMap::new();
        for record in said.iter().map(Said::record) {
            if let Some(step) = step(record) {
                let known = channels.entry((operation(record), step)).or_default();
                known.insert(Channel::of(record));
            }
        }
        Self(channels)
    }

    fn has_another(&self, said: &Said<'_>) -> bool {
        let record = said.record();
        let Some(step) = step(record) else {
            return false;
        };
        let own = Channel::of(record);
        let mut name = operation(record);
        [step - 1, step, step + 1].into_iter().any(|step| {
            let key = (std::mem::take(&mut name), step);
            let found = self.0.get(&key);
            let another = found.is_some_and(|known| known.iter().any(|other| *other != own));
            name = key.0;
            another
        })
    }
}

fn step(record: &Record) -> Option<i64> {
    let time = record.time?;
    Some(time.timestamp().div_euclid(SECONDS + 1))
}

/// The operation under one name for cmdlets and mailbox audit.
fn operation(record: &Record) -> String {
    let audited = AUDITED.iter().find(|(name, _)| record.operation.is(name));
    fold(audited.map_or(record.operation.as_str(), |(_, cmdlet)| cmdlet))
}

/// What a record says, by whom it is about; `None` when it does not say who acted.
fn likeness(said: &Said<'_>, identities: &Identities) -> Option<Likeness> {
    let record = said.record();
    let actor = actor(record, identities).key;
    let changes = said.changes.iter();
    let changes = changes.map(|change| part_of_change(change, identities));
    let contexts = said.contexts.iter();
    let contexts = contexts.map(|context| part_of_context(context, identities));
    let mut parts: Vec<Part> = changes.chain(contexts).collect();
    parts.sort();
    (!actor.is_empty()).then(|| Likeness {
        operation: operation(record),
        failed: record.outcome == Outcome::Failed,
        actor,
        parts,
    })
}

fn part_of_change(change: &PermissionChange, identities: &Identities) -> Part {
    // The words of mailbox audit for rights are others: they are compared later.
    let rights = match change.road {
        Road::FolderPermission => Vec::new(),
        _ => change.rights.iter().map(|right| fold(right)).collect(),
    };
    let people = [
        grantee(change, identities).0.key,
        target(change, identities).key,
        folder_key(&change.folder),
        change.handle.clone(),
    ];
    Part::Change(change.effect, change.road, people, rights)
}

fn part_of_context(context: &Context, identities: &Identities) -> Part {
    let key = |spellings: &[String]| super::draft::spelled(spellings, identities).key;
    let folded = |texts: &[String]| texts.iter().map(|text| fold(text)).collect();
    let (what, people, more) = match context {
        Context::Carries { group, roles } => {
            ("carries", [fold(group), String::new()], folded(roles))
        }
        Context::Inherits { role, parent } => ("inherits", [fold(role), fold(parent)], Vec::new()),
        Context::Member {
            joins,
            group,
            member,
        } => {
            let what = if *joins { "joins" } else { "leaves" };
            (what, [key(group), key(member)], Vec::new())
        }
        Context::Principal { fate, spellings } => {
            let what = format!("{fate:?}");
            return Part::Around(what, [key(spellings), String::new()], Vec::new());
        }
    };
    Part::Around(what.to_owned(), people, more)
}
