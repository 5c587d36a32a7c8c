//! A completion begins at the cursor, is shown as ghost text and leaves the buffer again. The turn
//! decides what happens in between; `playing` carries that out.

use super::{Completer, Ghost};
use crate::{
    completion::Hole,
    tui::app::event::Effect,
    turn::{LaneKind, TurnEvent},
};

impl Completer<'_> {
    /// Cuts the hole at the cursor and asks the small model.
    pub fn complete(&mut self) -> Vec<Effect> {
        if self.editor.document().is_read_only() {
            self.notice.warn("read-only buffer: cannot complete here");
            return Vec::new();
        }
        let mut effects = self.drop_ghost();
        self.editor.unselect();
        let hole = self.editor.hole();
        self.present(&hole);
        effects.extend(self.play(TurnEvent::Begin(hole)));
        effects
    }

    /// From here on, the buffer shows a completion of this hole.
    pub fn present(&mut self, hole: &Hole) {
        self.editor.break_undo_group();
        self.own.ghost = Some(Ghost {
            lane: LaneKind::Small,
            at: self.editor.document().cursor(),
            consumed: 0,
        });
        self.own.hole_label = self.label_of(hole);
    }

    /// Removes the ghost text and stops what still streams; the panes keep what they show.
    pub fn drop_ghost(&mut self) -> Vec<Effect> {
        self.own.inspector = None;
        self.own.turn.forget_alternative();
        self.own.signalling.wait_for_nothing();
        if self.own.ghost.take().is_none() {
            return Vec::new();
        }
        let mut effects = self.play(TurnEvent::Dropped);
        effects.extend(self.close_signal());
        effects
    }

    /// All of the ghost text is in the buffer, and no more will come: shows the completion that was
    /// computed ahead for the position after it.
    pub fn finish_ghost(&mut self) -> Vec<Effect> {
        self.note_taken();
        let mut effects: Vec<Effect> = self.close_signal().into_iter().collect();
        let hole = self.editor.hole();
        let wanted = self.advance(TurnEvent::Finished(hole));
        self.own.inspector = None;
        self.own.signalling.wait_for_nothing();
        self.own.ghost = None;
        effects.extend(self.perform_all(wanted));
        effects
    }

    /// Another text is opened: drops all completions of this one.
    pub fn leave(&mut self) -> Vec<Effect> {
        let mut effects = self.drop_ghost();
        effects.extend(self.play(TurnEvent::Left));
        for kind in LaneKind::ALL {
            self.own.turn.lane_mut(kind).clear();
        }
        effects
    }

    /// Where a hole is, for the history.
    fn label_of(&self, hole: &Hole) -> String {
        let line = hole.prefix.matches('\n').count() + 1;
        let name = self.editor.title().rsplit(['/', '\\']).next();
        format!("{}:{line}", name.unwrap_or_default())
    }
}
