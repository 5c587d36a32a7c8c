//! Configuration: defaults, then the TOML file, then `ROUTELENS_…` variables, then flags. Every
//! value remembers where it came from, so that `doctor` can say so.
//!
//! Here is the configuration as plain data. [`table`] has every setting with its default, range and
//! help, and everything else follows it: [`mod@file`] reads the TOML file, `check` checks the values,
//! [`load()`] stacks the layers, [`reference()`] writes a commented file.

mod check;
mod error;
pub mod file;
mod load;
mod models;
mod parts;
mod reference;
pub mod setting;
pub mod table;
pub mod values;
mod write;

pub use error::ConfigError;
pub use load::{FlagValue, Loaded, Source, load};
pub use models::NamedModel;
pub use parts::{Retrieval, Speculation};
pub use reference::reference;
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

/// The property of tokens that the colours of ghost text show.
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

/// Everything that can be set. The defaults are in [`table`]: [`values::config`] makes a
/// configuration of the values that are given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The small model: a GGUF file, or the name of a model in `models` that is a file; `None` means
    /// the bundled demo model.
    pub small: Option<String>,
    /// The large model: a GGUF file, a server's URL, or a name in `models`; `None` means the bundled
    /// demo model.
    pub large: Option<String>,
    /// A second large model, asked alongside the first to compare the two.
    pub second: Option<String>,
    /// Models by name.
    #[serde(default)]
    pub models: BTreeMap<String, NamedModel>,
    /// The dialect of the server in `large`; `None` detects it.
    pub large_dialect: Option<Dialect>,
    /// The model to request from the server in `large`; `None` takes the first that it lists.
    pub large_model: Option<String>,
    /// The environment variable that holds the key for the server in `large`.
    pub large_key_env: Option<String>,
    /// When the large model is asked.
    pub escalation: Escalation,
    /// Nothing leaves this machine.
    pub offline: bool,
    /// Patterns of files that never go to a server.
    pub deny: Vec<String>,
    /// CA certificates (PEM files) to trust in addition to the system's.
    pub ca_certificates: Vec<PathBuf>,
    /// Connect timeout in milliseconds.
    pub connect_timeout_ms: u64,
    /// Timeout for a server's first token, in milliseconds.
    pub first_token_timeout_ms: u64,
    /// Timeout for a server's whole completion, in milliseconds.
    pub total_timeout_ms: u64,
    pub policy: Policy,
    pub score: Score,
    /// τ for every model and language that `thresholds` does not name; `None` means the score's
    /// default.
    pub threshold: Option<f32>,
    /// Thresholds for one model and language.
    #[serde(default)]
    pub thresholds: Vec<FittedThreshold>,
    /// How many first tokens the first-k scores cover.
    pub first_k: usize,
    /// Maximum tokens per completion.
    pub max_tokens: usize,
    /// How alternatives are sampled; the first completion is always greedy.
    pub sampling: Sampling,
    /// Number of completions to cycle through, including the greedy one.
    pub alternatives: usize,
    /// Complete automatically after a pause in typing.
    pub auto: bool,
    /// Length of that pause in milliseconds.
    pub auto_delay_ms: u64,
    /// Always ask the large model too.
    pub compare: bool,
    /// While a completion is shown, compute the next one as if it had been accepted.
    pub anticipate: bool,
    /// Record, on this machine only, which completions are accepted and rejected.
    pub signals: bool,
    pub speculation: Speculation,
    pub retrieval: Retrieval,
    pub selftest: SelfTesting,
    pub heatmap: Heatmap,
    /// Name of the theme; `None` chooses one that suits the terminal's background.
    pub theme: Option<String>,
    /// Whether the mouse is captured.
    pub mouse: bool,
    /// Context size in tokens; `None` means the model's own, up to 8192.
    pub context: Option<u32>,
    /// CPU threads; `None` means the free physical cores.
    pub threads: Option<u32>,
    /// Layers on the GPU; `None` means all, if there is a GPU.
    pub gpu_layers: Option<u32>,
    /// The GPU to use, as `doctor` names it.
    pub device: Option<String>,
    /// Whether cached keys after an edit are shifted to their new place and reused.
    pub shift_reuse: bool,
    /// How many candidates to keep per token.
    pub top: usize,
    /// Folders where the model picker looks for GGUF files.
    pub model_folders: Vec<PathBuf>,
    /// Keys by action name; they replace the action's default keys.
    #[serde(default)]
    pub keys: BTreeMap<String, Vec<String>>,
}

impl Config {
    /// The score that decides: the policy's own if it has one, else the configured one.
    pub fn score_in_force(&self) -> Score {
        self.policy.score(self.score)
    }

    /// The threshold of a score for a model and language: the most specific entry of `thresholds`;
    /// else `threshold`, for the score in use; else the score's default.
    pub fn threshold_for(&self, score: Score, model: &str, language: Option<Language>) -> f32 {
        self.threshold_entry(score, model, language)
            .map(|entry| entry.value)
            .or(self.threshold.filter(|_| score == self.score_in_force()))
            .unwrap_or_else(|| score.default_threshold())
    }

    /// The most specific entry of `thresholds` for a score, a model and a language; the last one if
    /// several are equally specific.
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

    /// Applies a threshold. It replaces one for the same model, language and score.
    pub fn put_threshold(&mut self, threshold: FittedThreshold) {
        let key = |entry: &FittedThreshold| (entry.model.clone(), entry.language, entry.score);
        self.thresholds
            .retain(|entry| key(entry) != key(&threshold));
        self.thresholds.push(threshold);
    }

    /// The router's settings for a model and language.
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
