//! Anticipation: when the next completion may be computed ahead.

use super::{App, event::Effect, keys::on_off};
use crate::turn::TurnEvent;

impl App {
    /// Anticipation: on or off.
    pub(super) fn toggle_anticipation(&mut self) -> Vec<Effect> {
        self.config.anticipate = !self.config.anticipate;
        self.info(format!("anticipation {}", on_off(self.config.anticipate)));
        match self.config.anticipate {
            true => Vec::new(),
            false => self.play(TurnEvent::ForgetNext),
        }
    }

    /// Has the next completion computed, unless something else is to be done, or nobody would complete
    /// there.
    pub(super) fn anticipate(&mut self) -> Vec<Effect> {
        let wanted = self.config.anticipate
            && self.editor.ghost.is_some()
            && self.overlay.is_none()
            && !self.covered
            && !self.editor.document.is_read_only()
            && self.has_room_to_complete();
        match wanted {
            true => self.play(TurnEvent::Anticipate),
            false => Vec::new(),
        }
    }
}
