//! The help overlay, shared by all screens. It lists the keys of the current screen. `view::help`
//! draws it and knows its length.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// The help while it is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Help {
    first: u16,
}

impl Help {
    /// The first line in view.
    pub fn first(self) -> u16 {
        self.first
    }

    /// The help after a key, `None` when the key closes it. `is_help` is set for the key that opens
    /// the help. [`Help::at_most`] corrects a first line that is too far down.
    pub fn after(self, key: KeyEvent, is_help: bool) -> Option<Self> {
        let leaves = key.modifiers.contains(KeyModifiers::CONTROL)
            && matches!(key.code, KeyCode::Char('c' | 'q'));
        let first = self.first;
        let first = match key.code {
            _ if is_help || leaves => return None,
            KeyCode::Esc | KeyCode::Enter | KeyCode::Char('q') => return None,
            KeyCode::Up => first.saturating_sub(1),
            KeyCode::Down => first.saturating_add(1),
            KeyCode::PageUp => first.saturating_sub(10),
            KeyCode::PageDown | KeyCode::Char(' ') => first.saturating_add(10),
            KeyCode::Home => 0,
            KeyCode::End => u16::MAX,
            _ => first,
        };
        Some(Help { first })
    }

    /// The help scrolled by this many lines.
    #[must_use]
    pub fn scrolled(self, lines: i16) -> Self {
        Help {
            first: self.first.saturating_add_signed(lines),
        }
    }

    /// The help with its first line at most `last`.
    #[must_use]
    pub fn at_most(self, last: u16) -> Self {
        Help {
            first: self.first.min(last),
        }
    }
}
