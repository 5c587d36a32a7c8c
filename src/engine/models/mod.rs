//! Models, wherever they run. [`discover`] finds files, `configured` derives model settings from
//! the configuration, and [`Model`] is one handle for both kinds: the playground and the commands
//! ask a GGUF file and a server in the same way. [`Driver`] runs any number of models on turns and
//! waits for the results.

mod aide;
mod configured;
pub mod discover;
mod driver;
mod judges;
mod place;
pub mod slots;
#[cfg(test)]
mod tests;

pub use aide::{Aide, Answers, Unanswered};
pub use configured::rules;
pub use driver::Driver;

use crate::{
    completion::{Request, model::ModelEvent},
    local::{Engine, EngineConfig},
    remote::{Network, Remote, ServerConfig},
};

/// Where a model comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum ModelSource {
    File(EngineConfig),
    Server(ServerConfig),
}

impl ModelSource {
    /// Display name until the model reports its own.
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

/// A handle on a model. No method blocks; dropping it ends its work.
pub enum Model {
    Local(Engine),
    Remote(Remote),
}

impl Model {
    /// Starts loading or detecting a model and returns at once. `on_event` is called on another
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

    /// Requests a completion; the request before it ends.
    pub fn complete(&self, request: Request) {
        match self {
            Model::Local(engine) => engine.complete(request),
            Model::Remote(remote) => remote.complete(request),
        }
    }

    /// Cancels the request in progress, if any.
    pub fn cancel(&self) {
        match self {
            Model::Local(engine) => engine.cancel(),
            Model::Remote(remote) => remote.cancel(),
        }
    }

    /// Prepares for a request that may come soon: opens a server's connection.
    pub fn warm(&self) {
        if let Model::Remote(remote) = self {
            remote.warm();
        }
    }
}
