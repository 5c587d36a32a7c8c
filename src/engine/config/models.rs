//! Models as the configuration names them. [`crate::models`] finds and runs them.

use serde::{Deserialize, Serialize};

use crate::{completion::fim::Family, remote::Dialect};

/// A model by name: a file or a server.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NamedModel {
    /// A GGUF file.
    pub file: Option<String>,
    /// A server's address.
    pub url: Option<String>,
    /// Its dialect; `None` detects it.
    pub dialect: Option<Dialect>,
    /// The model to request; `None` takes the first that the server lists.
    pub model: Option<String>,
    /// The environment variable that holds the key.
    pub key_env: Option<String>,
    /// A shell command whose first line of output is the key.
    pub key_command: Option<String>,
    /// The FIM layout for a server without one of its own; `None` derives it from the model's name.
    pub fim: Option<Family>,
    /// Context size in tokens, for servers that do not report it.
    pub context: Option<u32>,
    /// Whether a chat server accepts a draft of its answer ("predicted outputs") and is sent the
    /// rejected completion; `None` assumes it of api.openai.com only.
    pub prediction: Option<bool>,
    /// How many accelerators it runs on; `None` means one.
    pub accelerators: Option<f64>,
    /// Price of a million prompt tokens.
    pub input_price: Option<f64>,
    /// Price of a million generated tokens.
    pub output_price: Option<f64>,
    pub connect_timeout_ms: Option<u64>,
    pub first_token_timeout_ms: Option<u64>,
    pub total_timeout_ms: Option<u64>,
}

impl NamedModel {
    /// Every key that a named model can have.
    pub(super) fn keys() -> Vec<String> {
        keys_of(&NamedModel::default())
            .map(|(key, _)| key)
            .collect()
    }

    /// The first key that is set and that only a server can have.
    pub(super) fn key_for_servers(&self) -> Option<String> {
        let of_files = ["file", "accelerators", "input_price", "output_price"];
        keys_of(self)
            .filter(|(_, value)| !value.is_null())
            .map(|(key, _)| key)
            .find(|key| !of_files.contains(&key.as_str()))
    }
}

/// The keys of a named model with their values, null for one that is not set.
fn keys_of(model: &NamedModel) -> impl Iterator<Item = (String, serde_json::Value)> {
    let fields = match serde_json::to_value(model) {
        Ok(serde_json::Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    fields.into_iter()
}
