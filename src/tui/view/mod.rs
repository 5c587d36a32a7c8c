//! Drawing: a pure function of the app's state, one file per pane. Nothing is kept between frames,
//! nothing is read or written, and any terminal size works.
//!
//! The layout of the panes is in [`super::app::layout`] and the rows of the buffer in
//! [`super::app::rows`], because mouse clicks need both.

pub mod alternative;
mod diff;
mod drafts;
mod editor;
mod footer;
mod header;
mod heatmap;
mod history;
mod inspector;
mod meter;
pub(in crate::tui) mod notice;
pub(in crate::tui) mod overlay;
mod routing;
mod state;
mod status;

use std::ops::Deref;

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::{Position, Rect},
    style::{Modifier, Style},
    text::{Line, Span},
};

use self::notice::Notice;
pub use self::overlay::{help, passages};
pub(in crate::tui) use super::text;
use super::{
    app::{App, event::Extents, layout::Layout, overlay::Overlay},
    message::{Level, Message},
    palette::{ColorDepth, Palette},
    text::Pane,
};
use crate::keys::{Action, Keymap};

/// What every screen draws with: the theme's styles by scope.
#[derive(Clone, Copy)]
pub(in crate::tui) struct Pen<'a> {
    pub palette: &'a Palette,
}

impl Pen<'_> {
    /// A text in the style of an interface scope.
    pub fn span(&self, text: impl Into<String>, scope: &str) -> Span<'static> {
        Span::styled(text.into(), self.palette.ui(scope))
    }

    pub fn plain(&self, text: impl Into<String>) -> Span<'static> {
        self.span(text, "text")
    }

    pub fn muted(&self, text: impl Into<String>) -> Span<'static> {
        self.span(text, "muted")
    }

    /// The style of a fault: its colour for the letters and the underline.
    fn fault(&self) -> Style {
        let style = self.palette.ui("fault").add_modifier(Modifier::UNDERLINED);
        match style.fg {
            Some(colour) if self.palette.depth() >= ColorDepth::Ansi256 => {
                style.underline_color(colour)
            }
            _ => style,
        }
    }

    /// Draws a pane's first row: a rule across the width with the title and facts.
    pub fn title(&self, pane: &mut Pane, title: &str, facts: Vec<Span<'static>>) {
        let mut line = Line::from(vec![
            self.span("─ ", "border"),
            self.span(title.to_owned(), "title"),
            self.plain(" "),
        ]);
        line.spans.extend(facts);
        if line.spans.len() > 3 && line.width() < pane.width() {
            line.push_span(" ");
        }
        let rest = pane.width().saturating_sub(line.width());
        line.push_span(self.span("─".repeat(rest), "border"));
        pane.ends(line, Line::default());
    }

    /// Draws the last line of a screen: the message, or else as many keys as fit, each with a word.
    pub fn bottom_line(
        &self,
        pane: &mut Pane,
        message: Option<&Message>,
        keys: impl IntoIterator<Item = (String, &'static str)>,
    ) {
        if let Some(message) = message {
            return self.message(pane, message);
        }
        let item = |(keys, word): (String, &str)| {
            vec![self.span(keys, "key"), self.muted(format!(" {word}"))]
        };
        let items = keys.into_iter().map(item).collect();
        let lines = text::flow(items, pane.width().saturating_sub(1), 2);
        let mut line = Line::from(self.plain(" "));
        line.extend(lines.into_iter().next().unwrap_or_default());
        pane.line(line);
    }

    fn message(&self, pane: &mut Pane, message: &Message) {
        let mark = match message.level {
            Level::Info => "",
            Level::Warning => "! ",
            Level::Error => "✗ ",
        };
        let scope = message.level.scope();
        let text = format!(" {mark}{}", text::visible(&message.text));
        pane.line(self.span(text::cut(&text, pane.width()), scope));
    }
}

impl Level {
    /// The interface scope of a message's text.
    fn scope(self) -> &'static str {
        match self {
            Level::Info => "text",
            Level::Warning => "notice",
            Level::Error => "error",
        }
    }
}

/// What every pane of the playground draws from.
#[derive(Clone, Copy)]
struct Scene<'a> {
    app: &'a App,
    pen: Pen<'a>,
    keymap: &'a Keymap,
}

impl<'a> Deref for Scene<'a> {
    type Target = Pen<'a>;

    fn deref(&self) -> &Pen<'a> {
        &self.pen
    }
}

impl Scene<'_> {
    /// The key of an action; empty if it has none.
    fn key(&self, action: Action) -> Span<'static> {
        self.span(self.keymap.label(action), "key")
    }

    /// A key and what it does: `Tab accept`.
    fn hint(&self, action: Action, what: &str) -> Vec<Span<'static>> {
        vec![self.key(action), self.muted(format!(" {what}"))]
    }
}

