//! Models, wherever they run. [`discover`] finds files, `configured` says what the configuration comes
//! to, and [`Model`] is either kind behind one handle: the playground and the commands ask a GGUF
//! file and a server in the same way.

mod configured;
pub mod discover;
pub mod slots;

use crate::{
    completion::{Request, model::ModelEvent},
    local::{Engine, EngineConfig},
    remote::{Network, Remote, ServerConfig},
};

/// Where a model is to be had.
#[derive(Debug, Clone, PartialEq)]
pub enum ModelSource {
    File(EngineConfig),
    Server(ServerConfig),
}

impl ModelSource {
    /// What to call it until more is known.
    pub fn name(&self) -> String {
        match self {
            ModelSource::File(engine) => {
                let stem = engine.model.file_stem().unwrap_or_default();
                stem.to_string_lossy().into_owned()
            }
            ModelSource::Server(server) => server.name.clone(),
        }
    }
}

/// A handle on a model. Nothing waits; dropping it ends what it does.
pub enum Model {
    Local(Engine),
    Remote(Remote),
}

impl Model {
    /// Starts to load or to look for a model and returns at once. `on_event` is called on another
    /// thread and must not block.
    pub fn start(
        source: ModelSource,
        network: &Network,
        on_event: impl FnMut(ModelEvent) + Send + 'static,
    ) -> Self {
        match source {
            ModelSource::File(config) => Model::Local(Engine::start(config, on_event)),
            ModelSource::Server(config) => Model::Remote(Remote::start(config, network, on_event)),
        }
    }

    /// Asks for a completion; ends the request before it.
    pub fn complete(&self, request: Request) {
        match self {
            Model::Local(engine) => engine.complete(request),
            Model::Remote(remote) => remote.complete(request),
        }
    }

    /// Ends the request in flight, if any.
    pub fn cancel(&self) {
        match self {
            Model::Local(engine) => engine.cancel(),
            Model::Remote(remote) => remote.cancel(),
        }
    }

    /// Makes ready for a request that may come soon: a server's connection is opened.
    pub fn warm(&self) {
        if let Model::Remote(remote) = self {
            remote.warm();
        }
    }
}
