//! The terminal: taken over at the start, given back at every end. Whatever ends the program (a
//! return, a panic, an abort inside llama.cpp, a signal), [`restore`] puts the terminal back first.
//! [`Keys`] reads what a person does there.

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

/// The terminal as ratatui draws on it.
pub type Screen = Terminal<CrosstermBackend<Stdout>>;

/// Whether the terminal is ours at the moment, so that it is given back exactly once.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Takes the terminal over: raw mode, the alternate screen, bracketed paste and, if wanted, the
/// mouse.
///
/// # Errors
/// The terminal does not answer; it is left as it was.
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

/// Gives the terminal back as it was. Safe to call at any time and any number of times.
pub fn restore() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    // The terminal may be gone (a hang-up); there is nobody left to tell.
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

/// Gives the terminal back when dropped.
pub struct Guard {
    stderr: Option<OwnedFd>,
}

impl Guard {
    /// Takes the terminal, and sends standard error (where a GPU driver may write past every
    /// logger) to `log` for as long as the guard lives.
    ///
    /// # Errors
    /// The terminal does not answer.
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

/// Points standard error to a file and returns the old one; `None` (and no change) if the file
/// cannot be opened.
fn redirect_stderr(log: &Path) -> Option<OwnedFd> {
    let old = rustix::io::dup(io::stderr()).ok()?;
    let file = File::options().create(true).append(true).open(log).ok()?;
    rustix::stdio::dup2_stderr(&file).ok()?;
    Some(old)
}

/// Makes every way to die give the terminal back first, and say where the log is.
pub fn restore_on_death(log: &Path) {
    let log = log.to_owned();
    panic::set_hook(Box::new(move |panic| {
        tracing::error!("{panic}");
        // A panic in a model's or the syntax thread is caught there and shown.
        if std::thread::current().name() == Some("main") {
            restore();
            let _ = writeln!(
                stdout(),
                "routelens: {panic}\nThis is a defect. Unsaved text is in the recovery file, which \
                 the next start offers. Log: {}",
                log.display()
            );
        }
    }));
    crate::local::on_abort(|message| {
        restore();
        let _ = writeln!(
            stdout(),
            "routelens: llama.cpp gave up: {message}\nUnsaved text is in the recovery file, which \
             the next start offers."
        );
    });
}

/// Clears the screen, so that the next frame draws everything. `Terminal::clear` would also ask the
/// terminal where its cursor is, and the answer would go to the thread that reads keys.
///
/// # Errors
/// The terminal does not answer.
pub fn clear(screen: &mut Screen) -> io::Result<()> {
    let size = screen.size()?;
    screen.resize(Rect::from((Position::ORIGIN, size)))
}

/// Takes the terminal again after a stop that could not be caught: the shell has had it since.
///
/// # Errors
/// The terminal does not answer.
pub fn take_again(mouse: bool) -> io::Result<()> {
    // crossterm takes raw mode for granted once it has set it.
    disable_raw_mode()?;
    take(mouse)
}

/// Suspends the program as Ctrl-Z does, and takes the terminal again when it is resumed.
///
/// # Errors
/// The terminal does not answer when the program is resumed.
pub fn suspend(mouse: bool) -> io::Result<()> {
    restore();
    signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP)?;
    take(mouse)
}
