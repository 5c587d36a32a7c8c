//! Typing, and what it does to the ghost text: text that the ghost text foretold consumes it, any
//! other edit takes it away.

use std::time::Duration;

use super::{
    App, LARGE,
    event::{Effect, LaneKind},
};
use crate::{
    document::{EditKind, Selection, movement::Motion},
    routing::{Policy, UserSignal},
    turn::TurnEvent,
};

impl App {
    /// Inserts typed or pasted text.
    pub(super) fn insert(&mut self, text: &str, kind: EditKind) -> Vec<Effect> {
        if text.is_empty() {
            return Vec::new();
        }
        let along = self.editor.ghost.is_some() && self.editor.document.selection().is_empty();
        if along && self.ghost_text().starts_with(text) {
            return self.type_along(text.len(), kind);
        }
        if along && self.may_come_to_say(text) {
            return self.type_ahead(text, kind);
        }
        let by_person = self.router.settings.policy == Policy::Mccom;
        if along && by_person && self.large_foretells(text) {
            let (mut effects, _) = self.reject(UserSignal::TypedOtherwise);
            effects.extend(self.play(TurnEvent::LargeInstead));
            effects.extend(self.show_lane(LaneKind::Large));
            effects.extend(self.take_ghost(text.len(), kind));
            return effects;
        }
        self.type_otherwise(|document| match kind {
            EditKind::Type => document.type_text(text),
            _ => document.insert(text, kind),
        })
    }

    /// Typing takes the next `bytes` of the ghost text.
    fn type_along(&mut self, bytes: usize, kind: EditKind) -> Vec<Effect> {
        let mut effects = self.take(UserSignal::TypedAlong);
        effects.extend(self.take_ghost(bytes, kind));
        effects
    }

    /// Whether ghost text that no key has asked for is still to come at the cursor.
    fn may_come_to_say(&self, text: &str) -> bool {
        let live = self.ghost_run().is_some_and(super::Run::is_live);
        let waits = self.signalling.waits_for_text() && self.ghost_text().is_empty();
        live && waits && !text.contains(['\n', '\r'])
    }

    /// Types text that the ghost text may come to say.
    fn type_ahead(&mut self, text: &str, kind: EditKind) -> Vec<Effect> {
        let document = &mut self.editor.document;
        let inserted = match kind {
            EditKind::Type => document.type_text(text),
            _ => document.insert(text, kind),
        };
        if !inserted {
            return Vec::new();
        }
        let mut effects = self.move_ghost(text);
        effects.extend(self.start_pause());
        effects
    }

    /// An edit that puts something else in the place of the ghost text: it is rejected.
    fn type_otherwise(
        &mut self,
        edit: impl FnOnce(&mut crate::document::Document) -> bool,
    ) -> Vec<Effect> {
        let (mut effects, rejected) = self.reject(UserSignal::TypedOtherwise);
        effects.extend(self.drop_ghost());
        if self.editor.document.is_read_only() {
            self.say_read_only();
            return effects;
        }
        if edit(&mut self.editor.document) {
            effects.extend(self.after_edit());
            match rejected {
                Some(text) => effects.extend(self.ask_large_here(text)),
                None => effects.extend(self.start_pause()),
            }
        }
        effects
    }

    /// Text pasted from the terminal: into an open line of input, else as one edit.
    pub(super) fn on_paste(&mut self, text: &str) -> Vec<Effect> {
        use super::overlay::Overlay;
        if !self.takes_paste() {
            return Vec::new();
        }
        let first_line = text.lines().next().unwrap_or_default();
        match &mut self.overlay {
            None => return self.insert(text, EditKind::Whole),
            Some(Overlay::Prompt(prompt)) => prompt.text.push_str(first_line),
            Some(Overlay::Files(picker) | Overlay::Models(_, picker) | Overlay::Themes(picker)) => {
                picker.query.push_str(first_line);
                picker.filter();
            }
            Some(_) => {}
        }
        Vec::new()
    }

    /// A new line with its indentation, consuming ghost text that foretold both.
    pub(super) fn newline(&mut self) -> Vec<Effect> {
        let ghost = self.ghost_text();
        if self.editor.document.selection().is_empty()
            && let Some(rest) = ghost.strip_prefix('\n')
        {
            let indent = rest.len() - rest.trim_start_matches([' ', '\t']).len();
            return self.type_along(1 + indent, EditKind::Whole);
        }
        self.type_otherwise(crate::document::Document::newline)
    }

