//! Look-alikes: names that are not those they look like (`rnicrosoft`, `alice` with a Cyrillic letter, `0utlook`).
//!
//! Two names are alike when their skeletons are: what is left when every letter is replaced by the one it looks like. Equal names are
//! not alike, and short ones never are. Not here: names that merely begin or sound like others.

use super::form::domain;
use super::principal::Principal;
use crate::hunt::catalog;
use crate::text::{fold, trimmed};
use hashbrown::HashMap;
use std::collections::BTreeSet;

/// Shortest name that can be imitated, in letters.
const SHORTEST: usize = 4;

/// Domains that an imitation pays for in every tenant.
const DOMAINS: [&str; 2] = ["microsoft.com", "onmicrosoft.com"];

/// Words of Microsoft's names, which imitations wear inside longer ones.
const WORDS: [&str; 5] = ["microsoft", "outlook", "exchange", "sharepoint", "onedrive"];

/// Known names by what they look like.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Names of applications and people.
    names: HashMap<String, BTreeSet<String>>,
    /// Domains of the tenant and of Microsoft.
    domains: HashMap<String, BTreeSet<String>>,
    /// Words of Microsoft's names.
    words: HashMap<String, BTreeSet<String>>,
    /// Names of Microsoft's applications, folded.
    first_party: BTreeSet<String>,
}

impl Known {
    pub(super) fn of(principals: &[Principal], home: &BTreeSet<String>) -> Self {
        let mut known = Self::default();
        for name in catalog::first_party_names() {
            insert(&mut known.names, name);
            known.first_party.insert(fold(name));
        }
        for principal in principals {
            for name in principal.labels.iter().chain([&principal.address]) {
                insert(&mut known.names, name);
            }
        }
        for domain in DOMAINS.into_iter().chain(home.iter().map(String::as_str)) {
            insert(&mut known.domains, domain);
        }
        for word in WORDS {
            insert(&mut known.words, word);
        }
        known
    }

    /// The known name that one of the names imitates; empty when none is imitated. Names of one principal do not imitate each other.
    pub(super) fn imitated(&self, names: &[&str], is_foreign: bool) -> String {
        let own: BTreeSet<String> = names.iter().map(|name| fold(name)).collect();
        let found = names.iter().find_map(|name| {
            let worn = is_foreign && self.first_party.contains(&fold(name));
            if worn {
                return Some(trimmed(name).to_owned());
            }
            match domain(name) {
                Some(domain) => look(&self.names, name, &own).or_else(|| self.of_domain(domain)),
                None => look(&self.names, name, &own).or_else(|| {
                    let mut words = name.split(|letter: char| !letter.is_alphanumeric());
                    words.find_map(|word| look(&self.words, word, &own))
                }),
            }
        });
        found.unwrap_or_default()
    }

    /// The known domain that a domain, or one that it is part of, imitates.
    fn of_domain(&self, domain: &str) -> Option<String> {
        let domain = fold(domain);
        let is_known = |part: &str| {
            let known = self.domains.get(&skeleton(part));
            known.is_some_and(|known| known.contains(part))
        };
        let mut part = Some(domain.as_str());
        while let Some(whole) = part.filter(|part| part.contains('.')) {
            if is_known(whole) {
                return None;
            }
            if let Some(known) = look(&self.domains, whole, &BTreeSet::new()) {
                return Some(known);
            }
            part = whole.split_once('.').map(|(_, rest)| rest);
        }
        None
    }
}

fn insert(known: &mut HashMap<String, BTreeSet<String>>, name: &str) {
    let name = trimmed(name);
    if name.chars().take(SHORTEST).count() == SHORTEST {
        for skeleton in skeletons(name) {
            known.entry(skeleton).or_default().insert(name.to_owned());
        }
    }
}

