//! The buffer: the document, what part of it is in view, its faults and highlights, and the search
//! in it.

use std::{mem, ops::Range, path::Path, sync::Arc};

use super::event::{Effect, SyntaxJob};
use crate::{
    completion::Hole,
    document::{Document, EditKind, Selection, movement::Motion, width::column_of},
    syntax::{Edit, Fault, Span},
    tui::parser::{DocumentJob, Parsed},
};

/// The most characters to the right of the cursor where completions come without a key (llama.vim's
/// rule).
const MOST_TO_THE_RIGHT: usize = 8;

/// The document and its view.
pub struct Editor {
    document: Document,
    /// Name of a document without a path (a bundled sample), else the path as it was given.
    title: String,
    /// First line in view, from 0.
    top_line: usize,
    /// First display column in view.
    left_column: usize,
    /// Size of the text area (without gutter) in columns and rows, as last laid out.
    size: (u16, u16),
    /// Faults of the document, moved along with edits until the next parse comes.
    faults: Vec<Fault>,
    /// Highlight spans, moved along likewise.
    spans: Vec<Span>,
    /// Lines that `spans` covers.
    span_lines: Range<usize>,
    /// Revision that faults and spans were made for.
    parsed_revision: Option<u64>,
    /// The text of the latest search.
    search: Option<String>,
    /// Whether the warning was given that this document is longer than the small model's context.
    warned_trimmed: bool,
    /// Whether a parse of the view's lines was requested and has not come.
    awaiting_spans: bool,
}

/// What the view reads.
impl Editor {
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Name of a document without a path (a bundled sample), else the path as it was given.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// First line in view, from 0.
    pub fn top_line(&self) -> usize {
        self.top_line
    }

    /// First display column in view.
    pub fn left_column(&self) -> usize {
        self.left_column
    }

    /// Faults of the document.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Highlight spans of the lines in view.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Revision that faults and spans were made for.
    pub fn parsed_revision(&self) -> Option<u64> {
        self.parsed_revision
    }

    /// The text of the latest search, which is highlighted in view.
    pub fn search(&self) -> Option<&str> {
        self.search.as_deref()
    }
}

impl Editor {
    pub(super) fn new(document: Document, title: String) -> Self {
        Editor {
            document,
            title,
            top_line: 0,
            left_column: 0,
            size: (80, 24),
            faults: Vec::new(),
            spans: Vec::new(),
            span_lines: 0..0,
            parsed_revision: None,
            search: None,
            warned_trimmed: false,
            awaiting_spans: false,
        }
    }

    /// Shows another document instead of this one.
    pub(super) fn open(&mut self, document: Document, title: String) {
        let size = self.size;
        *self = Editor::new(document, title);
        self.size = size;
    }

    /// Sets the size of the text area in columns and rows.
    pub(super) fn resize(&mut self, size: (u16, u16)) {
        self.size = size;
    }

    /// The hole at the cursor.
    pub(super) fn hole(&self) -> Arc<Hole> {
        Arc::new(self.document.hole())
    }

    /// Does an edit; false where nothing changed.
    pub(super) fn edit(&mut self, edit: impl FnOnce(&mut Document) -> bool) -> bool {
        edit(&mut self.document)
    }

    /// Inserts text at the cursor; false where nothing changed.
    pub(super) fn insert(&mut self, text: &str, kind: EditKind) -> bool {
        match kind {
            EditKind::Type => self.document.type_text(text),
            _ => self.document.insert(text, kind),
        }
    }

    /// Ends the group of edits that are undone together.
    pub(super) fn break_undo_group(&mut self) {
        self.document.break_undo_group();
    }

    /// Selects nothing: the cursor stays where it is.
    pub(super) fn unselect(&mut self) {
        self.document.set_cursor(self.document.cursor());
    }

    pub(super) fn select(&mut self, selection: Selection) {
        self.document.break_undo_group();
        self.document.set_selection(selection);
    }

    pub(super) fn select_all(&mut self) {
        self.document.select_all();
    }

