//! What lies over a screen: help, palette, prompts, forms, choosers, questions.
//!
//! ```text
//! ┌ Mark ─────────────────────────────────────────┐      ── filter grants ── e.g. severity:high ──
//! │ stinger@… gave lidia@… FullAccess on …        │      / severity:hgih
//! │ ▸ 1 true-positive         it is abuse         │                 ^^^^ no such severity; did you mean …
//! │   2 false-positive        …                   │
//! │ note  seen at 3 a.m.                          │
//! └───────────────────────────────────────────────┘
//! ```

use crate::query::QueryError;
use crate::text::{count, safe};
use crate::tui::app::{App, SCREENS};
use crate::tui::command::{CONTEXTS, Command, Context};
use crate::tui::filter::Wanted;
use crate::tui::input::Input;
use crate::tui::overlay::{Field, Form, Line, Overlay, Palette, Question, Subject, Use, Values};
use crate::tui::theme::Ink;
use crate::tui::widget::canvas::{Canvas, below, indented, line, middle};
use crate::tui::widget::lines::{self, cut, piece, wrap};
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

/// Draws an overlay over the body of the screen.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, body: Rect, overlay: &Overlay) {
    match overlay {
        Overlay::Help(context, scroll) => draw_help(app, canvas, body, *context, *scroll),
        Overlay::Palette(palette) => draw_palette(app, canvas, body, palette),
        Overlay::Line(line) => draw_line(canvas, body, line),
        Overlay::Form(form) => draw_form(app, canvas, body, form),
        Overlay::Values(values) => draw_values(canvas, body, values),
        Overlay::Question(question) => draw_question(app, canvas, body, question),
    }
}

/// Where the help lies.
pub fn help_area(body: Rect) -> Rect {
    middle(body, 76, body.height)
}

/// Columns of the keys in the help.
const KEY_COLUMNS: usize = 22;

/// The help: the keys of the context, those that work everywhere, and the signs of the screens.
pub fn help_lines(app: &App, context: Context) -> Vec<lines::Line> {
    let mut out = Vec::new();
    for place in context.chain() {
        let title = CONTEXTS
            .iter()
            .find(|(known, ..)| known == place)
            .map_or("", |(.., title)| title);
        out.push(vec![piece(title, Ink::Strong)]);
        for binding in app.settings.keymap.bindings_of(*place) {
            let keys = binding.keys_text();
            out.push(vec![
                piece(format!("  {keys:<KEY_COLUMNS$}"), Ink::Key),
                piece(binding.about.as_str(), Ink::Plain),
            ]);
        }
        out.push(Vec::new());
    }
    out.push(vec![piece("Signs", Ink::Strong)]);
    for (sign, meaning) in SIGNS {
        out.push(vec![
            piece(format!("  {sign:<KEY_COLUMNS$}"), Ink::Key),
            piece(*meaning, Ink::Plain),
        ]);
    }
    out
}

/// The signs of the screens with what they mean.
const SIGNS: &[(&str, &str)] = &[
    ("▲C ▲H M L ·", "Critical, high, medium, low, info"),
    (
        "bits",
        "Sum of the reasons; one bit more is twice as unusual",
    ),
    ("● ○ × ?", "Standing, revoked, failed attempt, not known"),
    (
        "T F B ?",
        "True, false, benign true positive, undecided; * has a note",
    ),
    (
        "⟨202E⟩ ␛",
        "A hidden or control character of the log, made visible",
    ),
];

fn draw_help(app: &App, canvas: &mut Canvas<'_>, body: Rect, context: Context, scroll: usize) {
    let lines = help_lines(app, context);
    let area = help_area(body);
    let height = usize::from(area.height.saturating_sub(2));
    let more = lines.len().saturating_sub(scroll + height);
    let title = if more > 0 {
        format!("Help · {more} more lines")
    } else {
        "Help".to_owned()
    };
    let inside = canvas.popup(area, &title);
    for (y, pieces) in (0..inside.height).zip(lines.iter().skip(scroll)) {
        canvas.pieces(line(inside, y), pieces);
    }
}

