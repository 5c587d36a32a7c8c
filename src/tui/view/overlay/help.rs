//! The help: every key, from the table of keys itself, by group.

use ratatui::{buffer::Buffer, layout::Rect, text::Line};
use unicode_width::UnicodeWidthStr;

use super::{
    super::{
        Scene,
        text::{Pane, fit},
    },
    open,
};
use crate::tui::keymap::{Group, Keymap};

/// Width from which on the groups stand in two columns.
const TWO_COLUMNS: u16 = 134;

/// Rows of an overlay that are not its text: its frame, the last line, and what stays free around.
const AROUND: u16 = 5;

/// How far the help can be scrolled in a terminal of that size.
pub fn most_scroll(keymap: &Keymap, (columns, rows): (u16, u16)) -> u16 {
    let lengths = Group::ALL.map(|group| keymap.help(group).len() + 2);
    let longest = match columns >= TWO_COLUMNS {
        true => lengths.iter().sum::<usize>() * 2 / 3,
        false => lengths.iter().sum(),
    };
    let visible = usize::from(rows.saturating_sub(AROUND));
    u16::try_from(longest.saturating_sub(visible)).unwrap_or(u16::MAX)
}

pub(in crate::tui::view) fn draw(scene: Scene, buffer: &mut Buffer, area: Rect, scroll: u16) {
    let wide = area.width >= TWO_COLUMNS;
    let groups: Vec<Vec<Line>> = Group::ALL
        .iter()
        .map(|group| lines(scene, *group))
        .collect();
    let columns = if wide {
        split(groups)
    } else {
        vec![groups.concat()]
    };
    let longest = columns.iter().map(Vec::len).max().unwrap_or(0);
    let width = if wide { TWO_COLUMNS } else { 68 };
    let wanted = u16::try_from(longest + 3).unwrap_or(u16::MAX);
    let inside = open(scene, buffer, area, (width, wanted), "Keys");
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
    let text = format!("{more}Esc back · configured under [keys]");
    pane.line(scene.muted(text));
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
fn lines(scene: Scene, group: Group) -> Vec<Line<'static>> {
    let help = scene.keymap.help(group);
    let widest = help.iter().map(|(keys, _)| keys.width()).max().unwrap_or(0);
    let mut lines = vec![Line::from(scene.span(group.title(), "title"))];
    lines.extend(help.into_iter().map(|(keys, what)| {
        Line::from(vec![
            scene.span(format!("  {}", fit(&keys, widest.min(24))), "key"),
            scene.plain(format!("  {what}")),
        ])
    }));
    lines.push(Line::default());
    lines
}
