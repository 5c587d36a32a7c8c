//! A stop signal from another thread for what runs in a sandbox.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Ends what runs under it. Clones share the signal; once given, it cannot be taken back.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Ends what is running and keeps further runs from starting.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn is_stopped(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// # Errors
    /// The signal was given.
    pub(super) fn check(&self) -> Result<(), String> {
        match self.is_stopped() {
            true => Err("stopped".to_owned()),
            false => Ok(()),
        }
    }
}