fn draw_palette(app: &App, canvas: &mut Canvas<'_>, body: Rect, palette: &Palette) {
    let inside = canvas.popup(middle(body, 72, body.height.min(18)), "Commands");
    canvas.put(line(inside, 0), ":", Ink::Key);
    draw_input(
        canvas,
        indented(line(inside, 0), 2),
        &palette.input,
        Field::Text,
    );
    let list = below(inside, 1);
    let fitting = palette.fitting();
    let top = (palette.chosen + 1).saturating_sub(usize::from(list.height));
    for (y, (at, offer)) in (0..list.height).zip(fitting.iter().enumerate().skip(top)) {
        let place = line(list, y);
        let row = offer.row;
        let (name_ink, key_ink, about_ink) = match offer.elsewhere {
            Some(_) => (Ink::Dim, Ink::Dim, Ink::Dim),
            None => (Ink::Strong, Ink::Key, Ink::Plain),
        };
        let key = offer.elsewhere.map_or_else(
            || app.settings.keymap.key_of(palette.context, row.command),
            |place| place_name(place).to_owned(),
        );
        let parameter = if row.parameter.is_empty() {
            String::new()
        } else {
            format!(" {}", row.parameter.to_uppercase())
        };
        canvas.pieces(
            place,
            &[
                piece(format!("  {}", row.name), name_ink),
                piece(parameter, Ink::Dim),
            ],
        );
        canvas.put(indented(place, 26), &format!("{key:<9}"), key_ink);
        canvas.put(indented(place, 36), row.about, about_ink);
        if at == palette.chosen {
            canvas.select(place);
            canvas.put(Rect { width: 1, ..place }, "▸", Ink::Strong);
        }
    }
    if fitting.is_empty() {
        canvas.put(line(list, 0), "no such command", Ink::Warning);
    }
}

/// The screen of a context as its tab has it, or what the detail shows.
fn place_name(context: Context) -> &'static str {
    let screen = SCREENS
        .iter()
        .find(|(place, _)| place.context() == context)
        .map(|(_, name)| *name);
    screen.unwrap_or(if context == Context::Drilldown {
        "Accesses"
    } else {
        "Record"
    })
}

/// Most lines that a fault of a query takes.
const FAULT: usize = 3;

/// Most lines of a hint that alone takes more: a list of all fields is worth them.
const HINT: usize = 4;

fn draw_line(canvas: &mut Canvas<'_>, body: Rect, prompt: &Line) {
    let (_, hidden) = scrolled(&prompt.input, body.width.saturating_sub(2));
    let fault = prompt.error.as_ref().map_or_else(Vec::new, |error| {
        let width = usize::from(body.width);
        fault_lines(&prompt.input.text(), error, hidden, width)
    });
    // Rule, text, and at least one line for what is wrong with it.
    let height = u16::try_from(2 + fault.len().max(1)).unwrap_or(body.height);
    // The query of the search screen stands on its first line; all others are typed just above the footer.
    let on_top = prompt.purpose == crate::tui::overlay::Purpose::Search;
    let y = if on_top {
        body.y
    } else {
        body.bottom().saturating_sub(height)
    };
    let height = height.min(body.height);
    let area = Rect { y, height, ..body };
    canvas.put_blank(area);
    canvas.rule(
        line(area, 0),
        &format!("{} · {}", prompt.purpose.label(), prompt.purpose.example()),
        Ink::Focus,
    );
    canvas.put(line(area, 1), "/", Ink::Key);
    let text = indented(line(area, 1), 2);
    draw_input(canvas, text, &prompt.input, Field::Text);
    let below = below(area, 2);
    for (y, pieces) in (0..below.height).zip(&fault) {
        canvas.pieces(line(below, y), pieces);
    }
}

