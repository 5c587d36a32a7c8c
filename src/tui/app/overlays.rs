//! Keys of the overlays over the buffer: prompts, questions, help, passages and the meter.
//! Pickers and the settings have files of their own.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{
    App,
    event::{Effect, LaneKind},
    overlay::{Overlay, PassageList, Prompt, PromptKind, Question},
    saving::AfterSave,
};
use crate::keys::Action;

/// How many lines a key scrolls a passage.
const PASSAGE_ROWS: usize = 5;

/// Edits a line of input at its end; false when the key did nothing to it.
pub(in crate::tui) fn edit_line(line: &mut String, key: KeyEvent) -> bool {
    let modified = key
        .modifiers
        .intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
    match key.code {
        KeyCode::Char('u') if modified => {
            line.clear();
            true
        }
        KeyCode::Char(c) if !modified => {
            line.push(c);
            true
        }
        KeyCode::Backspace => line.pop().is_some(),
        _ => false,
    }
}

impl PassageList {
    /// The position after a key; `last` is the last passage.
    fn after(self, code: KeyCode, last: usize) -> Self {
        let to = |selected: usize| PassageList {
            selected: selected.min(last),
            scroll: 0,
        };
        let scrolled = |scroll: usize| PassageList { scroll, ..self };
        match code {
            KeyCode::Up => to(self.selected.saturating_sub(1)),
            KeyCode::Down => to(self.selected + 1),
            KeyCode::Home => to(0),
            KeyCode::End => to(last),
            KeyCode::PageUp => scrolled(self.scroll.saturating_sub(PASSAGE_ROWS)),
            KeyCode::PageDown | KeyCode::Char(' ') => scrolled(self.scroll + PASSAGE_ROWS),
            _ => self,
        }
    }
}

impl App {
    pub(super) fn on_overlay_key(&mut self, key: KeyEvent) -> Vec<Effect> {
        let action = self.keymap.action(key);
        if action == Some(Action::Suspend) {
            return vec![Effect::Suspend];
        }
        let Some(overlay) = self.overlay.take() else {
            return Vec::new();
        };
        if key.code == KeyCode::Esc {
            return self.close(overlay);
        }
        match overlay {
            Overlay::Question(question) => self.answer(question, key),
            Overlay::Help(help) => {
                let help = help.after(key, action == Some(Action::Help));
                self.overlay = help.map(Overlay::Help);
                Vec::new()
            }
            Overlay::Meter => {
                let leaves = matches!(key.code, KeyCode::Enter | KeyCode::Char('q'))
                    || action == Some(Action::ShowMeter);
                self.overlay = (!leaves).then_some(Overlay::Meter);
                Vec::new()
            }
            Overlay::Matrix(place) => self.on_matrix_key(place, key, action),
            Overlay::Settings(menu) => self.on_settings_key(menu, key, action),
            Overlay::Passages(list) => {
                self.on_passages_key(list, key, action);
                Vec::new()
            }
            Overlay::Prompt(prompt) => self.on_prompt_key(prompt, key),
            Overlay::Files(mut picker) => {
                if key.code == KeyCode::Enter {
                    return self.pick(picker.picked().cloned(), LaneKind::Small);
                }
                picker.on_key(key);
                self.overlay = Some(Overlay::Files(picker));
                Vec::new()
            }
            Overlay::Themes(mut picker) => {
                if key.code == KeyCode::Enter {
                    return self.pick(picker.picked().cloned(), LaneKind::Small);
                }
                picker.on_key(key);
                // The theme is previewed while choosing.
                let tried = picker.picked().map(|item| item.label.clone());
                self.overlay = Some(Overlay::Themes(picker));
                tried.map(Effect::SetTheme).into_iter().collect()
            }
            Overlay::Models(kind, mut picker) => {
                if key.code == KeyCode::Enter {
                    return self.pick(picker.picked().cloned(), kind);
                }
                picker.on_key(key);
                self.overlay = Some(Overlay::Models(kind, picker));
                Vec::new()
            }
        }
    }