    pub(super) fn move_cursor(&mut self, motion: Motion, extend: bool) {
        let page = usize::from(self.size.1).saturating_sub(2).max(1);
        self.document.break_undo_group();
        self.document.move_cursor(motion, extend, page);
    }

    /// Protects the text from changes.
    pub(super) fn make_read_only(&mut self) {
        self.document.set_read_only(true);
    }

    /// Sets the text that is highlighted as found, if any.
    pub(super) fn set_search(&mut self, needle: Option<String>) {
        self.search = needle;
    }

    /// A save to `path` has succeeded. Whether the document is as it was saved at `revision`.
    pub(super) fn on_saved(&mut self, revision: u64, path: &Path) -> bool {
        if self.document.path() != Some(path) {
            self.title = path.display().to_string();
            self.document.set_path(path.to_path_buf());
        }
        let is_current = self.document.revision() == revision;
        if is_current {
            self.document.mark_saved();
        }
        is_current
    }

    /// Whether the model reads only part of this document for the first time.
    pub(super) fn is_first_trimmed(&mut self) -> bool {
        !mem::replace(&mut self.warned_trimmed, true)
    }

    /// Brings the cursor's line into view, with a third of the text area above it.
    pub(super) fn center(&mut self) {
        let (line, _) = self.document.cursor_line_column();
        self.top_line = line.saturating_sub(usize::from(self.size.1) / 3);
    }

    /// Shows no faults until the next parse comes.
    pub(super) fn hide_faults(&mut self) {
        self.faults.clear();
    }

    /// Lines in view.
    pub(super) fn view_lines(&self) -> Range<usize> {
        self.top_line..self.top_line + usize::from(self.size.1).max(1)
    }

    /// Asks for a parse from scratch.
    pub(super) fn parse_afresh(&mut self) -> Effect {
        self.document.take_edits();
        self.faults.clear();
        self.spans.clear();
        self.span_lines = 0..0;
        self.parse(None)
    }

    /// After an edit: moves marks along and asks for an incremental parse.
    pub(super) fn follow_edits(&mut self) -> Effect {
        let edits = self.document.take_edits();
        for edit in &edits {
            self.move_marks(edit);
        }
        self.parse(Some(edits))
    }

    /// Asks for highlights when the view has moved to lines that have none.
    pub(super) fn highlight_view(&mut self) -> Option<Effect> {
        let view = self.view_lines();
        let last = self.document.rope().len_lines();
        let covered =
            self.span_lines.start <= view.start && self.span_lines.end >= view.end.min(last);
        (!covered && !self.awaiting_spans && self.parsed_revision.is_some())
            .then(|| self.parse(Some(Vec::new())))
    }

    fn parse(&mut self, edits: Option<Vec<Edit>>) -> Effect {
        self.awaiting_spans = true;
        Effect::Syntax(SyntaxJob::Document(DocumentJob {
            revision: self.document.revision(),
            language: self.document.language(),
            path: self.document.path().map(Into::into),
            text: self.document.rope().clone(),
            edits,
            lines: self.view_lines(),
        }))
    }

    /// Takes a parse's result, unless the document has changed since.
    pub(super) fn on_parsed(&mut self, parsed: Parsed) {
        if parsed.revision != self.document.revision() {
            return;
        }
        self.faults = parsed.faults;
        self.spans = parsed.spans;
        self.span_lines = parsed.lines;
        self.parsed_revision = Some(parsed.revision);
        self.awaiting_spans = false;
    }

    /// Until the next parse comes, colours and faults stay with the text they belong to.
    fn move_marks(&mut self, edit: &Edit) {
        let moved = |bytes: &Range<usize>| {
            let shift = |at: usize| {
                if at >= edit.old_end_byte {
                    at - edit.old_end_byte + edit.new_end_byte
                } else {
                    at.min(edit.start_byte)
                }
            };
            // Text typed at the end of a word takes on the word's colour.
            let grows = bytes.end == edit.start_byte && edit.old_end_byte == edit.start_byte;
            let end = if grows { bytes.end } else { shift(bytes.end) };
            shift(bytes.start).min(end)..end
        };
        for span in &mut self.spans {
            if span.bytes.end > edit.start_byte {
                span.bytes = moved(&span.bytes);
            }
        }
        self.spans.retain(|span| !span.bytes.is_empty());
        for fault in &mut self.faults {
            if fault.bytes.end > edit.start_byte {
                fault.bytes = moved(&fault.bytes);
            }
        }
    }

