//! Default folders by the names they have in the languages of mailboxes.
//!
//! Not here: whose folder it is, and what a right on it opens.

use super::table;
use crate::record::folder_name;
use crate::text::fold;
use std::collections::HashMap;
use std::sync::LazyLock;

const FOLDERS: &str = include_str!("../../../assets/catalog/folders.csv");

/// The top of a mailbox, whose key is empty.
const TOP: &str = "top of information store";

/// The calendar, as [`folder_key`] names it.
pub const CALENDAR: &str = "*calendar";

static KEYS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let rows = table::rows(FOLDERS);
    let keyed = rows.filter_map(|row| Some((fold(row.get(1)?), format!("*{}", row.first()?))));
    keyed.collect()
});

/// What a folder of a mailbox is compared by: a default folder is one in every language, any other goes by its path without case
/// and without the bars around it. A star begins the key of a default folder, which no folder's name can have before it in a path.
pub fn folder_key(path: &str) -> String {
    let name = fold(path.trim().trim_matches(['\\', '/'])).replace('/', "\\");
    match KEYS.get(&name) {
        Some(key) => key.clone(),
        None if name == TOP => String::new(),
        None => name,
    }
}

/// Every name under which a folder may stand in a log: its own, and those of a default folder in other languages. Without the
/// backslashes before it.
pub fn folder_names(path: &str) -> Vec<String> {
    let (name, key) = (folder_name(path), folder_key(path));
    let others = KEYS.iter().filter(|(_, other)| **other == key);
    let mut names: Vec<String> = others.map(|(name, _)| name.clone()).collect();
    if !names.contains(&fold(name)) {
        names.push(name.to_owned());
    }
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_folder_is_one_in_every_language() {
        for (one, other, same) in [
            ("\\Calendar", "\\Agenda", true),
            ("Kalender", "\\予定表", true),
            ("\\INBOX", "\\\\Postvak IN", true),
            ("\\Inbox", "\\Calendar", false),
            ("\\Inbox\\Calendar", "\\Calendar", false),
            ("\\Projects", "projects", true),
        ] {
            let keys = [one, other].map(folder_key);
            assert_eq!(keys[0] == keys[1], same, "{one} {other}: {keys:?}");
        }
        assert_eq!(folder_key("Calendrier"), CALENDAR);
        assert_eq!(folder_names("\\Projects"), ["Projects"]);
        assert!(folder_names("\\Calendar").contains(&"agenda".to_owned()));
    }

    #[test]
    fn every_line_is_a_name_of_its_own() {
        let lines = table::lines(FOLDERS).map(Result::unwrap).count();
        assert_eq!(KEYS.len(), lines);
    }
}