/// Draws the whole screen.
pub fn draw(frame: &mut Frame, app: &App, palette: &Palette, keymap: &Keymap) {
    let scene = Scene {
        app,
        pen: Pen { palette },
        keymap,
    };
    let area = frame.area();
    frame.buffer_mut().set_style(area, ground(palette));
    let layout = Layout::of(app, area);
    if layout.tiny {
        let notice = Notice {
            question: app.brief_question(),
            message: app.message(),
            leave: format!("{} quits", keymap.label(Action::Quit)),
        };
        return notice::draw(frame, scene.pen, &notice);
    }
    header::draw(scene, frame.buffer_mut(), layout.header);
    footer::draw(scene, frame.buffer_mut(), layout.footer);
    let cursor = panes(scene, frame.buffer_mut(), &layout);
    let cursor = match app.overlay() {
        Some(open) => overlay::draw(scene, frame.buffer_mut(), area, open),
        None => cursor.filter(|_| app.inspector().is_none()),
    };
    if let Some(position) = cursor {
        frame.set_cursor_position(position);
    }
}

/// The scroll limits of the current frame; `None` while nothing is scrolled.
pub fn extents(app: &App) -> Option<Extents> {
    let mut extents = Extents::default();
    let is_scrolled = app.turn().large.scroll.max(app.turn().second.scroll) > 0;
    if is_scrolled {
        extents.alternative = alternative::most_scroll(app);
    }
    match app.overlay() {
        Some(Overlay::Help(help)) if help.first() > 0 => {
            extents.help = help::most_scroll(&app.keymap().help(), app.size());
        }
        Some(Overlay::Passages(list)) if list.scroll > 0 => {
            extents.passage = passages::most_scroll(app, *list);
        }
        _ if !is_scrolled => return None,
        _ => {}
    }
    Some(extents)
}

/// Draws the panes of a read-only app into `area` and returns the layout. The caller draws the
/// header and footer lines.
pub(super) fn draw_panes(frame: &mut Frame, app: &App, palette: &Palette, area: Rect) -> Layout {
    let layout = Layout::of(app, area);
    if !layout.tiny {
        panes(scene_of(app, palette), frame.buffer_mut(), &layout);
    }
    layout
}

/// Draws only the text of an app into `area`.
pub(super) fn draw_text(frame: &mut Frame, app: &App, palette: &Palette, area: Rect) {
    let layout = Layout::of_text(app, area);
    editor::draw(scene_of(app, palette), frame.buffer_mut(), &layout);
}

fn scene_of<'a>(app: &'a App, palette: &'a Palette) -> Scene<'a> {
    Scene {
        app,
        pen: Pen { palette },
        keymap: app.keymap(),
    }
}

/// Draws everything except header, footer and overlays. Returns the cursor's place, if it is in
/// view.
fn panes(scene: Scene, buffer: &mut Buffer, layout: &Layout) -> Option<Position> {
    let cursor = editor::draw(scene, buffer, layout);
    routing::draw(scene, buffer, layout.routing);
    alternative::draw(scene, buffer, layout.alternative);
    inspector::draw(scene, buffer, layout.inspector);
    rule_between(scene, buffer, layout);
    status::draw(scene, buffer, layout.status);
    cursor
}

pub(in crate::tui) fn ground(palette: &Palette) -> Style {
    palette.ui("background").patch(palette.ui("text"))
}

/// The vertical rule between panes side by side, joined to the rules of their titles.
fn rule_between(scene: Scene, buffer: &mut Buffer, layout: &Layout) {
    let routing = layout.routing;
    let x = match () {
        _ if routing.x > layout.editor.x => routing.x - 1,
        _ if routing.right() < layout.status.right() => routing.right(),
        _ => return,
    };
    let bottom = layout.status.y;
    let style = scene.palette.ui("border");
    for y in routing.y..bottom {
        let is_rule = |x: Option<u16>| {
            let cell = x.and_then(|x| buffer.cell((x, y)));
            cell.is_some_and(|cell| cell.symbol() == "─")
        };
        let symbol = match (is_rule(x.checked_sub(1)), is_rule(x.checked_add(1))) {
            (true, true) if y == routing.y => "┬",
            (false, true) if y == routing.y => "┌",
            (true, true) => "┼",
            (true, false) => "┤",
            (false, true) => "├",
            (false, false) => "│",
        };
        buffer[(x, y)].set_symbol(symbol).set_style(style);
    }
}
