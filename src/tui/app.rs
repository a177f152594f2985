//! The state of the workbench and its one way to change: [`update`], a pure function of state and message.
//!
//! No input, output or clock here: what is to be done outside is returned as effects. What commands do is in `act`.

use crate::hunt::ScoredGrant;
use crate::job::{Generation, ListKind, Reply, Request};
use crate::query::On;
use crate::tui::act;
use crate::tui::command::Context;
use crate::tui::data::{Data, Worker};
use crate::tui::filter::Filter;
use crate::tui::key::Key;
use crate::tui::keymap::Found;
use crate::tui::overlay::{Field, Form, Overlay, Purpose};
use crate::tui::run::Settings;
use crate::tui::screen::coverage::CoverageView;
use crate::tui::screen::drilldown::Drilldown;
use crate::tui::screen::findings::Findings;
use crate::tui::screen::record::RecordView;
use crate::tui::screen::search::Search;
use crate::tui::screen::timeline::Timeline;
use ratatui::layout::Size;
use std::time::Duration;

/// Something that happened.
#[derive(Debug, Clone)]
pub enum Message {
    /// A key was pressed.
    Key(Key),
    /// A text was pasted.
    Paste(String),
    /// The terminal has a new size.
    Resize(Size),
    /// The worker said something.
    Reply(Reply),
    /// The worker has ended.
    WorkerGone,
    /// A time that was set has passed.
    Deadline(Timer),
}

/// Something to be done outside.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Ask the worker.
    Ask(Request),
    /// Put a text on the clipboard.
    Copy(String),
    /// Send [`Message::Deadline`] in a while.
    Arm(Timer),
    /// Draw everything again.
    Redraw,
    /// Leave the workbench.
    Quit(ExitReason),
}

/// A time that can be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timer {
    /// Keys that could go on are taken as they are.
    Chord,
    /// An answer is late enough to say so.
    Late,
}

impl Timer {
    /// How long until it passes. Figures: STYLE §3 (chord) and §4.4 (late answers).
    pub fn length(self) -> Duration {
        match self {
            Self::Chord => Duration::from_millis(600),
            Self::Late => Duration::from_millis(100),
        }
    }
}

/// Why the workbench was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitReason {
    /// The user quit.
    Quit,
    /// The user interrupted it.
    Interrupted,
    /// The system asked it to end, or the terminal went away.
    Ended,
}

/// A place on the way from a screen to a detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The timeline of grants.
    Timeline,
    /// The search over all records.
    Search,
    /// The marked grants.
    Findings,
    /// What was read and what was not.
    Coverage,
    /// The accesses of a grant.
    Drilldown,
    /// An original record.
    Record,
}

/// The numbered screens with their names, in order.
pub const SCREENS: &[(Place, &str)] = &[
    (Place::Timeline, "Timeline"),
    (Place::Search, "Search"),
    (Place::Findings, "Findings"),
    (Place::Coverage, "Coverage"),
];

impl Place {
    /// The context whose keys it takes.
    pub fn context(self) -> Context {
        match self {
            Self::Timeline => Context::Timeline,
            Self::Search => Context::Search,
            Self::Findings => Context::Findings,
            Self::Coverage => Context::Coverage,
            Self::Drilldown => Context::Drilldown,
            Self::Record => Context::Record,
        }
    }
}

/// One sentence for the user, shown until the next key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Something was done.
    Said(String),
    /// Something went wrong.
    Failed(String),
}

/// Every screen with its own state.
#[derive(Debug, Clone)]
pub struct Screens {
    /// The timeline of grants.
    pub timeline: Timeline,
    /// Accesses of a grant.
    pub drilldown: Drilldown,
    /// The search over all records.
    pub search: Search,
    /// The marked grants.
    pub findings: Findings,
    /// What was read and what was not.
    pub coverage: CoverageView,
    /// An original record, as the evidence has it.
    pub record: RecordView,
}

/// The state of the workbench.
#[derive(Debug, Clone)]
pub struct App {
    pub(super) settings: Settings,
    pub(super) size: Size,
    pub(super) data: Data,
    pub(super) screens: Screens,
    pub(super) places: Vec<Place>,
    pub(super) overlays: Vec<Overlay>,
    pub(super) notice: Option<Notice>,
    pub(super) pending: Vec<Key>,
    pub(super) generation: Generation,
    /// The form of an export that was asked for and not answered yet.
    pub(super) exporting: Option<Form>,
}

impl App {
    /// The state at the start.
    pub fn new(settings: Settings, size: Size) -> Self {
        Self {
            settings,
            size,
            data: Data::default(),
            screens: Screens {
                timeline: Timeline::default(),
                drilldown: Drilldown::default(),
                search: Search::default(),
                findings: Findings::default(),
                coverage: CoverageView::default(),
                record: RecordView::default(),
            },
            places: vec![Place::Timeline],
            overlays: Vec::new(),
            notice: None,
            pending: Vec::new(),
            generation: 0,
            exporting: None,
        }
    }

    /// Where the user is.
    pub(super) fn place(&self) -> Place {
        self.places.last().copied().unwrap_or(Place::Timeline)
    }

    /// The context whose keys are in force.
    pub(super) fn context(&self) -> Context {
        self.overlays
            .last()
            .map_or_else(|| self.place().context(), Overlay::context)
    }

    /// The grant that commands are about.
    pub(super) fn grant(&self) -> Option<&ScoredGrant> {
        match self.place() {
            Place::Timeline => self.screens.timeline.selected(&self.data),
            Place::Findings => self.screens.findings.selected(&self.data)?.1,
            Place::Drilldown => self.screens.drilldown.grant.as_ref(),
            Place::Search | Place::Coverage | Place::Record => None,
        }
    }

