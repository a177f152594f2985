//! What lies over a screen and takes the keys: help, palette, prompts, forms, choosers, questions.
//!
//! Only the topmost one gets keys; all are drawn. Here is their state; the doing is in `act`, the drawing in `screen::overlay`.

use crate::export::Format;
use crate::hunt::Verdict;
use crate::query::QueryError;
use crate::tui::command::{COMMANDS, Command, Context, Specification};
use crate::tui::cursor::Cursor;
use crate::tui::filter::{Value, Wanted};
use crate::tui::input::Input;
use crate::tui::sentence::VERDICTS;
use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;

/// Something over the screen.
#[derive(Debug, Clone, PartialEq)]
pub enum Overlay {
    /// The help of a context, scrolled.
    Help(Context, usize),
    /// The command palette.
    Palette(Palette),
    /// A query or a text being typed.
    Line(Line),
    /// A choice and a text.
    Form(Form),
    /// The values of a line to choose from.
    Values(Values),
    /// A question whether to go on.
    Question(Question),
}

impl Overlay {
    /// The context whose keys it takes.
    pub fn context(&self) -> Context {
        match self {
            Self::Help(..) => Context::Help,
            Self::Palette(_) | Self::Line(_) | Self::Form(_) => Context::Prompt,
            Self::Values(_) | Self::Question(_) => Context::Choice,
        }
    }

    /// The text field that takes typed characters.
    pub fn field(&mut self) -> Option<&mut Input> {
        match self {
            Self::Palette(palette) => Some(&mut palette.input),
            Self::Line(line) => Some(&mut line.input),
            Self::Form(form) if form.focus == Field::Text => Some(&mut form.input),
            Self::Form(_) | Self::Help(..) | Self::Values(_) | Self::Question(_) => None,
        }
    }
}

/// The palette: a name being typed and the commands that fit it.
#[derive(Debug, Clone, PartialEq)]
pub struct Palette {
    /// Context it was opened from.
    pub context: Context,
    /// What is typed: the beginning, or some letters, of a name; then what the command takes.
    pub input: Input,
    /// Which of the fitting commands is chosen.
    pub chosen: usize,
}

impl Palette {
    /// The commands that fit: a name that begins as typed before all others, then those that work here before those of other screens.
    pub fn fitting(&self) -> Vec<Offer> {
        let text = self.input.text();
        let word = text.split_whitespace().next().unwrap_or_default();
        let matcher = SkimMatcherV2::default();
        let mut ranked: Vec<_> = COMMANDS
            .iter()
            .filter(|row| row.command != Command::Palette)
            .filter_map(|row| Offer::of(row, self.context))
            .enumerate()
            .filter_map(|(at, offer)| {
                let rank = std::cmp::Reverse(rank(&matcher, offer.row, word)?);
                let elsewhere = offer.elsewhere.is_some();
                Some(((closeness(offer.row, word), elsewhere, rank, at), offer))
            })
            .collect();
        ranked.sort_by_key(|(key, _)| *key);
        ranked.into_iter().map(|(_, offer)| offer).collect()
    }

    /// What is typed behind the name.
    pub fn argument(&self) -> String {
        let text = self.input.text();
        text.trim_start()
            .split_once(' ')
            .map(|(_, rest)| rest.trim().to_owned())
            .unwrap_or_default()
    }
}

/// A command that the palette offers.
#[derive(Debug, Clone, Copy)]
pub struct Offer {
    /// The command with its name.
    pub row: &'static Specification,
    /// Where it works, when that is not here.
    pub elsewhere: Option<Context>,
}

impl Offer {
    /// A command as seen from a context; `None` for one that only edits what is being typed.
    fn of(row: &'static Specification, from: Context) -> Option<Self> {
        let mut contexts = row.contexts.iter().copied();
        if contexts.clone().any(|place| from.chain().contains(&place)) {
            let elsewhere = None;
            return Some(Self { row, elsewhere });
        }
        let elsewhere = Some(contexts.find(|place| place.chain().contains(&Context::Global))?);
        Some(Self { row, elsewhere })
    }
}

/// 0 for the very name, 1 for its beginning, 2 for anything else; nothing typed is as close to all.
fn closeness(row: &Specification, word: &str) -> u8 {
    match row.name.strip_prefix(word) {
        Some("") => 0,
        Some(_) => 1,
        None => 2,
    }
}

/// A name that fits weighs more than a description that does.
fn rank(matcher: &SkimMatcherV2, row: &Specification, word: &str) -> Option<i64> {
    if word.is_empty() {
        return Some(0);
    }
    let exact = (row.name == word).then_some(i64::MAX);
    let by_name = || matcher.fuzzy_match(row.name, word).map(|score| score * 4);
    exact
        .or_else(by_name)
        .or_else(|| matcher.fuzzy_match(row.about, word))
}

