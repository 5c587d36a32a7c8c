//! What each screen row of the buffer shows: lines of the document, with the ghost text through
//! its insertion point. The line that holds it is parted there: the ghost text's first line follows
//! the part before, the part behind follows the ghost text's last line, and the lines below move
//! down.
//!
//! Columns are counted from the start of a row, as [`crate::document::width`] counts them; so they
//! are exact for the first [`EXACT_CHARS`] of a line, and one per char after that, to avoid
//! measuring lines of megabytes.

use std::{borrow::Cow, ops::Range};

use ropey::Rope;
use unicode_segmentation::UnicodeSegmentation;

use super::{App, Editor, Run};
use crate::{
    document::lines::{EXACT_CHARS, line_end},
    words::display_width,
};

/// Chars taken from the rope at a time.
const BATCH: usize = 256;

/// The ghost text that is to be drawn: what is left of the shown run's text.
#[derive(Clone, Copy)]
pub struct GhostText<'a> {
    pub run: &'a Run,
    /// Char index in the document where it is shown.
    pub at: usize,
    /// Byte of the run's text where what is left begins.
    pub from: usize,
}

impl<'a> GhostText<'a> {
    /// The ghost text in the buffer, unless there is none or all of it is consumed.
    pub fn of(app: &'a App) -> Option<Self> {
        let ghost = app.ghost()?;
        let run = app.lane(ghost.lane).run()?;
        let left = run.completion.text.get(ghost.consumed..)?;
        (!left.is_empty()).then_some(GhostText {
            run,
            at: ghost.at.min(app.editor().document().rope().len_chars()),
            from: ghost.consumed,
        })
    }

    /// The whole text of the run; pieces are ranges of it.
    pub fn text(&self) -> &'a str {
        &self.run.completion.text
    }

    /// Byte ranges of the lines that are left, without their line breaks. Never empty.
    fn lines(&self) -> impl Iterator<Item = Range<usize>> {
        let (text, mut start) = (self.text(), self.from);
        text[self.from..].split('\n').map(move |line| {
            let end = start + line.len();
            let range = start..end - usize::from(line.ends_with('\r'));
            start = end + 1;
            range
        })
    }
}

/// A part of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Chars of the document, all of one line.
    Document(Range<usize>),
    /// Bytes of the ghost run's text, all of one line.
    Ghost(Range<usize>),
}

/// One screen row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The document's line that the row belongs to.
    pub line: usize,
    /// Whether it is that line's first row, which carries its number.
    pub first: bool,
    pub pieces: Vec<Piece>,
}

/// The rows from the editor's top line down, `height` at most.
pub fn rows(editor: &Editor, ghost: Option<&GhostText>, height: usize) -> Vec<Row> {
    let rope = editor.document().rope();
    let parted = ghost.map(|ghost| (rope.char_to_line(ghost.at), ghost));
    let mut rows = Vec::with_capacity(height);
    for line in editor.top_line()..rope.len_lines() {
        if rows.len() >= height {
            break;
        }
        let chars = rope.line_to_char(line)..line_end(rope, line);
        match parted {
            Some((at, ghost)) if at == line => part(&mut rows, line, chars, ghost, height),
            _ => rows.push(Row {
                line,
                first: true,
                pieces: vec![Piece::Document(chars)],
            }),
        }
    }
    rows
}

/// Adds the rows of the line that holds the ghost text.
fn part(rows: &mut Vec<Row>, line: usize, chars: Range<usize>, ghost: &GhostText, height: usize) {
    let at = ghost.at.clamp(chars.start, chars.end);
    let first = rows.len();
    rows.push(Row {
        line,
        first: true,
        pieces: vec![Piece::Document(chars.start..at)],
    });
    for (index, bytes) in ghost.lines().enumerate() {
        if index > 0 {
            if rows.len() >= height {
                return;
            }
            rows.push(Row {
                line,
                first: false,
                pieces: Vec::new(),
            });
        }
        rows[first + index].pieces.push(Piece::Ghost(bytes));
    }
    if let Some(last) = rows.last_mut() {
        last.pieces.push(Piece::Document(at..chars.end));
    }
}

/// Where a cell's text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Char index in the document.
    Document(usize),
    /// Byte in the ghost run's text.
    Ghost(usize),
}

/// One grapheme on a row.
#[derive(Debug, Clone, Copy)]
pub struct Cell<'a> {
    /// Column on the row, before scrolling.
    pub column: usize,
    pub width: usize,
    pub text: &'a str,
    pub place: Place,
}