/// Carets under the fault, then what is wrong and what to do: behind the carets or left of them when there is room, else on lines of
/// their own. What does not fit even there loses the end of the message, never the hint.
fn fault_lines(text: &str, error: &QueryError, hidden: usize, width: usize) -> Vec<lines::Line> {
    let columns = |from: usize, to: usize| safe(text.get(from..to).unwrap_or_default()).width();
    let start = (2 + columns(0, error.at)).saturating_sub(hidden);
    let end = error.at.saturating_add(error.length).min(text.len());
    let length = columns(error.at, end).max(1);
    let red = |text: String| vec![piece(text, Ink::Error)];
    let carets = format!("{}{}", " ".repeat(start), "^".repeat(length));
    let mut words = error.message.clone();
    if !error.hint.is_empty() {
        words = format!("{words}; {}", error.hint);
    }
    let needed = safe(&words).width();
    if start + length + 1 + needed <= width {
        return vec![red(format!("{carets} {words}"))];
    }
    if needed + 1 < start && start + length <= width {
        let gap = " ".repeat(start - needed);
        return vec![red(format!("{words}{gap}{}", "^".repeat(length)))];
    }
    let mut out = wrap(&red(words), width, 0);
    if out.len() > FAULT {
        let mut hint = wrap(&red(error.hint.clone()), width, 0);
        cut(&mut hint, HINT);
        out = wrap(&red(error.message.clone()), width.saturating_sub(1), 0);
        cut(&mut out, FAULT.saturating_sub(hint.len()).max(1));
        out.extend(hint);
    } else if out.len() < FAULT && start < width {
        out.insert(0, red(carets));
    }
    out
}

/// The text before the cursor, without the characters that have no room, and how many columns these take.
fn scrolled(input: &Input, width: u16) -> (String, usize) {
    let before = safe(input.halves().0).into_owned();
    let room = usize::from(width.saturating_sub(1));
    let mut start = before.as_str();
    while start.width() > room {
        let mut characters = start.chars();
        characters.next();
        start = characters.as_str();
    }
    (start.to_owned(), before.width() - start.width())
}

/// Draws a text field with its cursor, scrolled so that the cursor is seen.
fn draw_input(canvas: &mut Canvas<'_>, area: Rect, input: &Input, focus: Field) {
    let (start, _) = scrolled(input, area.width);
    let after = input.halves().1;
    let used = canvas.put(area, &start, Ink::Plain);
    let rest = indented(area, used);
    canvas.put(rest, after, Ink::Plain);
    if focus == Field::Text {
        if after.is_empty() {
            canvas.put(Rect { width: 1, ..rest }, " ", Ink::Plain);
        }
        canvas.select(Rect {
            width: rest.width.min(1),
            ..rest
        });
    }
}

fn draw_form(app: &App, canvas: &mut Canvas<'_>, body: Rect, form: &Form) {
    let choices = form.choices();
    let (title, heading, label) = form_words(form);
    let width = 72.min(body.width);
    let mut heading = wrap(
        &[piece(heading, Ink::Strong)],
        usize::from(width.saturating_sub(4)),
        2,
    );
    heading.truncate(3);
    let text = usize::from(width.saturating_sub(4));
    let mut error = wrap(&[piece(form.error.as_str(), Ink::Error)], text, 0);
    cut(&mut error, 3);
    let first = heading.len() + 1;
    let field = first + choices.len() + 1;
    let hint = field + 1 + error.len();
    let height = u16::try_from(hint + 3).unwrap_or(body.height);
    let inside = canvas.popup(middle(body, width, height), title);
    // The part that has the keys is always seen; of the text also what is wrong with it.
    let last_seen = match form.focus {
        Field::Choice => first + form.chosen,
        Field::Text => field + error.len(),
    };
    let top = (last_seen + 1).saturating_sub(usize::from(inside.height));
    let place = |row: usize| {
        let y = u16::try_from(row.checked_sub(top)?).ok()?;
        (y < inside.height).then(|| line(inside, y))
    };
    for (row, pieces) in heading.iter().enumerate() {
        if let Some(area) = place(row) {
            canvas.pieces(area, pieces);
        }
    }
    for (at, choice) in choices.iter().enumerate() {
        if let Some(area) = place(first + at) {
            draw_choice(canvas, area, form, at, *choice);
        }
    }
    if let Some(area) = place(field) {
        let ink = if form.focus == Field::Text {
            Ink::Focus
        } else {
            Ink::Label
        };
        canvas.put(area, label, ink);
        draw_input(canvas, indented(area, 6), &form.input, form.focus);
    }
    for (row, pieces) in error.iter().enumerate() {
        if let Some(area) = place(field + 1 + row) {
            canvas.pieces(area, pieces);
        }
    }
    if let Some(area) = place(hint) {
        canvas.put(area, &form_hint(app), Ink::Dim);
    }
}

