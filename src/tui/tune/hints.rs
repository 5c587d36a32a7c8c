//! The keys of a page that has few of them: one table writes the footer and the help.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::tui::view::{
    Pen, help,
    text::{Pane, flow},
};

/// A key or two, what they do in a word, and in a line.
pub struct Hint(pub String, pub &'static str, pub &'static str);

impl Hint {
    pub fn new(keys: &str, word: &'static str, line: &'static str) -> Self {
        Hint(keys.to_owned(), word, line)
    }
}

/// Draws as many of the keys as there is room for.
pub fn footer(pen: Pen, pane: &mut Pane, hints: &[Hint]) {
    let item = |Hint(keys, word, _): &Hint| -> Vec<Span<'static>> {
        vec![pen.span(keys.clone(), "key"), pen.muted(format!(" {word}"))]
    };
    let items = hints.iter().map(item).collect();
    let lines = flow(items, pane.width().saturating_sub(1), 2);
    let mut line = Line::from(pen.plain(" "));
    line.extend(lines.into_iter().next().unwrap_or_default());
    pane.line(line);
}

/// Draws all of them, over `area`.
pub fn help(pen: Pen, buffer: &mut Buffer, area: Rect, title: &'static str, hints: &[Hint]) {
    let keys = hints
        .iter()
        .map(|Hint(keys, _, line)| (keys.clone(), *line));
    help::draw(pen, buffer, area, &vec![(title, keys.collect())], (0, ""));
}
