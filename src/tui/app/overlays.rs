//! Keys while something lies over the buffer: prompts, questions, help, passages and the meter.
//! Pickers and the settings have files of their own.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{
    App,
    event::{Effect, LaneKind},
    files::AfterSave,
    overlay::{Overlay, PassageList, Prompt, PromptKind, Question},
};
use crate::{
    document::{Selection, search},
    keys::Action,
    tui::help,
};

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
            Overlay::Help { scroll } => {
                self.on_help_key(scroll, key, action);
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
                // The theme is tried on while it is chosen.
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

    /// Esc: what was only tried on is put back.
    fn close(&mut self, overlay: Overlay) -> Vec<Effect> {
        match overlay {
            Overlay::Themes(_) => vec![Effect::SetTheme(self.theme.clone())],
            Overlay::Settings(_) => self.apply_engine_settings(),
            Overlay::Question(_)
            | Overlay::Prompt(Prompt {
                kind: PromptKind::SaveAs,
                ..
            }) => {
                self.after_save = None;
                Vec::new()
            }
            Overlay::Prompt(Prompt {
                kind: PromptKind::Find,
                ..
            }) => {
                self.editor.search = None;
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn on_passages_key(&mut self, list: PassageList, key: KeyEvent, action: Option<Action>) {
        let leaves = matches!(key.code, KeyCode::Enter | KeyCode::Char('q'));
        if leaves || action == Some(Action::ShowPassages) {
            return;
        }
        let last = self.turn.passages.all().len().saturating_sub(1);
        let to = |selected: usize| PassageList {
            selected: selected.min(last),
            scroll: 0,
        };
        let scrolled = |scroll: usize| PassageList { scroll, ..list };
        let moved = match key.code {
            KeyCode::Up => to(list.selected.saturating_sub(1)),
            KeyCode::Down => to(list.selected + 1),
            KeyCode::Home => to(0),
            KeyCode::End => to(last),
            KeyCode::PageUp => scrolled(list.scroll.saturating_sub(PASSAGE_ROWS)),
            KeyCode::PageDown | KeyCode::Char(' ') => scrolled(list.scroll + PASSAGE_ROWS),
            _ => list,
        };
        self.overlay = Some(Overlay::Passages(moved));
    }

    fn on_help_key(&mut self, scroll: u16, key: KeyEvent, action: Option<Action>) {
        let is_help = action == Some(Action::Help);
        let scroll = help::after(scroll, key, is_help);
        self.overlay = scroll.map(|scroll| Overlay::Help { scroll });
    }

    pub(super) fn open_prompt(&mut self, kind: PromptKind) -> Vec<Effect> {
        let text = match kind {
            PromptKind::Find => self.editor.document.selected_text().unwrap_or_default(),
            PromptKind::GoToLine => String::new(),
            PromptKind::SaveAs => match self.editor.document.path() {
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
            let start = self.editor.document.selection().range().start;
            effects = self.find(&prompt.text, start, false);
        }
        self.overlay = Some(Overlay::Prompt(prompt));
        effects
    }

    fn finish_prompt(&mut self, prompt: Prompt) -> Vec<Effect> {
        match prompt.kind {
            PromptKind::Find if self.editor.search.as_deref() == Some(&prompt.text) => {
                self.find_again(false)
            }
            PromptKind::Find => {
                let from = self.editor.document.cursor();
                self.find(&prompt.text, from, false)
            }
            PromptKind::GoToLine => self.go_to_line(&prompt.text),
            PromptKind::SaveAs => self.save_as(prompt.text.trim()),
        }
    }

    fn go_to_line(&mut self, text: &str) -> Vec<Effect> {
        let mut parts = text.trim().split(':').map(str::parse::<usize>);
        match (parts.next(), parts.next()) {
            (Some(Ok(line)), column) => {
                let effects = self.drop_ghost();
                let column = column.and_then(Result::ok).unwrap_or(1);
                self.editor.go_to(line, column);
                effects
            }
            _ => {
                self.warn(format!("`{text}` is no line: give LINE or LINE:COLUMN"));
                Vec::new()
            }
        }
    }

    pub(super) fn find_again(&mut self, backwards: bool) -> Vec<Effect> {
        let Some(needle) = self.editor.search.clone() else {
            return self.open_prompt(PromptKind::Find);
        };
        let range = self.editor.document.selection().range();
        let from = if backwards { range.start } else { range.end };
        self.find(&needle, from, backwards)
    }

    /// Selects the next occurrence of `needle`.
    fn find(&mut self, needle: &str, from: usize, backwards: bool) -> Vec<Effect> {
        self.editor.search = (!needle.is_empty()).then(|| needle.to_owned());
        if needle.is_empty() {
            return Vec::new();
        }
        match search::find(self.editor.document.rope(), needle, from, backwards) {
            Some(range) => {
                let effects = self.select(Selection {
                    anchor: range.start,
                    head: range.end,
                });
                self.reveal();
                effects
            }
            None => {
                self.info(format!("`{needle}` is not in this buffer"));
                Vec::new()
            }
        }
    }

    fn answer(&mut self, question: Question, key: KeyEvent) -> Vec<Effect> {
        match (question, key.code) {
            (Question::Leave, KeyCode::Char('s')) => {
                self.after_save = Some(AfterSave::Quit);
                self.save()
            }
            (Question::Leave, KeyCode::Char('d')) => self.quit_now(),
            (Question::Switch(value), KeyCode::Char('s')) => {
                self.after_save = Some(AfterSave::Open(value));
                self.save()
            }
            (Question::Switch(value), KeyCode::Char('d')) => self.open_picked(value),
            (Question::Recover(left), KeyCode::Char('r')) => vec![Effect::Restore(left.file)],
            // No letter: somebody who types on without looking must not lose it.
            (Question::Recover(left), KeyCode::Delete) => vec![Effect::DeleteRecovery(left.file)],
            (Question::Overwrite(path), KeyCode::Char('o')) => self.save_to(path, true),
            (question, _) => {
                self.overlay = Some(Overlay::Question(question));
                Vec::new()
            }
        }
    }
}
