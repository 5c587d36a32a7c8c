//! Flags that set the configuration, shared by the playground and the subcommands.

use std::path::PathBuf;

use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};
use toml::Value;

use crate::{
    config::FlagValue,
    evaluation::table::Labels,
    remote::Dialect,
    routing::{Escalation, Policy, Score, UserSignal},
    store::folders::resolve,
};

/// Which models, how they run and what decides.
#[derive(Debug, Args)]
pub(super) struct Flags {
    #[command(flatten)]
    pub models: ModelFlags,
    /// A second large model, asked beside the first to compare the two
    #[arg(long, value_name = "NAME|URL|FILE.gguf", help_heading = "Models")]
    pub second: Option<String>,
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
    /// How many tokens the first_k scores cover
    #[arg(
        long,
        value_name = "K",
        allow_negative_numbers = true,
        help_heading = "Routing"
    )]
    pub first_k: Option<u32>,
    /// When the large model is asked: once the small completion is judged, as soon as one gate
    /// fails, or together with the small model
    #[arg(long, value_name = "WHEN", value_parser = escalations(), help_heading = "Routing")]
    pub escalation: Option<Escalation>,
    #[command(flatten)]
    pub together: Together,
    #[command(flatten)]
    pub servers: Servers,
    #[command(flatten)]
    pub tokens: Tokens,
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

/// By what the two models help each other.
#[derive(Debug, Args)]
#[command(next_help_heading = "Working together")]
pub(super) struct Together {
    /// Let the models read passages of other files of the folder
    #[arg(long)]
    retrieve: bool,
    /// The folder to index for that; without it, the repository around the file, else its folder
    #[arg(long, value_name = "DIR")]
    folder: Option<String>,
    /// Write token by token, without drafts to verify; greedy completions are the same
    #[arg(long)]
    no_drafts: bool,
}

impl Together {
    fn put(&self, given: &mut Given) {
        let retrieve = self.retrieve || self.folder.is_some();
        given.put("retrieval.enabled", "--retrieve", retrieve.then_some(true));
        let here = std::env::current_dir().unwrap_or_default();
        let folder = self.folder.as_ref().map(|folder| resolve(folder, &here));
        given.put("retrieval.folder", "--folder", folder);
        let no_drafts = self.no_drafts.then_some(false);
        for key in [
            "speculation.context",
            "speculation.retrieved",
            "speculation.recycled",
            "speculation.rejected",
        ] {
            given.put(key, "--no-drafts", no_drafts);
        }
    }
}

/// Which small model, and how models run here.
#[derive(Debug, Args)]
pub(super) struct ModelFlags {
    /// Read this configuration file
    #[arg(long, value_name = "FILE.toml")]
    pub config: Option<PathBuf>,
    /// The small model; without it, the one that comes with the program
    #[arg(long, value_name = "NAME|FILE.gguf", help_heading = "Models")]
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
}

/// How long a completion may be, and what is kept of its tokens.
#[derive(Debug, Args)]
pub(super) struct Tokens {
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
}

/// How large models on servers are talked to, and what stays here.
#[derive(Debug, Args)]
#[command(next_help_heading = "Servers")]
pub(super) struct Servers {
    /// What the large model's server speaks; without it, the server is asked
    #[arg(long, value_name = "DIALECT", value_parser = dialects())]
    large_dialect: Option<String>,
    /// The model to ask for there; without it, the first that the server lists
    #[arg(long, value_name = "NAME")]
    large_model: Option<String>,
    /// The environment variable that holds the key for it
    #[arg(long, value_name = "VARIABLE")]
    large_key_env: Option<String>,
    /// Ask no server, wherever it is: nothing leaves this machine
    #[arg(long)]
    offline: bool,
    /// Files that never go to a server, besides those of the configuration (again for more)
    #[arg(long, value_name = "GLOB")]
    deny: Vec<String>,
    /// CA certificates (PEM) to trust besides the system's (again for more)
    #[arg(long, value_name = "FILE.pem")]
    ca_certificate: Vec<String>,
    /// How long a connection may take to stand, in milliseconds
    #[arg(long, value_name = "MS", allow_negative_numbers = true)]
    connect_timeout: Option<u32>,
    /// How long the first token may take
    #[arg(long, value_name = "MS", allow_negative_numbers = true)]
    first_token_timeout: Option<u32>,
    /// How long a whole completion may take
    #[arg(long, value_name = "MS", allow_negative_numbers = true)]
    total_timeout: Option<u32>,
}

