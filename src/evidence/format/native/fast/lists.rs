//! Nested lists of a native record, in the shapes in which the service itself writes them.
//!
//! An entry that has more or other members than usual is for the strict reader. Not here: what is put together from entries.

use super::super::super::mailbox::path_or_name;
use super::Spare;
use super::scan::{Cursor, Text};
use crate::evidence::list::{OBJECT, unescaped};
use crate::record::{Change, Folder, Identifier, Property};

/// Names that nested objects are asked for, and those that make another kind of list of them.
const ASKED: &[&str] = &[
    "Count",
    "DisplayName",
    "FolderItems",
    "ID",
    "InternetMessageId",
    "Key",
    "MemberRights",
    "MemberSid",
    "MemberUpn",
    "MessageItems",
    "Name",
    "NewValue",
    "OldValue",
    "ParentFolder",
    "Path",
    "Subject",
    "Type",
    "Value",
    "ClientAppId",
    "ClientAppName",
    "UniqueTokenId",
    "AADSessionId",
];

/// Values that one object may give once.
struct Given<const N: usize>([Option<Text>; N]);

impl<const N: usize> Given<N> {
    /// Walks over an object and keeps what has these names; other members are passed over if `others` and nobody asks for them.
    fn read(cursor: &mut Cursor<'_>, names: [&str; N], others: Others) -> Option<Self> {
        let mut given = Self([None; N]);
        cursor.object(|cursor, name| given.take(cursor, name, &names, others))?;
        Some(given)
    }

    fn take(
        &mut self,
        cursor: &mut Cursor<'_>,
        name: &[u8],
        names: &[&str; N],
        others: Others,
    ) -> Option<()> {
        let mut all = names.iter().zip(&mut self.0);
        match all.find(|(own, _)| own.as_bytes() == name) {
            Some((_, Some(_))) => None,
            Some((_, value)) => {
                *value = Some(cursor.inner()?);
                Some(())
            }
            None if others == Others::Skipped => skip(cursor, name),
            None => None,
        }
    }

    /// The text of a value; empty when it is not given.
    fn text<'c>(&self, cursor: &'c Cursor<'_>, at: usize) -> &'c str {
        let text = self.0.get(at).copied().flatten();
        text.map_or("", |text| cursor.text(text))
    }
}

/// What becomes of members that are not asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Others {
    Skipped,
    Refused,
}

/// Passes over a member that nobody asks for.
fn skip(cursor: &mut Cursor<'_>, name: &[u8]) -> Option<()> {
    let is_asked = |asked: &str| asked.as_bytes().eq_ignore_ascii_case(name);
    // The usual ones are not worth a search.
    let is_usual = matches!(
        name,
        b"Id"
            | b"ImmutableId"
            | b"SizeInBytes"
            | b"Attachments"
            | b"IsRecord"
            | b"IssuedAtTime"
            | b"APIId"
    );
    let is_plain = || name.iter().all(u8::is_ascii_graphic) && !ASKED.iter().any(|asked| is_asked(asked));
    if is_usual || is_plain() {
        cursor.skip(0)
    } else {
        None
    }
}

/// Entries with a name and a value.
pub(super) fn properties(
    cursor: &mut Cursor<'_>,
    spare: &mut Spare,
    out: &mut Vec<Property>,
) -> Option<()> {
    cursor.array(|cursor| {
        let given = Given::read(cursor, ["Name", "Value"], Others::Refused)?;
        given.0[0]?;
        let (name, value) = (given.text(cursor, 0), given.text(cursor, 1));
        out.push(spare.property(name.trim(), value));
        Some(())
    })
}

/// The first value of an entry of this name.
pub(super) fn property(cursor: &mut Cursor<'_>, wanted: &str) -> Option<Text> {
    let mut found = None;
    cursor.array(|cursor| {
        let given = Given::read(cursor, ["Name", "Value"], Others::Refused)?;
        given.0[0]?;
        if given.text(cursor, 0).trim().eq_ignore_ascii_case(wanted) {
            found = found.or(Some(given.0[1].unwrap_or_default()));
        }
        Some(())
    })?;
    Some(found.unwrap_or_default())
}

