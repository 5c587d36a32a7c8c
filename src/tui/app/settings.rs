//! The settings menu.

use crossterm::event::{KeyCode, KeyEvent};

use super::{
    App,
    event::Effect,
    keys::{following, on_off},
    overlay::{Overlay, SettingRow, SettingsMenu},
};
use crate::{
    config::Heatmap,
    keys::Action,
    routing::{Escalation, Policy, Score},
};

/// The most tokens of passages that a prompt may be given.
const MOST_TOKENS: usize = 1 << 20;

/// The rows of the settings menu, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Setting {
    Policy,
    Score,
    Threshold,
    FirstK,
    Escalation,
    Compare,
    Anticipate,
    Signals,
    DraftContext,
    DraftRetrieved,
    DraftRecycled,
    DraftRejected,
    Retrieval,
    Rounds,
    Passages,
    SmallTokens,
    LargeTokens,
    Solutions,
    Tests,
    TestLines,
    Theta,
    Auto,
    AutoDelay,
    MaxTokens,
    Alternatives,
    Temperature,
    TopK,
    TopP,
    Seed,
    Heatmap,
    Mouse,
    Context,
    Threads,
    GpuLayers,
    ShiftReuse,
}

const SETTINGS: [Setting; 35] = [
    Setting::Policy,
    Setting::Score,
    Setting::Threshold,
    Setting::FirstK,
    Setting::Escalation,
    Setting::Compare,
    Setting::Anticipate,
    Setting::Signals,
    Setting::DraftContext,
    Setting::DraftRetrieved,
    Setting::DraftRecycled,
    Setting::DraftRejected,
    Setting::Retrieval,
    Setting::Rounds,
    Setting::Passages,
    Setting::SmallTokens,
    Setting::LargeTokens,
    Setting::Solutions,
    Setting::Tests,
    Setting::TestLines,
    Setting::Theta,
    Setting::Auto,
    Setting::AutoDelay,
    Setting::MaxTokens,
    Setting::Alternatives,
    Setting::Temperature,
    Setting::TopK,
    Setting::TopP,
    Setting::Seed,
    Setting::Heatmap,
    Setting::Mouse,
    Setting::Context,
    Setting::Threads,
    Setting::GpuLayers,
    Setting::ShiftReuse,
];

impl Setting {
    fn name_and_help(self) -> (&'static str, &'static str) {
        match self {
            Setting::Policy => ("policy", "the rule that keeps or escalates"),
            Setting::Score => ("score", "how token probabilities become one number"),
            Setting::Threshold => ("threshold", "τ: the score must reach it"),
            Setting::FirstK => ("first k", "tokens that the first-k scores are over"),
            Setting::Escalation => (
                "escalation",
                "the large model is asked after the verdict, at the first gate that fails, or at once",
            ),
            Setting::Compare => ("compare", "always ask the large model too"),
            Setting::Anticipate => (
                "anticipate",
                "while a completion is shown, compute the next as if it were accepted",
            ),
            Setting::Signals => (
                "signals",
                "keep what was done with each completion, on this machine only",
            ),
            Setting::DraftContext => (
                "drafts: context",
                "verify what followed the last tokens where this file had them before",
            ),
            Setting::DraftRetrieved => ("drafts: retrieved", "the same from retrieved passages"),
            Setting::DraftRecycled => (
                "drafts: recycled",
                "verify what the model held likely when it last saw a token",
            ),
            Setting::DraftRejected => (
                "drafts: rejected",
                "the large model verifies the small completion that was rejected",
            ),
            Setting::Retrieval => (
                "retrieval",
                "let the models read passages of other files of the folder",
            ),
            Setting::Rounds => (
                "rounds",
                "2: search again with a completion that was rejected",
            ),
            Setting::Passages => ("passages", "the most of one search"),
            Setting::SmallTokens => (
                "tokens, small",
                "the most tokens of passages that the small model reads",
            ),
            Setting::LargeTokens => ("tokens, large", "the same for a large model"),
            Setting::Solutions => (
                "self-test: solutions",
                "k: how many are sampled from each model",
            ),
            Setting::Tests => ("self-test: tests", "how many each model writes"),
            Setting::TestLines => ("self-test: lines", "how many lines a test has"),
            Setting::Theta => (
                "self-test: θ",
                "the share of solutions × tests that the best group must reach",
            ),
            Setting::Auto => ("automatic", "complete after a pause in typing"),
            Setting::AutoDelay => ("pause", "how long that pause is"),
            Setting::MaxTokens => ("maximum tokens", "where a completion is cut at the latest"),
            Setting::Alternatives => ("alternatives", "how many can be cycled through"),
            Setting::Temperature => (
                "temperature",
                "of sampled alternatives; the first is greedy",
            ),
            Setting::TopK => ("top-k", "sampled from the k most probable tokens; 0: all"),
            Setting::TopP => ("top-p", "sampled from this much of the probability"),
            Setting::Seed => ("seed", "the same seed gives the same alternatives"),
            Setting::Heatmap => ("heatmap", "what the marks under the ghost text show"),
            Setting::Mouse => ("mouse", "off lets the terminal select text"),
            Setting::Context => ("context", "tokens; loads the models again"),
            Setting::Threads => ("threads", "for evaluation; loads the models again"),
            Setting::GpuLayers => ("GPU layers", "on the GPU; loads the models again"),
            Setting::ShiftReuse => (
                "shifted reuse",
                "move KV cache past an edit to its new place",
            ),
        }
    }
}

