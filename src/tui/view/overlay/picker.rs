//! A fuzzy picker: a query and the matching items, best first.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Style,
    text::Span,
};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::{
    super::{
        Scene,
        text::{Pane, cut, visible},
    },
    input, open,
};
use crate::tui::app::overlay::{Picker, PickerItem};

pub fn draw(
    scene: Scene,
    buffer: &mut Buffer,
    area: Rect,
    title: &str,
    picker: &Picker,
) -> Position {
    let height = area.height * 2 / 3;
    let inside = open(scene.pen, buffer, area, (84, height.max(12)), title);
    let mut pane = Pane::new(buffer, inside);
    let cursor = input(scene.pen, &mut pane, "› ", &picker.query);
    let loading = if picker.loading { ", searching" } else { "" };
    let count = format!(
        "{} of {}{loading}",
        picker.matches.len(),
        picker.items.len()
    );
    pane.line(scene.muted(count));
    let room = pane.room().saturating_sub(1);
    let first = (picker.selected + 1).saturating_sub(room.max(1));
    let shown = picker.matches.iter().enumerate().skip(first).take(room);
    for (index, (item, positions)) in shown {
        if let Some(item) = picker.items.get(*item) {
            let selected = index == picker.selected;
            let current = picker.is_current(item);
            row(scene, &mut pane, item, positions, (selected, current));
        }
    }
    if picker.matches.is_empty() && !picker.loading {
        pane.line(scene.muted("no matches"));
    }
    while pane.room() > 1 {
        pane.gap();
    }
    pane.line(scene.muted("↑↓ choose · Enter opens · Esc back"));
    cursor
}

/// Draws one item, `(selected, current)`.
fn row(
    scene: Scene,
    pane: &mut Pane,
    item: &PickerItem,
    positions: &[u32],
    (selected, current): (bool, bool),
) {
    let pointer = if selected { "▸ " } else { "  " };
    let mut left = vec![scene.span(pointer, "title")];
    left.extend(label(scene, &item.label, positions));
    if current {
        left.push(scene.span(" ● in use", "title"));
    }
    let used: usize = left.iter().map(|span| span.content.width()).sum();
    let detail = cut(
        &visible(&item.detail),
        pane.width().saturating_sub(used + 2),
    );
    pane.ends(left, scene.muted(detail));
    if selected {
        pane.paint_last(scene.palette.ui("selection"));
    }
}

/// The label with its matching chars marked.
fn label(scene: Scene, text: &str, positions: &[u32]) -> Vec<Span<'static>> {
    let (plain, matched) = (scene.palette.ui("text"), scene.palette.ui("match"));
    let mut spans: Vec<Span> = Vec::new();
    let mut at = 0;
    for grapheme in text.graphemes(true) {
        let chars = grapheme.chars().count();
        let is_match = positions
            .iter()
            .any(|p| (at..at + chars).contains(&(*p as usize)));
        at += chars;
        let style: Style = if is_match { matched } else { plain };
        match spans.last_mut() {
            Some(span) if span.style == style => span.content.to_mut().push_str(&visible(grapheme)),
            _ => spans.push(Span::styled(visible(grapheme).into_owned(), style)),
        }
    }
    spans
}
