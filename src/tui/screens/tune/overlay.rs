//! The overlays of the tune screen, which take the keys: help, the question before the
//! configuration is written, and input lines.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{Over, Tune, TuneAction, TuneEffect, keys::keys};
use crate::{
    routing::FittedThreshold,
    tui::app::{edit_line, layout::fits_notice},
};

impl Tune {
    /// The open question with its keys, short enough for the notice on a very small terminal.
    pub fn brief_question(&self) -> Option<String> {
        match self.over.as_ref()? {
            Over::Write(threshold) => Some(format!(
                "write τ {:.2} to the configuration: y write, Esc cancel",
                threshold.value
            )),
            _ => None,
        }
    }

    /// A key on such a terminal goes to the open question if the notice shows all of it. Otherwise
    /// only leaving works.
    pub(super) fn on_tiny_key(
        &mut self,
        key: KeyEvent,
        action: Option<TuneAction>,
    ) -> Vec<TuneEffect> {
        if let Some(question) = self.brief_question() {
            let over = self.over.take_if(|_| fits_notice(&question, self.size));
            return over.map_or_else(Vec::new, |over| self.on_over_key(over, key));
        }
        match action {
            Some(TuneAction::Leave) => vec![TuneEffect::Leave],
            _ => Vec::new(),
        }
    }

    /// A key while an overlay is open.
    pub(super) fn on_over_key(&mut self, over: Over, key: KeyEvent) -> Vec<TuneEffect> {
        // Letters are text here; the other keys that leave the screen close the overlay.
        let leaves = key.modifiers.contains(KeyModifiers::CONTROL)
            && keys().action(key) == Some(TuneAction::Leave);
        let key = if leaves { KeyCode::Esc.into() } else { key };
        match over {
            Over::Help(help) => {
                let is_help = keys().action(key) == Some(TuneAction::Help);
                self.over = help.after(key, is_help).map(Over::Help);
            }
            Over::Write(threshold) => return self.answer(threshold, key),
            Over::Export(name) => return self.on_export_key(name, key),
            Over::Search(before) => self.on_search_key(before, key),
        }
        Vec::new()
    }

    fn answer(&mut self, threshold: Box<FittedThreshold>, key: KeyEvent) -> Vec<TuneEffect> {
        match key.code {
            KeyCode::Char('y') | KeyCode::Enter => vec![TuneEffect::Write {
                path: self.config_file.clone(),
                threshold,
            }],
            KeyCode::Esc | KeyCode::Char('n' | 'q') => {
                self.info("nothing written");
                Vec::new()
            }
            _ => {
                self.over = Some(Over::Write(threshold));
                Vec::new()
            }
        }
    }

    fn on_export_key(&mut self, mut name: String, key: KeyEvent) -> Vec<TuneEffect> {
        match key.code {
            KeyCode::Enter if !name.trim().is_empty() => return self.export_to(name.trim()),
            KeyCode::Esc => self.info("nothing exported"),
            _ => {
                edit_line(&mut name, key);
                self.over = Some(Over::Export(name));
            }
        }
        Vec::new()
    }

    fn on_search_key(&mut self, before: String, key: KeyEvent) {
        match key.code {
            KeyCode::Enter => self.focus_list(),
            KeyCode::Esc => {
                self.list.query = before;
                self.list_again();
            }
            _ => {
                if edit_line(&mut self.list.query, key) {
                    self.list_again();
                }
                self.over = Some(Over::Search(before));
            }
        }
    }
}