/// Changed properties: entries with both values, or bare names.
pub(super) fn changes(
    cursor: &mut Cursor<'_>,
    spare: &mut Vec<Change>,
    out: &mut Vec<Change>,
) -> Option<()> {
    cursor.array(|cursor| {
        let mut change = spare.pop().unwrap_or_default();
        if cursor.peek()? == b'"' {
            let name = cursor.inner()?;
            let name = cursor.text(name);
            name.clone_into(&mut change.name);
            change.old.clear();
            change.new.clear();
            if name.trim().is_empty() {
                return None;
            }
        } else {
            let names = ["Name", "OldValue", "NewValue"];
            let given = Given::read(cursor, names, Others::Refused)?;
            given.0[0]?;
            given.text(cursor, 0).clone_into(&mut change.name);
            unescape(given.text(cursor, 1), &mut change.old);
            unescape(given.text(cursor, 2), &mut change.new);
        }
        out.push(change);
        Some(())
    })
}

/// Removes one layer of JSON quoting.
fn unescape(text: &str, out: &mut String) {
    if text.starts_with('"') {
        *out = unescaped(text);
    } else {
        text.clone_into(out);
    }
}

/// Entries with an id and a type.
pub(super) fn identifiers(
    cursor: &mut Cursor<'_>,
    spare: &mut Vec<Identifier>,
    out: &mut Vec<Identifier>,
) -> Option<()> {
    cursor.array(|cursor| {
        let given = Given::read(cursor, ["ID", "Type"], Others::Refused)?;
        let id = given.text(cursor, 0);
        if !id.is_empty() {
            let mut identifier = spare.pop().unwrap_or_default();
            id.clone_into(&mut identifier.id);
            identifier.kind = given.text(cursor, 1).trim().parse().unwrap_or(-1);
            out.push(identifier);
        }
        Some(())
    })
}

/// Texts of one object, in the order of the names; null is no object and gives none.
pub(super) fn texts<const N: usize>(
    cursor: &mut Cursor<'_>,
    names: [&str; N],
) -> Option<[Text; N]> {
    let given = Given::read(cursor, names, Others::Skipped)?;
    Some(given.0.map(Option::unwrap_or_default))
}

/// Folders with their items, which stand under this name.
pub(super) fn folders(
    cursor: &mut Cursor<'_>,
    items: &[u8],
    spare: &mut Spare,
    out: &mut Vec<Folder>,
) -> Option<()> {
    cursor.array(|cursor| {
        let mut folder = spare.folder("");
        let mut given = Given([None; 2]);
        let mut has_items = false;
        cursor.object(|cursor, name| {
            if name != items {
                return given.take(cursor, name, &["Path", "Name"], Others::Skipped);
            }
            if std::mem::replace(&mut has_items, true) {
                return None;
            }
            cursor.array(|cursor| {
                let names = ["InternetMessageId", "Subject"];
                let given = Given::read(cursor, names, Others::Skipped)?;
                spare.add(&mut folder, given.text(cursor, 0), given.text(cursor, 1));
                Some(())
            })
        })?;
        path_or_name(given.text(cursor, 0), given.text(cursor, 1)).clone_into(&mut folder.path);
        out.push(folder);
        Some(())
    })
}

/// What a folder is asked for.
pub(super) const FOLDER: [&str; 5] = ["Path", "Name", "MemberUpn", "MemberSid", "MemberRights"];

/// What `AppAccessContext` is asked for.
pub(super) const CONTEXT: [&str; 4] = [
    "ClientAppId",
    "ClientAppName",
    "UniqueTokenId",
    "AADSessionId",
];

/// Adds an item to its folder, and gives what the folder says. Nothing when the item names no folder, for then its record may.
pub(super) fn item(
    cursor: &mut Cursor<'_>,
    spare: &mut Spare,
    out: &mut Vec<Folder>,
) -> Option<[Text; 5]> {
    let mut given = Given([None; 2]);
    let mut parent = None;
    cursor.object(|cursor, name| {
        if name != OBJECT.as_bytes() {
            let names = ["InternetMessageId", "Subject"];
            return given.take(cursor, name, &names, Others::Skipped);
        }
        let first = parent.replace(texts(cursor, FOLDER)?);
        first.is_none().then_some(())
    })?;
    let parent = parent?;
    let [path, name] = [parent[0], parent[1]].map(|text| cursor.text(text));
    let path = path_or_name(path, name);
    let at = out.iter().position(|folder| folder.path == path);
    if at.is_none() {
        out.push(spare.folder(path));
    }
    let folder = at.unwrap_or(out.len() - 1);
    let folder = out.get_mut(folder)?;
    spare.add(folder, given.text(cursor, 0), given.text(cursor, 1));
    (!path.is_empty()).then_some(parent)
}
