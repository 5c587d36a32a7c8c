//! The document: the text with its selection, and the single path by which every edit, undo and
//! redo changes it. Motions are in [`super::movement`], indentation rules in `indentation`, the
//! grouping of changes for undo in `history`.

use std::{
    borrow::Cow,
    ops::Range,
    path::{Path, PathBuf},
};

use ropey::Rope;

use super::{
    grapheme,
    history::{Change, EditHistory},
    indentation::IndentUnit,
    lines,
    movement::{self, Motion},
    selection::{EditKind, Selection},
    width,
};
use crate::{completion::Hole, language::Language, syntax::Edit};

/// How many lines to examine for a document's line ending.
const LINES_FOR_ENDING: usize = 256;

/// A text being edited. The cursor is always between two graphemes; a line break is one grapheme,
/// including `\r\n`.
#[derive(Debug)]
pub struct Document {
    pub(super) text: Rope,
    revision: u64,
    path: Option<PathBuf>,
    /// The language chosen by the user, which may be none.
    chosen_language: Option<Option<Language>>,
    read_only: bool,
    line_ending: &'static str,
    pub(super) indent_unit: IndentUnit,
    pub(super) selection: Selection,
    /// The display column that consecutive vertical motions aim at.
    goal: Option<usize>,
    history: EditHistory,
    edits: Vec<Edit>,
}

impl Document {
    /// An unmodified document with the cursor at its start. The text keeps its line endings; the
    /// language comes from `path`.
    pub fn new(text: &str, path: Option<PathBuf>) -> Self {
        let text = Rope::from_str(text);
        Document {
            revision: 0,
            path,
            chosen_language: None,
            read_only: false,
            line_ending: detect_line_ending(&text),
            indent_unit: IndentUnit::detect(&text),
            selection: Selection::default(),
            goal: None,
            history: EditHistory::default(),
            edits: Vec::new(),
            text,
        }
    }

    /// The text. Cloning it is cheap, for use on other threads.
    pub fn rope(&self) -> &Rope {
        &self.text
    }

    /// Incremented by every change of the text, undo included.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The file it is saved to, if any.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Sets the file, and with it the language.
    pub fn set_path(&mut self, path: PathBuf) {
        self.path = Some(path);
    }

    /// From the path's extension, unless set explicitly.
    pub fn language(&self) -> Option<Language> {
        self.chosen_language
            .unwrap_or_else(|| Language::from_path(self.path()?))
    }

    /// Sets the language, whatever the path says.
    pub fn set_language(&mut self, language: Option<Language>) {
        self.chosen_language = Some(language);
    }

    /// Whether edits are refused.
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// Refuses or allows edits, undo and redo included.
    pub fn set_read_only(&mut self, read_only: bool) {
        self.read_only = read_only;
    }

    /// Whether the text differs from what was last saved; undoing back to that makes it clean
    /// again.
    pub fn is_modified(&self) -> bool {
        self.history.is_modified()
    }

    /// Marks the current text as saved.
    pub fn mark_saved(&mut self) {
        self.history.mark_saved();
    }

    /// The selection; an empty one is just the cursor.
    pub fn selection(&self) -> Selection {
        self.selection
    }

    /// The char index before which the cursor stands: the head of the selection.
    pub fn cursor(&self) -> usize {
        self.selection.head
    }

    /// Sets the selection, clamped to the text and moved to grapheme boundaries.
    pub fn set_selection(&mut self, selection: Selection) {
        self.selection = Selection {
            anchor: grapheme::floor(&self.text, selection.anchor),
            head: grapheme::floor(&self.text, selection.head),
        };
        self.goal = None;
        self.history.close();
    }

    /// Puts the cursor at a char index, with nothing selected.
    pub fn set_cursor(&mut self, at: usize) {
        self.set_selection(Selection::at(at));
    }

    /// Moves the cursor; `extend` keeps the anchor. `page` is the height of the view in lines.
    pub fn move_cursor(&mut self, motion: Motion, extend: bool, page: usize) {
        let selected = self.selection.range();
        let goal = motion.is_vertical().then(|| self.goal_column());
        let head = match motion {
            // The first press only collapses the selection to the side it points to.
            Motion::Left if !extend && !selected.is_empty() => selected.start,
            Motion::Right if !extend && !selected.is_empty() => selected.end,
            _ => self.target(motion, page),
        };
        let anchor = if extend { self.selection.anchor } else { head };
        self.selection = Selection { anchor, head };
        self.goal = goal;
        self.history.close();
    }

