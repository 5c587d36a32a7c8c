//! Drawing: a pure function of the app's state, one file per pane. Nothing is kept between frames,
//! nothing is read or written, and no size of terminal is too small.
//!
//! Where the panes are is decided in [`super::layout`]; what stands on the rows of the buffer in
//! [`rows`], which the layout reads too, to turn a mouse click into a place.

mod alternative;
mod diff;
mod editor;
mod footer;
mod header;
mod heatmap;
mod history;
mod inspector;
mod overlay;
mod routing;
pub mod rows;
mod state;
mod status;
mod text;

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};
use unicode_width::UnicodeWidthStr;

use self::text::Pane;
use super::{
    app::App,
    keymap::{Action, Keymap},
    layout::{Layout, SMALLEST},
    palette::Palette,
};

/// Everything a pane draws from.
#[derive(Clone, Copy)]
struct Scene<'a> {
    app: &'a App,
    palette: &'a Palette,
    keymap: &'a Keymap,
}

impl Scene<'_> {
    /// A text in the style of an interface scope.
    fn span(&self, text: impl Into<String>, scope: &str) -> Span<'static> {
        Span::styled(text.into(), self.palette.ui(scope))
    }

    fn plain(&self, text: impl Into<String>) -> Span<'static> {
        self.span(text, "text")
    }

    fn muted(&self, text: impl Into<String>) -> Span<'static> {
        self.span(text, "muted")
    }

    /// The key of an action, or nothing when it has none.
    fn key(&self, action: Action) -> Span<'static> {
        self.span(self.keymap.label(action), "key")
    }

    /// A key and what it does: `Tab accept`.
    fn hint(&self, action: Action, what: &str) -> Vec<Span<'static>> {
        vec![self.key(action), self.muted(format!(" {what}"))]
    }

    /// Draws a pane's first row: its title, and facts about it, in a rule across the whole width.
    fn title(&self, pane: &mut Pane, title: &str, facts: Vec<Span<'static>>) {
        let mut spans = vec![
            self.span("─ ", "border"),
            self.span(title.to_owned(), "title"),
            self.plain(" "),
        ];
        if !facts.is_empty() {
            spans.extend(facts);
            spans.push(self.plain(" "));
        }
        let used: usize = spans.iter().map(|span| span.content.width()).sum();
        let rest = pane.width().saturating_sub(used);
        spans.push(self.span("─".repeat(rest), "border"));
        pane.line(spans);
    }
}

/// Draws the whole screen.
pub fn draw(frame: &mut Frame, app: &App, palette: &Palette, keymap: &Keymap) {
    let scene = Scene {
        app,
        palette,
        keymap,
    };
    let area = frame.area();
    frame.buffer_mut().set_style(area, ground(palette));
    let layout = Layout::of(app, area);
    if layout.tiny {
        draw_tiny(frame, palette, keymap);
        return;
    }
    let buffer = frame.buffer_mut();
    header::draw(scene, buffer, layout.header);
    let cursor = editor::draw(scene, buffer, &layout);
    rule_between(scene, buffer, &layout);
    routing::draw(scene, buffer, layout.routing);
    alternative::draw(scene, buffer, layout.alternative);
    inspector::draw(scene, buffer, layout.inspector);
    status::draw(scene, buffer, layout.status);
    footer::draw(scene, buffer, layout.footer);
    let cursor = match &app.overlay {
        Some(open) => overlay::draw(scene, buffer, area, open),
        None => cursor.filter(|_| app.inspector.is_none()),
    };
    if let Some(position) = cursor {
        frame.set_cursor_position(position);
    }
}

/// What is drawn where there is no room for anything else.
pub fn draw_tiny(frame: &mut Frame, palette: &Palette, keymap: &Keymap) {
    let area = frame.area();
    let buffer = frame.buffer_mut();
    buffer.set_style(area, ground(palette));
    let quit = keymap.label(Action::Quit);
    let notice = format!(
        "routelens needs {}×{} cells; here are {}×{}. {quit} quits.",
        SMALLEST.0, SMALLEST.1, area.width, area.height
    );
    let style = palette.ui("text");
    let mut pane = Pane::new(buffer, area);
    for line in text::wrap_words(&notice, pane.width()) {
        pane.line(Line::styled(line, style));
    }
}

fn ground(palette: &Palette) -> Style {
    palette.ui("background").patch(palette.ui("text"))
}

/// The vertical rule between the buffer and the panes at its right.
fn rule_between(scene: Scene, buffer: &mut Buffer, layout: &Layout) {
    let (left, right) = (layout.editor, layout.routing);
    if right.is_empty() || right.x == 0 {
        return;
    }
    let height = layout.status.y.saturating_sub(right.y);
    let style = scene.palette.ui("border");
    let rule = Rect {
        x: right.x - 1,
        y: right.y,
        width: 1,
        height,
    };
    for position in rule.intersection(buffer.area).positions() {
        buffer[position].set_symbol("│").set_style(style);
    }
    // Below the buffer the rule joins the titles of the panes on either side.
    if right.y > left.y {
        return;
    }
    if let Some(cell) = buffer.cell_mut((right.x - 1, right.y)) {
        cell.set_symbol("├");
    }
}
