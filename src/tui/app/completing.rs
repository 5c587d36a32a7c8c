//! A completion in the app: asked for at the cursor, shown as ghost text, gone again. What becomes of it
//! meanwhile is the turn's business; what the turn wants is done in `playing`.

use std::sync::Arc;

use super::{
    App, Ghost, Lane, Run,
    event::{Effect, LaneKind},
};
use crate::{completion::Hole, turn::TurnEvent};

/// In automatic mode nothing is asked for with more characters than this to the right of the
/// cursor: what stands there would have to be replaced, not completed (llama.vim's rule).
const MOST_TO_THE_RIGHT: usize = 8;

impl App {
    pub fn lane(&self, kind: LaneKind) -> &Lane {
        self.turn.lane(kind)
    }

    /// The run whose text is the ghost text.
    pub fn ghost_run(&self) -> Option<&Run> {
        self.lane(self.editor.ghost?.lane).run()
    }

    /// The ghost text that is left to accept.
    pub fn ghost_text(&self) -> &str {
        let consumed = self.editor.ghost.map_or(0, |ghost| ghost.consumed);
        self.ghost_run()
            .and_then(|run| run.completion.text.get(consumed..))
            .unwrap_or_default()
    }

    /// Cuts the hole at the cursor and asks the small model.
    pub(super) fn complete(&mut self) -> Vec<Effect> {
        if self.editor.document.is_read_only() {
            self.warn("this buffer is read-only: nothing can be completed in it");
            return Vec::new();
        }
        let mut effects = self.drop_ghost();
        let at = self.editor.document.cursor();
        self.editor.document.set_cursor(at);
        let hole = Arc::new(self.editor.document.hole());
        self.present(&hole);
        effects.extend(self.play(TurnEvent::Begin(hole)));
        effects
    }

    /// A completion of this hole is what the buffer shows from here on.
    pub(super) fn present(&mut self, hole: &Hole) {
        self.editor.document.break_undo_group();
        self.editor.ghost = Some(Ghost {
            lane: LaneKind::Small,
            at: self.editor.document.cursor(),
            consumed: 0,
        });
        self.hole_label = self.label_of(hole);
    }

    /// Takes ghost text and whatever still streams away, keeping what the panes show.
    pub(super) fn drop_ghost(&mut self) -> Vec<Effect> {
        self.inspector = None;
        self.turn.forget_alternative();
        self.signalling.wait_for_nothing();
        if self.editor.ghost.take().is_none() {
            return Vec::new();
        }
        let mut effects = self.play(TurnEvent::Dropped);
        effects.extend(self.close_signal());
        effects
    }

    /// All of the ghost text is in the buffer, and no more of it comes: what was computed for the
    /// place behind it is shown.
    pub(super) fn finish_ghost(&mut self) -> Vec<Effect> {
        self.note_taken();
        let mut effects: Vec<Effect> = self.close_signal().into_iter().collect();
        let hole = Arc::new(self.editor.document.hole());
        let wanted = self.advance(TurnEvent::Finished(hole));
        self.inspector = None;
        self.signalling.wait_for_nothing();
        self.editor.ghost = None;
        effects.extend(self.perform_all(wanted));
        effects
    }

    /// Where a hole is, for the history.
    fn label_of(&self, hole: &Hole) -> String {
        let line = hole.prefix.matches('\n').count() + 1;
        let name = self.editor.title.rsplit(['/', '\\']).next();
        format!("{}:{line}", name.unwrap_or_default())
    }

    /// A pause in typing has ended: completes, where that makes sense.
    pub(super) fn on_pause(&mut self, revision: u64) -> Vec<Effect> {
        let idle = self.editor.ghost.is_none() && self.overlay.is_none();
        let same = revision == self.editor.document.revision();
        if !self.config.auto || !idle || !same || !self.has_room_to_complete() {
            return Vec::new();
        }
        self.complete()
    }

    /// Whether it makes sense to complete at the cursor without being asked.
    pub(super) fn has_room_to_complete(&self) -> bool {
        let document = &self.editor.document;
        let rest = document.rope().chars_at(document.cursor());
        let to_the_right = rest
            .take(MOST_TO_THE_RIGHT + 1)
            .take_while(|c| *c != '\n' && *c != '\r')
            .count();
        to_the_right <= MOST_TO_THE_RIGHT
    }
}
