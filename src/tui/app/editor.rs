//! The buffer's side of the playground: the document, what part of it is in view, its faults and
//! highlights, and the ghost text in it.

use std::ops::Range;

use super::event::{Effect, LaneKind, SyntaxJob};
use crate::{
    document::{Document, movement::Motion, width::column_of},
    syntax::{Edit, Fault, Span},
    tui::parser::{DocumentJob, Parsed},
};

/// Completion text drawn in the buffer, not yet part of it. The text itself is in the lane's shown
/// run; this says where it stands and how much of it was typed or accepted already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ghost {
    /// Which lane's run is shown in the buffer.
    pub lane: LaneKind,
    /// Char index in the document where the rest of the text is drawn (always the cursor).
    pub at: usize,
    /// Bytes of the run's text that were typed or accepted already.
    pub consumed: usize,
}

/// The document and its view.
pub struct Editor {
    pub document: Document,
    /// Name of a document without a path (a bundled sample), else the path as the person gave it.
    pub title: String,
    /// First line in view, from 0.
    pub top_line: usize,
    /// First display column in view.
    pub left_column: usize,
    /// Size of the text area (without gutter) in columns and rows, as last laid out.
    pub size: (u16, u16),
    /// Faults of the document, moved along with edits until the next parse comes.
    pub faults: Vec<Fault>,
    /// Highlight spans, moved along likewise.
    pub spans: Vec<Span>,
    /// Lines that `spans` covers.
    pub span_lines: Range<usize>,
    /// Revision that faults and spans were made for.
    pub parsed_revision: Option<u64>,
    pub ghost: Option<Ghost>,
    /// What is looked for, once a search was made: highlighted in view.
    pub search: Option<String>,
    /// Whether it was said that this document is longer than the small model's context.
    pub(super) said_trimmed: bool,
    /// Whether a parse of the view's lines was asked for and has not come.
    awaiting_spans: bool,
}

impl Editor {
    pub fn new(document: Document, title: String) -> Self {
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
            ghost: None,
            search: None,
            said_trimmed: false,
            awaiting_spans: false,
        }
    }

    /// Lines in view.
    pub fn view_lines(&self) -> Range<usize> {
        self.top_line..self.top_line + usize::from(self.size.1).max(1)
    }

    /// Asks for a parse from scratch.
    pub fn parse_afresh(&mut self) -> Effect {
        self.document.take_edits();
        self.faults.clear();
        self.spans.clear();
        self.span_lines = 0..0;
        self.parse(None)
    }

    /// After an edit: moves marks along and asks for an incremental parse.
    pub fn follow_edits(&mut self) -> Effect {
        let edits = self.document.take_edits();
        for edit in &edits {
            self.move_marks(edit);
        }
        self.parse(Some(edits))
    }

    /// Asks for highlights when the view has moved to lines that have none.
    pub fn highlight_view(&mut self) -> Option<Effect> {
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
    pub fn on_parsed(&mut self, parsed: Parsed) {
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

    /// Scrolls just enough that the cursor is in view, with `ghost_rows` more rows below it where
    /// there is room.
    pub fn reveal_cursor(&mut self, ghost_rows: usize) {
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
    pub fn scroll(&mut self, lines: isize) {
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
    pub fn go_to_fault(&mut self, backwards: bool) -> bool {
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
    pub fn go_to(&mut self, line: usize, column: usize) {
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
        self.top_line = line.saturating_sub(usize::from(self.size.1) / 3);
    }
}
