//! Signals from outside, as a stream: being asked to end, to stop, being continued, and
//! another size of the terminal.

use std::io;

use tokio::signal::unix::{self, SignalKind};

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    /// SIGTERM, SIGHUP or SIGINT.
    End,
    /// SIGTSTP.
    Suspend,
    /// SIGCONT: somebody else may have written on the terminal meanwhile.
    Resumed,
    /// SIGWINCH: the terminal has another size, or had one for a moment.
    Resized,
}

/// The signals the playground answers.
pub(super) struct Signals {
    ends: [unix::Signal; 3],
    suspend: unix::Signal,
    resume: unix::Signal,
    resize: unix::Signal,
}

impl Signals {
    pub fn new() -> io::Result<Self> {
        Ok(Signals {
            ends: [
                unix::signal(SignalKind::terminate())?,
                unix::signal(SignalKind::hangup())?,
                unix::signal(SignalKind::interrupt())?,
            ],
            suspend: unix::signal(SignalKind::from_raw(signal_hook::consts::SIGTSTP))?,
            resume: unix::signal(SignalKind::from_raw(signal_hook::consts::SIGCONT))?,
            resize: unix::signal(SignalKind::window_change())?,
        })
    }

    pub async fn next(&mut self) -> Signal {
        let [terminate, hangup, interrupt] = &mut self.ends;
        tokio::select! {
            _ = terminate.recv() => Signal::End,
            _ = hangup.recv() => Signal::End,
            _ = interrupt.recv() => Signal::End,
            _ = self.suspend.recv() => Signal::Suspend,
            _ = self.resume.recv() => Signal::Resumed,
            _ = self.resize.recv() => Signal::Resized,
        }
    }
}