impl App {
    /// The rows of the settings menu as shown.
    pub fn settings_rows(&self) -> Vec<SettingRow> {
        let row = |setting: &Setting| {
            let (name, help) = setting.name_and_help();
            SettingRow {
                name,
                value: self.setting_value(*setting),
                help,
            }
        };
        SETTINGS.iter().map(row).collect()
    }

    fn setting_value(&self, setting: Setting) -> String {
        let config = &self.config;
        let drafts = |on: bool| match (on, self.drafts) {
            (true, false) => format!(
                "on ({} has all off)",
                self.keymap.label(Action::ToggleDrafts)
            ),
            (on, _) => on_off(on).to_owned(),
        };
        let or_auto = |value: Option<u32>| value.map_or("auto".to_owned(), |n| n.to_string());
        match setting {
            Setting::Policy => self.router.settings.policy.name().to_owned(),
            Setting::Score => self.router.settings.score.name().to_owned(),
            Setting::Threshold => format!("{:.2}", self.router.settings.threshold),
            Setting::FirstK => self.router.settings.k.to_string(),
            Setting::Escalation => config.escalation.name().to_owned(),
            Setting::Compare => on_off(config.compare).to_owned(),
            Setting::Anticipate => on_off(config.anticipate).to_owned(),
            Setting::Signals => on_off(config.signals).to_owned(),
            Setting::DraftContext => drafts(config.speculation.context),
            Setting::DraftRetrieved => drafts(config.speculation.retrieved),
            Setting::DraftRecycled => drafts(config.speculation.recycled),
            Setting::DraftRejected => drafts(config.speculation.rejected),
            Setting::Retrieval => on_off(config.retrieval.enabled).to_owned(),
            Setting::Rounds => config.retrieval.rounds.to_string(),
            Setting::Passages => config.retrieval.passages.to_string(),
            Setting::SmallTokens => config.retrieval.small_tokens.to_string(),
            Setting::LargeTokens => config.retrieval.large_tokens.to_string(),
            Setting::Solutions => config.selftest.solutions.to_string(),
            Setting::Tests => config.selftest.tests.to_string(),
            Setting::TestLines => config.selftest.test_lines.to_string(),
            Setting::Theta => format!("{:.2}", config.selftest.theta),
            Setting::Auto => on_off(config.auto).to_owned(),
            Setting::AutoDelay => format!("{} ms", config.auto_delay_ms),
            Setting::MaxTokens => config.max_tokens.to_string(),
            Setting::Alternatives => config.alternatives.to_string(),
            Setting::Temperature => format!("{:.1}", config.sampling.temperature),
            Setting::TopK => config.sampling.top_k.to_string(),
            Setting::TopP => format!("{:.2}", config.sampling.top_p),
            Setting::Seed => config.sampling.seed.to_string(),
            Setting::Heatmap => config.heatmap.name().to_owned(),
            Setting::Mouse => on_off(config.mouse).to_owned(),
            Setting::Context => or_auto(config.context),
            Setting::Threads => or_auto(config.threads),
            Setting::GpuLayers => or_auto(config.gpu_layers),
            Setting::ShiftReuse => on_off(config.shift_reuse).to_owned(),
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
        let last = SETTINGS.len() - 1;
        let mut effects = Vec::new();
        match key.code {
            KeyCode::Up => menu.selected = menu.selected.saturating_sub(1),
            KeyCode::Down => menu.selected = (menu.selected + 1).min(last),
            KeyCode::Home => menu.selected = 0,
            KeyCode::End => menu.selected = last,
            KeyCode::Left => effects = self.change_setting(SETTINGS[menu.selected.min(last)], -1),
            KeyCode::Right => effects = self.change_setting(SETTINGS[menu.selected.min(last)], 1),
            _ => {}
        }
        self.overlay = Some(Overlay::Settings(menu));
        effects
    }

    /// Moves a setting one step down (−1) or up (1).
    fn change_setting(&mut self, setting: Setting, by: isize) -> Vec<Effect> {
        let config = &mut self.config;
        match setting {
            Setting::Policy => {
                self.set_policy(following(&Policy::ALL, self.router.settings.policy, by));
                return self.redecide();
            }
            Setting::Score => {
                self.set_score(following(&Score::ALL, self.config.score, by));
                return self.redecide();
            }
            Setting::Threshold => {
                self.move_threshold(by as i32);
                return self.redecide();
            }
            Setting::FirstK => {
                config.first_k = stepped(config.first_k, by, 1, 1, 64);
                self.router.set_first_k(config.first_k);
                return self.redecide();
            }
            Setting::Escalation => {
                config.escalation = following(&Escalation::ALL, config.escalation, by);
                return self.redecide();
            }
            Setting::Compare => return self.toggle_compare(),
            Setting::Anticipate => return self.toggle_anticipation(),
            Setting::Signals => config.signals = !config.signals,
            Setting::DraftContext
            | Setting::DraftRetrieved
            | Setting::DraftRecycled
            | Setting::DraftRejected => self.change_drafts(setting),
            Setting::Retrieval => return self.toggle_retrieval(),
            Setting::Rounds | Setting::Passages | Setting::SmallTokens | Setting::LargeTokens => {
                return self.change_retrieval(setting, by);
            }
            Setting::Solutions | Setting::Tests | Setting::TestLines | Setting::Theta => {
                self.change_self_tests(setting, by);
            }
            Setting::Auto => config.auto = !config.auto,
            Setting::AutoDelay => {
                let delay = stepped(config.auto_delay_ms as usize, by, 50, 50, 5000);
                config.auto_delay_ms = delay as u64;
            }
            Setting::MaxTokens => config.max_tokens = stepped(config.max_tokens, by, 8, 8, 1024),
            Setting::Alternatives => {
                config.alternatives = stepped(config.alternatives, by, 1, 1, 20);
            }
            Setting::Temperature => {
                let temperature = config.sampling.temperature;
                config.sampling.temperature = stepped_part(temperature, 10.0, by, 1, 0, 20);
            }
            Setting::TopK => {
                config.sampling.top_k =
                    stepped(config.sampling.top_k as usize, by, 5, 0, 200) as u32;
            }
            Setting::TopP => {
                config.sampling.top_p = stepped_part(config.sampling.top_p, 100.0, by, 5, 5, 100);
            }
            Setting::Seed => {
                config.sampling.seed = config.sampling.seed.wrapping_add_signed(by as i32);
            }
            Setting::Heatmap => config.heatmap = following(&Heatmap::ALL, config.heatmap, by),
            Setting::Mouse => {
                config.mouse = !config.mouse;
                return vec![Effect::SetMouse(config.mouse)];
            }
            Setting::Context => config.context = stepped_or_auto(config.context, by, 256, 32_768),
            Setting::Threads => config.threads = stepped_or_auto(config.threads, by, 1, 256),
            Setting::GpuLayers => {
                config.gpu_layers = match (config.gpu_layers, by) {
                    (None, 1) => Some(0),
                    (Some(0), -1) => None,
                    (layers, by) => layers.map(|n| n.saturating_add_signed(by as i32)),
                };
            }
            Setting::ShiftReuse => config.shift_reuse = !config.shift_reuse,
        }
        Vec::new()
    }
}

impl App {
    /// Turns a source of drafts on or off.
    fn change_drafts(&mut self, setting: Setting) {
        let sources = &mut self.config.speculation;
        let source = match setting {
            Setting::DraftContext => &mut sources.context,
            Setting::DraftRetrieved => &mut sources.retrieved,
            Setting::DraftRecycled => &mut sources.recycled,
            _ => &mut sources.rejected,
        };
        *source = !*source;
    }

