//! Being asked to end while a run goes on: the first time what is whole is still finished, the
//! second time the program ends at once.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// Ctrl-C, or being asked to end.
pub(super) struct Interrupt {
    /// The signal that came; 0 while none has.
    signal: Arc<AtomicUsize>,
}

impl Interrupt {
    /// Listens from now on.
    pub fn listen() -> Self {
        let signal = Arc::new(AtomicUsize::new(0));
        #[cfg(unix)]
        for number in [
            signal_hook::consts::SIGINT,
            signal_hook::consts::SIGTERM,
            signal_hook::consts::SIGHUP,
        ] {
            let asked = Arc::new(std::sync::atomic::AtomicBool::new(false));
            // In this order: the second of a kind finds what the first left behind.
            let status = 128 + number;
            let registered =
                signal_hook::flag::register_conditional_shutdown(number, status, asked.clone())
                    .and_then(|_| signal_hook::flag::register(number, asked))
                    .and_then(|_| {
                        let value = usize::try_from(number).unwrap_or_default();
                        signal_hook::flag::register_usize(number, signal.clone(), value)
                    });
            if let Err(error) = registered {
                tracing::warn!("signal {number} cannot be listened for: {error}");
            }
        }
        Interrupt { signal }
    }

    /// Whether somebody asked for the end.
    pub fn is_set(&self) -> bool {
        self.signal.load(Ordering::Relaxed) != 0
    }

    /// The exit status that says so: 130 after Ctrl-C.
    pub fn status(&self) -> u8 {
        u8::try_from(128 + self.signal.load(Ordering::Relaxed)).unwrap_or(u8::MAX)
    }
}
