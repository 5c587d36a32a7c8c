//! Process signals as a stream: termination, stop, continuation, and a new terminal size.

use std::io;

use tokio::signal::unix::{self, SignalKind};

/// The meaning of a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ProcessSignal {
    /// SIGTERM, SIGHUP or SIGINT.
    End,
    /// SIGTSTP.
    Suspend,
    /// SIGCONT: another program may have written to the terminal in the meantime.
    Resumed,
    /// SIGWINCH: the terminal's size changed, perhaps only for a moment.
    Resized,
}

/// The signals that the playground handles.
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
