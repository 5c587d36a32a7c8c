//! Keys in a terminal too small for the buffer: what is not visible is neither changed nor asked.

use crossterm::event::{KeyCode, KeyEvent};

use super::{
    App,
    event::Effect,
    overlay::{Overlay, Prompt, PromptKind, Question},
};
use crate::{
    keys::Action,
    tui::app::layout::{fits_notice, is_tiny},
};

/// The most chars shown of a name being entered.
const SHOWN: usize = 20;

impl App {
    /// Whether nothing but a notice is drawn.
    pub(super) fn is_tiny(&self) -> bool {
        is_tiny(self.size)
    }

    /// The open question with its keys, in the few words of the notice.
    pub fn brief_question(&self) -> Option<String> {
        match self.overlay.as_ref()? {
            Overlay::Question(question) => Some(question.brief()),
            Overlay::Prompt(Prompt {
                kind: PromptKind::SaveAs,
                text,
            }) => {
                let hidden = text.chars().count().saturating_sub(SHOWN);
                let shown: String = text.chars().skip(hidden).collect();
                let dots = if hidden > 0 { "…" } else { "" };
                Some(format!("save as {dots}{shown}_: Enter save, Esc back"))
            }
            _ => None,
        }
    }

    /// A key goes to the open question if all of it is visible; else only quitting works.
    pub(super) fn on_tiny_key(&mut self, key: KeyEvent) -> Vec<Effect> {
        if let Some(question) = self.brief_question() {
            return match fits_notice(&question, self.size) {
                true => self.on_overlay_key(key),
                false => Vec::new(),
            };
        }
        if self.keymap.action(key) != Some(Action::Quit) {
            return Vec::new();
        }
        // The open overlay was not visible; it is closed as by Esc.
        let mut effects = match self.overlay.is_some() {
            true => self.on_overlay_key(KeyCode::Esc.into()),
            false => Vec::new(),
        };
        effects.extend(self.leave());
        effects
    }

    /// Pasted text is taken only where it is visible: in the name to save under.
    pub(super) fn takes_paste(&self) -> bool {
        !self.is_tiny()
            || matches!(self.overlay, Some(Overlay::Prompt(_))) && self.brief_question().is_some()
    }
}

impl Question {
    /// The question and its keys in few words.
    fn brief(&self) -> String {
        match self {
            Question::Leave | Question::Switch(_) => {
                "unsaved changes: s save, d discard, Esc stay".to_owned()
            }
            Question::Recover(_) => {
                "unsaved text of an earlier run: r restore, Del delete, Esc later".to_owned()
            }
            Question::Overwrite(path) => {
                let name = path.file_name().unwrap_or(path.as_os_str());
                format!(
                    "{} exists or was changed: o overwrite, Esc do not save",
                    name.to_string_lossy()
                )
            }
        }
    }
}