impl Servers {
    pub fn put(&self, given: &mut Given) {
        given.put(
            "large_dialect",
            "--large-dialect",
            self.large_dialect.clone(),
        );
        given.put("large_model", "--large-model", self.large_model.clone());
        given.put(
            "large_key_env",
            "--large-key-env",
            self.large_key_env.clone(),
        );
        given.put("offline", "--offline", self.offline.then_some(true));
        given.put("deny", "--deny", some(self.deny.clone()));
        let here = std::env::current_dir().unwrap_or_default();
        let certificates = self.ca_certificate.iter().map(|path| resolve(path, &here));
        given.put(
            "ca_certificates",
            "--ca-certificate",
            some(certificates.collect()),
        );
        given.put(
            "connect_timeout_ms",
            "--connect-timeout",
            self.connect_timeout,
        );
        let first_token = self.first_token_timeout;
        given.put(
            "first_token_timeout_ms",
            "--first-token-timeout",
            first_token,
        );
        given.put("total_timeout_ms", "--total-timeout", self.total_timeout);
    }
}

/// A list that was given at all.
fn some(list: Vec<String>) -> Option<Vec<String>> {
    Some(list).filter(|list| !list.is_empty())
}

/// The large model, for subcommands that take it as it is.
#[derive(Debug, Args)]
pub(super) struct LargeModel {
    /// The large model: a name in the configuration, a server's URL, or a file; without it, the one
    /// that comes with the program
    #[arg(long, value_name = "NAME|URL|FILE.gguf", help_heading = "Models")]
    pub large: Option<String>,
}

impl ModelFlags {
    pub fn put(&self, given: &mut Given) {
        given.put("small", "--small", self.small.clone());
        given.put("context", "--context", self.context);
        given.put("threads", "--threads", self.threads);
        given.put("gpu_layers", "--gpu-layers", self.gpu_layers);
        given.put("device", "--device", self.device.clone());
    }
}

impl Tokens {
    pub fn put(&self, given: &mut Given) {
        given.put("max_tokens", "--max-tokens", self.max_tokens);
        given.put("top", "--top", self.top);
    }
}

impl Flags {
    /// The settings that were given.
    pub fn values(&self) -> Given {
        let mut given = Given::default();
        self.models.put(&mut given);
        self.together.put(&mut given);
        self.servers.put(&mut given);
        self.tokens.put(&mut given);
        given.put("second", "--second", self.second.clone());
        given.put("policy", "--policy", self.policy.map(Policy::name));
        let escalation = self.escalation.map(Escalation::name);
        given.put("escalation", "--escalation", escalation);
        given.put("score", "--score", self.score.map(Score::name));
        given.put("threshold", "--threshold", self.threshold);
        given.put("first_k", "--first-k", self.first_k);
        given.put("sampling.temperature", "--temperature", self.temperature);
        given.put("sampling.top_k", "--top-k", self.top_k);
        given.put("sampling.top_p", "--top-p", self.top_p);
        given.put("sampling.seed", "--seed", self.seed);
        let no_shift = self.no_shift_reuse.then_some(false);
        given.put("shift_reuse", "--no-shift-reuse", no_shift);
        given
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

pub(super) fn policies() -> impl TypedValueParser<Value = Policy> {
    PossibleValuesParser::new(Policy::ALL.map(Policy::name))
        .map(|name| Policy::from_name(&name).unwrap_or_default())
}

pub(super) fn user_signals() -> impl TypedValueParser<Value = UserSignal> {
    PossibleValuesParser::new(UserSignal::ALL.map(UserSignal::name))
        .map(|name| UserSignal::from_name(&name).unwrap_or(UserSignal::Dismissed))
}

pub(super) fn scores() -> impl TypedValueParser<Value = Score> {
    PossibleValuesParser::new(Score::ALL.map(Score::name))
        .map(|name| Score::from_name(&name).unwrap_or_default())
}

/// The values of `--labels`.
pub(super) fn labels() -> impl TypedValueParser<Value = Labels> {
    PossibleValuesParser::new(["tests", "picks"]).map(|name| match name.as_str() {
        "picks" => Labels::Picks,
        _ => Labels::Tests,
    })
}

pub(super) fn escalations() -> impl TypedValueParser<Value = Escalation> {
    PossibleValuesParser::new(Escalation::ALL.map(Escalation::name))
        .map(|name| Escalation::from_name(&name).unwrap_or_default())
}

fn dialects() -> impl TypedValueParser<Value = String> {
    PossibleValuesParser::new(Dialect::ALL.map(Dialect::name)).map(|name| name)
}
