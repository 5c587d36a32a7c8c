//! Completions that no key asks for: computed ahead, and after a pause in typing.

use super::{App, event::Effect, keys::on_off};
use crate::turn::TurnEvent;

impl App {
    /// Turns anticipation on or off.
    pub(super) fn toggle_anticipation(&mut self) -> Vec<Effect> {
        self.config.anticipate = !self.config.anticipate;
        let on = self.config.anticipate;
        self.notice.info(format!("anticipation {}", on_off(on)));
        match on {
            true => Vec::new(),
            false => self.completer().play(TurnEvent::ForgetNext),
        }
    }

    /// Computes the next completion ahead, unless there is other work or a completion makes no
    /// sense there.
    pub(super) fn anticipate(&mut self) -> Vec<Effect> {
        let wanted = self.config.anticipate
            && self.ghost().is_some()
            && self.overlay.is_none()
            && !self.is_covered
            && !self.editor.document().is_read_only()
            && self.editor.has_room_to_complete();
        match wanted {
            true => self.completer().play(TurnEvent::Anticipate),
            false => Vec::new(),
        }
    }

    /// A pause in typing has ended: completes, if that makes sense.
    pub(super) fn on_pause(&mut self, revision: u64) -> Vec<Effect> {
        let idle = self.ghost().is_none() && self.overlay.is_none();
        let same = revision == self.editor.document().revision();
        if !self.config.auto || !idle || !same || !self.editor.has_room_to_complete() {
            return Vec::new();
        }
        self.completer().complete()
    }
}
