//! Signals from outside, as a stream: being asked to end, to stop, being continued, and
//! another size of the terminal.

use std::io;

use tokio::signal::unix::{self, SignalKind};

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ProcessSignal {
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
pub(super) struct ProcessSignals {
    ends: [unix::Signal; 3],
    suspend: unix::Signal,
    resume: unix::Signal,
    resize: unix::Signal,
}

impl ProcessSignals {
    pub fn new() -> io::Result<Self> {
        Ok(ProcessSignals {
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

    pub async fn next(&mut self) -> ProcessSignal {
        let [terminate, hangup, interrupt] = &mut self.ends;
        tokio::select! {
            _ = terminate.recv() => ProcessSignal::End,
            _ = hangup.recv() => ProcessSignal::End,
            _ = interrupt.recv() => ProcessSignal::End,
            _ = self.suspend.recv() => ProcessSignal::Suspend,
            _ = self.resume.recv() => ProcessSignal::Resumed,
            _ = self.resize.recv() => ProcessSignal::Resized,
        }
    }
}
