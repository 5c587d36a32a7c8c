//! How the help of any screen is scrolled and closed. It is made from the screen's own table of keys
//! and drawn by `view::help`, which tells how long it is.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// The first line that is shown after a key, `None` when the key closes the help. `is_help` says
/// whether the key is one that opens it. What is too far is taken back when that is drawn.
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