/// The first known name that a name looks like and is not. Of two that look alike, the one with more odd letters imitates.
fn look(
    known: &HashMap<String, BTreeSet<String>>,
    name: &str,
    own: &BTreeSet<String>,
) -> Option<String> {
    let folded = fold(name);
    if folded.chars().take(SHORTEST).count() < SHORTEST {
        return None;
    }
    let found: BTreeSet<&String> = skeletons(name)
        .iter()
        .filter_map(|skeleton| known.get(skeleton))
        .flatten()
        .collect();
    if found
        .iter()
        .any(|known| fold(known) == folded && oddity(known) == 0)
    {
        return None;
    }
    let other = |known: &&String| {
        let other = fold(known);
        other != folded && !own.contains(&other) && oddity(&other) <= oddity(&folded)
    };
    found.into_iter().find(other).cloned()
}

/// What a name looks like in its own case and in lower case: a capital `I` looks like `l`, a small one does not.
fn skeletons(name: &str) -> [String; 2] {
    let folded = fold(name);
    [skeleton(trimmed(name)), skeleton(&folded)]
}

/// A name with each letter replaced by the one it looks like, digits among them.
fn skeleton(name: &str) -> String {
    let plain: String = if name.is_ascii() {
        name.chars().map(ascii).collect()
    } else {
        let plain = unicode_security::skeleton(name).map(ascii);
        plain.flat_map(char::to_lowercase).collect()
    };
    plain.replace("rn", "m").replace("vv", "w")
}

/// What an ASCII letter or digit looks like, in lower case.
fn ascii(letter: char) -> char {
    match letter {
        '0' => 'o',
        '1' | 'I' | '|' => 'l',
        '5' => 's',
        other => other.to_ascii_lowercase(),
    }
}

/// How many of a name's letters are of those that imitate others: other scripts, digits between letters, pairs.
fn oddity(name: &str) -> usize {
    let foreign = name.chars().filter(|letter| !letter.is_ascii()).count();
    let digits = name.matches(['0', '1', '5']).count();
    foreign + digits + name.matches("rn").count() + name.matches("vv").count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn principal(label: &str, address: &str) -> Principal {
        Principal {
            labels: Some(label.to_owned())
                .filter(|label| !label.is_empty())
                .into_iter()
                .collect(),
            address: address.to_owned(),
            ..Principal::default()
        }
    }

    #[test]
    fn imitations_and_what_only_seems_one() {
        let principals = [
            principal("Mail Sync", ""),
            principal("", "alice@example.com"),
            principal("", "alice10@example.com"),
            principal("Abc", ""),
            principal("Arno", ""),
        ];
        let home = BTreeSet::from(["example.com".to_owned()]);
        let known = Known::of(&principals, &home);
        for (name, imitated) in [
            ("rnicrosoft Graph", "Microsoft Graph"),
            ("Micr\u{43e}soft Graph", "Microsoft Graph"),
            ("Rnicrosoft support", "microsoft"),
            ("0utlook Helper", "outlook"),
            ("MaiI Sync", "Mail Sync"),
            ("Mail 5ync", "Mail Sync"),
            ("a1ice@example.com", "alice@example.com"),
            ("bob@exarnple.com", "example.com"),
            ("bob@login.rnicrosoft.com", "microsoft.com"),
            ("bob@contoso.onrnicrosoft.com", "onmicrosoft.com"),
            ("Microsoft Graph", ""),
            ("mail sync", ""),
            ("alice@example.com", ""),
            ("alice11@example.com", ""),
            ("bob@eu.example.com", ""),
            ("4bc", ""),
            ("Arno", ""),
            ("Modern Mail", ""),
            ("Project 2015", ""),
            ("", ""),
        ] {
            assert_eq!(known.imitated(&[name], false), imitated, "{name}");
        }
        assert_eq!(
            known.imitated(&["Microsoft Graph"], true),
            "Microsoft Graph"
        );
        // The one with more odd letters is the imitation, not what it imitates.
        let both = [principal("Mail Sync", ""), principal("Mai1 Sync", "")];
        let known = Known::of(&both, &BTreeSet::new());
        assert_eq!(known.imitated(&["Mail Sync"], false), "");
        assert_eq!(known.imitated(&["Mai1 Sync"], false), "Mail Sync");
    }

    proptest::proptest! {
        #[test]
        fn anything_can_be_asked(name in "\\PC{0,40}") {
            let known = Known::of(&[principal(&name, &name)], &BTreeSet::new());
            known.imitated(&[&name, "x@y.z"], false);
        }
    }
}