    /// Whether automatic completion makes sense at the cursor: long text to its right would have to
    /// be replaced, not completed.
    pub(super) fn has_room_to_complete(&self) -> bool {
        let rest = self.document.rope().chars_at(self.document.cursor());
        let to_the_right = rest
            .take(MOST_TO_THE_RIGHT + 1)
            .take_while(|c| *c != '\n' && *c != '\r')
            .count();
        to_the_right <= MOST_TO_THE_RIGHT
    }

    /// Scrolls just enough that the cursor is in view, with `ghost_rows` more rows below it where
    /// there is room.
    pub(super) fn reveal_cursor(&mut self, ghost_rows: usize) {
        let (line, _) = self.document.cursor_line_column();
        let height = usize::from(self.size.1).max(1);
        let below = ghost_rows.min(height / 2);
        if line < self.top_line {
            self.top_line = line;
        } else if line + below >= self.top_line + height {
            self.top_line = line + below + 1 - height;
        }
        let column = column_of(self.document.rope(), self.document.cursor());
        let width = usize::from(self.size.0).max(1);
        let margin = (width / 8).min(8);
        if column < self.left_column + margin {
            self.left_column = column.saturating_sub(margin);
        } else if column + margin >= self.left_column + width {
            self.left_column = column + margin + 1 - width;
        }
        if column + margin < width {
            self.left_column = 0;
        }
    }

    /// Scrolls without moving the cursor.
    pub(super) fn scroll(&mut self, lines: isize) {
        let last = self.document.rope().len_lines().saturating_sub(1);
        self.top_line = self.top_line.saturating_add_signed(lines).min(last);
    }

    /// The fault the cursor is in or touches, else the first on its line.
    pub fn fault_at_cursor(&self) -> Option<&Fault> {
        let rope = self.document.rope();
        let at = rope.char_to_byte(self.document.cursor());
        let line = rope.byte_to_line(at);
        let touches = |fault: &&Fault| fault.bytes.start <= at && at <= fault.bytes.end;
        let on_line = |fault: &&Fault| {
            rope.try_byte_to_line(fault.bytes.start.min(rope.len_bytes()))
                .is_ok_and(|fault_line| fault_line == line)
        };
        self.faults
            .iter()
            .find(touches)
            .or_else(|| self.faults.iter().find(on_line))
    }

    /// Moves the cursor to the next (or previous) fault, around the ends; false without faults.
    pub(super) fn go_to_fault(&mut self, backwards: bool) -> bool {
        let rope = self.document.rope();
        let at = rope.char_to_byte(self.document.cursor());
        let starts = self.faults.iter().map(|fault| fault.bytes.start);
        let target = if backwards {
            starts
                .clone()
                .filter(|start| *start < at)
                .max()
                .or(starts.max())
        } else {
            starts
                .clone()
                .filter(|start| *start > at)
                .min()
                .or(starts.min())
        };
        let Some(byte) = target else { return false };
        let char = rope.byte_to_char(byte.min(rope.len_bytes()));
        self.document.set_cursor(char);
        true
    }

    /// Moves the cursor to a line and column, counted from 1; past the end means the end.
    pub(super) fn go_to(&mut self, line: usize, column: usize) {
        let rope = self.document.rope();
        let line = line
            .saturating_sub(1)
            .min(rope.len_lines().saturating_sub(1));
        let start = rope.line_to_char(line);
        self.document.set_cursor(start);
        self.document.move_cursor(Motion::LineEnd, false, 0);
        let end = self.document.cursor();
        self.document
            .set_cursor((start + column.saturating_sub(1)).min(end));
        self.center();
    }
}