/// Visits the cells of `row` that show in the columns `view`, from left to right. Returns the
/// column behind the last one when the row ends before the view does. What it costs depends on the
/// view, not on the length of the line.
pub fn walk(
    rope: &Rope,
    ghost: &str,
    row: &Row,
    view: Range<usize>,
    visit: impl FnMut(Cell),
) -> Option<usize> {
    let mut walker = Walker {
        view,
        column: 0,
        visit,
    };
    let inside = row.pieces.iter().all(|piece| match piece {
        Piece::Document(chars) => walker.document(rope, chars.clone()),
        Piece::Ghost(bytes) => walker.ghost(&ghost[bytes.clone()], bytes.start),
    });
    inside.then_some(walker.column)
}

struct Walker<F> {
    view: Range<usize>,
    column: usize,
    visit: F,
}

impl<F: FnMut(Cell)> Walker<F> {
    /// Skips one grapheme; false when it lies right of the view.
    fn cell(&mut self, text: &str, place: Place) -> bool {
        if self.column >= self.view.end {
            return false;
        }
        let (column, width) = (self.column, display_width(text, self.column));
        self.column += width;
        if self.column > self.view.start {
            (self.visit)(Cell {
                column,
                width,
                text,
                place,
            });
        }
        true
    }

    fn ghost(&mut self, text: &str, start: usize) -> bool {
        text.grapheme_indices(true)
            .all(|(offset, grapheme)| self.cell(grapheme, Place::Ghost(start + offset)))
    }

    fn document(&mut self, rope: &Rope, chars: Range<usize>) -> bool {
        let exact_end = chars.end.min(chars.start + EXACT_CHARS);
        let mut at = chars.start;
        while at < chars.end {
            let left = self.view.start.saturating_sub(self.column);
            if at >= exact_end && left > 0 {
                let skipped = left.min(chars.end - at);
                at += skipped;
                self.column += skipped;
                continue;
            }
            let limit = if at < exact_end { exact_end } else { chars.end };
            let end = limit.min(at + BATCH);
            let batch: Cow<str> = rope.slice(at..end).into();
            if batch.len() <= left && batch.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
                self.column += batch.len();
                at = end;
                continue;
            }
            let Some(next) = self.batch(&batch, at, end == chars.end) else {
                return false;
            };
            at = next;
        }
        true
    }

    /// Skips the graphemes of a batch; the last is left to the next batch, which may hold the
    /// rest of it, unless the batch is the `last`. Returns where the next one begins.
    fn batch(&mut self, batch: &str, start: usize, last: bool) -> Option<usize> {
        let mut at = start;
        let mut graphemes = batch.graphemes(true).peekable();
        while let Some(grapheme) = graphemes.next() {
            if graphemes.peek().is_none() && !last && at > start {
                break;
            }
            if !self.cell(grapheme, Place::Document(at)) {
                return None;
            }
            at += grapheme.chars().count();
        }
        Some(at)
    }
}

/// The column and row of the cursor among `rows`, when it shows in the columns `view`.
pub fn cursor_cell(
    editor: &Editor,
    ghost: Option<&GhostText>,
    rows: &[Row],
    view: Range<usize>,
) -> Option<(usize, usize)> {
    let cursor = editor.document().cursor();
    let holds = |piece: &Piece| match piece {
        Piece::Document(chars) => (chars.start..=chars.end).contains(&cursor),
        Piece::Ghost(_) => false,
    };
    let index = rows.iter().position(|row| row.pieces.iter().any(holds))?;
    let mut found = None;
    let text = ghost.map_or("", GhostText::text);
    let end = walk(
        editor.document().rope(),
        text,
        &rows[index],
        view.clone(),
        |cell| {
            let here = match cell.place {
                Place::Document(at) => at == cursor,
                Place::Ghost(byte) => ghost.is_some_and(|g| g.at == cursor && g.from == byte),
            };
            if here && found.is_none() {
                found = Some(cell.column);
            }
        },
    );
    let line_end = match rows[index].pieces.last() {
        Some(Piece::Document(chars)) if chars.end == cursor => end,
        // If the ghost text begins with a line break, only the cursor is on this row.
        Some(Piece::Ghost(bytes)) if bytes.is_empty() => end,
        _ => None,
    };
    let column = found.or(line_end)?;
    view.contains(&column).then_some((column, index))
}
