//! Local models, run by llama.cpp. One OS thread owns a model and its context: requests go in,
//! events come out, and a newer request ends the one before it. Drawing and routing decisions
//! happen elsewhere.
//!
//! [`inspect`] reads a GGUF file's header without loading the model, [`devices`] lists the hardware
//! that llama.cpp sees, and [`Engine`] runs a model.

mod backend;
mod context;
mod fingerprint;
mod gguf;
mod load;
mod placement;
mod prompt;
mod requests;
mod reuse;
mod session;
mod speculation;
mod statistics;
mod vocabulary;
mod worker;

pub use backend::{DeviceInfo, DeviceKind, devices, init_backend, on_abort};
pub use fingerprint::fingerprint;
pub use gguf::{GgufError, GgufInfo, inspect};

use std::path::PathBuf;

use crate::{
    completion::{Request, model::ModelEvent},
    worker::Worker,
};
use requests::Requests;

/// Which model to load, and how to run it.
#[derive(Debug, Clone, PartialEq)]
pub struct EngineConfig {
    pub model: PathBuf,
    /// Context in tokens; `None` for the model's own, up to 8192.
    pub context: Option<u32>,
    /// Threads for evaluation; `None` for the available physical cores, or a single thread for a
    /// model so small that several would only wait for each other.
    pub threads: Option<u32>,
    /// Layers on the GPU; `None` for all if there is a GPU.
    pub gpu_layers: Option<u32>,
    /// Device name as listed by `doctor`; `None` for the default.
    pub device: Option<String>,
    /// How many candidates to keep per token.
    pub top: usize,
    /// Whether matching runs in the KV cache past the common prefix are shifted to their new place.
    /// That is approximate; without it, completions are the same with and without cache reuse.
    pub shift_reuse: bool,
    /// Whether to verify every draft, even if it is expected to cost more time than it saves, in
    /// order to compare sources of drafts.
    pub eager_drafts: bool,
}

impl EngineConfig {
    /// The default settings for a model.
    pub fn new(model: impl Into<PathBuf>) -> Self {
        EngineConfig {
            model: model.into(),
            context: None,
            threads: None,
            gpu_layers: None,
            device: None,
            top: 5,
            shift_reuse: true,
            eager_drafts: false,
        }
    }
}

/// A handle on a model thread. Dropping it ends the thread after its current chunk and waits until
/// the thread has ended.
pub struct Engine(Worker<Requests>);

impl Engine {
    /// Starts the thread and returns at once; the model loads in the background. `on_event` is
    /// called on the model thread and must not block.
    pub fn start(config: EngineConfig, on_event: impl FnMut(ModelEvent) + Send + 'static) -> Self {
        let work = move |mailbox: &_| worker::run(&config, mailbox, Box::new(on_event));
        Engine(Worker::start("model", work))
    }

    /// Requests a completion; the request before it ends. While the model loads, only the newest
    /// request waits.
    pub fn complete(&self, request: Request) {
        self.0.put(|waiting| waiting.put(request));
    }

    /// Cancels the request in progress, if any.
    pub fn cancel(&self) {
        self.0.put(Requests::cancel);
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.0.put(Requests::clear);
        self.0.end_within(None);
    }
}