    /// Esc: restores what was only previewed.
    fn close(&mut self, overlay: Overlay) -> Vec<Effect> {
        match overlay {
            Overlay::Themes(_) => vec![Effect::SetTheme(self.themes.chosen().to_owned())],
            Overlay::Settings(_) => self.apply_engine_settings(),
            Overlay::Question(_)
            | Overlay::Prompt(Prompt {
                kind: PromptKind::SaveAs,
                ..
            }) => {
                self.saving.forget();
                Vec::new()
            }
            Overlay::Prompt(Prompt {
                kind: PromptKind::Find,
                ..
            }) => {
                self.editor.set_search(None);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn on_passages_key(&mut self, list: PassageList, key: KeyEvent, action: Option<Action>) {
        let leaves = matches!(key.code, KeyCode::Enter | KeyCode::Char('q'));
        if !leaves && action != Some(Action::ShowPassages) {
            let last = self.turn().passages.all().len().saturating_sub(1);
            self.overlay = Some(Overlay::Passages(list.after(key.code, last)));
        }
    }

    pub(super) fn open_prompt(&mut self, kind: PromptKind) -> Vec<Effect> {
        let text = match kind {
            PromptKind::Find => self.editor.document().selected_text().unwrap_or_default(),
            PromptKind::GoToLine => String::new(),
            PromptKind::SaveAs => match self.editor.document().path() {
                Some(path) => path.display().to_string(),
                None => String::new(),
            },
        };
        let text = text.lines().next().unwrap_or_default().to_owned();
        self.overlay = Some(Overlay::Prompt(Prompt { kind, text }));
        Vec::new()
    }

    fn on_prompt_key(&mut self, mut prompt: Prompt, key: KeyEvent) -> Vec<Effect> {
        if key.code == KeyCode::Enter {
            return self.finish_prompt(prompt);
        }
        let changed = edit_line(&mut prompt.text, key);
        let mut effects = Vec::new();
        if prompt.kind == PromptKind::Find && changed {
            let start = self.editor.document().selection().range().start;
            effects = self.find(&prompt.text, start, false);
        }
        self.overlay = Some(Overlay::Prompt(prompt));
        effects
    }

    fn finish_prompt(&mut self, prompt: Prompt) -> Vec<Effect> {
        match prompt.kind {
            PromptKind::Find if self.editor.search() == Some(prompt.text.as_str()) => {
                self.find_again(false)
            }
            PromptKind::Find => {
                let from = self.editor.document().cursor();
                self.find(&prompt.text, from, false)
            }
            PromptKind::GoToLine => self.go_to_line(&prompt.text),
            PromptKind::SaveAs => self.save_as(prompt.text.trim()),
        }
    }

    fn answer(&mut self, question: Question, key: KeyEvent) -> Vec<Effect> {
        match (question, key.code) {
            (Question::Leave, KeyCode::Char('s')) => {
                self.saving.then(AfterSave::Quit);
                self.save()
            }
            (Question::Leave, KeyCode::Char('d')) => self.quit_now(),
            (Question::Switch(value), KeyCode::Char('s')) => {
                self.saving.then(AfterSave::Open(value));
                self.save()
            }
            (Question::Switch(value), KeyCode::Char('d')) => self.open_picked(value),
            (Question::Recover(left), KeyCode::Char('r')) => vec![Effect::Restore(left.file)],
            // Not a letter: text typed by mistake must not delete the file.
            (Question::Recover(left), KeyCode::Delete) => vec![Effect::DeleteRecovery(left.file)],
            (Question::Overwrite(path), KeyCode::Char('o')) => self.save_to(path, true),
            (question, _) => {
                self.overlay = Some(Overlay::Question(question));
                Vec::new()
            }
        }
    }
}
