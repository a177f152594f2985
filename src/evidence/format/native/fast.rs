//! Native records read at the speed of a scan, straight into a record whose memory is used again.
//!
//! It reads what the usual record is made of and says no to anything else: whatever it says yes to, the strict reader ([`super::read`] behind
//! `serde_json`) reads into the same record, field by field. Not here: what fields mean.

mod fill;
mod keys;
mod lists;
mod members;
mod scan;

use super::super::super::fields::is_null;
use super::{ADDRESSES, EXTRAS};
use crate::record::{Change, Folder, Identifier, Item, Property, Record, Target};
use fill::Texts;
use keys::Keys;
use lists::Shapes;
use members::{COUNT, List, Member, Members, Slot, slot};
use scan::{Cursor, Text, mark};

/// Longest row that is read: the marks of a row take an eighth of it, and are kept.
const LONGEST: usize = 256 << 10;

/// A reader with what it keeps from record to record.
#[derive(Debug, Default)]
pub(in crate::evidence) struct Fast {
    members: Members,
    shapes: Shapes,
    names: Names,
    marks: Vec<u64>,
    plain: String,
    spare: Spare,
    /// The identifiers of the objects acted on.
    targets: Vec<Identifier>,
}

/// Where the texts stand that the tables of the strict reader name.
#[derive(Debug)]
struct Names {
    /// Those of [`EXTRAS`].
    extras: Vec<(&'static str, Slot)>,
    /// Those of [`ADDRESSES`].
    addresses: Vec<(&'static [i32], Vec<Slot>)>,
}

impl Default for Names {
    fn default() -> Self {
        let extras = EXTRAS.iter().filter_map(|name| Some((*name, slot(name)?)));
        let slots = |names: &[&str]| names.iter().filter_map(|name| slot(name)).collect();
        let addresses = ADDRESSES
            .iter()
            .map(|(types, names)| (*types, slots(names)));
        Self {
            extras: extras.collect(),
            addresses: addresses.collect(),
        }
    }
}

impl Fast {
    /// Reads one JSON object, a row without blanks around it, into `record`, whose former content is gone. False when it is to be read by the strict
    /// reader instead; `record` then holds nothing of use.
    pub(in crate::evidence) fn read(&mut self, row: &str, record: &mut Record) -> bool {
        self.spare.clear(record);
        self.spare.identifiers.append(&mut self.targets);
        row.len() <= LONGEST && self.read_row(row, record).is_some()
    }

    fn read_row(&mut self, row: &str, record: &mut Record) -> Option<()> {
        mark(row.as_bytes(), &mut self.marks);
        let mut cursor = Cursor::new(row, &self.marks, &mut self.plain);
        let mut reading = Reading {
            texts: [Text::default(); COUNT],
            seen: Seen::default(),
            shapes: &mut self.shapes,
            spare: &mut self.spare,
            targets: &mut self.targets,
            record,
        };
        let Members { keys, known } = &mut self.members;
        let learn = |keys: &mut Keys<_>, name: &[u8]| members::learn(keys, *known, name);
        cursor.members(keys, learn, |cursor, member| reading.member(cursor, member))?;
        if !cursor.is_done() {
            return None;
        }
        let texts = reading.texts;
        let texts = Texts::new(&cursor, &texts);
        texts.fill(record, &self.names, &self.targets, &mut self.spare)
    }
}

/// Values that records no longer hold, kept for their memory.
#[derive(Debug, Default)]
struct Spare {
    properties: Vec<Property>,
    changes: Vec<Change>,
    identifiers: Vec<Identifier>,
    folders: Vec<Folder>,
    items: Vec<Item>,
    targets: Vec<Target>,
}

impl Spare {
    /// Takes the lists of a record.
    fn clear(&mut self, record: &mut Record) {
        self.properties.append(&mut record.parameters);
        self.properties.append(&mut record.extended);
        self.properties.append(&mut record.properties);
        self.changes.append(&mut record.modified);
        self.identifiers.append(&mut record.actors);
        self.targets.append(&mut record.targets);
        for folder in &mut record.folders {
            self.items.append(&mut folder.items);
        }
        self.folders.append(&mut record.folders);
        record.member = None;
    }

    /// A folder without items.
    fn folder(&mut self, path: &str) -> Folder {
        let mut folder = self.folders.pop().unwrap_or_default();
        path.clone_into(&mut folder.path);
        folder
    }

    fn property(&mut self, name: &str, value: &str) -> Property {
        let mut property = self.properties.pop().unwrap_or_default();
        name.clone_into(&mut property.name);
        value.clone_into(&mut property.value);
        property
    }

    /// An object of which nothing is known yet.
    fn target(&mut self) -> Target {
        let mut target = self.targets.pop().unwrap_or_default();
        let Target {
            id,
            name,
            kind,
            upn,
            app,
        } = &mut target;
        for text in [id, name, kind, upn, app] {
            text.clear();
        }
        target
    }

    /// Adds an item to a folder, unless nothing is known of it.
    fn add(&mut self, folder: &mut Folder, message_id: &str, subject: &str) {
        if !message_id.is_empty() || !subject.is_empty() {
            let mut item = self.items.pop().unwrap_or_default();
            message_id.clone_into(&mut item.message_id);
            subject.clone_into(&mut item.subject);
            folder.items.push(item);
        }
    }
}

/// What of a row was met: no member may come twice, for which of two counts is for the strict reader to say.
#[derive(Debug, Default)]
struct Seen {
    texts: u64,
    lists: u64,
}

/// A row that is being read.
struct Reading<'a> {
    texts: [Text; COUNT],
    seen: Seen,
    shapes: &'a mut Shapes,
    spare: &'a mut Spare,
    targets: &'a mut Vec<Identifier>,
    record: &'a mut Record,
}

/// Lists of items: a record has one of them, for their order counts.
const ITEMS: [List; 4] = [
    List::AffectedItems,
    List::Folders,
    List::Item,
    List::Messages,
];

impl Reading<'_> {
    fn member(&mut self, cursor: &mut Cursor<'_>, member: Member) -> Option<()> {
        match member {
            Member::Text(slot) => {
                once(&mut self.seen.texts, slot as u32)?;
                self.texts[slot as usize] = cursor.scalar()?;
                Some(())
            }
            Member::List(list) => {
                once(&mut self.seen.lists, list as u32)?;
                if is_empty(cursor)? {
                    return Some(());
                }
                let is_second = |other: &&List| self.seen.lists & 1 << **other as u32 != 0;
                if ITEMS.contains(&list) && ITEMS.iter().filter(is_second).count() > 1 {
                    return None;
                }
                self.list(cursor, list)?;
                (!cursor.is_odd).then_some(())
            }
            Member::Ignored => {
                cursor.skip(0)?;
                cursor.is_odd = false;
                Some(())
            }
        }
    }

