//! The screen: frames of the timeline of ten thousand grants, at two sizes of terminal, and what leads to them.
//!
//! Not here: what is on it, which snapshots of the tests show.

use super::stage::{GRANTS, opened};
use divan::Bencher;
use grantline::job::{Hunt, Reply};
use grantline::tui::key::{Code, Key};
use grantline::tui::{App, ColourMode, Keymap, Message, Settings, draw, update};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Size;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

/// Columns and lines of a small terminal and of a large one.
const SIZES: [(u16, u16); 2] = [(80, 24), (200, 60)];

static HUNT: LazyLock<Arc<Hunt>> = LazyLock::new(|| {
    let hunted = opened(GRANTS.path()).hunt_whole();
    Arc::new(hunted.expect("it is judged").0)
});

/// A workbench with the hunt on its screen, and a terminal for it.
fn opened_at((width, height): (u16, u16)) -> (App, Terminal<TestBackend>) {
    let settings = Settings {
        title: "grantline".to_owned(),
        keymap: Keymap::built_in(),
        ascii: false,
        colour: ColourMode::Palette,
        export_folder: PathBuf::from("/"),
        export_stem: "findings".to_owned(),
    };
    let mut app = App::new(settings, Size { width, height });
    update(&mut app, Message::Reply(Reply::Hunt(Arc::clone(&HUNT))));
    let terminal = Terminal::new(TestBackend::new(width, height));
    (app, terminal.expect("it is memory"))
}

/// The timeline, drawn.
#[divan::bench(args = SIZES)]
fn timeline(bencher: Bencher<'_, '_>, size: (u16, u16)) {
    let (app, mut terminal) = opened_at(size);
    bencher.bench_local(|| terminal.draw(|frame| draw(&app, frame)).map(|_| ()));
}

/// A key, and the frame after it.
#[divan::bench(args = SIZES)]
fn key_to_frame(bencher: Bencher<'_, '_>, size: (u16, u16)) {
    let (mut app, mut terminal) = opened_at(size);
    let keys = ['j', 'k'].map(|key| Key::plain(Code::Character(key)));
    let mut keys = keys.into_iter().cycle();
    bencher.bench_local(|| {
        if let Some(key) = keys.next() {
            update(&mut app, Message::Key(key));
        }
        terminal.draw(|frame| draw(&app, frame)).map(|_| ())
    });
}

/// A new state of the hunt, taken in.
#[divan::bench]
fn news(bencher: Bencher<'_, '_>) {
    let (mut app, _) = opened_at(SIZES[0]);
    bencher.bench_local(|| update(&mut app, Message::Reply(Reply::Hunt(Arc::clone(&HUNT)))));
}
