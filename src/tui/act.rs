//! What each command does to the state.
//!
//! Pure like all of `update`: requests, copies and leaving are returned as effects. Not here: which key runs a command.

use crate::export::Format;
use crate::hunt::Verdict;
use crate::job::Request;
use crate::query::{Expr, On};
use crate::tui::app::{App, Effect, ExitReason, Notice, Place, SCREENS, Timer, check_line};
use crate::tui::command::{Command, Context, Specification};
use crate::tui::cursor::Motion;
use crate::tui::filter::{Filter, Value, Wanted, grant_values, narrowed, row_values};
use crate::tui::input::Input;
use crate::tui::overlay::{
    Field, Form, Line, Offer, Overlay, Palette, Purpose, Question, Subject, Use, Values,
};
use crate::tui::sentence::{self, VERDICTS};
use std::path::PathBuf;

/// Carries out a command.
pub fn run(app: &mut App, command: Command, argument: &str) -> Vec<Effect> {
    if let Some(overlay) = app.overlays.pop() {
        return over(app, overlay, command);
    }
    if let Some(motion) = Motion::of(command) {
        go(app, motion);
        return Vec::new();
    }
    match command {
        Command::Open => open(app),
        Command::Raw => show_record(app),
        Command::Filter | Command::Search | Command::Find => query(app, argument),
        Command::FilterFor => choose_value(app, Use::Filter(Wanted::Only)),
        Command::FilterOut => choose_value(app, Use::Filter(Wanted::Without)),
        Command::Copy => copy(app),
        Command::Mark => open_mark(app, Field::Choice),
        Command::Note => open_mark(app, Field::Text),
        Command::Unmark => unmark(app),
        Command::Export => open_export(app),
        Command::PreviousSource => source(app, -1),
        Command::NextSource => source(app, 1),
        Command::ShowTimeline => show(app, Place::Timeline),
        Command::ShowSearch => show(app, Place::Search),
        Command::ShowFindings => show(app, Place::Findings),
        Command::ShowCoverage => show(app, Place::Coverage),
        Command::Back => back(app),
        Command::Redraw => vec![Effect::Redraw],
        Command::Quit => vec![Effect::Quit(ExitReason::Quit)],
        Command::Interrupt => vec![Effect::Quit(ExitReason::Interrupted)],
        other => {
            look(app, other);
            Vec::new()
        }
    }
}

/// Commands that only change what is looked at.
fn look(app: &mut App, command: Command) {
    let context = app.place().context();
    let App {
        screens,
        data,
        size,
        ..
    } = app;
    let found = match command {
        Command::Help => {
            app.overlays.push(Overlay::Help(context, 0));
            true
        }
        Command::Palette => {
            app.overlays.push(Overlay::Palette(Palette {
                context,
                input: Input::default(),
                chosen: 0,
            }));
            true
        }
        Command::NextPane => {
            next_pane(app);
            true
        }
        Command::FindNext => screens.record.find_next(1),
        Command::FindPrevious => screens.record.find_next(-1),
        other => screens.timeline.look(other, data, *size),
    };
    if !found {
        app.fail("nothing further");
    }
}

fn go(app: &mut App, motion: Motion) {
    let App {
        screens,
        data,
        size,
        places,
        ..
    } = app;
    match places.last().copied().unwrap_or(Place::Timeline) {
        Place::Timeline => screens.timeline.go(motion, data, *size),
        Place::Drilldown => screens.drilldown.go(motion, data, *size),
        Place::Search => screens.search.go(motion, *size),
        Place::Findings => screens.findings.go(motion, data, *size),
        Place::Coverage => screens.coverage.go(motion, data, *size),
        Place::Record => screens.record.go(motion, *size),
    }
}

fn next_pane(app: &mut App) {
    match app.place() {
        Place::Timeline => app.screens.timeline.turn_focus(app.size),
        Place::Coverage => app.screens.coverage.turn_focus(),
        Place::Search | Place::Findings | Place::Drilldown | Place::Record => {}
    }
}

fn show(app: &mut App, place: Place) -> Vec<Effect> {
    app.places = vec![place];
    let first_visit = place == Place::Search && app.screens.search.listing.generation == 0;
    if first_visit {
        ask_search(app, Filter::default())
    } else {
        Vec::new()
    }
}