    fn list(&mut self, cursor: &mut Cursor<'_>, list: List) -> Option<()> {
        let (spare, record) = (&mut *self.spare, &mut *self.record);
        let Shapes {
            properties,
            changes,
            identifiers,
            folders,
            messages,
            items,
            item,
            folder,
            ..
        } = &mut *self.shapes;
        let (spares, actors) = (&mut spare.identifiers, &mut record.actors);
        match list {
            List::Actor => lists::identifiers(cursor, identifiers, spares, actors),
            List::Target => lists::identifiers(cursor, identifiers, spares, self.targets),
            List::ExtendedProperties => {
                lists::properties(cursor, properties, spare, &mut record.extended)
            }
            List::OperationProperties => {
                lists::properties(cursor, properties, spare, &mut record.properties)
            }
            List::Parameters => {
                lists::properties(cursor, properties, spare, &mut record.parameters)
            }
            List::ModifiedProperties => {
                let (spares, modified) = (&mut spare.changes, &mut record.modified);
                lists::changes(cursor, changes, spares, modified)
            }
            List::Folders => {
                let names = [folders, items];
                lists::folders(cursor, names, "FolderItems", spare, &mut record.folders)
            }
            List::Messages => {
                let names = [messages, items];
                lists::folders(cursor, names, "MessageItems", spare, &mut record.folders)
            }
            List::AffectedItems => cursor.array(|cursor| {
                let names = [&mut *item, &mut *folder];
                lists::item(cursor, names, spare, &mut record.folders).map(|_| ())
            }),
            List::Item => {
                let parent = lists::item(cursor, [item, folder], spare, &mut record.folders)?;
                record.member = fill::member(parent.map(|text| cursor.text(text)));
                Some(())
            }
            List::Folder | List::AppAccessContext | List::DeviceProperties => {
                self.object(cursor, list)
            }
        }
    }

    /// An object of which texts are kept.
    fn object(&mut self, cursor: &mut Cursor<'_>, list: List) -> Option<()> {
        let shapes = &mut *self.shapes;
        match list {
            List::Folder => {
                let texts = lists::texts(cursor, &mut shapes.folder, lists::FOLDER)?;
                self.keep(FOLDER, texts);
            }
            List::AppAccessContext => {
                let texts = lists::texts(cursor, &mut shapes.context, lists::CONTEXT)?;
                self.keep(CONTEXT, texts);
            }
            _ => {
                let session = lists::property(cursor, &mut shapes.properties, "SessionId")?;
                self.keep([Slot::DeviceSession], [session]);
            }
        }
        Some(())
    }

    fn keep<const N: usize>(&mut self, slots: [Slot; N], texts: [Text; N]) {
        for (slot, text) in slots.into_iter().zip(texts) {
            self.texts[slot as usize] = text;
        }
    }
}

/// Where the texts of `Folder` are kept.
const FOLDER: [Slot; 5] = [
    Slot::FolderPath,
    Slot::FolderName,
    Slot::FolderUpn,
    Slot::FolderSid,
    Slot::FolderRights,
];

/// Where the texts of `AppAccessContext` are kept.
const CONTEXT: [Slot; 4] = [
    Slot::ContextClient,
    Slot::ContextName,
    Slot::ContextToken,
    Slot::ContextSession,
];

/// Passes over null and the texts that mean as much where a list should be.
fn is_empty(cursor: &mut Cursor<'_>) -> Option<bool> {
    match cursor.peek()? {
        b'n' | b'"' => {
            let text = cursor.scalar()?;
            is_null(cursor.text(text)).then_some(true)
        }
        _ => Some(false),
    }
}

/// Notes a number that may be noted once.
fn once(seen: &mut u64, number: u32) -> Option<()> {
    let bit = 1 << number;
    let is_first = *seen & bit == 0;
    *seen |= bit;
    is_first.then_some(())
}

#[cfg(test)]
mod tests;
