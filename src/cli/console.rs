//! The output of a subcommand: results on standard output, flushed line by line; messages and
//! progress on standard error. While models run, both streams are taken over, so that whatever
//! llama.cpp or a driver prints goes to the log.

use std::{
    borrow::Cow,
    fs::File,
    io::{self, ErrorKind, IsTerminal, Write},
    sync::OnceLock,
    time::{Duration, Instant},
};

use serde::Serialize;

use super::Failure;
use crate::words::shown_text;

/// The shortest time between two progress lines.
const PROGRESS_PAUSE: Duration = Duration::from_millis(100);

/// Standard error as it was before a console claimed it.
static STDERR: OnceLock<File> = OnceLock::new();

/// Reports a failure on the original standard error.
pub(super) fn complain(text: &str) {
    let text = format!("routelens: {}\n", visible(text));
    let _ = match STDERR.get() {
        Some(mut claimed) => claimed.write_all(text.as_bytes()),
        None => io::stderr().write_all(text.as_bytes()),
    };
}

/// The text with control characters made visible, so that they cannot act on a terminal; newlines
/// and tabs are kept.
pub(super) fn visible(text: &str) -> String {
    let line = |line: &str| {
        let parts: Vec<Cow<str>> = line.split('\t').map(shown_text).collect();
        parts.join("\t")
    };
    let lines: Vec<String> = text.split('\n').map(line).collect();
    lines.join("\n")
}

/// The output streams.
pub(super) struct Console {
    out: Stream,
    err: Stream,
    /// Whether a progress line is on the terminal.
    progress: bool,
    /// When the next progress line may be drawn: short work shows none, and none flickers.
    next_progress: Instant,
}

/// An output stream; boxed, because a claimed one is a file and a plain one is not.
struct Stream {
    to: Box<dyn Write + Send>,
    terminal: bool,
}

impl Console {
    /// The streams as they are, for subcommands that load no model.
    pub(super) fn plain() -> Self {
        Console {
            out: Stream {
                terminal: io::stdout().is_terminal(),
                to: Box::new(io::stdout()),
            },
            err: Stream {
                terminal: io::stderr().is_terminal(),
                to: Box::new(io::stderr()),
            },
            progress: false,
            next_progress: Instant::now() + PROGRESS_PAUSE,
        }
    }

    /// Claims both streams for this console; whatever else the process prints from now on goes to
    /// `log`, or nowhere.
    #[cfg(unix)]
    pub(super) fn claim(log: Option<&File>) -> Self {
        let console = take_over(log).unwrap_or_else(|error| {
            tracing::warn!("the standard streams cannot be redirected: {error}");
            Console::plain()
        });
        crate::local::on_abort(complain);
        console
    }

    #[cfg(not(unix))]
    pub(super) fn claim(_log: Option<&File>) -> Self {
        Console::plain()
    }

    /// Prints one line of JSON and flushes it.
    pub(super) fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        let mut line = serde_json::to_string(value)
            .map_err(|error| Failure::Failed(format!("cannot write JSON: {error}")))?;
        line.push('\n');
        self.raw(&line)
    }

    /// Prints text; on a terminal, with control characters made visible.
    pub(super) fn print(&mut self, text: &str) -> Result<(), Failure> {
        if self.out.terminal {
            self.raw(&visible(text))
        } else {
            self.raw(text)
        }
    }

    fn raw(&mut self, text: &str) -> Result<(), Failure> {
        self.clear_progress();
        let written = self.out.to.write_all(text.as_bytes());
        written
            .and_then(|()| self.out.to.flush())
            .map_err(|error| match error.kind() {
                ErrorKind::BrokenPipe => Failure::NobodyReads,
                _ => Failure::Failed(format!("cannot write to standard output: {error}")),
            })
    }

    /// Prints a message on standard error.
    pub(super) fn say(&mut self, text: &str) {
        self.clear_progress();
        let _ = writeln!(self.err.to, "{}", visible(text));
    }

    /// Replaces the progress line; only on a terminal.
    pub(super) fn progress(&mut self, text: &str) {
        let now = Instant::now();
        if self.err.terminal && now >= self.next_progress {
            self.next_progress = now + PROGRESS_PAUSE;
            let _ = write!(self.err.to, "\r\x1b[K{}", visible(text));
            let _ = self.err.to.flush();
            self.progress = true;
        }
    }

    /// The original standard error once claimed, for other writers beside the console.
    pub(super) fn error_file(&self) -> Option<File> {
        STDERR.get().and_then(|file| file.try_clone().ok())
    }

    /// The same, if it is a terminal.
    pub(super) fn terminal(&self) -> Option<File> {
        self.error_file().filter(|_| self.err.terminal)
    }

    /// Removes the progress line.
    pub(super) fn clear_progress(&mut self) {
        if std::mem::take(&mut self.progress) {
            let _ = write!(self.err.to, "\r\x1b[K");
            let _ = self.err.to.flush();
        }
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        self.clear_progress();
    }
}

#[cfg(unix)]
fn take_over(log: Option<&File>) -> io::Result<Console> {
    let out = File::from(rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdout(), 3)?);
    let err = File::from(rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stderr(), 3)?);
    if STDERR.set(err.try_clone()?).is_ok() {
        std::panic::set_hook(Box::new(|panic| complain(&panic.to_string())));
    }
    let nowhere;
    let target = match log {
        Some(log) => log,
        None => {
            nowhere = File::options().write(true).open("/dev/null")?;
            &nowhere
        }
    };
    rustix::stdio::dup2_stdout(target)?;
    rustix::stdio::dup2_stderr(target)?;
    Ok(Console {
        out: Stream {
            terminal: out.is_terminal(),
            to: Box::new(out),
        },
        err: Stream {
            terminal: err.is_terminal(),
            to: Box::new(err),
        },
        progress: false,
        next_progress: Instant::now() + PROGRESS_PAUSE,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_are_shown_and_not_obeyed() {
        let shown = visible("a\x1b[31m\tb\r\n\u{9b}é\n");
        assert!(shown.starts_with('a') && shown.ends_with("é\n"), "{shown}");
        assert!(!shown.contains(|c: char| c.is_control() && c != '\n' && c != '\t'));
    }
}
