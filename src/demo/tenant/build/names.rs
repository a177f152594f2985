//! Names of people, by the country they live in, from one table (`assets/demo/names.csv`); no alias twice.
//!
//! Not here: who they are.

use crate::demo::chance::Dice;
use std::collections::HashSet;
use std::sync::LazyLock;

/// The table of names: what its columns mean stands at its head.
const NAMES: &str = include_str!("../../../../assets/demo/names.csv");

/// Names of some countries.
#[derive(Debug)]
struct Culture {
    countries: Vec<&'static str>,
    given: Vec<&'static str>,
    family: Vec<&'static str>,
}

static CULTURES: LazyLock<Vec<Culture>> = LazyLock::new(|| {
    let rows = NAMES.lines().filter(|line| !line.starts_with('#'));
    rows.skip(1).filter_map(read).collect()
});

fn read(line: &'static str) -> Option<Culture> {
    let mut cells = line.split(',');
    Some(Culture {
        countries: cells.next()?.split(' ').collect(),
        given: cells.next()?.split(' ').collect(),
        family: cells.next()?.split('|').collect(),
    })
}

/// How a company makes aliases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Whole names: `sanne.verhoeven`.
    Full,
    /// Initials for given names: `s.verhoeven`.
    Initial,
}

/// Gives out names; keeps track of those given.
#[derive(Debug)]
pub(super) struct Names {
    style: Style,
    given: HashSet<String>,
    aliases: HashSet<String>,
}

impl Names {
    /// Nobody is named yet.
    pub(super) fn new(style: Style) -> Self {
        Self {
            style,
            given: HashSet::new(),
            aliases: HashSet::new(),
        }
    }

    /// A display name and an alias for somebody in a country. Most have a name of the country, one in six one from anywhere. A name
    /// that is taken gets a middle initial, but for one in four: two people of one name happen.
    pub(super) fn give(&mut self, country: &str, dice: &mut Dice) -> (String, String) {
        let Some(culture) = culture(country, dice) else {
            return Default::default();
        };
        let given = dice.one(&culture.given).copied().unwrap_or_default();
        let family = dice.one(&culture.family).copied().unwrap_or_default();
        let mut name = [given, " ", family].concat();
        let mut middle = String::new();
        if self.given.contains(&name) && dice.happens(3, 4) {
            let letter = char::from(b'A' + u8::try_from(dice.below(23)).unwrap_or(0));
            middle.push(letter);
            name = [given, " ", &middle, ". ", family].concat();
        }
        let alias = self.alias(given, &middle, family);
        self.given.insert(name.clone());
        (name, alias)
    }

    fn alias(&mut self, given: &str, middle: &str, family: &str) -> String {
        let mut first = plain(given);
        if self.style == Style::Initial {
            first.truncate(1);
        }
        let dot = if middle.is_empty() { "" } else { "." };
        let base = [&first, dot, &plain(middle), ".", &plain(family)].concat();
        let numbers = (2_u32..).map(|number| [base.as_str(), &number.to_string()].concat());
        let alias = std::iter::once(base.clone())
            .chain(numbers)
            .find(|alias| !self.aliases.contains(alias))
            .unwrap_or_default();
        self.aliases.insert(alias.clone());
        alias
    }
}

fn culture(country: &str, dice: &mut Dice) -> Option<&'static Culture> {
    let other = dice.one(&CULTURES);
    let own = CULTURES
        .iter()
        .find(|culture| culture.countries.contains(&country));
    own.filter(|_| !dice.happens(1, 6)).or(other)
}

/// Letters outside ASCII and what addresses write for them.
const PLAIN: &[(&str, &str)] = &[
    ("ä", "ae"),
    ("ö", "oe"),
    ("ü", "ue"),
    ("ß", "ss"),
    ("åâáàãă", "a"),
    ("éèêëęě", "e"),
    ("íîïìı", "i"),
    ("óôõòőø", "o"),
    ("úûùů", "u"),
    ("çćč", "c"),
    ("ñńň", "n"),
    ("łľ", "l"),
    ("śšșş", "s"),
    ("źżž", "z"),
    ("ţț", "t"),
    ("ğ", "g"),
    ("ýÿ", "y"),
    ("ř", "r"),
    ("đď", "d"),
    ("ą", "a"),
];

/// A name as an address writes it: small letters of ASCII only.
fn plain(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for letter in name.chars().flat_map(char::to_lowercase) {
        if letter.is_ascii_alphanumeric() {
            out.push(letter);
        } else if let Some((_, instead)) = PLAIN.iter().find(|(of, _)| of.contains(letter)) {
            out.push_str(instead);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_have_plain_forms() {
        assert!(CULTURES.len() > 10);
        for culture in CULTURES.iter() {
            for name in culture.given.iter().chain(&culture.family) {
                let letters = name.chars().filter(|c| c.is_alphabetic()).count();
                assert!(plain(name).len() >= letters, "{name}: {}", plain(name));
            }
        }
        for (name, alias) in [("Jörg", "joerg"), ("de Wit", "dewit"), ("Łukasz", "lukasz")] {
            assert_eq!(plain(name), alias);
        }
    }
}