/// One step back: out of a pane, out of a filter, out of a detail, to the timeline. Never out of the program.
fn back(app: &mut App) -> Vec<Effect> {
    match app.place() {
        Place::Timeline if app.screens.timeline.why_has_focus() => {
            app.screens.timeline.turn_focus(app.size);
        }
        Place::Timeline if !app.screens.timeline.filter.is_empty() => {
            app.screens
                .timeline
                .set_filter(Filter::default(), &app.data, app.size);
        }
        Place::Timeline => {
            let key = app
                .settings
                .keymap
                .key_of(app.place().context(), Command::Quit);
            app.say(format!("this is the first screen; {key} quits"));
        }
        Place::Coverage if app.screens.coverage.faults_have_focus() => {
            app.screens.coverage.turn_focus();
        }
        Place::Drilldown if !app.screens.drilldown.filter.is_empty() => {
            return ask_accesses(app, Filter::default());
        }
        Place::Search | Place::Findings | Place::Coverage => app.places = vec![Place::Timeline],
        Place::Drilldown | Place::Record => {
            app.places.pop();
        }
    }
    Vec::new()
}

fn open(app: &mut App) -> Vec<Effect> {
    match app.place() {
        Place::Timeline | Place::Findings => open_accesses(app),
        Place::Drilldown | Place::Search => show_record(app),
        Place::Coverage => {
            app.screens.coverage.turn_focus();
            Vec::new()
        }
        Place::Record => Vec::new(),
    }
}

fn open_accesses(app: &mut App) -> Vec<Effect> {
    let Some(grant) = app.grant().cloned() else {
        return nothing_selected(app);
    };
    app.screens.drilldown.open(grant);
    app.places.push(Place::Drilldown);
    ask_accesses(app, Filter::default())
}

fn nothing_selected(app: &mut App) -> Vec<Effect> {
    app.fail("no line is selected");
    Vec::new()
}

fn ask_accesses(app: &mut App, filter: Filter) -> Vec<Effect> {
    let generation = app.next_generation();
    let drilldown = &mut app.screens.drilldown;
    let Some(grant) = &drilldown.grant else {
        return Vec::new();
    };
    let request = Request::Accesses {
        generation,
        grant: grant.grant.id.clone(),
        query: filter.expr.clone(),
    };
    drilldown.filter = filter;
    drilldown.listing.asked(generation);
    vec![Effect::Ask(request), Effect::Arm(Timer::Late)]
}

fn ask_search(app: &mut App, filter: Filter) -> Vec<Effect> {
    let generation = app.next_generation();
    let query: Expr = filter.expr.clone();
    app.screens.search.filter = filter;
    app.screens.search.listing.asked(generation);
    vec![
        Effect::Ask(Request::Search { generation, query }),
        Effect::Arm(Timer::Late),
    ]
}

/// Shows the original of what is selected: of a row its record, of a grant all records that made it.
fn show_record(app: &mut App) -> Vec<Effect> {
    let row = match app.place() {
        Place::Drilldown => app.screens.drilldown.listing.selected(),
        Place::Search => app.screens.search.listing.selected(),
        Place::Timeline | Place::Findings | Place::Coverage | Place::Record => None,
    };
    let of_grant = match app.place() {
        Place::Timeline | Place::Findings => true,
        Place::Drilldown => app.screens.drilldown.is_empty(),
        Place::Search | Place::Coverage | Place::Record => false,
    };
    let sources = match row {
        Some(row) => vec![row.provenance],
        None if of_grant => app
            .grant()
            .map(|scored| scored.grant.provenance.clone())
            .unwrap_or_default(),
        None => Vec::new(),
    };
    if sources.is_empty() {
        return nothing_selected(app);
    }
    app.screens.record.open(sources);
    app.places.push(Place::Record);
    source(app, 0)
}

fn source(app: &mut App, step: isize) -> Vec<Effect> {
    let generation = app.next_generation();
    if let Some(provenance) = app.screens.record.turn(step, generation) {
        let request = Request::Original {
            generation,
            provenance,
        };
        return vec![Effect::Ask(request), Effect::Arm(Timer::Late)];
    }
    app.say("no other record");
    Vec::new()
}

