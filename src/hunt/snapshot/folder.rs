//! Folders as they are compared: one place that says which names are one folder.
//!
//! Not here: what a right on a folder opens (`folder_permission`).

use crate::hunt::catalog::folder_key;

/// Whether two folders are one, in whatever language.
pub(super) fn same_folder(one: &str, other: &str) -> bool {
    folder_key(one) == folder_key(other)
}

/// A folder that an entry is about: its path begins with a bar, and one without is a name.
pub(super) fn folder_thing(folder: &str) -> String {
    let key = folder_key(folder);
    if folder.starts_with('\\') {
        format!("\\{key}")
    } else {
        key
    }
}

/// Whether a name without a path may be the folder of a path.
pub(super) fn may_be(name: &str, path: &str) -> bool {
    let leaf = path.rsplit(['\\', '/']).next().unwrap_or(path);
    !name.starts_with('\\') && path.starts_with('\\') && same_folder(name, leaf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_folder_are_the_same() {
        let table = [
            ("\\Calendar", "Calendar", true),
            ("/Inbox/Old", "\\inbox\\old", true),
            ("Top of Information Store", "\\", true),
            ("\\Inbox", "\\Sent", false),
            ("\\Inbox\\Old", "Old", false),
        ];
        for (one, other, expected) in table {
            assert_eq!(same_folder(one, other), expected, "{one} {other}");
            assert_eq!(same_folder(other, one), expected, "{other} {one}");
        }
        let table = [
            ("Old", "\\Inbox\\Old", true),
            ("old", "\\Old", true),
            ("Old", "Old", false),
            ("\\Old", "\\Old", false),
            ("Inbox", "\\Inbox\\Old", false),
        ];
        for (name, path, expected) in table {
            assert_eq!(may_be(name, path), expected, "{name} {path}");
        }
    }
}
