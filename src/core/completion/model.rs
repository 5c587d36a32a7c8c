//! The description of a model, and the events it emits: the same for a local GGUF file and for a
//! server.

use std::{any::Any, path::PathBuf, sync::Arc};

use serde::Serialize;

use super::{RequestId, StreamEvent};

/// Description of a model that is ready.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelInfo {
    /// Display name: from the file's metadata, the file's name, or the server.
    pub name: String,
    /// Effective context in tokens, if known.
    pub context: Option<u32>,
    /// How holes are presented to it: the name of a FIM layout, or "server's own".
    pub fim: String,
    /// Where it runs: "CPU", the names of the GPUs (with the number of layers if not all), or the
    /// server's address.
    pub device: String,
    /// Why this model cannot use drafts, for display; `None` if it verifies drafts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_drafts: Option<String>,
    /// Settings that could not be honoured, and warnings, for display.
    pub notices: Vec<String>,
    pub origin: Origin,
}

/// Where a model comes from.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// A GGUF file.
    File {
        path: PathBuf,
        architecture: String,
        /// For example "6.8M Q8_0".
        description: String,
        parameters: u64,
        bytes: u64,
    },
    /// A server.
    Server {
        /// The URL as given, without credentials.
        url: String,
        /// The name of its dialect.
        dialect: String,
        /// An instruct model that is asked in words: its tokens are not comparable with those of a
        /// FIM model.
        chat: bool,
        /// Whether it reports token probabilities; `None` until seen.
        logprobs: Option<bool>,
        /// Whether others can read the traffic: plain HTTP to another machine.
        plain_http: bool,
    },
}

impl ModelInfo {
    /// Whether the model is asked in words, so that its tokens are not comparable.
    pub fn is_chat(&self) -> bool {
        matches!(self.origin, Origin::Server { chat: true, .. })
    }

    /// Whether it runs on a server.
    pub fn is_server(&self) -> bool {
        matches!(self.origin, Origin::Server { .. })
    }
}

/// The message after a panic in `part`, a part of the program that runs a model.
pub fn bug(part: &str, panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!(
        "internal error in {part} ({}): this is a bug in routelens; please report it.",
        text.unwrap_or_default()
    )
}

/// Events of a model.
#[derive(Debug, Clone, PartialEq)]
pub enum ModelEvent {
    /// Loading progress, 0 to 1.
    Loading(f32),
    /// Getting ready without a measurable progress: the server is being detected, or is loading.
    Waiting(String),
    Ready(Arc<ModelInfo>),
    /// The server is unreachable: what is wrong and what to do. The next request tries again.
    Unreachable(String),
    /// The model is unusable: names the file or the server, what is wrong, and the remedy.
    LoadFailed(String),
    /// An event of a request. `Done` or `Failed` is the last one of each request; a request that
    /// was cancelled or replaced ends with `Done` and the stop reason `cancelled`.
    Stream(RequestId, StreamEvent),
}

/// Hears the events of a model, on the thread that runs it.
pub type OnModelEvent = Box<dyn FnMut(ModelEvent) + Send>;
