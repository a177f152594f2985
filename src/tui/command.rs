//! Everything a person can tell the workbench to do: one table, from which keymap, palette, help and footer are derived.
//!
//! Not here: the keys (`keymap.toml`) and the doing (`act`).

/// Where a key means something. The name is the heading in `keymap.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Context {
    /// On every screen.
    Global,
    /// Wherever something moves or scrolls.
    Motion,
    /// The timeline of grants.
    Timeline,
    /// The accesses that followed a grant.
    Drilldown,
    /// The search over all records.
    Search,
    /// The marked grants.
    Findings,
    /// What was read.
    Coverage,
    /// An original record.
    Record,
    /// The help while it is open.
    Help,
    /// A list to choose from, or a question.
    Choice,
    /// A line or a form being filled in.
    Prompt,
}

/// Contexts with their names in `keymap.toml` and what they are called in help, in the order of help.
pub const CONTEXTS: &[(Context, &str, &str)] = &[
    (Context::Timeline, "timeline", "Timeline of grants"),
    (
        Context::Drilldown,
        "drilldown",
        "Accesses that followed a grant",
    ),
    (Context::Search, "search", "Search over all records"),
    (Context::Findings, "findings", "Findings: the marked grants"),
    (Context::Coverage, "coverage", "Coverage: what was read"),
    (Context::Record, "record", "Original record"),
    (Context::Help, "help", "Help"),
    (Context::Choice, "choice", "Choosers and questions"),
    (Context::Prompt, "prompt", "Prompts and forms"),
    (Context::Motion, "motion", "Moving and scrolling"),
    (Context::Global, "global", "Everywhere"),
];

impl Context {
    /// The context of a heading.
    pub fn read(name: &str) -> Option<Self> {
        CONTEXTS
            .iter()
            .find(|(_, known, _)| *known == name)
            .map(|(context, ..)| *context)
    }

    /// The contexts whose keys are in force, nearest first.
    pub fn chain(self) -> &'static [Self] {
        match self {
            Self::Global => &[Self::Global],
            Self::Motion => &[Self::Motion, Self::Global],
            Self::Timeline => &[Self::Timeline, Self::Motion, Self::Global],
            Self::Drilldown => &[Self::Drilldown, Self::Motion, Self::Global],
            Self::Search => &[Self::Search, Self::Motion, Self::Global],
            Self::Findings => &[Self::Findings, Self::Motion, Self::Global],
            Self::Coverage => &[Self::Coverage, Self::Motion, Self::Global],
            Self::Record => &[Self::Record, Self::Motion, Self::Global],
            Self::Help => &[Self::Help, Self::Motion],
            Self::Choice => &[Self::Choice, Self::Motion],
            Self::Prompt => &[Self::Prompt],
        }
    }
}

/// Declares the commands. A line: value, name in keymap and palette, word in the footer, description, what it takes after its name
/// (empty for nothing), and where it can be used.
macro_rules! commands {
    ($($value:ident $name:literal $label:literal $doc:literal $parameter:literal [$($context:ident)+];)+) => {
        /// A command; what it does is in [`COMMANDS`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Command { $(#[doc = $doc] $value,)+ }

        /// The table of commands.
        pub const COMMANDS: &[Specification] = &[$(Specification {
            command: Command::$value,
            name: $name,
            label: $label,
            about: $doc,
            parameter: $parameter,
            contexts: &[$(Context::$context),+],
        },)+];
    };
}

/// A row of the table of commands.
#[derive(Debug, Clone, Copy)]
pub struct Specification {
    /// The command that the row describes.
    pub command: Command,
    /// Name in keymap and palette.
    pub name: &'static str,
    /// Word in the footer.
    pub label: &'static str,
    /// One sentence without full stop.
    pub about: &'static str,
    /// What it takes after its name; empty for nothing.
    pub parameter: &'static str,
    /// Where it can be used.
    pub contexts: &'static [Context],
}

