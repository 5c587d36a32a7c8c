//! Text for panes: made harmless, cut to a width, laid out as flowing items. Text from a file, a
//! model or the disk passes through [`visible`] before it reaches a cell.

use std::borrow::Cow;

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::words::{display_width, shown};

/// `text` as one safe line: line breaks and tabs as arrows, terminal control characters as visible
/// placeholders.
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    let grapheme = |grapheme| match grapheme {
        "\n" | "\r\n" => Cow::Borrowed("↵"),
        "\t" => Cow::Borrowed("⇥"),
        other => shown(other),
    };
    Cow::Owned(text.graphemes(true).map(grapheme).collect())
}

/// [`visible`] with leading and trailing blanks shown too, for tokens. An empty token (part of a
/// character, the end of the text) is `∅`.
pub fn token(text: &str) -> String {
    if text.is_empty() {
        return "∅".to_owned();
    }
    let inner = text.trim_matches(' ');
    let lead = text.len() - text.trim_start_matches(' ').len();
    let tail = text.len() - inner.len() - lead;
    [
        "␣".repeat(lead),
        visible(inner).into_owned(),
        "␣".repeat(tail),
    ]
    .concat()
}

/// `text` (already [`visible`]) cut to `width` cells, with an ellipsis if anything was cut.
pub fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        used += grapheme.width();
        if used + 1 > width {
            break;
        }
        kept.push_str(grapheme);
    }
    if width > 0 {
        kept.push('…');
    }
    kept
}

/// `text` (already [`visible`]) cut in the middle to `width` cells: model names differ least there.
pub fn cut_middle(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let tail_room = width / 2;
    let mut tail: Vec<&str> = Vec::new();
    let mut used = 0;
    for grapheme in text.graphemes(true).rev() {
        used += grapheme.width();
        if used > tail_room {
            break;
        }
        tail.push(grapheme);
    }
    tail.reverse();
    let tail = tail.concat();
    let head = cut(text, width - tail.width());
    head + &tail
}

/// [`cut`], padded with blanks to exactly `width` cells.
pub fn fit(text: &str, width: usize) -> String {
    let mut fitted = cut(text, width);
    fitted.push_str(&" ".repeat(width.saturating_sub(fitted.width())));
    fitted
}

/// Lays `items` out with `gap` blanks between them, in as many lines of `width` cells as needed. An
/// item wider than a line gets a line of its own.
pub fn flow(items: Vec<Vec<Span<'static>>>, width: usize, gap: usize) -> Vec<Line<'static>> {
    let mut lines: Vec<Line> = Vec::new();
    for item in items {
        let item = Line::from(item);
        match lines.last_mut() {
            Some(line) if line.width() + gap + item.width() <= width => {
                line.push_span(" ".repeat(gap));
                line.spans.extend(item.spans);
            }
            _ => lines.push(item),
        }
    }
    lines
}

/// Breaks tagged (styled) pieces of text into lines of `width` cells, at line breaks and wherever a
/// line is full. Tabs become blanks; the rest looks as in the buffer.
pub fn wrap<T: Copy>(pieces: &[(String, T)], width: usize) -> Vec<Vec<(String, T)>> {
    let mut lines = Vec::new();
    let mut line = Vec::new();
    let mut column = 0;
    for (text, tag) in pieces {
        let mut run = String::new();
        for grapheme in text.graphemes(true) {
            let cells = display_width(grapheme, column);
            let full = column + cells > width && column > 0;
            if matches!(grapheme, "\n" | "\r\n") || full {
                line.push((std::mem::take(&mut run), *tag));
                lines.push(std::mem::take(&mut line));
                column = 0;
            }
            match grapheme {
                "\n" | "\r\n" => {}
                "\t" => {
                    run.push_str(&" ".repeat(cells));
                    column += cells;
                }
                other => {
                    run.push_str(&shown(other));
                    column += cells;
                }
            }
        }
        line.push((run, *tag));
    }
    lines.push(line);
    lines
}

/// An area that is filled with lines from the top; lines without room are dropped.
pub struct Pane<'b> {
    buffer: &'b mut Buffer,
    area: Rect,
    next: u16,
}

