//! The terminal: taken, drawn on, and given back whatever happens.
//!
//! Order: panic hook, raw mode, guard, alternate screen. The guard's `Drop` undoes all of it and never panics. Not here: the loop.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crossterm::cursor::Show;
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::terminal::{
    self, BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen,
    LeaveAlternateScreen,
};
use crossterm::{execute, queue};
use ratatui::Terminal;
use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::layout::Size;
use std::io::{self, BufWriter, IsTerminal, Stdout, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// Bytes gathered before they are written: more than any frame, so that a frame is one write (STYLE §4.5).
const BUFFER: usize = 64 * 1024;

/// Most characters of base64 sent as a clipboard text; longer sequences are dropped whole by common terminals (tmux: 1 MiB, xterm less).
const CLIPBOARD: usize = 100_000;

type Output = BufWriter<Stdout>;

/// The terminal in our hands.
#[derive(Debug)]
pub struct Screen {
    terminal: Terminal<CrosstermBackend<Output>>,
    // Dropped after the terminal, so that what the terminal still writes lies before the restoring.
    _guard: Guard,
}

/// Gives the terminal back when it is dropped, and then says what other threads died of meanwhile.
#[derive(Debug)]
struct Guard {
    shared: Arc<Shared>,
}

/// What the guard and the panic hook both need.
#[derive(Debug, Default)]
struct Shared {
    /// Whether the terminal was given back.
    released: AtomicBool,
    /// Panics of other threads, kept until they can be read.
    panics: Mutex<Vec<String>>,
}

impl Shared {
    /// Puts the terminal back as it was, once. Errors are of no use to anybody here.
    fn release(&self) {
        if self.released.swap(true, Ordering::SeqCst) {
            return;
        }
        let _ = execute!(
            io::stdout(),
            EndSynchronizedUpdate,
            DisableBracketedPaste,
            LeaveAlternateScreen,
            Show
        );
        let _ = terminal::disable_raw_mode();
    }

    fn keep(&self, message: String) {
        if let Ok(mut panics) = self.panics.lock() {
            panics.push(message);
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.shared.release();
        if let Ok(panics) = self.shared.panics.lock() {
            for message in panics.iter() {
                let _ = writeln!(io::stderr(), "{message}");
            }
        }
    }
}

/// Gives the terminal back before the message of a panic is printed. A panic of another thread leaves the workbench running, so its
/// message waits: printed now it would lie across the screen.
fn install_panic_hook(shared: Arc<Shared>) {
    let before = std::panic::take_hook();
    let ours = std::thread::current().id();
    std::panic::set_hook(Box::new(move |panic| {
        let released = shared.released.load(Ordering::SeqCst);
        if !released && std::thread::current().id() != ours {
            shared.keep(panic.to_string());
            return;
        }
        shared.release();
        before(panic);
    }));
}

impl Screen {
    /// Takes the terminal; refuses when there is none.
    pub fn take() -> io::Result<Self> {
        if !io::stdout().is_terminal() || !io::stdin().is_terminal() {
            return Err(io::Error::other(
                "the workbench needs a terminal; without one use the commands `grants`, `accesses`, `search` and `export`",
            ));
        }
        let shared = Arc::new(Shared::default());
        install_panic_hook(Arc::clone(&shared));
        terminal::enable_raw_mode()?;
        let guard = Guard { shared };
        let mut output = BufWriter::with_capacity(BUFFER, io::stdout());
        execute!(output, EnterAlternateScreen, EnableBracketedPaste)?;
        let terminal = Terminal::new(CrosstermBackend::new(output))?;
        Ok(Self {
            terminal,
            _guard: guard,
        })
    }

    /// Size of the terminal.
    pub fn size(&self) -> io::Result<Size> {
        self.terminal.size()
    }

    /// Draws a frame as one synchronised update, on the same writer as the frame itself.
    pub fn draw(&mut self, draw: impl FnOnce(&mut ratatui::Frame<'_>)) -> io::Result<()> {
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        self.terminal.draw(draw)?;
        queue!(self.terminal.backend_mut(), EndSynchronizedUpdate)?;
        Write::flush(self.terminal.backend_mut())
    }

    /// Forgets what is on the terminal, so that the next frame is drawn whole.
    pub fn clear(&mut self) -> io::Result<()> {
        self.terminal.clear()
    }

    /// Sends a text to the clipboard of the terminal, which may be at the other end of an SSH link (OSC 52). False when it is too long.
    pub fn copy(&mut self, text: &str) -> io::Result<bool> {
        let Some(sequence) = clipboard(text) else {
            return Ok(false);
        };
        let backend = self.terminal.backend_mut();
        backend.write_all(sequence.as_bytes())?;
        Backend::flush(backend)?;
        Ok(true)
    }
}

fn clipboard(text: &str) -> Option<String> {
    let encoded = STANDARD.encode(text);
    (encoded.len() <= CLIPBOARD).then(|| format!("\u{1b}]52;c;{encoded}\u{7}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clipboard_sequence_is_bounded_and_cannot_be_broken_out_of() {
        assert_eq!(clipboard("a\u{7}b").unwrap(), "\u{1b}]52;c;YQdi\u{7}");
        assert_eq!(clipboard(&"x".repeat(CLIPBOARD)), None);
    }
}
