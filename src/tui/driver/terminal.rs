//! The terminal: taken at the start and restored at every end. Whatever ends the program (a return,
//! a panic, an abort inside llama.cpp, a signal), [`restore`] runs first. [`Keys`] reads the user's
//! input.

mod decode;
mod keys;

use std::{
    fs::File,
    io::{self, Stdout, Write, stdout},
    os::fd::OwnedFd,
    panic,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use crossterm::{
    cursor::Show,
    event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture},
    execute,
    style::ResetColor,
    terminal::{
        EnterAlternateScreen, LeaveAlternateScreen, SetTitle, disable_raw_mode, enable_raw_mode,
    },
};
use ratatui::{
    Terminal,
    backend::CrosstermBackend,
    layout::{Position, Rect},
};

pub use self::keys::Keys;

/// The terminal that ratatui draws on.
pub type Screen = Terminal<CrosstermBackend<Stdout>>;

/// Whether we hold the terminal, so that it is restored exactly once.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Takes the terminal: raw mode, the alternate screen, bracketed paste and, if wanted, the mouse.
///
/// # Errors
/// The terminal does not respond; it is left as it was.
pub fn take(mouse: bool) -> io::Result<()> {
    TAKEN.store(true, Ordering::SeqCst);
    let taken = enable_raw_mode().and_then(|()| {
        execute!(
            stdout(),
            EnterAlternateScreen,
            EnableBracketedPaste,
            SetTitle("routelens")
        )?;
        set_mouse(mouse)
    });
    if taken.is_err() {
        restore();
    }
    taken
}

/// Captures the mouse, or leaves it to the terminal.
pub fn set_mouse(on: bool) -> io::Result<()> {
    if on {
        execute!(stdout(), EnableMouseCapture)
    } else {
        execute!(stdout(), DisableMouseCapture)
    }
}

/// Restores the terminal. Safe to call at any time and any number of times.
pub fn restore() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    // If the terminal is gone (a hang-up), the error cannot be shown.
    let _ = execute!(
        stdout(),
        DisableMouseCapture,
        DisableBracketedPaste,
        ResetColor,
        LeaveAlternateScreen,
        Show
    );
    let _ = disable_raw_mode();
}

/// Restores the terminal when dropped.
pub struct Guard {
    stderr: Option<OwnedFd>,
}

impl Guard {
    /// Takes the terminal and redirects standard error to `log` while the guard lives, because a
    /// GPU driver may write there past every logger.
    ///
    /// # Errors
    /// The terminal does not respond.
    pub fn take(mouse: bool, log: &Path) -> io::Result<Self> {
        take(mouse)?;
        Ok(Guard {
            stderr: redirect_stderr(log),
        })
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        restore();
        if let Some(stderr) = self.stderr.take() {
            let _ = rustix::stdio::dup2_stderr(&stderr);
        }
    }
}

/// Redirects standard error to a file and returns the old one; `None` (and no change) if the file
/// cannot be opened.
fn redirect_stderr(log: &Path) -> Option<OwnedFd> {
    let old = rustix::io::dup(io::stderr()).ok()?;
    let file = File::options().create(true).append(true).open(log).ok()?;
    rustix::stdio::dup2_stderr(&file).ok()?;
    Some(old)
}

/// Restores the terminal on a panic or an abort, and prints where the log is.
pub fn restore_on_death(log: &Path) {
    let log = log.to_owned();
    panic::set_hook(Box::new(move |panic| {
        tracing::error!("{panic}");
        // Panics of the model threads and the syntax thread are caught there and shown.
        if std::thread::current().name() == Some("main") {
            restore();
            let _ = writeln!(
                stdout(),
                "routelens: {panic}\nThis is a bug. Unsaved text is in the recovery file and \
                 will be offered at the next start. Log: {}",
                log.display()
            );
        }
    }));
    crate::local::on_abort(|message| {
        restore();
        let _ = writeln!(
            stdout(),
            "routelens: llama.cpp aborted: {message}\nUnsaved text is in the recovery file and \
             will be offered at the next start."
        );
    });
}

/// Clears the screen, so that the next frame draws everything. `Terminal::clear` would also query
/// the cursor's position, and the answer would reach the thread that reads keys.
///
/// # Errors
/// The terminal does not respond.
pub fn clear(screen: &mut Screen) -> io::Result<()> {
    let size = screen.size()?;
    screen.resize(Rect::from((Position::ORIGIN, size)))
}

/// Takes the terminal again after a stop that could not be caught, because the shell has used it
/// since.
///
/// # Errors
/// The terminal does not respond.
pub fn take_again(mouse: bool) -> io::Result<()> {
    // crossterm assumes that raw mode, once set, is still set.
    disable_raw_mode()?;
    take(mouse)
}

/// Suspends the program as Ctrl-Z does, and takes the terminal again on resume.
///
/// # Errors
/// The terminal does not respond on resume.
pub fn suspend(mouse: bool) -> io::Result<()> {
    restore();
    signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP)?;
    take(mouse)
}