/// Title, heading and the name of the text field.
fn form_words(form: &Form) -> (&'static str, String, &'static str) {
    match &form.subject {
        Subject::Mark { sentence, .. } => ("Mark", sentence.clone(), "note"),
        Subject::Export { findings, .. } => (
            "Export",
            format!(
                "Write {} to a new file.",
                count(*findings as u64, "marked grant")
            ),
            "file",
        ),
    }
}

fn form_hint(app: &App) -> String {
    let key = |command| app.settings.keymap.key_of(Context::Prompt, command);
    format!(
        "{} does it · {} next field · {} leaves it",
        key(Command::Accept),
        key(Command::NextField),
        key(Command::Cancel)
    )
}

fn draw_choice(
    canvas: &mut Canvas<'_>,
    place: Rect,
    form: &Form,
    at: usize,
    (word, about): (&str, &str),
) {
    let ink = if at == form.chosen {
        Ink::Strong
    } else {
        Ink::Plain
    };
    canvas.pieces(
        place,
        &[
            piece(format!("  {} ", at + 1), Ink::Key),
            piece(format!("{word:<22}"), ink),
            piece(about, Ink::Dim),
        ],
    );
    if at == form.chosen {
        canvas.put(Rect { width: 1, ..place }, "▸", Ink::Strong);
        if form.focus == Field::Choice {
            canvas.select(place);
        }
    }
}

fn draw_values(canvas: &mut Canvas<'_>, body: Rect, values: &Values) {
    let title = match values.purpose {
        Use::Filter(Wanted::Only) => "Only this value",
        Use::Filter(Wanted::Without) => "Without this value",
        Use::Copy => "Copy",
    };
    let height = u16::try_from(values.entries.len() + 2).unwrap_or(u16::MAX);
    let inside = canvas.popup(middle(body, 72, height), title);
    let mut cursor = values.cursor;
    cursor.settle(values.entries.len(), usize::from(inside.height));
    let shown = cursor.shown(values.entries.len(), usize::from(inside.height));
    for (y, at) in (0_u16..).zip(shown) {
        let Some((name, value)) = values.entries.get(at) else {
            continue;
        };
        let place = line(inside, y);
        canvas.pieces(
            place,
            &[
                piece(format!("  {name:<10} "), Ink::Label),
                piece(value.as_str(), Ink::Plain),
            ],
        );
        if at == cursor.selected {
            canvas.select(place);
            canvas.put(Rect { width: 1, ..place }, "▸", Ink::Strong);
        }
    }
}

fn draw_question(app: &App, canvas: &mut Canvas<'_>, body: Rect, question: &Question) {
    let width = 60.min(body.width);
    let mut lines = wrap(
        &[piece(question.text.as_str(), Ink::Strong)],
        usize::from(width.saturating_sub(4)),
        0,
    );
    lines.truncate(6);
    let height = u16::try_from(lines.len() + 4).unwrap_or(u16::MAX);
    let inside = canvas.popup(middle(body, width, height), "Sure?");
    for (y, pieces) in (0..inside.height).zip(&lines) {
        canvas.pieces(line(inside, y), pieces);
    }
    let key = |command| app.settings.keymap.key_of(Context::Choice, command);
    let hint = format!(
        "{} does it · {} leaves it",
        key(Command::Accept),
        key(Command::Cancel)
    );
    canvas.put(
        line(inside, inside.height.saturating_sub(1)),
        &hint,
        Ink::Dim,
    );
}
