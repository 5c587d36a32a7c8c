//! The settings screen: the settings that can change while the program runs, and what a change does
//! here. The table of settings has the step and the range of each value.

use crossterm::event::{KeyCode, KeyEvent};
use toml::{Table, Value};

use super::{
    App,
    event::Effect,
    keys::on_off,
    overlay::{Overlay, SettingRow, SettingsMenu},
};
use crate::{
    config::{
        setting::{DefaultValue, Screen, Setting},
        table::SETTINGS,
        values,
    },
    keys::Action,
};

/// The settings on the screen, in order.
fn shown() -> Vec<&'static Setting> {
    let on_screen = |setting: &&Setting| setting.screen != Screen::Hidden;
    SETTINGS.iter().filter(on_screen).collect()
}

fn help(setting: &Setting) -> String {
    let mut help = setting.help_with_range();
    if let DefaultValue::Unset(meaning, _) = setting.default {
        help += &format!("; auto: {meaning}");
    }
    if setting.screen == Screen::Reloads {
        help += " (reloads the models)";
    }
    help
}

impl App {
    /// The rows of the settings screen as shown.
    pub fn settings_rows(&self) -> Vec<SettingRow> {
        let values = values::of(&self.config);
        let row = |setting: &'static Setting| SettingRow {
            name: setting.key,
            value: self.setting_value(setting, &values),
            help: help(setting),
        };
        shown().into_iter().map(row).collect()
    }

    fn setting_value(&self, setting: &Setting, values: &Table) -> String {
        let used = self.config.score_in_force();
        match (setting.key, values::get(values, setting.key)) {
            // The current threshold may come from an entry for this model and language.
            ("threshold", _) => format!("{:.2}", self.router.settings().threshold),
            ("score", _) if used != self.config.score => {
                let (chosen, policy) = (self.config.score.name(), self.config.policy.name());
                format!("{chosen} ({policy} uses {})", used.name())
            }
            (key, Some(Value::Boolean(true)))
                if key.starts_with("speculation.") && !self.completions.verifies_drafts() =>
            {
                let toggle = self.keymap.label(Action::ToggleDrafts);
                format!("on (off through {toggle})")
            }
            (_, Some(Value::Boolean(on))) => on_off(*on).to_owned(),
            (_, Some(Value::String(text))) => text.clone(),
            (_, Some(value)) => value.to_string(),
            (_, None) => "auto".to_owned(),
        }
    }

    pub(super) fn on_settings_key(
        &mut self,
        mut menu: SettingsMenu,
        key: KeyEvent,
        action: Option<Action>,
    ) -> Vec<Effect> {
        if action == Some(Action::OpenSettings) || key.code == KeyCode::Enter {
            return self.apply_engine_settings();
        }
        let settings = shown();
        let last = settings.len() - 1;
        let mut effects = Vec::new();
        match key.code {
            KeyCode::Up => menu.selected = menu.selected.saturating_sub(1),
            KeyCode::Down => menu.selected = (menu.selected + 1).min(last),
            KeyCode::Home => menu.selected = 0,
            KeyCode::End => menu.selected = last,
            KeyCode::Left | KeyCode::Right => {
                let up = key.code == KeyCode::Right;
                effects = self.change_setting(settings[menu.selected.min(last)], up);
            }
            _ => {}
        }
        self.overlay = Some(Overlay::Settings(menu));
        effects
    }

    /// Moves a setting one step up or down.
    fn change_setting(&mut self, setting: &Setting, up: bool) -> Vec<Effect> {
        match setting.key {
            // These have their own keys, which do the same.
            "compare" => return self.toggle_compare(),
            "anticipate" => return self.toggle_anticipation(),
            "retrieval.enabled" => return self.toggle_retrieval(),
            "threshold" => return self.step_threshold(if up { 1 } else { -1 }),
            _ => self.config.step(setting, up),
        }
        match setting.key {
            "policy" => return self.set_policy(self.config.policy),
            "score" => return self.set_score(self.config.score),
            "first_k" => self.router.set_first_k(self.config.first_k),
            "escalation" => {}
            "mouse" => return vec![Effect::SetMouse(self.config.mouse)],
            key if key.starts_with("retrieval.") => return self.index().into_iter().collect(),
            _ => return Vec::new(),
        }
        self.completer().redecide()
    }
}
