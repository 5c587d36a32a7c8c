//! Keys while something lies over the buffer: pickers, prompts, questions, help and settings.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use nucleo_matcher::{
    Config as MatcherConfig, Matcher, Utf32Str,
    pattern::{CaseMatching, Normalization, Pattern},
};

use super::{
    App, ModelSource,
    event::{Effect, LaneKind},
    files::AfterSave,
    overlay::{Overlay, Picker, PickerItem, PickerValue, Prompt, PromptKind, Question},
};
use crate::{
    document::{Selection, search},
    tui::{keymap::Action, view::help},
};

impl Picker {
    /// One whose items are still being gathered.
    pub fn loading() -> Self {
        Picker {
            loading: true,
            ..Picker::default()
        }
    }

    /// Matches the items against the query again and selects the best.
    pub fn filter(&mut self) {
        let mut matcher = Matcher::new(MatcherConfig::DEFAULT.match_paths());
        let pattern = Pattern::parse(&self.query, CaseMatching::Smart, Normalization::Smart);
        let mut buffer = Vec::new();
        let mut scored: Vec<(u32, usize, Vec<u32>)> = Vec::new();
        for (index, item) in self.items.iter().enumerate() {
            let mut places = Vec::new();
            let text = Utf32Str::new(&item.label, &mut buffer);
            if let Some(score) = pattern.indices(text, &mut matcher, &mut places) {
                places.sort_unstable();
                places.dedup();
                scored.push((score, index, places));
            }
        }
        // The sort is stable: equals stay in the order they were given.
        scored.sort_by_key(|(score, ..)| std::cmp::Reverse(*score));
        self.matches = scored
            .into_iter()
            .map(|(_, index, places)| (index, places))
            .collect();
        self.selected = 0;
    }

    /// The item that Enter would pick.
    pub fn picked(&self) -> Option<&PickerItem> {
        let (index, _) = self.matches.get(self.selected)?;
        self.items.get(*index)
    }

    fn on_key(&mut self, key: KeyEvent) {
        let last = self.matches.len().saturating_sub(1);
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Up => self.selected = self.selected.saturating_sub(1),
            KeyCode::Down => self.selected = (self.selected + 1).min(last),
            KeyCode::Char('p') if control => self.selected = self.selected.saturating_sub(1),
            KeyCode::Char('n') if control => self.selected = (self.selected + 1).min(last),
            KeyCode::PageUp => self.selected = self.selected.saturating_sub(10),
            KeyCode::PageDown => self.selected = (self.selected + 10).min(last),
            KeyCode::Home => self.selected = 0,
            KeyCode::End => self.selected = last,
            _ => {
                if edit_line(&mut self.query, key) {
                    self.filter();
                }
            }
        }
    }
}

/// Edits a line of input at its end; false when the key did nothing to it.
fn edit_line(line: &mut String, key: KeyEvent) -> bool {
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
            Overlay::Settings(menu) => self.on_settings_key(menu, key, action),
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

    fn on_help_key(&mut self, scroll: u16, key: KeyEvent, action: Option<Action>) {
        let scroll = match key.code {
            KeyCode::Up => scroll.saturating_sub(1),
            KeyCode::Down => scroll.saturating_add(1),
            KeyCode::PageUp => scroll.saturating_sub(10),
            KeyCode::PageDown | KeyCode::Char(' ') => scroll.saturating_add(10),
            KeyCode::Home => 0,
            KeyCode::End => u16::MAX,
            _ if action == Some(Action::Help) => return,
            KeyCode::Char('q') | KeyCode::Enter => return,
            _ => scroll,
        };
        self.scroll_help(scroll);
    }

    /// Shows the help from a line on, as far as there is anything below.
    pub(super) fn scroll_help(&mut self, scroll: u16) {
        let most = help::most_scroll(&self.keymap, self.size);
        self.overlay = Some(Overlay::Help {
            scroll: scroll.min(most),
        });
    }

    /// Does what picking an item means.
    fn pick(&mut self, item: Option<PickerItem>, kind: LaneKind) -> Vec<Effect> {
        let Some(item) = item else { return Vec::new() };
        match item.value {
            PickerValue::File(_) | PickerValue::Sample(_) => self.switch_to(item.value),
            PickerValue::Model(given) => self.load_model(kind, self.config.source(&given)),
            PickerValue::Theme(name) => {
                self.theme.clone_from(&name);
                self.config.theme = Some(name.clone());
                vec![Effect::SetTheme(name)]
            }
        }
    }

    pub(super) fn pick_theme(&mut self) -> Vec<Effect> {
        let items = self.themes.iter().map(|name| PickerItem {
            label: name.clone(),
            detail: String::new(),
            value: PickerValue::Theme(name.clone()),
        });
        let mut picker = Picker::default();
        let current = PickerValue::Theme(self.theme.clone());
        picker.fill(items.collect(), Some(current));
        self.overlay = Some(Overlay::Themes(picker));
        Vec::new()
    }

    pub(super) fn pick_model(&mut self, kind: LaneKind) -> Vec<Effect> {
        self.overlay = Some(Overlay::Models(kind, Picker::loading()));
        vec![Effect::ListModels]
    }

    /// Takes what the driver found for the open picker.
    pub(super) fn on_picker_items(&mut self, items: Vec<PickerItem>) {
        let is_model = |item: &PickerItem| matches!(item.value, PickerValue::Model(_));
        match &mut self.overlay {
            Some(Overlay::Files(picker)) if !items.iter().any(is_model) => {
                picker.fill(items, None);
            }
            Some(Overlay::Models(kind, picker)) if items.iter().all(is_model) => {
                let current = match &self.sources[*kind as usize] {
                    Some(ModelSource::File(engine)) => {
                        Some(PickerValue::Model(engine.model.display().to_string()))
                    }
                    Some(ModelSource::Server(server)) => {
                        Some(PickerValue::Model(server.name.clone()))
                    }
                    None => None,
                };
                picker.fill(items, current);
            }
            _ => {}
        }
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
            (Question::Recover(file), KeyCode::Char('r')) => vec![Effect::Restore(file)],
            // No letter: somebody who types on without looking must not lose it.
            (Question::Recover(file), KeyCode::Delete) => vec![Effect::DeleteRecovery(file)],
            (Question::Overwrite(path), KeyCode::Char('o')) => self.save_to(path, true),
            (question, _) => {
                self.overlay = Some(Overlay::Question(question));
                Vec::new()
            }
        }
    }
}

impl Picker {
    /// Takes the items, and begins at the one in use while nothing is typed.
    fn fill(&mut self, items: Vec<PickerItem>, current: Option<PickerValue>) {
        self.items = items;
        self.current = current;
        self.loading = false;
        self.filter();
        if self.query.is_empty() {
            let is_current = |(index, _): &(usize, _)| self.is_current(&self.items[*index]);
            self.selected = self.matches.iter().position(is_current).unwrap_or(0);
        }
    }

    /// Whether an item is what is in use now.
    pub fn is_current(&self, item: &PickerItem) -> bool {
        self.current.as_ref() == Some(&item.value)
    }
}
