//! Flags that set the configuration, shared by the playground and the subcommands.

use std::path::{Path, PathBuf};

use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};
use toml::Value;

use super::Failure;
use crate::{
    config::{FlagValue, folders::resolve},
    routing::{Policy, Score},
};

/// Which models, how they run and what decides.
#[derive(Debug, Args)]
pub(super) struct Flags {
    /// Read this configuration file
    #[arg(long, value_name = "FILE.toml")]
    pub config: Option<PathBuf>,
    /// The small model; without it, the one that comes with the program
    #[arg(long, value_name = "FILE.gguf", help_heading = "Models")]
    pub small: Option<String>,
    /// Context in tokens; without it, the model's own, up to 8192
    #[arg(
        long,
        value_name = "TOKENS",
        allow_negative_numbers = true,
        help_heading = "Models"
    )]
    pub context: Option<u32>,
    /// Threads for evaluation
    #[arg(
        long,
        value_name = "N",
        allow_negative_numbers = true,
        help_heading = "Models"
    )]
    pub threads: Option<u32>,
    /// Layers on the GPU; without it, all where there is a GPU
    #[arg(
        long,
        value_name = "N",
        allow_negative_numbers = true,
        help_heading = "Models"
    )]
    pub gpu_layers: Option<u32>,
    /// The device to run on, as `routelens doctor` names it
    #[arg(long, value_name = "NAME", help_heading = "Models")]
    pub device: Option<String>,
    /// Evaluate again what an edit moved, instead of shifting cached keys
    #[arg(long, help_heading = "Models")]
    pub no_shift_reuse: bool,
    /// What decides whether the small completion is kept
    #[arg(long, value_parser = policies(), help_heading = "Routing")]
    pub policy: Option<Policy>,
    /// The number held against the threshold
    #[arg(long, value_parser = scores(), help_heading = "Routing")]
    pub score: Option<Score>,
    /// The threshold τ, in the score's unit; it goes before any that the file sets by language
    #[arg(
        long,
        value_name = "τ",
        allow_negative_numbers = true,
        help_heading = "Routing"
    )]
    pub threshold: Option<f64>,
    /// How many first tokens the first_k scores are over
    #[arg(
        long,
        value_name = "K",
        allow_negative_numbers = true,
        help_heading = "Routing"
    )]
    pub first_k: Option<u32>,
    /// The most tokens of one completion
    #[arg(
        long,
        value_name = "N",
        allow_negative_numbers = true,
        help_heading = "Sampling"
    )]
    pub max_tokens: Option<u32>,
    /// How many candidates each token carries
    #[arg(
        long,
        value_name = "N",
        allow_negative_numbers = true,
        help_heading = "Sampling"
    )]
    pub top: Option<u32>,
    /// Temperature of sampled completions; 0 is greedy
    #[arg(
        long,
        value_name = "T",
        allow_negative_numbers = true,
        help_heading = "Sampling"
    )]
    pub temperature: Option<f64>,
    /// Sample from the K most probable tokens only; 0 means all
    #[arg(
        long,
        value_name = "K",
        allow_negative_numbers = true,
        help_heading = "Sampling"
    )]
    pub top_k: Option<u32>,
    /// Sample from the most probable tokens that make up P; 1 means all
    #[arg(
        long,
        value_name = "P",
        allow_negative_numbers = true,
        help_heading = "Sampling"
    )]
    pub top_p: Option<f64>,
    /// Seed of sampled completions: the same seed gives the same text
    #[arg(
        long,
        value_name = "N",
        allow_negative_numbers = true,
        help_heading = "Sampling"
    )]
    pub seed: Option<u32>,
}

impl Flags {
    /// The settings that were given.
    ///
    /// # Errors
    /// The small model's file is not there.
    pub fn values(&self) -> Result<Vec<FlagValue>, Failure> {
        let mut given = Given::default();
        if let Some(small) = &self.small {
            given.put("small", "--small", Some(model_file("--small", small)?));
        }
        given.put("context", "--context", self.context);
        given.put("threads", "--threads", self.threads);
        given.put("gpu_layers", "--gpu-layers", self.gpu_layers);
        given.put("device", "--device", self.device.clone());
        given.put("policy", "--policy", self.policy.map(Policy::name));
        given.put("score", "--score", self.score.map(Score::name));
        given.put("threshold", "--threshold", self.threshold);
        given.put("first_k", "--first-k", self.first_k);
        given.put("max_tokens", "--max-tokens", self.max_tokens);
        given.put("top", "--top", self.top);
        given.put("sampling.temperature", "--temperature", self.temperature);
        given.put("sampling.top_k", "--top-k", self.top_k);
        given.put("sampling.top_p", "--top-p", self.top_p);
        given.put("sampling.seed", "--seed", self.seed);
        let no_shift = self.no_shift_reuse.then_some(false);
        given.put("shift_reuse", "--no-shift-reuse", no_shift);
        Ok(given.0)
    }
}

/// Settings given by flags.
#[derive(Debug, Default)]
pub(super) struct Given(pub Vec<FlagValue>);

impl Given {
    /// Adds a setting, if it was given.
    pub fn put(&mut self, key: &'static str, flag: &'static str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            let value = value.into();
            self.0.push(FlagValue { key, flag, value });
        }
    }
}

/// A model's file as a flag names it, absolute. A URL is passed on, for the configuration to judge.
///
/// # Errors
/// There is no such file.
pub(super) fn model_file(flag: &str, path: &str) -> Result<String, Failure> {
    let here = std::env::current_dir().unwrap_or_default();
    let resolved = resolve(path, &here);
    if !resolved.contains("://") && !Path::new(&resolved).exists() {
        return Err(Failure::Usage(format!("{flag}: {path}: no such file")));
    }
    Ok(resolved)
}

fn policies() -> impl TypedValueParser<Value = Policy> {
    PossibleValuesParser::new(Policy::ALL.map(Policy::name))
        .map(|name| Policy::from_name(&name).unwrap_or_default())
}

fn scores() -> impl TypedValueParser<Value = Score> {
    PossibleValuesParser::new(Score::ALL.map(Score::name))
        .map(|name| Score::from_name(&name).unwrap_or_default())
}