/// Runs a query that is given, or opens the line to type one.
fn query(app: &mut App, argument: &str) -> Vec<Effect> {
    let (purpose, text) = match app.place() {
        Place::Drilldown => (Purpose::Narrow, app.screens.drilldown.filter.text.clone()),
        Place::Search => (Purpose::Search, app.screens.search.filter.text.clone()),
        Place::Record => (Purpose::Find, String::new()),
        Place::Timeline | Place::Findings | Place::Coverage => {
            (Purpose::Filter, app.screens.timeline.filter.text.clone())
        }
    };
    if !argument.is_empty() {
        return accept_line(
            app,
            Line {
                purpose,
                input: Input::with(argument),
                error: None,
            },
        );
    }
    app.overlays.push(Overlay::Line(Line {
        purpose,
        input: Input::with(&text),
        error: None,
    }));
    Vec::new()
}

fn accept_line(app: &mut App, line: Line) -> Vec<Effect> {
    let text = line.input.text();
    let on = if line.purpose == Purpose::Filter {
        On::Grant
    } else {
        On::Record
    };
    if line.purpose == Purpose::Find {
        if !app.screens.record.find(&text) {
            app.fail("not in this record");
        }
        return Vec::new();
    }
    let Ok(filter) = Filter::parse(&text, on) else {
        // The line stays, with its fault below it: nothing typed is lost.
        app.overlays.push(Overlay::Line(line));
        check_line(app);
        return Vec::new();
    };
    match line.purpose {
        Purpose::Filter => {
            app.screens.timeline.history.remember(&filter.text);
            app.screens.timeline.set_filter(filter, &app.data, app.size);
            Vec::new()
        }
        Purpose::Narrow => {
            app.screens.search.history.remember(&filter.text);
            ask_accesses(app, filter)
        }
        Purpose::Search | Purpose::Find => {
            app.screens.search.history.remember(&filter.text);
            ask_search(app, filter)
        }
    }
}

fn values(app: &App) -> Vec<Value> {
    let row = match app.place() {
        Place::Drilldown => app.screens.drilldown.listing.selected(),
        Place::Search => app.screens.search.listing.selected(),
        Place::Coverage => return app.screens.coverage.values(&app.data),
        Place::Timeline | Place::Findings | Place::Record => None,
    };
    match (row, app.place()) {
        (Some(row), _) => row_values(row),
        (None, Place::Timeline | Place::Findings) => {
            app.grant().map(grant_values).unwrap_or_default()
        }
        (None, _) => Vec::new(),
    }
}

fn choose_value(app: &mut App, purpose: Use) -> Vec<Effect> {
    let mut values = values(app);
    if values.is_empty() {
        return nothing_selected(app);
    }
    if purpose == Use::Copy {
        let whole = whole_line(app, &values);
        values.insert(0, ("line", whole));
    }
    app.overlays.push(Overlay::Values(Values {
        purpose,
        entries: values,
        cursor: crate::tui::cursor::Cursor::default(),
    }));
    Vec::new()
}

fn whole_line(app: &App, values: &[Value]) -> String {
    match app.grant() {
        Some(scored) if app.place() != Place::Drilldown => sentence::line(scored),
        _ => values
            .iter()
            .map(|(_, value)| value.as_str())
            .collect::<Vec<_>>()
            .join("\t"),
    }
}

fn copy(app: &mut App) -> Vec<Effect> {
    if app.place() == Place::Record {
        let text = app.screens.record.text().to_owned();
        return put_on_clipboard(app, text);
    }
    choose_value(app, Use::Copy)
}

fn put_on_clipboard(app: &mut App, text: String) -> Vec<Effect> {
    if text.is_empty() {
        app.fail("nothing to copy yet");
        return Vec::new();
    }
    let characters = crate::text::grouped(text.chars().count() as u64);
    app.say(format!(
        "sent {characters} characters to the terminal’s clipboard"
    ));
    vec![Effect::Copy(text)]
}

fn use_value(app: &mut App, chosen: &Values) -> Vec<Effect> {
    let Some((field, value)) = chosen.entries.get(chosen.cursor.selected) else {
        return Vec::new();
    };
    let Use::Filter(wanted) = chosen.purpose else {
        return put_on_clipboard(app, value.clone());
    };
    let (purpose, before) = match app.place() {
        Place::Drilldown => (Purpose::Narrow, &app.screens.drilldown.filter.text),
        Place::Search => (Purpose::Search, &app.screens.search.filter.text),
        _ => (Purpose::Filter, &app.screens.timeline.filter.text),
    };
    let input = Input::with(&narrowed(before, field, value, wanted));
    accept_line(
        app,
        Line {
            purpose,
            input,
            error: None,
        },
    )
}