commands! {
    Open "open" "open" "Open what is selected" "" [Timeline Drilldown Search Findings Coverage];
    Filter "filter" "filter" "Filter by a query" "query" [Timeline Drilldown];
    Search "search" "search" "Search all records by a query" "query" [Search];
    Find "find" "find" "Find a text in the record" "text" [Record];
    FindNext "find-next" "next" "Go to the next place found" "" [Record];
    FindPrevious "find-previous" "previous" "Go to the previous place found" "" [Record];
    NextUnmarked "next-unmarked" "next unmarked" "Go to the next grant without a verdict" "" [Timeline];
    PreviousUnmarked "previous-unmarked" "previous unmarked" "Go to the previous grant without a verdict" "" [Timeline];
    PreviousBucket "previous-bucket" "earlier" "Go to the worst grant of the step before, in time" "" [Timeline];
    NextBucket "next-bucket" "later" "Go to the worst grant of the step after, in time" "" [Timeline];
    Mark "mark" "mark" "Give a verdict on the grant" "" [Timeline Drilldown Findings];
    Note "note" "note" "Write a note on the grant" "" [Timeline Drilldown Findings];
    Unmark "unmark" "unmark" "Take the mark off the grant" "" [Timeline Drilldown Findings];
    Raw "raw" "record" "Show the original record" "" [Timeline Drilldown Search Findings];
    FilterFor "filter-for" "only this" "Narrow to a value of the selected line" "" [Timeline Drilldown Search];
    FilterOut "filter-out" "not this" "Leave out a value of the selected line" "" [Timeline Drilldown Search];
    Copy "copy" "copy" "Copy a value or the whole line to the clipboard" "" [Timeline Drilldown Search Findings Coverage Record];
    Sort "sort" "sort" "Sort by risk or by time" "" [Timeline];
    Reverse "reverse" "reverse" "Turn the order round" "" [Timeline];
    ToggleSystem "toggle-system" "system" "Show or fold away grants made by Microsoft's own services" "" [Timeline];
    ToggleWhy "toggle-why" "why" "Show or hide the reasons beside the list" "" [Timeline];
    PreviousSource "previous-source" "previous" "Show the previous record of the grant" "" [Record];
    NextSource "next-source" "next" "Show the next record of the grant" "" [Record];
    Export "export" "export" "Write the marked grants to a file" "" [Timeline Drilldown Findings];
    Down "down" "down" "Go down one line" "" [Motion];
    Up "up" "up" "Go up one line" "" [Motion];
    PageDown "page-down" "page down" "Go down one page" "" [Motion];
    PageUp "page-up" "page up" "Go up one page" "" [Motion];
    HalfDown "half-page-down" "half down" "Go down half a page" "" [Motion];
    HalfUp "half-page-up" "half up" "Go up half a page" "" [Motion];
    First "first" "first" "Go to the first line" "" [Motion];
    Last "last" "last" "Go to the last line" "" [Motion];
    Accept "accept" "accept" "Do what is chosen or typed" "" [Choice Prompt];
    Cancel "cancel" "cancel" "Leave things as they were" "" [Choice Prompt];
    CloseHelp "close-help" "close" "Close the help" "" [Help];
    Earlier "earlier" "earlier" "Take the earlier entry or the choice above" "" [Prompt];
    Later "later" "later" "Take the later entry or the choice below" "" [Prompt];
    NextField "next-field" "next field" "Go to the next field" "" [Prompt];
    CursorLeft "cursor-left" "left" "Move the text cursor left" "" [Prompt];
    CursorRight "cursor-right" "right" "Move the text cursor right" "" [Prompt];
    CursorStart "cursor-start" "start" "Move the text cursor to the start" "" [Prompt];
    CursorEnd "cursor-end" "end" "Move the text cursor to the end" "" [Prompt];
    DeleteLeft "delete-left" "delete" "Delete the character before the cursor" "" [Prompt];
    DeleteRight "delete-right" "delete right" "Delete the character under the cursor" "" [Prompt];
    DeleteWord "delete-word" "delete word" "Delete the word before the cursor" "" [Prompt];
    DeleteAll "delete-all" "clear" "Delete the whole line" "" [Prompt];
    ShowTimeline "show-timeline" "timeline" "Go to the timeline of grants" "" [Global];
    ShowSearch "show-search" "search" "Go to the search over all records" "" [Global];
    ShowFindings "show-findings" "findings" "Go to the marked grants" "" [Global];
    ShowCoverage "show-coverage" "coverage" "Go to what was read and what was not" "" [Global];
    NextPane "next-pane" "next pane" "Go to the other pane" "" [Global];
    Back "back" "back" "Go back one step; never leaves the program" "" [Global];
    Palette "palette" "commands" "Run any command by name" "" [Global];
    Help "help" "help" "Show the keys that work here" "" [Global];
    Redraw "redraw" "redraw" "Draw the screen again" "" [Global];
    Quit "quit" "quit" "Leave the workbench; every mark is saved already" "" [Global];
    Interrupt "interrupt" "stop" "Leave at once" "" [Global Help];
}

impl Command {
    /// Its row of the table.
    pub fn specification(self) -> &'static Specification {
        COMMANDS
            .iter()
            .find(|specification| specification.command == self)
            .unwrap_or(&COMMANDS[0])
    }

    /// The command of a name.
    pub fn read(name: &str) -> Option<Self> {
        COMMANDS
            .iter()
            .find(|specification| specification.name == name)
            .map(|specification| specification.command)
    }
}

/// The known name nearest to a misspelt one.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known.min_by_key(|candidate| distance(name, candidate))
}

/// Edits (insert, delete, replace) from one word to the other.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (line, letter) in from.chars().enumerate() {
        let mut corner = line;
        let mut left = line + 1;
        for (cell, other) in row.iter_mut().skip(1).zip(&to) {
            let replace = corner + usize::from(letter != *other);
            corner = *cell;
            left = replace.min(left + 1).min(*cell + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = line + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_table_is_well_formed() {
        let names: BTreeSet<&str> = COMMANDS.iter().map(|row| row.name).collect();
        assert_eq!(names.len(), COMMANDS.len(), "a name is used twice");
        for row in COMMANDS {
            assert!(
                row.name
                    .chars()
                    .all(|letter| letter.is_ascii_lowercase() || letter == '-'),
                "{}",
                row.name
            );
            assert!(
                row.about.split(' ').count() > 1 && !row.about.ends_with('.'),
                "{}",
                row.name
            );
            assert!(
                !row.label.is_empty() && !row.contexts.is_empty(),
                "{}",
                row.name
            );
            assert_eq!(Command::read(row.name), Some(row.command));
        }
    }

    #[test]
    fn the_nearest_name_is_offered() {
        let names = || COMMANDS.iter().map(|row| row.name);
        assert_eq!(nearest("opne", names()), Some("open"));
        assert_eq!(nearest("pagedown", names()), Some("page-down"));
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
