//! Interrupting a run: the first signal finishes what is complete, the second ends the program at
//! once.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// Listens for Ctrl-C and termination signals.
pub(super) struct Interrupt {
    /// The signal received; 0 if none.
    signal: Arc<AtomicUsize>,
}

impl Interrupt {
    /// Starts listening.
    pub fn listen() -> Self {
        let signal = Arc::new(AtomicUsize::new(0));
        #[cfg(unix)]
        for number in [
            signal_hook::consts::SIGINT,
            signal_hook::consts::SIGTERM,
            signal_hook::consts::SIGHUP,
        ] {
            let asked = Arc::new(std::sync::atomic::AtomicBool::new(false));
            // The order matters: the flag must still be unset when the first signal checks it.
            let status = 128 + number;
            let registered =
                signal_hook::flag::register_conditional_shutdown(number, status, asked.clone())
                    .and_then(|_| signal_hook::flag::register(number, asked))
                    .and_then(|_| {
                        let value = usize::try_from(number).unwrap_or_default();
                        signal_hook::flag::register_usize(number, signal.clone(), value)
                    });
            if let Err(error) = registered {
                tracing::warn!("cannot listen for signal {number}: {error}");
            }
        }
        Interrupt { signal }
    }

    /// Whether the run was asked to end.
    pub fn is_set(&self) -> bool {
        self.signal.load(Ordering::Relaxed) != 0
    }

    /// The exit status for the signal: 130 after Ctrl-C.
    pub fn status(&self) -> u8 {
        u8::try_from(128 + self.signal.load(Ordering::Relaxed)).unwrap_or(u8::MAX)
    }
}
