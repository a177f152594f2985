//! Which rows are read quickly, and that no row of another format is.
//!
//! Not here: that what is read is read alike, which whole logs have to show (`tests/fast.rs`).

use crate::evidence::ObjectReader;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// A native record with more members in front.
fn row(members: &str) -> String {
    format!(r#"{{{members}"Operation":"Send","CreationTime":"2023-06-03T08:13:00","Id":"1"}}"#)
}

/// Whether a row is read quickly; if so, it has to be read as a native record.
fn is_quick(row: &str) -> bool {
    let mut reader = ObjectReader::default();
    let quick = reader.quick(row);
    if let Some(record) = quick {
        let strict = ObjectReader::strict(row).unwrap();
        assert_eq!(strict, (vec![record.clone()], "unified-audit"), "{row}");
    }
    quick.is_some()
}

#[test]
fn usual_members_are_read_quickly_and_odd_ones_are_not() {
    for (members, expected) in [
        ("", true),
        (r#""Unheard":[1,{"a":[true,null,-1.5]}],"#, true),
        (r#""UserId":"a\u0062\n\ud83d\ude00","#, true),
        (r#""UserId":" <NULL>","RecordType":"exchangeItem","#, true),
        (
            r#""ClientIP":"203.0.113.7:1","ActorIP":"198.51.100.1","#,
            true,
        ),
        (r#""Parameters":null,"Folders":"","#, true),
        (r#""Parameters":[{"Value":"b","Name":"a"}],"#, true),
        (
            r#""Item":{"ParentFolder":{"Path":"\\Inbox","MemberUpn":"ann@example.com"}},"#,
            true,
        ),
        (r#""UserId":"a","UserId":"b","#, false),
        (r#""userid":"a","#, false),
        (r#""UserId ":"a","#, false),
        (r#""UserId_string":"a","#, false),
        (r#""User\u0049d":"a","#, false),
        ("\"UserId\t\":\"a\",", false),
        ("\"UserId\":\"a\t\",", false),
        ("\"UserId\n\":\"a\",", false),
        (
            r#""Folders":[{"Id":"1","FolderItems":[{"Id":"2"},{"Id":"3"}],"Path":"p"}],"#,
            true,
        ),
        (
            r#""Folders":[{"Path":"p","FolderItems":[{"id":"2"}]}],"#,
            false,
        ),
        (r#""Folders":[{"Path":"p","Path":"p"}],"#, false),
        (r#""Folders":[{"FolderItems":[],"FolderItems":[]}],"#, false),
        (r#""Folders":[{"FolderItems":[{"subject":"s"}]}],"#, false),
        (r#""Parameters":[{"Name":"a","Extra":"b"}],"#, false),
        (
            r#""Parameters":[{"Name":"a","Value":"b"},{"Name":"c","name":"d"}],"#,
            false,
        ),
        (r#""UserId":1.0,"#, false),
        (r#""UserId":["a"],"#, false),
        (r#""UserId":"\ud83d","#, false),
        (r#""Unheard":1e999,"#, false),
        (r#""Unheard":007,"#, false),
        (r#""Parameters":[{"Name":"a","Value":["b","c"]}],"#, false),
        (r#""Parameters":["@{Name=a; Value=b}"],"#, false),
        (r#""Folders":["System.Object[]"],"#, false),
        (r#""Folders":[{"path":"p"}],"#, false),
        (r#""Folders":[{"Path":"p"}],"Messages":[],"#, false),
        (r#""AuditData":{},"#, false),
    ] {
        assert_eq!(is_quick(&row(members)), expected, "{members}");
    }
    for odd in ["", "{}", "[]", "{", "{\"Operation\":\"Send\"", "\u{feff}{}"] {
        assert!(!is_quick(odd), "{odd}");
    }
    for end in ["x", "}", ","] {
        assert!(!is_quick(&(row("") + end)), "{end}");
    }
}

#[test]
fn a_row_is_read_alike_wherever_its_blocks_end() {
    for length in 0..130 {
        let text = "é".repeat(length / 2) + &"x".repeat(length % 2);
        assert!(is_quick(&row(&format!(r#""UserId":"{text}\"","#))));
        let whole = row(&format!(r#""UserId":"{text}","#));
        for cut in (0..whole.len()).filter_map(|end| whole.get(..end)) {
            assert!(!is_quick(cut));
        }
    }
}

/// Everything that formats say in quotes: all names that they know their rows by are among it.
fn quoted(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            quoted(&path, found);
        } else {
            let text = fs::read_to_string(&path).unwrap();
            let parts = text.split('"').map(str::to_owned);
            found.extend(parts.filter(|part| part.len() < 60 && !part.contains(['\\', '\n'])));
        }
    }
}

/// Formats that stand before native records know their rows by names; whichever of these come together, a row that is read quickly is none of
/// theirs.
#[test]
fn no_row_of_another_format_is_read_quickly() {
    let mut names = BTreeSet::new();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/evidence/format");
    quoted(Path::new(folder), &mut names);
    let member = |name: &String| format!(r#""{name}":{{"errorCode":1}},"#);
    let free: Vec<_> = (names.iter())
        .filter(|name| is_quick(&row(&member(name))))
        .collect();
    assert!(free.len() > 100, "{}", free.len());
    // One bit of the number of a name after the other: each two names stand in some row together, and in some row apart.
    for bit in 0..free.len().next_power_of_two().trailing_zeros() {
        for value in 0..2 {
            let chosen = free
                .iter()
                .enumerate()
                .filter(|(at, _)| at >> bit & 1 == value);
            let mut members = String::new();
            for (_, name) in chosen {
                write!(members, "{}", member(name)).unwrap();
            }
            assert!(is_quick(&row(&members)));
        }
    }
    let all: String = free.iter().map(|name| member(name)).collect();
    assert!(is_quick(&row(&all)));
}