/// What a typed line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Filtering the timeline.
    Filter,
    /// Narrowing the accesses.
    Narrow,
    /// Searching all records.
    Search,
    /// Finding a text in a record.
    Find,
}

impl Purpose {
    /// What stands before the line.
    pub fn label(self) -> &'static str {
        match self {
            Self::Filter => "filter grants",
            Self::Narrow => "narrow accesses",
            Self::Search => "search records",
            Self::Find => "find in record",
        }
    }

    /// What to type, by example.
    pub fn example(self) -> &'static str {
        match self {
            Self::Filter => "e.g. severity:high grantee:lidia",
            Self::Narrow => "e.g. operation:MailItemsAccessed ip:203.0.113.7",
            Self::Search => "e.g. user:lidia operation:New-InboxRule",
            Self::Find => "any text; case does not matter",
        }
    }
}

/// A line being typed.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What it is for.
    pub purpose: Purpose,
    /// The text typed so far.
    pub input: Input,
    /// Why it cannot be read as it stands.
    pub error: Option<QueryError>,
}

/// What a form is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A mark on the grant of this id; the sentence is its heading.
    Mark {
        /// Id of the grant.
        grant: String,
        /// The grant in one sentence.
        sentence: String,
    },
    /// Writing an export of so many findings.
    Export {
        /// Marked grants that will be written.
        findings: usize,
        /// The path that stood in the form when it was opened.
        suggested: String,
    },
}

/// The part of a form that has the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The list of choices.
    Choice,
    /// The line of text.
    Text,
}

/// A choice and a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// What it is for.
    pub subject: Subject,
    /// Which choice is taken.
    pub chosen: usize,
    /// The text typed so far.
    pub input: Input,
    /// The part that has the keys.
    pub focus: Field,
    /// What has to be changed before it can be accepted.
    pub error: String,
}

impl Form {
    /// The choices with what they mean.
    pub fn choices(&self) -> Vec<(&'static str, &'static str)> {
        match self.subject {
            Subject::Mark { .. } => VERDICTS
                .iter()
                .map(|(verdict, about)| (verdict.word(), *about))
                .collect(),
            Subject::Export { .. } => Format::ALL
                .iter()
                .map(|format| (format.word(), format_about(*format)))
                .collect(),
        }
    }

    /// The verdict chosen.
    pub fn verdict(&self) -> Verdict {
        VERDICTS
            .get(self.chosen)
            .map_or(Verdict::Unknown, |(verdict, _)| *verdict)
    }

    /// The format chosen.
    pub fn format(&self) -> Format {
        Format::ALL
            .get(self.chosen)
            .copied()
            .unwrap_or(Format::Markdown)
    }

    /// Takes what is typed while the choices have the keys: a digit chooses, and any other text of an export begins its path, in place
    /// of the one that was suggested.
    pub fn type_at_choice(&mut self, text: &str) {
        if let Some(digit) = text.parse::<usize>().ok().filter(|_| text.len() == 1) {
            self.choose(digit.wrapping_sub(1));
        } else if let Subject::Export { suggested, .. } = &self.subject {
            let typed = self.input.text();
            // The suggestion is still there when only its ending has followed the format.
            let stem = |path: &str| path.rsplit_once('.').map(|(stem, _)| stem.to_owned());
            if stem(&typed) == stem(suggested) {
                self.input = Input::default();
            }
            self.focus = Field::Text;
            self.input.insert(text);
        }
    }

    /// Takes a choice. The path of an export follows its format as long as it has the ending of the format before.
    pub fn choose(&mut self, chosen: usize) {
        if chosen >= self.choices().len() {
            return;
        }
        let before = self.format().extension();
        self.chosen = chosen;
        if matches!(self.subject, Subject::Export { .. }) {
            let text = self.input.text();
            if let Some(stem) = text.strip_suffix(before) {
                self.input = Input::with(&format!("{stem}{}", self.format().extension()));
            }
        }
    }
}

fn format_about(format: Format) -> &'static str {
    match format {
        Format::Markdown => "a report to read",
        Format::Csv => "one row a finding, for a spreadsheet",
        Format::Jsonl => "one object a line, for programs",
    }
}

/// What a chosen value is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Narrowing the list by it.
    Filter(Wanted),
    /// Copying it to the clipboard.
    Copy,
}

/// The values of a line to choose from.
#[derive(Debug, Clone, PartialEq)]
pub struct Values {
    /// What the chosen one is for.
    pub purpose: Use,
    /// Names and values.
    pub entries: Vec<Value>,
    /// Where one is.
    pub cursor: Cursor,
}

/// A question whether to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The question as it is shown.
    pub text: String,
    /// Id of the grant whose mark is taken off on yes.
    pub unmark: String,
}