    fn change_retrieval(&mut self, setting: Setting, by: isize) -> Vec<Effect> {
        let retrieval = &mut self.config.retrieval;
        let (value, step, low, high) = match setting {
            Setting::Rounds => (&mut retrieval.rounds, 1, 1, 2),
            Setting::Passages => (&mut retrieval.passages, 1, 1, 64),
            Setting::SmallTokens => (&mut retrieval.small_tokens, 64, 0, MOST_TOKENS),
            _ => (&mut retrieval.large_tokens, 128, 0, MOST_TOKENS),
        };
        *value = stepped(*value, by, step, low, high);
        self.index().into_iter().collect()
    }

    fn change_self_tests(&mut self, setting: Setting, by: isize) {
        let parts = &mut self.config.selftest;
        match setting {
            Setting::Solutions => parts.solutions = stepped(parts.solutions, by, 1, 1, 32),
            Setting::Tests => parts.tests = stepped(parts.tests, by, 1, 1, 32),
            Setting::TestLines => parts.test_lines = stepped(parts.test_lines, by, 1, 1, 8),
            _ => parts.theta = stepped_part(parts.theta, 100.0, by, 5, 0, 100),
        }
    }
}

/// `value` moved by one `step`, within bounds.
fn stepped(value: usize, by: isize, step: usize, low: usize, high: usize) -> usize {
    value
        .saturating_add_signed(by * step as isize)
        .clamp(low, high)
}

/// The same for a fraction, in whole parts of which `parts` make one, so that going up and down
/// again ends where it began.
fn stepped_part(value: f32, parts: f32, by: isize, step: usize, low: usize, high: usize) -> f32 {
    stepped((value * parts).round() as usize, by, step, low, high) as f32 / parts
}

/// The same for a value that can be left to the program: below the first step is "auto".
fn stepped_or_auto(value: Option<u32>, by: isize, step: u32, high: u32) -> Option<u32> {
    let now = i64::from(value.unwrap_or(0)) + by as i64 * i64::from(step);
    u32::try_from(now)
        .ok()
        .filter(|n| *n > 0)
        .map(|n| n.min(high))
}
