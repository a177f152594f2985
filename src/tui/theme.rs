//! Named styles, so that screens say what they mean and tests read names, not colours.
//!
//! Sixteen ANSI colours on the terminal's own background. Nothing is told by colour alone: severities have letters, the selected line
//! a mark. Not here: which glyph is drawn where; the one table of ASCII stand-ins is here because it is part of how things look.

use ratatui::style::{Color, Modifier, Style};
use std::ffi::OsStr;

/// Whether colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColourMode {
    /// The sixteen colours of the terminal.
    #[default]
    Palette,
    /// Bold, dim, underlined and reversed only.
    Never,
}

impl ColourMode {
    /// What `NO_COLOR` asks for: no colour when it is present and not empty.
    pub fn of_no_color(value: Option<&OsStr>) -> Self {
        match value {
            Some(value) if !value.is_empty() => Self::Never,
            _ => Self::Palette,
        }
    }
}

/// Declares the styles: name, name in tests, foreground and modifiers. Without colour only the modifiers are left.
macro_rules! inks {
    ($($(#[$doc:meta])* $value:ident $name:literal $colour:ident [$($modifier:ident)*];)+) => {
        /// What a piece of text is, as far as its looks go.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Ink { $($(#[$doc])* $value,)+ }

        /// Every ink with its name in tests and its style.
        pub const INKS: &[(Ink, &str, Style)] = &[$((
            Ink::$value,
            $name,
            Style::new().fg(Color::$colour)$(.add_modifier(Modifier::$modifier))*,
        ),)+];
    };
}

inks! {
    /// Text of ordinary weight.
    Plain "PLAIN" Reset [];
    /// Text of lesser weight.
    Dim "DIM" Reset [DIM];
    /// Text that is emphasised.
    Strong "STRONG" Reset [BOLD];
    /// Name of the case.
    Title "TITLE" Cyan [BOLD];
    /// The screen one is on.
    TabHere "TAB_HERE" Reset [BOLD REVERSED];
    /// Heads of columns.
    Head "HEAD" Reset [UNDERLINED];
    /// A key in hints.
    Key "KEY" Cyan [];
    /// A label before a value.
    Label "LABEL" Blue [];
    /// Something went wrong.
    Error "ERROR" LightRed [BOLD];
    /// Something to know.
    Warning "WARNING" LightYellow [];
    /// Something went well.
    Good "GOOD" Green [];
    /// Characters that were hidden in the source.
    Hostile "HOSTILE" Magenta [BOLD REVERSED];
    /// A grant of severity `critical`.
    RiskCritical "RISK_CRITICAL" LightRed [BOLD UNDERLINED];
    /// A grant of severity `high`.
    RiskHigh "RISK_HIGH" Red [BOLD];
    /// A grant of severity `medium`.
    RiskMedium "RISK_MEDIUM" Yellow [];
    /// A grant of severity `low`.
    RiskLow "RISK_LOW" Green [DIM];
    /// A grant of severity `info`.
    RiskInfo "RISK_INFO" Blue [DIM];
    /// Bars of counts.
    Bar "BAR" LightBlue [];
    /// Borders and rules of the pane that has the keys.
    Focus "FOCUS" LightCyan [BOLD];
}

/// What the selected line adds to its inks.
pub const SELECTED: Modifier = Modifier::REVERSED;

/// Looks of one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Theme {
    /// Whether colours are used.
    pub colour: ColourMode,
}

impl Theme {
    /// The style of an ink.
    pub fn style(self, ink: Ink) -> Style {
        let found = INKS.iter().find(|(known, ..)| *known == ink);
        let style = found.map_or(Style::new(), |(.., style)| *style);
        match self.colour {
            ColourMode::Palette => style,
            ColourMode::Never => Style {
                fg: Some(Color::Reset),
                ..style
            },
        }
    }
}

/// ASCII stand-ins for the glyphs that screens draw.
const ASCII: &[(&str, &str)] = &[
    ("─", "-"),
    ("│", "|"),
    ("┌", "+"),
    ("┐", "+"),
    ("└", "+"),
    ("┘", "+"),
    ("├", "+"),
    ("┤", "+"),
    ("╵", "'"),
    ("━", "="),
    ("▁", "."),
    ("▂", "."),
    ("▃", ":"),
    ("▄", "-"),
    ("▅", "="),
    ("▆", "+"),
    ("▇", "*"),
    ("█", "#"),
    ("░", "."),
    ("▸", ">"),
    ("▲", "!"),
    ("●", "*"),
    ("○", "o"),
    ("×", "x"),
    ("·", "."),
    ("…", "~"),
    ("→", ">"),
    ("↑", "^"),
    ("↓", "v"),
    ("⟨", "<"),
    ("⟩", ">"),
    ("–", "-"),
    ("’", "'"),
    ("⇒", ">"),
    ("✓", "v"),
];

/// The ASCII stand-in of a glyph; control pictures become `^`, which keeps them visible.
pub fn ascii(symbol: &str) -> Option<&'static str> {
    if symbol.is_ascii() {
        return None;
    }
    let known = ASCII
        .iter()
        .find(|(glyph, _)| *glyph == symbol)
        .map(|(_, plain)| *plain);
    let picture = || {
        symbol
            .chars()
            .all(|character| ('\u{2400}'..='\u{2426}').contains(&character))
    };
    known.or_else(|| picture().then_some("^"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_color_counts_only_when_not_empty() {
        assert_eq!(ColourMode::of_no_color(None), ColourMode::Palette);
        assert_eq!(
            ColourMode::of_no_color(Some(OsStr::new(""))),
            ColourMode::Palette
        );
        assert_eq!(
            ColourMode::of_no_color(Some(OsStr::new("1"))),
            ColourMode::Never
        );
    }

    #[test]
    fn inks_are_told_apart_and_none_sets_a_background() {
        let looks: BTreeSet<String> = INKS
            .iter()
            .map(|(.., style)| format!("{style:?}"))
            .collect();
        assert_eq!(looks.len(), INKS.len());
        assert!(INKS.iter().all(|(.., style)| style.bg.is_none()));
    }

    #[test]
    fn stand_ins_are_ascii() {
        assert!(
            ASCII
                .iter()
                .all(|(glyph, plain)| !glyph.is_ascii() && plain.is_ascii())
        );
        assert_eq!(ascii("␛"), Some("^"));
        assert_eq!(ascii("é"), None);
    }
}
