//! Where the panes are: pure geometry, shared by the views and by the app, which needs it to turn
//! a mouse click into a place and to keep the cursor in view.

use ratatui::layout::Rect;

use super::app::App;

/// The areas of the screen. A pane that has no room is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Layout {
    /// Below 40×10: nothing but a notice is drawn.
    pub tiny: bool,
    pub header: Rect,
    /// The buffer with its gutter.
    pub editor: Rect,
    /// The text area of the buffer, without gutter.
    pub text: Rect,
    pub routing: Rect,
    pub alternative: Rect,
    pub inspector: Rect,
    pub status: Rect,
    pub footer: Rect,
}

impl Layout {
    /// Lays out `area` for what `app` shows.
    pub fn of(_app: &App, _area: Rect) -> Self {
        todo!()
    }

    /// The char index of the document under a screen cell of the text area. A cell in the ghost
    /// text gives the ghost's own place; one behind the end of a line gives the line's end.
    pub fn char_at(&self, _app: &App, _column: u16, _row: u16) -> Option<usize> {
        todo!()
    }
}
