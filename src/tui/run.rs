//! The loop: keys, replies, signals and the frame clock in one place.
//!
//! It sleeps until something happens, takes in what is there (bounded), and draws at most once a frame. No state of its own beyond
//! channels and timers; everything else is `app`. Not here: the worker, which the caller starts.

use crate::job::{Reply, Request};
use crate::tui::app::{App, Effect, ExitReason, Message, Timer, update};
use crate::tui::key::Key;
use crate::tui::keymap::Keymap;
use crate::tui::screen;
use crate::tui::term::Screen;
use crate::tui::theme::ColourMode;
use crossterm::event::{self, Event};
use ratatui::layout::Size;
use std::io;
use std::path::PathBuf;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

/// What the workbench is started with.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Title until the hunt brings the name of the case.
    pub title: String,
    /// Which keys run what.
    pub keymap: Keymap,
    /// Whether only ASCII glyphs are drawn.
    pub ascii: bool,
    /// Whether colours are used.
    pub colour: ColourMode,
    /// Folder that exports are suggested for.
    pub export_folder: PathBuf,
    /// File name, without extension, that exports are suggested for.
    pub export_stem: String,
}

/// Least time between two frames.
const FRAME: Duration = Duration::from_millis(16);

/// Most messages taken in between two looks at the frame clock, so that a flood cannot starve the screen.
const DRAIN: usize = 256;

/// Keys that may wait.
const KEYS: usize = 256;

/// Runs the workbench until it is left. `requests` goes to the worker thread, `replies` comes from it.
pub async fn run(
    settings: Settings,
    requests: Box<dyn FnMut(Request)>,
    replies: mpsc::Receiver<Reply>,
) -> io::Result<ExitReason> {
    let screen = Screen::take()?;
    let size = screen.size()?;
    let app = App::new(settings, size);
    let mut bench = Bench {
        app,
        screen,
        requests,
        timers: Vec::new(),
        dirty: true,
        exit: None,
    };
    bench.serve(read_keys(), replies).await
}

/// Reads the terminal on a thread of its own, asleep while nothing is typed. It ends with the process: a read cannot be called off.
fn read_keys() -> mpsc::Receiver<Event> {
    let (sender, receiver) = mpsc::channel(KEYS);
    std::thread::spawn(move || {
        while let Ok(event) = event::read() {
            if sender.blocking_send(event).is_err() {
                break;
            }
        }
    });
    receiver
}

/// Everything the loop holds.
struct Bench {
    app: App,
    screen: Screen,
    requests: Box<dyn FnMut(Request)>,
    timers: Vec<(Instant, Timer)>,
    dirty: bool,
    exit: Option<ExitReason>,
}

impl Bench {
    async fn serve(
        &mut self,
        mut keys: mpsc::Receiver<Event>,
        mut replies: mpsc::Receiver<Reply>,
    ) -> io::Result<ExitReason> {
        let mut signals = Signals::listen()?;
        let mut next_frame = Instant::now();
        let mut worker = true;
        loop {
            if let Some(reason) = self.exit {
                return Ok(reason);
            }
            let deadline = self.timers.iter().map(|(at, _)| *at).min();
            tokio::select! {
                biased;
                () = sleep_until(next_frame), if self.dirty => {
                    self.screen.draw(|frame| screen::draw(&self.app, frame))?;
                    self.dirty = false;
                    next_frame = Instant::now() + FRAME;
                }
                () = signals.wait() => self.exit = Some(ExitReason::Ended),
                () = sleep_until(deadline.unwrap_or(next_frame)), if deadline.is_some() => self.ring()?,
                event = keys.recv() => self.take_events(event, &mut keys)?,
                reply = replies.recv(), if worker => worker = self.take_replies(reply, &mut replies)?,
            }
        }
    }

    fn take_events(
        &mut self,
        first: Option<Event>,
        keys: &mut mpsc::Receiver<Event>,
    ) -> io::Result<()> {
        let Some(first) = first else {
            // The terminal can no longer be read: it is gone.
            self.exit = Some(ExitReason::Ended);
            return Ok(());
        };
        self.on_event(first)?;
        for _ in 0..DRAIN {
            match keys.try_recv() {
                Ok(event) if self.exit.is_none() => self.on_event(event)?,
                Ok(_) | Err(_) => break,
            }
        }
        Ok(())
    }

    fn on_event(&mut self, event: Event) -> io::Result<()> {
        match event {
            Event::Key(event) => match Key::of_event(event) {
                Some(key) => self.on(Message::Key(key)),
                None => Ok(()),
            },
            Event::Paste(text) => self.on(Message::Paste(text)),
            Event::Resize(width, height) => self.on(Message::Resize(Size { width, height })),
            Event::FocusGained | Event::FocusLost | Event::Mouse(_) => Ok(()),
        }
    }

    /// Takes in replies; tells whether the worker still answers.
    fn take_replies(
        &mut self,
        first: Option<Reply>,
        replies: &mut mpsc::Receiver<Reply>,
    ) -> io::Result<bool> {
        let Some(first) = first else {
            self.on(Message::WorkerGone)?;
            return Ok(false);
        };
        self.on(Message::Reply(first))?;
        for _ in 0..DRAIN {
            match replies.try_recv() {
                Ok(reply) => self.on(Message::Reply(reply))?,
                Err(_) => break,
            }
        }
        Ok(true)
    }

    /// Sends the deadlines that have passed.
    fn ring(&mut self) -> io::Result<()> {
        let now = Instant::now();
        let (passed, waiting) = std::mem::take(&mut self.timers)
            .into_iter()
            .partition(|(at, _)| *at <= now);
        self.timers = waiting;
        let passed: Vec<(Instant, Timer)> = passed;
        for (_, timer) in passed {
            self.on(Message::Deadline(timer))?;
        }
        Ok(())
    }

    fn on(&mut self, message: Message) -> io::Result<()> {
        self.dirty = true;
        for effect in update(&mut self.app, message) {
            self.carry_out(effect)?;
        }
        Ok(())
    }

    fn carry_out(&mut self, effect: Effect) -> io::Result<()> {
        match effect {
            Effect::Ask(request) => (self.requests)(request),
            Effect::Copy(text) => {
                if !self.screen.copy(&text)? {
                    self.on(Message::Reply(Reply::Failed(
                        "too long for the terminal’s clipboard: export it instead".to_owned(),
                    )))?;
                }
            }
            Effect::Arm(timer) => {
                // A timer that is set again starts anew.
                self.timers.retain(|(_, known)| *known != timer);
                self.timers.push((Instant::now() + timer.length(), timer));
            }
            Effect::Redraw => self.screen.clear()?,
            Effect::Quit(reason) => self.exit = Some(reason),
        }
        Ok(())
    }
}

/// The signals that end the workbench: the terminal is given back first, because the loop returns.
#[cfg(unix)]
struct Signals {
    signals: [tokio::signal::unix::Signal; 3],
}

#[cfg(unix)]
impl Signals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            signals: [
                signal(SignalKind::terminate())?,
                signal(SignalKind::hangup())?,
                signal(SignalKind::interrupt())?,
            ],
        })
    }

    async fn wait(&mut self) {
        let [terminate, hangup, interrupt] = &mut self.signals;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
            _ = interrupt.recv() => {}
        }
    }
}

/// Where there are no Unix signals, Ctrl-C outside of raw mode is the only one.
#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    async fn wait(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
