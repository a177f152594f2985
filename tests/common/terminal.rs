//! The program in a pseudo-terminal: given, keys, seen.
//!
//! Nothing here waits a fixed time: whoever waits is woken by each byte the program writes, until what it waits for is there or the
//! deadline is past; then the test fails with the last screen. Not here: what a screen should show.

#![expect(clippy::unwrap_used, reason = "a failing test should panic")]

use super::Lab;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::num::NonZero;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// How long anything may take before the test fails: far longer than it does, on a machine with other work.
const DEADLINE: Duration = Duration::from_mins(1);

/// What the program wrote so far.
struct Written {
    parser: vt100::Parser,
    bytes: Vec<u8>,
    ended: bool,
}

/// A running program and its terminal.
pub struct Terminal {
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    keyboard: Box<dyn Write + Send>,
    written: Arc<(Mutex<Written>, Condvar)>,
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols: columns,
        pixel_width: 0,
        pixel_height: 0,
    }
}

fn some(length: u16) -> NonZero<u16> {
    NonZero::new(length).unwrap()
}

impl Terminal {
    /// Starts the program in a terminal of 80×24.
    pub fn start(lab: &Lab, arguments: &[&str]) -> Self {
        let pair = native_pty_system().openpty(size(80, 24)).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_grantline"));
        command.args(arguments);
        command.cwd(lab.path(""));
        command.env("TERM", "xterm-256color");
        for (name, value) in lab.environment() {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let parser = vt100::Parser::new(some(24), some(80), 0);
        let written = Written {
            parser,
            bytes: Vec::new(),
            ended: false,
        };
        let written = Arc::new((Mutex::new(written), Condvar::new()));
        let reader = pair.master.try_clone_reader().unwrap();
        let keyboard = pair.master.take_writer().unwrap();
        let filled = Arc::clone(&written);
        thread::spawn(move || fill(reader, &filled));
        Self {
            master: pair.master,
            child,
            keyboard,
            written,
        }
    }

    /// Types.
    pub fn keys(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    /// Waits until the screen shows a text, and gives the screen.
    #[track_caller]
    pub fn sees(&self, wanted: &str) -> String {
        self.until(wanted, |screen| screen.contains(wanted))
    }

    /// Waits until the screen no longer shows a text, and gives the screen.
    #[track_caller]
    pub fn loses(&self, unwanted: &str) -> String {
        self.until(&format!("no {unwanted}"), |screen| {
            !screen.contains(unwanted)
        })
    }

    /// Waits until the screen is as wanted, and gives it.
    #[track_caller]
    pub fn until(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        self.wait(what, |written| {
            let screen = written.parser.screen().contents();
            wanted(&screen).then_some(screen)
        })
    }

    /// Waits for the program to end and gives its exit code and every byte it wrote.
    #[track_caller]
    pub fn ends(&mut self) -> (u32, Vec<u8>) {
        self.wait("the end", |written| written.ended.then_some(()));
        let code = self.child.wait().unwrap().exit_code();
        (code, self.written.0.lock().unwrap().bytes.clone())
    }

    /// Changes the size of the terminal, as a window manager does.
    pub fn resize(&self, columns: u16, rows: u16) {
        let mut written = self.written.0.lock().unwrap();
        let (height, width) = (some(rows), some(columns));
        written.parser.screen_mut().set_size(height, width);
        drop(written);
        self.master.resize(size(columns, rows)).unwrap();
    }

    /// Process id of the program.
    pub fn process(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    #[track_caller]
    fn wait<T>(&self, what: &str, wanted: impl Fn(&Written) -> Option<T>) -> T {
        let start = Instant::now();
        let (lock, changed) = &*self.written;
        let mut written = lock.lock().unwrap();
        let mut found = wanted(&written);
        while found.is_none() && !written.ended && start.elapsed() < DEADLINE {
            let left = DEADLINE.saturating_sub(start.elapsed());
            written = changed.wait_timeout(written, left).unwrap().0;
            found = wanted(&written);
        }
        let (ended, screen) = (written.ended, written.parser.screen().contents());
        // The reader goes on while this test fails.
        drop(written);
        assert!(
            found.is_some(),
            "waited for {what:?} (ended: {ended}); the last screen:\n{screen}"
        );
        found.unwrap()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Ended already in a test that passed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads what the program writes until it closes the terminal.
fn fill(mut reader: Box<dyn Read + Send>, written: &(Mutex<Written>, Condvar)) {
    let mut buffer = [0; 4096];
    loop {
        let read = reader.read(&mut buffer).unwrap_or(0);
        let mut state = written.0.lock().unwrap();
        let bytes = &buffer[..read];
        state.parser.process(bytes);
        state.bytes.extend_from_slice(bytes);
        state.ended |= read == 0;
        written.1.notify_all();
        if read == 0 {
            return;
        }
    }
}
