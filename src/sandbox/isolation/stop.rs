//! A word from another thread that what runs is not wanted any more.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Ends what runs under it. Clones are the same word; once said, it stands.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Ends what runs and keeps the rest from beginning.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn is_stopped(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// # Errors
    /// It is stopped.
    pub(super) fn check(&self) -> Result<(), String> {
        match self.is_stopped() {
            true => Err("it was stopped: nobody wants its result any more".to_owned()),
            false => Ok(()),
        }
    }
}
