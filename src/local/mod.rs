//! Local models, run by llama.cpp. One OS thread owns a model and its context: requests go in,
//! events come out, and a newer request ends the one before it. Drawing and routing decisions
//! happen elsewhere.
//!
//! [`inspect`] reads a GGUF file's header without loading the model, [`devices`] lists the hardware
//! that llama.cpp sees, [`Engine`] runs a model, and [`BlockingEngine`] does so for callers without
//! an event loop.

mod backend;
mod blocking;
mod context;
mod fingerprint;
mod gguf;
mod load;
mod mailbox;
mod placement;
mod prompt;
mod reuse;
mod session;
mod speculation;
mod statistics;
mod vocabulary;
mod worker;

pub use backend::{DeviceInfo, DeviceKind, devices, init_backend, on_abort};
pub use blocking::BlockingEngine;
pub use fingerprint::fingerprint;
pub use gguf::{GgufError, GgufInfo, inspect};

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use crate::completion::{Request, model::ModelEvent};
use mailbox::Mailbox;

/// Which model to load, and how to run it.
#[derive(Debug, Clone, PartialEq)]
pub struct EngineConfig {
    pub model: PathBuf,
    /// Context in tokens; `None` for the model's own, up to 8192.
    pub context: Option<u32>,
    /// Threads for evaluation; `None` for the available physical cores, or a single thread for a
    /// model so small that more would only wait for each other.
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

/// A handle on a model thread. Dropping it ends the thread after its current chunk, and waits for
/// that.
pub struct Engine {
    mailbox: Arc<Mailbox>,
    thread: Option<JoinHandle<()>>,
}

impl Engine {
    /// Starts the thread and returns at once; the model loads in the background. `on_event` is
    /// called on the model thread and must not block.
    pub fn start(config: EngineConfig, on_event: impl FnMut(ModelEvent) + Send + 'static) -> Self {
        let mailbox = Arc::new(Mailbox::default());
        let theirs = Arc::clone(&mailbox);
        let thread = std::thread::Builder::new()
            .name(String::from("model"))
            .spawn(move || worker::run(&config, &theirs, Box::new(on_event)))
            .map_err(|error| tracing::error!("no thread for the model: {error}"))
            .ok();
        Engine { mailbox, thread }
    }

    /// Requests a completion; the request before it ends. While the model loads, only the newest
    /// request waits.
    pub fn complete(&self, request: Request) {
        self.mailbox.put(request);
    }

    /// Cancels the request in progress, if any.
    pub fn cancel(&self) {
        self.mailbox.cancel();
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.mailbox.quit();
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != std::thread::current().id()
        {
            // A panic on the model thread was already reported as an event.
            let _ = thread.join();
        }
    }
}
