//! Typing, and what it does to the ghost text: typing the same text consumes it, any other edit
//! removes it.

use std::time::Duration;

use super::Completer;
use crate::{
    document::{Document, EditKind},
    routing::{Policy, UserSignal},
    store::recovery::Snapshot,
    tui::app::{editor::Editor, event::Effect},
    turn::{LaneKind, Run, TurnEvent},
};

impl Completer<'_> {
    /// Inserts typed or pasted text.
    pub fn insert(&mut self, text: &str, kind: EditKind) -> Vec<Effect> {
        if text.is_empty() {
            return Vec::new();
        }
        let along = self.own.ghost.is_some() && self.editor.document().selection().is_empty();
        if along && self.own.ghost_text().starts_with(text) {
            return self.type_along(text.len(), kind);
        }
        if along && self.may_come_to_say(text) {
            return self.type_ahead(text, kind);
        }
        let by_person = self.router.settings().policy == Policy::Mccom;
        if along && by_person && self.large_foretells(text) {
            let (mut effects, _) = self.reject(UserSignal::TypedOtherwise);
            effects.extend(self.play(TurnEvent::LargeInstead));
            effects.extend(self.show_lane(LaneKind::Large));
            effects.extend(self.take_ghost(text.len(), kind));
            return effects;
        }
        self.type_otherwise(|editor| editor.insert(text, kind))
    }

    /// Typing takes the next `bytes` of the ghost text.
    fn type_along(&mut self, bytes: usize, kind: EditKind) -> Vec<Effect> {
        let mut effects = self.take(UserSignal::TypedAlong);
        effects.extend(self.take_ghost(bytes, kind));
        effects
    }

    /// Whether ghost text that no key has asked for is still to come at the cursor.
    fn may_come_to_say(&self, text: &str) -> bool {
        let live = self.own.ghost_run().is_some_and(Run::is_live);
        let waits = self.own.signalling.waits_for_text() && self.own.ghost_text().is_empty();
        live && waits && !text.contains(['\n', '\r'])
    }

    /// Types text that the ghost text may match when more arrives.
    fn type_ahead(&mut self, text: &str, kind: EditKind) -> Vec<Effect> {
        if !self.editor.insert(text, kind) {
            return Vec::new();
        }
        let mut effects = self.move_ghost(text);
        effects.extend(self.start_pause());
        effects
    }

    /// An edit that types something other than the ghost text: it is rejected.
    fn type_otherwise(&mut self, edit: impl FnOnce(&mut Editor) -> bool) -> Vec<Effect> {
        let (mut effects, rejected) = self.reject(UserSignal::TypedOtherwise);
        effects.extend(self.drop_ghost());
        if self.editor.document().is_read_only() {
            self.warn_read_only();
            return effects;
        }
        if edit(self.editor) {
            effects.extend(self.after_edit());
            match rejected {
                Some(text) => effects.extend(self.ask_large_here(text)),
                None => effects.extend(self.start_pause()),
            }
        }
        effects
    }

    /// A new line with its indentation, consuming ghost text that has both.
    pub fn newline(&mut self) -> Vec<Effect> {
        let ghost = self.own.ghost_text();
        if self.editor.document().selection().is_empty()
            && let Some(rest) = ghost.strip_prefix('\n')
        {
            let indent = rest.len() - rest.trim_start_matches([' ', '\t']).len();
            return self.type_along(1 + indent, EditKind::Whole);
        }
        self.type_otherwise(|editor| editor.edit(Document::newline))
    }

    /// Does an edit that removes the ghost text without judging it, such as a correction of earlier
    /// text.
    pub fn edit(&mut self, edit: impl FnOnce(&mut Document) -> bool) -> Vec<Effect> {
        let mut effects = self.drop_ghost();
        if self.editor.document().is_read_only() {
            self.warn_read_only();
            return effects;
        }
        if self.editor.edit(edit) {
            effects.extend(self.after_edit());
            effects.extend(self.start_pause());
        }
        effects
    }

    /// Puts the next `bytes` of the ghost text into the buffer. The ghost text goes when nothing
    /// is left of it and nothing more will come.
    pub fn take_ghost(&mut self, bytes: usize, kind: EditKind) -> Vec<Effect> {
        let Some(text) = self.own.ghost_text().get(..bytes).map(str::to_owned) else {
            return Vec::new();
        };
        if !self.editor.edit(|document| document.insert(&text, kind)) {
            self.warn_read_only();
            return self.drop_ghost();
        }
        let mut effects = self.move_ghost(&text);
        let more = self.own.ghost_run().is_some_and(Run::is_live)
            || self.own.signalling.awaits_large_text();
        if self.own.ghost_text().is_empty() && !more {
            effects.extend(self.finish_ghost());
        }
        effects
    }

    /// The next text of the ghost is in the buffer: the rest is shown after it.
    fn move_ghost(&mut self, text: &str) -> Vec<Effect> {
        let at = self.editor.document().cursor();
        if let Some(ghost) = &mut self.own.ghost {
            ghost.at = at;
            ghost.consumed += text.len();
        }
        self.own.signalling.note_typed(text);
        self.after_edit()
    }

    /// Follows up on a change of the text: marks move along, the text is parsed and saved.
    pub fn after_edit(&mut self) -> Vec<Effect> {
        self.notice.clear();
        let mut effects = match self.own.ghost {
            Some(_) => Vec::new(),
            // Requests about the earlier text are of no more use.
            None => self.play(TurnEvent::Left),
        };
        effects.push(self.editor.follow_edits());
        self.relayout();
        self.reveal();
        effects.push(Effect::KeepRecovery(Snapshot::of(self.editor.document())));
        effects
    }

    /// In automatic mode: completes when nothing more is typed for a while.
    pub fn start_pause(&self) -> Option<Effect> {
        self.around.config.auto.then(|| Effect::StartPause {
            revision: self.editor.document().revision(),
            delay: Duration::from_millis(self.around.config.auto_delay_ms),
        })
    }

    fn warn_read_only(&mut self) {
        self.notice.warn("this buffer is read-only");
    }
}