    /// Does an edit that takes ghost text away without a word about it: what was there before it was
    /// not right.
    pub(super) fn edit(
        &mut self,
        edit: impl FnOnce(&mut crate::document::Document) -> bool,
    ) -> Vec<Effect> {
        let mut effects = self.drop_ghost();
        if self.editor.document.is_read_only() {
            self.say_read_only();
            return effects;
        }
        if edit(&mut self.editor.document) {
            effects.extend(self.after_edit());
            effects.extend(self.start_pause());
        }
        effects
    }

    /// Puts the next `bytes` of the ghost text into the buffer. The ghost text goes when nothing
    /// is left of it and nothing more will come.
    pub(super) fn take_ghost(&mut self, bytes: usize, kind: EditKind) -> Vec<Effect> {
        let Some(text) = self.ghost_text().get(..bytes).map(str::to_owned) else {
            return Vec::new();
        };
        if !self.editor.document.insert(&text, kind) {
            self.say_read_only();
            return self.drop_ghost();
        }
        let mut effects = self.move_ghost(&text);
        let more = self.ghost_run().is_some_and(super::Run::is_live)
            || self.signalling.awaits_large_text();
        if self.ghost_text().is_empty() && !more {
            effects.extend(self.finish_ghost());
        }
        effects
    }

    /// The next text of the ghost is in the buffer: the rest of it stands behind that.
    fn move_ghost(&mut self, text: &str) -> Vec<Effect> {
        let at = self.editor.document.cursor();
        if let Some(ghost) = &mut self.editor.ghost {
            ghost.at = at;
            ghost.consumed += text.len();
        }
        self.signalling.note_typed(text);
        self.after_edit()
    }

    /// Accepts all that is shown; what still streams is no longer wanted.
    pub(super) fn accept_all(&mut self) -> Vec<Effect> {
        let bytes = self.ghost_text().len();
        if bytes == 0 {
            return self.accept_nothing();
        }
        let mut effects = self.take(UserSignal::Accepted);
        self.note_taken();
        effects.extend(self.play(TurnEvent::Left));
        self.signalling.wait_for_nothing();
        effects.extend(self.take_ghost(bytes, EditKind::Whole));
        effects
    }

    /// There is no text to accept. What comes by itself may still come.
    fn accept_nothing(&mut self) -> Vec<Effect> {
        match self.signalling.waits_for_text() {
            true => Vec::new(),
            false => self.drop_ghost(),
        }
    }

    /// Accepts to the end of the next word, with the blanks before it.
    pub(super) fn accept_word(&mut self) -> Vec<Effect> {
        let bytes = next_word(self.ghost_text());
        self.accept_part(bytes)
    }

    fn accept_part(&mut self, bytes: usize) -> Vec<Effect> {
        if bytes == 0 {
            return self.accept_nothing();
        }
        let mut effects = self.take(UserSignal::Accepted);
        effects.extend(self.take_ghost(bytes, EditKind::Whole));
        effects
    }

    /// Accepts to the end of the line, with the line break when nothing stands before it.
    pub(super) fn accept_line(&mut self) -> Vec<Effect> {
        let text = self.ghost_text();
        let bytes = match text.find('\n') {
            Some(0) => text[1..].find('\n').map_or(text.len(), |at| at + 1),
            Some(at) => at,
            None => text.len(),
        };
        self.accept_part(bytes)
    }

    /// Accepts a large model's alternative in place of whatever is shown: the one that is shown, or
    /// else that of the first which has any.
    pub(super) fn accept_large(&mut self) -> Vec<Effect> {
        let has_any = |kind: &LaneKind| {
            let run = self.lane(*kind).run();
            run.is_some_and(|run| !run.completion.text.is_empty())
        };
        let shown = self.editor.ghost.map(|ghost| ghost.lane);
        let shown = shown.filter(|lane| LARGE.contains(lane));
        let ready = shown.into_iter().chain(LARGE).find(has_any);
        match (&mut self.editor.ghost, ready) {
            (Some(ghost), Some(ready)) if ghost.consumed == 0 => {
                ghost.lane = ready;
                let mut effects = self.play(TurnEvent::Wanted(ready));
                effects.extend(self.accept_all());
                effects
            }
            (Some(_), Some(_)) => {
                self.info("part of a completion is accepted already");
                Vec::new()
            }
            _ => {
                self.info("the large model has no alternative here");
                Vec::new()
            }
        }
    }