    /// The number of a new question.
    pub(super) fn next_generation(&mut self) -> Generation {
        self.generation += 1;
        self.generation
    }

    pub(super) fn say(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice::Said(text.into()));
    }

    pub(super) fn fail(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice::Failed(text.into()));
    }
}

/// Takes in what happened and says what is to be done outside.
pub fn update(app: &mut App, message: Message) -> Vec<Effect> {
    let mut effects = match message {
        Message::Key(key) => on_key(app, key),
        Message::Paste(text) => {
            type_text(app, &text);
            Vec::new()
        }
        Message::Resize(size) => {
            app.size = size;
            app.screens.record.fit(size);
            app.screens.timeline.measure(&app.data, size);
            Vec::new()
        }
        Message::Reply(reply) => {
            on_reply(app, reply);
            Vec::new()
        }
        Message::WorkerGone => {
            app.data.worker = Worker::Gone;
            Vec::new()
        }
        Message::Deadline(timer) => {
            on_deadline(app, timer);
            Vec::new()
        }
    };
    effects.extend(settle(app));
    effects
}

fn on_key(app: &mut App, key: Key) -> Vec<Effect> {
    app.notice = None;
    app.pending.push(key);
    match app.settings.keymap.find(app.context(), &app.pending) {
        Found::Runs(command, argument) => {
            app.pending.clear();
            act::run(app, command, &argument)
        }
        Found::Begins => vec![Effect::Arm(Timer::Chord)],
        Found::Nothing => {
            type_pending(app);
            Vec::new()
        }
    }
}

/// Types keys that mean no command into the text field that has the focus, if there is one.
fn type_pending(app: &mut App) {
    let text: String = std::mem::take(&mut app.pending)
        .into_iter()
        .filter_map(Key::typed)
        .collect();
    if !text.is_empty() {
        type_text(app, &text);
    }
}

fn type_text(app: &mut App, text: &str) {
    let Some(overlay) = app.overlays.last_mut() else {
        return;
    };
    if let Some(field) = overlay.field() {
        field.insert(text);
    }
    match overlay {
        Overlay::Palette(palette) => palette.chosen = 0,
        Overlay::Form(form) if form.focus == Field::Choice => form.type_at_choice(text),
        Overlay::Form(_)
        | Overlay::Line(_)
        | Overlay::Values(_)
        | Overlay::Question(_)
        | Overlay::Help(..) => {}
    }
    check_line(app);
}

/// Reads the query being typed, so that a fault is shown at once.
pub(super) fn check_line(app: &mut App) {
    if let Some(Overlay::Line(line)) = app.overlays.last_mut() {
        line.error = match line.purpose {
            Purpose::Filter => Filter::parse(&line.input.text(), On::Grant).err(),
            Purpose::Narrow | Purpose::Search => {
                Filter::parse(&line.input.text(), On::Record).err()
            }
            Purpose::Find => None,
        };
    }
}

fn on_deadline(app: &mut App, timer: Timer) {
    match timer {
        Timer::Chord => type_pending(app),
        Timer::Late => {
            app.screens.drilldown.listing.late();
            app.screens.search.listing.late();
        }
    }
}

fn on_reply(app: &mut App, reply: Reply) {
    let screens = &mut app.screens;
    match reply {
        Reply::Progress(progress) => app.data.progress = progress,
        Reply::Hunt(hunt) => {
            let kept = screens.timeline.selected_id(&app.data);
            app.data.take_hunt(hunt);
            screens
                .timeline
                .refresh(&app.data, app.size, kept.as_deref());
            screens.drilldown.follow(&app.data);
        }
        Reply::Marks(marks) => {
            let kept = screens.timeline.selected_id(&app.data);
            app.data.take_marks(marks);
            screens
                .timeline
                .refresh(&app.data, app.size, kept.as_deref());
        }
        Reply::Listed {
            generation,
            list,
            total,
            rows,
            histogram,
        } => {
            listing(app, list).take_listed(generation, total, rows, histogram);
        }
        Reply::Rows {
            generation,
            list,
            from,
            rows,
        } => listing(app, list).take_rows(generation, from, rows),
        Reply::Original {
            generation,
            file,
            sha256,
            provenance,
            original,
        } => {
            screens
                .record
                .take(generation, file, sha256, provenance, original, app.size);
        }
        Reply::Said(text) => {
            app.exporting = None;
            app.say(text);
        }
        Reply::Failed(text) => on_failure(app, text),
    }
}

/// Says what failed; an export that failed can be corrected at once, unless something else is being typed meanwhile.
fn on_failure(app: &mut App, text: String) {
    match app.exporting.take() {
        Some(mut form) if app.overlays.is_empty() => {
            form.error = text;
            form.focus = Field::Text;
            app.notice = None;
            app.overlays.push(Overlay::Form(form));
        }
        _ => app.fail(text),
    }
}

fn listing(app: &mut App, list: ListKind) -> &mut crate::tui::listing::Listing {
    match list {
        ListKind::Accesses => &mut app.screens.drilldown.listing,
        ListKind::Search => &mut app.screens.search.listing,
    }
}

/// Brings every cursor in range of what is shown now, and asks for rows that are missing.
fn settle(app: &mut App) -> Option<Effect> {
    let App {
        screens,
        data,
        size,
        places,
        ..
    } = app;
    screens.timeline.settle(data, *size);
    let request = match places.last()? {
        Place::Timeline => None,
        Place::Drilldown => screens.drilldown.settle(data, *size),
        Place::Search => screens.search.settle(*size),
        Place::Findings => {
            screens.findings.settle(data, *size);
            None
        }
        Place::Coverage => {
            screens.coverage.settle(data, *size);
            None
        }
        Place::Record => {
            screens.record.settle(*size);
            None
        }
    };
    request.map(Effect::Ask)
}
