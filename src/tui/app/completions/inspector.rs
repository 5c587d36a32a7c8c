//! The token inspector: the keys that walk the tokens of the shown run and their candidates.

use crossterm::event::{KeyCode, KeyEvent};

use super::Completer;
use crate::tui::app::event::Effect;

/// The position in the token inspector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Inspector {
    /// Index of the chosen token of the shown run.
    pub token: usize,
    /// Index of the chosen candidate in its `top`.
    pub candidate: usize,
}

impl Inspector {
    /// The position after a key; `None` for a key that does not move it. `last` is the last token,
    /// and `candidates` counts those of the chosen token.
    fn after(self, code: KeyCode, last: usize, candidates: usize) -> Option<Self> {
        let to_token = |token: usize| Inspector {
            token: token.min(last),
            candidate: 0,
        };
        let to_candidate = |candidate: usize| Inspector {
            candidate: candidate.min(candidates.saturating_sub(1)),
            ..self
        };
        Some(match code {
            KeyCode::Left => to_token(self.token.saturating_sub(1)),
            KeyCode::Right => to_token(self.token + 1),
            KeyCode::Home => to_token(0),
            KeyCode::End => to_token(last),
            KeyCode::Up => to_candidate(self.candidate.saturating_sub(1)),
            KeyCode::Down => to_candidate(self.candidate + 1),
            _ => return None,
        })
    }
}

impl Completer<'_> {
    /// Opens the inspector, or closes it.
    pub fn toggle_inspector(&mut self) {
        if self.own.inspector.take().is_some() {
            return;
        }
        let run = self.own.inspected_run();
        match run.is_some_and(|run| !run.completion.tokens.is_empty()) {
            true => self.own.inspector = Some(Inspector::default()),
            false => self.notice.info("no tokens to inspect; complete first"),
        }
    }

    /// Handles a key while the inspector is open; `None` if the inspector does not use it.
    pub fn on_inspector_key(&mut self, key: KeyEvent) -> Option<Vec<Effect>> {
        let tokens = &self.own.inspected_run()?.completion.tokens;
        let last = tokens.len().saturating_sub(1);
        let at = self.own.inspector?;
        let candidates = tokens.get(at.token).map_or(0, |token| token.top.len());
        if !key.modifiers.is_empty() {
            return None;
        }
        match key.code {
            KeyCode::Enter => return Some(self.steer(at.token, at.candidate)),
            KeyCode::Esc => self.own.inspector = None,
            code => self.own.inspector = Some(at.after(code, last, candidates)?),
        }
        Some(Vec::new())
    }
}
