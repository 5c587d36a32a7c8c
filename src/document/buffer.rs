//! The document itself.

use std::{ops::Range, path::PathBuf};

use ropey::Rope;

use super::movement::Motion;
use crate::{completion::Hole, language::Language, syntax::Edit};

/// A selection from `anchor` (where it began) to `head` (the cursor). Empty when they are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Selection {
    pub anchor: usize,
    pub head: usize,
}

impl Selection {
    pub fn range(self) -> Range<usize> {
        self.anchor.min(self.head)..self.anchor.max(self.head)
    }

    pub fn is_empty(self) -> bool {
        self.anchor == self.head
    }
}

/// What made an edit; decides which edits one undo takes back together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditKind {
    /// Typed characters: those of one word group together.
    Type,
    /// Backspace and delete: a run in one direction groups together.
    Delete,
    /// Always a step of its own: paste, accepted completion, new line.
    Whole,
}

/// A text being edited.
pub struct Document {}

#[allow(unused_variables)]
impl Document {
    pub fn new(text: &str, path: Option<PathBuf>) -> Self {
        todo!()
    }
    pub fn rope(&self) -> &Rope {
        todo!()
    }
    /// Grows by one with every change of the text, undo included.
    pub fn revision(&self) -> u64 {
        todo!()
    }
    pub fn path(&self) -> Option<&std::path::Path> {
        todo!()
    }
    pub fn set_path(&mut self, path: PathBuf) {
        todo!()
    }
    /// From the path's extension, unless set.
    pub fn language(&self) -> Option<Language> {
        todo!()
    }
    pub fn set_language(&mut self, language: Option<Language>) {
        todo!()
    }
    pub fn is_read_only(&self) -> bool {
        todo!()
    }
    pub fn set_read_only(&mut self, read_only: bool) {
        todo!()
    }
    /// Whether the text differs from what was last saved (undo back to it makes it clean again).
    pub fn is_modified(&self) -> bool {
        todo!()
    }
    pub fn mark_saved(&mut self) {
        todo!()
    }

    pub fn selection(&self) -> Selection {
        todo!()
    }
    pub fn cursor(&self) -> usize {
        todo!()
    }
    /// Clamped to the text and moved to a grapheme boundary.
    pub fn set_selection(&mut self, selection: Selection) {
        todo!()
    }
    /// Moves the cursor; `extend` keeps the anchor. `page` is the height of the view in lines.
    pub fn move_cursor(&mut self, motion: Motion, extend: bool, page: usize) {
        todo!()
    }
    pub fn select_all(&mut self) {
        todo!()
    }
    pub fn selected_text(&self) -> Option<String> {
        todo!()
    }
    /// (line, char column) of the cursor, from 0.
    pub fn cursor_line_column(&self) -> (usize, usize) {
        todo!()
    }

    /// Replaces the selection. New lines become the document's own line ending. False (and no
    /// change) when the document is read-only; so for every edit below.
    pub fn insert(&mut self, text: &str, kind: EditKind) -> bool {
        todo!()
    }
    /// Replaces a char range, leaving the cursor after the new text.
    pub fn replace(&mut self, range: Range<usize>, text: &str, kind: EditKind) -> bool {
        todo!()
    }
    /// A new line with the indentation that the language wants there.
    pub fn newline(&mut self) -> bool {
        todo!()
    }
    /// Tab: to the next indentation stop, or indents the selected lines.
    pub fn indent(&mut self) -> bool {
        todo!()
    }
    /// Shift-Tab.
    pub fn outdent(&mut self) -> bool {
        todo!()
    }
    /// Deletes the selection, or what `motion` passes over (backspace is `Motion::Left`).
    pub fn delete(&mut self, motion: Motion) -> bool {
        todo!()
    }
    pub fn undo(&mut self) -> bool {
        todo!()
    }
    pub fn redo(&mut self) -> bool {
        todo!()
    }
    /// Ends the running undo group (the cursor moved, a pause).
    pub fn break_undo_group(&mut self) {
        todo!()
    }

    /// The edits since the last call, in order.
    pub fn take_edits(&mut self) -> Vec<Edit> {
        todo!()
    }
    /// The hole at the cursor (the selection, when there is one, is left out: it is what would be
    /// replaced). Line endings are normalised to `\n` for the model.
    pub fn hole(&self) -> Hole {
        todo!()
    }
    /// The line ending of the document: "\n" or "\r\n".
    pub fn line_ending(&self) -> &'static str {
        todo!()
    }
}
