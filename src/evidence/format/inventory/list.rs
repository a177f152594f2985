//! Lists that were written as one text: `a;b`, `{a, b}`, `a b`, one to a line.
//!
//! What separates depends on what is listed: names hold blanks and commas, rights hold neither. Not here: lists of JSON (`entry`).

/// What may stand between the entries of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Between {
    /// `;` and line ends; `, ` within braces. For names, which hold commas and blanks.
    Names,
    /// The same and `,`. For rights whose names hold blanks (`Send As`).
    Rights,
    /// The same and blanks. For rights and scopes that are one word each.
    Words,
    /// Any of these, before something that begins like an address. For lists of addresses, of which X500 ones hold blanks.
    Addresses,
}

/// What PowerShell writes behind the last entry that it showed.
const CUT: [&str; 2] = ["...", "…"];

/// The entries of a text, and whether they are all: PowerShell shows only so many.
pub(super) fn split(text: &str, between: Between) -> (Vec<String>, bool) {
    let text = text.trim();
    let braced = text
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'));
    let inner = braced.unwrap_or(text).trim();
    let uncut = braced.and_then(|_| CUT.iter().find_map(|cut| inner.strip_suffix(cut)));
    let whole = uncut.is_none();
    let inner = uncut.unwrap_or(inner);
    let parts: Vec<&str> = match between {
        Between::Names if braced.is_some() => {
            let lines = inner.split([';', '\n', '\r']);
            lines.flat_map(|part| part.split(", ")).collect()
        }
        Between::Names => inner.split([';', '\n', '\r']).collect(),
        Between::Rights => inner.split([';', ',', '\n', '\r']).collect(),
        Between::Words => inner
            .split(|c: char| c.is_whitespace() || ";,".contains(c))
            .collect(),
        Between::Addresses => addresses(inner),
    };
    let entries = parts
        .into_iter()
        .map(|part| part.trim_matches(|c: char| c.is_whitespace() || c == ','))
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect();
    (entries, whole)
}

fn is_separator(character: char) -> bool {
    character.is_whitespace() || ";,|".contains(character)
}

/// Cuts before every word that begins like an address.
fn addresses(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut after_separator = false;
    for (at, character) in text.char_indices() {
        let here = text.get(at..).unwrap_or_default();
        if after_separator && !is_separator(character) && begins_address(here) {
            parts.push(text.get(start..at).unwrap_or_default());
            start = at;
        }
        after_separator = is_separator(character);
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
        .into_iter()
        .map(|part| part.trim_end_matches(is_separator))
        .collect()
}

/// Whether a text begins with `smtp:` or another prefix, or with a word that holds an `@`.
fn begins_address(text: &str) -> bool {
    let word = text.split(is_separator).next().unwrap_or_default();
    let is_prefix =
        |prefix: &str| !prefix.is_empty() && prefix.chars().all(|c| c.is_ascii_alphanumeric());
    word.split_once(':')
        .map_or(word.contains('@'), |(prefix, _)| is_prefix(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_come_apart_where_their_kind_allows() {
        use Between::{Addresses, Names, Rights, Words};
        for (text, between, expected) in [
            (
                "{FullAccess, ReadPermission}",
                Words,
                "FullAccess|ReadPermission",
            ),
            (
                "FullAccess;ReadPermission",
                Words,
                "FullAccess|ReadPermission",
            ),
            (
                "FullAccess, ReadPermission",
                Words,
                "FullAccess|ReadPermission",
            ),
            (
                " offline_access  Mail.Read",
                Words,
                "offline_access|Mail.Read",
            ),
            ("{Send As, Receive As}", Rights, "Send As|Receive As"),
            ("Doe, Jane;Roe, Rick", Names, "Doe, Jane|Roe, Rick"),
            ("{alice, bob}", Names, "alice|bob"),
            ("alice\r\nbob", Names, "alice|bob"),
            ("{}", Names, ""),
            ("", Words, ""),
            (
                "SMTP:a@example.com smtp:b@example.com,X500:/o=Example/ou=Group (X Y)/cn=a;sip:a@example.com",
                Addresses,
                "SMTP:a@example.com|smtp:b@example.com|X500:/o=Example/ou=Group (X Y)/cn=a|sip:a@example.com",
            ),
            (
                "a@example.com;b@example.com",
                Addresses,
                "a@example.com|b@example.com",
            ),
            (
                "{SMTP:a@example.com, smtp:b@example.com}",
                Addresses,
                "SMTP:a@example.com|smtp:b@example.com",
            ),
        ] {
            let (entries, whole) = split(text, between);
            assert_eq!(entries.join("|"), expected, "{text}");
            assert!(whole, "{text}");
        }
        assert_eq!(
            split("{alice, bob, carol...}", Between::Names),
            (["alice", "bob", "carol"].map(String::from).to_vec(), false)
        );
    }

    proptest::proptest! {
        #[test]
        fn any_text_comes_apart(text in r"[a{}:;,@ |\n.…]{0,30}|\PC{0,20}") {
            for between in [Between::Names, Between::Rights, Between::Words, Between::Addresses] {
                let (entries, _) = split(&text, between);
                assert!(entries.iter().all(|entry| !entry.is_empty()));
            }
        }
    }
}
