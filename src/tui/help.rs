//! The help of a screen, as far as it is logic: how long it is and how it scrolls. One help for all
//! screens, made from the screen's own table of keys; drawing it is in `view`.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use unicode_width::UnicodeWidthStr;

use super::text::fit;
use crate::{keys::KeyHelp, words::wrap::wrap_words};

/// Width from which on the groups stand in two columns.
const TWO_COLUMNS: u16 = 134;

/// Width of one column alone.
const ONE_COLUMN: u16 = 68;

/// Rows of an overlay that are not its text: its frame, the last line, and what stays free around.
const AROUND: u16 = 5;

/// Columns of an overlay that are not its text: its frame and a blank at either side.
pub const BESIDE: u16 = 4;

/// Most cells for the keys of an action.
const KEYS: usize = 24;

/// The first line that is shown after a key, `None` when the key closes the help. `is_help` says
/// whether the key is the one that opens it.
pub fn after(
    scroll: u16,
    key: KeyEvent,
    is_help: bool,
    keys: &KeyHelp,
    size: (u16, u16),
) -> Option<u16> {
    let leaves = key.modifiers.contains(KeyModifiers::CONTROL)
        && matches!(key.code, KeyCode::Char('c' | 'q'));
    let scroll = match key.code {
        KeyCode::Up => scroll.saturating_sub(1),
        KeyCode::Down => scroll.saturating_add(1),
        KeyCode::PageUp => scroll.saturating_sub(10),
        KeyCode::PageDown | KeyCode::Char(' ') => scroll.saturating_add(10),
        KeyCode::Home => 0,
        KeyCode::End => u16::MAX,
        KeyCode::Esc | KeyCode::Enter | KeyCode::Char('q') => return None,
        _ if is_help || leaves => return None,
        _ => scroll,
    };
    Some(scroll.min(most_scroll(keys, size)))
}

/// How far the help can be scrolled in a terminal of that size.
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

/// The cells for text in a terminal of that width, and the columns they are for.
pub fn columns_of(columns: u16) -> (u16, u16) {
    let (wanted, count) = match columns >= TWO_COLUMNS {
        true => (TWO_COLUMNS, 2),
        false => (ONE_COLUMN, 1),
    };
    let width = wanted.min(columns.saturating_sub(2));
    (width.saturating_sub(BESIDE), count)
}

/// The keys of a group with what they do, in as many rows of `width` cells as that takes.
pub fn rows_of(help: &[(String, &'static str)], width: usize) -> Vec<(String, String)> {
    let widest = help.iter().map(|(keys, _)| keys.width()).max().unwrap_or(0);
    let widest = widest.min(KEYS);
    // Two blanks stand before the keys, two between, and one behind.
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
