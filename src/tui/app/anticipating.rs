//! Anticipation: while a completion is shown and nothing else is asked for, the next one is computed
//! as if it were accepted, so that accepting shows it at once.

use super::{App, event::Effect};

impl App {
    /// Anticipation: on or off.
    pub(super) fn toggle_anticipation(&mut self) -> Vec<Effect> {
        self.config.anticipate = !self.config.anticipate;
        Vec::new()
    }
}