    fn goal_column(&self) -> usize {
        self.goal
            .unwrap_or_else(|| width::column_of(&self.text, self.cursor()))
    }

    fn target(&self, motion: Motion, page: usize) -> usize {
        let goal = match motion.is_vertical() {
            true => self.goal_column(),
            false => 0,
        };
        movement::target(&self.text, self.cursor(), motion, goal, page)
    }

    /// Selects the whole text, with the cursor at its end.
    pub fn select_all(&mut self) {
        self.set_selection(Selection {
            anchor: 0,
            head: self.text.len_chars(),
        });
    }

    /// The selected text, with its line endings; `None` if nothing is selected.
    pub fn selected_text(&self) -> Option<String> {
        let selected = self.selection.range();
        (!selected.is_empty()).then(|| self.text.slice(selected).to_string())
    }

    /// (line, char column) of the cursor, from 0.
    pub fn cursor_line_column(&self) -> (usize, usize) {
        let line = self.text.char_to_line(self.cursor());
        (line, self.cursor() - self.text.line_to_char(line))
    }

    /// The char nearest to (line, char column), from 0: never past the end of the line, always on a
    /// grapheme boundary.
    pub fn char_at(&self, line: usize, column: usize) -> usize {
        let line = line.min(self.text.len_lines() - 1);
        let at = self.text.line_to_char(line).saturating_add(column);
        grapheme::floor(&self.text, at.min(lines::line_end(&self.text, line)))
    }

    /// The word (or run of blanks or punctuation) around char `at`: the target of a double click.
    pub fn word_at(&self, at: usize) -> Range<usize> {
        movement::word_at(&self.text, at)
    }

    /// The chars of `line` with its line break: the target of a triple click.
    pub fn line_range(&self, line: usize) -> Range<usize> {
        let line = line.min(self.text.len_lines() - 1);
        self.text.line_to_char(line)..self.text.line_to_char(line + 1)
    }

    /// Replaces the selection. Line breaks become the document's own line ending. Returns false,
    /// without a change, if the document is read-only or there is nothing to change; the edits
    /// below do the same.
    pub fn insert(&mut self, text: &str, kind: EditKind) -> bool {
        self.replace(self.selection.range(), text, kind)
    }

    /// Replaces a char range and puts the cursor after the new text.
    pub fn replace(&mut self, range: Range<usize>, text: &str, kind: EditKind) -> bool {
        let change = self.change(range, &with_line_ending(text, self.line_ending));
        let after = change.inserted_end();
        self.edit(vec![change], kind, Selection::at(after))
    }

    /// Replaces the whole text in one undo step: restores a recovered text.
    pub fn restore(&mut self, text: &str, cursor: usize) -> bool {
        let change = self.change(0..self.text.len_chars(), text);
        self.edit(vec![change], EditKind::Whole, Selection::at(cursor))
    }

    /// Deletes the selection, or what `motion` covers (backspace is `Motion::Left`).
    pub fn delete(&mut self, motion: Motion) -> bool {
        let selected = self.selection.range();
        if !selected.is_empty() {
            return self.replace(selected, "", EditKind::Whole);
        }
        let (from, to) = (self.cursor(), self.target(motion, 1));
        self.replace(from.min(to)..from.max(to), "", EditKind::Delete)
    }

    /// The change that replaces a range by `text`; clamps the range to the text.
    pub(super) fn change(&self, range: Range<usize>, text: &str) -> Change {
        let end = range.end.min(self.text.len_chars());
        let start = range.start.min(end);
        Change {
            start,
            removed: self.text.slice(start..end).to_string(),
            inserted: String::from(text),
        }
    }

