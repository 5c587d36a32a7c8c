//! Configuration: defaults, then the TOML file, then `ROUTELENS_…` variables, then flags. Every
//! value remembers where it came from, so that `doctor` can say so.
//!
//! Here: what can be set, and its defaults. [`setting`] lists every setting with its help, [`mod@file`]
//! reads the TOML file, `check` says what a value must be, and [`load`] puts the layers on top of
//! each other.

mod check;
mod error;
pub mod file;
mod load;
mod models;
mod parts;
pub mod setting;
mod write;

pub use error::ConfigError;
pub use load::{FlagValue, Loaded, Source, load};
pub use models::NamedModel;
pub use parts::{Retrieval, Speculation};
pub use write::{put_thresholds, thresholds_text};

use std::{collections::BTreeMap, path::PathBuf};

use serde::{Deserialize, Serialize};

use crate::{
    completion::Sampling,
    language::Language,
    remote::Dialect,
    routing::{Escalation, FittedThreshold, Policy, Score, Settings},
    selftest::SelfTesting,
};

/// Which property of tokens the ghost text shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Heatmap {
    /// Marks only the tokens below the policy's threshold.
    #[default]
    BelowThreshold,
    Probability,
    Entropy,
    Margin,
    Off,
}

impl Heatmap {
    pub const ALL: [Heatmap; 5] = [
        Heatmap::BelowThreshold,
        Heatmap::Probability,
        Heatmap::Entropy,
        Heatmap::Margin,
        Heatmap::Off,
    ];

    /// The name used in configuration and on screen.
    pub fn name(self) -> &'static str {
        match self {
            Heatmap::BelowThreshold => "below-threshold",
            Heatmap::Probability => "probability",
            Heatmap::Entropy => "entropy",
            Heatmap::Margin => "margin",
            Heatmap::Off => "off",
        }
    }
}

/// Everything that can be set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The small model: a GGUF file, or the name of one of `models` that is a file; none means the
    /// bundled demo model.
    pub small: Option<String>,
    /// The large model: a GGUF file, a server's URL, or a name out of `models`; none means the
    /// bundled demo model.
    pub large: Option<String>,
    /// A second large model, asked beside the first to compare them.
    pub second: Option<String>,
    /// Models by name.
    pub models: BTreeMap<String, NamedModel>,
    /// The dialect of the server in `large`; none asks the server.
    pub large_dialect: Option<Dialect>,
    /// The model to ask for at the server in `large`; none takes the first that the server lists.
    pub large_model: Option<String>,
    /// The environment variable that holds the key for the server in `large`.
    pub large_key_env: Option<String>,
    /// When the large model is asked.
    pub escalation: Escalation,
    /// Nothing leaves this machine.
    pub offline: bool,
    /// Patterns of files that never go to a server.
    pub deny: Vec<String>,
    /// Files of CA certificates to trust besides the system's.
    pub ca_certificates: Vec<PathBuf>,
    /// Until a connection to a server stands, in milliseconds.
    pub connect_timeout_ms: u64,
    /// Until a server's first token, in milliseconds.
    pub first_token_timeout_ms: u64,
    /// Until the end of a server's completion, in milliseconds.
    pub total_timeout_ms: u64,
    pub policy: Policy,
    pub score: Score,
    /// τ for any model and language that `thresholds` does not name; none means the score's default.
    pub threshold: Option<f32>,
    /// Thresholds for one model and language.
    pub thresholds: Vec<FittedThreshold>,
    /// How many first tokens the first-k scores cover.
    pub first_k: usize,
    /// The most tokens of one completion.
    pub max_tokens: usize,
    /// How sampled alternatives are drawn; the first completion is always greedy.
    pub sampling: Sampling,
    /// How many alternatives can be cycled through, the greedy one included.
    pub alternatives: usize,
    /// Complete after a pause in typing.
    pub auto: bool,
    /// How long that pause is, in milliseconds.
    pub auto_delay_ms: u64,
    /// Always ask the large model too.
    pub compare: bool,
    /// While a completion is shown, compute the next one as if it were accepted.
    pub anticipate: bool,
    /// Keep, on this machine, what was done with each completion.
    pub signals: bool,
    pub speculation: Speculation,
    pub retrieval: Retrieval,
    pub selftest: SelfTesting,
    pub heatmap: Heatmap,
    /// Name of the theme; none means by the terminal's background.
    pub theme: Option<String>,
    /// Whether the mouse is captured.
    pub mouse: bool,
    /// Context in tokens; none means the model's own, up to 8192.
    pub context: Option<u32>,
    pub threads: Option<u32>,
    /// Layers on the GPU; none means all where a GPU is.
    pub gpu_layers: Option<u32>,
    /// The GPU to use, as `doctor` names it.
    pub device: Option<String>,
    /// Whether KV cache past the common prefix is shifted to its new place and used again.
    pub shift_reuse: bool,
    /// How many candidates to keep per token.
    pub top: usize,
    /// Folders searched for GGUF files by the model picker.
    pub model_folders: Vec<PathBuf>,
    /// Keys by action name; replaces the action's default keys.
    pub keys: BTreeMap<String, Vec<String>>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            small: None,
            large: None,
            second: None,
            models: BTreeMap::new(),
            large_dialect: None,
            large_model: None,
            large_key_env: None,
            escalation: Escalation::default(),
            offline: false,
            deny: models::DENIED.map(str::to_owned).into(),
            ca_certificates: Vec::new(),
            connect_timeout_ms: 2_000,
            first_token_timeout_ms: 30_000,
            total_timeout_ms: 120_000,
            policy: Policy::default(),
            score: Score::default(),
            threshold: None,
            thresholds: Vec::new(),
            first_k: 3,
            max_tokens: 64,
            sampling: Sampling::default(),
            alternatives: 5,
            auto: false,
            auto_delay_ms: 300,
            compare: false,
            anticipate: true,
            signals: true,
            speculation: Speculation::default(),
            retrieval: Retrieval::default(),
            selftest: SelfTesting::default(),
            heatmap: Heatmap::default(),
            theme: None,
            mouse: true,
            context: None,
            threads: None,
            gpu_layers: None,
            device: None,
            shift_reuse: true,
            top: 8,
            model_folders: Vec::new(),
            keys: BTreeMap::new(),
        }
    }
}

