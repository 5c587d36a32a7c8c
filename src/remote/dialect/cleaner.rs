//! Cuts away what chat models put around code.

use super::Text;
use crate::completion::Hole;

/// Cleans a completion as it comes.
pub(super) struct Cleaner {}

impl Cleaner {
    pub fn new(hole: &Hole) -> Self {
        let _ = hole;
        Cleaner {}
    }

    pub fn push(&mut self, text: Text, say: &mut dyn FnMut(Text)) {
        say(text);
    }

    pub fn is_over(&self) -> bool {
        false
    }

    pub fn finish(&mut self, say: &mut dyn FnMut(Text)) {
        let _ = say;
    }
}
