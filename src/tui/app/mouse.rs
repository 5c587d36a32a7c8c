//! The mouse: click, double and triple click, drag, wheel.

use std::time::Duration;

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use super::{App, event::Effect, overlay::Overlay};
use crate::document::{Document, Selection};

/// Two clicks on one cell within this time are a double click.
const DOUBLE_CLICK: Duration = Duration::from_millis(400);

/// How many lines one notch of the wheel scrolls.
const WHEEL_LINES: isize = 3;

/// The latest click, to tell double clicks from single ones and to know where a drag began.
#[derive(Debug, Clone, Copy)]
struct Click {
    column: u16,
    row: u16,
    at: Duration,
    count: u8,
    anchor: usize,
}

/// What the mouse did before.
#[derive(Debug, Default)]
pub(super) struct Pointer {
    latest: Option<Click>,
}

impl Pointer {
    /// A click at the char index `at`: the selection that it makes.
    fn click(
        &mut self,
        mouse: MouseEvent,
        at: usize,
        now: Duration,
        document: &Document,
    ) -> Selection {
        let again = self.latest.filter(|click| {
            (click.column, click.row) == (mouse.column, mouse.row)
                && now.saturating_sub(click.at) < DOUBLE_CLICK
        });
        let count = again.map_or(1, |click| click.count % 3 + 1);
        let extend = mouse.modifiers.contains(KeyModifiers::SHIFT);
        let selection = match count {
            2 => selection_of(document.word_at(at)),
            3 => selection_of(document.line_range(document.rope().char_to_line(at))),
            _ if extend => Selection {
                anchor: document.selection().anchor,
                head: at,
            },
            _ => Selection {
                anchor: at,
                head: at,
            },
        };
        self.latest = Some(Click {
            column: mouse.column,
            row: mouse.row,
            at: now,
            count,
            anchor: selection.anchor,
        });
        selection
    }

    /// The selection after dragging to a char index, where a click began it.
    fn drag(&self, head: usize) -> Option<Selection> {
        let anchor = self.latest?.anchor;
        Some(Selection { anchor, head })
    }
}

impl App {
    pub(super) fn on_mouse(&mut self, mouse: MouseEvent) -> Vec<Effect> {
        let (columns, rows) = self.size;
        let is_outside = mouse.column >= columns || mouse.row >= rows;
        if self.is_tiny() || is_outside {
            return Vec::new();
        }
        match mouse.kind {
            MouseEventKind::ScrollUp => self.wheel(mouse, -WHEEL_LINES),
            MouseEventKind::ScrollDown => self.wheel(mouse, WHEEL_LINES),
            _ if self.overlay.is_some() => {}
            MouseEventKind::Down(MouseButton::Left) => return self.click(mouse),
            MouseEventKind::Drag(MouseButton::Left) => return self.drag(mouse),
            _ => {}
        }
        Vec::new()
    }

    fn wheel(&mut self, mouse: MouseEvent, lines: isize) {
        let over = Position::new(mouse.column, mouse.row);
        let over_alternative = self.layout().alternative.contains(over);
        match &mut self.overlay {
            None if over_alternative => self.completions.scroll_alternative(lines),
            None => self.editor.scroll(lines),
            Some(Overlay::Help(help)) => *help = help.scrolled(lines as i16),
            Some(Overlay::Files(picker) | Overlay::Models(_, picker) | Overlay::Themes(picker)) => {
                picker.choose(lines.signum());
            }
            Some(_) => {}
        }
    }

    fn click(&mut self, mouse: MouseEvent) -> Vec<Effect> {
        let Some(at) = self.layout().char_at(self, mouse.column, mouse.row) else {
            return Vec::new();
        };
        let document = self.editor.document();
        let selection = self.pointer.click(mouse, at, self.now, document);
        self.select(selection)
    }

    fn drag(&mut self, mouse: MouseEvent) -> Vec<Effect> {
        let layout = self.layout();
        // Dragging over the edge scrolls, so that more than a screen can be selected.
        if mouse.row <= layout.text.y {
            self.editor.scroll(-1);
        } else if mouse.row + 1 >= layout.text.bottom() {
            self.editor.scroll(1);
        }
        let row = mouse
            .row
            .clamp(layout.text.y, layout.text.bottom().saturating_sub(1));
        let head = layout.char_at(self, mouse.column.max(layout.text.x), row);
        let selection = head.and_then(|head| self.pointer.drag(head));
        selection.map_or_else(Vec::new, |selection| self.select(selection))
    }
}

fn selection_of(range: std::ops::Range<usize>) -> Selection {
    Selection {
        anchor: range.start,
        head: range.end,
    }
}