impl Config {
    /// The score that decides: the policy's own where it has one, else the one that was chosen.
    pub fn score_in_force(&self) -> Score {
        self.policy.score(self.score)
    }

    /// The threshold of a score for a model and language: the most specific entry of `thresholds`,
    /// then, of the score in force, `threshold`, then the score's default.
    pub fn threshold_for(&self, score: Score, model: &str, language: Option<Language>) -> f32 {
        self.threshold_entry(score, model, language)
            .map(|entry| entry.value)
            .or(self.threshold.filter(|_| score == self.score_in_force()))
            .unwrap_or_else(|| score.default_threshold())
    }

    /// The most specific entry of `thresholds` for a score, a model and a language; of several the
    /// last.
    pub fn threshold_entry(
        &self,
        score: Score,
        model: &str,
        language: Option<Language>,
    ) -> Option<&FittedThreshold> {
        let specificity = |entry: &FittedThreshold| {
            usize::from(entry.model.is_some()) * 2 + usize::from(entry.language.is_some())
        };
        self.thresholds
            .iter()
            .filter(|entry| entry.score == score)
            .filter(|entry| entry.model.as_deref().is_none_or(|name| name == model))
            .filter(|entry| entry.language.is_none() || entry.language == language)
            .max_by_key(|entry| specificity(entry))
    }

    /// Puts a threshold in force, in place of one for the same model, language and score.
    pub fn put_threshold(&mut self, threshold: FittedThreshold) {
        let key = |entry: &FittedThreshold| (entry.model.clone(), entry.language, entry.score);
        self.thresholds
            .retain(|entry| key(entry) != key(&threshold));
        self.thresholds.push(threshold);
    }

    /// What the router decides by, for a model and language.
    pub fn routing(&self, model: &str, language: Option<Language>) -> Settings {
        let score = self.score_in_force();
        Settings {
            policy: self.policy,
            score,
            threshold: self.threshold_for(score, model, language),
            k: self.first_k,
        }
    }
}
