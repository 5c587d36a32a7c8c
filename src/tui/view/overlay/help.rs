//! The help: every key by group, straight from the key table.

use ratatui::{buffer::Buffer, layout::Rect, text::Line};
use unicode_width::UnicodeWidthStr;

use super::{
    super::{
        Pen,
        text::{Pane, fit},
    },
    open,
};

use crate::{keys::KeyHelp, words::wrap::wrap_words};
/// The minimum width for two columns.
const TWO_COLUMNS: u16 = 134;

/// The width of a single column.
const ONE_COLUMN: u16 = 68;

/// Rows of the overlay besides text: the frame, the last line and the margin around it.
const AROUND: u16 = 5;

/// Columns of the overlay besides text: the frame and a blank on either side.
const BESIDE: u16 = 4;

/// The maximum width of an action's keys, in cells.
const KEYS: usize = 24;

/// The furthest scroll position of the help in a terminal of that size.
pub fn most_scroll(keys: &KeyHelp, (columns, rows): (u16, u16)) -> u16 {
    let (width, count) = columns_of(columns);
    let share = usize::from(width / count);
    let lengths = keys.iter().map(|(_, keys)| rows_of(keys, share).len() + 2);
    let longest: usize = match count {
        1 => lengths.sum(),
        _ => lengths.sum::<usize>() * 2 / 3,
    };
    let visible = usize::from(rows.saturating_sub(AROUND));
    u16::try_from(longest.saturating_sub(visible)).unwrap_or(u16::MAX)
}

/// The text width in a terminal of that width, and the number of columns.
fn columns_of(columns: u16) -> (u16, u16) {
    let (wanted, count) = match columns >= TWO_COLUMNS {
        true => (TWO_COLUMNS, 2),
        false => (ONE_COLUMN, 1),
    };
    let width = wanted.min(columns.saturating_sub(2));
    (width.saturating_sub(BESIDE), count)
}

/// A group's keys with descriptions, wrapped to `width` cells.
fn rows_of(help: &[(String, &'static str)], width: usize) -> Vec<(String, String)> {
    let widest = help.iter().map(|(keys, _)| keys.width()).max().unwrap_or(0);
    let widest = widest.min(KEYS);
    // Two blanks before the keys, two between, and one after.
    let room = width.saturating_sub(widest + 5);
    let mut rows = Vec::new();
    for (keys, what) in help {
        for (index, line) in wrap_words(what, room).into_iter().enumerate() {
            let keys = if index == 0 { keys.as_str() } else { "" };
            rows.push((fit(keys, widest), line));
        }
    }
    rows
}

/// Draws the keys from line `scroll` on, with `note` below them.
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

/// Splits the groups into two columns of similar length.
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
