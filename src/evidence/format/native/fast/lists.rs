//! Nested lists of a native record, in the shapes in which the service itself writes them.
//!
//! An entry that has more or other members than usual is for the strict reader. Not here: what is put together from entries.

use super::super::super::mailbox::path_or_name;
use super::Spare;
use super::keys::Keys;
use super::scan::{Cursor, Text};
use crate::evidence::list::{OBJECT, unescaped};
use crate::record::{Change, Folder, Identifier, Property};
use crate::text::trimmed;
use std::borrow::Cow;

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

/// What a member of a nested object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A value that is kept: which of them.
    Value(usize),
    /// An object or list of objects inside.
    Inner,
    /// Nothing that anybody asks for.
    Skipped,
}

/// Names met in the objects of one kind.
#[derive(Debug)]
pub(super) struct Names(Keys<Role>);

impl Default for Names {
    fn default() -> Self {
        Self(Keys::new(ROOM, Role::Skipped))
    }
}

/// Names met in each kind of object.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    pub properties: Names,
    pub changes: Names,
    pub identifiers: Names,
    pub folders: Names,
    pub messages: Names,
    pub items: Names,
    pub item: Names,
    pub folder: Names,
    pub context: Names,
}

/// Most names that are kept in mind of one kind of object, and the longest of them.
const ROOM: usize = 32;
const LONGEST: usize = 64;

/// Values that one object may give once.
struct Given<const N: usize>([Option<Text>; N]);

/// What an object is asked for.
struct Asked<'n, const N: usize> {
    /// Names of values.
    names: [&'n str; N],
    /// The name of what is inside.
    inner: &'n str,
    /// What becomes of other members.
    others: Others,
}

impl<const N: usize> Asked<'_, N> {
    /// What a member is; nothing when the object is none of the usual.
    fn role(&self, name: &[u8]) -> Option<Role> {
        let mut names = self.names.iter();
        match names.position(|own| own.as_bytes() == name) {
            Some(at) => Some(Role::Value(at)),
            None if self.inner.as_bytes() == name => Some(Role::Inner),
            None => (self.others == Others::Skipped && is_free(name)).then_some(Role::Skipped),
        }
    }

    /// What a member is that was not met yet.
    #[cold]
    fn learn(&self, keys: &mut Keys<Role>, name: &[u8]) -> Option<Role> {
        let role = self.role(name)?;
        let name = str::from_utf8(name).ok()?;
        if name.len() <= LONGEST {
            keys.insert(Cow::Owned(name.to_owned()), role);
        }
        Some(role)
    }
}

impl<const N: usize> Given<N> {
    /// Walks over an object and keeps what is asked for.
    fn read(cursor: &mut Cursor<'_>, names: &mut Names, asked: &Asked<'_, N>) -> Option<Self> {
        Self::read_with(cursor, names, asked, |_| None)
    }