    /// Applies changes in order as one edit; the positions of each refer to the text after the
    /// previous one.
    pub(super) fn edit(
        &mut self,
        changes: Vec<Change>,
        kind: EditKind,
        selection: Selection,
    ) -> bool {
        let nothing = |c: &Change| c.removed.is_empty() && c.inserted.is_empty();
        if self.read_only || changes.iter().all(nothing) {
            return false;
        }
        let before = self.selection;
        changes.iter().for_each(|change| self.splice(change));
        self.settle(Selection {
            anchor: grapheme::ceil(&self.text, selection.anchor),
            head: grapheme::ceil(&self.text, selection.head),
        });
        self.history.record(changes, kind, before, self.selection);
        true
    }

    fn settle(&mut self, selection: Selection) {
        self.selection = selection;
        self.goal = None;
        self.revision += 1;
    }

    /// Applies one change to the text and records it as an edit.
    fn splice(&mut self, change: &Change) {
        let start_byte = self.text.char_to_byte(change.start);
        let old_end_byte = start_byte + change.removed.len();
        let new_end_byte = start_byte + change.inserted.len();
        let (start, old_end) = (self.point(start_byte), self.point(old_end_byte));
        let removed_end = self.text.byte_to_char(old_end_byte);
        self.text.remove(change.start..removed_end);
        self.text.insert(change.start, &change.inserted);
        self.edits.push(Edit {
            start_byte,
            old_end_byte,
            new_end_byte,
            start,
            old_end,
            new_end: self.point(new_end_byte),
        });
    }

    /// (row, byte column) of a byte.
    fn point(&self, byte: usize) -> (usize, usize) {
        let row = self.text.byte_to_line(byte);
        (row, byte - self.text.line_to_byte(row))
    }

    /// Reverts the last group of edits and restores the selection from before it.
    pub fn undo(&mut self) -> bool {
        if self.read_only {
            return false;
        }
        let Some(group) = self.history.undo() else {
            return false;
        };
        for change in group.changes.iter().rev() {
            self.splice(&change.inverse());
        }
        self.settle(group.before);
        true
    }

    /// Repeats what the last undo reverted.
    pub fn redo(&mut self) -> bool {
        if self.read_only {
            return false;
        }
        let Some(group) = self.history.redo() else {
            return false;
        };
        group.changes.iter().for_each(|change| self.splice(change));
        self.settle(group.after);
        true
    }

    /// Ends the current undo group, as after a cursor movement or a pause.
    pub fn break_undo_group(&mut self) {
        self.history.close();
    }

    /// The edits since the last call, in order.
    pub fn take_edits(&mut self) -> Vec<Edit> {
        std::mem::take(&mut self.edits)
    }

    /// The hole at the cursor. A selection is left out, because a completion would replace it. Line
    /// endings are normalized to `\n` for the model, and a byte-order mark is removed.
    pub fn hole(&self) -> Hole {
        let selected = self.selection.range();
        let text = |range: Range<usize>| {
            let text = self.text.slice(range).to_string();
            match text.contains('\r') {
                true => text.replace("\r\n", "\n"),
                false => text,
            }
        };
        let mut prefix = text(0..selected.start);
        if prefix.starts_with('\u{FEFF}') {
            prefix.drain(..'\u{FEFF}'.len_utf8());
        }
        Hole {
            prefix,
            suffix: text(selected.end..self.text.len_chars()),
            language: self.language(),
            path: self.path.clone(),
        }
    }

    /// The line ending of the document: "\n" or "\r\n".
    pub fn line_ending(&self) -> &'static str {
        self.line_ending
    }
}

/// The most frequent line ending of the first lines.
fn detect_line_ending(text: &Rope) -> &'static str {
    let breaks = text.len_lines() - 1;
    let looked_at = breaks.min(LINES_FOR_ENDING);
    let with_return = (0..looked_at)
        .filter(|&line| lines::line_end(text, line) + 1 < text.line_to_char(line + 1))
        .count();
    match with_return * 2 > looked_at {
        true => "\r\n",
        false => "\n",
    }
}

/// `text` with every line break, of any kind, as `ending`.
fn with_line_ending<'a>(text: &'a str, ending: &str) -> Cow<'a, str> {
    let mut text = Cow::Borrowed(text);
    if text.contains('\r') {
        text = Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"));
    }
    if ending != "\n" && text.contains('\n') {
        text = Cow::Owned(text.replace('\n', ending));
    }
    text
}