    /// Shows the next model's text in the buffer, of those that have any.
    pub(super) fn swap_ghost(&mut self) -> Vec<Effect> {
        let Some(ghost) = self.editor.ghost.filter(|ghost| ghost.consumed == 0) else {
            self.info("there is no other completion to show here");
            return Vec::new();
        };
        let at = ghost.lane as usize;
        let others = LaneKind::ALL[at + 1..].iter().chain(&LaneKind::ALL[..at]);
        let shows = |kind: &&LaneKind| match **kind {
            LaneKind::Small => self.turn.small.run().is_some(),
            kind => self.lane(kind).has_text(),
        };
        let Some(next) = others.copied().find(|kind| shows(&kind)) else {
            self.info("there is no other completion to show here");
            return Vec::new();
        };
        self.show_lane(next)
    }

    /// Shows a lane's text in place of another's.
    pub(super) fn show_lane(&mut self, kind: LaneKind) -> Vec<Effect> {
        if let Some(ghost) = &mut self.editor.ghost {
            ghost.lane = kind;
        }
        self.signalling.wait_for_nothing();
        self.inspector = None;
        self.play(TurnEvent::Wanted(kind))
    }

    /// What every change of the text entails: marks move along, the text is parsed and kept.
    pub(super) fn after_edit(&mut self) -> Vec<Effect> {
        self.message = None;
        let mut effects = match self.editor.ghost {
            Some(_) => Vec::new(),
            // What was asked about the text as it was is of no use any more.
            None => self.play(TurnEvent::Left),
        };
        effects.push(self.editor.follow_edits());
        self.relayout();
        self.reveal();
        effects.push(self.keep_recovery());
        effects
    }

    /// In automatic mode: completes when nothing more is typed for a while.
    pub(super) fn start_pause(&self) -> Option<Effect> {
        self.config.auto.then(|| Effect::StartPause {
            revision: self.editor.document.revision(),
            delay: Duration::from_millis(self.config.auto_delay_ms),
        })
    }

    /// Moves the cursor, which takes ghost text away.
    pub(super) fn move_cursor(&mut self, motion: Motion, extend: bool) -> Vec<Effect> {
        let effects = self.drop_ghost();
        let page = usize::from(self.editor.size.1).saturating_sub(2).max(1);
        self.editor.document.break_undo_group();
        self.editor.document.move_cursor(motion, extend, page);
        self.reveal();
        effects
    }

    pub(super) fn select(&mut self, selection: Selection) -> Vec<Effect> {
        let effects = self.drop_ghost();
        self.editor.document.break_undo_group();
        self.editor.document.set_selection(selection);
        effects
    }

    pub(super) fn copy(&mut self) -> Vec<Effect> {
        match self.editor.document.selected_text() {
            Some(text) => {
                self.clipboard.clone_from(&text);
                vec![Effect::Copy(text)]
            }
            None => {
                let quit = self.keymap.label(crate::keys::Action::Quit);
                self.info(format!("nothing is selected to copy; {quit} quits"));
                Vec::new()
            }
        }
    }

    pub(super) fn cut(&mut self) -> Vec<Effect> {
        let mut effects = self.copy();
        if !effects.is_empty() {
            effects.extend(self.edit(|document| document.delete(Motion::Left)));
        }
        effects
    }

    pub(super) fn say_read_only(&mut self) {
        self.warn("this buffer is read-only");
    }
}

/// Bytes up to the end of the first word of `text`, the blanks before it included.
fn next_word(text: &str) -> usize {
    let blanks = text.len() - text.trim_start().len();
    let rest = &text[blanks..];
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let word = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
    let first = rest.chars().next().map_or(0, char::len_utf8);
    blanks + word.max(first)
}

#[cfg(test)]
mod tests {
    use super::next_word;

    #[test]
    fn a_word_is_taken_with_the_blanks_before_it() {
        assert_eq!(next_word("  foo(bar)"), 5);
        assert_eq!(next_word("(bar)"), 1);
        assert_eq!(next_word("\n    return x"), 11);
        assert_eq!(next_word(""), 0);
        assert_eq!(next_word("   "), 3);
        assert_eq!(next_word("né + 1"), 3);
    }
}
