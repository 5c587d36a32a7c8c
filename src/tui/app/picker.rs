//! Pickers: matching, choosing, and which models and themes are offered.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use nucleo_matcher::{
    Config as MatcherConfig, Matcher, Utf32Str,
    pattern::{CaseMatching, Normalization, Pattern},
};

use super::{
    App,
    event::{Effect, LaneKind},
    overlay::{Overlay, Picker, PickerItem, PickerValue},
    overlays::edit_line,
};
use crate::{config::NamedModel, models::ModelSource};

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

    /// Selects the match so many further down, at most the last.
    pub(super) fn choose(&mut self, steps: isize) {
        let last = self.matches.len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(steps).min(last);
    }

    pub(super) fn on_key(&mut self, key: KeyEvent) {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Up => self.choose(-1),
            KeyCode::Down => self.choose(1),
            KeyCode::Char('p') if control => self.choose(-1),
            KeyCode::Char('n') if control => self.choose(1),
            KeyCode::PageUp => self.choose(-10),
            KeyCode::PageDown => self.choose(10),
            KeyCode::Home => self.choose(isize::MIN),
            KeyCode::End => self.choose(isize::MAX),
            _ => {
                if edit_line(&mut self.query, key) {
                    self.filter();
                }
            }
        }
    }

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

impl App {
    /// Carries out the choice of an item.
    pub(super) fn pick(&mut self, item: Option<PickerItem>, kind: LaneKind) -> Vec<Effect> {
        let Some(item) = item else { return Vec::new() };
        match item.value {
            PickerValue::File(_) | PickerValue::Sample(_) => self.switch_to(item.value),
            PickerValue::Model(given) => self.choose_model(kind, Some(given)),
            PickerValue::Theme(name) => {
                self.themes.choose(&name);
                self.config.theme = Some(name.clone());
                vec![Effect::SetTheme(name)]
            }
        }
    }

    pub(super) fn pick_file(&mut self) -> Vec<Effect> {
        self.overlay = Some(Overlay::Files(Picker::loading()));
        vec![Effect::ListFiles]
    }

    pub(super) fn pick_theme(&mut self) -> Vec<Effect> {
        let items = self.themes.names().iter().map(|name| PickerItem {
            label: name.clone(),
            detail: String::new(),
            value: PickerValue::Theme(name.clone()),
        });
        let mut picker = Picker::default();
        let current = PickerValue::Theme(self.themes.chosen().to_owned());
        picker.fill(items.collect(), Some(current));
        self.overlay = Some(Overlay::Themes(picker));
        Vec::new()
    }

    pub(super) fn pick_model(&mut self, kind: LaneKind) -> Vec<Effect> {
        let mut picker = Picker::default();
        picker.fill(self.named_models(kind), self.current_model(kind));
        picker.loading = true;
        self.overlay = Some(Overlay::Models(kind, picker));
        vec![Effect::ListModels]
    }

    /// The models of the configuration that a lane can have: the small one runs here.
    fn named_models(&self, kind: LaneKind) -> Vec<PickerItem> {
        let item = |(name, model): (&String, &NamedModel)| {
            let url = model.url.as_deref().filter(|_| kind != LaneKind::Small);
            let detail = match (url, &model.url, &model.file) {
                (Some(url), ..) => address(url),
                (None, None, Some(file)) => file.clone(),
                _ => return None,
            };
            Some(PickerItem {
                label: name.clone(),
                detail,
                value: PickerValue::Model(name.clone()),
            })
        };
        self.config.models.iter().filter_map(item).collect()
    }

    /// The current model of a lane, as named in the picker.
    fn current_model(&self, kind: LaneKind) -> Option<PickerValue> {
        let given = self.lane(kind).given.as_ref();
        let named = given.filter(|name| self.config.models.contains_key(*name));
        let value = match (named, self.models.source(kind)) {
            (Some(name), _) => name.clone(),
            (None, Some(ModelSource::File(engine))) => engine.model.display().to_string(),
            (None, Some(ModelSource::Server(server))) => server.name.clone(),
            (None, None) => return None,
        };
        Some(PickerValue::Model(value))
    }

    /// Takes the items that the driver found for the open picker.
    pub(super) fn on_picker_items(&mut self, items: Vec<PickerItem>) {
        let is_model = |item: &PickerItem| matches!(item.value, PickerValue::Model(_));
        match self.overlay.take() {
            Some(Overlay::Files(mut picker)) if !items.iter().any(is_model) => {
                picker.fill(items, None);
                self.overlay = Some(Overlay::Files(picker));
            }
            Some(Overlay::Models(kind, mut picker)) if items.iter().all(is_model) => {
                let all = [self.named_models(kind), items].concat();
                picker.fill(all, self.current_model(kind));
                self.overlay = Some(Overlay::Models(kind, picker));
            }
            other => self.overlay = other,
        }
    }
}

/// A server's address as it may be shown: without credentials.
fn address(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{path}")
}