    /// The same, with what is inside of it.
    fn read_with(
        cursor: &mut Cursor<'_>,
        names: &mut Names,
        asked: &Asked<'_, N>,
        mut inner: impl FnMut(&mut Cursor<'_>) -> Option<()>,
    ) -> Option<Self> {
        let mut given = Self([None; N]);
        let learn = |keys: &mut Keys<Role>, name: &[u8]| asked.learn(keys, name);
        cursor.members(&mut names.0, learn, |cursor, role| match role {
            Role::Value(at) => {
                let value = given.0.get_mut(at)?;
                if value.is_some() {
                    return None;
                }
                *value = Some(cursor.inner()?);
                Some(())
            }
            Role::Inner => inner(cursor),
            Role::Skipped => cursor.skip(0),
        })?;
        Some(given)
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

/// Whether nobody asks for a member of this name, or one that differs in case only. `ID` is asked for only where all others are refused.
fn is_free(name: &[u8]) -> bool {
    if name == b"Id" {
        return true;
    }
    let is_asked = |asked: &&str| asked.as_bytes().eq_ignore_ascii_case(name);
    name.iter().all(u8::is_ascii_graphic) && !ASKED.iter().any(is_asked)
}

/// What an entry of a list of values is asked for.
const PROPERTY: Asked<'_, 2> = Asked {
    names: ["Name", "Value"],
    inner: "",
    others: Others::Refused,
};

/// Entries with a name and a value.
pub(super) fn properties(
    cursor: &mut Cursor<'_>,
    names: &mut Names,
    spare: &mut Spare,
    out: &mut Vec<Property>,
) -> Option<()> {
    cursor.array(|cursor| {
        let given = Given::read(cursor, names, &PROPERTY)?;
        given.0[0]?;
        let (name, value) = (given.text(cursor, 0), given.text(cursor, 1));
        out.push(spare.property(trimmed(name), value));
        Some(())
    })
}

/// The first value of an entry of this name.
pub(super) fn property(cursor: &mut Cursor<'_>, names: &mut Names, wanted: &str) -> Option<Text> {
    let mut found = None;
    cursor.array(|cursor| {
        let given = Given::read(cursor, names, &PROPERTY)?;
        given.0[0]?;
        if trimmed(given.text(cursor, 0)).eq_ignore_ascii_case(wanted) {
            found = found.or(Some(given.0[1].unwrap_or_default()));
        }
        Some(())
    })?;
    Some(found.unwrap_or_default())
}

/// What an entry of a list of changes is asked for.
const CHANGE: Asked<'_, 3> = Asked {
    names: ["Name", "OldValue", "NewValue"],
    inner: "",
    others: Others::Refused,
};

/// Changed properties: entries with both values, or bare names.
pub(super) fn changes(
    cursor: &mut Cursor<'_>,
    names: &mut Names,
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
            let given = Given::read(cursor, names, &CHANGE)?;
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

/// What an identifier is asked for.
const IDENTIFIER: Asked<'_, 2> = Asked {
    names: ["ID", "Type"],
    inner: "",
    others: Others::Refused,
};

/// Entries with an id and a type.
pub(super) fn identifiers(
    cursor: &mut Cursor<'_>,
    names: &mut Names,
    spare: &mut Vec<Identifier>,
    out: &mut Vec<Identifier>,
) -> Option<()> {
    cursor.array(|cursor| {
        let given = Given::read(cursor, names, &IDENTIFIER)?;
        let id = given.text(cursor, 0);
        if !id.is_empty() {
            let mut identifier = spare.pop().unwrap_or_default();
            id.clone_into(&mut identifier.id);
            identifier.kind = trimmed(given.text(cursor, 1)).parse().unwrap_or(-1);
            out.push(identifier);
        }
        Some(())
    })
}

/// Texts of one object, in the order of the names; null is no object and gives none.
pub(super) fn texts<const N: usize>(
    cursor: &mut Cursor<'_>,
    met: &mut Names,
    names: [&str; N],
) -> Option<[Text; N]> {
    let asked = Asked {
        names,
        inner: "",
        others: Others::Skipped,
    };
    let given = Given::read(cursor, met, &asked)?;
    Some(given.0.map(Option::unwrap_or_default))
}

/// What an item is asked for.
const ITEM: Asked<'_, 2> = Asked {
    names: ["InternetMessageId", "Subject"],
    inner: "",
    others: Others::Skipped,
};

/// Folders with their items, which stand under this name.
pub(super) fn folders(
    cursor: &mut Cursor<'_>,
    [names, items]: [&mut Names; 2],
    inner: &str,
    spare: &mut Spare,
    out: &mut Vec<Folder>,
) -> Option<()> {
    let asked = Asked {
        names: ["Path", "Name"],
        inner,
        others: Others::Skipped,
    };
    cursor.array(|cursor| {
        let mut folder = spare.folder("");
        let mut has_items = false;
        let given = Given::read_with(cursor, names, &asked, |cursor| {
            if std::mem::replace(&mut has_items, true) {
                return None;
            }
            cursor.array(|cursor| {
                let given = Given::read(cursor, items, &ITEM)?;
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
    [names, inner]: [&mut Names; 2],
    spare: &mut Spare,
    out: &mut Vec<Folder>,
) -> Option<[Text; 5]> {
    let asked = Asked {
        inner: OBJECT,
        ..ITEM
    };
    let mut parent = None;
    let given = Given::read_with(cursor, names, &asked, |cursor| {
        let first = parent.replace(texts(cursor, inner, FOLDER)?);
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