fn open_mark(app: &mut App, focus: Field) -> Vec<Effect> {
    let Some(scored) = app.grant() else {
        return nothing_selected(app);
    };
    let subject = Subject::Mark {
        grant: scored.grant.id.clone(),
        sentence: sentence::grant(&scored.grant),
    };
    let mark = app.data.mark(&scored.grant.id);
    let verdict = mark.map_or(Verdict::Unknown, |mark| mark.verdict);
    let fresh = mark.is_none() && focus == Field::Choice;
    // A first mark starts at the first verdict; a note alone decides nothing.
    let known = VERDICTS
        .iter()
        .position(|(known, _)| *known == verdict)
        .unwrap_or(0);
    let form = Form {
        subject,
        chosen: if fresh { 0 } else { known },
        input: Input::with(mark.map_or("", |mark| &mark.note)),
        focus,
        error: String::new(),
    };
    app.overlays.push(Overlay::Form(form));
    Vec::new()
}

fn unmark(app: &mut App) -> Vec<Effect> {
    let marked = match app.place() {
        Place::Findings => app
            .screens
            .findings
            .selected(&app.data)
            .map(|(mark, _)| mark),
        _ => app
            .grant()
            .and_then(|scored| app.data.mark(&scored.grant.id)),
    };
    let Some(mark) = marked.cloned() else {
        app.fail("this grant has no mark");
        return Vec::new();
    };
    if mark.note.is_empty() {
        return vec![Effect::Ask(Request::Unmark { grant: mark.grant })];
    }
    // Only here would something typed be lost.
    let text = format!("Take off the mark and its note “{}”?", mark.note);
    app.overlays.push(Overlay::Question(Question {
        text,
        unmark: mark.grant,
    }));
    Vec::new()
}

fn open_export(app: &mut App) -> Vec<Effect> {
    let findings = app.data.marks.len();
    if findings == 0 {
        let key = app
            .settings
            .keymap
            .key_of(app.place().context(), Command::Mark);
        app.fail(format!("nothing is marked: press {key} on a grant first"));
        return Vec::new();
    }
    let format = Format::ALL.first().copied().unwrap_or(Format::Markdown);
    let name = format!("{}.{}", app.settings.export_stem, format.extension());
    let path = app.settings.export_folder.join(name);
    let suggested = path.to_string_lossy().into_owned();
    app.overlays.push(Overlay::Form(Form {
        chosen: 0,
        input: Input::with(&suggested),
        subject: Subject::Export {
            findings,
            suggested,
        },
        focus: Field::Choice,
        error: String::new(),
    }));
    Vec::new()
}

/// A command given to what lies over the screen. The overlay is taken off and put back unless it is done with.
fn over(app: &mut App, overlay: Overlay, command: Command) -> Vec<Effect> {
    match (overlay, command) {
        (_, Command::Interrupt) => vec![Effect::Quit(ExitReason::Interrupted)],
        (_, Command::Cancel | Command::CloseHelp) => Vec::new(),
        (Overlay::Help(context, scroll), command) => {
            let total = crate::tui::screen::help_length(app, context);
            let height = crate::tui::screen::help_height(app.size);
            let scroll = scroll_text(command, scroll, total, height);
            app.overlays.push(Overlay::Help(context, scroll));
            Vec::new()
        }
        (Overlay::Question(question), Command::Accept) => vec![Effect::Ask(Request::Unmark {
            grant: question.unmark,
        })],
        (Overlay::Question(question), _) => {
            app.overlays.push(Overlay::Question(question));
            Vec::new()
        }
        (Overlay::Values(values), Command::Accept) => use_value(app, &values),
        (Overlay::Values(mut values), command) => {
            if let Some(motion) = Motion::of(command) {
                values
                    .cursor
                    .go(motion, values.entries.len(), values.entries.len());
            }
            app.overlays.push(Overlay::Values(values));
            Vec::new()
        }
        (Overlay::Palette(palette), command) => over_palette(app, palette, command),
        (Overlay::Line(line), Command::Accept) => accept_line(app, line),
        (Overlay::Line(line), command) => over_line(app, line, command),
        (Overlay::Form(form), Command::Accept) => accept_form(app, form),
        (Overlay::Form(form), command) => over_form(app, form, command),
    }
}

