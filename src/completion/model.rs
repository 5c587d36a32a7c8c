//! What is known of a model, and what whatever runs it says: the same for a GGUF file on a thread of
//! this process and for a server.

use std::{any::Any, path::PathBuf, sync::Arc};

use serde::Serialize;

use super::{RequestId, StreamEvent};

/// What is known of a model that can be asked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelInfo {
    /// The name to show: that in the file or the file's own, or what the server calls it.
    pub name: String,
    /// Context in force, in tokens, where it is known.
    pub context: Option<u32>,
    /// How holes are put to it: a FIM layout's name, or "server's own".
    pub fim: String,
    /// Where it runs: "CPU", the names of the GPUs with the layers on them where that is not all, or
    /// the server's address.
    pub device: String,
    /// Why a draft does not help this model, for people to read; `None` where it verifies drafts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_drafts: Option<String>,
    /// What was asked for and could not be had, or should be known, for people to read.
    pub notices: Vec<String>,
    pub origin: Origin,
}

/// What a model is made of.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// A GGUF file.
    File {
        path: PathBuf,
        architecture: String,
        /// Such as "6.8M Q8_0".
        description: String,
        parameters: u64,
        bytes: u64,
    },
    /// A server.
    Server {
        /// As it was given, without credentials.
        url: String,
        /// The name of the dialect that is spoken with it.
        dialect: String,
        /// An instruct model asked in words: its tokens are not comparable with those of a model
        /// that fills holes.
        chat: bool,
        /// Whether it says how probable its tokens are; `None` while that has not been seen.
        logprobs: Option<bool>,
        /// Whether what is sent can be read on the way: plain HTTP to another machine.
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

/// What to say where `part` of the program, which runs a model, has panicked.
pub fn bug(part: &str, panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!(
        "{part} failed inside ({}). This is a bug in routelens; please report it.",
        text.unwrap_or_default()
    )
}

/// What whatever runs a model says.
#[derive(Debug, Clone, PartialEq)]
pub enum ModelEvent {
    /// 0 to 1, while the weights load.
    Loading(f32),
    /// It is on its way for a reason that has no measure: a server is asked what it is, or says that
    /// it loads.
    Waiting(String),
    Ready(Arc<ModelInfo>),
    /// A server that cannot be had now: what is wrong and what to do. The next request tries again.
    Unreachable(String),
    /// The model cannot be used: names the file or the server, what is wrong, and the remedy.
    LoadFailed(String),
    /// About a request. `Done` and `Failed` are the last of each request; a request that was
    /// cancelled or replaced ends with `Done` and the stop reason `cancelled`.
    Stream(RequestId, StreamEvent),
}