impl<'b> Pane<'b> {
    pub fn new(buffer: &'b mut Buffer, area: Rect) -> Self {
        let area = area.intersection(buffer.area);
        Pane {
            buffer,
            area,
            next: 0,
        }
    }

    pub fn width(&self) -> usize {
        usize::from(self.area.width)
    }

    /// The number of lines that still fit.
    pub fn room(&self) -> usize {
        usize::from(self.area.height - self.next)
    }

    /// Draws a line on the next row.
    pub fn line(&mut self, line: impl Into<Line<'static>>) {
        if self.room() > 0 {
            let y = self.area.y + self.next;
            self.buffer
                .set_line(self.area.x, y, &line.into(), self.area.width);
            self.next += 1;
        }
    }

    /// Draws one line at the left edge and one at the right; the left one is cut if both do not
    /// fit.
    pub fn ends(&mut self, left: impl Into<Line<'static>>, right: impl Into<Line<'static>>) {
        let (left, right) = (left.into(), right.into());
        if self.room() == 0 {
            return;
        }
        let y = self.area.y + self.next;
        let right_width = right.width().min(self.width()) as u16;
        // One blank separates them.
        let gap = u16::from(right_width > 0);
        let room = self.area.width.saturating_sub(right_width + gap);
        self.buffer.set_line(self.area.x, y, &left, room);
        if left.width() > usize::from(room) && room > 0 {
            self.buffer[(self.area.x + room - 1, y)].set_symbol("…");
        }
        let x = self.area.right() - right_width;
        self.buffer.set_line(x, y, &right, right_width);
        self.next += 1;
    }

    /// Leaves a row empty.
    pub fn gap(&mut self) {
        if self.room() > 0 {
            self.next += 1;
        }
    }

    /// The unused part of the area.
    pub fn rest(&self) -> Rect {
        Rect {
            y: self.area.y + self.next,
            height: self.area.height - self.next,
            ..self.area
        }
    }

    /// Paints the last drawn row over its whole width.
    pub fn paint_last(&mut self, style: Style) {
        if self.next > 0 {
            let y = self.area.y + self.next - 1;
            let row = Rect {
                y,
                height: 1,
                ..self.area
            };
            self.buffer.set_style(row, style);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_steer_the_terminal_is_made_visible() {
        assert_eq!(visible("a\x1b[2J\n\tb"), "a^[[2J↵⇥b");
        assert_eq!(token("  low\n"), "␣␣low↵");
        assert_eq!(token("   "), "␣␣␣");
        assert_eq!(token(""), "∅");
    }

    #[test]
    fn cutting_counts_cells_and_says_so() {
        assert_eq!(cut("世界 peace", 6), "世界 …");
        assert_eq!(cut("世界", 3), "世…");
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abc", 0), "");
        assert_eq!(fit("世界", 6), "世界  ");
        assert_eq!(cut_middle("coder-small-7b", 9), "code…l-7b");
        assert_eq!(cut_middle("coder", 5), "coder");
        assert_eq!(cut_middle("coder", 0), "");
    }

    #[test]
    fn wrapping_keeps_every_character() {
        let pieces = vec![("ab\tc\n世".to_owned(), 1), ("界".to_owned(), 2)];
        let lines = wrap(&pieces, 5);
        let second = vec![("世".to_owned(), 1), ("界".to_owned(), 2)];
        assert_eq!(lines, [vec![("ab  c".to_owned(), 1)], second]);
        let narrow = wrap(&pieces, 1).concat();
        let narrow: String = narrow.into_iter().map(|(text, _)| text).collect();
        assert_eq!(narrow.replace(' ', ""), "abc世界");
    }
}
