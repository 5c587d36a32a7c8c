//! Models that run here, through llama.cpp. One OS thread owns a model and its context: requests
//! go in, events come out, and a newer request ends the one before it. Nothing in this room draws
//! or decides.
//!
//! [`inspect`] reads what a GGUF file is without loading it, [`devices`] lists what llama.cpp can
//! run on, and [`Engine`] runs a model.

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

/// What to load and how to run it.
#[derive(Debug, Clone, PartialEq)]
pub struct EngineConfig {
    pub model: PathBuf,
    /// Context in tokens; `None` for the model's own, up to 8192.
    pub context: Option<u32>,
    /// Threads for evaluation; `None` for the number of physical cores that are free to us, or
    /// one for a model so small that more would wait for each other.
    pub threads: Option<u32>,
    /// Layers on the GPU; `None` for all where a GPU is.
    pub gpu_layers: Option<u32>,
    /// Name of the device as `doctor` lists it; `None` for llama.cpp's choice.
    pub device: Option<String>,
    /// How many candidates each token carries.
    pub top: usize,
    /// Whether matching runs of the KV cache past the common prefix are shifted to their new
    /// place. That is approximate; without it, reuse gives exactly the tokens that no reuse gives.
    pub shift_reuse: bool,
    /// Whether every draft is verified, also where that is expected to cost more time than it saves:
    /// for comparing the sources of drafts with each other.
    pub eager_drafts: bool,
}

impl EngineConfig {
    /// The usual settings for a model.
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

/// A handle on a model thread. Dropping it ends the thread after the chunk it is in, and waits for
/// that.
pub struct Engine(Worker<Requests>);

impl Engine {
    /// Starts the thread and returns at once; the model loads behind. `on_event` is called on the
    /// model thread and must not block.
    pub fn start(config: EngineConfig, on_event: impl FnMut(ModelEvent) + Send + 'static) -> Self {
        let work = move |mailbox: &_| worker::run(&config, mailbox, Box::new(on_event));
        Engine(Worker::start("model", work))
    }

    /// Asks for a completion; ends the request before it. Requests made while the model loads wait,
    /// the newest only.
    pub fn complete(&self, request: Request) {
        self.0.put(|waiting| waiting.put(request));
    }

    /// Ends the request in flight, if any.
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
