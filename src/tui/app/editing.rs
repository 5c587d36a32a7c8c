//! Moving, selecting, the clipboard and searching: whatever changes the view of the buffer
//! dismisses the ghost text.

use super::{
    App,
    event::Effect,
    overlay::{Overlay, PromptKind},
};
use crate::{
    document::{EditKind, Selection, movement::Motion, search},
    keys::Action,
};

impl App {
    /// Text pasted from the terminal: into an open line of input, else as one edit.
    pub(super) fn on_paste(&mut self, text: &str) -> Vec<Effect> {
        if !self.takes_paste() {
            return Vec::new();
        }
        let first_line = text.lines().next().unwrap_or_default();
        match &mut self.overlay {
            None => return self.completer().insert(text, EditKind::Whole),
            Some(Overlay::Prompt(prompt)) => prompt.text.push_str(first_line),
            Some(Overlay::Files(picker) | Overlay::Models(_, picker) | Overlay::Themes(picker)) => {
                picker.query.push_str(first_line);
                picker.filter();
            }
            Some(_) => {}
        }
        Vec::new()
    }

    pub(super) fn move_cursor(&mut self, motion: Motion, extend: bool) -> Vec<Effect> {
        let effects = self.completer().drop_ghost();
        self.editor.move_cursor(motion, extend);
        self.completer().reveal();
        effects
    }

    pub(super) fn select(&mut self, selection: Selection) -> Vec<Effect> {
        let effects = self.completer().drop_ghost();
        self.editor.select(selection);
        effects
    }

    pub(super) fn select_all(&mut self) -> Vec<Effect> {
        self.editor.select_all();
        self.completer().drop_ghost()
    }

    pub(super) fn copy(&mut self) -> Vec<Effect> {
        match self.editor.document().selected_text() {
            Some(text) => {
                self.clipboard.clone_from(&text);
                vec![Effect::Copy(text)]
            }
            None => {
                let quit = self.keymap.label(Action::Quit);
                self.notice
                    .info(format!("nothing selected to copy; {quit} quits"));
                Vec::new()
            }
        }
    }

    pub(super) fn cut(&mut self) -> Vec<Effect> {
        let mut effects = self.copy();
        if !effects.is_empty() {
            let deleted = self
                .completer()
                .edit(|document| document.delete(Motion::Left));
            effects.extend(deleted);
        }
        effects
    }

    pub(super) fn paste(&mut self) -> Vec<Effect> {
        let text = self.clipboard.clone();
        self.completer().insert(&text, EditKind::Whole)
    }

    pub(super) fn go_to_fault(&mut self, backwards: bool) -> Vec<Effect> {
        let effects = self.completer().drop_ghost();
        if !self.editor.go_to_fault(backwards) {
            self.notice.info("no syntax faults");
        }
        self.completer().reveal();
        effects
    }

    pub(super) fn go_to_line(&mut self, text: &str) -> Vec<Effect> {
        let mut parts = text.trim().split(':').map(str::parse::<usize>);
        match (parts.next(), parts.next()) {
            (Some(Ok(line)), column) => {
                let effects = self.completer().drop_ghost();
                let column = column.and_then(Result::ok).unwrap_or(1);
                self.editor.go_to(line, column);
                effects
            }
            _ => {
                self.notice
                    .warn(format!("`{text}` is not a line; enter LINE or LINE:COLUMN"));
                Vec::new()
            }
        }
    }

    pub(super) fn find_again(&mut self, backwards: bool) -> Vec<Effect> {
        let Some(needle) = self.editor.search().map(str::to_owned) else {
            return self.open_prompt(PromptKind::Find);
        };
        let range = self.editor.document().selection().range();
        let from = if backwards { range.start } else { range.end };
        self.find(&needle, from, backwards)
    }

    /// Selects the next occurrence of `needle`.
    pub(super) fn find(&mut self, needle: &str, from: usize, backwards: bool) -> Vec<Effect> {
        let is_empty = needle.is_empty();
        self.editor
            .set_search((!is_empty).then(|| needle.to_owned()));
        if is_empty {
            return Vec::new();
        }
        match search::find(self.editor.document().rope(), needle, from, backwards) {
            Some(range) => {
                let effects = self.select(Selection {
                    anchor: range.start,
                    head: range.end,
                });
                self.completer().reveal();
                effects
            }
            None => {
                self.notice
                    .info(format!("`{needle}` is not in this buffer"));
                Vec::new()
            }
        }
    }
}
