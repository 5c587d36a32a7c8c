//! The overlays, centred over the buffer: pickers, prompts, help, settings, questions, the meter
//! and the passages.

pub mod help;
pub(super) mod matrix;
mod meter;
pub mod passages;
mod picker;
mod question;
mod settings;

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    text::Line,
    widgets::{Block, BorderType, Clear, Widget},
};
use unicode_width::UnicodeWidthStr;

use super::{
    Pen, Scene,
    text::{Pane, visible},
};
use crate::tui::app::{
    LaneKind, Overlay,
    overlay::{Prompt, PromptKind},
};

/// Draws an overlay and returns the cursor's place if it takes text.
pub(super) fn draw(
    scene: Scene,
    buffer: &mut Buffer,
    area: Rect,
    overlay: &Overlay,
) -> Option<Position> {
    match overlay {
        Overlay::Help(open) => {
            let note = " · configure under [keys]";
            help::draw(
                scene.pen,
                buffer,
                area,
                &scene.keymap.help(),
                (open.first(), note),
            );
            None
        }
        Overlay::Files(picker) => Some(picker::draw(
            scene,
            buffer,
            area,
            "Open a file or a sample",
            picker,
        )),
        Overlay::Models(lane, picker) => {
            let title = match lane {
                LaneKind::Small => "Small model",
                LaneKind::Large => "Large model",
                LaneKind::Second => "Second large model",
            };
            Some(picker::draw(scene, buffer, area, title, picker))
        }
        Overlay::Themes(picker) => Some(picker::draw(scene, buffer, area, "Theme", picker)),
        Overlay::Prompt(prompt) => Some(ask(scene, buffer, area, prompt)),
        Overlay::Settings(menu) => {
            settings::draw(scene, buffer, area, menu);
            None
        }
        Overlay::Meter => {
            meter::draw(scene, buffer, area);
            None
        }
        Overlay::Matrix(place) => {
            matrix::draw(scene, buffer, area, place);
            None
        }
        Overlay::Passages(list) => {
            passages::draw(scene, buffer, area, *list);
            None
        }
        Overlay::Question(question) => {
            question::draw(scene, buffer, area, question);
            None
        }
    }
}

/// Clears and frames a box of the wanted size in the middle of `area`, smaller if there is no room.
/// Returns the inside.
pub(in crate::tui) fn open(
    pen: Pen,
    buffer: &mut Buffer,
    area: Rect,
    size: (u16, u16),
    title: &str,
) -> Rect {
    let width = size.0.min(area.width.saturating_sub(2));
    let height = size.1.min(area.height.saturating_sub(2));
    let frame = Rect {
        x: area.x + (area.width - width) / 2,
        // A little above the middle reads better.
        y: area.y + (area.height - height) * 2 / 5,
        width,
        height,
    };
    Clear.render(frame, buffer);
    buffer.set_style(frame, super::ground(pen.palette));
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(pen.palette.ui("border.focused"))
        .title(Line::styled(format!(" {title} "), pen.palette.ui("title")));
    let inside = block.inner(frame);
    block.render(frame, buffer);
    Rect {
        x: inside.x + 1,
        width: inside.width.saturating_sub(2),
        ..inside
    }
}

/// The end of `text` that fits into `width` cells with a cursor.
fn tail(text: &str, width: usize) -> String {
    let text = visible(text);
    let mut start = 0;
    while text[start..].width() >= width.max(1) {
        match text[start..].chars().next() {
            Some(c) => start += c.len_utf8(),
            None => break,
        }
    }
    text[start..].to_owned()
}

/// Draws an input line and returns the cursor's place at its end.
pub(in crate::tui) fn input(pen: Pen, pane: &mut Pane, label: &str, text: &str) -> Position {
    let rest = pane.rest();
    let shown = tail(text, pane.width().saturating_sub(label.width()));
    let column = u16::try_from(label.width() + shown.width()).unwrap_or(u16::MAX);
    pane.line(vec![pen.span(label.to_owned(), "key"), pen.plain(shown)]);
    Position {
        x: rest
            .x
            .saturating_add(column)
            .min(rest.right().saturating_sub(1)),
        y: rest.y,
    }
}

fn ask(scene: Scene, buffer: &mut Buffer, area: Rect, prompt: &Prompt) -> Position {
    let (title, hint) = match prompt.kind {
        PromptKind::Find => (
            "Find",
            "Enter next · Esc back · case-sensitive with an upper-case letter",
        ),
        PromptKind::GoToLine => ("Go to line", "LINE or LINE:COLUMN · Enter goes · Esc back"),
        PromptKind::SaveAs => ("Save as", "Enter saves · Esc back"),
    };
    let inside = open(scene.pen, buffer, area, (68, 4), title);
    let mut pane = Pane::new(buffer, inside);
    let cursor = input(scene.pen, &mut pane, "› ", &prompt.text);
    pane.line(scene.muted(hint));
    cursor
}
