//! The help: every key, from a table of keys itself, by group.

use ratatui::{buffer::Buffer, layout::Rect, text::Line};

use super::{
    super::{Pen, text::Pane},
    open,
};
use crate::{
    keys::KeyHelp,
    tui::help::{BESIDE, columns_of, rows_of},
};

/// Draws the keys from the line `scroll` on, with `note` below them.
pub(in crate::tui) fn draw(
    pen: Pen,
    buffer: &mut Buffer,
    area: Rect,
    keys: &KeyHelp,
    (scroll, note): (u16, &str),
) {
    let (width, count) = columns_of(area.width);
    let share = usize::from(width / count);
    let groups: Vec<Vec<Line>> = keys
        .iter()
        .map(|(title, keys)| lines(pen, title, keys, share))
        .collect();
    let columns = match count {
        1 => vec![groups.concat()],
        _ => split(groups),
    };
    let longest = columns.iter().map(Vec::len).max().unwrap_or(0);
    let width = width + BESIDE;
    let wanted = u16::try_from(longest + 3).unwrap_or(u16::MAX);
    let inside = open(pen, buffer, area, (width, wanted), "Keys");
    let visible = usize::from(inside.height).saturating_sub(1);
    let last = longest.saturating_sub(visible);
    let first = usize::from(scroll).min(last);
    let share = inside.width / columns.len() as u16;
    for (column, x) in columns
        .into_iter()
        .zip((inside.x..).step_by(share.max(1).into()))
    {
        let area = Rect {
            x,
            width: share,
            height: visible as u16,
            ..inside
        };
        let mut pane = Pane::new(buffer, area);
        for line in column.into_iter().skip(first) {
            pane.line(line);
        }
    }
    let foot = Rect {
        y: inside.bottom().saturating_sub(1),
        height: inside.height.min(1),
        ..inside
    };
    let more = match last {
        0 => String::new(),
        _ => format!("↑↓ scroll, {} of {longest} · ", first + visible),
    };
    let mut pane = Pane::new(buffer, foot);
    let text = format!("{more}Esc back{note}");
    pane.line(pen.muted(text));
}

/// Puts the groups into two columns of about the same length.
fn split(groups: Vec<Vec<Line<'static>>>) -> Vec<Vec<Line<'static>>> {
    let all: usize = groups.iter().map(Vec::len).sum();
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for group in groups {
        let nearer = right.is_empty() && (left.len() + group.len()) * 2 <= all + group.len();
        let column = if nearer { &mut left } else { &mut right };
        column.extend(group);
    }
    vec![left, right]
}

/// A group's heading, its keys, and an empty line.
fn lines(
    pen: Pen,
    title: &'static str,
    keys: &[(String, &'static str)],
    width: usize,
) -> Vec<Line<'static>> {
    let mut lines = vec![Line::from(pen.span(title, "title"))];
    let rows = rows_of(keys, width).into_iter();
    lines.extend(rows.map(|(keys, what)| {
        Line::from(vec![
            pen.span(format!("  {keys}"), "key"),
            pen.plain(format!("  {what}")),
        ])
    }));
    lines.push(Line::default());
    lines
}
