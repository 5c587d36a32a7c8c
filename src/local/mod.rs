//! Models that run here, through llama.cpp. One OS thread owns a model and its context: requests
//! go in, events come out, and a newer request ends the one before it. Nothing in this room draws
//! or decides.

use std::{path::PathBuf, sync::Arc};

use serde::Serialize;

use crate::completion::{Request, RequestId, StreamEvent};

/// What to load and how to run it.
#[derive(Debug, Clone, PartialEq)]
pub struct EngineConfig {
    pub model: PathBuf,
    /// Context in tokens; `None` for the model's own, up to 8192.
    pub context: Option<u32>,
    /// Threads for evaluation; `None` for the number of physical cores that are free to us.
    pub threads: Option<u32>,
    /// Layers on the GPU; `None` for all where a GPU is.
    pub gpu_layers: Option<u32>,
    /// Name of the device as `doctor` lists it; `None` for llama.cpp's choice.
    pub device: Option<String>,
    /// How many candidates each token carries.
    pub top: usize,
    /// Whether matching runs of the KV cache past the common prefix are shifted to their new place.
    pub shift_reuse: bool,
}

/// What is known of a loaded model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelInfo {
    /// The name in the file, or the file's own name.
    pub name: String,
    pub path: PathBuf,
    pub architecture: String,
    /// Such as "7M Q8_0".
    pub description: String,
    pub parameters: u64,
    pub bytes: u64,
    /// Context in force, in tokens.
    pub context: u32,
    pub fim_family: String,
    /// Where it runs: "CPU", or the GPU's name with the layers on it.
    pub device: String,
}

/// What the engine says.
#[derive(Debug, Clone, PartialEq)]
pub enum EngineEvent {
    /// 0 to 1, while the weights load.
    Loading(f32),
    Ready(Arc<ModelInfo>),
    /// The model cannot be used: names the file, what is wrong, and the remedy.
    LoadFailed(String),
    /// About a request. `Done` and `Failed` are the last of each request; a request that was
    /// cancelled or replaced ends with `Done` and the stop reason `cancelled`.
    Stream(RequestId, StreamEvent),
}

/// A handle on a model thread. Dropping it ends the thread after the chunk it is in.
pub struct Engine {}

impl Engine {
    /// Starts the thread and returns at once; the model loads behind. `on_event` is called on the
    /// model thread and must not block.
    pub fn start(
        _config: EngineConfig,
        _on_event: impl FnMut(EngineEvent) + Send + 'static,
    ) -> Self {
        todo!()
    }

    /// Asks for a completion; ends the request before it. Requests made while the model loads wait,
    /// the newest only.
    pub fn complete(&self, _request: Request) {
        todo!()
    }

    /// Ends the request in flight, if any.
    pub fn cancel(&self) {
        todo!()
    }
}