/// The first line shown of a text after a command.
fn scroll_text(command: Command, scroll: usize, total: usize, height: usize) -> usize {
    let last_top = total.saturating_sub(height);
    Motion::of(command)
        .map_or(scroll, |motion| motion.from(scroll, last_top + 1, height))
        .min(last_top)
}

fn over_palette(app: &mut App, mut palette: Palette, command: Command) -> Vec<Effect> {
    let fitting = palette.fitting();
    match command {
        Command::Accept => {
            let Some(Offer { row, elsewhere }) = fitting.get(palette.chosen) else {
                app.fail("no such command");
                return Vec::new();
            };
            let argument = if row.parameter.is_empty() {
                String::new()
            } else {
                palette.argument()
            };
            return match elsewhere {
                Some(context) => run_elsewhere(app, *context, row, &argument),
                None => run(app, row.command, &argument),
            };
        }
        Command::NextField => {
            if let Some(offer) = fitting.get(palette.chosen) {
                palette.input = Input::with(&format!("{} ", offer.row.name));
                palette.chosen = 0;
            }
        }
        Command::Earlier => palette.chosen = palette.chosen.saturating_sub(1),
        Command::Later => {
            palette.chosen = (palette.chosen + 1).min(fitting.len().saturating_sub(1));
        }
        other => {
            palette.input.edit(other);
            palette.chosen = 0;
        }
    }
    app.overlays.push(Overlay::Palette(palette));
    Vec::new()
}

/// Goes to the screen of a command and runs it there. A detail cannot be gone to: it is of a line that somebody has to choose.
fn run_elsewhere(
    app: &mut App,
    context: Context,
    row: &Specification,
    argument: &str,
) -> Vec<Effect> {
    let screen = SCREENS.iter().find(|(place, _)| place.context() == context);
    let Some((place, _)) = screen else {
        let (what, opener) = match context {
            Context::Drilldown => ("the accesses of a grant", Command::Open),
            _ => ("an original record", Command::Raw),
        };
        let key = app.settings.keymap.key_of(Context::Timeline, opener);
        let name = row.name;
        app.fail(format!(
            "`{name}` works on {what}: {key} on a grant shows it"
        ));
        return Vec::new();
    };
    let mut effects = show(app, *place);
    effects.extend(run(app, row.command, argument));
    effects
}

fn over_line(app: &mut App, mut line: Line, command: Command) -> Vec<Effect> {
    let history = match line.purpose {
        Purpose::Filter => &mut app.screens.timeline.history,
        Purpose::Narrow | Purpose::Search | Purpose::Find => &mut app.screens.search.history,
    };
    let recalled = match command {
        Command::Earlier => history.earlier(),
        Command::Later => history.later(),
        _ => None,
    };
    match recalled {
        Some(text) => line.input = Input::with(text),
        None => {
            line.input.edit(command);
        }
    }
    app.overlays.push(Overlay::Line(line));
    check_line(app);
    Vec::new()
}

fn over_form(app: &mut App, mut form: Form, command: Command) -> Vec<Effect> {
    form.error.clear();
    match command {
        Command::NextField => {
            form.focus = if form.focus == Field::Choice {
                Field::Text
            } else {
                Field::Choice
            }
        }
        Command::Earlier => form.choose(form.chosen.wrapping_sub(1)),
        Command::Later => form.choose(form.chosen + 1),
        other if form.focus == Field::Text => {
            form.input.edit(other);
        }
        _ => {}
    }
    app.overlays.push(Overlay::Form(form));
    Vec::new()
}

fn accept_form(app: &mut App, mut form: Form) -> Vec<Effect> {
    let text = form.input.text().trim().to_owned();
    let request = match &form.subject {
        Subject::Mark { grant, .. } => Request::Mark {
            grant: grant.clone(),
            verdict: form.verdict(),
            note: text,
        },
        Subject::Export { .. } if text.is_empty() => {
            "a file name is needed".clone_into(&mut form.error);
            form.focus = Field::Text;
            app.overlays.push(Overlay::Form(form));
            return Vec::new();
        }
        Subject::Export { .. } => {
            app.notice = Some(Notice::Said("writing…".to_owned()));
            let format = form.format();
            app.exporting = Some(form);
            Request::Export {
                format,
                path: PathBuf::from(text),
            }
        }
    };
    vec![Effect::Ask(request)]
}
