//! Models as the configuration names them. What they come to, [`crate::models`] says.

use serde::{Deserialize, Serialize};

use crate::{completion::fim::Family, remote::Dialect};

/// Files that stay on this machine unless the configuration says otherwise.
pub(super) const DENIED: [&str; 8] = [
    "**/secrets/**",
    "**/.env",
    "**/.env.*",
    "*.pem",
    "*.key",
    "*.p12",
    "**/.ssh/**",
    "**/.aws/**",
];

/// What can be said of a model by name, as [`NamedModel`] has it.
pub(super) const MODEL_KEYS: [&str; 15] = [
    "file",
    "url",
    "dialect",
    "model",
    "key_env",
    "key_command",
    "fim",
    "context",
    "prediction",
    "accelerators",
    "input_price",
    "output_price",
    "connect_timeout_ms",
    "first_token_timeout_ms",
    "total_timeout_ms",
];

/// A model by name: a file or a server.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NamedModel {
    /// A GGUF file.
    pub file: Option<String>,
    /// A server's address.
    pub url: Option<String>,
    /// What it speaks; none asks it.
    pub dialect: Option<Dialect>,
    /// The model to ask for; none takes the first that the server lists.
    pub model: Option<String>,
    /// The environment variable that holds the key.
    pub key_env: Option<String>,
    /// A shell command whose first line of output is the key.
    pub key_command: Option<String>,
    /// The FIM layout for a server that has none of its own; none goes by the model's name.
    pub fim: Option<Family>,
    /// Context size in tokens, for servers that do not report it.
    pub context: Option<u32>,
    /// Whether a chat server takes a draft of its answer ("predicted outputs"), so that it is sent
    /// the rejected completion; none says it of api.openai.com alone.
    pub prediction: Option<bool>,
    /// How many accelerators it runs on; none means one.
    pub accelerators: Option<f64>,
    /// Money for a million prompt tokens.
    pub input_price: Option<f64>,
    /// Price of a million generated tokens.
    pub output_price: Option<f64>,
    pub connect_timeout_ms: Option<u64>,
    pub first_token_timeout_ms: Option<u64>,
    pub total_timeout_ms: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_a_named_model_is_known_and_no_other() {
        let fields = serde_json::to_value(NamedModel::default()).expect("plain data");
        let fields = fields.as_object().expect("a struct");
        assert_eq!(fields.len(), MODEL_KEYS.len());
        assert!(MODEL_KEYS.iter().all(|key| fields.contains_key(*key)));
    }
}
