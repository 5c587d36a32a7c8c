//! Scrolling and closing the help of any screen. The help comes from the screen's key table and is
//! drawn by `view::help`, which also knows its length.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// The first visible line after a key; `None` if the key closes the help. `is_help` tells whether
/// the key is one that opens it. Drawing clamps the value to the help's length.
pub fn after(scroll: u16, key: KeyEvent, is_help: bool) -> Option<u16> {
    let leaves = key.modifiers.contains(KeyModifiers::CONTROL)
        && matches!(key.code, KeyCode::Char('c' | 'q'));
    Some(match key.code {
        _ if is_help || leaves => return None,
        KeyCode::Esc | KeyCode::Enter | KeyCode::Char('q') => return None,
        KeyCode::Up => scroll.saturating_sub(1),
        KeyCode::Down => scroll.saturating_add(1),
        KeyCode::PageUp => scroll.saturating_sub(10),
        KeyCode::PageDown | KeyCode::Char(' ') => scroll.saturating_add(10),
        KeyCode::Home => 0,
        KeyCode::End => u16::MAX,
        _ => scroll,
    })
}
