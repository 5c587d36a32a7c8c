//! Where the panes are: a pure function of the terminal's size and of what is shown. The view draws
//! into these areas, and the app reads them to turn a mouse click into a place and to keep the
//! cursor in view.

use ratatui::layout::Rect;

use super::{
    App,
    rows::{self, GhostText, Place},
};
use crate::words::wrap::wrap_words;

/// From this width on the panes are beside the buffer.
pub const WIDE: u16 = 120;
/// From this width on they are below it; in less there is one line for the decision.
pub const STACKED: u16 = 80;
/// Less than this in either direction is too small for anything but a notice.
pub const SMALLEST: (u16, u16) = (40, 10);

/// Whether a terminal of so many columns and rows is too small for anything but a notice.
pub fn is_tiny((columns, rows): (u16, u16)) -> bool {
    columns < SMALLEST.0 || rows < SMALLEST.1
}

/// Whether all of a question is seen in the notice of such a terminal.
pub fn fits_notice(question: &str, (columns, rows): (u16, u16)) -> bool {
    columns > 0 && wrap_words(question, columns.into()).len() <= usize::from(rows)
}

/// The areas of the screen. A pane that has no room is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Layout {
    /// Below 40×10: nothing but a notice is drawn.
    pub tiny: bool,
    pub header: Rect,
    /// The buffer with its gutter and the note below it.
    pub editor: Rect,
    /// The text area of the buffer, without gutter.
    pub text: Rect,
    /// The line below the text: the fault at the cursor and the heatmap's legend.
    pub note: Rect,
    pub routing: Rect,
    pub alternative: Rect,
    pub inspector: Rect,
    pub status: Rect,
    pub footer: Rect,
}

/// What is shown, as far as the areas depend on it.
#[derive(Debug, Clone, Copy)]
pub struct Content {
    /// Lines of the document, which the gutter counts.
    pub lines: usize,
    /// Whether the token inspector is open.
    pub inspects: bool,
    /// Whether there is a second large model.
    pub compares: bool,
}

impl Layout {
    /// Lays out `area` for what `app` shows.
    pub fn of(app: &App, area: Rect) -> Self {
        Layout::with(app.content(), area)
    }

    /// Lays out `area` for `content`.
    pub(super) fn with(content: Content, area: Rect) -> Self {
        if is_tiny((area.width, area.height)) {
            return Layout {
                tiny: true,
                ..Layout::default()
            };
        }
        let (header, rest) = top(area, 1);
        let (rest, footer) = bottom(rest, 1);
        let (body, status) = bottom(rest, 1);
        let mut layout = Layout {
            header,
            status,
            footer,
            ..Layout::default()
        };
        let inspects = content.inspects;
        // Below that height a pane under the buffer would leave neither of them room.
        let low = body.height < 14;
        // Two large models need more room than one, even before they are asked: a pane that grew
        // later would move the text being read.
        let two = content.compares;
        match area.width {
            WIDE.. => layout.beside(body, inspects, two),
            STACKED.. if !low && !inspects => layout.below(body, two),
            _ => layout.narrow(body, inspects && !low),
        }
        let (text, note) = bottom(layout.editor, 1);
        layout.note = note;
        layout.text = beside_gutter(text, content.lines);
        layout
    }

    /// The whole of `area` for the buffer's text and its gutter.
    pub(in crate::tui) fn of_text(app: &App, area: Rect) -> Self {
        Layout {
            editor: area,
            text: beside_gutter(area, app.content().lines),
            ..Layout::default()
        }
    }

    /// The buffer at the left, the panes at the right, the inspector under the buffer.
    fn beside(&mut self, body: Rect, inspects: bool, two: bool) {
        // A column stays free for the rule between them.
        let panes = body.width * 2 / 5;
        let (left, side) = right(body, panes);
        (self.editor, _) = right(left, 1);
        if inspects {
            let height = (body.height * 2 / 5).min(18);
            (self.editor, self.inspector) = bottom(self.editor, height);
        }
        let routing = match two {
            false => (side.height * 11 / 20).max(side.height.min(14)),
            true => (side.height * 2 / 5).clamp(side.height.min(8), 14),
        };
        (self.routing, self.alternative) = top(side, routing);
    }

    /// The buffer on top, routing and alternative side by side below it.
    fn below(&mut self, body: Rect, two: bool) {
        let height = match two {
            false => (body.height * 9 / 20).min(14),
            true => (body.height * 11 / 20).min(20),
        };
        let (editor, panes) = bottom(body, height);
        self.editor = editor;
        let (routing, alternative) = right(panes, panes.width * 12 / 25);
        // A column stays free for the rule between them.
        (self.routing, _) = right(routing, 1);
        self.alternative = alternative;
    }

    /// The buffer, and the decision in one line; the inspector between them, as wide as it can be.
    fn narrow(&mut self, body: Rect, inspects: bool) {
        (self.editor, self.routing) = bottom(body, 1);
        if inspects {
            (self.editor, self.inspector) = bottom(self.editor, body.height / 2);
        }
    }

    /// The char index of the document under a screen cell of the text area. A cell in the ghost
    /// text gives the ghost's own place; one behind the end of a line gives the line's end.
    pub fn char_at(&self, app: &App, column: u16, row: u16) -> Option<usize> {
        if !self.text.contains((column, row).into()) {
            return None;
        }
        let editor = app.editor();
        let rope = editor.document().rope();
        let ghost = GhostText::of(app);
        let rows = rows::rows(editor, ghost.as_ref(), usize::from(self.text.height));
        let Some(row) = rows.get(usize::from(row - self.text.y)) else {
            return Some(rope.len_chars());
        };
        let wanted = editor.left_column() + usize::from(column - self.text.x);
        let mut found = None;
        let text = ghost.as_ref().map_or("", GhostText::text);
        rows::walk(rope, text, row, wanted..wanted + 1, |cell| {
            found = Some(match cell.place {
                Place::Document(at) => at,
                Place::Ghost(_) => ghost.map_or(0, |ghost| ghost.at),
            });
        });
        let end = row.pieces.last().and_then(|piece| match piece {
            rows::Piece::Document(chars) => Some(chars.end),
            rows::Piece::Ghost(_) => ghost.map(|ghost| ghost.at),
        });
        found.or(end)
    }
}

/// The area beside the gutter, which has a mark, the line number and a blank.
fn beside_gutter(area: Rect, lines: usize) -> Rect {
    let digits = lines.ilog10() + 1;
    let gutter = digits.max(3) as u16 + 2;
    right(area, area.width.saturating_sub(gutter)).1
}

fn top(area: Rect, height: u16) -> (Rect, Rect) {
    let height = height.min(area.height);
    let upper = Rect { height, ..area };
    let lower = Rect {
        y: area.y + height,
        height: area.height - height,
        ..area
    };
    (upper, lower)
}

fn bottom(area: Rect, height: u16) -> (Rect, Rect) {
    top(area, area.height - height.min(area.height))
}

fn right(area: Rect, width: u16) -> (Rect, Rect) {
    let width = width.min(area.width);
    let left = Rect {
        width: area.width - width,
        ..area
    };
    let right = Rect {
        x: area.x + left.width,
        width,
        ..area
    };
    (left, right)
}
